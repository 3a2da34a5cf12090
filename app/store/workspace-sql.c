/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>

static LimnerLogError
code_of (int rc, gboolean writing)
{
  switch (rc & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return LIMNER_LOG_ERROR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    case SQLITE_INTERRUPT:
    case SQLITE_ERROR:
      return LIMNER_LOG_ERROR_UNUSABLE;
    case SQLITE_IOERR:
      if (rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_DATA ||
          rc == SQLITE_IOERR_CORRUPTFS)
        return LIMNER_LOG_ERROR_UNUSABLE;
      break;
    default:
      break;
    }
  return writing ? LIMNER_LOG_ERROR_WRITE : LIMNER_LOG_ERROR_UNUSABLE;
}

static const char *
reason_of (sqlite3 *db, int rc)
{
  int code = db != NULL ? sqlite3_system_errno (db) : 0;

  switch (rc & 0xff)
    {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_INTERRUPT:
      return "checking it takes too long";
    case SQLITE_TOOBIG:
      return "a record is larger than 256 MiB";
    case SQLITE_READONLY:
      return "it is read-only";
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      /* the plain names of these codes help nobody */
      return code != 0 ? g_strerror (code) : sqlite3_errstr (rc);
    default:
      return sqlite3_errstr (rc);
    }
}

void
limner_workspace_set_error (GError **error, const char *path, sqlite3 *db, int rc, gboolean writing)
{
  LimnerLogError code = code_of (rc, writing);
  const char *reason = reason_of (db, rc);

  if (code == LIMNER_LOG_ERROR_WRITE)
    g_set_error (error, LIMNER_LOG_ERROR, code,
                 "%s: the workspace cannot be written: %s; what is in it already is safe", path,
                 reason);
  else if (code == LIMNER_LOG_ERROR_BUSY)
    g_set_error (error, LIMNER_LOG_ERROR, code, "%s: another program holds the workspace", path);
  else
    limner_workspace_set_unusable (error, path, "%s", reason);
}

void
limner_workspace_set_errno (GError **error, const char *path, const char *what, int code)
{
  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE,
               "%s: %s: %s; what was there before is unchanged", path, what, g_strerror (code));
}

void
limner_workspace_set_unusable (GError **error, const char *path, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_UNUSABLE,
               "%s: cannot be used as a workspace: %s; it is left as it is", path, reason);
}

int
limner_workspace_exec (sqlite3 *db, const char *sql)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL);
}

int
limner_workspace_query_int (sqlite3 *db, const char *sql, gint64 *value)
{
  g_autoptr (sqlite3_stmt) stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);

  *value = 0;
  if (rc != SQLITE_OK)
    return rc;
  rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    *value = sqlite3_column_int64 (stmt, 0);
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int
limner_workspace_query_text (sqlite3 *db, const char *sql, char **value)
{
  g_autoptr (sqlite3_stmt) stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);

  *value = NULL;
  if (rc != SQLITE_OK)
    return rc;
  rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    *value = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}
