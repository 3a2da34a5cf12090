/* SPDX-License-Identifier: MIT */
#include "limner-test.h"
#include "model-fixture.h"

/* The order as views see it: of a dataset made from these files. */
static LimnerDataset *
sorted (const char *const *files)
{
  g_autoptr (LimnerColumns) columns = limner_columns_new ();

  return limner_dataset_new (columns, NULL, files);
}

/* Each row is in order; it must come out the same however it goes in. */
static const char *const rows[][10] = {
  { "img1.png", "img2.png", "img10.png", "img100.png" },
  { "a.png", "B.png", "c.png" },
  { "A.png", "a.png", "B.png", "b.png" },
  { "img001.png", "img01.png", "img1.png", "img2.png" },
  { "1", "2", "10", "a" },
  { "a", "a0", "a1", "aa" },
  { "x99999999999999999999998", "x99999999999999999999999", "x100000000000000000000000" },
  { "000000000139.jpg", "000000000285.jpg", "000000581781.jpg" },
  { "b/1.png", "b/2.png", "b/10.png", "b-1.png", "b.png" },
  { "a01/1.png", "a01/3.png", "a1/2.png", "a1/9.png", "a2/1.png" },
  { "A/1.png", "A/3.png", "a/2.png", "a/4.png" },
  { "z.png", "Äpfel.png", "äpfel.png", "Ñu.png" },
  { "", "0", "00" },
  { "frame 1.jpg", "frame 2.jpg", "frame-1.jpg", "frame.jpg", "frame1.jpg" },
  { "1.2.png", "1.10.png", "01.11.png" },
  { "x\xff.png", "x\xff\xff.png" },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *files[11] = { NULL };
      g_autoptr (LimnerDataset) dataset = NULL;
      guint n = 0;

      while (n < G_N_ELEMENTS (rows[i]) && rows[i][n] != NULL)
        n++;
      for (guint turn = 0; turn < n; turn++)
        {
          g_clear_object (&dataset);
          for (guint j = 0; j < n; j++)
            files[j] = rows[i][(turn + n - j) % n];
          dataset = sorted (files);
          g_assert_cmpuint (limner_dataset_get_n_images (dataset), ==, n);
          for (guint j = 0; j < n; j++)
            g_assert_cmpstr (limner_dataset_get_image_name (dataset, j), ==, rows[i][j]);
        }
    }
}

/* Images of one name keep the order of the file. */
static void
test_stable (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;

  for (guint i = 0; i < 50; i++)
    fixture_addf (fixture, "I %u 0 v %s.png", 50 - i, i % 2 == 0 ? "same" : "other");
  columns = fixture_columns (fixture);
  dataset = limner_dataset_new (columns, NULL, NULL);
  for (guint i = 1; i < 50; i++)
    {
      gint64 before, here;

      if (i == 25)
        continue;
      g_assert_true (limner_dataset_get_image_id (dataset, i - 1, &before));
      g_assert_true (limner_dataset_get_image_id (dataset, i, &here));
      g_assert_cmpint (before, >, here);
    }
}

/* COCO's train2017, shuffled. It takes about 0.15 s with the tables a dataset makes; the limit is
 * for slow machines and sanitizers. */
static void
test_train2017 (void)
{
  const guint n = 118287;
  g_auto (GStrv) files = g_new0 (char *, n + 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (LimnerDataset) dataset = NULL;
  gint64 start, taken;

  for (guint i = 0; i < n; i++)
    files[i] = g_strdup_printf ("%012u.jpg", i * 5);
  for (guint i = n - 1; i > 0; i--)
    {
      guint j = (guint) g_rand_int_range (random, 0, (gint32) i + 1);
      char *file = files[i];

      files[i] = files[j];
      files[j] = file;
    }
  start = g_get_monotonic_time ();
  dataset = sorted ((const char *const *) files);
  taken = g_get_monotonic_time () - start;
  g_test_message ("%u names in %.3f s", n, (double) taken / 1e6);
  g_assert_cmpint (taken, <, 3 * G_USEC_PER_SEC);
  for (guint i = 0; i < n; i += 1000)
    {
      g_autofree char *name = g_strdup_printf ("%012u.jpg", i * 5);

      g_assert_cmpstr (limner_dataset_get_image_name (dataset, i), ==, name);
    }
}

static const LimnerTestCase cases[] = {
  { "table", test_table },
  { "stable", test_stable },
  { "train2017", test_train2017 },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "natural-sort", cases);
}
