/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>

/*
 * Our log is in the state folder, and somebody else went on with the one beside the file. Both come
 * together when everything is read anew after ours is all in the file (document-recover.c): at the
 * next opening, or when the person asks for it.
 */

void
limner_document_tell_parted (LimnerDocument *self, guint n_changes)
{
  self->n_parted = n_changes;
  limner_document_set_trouble (
      self, LIMNER_TROUBLE_WORKSPACE, FALSE,
      g_strdup_printf (ngettext ("Somebody else made %u change to %s that is not shown here yet",
                                 "Somebody else made %u changes to %s that are not shown here yet",
                                 n_changes),
                       n_changes, limner_document_get_name (self)),
      g_strdup (
          _ ("They are in the log beside the file, and come in after what was changed here is "
             "saved: now, or when the dataset is opened the next time.")));
}

gboolean
limner_document_can_bring_in (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), FALSE);

  return self->n_parted > 0 && self->log != NULL && !self->read_only &&
         limner_document_has_trouble (self, LIMNER_TROUBLE_WORKSPACE);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerDocument *self = LIMNER_DOCUMENT (source);
  g_autoptr (GError) error = NULL;

  /* what kept it from being saved is a trouble of its own */
  if (!limner_document_save_finish (self, result, &error) || self->is_closed ||
      self->pending->len > 0 || !g_queue_is_empty (&self->waiting) ||
      !limner_document_can_bring_in (self))
    return;
  self->n_parted = 0;
  limner_document_set_trouble (self, LIMNER_TROUBLE_HELD, FALSE,
                               g_strdup_printf (_ ("Bringing in what somebody else changed in %s"),
                                                limner_document_get_name (self)),
                               NULL);
  limner_document_set_read_only (self, TRUE);
  g_clear_pointer (&self->log, limner_log_thread_free);
  limner_document_start_take_over (self, self->flags);
}

void
limner_document_bring_in (LimnerDocument *self)
{
  g_return_if_fail (LIMNER_IS_DOCUMENT (self));

  if (limner_document_can_bring_in (self))
    limner_document_save_async (self, NULL, on_saved, NULL);
}
