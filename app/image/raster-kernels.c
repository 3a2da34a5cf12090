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

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTOR __attribute__ ((target_clones ("avx2", "default")))
#else
#define VECTOR
#endif

#define BLOCK LIMNER_RASTER_BLOCK

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

/*
 * The distance across the line and the one beyond its ends: round caps, and round joins where two
 * segments meet. All is counted from the segment to the corner of a block, so that tiles agree on
 * every bit.
 */
VECTOR void
limner_raster_window_add_line (LimnerRasterWindow *self,
                               const LimnerRasterSegment *segment,
                               double reach)
{
  const double along_x = segment->along_x, along_y = segment->along_y;
  const double half_length = segment->length / 2;
  const double end_x = segment->x + along_x * segment->length;
  const double end_y = segment->y + along_y * segment->length;
  const double x0 = MAX (MIN (segment->x, end_x) - reach, 0.0);
  const double x1 = MIN (MAX (segment->x, end_x) + reach, self->width - 1.0);
  const double one_by_along_y = fabs (along_y) < 1e-6 ? 0.0 : 1.0 / along_y;
  const double slope = along_x * one_by_along_y;
  const double half = fabs (along_y) < 1e-6 ? 1e9 : reach * fabs (one_by_along_y);
  const int first = (int) ceil (MAX (MIN (segment->y, end_y) - reach - 0.5, self->row_first));
  const int end = (int) MIN (MAX (segment->y, end_y) + reach + 0.5, self->row_end);
  const Floats ramp = { 0, 1, 2, 3, 4, 5, 6, 7 }, zero = { 0 };
  const Floats across_ramp = ramp * (float) -along_y, along_ramp = ramp * (float) along_x;
  const float half_float = (float) half_length;

  if (!(x0 <= x1))
    return;
  for (int row = first; row < end; row++)
    {
      double y = row + 0.5 - segment->y, middle = segment->x + y * slope - 0.5;
      double left = MAX (middle - half, x0), right = MIN (middle + half, x1);
      double across_y = y * along_x, along_of_y = y * along_y - half_length;
      int block = (int) left / BLOCK, last = (int) right / BLOCK;

      if (left > right)
        continue;
      self->touched[row] |= (guint32) ((G_GUINT64_CONSTANT (2) << last) - 1) & ~0u << block;
      for (; block <= last; block++)
        {
          Floats *at = (Floats *) (gpointer) &self->distances[row][block * BLOCK];
          double x = block * BLOCK + 0.5 - segment->x;
          Floats across = across_ramp + (float) (across_y - x * along_y);
          Floats along = along_ramp + (float) (x * along_x + along_of_y);
          Floats beyond = WITHOUT_SIGN (along) - half_float;
          Floats square;

          beyond = LARGER (beyond, zero);
          square = across * across + beyond * beyond;
          *at = SMALLER (square, *at);
        }
    }
}

/* Eight pixels; sets the distances to far. What a brush has not got is known when this is compiled
 * into its callers. */
__attribute__ ((always_inline)) static inline void
blend_block (guint32 *restrict pixels,
             float *restrict distances,
             guint inside,
             const LimnerRasterBrush *brush,
             gboolean has_hairline,
             gboolean is_opaque)
{
  static const guint32 bits[BLOCK] = { 1, 2, 4, 8, 16, 32, 64, 128 };
  const float fill = (float) brush->fill_256 / 256.0f;
  const float line_end = brush->line_end, rim_end = brush->rim_end, middle = brush->middle;
  const float line_alpha = is_opaque ? 1.0f : brush->line_alpha;
  const float hairline_alpha = has_hairline ? brush->hairline_alpha : 0.0f;
  const float blue = brush->channels[0], green = brush->channels[1], red = brush->channels[2];

  for (int i = 0; i < BLOCK; i++)
    {
      float is_inside = (inside & bits[i]) != 0 ? 1.0f : 0.0f;
      float distance = sqrtf (distances[i]);
      float outwards = (1.0f - 2.0f * is_inside) * distance;
      float filled = fill * clamp_alpha (0.5f - outwards);
      float line = clamp_alpha (line_end - distance);
      float halo = brush->halo_alpha * clamp_alpha (rim_end - fabsf (outwards - middle));
      float hairline = hairline_alpha * clamp_alpha (rim_end - fabsf (outwards + middle));
      float not_line = 1.0f - line;
      float kept = 1.0f - line_alpha * (1.0f - (1.0f - halo) * (1.0f - hairline) * not_line);
      float white = line_alpha * hairline * not_line * 255.0f + 0.5f;
      float own = line_alpha * line;
      float rest = 1.0f - filled;
      guint32 pixel = pixels[i];
      float b = (float) (gint32) (pixel & 255), g = (float) (gint32) (pixel >> 8 & 255),
            r = (float) (gint32) (pixel >> 16 & 255);

      b = (b * rest + blue * filled) * kept + blue * own + white;
      g = (g * rest + green * filled) * kept + green * own + white;
      r = (r * rest + red * filled) * kept + red * own + white;
      pixels[i] = 0xff000000u | (guint32) (gint32) r << 16 | (guint32) (gint32) g << 8 |
                  (guint32) (gint32) b;
      distances[i] = LIMNER_RASTER_FAR;
    }
}

/* In the last block of a row some pixels may be beyond the edge. */
__attribute__ ((always_inline)) static inline void
blend_row (LimnerRasterWindow *self,
           int row,
           const LimnerRasterBrush *brush,
           gboolean has_hairline,
           gboolean is_opaque)
{
  guint32 *pixels = self->pixels + (gsize) row * self->stride;
  float *distances = self->distances[row];
  const guint8 *inside = self->inside[row];

  for (guint32 blocks = self->touched[row]; blocks != 0; blocks &= blocks - 1)
    {
      int block = __builtin_ctz (blocks), n_left = self->width - block * BLOCK;
      guint32 copy[BLOCK] = { 0 };
      guint32 *at = pixels + block * BLOCK;

      if (n_left < BLOCK)
        at = memcpy (copy, at, sizeof (guint32) * (gsize) n_left);
      blend_block (at, distances + block * BLOCK, inside[block], brush, has_hairline, is_opaque);
      if (n_left < BLOCK)
        memcpy (pixels + block * BLOCK, copy, sizeof (guint32) * (gsize) n_left);
    }
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

void
limner_raster_tint_init (LimnerRasterTint *self, const float *channels, guint alpha_256)
{
  self->rest = (guint16) (256 - alpha_256);
  for (guint i = 0; i < 4 * BLOCK; i++)
    {
      guint channel = G_BYTE_ORDER == G_LITTLE_ENDIAN ? i % 4 : 3 - i % 4;
      float value = channel == 3 ? 255.0f : channels[channel];

      self->own[i] = (guint16) ((guint) value * alpha_256 + 128);
    }
}

VECTOR void
limner_raster_blend_span (guint32 *pixels, gsize n, const LimnerRasterTint *tint)
{
  guint8 *bytes = (guint8 *) pixels;
  const guint16 rest = tint->rest;

  for (gsize block = 0; block < n / BLOCK; block++, bytes += 4 * BLOCK)
    for (guint i = 0; i < 4 * BLOCK; i++)
      bytes[i] = (guint8) ((guint16) (bytes[i] * rest + tint->own[i]) >> 8);
  for (guint i = 0; i < n % BLOCK * 4; i++)
    bytes[i] = (guint8) ((guint16) (bytes[i] * rest + tint->own[i]) >> 8);
}
