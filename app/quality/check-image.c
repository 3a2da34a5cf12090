/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <limner/dataset.h>
#include <limner/image-file.h>
#include <math.h>
#include <string.h>

/* Sides beyond this cannot be a picture; the columns hold 32 bits. */
#define MAX_SIDE 2147483647.0

static void
check_side (Check *check, CheckMember member)
{
  const LimnerValue *value = check_get_member (check, member);
  const char *name = check_member_get_name (member);
  double side;

  if (value == NULL)
    check_report (check, "W_MISSING_FIELD", member, NULL, "the image has no %s", name);
  else if (check_number (check, member, value, "W_TYPE", &side) &&
           (side < 1 || side > MAX_SIDE || side != floor (side)))
    check_report (check, "W_BAD_SIZE", member, value,
                  "%s is %.*s, expected a whole number of pixels from 1 on", name,
                  (int) MIN (value->length, 32), value->text);
}

void
check_image_size (Check *check)
{
  check_side (check, CHECK_WIDTH);
  check_side (check, CHECK_HEIGHT);
}

/* Control, bidirectional and zero-width characters hide what a name is. */
static gboolean
is_odd_text (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT || c == 0x2028 ||
          c == 0x2029)
        return TRUE;
    }
  return text[0] == '\0';
}

/* W_ODD_TEXT and W_LONG_TEXT of a name; FALSE after a report. */
static gboolean
check_text (Check *check, CheckMember member, const char *text)
{
  const LimnerValue *value = check_get_member (check, member);
  const char *name = check_member_get_name (member);

  if (strlen (text) > LIMNER_COCO_MAX_TEXT_BYTES)
    {
      check_report (check, "W_LONG_TEXT", member, value,
                    "%s is %zu bytes long, more than %d; it is kept and shown shortened", name,
                    strlen (text), LIMNER_COCO_MAX_TEXT_BYTES);
      return FALSE;
    }
  if (!is_odd_text (text))
    return TRUE;
  check_report (check, "W_ODD_TEXT", member, value, "%s %s", name,
                text[0] == '\0'
                    ? "is empty"
                    : "has characters that cannot be seen (control, bidi or zero-width)");
  return FALSE;
}

/* (transfer full) (nullable): the text of a member that is a string. */
static char *
dup_text (Check *check, CheckMember member)
{
  const LimnerValue *value = check_get_member (check, member);

  return value != NULL && limner_value_get_type (value) == LIMNER_VALUE_STRING
             ? limner_value_dup_string (value)
             : NULL;
}

/* What a record that needs a name has instead of one. */
static void
report_no_text (Check *check, CheckMember member)
{
  const LimnerValue *value = check_get_member (check, member);
  const char *name = check_member_get_name (member);

  if (value == NULL)
    check_report (check, "W_MISSING_FIELD", member, NULL, "the %s has no %s",
                  limner_record_kind_get_name (check->kind), name);
  else
    check_report (check, "W_TYPE", member, value, "%s should be text", name);
}

void
check_image_name (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_FILE_NAME);
  g_autofree char *name = dup_text (check, CHECK_FILE_NAME);
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    {
      report_no_text (check, CHECK_FILE_NAME);
      return;
    }
  if (!limner_dataset_check_image_name (name, &error))
    check_report (check, "W_UNSAFE_PATH", CHECK_FILE_NAME, value, "%s", error->message);
  else
    check_text (check, CHECK_FILE_NAME, name);
  if (check->context->is_later_name[check->row])
    check_report (check, "W_DUP_FILE", CHECK_FILE_NAME, value,
                  "an earlier image has the same file_name");
}

static void
check_picture_size (Check *check, const char *path)
{
  const LimnerColumns *columns = check->context->columns;
  guint width = columns->image_width[check->row];
  guint height = columns->image_height[check->row];
  LimnerImageInfo info;
  gboolean turned;

  /* a picture that cannot be read is the business of 'limn validate PICTURE' and of its row in the
   * window */
  if (width == 0 || height == 0 || !limner_image_file_probe (path, &info, NULL))
    return;
  turned = info.orientation >= LIMNER_ORIENTATION_TRANSPOSE && width == info.height &&
           height == info.width;
  if ((width == info.width && height == info.height) || turned)
    return;
  check_report (check, "W_SIZE_MISMATCH", CHECK_N_MEMBERS, NULL,
                "the record says %u x %u pixels, the picture has %u x %u", width, height,
                info.width, info.height);
}

void
check_image_file (Check *check)
{
  const LimnerValue *value = check_get_member (check, CHECK_FILE_NAME);
  g_autofree char *name = dup_text (check, CHECK_FILE_NAME);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (check->context->image_root == NULL || name == NULL ||
      !limner_dataset_check_image_name (name, NULL) || is_odd_text (name))
    return;
  path = g_build_filename (check->context->image_root, name, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    check_report (check, "W_MISSING_FILE", CHECK_FILE_NAME, value, "there is no file '%s'", name);
  else if (!limner_dataset_check_path_beneath (check->context->image_root, path, &error))
    check_report (check, "W_UNSAFE_PATH", CHECK_FILE_NAME, value, "%s", error->message);
  else if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    check_report (check, "W_NOT_REGULAR", CHECK_FILE_NAME, value, "'%s' is not a regular file",
                  name);
  else
    check_picture_size (check, path);
}

void
check_category_name (Check *check)
{
  g_autofree char *name = dup_text (check, CHECK_NAME);

  if (name == NULL)
    report_no_text (check, CHECK_NAME);
  else if (check_text (check, CHECK_NAME, name) && check->context->is_later_category[check->row])
    check_report (check, "W_DUP_NAME", CHECK_NAME, check_get_member (check, CHECK_NAME),
                  "an earlier category has the same name '%s'", name);
}
