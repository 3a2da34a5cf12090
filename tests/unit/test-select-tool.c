/* SPDX-License-Identifier: MIT */
#include "tool-fixture.h"

#include <math.h>

/* ---- select ---- */

static void
test_select_cycles_through_overlapping_shapes (void)
{
  LimnerSceneItem *big, *small;
  Fixture self;

  open_with (&self, "select");
  small = fixture_add_box (&self, "car", 40, 40, 20, 20);
  big = fixture_add_box (&self, "car", 10, 10, 80, 80);
  limner_scene_select_none (self.scene);
  click (&self, 50, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == small);
  click (&self, 51, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == big);
  click (&self, 50, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == small);
  click (&self, 20, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == big);
  click (&self, 50, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == small);
  modifiers = LIMNER_MODIFIER_SHIFT;
  click (&self, 20, 50);
  g_assert_true (limner_scene_item_get_selected (big));
  g_assert_true (limner_scene_item_get_selected (small));
  click (&self, 50, 50);
  g_assert_true (limner_scene_get_single_selection (self.scene) == big);
  modifiers = 0;
  click (&self, 150, 50);
  g_assert_null (limner_scene_get_single_selection (self.scene));
  g_assert_cmpuint (fixture_steps (&self), ==, 2);
  fixture_close (&self);
}

static void
test_select_by_rubber_band (void)
{
  g_autoptr (GPtrArray) selection = NULL;
  Fixture self;

  open_with (&self, "select");
  for (guint i = 0; i < 4; i++)
    fixture_add_box (&self, "car", 10 + 45 * i, 40, 20, 20);
  drag (&self, 2, 2, 60, 90);
  selection = limner_scene_get_selection (self.scene);
  g_assert_cmpuint (selection->len, ==, 2);
  modifiers = LIMNER_MODIFIER_SHIFT;
  drag (&self, 195, 95, 150, 30);
  g_clear_pointer (&selection, g_ptr_array_unref);
  selection = limner_scene_get_selection (self.scene);
  g_assert_cmpuint (selection->len, ==, 3);
  /* with Ctrl also from inside a shape */
  modifiers = LIMNER_MODIFIER_CONTROL;
  drag (&self, 20, 50, 70, 55);
  g_clear_pointer (&selection, g_ptr_array_unref);
  selection = limner_scene_get_selection (self.scene);
  g_assert_cmpuint (selection->len, ==, 2);
  modifiers = 0;
  press (&self, 2, 2);
  move (&self, 100, 90);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  release (&self, 100, 90);
  g_clear_pointer (&selection, g_ptr_array_unref);
  selection = limner_scene_get_selection (self.scene);
  g_assert_cmpuint (selection->len, ==, 2);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  g_assert_false (key (&self, LIMNER_KEY_ESCAPE));
  fixture_close (&self);
}

static void
test_move_keeps_inside_and_is_one_step (void)
{
  LimnerSceneItem *first, *second;
  Fixture self;

  open_with (&self, "select");
  first = fixture_add_box (&self, "car", 10, 10, 40, 40);
  second = fixture_add_box (&self, "car", 100, 20, 40, 40);
  limner_scene_select_none (self.scene);
  drag (&self, 30, 30, 31, 31); /* trembling */
  g_assert_cmpuint (fixture_steps (&self), ==, 2);
  drag (&self, 30, 30, 45, 35);
  assert_box (item_box (first), 25, 15, 40, 40);
  g_assert_cmpuint (fixture_steps (&self), ==, 3);
  limner_scene_select_all (self.scene);
  drag (&self, 45, 35, -500, 35);
  assert_box (item_box (first), 0, 15, 40, 40);
  assert_box (item_box (second), 75, 20, 40, 40);
  g_assert_cmpuint (fixture_steps (&self), ==, 4);
  fixture_undo (&self);
  limner_test_wait (item_box (first).x == 25);
  assert_box (item_box (second), 100, 20, 40, 40);
  fixture_redo (&self);
  limner_test_wait (item_box (second).x == 75);
  fixture_close (&self);
}

static void
on_held_changed (guint *n)
{
  (*n)++;
}

/* What the hand makes of a shape can be seen while it rests as it was. */
static void
test_held_shape_is_told (void)
{
  LimnerSceneItem *first, *second;
  guint n = 0;
  LimnerBox box;
  Fixture self;

  open_with (&self, "select");
  first = fixture_add_box (&self, "car", 10, 10, 40, 40);
  second = fixture_add_box (&self, "car", 100, 20, 40, 40);
  limner_scene_select (self.scene, first, FALSE);
  g_signal_connect_swapped (self.scene, "held-changed", G_CALLBACK (on_held_changed), &n);
  press (&self, 30, 30);
  move (&self, 31, 31); /* trembling */
  g_assert_null (limner_scene_item_get_held_shape (first));
  move (&self, 45, 35);
  move (&self, 55, 35);
  g_assert_cmpuint (n, ==, 2);
  box = limner_shape_get_bbox (limner_scene_item_get_held_shape (first));
  assert_box (box, 35, 15, 40, 40);
  assert_box (item_box (first), 10, 10, 40, 40);
  g_assert_null (limner_scene_item_get_held_shape (second));
  limner_tool_cancel (self.tool);
  g_assert_null (limner_scene_item_get_held_shape (first));
  release (&self, 55, 35);
  drag (&self, 30, 30, 45, 35);
  g_assert_null (limner_scene_item_get_held_shape (first));
  assert_box (item_box (first), 25, 15, 40, 40);
  fixture_close (&self);
}

static void
test_escape_during_a_drag_restores (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_box (&self, "car", 10, 10, 40, 40);
  press (&self, 30, 30);
  move (&self, 90, 50);
  g_assert_true (limner_scene_is_held (self.scene, item));
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  g_assert_false (limner_scene_is_held (self.scene, item));
  move (&self, 120, 50);
  release (&self, 120, 50);
  assert_box (item_box (item), 10, 10, 40, 40);
  press (&self, 50, 50);
  move (&self, 90, 50);
  g_assert_true (limner_tool_undo (self.tool));
  release (&self, 90, 50);
  assert_box (item_box (item), 10, 10, 40, 40);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  /* leaving the image in the middle of a drag */
  press (&self, 30, 30);
  move (&self, 90, 50);
  fixture_show (&self, "b.png");
  release (&self, 90, 50);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  fixture_close (&self);
}

/* A box of 40, 20, 60 x 40 is pulled at each handle. */
static const struct
{
  const char *name;
  double x0, y0, x1, y1;
  LimnerModifiers modifiers;
  LimnerBox result;
  LimnerCursor cursor;
} resizes[] = {
  { "n", 70, 20, 90, 10, 0, { 40, 10, 60, 50 }, LIMNER_CURSOR_RESIZE_N },
  { "ne", 100, 20, 120, 10, 0, { 40, 10, 80, 50 }, LIMNER_CURSOR_RESIZE_NE },
  { "e", 100, 40, 120, 10, 0, { 40, 20, 80, 40 }, LIMNER_CURSOR_RESIZE_E },
  { "se", 100, 60, 90, 55, 0, { 40, 20, 50, 35 }, LIMNER_CURSOR_RESIZE_SE },
  { "s", 70, 60, 70, 70, 0, { 40, 20, 60, 50 }, LIMNER_CURSOR_RESIZE_S },
  { "sw", 40, 60, 30, 70, 0, { 30, 20, 70, 50 }, LIMNER_CURSOR_RESIZE_SW },
  { "w", 40, 40, 30, 70, 0, { 30, 20, 70, 40 }, LIMNER_CURSOR_RESIZE_W },
  { "nw", 40, 20, 30, 10, 0, { 30, 10, 70, 50 }, LIMNER_CURSOR_RESIZE_NW },
  { "beside the middle of the handle",
    102,
    63,
    112,
    73,
    0,
    { 40, 20, 70, 50 },
    LIMNER_CURSOR_RESIZE_SE },
  { "clamped", 100, 60, 400, 400, 0, { 40, 20, 160, 80 }, LIMNER_CURSOR_RESIZE_SE },
  { "turned over", 100, 60, 20, 10, 0, { 20, 10, 20, 10 }, LIMNER_CURSOR_RESIZE_SE },
  { "same proportions",
    100,
    60,
    130,
    61,
    LIMNER_MODIFIER_SHIFT,
    { 40, 20, 90, 60 },
    LIMNER_CURSOR_RESIZE_SE },
  { "same proportions at an edge",
    100,
    40,
    130,
    90,
    LIMNER_MODIFIER_SHIFT,
    { 40, 10, 90, 60 },
    LIMNER_CURSOR_RESIZE_E },
  { "same proportions, clamped",
    100,
    60,
    199,
    99,
    LIMNER_MODIFIER_SHIFT,
    { 40, 20, 120, 80 },
    LIMNER_CURSOR_RESIZE_SE },
};

static void
test_resize_by_eight_handles (void)
{
  Fixture self;

  open_with (&self, "select");
  for (guint i = 0; i < G_N_ELEMENTS (resizes); i++)
    {
      g_autoptr (LimnerAnnotation) annotation = NULL;
      LimnerSceneItem *item = fixture_add_box (&self, "car", 40, 20, 60, 40);
      guint steps = fixture_steps (&self);

      g_test_message ("%s", resizes[i].name);
      move (&self, resizes[i].x0, resizes[i].y0);
      g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, resizes[i].cursor);
      modifiers = resizes[i].modifiers;
      drag (&self, resizes[i].x0, resizes[i].y0, resizes[i].x1, resizes[i].y1);
      modifiers = 0;
      assert_box (item_box (item), resizes[i].result.x, resizes[i].result.y,
                  resizes[i].result.width, resizes[i].result.height);
      g_assert_cmpuint (fixture_steps (&self), ==, steps + 1);
      annotation = fixture_load (&self, limner_scene_item_get_id (item));
      g_assert_cmpfloat_with_epsilon (annotation->area,
                                      resizes[i].result.width * resizes[i].result.height, 1e-6);
      g_assert_true (limner_scene_delete_selection (self.scene));
    }
  fixture_close (&self);
}

static void
test_resize_to_nothing_is_refused (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_box (&self, "car", 40, 20, 60, 40);
  drag (&self, 100, 60, 40.4, 60);
  g_assert_cmpstr (self.messages->str, ==, "The box would be too small; it stays as it was");
  assert_box (item_box (item), 40, 20, 60, 40);
  g_assert_false (limner_scene_is_held (self.scene, item));
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  fixture_close (&self);
}

static void
test_locked_shape_can_be_selected_only (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_box (&self, "car", 40, 20, 60, 40);
  limner_scene_set_locked (self.scene, item, TRUE);
  limner_scene_select_none (self.scene);
  click (&self, 70, 40);
  g_assert_true (limner_scene_get_single_selection (self.scene) == item);
  move (&self, 100, 60);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_POINTER);
  drag (&self, 70, 40, 90, 50);
  g_assert_cmpstr (self.messages->str, ==, "The annotation is locked; unlock it to change it");
  drag (&self, 100, 60, 120, 80);
  assert_box (item_box (item), 40, 20, 60, 40);
  g_assert_true (key (&self, LIMNER_KEY_DELETE));
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  fixture_close (&self);
}

static void
test_alt_drag_duplicates (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_box (&self, "car", 40, 20, 60, 40);
  modifiers = LIMNER_MODIFIER_ALT;
  drag (&self, 70, 40, 100, 50);
  modifiers = 0;
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  assert_box (item_box (item), 40, 20, 60, 40);
  assert_box (item_box (fixture_item (&self, 1)), 70, 30, 60, 40);
  g_assert_true (limner_scene_get_single_selection (self.scene) == fixture_item (&self, 1));
  g_assert_cmpuint (fixture_steps (&self), ==, 2);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 1);
  fixture_close (&self);
}

/* ---- vertices ---- */

static const LimnerPoint square[] = { { 20, 20 }, { 80, 20 }, { 80, 80 }, { 20, 80 } };

static LimnerPoint
get_vertex (LimnerSceneItem *item, guint index, guint expected)
{
  guint n_points;
  const LimnerPoint *points =
      limner_shape_get_ring (limner_scene_item_get_shape (item), 0, &n_points);

  g_assert_cmpuint (n_points, ==, expected);
  return index < n_points ? points[index] : (LimnerPoint){ NAN, NAN };
}

static void
test_vertex_is_moved (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_polygon (&self, "lake", square, 4);
  move (&self, 82, 79);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_POINTER);
  press (&self, 82, 79);
  move (&self, 100, 90);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_NONE);
  release (&self, 112, 89);
  g_assert_cmpfloat (get_vertex (item, 2, 4).x, ==, 110);
  g_assert_cmpfloat (get_vertex (item, 2, 4).y, ==, 90);
  g_assert_cmpfloat (get_vertex (item, 1, 4).x, ==, 80);
  drag (&self, 110, 90, 500, 500);
  g_assert_cmpfloat (get_vertex (item, 2, 4).x, ==, 200);
  g_assert_cmpfloat (get_vertex (item, 2, 4).y, ==, 100);
  g_assert_cmpuint (fixture_steps (&self), ==, 3);
  fixture_undo (&self);
  limner_test_wait (get_vertex (item, 2, 4).x == 110);
  fixture_undo (&self);
  limner_test_wait (get_vertex (item, 2, 4).x == 80);
  fixture_close (&self);
}

static void
test_vertex_is_inserted (void)
{
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_polygon (&self, "lake", square, 4);
  /* by Alt+click on an edge */
  modifiers = LIMNER_MODIFIER_ALT;
  click (&self, 35, 22);
  g_assert_cmpfloat (get_vertex (item, 1, 5).x, ==, 35);
  g_assert_cmpfloat (get_vertex (item, 1, 5).y, ==, 20);
  /* ... and drag at once */
  drag (&self, 81, 35, 95, 35);
  modifiers = 0;
  g_assert_cmpfloat (get_vertex (item, 3, 6).x, ==, 94);
  g_assert_cmpfloat (get_vertex (item, 3, 6).y, ==, 35);
  /* by pulling the mid-point of a long edge, the last one here */
  click (&self, 20, 50);
  get_vertex (item, 0, 6);
  drag (&self, 20, 50, 10, 55);
  g_assert_cmpfloat (get_vertex (item, 6, 7).x, ==, 10);
  g_assert_cmpfloat (get_vertex (item, 6, 7).y, ==, 55);
  g_assert_cmpuint (fixture_steps (&self), ==, 4);
  fixture_undo (&self);
  limner_test_wait (limner_shape_get_n_points (limner_scene_item_get_shape (item)) == 6);
  fixture_redo (&self);
  limner_test_wait (limner_shape_get_n_points (limner_scene_item_get_shape (item)) == 7);
  fixture_close (&self);
}

static void
test_vertex_is_removed (void)
{
  const LimnerPoint house[] = { { 20, 40 }, { 50, 10 }, { 80, 40 }, { 80, 80 }, { 20, 80 } };
  LimnerSceneItem *item;
  Fixture self;

  open_with (&self, "select");
  item = fixture_add_polygon (&self, "house", house, 5);
  modifiers = LIMNER_MODIFIER_ALT;
  click (&self, 50, 10);
  modifiers = 0;
  g_assert_cmpfloat (get_vertex (item, 1, 4).x, ==, 80);
  /* by Delete, with the vertex selected */
  click (&self, 80, 40);
  g_assert_true (key (&self, LIMNER_KEY_DELETE));
  g_assert_cmpfloat (get_vertex (item, 1, 3).y, ==, 80);
  /* the last three stay, and this is said */
  modifiers = LIMNER_MODIFIER_ALT;
  click (&self, 80, 80);
  modifiers = 0;
  g_assert_cmpstr (self.messages->str, ==, "A polygon needs at least three points");
  get_vertex (item, 0, 3);
  g_assert_cmpuint (fixture_steps (&self), ==, 3);
  /* Esc lets the vertex go; then Delete means the shape */
  click (&self, 80, 80);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  g_assert_true (key (&self, LIMNER_KEY_DELETE));
  g_assert_cmpuint (fixture_count (&self), ==, 0);
  fixture_close (&self);
}

static void
test_tool_table (void)
{
  Fixture self;
  guint n;
  const LimnerToolInfo *tools = limner_tool_list (&n);

  open_with (&self, "select");
  g_assert_cmpuint (n, ==, 4);
  for (guint i = 0; i < n; i++)
    {
      fixture_use (&self, tools[i].name);
      g_assert_cmpuint (G_OBJECT_TYPE (self.tool), ==, tools[i].get_type ());
      g_assert_cmpuint (strlen (limner_tool_get_hint (self.tool)), >, 0);
      g_assert_true (limner_tool_get_scene (self.tool) == self.scene);
    }
  g_assert_null (limner_tool_new ("hammer", self.scene));
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = {
    { "select-cycles-through-overlapping-shapes", test_select_cycles_through_overlapping_shapes },
    { "select-by-rubber-band", test_select_by_rubber_band },
    { "move-keeps-inside-and-is-one-step", test_move_keeps_inside_and_is_one_step },
    { "held-shape-is-told", test_held_shape_is_told },
    { "escape-during-a-drag-restores", test_escape_during_a_drag_restores },
    { "resize-by-eight-handles", test_resize_by_eight_handles },
    { "resize-to-nothing-is-refused", test_resize_to_nothing_is_refused },
    { "locked-shape-can-be-selected-only", test_locked_shape_can_be_selected_only },
    { "alt-drag-duplicates", test_alt_drag_duplicates },
    { "vertex-is-moved", test_vertex_is_moved },
    { "vertex-is-inserted", test_vertex_is_inserted },
    { "vertex-is-removed", test_vertex_is_removed },
    { "tool-table", test_tool_table },
    { NULL }
  };

  return limner_test_main (argc, argv, "select-tool", cases);
}
