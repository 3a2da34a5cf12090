/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"
#include "log-fallback.h"

#include <glib/gi18n-lib.h>
#include <limner/coco-record.h>
#include <limner/palette.h>
#include <sys/stat.h>

/* ---- waiting for the log ---- */

void
limner_waiting_free (LimnerWaiting *self)
{
  limner_step_unref (self->step);
  g_free (self);
}

static void
push_waiting (LimnerDocument *self,
              LimnerStep *step,
              LimnerAcknowledgeFunc func,
              gpointer user_data)
{
  LimnerWaiting *waiting = g_new0 (LimnerWaiting, 1);

  waiting->step = limner_step_ref (step);
  waiting->func = func;
  waiting->user_data = user_data;
  /* whoever waits for an answer gets one, even if everybody else drops the document */
  if (g_queue_is_empty (&self->waiting))
    g_object_ref (self);
  g_queue_push_tail (&self->waiting, waiting);
}

static LimnerWaiting *
pop_waiting (LimnerDocument *self)
{
  LimnerWaiting *waiting = g_queue_pop_head (&self->waiting);

  if (waiting != NULL && g_queue_is_empty (&self->waiting))
    g_object_unref (self);
  return waiting;
}

/* A class whose record has no colour keeps the one it was first shown in, whatever comes before it
 * in the list later. */
static void
keep_colors (LimnerDocument *self)
{
  LimnerColumns *columns = limner_dataset_get_columns (self->dataset);

  if (self->colors_kept)
    return;
  self->colors_kept = TRUE;
  for (guint i = 0; i < columns->n_categories; i++)
    {
      const LimnerCategoryRecord *record = columns->categories[i];
      LimnerCategory *category = NULL;
      g_autofree char *key = NULL;
      g_autofree char *color = NULL;

      if (record != NULL && !record->has_color && record->record.has_id)
        category = limner_dataset_find_category (self->dataset, record->record.id);
      if (category == NULL)
        continue;
      key = g_strdup_printf ("color:%" G_GINT64_FORMAT, record->record.id);
      color = limner_palette_format (limner_category_get_color (category));
      limner_log_thread_set_value (self->log, key, color);
    }
}

static void
acknowledge (LimnerDocument *self, guint n)
{
  for (guint i = 0; i < n && !g_queue_is_empty (&self->waiting); i++)
    {
      LimnerWaiting *waiting = pop_waiting (self);

      if (waiting->func != NULL)
        waiting->func (self, NULL, waiting->user_data);
      limner_waiting_free (waiting);
    }
}

static void
tell_not_durable (LimnerDocument *self, const GError *cause)
{
  g_autoptr (GError) error = NULL;
  guint n = g_queue_get_length (&self->waiting);
  g_autofree char *what = limner_describe_cause (cause);
  g_autofree char *changes = limner_count_changes (n);

  g_set_error (&error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_DURABLE, "%s: %s",
               self->path, cause->message);
  limner_document_set_trouble (
      self, LIMNER_TROUBLE_NOT_DURABLE, TRUE,
      g_strdup_printf (ngettext ("%s: %s to %s is only in memory",
                                 "%s: %s to %s are only in memory", n),
                       what, changes, limner_document_get_name (self)),
      g_strdup_printf (_ ("Do not close the program. It tries again every 5 seconds: %s"),
                       cause->message));
  for (GList *item = self->waiting.head; item != NULL; item = item->next)
    {
      LimnerWaiting *waiting = item->data;

      if (waiting->told)
        continue;
      waiting->told = TRUE;
      if (waiting->func != NULL)
        waiting->func (self, error, waiting->user_data);
    }
}

/*
 * The inverse of a refused @step, the newest of those not taken back yet. What an undo took away is
 * done again: it lies on top of what can be redone, unless a new step, refused too, had ended that.
 */
static LimnerStep *
new_taken_back (LimnerDocument *self, LimnerStep *step)
{
  LimnerStep *redo = limner_history_peek_redo (self->history);
  LimnerStep *inverse;

  if (step->kind != LIMNER_STEP_UNDO)
    return limner_step_new_inverse (step, LIMNER_STEP_UNDO);
  inverse = limner_step_new_inverse (step, LIMNER_STEP_REDO);
  inverse->kind = LIMNER_STEP_DO;
  if (redo != NULL && limner_step_same (redo, inverse))
    inverse->kind = LIMNER_STEP_REDO;
  return inverse;
}

/* Another program took the log between our look at it and our first edit, or took it over from us
 * later: what was not acknowledged never was. */
static void
take_back_refused (LimnerDocument *self, const GError *cause)
{
  g_autoptr (GError) error = g_error_new (LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY,
                                          "%s: %s", self->path, cause->message);
  LimnerWaiting *waiting;
  guint index;

  for (GList *item = self->waiting.tail; item != NULL; item = item->prev)
    {
      LimnerStep *step = ((LimnerWaiting *) item->data)->step;
      g_autoptr (LimnerStep) inverse = new_taken_back (self, step);

      limner_document_apply_step (self, inverse, NULL);
      limner_history_push (self->history, inverse);
      if (!g_ptr_array_find (self->pending, step, &index))
        continue;
      g_ptr_array_remove_index (self->pending, index);
      /* a checkpoint that has begun counts on it, and will fail for the same reason */
      if (index < self->n_in_checkpoint)
        self->n_in_checkpoint--;
    }
  /* what was acknowledged is in the log, and with it in the other program's hands */
  if (g_error_matches (cause, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    {
      g_ptr_array_set_size (self->pending, 0);
      self->n_in_checkpoint = 0;
    }
  limner_document_clear_trouble (self, LIMNER_TROUBLE_SAVE_FAILED);
  limner_document_clear_trouble (self, LIMNER_TROUBLE_NOT_DURABLE);
  limner_document_tell_held (self, cause->message);
  while ((waiting = pop_waiting (self)) != NULL)
    {
      if (waiting->func != NULL)
        waiting->func (self, error, waiting->user_data);
      limner_waiting_free (waiting);
    }
  limner_document_notify_pending (self);
}

void
limner_document_on_log_report (gpointer owner, const LimnerLogReport *report)
{
  LimnerDocument *self = owner;

  if (report->unusable != NULL)
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_WORKSPACE, FALSE,
        g_strdup_printf (_ ("The workspace of %s cannot be used and was left as it is"),
                         limner_document_get_name (self)),
        g_strdup (report->unusable));
  if (report->n_done > 0)
    {
      self->has_log = TRUE;
      if (self->log != NULL)
        keep_colors (self);
    }
  self->in_state = report->in_state;
  acknowledge (self, report->n_done);
  if (report->refused)
    take_back_refused (self, report->error);
  else if (report->error != NULL)
    tell_not_durable (self, report->error);
  else if (g_queue_is_empty (&self->waiting))
    limner_document_clear_trouble (self, LIMNER_TROUBLE_NOT_DURABLE);
  limner_document_update_state (self);
}

/* ---- applying ---- */

static void
forget_images_of (LimnerDocument *self, const LimnerEdit *edit, gpointer record)
{
  guint image;

  if (edit->kind != LIMNER_RECORD_ANNOTATION)
    return;
  if (record != NULL && ((LimnerAnnotation *) record)->has_image_id)
    {
      image = limner_dataset_find_image (self->dataset, ((LimnerAnnotation *) record)->image_id);
      if (image != LIMNER_NO_IMAGE)
        limner_document_forget_image (self, image);
    }
}

static void
clear_record (gpointer record)
{
  g_clear_pointer (&record, limner_record_unref);
}

/* Applies every edit of @step to the dataset, or none. */
gboolean
limner_document_apply_step (LimnerDocument *self, LimnerStep *step, GError **error)
{
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (clear_record);
  g_autoptr (GPtrArray) after = g_ptr_array_new_with_free_func (clear_record);

  for (guint i = 0; i < step->edits->len; i++)
    {
      const LimnerEdit *edit = g_ptr_array_index (step->edits, i);
      gpointer old = NULL;
      gpointer new = NULL;

      if (edit->before != NULL && edit->kind == LIMNER_RECORD_ANNOTATION)
        old = limner_coco_record_parse (edit->kind, edit->before, NULL);
      if (edit->after != NULL)
        {
          new = limner_coco_record_parse (edit->kind, edit->after, error);
          if (new == NULL)
            {
              g_clear_pointer (&old, limner_record_unref);
              return FALSE;
            }
        }
      g_ptr_array_add (before, old);
      g_ptr_array_add (after, new);
    }

  self->cache_serial++;
  for (guint i = 0; i < step->edits->len; i++)
    {
      const LimnerEdit *edit = g_ptr_array_index (step->edits, i);

      forget_images_of (self, edit, g_ptr_array_index (before, i));
      forget_images_of (self, edit, g_ptr_array_index (after, i));
      limner_dataset_apply (self->dataset, edit, g_ptr_array_index (after, i));
    }
  return TRUE;
}

/* @step has been applied: it enters history and log. */
void
limner_document_commit_step (LimnerDocument *self,
                             LimnerStep *step,
                             LimnerAcknowledgeFunc acknowledged,
                             gpointer user_data)
{
  limner_history_push (self->history, step);
  g_ptr_array_add (self->pending, limner_step_ref (step));
  push_waiting (self, step, acknowledged, user_data);
  limner_log_thread_append (self->log, step);
  self->last_edit_us = g_get_monotonic_time ();
  limner_document_notify_pending (self);
  limner_document_schedule_checkpoint (self);
}

/*
 * At the first edit: nobody may have come before us. Where there is no log at all there was nobody,
 * and making it can be left to the thread; where one has appeared, its lock decides now.
 */
static gboolean
take_lease (LimnerDocument *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local = NULL;
  struct stat info;

  if (self->has_log || !g_queue_is_empty (&self->waiting))
    return TRUE;
  path =
      limner_workspace_dup_path (self->real_path,
                                 self->in_place ||
                                     limner_document_has_trouble (self, LIMNER_TROUBLE_READ_ONLY));
  if (lstat (path, &info) != 0 || limner_log_thread_acquire (self->log, &local) ||
      !g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY, "%s: %s", self->path,
               local->message);
  limner_document_tell_held (self, local->message);
  return FALSE;
}

static gboolean
limner_document_check_writable (LimnerDocument *self, GError **error)
{
  const char *detail = self->troubles[LIMNER_TROUBLE_HELD].detail;

  if (!self->read_only && self->log != NULL)
    return take_lease (self, error);
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY, "%s: %s", self->path,
               detail != NULL                          ? detail
               : self->is_closed                       ? _ ("the dataset was closed")
               : (self->flags & LIMNER_OPEN_READ_ONLY) ? _ ("it was opened to be read only")
                                                       : _ ("it can only be read"));
  return FALSE;
}

gboolean
limner_document_commit (LimnerDocument *self,
                        LimnerTransaction *transaction,
                        LimnerAcknowledgeFunc acknowledged,
                        gpointer user_data,
                        GError **error)
{
  g_autoptr (LimnerTransaction) owned G_GNUC_UNUSED = transaction;
  g_autoptr (LimnerStep) step = NULL;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  step = limner_transaction_steal_step (transaction);
  if (step->edits->len == 0)
    {
      if (acknowledged != NULL)
        acknowledged (self, NULL, user_data);
      return TRUE;
    }
  if (!limner_document_check_writable (self, error) ||
      !limner_document_apply_step (self, step, error))
    return FALSE;
  limner_document_commit_step (self, step, acknowledged, user_data);
  return TRUE;
}

/* ---- undo ---- */

/* A record that somebody else changed after us must not be overwritten by taking ours back. */
static gboolean
check_unchanged (LimnerDocument *self, LimnerStep *step, GError **error)
{
  g_autoptr (GHashTable) checked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < step->edits->len; i++)
    {
      const LimnerEdit *edit = g_ptr_array_index (step->edits, i);
      g_autoptr (GBytes) now = limner_document_read_text (self, edit->kind, edit->id, NULL);
      char *key = g_strdup_printf ("%d:%" G_GINT64_FORMAT, edit->kind, edit->id);

      if (!g_hash_table_add (checked, key) || limner_text_same (now, edit->before))
        continue;
      g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
                   "%s: %s %" G_GINT64_FORMAT " was changed by another program since; \"%s\" stays",
                   self->path, limner_record_kind_get_name (edit->kind), edit->id, step->label);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_back (
    LimnerDocument *self, LimnerStep *original, LimnerStepKind kind, guint *image, GError **error)
{
  g_autoptr (LimnerStep) step = NULL;
  g_autoptr (LimnerStep) inverse = NULL;

  *image = LIMNER_NO_IMAGE;
  if (original == NULL)
    return FALSE;
  inverse = limner_step_new_inverse (original, LIMNER_STEP_UNDO);
  if (kind == LIMNER_STEP_UNDO)
    step = g_steal_pointer (&inverse);
  else
    step = limner_step_new_inverse (inverse, LIMNER_STEP_REDO);
  if (!limner_document_check_writable (self, error) || !check_unchanged (self, step, error) ||
      !limner_document_apply_step (self, step, error))
    return FALSE;
  limner_document_commit_step (self, step, NULL, NULL);
  if (step->image_name != NULL)
    *image = limner_dataset_find_image_by_name (self->dataset, step->image_name);
  return TRUE;
}

gboolean
limner_document_undo (LimnerDocument *self, guint *image, GError **error)
{
  guint unused;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);
  return take_back (self, limner_history_peek_undo (self->history), LIMNER_STEP_UNDO,
                    image != NULL ? image : &unused, error);
}

gboolean
limner_document_redo (LimnerDocument *self, guint *image, GError **error)
{
  guint unused;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);
  return take_back (self, limner_history_peek_redo (self->history), LIMNER_STEP_REDO,
                    image != NULL ? image : &unused, error);
}

/* ---- waiting for durability ---- */

gboolean
limner_document_flush (LimnerDocument *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  if (self->log == NULL || g_queue_is_empty (&self->waiting))
    return TRUE;
  if (!limner_log_thread_sync (self->log, &local))
    {
      g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_DURABLE, "%s: %s",
                   self->path, local->message);
      while (g_main_context_iteration (self->context, FALSE))
        ;
      return FALSE;
    }
  /* the reports are under way on our own main context */
  while (!g_queue_is_empty (&self->waiting) && self->log != NULL)
    g_main_context_iteration (self->context, TRUE);
  return TRUE;
}

void
limner_document_retry (LimnerDocument *self)
{
  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (self->log != NULL)
    limner_log_thread_retry (self->log);
  limner_document_check_file (self);
  if (limner_document_has_trouble (self, LIMNER_TROUBLE_SAVE_FAILED) ||
      limner_document_has_trouble (self, LIMNER_TROUBLE_GONE))
    limner_document_checkpoint (self, NULL);
}
