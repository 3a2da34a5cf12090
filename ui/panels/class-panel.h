/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The classes of the dataset. Choosing one makes it active; double click or F2 renames, '+' adds,
 * the context menu recolours and deletes.
 *
 * Signals: message (const char *sentence): something that could not be done; delete-requested
 * (gint64 category_id): a class that is in use is to be deleted: the window asks what becomes of
 * its annotations.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CLASS_PANEL (limner_class_panel_get_type ())
G_DECLARE_FINAL_TYPE (LimnerClassPanel, limner_class_panel, LIMNER, CLASS_PANEL, GtkWidget)

/* @scene NULL: none */
void limner_class_panel_set_scene (LimnerClassPanel *self, LimnerScene *scene);
void limner_class_panel_focus_list (LimnerClassPanel *self);

G_END_DECLS
