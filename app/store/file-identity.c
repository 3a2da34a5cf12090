/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define CHUNK_BYTES (1024 * 1024)

static gboolean
hash_descriptor (int fd, const char *path, LimnerIdentity *identity, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  XXH3_state_t *state = XXH3_createState ();
  XXH128_hash_t hash;
  ssize_t n;

  XXH3_128bits_reset (state);
  for (;;)
    {
      n = read (fd, buffer, CHUNK_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      XXH3_128bits_update (state, buffer, n);
    }
  hash = XXH3_128bits_digest (state);
  XXH3_freeState (state);
  if (n < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s cannot be read: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  identity->hash_high = hash.high64;
  identity->hash_low = hash.low64;
  return TRUE;
}

/* What is at @path now; only regular files are opened, so a pipe cannot hang us. */
gboolean
limner_identity_of_path (const char *path,
                         gboolean with_hash,
                         LimnerIdentity *identity,
                         GError **error)
{
  int fd = TEMP_FAILURE_RETRY (open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info;
  gboolean ok = TRUE;

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      int number = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", path,
                   g_strerror (number));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  *identity = (LimnerIdentity){ 0 };
  identity->device = info.st_dev;
  identity->inode = info.st_ino;
  identity->size_bytes = info.st_size;
  identity->mtime_ns = info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec;
  identity->ctime_ns = info.st_ctim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_ctim.tv_nsec;
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s is not a regular file",
                   path);
      ok = FALSE;
    }
  else if (with_hash)
    ok = hash_descriptor (fd, path, identity, error);
  close (fd);
  return ok;
}
