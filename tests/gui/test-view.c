/* SPDX-License-Identifier: MIT */

/*
 * How the picture is seen: turned and mirrored, with window and level, minimap, rulers, magnifier
 * and grid. Nothing of it changes a coordinate or a file.
 */

#include "gui-fixture.h"

#include <canvas/canvas-private.h>
#include <math.h>

/* ---- numbers only ---- */

/* From the image to the view and back, however it is turned; and all of it is at or after the
 * corner. */
static void
test_round_trips (void)
{
  const guint width = 640, height = 480;
  const LimnerPoint points[] = { { 0, 0 }, { 640, 0 }, { 0, 480 }, { 640, 480 }, { 123.25, 77.5 } };
  static const double scales[] = { 0.031, 1, 7.5 };

  for (LimnerOrientation turn = LIMNER_ORIENTATION_NORMAL; turn <= LIMNER_ORIENTATION_ROTATE_270;
       turn++)
    for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
      {
        const LimnerView view = limner_viewport_get_view (scales[i], turn, width, height);
        const gboolean swaps = turn >= LIMNER_ORIENTATION_TRANSPOSE;

        for (guint j = 0; j < G_N_ELEMENTS (points); j++)
          {
            LimnerPoint there = limner_view_to_target (&view, points[j]);
            LimnerPoint back = limner_view_to_image (&view, there);

            g_assert_cmpfloat_with_epsilon (back.x, points[j].x, 1e-9);
            g_assert_cmpfloat_with_epsilon (back.y, points[j].y, 1e-9);
            g_assert_cmpfloat (there.x, >=, -1e-9);
            g_assert_cmpfloat (there.y, >=, -1e-9);
            g_assert_cmpfloat (there.x, <=, (swaps ? height : width) * scales[i] + 1e-9);
            g_assert_cmpfloat (there.y, <=, (swaps ? width : height) * scales[i] + 1e-9);
          }
      }
}

/* ---- turned ---- */

static guint32
get_stored_color (Gui *gui, int x, int y)
{
  guint values[3] = { 0 };

  limner_pixels_get_value (limner_canvas_get_pixels (gui->window->canvas), x, y, values);
  return values[0] << 16 | values[1] << 8 | values[2];
}

/* The screen shows each pixel where its coordinates say, and the pointer has them. */
static void
check_screen (Gui *gui)
{
  static const LimnerPoint places[] = { { 300, 200 }, { 350, 260 }, { 280, 281 } };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const LimnerPoint at =
          limner_canvas_to_view (gui->window->canvas,
                                 (LimnerPoint){ places[i].x + 0.5, places[i].y + 0.5 });
      const guint32 seen = gui_get_color (gui, gui->canvas, at.x, at.y);
      const guint32 stored = get_stored_color (gui, (int) places[i].x, (int) places[i].y);

      if (seen != stored)
        g_printerr ("# turn %d: %06x instead of %06x\n",
                    (int) limner_canvas_get_turn (gui->window->canvas), seen, stored);
      GUI_CHECK (gui, seen == stored);
    }
}

/* A box drawn in the turned view has the image's coordinates; the arrows move it as they point. */
static void
check_drawing (Gui *gui)
{
  const LimnerOrientation turn = limner_canvas_get_turn (gui->window->canvas);
  const guint n = gui_n_shapes (gui);
  LimnerPoint before, after;
  LimnerBox box;

  gui_key (gui, "r");
  gui_key (gui, "1");
  gui_drag (gui, 300, 200, 340, 230);
  GUI_WAIT (gui, gui_n_shapes (gui) == n + 1);
  box = gui_get_box (gui, -1);
  GUI_CHECK (gui, fabs (box.x - 300) <= 1 && fabs (box.y - 200) <= 1);
  GUI_CHECK (gui, fabs (box.width - 40) <= 1.5 && fabs (box.height - 30) <= 1.5);
  gui_key (gui, "v");
  gui_click (gui, 320, 215);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  before = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ box.x, box.y });
  gui_key (gui, "<Shift>Right");
  box = gui_get_box (gui, -1);
  after = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ box.x, box.y });
  if (fabs (after.x - before.x - 10) > 0.01 || fabs (after.y - before.y) > 0.01)
    g_printerr ("# turn %d: moved by %g, %g\n", (int) turn, after.x - before.x, after.y - before.y);
  GUI_CHECK (gui, fabs (after.x - before.x - 10) < 0.01 && fabs (after.y - before.y) < 0.01);
  gui_key (gui, "<Shift>Left");
  /* by its corner */
  box = gui_get_box (gui, -1);
  gui_drag (gui, box.x + box.width, box.y + box.height, box.x + box.width + 20,
            box.y + box.height + 10);
  GUI_WAIT (gui, gui_get_box (gui, -1).width > box.width + 15);
  GUI_CHECK (gui, fabs (gui_get_box (gui, -1).height - box.height - 10) <= 1.5);
  gui_key (gui, "Delete");
  GUI_WAIT (gui, gui_n_shapes (gui) == n);
}

static void
turn (Gui *gui)
{
  static const char *const keys[] = { "<Alt>Right", "<Alt>Right", "<Alt>Right", "<Alt>m",
                                      "<Alt>Right", "<Alt>Right", "<Alt>Right", "<Alt>Up" };
  guint seen = 1 << LIMNER_ORIENTATION_NORMAL;

  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "<Control>0");
  gui_wait_picture (gui);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gui_key (gui, keys[i]);
      gui_wait_picture (gui);
      seen |= 1u << limner_canvas_get_turn (gui->window->canvas);
      gui_move_in (gui, gui->canvas, 5, 5);
      check_screen (gui);
      check_drawing (gui);
    }
  GUI_CHECK (gui, seen == 0x1fe);
  GUI_CHECK (gui, limner_canvas_get_turn (gui->window->canvas) == LIMNER_ORIENTATION_NORMAL);
}

static void
test_turn (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, turn);
}

/* ---- minimap ---- */

static void
minimap (Gui *gui)
{
  GtkWidget *map = gui->window->minimap;
  LimnerBox seen;

  GUI_CHECK (gui, !gtk_widget_get_mapped (map));
  gui_move (gui, 320, 240);
  for (guint i = 0; i < 6; i++)
    gui_key (gui, "plus");
  gui_wait_picture (gui);
  GUI_WAIT (gui, gtk_widget_get_mapped (map));
  gui_wait_still (gui, map);
  gui_move_in (gui, map, 2, 2);
  gui_press (gui, 1);
  gui_release (gui, 1);
  seen = limner_canvas_get_visible (gui->window->canvas);
  GUI_CHECK (gui, seen.x < 1 && seen.y < 1);
  gui_press (gui, 1);
  gui_move_in (gui, map, gtk_widget_get_width (map) - 2, gtk_widget_get_height (map) - 2);
  gui_release (gui, 1);
  seen = limner_canvas_get_visible (gui->window->canvas);
  GUI_CHECK (gui, seen.x + seen.width > 639 && seen.y + seen.height > 479);
  gui_click_widget (gui, gui->canvas, 2);
  gui_key (gui, "m");
  GUI_WAIT (gui, !gtk_widget_get_mapped (map));
  gui_key (gui, "m");
  GUI_WAIT (gui, gtk_widget_get_mapped (map));
  gui_key (gui, "f");
  GUI_WAIT (gui, !gtk_widget_get_mapped (map));
}

static void
test_minimap (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, minimap);
}

/* Of a picture that is much higher than wide the map has a rim, and leads everywhere all the same.
 */
static void
narrow_minimap (Gui *gui)
{
  GtkWidget *map = gui->window->minimap;
  LimnerBox seen;

  gui_move (gui, 50, 1000);
  for (guint i = 0; i < 4; i++)
    gui_key (gui, "plus");
  gui_wait_picture (gui);
  GUI_WAIT (gui, gtk_widget_get_mapped (map));
  gui_wait_still (gui, map);
  gui_move_in (gui, map, 4, gtk_widget_get_height (map) - 2);
  gui_press (gui, 1);
  gui_release (gui, 1);
  seen = limner_canvas_get_visible (gui->window->canvas);
  GUI_CHECK (gui, seen.y + seen.height > 1999);
}

static void
test_narrow_minimap (void)
{
  g_autofree char *folder = limner_test_path ("narrow");
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 100, 2000);

  g_mkdir (folder, 0700);
  gdk_pixbuf_fill (pixbuf, 0x80a0c0ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  gui_run (folder, narrow_minimap);
}

/* ---- rulers, magnifier, grid ---- */

static gboolean
prefers (Gui *gui, const char *name)
{
  return limner_preferences_get_boolean (gui->window->preferences, name);
}

static void
aids (Gui *gui)
{
  LimnerCanvas *canvas = gui->window->canvas;
  LimnerPoint at;
  guint32 before, color, line;

  gui_key (gui, "d");
  gui_wait_picture (gui);
  before = gui_get_color (gui, gui->canvas, 300, 10);
  gui_key (gui, "<Alt>r");
  GUI_WAIT (gui, prefers (gui, "show-rulers"));
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_get_color (gui, gui->canvas, 8, 8) != before);
  /* the picture is fitted into what the rulers leave */
  at = limner_canvas_to_view (canvas, (LimnerPoint){ 0, 0 });
  GUI_CHECK (gui, at.x >= LIMNER_RULER_SIZE && at.y >= LIMNER_RULER_SIZE);
  gui_key (gui, "<Alt>r");
  GUI_WAIT (gui, !prefers (gui, "show-rulers"));
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_get_color (gui, gui->canvas, 300, 10) == before);

  /* the pixel beside the middle of the glass is the one beside the pointer */
  gui_key (gui, "<Control>0");
  gui_wait_picture (gui);
  gui_move (gui, 300.5, 200.5);
  gui_key (gui, "z");
  GUI_WAIT (gui, prefers (gui, "show-magnifier"));
  gui_settle (gui);
  at = limner_canvas_to_view (canvas, (LimnerPoint){ 300.5, 200.5 });
  color =
      gui_get_color (gui, gui->canvas, floor (at.x) + 28 + 74 + 22, floor (at.y) + 28 + 74 + 22);
  GUI_CHECK (gui, color == get_stored_color (gui, 305, 205) ||
                      color == get_stored_color (gui, 306, 206));
  gui_key (gui, "z");
  GUI_WAIT (gui, !prefers (gui, "show-magnifier"));

  /* lines between pixels, and none when they are switched off */
  for (guint i = 0; i < 14; i++)
    gui_key (gui, "plus");
  gui_wait_picture (gui);
  GUI_CHECK (gui, limner_canvas_get_zoom (canvas) > 20);
  gui_move_in (gui, gui->canvas, 5, 5);
  gui_settle (gui);
  at = limner_canvas_to_view (canvas, (LimnerPoint){ 300, 200.5 });
  at.x = round (at.x * canvas->scale_factor) / canvas->scale_factor;
  line = gui_get_color (gui, gui->canvas, at.x, at.y);
  color = gui_get_color (gui, gui->canvas, at.x + 4, at.y);
  GUI_CHECK (gui, color == get_stored_color (gui, 300, 200) && line != color);
  gui_key (gui, "<Alt>g");
  GUI_WAIT (gui, !prefers (gui, "show-grid"));
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_get_color (gui, gui->canvas, at.x, at.y) == color);
  gui_key (gui, "<Alt>g");
}

static void
test_aids (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, aids);
}

/* ---- light ---- */

static void
light (Gui *gui)
{
  LimnerCanvas *canvas = gui->window->canvas;
  LimnerWindowLevel window;

  gui_key (gui, "d");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "<Alt>1");
  window = limner_canvas_get_window_level (canvas);
  GUI_CHECK (gui, window.low == 0 && window.high > 1500 && !window.invert);
  gui_key (gui, "<Alt>2");
  window = limner_canvas_get_window_level (canvas);
  GUI_CHECK (gui, window.high < 1200);
  /* a region by Ctrl and the right button */
  gui_move (gui, 430, 530);
  gui_hold (gui, GDK_KEY_Control_L);
  gui_press (gui, 3);
  gui_move (gui, 445, 545);
  gui_move (gui, 450, 550);
  gui_release (gui, 3);
  gui_let_go (gui, GDK_KEY_Control_L);
  window = limner_canvas_get_window_level (canvas);
  GUI_CHECK (gui, window.high - window.low > 1 && window.high - window.low < 900);
  gui_key (gui, "<Alt>i");
  GUI_CHECK (gui, limner_canvas_get_window_level (canvas).invert);
  gui_key (gui, "<Alt>Right");
  /* the next picture is seen the same way, and so is this one tomorrow */
  gui_key (gui, "a");
  gui_wait_picture (gui);
  GUI_CHECK (gui, limner_canvas_get_window_level (canvas).invert);
  /* but numbers of 16 bits say nothing of 8 */
  GUI_CHECK (gui, limner_canvas_get_window_level (canvas).low == 0);
  GUI_CHECK (gui, limner_canvas_get_window_level (canvas).high == 255);
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, limner_canvas_get_window_level (canvas).high == window.high);
}

static void
light_again (Gui *gui)
{
  LimnerCanvas *canvas = gui->window->canvas;
  LimnerWindowLevel window = limner_canvas_get_window_level (canvas);

  gui_wait_picture (gui);
  GUI_CHECK (gui, window.invert && window.high - window.low < 900);
  GUI_CHECK (gui, limner_canvas_get_turn (canvas) == LIMNER_ORIENTATION_ROTATE_90);
  gui_key (gui, "<Alt>w");
  window = limner_canvas_get_window_level (canvas);
  GUI_CHECK (gui, !window.invert && window.high - window.low > 900);
}

/* Another folder starts as it is. */
static void
light_elsewhere (Gui *gui)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (gui->window->canvas);

  GUI_CHECK (gui, window.low == 0 && window.high == 255 && !window.invert);
  GUI_CHECK (gui, limner_canvas_get_turn (gui->window->canvas) == LIMNER_ORIENTATION_NORMAL);
}

static void
test_light (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *other = limner_test_path ("other");

  gui_copy_sample (other);
  gui_run (folder, light);
  gui_run_again (other, light_elsewhere);
  gui_run_again (folder, light_again);
}

/* ---- a preview gives way to the whole ---- */

#define LARGE_WIDTH 1200
#define LARGE_HEIGHT 900

static LimnerPixels *
make_whole (void)
{
  guint8 *data = g_malloc (LARGE_WIDTH * LARGE_HEIGHT);

  for (guint y = 0; y < LARGE_HEIGHT; y++)
    for (guint x = 0; x < LARGE_WIDTH; x++)
      data[y * LARGE_WIDTH + x] = (guint8) (100 + (x / 8 + y / 8) % 2 * 20);
  return limner_pixels_new (LIMNER_PIXELS_GREY8, LARGE_WIDTH, LARGE_HEIGHT, LARGE_WIDTH, data);
}

static LimnerPixels *
make_preview (void)
{
  const guint width = LARGE_WIDTH / 8 + 2, height = (LARGE_HEIGHT + 7) / 8;
  guint8 *data = g_malloc (width * height);

  memset (data, 110, width * height);
  return limner_pixels_new_preview (LIMNER_PIXELS_GREY8, LARGE_WIDTH, LARGE_HEIGHT, 3, width, data);
}

/* The middle of the canvas shows one or the other at every moment, in the same place. */
static void
refine (Gui *gui)
{
  LimnerCanvas *canvas = gui->window->canvas;
  g_autoptr (LimnerPixels) preview = make_preview ();
  g_autoptr (LimnerPixels) whole = make_whole ();
  const double middle_x = gtk_widget_get_width (gui->canvas) / 2.0;
  const double middle_y = gtk_widget_get_height (gui->canvas) / 2.0;
  LimnerViewport view;
  guint n_frames = 0;

  limner_canvas_set_scene (canvas, NULL);
  limner_canvas_set_pixels (canvas, preview, FALSE);
  limner_canvas_zoom_to (canvas, 2.0, NULL);
  GUI_WAIT (gui, limner_canvas_is_settled (canvas));
  gui_settle (gui);
  GUI_CHECK (gui, gui_get_color (gui, gui->canvas, middle_x, middle_y) == 0x6e6e6e);
  view = canvas->view;
  limner_canvas_refine_pixels (canvas, whole);
  while (!limner_canvas_is_settled (canvas) && n_frames++ < 200)
    {
      guint32 color = gui_get_color (gui, gui->canvas, middle_x, middle_y);

      GUI_CHECK (gui, color == 0x6e6e6e || color == 0x646464 || color == 0x787878);
      gui_turn (gui, gui_deadline ());
    }
  gui_settle (gui);
  GUI_CHECK (gui, limner_viewport_equal (&view, &canvas->view));
  GUI_CHECK (gui, gui_get_color (gui, gui->canvas, middle_x, middle_y) != 0x6e6e6e);
}

static void
test_refine (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, refine);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "round-trips", test_round_trips },
    { "turn", test_turn },
    { "minimap", test_minimap },
    { "narrow-minimap", test_narrow_minimap },
    { "aids", test_aids },
    { "light", test_light },
    { "refine", test_refine },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "gui-view", cases);
}
