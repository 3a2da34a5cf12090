/* SPDX-License-Identifier: MIT */

#include "commands.h"

#include "limner-test.h"

typedef void (*KeyFunc) (const LimnerCommand *command, const char *key, gpointer user_data);

static void
for_each_key (gboolean accels, KeyFunc func, gpointer user_data)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);

  for (guint i = 0; i < n; i++)
    {
      const char *keys = accels ? commands[i].accels : commands[i].keys;
      g_auto (GStrv) parts = keys != NULL ? g_strsplit (keys, " ", -1) : NULL;

      for (guint j = 0; parts != NULL && parts[j] != NULL; j++)
        func (&commands[i], parts[j], user_data);
    }
}

static void
check_key (const LimnerCommand *command, const char *key, gpointer user_data)
{
  GHashTable *seen = user_data;
  guint keyval = 0;
  GdkModifierType modifiers = 0;
  const char *other;
  g_autofree char *name = NULL;

  if (!gtk_accelerator_parse (key, &keyval, &modifiers) || keyval == 0)
    {
      g_printerr ("# '%s' of %s is not a key\n", key, command->action);
      g_test_fail ();
      return;
    }
  name = gtk_accelerator_name (keyval, modifiers);
  other = g_hash_table_lookup (seen, name);
  if (other != NULL)
    {
      g_printerr ("# %s is the key of %s and of %s\n", key, other, command->action);
      g_test_fail ();
    }
  g_hash_table_insert (seen, g_steal_pointer (&name), g_strdup (command->action));
}

/* An accelerator and a plain key would both act on the canvas, so both count. */
static void
test_no_key_has_two_meanings (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for_each_key (TRUE, check_key, seen);
  for_each_key (FALSE, check_key, seen);
  g_assert_cmpuint (g_hash_table_size (seen), >, 60);
}

static void
check_accel (const LimnerCommand *command, const char *key, gpointer user_data)
{
  guint keyval = 0;
  GdkModifierType modifiers = 0;
  gboolean is_function;

  gtk_accelerator_parse (key, &keyval, &modifiers);
  is_function = keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F12;
  if (!is_function && (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0)
    {
      g_printerr ("# %s of %s would be taken from entries\n", key, command->action);
      g_test_fail ();
    }
}

static void
test_accelerators_cannot_be_typed (void)
{
  for_each_key (TRUE, check_accel, NULL);
}

static void
test_actions_and_sections (void)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_action_parse_detailed_name (commands[i].action, &name, &target, &error));
      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (name, "win.") || g_str_has_prefix (name, "app."));
      /* Tools may be without a key. */
      g_assert_true (commands[i].accels != NULL || commands[i].keys != NULL ||
                     g_str_has_prefix (name, "win.tool"));
      g_assert_true ((commands[i].label != NULL) == (commands[i].section != NULL));
    }
}

/* Sections are runs: the shortcuts window starts a group where the name changes. */
static void
test_sections_do_not_come_back (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  const char *last = NULL;

  for (guint i = 0; i < n; i++)
    {
      if (commands[i].label == NULL || g_strcmp0 (commands[i].section, last) == 0)
        continue;
      last = commands[i].section;
      g_assert_false (g_hash_table_contains (seen, last));
      g_hash_table_add (seen, (gpointer) last);
    }
}

static void
test_tooltips (void)
{
  g_autofree char *undo = limner_commands_dup_tooltip ("win.undo");
  g_autofree char *box = limner_commands_dup_tooltip ("win.tool::box");

  g_assert_cmpstr (undo, ==, "Undo (Ctrl+Z)");
  g_assert_cmpstr (box, ==, "Box (R)");
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "no-key-has-two-meanings", test_no_key_has_two_meanings },
    { "accelerators-cannot-be-typed", test_accelerators_cannot_be_typed },
    { "actions-and-sections", test_actions_and_sections },
    { "sections-do-not-come-back", test_sections_do_not_come_back },
    { "tooltips", test_tooltips },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "window-commands", cases);
}
