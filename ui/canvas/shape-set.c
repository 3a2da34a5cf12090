/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "shape-set.h"

#include <math.h>

/* Beyond these a set is made anew: entries that have changed since it was made, and those that may
 * have. */
#define PATCH_MAX 4000
#define LOOK_AT_MAX 20000

typedef struct
{
  LimnerShapeEntry entry;
  LimnerShape *source; /* owned: the item's own, another one with each record it had */
  guint rank;          /* in the scene: the order of painting */
} Resting;

/* Entries with what finds them; immutable. Sets that are patches of one another share one. */
typedef struct
{
  gatomicrefcount ref_count;
  GArray *resting; /* Resting, by rank */
  LimnerGrid *grid;
  LimnerBox extent;
  gboolean has_extent;
} Store;

struct _LimnerShapeSet
{
  gatomicrefcount ref_count;
  GHashTable *names;     /* set of strings; looked at by the main thread only, its strings by all */
  GHashTable *skeletons; /* LimnerCategory -> its pairs or NULL; while a set is made */
  Store *base;
  guint8 *removed; /* (nullable): a bit for each entry of the base that is void */
  guint n_removed;
  Store *added; /* (nullable) */

  guint64 order_serial; /* of the scene */
  guint64 names_serial; /* the same */
  guint image_width;
  guint image_height;
  LimnerOrientation turn;
  LimnerShapeLook look; /* its attribute is one of the names */
};

/* ---- stores ---- */

static void
clear_resting (gpointer data)
{
  Resting *resting = data;
  LimnerShapeEntry *entry = &resting->entry;

  limner_shape_unref (resting->source);
  limner_shape_unref (entry->shape);
  g_clear_pointer (&entry->keypoints, g_array_unref);
  g_clear_pointer (&entry->skeleton, g_array_unref);
}

static Store *
store_new (guint n_reserved)
{
  Store *self = g_new0 (Store, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->resting = g_array_sized_new (FALSE, FALSE, sizeof (Resting), n_reserved);
  g_array_set_clear_func (self->resting, clear_resting);
  return self;
}

static void
store_unref (Store *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->resting);
  g_clear_pointer (&self->grid, limner_grid_free);
  g_free (self);
}

static const Resting *
store_get (const Store *self, guint index)
{
  return &g_array_index (self->resting, Resting, index);
}

/* A number that is none must not hide everything else. */
static void
add_to_extent (Store *self, const LimnerBox *box)
{
  if (!isfinite (box->x) || !isfinite (box->y) || !isfinite (box->width) || !isfinite (box->height))
    return;
  self->extent = self->has_extent ? limner_box_union (&self->extent, box) : *box;
  self->has_extent = TRUE;
}

/* Keypoints may lie outside of the shape. */
static LimnerBox
get_entry_box (const LimnerShapeEntry *entry)
{
  LimnerBox box = limner_shape_get_bbox (entry->shape);

  for (guint i = 0; entry->keypoints != NULL && i < entry->keypoints->len; i++)
    {
      const LimnerKeypoint *keypoint = &g_array_index (entry->keypoints, LimnerKeypoint, i);
      const LimnerBox point = { keypoint->point.x, keypoint->point.y, 0, 0 };

      if (keypoint->visibility > 0)
        box = limner_box_union (&box, &point);
    }
  return box;
}

/* After the last entry. */
static void
store_index (Store *self, const LimnerShapeSet *set)
{
  gboolean swaps = set->turn >= LIMNER_ORIENTATION_TRANSPOSE;
  g_autofree LimnerBox *boxes = g_new (LimnerBox, MAX (self->resting->len, 1));

  for (guint i = 0; i < self->resting->len; i++)
    {
      boxes[i] = get_entry_box (&store_get (self, i)->entry);
      add_to_extent (self, &boxes[i]);
    }
  self->grid = limner_grid_new (boxes, self->resting->len,
                                MAX (swaps ? set->image_height : set->image_width, 1),
                                MAX (swaps ? set->image_width : set->image_height, 1));
}

/* FALSE if there is no entry of that rank. */
static gboolean
store_find (const Store *self, guint rank, guint *index)
{
  guint first = 0, end = self->resting->len;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;

      if (store_get (self, middle)->rank < rank)
        first = middle + 1;
      else
        end = middle;
    }
  *index = first;
  return first < self->resting->len && store_get (self, first)->rank == rank;
}

/* ---- entries ---- */

/* (transfer none): @name for as long as the set and its patches live. */
static const char *
keep_name (LimnerShapeSet *self, const char *name)
{
  gpointer kept;

  if (g_hash_table_lookup_extended (self->names, name, &kept, NULL))
    return kept;
  kept = g_strdup (name);
  g_hash_table_add (self->names, kept);
  return kept;
}

/* Few classes have keypoints: the records of all others are not looked into. */
static GArray *
find_skeleton (LimnerShapeSet *self, LimnerCategory *category)
{
  gpointer skeleton;

  if (category == NULL)
    return NULL;
  if (g_hash_table_lookup_extended (self->skeletons, category, NULL, &skeleton))
    return skeleton;
  skeleton = limner_scene_dup_skeleton (category);
  g_hash_table_insert (self->skeletons, g_object_ref (category), skeleton);
  return skeleton;
}

static void
add_keypoints (LimnerShapeSet *self, LimnerShapeEntry *entry, LimnerSceneItem *item)
{
  GArray *skeleton = find_skeleton (self, limner_scene_item_get_category (item));
  g_autofree LimnerPoint *points = NULL;
  g_autoptr (LimnerShape) upright = NULL;
  g_autoptr (LimnerShape) turned = NULL;
  const LimnerPoint *ring;
  guint n_points;

  if (skeleton == NULL)
    return;
  entry->keypoints = limner_scene_item_dup_keypoints (item);
  if (entry->keypoints == NULL)
    return;
  entry->skeleton = g_array_ref (skeleton);
  n_points = entry->keypoints->len;
  points = g_new (LimnerPoint, n_points);
  for (guint i = 0; i < n_points; i++)
    points[i] = g_array_index (entry->keypoints, LimnerKeypoint, i).point;
  upright = limner_shape_new_polygon (points, &n_points, 1);
  turned =
      limner_shape_transform (upright, self->turn, self->image_width, self->image_height, TRUE);
  ring = limner_shape_get_ring (turned, 0, &n_points);
  for (guint i = 0; i < n_points; i++)
    g_array_index (entry->keypoints, LimnerKeypoint, i).point = ring[i];
}

static void
add_item (LimnerShapeSet *self, Store *store, LimnerSceneItem *item)
{
  g_autofree char *label = limner_shape_look_dup_label (&self->look, item);
  Resting resting = { .source = limner_shape_ref (limner_scene_item_get_shape (item)),
                      .rank = limner_scene_item_get_rank (item) };
  LimnerShapeEntry *entry = &resting.entry;

  entry->shape = limner_shape_transform (resting.source, self->turn, self->image_width,
                                         self->image_height, TRUE);
  entry->color = limner_shape_look_get_color (&self->look, item);
  entry->flags = limner_shape_look_get_flags (&self->look, item);
  if (label != NULL)
    entry->label = keep_name (self, label);
  add_keypoints (self, entry, item);
  g_array_append_val (store->resting, resting);
}

static void
unref_skeleton (gpointer skeleton)
{
  if (skeleton != NULL)
    g_array_unref (skeleton);
}

static GHashTable *
new_skeletons (void)
{
  return g_hash_table_new_full (NULL, NULL, g_object_unref, unref_skeleton);
}

LimnerShapeSet *
limner_shape_set_new (LimnerScene *scene,
                      guint image_width,
                      guint image_height,
                      const LimnerShapeLook *look,
                      LimnerOrientation turn)
{
  LimnerShapeSet *self = g_new0 (LimnerShapeSet, 1);
  const LimnerBox everywhere = { -1e9, -1e9, 2e9, 2e9 };
  g_autoptr (GPtrArray) items = limner_scene_find_in (scene, &everywhere);

  g_atomic_ref_count_init (&self->ref_count);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->order_serial = limner_scene_get_order_serial (scene);
  self->names_serial = limner_scene_get_names_serial (scene);
  self->image_width = image_width;
  self->image_height = image_height;
  if (look != NULL)
    {
      self->look = *look;
      self->look.attribute = look->attribute != NULL ? keep_name (self, look->attribute) : NULL;
    }
  self->turn = turn;
  self->skeletons = new_skeletons ();
  self->base = store_new (items->len);
  for (guint i = 0; i < items->len; i++)
    add_item (self, self->base, items->pdata[i]);
  g_clear_pointer (&self->skeletons, g_hash_table_unref);
  store_index (self->base, self);
  return self;
}

/* ---- patches ---- */

static gboolean
is_removed (const LimnerShapeSet *self, guint index)
{
  return self->removed != NULL && (self->removed[index / 8] >> index % 8 & 1) != 0;
}

static gboolean
has_keypoints (const Store *store, const GArray *indexes)
{
  for (guint i = 0; i < indexes->len; i++)
    if (store_get (store, g_array_index (indexes, guint32, i))->entry.keypoints != NULL)
      return TRUE;
  return FALSE;
}

/* Whether what is known of an item is still right. What its record tells has another source when it
 * changes, and names are looked at for all together; only the colour of its class is of neither. */
static gboolean
is_same (const LimnerShapeSet *self, const Resting *resting, LimnerSceneItem *item)
{
  return resting->source == limner_scene_item_get_shape (item) &&
         (self->look.color_by != LIMNER_COLOR_BY_CLASS ||
          resting->entry.color == limner_shape_look_get_color (&self->look, item)) &&
         resting->entry.flags == limner_shape_look_get_flags (&self->look, item);
}

/* What a patch changes. */
typedef struct
{
  GArray *base_hits;    /* guint32: entries of the base in the area */
  GArray *added_hits;   /* the same of those added */
  GArray *base_voided;  /* guint32, ascending but for a few */
  GArray *added_voided; /* the same */
  GPtrArray *items;     /* LimnerSceneItem: those to be added */
} Change;

static void
change_init (Change *self)
{
  self->base_hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->added_hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->base_voided = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->added_voided = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->items = g_ptr_array_new ();
}

static void
change_clear (Change *self)
{
  g_array_unref (self->base_hits);
  g_array_unref (self->added_hits);
  g_array_unref (self->base_voided);
  g_array_unref (self->added_voided);
  g_ptr_array_unref (self->items);
}

/* Adds what is known of an item to @voided unless it is still right; returns whether it is. */
static gboolean
check_known (const LimnerShapeSet *self,
             const Store *store,
             guint index,
             LimnerSceneItem *item,
             GArray *voided)
{
  const guint32 void_index = index;

  if (is_same (self, store_get (store, index), item))
    return TRUE;
  g_array_append_val (voided, void_index);
  return FALSE;
}

static void
check_item (const LimnerShapeSet *self, Change *change, LimnerSceneItem *item)
{
  guint rank = limner_scene_item_get_rank (item), index;
  gboolean is_known = FALSE;

  if (store_find (self->base, rank, &index) && !is_removed (self, index))
    is_known = check_known (self, self->base, index, item, change->base_voided);
  else if (self->added != NULL && store_find (self->added, rank, &index))
    is_known = check_known (self, self->added, index, item, change->added_voided);
  if (!is_known)
    g_ptr_array_add (change->items, item);
}

/* Entries in the area that no item stands behind any more. */
static void
void_gone (const Store *store, const GArray *hits, const GPtrArray *items, GArray *voided)
{
  guint at = 0;

  for (guint i = 0; i < hits->len; i++)
    {
      guint32 index = g_array_index (hits, guint32, i);
      guint rank = store_get (store, index)->rank;

      while (at < items->len && limner_scene_item_get_rank (items->pdata[at]) < rank)
        at++;
      if (at == items->len || limner_scene_item_get_rank (items->pdata[at]) != rank)
        g_array_append_val (voided, index);
    }
}

static int
compare_indexes (gconstpointer a, gconstpointer b)
{
  guint32 first = *(const guint32 *) a, second = *(const guint32 *) b;

  return (first > second) - (first < second);
}

/* FALSE where a new set is the better way. */
static gboolean
find_change (const LimnerShapeSet *self,
             LimnerScene *scene,
             const LimnerBox *damage_img,
             Change *change)
{
  /* whatever is in the area before it is turned is among them */
  const LimnerBox wide = { damage_img->x - 1, damage_img->y - 1, damage_img->width + 2,
                           damage_img->height + 2 };
  g_autoptr (GPtrArray) items = limner_scene_find_in (scene, &wide);
  g_autoptr (LimnerShape) damage = limner_shape_new_box (damage_img);
  g_autoptr (LimnerShape) turned =
      limner_shape_transform (damage, self->turn, self->image_width, self->image_height, TRUE);
  LimnerBox area = limner_shape_get_bbox (turned);

  if (self->order_serial != limner_scene_get_order_serial (scene) ||
      self->names_serial != limner_scene_get_names_serial (scene) || items->len > LOOK_AT_MAX)
    return FALSE;
  limner_grid_query_box (self->base->grid, &area, change->base_hits);
  if (self->added != NULL)
    limner_grid_query_box (self->added->grid, &area, change->added_hits);
  /* they reach beyond their shape, by which the scene finds what was damaged */
  if (has_keypoints (self->base, change->base_hits) ||
      (self->added != NULL && has_keypoints (self->added, change->added_hits)))
    return FALSE;
  void_gone (self->base, change->base_hits, items, change->base_voided);
  if (self->added != NULL)
    void_gone (self->added, change->added_hits, items, change->added_voided);
  for (guint i = 0; i < items->len; i++)
    check_item (self, change, items->pdata[i]);
  g_array_sort (change->added_voided, compare_indexes);
  return change->items->len + (self->added != NULL ? self->added->resting->len : 0) <= PATCH_MAX;
}

static void
copy_removed (LimnerShapeSet *to, const LimnerShapeSet *from, const GArray *voided)
{
  gsize n_bytes = from->base->resting->len / 8 + 1;

  to->n_removed = from->n_removed;
  to->removed = from->removed != NULL ? g_memdup2 (from->removed, n_bytes) : g_malloc0 (n_bytes);
  for (guint i = 0; i < voided->len; i++)
    {
      guint index = g_array_index (voided, guint32, i);

      if (is_removed (to, index))
        continue;
      to->removed[index / 8] |= (guint8) (1 << index % 8);
      to->n_removed++;
    }
}

static int
compare_rank (gconstpointer a, gconstpointer b)
{
  const Resting *first = a, *second = b;

  return (first->rank > second->rank) - (first->rank < second->rank);
}

/* What was added before and lies elsewhere stays. */
static void
copy_added (Store *to, const Store *from, const GArray *voided)
{
  guint at = 0;

  for (guint i = 0; i < from->resting->len; i++)
    {
      Resting resting = *store_get (from, i);

      if (at < voided->len && g_array_index (voided, guint32, at) == i)
        {
          at++;
          continue;
        }
      limner_shape_ref (resting.source);
      limner_shape_ref (resting.entry.shape);
      if (resting.entry.keypoints != NULL)
        g_array_ref (resting.entry.keypoints);
      if (resting.entry.skeleton != NULL)
        g_array_ref (resting.entry.skeleton);
      g_array_append_val (to->resting, resting);
    }
}

static LimnerShapeSet *
apply_change (const LimnerShapeSet *self, const Change *change)
{
  LimnerShapeSet *patch = g_memdup2 (self, sizeof *self);

  g_atomic_ref_count_init (&patch->ref_count);
  g_hash_table_ref (patch->names);
  g_atomic_ref_count_inc (&patch->base->ref_count);
  copy_removed (patch, self, change->base_voided);
  patch->skeletons = new_skeletons ();
  patch->added = store_new (change->items->len);
  if (self->added != NULL)
    copy_added (patch->added, self->added, change->added_voided);
  for (guint i = 0; i < change->items->len; i++)
    add_item (patch, patch->added, change->items->pdata[i]);
  g_clear_pointer (&patch->skeletons, g_hash_table_unref);
  g_array_sort (patch->added->resting, compare_rank);
  store_index (patch->added, patch);
  return patch;
}

LimnerShapeSet *
limner_shape_set_patch (const LimnerShapeSet *self, LimnerScene *scene, const LimnerBox *damage_img)
{
  LimnerShapeSet *patch = NULL;
  Change change;

  change_init (&change);
  if (find_change (self, scene, damage_img, &change))
    patch = apply_change (self, &change);
  change_clear (&change);
  return patch;
}

/* ---- public ---- */

LimnerShapeSet *
limner_shape_set_ref (LimnerShapeSet *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_shape_set_unref (LimnerShapeSet *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->names);
  store_unref (self->base);
  g_clear_pointer (&self->added, store_unref);
  g_free (self->removed);
  g_free (self);
}

guint
limner_shape_set_get_n_entries (const LimnerShapeSet *self)
{
  return self->base->resting->len - self->n_removed +
         (self->added != NULL ? self->added->resting->len : 0);
}

const LimnerShapeEntry *
limner_shape_set_get_entry (const LimnerShapeSet *self, guint index)
{
  guint n_base = self->base->resting->len;

  return index < n_base ? &store_get (self->base, index)->entry
                        : &store_get (self->added, index - n_base)->entry;
}

LimnerBox
limner_shape_set_get_extent (const LimnerShapeSet *self)
{
  if (self->added == NULL || !self->added->has_extent)
    return self->base->extent;
  if (!self->base->has_extent)
    return self->added->extent;
  return limner_box_union (&self->base->extent, &self->added->extent);
}

void
limner_shape_set_query (const LimnerShapeSet *self, const LimnerBox *area, GArray *entries)
{
  g_autoptr (GArray) base_hits = NULL;
  g_autoptr (GArray) added_hits = NULL;
  guint at = 0;

  if (self->added == NULL)
    {
      limner_grid_query_box (self->base->grid, area, entries);
      return;
    }
  base_hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  added_hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  limner_grid_query_box (self->base->grid, area, base_hits);
  limner_grid_query_box (self->added->grid, area, added_hits);
  g_array_set_size (entries, 0);
  for (guint i = 0; i <= base_hits->len; i++)
    {
      guint32 index = i < base_hits->len ? g_array_index (base_hits, guint32, i) : G_MAXUINT32;

      if (index != G_MAXUINT32 && is_removed (self, index))
        continue;
      for (; at < added_hits->len; at++)
        {
          guint32 other = g_array_index (added_hits, guint32, at);
          guint32 shown = self->base->resting->len + other;

          if (index != G_MAXUINT32 &&
              store_get (self->base, index)->rank < store_get (self->added, other)->rank)
            break;
          g_array_append_val (entries, shown);
        }
      if (index != G_MAXUINT32)
        g_array_append_val (entries, index);
    }
}
