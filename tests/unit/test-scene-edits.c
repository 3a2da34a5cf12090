/* SPDX-License-Identifier: MIT */
#include "scene-fixture.h"

static const struct
{
  const char *name; /* of the class */
  guint n;
  const char *sentence;
} deletions[] = {
  { "car", 1, "Deleted car" },         { "car", 2, "Deleted 2 cars" },
  { "bus", 3, "Deleted 3 buses" },     { "person", 2, "Deleted 2 people" },
  { "lorry", 2, "Deleted 2 lorries" }, { "traffic light", 2, "Deleted 2 traffic lights" },
  { "Typ 3", 2, "Deleted 2 Typ 3" },
};

static void
test_deletion_says_what_is_gone (void)
{
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  for (guint i = 0; i < G_N_ELEMENTS (deletions); i++)
    {
      for (guint k = 0; k < deletions[i].n; k++)
        fixture_add_box (&self, deletions[i].name, 10 + 10 * k, 10, 10, 10);
      limner_scene_select_all (self.scene);
      g_assert_true (limner_scene_delete_selection (self.scene));
      g_assert_cmpstr (self.deleted->str, ==, deletions[i].sentence);
      g_assert_cmpuint (fixture_count (&self), ==, 0);
    }
  fixture_add_box (&self, "car", 10, 10, 10, 10);
  fixture_add_box (&self, "bus", 10, 10, 10, 10);
  fixture_add_box (&self, "bus", 30, 10, 10, 10);
  limner_scene_select_all (self.scene);
  g_assert_true (limner_scene_delete_selection (self.scene));
  g_assert_cmpstr (self.deleted->str, ==, "Deleted 3 annotations");
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 3);
  assert_box (item_box (fixture_item (&self, 2)), 30, 10, 10, 10);
  g_assert_false (limner_scene_delete_selection (self.scene)); /* nothing is selected */
  fixture_close (&self);
}

static void
test_set_shape_keeps_to_the_picture (void)
{
  g_autoptr (LimnerShape) beyond = limner_shape_new_box (&(LimnerBox){ 190, 20, 30, 10 });
  g_autoptr (LimnerShape) flat = limner_shape_new_box (&(LimnerBox){ 20, 20, 30, 0.2 });
  LimnerSceneItem *item;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  item = fixture_add_box (&self, "car", 10, 10, 10, 10);
  g_assert_true (limner_scene_set_shape (self.scene, item, beyond, "Resize"));
  assert_box (item_box (item), 190, 20, 10, 10);
  g_assert_false (limner_scene_set_shape (self.scene, item, flat, "Resize"));
  g_assert_cmpstr (self.messages->str, ==, "The box would be too small; it stays as it was");
  assert_box (item_box (item), 190, 20, 10, 10);
  g_assert_cmpuint (fixture_steps (&self), ==, 2);
  fixture_close (&self);
}

static void
test_nudge_stops_at_the_border (void)
{
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  fixture_add_box (&self, "car", 10, 10, 10, 10);
  fixture_add_box (&self, "car", 5, 40, 10, 10);
  limner_scene_select_all (self.scene);
  g_assert_true (limner_scene_nudge (self.scene, -10, 0));
  /* together they move as far as the first one at the border can */
  assert_box (item_box (fixture_item (&self, 0)), 5, 10, 10, 10);
  assert_box (item_box (fixture_item (&self, 1)), 0, 40, 10, 10);
  g_assert_false (limner_scene_nudge (self.scene, -10, 0));
  g_assert_cmpuint (fixture_steps (&self), ==, 3);
  fixture_undo (&self);
  limner_test_wait (item_box (fixture_item (&self, 0)).x == 10);
  assert_box (item_box (fixture_item (&self, 1)), 5, 40, 10, 10);
  fixture_close (&self);
}

static void
test_change_class_of_selection (void)
{
  LimnerSceneItem *item;
  gint64 car, bus;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  item = fixture_add_box (&self, "car", 10, 10, 10, 10);
  car = limner_scene_get_active_category (self.scene);
  g_assert_true (limner_scene_set_selection_category_new (self.scene, "bus"));
  bus = limner_category_get_id (limner_scene_item_get_category (item));
  g_assert_cmpint (bus, !=, car);
  g_assert_cmpuint (limner_scene_count_category (self.scene, bus), ==, 1);
  g_assert_cmpuint (limner_scene_count_category (self.scene, car), ==, 0);
  g_assert_true (limner_scene_set_selection_category (self.scene, car));
  g_assert_cmpuint (fixture_steps (&self), ==, 3);
  g_assert_true (limner_scene_set_selection_category_new (self.scene, "bus"));
  g_assert_cmpuint (g_list_model_get_n_items (limner_dataset_get_categories (self.dataset)), ==, 2);
  g_assert_false (limner_scene_set_selection_category (self.scene, 4711));
  g_assert_cmpuint (self.messages->len, >, 0);
  fixture_close (&self);
}

static void
test_duplicate (void)
{
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  fixture_add_box (&self, "car", 10, 10, 20, 20);
  g_assert_true (limner_scene_duplicate_selection (self.scene));
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  assert_box (item_box (fixture_item (&self, 1)), 20, 20, 20, 20);
  g_assert_true (limner_scene_get_single_selection (self.scene) == fixture_item (&self, 1));
  /* in the far corner the copy goes the other way */
  fixture_add_box (&self, "car", 180, 80, 20, 20);
  g_assert_true (limner_scene_duplicate_selection (self.scene));
  assert_box (item_box (fixture_item (&self, 3)), 170, 70, 20, 20);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 3);
  fixture_close (&self);
}

static void
test_paste_into_another_image (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "a.png");
  g_assert_cmpuint (fixture_count (&self), ==, 5);
  g_assert_null (limner_scene_copy (self.scene));
  limner_scene_select (self.scene, fixture_item (&self, 0), FALSE);
  limner_scene_select (self.scene, fixture_item (&self, 1), TRUE);
  text = limner_scene_copy (self.scene);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, "\"limner-annotations\""));

  fixture_show (&self, "b.png");
  g_assert_true (limner_scene_paste (self.scene, text));
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  assert_box (item_box (fixture_item (&self, 0)), 10, 10, 20, 20);
  assert_box (item_box (fixture_item (&self, 1)), 80, 60, 40, 30); /* moved inside */
  g_assert_cmpint (limner_scene_item_get_annotation (fixture_item (&self, 0))->category_id, ==, 3);
  g_assert_cmpint (limner_scene_item_get_annotation (fixture_item (&self, 1))->segmentation, ==,
                   LIMNER_SEGMENTATION_POLYGON);
  /* attributes come along */
  bytes = g_bytes_ref (limner_scene_item_get_annotation (fixture_item (&self, 0))->record.text);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                  "\"parked\": true"));
  /* once more: beside, not on top */
  g_assert_true (limner_scene_paste (self.scene, text));
  g_assert_cmpuint (fixture_count (&self), ==, 4);
  assert_box (item_box (fixture_item (&self, 2)), 20, 20, 20, 20);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 2);
  fixture_close (&self);
}

static const char *const unusable_texts[] = {
  "",
  "hello",
  "{}",
  "[1, 2]",
  "{\"limner-annotations\": 5, \"categories\": []}",
  "{\"limner-annotations\": [1, null, []], \"categories\": []}",
  "{\"limner-annotations\": [{\"bbox\": [1, 2, 3, 4]}",
};

static void
test_paste_refuses_other_texts (void)
{
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "b.png");
  for (guint i = 0; i < G_N_ELEMENTS (unusable_texts); i++)
    {
      g_string_truncate (self.messages, 0);
      g_assert_false (limner_scene_paste (self.scene, unusable_texts[i]));
      g_assert_cmpstr (self.messages->str, ==, "The clipboard holds no annotations");
    }
  g_assert_false (limner_scene_paste (self.scene, NULL));
  /* neither a known class nor an active one */
  g_assert_false (limner_scene_paste (self.scene,
                                      "{\"limner-annotations\": [{\"category_id\": 99, \"bbox\": "
                                      "[1, 2, 30, 40]}], \"categories\": []}"));
  g_assert_nonnull (strstr (self.messages->str, "left out"));
  g_assert_cmpuint (fixture_steps (&self), ==, 0);
  fixture_close (&self);
}

static void
test_paste_makes_missing_classes_and_fits_masks (void)
{
  /* a mask of 2 x 2 at (1, 1) in a picture of 4 x 4, column by column */
  const char *text = "{\"limner-annotations\": [{\"category_id\": 1, \"bbox\": [1, 1, 2, 2],"
                     " \"area\": 4, \"iscrowd\": 1, \"segmentation\": {\"size\": [4, 4],"
                     " \"counts\": [5, 2, 2, 2, 5]}}, {\"category_id\": 1, \"bbox\": [5, 5, 9, 9]}"
                     "], \"categories\": [{\"id\": 1, \"name\": \"tree\"}]}";
  LimnerShape *shape;
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "b.png");
  g_assert_true (limner_scene_paste (self.scene, text));
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  g_assert_nonnull (limner_dataset_find_category_by_name (self.dataset, "tree"));
  shape = limner_scene_item_get_shape (fixture_item (&self, 0));
  g_assert_cmpint (limner_shape_get_kind (shape), ==, LIMNER_SHAPE_MASK);
  assert_box (limner_shape_get_bbox (shape), 1, 1, 2, 2);
  g_assert_cmpfloat (limner_shape_get_area (shape), ==, 4);
  g_assert_cmpuint (limner_rle_get_width (limner_shape_get_rle (shape)), ==, 120);
  g_assert_cmpuint (limner_rle_get_height (limner_shape_get_rle (shape)), ==, 160);
  /* a mask is hit by its pixels */
  g_assert_true (limner_scene_find_at (self.scene, (LimnerPoint){ 1.5, 2.5 }, 0.1, NULL) ==
                 fixture_item (&self, 0));
  g_assert_null (limner_scene_find_at (self.scene, (LimnerPoint){ 3.5, 3.5 }, 0.1, NULL));
  fixture_close (&self);
}

static void
test_paste_from_previous_image (void)
{
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "b.png");
  limner_scene_paste_from_image (self.scene,
                                 limner_dataset_find_image_by_name (self.dataset, "a.png"));
  limner_test_wait (fixture_count (&self) == 5);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  limner_scene_paste_from_image (self.scene,
                                 limner_dataset_find_image_by_name (self.dataset, "a.png"));
  limner_test_wait (fixture_count (&self) == 10);
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = {
    { "deletion-says-what-is-gone", test_deletion_says_what_is_gone },
    { "set-shape-keeps-to-the-picture", test_set_shape_keeps_to_the_picture },
    { "nudge-stops-at-the-border", test_nudge_stops_at_the_border },
    { "change-class-of-selection", test_change_class_of_selection },
    { "duplicate", test_duplicate },
    { "paste-into-another-image", test_paste_into_another_image },
    { "paste-refuses-other-texts", test_paste_refuses_other_texts },
    { "paste-from-previous-image", test_paste_from_previous_image },
    { "paste-makes-missing-classes-and-fits-masks",
      test_paste_makes_missing_classes_and_fits_masks },
    { NULL }
  };

  return limner_test_main (argc, argv, "scene-edits", cases);
}
