/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TRIES 5

struct _LimnerWorkspace
{
  GObject parent_instance;
  char *path;
  char *file;
  sqlite3 *db;
  sqlite3_stmt *insert;
  gint64 last_sequence;
  ino_t wal_inode;    /* 0: there is no -wal file (remote file systems) */
  LimnerLease *lease; /* (nullable): where the file system has no locks */
  gboolean read_only;
  gboolean without_locks;
  gboolean has_room;
};

static void limner_workspace_log_init (LimnerLogInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnerWorkspace,
                               limner_workspace,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LIMNER_TYPE_LOG, limner_workspace_log_init))

/* ---- opening ---- */

/* The inode of the -wal file, 0 where there is none. */
static ino_t
get_wal_inode (const char *file)
{
  g_autofree char *wal = g_strconcat (file, "-wal", NULL);
  struct stat info;

  return lstat (wal, &info) == 0 ? info.st_ino : 0;
}

/* Settings that touch no page and must hold before the first one is read. */
static int
configure_before (sqlite3 *db)
{
  static const char *const pragmas[] = {
    "PRAGMA locking_mode=EXCLUSIVE", /* before WAL: then it keeps its index in memory, no -shm */
    "PRAGMA busy_timeout=0",         "PRAGMA mmap_size=0",       "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",     "PRAGMA temp_store=MEMORY", "PRAGMA recursive_triggers=OFF",
    "PRAGMA foreign_keys=OFF",
  };
  int rc = SQLITE_OK;

  limner_workspace_restrain (db);
  for (guint i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (pragmas); i++)
    rc = limner_workspace_exec (db, pragmas[i]);
  return rc;
}

/* How it is written; the lease is held and the content has been checked. */
static int
configure_after (sqlite3 *db, gboolean remote)
{
  static const char *const pragmas[] = {
    "PRAGMA cache_size=-8000",        "PRAGMA secure_delete=OFF", "PRAGMA journal_size_limit=-1",
    "PRAGMA wal_autocheckpoint=1000", "PRAGMA fullfsync=ON",      "PRAGMA checkpoint_fullfsync=ON",
  };
  const char *wanted = remote ? "truncate" : "wal";
  g_autofree char *mode = NULL;
  int rc =
      limner_workspace_exec (db, remote ? "PRAGMA synchronous=EXTRA" : "PRAGMA synchronous=FULL");

  for (guint i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (pragmas); i++)
    rc = limner_workspace_exec (db, pragmas[i]);
  if (rc == SQLITE_OK)
    rc = limner_workspace_query_text (db,
                                      remote ? "PRAGMA journal_mode=TRUNCATE"
                                             : "PRAGMA journal_mode=WAL",
                                      &mode);
  if (rc == SQLITE_OK && g_strcmp0 (mode, wanted) != 0)
    rc = SQLITE_CANTOPEN;
  /* the -wal file is made at the first transaction only, and it must be known */
  if (rc == SQLITE_OK && !remote)
    rc = limner_workspace_exec (db, "BEGIN IMMEDIATE");
  if (rc == SQLITE_OK && !remote)
    rc = limner_workspace_exec (db, "COMMIT");
  return rc;
}

static gboolean
is_moved (sqlite3 *db)
{
  int moved = 0;

  return sqlite3_file_control (db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved;
}

/* Keeps the file in its place: whoever removes one holds the exclusive lock. Before any query, for
 * SQLite would take a -wal or -journal file that lies under this name now, though it belongs to the
 * file's successor, and remove it. Its own locking goes on from here. */
static gboolean
hold_in_place (LimnerWorkspace *self, gboolean *moved, GError **error)
{
  sqlite3_file *handle = NULL;
  int rc = sqlite3_file_control (self->db, "main", SQLITE_FCNTL_FILE_POINTER, &handle);

  if (rc == SQLITE_OK)
    rc = handle->pMethods->xLock (handle, SQLITE_LOCK_SHARED);
  if ((rc & 0xff) == SQLITE_BUSY)
    limner_workspace_set_busy (error, self->path, self->file);
  else if (rc != SQLITE_OK)
    limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
  else
    *moved = is_moved (self->db);
  return rc == SQLITE_OK && !*moved;
}

/* Takes the lease, checks, and prepares. */
static gboolean
take (LimnerWorkspace *self, GError **error)
{
  gint64 deadline = limner_workspace_get_deadline (self->file);
  gboolean had_wal = get_wal_inode (self->file) != 0;
  int rc;

  /* a workspace that turns out not to be ours keeps its -wal file */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, had_wal || self->read_only, NULL);
  rc = configure_before (self->db);
  if (rc == SQLITE_OK)
    rc = limner_workspace_exec (self->db, "BEGIN EXCLUSIVE");
  if ((rc & 0xff) == SQLITE_BUSY)
    {
      limner_workspace_set_busy (error, self->path, self->file);
      return FALSE;
    }
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
      return FALSE;
    }
  if (!limner_workspace_check (self->path, self->db, deadline, &self->last_sequence, error))
    return FALSE;
  rc = limner_workspace_exec (self->db, "COMMIT");
  if (rc == SQLITE_OK)
    rc = self->read_only ? limner_workspace_exec (self->db, "PRAGMA query_only=ON")
                         : configure_after (self->db, self->without_locks ||
                                                          limner_workspace_is_remote (self->file));
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, self->path, self->db, rc, TRUE);
      return FALSE;
    }
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, self->read_only, NULL);
  return TRUE;
}

/* Closes without touching what is there. */
static void
drop (LimnerWorkspace *self)
{
  g_clear_pointer (&self->insert, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close_v2);
}

/* @vfs: (nullable): SQLite's usual one */
static LimnerWorkspace *
open_once (const char *path,
           const char *file,
           const char *vfs,
           gboolean read_only,
           gboolean *moved,
           GError **error)
{
  g_autoptr (LimnerWorkspace) self = g_object_new (LIMNER_TYPE_WORKSPACE, NULL);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
  int rc = sqlite3_open_v2 (file, &self->db, flags, vfs);

  *moved = FALSE;
  self->path = g_strdup (path);
  self->file = g_strdup (file);
  self->read_only = read_only;
  self->without_locks = vfs != NULL;
  if (rc == SQLITE_OK && sqlite3_db_readonly (self->db, "main") == 1)
    rc = SQLITE_READONLY;
  if (rc == SQLITE_CANTOPEN && sqlite3_system_errno (self->db) == ENOENT)
    {
      *moved = TRUE; /* somebody's unused one, which is removed when it is closed */
      drop (self);
      return NULL;
    }
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, path, self->db, rc, rc == SQLITE_READONLY);
      drop (self);
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, 1);
  if (!limner_workspace_check_header (path, self->db, error) ||
      !hold_in_place (self, moved, error) || !take (self, error) ||
      (!read_only && !limner_workspace_sync_folder (path, file, error)))
    {
      drop (self);
      return NULL;
    }
  if (read_only)
    return g_steal_pointer (&self);
  self->insert = limner_workspace_prepare_insert (self->db);
  self->wal_inode = get_wal_inode (file);
  if (!self->without_locks) /* the lease tells who */
    limner_workspace_holder_write (file);
  return g_steal_pointer (&self);
}

static LimnerWorkspace *
open_copy (const char *path, const char *file, const char *vfs, GError **error)
{
  g_autofree char *copy = limner_workspace_snapshot (path, file, vfs, error);
  LimnerWorkspace *self;
  gboolean moved;

  if (copy == NULL)
    return NULL;
  self = open_once (path, copy, NULL, TRUE, &moved, error);
  if (self == NULL && moved)
    limner_workspace_set_unusable (error, path, "its copy was removed");
  limner_workspace_snapshot_remove (copy); /* the descriptors stay good */
  return self;
}

/* SQLite rolls a journal back, and removes it, before its first query: what that makes of the file
 * is judged in a copy, so that one that is not ours is left as it is. */
static gboolean
check_with_journal (const char *path, const char *file, GError **error)
{
  g_autofree char *journal = g_strconcat (file, "-journal", NULL);
  g_autoptr (LimnerWorkspace) judged = NULL;
  g_autoptr (GError) local_error = NULL;
  struct stat info;

  if (lstat (journal, &info) != 0 || info.st_size == 0)
    return TRUE;
  judged = open_copy (path, file, NULL, &local_error);
  if (judged != NULL || g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
renew_from_copy (const char *path, const char *file, GError **error)
{
  g_autoptr (LimnerWorkspace) judged = open_copy (path, file, LIMNER_WORKSPACE_VFS_NO_LOCKS, error);

  return judged != NULL && limner_workspace_renew (path, file, judged->db, error);
}

/* Under a lease instead of a lock; the log is put anew in its place, see workspace-lease.c. */
static LimnerWorkspace *
open_leased (const char *path,
             const char *file,
             gboolean create,
             const char *like,
             gboolean by_force,
             GError **error)
{
  g_autoptr (LimnerLease) lease = NULL;
  LimnerWorkspace *self;
  gboolean moved;
  int there = limner_workspace_look (path, file, error);

  if (there == 0 && !create)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", path);
  if (there < 0 || (there == 0 && !create))
    return NULL;
  lease = limner_lease_take (path, file, like, by_force, error);
  if (lease == NULL)
    return NULL;
  there = limner_workspace_look (path, file, error);
  if (there < 0)
    return NULL;
  if (there == 0 ? !limner_workspace_create (path, file, like, LIMNER_WORKSPACE_VFS_NO_LOCKS, error)
                 : !renew_from_copy (path, file, error))
    return NULL;
  if (!limner_lease_check (lease, error))
    return NULL;
  self = open_once (path, file, LIMNER_WORKSPACE_VFS_NO_LOCKS, FALSE, &moved, error);
  if (self == NULL && moved)
    limner_workspace_set_unusable (error, path, "it was removed while it was being opened");
  if (self != NULL)
    self->lease = g_steal_pointer (&lease);
  return self;
}

/* Under a lock. *@leased: that is not how this log is guarded, or can be. */
static LimnerWorkspace *
open_locked (const char *path,
             const char *file,
             gboolean create,
             const char *like,
             gboolean *leased,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *leased = limner_lease_look (file, NULL) != LIMNER_LEASE_FREE;
  for (guint i = 0; !*leased && i < MAX_TRIES; i++)
    {
      LimnerWorkspace *self;
      gboolean moved;
      int there = limner_workspace_look (path, file, error);

      if (there < 0)
        return NULL;
      if (there == 0 && !create)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", path);
          return NULL;
        }
      if (there == 0 && !limner_workspace_create (path, file, like, NULL, &local_error))
        {
          *leased = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      self = NULL;
      moved = FALSE;
      if (there == 0 || check_with_journal (path, file, &local_error))
        self = open_once (path, file, NULL, FALSE, &moved, &local_error);
      if (self != NULL && limner_lease_look (file, NULL) == LIMNER_LEASE_FREE)
        return self;
      if (self != NULL) /* made while we opened it, by somebody who finds no locks here */
        {
          limner_workspace_holder_remove (file);
          drop (self);
        }
      *leased = self != NULL || (!moved && !limner_workspace_has_locks (file));
      g_clear_object (&self);
      if (!moved)
        {
          if (local_error != NULL)
            g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
  /* made and removed again and again, so somebody is at work there */
  limner_workspace_set_busy (error, path, file);
  return NULL;
}

/* Of somebody who was killed before making a log. */
static void
sweep_lease_without_log (const char *path, const char *file)
{
  if (limner_lease_look (file, NULL) == LIMNER_LEASE_GONE &&
      limner_workspace_look (path, file, NULL) == 0)
    limner_lease_release (limner_lease_take (path, file, NULL, FALSE, NULL));
}

static LimnerWorkspace *
open_any (const char *path, gboolean create, const char *like, gboolean by_force, GError **error)
{
  g_autofree char *file = limner_workspace_resolve (path, create, error);
  LimnerWorkspace *self;
  gboolean leased;
  g_autoptr (GError) local_error = NULL;

  if (file == NULL)
    return NULL;
  self = open_locked (path, file, create, like, &leased, &local_error);
  if (self != NULL)
    return self;
  if (leased)
    self = open_leased (path, file, create, like, by_force, error);
  if (leased && self == NULL && !create)
    sweep_lease_without_log (path, file);
  if (leased)
    return self;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

LimnerWorkspace *
limner_workspace_open (const char *path, gboolean create, const char *like, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return open_any (path, create, like, FALSE, error);
}

LimnerWorkspace *
limner_workspace_reopen (LimnerWorkspace *self, GError **error)
{
  g_autoptr (LimnerLease) lease = NULL;
  LimnerWorkspace *again;
  gboolean moved;

  g_return_val_if_fail (LIMNER_IS_WORKSPACE (self), NULL);

  if (self->lease == NULL)
    {
      limner_workspace_close (self);
      return limner_workspace_open (self->path, FALSE, NULL, error);
    }
  /* never let go in between, nor swept anew: a checkpoint of ours may be under way */
  lease = g_steal_pointer (&self->lease);
  drop (self);
  if (!limner_lease_check (lease, error) ||
      limner_workspace_look (self->path, self->file, error) < 0)
    return NULL;
  again = open_once (self->path, self->file, LIMNER_WORKSPACE_VFS_NO_LOCKS, FALSE, &moved, error);
  if (again == NULL && moved)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", self->path);
  if (again != NULL)
    again->lease = g_steal_pointer (&lease);
  return again;
}

LimnerWorkspace *
limner_workspace_take_over (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return open_any (path, FALSE, NULL, TRUE, error);
}

/* Nobody writes as far as can be told: the lease is free, or its holder gone. */
static LimnerWorkspace *
open_read_only (const char *path, const char *file, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  LimnerLeaseState lease = limner_lease_look (file, NULL);
  g_autofree char *holder = NULL;
  LimnerWorkspace *self = NULL;

  if (lease == LIMNER_LEASE_HELD)
    {
      limner_lease_set_busy (error, path, file);
      return NULL;
    }
  if (lease == LIMNER_LEASE_FREE)
    self = open_copy (path, file, NULL, &local_error);
  holder = limner_workspace_holder_dup (file);
  if (self == NULL &&
      (lease == LIMNER_LEASE_GONE || (holder == NULL && !limner_workspace_has_locks (file))))
    {
      g_clear_error (&local_error);
      self = open_copy (path, file, LIMNER_WORKSPACE_VFS_NO_LOCKS, &local_error);
    }
  if (self == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return self;
}

LimnerWorkspace *
limner_workspace_open_read_only (const char *path, GError **error)
{
  g_autofree char *file = NULL;
  int there;

  g_return_val_if_fail (path != NULL, NULL);

  file = limner_workspace_resolve (path, FALSE, error);
  if (file == NULL)
    return NULL;
  there = limner_workspace_look (path, file, error);
  if (there == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", path);
  return there > 0 ? open_read_only (path, file, error) : NULL;
}

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
    return;
  g_clear_pointer (&self->insert, sqlite3_finalize);
  if (!self->read_only && !is_moved (self->db) &&
      (self->lease == NULL || limner_lease_check (self->lease, NULL)))
    {
      limner_workspace_holder_remove (self->file);
      remove_names (self);
    }
  drop (self);
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
  if (!is_moved (self->db) &&
      (self->wal_inode == 0 || get_wal_inode (self->file) == self->wal_inode))
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
  return file != NULL && limner_lease_look (file, beat) == LIMNER_LEASE_HELD;
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
