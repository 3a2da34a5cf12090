/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include <limner/coco-record.h>

#include <math.h>
#include <string.h>

#define GRID 100.0    /* coordinates: two decimals, as in COCO's own files */
#define AREA_GRID 1e5 /* half the product of two such numbers has five */
#define MAX_EXACT 9007199254740992.0

/* ---- numbers and strings ---- */

/* @text is "d.ddde[+-]xx": the same digits without an exponent. */
static void
append_positional (GString *out, const char *text)
{
  const char *e = strchr (text, 'e');
  gint64 exponent = g_ascii_strtoll (e + 1, NULL, 10);
  g_autoptr (GString) digits = g_string_new (NULL);
  gint64 point;

  for (const char *p = text; p < e; p++)
    if (g_ascii_isdigit (*p))
      g_string_append_c (digits, *p);
  while (digits->len > 1 && digits->str[digits->len - 1] == '0')
    g_string_truncate (digits, digits->len - 1);
  if (*text == '-')
    g_string_append_c (out, '-');

  point = exponent + 1;
  if (point <= 0)
    g_string_append (out, "0.");
  for (gint64 i = point; i < 0; i++)
    g_string_append_c (out, '0');
  for (gint64 i = 0; i < (gint64) digits->len; i++)
    {
      if (i == point && i > 0)
        g_string_append_c (out, '.');
      g_string_append_c (out, digits->str[i]);
    }
  for (gint64 i = (gint64) digits->len; i < point; i++)
    g_string_append_c (out, '0');
}

static void
append_number (GString *out, double value)
{
  double scaled = rint (value * GRID);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      g_string_append (out, "null"); /* JSON has no other word for it */
      return;
    }
  if (fabs (scaled) < MAX_EXACT && scaled / GRID == value)
    {
      guint64 cents = (guint64) fabs (scaled);

      g_string_append_printf (out, "%s%" G_GUINT64_FORMAT, scaled < 0.0 ? "-" : "", cents / 100);
      if (cents % 100 != 0)
        g_string_append_printf (out, cents % 10 == 0 ? ".%u" : ".%02u",
                                (guint) (cents % 10 == 0 ? cents % 100 / 10 : cents % 100));
      return;
    }
  for (int precision = 0; precision <= 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  append_positional (out, text);
}

char *
limner_coco_format_number (double value)
{
  GString *out = g_string_new (NULL);

  append_number (out, value);
  return g_string_free (out, FALSE);
}

static void
append_unicode_escape (GString *out, gunichar c)
{
  if (c < 0x10000)
    {
      g_string_append_printf (out, "\\u%04x", c);
      return;
    }
  c -= 0x10000;
  g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

char *
limner_coco_format_string (const char *text, gboolean ascii)
{
  static const char specials[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  g_autofree char *valid = NULL;
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  valid = g_utf8_make_valid (text, -1);
  out = g_string_new ("\"");
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *special = c < 0x80 ? strchr (specials, (int) c) : NULL;

      if (special != NULL)
        g_string_append_printf (out, "\\%c", letters[special - specials]);
      else if (c < 0x20 || (c >= 0x80 && ascii))
        append_unicode_escape (out, c);
      else
        g_string_append_unichar (out, c);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* ---- shapes ---- */

static double
round_to (double value, double grid)
{
  double rounded = round (value * grid) / grid;

  /* beyond that a double has no such decimals, or the product overflowed */
  if (fabs (value) * grid >= MAX_EXACT || !isfinite (rounded))
    return value;
  return rounded + 0.0; /* no negative zero */
}

/* An array or object that json.dump (indent=) would spread over lines. @level counts from the
 * record's members. */
static void
append_break (GString *out, const LimnerCocoStyle *style, guint level)
{
  if (!style->bbox_multiline)
    return;
  g_string_append (out, style->newline);
  g_string_append (out, style->member_indent);
  for (guint i = 0; i < level; i++)
    g_string_append (out, style->indent_unit);
}

static void
append_comma (GString *out, const LimnerCocoStyle *style, guint level)
{
  g_string_append (out, style->bbox_multiline ? "," : style->comma);
  append_break (out, style, level);
}

static void
append_numbers (
    GString *out, const LimnerCocoStyle *style, guint level, const double *numbers, guint n)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i == 0)
        append_break (out, style, level + 1);
      else
        append_comma (out, style, level + 1);
      append_number (out, numbers[i]);
    }
  if (n > 0)
    append_break (out, style, level);
  g_string_append_c (out, ']');
}

static char *
format_box (const LimnerBox *box, const LimnerCocoStyle *style)
{
  const double numbers[] = { box->x, box->y, box->width, box->height };
  GString *out = g_string_new (NULL);

  append_numbers (out, style, 0, numbers, G_N_ELEMENTS (numbers));
  return g_string_free (out, FALSE);
}

static LimnerShape *
round_polygon (const LimnerShape *shape)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint ring = 0; ring < limner_shape_get_n_rings (shape); ring++)
    {
      guint n_points;
      const LimnerPoint *vertices = limner_shape_get_ring (shape, ring, &n_points);

      for (guint i = 0; i < n_points; i++)
        {
          LimnerPoint point = { round_to (vertices[i].x, GRID), round_to (vertices[i].y, GRID) };
          g_array_append_val (points, point);
        }
      g_array_append_val (lengths, n_points);
    }
  return limner_shape_new_polygon ((const LimnerPoint *) points->data,
                                   (const guint *) lengths->data, lengths->len);
}

static char *
format_polygon (const LimnerShape *shape, const LimnerCocoStyle *style)
{
  GString *out = g_string_new ("[");
  guint n_rings = limner_shape_get_n_rings (shape);

  for (guint ring = 0; ring < n_rings; ring++)
    {
      guint n_points;
      const LimnerPoint *vertices = limner_shape_get_ring (shape, ring, &n_points);

      if (ring == 0)
        append_break (out, style, 1);
      else
        append_comma (out, style, 1);
      append_numbers (out, style, 1, (const double *) vertices, n_points * 2);
    }
  append_break (out, style, 0);
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

/* Characters 48 to 111: only the backslash needs an escape. */
static char *
format_mask (LimnerRle *rle, const LimnerCocoStyle *style)
{
  const double size[] = { limner_rle_get_height (rle), limner_rle_get_width (rle) };
  g_autofree char *counts = limner_rle_dup_string (rle);
  g_autofree char *quoted = limner_coco_format_string (counts, TRUE);
  GString *out = g_string_new ("{");

  append_break (out, style, 1);
  g_string_append_printf (out, "\"size\"%s", style->colon);
  append_numbers (out, style, 1, size, G_N_ELEMENTS (size));
  append_comma (out, style, 1);
  g_string_append_printf (out, "\"counts\"%s%s", style->colon, quoted);
  append_break (out, style, 0);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static void
format_measures (
    const LimnerBox *box, double area, const LimnerCocoStyle *style, char **bbox, char **area_text)
{
  const LimnerBox rounded = { round_to (box->x, GRID), round_to (box->y, GRID),
                              round_to (box->width, GRID), round_to (box->height, GRID) };

  *bbox = format_box (&rounded, style);
  *area_text = limner_coco_format_number (round_to (area, AREA_GRID));
}

void
limner_coco_shape_to_members (const LimnerShape *shape,
                              const LimnerCocoStyle *style,
                              char **segmentation,
                              char **bbox,
                              char **area)
{
  const LimnerCocoStyle fallback = LIMNER_COCO_STYLE_DEFAULT;
  g_autoptr (LimnerShape) rounded = NULL;
  LimnerBox box;

  g_return_if_fail (shape != NULL);

  style = style != NULL ? style : &fallback;
  box = limner_shape_get_bbox (shape);
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_BOX:
      *segmentation = g_strdup ("[]");
      box.width = round_to (box.width, GRID);
      box.height = round_to (box.height, GRID);
      format_measures (&box, box.width * box.height, style, bbox, area);
      break;

    case LIMNER_SHAPE_POLYGON:
      rounded = round_polygon (shape);
      box = limner_shape_get_bbox (rounded);
      *segmentation = format_polygon (rounded, style);
      format_measures (&box, limner_shape_get_area (rounded), style, bbox, area);
      break;

    case LIMNER_SHAPE_MASK:
      *segmentation = format_mask (limner_shape_get_rle (shape), style);
      format_measures (&box, limner_shape_get_area (shape), style, bbox, area);
      break;
    }
}
