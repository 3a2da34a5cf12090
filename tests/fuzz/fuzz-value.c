/* SPDX-License-Identifier: MIT */
/*
 * The walk over JSON values: never beyond the slice, whatever it is; and the same tree as cJSON on
 * text that the scanner has judged.
 */

#include "fuzz.h"

#include <cjson/cJSON.h>
#include <limner/coco-record.h>
#include <limner/coco-value.h>

#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

#define MAX_DEPTH 64
#define MAX_VALUES 20000

/* Every function on every value that the walk gives; ASan watches the slice's ends. */
static void
walk (const LimnerValue *value, guint depth, guint *n_values)
{
  LimnerValueIter iter;
  LimnerValue name = { "", 0 };
  LimnerValue element;
  g_autofree char *text = NULL;
  g_autofree char *inner = NULL;
  double number;

  limner_value_get_number (value, &number);
  if (limner_value_get_type (value) == LIMNER_VALUE_STRING)
    text = limner_value_dup_string (value);
  if (value->length > 2)
    inner = g_strndup (value->text + 1, value->length - 2);
  fuzz_require (!limner_value_is_string (value, inner != NULL ? inner : "") ||
                    limner_value_get_type (value) == LIMNER_VALUE_STRING,
                "'%s' is taken for a string", inner);
  limner_value_find (value, "id", &element);
  if (depth == MAX_DEPTH)
    return;
  limner_value_iter_init (&iter, value);
  while (limner_value_iter_next (&iter, &name, &element))
    {
      fuzz_require (element.text >= value->text &&
                        element.text + element.length <= value->text + value->length,
                    "an element reaches out of its array");
      if (iter.is_object)
        fuzz_require (name.text >= value->text &&
                          name.text + name.length <= value->text + value->length,
                      "a name reaches out of its object");
      if (++*n_values > MAX_VALUES)
        return;
      walk (&element, depth + 1, n_values);
    }
}

static void
compare (const LimnerValue *value, const cJSON *item)
{
  LimnerValueType type = limner_value_get_type (value);
  const cJSON *child = item->child;
  g_autofree char *text = NULL;
  LimnerValueIter iter;
  LimnerValue name, element;
  double number = 0.0;

  fuzz_require ((type == LIMNER_VALUE_NULL) == cJSON_IsNull (item) &&
                    (type == LIMNER_VALUE_BOOLEAN) == cJSON_IsBool (item) &&
                    (type == LIMNER_VALUE_NUMBER) == cJSON_IsNumber (item) &&
                    (type == LIMNER_VALUE_STRING) == cJSON_IsString (item) &&
                    (type == LIMNER_VALUE_ARRAY) == cJSON_IsArray (item) &&
                    (type == LIMNER_VALUE_OBJECT) == cJSON_IsObject (item),
                "type %d or %d", type, item->type);
  fuzz_require (limner_value_get_number (value, &number) == cJSON_IsNumber (item) &&
                    (!cJSON_IsNumber (item) || number == item->valuedouble),
                "number %.17g or %.17g", number, item->valuedouble);
  if (type == LIMNER_VALUE_STRING)
    {
      text = limner_value_dup_string (value);
      fuzz_require (g_str_equal (text, item->valuestring), "'%s' or '%s'", text, item->valuestring);
      fuzz_require (limner_value_is_string (value, text), "'%s' is not itself", text);
    }
  limner_value_iter_init (&iter, value);
  while (limner_value_iter_next (&iter, &name, &element))
    {
      fuzz_require (child != NULL, "more elements than there are");
      if (iter.is_object)
        {
          LimnerValue found;

          fuzz_require (limner_value_is_string (&name, child->string), "another name than '%s'",
                        child->string);
          fuzz_require (limner_value_find (value, child->string, &found) &&
                            found.text == element.text && found.length == element.length,
                        "'%s' is not found", child->string);
        }
      compare (&element, child);
      child = child->next;
    }
  fuzz_require (child == NULL, "fewer elements than there are");
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autoptr (GBytes) bytes = fuzz_take_rest (&input);
  LimnerValue value = { g_bytes_get_data (bytes, NULL), size };
  g_autoptr (cJSON) root = NULL;
  guint n_values = 0;

  if (size == 0)
    return 0;
  walk (&value, 0, &n_values);
  if (!limner_coco_check_text (value.text, value.length, NULL))
    return 0;
  while (is_blank (value.text[0]))
    value.text++, value.length--;
  while (is_blank (value.text[value.length - 1]))
    value.length--;
  /* cJSON does not read NaN */
  root = cJSON_ParseWithLength (value.text, value.length);
  if (root != NULL)
    compare (&value, root);
  return 0;
}
