/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-stand-in.h"

#include <math.h>

/* The grid from the first tile to the last has at most so many cells. Tiles that are farther apart
 * are small by then, and the overview does as well. */
#define MAX_CELLS 4096

struct _LimnerStandIn
{
  grefcount ref_count;
  LimnerStretch *stretch;
  double scale;
  guint32 background;

  GPtrArray *cells; /* owned surfaces, nullable elements: of the source */
  LimnerStretchSource source;
  cairo_surface_t *overview; /* (nullable) */
  double overview_scale;

  cairo_region_t *missing; /* of the picture: no tile is there */
  cairo_region_t *around;  /* the same around the picture */
};

static void
unref_cell (gpointer cell)
{
  if (cell != NULL)
    cairo_surface_destroy (cell);
}

/* ---- what it is made of ---- */

/* Pixels that a tile covers at another scale; FALSE if they are too far away to be counted. */
static gboolean
find_tile_area (const LimnerTileLevel *level,
                const LimnerTile *tile,
                double scale,
                cairo_rectangle_int_t *area)
{
  double far = 1e9 / LIMNER_TILE_SIZE / MAX (scale / level->scale, 1.0);

  if (MAX (ABS (tile->column), ABS (tile->row)) > far)
    return FALSE;
  limner_stretch_find_span (tile->column, LIMNER_TILE_SIZE, level->scale, scale, &area->x,
                            &area->width);
  limner_stretch_find_span (tile->row, LIMNER_TILE_SIZE, level->scale, scale, &area->y,
                            &area->height);
  return TRUE;
}

/* (transfer container): the tiles that show something of @area. */
static GPtrArray *
find_tiles (LimnerStandIn *self, LimnerTileLevel *level, const cairo_rectangle_int_t *area)
{
  GPtrArray *tiles = g_ptr_array_new ();
  cairo_rectangle_int_t covered;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, level->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;

      if (tile->surface == NULL || !find_tile_area (level, tile, self->scale, &covered) ||
          !gdk_rectangle_intersect (&covered, area, NULL))
        continue;
      g_ptr_array_add (tiles, tile);
    }
  return tiles;
}

/* The grid that has all @tiles, still without cells; FALSE if there is none, or it is too large. */
static gboolean
find_grid (const LimnerTileLevel *level, const GPtrArray *tiles, LimnerStretchSource *source)
{
  int column_last = G_MININT, row_last = G_MININT;

  *source = (LimnerStretchSource){ .scale = level->scale,
                                   .cell_width = LIMNER_TILE_SIZE,
                                   .cell_height = LIMNER_TILE_SIZE,
                                   .column_first = G_MAXINT,
                                   .row_first = G_MAXINT };
  if (tiles->len == 0)
    return FALSE;
  for (guint i = 0; i < tiles->len; i++)
    {
      const LimnerTile *tile = tiles->pdata[i];

      source->column_first = MIN (source->column_first, tile->column);
      source->row_first = MIN (source->row_first, tile->row);
      column_last = MAX (column_last, tile->column);
      row_last = MAX (row_last, tile->row);
    }
  source->n_columns = column_last - source->column_first + 1;
  source->n_rows = row_last - source->row_first + 1;
  return (gint64) source->n_columns * source->n_rows <= MAX_CELLS;
}

/* What the tiles cover is not missing. */
static void
set_source (LimnerStandIn *self,
            LimnerTileLevel *level,
            const GPtrArray *tiles,
            const LimnerStretchSource *grid)
{
  cairo_rectangle_int_t covered;

  self->source = *grid;
  g_ptr_array_set_size (self->cells, grid->n_columns * grid->n_rows);
  for (guint i = 0; i < tiles->len; i++)
    {
      const LimnerTile *tile = tiles->pdata[i];
      int cell =
          (tile->row - grid->row_first) * grid->n_columns + tile->column - grid->column_first;

      self->cells->pdata[cell] = cairo_surface_reference (tile->surface);
      if (find_tile_area (level, tile, self->scale, &covered))
        cairo_region_subtract_rectangle (self->missing, &covered);
    }
  self->source.cells = (cairo_surface_t *const *) self->cells->pdata;
}

LimnerStandIn *
limner_stand_in_new (LimnerStretch *stretch,
                     const LimnerTileContent *content,
                     LimnerTileLevel *level,
                     double scale,
                     const cairo_rectangle_int_t *area)
{
  LimnerStandIn *self = g_new0 (LimnerStandIn, 1);
  const cairo_rectangle_int_t picture = {
    0, 0, (int) round (limner_pixels_get_width (content->pixels) * scale),
    (int) round (limner_pixels_get_height (content->pixels) * scale)
  };

  g_ref_count_init (&self->ref_count);
  self->stretch = limner_stretch_ref (stretch);
  self->scale = scale;
  self->background = content->background;
  self->cells = g_ptr_array_new_with_free_func (unref_cell);
  self->missing = cairo_region_create_rectangle (area);
  if (level != NULL)
    {
      g_autoptr (GPtrArray) tiles = find_tiles (self, level, area);
      LimnerStretchSource grid;

      if (find_grid (level, tiles, &grid))
        set_source (self, level, tiles, &grid);
    }
  self->around = cairo_region_copy (self->missing);
  cairo_region_subtract_rectangle (self->around, &picture);
  cairo_region_intersect_rectangle (self->missing, &picture);
  return self;
}

LimnerStandIn *
limner_stand_in_ref (LimnerStandIn *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_stand_in_unref (LimnerStandIn *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  limner_stretch_unref (self->stretch);
  g_ptr_array_unref (self->cells);
  g_clear_pointer (&self->overview, cairo_surface_destroy);
  cairo_region_destroy (self->missing);
  cairo_region_destroy (self->around);
  g_free (self);
}

gboolean
limner_stand_in_needs_overview (const LimnerStandIn *self)
{
  return self->overview == NULL && !cairo_region_is_empty (self->missing);
}

void
limner_stand_in_set_overview (LimnerStandIn *self, cairo_surface_t *overview, double scale)
{
  g_return_if_fail (self->overview == NULL);

  self->overview = cairo_surface_reference (overview);
  self->overview_scale = scale;
}

guint
limner_stand_in_count_cells (const LimnerStandIn *self)
{
  return self->cells->len;
}

/* ---- painting ---- */

static void
fill (const LimnerStretchTarget *target, const cairo_rectangle_int_t *area, guint32 color)
{
  for (int y = area->y - target->y; y < area->y + area->height - target->y; y++)
    {
      guint32 *row = target->pixels + (gsize) y * target->stride + (gsize) (area->x - target->x);

      for (int x = 0; x < area->width; x++)
        row[x] = color;
    }
}

/* @surface has the corner of @surface_area; of its rows those from @y_first to before @y_end. */
static void
paint_rows (LimnerStandIn *self,
            cairo_surface_t *surface,
            const cairo_rectangle_int_t *surface_area,
            int y_first,
            int y_end)
{
  const cairo_rectangle_int_t area = { surface_area->x, surface_area->y + y_first,
                                       surface_area->width, y_end - y_first };
  const LimnerStretchTarget target = {
    .scale = self->scale,
    .pixels = (guint32 *) (gpointer) cairo_image_surface_get_data (surface),
    .stride = (gsize) cairo_image_surface_get_stride (surface) / sizeof (guint32),
    .x = surface_area->x,
    .y = surface_area->y
  };
  cairo_rectangle_int_t rectangle, part;

  if (self->source.cells != NULL)
    limner_stretch_paint (self->stretch, &self->source, &target, &area);
  for (int i = 0; i < cairo_region_num_rectangles (self->missing); i++)
    {
      cairo_region_get_rectangle (self->missing, i, &rectangle);
      if (self->overview != NULL && gdk_rectangle_intersect (&rectangle, &area, &part))
        limner_stretch_paint_whole (self->stretch, self->overview, self->overview_scale, &target,
                                    &part);
    }
  for (int i = 0; i < cairo_region_num_rectangles (self->around); i++)
    {
      cairo_region_get_rectangle (self->around, i, &rectangle);
      if (gdk_rectangle_intersect (&rectangle, &area, &part))
        fill (&target, &part, 0xff000000 | self->background);
    }
}

void
limner_stand_in_paint (LimnerStandIn *self,
                       cairo_surface_t *surface,
                       const cairo_rectangle_int_t *area)
{
  paint_rows (self, surface, area, 0, area->height);
}

/* ---- as a pattern ---- */

typedef struct
{
  grefcount ref_count;
  LimnerStandIn *stand_in;
  cairo_rectangle_int_t area;
} Part;

static cairo_surface_t *
acquire_part (cairo_pattern_t *pattern,
              gpointer user_data,
              cairo_surface_t *target,
              const cairo_rectangle_int_t *extents)
{
  Part *self = user_data;
  const cairo_rectangle_int_t whole = { 0, 0, self->area.width, self->area.height };
  cairo_rectangle_int_t needed = whole;
  cairo_surface_t *surface =
      limner_stretch_lend_surface (self->stand_in->stretch, self->area.width, self->area.height);

  if (extents == NULL || gdk_rectangle_intersect (extents, &whole, &needed))
    paint_rows (self->stand_in, surface, &self->area, needed.y, needed.y + needed.height);
  return surface;
}

static void
release_part (cairo_pattern_t *pattern, gpointer user_data, cairo_surface_t *surface)
{
  cairo_surface_destroy (surface);
}

static cairo_status_t
copy_part (cairo_pattern_t *pattern, gpointer user_data, const cairo_pattern_t *other)
{
  g_ref_count_inc (&((Part *) user_data)->ref_count);
  return CAIRO_STATUS_SUCCESS;
}

static void
finish_part (cairo_pattern_t *pattern, gpointer user_data)
{
  Part *self = user_data;

  if (!g_ref_count_dec (&self->ref_count))
    return;
  limner_stand_in_unref (self->stand_in);
  g_free (self);
}

cairo_pattern_t *
limner_stand_in_new_pattern (LimnerStandIn *self, const cairo_rectangle_int_t *area)
{
  Part *part = g_new0 (Part, 1);
  cairo_pattern_t *pattern =
      cairo_pattern_create_raster_source (part, CAIRO_CONTENT_COLOR, area->width, area->height);

  g_ref_count_init (&part->ref_count);
  part->stand_in = limner_stand_in_ref (self);
  part->area = *area;
  cairo_raster_source_pattern_set_acquire (pattern, acquire_part, release_part);
  cairo_raster_source_pattern_set_copy (pattern, copy_part);
  cairo_raster_source_pattern_set_finish (pattern, finish_part);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_NEAREST);
  return pattern;
}
