/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* The loader gets this much at a time; in between the cancellable and the clock are looked at. */
#define PIECE_BYTES ((gsize) 64 << 10)
#define GIF_TRAILER ((const guchar *) ";")
#define GIF_DISPOSAL_MASK 0x1c

typedef struct
{
  const LimnerDecodeInput *input;
  GdkPixbufLoader *loader;
  guint valid_rows; /* as far as the loader has told */
  gboolean is_too_large;
  gboolean is_fed; /* all bytes were taken */
} PixbufReader;

typedef gboolean (*ReadHeaderFunc) (const LimnerDecodeInput *input, LimnerForeignHeader *header);

static gboolean
read_header (const LimnerDecodeInput *input,
             const char *format,
             ReadHeaderFunc read,
             LimnerForeignHeader *header,
             GError **error)
{
  *header = (LimnerForeignHeader){
    .orientation = LIMNER_ORIENTATION_NORMAL,
    .depth = 8,
    .n_pictures = 1,
  };
  if (!read (input, header))
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                   "%s: the %s header is damaged or cut; the image cannot be shown", input->name,
                   format);
      return FALSE;
    }
  return limner_decode_check_size (input, format, header->width, header->height, error);
}

/* The header was checked already; this is for a loader that reads another size out of it. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  PixbufReader *self = user_data;

  if (limner_decode_check_size (self->input, "", (guint64) MAX (width, 0),
                                (guint64) MAX (height, 0), NULL))
    return;
  self->is_too_large = TRUE;
  gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static void
on_area_updated (GdkPixbufLoader *loader, int x, int y, int width, int height, gpointer user_data)
{
  PixbufReader *self = user_data;

  self->valid_rows = MAX (self->valid_rows, (guint) MAX (y + height, 0));
}

/* A GIF's first frame is not disposed of, as nothing follows: to do so, GdkPixbuf would copy what
 * lies beyond the screen. */
static gboolean
write_piece (PixbufReader *self, gsize at, gsize length, gsize disposal, GError **error)
{
  const guint8 *data = self->input->data;
  guint8 flags;

  if (disposal == 0 || disposal < at || disposal >= at + length)
    return gdk_pixbuf_loader_write (self->loader, data + at, length, error);
  flags = data[disposal] & ~GIF_DISPOSAL_MASK;
  return gdk_pixbuf_loader_write (self->loader, data + at, disposal - at, error) &&
         gdk_pixbuf_loader_write (self->loader, &flags, 1, error) &&
         gdk_pixbuf_loader_write (self->loader, data + disposal + 1, at + length - disposal - 1,
                                  error);
}

/* Of a GIF only the first frame, closed by a trailer of our own: what follows can only do harm. */
static gboolean
feed (PixbufReader *self, const LimnerForeignHeader *header, GError **error)
{
  gsize first_end = header->first_end;
  const LimnerDecodeInput *input = self->input;
  double deadline = limner_decode_get_deadline (0);
  gsize length = first_end != 0 ? MIN (first_end, input->length) : input->length;

  for (gsize at = 0; at < length; at += PIECE_BYTES)
    {
      if (limner_decode_is_late (input, deadline, error))
        return FALSE;
      if (self->is_too_large)
        {
          g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
                       "%s: the picture is larger than the limit; it is not opened", input->name);
          return FALSE;
        }
      if (!write_piece (self, at, MIN (PIECE_BYTES, length - at), header->disposal, error))
        return FALSE;
    }
  if (first_end != 0 && !gdk_pixbuf_loader_write (self->loader, GIF_TRAILER, 1, error))
    return FALSE;
  self->is_fed = TRUE;
  return TRUE;
}

static void
copy_row (guint32 *to, const guint8 *from, guint width, guint n_channels)
{
  for (guint x = 0; x < width; x++, from += n_channels)
    {
      guint32 alpha = n_channels == 4 ? from[3] : 0xff;

      to[x] = alpha << 24 | (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
}

static gboolean
copy_pixels (
    LimnerDecoded *decoded, GdkPixbuf *pixbuf, guint valid_rows, const char *name, GError **error)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  guint n_channels = (guint) gdk_pixbuf_get_n_channels (pixbuf);

  decoded->width = (guint) gdk_pixbuf_get_width (pixbuf);
  decoded->height = (guint) gdk_pixbuf_get_height (pixbuf);
  if (!limner_decoded_allocate (decoded, name, error))
    return FALSE;
  limner_decoded_finish_rows (decoded, valid_rows);
  for (guint y = 0; y < decoded->valid_rows; y++)
    {
      guint8 *to = decoded->data + y * decoded->stride;
      const guint8 *from = pixels + y * stride;

      if (decoded->format == LIMNER_PIXELS_GREY8)
        {
          for (guint x = 0; x < decoded->width; x++)
            to[x] = from[(gsize) x * n_channels];
          continue;
        }
      copy_row ((guint32 *) to, from, decoded->width, n_channels);
      if (n_channels == 4)
        limner_checkerboard_lay ((guint32 *) to, decoded->width, y);
    }
  return TRUE;
}

/* The loader's message becomes part of a sentence of ours. */
static void
set_loader_error (const LimnerDecodeInput *input,
                  const char *format,
                  const GError *cause,
                  GError **error)
{
  if (cause != NULL && (cause->domain == LIMNER_IMAGE_ERROR ||
                        g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    g_propagate_error (error, g_error_copy (cause));
  else
    g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                 "%s: the %s data is damaged (%s); the image cannot be shown", input->name, format,
                 cause != NULL ? cause->message : "it holds no picture");
}

static void
set_flags (LimnerDecoded *decoded,
           const LimnerForeignHeader *header,
           const PixbufReader *reader,
           const GError *cause)
{
  if (cause != NULL && reader->is_fed)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_TRUNCATED,
                             "the file ends too early: %u of %u rows are there",
                             decoded->valid_rows, decoded->height);
  else if (cause != NULL)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_CORRUPT,
                             "the picture data is damaged (%s); what could be decoded is shown",
                             cause->message);
  if (header->n_pictures > 1)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_ANIMATED,
                             "the file holds several pictures; only the first is shown");
  if (header->depth > 8)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_DEPTH_REDUCED,
                             "the file stores %u bits per sample; 8 are shown", header->depth);
  decoded->stored_depth = CLAMP (header->depth, 1, 32);
}

/* libtiff mirrors pictures itself but does not swap their sides; the loader says what is left to
 * do. */
static LimnerOrientation
get_remaining_orientation (GdkPixbuf *pixbuf, const LimnerForeignHeader *header)
{
  const char *text = gdk_pixbuf_get_option (pixbuf, "orientation");

  if (text == NULL)
    return LIMNER_ORIENTATION_NORMAL;
  if (text[0] < '1' || text[0] > '8' || text[1] != '\0')
    return header->orientation;
  return (LimnerOrientation) (text[0] - '0');
}

static gboolean
turn_upright (LimnerDecoded *decoded,
              GdkPixbuf *pixbuf,
              const LimnerForeignHeader *header,
              const char *name,
              GError **error)
{
  decoded->orientation = get_remaining_orientation (pixbuf, header);
  if (!limner_orient (decoded, name, error))
    return FALSE;
  decoded->orientation = header->orientation;
  decoded->is_upright = TRUE;
  return TRUE;
}

static gboolean
decode (const LimnerDecodeInput *input,
        const char *format,
        const char *type,
        ReadHeaderFunc read,
        LimnerDecoded *decoded,
        GError **error)
{
  PixbufReader reader = { .input = input };
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GError) cause = NULL;
  LimnerForeignHeader header;
  GdkPixbuf *pixbuf = NULL;
  guint valid_rows;

  if (!read_header (input, format, read, &header, error))
    return FALSE;
  loader = gdk_pixbuf_loader_new_with_type (type, NULL);
  if (loader == NULL)
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_UNSUPPORTED,
                   "%s: the content is %s and this system has no GdkPixbuf loader for it; "
                   "install one, or convert the image",
                   input->name, format);
      return FALSE;
    }
  reader.loader = loader;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &reader);
  g_signal_connect (loader, "area-updated", G_CALLBACK (on_area_updated), &reader);
  feed (&reader, &header, &cause);
  gdk_pixbuf_loader_close (loader, cause == NULL ? &cause : NULL);
  if (!reader.is_too_large &&
      (cause == NULL || !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  valid_rows = cause == NULL ? G_MAXUINT : reader.valid_rows;
  if (pixbuf == NULL || valid_rows == 0 || (cause != NULL && cause->domain == LIMNER_IMAGE_ERROR))
    {
      set_loader_error (input, format, cause, error);
      return FALSE;
    }

  decoded->format = header.is_grey ? LIMNER_PIXELS_GREY8 : LIMNER_PIXELS_BGRX;
  if (!copy_pixels (decoded, pixbuf, valid_rows, input->name, error))
    return FALSE;
  set_flags (decoded, &header, &reader, cause);
  return turn_upright (decoded, pixbuf, &header, input->name, error);
}

static gboolean
probe (const LimnerDecodeInput *input,
       const char *format,
       ReadHeaderFunc read,
       LimnerImageInfo *info,
       GError **error)
{
  LimnerForeignHeader header;

  if (!read_header (input, format, read, &header, error))
    return FALSE;
  info->width = (guint) header.width;
  info->height = (guint) header.height;
  info->orientation = header.orientation;
  return TRUE;
}

/* A codec for what GdkPixbuf calls @type; never the loader that it would guess itself. */
#define DEFINE_CODEC(type, name, endings)                                                          \
  static gboolean type##_decode (const LimnerDecodeInput *input, LimnerDecoded *decoded,           \
                                 GError **error)                                                   \
  {                                                                                                \
    return decode (input, name, #type, limner_##type##_read_header, decoded, error);               \
  }                                                                                                \
                                                                                                   \
  static gboolean type##_probe (const LimnerDecodeInput *input, LimnerImageInfo *info,             \
                                GError **error)                                                    \
  {                                                                                                \
    return probe (input, name, limner_##type##_read_header, info, error);                          \
  }                                                                                                \
                                                                                                   \
  const LimnerCodec limner_codec_##type = {                                                        \
    .format = name,                                                                                \
    .extensions = endings,                                                                         \
    .probe = type##_probe,                                                                         \
    .decode = type##_decode,                                                                       \
  };

DEFINE_CODEC (tiff, "TIFF", " tif tiff ")
DEFINE_CODEC (gif, "GIF", " gif ")
DEFINE_CODEC (bmp, "BMP", " bmp ")
DEFINE_CODEC (webp, "WebP", " webp ")
