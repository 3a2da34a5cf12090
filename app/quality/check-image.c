/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <limner/dataset.h>
#include <limner/image-file.h>
#include <math.h>
#include <string.h>

/* Sides beyond this cannot be a picture; the columns hold 32 bits. */
#define MAX_SIDE 2147483647.0

static gboolean
check_side (Check *check, const char *member, double *side)
{
  LimnerValue value;

  if (!limner_value_find (&check->record, member, &value))
    {
      check_report (check, "W_MISSING_FIELD", member, NULL, "the image has no %s", member);
      return FALSE;
    }
  if (!check_number (check, member, &value, "W_TYPE", side))
    return FALSE;
  if (*side >= 1 && *side <= MAX_SIDE && *side == floor (*side))
    return TRUE;
  check_report (check, "W_BAD_SIZE", member, &value,
                "%s is %.*s, expected a whole number of pixels from 1 on", member,
                (int) MIN (value.length, 32), value.text);
  return FALSE;
}

void
check_image_size (Check *check)
{
  double width, height;

  check_side (check, "width", &width);
  check_side (check, "height", &height);
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

/* W_ODD_TEXT and W_LONG_TEXT of a name. */
static gboolean
check_text (Check *check, const char *member, const LimnerValue *value, const char *text)
{
  if (strlen (text) > LIMNER_COCO_MAX_TEXT_BYTES)
    {
      check_report (check, "W_LONG_TEXT", member, value,
                    "%s is %zu bytes long, more than %d; it is kept and shown shortened", member,
                    strlen (text), LIMNER_COCO_MAX_TEXT_BYTES);
      return FALSE;
    }
  if (!is_odd_text (text))
    return TRUE;
  check_report (check, "W_ODD_TEXT", member, value,
                text[0] == '\0'
                    ? "%s is empty"
                    : "%s has characters that cannot be seen (control, bidi or zero-width)",
                member);
  return FALSE;
}

static char *
dup_name (Check *check, LimnerValue *value)
{
  return limner_value_find (&check->record, "file_name", value) &&
                 limner_value_get_type (value) == LIMNER_VALUE_STRING
             ? limner_value_dup_string (value)
             : NULL;
}

void
check_image_name (Check *check)
{
  LimnerValue value;
  g_autofree char *name = dup_name (check, &value);
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    {
      if (!limner_value_find (&check->record, "file_name", &value))
        check_report (check, "W_MISSING_FIELD", "file_name", NULL, "the image has no file_name");
      else
        check_report (check, "W_TYPE", "file_name", &value, "file_name should be text");
      return;
    }
  if (!limner_dataset_check_image_name (name, &error))
    check_report (check, "W_UNSAFE_PATH", "file_name", &value, "%s", error->message);
  else
    check_text (check, "file_name", &value, name);
  if (check->context->is_later_name[check->row])
    check_report (check, "W_DUP_FILE", "file_name", &value,
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
  check_report (check, "W_SIZE_MISMATCH", NULL, NULL,
                "the record says %u x %u pixels, the picture has %u x %u", width, height,
                info.width, info.height);
}

void
check_image_file (Check *check)
{
  LimnerValue value;
  g_autofree char *name = dup_name (check, &value);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (check->context->image_root == NULL || name == NULL ||
      !limner_dataset_check_image_name (name, NULL) || is_odd_text (name))
    return;
  path = g_build_filename (check->context->image_root, name, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    check_report (check, "W_MISSING_FILE", "file_name", &value, "there is no file '%s'", name);
  else if (!limner_dataset_check_path_beneath (check->context->image_root, path, &error))
    check_report (check, "W_UNSAFE_PATH", "file_name", &value, "%s", error->message);
  else if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    check_report (check, "W_NOT_REGULAR", "file_name", &value, "'%s' is not a regular file", name);
  else
    check_picture_size (check, path);
}

void
check_category_name (Check *check)
{
  LimnerValue value;
  g_autofree char *name = NULL;

  if (!limner_value_find (&check->record, "name", &value))
    {
      check_report (check, "W_MISSING_FIELD", "name", NULL, "the category has no name");
      return;
    }
  if (limner_value_get_type (&value) != LIMNER_VALUE_STRING)
    {
      check_report (check, "W_TYPE", "name", &value, "name should be text");
      return;
    }
  name = limner_value_dup_string (&value);
  if (check_text (check, "name", &value, name) && check->context->is_later_category[check->row])
    check_report (check, "W_DUP_NAME", "name", &value, "an earlier category has the same name '%s'",
                  name);
}
