/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "record-text.h"

#include <limner/coco-record.h>

#include <string.h>

/* The blanks between the last line end of @space and its end; FALSE if it has no line end. */
static gboolean
copy_indent (char *indent, gsize size, const char *space, gsize length)
{
  const char *line_end = length > 0 ? memrchr (space, '\n', length) : NULL;
  gsize n;

  if (line_end == NULL)
    return FALSE;
  n = MIN ((gsize) (space + length - line_end) - 1, size - 1);
  memcpy (indent, line_end + 1, n);
  indent[n] = '\0';
  return TRUE;
}

/* What stands between two values or names, if it is short enough and on one line. */
static void
copy_spacing (char *spacing, gsize size, const char *text, gsize length)
{
  if (length == 0 || length >= size || memchr (text, '\n', length) != NULL)
    return;
  memcpy (spacing, text, length);
  spacing[length] = '\0';
}

/* Spacing of the first array of several numbers that is on one line. */
static void
copy_array_comma (LimnerCocoStyle *style, const char *value, gsize length)
{
  const char *comma = memchr (value, ',', length);
  gsize n;

  if (*value != '[' || comma == NULL || memchr (value, '\n', length) != NULL)
    return;
  for (n = 1; comma + n < value + length && comma[n] == ' '; n++)
    ;
  copy_spacing (style->comma, sizeof style->comma, comma, n);
}

static gboolean
has_byte_of_utf8 (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] >= 0x80)
      return TRUE;
  return FALSE;
}

/* An escape of a character that could have stood for itself: "\u00e9", but not "\u001f". */
static gboolean
has_wide_escape (const char *text, gsize length)
{
  for (gsize i = 0; i + 5 < length; i++)
    {
      if (text[i] != '\\')
        continue;
      if (text[i + 1] == 'u' && (memcmp (text + i + 2, "00", 2) != 0 || text[i + 4] >= '8'))
        return TRUE;
      i++;
    }
  return FALSE;
}

/* The part of the member indent by which members are deeper than their braces. */
static void
find_indent_unit (LimnerCocoStyle *style)
{
  gsize outer = strlen (style->close_indent);
  gsize inner = strlen (style->member_indent);

  if (inner > outer && inner - outer < sizeof style->indent_unit)
    g_strlcpy (style->indent_unit, style->member_indent + outer, sizeof style->indent_unit);
}

void
limner_coco_style_from_record (LimnerCocoStyle *style, const char *text, gsize length)
{
  LimnerMemberSpan previous = { 0 };
  LimnerMemberIter iter;
  LimnerMemberSpan span;
  gboolean has_array = FALSE;
  guint n = 0;

  g_return_if_fail (style != NULL);
  g_return_if_fail (text != NULL);

  *style = LIMNER_COCO_STYLE_DEFAULT;
  style->ascii = has_wide_escape (text, length) && !has_byte_of_utf8 (text, length);
  limner_member_iter_init (&iter, text, length);
  while (limner_member_iter_next (&iter, &span))
    {
      const char *value = text + span.value;
      gsize value_length = span.value_end - span.value;

      if (n == 0)
        {
          style->one_line =
              !copy_indent (style->member_indent, sizeof style->member_indent, text, span.name);
          copy_spacing (style->colon, sizeof style->colon, text + span.name_end,
                        span.value - span.name_end);
        }
      else if (n == 1 && style->one_line)
        copy_spacing (style->comma, sizeof style->comma, text + previous.value_end,
                      span.name - previous.value_end);
      if (!style->one_line && *value == '[' && value_length > 2 && !has_array)
        {
          has_array = TRUE;
          style->bbox_multiline = memchr (value, '\n', value_length) != NULL;
          copy_array_comma (style, value, value_length);
        }
      previous = span;
      n++;
    }
  if (n == 0 || style->one_line)
    return;
  if (!copy_indent (style->close_indent, sizeof style->close_indent, text + previous.value_end,
                    length - previous.value_end))
    return;
  style->close_indent[strcspn (style->close_indent, "}")] = '\0';
  find_indent_unit (style);
  if (memchr (text, '\r', length) != NULL)
    g_strlcpy (style->newline, "\r\n", sizeof style->newline);
}
