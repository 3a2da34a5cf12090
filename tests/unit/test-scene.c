/* SPDX-License-Identifier: MIT */
#include "scene-fixture.h"

static void
test_first_box_waits_for_its_name (void)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 10, 20, 30, 40 });
  g_autoptr (LimnerAnnotation) annotation = NULL;
  LimnerSceneItem *item;
  Fixture self;
  gint64 id;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  g_assert_true (limner_scene_add_shape (self.scene, shape));
  g_assert_cmpuint (self.n_needed, ==, 1);
  g_assert_nonnull (limner_scene_get_pending_shape (self.scene));
  g_assert_cmpuint (fixture_count (&self), ==, 0);
  g_assert_cmpuint (fixture_steps (&self), ==, 0);

  g_assert_false (limner_scene_name_pending_new (self.scene, "  "));
  g_assert_true (limner_scene_name_pending_new (self.scene, " car "));
  g_assert_null (limner_scene_get_pending_shape (self.scene));
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  item = limner_scene_get_single_selection (self.scene);
  g_assert_true (item == fixture_item (&self, 0));
  g_assert_cmpstr (limner_category_get_name (limner_scene_item_get_category (item)), ==, "car");
  g_assert_cmpint (limner_scene_get_active_category (self.scene), ==,
                   limner_category_get_id (limner_scene_item_get_category (item)));
  id = limner_scene_item_get_id (item);
  annotation = fixture_load (&self, id);
  g_assert_nonnull (annotation);
  g_assert_true (is_box (annotation->bbox, 10, 20, 30, 40));
  g_assert_cmpint (annotation->segmentation, ==, LIMNER_SEGMENTATION_NONE);
  g_assert_cmpfloat (annotation->area, ==, 1200);

  /* class and annotation are one step */
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 0);
  g_assert_null (limner_dataset_find_category_by_name (self.dataset, "car"));
  g_assert_cmpint (limner_scene_get_active_category (self.scene), ==, -1);
  fixture_redo (&self);
  limner_test_wait (fixture_count (&self) == 1);
  g_assert_nonnull (limner_dataset_find_category_by_name (self.dataset, "car"));
  g_assert_cmpint (limner_scene_item_get_id (fixture_item (&self, 0)), ==, id);
  fixture_close (&self);
}

static void
test_dropped_pending_shape_leaves_nothing (void)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 10, 20, 30, 40 });
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  g_assert_true (limner_scene_add_shape (self.scene, shape));
  /* a second one must not push the first away */
  g_assert_false (limner_scene_add_shape (self.scene, shape));
  g_assert_cmpuint (self.n_needed, ==, 2);
  limner_scene_drop_pending (self.scene);
  g_assert_null (limner_scene_get_pending_shape (self.scene));
  g_assert_cmpuint (fixture_steps (&self), ==, 0);
  g_assert_false (limner_scene_name_pending_new (self.scene, "car"));

  g_assert_true (limner_scene_add_shape (self.scene, shape));
  fixture_show (&self, "b.png");
  g_assert_null (limner_scene_get_pending_shape (self.scene));
  fixture_close (&self);
}

static const struct
{
  const char *name;
  LimnerBox box;
  gboolean accepted;
  LimnerBox result;
} added_boxes[] = {
  { "inside", { 1, 2, 3, 4 }, TRUE, { 1, 2, 3, 4 } },
  { "clamped", { -10, 50, 30, 100 }, TRUE, { 0, 50, 20, 50 } },
  { "one pixel", { 5, 5, 1, 1 }, TRUE, { 5, 5, 1, 1 } },
  { "flat", { 5, 5, 30, 0.5 }, FALSE, { 0 } },
  { "outside", { 300, 5, 30, 30 }, FALSE, { 0 } },
  { "nearly outside", { 199.5, 5, 30, 30 }, FALSE, { 0 } },
};

static void
test_added_boxes_are_clamped_or_refused (void)
{
  Fixture self;
  guint n = 1;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  fixture_add_box (&self, "car", 50, 50, 10, 10);
  for (guint i = 0; i < G_N_ELEMENTS (added_boxes); i++)
    {
      g_autoptr (LimnerShape) shape = limner_shape_new_box (&added_boxes[i].box);

      g_test_message ("%s", added_boxes[i].name);
      g_string_truncate (self.messages, 0);
      g_assert_cmpint (limner_scene_add_shape (self.scene, shape), ==, added_boxes[i].accepted);
      n += added_boxes[i].accepted;
      g_assert_cmpuint (fixture_count (&self), ==, n);
      if (added_boxes[i].accepted)
        assert_box (item_box (fixture_item (&self, n - 1)), added_boxes[i].result.x,
                    added_boxes[i].result.y, added_boxes[i].result.width,
                    added_boxes[i].result.height);
      else
        g_assert_cmpstr (self.messages->str, ==, "The box was too small and was left out");
    }
  fixture_close (&self);
}

static void
test_polygon_is_stored_as_polygon (void)
{
  const LimnerPoint points[] = { { 10, 10 }, { 60, 10 }, { 60, 40 }, { 10, 40 } };
  const LimnerPoint line[] = { { 10, 10 }, { 60, 10 }, { 30, 10 } };
  const guint n_line = 3;
  g_autoptr (LimnerShape) flat = limner_shape_new_polygon (line, &n_line, 1);
  g_autoptr (LimnerAnnotation) annotation = NULL;
  LimnerSceneItem *item;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  item = fixture_add_polygon (&self, "lake", points, 4);
  annotation = fixture_load (&self, limner_scene_item_get_id (item));
  g_assert_cmpint (annotation->segmentation, ==, LIMNER_SEGMENTATION_POLYGON);
  g_assert_true (is_box (annotation->bbox, 10, 10, 50, 30));
  g_assert_cmpfloat (annotation->area, ==, 1500);
  g_assert_cmpuint (limner_shape_get_n_points (annotation->shape), ==, 4);
  g_assert_false (limner_scene_add_shape (self.scene, flat));
  g_assert_cmpstr (self.messages->str, ==, "The shape has no area and was left out");
  fixture_close (&self);
}

static void
test_nothing_is_drawn_without_a_picture (void)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 10, 20, 30, 40 });
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  limner_scene_set_picture (self.scene, 0, 0, LIMNER_ORIENTATION_NORMAL);
  g_assert_false (limner_scene_is_editable (self.scene));
  g_assert_false (limner_scene_add_shape (self.scene, shape));
  g_assert_cmpuint (self.messages->len, >, 0);
  fixture_close (&self);
}

/* Items live through edits, so that selection, rows and visibility do. */
static void
test_items_survive_edits (void)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 20, 20, 10, 10 });
  g_autoptr (LimnerSceneItem) first = NULL;
  g_autoptr (LimnerSceneItem) second = NULL;
  guint n_changed = 0;
  LimnerBox damage;
  guint64 revision;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  first = g_object_ref (fixture_add_box (&self, "car", 10, 10, 10, 10));
  second = g_object_ref (fixture_add_box (&self, "car", 100, 50, 10, 10));
  limner_scene_set_visible (self.scene, second, FALSE);
  limner_scene_select (self.scene, first, FALSE);
  limner_scene_take_damage (self.scene, &damage);
  revision = limner_scene_get_revision (self.scene);
  g_signal_connect (first, "changed", G_CALLBACK (on_counted), &n_changed);

  g_assert_true (limner_scene_set_shape (self.scene, first, shape, "Move"));
  g_assert_true (fixture_item (&self, 0) == first);
  g_assert_true (fixture_item (&self, 1) == second);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_true (limner_scene_item_get_selected (first));
  g_assert_false (limner_scene_item_get_visible (second));
  g_assert_cmpuint (limner_scene_get_revision (self.scene), >, revision);
  g_assert_true (limner_scene_take_damage (self.scene, &damage));
  assert_box (damage, 10, 10, 20, 20);
  g_assert_false (limner_scene_take_damage (self.scene, &damage));

  fixture_undo (&self);
  limner_test_wait (limner_scene_find_id (self.scene, limner_scene_item_get_id (first)) == first &&
                    item_box (first).x == 10);
  g_assert_true (limner_scene_item_get_selected (first));
  g_assert_true (limner_scene_take_damage (self.scene, &damage));
  assert_box (damage, 10, 10, 20, 20);
  fixture_redo (&self);
  limner_test_wait (item_box (first).x == 20);
  fixture_close (&self);
}

typedef struct
{
  guint n;
  guint position;
  guint removed;
  guint added;
} ItemsChanged;

static void
on_items_changed (
    GListModel *model, guint position, guint removed, guint added, ItemsChanged *record)
{
  *record = (ItemsChanged){ record->n + 1, position, removed, added };
}

static void
test_model_changes_are_minimal (void)
{
  ItemsChanged record = { 0 };
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  for (guint i = 0; i < 5; i++)
    fixture_add_box (&self, "car", 10 + 20 * i, 10, 10, 10);
  g_signal_connect (self.scene, "items-changed", G_CALLBACK (on_items_changed), &record);
  limner_scene_select (self.scene, fixture_item (&self, 2), FALSE);
  g_assert_true (limner_scene_delete_selection (self.scene));
  g_assert_cmpuint (record.n, ==, 1);
  g_assert_cmpuint (record.position, ==, 2);
  g_assert_cmpuint (record.removed, ==, 1);
  g_assert_cmpuint (record.added, ==, 0);
  fixture_add_box (&self, "car", 150, 10, 10, 10);
  g_assert_cmpuint (record.n, ==, 2);
  g_assert_cmpuint (record.position, ==, 4);
  g_assert_cmpuint (record.removed, ==, 0);
  g_assert_cmpuint (record.added, ==, 1);
  g_assert_true (limner_scene_nudge (self.scene, 1, 1));
  g_assert_cmpuint (record.n, ==, 2);
  fixture_close (&self);
}

static void
test_click_takes_the_smallest_and_then_the_next (void)
{
  LimnerSceneItem *big, *middle, *small;
  LimnerPoint point = { 50, 50 };
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  small = fixture_add_box (&self, "car", 45, 45, 10, 10);
  big = fixture_add_box (&self, "car", 5, 5, 90, 90);
  middle = fixture_add_box (&self, "car", 30, 30, 40, 40);
  g_assert_true (limner_scene_find_at (self.scene, point, 2, NULL) == small);
  g_assert_true (limner_scene_find_at (self.scene, point, 2, small) == middle);
  g_assert_true (limner_scene_find_at (self.scene, point, 2, middle) == big);
  g_assert_true (limner_scene_find_at (self.scene, point, 2, big) == small);
  g_assert_null (limner_scene_find_at (self.scene, (LimnerPoint){ 150, 50 }, 2, NULL));
  /* just beside the outline, within and beyond the tolerance */
  g_assert_true (limner_scene_find_at (self.scene, (LimnerPoint){ 96, 50 }, 2, NULL) == big);
  g_assert_null (limner_scene_find_at (self.scene, (LimnerPoint){ 98, 50 }, 2, NULL));
  limner_scene_set_visible (self.scene, small, FALSE);
  g_assert_true (limner_scene_find_at (self.scene, point, 2, NULL) == middle);
  limner_scene_set_shapes_hidden (self.scene, TRUE);
  g_assert_null (limner_scene_find_at (self.scene, point, 2, NULL));
  fixture_close (&self);
}

static void
test_polygon_is_hit_by_its_form (void)
{
  const LimnerPoint triangle[] = { { 0, 0 }, { 100, 0 }, { 0, 100 } };
  LimnerSceneItem *item;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  item = fixture_add_polygon (&self, "sail", triangle, 3);
  g_assert_true (limner_scene_find_at (self.scene, (LimnerPoint){ 20, 20 }, 2, NULL) == item);
  g_assert_null (limner_scene_find_at (self.scene, (LimnerPoint){ 80, 80 }, 2, NULL));
  g_assert_true (limner_scene_find_at (self.scene, (LimnerPoint){ 51, 51 }, 2, NULL) == item);
  fixture_close (&self);
}

static void
test_find_in_leaves_out_held_and_hidden (void)
{
  const LimnerBox left = { 0, 0, 60, 100 };
  g_autoptr (GPtrArray) held = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = NULL;
  LimnerSceneItem *item;
  LimnerBox damage;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  for (guint i = 0; i < 4; i++)
    fixture_add_box (&self, "car", 10 + 40 * i, 10, 10, 10);
  found = limner_scene_find_in (self.scene, &left);
  g_assert_cmpuint (found->len, ==, 2);
  item = found->pdata[0];
  g_assert_true (item == fixture_item (&self, 0));
  limner_scene_take_damage (self.scene, &damage);
  g_ptr_array_add (held, item);
  limner_scene_set_held (self.scene, held);
  g_assert_true (limner_scene_is_held (self.scene, item));
  g_assert_true (limner_scene_take_damage (self.scene, &damage));
  assert_box (damage, 10, 10, 10, 10);
  g_ptr_array_unref (found);
  found = limner_scene_find_in (self.scene, &left);
  g_assert_cmpuint (found->len, ==, 1);
  limner_scene_set_held (self.scene, NULL);
  g_assert_false (limner_scene_is_held (self.scene, item));
  limner_scene_set_visible (self.scene, item, FALSE);
  g_ptr_array_unref (found);
  found = limner_scene_find_in (self.scene, &left);
  g_assert_cmpuint (found->len, ==, 1);
  fixture_close (&self);
}

static void
test_reading_order (void)
{
  /* two lines of two, uneven, made in another order */
  LimnerSceneItem *c, *b, *d, *a;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  c = fixture_add_box (&self, "car", 10, 62, 20, 20);
  b = fixture_add_box (&self, "car", 120, 8, 20, 20);
  d = fixture_add_box (&self, "car", 90, 58, 20, 20);
  a = fixture_add_box (&self, "car", 40, 14, 20, 20);
  limner_scene_select_none (self.scene);
  limner_scene_select_next (self.scene, FALSE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == a);
  limner_scene_select_next (self.scene, FALSE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == b);
  limner_scene_select_next (self.scene, FALSE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == c);
  limner_scene_select_next (self.scene, FALSE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == d);
  limner_scene_select_next (self.scene, FALSE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == a);
  limner_scene_select_next (self.scene, TRUE);
  g_assert_true (limner_scene_get_single_selection (self.scene) == d);
  fixture_close (&self);
}

static void
test_selection (void)
{
  g_autoptr (GPtrArray) selection = NULL;
  guint n_changed = 0, n;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  for (guint i = 0; i < 3; i++)
    fixture_add_box (&self, "car", 10 + 40 * i, 10, 10, 10);
  g_signal_connect (self.scene, "selection-changed", G_CALLBACK (on_counted), &n_changed);
  limner_scene_select (self.scene, fixture_item (&self, 2), FALSE);
  g_assert_cmpuint (n_changed, ==, 0); /* it was selected already */
  limner_scene_select (self.scene, fixture_item (&self, 0), TRUE);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_null (limner_scene_get_single_selection (self.scene));
  selection = limner_scene_get_selection (self.scene);
  g_assert_cmpuint (selection->len, ==, 2);
  g_assert_true (selection->pdata[0] == fixture_item (&self, 0)); /* file order */
  limner_scene_toggle (self.scene, fixture_item (&self, 0));
  limner_scene_select_all (self.scene);
  g_object_get (self.scene, "n-selected", &n, NULL);
  g_assert_cmpuint (n, ==, 3);
  /* what is hidden cannot be deleted by accident */
  limner_scene_set_visible (self.scene, fixture_item (&self, 1), FALSE);
  g_object_get (self.scene, "n-selected", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  limner_scene_select_none (self.scene);
  g_object_get (self.scene, "n-selected", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  fixture_close (&self);
}

static void
test_visibility_of_classes (void)
{
  LimnerSceneItem *car, *bus;
  gint64 car_id;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  bus = fixture_add_box (&self, "bus", 60, 10, 10, 10);
  car = fixture_add_box (&self, "car", 10, 10, 10, 10);
  car_id = limner_scene_get_active_category (self.scene);
  g_assert_cmpuint (limner_scene_count_category (self.scene, car_id), ==, 1);
  limner_scene_set_category_visible (self.scene, car_id, FALSE);
  g_assert_false (limner_scene_item_get_visible (car));
  g_assert_true (limner_scene_item_get_visible (bus));
  limner_scene_set_visible (self.scene, car, TRUE);
  g_assert_true (limner_scene_item_get_visible (car));
  /* what is drawn now is seen, whatever its class is */
  g_assert_true (limner_scene_item_get_visible (fixture_add_box (&self, "car", 90, 10, 10, 10)));
  g_assert_cmpuint (limner_scene_count_category (self.scene, car_id), ==, 2);
  limner_scene_set_category_visible (self.scene, car_id, TRUE);
  limner_scene_select (self.scene, bus, FALSE);
  limner_scene_hide_others (self.scene);
  g_assert_false (limner_scene_item_get_visible (car));
  g_assert_true (limner_scene_item_get_visible (bus));
  fixture_show (&self, "b.png");
  fixture_show (&self, "a.png");
  g_assert_false (limner_scene_item_get_visible (fixture_item (&self, 1)));
  limner_scene_show_all (self.scene);
  for (guint i = 0; i < 3; i++)
    g_assert_true (limner_scene_item_get_visible (fixture_item (&self, i)));
  fixture_close (&self);
}

static void
test_locked_items_stay (void)
{
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 20, 20, 10, 10 });
  LimnerSceneItem *locked;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  locked = fixture_add_box (&self, "car", 10, 10, 10, 10);
  limner_scene_set_locked (self.scene, locked, TRUE);
  g_assert_false (limner_scene_item_is_editable (locked));
  limner_scene_select (self.scene, locked, FALSE);
  g_assert_false (limner_scene_set_shape (self.scene, locked, shape, "Move"));
  g_assert_cmpstr (self.messages->str, ==, "The annotation is locked; unlock it to change it");
  g_assert_false (limner_scene_delete_selection (self.scene));
  g_assert_false (limner_scene_nudge (self.scene, 1, 0));
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  fixture_add_box (&self, "car", 50, 10, 10, 10);
  limner_scene_select_all (self.scene);
  g_assert_true (limner_scene_delete_selection (self.scene));
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  g_assert_true (fixture_item (&self, 0) == locked);
  limner_scene_set_locked (self.scene, locked, FALSE);
  g_assert_true (limner_scene_set_shape (self.scene, locked, shape, "Move"));
  fixture_close (&self);
}

static void
test_records_without_an_id_are_shown_only (void)
{
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "a.png");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (limner_scene_item_is_editable (fixture_item (&self, i)), ==, i < 2);
  for (guint i = 2; i < 5; i++)
    {
      limner_scene_select (self.scene, fixture_item (&self, i), FALSE);
      g_assert_false (limner_scene_nudge (self.scene, 1, 1));
      g_assert_cmpuint (self.messages->len, >, 0);
      g_string_truncate (self.messages, 0);
    }
  /* they keep their items through edits of others */
  limner_scene_select (self.scene, fixture_item (&self, 4), FALSE);
  limner_scene_select (self.scene, fixture_item (&self, 0), TRUE);
  g_assert_true (limner_scene_nudge (self.scene, 1, 1));
  g_assert_cmpuint (fixture_count (&self), ==, 5);
  g_assert_true (limner_scene_item_get_selected (fixture_item (&self, 4)));
  assert_box (item_box (fixture_item (&self, 3)), 40, 1, 5, 5);
  fixture_undo (&self);
  limner_test_wait (item_box (fixture_item (&self, 0)).x == 10);
  g_assert_true (limner_scene_item_get_selected (fixture_item (&self, 4)));
  fixture_close (&self);
}

/* The file's numbers are in the picture as stored; it is turned by 90 degrees to be shown. */
static void
test_stored_frame (void)
{
  const char *coco =
      "{\"info\": {\"limner\": {\"frame\": \"stored\"}},"
      " \"images\": [{\"id\": 1, \"file_name\": \"a.png\", \"width\": 200, \"height\": 100}],"
      " \"categories\": [{\"id\": 1, \"name\": \"car\"}],"
      " \"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1,"
      " \"bbox\": [10, 20, 30, 40]}]}";
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 0, 0, 10, 20 });
  g_autoptr (LimnerAnnotation) annotation = NULL;
  g_autofree char *text = NULL;
  LimnerSceneItem *item;
  Fixture self;

  fixture_open (&self, coco);
  g_assert_cmpint (limner_document_get_frame (self.document), ==, LIMNER_FRAME_STORED);
  limner_scene_set_image (self.scene, limner_dataset_find_image_by_name (self.dataset, "a.png"));
  limner_test_wait (!fixture_is_loading (&self));
  item = fixture_item (&self, 0);
  g_assert_null (limner_scene_item_get_shape (item)); /* nobody knows yet how it is turned */
  limner_scene_set_picture (self.scene, 100, 200, LIMNER_ORIENTATION_ROTATE_90);
  /* x' = 100 - (y + height), y' = x */
  assert_box (item_box (item), 40, 10, 40, 30);
  limner_scene_select (self.scene, item, FALSE);
  text = limner_scene_copy (self.scene);
  g_assert_nonnull (strstr (text, "[40, 10, 40, 30]"));
  limner_scene_set_active_category (self.scene, 1);
  g_assert_true (limner_scene_add_shape (self.scene, shape));
  item = limner_scene_get_single_selection (self.scene);
  assert_box (item_box (item), 0, 0, 10, 20);
  annotation = fixture_load (&self, limner_scene_item_get_id (item));
  g_assert_true (is_box (annotation->bbox, 0, 90, 20, 10));
  fixture_close (&self);
}

static void
test_image_state (void)
{
  guint a;
  Fixture self;

  fixture_open (&self, NULL);
  fixture_show (&self, "a.png");
  a = limner_scene_get_image (self.scene);
  g_assert_true (limner_scene_set_image_state (self.scene, LIMNER_STATE_DONE));
  g_assert_cmpint (limner_dataset_get_image_state (self.dataset, a), ==, LIMNER_STATE_DONE);
  fixture_undo (&self);
  g_assert_cmpint (limner_dataset_get_image_state (self.dataset, a), ==, LIMNER_STATE_NONE);
  fixture_close (&self);
}

static gboolean
is_ahead (Fixture *self, guint image)
{
  g_autoptr (GPtrArray) kept = limner_document_peek_annotations (self->document, image);

  return kept != NULL;
}

static void
test_leaving_an_image_clears_the_scene (void)
{
  guint image;
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "a.png");
  limner_scene_select_all (self.scene);
  limner_scene_set_hovered (self.scene, fixture_item (&self, 0));
  fixture_show (&self, "b.png");
  g_assert_cmpuint (fixture_count (&self), ==, 0);
  g_assert_null (limner_scene_get_hovered (self.scene));
  g_object_get (self.scene, "n-selected", &image, NULL);
  g_assert_cmpuint (image, ==, 0);
  limner_scene_set_image (self.scene, LIMNER_NO_IMAGE);
  g_assert_false (fixture_is_loading (&self));
  g_assert_false (limner_scene_is_editable (self.scene));
  /* back at once: it has been loaded ahead */
  image = limner_dataset_find_image_by_name (self.dataset, "a.png");
  limner_scene_prefetch (self.scene, image);
  limner_test_wait (is_ahead (&self, image));
  limner_scene_set_image (self.scene, image);
  g_assert_cmpuint (fixture_count (&self), ==, 5);
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = {
    { "first-box-waits-for-its-name", test_first_box_waits_for_its_name },
    { "dropped-pending-shape-leaves-nothing", test_dropped_pending_shape_leaves_nothing },
    { "added-boxes-are-clamped-or-refused", test_added_boxes_are_clamped_or_refused },
    { "polygon-is-stored-as-polygon", test_polygon_is_stored_as_polygon },
    { "nothing-is-drawn-without-a-picture", test_nothing_is_drawn_without_a_picture },
    { "items-survive-edits", test_items_survive_edits },
    { "model-changes-are-minimal", test_model_changes_are_minimal },
    { "click-takes-the-smallest-and-then-the-next",
      test_click_takes_the_smallest_and_then_the_next },
    { "polygon-is-hit-by-its-form", test_polygon_is_hit_by_its_form },
    { "find-in-leaves-out-held-and-hidden", test_find_in_leaves_out_held_and_hidden },
    { "reading-order", test_reading_order },
    { "selection", test_selection },
    { "visibility-of-classes", test_visibility_of_classes },
    { "locked-items-stay", test_locked_items_stay },
    { "records-without-an-id-are-shown-only", test_records_without_an_id_are_shown_only },
    { "stored-frame", test_stored_frame },
    { "image-state", test_image_state },
    { "leaving-an-image-clears-the-scene", test_leaving_an_image_clears_the_scene },
    { NULL }
  };

  return limner_test_main (argc, argv, "scene", cases);
}
