/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-rle"

/* Moving, scaling and turning of masks, on runs: no bitmap is made. */

#include "rle-private.h"

#include <math.h>

/* A vertical piece of foreground inside one column: rows [y0, y1). */
typedef struct
{
  guint32 y0;
  guint32 y1;
} Span;

/* The foreground column by column; spans of column first + i are spans[starts[i]] to spans[starts[i
 * + 1]]. */
typedef struct
{
  guint32 first;
  guint32 end;
  GArray *spans;
  GArray *starts; /* guint, one more than columns */
} Columns;

static void
columns_clear (Columns *self)
{
  g_clear_pointer (&self->spans, g_array_unref);
  g_clear_pointer (&self->starts, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Columns, columns_clear)

static void
columns_init (Columns *self, const LimnerRle *rle)
{
  LimnerBox bbox = limner_rle_get_bbox (rle);
  guint64 start = 0;

  self->first = bbox.x;
  self->end = bbox.x + bbox.width;
  self->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize i = 1; i < rle->n_counts; i += 2)
    {
      guint64 end;

      start += rle->counts[i - 1];
      end = start + rle->counts[i];
      while (start < end)
        {
          guint32 column = start / rle->height;
          guint32 y0 = start % rle->height;
          guint32 y1 = MIN (rle->height, y0 + (end - start));

          while (self->starts->len <= column - self->first)
            g_array_append_val (self->starts, self->spans->len);
          g_array_append_vals (self->spans, &(Span){ y0, y1 }, 1);
          start += y1 - y0;
        }
    }
  g_array_append_val (self->starts, self->spans->len);
}

/* (transfer none): the spans of @column, which must be within first and end. */
static const Span *
columns_get (const Columns *self, guint32 column, guint *n_spans)
{
  guint start = g_array_index (self->starts, guint, column - self->first);

  *n_spans = g_array_index (self->starts, guint, column - self->first + 1) - start;
  return (const Span *) self->spans->data + start;
}

LimnerRle *
limner_rle_move (const LimnerRle *self, gint64 dx, gint64 dy)
{
  g_auto (Columns) columns = { 0 };
  LimnerRunBuilder builder = { NULL, 0 };
  gint64 height = self->height;

  columns_init (&columns, self);
  for (guint32 x = columns.first; x < columns.end; x++)
    {
      guint n_spans;
      const Span *spans = columns_get (&columns, x, &n_spans);
      gint64 column = x + dx;

      if (column < 0 || column >= self->width)
        continue;
      for (guint i = 0; i < n_spans; i++)
        limner_run_builder_add (&builder, column * height + CLAMP (spans[i].y0 + dy, 0, height),
                                column * height + CLAMP (spans[i].y1 + dy, 0, height));
    }
  return limner_run_builder_finish (&builder, self->height, self->width);
}

/* The first pixel whose middle is at or behind @edge, within 0 to @limit. */
static guint32
first_pixel (double edge, guint32 limit)
{
  double pixel = ceil (edge - .5);

  if (!(pixel > 0))
    return 0;
  return pixel < limit ? (guint32) pixel : limit;
}

LimnerRle *
limner_rle_resize (const LimnerRle *self, const LimnerBox *from, const LimnerBox *to)
{
  g_auto (Columns) columns = { 0 };
  LimnerRunBuilder builder = { NULL, 0 };
  double scale_x = to->width / from->width;
  double scale_y = to->height / from->height;
  double left;
  double right;
  guint32 x_end;

  columns_init (&columns, self);
  left = to->x + (columns.first - from->x) * scale_x;
  right = to->x + (columns.end - from->x) * scale_x;
  x_end = first_pixel (fmax (left, right), self->width);
  for (guint32 x = first_pixel (fmin (left, right), self->width); x < x_end; x++)
    {
      double source = floor (from->x + (x + .5 - to->x) / scale_x);
      const Span *spans;
      guint n_spans;

      if (!(source >= columns.first && source < columns.end))
        continue;
      spans = columns_get (&columns, (guint32) source, &n_spans);
      for (guint i = 0; i < n_spans; i++)
        {
          const Span *span = &spans[scale_y < 0 ? n_spans - 1 - i : i];
          double y0 = to->y + (span->y0 - from->y) * scale_y;
          double y1 = to->y + (span->y1 - from->y) * scale_y;

          limner_run_builder_add (&builder,
                                  x * self->height + first_pixel (fmin (y0, y1), self->height),
                                  x * self->height + first_pixel (fmax (y0, y1), self->height));
        }
    }
  return limner_run_builder_finish (&builder, self->height, self->width);
}

static LimnerRle *
flip (const LimnerRle *self, gboolean flip_x, gboolean flip_y)
{
  g_auto (Columns) columns = { 0 };
  LimnerRunBuilder builder = { NULL, 0 };
  guint32 height = self->height;

  columns_init (&columns, self);
  for (guint32 i = columns.first; i < columns.end; i++)
    {
      guint32 x = flip_x ? columns.end - 1 - (i - columns.first) : i;
      guint32 column = flip_x ? self->width - 1 - x : x;
      guint n_spans;
      const Span *spans = columns_get (&columns, x, &n_spans);

      for (guint j = 0; j < n_spans; j++)
        {
          Span span = spans[flip_y ? n_spans - 1 - j : j];

          if (flip_y)
            span = (Span){ height - span.y1, height - span.y0 };
          limner_run_builder_add (&builder, column * height + span.y0, column * height + span.y1);
        }
    }
  return limner_run_builder_finish (&builder, self->height, self->width);
}

/* Rows become columns: walks down the rows and keeps, for each column, the span it is at. */
static LimnerRle *
transpose (const LimnerRle *self)
{
  g_auto (Columns) columns = { 0 };
  g_autofree guint *at = NULL;
  LimnerRunBuilder builder = { NULL, 0 };
  LimnerBox bbox = limner_rle_get_bbox (self);
  guint32 y_end = bbox.y + bbox.height;

  columns_init (&columns, self);
  at = g_new0 (guint, columns.end - columns.first);
  for (guint32 y = bbox.y; y < y_end; y++)
    for (guint32 x = columns.first; x < columns.end; x++)
      {
        guint n_spans;
        const Span *spans = columns_get (&columns, x, &n_spans);
        guint *current = &at[x - columns.first];
        guint32 pixel = y * self->width + x;

        while (*current < n_spans && spans[*current].y1 <= y)
          (*current)++;
        if (*current < n_spans && spans[*current].y0 <= y)
          limner_run_builder_add (&builder, pixel, pixel + 1);
      }
  return limner_run_builder_finish (&builder, self->width, self->height);
}

LimnerRle *
limner_rle_transform (const LimnerRle *self, LimnerOrientation orientation, gboolean to_upright)
{
  g_autoptr (LimnerRle) transposed = NULL;

  switch (orientation)
    {
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      return flip (self, TRUE, FALSE);
    case LIMNER_ORIENTATION_ROTATE_180:
      return flip (self, TRUE, TRUE);
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      return flip (self, FALSE, TRUE);
    case LIMNER_ORIENTATION_TRANSPOSE:
      return transpose (self);
    case LIMNER_ORIENTATION_TRANSVERSE:
      transposed = transpose (self);
      return flip (transposed, TRUE, TRUE);
    case LIMNER_ORIENTATION_ROTATE_90:
      transposed = transpose (self);
      return flip (transposed, to_upright, !to_upright);
    case LIMNER_ORIENTATION_ROTATE_270:
      transposed = transpose (self);
      return flip (transposed, !to_upright, to_upright);
    case LIMNER_ORIENTATION_NORMAL:
    default:
      return flip (self, FALSE, FALSE);
    }
}
