/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-cache-private.h"

#include "tile-stand-in.h"

#include <math.h>

/* On two cores a 1080p view without shapes is sharp in this time: a flip shows no blur. */
#define FIRST_FRAME_US 6000

/* More shapes than this make single tiles slow: then workers alone paint them. */
#define FIRST_FRAME_MAX_SHAPES 500

/* Rows of the device that are one node while the view moves. GTK paints each by way of a picture of
 * its own; both should stay in the processor's cache. */
#define BAND 32

static double
get_factor (LimnerTileCache *self)
{
  return self->content.scale_factor;
}

/* (transfer full) */
static LimnerStandIn *
make_stand_in (LimnerTileCache *self,
               LimnerTileLevel *level,
               double scale,
               const cairo_rectangle_int_t *area)
{
  LimnerStandIn *stand_in = limner_stand_in_new (self->stretch, &self->content, level, scale, area);

  if (limner_stand_in_needs_overview (stand_in))
    {
      if (self->overview == NULL)
        self->overview = limner_tile_paint_overview (&self->content, &self->overview_scale);
      limner_stand_in_set_overview (stand_in, self->overview, self->overview_scale);
    }
  return stand_in;
}

/* ---- nodes of tiles ---- */

/* (transfer full): what the pattern has at its origin, device pixel by device pixel. */
static GskRenderNode *
make_node (LimnerTileCache *self, cairo_pattern_t *pattern, int width, int height)
{
  double factor = get_factor (self);
  GskRenderNode *node = gsk_cairo_node_new (
      &GRAPHENE_RECT_INIT (0, 0, (float) (width / factor), (float) (height / factor)));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_scale (cr, 1 / factor, 1 / factor);
  cairo_set_source (cr, pattern);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
  cairo_destroy (cr);
  return node;
}

static cairo_surface_t *
acquire_surface (cairo_pattern_t *pattern,
                 gpointer user_data,
                 cairo_surface_t *target,
                 const cairo_rectangle_int_t *extents)
{
  return cairo_surface_reference (user_data);
}

static void
release_surface (cairo_pattern_t *pattern, gpointer user_data, cairo_surface_t *surface)
{
  cairo_surface_destroy (surface);
}

static cairo_status_t
copy_surface_pattern (cairo_pattern_t *pattern, gpointer user_data, const cairo_pattern_t *other)
{
  cairo_surface_reference (user_data);
  return CAIRO_STATUS_SUCCESS;
}

static void
finish_surface_pattern (cairo_pattern_t *pattern, gpointer user_data)
{
  cairo_surface_destroy (user_data);
}

/* (transfer full): holds @surface, unlike a pattern of cairo's own: of that a recording makes a
 * copy as soon as the surface goes, for a node that is hardly ever shown again. */
static GskRenderNode *
make_tile_node (LimnerTileCache *self, cairo_surface_t *surface)
{
  cairo_pattern_t *pattern =
      cairo_pattern_create_raster_source (cairo_surface_reference (surface), CAIRO_CONTENT_COLOR,
                                          LIMNER_TILE_SIZE, LIMNER_TILE_SIZE);
  GskRenderNode *node;

  cairo_raster_source_pattern_set_acquire (pattern, acquire_surface, release_surface);
  cairo_raster_source_pattern_set_copy (pattern, copy_surface_pattern);
  cairo_raster_source_pattern_set_finish (pattern, finish_surface_pattern);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_NEAREST);
  node = make_node (self, pattern, LIMNER_TILE_SIZE, LIMNER_TILE_SIZE);
  cairo_pattern_destroy (pattern);
  return node;
}

/* ---- kept from frame to frame ---- */

typedef struct
{
  GskRenderNode *node; /* not owned: the node that is kept holds it */
  double x;
  double y;
} LimnerPlacedNode;

void
limner_kept_nodes_init (LimnerKeptNodes *self)
{
  self->placed = g_array_new (FALSE, FALSE, sizeof (LimnerPlacedNode));
  self->next = g_array_new (FALSE, FALSE, sizeof (LimnerPlacedNode));
  self->node = NULL;
}

void
limner_kept_nodes_clear (LimnerKeptNodes *self)
{
  g_array_unref (self->placed);
  g_array_unref (self->next);
  g_clear_pointer (&self->node, gsk_render_node_unref);
}

void
limner_kept_nodes_empty (LimnerKeptNodes *self)
{
  g_array_set_size (self->placed, 0);
  g_array_set_size (self->next, 0);
  g_clear_pointer (&self->node, gsk_render_node_unref);
}

static void
place_node (LimnerKeptNodes *self, GskRenderNode *node, double x, double y)
{
  const LimnerPlacedNode placed = { node, x, y };

  g_array_append_val (self->next, placed);
}

static void
append_at (GtkSnapshot *snapshot, GskRenderNode *node, double x, double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_node (snapshot, node);
  gtk_snapshot_restore (snapshot);
}

static gboolean
is_placed_as_before (const LimnerKeptNodes *self)
{
  for (guint i = 0; i < self->next->len; i++)
    {
      const LimnerPlacedNode *now = &g_array_index (self->next, LimnerPlacedNode, i);
      const LimnerPlacedNode *before = &g_array_index (self->placed, LimnerPlacedNode, i);

      if (now->node != before->node || now->x != before->x || now->y != before->y)
        return FALSE;
    }
  return TRUE;
}

/* Appends what was placed. While that stays the same GTK gets the same node, sees at once that
 * nothing is to be painted, and nobody makes a hundred nodes for the places of tiles. */
static void
append_placed (LimnerKeptNodes *self, GtkSnapshot *snapshot)
{
  GArray *swap = self->placed;
  GtkSnapshot *inner;

  if (self->next->len != self->placed->len || !is_placed_as_before (self))
    {
      inner = gtk_snapshot_new ();
      for (guint i = 0; i < self->next->len; i++)
        {
          const LimnerPlacedNode *placed = &g_array_index (self->next, LimnerPlacedNode, i);

          append_at (inner, placed->node, placed->x, placed->y);
        }
      g_clear_pointer (&self->node, gsk_render_node_unref);
      self->node = gtk_snapshot_free_to_node (inner);
      self->placed = self->next;
      self->next = swap;
    }
  g_array_set_size (self->next, 0);
  if (self->node != NULL)
    gtk_snapshot_append_node (snapshot, self->node);
}

static GskRenderNode *
get_tile_node (LimnerTileCache *self, LimnerTile *tile)
{
  const cairo_rectangle_int_t area = { tile->column * LIMNER_TILE_SIZE,
                                       tile->row * LIMNER_TILE_SIZE, LIMNER_TILE_SIZE,
                                       LIMNER_TILE_SIZE };

  if (tile->surface != NULL)
    {
      if (tile->node == NULL)
        tile->node = make_tile_node (self, tile->surface);
      return tile->node;
    }
  if (tile->fallback == NULL)
    {
      LimnerStandIn *stand_in =
          make_stand_in (self, self->complete != self->current ? self->complete : NULL,
                         self->current->scale, &area);
      cairo_surface_t *surface = limner_tile_pool_take (self->pool);

      limner_stand_in_paint (stand_in, surface, &area);
      tile->fallback = make_tile_node (self, surface);
      cairo_surface_destroy (surface);
      limner_stand_in_unref (stand_in);
    }
  return tile->fallback;
}

/* Those of tiles that this view does not ask for are as large as tiles, and nothing evicts them. */
static void
drop_old_fallbacks (LimnerTileCache *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->current->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;

      if (tile->last_used < self->clock)
        g_clear_pointer (&tile->fallback, gsk_render_node_unref);
    }
}

static void
snapshot_tiles (LimnerTileCache *self, GtkSnapshot *snapshot)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);
  double factor = get_factor (self);
  gboolean has_fallback = FALSE;

  for (int row = range.row_first; row <= range.row_last; row++)
    for (int column = range.column_first; column <= range.column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_find (self->current, column, row);

        if (tile == NULL)
          continue;
        place_node (&self->shown_tiles, get_tile_node (self, tile),
                    (self->view.x + column * LIMNER_TILE_SIZE) / factor,
                    (self->view.y + row * LIMNER_TILE_SIZE) / factor);
        has_fallback = has_fallback || tile->surface == NULL;
      }
  append_placed (&self->shown_tiles, snapshot);
  if (has_fallback)
    drop_old_fallbacks (self);
}

/* A frame of a zoom. */
static void
snapshot_moving (LimnerTileCache *self, GtkSnapshot *snapshot, const LimnerViewport *view)
{
  const cairo_rectangle_int_t area = { -view->x, -view->y, self->width, self->height };
  LimnerStandIn *stand_in =
      make_stand_in (self, self->complete != NULL ? self->complete : self->current, view->scale,
                     &area);

  for (int y = 0; y < self->height; y += BAND)
    {
      const cairo_rectangle_int_t band = { area.x, area.y + y, area.width,
                                           MIN (BAND, area.height - y) };
      cairo_pattern_t *pattern = limner_stand_in_new_pattern (stand_in, &band);
      GskRenderNode *node = make_node (self, pattern, band.width, band.height);

      append_at (snapshot, node, 0, y / get_factor (self));
      gsk_render_node_unref (node);
      cairo_pattern_destroy (pattern);
    }
  limner_stand_in_unref (stand_in);
}

void
limner_tile_cache_snapshot (LimnerTileCache *self,
                            GtkSnapshot *snapshot,
                            const LimnerViewport *view)
{
  if (self->content.pixels == NULL || self->current == NULL)
    return;
  if (self->is_first_frame)
    {
      self->is_first_frame = FALSE;
      if (self->content.shapes == NULL ||
          limner_shape_set_get_n_entries (self->content.shapes) <= FIRST_FRAME_MAX_SHAPES)
        {
          self->is_in_snapshot = TRUE;
          limner_tile_queue_help (self->queue, FIRST_FRAME_US);
          self->is_in_snapshot = FALSE;
        }
    }
  if (view->scale == self->current->scale)
    snapshot_tiles (self, snapshot);
  else
    snapshot_moving (self, snapshot, view);
}

/* ---- labels ---- */

static GskRenderNode *
get_label_node (LimnerTileCache *self, guint index)
{
  const LimnerLabelChip *chip = &g_array_index (self->labels->chips, LimnerLabelChip, index);
  double factor = self->labels->scale_factor;
  GskRenderNode *node = self->label_nodes->pdata[index];
  cairo_t *cr;

  if (node != NULL)
    return node;
  node = gsk_cairo_node_new (
      &GRAPHENE_RECT_INIT (0, 0, (float) ceil (chip->width), (float) ceil (chip->height)));
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_scale (cr, 1 / factor, 1 / factor);
  cairo_set_source_surface (cr, chip->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  self->label_nodes->pdata[index] = node;
  return node;
}

void
limner_tile_cache_snapshot_labels (LimnerTileCache *self,
                                   GtkSnapshot *snapshot,
                                   const LimnerViewport *view)
{
  double factor = get_factor (self);
  double ratio;

  if (self->labels == NULL || !self->show_labels)
    return;
  /* while zooming, chips keep their size and follow their shapes */
  ratio = view->scale / self->labels->scale;
  for (guint i = 0; i < self->labels->labels->len; i++)
    {
      const LimnerLabel *label = &g_array_index (self->labels->labels, LimnerLabel, i);
      const LimnerLabelChip *chip =
          &g_array_index (self->labels->chips, LimnerLabelChip, label->chip);
      double x = view->x + round (label->x * ratio * factor);
      double y = view->y + round (((label->y + chip->height) * ratio - chip->height) * factor);

      if (x < self->width && y < self->height && x + chip->width * factor > 0 &&
          y + chip->height * factor > 0)
        place_node (&self->shown_labels, get_label_node (self, label->chip), x / factor,
                    y / factor);
    }
  append_placed (&self->shown_labels, snapshot);
}
