/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "record-text.h"

#include "number.h"
#include "text.h"

#include <limner/coco-record.h>

#include <string.h>

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static gsize
skip_space (const char *text, gsize length, gsize at)
{
  while (at < length && is_space (text[at]))
    at++;
  return at;
}

/* Behind the closing quote of the string at @at. */
static gsize
skip_string (const char *text, gsize length, gsize at)
{
  for (at++; at < length; at++)
    {
      if (text[at] == '"')
        return at + 1;
      if (text[at] == '\\')
        at++;
    }
  return length;
}

static gboolean
is_scalar_end (char c)
{
  return is_space (c) || c == ',' || c == ']' || c == '}' || c == ':';
}

/* Behind the value at @at. */
static gsize
skip_value (const char *text, gsize length, gsize at)
{
  guint depth = 0;

  while (at < length)
    {
      char c = text[at];

      if (c == '"')
        at = skip_string (text, length, at);
      else if (c == '[' || c == '{')
        {
          depth++;
          at++;
          continue;
        }
      else if (c == ']' || c == '}')
        {
          if (depth == 0)
            return at;
          depth--;
          at++;
        }
      else if (depth > 0)
        {
          at++;
          continue;
        }
      else
        while (at < length && !is_scalar_end (text[at]))
          at++;
      if (depth == 0)
        return at;
    }
  return length;
}

void
limner_member_iter_init (LimnerMemberIter *self, const char *text, gsize length)
{
  self->text = text;
  self->length = length;
  self->at = skip_space (text, length, 0);
  self->at = self->at < length && text[self->at] == '{' ? self->at + 1 : length;
}

gboolean
limner_member_iter_next (LimnerMemberIter *self, LimnerMemberSpan *span)
{
  const char *text = self->text;
  gsize length = self->length;
  gsize at = skip_space (text, length, self->at);

  if (at < length && text[at] == ',')
    at = skip_space (text, length, at + 1);
  if (at >= length || text[at] != '"')
    return FALSE;
  span->name = at;
  span->name_end = at = skip_string (text, length, at);
  at = skip_space (text, length, at);
  if (at >= length || text[at] != ':')
    return FALSE;
  span->value = at = skip_space (text, length, at + 1);
  span->value_end = self->at = skip_value (text, length, at);
  return span->value_end > span->value;
}

gboolean
limner_member_span_is (const char *text, const LimnerMemberSpan *span, const char *name)
{
  const char *inner = text + span->name + 1;
  gsize length = span->name_end - span->name - 2;
  g_autoptr (GString) plain = NULL;

  if (span->name_end < span->name + 2)
    return FALSE;
  if (memchr (inner, '\\', length) == NULL)
    return length == strlen (name) && memcmp (inner, name, length) == 0;
  plain = g_string_new (NULL);
  limner_json_unescape (inner, length, plain);
  return g_str_equal (plain->str, name);
}

gboolean
limner_coco_member_find (
    const char *text, gsize length, const char *name, const char **value, gsize *value_length)
{
  LimnerMemberIter iter;
  LimnerMemberSpan span;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  limner_member_iter_init (&iter, text, length);
  while (limner_member_iter_next (&iter, &span))
    {
      if (!limner_member_span_is (text, &span, name))
        continue;
      if (value != NULL)
        *value = text + span.value;
      if (value_length != NULL)
        *value_length = span.value_end - span.value;
      return TRUE;
    }
  return FALSE;
}

/* ---- equality ---- */

static gboolean
equal_strings (const char *a, gsize a_length, const char *b, gsize b_length)
{
  g_autoptr (GString) plain_a = NULL;
  g_autoptr (GString) plain_b = NULL;

  if (a_length == b_length && memcmp (a, b, a_length) == 0)
    return TRUE;
  if (a_length < 2 || b_length < 2)
    return FALSE;
  plain_a = g_string_new (NULL);
  plain_b = g_string_new (NULL);
  limner_json_unescape (a + 1, a_length - 2, plain_a);
  limner_json_unescape (b + 1, b_length - 2, plain_b);
  return g_string_equal (plain_a, plain_b);
}

/* Numbers and words. */
static gboolean
equal_scalars (const char *a, gsize a_length, const char *b, gsize b_length)
{
  LimnerNumber x, y;

  if (a_length == b_length && memcmp (a, b, a_length) == 0)
    return TRUE;
  if (!limner_number_parse (a, a_length, &x) || !limner_number_parse (b, b_length, &y))
    return FALSE;
  if (x.is_integer || y.is_integer)
    return x.is_integer && y.is_integer && x.integer == y.integer;
  return x.real == y.real && x.real - y.real == 0.0; /* two infinities may be different numbers */
}

/* End of the token at @at: a string, a scalar, or one byte of structure. */
static gsize
token_end (const char *text, gsize length, gsize at)
{
  if (text[at] == '"')
    return skip_string (text, length, at);
  if (strchr ("[]{},:", text[at]) != NULL)
    return at + 1;
  while (at < length && !is_scalar_end (text[at]))
    at++;
  return at;
}

gboolean
limner_json_equal (const char *a, gsize a_length, const char *b, gsize b_length)
{
  gsize i = 0;
  gsize j = 0;

  for (;;)
    {
      gsize i_end, j_end;
      gboolean is_equal;

      i = skip_space (a, a_length, i);
      j = skip_space (b, b_length, j);
      if (i >= a_length || j >= b_length)
        return i >= a_length && j >= b_length;
      i_end = token_end (a, a_length, i);
      j_end = token_end (b, b_length, j);
      if (a[i] == '"' && b[j] == '"')
        is_equal = equal_strings (a + i, i_end - i, b + j, j_end - j);
      else
        is_equal = equal_scalars (a + i, i_end - i, b + j, j_end - j);
      if (!is_equal)
        return FALSE;
      i = i_end;
      j = j_end;
    }
}
