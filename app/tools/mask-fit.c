/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include "mask-fit.h"

typedef struct
{
  GArray *counts; /* guint32 */
  guint64 end;    /* of the runs so far */
  gint64 dx;
  gint64 dy;
  gint64 width;
  gint64 height;
} Fit;

/* Adds foreground from @start on; what touches the run before is joined with it. */
static void
add_run (Fit *fit, guint64 start, guint32 length)
{
  guint32 gap = (guint32) (start - fit->end);

  if (gap == 0 && fit->counts->len > 0)
    g_array_index (fit->counts, guint32, fit->counts->len - 1) += length;
  else
    {
      g_array_append_val (fit->counts, gap);
      g_array_append_val (fit->counts, length);
    }
  fit->end = start + length;
}

/* A run of the source may go over several columns. */
static void
add_source_run (Fit *fit, guint64 start, guint64 length, guint64 source_height)
{
  guint64 end = start + length;
  gint64 first = MAX ((gint64) (start / source_height), -fit->dx);
  gint64 last = MIN ((gint64) ((end - 1) / source_height), fit->width - 1 - fit->dx);

  for (gint64 x = first; x <= last; x++)
    {
      guint64 column = (guint64) x * source_height;
      gint64 y0 = start > column ? (gint64) (start - column) : 0;
      gint64 y1 = (gint64) (MIN (end, column + source_height) - column);

      y0 = MAX (y0 + fit->dy, 0);
      y1 = MIN (y1 + fit->dy, fit->height);
      if (y0 < y1)
        add_run (fit, (guint64) ((x + fit->dx) * fit->height + y0), (guint32) (y1 - y0));
    }
}

LimnerShape *
limner_mask_fit (LimnerShape *mask, gint64 dx, gint64 dy, guint32 width, guint32 height)
{
  LimnerRle *source = limner_shape_get_rle (mask);
  g_autoptr (GArray) result = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (LimnerRle) rle = NULL;
  Fit fit = { result, 0, dx, dy, width, height };
  gsize n_counts;
  const guint32 *counts = limner_rle_get_counts (source, &n_counts);
  guint64 position = 0;
  guint32 rest;

  for (gsize i = 0; i < n_counts; i++)
    {
      if (i % 2 == 1 && counts[i] > 0)
        add_source_run (&fit, position, counts[i], limner_rle_get_height (source));
      position += counts[i];
    }
  rest = (guint32) ((guint64) width * height - fit.end);
  if (rest > 0 || result->len == 0)
    g_array_append_val (result, rest);
  rle = limner_rle_new (height, width, (const guint32 *) result->data, result->len, NULL);
  return rle != NULL ? limner_shape_new_mask (rle) : limner_shape_ref (mask);
}
