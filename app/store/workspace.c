/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

static void limner_workspace_log_init (LimnerLogInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnerWorkspace,
                               limner_workspace,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LIMNER_TYPE_LOG, limner_workspace_log_init))

const char *
limner_workspace_get_path (LimnerWorkspace *self)
{
  g_return_val_if_fail (LIMNER_IS_WORKSPACE (self), NULL);

  return self->path;
}

/* ---- closing ---- */

static void
unlink_beside (LimnerWorkspace *self, const char *suffix)
{
  g_autofree char *name = g_strconcat (self->file, suffix, NULL);

  unlink (name);
}

/* One whose header is not cleared is needed to roll back what could not be written. */
static void
remove_used_journal (LimnerWorkspace *self)
{
  g_autofree char *journal = g_strconcat (self->file, "-journal", NULL);
  int fd = TEMP_FAILURE_RETRY (open (journal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  guint8 first = 0;
  gssize n;

  if (fd < 0)
    return;
  n = TEMP_FAILURE_RETRY (pread (fd, &first, 1, 0));
  close (fd);
  if (n == 0 || (n == 1 && first == 0))
    unlink (journal);
}

/* All names go while the lease is held, so that nobody's new workspace is hit. */
static void
remove_names (LimnerWorkspace *self)
{
  if (self->last_sequence == 0 &&
      limner_workspace_exec (self->db, "PRAGMA journal_mode=DELETE") == SQLITE_OK)
    {
      unlink_beside (self, "-journal");
      unlink_beside (self, "");
    }
  else
    remove_used_journal (self);
}

void
limner_workspace_close (LimnerWorkspace *self)
{
  g_return_if_fail (LIMNER_IS_WORKSPACE (self));

  if (self->db == NULL)
    {
      g_clear_pointer (&self->lease, limner_lease_release); /* it could not be opened again */
      return;
    }
  g_clear_pointer (&self->insert, sqlite3_finalize);
  if (!self->read_only && !limner_workspace_is_moved (self->db) &&
      (self->lease == NULL || limner_lease_check (self->lease, NULL)))
    {
      limner_workspace_holder_remove (self->file);
      remove_names (self);
    }
  limner_workspace_drop (self);
  g_clear_pointer (&self->lease, limner_lease_release);
}

static void
limner_workspace_finalize (GObject *object)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (object);

  limner_workspace_close (self);
  g_free (self->path);
  g_free (self->file);
  G_OBJECT_CLASS (limner_workspace_parent_class)->finalize (object);
}

static void
limner_workspace_class_init (LimnerWorkspaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = limner_workspace_finalize;
}

static void
limner_workspace_init (LimnerWorkspace *self)
{
}

/* ---- the log ---- */

/* What is written into a file without a name is lost, though every write succeeds. */
static gboolean
is_in_place (LimnerWorkspace *self, GError **error)
{
  if (self->db == NULL || self->read_only)
    {
      g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE,
                   "%s: the workspace is open for reading only; nothing is written to it",
                   self->path);
      return FALSE;
    }
  if (self->lease != NULL && !limner_lease_check (self->lease, error))
    return FALSE;
  if (!limner_workspace_is_moved (self->db) &&
      (self->wal_inode == 0 || limner_workspace_get_wal_inode (self->file) == self->wal_inode))
    return TRUE;
  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE,
               "%s: the workspace was removed or replaced by another program; it must be opened "
               "again before changes can be kept in it",
               self->path);
  return FALSE;
}

/* After a commit: whoever took the lease before it may not have read what was written. */
static gboolean
is_still_ours (LimnerWorkspace *self, GError **error)
{
  return self->lease == NULL || limner_lease_check (self->lease, error);
}

gboolean
limner_workspace_has_lease (LimnerWorkspace *self)
{
  g_return_val_if_fail (LIMNER_IS_WORKSPACE (self), FALSE);

  return self->lease != NULL;
}

gboolean
limner_workspace_tend (LimnerWorkspace *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (LIMNER_IS_WORKSPACE (self), FALSE);

  if (self->lease == NULL)
    return TRUE;
  limner_lease_beat (self->lease);
  /* a disk that cannot be read now is none of this function's business */
  if (limner_lease_check (self->lease, &local_error) ||
      !g_error_matches (local_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
limner_workspace_look_at_lease (const char *path, guint64 *beat)
{
  g_autofree char *file = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  *beat = 0;
  file = limner_workspace_resolve (path, FALSE, NULL);
  if (file == NULL)
    return FALSE;
  switch (limner_lease_look (file, beat))
    {
    case LIMNER_LEASE_HELD:
      return TRUE;
    case LIMNER_LEASE_FREE: /* somebody who found locks, from another machine, maybe long ago */
      return limner_workspace_holder_is_elsewhere (file) && !limner_workspace_has_locks (file);
    case LIMNER_LEASE_GONE:
    default:
      return FALSE;
    }
}

/* Room for the last edits: the blocks of the -wal file exist from here on, whatever the disk says
 * later. SQLite removes that file at every close, so it is done once for each connection. */
static void
make_room (LimnerWorkspace *self)
{
  int rc;

  if (self->has_room)
    return;
  rc = limner_workspace_exec (self->db, LIMNER_WORKSPACE_ROOM_SQL);
  if (rc == SQLITE_OK)
    rc = limner_workspace_exec (self->db, "DELETE FROM room");
  if (rc == SQLITE_OK)
    rc = sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  self->has_room = rc == SQLITE_OK;
  if (rc != SQLITE_OK)
    g_debug ("%s: no room reserved: %s", self->path, sqlite3_errstr (rc));
}

static gboolean
is_full (LimnerWorkspace *self, int rc)
{
  return (rc & 0xff) == SQLITE_FULL ||
         ((rc & 0xff) == SQLITE_IOERR && sqlite3_system_errno (self->db) == EDQUOT);
}

/* Moves what is in the -wal file over, so that its blocks can be written again. */
static gboolean
reuse_room (LimnerWorkspace *self)
{
  return self->wal_inode != 0 &&
         sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) ==
             SQLITE_OK;
}

static gboolean
append (LimnerLog *log, LimnerStep *step, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);
  gint64 sequence = self->last_sequence + 1;
  int rc;

  if (!is_in_place (self, error))
    return FALSE;
  make_room (self);
  rc = limner_workspace_insert_step (self->db, self->insert, step, sequence);
  if (is_full (self, rc) && reuse_room (self))
    rc = limner_workspace_insert_step (self->db, self->insert, step, sequence);
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
      return FALSE;
    }
  if (!is_still_ours (self, error))
    return FALSE;
  self->last_sequence += step->edits->len;
  step->sequence = self->last_sequence;
  return TRUE;
}

/* Every transaction is durable by itself; what is left is whether the file is still there. */
static gboolean
sync_log (LimnerLog *log, GError **error)
{
  return is_in_place (LIMNER_WORKSPACE (log), error);
}

static gboolean
is_open (LimnerWorkspace *self, GError **error)
{
  if (self->db != NULL)
    return TRUE;
  limner_workspace_set_unusable (error, self->path, "it has been closed");
  return FALSE;
}

static GPtrArray *
replay (LimnerLog *log, gint64 since, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);

  if (!is_open (self, error))
    return NULL;
  return limner_workspace_read_steps (self->path, self->db, since, error);
}

static gboolean
read_state (LimnerLog *log, LimnerLogState *state, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);
  int rc;

  if (!is_open (self, error))
    return FALSE;
  rc = limner_workspace_read_state (self->db, state);
  if (rc != SQLITE_OK)
    limner_workspace_set_error (error, self->path, self->db, rc, FALSE);
  return rc == SQLITE_OK;
}

static gboolean
write_state (LimnerLog *log, const LimnerLogState *state, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);
  int rc;

  if (!is_in_place (self, error))
    return FALSE;
  rc = limner_workspace_write_state (self->db, state);
  if (is_full (self, rc) && reuse_room (self))
    rc = limner_workspace_write_state (self->db, state);
  if (rc != SQLITE_OK)
    limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
  return rc == SQLITE_OK && is_still_ours (self, error);
}

static char *
dup_value (LimnerLog *log, const char *key)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);
  g_autoptr (sqlite3_stmt) stmt = NULL;
  const char *value;

  if (self->db == NULL || sqlite3_prepare_v2 (self->db, "SELECT value FROM facts WHERE key = ?1",
                                              -1, &stmt, NULL) != SQLITE_OK)
    return NULL;
  sqlite3_bind_text (stmt, 1, key, -1, SQLITE_STATIC);
  if (sqlite3_step (stmt) != SQLITE_ROW)
    return NULL;
  value = (const char *) sqlite3_column_text (stmt, 0);
  return g_utf8_validate (value, -1, NULL) ? g_strdup (value) : NULL;
}

static gboolean
set_value (LimnerLog *log, const char *key, const char *value, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);
  g_autoptr (sqlite3_stmt) stmt = NULL;
  const char *sql = value != NULL ? "REPLACE INTO facts(key, value) VALUES (?1, ?2)"
                                  : "DELETE FROM facts WHERE key = ?1";
  int rc;

  if (!is_in_place (self, error))
    return FALSE;
  rc = sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK)
    {
      sqlite3_bind_text (stmt, 1, key, -1, SQLITE_STATIC);
      if (value != NULL)
        sqlite3_bind_text (stmt, 2, value, -1, SQLITE_STATIC);
      rc = sqlite3_step (stmt);
    }
  if (rc == SQLITE_DONE)
    return TRUE;
  limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
  return FALSE;
}

static gboolean
lease (LimnerLog *log, char **holder, GError **error)
{
  LimnerWorkspace *self = LIMNER_WORKSPACE (log);

  if (holder != NULL)
    *holder = NULL;
  if (!is_in_place (self, error))
    return FALSE;
  if (holder != NULL)
    *holder = limner_workspace_holder_dup_self ();
  return TRUE;
}

static void
limner_workspace_log_init (LimnerLogInterface *iface)
{
  iface->append = append;
  iface->sync = sync_log;
  iface->replay = replay;
  iface->read_state = read_state;
  iface->write_state = write_state;
  iface->dup_value = dup_value;
  iface->set_value = set_value;
  iface->lease = lease;
}
