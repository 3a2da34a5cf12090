/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Reading picture files: JPEG by libjpeg-turbo, PNG by libpng, TIFF, GIF, BMP and WebP by
 * GdkPixbuf, chosen by content and never by name. Only regular files are opened. Never crashes on a
 * bad file, never allocates what a header merely claims beyond the limits, stops within seconds.
 */

#include <gio/gio.h>
#include <limner/pixels.h>

G_BEGIN_DECLS

#define LIMNER_IMAGE_ERROR (limner_image_error_quark ())
GQuark limner_image_error_quark (void);

typedef enum
{
  LIMNER_IMAGE_ERROR_DAMAGED,     /* E_IMAGE: not a readable picture */
  LIMNER_IMAGE_ERROR_UNSUPPORTED, /* E_UNSUPPORTED: a format or process that is not read */
  LIMNER_IMAGE_ERROR_LIMIT, /* E_LIMIT: more pixels, scans or bytes than allowed; the message names
                               the limit */
  LIMNER_IMAGE_ERROR_MISSING,    /* E_MISSING */
  LIMNER_IMAGE_ERROR_PERMISSION, /* E_PERMISSION */
  LIMNER_IMAGE_ERROR_NOT_REGULAR /* E_NOT_REGULAR */
} LimnerImageError;

/* Default of the pixel limit, width * height. */
#define LIMNER_IMAGE_MAX_PIXELS ((guint64) 1 << 28)

typedef struct
{
  const char *format;            /* "JPEG", "PNG", "TIFF", ...: static text */
  guint width;                   /* as shown, upright */
  guint height;                  /* as shown, upright */
  LimnerOrientation orientation; /* EXIF tag; 5 to 8 swap width and height of the stored picture */
} LimnerImageInfo;

/**
 * limner_image_file_probe:
 * @path: a file
 * @info: (out): size and orientation
 *
 * Reads only the header. Blocking; not for the UI thread.
 */
gboolean limner_image_file_probe (const char *path, LimnerImageInfo *info, GError **error);

/**
 * limner_image_file_load:
 * @path: a file
 * @max_pixels: width * height above this is refused with %LIMNER_IMAGE_ERROR_LIMIT; 0 =
 * %LIMNER_IMAGE_MAX_PIXELS
 * @cancellable: (nullable): looked at every few rows
 *
 * Decodes the whole picture and turns it upright. What is damaged but partly readable is returned
 * with its flags set; messages end with what was wrong. Blocking; any thread.
 *
 * Returns: (transfer full): the picture, or %NULL
 */
LimnerPixels *limner_image_file_load (const char *path,
                                      guint64 max_pixels,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * limner_image_file_load_bytes:
 * @bytes: what would be in a file
 * @name: for messages, and for the extension that the content is compared with
 *
 * As limner_image_file_load(), for pictures that are inside other files.
 *
 * Returns: (transfer full): the picture, or %NULL
 */
LimnerPixels *limner_image_file_load_bytes (
    GBytes *bytes, const char *name, guint64 max_pixels, GCancellable *cancellable, GError **error);

/**
 * limner_image_file_load_thumbnail:
 *
 * As limner_image_file_load(), but decodes at a reduced size where the format allows (JPEG DCT
 * scaling); looks first into the freedesktop thumbnail cache and stores what it makes there (an
 * unwritable cache is no error).
 *
 * Returns: (transfer full): an RGB24 surface that fits into @max_width x @max_height
 */
cairo_surface_t *limner_image_file_load_thumbnail (
    const char *path, guint max_width, guint max_height, GCancellable *cancellable, GError **error);

/**
 * limner_image_file_is_candidate:
 * @name: a file name
 *
 * Returns: whether a folder scan lists it, by its extension (jpg jpeg jpe jfif png tif tiff bmp gif
 * webp, any case); hidden and AppleDouble (._) files are not listed
 */
gboolean limner_image_file_is_candidate (const char *name);

/**
 * limner_image_file_flag_code:
 * @flag: one flag
 *
 * Returns: its code in findings, such as "W_TRUNCATED", or %NULL for a flag that is no problem
 */
const char *limner_image_file_flag_code (LimnerPixelsFlags flag);

G_END_DECLS
