/* SPDX-License-Identifier: MIT */
/*
 * One record and members to set in it: the new text is JSON, members that were not named keep their
 * bytes and order, setting twice changes nothing more, and setting back gives the old bytes.
 * Input: kind, then texts ended by NUL: the record, then names and values in turn; an empty value
 * removes the member.
 */

#include "fuzz.h"

#include <limner/coco-record.h>
#include <limner/coco-value.h>

#include <string.h>

#define MAX_MEMBERS 8

typedef struct
{
  LimnerMember members[MAX_MEMBERS];
  char *names[MAX_MEMBERS];
  char *values[MAX_MEMBERS];
  guint n;
} Change;

static void
change_clear (Change *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_free (self->names[i]);
      g_free (self->values[i]);
    }
}

static char *
take_string (FuzzInput *input)
{
  g_autoptr (GBytes) text = fuzz_take_text (input);
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  return g_strndup (data != NULL ? data : "", length);
}

static const LimnerMember *
change_find (const Change *self, const char *name)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_equal (self->names[i], name))
      return &self->members[i];
  return NULL;
}

static void
change_take (Change *self, FuzzInput *input)
{
  while (input->size > 0 && self->n < MAX_MEMBERS)
    {
      g_autofree char *name = take_string (input);
      g_autofree char *value = take_string (input);

      if (!g_utf8_validate (name, -1, NULL) || change_find (self, name) != NULL ||
          (*value != '\0' && !limner_coco_check_text (value, strlen (value), NULL)))
        continue;
      self->names[self->n] = g_steal_pointer (&name);
      self->values[self->n] = g_steal_pointer (&value);
      self->members[self->n].name = self->names[self->n];
      self->members[self->n].value = *self->values[self->n] != '\0' ? self->values[self->n] : NULL;
      self->n++;
    }
}

static LimnerValue
as_value (GBytes *text)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  return (LimnerValue){ data, length };
}

static gboolean
same_bytes (const LimnerValue *a, const LimnerValue *b)
{
  return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
}

static void
require_json (GBytes *text)
{
  LimnerValue value = as_value (text);
  g_autoptr (GError) error = NULL;

  fuzz_require (limner_coco_check_text (value.text, value.length, &error),
                "what is written is not JSON: %s in %.*s", error->message, (int) value.length,
                value.text);
}

/* Members that were not named, in both texts: the same bytes in the same order. */
static void
check_untouched (GBytes *before, GBytes *after, const Change *change)
{
  LimnerValue old = as_value (before);
  LimnerValue new = as_value (after);
  LimnerValueIter i, j;
  LimnerValue old_name, old_value, new_name, new_value;

  limner_value_iter_init (&i, &old);
  limner_value_iter_init (&j, &new);
  while (limner_value_iter_next (&i, &old_name, &old_value))
    {
      g_autofree char *name = limner_value_dup_string (&old_name);
      const LimnerMember *member = change_find (change, name);

      if (member != NULL && member->value == NULL)
        continue;
      fuzz_require (limner_value_iter_next (&j, &new_name, &new_value), "member '%s' is lost",
                    name);
      fuzz_require (same_bytes (&old_name, &new_name), "the name '%s' is another or elsewhere",
                    name);
      fuzz_require (member != NULL || same_bytes (&old_value, &new_value),
                    "the value of '%s' is another", name);
    }
}

static void
check_set (GBytes *after, const Change *change)
{
  LimnerValue object = as_value (after);

  for (guint i = 0; i < change->n; i++)
    {
      const LimnerMember *member = &change->members[i];
      const char *value = NULL;
      gsize length = 0;
      gboolean is_there =
          limner_coco_member_find (object.text, object.length, member->name, &value, &length);

      fuzz_require (is_there == (member->value != NULL), "member '%s': there or not?",
                    member->name);
    }
}

/* Members that were there are set back to what they were. */
static void
check_set_back (GBytes *before, GBytes *after, const LimnerCocoStyle *style, const Change *change)
{
  LimnerValue object = as_value (before);
  Change back = { .n = change->n };
  gboolean all_there = TRUE;
  g_autoptr (GBytes) text = NULL;

  for (guint i = 0; i < change->n; i++)
    {
      const char *value = NULL;
      gsize length = 0;

      all_there =
          all_there && change->values[i][0] != '\0' &&
          limner_coco_member_find (object.text, object.length, change->names[i], &value, &length);
      back.names[i] = g_strdup (change->names[i]);
      back.values[i] = g_strndup (value, length);
      back.members[i] = (LimnerMember){ back.names[i], back.values[i] };
    }
  if (all_there)
    {
      text = limner_coco_record_set_members (after, style, back.members, back.n);
      fuzz_require (g_bytes_equal (text, before), "set back it is another text");
    }
  change_clear (&back);
}

/* A shape that was read and is written is read again as the same. */
static void
check_shape (GBytes *text, const LimnerCocoStyle *style, const LimnerShape *shape)
{
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;
  g_autofree char *segmentation_again = NULL;
  g_autofree char *bbox_again = NULL;
  g_autofree char *area_again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (LimnerAnnotation) record = NULL;

  limner_coco_shape_to_members (shape, style, &segmentation, &bbox, &area);
  {
    const LimnerMember members[] = { { "segmentation", segmentation },
                                     { "bbox", bbox },
                                     { "area", area } };
    written = limner_coco_record_set_members (text, style, members, G_N_ELEMENTS (members));
  }
  require_json (written);
  record = limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, written, NULL);
  fuzz_require (record != NULL, "a record with a new shape is none");
  if (record->shape == NULL)
    return; /* beyond what a double can hold */
  limner_coco_shape_to_members (record->shape, style, &segmentation_again, &bbox_again,
                                &area_again);
  fuzz_require (g_str_equal (segmentation, segmentation_again) && g_str_equal (bbox, bbox_again),
                "%s %s is read as %s %s", segmentation, bbox, segmentation_again, bbox_again);
}

static void
check_parse (GBytes *text, LimnerRecordKind kind, const LimnerCocoStyle *style)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerRecord) record = limner_coco_record_parse (kind, text, &error);

  fuzz_require (record != NULL, "a judged object is no record: %s", error->message);
  if (kind == LIMNER_RECORD_ANNOTATION && ((LimnerAnnotation *) record)->shape != NULL)
    check_shape (text, style, ((LimnerAnnotation *) record)->shape);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  LimnerRecordKind kind = (LimnerRecordKind) (fuzz_take_u8 (&input) % LIMNER_N_RECORD_KINDS);
  g_autoptr (GBytes) text = fuzz_take_text (&input);
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) twice = NULL;
  LimnerValue object = as_value (text);
  LimnerCocoStyle style;
  Change change = { .n = 0 };

  if (object.length < 2)
    return 0;
  /* neither may read beyond a text that nobody judged */
  limner_coco_style_from_record (&style, object.text, object.length);
  limner_coco_member_find (object.text, object.length, "id", NULL, NULL);
  if (object.text[0] != '{' || object.text[object.length - 1] != '}' ||
      !limner_coco_check_text (object.text, object.length, NULL))
    return 0;
  check_parse (text, kind, &style);
  change_take (&change, &input);
  written = limner_coco_record_set_members (text, &style, change.members, change.n);
  require_json (written);
  check_untouched (text, written, &change);
  check_set (written, &change);
  twice = limner_coco_record_set_members (written, &style, change.members, change.n);
  fuzz_require (g_bytes_equal (written, twice), "setting twice is not setting once");
  check_set_back (text, written, &style, &change);
  change_clear (&change);
  return 0;
}
