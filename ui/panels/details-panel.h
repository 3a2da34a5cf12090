/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Numbers of what is selected: the box as four fields that can be edited, area, class.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_DETAILS_PANEL (limner_details_panel_get_type ())
G_DECLARE_FINAL_TYPE (LimnerDetailsPanel, limner_details_panel, LIMNER, DETAILS_PANEL, GtkWidget)

/* @scene NULL: none */
void limner_details_panel_set_scene (LimnerDetailsPanel *self, LimnerScene *scene);

G_END_DECLS
