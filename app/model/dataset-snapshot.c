/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"

/* Annotations of the class that edits made or moved, and rows of the base that edits replaced. */
static void
snapshot_category (LimnerDataset *self, LimnerImageSnapshot *snapshot, gint64 category_id)
{
  GHashTableIter iter;
  gpointer value;

  snapshot->has_category = TRUE;
  snapshot->category_row =
      limner_columns_find_first (self->columns, LIMNER_RECORD_CATEGORY, category_id);
  snapshot->edited_rows = g_hash_table_new (NULL, NULL);
  snapshot->edited_images = g_array_new (FALSE, FALSE, sizeof (guint));

  g_hash_table_iter_init (&iter, self->entries[LIMNER_RECORD_ANNOTATION]);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerEntry *entry = value;
      guint image;

      if (entry->row != LIMNER_NO_ROW)
        g_hash_table_add (snapshot->edited_rows, GUINT_TO_POINTER (entry->row));
      if (entry->text == NULL || !entry->has_image || !entry->has_category ||
          entry->category_id != category_id)
        continue;
      image = limner_dataset_find_image (self, entry->image_id);
      if (image != LIMNER_NO_IMAGE)
        g_array_append_val (snapshot->edited_images, image);
    }
}

static void
snapshot_states (LimnerDataset *self, LimnerImageSnapshot *snapshot)
{
  const guint n = snapshot->n_images;

  snapshot->counts = g_new (guint32, n);
  snapshot->states = g_new (guint8, n);
  snapshot->has_trouble = g_new (guint8, n);
  for (guint i = 0; i < n; i++)
    {
      LimnerSlot *slot = limner_dataset_get_slot_at (self, i);

      snapshot->counts[i] = limner_dataset_count_slot (self, slot);
      snapshot->states[i] = slot->state;
      snapshot->has_trouble[i] = slot->trouble != NULL;
    }
}

LimnerImageSnapshot *
limner_dataset_snapshot_images (LimnerDataset *self, const LimnerImageFilter *filter)
{
  LimnerImageSnapshot *snapshot = g_new0 (LimnerImageSnapshot, 1);
  guint n = limner_dataset_get_n_images (self);

  snapshot->names_owner = limner_names_ref (self->names);
  snapshot->columns = limner_columns_ref (self->columns);
  snapshot->n_images = n;
  snapshot->names = g_new (const char *, n);
  snapshot->rows = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      const LimnerSlot *slot = limner_dataset_get_slot_at (self, i);

      snapshot->names[i] = slot->name;
      snapshot->rows[i] = slot->row;
    }
  if (filter->state != LIMNER_FILTER_ALL)
    snapshot_states (self, snapshot);
  if (filter->has_category)
    snapshot_category (self, snapshot, filter->category_id);
  return snapshot;
}

void
limner_image_snapshot_free (LimnerImageSnapshot *self)
{
  limner_names_unref (self->names_owner);
  limner_columns_unref (self->columns);
  g_free (self->names);
  g_free (self->rows);
  g_free (self->counts);
  g_free (self->states);
  g_free (self->has_trouble);
  g_clear_pointer (&self->edited_rows, g_hash_table_unref);
  g_clear_pointer (&self->edited_images, g_array_unref);
  g_free (self);
}
