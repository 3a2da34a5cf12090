/* SPDX-License-Identifier: MIT */

#include "document-fixture.h"

/* Records that we and another program changed: three versions, and an answer for each. */

static const char base_text[] =
    "{\"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\"},\n"
    "{\"id\": 2, \"name\": \"bus\"}\n"
    "], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"area\": 12},\n"
    "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n"
    "{\"id\": 3, \"image_id\": 1, \"category_id\": 1, \"bbox\": [9, 9, 9, 9], \"area\": 81}\n"
    "]}\n";

static guint
n_conflicts (LimnerDocument *document)
{
  return limner_document_get_conflicts (document)->len;
}

static const LimnerConflict *
get_conflict (LimnerDocument *document, guint i)
{
  return g_ptr_array_index (limner_document_get_conflicts (document), i);
}

static gboolean
theirs_holds (LimnerDocument *document, guint i, const char *text)
{
  GBytes *theirs = get_conflict (document, i)->theirs;

  return g_strstr_len (g_bytes_get_data (theirs, NULL), g_bytes_get_size (theirs), text) != NULL;
}

static void
settle (LimnerDocument *document, gint64 id, gboolean keep_ours)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      limner_document_settle_conflict (document, LIMNER_RECORD_ANNOTATION, id, keep_ours, &error));
  g_assert_no_error (error);
}

static char *
make_set (void)
{
  fixture_picture (limner_test_dir (), "a.jpg");
  return fixture_write (limner_test_dir (), "annotations.json", base_text);
}

/* Our three boxes at 101 to 103, theirs at 11 to 13; theirs is on disk. */
static LimnerDocument *
make_three (const char *path)
{
  g_autofree char *one = fixture_replace_in (base_text, "[1, 2, 3, 4]", "[11, 2, 3, 4]");
  g_autofree char *two = fixture_replace_in (one, "[5, 6, 7, 8]", "[12, 6, 7, 8]");
  g_autofree char *theirs = fixture_replace_in (two, "[9, 9, 9, 9]", "[13, 9, 9, 9]");
  LimnerDocument *document = fixture_open (path);

  for (int id = 1; id <= 3; id++)
    fixture_set_x (document, id, 100 + id);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, theirs);
  limner_test_wait (n_conflicts (document) == 3);
  return document;
}

static void
test_three_versions (void)
{
  g_autofree char *path = make_set ();
  LimnerDocument *document = make_three (path);
  const LimnerConflict *first = get_conflict (document, 0);
  g_autoptr (GPtrArray) differences = limner_conflict_list_differences (first);
  const LimnerMemberDifference *bbox = g_ptr_array_index (differences, 0);

  g_assert_cmpuint (first->kind, ==, LIMNER_RECORD_ANNOTATION);
  g_assert_cmpint (first->id, ==, 1);
  g_assert_cmpuint (differences->len, ==, 1);
  g_assert_cmpstr (bbox->name, ==, "bbox");
  g_assert_cmpstr (bbox->base, ==, "[1, 2, 3, 4]");
  g_assert_cmpstr (bbox->ours, ==, "[101, 2, 3, 4]");
  g_assert_cmpstr (bbox->theirs, ==, "[11, 2, 3, 4]");
  fixture_close (document);
}

/* One by one; killed in the middle: what was answered stays answered, the rest is asked again. */
static void
test_one_by_one (void)
{
  g_autofree char *path = make_set ();
  g_autofree char *before = NULL;
  g_autofree char *between = NULL;
  LimnerDocument *document = make_three (path);
  g_autoptr (GError) error = NULL;

  before = fixture_read (path);
  settle (document, 1, TRUE);
  settle (document, 2, FALSE);
  g_assert_cmpuint (n_conflicts (document), ==, 1);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 101);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_false (limner_document_save (document, NULL));
  fixture_drop (document);
  between = fixture_read (path);
  g_assert_cmpstr (between, ==, before);

  document = fixture_open (path);
  g_assert_cmpuint (n_conflicts (document), ==, 1);
  g_assert_cmpint (get_conflict (document, 0)->id, ==, 3);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 101);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_false (
      limner_document_settle_conflict (document, LIMNER_RECORD_ANNOTATION, 1, TRUE, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND);
  settle (document, 3, FALSE);
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  fixture_save (document);
  fixture_close (document);

  document = fixture_open (path);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 101);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 13);
  fixture_close (document);
}

/* Undoing an answer gives the other version; undoing on goes back to what there was. */
static void
test_undo (void)
{
  g_autofree char *path = make_set ();
  LimnerDocument *document = make_three (path);

  settle (document, 1, TRUE);
  settle (document, 3, FALSE);
  settle (document, 2, TRUE);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_true (limner_document_redo (document, NULL, NULL));
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 102);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  g_assert_true (limner_document_undo (document, NULL, NULL));
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 103);
  fixture_drop (document);

  /* the file is the log's base by now, but the steps before the merge began from another one */
  document = fixture_open (path);
  g_assert_cmpuint (n_conflicts (document), ==, 0);
  g_assert_true (limner_document_undo (document, NULL, NULL)); /* the answer for 1 */
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 11);
  g_assert_true (limner_document_undo (document, NULL, NULL)); /* our change of 3 */
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 9);
  fixture_save (document);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 11);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 9);
  fixture_close (document);
}

/* Deleted on one side, changed on the other. */
static void
check_deleted (gboolean we_delete, gboolean keep_ours)
{
  g_autofree char *path = make_set ();
  g_autofree char *changed = fixture_replace_in (base_text, "[5, 6, 7, 8]", "[12, 6, 7, 8]");
  g_autofree char *without = fixture_replace_in (
      base_text,
      "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n",
      "");
  const double ours = we_delete ? -1 : 102, theirs = we_delete ? 12 : -1;
  LimnerDocument *document = fixture_open (path);

  if (we_delete)
    fixture_delete (document, 2);
  else
    fixture_set_x (document, 2, 102);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, we_delete ? changed : without);
  limner_test_wait (n_conflicts (document) == 1);
  g_assert_true ((get_conflict (document, 0)->ours == NULL) == we_delete);
  g_assert_true ((get_conflict (document, 0)->theirs == NULL) != we_delete);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, ours);
  settle (document, 2, keep_ours);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, keep_ours ? ours : theirs);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, keep_ours ? theirs : ours);
  g_assert_true (limner_document_redo (document, NULL, NULL));
  fixture_save (document);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, keep_ours ? ours : theirs);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 1);
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 9);
  g_assert_true (limner_document_close (document, NULL));
  g_object_unref (document);
}

static void
test_deleted (void)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *log =
          g_build_filename (limner_test_dir (), ".annotations.json.limner", NULL);

      check_deleted (i & 1, i >> 1);
      g_remove (log);
    }
}

/* Classes and pictures, too. */
static void
test_other_kinds (void)
{
  g_autofree char *path = make_set ();
  g_autofree char *renamed = fixture_replace_in (base_text, "\"bus\"", "\"coach\"");
  g_autofree char *theirs = fixture_replace_in (renamed, "\"width\": 640", "\"width\": 641");
  LimnerDocument *document = fixture_open (path);
  g_autoptr (LimnerCategoryRecord) category = NULL;
  g_autoptr (LimnerImageRecord) image = NULL;
  g_autoptr (GError) error = NULL;

  fixture_set_member (document, LIMNER_RECORD_CATEGORY, 2, "name", "\"van\"");
  fixture_set_member (document, LIMNER_RECORD_IMAGE, 1, "width", "642");
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, theirs);
  limner_test_wait (n_conflicts (document) == 2);
  g_assert_true (
      limner_document_settle_conflict (document, LIMNER_RECORD_CATEGORY, 2, FALSE, &error));
  g_assert_true (limner_document_settle_conflict (document, LIMNER_RECORD_IMAGE, 1, TRUE, &error));
  fixture_save (document);
  category = limner_document_load_record (document, LIMNER_RECORD_CATEGORY, 2, NULL);
  image = limner_document_load_record (document, LIMNER_RECORD_IMAGE, 1, NULL);
  g_assert_cmpstr (category->name, ==, "coach");
  g_assert_cmpuint (image->width, ==, 642);
  fixture_close (document);
}

/* The other program writes again while the person thinks: only what changed is asked again. */
static void
test_written_again (void)
{
  g_autofree char *path = make_set ();
  LimnerDocument *document = make_three (path);
  g_autofree char *second = fixture_read (path);
  g_autofree char *third = fixture_replace_in (second, "[13, 9, 9, 9]", "[33, 9, 9, 9]");

  settle (document, 1, TRUE);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, third);
  limner_test_wait (n_conflicts (document) == 2 && theirs_holds (document, 1, "[33,"));
  g_assert_cmpint (get_conflict (document, 0)->id, ==, 2);
  g_assert_cmpint (get_conflict (document, 1)->id, ==, 3);
  limner_document_resolve_conflict (document, FALSE);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 101);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 33);
  fixture_save (document);
  fixture_close (document);
}

/* What we put back is the other program's to change, also when we are killed before the next save.
 */
static void
test_put_back (void)
{
  g_autofree char *path = make_set ();
  g_autofree char *theirs = fixture_replace_in (base_text, "[5, 6, 7, 8]", "[12, 6, 7, 8]");
  LimnerDocument *document = fixture_open (path);
  g_autoptr (GError) error = NULL;

  fixture_set_x (document, 2, 102);
  g_assert_true (limner_document_undo (document, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, theirs);
  limner_test_wait (fixture_get_x (document, 2) == 12);
  g_assert_cmpuint (n_conflicts (document), ==, 0);
  fixture_drop (document);
  document = fixture_open (path);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  fixture_close (document);
}

/* They wrote the number that we gave to a new box, and that twice: ours gets another one. */
static void
test_number_taken_twice (void)
{
  g_autofree char *path = make_set ();
  g_autofree char *theirs = fixture_replace_in (
      base_text, "], \"annotations\": [\n",
      "], \"annotations\": [\n"
      "{\"id\": 4, \"image_id\": 1, \"category_id\": 1, \"bbox\": [41, 2, 3, 4]},\n"
      "{\"id\": 4, \"image_id\": 1, \"category_id\": 1, \"bbox\": [42, 2, 3, 4]},\n");
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 1, 300, 20);
  g_assert_true (limner_document_flush (document, NULL));
  g_assert_cmpfloat (fixture_get_x (document, 4), ==, 300);
  fixture_replace (path, theirs);
  limner_test_wait (fixture_get_x (document, 5) == 300);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpfloat (fixture_get_x (document, 5), ==, 300);
  fixture_close (document);
}

static gboolean
is_busy (LimnerDocument *document)
{
  gboolean busy;

  g_object_get (document, "busy", &busy, NULL);
  return busy;
}

/* An edit that is made while their file is being read is merged like those before it. */
static void
test_edited_meanwhile (void)
{
  g_autofree char *path = make_set ();
  g_autofree char *theirs = fixture_replace_in (base_text, "[5, 6, 7, 8]", "[12, 6, 7, 8]");
  LimnerDocument *document = fixture_open (path);

  fixture_set_x (document, 1, 101);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, theirs);
  /* the reading has begun, and its end is not heard of before the main context runs again */
  limner_test_wait (is_busy (document));
  fixture_set_x (document, 2, 102);
  limner_test_wait (n_conflicts (document) == 1);
  g_assert_true (theirs_holds (document, 0, "[12, 6, 7, 8]"));
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 102);
  settle (document, 2, FALSE);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 12);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 101);
  fixture_close (document);
}

static guint32
get_color (LimnerDocument *document, gint64 id)
{
  return limner_category_get_color (
      limner_dataset_find_category (limner_document_get_dataset (document), id));
}

/* Colours are chosen by names and what is taken: another program changes both, and no class looks
 * other than before. */
static void
test_colors_stay (void)
{
  static const char before[] =
      "{\"images\": [], \"annotations\": [], \"categories\": [{\"id\": 1, \"name\": \"car\"}, "
      "{\"id\": 2, \"name\": \"cell\"}, {\"id\": 3, \"name\": \"lane\"}]}";
  static const char after[] =
      "{\"images\": [], \"annotations\": [], \"categories\": [{\"id\": 9, \"name\": \"cell\"}, "
      "{\"id\": 1, \"name\": \"lane\"}, {\"id\": 2, \"name\": \"car\"}, "
      "{\"id\": 3, \"name\": \"other\"}]}";
  g_autofree char *path = fixture_write (limner_test_dir (), "annotations.json", before);
  LimnerDocument *document = fixture_open (path);
  guint32 colors[3];

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    colors[i] = get_color (document, 1 + i);
  fixture_replace (path, after);
  limner_test_wait (limner_dataset_find_category (limner_document_get_dataset (document), 9) !=
                    NULL);
  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      g_assert_cmphex (get_color (document, 1 + i), ==, colors[i]);
      g_assert_cmphex (get_color (document, 9), !=, colors[i]);
    }
  fixture_close (document);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "three-versions", test_three_versions },
    { "colors-stay", test_colors_stay },
    { "one-by-one", test_one_by_one },
    { "undo", test_undo },
    { "deleted", test_deleted },
    { "other-kinds", test_other_kinds },
    { "written-again", test_written_again },
    { "put-back", test_put_back },
    { "number-taken-twice", test_number_taken_twice },
    { "edited-meanwhile", test_edited_meanwhile },
    { NULL },
  };

  return limner_test_main (argc, argv, "document-conflict", cases);
}
