/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a picture: decoded or refused in time, within the limit of pixels; what is decoded
 * can be rendered, measured and made small. Now and then through a file: probing, and thumbnails.
 */

#include "fuzz.h"

#include <limner/image-file.h>

#include <glib/gstdio.h>

#define MAX_PIXELS ((guint64) 1 << 20)

static const char *const names[] = { "a.jpg", "a.png", "a.tif", "a.webp", "a.gif", "a.bmp", "a" };

static void
render (LimnerPixels *pixels, double scale, const LimnerWindowLevel *window)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 24, 16);

  limner_pixels_render (pixels, surface, -2.0, 1.0, scale, window, 0x808080);
  cairo_surface_destroy (surface);
}

static void
check_pixels (LimnerPixels *pixels)
{
  guint width = limner_pixels_get_width (pixels);
  guint height = limner_pixels_get_height (pixels);
  gsize stride = limner_pixels_get_stride (pixels);
  const guint8 *data = limner_pixels_get_data (pixels);
  LimnerWindowLevel window = limner_pixels_get_auto_window (pixels, 2, 98);
  guint values[3];
  guint bins[16];
  cairo_surface_t *small;

  fuzz_require (width > 0 && height > 0 && (guint64) width * height <= MAX_PIXELS,
                "%u x %u pixels, beyond the limit", width, height);
  fuzz_require (limner_pixels_get_orientation (pixels) >= LIMNER_ORIENTATION_NORMAL &&
                    limner_pixels_get_orientation (pixels) <= LIMNER_ORIENTATION_ROTATE_270,
                "orientation %d", limner_pixels_get_orientation (pixels));
  /* the last byte of the last row is there */
  fuzz_require (data[(gsize) (height - 1) * stride] == data[(gsize) (height - 1) * stride] &&
                    limner_pixels_get_value (pixels, (int) width - 1, (int) height - 1, values) > 0,
                "the last pixel has no value");
  for (guint flag = 1; flag <= LIMNER_PIXELS_ORIENTED; flag <<= 1)
    {
      const char *note = limner_pixels_get_note (pixels, (LimnerPixelsFlags) flag);

      fuzz_require (note == NULL || g_utf8_validate (note, -1, NULL), "a note that is no text");
    }
  limner_pixels_get_histogram (pixels, bins, G_N_ELEMENTS (bins));
  render (pixels, 3.0, &window);
  limner_pixels_build_mips (pixels);
  render (pixels, 0.2, NULL);
  small = limner_pixels_dup_thumbnail (pixels, 32, 32);
  fuzz_require (cairo_image_surface_get_width (small) <= 32, "too large a thumbnail");
  cairo_surface_destroy (small);
}

/* The same answers by way of a file. */
static void
check_file (GBytes *bytes, const char *name, LimnerPixels *pixels)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *path = fuzz_write_file (name, data, size);
  g_autoptr (LimnerPixels) loaded = limner_image_file_load (path, MAX_PIXELS, NULL, NULL);
  LimnerImageInfo info = { 0 };
  cairo_surface_t *small;

  fuzz_require ((loaded != NULL) == (pixels != NULL), "the file loads, the bytes do not, or so");
  if (limner_image_file_probe (path, &info, NULL) && pixels != NULL)
    fuzz_require (info.width == limner_pixels_get_width (pixels) &&
                      info.height == limner_pixels_get_height (pixels),
                  "%u x %u when probed, %u x %u when decoded", info.width, info.height,
                  limner_pixels_get_width (pixels), limner_pixels_get_height (pixels));
  if (info.width > 0 && (guint64) info.width * info.height <= MAX_PIXELS)
    {
      small = limner_image_file_load_thumbnail (path, 48, 48, NULL, NULL);
      g_clear_pointer (&small, cairo_surface_destroy);
    }
  fuzz_empty_folder ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autoptr (GBytes) bytes = fuzz_take_rest (&input);
  guint32 hash = fuzz_hash (data, size);
  const char *name = names[hash % G_N_ELEMENTS (names)];
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels =
      limner_image_file_load_bytes (bytes, name, MAX_PIXELS, NULL, &error);

  if (pixels != NULL)
    check_pixels (pixels);
  else
    fuzz_require (error != NULL && g_utf8_validate (error->message, -1, NULL),
                  "refused without a sentence");
  if (hash / 8 % 8 == 0)
    check_file (bytes, name, pixels);
  return 0;
}
