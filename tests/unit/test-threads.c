/* SPDX-License-Identifier: MIT */

/* The engine's threads all at work at once. What is checked is the outcome; what it is made for is
 * the thread sanitizer, which sees races that end well, too (tests/threads). */

#include "document-fixture.h"

#include <limner/image-loader.h>

#define N_EDITS 240
#define N_WRITES 6

static char *
make_set (const char *name)
{
  g_autofree char *source = limner_test_data ("sample");
  g_autofree char *folder = limner_test_path (name);

  fixture_copy_tree (source, folder);
  return g_steal_pointer (&folder);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer n_under_way)
{
  g_autoptr (GPtrArray) annotations = NULL;
  g_autoptr (GError) error = NULL;

  annotations = limner_document_load_annotations_finish (LIMNER_DOCUMENT (source), result, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_no_error (error);
  (*(guint *) n_under_way)--;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer n_under_way)
{
  g_autoptr (GError) error = NULL;

  limner_document_save_finish (LIMNER_DOCUMENT (source), result, &error);
  g_assert_no_error (error);
  (*(guint *) n_under_way)--;
}

static guint
count_boxes (const char *path, double x)
{
  g_autofree char *text = fixture_read (path);
  g_autofree char *box = g_strdup_printf ("\"bbox\": [%g, ", x);
  guint n = 0;

  for (const char *at = text; (at = strstr (at, box)) != NULL; at++)
    n++;
  return n;
}

/* The hand goes on while the log thread writes, checkpoints run and annotations are read. */
static void
test_edit_while_saving (void)
{
  g_autofree char *folder = make_set ("set");
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  LimnerDocument *document = fixture_open (folder);
  guint n_images = limner_dataset_get_n_images (limner_document_get_dataset (document));
  guint n_under_way = 0;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (guint i = 0; i < N_EDITS; i++)
    {
      fixture_draw (document, i % n_images, 1, 1001, i);
      if (i % 3 == 0)
        {
          g_autoptr (GError) error = NULL;

          g_assert_true (limner_document_undo (document, NULL, &error));
          g_assert_true (limner_document_redo (document, NULL, &error));
        }
      if (i % 24 == 0)
        {
          n_under_way++;
          limner_document_save_async (document, NULL, on_saved, &n_under_way);
        }
      n_under_way++;
      limner_document_load_annotations_async (document, (i * 7) % n_images,
                                              i % 5 == 0 ? cancellable : NULL, on_answer,
                                              &n_under_way);
      if (i % 60 == 59)
        {
          g_cancellable_cancel (cancellable);
          g_object_unref (cancellable);
          cancellable = g_cancellable_new ();
        }
      g_main_context_iteration (NULL, FALSE);
    }
  limner_test_wait (n_under_way == 0);
  fixture_close (document);
  g_assert_cmpuint (count_boxes (path, 1001), ==, N_EDITS);
}

/* A program that knows nothing of us adds its records, and replaces the file by rename. */
static gpointer
write_as_another (gpointer data)
{
  const char *path = data;

  for (guint i = 0; i < N_WRITES; i++)
    {
      g_autofree char *text = fixture_read (path);
      g_auto (GStrv) parts = g_strsplit (text, "\"annotations\": [", 2);
      g_autofree char *record =
          g_strdup_printf ("\"annotations\": [\n  {\"id\": %u, \"image_id\": 1, \"category_id\": "
                           "1, \"bbox\": [2002, "
                           "%u, 3, 4], \"area\": 12, \"iscrowd\": 0, \"segmentation\": []},",
                           900000 + i, i);
      g_autofree char *changed = g_strjoinv (record, parts);

      fixture_replace (path, changed);
      g_usleep (150 * 1000);
    }
  return NULL;
}

/* The watch notices, the file is read again in a thread and merged with what comes from the hand
 * meanwhile. */
static void
test_merge_while_editing (void)
{
  g_autofree char *folder = make_set ("set");
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  LimnerDocument *document = fixture_open (folder);
  guint n_images = limner_dataset_get_n_images (limner_document_get_dataset (document));
  g_autoptr (GThread) other = g_thread_new ("another", write_as_another, path);
  guint n = 0;

  for (; n < 150; n++)
    {
      fixture_draw (document, n % n_images, 1, 1001, n);
      for (guint k = 0; k < 5; k++)
        g_main_context_iteration (NULL, FALSE);
      g_usleep (4000);
    }
  g_thread_join (g_steal_pointer (&other));
  /* the other one read what was there and wrote it back: it never saw ours before a checkpoint */
  fixture_save (document);
  fixture_close (document);
  g_assert_cmpuint (count_boxes (path, 1001), ==, n);
  g_assert_cmpuint (count_boxes (path, 2002), >, 0);
}

/* ---- opening ---- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer place)
{
  g_autoptr (GError) error = NULL;

  *(LimnerDocument **) place = limner_document_open_finish (result, &error);
  g_assert_no_error (error);
}

/* Several opens of one dataset at once end in one document. */
static void
test_open_at_once (void)
{
  g_autofree char *folder = make_set ("set");

  for (guint round = 0; round < 5; round++)
    {
      LimnerDocument *documents[4] = { NULL };

      for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
        limner_document_open_async (folder, NULL, NULL, 0, NULL, NULL, NULL, on_opened,
                                    &documents[i]);
      limner_test_wait (documents[0] != NULL && documents[1] != NULL && documents[2] != NULL &&
                        documents[3] != NULL);
      for (guint i = 1; i < G_N_ELEMENTS (documents); i++)
        {
          g_assert_true (documents[i] == documents[0]);
          g_object_unref (documents[i]);
        }
      fixture_draw (documents[0], 0, 1, 1001, round);
      fixture_close (documents[0]);
    }
}

static gpointer
scan (gpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open (path, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return GUINT_TO_POINTER (limner_coco_file_get_columns (file)->n_annotations);
}

/* Large enough that a scan is worth being cut in parts. */
static void
test_scan_at_once (void)
{
  g_autoptr (GString) text = g_string_new ("{\"images\": [{\"id\": 1, \"file_name\": \"a.png\", "
                                           "\"width\": 640, \"height\": 480}], \"categories\": "
                                           "[{\"id\": 1, \"name\": \"car\"}], \"annotations\": [");
  g_autofree char *folder = limner_test_path ("set");
  g_autofree char *path = NULL;
  GThread *threads[3];

  for (guint i = 1; i <= 40000; i++)
    g_string_append_printf (text,
                            "%s{\"id\": %u, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, "
                            "3, 4], \"area\": 12, \"iscrowd\": 0, \"segmentation\": []}",
                            i > 1 ? ",\n" : "", i);
  g_string_append (text, "]}");
  g_mkdir (folder, 0755);
  path = fixture_write (folder, "set.json", text->str);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("scan", scan, path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 40000);
}

/* ---- pictures ---- */

static void
on_pixels (GObject *source, GAsyncResult *result, gpointer n_under_way)
{
  g_autoptr (LimnerPixels) pixels G_GNUC_UNUSED =
      limner_image_loader_load_finish (LIMNER_IMAGE_LOADER (source), result, NULL);

  (*(guint *) n_under_way)--;
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer n_under_way)
{
  cairo_surface_t *surface =
      limner_image_loader_load_thumbnail_finish (LIMNER_IMAGE_LOADER (source), result, NULL);

  g_clear_pointer (&surface, cairo_surface_destroy);
  (*(guint *) n_under_way)--;
}

static GPtrArray *
list_pictures (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".jpg") || g_str_has_suffix (name, ".png"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  return paths;
}

/* Leafing through faster than pictures are decoded: requests are joined, raised and cancelled, the
 * cache is small, pictures change on disk, and in the end the loader is closed at work. */
static void
test_flip_pictures (void)
{
  g_autofree char *folder = make_set ("set");
  g_autoptr (GPtrArray) paths = list_pictures (folder);
  g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (2 << 20);
  guint n_under_way = 0;

  g_assert_cmpuint (paths->len, >, 3);
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      for (guint k = 0; k < 3; k++)
        {
          n_under_way++;
          limner_image_loader_load_async (loader, g_ptr_array_index (paths, (i + k) % paths->len),
                                          LIMNER_LOAD_SHOWN + k, cancellable, on_pixels,
                                          &n_under_way);
        }
      n_under_way++;
      limner_image_loader_load_thumbnail_async (loader,
                                                g_ptr_array_index (paths, (i * 3) % paths->len), 56,
                                                42, NULL, on_thumbnail, &n_under_way);
      for (guint k = 0; k < 10; k++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (1000);
        }
      limner_image_loader_peek (loader, g_ptr_array_index (paths, i % paths->len));
      limner_image_loader_get_cached_bytes (loader);
      if (i % 7 == 0)
        limner_image_loader_invalidate (loader, g_ptr_array_index (paths, i % paths->len));
      if (i % 2 == 0)
        g_cancellable_cancel (cancellable);
    }
  limner_image_loader_close (loader);
  limner_test_wait (n_under_way == 0);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "edit-while-saving", test_edit_while_saving },
    { "merge-while-editing", test_merge_while_editing },
    { "open-at-once", test_open_at_once },
    { "scan-at-once", test_scan_at_once },
    { "flip-pictures", test_flip_pictures },
    { NULL },
  };

  return limner_test_main (argc, argv, "threads", cases);
}
