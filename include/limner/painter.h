/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Draws shapes, labels and handles with cairo: on the canvas, in 'limn render', in tests. Sizes are
 * in screen pixels at any zoom; a view says where image pixels are on the target. No state, any
 * thread (one cairo_t per thread).
 */

#include <cairo.h>
#include <limner/shape.h>

G_BEGIN_DECLS

/* target = image * scale + (x, y), in the user space of the cairo_t handed over. */
typedef struct
{
  double x;
  double y;
  double scale;
} LimnerView;

static inline LimnerPoint
limner_view_to_target (const LimnerView *view, LimnerPoint point_img)
{
  return (LimnerPoint){ point_img.x * view->scale + view->x, point_img.y * view->scale + view->y };
}

static inline LimnerPoint
limner_view_to_image (const LimnerView *view, LimnerPoint point_target)
{
  return (LimnerPoint){ (point_target.x - view->x) / view->scale,
                        (point_target.y - view->y) / view->scale };
}

typedef enum
{
  LIMNER_PAINT_NORMAL = 0,
  LIMNER_PAINT_HOVERED = 1 << 0,  /* fill 30 % */
  LIMNER_PAINT_SELECTED = 1 << 1, /* 2.5 px and a white hairline inside */
  LIMNER_PAINT_EDITED = 1 << 2,   /* fill 8 % */
  LIMNER_PAINT_FADED = 1 << 3,    /* others while one is edited */
  LIMNER_PAINT_LOCKED = 1 << 4
} LimnerPaintFlags;

/* Opacities of 0 .. 1 that a person may set; see %LIMNER_PAINT_STYLE_DEFAULT. */
typedef struct
{
  double fill;
  double outline;
  double line_width;
} LimnerPaintStyle;

#define LIMNER_PAINT_STYLE_DEFAULT ((LimnerPaintStyle){ 0.18, 1.0, 2.0 })

/**
 * limner_painter_draw_shape:
 * @color: 0xRRGGBB of the class
 * @style: (nullable): %NULL for the defaults
 *
 * Fill, outline with halo, and for a selected shape the inner hairline. No handles, no label.
 * Paints up to 8 px and the line width beyond the shape's extent; nothing if that is outside the
 * clip, so set a tight one. A shape under 3 px is a block; a locked one is dashed. The cost of a
 * mask follows the part of it that is in the clip.
 */
void limner_painter_draw_shape (cairo_t *cr,
                                const LimnerView *view,
                                const LimnerShape *shape,
                                guint32 color,
                                LimnerPaintFlags flags,
                                const LimnerPaintStyle *style);

/**
 * limner_painter_draw_handles:
 * @active: (nullable): the vertex under the pointer or being dragged: drawn larger
 *
 * Eight squares for a box (and for a polygon's bbox if @as_box), round vertices and mid-points for
 * a polygon.
 */
void limner_painter_draw_handles (cairo_t *cr,
                                  const LimnerView *view,
                                  const LimnerShape *shape,
                                  guint32 color,
                                  gboolean as_box,
                                  const LimnerVertex *active);

/**
 * limner_painter_measure_label:
 *
 * Returns: the box in target pixels that limner_painter_draw_label() covers for @text: 17 px high,
 * above the top-left corner of a box or the topmost vertex of a polygon; moved inside [0, 0,
 * @target_width, @target_height]
 */
LimnerBox limner_painter_measure_label (cairo_t *cr,
                                        const LimnerView *view,
                                        const LimnerShape *shape,
                                        const char *text,
                                        double target_width,
                                        double target_height);
void limner_painter_draw_label (cairo_t *cr,
                                const LimnerBox *box_target,
                                const char *text,
                                guint32 color);

/* A small dark chip with light text beside @at (target pixels): '142 x 88', 'W 1200 L 600'. */
void limner_painter_draw_readout (cairo_t *cr, LimnerPoint at, const char *text);

/* Black or white, whichever contrasts more with @color (WCAG); 0xRRGGBB. */
guint32 limner_painter_get_text_color (guint32 color);

G_END_DECLS
