/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-cache-private.h"

#include <math.h>

/* Scales that are kept; each wheel click makes one. */
#define MAX_LEVELS 6

/* Device pixels that outlines reach beyond a shape, at a scale factor of 1. */
#define REACH 16.0

/* Outdated tiles change together, but nobody waits longer than this for the last of them. */
#define TOGETHER_US 40000

/* Tiles around the view that are made ahead. */
#define RING 1

/* ---- levels ---- */

static LimnerTileLevel *
find_level (LimnerTileCache *self, double scale)
{
  for (guint i = 0; i < self->levels->len; i++)
    {
      LimnerTileLevel *level = self->levels->pdata[i];

      if (level->scale == scale)
        return level;
    }
  return NULL;
}

static void
remove_level (LimnerTileCache *self, LimnerTileLevel *level)
{
  self->n_surfaces -= limner_tile_level_count_surfaces (level);
  if (self->complete == level)
    self->complete = NULL;
  if (self->current == level)
    self->current = NULL;
  g_ptr_array_remove (self->levels, level);
}

static void
use_level (LimnerTileCache *self, double scale)
{
  LimnerTileLevel *level = find_level (self, scale);
  LimnerTileLevel *oldest = NULL;

  if (level != NULL && level == self->current)
    return;
  if (self->current != NULL)
    limner_tile_level_drop_fallbacks (self->current);
  if (level == NULL)
    {
      level = limner_tile_level_new (scale);
      g_ptr_array_add (self->levels, level);
    }
  level->last_used = self->clock;
  self->current = level;
  for (guint i = 0; i < self->levels->len; i++)
    {
      LimnerTileLevel *other = self->levels->pdata[i];

      if (other != self->current && other != self->complete &&
          (oldest == NULL || other->last_used < oldest->last_used))
        oldest = other;
    }
  if (self->levels->len > MAX_LEVELS && oldest != NULL)
    remove_level (self, oldest);
}

/* ---- what is in view ---- */

static int
tile_index (double device)
{
  double index = floor (device / LIMNER_TILE_SIZE);

  /* files may contain any number, and NaN must end somewhere, too */
  if (!(index > -1e8))
    return -100000000;
  return index < 1e8 ? (int) index : 100000000;
}

LimnerTileRange
limner_tile_cache_get_range (LimnerTileCache *self, int margin)
{
  const LimnerViewport *view = &self->view;
  double reach = REACH * self->content.scale_factor;
  LimnerTileRange range = { 0, 0, -1, -1 };
  LimnerBox area, extent;

  if (self->content.pixels == NULL || view->scale == 0)
    return range;
  /* shapes may lie outside the picture; elsewhere there is only background */
  area = (LimnerBox){ 0, 0, limner_pixels_get_width (self->content.pixels),
                      limner_pixels_get_height (self->content.pixels) };
  if (self->content.shapes != NULL && limner_shape_set_get_n_entries (self->content.shapes) > 0)
    {
      extent = limner_shape_set_get_extent (self->content.shapes);
      area = limner_box_union (&area, &extent);
    }
  range.column_first = MAX (tile_index (-view->x), tile_index (area.x * view->scale - reach));
  range.row_first = MAX (tile_index (-view->y), tile_index (area.y * view->scale - reach));
  range.column_last = MIN (tile_index (-view->x + self->width - 1),
                           tile_index ((area.x + area.width) * view->scale + reach));
  range.row_last = MIN (tile_index (-view->y + self->height - 1),
                        tile_index ((area.y + area.height) * view->scale + reach));
  if (range.column_last < range.column_first || range.row_last < range.row_first)
    return range;
  range.column_first -= margin;
  range.row_first -= margin;
  range.column_last += margin;
  range.row_last += margin;
  return range;
}

static LimnerBox
get_view_img (LimnerTileCache *self, double grow)
{
  double width = self->width / self->view.scale, height = self->height / self->view.scale;

  return (LimnerBox){ -self->view.x / self->view.scale - grow * width,
                      -self->view.y / self->view.scale - grow * height, width * (1 + 2 * grow),
                      height * (1 + 2 * grow) };
}

static gboolean
box_contains_box (const LimnerBox *outer, const LimnerBox *inner)
{
  return outer->x <= inner->x && outer->y <= inner->y &&
         outer->x + outer->width >= inner->x + inner->width &&
         outer->y + outer->height >= inner->y + inner->height;
}

static gboolean
needs_labels (LimnerTileCache *self)
{
  LimnerBox view_img;

  if (!self->show_labels || self->content.shapes == NULL || self->view.scale == 0 ||
      limner_shape_set_get_n_entries (self->content.shapes) == 0)
    return FALSE;
  view_img = get_view_img (self, 0);
  return self->labels == NULL || self->labels_stamp < self->labels_wanted ||
         self->labels->scale != self->view.scale ||
         !box_contains_box (&self->labels->area_img, &view_img);
}

/* ---- asking for tiles ---- */

typedef struct
{
  LimnerTile *tile;
  gboolean is_missing;
  guint64 stamp;
  double distance;
} Wish;

/* What is missing comes first, then what has been outdated for longest, so that no tile starves
 * while all of them change all the time; among those the middle of the view. */
static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *first = a, *second = b;

  if (first->is_missing != second->is_missing)
    return first->is_missing ? -1 : 1;
  if (!first->is_missing && first->stamp != second->stamp)
    return first->stamp < second->stamp ? -1 : 1;
  return first->distance < second->distance ? -1 : first->distance > second->distance;
}

static void
push_job (LimnerTileCache *self, LimnerTileJob *job)
{
  job->pool = self->pool;
  job->gate = &self->gate;
  g_ptr_array_add (self->jobs, job);
  limner_tile_queue_push (self->queue, job);
}

static void
push_tile (LimnerTileCache *self, LimnerTile *tile)
{
  LimnerTileJob *job =
      limner_tile_job_new (LIMNER_TILE_JOB_TILE, &self->content, self->current->scale, self->stamp);

  job->column = tile->column;
  job->row = tile->row;
  tile->job = job;
  push_job (self, job);
}

/* Asks for the tiles of a range that are outdated or missing. */
static void
push_range (LimnerTileCache *self, const LimnerTileRange *range)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (Wish));
  double centre_x = (self->width / 2.0 - self->view.x) / LIMNER_TILE_SIZE - 0.5;
  double centre_y = (self->height / 2.0 - self->view.y) / LIMNER_TILE_SIZE - 0.5;

  for (int row = range->row_first; row <= range->row_last; row++)
    for (int column = range->column_first; column <= range->column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_ensure (self->current, column, row, self->stamp);
        Wish wish = { tile, tile->surface == NULL, MAX (tile->stamp, tile->next_stamp),
                      hypot (column - centre_x, row - centre_y) };

        tile->last_used = self->clock;
        if (tile->job == NULL && wish.stamp < tile->wanted_stamp)
          g_array_append_val (wishes, wish);
      }
  g_array_sort (wishes, compare_wishes);
  for (guint i = 0; i < wishes->len; i++)
    push_tile (self, g_array_index (wishes, Wish, i).tile);
}

/* What was given up still runs for a while; of the picture before, nothing comes of it. */
static gboolean
has_job (LimnerTileCache *self, LimnerTileJobKind kind)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      LimnerTileJob *job = self->jobs->pdata[i];

      if (job->kind == kind && !g_atomic_int_get (&job->cancelled))
        return TRUE;
    }
  return FALSE;
}

static void
forget_job (LimnerTileCache *self, LimnerTileJob *job)
{
  LimnerTileLevel *level = find_level (self, job->scale);
  LimnerTile *tile;

  g_ptr_array_remove_fast (self->jobs, job);
  if (job->kind != LIMNER_TILE_JOB_TILE || level == NULL)
    return;
  tile = limner_tile_level_find (level, job->column, job->row);
  if (tile != NULL && tile->job == job)
    tile->job = NULL;
}

static void
take_back_jobs (LimnerTileCache *self)
{
  g_autoptr (GPtrArray) waiting = limner_tile_queue_take_back (self->queue);

  for (guint i = 0; i < waiting->len; i++)
    forget_job (self, waiting->pdata[i]);
}

/* What runs for a scale or picture that is left would only keep the threads busy. */
static void
cancel_unwanted (LimnerTileCache *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      LimnerTileJob *job = self->jobs->pdata[i];

      if (job->content.pixels != self->content.pixels ||
          (job->kind != LIMNER_TILE_JOB_OVERVIEW && job->scale != self->view.scale))
        g_atomic_int_set (&job->cancelled, TRUE);
    }
}

static void
push_labels (LimnerTileCache *self)
{
  LimnerTileJob *job =
      limner_tile_job_new (LIMNER_TILE_JOB_LABELS, &self->content, self->view.scale, self->stamp);

  /* as far again on each side: labels stay where they are while the view is moved a little */
  job->area_img = get_view_img (self, 1.0);
  push_job (self, job);
}

/* What stands in for missing tiles of this view is in use as well. */
static void
touch_complete (LimnerTileCache *self)
{
  GHashTableIter iter;
  gpointer value;
  double ratio;

  if (self->complete == NULL || self->complete == self->current)
    return;
  ratio = self->complete->scale / self->view.scale;
  g_hash_table_iter_init (&iter, self->complete->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;

      if (tile->column >= tile_index (-self->view.x * ratio) &&
          tile->column <= tile_index ((-self->view.x + self->width) * ratio) &&
          tile->row >= tile_index (-self->view.y * ratio) &&
          tile->row <= tile_index ((-self->view.y + self->height) * ratio))
        tile->last_used = self->clock;
    }
}

static gboolean
is_complete (LimnerTileCache *self)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);

  for (int row = range.row_first; row <= range.row_last; row++)
    for (int column = range.column_first; column <= range.column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_find (self->current, column, row);

        if (tile == NULL || tile->surface == NULL)
          return FALSE;
      }
  return TRUE;
}

/* Fills the queue anew, in the order in which things are wanted now. */
static void
request (LimnerTileCache *self)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);

  take_back_jobs (self);
  cancel_unwanted (self);
  if (self->content.pixels == NULL || self->current == NULL)
    return;
  push_range (self, &range);
  if (needs_labels (self) && !has_job (self, LIMNER_TILE_JOB_LABELS))
    push_labels (self);
  if (self->overview_stamp < self->overview_wanted && !has_job (self, LIMNER_TILE_JOB_OVERVIEW))
    push_job (self, limner_tile_job_new (LIMNER_TILE_JOB_OVERVIEW, &self->content, 0, self->stamp));
  range = limner_tile_cache_get_range (self, RING);
  push_range (self, &range);
  if (is_complete (self))
    self->complete = self->current;
  touch_complete (self);
  limner_tile_cache_evict (self);
}

/* ---- taking what is ready ---- */

static void
show_surface (LimnerTileCache *self, LimnerTile *tile, cairo_surface_t *surface, guint64 stamp)
{
  if (tile->surface != NULL)
    self->n_surfaces--;
  g_clear_pointer (&tile->surface, cairo_surface_destroy);
  g_clear_pointer (&tile->node, gsk_render_node_unref);
  g_clear_pointer (&tile->fallback, gsk_render_node_unref);
  tile->surface = surface;
  tile->stamp = stamp;
}

/* Whether an outdated tile in view has no replacement yet. */
static gboolean
is_waiting (LimnerTileCache *self)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);

  for (int row = range.row_first; row <= range.row_last; row++)
    for (int column = range.column_first; column <= range.column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_find (self->current, column, row);

        if (tile == NULL || MAX (tile->stamp, tile->next_stamp) < tile->wanted_stamp)
          return TRUE;
      }
  return FALSE;
}

static void
replace_together (LimnerTileCache *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self->next_since == 0 || self->current == NULL ||
      (is_waiting (self) && g_get_monotonic_time () - self->next_since < TOGETHER_US))
    return;
  self->next_since = 0;
  g_hash_table_iter_init (&iter, self->current->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;

      if (tile->next != NULL)
        show_surface (self, tile, g_steal_pointer (&tile->next), tile->next_stamp);
    }
}

static void
take_tile (LimnerTileCache *self, LimnerTileJob *job)
{
  LimnerTileLevel *level = find_level (self, job->scale);
  LimnerTile *tile = level != NULL ? limner_tile_level_find (level, job->column, job->row) : NULL;

  if (tile == NULL || job->surface == NULL || job->stamp <= MAX (tile->stamp, tile->next_stamp))
    return;
  if (tile->surface == NULL || level != self->current)
    {
      show_surface (self, tile, g_steal_pointer (&job->surface), job->stamp);
      self->n_surfaces++;
      limner_tile_cache_evict (self);
      return;
    }
  if (tile->next == NULL)
    self->n_surfaces++;
  g_clear_pointer (&tile->next, cairo_surface_destroy);
  tile->next = g_steal_pointer (&job->surface);
  tile->next_stamp = job->stamp;
  if (self->next_since == 0)
    self->next_since = g_get_monotonic_time ();
}

static void
unref_node (gpointer node)
{
  if (node != NULL)
    gsk_render_node_unref (node);
}

/* (transfer full): nodes for the chips of @labels: those that are shown now stay the same, so that
 * an edit does not paint all labels again. */
static GPtrArray *
take_label_nodes (LimnerTileCache *self, const LimnerLabelLayout *labels)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func (unref_node);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->label_nodes->len; i++)
    if (self->labels->scale_factor == labels->scale_factor && self->label_nodes->pdata[i] != NULL)
      g_hash_table_insert (by_key, g_array_index (self->labels->chips, LimnerLabelChip, i).key,
                           self->label_nodes->pdata[i]);
  for (guint i = 0; i < labels->chips->len; i++)
    {
      GskRenderNode *node =
          g_hash_table_lookup (by_key, g_array_index (labels->chips, LimnerLabelChip, i).key);

      g_ptr_array_add (nodes, node != NULL ? gsk_render_node_ref (node) : NULL);
    }
  return nodes;
}

static void
take_labels (LimnerTileCache *self, LimnerTileJob *job)
{
  GPtrArray *nodes;

  if (job->labels == NULL)
    return;
  nodes = take_label_nodes (self, job->labels);
  g_clear_pointer (&self->labels, limner_label_layout_free);
  g_ptr_array_unref (self->label_nodes);
  self->label_nodes = nodes;
  self->labels = g_steal_pointer (&job->labels);
  self->labels_stamp = job->stamp;
}

static void
on_job_done (LimnerTileJob *job, gpointer user_data)
{
  LimnerTileCache *self = user_data;
  gboolean is_of_picture = job->stamp >= self->first_stamp;
  gboolean is_wanted = is_of_picture && job->content.pixels == self->content.pixels;
  gboolean is_cancelled = g_atomic_int_get (&job->cancelled);

  forget_job (self, job);
  if (is_wanted && job->kind == LIMNER_TILE_JOB_TILE)
    take_tile (self, job);
  else if (is_wanted && job->kind == LIMNER_TILE_JOB_LABELS)
    take_labels (self, job);
  else if (is_wanted && job->surface != NULL)
    {
      g_clear_pointer (&self->overview, cairo_surface_destroy);
      self->overview = g_steal_pointer (&job->surface);
      self->overview_scale = job->scale;
      self->overview_stamp = job->stamp;
    }
  /* what changed while it ran, or was given up and is wanted again, has to be asked for again */
  if (is_of_picture && self->content.pixels != NULL && (is_cancelled || job->stamp < self->stamp))
    request (self);
  limner_tile_job_free (job);
  if (self->current == NULL)
    return;
  replace_together (self);
  if (self->complete != self->current && is_complete (self))
    self->complete = self->current;
  if (!self->is_in_snapshot)
    self->changed (self->user_data);
}

/* ---- public ---- */

LimnerTileCache *
limner_tile_cache_new (void (*changed) (gpointer user_data), gpointer user_data)
{
  LimnerTileCache *self = g_new0 (LimnerTileCache, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->queue = limner_tile_queue_new (on_job_done, self);
  self->pool = limner_tile_pool_new (LIMNER_TILE_SIZE);
  limner_tile_gate_init (&self->gate);
  self->jobs = g_ptr_array_new ();
  self->levels = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_tile_level_free);
  self->label_nodes = g_ptr_array_new_with_free_func (unref_node);
  self->stretch = limner_stretch_new ();
  limner_kept_nodes_init (&self->shown_tiles);
  limner_kept_nodes_init (&self->shown_labels);
  self->max_bytes = LIMNER_TILE_CACHE_BYTES;
  self->show_labels = TRUE;
  return self;
}

static void
drop_labels (LimnerTileCache *self)
{
  g_clear_pointer (&self->labels, limner_label_layout_free);
  g_ptr_array_set_size (self->label_nodes, 0);
  limner_kept_nodes_empty (&self->shown_labels);
}

static void
drop_everything (LimnerTileCache *self)
{
  take_back_jobs (self);
  g_ptr_array_set_size (self->levels, 0);
  self->current = self->complete = NULL;
  self->n_surfaces = 0;
  self->next_since = 0;
  g_clear_pointer (&self->overview, cairo_surface_destroy);
  drop_labels (self);
  limner_kept_nodes_empty (&self->shown_tiles);
  limner_tile_content_clear (&self->content);
  cancel_unwanted (self);
}

void
limner_tile_cache_free (LimnerTileCache *self)
{
  drop_everything (self);
  limner_tile_gate_set_closed (&self->gate, FALSE);
  limner_tile_queue_free (self->queue);
  limner_tile_gate_clear (&self->gate);
  limner_tile_pool_unref (self->pool);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->levels);
  g_ptr_array_unref (self->label_nodes);
  limner_kept_nodes_clear (&self->shown_tiles);
  limner_kept_nodes_clear (&self->shown_labels);
  limner_stretch_unref (self->stretch);
  g_free (self);
}

void
limner_tile_cache_set_max_bytes (LimnerTileCache *self, gsize max_bytes)
{
  self->max_bytes = max_bytes;
  limner_tile_cache_evict (self);
}

void
limner_tile_cache_set_content (LimnerTileCache *self, const LimnerTileContent *content)
{
  LimnerTileContent copy = { NULL };

  if (content != NULL && content->pixels != NULL)
    limner_tile_content_copy (&copy, content);
  drop_everything (self);
  self->content = copy;
  self->first_stamp = ++self->stamp;
  self->overview_stamp = self->labels_stamp = 0;
  self->overview_wanted = self->labels_wanted = self->stamp;
  self->view.scale = 0;
  self->is_first_frame = copy.pixels != NULL;
}

/* @damage_img: (nullable) */
static void
damage_level (LimnerTileCache *self, LimnerTileLevel *level, const LimnerBox *damage_img)
{
  double reach = REACH * self->content.scale_factor;
  GHashTableIter iter;
  gpointer value;
  LimnerBox area;

  if (damage_img != NULL)
    area = (LimnerBox){ damage_img->x * level->scale - reach, damage_img->y * level->scale - reach,
                        damage_img->width * level->scale + 2 * reach,
                        damage_img->height * level->scale + 2 * reach };
  g_hash_table_iter_init (&iter, level->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LimnerTile *tile = value;
      const LimnerBox box = { (double) tile->column * LIMNER_TILE_SIZE,
                              (double) tile->row * LIMNER_TILE_SIZE, LIMNER_TILE_SIZE,
                              LIMNER_TILE_SIZE };

      if (damage_img == NULL || limner_box_intersect (&area, &box, NULL))
        tile->wanted_stamp = self->stamp;
    }
}

static void
damage (LimnerTileCache *self, const LimnerBox *damage_img)
{
  self->stamp++;
  for (guint i = 0; i < self->levels->len; i++)
    damage_level (self, self->levels->pdata[i], damage_img);
  self->overview_wanted = self->stamp;
}

void
limner_tile_cache_set_look (LimnerTileCache *self, const LimnerTileContent *content)
{
  LimnerTileContent look = *content;

  look.pixels = self->content.pixels;
  look.shapes = self->content.shapes;
  /* everything has another size then, also what is shown meanwhile */
  if (look.scale_factor != self->content.scale_factor)
    {
      limner_tile_cache_set_content (self, &look);
      return;
    }
  self->content = look;
  damage (self, NULL);
  request (self);
}

void
limner_tile_cache_set_pixels (LimnerTileCache *self, LimnerPixels *pixels)
{
  g_return_if_fail (self->content.pixels != NULL && pixels != NULL);

  limner_pixels_ref (pixels);
  g_clear_pointer (&self->content.pixels, limner_pixels_unref);
  self->content.pixels = pixels;
  damage (self, NULL);
  request (self);
}

void
limner_tile_cache_set_shapes (LimnerTileCache *self,
                              LimnerShapeSet *shapes,
                              const LimnerBox *damage_img)
{
  if (shapes == NULL && self->content.shapes == NULL)
    return;
  if (shapes != NULL)
    limner_shape_set_ref (shapes);
  g_clear_pointer (&self->content.shapes, limner_shape_set_unref);
  self->content.shapes = shapes;
  damage (self, damage_img);
  self->labels_wanted = self->stamp;
  if (shapes == NULL || limner_shape_set_get_n_entries (shapes) == 0)
    drop_labels (self);
  request (self);
}

LimnerShapeSet *
limner_tile_cache_get_shapes (LimnerTileCache *self)
{
  return self->content.shapes;
}

void
limner_tile_cache_set_paused (LimnerTileCache *self, gboolean is_paused)
{
  /* the first frame of an image waits for its tiles */
  is_paused = is_paused && !self->is_first_frame;
  limner_tile_gate_set_closed (&self->gate, is_paused);
}

void
limner_tile_cache_set_show_labels (LimnerTileCache *self, gboolean show_labels)
{
  if (self->show_labels == show_labels)
    return;
  self->show_labels = show_labels;
  if (!show_labels)
    limner_kept_nodes_empty (&self->shown_labels);
  request (self);
}

void
limner_tile_cache_set_view (LimnerTileCache *self,
                            const LimnerViewport *view,
                            int width,
                            int height)
{
  if (self->content.pixels == NULL ||
      (limner_viewport_equal (&self->view, view) && self->width == width && self->height == height))
    return;
  self->view = *view;
  self->width = width;
  self->height = height;
  self->clock++;
  use_level (self, view->scale);
  request (self);
}

gboolean
limner_tile_cache_is_settled (LimnerTileCache *self)
{
  LimnerTileRange range = limner_tile_cache_get_range (self, 0);

  if (self->content.pixels == NULL)
    return TRUE;
  if (self->current == NULL || needs_labels (self))
    return FALSE;
  for (int row = range.row_first; row <= range.row_last; row++)
    for (int column = range.column_first; column <= range.column_last; column++)
      {
        LimnerTile *tile = limner_tile_level_find (self->current, column, row);

        if (tile == NULL || !limner_tile_is_fresh (tile))
          return FALSE;
      }
  return TRUE;
}

gboolean
limner_tile_cache_is_sharp (LimnerTileCache *self)
{
  return self->current != NULL && is_complete (self);
}

guint64
limner_tile_cache_count_jobs (LimnerTileCache *self)
{
  return limner_tile_queue_count_jobs (self->queue);
}
