/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/* Opening a workspace: who holds it, with locks or with a lease, and whether it can be trusted. */

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TRIES 5

ino_t
limner_workspace_get_wal_inode (const char *file)
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

gboolean
limner_workspace_is_moved (sqlite3 *db)
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
    *moved = limner_workspace_is_moved (self->db);
  return rc == SQLITE_OK && !*moved;
}

/* Takes the lease, checks, and prepares. */
static gboolean
take (LimnerWorkspace *self, GError **error)
{
  gint64 deadline = limner_workspace_get_deadline (self->file);
  gboolean had_wal = limner_workspace_get_wal_inode (self->file) != 0;
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

void
limner_workspace_drop (LimnerWorkspace *self)
{
  g_clear_pointer (&self->insert, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close_v2);
}

/* @vfs: (nullable): with locks */
static LimnerWorkspace *
open_once (const char *path,
           const char *file,
           const char *vfs,
           gboolean read_only,
           gboolean *moved,
           GError **error)
{
  g_autoptr (LimnerWorkspace) self = g_object_new (LIMNER_TYPE_WORKSPACE, NULL);
  int rc = limner_workspace_open_database (file, SQLITE_OPEN_READWRITE, vfs, &self->db);

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
      limner_workspace_drop (self);
      return NULL;
    }
  if (rc != SQLITE_OK)
    {
      limner_workspace_set_error (error, path, self->db, rc, rc == SQLITE_READONLY);
      limner_workspace_drop (self);
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, 1);
  if (!limner_workspace_check_header (path, self->db, error) ||
      !hold_in_place (self, moved, error) || !take (self, error) ||
      (!read_only && !limner_workspace_sync_folder (path, file, error)))
    {
      limner_workspace_drop (self);
      return NULL;
    }
  if (read_only)
    return g_steal_pointer (&self);
  self->insert = limner_workspace_prepare_insert (self->db);
  self->wal_inode = limner_workspace_get_wal_inode (file);
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
          limner_workspace_drop (self);
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
  LimnerWorkspace *again;
  gboolean moved;

  g_return_val_if_fail (LIMNER_IS_WORKSPACE (self), NULL);

  if (self->lease == NULL)
    {
      limner_workspace_close (self);
      return limner_workspace_open (self->path, FALSE, NULL, error);
    }
  /* never let go in between, nor swept anew: a checkpoint of ours may be under way */
  limner_workspace_drop (self);
  if (!limner_lease_check (self->lease, error) ||
      limner_workspace_look (self->path, self->file, error) < 0)
    return NULL;
  again = open_once (self->path, self->file, LIMNER_WORKSPACE_VFS_NO_LOCKS, FALSE, &moved, error);
  if (again == NULL && moved)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", self->path);
  if (again != NULL)
    again->lease = g_steal_pointer (&self->lease);
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
