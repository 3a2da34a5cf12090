/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <math.h>

gboolean
check_get_image_size (const Check *check, double *width, double *height)
{
  const LimnerColumns *columns = check->context->columns;
  guint32 image = columns->annotation_image[check->row];

  if (image == LIMNER_NO_ROW)
    return FALSE;
  *width = columns->image_width[image];
  *height = columns->image_height[image];
  return *width > 0 && *height > 0;
}

static gboolean
has_member (const Check *check, const char *name)
{
  LimnerValue value;

  return limner_value_find (&check->record, name, &value);
}

/* Captions and panoptic records are annotations without a box or class of their own. */
static gboolean
has_objects_elsewhere (const Check *check)
{
  return has_member (check, "caption") || has_member (check, "segments_info");
}

static void
check_reference (
    Check *check, const char *member, LimnerRecordKind kind, guint32 row, const char *code)
{
  LimnerValue value;
  double number;

  if (!limner_value_find (&check->record, member, &value))
    {
      check_report (check, "W_MISSING_FIELD", member, NULL, "the annotation has no %s", member);
      return;
    }
  if (check_get_number (&value, &number) != CHECK_NUMBER_OK)
    check_number (check, member, &value, "W_BAD_ID", &number);
  /* a reference to one of several records with the same id is ambiguous, which W_DUP_ID says
   * already */
  if (row == LIMNER_NO_ROW && check_get_number (&value, &number) <= CHECK_NUMBER_TEXT)
    check_report (check, code, NULL, &value, "%s is %.*s, but there is no %s with that id", member,
                  (int) MIN (value.length, 32), value.text, limner_record_kind_get_name (kind));
}

void
check_annotation_references (Check *check)
{
  const LimnerColumns *columns = check->context->columns;

  check_reference (check, "image_id", LIMNER_RECORD_IMAGE, columns->annotation_image[check->row],
                   "W_DANGLING_IMAGE");
  if (!has_objects_elsewhere (check))
    check_reference (check, "category_id", LIMNER_RECORD_CATEGORY,
                     columns->annotation_category[check->row], "W_DANGLING_CATEGORY");
}

/* Reads four numbers; reports what is wrong with them unless @quiet. */
static gboolean
read_box (Check *check, const LimnerValue *value, gboolean quiet, LimnerBox *box)
{
  double numbers[4];
  guint n = 0;
  LimnerValueIter iter;
  LimnerValue element;

  limner_value_iter_init (&iter, value);
  while (limner_value_get_type (value) == LIMNER_VALUE_ARRAY &&
         limner_value_iter_next (&iter, NULL, &element))
    {
      double number;

      if (quiet ? check_get_number (&element, &number) != CHECK_NUMBER_OK
                : !check_number (check, "bbox", &element, "W_BAD_BBOX", &number))
        return FALSE;
      if (n < 4)
        numbers[n] = number;
      n++;
    }
  if (n == 4 && numbers[2] > 0 && numbers[3] > 0)
    {
      *box = (LimnerBox){ numbers[0], numbers[1], numbers[2], numbers[3] };
      return TRUE;
    }
  if (!quiet)
    check_report (check, "W_BAD_BBOX", "bbox", value,
                  n == 4 ? "bbox has no width or no height"
                         : "bbox should be four numbers [x, y, width, height]");
  return FALSE;
}

gboolean
check_get_box (const Check *check, LimnerBox *box)
{
  LimnerValue value;
  Check quiet = *check;

  return limner_value_find (&check->record, "bbox", &value) && read_box (&quiet, &value, TRUE, box);
}

void
check_annotation_box (Check *check)
{
  LimnerValue value;
  LimnerBox box;
  double width, height;

  if (!limner_value_find (&check->record, "bbox", &value))
    {
      if (!has_objects_elsewhere (check))
        check_report (check, "W_MISSING_FIELD", "bbox", NULL, "the annotation has no bbox");
      return;
    }
  if (!read_box (check, &value, FALSE, &box) || !check_get_image_size (check, &width, &height))
    return;
  if (box.x < -CHECK_OUTSIDE_TOLERANCE_PX || box.y < -CHECK_OUTSIDE_TOLERANCE_PX ||
      box.x + box.width > width + CHECK_OUTSIDE_TOLERANCE_PX ||
      box.y + box.height > height + CHECK_OUTSIDE_TOLERANCE_PX)
    check_report (check, "W_OUT_OF_IMAGE", "bbox", &value,
                  "the box reaches to %g, %g, outside the image of %g x %g", box.x + box.width,
                  box.y + box.height, width, height);
}

static void
check_area (Check *check)
{
  LimnerValue value;
  double area;

  if (!limner_value_find (&check->record, "area", &value))
    {
      if (!has_objects_elsewhere (check))
        check_report (check, "W_MISSING_FIELD", "area", NULL, "the annotation has no area");
      return;
    }
  if (check_number (check, "area", &value, "W_TYPE", &area) && area < 0)
    check_report (check, "W_BAD_AREA", "area", &value, "area is negative");
}

static void
check_iscrowd (Check *check)
{
  LimnerValue value;
  double crowd;

  /* absent means 0 */
  if (limner_value_find (&check->record, "iscrowd", &value) &&
      check_number (check, "iscrowd", &value, "W_TYPE", &crowd) && crowd != 0 && crowd != 1)
    check_report (check, "W_TYPE", "iscrowd", &value, "iscrowd should be 0 or 1");
}

void
check_annotation_scalars (Check *check)
{
  check_area (check);
  check_iscrowd (check);
}
