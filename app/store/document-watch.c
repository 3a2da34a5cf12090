/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#define RATE_LIMIT_MS 100
#define POLL_MS 2000
#define SETTLE_MS 50 /* between the first event and the look: a writer makes several */

typedef struct
{
  LimnerCocoFile *file; /* (nullable) */
  char *real_path;
  gboolean exists;
  gboolean folder_exists;
  gboolean is_other; /* content that we do not have */
  gboolean is_moved; /* our content under another inode or time */
} Look;

static void
look_free (gpointer data)
{
  Look *self = data;

  g_clear_pointer (&self->file, limner_coco_file_unref);
  g_free (self->real_path);
  g_free (self);
}

static void
look_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Look *look = task_data;
  g_autofree char *folder = g_path_get_dirname (look->real_path);
  LimnerIdentity now;
  struct stat info;

  look->folder_exists = stat (folder, &info) == 0;
  look->exists = stat (look->real_path, &info) == 0;
  if (look->exists && look->file == NULL)
    look->is_other = TRUE;
  else if (look->exists && !limner_coco_file_is_current (look->file))
    {
      look->is_other =
          !limner_identity_of_path (look->real_path, TRUE, &now, NULL) ||
          !limner_identity_same_content (limner_coco_file_get_identity (look->file), &now);
      look->is_moved = !look->is_other;
    }
  g_task_return_boolean (task, TRUE);
}

static void
tell_gone (LimnerDocument *self, gboolean folder_exists)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  self->ask_first = folder_exists;
  limner_document_set_trouble (
      self, LIMNER_TROUBLE_GONE, !g_queue_is_empty (&self->waiting),
      folder_exists
          ? g_strdup_printf (_ ("%s was deleted or moved away"), limner_document_get_name (self))
          : g_strdup_printf (_ ("The folder %s is gone"), folder),
      folder_exists ? g_strdup (_ ("Everything is still here; save to write it again."))
                    : g_strdup (_ ("Changes are kept and written when it is back.")));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  Look *look = g_task_get_task_data (G_TASK (result));

  self->is_checking = FALSE;
  if (self->is_closed || g_cancellable_is_cancelled (self->cancellable) ||
      self->checkpoint != NULL || self->is_reloading || look->file != self->file)
    return;
  if (!look->exists)
    {
      if (self->file != NULL)
        tell_gone (self, look->folder_exists);
      return;
    }
  /* our content under a new inode or time is read again, too: its identity is what the next save
   * compares with */
  if (look->is_other || look->is_moved)
    {
      if (!self->is_torn) /* that is no version of anybody's */
        limner_document_reload (self);
      return;
    }
  if (limner_document_has_trouble (self, LIMNER_TROUBLE_GONE))
    {
      self->ask_first = FALSE;
      limner_document_clear_trouble (self, LIMNER_TROUBLE_GONE);
      limner_document_schedule_checkpoint (self);
    }
}

void
limner_document_check_file (LimnerDocument *self)
{
  g_autoptr (GTask) task = NULL;
  Look *look;

  if (self->is_checking || self->checkpoint != NULL || self->is_reloading || self->is_closed ||
      (self->flags & LIMNER_OPEN_READ_ONLY))
    return;
  self->is_checking = TRUE;
  look = g_new0 (Look, 1);
  look->file = self->file != NULL ? limner_coco_file_ref (self->file) : NULL;
  look->real_path = g_strdup (self->real_path);
  task = g_task_new (self, NULL, on_looked, NULL);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_thread);
}

static void
on_check_due (LimnerDocument *self)
{
  limner_clear_source (&self->check_source);
  if (self->checkpoint != NULL || self->is_checking || self->is_reloading)
    limner_document_start_timer (self, &self->check_source, RATE_LIMIT_MS, on_check_due);
  else
    limner_document_check_file (self);
}

static gboolean
is_ours (LimnerDocument *self, GFile *file)
{
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  return path != NULL && strcmp (path, self->real_path) == 0;
}

static void
on_monitor_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  LimnerDocument *self = user_data;

  if (event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT || self->check_source != NULL)
    return;
  if (is_ours (self, file) || is_ours (self, other) || event == G_FILE_MONITOR_EVENT_UNMOUNTED)
    limner_document_start_timer (self, &self->check_source, SETTLE_MS, on_check_due);
}

static void
on_poll (LimnerDocument *self)
{
  limner_document_check_file (self);
  limner_document_start_timer (self, &self->poll_source, POLL_MS, on_poll);
}

void
limner_document_start_watch (LimnerDocument *self)
{
  g_autofree char *path = g_path_get_dirname (self->real_path);
  g_autoptr (GFile) folder = g_file_new_for_path (path);

  g_main_context_push_thread_default (self->context);
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  g_main_context_pop_thread_default (self->context);
  if (self->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (self->monitor, RATE_LIMIT_MS);
      g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_monitor_changed), self, 0);
    }
  /* where other machines write, or a daemon stands between, the kernel does not tell */
  if (self->monitor == NULL || limner_file_system_is_remote (path))
    limner_document_start_timer (self, &self->poll_source, POLL_MS, on_poll);
}

void
limner_document_stop_watch (LimnerDocument *self)
{
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  limner_clear_source (&self->poll_source);
  limner_clear_source (&self->check_source);
  limner_clear_source (&self->held_source);
}
