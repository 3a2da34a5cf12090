/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-class-edits"

#include "class-edits.h"

#include <glib/gi18n.h>

static gboolean
check_name (LimnerDocument *document, const char *name, GError **error)
{
  if (limner_dataset_find_category_by_name (limner_document_get_dataset (document), name) == NULL)
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
               _ ("There is a class “%s” already; choose another name"), name);
  return FALSE;
}

static gboolean
commit (LimnerDocument *document, LimnerTransaction *transaction, GError **error)
{
  return limner_document_commit (document, transaction, NULL, NULL, error);
}

gboolean
limner_class_create (LimnerDocument *document, const char *name, gint64 *id, GError **error)
{
  g_autoptr (LimnerTransaction) transaction = NULL;

  if (!check_name (document, name, error))
    return FALSE;
  transaction = limner_document_begin (document, _ ("Add class"), LIMNER_NO_IMAGE);
  if (!limner_transaction_create_category (transaction, name, id, error))
    return FALSE;
  return commit (document, g_steal_pointer (&transaction), error);
}

gboolean
limner_class_rename (LimnerDocument *document, gint64 id, const char *name, GError **error)
{
  g_autoptr (LimnerTransaction) transaction = NULL;

  if (!check_name (document, name, error))
    return FALSE;
  transaction = limner_document_begin (document, _ ("Rename class"), LIMNER_NO_IMAGE);
  if (!limner_transaction_rename_category (transaction, id, name, error))
    return FALSE;
  return commit (document, g_steal_pointer (&transaction), error);
}

gboolean
limner_class_recolor (LimnerDocument *document, gint64 id, guint32 color, GError **error)
{
  g_autoptr (LimnerTransaction) transaction =
      limner_document_begin (document, _ ("Recolour class"), LIMNER_NO_IMAGE);

  if (!limner_transaction_recolor_category (transaction, id, color, error))
    return FALSE;
  return commit (document, g_steal_pointer (&transaction), error);
}

gboolean
limner_class_delete (LimnerDocument *document, gint64 id, const gint64 *move_to, GError **error)
{
  g_autoptr (LimnerTransaction) transaction =
      limner_document_begin (document, _ ("Delete class"), LIMNER_NO_IMAGE);

  if (move_to != NULL && !limner_transaction_move_annotations (transaction, id, *move_to, error))
    return FALSE;
  if (!limner_transaction_delete (transaction, LIMNER_RECORD_CATEGORY, id, move_to == NULL, error))
    return FALSE;
  return commit (document, g_steal_pointer (&transaction), error);
}
