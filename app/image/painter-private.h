/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the painter's files: painter.c, painter-handles.c, painter-label.c, painter-mask.c. */

#include <limner/painter.h>

G_BEGIN_DECLS

#define LIMNER_HALO_ALPHA 0.45

/* cairo counts in 24.8 fixed point; what is further away than this is never in sight. */
#define LIMNER_TARGET_MAX 4e6

static inline void
limner_painter_set_color (cairo_t *cr, guint32 color, double alpha)
{
  cairo_set_source_rgba (cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
                         (color & 255) / 255.0, alpha);
}

/* A coordinate that cairo can take; what is not a number becomes 0. */
static inline double
limner_painter_limit (double coordinate)
{
  if (!(coordinate > -LIMNER_TARGET_MAX))
    return coordinate < 0 ? -LIMNER_TARGET_MAX : 0;
  return MIN (coordinate, LIMNER_TARGET_MAX);
}

/* The part of the target that can be painted, as a box. */
LimnerBox limner_painter_get_clip (cairo_t *cr);

/* A box of the image on the target, its edges on whole pixels: lines along them are crisp. */
LimnerBox limner_painter_snap_box (const LimnerView *view, const LimnerBox *box);

/* A rectangle with round corners as the path. */
void limner_painter_round_rectangle (cairo_t *cr, const LimnerBox *box, double radius);

/* The outline of a polygon or mask in target coordinates: closed rings with the inside on the right
 * hand, so that filling by winding unites them. Both arrays are kept by whoever made the struct. */
typedef struct
{
  GArray *points; /* LimnerPoint */
  GArray *ends;   /* guint: where in points each ring ends */
} LimnerOutline;

/* Adds a vertex to the ring being made. */
void limner_outline_add (LimnerOutline *self, LimnerPoint point);
void limner_outline_close_ring (LimnerOutline *self);

/**
 * limner_painter_trace_mask:
 * @visible: the part of the target that matters
 *
 * Adds the outlines of the mask; those of holes run the other way round, with the foreground on the
 * right hand, too. Only what is near @visible is looked at, at the resolution of the image or of
 * the target, whichever is coarser; an object thinner than a target pixel is kept.
 */
void limner_painter_trace_mask (LimnerOutline *outline,
                                const LimnerView *view,
                                const LimnerRle *rle,
                                const LimnerBox *bbox,
                                const LimnerBox *visible);

G_END_DECLS
