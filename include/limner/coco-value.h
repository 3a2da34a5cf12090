/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A walk over JSON text that the scanner has judged already: values are slices of it, nothing is
 * copied or allocated. For checks that look at every member of every record, where a tree would
 * cost ten times as much. Any thread. On text that was not judged the result is undefined but never
 * reads beyond the slice.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_VALUE_NULL,
  LIMNER_VALUE_BOOLEAN,
  LIMNER_VALUE_NUMBER, /* bare NaN and Infinity too */
  LIMNER_VALUE_STRING,
  LIMNER_VALUE_ARRAY,
  LIMNER_VALUE_OBJECT
} LimnerValueType;

typedef struct
{
  const char *text; /* first byte of the value */
  gsize length;     /* to its last byte */
} LimnerValue;

/* By its first byte; an empty slice counts as null. */
static inline LimnerValueType
limner_value_get_type (const LimnerValue *self)
{
  switch (self->length > 0 ? self->text[0] : 'n')
    {
    case 'n':
      return LIMNER_VALUE_NULL;
    case 't':
    case 'f':
      return LIMNER_VALUE_BOOLEAN;
    case '"':
      return LIMNER_VALUE_STRING;
    case '[':
      return LIMNER_VALUE_ARRAY;
    case '{':
      return LIMNER_VALUE_OBJECT;
    default:
      return LIMNER_VALUE_NUMBER;
    }
}

/* A walk over the elements of an array or the members of an object; private. */
typedef struct
{
  const char *position;
  const char *end;
  gboolean is_object;
} LimnerValueIter;

/* @value is an array or an object; anything else gives an iteration without elements. */
void limner_value_iter_init (LimnerValueIter *iter, const LimnerValue *value);

/**
 * limner_value_iter_next:
 * @name: (out) (nullable): of an object's member: its name with quotes, as written
 * @value: (out): the element or the member's value
 *
 * Returns: %FALSE after the last
 */
gboolean limner_value_iter_next (LimnerValueIter *iter, LimnerValue *name, LimnerValue *value);

/* Whether a name or string, as written, is @text; names with escapes are decoded first. */
gboolean limner_value_is_string (const LimnerValue *self, const char *text);

/**
 * limner_value_find:
 *
 * Returns: whether the object has a member @name; O(length)
 */
gboolean limner_value_find (const LimnerValue *self, const char *name, LimnerValue *value);

/**
 * limner_value_get_number:
 * @number: (out): correctly rounded; infinite for 1e999, NAN for NaN
 *
 * Returns: whether the value is a number
 */
gboolean limner_value_get_number (const LimnerValue *self, double *number);

/**
 * limner_value_read_numbers:
 * @numbers: (out caller-allocates) (array length=max)
 * @n: (out): how many there are
 *
 * Reads an array of numbers as nearly every file writes them, [12.5, -3, 0.25], several times
 * faster than by limner_value_iter_next(); each is correctly rounded.
 *
 * Returns: %FALSE, with nothing said about the array, if it has other elements, exponents, numbers
 *   of more than 15 digits, or more than @max elements
 */
gboolean limner_value_read_numbers (const LimnerValue *self, double *numbers, gsize max, gsize *n);

/**
 * limner_value_read_number:
 * @text: a number, and something behind it that is neither digit nor point
 * @number: (out): correctly rounded
 *
 * A short cut for numbers of up to 15 digits without exponent.
 *
 * Returns: (nullable): behind the number, where its exponent may be; %NULL if it is another one
 */
const char *limner_value_read_number (const char *text, double *number);

/* Behind the value at @text, which ends before @end or there. */
const char *limner_value_get_end (const char *text, const char *end);

/* (transfer full): a string's text, unescaped. */
char *limner_value_dup_string (const LimnerValue *self);

G_END_DECLS
