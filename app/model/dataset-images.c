/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"
#include "natural-sort.h"

LimnerSlot *
limner_dataset_get_slot (LimnerDataset *self, guint32 slot)
{
  return &g_array_index (self->slots, LimnerSlot, slot);
}

void
limner_slot_clear (LimnerSlot *slot)
{
  g_free (slot->trouble);
}

static gboolean
limner_slot_has_record (const LimnerSlot *slot)
{
  return slot->entry != NULL || slot->row != LIMNER_NO_ROW;
}

static gboolean
is_finished (LimnerState state)
{
  return state == LIMNER_STATE_DONE || state == LIMNER_STATE_ACCEPTED;
}

void
limner_dataset_set_slot_state (LimnerDataset *self, LimnerSlot *slot, LimnerState state)
{
  self->n_done -= is_finished (slot->state);
  slot->state = (guint8) state;
  self->n_done += is_finished (state);
}

/* ---- building the list ---- */

/* Adds the slot to those of its name, before or after the one that is found first; O(1), as a file
 * may have thousands of records without a name. */
static void
index_name (LimnerDataset *self, guint32 index, gboolean as_first)
{
  LimnerSlot *slot = limner_dataset_get_slot (self, index);
  gpointer first = NULL;
  gboolean is_known = g_hash_table_lookup_extended (self->slot_of_name, slot->name, NULL, &first);

  if (is_known && !as_first)
    {
      LimnerSlot *first_slot = limner_dataset_get_slot (self, GPOINTER_TO_UINT (first));

      slot->next_same_name = first_slot->next_same_name;
      first_slot->next_same_name = index;
      return;
    }
  slot->next_same_name = is_known ? GPOINTER_TO_UINT (first) : LIMNER_NO_SLOT;
  g_hash_table_insert (self->slot_of_name, (gpointer) slot->name, GUINT_TO_POINTER (index));
}

/* The table of names: for folders made at once, else at the first question. */
static void
index_names (LimnerDataset *self)
{
  if (self->has_names)
    return;
  self->has_names = TRUE;
  for (guint32 index = self->slots->len; index-- > 0;)
    index_name (self, index, TRUE);
}

/* @name is in self->names. */
static void
slot_init (LimnerSlot *slot, const char *name, guint32 row)
{
  *slot = (LimnerSlot){ .name = name, .row = row, .next_same_name = LIMNER_NO_SLOT };
}

static guint32
add_slot (LimnerDataset *self, const char *name, gboolean has_file)
{
  LimnerSlot slot;

  slot_init (&slot, g_string_chunk_insert (self->names->chunk, name), LIMNER_NO_ROW);
  slot.has_file = has_file;
  g_array_append_val (self->slots, slot);
  return self->slots->len - 1;
}

/* The records of the base, in the order of the list. */
static void
add_rows (LimnerDataset *self)
{
  LimnerColumns *columns = self->columns;
  const guint32 *order = limner_columns_get_image_order (columns);
  guint n = 0;

  self->names->base = g_memdup2 (columns->names, limner_columns_get_names_size (columns));
  g_array_set_size (self->slots, columns->n_images);
  for (guint i = 0; i < columns->n_images; i++)
    if ((columns->image_flags[order[i]] & LIMNER_ROW_NOT_OBJECT) == 0)
      slot_init (limner_dataset_get_slot (self, n++),
                 self->names->base + columns->image_name[order[i]], order[i]);
  g_array_set_size (self->slots, n);
}

/* Names of @files that no record has. */
static void
add_files (LimnerDataset *self, const char *const *files)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_records = self->slots->len;

  for (guint32 index = 0; index < n_records; index++)
    g_hash_table_add (known, (gpointer) limner_dataset_get_slot (self, index)->name);
  for (guint i = 0; files[i] != NULL; i++)
    {
      if (!g_hash_table_add (found, (gpointer) files[i]) || g_hash_table_contains (known, files[i]))
        continue;
      add_slot (self, files[i], TRUE);
    }
  for (guint32 index = 0; index < n_records; index++)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, index);

      slot->has_file = g_hash_table_contains (found, slot->name);
    }
}

/* Slots in the order of the list, so that walking positions walks memory. */
static void
sort_slots (LimnerDataset *self)
{
  guint n = self->slots->len;
  g_autofree const char **names = g_new (const char *, n);
  g_autofree guint32 *sorted = NULL;
  GArray *slots = g_array_sized_new (FALSE, FALSE, sizeof (LimnerSlot), n);

  for (guint i = 0; i < n; i++)
    names[i] = limner_dataset_get_slot (self, i)->name;
  sorted = limner_natural_sort (names, n);
  for (guint32 i = 0; i < n; i++)
    g_array_append_val (slots, *limner_dataset_get_slot (self, sorted[i]));
  g_array_unref (self->slots);
  self->slots = slots;
}

/* After the slots are in order. */
static void
list_slots (LimnerDataset *self)
{
  const LimnerColumns *columns = self->columns;

  g_array_set_size (self->order, self->slots->len);
  self->slot_of_row = g_new (guint32, columns->n_images);
  for (guint32 row = 0; row < columns->n_images; row++)
    self->slot_of_row[row] = LIMNER_NO_SLOT;
  for (guint32 index = 0; index < self->slots->len; index++)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, index);

      slot->position = index;
      slot->is_listed = TRUE;
      g_array_index (self->order, guint32, index) = index;
      if (slot->row == LIMNER_NO_ROW)
        continue;
      self->slot_of_row[slot->row] = index;
      limner_dataset_set_slot_state (self, slot, columns->image_state[slot->row]);
    }
}

void
limner_dataset_build_images (LimnerDataset *self, const char *const *files)
{
  g_array_unref (self->slots);
  self->slots = g_array_sized_new (FALSE, FALSE, sizeof (LimnerSlot), self->columns->n_images);
  add_rows (self);
  if (files != NULL)
    {
      guint n_records = self->slots->len;

      add_files (self, files);
      if (self->slots->len > n_records)
        sort_slots (self);
    }
  /* not before: what the slots own may move no more */
  g_array_set_clear_func (self->slots, (GDestroyNotify) limner_slot_clear);
  list_slots (self);
  if (files != NULL)
    index_names (self);
}

static int
compare_slots (gconstpointer a, gconstpointer b, gpointer data)
{
  guint32 index_a = *(const guint32 *) a, index_b = *(const guint32 *) b;
  const char *name_a = limner_dataset_get_slot (data, index_a)->name;
  const char *name_b = limner_dataset_get_slot (data, index_b)->name;
  int order = limner_natural_compare (name_a, name_b);

  return order != 0 ? order : (index_a > index_b) - (index_a < index_b);
}

/* Takes out what is gone, and tells which slots are to be put in, sorted. */
static GArray *
prune_order (LimnerDataset *self, GArray *kept)
{
  GArray *fresh = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->order->len; i++)
    {
      guint32 index = g_array_index (self->order, guint32, i);
      LimnerSlot *slot = limner_dataset_get_slot (self, index);

      if (slot->is_gone)
        slot->is_listed = FALSE;
      else
        g_array_append_val (kept, index);
    }
  for (guint32 index = 0; index < self->slots->len; index++)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, index);

      if (!slot->is_gone && !slot->is_listed)
        g_array_append_val (fresh, index);
    }
  g_array_sort_with_data (fresh, compare_slots, self);
  return fresh;
}

/* The first of @sorted[from ..] that comes after the slot. */
static guint
find_place (LimnerDataset *self, GArray *sorted, guint from, guint32 slot)
{
  guint low = from, high = sorted->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_slots (&g_array_index (sorted, guint32, middle), &slot, self) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Once after any number of edits that made or removed images: O(images), nearly all of it copying.
 */
static void
freshen_order (LimnerDataset *self)
{
  GArray *order = g_array_sized_new (FALSE, FALSE, sizeof (guint32), self->slots->len);
  g_autoptr (GArray) kept = g_array_sized_new (FALSE, FALSE, sizeof (guint32), self->slots->len);
  g_autoptr (GArray) fresh = prune_order (self, kept);
  guint copied = 0;

  for (guint i = 0; i < fresh->len; i++)
    {
      guint32 index = g_array_index (fresh, guint32, i);
      guint place = find_place (self, kept, copied, index);

      if (place > copied)
        g_array_append_vals (order, &g_array_index (kept, guint32, copied), place - copied);
      g_array_append_val (order, index);
      copied = place;
    }
  if (copied < kept->len)
    g_array_append_vals (order, &g_array_index (kept, guint32, copied), kept->len - copied);
  g_array_unref (self->order);
  self->order = order;
  self->is_order_stale = FALSE;
  for (guint32 i = 0; i < order->len; i++)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, g_array_index (order, guint32, i));

      slot->position = i;
      slot->is_listed = TRUE;
    }
  self->n_visited += self->slots->len;
}

/* ---- records that come and go ---- */

/* Slot with that name, without a record if @free_only; else LIMNER_NO_SLOT. */
static guint32
limner_dataset_find_slot_by_name (LimnerDataset *self, const char *name, gboolean free_only)
{
  gpointer first;
  guint32 index;

  self->n_visited++;
  index_names (self);
  if (!g_hash_table_lookup_extended (self->slot_of_name, name, NULL, &first))
    return LIMNER_NO_SLOT;
  for (index = GPOINTER_TO_UINT (first); index != LIMNER_NO_SLOT;)
    {
      LimnerSlot *slot = limner_dataset_get_slot (self, index);

      if (free_only ? !limner_slot_has_record (slot) : !slot->is_gone)
        break;
      index = slot->next_same_name;
      self->n_visited++;
    }
  return index;
}

gboolean
limner_dataset_attach_image (LimnerDataset *self,
                             LimnerEntry *entry,
                             const char *name,
                             LimnerState state)
{
  LimnerSlot *slot =
      entry->slot != LIMNER_NO_SLOT ? limner_dataset_get_slot (self, entry->slot) : NULL;
  gboolean is_reset;

  if (slot == NULL || limner_slot_has_record (slot) || !g_str_equal (slot->name, name))
    entry->slot = limner_dataset_find_slot_by_name (self, name, TRUE);
  if (entry->slot == LIMNER_NO_SLOT)
    {
      entry->slot = add_slot (self, name, FALSE);
      index_name (self, entry->slot, FALSE);
    }
  slot = limner_dataset_get_slot (self, entry->slot);
  is_reset = slot->is_gone || !slot->is_listed;
  slot->is_gone = FALSE;
  slot->entry = entry;
  slot->row = entry->row;
  if (entry->row != LIMNER_NO_ROW)
    self->slot_of_row[entry->row] = entry->slot;
  limner_dataset_set_slot_state (self, slot, state);
  self->is_order_stale |= is_reset;
  return is_reset;
}

gboolean
limner_dataset_detach_image (LimnerDataset *self, guint32 index)
{
  LimnerSlot *slot = limner_dataset_get_slot (self, index);

  slot->entry = NULL;
  slot->row = LIMNER_NO_ROW;
  limner_dataset_set_slot_state (self, slot, LIMNER_STATE_NONE);
  slot->is_gone = !slot->has_file;
  self->is_order_stale |= slot->is_gone;
  return slot->is_gone;
}

guint32
limner_dataset_find_slot (LimnerDataset *self, gint64 id)
{
  LimnerEntry *entry = limner_dataset_get_entry (self, LIMNER_RECORD_IMAGE, id);
  guint32 row;

  self->n_visited++;
  if (entry != NULL)
    return entry->text != NULL ? entry->slot : LIMNER_NO_SLOT;
  row = limner_columns_find_first (self->columns, LIMNER_RECORD_IMAGE, id);
  return row != LIMNER_NO_ROW ? self->slot_of_row[row] : LIMNER_NO_SLOT;
}

/* ---- what views ask ---- */

guint
limner_dataset_get_n_images (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  if (self->is_order_stale)
    freshen_order (self);
  return self->order->len;
}

LimnerSlot *
limner_dataset_get_slot_at (LimnerDataset *self, guint image)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), NULL);
  g_return_val_if_fail (image < limner_dataset_get_n_images (self), NULL);

  return limner_dataset_get_slot (self, g_array_index (self->order, guint32, image));
}

const char *
limner_dataset_get_image_name (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  return slot != NULL ? slot->name : NULL;
}

gboolean
limner_dataset_has_image_file (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  return slot != NULL && slot->has_file;
}

static gint64
slot_get_id (LimnerDataset *self, const LimnerSlot *slot)
{
  return slot->entry != NULL ? slot->entry->id : self->columns->image_id[slot->row];
}

gboolean
limner_dataset_get_image_id (LimnerDataset *self, guint image, gint64 *id)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  if (slot == NULL || !limner_slot_has_record (slot))
    return FALSE;
  if (id != NULL)
    *id = slot_get_id (self, slot);
  return TRUE;
}

gboolean
limner_dataset_get_image_size (LimnerDataset *self, guint image, guint *width, guint *height)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);
  guint w, h;

  if (slot == NULL || !limner_slot_has_record (slot))
    return FALSE;
  w = slot->entry != NULL ? slot->entry->width : self->columns->image_width[slot->row];
  h = slot->entry != NULL ? slot->entry->height : self->columns->image_height[slot->row];
  if (w == 0 || h == 0)
    return FALSE;
  if (width != NULL)
    *width = w;
  if (height != NULL)
    *height = h;
  return TRUE;
}

LimnerState
limner_dataset_get_image_state (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  return slot != NULL ? (LimnerState) slot->state : LIMNER_STATE_NONE;
}

/* Of several images with one id the first is the one that annotations belong to. */
static gboolean
slot_has_references (LimnerDataset *self, const LimnerSlot *slot, gint64 *id)
{
  if (!limner_slot_has_record (slot))
    return FALSE;
  *id = slot_get_id (self, slot);
  if (slot->entry != NULL || limner_dataset_is_row_editable (self, LIMNER_RECORD_IMAGE, slot->row))
    return TRUE;
  return (self->columns->image_flags[slot->row] & LIMNER_ROW_NO_ID) == 0 &&
         limner_columns_find_first (self->columns, LIMNER_RECORD_IMAGE, *id) == slot->row;
}

guint
limner_dataset_count_slot (LimnerDataset *self, const LimnerSlot *slot)
{
  gint count = 0;
  gint64 id;

  if (!slot_has_references (self, slot, &id))
    return 0;
  if (slot->row != LIMNER_NO_ROW)
    count = (gint) (self->columns->first_of_image[slot->row + 1] -
                    self->columns->first_of_image[slot->row]);
  count += limner_dataset_get_image_delta (self, id);
  return (guint) MAX (count, 0);
}

guint
limner_dataset_get_image_n_annotations (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  return slot != NULL ? limner_dataset_count_slot (self, slot) : 0;
}

gboolean
limner_dataset_is_image_editable (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  if (slot == NULL)
    return FALSE;
  return slot->entry != NULL || slot->row == LIMNER_NO_ROW ||
         limner_dataset_is_row_editable (self, LIMNER_RECORD_IMAGE, slot->row);
}

static guint
position_of_slot (LimnerDataset *self, guint32 index)
{
  if (index == LIMNER_NO_SLOT)
    return LIMNER_NO_IMAGE;
  if (self->is_order_stale)
    freshen_order (self);
  return limner_dataset_get_slot (self, index)->position;
}

guint
limner_dataset_find_image (LimnerDataset *self, gint64 id)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), LIMNER_NO_IMAGE);

  return position_of_slot (self, limner_dataset_find_slot (self, id));
}

guint
limner_dataset_find_image_by_name (LimnerDataset *self, const char *name)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), LIMNER_NO_IMAGE);
  g_return_val_if_fail (name != NULL, LIMNER_NO_IMAGE);

  return position_of_slot (self, limner_dataset_find_slot_by_name (self, name, FALSE));
}

void
limner_dataset_set_image_trouble (LimnerDataset *self, guint image, const char *sentence)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  if (slot == NULL || g_strcmp0 (slot->trouble, sentence) == 0)
    return;
  g_free (slot->trouble);
  slot->trouble = g_strdup (sentence);
  limner_dataset_emit_slot (self, g_array_index (self->order, guint32, image), TRUE, FALSE);
}

const char *
limner_dataset_get_image_trouble (LimnerDataset *self, guint image)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  return slot != NULL ? slot->trouble : NULL;
}

guint
limner_dataset_get_n_done (LimnerDataset *self)
{
  g_return_val_if_fail (LIMNER_IS_DATASET (self), 0);

  return self->n_done;
}

GArray *
limner_dataset_list_annotations (LimnerDataset *self, guint image)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (LimnerRecordPlace));
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);
  gint64 id;

  g_array_set_clear_func (places, (GDestroyNotify) limner_record_place_clear);
  if (slot != NULL && slot_has_references (self, slot, &id))
    limner_dataset_collect_annotations (self, slot->row, id, places);
  return places;
}
