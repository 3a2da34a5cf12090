/* SPDX-License-Identifier: MIT */
#include "limner-test.h"
#include "tsv.h"

#include <limner/rle.h>
#include <math.h>

/* (transfer full) (nullable): a table of golden/rle, or NULL where it is absent. */
static Tsv *
load_golden (const char *name, guint n_rows)
{
  g_autofree char *relative = g_build_filename ("golden", "rle", name, NULL);
  g_autofree char *path = limner_test_shared (relative);
  Tsv *table;

  if (path == NULL)
    return NULL;
  table = tsv_load (path);
  g_assert_cmpuint (table->rows->len, ==, n_rows);
  return table;
}

/* Counts, area and bbox of a row agree; @row names it in the output. */
static void
assert_rle_is (const Tsv *table, guint row, LimnerRle *rle)
{
  g_autofree char *text = limner_rle_dup_string (rle);
  g_autoptr (GArray) numbers = tsv_get_numbers (table, row, "bbox", NULL);
  const LimnerBox *expected = (const LimnerBox *) numbers->data;
  const LimnerBox zeros = { 0, 0, 0, 0 };
  LimnerBox bbox = limner_rle_get_bbox (rle);

  if (strcmp (text, tsv_get (table, row, "counts")) != 0)
    g_test_message ("row %u (id %s) differs", row, tsv_get (table, row, "id"));
  g_assert_cmpstr (text, ==, tsv_get (table, row, "counts"));
  g_assert_cmpuint (limner_rle_get_area (rle), ==, tsv_get_uint (table, row, "area"));
  g_assert_cmpuint (numbers->len, ==, 4);

  /* Row 4000<: a foreground of empty runs only, where the reference's bbox underflows; ours is
   * zeros. */
  if (expected->width > 4e9)
    expected = &zeros;
  g_assert_cmpmem (&bbox, sizeof bbox, expected, sizeof bbox);
}

static LimnerRle *
rasterise_numbers (const double *numbers, guint n_numbers, guint height, guint width)
{
  g_autoptr (GError) error = NULL;
  LimnerRle *rle = limner_rle_new_from_polygon ((const LimnerPoint *) numbers, n_numbers / 2,
                                                height, width, &error);

  g_assert_no_error (error);
  return rle;
}

static LimnerRle *
rasterise_row (const Tsv *table, guint row)
{
  g_autoptr (GArray) numbers = tsv_get_numbers (table, row, "polygon", NULL);

  return rasterise_numbers ((double *) numbers->data, numbers->len,
                            tsv_get_uint (table, row, "height"),
                            tsv_get_uint (table, row, "width"));
}

static void
test_polygons_golden (void)
{
  g_autoptr (Tsv) table = load_golden ("polygons.tsv", 3213);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (LimnerRle) rle = rasterise_row (table, i);

      assert_rle_is (table, i, rle);
    }
}

static void
test_annotations_golden (void)
{
  g_autoptr (Tsv) table = load_golden ("annotations.tsv", 687);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint));
      g_autoptr (GArray) numbers = tsv_get_numbers (table, i, "polygons", lengths);
      g_autoptr (GPtrArray) parts =
          g_ptr_array_new_with_free_func ((GDestroyNotify) limner_rle_unref);
      g_autoptr (LimnerRle) rle = NULL;
      const double *at = (const double *) numbers->data;

      for (guint j = 0; j < lengths->len; j++)
        {
          guint length = g_array_index (lengths, guint, j);

          g_ptr_array_add (parts, rasterise_numbers (at, length, tsv_get_uint (table, i, "height"),
                                                     tsv_get_uint (table, i, "width")));
          at += length;
        }
      rle = limner_rle_merge ((LimnerRle *const *) parts->pdata, parts->len, FALSE);
      assert_rle_is (table, i, rle);
    }
}

static void
test_boxes_golden (void)
{
  g_autoptr (Tsv) table = load_golden ("boxes.tsv", 200);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (GArray) numbers = tsv_get_numbers (table, i, "box_xywh", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerRle) rle =
          limner_rle_new_from_box ((const LimnerBox *) numbers->data,
                                   tsv_get_uint (table, i, "height"),
                                   tsv_get_uint (table, i, "width"), &error);

      g_assert_no_error (error);
      assert_rle_is (table, i, rle);
    }
}

static void
test_codec_golden (void)
{
  g_autoptr (Tsv) table = load_golden ("codec.tsv", 188);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (GArray) numbers = tsv_get_numbers (table, i, "counts_list", NULL);
      g_autofree guint32 *counts = g_new (guint32, numbers->len);
      const char *text = tsv_get (table, i, "counts");
      guint height = tsv_get_uint (table, i, "height");
      guint width = tsv_get_uint (table, i, "width");
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerRle) from_counts = NULL;
      g_autoptr (LimnerRle) from_text = NULL;
      const guint32 *decoded;
      gsize n_decoded;

      for (guint j = 0; j < numbers->len; j++)
        counts[j] = (guint32) g_array_index (numbers, double, j);
      from_counts = limner_rle_new (height, width, counts, numbers->len, &error);
      g_assert_no_error (error);
      assert_rle_is (table, i, from_counts);

      from_text = limner_rle_new_from_string (height, width, text, strlen (text), &error);
      g_assert_no_error (error);
      decoded = limner_rle_get_counts (from_text, &n_decoded);
      g_assert_cmpmem (decoded, n_decoded * sizeof *decoded, counts, numbers->len * sizeof *counts);
    }
}

/* The sum is over the bytes row by row, as numpy has them. */
static char *
sum_rows (LimnerRle *rle)
{
  gsize height = limner_rle_get_height (rle);
  gsize width = limner_rle_get_width (rle);
  g_autofree guint8 *columns = g_malloc (height * width);
  g_autofree guint8 *rows = g_malloc (height * width);

  g_assert_true (limner_rle_decode (rle, columns, height * width, NULL));
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      rows[y * width + x] = columns[x * height + y];
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, rows, height * width);
}

static void
test_decode_golden (void)
{
  g_autoptr (Tsv) polygons = load_golden ("polygons.tsv", 3213);
  g_autoptr (Tsv) table = load_golden ("decode.tsv", 357);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (LimnerRle) rle = rasterise_row (polygons, tsv_get_uint (table, i, "polygon_id"));
      g_autofree char *sum = sum_rows (rle);

      g_assert_cmpstr (sum, ==, tsv_get (table, i, "sha256_rowmajor_bytes"));
      g_assert_cmpuint (limner_rle_get_area (rle), ==, tsv_get_uint (table, i, "set_pixels"));
    }
}

static void
test_merge_golden (void)
{
  g_autoptr (Tsv) polygons = load_golden ("polygons.tsv", 3213);
  g_autoptr (Tsv) table = load_golden ("merge.tsv", 400);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (GArray) inputs = tsv_get_numbers (table, i, "inputs", NULL);
      g_autoptr (GPtrArray) masks =
          g_ptr_array_new_with_free_func ((GDestroyNotify) limner_rle_unref);
      g_autoptr (LimnerRle) merged = NULL;
      g_autofree char *size = NULL;

      for (guint j = 0; j < inputs->len; j++)
        g_ptr_array_add (masks,
                         rasterise_row (polygons, (guint) g_array_index (inputs, double, j)));
      merged = limner_rle_merge ((LimnerRle *const *) masks->pdata, masks->len,
                                 tsv_get_uint (table, i, "intersect"));
      size =
          g_strdup_printf ("%ux%u", limner_rle_get_height (merged), limner_rle_get_width (merged));
      g_assert_cmpstr (size, ==, tsv_get (table, i, "out_size"));
      assert_rle_is (table, i, merged);
    }
}

static void
test_iou_golden (void)
{
  g_autoptr (Tsv) polygons = load_golden ("polygons.tsv", 3213);
  g_autoptr (Tsv) table = load_golden ("iou_rle.tsv", 3005);

  for (guint i = 0; table != NULL && i < table->rows->len; i++)
    {
      g_autoptr (LimnerRle) detection =
          rasterise_row (polygons, tsv_get_uint (table, i, "dt_polygon_id"));
      g_autoptr (LimnerRle) truth =
          rasterise_row (polygons, tsv_get_uint (table, i, "gt_polygon_id"));
      double expected = tsv_get_double (table, i, "iou_hex");
      double iou = limner_rle_iou (detection, truth, tsv_get_uint (table, i, "gt_iscrowd"));

      g_assert_cmpmem (&iou, sizeof iou, &expected, sizeof expected);
    }
}

static void
test_string_refuses (void)
{
  const struct
  {
    const char *name;
    guint height;
    guint width;
    const char *text;
    int code;
  } rows[] = {
    { "foreign character", 4, 4, "3 4", LIMNER_RLE_ERROR_TEXT },
    { "character above o", 4, 4, "3p4", LIMNER_RLE_ERROR_TEXT },
    { "byte above 127", 4, 4, "3\xc3\xa9", LIMNER_RLE_ERROR_TEXT },
    { "ends inside a number", 4, 4, "`", LIMNER_RLE_ERROR_TEXT },
    { "negative run", 4, 4, "O", LIMNER_RLE_ERROR_TEXT },
    { "negative by difference", 4, 4, "123J", LIMNER_RLE_ERROR_TEXT },
    { "endless number", 4, 4, "PPPPPPPPPPPPPPPPPPPPPPPPPPPP0", LIMNER_RLE_ERROR_TEXT },
    { "too long", 4, 4, "89", LIMNER_RLE_ERROR_SIZE },
    { "too short", 4, 4, "87", LIMNER_RLE_ERROR_SIZE },
    { "absent", 4, 4, "", LIMNER_RLE_ERROR_SIZE },
    { "claims 2^64 pixels", G_MAXUINT32, G_MAXUINT32, "0", LIMNER_RLE_ERROR_SIZE },
    { "run of 2^50 pixels", 65535, 65535, "PPPPPPPPPP1", LIMNER_RLE_ERROR_SIZE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerRle) rle =
          limner_rle_new_from_string (rows[i].height, rows[i].width, rows[i].text,
                                      strlen (rows[i].text), &error);

      g_test_message ("%s: %s", rows[i].name, error != NULL ? error->message : "accepted");
      g_assert_null (rle);
      g_assert_error (error, LIMNER_RLE_ERROR, rows[i].code);
    }
}

/* Runs of 2^30 and more, where the reference's 32-bit shifts go wrong. */
static void
test_string_long_runs (void)
{
  const guint32 counts[] = { 0, G_MAXUINT32 - 40, 20, 5, 3, 12 };
  g_autoptr (LimnerRle) rle = limner_rle_new (G_MAXUINT32, 1, counts, 6, NULL);
  g_autofree char *text = limner_rle_dup_string (rle);
  g_autoptr (LimnerRle) again =
      limner_rle_new_from_string (G_MAXUINT32, 1, text, strlen (text), NULL);
  gsize n_counts;
  const guint32 *decoded;

  g_assert_nonnull (again);
  decoded = limner_rle_get_counts (again, &n_counts);
  g_assert_cmpmem (decoded, n_counts * sizeof *decoded, counts, sizeof counts);
  g_assert_cmpuint (limner_rle_get_area (again), ==, G_MAXUINT32 - 40 + 5 + 12);
}

static void
test_new_refuses_wrong_sum (void)
{
  const guint32 counts[] = { 3, 4, G_MAXUINT32 };
  g_autoptr (GError) error = NULL;

  g_assert_null (limner_rle_new (2, 4, counts, 2, &error));
  g_assert_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE);
  g_clear_error (&error);
  /* 3 + 4 + 2^32 - 1 is 6 in 32 bits */
  g_assert_null (limner_rle_new (2, 3, counts, 3, &error));
  g_assert_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE);
}

static void
test_decode_refuses_wrong_size (void)
{
  const guint8 column[] = { 0, 1 };
  g_autoptr (LimnerRle) rle = limner_rle_new_from_mask (column, 2, 1);
  g_autoptr (GError) error = NULL;
  guint8 mask[3] = { 7, 7, 7 };

  g_assert_false (limner_rle_decode (rle, mask, sizeof mask, &error));
  g_assert_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE);
  g_assert_cmpuint (mask[0], ==, 7);
}

static void
test_mask_round_trip (void)
{
  for (guint round = 0; round < 200; round++)
    {
      guint height = (guint) g_test_rand_int_range (0, 9);
      guint width = (guint) g_test_rand_int_range (0, 9);
      gsize n_pixels = (gsize) height * width;
      guint8 mask[64];
      guint8 decoded[64];
      guint8 area = 0;
      g_autoptr (LimnerRle) rle = NULL;
      const guint32 *counts;
      gsize n_counts;

      for (gsize i = 0; i < n_pixels; i++)
        area += mask[i] = (guint8) g_test_rand_bit ();
      rle = limner_rle_new_from_mask (mask, height, width);
      g_assert_true (limner_rle_decode (rle, decoded, n_pixels, NULL));
      g_assert_cmpmem (decoded, n_pixels, mask, n_pixels);
      g_assert_cmpuint (limner_rle_get_area (rle), ==, area);

      counts = limner_rle_get_counts (rle, &n_counts);
      for (gsize i = 1; i < n_counts; i++)
        g_assert_cmpuint (counts[i], >, 0);
      for (gsize i = 0; i < n_pixels; i++)
        g_assert_cmpint (limner_rle_contains (rle, i / height + .5, i % height + .25), ==, mask[i]);
      g_assert_false (limner_rle_contains (rle, -0.5, 0));
      g_assert_false (limner_rle_contains (rle, 0, height));
      g_assert_false (limner_rle_contains (rle, width, 0));
    }
}

static void
test_polygon_refuses (void)
{
  const LimnerPoint bad[][3] = { { { 0, 0 }, { NAN, 3 }, { 3, 3 } },
                                 { { 0, 0 }, { 3, INFINITY }, { 3, 3 } },
                                 { { 0, 0 }, { 4.1e8, 3 }, { 3, 3 } },
                                 { { 0, 0 }, { 3, 3 }, { 3, -1e300 } } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (limner_rle_new_from_polygon (bad[i], 3, 10, 10, &error));
      g_assert_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_RANGE);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      const LimnerPoint point = { 1, 1 };

      g_assert_null (limner_rle_new_from_polygon (&point, 1, 1u << 16, 1u << 16, &error));
      g_assert_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE);
    }
}

/* As far out as allowed and still as quick as the image is wide. */
static void
test_polygon_far_outside (void)
{
  const LimnerPoint points[] = { { -4e8, -4e8 }, { 4e8, -4e8 }, { 4e8, 4e8 }, { -4e8, 4e8 } };
  const LimnerPoint steep[] = { { 2, -4e8 }, { 6, 4e8 }, { 7, 4e8 }, { 7, -4e8 } };
  g_autoptr (LimnerRle) all = limner_rle_new_from_polygon (points, 4, 7, 9, NULL);
  g_autoptr (LimnerRle) part = limner_rle_new_from_polygon (steep, 4, 8, 12, NULL);

  g_assert_cmpuint (limner_rle_get_area (all), ==, 63);
  g_assert_cmpuint (limner_rle_get_area (part), ==, 24);
}

static void
test_merge_odd_sizes (void)
{
  const guint8 pixels[6] = { 0, 1, 1, 0, 0, 1 };
  LimnerRle *masks[] = { limner_rle_new_from_mask (pixels, 2, 3),
                         limner_rle_new_from_mask (pixels, 3, 2) };
  g_autoptr (LimnerRle) none = limner_rle_merge (NULL, 0, FALSE);
  g_autoptr (LimnerRle) mixed = limner_rle_merge (masks, 2, FALSE);

  g_assert_cmpuint (limner_rle_get_height (none) + limner_rle_get_width (none), ==, 0);
  g_assert_cmpuint (limner_rle_get_height (mixed) + limner_rle_get_width (mixed), ==, 0);
  g_assert_cmpfloat (limner_rle_iou (masks[0], masks[1], FALSE), ==, -1);
  for (guint i = 0; i < 2; i++)
    limner_rle_unref (masks[i]);
}

/* Runs of no length in the middle are legal in files, also in both masks at the same place. */
static void
test_merge_zero_runs (void)
{
  const guint32 counts_a[] = { 4, 0, 0, 3, 5 };
  const guint32 counts_b[] = { 2, 2, 0, 0, 8 };
  LimnerRle *masks[] = { limner_rle_new (3, 4, counts_a, 5, NULL),
                         limner_rle_new (3, 4, counts_b, 5, NULL) };
  g_autoptr (LimnerRle) either = limner_rle_merge (masks, 2, FALSE);
  g_autoptr (LimnerRle) both = limner_rle_merge (masks, 2, TRUE);

  g_assert_cmpuint (limner_rle_get_area (either), ==, 5);
  g_assert_cmpuint (limner_rle_get_area (both), ==, 0);
  g_assert_cmpfloat (limner_rle_iou (masks[0], masks[0], FALSE), ==, 1);
  for (guint i = 0; i < 2; i++)
    limner_rle_unref (masks[i]);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = { { "polygons-golden", test_polygons_golden },
                                   { "annotations-golden", test_annotations_golden },
                                   { "boxes-golden", test_boxes_golden },
                                   { "codec-golden", test_codec_golden },
                                   { "decode-golden", test_decode_golden },
                                   { "merge-golden", test_merge_golden },
                                   { "iou-golden", test_iou_golden },
                                   { "string-refuses", test_string_refuses },
                                   { "string-long-runs", test_string_long_runs },
                                   { "new-refuses-wrong-sum", test_new_refuses_wrong_sum },
                                   { "decode-refuses-wrong-size", test_decode_refuses_wrong_size },
                                   { "mask-round-trip", test_mask_round_trip },
                                   { "polygon-refuses", test_polygon_refuses },
                                   { "polygon-far-outside", test_polygon_far_outside },
                                   { "merge-odd-sizes", test_merge_odd_sizes },
                                   { "merge-zero-runs", test_merge_zero_runs },
                                   { NULL, NULL } };

  return limner_test_main (argc, argv, "rle", cases);
}
