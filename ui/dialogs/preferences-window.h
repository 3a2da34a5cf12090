/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The preferences that have no place where they act: each row is bound to its property.
 */

#include "../preferences.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_PREFERENCES_WINDOW (limner_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (LimnerPreferencesWindow,
                      limner_preferences_window,
                      LIMNER,
                      PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

/* @parent: (nullable) */
GtkWidget *limner_preferences_window_new (LimnerPreferences *preferences, GtkWindow *parent);

G_END_DECLS
