/* SPDX-License-Identifier: MIT */

/*
 * Pictures that must not change: what PngSuite decodes to, by an independent decoder
 * (tests/data/golden/make_pngsuite.py), and small renderings of the sample at several zooms,
 * windows and turns. A rendering that differs leaves NAME.out.png and NAME.diff.png in the current
 * folder; with LIMNER_UPDATE_GOLDEN=1 it becomes the golden one: then look at it.
 */

#include "limner-test.h"
#include <limner/image-file.h>
#include <math.h>
#include <string.h>

/* ---- PngSuite ---- */

static void
append_pixel (GByteArray *to, LimnerPixels *pixels, guint x, guint y)
{
  guint values[3] = { 0 };
  guint8 bytes[3];
  guint n = limner_pixels_get_value (pixels, (int) x, (int) y, values);
  guint depth = limner_pixels_get_stored_depth (pixels);

  if (limner_pixels_get_format (pixels) == LIMNER_PIXELS_GREY16)
    {
      bytes[0] = (guint8) (values[0] >> 8);
      bytes[1] = (guint8) values[0];
      g_byte_array_append (to, bytes, 2);
      return;
    }
  for (guint i = 0; i < n; i++)
    bytes[i] = (guint8) (n == 1 && depth < 8 ? values[i] * (255 / ((1u << depth) - 1)) : values[i]);
  g_byte_array_append (to, bytes, n);
}

static char *
describe (const char *name, LimnerPixels *pixels)
{
  static const char *const kinds[] = {
    [LIMNER_PIXELS_GREY8] = "grey8",
    [LIMNER_PIXELS_GREY16] = "grey16",
    [LIMNER_PIXELS_BGRX] = "rgb",
  };
  const guint width = limner_pixels_get_width (pixels), height = limner_pixels_get_height (pixels);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *hash = NULL;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      append_pixel (bytes, pixels, x, y);
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
  return g_strdup_printf ("%s\t%s\t%u\t%u\t%s", name, kinds[limner_pixels_get_format (pixels)],
                          width, height, hash);
}

static void
test_pngsuite (void)
{
  g_autofree char *folder = limner_test_shared ("data/img-pngsuite");
  g_autofree char *table = limner_test_data ("golden/pngsuite.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (folder == NULL)
    return;
  g_assert_true (g_file_get_contents (table, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 0);
  for (; lines[n] != NULL && lines[n][0] != '\0'; n++)
    {
      g_autofree char *name = g_strndup (lines[n], strcspn (lines[n], "\t"));
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, 0, NULL, &error);
      g_autofree char *found = NULL;

      g_assert_no_error (error);
      if (pixels == NULL)
        continue;
      found = describe (name, pixels);
      g_assert_cmpstr (found, ==, lines[n]);
    }
  g_assert_cmpuint (n, >, 150);
}

/* ---- renderings ---- */

#define WIDTH 64
#define HEIGHT 48

/* Decoders of other versions may round otherwise. */
#define TOLERANCE 4
#define MEAN_TOLERANCE 0.6

typedef struct
{
  const char *name;
  const char *picture;
  double x; /* of the middle, image pixels */
  double y;
  double scale;
  LimnerOrientation turn;
  LimnerWindowLevel window; /* low = high: all values */
  gboolean grid;
} Row;

static const Row rows[] = {
  { "zoom-fit", "blood-1.jpg", 320, 240, 0.1 },
  { "zoom-third", "blood-1.jpg", 350, 250, 1 / 3.0 },
  { "zoom-one", "blood-1.jpg", 350, 250, 1 },
  { "zoom-smooth", "blood-1.jpg", 350, 250, 1.7 },
  { "zoom-nearest", "blood-1.jpg", 350, 250, 4.5 },
  { "zoom-grid", "blood-1.jpg", 350, 250, 17, .grid = TRUE },
  { "edge", "blood-1.jpg", 5, 475, 2.5 },
  { "window-full", "head-mr-16bit.png", 438, 448, 0.07 },
  { "window-narrow", "head-mr-16bit.png", 438, 448, 0.07, .window = { 100, 600 } },
  { "window-inverted", "head-mr-16bit.png", 438, 448, 0.07, .window = { 0, 971, TRUE } },
  { "window-gamma", "head-mr-16bit.png", 438, 448, 0.07, .window = { 0, 971, .gamma = 2.2 } },
  { "window-one", "head-mr-16bit.png", 438, 560, 1, .window = { 0, 971 } },
  { "saturated", "blood-1.jpg", 320, 240, 0.1, .window = { 0, 255, .saturation = 0.6 } },
  { "contrast", "blood-1.jpg", 320, 240, 0.1,
    .window = { 0, 255, .contrast = 0.4, .brightness = -0.1 } },
  { "turn-2", "highway-1.jpg", 640, 360, 0.05, LIMNER_ORIENTATION_FLIP_HORIZONTAL },
  { "turn-3", "highway-1.jpg", 640, 360, 0.05, LIMNER_ORIENTATION_ROTATE_180 },
  { "turn-6", "highway-1.jpg", 640, 360, 0.05, LIMNER_ORIENTATION_ROTATE_90 },
  { "turn-7", "highway-1.jpg", 640, 360, 0.05, LIMNER_ORIENTATION_TRANSVERSE },
  { "turn-8", "highway-1.jpg", 640, 360, 0.05, LIMNER_ORIENTATION_ROTATE_270 },
};

/* (transfer full): the picture as it is seen around the middle that @row gives. */
static cairo_surface_t *
render (const Row *row)
{
  g_autofree char *relative = g_build_filename ("sample", row->picture, NULL);
  g_autofree char *path = limner_test_data (relative);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, 0, NULL, &error);
  g_autoptr (LimnerPixels) turned = NULL;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  const gboolean has_window = row->window.high > row->window.low;
  double x, y;

  g_assert_no_error (error);
  turned = limner_pixels_new_turned (pixels, MAX (row->turn, LIMNER_ORIENTATION_NORMAL));
  /* a turned picture is looked at in its middle */
  x = row->turn > LIMNER_ORIENTATION_NORMAL ? limner_pixels_get_width (turned) / 2.0 : row->x;
  y = row->turn > LIMNER_ORIENTATION_NORMAL ? limner_pixels_get_height (turned) / 2.0 : row->y;
  x = floor (x * row->scale - WIDTH / 2.0);
  y = floor (y * row->scale - HEIGHT / 2.0);
  limner_pixels_render (turned, surface, x, y, row->scale, has_window ? &row->window : NULL,
                        0x171717);
  if (row->grid)
    limner_pixels_draw_grid (turned, surface, x, y, row->scale);
  return surface;
}

static guint32 *
get_row (cairo_surface_t *surface, int y)
{
  return (guint32 *) (void *) (cairo_image_surface_get_data (surface) +
                               (gsize) y * (gsize) cairo_image_surface_get_stride (surface));
}

/* Makes @found the difference, many times amplified. Returns: the largest one of a channel. */
static guint
subtract (cairo_surface_t *found, cairo_surface_t *golden, double *mean)
{
  guint largest = 0;
  guint64 sum = 0;

  cairo_surface_flush (found);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        guint32 a = get_row (found, y)[x], b = get_row (golden, y)[x], difference = 0;

        for (guint shift = 0; shift <= 16; shift += 8)
          {
            guint d = (guint) ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff));

            largest = MAX (largest, d);
            sum += d;
            difference |= MIN (d * 16, 255) << shift;
          }
        get_row (found, y)[x] = difference;
      }
  cairo_surface_mark_dirty (found);
  *mean = (double) sum / (WIDTH * HEIGHT * 3);
  return largest;
}

static void
check_row (const Row *row)
{
  g_autofree char *relative = g_strdup_printf ("golden/%s.png", row->name);
  g_autofree char *path = limner_test_data (relative);
  cairo_surface_t *found = render (row);
  cairo_surface_t *golden;
  guint largest;
  double mean = 0;

  if (g_getenv ("LIMNER_UPDATE_GOLDEN") != NULL)
    g_assert_cmpint (cairo_surface_write_to_png (found, path), ==, CAIRO_STATUS_SUCCESS);
  golden = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (golden), ==, WIDTH);
  g_assert_cmpint (cairo_image_surface_get_height (golden), ==, HEIGHT);
  if (cairo_image_surface_get_height (golden) == HEIGHT)
    {
      g_autofree char *out = g_strdup_printf ("%s.out.png", row->name);
      g_autofree char *diff = g_strdup_printf ("%s.diff.png", row->name);

      cairo_surface_write_to_png (found, out);
      largest = subtract (found, golden, &mean);
      g_test_message ("%s: largest difference %u, mean %.3f", row->name, largest, mean);
      g_assert_cmpuint (largest, <=, TOLERANCE);
      g_assert_cmpfloat (mean, <=, MEAN_TOLERANCE);
      if (largest > TOLERANCE || mean > MEAN_TOLERANCE)
        cairo_surface_write_to_png (found, diff);
      else
        g_remove (out);
    }
  cairo_surface_destroy (golden);
  cairo_surface_destroy (found);
}

static void
test_renderings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_row (&rows[i]);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "pngsuite", test_pngsuite },
    { "renderings", test_renderings },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "image-golden", cases);
}
