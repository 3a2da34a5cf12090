/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

/* A progressive file may repeat scans for ever; each costs a pass over the whole picture. */
#define MAX_SCANS 500

/* Start of scan (T.81, table B.1). */
#define M_SOS 0xda

/* For libjpeg's own tables; a progressive picture keeps all its coefficients there. */
#define MAX_MEMORY ((glong) 1 << 30)

#define ROWS_AT_ONCE 16

#define EXIF_HEAD "Exif\0\0"
#define EXIF_HEAD_LENGTH 6

/* More bytes before the end marker than this are left over from damage. */
#define MAX_PADDING 16

typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf on_error; /* every library call of this file is under the setjmp() of run() */

  const LimnerDecodeInput *input;
  LimnerDecoded *decoded; /* NULL when only the header is wanted */
  GError *error;
  double deadline;
  guint rows_done;

  /* The first EXIF blocks, in the input. */
  struct
  {
    const guint8 *data;
    gsize length;
  } exif[2];
  guint n_exif;

  gboolean is_cut;     /* the file ended before its end marker */
  guint cut_rows;      /* rows before the first made-up block, G_MAXUINT if there is none */
  gboolean has_scans;  /* more than one */
  gboolean is_damaged; /* libjpeg had to guess */
  char damage[JMSG_LENGTH_MAX];
} JpegReader;

static LimnerImageError
classify (int message)
{
  switch (message)
    {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      return LIMNER_IMAGE_ERROR_UNSUPPORTED;
    case JERR_IMAGE_TOO_BIG:
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
    case JERR_WIDTH_OVERFLOW:
      return LIMNER_IMAGE_ERROR_LIMIT;
    default:
      return LIMNER_IMAGE_ERROR_DAMAGED;
    }
}

/* libjpeg's sentence about its last error, without its full stop. */
static void
format_library_message (JpegReader *self, char *text)
{
  self->errors.format_message ((j_common_ptr) &self->jpeg, text);
  g_strchomp (text);
  if (g_str_has_suffix (text, "."))
    text[strlen (text) - 1] = '\0';
}

G_GNUC_NORETURN static void
stop (JpegReader *self, GError *error)
{
  self->error = error;
  longjmp (self->on_error, 1);
}

G_GNUC_NORETURN static void
on_fatal (j_common_ptr common)
{
  JpegReader *self = common->client_data;
  LimnerImageError code = classify (common->err->msg_code);
  char text[JMSG_LENGTH_MAX];

  format_library_message (self, text);
  if (!self->is_damaged)
    g_strlcpy (self->damage, text, sizeof self->damage);
  stop (self, g_error_new (LIMNER_IMAGE_ERROR, code,
                           code == LIMNER_IMAGE_ERROR_UNSUPPORTED
                               ? "%s: this kind of JPEG is not read (%s); convert it to annotate it"
                               : "%s: the JPEG data is damaged (%s); the image cannot be shown",
                           self->input->name, text));
}

/* Rows of the output that lie wholly above the row of blocks that is being read. */
static guint
count_complete_rows (const JpegReader *self)
{
  const struct jpeg_decompress_struct *jpeg = &self->jpeg;
  guint64 rows = (guint64) jpeg->input_iMCU_row * (guint) jpeg->max_v_samp_factor * DCTSIZE;

  if (jpeg->image_height == 0 || jpeg->output_height == 0)
    return 0;
  /* later scans refine what the first has laid down everywhere */
  if (jpeg->input_scan_number > 1)
    return jpeg->output_height;
  return (guint) MIN (rows * jpeg->output_height / jpeg->image_height, jpeg->output_height);
}

/* All blocks from here on are made up. */
static void
note_end_of_data (JpegReader *self)
{
  if (self->cut_rows == G_MAXUINT)
    self->cut_rows = count_complete_rows (self);
}

/* Whether the marker in the way of the decoder is none that it can go on from. */
static gboolean
is_last_marker (const JpegReader *self)
{
  int marker = self->jpeg.unread_marker;

  return self->jpeg.restart_interval == 0 || marker < JPEG_RST0 || marker > JPEG_RST0 + 7;
}

/* Some cameras fill up the last words before the end marker. */
static gboolean
is_padding (const JpegReader *self)
{
  const int *numbers = self->errors.msg_parm.i;

  return self->errors.msg_code == JWRN_EXTRANEOUS_DATA && numbers[0] <= MAX_PADDING &&
         numbers[1] == JPEG_EOI;
}

static void
on_message (j_common_ptr common, int level)
{
  JpegReader *self = common->client_data;
  int message = common->err->msg_code;

  if (level >= 0)
    return;
  common->err->num_warnings++;
  if (message == JWRN_JPEG_EOF)
    {
      self->is_cut = TRUE;
      /* this decoder reads on without a word */
      if (self->jpeg.arith_code)
        note_end_of_data (self);
      return;
    }
  if ((message == JWRN_HIT_MARKER || message == JWRN_MUST_RESYNC) && is_last_marker (self))
    note_end_of_data (self);
  /* the end marker that the library makes up for a cut file is no second finding */
  if (self->is_cut || is_padding (self))
    return;
  if (!self->is_damaged)
    format_library_message (self, self->damage);
  self->is_damaged = TRUE;
}

static void
on_output (j_common_ptr common)
{
}

static void
stop_too_many_scans (JpegReader *self)
{
  stop (self,
        g_error_new (LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
                     "%s: the JPEG has more than %d scans, the limit; the image is not opened",
                     self->input->name, MAX_SCANS));
}

static void
on_progress (j_common_ptr common)
{
  JpegReader *self = common->client_data;
  const LimnerDecodeInput *input = self->input;
  GError *error = NULL;

  if (limner_decode_is_late (input, self->deadline, &error))
    stop (self, error);
  if (self->jpeg.input_scan_number > MAX_SCANS)
    stop_too_many_scans (self);
}

/* libjpeg would copy every APP1 segment; two EXIF blocks are enough, and they are in memory
 * already. */
static boolean
on_app1 (j_decompress_ptr jpeg)
{
  JpegReader *self = jpeg->client_data;
  struct jpeg_source_mgr *source = jpeg->src;
  const guint8 *segment = source->next_input_byte;
  gsize length = source->bytes_in_buffer < 2 ? 0 : (gsize) segment[0] << 8 | segment[1];

  if (length < 2 || length > source->bytes_in_buffer)
    ERREXIT (jpeg, JERR_BAD_LENGTH);
  source->next_input_byte += length;
  source->bytes_in_buffer -= length;
  if (length < 2 + EXIF_HEAD_LENGTH || memcmp (segment + 2, EXIF_HEAD, EXIF_HEAD_LENGTH) != 0 ||
      self->n_exif >= G_N_ELEMENTS (self->exif))
    return TRUE;
  self->exif[self->n_exif].data = segment + 2;
  self->exif[self->n_exif].length = length - 2;
  self->n_exif++;
  return TRUE;
}

/* The first EXIF block counts; a second one that says otherwise is reported. */
static LimnerOrientation
read_orientation (JpegReader *self)
{
  LimnerOrientation orientation = LIMNER_ORIENTATION_NORMAL;

  for (guint i = 0; i < self->n_exif; i++)
    {
      gboolean is_nonsense;
      LimnerOrientation found =
          limner_exif_read_orientation (self->exif[i].data, self->exif[i].length, &is_nonsense);

      if (is_nonsense && self->decoded != NULL)
        limner_decoded_add_flag (self->decoded, LIMNER_PIXELS_METADATA,
                                 "the EXIF data cannot be used; the picture is shown as stored");
      if (i == 0)
        orientation = found;
      else if (found != orientation && self->decoded != NULL)
        limner_decoded_add_flag (self->decoded, LIMNER_PIXELS_METADATA,
                                 "two EXIF blocks give different orientations; the first is used");
    }
  return orientation;
}

static void
choose_colors (JpegReader *self)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;

  switch (jpeg->num_components)
    {
    case 1:
      jpeg->out_color_space = JCS_GRAYSCALE;
      self->decoded->format = LIMNER_PIXELS_GREY8;
      break;
    case 3:
      jpeg->out_color_space = JCS_EXT_BGRX;
      self->decoded->format = LIMNER_PIXELS_BGRX;
      break;
    case 4:
      jpeg->out_color_space = JCS_CMYK;
      self->decoded->format = LIMNER_PIXELS_BGRX;
      break;
    default:
      stop (self, g_error_new (LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_UNSUPPORTED,
                               "%s: the JPEG has %d colour components, which is not read; "
                               "convert it to annotate it",
                               self->input->name, jpeg->num_components));
    }
}

/* The smallest eighths whose upright picture still covers the wanted size. */
static void
choose_scale (JpegReader *self)
{
  const LimnerDecodeInput *input = self->input;
  gboolean swaps = limner_orientation_swaps (self->decoded->orientation);
  guint width = swaps ? input->fit_height : input->fit_width;
  guint height = swaps ? input->fit_width : input->fit_height;

  if (width == 0 || height == 0)
    return;
  for (guint eighths = 1; eighths < 8; eighths *= 2)
    if (self->jpeg.image_width * eighths / 8 >= width ||
        self->jpeg.image_height * eighths / 8 >= height)
      {
        self->jpeg.scale_num = eighths;
        self->jpeg.scale_denom = 8;
        self->decoded->level = (guint) g_bit_nth_lsf (8 / eighths, -1);
        self->decoded->full_width = self->jpeg.image_width;
        self->decoded->full_height = self->jpeg.image_height;
        return;
      }
}

static inline guint32
multiply_255 (guint32 a, guint32 b)
{
  guint32 product = a * b + 128;

  return (product + (product >> 8)) >> 8;
}

/* In place. Adobe's programs store ink inverted, so 255 is none; @inverted says that the file is
 * theirs. */
static void
convert_cmyk_row (guint8 *row, guint width, gboolean inverted)
{
  guint32 flip = inverted ? 0 : 255;
  guint32 *out = (guint32 *) row;

  for (guint x = 0; x < width; x++, row += 4)
    {
      guint32 paper = row[3] ^ flip;
      guint32 red = multiply_255 (row[0] ^ flip, paper);
      guint32 green = multiply_255 (row[1] ^ flip, paper);
      guint32 blue = multiply_255 (row[2] ^ flip, paper);

      out[x] = 0xff000000 | (red << 16) | (green << 8) | blue;
    }
}

static void
read_rows (JpegReader *self)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;
  LimnerDecoded *decoded = self->decoded;
  JSAMPROW rows[ROWS_AT_ONCE];

  while (jpeg->output_scanline < jpeg->output_height)
    {
      guint first = jpeg->output_scanline;
      guint n_rows = MIN (ROWS_AT_ONCE, jpeg->output_height - first);

      for (guint i = 0; i < n_rows; i++)
        rows[i] = decoded->data + (gsize) (first + i) * decoded->stride;
      n_rows = jpeg_read_scanlines (jpeg, rows, n_rows);
      if (jpeg->out_color_space == JCS_CMYK)
        for (guint i = 0; i < n_rows; i++)
          convert_cmyk_row (rows[i], decoded->width, jpeg->saw_Adobe_marker);
      self->rows_done = jpeg->output_scanline;
    }
}

/* Cameras append further JPEGs (previews, depth maps) and padding; that is no finding. */
static void
check_trailing_data (JpegReader *self)
{
  const guint8 *data = self->jpeg.src->next_input_byte;
  gsize length = self->jpeg.src->bytes_in_buffer;

  if (self->is_cut || (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0))
    return;
  for (gsize i = 0; i < length; i++)
    if (data[i] != 0)
      {
        limner_decoded_add_flag (self->decoded, LIMNER_PIXELS_TRAILING_DATA,
                                 "%" G_GSIZE_FORMAT
                                 " bytes follow the end of the picture; they are ignored",
                                 length);
        return;
      }
}

/* Scans that are still in the file, by their markers: a look at each byte costs nothing beside
 * decoding hundreds of passes over the picture before the limit is noticed. */
static guint
count_scans (const guint8 *p, const guint8 *end)
{
  guint n_scans = 1; /* the one whose header has been read */

  while ((p = memchr (p, 0xff, (gsize) (end - p))) != NULL && end - p >= 4)
    {
      guint8 marker = p[1];

      n_scans += marker == M_SOS;
      /* stuffing, fill bytes and restart markers have no length */
      if (marker == 0x00 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd9) || marker == 0x01)
        p += marker == 0xff ? 1 : 2;
      else
        p += MIN (2 + ((gssize) p[2] << 8 | p[3]), end - p);
    }
  return n_scans;
}

static void
check_scans (JpegReader *self)
{
  const struct jpeg_source_mgr *source = self->jpeg.src;

  if (self->has_scans &&
      count_scans (source->next_input_byte, source->next_input_byte + source->bytes_in_buffer) >
          MAX_SCANS)
    stop_too_many_scans (self);
}

/* The coefficients of all scans have to be read for a preview, too: it would come no sooner. */
static gboolean
is_worth_preview (JpegReader *self)
{
  const guint64 n_pixels = (guint64) self->jpeg.image_width * self->jpeg.image_height;

  return self->input->preview_from == 0 ||
         (n_pixels >= self->input->preview_from && !jpeg_has_multiple_scans (&self->jpeg));
}

static void
decode_pixels (JpegReader *self)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;
  LimnerDecoded *decoded = self->decoded;

  if (!is_worth_preview (self))
    stop (self, g_error_new (LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_UNSUPPORTED,
                             "%s: there is no preview of this picture", self->input->name));
  /* a Huffman code has at least one bit for each block of 64 pixels */
  if (!jpeg->arith_code &&
      !limner_decode_check_length (self->input, jpeg->image_width, jpeg->image_height,
                                   (guint64) jpeg->image_width * jpeg->image_height / 64 / 8,
                                   &self->error))
    longjmp (self->on_error, 1);
  decoded->orientation = read_orientation (self);
  decoded->stored_depth = 8;
  choose_colors (self);
  choose_scale (self);
  jpeg_calc_output_dimensions (jpeg);
  decoded->width = jpeg->output_width;
  decoded->height = jpeg->output_height;
  if (!limner_decoded_allocate (decoded, self->input->name, &self->error))
    longjmp (self->on_error, 1);
  self->has_scans = jpeg_has_multiple_scans (jpeg);
  check_scans (self);
  jpeg_start_decompress (jpeg);
  read_rows (self);
  jpeg_finish_decompress (jpeg);
  check_trailing_data (self);
}

static void
set_up (JpegReader *self)
{
  struct jpeg_decompress_struct *jpeg = &self->jpeg;

  jpeg->err = jpeg_std_error (&self->errors);
  self->errors.error_exit = on_fatal;
  self->errors.emit_message = on_message;
  self->errors.output_message = on_output;
  jpeg->client_data = self;
  jpeg_create_decompress (jpeg);
  jpeg->mem->max_memory_to_use = MAX_MEMORY;
  self->progress.progress_monitor = on_progress;
  jpeg->progress = &self->progress;
  jpeg_mem_src (jpeg, self->input->data, self->input->length);
  jpeg_set_marker_processor (jpeg, JPEG_APP0 + 1, on_app1);
}

/* Everything that may jump; nothing is allocated here but through @self. */
static gboolean
run (JpegReader *self)
{
  if (setjmp (self->on_error) != 0)
    return FALSE;

  set_up (self);
  jpeg_read_header (&self->jpeg, TRUE);
  if (!limner_decode_check_size (self->input, "JPEG", self->jpeg.image_width,
                                 self->jpeg.image_height, &self->error))
    return FALSE;
  self->deadline =
      limner_decode_get_deadline ((guint64) self->jpeg.image_width * self->jpeg.image_height);
  if (self->decoded != NULL)
    decode_pixels (self);
  return TRUE;
}

/* A picture of one row of blocks cannot say which of its rows are there. */
static gboolean
has_something_to_show (const JpegReader *self, guint valid_rows)
{
  return valid_rows > 0 ||
         (self->cut_rows != G_MAXUINT &&
          self->jpeg.image_height <= (guint) self->jpeg.max_v_samp_factor * DCTSIZE);
}

static gboolean
finish (JpegReader *self, gboolean is_whole, GError **error)
{
  LimnerDecoded *decoded = self->decoded;
  guint valid_rows = MIN (self->cut_rows, self->rows_done);

  if (self->error != NULL && (self->error->domain != LIMNER_IMAGE_ERROR ||
                              self->error->code != LIMNER_IMAGE_ERROR_DAMAGED || valid_rows == 0))
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (!has_something_to_show (self, valid_rows))
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                   "%s: the JPEG file ends before the first rows of the picture; "
                   "the image cannot be shown",
                   self->input->name);
      return FALSE;
    }
  if (self->is_cut && self->has_scans)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_TRUNCATED,
                             "the file ends too early: the picture is coarse, or lacks rows");
  else if (self->is_cut && self->cut_rows != G_MAXUINT)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_TRUNCATED,
                             "the file ends too early: %u of %u rows are there", valid_rows,
                             decoded->height);
  if (self->is_damaged || !is_whole)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_CORRUPT,
                             "the picture data is damaged (%s); what could be decoded is shown",
                             self->damage);
  limner_decoded_finish_rows (decoded, valid_rows);
  return TRUE;
}

static gboolean
jpeg_decode (const LimnerDecodeInput *input, LimnerDecoded *decoded, GError **error)
{
  JpegReader reader = { .input = input, .decoded = decoded, .cut_rows = G_MAXUINT };
  gboolean is_whole = run (&reader);
  gboolean success = finish (&reader, is_whole, error);

  jpeg_destroy_decompress (&reader.jpeg);
  g_clear_error (&reader.error);
  return success;
}

static gboolean
jpeg_probe (const LimnerDecodeInput *input, LimnerImageInfo *info, GError **error)
{
  JpegReader reader = { .input = input, .cut_rows = G_MAXUINT };
  gboolean success = run (&reader);

  if (success)
    {
      info->orientation = read_orientation (&reader);
      info->width = reader.jpeg.image_width;
      info->height = reader.jpeg.image_height;
    }
  else
    g_propagate_error (error, g_steal_pointer (&reader.error));
  jpeg_destroy_decompress (&reader.jpeg);
  return success;
}

const LimnerCodec limner_codec_jpeg = {
  .format = "JPEG",
  .extensions = " jpg jpeg jpe jfif ",
  .probe = jpeg_probe,
  .decode = jpeg_decode,
};
