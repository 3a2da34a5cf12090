/* SPDX-License-Identifier: MIT */
#include <limner/image-list.h>

#include "limner-test.h"
#include "model-fixture.h"

/* What a view keeps of the model, changed only by "items-changed": it must end as the model is. */
typedef struct
{
  GListModel *model;
  GPtrArray *items;
  guint n_changes;
  guint n_removed;
  guint n_added;
  guint n_both; /* the most added by a change that removes, too */
} View;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  View *view = data;

  g_assert_cmpuint (position + removed, <=, view->items->len);
  if (removed > 0)
    g_ptr_array_remove_range (view->items, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (view->items, (gint) (position + i),
                        g_list_model_get_item (model, position + i));
  if (removed > 0)
    view->n_both = MAX (view->n_both, added);
  view->n_changes++;
  view->n_removed += removed;
  view->n_added += added;
}

static void
view_attach (View *view, LimnerImageList *list)
{
  *view =
      (View){ G_LIST_MODEL (list), g_ptr_array_new_with_free_func (g_object_unref), 0, 0, 0, 0 };
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), view);
  on_items_changed (view->model, 0, 0, g_list_model_get_n_items (view->model), view);
  view->n_changes = view->n_added = 0;
}

static void
view_assert_same (View *view)
{
  g_assert_cmpuint (view->items->len, ==, g_list_model_get_n_items (view->model));
  for (guint i = 0; i < view->items->len; i++)
    {
      g_autoptr (LimnerImageItem) item = g_list_model_get_item (view->model, i);

      g_assert_true (item == view->items->pdata[i]);
    }
}

static gboolean
is_busy (LimnerImageList *list)
{
  gboolean busy;

  g_object_get (list, "busy", &busy, NULL);
  return busy;
}

static void
wait_for (LimnerImageList *list)
{
  while (is_busy (list))
    g_main_context_iteration (NULL, TRUE);
}

/* 1 cat, 2 dog; image 5 has no record, image 6 no file. */
static LimnerDataset *
make_dataset (void)
{
  const char *const files[] = { "a1.jpg", "a2.jpg", "b3.jpg", "B4.jpg", "Ärger5.jpg", NULL };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;

  fixture_add (fixture, "C 1 0 v cat");
  fixture_add (fixture, "C 2 0 v dog");
  fixture_add (fixture, "I 1 0 v a1.jpg");
  fixture_add (fixture, "I 2 2 v a2.jpg");
  fixture_add (fixture, "I 3 3 v b3.jpg");
  fixture_add (fixture, "I 4 4 v B4.jpg");
  fixture_add (fixture, "I 6 1 v c6.jpg");
  fixture_add (fixture, "A 1 1 1 v");
  fixture_add (fixture, "A 2 1 2 v");
  fixture_add (fixture, "A 3 2 2 v");
  fixture_add (fixture, "A 4 6 1 v");
  columns = fixture_columns (fixture);
  return limner_dataset_new (columns, NULL, files);
}

static void
apply_text (
    LimnerDataset *dataset, LimnerRecordKind kind, gint64 id, const char *before, const char *after)
{
  g_autoptr (GBytes) before_bytes = before != NULL ? fixture_bytes (before) : NULL;
  g_autoptr (GBytes) after_bytes = after != NULL ? fixture_bytes (after) : NULL;
  g_autoptr (LimnerEdit) edit = limner_edit_new (kind, id, before_bytes, after_bytes);
  gpointer record = after_bytes != NULL ? fixture_parse (after_bytes) : NULL;

  limner_dataset_apply (dataset, edit, record);
  g_clear_pointer (&record, limner_record_unref);
}

static char *
names_of (LimnerImageList *list, LimnerDataset *dataset)
{
  GString *names = g_string_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));

  for (guint i = 0; i < n; i++)
    {
      guint image = limner_image_list_get_image (list, i);
      g_autoptr (LimnerImageItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_cmpuint (limner_image_item_get_image (item), ==, image);
      g_assert_cmpuint (limner_image_list_find (list, image), ==, i);
      g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                              limner_dataset_get_image_name (dataset, image));
    }
  return g_string_free (names, FALSE);
}

#define ALL "a1.jpg a2.jpg b3.jpg B4.jpg c6.jpg Ärger5.jpg"

static const struct
{
  const char *name;
  LimnerImageFilter filter;
  const char *expected;
} rows[] = {
  { "all", { LIMNER_FILTER_ALL, NULL, FALSE, 0 }, ALL },
  { "empty text", { LIMNER_FILTER_ALL, (char *) "", FALSE, 0 }, ALL },
  { "with annotations",
    { LIMNER_FILTER_WITH_ANNOTATIONS, NULL, FALSE, 0 },
    "a1.jpg a2.jpg c6.jpg" },
  { "without annotations",
    { LIMNER_FILTER_WITHOUT_ANNOTATIONS, NULL, FALSE, 0 },
    "b3.jpg B4.jpg Ärger5.jpg" },
  { "done", { LIMNER_FILTER_DONE, NULL, FALSE, 0 }, "a2.jpg b3.jpg" },
  { "not done", { LIMNER_FILTER_NOT_DONE, NULL, FALSE, 0 }, "a1.jpg B4.jpg c6.jpg Ärger5.jpg" },
  { "returned", { LIMNER_FILTER_RETURNED, NULL, FALSE, 0 }, "B4.jpg" },
  { "unreadable", { LIMNER_FILTER_UNREADABLE, NULL, FALSE, 0 }, "c6.jpg" },
  { "text", { LIMNER_FILTER_ALL, (char *) "a", FALSE, 0 }, "a1.jpg a2.jpg" },
  { "text in another case", { LIMNER_FILTER_ALL, (char *) "b", FALSE, 0 }, "b3.jpg B4.jpg" },
  { "text inside", { LIMNER_FILTER_ALL, (char *) "3.J", FALSE, 0 }, "b3.jpg" },
  { "not ASCII", { LIMNER_FILTER_ALL, (char *) "ärGER", FALSE, 0 }, "Ärger5.jpg" },
  { "ASCII in a name that is not", { LIMNER_FILTER_ALL, (char *) "GER5", FALSE, 0 }, "Ärger5.jpg" },
  { "text of no image", { LIMNER_FILTER_ALL, (char *) "zz", FALSE, 0 }, "" },
  { "class", { LIMNER_FILTER_ALL, NULL, TRUE, 1 }, "a1.jpg c6.jpg" },
  { "another class", { LIMNER_FILTER_ALL, NULL, TRUE, 2 }, "a1.jpg a2.jpg" },
  { "no such class", { LIMNER_FILTER_ALL, NULL, TRUE, 7 }, "" },
  { "all at once", { LIMNER_FILTER_DONE, (char *) "2", TRUE, 2 }, "a2.jpg" },
};

static void
test_filters (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = NULL;
  View view;

  limner_dataset_set_image_trouble (dataset, 4, "c6.jpg is missing");
  list = limner_image_list_new (dataset);
  view_attach (&view, list);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *names = NULL;

      g_test_message ("%s", rows[i].name);
      limner_image_list_set_filter (list, &rows[i].filter);
      wait_for (list);
      names = names_of (list, dataset);
      g_assert_cmpstr (names, ==, rows[i].expected);
      view_assert_same (&view);
    }
  g_ptr_array_unref (view.items);
  g_assert_finalize_object (g_steal_pointer (&list));
}

/* Classes after edits: the base alone would say otherwise. */
static void
test_class_after_edits (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  const LimnerImageFilter filter = { LIMNER_FILTER_ALL, NULL, TRUE, 1 };
  g_autofree char *names = NULL;

  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 1, "A 1 1 1 v", "A 1 1 2 v");
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 3, "A 3 2 2 v", "A 3 3 1 v");
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 4, "A 4 6 1 v", NULL);
  apply_text (dataset, LIMNER_RECORD_IMAGE, 9, NULL, "I 9 0 v Ärger5.jpg");
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 9, NULL, "A 9 9 1 v");
  limner_image_list_set_filter (list, &filter);
  wait_for (list);
  names = names_of (list, dataset);
  g_assert_cmpstr (names, ==, "b3.jpg Ärger5.jpg");
}

static void
test_stays_in_list (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  const LimnerImageFilter filter = { LIMNER_FILTER_WITHOUT_ANNOTATIONS, NULL, FALSE, 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *again = NULL;
  View view;

  limner_image_list_set_filter (list, &filter);
  wait_for (list);
  view_attach (&view, list);
  before = names_of (list, dataset);
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 50, NULL, "A 50 3 1 v");
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 4, "A 4 6 1 v", NULL);
  g_assert_false (is_busy (list));
  after = names_of (list, dataset);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpuint (view.n_changes, ==, 0);

  limner_image_list_set_filter (list, &filter);
  wait_for (list);
  again = names_of (list, dataset);
  g_assert_cmpstr (again, ==, "B4.jpg c6.jpg Ärger5.jpg");
  view_assert_same (&view);
  g_ptr_array_unref (view.items);
}

static void
test_changes_are_minimal (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  const LimnerImageFilter no_b4 = { LIMNER_FILTER_ALL, (char *) "a", FALSE, 0 };
  const LimnerImageFilter a1 = { LIMNER_FILTER_ALL, (char *) "a1", FALSE, 0 };
  View view;

  limner_image_list_set_filter (list, &no_b4);
  wait_for (list);
  view_attach (&view, list);
  limner_image_list_set_filter (list, &a1);
  wait_for (list);
  g_assert_cmpuint (view.n_changes, ==, 1);
  g_assert_cmpuint (view.n_removed, ==, 1);
  g_assert_cmpuint (view.n_added, ==, 0);
  limner_image_list_set_filter (list, &a1);
  wait_for (list);
  g_assert_cmpuint (view.n_changes, ==, 1);
  g_ptr_array_unref (view.items);
}

static void
test_newer_filter_wins (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  View view;

  view_attach (&view, list);
  for (guint i = 0; i < 50; i++)
    {
      const LimnerImageFilter other = { LIMNER_FILTER_ALL, (char *) "a", FALSE, 0 };

      limner_image_list_set_filter (list, &other);
    }
  {
    const LimnerImageFilter last = { LIMNER_FILTER_RETURNED, NULL, FALSE, 0 };
    g_autofree char *names = NULL;

    limner_image_list_set_filter (list, &last);
    g_assert_true (is_busy (list));
    wait_for (list);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    names = names_of (list, dataset);
    g_assert_cmpstr (names, ==, "B4.jpg");
    /* no answer of the others was shown in between */
    g_assert_cmpuint (view.n_changes, ==, 1);
  }
  g_ptr_array_unref (view.items);
}

static void
on_changed (LimnerImageItem *item, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_items (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  LimnerImageItem *item = g_list_model_get_item (G_LIST_MODEL (list), 2);
  LimnerImageItem *same = g_list_model_get_item (G_LIST_MODEL (list), 2);
  guint n_changed = 0;

  g_assert_true (item == same);
  g_object_unref (same);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 6));
  g_assert_cmpuint (limner_image_list_find (list, 6), ==, G_MAXUINT);

  g_signal_connect (item, "changed", G_CALLBACK (on_changed), &n_changed);
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 50, NULL, "A 50 3 1 v");
  g_assert_cmpuint (n_changed, ==, 1);
  apply_text (dataset, LIMNER_RECORD_ANNOTATION, 51, NULL, "A 51 1 1 v");
  g_assert_cmpuint (n_changed, ==, 1);
  limner_dataset_set_image_trouble (dataset, 2, "b3.jpg cannot be read");
  g_assert_cmpuint (n_changed, ==, 2);

  /* made when asked, gone when nobody holds it */
  g_assert_finalize_object (item);
  item = g_list_model_get_item (G_LIST_MODEL (list), 2);
  g_clear_object (&list);
  g_assert_cmpuint (limner_image_item_get_image (item), ==, 2);
  g_assert_finalize_object (item);
}

static void
test_reset (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  g_autoptr (LimnerImageList) list = limner_image_list_new (dataset);
  const LimnerImageFilter filter = { LIMNER_FILTER_ALL, (char *) "a", FALSE, 0 };
  g_autofree char *names = NULL;
  View view;

  limner_image_list_set_filter (list, &filter);
  wait_for (list);
  view_attach (&view, list);
  /* before all others: each position is another image now */
  apply_text (dataset, LIMNER_RECORD_IMAGE, 20, NULL, "I 20 0 v a0.jpg");
  wait_for (list);
  names = names_of (list, dataset);
  g_assert_cmpstr (names, ==, "a0.jpg a1.jpg a2.jpg");
  view_assert_same (&view);
  g_ptr_array_unref (view.items);
}

/* A list that dies while its filter runs takes the answer with it. */
static void
test_dropped_while_busy (void)
{
  g_autoptr (LimnerDataset) dataset = make_dataset ();
  LimnerImageList *list = limner_image_list_new (dataset);
  const LimnerImageFilter filter = { LIMNER_FILTER_ALL, (char *) "a", FALSE, 0 };
  gpointer weak = list;

  g_object_add_weak_pointer (G_OBJECT (list), &weak);
  limner_image_list_set_filter (list, &filter);
  g_object_unref (list);
  while (weak != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (g_steal_pointer (&dataset));
}

/* Who looks for an item among all that come in its place makes each of them: of many none comes in
 * the place of others. */
static void
test_many (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) files = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = fixture_columns (fixture);
  g_autoptr (LimnerDataset) dataset = NULL;
  g_autoptr (LimnerImageList) list = NULL;
  static const char *const typed[] = { "1", "12", "", "2", "7.jpg", "" };
  static const guint expected[] = { 2084, 199, 5000, 2084, 500, 5000 };
  const LimnerImageFilter every = { LIMNER_FILTER_ALL, (char *) ".jpg", FALSE, 0 };
  View view;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u.jpg", i);

      g_strv_builder_add (names, name);
    }
  files = g_strv_builder_end (names);
  dataset = limner_dataset_new (columns, NULL, (const char *const *) files);
  list = limner_image_list_new (dataset);
  view_attach (&view, list);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      const LimnerImageFilter filter = { LIMNER_FILTER_ALL, (char *) typed[i], FALSE, 0 };

      limner_image_list_set_filter (list, &filter);
      wait_for (list);
      view_assert_same (&view);
      g_assert_cmpuint (view.items->len, ==, expected[i]);
    }
  g_assert_cmpuint (view.n_both, <=, 1000);
  /* the same images: nothing to tell */
  view.n_changes = 0;
  limner_image_list_set_filter (list, &every);
  wait_for (list);
  g_assert_cmpuint (view.n_changes, ==, 0);
  g_ptr_array_unref (view.items);
}

static const LimnerTestCase cases[] = {
  { "filters", test_filters },
  { "class-after-edits", test_class_after_edits },
  { "stays-in-list", test_stays_in_list },
  { "changes-are-minimal", test_changes_are_minimal },
  { "newer-filter-wins", test_newer_filter_wins },
  { "items", test_items },
  { "reset", test_reset },
  { "dropped-while-busy", test_dropped_while_busy },
  { "many", test_many },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "image-list", cases);
}
