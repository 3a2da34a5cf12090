/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a decoder of one format gets and gives. Decoders see bytes in memory and nothing else: no
 * file, no name that they would have to trust. A new format is one more LimnerCodec and a line in
 * limner_sniff_table().
 */

#include <limner/image-file.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* the first bytes of the file; for decoding all of them */
  gsize length;
  int fd;       /* where a probe reads what lies further back, see limner_input_read(); else -1 */
  goffset size; /* of the file behind @fd */
  const char *name; /* for messages: what limner_image_display_name() made of the path */
  guint64 max_pixels;
  guint fit_width; /* a decoder may reduce as long as the upright picture still covers this; 0 =
                      full size */
  guint fit_height;
  guint64 preview_from; /* nothing but a preview of a picture of so many pixels; 0 = the picture */
  GCancellable *cancellable; /* nullable */
} LimnerDecodeInput;

/* Whether all @n bytes from @offset on are in the file; they are then in @buffer. */
gboolean limner_input_read (const LimnerDecodeInput *input, guint64 offset, void *buffer, gsize n);

/* A picture as it is stored: not upright yet. Clear it with limner_decoded_clear(). */
typedef struct
{
  LimnerPixelsFormat format;
  guint width;
  guint height;
  gsize stride;
  guint8 *data;     /* owned */
  gsize mapped;     /* see limner_plane_free() */
  guint valid_rows; /* rows that were in the file */
  guint stored_depth;
  LimnerPixelsFlags flags;
  LimnerOrientation orientation;
  gboolean is_upright; /* the decoder has applied the orientation itself */
  guint level;         /* times that a preview is halved; width and height are then its own */
  guint full_width;    /* of the picture that it is a preview of, as stored */
  guint full_height;
  char *notes[8]; /* owned (nullable): why the flag with this bit is set, half a sentence */
} LimnerDecoded;

void limner_decoded_clear (LimnerDecoded *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnerDecoded, limner_decoded_clear)

/**
 * limner_decoded_allocate:
 * @self: with format, width and height set
 *
 * Sets stride and data. The memory of large pictures is zero; that of small ones is not
 * initialised, so call limner_decoded_finish_rows() at the end.
 */
gboolean limner_decoded_allocate (LimnerDecoded *self, const char *name, GError **error);

/* Blackens the rows from @valid_rows on, which the painter will hatch. */
void limner_decoded_finish_rows (LimnerDecoded *self, guint valid_rows);

/* Sets @flag and, the first time, its note. */
void limner_decoded_add_flag (LimnerDecoded *self, LimnerPixelsFlags flag, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Refuses more than @input's pixels, also when the product does not fit 64 bits. */
gboolean limner_decode_check_size (const LimnerDecodeInput *input,
                                   const char *format,
                                   guint64 width,
                                   guint64 height,
                                   GError **error);

/*
 * Refuses a large picture of which not even a quarter can be in the file: what it claims would be
 * allocated for nothing.
 * @whole_bytes: the least that any encoder needs for all of it.
 */
gboolean limner_decode_check_length (
    const LimnerDecodeInput *input, guint width, guint height, guint64 whole_bytes, GError **error);

/**
 * limner_decode_get_deadline:
 * @pixels: of the picture
 *
 * Returns: when decoding it has taken too long, for limner_decode_is_late(). It is processor time
 * of this thread, so that a busy machine refuses no good picture: 5 seconds, more from 50
 * megapixels on.
 */
double limner_decode_get_deadline (guint64 pixels);

/* Whether to stop: cancelled or past @deadline. */
gboolean limner_decode_is_late (const LimnerDecodeInput *input, double deadline, GError **error);

typedef struct
{
  const char *format;     /* "JPEG" */
  const char *extensions; /* " jpg jpeg jpe jfif ": with blanks around each */

  /* Size and orientation from the first bytes of a file. */
  gboolean (*probe) (const LimnerDecodeInput *input, LimnerImageInfo *info, GError **error);

  /* @decoded is zero; on failure the caller clears it. */
  gboolean (*decode) (const LimnerDecodeInput *input, LimnerDecoded *decoded, GError **error);
} LimnerCodec;

extern const LimnerCodec limner_codec_jpeg;
extern const LimnerCodec limner_codec_png;
extern const LimnerCodec limner_codec_tiff;
extern const LimnerCodec limner_codec_gif;
extern const LimnerCodec limner_codec_bmp;
extern const LimnerCodec limner_codec_webp;

/**
 * limner_sniff:
 * @error: %LIMNER_IMAGE_ERROR_UNSUPPORTED for a known format that is not read, else
 * %LIMNER_IMAGE_ERROR_DAMAGED
 *
 * Returns: the decoder for what @input's bytes are, whatever its name is
 */
const LimnerCodec *limner_sniff (const LimnerDecodeInput *input, GError **error);

/**
 * limner_sniff_extension:
 *
 * Returns: (nullable): the format that the extension of @name promises
 */
const char *limner_sniff_extension (const char *name);

/**
 * limner_exif_read_orientation:
 * @data: an EXIF block, with or without its "Exif\0\0" head
 * @is_nonsense: (out): whether the block cannot be read or holds an orientation that is none
 *
 * Returns: the tag; %LIMNER_ORIENTATION_NORMAL for nonsense
 */
LimnerOrientation limner_exif_read_orientation (const guint8 *data,
                                                gsize length,
                                                gboolean *is_nonsense);

/* 5 to 8 swap the sides. */
static inline gboolean
limner_orientation_swaps (LimnerOrientation orientation)
{
  return orientation >= LIMNER_ORIENTATION_TRANSPOSE;
}

/**
 * limner_orient:
 *
 * Turns the pixels upright in one pass. The orientation stays in @decoded, as a fact about the
 * file.
 */
gboolean limner_orient (LimnerDecoded *decoded, const char *name, GError **error);

/* Lays a row of BGRA (not premultiplied) on the checkerboard; @row is its number. */
void limner_checkerboard_lay (guint32 *pixels, guint width, guint row);

/* (transfer full): the last part of @path as text for messages: control and bidi characters made
 * visible. */
char *limner_image_display_name (const char *path);

/* (transfer full) (nullable): the value of a tEXt chunk of the PNG in @data. */
char *limner_png_dup_text (const guint8 *data, gsize length, const char *keyword);

/* What the header of a format that GdkPixbuf decodes says; see foreign.c. */
typedef struct
{
  guint64 width; /* as stored */
  guint64 height;
  LimnerOrientation orientation;
  guint depth;      /* bits per sample */
  guint n_pictures; /* frames or pages; counting stops at 2 */
  gboolean is_grey;
  gsize first_end; /* the first picture ends before this byte; 0 = unknown */
  gsize disposal;  /* where a GIF says what becomes of its first frame; 0 = nowhere */
} LimnerForeignHeader;

gboolean limner_tiff_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header);
gboolean limner_gif_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header);
gboolean limner_bmp_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header);
gboolean limner_webp_read_header (const LimnerDecodeInput *input, LimnerForeignHeader *header);

/* limner_image_file_load() with a size to reduce to; the thumbnails need it. @mtime: (out)
 * (nullable). */
LimnerPixels *limner_image_load_reduced (const char *path,
                                         guint64 max_pixels,
                                         guint fit_width,
                                         guint fit_height,
                                         gint64 *mtime,
                                         GCancellable *cancellable,
                                         GError **error);

/**
 * limner_thumbnail_load_preview:
 * @width: of the picture, upright
 * @height: of the picture
 *
 * Returns: (transfer full) (nullable): a preview made of a thumbnail, if one is cached
 */
LimnerPixels *limner_thumbnail_load_preview (const char *path,
                                             guint width,
                                             guint height,
                                             LimnerOrientation orientation);

/**
 * limner_image_load_rough_preview:
 *
 * The same as limner_image_load_preview() out of the thumbnail cache: at once, but blurred. For
 * pictures of all formats.
 */
LimnerPixels *limner_image_load_rough_preview (const char *path,
                                               guint64 min_pixels,
                                               guint64 max_pixels);

/**
 * limner_image_load_preview:
 * @min_pixels: what is smaller is decoded soon enough
 *
 * Decodes a large JPEG at a fraction of its size, in about two thirds of the time.
 *
 * Returns: (transfer full): a preview; %NULL without an error where the file is not worth one
 */
LimnerPixels *limner_image_load_preview (const char *path,
                                         guint64 min_pixels,
                                         guint64 max_pixels,
                                         GCancellable *cancellable);

G_END_DECLS
