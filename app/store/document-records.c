/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <limner/coco-record.h>

#define MAX_CACHED 8
#define MAX_GAP_BYTES 4096 /* between records that are read in one go */
#define MAX_CHUNK_BYTES (1024 * 1024)

/* ---- texts ---- */

/* Text of one record; LIMNER_DOCUMENT_ERROR_NOT_FOUND where there is none, or several. */
GBytes *
limner_document_read_text (LimnerDocument *self, LimnerRecordKind kind, gint64 id, GError **error)
{
  LimnerRecordPlace place = { 0 };
  GBytes *text;
  guint64 offset;
  guint32 length;

  if (limner_dataset_find_record (self->dataset, kind, id, &place))
    {
      text = limner_read_place (self->file, &place, error);
      limner_record_place_clear (&place);
      return text;
    }
  if (kind == LIMNER_RECORD_INFO && self->file != NULL &&
      limner_coco_file_get_info (self->file, &offset, &length))
    return limner_coco_file_read (self->file, offset, length, error);
  if (kind == LIMNER_RECORD_INFO)
    g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND, "%s has no 'info'",
                 self->path);
  else
    g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND,
                 limner_dataset_count_records (self->dataset, kind, id) > 1
                     ? "%s: several records are %s %" G_GINT64_FORMAT ", so none can be meant"
                     : "%s has no %s %" G_GINT64_FORMAT,
                 self->path, limner_record_kind_get_name (kind), id);
  return NULL;
}

gpointer
limner_document_load_record (LimnerDocument *self, LimnerRecordKind kind, gint64 id, GError **error)
{
  g_autoptr (GBytes) text = NULL;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);

  text = limner_document_read_text (self, kind, id, error);
  return text != NULL ? limner_coco_record_parse (kind, text, error) : NULL;
}

/* How many of @places from @first lie so close in the file that one read takes them all. */
static guint
count_close (GArray *places, guint first, guint64 *length)
{
  const LimnerRecordPlace *start = &g_array_index (places, LimnerRecordPlace, first);
  guint64 end = start->offset + start->length;
  guint n = 1;

  for (guint i = first + 1; i < places->len; i++, n++)
    {
      const LimnerRecordPlace *place = &g_array_index (places, LimnerRecordPlace, i);

      if (place->text != NULL || place->offset < end || place->offset - end > MAX_GAP_BYTES ||
          place->offset + place->length - start->offset > MAX_CHUNK_BYTES)
        break;
      end = place->offset + place->length;
    }
  *length = end - start->offset;
  return n;
}

/* Appends the text of each of @places to @texts; any thread. */
static gboolean
limner_read_places (LimnerCocoFile *file, GArray *places, GPtrArray *texts, GError **error)
{
  for (guint i = 0; i < places->len;)
    {
      const LimnerRecordPlace *place = &g_array_index (places, LimnerRecordPlace, i);
      g_autoptr (GBytes) chunk = NULL;
      guint64 length;
      guint n;

      if (place->text != NULL)
        {
          g_ptr_array_add (texts, g_bytes_ref (place->text));
          i++;
          continue;
        }
      n = count_close (places, i, &length);
      chunk = limner_coco_file_read (file, place->offset, length, error);
      if (chunk == NULL)
        return FALSE;
      for (guint k = 0; k < n; k++)
        {
          const LimnerRecordPlace *inner = &g_array_index (places, LimnerRecordPlace, i + k);

          /* a copy: an annotation that is kept must not keep a megabyte */
          g_ptr_array_add (texts, g_bytes_new ((const char *) g_bytes_get_data (chunk, NULL) +
                                                   inner->offset - place->offset,
                                               inner->length));
        }
      i += n;
    }
  return TRUE;
}

static gboolean
is_object (GBytes *text)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  return length > 0 && data[0] == '{';
}

static GPtrArray *
read_annotations (LimnerCocoFile *file, GArray *places, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (limner_record_unref);

  if (!limner_read_places (file, places, texts, error))
    return NULL;
  for (guint i = 0; i < texts->len; i++)
    {
      GBytes *text = g_ptr_array_index (texts, i);
      gpointer annotation =
          is_object (text) ? limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, text, NULL) : NULL;

      if (annotation != NULL)
        g_ptr_array_add (annotations, annotation);
    }
  return g_steal_pointer (&annotations);
}

/* ---- kept for the last few images ---- */

void
limner_document_forget_all (LimnerDocument *self)
{
  if (self->cache == NULL)
    self->cache = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_hash_table_remove_all (self->cache);
  g_queue_clear (&self->cache_order);
  self->cache_serial++;
}

void
limner_document_forget_image (LimnerDocument *self, guint image)
{
  if (g_hash_table_remove (self->cache, GUINT_TO_POINTER (image)))
    g_queue_remove (&self->cache_order, GUINT_TO_POINTER (image));
}

static void
keep (LimnerDocument *self, guint image, GPtrArray *annotations)
{
  limner_document_forget_image (self, image);
  g_hash_table_insert (self->cache, GUINT_TO_POINTER (image), g_ptr_array_ref (annotations));
  g_queue_push_tail (&self->cache_order, GUINT_TO_POINTER (image));
  if (g_queue_get_length (&self->cache_order) > MAX_CACHED)
    g_hash_table_remove (self->cache, g_queue_pop_head (&self->cache_order));
}

GPtrArray *
limner_document_peek_annotations (LimnerDocument *self, guint image)
{
  GPtrArray *kept;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);

  kept = g_hash_table_lookup (self->cache, GUINT_TO_POINTER (image));
  if (kept != NULL)
    {
      g_queue_remove (&self->cache_order, GUINT_TO_POINTER (image));
      g_queue_push_tail (&self->cache_order, GUINT_TO_POINTER (image));
      return g_ptr_array_ref (kept);
    }
  if (image >= limner_dataset_get_n_images (self->dataset) ||
      limner_dataset_get_image_n_annotations (self->dataset, image) == 0)
    return g_ptr_array_new_with_free_func (limner_record_unref);
  return NULL;
}

GPtrArray *
limner_document_load_annotations (LimnerDocument *self, guint image, GError **error)
{
  GPtrArray *annotations;
  g_autoptr (GArray) places = NULL;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);

  annotations = limner_document_peek_annotations (self, image);
  if (annotations != NULL)
    return annotations;
  places = limner_dataset_list_annotations (self->dataset, image);
  annotations = read_annotations (self->file, places, error);
  if (annotations != NULL)
    keep (self, image, annotations);
  return annotations;
}

typedef struct
{
  LimnerCocoFile *file; /* (nullable) */
  GArray *places;
  guint image;
  guint serial;
} LoadRequest;

static void
load_request_free (gpointer data)
{
  LoadRequest *self = data;

  g_clear_pointer (&self->file, limner_coco_file_unref);
  g_array_unref (self->places);
  g_free (self);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  LoadRequest *request = task_data;
  GError *error = NULL;
  GPtrArray *annotations = read_annotations (request->file, request->places, &error);

  if (annotations == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, annotations, (GDestroyNotify) g_ptr_array_unref);
}

void
limner_document_load_annotations_async (LimnerDocument *self,
                                        guint image,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *kept;
  LoadRequest *request;

  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, limner_document_load_annotations_async);
  kept = limner_document_peek_annotations (self, image);
  if (kept != NULL)
    {
      g_task_return_pointer (task, kept, (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  request = g_new0 (LoadRequest, 1);
  request->file = self->file != NULL ? limner_coco_file_ref (self->file) : NULL;
  request->places = limner_dataset_list_annotations (self->dataset, image);
  request->image = image;
  request->serial = self->cache_serial;
  g_task_set_task_data (task, request, load_request_free);
  g_task_run_in_thread (task, load_in_thread);
}

GPtrArray *
limner_document_load_annotations_finish (LimnerDocument *self, GAsyncResult *result, GError **error)
{
  LoadRequest *request = g_task_get_task_data (G_TASK (result));
  GPtrArray *annotations = g_task_propagate_pointer (G_TASK (result), error);

  /* an edit since then makes it a picture of the past: right for who asked, not worth keeping */
  if (annotations != NULL && request != NULL && request->serial == self->cache_serial)
    keep (self, request->image, annotations);
  return annotations;
}
