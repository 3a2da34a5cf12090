/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-shape"

#include "rle-private.h"
#include "shape-private.h"

#include <math.h>
#include <string.h>

typedef LimnerPoint (*PointFunc) (LimnerPoint point, gconstpointer data);

static LimnerShape *
map_points (const LimnerShape *self, PointFunc func, gconstpointer data)
{
  LimnerShape *edited = limner_shape_alloc_polygon (self->n_points, self->n_rings);

  for (guint i = 0; i < self->n_points; i++)
    edited->points[i] = func (self->points[i], data);
  memcpy (edited->ring_starts, self->ring_starts, (self->n_rings + 1) * sizeof (guint));
  return limner_shape_finish_polygon (edited);
}

static LimnerShape *
take_mask (LimnerRle *rle)
{
  g_autoptr (LimnerRle) owned = rle;

  return limner_shape_new_mask (owned);
}

static LimnerPoint
add_offset (LimnerPoint point, gconstpointer data)
{
  const LimnerPoint *offset = data;

  return (LimnerPoint){ point.x + offset->x, point.y + offset->y };
}

/* Whole pixels, and no further than a mask can be wide, so that the cast is safe. */
static gint64
pixel_offset (double offset)
{
  if (isnan (offset))
    return 0;
  return (gint64) CLAMP (round (offset), -(double) G_MAXUINT32, (double) G_MAXUINT32);
}

LimnerShape *
limner_shape_move (LimnerShape *self, double dx, double dy)
{
  const LimnerPoint offset = { dx, dy };
  LimnerBox box = self->bbox;

  if (dx == 0 && dy == 0)
    return limner_shape_ref (self);
  if (self->kind == LIMNER_SHAPE_POLYGON)
    return map_points (self, add_offset, &offset);
  if (self->kind == LIMNER_SHAPE_MASK)
    return take_mask (limner_rle_move (self->rle, pixel_offset (dx), pixel_offset (dy)));

  box.x += dx;
  box.y += dy;
  return limner_shape_new_box (&box);
}

typedef struct
{
  LimnerBox from;
  LimnerBox to;
} Resize;

/* One side at a time; a side without size cannot be scaled and moves along. Ends fall exactly on
 * ends. */
static double
resize_coordinate (double value, double from, double from_size, double to, double to_size)
{
  if (from_size == 0)
    return value - from + to;
  if (value == from + from_size)
    return to + to_size;
  return to + (value - from) / from_size * to_size;
}

static LimnerPoint
resize_point (LimnerPoint point, gconstpointer data)
{
  const Resize *resize = data;

  return (LimnerPoint){ resize_coordinate (point.x, resize->from.x, resize->from.width,
                                           resize->to.x, resize->to.width),
                        resize_coordinate (point.y, resize->from.y, resize->from.height,
                                           resize->to.y, resize->to.height) };
}

LimnerShape *
limner_shape_resize (LimnerShape *self, const LimnerBox *from, const LimnerBox *to)
{
  const Resize resize = { *from, *to };
  LimnerPoint a;
  LimnerPoint b;
  LimnerBox box;

  if (self->kind == LIMNER_SHAPE_POLYGON)
    return map_points (self, resize_point, &resize);
  if (self->kind == LIMNER_SHAPE_MASK)
    {
      if (from->width == 0 || from->height == 0)
        return limner_shape_ref (self);
      return take_mask (limner_rle_resize (self->rle, from, to));
    }

  a = resize_point ((LimnerPoint){ self->bbox.x, self->bbox.y }, &resize);
  b = resize_point ((LimnerPoint){ self->bbox.x + self->bbox.width,
                                   self->bbox.y + self->bbox.height },
                    &resize);
  box = limner_box_from_corners (a, b);
  /* A box that is resized by its own bbox becomes that box to the last bit. */
  if (self->bbox.width == from->width && to->width >= 0)
    box.width = to->width;
  if (self->bbox.height == from->height && to->height >= 0)
    box.height = to->height;
  return limner_shape_new_box (&box);
}

LimnerShape *
limner_shape_set_vertex (LimnerShape *self, LimnerVertex vertex, LimnerPoint point)
{
  LimnerShape *edited;
  guint at;

  if (!limner_shape_locate (self, vertex, &at))
    return limner_shape_ref (self);

  edited = limner_shape_alloc_polygon (self->n_points, self->n_rings);
  memcpy (edited->points, self->points, self->n_points * sizeof (LimnerPoint));
  memcpy (edited->ring_starts, self->ring_starts, (self->n_rings + 1) * sizeof (guint));
  edited->points[at] = point;
  return limner_shape_finish_polygon (edited);
}

LimnerShape *
limner_shape_insert_vertex (LimnerShape *self, LimnerVertex vertex, LimnerPoint point)
{
  LimnerShape *edited;
  guint at;

  if (!limner_shape_locate (self, vertex, &at))
    return limner_shape_ref (self);

  at++;
  edited = limner_shape_alloc_polygon (self->n_points + 1, self->n_rings);
  memcpy (edited->points, self->points, at * sizeof (LimnerPoint));
  memcpy (edited->points + at + 1, self->points + at, (self->n_points - at) * sizeof (LimnerPoint));
  edited->points[at] = point;
  for (guint i = 0; i <= self->n_rings; i++)
    edited->ring_starts[i] = self->ring_starts[i] + (i > vertex.ring ? 1 : 0);
  return limner_shape_finish_polygon (edited);
}

/* Without @n_points vertices from @at on, and without the ring itself if @whole_ring. */
static LimnerShape *
cut_points (const LimnerShape *self, guint ring, guint at, guint n_points, gboolean whole_ring)
{
  LimnerShape *edited =
      limner_shape_alloc_polygon (self->n_points - n_points, self->n_rings - (whole_ring ? 1 : 0));

  memcpy (edited->points, self->points, at * sizeof (LimnerPoint));
  memcpy (edited->points + at, self->points + at + n_points,
          (self->n_points - at - n_points) * sizeof (LimnerPoint));
  for (guint i = 0; i <= edited->n_rings; i++)
    {
      guint old = whole_ring && i > ring ? i + 1 : i;

      edited->ring_starts[i] = self->ring_starts[old] - (old > ring ? n_points : 0);
    }
  return limner_shape_finish_polygon (edited);
}

LimnerShape *
limner_shape_remove_vertex (LimnerShape *self, LimnerVertex vertex)
{
  guint n_points;
  guint at;

  if (!limner_shape_locate (self, vertex, &at))
    return limner_shape_ref (self);

  limner_shape_get_ring (self, vertex.ring, &n_points);
  if (n_points > 3)
    return cut_points (self, vertex.ring, at, 1, FALSE);
  if (self->n_rings > 1)
    return cut_points (self, vertex.ring, self->ring_starts[vertex.ring], n_points, TRUE);
  return limner_shape_ref (self);
}

static double
clamp_side_offset (double offset, double near, double far, double limit)
{
  double least = fmin (0, -near);
  double most = fmax (0, limit - far);

  return CLAMP (offset, least, most);
}

void
limner_shape_clamp_offset (
    const LimnerShape *self, double width, double height, double *dx, double *dy)
{
  const LimnerBox *bbox = &self->bbox;

  *dx = clamp_side_offset (*dx, bbox->x, bbox->x + bbox->width, width);
  *dy = clamp_side_offset (*dy, bbox->y, bbox->y + bbox->height, height);
}

static LimnerPoint
clamp_point (LimnerPoint point, gconstpointer data)
{
  const LimnerPoint *limit = data;

  return (LimnerPoint){ CLAMP (point.x, 0, limit->x), CLAMP (point.y, 0, limit->y) };
}

LimnerShape *
limner_shape_clamp (LimnerShape *self, double width, double height)
{
  const LimnerPoint limit = { width, height };
  LimnerBox box;

  if (self->kind == LIMNER_SHAPE_MASK)
    return limner_shape_ref (self);
  if (self->kind == LIMNER_SHAPE_POLYGON)
    return map_points (self, clamp_point, &limit);

  box = limner_box_clamp (&self->bbox, width, height);
  return limner_shape_new_box (&box);
}

typedef struct
{
  LimnerOrientation orientation;
  double width; /* of the stored picture */
  double height;
  gboolean to_upright;
} Turn;

static LimnerPoint
turn_point (LimnerPoint p, gconstpointer data)
{
  const Turn *turn = data;
  double width = turn->width;
  double height = turn->height;

  switch (turn->orientation)
    {
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      return (LimnerPoint){ width - p.x, p.y };
    case LIMNER_ORIENTATION_ROTATE_180:
      return (LimnerPoint){ width - p.x, height - p.y };
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      return (LimnerPoint){ p.x, height - p.y };
    case LIMNER_ORIENTATION_TRANSPOSE:
      return (LimnerPoint){ p.y, p.x };
    case LIMNER_ORIENTATION_ROTATE_90:
      return turn->to_upright ? (LimnerPoint){ height - p.y, p.x }
                              : (LimnerPoint){ p.y, height - p.x };
    case LIMNER_ORIENTATION_TRANSVERSE:
      return turn->to_upright ? (LimnerPoint){ height - p.y, width - p.x }
                              : (LimnerPoint){ width - p.y, height - p.x };
    case LIMNER_ORIENTATION_ROTATE_270:
      return turn->to_upright ? (LimnerPoint){ p.y, width - p.x }
                              : (LimnerPoint){ width - p.y, p.x };
    case LIMNER_ORIENTATION_NORMAL:
    default:
      return p;
    }
}

LimnerPoint
limner_point_transform (LimnerPoint point,
                        LimnerOrientation orientation,
                        guint width,
                        guint height,
                        gboolean to_upright)
{
  const Turn turn = { orientation, width, height, to_upright };

  return turn_point (point, &turn);
}

/* The sizes are carried over as they are: far - near would not always give the same number. */
static LimnerBox
turn_box (const LimnerBox *box, const Turn *turn)
{
  gboolean sides_swap = turn->orientation >= LIMNER_ORIENTATION_TRANSPOSE &&
                        turn->orientation <= LIMNER_ORIENTATION_ROTATE_270;
  LimnerPoint a = turn_point ((LimnerPoint){ box->x, box->y }, turn);
  LimnerPoint b = turn_point ((LimnerPoint){ box->x + box->width, box->y + box->height }, turn);
  LimnerBox turned = { fmin (a.x, b.x), fmin (a.y, b.y), box->width, box->height };

  if (sides_swap)
    {
      turned.width = box->height;
      turned.height = box->width;
    }
  return turned;
}

LimnerShape *
limner_shape_transform (LimnerShape *self,
                        LimnerOrientation orientation,
                        guint width,
                        guint height,
                        gboolean to_upright)
{
  const Turn turn = { orientation, width, height, to_upright };
  LimnerBox box;

  if (orientation <= LIMNER_ORIENTATION_NORMAL || orientation > LIMNER_ORIENTATION_ROTATE_270)
    return limner_shape_ref (self);
  if (self->kind == LIMNER_SHAPE_POLYGON)
    return map_points (self, turn_point, &turn);
  if (self->kind == LIMNER_SHAPE_MASK)
    return take_mask (limner_rle_transform (self->rle, orientation, to_upright));

  box = turn_box (&self->bbox, &turn);
  return limner_shape_new_box (&box);
}
