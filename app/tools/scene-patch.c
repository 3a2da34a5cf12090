/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

/*
 * What one step changed is taken in without looking at the other annotations: O(the step) and a
 * move of pointers, however many shapes there are. The document forgets an image's annotations when
 * one of them is edited; reading all of them again would make shapes blink at the end of a gesture.
 *
 * Order is kept by ranks that leave gaps: what was deleted comes back with the one it had.
 */

#include "scene-private.h"

/* A step of more records is not worth this. */
#define PATCH_MAX 256

/* Each record that comes or goes is told to the lists, which go through all that is here. */
#define PASSES_MAX 2000000

/* Of an annotation that was here. */
typedef struct
{
  guint rank;
  guint32 grid_item;
  guint64 grid_serial;
} Gone;

/* ---- history ---- */

void
limner_scene_note_history (LimnerScene *self)
{
  LimnerHistory *history = limner_document_get_history (self->document);
  LimnerStep *undo = limner_history_peek_undo (history);
  LimnerStep *redo = limner_history_peek_redo (history);

  if (undo != NULL)
    limner_step_ref (undo);
  if (redo != NULL)
    limner_step_ref (redo);
  limner_scene_forget_history (self);
  self->undo_step = undo;
  self->redo_step = redo;
  self->n_undo = limner_history_get_n_undo (history);
}

void
limner_scene_forget_history (LimnerScene *self)
{
  g_clear_pointer (&self->undo_step, limner_step_unref);
  g_clear_pointer (&self->redo_step, limner_step_unref);
}

/* (nullable): the step that was taken back or done again since the scene was like the dataset, if
 * nothing else was. We hold the steps on top of both sides: one that has changed sides is the whole
 * difference. */
static LimnerStep *
find_moved_step (LimnerScene *self, gboolean *is_undone)
{
  LimnerHistory *history = limner_document_get_history (self->document);
  guint n_undo = limner_history_get_n_undo (history);

  *is_undone = n_undo < self->n_undo;
  if (self->undo_step != NULL && n_undo + 1 == self->n_undo &&
      limner_history_peek_redo (history) == self->undo_step)
    return self->undo_step;
  if (self->redo_step != NULL && n_undo == self->n_undo + 1 &&
      limner_history_peek_undo (history) == self->redo_step)
    return self->redo_step;
  return NULL;
}

/* ---- indexes ---- */

static void
count_category (LimnerScene *self, gint64 id, int by)
{
  guint n;

  if (self->counts == NULL)
    return;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &id));
  g_hash_table_replace (self->counts, g_memdup2 (&id, sizeof id), GUINT_TO_POINTER (n + by));
}

/* The place in the list of the item of that rank, or where it would be. */
static guint
find_place (LimnerScene *self, guint rank)
{
  guint first = 0, end = self->items->len;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;

      if (((LimnerSceneItem *) self->items->pdata[middle])->rank < rank)
        first = middle + 1;
      else
        end = middle;
    }
  return first;
}

static void
drop_grid (LimnerScene *self)
{
  g_clear_pointer (&self->grid, limner_grid_free);
}

/* After its shape has changed, or before it leaves. */
static void
update_grid (LimnerScene *self, LimnerSceneItem *item, gboolean is_here)
{
  LimnerBox box;

  if (self->grid == NULL)
    return;
  if (item->grid_item == LIMNER_NO_GRID_ITEM)
    {
      /* its number would have to lie between those of others */
      if (is_here && item->shape != NULL)
        drop_grid (self);
      return;
    }
  if (!is_here || item->shape == NULL)
    {
      limner_grid_remove_box (self->grid, item->grid_item);
      self->grid_items->pdata[item->grid_item] = is_here ? item : NULL;
      return;
    }
  box = limner_shape_get_bbox (item->shape);
  limner_grid_set_box (self->grid, item->grid_item, &box);
  self->grid_items->pdata[item->grid_item] = item;
  g_array_index (self->grid_areas, double, item->grid_item) = -1;
  if (limner_grid_is_worn (self->grid))
    drop_grid (self);
}

/* Behind all others. */
static void
append_to_grid (LimnerScene *self, LimnerSceneItem *item)
{
  const double unknown = -1;

  if (self->grid == NULL || item->shape == NULL)
    return;
  item->grid_item = self->grid_items->len;
  g_ptr_array_add (self->grid_items, item);
  g_array_append_val (self->grid_areas, unknown);
  update_grid (self, item, TRUE);
}

/* ---- one record ---- */

static void
remove_item (LimnerScene *self, LimnerSceneItem *item)
{
  g_autoptr (LimnerSceneItem) kept G_GNUC_UNUSED = g_object_ref (item);
  guint place = find_place (self, item->rank);
  Gone *gone = g_new (Gone, 1);

  *gone = (Gone){ item->rank, item->grid_item, self->grid_serial };
  g_hash_table_replace (self->gone, g_memdup2 (&item->id, sizeof item->id), gone);
  update_grid (self, item, FALSE);
  count_category (self, limner_scene_item_get_category_id (item), -1);
  g_hash_table_remove (self->by_id, &item->id);
  limner_scene_damage_item (self, item);
  self->shapes_dirty = TRUE;
  limner_scene_forget_item (self, item);
  limner_scene_prune_selection (self);
  g_ptr_array_remove_index (self->items, place);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 1, 0);
}

static void
add_item (LimnerScene *self, LimnerAnnotation *annotation)
{
  LimnerSceneItem *item = limner_scene_item_new (self, annotation);
  const Gone *gone = g_hash_table_lookup (self->gone, &item->id);
  guint place;

  item->rank = gone != NULL ? gone->rank : self->next_rank++;
  if (gone == NULL)
    append_to_grid (self, item);
  else
    {
      if (gone->grid_serial == self->grid_serial)
        item->grid_item = gone->grid_item;
      update_grid (self, item, TRUE);
    }
  g_hash_table_remove (self->gone, &item->id);
  limner_scene_restore_item (self, item);
  limner_scene_damage_item (self, item);
  self->shapes_dirty = TRUE;
  count_category (self, limner_scene_item_get_category_id (item), 1);
  place = find_place (self, item->rank);
  g_ptr_array_insert (self->items, (int) place, item);
  g_hash_table_replace (self->by_id, &item->id, item);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
}

static void
change_item (LimnerScene *self, LimnerSceneItem *item, LimnerAnnotation *annotation)
{
  g_autoptr (LimnerSceneItem) kept G_GNUC_UNUSED = g_object_ref (item);
  gint64 before = limner_scene_item_get_category_id (item);

  if (!limner_scene_update_item (self, item, annotation))
    return;
  count_category (self, before, -1);
  count_category (self, limner_scene_item_get_category_id (item), 1);
  update_grid (self, item, TRUE);
  limner_scene_item_emit_changed (item);
}

static gboolean
is_of_image (LimnerScene *self, const LimnerAnnotation *annotation)
{
  return annotation->has_image_id &&
         limner_dataset_find_image (self->dataset, annotation->image_id) == self->image;
}

static void
patch_record (LimnerScene *self, gint64 id)
{
  LimnerSceneItem *item = g_hash_table_lookup (self->by_id, &id);
  gpointer annotation =
      limner_document_load_record (self->document, LIMNER_RECORD_ANNOTATION, id, NULL);
  gboolean is_here = annotation != NULL && is_of_image (self, annotation);

  if (item != NULL && is_here)
    change_item (self, item, annotation);
  else if (item != NULL)
    remove_item (self, item);
  else if (is_here)
    add_item (self, annotation);
  g_clear_pointer (&annotation, limner_record_unref);
}

/* ---- steps ---- */

/* Whether there are few enough, and the place of each can be told: a record that comes from
 * elsewhere, as by the undo of what an earlier run deleted, lies where the file has it. */
static gboolean
can_patch (LimnerScene *self, const GArray *ids, gboolean may_be_new)
{
  guint64 n_passes = 0;

  if (ids->len > PATCH_MAX || self->next_rank == G_MAXUINT)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      const gint64 *id = &g_array_index (ids, gint64, i);
      guint n = limner_dataset_count_records (self->dataset, LIMNER_RECORD_ANNOTATION, *id);
      gboolean is_here = g_hash_table_contains (self->by_id, id);

      if (n > 1 || (n == 1 && !may_be_new && !is_here && !g_hash_table_contains (self->gone, id)))
        return FALSE;
      n_passes += is_here != (n == 1);
    }
  return n_passes * self->items->len <= PASSES_MAX;
}

static void
patch_records (LimnerScene *self, const GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    patch_record (self, g_array_index (ids, gint64, i));
  limner_scene_select_wanted (self);
  limner_scene_emit (self);
}

gboolean
limner_scene_patch_touched (LimnerScene *self)
{
  /* a listener may begin the next step */
  g_autoptr (GArray) ids = g_array_copy (self->touched);

  if (!can_patch (self, ids, TRUE))
    return FALSE;
  patch_records (self, ids);
  return TRUE;
}

/* (transfer full) (nullable): the annotations of a step in the order in which they were changed;
 * NULL where it changed what annotations belong to. */
static GArray *
list_annotations (const LimnerStep *step, gboolean is_undone)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < step->edits->len; i++)
    {
      const LimnerEdit *edit = step->edits->pdata[is_undone ? step->edits->len - 1 - i : i];

      if (edit->kind == LIMNER_RECORD_IMAGE)
        return NULL;
      if (edit->kind == LIMNER_RECORD_ANNOTATION)
        g_array_append_val (ids, edit->id);
    }
  return g_steal_pointer (&ids);
}

gboolean
limner_scene_patch_moved (LimnerScene *self)
{
  g_autoptr (GArray) ids = NULL;
  gboolean is_undone;
  LimnerStep *step;

  if (self->must_reload || self->cancellable != NULL || self->image == LIMNER_NO_IMAGE)
    return FALSE;
  step = find_moved_step (self, &is_undone);
  if (step != NULL)
    ids = list_annotations (step, is_undone);
  if (ids == NULL || !can_patch (self, ids, FALSE))
    return FALSE;
  limner_scene_note_history (self);
  patch_records (self, ids);
  return TRUE;
}
