/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

typedef struct
{
  GTask *task; /* keeps what the function is told about */
  LimnerProgress progress;
  double fraction;
} Note;

static gboolean
deliver (gpointer data)
{
  Note *self = data;

  if (!g_task_get_completed (self->task))
    self->progress.func (self->fraction, self->progress.data);
  return G_SOURCE_REMOVE;
}

static void
note_free (gpointer data)
{
  Note *self = data;

  g_object_unref (self->task);
  g_free (self);
}

void
limner_progress_send (const LimnerProgress *progress, GTask *task, double fraction)
{
  g_autoptr (GSource) source = NULL;
  Note *note;

  if (progress->func == NULL)
    return;
  note = g_new0 (Note, 1);
  note->task = g_object_ref (task);
  note->progress = *progress;
  note->fraction = fraction;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, note, note_free);
  g_source_attach (source, g_task_get_context (task));
}
