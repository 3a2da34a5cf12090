/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include "handles.h"

#include <math.h>

/* Screen pixels. */
#define HANDLE_REACH 7.0
#define VERTEX_REACH 7.0
#define MID_POINT_REACH 6.0
#define EDGE_REACH 6.0

/* As the painter has them: shorter edges show no handle in the middle. */
#define MID_HANDLE_EDGE_MIN 32.0
#define MID_POINT_EDGE_MIN 44.0

/* Of each handle, clockwise from the north: which sides it pulls. */
static const struct
{
  int x;
  int y;
} directions[8] = { { 0, -1 }, { 1, -1 }, { 1, 0 },  { 1, 1 },
                    { 0, 1 },  { -1, 1 }, { -1, 0 }, { -1, -1 } };

static LimnerPoint
limner_handle_get_point (const LimnerBox *box, guint handle)
{
  g_assert (handle < G_N_ELEMENTS (directions));
  return (LimnerPoint){ box->x + box->width * (directions[handle].x + 1) / 2.0,
                        box->y + box->height * (directions[handle].y + 1) / 2.0 };
}

static double
distance (LimnerPoint a, LimnerPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

/* Inside a small box most of the area must stay for moving it. */
static double
get_inner_reach (double size, double pixel)
{
  return MIN (HANDLE_REACH * pixel, size / 3.0);
}

static gboolean
is_in_reach (const LimnerBox *box, guint handle, LimnerPoint point, double pixel)
{
  LimnerPoint at = limner_handle_get_point (box, handle);
  gboolean inside = limner_box_contains (box, point);
  double reach_x = inside ? get_inner_reach (box->width, pixel) : HANDLE_REACH * pixel;
  double reach_y = inside ? get_inner_reach (box->height, pixel) : HANDLE_REACH * pixel;

  if (directions[handle].x == 0 && box->width < MID_HANDLE_EDGE_MIN * pixel)
    return FALSE;
  if (directions[handle].y == 0 && box->height < MID_HANDLE_EDGE_MIN * pixel)
    return FALSE;
  return fabs (point.x - at.x) <= reach_x && fabs (point.y - at.y) <= reach_y;
}

static gboolean
find_handle (const LimnerBox *box, LimnerPoint point, double pixel, LimnerGrip *grip)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      double d = distance (limner_handle_get_point (box, i), point);

      if (!is_in_reach (box, i, point, pixel) || d >= best)
        continue;
      best = d;
      *grip = (LimnerGrip){ LIMNER_GRIP_HANDLE, i, { 0, 0 }, limner_handle_get_point (box, i) };
    }
  return best < G_MAXDOUBLE;
}

static gboolean
find_mid_point (const LimnerShape *shape, LimnerPoint point, double pixel, LimnerGrip *grip)
{
  double best = MID_POINT_REACH * pixel;
  gboolean found = FALSE;

  for (guint ring = 0; ring < limner_shape_get_n_rings (shape); ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (shape, ring, &n_points);

      for (guint i = 0; i < n_points; i++)
        {
          LimnerPoint a = points[i];
          LimnerPoint b = points[i + 1 < n_points ? i + 1 : 0];
          LimnerPoint middle = { (a.x + b.x) / 2.0, (a.y + b.y) / 2.0 };

          if (distance (middle, point) > best || distance (a, b) <= MID_POINT_EDGE_MIN * pixel)
            continue;
          best = distance (middle, point);
          *grip = (LimnerGrip){ LIMNER_GRIP_MID_POINT, 0, { ring, i }, middle };
          found = TRUE;
        }
    }
  return found;
}

static gboolean
find_polygon_grip (
    const LimnerShape *shape, LimnerPoint point, double pixel, gboolean with_alt, LimnerGrip *grip)
{
  LimnerVertex vertex;
  LimnerPoint nearest;
  guint n_points;

  if (limner_shape_find_vertex (shape, point, VERTEX_REACH * pixel, &vertex))
    {
      nearest = limner_shape_get_ring (shape, vertex.ring, &n_points)[vertex.index];
      *grip = (LimnerGrip){ LIMNER_GRIP_VERTEX, 0, vertex, nearest };
      return TRUE;
    }
  if (!with_alt)
    return find_mid_point (shape, point, pixel, grip);
  if (!limner_shape_find_edge (shape, point, EDGE_REACH * pixel, &vertex, &nearest))
    return FALSE;
  *grip = (LimnerGrip){ LIMNER_GRIP_EDGE, 0, vertex, nearest };
  return TRUE;
}

gboolean
limner_grip_find (
    const LimnerShape *shape, LimnerPoint point, double pixel, gboolean with_alt, LimnerGrip *grip)
{
  LimnerBox box;

  *grip = (LimnerGrip){ LIMNER_GRIP_NONE };
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_BOX:
      box = limner_shape_get_bbox (shape);
      return find_handle (&box, point, pixel, grip);
    case LIMNER_SHAPE_POLYGON:
      return find_polygon_grip (shape, point, pixel, with_alt, grip);
    case LIMNER_SHAPE_MASK:
    default:
      return FALSE;
    }
}

/* How often @size fits between @anchor and the border in direction @sign; 0: to both sides. */
static double
get_room (double anchor, double size, int sign, double limit)
{
  double room = sign > 0 ? limit - anchor : sign < 0 ? anchor : 2.0 * MIN (anchor, limit - anchor);

  return size > 0.0 ? MAX (room, 0.0) / size : G_MAXDOUBLE;
}

/* The side or corner opposite the handle stays; the box grows by one factor. */
static LimnerBox
resize_with_aspect (const LimnerBox *box, guint handle, LimnerPoint to, double width, double height)
{
  int sign_x = directions[handle].x, sign_y = directions[handle].y;
  LimnerPoint anchor = limner_handle_get_point (box, (handle + 4) % 8);
  double factor_x = sign_x != 0 && box->width > 0.0 ? fabs (to.x - anchor.x) / box->width : 0.0;
  double factor_y = sign_y != 0 && box->height > 0.0 ? fabs (to.y - anchor.y) / box->height : 0.0;
  double factor = MAX (factor_x, factor_y);
  LimnerBox result;

  /* pulled through the anchor: turned over */
  if (sign_x != 0 && (to.x - anchor.x) * sign_x < 0.0)
    sign_x = -sign_x;
  if (sign_y != 0 && (to.y - anchor.y) * sign_y < 0.0)
    sign_y = -sign_y;
  factor = MIN (factor, get_room (anchor.x, box->width, sign_x, width));
  factor = MIN (factor, get_room (anchor.y, box->height, sign_y, height));
  result.width = box->width * factor;
  result.height = box->height * factor;
  result.x = anchor.x + result.width * (sign_x - 1) / 2.0;
  result.y = anchor.y + result.height * (sign_y - 1) / 2.0;
  return result;
}

LimnerBox
limner_handle_resize (const LimnerBox *box,
                      guint handle,
                      LimnerPoint to,
                      gboolean keep_aspect,
                      double width,
                      double height)
{
  LimnerPoint a = { box->x, box->y };
  LimnerPoint b = { box->x + box->width, box->y + box->height };

  g_assert (handle < G_N_ELEMENTS (directions));
  to.x = CLAMP (to.x, 0.0, width);
  to.y = CLAMP (to.y, 0.0, height);
  if (keep_aspect)
    return resize_with_aspect (box, handle, to, width, height);
  if (directions[handle].x < 0)
    a.x = to.x;
  else if (directions[handle].x > 0)
    b.x = to.x;
  if (directions[handle].y < 0)
    a.y = to.y;
  else if (directions[handle].y > 0)
    b.y = to.y;
  return limner_box_from_corners (a, b);
}

LimnerBox
limner_box_from_drag (
    LimnerPoint from, LimnerPoint to, gboolean square, double width, double height)
{
  double side, room_x, room_y;

  if (!square)
    return limner_box_from_corners (from, to);
  side = MAX (fabs (to.x - from.x), fabs (to.y - from.y));
  room_x = to.x < from.x ? from.x : width - from.x;
  room_y = to.y < from.y ? from.y : height - from.y;
  side = MIN (side, MIN (room_x, room_y));
  to.x = to.x < from.x ? from.x - side : from.x + side;
  to.y = to.y < from.y ? from.y - side : from.y + side;
  return limner_box_from_corners (from, to);
}
