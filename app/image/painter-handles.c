/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

#include <math.h>

#define HANDLE_SIZE 9.0
#define RIM 1.5
#define ACTIVE_SIZE 14.0
#define SMALL_SIZE 6.0
#define MID_POINT_COLOR 0x1f1f1f

/* Vertices nearer to a neighbour than this are small. */
#define CROWDED_DISTANCE 12.0

/* Only edges longer than this have a handle in the middle: of a polygon, and of a box. */
#define MID_POINT_EDGE_MIN 44.0
#define MID_HANDLE_EDGE_MIN 32.0

/* A square whose left and top edges are on whole pixels: white, a rim in the class colour, the halo
 * around it. */
static void
draw_square (cairo_t *cr, double x, double y, guint32 color)
{
  cairo_set_source_rgba (cr, 0, 0, 0, LIMNER_HALO_ALPHA);
  limner_painter_round_rectangle (cr,
                                  &(LimnerBox){ x - 1, y - 1, HANDLE_SIZE + 2, HANDLE_SIZE + 2 },
                                  2);
  cairo_fill (cr);
  limner_painter_set_color (cr, color, 1);
  limner_painter_round_rectangle (cr, &(LimnerBox){ x, y, HANDLE_SIZE, HANDLE_SIZE }, 1);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, x + RIM, y + RIM, HANDLE_SIZE - 2 * RIM, HANDLE_SIZE - 2 * RIM);
  cairo_fill (cr);
}

static void
draw_box_handles (cairo_t *cr, const LimnerView *view, const LimnerShape *shape, guint32 color)
{
  LimnerBox bbox = limner_shape_get_bbox (shape);
  LimnerBox edge = limner_painter_snap_box (view, &bbox);
  gboolean has_middle_x = edge.width >= MID_HANDLE_EDGE_MIN;
  gboolean has_middle_y = edge.height >= MID_HANDLE_EDGE_MIN;

  /* an odd size cannot be centred on an edge between two pixels: all stand half a pixel outside */
  for (int row = 0; row < 3; row++)
    for (int column = 0; column < 3; column++)
      {
        double x = edge.x + edge.width * column / 2 - (HANDLE_SIZE + 1 - column) / 2;
        double y = edge.y + edge.height * row / 2 - (HANDLE_SIZE + 1 - row) / 2;

        if ((row == 1 && column == 1) || (column == 1 && !has_middle_x) ||
            (row == 1 && !has_middle_y))
          continue;
        draw_square (cr, floor (x), floor (y), color);
      }
}

/* No halo covers a neighbour. */
static void
draw_discs (cairo_t *cr, const GArray *discs, guint32 color)
{
  const LimnerDiscLayer layers[] = { { 1, 0x000000, LIMNER_HALO_ALPHA },
                                     { 0, color, 1 },
                                     { -RIM, 0xffffff, 1 } };

  limner_painter_draw_discs (cr, (const LimnerDisc *) (gconstpointer) discs->data, discs->len,
                             layers, G_N_ELEMENTS (layers));
}

static void
draw_mid_points (cairo_t *cr, const GArray *discs, guint32 color)
{
  const LimnerDiscLayer layers[] = { { 0, color, 1 }, { -1, MID_POINT_COLOR, 1 } };

  limner_painter_draw_discs (cr, (const LimnerDisc *) (gconstpointer) discs->data, discs->len,
                             layers, G_N_ELEMENTS (layers));
}

static double
distance (LimnerPoint a, LimnerPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

static LimnerPoint
middle (LimnerPoint a, LimnerPoint b)
{
  return (LimnerPoint){ (a.x + b.x) / 2, (a.y + b.y) / 2 };
}

static void
draw_ring_handles (cairo_t *cr,
                   const LimnerView *view,
                   const LimnerPoint *points,
                   guint n_points,
                   guint32 color,
                   const LimnerVertex *active)
{
  LimnerBox clip = limner_painter_get_clip (cr);
  LimnerBox visible = { clip.x - ACTIVE_SIZE, clip.y - ACTIVE_SIZE, clip.width + 2 * ACTIVE_SIZE,
                        clip.height + 2 * ACTIVE_SIZE };
  g_autoptr (GArray) discs = g_array_new (FALSE, FALSE, sizeof (LimnerDisc));

  for (guint i = 0; i < n_points; i++)
    {
      LimnerPoint a = limner_view_to_target (view, points[i]);
      LimnerPoint b = limner_view_to_target (view, points[i + 1 < n_points ? i + 1 : 0]);
      const LimnerDisc disc = { middle (a, b), SMALL_SIZE };

      if (distance (a, b) > MID_POINT_EDGE_MIN && limner_box_contains (&visible, disc.at))
        g_array_append_val (discs, disc);
    }
  draw_mid_points (cr, discs, color);
  g_array_set_size (discs, 0);
  for (guint i = 0; i < n_points; i++)
    {
      LimnerPoint before = limner_view_to_target (view, points[i > 0 ? i - 1 : n_points - 1]);
      LimnerPoint at = limner_view_to_target (view, points[i]);
      LimnerPoint after = limner_view_to_target (view, points[i + 1 < n_points ? i + 1 : 0]);
      gboolean crowded = n_points > 1 && (distance (before, at) < CROWDED_DISTANCE ||
                                          distance (at, after) < CROWDED_DISTANCE);
      const LimnerDisc disc = { at, crowded ? SMALL_SIZE : HANDLE_SIZE };

      if (limner_box_contains (&visible, at) && (active == NULL || active->index != i))
        g_array_append_val (discs, disc);
    }
  draw_discs (cr, discs, color);
  /* last, so that no neighbour covers it */
  if (active != NULL && active->index < n_points)
    {
      const LimnerDisc disc = { limner_view_to_target (view, points[active->index]), ACTIVE_SIZE };

      g_array_set_size (discs, 0);
      if (limner_box_contains (&visible, disc.at))
        g_array_append_val (discs, disc);
      draw_discs (cr, discs, color);
    }
}

void
limner_painter_draw_handles (cairo_t *cr,
                             const LimnerView *view,
                             const LimnerShape *shape,
                             guint32 color,
                             gboolean as_box,
                             const LimnerVertex *active)
{
  g_return_if_fail (cr != NULL && view != NULL && shape != NULL);

  if (limner_view_is_turned (view))
    {
      LimnerView flat;
      g_autoptr (LimnerShape) turned = limner_painter_turn_shape (view, shape, &flat);

      limner_painter_draw_handles (cr, &flat, turned, color, as_box, active);
      return;
    }
  cairo_save (cr);
  cairo_new_path (cr);
  if (as_box || limner_shape_get_kind (shape) == LIMNER_SHAPE_BOX)
    draw_box_handles (cr, view, shape, color);
  else
    for (guint ring = 0; ring < limner_shape_get_n_rings (shape); ring++)
      {
        guint n_points;
        const LimnerPoint *points = limner_shape_get_ring (shape, ring, &n_points);

        draw_ring_handles (cr, view, points, n_points, color,
                           active != NULL && active->ring == ring ? active : NULL);
      }
  cairo_restore (cr);
}
