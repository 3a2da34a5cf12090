/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>

/*
 * Another program works on the dataset: it can be looked at, and is taken over as soon as the other
 * one lets its log go. Where there are no locks, it cannot be seen from another machine that the
 * other one is gone: then the person may say so.
 */

#define POLL_MS 500
#define SILENT_US (3 * LIMNER_WORKSPACE_BEAT_US)

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

/* A thread that began before we lost the dataset still uses its log, or reads for it. */
static gboolean
is_at_work (LimnerDocument *self)
{
  return self->checkpoint != NULL || self->is_reloading;
}

static void
on_take_over_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerLoaded) loaded = g_task_propagate_pointer (G_TASK (result), &error);

  /* a claim and the poll may both have been under way */
  if (self->is_closed || g_cancellable_is_cancelled (self->cancellable) ||
      !limner_document_has_trouble (self, LIMNER_TROUBLE_HELD))
    return;
  if (loaded == NULL)
    limner_document_tell_held (self, error->message);
  else if (loaded->is_held)
    limner_document_tell_held (self, loaded->holder_text);
  else if (is_at_work (self))
    limner_document_start_held_poll (self);
  else
    limner_document_take_over (self, loaded);
}

static void
start_take_over (LimnerDocument *self, LimnerOpenFlags flags)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_take_over_done, NULL);
  TakeOver *request = g_new0 (TakeOver, 1);

  request->path = g_strdup (self->path);
  request->image_root = g_strdup (self->image_root);
  request->flags = flags;
  g_task_set_task_data (task, request, take_over_free);
  g_task_run_in_thread (task, take_over_in_thread);
}

typedef struct
{
  char *paths[2];    /* of the logs, beside the file and in the state folder */
  gboolean by_lease; /* held by one, not by a lock */
  guint64 beat;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++)
    g_free (self->paths[i]);
  g_free (self);
}

static gboolean
is_busy (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerWorkspace) workspace = limner_workspace_open (path, FALSE, NULL, &error);

  if (workspace != NULL)
    limner_workspace_close (workspace);
  return g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY);
}

/* Only where both logs look free is everything read again. */
static void
probe_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Probe *probe = task_data;
  gboolean held = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (probe->paths) && !held; i++)
    {
      held = is_busy (probe->paths[i]);
      probe->by_lease = limner_workspace_look_at_lease (probe->paths[i], &probe->beat);
    }
  g_task_return_boolean (task, !held);
}

/* The holder's beat, by our own clock: clocks of two machines are not compared. */
static void
note_beat (LimnerDocument *self, const Probe *probe)
{
  gint64 now = g_get_monotonic_time ();
  gboolean was_silent = self->holder_silent;

  if (!self->held_by_lease || self->holder_beat != probe->beat)
    self->holder_beat_us = now;
  self->holder_beat = probe->beat;
  self->holder_silent = probe->by_lease && now - self->holder_beat_us > SILENT_US;
  if (self->held_by_lease == probe->by_lease && self->holder_silent == was_silent)
    return;
  self->held_by_lease = probe->by_lease;
  g_signal_emit_by_name (self, "trouble-changed");
}

gboolean
limner_document_can_claim (LimnerDocument *self, gboolean *is_silent)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  if (is_silent != NULL)
    *is_silent = self->holder_silent;
  return self->held_by_lease && limner_document_has_trouble (self, LIMNER_TROUBLE_HELD);
}

void
limner_document_claim (LimnerDocument *self)
{
  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (!limner_document_can_claim (self, NULL) || self->is_closed)
    return;
  limner_clear_source (&self->held_source);
  start_take_over (self, self->flags | LIMNER_OPEN_TAKE_OVER);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);

  if (self->is_closed || g_cancellable_is_cancelled (self->cancellable) ||
      !limner_document_has_trouble (self, LIMNER_TROUBLE_HELD))
    return;
  note_beat (self, g_task_get_task_data (G_TASK (result)));
  if (g_task_propagate_boolean (G_TASK (result), NULL) && !is_at_work (self))
    start_take_over (self, self->flags);
  else
    limner_document_start_held_poll (self);
}

static void
on_held_due (LimnerDocument *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_probed, NULL);
  Probe *probe = g_new0 (Probe, 1);

  limner_clear_source (&self->held_source);
  probe->paths[0] = limner_workspace_dup_path (self->real_path, FALSE);
  probe->paths[1] = limner_workspace_dup_path (self->real_path, TRUE);
  g_task_set_task_data (task, probe, probe_free);
  g_task_run_in_thread (task, probe_in_thread);
}

void
limner_document_start_held_poll (LimnerDocument *self)
{
  if (!(self->flags & LIMNER_OPEN_READ_ONLY))
    limner_document_start_timer (self, &self->held_source, POLL_MS, on_held_due);
}

void
limner_document_tell_held (LimnerDocument *self, const char *holder)
{
  limner_document_set_trouble (
      self, LIMNER_TROUBLE_HELD, FALSE,
      g_strdup_printf (_ ("Another program is working on %s: it can only be looked at here"),
                       limner_document_get_name (self)),
      g_strdup (holder));
  limner_document_set_read_only (self, TRUE);
  limner_document_start_held_poll (self);
}
