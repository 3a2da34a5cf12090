/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The scene as its own files and the tools see it. A change is made in three moves, so that a
 * listener never sees half of it: alter the fields, note what has to be told
 * (limner_scene_damage(), selection_dirty), tell it (limner_scene_emit()).
 */

#include <limner/scene.h>

G_BEGIN_DECLS

/* A hand-drawn shape smaller than this, in image pixels, is refused. */
#define LIMNER_SCENE_MIN_SIZE 1.0

#define LIMNER_NO_GRID_ITEM G_MAXUINT32

/* What a person said about the visibility of one annotation; default follows its class. */
typedef enum
{
  LIMNER_EYE_DEFAULT,
  LIMNER_EYE_HIDDEN,
  LIMNER_EYE_SHOWN
} LimnerEye;

struct _LimnerSceneItem
{
  GObject parent_instance;

  LimnerScene *scene; /* not owned; NULL once the annotation has left the scene */
  LimnerAnnotation *annotation;
  LimnerShape *shape;      /* (nullable): upright */
  LimnerShape *held_shape; /* (nullable): the same in the hand */
  gint64 id;               /* of the record; never changes */
  guint rank;              /* larger than that of those before it in the list; there are gaps */
  guint32 grid_item;       /* or LIMNER_NO_GRID_ITEM */
  guint generation;        /* of the last refresh that saw it */
  LimnerEye eye;
  gboolean selected;
  gboolean hovered;
  gboolean locked;
  gboolean held;
};

/* What of a class is seen on its shapes. */
typedef struct
{
  GBytes *text; /* of its record: name and skeleton */
  gint64 id;
  guint32 color;
} LimnerSceneCategory;

/* A shape whose box was hit. */
typedef struct
{
  double area; /* of the shape */
  guint32 grid_item;
} LimnerSceneCandidate;

struct _LimnerScene
{
  GObject parent_instance;

  LimnerDocument *document;
  LimnerDataset *dataset;
  guint image;
  char *image_name; /* (nullable): finds the image again after "images-reset" */
  gboolean loading;
  GCancellable *cancellable; /* (nullable): of the load under way */
  gboolean stale;            /* the dataset has other annotations than we show */
  gboolean must_reload;      /* not only by what steps of the history changed */
  LimnerStep *undo_step;     /* (nullable): on top of the history when we were like the dataset */
  LimnerStep *redo_step;     /* (nullable): the same */
  guint n_undo;              /* the same */
  guint refresh_source;
  guint committing;
  GArray *touched; /* gint64: annotations that the open transaction makes, changes or deletes */

  guint width;
  guint height;
  LimnerOrientation orientation;

  GPtrArray *items;  /* LimnerSceneItem, in file order */
  GPtrArray *loaded; /* (nullable): what was adopted last. The document drops its own at the first
                        edit: to let go of 100,000 records takes 6 ms, which no gesture has */
  GHashTable *by_id; /* the item's id -> item, the first one of an id */
  guint next_rank;
  guint64 order_serial; /* increases when ranks are given anew */
  GHashTable *gone;     /* id -> rank of what was here, since then */
  guint generation;
  LimnerGrid *grid;      /* (nullable): over items with a shape; made when asked */
  guint64 grid_serial;   /* of the last one made */
  GPtrArray *grid_items; /* (nullable elements): the item of each grid item */
  GArray *hits;          /* scratch of queries */
  GArray *candidates;    /* LimnerSceneCandidate: the same */
  GArray *grid_areas;    /* double: of each grid item; negative: not worked out yet */
  GHashTable *counts;    /* (nullable): category id -> count, made when asked */
  GArray *categories;    /* LimnerSceneCategory: all of the dataset, as last painted */
  guint64 names_serial;  /* increases when they get other names or skeletons */

  GPtrArray *selection; /* in the order in which they were selected */
  GArray *wanted;       /* gint64: to be selected as soon as they are here */
  LimnerSceneItem *hovered;
  GPtrArray *held;

  GHashTable *eyes;              /* annotation id -> LimnerEye, for the session */
  GHashTable *locks;             /* set of annotation ids */
  GHashTable *hidden_categories; /* set of category ids */
  gboolean shapes_hidden;

  gint64 active_category;
  LimnerShape *pending;

  guint64 revision;
  gboolean has_damage;
  LimnerBox damage;
  gboolean shapes_dirty;
  gboolean selection_dirty;
};

enum
{
  LIMNER_SCENE_PROP_0,
  LIMNER_SCENE_PROP_IMAGE,
  LIMNER_SCENE_PROP_LOADING,
  LIMNER_SCENE_PROP_ACTIVE_CATEGORY,
  LIMNER_SCENE_PROP_N_SELECTED,
  LIMNER_SCENE_PROP_SHAPES_HIDDEN,
  LIMNER_SCENE_PROP_HAS_PENDING,
  LIMNER_SCENE_N_PROPS
};

void limner_scene_notify (LimnerScene *self, guint property);

/* ---- scene-load.c: taking in what the document has ---- */

/* Listens to the document and to its dataset, which another one may replace. */
void limner_scene_attach (LimnerScene *self);

/* Shows these annotations; items whose record is still among them are kept. */
void limner_scene_adopt (LimnerScene *self, GPtrArray *annotations);

/* Shows what the document has by now, at once or as soon as it is read. */
void limner_scene_refresh (LimnerScene *self);
void limner_scene_set_loading (LimnerScene *self, gboolean loading);
void limner_scene_cancel_load (LimnerScene *self);

/* Takes a new record for an item; returns whether it says something else. */
gboolean limner_scene_update_item (LimnerScene *self,
                                   LimnerSceneItem *item,
                                   LimnerAnnotation *annotation);

/* What was worked out from the items is void. */
void limner_scene_drop_indexes (LimnerScene *self);

/* Takes in at once what the dataset signalled; cheap where nothing is new. */
void limner_scene_flush (LimnerScene *self);

/* The same after a step of our own, of which it is known what it touched. */
void limner_scene_flush_touched (LimnerScene *self);

/* ---- scene-patch.c: taking in single records ---- */

/* Those of limner_scene_touch(); FALSE where it is better to go through all. */
gboolean limner_scene_patch_touched (LimnerScene *self);

/* Those of the step that was undone or redone; FALSE where there is more, or it is better to go
 * through all. */
gboolean limner_scene_patch_moved (LimnerScene *self);

/* The scene is, or will be by what was asked for, like the dataset is now. */
void limner_scene_note_history (LimnerScene *self);
void limner_scene_forget_history (LimnerScene *self);

/* ---- telling ---- */

/* @area: (nullable): NULL = everything. */
void limner_scene_damage (LimnerScene *self, const LimnerBox *area);
void limner_scene_damage_item (LimnerScene *self, LimnerSceneItem *item);
void limner_scene_emit (LimnerScene *self);
void limner_scene_emit_deleted (LimnerScene *self, const char *sentence);
void limner_scene_emit_category_needed (LimnerScene *self);
void limner_scene_emit_hover_changed (LimnerScene *self);
void limner_scene_emit_held_changed (LimnerScene *self);

G_GNUC_PRINTF (2, 3)
void limner_scene_message (LimnerScene *self, const char *format, ...);

/* (transfer full): between the frame shown and that of the file; NULL where that cannot be known.
 */
LimnerShape *limner_scene_shape_to_file (LimnerScene *self, LimnerShape *shape);
LimnerShape *limner_scene_shape_from_file (LimnerScene *self, LimnerShape *shape);

/* The same for a picture of another size and orientation. */
LimnerShape *limner_scene_turn_shape (LimnerScene *self,
                                      LimnerShape *shape,
                                      LimnerOrientation orientation,
                                      guint width,
                                      guint height,
                                      gboolean to_upright);

/* Whether anything can be drawn on the shown image; else says why through "message". */
gboolean limner_scene_check_editable (LimnerScene *self);

/* Says why an item cannot be changed. */
void limner_scene_explain_item (LimnerScene *self, LimnerSceneItem *item);

/* Adds copies with their own shapes, one step; the copies become the selection. */
gboolean limner_scene_add_copies (LimnerScene *self,
                                  GPtrArray *items,
                                  GPtrArray *shapes,
                                  const char *label);

/* Selects annotations that the next refresh will bring. */
void limner_scene_want (LimnerScene *self, const gint64 *ids, guint n_ids);

/* A transaction to be ended by limner_scene_commit() or freed; whatever annotation it creates,
 * changes or deletes must be told by limner_scene_touch(). */
LimnerTransaction *limner_scene_begin (LimnerScene *self, const char *label);
gboolean limner_scene_commit (LimnerScene *self, LimnerTransaction *transaction);
void limner_scene_touch (LimnerScene *self, gint64 id);

/* Shortens a move so that none of @shapes leaves the image more than it does. */
void limner_scene_clamp_offset (LimnerScene *self, GPtrArray *shapes, double *dx, double *dy);

/* ---- items ---- */

LimnerSceneItem *limner_scene_item_new (LimnerScene *scene, LimnerAnnotation *annotation);

/* Whether its record can be told from others by its id. */
gboolean limner_scene_item_has_key (LimnerSceneItem *self);
gint64 limner_scene_item_get_category_id (LimnerSceneItem *self);

/* Returns whether the record is another one than before. */
gboolean limner_scene_item_set_annotation (LimnerSceneItem *self, LimnerAnnotation *annotation);
void limner_scene_item_update_shape (LimnerSceneItem *self);
void limner_scene_item_set_selected (LimnerSceneItem *self, gboolean selected);
void limner_scene_item_set_hovered (LimnerSceneItem *self, gboolean hovered);
void limner_scene_item_emit_changed (LimnerSceneItem *self);
void limner_scene_item_notify_visible (LimnerSceneItem *self);
void limner_scene_item_notify_locked (LimnerSceneItem *self);

/* Takes an item that has left the scene out of hover and hold; the selection is pruned once for all
 * of them. */
void limner_scene_forget_item (LimnerScene *self, LimnerSceneItem *item);
void limner_scene_prune_selection (LimnerScene *self);

/* Gives an item the visibility and lock that were chosen for it in this session. */
void limner_scene_restore_item (LimnerScene *self, LimnerSceneItem *item);

/* Selects those of @wanted that are here. */
void limner_scene_select_wanted (LimnerScene *self);

G_END_DECLS
