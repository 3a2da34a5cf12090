/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Scales what is on the screen to another scale, by bilinear interpolation: each frame of a zoom is
 * made of the tiles of the scale before. Tiles that touch are one picture: nothing shows where they
 * meet. Plain memory and no GTK; it keeps its scratch, so that a frame allocates nothing.
 */

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _LimnerStretch LimnerStretch;

/* A picture at one scale, cut into cells that are RGB24 surfaces of the same size. */
typedef struct
{
  double scale;
  int cell_width;
  int cell_height;
  int column_first; /* of the first cell; that of column 0 begins at the picture's left edge */
  int row_first;
  int n_columns;
  int n_rows;
  cairo_surface_t *const *cells; /* (nullable elements): by rows; none is written to meanwhile */
} LimnerStretchSource;

/* Pixels of a picture at another scale. */
typedef struct
{
  double scale;
  guint32 *pixels; /* 0xffRRGGBB */
  gsize stride;    /* in pixels */
  int x;           /* of the first pixel, in the scaled picture */
  int y;
} LimnerStretchTarget;

LimnerStretch *limner_stretch_new (void);
LimnerStretch *limner_stretch_ref (LimnerStretch *self);
void limner_stretch_unref (LimnerStretch *self);

/* For tests: as on a processor without the instructions that are chosen where there are. */
void limner_stretch_use_plain (LimnerStretch *self);

/* (transfer full): an RGB24 surface in memory that is lent again with the next call. */
cairo_surface_t *limner_stretch_lend_surface (LimnerStretch *self, int width, int height);

/* Whole pixels of the target that cell @index covers along one axis: from *@start on, *@size many;
 * cells that touch leave none out and share none. */
void limner_stretch_find_span (
    int index, int cell_size, double source_scale, double scale, int *start, int *size);

/**
 * limner_stretch_paint:
 * @area: what to paint at most, in pixels of the target's scaled picture
 *
 * Paints where there are cells, and nothing elsewhere.
 */
void limner_stretch_paint (LimnerStretch *self,
                           const LimnerStretchSource *source,
                           const LimnerStretchTarget *target,
                           const cairo_rectangle_int_t *area);

/* The same with a picture of one cell, whose edge goes on beyond it: all of @area is painted. */
void limner_stretch_paint_whole (LimnerStretch *self,
                                 cairo_surface_t *surface,
                                 double scale,
                                 const LimnerStretchTarget *target,
                                 const cairo_rectangle_int_t *area);

G_END_DECLS
