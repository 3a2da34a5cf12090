/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <limner/coco-writer.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The COCO file is brought up to date. A thread writes what the dataset was when it began; edits
 * made meanwhile stay in the log and on top of the new file. The handshake between log and file:
 *
 *    1. every edit is durable in the log
 *    2. the file is still the base, the one that the log's edits apply to; else merge first
 *    3. a temporary file is made beside it, 4. written and hashed, 5. given the mode, owner and
 *       attributes of the old one, and synced, 6. read back with the ordinary scanner
 *    7. the log notes the intent: hash and size of the new file, and the last edit in it
 *    8. rename, 9. sync of the folder
 *   10. the log notes the new base and what is applied, and forgets the intent
 *   11. the document goes on upon the new file
 *
 * What fails before 8 leaves the old file; killed after it, the next opening knows the intent.
 */

#define PAUSE_MS 2000
#define RETRY_MS 5000
#define MAX_STEPS 2000        /* edits that wait at most, however busy the hand is */
#define SHARE_OF_TIME 30      /* a checkpoint takes at most one part in so many of the time */
#define QUICK_US (100 * 1000) /* a checkpoint that may happen at every image */

/* What the thread is handed, and what it hands back. */
struct _LimnerCheckpoint
{
  LimnerCocoFile *base; /* (nullable) */
  LimnerMoment base_taken;
  gboolean base_is_backup; /* the file itself is gone */
  gboolean in_place;       /* the folder takes no new files */
  gboolean is_torn;        /* writing in place has failed before; afterwards: whether it has now */
  char *real_path;
  GArray *changes;
  GBytes *info;         /* (nullable) */
  LimnerStep *upto;     /* (nullable): newest step in it */
  LimnerLogThread *log; /* not owned: outlives us, see limner_document_close_async() */
  LimnerProgress progress;
  GTask *task; /* not owned */
  gboolean nothing_to_write;

  LimnerCocoFile *written; /* (nullable) */
  LimnerMoment written_at;
  char *replaced;      /* (nullable): what another program wrote at the last moment is kept there */
  char *losses;        /* (nullable): what the new file could not keep of the old one */
  gboolean is_foreign; /* another program changed the file */
  gint64 duration_us;
};

static void
checkpoint_free (gpointer data)
{
  LimnerCheckpoint *self = data;

  g_clear_pointer (&self->base, limner_coco_file_unref);
  g_free (self->real_path);
  g_clear_pointer (&self->changes, g_array_unref);
  g_clear_pointer (&self->info, g_bytes_unref);
  g_clear_pointer (&self->upto, limner_step_unref);
  g_clear_pointer (&self->written, limner_coco_file_unref);
  g_free (self->replaced);
  g_free (self->losses);
  g_free (self);
}

/* ---- in the thread ---- */

/*
 * Step 2: whether the file is still the one our edits apply to. Times alone do not tell where the
 * identity was taken in the same moment as the file was written.
 */
static gboolean
check_base (LimnerCheckpoint *self, GError **error)
{
  const LimnerIdentity *base;
  LimnerIdentity now;
  struct stat info;
  gboolean is_current;

  if (self->base == NULL || self->base_is_backup)
    {
      self->is_foreign = stat (self->real_path, &info) == 0;
      return TRUE;
    }
  base = limner_coco_file_get_identity (self->base);
  is_current = limner_coco_file_is_current (self->base);
  if (is_current && !limner_moment_is_racy (&self->base_taken, self->real_path, base))
    return TRUE;
  if (!limner_identity_of_path (self->real_path, TRUE, &now, error))
    return FALSE;
  self->is_foreign = !limner_identity_same_content (base, &now);
  return TRUE;
}

static gboolean
copy_to (const char *source, const char *target, GError **error)
{
  g_autoptr (GFile) from = g_file_new_for_path (source);
  g_autoptr (GFile) to = g_file_new_for_path (target);

  return g_file_copy (from, to, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_ALL_METADATA, NULL,
                      NULL, NULL, error);
}

/* The file as it was before Limner first changed it; once there it stays. */
static gboolean
make_backup (LimnerCheckpoint *self, GError **error)
{
  g_autofree char *backup = limner_backup_dup_path (self->real_path);
  g_autoptr (GError) local = NULL;
  struct stat info;

  if (self->base == NULL || self->base_is_backup || lstat (backup, &info) == 0)
    return TRUE;
  if (link (self->real_path, backup) == 0 || errno == EEXIST)
    return TRUE;
  if (copy_to (self->real_path, backup, &local) ||
      g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local),
                              "%s: the backup cannot be made: ", backup);
  return FALSE;
}

static void
on_write_progress (double fraction, gpointer user_data)
{
  LimnerCheckpoint *self = user_data;

  limner_progress_send (&self->progress, self->task, fraction);
}

/* The new version is made in the state folder first, with all that steps 3 to 6 say. */
static gboolean
write_in_place (LimnerCheckpoint *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *log_path = limner_workspace_dup_path (self->real_path, TRUE);
  g_autofree char *new_path = limner_coco_dup_in_place_new (log_path);
  g_autoptr (LimnerCocoWriter) writer = limner_coco_writer_new (self->base, new_path, error);
  g_autoptr (LimnerCocoFile) made = NULL;
  LimnerIdentity identity;

  if (writer == NULL)
    return FALSE;
  limner_coco_writer_set_overwrite (writer, TRUE);
  made = limner_coco_writer_write (writer, self->changes, self->info, on_write_progress, self,
                                   cancellable, error);
  if (made == NULL)
    return FALSE;
  identity = *limner_coco_file_get_identity (made);
  if (!limner_log_thread_write_intent (self->log, &identity, self->upto, error) ||
      !limner_coco_writer_replace (writer, made, NULL, error) ||
      !limner_coco_write_in_place (self->base, self->real_path, log_path, error))
    return FALSE;
  self->written_at = limner_moment_now ();
  self->written = limner_coco_file_open (self->real_path, NULL, NULL, NULL, error);
  if (self->written == NULL)
    return FALSE;
  /* another program has written it since: what was written is merged with that */
  self->is_foreign =
      !limner_identity_same_content (limner_coco_file_get_identity (self->written), &identity);
  return TRUE;
}

static gboolean
write_file (LimnerCheckpoint *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnerCocoWriter) writer = limner_coco_writer_new (self->base, self->real_path, error);
  g_autoptr (LimnerCocoFile) written = NULL;
  LimnerIdentity identity;

  if (writer == NULL)
    return FALSE;
  written = limner_coco_writer_write (writer, self->changes, self->info, on_write_progress, self,
                                      cancellable, error);
  if (written == NULL)
    return FALSE;
  identity = *limner_coco_file_get_identity (written);
  if (!limner_log_thread_write_intent (self->log, &identity, self->upto, error))
    return FALSE;
  if (!make_backup (self, error) ||
      !limner_coco_writer_replace (writer, written, &self->replaced, error))
    return FALSE;
  limner_coco_file_keep_index (written, self->base != NULL
                                            ? limner_coco_file_get_identity (self->base)
                                            : NULL);
  self->losses = g_strdup (limner_coco_writer_get_losses (writer));
  self->written = g_steal_pointer (&written);
  self->written_at = limner_moment_now ();
  return TRUE;
}

/* What a failed writing in place left: the base again, before it is taken for another program's. */
static gboolean
put_right (LimnerCheckpoint *self, GError **error)
{
  g_autofree char *log_path = limner_workspace_dup_path (self->real_path, TRUE);

  return !self->is_torn || limner_coco_undo_in_place (self->real_path, log_path, error);
}

static gboolean
is_torn (LimnerCheckpoint *self)
{
  g_autofree char *log_path = limner_workspace_dup_path (self->real_path, TRUE);

  return (self->in_place || self->is_torn) && limner_coco_is_in_place_begun (log_path);
}

static gboolean
run (LimnerCheckpoint *self, GCancellable *cancellable, GError **error)
{
  const LimnerIdentity *identity;
  g_autoptr (GError) local = NULL;

  /* step 1; a log that does not work keeps nothing from going on if it never was */
  if (!limner_log_thread_sync (self->log, &local) &&
      (limner_log_thread_has_log (self->log) ||
       g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY)))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!put_right (self, error) || !check_base (self, error))
    return FALSE;
  if (self->is_foreign)
    return TRUE;
  if (!self->nothing_to_write && !(self->in_place ? write_in_place (self, cancellable, error)
                                                  : write_file (self, cancellable, error)))
    return FALSE;
  if (self->is_foreign)
    return TRUE;

  identity = self->written != NULL ? limner_coco_file_get_identity (self->written)
             : self->base != NULL  ? limner_coco_file_get_identity (self->base)
                                   : NULL;
  /* the rename has happened; should this fail, the intent says the same at the next opening */
  if (!limner_log_thread_write_base (self->log, identity, self->upto, &local))
    g_debug ("%s", local->message);
  return TRUE;
}

static void
checkpoint_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  LimnerCheckpoint *self = task_data;
  gint64 start = g_get_monotonic_time ();
  GError *error = NULL;
  gboolean done = run (self, cancellable, &error);

  self->is_torn = !done && is_torn (self);
  self->duration_us = g_get_monotonic_time () - start;
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- on the main context ---- */

static void
answer (GPtrArray *savers, const GError *error)
{
  for (guint i = 0; i < savers->len; i++)
    {
      GTask *saver = g_ptr_array_index (savers, i);

      if (error != NULL)
        g_task_return_error (saver, g_error_copy (error));
      else
        g_task_return_boolean (saver, TRUE);
    }
}

static GPtrArray *
steal_savers (GPtrArray **savers)
{
  GPtrArray *stolen = *savers;

  *savers = g_ptr_array_new_with_free_func (g_object_unref);
  return stolen;
}

static void
on_retry (LimnerDocument *self)
{
  limner_clear_source (&self->retry_source);
  limner_document_checkpoint (self, NULL);
}

static void
tell_failed (LimnerDocument *self, const GError *error)
{
  g_autofree char *cause = limner_describe_cause (error);
  guint n = self->pending->len;
  g_autofree char *changes = limner_count_changes (n);
  g_autofree char *place = NULL;

  if (!g_queue_is_empty (&self->waiting))
    place = g_strdup (ngettext ("It is only in memory yet.", "They are only in memory yet.", n));
  else if (self->in_state)
    place =
        g_strdup (ngettext ("It is kept on this computer.", "They are kept on this computer.", n));
  else
    place = g_strdup (ngettext ("It is kept in the workspace beside it.",
                                "They are kept in the workspace beside it.", n));
  limner_document_set_trouble (self, LIMNER_TROUBLE_SAVE_FAILED, FALSE,
                               g_strdup_printf (ngettext ("%s: %s to %s is not saved yet",
                                                          "%s: %s to %s are not saved yet", n),
                                                cause, changes, limner_document_get_name (self)),
                               g_strdup_printf (_ ("%s Limner tries again every 5 seconds. %s"),
                                                place, error->message));
  limner_document_start_timer (self, &self->retry_source, RETRY_MS, on_retry);
}

static void
tell_replaced (LimnerDocument *self, const char *kept)
{
  g_ptr_array_add (self->findings,
                   limner_finding_new ("W_CONFLICT_COPY", LIMNER_SEVERITY_WARNING, NULL, NULL, 0, 0,
                                       "another program wrote the file in the same moment; its "
                                       "version is kept as %s",
                                       kept));
  limner_document_set_trouble (self, LIMNER_TROUBLE_WORKSPACE, FALSE,
                               g_strdup_printf (_ ("Another program wrote %s in the same moment"),
                                                limner_document_get_name (self)),
                               g_strdup_printf (_ ("Its version is kept as %s."), kept));
}

/* Once: it is so at every save from now on. */
static void
tell_losses (LimnerDocument *self, const char *losses)
{
  self->losses_told = TRUE;
  g_ptr_array_add (self->findings, limner_finding_new ("W_NOT_KEPT", LIMNER_SEVERITY_WARNING, NULL,
                                                       NULL, 0, 0, "%s", losses));
  g_signal_emit_by_name (self, "notice", losses);
}

/* The new file is the base now; what came since stays on top of it. */
static void
adopt_written (LimnerDocument *self, LimnerCheckpoint *done)
{
  if (self->n_in_checkpoint > 0)
    g_ptr_array_remove_range (self->pending, 0, self->n_in_checkpoint);
  if (done->written != NULL)
    {
      g_clear_pointer (&self->file, limner_coco_file_unref);
      self->file = limner_coco_file_ref (done->written);
      self->file_taken = done->written_at;
      limner_dataset_rebase (self->dataset, limner_coco_file_get_columns (self->file),
                             self->pending);
    }
  if (done->replaced != NULL)
    tell_replaced (self, done->replaced);
  if (done->losses != NULL && !self->losses_told)
    tell_losses (self, done->losses);
  limner_document_clear_trouble (self, LIMNER_TROUBLE_SAVE_FAILED);
  limner_document_clear_trouble (self, LIMNER_TROUBLE_GONE);
  self->ask_first = FALSE;
}

static void
on_checkpoint_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  LimnerCheckpoint *done = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) savers = steal_savers (&self->savers);
  g_autoptr (GPtrArray) next = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&self->checkpoint);
  self->is_torn = done->is_torn;
  self->checkpoint_end_us = g_get_monotonic_time ();
  self->checkpoint_duration_us = done->duration_us;
  limner_document_set_busy (self, FALSE);
  if (ok && done->is_foreign)
    {
      /* merge first; whoever waits goes on waiting for the file that has both */
      self->n_in_checkpoint = 0;
      for (guint i = 0; i < savers->len; i++)
        g_ptr_array_add (self->next_savers, g_object_ref (g_ptr_array_index (savers, i)));
      limner_document_reload (self);
      limner_document_update_state (self);
      return;
    }
  if (ok)
    adopt_written (self, done);
  else if (!self->is_closed && !limner_document_has_trouble (self, LIMNER_TROUBLE_HELD) &&
           !g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    tell_failed (self, error); /* of what is lost the log tells */
  self->n_in_checkpoint = 0;
  limner_document_notify_pending (self);
  answer (savers, error);

  next = steal_savers (&self->next_savers);
  for (guint i = 0; i < next->len; i++)
    limner_document_checkpoint (self, g_ptr_array_index (next, i));
  if (ok && self->pending->len > 0)
    limner_document_schedule_checkpoint (self);
}

/* 'info' has a parameter of its own in the writer. */
static void
take_info (LimnerDocument *self, LimnerCheckpoint *checkpoint)
{
  GArray *changes = checkpoint->changes;

  for (guint i = 0; i < changes->len; i++)
    {
      LimnerChange *change = &g_array_index (changes, LimnerChange, i);

      if (change->kind != LIMNER_RECORD_INFO)
        continue;
      checkpoint->info = change->text != NULL ? g_bytes_ref (change->text) : NULL;
      g_array_remove_index (changes, i);
      break;
    }
  if (checkpoint->info == NULL && self->file == NULL)
    checkpoint->info = g_bytes_new_static (LIMNER_NEW_INFO, sizeof LIMNER_NEW_INFO - 1);
}

static void
on_progress (double fraction, gpointer user_data)
{
  limner_document_set_progress (user_data, fraction);
}

static void
start_checkpoint (LimnerDocument *self)
{
  LimnerCheckpoint *checkpoint = g_new0 (LimnerCheckpoint, 1);
  guint n = self->pending->len;

  checkpoint->base = self->file != NULL ? limner_coco_file_ref (self->file) : NULL;
  checkpoint->base_taken = self->file_taken;
  checkpoint->base_is_backup = self->ask_first;
  checkpoint->in_place = self->in_place && self->file != NULL && !self->ask_first;
  checkpoint->is_torn = self->is_torn;
  checkpoint->real_path = g_strdup (self->real_path);
  checkpoint->changes = limner_dataset_list_changes (self->dataset);
  checkpoint->nothing_to_write = !limner_dataset_has_changes (self->dataset) && !self->ask_first;
  take_info (self, checkpoint);
  if (n > 0)
    checkpoint->upto = limner_step_ref (g_ptr_array_index (self->pending, n - 1));
  checkpoint->log = self->log;
  checkpoint->progress = (LimnerProgress){ on_progress, self };
  self->n_in_checkpoint = n;

  limner_clear_source (&self->checkpoint_source);
  limner_clear_source (&self->retry_source);
  self->checkpoint = g_task_new (self, self->cancellable, on_checkpoint_done, NULL);
  checkpoint->task = self->checkpoint;
  /* a rename that has happened must be heard of, whatever was cancelled meanwhile */
  g_task_set_check_cancellable (self->checkpoint, FALSE);
  g_task_set_task_data (self->checkpoint, checkpoint, checkpoint_free);
  limner_document_set_progress (self, 0);
  limner_document_set_busy (self, TRUE);
  limner_document_update_state (self);
  g_task_run_in_thread (self->checkpoint, checkpoint_in_thread);
}

/* A folder that was read-only may be so no more. */
static void
look_again (LimnerDocument *self)
{
  g_autofree char *folder = g_path_get_dirname (self->real_path);

  if ((self->in_place || limner_document_has_trouble (self, LIMNER_TROUBLE_READ_ONLY)) &&
      access (folder, W_OK) == 0)
    {
      self->may_write_in_place = self->in_place = FALSE;
      limner_document_clear_trouble (self, LIMNER_TROUBLE_READ_ONLY);
    }
}

gboolean
limner_document_can_write_in_place (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  return self->may_write_in_place && !self->in_place &&
         limner_document_has_trouble (self, LIMNER_TROUBLE_READ_ONLY);
}

void
limner_document_allow_in_place (LimnerDocument *self)
{
  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (!limner_document_can_write_in_place (self))
    return;
  self->in_place = TRUE;
  limner_document_clear_trouble (self, LIMNER_TROUBLE_READ_ONLY);
  if (self->pending->len > 0)
    limner_document_schedule_checkpoint (self);
}

/* Why the file cannot be written now; FALSE and @error, or TRUE. */
static gboolean
check_allowed (LimnerDocument *self, GTask *saver, GError **error)
{
  LimnerDocumentError code = LIMNER_DOCUMENT_ERROR_READ_ONLY;
  LimnerTroubleKind kind = LIMNER_TROUBLE_NONE;

  look_again (self);
  if (limner_document_has_trouble (self, LIMNER_TROUBLE_CONFLICT))
    {
      kind = LIMNER_TROUBLE_CONFLICT;
      code = LIMNER_DOCUMENT_ERROR_CONFLICT;
    }
  else if (limner_document_has_trouble (self, LIMNER_TROUBLE_READ_ONLY))
    kind = LIMNER_TROUBLE_READ_ONLY;
  else if (limner_document_has_trouble (self, LIMNER_TROUBLE_HELD))
    kind = LIMNER_TROUBLE_HELD;
  else if (self->ask_first && (saver == NULL || self->is_closing))
    kind = LIMNER_TROUBLE_GONE;
  if (kind == LIMNER_TROUBLE_NONE && self->log != NULL && !self->is_closed)
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, code, "%s: %s", self->path,
               kind != LIMNER_TROUBLE_NONE ? self->troubles[kind].title
                                           : _ ("it can only be read"));
  return FALSE;
}

/* @saver is answered when everything there is now is in the file; without one it is a try. */
void
limner_document_checkpoint (LimnerDocument *self, GTask *saver)
{
  g_autoptr (GError) error = NULL;

  if (self->checkpoint != NULL || self->is_reloading)
    {
      if (saver == NULL)
        return;
      /* joins the running one unless edits came since it began */
      g_ptr_array_add (self->checkpoint != NULL && self->n_in_checkpoint == self->pending->len &&
                               !self->is_reloading
                           ? self->savers
                           : self->next_savers,
                       g_object_ref (saver));
      return;
    }
  if (self->pending->len == 0 && g_queue_is_empty (&self->waiting) && !self->ask_first)
    {
      if (saver != NULL)
        g_task_return_boolean (saver, TRUE);
      return;
    }
  if (!check_allowed (self, saver, &error))
    {
      if (saver != NULL)
        g_task_return_error (saver, g_steal_pointer (&error));
      return;
    }
  if (saver != NULL)
    g_ptr_array_add (self->savers, g_object_ref (saver));
  start_checkpoint (self);
}

/* ---- when ---- */

static void
on_due (LimnerDocument *self)
{
  limner_clear_source (&self->checkpoint_source);
  limner_document_checkpoint (self, NULL);
}

void
limner_document_schedule_checkpoint (LimnerDocument *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 earliest = now + PAUSE_MS * 1000;

  if (self->checkpoint != NULL || self->log == NULL || self->is_closing || self->ask_first ||
      self->retry_source != NULL)
    return;
  if (self->pending->len >= MAX_STEPS)
    {
      limner_document_checkpoint (self, NULL);
      return;
    }
  if (self->checkpoint_end_us != 0)
    earliest =
        MAX (earliest, self->checkpoint_end_us + SHARE_OF_TIME * self->checkpoint_duration_us);
  limner_document_start_timer (self, &self->checkpoint_source, (guint) ((earliest - now) / 1000),
                               on_due);
}

void
limner_document_stop_checkpoints (LimnerDocument *self)
{
  limner_clear_source (&self->checkpoint_source);
  limner_clear_source (&self->retry_source);
}

void
limner_document_hint_pause (LimnerDocument *self)
{
  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (self->pending->len > 0 && self->checkpoint_end_us != 0 &&
      self->checkpoint_duration_us < QUICK_US && self->retry_source == NULL)
    limner_document_checkpoint (self, NULL);
}

/* ---- on request ---- */

void
limner_document_save_async (LimnerDocument *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, limner_document_save_async);
  limner_document_checkpoint (self, task);
}

gboolean
limner_document_save_finish (LimnerDocument *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
limner_document_save (LimnerDocument *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  limner_document_save_async (self, NULL, limner_keep_result, &result);
  limner_wait_for_result (self->context, &result);
  return limner_document_save_finish (self, result, error);
}
