/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where a hand can take hold of a selected shape, and what follows from pulling there. Sizes are
 * those of the painter's handles: what is drawn can be gripped, and nothing else.
 */

#include <limner/tool.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_GRIP_NONE,
  LIMNER_GRIP_HANDLE, /* one of the eight of a box */
  LIMNER_GRIP_VERTEX,
  LIMNER_GRIP_MID_POINT, /* in the middle of an edge: becomes a vertex when it is pulled */
  LIMNER_GRIP_EDGE       /* with Alt: becomes a vertex at once */
} LimnerGripKind;

typedef struct
{
  LimnerGripKind kind;
  guint handle;        /* N, then clockwise: 0 .. 7, as LIMNER_CURSOR_RESIZE_N and on */
  LimnerVertex vertex; /* the vertex, or the one the edge starts from */
  LimnerPoint point;   /* where the grip is, in image pixels */
} LimnerGrip;

/**
 * limner_grip_find:
 * @with_alt: edges of a polygon count, mid-points do not
 *
 * Returns: whether there is a grip of @shape under @pointer
 */
gboolean limner_grip_find (
    const LimnerShape *shape, LimnerPoint point, double pixel, gboolean with_alt, LimnerGrip *grip);

/**
 * limner_handle_resize:
 * @to: where the handle is pulled to
 * @keep_aspect: width and height keep their ratio; what is opposite stays where it is
 *
 * Returns: the box that follows; sides that are pulled stay inside 0, 0, @width, @height, and a
 *   box pulled through itself is turned over
 */
LimnerBox limner_handle_resize (const LimnerBox *box,
                                guint handle,
                                LimnerPoint to,
                                gboolean keep_aspect,
                                double width,
                                double height);

/**
 * limner_box_from_drag:
 * @square: the longer side counts, as far as the image allows
 *
 * Returns: the box between two points that are inside the image
 */
LimnerBox limner_box_from_drag (
    LimnerPoint from, LimnerPoint to, gboolean square, double width, double height);

G_END_DECLS
