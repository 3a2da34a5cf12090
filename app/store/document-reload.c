/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>
#include <limner/coco-record.h>

/*
 * The COCO file is another program's: it is read again in a thread, our edits are merged over it,
 * and what both changed waits for the person.
 */

/* ---- reading again ---- */

typedef struct
{
  char *path;
  char *real_path;
  char *image_root;
  gboolean with_files;
  GPtrArray *pending;
} ReloadRequest;

static void
reload_request_free (gpointer data)
{
  ReloadRequest *self = data;

  g_free (self->path);
  g_free (self->real_path);
  g_free (self->image_root);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

static void
reload_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ReloadRequest *request = task_data;
  GError *error = NULL;
  LimnerLoaded *loaded =
      limner_load_again (request->path, request->real_path, request->image_root,
                         request->with_files, request->pending, cancellable, &error);

  if (loaded == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, loaded, (GDestroyNotify) limner_loaded_free);
}

static void
tell_unreadable (LimnerDocument *self, const GError *error)
{
  guint n = self->pending->len;
  g_autofree char *changes = limner_count_changes (n);

  /* of a version that is gone; the merge with the next one finds them again */
  g_ptr_array_set_size (self->conflicts, 0);
  limner_document_set_trouble (
      self, LIMNER_TROUBLE_CONFLICT, FALSE,
      g_strdup_printf (_ ("Another program wrote %s, and it cannot be read"),
                       limner_document_get_name (self)),
      n > 0 ? g_strdup_printf (
                  ngettext ("%s. Nothing is written over it; %s is kept in the workspace. "
                            "Export the dataset to have it in another file.",
                            "%s. Nothing is written over it; %s are kept in the workspace. "
                            "Export the dataset to have them in another file.",
                            n),
                  error->message, changes)
            : g_strdup_printf (_ ("%s. Nothing is written over it."), error->message));
}

static void
wake_savers (LimnerDocument *self)
{
  g_autoptr (GPtrArray) next = self->next_savers;

  self->next_savers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < next->len; i++)
    limner_document_checkpoint (self, g_ptr_array_index (next, i));
}

/* Touched, copied over itself, put back: nobody needs to hear of it. */
static gboolean
is_same_content (LimnerDocument *self, LimnerLoaded *loaded)
{
  return self->file != NULL && !self->must_adopt && self->conflicts->len == 0 &&
         !limner_document_has_trouble (self, LIMNER_TROUBLE_CONFLICT) &&
         limner_identity_same_content (limner_coco_file_get_identity (self->file),
                                       limner_coco_file_get_identity (loaded->file));
}

/* Classes look as they did, though names and neighbours, from which colours are chosen, changed. */
static void
keep_colors (LimnerDocument *self, LimnerLoaded *loaded)
{
  GListModel *before = limner_dataset_get_categories (self->dataset);

  for (guint i = 0; i < g_list_model_get_n_items (before); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (before, i);
      const gint64 id = limner_category_get_id (category);

      if (limner_dataset_find_category (loaded->dataset, id) != NULL)
        limner_dataset_set_category_color (loaded->dataset, id,
                                           limner_category_get_color (category));
    }
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerLoaded) loaded = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_reloading = FALSE;
  limner_document_set_busy (self, FALSE);
  if (self->is_closed || self->cancellable == NULL ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* what was edited meanwhile has to be merged like the rest, not put over what the other wrote;
   * what was lost meanwhile must not come back */
  if (loaded != NULL && self->pending->len != loaded->pending->len &&
      !is_same_content (self, loaded))
    {
      limner_document_reload (self);
      return;
    }
  if (loaded != NULL)
    {
      limner_document_clear_trouble (self, LIMNER_TROUBLE_GONE);
      limner_document_clear_trouble (self, LIMNER_TROUBLE_SAVE_FAILED);
      self->ask_first = FALSE;
      if (is_same_content (self, loaded))
        limner_document_take_identity (self, loaded);
      else
        {
          keep_colors (self, loaded);
          limner_document_take (self, loaded);
        }
    }
  else if (error->domain == LIMNER_COCO_ERROR)
    tell_unreadable (self, error);
  wake_savers (self);
  if (self->pending->len > 0)
    limner_document_schedule_checkpoint (self);
}

void
limner_document_reload (LimnerDocument *self)
{
  g_autoptr (GTask) task = NULL;
  ReloadRequest *request;

  if (self->is_reloading || self->checkpoint != NULL)
    return;
  self->is_reloading = TRUE;
  limner_document_set_busy (self, TRUE);
  request = g_new0 (ReloadRequest, 1);
  request->path = g_strdup (self->path);
  request->real_path = g_strdup (self->real_path);
  request->image_root = g_strdup (self->image_root);
  request->with_files = !(self->flags & LIMNER_OPEN_RECORDS_ONLY);
  request->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  for (guint i = 0; i < self->pending->len; i++)
    g_ptr_array_add (request->pending, limner_step_ref (g_ptr_array_index (self->pending, i)));
  task = g_task_new (self, self->cancellable, on_reloaded, NULL);
  g_task_set_task_data (task, request, reload_request_free);
  g_task_run_in_thread (task, reload_in_thread);
}

/* ---- what follows from a merge ---- */

static GBytes *
with_id (GBytes *text, gint64 id)
{
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  LimnerCocoStyle style;

  limner_coco_style_from_record (&style, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  return limner_coco_record_set_members (text, &style, &(LimnerMember){ "id", value }, 1);
}

/* Theirs keeps the number, ours gets a new one: as a step, so that the log says it, too. */
static void
renumber_ours (LimnerDocument *self, GPtrArray *clashes)
{
  g_autoptr (LimnerStep) step = NULL;
  g_autoptr (GError) error = NULL;

  if (clashes->len == 0)
    return;
  step = limner_step_new (LIMNER_STEP_DO, _ ("Renumber annotations"), NULL);
  for (guint i = 0; i < clashes->len; i++)
    {
      LimnerConflict *clash = g_ptr_array_index (clashes, i);
      gint64 id = limner_dataset_reserve_id (self->dataset, clash->kind);
      g_autoptr (GBytes) ours = with_id (clash->ours, id);

      g_ptr_array_add (step->edits,
                       limner_edit_new (clash->kind, clash->id, clash->ours, clash->theirs));
      g_ptr_array_add (step->edits, limner_edit_new (clash->kind, id, NULL, ours));
    }
  if (limner_document_apply_step (self, step, &error))
    limner_document_commit_step (self, step, NULL, NULL);
  else
    g_warning ("%s", error->message);
}

void
limner_document_settle (LimnerDocument *self, GPtrArray *renumber)
{
  if (!self->must_adopt || self->log == NULL ||
      limner_document_has_trouble (self, LIMNER_TROUBLE_HELD))
    return;
  renumber_ours (self, renumber);
  if (self->conflicts->len > 0)
    {
      limner_document_tell_conflict (self);
      return;
    }
  limner_document_clear_trouble (self, LIMNER_TROUBLE_CONFLICT);
  limner_log_thread_adopt (self->log, limner_coco_file_get_identity (self->file));
  self->must_adopt = FALSE;
}
