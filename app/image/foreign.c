/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

/*
 * The headers of the formats that GdkPixbuf decodes: it allocates what they claim, so the claims
 * are looked at first. References: TIFF 6.0 section 2, GIF89a sections 17 to 27, BITMAPINFOHEADER,
 * RFC 9649 (WebP).
 */

#include "codec.h"

#include <string.h>

#define TIFF_MAX_ENTRIES 4096
#define TIFF_ENTRY_LENGTH 12

/* 'Several' is all that anybody needs to know. */
#define MAX_COUNTED_PICTURES 2

/* BITMAPV5HEADER, the longest that there is. */
#define BMP_MAX_HEADER_LENGTH 124

enum
{
  TIFF_TAG_WIDTH = 256,
  TIFF_TAG_HEIGHT = 257,
  TIFF_TAG_BITS_PER_SAMPLE = 258,
  TIFF_TAG_PHOTOMETRIC = 262,
  TIFF_TAG_ORIENTATION = 274,
  TIFF_TAG_SAMPLES_PER_PIXEL = 277
};

enum
{
  TIFF_TYPE_SHORT = 3,
  TIFF_TYPE_LONG = 4
};

static guint
get_16 (const guint8 *bytes, gboolean is_big_endian)
{
  return is_big_endian ? (guint) bytes[0] << 8 | bytes[1] : (guint) bytes[1] << 8 | bytes[0];
}

static guint32
get_32 (const guint8 *bytes, gboolean is_big_endian)
{
  guint32 first = get_16 (bytes, is_big_endian);
  guint32 second = get_16 (bytes + 2, is_big_endian);

  return is_big_endian ? first << 16 | second : second << 16 | first;
}

/* The first value of an entry, 0 if it is no whole number. */
static guint32
get_tiff_value (const LimnerDecodeInput *input, const guint8 *entry, gboolean is_big_endian)
{
  guint type = get_16 (entry + 2, is_big_endian);
  guint32 count = get_32 (entry + 4, is_big_endian);
  guint8 value[2];

  if (type == TIFF_TYPE_LONG && count == 1)
    return get_32 (entry + 8, is_big_endian);
  if (type != TIFF_TYPE_SHORT || count == 0)
    return 0;
  if (count <= 2)
    return get_16 (entry + 8, is_big_endian);
  if (!limner_input_read (input, get_32 (entry + 8, is_big_endian), value, sizeof value))
    return 0;
  return get_16 (value, is_big_endian);
}

gboolean
limner_tiff_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header)
{
  guint8 head[8];
  guint8 entry[TIFF_ENTRY_LENGTH];
  gboolean is_big_endian;
  guint32 photometric = 0;
  guint32 n_samples = 1;
  guint64 at;
  guint n_entries;

  if (!limner_input_read (input, 0, head, sizeof head))
    return FALSE;
  is_big_endian = head[0] == 'M';
  at = get_32 (head + 4, is_big_endian);
  if (!limner_input_read (input, at, entry, 2))
    return FALSE;
  n_entries = MIN (get_16 (entry, is_big_endian), TIFF_MAX_ENTRIES);
  at += 2;
  header->depth = 1;
  for (guint i = 0; i < n_entries; i++, at += TIFF_ENTRY_LENGTH)
    {
      guint32 value;

      if (!limner_input_read (input, at, entry, sizeof entry))
        return FALSE;
      value = get_tiff_value (input, entry, is_big_endian);
      switch (get_16 (entry, is_big_endian))
        {
        case TIFF_TAG_WIDTH:
          header->width = value;
          break;
        case TIFF_TAG_HEIGHT:
          header->height = value;
          break;
        case TIFF_TAG_BITS_PER_SAMPLE:
          header->depth = value;
          break;
        case TIFF_TAG_PHOTOMETRIC:
          photometric = value;
          break;
        case TIFF_TAG_ORIENTATION:
          if (value >= LIMNER_ORIENTATION_NORMAL && value <= LIMNER_ORIENTATION_ROTATE_270)
            header->orientation = (LimnerOrientation) value;
          break;
        case TIFF_TAG_SAMPLES_PER_PIXEL:
          n_samples = value;
          break;
        default:
          break;
        }
    }
  header->is_grey = photometric == 1 && n_samples == 1;
  if (limner_input_read (input, at, entry, 4) && get_32 (entry, is_big_endian) != 0)
    header->n_pictures = 2;
  return TRUE;
}

/* Skips the blocks that end with an empty one. */
static gboolean
skip_gif_blocks (const LimnerDecodeInput *input, guint64 *at)
{
  guint8 length;

  do
    {
      if (!limner_input_read (input, *at, &length, 1))
        return FALSE;
      *at += 1 + (guint64) length;
    }
  while (length != 0);
  return TRUE;
}

static guint
get_gif_colors_length (guint8 flags)
{
  return flags & 0x80 ? 3u << ((flags & 7) + 1) : 0;
}

/* A frame may be larger than the screen that it is laid on, and empty: then its size is what
 * counts. */
static void
note_gif_frame (const LimnerDecodeInput *input, LimnerForeignHeader *header, const guint8 *frame)
{
  guint64 width = get_16 (frame + 5, FALSE);
  guint64 height = get_16 (frame + 7, FALSE);

  header->n_pictures++;
  if (header->n_pictures > 1 || (width * height > 0 && width * height <= input->max_pixels))
    return;
  header->width = width;
  header->height = height;
}

gboolean
limner_gif_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header)
{
  guint8 bytes[13];
  guint64 at = sizeof bytes;

  if (!limner_input_read (input, 0, bytes, sizeof bytes))
    return FALSE;
  header->width = get_16 (bytes + 6, FALSE);
  header->height = get_16 (bytes + 8, FALSE);
  header->n_pictures = 0;
  at += get_gif_colors_length (bytes[10]);
  while (header->n_pictures < MAX_COUNTED_PICTURES && limner_input_read (input, at, bytes, 1))
    {
      if (bytes[0] == 0x21) /* extension */
        {
          if (header->n_pictures == 0 && limner_input_read (input, at, bytes, 3) &&
              bytes[1] == 0xf9 && bytes[2] == 4)
            header->disposal = (gsize) at + 3;
          at += 2;
        }
      else if (bytes[0] == 0x2c && limner_input_read (input, at, bytes, 10)) /* frame */
        {
          note_gif_frame (input, header, bytes);
          at += 10 + get_gif_colors_length (bytes[9]) + 1;
        }
      else if (bytes[0] == 0x3b) /* trailer */
        {
          break;
        }
      else
        {
          at++; /* GdkPixbuf looks for the next block, too: it must not find one that we do not */
          continue;
        }
      if (!skip_gif_blocks (input, &at))
        break;
      if (header->n_pictures == 1 && header->first_end == 0)
        header->first_end = (gsize) at;
    }
  return header->n_pictures > 0;
}

gboolean
limner_bmp_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header)
{
  guint8 bytes[26];
  gint64 height;

  if (!limner_input_read (input, 0, bytes, sizeof bytes))
    return FALSE;
  /* the loader makes room for the header, and for everything before the pixels */
  if (get_32 (bytes + 14, FALSE) > BMP_MAX_HEADER_LENGTH ||
      get_32 (bytes + 10, FALSE) > MAX (input->length, (guint64) input->size))
    return FALSE;
  if (get_32 (bytes + 14, FALSE) == 12) /* BITMAPCOREHEADER */
    {
      header->width = get_16 (bytes + 18, FALSE);
      header->height = get_16 (bytes + 20, FALSE);
      return TRUE;
    }
  /* a negative height means that the top row comes first */
  height = (gint32) get_32 (bytes + 22, FALSE);
  header->width = get_32 (bytes + 18, FALSE);
  header->height = (guint64) ABS (height);
  return TRUE;
}

gboolean
limner_webp_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header)
{
  guint8 bytes[30];

  if (!limner_input_read (input, 0, bytes, sizeof bytes))
    return FALSE;
  if (memcmp (bytes + 12, "VP8X", 4) == 0)
    {
      header->width = (get_32 (bytes + 24, FALSE) & 0xffffff) + 1;
      header->height = (get_32 (bytes + 26, FALSE) >> 8) + 1;
      header->n_pictures = bytes[20] & 0x02 ? 2 : 1;
      return TRUE;
    }
  if (memcmp (bytes + 12, "VP8L", 4) == 0)
    {
      guint32 sizes = get_32 (bytes + 21, FALSE);

      header->width = (sizes & 0x3fff) + 1;
      header->height = ((sizes >> 14) & 0x3fff) + 1;
      return TRUE;
    }
  if (memcmp (bytes + 12, "VP8 ", 4) != 0)
    return FALSE;
  header->width = get_16 (bytes + 26, FALSE) & 0x3fff;
  header->height = get_16 (bytes + 28, FALSE) & 0x3fff;
  return TRUE;
}
