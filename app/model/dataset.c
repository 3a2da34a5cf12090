/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "category-private.h"
#include "dataset-private.h"

G_DEFINE_FINAL_TYPE (LimnerDataset, limner_dataset, G_TYPE_OBJECT)

enum
{
  SIGNAL_IMAGE_CHANGED,
  SIGNAL_ANNOTATIONS_CHANGED,
  SIGNAL_CATEGORIES_CHANGED,
  SIGNAL_IMAGES_RESET,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static LimnerNames *
limner_names_new (void)
{
  LimnerNames *self = g_atomic_rc_box_new0 (LimnerNames);

  self->chunk = g_string_chunk_new (64 * 1024);
  return self;
}

LimnerNames *
limner_names_ref (LimnerNames *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
names_clear (gpointer data)
{
  LimnerNames *names = data;

  g_string_chunk_free (names->chunk);
  g_free (names->base);
}

void
limner_names_unref (LimnerNames *self)
{
  g_atomic_rc_box_release_full (self, names_clear);
}

/* Keys are ids inside the values. */
GHashTable *
limner_id_table_new (GDestroyNotify free_value)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_value);
}

static void
image_edits_free (gpointer data)
{
  LimnerImageEdits *edits = data;

  g_ptr_array_unref (edits->foreign);
  g_free (edits);
}

static void
limner_dataset_dispose (GObject *object)
{
  LimnerDataset *self = LIMNER_DATASET (object);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->categories));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category =
          g_list_model_get_item (G_LIST_MODEL (self->categories), i);

      limner_category_forget_dataset (category);
    }
  G_OBJECT_CLASS (limner_dataset_parent_class)->dispose (object);
}

static void
limner_dataset_finalize (GObject *object)
{
  LimnerDataset *self = LIMNER_DATASET (object);

  g_clear_pointer (&self->columns, limner_columns_unref);
  g_clear_pointer (&self->names, limner_names_unref);
  g_array_unref (self->slots);
  g_array_unref (self->order);
  g_free (self->slot_of_row);
  g_free (self->image_root);
  g_hash_table_unref (self->slot_of_name);
  g_hash_table_unref (self->image_edits);
  g_hash_table_unref (self->category_of_id);
  g_hash_table_unref (self->category_counts);
  g_hash_table_unref (self->category_colors);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      g_sequence_free (self->added[kind]);
      g_hash_table_unref (self->entries[kind]);
      g_clear_pointer (&self->duplicates[kind], g_hash_table_unref);
    }
  g_object_unref (self->categories);
  G_OBJECT_CLASS (limner_dataset_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params)
{
  return g_signal_new (name, LIMNER_TYPE_DATASET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, G_TYPE_UINT);
}

static void
limner_dataset_class_init (LimnerDatasetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limner_dataset_dispose;
  object_class->finalize = limner_dataset_finalize;

  signals[SIGNAL_IMAGE_CHANGED] = add_signal ("image-changed", 1);
  signals[SIGNAL_ANNOTATIONS_CHANGED] = add_signal ("annotations-changed", 1);
  signals[SIGNAL_CATEGORIES_CHANGED] = add_signal ("categories-changed", 0);
  signals[SIGNAL_IMAGES_RESET] = add_signal ("images-reset", 0);
}

static void
limner_dataset_init (LimnerDataset *self)
{
  self->names = limner_names_new ();
  self->slots = g_array_new (FALSE, TRUE, sizeof (LimnerSlot));
  g_array_set_clear_func (self->slots, (GDestroyNotify) limner_slot_clear);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->slot_of_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->image_edits = limner_id_table_new (image_edits_free);
  self->categories = g_list_store_new (LIMNER_TYPE_CATEGORY);
  self->category_of_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->category_counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->category_colors = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      self->entries[kind] = limner_id_table_new ((GDestroyNotify) limner_entry_free);
      self->added[kind] = g_sequence_new (NULL);
      self->next_id[kind] = 1;
    }
}

/* ---- rows of the base ---- */

gint64
limner_dataset_get_row_id (LimnerDataset *self, LimnerRecordKind kind, guint32 row)
{
  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return self->columns->image_id[row];
    case LIMNER_RECORD_CATEGORY:
      if (self->columns->categories[row] != NULL)
        return self->columns->categories[row]->record.id;
      break;
    case LIMNER_RECORD_ANNOTATION:
      return self->columns->annotation_id[row];
    case LIMNER_RECORD_INFO:
      break;
    }
  return 0;
}

static guint8
limner_dataset_get_row_flags (LimnerDataset *self, LimnerRecordKind kind, guint32 row)
{
  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return self->columns->image_flags[row];
    case LIMNER_RECORD_CATEGORY:
      return self->columns->category_flags[row];
    case LIMNER_RECORD_ANNOTATION:
      return self->columns->annotation_flags[row];
    case LIMNER_RECORD_INFO:
      break;
    }
  return 0;
}

gboolean
limner_dataset_is_row_editable (LimnerDataset *self, LimnerRecordKind kind, guint32 row)
{
  return (limner_dataset_get_row_flags (self, kind, row) &
          (LIMNER_ROW_NO_ID | LIMNER_ROW_DUPLICATE_ID | LIMNER_ROW_NOT_OBJECT)) == 0;
}

/* The info object has no row in the columns: what is known of it is what edits say. */
guint32
limner_dataset_find_row (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  if (kind == LIMNER_RECORD_INFO)
    return LIMNER_NO_ROW;
  return limner_columns_find (self->columns, kind, id);
}

guint
limner_dataset_count_rows (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  if (self->duplicates[kind] != NULL)
    {
      LimnerDuplicate *duplicate = g_hash_table_lookup (self->duplicates[kind], &id);

      if (duplicate != NULL)
        return duplicate->count;
    }
  return limner_dataset_find_row (self, kind, id) != LIMNER_NO_ROW;
}

/* All flags that any row of the section has. */
static guint8
unite_flags (const LimnerColumns *columns, LimnerRecordKind kind)
{
  const guint8 *flags = kind == LIMNER_RECORD_IMAGE        ? columns->image_flags
                        : kind == LIMNER_RECORD_ANNOTATION ? columns->annotation_flags
                                                           : columns->category_flags;
  guint n = limner_columns_get_n_rows (columns, kind);
  guint8 all = 0;

  for (guint32 row = 0; row < n; row++)
    all |= flags[row];
  return all;
}

static void
find_duplicates (LimnerDataset *self, LimnerRecordKind kind)
{
  guint n = limner_columns_get_n_rows (self->columns, kind);

  if ((unite_flags (self->columns, kind) & LIMNER_ROW_DUPLICATE_ID) == 0)
    return;
  for (guint32 row = 0; row < n; row++)
    {
      LimnerDuplicate *duplicate;
      gint64 id;

      if ((limner_dataset_get_row_flags (self, kind, row) & LIMNER_ROW_DUPLICATE_ID) == 0)
        continue;
      if (self->duplicates[kind] == NULL)
        self->duplicates[kind] = limner_id_table_new (g_free);
      id = limner_dataset_get_row_id (self, kind, row);
      duplicate = g_hash_table_lookup (self->duplicates[kind], &id);
      if (duplicate == NULL)
        {
          duplicate = g_new0 (LimnerDuplicate, 1);
          duplicate->id = id;
          g_hash_table_insert (self->duplicates[kind], &duplicate->id, duplicate);
        }
      duplicate->count++;
    }
}

void
limner_dataset_count_base (LimnerDataset *self)
{
  LimnerColumns *columns = self->columns;
  g_autofree guint *counts = g_new0 (guint, columns->n_categories);

  self->n_annotations = 0;
  for (guint32 row = 0; row < columns->n_annotations; row++)
    {
      if ((columns->annotation_flags[row] & LIMNER_ROW_NOT_OBJECT) != 0)
        continue;
      self->n_annotations++;
      if (columns->annotation_category[row] != LIMNER_NO_ROW)
        counts[columns->annotation_category[row]]++;
    }
  g_hash_table_remove_all (self->category_counts);
  for (guint32 row = 0; row < columns->n_categories; row++)
    if (counts[row] > 0)
      limner_dataset_add_category_count (
          self, limner_dataset_get_row_id (self, LIMNER_RECORD_CATEGORY, row), (gint) counts[row]);
}

LimnerDataset *
limner_dataset_new (LimnerColumns *columns, const char *image_root, const char *const *files)
{
  LimnerDataset *self;

  g_return_val_if_fail (columns != NULL, NULL);

  self = g_object_new (LIMNER_TYPE_DATASET, NULL);
  self->columns = limner_columns_ref (columns);
  self->image_root = g_strdup (image_root);
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      /* makes the look-up table of the kind now, off the main thread, for whoever is to edit */
      if (files != NULL)
        limner_columns_find (columns, kind, 0);
      find_duplicates (self, kind);
      if (columns->max_id[kind] > 0)
        self->next_id[kind] =
            columns->max_id[kind] < G_MAXINT64 ? columns->max_id[kind] + 1 : G_MAXINT64;
    }
  limner_dataset_build_images (self, files);
  limner_dataset_count_base (self);
  limner_dataset_build_categories (self);
  return self;
}

LimnerColumns *
limner_dataset_get_columns (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);

  return self->columns;
}

const char *
limner_dataset_get_image_root (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);

  return self->image_root;
}

guint64
limner_dataset_get_n_visited (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  return self->n_visited;
}

guint
limner_dataset_get_n_annotations (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  return self->n_annotations;
}

/* ---- records by id ---- */

LimnerEntry *
limner_dataset_get_entry (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  return g_hash_table_lookup (self->entries[kind], &id);
}

void
limner_record_place_clear (LimnerRecordPlace *self)
{
  g_clear_pointer (&self->text, g_bytes_unref);
}

guint
limner_dataset_count_records (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  LimnerEntry *entry;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  self->n_visited++;
  entry = limner_dataset_get_entry (self, kind, id);
  if (entry != NULL)
    return entry->text != NULL;
  return limner_dataset_count_rows (self, kind, id);
}

gboolean
limner_dataset_find_record (LimnerDataset *self,
                            LimnerRecordKind kind,
                            gint64 id,
                            LimnerRecordPlace *place)
{
  LimnerRecordPlace found = { NULL, 0, 0 };
  LimnerEntry *entry;
  guint32 row;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), FALSE);

  self->n_visited++;
  entry = limner_dataset_get_entry (self, kind, id);
  if (entry != NULL && entry->text == NULL)
    return FALSE;
  if (entry == NULL)
    {
      row = limner_dataset_find_row (self, kind, id);
      if (row == LIMNER_NO_ROW)
        return FALSE;
      limner_columns_get_range (self->columns, kind, row, &found.offset, &found.length);
    }
  if (place != NULL)
    {
      found.text = entry != NULL ? g_bytes_ref (entry->text) : NULL;
      *place = found;
    }
  return TRUE;
}

gboolean
limner_dataset_is_referenced (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  gint count;
  guint32 row;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), FALSE);

  if (kind == LIMNER_RECORD_CATEGORY)
    return limner_dataset_get_category_count (self, id) > 0;
  if (kind != LIMNER_RECORD_IMAGE)
    return FALSE;
  count = limner_dataset_get_image_delta (self, id);
  row = limner_columns_find_first (self->columns, kind, id);
  if (row != LIMNER_NO_ROW)
    count += (gint) (self->columns->first_of_image[row + 1] - self->columns->first_of_image[row]);
  return count > 0;
}

gint64
limner_dataset_reserve_id (LimnerDataset *self, LimnerRecordKind kind)
{
  gint64 id;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  /* a file that uses the largest id there is: the gaps below are all that is left */
  if (self->next_id[kind] == G_MAXINT64)
    self->next_id[kind] = 1;
  while (limner_dataset_count_records (self, kind, self->next_id[kind]) > 0)
    self->next_id[kind]++;
  id = self->next_id[kind]++;
  return id;
}

/* ---- signals ---- */

void
limner_dataset_emit_slot (LimnerDataset *self,
                          guint32 slot,
                          gboolean image_changed,
                          gboolean annotations_changed)
{
  guint position;

  if (limner_dataset_get_slot (self, slot)->is_gone)
    return;
  /* brings the order up to date */
  limner_dataset_get_n_images (self);
  position = limner_dataset_get_slot (self, slot)->position;
  if (annotations_changed)
    g_signal_emit (self, signals[SIGNAL_ANNOTATIONS_CHANGED], 0, position);
  if (image_changed)
    g_signal_emit (self, signals[SIGNAL_IMAGE_CHANGED], 0, position);
}

void
limner_dataset_emit_image (LimnerDataset *self, gint64 image_id, gboolean count_changed)
{
  guint32 slot = limner_dataset_find_slot (self, image_id);

  if (slot != LIMNER_NO_SLOT)
    limner_dataset_emit_slot (self, slot, count_changed, TRUE);
}

void
limner_dataset_emit_reset (LimnerDataset *self)
{
  g_signal_emit (self, signals[SIGNAL_IMAGES_RESET], 0);
}

void
limner_dataset_emit_categories (LimnerDataset *self)
{
  g_signal_emit (self, signals[SIGNAL_CATEGORIES_CHANGED], 0);
}
