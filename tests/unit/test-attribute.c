/* SPDX-License-Identifier: MIT */
#include "scene-fixture.h"

#include <limner/attribute.h>

#define RECORD                                                                                     \
  "{\"id\": 1, \"attributes\": {\"parked\": true, \"speed\": 1e1, \"maker\": \"a\\u0062c\", "      \
  "\"box\": [1, 2]}, \"bbox\": [0, 0, 1, 1]}"

static const struct
{
  const char *text;
  gboolean is_text;
  const char *json;
} formats[] = {
  { "true", FALSE, "true" },
  { "false", FALSE, "false" },
  { "12.50", FALSE, "12.50" },
  { "-3", FALSE, "-3" },
  { "1e3", FALSE, "1e3" },
  { "007", FALSE, "\"007\"" },
  { "NaN", FALSE, "\"NaN\"" },
  { "-Infinity", FALSE, "\"-Infinity\"" },
  { "", FALSE, "\"\"" },
  { "[1]", FALSE, "\"[1]\"" },
  { "say \"hi\"", FALSE, "\"say \\\"hi\\\"\"" },
  { "12", TRUE, "\"12\"" },
  { "true", TRUE, "\"true\"" },
};

static void
test_format (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *json = limner_attribute_format (formats[i].text, formats[i].is_text, FALSE);

      g_assert_cmpstr (json, ==, formats[i].json);
    }
}

static void
test_list (void)
{
  static const LimnerAttribute expected[] = {
    { (char *) "parked", LIMNER_VALUE_BOOLEAN, (char *) "true" },
    { (char *) "speed", LIMNER_VALUE_NUMBER, (char *) "1e1" },
    { (char *) "maker", LIMNER_VALUE_STRING, (char *) "abc" },
    { (char *) "box", LIMNER_VALUE_ARRAY, (char *) "[1, 2]" },
  };
  static const char *const without[] = { "{\"id\": 1}", "{\"attributes\": [1]}",
                                         "{\"attributes\": null}", "{\"attributes\": {}}" };
  g_autoptr (GBytes) record = g_bytes_new_static (RECORD, sizeof RECORD - 1);
  g_autoptr (GPtrArray) list = limner_attributes_read (record);

  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < list->len; i++)
    {
      const LimnerAttribute *attribute = list->pdata[i];

      g_assert_cmpstr (attribute->name, ==, expected[i].name);
      g_assert_cmpint (attribute->type, ==, expected[i].type);
      g_assert_cmpstr (attribute->text, ==, expected[i].text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (without); i++)
    {
      g_autoptr (GBytes) text = g_bytes_new_static (without[i], strlen (without[i]));
      g_autoptr (GPtrArray) none = limner_attributes_read (text);

      g_assert_cmpuint (none->len, ==, 0);
    }
}

static const struct
{
  const char *record;
  const char *name;
  const char *value;
  const char *object; /* NULL: refused */
} sets[] = {
  { RECORD, "parked", "false",
    "{\"parked\": false, \"speed\": 1e1, \"maker\": \"a\\u0062c\", \"box\": [1, 2]}" },
  { RECORD, "speed", "10", /* equal, so it keeps its spelling */
    "{\"parked\": true, \"speed\": 1e1, \"maker\": \"a\\u0062c\", \"box\": [1, 2]}" },
  { RECORD, "new", "\"x\"",
    "{\"parked\": true, \"speed\": 1e1, \"maker\": \"a\\u0062c\", \"box\": [1, 2], \"new\": "
    "\"x\"}" },
  { RECORD, "speed", NULL, "{\"parked\": true, \"maker\": \"a\\u0062c\", \"box\": [1, 2]}" },
  { "{\"id\": 1}", "parked", "true", "{\"parked\": true}" },
  { "{\"id\": 1, \"attributes\": {}}", "parked", "true", "{\"parked\": true}" },
  { "{\"id\": 1, \"attributes\": [1]}", "parked", "true", NULL },
};

static void
test_set (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GBytes) record = g_bytes_new_static (sets[i].record, strlen (sets[i].record));
      g_autofree char *object = limner_attribute_set (record, sets[i].name, sets[i].value);

      g_test_message ("%s = %s", sets[i].name, sets[i].value != NULL ? sets[i].value : "(none)");
      g_assert_cmpstr (object, ==, sets[i].object);
    }
}

/* Of the first annotation: the text of its only attribute, "" where it has none. */
static gboolean
says (Fixture *self, const char *text)
{
  LimnerSceneItem *item = fixture_item (self, 0);
  g_autoptr (GPtrArray) list =
      limner_attributes_read (limner_scene_item_get_annotation (item)->record.text);

  return list->len == 0 ? *text == '\0'
                        : g_str_equal (((LimnerAttribute *) list->pdata[0])->text, text);
}

/* A step like any other; what has no id is left alone, with a word. */
static void
test_step (void)
{
  Fixture self;

  fixture_open (&self, FOREIGN);
  fixture_show (&self, "a.png");
  g_assert_true (says (&self, "true"));
  g_assert_true (
      limner_scene_set_attribute (self.scene, fixture_item (&self, 0), "parked", "false"));
  g_assert_true (says (&self, "false"));
  g_assert_true (limner_scene_set_attribute (self.scene, fixture_item (&self, 0), "parked", NULL));
  g_assert_true (says (&self, ""));
  fixture_undo (&self);
  fixture_undo (&self);
  limner_test_wait (says (&self, "true"));
  g_string_truncate (self.messages, 0);
  g_assert_false (limner_scene_set_attribute (self.scene, fixture_item (&self, 2), "a", "1"));
  g_assert_cmpuint (self.messages->len, >, 0);
  fixture_close (&self);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = {
    { "format", test_format },
    { "list", test_list },
    { "set", test_set },
    { "step", test_step },
    { NULL },
  };

  return limner_test_main (argc, argv, "attribute", cases);
}
