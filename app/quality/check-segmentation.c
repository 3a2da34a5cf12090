/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <limner/rle.h>
#include <math.h>
#include <string.h>

/* What a segmentation covers, to be compared with bbox and area. */
typedef struct
{
  LimnerBox bbox;
  double area;
} Extent;

static gboolean
nearly (double a, double b)
{
  return fabs (a - b) <= CHECK_BBOX_TOLERANCE_PX;
}

static void
compare_box (Check *check, const Extent *extent)
{
  const LimnerBox *covered = &extent->bbox;
  LimnerBox box;
  double width, height;

  /* a box that leaves the image has its own finding */
  if (!check_get_box (check, &box) || !check_get_image_size (check, &width, &height) ||
      box.x < -1 || box.y < -1 || box.x + box.width > width + 1 || box.y + box.height > height + 1)
    return;
  if (nearly (box.x, covered->x) && nearly (box.y, covered->y) &&
      nearly (box.x + box.width, covered->x + covered->width) &&
      nearly (box.y + box.height, covered->y + covered->height))
    return;
  check_report (check, "W_BAD_BBOX", CHECK_BBOX, check_get_member (check, CHECK_BBOX),
                "bbox is [%g, %g, %g, %g], the segmentation covers [%g, %g, %g, %g]", box.x, box.y,
                box.width, box.height, covered->x, covered->y, covered->width, covered->height);
}

/* Number of pixels of the union of the rings, or -1. */
static double
rasterise_area (Check *check, GArray *points, GArray *ring_lengths)
{
  g_autoptr (GPtrArray) masks = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_rle_unref);
  g_autoptr (LimnerRle) merged = NULL;
  double width, height;
  guint first = 0;

  if (!check_get_image_size (check, &width, &height))
    return -1;
  for (guint i = 0; i < ring_lengths->len; i++)
    {
      guint n = g_array_index (ring_lengths, guint, i);
      LimnerRle *mask = limner_rle_new_from_polygon (&g_array_index (points, LimnerPoint, first), n,
                                                     (guint32) height, (guint32) width, NULL);

      first += n;
      if (mask == NULL)
        return -1;
      g_ptr_array_add (masks, mask);
    }
  merged = limner_rle_merge ((LimnerRle *const *) masks->pdata, masks->len, FALSE);
  return (double) limner_rle_get_area (merged);
}

static void
compare_area (Check *check, const Extent *extent, GArray *points, GArray *ring_lengths)
{
  const LimnerValue *value = check_get_member (check, CHECK_AREA);
  double area;

  if (value == NULL || check_get_number (value, &area) != CHECK_NUMBER_OK || area < 0 ||
      fabs (area - extent->area) <= 1e-3 * fmax (1, area))
    return;
  /* writers that store the area of the mask are right, too (Datumaro, labelme2coco): only now is it
   * worth rasterising */
  if (points != NULL && fabs (area - rasterise_area (check, points, ring_lengths)) <= 1)
    return;
  check_report (check, "W_BAD_AREA", CHECK_AREA, value,
                "area is %g, the segmentation covers %g square pixels", area, extent->area);
}

/* limner_box_from_points() of finite points, without a call for each. */
static LimnerBox
get_bounds (const LimnerPoint *points, guint n)
{
  LimnerPoint low = points[0];
  LimnerPoint high = points[0];

  for (guint i = 1; i < n; i++)
    {
      low.x = points[i].x < low.x ? points[i].x : low.x;
      low.y = points[i].y < low.y ? points[i].y : low.y;
      high.x = points[i].x > high.x ? points[i].x : high.x;
      high.y = points[i].y > high.y ? points[i].y : high.y;
    }
  return (LimnerBox){ low.x, low.y, high.x - low.x, high.y - low.y };
}

static double
shoelace (const LimnerPoint *points, guint n)
{
  double twice = 0;

  for (guint i = 0; i < n; i++)
    {
      const LimnerPoint *a = &points[i];
      const LimnerPoint *b = &points[i + 1 < n ? i + 1 : 0];

      twice += a->x * b->y - b->x * a->y;
    }
  return fabs (twice) / 2;
}

/* Appends a ring's vertices; @n is how many numbers there are. FALSE after a report. */
static gboolean
read_points (Check *check, const LimnerValue *ring, GArray *points, guint *n)
{
  LimnerValueIter iter;
  LimnerValue element;
  LimnerPoint point = { 0, 0 };
  const double *numbers;
  gsize n_numbers;

  *n = 0;
  if (check_read_numbers (check, ring, &numbers, &n_numbers))
    {
      *n = (guint) n_numbers;
      g_array_append_vals (points, numbers, *n / 2);
      return TRUE;
    }
  limner_value_iter_init (&iter, ring);
  while (limner_value_get_type (ring) == LIMNER_VALUE_ARRAY &&
         limner_value_iter_next (&iter, NULL, &element))
    {
      double number;

      if (!check_number (check, CHECK_SEGMENTATION, &element, "W_BAD_POLYGON", &number))
        return FALSE;
      if ((*n)++ % 2 == 0)
        point.x = number;
      else
        {
          point.y = number;
          g_array_append_val (points, point);
        }
    }
  return TRUE;
}

static gboolean
read_ring (Check *check, const LimnerValue *ring, GArray *points, GArray *ring_lengths)
{
  guint n, length;

  if (!read_points (check, ring, points, &n))
    return FALSE;
  length = n / 2;
  if (n >= 6 && n % 2 == 0)
    {
      g_array_append_val (ring_lengths, length);
      return TRUE;
    }
  check_report (
      check, "W_BAD_POLYGON", CHECK_SEGMENTATION, ring,
      "a ring has %u number%s, expected an even count of at least 6 [x1, y1, x2, y2, ...]", n,
      n == 1 ? "" : "s");
  return FALSE;
}

static void
check_polygon (Check *check, const LimnerValue *segmentation)
{
  GArray *points = check->scratch->points;
  GArray *ring_lengths = check->scratch->ring_lengths;
  LimnerValueIter iter;
  LimnerValue ring;
  Extent extent = { 0 };
  double width, height;
  guint first = 0;

  g_array_set_size (points, 0);
  g_array_set_size (ring_lengths, 0);
  limner_value_iter_init (&iter, segmentation);
  while (limner_value_iter_next (&iter, NULL, &ring))
    {
      if (!read_ring (check, &ring, points, ring_lengths))
        return;
    }
  if (ring_lengths->len == 0)
    return;
  extent.bbox = get_bounds ((const LimnerPoint *) points->data, points->len);
  if (check_get_image_size (check, &width, &height) &&
      (extent.bbox.x < -CHECK_OUTSIDE_TOLERANCE_PX || extent.bbox.y < -CHECK_OUTSIDE_TOLERANCE_PX ||
       extent.bbox.x + extent.bbox.width > width + CHECK_OUTSIDE_TOLERANCE_PX ||
       extent.bbox.y + extent.bbox.height > height + CHECK_OUTSIDE_TOLERANCE_PX))
    {
      check_report (check, "W_OUT_OF_IMAGE", CHECK_SEGMENTATION, segmentation,
                    "the polygon leaves the image of %g x %g", width, height);
      return;
    }
  for (guint i = 0; i < ring_lengths->len; i++)
    {
      guint n = g_array_index (ring_lengths, guint, i);

      extent.area += shoelace (&g_array_index (points, LimnerPoint, first), n);
      first += n;
    }
  compare_box (check, &extent);
  compare_area (check, &extent, points, ring_lengths);
}

/* A count or side of an RLE: a whole number of 32 bits. */
static gboolean
read_uint32 (const LimnerValue *value, guint32 *number)
{
  double d;

  if (!limner_value_get_number (value, &d) || !(d >= 0 && d <= G_MAXUINT32) || d != floor (d))
    return FALSE;
  *number = (guint32) d;
  return TRUE;
}

static gboolean
read_size (const LimnerValue *segmentation, guint32 *height, guint32 *width)
{
  guint32 *const sides[] = { height, width };
  LimnerValue size, side;
  LimnerValueIter iter;
  guint n = 0;

  if (!limner_value_find (segmentation, "size", &size))
    return FALSE;
  limner_value_iter_init (&iter, &size);
  while (limner_value_iter_next (&iter, NULL, &side))
    {
      if (n >= 2 || !read_uint32 (&side, sides[n]) || *sides[n] == 0)
        return FALSE;
      n++;
    }
  return n == 2;
}

/* Runs as plain numbers; FALSE, with nothing read, for whatever needs a message. */
static gboolean
read_plain_runs (Check *check, const LimnerValue *counts, GArray *runs)
{
  const double *numbers;
  gsize n;

  if (!check_read_numbers (check, counts, &numbers, &n))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!(numbers[i] >= 0 && numbers[i] <= G_MAXUINT32) || numbers[i] != floor (numbers[i]))
      return FALSE;
  g_array_set_size (runs, (guint) n);
  for (gsize i = 0; i < n; i++)
    g_array_index (runs, guint32, i) = (guint32) numbers[i];
  return TRUE;
}

/* The mask of a segmentation object; its runs must fill the size. */
static LimnerRle *
read_rle (
    Check *check, const LimnerValue *segmentation, guint32 height, guint32 width, GError **error)
{
  LimnerValue counts, element;
  LimnerValueIter iter;
  g_autoptr (GArray) runs = NULL;

  if (!limner_value_find (segmentation, "counts", &counts))
    counts = (LimnerValue){ "", 0 };
  if (limner_value_get_type (&counts) == LIMNER_VALUE_STRING)
    {
      g_autofree char *text = limner_value_dup_string (&counts);
      return limner_rle_new_from_string (height, width, text, strlen (text), error);
    }
  runs = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (read_plain_runs (check, &counts, runs))
    return limner_rle_new (height, width, (const guint32 *) runs->data, runs->len, error);
  limner_value_iter_init (&iter, &counts);
  while (limner_value_get_type (&counts) == LIMNER_VALUE_ARRAY &&
         limner_value_iter_next (&iter, NULL, &element))
    {
      guint32 run;

      if (!read_uint32 (&element, &run))
        {
          g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_TEXT,
                       "a run is %.*s, expected a whole number from 0 on",
                       (int) MIN (element.length, 32), element.text);
          return NULL;
        }
      g_array_append_val (runs, run);
    }
  return limner_rle_new (height, width, (const guint32 *) runs->data, runs->len, error);
}

static void
check_rle (Check *check, const LimnerValue *segmentation)
{
  g_autoptr (LimnerRle) rle = NULL;
  g_autoptr (GError) error = NULL;
  Extent extent;
  guint32 height, width;
  double image_width, image_height;

  if (!read_size (segmentation, &height, &width))
    {
      check_report (check, "W_BAD_RLE", CHECK_SEGMENTATION, segmentation,
                    "size should be [height, width] in pixels");
      return;
    }
  if (check_get_image_size (check, &image_width, &image_height) &&
      (width != image_width || height != image_height))
    {
      check_report (check, "W_BAD_RLE", CHECK_SEGMENTATION, segmentation,
                    "the mask has %u x %u pixels, the image %g x %g", width, height, image_width,
                    image_height);
      return;
    }
  rle = read_rle (check, segmentation, height, width, &error);
  if (rle == NULL)
    {
      check_report (check, "W_BAD_RLE", CHECK_SEGMENTATION, segmentation, "%s", error->message);
      return;
    }
  extent.bbox = limner_rle_get_bbox (rle);
  extent.area = (double) limner_rle_get_area (rle);
  if (extent.area > 0)
    {
      compare_box (check, &extent);
      compare_area (check, &extent, NULL, NULL);
    }
}

void
check_annotation_segmentation (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_SEGMENTATION);
  LimnerValueIter iter;
  LimnerValue element;

  if (value == NULL)
    return;
  switch (limner_value_get_type (value))
    {
    case LIMNER_VALUE_NULL:
      break;
    case LIMNER_VALUE_ARRAY:
      check_polygon (check, value);
      break;
    case LIMNER_VALUE_OBJECT:
      /* {} means a box only, as [] does */
      limner_value_iter_init (&iter, value);
      if (limner_value_iter_next (&iter, NULL, &element))
        check_rle (check, value);
      break;
    case LIMNER_VALUE_BOOLEAN:
    case LIMNER_VALUE_NUMBER:
    case LIMNER_VALUE_STRING:
    default:
      check_report (check, "W_TYPE", CHECK_SEGMENTATION, value,
                    "segmentation should be an array or an object");
      break;
    }
}
