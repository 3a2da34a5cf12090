/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-loader"

#include "load-queue.h"

#include "codec.h"

#include <glib/gstdio.h>
#include <limner/background.h>

#define N_PRIORITIES (LIMNER_LOAD_THUMBNAIL + 1)

/* Smaller pictures are halved when they are first drawn small. */
#define MIPS_FROM_PIXELS (2u * 1000 * 1000)

/* What is smaller is decoded in about a tenth of a second. */
#define PREVIEW_FROM_PIXELS (30u * 1000 * 1000)
#define PREVIEW_FROM_BYTES (1 << 20)

struct _LimnerLoadQueue
{
  gatomicrefcount ref_count; /* the owner's and one for each thread and each result under way */
  GMainContext *context;

  /* The main thread's. */
  LimnerLoadDoneFunc done;
  LimnerLoadPreviewFunc preview;
  gpointer user_data;

  GMutex lock; /* guards the rest, and priority, state and link of the jobs */
  GCond changed;
  gboolean is_closed;
  GQueue waiting[N_PRIORITIES];
};

typedef struct
{
  LimnerLoadQueue *queue;
  LimnerLoadJob *job;
  LimnerPixels *preview; /* (nullable): the job is not done yet */
} Result;

LimnerLoadJob *
limner_load_job_new (const char *path, guint max_width, guint max_height)
{
  LimnerLoadJob *self = g_new0 (LimnerLoadJob, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  self->max_width = max_width;
  self->max_height = max_height;
  self->cancellable = g_cancellable_new ();
  self->state = LIMNER_LOAD_JOB_WITHDRAWN;
  self->link.data = self;
  return self;
}

LimnerLoadJob *
limner_load_job_ref (LimnerLoadJob *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_load_job_unref (LimnerLoadJob *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->source, limner_pixels_unref);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_free (self->key);
  g_free (self->path);
  g_free (self);
}

static LimnerLoadQueue *
queue_ref (LimnerLoadQueue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
queue_unref (LimnerLoadQueue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
result_free (Result *self)
{
  g_clear_pointer (&self->preview, limner_pixels_unref);
  limner_load_job_unref (self->job);
  queue_unref (self->queue);
  g_free (self);
}

static gboolean
on_result (gpointer user_data)
{
  Result *self = user_data;
  gboolean is_wanted;

  g_mutex_lock (&self->queue->lock);
  is_wanted = !self->queue->is_closed && self->job->state == LIMNER_LOAD_JOB_RUNNING;
  if (is_wanted && self->preview == NULL)
    self->job->state = LIMNER_LOAD_JOB_DONE;
  g_mutex_unlock (&self->queue->lock);
  if (!is_wanted)
    return G_SOURCE_REMOVE;
  if (self->preview != NULL)
    self->queue->preview (self->job, self->preview, self->queue->user_data);
  else
    self->queue->done (self->job, self->queue->user_data);
  return G_SOURCE_REMOVE;
}

/* Takes over @job and @preview. Not g_main_context_invoke(): with an idle main loop that would call
 * back in this thread. */
static void
send_back (LimnerLoadQueue *self, LimnerLoadJob *job, LimnerPixels *preview)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Result *result = g_new (Result, 1);

  *result = (Result){ queue_ref (self), job, preview };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_result, result, (GDestroyNotify) result_free);
  g_source_attach (source, self->context);
}

static gpointer
make_preview (gpointer user_data)
{
  Result *request = user_data;
  LimnerLoadJob *job = request->job;
  LimnerPixels *preview;

  preview = limner_image_load_rough_preview (job->path, PREVIEW_FROM_PIXELS, job->max_pixels);
  if (preview != NULL)
    send_back (request->queue, limner_load_job_ref (job), preview);
  preview =
      limner_image_load_preview (job->path, PREVIEW_FROM_PIXELS, job->max_pixels, job->cancellable);
  if (preview != NULL)
    send_back (request->queue, limner_load_job_ref (job), preview);
  result_free (request);
  return NULL;
}

/* Nobody waits for a thread where the size of the file says that it is not needed. */
static gboolean
is_large_file (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && info.st_size >= PREVIEW_FROM_BYTES;
}

/* With the lock held. Beside the thread that decodes the whole, so that neither waits. */
static void
start_preview (LimnerLoadQueue *self, LimnerLoadJob *job)
{
  Result *request;

  if (job->has_preview || job->priority != LIMNER_LOAD_SHOWN || job->max_width != 0)
    return;
  job->has_preview = TRUE;
  request = g_new0 (Result, 1);
  request->queue = queue_ref (self);
  request->job = limner_load_job_ref (job);
  g_thread_unref (g_thread_new ("decode-preview", make_preview, request));
}

static LimnerLoadJob *
take_next (LimnerLoadQueue *self, guint n_priorities)
{
  for (guint i = 0; i < n_priorities; i++)
    {
      /* of pictures the one asked for last is on the screen; thumbnails fill a grid from the top */
      GList *link = i == LIMNER_LOAD_THUMBNAIL ? self->waiting[i].head : self->waiting[i].tail;
      LimnerLoadJob *job;

      if (link == NULL)
        continue;
      job = link->data;
      g_queue_unlink (&self->waiting[i], link);
      job->state = LIMNER_LOAD_JOB_RUNNING;
      return job;
    }
  return NULL;
}

static void
run_job (LimnerLoadJob *job)
{
  if (job->source != NULL)
    {
      job->surface = limner_pixels_dup_thumbnail (job->source, job->max_width, job->max_height);
    }
  else if (job->max_width != 0)
    {
      job->surface = limner_image_file_load_thumbnail (job->path, job->max_width, job->max_height,
                                                       job->cancellable, &job->error);
    }
  else
    {
      job->pixels =
          limner_image_file_load (job->path, job->max_pixels, job->cancellable, &job->error);
      if (job->pixels != NULL &&
          (guint64) limner_pixels_get_width (job->pixels) * limner_pixels_get_height (job->pixels) >
              MIPS_FROM_PIXELS)
        limner_pixels_build_mips (job->pixels);
    }
}

/* Takes over the queue's reference that the thread was given. */
static void
work (LimnerLoadQueue *self, guint n_priorities)
{
  g_mutex_lock (&self->lock);
  while (!self->is_closed)
    {
      LimnerLoadJob *job = take_next (self, n_priorities);
      gboolean is_shown;

      if (job == NULL)
        {
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      is_shown = job->priority == LIMNER_LOAD_SHOWN;
      g_mutex_unlock (&self->lock);
      if (is_shown && is_large_file (job->path))
        {
          g_mutex_lock (&self->lock);
          start_preview (self, job);
          g_mutex_unlock (&self->lock);
        }
      run_job (job);
      send_back (self, job, NULL);
      g_mutex_lock (&self->lock);
    }
  g_mutex_unlock (&self->lock);
  queue_unref (self);
}

static gpointer
work_in_front (gpointer user_data)
{
  work (user_data, LIMNER_LOAD_SHOWN + 1);
  return NULL;
}

static gpointer
work_behind (gpointer user_data)
{
  limner_background_thread_begin ();
  work (user_data, N_PRIORITIES);
  return NULL;
}

LimnerLoadQueue *
limner_load_queue_new (LimnerLoadDoneFunc done, LimnerLoadPreviewFunc preview, gpointer user_data)
{
  LimnerLoadQueue *self = g_new0 (LimnerLoadQueue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref_thread_default ();
  self->done = done;
  self->preview = preview;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  for (guint i = 0; i < N_PRIORITIES; i++)
    g_queue_init (&self->waiting[i]);
  g_thread_unref (g_thread_new ("decode-shown", work_in_front, queue_ref (self)));
  g_thread_unref (g_thread_new ("decode-ahead", work_behind, queue_ref (self)));
  return self;
}

void
limner_load_queue_close (LimnerLoadQueue *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  for (guint i = 0; i < N_PRIORITIES; i++)
    while (self->waiting[i].head != NULL)
      {
        LimnerLoadJob *job = self->waiting[i].head->data;

        g_queue_unlink (&self->waiting[i], &job->link);
        job->state = LIMNER_LOAD_JOB_WITHDRAWN;
        limner_load_job_unref (job);
      }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  queue_unref (self);
}

void
limner_load_queue_push (LimnerLoadQueue *self, LimnerLoadJob *job)
{
  g_mutex_lock (&self->lock);
  job->state = LIMNER_LOAD_JOB_WAITING;
  limner_load_job_ref (job);
  g_queue_push_tail_link (&self->waiting[job->priority], &job->link);
  /* both, since only one of them may be able to take it */
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
limner_load_queue_set_priority (LimnerLoadQueue *self,
                                LimnerLoadJob *job,
                                LimnerLoadPriority priority)
{
  g_mutex_lock (&self->lock);
  if (job->state == LIMNER_LOAD_JOB_WAITING)
    {
      g_queue_unlink (&self->waiting[job->priority], &job->link);
      g_queue_push_tail_link (&self->waiting[priority], &job->link);
      g_cond_broadcast (&self->changed);
    }
  job->priority = priority;
  if (job->state == LIMNER_LOAD_JOB_RUNNING)
    start_preview (self, job);
  g_mutex_unlock (&self->lock);
}

gboolean
limner_load_queue_withdraw (LimnerLoadQueue *self, LimnerLoadJob *job)
{
  gboolean was_waiting;

  g_cancellable_cancel (job->cancellable);
  g_mutex_lock (&self->lock);
  was_waiting = job->state == LIMNER_LOAD_JOB_WAITING;
  if (was_waiting)
    g_queue_unlink (&self->waiting[job->priority], &job->link);
  job->state = LIMNER_LOAD_JOB_WITHDRAWN;
  g_mutex_unlock (&self->lock);
  if (was_waiting)
    limner_load_job_unref (job);
  return was_waiting;
}

LimnerLoadJob *
limner_load_queue_get_surplus_thumbnail (LimnerLoadQueue *self, guint max_waiting)
{
  GQueue *waiting = &self->waiting[LIMNER_LOAD_THUMBNAIL];
  LimnerLoadJob *job = NULL;

  g_mutex_lock (&self->lock);
  if (waiting->length > max_waiting)
    job = limner_load_job_ref (waiting->head->data);
  g_mutex_unlock (&self->lock);
  return job;
}
