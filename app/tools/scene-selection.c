/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include "scene-private.h"

/* ---- selection ---- */

static void
limner_scene_add_selected (LimnerScene *self, LimnerSceneItem *item)
{
  if (item->selected || item->scene != self)
    return;
  g_ptr_array_add (self->selection, item);
  self->selection_dirty = TRUE;
  limner_scene_item_set_selected (item, TRUE);
}

static void
limner_scene_remove_selected (LimnerScene *self, LimnerSceneItem *item)
{
  if (!item->selected)
    return;
  g_ptr_array_remove (self->selection, item);
  self->selection_dirty = TRUE;
  limner_scene_item_set_selected (item, FALSE);
}

/* @keep: (nullable) (element-type LimnerSceneItem): stays selected */
static void
limner_scene_clear_selection (LimnerScene *self, LimnerSceneItem *keep)
{
  for (guint i = self->selection->len; i > 0; i--)
    {
      LimnerSceneItem *item = self->selection->pdata[i - 1];

      if (item == keep)
        continue;
      g_ptr_array_remove_index (self->selection, i - 1);
      self->selection_dirty = TRUE;
      limner_scene_item_set_selected (item, FALSE);
    }
}

void
limner_scene_select (LimnerScene *self, LimnerSceneItem *item, gboolean extend)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (LIMNER_IS_SCENE_ITEM (item));

  limner_scene_flush (self);
  if (!extend)
    limner_scene_clear_selection (self, item);
  limner_scene_add_selected (self, item);
  limner_scene_emit (self);
}

void
limner_scene_toggle (LimnerScene *self, LimnerSceneItem *item)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (LIMNER_IS_SCENE_ITEM (item));

  limner_scene_flush (self);
  if (item->selected)
    limner_scene_remove_selected (self, item);
  else
    limner_scene_add_selected (self, item);
  limner_scene_emit (self);
}

void
limner_scene_select_many (LimnerScene *self, GPtrArray *items, gboolean extend)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  limner_scene_flush (self);
  if (!extend)
    limner_scene_clear_selection (self, NULL);
  for (guint i = 0; i < items->len; i++)
    limner_scene_add_selected (self, items->pdata[i]);
  limner_scene_emit (self);
}

void
limner_scene_select_all (LimnerScene *self)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  limner_scene_flush (self);
  for (guint i = 0; i < self->items->len; i++)
    {
      if (limner_scene_item_get_visible (self->items->pdata[i]))
        limner_scene_add_selected (self, self->items->pdata[i]);
    }
  limner_scene_emit (self);
}

void
limner_scene_select_none (LimnerScene *self)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  limner_scene_clear_selection (self, NULL);
  limner_scene_emit (self);
}

static int
compare_position (gconstpointer a, gconstpointer b)
{
  LimnerSceneItem *first = *(LimnerSceneItem *const *) a;
  LimnerSceneItem *second = *(LimnerSceneItem *const *) b;

  return first->rank < second->rank ? -1 : first->rank > second->rank;
}

GPtrArray *
limner_scene_get_selection (LimnerScene *self)
{
  GPtrArray *selection;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  limner_scene_flush (self);
  selection = g_ptr_array_copy (self->selection, NULL, NULL);
  g_ptr_array_sort (selection, compare_position);
  return selection;
}

LimnerSceneItem *
limner_scene_get_single_selection (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  limner_scene_flush (self);
  return self->selection->len == 1 ? self->selection->pdata[0] : NULL;
}

gboolean
limner_scene_get_selection_bbox (LimnerScene *self, LimnerBox *bbox)
{
  gboolean found = FALSE;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  limner_scene_flush (self);
  for (guint i = 0; i < self->selection->len; i++)
    {
      LimnerSceneItem *item = self->selection->pdata[i];
      LimnerBox one;

      if (item->shape == NULL)
        continue;
      one = limner_shape_get_bbox (item->shape);
      *bbox = found ? limner_box_union (bbox, &one) : one;
      found = TRUE;
    }
  return found;
}

void
limner_scene_want (LimnerScene *self, const gint64 *ids, guint n_ids)
{
  g_array_set_size (self->wanted, 0);
  g_array_append_vals (self->wanted, ids, n_ids);
}

void
limner_scene_select_wanted (LimnerScene *self)
{
  g_autoptr (GPtrArray) here = g_ptr_array_new ();

  for (guint i = 0; i < self->wanted->len; i++)
    {
      gpointer item = g_hash_table_lookup (self->by_id, &g_array_index (self->wanted, gint64, i));

      if (item != NULL)
        g_ptr_array_add (here, item);
    }
  if (here->len == 0)
    return;
  g_array_set_size (self->wanted, 0);
  limner_scene_clear_selection (self, NULL);
  for (guint i = 0; i < here->len; i++)
    limner_scene_add_selected (self, here->pdata[i]);
}

/* ---- hover and hold ---- */

void
limner_scene_set_hovered (LimnerScene *self, LimnerSceneItem *item)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  if (self->hovered == item)
    return;
  if (self->hovered != NULL)
    limner_scene_item_set_hovered (self->hovered, FALSE);
  self->hovered = item;
  if (item != NULL)
    limner_scene_item_set_hovered (item, TRUE);
  limner_scene_emit_hover_changed (self);
}

LimnerSceneItem *
limner_scene_get_hovered (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  return self->hovered;
}

void
limner_scene_set_held (LimnerScene *self, GPtrArray *items)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  for (guint i = 0; i < self->held->len; i++)
    {
      LimnerSceneItem *item = self->held->pdata[i];

      item->held = FALSE;
      g_clear_pointer (&item->held_shape, limner_shape_unref);
      limner_scene_damage_item (self, item);
    }
  g_ptr_array_set_size (self->held, 0);
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      LimnerSceneItem *item = items->pdata[i];

      if (item->scene != self || item->held)
        continue;
      item->held = TRUE;
      limner_scene_damage_item (self, item);
      g_ptr_array_add (self->held, g_object_ref (item));
    }
  limner_scene_emit (self);
}

void
limner_scene_set_held_shape (LimnerScene *self, LimnerSceneItem *item, LimnerShape *shape)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (shape != NULL);

  if (!item->held)
    return;
  limner_shape_ref (shape);
  g_clear_pointer (&item->held_shape, limner_shape_unref);
  item->held_shape = shape;
  limner_scene_emit_held_changed (self);
}

gboolean
limner_scene_is_held (LimnerScene *self, LimnerSceneItem *item)
{
  return item->held;
}

void
limner_scene_forget_item (LimnerScene *self, LimnerSceneItem *item)
{
  if (self->hovered == item)
    limner_scene_set_hovered (self, NULL);
  if (item->held)
    g_ptr_array_remove (self->held, item);
  item->held = FALSE;
  g_clear_pointer (&item->held_shape, limner_shape_unref);
  item->scene = NULL;
}

void
limner_scene_prune_selection (LimnerScene *self)
{
  guint n = 0;

  for (guint i = 0; i < self->selection->len; i++)
    {
      LimnerSceneItem *item = self->selection->pdata[i];

      if (item->scene == self)
        self->selection->pdata[n++] = item;
      else
        item->selected = FALSE;
    }
  self->selection_dirty = self->selection_dirty || n < self->selection->len;
  g_ptr_array_set_size (self->selection, (int) n);
}

/* ---- visibility ---- */

void
limner_scene_restore_item (LimnerScene *self, LimnerSceneItem *item)
{
  gint64 id = limner_scene_item_get_id (item);

  if (!limner_scene_item_has_key (item))
    return;
  item->eye = GPOINTER_TO_INT (g_hash_table_lookup (self->eyes, &id));
  item->locked = g_hash_table_contains (self->locks, &id);
}

/* Nothing that cannot be seen stays selected: Delete would take it unseen. */
static void
limner_scene_visibility_changed (LimnerScene *self, LimnerSceneItem *item, gboolean before)
{
  if (limner_scene_item_get_visible (item) == before)
    return;
  limner_scene_damage_item (self, item);
  self->shapes_dirty = TRUE;
  if (before)
    {
      limner_scene_remove_selected (self, item);
      if (self->hovered == item)
        limner_scene_set_hovered (self, NULL);
    }
  limner_scene_item_notify_visible (item);
}

static void
limner_scene_set_eye (LimnerScene *self, LimnerSceneItem *item, LimnerEye eye)
{
  gboolean before = limner_scene_item_get_visible (item);
  gint64 id = limner_scene_item_get_id (item);

  item->eye = eye;
  if (limner_scene_item_has_key (item))
    {
      if (eye == LIMNER_EYE_DEFAULT)
        g_hash_table_remove (self->eyes, &id);
      else
        g_hash_table_replace (self->eyes, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (eye));
    }
  limner_scene_visibility_changed (self, item, before);
}

void
limner_scene_set_visible (LimnerScene *self, LimnerSceneItem *item, gboolean visible)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (LIMNER_IS_SCENE_ITEM (item));

  if (limner_scene_item_get_visible (item) == visible)
    return;
  limner_scene_set_eye (self, item, visible ? LIMNER_EYE_SHOWN : LIMNER_EYE_HIDDEN);
  limner_scene_emit (self);
}

void
limner_scene_set_locked (LimnerScene *self, LimnerSceneItem *item, gboolean locked)
{
  gint64 id;

  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (LIMNER_IS_SCENE_ITEM (item));

  if (item->locked == locked)
    return;
  id = limner_scene_item_get_id (item);
  item->locked = locked;
  if (limner_scene_item_has_key (item))
    {
      if (locked)
        g_hash_table_add (self->locks, g_memdup2 (&id, sizeof id));
      else
        g_hash_table_remove (self->locks, &id);
    }
  limner_scene_damage_item (self, item);
  limner_scene_item_notify_locked (item);
  limner_scene_emit (self);
}

void
limner_scene_hide_others (LimnerScene *self)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  limner_scene_flush (self);
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];

      if (!item->selected)
        limner_scene_set_eye (self, item, LIMNER_EYE_HIDDEN);
    }
  limner_scene_emit (self);
}

/* Everywhere, not in this image only: what was hidden is easily forgotten. */
void
limner_scene_show_all (LimnerScene *self)
{
  g_autofree gboolean *before = NULL;

  g_return_if_fail (LIMNER_IS_SCENE (self));

  limner_scene_flush (self);
  before = g_new (gboolean, MAX (self->items->len, 1));
  for (guint i = 0; i < self->items->len; i++)
    before[i] = limner_scene_item_get_visible (self->items->pdata[i]);
  g_hash_table_remove_all (self->hidden_categories);
  g_hash_table_remove_all (self->eyes);
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];

      item->eye = LIMNER_EYE_DEFAULT;
      limner_scene_visibility_changed (self, item, before[i]);
    }
  limner_scene_set_shapes_hidden (self, FALSE);
  limner_scene_emit (self);
}

void
limner_scene_set_category_visible (LimnerScene *self, gint64 category_id, gboolean visible)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  if (limner_scene_is_category_visible (self, category_id) == visible)
    return;
  limner_scene_flush (self);
  /* what was said about single ones gives way; made explicit first, so that each is told once */
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];

      if (limner_scene_item_get_category_id (item) == category_id)
        limner_scene_set_eye (self, item, visible ? LIMNER_EYE_SHOWN : LIMNER_EYE_HIDDEN);
    }
  if (visible)
    g_hash_table_remove (self->hidden_categories, &category_id);
  else
    g_hash_table_add (self->hidden_categories, g_memdup2 (&category_id, sizeof category_id));
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];

      if (limner_scene_item_get_category_id (item) == category_id)
        limner_scene_set_eye (self, item, LIMNER_EYE_DEFAULT);
    }
  self->shapes_dirty = TRUE;
  limner_scene_emit (self);
}

gboolean
limner_scene_is_category_visible (LimnerScene *self, gint64 category_id)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  return !g_hash_table_contains (self->hidden_categories, &category_id);
}

void
limner_scene_set_shapes_hidden (LimnerScene *self, gboolean hidden)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  hidden = hidden != FALSE;
  if (self->shapes_hidden == hidden)
    return;
  self->shapes_hidden = hidden;
  limner_scene_damage (self, NULL);
  limner_scene_notify (self, LIMNER_SCENE_PROP_SHAPES_HIDDEN);
  limner_scene_emit (self);
}

guint
limner_scene_count_category (LimnerScene *self, gint64 category_id)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), 0);

  limner_scene_flush (self);
  if (self->counts == NULL)
    {
      self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      for (guint i = 0; i < self->items->len; i++)
        {
          gint64 id = limner_scene_item_get_category_id (self->items->pdata[i]);
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &id));

          g_hash_table_replace (self->counts, g_memdup2 (&id, sizeof id), GUINT_TO_POINTER (n + 1));
        }
    }
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &category_id));
}
