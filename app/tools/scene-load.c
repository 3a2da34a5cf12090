/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include "scene-private.h"

void
limner_scene_drop_indexes (LimnerScene *self)
{
  g_clear_pointer (&self->grid, limner_grid_free);
  g_clear_pointer (&self->counts, g_hash_table_unref);
}

/* Records whose id is unusable or taken twice are told apart by their text. */
static LimnerSceneItem *
limner_scene_match_text (LimnerScene *self, GHashTable **by_text, LimnerAnnotation *annotation)
{
  LimnerSceneItem *item;

  if (*by_text == NULL)
    {
      *by_text =
          g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
      for (guint i = self->items->len; i > 0; i--)
        {
          item = self->items->pdata[i - 1];
          g_hash_table_replace (*by_text, g_bytes_ref (item->annotation->record.text), item);
        }
    }
  item = g_hash_table_lookup (*by_text, annotation->record.text);
  return item != NULL && item->generation != self->generation ? item : NULL;
}

/* (transfer full) (nullable): the item that has shown this annotation so far. */
static LimnerSceneItem *
limner_scene_match (LimnerScene *self,
                    guint position,
                    LimnerAnnotation *annotation,
                    GHashTable **by_text)
{
  LimnerSceneItem *item = NULL;

  if (position < self->items->len)
    {
      item = self->items->pdata[position];
      if (item->annotation != annotation || item->generation == self->generation)
        item = NULL;
    }
  if (item == NULL && annotation->record.has_id)
    {
      item = g_hash_table_lookup (self->by_id, &annotation->record.id);
      if (item != NULL && item->generation == self->generation)
        item = NULL;
    }
  if (item == NULL && self->items->len > 0 &&
      (!annotation->record.has_id || g_hash_table_contains (self->by_id, &annotation->record.id)))
    item = limner_scene_match_text (self, by_text, annotation);
  return item != NULL ? g_object_ref (item) : NULL;
}

gboolean
limner_scene_update_item (LimnerScene *self, LimnerSceneItem *item, LimnerAnnotation *annotation)
{
  if (!limner_scene_item_set_annotation (item, annotation))
    return FALSE;
  limner_scene_damage_item (self, item);
  limner_scene_item_update_shape (item);
  limner_scene_damage_item (self, item);
  self->shapes_dirty = TRUE;
  return TRUE;
}

/* (transfer full): the items of @annotations, kept where they were here before. */
static GPtrArray *
limner_scene_make_items (LimnerScene *self, GPtrArray *annotations, GPtrArray *changed)
{
  GPtrArray *items = g_ptr_array_new_full (annotations->len, g_object_unref);
  g_autoptr (GHashTable) by_text = NULL;

  self->generation++;
  for (guint i = 0; i < annotations->len; i++)
    {
      LimnerAnnotation *annotation = annotations->pdata[i];
      LimnerSceneItem *item = limner_scene_match (self, i, annotation, &by_text);

      if (item == NULL)
        {
          item = limner_scene_item_new (self, annotation);
          limner_scene_restore_item (self, item);
          limner_scene_damage_item (self, item);
          self->shapes_dirty = TRUE;
        }
      else if (limner_scene_update_item (self, item, annotation))
        g_ptr_array_add (changed, item);
      item->generation = self->generation;
      g_ptr_array_add (items, item);
    }
  return items;
}

static void
limner_scene_index_items (LimnerScene *self)
{
  g_hash_table_remove_all (self->by_id);
  g_hash_table_remove_all (self->gone);
  self->next_rank = self->items->len;
  self->order_serial++;
  for (guint i = self->items->len; i > 0; i--)
    {
      LimnerSceneItem *item = self->items->pdata[i - 1];

      item->rank = i - 1;
      if (limner_scene_item_has_key (item))
        g_hash_table_replace (self->by_id, &item->id, item);
    }
}

void
limner_scene_adopt (LimnerScene *self, GPtrArray *annotations)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new ();
  g_autoptr (GPtrArray) items = limner_scene_make_items (self, annotations, changed);
  g_autoptr (GPtrArray) old = self->items;
  guint prefix = 0, suffix = 0;
  guint shorter = MIN (old->len, items->len);

  while (prefix < shorter && old->pdata[prefix] == items->pdata[prefix])
    prefix++;
  while (suffix < shorter - prefix &&
         old->pdata[old->len - 1 - suffix] == items->pdata[items->len - 1 - suffix])
    suffix++;
  for (guint i = prefix; i < old->len - suffix; i++)
    {
      LimnerSceneItem *item = old->pdata[i];

      if (item->generation == self->generation)
        continue;
      limner_scene_damage_item (self, item);
      self->shapes_dirty = TRUE;
      limner_scene_forget_item (self, item);
    }
  limner_scene_prune_selection (self);
  self->items = g_ptr_array_ref (items);
  g_ptr_array_ref (annotations);
  g_clear_pointer (&self->loaded, g_ptr_array_unref);
  self->loaded = annotations;
  limner_scene_drop_indexes (self);
  if (old->len != prefix + suffix || items->len != prefix + suffix)
    {
      limner_scene_index_items (self);
      g_list_model_items_changed (G_LIST_MODEL (self), prefix, old->len - prefix - suffix,
                                  items->len - prefix - suffix);
    }
  for (guint i = 0; i < changed->len; i++)
    limner_scene_item_emit_changed (changed->pdata[i]);
  limner_scene_select_wanted (self);
  limner_scene_emit (self);
}

void
limner_scene_set_loading (LimnerScene *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  limner_scene_notify (self, LIMNER_SCENE_PROP_LOADING);
}

void
limner_scene_cancel_load (LimnerScene *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

typedef struct
{
  LimnerScene *scene;        /* owned */
  GCancellable *cancellable; /* owned: tells our load from a later one */
} Load;

static void
on_annotations_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (LimnerScene) self = load->scene;
  g_autoptr (GCancellable) cancellable = load->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) annotations =
      limner_document_load_annotations_finish (LIMNER_DOCUMENT (source), result, &error);

  /* a load that was cancelled may still end well: its answer is not wanted either */
  if (self->cancellable != cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (annotations != NULL)
    limner_scene_adopt (self, annotations);
  else
    {
      /* what is here is not what the dataset had then: a step alone does not make it so */
      self->must_reload = TRUE;
      limner_scene_message (self, "%s", error->message);
    }
  limner_scene_set_loading (self, FALSE);
}

/* Shows what the document has by now, at once or as soon as it is read. */
void
limner_scene_refresh (LimnerScene *self)
{
  g_autoptr (GPtrArray) annotations = NULL;
  Load *load;

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  self->stale = FALSE;
  if (limner_scene_patch_moved (self))
    return;
  self->must_reload = FALSE;
  limner_scene_note_history (self);
  limner_scene_cancel_load (self);
  if (self->image == LIMNER_NO_IMAGE)
    annotations = g_ptr_array_new ();
  else
    annotations = limner_document_peek_annotations (self->document, self->image);
  if (annotations != NULL)
    {
      limner_scene_adopt (self, annotations);
      limner_scene_set_loading (self, FALSE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  load = g_new (Load, 1);
  *load = (Load){ g_object_ref (self), g_object_ref (self->cancellable) };
  limner_document_load_annotations_async (self->document, self->image, self->cancellable,
                                          on_annotations_loaded, load);
}

void
limner_scene_flush (LimnerScene *self)
{
  if (self->stale && self->committing == 0)
    limner_scene_refresh (self);
}

/* Of many records: goes through all that are here, but reads only what was touched. */
static void
limner_scene_patch_many (LimnerScene *self)
{
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (limner_record_unref);
  g_autoptr (GHashTable) replaced = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (limner_record_unref);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (limner_record_unref);

  for (guint i = 0; i < self->touched->len; i++)
    {
      gint64 id = g_array_index (self->touched, gint64, i);
      LimnerSceneItem *item = g_hash_table_lookup (self->by_id, &id);
      gpointer annotation =
          limner_document_load_record (self->document, LIMNER_RECORD_ANNOTATION, id, NULL);

      if (item != NULL)
        g_hash_table_insert (replaced, item, annotation);
      if (annotation != NULL)
        g_ptr_array_add (item != NULL ? changed : made, annotation);
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];
      gpointer annotation = NULL;

      if (!g_hash_table_lookup_extended (replaced, item, NULL, &annotation))
        annotation = item->annotation;
      if (annotation == NULL)
        continue;
      g_ptr_array_add (annotations, limner_record_ref (annotation));
    }
  for (guint i = 0; i < made->len; i++)
    g_ptr_array_add (annotations, limner_record_ref (made->pdata[i]));
  limner_scene_adopt (self, annotations);
}

void
limner_scene_flush_touched (LimnerScene *self)
{
  g_autoptr (GPtrArray) annotations = NULL;

  if (!self->stale || self->image == LIMNER_NO_IMAGE)
    {
      limner_scene_note_history (self);
      return;
    }
  annotations = limner_document_peek_annotations (self->document, self->image);
  if (annotations != NULL || self->cancellable != NULL || self->must_reload)
    {
      limner_scene_refresh (self);
      return;
    }
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  self->stale = FALSE;
  limner_scene_note_history (self);
  if (!limner_scene_patch_touched (self))
    limner_scene_patch_many (self);
}

static gboolean
on_refresh (gpointer user_data)
{
  LimnerScene *self = user_data;

  self->refresh_source = 0;
  limner_scene_flush (self);
  return G_SOURCE_REMOVE;
}

/* A step signals once a record: they are taken in together, before the next frame. */
static void
limner_scene_mark_stale (LimnerScene *self)
{
  self->stale = TRUE;
  if (self->committing == 0 && self->refresh_source == 0)
    self->refresh_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_refresh, self, NULL);
}

static void
on_dataset_annotations_changed (LimnerDataset *dataset, guint image, LimnerScene *self)
{
  if (image == self->image)
    limner_scene_mark_stale (self);
}

static LimnerSceneCategory
get_category (GListModel *categories, guint position)
{
  g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, position);

  return (LimnerSceneCategory){ g_bytes_ref (limner_category_get_text (category)),
                                limner_category_get_id (category),
                                limner_category_get_color (category) };
}

/* Repaints where colours, names or skeletons changed; numbers of annotations are no reason. */
static void
on_dataset_categories_changed (LimnerDataset *dataset, LimnerScene *self)
{
  GListModel *categories = limner_dataset_get_categories (dataset);
  guint n = g_list_model_get_n_items (categories);
  gboolean has_same_colors = self->categories->len == n, has_same_texts = has_same_colors;

  for (guint i = 0; i < n; i++)
    {
      LimnerSceneCategory now = get_category (categories, i);
      LimnerSceneCategory *before;

      if (i == self->categories->len)
        {
          g_array_append_val (self->categories, now);
          continue;
        }
      before = &g_array_index (self->categories, LimnerSceneCategory, i);
      has_same_colors = has_same_colors && before->id == now.id && before->color == now.color;
      has_same_texts =
          has_same_texts && before->id == now.id && g_bytes_equal (before->text, now.text);
      g_bytes_unref (before->text);
      *before = now;
    }
  g_array_set_size (self->categories, n);
  if (self->active_category >= 0 &&
      limner_dataset_find_category (dataset, self->active_category) == NULL)
    limner_scene_set_active_category (self, -1);
  if (has_same_colors && has_same_texts)
    return;
  if (!has_same_texts)
    self->names_serial++;
  limner_scene_damage (self, NULL);
  limner_scene_emit (self);
}

static void
on_dataset_images_reset (LimnerDataset *dataset, LimnerScene *self)
{
  guint image = LIMNER_NO_IMAGE;

  if (self->image_name != NULL)
    image = limner_dataset_find_image_by_name (dataset, self->image_name);
  if (image == LIMNER_NO_IMAGE)
    {
      limner_scene_set_image (self, LIMNER_NO_IMAGE);
      return;
    }
  self->must_reload = TRUE;
  limner_scene_mark_stale (self);
  if (image == self->image)
    return;
  self->image = image;
  limner_scene_notify (self, LIMNER_SCENE_PROP_IMAGE);
}

/* Listens to the document's dataset, which another one may have replaced. */
static void
limner_scene_attach_dataset (LimnerScene *self)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);

  if (self->dataset == dataset)
    return;
  if (self->dataset != NULL)
    g_signal_handlers_disconnect_by_data (self->dataset, self);
  g_set_object (&self->dataset, dataset);
  g_signal_connect (dataset, "annotations-changed", G_CALLBACK (on_dataset_annotations_changed),
                    self);
  g_signal_connect (dataset, "categories-changed", G_CALLBACK (on_dataset_categories_changed),
                    self);
  g_signal_connect (dataset, "images-reset", G_CALLBACK (on_dataset_images_reset), self);
}

static void
on_document_replaced (LimnerDocument *document, LimnerScene *self)
{
  limner_scene_attach_dataset (self);
  on_dataset_images_reset (self->dataset, self);
  on_dataset_categories_changed (self->dataset, self);
}

void
limner_scene_attach (LimnerScene *self)
{
  g_signal_connect (self->document, "replaced", G_CALLBACK (on_document_replaced), self);
  limner_scene_attach_dataset (self);
  on_dataset_categories_changed (self->dataset, self);
}
