/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tiles of one scale: what is on the screen, what will replace it, what stands in meanwhile.
 */

#include "tile-queue.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  int column;
  int row;
  cairo_surface_t *surface; /* (nullable): what is shown */
  GskRenderNode *node;      /* (nullable): the same, made once */
  GskRenderNode *fallback;  /* (nullable): stands in for it, made once */
  guint64 stamp;            /* state of the content that is shown */
  cairo_surface_t *next;    /* (nullable): replaces it together with others */
  guint64 next_stamp;
  guint64 wanted_stamp; /* the last change that this tile shows */
  guint64 last_used;
  LimnerTileJob *job; /* (nullable): not owned, in the queue or running */
} LimnerTile;

typedef struct
{
  double scale;
  GHashTable *tiles; /* place -> LimnerTile */
  guint64 last_used;
} LimnerTileLevel;

LimnerTileLevel *limner_tile_level_new (double scale);
void limner_tile_level_free (LimnerTileLevel *self);

/* (nullable) */
LimnerTile *limner_tile_level_find (LimnerTileLevel *self, int column, int row);

/* A new one wants the content of that stamp. */
LimnerTile *limner_tile_level_ensure (LimnerTileLevel *self,
                                      int column,
                                      int row,
                                      guint64 wanted_stamp);
void limner_tile_level_remove (LimnerTileLevel *self, LimnerTile *tile);
guint limner_tile_level_count_surfaces (LimnerTileLevel *self);

/* Stand-ins are made of what there was when they were needed. */
void limner_tile_level_drop_fallbacks (LimnerTileLevel *self);

guint limner_tile_count_surfaces (const LimnerTile *self);

/* Whether it shows all that it should. */
gboolean limner_tile_is_fresh (const LimnerTile *self);

G_END_DECLS
