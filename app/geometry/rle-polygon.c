/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-rle"

/*
 * Polygon to runs with the result of rleFrPoly(), bit for bit. The reference draws the outline on a
 * grid five times as fine and looks along it for steps from fine column 5 i + 2 to 5 i + 3, the
 * middle of column i; sorted, the heights of those steps are where runs begin and end. Its points
 * follow from their place on the edge alone, so we ask for those steps directly: O(columns) an edge
 * however far outside the image it goes.
 */

#include "rle-private.h"

#include <math.h>
#include <stdlib.h>

#define UPSAMPLING 5
#define COORDINATE_MAX 4e8

typedef struct
{
  gint64 x;
  gint64 y;
} FinePoint;

typedef struct
{
  guint32 height;
  guint32 width;
  GArray *crossings; /* guint32 pixel indices */
} Raster;

/* The cast cuts towards zero, also below: the reference does. */
static FinePoint
fine_point (LimnerPoint point)
{
  return (FinePoint){ (gint64) (UPSAMPLING * point.x + .5), (gint64) (UPSAMPLING * point.y + .5) };
}

static void
add_crossing (Raster *raster, guint32 column, gint64 y)
{
  double row = ((double) y + .5) / UPSAMPLING - .5;
  guint32 crossing;

  if (row < 0)
    row = 0;
  else if (row > raster->height)
    row = raster->height;
  crossing = column * raster->height + (guint32) ceil (row);
  g_array_append_val (raster->crossings, crossing);
}

/* The columns whose middle lies between the fine columns @u0 < @u1: [*first, *end). */
static void
find_columns (const Raster *raster, gint64 u0, gint64 u1, gint64 *first, gint64 *end)
{
  /* Smallest i with 5 i + 2 >= u0, and smallest i with 5 i + 3 > u1; both sides kept from going
   * below 0. */
  *first = u0 <= 2 ? 0 : (u0 - 2 + UPSAMPLING - 1) / UPSAMPLING;
  *end = u1 < 3 ? 0 : (u1 - 3) / UPSAMPLING + 1;
  *end = MIN (*end, (gint64) raster->width);
}

/* From left to right, at least as wide as high: a point for every fine column. */
static void
add_flat_edge (Raster *raster, FinePoint from, FinePoint to)
{
  double slope = (double) (to.y - from.y) / (double) (to.x - from.x);
  gint64 column;
  gint64 end;

  find_columns (raster, from.x, to.x, &column, &end);
  for (; column < end; column++)
    {
      gint64 t = UPSAMPLING * column + 2 - from.x;
      gint64 before = (gint64) ((double) from.y + slope * (double) t + .5);
      gint64 after = (gint64) ((double) from.y + slope * (double) (t + 1) + .5);

      add_crossing (raster, column, MIN (before, after));
    }
}

static gint64
steep_x (FinePoint from, double slope, gint64 t)
{
  return (gint64) ((double) from.x + slope * (double) t + .5);
}

/* From top to bottom, higher than wide: a point for every fine row; x never turns back, so a
 * bisection finds the row after which it passes a column's middle. */
static void
add_steep_edge (Raster *raster, FinePoint from, FinePoint to)
{
  gint64 length = to.y - from.y;
  double slope = (double) (to.x - from.x) / (double) length;
  gint64 x_first = steep_x (from, slope, 0);
  gint64 x_last = steep_x (from, slope, length);
  gboolean rightwards = x_last > x_first;
  gint64 column;
  gint64 end;

  find_columns (raster, MIN (x_first, x_last), MAX (x_first, x_last), &column, &end);
  for (; column < end; column++)
    {
      gint64 middle = UPSAMPLING * column + 2;
      gint64 before = 0;
      gint64 after = length;

      while (after - before > 1)
        {
          gint64 t = before + (after - before) / 2;

          if ((steep_x (from, slope, t) > middle) == rightwards)
            after = t;
          else
            before = t;
        }
      add_crossing (raster, column, from.y + before);
    }
}

static void
add_edge (Raster *raster, FinePoint from, FinePoint to)
{
  gint64 dx = ABS (to.x - from.x);
  gint64 dy = ABS (to.y - from.y);
  gboolean flat = dx >= dy;
  gboolean flip = flat ? from.x > to.x : from.y > to.y;

  if (dx == 0)
    return; /* passes no column */
  if (flat)
    add_flat_edge (raster, flip ? to : from, flip ? from : to);
  else
    add_steep_edge (raster, flip ? to : from, flip ? from : to);
}

static int
compare_guint32 (const void *a, const void *b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return (left > right) - (left < right);
}

/* Pairs of crossings are runs; those at the same pixel cancel out, but the first run stays even if
 * it is 0. */
static LimnerRle *
finish (Raster *raster)
{
  guint32 n_pixels = raster->height * raster->width;
  guint32 *counts;
  guint n_counts = 1;
  guint n;

  g_array_append_val (raster->crossings, n_pixels);
  counts = (guint32 *) raster->crossings->data;
  n = raster->crossings->len;
  qsort (counts, n, sizeof (guint32), compare_guint32);
  for (guint i = n - 1; i > 0; i--)
    counts[i] -= counts[i - 1];

  for (guint i = 1; i < n; i++)
    {
      if (counts[i] > 0)
        counts[n_counts++] = counts[i];
      else if (++i < n)
        counts[n_counts - 1] += counts[i];
    }
  return limner_rle_wrap (raster->height, raster->width, counts, n_counts);
}

static gboolean
check_points (const LimnerPoint *points, gsize n_points, GError **error)
{
  for (gsize i = 0; i < n_points; i++)
    {
      if (fabs (points[i].x) <= COORDINATE_MAX && fabs (points[i].y) <= COORDINATE_MAX)
        continue;
      g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_RANGE,
                   "point %" G_GSIZE_FORMAT
                   " of the polygon is (%g, %g), expected coordinates within +-4e8",
                   i + 1, points[i].x, points[i].y);
      return FALSE;
    }
  return TRUE;
}

LimnerRle *
limner_rle_new_from_polygon (
    const LimnerPoint *points, gsize n_points, guint32 height, guint32 width, GError **error)
{
  g_autoptr (GArray) crossings = NULL;
  Raster raster;

  g_return_val_if_fail (points != NULL && n_points > 0, NULL);

  if (!limner_rle_check_size (height, width, error) || !check_points (points, n_points, error))
    return NULL;

  crossings = g_array_new (FALSE, FALSE, sizeof (guint32));
  raster = (Raster){ height, width, crossings };
  for (gsize i = 0; i < n_points; i++)
    add_edge (&raster, fine_point (points[i]), fine_point (points[(i + 1) % n_points]));
  return finish (&raster);
}

LimnerRle *
limner_rle_new_from_box (const LimnerBox *box, guint32 height, guint32 width, GError **error)
{
  double x1 = box->x + box->width;
  double y1 = box->y + box->height;
  const LimnerPoint corners[] = { { box->x, box->y }, { box->x, y1 }, { x1, y1 }, { x1, box->y } };

  return limner_rle_new_from_polygon (corners, G_N_ELEMENTS (corners), height, width, error);
}
