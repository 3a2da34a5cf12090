/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-level.h"

static gpointer
tile_key (int column, int row)
{
  const guint bits = sizeof (gsize) * 4;

  return GSIZE_TO_POINTER ((gsize) (guint) column << bits |
                           ((gsize) (guint) row & (((gsize) 1 << bits) - 1)));
}

static void
tile_free (gpointer data)
{
  LimnerTile *tile = data;

  g_clear_pointer (&tile->surface, cairo_surface_destroy);
  g_clear_pointer (&tile->next, cairo_surface_destroy);
  g_clear_pointer (&tile->node, gsk_render_node_unref);
  g_clear_pointer (&tile->fallback, gsk_render_node_unref);
  g_free (tile);
}

guint
limner_tile_count_surfaces (const LimnerTile *self)
{
  return (self->surface != NULL) + (self->next != NULL);
}

gboolean
limner_tile_is_fresh (const LimnerTile *self)
{
  return self->surface != NULL && self->stamp >= self->wanted_stamp;
}

LimnerTileLevel *
limner_tile_level_new (double scale)
{
  LimnerTileLevel *self = g_new0 (LimnerTileLevel, 1);

  self->scale = scale;
  self->tiles = g_hash_table_new_full (NULL, NULL, NULL, tile_free);
  return self;
}

void
limner_tile_level_free (LimnerTileLevel *self)
{
  g_hash_table_unref (self->tiles);
  g_free (self);
}

LimnerTile *
limner_tile_level_find (LimnerTileLevel *self, int column, int row)
{
  return g_hash_table_lookup (self->tiles, tile_key (column, row));
}

LimnerTile *
limner_tile_level_ensure (LimnerTileLevel *self, int column, int row, guint64 wanted_stamp)
{
  LimnerTile *tile = limner_tile_level_find (self, column, row);

  if (tile != NULL)
    return tile;
  tile = g_new0 (LimnerTile, 1);
  tile->column = column;
  tile->row = row;
  tile->wanted_stamp = wanted_stamp;
  g_hash_table_insert (self->tiles, tile_key (column, row), tile);
  return tile;
}

void
limner_tile_level_remove (LimnerTileLevel *self, LimnerTile *tile)
{
  g_hash_table_remove (self->tiles, tile_key (tile->column, tile->row));
}

guint
limner_tile_level_count_surfaces (LimnerTileLevel *self)
{
  GHashTableIter iter;
  gpointer tile;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &tile))
    n += limner_tile_count_surfaces (tile);
  return n;
}

void
limner_tile_level_drop_fallbacks (LimnerTileLevel *self)
{
  GHashTableIter iter;
  gpointer tile;

  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &tile))
    g_clear_pointer (&((LimnerTile *) tile)->fallback, gsk_render_node_unref);
}
