/* SPDX-License-Identifier: MIT */

#include "limner-test.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <limner/image-loader.h>
#include <string.h>

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
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "image-loader", cases);
}
