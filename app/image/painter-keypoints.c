/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

#include <math.h>

#define RADIUS 4.0
#define RIM 1.5
#define BONE_WIDTH 2.0

/* Of those in a picture shown small. */
#define SMALL_SCALE_RADIUS 2.0

static LimnerPoint
find_place (const LimnerView *view, const LimnerKeypoint *keypoint)
{
  LimnerPoint at = limner_view_to_target (view, keypoint->point);

  return (LimnerPoint){ limner_painter_limit (at.x), limner_painter_limit (at.y) };
}

/* Lines between keypoints that are both there, a dark one below each. */
static void
draw_bones (cairo_t *cr,
            const LimnerView *view,
            const LimnerKeypoint *keypoints,
            guint n_keypoints,
            const guint32 *edges,
            guint n_edges,
            guint32 color,
            double alpha)
{
  for (guint i = 0; i < n_edges; i++)
    {
      guint32 a = edges[2 * i], b = edges[2 * i + 1];
      LimnerPoint from, to;

      if (a >= n_keypoints || b >= n_keypoints || keypoints[a].visibility == 0 ||
          keypoints[b].visibility == 0)
        continue;
      from = find_place (view, &keypoints[a]);
      to = find_place (view, &keypoints[b]);
      cairo_move_to (cr, from.x, from.y);
      cairo_line_to (cr, to.x, to.y);
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, BONE_WIDTH + 2);
  cairo_set_source_rgba (cr, 0, 0, 0, LIMNER_HALO_ALPHA * alpha);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, BONE_WIDTH);
  limner_painter_set_color (cr, color, alpha);
  cairo_stroke (cr);
}

/* Filled where the point can be seen in the picture, hollow where it is hidden there. */
static void
draw_point (
    cairo_t *cr, LimnerPoint at, double radius, gboolean is_seen, guint32 color, double alpha)
{
  cairo_set_source_rgba (cr, 0, 0, 0, LIMNER_HALO_ALPHA * alpha);
  cairo_arc (cr, at.x, at.y, radius + 1, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, 1, 1, 1, alpha);
  cairo_arc (cr, at.x, at.y, radius, 0, 2 * G_PI);
  cairo_fill (cr);
  if (is_seen)
    {
      limner_painter_set_color (cr, color, alpha);
      cairo_arc (cr, at.x, at.y, radius - RIM / 2, 0, 2 * G_PI);
      cairo_fill (cr);
      return;
    }
  limner_painter_set_color (cr, color, alpha);
  cairo_set_line_width (cr, RIM);
  cairo_arc (cr, at.x, at.y, radius - RIM / 2, 0, 2 * G_PI);
  cairo_stroke (cr);
}

void
limner_painter_draw_keypoints (cairo_t *cr,
                               const LimnerView *view,
                               const LimnerKeypoint *keypoints,
                               guint n_keypoints,
                               const guint32 *edges,
                               guint n_edges,
                               guint32 color,
                               LimnerPaintFlags flags)
{
  double alpha = limner_painter_get_look (flags, NULL).line_alpha;
  double radius = view->scale < 0.25 ? SMALL_SCALE_RADIUS : RADIUS;

  g_return_if_fail (cr != NULL && view != NULL);
  g_return_if_fail (keypoints != NULL || n_keypoints == 0);

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_bones (cr, view, keypoints, n_keypoints, edges, n_edges, color, alpha);
  for (guint i = 0; i < n_keypoints; i++)
    if (keypoints[i].visibility > 0)
      draw_point (cr, find_place (view, &keypoints[i]), radius, keypoints[i].visibility > 1, color,
                  alpha);
  cairo_restore (cr);
}
