/* SPDX-License-Identifier: MIT */
#include "document-fixture.h"

static const char base_text[] =
    "{\"info\": {\"year\": 2020}, \"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480, \"limner\": {\"note\": "
    "1}},\n"
    "{\"id\": 2, \"file_name\": \"b.jpg\", \"width\": 640, \"height\": 480},\n"
    "{\"id\": 3, \"file_name\": \"c.jpg\", \"width\": 640, \"height\": 480},\n"
    "{\"id\": 3, \"file_name\": \"d.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\"},\n"
    "{\"id\": 2, \"name\": \"van\"},\n"
    "{\"id\": 5, \"name\": \"bus\"}\n"
    "], \"annotations\": [\n"
    "{\"id\": 10, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4]},\n"
    "{\"id\": 8, \"image_id\": 1, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], \"area\": 12, "
    "\"segmentation\": [], \"attributes\": {\"occluded\": true}},\n"
    "{\"id\": 9, \"image_id\": 1, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n"
    "{\"id\": 11, \"image_id\": 2, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n"
    "{\"id\": 4, \"image_id\": 2, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n"
    "{\"id\": 4, \"image_id\": 2, \"category_id\": 5, \"bbox\": [5, 6, 7, 8], \"area\": 56}\n"
    "]}\n";

static char *
make_base (void)
{
  static const char *const names[] = { "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    fixture_picture (limner_test_dir (), names[i]);
  return fixture_write (limner_test_dir (), "annotations.json", base_text);
}

static char *
read_text (LimnerDocument *document, LimnerRecordKind kind, gint64 id)
{
  g_autoptr (LimnerRecord) record = limner_document_load_record (document, kind, id, NULL);

  if (record == NULL)
    return g_strdup ("(none)");
  return g_strndup (g_bytes_get_data (record->text, NULL), g_bytes_get_size (record->text));
}

static void
assert_text (LimnerDocument *document, LimnerRecordKind kind, gint64 id, const char *expected)
{
  g_autofree char *text = read_text (document, kind, id);

  g_assert_cmpstr (text, ==, expected);
}

/* ---- what comes out ---- */

static void
test_shapes (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  LimnerTransaction *t = limner_document_begin (document, "Draw", 0);
  const LimnerPoint points[] = { { 1.126, 2 }, { 11, 2 }, { 11, 12.126 }, { 1, 12 } };
  const guint n_points = G_N_ELEMENTS (points);
  g_autoptr (LimnerShape) polygon = limner_shape_new_polygon (points, &n_points, 1);
  g_autoptr (LimnerShape) box = fixture_box (10.004, 20, 5.5, 2.25);
  g_autoptr (LimnerShape) flat = fixture_box (10, 20, 0, 2);
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_assert_true (limner_transaction_create_annotation (t, 0, 640, 480, 1, polygon, &id, &error));
  g_assert_cmpint (id, ==, 12);
  /* a record without area or segmentation does not get them */
  g_assert_true (limner_transaction_set_shape (t, 10, box, &error));
  g_assert_true (limner_transaction_set_shape (t, 8, box, &error));
  g_assert_true (limner_transaction_set_category (t, 8, 5, &error));
  g_assert_false (limner_transaction_set_shape (t, 9, flat, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
  fixture_commit (document, t);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 1);
  assert_text (document, LIMNER_RECORD_ANNOTATION, 12,
               "{\"id\": 12, \"image_id\": 1, \"category_id\": 1, \"segmentation\": "
               "[[1.13, 2, 11, 2, 11, 12.13, 1, 12]], \"bbox\": [1, 2, 10, 10.13], \"area\": "
               "100, \"iscrowd\": 0}");
  assert_text (document, LIMNER_RECORD_ANNOTATION, 10,
               "{\"id\": 10, \"image_id\": 1, \"category_id\": 1, \"bbox\": [10, 20, 5.5, 2.25]}");
  assert_text (document, LIMNER_RECORD_ANNOTATION, 8,
               "{\"id\": 8, \"image_id\": 1, \"category_id\": 5, \"bbox\": [10, 20, 5.5, 2.25], "
               "\"area\": 12.375, \"segmentation\": [], \"attributes\": {\"occluded\": true}}");
  fixture_close (document);
}

static void
test_copy_keeps_members (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  guint image = limner_dataset_find_image_by_name (limner_document_get_dataset (document), "e.jpg");
  g_autoptr (LimnerAnnotation) source =
      limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, 8, NULL);
  g_autoptr (LimnerShape) box = fixture_box (7, 8, 9, 10);
  g_autoptr (GError) error = NULL;
  LimnerTransaction *t = limner_document_begin (document, "Paste", image);
  gint64 id;

  g_assert_true (
      limner_transaction_copy_annotation (t, source, image, 100, 50, 1, box, &id, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
  assert_text (document, LIMNER_RECORD_ANNOTATION, id,
               "{\"id\": 12, \"image_id\": 4, \"category_id\": 1, \"bbox\": [7, 8, 9, 10], "
               "\"area\": 90, \"segmentation\": [], \"attributes\": {\"occluded\": true}}");
  assert_text (document, LIMNER_RECORD_IMAGE, 4,
               "{\"id\": 4, \"file_name\": \"e.jpg\", \"width\": 100, \"height\": 50}");
  fixture_close (document);
}

static void
test_states_keep_other_keys (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  g_autoptr (GError) error = NULL;
  static const struct
  {
    guint image;
    LimnerState state;
    gint64 id;
    const char *text;
  } steps[] = {
    { 0, LIMNER_STATE_DONE, 1,
      "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480, \"limner\": "
      "{\"note\": 1, \"state\": \"done\"}}" },
    { 0, LIMNER_STATE_NONE, 1,
      "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480, \"limner\": "
      "{\"note\": 1}}" },
    { 1, LIMNER_STATE_RETURNED, 2,
      "{\"id\": 2, \"file_name\": \"b.jpg\", \"width\": 640, \"height\": 480, \"limner\": "
      "{\"state\": \"returned\"}}" },
    { 1, LIMNER_STATE_NONE, 2,
      "{\"id\": 2, \"file_name\": \"b.jpg\", \"width\": 640, \"height\": 480}" },
    { 4, LIMNER_STATE_NONE, 4, "(none)" },
    { 4, LIMNER_STATE_IN_PROGRESS, 4,
      "{\"id\": 4, \"file_name\": \"e.jpg\", \"width\": 10, \"height\": 20, \"limner\": "
      "{\"state\": \"in_progress\"}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      LimnerTransaction *t = limner_document_begin (document, "State", steps[i].image);

      g_assert_true (
          limner_transaction_set_image_state (t, steps[i].image, 10, 20, steps[i].state, &error));
      g_assert_no_error (error);
      fixture_commit (document, t);
      assert_text (document, LIMNER_RECORD_IMAGE, steps[i].id, steps[i].text);
    }
  fixture_close (document);
}

static void
test_classes (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  LimnerTransaction *t = limner_document_begin (document, "Classes", LIMNER_NO_IMAGE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 id;

  g_assert_false (limner_transaction_create_category (t, "car", &id, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (limner_transaction_create_category (t, "", &id, NULL));
  g_assert_false (limner_transaction_rename_category (t, 2, "car", NULL));
  /* names that the transaction itself frees or takes */
  g_assert_true (limner_transaction_rename_category (t, 1, "truck", &error));
  g_assert_true (limner_transaction_rename_category (t, 2, "car", &error));
  g_assert_false (limner_transaction_create_category (t, "truck", &id, NULL));
  g_assert_true (limner_transaction_create_category (t, "van", &id, &error));
  g_assert_cmpint (id, ==, 6);
  g_assert_true (limner_transaction_recolor_category (t, 5, 0x0102ff, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
  assert_text (document, LIMNER_RECORD_CATEGORY, 1, "{\"id\": 1, \"name\": \"truck\"}");
  assert_text (document, LIMNER_RECORD_CATEGORY, 5,
               "{\"id\": 5, \"name\": \"bus\", \"limner\": {\"color\": \"#0102ff\"}}");
  text = read_text (document, LIMNER_RECORD_CATEGORY, 6);
  g_assert_true (g_str_has_prefix (text, "{\"id\": 6, \"name\": \"van\", \"supercategory\": \"\", "
                                         "\"limner\": {\"color\": \"#"));
  fixture_close (document);
}

/* ---- several changes of one record are one edit ---- */

static void
test_changes_fold (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  LimnerTransaction *t = limner_document_begin (document, "Fold", 0);
  g_autoptr (LimnerShape) box = fixture_box (1, 2, 3, 5);
  g_autoptr (LimnerShape) old = fixture_box (1, 2, 3, 4);
  LimnerHistory *history = limner_document_get_history (document);
  gint64 id;

  limner_transaction_set_shape (t, 8, box, NULL);
  limner_transaction_set_category (t, 8, 1, NULL);
  limner_transaction_create_annotation (t, 0, 1, 1, 1, box, &id, NULL);
  limner_transaction_set_shape (t, id, old, NULL);
  limner_transaction_create_annotation (t, 0, 1, 1, 1, box, &id, NULL);
  limner_transaction_delete (t, LIMNER_RECORD_ANNOTATION, id, FALSE, NULL);
  limner_transaction_set_category (t, 9, 2, NULL);
  limner_transaction_set_category (t, 9, 1, NULL);
  fixture_commit (document, t);
  g_assert_cmpuint (limner_history_peek_undo (history)->edits->len, ==, 2);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 1);

  t = limner_document_begin (document, "Nothing", 0);
  limner_transaction_set_category (t, 9, 2, NULL);
  limner_transaction_set_category (t, 9, 1, NULL);
  fixture_commit (document, t);
  g_assert_cmpuint (limner_history_get_n_undo (history), ==, 1);
  fixture_close (document);
}

/* ---- refusals ---- */

typedef struct
{
  const char *name;
  LimnerRecordKind kind;
  const char *text;     /* of a new record */
  const char *expected; /* NULL: refused */
} NewRecord;

static const NewRecord new_records[] = {
  { "id given", LIMNER_RECORD_ANNOTATION, "{\"id\": 77, \"image_id\": 1, \"category_id\": 1}",
    "{\"id\": 77, \"image_id\": 1, \"category_id\": 1}" },
  { "id missing", LIMNER_RECORD_ANNOTATION, " {\"image_id\":1,\"category_id\":1,\"x\":[1.50]}",
    "{\"image_id\":1,\"category_id\":1,\"x\":[1.50],\"id\":12}" },
  { "id taken", LIMNER_RECORD_ANNOTATION, "{\"id\": 8, \"image_id\": 1, \"category_id\": 1}",
    NULL },
  { "id not unique", LIMNER_RECORD_ANNOTATION, "{\"id\": 4, \"image_id\": 1, \"category_id\": 1}",
    NULL },
  { "id a fraction", LIMNER_RECORD_ANNOTATION, "{\"id\": 1.5, \"image_id\": 1, \"category_id\": 1}",
    NULL },
  { "no such image", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 99, \"category_id\": 1}", NULL },
  { "image not unique", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 3, \"category_id\": 1}", NULL },
  { "no such category", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 1, \"category_id\": 99}", NULL },
  { "no category", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 1}", NULL },
  { "a caption needs none", LIMNER_RECORD_ANNOTATION,
    "{\"id\": 12, \"image_id\": 1, \"caption\": \"x\"}",
    "{\"id\": 12, \"image_id\": 1, \"caption\": \"x\"}" },
  { "not an object", LIMNER_RECORD_ANNOTATION, "[]", NULL },
  { "not JSON", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 1,}", NULL },
  { "a name twice", LIMNER_RECORD_ANNOTATION, "{\"image_id\": 1, \"image_id\": 1}", NULL },
  { "class taken", LIMNER_RECORD_CATEGORY, "{\"id\": 7, \"name\": \"car\"}", NULL },
  { "class without name", LIMNER_RECORD_CATEGORY, "{\"id\": 7}", NULL },
  { "class", LIMNER_RECORD_CATEGORY, "{\"id\": 7, \"name\": \"x\"}",
    "{\"id\": 7, \"name\": \"x\"}" },
  { "file taken", LIMNER_RECORD_IMAGE, "{\"id\": 7, \"file_name\": \"a.jpg\"}", NULL },
  { "file without record", LIMNER_RECORD_IMAGE, "{\"id\": 7, \"file_name\": \"e.jpg\"}",
    "{\"id\": 7, \"file_name\": \"e.jpg\"}" },
  { "a second info", LIMNER_RECORD_INFO, "{}", NULL },
};

static void
test_new_records (void)
{
  g_autofree char *path = make_base ();

  for (guint i = 0; i < G_N_ELEMENTS (new_records); i++)
    {
      const NewRecord *c = &new_records[i];
      LimnerDocument *document = fixture_open (path);
      LimnerTransaction *t = limner_document_begin (document, "New", LIMNER_NO_IMAGE);
      g_autoptr (GError) error = NULL;
      gint64 id = -1;
      gboolean made = limner_transaction_create_record (t, c->kind, c->text, &id, &error);

      g_test_message ("%s: %s", c->name, error != NULL ? error->message : "made");
      g_assert_cmpint (made, ==, c->expected != NULL);
      fixture_commit (document, t);
      g_assert_cmpuint (limner_document_get_n_pending (document), ==, made ? 1 : 0);
      if (made)
        assert_text (document, c->kind, id, c->expected);
      if (made)
        g_assert_true (limner_document_undo (document, NULL, NULL));
      fixture_close (document);
    }
}

static void
test_members (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  LimnerTransaction *t = limner_document_begin (document, "Members", LIMNER_NO_IMAGE);
  static const struct
  {
    LimnerMember member;
    gboolean ok;
  } cases[] = {
    { { "score", "0.50" }, TRUE },    { { "score", "{" }, FALSE },
    { { "id", "8" }, TRUE },          { { "id", "99" }, FALSE },
    { { "id", NULL }, FALSE },        { { "image_id", "99" }, FALSE },
    { { "image_id", "2" }, TRUE },    { { "category_id", NULL }, FALSE },
    { { "attributes", NULL }, TRUE }, { { "x", "1 2" }, FALSE },
    { { "x\"", "[1,  2]" }, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s = %s", cases[i].member.name, cases[i].member.value);
      g_assert_cmpint (limner_transaction_set_members (t, LIMNER_RECORD_ANNOTATION, 8,
                                                       &cases[i].member, 1, NULL),
                       ==, cases[i].ok);
    }
  g_assert_false (
      limner_transaction_set_members (t, LIMNER_RECORD_ANNOTATION, 4, &cases[0].member, 1, NULL));
  g_assert_false (limner_transaction_set_members (t, LIMNER_RECORD_ANNOTATION, 1234,
                                                  &cases[0].member, 1, NULL));
  g_assert_true (limner_transaction_set_members (t, LIMNER_RECORD_INFO, 0,
                                                 &(LimnerMember){ "version", "\"2\"" }, 1, NULL));
  fixture_commit (document, t);
  assert_text (document, LIMNER_RECORD_ANNOTATION, 8,
               "{\"id\": 8, \"image_id\": 2, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], \"area\": "
               "12, \"segmentation\": [], \"score\": 0.50, \"x\\\"\": [1,  2]}");
  assert_text (document, LIMNER_RECORD_INFO, 0, "{\"year\": 2020, \"version\": \"2\"}");
  fixture_save (document);
  assert_text (document, LIMNER_RECORD_INFO, 0, "{\"year\": 2020, \"version\": \"2\"}");
  g_assert_true (limner_document_undo (document, NULL, NULL));
  fixture_save (document);
  fixture_close (document);
}

/* ---- deleting ---- */

static void
test_deleting_what_is_in_use (void)
{
  g_autofree char *path = make_base ();
  g_autofree char *text = NULL;
  LimnerDocument *document = fixture_open (path);
  LimnerDataset *dataset = limner_document_get_dataset (document);
  LimnerTransaction *t = limner_document_begin (document, "Delete", LIMNER_NO_IMAGE);
  g_autoptr (GError) error = NULL;

  g_assert_false (limner_transaction_delete (t, LIMNER_RECORD_CATEGORY, 2, FALSE, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (limner_transaction_delete (t, LIMNER_RECORD_IMAGE, 1, FALSE, NULL));
  g_assert_false (limner_transaction_delete (t, LIMNER_RECORD_IMAGE, 3, TRUE, NULL));
  /* annotations with one id for two cannot be deleted with it */
  g_assert_false (limner_transaction_delete (t, LIMNER_RECORD_IMAGE, 2, TRUE, NULL));
  g_assert_false (limner_transaction_delete (t, LIMNER_RECORD_CATEGORY, 5, TRUE, NULL));
  g_assert_true (limner_transaction_delete (t, LIMNER_RECORD_IMAGE, 1, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (limner_transaction_delete (t, LIMNER_RECORD_CATEGORY, 2, FALSE, &error));
  fixture_commit (document, t);
  g_assert_cmpuint (limner_dataset_get_n_annotations (dataset), ==, 3);
  g_assert_cmpuint (limner_dataset_count_records (dataset, LIMNER_RECORD_IMAGE, 1), ==, 0);

  /* their order in the file is not that of their ids; saved in between, it must come back */
  fixture_save (document);
  g_assert_true (limner_document_undo (document, NULL, &error));
  fixture_save (document);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, base_text);
  fixture_close (document);
}

static void
test_moving_annotations (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  LimnerDataset *dataset = limner_document_get_dataset (document);
  LimnerTransaction *t = limner_document_begin (document, "Merge classes", LIMNER_NO_IMAGE);
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_transaction_move_annotations (t, 2, 5, &error));
  g_assert_true (limner_transaction_delete (t, LIMNER_RECORD_CATEGORY, 2, FALSE, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
  g_assert_cmpuint (limner_category_get_n_annotations (limner_dataset_find_category (dataset, 5)),
                    ==, 2);
  g_assert_null (limner_dataset_find_category (dataset, 2));
  g_assert_true (limner_document_undo (document, NULL, &error));
  g_assert_cmpuint (limner_category_get_n_annotations (limner_dataset_find_category (dataset, 2)),
                    ==, 1);
  fixture_close (document);
}

/* ---- undo goes to its image ---- */

static void
test_undo_says_where (void)
{
  g_autofree char *path = make_base ();
  LimnerDocument *document = fixture_open (path);
  guint image = 0;

  g_assert_false (limner_document_undo (document, &image, NULL));
  g_assert_cmpuint (image, ==, LIMNER_NO_IMAGE);
  fixture_draw (document, 1, 1, 1, 1);
  fixture_add_category (document, "new");
  g_assert_true (limner_document_undo (document, &image, NULL));
  g_assert_cmpuint (image, ==, LIMNER_NO_IMAGE);
  g_assert_true (limner_document_undo (document, &image, NULL));
  g_assert_cmpuint (image, ==, 1);
  g_assert_true (limner_document_redo (document, &image, NULL));
  g_assert_cmpuint (image, ==, 1);
  g_assert_cmpstr (limner_history_get_undo_label (limner_document_get_history (document)), ==,
                   "Draw box");
  fixture_close (document);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "shapes", test_shapes },
    { "copy-keeps-members", test_copy_keeps_members },
    { "states-keep-other-keys", test_states_keep_other_keys },
    { "classes", test_classes },
    { "changes-fold", test_changes_fold },
    { "new-records", test_new_records },
    { "members", test_members },
    { "deleting-what-is-in-use", test_deleting_what_is_in_use },
    { "moving-annotations", test_moving_annotations },
    { "undo-says-where", test_undo_says_where },
    { NULL, NULL },
  };
  return limner_test_main (argc, argv, "transaction", cases);
}
