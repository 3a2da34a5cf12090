/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <limner/coco-record.h>
#include <limner/coco-value.h>
#include <string.h>

/*
 * Edits over a file. Where the file is the log's base they are simply done again. Where another
 * program wrote it, each record is merged by itself: an edit carries the record's text before it,
 * so what the first one found is the base, what the last one made is ours, and no copy of the old
 * file is needed.
 */

typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
} RecordKey;

typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
  const LimnerEdit *first;
  const LimnerEdit *last;
} Touched;

static gboolean
same_bytes (const LimnerValue *a, const LimnerValue *b)
{
  return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
}

static gboolean
same_number (const LimnerValue *a, const LimnerValue *b)
{
  double x, y;

  return limner_value_get_number (a, &x) && limner_value_get_number (b, &y) && x == y;
}

static gboolean
same_string (const LimnerValue *a, const LimnerValue *b)
{
  g_autofree char *text = NULL;

  if (memchr (a->text, '\\', a->length) == NULL && memchr (b->text, '\\', b->length) == NULL)
    return FALSE;
  text = limner_value_dup_string (a);
  return limner_value_is_string (b, text);
}

/* Spacing and spelling do not count, the order of members does: programs keep it. */
static gboolean
same_value (const LimnerValue *a, const LimnerValue *b)
{
  LimnerValueType type = limner_value_get_type (a);
  LimnerValueIter iter_a, iter_b;
  LimnerValue name_a, name_b, value_a, value_b;
  gboolean more_a, more_b;

  if (same_bytes (a, b))
    return TRUE;
  if (type != limner_value_get_type (b))
    return FALSE;
  if (type == LIMNER_VALUE_NUMBER)
    return same_number (a, b);
  if (type == LIMNER_VALUE_STRING)
    return same_string (a, b);
  if (type != LIMNER_VALUE_ARRAY && type != LIMNER_VALUE_OBJECT)
    return FALSE;
  limner_value_iter_init (&iter_a, a);
  limner_value_iter_init (&iter_b, b);
  for (;;)
    {
      more_a = limner_value_iter_next (&iter_a, &name_a, &value_a);
      more_b = limner_value_iter_next (&iter_b, &name_b, &value_b);
      if (!more_a || !more_b)
        return more_a == more_b;
      if (type == LIMNER_VALUE_OBJECT && !same_bytes (&name_a, &name_b) &&
          !same_string (&name_a, &name_b))
        return FALSE;
      if (!same_value (&value_a, &value_b))
        return FALSE;
    }
}

gboolean
limner_text_same (GBytes *a, GBytes *b)
{
  LimnerValue x, y;

  if (a == NULL || b == NULL)
    return a == b;
  x.text = g_bytes_get_data (a, &x.length);
  y.text = g_bytes_get_data (b, &y.length);
  return same_value (&x, &y);
}

static gboolean
apply_edit (LimnerDataset *dataset, const LimnerEdit *edit, GError **error)
{
  gpointer record = NULL;

  if (edit->after != NULL)
    {
      record = limner_coco_record_parse (edit->kind, edit->after, error);
      if (record == NULL)
        return FALSE;
    }
  limner_dataset_apply (dataset, edit, record);
  g_clear_pointer (&record, limner_record_unref);
  return TRUE;
}

/* ---- merging ---- */

guint
limner_record_key_hash (gconstpointer key)
{
  const RecordKey *self = key;
  return g_int64_hash (&self->id) * LIMNER_N_RECORD_KINDS + self->kind;
}

gboolean
limner_record_key_equal (gconstpointer a, gconstpointer b)
{
  const RecordKey *x = a;
  const RecordKey *y = b;
  return x->kind == y->kind && x->id == y->id;
}

/*
 * Where an edit does not go on from what the one before it left, a merge lies between: it began
 * from what the other program had written, and whatever came before was settled by it.
 */
static gboolean
begins_anew (const Touched *touched, const LimnerEdit *edit)
{
  return touched->last != edit && !limner_text_same (touched->last->after, edit->before);
}

/* The records that the steps touch, in the order of the first touch. */
static GPtrArray *
list_touched (GPtrArray *steps)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) known = g_hash_table_new (limner_record_key_hash, limner_record_key_equal);

  for (guint i = 0; i < steps->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (steps, i);

      for (guint k = 0; k < step->edits->len; k++)
        {
          const LimnerEdit *edit = g_ptr_array_index (step->edits, k);
          Touched key = { edit->kind, edit->id, edit, edit };
          Touched *touched = g_hash_table_lookup (known, &key);

          if (touched == NULL)
            {
              touched = g_memdup2 (&key, sizeof key);
              g_ptr_array_add (list, touched);
              g_hash_table_add (known, touched);
            }
          else if (begins_anew (touched, edit))
            touched->first = edit;
          touched->last = edit;
        }
    }
  return list;
}

GBytes *
limner_read_place (LimnerCocoFile *file, LimnerRecordPlace *place, GError **error)
{
  if (place->text != NULL)
    return g_bytes_ref (place->text);
  return limner_coco_file_read (file, place->offset, place->length, error);
}

/* The record's text as the file has it; NULL without error where there is none. */
static GBytes *
read_theirs (LimnerDataset *dataset, LimnerCocoFile *file, const Touched *touched, GError **error)
{
  LimnerRecordPlace place = { 0 };
  GBytes *text;
  guint64 offset;
  guint32 length;

  if (touched->kind == LIMNER_RECORD_INFO)
    return limner_coco_file_get_info (file, &offset, &length)
               ? limner_coco_file_read (file, offset, length, error)
               : NULL;
  if (!limner_dataset_find_record (dataset, touched->kind, touched->id, &place))
    return NULL;
  text = limner_read_place (file, &place, error);
  limner_record_place_clear (&place);
  return text;
}

static LimnerConflict *
conflict_new (const Touched *touched, GBytes *theirs)
{
  LimnerConflict *self = g_new0 (LimnerConflict, 1);

  self->kind = touched->kind;
  self->id = touched->id;
  self->base = touched->first->before != NULL ? g_bytes_ref (touched->first->before) : NULL;
  self->ours = touched->last->after != NULL ? g_bytes_ref (touched->last->after) : NULL;
  self->theirs = theirs != NULL ? g_bytes_ref (theirs) : NULL;
  return self;
}

static gboolean
merge_one (LimnerDataset *dataset,
           LimnerCocoFile *file,
           const Touched *touched,
           GPtrArray *conflicts,
           GPtrArray *renumber,
           GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) theirs = read_theirs (dataset, file, touched, &local);
  g_autoptr (LimnerEdit) edit = NULL;
  GBytes *base = touched->first->before;
  GBytes *ours = touched->last->after;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (limner_text_same (theirs, ours) || limner_text_same (base, ours))
    return TRUE;
  /* their file has the number twice: what is put there would be ignored */
  if (ours != NULL && touched->kind == LIMNER_RECORD_ANNOTATION &&
      limner_dataset_count_records (dataset, touched->kind, touched->id) > 1)
    {
      g_ptr_array_add (renumber, conflict_new (touched, theirs));
      return TRUE;
    }
  if (!limner_text_same (theirs, base))
    {
      /* both made a new annotation and took the same number: there is room for both */
      if (base == NULL && touched->kind == LIMNER_RECORD_ANNOTATION)
        {
          g_ptr_array_add (renumber, conflict_new (touched, theirs));
          return TRUE;
        }
      g_ptr_array_add (conflicts, conflict_new (touched, theirs));
    }
  edit = limner_edit_new (touched->kind, touched->id, theirs, ours);
  edit->has_next = touched->last->has_next;
  edit->next_id = touched->last->next_id;
  return apply_edit (dataset, edit, error);
}

/*
 * Puts our edits over @dataset, which shows the file as another program wrote it. Where both
 * changed a record, ours is shown and the conflict listed.
 */
gboolean
limner_merge_steps (LimnerDataset *dataset,
                    LimnerCocoFile *file,
                    GPtrArray *steps,
                    GPtrArray *conflicts,
                    GPtrArray *renumber,
                    GError **error)
{
  g_autoptr (GPtrArray) touched = list_touched (steps);

  for (guint i = 0; i < touched->len; i++)
    if (!merge_one (dataset, file, g_ptr_array_index (touched, i), conflicts, renumber, error))
      return FALSE;
  return TRUE;
}

/* ---- doing again ---- */

/*
 * The first edit of a record that is in the file begins from the file: that is what the record goes
 * back to, and not what an edit before a merge once found.
 */
static gboolean
replay_edit (LimnerDataset *dataset,
             LimnerCocoFile *file,
             GHashTable *known,
             LimnerEdit *edit,
             GError **error)
{
  const Touched key = { edit->kind, edit->id, edit, edit };
  g_autoptr (LimnerEdit) corrected = NULL;
  g_autoptr (GBytes) now = NULL;
  g_autoptr (GError) local = NULL;

  if (file == NULL || !g_hash_table_add (known, edit))
    return apply_edit (dataset, edit, error);
  now = read_theirs (dataset, file, &key, &local);
  /* what cannot be read now is taken to be as the edit says */
  if (local != NULL || limner_text_same (now, edit->before))
    return apply_edit (dataset, edit, error);
  corrected = limner_edit_new (edit->kind, edit->id, now, edit->after);
  corrected->has_next = edit->has_next;
  corrected->next_id = edit->next_id;
  return apply_edit (dataset, corrected, error);
}

/*
 * (transfer full): the records that were edited and put back, while the file has a third version of
 * them: that one came from another program, whose merge left it alone, and so must doing again.
 */
static GHashTable *
list_settled (LimnerDataset *dataset, LimnerCocoFile *file, GPtrArray *touched)
{
  GHashTable *settled = g_hash_table_new (limner_record_key_hash, limner_record_key_equal);

  for (guint i = 0; file != NULL && i < touched->len; i++)
    {
      Touched *record = g_ptr_array_index (touched, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) now = NULL;

      if (!limner_text_same (record->first->before, record->last->after))
        continue;
      now = read_theirs (dataset, file, record, &error);
      if (error == NULL && !limner_text_same (now, record->last->after))
        g_hash_table_add (settled, record);
    }
  return settled;
}

gboolean
limner_replay_steps (LimnerDataset *dataset, LimnerCocoFile *file, GPtrArray *steps, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (limner_record_key_hash, limner_record_key_equal);
  g_autoptr (GPtrArray) touched = list_touched (steps);
  g_autoptr (GHashTable) settled = list_settled (dataset, file, touched);

  for (guint i = 0; i < steps->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (steps, i);

      for (guint k = 0; k < step->edits->len; k++)
        {
          LimnerEdit *edit = g_ptr_array_index (step->edits, k);
          const Touched key = { edit->kind, edit->id, edit, edit };

          if (!g_hash_table_contains (settled, &key) &&
              !replay_edit (dataset, file, known, edit, error))
            return FALSE;
        }
    }
  return TRUE;
}
