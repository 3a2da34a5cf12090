/* SPDX-License-Identifier: MIT */
#pragma once

/* Pixels of what was decoded, and an independent PNG reader. */

#include "limner-test.h"
#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <limner/image-file.h>
#include <string.h>
#include <sys/stat.h>

static inline guint32
get_pixel (LimnerPixels *pixels, int x, int y)
{
  guint values[3];

  if (limner_pixels_get_value (pixels, x, y, values) == 1)
    return values[0];
  return values[0] << 16 | values[1] << 8 | values[2];
}

/* Grey values are widened to three channels of 8 bits, so that all kinds of pictures compare. */
static inline void
get_rgb (LimnerPixels *pixels, int x, int y, guint values[3])
{
  guint largest = (1u << limner_pixels_get_stored_depth (pixels)) - 1;

  if (limner_pixels_get_value (pixels, x, y, values) == 1)
    values[0] = values[1] = values[2] = values[0] * 255 / largest;
}

/* By GdkPixbuf's own PNG loader. Its recognition of files needs the system's MIME types, which
 * tests are kept from. */
static inline GdkPixbuf *
read_png (const char *path)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type ("png", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  gdk_pixbuf_loader_write (loader, (const guint8 *) data, length, &error);
  g_assert_no_error (error);
  g_assert_true (gdk_pixbuf_loader_close (loader, NULL));
  return g_object_ref (gdk_pixbuf_loader_get_pixbuf (loader));
}
