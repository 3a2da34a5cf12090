/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "columns-builder.h"

#include <string.h>

#define FIRST_CAPACITY 256

/* Below, ordering their names takes less than a thread does; tests come with small files. */
#ifdef LIMNER_TEST_PART_BYTES
#define MIN_IMAGES_FOR_THREAD 2
#else
#define MIN_IMAGES_FOR_THREAD 4096
#endif

/* Of annotation_flags, while building. */
#define HAS_IMAGE_ID (1 << 6)
#define HAS_CATEGORY_ID (1 << 7)

void
limner_columns_builder_init (LimnerColumnsBuilder *self)
{
  memset (self, 0, sizeof *self);
  self->columns = limner_columns_new ();
  self->names_size = 1; /* the empty name at 0 */
  self->names_capacity = 1;
}

void
limner_columns_builder_clear (LimnerColumnsBuilder *self)
{
  g_clear_pointer (&self->columns, limner_columns_unref);
  g_clear_pointer (&self->image_ids, g_free);
  g_clear_pointer (&self->category_ids, g_free);
}

/* Large blocks are moved by remapping pages, so doubling copies nothing and touches nothing. */
static gboolean
resize (gpointer column, gsize n, gsize size)
{
  gpointer *block = column;
  gpointer grown = g_try_realloc_n (*block, MAX (n, 1), size);

  if (grown == NULL)
    return FALSE;
  *block = grown;
  return TRUE;
}

static gboolean
resize_images (LimnerColumnsBuilder *self, guint n)
{
  LimnerColumns *columns = self->columns;

  return resize (&columns->image_id, n, sizeof *columns->image_id) &&
         resize (&columns->image_offset, n, sizeof *columns->image_offset) &&
         resize (&columns->image_length, n, sizeof *columns->image_length) &&
         resize (&columns->image_width, n, sizeof *columns->image_width) &&
         resize (&columns->image_height, n, sizeof *columns->image_height) &&
         resize (&columns->image_name, n, sizeof *columns->image_name) &&
         resize (&columns->image_flags, n, sizeof *columns->image_flags) &&
         resize (&columns->image_state, n, sizeof *columns->image_state);
}

static gboolean
resize_annotations (LimnerColumnsBuilder *self, guint n)
{
  LimnerColumns *columns = self->columns;

  return resize (&columns->annotation_id, n, sizeof *columns->annotation_id) &&
         resize (&columns->annotation_offset, n, sizeof *columns->annotation_offset) &&
         resize (&columns->annotation_length, n, sizeof *columns->annotation_length) &&
         resize (&columns->annotation_bbox, n, 4 * sizeof *columns->annotation_bbox) &&
         resize (&columns->annotation_area, n, sizeof *columns->annotation_area) &&
         resize (&columns->annotation_n_points, n, sizeof *columns->annotation_n_points) &&
         resize (&columns->annotation_segmentation, n, sizeof *columns->annotation_segmentation) &&
         resize (&columns->annotation_flags, n, sizeof *columns->annotation_flags) &&
         resize (&self->image_ids, n, sizeof *self->image_ids) &&
         resize (&self->category_ids, n, sizeof *self->category_ids);
}

static gboolean
resize_categories (LimnerColumns *columns, guint n)
{
  return resize (&columns->categories, n, sizeof *columns->categories) &&
         resize (&columns->category_offset, n, sizeof *columns->category_offset) &&
         resize (&columns->category_length, n, sizeof *columns->category_length) &&
         resize (&columns->category_flags, n, sizeof *columns->category_flags);
}

/* FALSE at 2^31 rows, too: rows are 32-bit and LIMNER_NO_ROW is one of them. */
static gboolean
next_capacity (guint n, guint *capacity)
{
  if (n > G_MAXINT32 / 2)
    return FALSE;
  *capacity = MAX (FIRST_CAPACITY, n * 2);
  return TRUE;
}

/* Room for @n_added more rows. */
static gboolean
reserve (guint n,
         guint n_added,
         guint *capacity,
         gboolean (*resize_rows) (LimnerColumnsBuilder *self, guint n),
         LimnerColumnsBuilder *self)
{
  guint wanted = *capacity;

  while (wanted < n || wanted - n < n_added)
    if (!next_capacity (wanted, &wanted))
      return FALSE;
  if (wanted != *capacity && !resize_rows (self, wanted))
    return FALSE;
  *capacity = wanted;
  return TRUE;
}

/* Room for @length more bytes. */
static gboolean
reserve_names (LimnerColumnsBuilder *self, gsize length)
{
  gsize capacity = MAX (self->names_capacity * 2, self->names_size + length + 4096);

  if (self->names_size + length > G_MAXUINT32)
    return FALSE;
  if (self->names_size + length <= self->names_capacity)
    return TRUE;
  if (!resize (&self->columns->names, capacity, 1))
    return FALSE;
  self->columns->names[0] = '\0';
  self->names_capacity = capacity;
  return TRUE;
}

static gboolean
add_name (LimnerColumnsBuilder *self, const char *name, gsize length, guint32 *offset)
{
  *offset = 0;
  if (length == 0)
    return TRUE;
  if (!reserve_names (self, length + 1))
    return FALSE;
  *offset = (guint32) self->names_size;
  memcpy (self->columns->names + self->names_size, name, length);
  self->columns->names[self->names_size + length] = '\0';
  self->names_size += length + 1;
  return TRUE;
}

gboolean
limner_columns_builder_add_image (LimnerColumnsBuilder *self,
                                  const LimnerImageRow *row,
                                  const char *file_name,
                                  gsize file_name_length)
{
  LimnerColumns *columns = self->columns;
  guint i = columns->n_images;
  guint32 name;

  if (i == self->images_capacity && !reserve (i, 1, &self->images_capacity, resize_images, self))
    return FALSE;
  if (!add_name (self, file_name, file_name_length, &name))
    return FALSE;
  columns->image_id[i] = row->id;
  columns->image_offset[i] = row->offset;
  columns->image_length[i] = row->length;
  columns->image_width[i] = row->width;
  columns->image_height[i] = row->height;
  columns->image_name[i] = name;
  columns->image_flags[i] = row->flags;
  columns->image_state[i] = row->state;
  columns->n_images++;
  return TRUE;
}

gboolean
limner_columns_builder_add_annotation (LimnerColumnsBuilder *self, const LimnerAnnotationRow *row)
{
  LimnerColumns *columns = self->columns;
  guint i = columns->n_annotations;

  if (i == self->annotations_capacity &&
      !reserve (i, 1, &self->annotations_capacity, resize_annotations, self))
    return FALSE;
  columns->annotation_id[i] = row->id;
  columns->annotation_offset[i] = row->offset;
  columns->annotation_length[i] = row->length;
  memcpy (columns->annotation_bbox + 4 * (gsize) i, row->bbox, sizeof row->bbox);
  columns->annotation_area[i] = row->area;
  columns->annotation_n_points[i] = row->n_points;
  columns->annotation_segmentation[i] = row->segmentation;
  columns->annotation_flags[i] = (guint8) (row->flags | (row->has_image_id ? HAS_IMAGE_ID : 0) |
                                           (row->has_category_id ? HAS_CATEGORY_ID : 0));
  self->image_ids[i] = row->image_id;
  self->category_ids[i] = row->category_id;
  columns->n_annotations++;
  return TRUE;
}

gboolean
limner_columns_builder_add_category (LimnerColumnsBuilder *self,
                                     guint64 offset,
                                     guint32 length,
                                     guint8 flags)
{
  LimnerColumns *columns = self->columns;
  guint i = columns->n_categories;

  if (i == self->categories_capacity)
    {
      guint capacity;

      if (!next_capacity (i, &capacity) || !resize_categories (columns, capacity))
        return FALSE;
      self->categories_capacity = capacity;
    }
  columns->categories[i] = NULL;
  columns->category_offset[i] = offset;
  columns->category_length[i] = length;
  columns->category_flags[i] = flags;
  columns->n_categories++;
  return TRUE;
}

#define APPEND(column, n_rows, n_added, width)                                                     \
  memcpy (to->column + (gsize) (n_rows) * (width), from->column,                                   \
          (gsize) (n_added) * (width) * sizeof *to->column)

static gboolean
append_images (LimnerColumnsBuilder *self, const LimnerColumnsBuilder *part)
{
  LimnerColumns *to = self->columns;
  const LimnerColumns *from = part->columns;
  guint n = to->n_images, n_added = from->n_images;
  gsize names = part->names_size - 1;

  if (!reserve (n, n_added, &self->images_capacity, resize_images, self) ||
      !reserve_names (self, names))
    return FALSE;
  APPEND (image_id, n, n_added, 1);
  APPEND (image_offset, n, n_added, 1);
  APPEND (image_length, n, n_added, 1);
  APPEND (image_width, n, n_added, 1);
  APPEND (image_height, n, n_added, 1);
  APPEND (image_flags, n, n_added, 1);
  APPEND (image_state, n, n_added, 1);
  for (guint i = 0; i < n_added; i++)
    {
      guint32 name = from->image_name[i];

      to->image_name[n + i] = name != 0 ? name + (guint32) (self->names_size - 1) : 0;
    }
  memcpy (to->names + self->names_size, from->names + 1, names);
  self->names_size += names;
  to->n_images += n_added;
  return TRUE;
}

static gboolean
append_annotations (LimnerColumnsBuilder *self, const LimnerColumnsBuilder *part)
{
  LimnerColumns *to = self->columns;
  const LimnerColumns *from = part->columns;
  guint n = to->n_annotations, n_added = from->n_annotations;

  if (!reserve (n, n_added, &self->annotations_capacity, resize_annotations, self))
    return FALSE;
  APPEND (annotation_id, n, n_added, 1);
  APPEND (annotation_offset, n, n_added, 1);
  APPEND (annotation_length, n, n_added, 1);
  APPEND (annotation_bbox, n, n_added, 4);
  APPEND (annotation_area, n, n_added, 1);
  APPEND (annotation_n_points, n, n_added, 1);
  APPEND (annotation_segmentation, n, n_added, 1);
  APPEND (annotation_flags, n, n_added, 1);
  memcpy (self->image_ids + n, part->image_ids, n_added * sizeof *self->image_ids);
  memcpy (self->category_ids + n, part->category_ids, n_added * sizeof *self->category_ids);
  to->n_annotations += n_added;
  return TRUE;
}

#undef APPEND

gboolean
limner_columns_builder_append (LimnerColumnsBuilder *self, const LimnerColumnsBuilder *part)
{
  return (part->columns->n_images == 0 || append_images (self, part)) &&
         (part->columns->n_annotations == 0 || append_annotations (self, part));
}

void
limner_columns_builder_reset (LimnerColumnsBuilder *self)
{
  self->columns->n_images = 0;
  self->columns->n_annotations = 0;
  self->names_size = 1;
}

/* Rows of what annotations refer to. */
static void
resolve (
    LimnerColumns *columns, LimnerRecordKind kind, guint8 has_id, const gint64 *ids, guint32 *rows)
{
  limner_columns_find_rows (columns, kind, ids, columns->n_annotations, rows);
  for (guint i = 0; i < columns->n_annotations; i++)
    {
      if (!(columns->annotation_flags[i] & has_id))
        rows[i] = LIMNER_NO_ROW;
      /* a new record must not adopt what refers to one that is gone */
      else if (rows[i] == LIMNER_NO_ROW && ids[i] > columns->max_id[kind] && ids[i] < G_MAXINT64)
        columns->max_id[kind] = ids[i];
    }
}

/* Counting sort: stable, so each image's annotations stay in file order. */
static void
group_by_image (LimnerColumns *columns)
{
  guint32 *first = columns->first_of_image;
  guint32 n_grouped = 0;

  memset (first, 0, ((gsize) columns->n_images + 1) * sizeof *first);
  for (guint i = 0; i < columns->n_annotations; i++)
    if (columns->annotation_image[i] != LIMNER_NO_ROW)
      first[columns->annotation_image[i]]++;
  for (guint i = 0; i <= columns->n_images; i++)
    {
      guint32 n = i < columns->n_images ? first[i] : 0;

      first[i] = n_grouped;
      n_grouped += n;
    }
  for (guint i = 0; i < columns->n_annotations; i++)
    if (columns->annotation_image[i] != LIMNER_NO_ROW)
      columns->by_image[first[columns->annotation_image[i]]++] = i;
  /* filling moved each start to the next one's */
  for (guint i = columns->n_images; i > 0; i--)
    first[i] = first[i - 1];
  first[0] = 0;
}

/* In a thread of its own: it reads nothing but the images, of which all is there. */
static gpointer
order_images (gpointer data)
{
  limner_columns_get_image_order (data);
  return NULL;
}

static gboolean
join (LimnerColumnsBuilder *self)
{
  LimnerColumns *columns = self->columns;
  guint n = columns->n_annotations;

  limner_columns_index (columns);
  resolve (columns, LIMNER_RECORD_IMAGE, HAS_IMAGE_ID, self->image_ids, columns->annotation_image);
  resolve (columns, LIMNER_RECORD_CATEGORY, HAS_CATEGORY_ID, self->category_ids,
           columns->annotation_category);
  g_clear_pointer (&self->image_ids, g_free);
  g_clear_pointer (&self->category_ids, g_free);
  for (guint i = 0; i < n; i++)
    columns->annotation_flags[i] &= (guint8) ~(HAS_IMAGE_ID | HAS_CATEGORY_ID);
  if (!resize (&columns->by_image, n, sizeof *columns->by_image))
    return FALSE;
  group_by_image (columns);
  return TRUE;
}

LimnerColumns *
limner_columns_builder_finish (LimnerColumnsBuilder *self)
{
  LimnerColumns *columns = self->columns;
  guint n = columns->n_annotations;
  GThread *thread = NULL;
  gboolean is_joined;

  if (!resize_images (self, columns->n_images) || !resize_annotations (self, n) ||
      !resize_categories (columns, columns->n_categories) ||
      !resize (&columns->names, self->names_size, 1) ||
      !resize (&columns->annotation_image, n, sizeof *columns->annotation_image) ||
      !resize (&columns->annotation_category, n, sizeof *columns->annotation_category) ||
      !resize (&columns->first_of_image, (gsize) columns->n_images + 1,
               sizeof *columns->first_of_image))
    return NULL;

  columns->names[0] = '\0';
  /* whoever keeps the index or shows the images needs their order next */
  if (columns->n_images >= MIN_IMAGES_FOR_THREAD)
    thread = g_thread_try_new ("order", order_images, columns, NULL);
  is_joined = join (self);
  if (thread != NULL)
    g_thread_join (thread);
  if (!is_joined)
    return NULL;
  return g_steal_pointer (&self->columns);
}
