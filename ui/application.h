/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The program: one process, as many windows as the person likes. 'limner PATH...' in a second
 * terminal opens a window of the running one.
 */

#include "opener.h"
#include "places.h"
#include "preferences.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LIMNER_APPLICATION_ID "io.github.limner.Limner"

/* An empty one of libadwaita's: GTK starts with it, see main.c. */
#define LIMNER_START_THEME "Adwaita-empty"

#define LIMNER_TYPE_APPLICATION (limner_application_get_type ())
G_DECLARE_FINAL_TYPE (LimnerApplication, limner_application, LIMNER, APPLICATION, AdwApplication)

LimnerApplication *limner_application_new (void);
LimnerPreferences *limner_application_get_preferences (LimnerApplication *self);
LimnerPlaces *limner_application_get_places (LimnerApplication *self);
LimnerOpener *limner_application_get_opener (LimnerApplication *self);

G_END_DECLS
