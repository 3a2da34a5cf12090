/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/*
 * Reading a log without leaving a trace. SQLite cannot: with a -wal file it has to create or
 * remove files and to take the writer's lock. So the files are copied while a shared lock keeps
 * writers away, and the copy is opened. The log itself is read through SQLite's descriptor: closing
 * one of our own would drop the lock that a document in this process may hold.
 */

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (1 << 20)
#define MAX_TRIES 5
#define PAUSE_US (20 * 1000)

/* What one copy reads from. */
typedef struct
{
  sqlite3_file *handle; /* the log, or NULL */
  int fd;               /* else a file beside it */
  gint64 size;
} Source;

static gboolean
read_chunk (const Source *self, guint8 *chunk, int length, gint64 offset)
{
  if (self->handle != NULL)
    return self->handle->pMethods->xRead (self->handle, chunk, length, offset) == SQLITE_OK;
  while (length > 0)
    {
      gssize n_read = pread (self->fd, chunk, length, offset);

      if (n_read == 0 || (n_read < 0 && errno != EINTR))
        return FALSE;
      n_read = MAX (n_read, 0);
      chunk += n_read;
      offset += n_read;
      length -= n_read;
    }
  return TRUE;
}

static gboolean
write_chunk (int fd, const guint8 *chunk, gsize length, gint64 offset)
{
  /* holes stay holes: a sparse file must not fill the disk */
  if (chunk[0] == 0 && memcmp (chunk, chunk + 1, length - 1) == 0)
    return TRUE;
  while (length > 0)
    {
      gssize n_written = pwrite (fd, chunk, length, offset);

      if (n_written < 0 && errno != EINTR)
        return FALSE;
      n_written = MAX (n_written, 0);
      chunk += n_written;
      offset += n_written;
      length -= n_written;
    }
  return TRUE;
}

static gboolean
copy (
    const char *path, const Source *source, const char *copy_path, gint64 deadline, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  int fd = TEMP_FAILURE_RETRY (
      open (copy_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  int length;

  if (fd < 0 || ftruncate (fd, source->size) != 0)
    {
      limner_workspace_set_errno (error, copy_path, "the workspace cannot be copied", errno);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  for (gint64 offset = 0; offset < source->size; offset += length)
    {
      length = MIN (CHUNK_BYTES, source->size - offset);
      if (g_get_monotonic_time () > deadline)
        limner_workspace_set_unusable (error, path, "reading it takes too long");
      else if (!read_chunk (source, chunk, length, offset))
        limner_workspace_set_unusable (error, path, "it cannot be read");
      else if (!write_chunk (fd, chunk, length, offset))
        limner_workspace_set_errno (error, copy_path, "the workspace cannot be copied", errno);
      else
        continue;
      close (fd);
      return FALSE;
    }
  close (fd);
  return TRUE;
}

static gboolean
copy_beside (const char *path,
             const char *file,
             const char *copy_path,
             const char *suffix,
             gint64 deadline,
             GError **error)
{
  g_autofree char *own_path = g_strconcat (path, suffix, NULL);
  g_autofree char *from = g_strconcat (file, suffix, NULL);
  g_autofree char *to = g_strconcat (copy_path, suffix, NULL);
  Source source = { .fd = TEMP_FAILURE_RETRY (
                        open (from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) };
  struct stat info;
  gboolean copied = FALSE;

  if (source.fd < 0 && errno == ENOENT)
    return TRUE;
  if (source.fd < 0)
    {
      limner_workspace_set_unusable (error, own_path, "%s", g_strerror (errno));
      return FALSE;
    }
  if (fstat (source.fd, &info) != 0 || !S_ISREG (info.st_mode))
    limner_workspace_set_unusable (error, own_path, "it is not a regular file");
  else
    {
      source.size = info.st_size;
      copied = copy (own_path, &source, to, deadline, error);
    }
  close (source.fd);
  return copied;
}

static void
remove_copies (const char *copy_path)
{
  static const char *const suffixes[] = { "", "-wal", "-journal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (copy_path, suffixes[i], NULL);
      unlink (name);
    }
}

/* What changes when somebody writes. */
typedef struct
{
  struct stat files[3];
} Stamp;

static void
take_stamp (const char *file, Stamp *stamp)
{
  static const char *const suffixes[] = { "", "-wal", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (file, suffixes[i], NULL);

      if (lstat (name, &stamp->files[i]) != 0)
        stamp->files[i] = (struct stat){ 0 };
    }
}

static gboolean
is_same_stamp (const Stamp *a, const Stamp *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (a->files); i++)
    if (a->files[i].st_ino != b->files[i].st_ino || a->files[i].st_size != b->files[i].st_size ||
        a->files[i].st_mtim.tv_sec != b->files[i].st_mtim.tv_sec ||
        a->files[i].st_mtim.tv_nsec != b->files[i].st_mtim.tv_nsec)
      return FALSE;
  return TRUE;
}

static gboolean
copy_locked (
    const char *path, const char *file, sqlite3_file *handle, const char *copy_path, GError **error)
{
  gint64 deadline = limner_workspace_get_deadline (file);
  Source source = { .handle = handle, .fd = -1 };
  sqlite3_int64 size = 0;

  if (handle->pMethods->xFileSize (handle, &size) != SQLITE_OK)
    {
      limner_workspace_set_unusable (error, path, "it cannot be read");
      return FALSE;
    }
  source.size = size;
  return copy (path, &source, copy_path, deadline, error) &&
         copy_beside (path, file, copy_path, "-wal", deadline, error) &&
         copy_beside (path, file, copy_path, "-journal", deadline, error);
}

/* Without locks: what was being written meanwhile is copied again. */
static gboolean
copy_quiet (
    const char *path, const char *file, sqlite3_file *handle, const char *copy_path, GError **error)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      Stamp before = { 0 };
      Stamp after = { 0 };

      take_stamp (file, &before);
      if (!copy_locked (path, file, handle, copy_path, error))
        return FALSE;
      take_stamp (file, &after);
      if (is_same_stamp (&before, &after))
        return TRUE;
      remove_copies (copy_path);
      g_usleep (PAUSE_US);
    }
  limner_workspace_set_busy (error, path, file);
  return FALSE;
}

char *
limner_workspace_snapshot (const char *path, const char *file, const char *vfs, GError **error)
{
  g_autoptr (sqlite3) db = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *copy_path = NULL;
  g_autoptr (GError) folder_error = NULL;
  sqlite3_file *handle = NULL;
  gboolean copied;
  int rc = limner_workspace_open_database (file, SQLITE_OPEN_READONLY, vfs, &db);

  if (rc == SQLITE_CANTOPEN && sqlite3_system_errno (db) == ENOENT)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", path);
      return NULL;
    }
  if (rc == SQLITE_OK)
    rc = sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &handle);
  if (rc == SQLITE_OK && !limner_workspace_check_header (path, db, error))
    return NULL;
  if (rc == SQLITE_OK)
    rc = handle->pMethods->xLock (handle, SQLITE_LOCK_SHARED);
  if ((rc & 0xff) == SQLITE_BUSY)
    {
      limner_workspace_set_busy (error, path, file);
      return NULL;
    }
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, path, db, rc, FALSE);
      return NULL;
    }
  folder = g_dir_make_tmp ("limner-XXXXXX", &folder_error);
  copy_path = folder != NULL ? g_build_filename (folder, "log", NULL) : NULL;
  if (copy_path == NULL)
    g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE, "%s", folder_error->message);
  copied = copy_path != NULL && (vfs != NULL ? copy_quiet (path, file, handle, copy_path, error)
                                             : copy_locked (path, file, handle, copy_path, error));
  handle->pMethods->xUnlock (handle, SQLITE_LOCK_NONE);
  if (!copied && copy_path != NULL)
    limner_workspace_snapshot_remove (copy_path);
  return copied ? g_steal_pointer (&copy_path) : NULL;
}

void
limner_workspace_snapshot_remove (const char *copy_path)
{
  g_autofree char *folder = g_path_get_dirname (copy_path);

  remove_copies (copy_path);
  g_rmdir (folder);
}
