/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-raster"

#include "raster-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW LIMNER_RASTER_WINDOW
#define BLOCK LIMNER_RASTER_BLOCK
#define FRACTION LIMNER_RASTER_FRACTION
#define SHIFT LIMNER_RASTER_SHIFT

/* More crossings than this in a row are sorted by the library. */
#define SORT_BY_INSERTING_MAX 16

/* A bit for each block that the pixels from @x0 to @x1 (not included) are in. */
static guint32
get_blocks (int x0, int x1)
{
  int last = (x1 - 1) / BLOCK;

  return (guint32) ((G_GUINT64_CONSTANT (2) << last) - 1) & ~0u << x0 / BLOCK;
}

gboolean
limner_raster_window_begin (LimnerRasterWindow *self, int x0, int y0, int x1, int y1)
{
  const guint32 *shut = self->cover->shut;

  x0 = CLAMP (x0, 0, self->width);
  x1 = CLAMP (x1, 0, self->width);
  self->row_first = CLAMP (y0, 0, self->height);
  self->row_end = CLAMP (y1, 0, self->height);
  if (x0 >= x1)
    return FALSE;
  self->blocks = get_blocks (x0, x1);
  self->block_first = x0 / BLOCK;
  while (self->row_first < self->row_end && (self->blocks & ~shut[self->row_first]) == 0)
    self->row_first++;
  while (self->row_first < self->row_end && (self->blocks & ~shut[self->row_end - 1]) == 0)
    self->row_end--;
  if (self->row_first >= self->row_end)
    return FALSE;
  g_array_set_size (self->crossings, 0);
  memset (self->crossings_first + self->row_first, 0xff,
          sizeof (gint32) * (gsize) (self->row_end - self->row_first));
  return TRUE;
}

/* ---- inside ---- */

/* Towards minus infinity; @divisor is positive. */
static gint64
divide_down (gint64 value, gint64 divisor)
{
  gint64 quotient = value / divisor;

  return value % divisor < 0 ? quotient - 1 : quotient;
}

/* The first pixel centre at or behind a coordinate. */
static gint64
first_centre (gint64 coordinate)
{
  return (coordinate + FRACTION / 2 - 1) >> SHIFT;
}

/* Room for the crossings of @n_rows rows. */
static LimnerRasterCrossing *
add_crossings (LimnerRasterWindow *self, gint64 n_rows)
{
  guint n = self->crossings->len;

  g_array_set_size (self->crossings, n + (guint) n_rows);
  return &g_array_index (self->crossings, LimnerRasterCrossing, n);
}

static void
set_crossing (
    LimnerRasterWindow *self, LimnerRasterCrossing *crossing, gint64 row, gint64 x, int direction)
{
  /* up to the end of the last block: one that is cut off by the edge is wholly inside, too */
  gint64 end = (self->width + BLOCK - 1) / BLOCK * BLOCK;
  gint32 *first = &self->crossings_first[row];

  crossing->x = (gint16) CLAMP (x, 0, end);
  crossing->direction = (gint16) direction;
  crossing->next = *first;
  *first = (gint32) (crossing - (LimnerRasterCrossing *) (gpointer) self->crossings->data);
}

/* Whole numbers all the way: an edge crosses a row at the same pixel in every tile. */
static void
add_edge (LimnerRasterWindow *self, LimnerRasterPoint a, LimnerRasterPoint b, int direction)
{
  gint64 first, end, dx, dy, numerator, divisor, x, rest, step, step_rest;
  LimnerRasterCrossing *crossing;

  if (a.y > b.y)
    {
      LimnerRasterPoint swap = a;

      a = b;
      b = swap;
      direction = -direction;
    }
  first = MAX (first_centre (a.y), self->row_first);
  end = MIN (first_centre (b.y), self->row_end);
  if (first >= end)
    return;
  dx = (gint64) b.x - a.x;
  dy = (gint64) b.y - a.y;
  divisor = dy * FRACTION;
  /* the first pixel centre behind: rounded up */
  numerator =
      (a.x - FRACTION / 2) * dy + (first * FRACTION + FRACTION / 2 - a.y) * dx + divisor - 1;
  x = divide_down (numerator, divisor);
  crossing = add_crossings (self, end - first);
  set_crossing (self, crossing++, first, x, direction);
  if (first + 1 == end)
    return;
  rest = numerator - x * divisor;
  step = divide_down (dx * FRACTION, divisor);
  step_rest = dx * FRACTION - step * divisor;
  for (gint64 row = first + 1; row < end; row++)
    {
      x += step;
      rest += step_rest;
      if (rest >= divisor)
        {
          rest -= divisor;
          x++;
        }
      set_crossing (self, crossing++, row, x, direction);
    }
}

void
limner_raster_window_add_ring (LimnerRasterWindow *self,
                               const LimnerRasterPoint *points,
                               guint n_points,
                               int direction)
{
  for (guint i = 0; i < n_points; i++)
    add_edge (self, points[i], points[i + 1 < n_points ? i + 1 : 0], direction);
}

static int
compare_keys (const void *a, const void *b)
{
  guint32 first = *(const guint32 *) a, second = *(const guint32 *) b;

  return (first > second) - (first < second);
}

/* (transfer none): the crossings of a row from left to right, x << 16 | direction + 32768. */
static const guint32 *
sort_row (LimnerRasterWindow *self, int row, guint *n_keys)
{
  guint32 *keys = (guint32 *) (gpointer) self->sorted->data;
  guint n = 0;

  for (gint32 i = self->crossings_first[row]; i >= 0;)
    {
      const LimnerRasterCrossing *crossing =
          &g_array_index (self->crossings, LimnerRasterCrossing, i);
      guint32 key = (guint32) crossing->x << 16 | (guint32) (crossing->direction + 32768);
      guint at = n++;

      if (n > self->sorted->len)
        {
          g_array_set_size (self->sorted, 2 * n + SORT_BY_INSERTING_MAX);
          keys = (guint32 *) (gpointer) self->sorted->data;
        }
      if (n <= SORT_BY_INSERTING_MAX)
        for (; at > 0 && keys[at - 1] > key; at--)
          keys[at] = keys[at - 1];
      keys[at] = key;
      i = crossing->next;
    }
  if (n > SORT_BY_INSERTING_MAX)
    qsort (keys, n, sizeof (guint32), compare_keys);
  *n_keys = n;
  return keys;
}

static void
set_inside (LimnerRasterWindow *self, int row, int x0, int x1)
{
  guint8 *inside = self->inside[row];
  int first = x0 / BLOCK, last = x1 / BLOCK;
  guint8 first_bits = (guint8) (0xff << x0 % BLOCK);
  guint8 last_bits = (guint8) ((1 << x1 % BLOCK) - 1);
  int full_first = (x0 + BLOCK - 1) / BLOCK;

  if (x0 >= x1)
    return;
  if (first == last)
    {
      inside[first] |= first_bits & last_bits;
      return;
    }
  inside[first] |= first_bits;
  if (last > first + 1)
    memset (inside + first + 1, 0xff, (gsize) (last - first - 1));
  if (last_bits != 0)
    inside[last] |= last_bits;
  if (full_first < last)
    self->full[row] |= (guint32) ((G_GUINT64_CONSTANT (1) << last) - 1) & ~0u << full_first;
}

void
limner_raster_window_close (LimnerRasterWindow *self)
{
  for (int row = self->row_first; row < self->row_end; row++)
    {
      int winding = 0, start = 0;
      guint n_keys;
      const guint32 *keys;

      if ((self->blocks & ~self->cover->shut[row]) == 0)
        continue;
      keys = sort_row (self, row, &n_keys);
      for (guint i = 0; i < n_keys; i++)
        {
          int x = (int) (keys[i] >> 16), direction = (int) (keys[i] & 0xffff) - 32768;

          if (winding == 0)
            start = x;
          winding += direction;
          if (winding == 0)
            set_inside (self, row, start, x);
        }
    }
}

/* ---- blending ---- */

void
limner_raster_window_blend (LimnerRasterWindow *self, const LimnerRasterBrush *brush)
{
  LimnerRasterCover *cover = self->cover;

  for (int row = self->row_first; row < self->row_end; row++)
    {
      guint32 full = self->full[row] & ~self->touched[row] & ~cover->shut[row];

      /* wholly inside and not near the outline: all pixels alike */
      if (full != 0 && brush->tint.alpha > 0)
        limner_raster_cover_tint (cover, row, full, &brush->tint);
      self->full[row] = 0;
    }
  limner_raster_window_blend_near (self, brush);
  for (int row = self->row_first; row < self->row_end; row++)
    {
      self->touched[row] = 0;
      if (self->crossings_first[row] >= 0)
        memset (self->inside[row], 0, LIMNER_RASTER_BLOCKS);
    }
}

void
limner_raster_window_fill (
    LimnerRasterWindow *self, int x0, int y0, int x1, int y1, const float *channels, double alpha)
{
  LimnerRasterTint tint;
  guint first_bits, last_bits;
  guint32 blocks;

  x0 = CLAMP (x0, 0, self->width);
  x1 = CLAMP (x1, 0, self->width);
  y0 = CLAMP (y0, 0, self->height);
  y1 = CLAMP (y1, 0, self->height);
  limner_raster_tint_init (&tint, channels, (float) CLAMP (alpha, 0.0, 1.0));
  if (x0 >= x1 || tint.alpha == 0)
    return;
  /* a block that is cut off by the edge is whole, too */
  if (x1 == self->width)
    x1 = (x1 + BLOCK - 1) / BLOCK * BLOCK;
  first_bits = 0xffu << x0 % BLOCK & 0xff;
  last_bits = 0xffu >> (BLOCK - 1 - (x1 - 1) % BLOCK);
  if (x0 / BLOCK == (x1 - 1) / BLOCK)
    first_bits = last_bits = first_bits & last_bits;
  blocks = get_blocks (x0, x1);
  if (first_bits != 0xff)
    blocks &= ~(1u << x0 / BLOCK);
  if (last_bits != 0xff)
    blocks &= ~(1u << (x1 - 1) / BLOCK);
  for (int row = y0; row < y1; row++)
    {
      if (first_bits != 0xff)
        limner_raster_cover_tint_part (self->cover, row, x0 / BLOCK, first_bits, &tint);
      limner_raster_cover_tint (self->cover, row, blocks, &tint);
      if (last_bits != 0xff && (x1 - 1) / BLOCK != x0 / BLOCK)
        limner_raster_cover_tint_part (self->cover, row, (x1 - 1) / BLOCK, last_bits, &tint);
    }
}
