/* SPDX-License-Identifier: MIT */
/*
 * Records: what is read from their text, how text follows a record's style, and that editing one
 * member leaves every other byte alone.
 */

#include "limner-test.h"

#include <limner/coco-record.h>

#include <math.h>
#include <string.h>

static GBytes *
new_text (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static LimnerAnnotation *
parse_annotation (const char *text)
{
  g_autoptr (GBytes) bytes = new_text (text);
  g_autoptr (GError) error = NULL;
  LimnerAnnotation *annotation = limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, bytes, &error);

  g_assert_no_error (error);
  return annotation;
}

/* ---- reading ---- */

static void
test_parse_annotation (void)
{
  g_autoptr (LimnerAnnotation) a = parse_annotation (
      "{\"id\": 9007199254740993, \"image_id\": \"7\", \"category_id\": 3, \"bbox\": [1, 2, 3.5, "
      "\"4\"], \"area\": 6.25, \"iscrowd\": 0, \"score\": 0.5, \"limner\": {\"state\": "
      "\"returned\"}, "
      "\"segmentation\": [[0, 0, 4, 0, 4, 4], [10, 10, 12, 10, 12, 12, 10, 12]]}");
  guint n_points;

  g_assert_true (a->record.has_id);
  g_assert_cmpint (a->record.id, ==, 9007199254740993);
  g_assert_true (a->has_image_id);
  g_assert_cmpint (a->image_id, ==, 7);
  g_assert_cmpint (a->category_id, ==, 3);
  g_assert_false (a->iscrowd);
  g_assert_true (a->has_bbox);
  g_assert_cmpfloat (a->bbox.height, ==, 4.0);
  g_assert_cmpfloat (a->area, ==, 6.25);
  g_assert_cmpfloat (a->score, ==, 0.5);
  g_assert_cmpint (a->state, ==, LIMNER_STATE_RETURNED);
  g_assert_cmpint (a->segmentation, ==, LIMNER_SEGMENTATION_POLYGON);
  g_assert_cmpint (limner_shape_get_kind (a->shape), ==, LIMNER_SHAPE_POLYGON);
  g_assert_cmpuint (limner_shape_get_n_rings (a->shape), ==, 2);
  g_assert_cmpfloat (limner_shape_get_ring (a->shape, 1, &n_points)[2].y, ==, 12.0);
  g_assert_cmpuint (n_points, ==, 4);
}

static void
test_parse_segmentation (void)
{
  static const struct
  {
    const char *value;
    LimnerSegmentation segmentation;
    int shape; /* -1: none */
  } rows[] = {
    { "[]", LIMNER_SEGMENTATION_NONE, LIMNER_SHAPE_BOX },
    { "{}", LIMNER_SEGMENTATION_NONE, LIMNER_SHAPE_BOX },
    { "null", LIMNER_SEGMENTATION_NONE, LIMNER_SHAPE_BOX },
    { "\"x\"", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,4]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,4,5,6,7]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[1,2,3,4,5,6]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[[1,2],[3,4],[5,6]]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,null,5,6]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,NaN,5,6]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,1e999,5,6]]", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "[[1,2,3,\"4\",5,6e0]]", LIMNER_SEGMENTATION_POLYGON, LIMNER_SHAPE_POLYGON },
    { "{\"size\":[2,3],\"counts\":[1,5]}", LIMNER_SEGMENTATION_RLE, LIMNER_SHAPE_MASK },
    { "{\"size\":[2,3],\"counts\":\"15\"}", LIMNER_SEGMENTATION_COMPRESSED_RLE, LIMNER_SHAPE_MASK },
    { "{\"size\":[2,3],\"counts\":[1,6]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[2,3],\"counts\":[-1,7]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[2,3],\"counts\":[1.5,4.5]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[0,3],\"counts\":[]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[2],\"counts\":[1,5]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"counts\":[1,5]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[2,3]}", LIMNER_SEGMENTATION_INVALID, LIMNER_SHAPE_BOX },
    { "{\"size\":[100000,100000],\"counts\":[1,5]}", LIMNER_SEGMENTATION_INVALID,
      LIMNER_SHAPE_BOX },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{\"id\":1,\"bbox\":[0,0,9,9],\"area\":NaN,\"segmentation\":%s}",
                           rows[i].value);
      g_autoptr (LimnerAnnotation) a = parse_annotation (text);

      g_test_message ("%s", rows[i].value);
      g_assert_cmpint (a->segmentation, ==, rows[i].segmentation);
      g_assert_nonnull (a->shape);
      if (a->shape != NULL)
        g_assert_cmpint ((int) limner_shape_get_kind (a->shape), ==, rows[i].shape);
      g_assert_cmpfloat (a->area, ==, 0.0);
      g_assert_true (isnan (a->score));
    }
}

static void
test_parse_bbox (void)
{
  static const struct
  {
    const char *value;
    gboolean has_bbox;
    gboolean has_shape;
  } rows[] = {
    { "[1,2,3,4]", TRUE, TRUE },           { "[1,2,0,4]", TRUE, TRUE },
    { "[1,2,-3,4]", TRUE, FALSE },         { "[1,2,3]", FALSE, FALSE },
    { "[1,2,3,4,5]", FALSE, FALSE },       { "[1,2,3,null]", FALSE, FALSE },
    { "[1,2,3,1e999]", FALSE, FALSE },     { "{\"x\":1}", FALSE, FALSE },
    { "[1,2,3,-Infinity]", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"bbox\":%s}", rows[i].value);
      g_autoptr (LimnerAnnotation) a = parse_annotation (text);

      g_test_message ("%s", rows[i].value);
      g_assert_cmpint (a->has_bbox, ==, rows[i].has_bbox);
      g_assert_cmpint (a->shape != NULL, ==, rows[i].has_shape);
      g_assert_false (a->record.has_id);
    }
}

static void
test_parse_others (void)
{
  g_autoptr (GBytes) image_text =
      new_text ("{\"id\":3,\"file_name\":\"a\\u00e9.png\",\"width\":64,\"height\":40.5,"
                "\"limner\":{\"state\":\"done\"}}");
  g_autoptr (GBytes) category_text =
      new_text ("{\"id\":3,\"name\":\"NaN\",\"supercategory\":\"s\",\"x\":NaN,"
                "\"color\":[1,2,3],\"limner\":{\"color\":\"#a0B1c2\"}}");
  g_autoptr (GBytes) panoptic_text = new_text ("{\"id\":3.5,\"name\":7,\"color\":[255,0,16]}");
  g_autoptr (GBytes) wrong = new_text ("[1]");
  g_autoptr (LimnerImageRecord) image =
      limner_coco_record_parse (LIMNER_RECORD_IMAGE, image_text, NULL);
  g_autoptr (LimnerCategoryRecord) category =
      limner_coco_record_parse (LIMNER_RECORD_CATEGORY, category_text, NULL);
  g_autoptr (LimnerCategoryRecord) panoptic =
      limner_coco_record_parse (LIMNER_RECORD_CATEGORY, panoptic_text, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (image->file_name, ==, "a\xc3\xa9.png");
  g_assert_cmpuint (image->width, ==, 64);
  g_assert_cmpuint (image->height, ==, 0);
  g_assert_cmpint (image->state, ==, LIMNER_STATE_DONE);
  g_assert_cmpstr (category->name, ==, "NaN");
  g_assert_cmpstr (category->supercategory, ==, "s");
  g_assert_true (category->has_color);
  g_assert_cmphex (category->color, ==, 0xa0b1c2);
  g_assert_false (panoptic->record.has_id);
  g_assert_null (panoptic->name);
  g_assert_cmphex (panoptic->color, ==, 0xff0010);
  g_assert_null (limner_coco_record_parse (LIMNER_RECORD_IMAGE, wrong, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_RECORD);
}

static gboolean
check_text (const char *text, GError **error)
{
  return limner_coco_check_text (text, strlen (text), error);
}

static void
test_check_text (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check_text (" {\"a\": [1, 2.5e3, null]} \n", &error));
  g_assert_no_error (error);
  g_assert_false (check_text ("{\"a\":\n 01}", &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_SYNTAX);
  g_assert_true (g_str_has_prefix (error->message, "2:3: "));
}

/* ---- numbers and strings ---- */

static void
test_format_number (void)
{
  static const struct
  {
    double value;
    const char *text;
  } rows[] = {
    { 0.0, "0" },
    { -0.0, "0" },
    { 7.0, "7" },
    { -7.5, "-7.5" },
    { 0.25, "0.25" },
    { 0.07, "0.07" },
    { -0.01, "-0.01" },
    { 1234567.89, "1234567.89" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3.0, "0.3333333333333333" },
    { 34.1325, "34.1325" },
    { 1e21, "1000000000000000000000" },
    { 1.5e17, "150000000000000000" },
    { 123456789012345680.0, "123456789012345680" },
    { 5e-7, "0.0000005" },
    { 1.25e-10, "0.000000000125" },
    { -123.456, "-123.456" },
    { 9007199254740993.0, "9007199254740992" },
    { (double) NAN, "null" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = limner_coco_format_number (rows[i].value);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_format_number_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      double value =
          g_rand_double_range (rand, -1.0, 1.0) * pow (10.0, g_rand_int_range (rand, -300, 300));
      g_autofree char *text = NULL;

      if (i % 2 == 0)
        value = rint (g_rand_double_range (rand, -1e6, 1e6) * 100) / 100;
      text = limner_coco_format_number (value);
      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, value);
      g_assert_null (strpbrk (text, "eE"));
      g_assert_true (limner_coco_check_text (text, strlen (text), NULL));
    }
}

static void
test_format_string (void)
{
  static const struct
  {
    const char *text;
    gboolean ascii;
    const char *json;
  } rows[] = {
    { "plain", FALSE, "\"plain\"" },
    { "a\"b\\c/", FALSE, "\"a\\\"b\\\\c/\"" },
    { "\n\r\t\b\f\x01\x1f\x7f", FALSE, "\"\\n\\r\\t\\b\\f\\u0001\\u001f\x7f\"" },
    { "\xc3\xa9\xf0\x9f\x98\x80", FALSE, "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
    { "\xc3\xa9\xf0\x9f\x98\x80", TRUE, "\"\\u00e9\\ud83d\\ude00\"" },
    { "bad\xff", FALSE, "\"bad\xef\xbf\xbd\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = limner_coco_format_string (rows[i].text, rows[i].ascii);

      g_assert_cmpstr (json, ==, rows[i].json);
      g_assert_true (limner_coco_check_text (json, strlen (json), NULL));
    }
}

/* ---- members ---- */

static void
test_member_find (void)
{
  static const char text[] =
      " { \"a\" : {\"b\":[1,\"}\"]} , \"\\u0062\":[[{}],\"]\"],\"c\":-1.5e3,\"d\":\"x\\\"y\" }";
  static const struct
  {
    const char *name;
    const char *value;
  } rows[] = {
    { "a", "{\"b\":[1,\"}\"]}" }, { "b", "[[{}],\"]\"]" }, { "c", "-1.5e3" },
    { "d", "\"x\\\"y\"" },        { "e", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *value = NULL;
      gsize length = 0;
      gboolean is_found =
          limner_coco_member_find (text, strlen (text), rows[i].name, &value, &length);
      g_autofree char *copy = g_strndup (value, length);

      g_assert_cmpint (is_found, ==, rows[i].value != NULL);
      g_assert_cmpstr (copy, ==, rows[i].value);
    }
}

static void
check_members (const char *text, const LimnerMember *members, guint n_members, const char *expected)
{
  g_autoptr (GBytes) before = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  g_autoptr (GBytes) after = NULL;
  g_autofree char *result = NULL;
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;

  if (text != NULL)
    limner_coco_style_from_record (&style, text, strlen (text));
  after = limner_coco_record_set_members (before, &style, members, n_members);
  result = g_strndup (g_bytes_get_data (after, NULL), g_bytes_get_size (after));
  g_assert_cmpstr (result, ==, expected);
  g_assert_true (limner_coco_check_text (result, strlen (result), NULL));
}

static void
test_set_members (void)
{
  static const struct
  {
    const char *text;
    LimnerMember members[3];
    const char *expected;
  } rows[] = {
    /* replaced where it stands */
    { "{\"id\": 1,  \"x\":[ 1 ], \"area\" : 5}",
      { { "x", "[2]" } },
      "{\"id\": 1,  \"x\":[2], \"area\" : 5}" },
    /* equal values keep their spelling; integers are not doubles */
    { "{\"a\":1.50,\"b\": [1, 2]}",
      { { "a", "1.5" }, { "b", "[1,2]" } },
      "{\"a\":1.50,\"b\": [1, 2]}" },
    { "{\"a\":9007199254740993}", { { "a", "9007199254740992" } }, "{\"a\":9007199254740992}" },
    { "{\"a\":\"\\u00e9\"}", { { "a", "\"\xc3\xa9\"" } }, "{\"a\":\"\\u00e9\"}" },
    { "{\"a\":[1,2]}", { { "a", "[1]" } }, "{\"a\":[1]}" },
    /* added at the end in the record's style */
    { "{\"a\": 1, \"b\": 2}", { { "c", "3" } }, "{\"a\": 1, \"b\": 2, \"c\": 3}" },
    { "{\"a\":1}", { { "c", "3" }, { "d", "4" } }, "{\"a\":1, \"c\":3, \"d\":4}" },
    { "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}",
      { { "c", "3" } },
      "{\r\n  \"a\": 1,\r\n  \"b\": 2,\r\n  \"c\": 3\r\n}" },
    { "{\n  \"a\": 1\n }", { { "c", "3" } }, "{\n  \"a\": 1,\n  \"c\": 3\n }" },
    { "{}", { { "c", "3" } }, "{\"c\": 3}" },
    { NULL, { { "a", "1" }, { "b", "\"x\"" } }, "{\"a\": 1, \"b\": \"x\"}" },
    /* removed with one separator */
    { "{\"a\": 1, \"b\": 2,\"c\":3}", { { "a", NULL } }, "{\"b\": 2,\"c\":3}" },
    { "{\"a\": 1, \"b\": 2,\"c\":3}", { { "b", NULL } }, "{\"a\": 1,\"c\":3}" },
    { "{\"a\": 1, \"b\": 2,\"c\":3}", { { "c", NULL } }, "{\"a\": 1, \"b\": 2}" },
    { "{ \"a\": 1 }", { { "a", NULL } }, "{}" },
    { "{ \"a\": 1 }", { { "b", NULL } }, "{ \"a\": 1 }" },
    { "{\"a\": 1, \"b\": 2}", { { "a", NULL }, { "c", "3" } }, "{\"b\": 2, \"c\": 3}" },
    /* names with escapes are the same names */
    { "{\"\\u0061\": 1}", { { "a", "2" } }, "{\"\\u0061\": 2}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint n = 0;

      while (n < G_N_ELEMENTS (rows[i].members) && rows[i].members[n].name != NULL)
        n++;
      check_members (rows[i].text, rows[i].members, n, rows[i].expected);
    }
}

static void
read_style (LimnerCocoStyle *style, const char *text)
{
  limner_coco_style_from_record (style, text, strlen (text));
}

static void
test_style (void)
{
  static const char indented[] =
      "{\n    \"id\": 1,\n    \"bbox\": [\n      1,\n      2\n    ],\n    \"x\": \"\\u00e9\"\n   }";
  LimnerCocoStyle style;

  limner_coco_style_from_record (&style, indented, strlen (indented));
  g_assert_false (style.one_line);
  g_assert_cmpstr (style.member_indent, ==, "    ");
  g_assert_cmpstr (style.close_indent, ==, "   ");
  g_assert_cmpstr (style.indent_unit, ==, " ");
  g_assert_cmpstr (style.colon, ==, ": ");
  g_assert_cmpstr (style.newline, ==, "\n");
  g_assert_true (style.bbox_multiline);
  g_assert_true (style.ascii);

  read_style (&style, "{\"id\":1,\"x\":\"\xc3\xa9\"}");
  g_assert_true (style.one_line);
  g_assert_cmpstr (style.colon, ==, ":");
  g_assert_cmpstr (style.comma, ==, ",");
  g_assert_false (style.ascii);

  read_style (&style, "{\r\n\t\"bbox\": [1,2],\r\n\t\"id\": 1\r\n}");
  g_assert_false (style.one_line);
  g_assert_cmpstr (style.member_indent, ==, "\t");
  g_assert_cmpstr (style.close_indent, ==, "");
  g_assert_cmpstr (style.newline, ==, "\r\n");
  g_assert_cmpstr (style.comma, ==, ",");
  g_assert_false (style.bbox_multiline);

  read_style (&style, "{\"id\":1,\"x\":\"a\\u001f\"}");
  g_assert_false (style.ascii);

  read_style (&style, "{}");
  g_assert_true (style.one_line);
  g_assert_cmpstr (style.colon, ==, ": ");
}

/* ---- shapes ---- */

static void
test_nothing_to_set_keeps_the_text (void)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("{\n   }", 6);
  const LimnerMember absent = { "absent", NULL };
  g_autoptr (GBytes) same = limner_coco_record_set_members (text, NULL, &absent, 1);

  g_assert_true (g_bytes_equal (text, same));
}

static void
test_shape_box (void)
{
  const LimnerBox box = { 1.125, 2.0, 10.255, 3.333 };
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&box);
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;

  limner_coco_shape_to_members (shape, &style, &segmentation, &bbox, &area);
  g_assert_cmpstr (segmentation, ==, "[]");
  g_assert_cmpstr (bbox, ==, "[1.13, 2, 10.26, 3.33]");
  g_assert_cmpstr (area, ==, "34.1658");
}

static void
test_shape_polygon (void)
{
  const LimnerPoint points[] = { { 0.001, 0 }, { 4, 0 },   { 4, 4.126 },
                                 { 10, 10 },   { 12, 10 }, { 12, 12 } };
  const guint lengths[] = { 3, 3 };
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, lengths, 2);
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;

  strcpy (style.comma, ",");
  limner_coco_shape_to_members (shape, &style, &segmentation, &bbox, &area);
  g_assert_cmpstr (segmentation, ==, "[[0,0,4,0,4,4.13],[10,10,12,10,12,12]]");
  g_assert_cmpstr (bbox, ==, "[0,0,12,12]");
  g_assert_cmpstr (area, ==, "10.26");
}

static void
test_shape_multiline (void)
{
  const LimnerPoint points[] = { { 0, 0 }, { 4, 0 }, { 4, 4 } };
  const guint length = 3;
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, &length, 1);
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;

  read_style (&style, "{\n \"id\": 1,\n \"bbox\": [\n  1,\n  2\n ]\n}");
  limner_coco_shape_to_members (shape, &style, &segmentation, &bbox, &area);
  g_assert_cmpstr (bbox, ==, "[\n  0,\n  0,\n  4,\n  4\n ]");
  g_assert_cmpstr (segmentation, ==, "[\n  [\n   0,\n   0,\n   4,\n   0,\n   4,\n   4\n  ]\n ]");
}

static void
test_shape_mask (void)
{
  const guint32 counts[] = { 1, 2, 3 };
  g_autoptr (LimnerRle) rle = limner_rle_new (2, 3, counts, 3, NULL);
  g_autoptr (LimnerShape) shape = limner_shape_new_mask (rle);
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;
  g_autofree char *record = NULL;
  g_autoptr (LimnerAnnotation) again = NULL;

  limner_coco_shape_to_members (shape, NULL, &segmentation, &bbox, &area);
  g_assert_cmpstr (segmentation, ==, "{\"size\": [2, 3], \"counts\": \"123\"}");
  g_assert_cmpstr (bbox, ==, "[0, 0, 2, 2]");
  g_assert_cmpstr (area, ==, "2");
  record = g_strdup_printf ("{\"segmentation\":%s}", segmentation);
  again = parse_annotation (record);
  g_assert_true (limner_shape_equal (again->shape, shape));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "parse-annotation", test_parse_annotation },
    { "parse-segmentation", test_parse_segmentation },
    { "parse-bbox", test_parse_bbox },
    { "parse-others", test_parse_others },
    { "check-text", test_check_text },
    { "format-number", test_format_number },
    { "format-number-round-trip", test_format_number_round_trip },
    { "format-string", test_format_string },
    { "member-find", test_member_find },
    { "set-members", test_set_members },
    { "style", test_style },
    { "nothing-to-set-keeps-the-text", test_nothing_to_set_keeps_the_text },
    { "shape-box", test_shape_box },
    { "shape-polygon", test_shape_polygon },
    { "shape-multiline", test_shape_multiline },
    { "shape-mask", test_shape_mask },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "coco-record", cases);
}
