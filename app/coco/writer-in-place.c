/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

/*
 * Writing into the file itself, where its folder takes no new files. For a moment the file is
 * neither version, which is why the person is asked first. Both versions are whole in the state
 * folder by then: the new one, and, under the name that says that writing may have begun, the old
 * one. Should the power go or the program be killed, the next opening writes the new one again.
 */

#include "coco-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limner/coco-writer.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define CHUNK_BYTES ((gsize) 1 << 20)
#define SECTOR_BYTES ((gsize) 512) /* a disk writes these whole, or not at all */

typedef struct
{
  char *target;
  char *new_path;
  char *old_path; /* its presence says that the target may be neither version */
  char *log_path;
  int fd; /* of the target */
  int new_fd;
  int old_fd;
} InPlace;

static void
in_place_clear (InPlace *self)
{
  int fds[] = { self->fd, self->new_fd, self->old_fd };

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
  g_free (self->target);
  g_free (self->new_path);
  g_free (self->old_path);
  g_free (self->log_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (InPlace, in_place_clear)

#define IN_PLACE_EMPTY                                                                             \
  {                                                                                                \
    .fd = -1, .new_fd = -1, .old_fd = -1                                                           \
  }

static void
in_place_init (InPlace *self, const char *target, const char *log_path)
{
  self->target = g_strdup (target);
  self->log_path = g_strdup (log_path);
  self->new_path = limner_coco_dup_in_place_new (log_path);
  self->old_path = g_strconcat (log_path, "-in-place-old", NULL);
}

char *
limner_coco_dup_in_place_new (const char *log_path)
{
  g_return_val_if_fail (log_path != NULL, NULL);

  return g_strconcat (log_path, "-in-place-new", NULL);
}

static gboolean
fail (GError **error, int code, const char *path, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s: %s", path, what,
               g_strerror (code));
  return FALSE;
}

static int
open_regular (const char *path, int flags, GError **error)
{
  int fd = TEMP_FAILURE_RETRY (open (path, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat info;

  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    return fd;
  fail (error, fd < 0 ? errno : EINVAL, path, "opening it");
  if (fd >= 0)
    close (fd);
  return -1;
}

/* ---- bytes ---- */

/* Bytes read; fewer than asked for at the end of the file only, -1 with errno. */
static gssize
read_at (int fd, guint8 *buffer, gsize length, guint64 offset)
{
  gsize done = 0;

  while (done < length)
    {
      ssize_t n = pread (fd, buffer + done, length - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

static gboolean
write_at (int fd, const guint8 *data, gsize length, guint64 offset)
{
  while (length > 0)
    {
      ssize_t n = pwrite (fd, data, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          errno = n < 0 ? errno : ENOSPC;
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
      offset += (guint64) n;
    }
  return TRUE;
}

/* Copies all of @from to the start of @to (-1: nowhere), and gives its hash. FALSE with errno. */
static gboolean
copy_all (int from, int to, guint64 *size, XXH128_hash_t *hash)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  XXH3_state_t *state = XXH3_createState ();
  guint64 offset = 0;
  gboolean is_done = FALSE;

  XXH3_128bits_reset (state);
  while (!is_done)
    {
      gssize n = read_at (from, buffer, CHUNK_BYTES, offset);

      if (n < 0 || (to >= 0 && !write_at (to, buffer, (gsize) n, offset)))
        break;
      XXH3_128bits_update (state, buffer, (gsize) n);
      offset += (guint64) n;
      is_done = n < (gssize) CHUNK_BYTES;
    }
  *size = offset;
  *hash = XXH3_128bits_digest (state);
  XXH3_freeState (state);
  return is_done;
}

static gboolean
sync_fd (int fd)
{
  return TEMP_FAILURE_RETRY (fsync (fd)) == 0;
}

/* The target becomes what @from is, on the disk, and reads back as that. FALSE with errno. */
static gboolean
write_over (InPlace *self, int from)
{
  XXH128_hash_t wanted, found;
  guint64 size, size_found;

  if (!copy_all (from, self->fd, &size, &wanted) ||
      TEMP_FAILURE_RETRY (ftruncate (self->fd, (off_t) size)) != 0 || !sync_fd (self->fd) ||
      !copy_all (self->fd, -1, &size_found, &found))
    return FALSE;
  if (size == size_found && XXH128_isEqual (wanted, found))
    return TRUE;
  errno = EIO;
  return FALSE;
}

static gboolean
sync_state_folder (InPlace *self)
{
  g_autofree char *folder = g_path_get_dirname (self->log_path);
  int fd = TEMP_FAILURE_RETRY (open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  gboolean is_synced = fd >= 0 && (sync_fd (fd) || errno == EINVAL);
  int code = errno;

  if (fd >= 0)
    close (fd);
  errno = code;
  return is_synced;
}

/* In this order: without the old version nothing was begun, with it both are needed. */
static void
remove_copies (InPlace *self)
{
  if (unlink (self->old_path) == 0)
    sync_state_folder (self);
  else if (errno != ENOENT)
    return; /* the next opening finds that all is done */
  unlink (self->new_path);
}

/* ---- writing ---- */

static gboolean
refuse (InPlace *self, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s: another program has written it meanwhile; nothing is written over",
               self->target);
  return FALSE;
}

/* The old version, whole and durable, before the first byte of it is written over. */
static gboolean
keep_old (InPlace *self, const LimnerIdentity *expected, GError **error)
{
  g_autofree char *temporary = NULL;
  XXH128_hash_t hash;
  guint64 size = 0;
  int code = 0;
  int fd;

  do
    {
      g_free (temporary); /* a try uses up its Xs */
      temporary = g_strconcat (self->log_path, "-tmp-XXXXXX", NULL);
      fd = g_mkstemp_full (temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return fail (error, errno, self->old_path, "keeping the old version");
  if (!copy_all (self->fd, fd, &size, &hash) || !sync_fd (fd))
    code = errno;
  if (close (fd) != 0 && errno != EINTR && code == 0)
    code = errno;
  if (code == 0 && (size != expected->size_bytes || hash.high64 != expected->hash_high ||
                    hash.low64 != expected->hash_low))
    {
      unlink (temporary);
      return refuse (self, error);
    }
  if (code == 0 && rename (temporary, self->old_path) != 0)
    code = errno;
  if (code == 0 && sync_state_folder (self))
    return TRUE;
  code = code != 0 ? code : errno;
  unlink (temporary);
  unlink (self->old_path);
  return fail (error, code, self->old_path, "keeping the old version");
}

/* So that a full disk is found out before anything is written over. */
static gboolean
reserve (InPlace *self, GError **error)
{
  struct stat info;
  int code = 0;

  if (fstat (self->new_fd, &info) != 0)
    return fail (error, errno, self->new_path, "looking at it");
  if (info.st_size > 0 &&
      TEMP_FAILURE_RETRY (fallocate (self->fd, FALLOC_FL_KEEP_SIZE, 0, info.st_size)) != 0)
    code = errno;
  if (code == ENOSPC || code == EDQUOT || code == EFBIG || code == EIO)
    return fail (error, code, self->target, "making room in it");
  return TRUE;
}

/* Both versions whole and durable, and @before, what the target was when its copy was begun. */
static gboolean
prepare (InPlace *self, LimnerCocoFile *base, struct stat *before, GError **error)
{
  self->fd = open_regular (self->target, O_RDWR, error);
  if (self->fd >= 0)
    self->new_fd = open_regular (self->new_path, O_RDONLY, error);
  if (self->new_fd < 0 || !reserve (self, error))
    return FALSE;
  if (fstat (self->fd, before) != 0)
    return fail (error, errno, self->target, "looking at it");
  if (!keep_old (self, limner_coco_file_get_identity (base), error))
    return FALSE;
  self->old_fd = open_regular (self->old_path, O_RDONLY, error);
  if (self->old_fd < 0)
    return FALSE;
  /* whoever reads records of the base meanwhile finds them where they were */
  if (dup3 (self->old_fd, limner_coco_file_get_fd (base), O_CLOEXEC) < 0)
    return fail (error, errno, self->old_path, "reading from it");
  return TRUE;
}

static gboolean
is_same_time (struct timespec a, struct timespec b)
{
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Nobody has written into it or put another file in its place since. */
static gboolean
is_untouched (InPlace *self, const struct stat *before)
{
  struct stat now, there;

  return fstat (self->fd, &now) == 0 && stat (self->target, &there) == 0 &&
         there.st_dev == now.st_dev && there.st_ino == now.st_ino &&
         now.st_size == before->st_size && is_same_time (now.st_mtim, before->st_mtim) &&
         is_same_time (now.st_ctim, before->st_ctim);
}

gboolean
limner_coco_write_in_place (LimnerCocoFile *base,
                            const char *target,
                            const char *log_path,
                            GError **error)
{
  g_auto (InPlace) self = IN_PLACE_EMPTY;
  struct stat before;
  int code;

  g_return_val_if_fail (base != NULL && target != NULL && log_path != NULL, FALSE);

  in_place_init (&self, target, log_path);
  /* copying takes its time, in which another program may write; this close to the first byte it is
   * as good as certain that nobody has */
  if (!prepare (&self, base, &before, error) ||
      (!is_untouched (&self, &before) && !refuse (&self, error)))
    {
      remove_copies (&self);
      return FALSE;
    }
  if (write_over (&self, self.new_fd))
    {
      remove_copies (&self);
      return TRUE;
    }
  code = errno;
  if (write_over (&self, self.old_fd))
    {
      remove_copies (&self);
      return fail (error, code, target, "writing into it; it is as it was");
    }
  return fail (error, code, target,
               "writing into it; it may be damaged, and is put right before it is read or written "
               "again");
}

/* ---- after a crash ---- */

static gboolean
is_zero (const guint8 *data, gsize length)
{
  return length == 0 || (data[0] == 0 && memcmp (data, data + 1, length - 1) == 0);
}

/* One sector: of @first up to a byte, from there on of @then, or never written. */
static gboolean
is_torn_sector (const guint8 *now,
                gsize length,
                const guint8 *first,
                gssize n_first,
                const guint8 *then,
                gssize n_then)
{
  gsize at = 0;

  while (at < length && (gssize) at < n_first && now[at] == first[at])
    at++;
  if (at == length || is_zero (now + at, length - at))
    return TRUE;
  return (gssize) length <= n_then && memcmp (now + at, then + at, length - at) == 0;
}

/* The new version was being written over the old one, or, after that failed, the old one back. */
static gboolean
is_mixed_sector (const guint8 *now,
                 gsize length,
                 const guint8 *new,
                 gssize n_new,
                 const guint8 *old,
                 gssize n_old)
{
  return is_torn_sector (now, length, new, n_new, old, n_old) ||
         is_torn_sector (now, length, old, n_old, new, n_new);
}

typedef enum
{
  TARGET_FOREIGN, /* another program's whole file */
  TARGET_WHOLE,   /* one of the two versions */
  TARGET_MIXED    /* what a crash leaves: each sector of one version or the other, or not written */
} TargetState;

/* FALSE if it or a copy of a version cannot be read: then nothing is known. */
static gboolean
look_at_target (InPlace *self, TargetState *state, GError **error)
{
  g_autofree guint8 *buffers = g_malloc0 (3 * CHUNK_BYTES);
  const guint8 *now = buffers;
  const guint8 *new = buffers + CHUNK_BYTES;
  const guint8 *old = buffers + 2 * CHUNK_BYTES;
  gboolean is_new = TRUE;
  gboolean is_old = TRUE;
  gssize n = 1;

  *state = TARGET_FOREIGN;
  for (guint64 offset = 0; n > 0; offset += CHUNK_BYTES)
    {
      gssize n_new = read_at (self->new_fd, buffers + CHUNK_BYTES, CHUNK_BYTES, offset);
      gssize n_old;

      if (n_new < 0)
        return fail (error, errno, self->new_path, "reading it");
      n_old = read_at (self->old_fd, buffers + 2 * CHUNK_BYTES, CHUNK_BYTES, offset);
      if (n_old < 0)
        return fail (error, errno, self->old_path, "reading it");
      n = read_at (self->fd, buffers, CHUNK_BYTES, offset);
      if (n < 0)
        return fail (error, errno, self->target, "reading it");
      if (n > MAX (n_new, n_old))
        return TRUE;
      is_new = is_new && n == n_new && memcmp (now, new, (gsize) n) == 0;
      is_old = is_old && n == n_old && memcmp (now, old, (gsize) n) == 0;
      for (gssize at = 0; at < n; at += SECTOR_BYTES)
        {
          gsize length = MIN (SECTOR_BYTES, (gsize) (n - at));

          if (!is_mixed_sector (now + at, length, new + at, n_new - at, old + at, n_old - at))
            return TRUE;
        }
      n = MAX (n, MAX (n_new, n_old));
    }
  *state = is_new || is_old ? TARGET_WHOLE : TARGET_MIXED;
  return TRUE;
}

static guint
count_copies (const char *log_path)
{
  g_auto (InPlace) self = IN_PLACE_EMPTY;
  struct stat info;

  in_place_init (&self, "", log_path);
  return (lstat (self.old_path, &info) == 0) + (lstat (self.new_path, &info) == 0);
}

gboolean
limner_coco_is_in_place_open (const char *log_path)
{
  g_return_val_if_fail (log_path != NULL, FALSE);

  return count_copies (log_path) > 0;
}

gboolean
limner_coco_is_in_place_begun (const char *log_path)
{
  g_return_val_if_fail (log_path != NULL, FALSE);

  return count_copies (log_path) == 2;
}

static gboolean
fail_interrupted (InPlace *self, const char *why, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s: writing into it was interrupted, and it cannot be put right now (%s); its old "
               "version is whole in %s, the new one in %s",
               self->target, why, self->old_path, self->new_path);
  return FALSE;
}

static gboolean
open_all (InPlace *self, GError **error)
{
  self->old_fd = open_regular (self->old_path, O_RDONLY, error);
  if (self->old_fd >= 0)
    self->new_fd = open_regular (self->new_path, O_RDONLY, error);
  if (self->new_fd >= 0)
    self->fd = open_regular (self->target, O_RDONLY, error);
  return self->fd >= 0;
}

/* A mixture becomes the new version, or the old one. As long as it is not known to be anything else
 * the copies stay: they may be all there is. */
static gboolean
put_right (InPlace *self, gboolean to_old, GError **error)
{
  g_autoptr (GError) why = NULL;
  TargetState state;
  struct stat info;

  if (lstat (self->old_path, &info) != 0)
    {
      if (errno != ENOENT)
        return fail (error, errno, self->old_path, "looking at it");
      remove_copies (self); /* nothing was begun */
      return TRUE;
    }
  if (stat (self->target, &info) != 0)
    /* where it is absent, the file system it is on may be, too */
    return errno == ENOENT || fail_interrupted (self, g_strerror (errno), error);
  if (lstat (self->new_path, &info) != 0 && errno == ENOENT)
    return TRUE; /* somebody removed it: the old one is left for them */
  if (!open_all (self, &why) || !look_at_target (self, &state, &why))
    return fail_interrupted (self, why->message, error);
  /* what is neither is another program's whole file, and none of our business */
  if (state == TARGET_MIXED)
    {
      close (self->fd);
      self->fd = open_regular (self->target, O_RDWR, &why);
      if (self->fd < 0)
        return fail_interrupted (self, why->message, error);
      if (!write_over (self, to_old ? self->old_fd : self->new_fd))
        return fail_interrupted (self, g_strerror (errno), error);
    }
  remove_copies (self);
  return TRUE;
}

gboolean
limner_coco_recover_in_place (const char *target, const char *log_path, GError **error)
{
  g_auto (InPlace) self = IN_PLACE_EMPTY;

  g_return_val_if_fail (target != NULL && log_path != NULL, FALSE);

  in_place_init (&self, target, log_path);
  return put_right (&self, FALSE, error);
}

gboolean
limner_coco_undo_in_place (const char *target, const char *log_path, GError **error)
{
  g_auto (InPlace) self = IN_PLACE_EMPTY;

  g_return_val_if_fail (target != NULL && log_path != NULL, FALSE);

  in_place_init (&self, target, log_path);
  return put_right (&self, TRUE, error);
}
