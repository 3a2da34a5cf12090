/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <limner/image-file.h>
#include <string.h>

/* Records are read and checked in batches of neighbours: one read each, spread over the processors.
 */
#define MAX_RECORD_BYTES (64u << 20) /* its numbers alone take several times that */
#define BATCH_ROWS 512
#define BATCH_BYTES ((guint64) 1 << 20)

/* A rule is one function and one line. */
static const struct
{
  LimnerRecordKind kind;
  CheckFunc check;
} checks[] = {
  { LIMNER_RECORD_IMAGE, check_id },
  { LIMNER_RECORD_IMAGE, check_image_size },
  { LIMNER_RECORD_IMAGE, check_image_name },
  { LIMNER_RECORD_IMAGE, check_image_file },
  { LIMNER_RECORD_CATEGORY, check_id },
  { LIMNER_RECORD_CATEGORY, check_category_name },
  { LIMNER_RECORD_ANNOTATION, check_id },
  { LIMNER_RECORD_ANNOTATION, check_annotation_references },
  { LIMNER_RECORD_ANNOTATION, check_annotation_box },
  { LIMNER_RECORD_ANNOTATION, check_annotation_scalars },
  { LIMNER_RECORD_ANNOTATION, check_annotation_segmentation },
};

typedef struct
{
  LimnerRecordKind kind;
  guint32 first;
  guint32 end; /* behind the last */
  GPtrArray *findings;
  GError *error;
} Batch;

typedef struct
{
  CheckContext context;
  GCancellable *cancellable;
  GPtrArray *batches;
  int n_taken; /* atomic, as is the next */
  int n_done;
} Validation;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->findings, g_ptr_array_unref);
  g_clear_error (&batch->error);
  g_free (batch);
}

/* ---- what must be known of all records before one can be judged ---- */

static guint8 *
mark_later_duplicates (const gint64 *ids, const guint8 *flags, guint n)
{
  guint8 *later = g_new0 (guint8, MAX (n, 1));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  /* the scanner has flagged every record of a set of equal ids; only those are looked at here */
  for (guint row = 0; row < n; row++)
    {
      if (flags[row] & LIMNER_ROW_DUPLICATE_ID)
        later[row] = !g_hash_table_add (seen, (gpointer) &ids[row]);
    }
  return later;
}

static guint8 *
mark_later_names (const LimnerColumns *columns)
{
  guint8 *later = g_new0 (guint8, MAX (columns->n_images, 1));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint row = 0; row < columns->n_images; row++)
    {
      const char *name = columns->names + columns->image_name[row];

      later[row] = name[0] != '\0' && !g_hash_table_add (seen, (gpointer) name);
    }
  return later;
}

static guint8 *
mark_later_categories (const LimnerColumns *columns)
{
  guint8 *later = g_new0 (guint8, MAX (columns->n_categories, 1));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint row = 0; row < columns->n_categories; row++)
    {
      const char *name = columns->categories[row] != NULL ? columns->categories[row]->name : NULL;

      later[row] = name != NULL && !g_hash_table_add (seen, (gpointer) name);
    }
  return later;
}

static void
context_init (CheckContext *self, LimnerCocoFile *file, const char *image_root)
{
  LimnerColumns *columns = limner_coco_file_get_columns (file);
  g_autofree gint64 *category_ids = g_new0 (gint64, MAX (columns->n_categories, 1));

  for (guint row = 0; row < columns->n_categories; row++)
    category_ids[row] = columns->categories[row] != NULL ? columns->categories[row]->record.id : 0;
  *self = (CheckContext){ .file = file, .columns = columns, .image_root = image_root };
  self->is_later_duplicate[LIMNER_RECORD_IMAGE] =
      mark_later_duplicates (columns->image_id, columns->image_flags, columns->n_images);
  self->is_later_duplicate[LIMNER_RECORD_CATEGORY] =
      mark_later_duplicates (category_ids, columns->category_flags, columns->n_categories);
  self->is_later_duplicate[LIMNER_RECORD_ANNOTATION] =
      mark_later_duplicates (columns->annotation_id, columns->annotation_flags,
                             columns->n_annotations);
  self->is_later_name = mark_later_names (columns);
  self->is_later_category = mark_later_categories (columns);
}

static void
context_clear (CheckContext *self)
{
  for (int kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    g_free (self->is_later_duplicate[kind]);
  g_free (self->is_later_name);
  g_free (self->is_later_category);
}

/* ---- batches ---- */

/* The short cut of check-plain.c; FALSE if the annotation must be looked at closely. */
static gboolean
check_plain_annotation (const CheckContext *context,
                        Batch *batch,
                        CheckScratch *scratch,
                        guint32 row,
                        const LimnerValue *record,
                        guint64 offset,
                        const char *limit)
{
  CheckPlain plain;

  if (record->length > MAX_RECORD_BYTES ||
      !check_read_plain (context, scratch, row, record, limit, &plain))
    return FALSE;
  if (plain.segmentation.length > 0)
    {
      Check check = {
        .context = context,
        .kind = batch->kind,
        .row = row,
        .record = *record,
        .members = { [CHECK_ID] = plain.id,
                     [CHECK_BBOX] = plain.bbox,
                     [CHECK_AREA] = plain.area,
                     [CHECK_SEGMENTATION] = plain.segmentation },
        .offset = offset,
        .findings = batch->findings,
        .scratch = scratch,
      };

      check_annotation_segmentation (&check);
    }
  return TRUE;
}

static void
check_record (const CheckContext *context,
              Batch *batch,
              CheckScratch *scratch,
              guint32 row,
              const LimnerValue *record,
              guint64 offset)
{
  Check check = {
    .context = context,
    .kind = batch->kind,
    .row = row,
    .record = *record,
    .offset = offset,
    .findings = batch->findings,
    .scratch = scratch,
  };

  if (limner_value_get_type (&check.record) != LIMNER_VALUE_OBJECT)
    {
      check_report (&check, "W_TYPE", CHECK_N_MEMBERS, NULL,
                    "this should be an object; it is kept and not shown");
      return;
    }
  if (record->length > MAX_RECORD_BYTES)
    {
      check_report (&check, "W_LONG_RECORD", CHECK_N_MEMBERS, NULL,
                    "the record has %u MiB, more than the %u MiB that are looked into; it is kept "
                    "as it is",
                    (guint) (record->length >> 20), MAX_RECORD_BYTES >> 20);
      return;
    }
  check_read_members (&check);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      if (checks[i].kind == batch->kind)
        checks[i].check (&check);
    }
}

/* What one thread keeps for all its batches. */
typedef struct
{
  CheckScratch scratch;
  char *buffer;  /* of BATCH_BYTES */
  GBytes *large; /* (nullable): a record that does not fit */
} Worker;

static void
worker_init (Worker *self)
{
  *self = (Worker){ .buffer = g_malloc (BATCH_BYTES) };
  self->scratch.numbers = g_array_new (FALSE, FALSE, sizeof (double));
  self->scratch.points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  self->scratch.ring_lengths = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
worker_clear (Worker *self)
{
  g_array_unref (self->scratch.numbers);
  g_array_unref (self->scratch.points);
  g_array_unref (self->scratch.ring_lengths);
  g_clear_pointer (&self->large, g_bytes_unref);
  g_free (self->buffer);
}

/* Good until the next call. */
static const char *
worker_read (Worker *self, LimnerCocoFile *file, guint64 offset, guint64 length, GError **error)
{
  g_clear_pointer (&self->large, g_bytes_unref);
  if (length <= BATCH_BYTES)
    return limner_coco_file_read_into (file, offset, self->buffer, (gsize) length, error)
               ? self->buffer
               : NULL;
  self->large = limner_coco_file_read (file, offset, (gsize) length, error);
  return self->large != NULL ? g_bytes_get_data (self->large, NULL) : NULL;
}

static void
run_batch (const CheckContext *context, Worker *worker, Batch *batch)
{
  guint64 first_offset, offset, n_bytes;
  guint32 length;
  const char *text;

  limner_columns_get_range (context->columns, batch->kind, batch->first, &first_offset, &length);
  limner_columns_get_range (context->columns, batch->kind, batch->end - 1, &offset, &length);
  n_bytes = offset + length - first_offset;
  text = worker_read (worker, context->file, first_offset, n_bytes, &batch->error);
  if (text == NULL)
    return;
  for (guint32 row = batch->first; row < batch->end; row++)
    {
      LimnerValue record;

      limner_columns_get_range (context->columns, batch->kind, row, &offset, &length);
      record = (LimnerValue){ text + (offset - first_offset), length };
      if (batch->kind != LIMNER_RECORD_ANNOTATION ||
          !check_plain_annotation (context, batch, &worker->scratch, row, &record, offset,
                                   text + n_bytes))
        check_record (context, batch, &worker->scratch, row, &record, offset);
    }
}

/* One of the threads: takes the next batch until there is none. */
static void
run_worker (gpointer data, gpointer user_data)
{
  Validation *validation = user_data;
  GPtrArray *batches = validation->batches;
  Worker worker;
  guint i;

  worker_init (&worker);
  while ((i = (guint) g_atomic_int_add (&validation->n_taken, 1)) < batches->len)
    {
      if (!g_cancellable_is_cancelled (validation->cancellable))
        run_batch (&validation->context, &worker, g_ptr_array_index (batches, i));
      g_atomic_int_inc (&validation->n_done);
    }
  worker_clear (&worker);
}

static void
add_batches (Validation *self, LimnerRecordKind kind)
{
  guint n = limner_columns_get_n_rows (self->context.columns, kind);
  guint64 start = 0, offset;
  guint32 length;

  for (guint32 row = 0; row < n; row++)
    {
      Batch *last =
          self->batches->len > 0 ? g_ptr_array_index (self->batches, self->batches->len - 1) : NULL;

      limner_columns_get_range (self->context.columns, kind, row, &offset, &length);
      if (last == NULL || last->kind != kind || last->end - last->first >= BATCH_ROWS ||
          offset + length - start > BATCH_BYTES)
        {
          last = g_new0 (Batch, 1);
          last->kind = kind;
          last->first = row;
          last->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
          g_ptr_array_add (self->batches, last);
          start = offset;
        }
      last->end = row + 1;
    }
}

static void
run_batches (Validation *self, LimnerProgressFunc progress, gpointer user_data)
{
  guint n_threads = MIN (g_get_num_processors (), self->batches->len);
  GThreadPool *pool = g_thread_pool_new (run_worker, self, (int) MAX (n_threads, 1), FALSE, NULL);

  for (guint i = 0; i < n_threads; i++)
    g_thread_pool_push (pool, self, NULL);
  while (progress != NULL && (guint) g_atomic_int_get (&self->n_done) < self->batches->len)
    {
      progress ((double) g_atomic_int_get (&self->n_done) / self->batches->len, user_data);
      g_usleep (50000);
    }
  g_thread_pool_free (pool, FALSE, TRUE);
}

/* Joins the findings of all batches, which are in the order of the file section by section. */
static GPtrArray *
collect (Validation *self, GError **error)
{
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  GPtrArray *of_scan = limner_coco_file_get_findings (self->context.file);

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  for (guint i = 0; i < of_scan->len; i++)
    g_ptr_array_add (findings, limner_finding_copy (g_ptr_array_index (of_scan, i)));
  for (guint i = 0; i < self->batches->len; i++)
    {
      Batch *batch = g_ptr_array_index (self->batches, i);

      if (batch->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&batch->error));
          return NULL;
        }
      g_ptr_array_extend_and_steal (findings, g_steal_pointer (&batch->findings));
    }
  return g_steal_pointer (&findings);
}

GPtrArray *
limner_validate_file (LimnerCocoFile *file,
                      const char *image_root,
                      LimnerProgressFunc progress,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  Validation self = { .cancellable = cancellable };
  GPtrArray *findings;

  context_init (&self.context, file, image_root);
  self.batches = g_ptr_array_new_with_free_func (batch_free);
  add_batches (&self, LIMNER_RECORD_IMAGE);
  add_batches (&self, LIMNER_RECORD_ANNOTATION);
  add_batches (&self, LIMNER_RECORD_CATEGORY);
  run_batches (&self, progress, user_data);
  findings = collect (&self, error);
  g_ptr_array_unref (self.batches);
  context_clear (&self.context);
  return findings;
}

GPtrArray *
limner_validate_picture (const char *path, GError **error)
{
  static const struct
  {
    LimnerPixelsFlags flag;
    const char *message;
  } messages[] = {
    { LIMNER_PIXELS_TRUNCATED,
      "the file ends before the picture does; the missing rows are hatched" },
    { LIMNER_PIXELS_CORRUPT, "the file is damaged; what could be decoded is shown" },
    { LIMNER_PIXELS_TRAILING_DATA, "there is other data after the end of the picture" },
    { LIMNER_PIXELS_METADATA, "EXIF, colour profile or text of the picture cannot be used" },
    { LIMNER_PIXELS_EXTENSION, "the content is another format than the name says" },
    { LIMNER_PIXELS_ANIMATED, "the picture is animated; only its first frame is annotated" },
  };
  g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, 0, NULL, error);
  GPtrArray *findings;

  if (pixels == NULL)
    return NULL;
  findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      const char *note;

      if (!(limner_pixels_get_flags (pixels) & messages[i].flag))
        continue;
      note = limner_pixels_get_note (pixels, messages[i].flag);
      g_ptr_array_add (findings,
                       limner_finding_new (limner_image_file_flag_code (messages[i].flag),
                                           LIMNER_SEVERITY_WARNING, NULL, NULL, 0, 0, "%s",
                                           note != NULL ? note : messages[i].message));
    }
  return findings;
}
