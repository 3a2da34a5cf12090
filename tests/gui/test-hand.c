/* SPDX-License-Identifier: MIT */

/* What follows the pointer: it is painted in stages, so the screen itself is looked at. */

#include "canvas-fixture.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk/x11/gdkx.h>

#define WIDTH 500
#define HEIGHT 400

static const char coco[] =
    "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":800,\"height\":600}],"
    "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":["
    "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[100,100,120,90],\"area\":10800,"
    "\"segmentation\":[],\"iscrowd\":0},"
    "{\"id\":2,\"image_id\":1,\"category_id\":1,\"bbox\":[500,400,200,90],\"area\":18000,"
    "\"segmentation\":[[500,400,700,400,700,490,500,490]],\"iscrowd\":0}]}";

typedef struct
{
  GtkWindow *window;
  LimnerCanvas *canvas;
  CanvasSet set;
  guint n_frames;
} Fixture;

static void
on_after_paint (Fixture *self)
{
  self->n_frames++;
}

static LimnerPixels *
make_pixels (void)
{
  guint8 *data = g_malloc (800 * 600);

  for (guint i = 0; i < 800 * 600; i++)
    data[i] = (guint8) (60 + i % 800 / 8 + i / 800 / 10);
  return limner_pixels_new (LIMNER_PIXELS_GREY8, 800, 600, 800, data);
}

static void
fixture_open (Fixture *self)
{
  g_autoptr (LimnerPixels) pixels = make_pixels ();

  *self = (Fixture){ NULL };
  adw_init ();
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  self->window = canvas_fixture_show (self->canvas, WIDTH, HEIGHT);
  g_signal_connect_swapped (gtk_widget_get_frame_clock (GTK_WIDGET (self->canvas)), "after-paint",
                            G_CALLBACK (on_after_paint), self);
  self->set = canvas_fixture_open_set (self->canvas, pixels, coco);
}

static void
fixture_close (Fixture *self)
{
  gtk_window_destroy (self->window);
  canvas_fixture_close_set (&self->set);
}

static void
use_tool (Fixture *self, const char *name)
{
  g_autoptr (LimnerTool) tool = limner_tool_new (name, self->set.scene);

  limner_canvas_set_tool (self->canvas, tool);
}

/* Until the frame under way is on the screen. */
static void
wait_frame (Fixture *self)
{
  const guint n = self->n_frames;

  gdk_frame_clock_request_phase (gtk_widget_get_frame_clock (GTK_WIDGET (self->canvas)),
                                 GDK_FRAME_CLOCK_PHASE_PAINT);
  limner_test_wait (self->n_frames > n);
}

/* (transfer full): what the screen shows of the canvas. */
static cairo_surface_t *
look (Fixture *self)
{
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self->canvas));
  const int width = WIDTH * factor, height = HEIGHT * factor;
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));
  cairo_surface_t *found = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  XImage *image;

  wait_frame (self);
  image = XGetImage (gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface)),
                     gdk_x11_surface_get_xid (surface), 0, 0, (guint) width, (guint) height,
                     AllPlanes, ZPixmap);
  g_assert_nonnull (image);
  g_assert_cmpint (image->bits_per_pixel, ==, 32);
  for (int y = 0; y < height; y++)
    memcpy (cairo_image_surface_get_data (found) + y * cairo_image_surface_get_stride (found),
            image->data + y * image->bytes_per_line, (gsize) width * 4);
  cairo_surface_mark_dirty (found);
  XDestroyImage (image);
  return found;
}

static guint
count_differences (cairo_surface_t *a, cairo_surface_t *b)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      n += get_pixel (a, x, y) != get_pixel (b, x, y);
  return n;
}

/* (transfer full): what the screen shows, which is what the canvas would paint at once. */
static cairo_surface_t *
check_screen (Fixture *self)
{
  cairo_surface_t *found = look (self), *wanted = canvas_fixture_capture (self->canvas);

  g_assert_cmpuint (count_differences (found, wanted), ==, 0);
  cairo_surface_destroy (wanted);
  return found;
}

/* In the middle of the picture's grey, away from where the lines cross. */
static gboolean
has_lines (Fixture *self, cairo_surface_t *screen, cairo_surface_t *plain, int x, int y)
{
  const int factor = self->canvas->scale_factor;
  const int far_x = (x < WIDTH / 2 ? WIDTH - 40 : 40) * factor;
  const int far_y = (y < HEIGHT / 2 ? HEIGHT - 80 : 80) * factor;
  guint n = 0;

  x *= factor;
  y *= factor;
  n += get_pixel (screen, x, far_y) > get_pixel (plain, x, far_y);
  n += get_pixel (screen, x + factor, far_y) < get_pixel (plain, x + factor, far_y);
  n += get_pixel (screen, far_x, y) > get_pixel (plain, far_x, y);
  n += get_pixel (screen, far_x, y + factor) < get_pixel (plain, far_x, y + factor);
  g_assert_true (n == 0 || n == 4);
  return n == 4;
}

static gboolean
on_render (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  ++*(guint *) user_data;
  return TRUE;
}

/* The toolkit has no part in it: it would walk the whole window. */
static void
test_a_hand_paints_itself (void)
{
  guint n_renders = 0;
  gulong hook;
  Fixture self;

  fixture_open (&self);
  hook = g_signal_add_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render,
                                     &n_renders, NULL);
  use_tool (&self, "box");
  limner_canvas_motion (self.canvas, 100, 100, 0);
  for (guint i = 0; i < 4; i++)
    wait_frame (&self);
  g_assert_true (self.canvas->is_staged);
  n_renders = 0;
  for (int i = 0; i < 5; i++)
    {
      limner_canvas_motion (self.canvas, 300 + i * 10, 130 + i * 4, 0);
      cairo_surface_destroy (check_screen (&self));
    }
  use_tool (&self, "select");
  for (int i = 0; i < 4; i++)
    {
      const LimnerPoint at =
          limner_canvas_to_view (self.canvas,
                                 (LimnerPoint){ i % 2 ? 160 : 600, i % 2 ? 140 : 450 });

      limner_canvas_motion (self.canvas, at.x, at.y, 0);
      g_assert_nonnull (limner_scene_get_hovered (self.set.scene));
      cairo_surface_destroy (check_screen (&self));
    }
  /* nine motions; the ring of the focus goes by itself at some time, and the toolkit paints that */
  g_assert_cmpuint (n_renders, <=, 2);
  /* and what the toolkit paints does not wipe it out */
  gtk_widget_queue_draw (GTK_WIDGET (self.window));
  cairo_surface_destroy (check_screen (&self));
  limner_canvas_update_look (self.canvas);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  cairo_surface_destroy (check_screen (&self));
  g_assert_cmpuint (n_renders, >, 0);
  g_signal_remove_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), hook);
  fixture_close (&self);
}

static void
test_lines_follow_the_pointer (void)
{
  static const int places[][2] = { { 200, 160 }, { 203, 160 }, { 203, 171 },
                                   { 260, 240 }, { 90, 300 },  { 420, 110 } };
  cairo_surface_t *plain, *screen;
  int before[2] = { 330, 130 };
  Fixture self;

  fixture_open (&self);
  plain = check_screen (&self);
  use_tool (&self, "box");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const int *at = places[i];

      limner_canvas_motion (self.canvas, at[0] + 0.4, at[1] + 0.7, 0);
      screen = check_screen (&self);
      g_assert_true (has_lines (&self, screen, plain, at[0], at[1]));
      /* what they leave is as it was */
      if (ABS (before[0] - at[0]) > 1 && ABS (before[1] - at[1]) > 1)
        g_assert_false (has_lines (&self, screen, plain, before[0], before[1]));
      memcpy (before, at, sizeof before);
      cairo_surface_destroy (screen);
    }
  limner_canvas_leave (self.canvas);
  screen = check_screen (&self);
  g_assert_cmpuint (count_differences (screen, plain), ==, 0);
  cairo_surface_destroy (screen);
  cairo_surface_destroy (plain);
  fixture_close (&self);
}

static void
test_lines_go_away (void)
{
  cairo_surface_t *plain, *screen;
  Fixture self;

  fixture_open (&self);
  plain = check_screen (&self);
  use_tool (&self, "box");
  limner_canvas_motion (self.canvas, 250, 200, 0);
  screen = check_screen (&self);
  g_assert_true (has_lines (&self, screen, plain, 250, 200));
  cairo_surface_destroy (screen);

  g_object_set (self.canvas, "show-crosshair", FALSE, NULL);
  screen = check_screen (&self);
  g_assert_cmpuint (count_differences (screen, plain), ==, 0);
  cairo_surface_destroy (screen);

  g_object_set (self.canvas, "show-crosshair", TRUE, NULL);
  screen = check_screen (&self);
  g_assert_true (has_lines (&self, screen, plain, 250, 200));
  cairo_surface_destroy (screen);

  use_tool (&self, "select");
  screen = check_screen (&self);
  g_assert_cmpuint (count_differences (screen, plain), ==, 0);
  cairo_surface_destroy (screen);
  cairo_surface_destroy (plain);
  fixture_close (&self);
}

/* The view moves below lines that stay, and a shape appears below them. */
static void
test_the_screen_is_never_behind (void)
{
  Fixture self;

  fixture_open (&self);
  use_tool (&self, "box");
  limner_canvas_press (self.canvas, 120, 120, GDK_BUTTON_PRIMARY, 1, 0);
  for (int i = 0; i < 12; i++)
    {
      limner_canvas_motion (self.canvas, 130 + i * 23, 130 + i * 11, 0);
      cairo_surface_destroy (check_screen (&self));
      if (i == 5)
        limner_canvas_pan (self.canvas, 7, -9);
      if (i == 8)
        limner_canvas_zoom_to (self.canvas, 1.0, NULL);
      limner_test_wait (limner_canvas_is_settled (self.canvas));
      cairo_surface_destroy (check_screen (&self));
    }
  limner_canvas_release (self.canvas, 400, 300, 0);
  cairo_surface_destroy (check_screen (&self));
  use_tool (&self, "select");
  limner_canvas_zoom_fit (self.canvas);
  for (int i = 0; i < 12; i++)
    {
      const LimnerPoint at =
          limner_canvas_to_view (self.canvas,
                                 (LimnerPoint){ i % 2 ? 160 : 600, i % 3 ? 140 : 450 });

      limner_canvas_motion (self.canvas, at.x, at.y, 0);
      limner_test_wait (limner_canvas_is_settled (self.canvas));
      cairo_surface_destroy (check_screen (&self));
    }
  fixture_close (&self);
}

static guint
count_differences_in (cairo_surface_t *a,
                      cairo_surface_t *b,
                      const graphene_rect_t *area,
                      int factor)
{
  const int x0 = (int) area->origin.x * factor, y0 = (int) area->origin.y * factor;
  guint n = 0;

  for (int y = y0; y < y0 + (int) area->size.height * factor; y++)
    for (int x = x0; x < x0 + (int) area->size.width * factor; x++)
      n += get_pixel (a, x, y) != get_pixel (b, x, y);
  return n;
}

/* A button over the canvas, as the minimap and messages are. */
static void
test_what_lies_above_stays_above (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *button = gtk_button_new_with_label ("above");
  cairo_surface_t *before, *after;
  graphene_rect_t bounds;
  Fixture self;

  fixture_open (&self);
  g_object_ref (self.canvas);
  gtk_window_set_child (self.window, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (self.canvas));
  g_object_unref (self.canvas);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), button);
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_window_set_child (self.window, overlay);
  use_tool (&self, "box");
  limner_test_wait (gtk_widget_get_width (button) > 20 && limner_canvas_is_settled (self.canvas));
  for (guint i = 0; i < 3; i++)
    wait_frame (&self);
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (self.canvas), &bounds));
  before = look (&self);
  limner_canvas_motion (self.canvas, WIDTH / 2, HEIGHT / 2, 0);
  after = look (&self);
  g_assert_true (self.canvas->is_staged);
  g_assert_cmpuint (count_differences (before, after), >, 500);
  g_assert_cmpuint (count_differences_in (before, after, &bounds, self.canvas->scale_factor), ==,
                    0);
  cairo_surface_destroy (after);
  /* below something that lies on all of it the toolkit paints the layer */
  gtk_widget_set_halign (button, GTK_ALIGN_FILL);
  gtk_widget_set_valign (button, GTK_ALIGN_FILL);
  gtk_widget_queue_resize (button);
  limner_test_wait (gtk_widget_get_width (button) > WIDTH - 60);
  for (guint i = 0; i < 3; i++)
    wait_frame (&self);
  g_assert_false (self.canvas->is_staged);
  gtk_widget_set_visible (button, FALSE);
  for (guint i = 0; i < 3; i++)
    wait_frame (&self);
  g_assert_true (self.canvas->is_staged);
  cairo_surface_destroy (check_screen (&self));
  cairo_surface_destroy (before);
  fixture_close (&self);
}

/* What stands beside the canvas takes nothing of it: lines go to its edge. */
static void
test_lines_reach_the_edge (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *beside = gtk_button_new_with_label ("beside");
  cairo_surface_t *before, *after;
  guint n = 0;
  Fixture self;
  int edge;

  fixture_open (&self);
  g_object_ref (self.canvas);
  gtk_window_set_child (self.window, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self.canvas));
  gtk_box_append (GTK_BOX (box), beside);
  g_object_unref (self.canvas);
  gtk_window_set_child (self.window, box);
  use_tool (&self, "box");
  limner_test_wait (gtk_widget_get_width (beside) > 20 && limner_canvas_is_settled (self.canvas));
  for (guint i = 0; i < 3; i++)
    wait_frame (&self);
  before = look (&self);
  limner_canvas_motion (self.canvas, 200, HEIGHT / 2, 0);
  after = look (&self);
  g_assert_true (self.canvas->is_staged);
  edge = gtk_widget_get_width (GTK_WIDGET (self.canvas)) * self.canvas->scale_factor - 1;
  for (int y = 0; y < cairo_image_surface_get_height (after); y++)
    n += get_pixel (before, edge, y) != get_pixel (after, edge, y);
  g_assert_cmpuint (n, >, 0);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  fixture_close (&self);
}

static void
check_name (Fixture *self)
{
  const LimnerCanvas *canvas = self->canvas;
  graphene_rect_t bounds;

  g_assert_cmpuint (canvas->overlay->len, ==, 2);
  gsk_render_node_get_bounds (canvas->overlay->pdata[1], &bounds);
  bounds.origin.x += (float) canvas->view.x / (float) canvas->scale_factor;
  bounds.origin.y += (float) canvas->view.y / (float) canvas->scale_factor;
  g_assert_true (graphene_rect_contains_rect (&GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT), &bounds));
}

/* The place of a name is above its shape, which may be out of sight. */
static void
test_a_hovered_name_is_in_view (void)
{
  LimnerPoint at;
  Fixture self;

  fixture_open (&self);
  use_tool (&self, "select");
  limner_canvas_zoom_to (self.canvas, 4.0, NULL);
  limner_canvas_center_on (self.canvas, (LimnerPoint){ 600, 445 });
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  at = limner_canvas_to_view (self.canvas, (LimnerPoint){ 600, 445 });
  limner_canvas_motion (self.canvas, at.x, at.y, 0);
  cairo_surface_destroy (check_screen (&self));
  check_name (&self);
  /* and stays there when the view moves below it */
  for (guint i = 0; i < 4; i++)
    {
      limner_canvas_pan (self.canvas, i < 2 ? 25 : -30, i < 2 ? 20 : -25);
      cairo_surface_destroy (check_screen (&self));
      check_name (&self);
    }
  fixture_close (&self);
}

/* The toolkit paints all of a view that moves: the hand's layer goes with it. */
static void
test_a_view_that_moves_takes_the_hand_along (void)
{
  Fixture self;
  guint n_frames = 0;

  fixture_open (&self);
  use_tool (&self, "box");
  limner_canvas_motion (self.canvas, 300, 300, 0);
  cairo_surface_destroy (check_screen (&self));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  limner_canvas_zoom_to (self.canvas, 3.0, &(LimnerPoint){ 300, 300 });
  while (self.canvas->move_tick != 0)
    {
      const gint64 frame =
          gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (GTK_WIDGET (self.canvas)));

      while (gdk_frame_clock_get_frame_counter (
                 gtk_widget_get_frame_clock (GTK_WIDGET (self.canvas))) == frame)
        g_main_context_iteration (NULL, TRUE);
      n_frames += self.canvas->move_tick != 0;
      if (n_frames > 0 && self.canvas->move_tick != 0)
        g_assert_false (self.canvas->is_staged);
    }
  g_assert_cmpuint (n_frames, >, 1);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  cairo_surface_destroy (check_screen (&self));
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "a-hand-paints-itself", test_a_hand_paints_itself },
    { "lines-follow-the-pointer", test_lines_follow_the_pointer },
    { "lines-go-away", test_lines_go_away },
    { "lines-reach-the-edge", test_lines_reach_the_edge },
    { "a-hovered-name-is-in-view", test_a_hovered_name_is_in_view },
    { "a-view-that-moves-takes-the-hand-along", test_a_view_that_moves_takes_the_hand_along },
    { "the-screen-is-never-behind", test_the_screen_is_never_behind },
    { "what-lies-above-stays-above", test_what_lies_above_stays_above },
    { NULL },
  };

  return limner_test_main (argc, argv, "hand", cases);
}
