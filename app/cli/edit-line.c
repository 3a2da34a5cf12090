/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "edit-line.h"

#include <limner/coco-record.h>
#include <limner/coco-value.h>

#include <string.h>

/* The member of an edit that names what it changes: {"op": ..., "annotation": {...}}. */
static gboolean
find_subject (const char *text,
              gsize length,
              LimnerRecordKind *kind,
              const char **value,
              gsize *value_length,
              GError **error)
{
  guint found = 0;

  for (int k = LIMNER_RECORD_IMAGE; k < LIMNER_N_RECORD_KINDS; k++)
    {
      const char *v;
      gsize l;

      if (!limner_coco_member_find (text, length,
                                    limner_record_kind_get_name ((LimnerRecordKind) k), &v, &l))
        continue;
      found++;
      *kind = (LimnerRecordKind) k;
      *value = v;
      *value_length = l;
    }
  if (found == 1 && **value == '{')
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
               "expected exactly one of the members \"annotation\", \"category\" and \"image\", "
               "with an object");
  return FALSE;
}

static gboolean
update_record (LimnerTransaction *transaction,
               LimnerRecordKind kind,
               gint64 id,
               const char *text,
               gsize length,
               GError **error)
{
  const LimnerValue object = { text, length };
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (LimnerMember));
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  LimnerValueIter iter;
  LimnerValue name, value;

  limner_value_iter_init (&iter, &object);
  while (limner_value_iter_next (&iter, &name, &value))
    {
      LimnerMember entry;

      if (limner_value_is_string (&name, "id"))
        continue;
      g_ptr_array_add (owned, limner_value_dup_string (&name));
      entry.name = owned->pdata[owned->len - 1];
      g_ptr_array_add (owned, g_strndup (value.text, value.length));
      entry.value = owned->pdata[owned->len - 1];
      g_array_append_val (members, entry);
    }
  return limner_transaction_set_members (transaction, kind, id,
                                         (const LimnerMember *) members->data, members->len, error);
}

gboolean
edit_line_stage (LimnerTransaction *transaction,
                 const char *text,
                 gsize length,
                 LimnerRecordKind *kind,
                 gint64 *id,
                 GError **error)
{
  const char *op, *cascade, *subject = NULL;
  gsize op_length, cascade_length, subject_length = 0;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LimnerRecord) record = NULL;
  gboolean with_cascade;

  if (!find_subject (text, length, kind, &subject, &subject_length, error))
    return FALSE;
  if (!limner_coco_member_find (text, length, "op", &op, &op_length))
    op_length = 0;
  if (op_length == 8 && strncmp (op, "\"create\"", 8) == 0)
    {
      g_autofree char *object = g_strndup (subject, subject_length);
      return limner_transaction_create_record (transaction, *kind, object, id, error);
    }
  bytes = g_bytes_new (subject, subject_length);
  if ((record = limner_coco_record_parse (*kind, bytes, error)) == NULL)
    return FALSE;
  *id = record->id;
  if (!record->has_id)
    {
      g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
                   "the %s needs an \"id\" that is a whole number",
                   limner_record_kind_get_name (*kind));
      return FALSE;
    }
  if (op_length == 8 && strncmp (op, "\"update\"", 8) == 0)
    return update_record (transaction, *kind, *id, subject, subject_length, error);
  if (op_length == 8 && strncmp (op, "\"delete\"", 8) == 0)
    {
      with_cascade = limner_coco_member_find (text, length, "cascade", &cascade, &cascade_length) &&
                     cascade_length == 4 && strncmp (cascade, "true", 4) == 0;
      return limner_transaction_delete (transaction, *kind, *id, with_cascade, error);
    }
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED,
               "expected \"op\" to be \"create\", \"update\" or \"delete\"");
  return FALSE;
}
