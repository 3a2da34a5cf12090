/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an empty window shows: how to open something, and what was open before. Its buttons are
 * actions of the window: win.open-folder, win.open-path (path as bytes), win.open-sample.
 */

#include "places.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_WELCOME_PAGE (limner_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnerWelcomePage, limner_welcome_page, LIMNER, WELCOME_PAGE, GtkWidget)

GtkWidget *limner_welcome_page_new (LimnerPlaces *places);

/* (transfer full) (nullable): a folder of sample images, if it is installed or lies in the source
 * tree. */
char *limner_find_sample_folder (void);

G_END_DECLS
