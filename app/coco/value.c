/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include <limner/coco-value.h>

#include <math.h>
#include <string.h>

static const char *
skip_space (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
    p++;
  return p;
}

/* The high bit of the bytes that are zero, up to the first of them; bytes above it may be marked
 * for nothing. */
static inline guint64
find_zeros (guint64 bytes)
{
  return (bytes - G_GUINT64_CONSTANT (0x0101010101010101)) & ~bytes &
         G_GUINT64_CONSTANT (0x8080808080808080);
}

/* Passes bytes without quote or backslash, eight at a time. */
static inline const char *
skip_plain_text (const char *p, const char *end)
{
  while (end - p >= 8)
    {
      guint64 bytes, found;

      memcpy (&bytes, p, sizeof bytes);
      bytes = GUINT64_FROM_LE (bytes);
      found = find_zeros (bytes ^ G_GUINT64_CONSTANT (0x2222222222222222)) |
              find_zeros (bytes ^ G_GUINT64_CONSTANT (0x5c5c5c5c5c5c5c5c));
      if (found != 0)
        return p + __builtin_ctzll (found) / 8;
      p += 8;
    }
  return p;
}

/* @p stands on the opening quote. */
static const char *
skip_string (const char *p, const char *end)
{
  for (p = skip_plain_text (p + 1, end); p < end && *p != '"'; p++)
    {
      if (*p == '\\')
        p++;
    }
  return p < end ? p + 1 : end;
}

typedef guint8 Block __attribute__ ((vector_size (16)));

static inline Block
find_brackets (const char *p)
{
  Block bytes, folded;

  memcpy (&bytes, p, sizeof bytes);
  folded = bytes | 0x20; /* '[' becomes '{', ']' becomes '}' */
  return (Block) ((folded == 0x7b) | (folded == 0x7d) | (bytes == 0x22));
}

/* Place of the first byte found, or the size of the block. */
static inline gsize
get_first (Block found)
{
  guint64 halves[2];

  memcpy (halves, &found, sizeof halves);
  if (halves[0] != 0)
    return (gsize) __builtin_ctzll (GUINT64_FROM_LE (halves[0])) / 8;
  if (halves[1] != 0)
    return 8 + (gsize) __builtin_ctzll (GUINT64_FROM_LE (halves[1])) / 8;
  return sizeof found;
}

/* The next bracket or quote: geometry is most of a record, and digits need no look. */
static inline const char *
skip_plain_bytes (const char *p, const char *end)
{
  while (end - p >= 64 &&
         get_first (find_brackets (p) | find_brackets (p + 16) | find_brackets (p + 32) |
                    find_brackets (p + 48)) == sizeof (Block))
    p += 64;
  while (end - p >= (gssize) sizeof (Block))
    {
      gsize first = get_first (find_brackets (p));

      p += first;
      if (first < sizeof (Block))
        return p;
    }
  while (p < end && *p != '"' && (*p | 0x20) != '{' && (*p | 0x20) != '}')
    p++;
  return p;
}

/* @p stands on the opening bracket. */
static const char *
skip_nested (const char *p, const char *end)
{
  guint depth = 1;

  for (p = skip_plain_bytes (p + 1, end); p < end; p = skip_plain_bytes (p, end))
    {
      if (*p == '"')
        p = skip_string (p, end);
      else if (*p == '[' || *p == '{')
        {
          depth++;
          p++;
        }
      else
        {
          p++;
          if (--depth == 0)
            return p;
        }
    }
  return end;
}

static const char *
skip_value (const char *p, const char *end)
{
  if (p >= end)
    return end;
  if (*p == '"')
    return skip_string (p, end);
  if (*p == '[' || *p == '{')
    return skip_nested (p, end);
  while (p < end && *p != ',' && *p != ']' && *p != '}' && *p > ' ')
    p++;
  return p;
}

const char *
limner_value_get_end (const char *text, const char *end)
{
  return skip_value (text, end);
}

void
limner_value_iter_init (LimnerValueIter *iter, const LimnerValue *value)
{
  LimnerValueType type = limner_value_get_type (value);

  iter->is_object = type == LIMNER_VALUE_OBJECT;
  iter->end = value->text + value->length;
  iter->position = iter->is_object || type == LIMNER_VALUE_ARRAY ? value->text + 1 : iter->end;
}

gboolean
limner_value_iter_next (LimnerValueIter *iter, LimnerValue *name, LimnerValue *value)
{
  const char *end = iter->end;
  const char *p = skip_space (iter->position, end);

  if (p < end && *p == ',')
    p = skip_space (p + 1, end);
  if (p >= end || *p == ']' || *p == '}')
    return FALSE;
  if (iter->is_object)
    {
      const char *after = skip_string (p, end);

      if (name != NULL)
        *name = (LimnerValue){ p, (gsize) (after - p) };
      p = skip_space (after, end);
      if (p < end && *p == ':')
        p = skip_space (p + 1, end);
    }
  value->text = p;
  iter->position = skip_value (p, end);
  value->length = (gsize) (iter->position - p);
  /* text that was not judged must not stop the walk: an element always takes at least one byte */
  if (iter->position == p)
    iter->position++;
  return TRUE;
}

gboolean
limner_value_is_string (const LimnerValue *self, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *decoded = NULL;

  if (limner_value_get_type (self) != LIMNER_VALUE_STRING)
    return FALSE;
  if (self->length == length + 2 && memcmp (self->text + 1, text, length) == 0)
    return TRUE;
  if (self->length < 2 || memchr (self->text, '\\', self->length) == NULL)
    return FALSE;
  decoded = limner_value_dup_string (self);
  return g_str_equal (decoded, text);
}

gboolean
limner_value_find (const LimnerValue *self, const char *name, LimnerValue *value)
{
  LimnerValueIter iter;
  LimnerValue member;

  if (limner_value_get_type (self) != LIMNER_VALUE_OBJECT)
    return FALSE;
  limner_value_iter_init (&iter, self);
  while (limner_value_iter_next (&iter, &member, value))
    {
      if (limner_value_is_string (&member, name))
        return TRUE;
    }
  return FALSE;
}

/*
 * A mantissa below 2^53 and a power of ten up to 22 are exact in a double, and so is one division
 * of them rounded correctly (Clinger, 'How to read floating point numbers accurately', 1990). All
 * else goes to strtod.
 */
static const double powers[] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };

#define MAX_SIMPLE_DIGITS 15

static gboolean
parse_simple (const char *p, const char *end, double *number)
{
  gboolean negative = p < end && *p == '-';
  guint64 mantissa = 0;
  guint n_digits = 0;
  guint n_decimals = 0;

  p += negative;
  for (; p < end && g_ascii_isdigit (*p); p++, n_digits++)
    mantissa = mantissa * 10 + (guint64) (*p - '0');
  if (p < end && *p == '.')
    for (p++; p < end && g_ascii_isdigit (*p); p++, n_digits++, n_decimals++)
      mantissa = mantissa * 10 + (guint64) (*p - '0');
  if (p != end || n_digits == 0 || n_digits > MAX_SIMPLE_DIGITS)
    return FALSE;
  *number = (double) mantissa / powers[n_decimals];
  if (negative)
    *number = -*number;
  return TRUE;
}

gboolean
limner_value_get_number (const LimnerValue *self, double *number)
{
  g_autofree char *terminated = NULL;

  if (limner_value_get_type (self) != LIMNER_VALUE_NUMBER)
    return FALSE;
  if (parse_simple (self->text, self->text + self->length, number))
    return TRUE;
  if (self->text[0] == 'N')
    *number = NAN;
  else if (self->text[0] == 'I' || (self->length > 1 && self->text[1] == 'I'))
    *number = self->text[0] == '-' ? -INFINITY : INFINITY;
  else
    {
      terminated = g_strndup (self->text, self->length);
      *number = g_ascii_strtod (terminated, NULL);
    }
  return TRUE;
}

/* The same for a number that some other byte follows: NULL, or behind it. */
static inline const char *
read_simple (const char *p, double *number)
{
  gboolean negative = *p == '-';
  guint64 mantissa = 0;
  gsize n_digits, n_decimals = 0;
  const char *digits;
  guint8 digit;

  p += negative;
  digits = p;
  for (; (digit = (guint8) (*p - '0')) <= 9; p++)
    mantissa = mantissa * 10 + digit;
  n_digits = (gsize) (p - digits);
  if (*p == '.')
    {
      digits = ++p;
      for (; (digit = (guint8) (*p - '0')) <= 9; p++)
        mantissa = mantissa * 10 + digit;
      n_decimals = (gsize) (p - digits);
      n_digits += n_decimals;
    }
  if (n_digits - 1 >= MAX_SIMPLE_DIGITS) /* none, too */
    return NULL;
  *number = n_decimals == 0 ? (double) mantissa : (double) mantissa / powers[n_decimals];
  if (negative)
    *number = -*number;
  return p;
}

const char *
limner_value_read_number (const char *text, double *number)
{
  return read_simple (text, number);
}

gboolean
limner_value_read_numbers (const LimnerValue *self, double *numbers, gsize max, gsize *n)
{
  const char *last = self->text + self->length - 1;
  const char *p = self->text + 1;

  *n = 0;
  /* the bracket ends every loop over digits */
  if (self->length < 2 || self->text[0] != '[' || *last != ']')
    return FALSE;
  p = skip_space (p, last);
  if (p == last)
    return TRUE;
  for (;;)
    {
      if (*n == max)
        return FALSE;
      p = read_simple (p, &numbers[(*n)++]);
      if (p == NULL)
        return FALSE;
      if (*p == ',' && p[1] == ' ')
        p += 2;
      else
        {
          p = skip_space (p, last);
          if (p == last)
            return TRUE;
          if (*p != ',')
            return FALSE;
          p++;
        }
      if (G_UNLIKELY ((guint8) *p <= ' '))
        p = skip_space (p, last);
    }
}

/* The four digits after '\u'; 0 where they are not there. */
static gunichar
parse_hex (const char *p, const char *end)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    {
      if (p + i >= end || !g_ascii_isxdigit (p[i]))
        return 0;
      value = value * 16 + (gunichar) g_ascii_xdigit_value (p[i]);
    }
  return value;
}

/* @p stands behind the backslash; returns the byte after the escape. */
static const char *
append_escape (GString *text, const char *p, const char *end)
{
  static const char plain[] = "\"\\/bfnrt";
  static const char meaning[] = "\"\\/\b\f\n\r\t";
  const char *found = strchr (plain, *p);
  gunichar c, low;

  if (*p != '\0' && found != NULL)
    {
      g_string_append_c (text, meaning[found - plain]);
      return p + 1;
    }
  c = parse_hex (p + 1, end);
  p = MIN (p + 5, end);
  if (c >= 0xd800 && c < 0xdc00 && p + 2 < end && p[0] == '\\' && p[1] == 'u')
    {
      low = parse_hex (p + 2, end);
      c = 0x10000 + ((c - 0xd800) << 10) + ((low - 0xdc00) & 0x3ff);
      p = MIN (p + 6, end);
    }
  g_string_append_unichar (text, g_unichar_validate (c) && c != 0 ? c : 0xfffd);
  return p;
}

char *
limner_value_dup_string (const LimnerValue *self)
{
  GString *text = g_string_sized_new (self->length);
  const char *p = self->text + 1;
  const char *end = self->text + self->length - 1;

  while (p < end)
    {
      const char *escape = memchr (p, '\\', (gsize) (end - p));

      if (escape == NULL || escape + 1 >= end)
        {
          g_string_append_len (text, p, end - p);
          break;
        }
      g_string_append_len (text, p, escape - p);
      p = append_escape (text, escape + 1, end);
    }
  return g_string_free (text, FALSE);
}
