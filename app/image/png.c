/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"

#include "pixels-private.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

/* By default libpng allocates what a chunk claims. Pixel data is not under this limit. */
#define MAX_CHUNK_BYTES ((png_alloc_size_t) 64 << 20)
#define MAX_CHUNKS 1000
#define MAX_SEARCHED_CHUNKS (1u << 20)
#define MAX_EXIF_BYTES 65536

/* The clock is looked at every so many reads: a file may have millions of empty chunks. */
#define READS_AT_ONCE 4096

/* The cancellable is looked at every so many rows. */
#define ROWS_AT_ONCE 16

/* Up to so many bytes before the end of a cut file are lost, and each read costs a call. */
#define CUT_BUFFER_BYTES 8

#define SIGNATURE_LENGTH 8

/* No deflate stream unpacks to more times its own length. */
#define MAX_DEFLATE_RATIO 1032

typedef struct
{
  png_structp png;
  png_infop info;
  const LimnerDecodeInput *input;
  LimnerDecoded *decoded; /* NULL when only the header is wanted */
  gsize position;
  guint n_reads;
  double deadline;
  GError *error;

  gboolean has_alpha;
  int n_passes;
  int pass;
  guint row;

  gboolean is_cut; /* the data ended before the picture did */
  gboolean is_damaged;
  gboolean has_pixels; /* all were read: what follows can only be trailing trouble */
  char damage[128];
} PngReader;

/* Read by nobody here, and each a way to make a decoder unpack 60 MB. */
static const png_byte ignored_chunks[] =
    "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0"
    "sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";

static void
on_read (png_structp png, png_bytep to, png_size_t length)
{
  PngReader *self = png_get_io_ptr (png);

  if (++self->n_reads % READS_AT_ONCE == 0 &&
      limner_decode_is_late (self->input, self->deadline, &self->error))
    png_longjmp (png, 1);
  if (length > self->input->length - self->position)
    {
      self->is_cut = TRUE;
      png_error (png, "the file ends too early");
    }
  memcpy (to, self->input->data + self->position, length);
  self->position += length;
}

/* Every library call of this file is under a setjmp() of run_header() or run_pixels(). */
G_GNUC_NORETURN static void
on_error (png_structp png, png_const_charp message)
{
  PngReader *self = png_get_error_ptr (png);

  /* libpng's words for a compressed stream that ends before the last row */
  if (strstr (message, "Not enough image data") != NULL)
    self->is_cut = TRUE;
  if (!self->is_damaged)
    g_strlcpy (self->damage, message, sizeof self->damage);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
  PngReader *self = png_get_error_ptr (png);

  /* before and after the pixels it is about chunks that are of no use here */
  if (self->n_passes == 0 || self->is_damaged ||
      (self->has_pixels && !g_str_has_prefix (message, "IDAT")))
    return;
  self->is_damaged = TRUE;
  g_strlcpy (self->damage, message, sizeof self->damage);
}

/*
 * Finds the next chunk called @type from *@position on: *@position is then behind it, *@body is
 * where its data begins. libpng stops at the pixels, but EXIF data may follow them.
 */
static gboolean
find_chunk (const LimnerDecodeInput *input,
            const char *type,
            guint64 *position,
            guint64 *body,
            guint32 *length)
{
  guint64 at = MAX (*position, SIGNATURE_LENGTH);
  guint8 head[8];
  guint n_chunks = 0;

  while (limner_input_read (input, at, head, sizeof head))
    {
      guint32 size = png_get_uint_32 (head);

      if (size > PNG_UINT_31_MAX)
        return FALSE;
      at += sizeof head + (guint64) size + 4;
      if (memcmp (head + 4, type, 4) != 0)
        {
          /* what follows the end is no part of the picture */
          if (memcmp (head + 4, "IEND", 4) == 0 || ++n_chunks > MAX_SEARCHED_CHUNKS)
            return FALSE;
          continue;
        }
      *position = at;
      *body = at - 4 - size;
      *length = size;
      return TRUE;
    }
  return FALSE;
}

static LimnerOrientation
read_orientation (const LimnerDecodeInput *input, LimnerDecoded *decoded)
{
  LimnerOrientation orientation = LIMNER_ORIENTATION_NORMAL;
  gboolean is_nonsense = TRUE;
  guint64 position = 0;
  guint64 body;
  guint32 length;
  g_autofree guint8 *exif = NULL;

  if (!find_chunk (input, "eXIf", &position, &body, &length))
    return LIMNER_ORIENTATION_NORMAL;
  length = MIN (length, MAX_EXIF_BYTES);
  exif = g_malloc (MAX (length, 1));
  if (limner_input_read (input, body, exif, length))
    orientation = limner_exif_read_orientation (exif, length, &is_nonsense);
  if (is_nonsense && decoded != NULL)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_METADATA,
                             "the EXIF data cannot be used; the picture is shown as stored");
  return orientation;
}

static void
check_animation (const LimnerDecodeInput *input, LimnerDecoded *decoded)
{
  guint64 position = 0;
  guint64 body;
  guint32 length;
  guint8 n_frames[4];

  if (find_chunk (input, "acTL", &position, &body, &length) && length >= sizeof n_frames &&
      limner_input_read (input, body, n_frames, sizeof n_frames) && png_get_uint_32 (n_frames) > 1)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_ANIMATED,
                             "the picture is an animation of %u frames; only the first is shown",
                             png_get_uint_32 (n_frames));
}

char *
limner_png_dup_text (const guint8 *data, gsize data_length, const char *keyword)
{
  LimnerDecodeInput input = { .data = data, .length = data_length, .fd = -1 };
  gsize keyword_length = strlen (keyword);
  guint64 position = 0;
  guint64 body;
  guint32 length;

  while (find_chunk (&input, "tEXt", &position, &body, &length))
    if (length > keyword_length && length <= data_length - body &&
        memcmp (data + body, keyword, keyword_length + 1) == 0)
      return g_strndup ((const char *) data + body + keyword_length + 1,
                        length - keyword_length - 1);
  return NULL;
}

/* Whether the last chunk is missing; then libpng must not ask for more bytes at once than there
 * are. */
static gboolean
is_file_cut (const LimnerDecodeInput *input)
{
  guint64 position = 0;
  guint64 body;
  guint32 length;

  return !find_chunk (input, "IEND", &position, &body, &length);
}

static gboolean
set_up (PngReader *self)
{
  self->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  if (self->png == NULL)
    return FALSE;
  self->info = png_create_info_struct (self->png);
  self->deadline = limner_decode_get_deadline (0);
  return self->info != NULL;
}

static gboolean
run_header (PngReader *self)
{
  if (setjmp (png_jmpbuf (self->png)) != 0)
    return FALSE;

  png_set_read_fn (self->png, self, on_read);
  png_set_benign_errors (self->png, 1);
  /* our own limit refuses with a better sentence */
  png_set_user_limits (self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max (self->png, MAX_CHUNK_BYTES);
  png_set_chunk_cache_max (self->png, MAX_CHUNKS);
  png_set_keep_unknown_chunks (self->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks (self->png, PNG_HANDLE_CHUNK_NEVER, ignored_chunks,
                               sizeof ignored_chunks / 5);
  png_read_info (self->png, self->info);
  return TRUE;
}

/* Grey stays grey with its depth, everything else becomes BGRX or BGRA of 8 bits. */
static void
choose_transformations (PngReader *self)
{
  png_byte color = png_get_color_type (self->png, self->info);
  png_byte depth = png_get_bit_depth (self->png, self->info);
  gboolean has_transparency = png_get_valid (self->png, self->info, PNG_INFO_tRNS) != 0;
  LimnerDecoded *decoded = self->decoded;

  decoded->stored_depth = depth;
  self->has_alpha = (color & PNG_COLOR_MASK_ALPHA) != 0 || has_transparency;
  if (color == PNG_COLOR_TYPE_GRAY && !self->has_alpha)
    {
      decoded->format = depth == 16 ? LIMNER_PIXELS_GREY16 : LIMNER_PIXELS_GREY8;
      if (depth < 8)
        png_set_expand_gray_1_2_4_to_8 (self->png);
      else if (depth == 16 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
        png_set_swap (self->png);
      return;
    }

  decoded->format = LIMNER_PIXELS_BGRX;
  png_set_expand (self->png);
  if (depth == 16)
    {
      png_set_scale_16 (self->png);
      limner_decoded_add_flag (decoded, LIMNER_PIXELS_DEPTH_REDUCED,
                               "the file stores 16 bits per channel; 8 are shown");
    }
  png_set_gray_to_rgb (self->png);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    {
      png_set_bgr (self->png);
      png_set_add_alpha (self->png, 0xff, PNG_FILLER_AFTER);
    }
  else
    {
      png_set_swap_alpha (self->png);
      png_set_add_alpha (self->png, 0xff, PNG_FILLER_BEFORE);
    }
}

static void
read_rows (PngReader *self)
{
  LimnerDecoded *decoded = self->decoded;

  for (self->pass = 0; self->pass < self->n_passes; self->pass++)
    for (self->row = 0; self->row < decoded->height; self->row++)
      {
        guint8 *row = decoded->data + self->row * decoded->stride;

        if (self->row % ROWS_AT_ONCE == 0 &&
            g_cancellable_set_error_if_cancelled (self->input->cancellable, &self->error))
          png_longjmp (self->png, 1);
        /* as a display row each pixel of a pass fills its block, so that a cut picture is coarse
         * but whole */
        if (self->n_passes > 1)
          png_read_row (self->png, NULL, row);
        else
          png_read_row (self->png, row, NULL);
      }
}

static gboolean
run_pixels (PngReader *self)
{
  if (setjmp (png_jmpbuf (self->png)) != 0)
    return FALSE;

  /* the header was read strictly; a wrong checksum of pixels is shown and told */
  png_set_crc_action (self->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_DISCARD);
  if (is_file_cut (self->input))
    png_set_compression_buffer_size (self->png, CUT_BUFFER_BYTES);
  choose_transformations (self);
  self->n_passes = png_set_interlace_handling (self->png);
  png_read_update_info (self->png, self->info);
  if (!limner_decoded_allocate (self->decoded, self->input->name, &self->error))
    return FALSE;
  if (png_get_rowbytes (self->png, self->info) > self->decoded->stride)
    png_error (self->png, "unexpected row length");
  read_rows (self);
  self->has_pixels = TRUE;
  png_read_end (self->png, NULL);
  return TRUE;
}

static gboolean
check_size (const PngReader *self, GError **error)
{
  return limner_decode_check_size (self->input, "PNG", png_get_image_width (self->png, self->info),
                                   png_get_image_height (self->png, self->info), error);
}

static void
set_damaged_error (const PngReader *self, GError **error)
{
  g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
               "%s: the PNG data is damaged (%s); the image cannot be shown", self->input->name,
               self->damage[0] != '\0' ? self->damage : "it cannot be read");
}

/* Rows that hold something from the file. After the first pass an interlaced picture is coarse
 * everywhere. */
static guint
count_valid_rows (const PngReader *self)
{
  if (self->has_pixels || self->pass > 0)
    return self->decoded->height;
  return self->row;
}

/* What a picture of which not all was read is worth. */
static gboolean
finish_partial (PngReader *self, GError **error)
{
  LimnerDecoded *decoded = self->decoded;
  guint valid_rows = decoded->data != NULL ? count_valid_rows (self) : 0;

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (valid_rows == 0)
    {
      set_damaged_error (self, error);
      return FALSE;
    }
  if (self->is_cut && !self->has_pixels && self->pass > 0)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_TRUNCATED,
                             "the file ends too early: the picture is coarse");
  else if (self->is_cut && !self->has_pixels)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_TRUNCATED,
                             "the file ends too early: %u of %u rows are there", valid_rows,
                             decoded->height);
  else if (!self->is_cut)
    self->is_damaged = TRUE;
  return TRUE;
}

static void
check_trailing_data (PngReader *self)
{
  gsize length = self->input->length - self->position;

  if (length > 0)
    limner_decoded_add_flag (self->decoded, LIMNER_PIXELS_TRAILING_DATA,
                             "%" G_GSIZE_FORMAT
                             " bytes follow the end of the picture; they are ignored",
                             length);
}

static gboolean
read_header (PngReader *self, GError **error)
{
  if (run_header (self))
    return check_size (self, error);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    set_damaged_error (self, error);
  return FALSE;
}

static gboolean
read_picture (PngReader *self, GError **error)
{
  LimnerDecoded *decoded = self->decoded;

  if (!read_header (self, error))
    return FALSE;
  decoded->width = png_get_image_width (self->png, self->info);
  decoded->height = png_get_image_height (self->png, self->info);
  self->deadline = limner_decode_get_deadline ((guint64) decoded->width * decoded->height);
  if (!limner_decode_check_length (self->input, decoded->width, decoded->height,
                                   png_get_rowbytes (self->png, self->info) *
                                       (guint64) decoded->height / MAX_DEFLATE_RATIO,
                                   error))
    return FALSE;
  if (run_pixels (self))
    check_trailing_data (self);
  else if (!finish_partial (self, error))
    return FALSE;

  if (self->is_damaged)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_CORRUPT,
                             "the picture data is damaged (%s); what could be decoded is shown",
                             self->damage);
  limner_decoded_finish_rows (decoded, count_valid_rows (self));
  if (self->has_alpha)
    for (guint y = 0; y < decoded->valid_rows; y++)
      limner_checkerboard_lay ((guint32 *) (decoded->data + y * decoded->stride), decoded->width,
                               y);
  decoded->orientation = read_orientation (self->input, decoded);
  check_animation (self->input, decoded);
  return TRUE;
}

static gboolean
png_decode (const LimnerDecodeInput *input, LimnerDecoded *decoded, GError **error)
{
  PngReader reader = { .input = input, .decoded = decoded };
  gboolean success = FALSE;

  if (set_up (&reader))
    success = read_picture (&reader, error);
  else
    set_damaged_error (&reader, error);
  png_destroy_read_struct (&reader.png, &reader.info, NULL);
  return success;
}

static gboolean
png_probe (const LimnerDecodeInput *input, LimnerImageInfo *info, GError **error)
{
  PngReader reader = { .input = input };
  gboolean success = FALSE;

  if (!set_up (&reader))
    {
      set_damaged_error (&reader, error);
    }
  else if (read_header (&reader, error))
    {
      success = TRUE;
      info->width = png_get_image_width (reader.png, reader.info);
      info->height = png_get_image_height (reader.png, reader.info);
      info->orientation = read_orientation (input, NULL);
    }
  png_destroy_read_struct (&reader.png, &reader.info, NULL);
  return success;
}

const LimnerCodec limner_codec_png = {
  .format = "PNG",
  .extensions = " png ",
  .probe = png_probe,
  .decode = png_decode,
};
