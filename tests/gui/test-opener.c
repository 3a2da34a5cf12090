/* SPDX-License-Identifier: MIT */

/* The opening that is begun before there is a window. Needs no display. */

#include <glib/gstdio.h>
#include <limner-test.h>
#include <opener.h>

typedef struct
{
  gboolean is_done;
  LimnerDocument *document;
  GError *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  if (answer->document != NULL)
    g_assert_true (limner_document_close (answer->document, NULL));
  g_clear_object (&answer->document);
  g_clear_error (&answer->error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->document = limner_opener_open_finish (LIMNER_OPENER (source), result, &answer->error);
  answer->is_done = TRUE;
}

static char *
make_file (const char *name)
{
  static const char text[] = "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 64, "
                             "\"height\": 48}], \"annotations\": [], \"categories\": []}";
  char *path = limner_test_path (name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
open_path (LimnerOpener *opener, const char *path, GCancellable *cancellable, Answer *answer)
{
  *answer = (Answer){ FALSE, NULL, NULL };
  limner_opener_open_async (opener, path, NULL, NULL, NULL, NULL, cancellable, on_opened, answer);
}

/* The engine's part of a small file: more than enough. */
static void
let_it_end (void)
{
  const gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
test_taken_over (void)
{
  g_autoptr (LimnerOpener) opener = limner_opener_new ();
  g_autofree char *path = make_file ("set.json");
  Answer answer;

  limner_opener_begin (opener, path, NULL, NULL);
  open_path (opener, path, NULL, &answer);
  limner_test_wait (answer.is_done);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (limner_document_get_path (answer.document), ==, path);
  answer_clear (&answer);
}

/* What has been read is not read again: it could not be. */
static void
test_taken_over_at_its_end (void)
{
  g_autoptr (LimnerOpener) opener = limner_opener_new ();
  g_autofree char *path = make_file ("set.json");
  Answer answer;

  limner_opener_begin (opener, path, NULL, NULL);
  let_it_end ();
  g_assert_cmpint (g_unlink (path), ==, 0);
  open_path (opener, path, NULL, &answer);
  limner_test_wait (answer.is_done);
  g_assert_no_error (answer.error);
  g_assert_nonnull (answer.document);
  answer_clear (&answer);
  /* once */
  open_path (opener, path, NULL, &answer);
  limner_test_wait (answer.is_done);
  g_assert_nonnull (answer.error);
  answer_clear (&answer);
}

static void
test_another (void)
{
  g_autoptr (LimnerOpener) opener = limner_opener_new ();
  g_autofree char *path = make_file ("set.json");
  g_autofree char *other = make_file ("other.json");
  Answer answer;

  limner_opener_begin (opener, path, NULL, NULL);
  open_path (opener, other, NULL, &answer);
  limner_test_wait (answer.is_done);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (limner_document_get_path (answer.document), ==, other);
  answer_clear (&answer);
  let_it_end ();
}

static void
test_failed (void)
{
  g_autoptr (LimnerOpener) opener = limner_opener_new ();
  g_autofree char *path = limner_test_path ("absent.json");
  Answer answer;

  for (guint i = 0; i < 2; i++)
    {
      if (i == 0)
        limner_opener_begin (opener, path, NULL, NULL);
      open_path (opener, path, NULL, &answer);
      limner_test_wait (answer.is_done);
      g_assert_null (answer.document);
      g_assert_nonnull (answer.error);
      answer_clear (&answer);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (LimnerOpener) opener = limner_opener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = make_file ("set.json");
  Answer answer;

  limner_opener_begin (opener, path, NULL, NULL);
  open_path (opener, path, cancellable, &answer);
  g_cancellable_cancel (cancellable);
  limner_test_wait (answer.is_done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer_clear (&answer);
}

static void
test_dropped (void)
{
  for (guint i = 0; i < 2; i++)
    {
      LimnerOpener *opener = limner_opener_new ();
      g_autofree char *path = make_file ("set.json");

      limner_opener_begin (opener, path, NULL, NULL);
      if (i > 0)
        let_it_end ();
      g_assert_finalize_object (opener);
      let_it_end ();
    }
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "taken-over", test_taken_over },
    { "taken-over-at-its-end", test_taken_over_at_its_end },
    { "another", test_another },
    { "failed", test_failed },
    { "cancelled", test_cancelled },
    { "dropped", test_dropped },
    { NULL },
  };

  return limner_test_main (argc, argv, "opener", cases);
}
