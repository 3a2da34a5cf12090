/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

/*
 * Nearly all annotations of a large file are in order, and written like the one before: between
 * their values stand the same bytes. Such a one is read in a single pass, without looking for its
 * members. Whatever is not just so is left to the checks, which say what is wrong with it.
 */

#include "check.h"

#include <string.h>

void
check_forget_gaps (CheckScratch *scratch)
{
  scratch->n_gaps = 0;
  scratch->has_gaps = TRUE;
}

void
check_learn_gap (CheckScratch *scratch, const char *start, const char *value, CheckMember member)
{
  CheckGap *gap = &scratch->gaps[scratch->n_gaps];
  gsize length = (gsize) (value - start);

  scratch->has_gaps =
      scratch->has_gaps && scratch->n_gaps < CHECK_MAX_GAPS && length <= sizeof gap->text;
  if (!scratch->has_gaps)
    return;
  *gap = (CheckGap){ 0 };
  memcpy (gap->text, start, length);
  memset (gap->mask, 0xff, length);
  gap->length = (guint8) length;
  gap->member = (guint8) member;
  scratch->n_gaps++;
}

/* @limit: bytes up to there may be looked at. */
static inline gboolean
is_gap (const CheckGap *gap, const char *p, const char *limit)
{
  guint64 bytes[G_N_ELEMENTS (gap->text)];
  guint64 differ = 0;

  if (G_UNLIKELY ((gsize) (limit - p) < sizeof bytes))
    return (gsize) (limit - p) >= gap->length && memcmp (p, gap->text, gap->length) == 0;
  memcpy (bytes, p, sizeof bytes);
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    differ |= (bytes[i] ^ gap->text[i]) & gap->mask[i];
  return differ == 0;
}

/* Digits of 63 bits: behind them, or NULL. The last byte of the record is a brace, which ends every
 * such loop; that it is no fraction the next gap tells. */
static inline const char *
read_digits (const char *p)
{
  const char *start = p;

  while ((guint8) (*p - '0') <= 9)
    p++;
  return p > start && p - start <= 18 ? p : NULL;
}

static inline const char *
skip_space (const char *p)
{
  while ((guint8) *p <= ' ')
    p++;
  return p;
}

static const char *
read_box (const char *p, double box[4])
{
  if (*p != '[')
    return NULL;
  for (guint i = 0; i < 4; i++)
    {
      p = limner_value_read_number (skip_space (p + 1), &box[i]);
      if (p == NULL)
        return NULL;
      p = skip_space (p);
      if (*p != (i < 3 ? ',' : ']'))
        return NULL;
    }
  return p + 1;
}

/* One annotation while it is read. */
typedef struct
{
  CheckPlain *values;
  double box[4];
  double area;
  guint seen; /* bits of CheckMember */
} Reading;

static const char *
read_segmentation (LimnerValue *value, const char *p, const char *end)
{
  *value = (LimnerValue){ p, 0 };
  if (p[0] == '[' && p[1] == ']')
    return p + 2;
  p = limner_value_get_end (p, end);
  value->length = (gsize) (p - value->text);
  return p;
}

static inline const char *
read_member (Reading *self, CheckMember member, const char *p, const char *end)
{
  const char *start = p;
  LimnerValue *value = NULL;

  self->seen |= 1u << member;
  switch (member)
    {
    case CHECK_ID:
      value = &self->values->id;
      p = read_digits (p);
      break;
    case CHECK_IMAGE_ID:
    case CHECK_CATEGORY_ID:
      return read_digits (p);
    case CHECK_BBOX:
      value = &self->values->bbox;
      p = read_box (p, self->box);
      break;
    case CHECK_AREA:
      value = &self->values->area;
      p = limner_value_read_number (p, &self->area);
      break;
    case CHECK_ISCROWD:
      return *p == '0' || *p == '1' ? p + 1 : NULL;
    case CHECK_SEGMENTATION:
      return read_segmentation (&self->values->segmentation, p, end);
    default:
      return limner_value_get_end (p, end);
    }
  if (p != NULL)
    *value = (LimnerValue){ start, (gsize) (p - start) };
  return p;
}

static gboolean
is_inside_image (const CheckContext *context, guint32 row, const double box[4])
{
  const LimnerColumns *columns = context->columns;
  guint32 image = columns->annotation_image[row];
  double width = columns->image_width[image];
  double height = columns->image_height[image];

  return width == 0 || height == 0 ||
         (box[0] >= -CHECK_OUTSIDE_TOLERANCE_PX && box[1] >= -CHECK_OUTSIDE_TOLERANCE_PX &&
          box[0] + box[2] <= width + CHECK_OUTSIDE_TOLERANCE_PX &&
          box[1] + box[3] <= height + CHECK_OUTSIDE_TOLERANCE_PX);
}

gboolean
check_read_plain (const CheckContext *context,
                  const CheckScratch *scratch,
                  guint32 row,
                  const LimnerValue *record,
                  const char *limit,
                  CheckPlain *self)
{
  const guint needed = 1u << CHECK_ID | 1u << CHECK_IMAGE_ID | 1u << CHECK_CATEGORY_ID |
                       1u << CHECK_BBOX | 1u << CHECK_AREA;
  const LimnerColumns *columns = context->columns;
  const char *p = record->text;
  const char *last = p + record->length - 1;
  Reading reading = { .values = self };

  if (!scratch->has_gaps || record->length < 2 || *last != '}' ||
      columns->annotation_flags[row] & LIMNER_ROW_DUPLICATE_ID ||
      columns->annotation_image[row] == LIMNER_NO_ROW ||
      columns->annotation_category[row] == LIMNER_NO_ROW)
    return FALSE;
  self->segmentation.length = 0;
  for (guint i = 0; i < scratch->n_gaps; i++)
    {
      const CheckGap *gap = &scratch->gaps[i];

      if (!is_gap (gap, p, limit) || last - p <= gap->length)
        return FALSE;
      p = read_member (&reading, gap->member, p + gap->length, last);
      if (p == NULL)
        return FALSE;
    }
  return (reading.seen & needed) == needed && skip_space (p) == last && reading.box[2] > 0 &&
         reading.box[3] > 0 && reading.area >= 0 && is_inside_image (context, row, reading.box);
}
