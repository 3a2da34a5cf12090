/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include <math.h>
#include <stdlib.h>

#include "scene-private.h"

/* So many are searched for one by one before the rest is sorted. */
#define FEW_CANDIDATES 8

/* A mask's is not known without going through its runs. */
static double
get_known_area (const LimnerShape *shape)
{
  return limner_shape_get_kind (shape) != LIMNER_SHAPE_MASK ? limner_shape_get_area (shape) : -1;
}

/* Of the items that have a shape; hidden and held ones are sorted out when it is asked, so that
 * hiding and dragging do not rebuild it. Its items are in the scene's order. */
static void
limner_scene_build_grid (LimnerScene *self)
{
  g_autofree LimnerBox *boxes = g_new (LimnerBox, MAX (self->items->len, 1));
  double right = MAX (self->width, 1), bottom = MAX (self->height, 1);

  g_ptr_array_set_size (self->grid_items, 0);
  g_array_set_size (self->grid_areas, 0);
  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];
      LimnerBox box;
      double area;

      item->grid_item = LIMNER_NO_GRID_ITEM;
      if (item->shape == NULL)
        continue;
      box = limner_shape_get_bbox (item->shape);
      area = get_known_area (item->shape);
      if (self->width == 0)
        {
          right = MAX (right, box.x + box.width);
          bottom = MAX (bottom, box.y + box.height);
        }
      item->grid_item = self->grid_items->len;
      boxes[item->grid_item] = box;
      g_ptr_array_add (self->grid_items, item);
      g_array_append_val (self->grid_areas, area);
    }
  self->grid_serial++;
  self->grid = limner_grid_new (boxes, self->grid_items->len, (guint) CLAMP (right, 1.0, 1e6),
                                (guint) CLAMP (bottom, 1.0, 1e6));
}

static LimnerGrid *
limner_scene_ensure_grid (LimnerScene *self)
{
  limner_scene_flush (self);
  if (self->grid == NULL)
    limner_scene_build_grid (self);
  return self->grid;
}

/* Of the shapes that rest on the picture. */
static gboolean
limner_scene_is_resting (LimnerSceneItem *item)
{
  return !item->held && limner_scene_item_get_visible (item);
}

static gboolean
limner_scene_touches (const LimnerShape *shape, LimnerPoint point, double tolerance)
{
  LimnerBox box = limner_shape_get_bbox (shape);

  if (limner_shape_contains (shape, point) ||
      limner_shape_find_edge (shape, point, tolerance, NULL, NULL))
    return TRUE;
  /* what is smaller than the hand's precision is hit by its box, already grown by the grid */
  return MAX (box.width, box.height) <= tolerance;
}

static double
limner_scene_get_hit_area (LimnerScene *self, guint32 grid_item)
{
  double *area = &g_array_index (self->grid_areas, double, grid_item);
  const LimnerSceneItem *item;

  if (*area < 0)
    {
      item = self->grid_items->pdata[grid_item];
      *area = limner_shape_get_area (item->shape);
    }
  return *area;
}

/* Whether a hand would sooner take @first. */
static inline gboolean
comes_before (const LimnerSceneCandidate *first, const LimnerSceneCandidate *second)
{
  if (first->area != second->area)
    return first->area < second->area;
  /* the later one is painted on top */
  return first->grid_item > second->grid_item;
}

static int
compare_candidates (const void *a, const void *b)
{
  return comes_before (a, b) ? -1 : 1;
}

/* Items are not looked at: of hundreds that lie over one another most need not come into the
 * processor's cache. */
static void
limner_scene_fill_candidates (LimnerScene *self)
{
  LimnerSceneCandidate *candidates;

  g_array_set_size (self->candidates, self->hits->len);
  candidates = (LimnerSceneCandidate *) (gpointer) self->candidates->data;
  for (guint i = 0; i < self->hits->len; i++)
    {
      guint32 grid_item = g_array_index (self->hits, guint32, i);

      candidates[i] =
          (LimnerSceneCandidate){ limner_scene_get_hit_area (self, grid_item), grid_item };
    }
}

/* The one at @at becomes the next in the order; those before are there. A click mostly takes one of
 * the first few: to put all of them in order would cost more. */
static const LimnerSceneCandidate *
limner_scene_take_next (LimnerScene *self, guint at)
{
  LimnerSceneCandidate *candidates = (LimnerSceneCandidate *) (gpointer) self->candidates->data;
  LimnerSceneCandidate swap;
  guint best = at;

  if (at > FEW_CANDIDATES)
    return &candidates[at];
  if (at == FEW_CANDIDATES)
    {
      qsort (candidates + at, self->candidates->len - at, sizeof *candidates, compare_candidates);
      return &candidates[at];
    }
  for (guint i = at + 1; i < self->candidates->len; i++)
    if (comes_before (&candidates[i], &candidates[best]))
      best = i;
  swap = candidates[at];
  candidates[at] = candidates[best];
  candidates[best] = swap;
  return &candidates[at];
}

LimnerSceneItem *
limner_scene_find_at (LimnerScene *self,
                      LimnerPoint point,
                      double tolerance,
                      LimnerSceneItem *below)
{
  LimnerSceneItem *first = NULL;
  gboolean is_next = FALSE;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  if (self->shapes_hidden)
    return NULL;
  limner_grid_find_point (limner_scene_ensure_grid (self), point, tolerance, self->hits);
  limner_scene_fill_candidates (self);
  for (guint i = 0; i < self->candidates->len; i++)
    {
      LimnerSceneItem *item = self->grid_items->pdata[limner_scene_take_next (self, i)->grid_item];

      if (!limner_scene_is_resting (item) || !limner_scene_touches (item->shape, point, tolerance))
        continue;
      if (below == NULL || is_next)
        return item;
      if (first == NULL)
        first = item;
      is_next = item == below;
    }
  /* after the last one comes the first again */
  return first;
}

GPtrArray *
limner_scene_find_in (LimnerScene *self, const LimnerBox *area)
{
  GPtrArray *found = g_ptr_array_new ();

  g_return_val_if_fail (LIMNER_IS_SCENE (self), found);
  if (self->shapes_hidden)
    return found;
  limner_grid_query_box (limner_scene_ensure_grid (self), area, self->hits);
  for (guint i = 0; i < self->hits->len; i++)
    {
      LimnerSceneItem *item = self->grid_items->pdata[g_array_index (self->hits, guint32, i)];

      if (limner_scene_is_resting (item))
        g_ptr_array_add (found, item);
    }
  return found;
}

LimnerSceneItem *
limner_scene_find_id (LimnerScene *self, gint64 id)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  limner_scene_flush (self);
  return g_hash_table_lookup (self->by_id, &id);
}

static double
get_centre_y (LimnerSceneItem *item)
{
  LimnerBox box = limner_shape_get_bbox (item->shape);

  return box.y + box.height / 2.0;
}

static int
compare_y (gconstpointer a, gconstpointer b)
{
  double first = get_centre_y (*(LimnerSceneItem *const *) a);
  double second = get_centre_y (*(LimnerSceneItem *const *) b);

  return first < second ? -1 : first > second;
}

static int
compare_x (gconstpointer a, gconstpointer b)
{
  LimnerSceneItem *first = *(LimnerSceneItem *const *) a;
  LimnerSceneItem *second = *(LimnerSceneItem *const *) b;
  double x_first = limner_shape_get_bbox (first->shape).x;
  double x_second = limner_shape_get_bbox (second->shape).x;

  if (x_first != x_second)
    return x_first < x_second ? -1 : 1;
  return first->rank < second->rank ? -1 : first->rank > second->rank;
}

/* (transfer container): visible items line by line: who has its middle above the foot of a line's
 * first item belongs to that line. */
static GPtrArray *
limner_scene_list_reading_order (LimnerScene *self)
{
  GPtrArray *order = g_ptr_array_new ();
  guint start = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      LimnerSceneItem *item = self->items->pdata[i];

      if (item->shape != NULL && limner_scene_item_get_visible (item))
        g_ptr_array_add (order, item);
    }
  g_ptr_array_sort (order, compare_y);
  while (start < order->len)
    {
      LimnerSceneItem *first = order->pdata[start];
      LimnerBox box = limner_shape_get_bbox (first->shape);
      guint end = start + 1;

      while (end < order->len && get_centre_y (order->pdata[end]) < box.y + box.height)
        end++;
      qsort (order->pdata + start, end - start, sizeof (gpointer), compare_x);
      start = end;
    }
  return order;
}

void
limner_scene_select_next (LimnerScene *self, gboolean backwards)
{
  g_autoptr (GPtrArray) order = NULL;
  guint position, n;

  g_return_if_fail (LIMNER_IS_SCENE (self));
  limner_scene_flush (self);
  order = limner_scene_list_reading_order (self);
  n = order->len;
  if (n == 0)
    return;
  if (self->selection->len == 0 ||
      !g_ptr_array_find (order, self->selection->pdata[self->selection->len - 1], &position))
    position = backwards ? 0 : n - 1;
  position = backwards ? (position + n - 1) % n : (position + 1) % n;
  limner_scene_select (self, order->pdata[position], FALSE);
}
