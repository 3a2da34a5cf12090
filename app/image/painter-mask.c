/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

/*
 * The outline of a mask for cairo. The runs in sight are marked in a small grid of cells, whose
 * border is then followed with the foreground on the right hand. A cell is an image pixel or a
 * target pixel, whichever is larger, so the work follows what is visible and not the size of the
 * image.
 */

#include "painter-private.h"

#include <math.h>
#include <string.h>

/* From this scale on the steps of the pixels are shown, below they are cut off at the corners. */
#define STEPS_MIN_SCALE 4.0

/* More cells than any screen has: a mask on a target without bounds. */
#define CELLS_MAX (1u << 26)

enum
{
  CELL_SET = 1,
  CELL_TOP_SEEN = 2
};

/* cell = image * scale + (x, y); cells are kept down the columns as the runs are, in a frame of
 * empty ones. */
typedef struct
{
  LimnerView from_image;
  gint64 x0;
  gint64 y0;
  int n_columns;
  int n_rows;
  guint8 *cells;
} Grid;

static guint8 *
grid_at (const Grid *self, int column, int row)
{
  return &self->cells[(gsize) (column + 1) * (self->n_rows + 2) + row + 1];
}

static gboolean
grid_is_set (const Grid *self, int column, int row)
{
  return *grid_at (self, column, row) & CELL_SET;
}

/* The cells of the mask in sight; %FALSE if there are none. */
static gboolean
grid_init (Grid *self, const LimnerView *view, const LimnerBox *bbox, const LimnerBox *visible)
{
  gboolean fine = view->scale >= 1;
  LimnerPoint a = limner_view_to_image (view, (LimnerPoint){ visible->x, visible->y });
  LimnerPoint b = limner_view_to_image (view, (LimnerPoint){ visible->x + visible->width,
                                                             visible->y + visible->height });
  LimnerBox seen = limner_box_from_corners (a, b);
  double x1;
  double y1;

  if (!limner_box_intersect (bbox, &seen, &seen))
    return FALSE;

  self->from_image = fine ? (LimnerView){ 0, 0, 1 } : *view;
  a = limner_view_to_target (&self->from_image, (LimnerPoint){ seen.x, seen.y });
  b = limner_view_to_target (&self->from_image,
                             (LimnerPoint){ seen.x + seen.width, seen.y + seen.height });
  x1 = ceil (b.x);
  y1 = ceil (b.y);
  self->x0 = (gint64) floor (a.x);
  self->y0 = (gint64) floor (a.y);
  if (!((x1 - self->x0 + 2) * (y1 - self->y0 + 2) < CELLS_MAX))
    return FALSE;

  self->n_columns = (int) (x1 - self->x0);
  self->n_rows = (int) (y1 - self->y0);
  self->cells = g_malloc0 ((gsize) (self->n_columns + 2) * (self->n_rows + 2));
  return self->n_columns > 0 && self->n_rows > 0;
}

static void
grid_set_span (Grid *self, double image_x, double y0, double y1)
{
  const LimnerView *view = &self->from_image;
  double column = floor (image_x * view->scale + view->x) - self->x0;
  double first = floor (y0 * view->scale + view->y) - self->y0;
  double end = ceil (y1 * view->scale + view->y) - self->y0;

  first = MAX (first, 0);
  end = MIN (end, self->n_rows);
  if (column >= 0 && column < self->n_columns && first < end)
    memset (grid_at (self, (int) column, (int) first), CELL_SET, (gsize) (end - first));
}

/* Columns before the grid are passed over without being cut up. */
static void
grid_fill (Grid *self, const LimnerRle *rle)
{
  gsize n_counts;
  const guint32 *counts = limner_rle_get_counts (rle, &n_counts);
  guint64 height = limner_rle_get_height (rle);
  double first_x = (self->x0 - self->from_image.x) / self->from_image.scale - 1;
  double last_x = (self->x0 + self->n_columns - self->from_image.x) / self->from_image.scale + 1;
  guint64 first = first_x > 0 ? (guint64) first_x * height : 0;
  guint64 last = (guint64) MAX (0, last_x) * height + height;
  guint64 start = 0;

  for (gsize i = 0; i + 1 < n_counts; i += 2)
    {
      guint64 end;

      start += counts[i];
      end = start + counts[i + 1];
      if (start >= last)
        break;
      for (guint64 at = MAX (start, first); at < end && at < last;)
        {
          guint64 column = at / height;
          guint64 column_end = MIN (end, (column + 1) * height);

          grid_set_span (self, column, at % height, at % height + (column_end - at));
          at = column_end;
        }
      start = end;
    }
}

/* A loop on its way into the outline: the corners where it turns, or with @smooth the middles of
 * the first and last side of each straight piece. */
typedef struct
{
  LimnerOutline *outline;
  const Grid *grid;
  LimnerView to_target; /* from cells of the grid */
  gboolean smooth;
} Loop;

static void
loop_add (Loop *self, double x, double y)
{
  LimnerPoint point = limner_view_to_target (&self->to_target, (LimnerPoint){ x, y });

  limner_outline_add (self->outline, point);
}

/* A straight piece of @length sides that ends in the corner (@x, @y) after going (@dx, @dy). */
static void
loop_add_piece (Loop *self, int x, int y, int dx, int dy, int length)
{
  if (!self->smooth)
    {
      loop_add (self, x, y);
      return;
    }
  if (length > 1)
    loop_add (self, x - (length - .5) * dx, y - (length - .5) * dy);
  loop_add (self, x - .5 * dx, y - .5 * dy);
}

/* Follows a border from the top left corner of a cell whose upper side is one. */
static void
follow_border (Loop *loop, int start_x, int start_y)
{
  const Grid *grid = loop->grid;
  int x = start_x;
  int y = start_y;
  int dx = 1;
  int dy = 0;
  int length = 0;

  do
    {
      int right_x;
      int right_y;
      int left_x;
      int left_y;

      if (dx == 1)
        *grid_at (grid, x, y) |= CELL_TOP_SEEN;
      x += dx;
      y += dy;
      length++;

      /* the two cells ahead, on the right and on the left hand */
      right_x = x + (dx - dy - 1) / 2;
      right_y = y + (dy + dx - 1) / 2;
      left_x = x + (dx + dy - 1) / 2;
      left_y = y + (dy - dx - 1) / 2;
      if (grid_is_set (grid, right_x, right_y) && !grid_is_set (grid, left_x, left_y))
        continue;

      loop_add_piece (loop, x, y, dx, dy, length);
      length = 0;
      if (!grid_is_set (grid, right_x, right_y))
        {
          int turned = dx;

          dx = -dy;
          dy = turned;
        }
      else
        {
          int turned = dx;

          dx = dy;
          dy = -turned;
        }
    }
  while (x != start_x || y != start_y || dx != 1);
  limner_outline_close_ring (loop->outline);
}

/* A start is where no border comes from the left, so that a straight piece is not cut in two. */
static gboolean
is_border_start (const Grid *grid, int column, int row)
{
  if (*grid_at (grid, column, row) != CELL_SET || grid_is_set (grid, column, row - 1))
    return FALSE;
  return !grid_is_set (grid, column - 1, row) || grid_is_set (grid, column - 1, row - 1);
}

void
limner_painter_trace_mask (LimnerOutline *outline,
                           const LimnerView *view,
                           const LimnerRle *rle,
                           const LimnerBox *bbox,
                           const LimnerBox *visible)
{
  Grid grid = { 0 };
  Loop loop = { .outline = outline, .grid = &grid, .smooth = view->scale < STEPS_MIN_SCALE };

  if (grid_init (&grid, view, bbox, visible))
    {
      grid_fill (&grid, rle);
      loop.to_target = (LimnerView){ grid.x0, grid.y0, 1 };
      if (view->scale >= 1)
        loop.to_target = (LimnerView){ grid.x0 * view->scale + view->x,
                                       grid.y0 * view->scale + view->y, view->scale };
      for (int column = 0; column < grid.n_columns; column++)
        for (int row = 0; row < grid.n_rows; row++)
          if (is_border_start (&grid, column, row))
            follow_border (&loop, column, row);
    }
  g_free (grid.cells);
}
