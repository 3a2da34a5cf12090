/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-queue.h"

#include <limner/background.h>

#define N_THREADS 2

struct _LimnerTileQueue
{
  GThreadPool *pool;
  LimnerTileQueueFunc done;
  gpointer user_data;

  GMutex lock; /* for all below */
  GQueue waiting;
  GQueue finished;
  guint n_tokens; /* calls of run_next() that are to come */
  guint source;   /* hands over what is finished */
  guint64 n_jobs;
};

static LimnerTileJob *
limner_tile_queue_pop (LimnerTileQueue *self)
{
  LimnerTileJob *job;

  g_mutex_lock (&self->lock);
  job = g_queue_pop_head (&self->waiting);
  if (job != NULL)
    self->n_jobs++;
  g_mutex_unlock (&self->lock);
  return job;
}

static void
limner_tile_queue_dispatch (LimnerTileQueue *self)
{
  GQueue finished;

  g_mutex_lock (&self->lock);
  finished = self->finished;
  g_queue_init (&self->finished);
  g_mutex_unlock (&self->lock);
  while (!g_queue_is_empty (&finished))
    self->done (g_queue_pop_head (&finished), self->user_data);
}

static gboolean
on_finished (gpointer user_data)
{
  LimnerTileQueue *self = user_data;

  g_mutex_lock (&self->lock);
  self->source = 0;
  g_mutex_unlock (&self->lock);
  limner_tile_queue_dispatch (self);
  return G_SOURCE_REMOVE;
}

static void
lower_priority (void)
{
  static GPrivate is_lowered = G_PRIVATE_INIT (NULL);

  if (g_private_get (&is_lowered) != NULL)
    return;
  g_private_set (&is_lowered, GINT_TO_POINTER (TRUE));
  limner_background_thread_begin ();
}

/* There is at least one call for each job that waits, but which job it gets is decided only now:
 * jobs may be taken back, and others pushed instead. */
static void
run_next (gpointer token, gpointer user_data)
{
  LimnerTileQueue *self = user_data;
  LimnerTileJob *job;

  lower_priority ();
  g_mutex_lock (&self->lock);
  self->n_tokens--;
  g_mutex_unlock (&self->lock);
  job = limner_tile_queue_pop (self);
  if (job == NULL)
    return;
  limner_tile_job_run (job);
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->finished, job);
  if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_DEFAULT, on_finished, self, NULL);
  g_mutex_unlock (&self->lock);
}

LimnerTileQueue *
limner_tile_queue_new (LimnerTileQueueFunc done, gpointer user_data)
{
  LimnerTileQueue *self = g_new0 (LimnerTileQueue, 1);

  self->done = done;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  g_queue_init (&self->finished);
  /* threads of its own: a shared one would stay nice for whoever gets it next */
  self->pool = g_thread_pool_new (run_next, self, N_THREADS, TRUE, NULL);
  return self;
}

void
limner_tile_queue_free (LimnerTileQueue *self)
{
  GPtrArray *waiting = limner_tile_queue_take_back (self);

  g_ptr_array_unref (waiting);
  g_thread_pool_free (self->pool, TRUE, TRUE);
  g_clear_handle_id (&self->source, g_source_remove);
  g_queue_clear_full (&self->finished, (GDestroyNotify) limner_tile_job_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
limner_tile_queue_push (LimnerTileQueue *self, LimnerTileJob *job)
{
  gboolean needs_token;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->waiting, job);
  needs_token = self->n_tokens < self->waiting.length;
  if (needs_token)
    self->n_tokens++;
  g_mutex_unlock (&self->lock);
  if (needs_token)
    g_thread_pool_push (self->pool, self, NULL);
}

GPtrArray *
limner_tile_queue_take_back (LimnerTileQueue *self)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_tile_job_free);

  g_mutex_lock (&self->lock);
  while (!g_queue_is_empty (&self->waiting))
    g_ptr_array_add (jobs, g_queue_pop_head (&self->waiting));
  g_mutex_unlock (&self->lock);
  return jobs;
}

void
limner_tile_queue_help (LimnerTileQueue *self, gint64 budget_us)
{
  gint64 end = g_get_monotonic_time () + budget_us;
  LimnerTileJob *job;

  while (g_get_monotonic_time () < end && (job = limner_tile_queue_pop (self)) != NULL)
    {
      limner_tile_job_run (job);
      g_mutex_lock (&self->lock);
      g_queue_push_tail (&self->finished, job);
      g_mutex_unlock (&self->lock);
    }
  limner_tile_queue_dispatch (self);
}

guint64
limner_tile_queue_count_jobs (LimnerTileQueue *self)
{
  guint64 n_jobs;

  g_mutex_lock (&self->lock);
  n_jobs = self->n_jobs;
  g_mutex_unlock (&self->lock);
  return n_jobs;
}
