/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-columns"

#include <limner/columns.h>

#include "natural-sort.h"

#include <string.h>

/* From id to row. Three forms, the cheapest that the ids allow. */
typedef enum
{
  TABLE_ASCENDING, /* ids rise from row to row: the column itself is searched */
  TABLE_DIRECT,    /* ids are dense: rows[id - first] is the row */
  TABLE_SORTED     /* rows sorted by id, then row */
} TableForm;

typedef struct _LimnerColumnsTable
{
  TableForm form;
  gint64 first;  /* smallest id */
  gint64 last;   /* largest id */
  guint n_rows;  /* of rows; TABLE_ASCENDING: of the section */
  guint32 *rows; /* not TABLE_ASCENDING */
} LimnerColumnsTable;

/* What the three sections have in common. */
typedef struct
{
  guint n;
  const gint64 *ids;
  guint8 *flags;
} Section;

/* A direct table may have this many slots a row; more of them while it is small anyway. */
#define DIRECT_SLOTS_PER_ROW 8
#define SMALL_SLOTS_PER_ROW 128
#define SMALL_SLOTS ((guint64) 1 << 20)

typedef struct
{
  guint64 key; /* the id with its sign bit flipped, so that unsigned order is its order */
  guint32 row;
} SortItem;

LimnerColumns *
limner_columns_new (void)
{
  LimnerColumns *self = g_new0 (LimnerColumns, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->first_of_image = g_new0 (guint32, 1);
  self->names = g_new0 (char, 1);
  return self;
}

LimnerColumns *
limner_columns_new_in_arena (gpointer arena, GDestroyNotify free_arena)
{
  LimnerColumns *self = g_new0 (LimnerColumns, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->arena = arena;
  self->free_arena = free_arena;
  return self;
}

LimnerColumns *
limner_columns_ref (LimnerColumns *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
limner_columns_table_free (LimnerColumnsTable *table)
{
  if (table == NULL)
    return;
  g_free (table->rows);
  g_free (table);
}

static void
limner_columns_free_images (LimnerColumns *self)
{
  g_free (self->image_id);
  g_free (self->image_offset);
  g_free (self->image_length);
  g_free (self->image_width);
  g_free (self->image_height);
  g_free (self->image_name);
  g_free (self->image_flags);
  g_free (self->image_state);
  g_free (self->image_order);
  g_free (self->names);
}

static void
limner_columns_free_annotations (LimnerColumns *self)
{
  g_free (self->annotation_id);
  g_free (self->annotation_offset);
  g_free (self->annotation_length);
  g_free (self->annotation_image);
  g_free (self->annotation_category);
  g_free (self->annotation_bbox);
  g_free (self->annotation_area);
  g_free (self->annotation_n_points);
  g_free (self->annotation_segmentation);
  g_free (self->annotation_flags);
  g_free (self->first_of_image);
  g_free (self->by_image);
}

static void
limner_columns_free_categories (LimnerColumns *self)
{
  for (guint i = 0; self->categories != NULL && i < self->n_categories; i++)
    g_clear_pointer (&self->categories[i], limner_record_unref);
  g_free (self->categories);
}

static void
limner_columns_free_arrays (LimnerColumns *self)
{
  if (self->arena != NULL)
    {
      self->free_arena (self->arena);
      return;
    }
  limner_columns_free_images (self);
  limner_columns_free_annotations (self);
  g_free (self->category_offset);
  g_free (self->category_length);
  g_free (self->category_flags);
}

void
limner_columns_unref (LimnerColumns *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  limner_columns_free_categories (self);
  limner_columns_free_arrays (self);
  for (guint i = 0; i < LIMNER_N_RECORD_KINDS; i++)
    limner_columns_table_free (self->tables[i]);
  g_free (self);
}

/* Categories keep their ids in their records, so those are gathered in @scratch. */
static Section
limner_columns_get_section (const LimnerColumns *self, LimnerRecordKind kind, gint64 **scratch)
{
  Section section = { 0 };

  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      section = (Section){ self->n_images, self->image_id, self->image_flags };
      break;

    case LIMNER_RECORD_ANNOTATION:
      section = (Section){ self->n_annotations, self->annotation_id, self->annotation_flags };
      break;

    case LIMNER_RECORD_CATEGORY:
      *scratch = g_new (gint64, self->n_categories + 1);
      for (guint i = 0; i < self->n_categories; i++)
        (*scratch)[i] = self->categories[i] != NULL ? self->categories[i]->record.id : 0;
      section = (Section){ self->n_categories, *scratch, self->category_flags };
      break;

    case LIMNER_RECORD_INFO:
      break;
    }
  return section;
}

static gint64
limner_columns_get_id (const LimnerColumns *self, LimnerRecordKind kind, guint32 row)
{
  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return self->image_id[row];
    case LIMNER_RECORD_ANNOTATION:
      return self->annotation_id[row];
    case LIMNER_RECORD_CATEGORY:
      return self->categories[row]->record.id;
    case LIMNER_RECORD_INFO:
    default:
      return 0;
    }
}

static guint8
limner_columns_get_flags (const LimnerColumns *self, LimnerRecordKind kind, guint32 row)
{
  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return self->image_flags[row];
    case LIMNER_RECORD_ANNOTATION:
      return self->annotation_flags[row];
    case LIMNER_RECORD_CATEGORY:
      return self->category_flags[row];
    case LIMNER_RECORD_INFO:
    default:
      return LIMNER_ROW_NO_ID;
    }
}

/* Range of the usable ids, their number, and whether they rise strictly over all rows. */
static guint
limner_section_survey (const Section *section, gint64 *first, gint64 *last, gboolean *ascending)
{
  guint n = 0;

  *ascending = TRUE;
  *first = *last = 0;
  for (guint i = 0; i < section->n; i++)
    {
      if (section->flags[i] & LIMNER_ROW_NO_ID)
        {
          *ascending = FALSE;
          continue;
        }
      if (n == 0)
        *first = *last = section->ids[i];
      else if (section->ids[i] <= section->ids[i - 1])
        *ascending = FALSE;
      *first = MIN (*first, section->ids[i]);
      *last = MAX (*last, section->ids[i]);
      n++;
    }
  return n;
}

/* Columns that were indexed before are flagged already, and others may be reading them. */
static void
flag_duplicate (const Section *section, guint32 row)
{
  if ((section->flags[row] & LIMNER_ROW_DUPLICATE_ID) == 0)
    section->flags[row] |= LIMNER_ROW_DUPLICATE_ID;
}

static void
limner_table_fill_direct (LimnerColumnsTable *table, const Section *section)
{
  gsize n_slots = (gsize) (table->last - table->first) + 1;

  table->rows = g_new (guint32, n_slots);
  memset (table->rows, 0xff, n_slots * sizeof (guint32));
  for (guint i = 0; i < section->n; i++)
    {
      guint32 *slot;

      if (section->flags[i] & LIMNER_ROW_NO_ID)
        continue;
      slot = &table->rows[section->ids[i] - table->first];
      if (*slot == LIMNER_NO_ROW)
        {
          *slot = i;
          continue;
        }
      flag_duplicate (section, *slot);
      flag_duplicate (section, i);
    }
}

/* Stable, least digit first; bytes in which all keys agree are skipped, so usual ids cost three or
 * four rounds. */
static SortItem *
limner_sort_items (SortItem *items, SortItem *spare, guint n)
{
  for (guint shift = 0; shift < 64; shift += 8)
    {
      guint counts[257] = { 0 };
      SortItem *swap = spare;

      for (guint i = 0; i < n; i++)
        counts[((items[i].key >> shift) & 0xff) + 1]++;
      if (counts[((items[0].key >> shift) & 0xff) + 1] == n)
        continue;
      for (guint i = 0; i < 256; i++)
        counts[i + 1] += counts[i];
      for (guint i = 0; i < n; i++)
        spare[counts[(items[i].key >> shift) & 0xff]++] = items[i];
      spare = items;
      items = swap;
    }
  return items;
}

static void
limner_table_fill_sorted (LimnerColumnsTable *table, const Section *section)
{
  g_autofree SortItem *items = g_new (SortItem, table->n_rows);
  g_autofree SortItem *spare = g_new (SortItem, table->n_rows);
  const SortItem *sorted;
  guint n = 0;

  for (guint i = 0; i < section->n; i++)
    if (!(section->flags[i] & LIMNER_ROW_NO_ID))
      items[n++] = (SortItem){ (guint64) section->ids[i] ^ ((guint64) 1 << 63), i };
  sorted = limner_sort_items (items, spare, n);

  table->rows = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      table->rows[i] = sorted[i].row;
      if (i == 0 || sorted[i].key != sorted[i - 1].key)
        continue;
      flag_duplicate (section, sorted[i - 1].row);
      flag_duplicate (section, sorted[i].row);
    }
}

static gboolean
is_dense (const LimnerColumnsTable *table)
{
  guint64 n_slots = (guint64) table->last - (guint64) table->first;

  return n_slots < (guint64) table->n_rows * DIRECT_SLOTS_PER_ROW ||
         (n_slots < (guint64) table->n_rows * SMALL_SLOTS_PER_ROW && n_slots < SMALL_SLOTS);
}

static LimnerColumnsTable *
limner_columns_build_table (LimnerColumns *self, LimnerRecordKind kind)
{
  LimnerColumnsTable *table = g_new0 (LimnerColumnsTable, 1);
  g_autofree gint64 *scratch = NULL;
  Section section = limner_columns_get_section (self, kind, &scratch);
  gboolean ascending;

  table->n_rows = limner_section_survey (&section, &table->first, &table->last, &ascending);
  if (ascending)
    table->form = TABLE_ASCENDING;
  else if (table->n_rows == 0)
    table->form = TABLE_SORTED;
  else if (is_dense (table))
    {
      table->form = TABLE_DIRECT;
      limner_table_fill_direct (table, &section);
    }
  else
    {
      table->form = TABLE_SORTED;
      limner_table_fill_sorted (table, &section);
    }
  return table;
}

void
limner_columns_index (LimnerColumns *self)
{
  g_return_if_fail (self != NULL);

  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      limner_columns_table_free (self->tables[kind]);
      self->tables[kind] = limner_columns_build_table (self, (LimnerRecordKind) kind);
      self->max_id[kind] = MAX (self->tables[kind]->last, 0);
    }
}

/* First row of @rows (or of the section, where NULL) whose id is not smaller. */
static guint32
limner_columns_search (const LimnerColumns *self,
                       LimnerRecordKind kind,
                       const LimnerColumnsTable *table,
                       gint64 id)
{
  guint low = 0;
  guint high = table->n_rows;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      guint32 row = table->rows != NULL ? table->rows[middle] : middle;

      if (limner_columns_get_id (self, kind, row) < id)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == table->n_rows)
    return LIMNER_NO_ROW;
  return table->rows != NULL ? table->rows[low] : low;
}

static const LimnerColumnsTable *
get_table (LimnerColumns *self, LimnerRecordKind kind)
{
  if (g_once_init_enter (&self->tables[kind]))
    g_once_init_leave (&self->tables[kind], limner_columns_build_table (self, kind));
  return self->tables[kind];
}

static guint32
find_in (const LimnerColumns *self,
         LimnerRecordKind kind,
         const LimnerColumnsTable *table,
         gint64 id)
{
  guint64 step;
  guint32 row;

  if (table->n_rows == 0 || id < table->first || id > table->last)
    return LIMNER_NO_ROW;

  step = (guint64) id - (guint64) table->first;
  if (table->form == TABLE_DIRECT)
    return table->rows[step];
  /* consecutive ids, the usual case of exports */
  if (table->form == TABLE_ASCENDING && step < table->n_rows &&
      limner_columns_get_id (self, kind, (guint32) step) == id)
    return (guint32) step;
  row = limner_columns_search (self, kind, table, id);
  if (row == LIMNER_NO_ROW || limner_columns_get_id (self, kind, row) != id)
    return LIMNER_NO_ROW;
  return row;
}

guint32
limner_columns_find_first (LimnerColumns *self, LimnerRecordKind kind, gint64 id)
{
  g_return_val_if_fail (self != NULL, LIMNER_NO_ROW);
  g_return_val_if_fail (kind != LIMNER_RECORD_INFO, LIMNER_NO_ROW);

  return find_in (self, kind, get_table (self, kind), id);
}

/* For many look-ups in ids that rise with gaps a table is worth its memory: (transfer full). */
static guint32 *
make_direct_rows (LimnerColumns *self, LimnerRecordKind kind, const LimnerColumnsTable *table)
{
  g_autofree gint64 *scratch = NULL;
  const Section section = limner_columns_get_section (self, kind, &scratch);
  LimnerColumnsTable direct = *table;

  limner_table_fill_direct (&direct, &section);
  return direct.rows;
}

void
limner_columns_find_rows (
    LimnerColumns *self, LimnerRecordKind kind, const gint64 *ids, guint n, guint32 *rows)
{
  g_autofree guint32 *made = NULL;
  const LimnerColumnsTable *table;
  const guint32 *direct;
  guint64 n_ids;

  g_return_if_fail (self != NULL);
  g_return_if_fail (kind != LIMNER_RECORD_INFO);

  table = get_table (self, kind);
  n_ids = table->n_rows > 0 ? (guint64) table->last - (guint64) table->first + 1 : 0;
  direct = table->form == TABLE_DIRECT ? table->rows : NULL;
  if (table->form == TABLE_ASCENDING && n >= table->n_rows && n_ids > 0 && is_dense (table))
    direct = made = make_direct_rows (self, kind, table);
  if (direct != NULL)
    for (guint i = 0; i < n; i++)
      {
        const guint64 step = (guint64) ids[i] - (guint64) table->first;

        rows[i] = step < n_ids ? direct[step] : LIMNER_NO_ROW;
      }
  else
    /* neighbours often share an image, so the last answer is tried first */
    for (guint i = 0; i < n; i++)
      rows[i] = i > 0 && ids[i] == ids[i - 1] ? rows[i - 1] : find_in (self, kind, table, ids[i]);
}

guint32
limner_columns_find (LimnerColumns *self, LimnerRecordKind kind, gint64 id)
{
  guint32 row = limner_columns_find_first (self, kind, id);

  if (row == LIMNER_NO_ROW ||
      (limner_columns_get_flags (self, kind, row) & LIMNER_ROW_DUPLICATE_ID) != 0)
    return LIMNER_NO_ROW;
  return row;
}

static guint32 *
sort_images (const LimnerColumns *self)
{
  g_autofree const char **names = g_new (const char *, MAX (self->n_images, 1));

  for (guint i = 0; i < self->n_images; i++)
    names[i] = self->names + self->image_name[i];
  return limner_natural_sort (names, self->n_images);
}

const guint32 *
limner_columns_get_image_order (LimnerColumns *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (g_once_init_enter (&self->image_order))
    g_once_init_leave (&self->image_order, sort_images (self));
  return self->image_order;
}

gsize
limner_columns_get_names_size (const LimnerColumns *self)
{
  guint32 last = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->n_images; i++)
    last = MAX (last, self->image_name[i]);
  return last + strlen (self->names + last) + 1;
}

guint
limner_columns_get_n_rows (const LimnerColumns *self, LimnerRecordKind kind)
{
  g_return_val_if_fail (self != NULL, 0);

  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return self->n_images;
    case LIMNER_RECORD_ANNOTATION:
      return self->n_annotations;
    case LIMNER_RECORD_CATEGORY:
      return self->n_categories;
    case LIMNER_RECORD_INFO:
    default:
      return 0;
    }
}

void
limner_columns_get_range (
    const LimnerColumns *self, LimnerRecordKind kind, guint32 row, guint64 *offset, guint32 *length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (row < limner_columns_get_n_rows (self, kind));

  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      *offset = self->image_offset[row];
      *length = self->image_length[row];
      break;

    case LIMNER_RECORD_ANNOTATION:
      *offset = self->annotation_offset[row];
      *length = self->annotation_length[row];
      break;

    case LIMNER_RECORD_CATEGORY:
      *offset = self->category_offset[row];
      *length = self->category_length[row];
      break;

    case LIMNER_RECORD_INFO:
    default:
      break;
    }
}
