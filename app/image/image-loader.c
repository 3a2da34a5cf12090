/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-loader"

#include <limner/image-loader.h>

#include "image-cache.h"
#include "load-queue.h"

#define MAX_WAITING_THUMBNAILS 200

/* Neighbours that are decoded ahead may take so much each, even where the cache is smaller: twice
 * what a photograph of today has. */
#define AHEAD_BYTES ((guint64) 128 << 20)

/* Of a pixel with its share of the halved pictures. */
#define BYTES_PER_PIXEL (4.0 * 4.0 / 3.0)

enum
{
  SIGNAL_PREVIEW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _LimnerImageLoader
{
  GObject parent_instance;

  guint64 max_pixels;
  guint64 max_bytes_ahead;
  LimnerImageCache *cache;
  guint trim_source;
  LimnerLoadQueue *queue; /* NULL once closed */
  GHashTable *jobs;       /* key to LimnerLoadJob: those that a request can join */
};

G_DEFINE_FINAL_TYPE (LimnerImageLoader, limner_image_loader, G_TYPE_OBJECT)

/* One caller who waits for a job. */
typedef struct
{
  GTask *task;
  LimnerLoadJob *job; /* not owned: it owns us */
  LimnerLoadPriority priority;
  GSource *on_cancelled; /* nullable */
} Request;

static void
request_free (Request *self)
{
  if (self->on_cancelled != NULL)
    {
      g_source_destroy (self->on_cancelled);
      g_source_unref (self->on_cancelled);
    }
  g_object_unref (self->task);
  g_free (self);
}

static void
return_cancelled (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "The picture is no longer wanted");
}

/* (transfer full): those who wait for @job; from now on the caller answers them, whatever they
 * cancel meanwhile. */
static GPtrArray *
steal_requests (LimnerLoadJob *job)
{
  GPtrArray *requests = g_steal_pointer (&job->requests);

  for (guint i = 0; i < requests->len; i++)
    {
      Request *request = g_ptr_array_index (requests, i);

      if (request->on_cancelled != NULL)
        g_source_destroy (request->on_cancelled);
    }
  return requests;
}

/* Callbacks may run at once and come back into the loader. */
static void
cancel_requests (LimnerLoadJob *job)
{
  g_autoptr (GPtrArray) requests = steal_requests (job);

  for (guint i = 0; i < requests->len; i++)
    return_cancelled (((Request *) g_ptr_array_index (requests, i))->task);
}

/* The job can neither be joined nor come back any more; the caller holds a reference. */
static void
drop_job (LimnerImageLoader *self, LimnerLoadJob *job)
{
  limner_load_queue_withdraw (self->queue, job);
  if (g_hash_table_lookup (self->jobs, job->key) == job)
    g_hash_table_remove (self->jobs, job->key);
}

static void
update_priority (LimnerImageLoader *self, LimnerLoadJob *job)
{
  LimnerLoadPriority priority = LIMNER_LOAD_THUMBNAIL;

  for (guint i = 0; i < job->requests->len; i++)
    priority = MIN (priority, ((Request *) g_ptr_array_index (job->requests, i))->priority);
  if (job->priority != priority)
    limner_load_queue_set_priority (self->queue, job, priority);
}

static gboolean
on_request_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GTask) task = g_object_ref (request->task);
  LimnerImageLoader *self = g_task_get_source_object (task);
  g_autoptr (LimnerLoadJob) job = limner_load_job_ref (request->job);

  g_ptr_array_remove (job->requests, request);
  if (job->requests->len > 0)
    update_priority (self, job);
  else
    drop_job (self, job);
  return_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Takes over @task. */
static void
add_request (LimnerImageLoader *self, LimnerLoadJob *job, GTask *task, LimnerLoadPriority priority)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Request *request = g_new0 (Request, 1);

  request->task = task;
  request->job = job;
  request->priority = priority;
  if (cancellable != NULL)
    {
      request->on_cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->on_cancelled, G_SOURCE_FUNC (on_request_cancelled), request,
                             NULL);
      g_source_attach (request->on_cancelled, g_task_get_context (task));
    }
  g_ptr_array_add (job->requests, request);
}

static guint64
choose_max_pixels (LimnerImageLoader *self, LimnerLoadPriority priority)
{
  if (priority == LIMNER_LOAD_NEXT || priority == LIMNER_LOAD_PREVIOUS)
    return MIN (self->max_pixels,
                MAX ((guint64) ((double) self->max_bytes_ahead / BYTES_PER_PIXEL), 1));
  return self->max_pixels;
}

/* Takes over @task. */
static void
join_or_start (LimnerImageLoader *self,
               const char *path,
               guint max_width,
               guint max_height,
               LimnerPixels *source,
               LimnerLoadPriority priority,
               GTask *task)
{
  g_autofree char *key = g_strdup_printf ("%ux%u %s", max_width, max_height, path);
  LimnerLoadJob *job = g_hash_table_lookup (self->jobs, key);

  if (job != NULL)
    {
      add_request (self, job, task, priority);
      update_priority (self, job);
      return;
    }
  job = limner_load_job_new (path, max_width, max_height);
  job->key = g_steal_pointer (&key);
  job->max_pixels = choose_max_pixels (self, priority);
  job->priority = priority;
  job->source = source != NULL ? limner_pixels_ref (source) : NULL;
  job->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  add_request (self, job, task, priority);
  g_hash_table_insert (self->jobs, job->key, job);
  limner_load_queue_push (self->queue, job);
}

static void
return_result (const LimnerLoadJob *job, GTask *task)
{
  if (job->pixels != NULL)
    g_task_return_pointer (task, limner_pixels_ref (job->pixels),
                           (GDestroyNotify) limner_pixels_unref);
  else if (job->surface != NULL)
    g_task_return_pointer (task, cairo_surface_reference (job->surface),
                           (GDestroyNotify) cairo_surface_destroy);
  else
    g_task_return_error (task, g_error_copy (job->error));
}

/* The work begins again, for those who wait. */
static void
restart (LimnerImageLoader *self, LimnerLoadJob *old)
{
  LimnerLoadJob *job = limner_load_job_new (old->path, old->max_width, old->max_height);

  job->key = g_strdup (old->key);
  job->max_pixels = choose_max_pixels (self, old->priority);
  job->priority = old->priority;
  job->requests = g_steal_pointer (&old->requests);
  for (guint i = 0; i < job->requests->len; i++)
    ((Request *) g_ptr_array_index (job->requests, i))->job = job;
  drop_job (self, old);
  g_hash_table_insert (self->jobs, job->key, job);
  limner_load_queue_push (self->queue, job);
}

/* It was too large to be decoded ahead, and now it is to be shown. */
static gboolean
needs_more (LimnerImageLoader *self, const LimnerLoadJob *job)
{
  return g_error_matches (job->error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT) &&
         job->priority == LIMNER_LOAD_SHOWN && job->max_pixels < self->max_pixels;
}

static void
on_preview (LimnerLoadJob *job, LimnerPixels *pixels, gpointer user_data)
{
  g_autoptr (LimnerImageLoader) self = g_object_ref (user_data);

  if (job->requests != NULL && job->requests->len > 0)
    g_signal_emit (self, signals[SIGNAL_PREVIEW], 0, job->path, pixels);
}

static void
on_job_done (LimnerLoadJob *job, gpointer user_data)
{
  g_autoptr (LimnerImageLoader) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) requests = NULL;

  if (needs_more (self, job))
    {
      g_autoptr (LimnerLoadJob) kept = limner_load_job_ref (job);

      restart (self, kept);
      return;
    }
  requests = steal_requests (job);
  if (job->pixels != NULL)
    limner_image_cache_insert (self->cache, job->path, job->pixels);
  g_hash_table_remove (self->jobs, job->key);
  for (guint i = 0; i < requests->len; i++)
    return_result (job, ((Request *) g_ptr_array_index (requests, i))->task);
}

void
limner_image_loader_close (LimnerImageLoader *self)
{
  g_autoptr (GPtrArray) jobs = NULL;
  GHashTableIter iter;
  gpointer job;

  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));

  if (self->queue == NULL)
    return;
  g_clear_handle_id (&self->trim_source, g_source_remove);
  jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_load_job_unref);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    g_ptr_array_add (jobs, limner_load_job_ref (job));
  g_hash_table_remove_all (self->jobs);
  for (guint i = 0; i < jobs->len; i++)
    limner_load_queue_withdraw (self->queue, g_ptr_array_index (jobs, i));
  g_clear_pointer (&self->queue, limner_load_queue_close);
  limner_image_cache_remove (self->cache, NULL);
  for (guint i = 0; i < jobs->len; i++)
    cancel_requests (g_ptr_array_index (jobs, i));
}

static void
limner_image_loader_dispose (GObject *object)
{
  limner_image_loader_close (LIMNER_IMAGE_LOADER (object));

  G_OBJECT_CLASS (limner_image_loader_parent_class)->dispose (object);
}

static void
limner_image_loader_finalize (GObject *object)
{
  LimnerImageLoader *self = LIMNER_IMAGE_LOADER (object);

  g_hash_table_unref (self->jobs);
  limner_image_cache_free (self->cache);

  G_OBJECT_CLASS (limner_image_loader_parent_class)->finalize (object);
}

static void
limner_image_loader_class_init (LimnerImageLoaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limner_image_loader_dispose;
  object_class->finalize = limner_image_loader_finalize;
  signals[SIGNAL_PREVIEW] =
      g_signal_new ("preview", LIMNER_TYPE_IMAGE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
limner_image_loader_init (LimnerImageLoader *self)
{
  self->max_pixels = LIMNER_IMAGE_MAX_PIXELS;
  self->jobs =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) limner_load_job_unref);
  self->cache = limner_image_cache_new ();
  self->queue = limner_load_queue_new (on_job_done, on_preview, self);
}

LimnerImageLoader *
limner_image_loader_new (gsize cache_bytes)
{
  LimnerImageLoader *self = g_object_new (LIMNER_TYPE_IMAGE_LOADER, NULL);

  limner_image_loader_set_cache_bytes (self, cache_bytes);
  return self;
}

void
limner_image_loader_set_cache_bytes (LimnerImageLoader *self, gsize cache_bytes)
{
  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));

  limner_image_cache_set_max_bytes (self->cache, cache_bytes);
  self->max_bytes_ahead = MAX (cache_bytes, AHEAD_BYTES);
}

void
limner_image_loader_set_max_pixels (LimnerImageLoader *self, guint64 max_pixels)
{
  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));

  self->max_pixels = max_pixels != 0 ? max_pixels : LIMNER_IMAGE_MAX_PIXELS;
}

LimnerPixels *
limner_image_loader_peek (LimnerImageLoader *self, const char *path)
{
  g_return_val_if_fail (LIMNER_IS_IMAGE_LOADER (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  return limner_image_cache_lookup (self->cache, path);
}

static gboolean
on_trim (gpointer user_data)
{
  LimnerImageLoader *self = user_data;

  self->trim_source = 0;
  limner_image_cache_make_room (self->cache);
  return G_SOURCE_REMOVE;
}

/* Another shown picture has other neighbours, which the caller names next; then what is too much
 * goes, a large picture that was left first of all. */
static void
pin (LimnerImageLoader *self, const char *path, LimnerLoadPriority priority)
{
  LimnerPixels *pixels = limner_image_cache_lookup (self->cache, path);

  if (self->trim_source == 0)
    self->trim_source = g_idle_add (on_trim, self);
  if (priority != LIMNER_LOAD_SHOWN && pixels != NULL &&
      limner_pixels_get_size_bytes (pixels) > self->max_bytes_ahead)
    return;
  if (priority == LIMNER_LOAD_SHOWN &&
      g_strcmp0 (limner_image_cache_get_pin (self->cache, LIMNER_LOAD_SHOWN), path) != 0)
    {
      limner_image_cache_pin (self->cache, LIMNER_LOAD_NEXT, NULL);
      limner_image_cache_pin (self->cache, LIMNER_LOAD_PREVIOUS, NULL);
    }
  limner_image_cache_pin (self->cache, priority, path);
}

void
limner_image_loader_load_async (LimnerImageLoader *self,
                                const char *path,
                                LimnerLoadPriority priority,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  LimnerPixels *pixels;

  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));
  g_return_if_fail (path != NULL && priority < LIMNER_LOAD_THUMBNAIL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, limner_image_loader_load_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->queue == NULL)
    {
      return_cancelled (task);
      return;
    }
  pin (self, path, priority);
  pixels = limner_image_cache_lookup (self->cache, path);
  if (pixels != NULL)
    g_task_return_pointer (task, limner_pixels_ref (pixels), (GDestroyNotify) limner_pixels_unref);
  else
    join_or_start (self, path, 0, 0, NULL, priority, g_steal_pointer (&task));
}

LimnerPixels *
limner_image_loader_load_finish (LimnerImageLoader *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
limner_image_loader_load_thumbnail_async (LimnerImageLoader *self,
                                          const char *path,
                                          guint max_width,
                                          guint max_height,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (LimnerLoadJob) surplus = NULL;

  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));
  g_return_if_fail (path != NULL && max_width > 0 && max_height > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, limner_image_loader_load_thumbnail_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->queue == NULL)
    {
      return_cancelled (task);
      return;
    }
  join_or_start (self, path, max_width, max_height, limner_image_cache_lookup (self->cache, path),
                 LIMNER_LOAD_THUMBNAIL, g_steal_pointer (&task));
  surplus = limner_load_queue_get_surplus_thumbnail (self->queue, MAX_WAITING_THUMBNAILS);
  if (surplus != NULL)
    {
      drop_job (self, surplus);
      cancel_requests (surplus);
    }
}

cairo_surface_t *
limner_image_loader_load_thumbnail_finish (LimnerImageLoader *self,
                                           GAsyncResult *result,
                                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gsize
limner_image_loader_get_cached_bytes (LimnerImageLoader *self)
{
  g_return_val_if_fail (LIMNER_IS_IMAGE_LOADER (self), 0);

  return limner_image_cache_get_size_bytes (self->cache);
}

void
limner_image_loader_invalidate (LimnerImageLoader *self, const char *path)
{
  g_autoptr (GPtrArray) affected = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (LIMNER_IS_IMAGE_LOADER (self));

  limner_image_cache_remove (self->cache, path);
  affected = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_load_job_unref);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (path == NULL || g_str_equal (((LimnerLoadJob *) value)->path, path))
      g_ptr_array_add (affected, limner_load_job_ref (value));
  for (guint i = 0; i < affected->len; i++)
    restart (self, g_ptr_array_index (affected, i));
}
