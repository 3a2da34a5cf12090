/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/*
 * A new workspace is made whole under a temporary name, so that a crash or a full disk in between
 * leaves nothing that looks like a damaged one.
 */

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_ (x)
#define MAX_TRIES 5

/* label and image_name stand in the last row of a step only, whose seq is the step's sequence.
 * state has the row 'base' always and 'intent' at times; without a device there is no file. */
const LimnerWorkspaceTable limner_workspace_tables[] = {
  { "edits",
    "CREATE TABLE edits(seq INTEGER PRIMARY KEY, step INTEGER NOT NULL, step_kind INTEGER NOT "
    "NULL, label TEXT, image_name TEXT, kind INTEGER NOT NULL, id INTEGER NOT NULL, before BLOB, "
    "after BLOB, next_id INTEGER) STRICT" },
  { "facts",
    "CREATE TABLE facts(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID" },
  { "room", "CREATE TABLE room(filler BLOB) STRICT" },
  { "state",
    "CREATE TABLE state(role TEXT PRIMARY KEY, sequence INTEGER NOT NULL, device INTEGER, inode "
    "INTEGER, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, hash_high INTEGER, hash_low "
    "INTEGER) STRICT, WITHOUT ROWID" },
};
const guint limner_workspace_n_tables = G_N_ELEMENTS (limner_workspace_tables);

void
limner_workspace_set_access (int fd, const char *like)
{
  struct stat info;
  mode_t mode;

  if (like == NULL || stat (like, &info) != 0)
    return; /* 0600, as it was created */
  mode = (info.st_mode & 0666) | 0600;
  if (geteuid () == 0 && fchown (fd, info.st_uid, -1) != 0)
    g_debug ("%s: %s", like, g_strerror (errno));
  if (fchown (fd, -1, info.st_gid) != 0)
    mode &= ~060; /* it stays with our own group, which need not see it */
  if (fchmod (fd, mode) != 0)
    g_debug ("%s: %s", like, g_strerror (errno));
}

/* Nothing needs to be recovered here: what fails is thrown away. */
static int
fill (sqlite3 *db)
{
  static const char *const before[] = {
    "PRAGMA page_size=4096",         "PRAGMA encoding='UTF-8'",  "PRAGMA auto_vacuum=NONE",
    "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=OFF",  "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=OFF",      "PRAGMA temp_store=MEMORY", "BEGIN IMMEDIATE",
  };
  static const char *const after[] = {
    "INSERT INTO state(role, sequence) VALUES ('base', 0)",
    "PRAGMA application_id=" STRINGIFY (LIMNER_WORKSPACE_APPLICATION_ID),
    "PRAGMA user_version=" STRINGIFY (LIMNER_WORKSPACE_VERSION),
    LIMNER_WORKSPACE_ROOM_SQL,
    "COMMIT",
    "DELETE FROM room",
  };
  int rc = SQLITE_OK;

  for (guint i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (before); i++)
    rc = limner_workspace_exec (db, before[i]);
  for (guint i = 0; rc == SQLITE_OK && i < limner_workspace_n_tables; i++)
    rc = limner_workspace_exec (db, limner_workspace_tables[i].sql);
  for (guint i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (after); i++)
    rc = limner_workspace_exec (db, after[i]);
  return rc;
}

static gboolean
build (const char *path, const char *temporary, const char *vfs, GError **error)
{
  g_autoptr (sqlite3) db = NULL;
  int rc = limner_workspace_open_database (temporary, SQLITE_OPEN_READWRITE, vfs, &db);

  sqlite3_extended_result_codes (db, 1);
  if (rc == SQLITE_OK)
    rc = fill (db);
  if ((rc & 0xff) == SQLITE_BUSY || rc == SQLITE_IOERR_LOCK || rc == SQLITE_IOERR_RDLOCK)
    {
      /* nobody knows this file: so SQLite speaks of ENOLCK */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s: its folder has no file locks",
                   path);
      return FALSE;
    }
  if (rc != SQLITE_OK)
    {
      /* whatever it is, it is not about a workspace that was there before */
      limner_workspace_set_error (error, path, db,
                                  (rc & 0xff) == SQLITE_FULL ? rc : SQLITE_CANTOPEN, TRUE);
      return FALSE;
    }
  return TRUE;
}

int
limner_workspace_publish (const char *temporary, const char *file)
{
  if (renameat2 (AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    return errno;
  if (link (temporary, file) == 0)
    {
      unlink (temporary);
      return 0;
    }
  if (errno == EEXIST || errno == ENOENT)
    return errno;
  /* no links either: FAT and some shares */
  if (g_file_test (file, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return EEXIST;
  return rename (temporary, file) == 0 ? 0 : errno;
}

/* @code: EINTR, or ENOENT if the temporary file was swept away as a leftover: worth another try */
static gboolean
create_once (const char *path,
             const char *file,
             const char *like,
             const char *vfs,
             int *code,
             GError **error)
{
  g_autofree char *temporary = g_strconcat (file, "-tmp-XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);

  *code = fd < 0 && errno == EINTR ? EINTR : 0;
  if (fd < 0)
    {
      limner_workspace_set_errno (error, path, "the workspace cannot be made", errno);
      return FALSE;
    }
  limner_workspace_set_access (fd, like);
  if (!build (path, temporary, vfs, error))
    {
      close (fd);
      unlink (temporary);
      return FALSE;
    }
  *code = TEMP_FAILURE_RETRY (fsync (fd)) != 0 ? errno : 0;
  /* before it has its name: no descriptor of ours may be closed while a connection is open; Linux
   * has closed it even when it was interrupted */
  if (close (fd) != 0 && errno != EINTR && *code == 0)
    *code = errno;
  if (*code == 0)
    *code = limner_workspace_publish (temporary, file);
  if (*code != 0)
    unlink (temporary);
  if (*code == 0 || *code == EEXIST)
    return TRUE;
  limner_workspace_set_errno (error, path, "the workspace cannot be made", *code);
  return FALSE;
}

gboolean
limner_workspace_create (
    const char *path, const char *file, const char *like, const char *vfs, GError **error)
{
  int code = ENOENT;

  for (guint i = 0; i < MAX_TRIES && (code == ENOENT || code == EINTR); i++)
    {
      g_clear_error (error);
      if (create_once (path, file, like, vfs, &code, error))
        return TRUE;
    }
  return FALSE;
}
