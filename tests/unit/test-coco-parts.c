/* SPDX-License-Identifier: MIT */
/*
 * A section read in parts gives what the same section read in order gives: rows, hash, errors. The
 * library is built with parts of 512 bytes for this. A file is read in order when there is much
 * white space between two of its first records, so each text is compared with one that has it.
 */

#include "limner-test.h"

#include <limner/coco-file.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define N_RECORDS 300
#define N_HEAD 16 /* records before a section may be split */

typedef void (*WriteRecord) (GString *text, GRand *chance, guint i);

static void
write_regular (GString *text, GRand *chance, guint i)
{
  g_string_append_printf (text,
                          "{\"segmentation\": [[1.5, 2, 3, 4.25, 5, %u]], \"area\": 7.5, "
                          "\"iscrowd\": 0, \"image_id\": %u, \"bbox\": [1, 2, 3, %u], "
                          "\"category_id\": 1, \"id\": %u}",
                          i, i / 3 + 1, 1 + (guint) g_rand_int_range (chance, 0, 1000), i + 1);
}

/* The seam also stands where no record of the section begins. */
static void
write_tricky (GString *text, GRand *chance, guint i)
{
  g_string_append_printf (text, "{\"id\": %u, \"image_id\": %u", i + 1, i / 3 + 1);
  for (int n = g_rand_int_range (chance, 0, 4); n > 0; n--)
    {
      char name = (char) ('a' + n);

      switch (g_rand_int_range (chance, 0, 4))
        {
        case 0:
          g_string_append_printf (text, ", \"%c\": [{\"id\": 1}, {\"id\": 2}, {\"id\": 3}]", name);
          break;
        case 1:
          g_string_append_printf (text, ", \"%c\": \"}, {\\\"id\\\": 1}, {\"", name);
          break;
        case 2:
          g_string_append_printf (text, ", \"%c\": [[[{}, {\"id\": {\"id\": []}}, {\"id\": 1}]]]",
                                  name);
          break;
        default:
          g_string_append_printf (text, ", \"%c\": \"", name);
          for (int k = g_rand_int_range (chance, 0, 3000); k > 0; k--)
            g_string_append_c (text, 'x');
          g_string_append_c (text, '"');
          break;
        }
    }
  g_string_append_c (text, '}');
}

/* Elements of every kind. */
static void
write_odd (GString *text, GRand *chance, guint i)
{
  static const char *const odd[] = { "null",
                                     "{}",
                                     "[1, {\"id\": 2}]",
                                     "\"}, {\"",
                                     "{ \"id\" : 5 }",
                                     "{\"id\": \"12\", \"bbox\": [1, 2, 3, 1e3]}" };

  if (i >= N_HEAD + 2 && g_rand_int_range (chance, 0, 3) == 0)
    g_string_append (text, odd[g_rand_int_range (chance, 0, G_N_ELEMENTS (odd))]);
  else
    write_tricky (text, chance, i);
}

static void
write_image (GString *text, GRand *chance, guint i)
{
  if (i % 7 == 3 && i > N_HEAD)
    g_string_append_printf (text, "{\"license\": 1, \"id\": %u}", i + 1);
  else
    g_string_append_printf (text,
                            "{\"license\": 1, \"file_name\": \"p\\u00e9/%0*u.jpg\", \"height\": 4, "
                            "\"width\": %u, \"id\": %u}",
                            g_rand_int_range (chance, 1, 40), i, i + 1, i + 1);
}

/* Same length either way: 100 spaces stand before the first record or between the last ones before
 * the section may be split. */
static char *
make_text (const char *section, WriteRecord write, guint32 seed, gboolean in_order)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
  GString *text = g_string_new (NULL);
  g_autofree char *spaces = g_strnfill (100, ' ');

  g_string_append_printf (text, "{\"%s\": [%s", section, in_order ? "" : spaces);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (i == N_HEAD && in_order)
        g_string_append (text, spaces);
      write (text, chance, i);
    }
  g_string_append (text, "], \"categories\": [{\"id\": 1, \"name\": \"a\"}], \"more\": [");
  for (guint i = 0; i < 200; i++)
    g_string_append (text, "{\"id\": 1}, {\"segmentation\": []}, ");
  g_string_append (text, "{}]}");
  return g_string_free (text, FALSE);
}

static void
assert_same_columns (const LimnerColumns *a, const LimnerColumns *b)
{
#define SAME(column, n, width)                                                                     \
  g_assert_cmpmem (a->column, (gsize) (n) * (width) * sizeof *a->column, b->column,                \
                   (gsize) (n) * (width) * sizeof *b->column)
  g_assert_cmpuint (a->n_images, ==, b->n_images);
  g_assert_cmpuint (a->n_annotations, ==, b->n_annotations);
  SAME (image_id, a->n_images, 1);
  SAME (image_length, a->n_images, 1);
  SAME (image_width, a->n_images, 1);
  SAME (image_height, a->n_images, 1);
  SAME (image_flags, a->n_images, 1);
  SAME (image_name, a->n_images, 1);
  for (guint i = 0; i < a->n_images; i++)
    g_assert_cmpstr (a->names + a->image_name[i], ==, b->names + b->image_name[i]);
  SAME (annotation_id, a->n_annotations, 1);
  SAME (annotation_length, a->n_annotations, 1);
  SAME (annotation_bbox, a->n_annotations, 4);
  SAME (annotation_area, a->n_annotations, 1);
  SAME (annotation_n_points, a->n_annotations, 1);
  SAME (annotation_segmentation, a->n_annotations, 1);
  SAME (annotation_flags, a->n_annotations, 1);
  SAME (annotation_image, a->n_annotations, 1);
  SAME (annotation_category, a->n_annotations, 1);
  for (guint i = N_HEAD; i < a->n_annotations; i++)
    g_assert_cmpuint (a->annotation_offset[i], ==, b->annotation_offset[i]);
  for (guint i = N_HEAD; i < a->n_images; i++)
    g_assert_cmpuint (a->image_offset[i], ==, b->image_offset[i]);
#undef SAME
}

static LimnerCocoFile *
open_text (const char *text, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return limner_coco_file_open_bytes (bytes, error);
}

static void
assert_hash (LimnerCocoFile *file, const char *text)
{
  XXH128_hash_t hash = XXH3_128bits (text, strlen (text));

  g_assert_cmpuint (limner_coco_file_get_identity (file)->hash_low, ==, hash.low64);
  g_assert_cmpuint (limner_coco_file_get_identity (file)->hash_high, ==, hash.high64);
}

static const struct
{
  const char *section;
  WriteRecord write;
} shapes[] = {
  { "annotations", write_regular },
  { "annotations", write_tricky },
  { "annotations", write_odd },
  { "images", write_image },
};

static void
test_same_rows (void)
{
  for (guint shape = 0; shape < G_N_ELEMENTS (shapes); shape++)
    for (guint32 seed = 0; seed < 30; seed++)
      {
        g_autofree char *text = make_text (shapes[shape].section, shapes[shape].write, seed, FALSE);
        g_autofree char *plain = make_text (shapes[shape].section, shapes[shape].write, seed, TRUE);
        g_autoptr (GError) error = NULL;
        g_autoptr (LimnerCocoFile) in_parts = open_text (text, strlen (text), &error);
        g_autoptr (LimnerCocoFile) in_order = NULL;

        g_assert_no_error (error);
        in_order = open_text (plain, strlen (plain), &error);
        g_assert_no_error (error);
        assert_same_columns (limner_coco_file_get_columns (in_parts),
                             limner_coco_file_get_columns (in_order));
        assert_hash (in_parts, text);
        assert_hash (in_order, plain);
      }
}

/* From there on the texts are the same. */
static gsize
get_head (const char *text, const char *plain)
{
  gsize n = strlen (text);

  while (n > 0 && text[n - 1] == plain[n - 1])
    n--;
  return n;
}

/* One byte is wrong, or the text ends early: the same error at the same place. */
static void
test_same_errors (void)
{
  static const char wrong[] = "{}[]\",:x\\0\n";
  g_autoptr (GRand) chance = g_rand_new_with_seed (17);
  guint n_refused = 0;

  for (guint round = 0; round < 600; round++)
    {
      guint shape = round % G_N_ELEMENTS (shapes);
      g_autofree char *text = make_text (shapes[shape].section, shapes[shape].write, round, FALSE);
      g_autofree char *plain = make_text (shapes[shape].section, shapes[shape].write, round, TRUE);
      gsize length = strlen (text);
      gsize at =
          (gsize) g_rand_int_range (chance, (gint32) get_head (text, plain), (gint32) length);
      char byte = wrong[g_rand_int_range (chance, 0, sizeof wrong)];
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) error_in_order = NULL;
      g_autoptr (LimnerCocoFile) in_parts = NULL;
      g_autoptr (LimnerCocoFile) in_order = NULL;

      if (round % 5 == 0)
        length = at;
      else
        text[at] = plain[at] = byte;
      in_parts = open_text (text, length, &error);
      in_order = open_text (plain, length, &error_in_order);
      g_assert_cmpint (in_parts == NULL, ==, in_order == NULL);
      if (in_parts != NULL)
        assert_same_columns (limner_coco_file_get_columns (in_parts),
                             limner_coco_file_get_columns (in_order));
      else
        g_assert_cmpstr (error->message, ==, error_in_order->message);
      n_refused += in_parts == NULL;
    }
  g_assert_cmpuint (n_refused, >, 200);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "same-rows", test_same_rows },
    { "same-errors", test_same_errors },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "coco-parts", cases);
}
