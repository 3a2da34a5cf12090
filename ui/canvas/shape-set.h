/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The shapes that rest on the picture, as worker threads see them: what limner_scene_find_in()
 * gave at one moment, immutable, atomically reference counted.
 */

#include <limner/painter.h>
#include <limner/scene.h>

G_BEGIN_DECLS

typedef struct
{
  LimnerShape *shape; /* owned by the set */
  const char *label;  /* (nullable): name of the class, owned by the set */
  guint32 color;
  LimnerPaintFlags flags;
} LimnerShapeEntry;

typedef struct _LimnerShapeSet LimnerShapeSet;

/**
 * limner_shape_set_new:
 * @with_selection: selected shapes are marked as such: for selections so large that they are
 *   painted into the tiles
 *
 * Main thread, O(resting shapes).
 */
LimnerShapeSet *limner_shape_set_new (LimnerScene *scene,
                                      guint image_width,
                                      guint image_height,
                                      gboolean with_selection);
LimnerShapeSet *limner_shape_set_ref (LimnerShapeSet *self);
void limner_shape_set_unref (LimnerShapeSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerShapeSet, limner_shape_set_unref)

guint limner_shape_set_get_n_entries (const LimnerShapeSet *self);
const LimnerShapeEntry *limner_shape_set_get_entry (const LimnerShapeSet *self, guint index);

/* Where there are shapes, in image pixels. */
LimnerBox limner_shape_set_get_extent (const LimnerShapeSet *self);

/* Entries whose box touches @area, ascending, which is the order of painting: limner_grid_query_box
 * (). */
void limner_shape_set_query (const LimnerShapeSet *self, const LimnerBox *area, GArray *entries);

G_END_DECLS
