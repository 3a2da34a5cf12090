/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the picture lies in the widget: plain numbers and no GTK. Everything is in device pixels,
 * and offsets are whole ones, so that tiles are copied and never resampled.
 */

#include <limner/painter.h>

G_BEGIN_DECLS

/* A view: device = image * scale + (x, y). */
typedef struct
{
  double scale; /* device pixels per image pixel */
  int x;
  int y;
} LimnerViewport;

/* What a view is limited by. */
typedef struct
{
  int width; /* of the widget, device pixels */
  int height;
  guint image_width; /* image pixels, at least 1 */
  guint image_height;
  int scale_factor; /* device pixels per screen pixel */
} LimnerViewportLimits;

/**
 * limner_viewport_fit:
 * @margin: device pixels left free on each side, where there is room for them
 *
 * Returns: the whole picture, as large as it goes, in the middle
 */
LimnerViewport limner_viewport_fit (const LimnerViewportLimits *limits, int margin);

/* The same for a part of the picture; at most @max_scale. */
LimnerViewport limner_viewport_fit_box (const LimnerViewportLimits *limits,
                                        const LimnerBox *box_img,
                                        int margin,
                                        double max_scale);

/**
 * limner_viewport_zoom:
 * @at: device pixels of the widget
 *
 * Returns: @self with another scale; the image point at @at stays there, unless that would break
 * the limits
 */
LimnerViewport limner_viewport_zoom (const LimnerViewport *self,
                                     const LimnerViewportLimits *limits,
                                     double scale,
                                     LimnerPoint at);

/* Moved by whole device pixels, within the limits. */
LimnerViewport limner_viewport_pan (const LimnerViewport *self,
                                    const LimnerViewportLimits *limits,
                                    double dx,
                                    double dy);

/**
 * limner_viewport_clamp:
 *
 * The smaller of picture and widget always covers the middle of the other: at most half of either
 * is out of view, and there is no jump where they are of one size.
 */
LimnerViewport limner_viewport_clamp (const LimnerViewport *self,
                                      const LimnerViewportLimits *limits);

/* Moved as little as possible, so that @box_img is in view with a margin; a larger one is put in
 * the middle. */
LimnerViewport limner_viewport_reveal (const LimnerViewport *self,
                                       const LimnerViewportLimits *limits,
                                       const LimnerBox *box_img,
                                       int margin);

/**
 * limner_viewport_mix:
 * @progress: 0 (@from) to 1 (@to)
 *
 * Returns: a view between both, as a zoom about the one point that is at the same place in both:
 * so that the picture does not swim
 */
LimnerViewport limner_viewport_mix (const LimnerViewport *from,
                                    const LimnerViewport *to,
                                    double progress);

/**
 * limner_viewport_get_view:
 * @scale: target pixels per image pixel
 * @width: of the image, before turning
 * @height: of the image
 *
 * Returns: the view that puts the turned image's top left corner at the origin
 */
LimnerView limner_viewport_get_view (double scale,
                                     LimnerOrientation turn,
                                     guint width,
                                     guint height);

gboolean limner_viewport_equal (const LimnerViewport *a, const LimnerViewport *b);

G_END_DECLS
