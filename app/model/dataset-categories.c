/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "category-private.h"
#include "dataset-private.h"
#include "palette-private.h"

static gint64 *
copy_id (gint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

static void
index_category (LimnerDataset *self, LimnerCategory *category)
{
  gint64 id = limner_category_get_id (category);

  g_hash_table_insert (self->category_of_id, copy_id (id), category);
  limner_category_set_n_annotations (category, limner_dataset_get_category_count (self, id));
}

void
limner_dataset_build_categories (LimnerDataset *self)
{
  LimnerColumns *columns = self->columns;

  for (guint32 row = 0; row < columns->n_categories; row++)
    {
      LimnerCategoryRecord *record = columns->categories[row];
      g_autoptr (LimnerCategory) category = NULL;

      if (record == NULL || (columns->category_flags[row] & LIMNER_ROW_NOT_OBJECT) != 0)
        continue;
      category =
          limner_category_new (self, record,
                               limner_dataset_is_row_editable (self, LIMNER_RECORD_CATEGORY, row));
      g_list_store_append (self->categories, category);
      /* of several with one id the first is the one that annotations refer to */
      if ((columns->category_flags[row] & LIMNER_ROW_NO_ID) == 0 &&
          !g_hash_table_contains (self->category_of_id, &record->record.id))
        index_category (self, category);
    }
}

guint
limner_dataset_get_category_count (LimnerDataset *self, gint64 id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->category_counts, &id));
}

guint
limner_dataset_add_category_count (LimnerDataset *self, gint64 id, gint by)
{
  guint count = limner_dataset_get_category_count (self, id) + (guint) by;

  if (count > 0)
    g_hash_table_insert (self->category_counts, copy_id (id), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (self->category_counts, &id);
  return count;
}

void
limner_dataset_count_category (LimnerDataset *self, gint64 id, gint by)
{
  guint count = limner_dataset_add_category_count (self, id, by);
  LimnerCategory *category = g_hash_table_lookup (self->category_of_id, &id);

  if (category != NULL)
    limner_category_set_n_annotations (category, count);
}

void
limner_dataset_show_category_counts (LimnerDataset *self)
{
  GHashTableIter iter;
  gpointer id, category;

  g_hash_table_iter_init (&iter, self->category_of_id);
  while (g_hash_table_iter_next (&iter, &id, &category))
    limner_category_set_n_annotations (category,
                                       limner_dataset_get_category_count (self, *(gint64 *) id));
}

void
limner_dataset_choose_colors (LimnerDataset *self)
{
  GListModel *model = G_LIST_MODEL (self->categories);
  guint n = g_list_model_get_n_items (model);
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
  guint32 color;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (model, i);

      if (limner_category_peek_color (category, &color))
        g_hash_table_add (used, GUINT_TO_POINTER (color));
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (model, i);

      if (limner_category_peek_color (category, &color))
        continue;
      color = limner_palette_choose_beside (limner_category_get_name (category), used);
      g_hash_table_add (used, GUINT_TO_POINTER (color));
      limner_category_set_own_color (category, color);
      if (limner_category_is_editable (category))
        g_hash_table_insert (self->category_colors, copy_id (limner_category_get_id (category)),
                             GUINT_TO_POINTER (color));
    }
}

static guint
find_position (LimnerDataset *self, gint64 id)
{
  guint position = g_list_model_get_n_items (G_LIST_MODEL (self->categories));
  LimnerCategory *next;
  gint64 next_id;

  if (!limner_dataset_get_next_id (self, LIMNER_RECORD_CATEGORY, id, &next_id))
    return position;
  next = g_hash_table_lookup (self->category_of_id, &next_id);
  if (next != NULL)
    g_list_store_find (self->categories, next, &position);
  return position;
}

static void
add_category (LimnerDataset *self, gint64 id, LimnerCategoryRecord *record)
{
  g_autoptr (LimnerCategory) category = limner_category_new (self, record, TRUE);
  gpointer color;

  if (g_hash_table_lookup_extended (self->category_colors, &id, NULL, &color))
    limner_category_set_own_color (category, GPOINTER_TO_UINT (color));
  index_category (self, category);
  g_list_store_insert (self->categories, find_position (self, id), category);
}

static void
remove_category (LimnerDataset *self, gint64 id, LimnerCategory *category)
{
  guint position;

  limner_category_forget_dataset (category);
  g_hash_table_remove (self->category_of_id, &id);
  if (g_list_store_find (self->categories, category, &position))
    g_list_store_remove (self->categories, position);
}

void
limner_dataset_update_category (LimnerDataset *self, gint64 id, LimnerCategoryRecord *record)
{
  LimnerCategory *category = g_hash_table_lookup (self->category_of_id, &id);

  if (record != NULL && category != NULL)
    limner_category_set_record (category, record);
  else if (record != NULL)
    add_category (self, id, record);
  else if (category != NULL)
    remove_category (self, id, category);
  limner_dataset_emit_categories (self);
}

GListModel *
limner_dataset_get_categories (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);

  return G_LIST_MODEL (self->categories);
}

LimnerCategory *
limner_dataset_find_category (LimnerDataset *self, gint64 id)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);

  return g_hash_table_lookup (self->category_of_id, &id);
}

LimnerCategory *
limner_dataset_find_category_by_name (LimnerDataset *self, const char *name)
{
  GListModel *model;
  guint n;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  model = G_LIST_MODEL (self->categories);
  n = g_list_model_get_n_items (model);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (model, i);

      /* the store keeps it alive */
      if (g_str_equal (limner_category_get_name (category), name))
        return category;
    }
  return NULL;
}

void
limner_dataset_set_category_color (LimnerDataset *self, gint64 id, guint32 color)
{
  LimnerCategory *category;

  g_return_if_fail (LIMNER_IS_DATASET (self));

  g_hash_table_insert (self->category_colors, copy_id (id), GUINT_TO_POINTER (color));
  category = g_hash_table_lookup (self->category_of_id, &id);
  if (category != NULL && limner_category_is_editable (category))
    limner_category_set_own_color (category, color);
}
