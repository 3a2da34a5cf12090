/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"

#include <string.h>

/* How the bytes of a format begin, and who reads it; without a codec it is known but not read. */
typedef struct
{
  guint offset;
  const char *magic;
  guint length;
  const LimnerCodec *codec;
  const char *what;
} Signature;

#define MAGIC(text) text, sizeof (text) - 1

static const Signature signatures[] = {
  { 0, MAGIC ("\xff\xd8"), &limner_codec_jpeg, NULL },
  { 0, MAGIC ("\x89PNG\r\n\x1a\n"), &limner_codec_png, NULL },
  { 0, MAGIC ("GIF87a"), &limner_codec_gif, NULL },
  { 0, MAGIC ("GIF89a"), &limner_codec_gif, NULL },
  { 8, MAGIC ("WEBP"), &limner_codec_webp, NULL },
  { 0, MAGIC ("II*\0"), &limner_codec_tiff, NULL },
  { 0, MAGIC ("MM\0*"), &limner_codec_tiff, NULL },
  { 0, MAGIC ("BM"), &limner_codec_bmp, NULL },
  { 0, MAGIC ("II+\0"), NULL, "BigTIFF" },
  { 0, MAGIC ("MM\0+"), NULL, "BigTIFF" },
  { 4, MAGIC ("ftypheic"), NULL, "HEIC" },
  { 4, MAGIC ("ftypheix"), NULL, "HEIC" },
  { 4, MAGIC ("ftypmif1"), NULL, "HEIF" },
  { 4, MAGIC ("ftypavif"), NULL, "AVIF" },
  { 4, MAGIC ("ftyp"), NULL, "MP4 video" },
  { 0, MAGIC ("\0\0\0\x0cjP  \r\n\x87\n"), NULL, "JPEG 2000" },
  { 0, MAGIC ("\xff\x4f\xff\x51"), NULL, "JPEG 2000" },
  { 0, MAGIC ("\0\0\0\x0cJXL \r\n\x87\n"), NULL, "JPEG XL" },
  { 0, MAGIC ("\xff\x0a"), NULL, "JPEG XL" },
  { 128, MAGIC ("DICM"), NULL, "DICOM" },
  { 0, MAGIC ("8BPS"), NULL, "Photoshop" },
  { 0, MAGIC ("%PDF-"), NULL, "PDF" },
  { 0, MAGIC ("\x76\x2f\x31\x01"), NULL, "OpenEXR" },
  { 0, MAGIC ("qoif"), NULL, "QOI" },
  { 0, MAGIC ("PK\x03\x04"), NULL, "ZIP" },
};

static const LimnerCodec *const codecs[] = {
  &limner_codec_jpeg, &limner_codec_png, &limner_codec_tiff,
  &limner_codec_gif,  &limner_codec_bmp, &limner_codec_webp,
};

static const Signature *
find_signature (const guint8 *data, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      const Signature *signature = &signatures[i];

      if (length >= signature->offset + signature->length &&
          memcmp (data + signature->offset, signature->magic, signature->length) == 0)
        return signature;
    }
  return NULL;
}

static gboolean
is_text (const guint8 *data, gsize length)
{
  length = MIN (length, 256);
  for (gsize i = 0; i < length; i++)
    if (data[i] < ' ' && !g_ascii_isspace ((gchar) data[i]))
      return FALSE;
  return length > 0;
}

static gboolean
is_zero (const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] != 0)
      return FALSE;
  return TRUE;
}

static const char *
describe_unknown (const guint8 *data, gsize length)
{
  if (length == 0)
    return "the file is empty";
  if (is_text (data, length))
    return "the file holds text, not a picture";
  if (is_zero (data, length))
    return "the file holds zeros, not a picture";
  return "the content is no picture format that is known here";
}

const LimnerCodec *
limner_sniff (const LimnerDecodeInput *input, GError **error)
{
  const Signature *signature = find_signature (input->data, input->length);

  if (signature != NULL && signature->codec != NULL)
    return signature->codec;
  if (signature != NULL)
    g_set_error (
        error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_UNSUPPORTED,
        "%s: the content is %s, which is not read; convert it to PNG or JPEG to annotate it",
        input->name, signature->what);
  else
    g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                 "%s: %s; the image cannot be shown", input->name,
                 describe_unknown (input->data, input->length));
  return NULL;
}

const char *
limner_sniff_extension (const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *lower = NULL;
  g_autofree char *word = NULL;

  if (dot == NULL || strpbrk (dot, "/ ") != NULL)
    return NULL;
  lower = g_ascii_strdown (dot + 1, -1);
  word = g_strdup_printf (" %s ", lower);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (strstr (codecs[i]->extensions, word) != NULL)
      return codecs[i]->format;
  return NULL;
}
