/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The selection of a scene as GTK's lists know it: one selection, shared both ways. The items are
 * those of a (possibly sorted) list of the scene's items.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_SCENE_SELECTION (limner_scene_selection_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerSceneSelection, limner_scene_selection, LIMNER, SCENE_SELECTION, GObject)

/* @items: (transfer none): a list of LimnerSceneItem of @scene */
LimnerSceneSelection *limner_scene_selection_new (LimnerScene *scene, GListModel *items);

/* Position of an item, or GTK_INVALID_LIST_POSITION; O(n). */
guint limner_scene_selection_find (LimnerSceneSelection *self, LimnerSceneItem *item);

G_END_DECLS
