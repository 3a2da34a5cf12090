/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which labels are shown and where, at one scale: widest shapes first, none under 46 px, never over
 * another label or over a smaller shape. Placed once, wherever the picture is then moved to.
 * Immutable, for any thread; only the nodes of its chips are made on the main thread.
 */

#include "shape-set.h"

#include <cairo.h>

G_BEGIN_DECLS

/* A label as an image. Labels that look the same share one. */
typedef struct
{
  char *key;                /* the same key, the same look */
  cairo_surface_t *surface; /* ARGB32, device pixels; owned by the layout */
  double width;             /* screen pixels */
  double height;
} LimnerLabelChip;

typedef struct
{
  guint chip;
  double x; /* screen pixels from the picture's corner */
  double y;
} LimnerLabel;

typedef struct
{
  double scale;       /* device pixels per image pixel */
  int scale_factor;   /* device pixels per screen pixel */
  LimnerBox area_img; /* where labels were placed */
  GArray *chips;      /* LimnerLabelChip */
  GArray *labels;     /* LimnerLabel */
} LimnerLabelLayout;

/* (transfer full): one chip at the resolution of the screen; sizes in screen pixels. */
cairo_surface_t *limner_label_paint_chip (const char *text,
                                          guint32 color,
                                          gboolean is_faded,
                                          double width,
                                          double height,
                                          int scale_factor);

/**
 * limner_label_layout_new:
 * @area_img: shapes outside get no label
 * @cancelled: (nullable): looked at atomically from time to time
 *
 * Returns: (transfer full) (nullable): NULL when it was cancelled
 */
LimnerLabelLayout *limner_label_layout_new (const LimnerShapeSet *shapes,
                                            double scale,
                                            int scale_factor,
                                            guint image_width,
                                            guint image_height,
                                            const LimnerBox *area_img,
                                            const int *cancelled);
void limner_label_layout_free (LimnerLabelLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerLabelLayout, limner_label_layout_free)

G_END_DECLS
