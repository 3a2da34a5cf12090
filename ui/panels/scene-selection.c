/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene-selection"

#include "scene-selection.h"

struct _LimnerSceneSelection
{
  GObject parent_instance;

  LimnerScene *scene;
  GListModel *items;
};

/* ---- GListModel: handed through ---- */

static GType
get_item_type (GListModel *list)
{
  return LIMNER_TYPE_SCENE_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (LIMNER_SCENE_SELECTION (list)->items);
}

static gpointer
get_item (GListModel *list, guint position)
{
  return g_list_model_get_item (LIMNER_SCENE_SELECTION (list)->items, position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- GtkSelectionModel ---- */

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  g_autoptr (LimnerSceneItem) item =
      g_list_model_get_item (LIMNER_SCENE_SELECTION (model)->items, position);

  return item != NULL && limner_scene_item_get_selected (item);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  GtkBitset *result = gtk_bitset_new_empty ();
  const guint end = MIN (position + n_items, get_n_items (G_LIST_MODEL (model)));

  for (guint i = position; i < end; i++)
    {
      if (is_selected (model, i))
        gtk_bitset_add (result, i);
    }
  return result;
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  LimnerSceneSelection *self = LIMNER_SCENE_SELECTION (model);
  g_autoptr (LimnerSceneItem) item = g_list_model_get_item (self->items, position);

  if (item != NULL)
    limner_scene_select (self->scene, item, !unselect_rest);
  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  LimnerSceneSelection *self = LIMNER_SCENE_SELECTION (model);
  g_autoptr (LimnerSceneItem) item = g_list_model_get_item (self->items, position);

  if (item != NULL && limner_scene_item_get_selected (item))
    limner_scene_toggle (self->scene, item);
  return TRUE;
}

static gboolean
select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  LimnerSceneSelection *self = LIMNER_SCENE_SELECTION (model);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = position; i < position + n_items; i++)
    {
      LimnerSceneItem *item = g_list_model_get_item (self->items, i);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  limner_scene_select_many (self->scene, items, !unselect_rest);
  return TRUE;
}

static gboolean
select_all (GtkSelectionModel *model)
{
  limner_scene_select_all (LIMNER_SCENE_SELECTION (model)->scene);
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  limner_scene_select_none (LIMNER_SCENE_SELECTION (model)->scene);
  return TRUE;
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  LimnerSceneSelection *self = LIMNER_SCENE_SELECTION (model);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n = get_n_items (G_LIST_MODEL (model));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerSceneItem) item = g_list_model_get_item (self->items, i);
      const gboolean wanted = gtk_bitset_contains (mask, i) ? gtk_bitset_contains (selected, i)
                                                            : limner_scene_item_get_selected (item);

      if (wanted)
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  limner_scene_select_many (self->scene, items, FALSE);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnerSceneSelection,
                               limner_scene_selection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          selection_model_init))

static void
on_selection_changed (LimnerSceneSelection *self)
{
  const guint n = get_n_items (G_LIST_MODEL (self));

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static void
on_items_changed (LimnerSceneSelection *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
limner_scene_selection_dispose (GObject *object)
{
  LimnerSceneSelection *self = LIMNER_SCENE_SELECTION (object);

  g_clear_object (&self->items);
  g_clear_object (&self->scene);
  G_OBJECT_CLASS (limner_scene_selection_parent_class)->dispose (object);
}

static void
limner_scene_selection_class_init (LimnerSceneSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limner_scene_selection_dispose;
}

static void
limner_scene_selection_init (LimnerSceneSelection *self)
{
}

LimnerSceneSelection *
limner_scene_selection_new (LimnerScene *scene, GListModel *items)
{
  LimnerSceneSelection *self = g_object_new (LIMNER_TYPE_SCENE_SELECTION, NULL);

  self->scene = g_object_ref (scene);
  self->items = g_object_ref (items);
  g_signal_connect_object (items, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (scene, "selection-changed", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

guint
limner_scene_selection_find (LimnerSceneSelection *self, LimnerSceneItem *item)
{
  const guint n = g_list_model_get_n_items (self->items);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerSceneItem) other = g_list_model_get_item (self->items, i);

      if (other == item)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}
