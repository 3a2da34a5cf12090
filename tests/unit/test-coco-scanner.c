/* SPDX-License-Identifier: MIT */
/*
 * The scanner: what it refuses and with which code and place, what it reads into columns. Real
 * files are compared with what cJSON reads.
 */

#include "limner-test.h"

#include <limner/coco-record.h>

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

static LimnerCocoFile *
open_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return limner_coco_file_open_bytes (bytes, error);
}

/* Line of a message that begins with name:line:column. */
static guint
get_line (const char *message, const char *name)
{
  g_assert_true (g_str_has_prefix (message, name));
  return (guint) strtoul (message + strlen (name) + 1, NULL, 10);
}

/* ---- texts that are refused ---- */

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *code;
    const char *place;
  } rows[] = {
    { "", "E_EMPTY", "1:1:" },
    { " \n\t", "E_EMPTY", "1:1:" },
    { "{\"images\":[1,]}", "E_SYNTAX", "1:14:" },
    { "{\"images\":[],}", "E_SYNTAX", "1:14:" },
    { "{\"images\":[\n1 2]}", "E_SYNTAX", "2:3:" },
    { "{\"images\":[]", "E_SYNTAX", "1:13:" },
    { "{\"images\":[]}}", "E_SYNTAX", "1:14:" },
    { "{\"images\":[],\"images\":[]}", "E_DUP_KEY", "1:14:" },
    { "{\"images\":[],\"im\\u0061ges\":[]}", "E_DUP_KEY", "1:14:" },
    { "{\"images\":[{\"id\":1,\"id\":1}]}", "E_DUP_KEY", "1:20:" },
    { "{\"annotations\":[{\"id\":1,\"a\":0,\"\\u0061\":1}]}", "E_DUP_KEY", "1:31:" },
    { "{\"annotations\":[{\"id\":1,\"i\\u0064\":1}]}", "E_DUP_KEY", "1:25:" },
    { "{\"annotations\":[{\"segmentation\":{\"counts\":[],\"counts\":[]}}]}", "E_DUP_KEY",
      "1:46:" },
    { "{\"annotations\":[{\"segmentation\":[[1,2,]]}]}", "E_SYNTAX", "1:39:" },
    { "{\"annotations\":[{\"segmentation\":[[1,,2]]}]}", "E_SYNTAX", "1:37:" },
    { "{\"annotations\":[{\"segmentation\":[[01]]}]}", "E_SYNTAX", "1:36:" },
    { "{\"annotations\":[{\"segmentation\":[[-01]]}]}", "E_SYNTAX", "1:37:" },
    { "{\"annotations\":[{\"segmentation\":[[1.]]}]}", "E_SYNTAX", "1:37:" },
    { "{\"annotations\":[{\"segmentation\":[[.5]]}]}", "E_SYNTAX", "1:35:" },
    { "{\"annotations\":[{\"segmentation\":[[1.5.2]]}]}", "E_SYNTAX", "1:38:" },
    { "{\"annotations\":[{\"segmentation\":[[1 2]]}]}", "E_SYNTAX", "1:37:" },
    { "{\"annotations\":[{\"segmentation\":[[1-2]]}]}", "E_SYNTAX", "1:36:" },
    { "{\"annotations\":[{\"segmentation\":[[--2]]}]}", "E_SYNTAX", "1:36:" },
    { "{\"annotations\":[{\"segmentation\":[[1e]]}]}", "E_SYNTAX", "1:37:" },
    { "{\"annotations\":[{\"segmentation\":[[+1]]}]}", "E_SYNTAX", "1:35:" },
    { "{\"annotations\":[{\"segmentation\":[[1}]}]}", "E_SYNTAX", "1:36:" },
    { "{\"annotations\":[{\"area\":1.2.3}]}", "E_SYNTAX", "1:28:" },
    { "{\"images\":[{\"file_name\":\"a\tb\"}]}", "E_SYNTAX", "1:27:" },
    { "{\"images\":[{\"file_name\":\"a\\x\"}]}", "E_SYNTAX", "1:27:" },
    { "{\"images\":[{\"file_name\":\"a\\u12g4\"}]}", "E_SYNTAX", "1:27:" },
    { "{\"images\":[{\"file_name\":\"a\\u0000\"}]}", "E_NUL", "1:27:" },
    { "{\"images\":[{\"file_name\":\"\\ud800\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[{\"file_name\":\"\\ude00\\ud83d\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[{\"file_name\":\"\xc0\xaf\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[{\"file_name\":\"\xed\xa0\x80\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[{\"file_name\":\"\xf4\x90\x80\x80\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[{\"file_name\":\"\xe2\x82\"}]}", "E_ENCODING", "1:26:" },
    { "{\"images\":[\xe9]}", "E_ENCODING", "1:12:" },
    { "{\"images\":[\xc3\xa9]}", "E_SYNTAX", "1:12:" },
    { "{\"images\":[tru]}", "E_SYNTAX", "1:12:" },
    { "{\"images\":[nan]}", "E_SYNTAX", "1:12:" },
    { "{\"images\":[+Infinity]}", "E_SYNTAX", "1:12:" },
    { "{\"images\":[-NaN]}", "E_SYNTAX", "1:13:" },
    { "{images:[]}", "E_SYNTAX", "1:2:" },
    { "{\"images\" []}", "E_SYNTAX", "1:11:" },
    { "[]", "E_NOT_OBJECT", "1:1:" },
    { "12", "E_NOT_OBJECT", "1:1:" },
    { "{}", "E_NOT_COCO", "1:1:" },
    { "{\"Images\":[]}", "E_NOT_COCO", "1:1:" },
    { "{\"images\":{}}", "E_SECTION_TYPE", "1:11:" },
    { "{\"annotations\":null}", "E_SECTION_TYPE", "1:16:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoFile) file = open_text (rows[i].text, &error);

      g_test_message ("%s", rows[i].text);
      g_assert_null (file);
      g_assert_nonnull (error);
      if (error == NULL)
        continue;
      g_assert_cmpstr (limner_coco_error_get_code (error), ==, rows[i].code);
      if (!g_str_has_prefix (error->message, rows[i].place))
        {
          g_test_message ("at %s, expected %s", error->message, rows[i].place);
          g_test_fail ();
        }
    }
}

static void
test_refuses_depth (void)
{
  for (guint depth = 254; depth <= 256; depth++)
    {
      g_autoptr (GString) text = g_string_new ("{\"images\":[],\"x\":");
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoFile) file = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, '[');
      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, ']');
      g_string_append_c (text, '}');
      file = open_text (text->str, &error);
      if (depth < LIMNER_COCO_MAX_DEPTH)
        g_assert_no_error (error);
      else
        g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_DEPTH);
    }
}

static void
test_refuses_what_is_no_file (void)
{
  g_autofree char *missing = limner_test_path ("nothing.json");
  g_autofree char *pipe = limner_test_path ("pipe.json");
  g_autoptr (GError) error = NULL;

  g_assert_null (limner_coco_file_open (missing, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_null (limner_coco_file_open (limner_test_dir (), NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_NOT_REGULAR);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (limner_coco_file_open (pipe, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_NOT_REGULAR);
  g_clear_error (&error);
  g_assert_null (limner_coco_file_open ("/dev/null", NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_NOT_REGULAR);
}

/* ---- columns ---- */

static void
test_columns (void)
{
  const char *text =
      "{\"annotations\":["
      "{\"id\":5,\"image_id\":\"7\",\"category_id\":2.0,\"bbox\":[1,2.5,\"3\",4e0],\"area\":1e1,"
      "\"iscrowd\":true,\"segmentation\":[[0,0,4,0,4,4],[1.5,1,2,1,2,2e0]]},"
      "17,"
      "{\"id\":\"6\",\"image_id\":9,\"category_id\":99,\"bbox\":[1,2,3],\"segmentation\":"
      "{\"size\":[2,2],\"counts\":[0,4]}},"
      "{\"id\":18446744073709551616,\"segmentation\":{\"size\":[2,2],\"counts\":\"04\"}},"
      "{\"id\":5,\"image_id\":7,\"bbox\":[1,2,3,1e999],\"segmentation\":[[1,2,3,4]],\"iscrowd\":0},"
      "{\"id\":-9223372036854775808,\"image_id\":7,\"segmentation\":[],\"bbox\":[0,0,1e300,1]},"
      "{\"id\":9223372036854775807,\"image_id\":7,\"segmentation\":[[1,2,3,4,5,1e999]]}"
      "],\"categories\":[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":\"b\\u00e9\"},[]],"
      "\"images\":[{\"id\":9,\"file_name\":\"x\\/y.png\",\"width\":64.0,\"height\":\"48\"},"
      "{\"id\":7,\"width\":-1,\"height\":40.5,\"limner\":{\"state\":\"done\"}},null]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file = open_text (text, &error);
  LimnerColumns *c;

  g_assert_no_error (error);
  c = limner_coco_file_get_columns (file);
  g_assert_cmpuint (c->n_images, ==, 3);
  g_assert_cmpuint (c->n_annotations, ==, 7);
  g_assert_cmpuint (c->n_categories, ==, 3);
  g_assert_cmpstr (c->names + c->image_name[0], ==, "x/y.png");
  g_assert_cmpstr (c->names + c->image_name[1], ==, "");
  g_assert_cmpuint (c->image_width[0], ==, 64);
  g_assert_cmpuint (c->image_height[0], ==, 48);
  g_assert_cmpuint (c->image_width[1], ==, 0);
  g_assert_cmpuint (c->image_height[1], ==, 0);
  g_assert_cmpuint (c->image_state[1], ==, LIMNER_STATE_DONE);
  g_assert_cmpuint (c->image_flags[2], ==, LIMNER_ROW_NO_ID | LIMNER_ROW_NOT_OBJECT);
  g_assert_cmpstr (c->categories[1]->name, ==, "b\xc3\xa9");
  g_assert_cmpuint (c->category_flags[2], ==, LIMNER_ROW_NO_ID | LIMNER_ROW_NOT_OBJECT);

  g_assert_cmpuint (c->annotation_flags[0], ==,
                    LIMNER_ROW_CROWD | LIMNER_ROW_HAS_BBOX | LIMNER_ROW_DUPLICATE_ID);
  g_assert_cmpuint (c->annotation_image[0], ==, 1);
  g_assert_cmpuint (c->annotation_category[0], ==, 1);
  g_assert_cmpuint (c->annotation_segmentation[0], ==, LIMNER_SEGMENTATION_POLYGON);
  g_assert_cmpuint (c->annotation_n_points[0], ==, 6);
  g_assert_cmpfloat (c->annotation_bbox[1], ==, 2.5f);
  g_assert_cmpfloat (c->annotation_bbox[2], ==, 3.0f);
  g_assert_cmpfloat (c->annotation_area[0], ==, 10.0f);
  g_assert_cmpuint (c->annotation_flags[1], ==, LIMNER_ROW_NO_ID | LIMNER_ROW_NOT_OBJECT);
  g_assert_cmpuint (c->annotation_image[1], ==, LIMNER_NO_ROW);
  g_assert_cmpint (c->annotation_id[2], ==, 6);
  g_assert_cmpuint (c->annotation_flags[2], ==, 0);
  g_assert_cmpuint (c->annotation_image[2], ==, 0);
  g_assert_cmpuint (c->annotation_category[2], ==, LIMNER_NO_ROW);
  g_assert_cmpuint (c->annotation_segmentation[2], ==, LIMNER_SEGMENTATION_RLE);
  g_assert_cmpuint (c->annotation_flags[3], ==, LIMNER_ROW_NO_ID);
  g_assert_cmpuint (c->annotation_segmentation[3], ==, LIMNER_SEGMENTATION_COMPRESSED_RLE);
  g_assert_cmpuint (c->annotation_flags[4], ==, LIMNER_ROW_DUPLICATE_ID);
  g_assert_cmpuint (c->annotation_segmentation[4], ==, LIMNER_SEGMENTATION_INVALID);
  g_assert_cmpint (c->annotation_id[5], ==, G_MININT64);
  g_assert_cmpuint (c->annotation_flags[5], ==, LIMNER_ROW_HAS_BBOX);
  g_assert_cmpuint (c->annotation_segmentation[5], ==, LIMNER_SEGMENTATION_NONE);
  g_assert_cmpint (c->annotation_id[6], ==, G_MAXINT64);
  g_assert_cmpuint (c->annotation_segmentation[6], ==, LIMNER_SEGMENTATION_INVALID);

  g_assert_cmpuint (c->first_of_image[0], ==, 0);
  g_assert_cmpuint (c->first_of_image[1], ==, 1);
  g_assert_cmpuint (c->first_of_image[2], ==, 5);
  g_assert_cmpuint (c->by_image[0], ==, 2);
  g_assert_cmpuint (c->by_image[1], ==, 0);
  g_assert_cmpuint (c->by_image[4], ==, 6);

  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_ANNOTATION, 6), ==, 2);
  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_ANNOTATION, 5), ==, LIMNER_NO_ROW);
  g_assert_cmpuint (limner_columns_find_first (c, LIMNER_RECORD_ANNOTATION, 5), ==, 0);
  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_ANNOTATION, G_MININT64), ==, 5);
  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_ANNOTATION, 0), ==, LIMNER_NO_ROW);
  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_IMAGE, 7), ==, 1);
  g_assert_cmpuint (limner_columns_find (c, LIMNER_RECORD_CATEGORY, 2), ==, 1);
  g_assert_cmpint (c->max_id[LIMNER_RECORD_ANNOTATION], ==, G_MAXINT64);
  g_assert_cmpint (c->max_id[LIMNER_RECORD_IMAGE], ==, 9);
}

/* New records get ids above these: what refers to a record that is not there counts, too. */
static void
test_max_id (void)
{
  static const struct
  {
    const char *annotations;
    gint64 image;
    gint64 category;
    gint64 annotation;
  } rows[] = {
    { "", 7, 3, 0 },
    { "{\"id\":9,\"image_id\":4,\"category_id\":3}", 7, 3, 9 },
    { "{\"id\":9,\"image_id\":50,\"category_id\":3}", 50, 3, 9 },
    { "{\"id\":9,\"image_id\":4,\"category_id\":60}", 7, 60, 9 },
    { "{\"image_id\":50,\"category_id\":60},{\"id\":2,\"image_id\":40,\"category_id\":70}", 50, 70,
      2 },
    /* smaller than the largest, below zero, no number, the last there is: nothing to keep clear of
     */
    { "{\"id\":1,\"image_id\":5,\"category_id\":2}", 7, 3, 1 },
    { "{\"id\":1,\"image_id\":-5,\"category_id\":-1}", 7, 3, 1 },
    { "{\"id\":1,\"image_id\":null,\"category_id\":[60]}", 7, 3, 1 },
    { "{\"id\":1,\"image_id\":9223372036854775807,\"category_id\":92233720368547758070}", 7, 3, 1 },
    { "{\"id\":1,\"image_id\":9223372036854775806}", 9223372036854775806, 3, 1 },
    /* text is a number to the reader of records, so it is one here */
    { "{\"id\":1,\"image_id\":\"50\",\"category_id\":\"60\"}", 50, 60, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{\"annotations\":[%s],\"images\":[{\"id\":4},{\"id\":7}],"
                           "\"categories\":[{\"id\":3},{\"id\":1}]}",
                           rows[i].annotations);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoFile) file = open_text (text, &error);
      const gint64 *max_id;

      g_assert_no_error (error);
      g_test_message ("%s", rows[i].annotations);
      max_id = limner_coco_file_get_columns (file)->max_id;
      g_assert_cmpint (max_id[LIMNER_RECORD_IMAGE], ==, rows[i].image);
      g_assert_cmpint (max_id[LIMNER_RECORD_CATEGORY], ==, rows[i].category);
      g_assert_cmpint (max_id[LIMNER_RECORD_ANNOTATION], ==, rows[i].annotation);
    }
}

/* What is found for many ids at once is what is found for each: fewer than there are rows, as many,
 * and more, with ids that nobody has among them. */
static void
check_find_rows (LimnerColumns *columns, const gint64 *ids, guint n_ids)
{
  const guint n = 3 * n_ids + 9;
  g_autofree gint64 *wanted = g_new (gint64, n);
  g_autofree guint32 *rows = g_new (guint32, n);
  static const gint64 strange[] = { G_MININT64, -1, 0, 1, G_MAXINT64 };

  for (guint i = 0; i < n; i++)
    wanted[i] = i % 7 == 6 ? strange[i % G_N_ELEMENTS (strange)] : ids[i / 3 % n_ids] + i % 2;
  for (guint size = 0; size <= n; size += MAX (n / 3, 1))
    {
      limner_columns_find_rows (columns, LIMNER_RECORD_ANNOTATION, wanted, size, rows);
      for (guint i = 0; i < size; i++)
        g_assert_cmpuint (rows[i], ==,
                          limner_columns_find_first (columns, LIMNER_RECORD_ANNOTATION, wanted[i]));
    }
}

/* Look-up tables of each form agree with a plain search. */
static void
test_columns_find (void)
{
  static const struct
  {
    guint n;
    gint64 start;
    gint64 step;
    gboolean shuffled;
  } rows[] = {
    { 100, 1, 1, FALSE },
    { 100, -50, 7, FALSE },
    { 100, 3, 2, TRUE },
    { 100, 0, 1000, TRUE },
    { 300, -9000000000, 99999937, TRUE },
    { 1, 5, 1, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new ("{\"annotations\":[");
      g_autoptr (GRand) rand = g_rand_new_with_seed (i + 1);
      g_autofree gint64 *ids = g_new (gint64, rows[i].n);
      g_autoptr (LimnerCocoFile) file = NULL;

      for (guint j = 0; j < rows[i].n; j++)
        ids[j] = rows[i].start + j * rows[i].step;
      for (guint j = rows[i].n - 1; rows[i].shuffled && j > 0; j--)
        {
          guint k = (guint) g_rand_int_range (rand, 0, (gint32) j + 1);
          gint64 swap = ids[j];
          ids[j] = ids[k];
          ids[k] = swap;
        }
      for (guint j = 0; j < rows[i].n; j++)
        g_string_append_printf (text, "%s{\"id\":%" G_GINT64_FORMAT "}", j > 0 ? "," : "", ids[j]);
      g_string_append (text, "]}");
      file = open_text (text->str, NULL);
      for (guint j = 0; j < rows[i].n; j++)
        {
          LimnerColumns *columns = limner_coco_file_get_columns (file);

          g_assert_cmpuint (limner_columns_find (columns, LIMNER_RECORD_ANNOTATION, ids[j]), ==, j);
          if (rows[i].step > 1)
            g_assert_cmpuint (limner_columns_find (columns, LIMNER_RECORD_ANNOTATION, ids[j] + 1),
                              ==, LIMNER_NO_ROW);
          g_assert_cmpuint (columns->annotation_flags[j], ==, 0);
        }
      check_find_rows (limner_coco_file_get_columns (file), ids, rows[i].n);
    }
}

static void
test_findings (void)
{
  g_autoptr (LimnerCocoFile) file = open_text ("\xef\xbb\xbf{\"images\":[]}", NULL);
  GPtrArray *findings = limner_coco_file_get_findings (file);
  static const char *const codes[] = { "W_BOM", "W_MISSING_SECTION", "W_MISSING_SECTION" };

  g_assert_cmpuint (findings->len, ==, G_N_ELEMENTS (codes));
  for (guint i = 0; i < MIN (findings->len, G_N_ELEMENTS (codes)); i++)
    g_assert_cmpstr (((LimnerFinding *) findings->pdata[i])->code, ==, codes[i]);
}

static void
test_locate (void)
{
  g_autoptr (GString) text = g_string_new ("{\"images\":[],\n\"x\":[");
  g_autoptr (LimnerCocoFile) file = NULL;
  guint line = 1;
  guint column = 1;

  for (guint i = 0; i < 30000; i++)
    g_string_append (text, i % 7 == 0 ? "1,\n" : "123,");
  g_string_append (text, "0]}\n");
  file = open_text (text->str, NULL);
  g_assert_nonnull (file);
  for (gsize i = 0; i < text->len; i++)
    {
      guint found_line, found_column;

      if (i % 97 == 0 || i % 65536 < 2)
        {
          g_assert_true (limner_coco_file_locate (file, i, &found_line, &found_column, NULL));
          g_assert_cmpuint (found_line, ==, line);
          g_assert_cmpuint (found_column, ==, column);
        }
      column = text->str[i] == '\n' ? 1 : column + 1;
      line += text->str[i] == '\n';
    }
}

/* Every way in which a chunk can end inside a record: the text is moved byte by byte over the seam.
 */
static void
test_chunks (void)
{
  const char *record =
      "{\"id\":12,\"image_id\":3,\"bbox\":[1.25,-2,30.5,4],\"se\\u0067mentation\":[[1,2,"
      "30.25,-4,5e0,6], [10.5, 20.25, 30, 40, 50, 60]],\"note\":\"\xc3\xa9\xf0\x9f\x98\x80 "
      "\\ud83d\\ude00\\n\",\"nothing\":null,\"iscrowd\":1,\"area\":-0.125e-2}";
  const gsize seam = 256 * 1024;

  for (gsize shift = 0; shift <= strlen (record) + 2; shift++)
    {
      g_autoptr (GString) text = g_string_new ("{\"images\":[],\"annotations\":[");
      g_autoptr (LimnerCocoFile) file = NULL;
      g_autoptr (GError) error = NULL;
      LimnerColumns *c;

      while (text->len < seam - shift)
        g_string_append_c (text, ' ');
      g_string_append_printf (text, "%s,%s]}", record, record);
      file = open_text (text->str, &error);
      g_assert_no_error (error);
      if (file == NULL)
        return;
      c = limner_coco_file_get_columns (file);
      g_assert_cmpuint (c->n_annotations, ==, 2);
      g_assert_cmpuint (c->annotation_length[0], ==, strlen (record));
      g_assert_cmpuint (c->annotation_offset[0], ==, MAX (seam - shift, 27));
      g_assert_cmpint (c->annotation_id[0], ==, 12);
      g_assert_cmpuint (c->annotation_n_points[0], ==, 6);
      g_assert_cmpuint (c->annotation_segmentation[0], ==, LIMNER_SEGMENTATION_POLYGON);
      g_assert_cmpfloat (c->annotation_bbox[1], ==, -2.0f);
      g_assert_cmpfloat_with_epsilon (c->annotation_area[0], -0.00125, 1e-9);
      g_assert_true (c->annotation_flags[0] & LIMNER_ROW_CROWD);
    }
}

/* Numbers, right and wrong, at every place relative to the blocks that coordinates are judged in.
 */
static void
test_numbers_everywhere (void)
{
  static const struct
  {
    const char *number;
    gboolean is_valid;
  } rows[] = {
    { "0", TRUE },       { "-0", TRUE },    { "0.5", TRUE },     { "-10.25", TRUE },
    { "100.001", TRUE }, { "1e5", TRUE },   { "-1.5E-3", TRUE }, { "2 ", TRUE },
    { "NaN", TRUE },     { "\"3\"", TRUE }, { "[1]", TRUE },     { "12345678901234567890", TRUE },
    { "00", FALSE },     { "01.5", FALSE }, { "-00.5", FALSE },  { "1.2345.6", FALSE },
    { "1..2", FALSE },   { "1.", FALSE },   { ".5", FALSE },     { "-", FALSE },
    { "--1", FALSE },    { "1-1", FALSE },  { "-.5", FALSE },    { "1.-5", FALSE },
    { "1 2", FALSE },    { "", FALSE },     { "1e", FALSE },     { "1e+", FALSE },
    { "1.e5", FALSE },   { "+1", FALSE },   { "0x1", FALSE },    { "1,,2", FALSE },
    { "- 1", FALSE },    { "1. 5", FALSE }, { "1}", FALSE },     { "1\\", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint shift = 0; shift < 130; shift++)
      {
        g_autoptr (GString) text = g_string_new ("{\"annotations\":[{\"segmentation\":[[");
        g_autoptr (LimnerCocoFile) file = NULL;
        g_autoptr (GError) error = NULL;
        gboolean is_valid;

        if (shift % 2 == 1)
          g_string_append (text, "11,");
        for (guint j = 0; j < shift / 2; j++)
          g_string_append (text, "1,");
        g_string_append_printf (text, "%s,2]]}]}", rows[i].number);
        file = open_text (text->str, &error);
        is_valid = file != NULL;
        if (is_valid == rows[i].is_valid)
          continue;
        g_test_message ("'%s' behind %u bytes: %s", rows[i].number, shift,
                        error != NULL ? error->message : "accepted");
        g_test_fail ();
      }
}

/* ---- corpora ---- */

static void
test_json_testsuite (void)
{
  static const char *const exceptions[] = {
    /* two names twice, U+0000 twice: refused by reliability.md */
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
    "y_object_escaped_null_in_key.json",
    "y_string_null_escape.json",
    /* Python's words: they pass */
    "n_number_NaN.json",
    "n_number_infinity.json",
    "n_number_minus_infinity.json",
    NULL,
  };
  g_autofree char *folder = limner_test_shared ("data/json-testsuite/test_parsing");
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      gboolean expected = *name == 'y';
      gboolean is_valid;
      gsize length;

      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      is_valid = limner_coco_check_text (text, length, &error);
      g_assert_true (is_valid == (error == NULL));
      if (g_strv_contains (exceptions, name))
        expected = !expected;
      if (*name != 'i' && is_valid != expected)
        {
          g_test_message ("%s: %s", name, error != NULL ? error->message : "accepted");
          g_test_fail ();
        }
      n++;
    }
  if (dir != NULL)
    g_assert_cmpuint (n, >, 300);
}

static void
check_case (const char *folder, char **row)
{
  g_autofree char *path = g_build_filename (folder, row[0], NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file G_GNUC_UNUSED =
      limner_coco_file_open (path, NULL, NULL, NULL, &error);
  const char *code = strstr (row[3], "refused with error ");
  const char *line = strstr (row[4], "line ");

  g_test_message ("%s: %s", row[0], error != NULL ? error->message : "opens");
  if (code == NULL)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_nonnull (error);
  if (error == NULL)
    return;
  g_assert_cmpstr (limner_coco_error_get_code (error), ==, code + strlen ("refused with error "));
  if (line != NULL)
    g_assert_cmpint (abs ((int) get_line (error->message, path) - atoi (line + strlen ("line "))),
                     <=, 1);
  else if (row[4][0] != '\0')
    g_assert_nonnull (strstr (error->message, row[4]));
}

static void
test_hostile (void)
{
  g_autofree char *folder = limner_test_shared ("data-hostile");
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (folder == NULL)
    return;
  path = g_build_filename (folder, "cases.tsv", NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) row = g_strsplit (lines[i], "\t", -1);

      if (g_strv_length (row) < 5 || !g_str_equal (row[1], "json"))
        continue;
      check_case (folder, row);
      n++;
    }
  g_assert_cmpuint (n, >, 130);
}

static void
test_prefixes (void)
{
  g_autofree char *path = limner_test_shared ("data-hostile/json/ok-extra-keys.json");
  g_autofree char *text = NULL;
  gsize length;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  for (gsize i = 0; i <= length; i++)
    {
      g_autoptr (GBytes) bytes =
          g_bytes_new (text, i); /* a copy of its own, so that ASan sees its end */
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoFile) file = limner_coco_file_open_bytes (bytes, &error);

      if (i < length)
        g_assert_null (file);
      else
        g_assert_nonnull (file);
      g_assert_true ((file == NULL) == (error != NULL));
    }
}

/* Flipped bytes: no crash, and an answer. */
static void
test_flips (void)
{
  g_autofree char *path = limner_test_shared ("data-hostile/json/ok-base.json");
  g_autoptr (GRand) rand = g_rand_new_with_seed (20240229);
  g_autofree char *text = NULL;
  guint n_opened = 0;
  gsize length;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *copy = g_memdup2 (text, length);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoFile) file = NULL;

      for (gint32 j = g_rand_int_range (rand, 1, 4); j > 0; j--)
        copy[g_rand_int_range (rand, 0, (gint32) length)] = (char) g_rand_int_range (rand, 0, 256);
      bytes = g_bytes_new_take (g_steal_pointer (&copy), length);
      file = limner_coco_file_open_bytes (bytes, &error);
      g_assert_true ((file == NULL) == (error != NULL));
      n_opened += file != NULL;
    }
  g_assert_cmpuint (n_opened, >, 100);
  g_assert_cmpuint (n_opened, <, 9000);
}

/* ---- against cJSON ---- */

static gint64
get_id (const cJSON *object, const char *name)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, name);

  if (cJSON_IsString (item))
    return g_ascii_strtoll (item->valuestring, NULL, 10);
  return cJSON_IsNumber (item) ? (gint64) item->valuedouble : -1;
}

static void
compare_annotation (const LimnerColumns *c, guint row, const cJSON *item)
{
  const cJSON *bbox = cJSON_GetObjectItemCaseSensitive (item, "bbox");
  const cJSON *area = cJSON_GetObjectItemCaseSensitive (item, "area");
  const cJSON *segmentation = cJSON_GetObjectItemCaseSensitive (item, "segmentation");
  const cJSON *ring;
  gint64 image_id = get_id (item, "image_id");
  int n_numbers = 0;

  if (!(c->annotation_flags[row] & LIMNER_ROW_NO_ID))
    g_assert_cmpint (c->annotation_id[row], ==, get_id (item, "id"));
  if (c->annotation_image[row] != LIMNER_NO_ROW)
    g_assert_cmpint (c->image_id[c->annotation_image[row]], ==, image_id);
  if (cJSON_IsNumber (area))
    g_assert_cmpfloat (c->annotation_area[row], ==, (float) area->valuedouble);
  if (cJSON_GetArraySize (bbox) == 4)
    for (int i = 0; i < 4; i++)
      g_assert_cmpfloat (c->annotation_bbox[4 * row + (guint) i], ==,
                         (float) cJSON_GetArrayItem (bbox, i)->valuedouble);
  if (!cJSON_IsArray (segmentation))
    return;
  cJSON_ArrayForEach (ring, segmentation) n_numbers += cJSON_GetArraySize (ring);
  g_assert_cmpint (c->annotation_n_points[row], ==, n_numbers / 2);
}

static void
compare_file (const char *path, guint *n_files)
{
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open (path, NULL, NULL, NULL, NULL);
  g_autofree char *text = NULL;
  g_autoptr (cJSON) root = NULL;
  const cJSON *item;
  LimnerColumns *c;
  gsize length;
  guint row = 0;

  if (file == NULL || !g_file_get_contents (path, &text, &length, NULL))
    return;
  g_test_message ("%s", path);
  root = cJSON_ParseWithLength (text, length);
  g_assert_nonnull (root);
  c = limner_coco_file_get_columns (file);
  g_assert_cmpint ((int) c->n_annotations, ==,
                   cJSON_GetArraySize (cJSON_GetObjectItemCaseSensitive (root, "annotations")));
  g_assert_cmpint ((int) c->n_images, ==,
                   cJSON_GetArraySize (cJSON_GetObjectItemCaseSensitive (root, "images")));
  cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive (root, "annotations"))
  {
    g_autoptr (GBytes) record =
        limner_coco_file_read_record (file, LIMNER_RECORD_ANNOTATION, row, NULL);
    g_autoptr (cJSON) alone =
        cJSON_ParseWithLength (g_bytes_get_data (record, NULL), g_bytes_get_size (record));

    g_assert_true (cJSON_Compare (alone, item, TRUE));
    compare_annotation (c, row++, item);
  }
  row = 0;
  cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive (root, "images"))
  {
    const cJSON *name = cJSON_GetObjectItemCaseSensitive (item, "file_name");

    g_assert_cmpint (c->image_id[row], ==, get_id (item, "id"));
    if (cJSON_IsString (name))
      g_assert_cmpstr (c->names + c->image_name[row], ==, name->valuestring);
    row++;
  }
  ++*n_files;
}

static void
walk_files (const char *folder, guint *n_files)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        walk_files (path, n_files);
      else if (g_str_has_suffix (name, ".json"))
        compare_file (path, n_files);
    }
}

static void
test_real_files (void)
{
  g_autofree char *folder = limner_test_shared ("data");
  guint n_files = 0;

  if (folder == NULL)
    return;
  walk_files (folder, &n_files);
  g_assert_cmpuint (n_files, >, 30);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "refuses", test_refuses },
    { "refuses-depth", test_refuses_depth },
    { "refuses-what-is-no-file", test_refuses_what_is_no_file },
    { "columns", test_columns },
    { "max-id", test_max_id },
    { "columns-find", test_columns_find },
    { "findings", test_findings },
    { "locate", test_locate },
    { "chunks", test_chunks },
    { "numbers-everywhere", test_numbers_everywhere },
    { "json-testsuite", test_json_testsuite },
    { "hostile", test_hostile },
    { "prefixes", test_prefixes },
    { "flips", test_flips },
    { "real-files", test_real_files },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "coco-scanner", cases);
}
