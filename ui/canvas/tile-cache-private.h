/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by tile-cache.c (which tiles there are), tile-memory.c (which go when there are too many)
 * and tile-draw.c (how they get on the screen). */

#include "tile-cache.h"
#include "tile-level.h"
#include "tile-queue.h"
#include "tile-stretch.h"

G_BEGIN_DECLS

/* Columns and rows, the last ones included; empty if last < first. */
typedef struct
{
  int column_first;
  int row_first;
  int column_last;
  int row_last;
} LimnerTileRange;

/* Nodes that were shown, each at its place, as one: it is the same while they are. */
typedef struct
{
  GArray *placed;      /* LimnerPlacedNode */
  GArray *next;        /* the same, of the frame that is made */
  GskRenderNode *node; /* (nullable): holds them */
} LimnerKeptNodes;

struct _LimnerTileCache
{
  void (*changed) (gpointer user_data);
  gpointer user_data;
  LimnerTileQueue *queue;
  LimnerTilePool *pool;
  LimnerTileGate gate;
  GPtrArray *jobs; /* not owned: all that are in the queue or running */
  gsize max_bytes;
  gsize n_surfaces;

  LimnerTileContent content;
  guint64 stamp;       /* increases with each change of the content */
  guint64 first_stamp; /* of this picture */

  LimnerViewport view; /* scale 0: none yet */
  int width;
  int height;
  guint64 clock; /* increases with each view */

  GPtrArray *levels;
  LimnerTileLevel *current;  /* (nullable): one of the levels */
  LimnerTileLevel *complete; /* (nullable): the last one that had all that was visible */
  gint64 next_since;         /* when the first tile began to wait for the others; 0 = none waits */

  cairo_surface_t *overview; /* (nullable) */
  double overview_scale;
  guint64 overview_stamp;
  guint64 overview_wanted;
  gboolean is_first_frame;
  gboolean is_in_snapshot; /* what comes now is in this frame */

  LimnerStretch *stretch;

  LimnerKeptNodes shown_tiles;
  LimnerKeptNodes shown_labels;

  gboolean show_labels;
  LimnerLabelLayout *labels; /* (nullable) */
  GPtrArray *label_nodes; /* (element-type GskRenderNode) (nullable elements): one for each chip */
  guint64 labels_stamp;
  guint64 labels_wanted;
};

void limner_kept_nodes_init (LimnerKeptNodes *self);
void limner_kept_nodes_clear (LimnerKeptNodes *self);

/* Lets go of what was shown last. */
void limner_kept_nodes_empty (LimnerKeptNodes *self);

/* The tiles of the current level in view; @margin more on each side. */
LimnerTileRange limner_tile_cache_get_range (LimnerTileCache *self, int margin);

/* Where there are more than may be: least recently used tiles go first; those of this view, and
 * what stands in for them, stay. */
void limner_tile_cache_evict (LimnerTileCache *self);

G_END_DECLS
