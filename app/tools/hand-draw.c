/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include "hand-draw.h"

#include <math.h>

#define DASH 4.0
#define RIM 1.5

/* How far outline, halo and handles reach beyond a shape. */
#define SHAPE_MARGIN 12.0

/* How far a read-out reaches from the point it belongs to, on either side of it. */
#define SIZE_REACH_X 190.0
#define SIZE_REACH_Y 48.0

static void
set_color (cairo_t *cr, guint32 color)
{
  cairo_set_source_rgb (cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
                        (color & 255) / 255.0);
}

void
limner_hand_stroke_dashed (cairo_t *cr)
{
  const double dashes[] = { DASH, DASH };

  cairo_save (cr);
  cairo_set_line_width (cr, 1.0);
  cairo_set_source_rgb (cr, 0.0, 0.0, 0.0);
  cairo_stroke_preserve (cr);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* On the middle of pixels, so that the line is one pixel wide and crisp. */
static void
add_rubber_path (cairo_t *cr, const LimnerView *view, const LimnerBox *box)
{
  LimnerPoint a = limner_view_to_target (view, (LimnerPoint){ box->x, box->y });
  LimnerPoint b =
      limner_view_to_target (view, (LimnerPoint){ box->x + box->width, box->y + box->height });
  double x = floor (a.x) + 0.5, y = floor (a.y) + 0.5;

  cairo_new_path (cr);
  cairo_rectangle (cr, x, y, floor (b.x) + 0.5 - x, floor (b.y) + 0.5 - y);
}

void
limner_hand_draw_rubber_box (cairo_t *cr, const LimnerView *view, const LimnerBox *box)
{
  add_rubber_path (cr, view, box);
  limner_hand_stroke_dashed (cr);
}

void
limner_hand_draw_rubber_band (cairo_t *cr, const LimnerView *view, const LimnerBox *box)
{
  add_rubber_path (cr, view, box);
  cairo_set_source_rgba (cr, 1.0, 1.0, 1.0, 0.12);
  cairo_fill_preserve (cr);
  limner_hand_stroke_dashed (cr);
}

void
limner_hand_draw_size (cairo_t *cr, const LimnerView *view, LimnerPoint point, const LimnerBox *box)
{
  g_autofree char *text = g_strdup_printf ("%.0f × %.0f", box->width, box->height);

  limner_painter_draw_readout (cr, limner_view_to_target (view, point), text);
}

void
limner_hand_draw_point (
    cairo_t *cr, const LimnerView *view, LimnerPoint point, double diameter, guint32 color)
{
  LimnerPoint at = limner_view_to_target (view, point);

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_arc (cr, at.x, at.y, diameter / 2.0 + 1.0, 0.0, 2.0 * G_PI);
  cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, 0.45);
  cairo_fill (cr);
  cairo_arc (cr, at.x, at.y, diameter / 2.0, 0.0, 2.0 * G_PI);
  set_color (cr, color);
  cairo_fill (cr);
  cairo_arc (cr, at.x, at.y, MAX (diameter / 2.0 - RIM, 1.0), 0.0, 2.0 * G_PI);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_fill (cr);
  cairo_restore (cr);
}

void
limner_extent_add (LimnerExtent *extent, const LimnerBox *box_target)
{
  extent->box = extent->has_any ? limner_box_union (&extent->box, box_target) : *box_target;
  extent->has_any = TRUE;
}

void
limner_extent_add_box (LimnerExtent *extent,
                       const LimnerView *view,
                       const LimnerBox *box,
                       double margin)
{
  const LimnerBox at = limner_view_box_to_target (view, box);
  const LimnerBox target = { at.x - margin, at.y - margin, at.width + 2.0 * margin,
                             at.height + 2.0 * margin };

  limner_extent_add (extent, &target);
}

void
limner_extent_add_shape (LimnerExtent *extent, const LimnerView *view, const LimnerShape *shape)
{
  LimnerBox box = limner_shape_get_bbox (shape);

  limner_extent_add_box (extent, view, &box, SHAPE_MARGIN);
}

void
limner_extent_add_size (LimnerExtent *extent, const LimnerView *view, LimnerPoint point)
{
  LimnerPoint at = limner_view_to_target (view, point);
  const LimnerBox target = { at.x - SIZE_REACH_X, at.y - SIZE_REACH_Y, 2.0 * SIZE_REACH_X,
                             2.0 * SIZE_REACH_Y };

  limner_extent_add (extent, &target);
}
