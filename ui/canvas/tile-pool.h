/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory of tiles, used again: a fresh quarter of a megabyte costs the page faults of all its pages
 * first. Any thread; surfaces may outlive the pool.
 */

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _LimnerTilePool LimnerTilePool;

/* @size: of the square surfaces, in pixels. */
LimnerTilePool *limner_tile_pool_new (int size);
void limner_tile_pool_unref (LimnerTilePool *self);

/* (transfer full): a CAIRO_FORMAT_RGB24 surface that shows anything. Its memory comes back when the
 * last reference to it is gone. */
cairo_surface_t *limner_tile_pool_take (LimnerTilePool *self);

/* Buffers that lie idle, for tests. */
guint limner_tile_pool_count_idle (LimnerTilePool *self);

G_END_DECLS
