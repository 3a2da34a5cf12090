/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-raster"

/*
 * The inner loops: plain C that compilers turn into vector code, for the processor at hand where
 * the C library can choose at start. All results are the same whichever is chosen: no operation is
 * fused or reordered.
 */

#include "raster-private.h"

#include <math.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTOR __attribute__ ((target_clones ("avx2", "default")))
#else
#define VECTOR
#endif

#define BLOCK LIMNER_RASTER_BLOCK
#define BLOCKS LIMNER_RASTER_BLOCKS

/* Rows. */
#define AHEAD 2

static inline float
at_most (float value, float limit)
{
  return value < limit ? value : limit;
}

static inline float
at_least (float value, float limit)
{
  return value > limit ? value : limit;
}

static inline float
clamp_alpha (float value)
{
  return at_most (at_least (value, 0.0f), 1.0f);
}

/* Eight numbers at once, at any address. */
typedef float Floats __attribute__ ((vector_size (4 * BLOCK), aligned (4)));
typedef gint32 Ints __attribute__ ((vector_size (4 * BLOCK), aligned (4)));

#define LARGER(a, b) ((Floats) ((((a) > (b)) & (Ints) (a)) | (~((a) > (b)) & (Ints) (b))))
#define SMALLER(a, b) ((Floats) ((((a) < (b)) & (Ints) (a)) | (~((a) < (b)) & (Ints) (b))))
#define WITHOUT_SIGN(a) ((Floats) ((Ints) (a) &0x7fffffff))

/* Longer ones are seen row by row. */
#define SHORT_LENGTH 32.0

/* Keeps the squares of distances from a line where they are smaller: of the distance across it and
 * the one beyond its ends. */
__attribute__ ((always_inline)) static inline void
keep_nearer (float *distances, const Floats *across, const Floats *along, float half_length)
{
  const Floats zero = { 0 };
  Floats *at = (Floats *) (gpointer) distances;
  Floats beyond = WITHOUT_SIGN (*along) - half_length, square;

  beyond = LARGER (beyond, zero);
  square = *across * *across + beyond * beyond;
  *at = SMALLER (square, *at);
}

/* In the blocks of one column: for most lines, which are short, there are one or two. */
__attribute__ ((always_inline)) static inline void
add_to_column (
    LimnerRasterWindow *self, const LimnerRasterSegment *segment, int block, int first, int end)
{
  const Floats ramp = { 0, 1, 2, 3, 4, 5, 6, 7 };
  const float half_length = (float) (segment->length / 2);
  const float along_x = (float) segment->along_x, along_y = (float) segment->along_y;
  const Floats x = ramp + (float) (block * BLOCK + 0.5 - segment->x);
  const Floats across_of_x = x * along_y, along_of_x = x * along_x - half_length;
  float y = (float) (first + 0.5 - segment->y);

  /* adding is exact: see LimnerRasterSegment */
  for (int row = first; row < end; row++, y += 1.0f)
    {
      const Floats across = y * along_x - across_of_x, along = y * along_y + along_of_x;

      if ((self->cover->shut[row] >> block & 1) != 0)
        continue;
      self->touched[row] |= 1u << block;
      keep_nearer (limner_raster_window_get_distances (self, row, block), &across, &along,
                   half_length);
    }
}

/* In each row only where the line passes. */
__attribute__ ((always_inline)) static inline void
add_to_rows (LimnerRasterWindow *self,
             const LimnerRasterSegment *segment,
             double reach,
             double x0,
             double x1,
             int first,
             int end)
{
  const double along_x = segment->along_x, along_y = segment->along_y;
  const double half_length = segment->length / 2;
  const double one_by_along_y = fabs (along_y) < 1e-6 ? 0.0 : 1.0 / along_y;
  const double slope = along_x * one_by_along_y;
  const double half = fabs (along_y) < 1e-6 ? 1e9 : reach * fabs (one_by_along_y);
  const Floats ramp = { 0, 1, 2, 3, 4, 5, 6, 7 };
  const Floats across_ramp = ramp * (float) -along_y, along_ramp = ramp * (float) along_x;

  for (int row = first; row < end; row++)
    {
      double y = row + 0.5 - segment->y, middle = segment->x + y * slope - 0.5;
      double left = MAX (middle - half, x0), right = MIN (middle + half, x1);
      double across_y = y * along_x, along_of_y = y * along_y - half_length;
      guint32 blocks;

      if (left > right)
        continue;
      blocks = (guint32) ((G_GUINT64_CONSTANT (2) << (int) right / BLOCK) - 1) &
               ~0u << (int) left / BLOCK & ~self->cover->shut[row];
      self->touched[row] |= blocks;
      for (; blocks != 0; blocks &= blocks - 1)
        {
          int block = __builtin_ctz (blocks);
          double x = block * BLOCK + 0.5 - segment->x;
          Floats across = across_ramp + (float) (across_y - x * along_y);
          Floats along = along_ramp + (float) (x * along_x + along_of_y);

          keep_nearer (limner_raster_window_get_distances (self, row, block), &across, &along,
                       (float) half_length);
        }
    }
}

/* Round caps, and round joins where two segments meet. All is counted from the segment to the
 * corner of a block, and which way is chosen by the segment alone, not by what of it is in the
 * window: the two ways round differently, and tiles agree on every bit. */
VECTOR void
limner_raster_window_add_line (LimnerRasterWindow *self,
                               const LimnerRasterSegment *segment,
                               double reach)
{
  const double end_x = segment->x + segment->along_x * segment->length;
  const double end_y = segment->y + segment->along_y * segment->length;
  const double x0 = MAX (MIN (segment->x, end_x) - reach - 0.5, self->block_first * BLOCK);
  const double x1 = MIN (MAX (segment->x, end_x) + reach - 0.5, self->width - 1.0);
  const double breadth = fabs (segment->along_x) * segment->length + 2 * reach;
  const int first = (int) ceil (MAX (MIN (segment->y, end_y) - reach - 0.5, self->row_first));
  const int end = (int) MIN (MAX (segment->y, end_y) + reach + 0.5, self->row_end);
  int block, last;

  if (!(x0 <= x1))
    return;
  block = (int) ceil (x0) / BLOCK;
  last = (int) x1 / BLOCK;
  if (segment->length > SHORT_LENGTH || breadth > 2 * BLOCK)
    {
      add_to_rows (self, segment, reach, x0, x1, first, end);
      return;
    }
  for (; block <= last; block++)
    add_to_column (self, segment, block, first, end);
}

/* ---- covers ---- */

static const guint32 bits_of_lanes[BLOCK] = { 1, 2, 4, 8, 16, 32, 64, 128 };

/* Nothing lies there yet. */
static inline void
begin_cells (LimnerRasterCover *self, int row, guint32 blocks)
{
  guint32 fresh = blocks & ~self->begun[row];

  self->begun[row] |= blocks;
  for (; fresh != 0; fresh &= fresh - 1)
    {
      LimnerRasterCell *cell = &self->cells[row][__builtin_ctz (fresh)];

      memset (cell->open, 0xff, sizeof cell->open);
      memset (cell->channels, 0, sizeof cell->channels);
    }
}

/* For the memory of the same block some rows further on. */
static inline void
ask_ahead (const LimnerRasterCell *cell)
{
  __builtin_prefetch ((const guint8 *) cell + AHEAD * sizeof (LimnerRasterCell) * (BLOCKS + 1), 1);
}

/* Eight numbers of which 65536 would be 1, at any address. */
typedef guint16 Parts __attribute__ ((vector_size (2 * BLOCK), aligned (2)));

static inline Parts
multiply (Parts a, Parts b)
{
#ifdef __SSE2__
  return (Parts) _mm_mulhi_epu16 ((__m128i) a, (__m128i) b);
#else
  Parts product;

  for (int i = 0; i < BLOCK; i++)
    product[i] = (guint16) ((guint32) a[i] * b[i] >> 16);
  return product;
#endif
}

#define LARGER_PART(a, b) ((b) + (((a) - (b)) & (Parts) ((a) > (b))))

static inline Parts
load_parts (const guint16 *from)
{
  return *(const Parts *) (gconstpointer) from;
}

static inline void
store_parts (guint16 *to, Parts parts)
{
  *(Parts *) (gpointer) to = parts;
}

static inline Parts
pack (const gint32 *from)
{
  Parts parts;

  for (int i = 0; i < BLOCK; i++)
    parts[i] = (guint16) from[i];
  return parts;
}

/* 1 if less than a grey level shows through any of the pixels, else 0. */
static inline guint32
is_shut (Parts open)
{
  guint64 halves[2];

  memcpy (halves, &open, sizeof halves);
  return ((halves[0] | halves[1]) & G_GUINT64_CONSTANT (0xff00ff00ff00ff00)) == 0;
}

/* Below what there is. @alphas: of the colour; @closed: by how much less shows through, at least as
 * much, so that no channel can overflow. Returns how much still does. */
static inline Parts
lay_below (LimnerRasterCell *cell, Parts alphas, Parts closed, const guint16 *channels)
{
  const Parts zero = { 0 };
  Parts open = load_parts (cell->open), parts = multiply (open, alphas);

  open -= multiply (open, closed);
  store_parts (cell->open, open);
  for (int i = 0; i < 3; i++)
    store_parts (cell->channels[i],
                 load_parts (cell->channels[i]) + multiply (parts, zero + channels[i]));
  return open;
}

void
limner_raster_tint_init (LimnerRasterTint *self, const float *channels, float alpha)
{
  self->alpha = (guint16) (alpha * 65535.0f);
  for (int i = 0; i < 3; i++)
    self->channels[i] = (guint16) ((guint) channels[i] << 8);
}

VECTOR void
limner_raster_cover_tint (LimnerRasterCover *self,
                          int row,
                          guint32 blocks,
                          const LimnerRasterTint *tint)
{
  const Parts zero = { 0 };
  const Parts alphas = zero + tint->alpha;
  guint32 shut = 0;

  blocks &= ~self->shut[row];
  begin_cells (self, row, blocks);
  for (; blocks != 0; blocks &= blocks - 1)
    {
      int block = __builtin_ctz (blocks);

      ask_ahead (&self->cells[row][block]);
      shut |= is_shut (lay_below (&self->cells[row][block], alphas, alphas, tint->channels))
              << block;
    }
  self->shut[row] |= shut;
}

void
limner_raster_cover_tint_part (
    LimnerRasterCover *self, int row, int block, guint bits, const LimnerRasterTint *tint)
{
  guint16 part[BLOCK];
  Parts alphas;

  if ((self->shut[row] >> block & 1) != 0)
    return;
  for (int i = 0; i < BLOCK; i++)
    part[i] = (bits & bits_of_lanes[i]) != 0 ? tint->alpha : 0;
  alphas = load_parts (part);
  begin_cells (self, row, 1u << block);
  self->shut[row] |= is_shut (lay_below (&self->cells[row][block], alphas, alphas, tint->channels))
                     << block;
}

#ifdef __SSE2__
/* Four pixels, whose channels in turn are @first and @second of two pixels each. */
static inline __m128i
lay_four (__m128i pixels, __m128i first, __m128i second, __m128i open)
{
  const __m128i zero = _mm_setzero_si128 (), half = _mm_set1_epi16 (128);
  const __m128i open_first = _mm_unpacklo_epi32 (open, open);
  const __m128i open_second = _mm_unpackhi_epi32 (open, open);

  first = _mm_add_epi16 (first, _mm_mulhi_epu16 (_mm_unpacklo_epi8 (zero, pixels), open_first));
  second = _mm_add_epi16 (second, _mm_mulhi_epu16 (_mm_unpackhi_epi8 (zero, pixels), open_second));
  first = _mm_srli_epi16 (_mm_add_epi16 (first, half), 8);
  second = _mm_srli_epi16 (_mm_add_epi16 (second, half), 8);
  return _mm_or_si128 (_mm_packus_epi16 (first, second), _mm_set1_epi32 ((int) 0xff000000));
}
#endif

/* Over eight pixels. */
static inline void
lay_cell (const LimnerRasterCell *cell, guint32 *pixels)
{
#ifdef __SSE2__
  const __m128i *from = (const __m128i *) (gconstpointer) cell;
  __m128i *to = (__m128i *) (gpointer) pixels;
  const __m128i zero = _mm_setzero_si128 (), open = from[0];
  __m128i even = _mm_unpacklo_epi16 (from[1], from[2]), odd = _mm_unpacklo_epi16 (from[3], zero);

  _mm_storeu_si128 (to, lay_four (_mm_loadu_si128 (to), _mm_unpacklo_epi32 (even, odd),
                                  _mm_unpackhi_epi32 (even, odd), _mm_unpacklo_epi16 (open, open)));
  even = _mm_unpackhi_epi16 (from[1], from[2]);
  odd = _mm_unpackhi_epi16 (from[3], zero);
  to++;
  _mm_storeu_si128 (to, lay_four (_mm_loadu_si128 (to), _mm_unpacklo_epi32 (even, odd),
                                  _mm_unpackhi_epi32 (even, odd), _mm_unpackhi_epi16 (open, open)));
#else
  for (int i = 0; i < BLOCK; i++)
    {
      guint32 pixel = pixels[i], open = cell->open[i];
      guint32 b = cell->channels[0][i] + ((pixel & 255) * open >> 8) + 128;
      guint32 g = cell->channels[1][i] + ((pixel >> 8 & 255) * open >> 8) + 128;
      guint32 r = cell->channels[2][i] + ((pixel >> 16 & 255) * open >> 8) + 128;

      pixels[i] = 0xff000000u | (r & 0xff00) << 8 | (g & 0xff00) | b >> 8;
    }
#endif
}

VECTOR void
limner_raster_cover_lay (
    LimnerRasterCover *self, guint32 *pixels, gsize stride, int width, int height)
{
  for (int row = 0; row < height; row++, pixels += stride)
    {
      for (guint32 blocks = self->begun[row]; blocks != 0; blocks &= blocks - 1)
        {
          int block = __builtin_ctz (blocks), n_left = width - block * BLOCK;
          const LimnerRasterCell *cell = &self->cells[row][block];
          guint32 copy[BLOCK] = { 0 };

          if (n_left >= BLOCK)
            {
              lay_cell (cell, pixels + block * BLOCK);
              continue;
            }
          /* some are beyond the edge */
          memcpy (copy, pixels + block * BLOCK, sizeof (guint32) * (gsize) n_left);
          lay_cell (cell, copy);
          memcpy (pixels + block * BLOCK, copy, sizeof (guint32) * (gsize) n_left);
        }
      self->begun[row] = self->shut[row] = 0;
    }
}

/* ---- near outlines ---- */

/* Eight pixels; sets the distances to far. What a brush has not got is known when this is compiled
 * into its callers. Returns 1 if nothing shows through any more. */
__attribute__ ((always_inline)) static inline guint32
blend_cell (LimnerRasterCell *restrict cell,
            float *restrict distances,
            guint inside,
            const LimnerRasterBrush *brush,
            gboolean has_hairline,
            gboolean is_opaque)
{
  static const guint16 white[3] = { 0xff00, 0xff00, 0xff00 };
  const float rim_end = brush->rim_end, middle = brush->middle, line_alpha = brush->line_alpha;
  /* of one size with the rest, or compilers make half of each vector */
  gint32 alphas[BLOCK], whites[BLOCK], closed[BLOCK];
  const Parts none = { 0 };
  Parts own, all;

  for (int i = 0; i < BLOCK; i++)
    {
      float distance = sqrtf (distances[i]);
      float outwards = (inside & bits_of_lanes[i]) != 0 ? -distance : distance;
      float filled = brush->fill * clamp_alpha (0.5f - outwards);
      float line = clamp_alpha (brush->line_end - distance);
      float halo = brush->halo_alpha * clamp_alpha (rim_end - fabsf (outwards - middle));
      float kept = (1.0f - halo) * (1.0f - line), pale = 0;

      if (has_hairline)
        {
          float hairline =
              brush->hairline_alpha * clamp_alpha (rim_end - fabsf (outwards + middle));

          pale = line_alpha * hairline * (1.0f - line);
          kept *= 1.0f - hairline;
        }
      if (!is_opaque)
        {
          kept = 1.0f - line_alpha * (1.0f - kept);
          line *= line_alpha;
        }
      filled *= kept;
      alphas[i] = (gint32) ((filled + line) * 65535.0f);
      whites[i] = (gint32) (pale * 65535.0f);
      closed[i] = (gint32) ((1.0f - kept + filled) * 65535.0f);
      distances[i] = LIMNER_RASTER_FAR;
    }
  own = pack (alphas);
  all = pack (closed);
  if (has_hairline)
    {
      const Parts pale = pack (whites);

      lay_below (cell, pale, none, white);
      all = LARGER_PART (all, own + pale);
    }
  else
    all = LARGER_PART (all, own);
  return is_shut (lay_below (cell, own, all, brush->tint.channels));
}

__attribute__ ((always_inline)) static inline void
blend_row (LimnerRasterWindow *self,
           int row,
           const LimnerRasterBrush *brush,
           gboolean has_hairline,
           gboolean is_opaque)
{
  LimnerRasterCell *cells = self->cover->cells[row];
  const guint8 *inside = self->inside[row];
  guint32 shut = 0;

  begin_cells (self->cover, row, self->touched[row]);
  for (guint32 blocks = self->touched[row]; blocks != 0; blocks &= blocks - 1)
    {
      int block = __builtin_ctz (blocks);

      ask_ahead (&cells[block]);
      shut |= blend_cell (&cells[block], limner_raster_window_get_distances (self, row, block),
                          inside[block], brush, has_hairline, is_opaque)
              << block;
    }
  self->cover->shut[row] |= shut;
}

VECTOR void
limner_raster_window_blend_near (LimnerRasterWindow *self, const LimnerRasterBrush *brush)
{
  /* by far the most are of the first kind */
  if (brush->hairline_alpha == 0 && brush->line_alpha == 1)
    for (int row = self->row_first; row < self->row_end; row++)
      blend_row (self, row, brush, FALSE, TRUE);
  else
    for (int row = self->row_first; row < self->row_end; row++)
      blend_row (self, row, brush, TRUE, FALSE);
}
