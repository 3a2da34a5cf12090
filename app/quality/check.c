/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <math.h>

static const char *const section_names[] = {
  [LIMNER_RECORD_INFO] = "info",
  [LIMNER_RECORD_IMAGE] = "images",
  [LIMNER_RECORD_CATEGORY] = "categories",
  [LIMNER_RECORD_ANNOTATION] = "annotations",
};

void
check_report (Check *check,
              const char *code,
              const char *member,
              const LimnerValue *at,
              const char *format,
              ...)
{
  guint64 offset = check->offset + (at != NULL ? (guint64) (at->text - check->record.text) : 0);
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  g_autofree char *message = NULL;
  guint line = 0, column = 0;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  path = g_strdup_printf ("%s[%u]%s%s", section_names[check->kind], check->row,
                          member != NULL ? "." : "", member != NULL ? member : "");
  if (check->id.length > 0 && check->id.length < 64)
    id = g_strndup (check->id.text, check->id.length);
  /* a file that shrank meanwhile has no lines to name; the finding stands all the same */
  if (!limner_coco_file_locate (check->context->file, offset, &line, &column, NULL))
    line = column = 0;
  g_ptr_array_add (check->findings, limner_finding_new (code, LIMNER_SEVERITY_WARNING, path, id,
                                                        line, column, "%s", message));
}

CheckNumber
check_get_number (const LimnerValue *value, double *number)
{
  LimnerValue inside = { value->text + 1, value->length - 2 };
  g_autofree char *text = NULL;
  char *end;

  if (limner_value_get_number (value, number))
    return isfinite (*number) ? CHECK_NUMBER_OK : CHECK_NUMBER_NONFINITE;
  if (limner_value_get_type (value) != LIMNER_VALUE_STRING || inside.length == 0)
    return CHECK_NUMBER_NOT;
  text = limner_value_dup_string (value);
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' ? CHECK_NUMBER_TEXT : CHECK_NUMBER_NOT;
}

gboolean
check_number (Check *check,
              const char *member,
              const LimnerValue *value,
              const char *type_code,
              double *number)
{
  switch (check_get_number (value, number))
    {
    case CHECK_NUMBER_OK:
      return TRUE;
    case CHECK_NUMBER_TEXT:
      check_report (check, "W_NUM_STRING", member, value, "%s is a number written as text", member);
      break;
    case CHECK_NUMBER_NONFINITE:
      check_report (check, "W_NONFINITE", member, value, "%s is not a finite number", member);
      break;
    case CHECK_NUMBER_NOT:
    default:
      check_report (check, type_code, member, value, "%s should be a number", member);
      break;
    }
  return FALSE;
}

/* Digits of a whole number; FALSE for fractions, exponents and everything else. */
static gboolean
is_whole_number (const char *text, gsize length)
{
  gsize i = length > 0 && text[0] == '-';

  if (i == length)
    return FALSE;
  for (; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
    }
  return TRUE;
}

static void
check_id_value (Check *check, const char *text, gsize length)
{
  g_autofree char *digits = g_strndup (text, length);
  gint64 id;

  if (!is_whole_number (text, length))
    check_report (check, "W_BAD_ID", "id", &check->id, "id should be a whole number");
  else if (!g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &id, NULL))
    check_report (check, "W_BIG_INT", "id", &check->id,
                  "id is beyond 64 bits; the record is kept but cannot be edited");
  else if (id < 0)
    check_report (check, "W_BAD_ID", "id", &check->id, "id is negative");
}

void
check_id (Check *check)
{
  LimnerValueType type;

  if (check->id.length == 0)
    {
      check_report (check, "W_MISSING_FIELD", "id", NULL,
                    "the record has no id; it is kept but cannot be edited");
      return;
    }
  type = limner_value_get_type (&check->id);
  if (type == LIMNER_VALUE_NUMBER)
    check_id_value (check, check->id.text, check->id.length);
  else if (type == LIMNER_VALUE_STRING &&
           is_whole_number (check->id.text + 1, check->id.length - 2))
    check_report (check, "W_NUM_STRING", "id", &check->id, "id is a number written as text");
  else
    check_report (check, "W_BAD_ID", "id", &check->id, "id should be a whole number");

  if (check->context->is_later_duplicate[check->kind][check->row])
    check_report (check, "W_DUP_ID", "id", &check->id,
                  "an earlier %s has the same id; both are kept, neither can be edited",
                  limner_record_kind_get_name (check->kind));
}
