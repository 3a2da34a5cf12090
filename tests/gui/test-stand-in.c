/* SPDX-License-Identifier: MIT */

/*
 * What stands in for tiles while the view moves: the scaling of tiles that are there, what fills
 * the gaps, and that no shape is gone for a single frame.
 */

#include "canvas-fixture.h"

#include <canvas/tile-cache-private.h>
#include <canvas/tile-stand-in.h>
#include <math.h>

#define TILE LIMNER_TILE_SIZE
#define N_COLUMNS 3
#define N_ROWS 2
#define N_CELLS (N_COLUMNS * N_ROWS)

/* Ratios of the target's scale to the source's. */
static const double ratios[] = { 0.3, 0.5, 0.83, 1.0, 1.13, 1.6, 4.7 };

/* ---- scaling ---- */

/* A picture of soft and hard edges, whole and cut into cells. */
typedef struct
{
  cairo_surface_t *whole;
  cairo_surface_t *cells[N_CELLS];
  LimnerStretch *stretch;
} Picture;

static void
put_pixel (cairo_surface_t *surface, int x, int y, guint32 pixel)
{
  guint8 *row =
      cairo_image_surface_get_data (surface) + (gsize) y * cairo_image_surface_get_stride (surface);

  ((guint32 *) (gpointer) row)[x] = pixel;
}

static cairo_surface_t *
new_surface (int width, int height)
{
  return cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
}

static void
picture_init (Picture *self)
{
  self->stretch = limner_stretch_new ();
  self->whole = new_surface (N_COLUMNS * TILE, N_ROWS * TILE);
  for (guint i = 0; i < N_CELLS; i++)
    self->cells[i] = new_surface (TILE, TILE);
  for (int y = 0; y < N_ROWS * TILE; y++)
    for (int x = 0; x < N_COLUMNS * TILE; x++)
      {
        guint32 red = (guint32) (128 + 127 * sin (x / 9.0)), green = (guint32) (x + y) & 255;
        guint32 blue = x / 5 % 2 == y / 7 % 2 ? 250 : 10;
        guint32 pixel = 0xff000000 | red << 16 | green << 8 | blue;

        put_pixel (self->whole, x, y, pixel);
        put_pixel (self->cells[y / TILE * N_COLUMNS + x / TILE], x % TILE, y % TILE, pixel);
      }
  cairo_surface_mark_dirty (self->whole);
}

static void
picture_clear (Picture *self)
{
  limner_stretch_unref (self->stretch);
  cairo_surface_destroy (self->whole);
  for (guint i = 0; i < N_CELLS; i++)
    if (self->cells[i] != NULL)
      cairo_surface_destroy (self->cells[i]);
}

static LimnerStretchSource
get_source (Picture *self)
{
  return (LimnerStretchSource){ .scale = 1,
                                .cell_width = TILE,
                                .cell_height = TILE,
                                .n_columns = N_COLUMNS,
                                .n_rows = N_ROWS,
                                .cells = self->cells };
}

static LimnerStretchTarget
get_target (cairo_surface_t *surface, double scale, int x, int y)
{
  return (LimnerStretchTarget){ .scale = scale,
                                .pixels =
                                    (guint32 *) (gpointer) cairo_image_surface_get_data (surface),
                                .stride = (gsize) cairo_image_surface_get_stride (surface) / 4,
                                .x = x,
                                .y = y };
}

static int
difference (guint32 a, guint32 b)
{
  int largest = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    largest = MAX (largest, ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)));
  return largest;
}

static void
test_scaled_as_cairo_does (void)
{
  Picture picture;

  picture_init (&picture);
  for (guint i = 0; i < G_N_ELEMENTS (ratios); i++)
    {
      int width = (int) round (N_COLUMNS * TILE * ratios[i]);
      int height = (int) round (N_ROWS * TILE * ratios[i]);
      const cairo_rectangle_int_t area = { 0, 0, width, height };
      cairo_surface_t *found = new_surface (width, height), *wanted = new_surface (width, height);
      LimnerStretchSource source = get_source (&picture);
      LimnerStretchTarget target = get_target (found, ratios[i], 0, 0);
      cairo_t *cr = cairo_create (wanted);
      int largest = 0;
      double sum = 0;

      limner_stretch_paint (picture.stretch, &source, &target, &area);
      cairo_scale (cr, ratios[i], ratios[i]);
      cairo_set_source_surface (cr, picture.whole, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
      cairo_paint (cr);
      cairo_destroy (cr);
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            int here = difference (get_pixel (found, x, y), get_pixel (wanted, x, y));

            largest = MAX (largest, here);
            sum += here;
          }
      /* weights are of 1/64 here, and of 1/128 there */
      g_assert_cmpint (largest, <=, 12);
      g_assert_cmpfloat (sum / width / height, <=, 2.0);
      cairo_surface_destroy (found);
      cairo_surface_destroy (wanted);
    }
  picture_clear (&picture);
}

/* Cut into cells or whole, painted in one go or in bands that begin anywhere, by whichever
 * instructions. */
static void
test_nothing_shows_where_cells_meet (void)
{
  LimnerStretch *plain = limner_stretch_new ();
  Picture picture;

  limner_stretch_use_plain (plain);
  picture_init (&picture);
  for (guint i = 0; i < G_N_ELEMENTS (ratios); i++)
    {
      int width = (int) round (N_COLUMNS * TILE * ratios[i]) - 7;
      int height = (int) round (N_ROWS * TILE * ratios[i]) - 5;
      const cairo_rectangle_int_t area = { 3, 2, width, height };
      cairo_surface_t *cut = new_surface (width, height), *whole = new_surface (width, height);
      LimnerStretchSource source = get_source (&picture);
      LimnerStretchTarget target = get_target (whole, ratios[i], 3, 2);
      guint n_different = 0;

      limner_stretch_paint_whole (plain, picture.whole, 1, &target, &area);
      target = get_target (cut, ratios[i], 3, 2);
      for (int y = 0; y < height; y += 31)
        for (int x = 0; x < width; x += 97)
          limner_stretch_paint (picture.stretch, &source, &target,
                                &(cairo_rectangle_int_t){ 3 + x, 2 + y, MIN (97, width - x),
                                                          MIN (31, height - y) });
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          n_different += get_pixel (cut, x, y) != get_pixel (whole, x, y);
      g_assert_cmpuint (n_different, ==, 0);
      cairo_surface_destroy (cut);
      cairo_surface_destroy (whole);
    }
  limner_stretch_unref (plain);
  picture_clear (&picture);
}

/* Where a cell is missing nothing is painted, and its neighbours end as they would at an edge. */
static void
test_missing_cells (void)
{
  const guint32 untouched = 0x123456;
  Picture picture;

  picture_init (&picture);
  g_clear_pointer (&picture.cells[1], cairo_surface_destroy);
  for (guint i = 0; i < G_N_ELEMENTS (ratios); i++)
    {
      int width = (int) round (N_COLUMNS * TILE * ratios[i]);
      int height = (int) round (N_ROWS * TILE * ratios[i]), start, size, row_start, row_size;
      const cairo_rectangle_int_t area = { 0, 0, width, height };
      cairo_surface_t *found = new_surface (width, height);
      LimnerStretchSource source = get_source (&picture);
      LimnerStretchTarget target = get_target (found, ratios[i], 0, 0);
      guint n_wrong = 0;

      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          put_pixel (found, x, y, untouched);
      limner_stretch_paint (picture.stretch, &source, &target, &area);
      limner_stretch_find_span (1, TILE, 1, ratios[i], &start, &size);
      limner_stretch_find_span (0, TILE, 1, ratios[i], &row_start, &row_size);
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            gboolean is_missing = x >= start && x < start + size && y < row_start + row_size;
            gboolean is_untouched = get_pixel (found, x, y) == untouched;

            n_wrong += is_missing != is_untouched;
          }
      g_assert_cmpuint (n_wrong, ==, 0);
      cairo_surface_destroy (found);
    }
  picture_clear (&picture);
}

#define N_SMALL 64

/* Of many cells only those near an area are looked at; nothing is left out for that, also where
 * cells are smaller than pixels. */
static void
test_part_is_as_whole (void)
{
  const double small_ratios[] = { 0.0013, 0.003, 0.0071, 0.02 };
  cairo_surface_t *cells[N_SMALL * N_SMALL];
  Picture picture;

  picture_init (&picture);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    cells[i] = i % 11 == 3 ? NULL : picture.cells[(i * 7 + i / N_SMALL) % N_CELLS];
  for (guint i = 0; i < G_N_ELEMENTS (small_ratios); i++)
    {
      const double ratio = small_ratios[i];
      const LimnerStretchSource source = { 1,       TILE,    TILE, -N_SMALL / 2, -N_SMALL / 4,
                                           N_SMALL, N_SMALL, cells };
      int size = (int) round (N_SMALL * TILE * ratio) + 4;
      const cairo_rectangle_int_t area = { (int) floor (-N_SMALL / 2 * TILE * ratio) - 2,
                                           (int) floor (-N_SMALL / 4 * TILE * ratio) - 2, size,
                                           size };
      cairo_surface_t *whole = new_surface (size, size), *parts = new_surface (size, size);
      LimnerStretchTarget target = get_target (whole, ratio, area.x, area.y);
      guint n_different = 0, n_painted = 0;

      limner_stretch_paint (picture.stretch, &source, &target, &area);
      target = get_target (parts, ratio, area.x, area.y);
      for (int y = 0; y < size; y += 3)
        for (int x = 0; x < size; x += 5)
          limner_stretch_paint (picture.stretch, &source, &target,
                                &(cairo_rectangle_int_t){ area.x + x, area.y + y, MIN (5, size - x),
                                                          MIN (3, size - y) });
      for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
          {
            n_different += get_pixel (parts, x, y) != get_pixel (whole, x, y);
            n_painted += get_pixel (whole, x, y) != 0;
          }
      g_assert_cmpuint (n_different, ==, 0);
      g_assert_cmpuint (n_painted, >, (guint) (size - 4) * (guint) (size - 4) / 2);
      cairo_surface_destroy (whole);
      cairo_surface_destroy (parts);
    }
  picture_clear (&picture);
}

/* ---- standing in ---- */

#define GREY 0x5a5a5a
#define BACKGROUND 0x102030
#define TILE_COLOR 0x00ff00
#define OVERVIEW_COLOR 0xff0000

static cairo_surface_t *
new_plain (int width, int height, guint32 color)
{
  cairo_surface_t *surface = new_surface (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      put_pixel (surface, x, y, color);
  return surface;
}

/* One tile of the picture is there, for the rest the overview, and around it the background; of a
 * pattern the same comes as of the stand-in itself. */
static void
test_gaps_are_filled (void)
{
  const cairo_rectangle_int_t area = { -40, -30, 400, 300 };
  g_autofree guint8 *grey = g_malloc0 (300 * 200);
  g_autoptr (LimnerPixels) pixels =
      limner_pixels_new (LIMNER_PIXELS_GREY8, 300, 200, 300, g_steal_pointer (&grey));
  const LimnerTileContent content = { .pixels = pixels, .background = BACKGROUND };
  LimnerTileLevel *level = limner_tile_level_new (2);
  LimnerStretch *stretch = limner_stretch_new ();
  cairo_surface_t *found = new_surface (400, 300), *again = new_surface (400, 300);
  cairo_surface_t *overview = new_plain (30, 20, OVERVIEW_COLOR);
  cairo_t *cr = cairo_create (again);
  cairo_pattern_t *pattern;
  LimnerStandIn *stand_in;
  guint n_wrong = 0;

  limner_tile_level_ensure (level, 0, 0, 0)->surface = new_plain (TILE, TILE, TILE_COLOR);
  stand_in = limner_stand_in_new (stretch, &content, level, 1.25, &area);
  /* it holds what it needs */
  limner_tile_level_free (level);
  g_assert_true (limner_stand_in_needs_overview (stand_in));
  limner_stand_in_set_overview (stand_in, overview, 0.1);
  g_assert_false (limner_stand_in_needs_overview (stand_in));
  pattern = limner_stand_in_new_pattern (stand_in, &area);
  limner_stand_in_paint (stand_in, found, &area);
  limner_stand_in_unref (stand_in);
  limner_stretch_unref (stretch);
  cairo_surface_destroy (overview);
  cairo_set_source (cr, pattern);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_pattern_destroy (pattern);
  for (int y = 0; y < 300; y++)
    for (int x = 0; x < 400; x++)
      {
        int x_picture = x + area.x, y_picture = y + area.y;
        guint32 wanted = BACKGROUND;

        if (x_picture >= 0 && y_picture >= 0 && x_picture < 375 && y_picture < 250)
          wanted = x_picture < 160 && y_picture < 160 ? TILE_COLOR : OVERVIEW_COLOR;
        n_wrong += get_pixel (found, x, y) != wanted || get_pixel (again, x, y) != wanted;
      }
  g_assert_cmpuint (n_wrong, ==, 0);
  cairo_surface_destroy (found);
  cairo_surface_destroy (again);
}

/* A level of 64 has a tile at the corner and another one so many tiles away; the whole picture is
 * shown. Returns how many cells that takes. */
static guint
show_far_tiles (int distance, guint32 wanted_corner)
{
  const cairo_rectangle_int_t area = { 0, 0, 800, 600 };
  g_autoptr (LimnerPixels) pixels =
      limner_pixels_new (LIMNER_PIXELS_GREY8, 1600, 1200, 1600, g_malloc0 (1600 * 1200));
  const LimnerTileContent content = { .pixels = pixels, .background = BACKGROUND };
  LimnerTileLevel *level = limner_tile_level_new (64);
  LimnerStretch *stretch = limner_stretch_new ();
  cairo_surface_t *found = new_surface (800, 600);
  cairo_surface_t *overview = new_plain (160, 120, OVERVIEW_COLOR);
  LimnerStandIn *stand_in;
  guint n_cells, n_wrong = 0;

  limner_tile_level_ensure (level, 0, 0, 0)->surface = new_plain (TILE, TILE, TILE_COLOR);
  limner_tile_level_ensure (level, distance, distance, 0)->surface =
      new_plain (TILE, TILE, TILE_COLOR);
  stand_in = limner_stand_in_new (stretch, &content, level, 0.5, &area);
  n_cells = limner_stand_in_count_cells (stand_in);
  g_assert_true (limner_stand_in_needs_overview (stand_in));
  limner_stand_in_set_overview (stand_in, overview, 0.1);
  limner_stand_in_paint (stand_in, found, &area);
  /* a tile covers two pixels */
  for (int y = 0; y < 600; y++)
    for (int x = 0; x < 800; x++)
      {
        gboolean is_tile = (x / 2 == 0 && y / 2 == 0) || (x / 2 == distance && y / 2 == distance);

        n_wrong += get_pixel (found, x, y) != (is_tile ? wanted_corner : OVERVIEW_COLOR);
      }
  g_assert_cmpuint (n_wrong, ==, 0);
  limner_stand_in_unref (stand_in);
  limner_tile_level_free (level);
  limner_stretch_unref (stretch);
  cairo_surface_destroy (overview);
  cairo_surface_destroy (found);
  return n_cells;
}

/* Two places at a large zoom, then the whole picture: what a frame costs does not grow with how
 * far they are apart. */
static void
test_far_tiles_are_given_up (void)
{
  g_assert_cmpuint (show_far_tiles (10, TILE_COLOR), ==, 11 * 11);
  g_assert_cmpuint (show_far_tiles (290, OVERVIEW_COLOR), ==, 0);
}

/* Of a pattern only the rows are painted that are asked for. */
static void
test_rows_that_are_needed (void)
{
  const cairo_rectangle_int_t area = { -40, -30, 64, 48 }, extents = { 7, 20, 9, 5 };
  g_autoptr (LimnerPixels) pixels =
      limner_pixels_new (LIMNER_PIXELS_GREY8, 30, 20, 30, g_malloc0 (30 * 20));
  const LimnerTileContent content = { .pixels = pixels, .background = BACKGROUND };
  LimnerStretch *stretch = limner_stretch_new ();
  LimnerStandIn *stand_in = limner_stand_in_new (stretch, &content, NULL, 1, &area);
  cairo_surface_t *overview = new_plain (30, 20, OVERVIEW_COLOR);
  cairo_surface_t *lent = limner_stretch_lend_surface (stretch, area.width, area.height);
  cairo_raster_source_acquire_func_t acquire;
  cairo_raster_source_release_func_t release;
  cairo_pattern_t *pattern;
  cairo_surface_t *surface;
  gpointer data;
  guint n_wrong = 0;

  for (int y = 0; y < area.height; y++)
    for (int x = 0; x < area.width; x++)
      put_pixel (lent, x, y, GREY);
  cairo_surface_destroy (lent);
  limner_stand_in_set_overview (stand_in, overview, 1);
  pattern = limner_stand_in_new_pattern (stand_in, &area);
  cairo_raster_source_pattern_get_acquire (pattern, &acquire, &release);
  data = cairo_raster_source_pattern_get_callback_data (pattern);
  surface = acquire (pattern, data, NULL, &extents);
  for (int y = 0; y < area.height; y++)
    for (int x = 0; x < area.width; x++)
      n_wrong += get_pixel (surface, x, y) != (y >= 20 && y < 25 ? BACKGROUND : GREY);
  g_assert_cmpuint (n_wrong, ==, 0);
  release (pattern, data, surface);

  surface = acquire (pattern, data, NULL, NULL);
  for (int y = 0; y < area.height; y++)
    for (int x = 0; x < area.width; x++)
      n_wrong += get_pixel (surface, x, y) != (x >= 40 && y >= 30 ? OVERVIEW_COLOR : BACKGROUND);
  g_assert_cmpuint (n_wrong, ==, 0);
  release (pattern, data, surface);
  cairo_pattern_destroy (pattern);
  cairo_surface_destroy (overview);
  limner_stand_in_unref (stand_in);
  limner_stretch_unref (stretch);
}

/* ---- in the cache ---- */

#define WIDTH 800
#define HEIGHT 600

static void
on_changed (gpointer user_data)
{
}

static guint
count_fallbacks (LimnerTileCache *cache)
{
  GHashTableIter iter;
  gpointer tile;
  guint n = 0;

  g_hash_table_iter_init (&iter, cache->current->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &tile))
    n += ((LimnerTile *) tile)->fallback != NULL;
  return n;
}

/* A pan along a picture, faster than tiles come: what stood in for those that are left behind goes.
 */
static void
test_fallbacks_are_bounded (void)
{
  const int width = 20000, height = 400;
  g_autoptr (LimnerPixels) pixels =
      limner_pixels_new (LIMNER_PIXELS_GREY8, (guint) width, (guint) height, (gsize) width,
                         g_malloc0 (8000000));
  const LimnerTileContent content = { .pixels = pixels, .scale_factor = 1 };
  LimnerTileCache *cache;
  guint n_most = 0;

  adw_init ();
  cache = limner_tile_cache_new (on_changed, NULL);
  limner_tile_cache_set_content (cache, &content);
  for (int x = 0; x < width - WIDTH; x += 100)
    {
      const LimnerViewport view = { .scale = 1, .x = -x };
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      GskRenderNode *node;

      /* no main loop: what the workers make never arrives */
      limner_tile_cache_set_view (cache, &view, WIDTH, height);
      limner_tile_cache_snapshot (cache, snapshot, &view);
      node = gtk_snapshot_free_to_node (snapshot);
      g_assert_nonnull (node);
      gsk_render_node_unref (node);
      n_most = MAX (n_most, count_fallbacks (cache));
    }
  g_assert_cmpuint (n_most, >, 0);
  /* what is in view, and a ring around it */
  g_assert_cmpuint (n_most, <=, (WIDTH / TILE + 2 + 2) * (2 + 2));
  limner_tile_cache_free (cache);
}

/* ---- on the canvas ---- */

static const char coco[] =
    "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":1600,\"height\":1200}],"
    "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":["
    "{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[700,500,200,200],\"area\":40000,"
    "\"segmentation\":[],\"iscrowd\":0}]}";

typedef struct
{
  GtkWindow *window;
  LimnerCanvas *canvas;
  CanvasSet set;
} Fixture;

static void
fixture_open (Fixture *self, LimnerOrientation turn)
{
  guint8 *grey = g_malloc (1600 * 1200);
  g_autoptr (LimnerPixels) pixels = NULL;

  memset (grey, GREY & 255, 1600 * 1200);
  pixels = limner_pixels_new (LIMNER_PIXELS_GREY8, 1600, 1200, 1600, grey);
  adw_init ();
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  self->window = canvas_fixture_show (self->canvas, WIDTH, HEIGHT);
  self->set = canvas_fixture_open_set (self->canvas, pixels, coco);
  limner_canvas_set_turn (self->canvas, turn);
  g_object_set (self->canvas, "show-labels", FALSE, NULL);
  limner_test_wait (limner_canvas_is_settled (self->canvas));
}

static void
fixture_close (Fixture *self)
{
  gtk_window_destroy (self->window);
  canvas_fixture_close_set (&self->set);
}

/* Whether something else than the picture is within some pixels of a point of the image. */
static gboolean
has_line_at (Fixture *self, cairo_surface_t *surface, double x_img, double y_img)
{
  LimnerPoint at = limner_canvas_to_view (self->canvas, (LimnerPoint){ x_img, y_img });
  int factor = self->canvas->scale_factor;

  for (int y = (int) (at.y - 4) * factor; y < (at.y + 4) * factor; y++)
    for (int x = (int) (at.x - 4) * factor; x < (at.x + 4) * factor; x++)
      if (x >= 0 && y >= 0 && x < cairo_image_surface_get_width (surface) &&
          y < cairo_image_surface_get_height (surface) &&
          difference (get_pixel (surface, x, y), GREY) > 40)
        return TRUE;
  return FALSE;
}

/* In each frame of a zoom the box is where it belongs, and nothing of the picture is missing. */
static void
check_frames (Fixture *self, double zoom, const LimnerPoint *at)
{
  guint n_moving = 0;

  limner_canvas_zoom_to (self->canvas, zoom, at);
  for (guint i = 0; i < 1000 && self->canvas->move_tick != 0; i++)
    {
      cairo_surface_t *surface;
      LimnerPoint free, edge;

      g_main_context_iteration (NULL, TRUE);
      surface = canvas_fixture_capture (self->canvas);
      g_assert_true (has_line_at (self, surface, 700, 600));
      g_assert_true (has_line_at (self, surface, 900, 600));
      g_assert_true (has_line_at (self, surface, 800, 700));
      free = limner_canvas_to_view (self->canvas, (LimnerPoint){ 680, 600 });
      edge = limner_canvas_to_view (self->canvas, (LimnerPoint){ 700, 600 });
      if (hypot (free.x - edge.x, free.y - edge.y) > 12)
        g_assert_cmphex (get_pixel (surface, (int) (free.x * self->canvas->scale_factor),
                                    (int) (free.y * self->canvas->scale_factor)),
                         ==, GREY);
      n_moving += self->canvas->move_tick != 0;
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (n_moving, >, 0);
  limner_test_wait (limner_canvas_is_settled (self->canvas));
}

static void
test_shapes_never_vanish (void)
{
  const LimnerOrientation turns[] = { LIMNER_ORIENTATION_NORMAL, LIMNER_ORIENTATION_ROTATE_90,
                                      LIMNER_ORIENTATION_FLIP_HORIZONTAL };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      Fixture self;
      LimnerPoint at;

      fixture_open (&self, turns[i]);
      g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
      at = limner_canvas_to_view (self.canvas, (LimnerPoint){ 800, 600 });
      check_frames (&self, 0.9, &at);
      check_frames (&self, 1.7, &at);
      check_frames (&self, 1.0, &at);
      check_frames (&self, 0.6, &at);
      fixture_close (&self);
    }
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "scaled-as-cairo-does", test_scaled_as_cairo_does },
    { "nothing-shows-where-cells-meet", test_nothing_shows_where_cells_meet },
    { "missing-cells", test_missing_cells },
    { "part-is-as-whole", test_part_is_as_whole },
    { "gaps-are-filled", test_gaps_are_filled },
    { "far-tiles-are-given-up", test_far_tiles_are_given_up },
    { "rows-that-are-needed", test_rows_that_are_needed },
    { "fallbacks-are-bounded", test_fallbacks_are_bounded },
    { "shapes-never-vanish", test_shapes_never_vanish },
    { NULL },
  };

  return limner_test_main (argc, argv, "stand-in", cases);
}
