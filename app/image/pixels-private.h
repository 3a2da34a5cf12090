/* SPDX-License-Identifier: MIT */
#pragma once

/* What pixels.c and the other pixels-*.c share. Level 0 is the picture itself. */

#include <limner/pixels.h>

G_BEGIN_DECLS

/* 2^16 halved until 32 are left is 11 steps; a few more for pictures of one column. */
#define LIMNER_PIXELS_MAX_LEVELS 20

#define LIMNER_PIXELS_N_NOTES 8

typedef struct
{
  guint width;
  guint height;
  gsize stride;
  guint8 *data;
  gsize mapped; /* see limner_plane_free() */
} LimnerPixelsLevel;

struct _LimnerPixels
{
  gatomicrefcount ref_count;
  LimnerPixelsFormat format;
  guint largest; /* value present, GREY16 only */

  LimnerPixelsFlags flags;
  LimnerOrientation orientation;
  guint stored_depth;
  char *notes[LIMNER_PIXELS_N_NOTES];

  /* Columns and rows that were in the file, upright. */
  guint valid_x0;
  guint valid_y0;
  guint valid_x1;
  guint valid_y1;

  /* Of a turned picture: nothing but its size is its own. */
  LimnerPixels *base; /* (nullable) */
  LimnerOrientation turn;

  guint first_level; /* those before it have a size but no data; 0 unless it is a preview */
  GMutex mips_lock;
  gint n_levels; /* atomic: levels below it are complete and constant */
  LimnerPixelsLevel levels[LIMNER_PIXELS_MAX_LEVELS];
};

/* The memory given to limner_pixels_new() or _new_preview() is not from g_malloc() but from
 * limner_plane_new(). */
void limner_pixels_set_mapped (LimnerPixels *self, gsize mapped);

/* Where the samples are. */
static inline LimnerPixels *
limner_pixels_get_base (const LimnerPixels *self)
{
  return self->base != NULL ? self->base : (LimnerPixels *) self;
}

static inline guint
limner_pixels_format_bytes (LimnerPixelsFormat format)
{
  return format == LIMNER_PIXELS_GREY8 ? 1 : format == LIMNER_PIXELS_GREY16 ? 2 : 4;
}

G_END_DECLS
