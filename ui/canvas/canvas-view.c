/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/* Screen pixels. */
#define FIT_MARGIN 12
#define BOX_MARGIN 64
#define REVEAL_MARGIN 48

/* A small object is not blown up to a few pixels. */
#define BOX_MAX_ZOOM 8.0

#define EASE_US 120000

/* Three clicks double or halve. */
#define ZOOM_STEP 1.2599210498948732
#define SNAP_TO_ONE 0.06

static LimnerViewportLimits
get_limits (LimnerCanvas *self)
{
  return (LimnerViewportLimits){
    MAX (self->width, 1) * self->scale_factor,
    MAX (self->height, 1) * self->scale_factor,
    self->shown != NULL ? limner_pixels_get_width (self->shown) : 1,
    self->shown != NULL ? limner_pixels_get_height (self->shown) : 1,
    self->scale_factor,
  };
}

static gboolean
is_moving (LimnerCanvas *self)
{
  return self->move_tick != 0;
}

/* Tells the tiles what will be in view; a move at one scale goes through what lies between. */
static void
update_tiles (LimnerCanvas *self)
{
  const LimnerViewport *view = self->view.scale == self->target.scale ? &self->view : &self->target;

  if (self->pixels == NULL || self->width == 0 || self->height == 0)
    return;
  limner_tile_cache_set_view (self->tiles, view, self->width * self->scale_factor,
                              self->height * self->scale_factor);
}

static void
show_view (LimnerCanvas *self, const LimnerViewport *view)
{
  self->view = *view;
  self->tool_dirty = TRUE;
  update_tiles (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_pointer_follow (self);
  limner_canvas_emit_view_changed (self);
}

void
limner_canvas_view_stop (LimnerCanvas *self)
{
  if (!is_moving (self))
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->move_tick);
  self->move_tick = 0;
}

static gboolean
on_move_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  LimnerCanvas *self = LIMNER_CANVAS (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  LimnerViewport view;
  double progress;

  if (self->move_start == 0)
    self->move_start = now;
  progress = CLAMP ((now - self->move_start) / (double) EASE_US, 0.0, 1.0);
  /* fast at first, so that the hand feels an answer; out of the way soon */
  view = limner_viewport_mix (&self->from, &self->target, 1.0 - pow (1.0 - progress, 3.0));
  if (progress >= 1.0)
    self->move_tick = 0;
  show_view (self, &view);
  return progress < 1.0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
has_animations (LimnerCanvas *self)
{
  gboolean enabled = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled,
                NULL);
  return enabled && gtk_widget_get_mapped (GTK_WIDGET (self));
}

static void
go_to (LimnerCanvas *self, const LimnerViewport *target, LimnerZoomMode mode, gboolean ease)
{
  gboolean zoom_differs = self->target.scale != target->scale;
  gboolean mode_differs = self->zoom_mode != mode;

  self->target = *target;
  self->zoom_mode = mode;
  if (ease && has_animations (self) && !limner_viewport_equal (&self->view, target))
    {
      self->from = self->view;
      self->move_start = 0;
      if (!is_moving (self))
        self->move_tick =
            gtk_widget_add_tick_callback (GTK_WIDGET (self), on_move_tick, NULL, NULL);
      update_tiles (self);
    }
  else
    {
      limner_canvas_view_stop (self);
      show_view (self, target);
    }
  limner_canvas_notify_zoom (self, zoom_differs, mode_differs);
}

static LimnerViewport
fit (LimnerCanvas *self)
{
  LimnerViewportLimits limits = get_limits (self);
  int margin = FIT_MARGIN + (self->show_rulers ? LIMNER_RULER_SIZE : 0);

  return limner_viewport_fit (&limits, margin * self->scale_factor);
}

void
limner_canvas_view_refit (LimnerCanvas *self)
{
  LimnerViewport view;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->pixels == NULL || self->width == 0 || self->zoom_mode != LIMNER_ZOOM_FIT)
    return;
  view = fit (self);
  go_to (self, &view, LIMNER_ZOOM_FIT, FALSE);
}

/* @at_view: screen pixels */
static LimnerViewport
put_at (LimnerCanvas *self, LimnerPoint point_img, LimnerPoint at_view)
{
  LimnerViewportLimits limits = get_limits (self);
  const LimnerBox at = { point_img.x, point_img.y, 0, 0 };
  const LimnerBox turned = limner_canvas_turn_box (self, &at);
  const LimnerViewport view = {
    self->target.scale,
    (int) round (at_view.x * self->scale_factor - turned.x * self->target.scale),
    (int) round (at_view.y * self->scale_factor - turned.y * self->target.scale),
  };

  return limner_viewport_clamp (&view, &limits);
}

void
limner_canvas_view_turned (LimnerCanvas *self, LimnerPoint point_img, LimnerPoint at_view)
{
  LimnerViewport view;

  if (self->width == 0)
    return;
  view = self->zoom_mode == LIMNER_ZOOM_FIT ? fit (self) : put_at (self, point_img, at_view);
  go_to (self, &view, self->zoom_mode, FALSE);
}

void
limner_canvas_view_reset (LimnerCanvas *self, gboolean keep_view)
{
  guint width, height;
  LimnerViewport view;

  limner_canvas_clear_kinetic (self);
  if (self->pixels == NULL)
    {
      limner_canvas_view_stop (self);
      self->view = self->target;
      gtk_widget_queue_draw (GTK_WIDGET (self));
      limner_canvas_emit_view_changed (self);
      return;
    }
  width = limner_pixels_get_width (self->pixels);
  height = limner_pixels_get_height (self->pixels);
  keep_view = keep_view && self->zoom_mode == LIMNER_ZOOM_FREE && self->last_width == width &&
              self->last_height == height;
  self->last_width = width;
  self->last_height = height;
  if (self->width == 0)
    return; /* it is fitted when the widget gets its size */
  view = keep_view ? self->target : fit (self);
  go_to (self, &view, keep_view ? LIMNER_ZOOM_FREE : LIMNER_ZOOM_FIT, FALSE);
}

void
limner_canvas_view_allocate (LimnerCanvas *self, int width, int height)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double ratio = (double) factor / self->scale_factor;
  LimnerViewport view = self->target;
  LimnerViewportLimits limits;

  if (self->width == width && self->height == height && self->scale_factor == factor)
    return;
  /* what was in the middle stays there */
  view.scale *= ratio;
  view.x = (int) round (view.x * ratio + (width - self->width) * factor / 2.0);
  view.y = (int) round (view.y * ratio + (height - self->height) * factor / 2.0);
  self->width = width;
  self->height = height;
  self->scale_factor = factor;
  self->overlay_dirty = TRUE;
  if (self->pixels == NULL)
    return;
  if (ratio != 1.0)
    limner_canvas_update_look (self);
  limits = get_limits (self);
  view = self->zoom_mode == LIMNER_ZOOM_FIT ? fit (self) : limner_viewport_clamp (&view, &limits);
  go_to (self, &view, self->zoom_mode, FALSE);
}

void
limner_canvas_pan (LimnerCanvas *self, double dx, double dy)
{
  LimnerViewportLimits limits = get_limits (self);
  LimnerViewport view;

  if (self->pixels == NULL)
    return;
  view = limner_viewport_pan (&self->target, &limits, dx * self->scale_factor,
                              dy * self->scale_factor);
  if (limner_viewport_equal (&view, &self->view))
    return;
  go_to (self, &view, LIMNER_ZOOM_FREE, FALSE);
}

void
limner_canvas_zoom_at (LimnerCanvas *self, double zoom, LimnerPoint at_view, gboolean ease)
{
  LimnerViewportLimits limits = get_limits (self);
  LimnerPoint at = { at_view.x * self->scale_factor, at_view.y * self->scale_factor };
  LimnerViewport view;

  limner_canvas_clear_kinetic (self);
  if (self->pixels == NULL)
    return;
  view = limner_viewport_zoom (&self->target, &limits, zoom * self->scale_factor, at);
  go_to (self, &view, LIMNER_ZOOM_FREE, ease);
}

/* One step further, but never past 100 % without stopping there. */
static void
zoom_by_step (LimnerCanvas *self, double factor)
{
  double zoom = limner_canvas_get_zoom (self);
  double next = zoom * factor;

  if (fabs (next - 1.0) < SNAP_TO_ONE || (zoom < 0.99 && next > 1.0) || (zoom > 1.01 && next < 1.0))
    next = 1.0;
  limner_canvas_zoom_to (self, next, NULL);
}

LimnerView
limner_canvas_get_shape_view (LimnerCanvas *self)
{
  return limner_viewport_get_view (self->view.scale / self->scale_factor, self->turn,
                                   self->pixels != NULL ? limner_pixels_get_width (self->pixels)
                                                        : 1,
                                   self->pixels != NULL ? limner_pixels_get_height (self->pixels)
                                                        : 1);
}

LimnerView
limner_canvas_get_painter_view (LimnerCanvas *self)
{
  double factor = self->scale_factor;
  LimnerView view = limner_canvas_get_shape_view (self);

  view.x += self->view.x / factor;
  view.y += self->view.y / factor;
  return view;
}

LimnerBox
limner_canvas_turn_box (LimnerCanvas *self, const LimnerBox *box_img)
{
  LimnerView view =
      limner_viewport_get_view (1.0, self->turn,
                                self->pixels != NULL ? limner_pixels_get_width (self->pixels) : 1,
                                self->pixels != NULL ? limner_pixels_get_height (self->pixels) : 1);

  return limner_view_box_to_target (&view, box_img);
}

/* ---- public ---- */

double
limner_canvas_get_zoom (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), 1.0);
  return self->target.scale / self->scale_factor;
}

void
limner_canvas_zoom_fit (LimnerCanvas *self)
{
  LimnerViewport view;

  limner_canvas_clear_kinetic (self);
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  if (self->pixels == NULL)
    return;
  view = fit (self);
  go_to (self, &view, LIMNER_ZOOM_FIT, TRUE);
}

void
limner_canvas_zoom_to (LimnerCanvas *self, double zoom, const LimnerPoint *at_view)
{
  LimnerPoint at;

  g_return_if_fail (LIMNER_IS_CANVAS (self));
  if (at_view != NULL)
    at = *at_view;
  else if (self->has_pointer)
    at = self->pointer;
  else
    at = (LimnerPoint){ self->width / 2.0, self->height / 2.0 };
  limner_canvas_zoom_at (self, zoom, at, TRUE);
}

void
limner_canvas_zoom_in (LimnerCanvas *self)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  zoom_by_step (self, ZOOM_STEP);
}

void
limner_canvas_zoom_out (LimnerCanvas *self)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  zoom_by_step (self, 1.0 / ZOOM_STEP);
}

void
limner_canvas_zoom_to_box (LimnerCanvas *self, const LimnerBox *box_img)
{
  LimnerViewportLimits limits;
  LimnerViewport view;
  LimnerBox box;

  limner_canvas_clear_kinetic (self);
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  if (self->pixels == NULL)
    return;
  limits = get_limits (self);
  box = limner_canvas_turn_box (self, box_img);
  view = limner_viewport_fit_box (&limits, &box, BOX_MARGIN * self->scale_factor,
                                  BOX_MAX_ZOOM * self->scale_factor);
  go_to (self, &view, LIMNER_ZOOM_FREE, TRUE);
}

void
limner_canvas_reveal (LimnerCanvas *self, const LimnerBox *box_img)
{
  LimnerViewportLimits limits;
  LimnerViewport view;
  LimnerBox box;

  g_return_if_fail (LIMNER_IS_CANVAS (self));
  if (self->pixels == NULL)
    return;
  limits = get_limits (self);
  box = limner_canvas_turn_box (self, box_img);
  view = limner_viewport_reveal (&self->target, &limits, &box, REVEAL_MARGIN * self->scale_factor);
  if (!limner_viewport_equal (&view, &self->target))
    go_to (self, &view, LIMNER_ZOOM_FREE, TRUE);
}

LimnerPoint
limner_canvas_to_view (LimnerCanvas *self, LimnerPoint point_img)
{
  LimnerView view;

  g_return_val_if_fail (LIMNER_IS_CANVAS (self), point_img);
  view = limner_canvas_get_painter_view (self);
  return limner_view_to_target (&view, point_img);
}

LimnerPoint
limner_canvas_to_image (LimnerCanvas *self, LimnerPoint point_view)
{
  LimnerView view;

  g_return_val_if_fail (LIMNER_IS_CANVAS (self), point_view);
  view = limner_canvas_get_painter_view (self);
  return limner_view_to_image (&view, point_view);
}

void
limner_canvas_center_on (LimnerCanvas *self, LimnerPoint point_img)
{
  LimnerViewport view;

  g_return_if_fail (LIMNER_IS_CANVAS (self));
  if (self->pixels == NULL)
    return;
  view = put_at (self, point_img, (LimnerPoint){ self->width / 2.0, self->height / 2.0 });
  if (!limner_viewport_equal (&view, &self->view))
    go_to (self, &view, LIMNER_ZOOM_FREE, FALSE);
}

LimnerBox
limner_canvas_get_visible (LimnerCanvas *self)
{
  const LimnerPoint corner = { 0, 0 };

  g_return_val_if_fail (LIMNER_IS_CANVAS (self), ((LimnerBox){ 0, 0, 0, 0 }));
  return limner_box_from_corners (limner_canvas_to_image (self, corner),
                                  limner_canvas_to_image (self, (LimnerPoint){ self->width,
                                                                               self->height }));
}
