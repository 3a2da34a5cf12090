/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Two threads that decode, and one more for as long as a preview takes. One takes the shown picture
 * only, so that it never waits behind a neighbour; the other, at low priority so that it takes no
 * frame from the window, takes whatever is most wanted. All functions are for the main thread; a
 * finished job comes back there.
 */

#include <limner/image-loader.h>

G_BEGIN_DECLS

typedef struct _LimnerLoadQueue LimnerLoadQueue;

/* Where a job is. */
typedef enum
{
  LIMNER_LOAD_JOB_WAITING,
  LIMNER_LOAD_JOB_RUNNING,
  LIMNER_LOAD_JOB_DONE,
  LIMNER_LOAD_JOB_WITHDRAWN
} LimnerLoadJobState;

typedef struct
{
  gatomicrefcount ref_count;

  /* Constant. */
  char *path;
  guint max_width; /* of a thumbnail; 0 for a whole picture */
  guint max_height;
  guint64 max_pixels;
  GCancellable *cancellable;
  LimnerPixels *source; /* nullable: the decoded picture that a thumbnail can be made of */

  /* The queue's. */
  LimnerLoadPriority priority;
  LimnerLoadJobState state;
  gboolean has_preview; /* it has been asked for */
  GList link;

  /* The result: the thread's, and the main thread's once the job has come back. */
  LimnerPixels *pixels;
  cairo_surface_t *surface;
  GError *error;

  /* The main thread's. */
  char *key;           /* in the loader's table of jobs */
  GPtrArray *requests; /* the loader's */
} LimnerLoadJob;

typedef void (*LimnerLoadDoneFunc) (LimnerLoadJob *job, gpointer user_data);

/* @pixels: a preview of what @job is still decoding. */
typedef void (*LimnerLoadPreviewFunc) (LimnerLoadJob *job,
                                       LimnerPixels *pixels,
                                       gpointer user_data);

LimnerLoadJob *limner_load_job_new (const char *path, guint max_width, guint max_height);
LimnerLoadJob *limner_load_job_ref (LimnerLoadJob *self);
void limner_load_job_unref (LimnerLoadJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerLoadJob, limner_load_job_unref)

/**
 * limner_load_queue_new:
 * @done: called for each job that was not withdrawn, in the main context that is the caller's
 * default now
 * @preview: called there for a large picture that is shown, before @done: with a rough preview,
 * with a finer one, or not at all
 */
LimnerLoadQueue *limner_load_queue_new (LimnerLoadDoneFunc done,
                                        LimnerLoadPreviewFunc preview,
                                        gpointer user_data);

/* Cancels everything; @done is not called any more. The threads end on their own, nobody waits for
 * them. */
void limner_load_queue_close (LimnerLoadQueue *self);

void limner_load_queue_push (LimnerLoadQueue *self, LimnerLoadJob *job);
void limner_load_queue_set_priority (LimnerLoadQueue *self,
                                     LimnerLoadJob *job,
                                     LimnerLoadPriority priority);

/**
 * limner_load_queue_withdraw:
 *
 * Cancels @job; it does not come back.
 *
 * Returns: %TRUE if it had not begun yet
 */
gboolean limner_load_queue_withdraw (LimnerLoadQueue *self, LimnerLoadJob *job);

/* (transfer full) (nullable): the thumbnail that has waited longest, if more than @max_waiting
 * wait. */
LimnerLoadJob *limner_load_queue_get_surplus_thumbnail (LimnerLoadQueue *self, guint max_waiting);

G_END_DECLS
