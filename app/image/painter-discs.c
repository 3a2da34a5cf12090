/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

#include <math.h>

/*
 * Handles of a polygon: discs that lie on discs. cairo takes a third of a millisecond for those of
 * thirty vertices, each time the pointer moves, so on an image they are computed here: how much of
 * a pixel a disc covers follows from the distance of their middles.
 */

/* Device pixels. Beyond that most of it is empty, and an empty pixel is not free either. */
#define MAX_AREA (512 * 512)

/* All in one path: a fill costs far more than what it fills. */
static void
fill_paths (cairo_t *cr, const LimnerDisc *discs, guint n_discs, const LimnerDiscLayer *layer)
{
  for (guint i = 0; i < n_discs; i++)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, discs[i].at.x, discs[i].at.y, discs[i].size / 2 + layer->grow, 0, 2 * G_PI);
    }
  limner_painter_set_color (cr, layer->color, layer->alpha);
  cairo_fill (cr);
}

static LimnerBox
get_device_box (const LimnerBox *box, const cairo_matrix_t *matrix)
{
  const double x = floor (box->x * matrix->xx + matrix->x0) - 1;
  const double y = floor (box->y * matrix->yy + matrix->y0) - 1;

  return (LimnerBox){ x, y, ceil ((box->x + box->width) * matrix->xx + matrix->x0) + 1 - x,
                      ceil ((box->y + box->height) * matrix->yy + matrix->y0) + 1 - y };
}

/* What the discs can cover of the clip, in device pixels; empty if nothing. */
static LimnerBox
get_bounds (
    cairo_t *cr, const cairo_matrix_t *matrix, const LimnerDisc *discs, guint n_discs, double reach)
{
  LimnerBox clip = limner_painter_get_clip (cr);
  LimnerBox bounds = { 0, 0, 0, 0 };

  for (guint i = 0; i < n_discs; i++)
    {
      const double radius = discs[i].size / 2 + reach;
      const LimnerBox box = { discs[i].at.x - radius, discs[i].at.y - radius, 2 * radius,
                              2 * radius };

      bounds = i == 0 ? box : limner_box_union (&bounds, &box);
    }
  if (!limner_box_intersect (&bounds, &clip, &bounds))
    return (LimnerBox){ 0, 0, 0, 0 };
  return get_device_box (&bounds, matrix);
}

/* How much the discs of one layer cover of each pixel: 0 .. 255. Where several do, one counts. */
static void
cover (guint8 *plane,
       gsize stride,
       const LimnerBox *bounds,
       const LimnerDisc *discs,
       guint n_discs,
       const cairo_matrix_t *matrix,
       double grow)
{
  const int width = (int) bounds->width, height = (int) bounds->height;

  for (guint i = 0; i < n_discs; i++)
    {
      const float radius = (float) ((discs[i].size / 2 + grow) * matrix->xx);
      const float x = (float) (discs[i].at.x * matrix->xx + matrix->x0 - bounds->x - 0.5);
      const float y = (float) (discs[i].at.y * matrix->yy + matrix->y0 - bounds->y - 0.5);
      const int x0 = MAX ((int) floorf (x - radius), 0), y0 = MAX ((int) floorf (y - radius), 0);
      const int x1 = MIN ((int) ceilf (x + radius) + 1, width);
      const int y1 = MIN ((int) ceilf (y + radius) + 1, height);

      for (int row = y0; row < y1; row++)
        for (int column = x0; column < x1; column++)
          {
            const float dx = (float) column - x, dy = (float) row - y;
            const float part = radius + 0.5f - sqrtf (dx * dx + dy * dy);
            const guint8 value = (guint8) (CLAMP (part, 0.0f, 1.0f) * 255.0f + 0.5f);
            guint8 *place = plane + (gsize) row * stride + column;

            *place = MAX (*place, value);
          }
    }
}

static guint32
divide_255 (guint32 value)
{
  return (value + 128 + ((value + 128) >> 8)) >> 8;
}

/* Eight pixels at once: most are. */
static gboolean
is_empty (const guint8 *covered)
{
  guint64 all;

  memcpy (&all, covered, sizeof all);
  return all == 0;
}

/* Lays a colour over pixels, which are premultiplied, as far as the plane says. */
static void
lay_over (cairo_surface_t *surface, const guint8 *plane, gsize stride, const LimnerDiscLayer *layer)
{
  guint8 *data = cairo_image_surface_get_data (surface);
  const int pitch = cairo_image_surface_get_stride (surface);
  const int width = cairo_image_surface_get_width (surface);
  const int height = cairo_image_surface_get_height (surface);
  const guint32 alpha = (guint32) (layer->alpha * 255 + 0.5);

  for (int row = 0; row < height; row++)
    {
      const guint8 *covered = plane + (gsize) row * stride;
      guint32 *pixels = (guint32 *) (gpointer) (data + (gsize) row * (gsize) pitch);

      for (int column = 0; column < width; column++)
        {
          guint32 own, sum = 0;

          if (column % 8 == 0 && is_empty (covered + column))
            {
              column += 7;
              continue;
            }
          own = divide_255 (covered[column] * alpha);
          if (own == 0)
            continue;
          for (guint shift = 0; shift < 32; shift += 8)
            {
              const guint32 channel = shift < 24 ? layer->color >> shift & 255 : 255;
              const guint32 below = pixels[column] >> shift & 255;

              sum |= MIN (divide_255 (channel * own) + divide_255 (below * (255 - own)), 255u)
                     << shift;
            }
          pixels[column] = sum;
        }
    }
}

static void
paint_pixels (cairo_t *cr,
              const LimnerBox *bounds,
              const cairo_matrix_t *matrix,
              const LimnerDisc *discs,
              guint n_discs,
              const LimnerDiscLayer *layers,
              guint n_layers)
{
  /* rows of whole eights */
  const gsize stride = ((gsize) bounds->width + 7) / 8 * 8;
  const gsize size = stride * (gsize) bounds->height;
  g_autofree guint8 *plane = g_malloc (size);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) bounds->width, (int) bounds->height);

  for (guint i = 0; i < n_layers; i++)
    {
      memset (plane, 0, size);
      cover (plane, stride, bounds, discs, n_discs, matrix, layers[i].grow);
      lay_over (surface, plane, stride, &layers[i]);
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_identity_matrix (cr);
  cairo_set_source_surface (cr, surface, bounds->x, bounds->y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

void
limner_painter_draw_discs (cairo_t *cr,
                           const LimnerDisc *discs,
                           guint n_discs,
                           const LimnerDiscLayer *layers,
                           guint n_layers)
{
  cairo_matrix_t matrix;
  LimnerBox bounds = { 0, 0, 0, 0 };
  double reach = 0;

  if (n_discs == 0)
    return;
  cairo_get_matrix (cr, &matrix);
  for (guint i = 0; i < n_layers; i++)
    reach = MAX (reach, layers[i].grow);
  if (cairo_surface_get_type (cairo_get_group_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE &&
      matrix.xx > 0 && matrix.xx == matrix.yy && matrix.xy == 0 && matrix.yx == 0)
    {
      bounds = get_bounds (cr, &matrix, discs, n_discs, reach);
      if (bounds.width <= 0 || bounds.height <= 0)
        return;
    }
  if (bounds.width > 0 && bounds.width * bounds.height <= MAX_AREA)
    {
      paint_pixels (cr, &bounds, &matrix, discs, n_discs, layers, n_layers);
      return;
    }
  for (guint i = 0; i < n_layers; i++)
    fill_paths (cr, discs, n_discs, &layers[i]);
}
