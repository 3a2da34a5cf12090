/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>

/* How long closing waits for the log, and how often it looks. */
#define LOG_WAIT_MS 2000
#define LOG_POLL_MS 20

/* ---- opening ---- */

typedef struct
{
  char *path;
  char *coco_path;
  char *image_root;
  LimnerOpenFlags flags;
  LimnerProgress progress;
  GTask *task; /* not owned */
} OpenRequest;

static void
open_request_free (gpointer data)
{
  OpenRequest *self = data;

  g_free (self->path);
  g_free (self->coco_path);
  g_free (self->image_root);
  g_free (self);
}

/* In the thread. */
static void
send_progress (double fraction, gpointer user_data)
{
  OpenRequest *request = user_data;

  limner_progress_send (&request->progress, request->task, fraction);
}

typedef struct
{
  LimnerLoaded *loaded;
  LimnerDocument *existing;
} OpenAnswer;

static void
open_answer_free (gpointer data)
{
  OpenAnswer *self = data;

  g_clear_pointer (&self->loaded, limner_loaded_free);
  g_clear_object (&self->existing);
  g_free (self);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  OpenRequest *request = task_data;
  OpenAnswer *answer = g_new0 (OpenAnswer, 1);
  LimnerProgress progress = { send_progress, request };
  GError *error = NULL;

  answer->loaded = limner_load (request->path, request->coco_path, request->image_root,
                                request->flags, request->progress.func != NULL ? &progress : NULL,
                                &answer->existing, cancellable, &error);
  if (error == NULL)
    {
      g_task_return_pointer (task, answer, open_answer_free);
      return;
    }
  open_answer_free (answer);
  g_task_return_error (task, error);
}

void
limner_document_open_async (const char *path,
                            const char *coco_path,
                            const char *image_root,
                            LimnerOpenFlags flags,
                            LimnerProgressFunc progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  OpenRequest *request;

  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  request = g_new0 (OpenRequest, 1);
  request->path = g_strdup (path);
  request->coco_path = g_strdup (coco_path);
  request->image_root = g_strdup (image_root);
  request->flags = flags;
  request->progress = (LimnerProgress){ progress, progress_data };
  request->task = task;
  g_task_set_source_tag (task, limner_document_open_async);
  g_task_set_task_data (task, request, open_request_free);
  g_task_run_in_thread (task, open_in_thread);
}

LimnerDocument *
limner_document_open_finish (GAsyncResult *result, GError **error)
{
  OpenAnswer *answer = g_task_propagate_pointer (G_TASK (result), error);
  LimnerDocument *document;

  if (answer == NULL)
    return NULL;
  document = answer->existing != NULL ? g_steal_pointer (&answer->existing)
                                      : limner_document_new_loaded (answer->loaded);
  open_answer_free (answer);
  return document;
}

LimnerDocument *
limner_document_open (const char *path,
                      const char *coco_path,
                      const char *image_root,
                      LimnerOpenFlags flags,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GAsyncResult) result = NULL;

  limner_document_open_async (path, coco_path, image_root, flags, NULL, NULL, cancellable,
                              limner_keep_result, &result);
  limner_wait_for_result (context, &result);
  return limner_document_open_finish (result, error);
}

/* ---- closing ---- */

static void
close_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  limner_log_thread_close (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
on_log_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GTask) closing = user_data;

  g_clear_pointer (&self->log, limner_log_thread_free);
  g_clear_pointer (&self->slot, limner_registry_release);
  self->is_closed = TRUE;
  limner_document_set_read_only (self, TRUE);
  g_task_return_boolean (closing, TRUE);
}

static void
let_log_go (LimnerDocument *self, GTask *closing)
{
  g_autoptr (GTask) task = NULL;

  limner_document_stop_checkpoints (self);
  limner_document_stop_watch (self);
  g_cancellable_cancel (self->cancellable);
  limner_registry_publish (self->slot, NULL);
  task = g_task_new (self, NULL, on_log_closed, g_object_ref (closing));
  if (self->log == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_set_task_data (task, self->log, NULL);
  g_task_run_in_thread (task, close_in_thread);
}

/* What the log has not acknowledged a moment after the last save. */
static void
fail_close (LimnerDocument *self, GTask *closing, const char *cause)
{
  const guint n = g_queue_get_length (&self->waiting);

  self->is_closing = FALSE;
  limner_registry_publish (self->slot, self);
  g_task_return_new_error (closing, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_DURABLE,
                           ngettext ("%s: %u change is nowhere on disk: %s",
                                     "%s: %u changes are nowhere on disk: %s", n),
                           self->path, n, cause);
}

typedef struct
{
  GTask *closing;
  char *cause;
  gint64 until;
} LogWait;

/* The log may be writing the last edit just now: a save that was refused did not wait for it. */
static gboolean
on_log_wait (gpointer user_data)
{
  LogWait *wait = user_data;
  LimnerDocument *self = g_task_get_source_object (wait->closing);

  if (!g_queue_is_empty (&self->waiting) &&
      !limner_document_has_trouble (self, LIMNER_TROUBLE_NOT_DURABLE) &&
      g_get_monotonic_time () < wait->until)
    return G_SOURCE_CONTINUE;
  if (!g_queue_is_empty (&self->waiting))
    fail_close (self, wait->closing, wait->cause);
  else
    {
      self->is_closing = FALSE;
      let_log_go (self, wait->closing);
    }
  return G_SOURCE_REMOVE;
}

static void
log_wait_free (gpointer data)
{
  LogWait *wait = data;

  g_object_unref (wait->closing);
  g_free (wait->cause);
  g_free (wait);
}

static void
on_saved_for_close (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GTask) closing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSource) timer = NULL;
  LogWait *wait;

  if (limner_document_save_finish (self, result, &error) || g_queue_is_empty (&self->waiting))
    {
      self->is_closing = FALSE;
      /* what the file lacks is in the log, and the next opening brings it back */
      let_log_go (self, closing);
      return;
    }
  wait = g_new (LogWait, 1);
  *wait = (LogWait){ g_steal_pointer (&closing), g_strdup (error->message),
                     g_get_monotonic_time () + LOG_WAIT_MS * 1000 };
  timer = g_timeout_source_new (LOG_POLL_MS);
  g_source_set_callback (timer, on_log_wait, wait, log_wait_free);
  g_source_attach (timer, self->context);
}

void
limner_document_close_async (LimnerDocument *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, limner_document_close_async);
  if (self->is_closed || self->is_closing)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* a checkpoint that runs writes to the log, even where nothing is left to be saved */
  if (self->checkpoint == NULL &&
      (self->log == NULL || (self->pending->len == 0 && g_queue_is_empty (&self->waiting)) ||
       (self->ask_first && g_queue_is_empty (&self->waiting))))
    {
      let_log_go (self, task);
      return;
    }
  self->is_closing = TRUE;
  limner_registry_publish (self->slot, NULL);
  limner_document_save_async (self, NULL, on_saved_for_close, g_steal_pointer (&task));
}

gboolean
limner_document_close_finish (LimnerDocument *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
limner_document_close (LimnerDocument *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  limner_document_close_async (self, limner_keep_result, &result);
  limner_wait_for_result (self->context, &result);
  return limner_document_close_finish (self, result, error);
}
