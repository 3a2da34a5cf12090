/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

/*
 * Coordinates are nine tenths of a COCO file. They are not converted while a file is opened, only
 * judged: 64 bytes become bit masks of digits, points, commas and so on, and the grammar of "12.5,
 * -3, 0.25" is a question of which class may follow which, asked of all bytes at once. (The idea of
 * masks is simdjson's, the grammar check is ours.)
 *
 * What is legal but rare (exponents, a space before a comma, a number of 64 digits) is not known
 * here: the element is left to limner_lexer_read_number().
 */

#include "bytes.h"
#include "lexer.h"

/* This file is compiled twice: for every processor, and for those with AVX2 under the other name.
 */
#ifdef __AVX2__
#define LIMNER_SKIP_NUMBERS limner_lexer_skip_numbers_avx2
#else
#define LIMNER_SKIP_NUMBERS limner_lexer_skip_numbers_any
#endif

#define MAX_STRADDLE                                                                               \
  4096 /* bytes of one element, with its white space, that are read again in the next chunk */

/* What the last byte of the block before was, 0 or 1 each. */
typedef struct
{
  guint64 digit;
  guint64 gap; /* comma, white space or the start: a number may begin */
  guint64 minus;
  guint64 dot;
  guint64 leading_zero;
  guint64 fraction; /* a digit behind the point */
} NumberState;

/*
 * Bits of bytes that do not belong here or may not follow the byte before. Until the first of them
 * everything is right; @state moves on only if there is none.
 */
static inline guint64
number_state_check (NumberState *state, const LimnerByteClasses *c)
{
  guint64 gap = c->comma | c->space;
  guint64 after_digit = c->digit << 1 | state->digit;
  guint64 after_gap = gap << 1 | state->gap;
  guint64 after_minus = c->minus << 1 | state->minus;
  guint64 after_dot = c->dot << 1 | state->dot;
  guint64 leading_zero = c->zero & (after_gap | after_minus);
  guint64 fraction = after_dot | state->fraction;
  guint64 sum, after_fraction, bad;
  gboolean carry;

  /* adding the first digit of each fraction carries through its digits to the byte behind them */
  carry = __builtin_add_overflow (c->digit, fraction & c->digit, &sum);
  after_fraction = (sum & ~c->digit) | (state->fraction & ~c->digit);

  /* a digit may follow anything here, and all else only a digit or a gap: so "1." and "-" are
   * found, too */
  bad = ~(c->digit | c->dot | gap | c->minus);
  bad |= (c->dot | c->comma) & ~after_digit;
  bad |= (c->minus | c->space) & ~after_gap;
  bad |= (leading_zero << 1 | state->leading_zero) & c->digit;
  bad |= after_fraction & c->dot;
  if (bad != 0)
    return bad;

  state->digit = c->digit >> 63;
  state->gap = gap >> 63;
  state->minus = c->minus >> 63;
  state->dot = c->dot >> 63;
  state->leading_zero = leading_zero >> 63;
  state->fraction = carry;
  return 0;
}

gboolean
LIMNER_SKIP_NUMBERS (LimnerLexer *self, guint64 *n_passed)
{
  NumberState state = { .gap = 1 };
  const guint8 *element = self->p;
  const guint8 *p = element;
  guint64 n = *n_passed;

  for (;;)
    {
      LimnerByteClasses classes;
      guint64 bad, commas;
      guint at;

      limner_bytes_classify (p, &classes);
      bad = number_state_check (&state, &classes);
      /* a block of digits only may hide an infinite number */
      at = G_LIKELY (classes.digit != G_MAXUINT64) ? 64 : 0;
      if (bad != 0)
        at = (guint) __builtin_ctzll (bad);
      commas = at == 64 ? classes.comma : classes.comma & (((guint64) 1 << at) - 1);
      if (commas != 0)
        {
          n += limner_bits_count (commas);
          element = p + 64 - __builtin_clzll (commas);
        }
      p += at;
      if (at == 64)
        continue;

      if (*p == ']' && (at > 0 ? classes.digit >> (at - 1) & 1 : state.digit))
        {
          *n_passed = n + 1;
          self->p = p;
          return TRUE;
        }
      self->p = element;
      if (p == self->end && p - element < MAX_STRADDLE && limner_lexer_refill (self))
        {
          element = p = self->p;
          state = (NumberState){ .gap = 1 };
          continue;
        }
      *n_passed = n;
      return FALSE;
    }
}
