/* SPDX-License-Identifier: MIT */

/* The canvas in process: a window of its own with nothing else in it, its handlers called
 * directly. */

#include "canvas-fixture.h"

#include <canvas/tile-cache-private.h>
#include <math.h>

#define WIDTH 500
#define HEIGHT 400

/* ---- numbers only ---- */

static const LimnerViewportLimits limits = { 1000, 800, 3000, 2000, 1 };

static void
test_viewport_zoom_keeps_the_point (void)
{
  const double scales[] = { 0.3, 0.5, 0.77, 1.0, 3.0, 17.0, 64.0 };
  const LimnerPoint places[] = { { 500, 400 }, { 333, 287 }, { 700, 650 } };
  LimnerViewport view = { 0.4, -70, 13 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    for (guint j = 0; j < G_N_ELEMENTS (places); j++)
      {
        LimnerViewport next = limner_viewport_zoom (&view, &limits, scales[i], places[j]);
        double before = (places[j].x - view.x) / view.scale;
        double after = (places[j].x - next.x) / next.scale;

        g_assert_cmpfloat (next.scale, ==, scales[i]);
        /* offsets are whole pixels: half of one may be off */
        g_assert_cmpfloat (fabs (before - after) * next.scale, <=, 0.51);
        before = (places[j].y - view.y) / view.scale;
        after = (places[j].y - next.y) / next.scale;
        g_assert_cmpfloat (fabs (before - after) * next.scale, <=, 0.51);
      }
}

static void
test_viewport_zoom_is_limited (void)
{
  LimnerViewport view = { 0.4, -70, 13 };

  g_assert_cmpfloat (limner_viewport_zoom (&view, &limits, 1000, (LimnerPoint){ 0, 0 }).scale, ==,
                     LIMNER_ZOOM_MAX);
  g_assert_cmpfloat (limner_viewport_zoom (&view, &limits, 1e-9, (LimnerPoint){ 0, 0 }).scale, ==,
                     LIMNER_ZOOM_MIN);
}

static void
test_viewport_pan_limits (void)
{
  const double scales[] = { 0.05, 0.2, 1.0 / 3.0, 0.4, 1.0, 8.0 };
  const double moves[] = { -1e8, -12345, 12345, 1e8 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    for (guint j = 0; j < G_N_ELEMENTS (moves); j++)
      {
        const LimnerViewport view = { scales[i], 0, 0 };
        LimnerViewport moved = limner_viewport_pan (&view, &limits, moves[j], moves[j]);
        double width = limits.image_width * scales[i], height = limits.image_height * scales[i];
        double seen_x = MIN (moved.x + width, limits.width) - MAX (moved.x, 0);
        double seen_y = MIN (moved.y + height, limits.height) - MAX (moved.y, 0);

        g_assert_cmpfloat (seen_x, >=, MIN (width, limits.width) / 2 - 1);
        g_assert_cmpfloat (seen_y, >=, MIN (height, limits.height) / 2 - 1);
      }
}

static void
test_viewport_fit (void)
{
  LimnerViewport view = limner_viewport_fit (&limits, 12);

  g_assert_cmpfloat_with_epsilon (view.scale, 976.0 / 3000, 1e-9);
  g_assert_cmpint (view.x, ==, 12);
  g_assert_cmpfloat_with_epsilon (view.y, (800 - 2000 * view.scale) / 2, 0.51);

  /* a small picture fills the view, too */
  view = limner_viewport_fit (&(LimnerViewportLimits){ 1000, 800, 20, 10, 1 }, 12);
  g_assert_cmpfloat_with_epsilon (view.scale, 976.0 / 20, 1e-9);
}

static void
test_viewport_reveal (void)
{
  const LimnerViewport view = { 1.0, -500, -500 };
  const LimnerBox seen = { 600, 600, 50, 50 };
  const LimnerBox left = { 100, 600, 50, 50 };
  const LimnerBox below = { 600, 1700, 50, 50 };
  LimnerViewport moved = limner_viewport_reveal (&view, &limits, &seen, 48);

  g_assert_true (limner_viewport_equal (&moved, &view));
  moved = limner_viewport_reveal (&view, &limits, &left, 48);
  g_assert_cmpint (moved.x, ==, 48 - 100);
  g_assert_cmpint (moved.y, ==, view.y);
  moved = limner_viewport_reveal (&view, &limits, &below, 48);
  g_assert_cmpint (moved.x, ==, view.x);
  g_assert_cmpint (moved.y + 1750, ==, 800 - 48);
}

static void
test_viewport_mix_zooms_about_one_point (void)
{
  const LimnerViewport from = { 0.5, 100, 40 };
  const LimnerViewport to = limner_viewport_zoom (&from, &limits, 2.0, (LimnerPoint){ 600, 300 });
  const double x_img = (600 - from.x) / from.scale;

  for (int i = 0; i <= 10; i++)
    {
      LimnerViewport view = limner_viewport_mix (&from, &to, i / 10.0);

      g_assert_cmpfloat_with_epsilon (x_img * view.scale + view.x, 600, 1.6);
    }
  g_assert_true (limner_viewport_equal (&to, &(LimnerViewport){ 2.0, to.x, to.y }));
}

/* ---- a canvas on the screen ---- */

typedef struct
{
  GtkWindow *window;
  LimnerCanvas *canvas;
  CanvasSet set; /* where the test has one */
  guint n_done;
  guint n_menus;
  guint n_windows;
} Fixture;

static void
on_done (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ((Fixture *) user_data)->n_done++;
}

static void
on_menu (LimnerCanvas *canvas, double x, double y, Fixture *self)
{
  self->n_menus++;
}

static void
on_window_level (LimnerCanvas *canvas, Fixture *self)
{
  self->n_windows++;
}

static void
fixture_open (Fixture *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action = g_simple_action_new ("toggle-done", NULL);

  *self = (Fixture){ NULL };
  adw_init ();
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  g_signal_connect (self->canvas, "context-menu", G_CALLBACK (on_menu), self);
  g_signal_connect (self->canvas, "window-level-changed", G_CALLBACK (on_window_level), self);
  g_signal_connect (action, "activate", G_CALLBACK (on_done), self);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  self->window = canvas_fixture_show (self->canvas, WIDTH, HEIGHT);
  gtk_widget_insert_action_group (GTK_WIDGET (self->window), "win", G_ACTION_GROUP (group));
}

static void
fixture_close (Fixture *self)
{
  gtk_window_destroy (self->window);
  if (self->set.document != NULL)
    canvas_fixture_close_set (&self->set);
}

/* Each pixel is another one: its place can be read from its colour. */
static LimnerPixels *
make_pixels (guint width, guint height)
{
  guint32 *data = g_new (guint32, (gsize) width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[(gsize) y * width + x] =
          0xff000000 | (x * 7 % 256) << 16 | (y * 5 % 256) << 8 | ((x * 31 + y * 17) % 256);
  return limner_pixels_new (LIMNER_PIXELS_BGRX, width, height, (gsize) width * 4, (guint8 *) data);
}

static LimnerPixels *
make_plain_pixels (guint width, guint height, guint8 value)
{
  guint8 *data = g_malloc ((gsize) width * height);

  memset (data, value, (gsize) width * height);
  return limner_pixels_new (LIMNER_PIXELS_GREY8, width, height, width, data);
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

static guint32
get_background (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ()) ? 0x171717 : 0xdeddda;
}

static void
test_screen_is_what_the_engine_renders (void)
{
  const double zooms[] = { 0.37, 1.0, 1.4, 3.0 };
  g_autoptr (LimnerPixels) pixels = make_pixels (1200, 900);
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      LimnerViewport *view = &self.canvas->view;
      cairo_surface_t *wanted, *found;

      limner_canvas_zoom_to (self.canvas, zooms[i], &(LimnerPoint){ 211, 133 });
      limner_canvas_pan (self.canvas, -33, 17);
      limner_test_wait (limner_canvas_is_settled (self.canvas));
      found = canvas_fixture_capture (self.canvas);
      wanted =
          cairo_image_surface_create (CAIRO_FORMAT_RGB24, cairo_image_surface_get_width (found),
                                      cairo_image_surface_get_height (found));
      limner_pixels_render (pixels, wanted, -view->x, -view->y, view->scale, NULL,
                            get_background ());
      g_assert_cmpuint (count_differences (wanted, found), ==, 0);
      cairo_surface_destroy (wanted);
      cairo_surface_destroy (found);
    }
  fixture_close (&self);
}

static void
test_the_image_before_is_never_shown (void)
{
  g_autoptr (LimnerPixels) white = make_plain_pixels (800, 600, 255);
  g_autoptr (LimnerPixels) black = make_plain_pixels (800, 600, 0);
  cairo_surface_t *surface;
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, white, FALSE);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  surface = canvas_fixture_capture (self.canvas);
  g_assert_cmphex (get_pixel (surface, WIDTH / 2, HEIGHT / 2), ==, 0xffffff);
  cairo_surface_destroy (surface);

  /* in the very next frame */
  limner_canvas_set_pixels (self.canvas, black, TRUE);
  surface = canvas_fixture_capture (self.canvas);
  for (int y = 50; y < HEIGHT - 50; y += 10)
    for (int x = 50; x < WIDTH - 50; x += 10)
      g_assert_cmphex (get_pixel (surface, x, y), ==, 0);
  cairo_surface_destroy (surface);

  limner_canvas_set_pixels (self.canvas, NULL, TRUE);
  surface = canvas_fixture_capture (self.canvas);
  g_assert_cmphex (get_pixel (surface, WIDTH / 2, HEIGHT / 2), ==, get_background ());
  cairo_surface_destroy (surface);
  fixture_close (&self);
}

static void
test_view_is_kept_for_the_same_size (void)
{
  g_autoptr (LimnerPixels) first = make_plain_pixels (800, 600, 10);
  g_autoptr (LimnerPixels) second = make_plain_pixels (800, 600, 20);
  g_autoptr (LimnerPixels) other = make_plain_pixels (640, 480, 30);
  LimnerViewport view;
  guint mode;
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, first, TRUE);
  limner_canvas_zoom_to (self.canvas, 2.5, NULL);
  view = self.canvas->view;
  limner_canvas_set_pixels (self.canvas, NULL, TRUE);
  limner_canvas_set_pixels (self.canvas, second, TRUE);
  g_assert_true (limner_viewport_equal (&self.canvas->view, &view));
  limner_canvas_set_pixels (self.canvas, other, TRUE);
  g_object_get (self.canvas, "zoom-mode", &mode, NULL);
  g_assert_cmpuint (mode, ==, LIMNER_ZOOM_FIT);
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), <, 1.0);
  fixture_close (&self);
}

static void
test_zoom_eases_and_arrives (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  LimnerPoint at = { 120, 200 };
  LimnerPoint before, after;
  Fixture self;

  fixture_open (&self);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  before = limner_canvas_to_image (self.canvas, at);
  limner_canvas_zoom_to (self.canvas, 3.0, &at);
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), ==, 3.0);
  g_assert_cmpfloat (self.canvas->view.scale, <, 3.0 * self.canvas->scale_factor);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  g_assert_cmpfloat (self.canvas->view.scale, ==, 3.0 * self.canvas->scale_factor);
  after = limner_canvas_to_image (self.canvas, at);
  g_assert_cmpfloat_with_epsilon (before.x, after.x, 0.5);
  g_assert_cmpfloat_with_epsilon (before.y, after.y, 0.5);
  fixture_close (&self);
}

static void
test_memory_is_bounded (void)
{
  const gsize max_bytes = 6 * 1024 * 1024;
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (4000, 4000, 90);
  gsize visible;
  Fixture self;

  fixture_open (&self);
  limner_tile_cache_set_max_bytes (limner_canvas_get_tiles (self.canvas), max_bytes);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  limner_canvas_zoom_to (self.canvas, 4.0, NULL);
  /* the view with its ring, and again what stands in for it */
  visible = (gsize) (WIDTH * self.canvas->scale_factor / 256 + 4) *
            (HEIGHT * self.canvas->scale_factor / 256 + 4) * 256 * 256 * 4 * 2;
  for (guint i = 0; i < 40; i++)
    {
      limner_canvas_pan (self.canvas, -170, i % 2 == 0 ? -150 : 20);
      if (i % 5 == 0)
        limner_canvas_zoom_to (self.canvas, 4.0 + i * 0.1, NULL);
      limner_test_wait (limner_canvas_is_settled (self.canvas));
      g_assert_cmpuint (limner_tile_cache_get_bytes (limner_canvas_get_tiles (self.canvas)), <=,
                        MAX (max_bytes, visible));
    }
  fixture_close (&self);
}

/* ---- with shapes ---- */

static const char coco[] =
    "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":800,\"height\":600}],"
    "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":["
    "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[100,100,120,90],\"area\":10800,"
    "\"segmentation\":[],\"iscrowd\":0},"
    "{\"id\":2,\"image_id\":1,\"category_id\":1,\"bbox\":[500,400,200,90],\"area\":18000,"
    "\"segmentation\":[],\"iscrowd\":0}]}";

static void
fixture_open_scene (Fixture *self, LimnerPixels *pixels)
{
  fixture_open (self);
  self->set = canvas_fixture_open_set (self->canvas, pixels, coco);
}

/* Runs what is queued, ring and overview included. */
static guint64
count_jobs (Fixture *self)
{
  LimnerTileCache *tiles = limner_canvas_get_tiles (self->canvas);
  guint64 before;

  do
    {
      gint64 quiet = g_get_monotonic_time () + 60000;

      before = limner_tile_cache_count_jobs (tiles);
      limner_test_wait (g_get_monotonic_time () > quiet);
    }
  while (limner_tile_cache_count_jobs (tiles) != before);
  g_assert_true (limner_canvas_is_settled (self->canvas));
  return before;
}

/* Without the main loop, so that what is finished has not been taken. */
static void
let_threads_finish (LimnerTileCache *tiles)
{
  guint64 before;

  do
    {
      before = limner_tile_cache_count_jobs (tiles);
      g_usleep (100000);
    }
  while (limner_tile_cache_count_jobs (tiles) != before);
}

/* What runs for the picture before is not what is asked for now, though it is of the same kind. */
static void
test_labels_of_the_next_picture (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  g_autoptr (LimnerPixels) next = make_plain_pixels (800, 600, 60);
  LimnerTileCache *tiles;
  Fixture self;

  fixture_open_scene (&self, pixels);
  tiles = limner_canvas_get_tiles (self.canvas);
  limner_tile_cache_set_shapes (tiles, limner_tile_cache_get_shapes (tiles), NULL);
  let_threads_finish (tiles);
  limner_canvas_set_pixels (self.canvas, next, TRUE);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  fixture_close (&self);
}

static void
test_hover_and_selection_repaint_no_tile (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  cairo_surface_t *plain, *hovered, *selected;
  guint64 n_jobs;
  Fixture self;

  fixture_open_scene (&self, pixels);
  n_jobs = count_jobs (&self);
  plain = canvas_fixture_capture (self.canvas);
  limner_scene_set_hovered (self.set.scene, limner_scene_find_id (self.set.scene, 1));
  hovered = canvas_fixture_capture (self.canvas);
  limner_scene_select (self.set.scene, limner_scene_find_id (self.set.scene, 1), FALSE);
  selected = canvas_fixture_capture (self.canvas);
  g_assert_cmpuint (count_differences (plain, hovered), >, 100);
  g_assert_cmpuint (count_differences (hovered, selected), >, 50);
  g_assert_cmpuint (count_jobs (&self), ==, n_jobs);
  limner_scene_select_none (self.set.scene);
  limner_scene_set_hovered (self.set.scene, NULL);
  cairo_surface_destroy (selected);
  selected = canvas_fixture_capture (self.canvas);
  g_assert_cmpuint (count_differences (plain, selected), ==, 0);
  g_assert_cmpuint (count_jobs (&self), ==, n_jobs);
  cairo_surface_destroy (plain);
  cairo_surface_destroy (hovered);
  cairo_surface_destroy (selected);
  fixture_close (&self);
}

static void
test_hovered_fill_is_that_of_the_painter (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  LimnerSceneItem *item;
  LimnerPoint at;
  cairo_surface_t *found, *wanted;
  cairo_t *cr;
  LimnerView view;
  guint32 a, b;
  Fixture self;

  fixture_open_scene (&self, pixels);
  item = limner_scene_find_id (self.set.scene, 2);
  limner_scene_set_hovered (self.set.scene, item);
  found = canvas_fixture_capture (self.canvas);
  wanted = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cr = cairo_create (wanted);
  cairo_set_source_rgb (cr, 90 / 255.0, 90 / 255.0, 90 / 255.0);
  cairo_paint (cr);
  view = limner_canvas_get_painter_view (self.canvas);
  limner_painter_draw_shape (cr, &view, limner_scene_item_get_shape (item),
                             limner_scene_item_get_color (item), LIMNER_PAINT_HOVERED, NULL);
  cairo_destroy (cr);
  at = limner_canvas_to_view (self.canvas, (LimnerPoint){ 600, 450 });
  a = get_pixel (found, (int) at.x * self.canvas->scale_factor,
                 (int) at.y * self.canvas->scale_factor);
  b = get_pixel (wanted, (int) at.x, (int) at.y);
  for (guint shift = 0; shift < 24; shift += 8)
    g_assert_cmpint (ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)), <=, 3);
  cairo_surface_destroy (found);
  cairo_surface_destroy (wanted);
  fixture_close (&self);
}

static void
test_an_edit_repaints_its_tiles_only (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  guint64 n_jobs;
  Fixture self;

  fixture_open_scene (&self, pixels);
  /* at 400 % a shape of 120 x 90 pixels touches few of the tiles in view */
  limner_canvas_zoom_to (self.canvas, 4.0, &(LimnerPoint){ 60, 60 });
  n_jobs = count_jobs (&self);
  limner_scene_set_visible (self.set.scene, limner_scene_find_id (self.set.scene, 2), FALSE);
  /* out of view: labels and the overview, no tile */
  g_assert_cmpuint (count_jobs (&self) - n_jobs, <=, 2);
  fixture_close (&self);
}

static void
test_shapes_wait_for_their_picture (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  g_autoptr (LimnerPixels) other = make_plain_pixels (400, 300, 90);
  cairo_surface_t *surface;
  int factor;
  Fixture self;

  fixture_open_scene (&self, pixels);
  limner_canvas_set_pixels (self.canvas, other, FALSE);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  surface = canvas_fixture_capture (self.canvas);
  factor = self.canvas->scale_factor;
  for (int y = 30; y < HEIGHT - 30; y++)
    g_assert_cmphex (get_pixel (surface, WIDTH / 3 * factor, y * factor), ==, 0x5a5a5a);
  cairo_surface_destroy (surface);
  fixture_close (&self);
}

static void
test_labels (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  g_autoptr (LimnerShapeSet) shapes = NULL;
  g_autoptr (LimnerLabelLayout) layout = NULL;
  g_autoptr (LimnerLabelLayout) small = NULL;
  const LimnerBox all = { 0, 0, 800, 600 };
  Fixture self;

  fixture_open_scene (&self, pixels);
  shapes = limner_shape_set_new (self.set.scene, 800, 600, NULL, LIMNER_ORIENTATION_NORMAL);
  g_assert_cmpuint (limner_shape_set_get_n_entries (shapes), ==, 2);
  layout = limner_label_layout_new (shapes, 1.0, 1, 800, 600, &all, NULL);
  g_assert_cmpuint (layout->labels->len, ==, 2);
  /* the same text and colour are one image */
  g_assert_cmpuint (layout->chips->len, ==, 1);
  /* 120 px wide objects are 36 px wide at 30 %: only the other one is labelled */
  small = limner_label_layout_new (shapes, 0.3, 1, 800, 600, &all, NULL);
  g_assert_cmpuint (small->labels->len, ==, 1);
  fixture_close (&self);
}

static void
test_nothing_is_kept_of_what_is_closed (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  LimnerTileCache *tiles;
  Fixture self;

  fixture_open_scene (&self, pixels);
  tiles = limner_canvas_get_tiles (self.canvas);
  cairo_surface_destroy (canvas_fixture_capture (self.canvas));
  g_assert_nonnull (tiles->shown_tiles.node);
  g_assert_nonnull (tiles->shown_labels.node);
  g_object_set (self.canvas, "show-labels", FALSE, NULL);
  g_assert_null (tiles->shown_labels.node);
  g_object_set (self.canvas, "show-labels", TRUE, NULL);
  limner_test_wait (limner_canvas_is_settled (self.canvas));
  cairo_surface_destroy (canvas_fixture_capture (self.canvas));
  g_assert_nonnull (tiles->shown_labels.node);
  limner_canvas_set_pixels (self.canvas, NULL, FALSE);
  g_assert_null (tiles->shown_tiles.node);
  g_assert_null (tiles->shown_labels.node);
  fixture_close (&self);
}

/* A hundred selected shapes elsewhere in the picture cost nothing, and are there when one gets
 * there. */
static void
test_selection_out_of_view_is_not_painted (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  Fixture self;

  fixture_open_scene (&self, pixels);
  g_object_set (self.canvas, "show-labels", FALSE, NULL);
  limner_canvas_zoom_to (self.canvas, 8.0, &(LimnerPoint){ 20, 20 });
  limner_scene_select (self.set.scene, limner_scene_find_id (self.set.scene, 2), FALSE);
  cairo_surface_destroy (canvas_fixture_capture (self.canvas));
  g_assert_cmpuint (self.canvas->overlay->len, ==, 0);
  limner_canvas_center_on (self.canvas, (LimnerPoint){ 600, 440 });
  cairo_surface_destroy (canvas_fixture_capture (self.canvas));
  g_assert_cmpuint (self.canvas->overlay->len, ==, 1);
  fixture_close (&self);
}

/* ---- the hand ---- */

static void
test_space_tap_and_hold (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  LimnerViewport view;
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  limner_canvas_zoom_to (self.canvas, 3.0, NULL);

  g_assert_true (limner_canvas_key_pressed (self.canvas, GDK_KEY_space, 0));
  limner_canvas_key_released (self.canvas, GDK_KEY_space);
  g_assert_cmpuint (self.n_done, ==, 1);

  /* held for a drag */
  view = self.canvas->view;
  limner_canvas_key_pressed (self.canvas, GDK_KEY_space, 0);
  g_assert_cmpstr (self.canvas->cursor_name, ==, "grab");
  limner_canvas_press (self.canvas, 100, 100, 1, 1, 0);
  g_assert_cmpstr (self.canvas->cursor_name, ==, "grabbing");
  limner_canvas_motion (self.canvas, 130, 90, 0);
  limner_canvas_release (self.canvas, 130, 90, 0);
  limner_canvas_key_released (self.canvas, GDK_KEY_space);
  g_assert_cmpuint (self.n_done, ==, 1);
  g_assert_cmpint (self.canvas->view.x - view.x, ==, 30 * self.canvas->scale_factor);
  g_assert_cmpint (self.canvas->view.y - view.y, ==, -10 * self.canvas->scale_factor);

  /* held, and then thought better of */
  limner_canvas_key_pressed (self.canvas, GDK_KEY_space, 0);
  g_usleep (300000);
  limner_canvas_key_pressed (self.canvas, GDK_KEY_space, 0);
  limner_canvas_key_released (self.canvas, GDK_KEY_space);
  g_assert_cmpuint (self.n_done, ==, 1);
  fixture_close (&self);
}

static void
test_space_closes_a_polygon (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  g_autoptr (LimnerTool) tool = NULL;
  const LimnerPoint points[] = { { 200, 200 }, { 300, 210 }, { 260, 300 } };
  guint n;
  Fixture self;

  fixture_open_scene (&self, pixels);
  limner_scene_set_active_category (self.set.scene, 1);
  tool = limner_tool_new ("polygon", self.set.scene);
  limner_canvas_set_tool (self.canvas, tool);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      LimnerPoint at = limner_canvas_to_view (self.canvas, points[i]);

      limner_canvas_motion (self.canvas, at.x, at.y, 0);
      limner_canvas_press (self.canvas, at.x, at.y, 1, 1, 0);
      limner_canvas_release (self.canvas, at.x, at.y, 0);
    }
  g_assert_true (limner_tool_is_active (tool));
  /* while it is drawn a right click takes back its last point, and no menu opens */
  limner_canvas_press (self.canvas, 10, 10, 3, 1, 0);
  limner_canvas_release (self.canvas, 10, 10, 0);
  g_assert_cmpuint (self.n_menus, ==, 0);
  {
    LimnerPoint at = limner_canvas_to_view (self.canvas, points[2]);

    limner_canvas_press (self.canvas, at.x, at.y, 1, 1, 0);
    limner_canvas_release (self.canvas, at.x, at.y, 0);
  }
  g_assert_true (limner_canvas_key_pressed (self.canvas, GDK_KEY_space, 0));
  limner_canvas_key_released (self.canvas, GDK_KEY_space);
  g_assert_false (limner_tool_is_active (tool));
  g_assert_cmpuint (self.n_done, ==, 0);
  n = g_list_model_get_n_items (G_LIST_MODEL (self.set.scene));
  g_assert_cmpuint (n, ==, 3);
  limner_canvas_set_tool (self.canvas, NULL);
  g_clear_object (&tool);
  fixture_close (&self);
}

static void
test_right_button (void)
{
  g_autoptr (LimnerPixels) pixels = make_pixels (800, 600);
  LimnerWindowLevel window;
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  limner_canvas_press (self.canvas, 100, 100, 3, 1, 0);
  limner_canvas_motion (self.canvas, 102, 101, 0);
  limner_canvas_release (self.canvas, 102, 101, 0);
  g_assert_cmpuint (self.n_menus, ==, 1);
  g_assert_cmpuint (self.n_windows, ==, 0);

  /* to the right is wider, up is brighter */
  limner_canvas_press (self.canvas, 100, 100, 3, 1, 0);
  limner_canvas_motion (self.canvas, 150, 60, 0);
  limner_canvas_release (self.canvas, 150, 60, 0);
  g_assert_cmpuint (self.n_menus, ==, 1);
  g_assert_cmpuint (self.n_windows, >=, 1);
  window = limner_canvas_get_window_level (self.canvas);
  g_assert_cmpfloat (window.high - window.low, >, 300);
  g_assert_cmpfloat (window.high + window.low, <, 255);

  /* Ctrl fits it to a region; Esc gives a drag up */
  limner_canvas_press (self.canvas, 200, 200, 3, 1, GDK_CONTROL_MASK);
  limner_canvas_motion (self.canvas, 220, 220, GDK_CONTROL_MASK);
  limner_canvas_release (self.canvas, 220, 220, GDK_CONTROL_MASK);
  window = limner_canvas_get_window_level (self.canvas);
  g_assert_cmpfloat (window.high, <=, 255);
  limner_canvas_press (self.canvas, 100, 100, 3, 1, 0);
  limner_canvas_motion (self.canvas, 150, 60, 0);
  limner_canvas_key_pressed (self.canvas, GDK_KEY_Escape, 0);
  g_assert_cmpfloat (limner_canvas_get_window_level (self.canvas).low, ==, window.low);
  limner_canvas_release (self.canvas, 150, 60, 0);
  fixture_close (&self);
}

static void
test_wheel (void)
{
  g_autoptr (LimnerPixels) pixels = make_plain_pixels (800, 600, 90);
  LimnerPoint before, after;
  LimnerViewport view;
  double zoom;
  Fixture self;

  fixture_open (&self);
  limner_canvas_set_pixels (self.canvas, pixels, FALSE);
  limner_canvas_zoom_to (self.canvas, 3.0, NULL);
  zoom = limner_canvas_get_zoom (self.canvas);
  view = self.canvas->view;
  limner_canvas_motion (self.canvas, 333, 77, 0);

  limner_canvas_scroll (self.canvas, 0, 1, TRUE, 0);
  g_assert_cmpint (self.canvas->view.y, <, view.y);
  g_assert_cmpint (self.canvas->view.x, ==, view.x);
  view = self.canvas->view;
  limner_canvas_scroll (self.canvas, 0, 1, TRUE, GDK_SHIFT_MASK);
  g_assert_cmpint (self.canvas->view.y, ==, view.y);
  g_assert_cmpint (self.canvas->view.x, <, view.x);
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), ==, zoom);

  before = limner_canvas_to_image (self.canvas, (LimnerPoint){ 333, 77 });
  limner_canvas_scroll (self.canvas, 0, -1, TRUE, GDK_CONTROL_MASK);
  after = limner_canvas_to_image (self.canvas, (LimnerPoint){ 333, 77 });
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), >, zoom * 1.2);
  g_assert_cmpfloat_with_epsilon (before.x, after.x, 0.5);
  g_assert_cmpfloat_with_epsilon (before.y, after.y, 0.5);

  g_object_set (self.canvas, "wheel-zooms", TRUE, NULL);
  zoom = limner_canvas_get_zoom (self.canvas);
  limner_canvas_scroll (self.canvas, 0, -1, TRUE, 0);
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), >, zoom * 1.2);
  zoom = limner_canvas_get_zoom (self.canvas);
  limner_canvas_scroll (self.canvas, 0, -1, TRUE, GDK_CONTROL_MASK);
  g_assert_cmpfloat (limner_canvas_get_zoom (self.canvas), ==, zoom);
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "viewport-zoom-keeps-the-point", test_viewport_zoom_keeps_the_point },
    { "viewport-zoom-is-limited", test_viewport_zoom_is_limited },
    { "viewport-pan-limits", test_viewport_pan_limits },
    { "viewport-fit", test_viewport_fit },
    { "viewport-reveal", test_viewport_reveal },
    { "viewport-mix-zooms-about-one-point", test_viewport_mix_zooms_about_one_point },
    { "screen-is-what-the-engine-renders", test_screen_is_what_the_engine_renders },
    { "the-image-before-is-never-shown", test_the_image_before_is_never_shown },
    { "view-is-kept-for-the-same-size", test_view_is_kept_for_the_same_size },
    { "zoom-eases-and-arrives", test_zoom_eases_and_arrives },
    { "memory-is-bounded", test_memory_is_bounded },
    { "labels-of-the-next-picture", test_labels_of_the_next_picture },
    { "hover-and-selection-repaint-no-tile", test_hover_and_selection_repaint_no_tile },
    { "hovered-fill-is-that-of-the-painter", test_hovered_fill_is_that_of_the_painter },
    { "an-edit-repaints-its-tiles-only", test_an_edit_repaints_its_tiles_only },
    { "shapes-wait-for-their-picture", test_shapes_wait_for_their_picture },
    { "labels", test_labels },
    { "nothing-is-kept-of-what-is-closed", test_nothing_is_kept_of_what_is_closed },
    { "selection-out-of-view-is-not-painted", test_selection_out_of_view_is_not_painted },
    { "space-tap-and-hold", test_space_tap_and_hold },
    { "space-closes-a-polygon", test_space_closes_a_polygon },
    { "right-button", test_right_button },
    { "wheel", test_wheel },
    { NULL },
  };

  return limner_test_main (argc, argv, "canvas", cases);
}
