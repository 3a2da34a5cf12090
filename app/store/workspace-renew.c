/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Every page of @judged into the file at @temporary, which is empty. Returns an SQLite code. */
static int
copy_pages (sqlite3 *judged, const char *temporary)
{
  static const char *const pragmas[] = {
    "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF", /* it is synced as a whole before it gets its name */
  };
  g_autoptr (sqlite3) db = NULL;
  sqlite3_backup *backup = NULL;
  int rc = limner_workspace_open_database (temporary, SQLITE_OPEN_READWRITE,
                                           LIMNER_WORKSPACE_VFS_NO_LOCKS, &db);

  for (guint i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (pragmas); i++)
    rc = limner_workspace_exec (db, pragmas[i]);
  if (rc != SQLITE_OK)
    return rc;
  backup = sqlite3_backup_init (db, "main", judged, "main");
  if (backup == NULL)
    return sqlite3_errcode (db);
  rc = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Where a crash leaves these beside the copy, they bring back what is in it already. */
static void
remove_beside (const char *file)
{
  static const char *const suffixes[] = { "-journal", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (file, suffixes[i], NULL);
      unlink (name);
    }
}

gboolean
limner_workspace_renew (const char *path, const char *file, sqlite3 *judged, GError **error)
{
  g_autofree char *temporary = NULL;
  int fd;
  int rc;
  int code = 0;

  do
    {
      g_free (temporary); /* a try uses up its Xs */
      temporary = g_strconcat (file, "-tmp-XXXXXX", NULL);
      fd = g_mkstemp_full (temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    {
      limner_workspace_set_errno (error, path, "the workspace cannot be copied", errno);
      return FALSE;
    }
  limner_workspace_set_access (fd, file);
  rc = copy_pages (judged, temporary);
  if (rc == SQLITE_OK && TEMP_FAILURE_RETRY (fsync (fd)) != 0)
    code = errno;
  if (close (fd) != 0 && errno != EINTR && code == 0)
    code = errno;
  if (rc == SQLITE_OK && code == 0 && rename (temporary, file) != 0)
    code = errno;
  if (rc == SQLITE_OK && code == 0)
    {
      remove_beside (file);
      return limner_workspace_sync_folder (path, file, error);
    }
  unlink (temporary);
  if (rc != SQLITE_OK)
    limner_workspace_set_error (error, path, NULL,
                                (rc & 0xff) == SQLITE_FULL ? rc : SQLITE_CANTOPEN, TRUE);
  else
    limner_workspace_set_errno (error, path, "the workspace cannot be copied", code);
  return FALSE;
}
