/* SPDX-License-Identifier: MIT */
#include <limner/edit.h>

#include "limner-test.h"

static void
test_inverse_swaps (void)
{
  g_autoptr (GBytes) before = g_bytes_new_static ("{\"id\":1}", 8);
  g_autoptr (GBytes) after = g_bytes_new_static ("{\"id\":1,\"a\":2}", 14);
  g_autoptr (LimnerEdit) edit = limner_edit_new (LIMNER_RECORD_ANNOTATION, 1, before, after);
  g_autoptr (LimnerEdit) inverse = NULL;

  edit->has_next = TRUE;
  edit->next_id = 7;
  inverse = limner_edit_new_inverse (edit);
  g_assert_cmpint (inverse->kind, ==, LIMNER_RECORD_ANNOTATION);
  g_assert_cmpint (inverse->id, ==, 1);
  g_assert_true (g_bytes_equal (inverse->before, after));
  g_assert_true (g_bytes_equal (inverse->after, before));
  g_assert_true (inverse->has_next);
  g_assert_cmpint (inverse->next_id, ==, 7);
}

static void
test_creation_becomes_deletion (void)
{
  g_autoptr (GBytes) after = g_bytes_new_static ("{}", 2);
  g_autoptr (LimnerEdit) edit = limner_edit_new (LIMNER_RECORD_IMAGE, 3, NULL, after);
  g_autoptr (LimnerEdit) inverse = limner_edit_new_inverse (edit);

  g_assert_null (edit->before);
  g_assert_null (inverse->after);
  g_assert_true (g_bytes_equal (inverse->before, after));
}

static void
test_step_inverse_goes_backwards (void)
{
  g_autoptr (LimnerStep) step = limner_step_new (LIMNER_STEP_DO, "Draw box", "a.jpg");
  g_autoptr (LimnerStep) inverse = NULL;

  step->sequence = 12;
  for (gint64 id = 1; id <= 3; id++)
    g_ptr_array_add (step->edits, limner_edit_new (LIMNER_RECORD_ANNOTATION, id, NULL, NULL));
  inverse = limner_step_new_inverse (step, LIMNER_STEP_UNDO);
  g_assert_cmpint (inverse->kind, ==, LIMNER_STEP_UNDO);
  g_assert_cmpint (inverse->sequence, ==, 0);
  g_assert_cmpstr (inverse->label, ==, "Draw box");
  g_assert_cmpstr (inverse->image_name, ==, "a.jpg");
  g_assert_cmpuint (inverse->edits->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (((LimnerEdit *) g_ptr_array_index (inverse->edits, i))->id, ==, 3 - i);
}

static void
test_step_is_counted (void)
{
  LimnerStep *step = limner_step_new (LIMNER_STEP_DO, "Draw box", NULL);

  g_assert_true (limner_step_ref (step) == step);
  limner_step_unref (step);
  g_assert_cmpstr (step->label, ==, "Draw box");
  g_assert_null (step->image_name);
  limner_step_unref (step);
}

static const LimnerTestCase cases[] = {
  { "inverse-swaps", test_inverse_swaps },
  { "creation-becomes-deletion", test_creation_becomes_deletion },
  { "step-inverse-goes-backwards", test_step_inverse_goes_backwards },
  { "step-is-counted", test_step_is_counted },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "edit", cases);
}
