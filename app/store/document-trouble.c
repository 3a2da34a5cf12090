/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>

/* What a person must hear of first. */
static const LimnerTroubleKind gravest_first[] = {
  LIMNER_TROUBLE_NOT_DURABLE, LIMNER_TROUBLE_CONFLICT, LIMNER_TROUBLE_GONE,
  LIMNER_TROUBLE_SAVE_FAILED, LIMNER_TROUBLE_HELD,     LIMNER_TROUBLE_READ_ONLY,
  LIMNER_TROUBLE_WORKSPACE,   LIMNER_TROUBLE_PARTED,
};

const LimnerTrouble *
limner_document_get_trouble (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (gravest_first); i++)
    if (self->troubles[gravest_first[i]].kind != LIMNER_TROUBLE_NONE)
      return &self->troubles[gravest_first[i]];
  return &self->no_trouble;
}

gboolean
limner_document_has_trouble (LimnerDocument *self, LimnerTroubleKind kind)
{
  return self->troubles[kind].kind != LIMNER_TROUBLE_NONE;
}

/* @title and @detail are taken over. */
void
limner_document_set_trouble (
    LimnerDocument *self, LimnerTroubleKind kind, gboolean at_risk, char *title, char *detail)
{
  LimnerTrouble *trouble = &self->troubles[kind];
  gboolean is_same = trouble->kind == kind && trouble->at_risk == at_risk &&
                     g_strcmp0 (trouble->title, title) == 0 &&
                     g_strcmp0 (trouble->detail, detail) == 0;

  g_free (trouble->title);
  g_free (trouble->detail);
  *trouble = (LimnerTrouble){ kind, at_risk, title, detail };
  if (is_same)
    return;
  limner_document_update_state (self);
  g_signal_emit_by_name (self, "trouble-changed");
}

void
limner_document_clear_trouble (LimnerDocument *self, LimnerTroubleKind kind)
{
  LimnerTrouble *trouble = &self->troubles[kind];

  if (trouble->kind == LIMNER_TROUBLE_NONE)
    return;
  g_clear_pointer (&trouble->title, g_free);
  g_clear_pointer (&trouble->detail, g_free);
  trouble->kind = LIMNER_TROUBLE_NONE;
  trouble->at_risk = FALSE;
  limner_document_update_state (self);
  g_signal_emit_by_name (self, "trouble-changed");
}

/* The beginning of a title: what keeps us from writing. */
char *
limner_describe_cause (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return g_strdup (_ ("The disk is full"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_strdup (_ ("The folder does not allow it"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return g_strdup (_ ("The disk is read-only"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_strdup (_ ("The folder is gone"));
  return g_strdup (_ ("The disk does not take it"));
}

/* "3 changes" */
char *
limner_count_changes (guint n)
{
  return g_strdup_printf (ngettext ("%u change", "%u changes", n), n);
}
