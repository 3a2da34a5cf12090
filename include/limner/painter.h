/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Draws shapes, labels and handles with cairo: on the canvas, in 'limn render', in tests. Sizes are
 * in screen pixels at any zoom; a view says where image pixels are on the target. No state, any
 * thread (one cairo_t per thread).
 */

#include <cairo.h>
#include <limner/shape.h>

G_BEGIN_DECLS

/*
 * target = turned (image) * scale + (x, y), in the user space of the cairo_t handed over: where the
 * image's origin is, how large its pixels are, and how it is turned there. Turning is about the
 * origin, as EXIF's tag does it with a stored picture; the image's own coordinates stay.
 */
typedef struct
{
  double x;
  double y;
  double scale;
  LimnerOrientation turn; /* 0 is as good as %LIMNER_ORIENTATION_NORMAL */
} LimnerView;

/* A vector, turned. */
static inline LimnerPoint
limner_orientation_turn (LimnerOrientation turn, LimnerPoint v)
{
  switch (turn)
    {
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      return (LimnerPoint){ -v.x, v.y };
    case LIMNER_ORIENTATION_ROTATE_180:
      return (LimnerPoint){ -v.x, -v.y };
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      return (LimnerPoint){ v.x, -v.y };
    case LIMNER_ORIENTATION_TRANSPOSE:
      return (LimnerPoint){ v.y, v.x };
    case LIMNER_ORIENTATION_ROTATE_90:
      return (LimnerPoint){ -v.y, v.x };
    case LIMNER_ORIENTATION_TRANSVERSE:
      return (LimnerPoint){ -v.y, -v.x };
    case LIMNER_ORIENTATION_ROTATE_270:
      return (LimnerPoint){ v.y, -v.x };
    case LIMNER_ORIENTATION_NORMAL:
    default:
      return v;
    }
}

/* What takes it back: only the two quarter turns are not their own. */
static inline LimnerOrientation
limner_orientation_invert (LimnerOrientation turn)
{
  return turn == LIMNER_ORIENTATION_ROTATE_90    ? LIMNER_ORIENTATION_ROTATE_270
         : turn == LIMNER_ORIENTATION_ROTATE_270 ? LIMNER_ORIENTATION_ROTATE_90
                                                 : turn;
}

/* Returns: what turns as @first and then @second do one after the other */
LimnerOrientation limner_orientation_compose (LimnerOrientation first, LimnerOrientation second);

static inline LimnerPoint
limner_view_to_target (const LimnerView *view, LimnerPoint point_img)
{
  LimnerPoint at = limner_orientation_turn (view->turn, point_img);

  return (LimnerPoint){ at.x * view->scale + view->x, at.y * view->scale + view->y };
}

static inline LimnerPoint
limner_view_to_image (const LimnerView *view, LimnerPoint point_target)
{
  const LimnerPoint at = { (point_target.x - view->x) / view->scale,
                           (point_target.y - view->y) / view->scale };

  return limner_orientation_turn (limner_orientation_invert (view->turn), at);
}

/* The box on the target: its sides are not negative. */
static inline LimnerBox
limner_view_box_to_target (const LimnerView *view, const LimnerBox *box_img)
{
  return limner_box_from_corners (
      limner_view_to_target (view, (LimnerPoint){ box_img->x, box_img->y }),
      limner_view_to_target (view, (LimnerPoint){ box_img->x + box_img->width,
                                                  box_img->y + box_img->height }));
}

typedef enum
{
  LIMNER_PAINT_NORMAL = 0,
  LIMNER_PAINT_HOVERED = 1 << 0,  /* fill 30 % */
  LIMNER_PAINT_SELECTED = 1 << 1, /* 2.5 px and a white hairline inside */
  LIMNER_PAINT_EDITED = 1 << 2,   /* fill 8 % */
  LIMNER_PAINT_FADED = 1 << 3,    /* others while one is edited */
  LIMNER_PAINT_LOCKED = 1 << 4,
  LIMNER_PAINT_PATTERN_1 = 1 << 5, /* see LIMNER_PAINT_PATTERN() */
  LIMNER_PAINT_PATTERN_2 = 1 << 6
} LimnerPaintFlags;

/* One of four ways to break lines, for those who cannot tell all colours apart: none, dashes, dots,
 * dashes and dots. A locked shape has dashes of its own. */
#define LIMNER_PAINT_PATTERN(number) ((LimnerPaintFlags) (((number) % 4) << 5))

/* Opacity of what is faded, of that which it has otherwise; also of its label. */
#define LIMNER_PAINT_FADED_ALPHA 0.35

/* Opacities of 0 .. 1 that a person may set; see %LIMNER_PAINT_STYLE_DEFAULT. */
typedef struct
{
  double fill;
  double outline;
  double line_width;
} LimnerPaintStyle;

#define LIMNER_PAINT_STYLE_DEFAULT ((LimnerPaintStyle){ 0.18, 1.0, 2.0 })

/**
 * limner_painter_draw_shape:
 * @color: 0xRRGGBB of the class
 * @style: (nullable): %NULL for the defaults
 *
 * Fill, outline with halo, and for a selected shape the inner hairline. No handles, no label.
 * Paints up to 8 px and the line width beyond the shape's extent; nothing if that is outside the
 * clip, so set a tight one. A shape under 3 px is a block; a locked one is dashed. The cost of a
 * mask follows the part of it that is in the clip.
 */
void limner_painter_draw_shape (cairo_t *cr,
                                const LimnerView *view,
                                const LimnerShape *shape,
                                guint32 color,
                                LimnerPaintFlags flags,
                                const LimnerPaintStyle *style);

/**
 * limner_painter_draw_handles:
 * @active: (nullable): the vertex under the pointer or being dragged: drawn larger
 *
 * Eight squares for a box (and for a polygon's bbox if @as_box), round vertices and mid-points for
 * a polygon.
 */
void limner_painter_draw_handles (cairo_t *cr,
                                  const LimnerView *view,
                                  const LimnerShape *shape,
                                  guint32 color,
                                  gboolean as_box,
                                  const LimnerVertex *active);

typedef struct
{
  LimnerPoint point; /* image pixels */
  guint visibility;  /* COCO's: 0 not annotated, 1 hidden in the picture, 2 seen */
} LimnerKeypoint;

/**
 * limner_painter_draw_keypoints:
 * @edges: (array length=n_edges): pairs of indexes of @keypoints: the skeleton; those that are out
 *   of range are left out
 * @n_edges: number of pairs
 *
 * Discs, hollow where the point is hidden in the picture, and the bones between those annotated.
 * Paints up to 6 px beyond them.
 */
void limner_painter_draw_keypoints (cairo_t *cr,
                                    const LimnerView *view,
                                    const LimnerKeypoint *keypoints,
                                    guint n_keypoints,
                                    const guint32 *edges,
                                    guint n_edges,
                                    guint32 color,
                                    LimnerPaintFlags flags);

/**
 * limner_painter_measure_label:
 *
 * Returns: the box in target pixels that limner_painter_draw_label() covers for @text: 17 px high,
 * above the top-left corner of a box or the topmost vertex of a polygon; moved inside [0, 0,
 * @target_width, @target_height]
 */
LimnerBox limner_painter_measure_label (cairo_t *cr,
                                        const LimnerView *view,
                                        const LimnerShape *shape,
                                        const char *text,
                                        double target_width,
                                        double target_height);
void limner_painter_draw_label (cairo_t *cr,
                                const LimnerBox *box_target,
                                const char *text,
                                guint32 color);

/* A small dark chip with light text beside @at (target pixels): '142 x 88', 'W 1200 L 600'. */
void limner_painter_draw_readout (cairo_t *cr, LimnerPoint at, const char *text);

/* Black or white, whichever contrasts more with @color (WCAG); 0xRRGGBB. */
guint32 limner_painter_get_text_color (guint32 color);

G_END_DECLS
