/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-painter.h"

#include <limner/raster.h>
#include <math.h>

/* How far, in screen pixels, outlines reach beyond their shape: the painter's 8 and the line. */
#define REACH 12.0

/* From this many resting shapes on all tiles are painted by our own raster, so that neighbours look
 * the same; fewer are cairo's, which is as fast for those. */
#define RASTER_MIN_SHAPES 300

/* A job that waits longer than this was forgotten. */
#define GATE_MAX_US 50000

/* Shapes after which it is seen whether the tile is still wanted. */
#define CHECK_EVERY 16

/* Shapes by which memory is asked for before it is needed. */
#define AHEAD 4

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

/* ---- the gate ---- */

void
limner_tile_gate_init (LimnerTileGate *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->opened);
  self->is_closed = FALSE;
}

void
limner_tile_gate_clear (LimnerTileGate *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->opened);
}

void
limner_tile_gate_set_closed (LimnerTileGate *self, gboolean is_closed)
{
  if (g_atomic_int_get (&self->is_closed) == is_closed)
    return;
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->is_closed, is_closed);
  if (!is_closed)
    g_cond_broadcast (&self->opened);
  g_mutex_unlock (&self->lock);
}

/* Waits at the gate; returns whether the job is still wanted. */
static gboolean
may_go_on (LimnerTileJob *self)
{
  LimnerTileGate *gate = self->gate;

  if (gate != NULL && g_atomic_int_get (&gate->is_closed))
    {
      gint64 end = g_get_monotonic_time () + GATE_MAX_US;

      g_mutex_lock (&gate->lock);
      while (g_atomic_int_get (&gate->is_closed) &&
             g_cond_wait_until (&gate->opened, &gate->lock, end))
        ;
      g_mutex_unlock (&gate->lock);
    }
  return !g_atomic_int_get (&self->cancelled);
}

/* ---- painting ---- */

/* Draws on either of two. */
typedef struct
{
  LimnerTileJob *job;
  const LimnerView *view;
  cairo_t *cr;          /* (nullable) */
  LimnerRaster *raster; /* (nullable) */
  cairo_surface_t *surface;
} Brush;

/* By cairo, also on what the raster paints. */
static void
draw_keypoints (const Brush *self, const LimnerShapeEntry *entry)
{
  cairo_t *cr = self->cr != NULL ? cairo_reference (self->cr) : cairo_create (self->surface);
  double factor = self->job->content.scale_factor;

  if (self->cr == NULL)
    {
      cairo_surface_mark_dirty (self->surface);
      cairo_scale (cr, factor, factor);
    }
  limner_painter_draw_keypoints (cr, self->view,
                                 (const LimnerKeypoint *) (gconstpointer) entry->keypoints->data,
                                 entry->keypoints->len,
                                 (const guint32 *) (gconstpointer) entry->skeleton->data,
                                 entry->skeleton->len / 2, entry->color, entry->flags);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static const LimnerShapeEntry *
get_entry (const Brush *self, const GArray *hits, guint i)
{
  return limner_shape_set_get_entry (self->job->content.shapes, g_array_index (hits, guint32, i));
}

/* FALSE if it was cancelled. */
static gboolean
draw_by_cairo (const Brush *self, const GArray *hits)
{
  for (guint i = 0; i < hits->len; i++)
    {
      const LimnerShapeEntry *entry = get_entry (self, hits, i);

      limner_painter_draw_shape (self->cr, self->view, entry->shape, entry->color, entry->flags,
                                 &self->job->content.style);
      if (entry->keypoints != NULL)
        draw_keypoints (self, entry);
      if (i % CHECK_EVERY == 0 && !may_go_on (self->job))
        return FALSE;
    }
  return TRUE;
}

/* The uppermost first. */
static gboolean
add_to_raster (const Brush *self, const GArray *hits, guint first, guint end)
{
  for (guint i = end; i > first; i--)
    {
      const LimnerShapeEntry *entry = get_entry (self, hits, i - 1);

      /* they lie anywhere in memory, and many are only looked at to be left out */
      if (i > first + 2 * AHEAD)
        {
          __builtin_prefetch (get_entry (self, hits, i - 1 - 2 * AHEAD));
          __builtin_prefetch (get_entry (self, hits, i - 1 - AHEAD)->shape);
        }
      limner_raster_add_below (self->raster, self->view, entry->shape, entry->color, entry->flags,
                               &self->job->content.style);
      if (i % CHECK_EVERY == 0 && !may_go_on (self->job))
        return FALSE;
    }
  return TRUE;
}

/* FALSE if it was cancelled. */
static gboolean
draw_by_raster (const Brush *self, const GArray *hits)
{
  for (guint first = 0, end; first < hits->len; first = end)
    {
      const LimnerShapeEntry *entry = NULL;

      /* keypoints lie between their shape and the next */
      for (end = first; end < hits->len && (entry == NULL || entry->keypoints == NULL); end++)
        entry = get_entry (self, hits, end);
      if (!add_to_raster (self, hits, first, end))
        return FALSE;
      limner_raster_flush (self->raster);
      if (entry->keypoints != NULL)
        draw_keypoints (self, entry);
    }
  return TRUE;
}

/* (transfer none): kept by each thread that paints tiles. */
static LimnerRaster *
get_raster (cairo_surface_t *surface, double factor)
{
  static GPrivate kept = G_PRIVATE_INIT ((GDestroyNotify) limner_raster_free);
  LimnerRaster *raster = g_private_get (&kept);

  if (raster != NULL)
    {
      limner_raster_set_surface (raster, surface, factor);
      return raster;
    }
  raster = limner_raster_new (surface, factor);
  g_private_set (&kept, raster);
  return raster;
}

/* @x, @y: of the surface in the scaled picture, device pixels. Returns FALSE if it was cancelled.
 */
static gboolean
paint_shapes (LimnerTileJob *self, cairo_surface_t *surface, double x, double y)
{
  const LimnerTileContent *content = &self->content;
  double factor = content->scale_factor;
  const LimnerView view = { .x = -x / factor, .y = -y / factor, .scale = self->scale / factor };
  double reach = REACH * factor;
  const LimnerBox area = { (x - reach) / self->scale, (y - reach) / self->scale,
                           (cairo_image_surface_get_width (surface) + 2 * reach) / self->scale,
                           (cairo_image_surface_get_height (surface) + 2 * reach) / self->scale };
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  Brush brush = { .job = self, .view = &view, .surface = surface };
  gboolean done;

  limner_shape_set_query (content->shapes, &area, hits);
  if (hits->len == 0)
    return TRUE;
  if (limner_shape_set_get_n_entries (content->shapes) >= RASTER_MIN_SHAPES)
    {
      brush.raster = get_raster (surface, factor);
      done = draw_by_raster (&brush, hits);
      limner_raster_set_surface (brush.raster, NULL, 1);
      return done;
    }
  brush.cr = cairo_create (surface);
  cairo_scale (brush.cr, factor, factor);
  done = draw_by_cairo (&brush, hits);
  cairo_destroy (brush.cr);
  return done;
}

static cairo_surface_t *
make_surface (LimnerTileJob *self)
{
  if (self->pool != NULL)
    return limner_tile_pool_take (self->pool);
  return cairo_image_surface_create (CAIRO_FORMAT_RGB24, LIMNER_TILE_SIZE, LIMNER_TILE_SIZE);
}

static void
run_tile (LimnerTileJob *self)
{
  double x = (double) self->column * LIMNER_TILE_SIZE;
  double y = (double) self->row * LIMNER_TILE_SIZE;
  cairo_surface_t *surface = make_surface (self);

  limner_pixels_render (self->content.pixels, surface, x, y, self->scale,
                        get_window (&self->content), self->content.background);
  if (self->content.pixel_grid && self->scale >= LIMNER_GRID_SCALE * self->content.scale_factor)
    limner_pixels_draw_grid (self->content.pixels, surface, x, y, self->scale);
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

  if (!may_go_on (self))
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
