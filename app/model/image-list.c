/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image-list"

#include <limner/image-list.h>

#include "dataset-private.h"
#include "image-item-private.h"

#include <string.h>

/* ---- the filter ---- */

typedef struct
{
  LimnerImageFilter filter;
  char *needle; /* (nullable): filter.text, case folded */
  gboolean is_needle_ascii;
  LimnerImageSnapshot *snapshot;
} FilterJob;

static void
filter_job_free (gpointer data)
{
  FilterJob *job = data;

  limner_image_snapshot_free (job->snapshot);
  g_free (job->needle);
  g_free (job);
}

static gboolean
matches_state (const LimnerImageSnapshot *images, guint i, LimnerFilterState state)
{
  gboolean is_done;

  if (state == LIMNER_FILTER_ALL)
    return TRUE;
  is_done = images->states[i] == LIMNER_STATE_DONE || images->states[i] == LIMNER_STATE_ACCEPTED;
  switch (state)
    {
    case LIMNER_FILTER_ALL:
      break;
    case LIMNER_FILTER_WITHOUT_ANNOTATIONS:
      return images->counts[i] == 0;
    case LIMNER_FILTER_WITH_ANNOTATIONS:
      return images->counts[i] > 0;
    case LIMNER_FILTER_DONE:
      return is_done;
    case LIMNER_FILTER_NOT_DONE:
      return !is_done;
    case LIMNER_FILTER_RETURNED:
      return images->states[i] == LIMNER_STATE_RETURNED;
    case LIMNER_FILTER_UNREADABLE:
      return images->has_trouble[i];
    }
  return TRUE;
}

static inline char
to_lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
}

/* Both ASCII; @needle is lower case and not empty. */
static gboolean
contains_ascii (const char *text, const char *needle)
{
  for (; *text != '\0'; text++)
    {
      gsize i = 0;

      while (needle[i] != '\0' && to_lower (text[i]) == needle[i])
        i++;
      if (needle[i] == '\0')
        return TRUE;
    }
  return FALSE;
}

static gboolean
matches_text (const FilterJob *job, const char *name)
{
  g_autofree char *valid = NULL;
  g_autofree char *folded = NULL;

  if (job->needle == NULL)
    return TRUE;
  if (g_str_is_ascii (name))
    return job->is_needle_ascii && contains_ascii (name, job->needle);
  valid = g_utf8_make_valid (name, -1);
  folded = g_utf8_casefold (valid, -1);
  return strstr (folded, job->needle) != NULL;
}

/* (transfer full) (nullable): a byte for each image that is 1 if it has an annotation of the class.
 */
static guint8 *
mark_category (const LimnerImageSnapshot *images)
{
  const LimnerColumns *columns = images->columns;
  g_autofree guint8 *marked_rows = NULL;
  guint8 *marked;

  if (!images->has_category)
    return NULL;
  marked = g_new0 (guint8, images->n_images);
  marked_rows = g_new0 (guint8, columns->n_images);
  for (guint32 row = 0; images->category_row != LIMNER_NO_ROW && row < columns->n_annotations;
       row++)
    if (columns->annotation_category[row] == images->category_row &&
        columns->annotation_image[row] != LIMNER_NO_ROW &&
        !g_hash_table_contains (images->edited_rows, GUINT_TO_POINTER (row)))
      marked_rows[columns->annotation_image[row]] = 1;
  for (guint i = 0; i < images->n_images; i++)
    if (images->rows[i] != LIMNER_NO_ROW)
      marked[i] = marked_rows[images->rows[i]];
  for (guint i = 0; i < images->edited_images->len; i++)
    marked[g_array_index (images->edited_images, guint, i)] = 1;
  return marked;
}

/* Worker thread: nothing but the job. */
static void
filter_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  FilterJob *job = task_data;
  const LimnerImageSnapshot *images = job->snapshot;
  g_autofree guint8 *marked = mark_category (images);
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < images->n_images; i++)
    {
      if ((i & 0xfff) == 0 && g_task_return_error_if_cancelled (task))
        return;
      if ((marked == NULL || marked[i]) && matches_state (images, i, job->filter.state) &&
          matches_text (job, images->names[i]))
        g_array_append_val (shown, i);
    }
  g_task_return_pointer (task, g_steal_pointer (&shown), (GDestroyNotify) g_array_unref);
}

/* ---- the list ---- */

struct _LimnerImageList
{
  GObject parent_instance;
  LimnerDataset *dataset;
  LimnerImageFilter filter;
  GArray *shown;             /* (nullable): guint32 images in order; NULL = all of them */
  guint n_images;            /* of the dataset, as the list last told it */
  GHashTable *items;         /* image -> LimnerImageItem that somebody holds; not owned */
  GCancellable *cancellable; /* (nullable): of the filter that is running */
};

enum
{
  PROP_BUSY = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static GType
limner_image_list_get_item_type (GListModel *model)
{
  return LIMNER_TYPE_IMAGE_ITEM;
}

static guint
limner_image_list_get_n_items (GListModel *model)
{
  LimnerImageList *self = LIMNER_IMAGE_LIST (model);

  return self->shown != NULL ? self->shown->len : self->n_images;
}

static void
on_item_gone (gpointer data, GObject *item)
{
  LimnerImageList *self = data;

  guint image = limner_image_item_get_image ((LimnerImageItem *) item);

  g_hash_table_remove (self->items, GUINT_TO_POINTER (image));
}

static gpointer
limner_image_list_get_item (GListModel *model, guint position)
{
  LimnerImageList *self = LIMNER_IMAGE_LIST (model);
  LimnerImageItem *item;
  guint image;

  if (position >= limner_image_list_get_n_items (model))
    return NULL;
  image = limner_image_list_get_image (self, position);
  item = g_hash_table_lookup (self->items, GUINT_TO_POINTER (image));
  if (item != NULL)
    return g_object_ref (item);
  item = limner_image_item_new (image);
  g_hash_table_insert (self->items, GUINT_TO_POINTER (image), item);
  g_object_weak_ref (G_OBJECT (item), on_item_gone, self);
  return item;
}

static void
limner_image_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = limner_image_list_get_item_type;
  iface->get_n_items = limner_image_list_get_n_items;
  iface->get_item = limner_image_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnerImageList,
                               limner_image_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      limner_image_list_model_init))

/* Items that somebody still holds are let go: they are of a list that is no more. */
static void
forget_items (LimnerImageList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_object_weak_unref (item, on_item_gone, self);
  g_hash_table_remove_all (self->items);
}

static guint
shown_image (GArray *shown, guint position)
{
  return shown != NULL ? g_array_index (shown, guint32, position) : position;
}

/*
 * A selection, and the list view of GTK 4.8 for what it keeps in place, look for their items among
 * all that are added at once, and make each of those for it: more than this are told to be gone
 * first, and then to be there.
 */
#define MAX_SEARCHED 1000

/* What is alike at both ends stays, so the view keeps its rows and place. */
static void
find_change (LimnerImageList *self, GArray *shown, guint *start, guint *end)
{
  const guint n_old = limner_image_list_get_n_items (G_LIST_MODEL (self));
  const guint n_new = shown != NULL ? shown->len : self->n_images;
  guint first = 0, last = 0;

  while (first < n_old && first < n_new &&
         shown_image (self->shown, first) == shown_image (shown, first))
    first++;
  while (last < n_old - first && last < n_new - first &&
         shown_image (self->shown, n_old - 1 - last) == shown_image (shown, n_new - 1 - last))
    last++;
  *start = first;
  *end = last;
}

/* (transfer full): of what is shown now, the images before @start and the last @end. */
static GArray *
make_rest (LimnerImageList *self, guint start, guint end)
{
  const guint n = limner_image_list_get_n_items (G_LIST_MODEL (self));
  GArray *rest = g_array_sized_new (FALSE, FALSE, sizeof (guint32), start + end);

  for (guint i = 0; i < n; i++)
    {
      const guint32 image = shown_image (self->shown, i);

      if (i < start || i >= n - end)
        g_array_append_val (rest, image);
    }
  return rest;
}

static void
set_shown (LimnerImageList *self, GArray *shown)
{
  g_clear_pointer (&self->shown, g_array_unref);
  self->shown = shown;
}

/* Takes @shown (transfer full) (nullable). */
static void
take_shown (LimnerImageList *self, GArray *shown)
{
  GListModel *model = G_LIST_MODEL (self);
  const guint n_new = shown != NULL ? shown->len : self->n_images;
  guint n_removed, n_added, start, end;

  find_change (self, shown, &start, &end);
  n_removed = limner_image_list_get_n_items (model) - end - start;
  n_added = n_new - end - start;
  if (n_removed > 0 && n_added > MAX_SEARCHED)
    {
      GArray *rest = make_rest (self, start, end);

      set_shown (self, rest);
      g_list_model_items_changed (model, start, n_removed, 0);
      if (self->shown != rest)
        {
          /* whoever was told has set another filter */
          g_clear_pointer (&shown, g_array_unref);
          return;
        }
      n_removed = 0;
    }
  set_shown (self, shown);
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (model, start, n_removed, n_added);
}

static gboolean
shows_all (const LimnerImageFilter *filter)
{
  return filter->state == LIMNER_FILTER_ALL && !filter->has_category &&
         (filter->text == NULL || filter->text[0] == '\0');
}

static void
stop_filter (LimnerImageList *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_filtered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnerImageList) self = data;
  GTask *task = G_TASK (result);
  g_autoptr (GError) error = NULL;
  GArray *shown = g_task_propagate_pointer (task, &error);

  /* a newer filter, or another list of images, has made this answer worthless */
  if (g_task_get_cancellable (task) != self->cancellable)
    {
      g_clear_pointer (&shown, g_array_unref);
      return;
    }
  g_clear_object (&self->cancellable);
  if (shown != NULL)
    take_shown (self, shown);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
start_filter (LimnerImageList *self)
{
  FilterJob *job = g_new0 (FilterJob, 1);
  g_autoptr (GTask) task = NULL;

  job->filter.state = self->filter.state;
  if (self->filter.text != NULL && self->filter.text[0] != '\0')
    {
      job->needle = g_utf8_casefold (self->filter.text, -1);
      job->is_needle_ascii = g_str_is_ascii (job->needle);
    }
  job->snapshot = limner_dataset_snapshot_images (self->dataset, &self->filter);
  self->cancellable = g_cancellable_new ();
  /* not as the source object: a task may end in its thread, and with it the last reference to the
   * list */
  task = g_task_new (NULL, self->cancellable, on_filtered, g_object_ref (self));
  g_task_set_source_tag (task, start_filter);
  g_task_set_task_data (task, job, filter_job_free);
  g_task_run_in_thread (task, filter_in_thread);
}

static void
apply_filter (LimnerImageList *self)
{
  gboolean was_busy = self->cancellable != NULL;

  stop_filter (self);
  if (shows_all (&self->filter))
    take_shown (self, NULL);
  else
    start_filter (self);
  if (was_busy != (self->cancellable != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_image_changed (LimnerDataset *dataset, guint image, gpointer data)
{
  LimnerImageList *self = data;
  LimnerImageItem *item = g_hash_table_lookup (self->items, GUINT_TO_POINTER (image));

  if (item != NULL)
    limner_image_item_emit_changed (item);
}

/* Everything is shown until the filter has answered, as positions of the old list mean nothing now.
 */
static void
on_images_reset (LimnerDataset *dataset, gpointer data)
{
  LimnerImageList *self = data;
  guint n_old = limner_image_list_get_n_items (G_LIST_MODEL (self));

  forget_items (self);
  set_shown (self, g_array_new (FALSE, FALSE, sizeof (guint32)));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_old, 0);
  self->n_images = limner_dataset_get_n_images (dataset);
  set_shown (self, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->n_images);
  apply_filter (self);
}

static void
limner_image_list_dispose (GObject *object)
{
  LimnerImageList *self = LIMNER_IMAGE_LIST (object);

  stop_filter (self);
  forget_items (self);
  if (self->dataset != NULL)
    g_signal_handlers_disconnect_by_data (self->dataset, self);
  g_clear_object (&self->dataset);
  G_OBJECT_CLASS (limner_image_list_parent_class)->dispose (object);
}

static void
limner_image_list_finalize (GObject *object)
{
  LimnerImageList *self = LIMNER_IMAGE_LIST (object);

  g_hash_table_unref (self->items);
  g_clear_pointer (&self->shown, g_array_unref);
  g_free (self->filter.text);
  G_OBJECT_CLASS (limner_image_list_parent_class)->finalize (object);
}

static void
limner_image_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, LIMNER_IMAGE_LIST (object)->cancellable != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limner_image_list_class_init (LimnerImageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limner_image_list_dispose;
  object_class->finalize = limner_image_list_finalize;
  object_class->get_property = limner_image_list_get_property;

  properties[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
limner_image_list_init (LimnerImageList *self)
{
  self->items = g_hash_table_new (NULL, NULL);
}

LimnerImageList *
limner_image_list_new (LimnerDataset *dataset)
{
  LimnerImageList *self;

  g_return_val_if_fail (LIMNER_IS_DATASET (dataset), NULL);

  self = g_object_new (LIMNER_TYPE_IMAGE_LIST, NULL);
  self->dataset = g_object_ref (dataset);
  self->n_images = limner_dataset_get_n_images (dataset);
  g_signal_connect (dataset, "image-changed", G_CALLBACK (on_image_changed), self);
  g_signal_connect (dataset, "images-reset", G_CALLBACK (on_images_reset), self);
  return self;
}

void
limner_image_list_set_filter (LimnerImageList *self, const LimnerImageFilter *filter)
{
  char *text;

  g_return_if_fail (LIMNER_IS_IMAGE_LIST (self));
  g_return_if_fail (filter != NULL);

  text = g_strdup (filter->text);
  g_free (self->filter.text);
  self->filter = *filter;
  self->filter.text = text;
  apply_filter (self);
}

guint
limner_image_list_find (LimnerImageList *self, guint image)
{
  guint low = 0, high;

  g_return_val_if_fail (LIMNER_IS_IMAGE_LIST (self), G_MAXUINT);

  if (self->shown == NULL)
    return image < self->n_images ? image : G_MAXUINT;
  high = self->shown->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->shown, guint32, middle) < image)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->shown->len && g_array_index (self->shown, guint32, low) == image)
    return low;
  return G_MAXUINT;
}

guint
limner_image_list_get_image (LimnerImageList *self, guint position)
{
  g_return_val_if_fail (LIMNER_IS_IMAGE_LIST (self), LIMNER_NO_IMAGE);
  g_return_val_if_fail (position < limner_image_list_get_n_items (G_LIST_MODEL (self)),
                        LIMNER_NO_IMAGE);

  return shown_image (self->shown, position);
}
