/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "writer-file.h"

#include "coco-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAX_LINKS 40
#define RANDOM_LETTERS 6
#define MAX_ATTEMPTS 100
#define COPY_STEP (512 * 1024) /* what is hashed, then copied, at a time: fits the cache */
#define GATHER_BYTES (4 * 1024 * 1024)
#define FLUSH_STEP ((guint64) 32 * 1024 * 1024)

void
limner_set_errno_error (
    GError **error, int code, const char *folder, const char *name, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "%s/%s: %s: %s; the dataset's file is as it was", folder, name, what,
               g_strerror (code));
}

/* ---- where ---- */

/* One step along a link: (transfer full), or NULL if @path is none. */
static char *
follow_link (const char *path)
{
  g_autofree char *folder = NULL;
  char buffer[PATH_MAX];
  ssize_t n = readlink (path, buffer, sizeof buffer - 1);

  if (n < 0)
    return NULL;
  buffer[n] = '\0';
  if (g_path_is_absolute (buffer))
    return g_strdup (buffer);
  folder = g_path_get_dirname (path);
  return g_build_filename (folder, buffer, NULL);
}

gboolean
limner_target_open (LimnerTarget *self, const char *path, GError **error)
{
  g_autofree char *at = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = NULL;
  int code;

  for (guint i = 0; i < MAX_LINKS; i++)
    {
      char *next = follow_link (at);

      if (next == NULL)
        break;
      g_free (at);
      at = next;
    }
  folder = g_path_get_dirname (at);
  self->name = g_path_get_basename (at);
  self->folder = realpath (folder, NULL);
  code = errno;
  self->folder_fd = -1;
  if (self->folder != NULL)
    {
      self->folder_fd =
          TEMP_FAILURE_RETRY (open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      code = errno;
    }
  if (self->folder_fd >= 0)
    return TRUE;
  limner_set_errno_error (error, code, folder, self->name, "opening the folder to write in");
  return FALSE;
}

void
limner_target_clear (LimnerTarget *self)
{
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  self->folder_fd = -1;
  free (self->folder); /* realpath's */
  self->folder = NULL;
  g_clear_pointer (&self->name, g_free);
}

char *
limner_target_dup_temp_prefix (const LimnerTarget *self)
{
  static const char tail[] = ".limner-tmp-";
  gsize room = NAME_MAX - 1 - (sizeof tail - 1) - RANDOM_LETTERS;

  return g_strdup_printf (".%.*s%s", (int) MIN (strlen (self->name), room), self->name, tail);
}

char *
limner_target_create_temp (const LimnerTarget *self, int *fd, GError **error)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  g_autofree char *prefix = limner_target_dup_temp_prefix (self);
  int code = EEXIST;

  for (guint i = 0; i < MAX_ATTEMPTS && (code == EEXIST || code == EINTR); i++)
    {
      char random[RANDOM_LETTERS + 1] = { 0 };
      g_autofree char *name = NULL;

      for (guint j = 0; j < RANDOM_LETTERS; j++)
        random[j] = letters[g_random_int_range (0, sizeof letters - 1)];
      name = g_strconcat (prefix, random, NULL);
      *fd =
          openat (self->folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      if (*fd >= 0)
        return g_steal_pointer (&name);
      code = errno;
    }
  limner_set_errno_error (error, code, self->folder, self->name, "making a new file beside it");
  return NULL;
}

/* ---- bytes ---- */

static gboolean
fail_write (const LimnerCopier *self, int code, GError **error)
{
  limner_set_errno_error (error, code, self->target->folder, self->target->name,
                          "writing the new version");
  return FALSE;
}

gboolean
limner_copier_reserve (LimnerCopier *self, GError **error)
{
  int code;

  if (self->n_total == 0)
    return TRUE;
  do
    code = fallocate (self->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) self->n_total) == 0 ? 0 : errno;
  while (code == EINTR);
  /* a file system that cannot reserve will say so while it is written */
  if (code == ENOSPC || code == EDQUOT || code == EFBIG || code == EIO)
    return fail_write (self, code, error);
  return TRUE;
}

/* Lets the disk begin with what was written, so that less is left for the sync at the end, which
 * alone counts: whether this works is of no interest. */
static void
limner_copier_start_flush (LimnerCopier *self)
{
  if (self->n_written - self->n_flushed < FLUSH_STEP)
    return;
  sync_file_range (self->fd, (off64_t) self->n_flushed,
                   (off64_t) (self->n_written - self->n_flushed), SYNC_FILE_RANGE_WRITE);
  self->n_flushed = self->n_written;
}

static gboolean
limner_copier_advance (LimnerCopier *self, gsize n, GError **error)
{
  self->n_written += n;
  limner_copier_start_flush (self);
  if (self->progress != NULL && self->n_total > 0)
    self->progress ((double) self->n_written / (double) self->n_total, self->user_data);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
limner_copier_write (LimnerCopier *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      ssize_t n = write (self->fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail_write (self, n < 0 ? errno : ENOSPC, error);
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* Returns bytes that the kernel copied: fewer than asked for when it cannot, or -1 with @error. */
static gssize
limner_copier_copy_by_kernel (LimnerCopier *self, guint64 offset, gsize length, GError **error)
{
  int from = limner_coco_file_get_fd (self->base);
  off_t at = (off_t) offset;
  gsize done = 0;

  if (from < 0)
    self->use_kernel = FALSE;
  while (self->use_kernel && done < length)
    {
      ssize_t n = copy_file_range (from, &at, self->fd, NULL, length - done, 0);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0)
        break; /* some file systems say so instead of EOPNOTSUPP; the other way will tell */
      else if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG)
        return fail_write (self, errno, error), -1;
      else if (errno != EINTR)
        self->use_kernel = FALSE;
    }
  return (gssize) done;
}

static gboolean
limner_copier_copy_range (LimnerCopier *self, guint64 offset, guint64 length, GError **error)
{
  g_autofree guint8 *data = g_malloc (COPY_STEP);

  while (length > 0)
    {
      gsize step = (gsize) MIN (length, COPY_STEP);
      gssize copied;

      if (!limner_coco_file_read_into (self->base, offset, data, step, error))
        return FALSE;
      XXH3_128bits_update (self->hash, data, step);
      copied = limner_copier_copy_by_kernel (self, offset, step, error);
      if (copied < 0 || !limner_copier_write (self, data + copied, step - (gsize) copied, error) ||
          !limner_copier_advance (self, step, error))
        return FALSE;
      offset += step;
      length -= step;
    }
  return TRUE;
}

/* Small texts between small ranges are gathered, so that many edits do not become many calls. */
static gboolean
limner_copier_flush (LimnerCopier *self, GByteArray *gathered, GError **error)
{
  gsize length = gathered->len;

  XXH3_128bits_update (self->hash, gathered->data, length);
  if (!limner_copier_write (self, gathered->data, length, error))
    return FALSE;
  g_byte_array_set_size (gathered, 0);
  return limner_copier_advance (self, length, error);
}

static gboolean
limner_copier_gather (LimnerCopier *self,
                      GByteArray *gathered,
                      const LimnerPiece *piece,
                      GError **error)
{
  g_autoptr (GBytes) read = NULL;
  GBytes *text = piece->text;

  if (text == NULL)
    text = read = limner_coco_file_read (self->base, piece->offset, piece->length, error);
  if (text == NULL)
    return FALSE;
  g_byte_array_append (gathered, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  return gathered->len < GATHER_BYTES || limner_copier_flush (self, gathered, error);
}

gboolean
limner_copier_write_plan (LimnerCopier *self, const LimnerPlan *plan, GError **error)
{
  const guint64 small = 64 * 1024;
  g_autoptr (GByteArray) gathered = g_byte_array_new ();

  for (guint i = 0; i < plan->pieces->len; i++)
    {
      const LimnerPiece *piece = &g_array_index (plan->pieces, LimnerPiece, i);

      if (piece->text != NULL || piece->length < small)
        {
          if (!limner_copier_gather (self, gathered, piece, error))
            return FALSE;
          continue;
        }
      if (!limner_copier_flush (self, gathered, error) ||
          !limner_copier_copy_range (self, piece->offset, piece->length, error))
        return FALSE;
    }
  return limner_copier_flush (self, gathered, error);
}
