/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>
#include <limner/coco-value.h>
#include <string.h>

/*
 * What both changed waits here for the person. Each answer is a step of its own: theirs takes the
 * place of ours, or ours is put over theirs, which changes nothing that is shown and yet says in
 * the log that their version was seen. Merging again after a crash begins from that
 * (document-merge.c), so nothing is asked twice, and undo gives the version that was not chosen.
 */

void
limner_conflict_free (LimnerConflict *self)
{
  g_clear_pointer (&self->base, g_bytes_unref);
  g_clear_pointer (&self->ours, g_bytes_unref);
  g_clear_pointer (&self->theirs, g_bytes_unref);
  g_free (self);
}

GPtrArray *
limner_document_get_conflicts (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->conflicts;
}

void
limner_document_tell_conflict (LimnerDocument *self)
{
  LimnerConflict *first = g_ptr_array_index (self->conflicts, 0);
  guint n = self->conflicts->len;

  limner_document_set_trouble (
      self, LIMNER_TROUBLE_CONFLICT, FALSE,
      g_strdup_printf (ngettext ("Another program changed %u record of %s that you changed, too",
                                 "Another program changed %u records of %s that you changed, too",
                                 n),
                       n, limner_document_get_name (self)),
      g_strdup_printf (_ ("The first is %s %" G_GINT64_FORMAT
                          ". Nothing is written until you choose whose changes are kept."),
                       limner_record_kind_get_name (first->kind), first->id));
}

/* ---- settling ---- */

/* From what is shown now: ours, unless somebody went on editing it. NULL where it cannot be read,
 * or where the other program has several records of the number, so that none can be meant. */
static LimnerEdit *
edit_to_settle (LimnerDocument *self,
                const LimnerConflict *conflict,
                gboolean keep_ours,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) now = limner_document_read_text (self, conflict->kind, conflict->id, &local);
  const gboolean is_absent =
      g_error_matches (local, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND) &&
      limner_dataset_count_records (self->dataset, conflict->kind, conflict->id) == 0;

  if (now == NULL && !is_absent && (keep_ours || conflict->theirs != NULL))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return keep_ours ? limner_edit_new (conflict->kind, conflict->id, conflict->theirs, now)
                   : limner_edit_new (conflict->kind, conflict->id, now, conflict->theirs);
}

/* The image that undo goes to. */
static char *
dup_image_name (LimnerDocument *self, const LimnerConflict *conflict)
{
  GBytes *text = conflict->ours != NULL ? conflict->ours : conflict->theirs;
  gpointer record = NULL;
  guint image = LIMNER_NO_IMAGE;

  if (conflict->kind == LIMNER_RECORD_IMAGE)
    image = limner_dataset_find_image (self->dataset, conflict->id);
  else if (conflict->kind == LIMNER_RECORD_ANNOTATION && text != NULL)
    record = limner_coco_record_parse (conflict->kind, text, NULL);
  if (record != NULL)
    image = limner_dataset_find_image (self->dataset, ((LimnerAnnotation *) record)->image_id);
  g_clear_pointer (&record, limner_record_unref);
  return image != LIMNER_NO_IMAGE ? g_strdup (limner_dataset_get_image_name (self->dataset, image))
                                  : NULL;
}

/* Settles @n of the conflicts from @first on. */
static gboolean
settle (LimnerDocument *self, guint first, guint n, gboolean keep_ours, GError **error)
{
  g_autofree char *image_name = dup_image_name (self, g_ptr_array_index (self->conflicts, first));
  g_autoptr (LimnerStep) step =
      limner_step_new (LIMNER_STEP_DO,
                       keep_ours ? _ ("Keep my version") : _ ("Keep the other program's version"),
                       n == 1 ? image_name : NULL);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  for (guint i = first; i < first + n; i++)
    {
      LimnerEdit *edit =
          edit_to_settle (self, g_ptr_array_index (self->conflicts, i), keep_ours, error);

      if (edit == NULL)
        return FALSE;
      g_ptr_array_add (step->edits, edit);
    }
  if (!limner_document_apply_step (self, step, error))
    return FALSE;
  g_ptr_array_remove_range (self->conflicts, first, n);
  limner_document_commit_step (self, step, NULL, NULL);
  limner_document_settle (self, none);
  limner_document_schedule_checkpoint (self);
  return TRUE;
}

gboolean
limner_document_settle_conflict (
    LimnerDocument *self, LimnerRecordKind kind, gint64 id, gboolean keep_ours, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  if (self->log == NULL || self->read_only)
    {
      g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY, "%s: %s",
                   self->path, _ ("it can only be read"));
      return FALSE;
    }
  for (guint i = 0; i < self->conflicts->len; i++)
    {
      const LimnerConflict *conflict = g_ptr_array_index (self->conflicts, i);

      if (conflict->kind == kind && conflict->id == id)
        return settle (self, i, 1, keep_ours, error);
    }
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND,
               "%s: there is no conflict about %s %" G_GINT64_FORMAT, self->path,
               limner_record_kind_get_name (kind), id);
  return FALSE;
}

void
limner_document_resolve_conflict (LimnerDocument *self, gboolean keep_ours)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (self->conflicts->len > 0 && self->log != NULL && !self->read_only &&
      !settle (self, 0, self->conflicts->len, keep_ours, &error))
    g_warning ("%s", error->message);
}

/* ---- what differs ---- */

static void
difference_free (gpointer data)
{
  LimnerMemberDifference *self = data;

  g_free (self->name);
  g_free (self->base);
  g_free (self->ours);
  g_free (self->theirs);
  g_free (self);
}

static GBytes *
dup_member (GBytes *record, const char *name)
{
  LimnerValue object = { 0 };
  LimnerValue value;

  if (record == NULL)
    return NULL;
  object.text = g_bytes_get_data (record, &object.length);
  return limner_value_find (&object, name, &value) ? g_bytes_new (value.text, value.length) : NULL;
}

static char *
dup_text (GBytes *bytes)
{
  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : NULL;
}

static void
compare_member (const LimnerConflict *self, const char *name, GPtrArray *list)
{
  g_autoptr (GBytes) base = dup_member (self->base, name);
  g_autoptr (GBytes) ours = dup_member (self->ours, name);
  g_autoptr (GBytes) theirs = dup_member (self->theirs, name);
  LimnerMemberDifference *difference;

  if ((self->ours == NULL || self->theirs == NULL || limner_text_same (ours, theirs)) &&
      (self->base == NULL || self->ours == NULL || limner_text_same (base, ours)) &&
      (self->base == NULL || self->theirs == NULL || limner_text_same (base, theirs)))
    return;
  difference = g_new0 (LimnerMemberDifference, 1);
  difference->name = g_strdup (name);
  difference->base = dup_text (base);
  difference->ours = dup_text (ours);
  difference->theirs = dup_text (theirs);
  g_ptr_array_add (list, difference);
}

GPtrArray *
limner_conflict_list_differences (const LimnerConflict *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (difference_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GBytes *versions[] = { self->base, self->theirs, self->ours };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      LimnerValue object = { 0 };
      LimnerValueIter iter;
      LimnerValue name, value;

      if (versions[i] == NULL)
        continue;
      object.text = g_bytes_get_data (versions[i], &object.length);
      limner_value_iter_init (&iter, &object);
      while (limner_value_iter_next (&iter, &name, &value))
        {
          char *text = limner_value_dup_string (&name);

          if (g_hash_table_add (seen, text))
            compare_member (self, text, list);
        }
    }
  return list;
}
