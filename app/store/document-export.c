/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <limner/coco-record.h>
#include <limner/coco-value.h>
#include <limner/coco-writer.h>
#include <limner/image-file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A copy of the dataset, or of a part of it. It is the document's file with changes like any other
 * checkpoint: what is not wanted is deleted, what stays keeps its bytes.
 */

#define COPY_SHARE 0.5 /* of the progress, where images are copied */

/* A picture that is copied along. */
typedef struct
{
  char *path;
  char *name;          /* relative to the target's folder */
  gboolean must_check; /* only the COCO file mentions it: it may be a link that leads out */
} Picture;

static void
picture_clear (gpointer data)
{
  Picture *self = data;

  g_free (self->path);
  g_free (self->name);
}

typedef struct
{
  LimnerCocoFile *base; /* (nullable) */
  GArray *changes;      /* LimnerChange: the document's edits */
  GBytes *info;         /* (nullable) */
  LimnerExportOptions options;
  char *target;
  GHashTable *chosen; /* gint64 -> itself: ids of the images that stay; NULL = all */
  char *image_root;   /* (nullable) */
  GArray *pictures;   /* Picture: those to copy */
  GArray *unrecorded; /* Picture: those that get a record */
  LimnerFrame frame;
  LimnerProgress progress;
  GTask *task; /* not owned */
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_clear_pointer (&self->base, limner_coco_file_unref);
  g_clear_pointer (&self->changes, g_array_unref);
  g_clear_pointer (&self->info, g_bytes_unref);
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  g_free (self->image_root);
  g_array_unref (self->pictures);
  g_array_unref (self->unrecorded);
  g_free (self->target);
  g_free (self);
}

static void
on_write_progress (double fraction, gpointer user_data)
{
  Export *self = user_data;
  double start = self->pictures->len > 0 ? COPY_SHARE : 0;

  limner_progress_send (&self->progress, self->task, start + fraction * (1 - start));
}

/* ---- which records ---- */

static gboolean
is_chosen (Export *self, LimnerRecordKind kind, GBytes *text)
{
  g_autoptr (LimnerRecord) record = NULL;
  LimnerAnnotation *annotation;

  if (self->chosen == NULL || kind == LIMNER_RECORD_CATEGORY || kind == LIMNER_RECORD_INFO)
    return TRUE;
  record = limner_coco_record_parse (kind, text, NULL);
  if (record == NULL)
    return FALSE;
  if (kind == LIMNER_RECORD_IMAGE)
    return record->has_id && g_hash_table_contains (self->chosen, &record->id);
  annotation = (LimnerAnnotation *) record;
  return annotation->has_image_id && g_hash_table_contains (self->chosen, &annotation->image_id);
}

static GBytes *
without_limner (GBytes *text)
{
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  LimnerValue outer, value;

  outer.text = g_bytes_get_data (text, &outer.length);
  if (!limner_value_find (&outer, "limner", &value))
    return g_bytes_ref (text);
  return limner_coco_record_set_members (text, &style, &(LimnerMember){ "limner", NULL }, 1);
}

/* What becomes of one record; @text is what it would be. Nothing is added where it stays. */
static void
decide (Export *self, GArray *out, LimnerChange *change, GBytes *text, gboolean is_untouched)
{
  LimnerChange decided = *change;

  decided.text = NULL;
  if (text != NULL && is_chosen (self, change->kind, text))
    {
      decided.text = self->options.without_limner ? without_limner (text) : g_bytes_ref (text);
      if (is_untouched && decided.text == text)
        {
          g_bytes_unref (decided.text);
          return;
        }
    }
  else if (change->row == LIMNER_NO_ROW)
    return; /* a new record that is left out */
  g_array_append_val (out, decided);
}

/* Rows of one section and the changes to it, in the order of the file. */
static gboolean
decide_section (Export *self, LimnerRecordKind kind, guint *next, GArray *out, GError **error)
{
  guint n_rows = self->base != NULL
                     ? limner_columns_get_n_rows (limner_coco_file_get_columns (self->base), kind)
                     : 0;
  gboolean look_at_rows = self->chosen != NULL || self->options.without_limner;

  for (guint row = 0; row <= n_rows; row++)
    {
      LimnerChange untouched = { kind, row, LIMNER_NO_ROW, NULL };
      gboolean is_touched = FALSE;
      g_autoptr (GBytes) text = NULL;

      for (; *next < self->changes->len; (*next)++)
        {
          LimnerChange *change = &g_array_index (self->changes, LimnerChange, *next);
          guint place =
              change->row != LIMNER_NO_ROW ? change->row : MIN (change->before_row, n_rows);

          if (change->kind != kind || place > row)
            break;
          is_touched |= change->row != LIMNER_NO_ROW;
          decide (self, out, change, change->text, FALSE);
        }
      if (row == n_rows || is_touched || !look_at_rows)
        continue;
      text = limner_coco_file_read_record (self->base, kind, row, error);
      if (text == NULL)
        return FALSE;
      decide (self, out, &untouched, text, TRUE);
    }
  return TRUE;
}

/* ---- pictures without a record ---- */

/* The largest id of an image in what is exported. */
static gint64
find_last_image_id (Export *self)
{
  gint64 last = self->base != NULL
                    ? limner_coco_file_get_columns (self->base)->max_id[LIMNER_RECORD_IMAGE]
                    : 0;

  for (guint i = 0; i < self->changes->len; i++)
    {
      const LimnerChange *change = &g_array_index (self->changes, LimnerChange, i);
      g_autoptr (LimnerRecord) record = NULL;

      if (change->kind != LIMNER_RECORD_IMAGE || change->text == NULL)
        continue;
      record = limner_coco_record_parse (LIMNER_RECORD_IMAGE, change->text, NULL);
      if (record != NULL && record->has_id)
        last = MAX (last, record->id);
    }
  return last;
}

static GBytes *
new_image_text (Export *self, const char *name, const LimnerImageInfo *info, gint64 id)
{
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  gboolean is_turned =
      self->frame == LIMNER_FRAME_STORED && info->orientation >= LIMNER_ORIENTATION_TRANSPOSE;
  g_autofree char *id_text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autofree char *name_text = limner_coco_format_string (name, FALSE);
  g_autofree char *width = g_strdup_printf ("%u", is_turned ? info->height : info->width);
  g_autofree char *height = g_strdup_printf ("%u", is_turned ? info->width : info->height);
  const LimnerMember members[] = {
    { "id", id_text }, { "file_name", name_text }, { "width", width }, { "height", height }
  };

  return limner_coco_record_set_members (NULL, &style, members, G_N_ELEMENTS (members));
}

/* A picture that cannot be read has no size to write: it is left out. */
static gboolean
add_unrecorded (Export *self, GArray *out, GCancellable *cancellable, GError **error)
{
  gint64 id = self->unrecorded->len > 0 ? find_last_image_id (self) : 0;

  for (guint i = 0; i < self->unrecorded->len; i++)
    {
      const Picture *picture = &g_array_index (self->unrecorded, Picture, i);
      LimnerChange change = { LIMNER_RECORD_IMAGE, LIMNER_NO_ROW, LIMNER_NO_ROW, NULL };
      LimnerImageInfo info;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!g_utf8_validate (picture->name, -1, NULL) ||
          !limner_image_file_probe (picture->path, &info, NULL))
        continue;
      change.text = new_image_text (self, picture->name, &info, ++id);
      g_array_append_val (out, change);
    }
  return TRUE;
}

static GArray *
decide_all (Export *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (LimnerChange));
  guint next = 0;

  g_array_set_clear_func (out, (GDestroyNotify) limner_change_clear);
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !decide_section (self, kind, &next, out, error) ||
        (kind == LIMNER_RECORD_IMAGE && !add_unrecorded (self, out, cancellable, error)))
      return NULL;
  return g_steal_pointer (&out);
}

/* ---- pictures ---- */

/* Two files of one size. A file that cannot be read is like no other. */
static gboolean
is_same_content (const char *a, const char *b, GCancellable *cancellable)
{
  g_autoptr (GFile) first_file = g_file_new_for_path (a);
  g_autoptr (GFile) second_file = g_file_new_for_path (b);
  g_autoptr (GFileInputStream) first = g_file_read (first_file, cancellable, NULL);
  g_autoptr (GFileInputStream) second = g_file_read (second_file, cancellable, NULL);
  char here[1 << 14], there[1 << 14];
  gsize n, m;

  if (first == NULL || second == NULL)
    return FALSE;
  do
    {
      if (!g_input_stream_read_all (G_INPUT_STREAM (first), here, sizeof here, &n, cancellable,
                                    NULL) ||
          !g_input_stream_read_all (G_INPUT_STREAM (second), there, sizeof there, &m, cancellable,
                                    NULL) ||
          n != m || memcmp (here, there, n) != 0)
        return FALSE;
    }
  while (n == sizeof here);
  return TRUE;
}

/* Under its own name only once it is whole: who gives up half-way finds no half picture. */
static gboolean
copy_file (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  g_autofree char *name = g_path_get_basename (to);
  g_autofree char *part = g_strdup_printf ("%s/.%s.limner-tmp-%08x", folder, name, g_random_int ());
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (part);
  gboolean ok = g_file_copy (source, target, G_FILE_COPY_NONE, cancellable, NULL, NULL, error);

  /* a link never replaces what came there meanwhile; not every file system has them */
  if (ok && link (part, to) == 0)
    g_unlink (part);
  else if (ok && (errno == EEXIST || g_rename (part, to) != 0))
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      ok = FALSE;
    }
  if (!ok)
    g_unlink (part);
  return ok;
}

static gboolean
copy_image (Export *self, const Picture *picture, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->target);
  g_autofree char *target = g_build_filename (folder, picture->name, NULL);
  g_autofree char *parent = g_path_get_dirname (target);
  struct stat a, b;

  /* a record without a picture is exported as it is; one outside the folder is none of it */
  if (stat (picture->path, &a) != 0 ||
      (picture->must_check &&
       !limner_dataset_check_path_beneath (self->image_root, picture->path, NULL)))
    return TRUE;
  if (stat (target, &b) == 0)
    {
      if ((a.st_dev == b.st_dev && a.st_ino == b.st_ino) ||
          (a.st_size == b.st_size && is_same_content (picture->path, target, cancellable)))
        return TRUE;
      g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
                   "%s is there already with other content; it was left as it is and no file of "
                   "annotations was written",
                   target);
      return FALSE;
    }
  if (g_mkdir_with_parents (parent, 0777) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "%s cannot be made: %s; nothing was exported", parent, g_strerror (errno));
      return FALSE;
    }
  if (copy_file (picture->path, target, cancellable, error))
    return TRUE;
  g_prefix_error (error, "%s: ", picture->name);
  return FALSE;
}

static gboolean
copy_images (Export *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->pictures->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !copy_image (self, &g_array_index (self->pictures, Picture, i), cancellable, error))
        return FALSE;
      limner_progress_send (&self->progress, self->task,
                            COPY_SHARE * (i + 1) / self->pictures->len);
    }
  return TRUE;
}

/* ---- the file ---- */

static gboolean
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

/* The person chose the target, so what was there goes without a copy. */
static gboolean
put_in_place (const char *written, const char *target, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (target);

  if (g_rename (written, target) == 0 && sync_folder (folder))
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "%s cannot be written: %s; nothing was exported", target, g_strerror (errno));
  return FALSE;
}

static gboolean
write_file (Export *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) changes = decide_all (self, cancellable, error);
  g_autoptr (GBytes) info = NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (LimnerCocoFile) written = NULL;

  if (changes == NULL)
    return FALSE;
  if (self->info != NULL)
    info = self->options.without_limner ? without_limner (self->info) : g_bytes_ref (self->info);
  writer = limner_coco_writer_new (self->base, self->target, error);
  if (writer == NULL)
    return FALSE;
  written =
      limner_coco_writer_write (writer, changes, info, on_write_progress, self, cancellable, error);
  return written != NULL && put_in_place (limner_coco_file_get_path (written), self->target, error);
}

static void
export_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *self = task_data;
  GError *error = NULL;

  if (copy_images (self, cancellable, &error) && write_file (self, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- on the main context ---- */

static gboolean
wants_image (LimnerDataset *dataset, guint image, LimnerExportImages images)
{
  LimnerState state = limner_dataset_get_image_state (dataset, image);

  if (images == LIMNER_EXPORT_ANNOTATED)
    return limner_dataset_get_image_n_annotations (dataset, image) > 0;
  if (images == LIMNER_EXPORT_DONE)
    return state == LIMNER_STATE_DONE || state == LIMNER_STATE_ACCEPTED;
  return TRUE;
}

/* FALSE for a name that leaves the folder: it is not followed. */
static gboolean
picture_init (Picture *self, LimnerDataset *dataset, guint image)
{
  self->path = limner_dataset_dup_image_path (dataset, image, NULL);
  if (self->path == NULL)
    return FALSE;
  self->name = g_strdup (limner_dataset_get_image_name (dataset, image));
  self->must_check = !limner_dataset_has_image_file (dataset, image);
  return TRUE;
}

static void
choose_image (Export *self, LimnerDataset *dataset, guint image)
{
  gboolean has_record;
  Picture picture;
  gint64 id;

  has_record = limner_dataset_get_image_id (dataset, image, &id);
  if (!wants_image (dataset, image, self->options.images) ||
      (!has_record && self->options.images != LIMNER_EXPORT_ALL))
    return;
  if (self->chosen != NULL)
    g_hash_table_add (self->chosen, g_memdup2 (&id, sizeof id));
  if (!has_record && picture_init (&picture, dataset, image))
    g_array_append_val (self->unrecorded, picture);
  if (self->options.copy_images && picture_init (&picture, dataset, image))
    g_array_append_val (self->pictures, picture);
}

static void
choose_images (Export *self, LimnerDataset *dataset)
{
  guint n = limner_dataset_get_n_images (dataset);

  if (self->options.images == LIMNER_EXPORT_ANNOTATED || self->options.images == LIMNER_EXPORT_DONE)
    self->chosen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < n; i++)
    choose_image (self, dataset, i);
}

static void
take_info (Export *self, LimnerDocument *document)
{
  self->info = limner_document_read_text (document, LIMNER_RECORD_INFO, 0, NULL);
  for (guint i = 0; i < self->changes->len; i++)
    if (g_array_index (self->changes, LimnerChange, i).kind == LIMNER_RECORD_INFO)
      {
        g_array_remove_index (self->changes, i);
        break;
      }
  if (self->info == NULL && self->base == NULL)
    self->info = g_bytes_new_static (LIMNER_NEW_INFO, sizeof LIMNER_NEW_INFO - 1);
}

static gboolean
check_target (LimnerDocument *self, const char *target, GError **error)
{
  g_autofree char *real = g_canonicalize_filename (target, NULL);
  struct stat a, b;

  if (strcmp (real, self->real_path) != 0 && strcmp (real, self->path) != 0 &&
      (stat (self->real_path, &a) != 0 || stat (real, &b) != 0 || a.st_dev != b.st_dev ||
       a.st_ino != b.st_ino))
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
               "%s is the dataset itself; choose another file to export to", target);
  return FALSE;
}

void
limner_document_export_async (LimnerDocument *self,
                              const char *target,
                              const LimnerExportOptions *options,
                              LimnerProgressFunc progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Export *export;

  g_return_if_fail (LIMNER_IS_DOCUMENT (self));
  g_return_if_fail (target != NULL && options != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, limner_document_export_async);
  if (!check_target (self, target, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  export = g_new0 (Export, 1);
  export->base = self->file != NULL ? limner_coco_file_ref (self->file) : NULL;
  export->changes = limner_dataset_list_changes (self->dataset);
  export->options = *options;
  export->target = g_canonicalize_filename (target, NULL);
  export->image_root = g_strdup (limner_dataset_get_image_root (self->dataset));
  export->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
  g_array_set_clear_func (export->pictures, picture_clear);
  export->unrecorded = g_array_new (FALSE, FALSE, sizeof (Picture));
  g_array_set_clear_func (export->unrecorded, picture_clear);
  export->frame = limner_document_get_frame (self);
  export->progress = (LimnerProgress){ progress, progress_data };
  export->task = task;
  take_info (export, self);
  choose_images (export, self->dataset);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_in_thread);
}

gboolean
limner_document_export_finish (LimnerDocument *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
