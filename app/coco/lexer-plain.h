/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Short cuts for values as nearly every file writes them: "17", "-0.25", "[1.5, 2, 30.25, 4]". Each
 * either passes the whole value or leaves the lexer as it was, for the functions of lexer.h to read
 * whatever it is. The NUL at the end of the buffer makes a value that straddles chunks one of
 * those.
 */

#include "lexer.h"

#include <string.h>

G_BEGIN_DECLS

#define LIMNER_PLAIN_MAX_DIGITS 19 /* these fit 64 bits */
#define LIMNER_PLAIN_MAX_INTEGER_DIGITS 18

static inline gboolean
limner_plain_is_end (guint8 c)
{
  return c == ',' || c == '}' || c == ']' || c == '\n' || c == ' ' || c == '\r';
}

/*
 * Returns: (nullable): behind the number at @p. From the 16th digit on @value may be off by its
 * last bit, which is far below what the columns' floats hold.
 */
static inline const guint8 *
limner_plain_scan (const guint8 *p, double *value, gint64 *integer, gboolean *is_integer)
{
  static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19 };
  gboolean is_negative = *p == '-';
  guint64 mantissa = 0;
  const guint8 *digits;
  guint n_fraction = 0;
  guint n;

  p += is_negative;
  digits = p;
  for (; (guint8) (*p - '0') <= 9; p++)
    mantissa = mantissa * 10 + (guint8) (*p - '0');
  n = (guint) (p - digits);
  if (n == 0 || (n > 1 && *digits == '0'))
    return NULL;
  if (*p == '.')
    {
      const guint8 *fraction = ++p;

      for (; (guint8) (*p - '0') <= 9; p++)
        mantissa = mantissa * 10 + (guint8) (*p - '0');
      n_fraction = (guint) (p - fraction);
      if (n_fraction == 0)
        return NULL;
    }
  if (n + n_fraction > LIMNER_PLAIN_MAX_DIGITS || !limner_plain_is_end (*p))
    return NULL;
  *is_integer = n_fraction == 0 && n <= LIMNER_PLAIN_MAX_INTEGER_DIGITS;
  *integer = (gint64) (is_negative ? -mantissa : mantissa);
  *value = (double) mantissa / powers[n_fraction];
  if (is_negative)
    *value = -*value;
  return p;
}

static inline gboolean
limner_plain_read_integer (LimnerLexer *self, gint64 *integer)
{
  gboolean is_integer;
  double value;
  const guint8 *p = limner_plain_scan (self->p, &value, integer, &is_integer);

  if (p == NULL || !is_integer)
    return FALSE;
  self->p = p;
  return TRUE;
}

static inline gboolean
limner_plain_read_float (LimnerLexer *self, float *value)
{
  gboolean is_integer;
  gint64 integer;
  double number;
  const guint8 *p = limner_plain_scan (self->p, &number, &integer, &is_integer);

  if (p == NULL)
    return FALSE;
  *value = (float) number;
  self->p = p;
  return TRUE;
}

/* "[x, y, width, height]" on one line. */
static inline gboolean
limner_plain_read_box (LimnerLexer *self, float *box)
{
  const guint8 *p = self->p;
  float numbers[4];

  if (*p++ != '[')
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      gboolean is_integer;
      gint64 integer;
      double value;

      p = limner_plain_scan (p, &value, &integer, &is_integer);
      if (p == NULL || *p++ != (i < 3 ? ',' : ']'))
        return FALSE;
      if (i < 3 && *p == ' ')
        p++;
      numbers[i] = (float) value;
    }
  memcpy (box, numbers, sizeof numbers);
  self->p = p;
  return TRUE;
}

G_END_DECLS
