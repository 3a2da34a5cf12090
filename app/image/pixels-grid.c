/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-pixels"

#include "pixels-private.h"

#include <math.h>

/* Grey levels that a line differs from what is under it. */
#define CONTRAST 32

static inline guint32
shift_channel (guint32 channel, gint32 by)
{
  gint32 value = (gint32) (channel & 0xff) + by;

  return (guint32) CLAMP (value, 0, 255);
}

/* Seen on any ground: lighter on dark, darker on light. */
static inline guint32
shift_pixel (guint32 pixel)
{
  guint32 luma = (77 * (pixel >> 16 & 0xff) + 150 * (pixel >> 8 & 0xff) + 29 * (pixel & 0xff)) >> 8;
  gint32 by = luma < 128 ? CONTRAST : -CONTRAST;

  return 0xff000000 | shift_channel (pixel >> 16, by) << 16 | shift_channel (pixel >> 8, by) << 8 |
         shift_channel (pixel, by);
}

/* Target pixels of the lines that run across one axis, ascending. */
static GArray *
find_lines (double offset, double scale, guint n_pixels, int size)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (int));
  double first = MAX (ceil (offset / scale), 0);

  for (double i = first; i <= n_pixels; i++)
    {
      int at = (int) (round (i * scale) - offset);

      if (at >= size)
        break;
      if (at >= 0)
        g_array_append_val (lines, at);
    }
  return lines;
}

void
limner_pixels_draw_grid (
    const LimnerPixels *self, cairo_surface_t *target, double x, double y, double scale)
{
  const int width = cairo_image_surface_get_width (target);
  const int height = cairo_image_surface_get_height (target);
  const gsize stride = (gsize) cairo_image_surface_get_stride (target);
  g_autoptr (GArray) columns = NULL;
  g_autoptr (GArray) rows = NULL;
  int x1, y1;
  guint next_row = 0;
  guint8 *data;

  g_return_if_fail (self != NULL && target != NULL && scale > 0);

  cairo_surface_flush (target);
  data = cairo_image_surface_get_data (target);
  if (data == NULL)
    return;
  columns = find_lines (x, scale, self->levels[0].width, width);
  rows = find_lines (y, scale, self->levels[0].height, height);
  /* the last line closes the picture and lies just outside of it */
  x1 = (int) CLAMP (round (self->levels[0].width * scale) - x + 1, 0, width);
  y1 = (int) CLAMP (round (self->levels[0].height * scale) - y + 1, 0, height);
  for (int at_y = (int) CLAMP (-y, 0, height); at_y < y1; at_y++)
    {
      guint32 *row = (guint32 *) (void *) (data + (gsize) at_y * stride);

      if (next_row < rows->len && g_array_index (rows, int, next_row) == at_y)
        {
          next_row++;
          for (int at_x = (int) CLAMP (-x, 0, width); at_x < x1; at_x++)
            row[at_x] = shift_pixel (row[at_x]);
          continue;
        }
      for (guint i = 0; i < columns->len; i++)
        row[g_array_index (columns, int, i)] = shift_pixel (row[g_array_index (columns, int, i)]);
    }
  cairo_surface_mark_dirty (target);
}
