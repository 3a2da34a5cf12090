/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A folder of two small pictures with a scene on it, for test-scene.c and test-tools.c: a.png of
 * 200 x 100 and b.png of 120 x 160 pixels.
 */

#include "limner-test.h"

#include <cairo.h>
#include <limner/tool.h>
#include <string.h>

#define PICTURE_WIDTH 200
#define PICTURE_HEIGHT 100

/* A file with records of all kinds, some without an id. */
#define FOREIGN                                                                                    \
  "{\"images\": [{\"id\": 7, \"file_name\": \"a.png\", \"width\": 200, \"height\": 100}],\n"       \
  " \"categories\": [{\"id\": 3, \"name\": \"car\"}, {\"id\": 5, \"name\": \"bus\"}],\n"           \
  " \"annotations\": [\n"                                                                          \
  "  {\"id\": 1, \"image_id\": 7, \"category_id\": 3, \"bbox\": [10, 10, 20, 20], \"area\": 400,"  \
  " \"segmentation\": [], \"iscrowd\": 0, \"attributes\": {\"parked\": true}},\n"                  \
  "  {\"id\": 2, \"image_id\": 7, \"category_id\": 5, \"bbox\": [150, 60, 40, 30],"                \
  " \"area\": 1200, \"segmentation\": [[150, 60, 190, 60, 190, 90]], \"iscrowd\": 0},\n"           \
  "  {\"image_id\": 7, \"category_id\": 5, \"bbox\": [1, 1, 5, 5]},\n"                             \
  "  {\"id\": 9, \"image_id\": 7, \"category_id\": 5, \"bbox\": [40, 1, 5, 5]},\n"                 \
  "  {\"id\": 9, \"image_id\": 7, \"category_id\": 5, \"bbox\": [50, 1, 5, 5]}]}\n"

typedef struct
{
  LimnerDocument *document;
  LimnerDataset *dataset;
  LimnerScene *scene;
  LimnerTool *tool; /* (nullable) */
  GString *messages;
  GString *deleted;
  guint n_needed;
  guint n_finished;
} Fixture;

static inline void
make_picture (const char *name, int width, int height)
{
  g_autofree char *path = limner_test_path (name);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);

  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

static inline void
on_message (LimnerScene *scene, const char *sentence, GString *messages)
{
  g_string_assign (messages, sentence);
}

static inline void
on_counted (gpointer object, guint *count)
{
  (*count)++;
}

/* @coco: (nullable): text of an existing _annotations.coco.json */
static inline void
fixture_open (Fixture *self, const char *coco)
{
  g_autofree char *path = limner_test_path ("_annotations.coco.json");
  g_autoptr (GError) error = NULL;

  *self = (Fixture){ NULL };
  make_picture ("a.png", PICTURE_WIDTH, PICTURE_HEIGHT);
  make_picture ("b.png", 120, 160);
  if (coco != NULL)
    g_assert_true (g_file_set_contents (path, coco, -1, NULL));
  self->document =
      limner_document_open (limner_test_dir (), NULL, NULL, LIMNER_OPEN_NORMAL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->document);
  self->dataset = limner_document_get_dataset (self->document);
  self->messages = g_string_new (NULL);
  self->deleted = g_string_new (NULL);
  self->scene = limner_scene_new (self->document);
  g_signal_connect (self->scene, "message", G_CALLBACK (on_message), self->messages);
  g_signal_connect (self->scene, "deleted", G_CALLBACK (on_message), self->deleted);
  g_signal_connect (self->scene, "category-needed", G_CALLBACK (on_counted), &self->n_needed);
}

static inline gboolean
fixture_is_loading (Fixture *self)
{
  gboolean loading;

  g_object_get (self->scene, "loading", &loading, NULL);
  return loading;
}

static inline void
fixture_show (Fixture *self, const char *name)
{
  guint image = limner_dataset_find_image_by_name (self->dataset, name);

  g_assert_cmpuint (image, !=, LIMNER_NO_IMAGE);
  limner_scene_set_image (self->scene, image);
  limner_test_wait (!fixture_is_loading (self));
  if (g_str_equal (name, "a.png"))
    limner_scene_set_picture (self->scene, PICTURE_WIDTH, PICTURE_HEIGHT,
                              LIMNER_ORIENTATION_NORMAL);
  else
    limner_scene_set_picture (self->scene, 120, 160, LIMNER_ORIENTATION_NORMAL);
}

static inline void
fixture_use (Fixture *self, const char *name)
{
  g_clear_object (&self->tool);
  self->tool = limner_tool_new (name, self->scene);
  g_assert_nonnull (self->tool);
  g_signal_connect (self->tool, "finished", G_CALLBACK (on_counted), &self->n_finished);
}

static inline void
fixture_close (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->tool != NULL)
    g_assert_finalize_object (self->tool);
  g_assert_finalize_object (self->scene);
  g_assert_true (limner_document_close (self->document, &error));
  g_assert_no_error (error);
  g_object_unref (self->document);
  g_string_free (self->messages, TRUE);
  g_string_free (self->deleted, TRUE);
}

static inline guint
fixture_count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->scene));
}

/* (transfer none): the item at a position, which must be there. */
static inline LimnerSceneItem *
fixture_item (Fixture *self, guint position)
{
  g_autoptr (LimnerSceneItem) item = g_list_model_get_item (G_LIST_MODEL (self->scene), position);

  g_assert_nonnull (item);
  return item;
}

static inline LimnerBox
item_box (LimnerSceneItem *item)
{
  return limner_shape_get_bbox (limner_scene_item_get_shape (item));
}

static inline gboolean
is_box (LimnerBox box, double x, double y, double width, double height)
{
  return box.x == x && box.y == y && box.width == width && box.height == height;
}

#define assert_box(box, x_, y_, width_, height_)                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    LimnerBox box__ = (box);                                                                       \
    g_assert_cmpfloat_with_epsilon (box__.x, x_, 1e-6);                                            \
    g_assert_cmpfloat_with_epsilon (box__.y, y_, 1e-6);                                            \
    g_assert_cmpfloat_with_epsilon (box__.width, width_, 1e-6);                                    \
    g_assert_cmpfloat_with_epsilon (box__.height, height_, 1e-6);                                  \
  }                                                                                                \
  G_STMT_END

/* What the dataset holds, not what the scene shows. */
static inline LimnerAnnotation *
fixture_load (Fixture *self, gint64 id)
{
  return limner_document_load_record (self->document, LIMNER_RECORD_ANNOTATION, id, NULL);
}

static inline void
fixture_undo (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_undo (self->document, NULL, &error));
  g_assert_no_error (error);
}

static inline void
fixture_redo (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_redo (self->document, NULL, &error));
  g_assert_no_error (error);
}

static inline guint
fixture_steps (Fixture *self)
{
  return limner_history_get_n_undo (limner_document_get_history (self->document));
}

/* Draws a first box of a new class, which becomes the active one. */
static inline LimnerSceneItem *
fixture_add_box (Fixture *self, const char *class, double x, double y, double width, double height)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ x, y, width, height });
  LimnerCategory *category = limner_dataset_find_category_by_name (self->dataset, class);

  limner_scene_set_active_category (self->scene,
                                    category != NULL ? limner_category_get_id (category) : -1);
  g_assert_true (limner_scene_add_shape (self->scene, shape));
  if (category == NULL)
    g_assert_true (limner_scene_name_pending_new (self->scene, class));
  return limner_scene_get_single_selection (self->scene);
}

static inline LimnerSceneItem *
fixture_add_polygon (Fixture *self, const char *class, const LimnerPoint *points, guint n_points)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, &n_points, 1);
  LimnerCategory *category = limner_dataset_find_category_by_name (self->dataset, class);

  limner_scene_set_active_category (self->scene,
                                    category != NULL ? limner_category_get_id (category) : -1);
  g_assert_true (limner_scene_add_shape (self->scene, shape));
  if (category == NULL)
    g_assert_true (limner_scene_name_pending_new (self->scene, class));
  return limner_scene_get_single_selection (self->scene);
}
