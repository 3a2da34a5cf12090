/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"

#include <libexif/exif-data.h>
#include <string.h>

#define EXIF_HEAD "Exif\0\0"
#define EXIF_HEAD_LENGTH 6

/* An APP1 segment is never longer. */
#define MAX_EXIF_LENGTH 65533

static gboolean
read_entry (ExifEntry *entry, ExifByteOrder order, LimnerOrientation *orientation)
{
  ExifShort value;

  if (entry->format != EXIF_FORMAT_SHORT || entry->components != 1 || entry->size < 2)
    return FALSE;
  value = exif_get_short (entry->data, order);
  if (value < LIMNER_ORIENTATION_NORMAL || value > LIMNER_ORIENTATION_ROTATE_270)
    return FALSE;
  *orientation = (LimnerOrientation) value;
  return TRUE;
}

/* Whether anything at all could be read. The pointers from one directory to another do not count as
 * entries. */
static gboolean
has_entries (const ExifData *exif)
{
  for (guint i = 0; i < EXIF_IFD_COUNT; i++)
    if (exif->ifd[i] != NULL && exif->ifd[i]->count > 0)
      return TRUE;
  return FALSE;
}

LimnerOrientation
limner_exif_read_orientation (const guint8 *data, gsize length, gboolean *is_nonsense)
{
  LimnerOrientation orientation = LIMNER_ORIENTATION_NORMAL;
  g_autofree guint8 *block = NULL;
  ExifContent *first;
  ExifEntry *entry;
  ExifData *exif;

  *is_nonsense = TRUE;
  if (length >= EXIF_HEAD_LENGTH && memcmp (data, EXIF_HEAD, EXIF_HEAD_LENGTH) == 0)
    {
      data += EXIF_HEAD_LENGTH;
      length -= EXIF_HEAD_LENGTH;
    }
  /* without its head libexif would search the bytes for a JPEG */
  length = MIN (length, MAX_EXIF_LENGTH - EXIF_HEAD_LENGTH);
  block = g_malloc (length + EXIF_HEAD_LENGTH);
  memcpy (block, EXIF_HEAD, EXIF_HEAD_LENGTH);
  memcpy (block + EXIF_HEAD_LENGTH, data, length);

  exif = exif_data_new ();
  /* entries as they are in the file, not as the specification would have them */
  exif_data_unset_option (exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_unset_option (exif, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
  exif_data_load_data (exif, block, (guint) length + EXIF_HEAD_LENGTH);
  first = exif->ifd[EXIF_IFD_0];
  entry = first != NULL ? exif_content_get_entry (first, EXIF_TAG_ORIENTATION) : NULL;
  if (entry != NULL)
    *is_nonsense = !read_entry (entry, exif_data_get_byte_order (exif), &orientation);
  else
    *is_nonsense = !has_entries (exif);
  exif_data_unref (exif);
  return orientation;
}
