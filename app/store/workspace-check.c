/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/*
 * A workspace travels with its dataset, so it may come from anybody. Nothing in it is queried
 * before it has been seen to be one of ours, and a file that is not is never written to: SQLite
 * would roll a journal back or move a -wal file into it merely by opening it.
 */

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LOOKS 3
#define HEADER_BYTES 100
#define HEADER_MAGIC "SQLite format 3" /* with its NUL */
#define HEADER_USER_VERSION 60
#define HEADER_APPLICATION_ID 68
#define SUPER_JOURNAL_MAGIC "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

gint64
limner_workspace_get_deadline (const char *file)
{
  struct stat info;
  gint64 occupied = 0;

  if (lstat (file, &info) == 0)
    occupied = MIN ((gint64) info.st_blocks * 512, (gint64) info.st_size);
  return g_get_monotonic_time () + 4 * G_USEC_PER_SEC + occupied / (16 << 20) * G_USEC_PER_SEC;
}

/* A journal may name a 'super-journal', which SQLite removes after having rolled back: with a
 * planted journal, any file of the user's. One database alone never has one. */
static gboolean
names_super_journal (const char *journal)
{
  char magic[8];
  struct stat info;
  gboolean named = FALSE;
  int fd = TEMP_FAILURE_RETRY (open (journal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));

  if (fd < 0)
    return errno != ENOENT;
  if (fstat (fd, &info) != 0)
    named = TRUE;
  /* shorter than it was: its writer is alive, and holds the lock that keeps us from rolling back */
  else if (info.st_size >= (off_t) sizeof magic &&
           pread (fd, magic, sizeof magic, info.st_size - sizeof magic) == sizeof magic)
    named = memcmp (magic, SUPER_JOURNAL_MAGIC, sizeof magic) == 0;
  close (fd);
  return named;
}

/* 1 regular, 0 absent, -1 neither. */
static int
look_at (const char *path, const char *file, GError **error)
{
  struct stat info;

  if (lstat (file, &info) != 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        return 0;
      if (errno == ENAMETOOLONG) /* then it is not there, and cannot be made there either */
        limner_workspace_set_errno (error, path, "it cannot be made", errno);
      else
        limner_workspace_set_unusable (error, path, "%s", g_strerror (errno));
      return -1;
    }
  if (S_ISREG (info.st_mode))
    return 1;
  limner_workspace_set_unusable (error, path, "%s",
                                 S_ISLNK (info.st_mode) ? "it is a link"
                                                        : "it is not a regular file");
  return -1;
}

/* What lies there: the log, and what a crash left beside it. */
typedef struct
{
  int log;
  int wal;
  int journal;
} Names;

static gboolean
look_at_names (const char *path, const char *file, Names *names, GError **error)
{
  g_autofree char *wal = g_strconcat (file, "-wal", NULL);
  g_autofree char *journal = g_strconcat (file, "-journal", NULL);
  g_autofree char *wal_path = g_strconcat (path, "-wal", NULL);
  g_autofree char *journal_path = g_strconcat (path, "-journal", NULL);

  names->log = look_at (path, file, error);
  names->wal = names->log < 0 ? -1 : look_at (wal_path, wal, error);
  names->journal = names->wal < 0 ? -1 : look_at (journal_path, journal, error);
  return names->journal >= 0;
}

int
limner_workspace_look (const char *path, const char *file, GError **error)
{
  g_autofree char *journal = g_strconcat (file, "-journal", NULL);
  Names names = { 0 };

  /* other programs may make and remove it just now: once is no proof */
  for (guint i = 0; i < MAX_LOOKS; i++)
    {
      if (!look_at_names (path, file, &names, error))
        return -1;
      if (names.log > 0 || (names.wal == 0 && names.journal == 0))
        break;
    }
  if (names.log == 0 && (names.wal > 0 || names.journal > 0))
    {
      g_autofree char *left = g_strconcat (path, names.wal > 0 ? "-wal" : "-journal", NULL);

      /* SQLite would play it into a new workspace, which it does not belong to */
      limner_workspace_set_unusable (error, left,
                                     "it lies there without the workspace that it belongs to");
      return -1;
    }
  if (names.journal > 0 && names_super_journal (journal))
    {
      g_autofree char *left = g_strconcat (path, "-journal", NULL);

      limner_workspace_set_unusable (error, left, "it is not one that Limner left");
      return -1;
    }
  return names.log;
}

gboolean
limner_workspace_check_header (const char *path, sqlite3 *db, GError **error)
{
  guint8 header[HEADER_BYTES];
  sqlite3_file *handle = NULL;
  guint32 application_id;
  guint32 user_version;
  int rc;

  rc = sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &handle);
  if (rc == SQLITE_OK)
    rc = handle->pMethods->xRead (handle, header, sizeof header, 0);
  if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
    {
      limner_workspace_set_error (error, path, db, rc, FALSE);
      return FALSE;
    }
  if (rc == SQLITE_IOERR_SHORT_READ || memcmp (header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0)
    {
      limner_workspace_set_unusable (error, path, "it is not an SQLite file");
      return FALSE;
    }
  memcpy (&application_id, header + HEADER_APPLICATION_ID, sizeof application_id);
  memcpy (&user_version, header + HEADER_USER_VERSION, sizeof user_version);
  user_version = GUINT32_FROM_BE (user_version);
  if (GUINT32_FROM_BE (application_id) != LIMNER_WORKSPACE_APPLICATION_ID)
    {
      limner_workspace_set_unusable (error, path, "it is another program's SQLite file");
      return FALSE;
    }
  if (user_version == LIMNER_WORKSPACE_VERSION)
    return TRUE;
  limner_workspace_set_unusable (error, path, "its format is %u%s; this Limner knows format %u",
                                 user_version,
                                 user_version > LIMNER_WORKSPACE_VERSION ? ", of a later Limner"
                                                                         : "",
                                 LIMNER_WORKSPACE_VERSION);
  return FALSE;
}

void
limner_workspace_restrain (sqlite3 *db)
{
  static const struct
  {
    int id;
    int value;
  } limits[] = {
    { SQLITE_LIMIT_LENGTH, LIMNER_WORKSPACE_MAX_VALUE_BYTES * 2 },
    { SQLITE_LIMIT_SQL_LENGTH, 4096 },
    { SQLITE_LIMIT_COLUMN, 32 },
    { SQLITE_LIMIT_EXPR_DEPTH, 32 },
    { SQLITE_LIMIT_COMPOUND_SELECT, 8 },
    { SQLITE_LIMIT_FUNCTION_ARG, 8 },
    { SQLITE_LIMIT_ATTACHED, 0 },
    { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
    { SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
    { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
    { SQLITE_LIMIT_WORKER_THREADS, 0 },
  };
  static const struct
  {
    int id;
    int value;
  } switches[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (db, limits[i].id, limits[i].value);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    sqlite3_db_config (db, switches[i].id, switches[i].value, NULL);
}

static int
on_progress (gpointer deadline)
{
  return g_get_monotonic_time () > *(const gint64 *) deadline;
}

/* Every entry of the schema is one of our tables, in our words. */
static gboolean
check_schema (const char *path, sqlite3 *db, GError **error)
{
  g_autoptr (sqlite3_stmt) stmt = NULL;
  guint n_found = 0;
  int rc =
      sqlite3_prepare_v2 (db,
                          "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY name",
                          -1, &stmt, NULL);

  while (rc == SQLITE_OK && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      const LimnerWorkspaceTable *table = &limner_workspace_tables[n_found];

      if (n_found == limner_workspace_n_tables ||
          g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "table") != 0 ||
          g_strcmp0 ((const char *) sqlite3_column_text (stmt, 1), table->name) != 0 ||
          g_strcmp0 ((const char *) sqlite3_column_text (stmt, 2), table->name) != 0 ||
          g_strcmp0 ((const char *) sqlite3_column_text (stmt, 3), table->sql) != 0)
        break;
      n_found++;
      rc = SQLITE_OK;
    }
  if (rc != SQLITE_DONE && rc != SQLITE_ROW)
    limner_workspace_set_error (error, path, db, rc, FALSE);
  else if (rc == SQLITE_ROW || n_found != limner_workspace_n_tables)
    limner_workspace_set_unusable (error, path, "its tables are not as Limner makes them");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_content (const char *path, sqlite3 *db, gint64 *last_sequence, GError **error)
{
  g_autofree char *verdict = NULL;
  gint64 application_id;
  gint64 user_version;
  gint64 gaps;
  int rc = limner_workspace_query_int (db, "PRAGMA main.application_id", &application_id);

  if (rc == SQLITE_OK)
    rc = limner_workspace_query_int (db, "PRAGMA main.user_version", &user_version);
  if (rc == SQLITE_OK)
    rc = limner_workspace_query_text (db, "PRAGMA main.quick_check(1)", &verdict);
  if (rc == SQLITE_OK)
    rc = limner_workspace_query_int (db,
                                     "SELECT coalesce(max(seq), 0) - count(*) + "
                                     "coalesce(min(seq), 1) - 1 FROM edits",
                                     &gaps);
  if (rc == SQLITE_OK)
    rc = limner_workspace_query_int (db, "SELECT coalesce(max(seq), 0) FROM edits", last_sequence);
  if (rc != SQLITE_OK)
    limner_workspace_set_error (error, path, db, rc, FALSE);
  else if (application_id != LIMNER_WORKSPACE_APPLICATION_ID ||
           user_version != LIMNER_WORKSPACE_VERSION)
    limner_workspace_set_unusable (error, path, "its -wal file does not belong to it");
  else if (g_strcmp0 (verdict, "ok") != 0)
    limner_workspace_set_unusable (error, path, "it is damaged");
  else if (gaps != 0)
    limner_workspace_set_unusable (error, path, "edits are missing in it");
  else
    return TRUE;
  return FALSE;
}

gboolean
limner_workspace_check (
    const char *path, sqlite3 *db, gint64 deadline, gint64 *last_sequence, GError **error)
{
  gboolean good;

  sqlite3_progress_handler (db, 1000, on_progress, &deadline);
  good = check_schema (path, db, error) && check_content (path, db, last_sequence, error);
  sqlite3_progress_handler (db, 0, NULL, NULL);
  return good;
}
