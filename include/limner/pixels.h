/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A decoded picture, upright, in memory as deep as it was stored: grey stays grey, 16 bits stay 16
 * bits. Immutable and atomically reference counted. Rows are top to bottom, pixels left to right.
 */

#include <cairo.h>
#include <limner/shape.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_PIXELS_GREY8,  /* one byte */
  LIMNER_PIXELS_GREY16, /* guint16 in host byte order */
  LIMNER_PIXELS_BGRX    /* guint32 as in CAIRO_FORMAT_RGB24; transparency is already laid on a
                           checkerboard */
} LimnerPixelsFormat;

/* What a person should know about the picture; most have a badge in the window, and
 * their code is what limn reports (limner_image_file_flag_code()). */
typedef enum
{
  LIMNER_PIXELS_OK = 0,
  LIMNER_PIXELS_TRUNCATED = 1 << 0,     /* W_TRUNCATED: rows from valid_rows on are hatched */
  LIMNER_PIXELS_CORRUPT = 1 << 1,       /* W_CORRUPT */
  LIMNER_PIXELS_TRAILING_DATA = 1 << 2, /* W_TRAILING_DATA */
  LIMNER_PIXELS_METADATA = 1 << 3,      /* W_METADATA */
  LIMNER_PIXELS_EXTENSION = 1 << 4, /* W_EXTENSION: content is another format than the name says */
  LIMNER_PIXELS_ANIMATED = 1 << 5,  /* W_ANIMATED: only the first frame is shown */
  LIMNER_PIXELS_DEPTH_REDUCED = 1 << 6, /* stored deeper than GdkPixbuf can give it */
  LIMNER_PIXELS_ORIENTED = 1 << 7       /* the EXIF tag is 2 to 8 */
} LimnerPixelsFlags;

typedef struct _LimnerPixels LimnerPixels;

/**
 * limner_pixels_new:
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 * @stride: bytes from one row to the next; for BGRX a multiple of 4
 * @data: (transfer full): height * stride bytes from g_malloc()
 */
LimnerPixels *limner_pixels_new (
    LimnerPixelsFormat format, guint width, guint height, gsize stride, guint8 *data);
LimnerPixels *limner_pixels_ref (LimnerPixels *self);
void limner_pixels_unref (LimnerPixels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerPixels, limner_pixels_unref)

/**
 * limner_pixels_new_preview:
 * @width: of the whole picture
 * @height: of the whole picture
 * @level: times that @data is halved, each time rounded up: 1 to 3
 * @stride: bytes from one row of @data to the next
 * @data: (transfer full): from g_malloc()
 *
 * A picture of the full size of which only a reduced version is there: what is shown until the
 * whole is decoded. It is drawn in the same place, but coarse; it has no stored values.
 */
LimnerPixels *limner_pixels_new_preview (
    LimnerPixelsFormat format, guint width, guint height, guint level, gsize stride, guint8 *data);
gboolean limner_pixels_is_preview (const LimnerPixels *self);

/**
 * limner_pixels_new_turned:
 * @turn: how it is turned: as EXIF's tag turns a stored picture upright
 *
 * The same picture as somebody sees it who turned it: the pixels are those of @base, and turned
 * only when they are drawn. All other functions but limner_pixels_get_data() (which answers %NULL)
 * work on it, in the turned frame.
 */
LimnerPixels *limner_pixels_new_turned (LimnerPixels *base, LimnerOrientation turn);

LimnerPixelsFormat limner_pixels_get_format (const LimnerPixels *self);
guint limner_pixels_get_width (const LimnerPixels *self);
guint limner_pixels_get_height (const LimnerPixels *self);
gsize limner_pixels_get_stride (const LimnerPixels *self);

/* (nullable): NULL for a preview or a turned picture */
const guint8 *limner_pixels_get_data (const LimnerPixels *self);
gsize limner_pixels_get_size_bytes (const LimnerPixels *self);

/* Filled in by the decoder before it hands the picture out, constant afterwards. @valid_rows counts
 * in the stored picture. */
void limner_pixels_set_flags (LimnerPixels *self,
                              LimnerPixelsFlags flags,
                              guint valid_rows,
                              LimnerOrientation orientation,
                              guint stored_depth);
LimnerPixelsFlags limner_pixels_get_flags (const LimnerPixels *self);

/**
 * limner_pixels_set_note:
 * @flag: one flag
 * @note: (transfer full) (nullable): half a sentence that says why it is set: goes after 'NAME: '
 *
 * For the decoder, as limner_pixels_set_flags().
 */
void limner_pixels_set_note (LimnerPixels *self, LimnerPixelsFlags flag, char *note);

/**
 * limner_pixels_get_note:
 * @flag: one flag that is set
 *
 * Returns: (nullable): why, such as 'the content is JPEG although the name says PNG'
 */
const char *limner_pixels_get_note (const LimnerPixels *self, LimnerPixelsFlags flag);

/* The tag of the file; the pixels are already upright. */
LimnerOrientation limner_pixels_get_orientation (const LimnerPixels *self);

/* Bits per sample in the file: 1 to 16. */
guint limner_pixels_get_stored_depth (const LimnerPixels *self);

/**
 * limner_pixels_get_value:
 * @values: (out) (array fixed-size=3): the stored sample, or red, green, blue
 *
 * Returns: number of values: 1 for grey, 3 for colour, 0 outside the picture and for a preview
 */
guint limner_pixels_get_value (const LimnerPixels *self, int x, int y, guint values[3]);

/*
 * How stored values become grey levels on the screen: values from low to high are spread over black
 * to white. Only a look-up at display time; for BGRX each channel is mapped the same way over 0 ..
 * 255. What comes out of the window is then changed by the rest, where 0 is always no change.
 */
typedef struct
{
  double low;
  double high;
  gboolean invert;
  double gamma;      /* above 1 lightens the middle; 0 is as good as 1 */
  double brightness; /* -1 (black) to 1 (white) */
  double contrast;   /* -1 (grey) to 1 (black and white) */
  double saturation; /* of BGRX: -1 (grey) to 1 (three times) */
} LimnerWindowLevel;

gboolean limner_window_level_equal (const LimnerWindowLevel *a, const LimnerWindowLevel *b);

/**
 * limner_pixels_get_full_window:
 *
 * Returns: the window that shows everything: 0 to 255, or for 16 bits 0 to the largest value
 * present
 */
LimnerWindowLevel limner_pixels_get_full_window (const LimnerPixels *self);

/**
 * limner_pixels_get_auto_window:
 * @low_percent: e.g. 2
 * @high_percent: e.g. 98
 *
 * From a histogram of at most a million samples. Any thread.
 */
LimnerWindowLevel limner_pixels_get_auto_window (const LimnerPixels *self,
                                                 double low_percent,
                                                 double high_percent);

/**
 * limner_pixels_get_region_window:
 * @box_img: a part of the picture
 * @window: (inout): low and high become what shows the values in @box_img best; the rest stays
 *
 * The same for a part, such as what a person has dragged a rectangle over. Not for a turned
 * picture.
 *
 * Returns: %FALSE where @box_img has no pixels; @window is then untouched
 */
gboolean limner_pixels_get_region_window (const LimnerPixels *self,
                                          const LimnerBox *box_img,
                                          double low_percent,
                                          double high_percent,
                                          LimnerWindowLevel *window);

/**
 * limner_pixels_get_histogram:
 * @bins: (out caller-allocates) (array length=n_bins): counts over the range 0 to @range
 *
 * Returns: the largest value the bins cover (255, or for 16 bits the largest value present)
 */
guint limner_pixels_get_histogram (const LimnerPixels *self, guint *bins, guint n_bins);

/**
 * limner_pixels_render:
 * @target: an image surface of CAIRO_FORMAT_RGB24 without device offset; the caller owns it alone
 * @x: left edge of @target in pixels of the scaled picture
 * @y: top edge
 * @scale: target pixels per picture pixel
 * @window: (nullable): how values become grey; %NULL = limner_pixels_get_full_window()
 * @background: 0xRRGGBB outside the picture
 *
 * Fills the whole surface: bilinear (on the picture or on one of its mips) below a scale of 2,
 * nearest pixel from 2 on. Rows from valid_rows on are hatched. Any thread.
 */
void limner_pixels_render (LimnerPixels *self,
                           cairo_surface_t *target,
                           double x,
                           double y,
                           double scale,
                           const LimnerWindowLevel *window,
                           guint32 background);

/**
 * limner_pixels_draw_grid:
 * @target: what limner_pixels_render() has filled, with the same @x, @y and @scale
 *
 * Lines between the pixels of the picture, one target pixel wide, lighter on dark and darker on
 * light ground. Any thread.
 */
void limner_pixels_draw_grid (
    const LimnerPixels *self, cairo_surface_t *target, double x, double y, double scale);

/**
 * limner_pixels_build_mips:
 *
 * Makes the halved pictures that limner_pixels_render() uses below a scale of 1/2, once; safe from
 * any thread. The loader calls it before it hands the picture out.
 */
void limner_pixels_build_mips (LimnerPixels *self);

/**
 * limner_pixels_dup_thumbnail:
 * @max_width: in device pixels
 * @max_height: in device pixels
 *
 * Returns: (transfer full): an RGB24 surface with the whole picture fitted into that size, never
 * enlarged
 */
cairo_surface_t *limner_pixels_dup_thumbnail (LimnerPixels *self,
                                              guint max_width,
                                              guint max_height);

G_END_DECLS
