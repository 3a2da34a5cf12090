/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-shape"

#include "shape-private.h"

#include <math.h>
#include <string.h>

static LimnerShape *
shape_alloc (LimnerShapeKind kind, gsize extra_size)
{
  LimnerShape *self = g_malloc0 (sizeof (LimnerShape) + extra_size);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  return self;
}

LimnerShape *
limner_shape_alloc_polygon (guint n_points, guint n_rings)
{
  gsize points_size = (gsize) n_points * sizeof (LimnerPoint);
  LimnerShape *self =
      shape_alloc (LIMNER_SHAPE_POLYGON, points_size + ((gsize) n_rings + 1) * sizeof (guint));

  self->n_points = n_points;
  self->n_rings = n_rings;
  self->ring_starts = (guint *) (self->points + n_points);
  return self;
}

/* Around the first vertex, so that a small ring far from the origin loses no digits. */
static double
ring_area (const LimnerPoint *points, guint n_points)
{
  double twice = 0;

  for (guint i = 1; i + 1 < n_points; i++)
    twice += (points[i].x - points[0].x) * (points[i + 1].y - points[0].y) -
             (points[i + 1].x - points[0].x) * (points[i].y - points[0].y);
  return fabs (twice) / 2;
}

LimnerShape *
limner_shape_finish_polygon (LimnerShape *self)
{
  g_assert (self->ring_starts[0] == 0 && self->ring_starts[self->n_rings] == self->n_points);

  self->bbox = limner_box_from_points (self->points, self->n_points);
  for (guint i = 0; i < self->n_rings; i++)
    self->area += ring_area (self->points + self->ring_starts[i],
                             self->ring_starts[i + 1] - self->ring_starts[i]);
  return self;
}

gboolean
limner_shape_locate (const LimnerShape *self, LimnerVertex vertex, guint *at)
{
  guint n_points;

  if (self->kind != LIMNER_SHAPE_POLYGON || vertex.ring >= self->n_rings)
    return FALSE;
  limner_shape_get_ring (self, vertex.ring, &n_points);
  *at = self->ring_starts[vertex.ring] + vertex.index;
  return vertex.index < n_points;
}

LimnerShape *
limner_shape_new_box (const LimnerBox *box)
{
  LimnerShape *self;

  g_return_val_if_fail (box != NULL, NULL);

  self = shape_alloc (LIMNER_SHAPE_BOX, 0);
  self->bbox = *box;
  return self;
}

LimnerShape *
limner_shape_new_polygon (const LimnerPoint *points, const guint *ring_lengths, guint n_rings)
{
  LimnerShape *self;
  guint n_points = 0;

  g_return_val_if_fail (ring_lengths != NULL && n_rings > 0, NULL);

  for (guint i = 0; i < n_rings; i++)
    n_points += ring_lengths[i];
  g_return_val_if_fail (points != NULL || n_points == 0, NULL);

  self = limner_shape_alloc_polygon (n_points, n_rings);
  if (n_points > 0)
    memcpy (self->points, points, n_points * sizeof (LimnerPoint));
  for (guint i = 0; i < n_rings; i++)
    self->ring_starts[i + 1] = self->ring_starts[i] + ring_lengths[i];
  return limner_shape_finish_polygon (self);
}

LimnerShape *
limner_shape_new_mask (LimnerRle *rle)
{
  LimnerShape *self;

  g_return_val_if_fail (rle != NULL, NULL);

  self = shape_alloc (LIMNER_SHAPE_MASK, 0);
  self->rle = limner_rle_ref (rle);
  self->bbox = limner_rle_get_bbox (rle);
  return self;
}

LimnerShape *
limner_shape_ref (LimnerShape *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_shape_unref (LimnerShape *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->rle, limner_rle_unref);
  g_free (self);
}

LimnerShapeKind
limner_shape_get_kind (const LimnerShape *self)
{
  return self->kind;
}

LimnerBox
limner_shape_get_bbox (const LimnerShape *self)
{
  return self->bbox;
}

double
limner_shape_get_area (const LimnerShape *self)
{
  if (self->kind == LIMNER_SHAPE_BOX)
    return self->bbox.width * self->bbox.height;
  if (self->kind == LIMNER_SHAPE_MASK)
    return (double) limner_rle_get_area (self->rle);
  return self->area;
}

guint
limner_shape_get_n_rings (const LimnerShape *self)
{
  return self->n_rings;
}

const LimnerPoint *
limner_shape_get_ring (const LimnerShape *self, guint ring, guint *n_points)
{
  if (n_points != NULL)
    *n_points = 0;
  if (self->kind != LIMNER_SHAPE_POLYGON)
    return NULL;
  g_return_val_if_fail (ring < self->n_rings, NULL);

  if (n_points != NULL)
    *n_points = self->ring_starts[ring + 1] - self->ring_starts[ring];
  return self->points + self->ring_starts[ring];
}

guint
limner_shape_get_n_points (const LimnerShape *self)
{
  return self->n_points;
}

LimnerRle *
limner_shape_get_rle (const LimnerShape *self)
{
  return self->rle;
}

static gboolean
masks_equal (const LimnerRle *a, const LimnerRle *b)
{
  gsize n_a;
  gsize n_b;
  const guint32 *counts_a = limner_rle_get_counts (a, &n_a);
  const guint32 *counts_b = limner_rle_get_counts (b, &n_b);

  return limner_rle_get_height (a) == limner_rle_get_height (b) &&
         limner_rle_get_width (a) == limner_rle_get_width (b) && n_a == n_b &&
         (n_a == 0 || memcmp (counts_a, counts_b, n_a * sizeof *counts_a) == 0);
}

gboolean
limner_shape_equal (const LimnerShape *a, const LimnerShape *b)
{
  if (a == b)
    return TRUE;
  if (a->kind != b->kind || a->n_rings != b->n_rings || a->n_points != b->n_points)
    return FALSE;
  if (a->kind == LIMNER_SHAPE_MASK)
    return masks_equal (a->rle, b->rle);
  if (a->kind == LIMNER_SHAPE_BOX)
    return a->bbox.x == b->bbox.x && a->bbox.y == b->bbox.y && a->bbox.width == b->bbox.width &&
           a->bbox.height == b->bbox.height;

  if (memcmp (a->ring_starts, b->ring_starts, (a->n_rings + 1) * sizeof (guint)) != 0)
    return FALSE;
  for (guint i = 0; i < a->n_points; i++)
    if (a->points[i].x != b->points[i].x || a->points[i].y != b->points[i].y)
      return FALSE;
  return TRUE;
}

static gboolean
ring_contains (const LimnerPoint *points, guint n_points, LimnerPoint point)
{
  gboolean inside = FALSE;

  for (guint i = 0; i < n_points; i++)
    {
      LimnerPoint a = points[i];
      LimnerPoint b = points[i + 1 < n_points ? i + 1 : 0];

      if ((a.y > point.y) != (b.y > point.y) &&
          point.x < a.x + (b.x - a.x) * ((point.y - a.y) / (b.y - a.y)))
        inside = !inside;
    }
  return inside;
}

gboolean
limner_shape_contains (const LimnerShape *self, LimnerPoint point)
{
  if (!limner_box_contains (&self->bbox, point))
    return FALSE;
  if (self->kind == LIMNER_SHAPE_BOX)
    return TRUE;
  if (self->kind == LIMNER_SHAPE_MASK)
    return limner_rle_contains (self->rle, point.x, point.y);

  for (guint i = 0; i < self->n_rings; i++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (self, i, &n_points);

      if (ring_contains (points, n_points, point))
        return TRUE;
    }
  return FALSE;
}

static double
distance_squared (LimnerPoint a, LimnerPoint b)
{
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

gboolean
limner_shape_find_vertex (const LimnerShape *self,
                          LimnerPoint point,
                          double tolerance,
                          LimnerVertex *vertex)
{
  double best = tolerance * tolerance;
  gboolean found = FALSE;

  for (guint ring = 0; ring < self->n_rings; ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (self, ring, &n_points);

      for (guint i = 0; i < n_points; i++)
        {
          double distance = distance_squared (points[i], point);

          if (found ? !(distance < best) : !(distance <= best))
            continue;
          best = distance;
          found = TRUE;
          if (vertex != NULL)
            *vertex = (LimnerVertex){ ring, i };
        }
    }
  return found;
}

static LimnerPoint
foot_on_segment (LimnerPoint a, LimnerPoint b, LimnerPoint point)
{
  double length = distance_squared (a, b);
  double t;

  if (!(length > 0))
    return a;
  t = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
  t = CLAMP (t, 0, 1);
  return (LimnerPoint){ a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) };
}

typedef struct
{
  double distance;
  gboolean found;
  LimnerVertex vertex;
  LimnerPoint foot;
} NearestEdge;

static void
look_for_edge (
    NearestEdge *nearest, const LimnerPoint *points, guint n_points, guint ring, LimnerPoint point)
{
  for (guint i = 0; i < n_points; i++)
    {
      LimnerPoint foot = foot_on_segment (points[i], points[i + 1 < n_points ? i + 1 : 0], point);
      double distance = distance_squared (foot, point);

      if (nearest->found ? !(distance < nearest->distance) : !(distance <= nearest->distance))
        continue;
      *nearest = (NearestEdge){ distance, TRUE, { ring, i }, foot };
    }
}

gboolean
limner_shape_find_edge (const LimnerShape *self,
                        LimnerPoint point,
                        double tolerance,
                        LimnerVertex *vertex,
                        LimnerPoint *nearest)
{
  NearestEdge best = { tolerance * tolerance, FALSE, { 0, 0 }, { 0, 0 } };

  if (self->kind == LIMNER_SHAPE_BOX)
    {
      double x1 = self->bbox.x + self->bbox.width;
      double y1 = self->bbox.y + self->bbox.height;
      const LimnerPoint corners[] = {
        { self->bbox.x, self->bbox.y }, { x1, self->bbox.y }, { x1, y1 }, { self->bbox.x, y1 }
      };

      look_for_edge (&best, corners, G_N_ELEMENTS (corners), 0, point);
    }
  for (guint ring = 0; ring < self->n_rings; ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (self, ring, &n_points);

      look_for_edge (&best, points, n_points, ring, point);
    }

  if (best.found && vertex != NULL)
    *vertex = best.vertex;
  if (best.found && nearest != NULL)
    *nearest = best.foot;
  return best.found;
}

/* Whether three vertices of the ring differ from one another. */
static gboolean
ring_has_three_points (const LimnerPoint *points, guint n_points)
{
  guint second = 0;

  for (guint i = 1; i < n_points; i++)
    {
      if (distance_squared (points[i], points[0]) == 0)
        continue;
      if (second == 0)
        second = i;
      else if (distance_squared (points[i], points[second]) != 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
limner_shape_is_degenerate (const LimnerShape *self, double min_size)
{
  double area;

  if (self->kind == LIMNER_SHAPE_BOX)
    return !(self->bbox.width >= min_size && self->bbox.height >= min_size &&
             self->bbox.width > 0 && self->bbox.height > 0);

  area = limner_shape_get_area (self);
  if (self->kind == LIMNER_SHAPE_MASK)
    return area == 0;
  if (!(area >= min_size * min_size))
    return TRUE;
  for (guint i = 0; i < self->n_rings; i++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (self, i, &n_points);

      if (ring_has_three_points (points, n_points))
        return FALSE;
    }
  return TRUE;
}
