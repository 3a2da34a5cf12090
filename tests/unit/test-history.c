/* SPDX-License-Identifier: MIT */
#include <limner/history.h>

#include "limner-test.h"

/* Commands: a letter does a step of that name, '<' undoes, '>' does again. */
static const struct
{
  const char *name;
  const char *commands;
  guint n_undo;
  const char *undo; /* label that is undone next */
  const char *redo;
} rows[] = {
  { "empty", "", 0, NULL, NULL },
  { "one step", "a", 1, "a", NULL },
  { "undone", "a<", 0, NULL, "a" },
  { "and done again", "a<>", 1, "a", NULL },
  { "three steps", "abc", 3, "c", NULL },
  { "two of three undone", "abc<<", 1, "a", "b" },
  { "redo in order", "abc<<<>>", 2, "b", "c" },
  { "a new step drops what was undone", "abc<<d", 2, "d", NULL },
  { "the dropped ones do not come back", "abc<<d<", 1, "a", "d" },
  { "nothing to undo: nothing happens", "<a", 1, "a", NULL },
  { "nothing to redo: nothing happens", "a>", 1, "a", NULL },
  { "undo beyond the first", "ab<<<", 0, NULL, "a" },
};

/* As the document does: the step that is pushed takes the peeked one back. */
static void
run_command (LimnerHistory *history, char command)
{
  const char label[2] = { command, '\0' };
  g_autoptr (LimnerStep) step = NULL;
  LimnerStep *original = command == '<'   ? limner_history_peek_undo (history)
                         : command == '>' ? limner_history_peek_redo (history)
                                          : NULL;

  if (original != NULL)
    step = limner_step_new_inverse (original, command == '<' ? LIMNER_STEP_UNDO : LIMNER_STEP_REDO);
  else
    step = limner_step_new (command == '<'   ? LIMNER_STEP_UNDO
                            : command == '>' ? LIMNER_STEP_REDO
                                             : LIMNER_STEP_DO,
                            label, NULL);
  limner_history_push (history, step);
}

static void
test_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerHistory) history = limner_history_new ();
      LimnerStep *undo, *redo;

      g_test_message ("%s", rows[i].name);
      for (const char *p = rows[i].commands; *p != '\0'; p++)
        run_command (history, *p);
      undo = limner_history_peek_undo (history);
      redo = limner_history_peek_redo (history);
      g_assert_cmpuint (limner_history_get_n_undo (history), ==, rows[i].n_undo);
      g_assert_cmpstr (limner_history_get_undo_label (history), ==, rows[i].undo);
      g_assert_cmpstr (limner_history_get_redo_label (history), ==, rows[i].redo);
      g_assert_cmpint (limner_history_can_undo (history), ==, rows[i].undo != NULL);
      g_assert_cmpint (limner_history_can_redo (history), ==, rows[i].redo != NULL);
      /* what is kept is the original, never the step that took it back */
      g_assert_true (undo == NULL || undo->kind == LIMNER_STEP_DO);
      g_assert_true (redo == NULL || redo->kind == LIMNER_STEP_DO);
    }
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  GString *seen = data;

  g_string_append_printf (seen, "%s ", pspec->name);
}

static void
test_notifies (void)
{
  g_autoptr (LimnerHistory) history = limner_history_new ();
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *label = NULL;
  gboolean can_undo;

  g_signal_connect (history, "notify", G_CALLBACK (on_notify), seen);
  run_command (history, 'a');
  g_assert_cmpstr (seen->str, ==, "can-undo undo-label ");
  g_string_truncate (seen, 0);
  run_command (history, 'b');
  g_assert_cmpstr (seen->str, ==, "undo-label ");
  g_string_truncate (seen, 0);
  run_command (history, '<');
  g_assert_cmpstr (seen->str, ==, "can-redo undo-label redo-label ");
  g_string_truncate (seen, 0);
  run_command (history, 'a');
  g_assert_cmpstr (seen->str, ==, "can-redo redo-label ");

  g_object_get (history, "can-undo", &can_undo, "undo-label", &label, NULL);
  g_assert_true (can_undo);
  g_assert_cmpstr (label, ==, "a");
}

static void
test_without_limit (void)
{
  g_autoptr (LimnerHistory) history = limner_history_new ();

  for (guint i = 0; i < 20000; i++)
    run_command (history, (char) ('a' + i % 26));
  g_assert_cmpuint (limner_history_get_n_undo (history), ==, 20000);
  for (guint i = 0; i < 20000; i++)
    run_command (history, '<');
  g_assert_false (limner_history_can_undo (history));
  g_assert_cmpstr (limner_history_get_redo_label (history), ==, "a");
}

static const LimnerTestCase cases[] = {
  { "commands", test_commands },
  { "notifies", test_notifies },
  { "without-limit", test_without_limit },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "history", cases);
}
