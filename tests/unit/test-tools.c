/* SPDX-License-Identifier: MIT */
#include "scene-fixture.h"

#include <math.h>

static LimnerModifiers modifiers; /* held down by the hand of this test */
static double pixel = 1.0;
static guint n_press = 1;

static LimnerPointer
make_pointer (double x, double y, guint button)
{
  return (LimnerPointer){ { x, y }, pixel, button, n_press, modifiers };
}

static gboolean
press (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 1);

  return limner_tool_press (self->tool, &pointer);
}

static void
move (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 0);

  limner_tool_motion (self->tool, &pointer);
}

static void
release (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 1);

  limner_tool_release (self->tool, &pointer);
}

static void
click (Fixture *self, double x, double y)
{
  move (self, x, y);
  press (self, x, y);
  release (self, x, y);
}

static gboolean
right_click (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 3);
  gboolean taken = limner_tool_press (self->tool, &pointer);

  limner_tool_release (self->tool, &pointer);
  return taken;
}

static void
drag (Fixture *self, double x0, double y0, double x1, double y1)
{
  move (self, x0, y0);
  press (self, x0, y0);
  move (self, (x0 + x1) / 2, (y0 + y1) / 2);
  move (self, x1, y1);
  release (self, x1, y1);
}

static gboolean
key (Fixture *self, LimnerKey which)
{
  return limner_tool_key (self->tool, which, 0);
}

static void
open_with (Fixture *self, const char *tool)
{
  modifiers = 0;
  pixel = 1.0;
  n_press = 1;
  fixture_open (self, NULL);
  fixture_show (self, "a.png");
  fixture_use (self, tool);
}

/* A class that is active, and nothing drawn: the shape that needed it was deleted. */
static void
make_class (Fixture *self, const char *name)
{
  fixture_add_box (self, name, 0, 0, 5, 5);
  g_assert_true (limner_scene_delete_selection (self->scene));
}

static LimnerSceneItem *
last_item (Fixture *self)
{
  return fixture_item (self, fixture_count (self) - 1);
}

/* ---- box ---- */

static const struct
{
  const char *name;
  double x0, y0, x1, y1;
  gboolean shift;
  LimnerBox result;
} dragged_boxes[] = {
  { "down right", 10, 20, 60, 50, FALSE, { 10, 20, 50, 30 } },
  { "up left", 60, 50, 10, 20, FALSE, { 10, 20, 50, 30 } },
  { "clamped", 150, 50, 300, 300, FALSE, { 150, 50, 50, 50 } },
  { "from outside", -20, -20, 30, 30, FALSE, { 0, 0, 30, 30 } },
  { "square", 10, 10, 40, 20, TRUE, { 10, 10, 30, 30 } },
  { "square up left", 100, 80, 90, 40, TRUE, { 60, 40, 40, 40 } },
  { "square clamped", 20, 60, 120, 70, TRUE, { 20, 60, 40, 40 } },
};

static void
test_box_by_drag (void)
{
  Fixture self;

  open_with (&self, "box");
  make_class (&self, "car");
  for (guint i = 0; i < G_N_ELEMENTS (dragged_boxes); i++)
    {
      guint steps = fixture_steps (&self);

      g_test_message ("%s", dragged_boxes[i].name);
      limner_scene_select_none (self.scene);
      modifiers = dragged_boxes[i].shift ? LIMNER_MODIFIER_SHIFT : 0;
      drag (&self, dragged_boxes[i].x0, dragged_boxes[i].y0, dragged_boxes[i].x1,
            dragged_boxes[i].y1);
      modifiers = 0;
      g_assert_cmpuint (fixture_count (&self), ==, i + 1);
      g_assert_cmpuint (fixture_steps (&self), ==, steps + 1);
      g_assert_true (limner_scene_get_single_selection (self.scene) == last_item (&self));
      assert_box (item_box (last_item (&self)), dragged_boxes[i].result.x,
                  dragged_boxes[i].result.y, dragged_boxes[i].result.width,
                  dragged_boxes[i].result.height);
      g_assert_false (limner_tool_is_active (self.tool));
    }
  g_assert_cmpuint (self.n_finished, ==, G_N_ELEMENTS (dragged_boxes));
  fixture_close (&self);
}

static void
test_box_by_two_clicks (void)
{
  g_autoptr (LimnerAnnotation) annotation = NULL;
  Fixture self;
  gint64 id;

  open_with (&self, "box");
  make_class (&self, "car");
  click (&self, 10, 20);
  g_assert_true (limner_tool_is_active (self.tool));
  move (&self, 40, 40);
  click (&self, 60, 50);
  g_assert_false (limner_tool_is_active (self.tool));
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  id = limner_scene_item_get_id (last_item (&self));
  annotation = fixture_load (&self, id);
  g_assert_true (is_box (annotation->bbox, 10, 20, 50, 30));
  g_assert_cmpint (annotation->segmentation, ==, LIMNER_SEGMENTATION_NONE);
  g_assert_cmpstr (limner_history_get_undo_label (limner_document_get_history (self.document)), ==,
                   "Draw box");
  fixture_undo (&self);
  fixture_wait (fixture_count (&self) == 0);
  fixture_redo (&self);
  fixture_wait (fixture_count (&self) == 1);
  assert_box (item_box (fixture_item (&self, 0)), 10, 20, 50, 30);
  fixture_close (&self);
}

static void
test_box_can_be_given_up (void)
{
  Fixture self;
  guint steps;

  open_with (&self, "box");
  make_class (&self, "car");
  steps = fixture_steps (&self);
  press (&self, 10, 20);
  move (&self, 60, 50);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  release (&self, 60, 50);
  click (&self, 10, 20);
  g_assert_true (limner_tool_undo (self.tool));
  g_assert_false (limner_tool_undo (self.tool));
  click (&self, 10, 20);
  g_assert_true (right_click (&self, 50, 50));
  g_assert_false (right_click (&self, 50, 50));
  click (&self, 10, 20);
  fixture_show (&self, "b.png");
  g_assert_false (limner_tool_is_active (self.tool));
  g_assert_cmpuint (fixture_steps (&self), ==, steps);
  g_assert_false (key (&self, LIMNER_KEY_ESCAPE)); /* the window may leave the tool */
  fixture_close (&self);
}

static void
test_small_box_is_refused (void)
{
  Fixture self;
  guint steps;

  open_with (&self, "box");
  make_class (&self, "car");
  steps = fixture_steps (&self);
  click (&self, 50, 50);
  click (&self, 50, 50);
  g_assert_cmpstr (self.messages->str, ==, "The box was too small and was left out");
  g_string_truncate (self.messages, 0);
  pixel = 0.05; /* zoomed in: a drag of half a pixel is one */
  drag (&self, 50, 50, 50.5, 60);
  g_assert_cmpstr (self.messages->str, ==, "The box was too small and was left out");
  pixel = 1.0;
  /* a click beside the picture begins nothing */
  click (&self, -30, 50);
  g_assert_false (limner_tool_is_active (self.tool));
  g_assert_cmpuint (fixture_steps (&self), ==, steps);
  fixture_close (&self);
}

static void
test_first_box_asks_for_a_class (void)
{
  Fixture self;

  open_with (&self, "box");
  drag (&self, 10, 20, 60, 50);
  g_assert_cmpuint (self.n_needed, ==, 1);
  g_assert_nonnull (limner_scene_get_pending_shape (self.scene));
  /* a press asks again, and begins nothing */
  g_assert_true (press (&self, 100, 50));
  release (&self, 150, 90);
  g_assert_cmpuint (self.n_needed, ==, 2);
  g_assert_false (limner_tool_is_active (self.tool));
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  g_assert_null (limner_scene_get_pending_shape (self.scene));

  drag (&self, 10, 20, 60, 50);
  g_assert_true (limner_scene_name_pending_new (self.scene, "car"));
  g_assert_cmpuint (fixture_steps (&self), ==, 1);
  assert_box (item_box (fixture_item (&self, 0)), 10, 20, 50, 30);
  drag (&self, 100, 20, 150, 50);
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  fixture_undo (&self);
  fixture_wait (fixture_count (&self) == 1);
  fixture_undo (&self);
  fixture_wait (fixture_count (&self) == 0);
  g_assert_false (limner_history_can_undo (limner_document_get_history (self.document)));
  fixture_close (&self);
}

/* A new box keeps its handles while the tool stays. */
static void
test_box_tool_edits_the_selected_box (void)
{
  Fixture self;

  open_with (&self, "box");
  make_class (&self, "car");
  drag (&self, 10, 20, 60, 60);
  move (&self, 60, 60);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_RESIZE_SE);
  drag (&self, 60, 60, 80, 70);
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  assert_box (item_box (fixture_item (&self, 0)), 10, 20, 70, 50);
  move (&self, 40, 40);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_CROSSHAIR);
  /* inside it, a new one begins */
  drag (&self, 30, 30, 50, 50);
  g_assert_cmpuint (fixture_count (&self), ==, 2);
  assert_box (item_box (fixture_item (&self, 1)), 30, 30, 20, 20);
  g_assert_true (key (&self, LIMNER_KEY_DELETE));
  g_assert_cmpuint (fixture_count (&self), ==, 1);
  g_assert_cmpstr (self.deleted->str, ==, "Deleted car");
  fixture_close (&self);
}

/* ---- polygon ---- */

typedef enum
{
  CLOSE_FIRST_POINT,
  CLOSE_DOUBLE_CLICK,
  CLOSE_ENTER,
  CLOSE_SPACE
} Closing;

static void
close_polygon (Fixture *self, Closing closing)
{
  switch (closing)
    {
    case CLOSE_FIRST_POINT:
      click (self, 12, 8);
      break;
    case CLOSE_DOUBLE_CLICK:
      n_press = 2;
      click (self, 10, 60);
      n_press = 3;
      click (self, 10, 60);
      n_press = 1;
      break;
    case CLOSE_ENTER:
      g_assert_true (key (self, LIMNER_KEY_ENTER));
      break;
    case CLOSE_SPACE:
      g_assert_true (key (self, LIMNER_KEY_SPACE));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_polygon_closes_in_four_ways (void)
{
  Fixture self;

  open_with (&self, "polygon");
  make_class (&self, "lake");
  for (Closing closing = CLOSE_FIRST_POINT; closing <= CLOSE_SPACE; closing++)
    {
      g_autoptr (LimnerAnnotation) annotation = NULL;

      limner_scene_select_none (self.scene);
      click (&self, 10, 10);
      click (&self, 60, 10);
      click (&self, 60, 60);
      click (&self, 10, 60);
      g_assert_true (limner_tool_is_active (self.tool));
      close_polygon (&self, closing);
      g_assert_false (limner_tool_is_active (self.tool));
      g_assert_cmpuint (fixture_count (&self), ==, closing + 1);
      annotation = fixture_load (&self, limner_scene_item_get_id (last_item (&self)));
      g_assert_cmpint (annotation->segmentation, ==, LIMNER_SEGMENTATION_POLYGON);
      g_assert_cmpuint (limner_shape_get_n_points (annotation->shape), ==, 4);
      g_assert_true (is_box (annotation->bbox, 10, 10, 50, 50));
      g_assert_cmpfloat (annotation->area, ==, 2500);
      g_assert_true (limner_scene_get_single_selection (self.scene) == last_item (&self));
    }
  fixture_undo (&self);
  fixture_wait (fixture_count (&self) == 3);
  fixture_close (&self);
}

static void
test_polygon_takes_points_back (void)
{
  guint n_points;
  const LimnerPoint *points;
  Fixture self;

  open_with (&self, "polygon");
  make_class (&self, "lake");
  g_assert_false (key (&self, LIMNER_KEY_BACKSPACE));
  g_assert_false (right_click (&self, 10, 10));
  g_assert_false (limner_tool_undo (self.tool));
  click (&self, 10, 10);
  click (&self, 60, 10);
  click (&self, 100, 90);
  g_assert_true (key (&self, LIMNER_KEY_BACKSPACE));
  click (&self, 110, 90);
  g_assert_true (limner_tool_undo (self.tool));
  click (&self, 120, 90);
  g_assert_true (right_click (&self, 120, 90));
  click (&self, 60, 300); /* clamped */
  g_assert_true (key (&self, LIMNER_KEY_ENTER));
  points =
      limner_shape_get_ring (limner_scene_item_get_shape (fixture_item (&self, 0)), 0, &n_points);
  g_assert_cmpuint (n_points, ==, 3);
  g_assert_cmpfloat (points[2].x, ==, 60);
  g_assert_cmpfloat (points[2].y, ==, 100);

  click (&self, 150, 10);
  g_assert_true (limner_tool_undo (self.tool));
  g_assert_false (limner_tool_is_active (self.tool));
  fixture_close (&self);
}

static void
test_polygon_needs_three_points (void)
{
  Fixture self;
  guint steps;

  open_with (&self, "polygon");
  make_class (&self, "lake");
  steps = fixture_steps (&self);
  click (&self, 10, 10);
  click (&self, 60, 10);
  g_assert_true (key (&self, LIMNER_KEY_ENTER));
  g_assert_cmpstr (self.messages->str, ==, "A polygon needs at least three points");
  g_string_truncate (self.messages, 0);
  click (&self, 10, 10);
  g_assert_cmpstr (self.messages->str, ==, "A polygon needs at least three points");
  g_assert_true (limner_tool_is_active (self.tool)); /* nothing is lost */
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  g_assert_false (limner_tool_is_active (self.tool));
  /* three points on one line have no area */
  click (&self, 10, 50);
  click (&self, 60, 50);
  click (&self, 100, 50);
  g_assert_true (key (&self, LIMNER_KEY_ENTER));
  g_assert_cmpstr (self.messages->str, ==, "The shape has no area and was left out");
  g_assert_cmpuint (fixture_steps (&self), ==, steps);
  fixture_close (&self);
}

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
  fixture_wait (item_box (first).x == 25);
  assert_box (item_box (second), 100, 20, 40, 40);
  fixture_redo (&self);
  fixture_wait (item_box (second).x == 75);
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
  fixture_wait (fixture_count (&self) == 1);
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
  fixture_wait (get_vertex (item, 2, 4).x == 110);
  fixture_undo (&self);
  fixture_wait (get_vertex (item, 2, 4).x == 80);
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
  fixture_wait (limner_shape_get_n_points (limner_scene_item_get_shape (item)) == 6);
  fixture_redo (&self);
  fixture_wait (limner_shape_get_n_points (limner_scene_item_get_shape (item)) == 7);
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

/* ---- drawing ---- */

#define SENTINEL 0xff336699u

typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
  int width;
  int height;
} Target;

static void
target_init (Target *target, int width, int height)
{
  target->width = width;
  target->height = height;
  target->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  target->cr = cairo_create (target->surface);
  cairo_set_source_rgb (target->cr, 0x33 / 255.0, 0x66 / 255.0, 0x99 / 255.0);
  cairo_paint (target->cr);
  cairo_set_source_rgb (target->cr, 0, 0, 0);
}

static void
target_clear (Target *target)
{
  cairo_destroy (target->cr);
  cairo_surface_destroy (target->surface);
}

/* How many pixels were painted; none of them may be outside @extent. */
static guint
target_count (Target *target, const LimnerBox *extent)
{
  const guint8 *data;
  int stride = cairo_image_surface_get_stride (target->surface);
  guint n_inside = 0, n_outside = 0;

  cairo_surface_flush (target->surface);
  data = cairo_image_surface_get_data (target->surface);
  for (int y = 0; y < target->height; y++)
    {
      const guint32 *row = (const guint32 *) (gconstpointer) (data + (gsize) y * stride);

      for (int x = 0; x < target->width; x++)
        {
          if (row[x] == SENTINEL)
            continue;
          if (x + 1 > floor (extent->x) && x < ceil (extent->x + extent->width) &&
              y + 1 > floor (extent->y) && y < ceil (extent->y + extent->height))
            n_inside++;
          else
            n_outside++;
        }
    }
  g_assert_cmpuint (n_outside, ==, 0);
  return n_inside;
}

/* Draws at two scales, and checks extent against paint; returns what was painted at the first. */
static guint
check_drawing (Fixture *self)
{
  const LimnerView views[] = { { 40.5, 60.25, 2.0 }, { 30.0, 20.0, 0.7 } };
  guint painted[2] = { 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      LimnerBox extent = { 0 };
      gboolean any = limner_tool_get_extent (self->tool, &views[i], &extent);
      Target target;

      target_init (&target, 640, 480);
      limner_tool_draw (self->tool, target.cr, &views[i], 640, 480);
      g_assert_cmpint (cairo_status (target.cr), ==, CAIRO_STATUS_SUCCESS);
      painted[i] = target_count (&target, &extent);
      g_assert_cmpint (any || painted[i] == 0, ==, TRUE);
      target_clear (&target);
    }
  return painted[0];
}

static void
test_drawing_stays_in_its_extent (void)
{
  Fixture self;

  open_with (&self, "select");
  g_assert_cmpuint (check_drawing (&self), ==, 0);
  fixture_add_box (&self, "car", 40, 20, 60, 40);
  g_assert_cmpuint (check_drawing (&self), >, 8 * 20); /* handles */
  press (&self, 100, 60);
  move (&self, 150, 90);
  g_assert_cmpuint (check_drawing (&self), >, 1000); /* the held box, its size */
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  release (&self, 150, 90);
  press (&self, 150, 80);
  move (&self, 10, 5);
  g_assert_cmpuint (check_drawing (&self), >, 1000); /* rubber band */
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));
  release (&self, 10, 5);
  fixture_add_polygon (&self, "lake", square, 4);
  g_assert_cmpuint (check_drawing (&self), >, 100);
  press (&self, 80, 80);
  move (&self, 120, 95);
  g_assert_cmpuint (check_drawing (&self), >, 1000);
  release (&self, 120, 95);
  fixture_use (&self, "pan");
  g_assert_cmpuint (check_drawing (&self), ==, 0);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_GRAB);
  g_assert_false (press (&self, 20, 20));
  fixture_close (&self);
}

static void
test_drawing_tools_draw (void)
{
  const LimnerView view = { 40.5, 60.25, 2.0 };
  guint resting, closing;
  LimnerPoint crossing;
  LimnerBox extent;
  Fixture self;

  open_with (&self, "box");
  make_class (&self, "car");
  move (&self, 50, 50);
  g_assert_true (limner_tool_get_crosshair (self.tool, &crossing));
  g_assert_cmpfloat (crossing.x, ==, 50);
  g_assert_cmpfloat (crossing.y, ==, 50);
  g_assert_cmpuint (check_drawing (&self), ==, 0);
  limner_tool_leave (self.tool);
  g_assert_false (limner_tool_get_crosshair (self.tool, &crossing));
  g_assert_cmpuint (check_drawing (&self), ==, 0);
  press (&self, 50, 50);
  move (&self, 80, 70);
  g_assert_cmpuint (check_drawing (&self), >, 3000);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));

  fixture_use (&self, "polygon");
  move (&self, 20, 20);
  g_assert_false (limner_tool_get_extent (self.tool, &view, &extent));
  click (&self, 20, 20);
  click (&self, 80, 20);
  click (&self, 80, 80);
  move (&self, 40, 40);
  resting = check_drawing (&self);
  g_assert_cmpuint (resting, >, 100);
  g_assert_true (limner_tool_get_extent (self.tool, &view, &extent));
  g_assert_cmpfloat (extent.width, <, 200); /* tight */
  /* the first point grows when a click would close */
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_CROSSHAIR);
  move (&self, 21, 21);
  closing = check_drawing (&self);
  g_assert_cmpint (limner_tool_get_cursor (self.tool), ==, LIMNER_CURSOR_POINTER);
  g_assert_cmpuint (closing, >, 100);
  g_assert_true (key (&self, LIMNER_KEY_ESCAPE));

  /* a shape without a name is drawn by whatever tool there is */
  limner_scene_set_active_category (self.scene, -1);
  fixture_use (&self, "box");
  drag (&self, 20, 20, 90, 70);
  limner_tool_leave (self.tool);
  g_assert_cmpuint (check_drawing (&self), >, 1000);
  fixture_use (&self, "pan");
  g_assert_cmpuint (check_drawing (&self), >, 1000);
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
    { "box-by-drag", test_box_by_drag },
    { "box-by-two-clicks", test_box_by_two_clicks },
    { "box-can-be-given-up", test_box_can_be_given_up },
    { "small-box-is-refused", test_small_box_is_refused },
    { "first-box-asks-for-a-class", test_first_box_asks_for_a_class },
    { "box-tool-edits-the-selected-box", test_box_tool_edits_the_selected_box },
    { "polygon-closes-in-four-ways", test_polygon_closes_in_four_ways },
    { "polygon-takes-points-back", test_polygon_takes_points_back },
    { "polygon-needs-three-points", test_polygon_needs_three_points },
    { "select-cycles-through-overlapping-shapes", test_select_cycles_through_overlapping_shapes },
    { "select-by-rubber-band", test_select_by_rubber_band },
    { "move-keeps-inside-and-is-one-step", test_move_keeps_inside_and_is_one_step },
    { "escape-during-a-drag-restores", test_escape_during_a_drag_restores },
    { "resize-by-eight-handles", test_resize_by_eight_handles },
    { "resize-to-nothing-is-refused", test_resize_to_nothing_is_refused },
    { "locked-shape-can-be-selected-only", test_locked_shape_can_be_selected_only },
    { "alt-drag-duplicates", test_alt_drag_duplicates },
    { "vertex-is-moved", test_vertex_is_moved },
    { "vertex-is-inserted", test_vertex_is_inserted },
    { "vertex-is-removed", test_vertex_is_removed },
    { "drawing-stays-in-its-extent", test_drawing_stays_in_its_extent },
    { "drawing-tools-draw", test_drawing_tools_draw },
    { "tool-table", test_tool_table },
    { NULL }
  };

  return limner_test_main (argc, argv, "tools", cases);
}
