/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

/*
 * Small pictures, shared with the desktop's other programs as its thumbnail standard says
 * (https://specifications.freedesktop.org/thumbnail-spec): named by the MD5 of the URI, valid while
 * Thumb::MTime matches.
 */

#include "codec.h"
#include "pixels-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

/* A thumbnail file has at most 1024 x 1024 pixels. */
#define MAX_THUMBNAIL_BYTES (8 << 20)
#define MAX_THUMBNAIL_PIXELS (1024 * 1024)

typedef struct
{
  char *uri;
  char *folder; /* NULL where nothing is cached */
  char *file;
  guint side; /* of the square that thumbnails of this folder fit into */
} CachePlace;

static void
cache_place_clear (CachePlace *self)
{
  g_free (self->uri);
  g_free (self->folder);
  g_free (self->file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CachePlace, cache_place_clear)

static const char *
choose_folder (guint size, guint *side)
{
  static const struct
  {
    const char *name;
    guint side;
  } folders[] = {
    { "normal", 128 },
    { "large", 256 },
    { "x-large", 512 },
    { "xx-large", 1024 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (size <= folders[i].side)
      {
        *side = folders[i].side;
        return folders[i].name;
      }
  return NULL;
}

static CachePlace
find_place (const char *path, guint size)
{
  CachePlace place = { .side = size };
  g_autofree char *root = g_build_filename (g_get_user_cache_dir (), "thumbnails", NULL);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *md5 = NULL;
  const char *folder = choose_folder (size, &place.side);

  /* no thumbnails of thumbnails */
  if (folder == NULL || g_str_has_prefix (absolute, root))
    return place;
  place.uri = g_filename_to_uri (absolute, NULL, NULL);
  if (place.uri == NULL)
    return place;
  md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, place.uri, -1);
  place.folder = g_build_filename (root, folder, NULL);
  place.file = g_strdup_printf ("%s/%s.png", place.folder, md5);
  return place;
}

static gboolean
has_text (const char *data, gsize length, const char *keyword, const char *expected)
{
  g_autofree char *text = limner_png_dup_text ((const guint8 *) data, length, keyword);

  return g_strcmp0 (text, expected) == 0;
}

/* (nullable): the cached thumbnail, if it belongs to the file as it is now. */
static LimnerPixels *
read_cached (const CachePlace *place, gint64 mtime)
{
  g_autofree char *data = NULL;
  g_autofree char *mtime_text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LimnerPixels) pixels = NULL;
  GStatBuf info;
  gsize length;

  if (place->file == NULL || g_stat (place->file, &info) != 0 || !S_ISREG (info.st_mode) ||
      info.st_size > MAX_THUMBNAIL_BYTES)
    return NULL;
  if (!g_file_get_contents (place->file, &data, &length, NULL))
    return NULL;
  mtime_text = g_strdup_printf ("%" G_GINT64_FORMAT, mtime);
  if (!has_text (data, length, "Thumb::URI", place->uri) ||
      !has_text (data, length, "Thumb::MTime", mtime_text))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&data), length);
  pixels = limner_image_file_load_bytes (bytes, "thumbnail.png", MAX_THUMBNAIL_PIXELS, NULL, NULL);
  if (pixels == NULL ||
      (limner_pixels_get_flags (pixels) & (LIMNER_PIXELS_TRUNCATED | LIMNER_PIXELS_CORRUPT)))
    return NULL;
  return g_steal_pointer (&pixels);
}

static GdkPixbuf *
convert_surface (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  const guint8 *from = cairo_image_surface_get_data (surface);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);

  if (pixbuf == NULL)
    return NULL;
  for (int y = 0; y < height; y++)
    {
      const guint32 *row =
          (const guint32 *) (from + (gsize) y * (gsize) cairo_image_surface_get_stride (surface));
      guint8 *to =
          gdk_pixbuf_get_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf);

      for (int x = 0; x < width; x++, to += 3)
        {
          to[0] = (guint8) (row[x] >> 16);
          to[1] = (guint8) (row[x] >> 8);
          to[2] = (guint8) row[x];
        }
    }
  return pixbuf;
}

/* An unwritable cache only costs time. */
static void
write_cached (const CachePlace *place, LimnerPixels *pixels, gint64 mtime)
{
  g_autofree char *mtime_text = g_strdup_printf ("%" G_GINT64_FORMAT, mtime);
  g_autofree char *data = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface;
  gsize length;

  surface = limner_pixels_dup_thumbnail (pixels, place->side, place->side);
  pixbuf = convert_surface (surface);
  cairo_surface_destroy (surface);
  if (pixbuf == NULL || g_mkdir_with_parents (place->folder, 0700) != 0)
    return;
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", &error, "tEXt::Thumb::URI",
                                  place->uri, "tEXt::Thumb::MTime", mtime_text, "tEXt::Software",
                                  "Limner", NULL) ||
      !g_file_set_contents_full (place->file, data, (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_ONLY_EXISTING,
                                 0600, &error))
    g_debug ("no thumbnail is kept: %s", error->message);
}

/* (nullable): the largest one that somebody has made. */
static LimnerPixels *
find_cached (const char *path)
{
  static const guint sides[] = { 1024, 512, 256, 128 };
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_auto (CachePlace) place = find_place (path, sides[i]);
      LimnerPixels *pixels = read_cached (&place, info.st_mtime);

      if (pixels != NULL)
        return pixels;
    }
  return NULL;
}

/* (transfer full): @surface with the last columns and rows held or left out. */
static guint8 *
copy_resized (cairo_surface_t *surface, guint width, guint height)
{
  const guint last_x = (guint) cairo_image_surface_get_width (surface) - 1;
  const guint last_y = (guint) cairo_image_surface_get_height (surface) - 1;
  const guint8 *from = cairo_image_surface_get_data (surface);
  guint32 *to = g_new (guint32, (gsize) width * height);

  for (guint y = 0; y < height; y++)
    {
      const guint32 *row =
          (const guint32 *) (const void *) (from +
                                            (gsize) MIN (y, last_y) *
                                                (gsize) cairo_image_surface_get_stride (surface));

      for (guint x = 0; x < width; x++)
        to[(gsize) y * width + x] = row[MIN (x, last_x)];
    }
  return (guint8 *) to;
}

LimnerPixels *
limner_thumbnail_load_preview (const char *path,
                               guint width,
                               guint height,
                               LimnerOrientation orientation)
{
  g_autoptr (LimnerPixels) thumbnail = find_cached (path);
  guint level = 0, level_width = width, level_height = height;
  cairo_surface_t *surface;
  LimnerPixels *preview;

  if (thumbnail == NULL)
    return NULL;
  while (level == 0 || level_width > limner_pixels_get_width (thumbnail) ||
         level_height > limner_pixels_get_height (thumbnail))
    {
      level_width = (level_width + 1) / 2;
      level_height = (level_height + 1) / 2;
      level++;
    }
  surface = limner_pixels_dup_thumbnail (thumbnail, level_width, level_height);
  preview =
      limner_pixels_new_preview (LIMNER_PIXELS_BGRX, width, height, level, (gsize) level_width * 4,
                                 copy_resized (surface, level_width, level_height));
  cairo_surface_destroy (surface);
  /* shapes go to and from the file by it */
  limner_pixels_set_flags (preview,
                           orientation != LIMNER_ORIENTATION_NORMAL ? LIMNER_PIXELS_ORIENTED : 0,
                           G_MAXUINT, orientation, 8);
  return preview;
}

cairo_surface_t *
limner_image_file_load_thumbnail (
    const char *path, guint max_width, guint max_height, GCancellable *cancellable, GError **error)
{
  g_auto (CachePlace) place = { 0 };
  g_autoptr (LimnerPixels) pixels = NULL;
  GStatBuf info;
  gint64 mtime;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (max_width > 0 && max_height > 0, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  place = find_place (path, MAX (max_width, max_height));
  if (g_stat (path, &info) == 0)
    pixels = read_cached (&place, info.st_mtime);
  if (pixels == NULL)
    {
      pixels =
          limner_image_load_reduced (path, 0, place.side, place.side, &mtime, cancellable, error);
      if (pixels == NULL)
        return NULL;
      if (place.file != NULL && (limner_pixels_get_flags (pixels) &
                                 (LIMNER_PIXELS_TRUNCATED | LIMNER_PIXELS_CORRUPT)) == 0)
        write_cached (&place, pixels, mtime);
    }
  return limner_pixels_dup_thumbnail (pixels, max_width, max_height);
}
