/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "shape-set.h"

#include <math.h>

struct _LimnerShapeSet
{
  gatomicrefcount ref_count;
  GArray *entries;    /* LimnerShapeEntry */
  GHashTable *labels; /* LimnerCategory -> its name; only its names are used after creation */
  LimnerGrid *grid;
  LimnerBox extent;
  gboolean has_extent;
};

static void
clear_entry (gpointer data)
{
  LimnerShapeEntry *entry = data;

  limner_shape_unref (entry->shape);
}

static const char *
get_label (LimnerShapeSet *self, LimnerCategory *category)
{
  char *label;

  if (category == NULL)
    return NULL;
  label = g_hash_table_lookup (self->labels, category);
  if (label == NULL)
    {
      label = g_strdup (limner_category_get_name (category));
      g_hash_table_insert (self->labels, category, label);
    }
  return label;
}

static LimnerShapeEntry
make_entry (LimnerShapeSet *self, LimnerSceneItem *item, gboolean with_selection)
{
  LimnerShapeEntry entry = { .flags = LIMNER_PAINT_NORMAL };

  entry.shape = limner_shape_ref (limner_scene_item_get_shape (item));
  entry.color = limner_scene_item_get_color (item);
  entry.label = get_label (self, limner_scene_item_get_category (item));
  if (limner_scene_item_get_locked (item))
    entry.flags |= LIMNER_PAINT_LOCKED;
  if (with_selection && limner_scene_item_get_selected (item))
    entry.flags |= LIMNER_PAINT_SELECTED;
  return entry;
}

/* A number that is none must not hide everything else. */
static void
add_to_extent (LimnerShapeSet *self, const LimnerBox *box)
{
  if (!isfinite (box->x) || !isfinite (box->y) || !isfinite (box->width) || !isfinite (box->height))
    return;
  self->extent = self->has_extent ? limner_box_union (&self->extent, box) : *box;
  self->has_extent = TRUE;
}

LimnerShapeSet *
limner_shape_set_new (LimnerScene *scene,
                      guint image_width,
                      guint image_height,
                      gboolean with_selection)
{
  LimnerShapeSet *self = g_new0 (LimnerShapeSet, 1);
  const LimnerBox everywhere = { -1e9, -1e9, 2e9, 2e9 };
  g_autoptr (GPtrArray) items = limner_scene_find_in (scene, &everywhere);
  g_autofree LimnerBox *boxes = g_new (LimnerBox, MAX (items->len, 1));

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_array_sized_new (FALSE, FALSE, sizeof (LimnerShapeEntry), items->len);
  g_array_set_clear_func (self->entries, clear_entry);
  self->labels = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint i = 0; i < items->len; i++)
    {
      LimnerShapeEntry entry = make_entry (self, items->pdata[i], with_selection);

      boxes[i] = limner_shape_get_bbox (entry.shape);
      add_to_extent (self, &boxes[i]);
      g_array_append_val (self->entries, entry);
    }
  self->grid = limner_grid_new (boxes, items->len, MAX (image_width, 1), MAX (image_height, 1));
  return self;
}

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
  g_array_unref (self->entries);
  g_hash_table_unref (self->labels);
  limner_grid_free (self->grid);
  g_free (self);
}

guint
limner_shape_set_get_n_entries (const LimnerShapeSet *self)
{
  return self->entries->len;
}

const LimnerShapeEntry *
limner_shape_set_get_entry (const LimnerShapeSet *self, guint index)
{
  return &g_array_index (self->entries, LimnerShapeEntry, index);
}

LimnerBox
limner_shape_set_get_extent (const LimnerShapeSet *self)
{
  return self->extent;
}

void
limner_shape_set_query (const LimnerShapeSet *self, const LimnerBox *area, GArray *entries)
{
  limner_grid_query_box (self->grid, area, entries);
}
