/* SPDX-License-Identifier: MIT */
#include "limner-test.h"
#include "tsv.h"

#include <limner/box.h>
#include <math.h>

#define assert_box(box, ex, ey, ew, eh)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    LimnerBox box_ = (box);                                                                        \
    g_assert_cmpfloat (box_.x, ==, ex);                                                            \
    g_assert_cmpfloat (box_.y, ==, ey);                                                            \
    g_assert_cmpfloat (box_.width, ==, ew);                                                        \
    g_assert_cmpfloat (box_.height, ==, eh);                                                       \
  }                                                                                                \
  G_STMT_END

static void
test_from_corners (void)
{
  assert_box (limner_box_from_corners ((LimnerPoint){ 5, 9 }, (LimnerPoint){ 2, 10 }), 2, 9, 3, 1);
  assert_box (limner_box_from_corners ((LimnerPoint){ 2, 3 }, (LimnerPoint){ 2, 3 }), 2, 3, 0, 0);
}

static void
test_from_points (void)
{
  const LimnerPoint points[] = { { 4, 4 }, { -1.5, 6 }, { 3, 8.25 } };

  assert_box (limner_box_from_points (points, 3), -1.5, 4, 5.5, 4.25);
  assert_box (limner_box_from_points (points, 1), 4, 4, 0, 0);
  assert_box (limner_box_from_points (NULL, 0), 0, 0, 0, 0);
}

static void
test_contains (void)
{
  const LimnerBox box = { 10, 20, 5, 6 };
  const struct
  {
    LimnerPoint point;
    gboolean inside;
  } rows[] = { { { 12, 22 }, TRUE },     { { 10, 20 }, TRUE },     { { 15, 26 }, TRUE },
               { { 9.999, 22 }, FALSE }, { { 15.01, 22 }, FALSE }, { { 12, 19 }, FALSE },
               { { 12, 26.5 }, FALSE },  { { NAN, 22 }, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (limner_box_contains (&box, rows[i].point), ==, rows[i].inside);
}

static void
test_intersect (void)
{
  const LimnerBox a = { 0, 0, 10, 10 };
  LimnerBox shared;

  g_assert_true (limner_box_intersect (&a, &(LimnerBox){ 6, -5, 10, 8 }, &shared));
  assert_box (shared, 6, 0, 4, 3);
  g_assert_true (limner_box_intersect (&a, &(LimnerBox){ 10, 10, 3, 3 }, &shared));
  assert_box (shared, 10, 10, 0, 0);
  g_assert_false (limner_box_intersect (&a, &(LimnerBox){ 10.5, 0, 3, 3 }, &shared));
  g_assert_false (limner_box_intersect (&a, &(LimnerBox){ 0, -4, 3, 3 }, NULL));
}

static void
test_union (void)
{
  const LimnerBox a = { 0, 0, 10, 10 };

  assert_box (limner_box_union (&a, &(LimnerBox){ -2, 4, 3, 9 }), -2, 0, 12, 13);
  assert_box (limner_box_union (&a, &(LimnerBox){ 2, 2, 1, 1 }), 0, 0, 10, 10);
}

static void
test_clamp (void)
{
  assert_box (limner_box_clamp (&(LimnerBox){ -3, -4, 10, 100 }, 50, 60), 0, 0, 7, 60);
  assert_box (limner_box_clamp (&(LimnerBox){ 45, 10, 10, 5 }, 50, 60), 45, 10, 5, 5);
  assert_box (limner_box_clamp (&(LimnerBox){ 70, 80, 10, 5 }, 50, 60), 50, 60, 0, 0);
  /* 0.1 + 0.7 - 0.1 is not 0.7: a box inside keeps its numbers */
  assert_box (limner_box_clamp (&(LimnerBox){ 0.1, 0.1, 0.7, 0.7 }, 50, 60), 0.1, 0.1, 0.7, 0.7);
}

static void
test_iou_golden (void)
{
  g_autofree char *path = limner_test_shared ("golden/rle/iou_box.tsv");
  g_autoptr (Tsv) table = NULL;

  if (path == NULL)
    return;
  table = tsv_load (path);
  g_assert_cmpuint (table->rows->len, ==, 600);
  for (guint i = 0; i < table->rows->len; i++)
    {
      g_autoptr (GArray) detection = tsv_get_numbers (table, i, "dt_xywh", NULL);
      g_autoptr (GArray) truth = tsv_get_numbers (table, i, "gt_xywh", NULL);
      double expected = tsv_get_double (table, i, "iou_hex");
      double iou;

      g_assert_cmpuint (detection->len, ==, 4);
      g_assert_cmpuint (truth->len, ==, 4);
      iou = limner_box_iou ((LimnerBox *) detection->data, (LimnerBox *) truth->data,
                            tsv_get_uint (table, i, "gt_iscrowd"));
      g_assert_cmpmem (&iou, sizeof iou, &expected, sizeof expected);
    }
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = { { "from-corners", test_from_corners },
                                   { "from-points", test_from_points },
                                   { "contains", test_contains },
                                   { "intersect", test_intersect },
                                   { "union", test_union },
                                   { "clamp", test_clamp },
                                   { "iou-golden", test_iou_golden },
                                   { NULL, NULL } };

  return limner_test_main (argc, argv, "box", cases);
}
