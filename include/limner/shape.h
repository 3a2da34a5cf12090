/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The geometry of one annotation: a box, a polygon of one or more rings, or a mask.
 * Immutable and atomically reference counted: editing makes a new shape, so undo, painters in other
 * threads and the clipboard can all hold the same one. Rings are COCO's *parts*: their union is the
 * object, and the area is the sum of their shoelace areas.
 */

#include <limner/box.h>
#include <limner/rle.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_SHAPE_BOX,
  LIMNER_SHAPE_POLYGON,
  LIMNER_SHAPE_MASK
} LimnerShapeKind;

typedef struct _LimnerShape LimnerShape;

/* EXIF's eight orientations; the number is the tag's. See limner_shape_transform(). */
typedef enum
{
  LIMNER_ORIENTATION_NORMAL = 1,
  LIMNER_ORIENTATION_FLIP_HORIZONTAL = 2,
  LIMNER_ORIENTATION_ROTATE_180 = 3,
  LIMNER_ORIENTATION_FLIP_VERTICAL = 4,
  LIMNER_ORIENTATION_TRANSPOSE = 5,
  LIMNER_ORIENTATION_ROTATE_90 = 6,
  LIMNER_ORIENTATION_TRANSVERSE = 7,
  LIMNER_ORIENTATION_ROTATE_270 = 8
} LimnerOrientation;

/* A vertex of a shape: ring and index inside it. */
typedef struct
{
  guint ring;
  guint index;
} LimnerVertex;

LimnerShape *limner_shape_new_box (const LimnerBox *box);

/**
 * limner_shape_new_polygon:
 * @points: the vertices of all rings, one ring after the other, not closed
 * @ring_lengths: (array length=n_rings): vertices of each ring
 * @n_rings: at least 1
 *
 * Rings of fewer than three vertices are legal here (files contain them): painters draw what there
 * is.
 *
 * Returns: (transfer full): a polygon; copies @points
 */
LimnerShape *limner_shape_new_polygon (const LimnerPoint *points,
                                       const guint *ring_lengths,
                                       guint n_rings);

/**
 * limner_shape_new_mask:
 * @rle: (transfer none): the mask, of the size of its image
 */
LimnerShape *limner_shape_new_mask (LimnerRle *rle);

LimnerShape *limner_shape_ref (LimnerShape *self);
void limner_shape_unref (LimnerShape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerShape, limner_shape_unref)

LimnerShapeKind limner_shape_get_kind (const LimnerShape *self);

/**
 * limner_shape_get_bbox:
 *
 * Returns: the box itself, the extent of the vertices, or the extent of the mask; computed once
 */
LimnerBox limner_shape_get_bbox (const LimnerShape *self);

/**
 * limner_shape_get_area:
 *
 * Returns: COCO's area in square pixels: width * height of a box, the sum of the absolute shoelace
 * areas of the rings, or the number of set pixels
 */
double limner_shape_get_area (const LimnerShape *self);

guint limner_shape_get_n_rings (const LimnerShape *self);

/**
 * limner_shape_get_ring:
 * @ring: smaller than limner_shape_get_n_rings()
 * @n_points: (out): vertices of that ring
 *
 * Returns: (transfer none) (array length=n_points): the vertices, or %NULL unless this is a polygon
 */
const LimnerPoint *limner_shape_get_ring (const LimnerShape *self, guint ring, guint *n_points);

/* Total number of vertices of a polygon, else 0. */
guint limner_shape_get_n_points (const LimnerShape *self);

/* (transfer none) (nullable): the runs of a mask, else NULL. */
LimnerRle *limner_shape_get_rle (const LimnerShape *self);

gboolean limner_shape_equal (const LimnerShape *a, const LimnerShape *b);

/**
 * limner_shape_contains:
 *
 * Returns: whether @point is inside: of the box, of any ring (even-odd inside one ring), of a set
 * pixel
 */
gboolean limner_shape_contains (const LimnerShape *self, LimnerPoint point);

/**
 * limner_shape_find_vertex:
 * @point: where
 * @tolerance: greatest distance, in image pixels
 * @vertex: (out) (nullable): the nearest vertex
 *
 * Returns: whether a polygon's vertex is that near
 */
gboolean limner_shape_find_vertex (const LimnerShape *self,
                                   LimnerPoint point,
                                   double tolerance,
                                   LimnerVertex *vertex);

/**
 * limner_shape_find_edge:
 * @point: where
 * @tolerance: greatest distance, in image pixels
 * @vertex: (out) (nullable): the vertex that the nearest edge starts from; for a box ring 0 and 0
 * to 3 = top, right, bottom, left
 * @nearest: (out) (nullable): the foot of the perpendicular on that edge
 *
 * Returns: whether an edge of a box or polygon is that near
 */
gboolean limner_shape_find_edge (const LimnerShape *self,
                                 LimnerPoint point,
                                 double tolerance,
                                 LimnerVertex *vertex,
                                 LimnerPoint *nearest);

/*
 * Edits. Each returns (transfer full) a new shape and never NULL; what does not apply to the kind
 * (a vertex of a box) returns a new reference to @self.
 */
LimnerShape *limner_shape_move (LimnerShape *self, double dx, double dy);

/**
 * limner_shape_resize:
 * @from: the box that is mapped, usually the shape's bbox
 * @to: what it becomes; a negative size mirrors
 *
 * Scales boxes and polygons linearly. A mask is resampled by nearest pixel.
 */
LimnerShape *limner_shape_resize (LimnerShape *self, const LimnerBox *from, const LimnerBox *to);
LimnerShape *limner_shape_set_vertex (LimnerShape *self, LimnerVertex vertex, LimnerPoint point);

/* Inserts @point after @vertex. */
LimnerShape *limner_shape_insert_vertex (LimnerShape *self, LimnerVertex vertex, LimnerPoint point);

/* Removes a vertex; a ring that would fall under three vertices is removed, unless it is the only
 * one: then the shape is returned unchanged. */
LimnerShape *limner_shape_remove_vertex (LimnerShape *self, LimnerVertex vertex);

/**
 * limner_shape_clamp_offset:
 * @dx: (inout): wished move to the right
 * @dy: (inout): wished move down
 *
 * Shortens a move so that the shape does not leave the image more than it does already.
 */
void limner_shape_clamp_offset (
    const LimnerShape *self, double width, double height, double *dx, double *dy);

/**
 * limner_shape_clamp:
 *
 * Brings every vertex (or edge of a box) that is outside the image to its nearest border.
 */
LimnerShape *limner_shape_clamp (LimnerShape *self, double width, double height);

/**
 * limner_shape_is_degenerate:
 *
 * Returns: whether it has no area worth the name: a box under @min_size in width or height, a
 * polygon with no ring of three different vertices or an area below @min_size squared, an empty
 * mask
 */
gboolean limner_shape_is_degenerate (const LimnerShape *self, double min_size);

/**
 * limner_shape_transform:
 * @orientation: EXIF's tag of the picture
 * @width: width of the *stored* picture in pixels (before turning)
 * @height: height of the stored picture
 * @to_upright: from the stored frame to the upright one, or back
 *
 * A permutation and flips of coordinates: there and back is the identity up to one rounding of
 * width - x; exact for coordinates on a grid of 2^-20 pixels.
 */
LimnerShape *limner_shape_transform (LimnerShape *self,
                                     LimnerOrientation orientation,
                                     guint width,
                                     guint height,
                                     gboolean to_upright);

/* The same of one point. */
LimnerPoint limner_point_transform (LimnerPoint point,
                                    LimnerOrientation orientation,
                                    guint width,
                                    guint height,
                                    gboolean to_upright);

G_END_DECLS
