/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "number.h"

#include <math.h>
#include <string.h>

/* A double holds these exactly, so one multiplication or division by them rounds once (Clinger's
 * fast path). */
static const double powers_of_ten[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

#define MAX_EXACT ((guint64) 1 << 53)
#define MAX_DIGITS 19 /* that many digits always fit 64 bits */

typedef struct
{
  gboolean negative;
  gboolean plain;   /* neither fraction nor exponent */
  guint64 mantissa; /* the first digits that are not leading zeros */
  guint n_digits;   /* of the mantissa, without leading zeros */
  gboolean cut;     /* there were more digits than the mantissa took */
  int exponent;
} Decimal;

static const char *
decimal_add_digits (Decimal *decimal, const char *p, int step)
{
  for (; *p >= '0' && *p <= '9'; p++)
    {
      if (decimal->n_digits < MAX_DIGITS)
        {
          decimal->mantissa = decimal->mantissa * 10 + (guint) (*p - '0');
          decimal->n_digits += decimal->mantissa != 0;
          decimal->exponent += step;
        }
      else
        {
          decimal->cut |= *p != '0';
          decimal->exponent += step + 1;
        }
    }
  return p;
}

static const char *
decimal_add_exponent (Decimal *decimal, const char *p)
{
  gboolean negative = *p == '-';
  int exponent = 0;

  if (*p == '-' || *p == '+')
    p++;
  if (*p < '0' || *p > '9')
    return p;
  for (; *p >= '0' && *p <= '9'; p++)
    exponent = MIN (exponent * 10 + (*p - '0'), 100000);
  decimal->exponent += negative ? -exponent : exponent;
  return p;
}

static gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Reads the syntax; FALSE with @stop at the offending byte. */
static gboolean
decimal_scan (Decimal *decimal, const char *text, const char **stop)
{
  const char *p = text;

  decimal->negative = *p == '-';
  p += decimal->negative;
  decimal->plain = TRUE;
  *stop = p;
  if (!is_digit (*p))
    return FALSE;
  p = *p == '0' ? p + 1 : decimal_add_digits (decimal, p, 0);
  if (*p == '.')
    {
      decimal->plain = FALSE;
      *stop = ++p;
      if (!is_digit (*p))
        return FALSE;
      p = decimal_add_digits (decimal, p, -1);
    }
  if (*p == 'e' || *p == 'E')
    {
      decimal->plain = FALSE;
      p = decimal_add_exponent (decimal, p + 1);
      *stop = p;
      if (!is_digit (p[-1]))
        return FALSE;
    }
  *stop = p;
  return TRUE;
}

static double
decimal_to_double (const Decimal *decimal, const char *text)
{
  double value = (double) decimal->mantissa;
  int exponent = decimal->exponent;

  if (decimal->cut || decimal->mantissa > MAX_EXACT || exponent < -22 || exponent > 22)
    return decimal->mantissa == 0 ? (decimal->negative ? -0.0 : 0.0) : g_ascii_strtod (text, NULL);
  if (exponent < 0)
    value /= powers_of_ten[-exponent];
  else
    value *= powers_of_ten[exponent];
  return decimal->negative ? -value : value;
}

gboolean
limner_number_scan (const char *text, const char **stop, LimnerNumber *number)
{
  Decimal decimal = { 0 };

  if (!decimal_scan (&decimal, text, stop))
    return FALSE;

  number->real = decimal_to_double (&decimal, text);
  number->integer = 0;
  if (decimal.plain)
    {
      guint64 limit = (guint64) G_MAXINT64 + decimal.negative;

      number->is_integer = decimal.exponent == 0 && !decimal.cut && decimal.mantissa <= limit;
      if (number->is_integer)
        number->integer = (gint64) (decimal.negative ? -decimal.mantissa : decimal.mantissa);
      return TRUE;
    }
  /* beyond 2^53 a double no longer tells which integer was meant */
  number->is_integer =
      fabs (number->real) <= (double) MAX_EXACT && number->real == floor (number->real);
  if (number->is_integer)
    number->integer = (gint64) number->real;
  return TRUE;
}

gboolean
limner_number_parse (const char *text, gsize length, LimnerNumber *number)
{
  g_autofree char *copy = NULL;
  char small[64];
  const char *stop;
  char *terminated = small;

  if (length >= sizeof small)
    terminated = copy = g_malloc (length + 1);
  memcpy (terminated, text, length);
  terminated[length] = '\0';
  return limner_number_scan (terminated, &stop, number) && stop == terminated + length;
}
