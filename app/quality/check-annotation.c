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

/* Captions and panoptic records are annotations without a box or class of their own. */
static gboolean
has_objects_elsewhere (const Check *check)
{
  return check_get_member (check, CHECK_CAPTION) != NULL ||
         check_get_member (check, CHECK_SEGMENTS_INFO) != NULL;
}

static void
check_reference (
    Check *check, CheckMember member, LimnerRecordKind kind, guint32 row, const char *code)
{
  const char *name = check_member_get_name (member);
  const LimnerValue *value = check_get_member (check, member);
  double number;
  CheckNumber is_number;

  if (value == NULL)
    {
      check_report (check, "W_MISSING_FIELD", member, NULL, "the annotation has no %s", name);
      return;
    }
  is_number = check_get_number (value, &number);
  if (is_number != CHECK_NUMBER_OK)
    check_number (check, member, value, "W_BAD_ID", &number);
  /* a reference to one of several records with the same id is ambiguous, which W_DUP_ID says
   * already */
  if (row == LIMNER_NO_ROW && is_number <= CHECK_NUMBER_TEXT)
    check_report (check, code, CHECK_N_MEMBERS, value,
                  "%s is %.*s, but there is no %s with that id", name,
                  (int) MIN (value->length, 32), value->text, limner_record_kind_get_name (kind));
}

void
check_annotation_references (Check *check)
{
  const LimnerColumns *columns = check->context->columns;

  check_reference (check, CHECK_IMAGE_ID, LIMNER_RECORD_IMAGE,
                   columns->annotation_image[check->row], "W_DANGLING_IMAGE");
  if (!has_objects_elsewhere (check))
    check_reference (check, CHECK_CATEGORY_ID, LIMNER_RECORD_CATEGORY,
                     columns->annotation_category[check->row], "W_DANGLING_CATEGORY");
}

/* Reads four numbers; @bad is the element that is none, or has no length. */
static guint
parse_box (const LimnerValue *value, double numbers[4], LimnerValue *bad)
{
  guint n = 0;
  gsize n_plain;
  LimnerValueIter iter;
  LimnerValue element;

  *bad = (LimnerValue){ NULL, 0 };
  if (limner_value_read_numbers (value, numbers, 4, &n_plain))
    return (guint) n_plain;
  if (limner_value_get_type (value) != LIMNER_VALUE_ARRAY)
    return 0;
  limner_value_iter_init (&iter, value);
  while (limner_value_iter_next (&iter, NULL, &element))
    {
      double number;

      if (check_get_number (&element, &number) != CHECK_NUMBER_OK)
        {
          *bad = element;
          return n;
        }
      if (n < 4)
        numbers[n] = number;
      n++;
    }
  return n;
}

gboolean
check_get_box (const Check *check, LimnerBox *box)
{
  const LimnerValue *value = check_get_member (check, CHECK_BBOX);
  double numbers[4];
  LimnerValue bad;

  if (value == NULL || parse_box (value, numbers, &bad) != 4 || bad.length > 0 || numbers[2] <= 0 ||
      numbers[3] <= 0)
    return FALSE;
  *box = (LimnerBox){ numbers[0], numbers[1], numbers[2], numbers[3] };
  return TRUE;
}

static void
report_bad_box (Check *check, const LimnerValue *value)
{
  double numbers[4], number;
  LimnerValue bad;
  guint n = parse_box (value, numbers, &bad);

  if (bad.length > 0)
    check_number (check, CHECK_BBOX, &bad, "W_BAD_BBOX", &number);
  else
    check_report (check, "W_BAD_BBOX", CHECK_BBOX, value,
                  n == 4 ? "bbox has no width or no height"
                         : "bbox should be four numbers [x, y, width, height]");
}

void
check_annotation_box (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_BBOX);
  LimnerBox box;
  double width, height;

  if (value == NULL)
    {
      if (!has_objects_elsewhere (check))
        check_report (check, "W_MISSING_FIELD", CHECK_BBOX, NULL, "the annotation has no bbox");
    }
  else if (!check_get_box (check, &box))
    report_bad_box (check, value);
  else if (check_get_image_size (check, &width, &height) &&
           (box.x < -CHECK_OUTSIDE_TOLERANCE_PX || box.y < -CHECK_OUTSIDE_TOLERANCE_PX ||
            box.x + box.width > width + CHECK_OUTSIDE_TOLERANCE_PX ||
            box.y + box.height > height + CHECK_OUTSIDE_TOLERANCE_PX))
    check_report (check, "W_OUT_OF_IMAGE", CHECK_BBOX, value,
                  "the box reaches to %g, %g, outside the image of %g x %g", box.x + box.width,
                  box.y + box.height, width, height);
}

static void
check_area (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_AREA);
  double area;

  if (value == NULL)
    {
      if (!has_objects_elsewhere (check))
        check_report (check, "W_MISSING_FIELD", CHECK_AREA, NULL, "the annotation has no area");
      return;
    }
  if (check_number (check, CHECK_AREA, value, "W_TYPE", &area) && area < 0)
    check_report (check, "W_BAD_AREA", CHECK_AREA, value, "area is negative");
}

static void
check_iscrowd (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_ISCROWD);
  double crowd;

  /* absent means 0 */
  if (value != NULL && check_number (check, CHECK_ISCROWD, value, "W_TYPE", &crowd) && crowd != 0 &&
      crowd != 1)
    check_report (check, "W_TYPE", CHECK_ISCROWD, value, "iscrowd should be 0 or 1");
}

void
check_annotation_scalars (Check *check)
{
  check_area (check);
  check_iscrowd (check);
}
