/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Classes of many bytes at once, by AVX2 in files compiled for it, by SSE2 where there is one
 * (every x86-64), else by plain C. All of these may read up to 64 bytes from where they are told,
 * whatever is there.
 */

#include <glib.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/* Bit i stands for byte i. */
typedef struct
{
  guint64 digit;
  guint64 zero;
  guint64 dot;
  guint64 comma;
  guint64 minus;
  guint64 space; /* JSON's white space */
} LimnerByteClasses;

#ifdef __SSE2__

/* How many of 16 bytes stand for themselves in a string: no quote, backslash, control or non-ASCII
 * character. */
static inline guint
limner_bytes_count_plain (const guint8 *p)
{
  __m128i v = _mm_loadu_si128 ((const __m128i *) p);
  __m128i quote = _mm_cmpeq_epi8 (v, _mm_set1_epi8 ('"'));
  __m128i backslash = _mm_cmpeq_epi8 (v, _mm_set1_epi8 ('\\'));
  /* bytes from 0x80 are negative here, so one comparison finds both */
  __m128i other = _mm_cmplt_epi8 (v, _mm_set1_epi8 (0x20));
  guint mask = (guint) _mm_movemask_epi8 (_mm_or_si128 (_mm_or_si128 (quote, backslash), other));

  return mask == 0 ? 16 : (guint) __builtin_ctz (mask);
}

/* Whether 32 bytes are @text where @mask has bits. */
static inline gboolean
limner_bytes_match (const guint8 *p, const guint8 *text, guint32 mask)
{
  __m128i low = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) p),
                                _mm_loadu_si128 ((const __m128i *) text));
  __m128i high = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) (p + 16)),
                                 _mm_loadu_si128 ((const __m128i *) (text + 16)));
  guint32 equal = (guint32) _mm_movemask_epi8 (low) | (guint32) _mm_movemask_epi8 (high) << 16;

  return (equal & mask) == mask;
}

#endif

#if defined(__AVX2__)

static inline guint64
limner_bytes_gather (__m256i a, __m256i b)
{
  return (guint64) (guint32) _mm256_movemask_epi8 (a) | (guint64) (guint32) _mm256_movemask_epi8 (b)
                                                            << 32;
}

static inline __m256i
limner_bytes_find_digits (__m256i v)
{
  __m256i value = _mm256_sub_epi8 (v, _mm256_set1_epi8 ('0'));

  return _mm256_cmpeq_epi8 (_mm256_min_epu8 (value, _mm256_set1_epi8 (9)), value);
}

/* The shuffle gives ' ', '\t', '\n' and '\r' back to themselves and other bytes to anything else.
 */
static inline __m256i
limner_bytes_find_space (__m256i v)
{
  const __m256i table =
      _mm256_setr_epi8 (' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0, ' ', 0, 0, 0, 0,
                        0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0);

  return _mm256_cmpeq_epi8 (_mm256_shuffle_epi8 (table, v), v);
}

#define LIMNER_BYTES_EQUAL(a, b, byte)                                                             \
  limner_bytes_gather (_mm256_cmpeq_epi8 (a, _mm256_set1_epi8 (byte)),                             \
                       _mm256_cmpeq_epi8 (b, _mm256_set1_epi8 (byte)))

static inline void
limner_bytes_classify (const guint8 *p, LimnerByteClasses *classes)
{
  __m256i a = _mm256_loadu_si256 ((const __m256i *) p);
  __m256i b = _mm256_loadu_si256 ((const __m256i *) (p + 32));

  classes->digit = limner_bytes_gather (limner_bytes_find_digits (a), limner_bytes_find_digits (b));
  classes->zero = LIMNER_BYTES_EQUAL (a, b, '0');
  classes->dot = LIMNER_BYTES_EQUAL (a, b, '.');
  classes->comma = LIMNER_BYTES_EQUAL (a, b, ',');
  classes->minus = LIMNER_BYTES_EQUAL (a, b, '-');
  classes->space = limner_bytes_gather (limner_bytes_find_space (a), limner_bytes_find_space (b));
}

#elif defined(__SSE2__)

static inline guint64
limner_bytes_gather (__m128i a, __m128i b, __m128i c, __m128i d)
{
  return (guint64) (guint) _mm_movemask_epi8 (a) | (guint64) (guint) _mm_movemask_epi8 (b) << 16 |
         (guint64) (guint) _mm_movemask_epi8 (c) << 32 |
         (guint64) (guint) _mm_movemask_epi8 (d) << 48;
}

static inline __m128i
limner_bytes_find_digits (__m128i v)
{
  __m128i value = _mm_sub_epi8 (v, _mm_set1_epi8 ('0'));

  return _mm_cmpeq_epi8 (_mm_min_epu8 (value, _mm_set1_epi8 (9)), value);
}

static inline __m128i
limner_bytes_find_space (__m128i v)
{
  __m128i blank = _mm_cmpeq_epi8 (v, _mm_set1_epi8 (' '));
  __m128i line = _mm_cmpeq_epi8 (v, _mm_set1_epi8 ('\n'));
  __m128i tab = _mm_cmpeq_epi8 (v, _mm_set1_epi8 ('\t'));
  __m128i ret = _mm_cmpeq_epi8 (v, _mm_set1_epi8 ('\r'));

  return _mm_or_si128 (_mm_or_si128 (blank, line), _mm_or_si128 (tab, ret));
}

#define LIMNER_BYTES_EQUAL(a, b, c, d, byte)                                                       \
  limner_bytes_gather (_mm_cmpeq_epi8 (a, _mm_set1_epi8 (byte)),                                   \
                       _mm_cmpeq_epi8 (b, _mm_set1_epi8 (byte)),                                   \
                       _mm_cmpeq_epi8 (c, _mm_set1_epi8 (byte)),                                   \
                       _mm_cmpeq_epi8 (d, _mm_set1_epi8 (byte)))

static inline void
limner_bytes_classify (const guint8 *p, LimnerByteClasses *classes)
{
  __m128i a = _mm_loadu_si128 ((const __m128i *) p);
  __m128i b = _mm_loadu_si128 ((const __m128i *) (p + 16));
  __m128i c = _mm_loadu_si128 ((const __m128i *) (p + 32));
  __m128i d = _mm_loadu_si128 ((const __m128i *) (p + 48));

  classes->digit = limner_bytes_gather (limner_bytes_find_digits (a), limner_bytes_find_digits (b),
                                        limner_bytes_find_digits (c), limner_bytes_find_digits (d));
  classes->zero = LIMNER_BYTES_EQUAL (a, b, c, d, '0');
  classes->dot = LIMNER_BYTES_EQUAL (a, b, c, d, '.');
  classes->comma = LIMNER_BYTES_EQUAL (a, b, c, d, ',');
  classes->minus = LIMNER_BYTES_EQUAL (a, b, c, d, '-');
  classes->space = limner_bytes_gather (limner_bytes_find_space (a), limner_bytes_find_space (b),
                                        limner_bytes_find_space (c), limner_bytes_find_space (d));
}

#else

static inline gboolean
limner_bytes_match (const guint8 *p, const guint8 *text, guint32 mask)
{
  return memcmp (p, text, (gsize) g_bit_storage (mask)) == 0;
}

static inline guint
limner_bytes_count_plain (const guint8 *p)
{
  for (guint i = 0; i < 16; i++)
    if (p[i] == '"' || p[i] == '\\' || p[i] < 0x20 || p[i] >= 0x80)
      return i;
  return 16;
}

static inline void
limner_bytes_classify (const guint8 *p, LimnerByteClasses *classes)
{
  memset (classes, 0, sizeof *classes);
  for (guint i = 0; i < 64; i++)
    {
      guint64 bit = (guint64) 1 << i;

      classes->digit |= (guint8) (p[i] - '0') <= 9 ? bit : 0;
      classes->zero |= p[i] == '0' ? bit : 0;
      classes->dot |= p[i] == '.' ? bit : 0;
      classes->comma |= p[i] == ',' ? bit : 0;
      classes->minus |= p[i] == '-' ? bit : 0;
      classes->space |= p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t' ? bit : 0;
    }
}

#endif

/* Set bits; processors of the x86-64 baseline have no instruction for it. */
static inline guint
limner_bits_count (guint64 bits)
{
#ifdef __POPCNT__
  return (guint) __builtin_popcountll (bits);
#else
  bits -= (bits >> 1) & 0x5555555555555555u;
  bits = (bits & 0x3333333333333333u) + ((bits >> 2) & 0x3333333333333333u);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (guint) ((bits * 0x0101010101010101u) >> 56);
#endif
}

G_END_DECLS
