/* SPDX-License-Identifier: MIT */
#include "document-fixture.h"

#include <sys/stat.h>

static const char small[] =
    "{\n"
    "  \"info\": {\"year\": 2020},\n"
    "  \"images\": [\n"
    "    {\"id\": 7, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480},\n"
    "    {\"id\": 9, \"file_name\": \"b.jpg\", \"width\": 640, \"height\": 480}\n"
    "  ],\n"
    "  \"categories\": [\n"
    "    {\"id\": 3, \"name\": \"car\"}\n"
    "  ],\n"
    "  \"annotations\": [\n"
    "    {\"id\": 1, \"image_id\": 7, \"category_id\": 3, \"bbox\": [1, 2.50, 3, 4], "
    "\"area\": 12, \"segmentation\": [], \"iscrowd\": 0, \"x\": [1, {}]},\n"
    "    {\"id\": 2, \"image_id\": 7, \"category_id\": 3, \"bbox\": [5, 6, 7, 8], "
    "\"area\": 56, \"segmentation\": [], \"iscrowd\": 0}\n"
    "  ],\n"
    "  \"extra\": null\n"
    "}\n";

/* A folder with small as its COCO file; (transfer full): path of that file. */
static char *
make_small (void)
{
  fixture_picture (limner_test_dir (), "a.jpg");
  fixture_picture (limner_test_dir (), "b.jpg");
  fixture_picture (limner_test_dir (), "c.jpg");
  return fixture_write (limner_test_dir (), "annotations.json", small);
}

static void
on_progress (LimnerDocument *document, GParamSpec *pspec, double *greatest)
{
  double progress = 0;

  g_object_get (document, "progress", &progress, NULL);
  *greatest = MAX (*greatest, progress);
}

static void
test_a_save_says_how_far_it_is (void)
{
  g_autofree char *path = make_small ();
  LimnerDocument *document = fixture_open (path);
  double greatest = 0;

  g_signal_connect (document, "notify::progress", G_CALLBACK (on_progress), &greatest);
  fixture_add_category (document, "boat");
  fixture_save (document);
  g_assert_cmpfloat (greatest, >, 0);
  g_assert_cmpfloat (greatest, <=, 1);
  fixture_close (document);
}

/* As the window does: what hears that the places are others asks for what is there at once. */
static void
on_images_reset (LimnerDataset *dataset, GAsyncResult **result)
{
  LimnerDocument *document = g_object_get_data (G_OBJECT (dataset), "document");

  limner_document_load_annotations_async (document, 0, NULL, fixture_keep, result);
}

static void
test_another_file_is_read_where_it_is (void)
{
  g_autofree char *path = make_small ();
  g_auto (GStrv) parts = g_strsplit (small, "2020", 2);
  g_autofree char *longer =
      g_strjoinv ("2020, \"note\": \"by another program, and longer\"", parts);
  LimnerDocument *document = fixture_open (path);
  LimnerDataset *dataset = limner_document_get_dataset (document);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) annotations = NULL;

  g_object_set_data (G_OBJECT (dataset), "document", document);
  g_signal_connect (dataset, "images-reset", G_CALLBACK (on_images_reset), &result);
  fixture_replace (path, longer);
  limner_test_wait (result != NULL);
  annotations = limner_document_load_annotations_finish (document, result, NULL);
  g_assert_nonnull (annotations);
  g_assert_cmpuint (annotations != NULL ? annotations->len : 0, ==, 2);
  g_signal_handlers_disconnect_by_func (dataset, on_images_reset, &result);
  g_clear_object (&result);
  fixture_close (document);
}

static void
test_new_folder (void)
{
  g_autofree char *path = limner_test_path ("_annotations.coco.json");
  g_autofree char *text = NULL;
  LimnerDocument *document;
  gint64 car, id;

  fixture_picture (limner_test_dir (), "a.jpg");
  fixture_picture (limner_test_dir (), "sub/b.png");
  document = fixture_open (limner_test_dir ());
  g_assert_cmpuint (limner_dataset_get_n_images (limner_document_get_dataset (document)), ==, 2);
  g_assert_cmpstr (limner_document_get_path (document), ==, path);
  g_assert_null (limner_document_get_coco_file (document));
  car = fixture_add_category (document, "car");
  g_assert_cmpint (car, ==, 1);
  id = fixture_draw (document, 1, car, 1.234, 2);
  g_assert_cmpint (id, ==, 1);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 2);
  fixture_save (document);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_SAVED);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==,
                   "{\n"
                   "  \"info\": {\"description\": \"Annotated with Limner\", \"limner\": "
                   "{\"frame\": \"upright\"}},\n"
                   "  \"images\": [\n"
                   "    {\"id\": 1, \"file_name\": \"sub/b.png\", \"width\": 640, \"height\": "
                   "480}\n"
                   "  ],\n"
                   "  \"annotations\": [\n"
                   "    {\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"segmentation\": [], "
                   "\"bbox\": [1.23, 2, 10.5, 20], \"area\": 210, \"iscrowd\": 0}\n"
                   "  ],\n"
                   "  \"categories\": [\n"
                   "    {\"id\": 1, \"name\": \"car\", \"supercategory\": \"\", \"limner\": "
                   "{\"color\": \"#12a594\"}}\n"
                   "  ]\n"
                   "}\n");
  fixture_close (document);
}

static void
test_open_and_close_leave_no_trace (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *before = fixture_snapshot (limner_test_dir ());
  g_autofree char *after = NULL;
  LimnerDocument *document = fixture_open (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) annotations = limner_document_load_annotations (document, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (annotations->len, ==, 2);
  fixture_close (document);
  after = fixture_snapshot (limner_test_dir ());
  g_assert_cmpstr (before, ==, after);
}

/* ---- only what was edited changes ---- */

/* Expects that @before and @after are the same but for one range inside @record of @before. */
static void
assert_only_inside (const char *before, const char *after, const char *record)
{
  const char *at = strstr (before, record);
  gsize start = at != NULL ? at - before : 0;
  gsize end = start + strlen (record);
  gsize tail = strlen (before) - end;

  g_assert_nonnull (at);
  g_assert_cmpint (strncmp (before, after, start), ==, 0);
  g_assert_cmpuint (strlen (after), >=, start + tail);
  g_assert_cmpstr (before + end, ==, after + strlen (after) - tail);
  g_assert_cmpstr (before, !=, after);
}

typedef struct
{
  const char *set;  /* in the shared data */
  const char *file; /* in the set */
} RealSet;

static const RealSet real_sets[] = {
  { "coco-mini-val2017", "annotations/instances_val2017.json" },
  { "coco-mini-val2017", "annotations/person_keypoints_val2017.json" },
  { "med-brain-mri-roboflow", "test/_annotations.coco.json" },
  { "coco-roboflow-openimages", "val/_annotations.coco.json" },
  { "coco-taco", "annotations.json" },
};

/* The first image with annotations that have ids of their own. */
static guint
find_annotated (LimnerDocument *document, gint64 *annotation_id)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);

  for (guint i = 0; i < limner_dataset_get_n_images (dataset); i++)
    {
      g_autoptr (GPtrArray) list = limner_document_load_annotations (document, i, NULL);

      for (guint k = 0; list != NULL && k < list->len; k++)
        {
          LimnerAnnotation *annotation = g_ptr_array_index (list, k);

          if (annotation->shape == NULL || !annotation->record.has_id ||
              limner_dataset_count_records (dataset, LIMNER_RECORD_ANNOTATION,
                                            annotation->record.id) != 1)
            continue;
          *annotation_id = annotation->record.id;
          return i;
        }
    }
  g_assert_not_reached ();
}

static void
move_annotation (LimnerDocument *document, guint image, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerAnnotation) annotation =
      limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, id, &error);
  g_autoptr (LimnerShape) moved = NULL;
  LimnerTransaction *transaction = limner_document_begin (document, "Move", image);

  g_assert_no_error (error);
  moved = limner_shape_move (annotation->shape, 1.5, -0.25);
  g_assert_true (limner_transaction_set_shape (transaction, id, moved, &error));
  g_assert_no_error (error);
  fixture_commit (document, transaction);
}

static void
check_real_set (const RealSet *set)
{
  g_autofree char *source = limner_test_shared ("data");
  g_autofree char *from = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *undone = NULL;
  g_autofree char *record = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document;
  gint64 id = 0;
  guint image;

  if (source == NULL)
    return;
  from = g_build_filename (source, set->set, NULL);
  folder = limner_test_path (set->set);
  path = g_build_filename (folder, set->file, NULL);
  fixture_copy_tree (from, folder);
  before = fixture_read (path);
  document = fixture_open (path);
  image = find_annotated (document, &id);
  {
    g_autoptr (LimnerAnnotation) annotation =
        limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, id, NULL);
    record = g_strndup (g_bytes_get_data (annotation->record.text, NULL),
                        g_bytes_get_size (annotation->record.text));
  }
  move_annotation (document, image, id);
  fixture_save (document);
  after = fixture_read (path);
  assert_only_inside (before, after, record);
  g_assert_true (limner_document_undo (document, NULL, &error));
  g_assert_no_error (error);
  fixture_save (document);
  undone = fixture_read (path);
  g_assert_true (strcmp (before, undone) == 0);
  fixture_close (document);
}

static void
test_real_sets_change_in_one_record (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (real_sets); i++)
    {
      g_test_message ("%s/%s", real_sets[i].set, real_sets[i].file);
      check_real_set (&real_sets[i]);
    }
}

/* ---- undo restores bytes ---- */

static gint64
pick_annotation (LimnerDocument *document, GRand *rand, guint *image)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  g_autoptr (GPtrArray) list = NULL;
  LimnerAnnotation *annotation;

  for (guint tries = 0; tries < 50; tries++)
    {
      g_clear_pointer (&list, g_ptr_array_unref);
      *image = g_rand_int_range (rand, 0, limner_dataset_get_n_images (dataset));
      list = limner_document_load_annotations (document, *image, NULL);
      if (list == NULL || list->len == 0)
        continue;
      annotation = g_ptr_array_index (list, g_rand_int_range (rand, 0, list->len));
      return annotation->record.id;
    }
  return -1;
}

static gint64
pick_category (LimnerDocument *document, GRand *rand)
{
  GListModel *categories = limner_dataset_get_categories (limner_document_get_dataset (document));
  guint n = g_list_model_get_n_items (categories);
  g_autoptr (LimnerCategory) category = NULL;

  if (n == 0)
    return -1;
  category = g_list_model_get_item (categories, g_rand_int_range (rand, 0, n));
  return limner_category_get_id (category);
}

static void
fill_transaction (LimnerDocument *document, LimnerTransaction *t, GRand *rand)
{
  g_autoptr (LimnerShape) box =
      fixture_box (g_rand_double_range (rand, 0, 300), g_rand_double_range (rand, 0, 300),
                   g_rand_double_range (rand, 1, 99), g_rand_double_range (rand, 1, 99));
  guint n_images = limner_dataset_get_n_images (limner_document_get_dataset (document));
  guint image = g_rand_int_range (rand, 0, n_images);
  guint of_id = image;
  gint64 category = pick_category (document, rand);
  gint64 id = pick_annotation (document, rand, &of_id);
  g_autofree char *name = g_strdup_printf ("class \"%u\" \xc3\xa9", g_rand_int (rand) % 100000);
  LimnerMember members[] = { { "attributes", "{\"occluded\": true, \"n\": 1.50}" },
                             { "score", NULL } };

  switch (g_rand_int_range (rand, 0, 12))
    {
    case 0:
    case 1:
    case 2:
      limner_transaction_create_annotation (t, image, 640, 480, category, box, NULL, NULL);
      break;
    case 3:
    case 4:
      limner_transaction_set_shape (t, id, box, NULL);
      break;
    case 5:
      limner_transaction_set_category (t, id, category, NULL);
      break;
    case 6:
      limner_transaction_delete (t, LIMNER_RECORD_ANNOTATION, id, FALSE, NULL);
      break;
    case 7:
      limner_transaction_create_category (t, name, NULL, NULL);
      break;
    case 8:
      limner_transaction_set_image_state (t, image, 640, 480, g_rand_int_range (rand, 0, 5), NULL);
      break;
    case 9:
      limner_transaction_set_members (t, LIMNER_RECORD_ANNOTATION, id, members, 2, NULL);
      break;
    case 10:
      if (g_rand_int_range (rand, 0, 4) == 0)
        limner_transaction_delete (t, LIMNER_RECORD_CATEGORY, category, TRUE, NULL);
      else
        limner_transaction_rename_category (t, category, name, NULL);
      break;
    default:
      limner_transaction_recolor_category (t, category, g_rand_int (rand) & 0xffffff, NULL);
      break;
    }
}

typedef struct
{
  guint32 seed;
  const char *set; /* (nullable): small */
  const char *file;
  guint n_steps;
} RandomRun;

/* Steps in random order with saves, restarts and undo in between; then everything is taken back. */
static void
run_random (const char *path, const RandomRun *run)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (run->seed);
  g_autofree char *before = fixture_read (path);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document = fixture_open (path);

  for (guint i = 0; i < run->n_steps; i++)
    {
      int what = g_rand_int_range (rand, 0, 40);
      LimnerTransaction *t;

      if (what == 0)
        fixture_save (document);
      else if (what == 1)
        {
          fixture_close (document);
          document = fixture_open (path);
        }
      else if (what < 6)
        {
          limner_document_undo (document, NULL, &error);
          g_assert_no_error (error);
        }
      else if (what < 9)
        {
          limner_document_redo (document, NULL, &error);
          g_assert_no_error (error);
        }
      else
        {
          t = limner_document_begin (document, "Random", LIMNER_NO_IMAGE);
          for (int k = g_rand_int_range (rand, 1, 4); k > 0; k--)
            fill_transaction (document, t, rand);
          fixture_commit (document, t);
        }
    }
  while (limner_document_undo (document, NULL, &error))
    if (g_rand_int_range (rand, 0, 60) == 0)
      fixture_save (document);
  g_assert_no_error (error);
  fixture_save (document);
  after = fixture_read (path);
  g_assert_cmpuint (limner_history_get_n_undo (limner_document_get_history (document)), ==, 0);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  if (strcmp (before, after) != 0)
    g_test_message ("seed %u: %s", run->seed, after);
  g_assert_true (strcmp (before, after) == 0);
  fixture_close (document);
}

static void
test_random_edits_undo_to_the_same_bytes (void)
{
  static const RandomRun runs[] = {
    { 1, NULL, NULL, 500 },
    { 2, NULL, NULL, 40 },
    { 3, NULL, NULL, 40 },
    { 4, NULL, NULL, 40 },
    { 5, NULL, NULL, 40 },
    { 6, NULL, NULL, 40 },
    { 7, "coco-roboflow-openimages", "val/_annotations.coco.json", 500 },
    { 8, "coco-mini-val2017", "annotations/instances_val2017.json", 300 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *shared = NULL;
      g_autofree char *from = NULL;
      g_autofree char *folder = NULL;
      g_autofree char *path = NULL;

      if (runs[i].set == NULL)
        {
          g_autofree char *name = g_strdup_printf ("run%u", i);

          folder = limner_test_path (name);
          fixture_picture (folder, "a.jpg");
          fixture_picture (folder, "b.jpg");
          fixture_picture (folder, "c.jpg");
          path = fixture_write (folder, "annotations.json", small);
        }
      else
        {
          shared = limner_test_shared ("data");
          if (shared == NULL)
            return;
          from = g_build_filename (shared, runs[i].set, NULL);
          folder = limner_test_path (runs[i].set);
          fixture_copy_tree (from, folder);
          path = g_build_filename (folder, runs[i].file, NULL);
        }
      run_random (path, &runs[i]);
    }
}

/* ---- what is opened ---- */

static void
test_same_dataset_is_same_document (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *link = limner_test_path ("other.json");
  LimnerDocument *document = fixture_open (path);
  LimnerDocument *again = fixture_open (limner_test_dir ());
  LimnerDocument *linked;

  g_assert_true (document == again);
  g_object_unref (again);
  g_assert_cmpint (symlink (path, link), ==, 0);
  linked = fixture_open (link);
  g_assert_true (document == linked);
  g_object_unref (linked);
  fixture_close (document);
  /* once closed it can be opened anew */
  document = fixture_open (path);
  g_assert_false (limner_document_is_read_only (document));
  fixture_close (document);
}

typedef struct
{
  const char *name;
  const char *files[4]; /* made before; ".json" ones hold small */
  const char *open;     /* relative to the folder */
  int error;            /* -1: none */
  const char *path;     /* expected COCO file */
  guint n_images;
  guint start_image;
} OpenCase;

static const OpenCase open_cases[] = {
  { "empty folder", { NULL }, "", LIMNER_DOCUMENT_ERROR_NO_IMAGES, NULL, 0, 0 },
  { "nothing there", { NULL }, "nothing", LIMNER_DOCUMENT_ERROR_NOT_FOUND, NULL, 0, 0 },
  { "nothing.json", { NULL }, "nothing.json", LIMNER_DOCUMENT_ERROR_NOT_FOUND, NULL, 0, 0 },
  { "pictures only",
    { "b.jpg", "a.png", ".hidden.jpg" },
    "",
    -1,
    "_annotations.coco.json",
    2,
    LIMNER_NO_IMAGE },
  { "a picture", { "b.jpg", "a.png" }, "b.jpg", -1, "_annotations.coco.json", 2, 1 },
  { "one file", { "c.jpg", "annotations.json" }, "", -1, "annotations.json", 3, LIMNER_NO_IMAGE },
  { "a picture beside a file",
    { "c.jpg", "annotations.json" },
    "c.jpg",
    -1,
    "annotations.json",
    3,
    2 },
  { "two files",
    { "c.jpg", "annotations.json", "_annotations.coco.json" },
    "",
    LIMNER_DOCUMENT_ERROR_SEVERAL,
    NULL,
    0,
    0 },
  { "one of two",
    { "c.jpg", "annotations.json", "_annotations.coco.json" },
    "annotations.json",
    -1,
    "annotations.json",
    2,
    LIMNER_NO_IMAGE },
};

static void
test_what_is_opened (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (open_cases); i++)
    {
      const OpenCase *c = &open_cases[i];
      g_autofree char *name = g_strdup_printf ("case%u", i);
      g_autofree char *folder = limner_test_path (name);
      g_autofree char *path = g_build_filename (folder, c->open, NULL);
      g_autofree char *expected = g_build_filename (folder, c->path, NULL);
      g_autoptr (GError) error = NULL;
      LimnerDocument *document;

      g_test_message ("%s", c->name);
      g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
      for (guint k = 0; k < G_N_ELEMENTS (c->files) && c->files[k] != NULL; k++)
        if (g_str_has_suffix (c->files[k], ".json"))
          g_free (fixture_write (folder, c->files[k], small));
        else
          fixture_picture (folder, c->files[k]);
      document = limner_document_open (path, NULL, NULL, 0, NULL, &error);
      if (c->error >= 0)
        {
          g_assert_error (error, LIMNER_DOCUMENT_ERROR, c->error);
          g_assert_null (document);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (limner_document_get_path (document), ==, expected);
      g_assert_cmpuint (limner_document_get_start_image (document), ==, c->start_image);
      g_assert_cmpuint (limner_dataset_get_n_images (limner_document_get_dataset (document)), ==,
                        c->n_images);
      fixture_close (document);
    }
}

static void
test_scan_does_not_leave_the_folder (void)
{
  g_autofree char *inner = limner_test_path ("in");
  g_autofree char *loop = g_build_filename (inner, "loop", NULL);
  g_autofree char *pipe = g_build_filename (inner, "pipe.png", NULL);
  g_autofree char *linked = g_build_filename (inner, "linked.jpg", NULL);
  g_autofree char *outside = limner_test_path ("out/x.jpg");
  LimnerDocument *document;
  LimnerDataset *dataset;

  fixture_picture (inner, "a/b/c.jpg");
  fixture_picture (inner, ".git/x.jpg");
  fixture_picture (limner_test_dir (), "out/x.jpg");
  g_assert_cmpint (symlink (limner_test_dir (), loop), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink (outside, linked), ==, 0);
  document = fixture_open (inner);
  dataset = limner_document_get_dataset (document);
  g_assert_cmpuint (limner_dataset_get_n_images (dataset), ==, 2);
  g_assert_cmpstr (limner_dataset_get_image_name (dataset, 0), ==, "a/b/c.jpg");
  g_assert_cmpstr (limner_dataset_get_image_name (dataset, 1), ==, "linked.jpg");
  fixture_close (document);
}

static void
test_read_only_writes_nothing (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *before = fixture_snapshot (limner_test_dir ());
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerShape) box = fixture_box (1, 2, 3, 4);
  LimnerDocument *document =
      limner_document_open (path, NULL, NULL, LIMNER_OPEN_READ_ONLY, NULL, &error);
  LimnerTransaction *t = limner_document_begin (document, "Draw", 0);

  g_assert_no_error (error);
  g_assert_true (limner_transaction_create_annotation (t, 0, 1, 1, 3, box, NULL, &error));
  g_assert_false (limner_document_commit (document, t, NULL, NULL, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY);
  g_assert_cmpuint (limner_dataset_get_image_n_annotations (limner_document_get_dataset (document),
                                                            0),
                    ==, 2);
  fixture_close (document);
  after = fixture_snapshot (limner_test_dir ());
  g_assert_cmpstr (before, ==, after);
}

/* ---- acknowledgement ---- */

static void
on_acknowledged (LimnerDocument *document, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  (*(guint *) user_data)++;
}

static void
test_acknowledged_once_and_durable (void)
{
  g_autofree char *path = make_small ();
  g_autoptr (LimnerShape) box = fixture_box (1, 2, 3, 4);
  g_autoptr (GError) error = NULL;
  LimnerDocument *document = fixture_open (path);
  LimnerTransaction *t = limner_document_begin (document, "Draw", 0);
  guint n = 0;

  g_assert_true (limner_transaction_create_annotation (t, 0, 1, 1, 3, box, NULL, &error));
  g_assert_true (limner_document_commit (document, t, on_acknowledged, &n, &error));
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_LOGGING);
  g_assert_true (limner_document_flush (document, &error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_LOGGED);
  t = limner_document_begin (document, "Nothing", 0);
  g_assert_true (limner_document_commit (document, t, on_acknowledged, &n, &error));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 1);
  fixture_close (document);
}

/* ---- what is kept of the last images ---- */

static void
test_annotations_that_were_read_before_an_edit_are_not_kept (void)
{
  g_autofree char *path = make_small ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) old = NULL;
  g_autoptr (GPtrArray) now = NULL;
  LimnerDocument *document = fixture_open (path);

  g_assert_null (limner_document_peek_annotations (document, 0));
  limner_document_load_annotations_async (document, 0, NULL, fixture_keep, &result);
  fixture_draw (document, 0, 3, 9, 9);
  limner_test_wait (result != NULL);
  old = limner_document_load_annotations_finish (document, result, NULL);
  g_assert_cmpuint (old->len, ==, 2);
  g_assert_null (limner_document_peek_annotations (document, 0));
  now = limner_document_load_annotations (document, 0, NULL);
  g_assert_cmpuint (now->len, ==, 3);
  g_clear_pointer (&now, g_ptr_array_unref);
  now = limner_document_peek_annotations (document, 0);
  g_assert_cmpuint (now->len, ==, 3);
  /* a checkpoint changes none of it */
  fixture_save (document);
  g_clear_pointer (&now, g_ptr_array_unref);
  now = limner_document_peek_annotations (document, 0);
  g_assert_cmpuint (now->len, ==, 3);
  g_clear_object (&result);
  fixture_close (document);
}

static void
test_edits_during_a_checkpoint_stay (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *text = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  LimnerDocument *document = fixture_open (path);
  gint64 id;

  fixture_draw (document, 0, 3, 9, 9);
  limner_document_save_async (document, NULL, fixture_keep, &first);
  g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_SAVING);
  id = fixture_draw (document, 0, 3, 19, 9);
  limner_document_save_async (document, NULL, fixture_keep, &second);
  limner_test_wait (first != NULL);
  g_assert_true (limner_document_save_finish (document, first, NULL));
  g_assert_true (limner_dataset_find_record (limner_document_get_dataset (document),
                                             LIMNER_RECORD_ANNOTATION, id, NULL));
  limner_test_wait (second != NULL);
  g_assert_true (limner_document_save_finish (document, second, NULL));
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  text = fixture_read (path);
  g_assert_nonnull (strstr (text, "[19, 9, 10.5, 20]"));
  g_clear_object (&first);
  g_clear_object (&second);
  fixture_close (document);
}

static void
test_pause_makes_a_checkpoint (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *text = NULL;
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 3, 9, 9);
  limner_test_wait (limner_document_get_save_state (document) == LIMNER_SAVE_SAVED);
  text = fixture_read (path);
  g_assert_nonnull (strstr (text, "\"id\": 3, \"image_id\": 7"));
  fixture_close (document);
}

static void
test_backup_is_the_first_version (void)
{
  g_autofree char *path = make_small ();
  g_autofree char *backup = limner_test_path (".annotations.json.limner-base");
  g_autofree char *text = NULL;
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 3, 9, 9);
  g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));
  fixture_save (document);
  fixture_draw (document, 0, 3, 19, 9);
  fixture_save (document);
  text = fixture_read (backup);
  g_assert_cmpstr (text, ==, small);
  fixture_close (document);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "new-folder", test_new_folder },
    { "a-save-says-how-far-it-is", test_a_save_says_how_far_it_is },
    { "another-file-is-read-where-it-is", test_another_file_is_read_where_it_is },
    { "open-and-close-leave-no-trace", test_open_and_close_leave_no_trace },
    { "real-sets-change-in-one-record", test_real_sets_change_in_one_record },
    { "random-edits-undo-to-the-same-bytes", test_random_edits_undo_to_the_same_bytes },
    { "same-dataset-is-same-document", test_same_dataset_is_same_document },
    { "what-is-opened", test_what_is_opened },
    { "scan-does-not-leave-the-folder", test_scan_does_not_leave_the_folder },
    { "read-only-writes-nothing", test_read_only_writes_nothing },
    { "acknowledged-once-and-durable", test_acknowledged_once_and_durable },
    { "annotations-that-were-read-before-an-edit-are-not-kept",
      test_annotations_that_were_read_before_an_edit_are_not_kept },
    { "edits-during-a-checkpoint-stay", test_edits_during_a_checkpoint_stay },
    { "pause-makes-a-checkpoint", test_pause_makes_a_checkpoint },
    { "backup-is-the-first-version", test_backup_is_the_first_version },
    { NULL, NULL },
  };
  return limner_test_main (argc, argv, "document", cases);
}
