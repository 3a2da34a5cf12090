/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The annotations of the image. Its selection is the scene's.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_ANNOTATION_PANEL (limner_annotation_panel_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerAnnotationPanel, limner_annotation_panel, LIMNER, ANNOTATION_PANEL, GtkWidget)

/* @scene NULL: none */
void limner_annotation_panel_set_scene (LimnerAnnotationPanel *self, LimnerScene *scene);
void limner_annotation_panel_focus_list (LimnerAnnotationPanel *self);

G_END_DECLS
