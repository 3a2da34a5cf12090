/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-painter.h"

#include <math.h>

/* How far, in screen pixels, outlines reach beyond their shape: the painter's 8 and the line. */
#define REACH 12.0

/* Shapes after which it is seen whether the tile is still wanted. */
#define CHECK_EVERY 16

void
limner_tile_content_copy (LimnerTileContent *to, const LimnerTileContent *from)
{
  *to = *from;
  if (to->pixels != NULL)
    limner_pixels_ref (to->pixels);
  if (to->shapes != NULL)
    limner_shape_set_ref (to->shapes);
}

void
limner_tile_content_clear (LimnerTileContent *self)
{
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->shapes, limner_shape_set_unref);
}

LimnerTileJob *
limner_tile_job_new (LimnerTileJobKind kind,
                     const LimnerTileContent *content,
                     double scale,
                     guint64 stamp)
{
  LimnerTileJob *self = g_new0 (LimnerTileJob, 1);

  self->kind = kind;
  limner_tile_content_copy (&self->content, content);
  self->scale = scale;
  self->stamp = stamp;
  return self;
}

void
limner_tile_job_free (LimnerTileJob *self)
{
  limner_tile_content_clear (&self->content);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->labels, limner_label_layout_free);
  g_free (self);
}

static const LimnerWindowLevel *
get_window (const LimnerTileContent *content)
{
  return content->has_window ? &content->window : NULL;
}

/* @x, @y: of the surface in the scaled picture, device pixels. Returns FALSE if it was cancelled.
 */
static gboolean
paint_shapes (LimnerTileJob *self, cairo_surface_t *surface, double x, double y)
{
  const LimnerTileContent *content = &self->content;
  double factor = content->scale_factor;
  const LimnerView view = { -x / factor, -y / factor, self->scale / factor };
  double reach = REACH * factor;
  const LimnerBox area = { (x - reach) / self->scale, (y - reach) / self->scale,
                           (cairo_image_surface_get_width (surface) + 2 * reach) / self->scale,
                           (cairo_image_surface_get_height (surface) + 2 * reach) / self->scale };
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean done = TRUE;
  cairo_t *cr;

  limner_shape_set_query (content->shapes, &area, hits);
  if (hits->len == 0)
    return TRUE;
  cr = cairo_create (surface);
  cairo_scale (cr, factor, factor);
  for (guint i = 0; i < hits->len && done; i++)
    {
      const LimnerShapeEntry *entry =
          limner_shape_set_get_entry (content->shapes, g_array_index (hits, guint32, i));

      limner_painter_draw_shape (cr, &view, entry->shape, entry->color, entry->flags,
                                 &content->style);
      if (i % CHECK_EVERY == 0)
        done = !g_atomic_int_get (&self->cancelled);
    }
  cairo_destroy (cr);
  return done;
}

static void
run_tile (LimnerTileJob *self)
{
  double x = (double) self->column * LIMNER_TILE_SIZE;
  double y = (double) self->row * LIMNER_TILE_SIZE;
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, LIMNER_TILE_SIZE, LIMNER_TILE_SIZE);

  limner_pixels_render (self->content.pixels, surface, x, y, self->scale,
                        get_window (&self->content), self->content.background);
  if (self->content.shapes != NULL && !paint_shapes (self, surface, x, y))
    {
      cairo_surface_destroy (surface);
      return;
    }
  cairo_surface_flush (surface);
  self->surface = surface;
}

cairo_surface_t *
limner_tile_paint_overview (const LimnerTileContent *content, double *scale)
{
  double width = limner_pixels_get_width (content->pixels);
  double height = limner_pixels_get_height (content->pixels);
  cairo_surface_t *surface;

  *scale = MIN (1.0, LIMNER_OVERVIEW_SIZE / MAX (width, height));
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (1, (int) ceil (width * *scale)),
                                        MAX (1, (int) ceil (height * *scale)));
  limner_pixels_render (content->pixels, surface, 0, 0, *scale, get_window (content),
                        content->background);
  return surface;
}

static void
run_overview (LimnerTileJob *self)
{
  cairo_surface_t *surface = limner_tile_paint_overview (&self->content, &self->scale);

  if (self->content.shapes != NULL && !paint_shapes (self, surface, 0, 0))
    {
      cairo_surface_destroy (surface);
      return;
    }
  cairo_surface_flush (surface);
  self->surface = surface;
}

void
limner_tile_job_run (LimnerTileJob *self)
{
  const LimnerTileContent *content = &self->content;

  if (g_atomic_int_get (&self->cancelled))
    return;
  switch (self->kind)
    {
    case LIMNER_TILE_JOB_TILE:
      run_tile (self);
      break;
    case LIMNER_TILE_JOB_OVERVIEW:
      run_overview (self);
      break;
    case LIMNER_TILE_JOB_LABELS:
    default:
      if (content->shapes != NULL)
        self->labels = limner_label_layout_new (content->shapes, self->scale, content->scale_factor,
                                                limner_pixels_get_width (content->pixels),
                                                limner_pixels_get_height (content->pixels),
                                                &self->area_img, &self->cancelled);
      break;
    }
}
