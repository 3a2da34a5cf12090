/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What worker threads do for the canvas: one tile with picture and resting shapes, the small
 * overview that stands in for missing tiles, or the placing of labels. A job owns all it touches.
 */

#include "label-layout.h"
#include "tile-pool.h"

#include <limner/pixels.h>

G_BEGIN_DECLS

/* Device pixels. */
#define LIMNER_TILE_SIZE 256

/* Screen pixels for an image pixel from which on there is a grid. */
#define LIMNER_GRID_SCALE 16.0

/* The longer side of the overview, device pixels. */
#define LIMNER_OVERVIEW_SIZE 512

/* All that a tile shows. */
typedef struct
{
  LimnerPixels *pixels;
  LimnerShapeSet *shapes; /* (nullable) */
  LimnerWindowLevel window;
  gboolean has_window;
  LimnerPaintStyle style;
  guint32 background;  /* 0xRRGGBB */
  gboolean pixel_grid; /* lines between pixels where they are large */
  int scale_factor;
} LimnerTileContent;

/* Where jobs wait while a frame of a drag is made: what it costs is then nearly the same however
 * many shapes there are. */
typedef struct
{
  GMutex lock;
  GCond opened;
  int is_closed; /* atomic */
} LimnerTileGate;

void limner_tile_gate_init (LimnerTileGate *self);
void limner_tile_gate_clear (LimnerTileGate *self);
void limner_tile_gate_set_closed (LimnerTileGate *self, gboolean is_closed);

typedef enum
{
  LIMNER_TILE_JOB_TILE,
  LIMNER_TILE_JOB_OVERVIEW,
  LIMNER_TILE_JOB_LABELS
} LimnerTileJobKind;

typedef struct
{
  LimnerTileJobKind kind;
  LimnerTileContent content; /* holds references */
  double scale;              /* device pixels per image pixel */
  int column;                /* of a tile; 0 begins at the picture's left edge */
  int row;
  LimnerBox area_img;   /* of labels */
  guint64 stamp;        /* for who asked: which state of the content this is */
  int cancelled;        /* atomic */
  LimnerTilePool *pool; /* (nullable): of the surfaces of tiles; outlives the job */
  LimnerTileGate *gate; /* (nullable): outlives the job */

  /* Results; NULL if it was cancelled. */
  cairo_surface_t *surface;
  LimnerLabelLayout *labels;
} LimnerTileJob;

LimnerTileJob *limner_tile_job_new (LimnerTileJobKind kind,
                                    const LimnerTileContent *content,
                                    double scale,
                                    guint64 stamp);
void limner_tile_job_free (LimnerTileJob *self);

/* Any thread. */
void limner_tile_job_run (LimnerTileJob *self);

/* (transfer full): the whole picture without shapes, within LIMNER_OVERVIEW_SIZE. @scale: (out):
 * device pixels per image pixel. */
cairo_surface_t *limner_tile_paint_overview (const LimnerTileContent *content, double *scale);

void limner_tile_content_copy (LimnerTileContent *to, const LimnerTileContent *from);
void limner_tile_content_clear (LimnerTileContent *self);

G_END_DECLS
