/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-pixels"

#include "pixels-private.h"

#include <math.h>
#include <string.h>

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
  guint32 grey_lut[256];
  guint8 channel_lut[256];
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

static guint8
map_value (const Render *self, float value)
{
  float grey = CLAMP ((value - self->low) * self->gain, 0.0f, 255.0f) + 0.5f;

  return (guint8) (self->invert ? 255 - (int) grey : (int) grey);
}

static void
set_window (Render *self, const LimnerPixels *pixels, const LimnerWindowLevel *window)
{
  LimnerWindowLevel full = limner_pixels_get_full_window (pixels);

  if (window == NULL)
    window = &full;
  self->low = (float) window->low;
  self->invert = window->invert;
  /* without any width it is a threshold */
  self->gain = (float) (255.0 / MAX (window->high - window->low, 1e-3));
  self->is_identity = !window->invert && window->low == 0 && window->high == 255;
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
  const LimnerPixelsLevel *first = &pixels->levels[0];
  guint n_levels = g_atomic_int_get (&pixels->n_levels);
  guint index = 0;

  *factor = 1;
  if (scale > 0.5)
    return first;
  if (n_levels == 1)
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
    {
      const guint32 *from = row;

      for (guint i = 0; i < columns->n; i++)
        out->bgrx[i] = blend_pixels (from[left[i]], from[right[i]], weight[i]);
    }
}

static void
map_grey16 (const Render *self, const guint16 *from, guint32 *restrict to, guint n)
{
  float low = self->low;
  float gain = self->gain;
  gint32 flip = self->invert ? 255 : 0;

  for (guint i = 0; i < n; i++)
    {
      float grey = ((float) from[i] - low) * gain;

      grey = grey < 0.0f ? 0.0f : grey;
      grey = grey > 255.0f ? 255.0f : grey;
      to[i] = 0xff000000u | ((guint32) ((gint32) (grey + 0.5f) ^ flip) * 0x010101u);
    }
}

static void
map_samples (const Render *self, const void *row, guint32 *restrict to, guint n)
{
  if (self->format == LIMNER_PIXELS_GREY16)
    {
      map_grey16 (self, row, to, n);
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
limner_pixels_render_scaled (LimnerPixels *self,
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
  render.nearest = MIN (scale_x, scale_y) >= NEAREST_FROM;
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
