/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <limner/coco-writer.h>
#include <limner/image-file.h>
#include <limner/palette.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_NAME "_annotations.coco.json"
#define SCAN_SHARE 0.8 /* of the progress of opening that reading the file takes */

static LimnerLoaded *
limner_loaded_new (void)
{
  LimnerLoaded *self = g_new0 (LimnerLoaded, 1);

  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  self->conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_conflict_free);
  self->renumber = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_conflict_free);
  return self;
}

void
limner_loaded_free (LimnerLoaded *self)
{
  g_free (self->path);
  g_free (self->real_path);
  g_free (self->image_root);
  g_free (self->start_name);
  g_clear_pointer (&self->file, limner_coco_file_unref);
  g_clear_object (&self->dataset);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->steps);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->conflicts);
  g_ptr_array_unref (self->renumber);
  g_free (self->holder_text);
  g_free (self->unusable_text);
  g_clear_pointer (&self->setup, limner_log_setup_free);
  g_clear_pointer (&self->slot, limner_registry_release);
  g_free (self);
}

/* ---- which file ---- */

static char *
dup_real_path (const char *path)
{
  char *real = realpath (path, NULL);
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autofree char *copy = NULL;

  if (real == NULL)
    {
      folder = g_path_get_dirname (path);
      name = g_path_get_basename (path);
      real = realpath (folder, NULL);
      copy = g_build_filename (real != NULL ? real : folder, name, NULL);
    }
  else
    copy = g_strdup (real);
  free (real);
  return g_steal_pointer (&copy);
}

GStrv
limner_document_dup_candidates (const char *folder)
{
  return limner_coco_find (folder, NULL);
}

/* A COCO file that vanished from the folder while its workspace, one of @hidden, is still there. */
static char *
find_orphan (const char *folder, GPtrArray *hidden)
{
  for (guint i = 0; i < hidden->len; i++)
    {
      const char *name = g_ptr_array_index (hidden, i);
      g_autofree char *inner = NULL;
      g_autofree char *path = NULL;

      if (!g_str_has_suffix (name, ".json.limner"))
        continue;
      inner = g_strndup (name + 1, strlen (name) - strlen (".limner") - 1);
      path = g_build_filename (folder, inner, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static char *
choose_in_folder (LimnerLoaded *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) hidden = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) candidates = limner_coco_find (folder, hidden);
  guint n = g_strv_length (candidates);
  g_autofree char *list = NULL;
  g_autofree char *orphan = NULL;

  if (n == 1)
    return g_strdup (candidates[0]);
  if (n == 0)
    {
      orphan = find_orphan (folder, hidden);
      self->is_clean = hidden->len == 0;
      return orphan != NULL ? g_steal_pointer (&orphan)
                            : g_build_filename (folder, NEW_FILE_NAME, NULL);
    }
  list = g_strjoinv (", ", candidates);
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_SEVERAL,
               "%s has %u COCO files, choose one of them: %s", folder, n, list);
  return NULL;
}

static gboolean
resolve (LimnerLoaded *self, const char *path, const char *coco_path, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *name = g_path_get_basename (full);
  g_autofree char *workspace = NULL;
  struct stat info;
  gboolean exists = stat (full, &info) == 0;

  if (exists && !S_ISDIR (info.st_mode) && limner_image_file_is_candidate (name))
    {
      g_autofree char *folder = g_path_get_dirname (full);

      self->start_name = g_strdup (full);
      g_free (full);
      full = g_steal_pointer (&folder);
      info.st_mode = S_IFDIR;
    }
  self->is_folder = exists && S_ISDIR (info.st_mode);
  if (!self->is_folder && coco_path == NULL)
    self->path = g_steal_pointer (&full);
  else if (coco_path != NULL)
    self->path = g_canonicalize_filename (coco_path, NULL);
  else
    self->path = choose_in_folder (self, full, error);
  if (self->path == NULL)
    return FALSE;
  if (self->is_folder)
    self->image_root = g_steal_pointer (&full);

  self->real_path = dup_real_path (self->path);
  workspace = limner_workspace_dup_path (self->real_path, FALSE);
  if (self->is_folder || stat (self->path, &info) == 0 ||
      g_file_test (workspace, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND, "%s: %s", self->path,
               g_strerror (errno));
  return FALSE;
}

/* ---- reading ---- */

static void
on_scan_progress (double fraction, gpointer user_data)
{
  const LimnerProgress *progress = user_data;

  if (progress != NULL && progress->func != NULL)
    progress->func (fraction * SCAN_SHARE, progress->data);
}

static void
check_hard_link (LimnerLoaded *self)
{
  g_autofree char *backup = limner_backup_dup_path (self->real_path);
  struct stat info, other;
  nlink_t expected = 1;

  if (stat (self->real_path, &info) != 0)
    return;
  if (lstat (backup, &other) == 0 && other.st_dev == info.st_dev && other.st_ino == info.st_ino)
    expected = 2;
  if (info.st_nlink > expected)
    g_ptr_array_add (
        self->findings,
        limner_finding_new ("W_HARD_LINK", LIMNER_SEVERITY_WARNING, NULL, NULL, 0, 0,
                            "the file has %u names; a save separates this one from the others",
                            (guint) info.st_nlink));
}

static gboolean
open_file (LimnerLoaded *self,
           const LimnerProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  struct stat info;

  self->file_taken = limner_moment_now ();
  if (stat (self->real_path, &info) != 0 && errno == ENOENT)
    return TRUE;
  self->file = limner_coco_file_open_cached (self->real_path, on_scan_progress, (gpointer) progress,
                                             cancellable, error);
  return self->file != NULL;
}

static void
add_file_findings (LimnerLoaded *self)
{
  GPtrArray *findings = self->file != NULL ? limner_coco_file_get_findings (self->file) : NULL;

  for (guint i = 0; findings != NULL && i < findings->len; i++)
    g_ptr_array_add (self->findings, limner_finding_copy (g_ptr_array_index (findings, i)));
  check_hard_link (self);
}

/* ---- the folder of the images ---- */

static void
choose_image_root (LimnerLoaded *self, const char *wanted)
{
  g_autofree char *opened = g_steal_pointer (&self->image_root);
  g_autofree char *kept = NULL;

  if (wanted != NULL)
    {
      self->image_root = g_canonicalize_filename (wanted, NULL);
      return;
    }
  if (self->setup != NULL && self->setup->log != NULL)
    kept = limner_log_dup_value (self->setup->log, "image-root");
  if (kept != NULL && g_file_test (kept, G_FILE_TEST_IS_DIR))
    {
      self->image_root = g_steal_pointer (&kept);
      return;
    }
  if (self->file != NULL && limner_coco_file_get_columns (self->file)->n_images > 0)
    {
      self->image_root = limner_coco_find_image_root (self->file);
      if (self->image_root == NULL)
        self->image_root = g_steal_pointer (&opened);
      return;
    }
  self->image_root = opened != NULL ? g_steal_pointer (&opened) : g_path_get_dirname (self->path);
}

/* The picture that was opened, as the dataset names it. */
static void
relate_start_name (LimnerLoaded *self)
{
  g_autofree char *full = g_steal_pointer (&self->start_name);
  g_autofree char *real = full != NULL ? dup_real_path (full) : NULL;
  g_autofree char *root = self->image_root != NULL ? dup_real_path (self->image_root) : NULL;

  if (real == NULL || root == NULL || !g_str_has_prefix (real, root) || real[strlen (root)] != '/')
    return;
  self->start_name = g_strdup (real + strlen (root) + 1);
}

static void
warn_about_cut (LimnerLoaded *self)
{
  g_ptr_array_add (
      self->findings,
      limner_finding_new ("W_MANY_FILES", LIMNER_SEVERITY_WARNING, NULL, NULL, 0, 0,
                          "%s holds more folders or files than are looked at; pictures "
                          "beyond are not listed",
                          self->image_root));
}

static gboolean
make_dataset (LimnerLoaded *self, gboolean with_files, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnerColumns) columns = NULL;
  g_auto (GStrv) files = NULL;
  gboolean was_cut = FALSE;

  if (with_files && self->image_root != NULL)
    files = limner_scan_folder (self->image_root, &was_cut, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (was_cut)
    warn_about_cut (self);
  columns = self->file != NULL ? limner_columns_ref (limner_coco_file_get_columns (self->file))
                               : limner_columns_new ();
  self->dataset = limner_dataset_new (columns, self->image_root, (const char *const *) files);
  return TRUE;
}

static void
restore_colors (LimnerLoaded *self)
{
  GListModel *categories = limner_dataset_get_categories (self->dataset);

  if (self->setup == NULL || self->setup->log == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      g_autofree char *key =
          g_strdup_printf ("color:%" G_GINT64_FORMAT, limner_category_get_id (category));
      g_autofree char *text = limner_log_dup_value (self->setup->log, key);
      guint32 color;

      if (text != NULL && limner_palette_parse (text, &color))
        limner_dataset_set_category_color (self->dataset, limner_category_get_id (category), color);
    }
}

static gboolean
put_edits (LimnerLoaded *self, GError **error)
{
  if (self->must_adopt)
    return limner_merge_steps (self->dataset, self->file, self->pending, self->conflicts,
                               self->renumber, error);
  return limner_replay_steps (self->dataset, self->file, self->pending, error);
}

static gboolean
check_not_empty (LimnerLoaded *self, GError **error)
{
  if (self->file != NULL || self->setup->log != NULL || self->flags & LIMNER_OPEN_RECORDS_ONLY ||
      limner_dataset_get_n_images (self->dataset) > 0)
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NO_IMAGES,
               "%s: there are neither pictures nor a COCO file in this folder", self->image_root);
  return FALSE;
}

/* Everything after the path is known and ours. */
static gboolean
read_all (LimnerLoaded *self,
          const char *image_root,
          const LimnerProgress *progress,
          GCancellable *cancellable,
          GError **error)
{
  if (!limner_recover_in_place (self, error) || !open_file (self, progress, cancellable, error) ||
      !limner_recover (self, error))
    return FALSE;
  add_file_findings (self);
  choose_image_root (self, image_root);
  relate_start_name (self);
  if (!make_dataset (self, !(self->flags & LIMNER_OPEN_RECORDS_ONLY), cancellable, error) ||
      !check_not_empty (self, error))
    return FALSE;
  restore_colors (self);
  if (!put_edits (self, error))
    return FALSE;
  self->frame = limner_find_frame (self->file, self->dataset);
  if (progress != NULL && progress->func != NULL)
    progress->func (1, progress->data);
  return TRUE;
}

LimnerLoaded *
limner_load (const char *path,
             const char *coco_path,
             const char *image_root,
             LimnerOpenFlags flags,
             const LimnerProgress *progress,
             LimnerDocument **existing,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (LimnerLoaded) self = limner_loaded_new ();
  g_autoptr (GError) local = NULL;

  *existing = NULL;
  self->flags = flags;
  if (!resolve (self, path, coco_path, error))
    return NULL;
  *existing = limner_registry_claim (self->real_path, &self->slot, cancellable, &local);
  if (*existing != NULL)
    return NULL;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return read_all (self, image_root, progress, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

LimnerLoaded *
limner_load_unclaimed (const char *path,
                       const char *image_root,
                       LimnerOpenFlags flags,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (LimnerLoaded) self = limner_loaded_new ();

  self->flags = flags;
  self->path = g_strdup (path);
  self->real_path = dup_real_path (path);
  return read_all (self, image_root, NULL, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

LimnerLoaded *
limner_load_again (const char *path,
                   const char *real_path,
                   const char *image_root,
                   gboolean with_files,
                   GPtrArray *pending,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (LimnerLoaded) self = limner_loaded_new ();

  self->path = g_strdup (path);
  self->real_path = g_strdup (real_path);
  self->image_root = g_strdup (image_root);
  self->must_adopt = TRUE;
  if (!open_file (self, NULL, cancellable, error))
    return NULL;
  if (self->file == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (ENOENT));
      return NULL;
    }
  add_file_findings (self);
  for (guint i = 0; i < pending->len; i++)
    g_ptr_array_add (self->pending, limner_step_ref (g_ptr_array_index (pending, i)));
  if (!make_dataset (self, with_files, cancellable, error) || !put_edits (self, error))
    return NULL;
  self->frame = limner_find_frame (self->file, self->dataset);
  return g_steal_pointer (&self);
}
