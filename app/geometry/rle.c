/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-rle"

#include "rle-private.h"

#include <string.h>

G_DEFINE_QUARK (limner - rle - error - quark, limner_rle_error)

/* Steps through the runs of a mask; runs of no length are passed over. */
typedef struct
{
  const LimnerRle *rle;
  gsize next;
  guint32 left; /* pixels left in the current run; 0 at the end of the mask */
  gboolean set;
} RunCursor;

static void
run_cursor_load (RunCursor *self)
{
  while (self->left == 0 && self->next < self->rle->n_counts)
    {
      self->set = self->next % 2 == 1;
      self->left = self->rle->counts[self->next++];
    }
}

static RunCursor
run_cursor_start (const LimnerRle *rle)
{
  RunCursor cursor = { rle, 0, 0, FALSE };

  run_cursor_load (&cursor);
  return cursor;
}

static void
run_cursor_advance (RunCursor *self, guint32 n_pixels)
{
  self->left -= n_pixels;
  run_cursor_load (self);
}

/* The runs fill the image exactly. For g_assert() only: O(runs). */
static gboolean
limner_rle_is_sane (const LimnerRle *self)
{
  guint64 sum = 0;

  for (gsize i = 0; i < self->n_counts; i++)
    sum += self->counts[i];
  return sum == (guint64) self->height * self->width;
}

LimnerRle *
limner_rle_wrap (guint32 height, guint32 width, const guint32 *counts, gsize n_counts)
{
  LimnerRle *self = g_malloc (sizeof (LimnerRle) + n_counts * sizeof (guint32));

  g_atomic_ref_count_init (&self->ref_count);
  self->height = height;
  self->width = width;
  self->n_counts = n_counts;
  if (n_counts > 0)
    memcpy (self->counts, counts, n_counts * sizeof (guint32));
  g_assert (limner_rle_is_sane (self));
  return self;
}

gboolean
limner_rle_check_size (guint32 height, guint32 width, GError **error)
{
  if ((guint64) height * width <= G_MAXUINT32)
    return TRUE;

  g_set_error (
      error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE,
      "mask of height %u and width %u has more than %u pixels, which run lengths cannot count",
      height, width, G_MAXUINT32);
  return FALSE;
}

void
limner_run_builder_add (LimnerRunBuilder *self, guint32 start, guint32 end)
{
  guint32 gap;
  guint32 length;

  if (start >= end)
    return;
  if (self->counts == NULL)
    self->counts = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_assert (start >= self->end);
  gap = start - self->end;
  length = end - start;
  if (gap == 0 && self->counts->len > 0)
    {
      g_array_index (self->counts, guint32, self->counts->len - 1) += length;
    }
  else
    {
      g_array_append_val (self->counts, gap);
      g_array_append_val (self->counts, length);
    }
  self->end = end;
}

LimnerRle *
limner_run_builder_finish (LimnerRunBuilder *self, guint32 height, guint32 width)
{
  g_autoptr (GArray) counts = g_steal_pointer (&self->counts);
  guint32 rest = height * width - self->end;
  LimnerRle *rle;

  if (counts == NULL)
    return limner_rle_wrap (height, width, &rest, 1);
  if (rest > 0)
    g_array_append_val (counts, rest);
  rle = limner_rle_wrap (height, width, (const guint32 *) counts->data, counts->len);
  self->end = 0;
  return rle;
}

LimnerRle *
limner_rle_new (
    guint32 height, guint32 width, const guint32 *counts, gsize n_counts, GError **error)
{
  guint64 expected = (guint64) height * width;
  guint64 sum = 0;

  g_return_val_if_fail (counts != NULL || n_counts == 0, NULL);

  if (!limner_rle_check_size (height, width, error))
    return NULL;

  for (gsize i = 0; i < n_counts; i++)
    sum += counts[i];
  if (sum != expected)
    {
      g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE,
                   "the runs of the mask add up to %" G_GUINT64_FORMAT
                   " pixels, expected %" G_GUINT64_FORMAT " (height %u x width %u)",
                   sum, expected, height, width);
      return NULL;
    }
  return limner_rle_wrap (height, width, counts, n_counts);
}

LimnerRle *
limner_rle_new_from_mask (const guint8 *mask, guint32 height, guint32 width)
{
  LimnerRunBuilder builder = { NULL, 0 };
  guint64 n_pixels = (guint64) height * width;

  g_return_val_if_fail (mask != NULL || n_pixels == 0, NULL);
  g_return_val_if_fail (n_pixels <= G_MAXUINT32, NULL);

  for (guint64 i = 0; i < n_pixels;)
    {
      guint64 start;

      while (i < n_pixels && mask[i] == 0)
        i++;
      start = i;
      while (i < n_pixels && mask[i] != 0)
        i++;
      limner_run_builder_add (&builder, start, i);
    }
  return limner_run_builder_finish (&builder, height, width);
}

static LimnerRle *
merge_two (const LimnerRle *a, const LimnerRle *b, gboolean intersect)
{
  LimnerRunBuilder builder = { NULL, 0 };
  RunCursor at_a = run_cursor_start (a);
  RunCursor at_b = run_cursor_start (b);
  guint32 position = 0;

  while (at_a.left > 0)
    {
      guint32 step = MIN (at_a.left, at_b.left);

      if (intersect ? at_a.set && at_b.set : at_a.set || at_b.set)
        limner_run_builder_add (&builder, position, position + step);
      position += step;
      run_cursor_advance (&at_a, step);
      run_cursor_advance (&at_b, step);
    }
  return limner_run_builder_finish (&builder, a->height, a->width);
}

LimnerRle *
limner_rle_merge (LimnerRle *const *masks, gsize n_masks, gboolean intersect)
{
  g_autoptr (LimnerRle) merged = NULL;

  for (gsize i = 1; i < n_masks; i++)
    if (masks[i]->height != masks[0]->height || masks[i]->width != masks[0]->width)
      n_masks = 0;
  if (n_masks == 0)
    return limner_rle_wrap (0, 0, NULL, 0);

  merged = limner_rle_ref (masks[0]);
  for (gsize i = 1; i < n_masks; i++)
    {
      LimnerRle *next = merge_two (merged, masks[i], intersect);

      limner_rle_unref (merged);
      merged = next;
    }
  return g_steal_pointer (&merged);
}

LimnerRle *
limner_rle_ref (LimnerRle *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_rle_unref (LimnerRle *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

guint32
limner_rle_get_height (const LimnerRle *self)
{
  return self->height;
}

guint32
limner_rle_get_width (const LimnerRle *self)
{
  return self->width;
}

const guint32 *
limner_rle_get_counts (const LimnerRle *self, gsize *n_counts)
{
  if (n_counts != NULL)
    *n_counts = self->n_counts;
  return self->counts;
}

gboolean
limner_rle_decode (const LimnerRle *self, guint8 *mask, gsize mask_len, GError **error)
{
  guint64 expected = (guint64) self->height * self->width;

  if (mask_len != expected)
    {
      g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE,
                   "room for %" G_GSIZE_FORMAT
                   " pixels was given, but the mask has %" G_GUINT64_FORMAT
                   " (height %u x width %u)",
                   mask_len, expected, self->height, self->width);
      return FALSE;
    }
  for (gsize i = 0; i < self->n_counts; i++)
    {
      memset (mask, i % 2, self->counts[i]);
      mask += self->counts[i];
    }
  return TRUE;
}

gboolean
limner_rle_contains (const LimnerRle *self, double x, double y)
{
  guint64 index;
  guint64 end = 0;

  if (!(x >= 0 && y >= 0 && x < self->width && y < self->height))
    return FALSE;

  index = (guint64) x * self->height + (guint64) y;
  for (gsize i = 0; i < self->n_counts; i++)
    {
      end += self->counts[i];
      if (index < end)
        return i % 2 == 1;
    }
  return FALSE;
}

guint64
limner_rle_get_area (const LimnerRle *self)
{
  guint64 area = 0;

  for (gsize i = 1; i < self->n_counts; i += 2)
    area += self->counts[i];
  return area;
}

LimnerBox
limner_rle_get_bbox (const LimnerRle *self)
{
  guint32 x0 = G_MAXUINT32;
  guint32 y0 = G_MAXUINT32;
  guint32 x1 = 0;
  guint32 y1 = 0;
  guint32 start = 0;

  for (gsize i = 1; i < self->n_counts; i += 2)
    {
      guint32 last;
      guint32 height = self->height;

      start += self->counts[i - 1];
      if (self->counts[i] == 0)
        continue;

      last = start + self->counts[i] - 1;
      x0 = MIN (x0, start / height);
      x1 = MAX (x1, last / height);
      if (start / height != last / height)
        {
          y0 = 0;
          y1 = height - 1;
        }
      else
        {
          y0 = MIN (y0, start % height);
          y1 = MAX (y1, last % height);
        }
      start = last + 1;
    }
  if (x0 == G_MAXUINT32)
    return (LimnerBox){ 0, 0, 0, 0 };
  return (LimnerBox){ x0, y0, (double) x1 - x0 + 1, (double) y1 - y0 + 1 };
}

double
limner_rle_iou (const LimnerRle *detection, const LimnerRle *truth, gboolean truth_is_crowd)
{
  LimnerBox detection_box = limner_rle_get_bbox (detection);
  LimnerBox truth_box = limner_rle_get_bbox (truth);
  RunCursor at_detection;
  RunCursor at_truth;
  guint64 shared = 0;
  guint64 both = 0;

  /* The order is the reference's: masks of different sizes whose boxes are apart give 0 and not -1.
   */
  if (!(limner_box_iou (&detection_box, &truth_box, truth_is_crowd) > 0))
    return 0;
  if (detection->height != truth->height || detection->width != truth->width)
    return -1;

  at_detection = run_cursor_start (detection);
  at_truth = run_cursor_start (truth);
  while (at_detection.left > 0)
    {
      guint32 step = MIN (at_detection.left, at_truth.left);

      if (at_detection.set && at_truth.set)
        shared += step;
      if (at_detection.set || at_truth.set)
        both += step;
      run_cursor_advance (&at_detection, step);
      run_cursor_advance (&at_truth, step);
    }
  if (shared == 0)
    return 0;
  return (double) shared / (double) (truth_is_crowd ? limner_rle_get_area (detection) : both);
}
