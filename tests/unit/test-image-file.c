/* SPDX-License-Identifier: MIT */
#include "image-fixture.h"

/* The mean difference of all channels; -1 where the sizes differ. */
static double
compare (LimnerPixels *a, LimnerPixels *b)
{
  guint width = limner_pixels_get_width (a);
  guint height = limner_pixels_get_height (a);
  guint64 sum = 0;

  if (limner_pixels_get_width (b) != width || limner_pixels_get_height (b) != height)
    return -1;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        guint p[3];
        guint q[3];

        get_rgb (a, (int) x, (int) y, p);
        get_rgb (b, (int) x, (int) y, q);
        for (guint i = 0; i < 3; i++)
          sum += p[i] > q[i] ? p[i] - q[i] : q[i] - p[i];
      }
  return (double) sum / ((double) width * height * 3);
}

static LimnerPixels *
load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  LimnerPixels *pixels = limner_image_file_load (path, 0, NULL, &error);

  g_assert_no_error (error);
  return pixels;
}

static void
check_refused (const char *name, LimnerImageError code, const char *word)
{
  g_autofree char *path = limner_test_path (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) probe_error = NULL;
  LimnerImageInfo info;

  g_assert_null (limner_image_file_load (path, 0, NULL, &error));
  g_assert_error (error, LIMNER_IMAGE_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_nonnull (strstr (error->message, word));
  g_assert_false (limner_image_file_probe (path, &info, &probe_error));
  g_assert_error (probe_error, LIMNER_IMAGE_ERROR, (int) code);
}

static void
test_not_a_picture_file (void)
{
  g_autofree char *folder = limner_test_path ("folder.png");
  g_autofree char *pipe = limner_test_path ("pipe.png");
  g_autofree char *dangling = limner_test_path ("dangling.png");
  g_autofree char *loop = limner_test_path ("loop.png");
  g_autofree char *zero = limner_test_path ("zero.png");
  g_autofree char *memory = limner_test_path ("memory.png");
  g_autofree char *sparse = limner_test_path ("sparse.png");
  g_autofree char *sparse_jpeg = limner_test_path ("sparse.jpg");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink ("nowhere.png", dangling), ==, 0);
  g_assert_cmpint (symlink ("loop.png", loop), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", zero), ==, 0);
  g_assert_cmpint (symlink ("/proc/self/mem", memory), ==, 0);
  g_assert_true (g_file_set_contents (sparse, "", 0, NULL));
  g_assert_true (g_file_set_contents (sparse_jpeg, "\xff\xd8\xff\xe0", 4, NULL));
  if (truncate (sparse, (off_t) 1 << 40) != 0 || truncate (sparse_jpeg, (off_t) 1 << 36) != 0)
    g_test_message ("no sparse files here: %s", g_strerror (errno));
  check_refused ("nothing.png", LIMNER_IMAGE_ERROR_MISSING, "no such file");
  check_refused ("folder.png", LIMNER_IMAGE_ERROR_NOT_REGULAR, "folder");
  check_refused ("pipe.png", LIMNER_IMAGE_ERROR_NOT_REGULAR, "pipe");
  check_refused ("dangling.png", LIMNER_IMAGE_ERROR_MISSING, "no such file");
  check_refused ("loop.png", LIMNER_IMAGE_ERROR_MISSING, "circle");
  check_refused ("zero.png", LIMNER_IMAGE_ERROR_NOT_REGULAR, "device");
  check_refused ("memory.png", LIMNER_IMAGE_ERROR_NOT_REGULAR, "device");
  check_refused ("sparse.png", LIMNER_IMAGE_ERROR_DAMAGED, "zeros");
  check_refused ("sparse.jpg", LIMNER_IMAGE_ERROR_DAMAGED, "JPEG");
}

static void
test_no_permission (void)
{
  const uid_t nobody = 65534;
  g_autofree char *path = limner_test_path ("locked.png");
  gboolean is_root = geteuid () == 0;

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  /* root may read everything */
  if (is_root && seteuid (nobody) != 0)
    {
      limner_test_skip ("root may read everything, and cannot become anybody else here");
      return;
    }
  check_refused ("locked.png", LIMNER_IMAGE_ERROR_PERMISSION, "permitted");
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
}

static void
test_name_in_message (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (limner_image_file_load ("/no/such/a\033[31m\nb\xe2\x80\xae.png", 0, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "a<U+001B>[31m<U+000A>b<U+202E>.png: "));
}

static void
test_candidates (void)
{
  static const struct
  {
    const char *name;
    gboolean is_candidate;
  } rows[] = {
    { "a.jpg", TRUE },      { "a.JPEG", TRUE },  { "a.jpe", TRUE },     { "a.jfif", TRUE },
    { "a.png", TRUE },      { "a.Tif", TRUE },   { "a.tiff", TRUE },    { "a.bmp", TRUE },
    { "a.gif", TRUE },      { "a.webp", TRUE },  { "a b.c.png", TRUE }, { "a.svg", FALSE },
    { "a.txt", FALSE },     { "png", FALSE },    { "a.", FALSE },       { "", FALSE },
    { "._a.jpg", FALSE },   { ".a.jpg", FALSE }, { "a.png~", FALSE },   { "a.png.part", FALSE },
    { "a.jpg png", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (limner_image_file_is_candidate (rows[i].name), ==, rows[i].is_candidate);
    }
}

static void
test_flag_codes (void)
{
  g_assert_cmpstr (limner_image_file_flag_code (LIMNER_PIXELS_TRUNCATED), ==, "W_TRUNCATED");
  g_assert_cmpstr (limner_image_file_flag_code (LIMNER_PIXELS_METADATA), ==, "W_METADATA");
  g_assert_null (limner_image_file_flag_code (LIMNER_PIXELS_ORIENTED));
  g_assert_null (limner_image_file_flag_code (LIMNER_PIXELS_DEPTH_REDUCED));
}

static void
test_pixel_limit (void)
{
  g_autofree char *path = limner_test_shared ("data-hostile/img/ok-base.jpg");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_assert_null (limner_image_file_load (path, 48 * 32 - 1, NULL, &error));
  g_assert_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "1535"));
}

static void
test_cancelled (void)
{
  g_autofree char *path = limner_test_shared ("data-hostile/img/ok-base.jpg");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_cancellable_cancel (cancellable);
  g_assert_null (limner_image_file_load (path, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A probe says what a load finds, for every picture that opens. */
static void
check_probes (const char *relative)
{
  g_autofree char *root = limner_test_shared (relative);
  g_autoptr (GDir) folder = root != NULL ? g_dir_open (root, 0, NULL) : NULL;
  const char *name;

  if (folder == NULL)
    return;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);
      g_autoptr (LimnerPixels) pixels = NULL;
      g_autoptr (GError) error = NULL;
      LimnerImageInfo info;

      if (!limner_image_file_is_candidate (name))
        continue;
      pixels = limner_image_file_load (path, 0, NULL, NULL);
      if (pixels == NULL)
        continue;
      if (!limner_image_file_probe (path, &info, &error))
        g_test_message ("%s", error->message);
      g_assert_no_error (error);
      g_assert_cmpuint (info.width, ==, limner_pixels_get_width (pixels));
      g_assert_cmpuint (info.height, ==, limner_pixels_get_height (pixels));
      g_assert_cmpint (info.orientation, ==, limner_pixels_get_orientation (pixels));
    }
}

static void
test_probe (void)
{
  check_probes ("data-hostile/img");
  check_probes ("data/img-pngsuite");
  check_probes ("data/img-jpeg-reftest");
  check_probes ("data/img-exif-orientation");
  check_probes ("data/img-jpeg-hostile/imagetestsuite");
}

static void
check_upright (const char *what)
{
  g_autofree char *folder = limner_test_shared ("data/img-exif-orientation");
  g_autofree char *reference_name = g_strdup_printf ("%s_1.jpg", what);
  g_autoptr (LimnerPixels) reference = NULL;

  if (folder == NULL)
    return;
  reference = load (folder, reference_name);
  for (int i = 0; i <= 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s_%d.jpg", what, i);
      g_autoptr (LimnerPixels) pixels = load (folder, name);
      double difference = compare (reference, pixels);
      gboolean is_flagged = (limner_pixels_get_flags (pixels) & LIMNER_PIXELS_ORIENTED) != 0;

      g_test_message ("%s: %.2f", name, difference);
      /* the pictures were turned and compressed again */
      g_assert_cmpfloat (difference, >=, 0);
      g_assert_cmpfloat (difference, <, 6);
      g_assert_cmpint (limner_pixels_get_orientation (pixels), ==, MAX (i, 1));
      g_assert_cmpint (is_flagged, ==, i > 1);
    }
}

static void
test_exif_photographs (void)
{
  check_upright ("Landscape");
  check_upright ("Portrait");
}

static guint32
crc_32 (const guint8 *data, gsize length)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int k = 0; k < 8; k++)
        crc = crc & 1 ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
    }
  return ~crc;
}

static void
append_32 (GByteArray *to, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (to, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *to, const char *type, const guint8 *data, guint length)
{
  guint start;

  append_32 (to, length);
  start = to->len;
  g_byte_array_append (to, (const guint8 *) type, 4);
  g_byte_array_append (to, data, length);
  append_32 (to, crc_32 (to->data + start, to->len - start));
}

/* 3 x 2 pixels, grey: 1 2 3 above 4 5 6, with an EXIF orientation before or after the pixels. */
static GBytes *
make_oriented_png (guint8 orientation, gboolean is_exif_last)
{
  static const guint8 header[] = { 0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0 };
  /* zlib stream with one stored block */
  static const guint8 pixels[] = { 0x78, 0x01, 1, 8, 0, 0xf7, 0xff, 0,    1,   2,
                                   3,    0,    4, 5, 6, 0x00, 0x46, 0x00, 0x16 };
  guint8 exif[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                    3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0, 0,    0 };
  GByteArray *png = g_byte_array_new ();

  exif[19] = orientation;
  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_chunk (png, "IHDR", header, sizeof header);
  if (!is_exif_last)
    append_chunk (png, "eXIf", exif, sizeof exif);
  append_chunk (png, "IDAT", pixels, sizeof pixels);
  if (is_exif_last)
    append_chunk (png, "eXIf", exif, sizeof exif);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (png);
}

/* The rows of the upright picture, one after the other, for orientations 1 to 8 of '123' above
 * '456'. */
static const char *const upright_rows[] = { "123456", "321654", "654321", "456123",
                                            "142536", "415263", "635241", "362514" };

static void
check_upright_rows (LimnerPixels *pixels, int orientation, guint factor)
{
  gboolean swaps = orientation >= 5;
  guint width = limner_pixels_get_width (pixels);

  g_test_message ("orientation %d", orientation);
  g_assert_cmpuint (width, ==, swaps ? 2 : 3);
  g_assert_cmpuint (limner_pixels_get_height (pixels), ==, swaps ? 3 : 2);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (get_pixel (pixels, (int) (i % width), (int) (i / width)), ==,
                      (guint) (upright_rows[orientation - 1][i] - '0') * factor);
  g_assert_cmpint (limner_pixels_get_orientation (pixels), ==, orientation);
}

static void
test_png_orientation (void)
{
  for (int is_last = 0; is_last < 2; is_last++)
    for (guint8 orientation = 1; orientation <= 8; orientation++)
      {
        g_autoptr (GBytes) bytes = make_oriented_png (orientation, is_last);
        g_autofree char *path = limner_test_path ("a.png");
        g_autoptr (GError) error = NULL;
        g_autoptr (LimnerPixels) pixels =
            limner_image_file_load_bytes (bytes, "a.png", 0, NULL, &error);
        LimnerImageInfo info;

        g_assert_no_error (error);
        check_upright_rows (pixels, orientation, 1);
        g_assert_cmpint (limner_pixels_get_flags (pixels) & ~LIMNER_PIXELS_ORIENTED, ==, 0);

        g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                            (gssize) g_bytes_get_size (bytes), NULL));
        g_assert_true (limner_image_file_probe (path, &info, NULL));
        g_assert_cmpint (info.orientation, ==, orientation);
        g_assert_cmpuint (info.width, ==, orientation >= 5 ? 2 : 3);
        g_assert_cmpstr (info.format, ==, "PNG");
      }
}

typedef struct
{
  guint16 tag;
  guint16 type;
  guint32 count;
  guint32 value;
} TiffEntry;

/* 3 x 2 pixels like the PNG's; @depth 8 or 16, @photometric 1 (grey) or 2 (RGB). */
static GBytes *
make_tiff (guint16 orientation, guint16 depth, guint16 photometric)
{
  const guint32 n_samples = photometric == 2 ? 3 : 1;
  const guint32 size = 6 * n_samples * depth / 8;
  const TiffEntry entries[] = {
    { 256, 3, 1, 3 },           { 257, 3, 1, 2 },           { 258, 3, 1, depth },
    { 259, 3, 1, 1 },           { 262, 3, 1, photometric }, { 273, 4, 1, 8 },
    { 274, 3, 1, orientation }, { 277, 3, 1, n_samples },   { 278, 3, 1, 2 },
    { 279, 4, 1, size },        { 284, 3, 1, 1 },
  };
  guint16 n_entries = G_N_ELEMENTS (entries);
  guint32 directory = 8 + size;
  guint32 next = 0;
  GByteArray *tiff = g_byte_array_new ();

  g_byte_array_append (tiff, (const guint8 *) "II*\0", 4);
  g_byte_array_append (tiff, (const guint8 *) &directory, 4);
  for (guint8 i = 0; i < 6 * n_samples; i++)
    {
      guint8 sample[2] = { (guint8) (10 * (i / n_samples + 1)), 0 };

      if (depth == 16)
        sample[1] = sample[0];
      g_byte_array_append (tiff, sample, depth / 8);
    }
  g_byte_array_append (tiff, (const guint8 *) &n_entries, 2);
  for (guint i = 0; i < n_entries; i++)
    g_byte_array_append (tiff, (const guint8 *) &entries[i], 12);
  g_byte_array_append (tiff, (const guint8 *) &next, 4);
  return g_byte_array_free_to_bytes (tiff);
}

static void
test_tiff (void)
{
  for (guint16 orientation = 1; orientation <= 8; orientation++)
    for (guint16 depth = 8; depth <= 16; depth += 8)
      {
        g_autoptr (GBytes) bytes = make_tiff (orientation, depth, 1);
        g_autoptr (GError) error = NULL;
        g_autoptr (LimnerPixels) pixels =
            limner_image_file_load_bytes (bytes, "a.tif", 0, NULL, &error);
        gboolean is_reduced;

        g_assert_no_error (error);
        if (pixels == NULL)
          continue;
        is_reduced = (limner_pixels_get_flags (pixels) & LIMNER_PIXELS_DEPTH_REDUCED) != 0;
        check_upright_rows (pixels, orientation, 10);
        g_assert_cmpint (limner_pixels_get_format (pixels), ==, LIMNER_PIXELS_GREY8);
        g_assert_cmpuint (limner_pixels_get_stored_depth (pixels), ==, depth);
        g_assert_cmpint (is_reduced, ==, depth == 16);
      }
}

static void
check_through_pixbuf (const char *type, const char *name, const char *format)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 31, 17);
  g_autofree char *path = limner_test_path (name);
  g_autoptr (LimnerPixels) pixels = NULL;
  g_autoptr (GError) error = NULL;
  LimnerImageInfo info;

  gdk_pixbuf_fill (pixbuf, 0x204060ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, type, NULL, NULL));
  pixels = limner_image_file_load (path, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (limner_pixels_get_width (pixels), ==, 31);
  g_assert_cmpuint (limner_pixels_get_height (pixels), ==, 17);
  g_assert_cmphex (get_pixel (pixels, 30, 16), ==, 0x204060);
  g_assert_cmpint (limner_pixels_get_flags (pixels), ==, 0);
  g_assert_true (limner_image_file_probe (path, &info, &error));
  g_assert_cmpstr (info.format, ==, format);
  g_assert_cmpuint (info.width, ==, 31);
}

static void
test_other_formats (void)
{
  check_through_pixbuf ("tiff", "a.tiff", "TIFF");
  check_through_pixbuf ("bmp", "a.bmp", "BMP");
}

/* Two frames of 2 x 1 pixels, white then black. */
static void
test_gif_shows_first_frame (void)
{
  static const guint8 gif[] = {
    'G',  'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0,    0,    0,
    0,    255, 255, 255,                                               /* screen */
    0x2c, 0,   0,   0,   0,   2,   0, 1, 0, 0, 2,    2, 0x4c, 0x0a, 0, /* 1 1 */
    0x2c, 0,   0,   0,   0,   2,   0, 1, 0, 0, 2,    2, 0x04, 0x0a, 0, /* 0 0 */
    0x3b,
  };
  g_autoptr (GBytes) bytes = g_bytes_new_static (gif, sizeof gif);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels = limner_image_file_load_bytes (bytes, "a.gif", 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (limner_pixels_get_width (pixels), ==, 2);
  g_assert_cmphex (get_pixel (pixels, 0, 0), ==, 0xffffff);
  g_assert_cmpint (limner_pixels_get_flags (pixels), ==, LIMNER_PIXELS_ANIMATED);
}

static void
test_depths (void)
{
  static const struct
  {
    const char *name;
    LimnerPixelsFormat format;
    guint depth;
  } rows[] = {
    { "basn0g01.png", LIMNER_PIXELS_GREY8, 1 },   { "basn0g02.png", LIMNER_PIXELS_GREY8, 2 },
    { "basn0g04.png", LIMNER_PIXELS_GREY8, 4 },   { "basn0g08.png", LIMNER_PIXELS_GREY8, 8 },
    { "basn0g16.png", LIMNER_PIXELS_GREY16, 16 }, { "basi0g16.png", LIMNER_PIXELS_GREY16, 16 },
    { "basn2c08.png", LIMNER_PIXELS_BGRX, 8 },    { "basn2c16.png", LIMNER_PIXELS_BGRX, 16 },
    { "basn3p01.png", LIMNER_PIXELS_BGRX, 1 },    { "basn3p08.png", LIMNER_PIXELS_BGRX, 8 },
    { "basn4a08.png", LIMNER_PIXELS_BGRX, 8 },    { "basn4a16.png", LIMNER_PIXELS_BGRX, 16 },
    { "basn6a08.png", LIMNER_PIXELS_BGRX, 8 },    { "basn6a16.png", LIMNER_PIXELS_BGRX, 16 },
  };
  g_autofree char *folder = limner_test_shared ("data/img-pngsuite");

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerPixels) pixels = load (folder, rows[i].name);
      gboolean is_reduced = (limner_pixels_get_flags (pixels) & LIMNER_PIXELS_DEPTH_REDUCED) != 0;

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (limner_pixels_get_format (pixels), ==, rows[i].format);
      g_assert_cmpuint (limner_pixels_get_stored_depth (pixels), ==, rows[i].depth);
      g_assert_cmpint (is_reduced, ==, rows[i].depth == 16 && rows[i].format == LIMNER_PIXELS_BGRX);
    }
}

/* Interlaced and not, the pictures of PngSuite are the same. */
static void
test_interlaced_is_equal (void)
{
  static const char *const names[] = { "0g01", "0g02", "0g04", "0g08", "0g16", "2c08", "2c16",
                                       "3p01", "3p02", "3p04", "3p08", "4a08", "4a16", "6a08" };
  g_autofree char *folder = limner_test_shared ("data/img-pngsuite");

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *plain_name = g_strdup_printf ("basn%s.png", names[i]);
      g_autofree char *interlaced_name = g_strdup_printf ("basi%s.png", names[i]);
      g_autoptr (LimnerPixels) plain = load (folder, plain_name);
      g_autoptr (LimnerPixels) interlaced = load (folder, interlaced_name);

      g_assert_cmpfloat (compare (plain, interlaced), ==, 0);
    }
}

/* GdkPixbuf reads the same PNGs: an independent path to the same pixels. */
static void
test_png_against_pixbuf (void)
{
  static const char *const names[] = { "basn0g08.png", "basn2c08.png", "basn3p04.png",
                                       "s33n3p04.png" };
  g_autofree char *folder = limner_test_shared ("data/img-pngsuite");

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (LimnerPixels) pixels = load (folder, names[i]);
      g_autoptr (GdkPixbuf) pixbuf = read_png (path);
      const guint8 *data = gdk_pixbuf_read_pixels (pixbuf);
      int n_channels = gdk_pixbuf_get_n_channels (pixbuf);

      for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
        for (int x = 0; x < gdk_pixbuf_get_width (pixbuf); x++)
          {
            const guint8 *pixel = data + y * gdk_pixbuf_get_rowstride (pixbuf) + x * n_channels;
            guint values[3];

            get_rgb (pixels, x, y, values);
            if (values[0] != pixel[0] || values[1] != pixel[1] || values[2] != pixel[2])
              g_assert_cmpuint (values[0], ==, pixel[0]);
          }
    }
}

static void
test_medical_16_bit (void)
{
  g_autofree char *folder = limner_test_shared ("data/med-png16");
  g_autoptr (LimnerPixels) pixels = NULL;

  if (folder == NULL)
    return;
  pixels = load (folder, "MR4.png");
  g_assert_cmpint (limner_pixels_get_format (pixels), ==, LIMNER_PIXELS_GREY16);
  g_assert_cmpfloat (limner_pixels_get_full_window (pixels).high, >, 255);
  g_assert_cmpfloat (limner_pixels_get_full_window (pixels).high, <=, 4095);
}

static void
check_references (const char *relative)
{
  g_autofree char *root = limner_test_shared (relative);
  g_autoptr (GDir) folder = root != NULL ? g_dir_open (root, 0, NULL) : NULL;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *stem = g_strndup (name, MAX (strlen (name), 4) - 4);
      g_autofree char *reference_name = g_strdup_printf ("%s.png", stem);
      g_autofree char *reference_path = g_build_filename (root, reference_name, NULL);
      g_autoptr (LimnerPixels) pixels = NULL;
      g_autoptr (LimnerPixels) reference = NULL;
      double difference;

      if (!g_str_has_suffix (name, ".jpg") || !g_file_test (reference_path, G_FILE_TEST_EXISTS))
        continue;
      pixels = load (root, name);
      reference = load (root, reference_name);
      if (pixels == NULL || reference == NULL)
        {
          g_test_message ("%s does not open", name);
          continue;
        }
      difference = compare (reference, pixels);
      g_test_message ("%s: %.3f %s", name, difference,
                      limner_pixels_get_flags (pixels) & LIMNER_PIXELS_CORRUPT
                          ? limner_pixels_get_note (pixels, LIMNER_PIXELS_CORRUPT)
                          : "");
      g_assert_cmpfloat (difference, >=, 0);
      g_assert_cmpfloat (difference, <, 3);
    }
}

static void
test_jpeg_references (void)
{
  check_references ("data/img-jpeg-reftest");
  check_references ("data/img-jpeg-reftest/mozilla");
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "not-a-picture-file", test_not_a_picture_file },
    { "no-permission", test_no_permission },
    { "name-in-message", test_name_in_message },
    { "candidates", test_candidates },
    { "flag-codes", test_flag_codes },
    { "pixel-limit", test_pixel_limit },
    { "cancelled", test_cancelled },
    { "probe", test_probe },
    { "exif-photographs", test_exif_photographs },
    { "png-orientation", test_png_orientation },
    { "tiff", test_tiff },
    { "other-formats", test_other_formats },
    { "gif-shows-first-frame", test_gif_shows_first_frame },
    { "depths", test_depths },
    { "interlaced-is-equal", test_interlaced_is_equal },
    { "png-against-pixbuf", test_png_against_pixbuf },
    { "medical-16-bit", test_medical_16_bit },
    { "jpeg-references", test_jpeg_references },
    { NULL },
  };

  return limner_test_main (argc, argv, "image-file", cases);
}
