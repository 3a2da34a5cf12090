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

/* Halo and line: how far paint reaches from an edge, generously. */
#define LIMNER_PAINT_REACH 8.0

/* Smaller than this on the target, a shape is a block. */
#define LIMNER_BLOCK_SIZE 3.0

#define LIMNER_HAIRLINE_ALPHA 0.92

/* A box larger than this is cut to what is in sight; smaller ones are not, as their dashes would
 * differ from tile to tile. */
#define LIMNER_WHOLE_BOX_MAX 1e5

/* What flags and style come to. */
typedef struct
{
  double fill_alpha;
  double line_alpha; /* of line, halo and hairline together */
  double line_width;
  gboolean has_hairline;
  const double *dashes; /* (nullable): on and off in turn */
  int n_dashes;
} LimnerPaintLook;

LimnerPaintLook limner_painter_get_look (LimnerPaintFlags flags, const LimnerPaintStyle *style);

/* The part of the target that can be painted, as a box. */
LimnerBox limner_painter_get_clip (cairo_t *cr);

/* A box of the image on the target, its edges on whole pixels: lines along them are crisp. */
LimnerBox limner_painter_snap_box (const LimnerView *view, const LimnerBox *box);

/**
 * limner_painter_turn_shape:
 * @view: a view that is turned
 * @flat: (out): the view that shows the answer where @view shows @shape
 *
 * So that all that knows about rows, tops and corners works on what is seen.
 *
 * Returns: (transfer full): @shape as it lies in @view
 */
LimnerShape *limner_painter_turn_shape (const LimnerView *view,
                                        const LimnerShape *shape,
                                        LimnerView *flat);

static inline gboolean
limner_view_is_turned (const LimnerView *view)
{
  return view->turn > LIMNER_ORIENTATION_NORMAL;
}

/* A round handle, in target coordinates. */
typedef struct
{
  LimnerPoint at;
  double size; /* across */
} LimnerDisc;

/* A disc in each of the handles: as much larger in radius. */
typedef struct
{
  double grow;
  guint32 color; /* 0xRRGGBB */
  double alpha;
} LimnerDiscLayer;

/* Layer by layer, so that no disc of one covers the next one of a neighbour. */
void limner_painter_draw_discs (cairo_t *cr,
                                const LimnerDisc *discs,
                                guint n_discs,
                                const LimnerDiscLayer *layers,
                                guint n_layers);

/* A rectangle with round corners as the path. */
void limner_painter_round_rectangle (cairo_t *cr, const LimnerBox *box, double radius);

/* The outline of a polygon or mask in target coordinates: closed rings with the inside on the right
 * hand, so that filling by winding unites them. Both arrays are kept by whoever made the struct. */
typedef struct
{
  GArray *points; /* LimnerPoint */
  GArray *ends;   /* guint: where in points each ring ends */
} LimnerOutline;

/* Of a ring; its sign tells which way round it runs. */
double limner_painter_get_signed_area (const LimnerPoint *points, guint n_points);

/* The extent of a shape on the target; also of a mirrored box. */
LimnerBox limner_painter_get_extent (const LimnerView *view, const LimnerShape *shape);

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
