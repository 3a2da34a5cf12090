/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <limner/attribute.h>
#include <limner/coco-record.h>
#include <string.h>

void
limner_attribute_free (LimnerAttribute *self)
{
  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

/* FALSE where there is none, or something else than an object. */
static gboolean
find_object (GBytes *record, LimnerValue *object)
{
  LimnerValue whole;

  whole.text = g_bytes_get_data (record, &whole.length);
  return limner_value_find (&whole, "attributes", object) &&
         limner_value_get_type (object) == LIMNER_VALUE_OBJECT;
}

GPtrArray *
limner_attributes_read (GBytes *record)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_attribute_free);
  LimnerValue object, name, value;
  LimnerValueIter iter;

  if (!find_object (record, &object))
    return list;
  limner_value_iter_init (&iter, &object);
  while (limner_value_iter_next (&iter, &name, &value))
    {
      LimnerAttribute *attribute = g_new0 (LimnerAttribute, 1);

      attribute->name = limner_value_dup_string (&name);
      attribute->type = limner_value_get_type (&value);
      attribute->text = attribute->type == LIMNER_VALUE_STRING
                            ? limner_value_dup_string (&value)
                            : g_strndup (value.text, value.length);
      g_ptr_array_add (list, attribute);
    }
  return list;
}

/* NaN and Infinity pass the scanner, but nothing new is to be written so. */
static gboolean
is_plain_value (const char *text)
{
  const LimnerValue value = { text, strlen (text) };

  if (g_str_equal (text, "true") || g_str_equal (text, "false"))
    return TRUE;
  return (g_ascii_isdigit (text[0]) || (text[0] == '-' && g_ascii_isdigit (text[1]))) &&
         limner_coco_check_text (text, value.length, NULL) &&
         limner_value_get_type (&value) == LIMNER_VALUE_NUMBER;
}

char *
limner_attribute_format (const char *text, gboolean is_text, gboolean ascii)
{
  if (!is_text && is_plain_value (text))
    return g_strdup (text);
  return limner_coco_format_string (text, ascii);
}

char *
limner_attribute_set (GBytes *record, const char *name, const char *value)
{
  const LimnerMember member = { name, value };
  LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  LimnerValue whole, object;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  whole.text = g_bytes_get_data (record, &whole.length);
  if (limner_value_find (&whole, "attributes", &object))
    {
      if (limner_value_get_type (&object) != LIMNER_VALUE_OBJECT)
        return NULL;
      limner_coco_style_from_record (&style, object.text, object.length);
      before = g_bytes_new_from_bytes (record, (gsize) (object.text - whole.text), object.length);
    }
  after = limner_coco_record_set_members (before, &style, &member, 1);
  return g_strndup (g_bytes_get_data (after, NULL), g_bytes_get_size (after));
}
