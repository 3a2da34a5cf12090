/* SPDX-License-Identifier: MIT */
/*
 * Masks and shapes: the string form there and back, polygons rasterised, masks merged and compared
 * pixel by pixel, and every edit of a shape. The first byte chooses.
 */

#include "fuzz.h"

#include <limner/coco-record.h>
#include <limner/shape.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIDE 96
#define MAX_DECODED (1 << 14)

static guint64
sum_runs (const LimnerRle *rle, guint64 *n_set)
{
  gsize n;
  const guint32 *counts = limner_rle_get_counts (rle, &n);
  guint64 sum = 0;

  *n_set = 0;
  for (gsize i = 0; i < n; i++)
    {
      sum += counts[i];
      *n_set += i % 2 == 1 ? counts[i] : 0;
    }
  return sum;
}

/* (transfer full): one byte a pixel. */
static guint8 *
decode (const LimnerRle *rle)
{
  gsize size = (gsize) limner_rle_get_width (rle) * limner_rle_get_height (rle);
  guint8 *mask = g_malloc (MAX (size, 1));

  fuzz_require (limner_rle_decode (rle, mask, size, NULL), "a mask cannot be decoded");
  return mask;
}

static void
check_pixels (const LimnerRle *rle)
{
  guint32 height = limner_rle_get_height (rle);
  guint32 width = limner_rle_get_width (rle);
  g_autofree guint8 *mask = decode (rle);
  g_autoptr (LimnerRle) again = limner_rle_new_from_mask (mask, height, width);
  LimnerBox bbox = limner_rle_get_bbox (rle);
  g_autofree guint8 *other = decode (again);

  fuzz_require (limner_rle_get_area (again) == limner_rle_get_area (rle), "another area");
  fuzz_require (memcmp (mask, other, (gsize) width * height) == 0, "other pixels");
  fuzz_require (limner_rle_get_area (rle) == 0 || limner_rle_iou (rle, again, FALSE) == 1.0,
                "a mask does not overlap itself: %g", limner_rle_iou (rle, again, FALSE));
  for (guint32 x = 0; x < width; x++)
    for (guint32 y = 0; y < height; y++)
      {
        gboolean is_set = mask[(gsize) x * height + y];

        fuzz_require (!is_set || (x >= bbox.x && x < bbox.x + bbox.width && y >= bbox.y &&
                                  y < bbox.y + bbox.height),
                      "pixel %u, %u is outside the bbox", x, y);
        if ((x * 31 + y) % 61 == 0)
          fuzz_require (limner_rle_contains (rle, x + 0.5, y + 0.5) == is_set,
                        "pixel %u, %u: set or not?", x, y);
      }
}

static void
check_rle (LimnerRle *rle)
{
  guint64 n_set;
  guint64 n_pixels = sum_runs (rle, &n_set);
  guint32 height = limner_rle_get_height (rle);
  guint32 width = limner_rle_get_width (rle);
  g_autofree char *text = limner_rle_dup_string (rle);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerRle) again =
      limner_rle_new_from_string (height, width, text, strlen (text), &error);
  const guint32 *a, *b;
  gsize n_a, n_b;

  fuzz_require (n_pixels == (guint64) height * width, "the runs do not fill the mask");
  fuzz_require (limner_rle_get_area (rle) == n_set, "another area");
  fuzz_require (again != NULL, "'%s' is not read back: %s", text, error->message);
  a = limner_rle_get_counts (rle, &n_a);
  b = limner_rle_get_counts (again, &n_b);
  fuzz_require (n_a == n_b && memcmp (a, b, n_a * sizeof *a) == 0, "'%s' reads as other runs",
                text);
  if (n_pixels <= MAX_DECODED)
    check_pixels (rle);
}

static void
fuzz_string (FuzzInput *input)
{
  guint32 height = fuzz_take_u16 (input);
  guint32 width = fuzz_take_u16 (input);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LimnerRle) rle = NULL;
  gsize length;
  const char *text;

  if (fuzz_take_u8 (input) % 8 == 0)
    height = height << 16 | width;
  bytes = fuzz_take_rest (input);
  text = g_bytes_get_data (bytes, &length);
  rle = limner_rle_new_from_string (height, width, text, length, NULL);
  if (rle != NULL)
    check_rle (rle);
}

static double
take_coordinate (FuzzInput *input, guint8 how)
{
  guint64 bits;
  double value;

  switch (how % 4)
    {
    case 0:
      return (gint8) fuzz_take_u8 (input);
    case 1:
      return (gint16) fuzz_take_u16 (input) / 100.0;
    case 2:
      return (gint32) fuzz_take_u32 (input) / 4.0;
    default:
      bits = (guint64) fuzz_take_u32 (input) << 32 | fuzz_take_u32 (input);
      memcpy (&value, &bits, sizeof value);
      return value;
    }
}

static GArray *
take_points (FuzzInput *input, guint8 how, guint n)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));

  for (guint i = 0; i < n; i++)
    {
      LimnerPoint point;

      point.x = take_coordinate (input, how);
      point.y = take_coordinate (input, how);
      g_array_append_val (points, point);
    }
  return points;
}

/* The points of a line on the grid five times as fine, in the reference's order and rounding. */
static void
draw_line (GArray *points, const int from[2], const int to[2])
{
  int dx = abs (to[0] - from[0]);
  int dy = abs (to[1] - from[1]);
  int major = dx >= dy ? 0 : 1;
  int length = MAX (dx, dy);
  gboolean flip = from[major] > to[major];
  const int *a = flip ? to : from;
  const int *b = flip ? from : to;
  double slope = length > 0 ? (double) (b[!major] - a[!major]) / length : 0.0;

  for (int d = 0; d <= length; d++)
    {
      int t = flip ? length - d : d;
      int point[2];

      point[major] = a[major] + t;
      point[!major] = (int) (a[!major] + slope * t + .5);
      g_array_append_vals (points, point, 1);
    }
}

static int
compare_crossings (gconstpointer a, gconstpointer b)
{
  guint32 first = *(const guint32 *) a;
  guint32 second = *(const guint32 *) b;

  return first < second ? -1 : first > second;
}

/* (transfer full): one byte a pixel: what rleFrPoly() does, point by point. */
static guint8 *
rasterise (const LimnerPoint *vertices, guint n, guint32 height, guint32 width)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, 2 * sizeof (int));
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint8 *mask = g_malloc0 ((gsize) height * width + 1);
  guint at = 0;
  guint8 set = 0;

  for (guint i = 0; i < n; i++)
    {
      const LimnerPoint *next = &vertices[(i + 1) % n];
      const int from[] = { (int) (5 * vertices[i].x + .5), (int) (5 * vertices[i].y + .5) };
      const int to[] = { (int) (5 * next->x + .5), (int) (5 * next->y + .5) };

      draw_line (points, from, to);
    }
  for (guint i = 1; i < points->len; i++)
    {
      const int *p = (const int *) points->data + 2 * i;
      double x = ((p[0] < p[-2] ? p[0] : p[0] - 1) + .5) / 5 - .5;
      double y = (MIN (p[1], p[-1]) + .5) / 5 - .5;
      guint32 crossing;

      if (p[0] == p[-2] || floor (x) != x || x < 0 || x > (double) width - 1)
        continue;
      crossing = (guint32) x * height + (guint32) ceil (CLAMP (y, 0, height));
      g_array_append_val (crossings, crossing);
    }
  g_array_sort (crossings, compare_crossings);
  for (guint32 i = 0; i < height * width; i++)
    {
      for (; at < crossings->len && g_array_index (crossings, guint32, at) <= i; at++)
        set ^= 1;
      mask[i] = set;
    }
  return mask;
}

static void
fuzz_polygon (FuzzInput *input)
{
  guint32 height = fuzz_take_u8 (input) % MAX_SIDE;
  guint32 width = fuzz_take_u8 (input) % MAX_SIDE;
  guint8 how = fuzz_take_u8 (input) % 4;
  g_autoptr (GArray) points = take_points (input, how, 1 + fuzz_take_u8 (input) % 24);
  const LimnerPoint *vertices = (const LimnerPoint *) points->data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerRle) rle =
      limner_rle_new_from_polygon (vertices, points->len, height, width, &error);
  g_autofree guint8 *expected = NULL;
  g_autofree guint8 *pixels = NULL;

  fuzz_require (rle != NULL || how >= 2, "a plain polygon is refused: %s", error->message);
  if (rle == NULL)
    return;
  check_rle (rle);
  if (how >= 2)
    return; /* drawing such lines point by point takes too long */
  expected = rasterise (vertices, points->len, height, width);
  pixels = decode (rle);
  fuzz_require (memcmp (pixels, expected, (gsize) height * width) == 0,
                "other pixels than the reference's");
}

static void
fuzz_box (FuzzInput *input)
{
  guint32 height = fuzz_take_u16 (input);
  guint32 width = fuzz_take_u16 (input);
  guint8 how = fuzz_take_u8 (input);
  LimnerBox box;
  g_autoptr (LimnerRle) rle = NULL;

  box.x = take_coordinate (input, how % 2);
  box.y = take_coordinate (input, how % 2);
  box.width = take_coordinate (input, how % 2);
  box.height = take_coordinate (input, how % 2);
  rle = limner_rle_new_from_box (&box, height, width, NULL);
  if (rle != NULL)
    check_rle (rle);
}

static LimnerRle *
take_mask (FuzzInput *input, guint32 height, guint32 width)
{
  gsize size = (gsize) height * width;
  g_autofree guint8 *mask = g_malloc (size);

  for (gsize i = 0; i < size;)
    {
      guint8 byte = fuzz_take_u8 (input);
      gsize run = MIN ((gsize) (byte >> 1) + 1, size - i);

      memset (mask + i, byte & 1, run);
      i += run;
    }
  return limner_rle_new_from_mask (mask, height, width);
}

static void
fuzz_merge (FuzzInput *input)
{
  guint32 height = 1 + fuzz_take_u8 (input) % MAX_SIDE;
  guint32 width = 1 + fuzz_take_u8 (input) % MAX_SIDE;
  gboolean intersect = fuzz_take_u8 (input) % 2;
  guint n = 1 + fuzz_take_u8 (input) % 4;
  LimnerRle *masks[4];
  g_autoptr (LimnerRle) merged = NULL;
  g_autofree guint8 *expected = g_malloc (height * width);
  g_autofree guint8 *pixels = NULL;
  double iou;

  memset (expected, intersect, height * width);
  for (guint i = 0; i < n; i++)
    {
      g_autofree guint8 *part = NULL;

      masks[i] = take_mask (input, height, width);
      part = decode (masks[i]);
      for (guint32 j = 0; j < height * width; j++)
        expected[j] = intersect ? expected[j] & part[j] : expected[j] | part[j];
    }
  merged = limner_rle_merge (masks, n, intersect);
  check_rle (merged);
  pixels = decode (merged);
  fuzz_require (memcmp (pixels, expected, height * width) == 0, "masks are merged wrongly");
  iou = limner_rle_iou (masks[0], masks[n - 1], intersect);
  fuzz_require (iou >= 0.0 && iou <= 1.0, "overlap %g", iou);
  for (guint i = 0; i < n; i++)
    limner_rle_unref (masks[i]);
}

static LimnerShape *
take_shape (FuzzInput *input)
{
  guint8 how = fuzz_take_u8 (input);
  g_autoptr (GArray) points = NULL;
  g_autoptr (LimnerRle) rle = NULL;
  guint lengths[3];
  guint n_rings;
  guint n = 0;
  LimnerBox box;

  if (how % 3 == 0)
    {
      points = take_points (input, how >> 4, 2);
      box = limner_box_from_corners (g_array_index (points, LimnerPoint, 0),
                                     g_array_index (points, LimnerPoint, 1));
      return limner_shape_new_box (&box);
    }
  if (how % 3 == 1)
    {
      rle = take_mask (input, 1 + fuzz_take_u8 (input) % 24, 1 + fuzz_take_u8 (input) % 24);
      return limner_shape_new_mask (rle);
    }
  n_rings = 1 + (how >> 2) % G_N_ELEMENTS (lengths);
  for (guint i = 0; i < n_rings; i++)
    n += lengths[i] = fuzz_take_u8 (input) % 9;
  points = take_points (input, how >> 4, n);
  return limner_shape_new_polygon ((const LimnerPoint *) points->data, lengths, n_rings);
}

/* What it says of itself can be called and is JSON. */
static void
check_shape (LimnerShape *shape)
{
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;
  const char *texts[3];

  limner_shape_is_degenerate (shape, 1.0);
  limner_coco_shape_to_members (shape, NULL, &segmentation, &bbox, &area);
  texts[0] = segmentation;
  texts[1] = bbox;
  texts[2] = area;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_require (limner_coco_check_text (texts[i], strlen (texts[i]), NULL), "'%s' is not JSON",
                  texts[i]);
}

static LimnerShape *
edit_shape (LimnerShape *shape, FuzzInput *input)
{
  guint8 op = fuzz_take_u8 (input);
  guint8 how = fuzz_take_u8 (input);
  LimnerVertex vertex = { how % 3, how >> 2 };
  g_autoptr (GArray) points = take_points (input, op >> 4, 2);
  const LimnerPoint *p = (const LimnerPoint *) points->data;
  LimnerBox from = limner_shape_get_bbox (shape);
  LimnerBox to = { p[0].x, p[0].y, p[1].x, p[1].y };
  double dx = p[1].x, dy = p[1].y;
  guint size = 1 + how;

  switch (op % 8)
    {
    case 0:
      limner_shape_clamp_offset (shape, fabs (p[0].x), fabs (p[0].y), &dx, &dy);
      return limner_shape_move (shape, dx, dy);
    case 1:
      return limner_shape_resize (shape, &from, &to);
    case 2:
      return limner_shape_set_vertex (shape, vertex, p[0]);
    case 3:
      return limner_shape_insert_vertex (shape, vertex, p[0]);
    case 4:
      return limner_shape_remove_vertex (shape, vertex);
    case 5:
      return limner_shape_clamp (shape, fabs (p[0].x), fabs (p[0].y));
    case 6:
      limner_shape_find_vertex (shape, p[0], p[1].x, &vertex);
      limner_shape_find_edge (shape, p[0], p[1].x, &vertex, NULL);
      limner_shape_contains (shape, p[0]);
      return limner_shape_move (shape, p[0].x, p[0].y);
    case 7:
    default:
      return limner_shape_transform (shape, (LimnerOrientation) (1 + how % 8), size, size,
                                     op >> 3 & 1);
    }
}

static void
fuzz_shape (FuzzInput *input)
{
  g_autoptr (LimnerShape) shape = take_shape (input);

  for (guint i = 0; i < 12 && input->size > 0; i++)
    {
      LimnerShape *edited = edit_shape (shape, input);

      fuzz_require (edited != NULL, "an edit gives no shape");
      limner_shape_unref (shape);
      shape = edited;
    }
  check_shape (shape);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };

  switch (fuzz_take_u8 (&input) % 5)
    {
    case 0:
      fuzz_string (&input);
      break;
    case 1:
      fuzz_polygon (&input);
      break;
    case 2:
      fuzz_merge (&input);
      break;
    case 3:
      fuzz_box (&input);
      break;
    case 4:
    default:
      fuzz_shape (&input);
      break;
    }
  return 0;
}
