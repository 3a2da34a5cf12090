/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-cache-private.h"

#define TILE_BYTES ((gsize) LIMNER_TILE_SIZE * LIMNER_TILE_SIZE * 4)

/* The part of all that is evicted at once. */
#define EVICTED_PART 16

typedef struct
{
  LimnerTileLevel *level;
  LimnerTile *tile;
} Place;

static int
compare_use (gconstpointer a, gconstpointer b)
{
  const LimnerTile *first = ((const Place *) a)->tile, *second = ((const Place *) b)->tile;

  return first->last_used < second->last_used ? -1 : first->last_used > second->last_used;
}

void
limner_tile_cache_evict (LimnerTileCache *self)
{
  g_autoptr (GArray) places = NULL;
  guint max_surfaces = (guint) (self->max_bytes / TILE_BYTES);

  if (self->n_surfaces <= max_surfaces)
    return;
  /* some more at once: not all tiles are looked at again for each that comes */
  max_surfaces -= max_surfaces / EVICTED_PART;
  places = g_array_new (FALSE, FALSE, sizeof (Place));
  for (guint i = 0; i < self->levels->len; i++)
    {
      Place place = { self->levels->pdata[i], NULL };
      GHashTableIter iter;
      gpointer tile;

      g_hash_table_iter_init (&iter, place.level->tiles);
      while (g_hash_table_iter_next (&iter, NULL, &tile))
        {
          place.tile = tile;
          if (place.tile->last_used < self->clock && place.tile->job == NULL)
            g_array_append_val (places, place);
        }
    }
  g_array_sort (places, compare_use);
  for (guint i = 0; i < places->len && self->n_surfaces > max_surfaces; i++)
    {
      const Place *place = &g_array_index (places, Place, i);

      self->n_surfaces -= limner_tile_count_surfaces (place->tile);
      limner_tile_level_remove (place->level, place->tile);
    }
}

gsize
limner_tile_cache_get_bytes (LimnerTileCache *self)
{
  return self->n_surfaces * TILE_BYTES;
}
