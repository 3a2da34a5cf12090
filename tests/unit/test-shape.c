/* SPDX-License-Identifier: MIT */
#include "limner-test.h"
#include "tsv.h"

#include <limner/shape.h>
#include <math.h>

/* A square of 10 with the corner (10, 10), and a triangle of area 8 further right. */
static const LimnerPoint two_rings[] = { { 10, 10 }, { 20, 10 }, { 20, 20 }, { 10, 20 },
                                         { 30, 10 }, { 34, 10 }, { 30, 14 } };
static const guint two_lengths[] = { 4, 3 };

static LimnerShape *
make_polygon (void)
{
  return limner_shape_new_polygon (two_rings, two_lengths, 2);
}

/* An L of four pixels in a mask of height 4 and width 5: (1,1) (1,2) (1,3) (2,3). */
static LimnerShape *
make_mask (void)
{
  guint8 pixels[20] = { 0 };
  g_autoptr (LimnerRle) rle = NULL;

  pixels[1 * 4 + 1] = pixels[1 * 4 + 2] = pixels[1 * 4 + 3] = pixels[2 * 4 + 3] = 1;
  rle = limner_rle_new_from_mask (pixels, 4, 5);
  return limner_shape_new_mask (rle);
}

static LimnerShape *
make_box (double x, double y, double width, double height)
{
  return limner_shape_new_box (&(LimnerBox){ x, y, width, height });
}

static void
assert_bbox (const LimnerShape *shape, double x, double y, double width, double height)
{
  LimnerBox bbox = limner_shape_get_bbox (shape);

  g_assert_cmpfloat (bbox.x, ==, x);
  g_assert_cmpfloat (bbox.y, ==, y);
  g_assert_cmpfloat (bbox.width, ==, width);
  g_assert_cmpfloat (bbox.height, ==, height);
}

static void
test_measures (void)
{
  g_autoptr (LimnerShape) box = make_box (1.5, 2, 10, 4);
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) mask = make_mask ();
  guint n_points;

  assert_bbox (box, 1.5, 2, 10, 4);
  g_assert_cmpfloat (limner_shape_get_area (box), ==, 40);
  g_assert_cmpuint (limner_shape_get_n_rings (box), ==, 0);
  g_assert_null (limner_shape_get_ring (box, 0, &n_points));

  assert_bbox (polygon, 10, 10, 24, 10);
  g_assert_cmpfloat (limner_shape_get_area (polygon), ==, 108);
  g_assert_cmpuint (limner_shape_get_n_rings (polygon), ==, 2);
  g_assert_cmpuint (limner_shape_get_n_points (polygon), ==, 7);
  g_assert_cmpfloat (limner_shape_get_ring (polygon, 1, &n_points)[1].x, ==, 34);
  g_assert_cmpuint (n_points, ==, 3);

  assert_bbox (mask, 1, 1, 2, 3);
  g_assert_cmpfloat (limner_shape_get_area (mask), ==, 4);
  g_assert_nonnull (limner_shape_get_rle (mask));
}

static void
test_area_golden (void)
{
  g_autofree char *path = limner_test_shared ("golden/rle/polygons.tsv");
  g_autoptr (Tsv) table = NULL;

  if (path == NULL)
    return;
  table = tsv_load (path);
  for (guint i = 0; i < table->rows->len; i++)
    {
      g_autoptr (GArray) numbers = tsv_get_numbers (table, i, "polygon", NULL);
      guint n_points = numbers->len / 2;
      g_autoptr (LimnerShape) shape =
          limner_shape_new_polygon ((const LimnerPoint *) numbers->data, &n_points, 1);
      double expected = tsv_get_double (table, i, "shoelace");

      g_assert_cmpfloat_with_epsilon (limner_shape_get_area (shape), expected,
                                      1e-9 * fmax (1, expected));
    }
}

static void
test_contains (void)
{
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) mask = make_mask ();
  g_autoptr (LimnerShape) box = make_box (0, 0, 4, 4);
  const struct
  {
    const LimnerShape *shape;
    LimnerPoint point;
    gboolean inside;
  } rows[] = {
    { polygon, { 15, 15 }, TRUE },  { polygon, { 25, 12 }, FALSE }, { polygon, { 31, 11 }, TRUE },
    { polygon, { 33, 13 }, FALSE }, { mask, { 1.5, 1.5 }, TRUE },   { mask, { 2.5, 1.5 }, FALSE },
    { mask, { 2.9, 3.9 }, TRUE },   { box, { 4, 4 }, TRUE },        { box, { 4.1, 4 }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (limner_shape_contains (rows[i].shape, rows[i].point), ==, rows[i].inside);
}

static void
test_find (void)
{
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) box = make_box (10, 10, 20, 30);
  LimnerVertex vertex = { 9, 9 };
  LimnerPoint nearest;

  g_assert_true (limner_shape_find_vertex (polygon, (LimnerPoint){ 29, 13 }, 2, &vertex));
  g_assert_cmpuint (vertex.ring, ==, 1);
  g_assert_cmpuint (vertex.index, ==, 2);
  g_assert_false (limner_shape_find_vertex (polygon, (LimnerPoint){ 15, 15 }, 2, &vertex));
  g_assert_false (limner_shape_find_vertex (box, (LimnerPoint){ 10, 10 }, 2, NULL));

  /* the edge that closes the square */
  g_assert_true (limner_shape_find_edge (polygon, (LimnerPoint){ 9, 16 }, 2, &vertex, &nearest));
  g_assert_cmpuint (vertex.ring, ==, 0);
  g_assert_cmpuint (vertex.index, ==, 3);
  g_assert_cmpfloat (nearest.x, ==, 10);
  g_assert_cmpfloat (nearest.y, ==, 16);
  g_assert_false (limner_shape_find_edge (polygon, (LimnerPoint){ 15, 15 }, 2, NULL, NULL));

  for (guint i = 0; i < 4; i++)
    {
      const LimnerPoint near[] = { { 20, 11 }, { 31, 20 }, { 20, 39 }, { 9, 20 } };

      g_assert_true (limner_shape_find_edge (box, near[i], 1.5, &vertex, NULL));
      g_assert_cmpuint (vertex.index, ==, i);
    }
}

static void
test_equal (void)
{
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) same = make_polygon ();
  g_autoptr (LimnerShape) other =
      limner_shape_set_vertex (polygon, (LimnerVertex){ 1, 2 }, (LimnerPoint){ 30, 14.5 });
  g_autoptr (LimnerShape) cut = limner_shape_new_polygon (two_rings, (const guint[]){ 3, 4 }, 2);
  g_autoptr (LimnerShape) mask = make_mask ();
  g_autoptr (LimnerShape) same_mask = make_mask ();
  g_autoptr (LimnerShape) box = make_box (10, 10, 24, 10);

  g_assert_true (limner_shape_equal (polygon, same));
  g_assert_false (limner_shape_equal (polygon, other));
  g_assert_false (limner_shape_equal (polygon, cut));
  g_assert_true (limner_shape_equal (mask, same_mask));
  g_assert_false (limner_shape_equal (mask, polygon));
  g_assert_false (limner_shape_equal (box, polygon));
}

static void
test_move (void)
{
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) moved = limner_shape_move (polygon, -5, 2.5);
  g_autoptr (LimnerShape) mask = make_mask ();
  g_autoptr (LimnerShape) moved_mask = limner_shape_move (mask, 2.2, -1.4);
  g_autoptr (LimnerShape) cut_mask = limner_shape_move (mask, 0, 2);
  g_autoptr (LimnerShape) gone = limner_shape_move (mask, -1e300, 0);

  assert_bbox (moved, 5, 12.5, 24, 10);
  assert_bbox (polygon, 10, 10, 24, 10);
  assert_bbox (moved_mask, 3, 0, 2, 3);
  g_assert_cmpfloat (limner_shape_get_area (moved_mask), ==, 4);
  g_assert_cmpfloat (limner_shape_get_area (cut_mask), ==, 1);
  g_assert_true (limner_shape_is_degenerate (gone, 1));
}

static void
test_resize (void)
{
  const LimnerBox from = { 10, 10, 24, 10 };
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) wide =
      limner_shape_resize (polygon, &from, &(LimnerBox){ 0, 10, 48, 10 });
  g_autoptr (LimnerShape) mirrored =
      limner_shape_resize (polygon, &from, &(LimnerBox){ 34, 10, -24, 10 });
  g_autoptr (LimnerShape) box = make_box (0.1, 0.1, 0.7, 0.7);
  LimnerBox bbox = limner_shape_get_bbox (box);
  g_autoptr (LimnerShape) resized = limner_shape_resize (box, &bbox, &(LimnerBox){ 3, 4, 0.3, 9 });
  g_autoptr (LimnerShape) turned = limner_shape_resize (box, &bbox, &(LimnerBox){ 3, 4, -2, 9 });

  assert_bbox (wide, 0, 10, 48, 10);
  g_assert_cmpfloat (limner_shape_get_area (wide), ==, 216);
  assert_bbox (mirrored, 10, 10, 24, 10);
  g_assert_cmpfloat (limner_shape_get_ring (mirrored, 1, NULL)[1].x, ==, 10);
  assert_bbox (resized, 3, 4, 0.3, 9);
  assert_bbox (turned, 1, 4, 2, 9);
}

static void
test_resize_mask (void)
{
  g_autoptr (LimnerShape) mask = make_mask ();
  const LimnerBox from = limner_shape_get_bbox (mask);
  g_autoptr (LimnerShape) mirrored =
      limner_shape_resize (mask, &from, &(LimnerBox){ 3, 4, -2, -3 });
  g_autoptr (LimnerShape) doubled = limner_shape_resize (mask, &from, &(LimnerBox){ 1, 1, 4, 3 });
  g_autoptr (LimnerShape) flat = limner_shape_resize (mask, &from, &(LimnerBox){ 1, 1, 0, 3 });

  assert_bbox (mirrored, 1, 1, 2, 3);
  g_assert_true (limner_shape_contains (mirrored, (LimnerPoint){ 1.5, 1.5 }));
  g_assert_false (limner_shape_contains (mirrored, (LimnerPoint){ 1.5, 2.5 }));
  assert_bbox (doubled, 1, 1, 4, 3);
  g_assert_cmpfloat (limner_shape_get_area (doubled), ==, 8);
  g_assert_true (limner_shape_is_degenerate (flat, 1));
}

typedef struct
{
  const char *name;
  char what; /* i: insert, r: remove, s: set */
  LimnerVertex vertex;
  guint n_rings;
  guint n_points;
  double area;
} VertexEdit;

static void
test_vertices (void)
{
  const VertexEdit rows[] = {
    { "insert after the first", 'i', { 0, 0 }, 2, 8, 83 },
    { "insert on the closing edge", 'i', { 0, 3 }, 2, 8, 133 },
    { "insert in a ring that is not there", 'i', { 2, 0 }, 2, 7, 108 },
    { "insert after a vertex of the next ring", 'i', { 0, 4 }, 2, 7, 108 },
    { "remove a corner", 'r', { 0, 1 }, 2, 6, 58 },
    { "remove from a triangle", 'r', { 1, 1 }, 1, 4, 100 },
    { "set", 's', { 0, 2 }, 2, 7, 108 + 25 },
    { "set beyond the ring", 's', { 1, 3 }, 2, 7, 108 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerShape) polygon = make_polygon ();
      g_autoptr (LimnerShape) edited = NULL;

      g_test_message ("%s", rows[i].name);
      if (rows[i].what == 'i')
        edited = limner_shape_insert_vertex (polygon, rows[i].vertex, (LimnerPoint){ 5, 15 });
      else if (rows[i].what == 'r')
        edited = limner_shape_remove_vertex (polygon, rows[i].vertex);
      else
        edited = limner_shape_set_vertex (polygon, rows[i].vertex, (LimnerPoint){ 22.5, 22.5 });
      g_assert_cmpuint (limner_shape_get_n_rings (edited), ==, rows[i].n_rings);
      g_assert_cmpuint (limner_shape_get_n_points (edited), ==, rows[i].n_points);
      g_assert_cmpfloat (limner_shape_get_area (edited), ==, rows[i].area);
    }
}

static void
test_last_triangle_stays (void)
{
  g_autoptr (LimnerShape) triangle = limner_shape_new_polygon (two_rings + 4, two_lengths + 1, 1);
  g_autoptr (LimnerShape) edited = limner_shape_remove_vertex (triangle, (LimnerVertex){ 0, 1 });
  g_autoptr (LimnerShape) box = make_box (1, 2, 3, 4);
  g_autoptr (LimnerShape) same = limner_shape_remove_vertex (box, (LimnerVertex){ 0, 0 });

  g_assert_true (edited == triangle);
  g_assert_true (same == box);
}

static void
test_clamp_offset (void)
{
  const struct
  {
    LimnerBox box;
    double dx;
    double dy;
    double expected_dx;
    double expected_dy;
  } rows[] = {
    { { 10, 10, 20, 20 }, 5, -5, 5, -5 },
    { { 10, 10, 20, 20 }, -15, 100, -10, 50 },
    { { 10, 10, 20, 20 }, 100, -11, 70, -10 },
    /* partly outside: no further out, but back in */
    { { -5, 10, 20, 20 }, -3, 0, 0, 0 },
    { { -5, 10, 20, 20 }, 3, 0, 3, 0 },
    /* wider than the image: fixed */
    { { -5, 10, 200, 20 }, 3, 2, 0, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerShape) shape = limner_shape_new_box (&rows[i].box);
      double dx = rows[i].dx;
      double dy = rows[i].dy;

      limner_shape_clamp_offset (shape, 100, 80, &dx, &dy);
      g_assert_cmpfloat (dx, ==, rows[i].expected_dx);
      g_assert_cmpfloat (dy, ==, rows[i].expected_dy);
    }
}

static void
test_clamp (void)
{
  g_autoptr (LimnerShape) polygon = make_polygon ();
  g_autoptr (LimnerShape) inside = limner_shape_clamp (polygon, 32, 15);
  g_autoptr (LimnerShape) box = make_box (-3, 4, 10, 100);
  g_autoptr (LimnerShape) box_inside = limner_shape_clamp (box, 32, 15);

  assert_bbox (inside, 10, 10, 22, 5);
  assert_bbox (box_inside, 0, 4, 7, 11);
}

static void
test_degenerate (void)
{
  const LimnerPoint folded[] = { { 0, 0 }, { 50, 50 }, { 0, 0 }, { 50, 50 } };
  const guint four = 4;
  const guint two = 2;
  const guint32 background = 20;
  g_autoptr (LimnerRle) empty = limner_rle_new (4, 5, &background, 1, NULL);
  const struct
  {
    const char *name;
    LimnerShape *shape; /* owned */
    gboolean degenerate;
  } rows[] = {
    { "box", make_box (0, 0, 3, 3), FALSE },
    { "flat box", make_box (0, 0, 30, 1.9), TRUE },
    { "mirrored box", make_box (0, 0, -30, 30), TRUE },
    { "box without numbers", make_box (0, 0, NAN, 30), TRUE },
    { "polygon", make_polygon (), FALSE },
    { "folded polygon", limner_shape_new_polygon (folded, &four, 1), TRUE },
    { "two points", limner_shape_new_polygon (folded, &two, 1), TRUE },
    { "mask", make_mask (), FALSE },
    { "empty mask", limner_shape_new_mask (empty), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (limner_shape_is_degenerate (rows[i].shape, 2), ==, rows[i].degenerate);
      limner_shape_unref (rows[i].shape);
    }
}

/* Where the stored point (1, 2) of a picture of 10 x 20 is shown. */
static void
test_transform_points (void)
{
  const LimnerPoint shown[] = { { 1, 2 }, { 9, 2 },  { 9, 18 }, { 1, 18 },
                                { 2, 1 }, { 18, 1 }, { 18, 9 }, { 2, 9 } };
  const LimnerPoint points[] = { { 1, 2 }, { 4, 2 }, { 4, 6 } };
  const guint n_points = 3;
  g_autoptr (LimnerShape) stored = limner_shape_new_polygon (points, &n_points, 1);

  for (guint tag = 1; tag <= 8; tag++)
    {
      g_autoptr (LimnerShape) upright = limner_shape_transform (stored, tag, 10, 20, TRUE);
      g_autoptr (LimnerShape) back = limner_shape_transform (upright, tag, 10, 20, FALSE);
      const LimnerPoint *first = limner_shape_get_ring (upright, 0, NULL);

      g_assert_cmpfloat (first->x, ==, shown[tag - 1].x);
      g_assert_cmpfloat (first->y, ==, shown[tag - 1].y);
      g_assert_true (limner_shape_equal (back, stored));
    }
}

/* Boxes and masks are turned as the polygon around them is. */
static void
test_transform_agrees (void)
{
  for (guint tag = 0; tag <= 9; tag++)
    {
      g_autoptr (LimnerShape) mask = make_mask ();
      LimnerBox bbox = limner_shape_get_bbox (mask);
      g_autoptr (LimnerShape) box = limner_shape_new_box (&bbox);
      g_autoptr (LimnerShape) turned_box = limner_shape_transform (box, tag, 5, 4, TRUE);
      g_autoptr (LimnerShape) turned_mask = limner_shape_transform (mask, tag, 5, 4, TRUE);
      g_autoptr (LimnerShape) back_box = limner_shape_transform (turned_box, tag, 5, 4, FALSE);
      g_autoptr (LimnerShape) back_mask = limner_shape_transform (turned_mask, tag, 5, 4, FALSE);
      LimnerBox turned = limner_shape_get_bbox (turned_box);

      assert_bbox (turned_mask, turned.x, turned.y, turned.width, turned.height);
      g_assert_true (limner_shape_equal (back_box, box));
      g_assert_true (limner_shape_equal (back_mask, mask));

      for (guint i = 0; i < 20; i++)
        {
          LimnerPoint middle = { i / 4 + .5, i % 4 + .5 };
          const guint one = 1;
          g_autoptr (LimnerShape) pixel = limner_shape_new_polygon (&middle, &one, 1);
          g_autoptr (LimnerShape) turned_pixel = limner_shape_transform (pixel, tag, 5, 4, TRUE);

          g_assert_cmpint (limner_shape_contains (mask, middle), ==,
                           limner_shape_contains (turned_mask,
                                                  *limner_shape_get_ring (turned_pixel, 0, NULL)));
        }
    }
}

/* There and back without drift on a grid of 2^-20 pixels. */
static void
test_transform_exact (void)
{
  for (guint round = 0; round < 1000; round++)
    {
      double fraction = g_test_rand_int_range (0, 1 << 20) / 1048576.0;
      g_autoptr (LimnerShape) box =
          make_box (g_test_rand_int_range (0, 60000) + fraction,
                    g_test_rand_int_range (0, 60000) + fraction,
                    g_test_rand_int_range (0, 9000) + 1 - fraction, 33 + fraction);
      guint tag = 1 + round % 8;
      g_autoptr (LimnerShape) upright = limner_shape_transform (box, tag, 65500, 63210, TRUE);
      g_autoptr (LimnerShape) back = limner_shape_transform (upright, tag, 65500, 63210, FALSE);

      g_assert_true (limner_shape_equal (box, back));
    }
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = { { "measures", test_measures },
                                   { "area-golden", test_area_golden },
                                   { "contains", test_contains },
                                   { "find", test_find },
                                   { "equal", test_equal },
                                   { "move", test_move },
                                   { "resize", test_resize },
                                   { "resize-mask", test_resize_mask },
                                   { "vertices", test_vertices },
                                   { "last-triangle-stays", test_last_triangle_stays },
                                   { "clamp-offset", test_clamp_offset },
                                   { "clamp", test_clamp },
                                   { "degenerate", test_degenerate },
                                   { "transform-points", test_transform_points },
                                   { "transform-agrees", test_transform_agrees },
                                   { "transform-exact", test_transform_exact },
                                   { NULL, NULL } };

  return limner_test_main (argc, argv, "shape", cases);
}
