/* SPDX-License-Identifier: MIT */

/*
 * How a picture is seen without being another one: turned, with gamma and colours, as a preview,
 * with a grid. What is expected is computed pixel by pixel.
 */

#include "limner-test.h"
#include <limner/painter.h>
#include <limner/pixels.h>
#include <math.h>
#include <string.h>

#define BACKGROUND 0x123456u
#define WIDTH 61
#define HEIGHT 43

static guint32
noise (guint x, guint y)
{
  return ((x * 73856093u) ^ (y * 19349663u)) * 2654435761u >> 8;
}

static LimnerPixels *
new_color (guint width, guint height)
{
  guint32 *data = g_new (guint32, width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[y * width + x] = noise (x, y);
  return limner_pixels_new (LIMNER_PIXELS_BGRX, width, height, width * sizeof *data,
                            (guint8 *) data);
}

/* 16 bits, rising by 100 from pixel to pixel. */
static LimnerPixels *
new_ramp16 (guint width)
{
  guint16 *data = g_new (guint16, width);

  for (guint x = 0; x < width; x++)
    data[x] = (guint16) (x * 100);
  return limner_pixels_new (LIMNER_PIXELS_GREY16, width, 1, ((gsize) width * 2 + 3) & ~3ul,
                            g_realloc (data, ((gsize) width * 2 + 3) & ~3ul));
}

static cairo_surface_t *
render (LimnerPixels *pixels,
        int width,
        int height,
        double x,
        double y,
        double scale,
        const LimnerWindowLevel *window)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);

  limner_pixels_render (pixels, surface, x, y, scale, window, BACKGROUND);
  return surface;
}

static guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);

  return ((const guint32 *) (data + y * cairo_image_surface_get_stride (surface)))[x] & 0xffffff;
}

/* ---- turned ---- */

/* Each pixel of the turned picture is the one that the view of the painters leads to. */
static void
check_turn (LimnerOrientation turn)
{
  g_autoptr (LimnerPixels) base = new_color (WIDTH, HEIGHT);
  g_autoptr (LimnerPixels) turned = limner_pixels_new_turned (base, turn);
  const gboolean swaps = turn >= LIMNER_ORIENTATION_TRANSPOSE;
  const guint width = limner_pixels_get_width (turned), height = limner_pixels_get_height (turned);
  const LimnerPoint far = limner_orientation_turn (turn, (LimnerPoint){ WIDTH, HEIGHT });
  const LimnerView view = { -MIN (far.x, 0), -MIN (far.y, 0), 1, turn };
  cairo_surface_t *surface = render (turned, (int) width, (int) height, 0, 0, 1, NULL);
  guint n_wrong = 0;

  g_test_message ("turn %d", (int) turn);
  g_assert_cmpuint (width, ==, swaps ? HEIGHT : WIDTH);
  g_assert_cmpuint (height, ==, swaps ? WIDTH : HEIGHT);
  g_assert_null (limner_pixels_get_data (turned));
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        LimnerPoint at = limner_view_to_image (&view, (LimnerPoint){ x + 0.5, y + 0.5 });
        guint32 wanted = noise ((guint) floor (at.x), (guint) floor (at.y)) & 0xffffff;
        guint values[3] = { 0 };

        n_wrong += get_pixel (surface, (int) x, (int) y) != wanted;
        g_assert_cmpuint (limner_pixels_get_value (turned, (int) x, (int) y, values), ==, 3);
        n_wrong += (values[0] << 16 | values[1] << 8 | values[2]) != wanted;
      }
  g_assert_cmpuint (n_wrong, ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_turned_pixels (void)
{
  for (LimnerOrientation turn = LIMNER_ORIENTATION_NORMAL; turn <= LIMNER_ORIENTATION_ROTATE_270;
       turn++)
    check_turn (turn);
}

/* Tiles of a turned picture are what the whole of it shows there, at any scale and offset. */
static void
test_turned_tiles_meet (void)
{
  static const double scales[] = { 0.2, 0.77, 1, 1.5, 3, 20 };
  g_autoptr (LimnerPixels) base = new_color (WIDTH, HEIGHT);

  for (LimnerOrientation turn = LIMNER_ORIENTATION_NORMAL; turn <= LIMNER_ORIENTATION_ROTATE_270;
       turn++)
    for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
      {
        g_autoptr (LimnerPixels) turned = limner_pixels_new_turned (base, turn);
        cairo_surface_t *whole = render (turned, 96, 96, -5, -7, scales[i], NULL);
        guint n_wrong = 0;

        for (int row = 0; row < 3; row++)
          for (int column = 0; column < 3; column++)
            {
              cairo_surface_t *tile =
                  render (turned, 32, 32, -5 + column * 32, -7 + row * 32, scales[i], NULL);

              for (int y = 0; y < 32; y++)
                for (int x = 0; x < 32; x++)
                  n_wrong +=
                      get_pixel (tile, x, y) != get_pixel (whole, column * 32 + x, row * 32 + y);
              cairo_surface_destroy (tile);
            }
        g_test_message ("turn %d, scale %g: %u", (int) turn, scales[i], n_wrong);
        g_assert_cmpuint (n_wrong, ==, 0);
        cairo_surface_destroy (whole);
      }
}

/* Missing rows are hatched where they are seen. */
static void
test_turned_hatch (void)
{
  g_autoptr (LimnerPixels) base = new_color (WIDTH, HEIGHT);
  g_autoptr (LimnerPixels) turned = NULL;
  cairo_surface_t *surface;

  limner_pixels_set_flags (base, LIMNER_PIXELS_TRUNCATED, 10, LIMNER_ORIENTATION_NORMAL, 8);
  turned = limner_pixels_new_turned (base, LIMNER_ORIENTATION_ROTATE_90);
  surface = render (turned, HEIGHT, WIDTH, 0, 0, 1, NULL);
  g_assert_cmpint (limner_pixels_get_flags (turned), ==, LIMNER_PIXELS_TRUNCATED);
  /* the first rows are now at the right */
  g_assert_cmphex (get_pixel (surface, HEIGHT - 1, 0), ==, noise (0, 0) & 0xffffff);
  g_assert_cmphex (get_pixel (surface, 5, 5) & 0xff, ==, get_pixel (surface, 5, 5) >> 16);
  g_assert_cmphex (get_pixel (surface, 5, 5), !=, noise (5, HEIGHT - 6) & 0xffffff);
  cairo_surface_destroy (surface);
}

static void
test_compose (void)
{
  for (LimnerOrientation a = LIMNER_ORIENTATION_NORMAL; a <= LIMNER_ORIENTATION_ROTATE_270; a++)
    {
      g_assert_cmpint (limner_orientation_compose (a, limner_orientation_invert (a)), ==,
                       LIMNER_ORIENTATION_NORMAL);
      for (LimnerOrientation b = LIMNER_ORIENTATION_NORMAL; b <= LIMNER_ORIENTATION_ROTATE_270; b++)
        {
          const LimnerPoint v = { 3, 11 };
          LimnerPoint wanted = limner_orientation_turn (b, limner_orientation_turn (a, v));
          LimnerPoint found = limner_orientation_turn (limner_orientation_compose (a, b), v);

          g_assert_cmpfloat (found.x, ==, wanted.x);
          g_assert_cmpfloat (found.y, ==, wanted.y);
        }
    }
}

/* ---- shapes on a turned picture ---- */

static LimnerShape *
make_shape (LimnerShapeKind kind)
{
  const LimnerPoint points[] = { { 10, 8 }, { 50, 12 }, { 40, 36 }, { 20, 30 } };
  const guint n_points = G_N_ELEMENTS (points);
  const LimnerBox box = { 12, 9, 30, 20 };
  guint8 mask[WIDTH * HEIGHT] = { 0 };
  g_autoptr (LimnerRle) rle = NULL;

  if (kind == LIMNER_SHAPE_BOX)
    return limner_shape_new_box (&box);
  if (kind == LIMNER_SHAPE_POLYGON)
    return limner_shape_new_polygon (points, &n_points, 1);
  /* column by column */
  for (guint x = 10; x < 40; x++)
    for (guint y = 8; y < 8 + x / 2; y++)
      mask[x * HEIGHT + y] = 1;
  rle = limner_rle_new_from_mask (mask, HEIGHT, WIDTH);
  return limner_shape_new_mask (rle);
}

static cairo_surface_t *
draw_shape (const LimnerView *view, LimnerShape *shape, gboolean with_handles)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 200, 200);
  cairo_t *cr = cairo_create (surface);

  limner_painter_draw_shape (cr, view, shape, 0x3b82f6, LIMNER_PAINT_SELECTED, NULL);
  if (with_handles)
    limner_painter_draw_handles (cr, view, shape, 0x3b82f6, FALSE, NULL);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* A shape in a turned view is the turned shape in a plain view. */
static void
test_turned_shapes (void)
{
  for (LimnerShapeKind kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
    for (LimnerOrientation turn = LIMNER_ORIENTATION_FLIP_HORIZONTAL;
         turn <= LIMNER_ORIENTATION_ROTATE_270; turn++)
      {
        g_autoptr (LimnerShape) shape = make_shape (kind);
        g_autoptr (LimnerShape) turned = limner_shape_transform (shape, turn, WIDTH, HEIGHT, TRUE);
        const LimnerPoint far =
            limner_orientation_turn (turn, (LimnerPoint){ WIDTH * 3, HEIGHT * 3 });
        const LimnerView view = { 5 - MIN (far.x, 0), 5 - MIN (far.y, 0), 3, turn };
        const LimnerView flat = { 5, 5, 3, LIMNER_ORIENTATION_NORMAL };
        cairo_surface_t *found = draw_shape (&view, shape, kind != LIMNER_SHAPE_MASK);
        cairo_surface_t *wanted = draw_shape (&flat, turned, kind != LIMNER_SHAPE_MASK);

        g_test_message ("kind %d, turn %d", (int) kind, (int) turn);
        g_assert_cmpmem (cairo_image_surface_get_data (found), 200 * 200 * 4,
                         cairo_image_surface_get_data (wanted), 200 * 200 * 4);
        cairo_surface_destroy (found);
        cairo_surface_destroy (wanted);
      }
}

/* ---- gamma and colours ---- */

static void
test_gamma (void)
{
  g_autoptr (LimnerPixels) ramp = new_ramp16 (101);
  static const double gammas[] = { 0.5, 1, 2.2 };

  for (guint i = 0; i < G_N_ELEMENTS (gammas); i++)
    for (gboolean invert = FALSE; invert <= TRUE; invert++)
      {
        const LimnerWindowLevel window = {
          .low = 1000, .high = 9000, .invert = invert, .gamma = gammas[i]
        };
        cairo_surface_t *surface = render (ramp, 101, 1, 0, 0, 1, &window);

        for (int x = 0; x < 101; x++)
          {
            double grey = CLAMP ((x * 100 - 1000) / 8000.0, 0, 1);
            double wanted = pow (invert ? 1 - grey : grey, 1 / gammas[i]) * 255;

            g_assert_cmpfloat (fabs ((get_pixel (surface, x, 0) & 0xff) - wanted), <=, 1.01);
          }
        cairo_surface_destroy (surface);
      }
}

static guint
get_luma (guint32 pixel)
{
  return (77 * (pixel >> 16 & 0xff) + 150 * (pixel >> 8 & 0xff) + 29 * (pixel & 0xff) + 128) >> 8;
}

static void
test_colors (void)
{
  g_autoptr (LimnerPixels) pixels = new_color (WIDTH, HEIGHT);
  const LimnerWindowLevel plain = { .high = 255 };
  const LimnerWindowLevel grey = { .high = 255, .saturation = -1 };
  const LimnerWindowLevel vivid = { .high = 255, .saturation = 1 };
  const LimnerWindowLevel white = { .high = 255, .brightness = 2 };
  cairo_surface_t *surfaces[] = { render (pixels, WIDTH, HEIGHT, 0, 0, 1, &plain),
                                  render (pixels, WIDTH, HEIGHT, 0, 0, 1, &grey),
                                  render (pixels, WIDTH, HEIGHT, 0, 0, 1, &vivid),
                                  render (pixels, WIDTH, HEIGHT, 0, 0, 1, &white) };

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        guint32 stored = noise ((guint) x, (guint) y) & 0xffffff;
        guint luma = get_luma (stored);
        guint32 bright = get_pixel (surfaces[2], x, y);

        g_assert_cmphex (get_pixel (surfaces[0], x, y), ==, stored);
        g_assert_cmphex (get_pixel (surfaces[1], x, y), ==, luma * 0x010101);
        g_assert_cmphex (get_pixel (surfaces[3], x, y), ==, 0xffffff);
        for (guint shift = 0; shift <= 16; shift += 8)
          {
            int channel = (int) (stored >> shift & 0xff);
            int wanted = CLAMP ((int) luma + (channel - (int) luma) * 3, 0, 255);

            g_assert_cmpint (ABS ((int) (bright >> shift & 0xff) - wanted), <=, 1);
          }
      }
  for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
    cairo_surface_destroy (surfaces[i]);
}

/* Contrast turns about the middle, whatever it is. */
static void
test_contrast (void)
{
  g_autoptr (LimnerPixels) ramp = new_ramp16 (101);
  const LimnerWindowLevel none = { .high = 10000, .contrast = -1 };
  const LimnerWindowLevel full = { .high = 10000, .contrast = 1 };
  cairo_surface_t *flat = render (ramp, 101, 1, 0, 0, 1, &none);
  cairo_surface_t *steep = render (ramp, 101, 1, 0, 0, 1, &full);

  for (int x = 0; x < 101; x++)
    g_assert_cmphex (get_pixel (flat, x, 0), ==, 0x808080);
  g_assert_cmphex (get_pixel (steep, 45, 0), ==, 0x000000);
  g_assert_cmphex (get_pixel (steep, 55, 0), ==, 0xffffff);
  cairo_surface_destroy (flat);
  cairo_surface_destroy (steep);
}

static void
test_region_window (void)
{
  g_autoptr (LimnerPixels) ramp = new_ramp16 (1000 / 10);
  const LimnerBox part = { 20, 0, 11, 1 };
  const LimnerBox outside = { 200, 0, 10, 1 };
  const LimnerBox nothing = { 20, 0, 0, 1 };
  LimnerWindowLevel window = { .low = 1, .high = 2, .invert = TRUE, .gamma = 3 };

  g_assert_true (limner_pixels_get_region_window (ramp, &part, 0, 100, &window));
  g_assert_cmpfloat (window.low, ==, 2000);
  g_assert_cmpfloat (window.high, ==, 3000);
  g_assert_true (window.invert && window.gamma == 3);
  g_assert_false (limner_pixels_get_region_window (ramp, &outside, 0, 100, &window));
  g_assert_false (limner_pixels_get_region_window (ramp, &nothing, 0, 100, &window));
  g_assert_cmpfloat (window.low, ==, 2000);
}

/* ---- preview ---- */

/* A preview is drawn where the whole is, and looks as the whole does small. */
static void
test_preview (void)
{
  const guint width = 501, height = 333, level = 2;
  g_autoptr (LimnerPixels) whole = NULL;
  g_autoptr (LimnerPixels) preview = NULL;
  const guint small_width = 126, small_height = 84;
  guint32 *small = g_new (guint32, small_width * small_height);
  guint32 *large = g_new (guint32, width * height);
  guint values[3];

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      large[y * width + x] = x * 255 / width << 16 | y * 255 / height << 8;
  for (guint y = 0; y < small_height; y++)
    for (guint x = 0; x < small_width; x++)
      small[y * small_width + x] =
          MIN (x * 4 + 2, width) * 255 / width << 16 | MIN (y * 4 + 2, height) * 255 / height << 8;
  whole = limner_pixels_new (LIMNER_PIXELS_BGRX, width, height, width * 4, (guint8 *) large);
  preview = limner_pixels_new_preview (LIMNER_PIXELS_BGRX, width, height, level, small_width * 4,
                                       (guint8 *) small);
  g_assert_true (limner_pixels_is_preview (preview));
  g_assert_false (limner_pixels_is_preview (whole));
  g_assert_cmpuint (limner_pixels_get_width (preview), ==, width);
  g_assert_cmpuint (limner_pixels_get_value (preview, 3, 3, values), ==, 0);
  g_assert_null (limner_pixels_get_data (preview));
  for (double scale = 0.05; scale < 5; scale *= 1.7)
    {
      cairo_surface_t *found = render (preview, 150, 100, 10, 5, scale, NULL);
      cairo_surface_t *wanted = render (whole, 150, 100, 10, 5, scale, NULL);
      guint largest = 0;

      for (int y = 0; y < 100; y++)
        for (int x = 0; x < 150; x++)
          for (guint shift = 0; shift <= 16; shift += 8)
            largest = MAX (largest, (guint) ABS ((int) (get_pixel (found, x, y) >> shift & 0xff) -
                                                 (int) (get_pixel (wanted, x, y) >> shift & 0xff)));
      g_test_message ("scale %.3f: %u", scale, largest);
      /* at the edge of the picture the last sample is held */
      g_assert_cmpuint (largest, <=, 4);
      cairo_surface_destroy (found);
      cairo_surface_destroy (wanted);
    }
}

/* ---- grid ---- */

static void
test_grid (void)
{
  const double scale = 17.5;
  guint8 *data = g_malloc (8 * 4);
  g_autoptr (LimnerPixels) pixels = NULL;
  cairo_surface_t *plain, *lined, *tile;
  guint n_lines = 0;

  memset (data, 40, 16);
  memset (data + 16, 220, 16);
  pixels = limner_pixels_new (LIMNER_PIXELS_GREY8, 8, 4, 8, data);
  plain = render (pixels, 160, 90, 0, 0, scale, NULL);
  lined = render (pixels, 160, 90, 0, 0, scale, NULL);
  limner_pixels_draw_grid (pixels, lined, 0, 0, scale);
  for (int x = 0; x < 160; x++)
    {
      const guint32 before = get_pixel (plain, x, 8) & 0xff, after = get_pixel (lined, x, 8) & 0xff;

      if (before == after)
        continue;
      n_lines++;
      /* a line is where the next pixel begins, and only there */
      g_assert_cmpint (x, ==, (int) round (round (x / scale) * scale));
      g_assert_true (before >= 128 ? after < before : after > before);
    }
  g_assert_cmpuint (n_lines, ==, 9);
  g_assert_cmphex (get_pixel (lined, 8, 60) & 0xff, ==, 220);
  g_assert_cmpuint (get_pixel (lined, 8, (int) round (3 * scale)) & 0xff, <, 220);

  /* tiles meet */
  tile = render (pixels, 50, 50, 33, 20, scale, NULL);
  limner_pixels_draw_grid (pixels, tile, 33, 20, scale);
  for (int y = 0; y < 50; y++)
    for (int x = 0; x < 50; x++)
      g_assert_cmphex (get_pixel (tile, x, y), ==, get_pixel (lined, x + 33, y + 20));
  cairo_surface_destroy (plain);
  cairo_surface_destroy (lined);
  cairo_surface_destroy (tile);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "turned-pixels", test_turned_pixels },
    { "turned-tiles-meet", test_turned_tiles_meet },
    { "turned-hatch", test_turned_hatch },
    { "compose", test_compose },
    { "turned-shapes", test_turned_shapes },
    { "gamma", test_gamma },
    { "colors", test_colors },
    { "contrast", test_contrast },
    { "region-window", test_region_window },
    { "preview", test_preview },
    { "grid", test_grid },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "image-look", cases);
}
