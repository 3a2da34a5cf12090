/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The parts of the SQLite workspace. In all of them 'path' is what the caller asked for and what
 * messages name, 'file' is where it really lies: its folder resolved, so that SQLite can refuse
 * every link.
 */

#include <limner/log.h>
#include <sqlite3.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

#define LIMNER_WORKSPACE_APPLICATION_ID 0x4c6d6e72 /* "Lmnr" */
#define LIMNER_WORKSPACE_VERSION 1

/* A record is at most 256 MiB, see coco-file.h; a row holds two of them. */
#define LIMNER_WORKSPACE_MAX_VALUE_BYTES ((256 << 20) + 4096)
#define LIMNER_WORKSPACE_ROOM_SQL                                                                  \
  "INSERT INTO room VALUES (randomblob(524288))" /* not zeros: some file systems keep no block     \
                                                    for these */

/* ---- workspace-sql.c ---- */

void limner_workspace_set_error (
    GError **error, const char *path, sqlite3 *db, int rc, gboolean writing);
void limner_workspace_set_errno (GError **error, const char *path, const char *what, int code);
void limner_workspace_set_unusable (GError **error, const char *path, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Runs one statement without results. Returns an SQLite code. */
int limner_workspace_exec (sqlite3 *db, const char *sql);

/* The first column of the first row; what is not there is 0 or NULL. */
int limner_workspace_query_int (sqlite3 *db, const char *sql, gint64 *value);
int limner_workspace_query_text (sqlite3 *db, const char *sql, char **value);

/* ---- workspace-path.c ---- */

/* (transfer full): @path with its folder resolved; G_IO_ERROR_NOT_FOUND where there is no such
 * folder, which is made if it is the state folder's and @create. */
char *limner_workspace_resolve (const char *path, gboolean create, GError **error);

/* Whether the file systems there lose locks or shared memory, or may lie about them. */
gboolean limner_workspace_is_remote (const char *file);
gboolean limner_workspace_sync_folder (const char *path, const char *file, GError **error);

/* ---- workspace-check.c ---- */

/* Time that judging @file may take: 4 s and 1 s for every 16 MiB that it really occupies. */
gint64 limner_workspace_get_deadline (const char *file);

/* Looks without opening: 1 a regular file, 0 nothing, -1 something we keep our hands off. */
int limner_workspace_look (const char *path, const char *file, GError **error);

/* Reads the first bytes through SQLite's descriptor, before SQLite itself has read anything. */
gboolean limner_workspace_check_header (const char *path, sqlite3 *db, GError **error);

/* Limits and settings that hold from the first query on. */
void limner_workspace_restrain (sqlite3 *db);

/**
 * limner_workspace_check:
 * @deadline: monotonic time at which it gives up
 * @last_sequence: (out): of the newest edit in it; 0 if there is none
 *
 * The schema word for word, every page, and the row of numbers. The lease is held.
 */
gboolean limner_workspace_check (
    const char *path, sqlite3 *db, gint64 deadline, gint64 *last_sequence, GError **error);

/* ---- workspace-vfs.c ---- */

/* Ways of SQLite's to the file system: with locks, and one that takes every lock as given, for
 * files that a lease guards. */
#define LIMNER_WORKSPACE_VFS_LOCKS "unix"
#define LIMNER_WORKSPACE_VFS_NO_LOCKS "unix-none"

/**
 * limner_workspace_open_database:
 * @access: SQLITE_OPEN_READONLY or SQLITE_OPEN_READWRITE
 * @vfs: (nullable): %LIMNER_WORKSPACE_VFS_LOCKS
 * @db: (out): to be closed whatever is returned
 *
 * Follows no link; for one thread at a time. An fsync() that a signal interrupts is done again.
 *
 * Returns: an SQLite code
 */
int limner_workspace_open_database (const char *file, int access, const char *vfs, sqlite3 **db);

/* ---- workspace-create.c ---- */

/* Makes an empty workspace under a temporary name and gives it its own; somebody else's that came
 * first is left. @vfs: (nullable): with locks. */
gboolean limner_workspace_create (
    const char *path, const char *file, const char *like, const char *vfs, GError **error);

/* Gives the temporary file its name unless that is taken: 0, or an errno, EEXIST where another
 * program was quicker. */
int limner_workspace_publish (const char *temporary, const char *file);

/* Whoever may read and write @like (nullable) may do so with the file behind @fd. */
void limner_workspace_set_access (int fd, const char *like);

/* The statements that make the tables, sorted by table. */
typedef struct
{
  const char *name;
  const char *sql;
} LimnerWorkspaceTable;
extern const LimnerWorkspaceTable limner_workspace_tables[];
extern const guint limner_workspace_n_tables;

/* ---- workspace-holder.c ---- */

/* The small file beside the log that says who holds it: for messages, never believed otherwise. */
void limner_workspace_holder_write (const char *file);
void limner_workspace_holder_remove (const char *file);
char *limner_workspace_holder_dup_self (void);

/* (nullable): "anna on ws12 (process 1234) since ..." */
char *limner_workspace_holder_dup (const char *file);
char *limner_workspace_holder_format (const char *user,
                                      const char *host,
                                      int pid,
                                      const char *since);
void limner_workspace_set_busy (GError **error, const char *path, const char *file);

/* Whether it names another machine, of whose processes nothing is known here. */
gboolean limner_workspace_holder_is_elsewhere (const char *file);

/* Whether the file system there has locks; where it cannot be told, it has. */
gboolean limner_workspace_has_locks (const char *file);

/* ---- workspace-lease.c ---- */

/* Who may write where there are no locks. Log thread, as all of the workspace. */
typedef struct _LimnerLease LimnerLease;

typedef enum
{
  LIMNER_LEASE_FREE, /* nobody */
  LIMNER_LEASE_GONE, /* somebody who is gone for certain */
  LIMNER_LEASE_HELD
} LimnerLeaseState;

/* @beat: (out) (optional): rises while its holder lives. */
LimnerLeaseState limner_lease_look (const char *file, guint64 *beat);

/* "held by ...": who has the lease. */
void limner_lease_set_busy (GError **error, const char *path, const char *file);

/**
 * limner_lease_take:
 * @path: of the log, for messages
 * @file: of the log
 * @like: (nullable): COCO file whose mode and group it gets; %NULL: the log's
 * @by_force: the person says that it may be taken from a holder that may be alive
 * @error: %LIMNER_LOG_ERROR_BUSY names the holder; _WRITE
 *
 * Afterwards no temporary file of another holder is left, so that nothing it began can be renamed
 * into place; its log must still be replaced by a copy, limner_workspace_renew().
 * limner_lease_release() lets it go.
 */
LimnerLease *limner_lease_take (
    const char *path, const char *file, const char *like, gboolean by_force, GError **error);

/* Whether it is still ours: %LIMNER_LOG_ERROR_LOST if somebody took it. One read of a small file.
 */
gboolean limner_lease_check (LimnerLease *self, GError **error);
void limner_lease_beat (LimnerLease *self);

/* (nullable): lets it go, if it is still ours, and frees it. */
void limner_lease_release (LimnerLease *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerLease, limner_lease_release)

/* ---- workspace.c and workspace-open.c ---- */

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

/* The inode of the -wal file, 0 where there is none. */
ino_t limner_workspace_get_wal_inode (const char *file);

/* Whether another file lies under its name now. */
gboolean limner_workspace_is_moved (sqlite3 *db);

/* Closes the database without touching what is there. */
void limner_workspace_drop (LimnerWorkspace *self);

/* ---- workspace-renew.c ---- */

/**
 * limner_workspace_renew:
 * @judged: the log as it is, opened from a copy of its own
 * @file: of the log
 *
 * Puts a whole copy in the place of the log, under the lease: what an earlier holder still writes
 * goes into the old file, which has no name any more. O(its size). Killed in between, it can be
 * done again.
 */
gboolean limner_workspace_renew (const char *path,
                                 const char *file,
                                 sqlite3 *judged,
                                 GError **error);

/* ---- workspace-snapshot.c ---- */

/**
 * limner_workspace_snapshot:
 * @vfs: (nullable): with locks; without, it is seen to that nothing changes meanwhile
 *
 * Copies the log, with what a crash left beside it, into a new private folder of the system's
 * temporary one. Creates nothing where the log is.
 *
 * Returns: (transfer full): the copy's path; remove it with limner_workspace_snapshot_remove()
 */
char *limner_workspace_snapshot (const char *path,
                                 const char *file,
                                 const char *vfs,
                                 GError **error);
void limner_workspace_snapshot_remove (const char *copy);

/* ---- workspace-rows.c ---- */

sqlite3_stmt *limner_workspace_prepare_insert (sqlite3 *db);

/* One transaction; the step's edits get @sequence, @sequence + 1, ... Returns an SQLite code. */
int limner_workspace_insert_step (sqlite3 *db,
                                  sqlite3_stmt *insert,
                                  const LimnerStep *step,
                                  gint64 sequence);
GPtrArray *limner_workspace_read_steps (const char *path,
                                        sqlite3 *db,
                                        gint64 since,
                                        GError **error);
int limner_workspace_read_state (sqlite3 *db, LimnerLogState *state);
int limner_workspace_write_state (sqlite3 *db, const LimnerLogState *state);

G_END_DECLS
