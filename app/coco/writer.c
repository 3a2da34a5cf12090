/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "coco-file-private.h"
#include "writer-file.h"

#include <limner/coco-writer.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

struct _LimnerCocoWriter
{
  LimnerCocoFile *base; /* (nullable) */
  char *path;           /* of the target as it was given: its link stays */
  LimnerTarget target;
  char *temp_name; /* (nullable): exists, and is to be removed */
  char *losses;    /* (nullable) */
  gboolean overwrite;
};

/* Progress of a part of the work. */
typedef struct
{
  LimnerProgressFunc progress;
  gpointer user_data;
  double start;
  double share;
  gint64 time; /* of the last report */
} PartProgress;

#define PROGRESS_INTERVAL_US 50000

static void
report_part (double fraction, gpointer user_data)
{
  PartProgress *part = user_data;
  gint64 now = g_get_monotonic_time ();

  if (part->progress == NULL || now - part->time < PROGRESS_INTERVAL_US)
    return;
  part->time = now;
  part->progress (part->start + part->share * fraction, part->user_data);
}

LimnerCocoWriter *
limner_coco_writer_new (LimnerCocoFile *base, const char *target, GError **error)
{
  g_autoptr (LimnerCocoWriter) self = NULL;

  g_return_val_if_fail (target != NULL, NULL);

  self = g_new0 (LimnerCocoWriter, 1);
  self->target.folder_fd = -1;
  self->path = g_strdup (target);
  if (!limner_target_open (&self->target, target, error))
    return NULL;
  if (base != NULL)
    self->base = limner_coco_file_ref (base);
  return g_steal_pointer (&self);
}

static void
limner_coco_writer_remove_temp (LimnerCocoWriter *self)
{
  if (self->temp_name == NULL)
    return;
  unlinkat (self->target.folder_fd, self->temp_name, 0);
  g_clear_pointer (&self->temp_name, g_free);
}

void
limner_coco_writer_free (LimnerCocoWriter *self)
{
  if (self == NULL)
    return;
  limner_coco_writer_remove_temp (self);
  limner_target_clear (&self->target);
  g_clear_pointer (&self->base, limner_coco_file_unref);
  g_free (self->path);
  g_free (self->losses);
  g_free (self);
}

const char *
limner_coco_writer_get_losses (LimnerCocoWriter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->losses;
}

void
limner_coco_writer_set_overwrite (LimnerCocoWriter *self, gboolean overwrite)
{
  g_return_if_fail (self != NULL);

  self->overwrite = overwrite;
}

/* ---- writing ---- */

/* After a failure nothing is known of what reached the disk: the file is given up, never synced
 * again. */
static gboolean
sync_file (LimnerCocoWriter *self, int fd, GError **error)
{
  int code;

  do
    code = fsync (fd) == 0 ? 0 : errno;
  while (code == EINTR);
  if (code == 0)
    return TRUE;
  limner_set_errno_error (error, code, self->target.folder, self->target.name,
                          "bringing the new version to the disk");
  return FALSE;
}

static gboolean
close_file (LimnerCocoWriter *self, int fd, GError **error)
{
  /* Linux has closed the descriptor even when it was interrupted */
  if (close (fd) == 0 || errno == EINTR)
    return TRUE;
  limner_set_errno_error (error, errno, self->target.folder, self->target.name,
                          "closing the new version");
  return FALSE;
}

static gboolean
write_temp (LimnerCocoWriter *self,
            const LimnerPlan *plan,
            PartProgress *part,
            GCancellable *cancellable,
            XXH3_state_t *hash,
            GError **error)
{
  LimnerCopier copier = {
    .fd = -1,
    .target = &self->target,
    .base = self->base,
    .hash = hash,
    .n_total = plan->size,
    .progress = report_part,
    .user_data = part,
    .cancellable = cancellable,
    .use_kernel = TRUE,
  };
  int base_fd = self->base != NULL ? limner_coco_file_get_fd (self->base) : -1;
  gboolean is_written;

  self->temp_name = limner_target_create_temp (&self->target, &copier.fd, error);
  if (self->temp_name == NULL)
    return FALSE;
  g_clear_pointer (&self->losses, g_free);
  is_written = limner_copier_reserve (&copier, error) &&
               limner_copier_write_plan (&copier, plan, error) &&
               limner_copy_attributes (base_fd, copier.fd, &self->target, &self->losses, error) &&
               sync_file (self, copier.fd, error);
  return close_file (self, copier.fd, is_written ? error : NULL) && is_written;
}

/* Step 6: what the ordinary scanner finds must be what was meant. */
static LimnerCocoFile *
read_back (LimnerCocoWriter *self,
           const LimnerPlan *plan,
           PartProgress *part,
           GCancellable *cancellable,
           XXH3_state_t *hash,
           GError **error)
{
  g_autofree char *path = g_build_filename (self->target.folder, self->temp_name, NULL);
  XXH128_hash_t expected = XXH3_128bits_digest (hash);
  g_autoptr (LimnerCocoFile) file = NULL;
  const LimnerIdentity *identity;
  gboolean is_same;

  file = limner_coco_file_open (path, report_part, part, cancellable, error);
  if (file == NULL)
    {
      if (error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_prefix_error (error,
                        "%s/%s: the new version does not read back as it was written, the "
                        "dataset's file is as it was: ",
                        self->target.folder, self->target.name);
      return NULL;
    }
  identity = limner_coco_file_get_identity (file);
  is_same = identity->size_bytes == plan->size && identity->hash_high == expected.high64 &&
            identity->hash_low == expected.low64;
  for (guint kind = LIMNER_RECORD_IMAGE; is_same && kind < LIMNER_N_RECORD_KINDS; kind++)
    is_same = limner_columns_get_n_rows (limner_coco_file_get_columns (file),
                                         (LimnerRecordKind) kind) == plan->n_rows[kind];
  if (is_same)
    return g_steal_pointer (&file);
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_FAILED,
      "%s/%s: the new version does not read back as it was written; the disk may be faulty, "
      "the dataset's file is as it was",
      self->target.folder, self->target.name);
  return NULL;
}

LimnerCocoFile *
limner_coco_writer_write (LimnerCocoWriter *self,
                          GArray *changes,
                          GBytes *info,
                          LimnerProgressFunc progress,
                          gpointer user_data,
                          GCancellable *cancellable,
                          GError **error)
{
  PartProgress part = { progress, user_data, 0.0, 0.5, 0 };
  g_autoptr (LimnerPlan) plan = NULL;
  LimnerCocoFile *written = NULL;
  XXH3_state_t *hash;

  g_return_val_if_fail (self != NULL, NULL);

  limner_coco_writer_remove_temp (self);
  plan = limner_plan_new (self->base, changes, info, error);
  if (plan == NULL)
    return NULL;
  hash = XXH3_createState ();
  XXH3_128bits_reset (hash);
  if (write_temp (self, plan, &part, cancellable, hash, error))
    {
      part.start = 0.5;
      written = read_back (self, plan, &part, cancellable, hash, error);
    }
  XXH3_freeState (hash);
  if (written == NULL)
    limner_coco_writer_remove_temp (self);
  return written;
}

/* ---- replacing ---- */

/* The file at the target, so that it can be looked at after the rename; -1 where there is none. */
static int
open_current (LimnerCocoWriter *self)
{
  int fd;

  do
    fd = openat (self->target.folder_fd, self->target.name,
                 O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  while (fd < 0 && errno == EINTR);
  return fd;
}

/* Content of the base, whatever its times. */
static gboolean
has_base_content (LimnerCocoWriter *self, int fd, const struct stat *info)
{
  const LimnerIdentity *identity = limner_coco_file_get_identity (self->base);
  LimnerSource source = { .fd = fd, .size = (guint64) info->st_size };
  XXH3_state_t *hash;
  XXH128_hash_t found;
  g_autofree guint8 *buffer = NULL;
  guint64 offset = 0;
  gssize n;

  if ((guint64) info->st_size != identity->size_bytes)
    return FALSE;
  buffer = g_malloc (1 << 20);
  hash = XXH3_createState ();
  XXH3_128bits_reset (hash);
  while ((n = limner_source_read (&source, offset, buffer, 1 << 20, NULL)) > 0)
    {
      XXH3_128bits_update (hash, buffer, (gsize) n);
      offset += (guint64) n;
    }
  found = XXH3_128bits_digest (hash);
  XXH3_freeState (hash);
  return n == 0 && found.high64 == identity->hash_high && found.low64 == identity->hash_low;
}

/* Whether what stood at the target was another version than the base. */
static gboolean
is_foreign (LimnerCocoWriter *self, int fd)
{
  const LimnerIdentity *identity;
  struct stat info;
  gint64 mtime_ns;

  if (self->overwrite || fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    return FALSE;
  if (self->base == NULL)
    return TRUE;
  identity = limner_coco_file_get_identity (self->base);
  mtime_ns =
      (gint64) info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + (gint64) info.st_mtim.tv_nsec;
  if ((guint64) info.st_dev == identity->device && (guint64) info.st_ino == identity->inode &&
      (guint64) info.st_size == identity->size_bytes && mtime_ns == identity->mtime_ns)
    return FALSE;
  return !has_base_content (self, fd, &info);
}

static gboolean
copy_whole (int from, int to)
{
  LimnerSource source = { .fd = from };
  g_autofree guint8 *buffer = g_malloc (1 << 20);
  guint64 offset = 0;
  gssize n;

  while ((n = limner_source_read (&source, offset, buffer, 1 << 20, NULL)) > 0)
    {
      for (gssize done = 0; done < n;)
        {
          ssize_t m = write (to, buffer + done, (gsize) (n - done));

          if (m < 0 && errno == EINTR)
            continue;
          if (m <= 0)
            return FALSE;
          done += m;
        }
      offset += (guint64) n;
    }
  return n == 0 && fsync (to) == 0;
}

/* (transfer full) (nullable): where the other writer's version is now. */
static char *
keep_foreign (LimnerCocoWriter *self, int fd)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  for (guint i = 1; i < 100; i++)
    {
      g_autofree char *number = i > 1 ? g_strdup_printf ("-%u", i) : g_strdup ("");
      g_autofree char *name =
          g_strconcat (self->target.name, ".conflict-", time, number, ".json", NULL);
      int to = openat (self->target.folder_fd, name,
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      gboolean is_kept;

      if (to < 0 && (errno == EEXIST || errno == EINTR))
        continue;
      if (to < 0)
        return NULL;
      is_kept = copy_whole (fd, to);
      is_kept = close (to) == 0 && is_kept;
      if (is_kept)
        return g_build_filename (self->target.folder, name, NULL);
      unlinkat (self->target.folder_fd, name, 0);
      return NULL;
    }
  return NULL;
}

static gboolean
sync_folder (LimnerCocoWriter *self, GError **error)
{
  int code;

  do
    code = fsync (self->target.folder_fd) == 0 ? 0 : errno;
  while (code == EINTR);
  /* file systems that cannot sync a folder order their directory entries themselves */
  if (code == 0 || code == EINVAL || code == ENOTSUP)
    return TRUE;
  g_set_error (
      error, G_IO_ERROR, g_io_error_from_errno (code),
      "%s/%s: the new version is in place, but bringing the folder to the disk: %s; a power cut "
      "could still bring back the old one",
      self->target.folder, self->target.name, g_strerror (code));
  return FALSE;
}

/* Whether the target's name is still that of the file that @fd is. */
static gboolean
has_name (LimnerCocoWriter *self, int fd)
{
  struct stat held, there;

  return fd >= 0 && fstat (fd, &held) == 0 &&
         fstatat (self->target.folder_fd, self->target.name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev &&
         held.st_size == there.st_size;
}

/*
 * The foreign version is kept before the rename where it is there already, so that being killed in
 * between loses nothing; @current is the inode that the rename takes the name from.
 */
static gboolean
rename_over (LimnerCocoWriter *self, int *current, char **replaced, GError **error)
{
  for (guint i = 0; i < 3; i++)
    {
      *current = open_current (self);
      if (is_foreign (self, *current))
        {
          g_autofree char *kept = keep_foreign (self, *current);

          if (kept == NULL)
            {
              g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           "%s/%s: another program has written it and its version cannot be kept "
                           "beside it; nothing is replaced",
                           self->target.folder, self->target.name);
              return FALSE;
            }
          g_free (*replaced);
          *replaced = g_steal_pointer (&kept);
        }
      if (*current < 0 || has_name (self, *current))
        break;
      close (*current);
      *current = -1;
    }
  if (renameat (self->target.folder_fd, self->temp_name, self->target.folder_fd,
                self->target.name) == 0)
    return TRUE;
  limner_set_errno_error (error, errno, self->target.folder, self->target.name,
                          "putting the new version in its place");
  /* some file systems rename and say that they did not: only what is still in its place needs no
   * copy */
  if (*replaced != NULL && has_name (self, *current))
    {
      unlink (*replaced);
      g_clear_pointer (replaced, g_free);
    }
  return FALSE;
}

gboolean
limner_coco_writer_replace (LimnerCocoWriter *self,
                            LimnerCocoFile *written,
                            char **replaced,
                            GError **error)
{
  g_autofree char *kept = NULL;
  gboolean is_renamed;
  int current = -1;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (written != NULL, FALSE);
  g_return_val_if_fail (self->temp_name != NULL, FALSE);

  if (replaced != NULL)
    *replaced = NULL;
  is_renamed = rename_over (self, &current, &kept, error);
  if (is_renamed)
    {
      /* written in place while it was being replaced */
      if (kept == NULL && is_foreign (self, current))
        kept = keep_foreign (self, current);
      g_clear_pointer (&self->temp_name, g_free);
      limner_coco_file_set_path (written, self->path);
    }
  if (current >= 0)
    close (current);
  if (replaced != NULL)
    *replaced = g_steal_pointer (&kept);
  return is_renamed && sync_folder (self, error);
}

/* ---- leftovers ---- */

void
limner_coco_remove_leftovers (const char *target)
{
  LimnerTarget place = { .folder_fd = -1 };
  g_autofree char *prefix = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_return_if_fail (target != NULL);

  if (limner_target_open (&place, target, NULL))
    {
      prefix = limner_target_dup_temp_prefix (&place);
      dir = g_dir_open (place.folder, 0, NULL);
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      struct stat info;

      if (g_str_has_prefix (name, prefix) && strlen (name) == strlen (prefix) + 6 &&
          fstatat (place.folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISREG (info.st_mode) && info.st_uid == geteuid ())
        unlinkat (place.folder_fd, name, 0);
    }
  limner_target_clear (&place);
}
