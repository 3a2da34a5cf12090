/* SPDX-License-Identifier: MIT */
#include "tool-fixture.h"

#include <math.h>

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
  limner_test_wait (fixture_count (&self) == 0);
  fixture_redo (&self);
  limner_test_wait (fixture_count (&self) == 1);
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
  limner_test_wait (fixture_count (&self) == 1);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == 0);
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
  limner_test_wait (fixture_count (&self) == 3);
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

static const LimnerPoint square[] = { { 20, 20 }, { 80, 20 }, { 80, 80 }, { 20, 80 } };

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
    { "drawing-stays-in-its-extent", test_drawing_stays_in_its_extent },
    { "drawing-tools-draw", test_drawing_tools_draw },
    { NULL }
  };

  return limner_test_main (argc, argv, "drawing-tools", cases);
}
