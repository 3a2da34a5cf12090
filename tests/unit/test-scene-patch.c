/* SPDX-License-Identifier: MIT */

/*
 * A scene takes in single records. After any edits, undone and redone in any order, it is what a
 * scene is that has just been loaded.
 */

#include "scene-fixture.h"

#include <glib/gstdio.h>

#define N_FIRST 40
#define N_ROUNDS 400

/* Another scene of the same image. */
static LimnerScene *
load_scene (Fixture *self)
{
  LimnerScene *scene = limner_scene_new (self->document);
  gboolean loading = TRUE;

  limner_scene_set_image (scene, limner_scene_get_image (self->scene));
  limner_test_wait ((g_object_get (scene, "loading", &loading, NULL), !loading));
  limner_scene_set_picture (scene, PICTURE_WIDTH, PICTURE_HEIGHT, LIMNER_ORIENTATION_NORMAL);
  return scene;
}

static gint64
get_id (LimnerSceneItem *item)
{
  return item != NULL ? limner_scene_item_get_id (item) : -1;
}

static void
assert_same_items (LimnerScene *a, LimnerScene *b)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (b));

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (a)), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerSceneItem) first = g_list_model_get_item (G_LIST_MODEL (a), i);
      g_autoptr (LimnerSceneItem) second = g_list_model_get_item (G_LIST_MODEL (b), i);

      g_assert_cmpint (get_id (first), ==, get_id (second));
      if (first == NULL || second == NULL)
        return;
      g_assert_true (g_bytes_equal (limner_scene_item_get_annotation (first)->record.text,
                                    limner_scene_item_get_annotation (second)->record.text));
      g_assert_true (limner_shape_equal (limner_scene_item_get_shape (first),
                                         limner_scene_item_get_shape (second)));
      g_assert_true (limner_scene_find_id (a, get_id (first)) == first);
    }
}

static void
assert_same_places (LimnerScene *a, LimnerScene *b, GRand *chance)
{
  for (guint i = 0; i < 20; i++)
    {
      LimnerPoint at = { g_rand_double (chance) * PICTURE_WIDTH,
                         g_rand_double (chance) * PICTURE_HEIGHT };
      const LimnerBox area = { at.x - 20, at.y - 20, 40, 40 };
      g_autoptr (GPtrArray) first = limner_scene_find_in (a, &area);
      g_autoptr (GPtrArray) second = limner_scene_find_in (b, &area);
      LimnerSceneItem *hit_a = limner_scene_find_at (a, at, 2, NULL);
      LimnerSceneItem *hit_b = limner_scene_find_at (b, at, 2, NULL);

      g_assert_cmpuint (first->len, ==, second->len);
      for (guint k = 0; k < MIN (first->len, second->len); k++)
        g_assert_cmpint (get_id (first->pdata[k]), ==, get_id (second->pdata[k]));
      for (guint k = 0; k < 12 && hit_b != NULL; k++)
        {
          g_assert_cmpint (get_id (hit_a), ==, get_id (hit_b));
          hit_a = limner_scene_find_at (a, at, 2, hit_a);
          hit_b = limner_scene_find_at (b, at, 2, hit_b);
        }
    }
}

static void
assert_like_new (Fixture *self, GRand *chance)
{
  LimnerScene *fresh = load_scene (self);
  GListModel *categories = limner_dataset_get_categories (self->dataset);

  assert_same_items (self->scene, fresh);
  assert_same_places (self->scene, fresh, chance);
  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      gint64 id = limner_category_get_id (category);

      g_assert_cmpuint (limner_scene_count_category (self->scene, id), ==,
                        limner_scene_count_category (fresh, id));
    }
  g_object_unref (fresh);
}

static LimnerShape *
make_shape (GRand *chance)
{
  const LimnerBox box = { g_rand_double (chance) * (PICTURE_WIDTH - 60),
                          g_rand_double (chance) * (PICTURE_HEIGHT - 60),
                          2 + g_rand_double (chance) * 50, 2 + g_rand_double (chance) * 50 };
  const LimnerPoint points[] = { { box.x, box.y },
                                 { box.x + box.width, box.y + 1 },
                                 { box.x + box.width / 2, box.y + box.height } };
  guint n = G_N_ELEMENTS (points);

  return g_rand_boolean (chance) ? limner_shape_new_box (&box)
                                 : limner_shape_new_polygon (points, &n, 1);
}

static void
select_some (Fixture *self, GRand *chance, guint n)
{
  limner_scene_select_none (self->scene);
  for (guint i = 0; i < n && fixture_count (self) > 0; i++)
    limner_scene_select (
        self->scene,
        fixture_item (self, (guint) g_rand_int_range (chance, 0, (gint) fixture_count (self))),
        TRUE);
}

/* What no person would do so often. */
static void
do_anything (Fixture *self, GRand *chance)
{
  LimnerHistory *history = limner_document_get_history (self->document);
  g_autoptr (LimnerShape) shape = make_shape (chance);
  gint64 category = g_rand_boolean (chance) ? 3 : 5;

  select_some (self, chance, (guint) g_rand_int_range (chance, 1, 4));
  switch (g_rand_int_range (chance, 0, 9))
    {
    case 0:
      limner_scene_set_active_category (self->scene, category);
      limner_scene_add_shape (self->scene, shape);
      break;
    case 1:
      limner_scene_delete_selection (self->scene);
      break;
    case 2:
      limner_scene_set_selection_category (self->scene, category);
      break;
    case 3:
      limner_scene_nudge (self->scene, 5, -3);
      break;
    case 4:
      if (fixture_count (self) > 0)
        limner_scene_set_shape (self->scene, fixture_item (self, 0), shape, "Resize");
      break;
    case 5:
      limner_scene_duplicate_selection (self->scene);
      break;
    case 6:
    case 7:
      if (limner_history_can_undo (history))
        fixture_undo (self);
      break;
    case 8:
    default:
      if (limner_history_can_redo (history))
        fixture_redo (self);
      break;
    }
  /* takes in what was undone */
  limner_scene_find_id (self->scene, 1);
}

static void
open_with (Fixture *self, guint n)
{
  g_autoptr (GString) text = g_string_new (
      "{\"images\": [{\"id\": 7, \"file_name\": \"a.png\", \"width\": 200, \"height\": 100}],"
      "\"categories\": [{\"id\": 3, \"name\": \"car\"}, {\"id\": 5, \"name\": \"bus\"}],"
      "\"annotations\": [");

  for (guint i = 1; i <= n; i++)
    g_string_append_printf (text,
                            "%s{\"id\": %u, \"image_id\": 7, \"category_id\": %d, \"bbox\": [%u, "
                            "%u, 20, 20], \"area\": 400, \"segmentation\": [], \"iscrowd\": 0}",
                            i > 1 ? "," : "", i, i % 3 == 0 ? 3 : 5, i * 37 % 180, i * 53 % 80);
  g_string_append (text, "]}");
  fixture_open (self, text->str);
  fixture_show (self, "a.png");
}

static void
open_many (Fixture *self)
{
  open_with (self, N_FIRST);
}

static void
test_anything_is_like_new (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (11);
  guint64 order;
  Fixture self;

  open_many (&self);
  order = limner_scene_get_order_serial (self.scene);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      do_anything (&self, chance);
      g_assert_false (fixture_is_loading (&self));
      if (round % 8 == 0 || round > N_ROUNDS - 10)
        assert_like_new (&self, chance);
    }
  /* never were all of them gone through */
  g_assert_cmpuint (limner_scene_get_order_serial (self.scene), ==, order);
  fixture_close (&self);
}

/* Two steps at once, and steps of somebody else, are more than one step tells. */
static void
test_what_is_not_one_step (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (12);
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  Fixture self;

  open_many (&self);
  for (guint i = 0; i < 4; i++)
    {
      select_some (&self, chance, 1);
      g_assert_true (limner_scene_delete_selection (self.scene));
    }
  fixture_undo (&self);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == N_FIRST - 2);
  assert_like_new (&self, chance);
  fixture_redo (&self);
  fixture_undo (&self);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == N_FIRST - 1);
  assert_like_new (&self, chance);

  transaction = limner_document_begin (self.document, "Elsewhere", 0);
  g_assert_true (limner_transaction_delete (transaction, LIMNER_RECORD_ANNOTATION,
                                            get_id (fixture_item (&self, 0)), FALSE, &error));
  g_assert_true (
      limner_document_commit (self.document, g_steal_pointer (&transaction), NULL, NULL, &error));
  g_assert_no_error (error);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == N_FIRST - 1);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == N_FIRST);
  assert_like_new (&self, chance);
  fixture_close (&self);
}

/* Some hundred shapes changed in one step are not patched one by one, but are right as well. */
static void
test_many_at_once (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (13);
  guint64 order;
  Fixture self;

  open_many (&self);
  order = limner_scene_get_order_serial (self.scene);
  for (guint i = 0; i < 4; i++)
    {
      limner_scene_select_all (self.scene);
      g_assert_true (limner_scene_duplicate_selection (self.scene));
      /* 40, 80 and 160 are, 320 are not */
      g_assert_true ((limner_scene_get_order_serial (self.scene) == order) == (i < 3));
    }
  g_assert_cmpuint (fixture_count (&self), ==, N_FIRST * 16);
  assert_like_new (&self, chance);
  limner_scene_select_all (self.scene);
  g_assert_true (limner_scene_set_selection_category (self.scene, 3));
  assert_like_new (&self, chance);
  limner_scene_select_all (self.scene);
  order = limner_scene_get_order_serial (self.scene);
  g_assert_true (limner_scene_delete_selection (self.scene));
  g_assert_cmpuint (limner_scene_get_order_serial (self.scene), >, order);
  g_assert_cmpuint (fixture_count (&self), ==, 0);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == N_FIRST * 16);
  assert_like_new (&self, chance);
  fixture_undo (&self);
  limner_test_wait (limner_scene_count_category (self.scene, 5) > 0);
  assert_like_new (&self, chance);
  fixture_close (&self);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, guint *n_told)
{
  (*n_told)++;
}

static guint
count_told_when_deleting (Fixture *self, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  guint n_told = 0;
  gulong handler;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, fixture_item (self, 3 + 90 * i));
  limner_scene_select_many (self->scene, items, FALSE);
  handler = g_signal_connect (self->scene, "items-changed", G_CALLBACK (on_items_changed), &n_told);
  g_assert_true (limner_scene_delete_selection (self->scene));
  g_signal_handler_disconnect (self->scene, handler);
  return n_told;
}

/* A list goes through all shapes at each thing it is told: of many, and of many of many, it is told
 * once. */
static void
test_lists_are_told_once (void)
{
  const guint n = 20000;
  LimnerScene *fresh;
  Fixture self;

  open_with (&self, n);
  g_assert_cmpuint (count_told_when_deleting (&self, 5), ==, 5);
  g_assert_cmpuint (count_told_when_deleting (&self, 200), ==, 1);
  g_assert_cmpuint (fixture_count (&self), ==, n - 205);
  fixture_undo (&self);
  limner_test_wait (fixture_count (&self) == n - 5);
  fresh = load_scene (&self);
  assert_same_items (self.scene, fresh);
  g_object_unref (fresh);
  fixture_close (&self);
}

/* In place, as no program should. */
static void
write_over (const char *path, const char *text, gsize length)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* After a load that failed there is nothing that a step could be added to. */
static void
test_failed_load_is_made_up_for (void)
{
  g_autofree char *path = limner_test_path ("_annotations.coco.json");
  g_autofree char *text = NULL;
  const LimnerBox box = { 20, 20, 30, 30 };
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&box);
  gsize length;
  Fixture self;

  open_many (&self);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  /* what was loaded is forgotten */
  limner_scene_select (self.scene, fixture_item (&self, 0), FALSE);
  g_assert_true (limner_scene_nudge (self.scene, 1, 1));
  fixture_show (&self, "b.png");
  write_over (path, text, 10);
  fixture_show (&self, "a.png");
  g_assert_cmpuint (self.messages->len, >, 0);
  g_assert_cmpuint (fixture_count (&self), ==, 0);
  write_over (path, text, length);
  limner_scene_set_active_category (self.scene, 3);
  g_assert_true (limner_scene_add_shape (self.scene, shape));
  limner_test_wait (!fixture_is_loading (&self) && fixture_count (&self) > 1);
  g_assert_cmpuint (fixture_count (&self), ==, N_FIRST + 1);
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = { { "anything-is-like-new", test_anything_is_like_new },
                                   { "what-is-not-one-step", test_what_is_not_one_step },
                                   { "many-at-once", test_many_at_once },
                                   { "lists-are-told-once", test_lists_are_told_once },
                                   { "failed-load-is-made-up-for",
                                     test_failed_load_is_made_up_for },
                                   { NULL, NULL } };

  return limner_test_main (argc, argv, "scene-patch", cases);
}
