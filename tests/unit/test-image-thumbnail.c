/* SPDX-License-Identifier: MIT */
#include "image-fixture.h"

static char *
write_photo (const char *name, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  char *path = limner_test_path (name);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *pixel =
            gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + x * 3;

        pixel[0] = (guint8) (x * 255 / width);
        pixel[1] = (guint8) (y * 255 / height);
        pixel[2] = 128;
      }
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "jpeg", NULL, "quality", "95", NULL));
  return path;
}

static char *
cached_path (const char *path, const char *size)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, uri, -1);

  return g_strdup_printf ("%s/thumbnails/%s/%s.png", g_get_user_cache_dir (), size, md5);
}

static void
test_thumbnail (void)
{
  g_autofree char *path = write_photo ("photo one.jpg", 1600, 800);
  g_autofree char *cached = cached_path (path, "large");
  g_autofree char *cached_folder = g_path_get_dirname (cached);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  cairo_surface_t *surface = limner_image_file_load_thumbnail (path, 200, 150, NULL, &error);
  const guint8 *data;
  guint32 pixel;
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 200);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 100);
  g_assert_cmpint (cairo_image_surface_get_format (surface), ==, CAIRO_FORMAT_RGB24);
  data = cairo_image_surface_get_data (surface) + 50 * cairo_image_surface_get_stride (surface);
  pixel = ((const guint32 *) data)[100];
  g_assert_cmpfloat_with_epsilon ((pixel >> 16) & 0xff, 128, 6);
  g_assert_cmpfloat_with_epsilon ((pixel >> 8) & 0xff, 128, 6);
  cairo_surface_destroy (surface);

  g_assert_cmpint (g_stat (cached, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (cached_folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  pixbuf = read_png (cached);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 256);
  g_assert_cmpstr (gdk_pixbuf_get_option (pixbuf, "tEXt::Thumb::URI"), ==, uri);
  g_assert_nonnull (gdk_pixbuf_get_option (pixbuf, "tEXt::Thumb::MTime"));
}

static guint32
get_corner (const char *path)
{
  cairo_surface_t *surface = limner_image_file_load_thumbnail (path, 100, 100, NULL, NULL);
  guint32 pixel = ((const guint32 *) cairo_image_surface_get_data (surface))[0] & 0xffffff;

  cairo_surface_destroy (surface);
  return pixel;
}

/* What another program has put into the cache is used, as long as it belongs to this file. */
static void
test_thumbnail_cache (void)
{
  g_autofree char *path = write_photo ("photo.jpg", 600, 300);
  g_autofree char *cached = cached_path (path, "normal");
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GdkPixbuf) planted = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 128, 64);
  g_autofree char *mtime = NULL;
  GStatBuf info;

  get_corner (path);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  mtime = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) info.st_mtime);
  gdk_pixbuf_fill (planted, 0x00ff00ff);

  g_assert_true (gdk_pixbuf_save (planted, cached, "png", NULL, "tEXt::Thumb::URI", uri,
                                  "tEXt::Thumb::MTime", mtime, NULL));
  g_assert_cmphex (get_corner (path), ==, 0x00ff00);
  g_assert_true (gdk_pixbuf_save (planted, cached, "png", NULL, "tEXt::Thumb::URI", uri,
                                  "tEXt::Thumb::MTime", "1", NULL));
  g_assert_cmphex (get_corner (path), !=, 0x00ff00);
  g_assert_true (gdk_pixbuf_save (planted, cached, "png", NULL, "tEXt::Thumb::URI",
                                  "file:///elsewhere", "tEXt::Thumb::MTime", mtime, NULL));
  g_assert_cmphex (get_corner (path), !=, 0x00ff00);
  g_assert_true (g_file_set_contents (cached, "rubbish", 7, NULL));
  g_assert_cmphex (get_corner (path), !=, 0x00ff00);
}

static void
test_thumbnail_without_cache (void)
{
  g_autofree char *path = write_photo ("photo.jpg", 600, 300);
  g_autofree char *thumbnails = g_build_filename (g_get_user_cache_dir (), "thumbnails", NULL);
  g_autofree char *aside = limner_test_path ("aside");
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface;

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  /* what other cases have left there */
  g_rename (thumbnails, aside);
  /* a file where the folder should be: not even root can write below it */
  g_file_set_contents (thumbnails, "", 0, &error);
  g_assert_no_error (error);
  surface = limner_image_file_load_thumbnail (path, 100, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 100);
  cairo_surface_destroy (surface);

  g_remove (thumbnails);

  g_assert_null (limner_image_file_load_thumbnail ("/no/such.png", 10, 10, NULL, &error));
  g_assert_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_MISSING);
}

/* Reading a file never changes it, nor the folder it is in. */
static void
test_leaves_no_trace (void)
{
  g_autofree char *path = write_photo ("photo.jpg", 64, 64);
  g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, 0, NULL, NULL);
  g_autoptr (GDir) folder = g_dir_open (limner_test_dir (), 0, NULL);

  g_assert_nonnull (pixels);
  cairo_surface_destroy (limner_image_file_load_thumbnail (path, 10, 10, NULL, NULL));
  g_assert_cmpstr (g_dir_read_name (folder), ==, "photo.jpg");
  g_assert_null (g_dir_read_name (folder));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "thumbnail", test_thumbnail },
    { "thumbnail-cache", test_thumbnail_cache },
    { "thumbnail-without-cache", test_thumbnail_without_cache },
    { "leaves-no-trace", test_leaves_no_trace },
    { NULL },
  };

  return limner_test_main (argc, argv, "image-thumbnail", cases);
}
