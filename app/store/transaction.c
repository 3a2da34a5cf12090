/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "transaction-private.h"

#include <limner/coco-value.h>
#include <limner/image-file.h>

static void
touched_free (gpointer data)
{
  LimnerTouched *self = data;

  g_clear_pointer (&self->before, g_bytes_unref);
  g_clear_pointer (&self->after, g_bytes_unref);
  g_free (self);
}

LimnerTransaction *
limner_document_begin (LimnerDocument *self, const char *label, guint image)
{
  LimnerTransaction *transaction;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  g_return_val_if_fail (label != NULL, NULL);
  g_return_val_if_fail (self->transaction == NULL, NULL);

  transaction = g_new0 (LimnerTransaction, 1);
  transaction->document = g_object_ref (self);
  transaction->label = g_strdup (label);
  if (image != LIMNER_NO_IMAGE)
    transaction->image_name = g_strdup (limner_dataset_get_image_name (self->dataset, image));
  transaction->touched = g_ptr_array_new_with_free_func (touched_free);
  transaction->by_id = g_hash_table_new (limner_record_key_hash, limner_record_key_equal);
  transaction->image_ids = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->transaction = transaction;
  return transaction;
}

void
limner_transaction_free (LimnerTransaction *self)
{
  if (self == NULL)
    return;
  if (self->document->transaction == self)
    self->document->transaction = NULL;
  g_object_unref (self->document);
  g_free (self->label);
  g_free (self->image_name);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->image_ids);
  g_ptr_array_unref (self->touched);
  g_free (self);
}

static gboolean
same_bytes (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

/* The step of what changed in the end; records that are as they were are left out. */
LimnerStep *
limner_transaction_steal_step (LimnerTransaction *self)
{
  LimnerStep *step = limner_step_new (LIMNER_STEP_DO, self->label, self->image_name);

  for (guint i = 0; i < self->touched->len; i++)
    {
      LimnerTouched *touched = g_ptr_array_index (self->touched, i);
      LimnerEdit *edit;

      if (same_bytes (touched->before, touched->after))
        continue;
      edit = limner_edit_new (touched->kind, touched->id, touched->before, touched->after);
      edit->has_next = touched->has_next;
      edit->next_id = touched->next_id;
      g_ptr_array_add (step->edits, edit);
    }
  return step;
}

void
limner_refuse (LimnerTransaction *self, GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
               "%s: %s; nothing was changed", limner_document_get_name (self->document), text);
}

/* ---- records as the transaction has them ---- */

static LimnerTouched *
find_touched (LimnerTransaction *self, LimnerRecordKind kind, gint64 id)
{
  LimnerTouched key = { kind, id, NULL, NULL, FALSE, 0 };

  return g_hash_table_lookup (self->by_id, &key);
}

gboolean
limner_transaction_has_record (LimnerTransaction *self, LimnerRecordKind kind, gint64 id)
{
  LimnerTouched *touched = find_touched (self, kind, id);

  if (touched != NULL)
    return touched->after != NULL;
  return limner_dataset_find_record (self->document->dataset, kind, id, NULL);
}

GBytes *
limner_transaction_get_text (LimnerTransaction *self,
                             LimnerRecordKind kind,
                             gint64 id,
                             GError **error)
{
  LimnerTouched *touched = find_touched (self, kind, id);

  if (touched == NULL)
    return limner_document_read_text (self->document, kind, id, error);
  if (touched->after != NULL)
    return g_bytes_ref (touched->after);
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND,
               "%s has no %s %" G_GINT64_FORMAT " any more", self->document->path,
               limner_record_kind_get_name (kind), id);
  return NULL;
}

gboolean
limner_transaction_put (
    LimnerTransaction *self, LimnerRecordKind kind, gint64 id, GBytes *text, GError **error)
{
  LimnerDataset *dataset = self->document->dataset;
  LimnerTouched *touched = find_touched (self, kind, id);
  gpointer record = text != NULL ? limner_coco_record_parse (kind, text, error) : NULL;

  if (text != NULL && record == NULL)
    return FALSE;
  g_clear_pointer (&record, limner_record_unref);
  if (touched == NULL)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GBytes) before = limner_document_read_text (self->document, kind, id, &local);

      /* one that cannot be read is not one that is not there: it would be deleted without effect */
      if (before == NULL &&
          !g_error_matches (local, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      touched = g_new0 (LimnerTouched, 1);
      touched->kind = kind;
      touched->id = id;
      touched->before = g_steal_pointer (&before);
      if (touched->before != NULL)
        touched->has_next = limner_dataset_get_next_id (dataset, kind, id, &touched->next_id);
      g_ptr_array_add (self->touched, touched);
      g_hash_table_add (self->by_id, touched);
    }
  g_clear_pointer (&touched->after, g_bytes_unref);
  touched->after = text != NULL ? g_bytes_ref (text) : NULL;
  return TRUE;
}

/* ---- how new text looks ---- */

void
limner_transaction_get_style (LimnerTransaction *self,
                              LimnerRecordKind kind,
                              LimnerCocoStyle *style)
{
  LimnerCocoFile *file = self->document->file;
  g_autoptr (GBytes) text = NULL;
  guint64 offset;
  guint32 length;

  *style = LIMNER_COCO_STYLE_DEFAULT;
  if (file == NULL)
    return;
  if (kind != LIMNER_RECORD_INFO &&
      limner_columns_get_n_rows (limner_coco_file_get_columns (file), kind) > 0)
    text = limner_coco_file_read_record (file, kind, 0, NULL);
  else if (limner_coco_file_get_info (file, &offset, &length))
    text = limner_coco_file_read (file, offset, length, NULL);
  if (text != NULL)
    limner_coco_style_from_record (style, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

/* A record that stands tells best how it is written; one without members tells nothing. */
static void
get_style_of (LimnerTransaction *self, LimnerRecordKind kind, GBytes *text, LimnerCocoStyle *style)
{
  *style = LIMNER_COCO_STYLE_DEFAULT;
  if (g_bytes_get_size (text) > 2)
    limner_coco_style_from_record (style, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  else
    limner_transaction_get_style (self, kind, style);
}

gboolean
limner_transaction_edit (LimnerTransaction *self,
                         LimnerRecordKind kind,
                         gint64 id,
                         const LimnerMember *members,
                         guint n_members,
                         GError **error)
{
  g_autoptr (GBytes) text = limner_transaction_get_text (self, kind, id, error);
  g_autoptr (GBytes) edited = NULL;
  LimnerCocoStyle style;

  if (text == NULL)
    return FALSE;
  get_style_of (self, kind, text, &style);
  edited = limner_coco_record_set_members (text, &style, members, n_members);
  return limner_transaction_put (self, kind, id, edited, error);
}

gboolean
limner_transaction_add (LimnerTransaction *self,
                        LimnerRecordKind kind,
                        gint64 id,
                        const LimnerMember *members,
                        guint n_members,
                        GError **error)
{
  g_autoptr (GBytes) text = NULL;
  LimnerCocoStyle style;

  limner_transaction_get_style (self, kind, &style);
  text = limner_coco_record_set_members (NULL, &style, members, n_members);
  return limner_transaction_put (self, kind, id, text, error);
}

gboolean
limner_transaction_set_limner (LimnerTransaction *self,
                               LimnerRecordKind kind,
                               gint64 id,
                               const char *name,
                               const char *value,
                               GError **error)
{
  g_autoptr (GBytes) text = limner_transaction_get_text (self, kind, id, error);
  g_autoptr (GBytes) inner = NULL;
  g_autoptr (GBytes) changed = NULL;
  g_autofree char *new_value = NULL;
  LimnerCocoStyle style;
  LimnerMember member = { name, value };
  LimnerValue outer, old, first;
  LimnerValueIter iter;

  if (text == NULL)
    return FALSE;
  outer.text = g_bytes_get_data (text, &outer.length);
  if (limner_value_find (&outer, "limner", &old) &&
      limner_value_get_type (&old) == LIMNER_VALUE_OBJECT)
    inner = g_bytes_new (old.text, old.length);
  else if (value == NULL)
    return TRUE;
  get_style_of (self, kind, text, &style);
  style.one_line = TRUE;
  changed = limner_coco_record_set_members (inner, &style, &member, 1);

  first.text = g_bytes_get_data (changed, &first.length);
  limner_value_iter_init (&iter, &first);
  if (limner_value_iter_next (&iter, NULL, &old))
    new_value = g_strndup (first.text, first.length);
  return limner_transaction_edit (self, kind, id, &(LimnerMember){ "limner", new_value }, 1, error);
}

/* ---- records for images ---- */

/* The picture's size in the frame of the dataset: as shown, unless its numbers are in the stored
 * frame and the picture lies on its side. */
static void
turn_size (LimnerTransaction *self, guint image, guint *width, guint *height)
{
  g_autofree char *path = NULL;
  LimnerImageInfo info;
  guint swapped;

  if (self->document->frame != LIMNER_FRAME_STORED)
    return;
  path = limner_dataset_dup_image_path (self->document->dataset, image, NULL);
  if (path == NULL || !limner_image_file_probe (path, &info, NULL) ||
      info.orientation < LIMNER_ORIENTATION_TRANSPOSE)
    return;
  swapped = *width;
  *width = *height;
  *height = swapped;
}

gboolean
limner_transaction_ensure_image (
    LimnerTransaction *self, guint image, guint width, guint height, gint64 *id, GError **error)
{
  LimnerDataset *dataset = self->document->dataset;
  gint64 *made = g_hash_table_lookup (self->image_ids, GUINT_TO_POINTER (image));
  g_autofree char *id_text = NULL;
  g_autofree char *name_text = NULL;
  g_autofree char *width_text = NULL;
  g_autofree char *height_text = NULL;
  LimnerCocoStyle style;

  if (image >= limner_dataset_get_n_images (dataset))
    {
      limner_refuse (self, error, "there is no such image");
      return FALSE;
    }
  if (made != NULL)
    {
      *id = *made;
      return TRUE;
    }
  if (!limner_dataset_is_image_editable (dataset, image))
    {
      limner_refuse (self, error,
                     "the record of %s has no id of its own, so annotations cannot refer to it",
                     limner_dataset_get_image_name (dataset, image));
      return FALSE;
    }
  if (limner_dataset_get_image_id (dataset, image, id) &&
      limner_transaction_has_record (self, LIMNER_RECORD_IMAGE, *id))
    return TRUE;
  if (width == 0 || height == 0)
    {
      limner_refuse (self, error, "the size of %s is not known yet, so it cannot get a record",
                     limner_dataset_get_image_name (dataset, image));
      return FALSE;
    }

  turn_size (self, image, &width, &height);
  limner_transaction_get_style (self, LIMNER_RECORD_IMAGE, &style);
  *id = limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE);
  id_text = g_strdup_printf ("%" G_GINT64_FORMAT, *id);
  name_text =
      limner_coco_format_string (limner_dataset_get_image_name (dataset, image), style.ascii);
  width_text = g_strdup_printf ("%u", width);
  height_text = g_strdup_printf ("%u", height);
  g_hash_table_insert (self->image_ids, GUINT_TO_POINTER (image), g_memdup2 (id, sizeof *id));
  return limner_transaction_add (self, LIMNER_RECORD_IMAGE, *id,
                                 (LimnerMember[]){ { "id", id_text },
                                                   { "file_name", name_text },
                                                   { "width", width_text },
                                                   { "height", height_text } },
                                 4, error);
}

/* ---- what refers to a record ---- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;
  return x < y ? -1 : x > y;
}

static gboolean
refers_to (GBytes *text, LimnerRecordKind of_kind, gint64 id)
{
  g_autoptr (LimnerAnnotation) annotation =
      limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, text, NULL);

  if (annotation == NULL)
    return FALSE;
  return of_kind == LIMNER_RECORD_IMAGE
             ? annotation->has_image_id && annotation->image_id == id
             : annotation->has_category_id && annotation->category_id == id;
}

GArray *
limner_transaction_list_annotations (LimnerTransaction *self, LimnerRecordKind of_kind, gint64 id)
{
  g_autoptr (GArray) known =
      limner_dataset_list_annotation_ids (self->document->dataset, of_kind, id);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < known->len; i++)
    if (find_touched (self, LIMNER_RECORD_ANNOTATION, g_array_index (known, gint64, i)) == NULL)
      g_array_append_val (ids, g_array_index (known, gint64, i));
  for (guint i = 0; i < self->touched->len; i++)
    {
      LimnerTouched *touched = g_ptr_array_index (self->touched, i);

      if (touched->kind == LIMNER_RECORD_ANNOTATION && touched->after != NULL &&
          refers_to (touched->after, of_kind, id))
        g_array_append_val (ids, touched->id);
    }
  g_array_sort (ids, compare_ids);
  return ids;
}
