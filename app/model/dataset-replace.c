/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"

/* Puts the classes of @with into the list that views watch. */
static void
replace_categories (GListStore *shown, GListStore *with)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (with));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (with), i));
  g_list_store_splice (shown, 0, g_list_model_get_n_items (G_LIST_MODEL (shown)), items->pdata,
                       items->len);
}

void
limner_dataset_replace (LimnerDataset *self, LimnerDataset *with)
{
  LimnerDataset before;
  GListStore *theirs;

  g_return_if_fail (LIMNER_IS_DATASET (self));
  g_return_if_fail (LIMNER_IS_DATASET (with));
  g_return_if_fail (self != with);

  /* everything changes hands but the objects themselves and the list that views watch */
  before = *self;
  theirs = with->categories;
  *self = *with;
  self->parent_instance = before.parent_instance;
  self->categories = before.categories;
  before.parent_instance = with->parent_instance;
  before.categories = theirs;
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    self->next_id[kind] = MAX (self->next_id[kind], before.next_id[kind]);
  *with = before;

  replace_categories (self->categories, theirs);
  limner_dataset_emit_reset (self);
  limner_dataset_emit_categories (self);
}
