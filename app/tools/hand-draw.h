/* SPDX-License-Identifier: MIT */
#pragma once

/* What tools draw besides shapes and handles, and the bounds of all of it, in target pixels. */

#include <limner/tool.h>

G_BEGIN_DECLS

/* Colour of a shape that waits for its class. */
#define LIMNER_ACCENT_COLOR 0x3584e4

/* The current path, dashed: 1 px white on black. */
void limner_hand_stroke_dashed (cairo_t *cr);
void limner_hand_draw_rubber_box (cairo_t *cr, const LimnerView *view, const LimnerBox *box);

/* A rubber box that selects: lightly filled. */
void limner_hand_draw_rubber_band (cairo_t *cr, const LimnerView *view, const LimnerBox *box);

/* '142 x 88', with the sign for times, beside @point. */
void limner_hand_draw_size (cairo_t *cr,
                            const LimnerView *view,
                            LimnerPoint point,
                            const LimnerBox *box);

/* A round vertex of a line that is being drawn. */
void limner_hand_draw_point (
    cairo_t *cr, const LimnerView *view, LimnerPoint point, double diameter, guint32 color);

/* An extent that grows; starts as { FALSE }. */
typedef struct
{
  gboolean has_any;
  LimnerBox box;
} LimnerExtent;

void limner_extent_add (LimnerExtent *extent, const LimnerBox *box_target);
void limner_extent_add_shape (LimnerExtent *extent,
                              const LimnerView *view,
                              const LimnerShape *shape);
void limner_extent_add_box (LimnerExtent *extent,
                            const LimnerView *view,
                            const LimnerBox *box,
                            double margin);
void limner_extent_add_size (LimnerExtent *extent, const LimnerView *view, LimnerPoint point);

G_END_DECLS
