/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-pixels"

#include "pixels-private.h"
#include "plane.h"

#include <math.h>

#define MAX_SAMPLES (1000 * 1000)

static guint
find_largest (const LimnerPixelsLevel *level)
{
  guint16 largest = 0;

  for (guint y = 0; y < level->height; y++)
    {
      const guint16 *row = (const guint16 *) (level->data + y * level->stride);

      for (guint x = 0; x < level->width; x++)
        largest = MAX (largest, row[x]);
    }
  return largest;
}

static LimnerPixels *
create (LimnerPixelsFormat format, guint width, guint height)
{
  LimnerPixels *self = g_new0 (LimnerPixels, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mips_lock);
  self->format = format;
  self->orientation = LIMNER_ORIENTATION_NORMAL;
  self->stored_depth = format == LIMNER_PIXELS_GREY16 ? 16 : 8;
  self->valid_x1 = width;
  self->valid_y1 = height;
  self->levels[0] = (LimnerPixelsLevel){ width, height, 0, NULL, 0 };
  self->n_levels = 1;
  return self;
}

static void
set_level (LimnerPixels *self, guint index, gsize stride, guint8 *data)
{
  LimnerPixelsLevel *level = &self->levels[index];

  g_return_if_fail (data != NULL);
  g_return_if_fail (stride >= (gsize) level->width * limner_pixels_format_bytes (self->format));
  g_return_if_fail (stride % limner_pixels_format_bytes (self->format) == 0);

  level->stride = stride;
  level->data = data;
  if (self->format == LIMNER_PIXELS_GREY16)
    self->largest = find_largest (level);
}

LimnerPixels *
limner_pixels_new (LimnerPixelsFormat format, guint width, guint height, gsize stride, guint8 *data)
{
  LimnerPixels *self;

  g_return_val_if_fail (width > 0 && height > 0, NULL);

  self = create (format, width, height);
  set_level (self, 0, stride, data);
  return self;
}

LimnerPixels *
limner_pixels_new_preview (
    LimnerPixelsFormat format, guint width, guint height, guint level, gsize stride, guint8 *data)
{
  LimnerPixels *self;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (level > 0 && level < LIMNER_PIXELS_MAX_LEVELS, NULL);

  self = create (format, width, height);
  for (guint i = 1; i <= level; i++)
    self->levels[i] = (LimnerPixelsLevel){ (self->levels[i - 1].width + 1) / 2,
                                           (self->levels[i - 1].height + 1) / 2, 0, NULL, 0 };
  self->first_level = level;
  self->n_levels = (gint) level + 1;
  set_level (self, level, stride, data);
  return self;
}

void
limner_pixels_set_mapped (LimnerPixels *self, gsize mapped)
{
  self->levels[self->first_level].mapped = mapped;
}

gboolean
limner_pixels_is_preview (const LimnerPixels *self)
{
  return limner_pixels_get_base (self)->first_level > 0;
}

LimnerPixels *
limner_pixels_new_turned (LimnerPixels *base, LimnerOrientation turn)
{
  LimnerPixels *self;
  gboolean swaps = turn >= LIMNER_ORIENTATION_TRANSPOSE;

  g_return_val_if_fail (base != NULL && base->base == NULL, NULL);
  g_return_val_if_fail (turn <= LIMNER_ORIENTATION_ROTATE_270, NULL);

  self = create (base->format, swaps ? base->levels[0].height : base->levels[0].width,
                 swaps ? base->levels[0].width : base->levels[0].height);
  self->base = limner_pixels_ref (base);
  self->turn = turn;
  self->largest = base->largest;
  self->flags = base->flags;
  self->orientation = base->orientation;
  self->stored_depth = base->stored_depth;
  return self;
}

LimnerPixels *
limner_pixels_ref (LimnerPixels *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_pixels_unref (LimnerPixels *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < LIMNER_PIXELS_MAX_LEVELS; i++)
    limner_plane_free (self->levels[i].data, self->levels[i].mapped);
  for (guint i = 0; i < LIMNER_PIXELS_N_NOTES; i++)
    g_free (self->notes[i]);
  g_clear_pointer (&self->base, limner_pixels_unref);
  g_mutex_clear (&self->mips_lock);
  g_free (self);
}

LimnerPixelsFormat
limner_pixels_get_format (const LimnerPixels *self)
{
  return self->format;
}

guint
limner_pixels_get_width (const LimnerPixels *self)
{
  return self->levels[0].width;
}

guint
limner_pixels_get_height (const LimnerPixels *self)
{
  return self->levels[0].height;
}

gsize
limner_pixels_get_stride (const LimnerPixels *self)
{
  return self->levels[0].stride;
}

const guint8 *
limner_pixels_get_data (const LimnerPixels *self)
{
  return self->levels[0].data;
}

gsize
limner_pixels_get_size_bytes (const LimnerPixels *self)
{
  guint n_levels = g_atomic_int_get (&self->n_levels);
  gsize size_bytes = sizeof *self;

  for (guint i = 0; i < n_levels; i++)
    size_bytes += self->levels[i].stride * self->levels[i].height;
  return size_bytes;
}

/* Where the first @valid_rows rows of the stored picture are once it has been turned upright. */
static void
set_valid_area (LimnerPixels *self, guint valid_rows)
{
  guint width = limner_pixels_get_width (self);
  guint height = limner_pixels_get_height (self);

  self->valid_x0 = 0;
  self->valid_y0 = 0;
  self->valid_x1 = width;
  self->valid_y1 = height;
  switch (self->orientation)
    {
    case LIMNER_ORIENTATION_NORMAL:
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      self->valid_y1 = MIN (valid_rows, height);
      break;
    case LIMNER_ORIENTATION_ROTATE_180:
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      self->valid_y0 = height - MIN (valid_rows, height);
      break;
    case LIMNER_ORIENTATION_TRANSPOSE:
    case LIMNER_ORIENTATION_ROTATE_270:
      self->valid_x1 = MIN (valid_rows, width);
      break;
    case LIMNER_ORIENTATION_ROTATE_90:
    case LIMNER_ORIENTATION_TRANSVERSE:
      self->valid_x0 = width - MIN (valid_rows, width);
      break;
    default:
      break;
    }
}

void
limner_pixels_set_flags (LimnerPixels *self,
                         LimnerPixelsFlags flags,
                         guint valid_rows,
                         LimnerOrientation orientation,
                         guint stored_depth)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (stored_depth >= 1 && stored_depth <= 32);

  self->flags = flags;
  self->orientation = orientation;
  self->stored_depth = stored_depth;
  set_valid_area (self, valid_rows);
}

LimnerPixelsFlags
limner_pixels_get_flags (const LimnerPixels *self)
{
  return self->flags;
}

void
limner_pixels_set_note (LimnerPixels *self, LimnerPixelsFlags flag, char *note)
{
  int index = g_bit_nth_lsf (flag, -1);

  g_return_if_fail (index >= 0 && index < LIMNER_PIXELS_N_NOTES);

  g_free (self->notes[index]);
  self->notes[index] = note;
}

const char *
limner_pixels_get_note (const LimnerPixels *self, LimnerPixelsFlags flag)
{
  int index = g_bit_nth_lsf (flag, -1);

  g_return_val_if_fail (index >= 0 && index < LIMNER_PIXELS_N_NOTES, NULL);

  return limner_pixels_get_base (self)->notes[index];
}

LimnerOrientation
limner_pixels_get_orientation (const LimnerPixels *self)
{
  return self->orientation;
}

guint
limner_pixels_get_stored_depth (const LimnerPixels *self)
{
  return self->stored_depth;
}

/* From a pixel of the turned picture to that of its base. */
static void
unturn (const LimnerPixels *self, int *x, int *y)
{
  const int last_x = (int) self->levels[0].width - 1, last_y = (int) self->levels[0].height - 1;
  const int at_x = *x, at_y = *y;

  switch (self->turn)
    {
    case LIMNER_ORIENTATION_FLIP_HORIZONTAL:
      *x = last_x - at_x;
      break;
    case LIMNER_ORIENTATION_ROTATE_180:
      *x = last_x - at_x;
      *y = last_y - at_y;
      break;
    case LIMNER_ORIENTATION_FLIP_VERTICAL:
      *y = last_y - at_y;
      break;
    case LIMNER_ORIENTATION_TRANSPOSE:
      *x = at_y;
      *y = at_x;
      break;
    case LIMNER_ORIENTATION_ROTATE_90:
      *x = at_y;
      *y = last_x - at_x;
      break;
    case LIMNER_ORIENTATION_TRANSVERSE:
      *x = last_y - at_y;
      *y = last_x - at_x;
      break;
    case LIMNER_ORIENTATION_ROTATE_270:
      *x = last_y - at_y;
      *y = at_x;
      break;
    case LIMNER_ORIENTATION_NORMAL:
    default:
      break;
    }
}

guint
limner_pixels_get_value (const LimnerPixels *self, int x, int y, guint values[3])
{
  const LimnerPixelsLevel *level = &self->levels[0];
  const guint8 *row;

  if (x < 0 || y < 0 || (guint) x >= level->width || (guint) y >= level->height)
    return 0;
  if (self->base != NULL)
    {
      unturn (self, &x, &y);
      return limner_pixels_get_value (self->base, x, y, values);
    }
  if (level->data == NULL)
    return 0;

  row = level->data + (gsize) y * level->stride;
  switch (self->format)
    {
    case LIMNER_PIXELS_GREY8:
      /* 1, 2 and 4 bits were spread over 0 .. 255 exactly */
      values[0] = row[x];
      if (self->stored_depth < 8)
        values[0] /= 255 / ((1u << self->stored_depth) - 1);
      return 1;
    case LIMNER_PIXELS_GREY16:
      values[0] = ((const guint16 *) row)[x];
      return 1;
    default:
      {
        guint32 pixel = ((const guint32 *) row)[x];

        values[0] = (pixel >> 16) & 0xff;
        values[1] = (pixel >> 8) & 0xff;
        values[2] = pixel & 0xff;
        return 3;
      }
    }
}

LimnerWindowLevel
limner_pixels_get_full_window (const LimnerPixels *self)
{
  return (LimnerWindowLevel){
    .low = 0,
    .high = self->format == LIMNER_PIXELS_GREY16 ? MAX (self->largest, 1) : 255,
  };
}

static inline guint
get_sample (const LimnerPixels *self, const guint8 *row, guint x)
{
  guint32 pixel;

  if (self->format == LIMNER_PIXELS_GREY8)
    return row[x];
  if (self->format == LIMNER_PIXELS_GREY16)
    return ((const guint16 *) row)[x];

  /* BT.601 luma */
  pixel = ((const guint32 *) row)[x];
  return (77 * ((pixel >> 16) & 0xff) + 150 * ((pixel >> 8) & 0xff) + 29 * (pixel & 0xff) + 128) >>
         8;
}

/* The part that was in the file. */
static LimnerBox
get_valid_box (const LimnerPixels *self)
{
  return (LimnerBox){ self->valid_x0, self->valid_y0, self->valid_x1 - self->valid_x0,
                      self->valid_y1 - self->valid_y0 };
}

/* Counts at most MAX_SAMPLES samples, spread evenly over @box_img. */
static guint
count_samples (
    const LimnerPixels *self, const LimnerBox *box_img, guint *bins, guint n_bins, guint range)
{
  const LimnerPixelsLevel *level = &self->levels[self->first_level];
  const double reduced = 1u << self->first_level;
  LimnerBox box = limner_box_clamp (box_img, self->levels[0].width, self->levels[0].height);
  const guint x0 = (guint) floor (box.x / reduced), y0 = (guint) floor (box.y / reduced);
  const guint x1 = MIN ((guint) ceil ((box.x + box.width) / reduced), level->width);
  const guint y1 = MIN ((guint) ceil ((box.y + box.height) / reduced), level->height);
  guint step = 1;
  guint n_samples = 0;

  if (!(box.width > 0) || !(box.height > 0) || x0 >= x1 || y0 >= y1)
    return 0;
  while ((guint64) (x1 - x0) * (y1 - y0) / ((guint64) step * step) > MAX_SAMPLES)
    step++;
  for (guint y = y0; y < y1; y += step)
    {
      const guint8 *row = level->data + y * level->stride;

      for (guint x = x0; x < x1; x += step)
        {
          guint sample = get_sample (self, row, x);

          bins[(guint64) sample * n_bins / ((guint64) range + 1)]++;
          n_samples++;
        }
    }
  return n_samples;
}

guint
limner_pixels_get_histogram (const LimnerPixels *self, guint *bins, guint n_bins)
{
  guint range = (guint) limner_pixels_get_full_window (self).high;
  LimnerBox box;

  g_return_val_if_fail (bins != NULL && n_bins > 0, range);

  self = limner_pixels_get_base (self);
  box = get_valid_box (self);
  memset (bins, 0, n_bins * sizeof *bins);
  count_samples (self, &box, bins, n_bins, range);
  return range;
}

/* The window that leaves out what is below and above; untouched without any samples. */
static gboolean
find_percentiles (const LimnerPixels *self,
                  const LimnerBox *box_img,
                  double low_percent,
                  double high_percent,
                  LimnerWindowLevel *window)
{
  guint range = (guint) limner_pixels_get_full_window (self).high;
  g_autofree guint *bins = g_new0 (guint, (gsize) range + 1);
  guint n_samples = count_samples (self, box_img, bins, range + 1, range);
  double low_count = n_samples * CLAMP (low_percent, 0, 100) / 100;
  double high_count = n_samples * CLAMP (high_percent, 0, 100) / 100;
  guint64 sum = 0;
  gboolean has_low = FALSE;

  if (n_samples == 0)
    return FALSE;
  window->low = 0;
  window->high = range;
  for (guint value = 0; value <= range; value++)
    {
      sum += bins[value];
      if (!has_low && sum > low_count)
        {
          window->low = value;
          has_low = TRUE;
        }
      if (sum >= high_count)
        {
          window->high = value;
          break;
        }
    }
  /* a flat picture still needs a window of some width */
  if (!has_low || window->high <= window->low)
    {
      window->low = MIN (window->low, window->high);
      window->high = window->low + 1;
    }
  return TRUE;
}

LimnerWindowLevel
limner_pixels_get_auto_window (const LimnerPixels *self, double low_percent, double high_percent)
{
  LimnerWindowLevel window = limner_pixels_get_full_window (self);
  LimnerBox box;

  self = limner_pixels_get_base (self);
  box = get_valid_box (self);
  find_percentiles (self, &box, low_percent, high_percent, &window);
  return window;
}

gboolean
limner_pixels_get_region_window (const LimnerPixels *self,
                                 const LimnerBox *box_img,
                                 double low_percent,
                                 double high_percent,
                                 LimnerWindowLevel *window)
{
  g_return_val_if_fail (self != NULL && self->base == NULL, FALSE);
  g_return_val_if_fail (box_img != NULL && window != NULL, FALSE);

  return find_percentiles (self, box_img, low_percent, high_percent, window);
}

gboolean
limner_window_level_equal (const LimnerWindowLevel *a, const LimnerWindowLevel *b)
{
  return a->low == b->low && a->high == b->high && a->invert == b->invert && a->gamma == b->gamma &&
         a->brightness == b->brightness && a->contrast == b->contrast &&
         a->saturation == b->saturation;
}
