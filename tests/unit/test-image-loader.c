/* SPDX-License-Identifier: MIT */

#include "limner-test.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <limner/image-loader.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#define BIG_SIDE 4000
#define TIMEOUT_SECONDS 60

/* What happened to one request. */
typedef struct
{
  guint order; /* of completion, from 1; 0 while it is under way */
  LimnerPixels *pixels;
  cairo_surface_t *surface;
  GError *error;
} Answer;

static guint n_answers;

static void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->pixels =
      limner_image_loader_load_finish (LIMNER_IMAGE_LOADER (source), result, &answer->error);
  answer->order = ++n_answers;
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->surface = limner_image_loader_load_thumbnail_finish (LIMNER_IMAGE_LOADER (source), result,
                                                               &answer->error);
  answer->order = ++n_answers;
}

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (const Answer *answer)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add_seconds (TIMEOUT_SECONDS, on_timeout, &is_late);

  while (answer->order == 0 && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_late);
  if (!is_late)
    g_source_remove (timeout);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static char *
write_picture (const char *name, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  const char *type = g_str_has_suffix (name, ".png") ? "png" : "jpeg";
  char *path = limner_test_path (name);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gsize size = gdk_pixbuf_get_byte_length (pixbuf);

  for (gsize i = 0; i < size; i++)
    pixels[i] = (guint8) ((i * 2654435761u) >> 20);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, type, NULL, NULL));
  return path;
}

/* A picture whose decoding takes long, given to the thread that decodes ahead. */
static void
block_back_thread (LimnerImageLoader *loader, Answer *answer)
{
  g_autofree char *path = write_picture ("big.jpg", BIG_SIDE, BIG_SIDE);

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_NEXT, NULL, on_loaded, answer);
  g_usleep (20 * 1000);
}

static void
test_order (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *thumbnail_path = write_picture ("t.png", 40, 40);
  g_autofree char *previous_path = write_picture ("p.png", 40, 40);
  g_autofree char *next_path = write_picture ("n.png", 40, 40);
  g_autofree char *shown_path = write_picture ("s.png", 40, 40);
  g_auto (Answer) big = { 0 };
  g_auto (Answer) thumbnail = { 0 };
  g_auto (Answer) previous = { 0 };
  g_auto (Answer) next = { 0 };
  g_auto (Answer) shown = { 0 };

  block_back_thread (loader, &big);
  limner_image_loader_load_thumbnail_async (loader, thumbnail_path, 20, 20, NULL, on_thumbnail,
                                            &thumbnail);
  limner_image_loader_load_async (loader, previous_path, LIMNER_LOAD_PREVIOUS, NULL, on_loaded,
                                  &previous);
  limner_image_loader_load_async (loader, next_path, LIMNER_LOAD_NEXT, NULL, on_loaded, &next);
  limner_image_loader_load_async (loader, shown_path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &shown);
  wait_for (&thumbnail);
  wait_for (&big);
  g_assert_cmpuint (shown.order, <, big.order);
  g_assert_cmpuint (shown.order, <, next.order);
  g_assert_cmpuint (next.order, <, previous.order);
  g_assert_cmpuint (previous.order, <, thumbnail.order);
  g_assert_nonnull (shown.pixels);
  g_assert_nonnull (thumbnail.surface);
  g_assert_cmpint (cairo_image_surface_get_width (thumbnail.surface), ==, 20);
}

static void
test_join_raises (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("a.png", 40, 40);
  g_auto (Answer) big = { 0 };
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };

  block_back_thread (loader, &big);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_PREVIOUS, NULL, on_loaded, &first);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &second);
  wait_for (&first);
  wait_for (&second);
  g_assert_cmpuint (big.order, ==, 0);
  g_assert_nonnull (first.pixels);
  g_assert_true (first.pixels == second.pixels);
  g_assert_true (limner_image_loader_peek (loader, path) == first.pixels);
  wait_for (&big);
}

static void
test_cached_is_not_decoded_again (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("a.png", 40, 40);
  g_auto (Answer) first = { 0 };
  g_auto (Answer) second = { 0 };

  g_assert_null (limner_image_loader_peek (loader, path));
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &first);
  wait_for (&first);
  g_remove (path);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &second);
  g_assert_cmpuint (second.order, ==, 0);
  wait_for (&second);
  g_assert_nonnull (first.pixels);
  g_assert_true (first.pixels == second.pixels);
}

static void
test_cancel (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("big.jpg", BIG_SIDE, BIG_SIDE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) answer = { 0 };
  g_auto (Answer) again = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, cancellable, on_loaded, &answer);
  g_usleep (20 * 1000);
  g_cancellable_cancel (cancellable);
  wait_for (&answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (limner_image_loader_peek (loader, path));

  /* cancelled work cannot be joined */
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &again);
  wait_for (&again);
  g_assert_no_error (again.error);
  g_assert_nonnull (again.pixels);
}

static void
test_cancel_one_of_two (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("big.jpg", BIG_SIDE, BIG_SIDE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) cancelled = { 0 };
  g_auto (Answer) kept = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, cancellable, on_loaded,
                                  &cancelled);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_NEXT, NULL, on_loaded, &kept);
  g_cancellable_cancel (cancellable);
  wait_for (&kept);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cancelled.order, <, kept.order);
  g_assert_nonnull (kept.pixels);
}

static void
test_cancelled_before (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) answer = { 0 };

  g_cancellable_cancel (cancellable);
  limner_image_loader_load_async (loader, "nothing.png", LIMNER_LOAD_SHOWN, cancellable, on_loaded,
                                  &answer);
  wait_for (&answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_error (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = limner_test_path ("nothing.png");
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  wait_for (&answer);
  g_assert_error (answer.error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_MISSING);
  g_assert_null (answer.pixels);
}

static void
load_and_wait (LimnerImageLoader *loader, const char *path, LimnerLoadPriority priority)
{
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_async (loader, path, priority, NULL, on_loaded, &answer);
  wait_for (&answer);
  g_assert_no_error (answer.error);
}

static void
test_cache_bound (void)
{
  const gsize one_picture = 200 * 200 * 4;
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (one_picture * 9 / 2);
  char *paths[8];

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      paths[i] = write_picture (name, 200, 200);
    }
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      load_and_wait (loader, paths[i], LIMNER_LOAD_SHOWN);
      g_assert_cmpuint (limner_image_loader_get_cached_bytes (loader), <=, one_picture * 9 / 2);
    }
  g_assert_null (limner_image_loader_peek (loader, paths[0]));
  g_assert_null (limner_image_loader_peek (loader, paths[3]));
  for (guint i = 4; i < G_N_ELEMENTS (paths); i++)
    g_assert_nonnull (limner_image_loader_peek (loader, paths[i]));

  /* used last counts, not loaded last */
  g_assert_nonnull (limner_image_loader_peek (loader, paths[4]));
  load_and_wait (loader, paths[0], LIMNER_LOAD_SHOWN);
  g_assert_nonnull (limner_image_loader_peek (loader, paths[4]));
  g_assert_null (limner_image_loader_peek (loader, paths[5]));

  limner_image_loader_invalidate (loader, NULL);
  g_assert_cmpuint (limner_image_loader_get_cached_bytes (loader), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_free (paths[i]);
}

static void
test_shown_and_neighbours_stay (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1000);
  g_autofree char *shown = write_picture ("s.png", 100, 100);
  g_autofree char *next = write_picture ("n.png", 100, 100);
  g_autofree char *previous = write_picture ("p.png", 100, 100);
  g_autofree char *other = write_picture ("o.png", 100, 100);

  load_and_wait (loader, shown, LIMNER_LOAD_SHOWN);
  load_and_wait (loader, next, LIMNER_LOAD_NEXT);
  load_and_wait (loader, previous, LIMNER_LOAD_PREVIOUS);
  g_assert_nonnull (limner_image_loader_peek (loader, shown));
  g_assert_nonnull (limner_image_loader_peek (loader, next));
  g_assert_nonnull (limner_image_loader_peek (loader, previous));

  load_and_wait (loader, other, LIMNER_LOAD_SHOWN);
  g_assert_nonnull (limner_image_loader_peek (loader, other));
  g_assert_null (limner_image_loader_peek (loader, shown));
  g_assert_null (limner_image_loader_peek (loader, next));
}

static void
test_stale (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("a.jpg", BIG_SIDE, BIG_SIDE);
  g_autofree char *newer = write_picture ("newer.jpg", 30, 20);
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  g_usleep (20 * 1000);
  g_assert_cmpint (g_rename (newer, path), ==, 0);
  limner_image_loader_invalidate (loader, path);
  wait_for (&answer);
  g_assert_nonnull (answer.pixels);
  g_assert_cmpuint (limner_pixels_get_width (answer.pixels), ==, 30);
  g_usleep (50 * 1000);
  settle ();
  g_assert_true (limner_image_loader_peek (loader, path) == answer.pixels);

  limner_image_loader_invalidate (loader, path);
  g_assert_null (limner_image_loader_peek (loader, path));
}

static void
test_many_thumbnails (void)
{
  enum
  {
    N = 230
  };
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 30);
  g_autofree char *original = write_picture ("t.png", 20, 20);
  g_autofree char *data = NULL;
  g_autofree Answer *answers = g_new0 (Answer, N);
  g_auto (Answer) big = { 0 };
  gsize length;
  guint n_cancelled = 0;

  g_assert_true (g_file_get_contents (original, &data, &length, NULL));
  block_back_thread (loader, &big);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("t%u.png", i);
      g_autofree char *path = limner_test_path (name);

      g_assert_true (g_file_set_contents (path, data, (gssize) length, NULL));
      limner_image_loader_load_thumbnail_async (loader, path, 10, 10, NULL, on_thumbnail,
                                                &answers[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      wait_for (&answers[i]);
      if (g_error_matches (answers[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        n_cancelled++;
    }
  g_assert_cmpuint (n_cancelled, >, 0);
  g_assert_cmpuint (n_cancelled, <=, 30);
  g_assert_error (answers[0].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (answers[N - 1].surface);
  wait_for (&big);
  for (guint i = 0; i < N; i++)
    answer_clear (&answers[i]);
}

static void
test_close (void)
{
  LimnerImageLoader *loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("big.jpg", BIG_SIDE, BIG_SIDE);
  g_autofree char *other = write_picture ("small.png", 10, 10);
  g_auto (Answer) running = { 0 };
  g_auto (Answer) waiting = { 0 };
  g_auto (Answer) later = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_NEXT, NULL, on_loaded, &running);
  limner_image_loader_load_async (loader, other, LIMNER_LOAD_PREVIOUS, NULL, on_loaded, &waiting);
  limner_image_loader_close (loader);
  limner_image_loader_load_async (loader, other, LIMNER_LOAD_SHOWN, NULL, on_loaded, &later);
  wait_for (&running);
  wait_for (&waiting);
  wait_for (&later);
  g_assert_error (running.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (later.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_finalize_object (loader);
}

/* A caller who lets go with a request under way still gets the answer. */
static void
test_unref_while_loading (void)
{
  LimnerImageLoader *loader = limner_image_loader_new (1 << 30);
  g_autofree char *path = write_picture ("a.png", 300, 300);
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  g_object_unref (loader);
  wait_for (&answer);
  g_assert_nonnull (answer.pixels);
}

/* ---- large pictures ---- */

/* Noise, so that the file is as large as that of a photograph. */
static char *
write_large (const char *name, guint width, guint height, guint8 orientation)
{
  char *path = limner_test_path (name);
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  g_autofree guint8 *row = g_malloc (width);
  const guint8 exif[] = { 'E', 'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42,          0, 0, 0, 8, 0, 1,
                          1,   0x12, 0,   3,   0, 0, 0,   1,   0, orientation, 0, 0, 0, 0, 0, 0 };
  FILE *file = fopen (path, "wb");

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_stdio_dest (&jpeg, file);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = 1;
  jpeg.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults (&jpeg);
  jpeg_start_compress (&jpeg, TRUE);
  jpeg_write_marker (&jpeg, JPEG_APP0 + 1, exif, sizeof exif);
  for (guint y = 0; y < height; y++)
    {
      for (guint x = 0; x < width; x++)
        row[x] = (guint8) (x * 200 / width + (((x * 73856093u) ^ (y * 19349663u)) >> 7) % 40);
      jpeg_write_scanlines (&jpeg, (JSAMPROW[]){ row }, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  fclose (file);
  return path;
}

typedef struct
{
  char *path;
  LimnerPixels *pixels;
  guint n;
} Preview;

static void
on_preview (LimnerImageLoader *loader, const char *path, LimnerPixels *pixels, Preview *preview)
{
  preview->n++;
  g_free (preview->path);
  preview->path = g_strdup (path);
  g_clear_pointer (&preview->pixels, limner_pixels_unref);
  preview->pixels = limner_pixels_ref (pixels);
}

static void
test_preview (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 20);
  g_autofree char *large = write_large ("large.jpg", 8000, 4000, LIMNER_ORIENTATION_NORMAL);
  g_autofree char *small = write_large ("small.jpg", 4000, 3000, LIMNER_ORIENTATION_NORMAL);
  Preview preview = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Answer) second = { 0 };

  g_signal_connect (loader, "preview", G_CALLBACK (on_preview), &preview);
  limner_image_loader_load_async (loader, small, LIMNER_LOAD_SHOWN, NULL, on_loaded, &second);
  wait_for (&second);
  g_assert_cmpuint (preview.n, ==, 0);

  limner_image_loader_load_async (loader, large, LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  wait_for (&answer);
  g_assert_nonnull (answer.pixels);
  g_assert_false (limner_pixels_is_preview (answer.pixels));
  g_assert_cmpuint (preview.n, <=, 1);
  if (preview.n > 0)
    {
      g_assert_cmpstr (preview.path, ==, large);
      g_assert_true (limner_pixels_is_preview (preview.pixels));
      g_assert_cmpuint (limner_pixels_get_width (preview.pixels), ==, 8000);
      g_assert_cmpuint (limner_pixels_get_height (preview.pixels), ==, 4000);
      g_assert_cmpint (limner_pixels_get_flags (preview.pixels), ==, LIMNER_PIXELS_OK);
      g_assert_cmpuint (limner_pixels_get_size_bytes (preview.pixels) * 3, <,
                        limner_pixels_get_size_bytes (answer.pixels));
    }
  else
    g_test_message ("the whole picture came first here");
  g_free (preview.path);
  g_clear_pointer (&preview.pixels, limner_pixels_unref);
}

/* A picture that was left goes, also where what is shown next had been decoded before. */
static void
test_left_picture_goes (void)
{
  const gsize picture_bytes = 1000 * 1000 * 4;
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (2 * picture_bytes);
  g_autofree char *a = write_picture ("a.jpg", 1000, 1000);
  g_autofree char *b = write_picture ("b.jpg", 1000, 1000);
  g_autofree char *c = write_picture ("c.jpg", 1000, 1000);

  load_and_wait (loader, a, LIMNER_LOAD_SHOWN);
  load_and_wait (loader, b, LIMNER_LOAD_NEXT);
  load_and_wait (loader, c, LIMNER_LOAD_PREVIOUS);
  settle ();
  g_assert_cmpuint (limner_image_loader_get_cached_bytes (loader), >, 2 * picture_bytes);
  limner_image_loader_load_async (loader, b, LIMNER_LOAD_SHOWN, NULL, NULL, NULL);
  limner_image_loader_load_async (loader, c, LIMNER_LOAD_NEXT, NULL, NULL, NULL);
  settle ();
  g_assert_null (limner_image_loader_peek (loader, a));
  g_assert_nonnull (limner_image_loader_peek (loader, b));
  g_assert_nonnull (limner_image_loader_peek (loader, c));
}

/* Somebody who has looked at the folder before sees the picture at once. */
static void
test_rough_preview (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 20);
  g_autofree char *large = write_large ("large.jpg", 8000, 4000, LIMNER_ORIENTATION_ROTATE_90);
  Preview preview = { 0 };
  g_auto (Answer) thumbnail = { 0 };
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_thumbnail_async (loader, large, 100, 100, NULL, on_thumbnail,
                                            &thumbnail);
  wait_for (&thumbnail);
  g_assert_no_error (thumbnail.error);
  g_signal_connect (loader, "preview", G_CALLBACK (on_preview), &preview);
  limner_image_loader_load_async (loader, large, LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  while (preview.n == 0 && answer.order == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (preview.n, ==, 1);
  if (preview.n == 1)
    {
      /* 128 pixels wide at most: halved six times */
      g_assert_cmpuint (limner_pixels_get_width (preview.pixels), ==, 4000);
      g_assert_cmpuint (limner_pixels_get_height (preview.pixels), ==, 8000);
      /* shapes drawn meanwhile go to the file by it */
      g_assert_cmpint (limner_pixels_get_orientation (preview.pixels), ==,
                       LIMNER_ORIENTATION_ROTATE_90);
      g_assert_cmpuint (limner_pixels_get_size_bytes (preview.pixels), <, 100 * 1000);
    }
  wait_for (&answer);
  g_assert_nonnull (answer.pixels);
  g_free (preview.path);
  g_clear_pointer (&preview.pixels, limner_pixels_unref);
}

/* What is larger than the cache is not decoded ahead, but comes when it is to be shown. */
static void
test_large_is_not_ahead (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 20);
  g_autofree char *large = write_large ("large.jpg", 8000, 4000, LIMNER_ORIENTATION_NORMAL);
  g_auto (Answer) ahead = { 0 };
  g_auto (Answer) shown = { 0 };
  g_auto (Answer) early = { 0 };
  g_auto (Answer) late = { 0 };

  limner_image_loader_load_async (loader, large, LIMNER_LOAD_NEXT, NULL, on_loaded, &ahead);
  wait_for (&ahead);
  g_assert_error (ahead.error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT);
  limner_image_loader_load_async (loader, large, LIMNER_LOAD_SHOWN, NULL, on_loaded, &shown);
  wait_for (&shown);
  g_assert_no_error (shown.error);
  g_assert_nonnull (shown.pixels);

  /* also when the flip comes while it is being looked at */
  limner_image_loader_invalidate (loader, NULL);
  limner_image_loader_load_async (loader, large, LIMNER_LOAD_NEXT, NULL, on_loaded, &early);
  limner_image_loader_load_async (loader, large, LIMNER_LOAD_SHOWN, NULL, on_loaded, &late);
  wait_for (&late);
  g_assert_nonnull (late.pixels);

  /* with the room for it, it is */
  limner_image_loader_invalidate (loader, NULL);
  limner_image_loader_set_cache_bytes (loader, (gsize) 1 << 30);
  answer_clear (&ahead);
  ahead.order = 0;
  limner_image_loader_load_async (loader, large, LIMNER_LOAD_NEXT, NULL, on_loaded, &ahead);
  wait_for (&ahead);
  g_assert_no_error (ahead.error);
}

static void
test_max_pixels (void)
{
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (1 << 20);
  g_autofree char *path = write_picture ("a.png", 100, 100);
  g_auto (Answer) refused = { 0 };
  g_auto (Answer) opened = { 0 };

  limner_image_loader_set_max_pixels (loader, 9999);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &refused);
  wait_for (&refused);
  g_assert_error (refused.error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT);
  g_assert_nonnull (strstr (refused.error->message, "9999"));
  g_assert_nonnull (strstr (refused.error->message, "Largest image"));
  limner_image_loader_set_max_pixels (loader, 10000);
  limner_image_loader_load_async (loader, path, LIMNER_LOAD_SHOWN, NULL, on_loaded, &opened);
  wait_for (&opened);
  g_assert_no_error (opened.error);
}

/* ---- a whole folder ---- */

#define N_WALK 2000
#define WALK_WIDTH 320
#define WALK_HEIGHT 240

static gsize
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  gulong total = 0, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu", &total, &resident) != 2)
    return 0;
  return (gsize) resident * (gsize) sysconf (_SC_PAGESIZE);
}

/* One flip of the window: the shown one is asked for before what was wanted is given up. */
static void
flip (LimnerImageLoader *loader, char **paths, guint i, GCancellable **prefetching)
{
  g_autoptr (GCancellable) old = g_steal_pointer (prefetching);
  g_auto (Answer) answer = { 0 };

  limner_image_loader_load_async (loader, paths[i], LIMNER_LOAD_SHOWN, NULL, on_loaded, &answer);
  g_cancellable_cancel (old);
  wait_for (&answer);
  g_assert_no_error (answer.error);
  *prefetching = g_cancellable_new ();
  if (i + 1 < N_WALK)
    limner_image_loader_load_async (loader, paths[i + 1], LIMNER_LOAD_NEXT, *prefetching, NULL,
                                    NULL);
  if (i > 0)
    limner_image_loader_load_async (loader, paths[i - 1], LIMNER_LOAD_PREVIOUS, *prefetching, NULL,
                                    NULL);
}

static void
test_walk (void)
{
  const gsize picture_bytes = WALK_WIDTH * WALK_HEIGHT * 4;
  const gsize cache_bytes = 20 * picture_bytes;
  LimnerImageLoader *loader = limner_image_loader_new (cache_bytes);
  g_autofree char *source = write_picture ("source.jpg", WALK_WIDTH, WALK_HEIGHT);
  g_auto (GStrv) paths = g_new0 (char *, N_WALK + 1);
  g_autoptr (GCancellable) prefetching = NULL;
  gsize early = 0, largest_cache = 0;

  for (guint i = 0; i < N_WALK; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u.jpg", i);

      paths[i] = limner_test_path (name);
      g_assert_cmpint (link (source, paths[i]), ==, 0);
    }
  for (guint i = 0; i < N_WALK; i++)
    {
      flip (loader, paths, i, &prefetching);
      largest_cache = MAX (largest_cache, limner_image_loader_get_cached_bytes (loader));
      if (i == N_WALK / 10)
        early = get_resident_bytes ();
    }
  g_test_message ("cache %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes, memory %" G_GSIZE_FORMAT
                  " then %" G_GSIZE_FORMAT,
                  largest_cache, cache_bytes, early, get_resident_bytes ());
  g_assert_cmpuint (largest_cache, <=, cache_bytes + 3 * (picture_bytes * 4 / 3 + 4096));
#if !defined(__SANITIZE_ADDRESS__)
  g_assert_cmpuint (get_resident_bytes (), <, early + 24 * 1024 * 1024);
#endif
  g_cancellable_cancel (prefetching);
  limner_image_loader_close (loader);
  settle ();
  g_assert_finalize_object (loader);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "order", test_order },
    { "join-raises", test_join_raises },
    { "cached-is-not-decoded-again", test_cached_is_not_decoded_again },
    { "cancel", test_cancel },
    { "cancel-one-of-two", test_cancel_one_of_two },
    { "cancelled-before", test_cancelled_before },
    { "error", test_error },
    { "cache-bound", test_cache_bound },
    { "shown-and-neighbours-stay", test_shown_and_neighbours_stay },
    { "stale", test_stale },
    { "many-thumbnails", test_many_thumbnails },
    { "close", test_close },
    { "unref-while-loading", test_unref_while_loading },
    { "preview", test_preview },
    { "rough-preview", test_rough_preview },
    { "left-picture-goes", test_left_picture_goes },
    { "large-is-not-ahead", test_large_is_not_ahead },
    { "max-pixels", test_max_pixels },
    { "walk", test_walk },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "image-loader", cases);
}
