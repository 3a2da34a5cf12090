/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include "check.h"

#include <math.h>
#include <string.h>

static const char *const section_names[] = {
  [LIMNER_RECORD_INFO] = "info",
  [LIMNER_RECORD_IMAGE] = "images",
  [LIMNER_RECORD_CATEGORY] = "categories",
  [LIMNER_RECORD_ANNOTATION] = "annotations",
};

static const char *const member_names[CHECK_N_MEMBERS] = {
  [CHECK_ID] = "id",
  [CHECK_IMAGE_ID] = "image_id",
  [CHECK_CATEGORY_ID] = "category_id",
  [CHECK_BBOX] = "bbox",
  [CHECK_AREA] = "area",
  [CHECK_ISCROWD] = "iscrowd",
  [CHECK_SEGMENTATION] = "segmentation",
  [CHECK_CAPTION] = "caption",
  [CHECK_SEGMENTS_INFO] = "segments_info",
  [CHECK_FILE_NAME] = "file_name",
  [CHECK_WIDTH] = "width",
  [CHECK_HEIGHT] = "height",
  [CHECK_NAME] = "name",
};

static const guint8 name_lengths[CHECK_N_MEMBERS] = {
  [CHECK_ID] = 2,
  [CHECK_IMAGE_ID] = 8,
  [CHECK_CATEGORY_ID] = 11,
  [CHECK_BBOX] = 4,
  [CHECK_AREA] = 4,
  [CHECK_ISCROWD] = 7,
  [CHECK_SEGMENTATION] = 12,
  [CHECK_CAPTION] = 7,
  [CHECK_SEGMENTS_INFO] = 13,
  [CHECK_FILE_NAME] = 9,
  [CHECK_WIDTH] = 5,
  [CHECK_HEIGHT] = 6,
  [CHECK_NAME] = 4,
};

/* @name has its quotes, and no escapes. */
static inline gboolean
is_name_of (const LimnerValue *name, guint member)
{
  return member < CHECK_N_MEMBERS && name->length == name_lengths[member] + 2u &&
         memcmp (name->text + 1, member_names[member], name_lengths[member]) == 0;
}

static guint
find_member (const LimnerValue *name)
{
  guint member = 0;

  while (member < CHECK_N_MEMBERS && !is_name_of (name, member))
    member++;
  if (member < CHECK_N_MEMBERS || memchr (name->text, '\\', name->length) == NULL)
    return member;
  for (member = 0; member < CHECK_N_MEMBERS; member++)
    if (limner_value_is_string (name, member_names[member]))
      break;
  return member;
}

/* Records of a file look alike: the member at a place is mostly what it was in the one before. */
void
check_read_members (Check *check)
{
  guint8 *guesses = check->scratch->members;
  LimnerValueIter iter;
  LimnerValue name, value;
  const char *start = check->record.text;
  guint i = 0;

  memset (check->members, 0, sizeof check->members);
  check_forget_gaps (check->scratch);
  limner_value_iter_init (&iter, &check->record);
  while (limner_value_iter_next (&iter, &name, &value))
    {
      gboolean has_guess = i < G_N_ELEMENTS (check->scratch->members);
      guint member;

      if (has_guess && is_name_of (&name, guesses[i]))
        member = guesses[i];
      else
        member = find_member (&name);
      if (has_guess)
        guesses[i++] = (guint8) member;
      if (member < CHECK_N_MEMBERS)
        check->members[member] = value;
      check_learn_gap (check->scratch, start, value.text, member);
      start = value.text + value.length;
    }
}

const char *
check_member_get_name (CheckMember member)
{
  return member_names[member];
}

const LimnerValue *
check_get_member (const Check *check, CheckMember member)
{
  return check->members[member].length > 0 ? &check->members[member] : NULL;
}

void
check_report (Check *check,
              const char *code,
              CheckMember member,
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
                          member < CHECK_N_MEMBERS ? "." : "",
                          member < CHECK_N_MEMBERS ? member_names[member] : "");
  if (check->members[CHECK_ID].length > 0 && check->members[CHECK_ID].length < 64)
    id = g_strndup (check->members[CHECK_ID].text, check->members[CHECK_ID].length);
  /* a file that shrank meanwhile has no lines to name; the finding stands all the same */
  if (!limner_coco_file_locate (check->context->file, offset, &line, &column, NULL))
    line = column = 0;
  g_ptr_array_add (check->findings, limner_finding_new (code, LIMNER_SEVERITY_WARNING, path, id,
                                                        line, column, "%s", message));
}

gboolean
check_read_numbers (Check *check, const LimnerValue *value, const double **numbers, gsize *n)
{
  const gsize max_bytes = 1024 * 1024; /* longer ones are so rare that they may take longer */
  GArray *scratch = check->scratch->numbers;

  if (value->length > max_bytes)
    return FALSE;
  g_array_set_size (scratch, MAX (scratch->len, (guint) value->length / 2 + 1));
  *numbers = (const double *) scratch->data;
  return limner_value_read_numbers (value, (double *) scratch->data, scratch->len, n);
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
              CheckMember member,
              const LimnerValue *value,
              const char *type_code,
              double *number)
{
  switch (check_get_number (value, number))
    {
    case CHECK_NUMBER_OK:
      return TRUE;
    case CHECK_NUMBER_TEXT:
      check_report (check, "W_NUM_STRING", member, value, "%s is a number written as text",
                    member_names[member]);
      break;
    case CHECK_NUMBER_NONFINITE:
      check_report (check, "W_NONFINITE", member, value, "%s is not a finite number",
                    member_names[member]);
      break;
    case CHECK_NUMBER_NOT:
    default:
      check_report (check, type_code, member, value, "%s should be a number", member_names[member]);
      break;
    }
  return FALSE;
}

typedef enum
{
  WHOLE_NUMBER_OK,
  WHOLE_NUMBER_TOO_BIG, /* beyond 64 bits */
  WHOLE_NUMBER_NOT      /* fractions, exponents and everything else */
} WholeNumber;

/* GLib's own reader may refuse a fine number when two threads call it first: it takes any errno
 * that its set-up of the locale leaves behind for one of the digits. */
static WholeNumber
read_whole_number (const char *text, gsize length, gint64 *number)
{
  gboolean negative = length > 0 && text[0] == '-';
  gboolean is_too_big = FALSE;
  gint64 value = 0;

  if (length == (gsize) negative)
    return WHOLE_NUMBER_NOT;
  for (gsize i = negative; i < length; i++)
    {
      gint64 digit = text[i] - '0';

      if (digit < 0 || digit > 9)
        return WHOLE_NUMBER_NOT;
      is_too_big = is_too_big || __builtin_mul_overflow (value, 10, &value) ||
                   __builtin_add_overflow (value, negative ? -digit : digit, &value);
    }
  *number = value;
  return is_too_big ? WHOLE_NUMBER_TOO_BIG : WHOLE_NUMBER_OK;
}

static void
check_id_value (Check *check, const char *text, gsize length)
{
  gint64 id;

  switch (read_whole_number (text, length, &id))
    {
    case WHOLE_NUMBER_OK:
      if (id < 0)
        check_report (check, "W_BAD_ID", CHECK_ID, &check->members[CHECK_ID], "id is negative");
      break;
    case WHOLE_NUMBER_TOO_BIG:
      check_report (check, "W_BIG_INT", CHECK_ID, &check->members[CHECK_ID],
                    "id is beyond 64 bits; the record is kept but cannot be edited");
      break;
    case WHOLE_NUMBER_NOT:
    default:
      check_report (check, "W_BAD_ID", CHECK_ID, &check->members[CHECK_ID],
                    "id should be a whole number");
      break;
    }
}

void
check_id (Check *check)
{
  LimnerValueType type;
  gint64 id;

  if (check->members[CHECK_ID].length == 0)
    {
      check_report (check, "W_MISSING_FIELD", CHECK_ID, NULL,
                    "the record has no id; it is kept but cannot be edited");
      return;
    }
  type = limner_value_get_type (&check->members[CHECK_ID]);
  if (type == LIMNER_VALUE_NUMBER)
    check_id_value (check, check->members[CHECK_ID].text, check->members[CHECK_ID].length);
  else if (type == LIMNER_VALUE_STRING &&
           read_whole_number (check->members[CHECK_ID].text + 1,
                              check->members[CHECK_ID].length - 2, &id) != WHOLE_NUMBER_NOT)
    check_report (check, "W_NUM_STRING", CHECK_ID, &check->members[CHECK_ID],
                  "id is a number written as text");
  else
    check_report (check, "W_BAD_ID", CHECK_ID, &check->members[CHECK_ID],
                  "id should be a whole number");

  if (check->context->is_later_duplicate[check->kind][check->row])
    check_report (check, "W_DUP_ID", CHECK_ID, &check->members[CHECK_ID],
                  "an earlier %s has the same id; both are kept, neither can be edited",
                  limner_record_kind_get_name (check->kind));
}
