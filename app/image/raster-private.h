/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Shared by raster.c (what to paint), raster-edges.c (which pixels an outline holds and passes) and
 * raster-kernels.c (the inner loops).
 *
 * Painting goes through a window of 256 x 256 device pixels. Pixels are handled in blocks of eight
 * of a row. An outline leaves two things in the window: which pixels are inside, and for pixels in
 * blocks near it the square of the distance. Blending takes both and leaves the window empty.
 *
 * Shapes are painted from the uppermost down, into a cover that lies over the surface in the end:
 * where nothing shows through it any more, nothing is worked out for the shapes below. With many
 * coats that is most of the work.
 */

#include <limner/raster.h>

G_BEGIN_DECLS

#define LIMNER_RASTER_WINDOW 256
#define LIMNER_RASTER_BLOCK 8
#define LIMNER_RASTER_BLOCKS (LIMNER_RASTER_WINDOW / LIMNER_RASTER_BLOCK)

/* From row to row: see LimnerRasterCover. */
#define LIMNER_RASTER_DISTANCES (LIMNER_RASTER_WINDOW + 2 * LIMNER_RASTER_BLOCK)

/* Vertices are counted in fractions of a device pixel. */
#define LIMNER_RASTER_FRACTION 256
#define LIMNER_RASTER_SHIFT 8

/* The places between them where dashes start are counted in smaller ones. */
#define LIMNER_RASTER_DASH_FRACTION 4096

/* The square of a distance that nothing reaches. */
#define LIMNER_RASTER_FAR 1e9f

typedef struct
{
  gint32 x;
  gint32 y;
} LimnerRasterPoint;

/* Eight pixels of what lies over the surface; one line of a processor's cache. */
typedef struct
{
  guint16 open[LIMNER_RASTER_BLOCK];        /* how much shows through, in 1/65535 */
  guint16 channels[3][LIMNER_RASTER_BLOCK]; /* blue, green, red: 0 .. 255, times 256 */
} LimnerRasterCell;

/* Of a window. Rows are one cell further apart than they are long, or a shape's rows would all want
 * the same few places of the cache. */
typedef struct
{
  LimnerRasterCell cells[LIMNER_RASTER_WINDOW][LIMNER_RASTER_BLOCKS + 1];
  guint32 begun[LIMNER_RASTER_WINDOW]; /* a bit for each block: the others hold anything */
  guint32 shut[LIMNER_RASTER_WINDOW];  /* blocks through which less than a grey level shows */
} LimnerRasterCover;

/* One colour for many pixels. */
typedef struct
{
  guint16 alpha;       /* in 1/65535 */
  guint16 channels[3]; /* as in a cell */
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
  float fill;            /* alpha of the inside */
  LimnerRasterTint tint; /* the same */
  float channels[3];     /* blue, green, red: 0 .. 255 */
} LimnerRasterBrush;

/* A piece of an outline. It starts at a multiple of 1/LIMNER_RASTER_DASH_FRACTION: what a pixel of
 * the window is away from there is exact, with few enough digits for a float. */
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
  LimnerRasterCover *cover;
  guint32 blocks; /* those in use, a bit for each, in rows from the first to before the end */
  int block_first;
  int row_first;
  int row_end;

  /* Squares, from the first block and row in use on: those of most shapes stay in the nearest of
   * the processor's caches. */
  float (*distances)[LIMNER_RASTER_DISTANCES];
  guint32 touched[LIMNER_RASTER_WINDOW];                     /* a bit for each block */
  guint32 full[LIMNER_RASTER_WINDOW];                        /* blocks wholly inside */
  guint8 inside[LIMNER_RASTER_WINDOW][LIMNER_RASTER_BLOCKS]; /* a bit for each pixel */
  gint32 crossings_first[LIMNER_RASTER_WINDOW];              /* -1 = none */
  GArray *crossings;                                         /* LimnerRasterCrossing */
  GArray *sorted;                                            /* guint32, of one row */
} LimnerRasterWindow;

static inline float *
limner_raster_window_get_distances (const LimnerRasterWindow *self, int row, int block)
{
  return &self->distances[row - self->row_first][(block - self->block_first) * LIMNER_RASTER_BLOCK];
}

/* ---- raster-edges.c ---- */

/* Takes a box into use (pixels; @x1 and @y1 are not included), as far as anything shows through the
 * cover there; %FALSE if nothing does, or nothing of it is in the window. */
gboolean limner_raster_window_begin (LimnerRasterWindow *self, int x0, int y0, int x1, int y1);

/* A closed ring, in fractions of a pixel of the window; @direction: 1 or -1, which way it turns. */
void limner_raster_window_add_ring (LimnerRasterWindow *self,
                                    const LimnerRasterPoint *points,
                                    guint n_points,
                                    int direction);

/* After all rings: finds out what is inside any of them. */
void limner_raster_window_close (LimnerRasterWindow *self);

/* Paints what was added below all that is there, and forgets it. */
void limner_raster_window_blend (LimnerRasterWindow *self, const LimnerRasterBrush *brush);

/* The same with a rectangle in pixels of the window, in one colour. */
void limner_raster_window_fill (
    LimnerRasterWindow *self, int x0, int y0, int x1, int y1, const float *channels, double alpha);

/* ---- raster-kernels.c ---- */

/* Leaves the distances of what is nearer than @reach. */
void limner_raster_window_add_line (LimnerRasterWindow *self,
                                    const LimnerRasterSegment *segment,
                                    double reach);

/* The blocks near the outline; sets their distances to far. */
void limner_raster_window_blend_near (LimnerRasterWindow *self, const LimnerRasterBrush *brush);

/* @alpha: 0 .. 1 */
void limner_raster_tint_init (LimnerRasterTint *self, const float *channels, float alpha);

/* Whole blocks of a row, or the pixels @bits of one. */
void limner_raster_cover_tint (LimnerRasterCover *self,
                               int row,
                               guint32 blocks,
                               const LimnerRasterTint *tint);
void limner_raster_cover_tint_part (
    LimnerRasterCover *self, int row, int block, guint bits, const LimnerRasterTint *tint);

/* Lays it over @width x @height pixels, and empties it. */
void limner_raster_cover_lay (
    LimnerRasterCover *self, guint32 *pixels, gsize stride, int width, int height);

G_END_DECLS
