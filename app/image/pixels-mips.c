/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-pixels"

#include "pixels-private.h"
#include "plane.h"

/* A level this small is never worth halving. */
#define SMALLEST_SIDE 32

/* Each function halves two rows; the loops over whole pairs are written so that the compiler
 * vectorises them. */
static void
halve_grey8 (guint8 *restrict out, const guint8 *a, const guint8 *b, guint n_pairs)
{
  for (guint i = 0; i < n_pairs; i++)
    out[i] = (guint8) ((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
}

static void
halve_grey16 (guint16 *restrict out, const guint16 *a, const guint16 *b, guint n_pairs)
{
  for (guint i = 0; i < n_pairs; i++)
    out[i] = (guint16) (((guint32) a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
}

static inline guint32
average4 (guint32 p, guint32 q, guint32 r, guint32 s)
{
  const guint32 mask = 0x00ff00ff;
  guint32 even = (p & mask) + (q & mask) + (r & mask) + (s & mask) + 0x00020002;
  guint32 odd =
      ((p >> 8) & mask) + ((q >> 8) & mask) + ((r >> 8) & mask) + ((s >> 8) & mask) + 0x00020002;

  return ((even >> 2) & mask) | (((odd >> 2) & mask) << 8);
}

static void
halve_bgrx (guint32 *restrict out, const guint32 *a, const guint32 *b, guint n_pairs)
{
  for (guint i = 0; i < n_pairs; i++)
    out[i] = average4 (a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]);
}

static void
halve_row (LimnerPixelsFormat format, guint8 *out, const guint8 *a, const guint8 *b, guint width)
{
  guint n_pairs = width / 2;
  guint last = width - 1;

  switch (format)
    {
    case LIMNER_PIXELS_GREY8:
      halve_grey8 (out, a, b, n_pairs);
      if (width % 2 != 0)
        out[n_pairs] = (guint8) ((a[last] + b[last] + 1) >> 1);
      break;
    case LIMNER_PIXELS_GREY16:
      {
        const guint16 *a16 = (const guint16 *) a;
        const guint16 *b16 = (const guint16 *) b;

        halve_grey16 ((guint16 *) out, a16, b16, n_pairs);
        if (width % 2 != 0)
          ((guint16 *) out)[n_pairs] = (guint16) (((guint32) a16[last] + b16[last] + 1) >> 1);
        break;
      }
    default:
      {
        const guint32 *a32 = (const guint32 *) a;
        const guint32 *b32 = (const guint32 *) b;

        halve_bgrx ((guint32 *) out, a32, b32, n_pairs);
        if (width % 2 != 0)
          ((guint32 *) out)[n_pairs] = average4 (a32[last], a32[last], b32[last], b32[last]);
        break;
      }
    }
}

static gboolean
halve_level (LimnerPixelsFormat format, const LimnerPixelsLevel *from, LimnerPixelsLevel *to)
{
  to->width = (from->width + 1) / 2;
  to->height = (from->height + 1) / 2;
  to->stride = ((gsize) to->width * limner_pixels_format_bytes (format) + 3) & ~(gsize) 3;
  to->data = limner_plane_new (to->stride * to->height, &to->mapped);
  if (to->data == NULL)
    return FALSE;

  for (guint y = 0; y < to->height; y++)
    {
      const guint8 *a = from->data + (gsize) 2 * y * from->stride;
      const guint8 *b = 2 * y + 1 < from->height ? a + from->stride : a;

      halve_row (format, to->data + y * to->stride, a, b, from->width);
    }
  return TRUE;
}

void
limner_pixels_build_mips (LimnerPixels *self)
{
  guint n_levels;

  g_return_if_fail (self != NULL);

  self = limner_pixels_get_base (self);
  g_mutex_lock (&self->mips_lock);
  n_levels = self->n_levels;
  while (n_levels < LIMNER_PIXELS_MAX_LEVELS)
    {
      const LimnerPixelsLevel *from = &self->levels[n_levels - 1];

      if (MAX (from->width, from->height) <= SMALLEST_SIDE)
        break;
      /* without memory for it the picture is drawn from the level before */
      if (!halve_level (self->format, from, &self->levels[n_levels]))
        break;
      n_levels++;
    }
  g_atomic_int_set (&self->n_levels, n_levels);
  g_mutex_unlock (&self->mips_lock);
}
