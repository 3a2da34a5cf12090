/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-cache-private.h"

#include <math.h>

/* On two cores a 1080p view without shapes is sharp in this time: a flip shows no blur. */
#define FIRST_FRAME_US 6000

/* More shapes than this make single tiles slow: then workers alone paint them. */
#define FIRST_FRAME_MAX_SHAPES 500

static double
get_factor (LimnerTileCache *self)
{
  return self->content.scale_factor;
}

/* ---- standing in ---- */

typedef struct
{
  cairo_t *cr;    /* in device pixels of the scaled picture */
  LimnerBox area; /* what to fill, whole device pixels */
  double scale;   /* of the target */
  cairo_filter_t filter;
} Stretch;

/* Fills the part of @box (whole pixels of the target) that is in the area with @surface, whose
 * pixel (0, 0) is at (@x, @y) of a picture scaled by @scale. */
static void
stretch (const Stretch *self,
         cairo_surface_t *surface,
         double scale,
         double x,
         double y,
         const LimnerBox *box)
{
  double ratio = scale / self->scale;
  cairo_pattern_t *pattern;
  cairo_matrix_t matrix;
  LimnerBox part;

  if (!limner_box_intersect (box, &self->area, &part) || part.width < 1 || part.height < 1)
    return;
  pattern = cairo_pattern_create_for_surface (surface);
  cairo_matrix_init (&matrix, ratio, 0, 0, ratio, -x, -y);
  cairo_pattern_set_matrix (pattern, &matrix);
  cairo_pattern_set_filter (pattern, self->filter);
  /* pixels at an edge are not mixed with nothing: no seams between tiles */
  cairo_pattern_set_extend (pattern, CAIRO_EXTEND_PAD);
  cairo_set_source (self->cr, pattern);
  cairo_pattern_destroy (pattern);
  cairo_rectangle (self->cr, part.x, part.y, part.width, part.height);
  cairo_fill (self->cr);
}

static void
stretch_overview (LimnerTileCache *self, const Stretch *target)
{
  const LimnerBox box = { 0, 0,
                          round (limner_pixels_get_width (self->content.pixels) * target->scale),
                          round (limner_pixels_get_height (self->content.pixels) * target->scale) };

  if (self->overview == NULL)
    self->overview = limner_tile_paint_overview (&self->content, &self->overview_scale);
  stretch (target, self->overview, self->overview_scale, 0, 0, &box);
}

/* Whole pixels of the target that tile @index of another level covers along one axis. */
static void
find_span (int index, double ratio, double *start, double *size)
{
  *start = round (index * LIMNER_TILE_SIZE * ratio);
  *size = round ((index + 1) * LIMNER_TILE_SIZE * ratio) - *start;
}

static void
stretch_level (LimnerTileLevel *level, const Stretch *target)
{
  double ratio = target->scale / level->scale;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, level->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;
      LimnerBox box;

      if (tile->surface == NULL)
        continue;
      find_span (tile->column, ratio, &box.x, &box.width);
      find_span (tile->row, ratio, &box.y, &box.height);
      stretch (target, tile->surface, level->scale, (double) tile->column * LIMNER_TILE_SIZE,
               (double) tile->row * LIMNER_TILE_SIZE, &box);
    }
}

/* (transfer full): @area of the picture at @scale, from what there is. */
static GskRenderNode *
make_stretched_node (LimnerTileCache *self,
                     const LimnerBox *area,
                     double scale,
                     LimnerTileLevel *level)
{
  double factor = get_factor (self);
  const graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (0, 0, (float) (area->width / factor), (float) (area->height / factor));
  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  Stretch target = { gsk_cairo_node_get_draw_context (node), *area, scale, CAIRO_FILTER_BILINEAR };

  cairo_scale (target.cr, 1 / factor, 1 / factor);
  cairo_translate (target.cr, -area->x, -area->y);
  cairo_set_antialias (target.cr, CAIRO_ANTIALIAS_NONE);
  stretch_overview (self, &target);
  if (level != NULL)
    stretch_level (level, &target);
  cairo_destroy (target.cr);
  return node;
}

/* ---- nodes of tiles ---- */

static GskRenderNode *
make_tile_node (LimnerTileCache *self, cairo_surface_t *surface)
{
  float size = (float) (LIMNER_TILE_SIZE / get_factor (self));
  GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, size, size));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_scale (cr, 1 / get_factor (self), 1 / get_factor (self));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_rectangle (cr, 0, 0, LIMNER_TILE_SIZE, LIMNER_TILE_SIZE);
  cairo_fill (cr);
  cairo_destroy (cr);
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
  const LimnerBox area = { (double) tile->column * LIMNER_TILE_SIZE,
                           (double) tile->row * LIMNER_TILE_SIZE, LIMNER_TILE_SIZE,
                           LIMNER_TILE_SIZE };

  if (tile->surface != NULL)
    {
      if (tile->node == NULL)
        tile->node = make_tile_node (self, tile->surface);
      return tile->node;
    }
  if (tile->fallback == NULL)
    tile->fallback = make_stretched_node (self, &area, self->current->scale,
                                          self->complete != self->current ? self->complete : NULL);
  return tile->fallback;
}

static void
snapshot_tiles (LimnerTileCache *self, GtkSnapshot *snapshot)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);
  double factor = get_factor (self);

  for (int row = range.row_first; row <= range.row_last; row++)
    for (int column = range.column_first; column <= range.column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_find (self->current, column, row);

        if (tile != NULL)
          place_node (&self->shown_tiles, get_tile_node (self, tile),
                      (self->view.x + column * LIMNER_TILE_SIZE) / factor,
                      (self->view.y + row * LIMNER_TILE_SIZE) / factor);
      }
  append_placed (&self->shown_tiles, snapshot);
}

/* A frame of a zoom. */
static void
snapshot_moving (LimnerTileCache *self, GtkSnapshot *snapshot, const LimnerViewport *view)
{
  const LimnerBox area = { -view->x, -view->y, self->width, self->height };
  GskRenderNode *node =
      make_stretched_node (self, &area, view->scale,
                           self->complete != NULL ? self->complete : self->current);

  append_at (snapshot, node, 0, 0);
  gsk_render_node_unref (node);
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
