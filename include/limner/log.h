/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The edit log behind a document: five calls (append, sync, replay since, mark applied, lease), so
 * that another store, or a failing fake in tests, can stand behind them. The workspace file
 * (SQLite) is the one that ships. Protocol: checkpoint.c and document-recover.c. Blocking; one
 * thread at a time (the document's log thread).
 */

#include <glib-object.h>
#include <limner/coco-file.h>
#include <limner/edit.h>

G_BEGIN_DECLS

#define LIMNER_LOG_ERROR (limner_log_error_quark ())
GQuark limner_log_error_quark (void);

typedef enum
{
  LIMNER_LOG_ERROR_UNUSABLE, /* W_WORKSPACE: not ours, damaged, of a later version: left as it is */
  LIMNER_LOG_ERROR_BUSY,     /* another program holds it; the message names who */
  LIMNER_LOG_ERROR_WRITE,    /* full disk, I/O error, read-only: not acknowledged */
  LIMNER_LOG_ERROR_LOST      /* somebody took the log over from us: nothing more may be written */
} LimnerLogError;

#define LIMNER_TYPE_LOG (limner_log_get_type ())
G_DECLARE_INTERFACE (LimnerLog, limner_log, LIMNER, LOG, GObject)

/* What the log knows about the COCO file its edits apply to. */
typedef struct
{
  gboolean has_base; /* FALSE: there was no COCO file yet */
  LimnerIdentity base;
  gint64 applied; /* edits up to this sequence are in base */
  gboolean has_intent;
  LimnerIdentity intent; /* a checkpoint that may or may not have been renamed: hash and size */
  gint64 intent_sequence;
} LimnerLogState;

struct _LimnerLogInterface
{
  GTypeInterface parent;

  gboolean (*append) (LimnerLog *self, LimnerStep *step, GError **error);
  gboolean (*sync) (LimnerLog *self, GError **error);
  GPtrArray *(*replay) (LimnerLog *self, gint64 since, GError **error);
  gboolean (*read_state) (LimnerLog *self, LimnerLogState *state, GError **error);
  gboolean (*write_state) (LimnerLog *self, const LimnerLogState *state, GError **error);
  char *(*dup_value) (LimnerLog *self, const char *key);
  gboolean (*set_value) (LimnerLog *self, const char *key, const char *value, GError **error);
  gboolean (*lease) (LimnerLog *self, char **holder, GError **error);
};

/**
 * limner_log_append:
 * @step: gets its sequence
 *
 * One transaction with full durability: when it returns %TRUE the step survives anything.
 */
gboolean limner_log_append (LimnerLog *self, LimnerStep *step, GError **error);
gboolean limner_log_sync (LimnerLog *self, GError **error);

/* (transfer full) (element-type LimnerStep): all steps whose sequence is greater than @since, in
 * order. */
GPtrArray *limner_log_replay (LimnerLog *self, gint64 since, GError **error);
gboolean limner_log_read_state (LimnerLog *self, LimnerLogState *state, GError **error);

/* Marks edits as applied, or writes or clears an intent; one durable transaction. */
gboolean limner_log_write_state (LimnerLog *self, const LimnerLogState *state, GError **error);

/* Small facts that belong to the dataset but not into its COCO file: colours of foreign classes,
 * image root. */
char *limner_log_dup_value (LimnerLog *self, const char *key);
gboolean limner_log_set_value (LimnerLog *self, const char *key, const char *value, GError **error);

/* Whether we hold the lease; @holder says who does (user, host, pid). */
gboolean limner_log_lease (LimnerLog *self, char **holder, GError **error);

/* ---- the SQLite workspace ---- */

#define LIMNER_TYPE_WORKSPACE (limner_workspace_get_type ())
G_DECLARE_FINAL_TYPE (LimnerWorkspace, limner_workspace, LIMNER, WORKSPACE, GObject)

/**
 * limner_workspace_dup_path:
 * @coco_path: the COCO file, which need not exist yet
 * @in_state_folder: in the user's state folder instead of beside the file
 *
 * Returns: (transfer full): .NAME.limner beside it, or STATE/limner/HASH-NAME.limner, HASH =
 * XXH3-64 of the real path
 */
char *limner_workspace_dup_path (const char *coco_path, gboolean in_state_folder);

/**
 * limner_workspace_open:
 * @path: from limner_workspace_dup_path()
 * @create: make it if it is absent (then it is reserved room for the last edits, and its folder is
 * synced)
 * @like: (nullable): COCO file whose mode and group a new one gets; %NULL: 0600
 * @error: %LIMNER_LOG_ERROR_UNUSABLE, _BUSY, _WRITE, or G_IO_ERROR_NOT_FOUND
 *
 * The file is untrusted, as it travels with datasets: that it is a regular file, ours, of a known
 * version, with our schema word for word, is checked before any query.
 */
LimnerWorkspace *limner_workspace_open (const char *path,
                                        gboolean create,
                                        const char *like,
                                        GError **error);

/**
 * limner_workspace_open_read_only:
 * @path: as above
 * @error: %LIMNER_LOG_ERROR_UNUSABLE, _BUSY, _WRITE (no room for the copy), or
 * G_IO_ERROR_NOT_FOUND
 *
 * For readers: nothing is created or changed where the log is, not even what a crash left is tidied
 * up. The log is what it was at this moment: it is copied (O(its size)) while a shared lock keeps
 * writers away. Whatever would write gives _WRITE, the lease too.
 */
LimnerWorkspace *limner_workspace_open_read_only (const char *path, GError **error);
const char *limner_workspace_get_path (LimnerWorkspace *self);

/**
 * limner_workspace_take_over:
 * @path: as above; the log exists
 *
 * The same as limner_workspace_open(), also where somebody may be alive who has the lease of a file
 * system without locks, or had its lock from another machine where this one finds none: the person
 * says so. Whoever had the lease gets %LIMNER_LOG_ERROR_LOST. A lock that can be seen, or that a
 * process of this machine has, is never taken over (%LIMNER_LOG_ERROR_BUSY).
 */
LimnerWorkspace *limner_workspace_take_over (const char *path, GError **error);

/**
 * limner_workspace_reopen:
 * @self: is closed
 *
 * After a failed write: the same log by a new connection. A lease is kept throughout, where it
 * fails by @self, which can be tended and reopened again until it is closed; a lock is not: another
 * program may be quicker (%LIMNER_LOG_ERROR_BUSY).
 */
LimnerWorkspace *limner_workspace_reopen (LimnerWorkspace *self, GError **error);

/**
 * limner_workspace_look_at_lease:
 * @beat: (out): rises every few seconds while the holder lives
 *
 * Returns: whether the log at @path is somebody's who may be alive, and the person may take it
 * over: by a lease, or by a lock of another machine where there are none here. Reads small files.
 */
gboolean limner_workspace_look_at_lease (const char *path, guint64 *beat);

/**
 * limner_workspace_tend:
 * @error: %LIMNER_LOG_ERROR_LOST
 *
 * Shows that we live, where that must be shown: every LIMNER_WORKSPACE_BEAT_US.
 *
 * Returns: %FALSE if somebody took the log over
 */
#define LIMNER_WORKSPACE_BEAT_US (5 * G_USEC_PER_SEC)
gboolean limner_workspace_tend (LimnerWorkspace *self, GError **error);

/* Whether it is guarded by a lease, because its file system has no locks. */
gboolean limner_workspace_has_lease (LimnerWorkspace *self);

/* Closes the connection and lets the lease go; a workspace that never held a step is removed again.
 */
void limner_workspace_close (LimnerWorkspace *self);

G_END_DECLS
