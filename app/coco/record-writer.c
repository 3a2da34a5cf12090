/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "record-text.h"

#include <limner/coco-record.h>

#include <string.h>

/* One member of the text to be. */
typedef struct
{
  LimnerMemberSpan span;
  const LimnerMember *change; /* (nullable) */
  gboolean is_removed;
} Slot;

/* The object as it is, taken apart. */
typedef struct
{
  const char *text; /* (nullable) */
  gsize length;
  const LimnerCocoStyle *style;
  GArray *slots; /* Slot: its members in order */
} Splice;

static gboolean
has_same_value (const Splice *self, const Slot *slot, const LimnerMember *member)
{
  return limner_json_equal (self->text + slot->span.value, slot->span.value_end - slot->span.value,
                            member->value, strlen (member->value));
}

static Slot *
splice_find (const Splice *self, const char *name)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = &g_array_index (self->slots, Slot, i);

      if (limner_member_span_is (self->text, &slot->span, name))
        return slot;
    }
  return NULL;
}

static void
splice_init (Splice *self, GBytes *text, const LimnerCocoStyle *style)
{
  LimnerMemberIter iter;
  LimnerMemberSpan span;

  self->style = style;
  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  self->text = NULL;
  self->length = 0;
  if (text == NULL)
    return;
  self->text = g_bytes_get_data (text, &self->length);
  limner_member_iter_init (&iter, self->text, self->length);
  while (limner_member_iter_next (&iter, &span))
    {
      Slot slot = { .span = span };
      g_array_append_val (self->slots, slot);
    }
}

static const Slot *
splice_get (const Splice *self, guint i)
{
  return &g_array_index (self->slots, Slot, i);
}

/* Between two members, as the object has it, else by the style. */
static void
append_separator (const Splice *self, GString *out)
{
  if (self->slots->len >= 2)
    {
      gsize from = splice_get (self, 0)->span.value_end;
      gsize to = splice_get (self, 1)->span.name;

      g_string_append_len (out, self->text + from, (gssize) (to - from));
      return;
    }
  if (self->style->one_line)
    {
      g_string_append (out, self->style->comma);
      return;
    }
  g_string_append_c (out, ',');
  g_string_append (out, self->style->newline);
  g_string_append (out, self->style->member_indent);
}

/* Without space around it, which would not be part of the value when it is read again. */
static void
append_value (GString *out, const char *value)
{
  static const char space[] = " \t\r\n";
  gsize length;

  value += strspn (value, space);
  length = strlen (value);
  while (length > 0 && strchr (space, value[length - 1]) != NULL)
    length--;
  g_string_append_len (out, value, (gssize) length);
}

static void
append_new_member (const Splice *self, GString *out, const LimnerMember *member)
{
  g_autofree char *name = limner_coco_format_string (member->name, self->style->ascii);

  g_string_append (out, name);
  if (self->slots->len > 0)
    {
      const LimnerMemberSpan *first = &splice_get (self, 0)->span;

      g_string_append_len (out, self->text + first->name_end,
                           (gssize) (first->value - first->name_end));
    }
  else
    g_string_append (out, self->style->colon);
  append_value (out, member->value);
}

/* From the brace to the first member. */
static void
append_lead (const Splice *self, GString *out)
{
  if (self->slots->len > 0)
    {
      g_string_append_len (out, self->text, (gssize) splice_get (self, 0)->span.name);
      return;
    }
  g_string_append_c (out, '{');
  if (self->style->one_line)
    return;
  g_string_append (out, self->style->newline);
  g_string_append (out, self->style->member_indent);
}

static void
append_tail (const Splice *self, GString *out)
{
  if (self->slots->len > 0)
    {
      gsize from = splice_get (self, self->slots->len - 1)->span.value_end;

      g_string_append_len (out, self->text + from, (gssize) (self->length - from));
      return;
    }
  if (!self->style->one_line)
    {
      g_string_append (out, self->style->newline);
      g_string_append (out, self->style->close_indent);
    }
  g_string_append_c (out, '}');
}

static void
append_old_member (const Splice *self, GString *out, const Slot *slot)
{
  const LimnerMemberSpan *span = &slot->span;

  g_string_append_len (out, self->text + span->name, (gssize) (span->value - span->name));
  if (slot->change != NULL)
    append_value (out, slot->change->value);
  else
    g_string_append_len (out, self->text + span->value, (gssize) (span->value_end - span->value));
}

static GString *
splice_build (const Splice *self, GPtrArray *added)
{
  GString *out = g_string_sized_new (self->length + 128);
  guint n_written = 0;

  append_lead (self, out);
  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = splice_get (self, i);

      if (slot->is_removed)
        continue;
      if (n_written++ > 0)
        {
          gsize from = splice_get (self, i - 1)->span.value_end;

          g_string_append_len (out, self->text + from, (gssize) (slot->span.name - from));
        }
      append_old_member (self, out, slot);
    }
  for (guint i = 0; i < added->len; i++)
    {
      if (n_written++ > 0)
        append_separator (self, out);
      append_new_member (self, out, added->pdata[i]);
    }
  if (n_written == 0)
    {
      g_string_assign (out, "{}");
      return out;
    }
  append_tail (self, out);
  return out;
}

GBytes *
limner_coco_record_set_members (GBytes *text,
                                const LimnerCocoStyle *style,
                                const LimnerMember *members,
                                guint n_members)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  const LimnerCocoStyle fallback = LIMNER_COCO_STYLE_DEFAULT;
  gboolean is_same = text != NULL;
  Splice splice;
  GString *out;

  g_return_val_if_fail (members != NULL || n_members == 0, NULL);

  splice_init (&splice, text, style != NULL ? style : &fallback);
  for (guint i = 0; i < n_members; i++)
    {
      Slot *slot = splice_find (&splice, members[i].name);

      if (slot == NULL && members[i].value != NULL)
        g_ptr_array_add (added, (gpointer) &members[i]);
      else if (slot != NULL && members[i].value == NULL)
        slot->is_removed = TRUE;
      else if (slot != NULL && !has_same_value (&splice, slot, &members[i]))
        slot->change = &members[i];
      else
        continue;
      is_same = FALSE;
    }
  /* building would lay out the space inside an empty object anew */
  out = is_same ? NULL : splice_build (&splice, added);
  g_array_unref (splice.slots);
  return is_same ? g_bytes_ref (text) : g_string_free_to_bytes (out);
}
