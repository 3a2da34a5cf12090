/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one thread that touches a document's log. Steps are handed over and never waited for; a
 * report comes back on the main context. What cannot be written stays in memory in order and is
 * tried again every 5 s, at each step, and when asked: first the same log opened again, then a log
 * in the state folder, which starts with copies of everything that is not in the COCO file, so that
 * it is enough by itself. When the log beside the file works again, it is brought up to date and
 * the one in the state folder is removed.
 */

#include <limner/log.h>

G_BEGIN_DECLS

typedef struct _LimnerLogThread LimnerLogThread;

/* What opening found; the thread takes over the open logs. */
typedef struct
{
  char *beside_path;       /* .NAME.limner beside the file */
  char *state_path;        /* the same in the state folder */
  char *like;              /* (nullable): COCO file whose mode a new log gets */
  gboolean beside_allowed; /* FALSE in a read-only folder: only the state folder is used */

  LimnerLog *log;       /* (nullable): the log in use; NULL until the first step */
  gboolean had_log;     /* there was one: it is never mistaken for another program's */
  guint generation;     /* rises when steps are numbered anew */
  gboolean in_state;    /* @log is the one in the state folder */
  LimnerLogState state; /* of @log, or what a new one starts with */
  GPtrArray *tail;      /* (element-type LimnerStep): steps in @log that are not in the file */

  LimnerLog *beside; /* (nullable): the log beside the file, when @in_state */
  LimnerLogState beside_state;
  GPtrArray *only_in_state;    /* (nullable) (element-type LimnerStep): steps @beside lacks */
  GHashTable *beside_sequence; /* (nullable): step -> gint64 *: steps of @tail that @beside has */
  gint64 copies_applied; /* the last copy of a step that @beside has applied: its number here */
  gint64 common_here;    /* where logs parted, the last step that both have: its number here */
  gint64 common_beside;  /* and beside, where it is noted as applied as soon as it is */
} LimnerLogSetup;

LimnerLogSetup *limner_log_setup_new (void);
void limner_log_setup_close (LimnerLogSetup *self);
void limner_log_setup_free (LimnerLogSetup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerLogSetup, limner_log_setup_free)

/* The hash of the file that the first step of the log applies to. */
#define LIMNER_LOG_KEY_FIRST_BASE "first-base"

/* Of a log in the state folder: a name of its own, and how many of its first steps are copies of
 * steps in the log beside; of the one beside: the name of the one whose steps are no longer needed,
 * for they are all here or in the file. */
#define LIMNER_LOG_KEY_ID "id"
#define LIMNER_LOG_KEY_COPIES "copies"
#define LIMNER_LOG_KEY_RETURNED "returned"
char *limner_identity_dup_hash (const LimnerIdentity *identity);

typedef struct
{
  guint n_done;      /* oldest waiting steps that are durable now */
  guint n_waiting;   /* steps that are only in memory */
  GError *error;     /* (nullable): why they are */
  gboolean refused;  /* another program has the log, and we never had or it took it over
                        (%LIMNER_LOG_ERROR_LOST): the waiting steps were dropped */
  gboolean in_state; /* the log is in the state folder */
  char *unusable;    /* (nullable): W_WORKSPACE, the file beside was left alone */
} LimnerLogReport;

/* On the main context, while @owner lives. */
typedef void (*LimnerLogReportFunc) (gpointer owner, const LimnerLogReport *report);

/**
 * limner_log_thread_new:
 * @setup: (transfer full): what opening found
 * @owner: kept alive only while it is told
 * @context: where @report is called
 */
LimnerLogThread *limner_log_thread_new (LimnerLogSetup *setup,
                                        GObject *owner,
                                        GMainContext *context,
                                        LimnerLogReportFunc report);

/* Lets the log go without waiting for anything but what is queued. */
void limner_log_thread_free (LimnerLogThread *self);

/* Hands a step over; returns at once. */
void limner_log_thread_append (LimnerLogThread *self, LimnerStep *step);
void limner_log_thread_retry (LimnerLogThread *self);

/* The file is another program's and all conflicts are settled: queued, so that it comes after the
 * steps before. */
void limner_log_thread_adopt (LimnerLogThread *self, const LimnerIdentity *base);

/* Everything below waits for the thread, never for the main context. */

/* Tries what is waiting; FALSE while something is only in memory. */
gboolean limner_log_thread_sync (LimnerLogThread *self, GError **error);

/* Opens the log for the first step: LIMNER_LOG_ERROR_BUSY names the holder. */
gboolean limner_log_thread_acquire (LimnerLogThread *self, GError **error);

/**
 * limner_log_thread_write_intent:
 * @intent: the file that is about to be renamed
 * @upto: (nullable): the newest step in it
 *
 * Step 7 of the checkpoint. Without a log there is nothing to protect and it succeeds.
 */
gboolean limner_log_thread_write_intent (LimnerLogThread *self,
                                         const LimnerIdentity *intent,
                                         LimnerStep *upto,
                                         GError **error);

/**
 * limner_log_thread_write_base:
 * @base: (nullable): the file the edits apply to now
 * @upto: (nullable): the newest step in it; %NULL leaves what is applied
 *
 * Step 10 of the checkpoint, and adopting what another program wrote.
 */
gboolean limner_log_thread_write_base (LimnerLogThread *self,
                                       const LimnerIdentity *base,
                                       LimnerStep *upto,
                                       GError **error);
void limner_log_thread_set_value (LimnerLogThread *self, const char *key, const char *value);
gboolean limner_log_thread_has_log (LimnerLogThread *self);

/* Closes the logs; afterwards only limner_log_thread_free() is allowed. */
void limner_log_thread_close (LimnerLogThread *self);

G_END_DECLS
