/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "viewport.h"

#include "canvas.h"

#include <math.h>

/* Far beyond any picture at any zoom, and still exact as an int. */
#define FARTHEST 1e9

static int
to_int (double value)
{
  return (int) CLAMP (round (value), -FARTHEST, FARTHEST);
}

static double
clamp_scale (double scale, const LimnerViewportLimits *limits)
{
  return CLAMP (scale, LIMNER_ZOOM_MIN * limits->scale_factor,
                LIMNER_ZOOM_MAX * limits->scale_factor);
}

static int
clamp_axis (int offset, double image_size, int view_size)
{
  double half = MIN (image_size, view_size) / 2.0;

  /* the middle of the smaller one stays inside the larger one */
  if (image_size <= view_size)
    return CLAMP (offset, to_int (-half), to_int (view_size - half));
  return CLAMP (offset, to_int (half - image_size), to_int (view_size - half));
}

LimnerViewport
limner_viewport_clamp (const LimnerViewport *self, const LimnerViewportLimits *limits)
{
  LimnerViewport view = *self;

  view.scale = clamp_scale (view.scale, limits);
  view.x = clamp_axis (view.x, limits->image_width * view.scale, limits->width);
  view.y = clamp_axis (view.y, limits->image_height * view.scale, limits->height);
  return view;
}

LimnerViewport
limner_viewport_fit_box (const LimnerViewportLimits *limits,
                         const LimnerBox *box_img,
                         int margin,
                         double max_scale)
{
  double room_x = MAX (limits->width - 2 * MIN (margin, limits->width / 4), 1);
  double room_y = MAX (limits->height - 2 * MIN (margin, limits->height / 4), 1);
  double scale = MIN (room_x / MAX (box_img->width, 1e-6), room_y / MAX (box_img->height, 1e-6));
  LimnerViewport view = { clamp_scale (MIN (scale, max_scale), limits), 0, 0 };

  view.x = to_int (limits->width / 2.0 - (box_img->x + box_img->width / 2.0) * view.scale);
  view.y = to_int (limits->height / 2.0 - (box_img->y + box_img->height / 2.0) * view.scale);
  return limner_viewport_clamp (&view, limits);
}

LimnerViewport
limner_viewport_fit (const LimnerViewportLimits *limits, int margin)
{
  const LimnerBox all = { 0, 0, limits->image_width, limits->image_height };

  return limner_viewport_fit_box (limits, &all, margin, G_MAXDOUBLE);
}

LimnerViewport
limner_viewport_zoom (const LimnerViewport *self,
                      const LimnerViewportLimits *limits,
                      double scale,
                      LimnerPoint at)
{
  LimnerViewport view = { clamp_scale (scale, limits), 0, 0 };

  view.x = to_int (at.x - (at.x - self->x) / self->scale * view.scale);
  view.y = to_int (at.y - (at.y - self->y) / self->scale * view.scale);
  return limner_viewport_clamp (&view, limits);
}

LimnerViewport
limner_viewport_pan (const LimnerViewport *self,
                     const LimnerViewportLimits *limits,
                     double dx,
                     double dy)
{
  LimnerViewport view = { self->scale, to_int (self->x + dx), to_int (self->y + dy) };

  return limner_viewport_clamp (&view, limits);
}

static int
reveal_axis (int offset, double start, double size, int view_size, int margin)
{
  double first = offset + start, last = first + size;

  margin = MIN (margin, view_size / 4);
  if (first >= 0 && last <= view_size)
    return offset;
  if (size > view_size - 2 * margin)
    {
      /* it fills the view already */
      if (first <= 0 && last >= view_size)
        return offset;
      return to_int (view_size / 2.0 - start - size / 2.0);
    }
  return first < 0 ? to_int (margin - start) : to_int (view_size - margin - start - size);
}

LimnerViewport
limner_viewport_reveal (const LimnerViewport *self,
                        const LimnerViewportLimits *limits,
                        const LimnerBox *box_img,
                        int margin)
{
  LimnerViewport view = *self;

  view.x = reveal_axis (view.x, box_img->x * view.scale, box_img->width * view.scale, limits->width,
                        margin);
  view.y = reveal_axis (view.y, box_img->y * view.scale, box_img->height * view.scale,
                        limits->height, margin);
  return limner_viewport_clamp (&view, limits);
}

LimnerViewport
limner_viewport_mix (const LimnerViewport *from, const LimnerViewport *to, double progress)
{
  double ratio = to->scale / from->scale;
  LimnerViewport view;
  double part;

  if (progress >= 1.0)
    return *to;
  view.scale = from->scale * pow (ratio, progress);
  /* how far the scale has come, linearly: the offset follows it */
  part =
      fabs (ratio - 1.0) < 1e-9 ? progress : (view.scale - from->scale) / (to->scale - from->scale);
  view.x = to_int (from->x + (to->x - from->x) * part);
  view.y = to_int (from->y + (to->y - from->y) * part);
  return view;
}

gboolean
limner_viewport_equal (const LimnerViewport *a, const LimnerViewport *b)
{
  return a->scale == b->scale && a->x == b->x && a->y == b->y;
}

LimnerView
limner_viewport_get_view (double scale, LimnerOrientation turn, guint width, guint height)
{
  /* what runs backwards begins at the other end */
  const LimnerPoint far = limner_orientation_turn (turn, (LimnerPoint){ width, height });

  return (LimnerView){ -MIN (far.x, 0) * scale, -MIN (far.y, 0) * scale, scale, turn };
}
