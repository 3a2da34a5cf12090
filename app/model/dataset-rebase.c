/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"

/* A record that is newer than the new base, and where it stood under the old one. */
typedef struct
{
  LimnerEntry *entry;
  LimnerEntry place; /* row, anchor and iter of the old overlay */
  gboolean has_next;
  gint64 next_id;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_clear_pointer (&kept->entry, limner_entry_free);
  g_free (kept);
}

/* What the parsed record said, from the old overlay or the old base. */
static void
copy_facts (LimnerDataset *self, LimnerEntry *entry, const LimnerEntry *old, guint32 row)
{
  LimnerReferences references;

  if (old != NULL)
    {
      entry->has_image = old->has_image;
      entry->has_category = old->has_category;
      entry->image_id = old->image_id;
      entry->category_id = old->category_id;
      entry->slot = old->slot;
      entry->width = old->width;
      entry->height = old->height;
      entry->category = old->category != NULL ? limner_record_ref (old->category) : NULL;
      return;
    }
  if (row == LIMNER_NO_ROW)
    return;
  switch (entry->kind)
    {
    case LIMNER_RECORD_ANNOTATION:
      references = limner_dataset_get_row_references (self, row);
      entry->has_image = references.has_image;
      entry->has_category = references.has_category;
      entry->image_id = references.image_id;
      entry->category_id = references.category_id;
      break;
    case LIMNER_RECORD_IMAGE:
      entry->slot = self->slot_of_row[row];
      entry->width = self->columns->image_width[row];
      entry->height = self->columns->image_height[row];
      break;
    case LIMNER_RECORD_CATEGORY:
      entry->category = limner_record_ref (self->columns->categories[row]);
      break;
    case LIMNER_RECORD_INFO:
      break;
    }
}

static Kept *
kept_new (LimnerDataset *self, const LimnerEdit *edit)
{
  Kept *kept = g_new0 (Kept, 1);
  LimnerEntry *old = limner_dataset_get_entry (self, edit->kind, edit->id);
  guint32 row = limner_dataset_find_row (self, edit->kind, edit->id);

  kept->entry = g_new0 (LimnerEntry, 1);
  kept->entry->kind = edit->kind;
  kept->entry->id = edit->id;
  kept->entry->slot = LIMNER_NO_SLOT;
  /* what the first step newer than the file found is what the file says */
  kept->entry->original = edit->before != NULL ? g_bytes_ref (edit->before) : NULL;
  copy_facts (self, kept->entry, old, row);
  kept->place.row = row;
  kept->place.anchor = LIMNER_NO_ROW;
  if (old != NULL)
    kept->place = *old;
  kept->has_next = limner_dataset_get_next_id (self, edit->kind, edit->id, &kept->next_id);
  return kept;
}

static int
compare_kept (gconstpointer a, gconstpointer b)
{
  const Kept *kept_a = *(const Kept *const *) a, *kept_b = *(const Kept *const *) b;

  return limner_entry_compare_place (&kept_a->place, &kept_b->place);
}

/* (element-type Kept): one for each record that a step touches, in the order of the section. */
static GPtrArray *
collect_kept (LimnerDataset *self, GPtrArray *steps, LimnerRecordKind kind)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (kept_free);
  g_autoptr (GHashTable) of_id = limner_id_table_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (steps, i);

      for (guint j = 0; j < step->edits->len; j++)
        {
          LimnerEdit *edit = g_ptr_array_index (step->edits, j);
          Kept *kept;

          if (edit->kind != kind || limner_dataset_count_rows (self, kind, edit->id) > 1)
            continue;
          kept = g_hash_table_lookup (of_id, &edit->id);
          if (kept == NULL)
            {
              kept = kept_new (self, edit);
              g_hash_table_insert (of_id, &kept->entry->id, kept);
              g_ptr_array_add (all, kept);
            }
          g_clear_pointer (&kept->entry->text, g_bytes_unref);
          kept->entry->text = edit->after != NULL ? g_bytes_ref (edit->after) : NULL;
        }
    }
  g_ptr_array_sort (all, compare_kept);
  return all;
}

/* ---- images ---- */

/* Rows that no id leads to: they cannot be edited, so the n-th of them is the same record in both
 * bases. */
static GArray *
list_odd_images (const LimnerColumns *columns)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 row = 0; row < columns->n_images; row++)
    if ((columns->image_flags[row] & LIMNER_ROW_NOT_OBJECT) == 0 &&
        (columns->image_flags[row] & (LIMNER_ROW_NO_ID | LIMNER_ROW_DUPLICATE_ID)) != 0)
      g_array_append_val (rows, row);
  return rows;
}

/* The row of an image in the new base; @row is a guess that nearly always holds, as rows keep their
 * order. */
static guint32
find_new_row (LimnerColumns *columns, gint64 id, guint32 guess)
{
  const guint8 odd = LIMNER_ROW_NO_ID | LIMNER_ROW_DUPLICATE_ID | LIMNER_ROW_NOT_OBJECT;

  if (guess < columns->n_images && columns->image_id[guess] == id &&
      (columns->image_flags[guess] & odd) == 0)
    return guess;
  return limner_columns_find (columns, LIMNER_RECORD_IMAGE, id);
}

static void
move_slot (LimnerDataset *self, guint32 index, guint32 row, guint32 *slot_of_row)
{
  LimnerSlot *slot = limner_dataset_get_slot (self, index);

  slot->entry = NULL;
  slot->row = row;
  if (row != LIMNER_NO_ROW)
    slot_of_row[row] = index;
}

static void
move_slots (LimnerDataset *self, LimnerColumns *columns)
{
  g_autoptr (GArray) old_odd = list_odd_images (self->columns);
  g_autoptr (GArray) new_odd = list_odd_images (columns);
  guint32 *slot_of_row = g_new (guint32, columns->n_images);
  guint32 new_row = LIMNER_NO_ROW;
  GHashTableIter iter;
  gpointer value;

  for (guint32 row = 0; row < columns->n_images; row++)
    slot_of_row[row] = LIMNER_NO_SLOT;
  for (guint32 row = 0; row < self->columns->n_images; row++)
    {
      gint64 id = self->columns->image_id[row];
      LimnerEntry *entry;

      if (!limner_dataset_is_row_editable (self, LIMNER_RECORD_IMAGE, row))
        continue;
      /* the slot of a deleted record may be another's by now */
      entry = limner_dataset_get_entry (self, LIMNER_RECORD_IMAGE, id);
      if (entry != NULL && entry->text == NULL)
        continue;
      new_row = find_new_row (columns, id, new_row + 1);
      move_slot (self, self->slot_of_row[row], new_row, slot_of_row);
    }
  g_hash_table_iter_init (&iter, self->entries[LIMNER_RECORD_IMAGE]);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerEntry *entry = value;

      if (entry->row == LIMNER_NO_ROW && entry->slot != LIMNER_NO_SLOT)
        move_slot (self, entry->slot, limner_columns_find (columns, LIMNER_RECORD_IMAGE, entry->id),
                   slot_of_row);
    }
  for (guint i = 0; i < MIN (old_odd->len, new_odd->len); i++)
    move_slot (self, self->slot_of_row[g_array_index (old_odd, guint32, i)],
               g_array_index (new_odd, guint32, i), slot_of_row);
  g_free (self->slot_of_row);
  self->slot_of_row = slot_of_row;
}

/* ---- the new overlay ---- */

static void
count_entry (LimnerDataset *self, const LimnerEntry *entry)
{
  LimnerReferences base = limner_dataset_get_row_references (self, entry->row);

  if (base.exists)
    {
      self->n_annotations--;
      if (base.has_image)
        limner_dataset_change_image_delta (self, base.image_id, -1);
      if (base.has_category)
        limner_dataset_add_category_count (self, base.category_id, -1);
    }
  if (entry->text == NULL)
    return;
  self->n_annotations++;
  if (entry->has_image)
    limner_dataset_change_image_delta (self, entry->image_id, 1);
  if (entry->has_category)
    limner_dataset_add_category_count (self, entry->category_id, 1);
}

static void
insert_kept (LimnerDataset *self, Kept *kept)
{
  LimnerEntry *entry = kept->entry;
  gboolean is_same;

  if (entry->kind == LIMNER_RECORD_INFO)
    entry->row = entry->original != NULL ? 0 : LIMNER_NO_ROW;
  else
    entry->row = limner_dataset_find_row (self, entry->kind, entry->id);
  entry->anchor = LIMNER_NO_ROW;
  if (entry->row == LIMNER_NO_ROW)
    is_same = entry->text == NULL;
  else
    is_same = entry->text != NULL && entry->original != NULL &&
              g_bytes_equal (entry->text, entry->original);
  if (is_same)
    return;

  kept->entry = NULL;
  g_hash_table_insert (self->entries[entry->kind], &entry->id, entry);
  if (entry->row == LIMNER_NO_ROW)
    {
      g_clear_pointer (&entry->original, g_bytes_unref);
      limner_dataset_place_entry (self, entry, kept->has_next, kept->next_id);
    }
  if (entry->kind == LIMNER_RECORD_IMAGE && entry->text != NULL && entry->slot != LIMNER_NO_SLOT)
    limner_dataset_get_slot (self, entry->slot)->entry = entry;
  if (entry->kind == LIMNER_RECORD_ANNOTATION)
    {
      limner_dataset_list_foreign (self, entry);
      count_entry (self, entry);
    }
}

static void
clear_overlay (LimnerDataset *self)
{
  g_hash_table_remove_all (self->image_edits);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      g_sequence_remove_range (g_sequence_get_begin_iter (self->added[kind]),
                               g_sequence_get_end_iter (self->added[kind]));
      g_hash_table_remove_all (self->entries[kind]);
    }
}

void
limner_dataset_rebase (LimnerDataset *self, LimnerColumns *columns, GPtrArray *kept)
{
  GPtrArray *all[LIMNER_N_RECORD_KINDS];

  g_return_if_fail (LIMNER_IS_DATASET (self));
  g_return_if_fail (columns != NULL);
  g_return_if_fail (kept != NULL);

  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    all[kind] = collect_kept (self, kept, kind);
  move_slots (self, columns);
  clear_overlay (self);
  limner_columns_ref (columns);
  limner_columns_unref (self->columns);
  self->columns = columns;
  limner_dataset_count_base (self);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      /* backwards, so that what a new record stands before is in its place already */
      for (guint i = all[kind]->len; i > 0; i--)
        insert_kept (self, g_ptr_array_index (all[kind], i - 1));
      g_ptr_array_unref (all[kind]);
      self->next_id[kind] =
          MAX (self->next_id[kind], MIN (columns->max_id[kind], G_MAXINT64 - 1) + 1);
    }
  limner_dataset_show_category_counts (self);
}
