/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The document cut along its meaning: document.c (life and properties), document-session.c
 * (opening and closing), document-registry.c (one dataset is one document), document-open.c with
 * document-recover.c, folder-scan.c and document-frame.c (what a thread reads before there is a
 * document), document-loaded.c (what becomes of that), document-edit.c (steps, undo,
 * acknowledgements), transaction*.c (what a step is made of), document-records.c (texts),
 * checkpoint.c, document-watch.c (other writers), document-reload.c, document-merge.c and
 * document-conflict.c (our edits over their file), document-held.c (another program has the lock),
 * document-trouble.c (what is not safe and why), document-export.c. The log behind it:
 * log-thread.c, log-fallback.c.
 */

#include <limner/document.h>

#include "log-thread.h"

G_BEGIN_DECLS

#define LIMNER_N_TROUBLES (LIMNER_TROUBLE_PARTED + 1)

/* 'info' of a COCO file that Limner makes. */
#define LIMNER_NEW_INFO                                                                            \
  "{\"description\": \"Annotated with Limner\", \"limner\": {\"frame\": \"upright\"}}"

/* document-conflict.c */
void limner_conflict_free (LimnerConflict *self);

/* When something was seen, by two clocks of this machine. file-moment.c */
typedef struct
{
  gint64 real_us;
  gint64 boot_us; /* since the machine started: never set */
} LimnerMoment;

LimnerMoment limner_moment_now (void);

/* Whether @identity, seen at that moment, is so fresh that its file may have been written again
 * without any time telling. By the file system's own clock: where that is another machine's, a file
 * is written there to see it. */
gboolean limner_moment_is_racy (const LimnerMoment *self,
                                const char *path,
                                const LimnerIdentity *identity);

/* What a thread has read, before it becomes a document or replaces what one has. */
typedef struct
{
  char *path;         /* of the COCO file, as the person named it */
  char *real_path;    /* without links: log, backup and lock go by this one */
  char *image_root;   /* (nullable) */
  char *start_name;   /* (nullable): picture given to open() */
  gboolean is_folder; /* a folder was opened: it is the image root where nothing else is found */
  gboolean is_clean;  /* nothing is hidden in the folder, so no leftovers of a killed save */
  LimnerOpenFlags flags;

  LimnerCocoFile *file;    /* (nullable) */
  LimnerMoment file_taken; /* when the file's identity was */
  LimnerDataset *dataset;
  LimnerFrame frame;
  GPtrArray *findings;  /* (element-type LimnerFinding) */
  GPtrArray *steps;     /* (element-type LimnerStep): history, oldest first */
  GPtrArray *pending;   /* (element-type LimnerStep): those that are not in the file */
  GPtrArray *conflicts; /* (element-type LimnerConflict) */
  GPtrArray *renumber;  /* (element-type LimnerConflict): annotations both created under one id */
  gboolean must_adopt;  /* the log's base is not the file, which is another program's */
  gboolean from_backup; /* the COCO file is gone; this is its backup with all edits */
  gboolean is_held;
  gboolean is_read_only; /* nothing may be written beside the images */
  gboolean is_writable;  /* but the COCO file itself may */
  char *holder_text;     /* (nullable): why it is held */
  char *unusable_text;   /* (nullable): why the workspace beside is left alone */
  guint n_parted;        /* changes in the log beside that the one in use knows nothing of */
  LimnerLogSetup *setup;
  gpointer slot; /* (nullable): claim in the registry */
} LimnerLoaded;

void limner_loaded_free (LimnerLoaded *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerLoaded, limner_loaded_free)

typedef struct _LimnerCheckpoint LimnerCheckpoint;

struct _LimnerDocument
{
  GObject parent_instance;

  GMainContext *context;
  LimnerOpenFlags flags;
  char *path;
  char *real_path;
  char *folder;
  char *image_root; /* (nullable) */
  gpointer slot;    /* (nullable): our place in the registry */

  LimnerDataset *dataset;
  LimnerHistory *history;
  LimnerCocoFile *file; /* (nullable) */
  LimnerMoment file_taken;
  LimnerFrame frame;
  guint start_image;
  GPtrArray *findings;
  GPtrArray *conflicts; /* (element-type LimnerConflict): empty unless the trouble is a conflict */
  gboolean must_adopt;  /* the log must be told that the file is another one */
  gboolean ask_first;   /* the file is written only when the person asks: it had vanished */

  LimnerLogThread *log; /* (nullable): not when closed or held by another program */
  GPtrArray *pending;   /* (element-type LimnerStep): not in the file, oldest first */
  GQueue waiting;       /* LimnerWaiting: not durable yet, oldest first */
  gboolean has_log;     /* the log exists: an acknowledgement came */
  gboolean in_state;
  gboolean colors_kept;
  gboolean losses_told;           /* what a save cannot keep of the old file has been said */
  LimnerTransaction *transaction; /* not owned: the open one */

  GHashTable *cache;  /* image -> LimnerCached */
  GQueue cache_order; /* images, oldest use first */
  guint cache_serial; /* rises with each edit: an older answer is not kept */

  LimnerTrouble troubles[LIMNER_N_TROUBLES];
  LimnerTrouble no_trouble;
  LimnerSaveState save_state;
  gboolean read_only;
  gboolean may_write_in_place; /* the folder takes no new files, the COCO file itself is writable */
  gboolean in_place;           /* and the person agreed that it is written into */
  gboolean is_torn; /* that failed half-way: the next checkpoint puts the file right first */
  gboolean is_busy;
  double progress;
  gboolean is_closed;
  gboolean is_closing;
  gboolean is_reloading;

  GTask *checkpoint;        /* (nullable): running */
  GPtrArray *savers;        /* (element-type GTask): wait for the running one */
  GPtrArray *next_savers;   /* (element-type GTask): wait for the one after it */
  guint n_in_checkpoint;    /* leading steps of pending that it writes */
  gint64 checkpoint_end_us; /* monotonic; 0 = none yet */
  gint64 checkpoint_duration_us;
  gint64 last_edit_us;
  GSource *checkpoint_source; /* (nullable) */
  GSource *retry_source;      /* (nullable) */
  GSource *held_source;       /* (nullable) */
  gboolean held_by_lease;     /* not by a lock: the person may take the dataset over */
  gboolean holder_silent;     /* and shows no sign of life */
  guint64 holder_beat;
  gint64 holder_beat_us; /* monotonic: when it was seen to change */

  GFileMonitor *monitor; /* (nullable) */
  GSource *poll_source;  /* (nullable): where watching does not work */
  GSource *check_source; /* (nullable): a look is due */
  gboolean is_checking;
  GCancellable *cancellable; /* of everything in threads, for closing */
};

typedef struct
{
  LimnerStep *step;
  LimnerAcknowledgeFunc func; /* (nullable) */
  gpointer user_data;
  gboolean told; /* that it is not durable yet */
} LimnerWaiting;

/* document.c */
const char *limner_document_get_name (LimnerDocument *self);
void limner_document_notify_pending (LimnerDocument *self);
void limner_document_set_busy (LimnerDocument *self, gboolean busy);
void limner_document_set_read_only (LimnerDocument *self, gboolean read_only);
void limner_document_set_progress (LimnerDocument *self, double progress);
void limner_document_update_state (LimnerDocument *self);

/* A timeout on the document's context that does not keep it alive; replaces *@source. */
void limner_document_start_timer (LimnerDocument *self,
                                  GSource **source,
                                  guint interval_ms,
                                  void (*func) (LimnerDocument *self));
void limner_clear_source (GSource **source);

/* Waits for an answer on the thread's own main context, as blocking variants do. */
GAsyncResult *limner_wait_for_result (GMainContext *context, GAsyncResult **result);
void limner_keep_result (GObject *source, GAsyncResult *result, gpointer place);

/* document-loaded.c */
LimnerDocument *limner_document_new_loaded (LimnerLoaded *loaded);
void limner_document_take (LimnerDocument *self, LimnerLoaded *loaded);

/* The file has our content under another inode or time. */
void limner_document_take_identity (LimnerDocument *self, LimnerLoaded *loaded);
void limner_document_take_over (LimnerDocument *self, LimnerLoaded *loaded);

/* document-registry.c */
LimnerDocument *limner_registry_claim (const char *real_path,
                                       gpointer *slot,
                                       GCancellable *cancellable,
                                       GError **error);
void limner_registry_publish (gpointer slot, LimnerDocument *document);
void limner_registry_release (gpointer slot);

/* progress.c */
typedef struct
{
  LimnerProgressFunc func; /* (nullable) */
  gpointer data;
} LimnerProgress;

/* From the thread of @task: calls the function on the task's main context, unless the task has been
 * answered by then. */
void limner_progress_send (const LimnerProgress *progress, GTask *task, double fraction);

/* document-open.c */
/* Everything opening does in its thread; a document that is already open comes out by @existing. */
LimnerLoaded *limner_load (const char *path,
                           const char *coco_path,
                           const char *image_root,
                           LimnerOpenFlags flags,
                           const LimnerProgress *progress,
                           LimnerDocument **existing,
                           GCancellable *cancellable,
                           GError **error);

/* The same for a document whose file another program changed; log and history stay. */
LimnerLoaded *limner_load_again (const char *path,
                                 const char *real_path,
                                 const char *image_root,
                                 gboolean with_files,
                                 GPtrArray *pending,
                                 GCancellable *cancellable,
                                 GError **error);

/* For a document that was held by another program and is open here already. */
LimnerLoaded *limner_load_unclaimed (const char *path,
                                     const char *image_root,
                                     LimnerOpenFlags flags,
                                     GCancellable *cancellable,
                                     GError **error);
/* document-recover.c */
gboolean limner_recover_in_place (LimnerLoaded *self, GError **error);
gboolean limner_recover (LimnerLoaded *self, GError **error);
char *limner_backup_dup_path (const char *real_path);

/* document-merge.c */

/* Of any struct that begins with a LimnerRecordKind and a gint64 id: which record it is about. */
guint limner_record_key_hash (gconstpointer key);
gboolean limner_record_key_equal (gconstpointer a, gconstpointer b);
gboolean limner_text_same (GBytes *a, GBytes *b);
gboolean limner_replay_steps (LimnerDataset *dataset,
                              LimnerCocoFile *file, /* (nullable) */
                              GPtrArray *steps,
                              GError **error);
gboolean limner_merge_steps (LimnerDataset *dataset,
                             LimnerCocoFile *file,
                             GPtrArray *steps,
                             GPtrArray *conflicts,
                             GPtrArray *renumber,
                             GError **error);
GBytes *limner_read_place (LimnerCocoFile *file, LimnerRecordPlace *place, GError **error);

/* document-trouble.c */
void limner_document_set_trouble (
    LimnerDocument *self, LimnerTroubleKind kind, gboolean at_risk, char *title, char *detail);
void limner_document_clear_trouble (LimnerDocument *self, LimnerTroubleKind kind);
gboolean limner_document_has_trouble (LimnerDocument *self, LimnerTroubleKind kind);
char *limner_describe_cause (const GError *error);
char *limner_count_changes (guint n);

/* document-edit.c */
gboolean limner_document_apply_step (LimnerDocument *self, LimnerStep *step, GError **error);
void limner_document_commit_step (LimnerDocument *self,
                                  LimnerStep *step,
                                  LimnerAcknowledgeFunc acknowledged,
                                  gpointer user_data);
void limner_document_on_log_report (gpointer owner, const LimnerLogReport *report);
void limner_waiting_free (LimnerWaiting *self);

/* transaction.c */
LimnerStep *limner_transaction_steal_step (LimnerTransaction *self);

/* document-records.c */
GBytes *limner_document_read_text (LimnerDocument *self,
                                   LimnerRecordKind kind,
                                   gint64 id,
                                   GError **error);
void limner_document_forget_image (LimnerDocument *self, guint image);
void limner_document_forget_all (LimnerDocument *self);

/* checkpoint.c */
void limner_document_schedule_checkpoint (LimnerDocument *self);
void limner_document_checkpoint (LimnerDocument *self, GTask *saver);
void limner_document_stop_checkpoints (LimnerDocument *self);

/* document-watch.c */
void limner_document_start_watch (LimnerDocument *self);
void limner_document_stop_watch (LimnerDocument *self);
void limner_document_check_file (LimnerDocument *self);

/* document-held.c */
/* Another program has the dataset; @holder says who, or why it cannot be taken over. */
void limner_document_tell_held (LimnerDocument *self, const char *holder);
void limner_document_start_held_poll (LimnerDocument *self);

/* document-reload.c */
void limner_document_reload (LimnerDocument *self);
/* Two annotations under one number get two numbers; the log learns of the new file unless there are
 * conflicts, which are shown instead. */
void limner_document_settle (LimnerDocument *self, GPtrArray *renumber);

/* document-conflict.c */
void limner_document_tell_conflict (LimnerDocument *self);

/* document-frame.c */
LimnerFrame limner_find_frame (LimnerCocoFile *file, LimnerDataset *dataset);

/* file-identity.c */
gboolean limner_identity_of_path (const char *path,
                                  gboolean with_hash,
                                  LimnerIdentity *identity,
                                  GError **error);

/* folder-scan.c */
GStrv limner_scan_folder (const char *root, gboolean *was_cut, GCancellable *cancellable);

G_END_DECLS
