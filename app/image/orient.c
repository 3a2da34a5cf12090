/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"
#include "plane.h"

#include "pixels-private.h"

/* Squares of this side fit the first-level cache both ways when rows become columns. */
#define BLOCK 32

/* Where the stored pixel (x, y) goes: start + x * step_x + y * step_y, in bytes. */
typedef struct
{
  guint8 *start;
  gssize step_x;
  gssize step_y;
} Mapping;

static Mapping
map_orientation (const LimnerDecoded *from, guint8 *data, gsize stride)
{
  gssize pixel = limner_pixels_format_bytes (from->format);
  gssize row = (gssize) stride;
  guint8 *last_column_of_stored_width = data + (from->width - 1) * pixel;
  guint8 *last_column_of_stored_height = data + (from->height - 1) * pixel;
  gssize bottom_of_stored_width = (gssize) (from->width - 1) * row;
  gssize bottom_of_stored_height = (gssize) (from->height - 1) * row;

  switch (from->orientation)
    {
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      return (Mapping){ last_column_of_stored_width, -pixel, row };
    case LIMNER_ORIENTATION_ROTATE_180:
      return (Mapping){ last_column_of_stored_width + bottom_of_stored_height, -pixel, -row };
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      return (Mapping){ data + bottom_of_stored_height, pixel, -row };
    case LIMNER_ORIENTATION_TRANSPOSE:
      return (Mapping){ data, row, pixel };
    case LIMNER_ORIENTATION_ROTATE_90:
      return (Mapping){ last_column_of_stored_height, row, -pixel };
    case LIMNER_ORIENTATION_TRANSVERSE:
      return (Mapping){ last_column_of_stored_height + bottom_of_stored_width, -row, -pixel };
    case LIMNER_ORIENTATION_ROTATE_270:
      return (Mapping){ data + bottom_of_stored_width, -row, pixel };
    default:
      return (Mapping){ data, pixel, row };
    }
}

#define DEFINE_COPY_BLOCK(type)                                                                    \
  static void copy_block_##type (const LimnerDecoded *from, const Mapping *to, guint x0, guint y0, \
                                 guint x1, guint y1)                                               \
  {                                                                                                \
    for (guint y = y0; y < y1; y++)                                                                \
      {                                                                                            \
        const type *row = (const type *) (from->data + y * from->stride);                          \
        guint8 *out = to->start + (gssize) y * to->step_y + (gssize) x0 * to->step_x;              \
                                                                                                   \
        for (guint x = x0; x < x1; x++, out += to->step_x)                                         \
          *(type *) out = row[x];                                                                  \
      }                                                                                            \
  }

DEFINE_COPY_BLOCK (guint8)
DEFINE_COPY_BLOCK (guint16)
DEFINE_COPY_BLOCK (guint32)

gboolean
limner_orient (LimnerDecoded *decoded, const char *name, GError **error)
{
  g_auto (LimnerDecoded) upright = { .format = decoded->format };
  gboolean swaps = limner_orientation_swaps (decoded->orientation);
  Mapping mapping;

  if (decoded->orientation == LIMNER_ORIENTATION_NORMAL)
    return TRUE;

  upright.width = swaps ? decoded->height : decoded->width;
  upright.height = swaps ? decoded->width : decoded->height;
  if (!limner_decoded_allocate (&upright, name, error))
    return FALSE;

  mapping = map_orientation (decoded, upright.data, upright.stride);
  for (guint y = 0; y < decoded->height; y += BLOCK)
    for (guint x = 0; x < decoded->width; x += BLOCK)
      {
        guint x1 = MIN (x + BLOCK, decoded->width);
        guint y1 = MIN (y + BLOCK, decoded->height);

        if (decoded->format == LIMNER_PIXELS_GREY8)
          copy_block_guint8 (decoded, &mapping, x, y, x1, y1);
        else if (decoded->format == LIMNER_PIXELS_GREY16)
          copy_block_guint16 (decoded, &mapping, x, y, x1, y1);
        else
          copy_block_guint32 (decoded, &mapping, x, y, x1, y1);
      }

  limner_plane_free (decoded->data, decoded->mapped);
  decoded->data = g_steal_pointer (&upright.data);
  decoded->mapped = upright.mapped;
  upright.mapped = 0;
  decoded->width = upright.width;
  decoded->height = upright.height;
  decoded->stride = upright.stride;
  return TRUE;
}
