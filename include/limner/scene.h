/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The shown image and its annotations, as tools, canvas and panels see them: selection, hover,
 * visibility, the active class, the shape that waits for a name. All shapes here are upright
 * (x_img). It is a GListModel of LimnerSceneItem in file order. It changes the dataset only through
 * the document. Main thread.
 */

#include <limner/document.h>
#include <limner/grid.h>
#include <limner/painter.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_SCENE_ITEM (limner_scene_item_get_type ())
G_DECLARE_FINAL_TYPE (LimnerSceneItem, limner_scene_item, LIMNER, SCENE_ITEM, GObject)

/* Properties (notify): selected, hovered, visible, locked (boolean). Visible and locked are kept
 * for the session; visible follows the class until something else is said about the item. Signal:
 * changed (): its annotation, shape or class are others than before; the item stays the same. */
gint64 limner_scene_item_get_id (LimnerSceneItem *self);
LimnerAnnotation *limner_scene_item_get_annotation (LimnerSceneItem *self);

/* (nullable): upright; NULL where nothing can be shown. */
LimnerShape *limner_scene_item_get_shape (LimnerSceneItem *self);

/* (nullable): upright: what the hand that holds the item alone has made of it so far. */
LimnerShape *limner_scene_item_get_held_shape (LimnerSceneItem *self);

/* (nullable) */
LimnerCategory *limner_scene_item_get_category (LimnerSceneItem *self);
guint32 limner_scene_item_get_color (LimnerSceneItem *self);

/* The order of painting: larger than that of all items before it in the scene, with gaps; see
 * limner_scene_get_order_serial(). */
guint limner_scene_item_get_rank (LimnerSceneItem *self);
gboolean limner_scene_item_get_selected (LimnerSceneItem *self);
gboolean limner_scene_item_get_hovered (LimnerSceneItem *self);
gboolean limner_scene_item_get_visible (LimnerSceneItem *self);
gboolean limner_scene_item_get_locked (LimnerSceneItem *self);

/* (transfer full) (nullable) (element-type LimnerKeypoint): upright; parsed each time. */
GArray *limner_scene_item_dup_keypoints (LimnerSceneItem *self);

/* (transfer full) (nullable) (element-type LimnerKeypoint): as the record has them, not turned. */
GArray *limner_scene_read_keypoints (const LimnerAnnotation *annotation);

/* (transfer full) (nullable) (element-type guint32): pairs of indexes of keypoints, from 0; NULL
 * where the class has no keypoints. */
GArray *limner_scene_dup_skeleton (LimnerCategory *category);

/* Whether a hand may change it: unlocked, the document is writable, its id is unique. */
gboolean limner_scene_item_is_editable (LimnerSceneItem *self);

#define LIMNER_TYPE_SCENE (limner_scene_get_type ())
G_DECLARE_FINAL_TYPE (LimnerScene, limner_scene, LIMNER, SCENE, GObject)

/*
 * Properties (notify)
 *   image (uint), loading (boolean), n-selected (uint), has-pending (boolean)
 *   active-category (int64; -1 = none), shapes-hidden (boolean): writable
 * Signals
 *   changed ()               shapes, visibility or colours: resting shapes must be painted again;
 *                            limner_scene_take_damage() says where
 *   selection-changed ()
 *   hover-changed ()
 *   held-changed ()          the hand has moved what it holds: limner_scene_item_get_held_shape();
 *                            when it lets go, "changed"
 *   category-needed ()       a shape was drawn while no class is active:
 *                            limner_scene_get_pending_shape(); again when somebody wants to go on
 *                            without naming it
 *   message (char *sentence) something the person should read (a toast): "The box was too small and
 *                            was left out"
 *   deleted (char *sentence) what was deleted, for a toast that offers undo
 *
 * What a step changes is taken in at once after the scene's own edits; after others (undo, another
 * program) before the next frame, or earlier when a function below is called.
 */
LimnerScene *limner_scene_new (LimnerDocument *document);
LimnerDocument *limner_scene_get_document (LimnerScene *self);

/**
 * limner_scene_set_image:
 * @image: position in the dataset, or LIMNER_NO_IMAGE
 *
 * Shows another image: its annotations come at once where they were loaded ahead
 * (limner_scene_prefetch()), else after "loading". The selection is cleared, a pending shape is
 * dropped.
 */
void limner_scene_set_image (LimnerScene *self, guint image);
guint limner_scene_get_image (LimnerScene *self);
void limner_scene_prefetch (LimnerScene *self, guint image);

/**
 * limner_scene_set_picture:
 * @width: of the picture as shown, in pixels
 * @height: of the picture as shown
 * @orientation: its EXIF tag: needed where the file's numbers are in the stored frame
 *
 * Called when the picture is decoded. Shapes can be drawn from then on. 0 x 0: the picture cannot
 * be shown.
 */
void limner_scene_set_picture (LimnerScene *self,
                               guint width,
                               guint height,
                               LimnerOrientation orientation);
void limner_scene_get_picture_size (LimnerScene *self, guint *width, guint *height);
gboolean limner_scene_is_editable (LimnerScene *self);

/* Increases with every change of resting shapes. */
guint64 limner_scene_get_revision (LimnerScene *self);

/* While this stays the same, no item gets another rank, nor another item the rank of one that has
 * left. */
guint64 limner_scene_get_order_serial (LimnerScene *self);

/* While this stays the same, no class has got another name or skeleton. */
guint64 limner_scene_get_names_serial (LimnerScene *self);

/* The area, in image pixels, that changed since the last call; FALSE if nothing did. Outlines are
 * not included: grow it. */
gboolean limner_scene_take_damage (LimnerScene *self, LimnerBox *area);

/* ---- what is here ---- */

/**
 * limner_scene_find_at:
 * @point: where, in image pixels
 * @tolerance: distance to an outline that still counts, in image pixels
 * @below: (nullable): take the next one below this, cyclically
 *
 * Visible shapes under a point: the smallest first, so that a click takes the smallest and a second
 * click the next.
 *
 * Returns: (transfer none) (nullable): the item
 */
LimnerSceneItem *limner_scene_find_at (LimnerScene *self,
                                       LimnerPoint point,
                                       double tolerance,
                                       LimnerSceneItem *below);

/* (transfer container) (element-type LimnerSceneItem): visible items whose bbox touches @area, in
 * file order; those that are held are not resting and not among them, nor at
 * limner_scene_find_at().
 */
GPtrArray *limner_scene_find_in (LimnerScene *self, const LimnerBox *area);
LimnerSceneItem *limner_scene_find_id (LimnerScene *self, gint64 id);

/* ---- selection ---- */

void limner_scene_select (LimnerScene *self, LimnerSceneItem *item, gboolean extend);
void limner_scene_toggle (LimnerScene *self, LimnerSceneItem *item);
void limner_scene_select_many (LimnerScene *self, GPtrArray *items, gboolean extend);
void limner_scene_select_all (LimnerScene *self);
void limner_scene_select_none (LimnerScene *self);

/* Tab: the next or previous item in reading order. */
void limner_scene_select_next (LimnerScene *self, gboolean backwards);

/* (transfer container) (element-type LimnerSceneItem) */
GPtrArray *limner_scene_get_selection (LimnerScene *self);

/* (transfer none) (nullable): the selected item if it is the only one. */
LimnerSceneItem *limner_scene_get_single_selection (LimnerScene *self);
/* What the selected shapes cover; FALSE where nothing with a shape is selected. */
gboolean limner_scene_get_selection_bbox (LimnerScene *self, LimnerBox *bbox);
void limner_scene_set_hovered (LimnerScene *self, LimnerSceneItem *item);
LimnerSceneItem *limner_scene_get_hovered (LimnerScene *self);

/* An item that the hand is changing: the canvas leaves it out of the resting shapes; NULL = none.
 */
void limner_scene_set_held (LimnerScene *self, GPtrArray *items);

/* What it has made of the only one that it holds; kept until it lets go. */
void limner_scene_set_held_shape (LimnerScene *self, LimnerSceneItem *item, LimnerShape *shape);
gboolean limner_scene_is_held (LimnerScene *self, LimnerSceneItem *item);

/* ---- visibility ---- */

/* A hidden item is no longer selected. */
void limner_scene_set_visible (LimnerScene *self, LimnerSceneItem *item, gboolean visible);
void limner_scene_set_locked (LimnerScene *self, LimnerSceneItem *item, gboolean locked);
void limner_scene_hide_others (LimnerScene *self);
void limner_scene_show_all (LimnerScene *self);
void limner_scene_set_category_visible (LimnerScene *self, gint64 category_id, gboolean visible);
gboolean limner_scene_is_category_visible (LimnerScene *self, gint64 category_id);
void limner_scene_set_shapes_hidden (LimnerScene *self, gboolean hidden);

/* Number of annotations of a class in this image. */
guint limner_scene_count_category (LimnerScene *self, gint64 category_id);

/* ---- edits: each is one undoable step; FALSE says why through "message" ---- */

void limner_scene_set_active_category (LimnerScene *self, gint64 category_id);
gint64 limner_scene_get_active_category (LimnerScene *self);

/**
 * limner_scene_add_shape:
 * @shape: upright; clamped to the image; refused when degenerate (under one pixel)
 *
 * The new annotation gets the active class and is selected. Where none is active it becomes the
 * pending shape.
 */
gboolean limner_scene_add_shape (LimnerScene *self, LimnerShape *shape);
LimnerShape *limner_scene_get_pending_shape (LimnerScene *self);

/* Names the pending shape with a class that exists, or creates one: one step. Both make the class
 * active. */
gboolean limner_scene_name_pending (LimnerScene *self, gint64 category_id);
gboolean limner_scene_name_pending_new (LimnerScene *self, const char *name);
void limner_scene_drop_pending (LimnerScene *self);

gboolean limner_scene_set_shape (LimnerScene *self,
                                 LimnerSceneItem *item,
                                 LimnerShape *shape,
                                 const char *label);

/* @shapes (element-type LimnerShape): one for each of @items. */
gboolean limner_scene_set_shapes (LimnerScene *self,
                                  GPtrArray *items,
                                  GPtrArray *shapes,
                                  const char *label);
gboolean limner_scene_set_selection_category (LimnerScene *self, gint64 category_id);

/* The same with a class that may have to be made first: one step. */
gboolean limner_scene_set_selection_category_new (LimnerScene *self, const char *name);

/* What is locked stays. */
gboolean limner_scene_delete_selection (LimnerScene *self);

/* Moves the selection, keeping it inside the image. Each call is a step: it must be durable at
 * once, and a step that is may not be changed. */
gboolean limner_scene_nudge (LimnerScene *self, double dx, double dy);
gboolean limner_scene_duplicate_selection (LimnerScene *self);

/**
 * limner_scene_copy:
 *
 * Returns: (transfer full) (nullable): the selection as JSON text for the clipboard:
 * {"limner-annotations": [...], "categories":
 *   [...]}, with shapes upright; other programs read it as text
 */
char *limner_scene_copy (LimnerScene *self);

/* Pastes such text: same place where it fits, else moved inside, and beside what is exactly the
 * same; classes are matched by name, missing ones are created. */
gboolean limner_scene_paste (LimnerScene *self, const char *text);

/* Pastes all annotations of another image. */
void limner_scene_paste_from_image (LimnerScene *self, guint image);

/**
 * limner_scene_set_attribute:
 * @value: (nullable): JSON, see limner_attribute_format(); %NULL removes the attribute
 *
 * One step. Where it is refused the scene says why.
 */
gboolean limner_scene_set_attribute (LimnerScene *self,
                                     LimnerSceneItem *item,
                                     const char *name,
                                     const char *value);
gboolean limner_scene_set_image_state (LimnerScene *self, LimnerState state);

G_END_DECLS
