/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * JSON numbers between text and values, free of any locale.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_integer; /* the value is whole and fits 64 bits: 7, 7.0, 70e-1 */
  gint64 integer;      /* only then */
  double real;         /* correctly rounded; infinite for 1e999 */
} LimnerNumber;

/**
 * limner_number_scan:
 * @text: the first byte of a number; a byte that no number contains must stand somewhere after it
 * @stop: (out): the first byte that does not belong to it
 * @number: (out): its value
 *
 * The grammar of RFC 8259, without white space.
 *
 * Returns: whether a whole number was read; if not, @stop is where another byte was expected
 */
gboolean limner_number_scan (const char *text, const char **stop, LimnerNumber *number);

/**
 * limner_number_parse:
 * @text: (array length=length): the whole text of a number, need not be terminated
 *
 * Returns: whether @text is a JSON number and nothing else
 */
gboolean limner_number_parse (const char *text, gsize length, LimnerNumber *number);

G_END_DECLS
