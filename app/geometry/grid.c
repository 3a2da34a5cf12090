/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-grid"

/*
 * Several grids, each with cells twice as wide as the one below. A box lies in the finest
 * whose cells are at least as large as itself, so it is in four cells at most, however large it is:
 * memory stays O(boxes), where a single grid with a box that covers everything would need a
 * reference in every cell. The cells of a level are slices of one array, filled by a counting sort;
 * they hold the boxes themselves, if roughly: a query walks through memory, and does not jump about
 * in it for each box that turns out to lie elsewhere. What is changed later lies in no cell but in
 * one list for all.
 */

#include <limner/grid.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_SIZE 64.0
#define CELL_SIZE_MIN 8.0
#define LEVEL_FACTOR 2.0

/* So many changed boxes are looked at by every query before it is better to build another grid. */
#define MAX_LOOSE 512
#define MAX_LOOSE_PART 256

#define SORT_BY_INSERTING_MAX 48

/* Beyond this many items a query sorts by marking bits instead of comparing. */
#define SORT_BY_COMPARING_MAX 128

typedef struct
{
  double x0;
  double y0;
  double x1;
  double y1;
} Extent;

/* A box in a cell, in single precision: never smaller than it is. */
typedef struct
{
  float x0;
  float y0;
  float x1;
  float y1;
  guint32 item;
} Reference;

typedef struct
{
  double cell_size;
  guint n_columns;
  guint n_rows;
  guint32 *starts;       /* n_columns * n_rows + 1 */
  Reference *references; /* of all cells */
} Level;

struct _LimnerGrid
{
  GArray *extents; /* Extent, of each item */
  GArray *levels;  /* Level, only those that hold something */
  GArray *loose;   /* Reference: boxes that were set later */
};

static guint
clamp_cell (double cell, guint n_cells)
{
  if (!(cell > 0))
    return 0;
  return cell < n_cells ? (guint) cell : n_cells - 1;
}

static guint
level_column (const Level *self, double x)
{
  return clamp_cell (x / self->cell_size, self->n_columns);
}

static guint
level_row (const Level *self, double y)
{
  return clamp_cell (y / self->cell_size, self->n_rows);
}

static void
level_clear (gpointer data)
{
  Level *self = data;

  g_free (self->starts);
  g_free (self->references);
}

static float
round_down (double value)
{
  float rounded = (float) value;

  return rounded > value ? nextafterf (rounded, -INFINITY) : rounded;
}

static float
round_up (double value)
{
  return -round_down (-value);
}

static Reference
make_reference (const Extent *extent, guint32 item)
{
  return (Reference){ round_down (extent->x0), round_down (extent->y0), round_up (extent->x1),
                      round_up (extent->y1), item };
}

/* Counts the references each cell gets, or with the sums of those counts in place stores them. */
static void
level_visit (
    Level *self, const Extent *extents, const guint32 *members, guint n_members, gboolean store)
{
  for (guint i = 0; i < n_members; i++)
    {
      /* where the rough box lies: a query need not look for the other one */
      Reference reference = make_reference (&extents[members[i]], members[i]);
      guint column_last = level_column (self, reference.x1);
      guint row_last = level_row (self, reference.y1);

      for (guint row = level_row (self, reference.y0); row <= row_last; row++)
        for (guint column = level_column (self, reference.x0); column <= column_last; column++)
          {
            guint32 *start = &self->starts[row * self->n_columns + column];

            if (store)
              self->references[--*start] = reference;
            else
              ++*start;
          }
    }
}

static void
level_init (Level *self, const Extent *extents, const guint32 *members, guint n_members)
{
  guint n_cells = self->n_columns * self->n_rows;

  self->starts = g_new0 (guint32, n_cells + 1);
  level_visit (self, extents, members, n_members, FALSE);
  for (guint i = 0; i < n_cells; i++)
    self->starts[i + 1] += self->starts[i];
  self->references = g_new (Reference, self->starts[n_cells]);
  level_visit (self, extents, members, n_members, TRUE);
}

/* Cells of 64 px, smaller where many boxes share a small image, larger where few lie in a huge one.
 */
static double
choose_cell_size (guint n_boxes, double width, double height)
{
  double cell_size = CELL_SIZE;

  while (cell_size > CELL_SIZE_MIN && width * height < n_boxes / 2.0 * cell_size * cell_size)
    cell_size /= 2;
  while ((width / cell_size + 1) * (height / cell_size + 1) > 4096.0 + 4.0 * n_boxes)
    cell_size *= 2;
  return cell_size;
}

static double
extent_size (const Extent *extent)
{
  return fmax (extent->x1 - extent->x0, extent->y1 - extent->y0);
}

/* Adds a level for the boxes of @pending that fit its cells; the others stay. */
static guint
add_level (LimnerGrid *self,
           double cell_size,
           gboolean last,
           guint width,
           guint height,
           guint32 *pending,
           guint n_pending)
{
  g_autofree guint32 *members = g_new (guint32, n_pending);
  Level level = { .cell_size = cell_size };
  guint n_members = 0;
  guint n_left = 0;

  for (guint i = 0; i < n_pending; i++)
    if (last || extent_size (&g_array_index (self->extents, Extent, pending[i])) <= cell_size)
      members[n_members++] = pending[i];
    else
      pending[n_left++] = pending[i];
  if (n_members == 0)
    return n_left;

  level.n_columns = (guint) fmax (1, ceil (width / cell_size));
  level.n_rows = (guint) fmax (1, ceil (height / cell_size));
  level_init (&level, (const Extent *) (gconstpointer) self->extents->data, members, n_members);
  g_array_append_val (self->levels, level);
  return n_left;
}

static Extent
make_extent (const LimnerBox *box)
{
  double x1 = box->x + box->width;
  double y1 = box->y + box->height;

  return (Extent){ fmin (box->x, x1), fmin (box->y, y1), fmax (box->x, x1), fmax (box->y, y1) };
}

LimnerGrid *
limner_grid_new (const LimnerBox *boxes, guint n_boxes, guint image_width, guint image_height)
{
  LimnerGrid *self;
  g_autofree guint32 *pending = NULL;
  guint n_pending = n_boxes;
  double cell_size = choose_cell_size (n_boxes, image_width, image_height);

  g_return_val_if_fail (boxes != NULL || n_boxes == 0, NULL);

  self = g_new0 (LimnerGrid, 1);
  pending = g_new (guint32, n_boxes);
  self->extents = g_array_sized_new (FALSE, FALSE, sizeof (Extent), n_boxes);
  self->loose = g_array_new (FALSE, FALSE, sizeof (Reference));
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (self->levels, level_clear);

  for (guint i = 0; i < n_boxes; i++)
    {
      Extent extent = make_extent (&boxes[i]);

      pending[i] = i;
      g_array_append_val (self->extents, extent);
    }
  while (n_pending > 0)
    {
      gboolean last = cell_size >= image_width && cell_size >= image_height;

      n_pending = add_level (self, cell_size, last, image_width, image_height, pending, n_pending);
      cell_size *= LEVEL_FACTOR;
    }
  return self;
}

void
limner_grid_free (LimnerGrid *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->levels);
  g_array_unref (self->loose);
  g_array_unref (self->extents);
  g_free (self);
}

/* ---- changes ---- */

/* Touches nothing any more. */
static void
level_forget (Level *self, const Reference *gone)
{
  guint column_last = level_column (self, gone->x1);
  guint row_last = level_row (self, gone->y1);

  for (guint row = level_row (self, gone->y0); row <= row_last; row++)
    for (guint column = level_column (self, gone->x0); column <= column_last; column++)
      {
        const guint32 *starts = &self->starts[row * self->n_columns + column];

        for (guint32 i = starts[0]; i < starts[1]; i++)
          if (self->references[i].item == gone->item)
            {
              self->references[i].x0 = self->references[i].y0 = INFINITY;
              self->references[i].x1 = self->references[i].y1 = -INFINITY;
            }
      }
}

static gboolean
forget_loose (LimnerGrid *self, guint32 item)
{
  for (guint i = 0; i < self->loose->len; i++)
    if (g_array_index (self->loose, Reference, i).item == item)
      {
        g_array_remove_index_fast (self->loose, i);
        return TRUE;
      }
  return FALSE;
}

/* A box lies in the level that add_level() chose for its size, and in no other. To look for a large
 * one in the cells of the fine levels would be to read through all of them. */
static void
forget_in_levels (LimnerGrid *self, double size, const Reference *gone)
{
  for (guint i = 0; i < self->levels->len; i++)
    {
      Level *level = &g_array_index (self->levels, Level, i);

      if (size <= level->cell_size || i + 1 == self->levels->len)
        {
          level_forget (level, gone);
          return;
        }
    }
}

void
limner_grid_remove_box (LimnerGrid *self, guint32 item)
{
  Extent *extent;
  Reference gone;

  g_return_if_fail (self != NULL && item < self->extents->len);

  extent = &g_array_index (self->extents, Extent, item);
  if (extent->x0 > extent->x1)
    return;
  gone = make_reference (extent, item);
  if (!forget_loose (self, item))
    forget_in_levels (self, extent_size (extent), &gone);
  *extent = (Extent){ INFINITY, INFINITY, -INFINITY, -INFINITY };
}

void
limner_grid_set_box (LimnerGrid *self, guint32 item, const LimnerBox *box)
{
  const Extent extent = make_extent (box);
  Reference reference = make_reference (&extent, item);

  g_return_if_fail (self != NULL && item <= self->extents->len);

  if (item == self->extents->len)
    g_array_set_size (self->extents, item + 1);
  else
    limner_grid_remove_box (self, item);
  g_array_index (self->extents, Extent, item) = extent;
  g_array_append_val (self->loose, reference);
}

gboolean
limner_grid_is_worn (const LimnerGrid *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->loose->len > MAX_LOOSE + self->extents->len / MAX_LOOSE_PART;
}

/* ---- queries ---- */

/* Rough boxes tell the exact answer unless they end where the query does. */
static inline gboolean
is_hit (const LimnerGrid *self,
        const Reference *reference,
        const Reference *rough,
        const Extent *query)
{
  const Extent *extent;

  if (reference->x0 > rough->x1 || reference->y0 > rough->y1 || reference->x1 < rough->x0 ||
      reference->y1 < rough->y0)
    return FALSE;
  if (reference->x0 < rough->x1 && reference->y0 < rough->y1 && reference->x1 > rough->x0 &&
      reference->y1 > rough->y0)
    return TRUE;
  extent = &g_array_index (self->extents, Extent, reference->item);
  return extent->x0 <= query->x1 && extent->y0 <= query->y1 && extent->x1 >= query->x0 &&
         extent->y1 >= query->y0;
}

/*
 * A box is reported by one cell only, the first in both directions that it shares with the query:
 * no marks are kept, so several threads may ask at once.
 */
static void
level_query (const LimnerGrid *self,
             const Level *level,
             const Extent *query,
             const Reference *rough,
             GArray *items)
{
  guint column_first = level_column (level, query->x0);
  guint column_last = level_column (level, query->x1);
  guint row_first = level_row (level, query->y0);
  guint row_last = level_row (level, query->y1);

  for (guint row = row_first; row <= row_last; row++)
    for (guint column = column_first; column <= column_last; column++)
      {
        const guint32 *starts = &level->starts[row * level->n_columns + column];

        for (guint32 i = starts[0]; i < starts[1]; i++)
          {
            const Reference *reference = &level->references[i];

            if (is_hit (self, reference, rough, query) &&
                (column == column_first || column == level_column (level, reference->x0)) &&
                (row == row_first || row == level_row (level, reference->y0)))
              g_array_append_val (items, reference->item);
          }
      }
}

/* A point has few hits. */
static void
insert_sort (guint32 *items, guint n_items)
{
  for (guint i = 1; i < n_items; i++)
    {
      guint32 item = items[i];
      guint at = i;

      for (; at > 0 && items[at - 1] > item; at--)
        items[at] = items[at - 1];
      items[at] = item;
    }
}

static int
compare_items (const void *a, const void *b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return (left > right) - (left < right);
}

static void
sort_items (const LimnerGrid *self, GArray *items)
{
  g_autofree guint64 *marks = NULL;
  guint32 *at = (guint32 *) items->data;
  guint n_words = self->extents->len / 64 + 1;

  if (items->len <= SORT_BY_INSERTING_MAX)
    {
      insert_sort (at, items->len);
      return;
    }
  if (items->len <= SORT_BY_COMPARING_MAX)
    {
      qsort (at, items->len, sizeof *at, compare_items);
      return;
    }

  marks = g_new0 (guint64, n_words);
  for (guint i = 0; i < items->len; i++)
    marks[at[i] / 64] |= G_GUINT64_CONSTANT (1) << (at[i] % 64);
  for (guint word = 0; word < n_words; word++)
    for (guint64 bits = marks[word]; bits != 0; bits &= bits - 1)
      *at++ = word * 64 + (guint32) __builtin_ctzll (bits);
}

static void
query_extent (const LimnerGrid *self, const Extent *query, GArray *items)
{
  /* a box that ends beyond is certainly hit, one that ends short of it certainly not */
  const Reference rough = { round_up (query->x0), round_up (query->y0), round_down (query->x1),
                            round_down (query->y1), 0 };

  g_array_set_size (items, 0);
  for (guint i = 0; i < self->levels->len; i++)
    level_query (self, &g_array_index (self->levels, Level, i), query, &rough, items);
  for (guint i = 0; i < self->loose->len; i++)
    {
      const Reference *reference = &g_array_index (self->loose, Reference, i);

      if (is_hit (self, reference, &rough, query))
        g_array_append_val (items, reference->item);
    }
}

static Extent
grow_point (LimnerPoint point, double tolerance)
{
  return (Extent){ point.x - tolerance, point.y - tolerance, point.x + tolerance,
                   point.y + tolerance };
}

void
limner_grid_find_point (const LimnerGrid *self, LimnerPoint point, double tolerance, GArray *items)
{
  const Extent query = grow_point (point, tolerance);

  g_return_if_fail (self != NULL && items != NULL);

  query_extent (self, &query, items);
}

void
limner_grid_query_point (const LimnerGrid *self, LimnerPoint point, double tolerance, GArray *items)
{
  limner_grid_find_point (self, point, tolerance, items);
  sort_items (self, items);
}

void
limner_grid_query_box (const LimnerGrid *self, const LimnerBox *area, GArray *items)
{
  const Extent query = { area->x, area->y, area->x + area->width, area->y + area->height };

  g_return_if_fail (self != NULL && items != NULL);

  query_extent (self, &query, items);
  sort_items (self, items);
}
