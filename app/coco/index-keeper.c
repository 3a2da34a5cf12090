/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "index-keeper.h"

#include <limner/coco-file.h>

typedef struct
{
  LimnerIndex index;
  gboolean has_replaced;
  LimnerIdentity replaced;
  GCancellable *cancellable;
} Job;

static GMutex mutex;
static GCond ended;
static GQueue running = G_QUEUE_INIT; /* (element-type Job): under the mutex */

static void
job_free (Job *job)
{
  limner_columns_unref (job->index.columns);
  g_object_unref (job->cancellable);
  g_free (job);
}

static gpointer
run_job (gpointer data)
{
  Job *job = data;

  if (job->has_replaced)
    limner_index_forget (&job->replaced);
  limner_index_store (&job->index, job->cancellable);

  g_mutex_lock (&mutex);
  g_queue_remove (&running, job);
  job_free (job);
  g_cond_broadcast (&ended);
  g_mutex_unlock (&mutex);
  return NULL;
}

void
limner_index_keep (const LimnerIndex *index, const LimnerIdentity *replaced)
{
  Job *job = g_new0 (Job, 1);
  GThread *thread;

  job->index = *index;
  limner_columns_ref (job->index.columns);
  job->has_replaced = replaced != NULL;
  if (replaced != NULL)
    job->replaced = *replaced;
  job->cancellable = g_cancellable_new ();

  g_mutex_lock (&mutex);
  g_queue_push_tail (&running, job);
  g_mutex_unlock (&mutex);
  thread = g_thread_try_new ("index", run_job, job, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    run_job (job);
}

gboolean
limner_coco_finish_indexes (guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean is_in_time = TRUE;

  g_mutex_lock (&mutex);
  while (!g_queue_is_empty (&running) && is_in_time)
    is_in_time = g_cond_wait_until (&ended, &mutex, deadline);
  is_in_time = g_queue_is_empty (&running);
  for (GList *link = running.head; link != NULL; link = link->next)
    g_cancellable_cancel (((Job *) link->data)->cancellable);
  g_mutex_unlock (&mutex);
  return is_in_time;
}
