/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The shapes that rest on the picture, as worker threads see them: what limner_scene_find_in()
 * gave at one moment, immutable, atomically reference counted.
 */

#include "shape-look.h"

G_BEGIN_DECLS

typedef struct
{
  LimnerShape *shape; /* owned by the set */
  const char *label;  /* (nullable): what is written on it, owned by the set */
  guint32 color;
  LimnerPaintFlags flags;
  GArray *keypoints; /* (nullable) (element-type LimnerKeypoint): as the shape; owned by the set */
  GArray *skeleton;  /* (nullable): pairs of indexes; owned by the set */
} LimnerShapeEntry;

typedef struct _LimnerShapeSet LimnerShapeSet;

/**
 * limner_shape_set_new:
 * @look: (nullable): copied; %NULL: by class
 * @turn: how the image is turned in the view: then all that is in the set is turned, too
 *
 * Main thread, O(resting shapes).
 */
LimnerShapeSet *limner_shape_set_new (LimnerScene *scene,
                                      guint image_width,
                                      guint image_height,
                                      const LimnerShapeLook *look,
                                      LimnerOrientation turn);

/**
 * limner_shape_set_patch:
 * @damage_img: outside of it nothing has changed since @self was taken from @scene
 *
 * Main thread, O(shapes in @damage_img).
 *
 * Returns: (transfer full) (nullable): @self with what is there now; %NULL where a new set is the
 * better way
 */
LimnerShapeSet *limner_shape_set_patch (const LimnerShapeSet *self,
                                        LimnerScene *scene,
                                        const LimnerBox *damage_img);

LimnerShapeSet *limner_shape_set_ref (LimnerShapeSet *self);
void limner_shape_set_unref (LimnerShapeSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerShapeSet, limner_shape_set_unref)

guint limner_shape_set_get_n_entries (const LimnerShapeSet *self);

/* @index: one that limner_shape_set_query() gave; in a set that is no patch they run from 0. */
const LimnerShapeEntry *limner_shape_set_get_entry (const LimnerShapeSet *self, guint index);

/* Where there are shapes, in pixels of the turned image. */
LimnerBox limner_shape_set_get_extent (const LimnerShapeSet *self);

/* Entries whose box touches @area, in the order of painting. */
void limner_shape_set_query (const LimnerShapeSet *self, const LimnerBox *area, GArray *entries);

G_END_DECLS
