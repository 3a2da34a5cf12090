/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

/*
 * Another program works on the dataset: it can be looked at, and is taken over as soon as the other
 * one lets its log go.
 */

#define POLL_MS 500

typedef struct
{
  char *path;
  char *image_root;
  LimnerOpenFlags flags;
} TakeOver;

static void
take_over_free (gpointer data)
{
  TakeOver *self = data;

  g_free (self->path);
  g_free (self->image_root);
  g_free (self);
}

static void
take_over_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TakeOver *request = task_data;
  GError *error = NULL;
  LimnerLoaded *loaded = limner_load_unclaimed (request->path, request->image_root, request->flags,
                                                cancellable, &error);

  if (loaded == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, loaded, (GDestroyNotify) limner_loaded_free);
}

static void
on_take_over_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerLoaded) loaded = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->is_closed || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (loaded == NULL || loaded->is_held)
    limner_document_start_held_poll (self);
  else
    limner_document_take_over (self, loaded);
}

/* Only where the lock looks free is everything read again. */
static void
probe_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *path = task_data;
  g_autoptr (GError) error = NULL;
  LimnerWorkspace *workspace = limner_workspace_open (path, FALSE, NULL, &error);

  if (workspace != NULL)
    {
      limner_workspace_close (workspace);
      g_object_unref (workspace);
    }
  g_task_return_boolean (task, !g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY));
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GTask) task = NULL;
  TakeOver *request;

  if (self->is_closed || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      limner_document_start_held_poll (self);
      return;
    }
  request = g_new0 (TakeOver, 1);
  request->path = g_strdup (self->path);
  request->image_root = g_strdup (self->image_root);
  request->flags = self->flags;
  task = g_task_new (self, self->cancellable, on_take_over_done, NULL);
  g_task_set_task_data (task, request, take_over_free);
  g_task_run_in_thread (task, take_over_in_thread);
}

static void
on_held_due (LimnerDocument *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_probed, NULL);

  limner_clear_source (&self->held_source);
  g_task_set_task_data (task, limner_workspace_dup_path (self->real_path, FALSE), g_free);
  g_task_run_in_thread (task, probe_in_thread);
}

void
limner_document_start_held_poll (LimnerDocument *self)
{
  if (!(self->flags & LIMNER_OPEN_READ_ONLY))
    limner_document_start_timer (self, &self->held_source, POLL_MS, on_held_due);
}
