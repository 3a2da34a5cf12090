/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"

void
limner_entry_free (LimnerEntry *entry)
{
  g_clear_pointer (&entry->original, g_bytes_unref);
  g_clear_pointer (&entry->text, g_bytes_unref);
  g_clear_pointer (&entry->category, limner_record_unref);
  g_free (entry);
}

/* ---- places in a section ---- */

static guint32
entry_get_key (const LimnerEntry *entry)
{
  return entry->row != LIMNER_NO_ROW ? entry->row : entry->anchor;
}

int
limner_entry_compare_place (const LimnerEntry *a, const LimnerEntry *b)
{
  guint32 key_a = entry_get_key (a), key_b = entry_get_key (b);

  if (key_a != key_b)
    return key_a < key_b ? -1 : 1;
  if (a->iter != NULL && b->iter != NULL)
    return g_sequence_iter_compare (a->iter, b->iter);
  /* a new record stands before the row it is anchored to */
  return (a->iter == NULL) - (b->iter == NULL);
}

static int
compare_place_of_pointers (gconstpointer a, gconstpointer b)
{
  return limner_entry_compare_place (*(const LimnerEntry *const *) a,
                                     *(const LimnerEntry *const *) b);
}

static int
compare_anchor (gconstpointer a, gconstpointer b, gpointer data)
{
  const LimnerEntry *entry_a = a, *entry_b = b;

  return (entry_a->anchor > entry_b->anchor) - (entry_a->anchor < entry_b->anchor);
}

void
limner_dataset_place_entry (LimnerDataset *self,
                            LimnerEntry *entry,
                            gboolean has_next,
                            gint64 next_id)
{
  LimnerEntry *next = has_next ? limner_dataset_get_entry (self, entry->kind, next_id) : NULL;

  entry->anchor = LIMNER_NO_ROW;
  if (next != NULL && next->iter != NULL)
    {
      entry->anchor = next->anchor;
      entry->iter = g_sequence_insert_before (next->iter, entry);
      return;
    }
  if (has_next)
    entry->anchor = next != NULL ? next->row : limner_dataset_find_row (self, entry->kind, next_id);
  /* behind those that stand before the same row already */
  entry->iter = g_sequence_insert_sorted (self->added[entry->kind], entry, compare_anchor, NULL);
}

/* Never equal, so that a search ends at the first of several with one anchor. */
static int
compare_anchor_below (gconstpointer a, gconstpointer b, gpointer probe)
{
  const LimnerEntry *item = a == probe ? b : a;
  int order = item->anchor >= ((const LimnerEntry *) probe)->anchor ? 1 : -1;

  return a == probe ? -order : order;
}

/* The first new record that stands before @row, or NULL. */
static LimnerEntry *
find_added_before (LimnerDataset *self, LimnerRecordKind kind, guint32 row)
{
  LimnerEntry probe = { .row = LIMNER_NO_ROW, .anchor = row };
  GSequenceIter *iter = g_sequence_search (self->added[kind], &probe, compare_anchor_below, &probe);
  LimnerEntry *entry;

  if (g_sequence_iter_is_end (iter))
    return NULL;
  entry = g_sequence_get (iter);
  return entry->anchor == row ? entry : NULL;
}

static gboolean
is_row_there (LimnerDataset *self, LimnerRecordKind kind, guint32 row)
{
  LimnerEntry *entry;

  if (!limner_dataset_is_row_editable (self, kind, row))
    return FALSE;
  entry = limner_dataset_get_entry (self, kind, limner_dataset_get_row_id (self, kind, row));
  return entry == NULL || entry->text != NULL;
}

gboolean
limner_dataset_get_next_id (LimnerDataset *self, LimnerRecordKind kind, gint64 id, gint64 *next_id)
{
  LimnerEntry *entry, *next = NULL;
  guint32 row, n_rows;

  g_return_val_if_fail (LIMNER_IS_DATASET (self), FALSE);

  if (kind == LIMNER_RECORD_INFO)
    return FALSE;
  n_rows = limner_columns_get_n_rows (self->columns, kind);
  entry = limner_dataset_get_entry (self, kind, id);
  if (entry != NULL && entry->iter != NULL)
    {
      GSequenceIter *iter = g_sequence_iter_next (entry->iter);

      if (!g_sequence_iter_is_end (iter))
        next = g_sequence_get (iter);
      if (next != NULL && next->anchor != entry->anchor)
        next = NULL;
      row = entry->anchor;
      if (next == NULL && row != LIMNER_NO_ROW && is_row_there (self, kind, row))
        {
          *next_id = limner_dataset_get_row_id (self, kind, row);
          return TRUE;
        }
    }
  else
    row = limner_dataset_find_row (self, kind, id);

  /* rows that are deleted or cannot be named are passed over */
  while (next == NULL && row != LIMNER_NO_ROW)
    {
      row = row + 1 < n_rows ? row + 1 : LIMNER_NO_ROW;
      self->n_visited++;
      if (!g_sequence_is_empty (self->added[kind]))
        next = find_added_before (self, kind, row);
      if (next == NULL && row != LIMNER_NO_ROW && is_row_there (self, kind, row))
        {
          *next_id = limner_dataset_get_row_id (self, kind, row);
          return TRUE;
        }
    }
  if (next == NULL)
    return FALSE;
  *next_id = next->id;
  return TRUE;
}

/* ---- annotations by image ---- */

static LimnerImageEdits *
limner_dataset_get_image_edits (LimnerDataset *self, gint64 image_id)
{
  LimnerImageEdits *edits = g_hash_table_lookup (self->image_edits, &image_id);

  if (edits == NULL)
    {
      edits = g_new0 (LimnerImageEdits, 1);
      edits->id = image_id;
      edits->foreign = g_ptr_array_new ();
      g_hash_table_insert (self->image_edits, &edits->id, edits);
    }
  return edits;
}

static void
drop_empty_image_edits (LimnerDataset *self, LimnerImageEdits *edits)
{
  gint64 id = edits->id;

  if (edits->delta == 0 && edits->foreign->len == 0)
    g_hash_table_remove (self->image_edits, &id);
}

gint
limner_dataset_get_image_delta (LimnerDataset *self, gint64 image_id)
{
  LimnerImageEdits *edits = g_hash_table_lookup (self->image_edits, &image_id);

  return edits != NULL ? edits->delta : 0;
}

void
limner_dataset_change_image_delta (LimnerDataset *self, gint64 image_id, gint by)
{
  LimnerImageEdits *edits = limner_dataset_get_image_edits (self, image_id);

  edits->delta += by;
  drop_empty_image_edits (self, edits);
}

LimnerReferences
limner_dataset_get_row_references (LimnerDataset *self, guint32 row)
{
  LimnerColumns *columns = self->columns;
  LimnerReferences references = { 0 };
  guint32 image, category;

  if (row == LIMNER_NO_ROW || (columns->annotation_flags[row] & LIMNER_ROW_NOT_OBJECT) != 0)
    return references;
  image = columns->annotation_image[row];
  category = columns->annotation_category[row];
  references.exists = TRUE;
  references.has_image = image != LIMNER_NO_ROW;
  references.has_category = category != LIMNER_NO_ROW;
  if (references.has_image)
    references.image_id = columns->image_id[image];
  if (references.has_category)
    references.category_id = limner_dataset_get_row_id (self, LIMNER_RECORD_CATEGORY, category);
  return references;
}

static LimnerReferences
entry_get_references (const LimnerEntry *entry)
{
  if (entry->text == NULL)
    return (LimnerReferences){ 0 };
  return (LimnerReferences){
    TRUE, entry->has_image, entry->has_category, entry->image_id, entry->category_id,
  };
}

void
limner_dataset_list_foreign (LimnerDataset *self, LimnerEntry *entry)
{
  LimnerReferences base = limner_dataset_get_row_references (self, entry->row);
  LimnerImageEdits *edits;

  if (entry->text == NULL || !entry->has_image ||
      (base.has_image && base.image_id == entry->image_id))
    return;
  edits = limner_dataset_get_image_edits (self, entry->image_id);
  entry->is_foreign = TRUE;
  entry->foreign_index = edits->foreign->len;
  g_ptr_array_add (edits->foreign, entry);
}

static void
limner_dataset_unlist_foreign (LimnerDataset *self, LimnerEntry *entry)
{
  LimnerImageEdits *edits;

  if (!entry->is_foreign)
    return;
  entry->is_foreign = FALSE;
  edits = limner_dataset_get_image_edits (self, entry->image_id);
  g_ptr_array_remove_index_fast (edits->foreign, entry->foreign_index);
  if (entry->foreign_index < edits->foreign->len)
    {
      LimnerEntry *moved = g_ptr_array_index (edits->foreign, entry->foreign_index);

      moved->foreign_index = entry->foreign_index;
    }
  drop_empty_image_edits (self, edits);
}

static void
add_text_place (GArray *places, GBytes *text)
{
  LimnerRecordPlace place = { g_bytes_ref (text), 0, 0 };

  g_array_append_val (places, place);
}

/* A row of the image in the base, unless an edit deleted it or gave it to another image. */
static void
add_row_place (LimnerDataset *self, guint32 row, gint64 image_id, GArray *places)
{
  LimnerColumns *columns = self->columns;
  LimnerRecordPlace place = { NULL, columns->annotation_offset[row],
                              columns->annotation_length[row] };
  LimnerEntry *entry = NULL;

  self->n_visited++;
  if (limner_dataset_is_row_editable (self, LIMNER_RECORD_ANNOTATION, row))
    entry = limner_dataset_get_entry (self, LIMNER_RECORD_ANNOTATION, columns->annotation_id[row]);
  if (entry == NULL)
    g_array_append_val (places, place);
  else if (entry->text != NULL && entry->has_image && entry->image_id == image_id)
    add_text_place (places, entry->text);
}

void
limner_dataset_collect_annotations (LimnerDataset *self, guint32 row, gint64 id, GArray *places)
{
  LimnerColumns *columns = self->columns;
  LimnerImageEdits *edits = g_hash_table_lookup (self->image_edits, &id);
  g_autoptr (GPtrArray) foreign = g_ptr_array_new ();
  guint first = row != LIMNER_NO_ROW ? columns->first_of_image[row] : 0;
  guint end = row != LIMNER_NO_ROW ? columns->first_of_image[row + 1] : 0;
  guint next = 0;

  if (edits != NULL)
    {
      g_ptr_array_extend (foreign, edits->foreign, NULL, NULL);
      g_ptr_array_sort (foreign, compare_place_of_pointers);
      self->n_visited += foreign->len;
    }
  for (guint i = first; i < end; i++)
    {
      for (; next < foreign->len; next++)
        {
          LimnerEntry *entry = g_ptr_array_index (foreign, next);

          if (entry_get_key (entry) > columns->by_image[i])
            break;
          add_text_place (places, entry->text);
        }
      add_row_place (self, columns->by_image[i], id, places);
    }
  for (; next < foreign->len; next++)
    add_text_place (places, ((LimnerEntry *) g_ptr_array_index (foreign, next))->text);
}

/* ---- edits ---- */

static LimnerEntry *
open_entry (LimnerDataset *self, const LimnerEdit *edit)
{
  LimnerEntry *entry = limner_dataset_get_entry (self, edit->kind, edit->id);

  if (entry != NULL)
    return entry;
  entry = g_new0 (LimnerEntry, 1);
  entry->kind = edit->kind;
  entry->id = edit->id;
  entry->anchor = LIMNER_NO_ROW;
  entry->slot = LIMNER_NO_SLOT;
  /* the only info there can be has no row in the columns: it is in the file if the first edit finds
   * it there */
  if (edit->kind == LIMNER_RECORD_INFO)
    entry->row = edit->before != NULL ? 0 : LIMNER_NO_ROW;
  else
    entry->row = limner_dataset_find_row (self, edit->kind, edit->id);
  if (entry->row != LIMNER_NO_ROW && edit->before != NULL)
    entry->original = g_bytes_ref (edit->before);
  if (edit->kind == LIMNER_RECORD_IMAGE && entry->row != LIMNER_NO_ROW)
    entry->slot = self->slot_of_row[entry->row];
  g_hash_table_insert (self->entries[edit->kind], &entry->id, entry);
  return entry;
}

static void
set_entry_text (LimnerDataset *self, LimnerEntry *entry, const LimnerEdit *edit)
{
  g_clear_pointer (&entry->text, g_bytes_unref);
  if (edit->after != NULL)
    entry->text = g_bytes_ref (edit->after);
  if (entry->row != LIMNER_NO_ROW)
    return;
  if (entry->text != NULL && entry->iter == NULL)
    limner_dataset_place_entry (self, entry, edit->has_next, edit->next_id);
  else if (entry->text == NULL && entry->iter != NULL)
    g_sequence_remove (g_steal_pointer (&entry->iter));
}

/* Drops an entry that says the same as the base; nothing may refer to it any more then. */
static void
settle_entry (LimnerDataset *self, LimnerEntry *entry)
{
  gboolean is_same = entry->row == LIMNER_NO_ROW ? entry->text == NULL
                                                 : entry->text != NULL && entry->original != NULL &&
                                                       g_bytes_equal (entry->text, entry->original);
  gint64 id = entry->id;

  if (!is_same)
    return;
  if (entry->kind == LIMNER_RECORD_IMAGE && entry->slot != LIMNER_NO_SLOT)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, entry->slot);

      if (slot->entry == entry)
        slot->entry = NULL;
    }
  g_hash_table_remove (self->entries[entry->kind], &id);
}

static void
count_references (LimnerDataset *self, const LimnerReferences *references, gint by)
{
  if (!references->exists)
    return;
  self->n_annotations += (guint) by;
  if (references->has_image)
    limner_dataset_change_image_delta (self, references->image_id, by);
  if (references->has_category)
    limner_dataset_count_category (self, references->category_id, by);
}

static gboolean
same_image (const LimnerReferences *a, const LimnerReferences *b)
{
  return a->has_image && b->has_image && a->image_id == b->image_id;
}

static void
apply_annotation (LimnerDataset *self, const LimnerEdit *edit, const LimnerAnnotation *record)
{
  LimnerEntry *entry = limner_dataset_get_entry (self, edit->kind, edit->id);
  LimnerReferences before, after;

  if (entry != NULL)
    before = entry_get_references (entry);
  else
    before = limner_dataset_get_row_references (self, limner_dataset_find_row (self, edit->kind,
                                                                               edit->id));
  entry = open_entry (self, edit);
  limner_dataset_unlist_foreign (self, entry);
  set_entry_text (self, entry, edit);
  if (record != NULL)
    {
      entry->has_image = record->has_image_id;
      entry->has_category = record->has_category_id;
      entry->image_id = record->image_id;
      entry->category_id = record->category_id;
    }
  after = entry_get_references (entry);
  limner_dataset_list_foreign (self, entry);
  settle_entry (self, entry);
  count_references (self, &after, 1);
  count_references (self, &before, -1);

  if (same_image (&before, &after))
    limner_dataset_emit_image (self, after.image_id, FALSE);
  else
    {
      if (before.has_image)
        limner_dataset_emit_image (self, before.image_id, TRUE);
      if (after.has_image)
        limner_dataset_emit_image (self, after.image_id, TRUE);
    }
}

static void
apply_image (LimnerDataset *self, const LimnerEdit *edit, const LimnerImageRecord *record)
{
  LimnerEntry *entry = limner_dataset_get_entry (self, edit->kind, edit->id);
  const char *name = record == NULL ? NULL : record->file_name != NULL ? record->file_name : "";
  gboolean is_attached, is_reset = FALSE, has_annotations;
  guint32 slot;

  is_attached = entry == NULL || entry->text != NULL;
  entry = open_entry (self, edit);
  is_attached = is_attached && entry->slot != LIMNER_NO_SLOT;
  slot = entry->slot;
  if (is_attached &&
      (name == NULL || !g_str_equal (name, limner_dataset_get_slot (self, slot)->name)))
    {
      is_reset = limner_dataset_detach_image (self, slot) || name != NULL;
      is_attached = FALSE;
    }
  set_entry_text (self, entry, edit);
  if (record != NULL)
    {
      entry->width = record->width;
      entry->height = record->height;
      if (is_attached)
        {
          limner_dataset_get_slot (self, slot)->entry = entry;
          limner_dataset_set_slot_state (self, limner_dataset_get_slot (self, slot), record->state);
        }
      else
        is_reset |= limner_dataset_attach_image (self, entry, name, record->state);
      slot = entry->slot;
    }
  settle_entry (self, entry);
  has_annotations = limner_dataset_is_referenced (self, edit->kind, edit->id);
  if (is_reset)
    limner_dataset_emit_reset (self);
  else if (slot != LIMNER_NO_SLOT)
    limner_dataset_emit_slot (self, slot, TRUE, !is_attached && has_annotations);
}

static void
apply_category (LimnerDataset *self, const LimnerEdit *edit, LimnerCategoryRecord *record)
{
  LimnerEntry *entry = open_entry (self, edit);

  set_entry_text (self, entry, edit);
  g_clear_pointer (&entry->category, limner_record_unref);
  if (record != NULL)
    entry->category = limner_record_ref (record);
  settle_entry (self, entry);
  limner_dataset_update_category (self, edit->id, record);
}

/* New records get ids above it: they must not be taken for one that was, nor adopt what refers to
 * one that is not there. */
static void
pass_id (LimnerDataset *self, LimnerRecordKind kind, gint64 id)
{
  if (id >= self->next_id[kind])
    self->next_id[kind] = id < G_MAXINT64 ? id + 1 : G_MAXINT64;
}

static void
pass_references (LimnerDataset *self, const LimnerAnnotation *annotation)
{
  /* the last id there is would leave none */
  if (annotation->has_image_id && annotation->image_id < G_MAXINT64)
    pass_id (self, LIMNER_RECORD_IMAGE, annotation->image_id);
  if (annotation->has_category_id && annotation->category_id < G_MAXINT64)
    pass_id (self, LIMNER_RECORD_CATEGORY, annotation->category_id);
}

void
limner_dataset_apply (LimnerDataset *self, const LimnerEdit *edit, gpointer record)
{
  LimnerEntry *entry;

  g_return_if_fail (LIMNER_IS_DATASET (self));
  g_return_if_fail (edit != NULL);
  g_return_if_fail ((edit->after == NULL) == (record == NULL));

  self->n_visited++;
  if (edit->kind != LIMNER_RECORD_INFO &&
      limner_dataset_count_rows (self, edit->kind, edit->id) > 1)
    {
      g_debug ("an edit of a record whose id is not unique is ignored");
      return;
    }
  pass_id (self, edit->kind, edit->id);
  if (edit->kind == LIMNER_RECORD_ANNOTATION && record != NULL)
    pass_references (self, record);

  switch (edit->kind)
    {
    case LIMNER_RECORD_INFO:
      entry = open_entry (self, edit);
      set_entry_text (self, entry, edit);
      settle_entry (self, entry);
      break;
    case LIMNER_RECORD_IMAGE:
      apply_image (self, edit, record);
      break;
    case LIMNER_RECORD_CATEGORY:
      apply_category (self, edit, record);
      break;
    case LIMNER_RECORD_ANNOTATION:
      apply_annotation (self, edit, record);
      break;
    }
}

/* ---- what a checkpoint writes ---- */

/* (element-type LimnerEntry): all entries of a kind in the order of their section. */
static GPtrArray *
sort_entries (LimnerDataset *self, LimnerRecordKind kind)
{
  GPtrArray *sorted = g_ptr_array_sized_new (g_hash_table_size (self->entries[kind]));
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries[kind]);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (sorted, entry);
  g_ptr_array_sort (sorted, compare_place_of_pointers);
  return sorted;
}

void
limner_change_clear (LimnerChange *self)
{
  g_clear_pointer (&self->text, g_bytes_unref);
}

GArray *
limner_dataset_list_changes (LimnerDataset *self)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (LimnerChange));

  g_return_val_if_fail (LIMNER_IS_DATASET (self), changes);

  g_array_set_clear_func (changes, (GDestroyNotify) limner_change_clear);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      g_autoptr (GPtrArray) sorted = sort_entries (self, kind);

      for (guint i = 0; i < sorted->len; i++)
        {
          LimnerEntry *entry = g_ptr_array_index (sorted, i);
          LimnerChange change = { kind, entry->row, entry->anchor, NULL };

          if (entry->text != NULL)
            change.text = g_bytes_ref (entry->text);
          g_array_append_val (changes, change);
        }
    }
  return changes;
}

gboolean
limner_dataset_has_changes (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), FALSE);

  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    if (g_hash_table_size (self->entries[kind]) > 0)
      return TRUE;
  return FALSE;
}

/* ---- annotations by what they refer to ---- */

static gboolean
refers_to (const LimnerReferences *references, LimnerRecordKind of_kind, gint64 id)
{
  if (!references->exists)
    return FALSE;
  if (of_kind == LIMNER_RECORD_IMAGE)
    return references->has_image && references->image_id == id;
  return references->has_category && references->category_id == id;
}

static void
add_row_id (LimnerDataset *self, guint32 row, LimnerRecordKind of_kind, gint64 id, GArray *ids)
{
  gint64 annotation_id = self->columns->annotation_id[row];
  LimnerReferences references;
  LimnerEntry *entry;

  self->n_visited++;
  if (!limner_dataset_is_row_editable (self, LIMNER_RECORD_ANNOTATION, row))
    return;
  entry = limner_dataset_get_entry (self, LIMNER_RECORD_ANNOTATION, annotation_id);
  references =
      entry != NULL ? entry_get_references (entry) : limner_dataset_get_row_references (self, row);
  if (refers_to (&references, of_kind, id))
    g_array_append_val (ids, annotation_id);
}

static void
list_ids_of_image (LimnerDataset *self, gint64 id, GArray *ids)
{
  LimnerColumns *columns = self->columns;
  guint32 row = limner_columns_find_first (columns, LIMNER_RECORD_IMAGE, id);
  LimnerImageEdits *edits = g_hash_table_lookup (self->image_edits, &id);

  if (row != LIMNER_NO_ROW)
    for (guint i = columns->first_of_image[row]; i < columns->first_of_image[row + 1]; i++)
      add_row_id (self, columns->by_image[i], LIMNER_RECORD_IMAGE, id, ids);
  if (edits == NULL)
    return;
  for (guint i = 0; i < edits->foreign->len; i++)
    {
      LimnerEntry *entry = g_ptr_array_index (edits->foreign, i);

      g_array_append_val (ids, entry->id);
    }
}

/* Rows of the class in the base, then what edits gave it. */
static void
list_ids_of_category (LimnerDataset *self, gint64 id, GArray *ids)
{
  LimnerColumns *columns = self->columns;
  guint32 target = limner_columns_find_first (columns, LIMNER_RECORD_CATEGORY, id);
  GHashTableIter iter;
  gpointer value;

  for (guint32 row = 0; target != LIMNER_NO_ROW && row < columns->n_annotations; row++)
    if (columns->annotation_category[row] == target)
      add_row_id (self, row, LIMNER_RECORD_CATEGORY, id, ids);

  g_hash_table_iter_init (&iter, self->entries[LIMNER_RECORD_ANNOTATION]);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerEntry *entry = value;
      LimnerReferences references = entry_get_references (entry);
      gboolean is_listed = entry->row != LIMNER_NO_ROW && target != LIMNER_NO_ROW &&
                           columns->annotation_category[entry->row] == target;

      if (!is_listed && refers_to (&references, LIMNER_RECORD_CATEGORY, id))
        g_array_append_val (ids, entry->id);
    }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 id_a = *(const gint64 *) a, id_b = *(const gint64 *) b;

  return (id_a > id_b) - (id_a < id_b);
}

GArray *
limner_dataset_list_annotation_ids (LimnerDataset *self, LimnerRecordKind of_kind, gint64 id)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_return_val_if_fail (LIMNER_IS_DATASET (self), ids);
  g_return_val_if_fail (of_kind == LIMNER_RECORD_IMAGE || of_kind == LIMNER_RECORD_CATEGORY, ids);

  if (of_kind == LIMNER_RECORD_IMAGE)
    list_ids_of_image (self, id, ids);
  else
    list_ids_of_category (self, id, ids);
  g_array_sort (ids, compare_ids);
  return ids;
}
