/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by shape.c and shape-edit.c. */

#include <limner/shape.h>

G_BEGIN_DECLS

struct _LimnerShape
{
  gatomicrefcount ref_count;
  LimnerShapeKind kind;
  LimnerBox bbox;
  double area;    /* of a polygon */
  LimnerRle *rle; /* of a mask, else NULL */
  guint n_rings;
  guint n_points;
  guint *ring_starts;   /* n_rings + 1 indices into points; in the same block, behind them */
  LimnerPoint points[]; /* of a polygon */
};

/* (transfer full): a polygon whose vertices and ring starts are to be filled in, and then finished.
 */
LimnerShape *limner_shape_alloc_polygon (guint n_points, guint n_rings);
LimnerShape *limner_shape_finish_polygon (LimnerShape *self);

/* Whether @vertex is one of this polygon's; @at is its place among all points. */
gboolean limner_shape_locate (const LimnerShape *self, LimnerVertex vertex, guint *at);

G_END_DECLS
