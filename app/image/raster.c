/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-raster"

#include "raster-private.h"

#include "painter-private.h"

#include <math.h>
#include <string.h>

#define WINDOW LIMNER_RASTER_WINDOW
#define FRACTION LIMNER_RASTER_FRACTION

/* How far an outline may be from the one it is drawn for, in screen pixels; and of how many
 * vertices in a row that is looked at. */
#define DECIMATION 0.2
#define MAX_LEFT_OUT 8

static const float black[3] = { 0, 0, 0 };
static const float white[3] = { 255, 255, 255 };

struct _LimnerRaster
{
  cairo_surface_t *surface;
  double factor;
  int width; /* of the surface */
  int height;
  LimnerRasterWindow window;
  GPtrArray *covers;     /* LimnerRasterCover: of the surface's windows, row by row */
  GArray *points;        /* LimnerRasterPoint: of the shape in work, in the surface */
  GArray *shifted;       /* LimnerRasterPoint: of one ring, in the window */
  GArray *rings;         /* Ring */
  LimnerOutline outline; /* of a mask */
};

typedef struct
{
  guint end; /* in points */
  int direction;
} Ring;

/* One call of limner_raster_add_below(), in device pixels of the surface. */
typedef struct
{
  LimnerRaster *raster;
  const LimnerShape *shape;
  LimnerView view;
  LimnerBox extent;
  LimnerPaintLook look;
  LimnerRasterBrush brush;
  double reach; /* of paint beyond the outline */
  gboolean has_outline;
} Paint;

/* ---- surfaces ---- */

static LimnerRasterCover *
new_cover (void)
{
  LimnerRasterCover *cover =
      g_aligned_alloc (1, sizeof (LimnerRasterCover), sizeof (LimnerRasterCell));

  memset (cover->begun, 0, sizeof cover->begun);
  memset (cover->shut, 0, sizeof cover->shut);
  return cover;
}

LimnerRaster *
limner_raster_new (cairo_surface_t *surface, double factor)
{
  LimnerRaster *self = g_new0 (LimnerRaster, 1);

  self->points = g_array_new (FALSE, FALSE, sizeof (LimnerRasterPoint));
  self->shifted = g_array_new (FALSE, FALSE, sizeof (LimnerRasterPoint));
  self->rings = g_array_new (FALSE, FALSE, sizeof (Ring));
  self->outline.points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  self->outline.ends = g_array_new (FALSE, FALSE, sizeof (guint));
  self->covers = g_ptr_array_new_with_free_func (g_aligned_free);
  self->window.crossings = g_array_new (FALSE, FALSE, sizeof (LimnerRasterCrossing));
  self->window.sorted = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->window.distances = g_malloc (sizeof *self->window.distances * WINDOW);
  for (int row = 0; row < WINDOW; row++)
    for (int x = 0; x < LIMNER_RASTER_DISTANCES; x++)
      self->window.distances[row][x] = LIMNER_RASTER_FAR;
  limner_raster_set_surface (self, surface, factor);
  return self;
}

/* The window whose corner is there. */
static void
open_window (LimnerRaster *self, int x, int y)
{
  int n_columns = (self->width + WINDOW - 1) / WINDOW;

  self->window.width = MIN (WINDOW, self->width - x);
  self->window.height = MIN (WINDOW, self->height - y);
  self->window.cover = self->covers->pdata[y / WINDOW * n_columns + x / WINDOW];
}

void
limner_raster_flush (LimnerRaster *self)
{
  gsize stride;
  guint32 *pixels;

  if (self->surface == NULL)
    return;
  cairo_surface_flush (self->surface);
  stride = (gsize) cairo_image_surface_get_stride (self->surface) / sizeof (guint32);
  pixels = (guint32 *) (gpointer) cairo_image_surface_get_data (self->surface);
  for (int y = 0; y < self->height; y += WINDOW)
    for (int x = 0; x < self->width; x += WINDOW)
      {
        open_window (self, x, y);
        limner_raster_cover_lay (self->window.cover, pixels + (gsize) y * stride + x, stride,
                                 self->window.width, self->window.height);
      }
  cairo_surface_mark_dirty (self->surface);
}

void
limner_raster_set_surface (LimnerRaster *self, cairo_surface_t *surface, double factor)
{
  guint n_windows;

  g_return_if_fail (surface == NULL ||
                    cairo_image_surface_get_format (surface) == CAIRO_FORMAT_RGB24);
  g_return_if_fail (factor >= 1);

  limner_raster_flush (self);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->factor = factor;
  /* half a megabyte each: a large surface does not leave its own behind */
  if (surface == NULL)
    {
      if (self->covers->len > 1)
        g_ptr_array_set_size (self->covers, 1);
      return;
    }
  self->surface = cairo_surface_reference (surface);
  self->width = cairo_image_surface_get_width (surface);
  self->height = cairo_image_surface_get_height (surface);
  n_windows = (guint) ((self->width + WINDOW - 1) / WINDOW) *
              (guint) ((self->height + WINDOW - 1) / WINDOW);
  if (self->covers->len > n_windows)
    g_ptr_array_set_size (self->covers, (int) n_windows);
  while (self->covers->len < n_windows)
    g_ptr_array_add (self->covers, new_cover ());
}

void
limner_raster_free (LimnerRaster *self)
{
  if (self == NULL)
    return;
  limner_raster_set_surface (self, NULL, 1);
  g_array_unref (self->points);
  g_array_unref (self->shifted);
  g_array_unref (self->rings);
  g_array_unref (self->outline.points);
  g_array_unref (self->outline.ends);
  g_ptr_array_unref (self->covers);
  g_array_unref (self->window.crossings);
  g_array_unref (self->window.sorted);
  g_free (self->window.distances);
  g_free (self);
}

/* ---- outlines ---- */

/* Added to a number of any size here it leaves no digits behind the point. Compilers call lrint(),
 * which would do the same, as a function. */
#define ROUNDER 0x1.8p52

static inline gint32
round_fraction (double coordinate)
{
  double shifted = limner_painter_limit (coordinate) * FRACTION + ROUNDER;
  guint64 bits;

  memcpy (&bits, &shifted, sizeof bits);
  return (gint32) (guint32) bits;
}

static inline LimnerRasterPoint
to_raster_point (const LimnerView *view, LimnerPoint point_img)
{
  LimnerPoint point = limner_view_to_target (view, point_img);

  return (LimnerRasterPoint){ round_fraction (point.x), round_fraction (point.y) };
}

static void
close_ring (LimnerRaster *self, int direction)
{
  Ring ring = { self->points->len, direction };

  g_array_append_val (self->rings, ring);
}

/* Whether none of @left_out is further than @tolerance from the line between @a and @b, or beyond
 * its ends. */
static gboolean
is_near_line (LimnerRasterPoint a,
              LimnerRasterPoint b,
              const LimnerRasterPoint *left_out,
              guint n_left_out,
              double tolerance)
{
  double x = (double) b.x - a.x, y = (double) b.y - a.y;
  double square = x * x + y * y;

  for (guint i = 0; i < n_left_out; i++)
    {
      double dx = (double) left_out[i].x - a.x, dy = (double) left_out[i].y - a.y;
      double across = x * dy - y * dx, along = x * dx + y * dy;

      if (across * across > tolerance * tolerance * square || along < 0 || along > square)
        return FALSE;
    }
  return TRUE;
}

/*
 * Left out are vertices within a screen pixel of the one before, and those that the line from the
 * vertex before to the one after passes closer than can be seen (the opening-window rule: all that
 * were left out since are looked at again, so errors do not add up).
 */
static void
add_ring (Paint *self, const LimnerPoint *points, guint n_points)
{
  GArray *to = self->raster->points;
  const gint64 pixel = (gint64) (self->raster->factor * FRACTION);
  const double tolerance = DECIMATION * self->raster->factor * FRACTION;
  const guint n = to->len;
  LimnerRasterPoint *at, last = { 0, 0 }, left_out[MAX_LEFT_OUT];
  guint n_left_out = 0;

  g_array_set_size (to, n + n_points);
  at = &g_array_index (to, LimnerRasterPoint, n);
  for (guint i = 0; i < n_points; i++)
    {
      LimnerRasterPoint point = to_raster_point (&self->view, points[i]);

      if (i > 0 && ABS ((gint64) point.x - last.x) < pixel &&
          ABS ((gint64) point.y - last.y) < pixel)
        continue;
      last = point;
      if (i == 0)
        {
          *at++ = point;
          continue;
        }
      if (n_left_out == MAX_LEFT_OUT ||
          (n_left_out > 0 && !is_near_line (at[-1], point, left_out, n_left_out, tolerance)))
        {
          *at++ = left_out[n_left_out - 1];
          n_left_out = 0;
        }
      left_out[n_left_out++] = point;
    }
  if (n_left_out > 0)
    *at++ = left_out[n_left_out - 1];
  g_array_set_size (to, (guint) (at - &g_array_index (to, LimnerRasterPoint, 0)));
  close_ring (self->raster, limner_painter_get_signed_area (points, n_points) < 0 ? -1 : 1);
}

/* Traced in screen pixels: the selected one above the tiles, drawn by cairo, has the same outline.
 */
static void
add_mask (Paint *self, LimnerRle *rle)
{
  LimnerRaster *raster = self->raster;
  double unit = raster->factor;
  const LimnerView to_device = { 0, 0, unit };
  const LimnerView view = { self->view.x / unit, self->view.y / unit, self->view.scale / unit };
  LimnerBox bbox = limner_shape_get_bbox (self->shape);
  double margin = self->reach / unit + 2;
  const LimnerBox visible = { -margin, -margin, raster->width / unit + 2 * margin,
                              raster->height / unit + 2 * margin };
  guint at = 0;

  g_array_set_size (raster->outline.points, 0);
  g_array_set_size (raster->outline.ends, 0);
  limner_painter_trace_mask (&raster->outline, &view, rle, &bbox, &visible);
  for (guint ring = 0; ring < raster->outline.ends->len; ring++)
    {
      guint end = g_array_index (raster->outline.ends, guint, ring);

      for (; at < end; at++)
        {
          LimnerRasterPoint point =
              to_raster_point (&to_device, g_array_index (raster->outline.points, LimnerPoint, at));

          g_array_append_val (raster->points, point);
        }
      close_ring (raster, 1);
    }
}

static void
make_outline (Paint *self)
{
  LimnerRle *rle = limner_shape_get_rle (self->shape);

  g_array_set_size (self->raster->points, 0);
  g_array_set_size (self->raster->rings, 0);
  if (rle != NULL)
    add_mask (self, rle);
  for (guint ring = 0; ring < limner_shape_get_n_rings (self->shape); ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (self->shape, ring, &n_points);

      add_ring (self, points, n_points);
    }
}

/* ---- lines ---- */

static LimnerRasterSegment
make_segment (LimnerRasterPoint a, LimnerRasterPoint b)
{
  double dx = ((double) b.x - a.x) / FRACTION, dy = ((double) b.y - a.y) / FRACTION;
  double length = sqrt (dx * dx + dy * dy);
  LimnerRasterSegment segment = { (double) a.x / FRACTION, (double) a.y / FRACTION, 1, 0, length };

  if (length > 0)
    {
      segment.along_x = dx / length;
      segment.along_y = dy / length;
    }
  return segment;
}

/* So that the sum with a vertex is exact, wherever the tile has its corner. */
static inline double
round_dash (double offset)
{
  return offset + ROUNDER / LIMNER_RASTER_DASH_FRACTION - ROUNDER / LIMNER_RASTER_DASH_FRACTION;
}

/* Where in a pattern of dashes a line has come to. */
typedef struct
{
  const Paint *paint;
  int index;   /* even: on */
  double left; /* device pixels of that dash or gap */
} Dasher;

static double
get_dash (const Paint *self, int index)
{
  return self->look.dashes[index % self->look.n_dashes] * self->raster->factor;
}

/* Its dashes are shortened at both ends by what the round caps add again. */
static void
add_dashed (Dasher *self, const LimnerRasterSegment *segment, double reach)
{
  LimnerRasterWindow *window = &self->paint->raster->window;
  double cap = self->paint->brush.line_end - 0.5;
  double at = 0;

  while (at < segment->length)
    {
      double length = MIN (self->left, segment->length - at);
      double from = self->left >= get_dash (self->paint, self->index) ? at + cap : at;
      double to = self->left <= length ? at + length - cap : at + length;

      if (self->index % 2 == 0)
        {
          LimnerRasterSegment dash = *segment;

          dash.x += round_dash (segment->along_x * from);
          dash.y += round_dash (segment->along_y * from);
          dash.length = MAX (to - from, 0);
          limner_raster_window_add_line (window, &dash, reach);
        }
      at += length;
      self->left -= length;
      if (self->left <= 0)
        self->left = get_dash (self->paint, ++self->index);
    }
}

/* Dashes would be at other places in each tile where the outline is cut. */
static gboolean
is_dashed (const Paint *self)
{
  return self->look.dashes != NULL && self->look.line_alpha > 0 &&
         limner_shape_get_kind (self->shape) != LIMNER_SHAPE_MASK &&
         MAX (self->extent.width, self->extent.height) <= LIMNER_WHOLE_BOX_MAX;
}

/* Of a shape that lies across tiles most pieces are elsewhere: seen before any of it is worked out.
 */
static gboolean
is_out_of_window (const LimnerRasterWindow *window,
                  LimnerRasterPoint a,
                  LimnerRasterPoint b,
                  gint64 reach)
{
  return MAX (a.x, b.x) < -reach || MAX (a.y, b.y) < -reach ||
         MIN (a.x, b.x) > (gint64) window->width * FRACTION + reach ||
         MIN (a.y, b.y) > (gint64) window->height * FRACTION + reach;
}

static void
add_ring_lines (Paint *self, const LimnerRasterPoint *points, guint n_points, gboolean dashed)
{
  double reach = self->reach;
  gint64 whole_reach = (gint64) (ceil (reach) + 1) * FRACTION;
  Dasher dasher = { self, 0, 0 };

  if (dashed)
    dasher.left = get_dash (self, 0);
  for (guint i = 0; i < n_points; i++)
    {
      LimnerRasterPoint next = points[i + 1 < n_points ? i + 1 : 0];
      LimnerRasterSegment segment;

      /* dashes are counted from the first vertex on */
      if (!dashed && is_out_of_window (&self->raster->window, points[i], next, whole_reach))
        continue;
      segment = make_segment (points[i], next);
      if (dashed)
        add_dashed (&dasher, &segment, reach);
      else
        limner_raster_window_add_line (&self->raster->window, &segment, reach);
    }
}

/* ---- windows ---- */

typedef void (*WindowFunc) (Paint *paint, int x, int y);

/* Of those windows that the shape's paint reaches. */
static void
paint_windows (Paint *self, WindowFunc func)
{
  LimnerRaster *raster = self->raster;
  double width = raster->width, height = raster->height;
  double x0 = self->extent.x - self->reach - 1, y0 = self->extent.y - self->reach - 1;
  double x1 = x0 + self->extent.width + 2 * self->reach + 2;
  double y1 = y0 + self->extent.height + 2 * self->reach + 2;

  if (x1 < 0 || y1 < 0 || x0 >= width || y0 >= height)
    return;
  for (int y = (int) MAX (y0, 0) / WINDOW * WINDOW; y < height && y <= y1; y += WINDOW)
    for (int x = (int) MAX (x0, 0) / WINDOW * WINDOW; x < width && x <= x1; x += WINDOW)
      {
        open_window (raster, x, y);
        func (self, x, y);
      }
}

static const LimnerRasterPoint *
shift_ring (LimnerRaster *self, guint first, guint end, int x, int y)
{
  LimnerRasterPoint *at;

  if (x == 0 && y == 0)
    return &g_array_index (self->points, LimnerRasterPoint, first);
  g_array_set_size (self->shifted, end - first);
  at = (LimnerRasterPoint *) (gpointer) self->shifted->data;
  for (guint i = first; i < end; i++)
    {
      LimnerRasterPoint point = g_array_index (self->points, LimnerRasterPoint, i);

      point.x -= x * FRACTION;
      point.y -= y * FRACTION;
      *at++ = point;
    }
  return (const LimnerRasterPoint *) (gconstpointer) self->shifted->data;
}

/* @dashed: the second go, for the line alone: halo and inside are there. */
static void
paint_outline_once (Paint *self, int x, int y, gboolean dashed)
{
  LimnerRaster *raster = self->raster;
  double x0 = self->extent.x - self->reach - x, x1 = x0 + self->extent.width + 2 * self->reach;
  double y0 = self->extent.y - self->reach - y, y1 = y0 + self->extent.height + 2 * self->reach;
  guint at = 0;

  if (!limner_raster_window_begin (&raster->window, (int) MAX (floor (x0), -1),
                                   (int) MAX (floor (y0), -1), (int) MIN (ceil (x1), WINDOW),
                                   (int) MIN (ceil (y1), WINDOW)))
    return;
  if (!self->has_outline)
    make_outline (self);
  self->has_outline = TRUE;
  for (guint i = 0; i < raster->rings->len; i++)
    {
      const Ring *ring = &g_array_index (raster->rings, Ring, i);
      const LimnerRasterPoint *points = shift_ring (raster, at, ring->end, x, y);

      if (!dashed)
        limner_raster_window_add_ring (&raster->window, points, ring->end - at, ring->direction);
      add_ring_lines (self, points, ring->end - at, dashed);
      at = ring->end;
    }
  if (!dashed)
    limner_raster_window_close (&raster->window);
  limner_raster_window_blend (&raster->window, &self->brush);
}

static void
paint_dashes (Paint *self, int x, int y)
{
  const LimnerRasterBrush brush = self->brush;

  self->brush.halo_alpha = self->brush.hairline_alpha = 0;
  self->brush.fill = 0;
  self->brush.tint.alpha = 0;
  paint_outline_once (self, x, y, TRUE);
  self->brush = brush;
}

static void
paint_outline (Paint *self, int x, int y)
{
  const LimnerRasterBrush brush = self->brush;

  if (!is_dashed (self))
    {
      paint_outline_once (self, x, y, FALSE);
      return;
    }
  /* halo and hairline show in the gaps */
  paint_dashes (self, x, y);
  self->brush.line_end = -1;
  paint_outline_once (self, x, y, FALSE);
  self->brush = brush;
}

/* ---- boxes ---- */

static LimnerBox
grow (const LimnerBox *box, double by)
{
  return (LimnerBox){ box->x - by, box->y - by, box->width + 2 * by, box->height + 2 * by };
}

static int
to_pixel (double coordinate)
{
  return (int) lround (CLAMP (coordinate, -1, WINDOW + 1));
}

static void
fill_box (Paint *self, const LimnerBox *box, int x, int y, const float *channels, double alpha)
{
  limner_raster_window_fill (&self->raster->window, to_pixel (box->x - x), to_pixel (box->y - y),
                             to_pixel (box->x + box->width - x),
                             to_pixel (box->y + box->height - y), channels, alpha);
}

/* The part of @outer that is not in @inner. */
static void
fill_ring (Paint *self,
           const LimnerBox *outer,
           const LimnerBox *inner,
           int x,
           int y,
           const float *channels,
           double alpha)
{
  double x1 = outer->x + outer->width, y1 = outer->y + outer->height;
  double inner_x1 = inner->x + inner->width, inner_y1 = inner->y + inner->height;
  const LimnerBox sides[] = {
    { outer->x, outer->y, outer->width, inner->y - outer->y },
    { outer->x, inner_y1, outer->width, y1 - inner_y1 },
    { outer->x, inner->y, inner->x - outer->x, inner->height },
    { inner_x1, inner->y, x1 - inner_x1, inner->height },
  };

  if (inner->width <= 0 || inner->height <= 0)
    {
      fill_box (self, outer, x, y, channels, alpha);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    fill_box (self, &sides[i], x, y, channels, alpha);
}

/* Lines along the edges of a box are rings that do not overlap: nothing shines through. */
static void
paint_box (Paint *self, int x, int y)
{
  double unit = self->raster->factor;
  double width = round (self->look.line_width * unit), inside = floor (width / 2);
  LimnerBox edge = { self->extent.x, self->extent.y, self->extent.width, self->extent.height };
  LimnerBox outer = grow (&edge, width - inside), inner = grow (&edge, -inside);
  LimnerBox halo = grow (&outer, unit), hairline = grow (&inner, -unit);
  double alpha = self->look.line_alpha;

  if (alpha > 0)
    {
      if (is_dashed (self))
        paint_dashes (self, x, y);
      if (self->look.has_hairline && hairline.width > 0 && hairline.height > 0)
        fill_ring (self, &inner, &hairline, x, y, white, LIMNER_HAIRLINE_ALPHA * alpha);
      if (!is_dashed (self))
        fill_ring (self, &outer, &inner, x, y, self->brush.channels, alpha);
      fill_ring (self, &halo, &outer, x, y, black, LIMNER_HALO_ALPHA * alpha);
    }
  fill_box (self, &edge, x, y, self->brush.channels, self->look.fill_alpha);
}

/* A shape of almost no size still shows where it is. */
static void
paint_block (Paint *self, int x, int y)
{
  double unit = self->raster->factor;
  double size = LIMNER_BLOCK_SIZE * unit;
  LimnerBox block = {
    floor ((self->extent.x + self->extent.width / 2) / unit - LIMNER_BLOCK_SIZE / 2) * unit,
    floor ((self->extent.y + self->extent.height / 2) / unit - LIMNER_BLOCK_SIZE / 2) * unit, size,
    size
  };
  LimnerBox halo = grow (&block, unit);

  fill_ring (self, &halo, &block, x, y, black, LIMNER_HALO_ALPHA * self->look.line_alpha);
  fill_box (self, &block, x, y, self->brush.channels, self->look.line_alpha);
}

/* ---- public ---- */

static void
make_brush (Paint *self, guint32 color)
{
  double unit = self->raster->factor;
  double half = self->look.line_width * unit / 2;
  LimnerRasterBrush brush = { .line_end = -1, .rim_end = -1 };

  brush.fill = (float) CLAMP (self->look.fill_alpha, 0, 1);
  if (self->look.line_alpha > 0)
    {
      brush.line_alpha = (float) MIN (self->look.line_alpha, 1);
      brush.line_end = (float) (half + 0.5);
      brush.middle = (float) half;
      brush.rim_end = (float) (unit + 0.5);
      brush.halo_alpha = (float) LIMNER_HALO_ALPHA;
      brush.hairline_alpha = self->look.has_hairline ? (float) LIMNER_HAIRLINE_ALPHA : 0.0f;
    }
  for (int i = 0; i < 3; i++)
    brush.channels[i] = (float) (color >> 8 * i & 255);
  limner_raster_tint_init (&brush.tint, brush.channels, brush.fill);
  self->brush = brush;
  self->reach = MAX (brush.middle + brush.rim_end, 1.0) + 0.01;
}

static LimnerBox
snap_box (const Paint *self, const LimnerView *view)
{
  LimnerBox bbox = limner_shape_get_bbox (self->shape);
  LimnerBox edge = limner_painter_snap_box (view, &bbox);
  double unit = self->raster->factor;

  return (LimnerBox){ edge.x * unit, edge.y * unit, edge.width * unit, edge.height * unit };
}

/* Dashes of a box go along its edge on whole pixels. */
static void
make_box_outline (Paint *self)
{
  const LimnerView plain = { 0, 0, 1 };
  double width = round (self->look.line_width * self->raster->factor);
  double shift = fmod (width, 2) == 1 ? 0.5 : 0;
  double x0 = self->extent.x + shift, y0 = self->extent.y + shift;
  double x1 = x0 + self->extent.width, y1 = y0 + self->extent.height;
  const LimnerPoint corners[] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };

  g_array_set_size (self->raster->points, 0);
  g_array_set_size (self->raster->rings, 0);
  self->view = plain;
  add_ring (self, corners, G_N_ELEMENTS (corners));
  self->has_outline = TRUE;
}

void
limner_raster_add_below (LimnerRaster *self,
                         const LimnerView *view,
                         const LimnerShape *shape,
                         guint32 color,
                         LimnerPaintFlags flags,
                         const LimnerPaintStyle *style)
{
  Paint paint = { .raster = self, .shape = shape };
  double unit;

  g_return_if_fail (self != NULL && view != NULL && shape != NULL);
  g_return_if_fail (self->surface != NULL);

  if (limner_view_is_turned (view))
    {
      LimnerView flat;
      g_autoptr (LimnerShape) turned = limner_painter_turn_shape (view, shape, &flat);

      limner_raster_add_below (self, &flat, turned, color, flags, style);
      return;
    }
  unit = self->factor;
  paint.view = (LimnerView){ view->x * unit, view->y * unit, view->scale * unit };
  paint.look = limner_painter_get_look (flags, style);
  paint.extent = limner_painter_get_extent (&paint.view, shape);
  make_brush (&paint, color);
  if (paint.extent.width < LIMNER_BLOCK_SIZE * unit &&
      paint.extent.height < LIMNER_BLOCK_SIZE * unit)
    {
      paint.reach += LIMNER_BLOCK_SIZE * unit;
      paint_windows (&paint, paint_block);
      return;
    }
  if (limner_shape_get_kind (shape) == LIMNER_SHAPE_BOX)
    {
      paint.extent = snap_box (&paint, view);
      if (is_dashed (&paint))
        make_box_outline (&paint);
      paint_windows (&paint, paint_box);
      return;
    }
  /* an object thinner than a pixel is traced as wide as one */
  if (limner_shape_get_kind (shape) == LIMNER_SHAPE_MASK)
    paint.extent = grow (&paint.extent, unit);
  paint_windows (&paint, paint_outline);
}
