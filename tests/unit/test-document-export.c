/* SPDX-License-Identifier: MIT */
#include "document-fixture.h"

/* Exports, and the frame that numbers are in. */

static const char base_text[] =
    "{\"info\": {\"year\": 2020, \"limner\": {\"frame\": \"upright\"}}, \"licenses\": [], "
    "\"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480, \"limner\": "
    "{\"state\": \"done\"}},\n"
    "{\"id\": 2, \"file_name\": \"sub/b.jpg\", \"width\": 640, \"height\": 480},\n"
    "{\"id\": 3, \"file_name\": \"c.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\", \"limner\": {\"color\": \"#010203\"}}\n"
    "], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4.50]},\n"
    "{\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"x\": 1}\n"
    "]}\n";

typedef struct
{
  const char *name;
  LimnerExportOptions options;
  const char *images;
  const char *categories;
  const char *annotations;
  const char *info;
} ExportCase;

#define A "\n{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480"
#define B "\n{\"id\": 2, \"file_name\": \"sub/b.jpg\", \"width\": 640, \"height\": 480}"
#define C "\n{\"id\": 3, \"file_name\": \"c.jpg\", \"width\": 640, \"height\": 480}"
#define D "\n{\"id\": 4, \"file_name\": \"d.jpg\", \"width\": 640, \"height\": 480}"
#define DONE ", \"limner\": {\"state\": \"done\"}}"
#define CAR "\n{\"id\": 1, \"name\": \"car\", \"limner\": {\"color\": \"#010203\"}}\n"
#define ONE "\n{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4.50]}"
#define TWO "\n{\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"x\": 1}"
#define NEW "\n{\"id\": 3, \"image_id\": 4, \"category_id\": 1, \"bbox\": [9, 9, 10.5, 20]}"
#define INFO "{\"year\": 2020, \"limner\": {\"frame\": \"upright\"}}"

/* The image d.jpg and its annotation are edits that are not saved. */
static const ExportCase cases[] = {
  { "records",
    { LIMNER_EXPORT_RECORDS, FALSE, FALSE },
    A DONE "," B "," C "," D "\n",
    CAR,
    ONE "," TWO "," NEW "\n",
    INFO },
  { "annotated",
    { LIMNER_EXPORT_ANNOTATED, FALSE, FALSE },
    A DONE "," B "," D "\n",
    CAR,
    ONE "," TWO "," NEW "\n",
    INFO },
  { "done", { LIMNER_EXPORT_DONE, FALSE, FALSE }, A DONE "\n", CAR, ONE "\n", INFO },
  { "without limner",
    { LIMNER_EXPORT_ANNOTATED, FALSE, TRUE },
    A "}," B "," D "\n",
    "\n{\"id\": 1, \"name\": \"car\"}\n",
    ONE "," TWO "," NEW "\n",
    "{\"year\": 2020}" },
  { "with images", { LIMNER_EXPORT_DONE, TRUE, FALSE }, A DONE "\n", CAR, ONE "\n", INFO },
};

static LimnerDocument *
open_edited (void)
{
  static const char *const names[] = { "a.jpg", "sub/b.jpg", "c.jpg", "d.jpg" };
  g_autofree char *folder = limner_test_path ("from");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document;
  LimnerTransaction *t;
  guint image;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    fixture_picture (folder, names[i]);
  path = fixture_write (folder, "annotations.json", base_text);
  document = fixture_open (path);
  image = limner_dataset_find_image_by_name (limner_document_get_dataset (document), "d.jpg");
  t = limner_document_begin (document, "New", image);
  limner_transaction_create_record (t, LIMNER_RECORD_IMAGE,
                                    "{\"id\": 4, \"file_name\": \"d.jpg\", \"width\": 640, "
                                    "\"height\": 480}",
                                    NULL, &error);
  g_assert_no_error (error);
  limner_transaction_create_record (t, LIMNER_RECORD_ANNOTATION,
                                    "{\"id\": 3, \"image_id\": 4, \"category_id\": 1, \"bbox\": "
                                    "[9, 9, 10.5, 20]}",
                                    NULL, &error);
  g_assert_no_error (error);
  fixture_commit (document, t);
  return document;
}

static gboolean
export_to (LimnerDocument *document,
           const char *target,
           const LimnerExportOptions *options,
           GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  limner_document_export_async (document, target, options, NULL, NULL, NULL, fixture_keep, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return limner_document_export_finish (document, result, error);
}

static void
test_export (void)
{
  LimnerDocument *document = open_edited ();
  g_autofree char *from = limner_test_path ("from");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_true (limner_document_flush (document, NULL));
  before = fixture_snapshot (from);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const ExportCase *c = &cases[i];
      g_autofree char *folder = limner_test_path (c->name);
      g_autofree char *target = g_build_filename (folder, "out.json", NULL);
      g_autofree char *picture = g_build_filename (folder, "a.jpg", NULL);
      g_autofree char *text = NULL;
      g_autofree char *expected =
          g_strdup_printf ("{\"info\": %s, \"licenses\": [], \"images\": [%s]"
                           ", \"categories\": [%s], \"annotations\": [%s]}\n",
                           c->info, c->images, c->categories, c->annotations);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->name);
      g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
      g_assert_true (g_file_set_contents (target, "what was there", -1, NULL));
      g_assert_true (export_to (document, target, &c->options, &error));
      g_assert_no_error (error);
      text = fixture_read (target);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpint (g_file_test (picture, G_FILE_TEST_EXISTS), ==, c->options.copy_images);
    }
  after = fixture_snapshot (from);
  g_assert_cmpstr (before, ==, after);
  fixture_close (document);
}

/* Pictures nobody annotated are wanted as negatives. */
static void
test_export_all_pictures (void)
{
  const LimnerExportOptions options = { LIMNER_EXPORT_ALL, TRUE, FALSE };
  g_autofree char *sample = limner_test_data ("sample");
  g_autofree char *target = limner_test_path ("out.json");
  g_autofree char *copied = limner_test_path ("highway-10.jpg");
  g_autoptr (GError) error = NULL;
  LimnerDocument *document =
      limner_document_open (sample, NULL, NULL, LIMNER_OPEN_READ_ONLY, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (export_to (document, target, &options, &error));
  g_assert_no_error (error);
  text = fixture_read (target);
  g_assert_nonnull (
      strstr (text, "\"id\": 5, \"file_name\": \"blood-2.jpg\", \"width\": 640, \"height\": 480}"));
  g_assert_nonnull (
      strstr (text,
              "\"id\": 6, \"file_name\": \"highway-10.jpg\", \"width\": 1280, \"height\": 720}"));
  g_assert_true (g_file_test (copied, G_FILE_TEST_EXISTS));
  fixture_close (document);
}

/* Another picture of that name is somebody's: it stays, whatever its size; a copy of ours is left.
 */
static void
test_export_never_over_other_pictures (void)
{
  const LimnerExportOptions options = { LIMNER_EXPORT_DONE, TRUE, FALSE };
  LimnerDocument *document = open_edited ();
  g_autofree char *target = limner_test_path ("taken/out.json");
  g_autofree char *folder = limner_test_path ("taken");
  g_autofree char *ours = limner_test_path ("from/a.jpg");
  g_autofree char *taken = limner_test_path ("taken/a.jpg");
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (ours, &content, &length, NULL));
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;
      gsize n;

      content[length - 1] ^= i == 0;
      g_assert_true (g_file_set_contents (taken, content, (gssize) length, NULL));
      g_assert_cmpint (export_to (document, target, &options, &error), ==, i == 1);
      if (i == 0)
        g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
      g_assert_cmpint (g_file_test (target, G_FILE_TEST_EXISTS), ==, i == 1);
      g_assert_true (g_file_get_contents (taken, &after, &n, NULL));
      g_assert_cmpmem (after, n, content, length);
      content[length - 1] ^= i == 0;
    }
  fixture_close (document);
}

/* Given up: no half picture, no leftover. */
static void
test_export_given_up (void)
{
  const LimnerExportOptions options = { LIMNER_EXPORT_ALL, TRUE, FALSE };
  LimnerDocument *document = open_edited ();
  g_autofree char *folder = limner_test_path ("given-up");
  g_autofree char *target = g_build_filename (folder, "out.json", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;

  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  limner_document_export_async (document, target, &options, NULL, NULL, cancellable, fixture_keep,
                                &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (limner_document_export_finish (document, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  dir = g_dir_open (folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_assert_null (strstr (name, "limner-tmp"));
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
  g_clear_object (&result);
  fixture_close (document);
}

static void
test_export_never_over_itself (void)
{
  LimnerDocument *document = open_edited ();
  g_autoptr (GError) error = NULL;
  g_autofree char *link = limner_test_path ("link.json");
  const LimnerExportOptions options = { LIMNER_EXPORT_ALL, FALSE, FALSE };

  g_assert_false (export_to (document, limner_document_get_path (document), &options, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (symlink (limner_document_get_path (document), link), ==, 0);
  g_assert_false (export_to (document, link, &options, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
  fixture_close (document);
}

/* ---- the frame ---- */

typedef struct
{
  const char *name;
  const char *info;
  const char *file;
  gboolean has_shown_size; /* else width and height swapped */
  LimnerFrame frame;
} FrameCase;

/* All are shown as 1800 x 1200; Landscape_6.jpg is stored on its side. */
static const FrameCase frame_cases[] = {
  { "info says stored", "{\"limner\": {\"frame\": \"stored\"}}", "Landscape_1.jpg", TRUE,
    LIMNER_FRAME_STORED },
  { "info wins over sizes", "{\"limner\": {\"frame\": \"upright\"}}", "Landscape_6.jpg", FALSE,
    LIMNER_FRAME_UPRIGHT },
  { "upright sizes", "{}", "Landscape_6.jpg", TRUE, LIMNER_FRAME_UPRIGHT },
  { "stored sizes", "{}", "Landscape_6.jpg", FALSE, LIMNER_FRAME_STORED },
  { "not turned tells nothing", "{}", "Landscape_1.jpg", FALSE, LIMNER_FRAME_UPRIGHT },
  { "flipped tells nothing", "{}", "Landscape_3.jpg", FALSE, LIMNER_FRAME_UPRIGHT },
};

static void
test_frame (void)
{
  g_autofree char *shared = limner_test_shared ("data/img-exif-orientation");

  if (shared == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (frame_cases); i++)
    {
      const FrameCase *c = &frame_cases[i];
      g_autofree char *folder = limner_test_path (c->name);
      g_autofree char *text = NULL;
      g_autofree char *path = NULL;
      LimnerDocument *document;

      g_test_message ("%s", c->name);
      fixture_copy_tree (shared, folder);
      text = g_strdup_printf ("{\"info\": %s, \"images\": [{\"id\": 1, \"file_name\": \"%s\", "
                              "\"width\": %d, \"height\": %d}], \"annotations\": [], "
                              "\"categories\": []}",
                              c->info, c->file, c->has_shown_size ? 1800 : 1200,
                              c->has_shown_size ? 1200 : 1800);
      path = fixture_write (folder, "annotations.json", text);
      document = fixture_open (path);
      g_assert_cmpuint (limner_document_get_frame (document), ==, c->frame);
      fixture_close (document);
    }
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase test_cases[] = {
    { "export", test_export },
    { "export-all-pictures", test_export_all_pictures },
    { "export-never-over-other-pictures", test_export_never_over_other_pictures },
    { "export-given-up", test_export_given_up },
    { "export-never-over-itself", test_export_never_over_itself },
    { "frame", test_frame },
    { NULL, NULL },
  };
  return limner_test_main (argc, argv, "document-export", test_cases);
}
