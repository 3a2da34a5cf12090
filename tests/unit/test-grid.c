/* SPDX-License-Identifier: MIT */
#include "limner-test.h"

#include <limner/grid.h>
#include <math.h>

typedef struct
{
  const char *name;
  guint n_boxes;
  guint width;
  guint height;
  double size; /* largest side */
} Scene;

static const Scene scenes[] = {
  { "none", 0, 640, 480, 1 },
  { "one", 1, 640, 480, 100 },
  { "few in a photo", 40, 1242, 375, 200 },
  { "many small in a small image", 5000, 300, 200, 6 },
  { "all sizes up to the image", 3000, 4000, 3000, 6000 },
  { "few in a huge image", 10, 900000, 700000, 5000 },
  { "a strip", 2000, 60000, 3, 40 },
  { "image of no size", 50, 0, 0, 10 },
  { "100,000", 100000, 4000, 3000, 80 },
};

/* Also outside the image, without size, and mirrored, as files have them. */
static LimnerBox *
make_boxes (const Scene *scene, GRand *rand)
{
  LimnerBox *boxes = g_new (LimnerBox, scene->n_boxes);

  for (guint i = 0; i < scene->n_boxes; i++)
    {
      double size = scene->size * pow (g_rand_double (rand), 3);

      boxes[i].x = g_rand_double_range (rand, -0.1, 1.1) * scene->width;
      boxes[i].y = g_rand_double_range (rand, -0.1, 1.1) * scene->height;
      boxes[i].width = i % 11 == 0 ? 0 : g_rand_double (rand) * size;
      boxes[i].height = i % 13 == 0 ? -size : g_rand_double (rand) * size;
    }
  return boxes;
}

static void
assert_items (const LimnerBox *boxes, guint n_boxes, const LimnerBox *area, const GArray *items)
{
  guint at = 0;
  guint n_wrong = 0;

  for (guint32 i = 0; i < n_boxes; i++)
    {
      LimnerBox box = limner_box_from_corners ((LimnerPoint){ boxes[i].x, boxes[i].y },
                                               (LimnerPoint){ boxes[i].x + boxes[i].width,
                                                              boxes[i].y + boxes[i].height });

      if (!limner_box_intersect (&box, area, NULL))
        continue;
      if (at >= items->len || g_array_index (items, guint32, at) != i)
        n_wrong++;
      at++;
    }
  g_assert_cmpuint (n_wrong, ==, 0);
  g_assert_cmpuint (items->len, ==, at);
}

static void
test_brute_force (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      const Scene *scene = &scenes[i];
      g_autoptr (GRand) rand = g_rand_new_with_seed (42 + i);
      g_autofree LimnerBox *boxes = make_boxes (scene, rand);
      g_autoptr (LimnerGrid) grid =
          limner_grid_new (boxes, scene->n_boxes, scene->width, scene->height);
      g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));

      g_test_message ("%s", scene->name);
      for (guint round = 0; round < 60; round++)
        {
          double x = g_rand_double_range (rand, -0.2, 1.2) * scene->width;
          double y = g_rand_double_range (rand, -0.2, 1.2) * scene->height;
          double tolerance = round % 3 == 0 ? 0 : g_rand_double (rand) * 8;
          LimnerBox area = { x - tolerance, y - tolerance, 2 * tolerance, 2 * tolerance };
          LimnerBox tile = { x, y, g_rand_double (rand) * scene->width,
                             g_rand_double (rand) * scene->height };

          limner_grid_query_point (grid, (LimnerPoint){ x, y }, tolerance, items);
          area = limner_box_from_corners ((LimnerPoint){ x - tolerance, y - tolerance },
                                          (LimnerPoint){ x + tolerance, y + tolerance });
          assert_items (boxes, scene->n_boxes, &area, items);
          limner_grid_query_box (grid, &tile, items);
          assert_items (boxes, scene->n_boxes, &tile, items);
        }
    }
}

static void
test_edges_touch (void)
{
  const LimnerBox boxes[] = { { 64, 64, 64, 64 } };
  g_autoptr (LimnerGrid) grid = limner_grid_new (boxes, 1, 640, 480);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));
  const struct
  {
    double x;
    double tolerance;
    guint n_items;
  } rows[] = { { 64, 0, 1 }, { 128, 0, 1 }, { 63.9, 0, 0 }, { 128.1, 0, 0 },
               { 60, 4, 1 }, { 132, 4, 1 }, { 133, 4, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      limner_grid_query_point (grid, (LimnerPoint){ rows[i].x, 100 }, rows[i].tolerance, items);
      g_assert_cmpuint (items->len, ==, rows[i].n_items);
    }
}

/* What is not a number is nowhere, and harms nobody. */
static void
test_not_numbers (void)
{
  const LimnerBox boxes[] = { { NAN, 0, 1, 1 },
                              { 0, 0, INFINITY, 10 },
                              { 5, 5, NAN, 2 },
                              { -1e300, -1e300, 2e300, 2e300 },
                              { 1, 1, 2, 2 } };
  g_autoptr (LimnerGrid) grid = limner_grid_new (boxes, G_N_ELEMENTS (boxes), 100, 100);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));

  limner_grid_query_point (grid, (LimnerPoint){ 2, 2 }, 0, items);
  g_assert_cmpuint (items->len, ==, 3);
  limner_grid_query_point (grid, (LimnerPoint){ NAN, 2 }, 0, items);
  g_assert_cmpuint (items->len, ==, 0);
  for (guint32 i = 0; i < G_N_ELEMENTS (boxes); i++)
    limner_grid_remove_box (grid, i);
  limner_grid_query_point (grid, (LimnerPoint){ 2, 2 }, 0, items);
  g_assert_cmpuint (items->len, ==, 0);
}

/* Each is taken out of the level it lies in, whatever its size. */
static void
test_remove_all_sizes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  LimnerBox boxes[600];
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));
  const LimnerBox everywhere = { -1e6, -1e6, 2e6, 2e6 };
  const guint n = G_N_ELEMENTS (boxes);
  LimnerGrid *grid;

  /* from 1 px to more than the picture has, among them the sizes of cells */
  for (guint i = 0; i < n; i++)
    boxes[i] = (LimnerBox){ g_rand_double (rand) * 900, g_rand_double (rand) * 700, exp2 (i % 13),
                            exp2 ((i * 7 % 120) / 10.0) };
  grid = limner_grid_new (boxes, n, 900, 700);
  for (guint32 i = 0; i < n; i++)
    {
      limner_grid_remove_box (grid, i);
      limner_grid_query_box (grid, &everywhere, items);
      g_assert_cmpuint (items->len, ==, n - 1 - i);
      g_assert_true (items->len == 0 || g_array_index (items, guint32, 0) == i + 1);
    }
  limner_grid_free (grid);
}

/* Memory and time follow the boxes even if each covers the whole of a large image. */
static void
test_all_cover_everything (void)
{
  guint n_boxes = 50000;
  g_autofree LimnerBox *boxes = g_new (LimnerBox, n_boxes);
  g_autoptr (LimnerGrid) grid = NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n_boxes; i++)
    boxes[i] = (LimnerBox){ 0, 0, 20000, 20000 };
  grid = limner_grid_new (boxes, n_boxes, 20000, 20000);
  limner_grid_query_point (grid, (LimnerPoint){ 12345, 6789 }, 0, items);
  g_assert_cmpuint (items->len, ==, n_boxes);
  g_assert_cmpuint (g_array_index (items, guint32, n_boxes - 1), ==, n_boxes - 1);
}

/* After any changes a grid answers as one that was built from what is there then. */
static void
test_changes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  const Scene scene = { "changed", 2000, 900, 700, 200 };
  g_autofree LimnerBox *boxes = make_boxes (&scene, rand);
  g_autoptr (LimnerGrid) grid = limner_grid_new (boxes, 1500, scene.width, scene.height);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint32));
  const LimnerBox nowhere = { 1e9, 1e9, 0, 0 };
  guint n = 1500;

  for (guint round = 0; round < 1500; round++)
    {
      guint32 item = (guint32) g_rand_int_range (rand, 0, (gint) n);
      LimnerBox tile = { g_rand_double (rand) * 900, g_rand_double (rand) * 700,
                         g_rand_double (rand) * 300, g_rand_double (rand) * 300 };

      if (round % 3 == 0 && n < scene.n_boxes)
        item = n++;
      else if (round % 3 == 1)
        boxes[item] = tile;
      else
        boxes[item] = nowhere;
      if (boxes[item].x == nowhere.x)
        limner_grid_remove_box (grid, item);
      else
        limner_grid_set_box (grid, item, &boxes[item]);
      g_assert_false (limner_grid_is_worn (grid) && round < 500);
      limner_grid_query_box (grid, &tile, items);
      assert_items (boxes, n, &tile, items);
    }
  g_assert_true (limner_grid_is_worn (grid));
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = { { "brute-force", test_brute_force },
                                   { "edges-touch", test_edges_touch },
                                   { "not-numbers", test_not_numbers },
                                   { "all-cover-everything", test_all_cover_everything },
                                   { "remove-all-sizes", test_remove_all_sizes },
                                   { "changes", test_changes },
                                   { NULL, NULL } };

  return limner_test_main (argc, argv, "grid", cases);
}
