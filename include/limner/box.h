/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Points and boxes in continuous image coordinates: x to the right, y down, (0, 0) is the outer
 * corner of the top-left pixel, so pixel (i, j) covers [i, i + 1) x [j, j + 1) and an image is
 * [0, 0, width, height]. A box is COCO's [x, y, width, height]; its far edges are x + width and
 * y + height. Plain values: every bit pattern is legal, nothing here allocates.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double x;
  double y;
} LimnerPoint;

typedef struct
{
  double x;
  double y;
  double width;
  double height;
} LimnerBox;

/**
 * limner_box_from_corners:
 * @a: one corner
 * @b: the opposite corner, in any order
 *
 * Returns: the box they span; its width and height are never negative
 */
LimnerBox limner_box_from_corners (LimnerPoint a, LimnerPoint b);

/**
 * limner_box_from_points:
 * @points: (array length=n_points): vertices
 * @n_points: their number; 0 gives an empty box at the origin
 *
 * Returns: the extent of the vertices
 */
LimnerBox limner_box_from_points (const LimnerPoint *points, gsize n_points);

/**
 * limner_box_contains:
 *
 * Returns: whether @point lies in @box, edges included
 */
gboolean limner_box_contains (const LimnerBox *box, LimnerPoint point);

/**
 * limner_box_intersect:
 * @out: (out) (nullable): what both share; edges that touch give a box without area
 *
 * Returns: whether they share at least one point
 */
gboolean limner_box_intersect (const LimnerBox *a, const LimnerBox *b, LimnerBox *out);

/**
 * limner_box_union:
 *
 * Returns: the smallest box that holds both
 */
LimnerBox limner_box_union (const LimnerBox *a, const LimnerBox *b);

/**
 * limner_box_clamp:
 * @box: any box
 * @width: width of the image in pixels
 * @height: height of the image in pixels
 *
 * Cuts off what lies outside the image. Use it for a box being drawn; for one being moved use
 * limner_shape_clamp_offset(), which keeps its size.
 *
 * Returns: the part inside, possibly without area
 */
LimnerBox limner_box_clamp (const LimnerBox *box, double width, double height);

/**
 * limner_box_iou:
 * @detection: a box
 * @truth: a box
 * @truth_is_crowd: divide by the area of @detection instead of the union
 *
 * Intersection over union in double, no + 1, in the reference's order of operations.
 * Reference: bbIou() in the COCO API's maskApi.c; tests compare with golden values bit for bit.
 *
 * Returns: 0 to 1 for boxes of positive size
 */
double limner_box_iou (const LimnerBox *detection, const LimnerBox *truth, gboolean truth_is_crowd);

G_END_DECLS
