/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The picture with its resting shapes as tiles of 256 device pixels per scale, rendered by worker
 * threads and kept as render nodes: GTK compares nodes by their address, so what is unchanged is
 * not painted again. Tiles that are missing are stood in for by those of the last scale that was
 * complete, over a small overview, so shapes never vanish while the view moves.
 *
 * A tile whose content is outdated stays as it is until the new one is ready, and all that are
 * visible change together: a shape that moves never shows half here and half there.
 */

#include "tile-painter.h"
#include "viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _LimnerTileCache LimnerTileCache;

#define LIMNER_TILE_CACHE_BYTES (64 * 1024 * 1024)

/* @changed: called on the main thread when there is something new to show. */
LimnerTileCache *limner_tile_cache_new (void (*changed) (gpointer user_data), gpointer user_data);
void limner_tile_cache_free (LimnerTileCache *self);

/* More is kept only while what is visible needs more. */
void limner_tile_cache_set_max_bytes (LimnerTileCache *self, gsize max_bytes);

/**
 * limner_tile_cache_set_content:
 * @content: (nullable): copied; NULL or without pixels: nothing
 *
 * Another picture: everything of the one before is gone at once.
 */
void limner_tile_cache_set_content (LimnerTileCache *self, const LimnerTileContent *content);

/* The same picture decoded better: what is shown stays until its tiles are ready. */
void limner_tile_cache_set_pixels (LimnerTileCache *self, LimnerPixels *pixels);

/* Other looks of the same picture: window, style, background. Its pixels and shapes are ignored. */
void limner_tile_cache_set_look (LimnerTileCache *self, const LimnerTileContent *content);

/**
 * limner_tile_cache_set_shapes:
 * @shapes: (nullable)
 * @damage_img: (nullable): where they differ from those before, outlines not included; NULL:
 *   everywhere
 */
void limner_tile_cache_set_shapes (LimnerTileCache *self,
                                   LimnerShapeSet *shapes,
                                   const LimnerBox *damage_img);

/* (transfer none) (nullable) */
LimnerShapeSet *limner_tile_cache_get_shapes (LimnerTileCache *self);

/* Stops the workers for the moment of a frame that shows a hand's move; at most 50 ms. */
void limner_tile_cache_set_paused (LimnerTileCache *self, gboolean is_paused);
void limner_tile_cache_set_show_labels (LimnerTileCache *self, gboolean show_labels);

/**
 * limner_tile_cache_set_view:
 * @width: of the widget, device pixels
 * @height: of the widget
 *
 * What is, or at the end of a movement will be, in view: its tiles are asked for, the middle first.
 */
void limner_tile_cache_set_view (LimnerTileCache *self,
                                 const LimnerViewport *view,
                                 int width,
                                 int height);

/**
 * limner_tile_cache_snapshot:
 * @view: what to show now; another scale than that of limner_tile_cache_set_view() while zooming
 *
 * Decodes, rasterises and waits for nothing; only the first frame of a picture takes up to 8 ms to
 * be sharp at once.
 */
void limner_tile_cache_snapshot (LimnerTileCache *self,
                                 GtkSnapshot *snapshot,
                                 const LimnerViewport *view);

/* Above it. */
void limner_tile_cache_snapshot_labels (LimnerTileCache *self,
                                        GtkSnapshot *snapshot,
                                        const LimnerViewport *view);

/* Whether all that is in view is up to date. */
gboolean limner_tile_cache_is_settled (LimnerTileCache *self);

/* Whether each tile in view is there, if perhaps not up to date. */
gboolean limner_tile_cache_is_sharp (LimnerTileCache *self);

/* For tests. */
guint64 limner_tile_cache_count_jobs (LimnerTileCache *self);
gsize limner_tile_cache_get_bytes (LimnerTileCache *self);

G_END_DECLS
