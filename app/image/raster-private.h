/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by raster.c (what to paint), raster-edges.c (which pixels an outline holds and passes) and
 * raster-kernels.c (the inner loops).
 *
 * Painting goes through a window of 256 x 256 device pixels. Pixels are handled in blocks of eight
 * of a row. An outline leaves two things in the window: which pixels are inside, and for pixels in
 * blocks near it the square of the distance. Blending takes both and leaves the window empty.
 */

#include <limner/raster.h>

G_BEGIN_DECLS

#define LIMNER_RASTER_WINDOW 256
#define LIMNER_RASTER_BLOCK 8
#define LIMNER_RASTER_BLOCKS (LIMNER_RASTER_WINDOW / LIMNER_RASTER_BLOCK)

/* Vertices are counted in fractions of a device pixel. */
#define LIMNER_RASTER_FRACTION 256
#define LIMNER_RASTER_SHIFT 8

/* The square of a distance that nothing reaches. */
#define LIMNER_RASTER_FAR 1e9f

typedef struct
{
  gint32 x;
  gint32 y;
} LimnerRasterPoint;

/* Eight pixels to be blended with one colour. */
typedef struct
{
  guint16 rest;                         /* what stays of a pixel, in 1/256 */
  guint16 own[4 * LIMNER_RASTER_BLOCK]; /* what is added to each byte, times 256, to be cut off */
} LimnerRasterTint;

/* How pixels near an outline, and inside it, change. Distances in device pixels, ends half a pixel
 * further than what they mean: of the last centre that gets nothing; alphas 0 .. 1. */
typedef struct
{
  float line_end;        /* where the line ends; negative: there is none */
  float middle;          /* of the halo, on the outside, and of the hairline, inside */
  float rim_end;         /* where these two end, from their middles */
  float halo_alpha;      /* black, outside */
  float hairline_alpha;  /* white, inside */
  float line_alpha;      /* of all three together */
  guint fill_256;        /* alpha of the inside, in 1/256 */
  LimnerRasterTint tint; /* the same */
  float channels[3];     /* blue, green, red: 0 .. 255 */
} LimnerRasterBrush;

/* A piece of an outline. */
typedef struct
{
  double x; /* where it starts, in pixels of the window */
  double y;
  double along_x; /* its direction */
  double along_y;
  double length;
} LimnerRasterSegment;

/* Where an outline crosses a row's line of pixel centres. */
typedef struct
{
  gint16 x; /* the first pixel behind it */
  gint16 direction;
  gint32 next; /* of the same row; -1 = none */
} LimnerRasterCrossing;

typedef struct
{
  int width; /* the part of it that lies in the surface */
  int height;
  guint32 *pixels; /* its corner */
  gsize stride;    /* in pixels */
  int row_first;   /* the rows in use: first, and behind the last */
  int row_end;

  float (*distances)[LIMNER_RASTER_WINDOW];                  /* squares */
  guint32 touched[LIMNER_RASTER_WINDOW];                     /* a bit for each block */
  guint32 full[LIMNER_RASTER_WINDOW];                        /* blocks wholly inside */
  guint8 inside[LIMNER_RASTER_WINDOW][LIMNER_RASTER_BLOCKS]; /* a bit for each pixel */
  gint32 crossings_first[LIMNER_RASTER_WINDOW];              /* -1 = none */
  GArray *crossings;                                         /* LimnerRasterCrossing */
  GArray *sorted;                                            /* guint32, of one row */
} LimnerRasterWindow;

/* ---- raster-edges.c ---- */

/* Takes the rows from @y0 to @y1 (pixels, not included) into use; %FALSE if none is in the window.
 */
gboolean limner_raster_window_begin (LimnerRasterWindow *self, int y0, int y1);

/* A closed ring, in fractions of a pixel of the window; @direction: 1 or -1, which way it turns. */
void limner_raster_window_add_ring (LimnerRasterWindow *self,
                                    const LimnerRasterPoint *points,
                                    guint n_points,
                                    int direction);

/* After all rings: finds out what is inside any of them. */
void limner_raster_window_close (LimnerRasterWindow *self);

/* Paints what was added, and forgets it. */
void limner_raster_window_blend (LimnerRasterWindow *self, const LimnerRasterBrush *brush);

/* Blends a rectangle in pixels of the window with one colour. */
void limner_raster_window_fill (
    LimnerRasterWindow *self, int x0, int y0, int x1, int y1, const float *channels, double alpha);

/* ---- raster-kernels.c ---- */

/* Leaves the distances of what is nearer than @reach. */
void limner_raster_window_add_line (LimnerRasterWindow *self,
                                    const LimnerRasterSegment *segment,
                                    double reach);

/* The blocks near the outline; sets their distances to far. */
void limner_raster_window_blend_near (LimnerRasterWindow *self, const LimnerRasterBrush *brush);

/* @alpha_256: of the colour, in 1/256 */
void limner_raster_tint_init (LimnerRasterTint *self, const float *channels, guint alpha_256);
void limner_raster_blend_span (guint32 *pixels, gsize n, const LimnerRasterTint *tint);

G_END_DECLS
