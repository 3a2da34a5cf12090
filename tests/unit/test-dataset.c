/* SPDX-License-Identifier: MIT */
#include "dataset-world.h"

/* ---- comparing ---- */

static void
assert_counts (World *world)
{
  GPtrArray *annotations = world->now->sections[LIMNER_RECORD_ANNOTATION];
  GPtrArray *images = world->now->sections[LIMNER_RECORD_IMAGE];
  guint n_done = 0;

  g_assert_cmpuint (limner_dataset_get_n_annotations (world->dataset), ==, annotations->len);
  for (guint i = 0; i < images->len; i++)
    n_done += record_at (images, i)->state == LIMNER_STATE_DONE ||
              record_at (images, i)->state == LIMNER_STATE_ACCEPTED;
  g_assert_cmpuint (limner_dataset_get_n_done (world->dataset), ==, n_done);
}

static const char *
text_of_place (World *world, const LimnerRecordPlace *place, LimnerRecordKind kind)
{
  if (place->text != NULL)
    return g_bytes_get_data (place->text, NULL);
  return record_at (world->base->sections[kind], (guint) place->offset)->text;
}

static void
assert_image (World *world, const FixtureRecord *record)
{
  guint image = limner_dataset_find_image (world->dataset, record->id);
  GPtrArray *annotations = world->now->sections[LIMNER_RECORD_ANNOTATION];
  g_autoptr (GArray) places = NULL;
  guint n = 0;
  gint64 id;

  g_assert_cmpuint (image, !=, LIMNER_NO_IMAGE);
  if (image == LIMNER_NO_IMAGE)
    return;
  g_assert_true (limner_dataset_get_image_id (world->dataset, image, &id));
  g_assert_cmpint (id, ==, record->id);
  g_assert_cmpstr (limner_dataset_get_image_name (world->dataset, image), ==, record->name);
  g_assert_cmpint (limner_dataset_get_image_state (world->dataset, image), ==, record->state);
  g_assert_cmpuint (limner_dataset_find_image_by_name (world->dataset, record->name), ==, image);
  places = limner_dataset_list_annotations (world->dataset, image);
  for (guint i = 0; i < annotations->len; i++)
    {
      const FixtureRecord *annotation = record_at (annotations, i);

      if (annotation->image_id != record->id)
        continue;
      if (n < places->len)
        g_assert_cmpstr (text_of_place (world, &g_array_index (places, LimnerRecordPlace, n),
                                        LIMNER_RECORD_ANNOTATION),
                         ==, annotation->text);
      n++;
    }
  g_assert_cmpuint (places->len, ==, n);
  g_assert_cmpuint (limner_dataset_get_image_n_annotations (world->dataset, image), ==, n);
  g_assert_cmpint (limner_dataset_is_referenced (world->dataset, LIMNER_RECORD_IMAGE, id), ==,
                   n > 0);
}

static int
compare_by_number (gconstpointer a, gconstpointer b)
{
  const char *name_a = *(const char *const *) a, *name_b = *(const char *const *) b;

  if (g_str_has_prefix (name_a, "img") && g_str_has_prefix (name_b, "img"))
    return atoi (name_a + 3) - atoi (name_b + 3);
  if (g_str_has_prefix (name_a, "new") && g_str_has_prefix (name_b, "new"))
    return atoi (name_a + 3) - atoi (name_b + 3);
  return strcmp (name_a, name_b);
}

static void
assert_image_list (World *world)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GPtrArray *images = world->now->sections[LIMNER_RECORD_IMAGE];

  for (guint i = 0; i < images->len; i++)
    {
      g_ptr_array_add (names, record_at (images, i)->name);
      if (fixture_count (world->now, LIMNER_RECORD_IMAGE, record_at (images, i)->id) == 1 &&
          record_at (images, i)->id != -1)
        assert_image (world, record_at (images, i));
    }
  for (guint i = 0; world->files[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (names, world->files[i], g_str_equal, NULL))
      g_ptr_array_add (names, world->files[i]);
  g_ptr_array_sort (names, compare_by_number);
  g_assert_cmpuint (limner_dataset_get_n_images (world->dataset), ==, names->len);
  for (guint i = 0; i < MIN (names->len, limner_dataset_get_n_images (world->dataset)); i++)
    {
      g_assert_cmpstr (limner_dataset_get_image_name (world->dataset, i), ==, names->pdata[i]);
      g_assert_cmpint (limner_dataset_has_image_file (world->dataset, i), ==,
                       g_strv_contains ((const char *const *) world->files, names->pdata[i]));
    }
}

static void
assert_categories (World *world)
{
  GListModel *model = limner_dataset_get_categories (world->dataset);
  GPtrArray *categories = world->now->sections[LIMNER_RECORD_CATEGORY];
  GPtrArray *annotations = world->now->sections[LIMNER_RECORD_ANNOTATION];

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, categories->len);
  for (guint i = 0; i < categories->len; i++)
    {
      const FixtureRecord *record = record_at (categories, i);
      g_autoptr (LimnerCategory) category = g_list_model_get_item (model, i);
      guint n = 0;

      g_assert_cmpint (limner_category_get_id (category), ==, record->id);
      g_assert_cmpstr (limner_category_get_name (category), ==, record->name);
      if (record->color != G_MAXUINT32)
        g_assert_cmphex (limner_category_get_color (category), ==, record->color);
      for (guint j = 0; j < annotations->len; j++)
        n += record_at (annotations, j)->category_id == record->id;
      /* of twins the first is the one that is referred to */
      if (i != 1)
        g_assert_cmpuint (limner_category_get_n_annotations (category), ==, n);
      g_assert_cmpint (limner_category_is_editable (category), ==, i > 1);
      g_assert_cmpint (limner_dataset_is_referenced (world->dataset, LIMNER_RECORD_CATEGORY,
                                                     record->id),
                       ==, n > 0);
      if (i > 1)
        g_assert_true (limner_dataset_find_category (world->dataset, record->id) == category);
    }
}

/* The base with the changes made to it is what the dataset says, in order: so a checkpoint writes
 * the right file. */
static void
assert_changes (World *world)
{
  g_autoptr (GArray) changes = limner_dataset_list_changes (world->dataset);
  guint next = 0;

  g_assert_cmpint (limner_dataset_has_changes (world->dataset), ==, changes->len > 0);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      GPtrArray *base = world->base->sections[kind];
      g_autoptr (GPtrArray) texts = g_ptr_array_new ();

      for (guint row = 0; row <= base->len; row++)
        {
          guint before = row < base->len ? row : LIMNER_NO_ROW;
          const char *text = row < base->len ? record_at (base, row)->text : NULL;
          const LimnerChange *change;

          for (; next < changes->len; next++)
            {
              change = &g_array_index (changes, LimnerChange, next);
              if (change->kind != kind || change->row != LIMNER_NO_ROW ||
                  change->before_row != before)
                break;
              g_assert_nonnull (change->text);
              g_ptr_array_add (texts, (gpointer) g_bytes_get_data (change->text, NULL));
            }
          change = next < changes->len ? &g_array_index (changes, LimnerChange, next) : NULL;
          if (change != NULL && change->kind == kind && change->row == before && text != NULL)
            {
              /* what is as in the file is no change */
              g_assert_true (change->text == NULL ||
                             strcmp (g_bytes_get_data (change->text, NULL), text) != 0);
              text = change->text != NULL ? g_bytes_get_data (change->text, NULL) : NULL;
              next++;
            }
          if (text != NULL)
            g_ptr_array_add (texts, (gpointer) text);
        }
      g_assert_cmpuint (texts->len, ==, world->now->sections[kind]->len);
      for (guint i = 0; i < MIN (texts->len, world->now->sections[kind]->len); i++)
        g_assert_cmpstr (texts->pdata[i], ==, record_at (world->now->sections[kind], i)->text);
    }
  g_assert_cmpuint (next, ==, changes->len);
}

static void
assert_records (World *world)
{
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    for (guint i = 0; i < 30; i++)
      {
        gint64 id = choose (world, 200);
        guint count = fixture_count (world->now, kind, id);
        LimnerRecordPlace place = { NULL };
        gint64 next_id = -2, naive_next = -2;

        g_assert_cmpuint (limner_dataset_count_records (world->dataset, kind, id), ==, count);
        g_assert_cmpint (limner_dataset_find_record (world->dataset, kind, id, &place), ==,
                         count == 1);
        if (count != 1)
          continue;
        g_assert_cmpstr (
            text_of_place (world, &place, kind), ==,
            record_at (world->now->sections[kind], fixture_find (world->now, kind, id))->text);
        limner_record_place_clear (&place);
        g_assert_cmpint (limner_dataset_get_next_id (world->dataset, kind, id, &next_id), ==,
                         naive_next_id (world->now, kind, id, &naive_next));
        g_assert_cmpint (next_id, ==, naive_next);
      }
}

static void
assert_ids (World *world)
{
  GPtrArray *annotations = world->now->sections[LIMNER_RECORD_ANNOTATION];

  for (gint64 id = 1; id < 8; id++)
    {
      g_autoptr (GArray) of_image =
          limner_dataset_list_annotation_ids (world->dataset, LIMNER_RECORD_IMAGE, id);
      g_autoptr (GArray) of_category =
          limner_dataset_list_annotation_ids (world->dataset, LIMNER_RECORD_CATEGORY, id);
      guint n_image = 0, n_category = 0;

      for (guint i = 0; i < annotations->len; i++)
        {
          const FixtureRecord *record = record_at (annotations, i);
          gboolean is_editable =
              record->id != -1 &&
              fixture_count (world->now, LIMNER_RECORD_ANNOTATION, record->id) == 1;

          n_image += is_editable && record->image_id == id;
          n_category += is_editable && record->category_id == id;
        }
      g_assert_cmpuint (of_image->len, ==, n_image);
      g_assert_cmpuint (of_category->len, ==, n_category);
    }
}

static void
assert_same (World *world)
{
  assert_counts (world);
  assert_image_list (world);
  assert_categories (world);
  assert_changes (world);
  assert_records (world);
  assert_ids (world);
}

/* ---- checkpoints ---- */

static void
begin_checkpoint (World *world)
{
  g_clear_pointer (&world->being_written, fixture_free);
  world->being_written = fixture_copy (world->now);
  g_ptr_array_set_size (world->newer, 0);
}

static void
end_checkpoint (World *world)
{
  g_autoptr (LimnerColumns) columns = fixture_columns (world->being_written);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n = limner_dataset_get_n_images (world->dataset);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, g_strdup (limner_dataset_get_image_name (world->dataset, i)));
  limner_dataset_rebase (world->dataset, columns, world->newer);
  world_set_base (world, g_steal_pointer (&world->being_written));
  g_assert_true (limner_dataset_get_columns (world->dataset) == columns);
  g_assert_cmpuint (limner_dataset_get_n_images (world->dataset), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (limner_dataset_get_image_name (world->dataset, i), ==, names->pdata[i]);
}

static void
run_random (guint32 seed, guint n_edits)
{
  g_autoptr (World) world = world_new (seed);

  assert_same (world);
  for (guint i = 0; i < n_edits && !g_test_failed (); i++)
    {
      do_something (world);
      assert_counts (world);
      if (i % 25 == 0 || i < 100)
        assert_same (world);
      if (i % 211 == 100)
        begin_checkpoint (world);
      /* some checkpoints find nothing newer, others up to fifty steps */
      if (i % 211 == 100 + seed % 50)
        {
          end_checkpoint (world);
          assert_same (world);
        }
      if (g_test_failed ())
        g_test_message ("seed %u, edit %u", seed, i);
    }
  while (world->undo->len > 0 && !g_test_failed ())
    move_step (world, world->undo, world->redo, LIMNER_STEP_UNDO);
  assert_same (world);
}

static void
test_random_edits (void)
{
  for (guint32 seed = 1; seed <= 10; seed++)
    run_random (seed * 7, 1000);
}

static void
test_undo_restores_identity (void)
{
  g_autoptr (World) world = world_new (3);

  for (guint i = 0; i < 500; i++)
    do_something (world);
  while (world->undo->len > 0)
    move_step (world, world->undo, world->redo, LIMNER_STEP_UNDO);
  g_assert_false (limner_dataset_has_changes (world->dataset));
  assert_same (world);
}

/* ---- the cost of an edit ---- */

static Fixture *
large_fixture (guint n_images)
{
  Fixture *fixture = fixture_new ();

  for (guint i = 1; i <= 5; i++)
    fixture_addf (fixture, "C %u 0 v class%u", i, i);
  for (guint i = 1; i <= n_images; i++)
    fixture_addf (fixture, "I %u 0 v img%u.jpg", i, i);
  for (guint i = 0; i < n_images * 10; i++)
    fixture_addf (fixture, "A %u %u %u v", i + 1, i / 10 + 1, i % 5 + 1);
  return fixture;
}

static void
apply_text (
    LimnerDataset *dataset, LimnerRecordKind kind, gint64 id, const char *before, const char *after)
{
  g_autoptr (LimnerEdit) edit = edit_of_texts (kind, id, before, after);
  gpointer record = edit->after != NULL ? fixture_parse (edit->after) : NULL;

  edit->has_next = limner_dataset_get_next_id (dataset, kind, id, &edit->next_id);
  limner_dataset_apply (dataset, edit, record);
  g_clear_pointer (&record, limner_record_unref);
}

/* Records looked at by one of everything an annotator does to image 7. */
static guint64
visits_of_edits (LimnerDataset *dataset, guint n_rounds)
{
  guint64 start = limner_dataset_get_n_visited (dataset);

  for (guint i = 0; i < n_rounds; i++)
    {
      gint64 id = limner_dataset_reserve_id (dataset, LIMNER_RECORD_ANNOTATION);
      g_autofree char *text = g_strdup_printf ("A %" G_GINT64_FORMAT " 7 2 v", id);
      g_autoptr (GArray) places = NULL;

      apply_text (dataset, LIMNER_RECORD_ANNOTATION, id, NULL, text);
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, 63, "A 63 7 3 v", "A 63 7 1 w");
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, 64, "A 64 7 4 v", NULL);
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, 64, NULL, "A 64 7 4 v");
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, 65, "A 65 7 5 v", "A 65 8 5 v");
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, 65, "A 65 8 5 v", "A 65 7 5 v");
      apply_text (dataset, LIMNER_RECORD_IMAGE, 7, "I 7 0 v img7.jpg", "I 7 2 v img7.jpg");
      places = limner_dataset_list_annotations (dataset, limner_dataset_find_image (dataset, 7));
      apply_text (dataset, LIMNER_RECORD_ANNOTATION, id, text, NULL);
    }
  return limner_dataset_get_n_visited (dataset) - start;
}

static void
test_cost_is_flat (void)
{
  const guint sizes[] = { 10, 1000, 20000 };
  guint64 visits[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (Fixture) fixture = large_fixture (sizes[i]);
      g_autoptr (LimnerColumns) columns = fixture_columns (fixture);
      g_autoptr (LimnerDataset) dataset = limner_dataset_new (columns, NULL, NULL);

      visits[i] = visits_of_edits (dataset, 10);
      g_test_message ("%u images: %" G_GUINT64_FORMAT " records looked at", sizes[i], visits[i]);
    }
  g_assert_cmpuint (visits[0], >, 0);
  g_assert_cmpuint (visits[1], ==, visits[0]);
  g_assert_cmpuint (visits[2], ==, visits[0]);
}

/* And whatever the number of edits that wait for a checkpoint. */
static void
test_cost_does_not_grow_with_edits (void)
{
  g_autoptr (Fixture) fixture = large_fixture (2000);
  g_autoptr (LimnerColumns) columns = fixture_columns (fixture);
  g_autoptr (LimnerDataset) dataset = limner_dataset_new (columns, NULL, NULL);
  guint64 first = visits_of_edits (dataset, 10);

  for (guint i = 0; i < 5000; i++)
    {
      gint64 id = limner_dataset_reserve_id (dataset, LIMNER_RECORD_ANNOTATION);
      g_autofree char *text = g_strdup_printf ("A %" G_GINT64_FORMAT " 1500 2 v", id);

      apply_text (dataset, LIMNER_RECORD_ANNOTATION, id, NULL, text);
    }
  g_assert_cmpuint (visits_of_edits (dataset, 10), ==, first);
}

/* ---- signals ---- */

static void
on_image (LimnerDataset *dataset, guint image, gpointer log)
{
  g_string_append_printf (log, "image %s; ", limner_dataset_get_image_name (dataset, image));
}

static void
on_annotations (LimnerDataset *dataset, guint image, gpointer log)
{
  g_string_append_printf (log, "annotations %s; ", limner_dataset_get_image_name (dataset, image));
}

static void
on_categories (LimnerDataset *dataset, gpointer log)
{
  g_string_append (log, "categories; ");
}

static void
on_reset (LimnerDataset *dataset, gpointer log)
{
  g_string_append (log, "reset; ");
}

static const struct
{
  const char *name;
  LimnerRecordKind kind;
  gint64 id;
  const char *before;
  const char *after;
  const char *expected;
} signal_rows[] = {
  { "a new annotation", LIMNER_RECORD_ANNOTATION, 50, NULL, "A 50 1 1 v",
    "annotations a.jpg; image a.jpg; " },
  { "another geometry", LIMNER_RECORD_ANNOTATION, 50, "A 50 1 1 v", "A 50 1 1 w",
    "annotations a.jpg; " },
  { "another class", LIMNER_RECORD_ANNOTATION, 50, "A 50 1 1 w", "A 50 1 2 w",
    "annotations a.jpg; " },
  { "to another image", LIMNER_RECORD_ANNOTATION, 50, "A 50 1 2 w", "A 50 2 2 w",
    "annotations a.jpg; image a.jpg; annotations b.jpg; image b.jpg; " },
  { "gone", LIMNER_RECORD_ANNOTATION, 50, "A 50 2 2 w", NULL, "annotations b.jpg; image b.jpg; " },
  { "of no image", LIMNER_RECORD_ANNOTATION, 51, NULL, "A 51 -1 2 w", "" },
  { "of an unknown image", LIMNER_RECORD_ANNOTATION, 52, NULL, "A 52 60 2 w", "" },
  { "a state", LIMNER_RECORD_IMAGE, 1, "I 1 0 v a.jpg", "I 1 2 v a.jpg", "image a.jpg; " },
  { "a record for a file", LIMNER_RECORD_IMAGE, 7, NULL, "I 7 0 v c.jpg", "image c.jpg; " },
  { "the record goes, the file stays", LIMNER_RECORD_IMAGE, 7, "I 7 0 v c.jpg", NULL,
    "image c.jpg; " },
  { "a record of no file", LIMNER_RECORD_IMAGE, 8, NULL, "I 8 0 v d.jpg", "reset; " },
  { "and away again", LIMNER_RECORD_IMAGE, 8, "I 8 0 v d.jpg", NULL, "reset; " },
  { "the unknown image comes", LIMNER_RECORD_IMAGE, 60, NULL, "I 60 0 v c.jpg",
    "annotations c.jpg; image c.jpg; " },
  { "another name", LIMNER_RECORD_IMAGE, 2, "I 2 0 v b.jpg", "I 2 0 v e.jpg", "reset; " },
  { "a class", LIMNER_RECORD_CATEGORY, 2, NULL, "C 2 0 v dog", "categories; " },
  { "info", LIMNER_RECORD_INFO, 0, "N 1", "N 2", "" },
};

static void
test_signals (void)
{
  const char *const files[] = { "a.jpg", "b.jpg", "c.jpg", NULL };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;
  g_autoptr (GString) log = g_string_new (NULL);

  fixture_add (fixture, "I 1 0 v a.jpg");
  fixture_add (fixture, "I 2 0 v b.jpg");
  fixture_add (fixture, "C 1 0 v cat");
  columns = fixture_columns (fixture);
  dataset = limner_dataset_new (columns, NULL, files);
  g_signal_connect (dataset, "image-changed", G_CALLBACK (on_image), log);
  g_signal_connect (dataset, "annotations-changed", G_CALLBACK (on_annotations), log);
  g_signal_connect (dataset, "categories-changed", G_CALLBACK (on_categories), log);
  g_signal_connect (dataset, "images-reset", G_CALLBACK (on_reset), log);
  for (guint i = 0; i < G_N_ELEMENTS (signal_rows); i++)
    {
      g_test_message ("%s", signal_rows[i].name);
      g_string_truncate (log, 0);
      apply_text (dataset, signal_rows[i].kind, signal_rows[i].id, signal_rows[i].before,
                  signal_rows[i].after);
      g_assert_cmpstr (log->str, ==, signal_rows[i].expected);
    }

  g_string_truncate (log, 0);
  limner_dataset_set_image_trouble (dataset, 0, "a.jpg cannot be read");
  limner_dataset_set_image_trouble (dataset, 0, "a.jpg cannot be read");
  g_assert_cmpstr (log->str, ==, "image a.jpg; ");
  g_assert_cmpstr (limner_dataset_get_image_trouble (dataset, 0), ==, "a.jpg cannot be read");
  limner_dataset_set_image_trouble (dataset, 0, NULL);
  g_assert_null (limner_dataset_get_image_trouble (dataset, 0));
}

/* ---- odd files ---- */

static void
test_odd_ids (void)
{
  g_autoptr (World) world = world_new (1);
  guint twin = limner_dataset_find_image_by_name (world->dataset, "twin-a.jpg");
  guint other = limner_dataset_find_image_by_name (world->dataset, "twin-b.jpg");
  guint nameless = limner_dataset_find_image_by_name (world->dataset, "nameless.jpg");
  guint file = limner_dataset_find_image_by_name (world->dataset, "img2.jpg");

  g_assert_false (limner_dataset_is_image_editable (world->dataset, twin));
  g_assert_false (limner_dataset_is_image_editable (world->dataset, other));
  g_assert_false (limner_dataset_is_image_editable (world->dataset, nameless));
  g_assert_true (limner_dataset_is_image_editable (world->dataset, file));
  g_assert_false (limner_dataset_get_image_id (world->dataset, file, NULL));
  g_assert_cmpuint (limner_dataset_get_image_n_annotations (world->dataset, twin), ==, 1);
  g_assert_cmpuint (limner_dataset_get_image_n_annotations (world->dataset, other), ==, 0);
  g_assert_cmpuint (limner_dataset_count_records (world->dataset, LIMNER_RECORD_ANNOTATION, 9000),
                    ==, 2);
  g_assert_false (
      limner_dataset_find_record (world->dataset, LIMNER_RECORD_ANNOTATION, 9000, NULL));

  /* an edit of it changes nothing */
  apply_text (world->dataset, LIMNER_RECORD_ANNOTATION, 9000, "A 9000 1 1 v", NULL);
  g_assert_false (limner_dataset_has_changes (world->dataset));
  assert_same (world);
}

/* Their rows move when a record before them is gone from the file. */
static void
test_odd_images_survive_rebase (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (Fixture) written = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerColumns) written_columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autoptr (GArray) places = NULL;
  gint64 id;
  guint image;

  fixture_add (fixture, "I 1 0 v a.jpg");
  fixture_add (fixture, "I 9 0 v b.jpg");
  fixture_add (fixture, "I 9 2 v c.jpg");
  fixture_add (fixture, "I -1 0 v d.jpg");
  fixture_add (fixture, "A 4 9 -1 v");
  for (guint i = 1; i < 4; i++)
    fixture_add (written, record_at (fixture->sections[LIMNER_RECORD_IMAGE], i)->text);
  fixture_add (written, "A 4 9 -1 v");
  columns = fixture_columns (fixture);
  written_columns = fixture_columns (written);
  dataset = limner_dataset_new (columns, NULL, NULL);
  apply_text (dataset, LIMNER_RECORD_IMAGE, 1, "I 1 0 v a.jpg", NULL);
  limner_dataset_rebase (dataset, written_columns, kept);

  g_assert_cmpuint (limner_dataset_get_n_images (dataset), ==, 3);
  image = limner_dataset_find_image_by_name (dataset, "b.jpg");
  g_assert_cmpuint (limner_dataset_find_image (dataset, 9), ==, image);
  g_assert_cmpuint (limner_dataset_get_image_n_annotations (dataset, image), ==, 1);
  places = limner_dataset_list_annotations (dataset, image);
  g_assert_cmpuint (places->len, ==, 1);
  image = limner_dataset_find_image_by_name (dataset, "d.jpg");
  g_assert_true (limner_dataset_get_image_id (dataset, image, &id));
  g_assert_cmpint (id, ==, -1);
  g_assert_cmpuint (limner_dataset_get_n_done (dataset), ==, 1);
}

static void
test_ids_are_never_reused (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;

  fixture_addf (fixture, "A %" G_GINT64_FORMAT " -1 -1 v", G_MAXINT64);
  fixture_add (fixture, "A 1 -1 -1 v");
  fixture_add (fixture, "I 5 0 v a.jpg");
  columns = fixture_columns (fixture);
  dataset = limner_dataset_new (columns, NULL, NULL);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_CATEGORY), ==, 1);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_CATEGORY), ==, 2);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 6);
  /* replayed and taken back: 20 was given once */
  apply_text (dataset, LIMNER_RECORD_IMAGE, 20, NULL, "I 20 0 v b.jpg");
  apply_text (dataset, LIMNER_RECORD_IMAGE, 20, "I 20 0 v b.jpg", NULL);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 21);
  /* nothing above the largest: the gaps are used */
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_ANNOTATION), ==, 2);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_ANNOTATION), ==, 3);
}

/* What refers to a record that is not there must not be given to a new one. */
static void
test_ids_referred_to_are_not_given (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;
  g_autofree char *text = g_strdup_printf ("A 3 %" G_GINT64_FORMAT " 3 v", G_MAXINT64);

  fixture_add (fixture, "I 5 0 v a.jpg");
  fixture_add (fixture, "C 2 0 v a");
  columns = fixture_columns (fixture);
  dataset = limner_dataset_new (columns, NULL, NULL);
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 1, NULL, "A 1 5 2 v");
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 6);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_CATEGORY), ==, 3);
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 2, NULL, "A 2 40 60 v");
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 41);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_CATEGORY), ==, 61);
  /* also when it has gone: undo may bring it back */
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 2, "A 2 40 60 v", "A 2 50 60 v");
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 2, "A 2 50 60 v", NULL);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 51);
  /* beyond the last id there are none */
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 3, NULL, text);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_IMAGE), ==, 52);
  g_assert_cmpint (limner_dataset_reserve_id (dataset, LIMNER_RECORD_ANNOTATION), ==, 4);
}

static void
test_empty (void)
{
  g_autoptr (LimnerColumns) columns = limner_columns_new ();
  g_autoptr (LimnerDataset) dataset = limner_dataset_new (columns, NULL, NULL);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autoptr (GArray) changes = limner_dataset_list_changes (dataset);

  g_assert_cmpuint (limner_dataset_get_n_images (dataset), ==, 0);
  g_assert_cmpuint (changes->len, ==, 0);
  g_assert_cmpuint (limner_dataset_find_image (dataset, 1), ==, LIMNER_NO_IMAGE);
  g_assert_cmpuint (limner_dataset_find_image_by_name (dataset, ""), ==, LIMNER_NO_IMAGE);
  limner_dataset_rebase (dataset, columns, kept);
  g_assert_finalize_object (g_steal_pointer (&dataset));
}

/* ---- classes ---- */

static void
count_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_colors (void)
{
  g_autoptr (World) world = world_new (5);
  LimnerCategory *with = limner_dataset_find_category (world->dataset, 1);
  LimnerCategory *kept = limner_dataset_find_category (world->dataset, 2);
  LimnerCategory *chosen = limner_dataset_find_category (world->dataset, 4);
  guint n_notified = 0;
  guint32 color;

  limner_dataset_set_category_color (world->dataset, 2, 0x123456);
  limner_dataset_set_category_color (world->dataset, 1, 0x123457);
  g_assert_cmphex (limner_category_get_color (with), ==, 1000);
  g_assert_cmphex (limner_category_get_color (kept), ==, 0x123456);
  color = limner_category_get_color (chosen);
  g_assert_cmphex (color, !=, 0x123456);

  g_signal_connect (chosen, "notify::color", G_CALLBACK (count_notify), &n_notified);
  apply_text (world->dataset, LIMNER_RECORD_CATEGORY, 4, "C 4 4294967295 v class4",
              "C 4 255 w class4");
  g_assert_cmphex (limner_category_get_color (chosen), ==, 255);
  apply_text (world->dataset, LIMNER_RECORD_CATEGORY, 4, "C 4 255 w class4",
              "C 4 4294967295 v class4");
  g_assert_cmphex (limner_category_get_color (chosen), ==, color);
  g_assert_cmpuint (n_notified, ==, 2);

  /* deleted and taken back, it has the same colour */
  apply_text (world->dataset, LIMNER_RECORD_CATEGORY, 4, "C 4 4294967295 v class4", NULL);
  g_assert_null (limner_dataset_find_category (world->dataset, 4));
  apply_text (world->dataset, LIMNER_RECORD_CATEGORY, 4, NULL, "C 4 4294967295 v class4");
  chosen = limner_dataset_find_category (world->dataset, 4);
  g_assert_cmphex (limner_category_get_color (chosen), ==, color);
  g_assert_true (limner_dataset_find_category_by_name (world->dataset, "class4") == chosen);
  g_assert_null (limner_dataset_find_category_by_name (world->dataset, "no such class"));
}

static void
test_category_outlives_dataset (void)
{
  g_autoptr (World) world = world_new (5);
  g_autoptr (LimnerCategory) category =
      g_object_ref (limner_dataset_find_category (world->dataset, 2));

  g_clear_pointer (&world, world_free);
  g_assert_cmpstr (limner_category_get_name (category), ==, "class2");
  limner_category_get_color (category);
}

static const LimnerTestCase cases[] = {
  { "random-edits", test_random_edits },
  { "undo-restores-identity", test_undo_restores_identity },
  { "cost-is-flat", test_cost_is_flat },
  { "cost-does-not-grow-with-edits", test_cost_does_not_grow_with_edits },
  { "signals", test_signals },
  { "odd-ids", test_odd_ids },
  { "odd-images-survive-rebase", test_odd_images_survive_rebase },
  { "ids-are-never-reused", test_ids_are_never_reused },
  { "ids-referred-to-are-not-given", test_ids_referred_to_are_not_given },
  { "empty", test_empty },
  { "colors", test_colors },
  { "category-outlives-dataset", test_category_outlives_dataset },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "dataset", cases);
}