/* SPDX-License-Identifier: MIT */

#include "limner-test.h"
#include <limner/pixels.h>
#include <math.h>
#include <string.h>

#define BACKGROUND 0x123456u

static LimnerPixels *
new_grey8 (guint width, guint height, guint8 (*value) (guint x, guint y))
{
  guint8 *data = g_malloc (width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[y * width + x] = value (x, y);
  return limner_pixels_new (LIMNER_PIXELS_GREY8, width, height, width, data);
}

static LimnerPixels *
new_grey16 (guint width, guint height, guint16 (*value) (guint x, guint y))
{
  guint16 *data = g_new (guint16, width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[y * width + x] = value (x, y);
  return limner_pixels_new (LIMNER_PIXELS_GREY16, width, height, width * sizeof *data,
                            (guint8 *) data);
}

static LimnerPixels *
new_bgrx (guint width, guint height, guint32 (*value) (guint x, guint y))
{
  guint32 *data = g_new (guint32, width * height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[y * width + x] = value (x, y);
  return limner_pixels_new (LIMNER_PIXELS_BGRX, width, height, width * sizeof *data,
                            (guint8 *) data);
}

static guint8
noise8 (guint x, guint y)
{
  return (guint8) (((x * 73856093u) ^ (y * 19349663u)) * 2654435761u >> 24);
}

static guint16
noise16 (guint x, guint y)
{
  return (guint16) (((x * 73856093u) ^ (y * 19349663u)) * 2654435761u >> 16);
}

static guint32
noise32 (guint x, guint y)
{
  return ((x * 73856093u) ^ (y * 19349663u)) * 2654435761u >> 8;
}

static guint8
constant8 (guint x, guint y)
{
  return 77;
}

static guint16
constant16 (guint x, guint y)
{
  return 7777;
}

static guint32
constant32 (guint x, guint y)
{
  return 0x204060;
}

static guint8
stripes8 (guint x, guint y)
{
  return (x + y) % 2 != 0 ? 200 : 100;
}

/* (transfer full): the surface; every pixel was overwritten or this fails. */
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

static guint32
grey (guint value)
{
  return value * 0x010101u;
}

static void
test_values (void)
{
  g_autoptr (LimnerPixels) grey8 = new_grey8 (5, 4, noise8);
  g_autoptr (LimnerPixels) grey16 = new_grey16 (5, 4, noise16);
  g_autoptr (LimnerPixels) bgrx = new_bgrx (5, 4, noise32);
  guint values[3] = { 0 };

  g_assert_cmpuint (limner_pixels_get_value (grey8, 3, 2, values), ==, 1);
  g_assert_cmpuint (values[0], ==, noise8 (3, 2));
  g_assert_cmpuint (limner_pixels_get_value (grey16, 4, 3, values), ==, 1);
  g_assert_cmpuint (values[0], ==, noise16 (4, 3));
  g_assert_cmpuint (limner_pixels_get_value (bgrx, 0, 1, values), ==, 3);
  g_assert_cmpuint (values[0] << 16 | values[1] << 8 | values[2], ==, noise32 (0, 1) & 0xffffff);
  g_assert_cmpuint (limner_pixels_get_value (grey8, -1, 0, values), ==, 0);
  g_assert_cmpuint (limner_pixels_get_value (grey8, 5, 0, values), ==, 0);
  g_assert_cmpuint (limner_pixels_get_value (grey8, 0, 4, values), ==, 0);
}

static guint8
two_bits (guint x, guint y)
{
  return (guint8) (x * 85);
}

static void
test_value_of_few_bits (void)
{
  g_autoptr (LimnerPixels) pixels = new_grey8 (4, 1, two_bits);
  guint values[3] = { 0 };

  limner_pixels_set_flags (pixels, LIMNER_PIXELS_OK, 1, LIMNER_ORIENTATION_NORMAL, 2);
  for (int x = 0; x < 4; x++)
    {
      limner_pixels_get_value (pixels, x, 0, values);
      g_assert_cmpuint (values[0], ==, (guint) x);
    }
}

static guint16
ramp16 (guint x, guint y)
{
  return (guint16) (1000 + x * 10);
}

static void
test_windows (void)
{
  g_autoptr (LimnerPixels) grey8 = new_grey8 (10, 10, noise8);
  g_autoptr (LimnerPixels) ramp = new_grey16 (101, 3, ramp16);
  g_autoptr (LimnerPixels) flat = new_grey16 (10, 10, constant16);
  LimnerWindowLevel window;

  window = limner_pixels_get_full_window (grey8);
  g_assert_cmpfloat (window.low, ==, 0);
  g_assert_cmpfloat (window.high, ==, 255);
  window = limner_pixels_get_full_window (ramp);
  g_assert_cmpfloat (window.high, ==, 2000);

  window = limner_pixels_get_auto_window (ramp, 0, 100);
  g_assert_cmpfloat (window.low, ==, 1000);
  g_assert_cmpfloat (window.high, ==, 2000);
  window = limner_pixels_get_auto_window (ramp, 10, 90);
  g_assert_cmpfloat_with_epsilon (window.low, 1100, 10);
  g_assert_cmpfloat_with_epsilon (window.high, 1900, 10);

  window = limner_pixels_get_auto_window (flat, 2, 98);
  g_assert_cmpfloat (window.low, <, window.high);
}

static void
test_histogram (void)
{
  g_autoptr (LimnerPixels) ramp = new_grey16 (101, 3, ramp16);
  g_autoptr (LimnerPixels) large = new_grey8 (3000, 2000, stripes8);
  guint bins[2001];
  guint bytes[256];
  guint64 sum = 0;

  g_assert_cmpuint (limner_pixels_get_histogram (ramp, bins, 2001), ==, 2000);
  g_assert_cmpuint (bins[999], ==, 0);
  g_assert_cmpuint (bins[1000], ==, 3);
  g_assert_cmpuint (bins[1500], ==, 3);
  g_assert_cmpuint (bins[2000], ==, 3);

  g_assert_cmpuint (limner_pixels_get_histogram (large, bytes, 256), ==, 255);
  for (guint i = 0; i < 256; i++)
    sum += bytes[i];
  g_assert_cmpuint (sum, <=, 1000 * 1000);
  g_assert_cmpuint (sum, >, 100 * 1000);
  g_assert_cmpuint (bytes[100] + bytes[200], ==, sum);
}

static void
test_render_one_to_one (void)
{
  g_autoptr (LimnerPixels) pixels = new_bgrx (300, 7, noise32);
  cairo_surface_t *surface = render (pixels, 320, 11, -5, -2, 1, NULL);

  for (int y = 0; y < 11; y++)
    for (int x = 0; x < 320; x++)
      {
        gboolean is_inside = x >= 5 && x < 305 && y >= 2 && y < 9;
        guint32 expected =
            is_inside ? noise32 ((guint) x - 5, (guint) y - 2) & 0xffffff : BACKGROUND;

        if (get_pixel (surface, x, y) != expected)
          {
            g_assert_cmphex (get_pixel (surface, x, y), ==, expected);
            g_test_message ("at %d, %d", x, y);
          }
      }
  cairo_surface_destroy (surface);
}

static void
test_render_nearest (void)
{
  const double scale = 3.7;
  g_autoptr (LimnerPixels) pixels = new_grey8 (40, 30, noise8);
  cairo_surface_t *surface = render (pixels, 90, 80, 20.25, 11.5, scale, NULL);

  for (int y = 0; y < 80; y++)
    for (int x = 0; x < 90; x++)
      {
        guint x_img = (guint) floor ((x + 20.25 + 0.5) / scale);
        guint y_img = (guint) floor ((y + 11.5 + 0.5) / scale);
        guint32 expected = x_img < 40 && y_img < 30 ? grey (noise8 (x_img, y_img)) : BACKGROUND;

        if (get_pixel (surface, x, y) != expected)
          g_assert_cmphex (get_pixel (surface, x, y), ==, expected);
      }
  cairo_surface_destroy (surface);
}

static double
sample_linear (double u, double v, guint width, guint height, double (*value) (guint x, guint y))
{
  double x = CLAMP (u - 0.5, 0, width - 1);
  double y = CLAMP (v - 0.5, 0, height - 1);
  guint x0 = (guint) x;
  guint y0 = (guint) y;
  guint x1 = MIN (x0 + 1, width - 1);
  guint y1 = MIN (y0 + 1, height - 1);
  double upper = value (x0, y0) * (1 - (x - x0)) + value (x1, y0) * (x - x0);
  double lower = value (x0, y1) * (1 - (x - x0)) + value (x1, y1) * (x - x0);

  return upper * (1 - (y - y0)) + lower * (y - y0);
}

static double
noise8_value (guint x, guint y)
{
  return noise8 (x, y);
}

static double
noise16_value (guint x, guint y)
{
  return noise16 (x, y);
}

static double
noise_green (guint x, guint y)
{
  return (noise32 (x, y) >> 8) & 0xff;
}

/* Between 1/2 and 2 the picture itself is interpolated. */
static void
check_linear (LimnerPixels *pixels, double scale, double factor, double (*value) (guint x, guint y))
{
  guint width = limner_pixels_get_width (pixels);
  guint height = limner_pixels_get_height (pixels);
  int target = (int) (width * scale) - 1;
  cairo_surface_t *surface = render (pixels, target, 40, 0.3, 0.7, scale, NULL);
  double worst = 0;

  for (int y = 0; y < 40; y++)
    for (int x = 0; x < target; x++)
      {
        double u = (x + 0.3 + 0.5) / scale;
        double v = (y + 0.7 + 0.5) / scale;
        double expected = sample_linear (u, v, width, height, value) * factor;
        double found = (get_pixel (surface, x, y) >> 8) & 0xff;

        worst = MAX (worst, fabs (found - expected));
      }
  g_assert_cmpfloat (worst, <, 3);
  cairo_surface_destroy (surface);
}

static void
test_render_linear (void)
{
  static const double scales[] = { 0.51, 0.75, 1.0, 1.3, 1.99 };
  g_autoptr (LimnerPixels) grey8 = new_grey8 (600, 100, noise8);
  g_autoptr (LimnerPixels) grey16 = new_grey16 (600, 100, noise16);
  g_autoptr (LimnerPixels) bgrx = new_bgrx (600, 100, noise32);
  double factor = 255 / limner_pixels_get_full_window (grey16).high;

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      check_linear (grey8, scales[i], 1, noise8_value);
      check_linear (grey16, scales[i], factor, noise16_value);
      check_linear (bgrx, scales[i], 1, noise_green);
    }
}

static void
check_constant (LimnerPixels *pixels, guint32 expected)
{
  static const double scales[] = { 0.004, 0.05, 0.25, 0.3, 0.5, 0.9, 1, 1.5, 2, 8, 33.3 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      cairo_surface_t *surface = render (pixels, 300, 20, 0, 0, scales[i], NULL);
      int width = (int) MIN (300, ceil (limner_pixels_get_width (pixels) * scales[i] - 0.5));

      for (int x = 0; x < width; x++)
        if (get_pixel (surface, x, 0) != expected)
          {
            g_test_message ("scale %g, column %d", scales[i], x);
            g_assert_cmphex (get_pixel (surface, x, 0), ==, expected);
          }
      if (width < 300)
        g_assert_cmphex (get_pixel (surface, width, 0), ==, BACKGROUND);
      cairo_surface_destroy (surface);
    }
}

static void
test_constant_at_all_scales (void)
{
  g_autoptr (LimnerPixels) grey8 = new_grey8 (1025, 513, constant8);
  g_autoptr (LimnerPixels) grey16 = new_grey16 (1025, 513, constant16);
  g_autoptr (LimnerPixels) bgrx = new_bgrx (1025, 513, constant32);

  check_constant (grey8, grey (77));
  check_constant (grey16, grey (255));
  check_constant (bgrx, 0x204060);
}

static void
test_mips_average (void)
{
  g_autoptr (LimnerPixels) pixels = new_grey8 (512, 512, stripes8);
  gsize size_before = limner_pixels_get_size_bytes (pixels);
  cairo_surface_t *surface;

  limner_pixels_build_mips (pixels);
  g_assert_cmpuint (limner_pixels_get_size_bytes (pixels), >, size_before);
  g_assert_cmpuint (limner_pixels_get_size_bytes (pixels), <, size_before * 3 / 2);
  surface = render (pixels, 100, 100, 0, 0, 0.25, NULL);
  for (int i = 0; i < 100; i++)
    g_assert_cmphex (get_pixel (surface, i, 99 - i), ==, grey (150));
  cairo_surface_destroy (surface);
}

/* Tiles of a canvas meet without a seam: each pixel is the same, whatever surface it is on. */
static void
check_tiles (double scale)
{
  g_autoptr (LimnerPixels) pixels = new_bgrx (500, 400, noise32);
  cairo_surface_t *whole;
  int differences = 0;

  limner_pixels_set_flags (pixels, LIMNER_PIXELS_TRUNCATED, 150, LIMNER_ORIENTATION_NORMAL, 8);
  whole = render (pixels, 200, 200, 0, 0, scale, NULL);
  for (int tile = 0; tile < 4; tile++)
    {
      int x0 = tile % 2 * 100;
      int y0 = tile / 2 * 100;
      cairo_surface_t *part = render (pixels, 100, 100, x0, y0, scale, NULL);

      for (int y = 0; y < 100; y++)
        for (int x = 0; x < 100; x++)
          differences += get_pixel (part, x, y) != get_pixel (whole, x0 + x, y0 + y);
      cairo_surface_destroy (part);
    }
  g_assert_cmpint (differences, ==, 0);
  cairo_surface_destroy (whole);
}

static void
test_tiles_meet (void)
{
  check_tiles (0.23);
  check_tiles (0.5);
  check_tiles (0.77);
  check_tiles (1);
  check_tiles (1.4);
  check_tiles (2);
  check_tiles (5.3);
}

static void
check_window (LimnerPixels *pixels, double low, double high, gboolean invert)
{
  LimnerWindowLevel window = { low, high, invert };
  int width = (int) limner_pixels_get_width (pixels);
  cairo_surface_t *surface = render (pixels, width, 1, 0, 0, 1, &window);
  guint values[3];

  for (int x = 0; x < width; x++)
    {
      double expected;

      limner_pixels_get_value (pixels, x, 0, values);
      expected = CLAMP ((values[0] - low) / MAX (high - low, 1e-3) * 255, 0, 255);
      if (invert)
        expected = 255 - expected;
      g_assert_cmpfloat_with_epsilon (get_pixel (surface, x, 0) >> 16, expected, 0.51);
    }
  cairo_surface_destroy (surface);
}

static void
test_render_window (void)
{
  g_autoptr (LimnerPixels) grey8 = new_grey8 (256, 1, noise8);
  g_autoptr (LimnerPixels) ramp = new_grey16 (101, 1, ramp16);
  g_autoptr (LimnerPixels) bgrx = new_bgrx (256, 1, noise32);

  for (int invert = 0; invert < 2; invert++)
    {
      check_window (grey8, 0, 255, invert);
      check_window (grey8, 50, 100, invert);
      check_window (ramp, 0, 65535, invert);
      check_window (ramp, 1200, 1300.5, invert);
      check_window (ramp, 1205, 1205, invert);
      check_window (bgrx, 20, 220, invert);
    }
}

static gboolean
is_hatched (cairo_surface_t *surface, int x, int y)
{
  guint32 pixel = get_pixel (surface, x, y);

  /* nothing of the picture, which is 77, nor of the background */
  return pixel != grey (77) && pixel != BACKGROUND;
}

static void
test_missing_rows_are_hatched (void)
{
  /* of a stored picture of 30 x 20 the first 5 rows are there; the corner is upright */
  static const struct
  {
    LimnerOrientation orientation;
    int valid_x;
    int valid_y;
    int missing_x;
    int missing_y;
  } rows[] = {
    { LIMNER_ORIENTATION_NORMAL, 29, 4, 0, 5 },
    { LIMNER_ORIENTATION_FLIP_HORIZONTAL, 0, 4, 29, 5 },
    { LIMNER_ORIENTATION_ROTATE_180, 0, 15, 29, 14 },
    { LIMNER_ORIENTATION_FLIP_VERTICAL, 0, 15, 29, 14 },
    { LIMNER_ORIENTATION_TRANSPOSE, 4, 29, 5, 0 },
    { LIMNER_ORIENTATION_ROTATE_90, 15, 0, 14, 29 },
    { LIMNER_ORIENTATION_TRANSVERSE, 15, 0, 14, 29 },
    { LIMNER_ORIENTATION_ROTATE_270, 4, 29, 5, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean swaps = rows[i].orientation >= LIMNER_ORIENTATION_TRANSPOSE;
      g_autoptr (LimnerPixels) pixels = new_grey8 (swaps ? 20 : 30, swaps ? 30 : 20, constant8);
      cairo_surface_t *surface;

      limner_pixels_set_flags (pixels, LIMNER_PIXELS_TRUNCATED, 5, rows[i].orientation, 8);
      surface = render (pixels, 40, 40, 0, 0, 1, NULL);
      g_test_message ("orientation %d", (int) rows[i].orientation);
      g_assert_false (is_hatched (surface, rows[i].valid_x, rows[i].valid_y));
      g_assert_true (is_hatched (surface, rows[i].missing_x, rows[i].missing_y));
      g_assert_false (is_hatched (surface, 39, 39));
      cairo_surface_destroy (surface);
    }
}

typedef struct
{
  LimnerPixels *pixels;
  cairo_surface_t *surface;
} Work;

static gpointer
render_in_thread (gpointer user_data)
{
  Work *work = user_data;

  for (guint i = 0; i < 20; i++)
    limner_pixels_render (work->pixels, work->surface, 0, 0, 0.1, NULL, BACKGROUND);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (LimnerPixels) pixels = new_bgrx (1500, 900, noise32);
  g_autoptr (LimnerPixels) twin = new_bgrx (1500, 900, noise32);
  cairo_surface_t *expected = render (twin, 150, 90, 0, 0, 0.1, NULL);
  Work works[4];
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    {
      works[i] = (Work){ pixels, cairo_image_surface_create (CAIRO_FORMAT_RGB24, 150, 90) };
      threads[i] = g_thread_new ("render", render_in_thread, &works[i]);
    }
  for (guint i = 0; i < 4; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpmem (cairo_image_surface_get_data (works[i].surface),
                       90 * (gsize) cairo_image_surface_get_stride (works[i].surface),
                       cairo_image_surface_get_data (expected),
                       90 * (gsize) cairo_image_surface_get_stride (expected));
      cairo_surface_destroy (works[i].surface);
    }
  cairo_surface_destroy (expected);
}

static void
test_thumbnail (void)
{
  static const struct
  {
    guint width;
    guint height;
    int thumbnail_width;
    int thumbnail_height;
  } rows[] = {
    { 1000, 500, 128, 64 }, { 500, 1000, 50, 100 }, { 20, 10, 20, 10 },
    { 1, 1, 1, 1 },         { 9000, 1, 128, 1 },    { 1, 9000, 1, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerPixels) pixels = new_grey8 (rows[i].width, rows[i].height, constant8);
      cairo_surface_t *surface = limner_pixels_dup_thumbnail (pixels, 128, 100);
      int width = cairo_image_surface_get_width (surface);
      int height = cairo_image_surface_get_height (surface);

      g_assert_cmpint (width, ==, rows[i].thumbnail_width);
      g_assert_cmpint (height, ==, rows[i].thumbnail_height);
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          if (get_pixel (surface, x, y) != grey (77))
            g_assert_cmphex (get_pixel (surface, x, y), ==, grey (77));
      cairo_surface_destroy (surface);
    }
}

static void
test_notes (void)
{
  g_autoptr (LimnerPixels) pixels = new_grey8 (1, 1, constant8);

  g_assert_null (limner_pixels_get_note (pixels, LIMNER_PIXELS_CORRUPT));
  limner_pixels_set_note (pixels, LIMNER_PIXELS_CORRUPT, g_strdup ("why"));
  g_assert_cmpstr (limner_pixels_get_note (pixels, LIMNER_PIXELS_CORRUPT), ==, "why");
  g_assert_null (limner_pixels_get_note (pixels, LIMNER_PIXELS_ORIENTED));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "values", test_values },
    { "value-of-few-bits", test_value_of_few_bits },
    { "windows", test_windows },
    { "histogram", test_histogram },
    { "render-one-to-one", test_render_one_to_one },
    { "render-nearest", test_render_nearest },
    { "render-linear", test_render_linear },
    { "constant-at-all-scales", test_constant_at_all_scales },
    { "mips-average", test_mips_average },
    { "tiles-meet", test_tiles_meet },
    { "render-window", test_render_window },
    { "missing-rows-are-hatched", test_missing_rows_are_hatched },
    { "threads", test_threads },
    { "thumbnail", test_thumbnail },
    { "notes", test_notes },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "pixels", cases);
}
