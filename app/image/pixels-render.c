/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-pixels"

#include "pixels-private.h"

#include <limner/painter.h>

#include <math.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Canvas tiles of 256 x 256 are filled here by several threads at once, so all scratch is on the
 * stack. A tile is cut into column chunks; in a chunk each row is blended from two source rows (a
 * loop over neighbours, vectorised), then gathered along x, then mapped to the screen.
 */
#define CHUNK 256

/* Source columns of a chunk: below two per target pixel on the level that choose_level() picks,
 * plus neighbours. */
#define SPAN (2 * CHUNK + 8)

/* From this scale on a person wants to see pixels. */
#define NEAREST_FROM 2.0

/* Grey levels between window and screen, so that a steep curve shows no bands. */
#define TONE_STEPS 4096

#define HATCH_PERIOD 16
#define HATCH_WIDTH 5
#define HATCH_DARK 0xff5c5c5c
#define HATCH_LIGHT 0xff8c8c8c

typedef struct
{
  LimnerPixelsFormat format;
  const LimnerPixelsLevel *level;
  gboolean nearest;
  double offset_x; /* of the target in the scaled picture */
  double offset_y;
  double scale_x; /* target pixels per pixel of the level */
  double scale_y;

  /* How samples become 0xffRRGGBB. */
  gboolean is_identity;
  float low;
  float gain;
  gboolean invert;
  gint32 saturation; /* 256 = unchanged */
  guint32 grey_lut[256];
  guint8 channel_lut[256];
  gboolean has_tone;  /* more than low, gain and invert */
  gboolean is_simple; /* of 16 bits */
  guint8 tone_lut[TONE_STEPS];
} Render;

/* The columns of one chunk: sample i lies between source columns base + left[i] and base +
 * right[i]. */
typedef struct
{
  guint n;
  guint base;
  guint span;
  gboolean is_aligned; /* sample i is exactly column base + i */
  guint16 left[CHUNK];
  guint16 right[CHUNK];
  guint16 weight[CHUNK]; /* of the right one, 0 to 256 */
} Columns;

typedef union
{
  guint8 grey8[SPAN];
  guint16 grey16[SPAN];
  guint32 bgrx[SPAN];
} Samples;

/* What gamma, contrast and brightness make of a grey level of 0 to 1. */
static double
apply_tone (const LimnerWindowLevel *window, double grey)
{
  double slope = tan ((CLAMP (window->contrast, -1.0, 0.99) + 1.0) * G_PI / 4.0);

  if (window->gamma > 0)
    grey = pow (grey, 1.0 / window->gamma);
  return CLAMP ((grey - 0.5) * slope + 0.5 + window->brightness / 2.0, 0.0, 1.0);
}

static void
set_tone (Render *self, const LimnerWindowLevel *window)
{
  self->has_tone = (window->gamma > 0 && window->gamma != 1.0) || window->brightness != 0 ||
                   window->contrast != 0;
  if (!self->has_tone)
    return;
  for (guint i = 0; i < TONE_STEPS; i++)
    {
      double grey = (double) i / (TONE_STEPS - 1);

      self->tone_lut[i] =
          (guint8) (apply_tone (window, window->invert ? 1.0 - grey : grey) * 255.0 + 0.5);
    }
}

static guint8
map_value (const Render *self, float value)
{
  float grey = CLAMP ((value - self->low) * self->gain, 0.0f, 255.0f);

  if (self->has_tone)
    return self->tone_lut[(int) (grey * ((TONE_STEPS - 1) / 255.0f) + 0.5f)];
  return (guint8) (self->invert ? 255 - (int) (grey + 0.5f) : (int) (grey + 0.5f));
}

/* Whether all that is mapped fits an integer before it is clamped. */
static gboolean
is_moderate (const Render *self)
{
  const float limit = 1 << 30;

  return fabsf (self->low * self->gain) < limit &&
         fabsf ((G_MAXUINT16 - self->low) * self->gain) < limit;
}

static void
set_window (Render *self, const LimnerPixels *pixels, const LimnerWindowLevel *window)
{
  LimnerWindowLevel full = limner_pixels_get_full_window (pixels);
  double saturation;

  if (window == NULL)
    window = &full;
  saturation = CLAMP (window->saturation, -1.0, 1.0);
  self->saturation = (gint32) (256 * (saturation < 0 ? 1 + saturation : 1 + 2 * saturation) + 0.5);
  self->low = (float) window->low;
  self->invert = window->invert;
  /* without any width it is a threshold */
  self->gain = (float) (255.0 / MAX (window->high - window->low, 1e-3));
  set_tone (self, window);
  self->is_identity = !window->invert && window->low == 0 && window->high == 255 &&
                      !self->has_tone && self->saturation == 256;
  self->is_simple = !self->has_tone && is_moderate (self);
  if (self->format == LIMNER_PIXELS_GREY16)
    return;
  for (guint i = 0; i < 256; i++)
    {
      guint32 grey = map_value (self, (float) i);

      self->channel_lut[i] = (guint8) grey;
      self->grey_lut[i] = 0xff000000 | (grey * 0x010101);
    }
}

/* The smallest level that still has at least one pixel for each target pixel. */
static const LimnerPixelsLevel *
choose_level (LimnerPixels *pixels, double scale, double *factor)
{
  guint n_levels = g_atomic_int_get (&pixels->n_levels);
  guint index = pixels->first_level;

  *factor = 1.0 / (1u << index);
  if (scale > 0.5 * *factor)
    return &pixels->levels[index];
  if (n_levels == index + 1)
    {
      limner_pixels_build_mips (pixels);
      n_levels = g_atomic_int_get (&pixels->n_levels);
    }
  while (index + 1 < n_levels && scale / *factor <= 0.5)
    {
      *factor /= 2;
      index++;
    }
  return &pixels->levels[index];
}

/* Two neighbours and the weight of the second for the sample centre @at, in level pixels. */
static inline void
locate (double at, guint size, gboolean nearest, guint *first, guint *second, guint *weight)
{
  double centre = nearest ? floor (at) : at - 0.5;
  double lower = floor (centre);

  if (lower < 0)
    {
      *first = *second = *weight = 0;
      return;
    }
  *first = (guint) MIN (lower, (double) size - 1);
  *second = MIN (*first + 1, size - 1);
  *weight = (guint) ((centre - lower) * 256 + 0.5);
}

/*
 * The columns of the target pixels from @x on; fewer than @n where the span would not fit. Each
 * place is divided on its own: a running sum would differ from tile to tile, and so leave seams.
 */
static void
locate_columns (const Render *self, int x, guint n, Columns *columns)
{
  guint first;
  guint second;
  guint weight;

  columns->is_aligned = TRUE;
  columns->n = 0;
  columns->span = 1;
  for (guint i = 0; i < MIN (n, CHUNK); i++)
    {
      double at = (self->offset_x + (x + (int) i) + 0.5) / self->scale_x;

      locate (at, self->level->width, self->nearest, &first, &second, &weight);
      if (i == 0)
        columns->base = first;
      if (second - columns->base >= SPAN)
        break;
      columns->left[i] = (guint16) (first - columns->base);
      columns->right[i] = (guint16) (second - columns->base);
      columns->weight[i] = (guint16) weight;
      columns->is_aligned = columns->is_aligned && weight == 0 && first - columns->base == i;
      columns->span = second - columns->base + 1;
      columns->n = i + 1;
    }
}

static void
blend_bytes (guint8 *restrict out, const guint8 *a, const guint8 *b, guint n, guint weight)
{
  guint16 second = (guint16) weight;
  guint16 first = (guint16) (256 - weight);

  for (guint i = 0; i < n; i++)
    out[i] = (guint8) ((guint16) (a[i] * first + b[i] * second + 128) >> 8);
}

static void
blend_words (guint16 *restrict out, const guint16 *a, const guint16 *b, guint n, guint weight)
{
  guint32 second = weight;
  guint32 first = 256 - weight;

  for (guint i = 0; i < n; i++)
    out[i] = (guint16) ((a[i] * first + b[i] * second + 128) >> 8);
}

/* The chunk's columns of the row between @a and @b. */
static const void *
blend_rows (const Render *self,
            const Columns *columns,
            const guint8 *a,
            const guint8 *b,
            guint weight,
            Samples *scratch)
{
  gsize offset = (gsize) columns->base * limner_pixels_format_bytes (self->format);

  a += offset;
  b += offset;
  if (weight == 0 || a == b)
    return a;
  if (self->format == LIMNER_PIXELS_GREY16)
    blend_words (scratch->grey16, (const guint16 *) a, (const guint16 *) b, columns->span, weight);
  else if (self->format == LIMNER_PIXELS_GREY8)
    blend_bytes (scratch->grey8, a, b, columns->span, weight);
  else
    blend_bytes ((guint8 *) scratch->bgrx, a, b, columns->span * 4, weight);
  return scratch;
}

static void
gather_nearest (const Render *self, const Columns *columns, const void *row, Samples *out)
{
  if (self->format == LIMNER_PIXELS_GREY8)
    for (guint i = 0; i < columns->n; i++)
      out->grey8[i] = ((const guint8 *) row)[columns->left[i]];
  else if (self->format == LIMNER_PIXELS_GREY16)
    for (guint i = 0; i < columns->n; i++)
      out->grey16[i] = ((const guint16 *) row)[columns->left[i]];
  else
    for (guint i = 0; i < columns->n; i++)
      out->bgrx[i] = ((const guint32 *) row)[columns->left[i]];
}

static inline guint32
blend_pixels (guint32 p, guint32 q, guint32 weight)
{
  const guint32 mask = 0x00ff00ff;
  guint32 first = 256 - weight;
  guint32 even = ((p & mask) * first + (q & mask) * weight + 0x00800080) >> 8;
  guint32 odd = ((p >> 8) & mask) * first + ((q >> 8) & mask) * weight + 0x00800080;

  return (even & mask) | (odd & ~mask);
}

/* The same for many pixels. */
static void
blend_columns (const Columns *columns, const guint32 *from, guint32 *restrict out)
{
  const guint16 *left = columns->left, *right = columns->right, *weight = columns->weight;
  guint i = 0;

#ifdef __SSE2__
  const __m128i zero = _mm_setzero_si128 (), half = _mm_set1_epi16 (128);

  /* p * 256 + (q - p) * weight, whose words overflow on the way and are right in the end */
  for (; i + 2 <= columns->n; i += 2)
    {
      __m128i p = _mm_unpacklo_epi32 (_mm_cvtsi32_si128 ((int) from[left[i]]),
                                      _mm_cvtsi32_si128 ((int) from[left[i + 1]]));
      __m128i q = _mm_unpacklo_epi32 (_mm_cvtsi32_si128 ((int) from[right[i]]),
                                      _mm_cvtsi32_si128 ((int) from[right[i + 1]]));
      __m128i weights =
          _mm_cvtsi32_si128 ((int) ((guint32) weight[i + 1] << 16 | (guint32) weight[i]));
      __m128i sum;

      p = _mm_unpacklo_epi8 (p, zero);
      q = _mm_unpacklo_epi8 (q, zero);
      weights = _mm_unpacklo_epi16 (weights, weights);
      weights = _mm_unpacklo_epi32 (weights, weights);
      sum = _mm_add_epi16 (_mm_slli_epi16 (p, 8), _mm_mullo_epi16 (_mm_sub_epi16 (q, p), weights));
      sum = _mm_srli_epi16 (_mm_add_epi16 (sum, half), 8);
      _mm_storel_epi64 ((__m128i *) (gpointer) (out + i), _mm_packus_epi16 (sum, sum));
    }
#endif
  for (; i < columns->n; i++)
    out[i] = blend_pixels (from[left[i]], from[right[i]], weight[i]);
}

static void
gather_linear (const Render *self, const Columns *columns, const void *row, Samples *out)
{
  const guint16 *left = columns->left;
  const guint16 *right = columns->right;
  const guint16 *weight = columns->weight;

  if (self->format == LIMNER_PIXELS_GREY8)
    {
      const guint8 *from = row;

      for (guint i = 0; i < columns->n; i++)
        out->grey8[i] =
            (guint8) ((from[left[i]] * (256u - weight[i]) + from[right[i]] * weight[i] + 128) >> 8);
    }
  else if (self->format == LIMNER_PIXELS_GREY16)
    {
      const guint16 *from = row;

      for (guint i = 0; i < columns->n; i++)
        out->grey16[i] = (guint16) ((from[left[i]] * (256u - weight[i]) +
                                     from[right[i]] * (guint32) weight[i] + 128) >>
                                    8);
    }
  else
    blend_columns (columns, row, out->bgrx);
}

/* Clamped as integers: compilers vectorise no comparison of floats that might trap. */
static void
map_grey16 (const Render *self, const guint16 *from, guint32 *restrict to, guint n)
{
  float low = self->low;
  float gain = self->gain;
  gint32 flip = self->invert ? 255 : 0;

  for (guint i = 0; i < n; i++)
    {
      gint32 grey = (gint32) (((float) from[i] - low) * gain + 0.5f);
      guint32 value;

      grey = MAX (grey, 0);
      value = (guint32) (MIN (grey, 255) ^ flip);
      /* shifted, not multiplied: SSE2 has no product of 32 bits */
      to[i] = 0xff000000u | value << 16 | value << 8 | value;
    }
}

/* With a tone, or an extreme window. */
static void
map_grey16_each (const Render *self, const guint16 *from, guint32 *restrict to, guint n)
{
  for (guint i = 0; i < n; i++)
    to[i] = 0xff000000u | (guint32) map_value (self, from[i]) * 0x010101u;
}

static inline guint32
saturate_channel (gint32 luma, gint32 channel, gint32 factor)
{
  gint32 value = luma + ((channel - luma) * factor + 128) / 256;

  return (guint32) CLAMP (value, 0, 255);
}

/* In place; BT.601 luma stays. */
static void
saturate (guint32 *pixels, guint n, gint32 factor)
{
  for (guint i = 0; i < n; i++)
    {
      gint32 red = pixels[i] >> 16 & 0xff, green = pixels[i] >> 8 & 0xff, blue = pixels[i] & 0xff;
      gint32 luma = (77 * red + 150 * green + 29 * blue + 128) >> 8;

      pixels[i] = 0xff000000 | saturate_channel (luma, red, factor) << 16 |
                  saturate_channel (luma, green, factor) << 8 |
                  saturate_channel (luma, blue, factor);
    }
}

static void
map_samples (const Render *self, const void *row, guint32 *restrict to, guint n)
{
  if (self->format == LIMNER_PIXELS_GREY16)
    {
      if (self->is_simple)
        map_grey16 (self, row, to, n);
      else
        map_grey16_each (self, row, to, n);
    }
  else if (self->format == LIMNER_PIXELS_GREY8)
    {
      const guint8 *from = row;

      for (guint i = 0; i < n; i++)
        to[i] = self->grey_lut[from[i]];
    }
  else if (self->is_identity)
    {
      const guint32 *from = row;

      for (guint i = 0; i < n; i++)
        to[i] = from[i] | 0xff000000;
    }
  else
    {
      const guint32 *from = row;
      const guint8 *lut = self->channel_lut;

      for (guint i = 0; i < n; i++)
        to[i] = 0xff000000 | ((guint32) lut[(from[i] >> 16) & 0xff] << 16) |
                ((guint32) lut[(from[i] >> 8) & 0xff] << 8) | lut[from[i] & 0xff];
      if (self->saturation != 256)
        saturate (to, n, self->saturation);
    }
}

/* Target pixels of a surface, or of a part of it. */
typedef struct
{
  guint8 *data;
  gsize stride;
  int x0;
  int y0;
  int x1;
  int y1;
} Area;

static inline guint32 *
area_row (const Area *area, int y)
{
  return (guint32 *) (area->data + (gsize) y * area->stride);
}

static void
render_chunk (const Render *self, const Columns *columns, const Area *area, int target_x)
{
  const LimnerPixelsLevel *level = self->level;
  Samples blended;
  Samples gathered;
  const guint32 *previous = NULL;
  guint previous_row = 0;
  guint first;
  guint second;
  guint weight;

  for (int y = area->y0; y < area->y1; y++)
    {
      guint32 *to = area_row (area, y) + target_x;
      const void *row;

      locate ((self->offset_y + y + 0.5) / self->scale_y, level->height, self->nearest, &first,
              &second, &weight);
      if (self->nearest && previous != NULL && previous_row == first)
        {
          memcpy (to, previous, columns->n * sizeof *to);
          continue;
        }
      row = blend_rows (self, columns, level->data + first * level->stride,
                        level->data + second * level->stride, weight, &blended);
      if (!columns->is_aligned)
        {
          if (self->nearest)
            gather_nearest (self, columns, row, &gathered);
          else
            gather_linear (self, columns, row, &gathered);
          row = &gathered;
        }
      map_samples (self, row, to, columns->n);
      previous = to;
      previous_row = first;
    }
}

static void
fill (const Area *area, int x0, int y0, int x1, int y1, guint32 color)
{
  for (int y = y0; y < y1; y++)
    {
      guint32 *row = area_row (area, y);

      for (int x = x0; x < x1; x++)
        row[x] = color;
    }
}

/* Diagonal stripes that are fixed to the scaled picture, so that they meet at the edges of tiles.
 */
static void
hatch (const Area *area, int x0, int y0, int x1, int y1, gint64 origin)
{
  for (int y = y0; y < y1; y++)
    {
      guint32 *row = area_row (area, y);

      for (int x = x0; x < x1; x++)
        {
          gint64 phase = (origin + x + y) % HATCH_PERIOD;

          phase = phase < 0 ? phase + HATCH_PERIOD : phase;
          row[x] = phase < HATCH_WIDTH ? HATCH_DARK : HATCH_LIGHT;
        }
    }
}

/* The first target pixel whose centre lies at or beyond @edge_img. */
static int
first_pixel (double edge_img, double scale, double offset, int size)
{
  return (int) CLAMP (ceil (edge_img * scale - offset - 0.5), 0, size);
}

static void
hatch_missing (const LimnerPixels *pixels,
               const Area *picture,
               double x,
               double y,
               double scale_x,
               double scale_y,
               int width,
               int height)
{
  int x0 = first_pixel (pixels->valid_x0, scale_x, x, width);
  int y0 = first_pixel (pixels->valid_y0, scale_y, y, height);
  int x1 = first_pixel (pixels->valid_x1, scale_x, x, width);
  int y1 = first_pixel (pixels->valid_y1, scale_y, y, height);
  gint64 origin = (gint64) floor (x) + (gint64) floor (y);

  hatch (picture, picture->x0, picture->y0, picture->x1, y0, origin);
  hatch (picture, picture->x0, y1, picture->x1, picture->y1, origin);
  hatch (picture, picture->x0, y0, x0, y1, origin);
  hatch (picture, x1, y0, picture->x1, y1, origin);
}

static void
render_picture (const Render *self, const Area *picture)
{
  Columns columns;

  for (int x = picture->x0; x < picture->x1; x += (int) columns.n)
    {
      locate_columns (self, x, (guint) (picture->x1 - x), &columns);
      render_chunk (self, &columns, picture, x);
    }
}

/* limner_pixels_render() with a scale for each axis, which only thumbnails of extremely long
 * pictures need. */
static void
render_base (LimnerPixels *self,
             cairo_surface_t *target,
             double x,
             double y,
             double scale_x,
             double scale_y,
             const LimnerWindowLevel *window,
             guint32 background)
{
  Render render = { .format = self->format };
  Area picture = { 0 };
  int width = cairo_image_surface_get_width (target);
  int height = cairo_image_surface_get_height (target);
  double factor;

  cairo_surface_flush (target);
  picture.data = cairo_image_surface_get_data (target);
  picture.stride = (gsize) cairo_image_surface_get_stride (target);
  if (picture.data == NULL)
    return;

  background = 0xff000000 | (background & 0x00ffffff);
  picture.x0 = first_pixel (0, scale_x, x, width);
  picture.y0 = first_pixel (0, scale_y, y, height);
  picture.x1 = first_pixel (self->levels[0].width, scale_x, x, width);
  picture.y1 = first_pixel (self->levels[0].height, scale_y, y, height);
  if (picture.x0 >= picture.x1 || picture.y0 >= picture.y1)
    {
      fill (&picture, 0, 0, width, height, background);
      cairo_surface_mark_dirty (target);
      return;
    }

  set_window (&render, self, window);
  render.level = choose_level (self, MIN (scale_x, scale_y), &factor);
  render.nearest = MIN (scale_x, scale_y) >= NEAREST_FROM && self->first_level == 0;
  render.offset_x = x;
  render.offset_y = y;
  render.scale_x = scale_x / factor;
  render.scale_y = scale_y / factor;
  render_picture (&render, &picture);

  fill (&picture, 0, 0, width, picture.y0, background);
  fill (&picture, 0, picture.y1, width, height, background);
  fill (&picture, 0, picture.y0, picture.x0, picture.y1, background);
  fill (&picture, picture.x1, picture.y0, width, picture.y1, background);
  hatch_missing (self, &picture, x, y, scale_x, scale_y, width, height);
  cairo_surface_mark_dirty (target);
}

/* Where the pixels of a turned target are in the flat one that it is made of: steps of pixels. */
typedef struct
{
  gssize start;
  gssize step_x;
  gssize step_y;
} Steps;

static Steps
find_steps (LimnerOrientation turn, gssize stride, int width, int height)
{
  const gboolean swaps = turn >= LIMNER_ORIENTATION_TRANSPOSE;
  const LimnerPoint back_x =
      limner_orientation_turn (limner_orientation_invert (turn), (LimnerPoint){ 1, 0 });
  const LimnerPoint back_y =
      limner_orientation_turn (limner_orientation_invert (turn), (LimnerPoint){ 0, 1 });
  const gssize last_x = (swaps ? height : width) - 1, last_y = (swaps ? width : height) - 1;
  Steps steps = { 0, (gssize) back_x.x + (gssize) back_x.y * stride,
                  (gssize) back_y.x + (gssize) back_y.y * stride };

  if (back_x.x + back_y.x < 0)
    steps.start += last_x;
  if (back_x.y + back_y.y < 0)
    steps.start += last_y * stride;
  return steps;
}

/* (transfer full): a surface of the base's own frame, with what will be in @target. */
static cairo_surface_t *
render_flat (LimnerPixels *self,
             cairo_surface_t *target,
             double x,
             double y,
             double scale_x,
             double scale_y,
             const LimnerWindowLevel *window,
             guint32 background)
{
  const gboolean swaps = self->turn >= LIMNER_ORIENTATION_TRANSPOSE;
  const int width = cairo_image_surface_get_width (target);
  const int height = cairo_image_surface_get_height (target);
  const LimnerPoint axis = limner_orientation_turn (self->turn, (LimnerPoint){ 1, 1 });
  cairo_surface_t *flat = cairo_image_surface_create (CAIRO_FORMAT_RGB24, swaps ? height : width,
                                                      swaps ? width : height);

  /* from the other end where an axis runs backwards */
  if (axis.x < 0)
    x = self->levels[0].width * scale_x - (x + width);
  if (axis.y < 0)
    y = self->levels[0].height * scale_y - (y + height);
  if (swaps)
    render_base (self->base, flat, y, x, scale_y, scale_x, window, background);
  else
    render_base (self->base, flat, x, y, scale_x, scale_y, window, background);
  return flat;
}

static void
limner_pixels_render_scaled (LimnerPixels *self,
                             cairo_surface_t *target,
                             double x,
                             double y,
                             double scale_x,
                             double scale_y,
                             const LimnerWindowLevel *window,
                             guint32 background)
{
  const int width = cairo_image_surface_get_width (target);
  const int height = cairo_image_surface_get_height (target);
  cairo_surface_t *flat;
  const guint32 *from;
  Steps steps;

  if (self->base == NULL)
    {
      render_base (self, target, x, y, scale_x, scale_y, window, background);
      return;
    }
  flat = render_flat (self, target, x, y, scale_x, scale_y, window, background);
  cairo_surface_flush (target);
  from = (const guint32 *) (const void *) cairo_image_surface_get_data (flat);
  steps = find_steps (self->turn, cairo_image_surface_get_stride (flat) / 4, width, height);
  for (int row = 0; from != NULL && row < height; row++)
    {
      guint32 *to = (guint32 *) (void *) (cairo_image_surface_get_data (target) +
                                          (gssize) row * cairo_image_surface_get_stride (target));

      for (int column = 0; column < width; column++)
        to[column] = from[steps.start + row * steps.step_y + column * steps.step_x];
    }
  cairo_surface_mark_dirty (target);
  cairo_surface_destroy (flat);
}

void
limner_pixels_render (LimnerPixels *self,
                      cairo_surface_t *target,
                      double x,
                      double y,
                      double scale,
                      const LimnerWindowLevel *window,
                      guint32 background)
{
  g_return_if_fail (self != NULL && target != NULL);
  g_return_if_fail (cairo_image_surface_get_format (target) == CAIRO_FORMAT_RGB24);
  g_return_if_fail (scale > 0);

  limner_pixels_render_scaled (self, target, x, y, scale, scale, window, background);
}

cairo_surface_t *
limner_pixels_dup_thumbnail (LimnerPixels *self, guint max_width, guint max_height)
{
  guint width;
  guint height;
  guint fit_width;
  guint fit_height;
  double scale;
  cairo_surface_t *surface;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (max_width > 0 && max_height > 0, NULL);

  width = limner_pixels_get_width (self);
  height = limner_pixels_get_height (self);
  scale = MIN (1.0, MIN ((double) max_width / width, (double) max_height / height));
  fit_width = CLAMP ((guint) (width * scale + 0.5), 1, max_width);
  fit_height = CLAMP ((guint) (height * scale + 0.5), 1, max_height);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) fit_width, (int) fit_height);
  limner_pixels_render_scaled (self, surface, 0, 0, (double) fit_width / width,
                               (double) fit_height / height, NULL, 0);
  return surface;
}
