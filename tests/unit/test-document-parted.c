/* SPDX-License-Identifier: MIT */

#include "document-fixture.h"

#include <limner/log.h>

/* Two logs of one file, each with changes that the other lacks: ours moved to the state folder, and
 * somebody else went on with the one beside the file. */

static const char base_text[] =
    "{\"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\"}\n"
    "], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"area\": 12},\n"
    "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56},\n"
    "{\"id\": 3, \"image_id\": 1, \"category_id\": 1, \"bbox\": [9, 9, 9, 9], \"area\": 81}\n"
    "]}\n";

typedef void (*Work) (LimnerDocument *document);

typedef struct
{
  char *path;
  char *beside;
  char *state;
  char *aside;
} Set;

static void
set_init (Set *self)
{
  fixture_picture (limner_test_dir (), "a.jpg");
  self->path = fixture_write (limner_test_dir (), "annotations.json", base_text);
  self->beside = limner_workspace_dup_path (self->path, FALSE);
  self->state = limner_workspace_dup_path (self->path, TRUE);
  self->aside = g_strconcat (self->state, ".applied-ours", NULL);
}

static void
set_clear (Set *self)
{
  g_free (self->path);
  g_free (self->beside);
  g_free (self->state);
  g_free (self->aside);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Set, set_clear)

static gboolean
exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
move (const char *from, const char *to)
{
  g_autofree char *folder = g_path_get_dirname (to);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (g_rename (from, to), ==, 0);
}

static void
copy (const char *from, const char *to)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &text, &length, NULL));
  g_assert_true (g_file_set_contents (to, text, (gssize) length, NULL));
}

static void
run_and_drop (const Set *self, Work work)
{
  LimnerDocument *document = fixture_open (self->path);

  work (document);
  fixture_drop (document);
}

static void
set_fact (const char *path, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerWorkspace) log = limner_workspace_open (path, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (limner_log_set_value (LIMNER_LOG (log), key, value, &error));
  limner_workspace_close (log);
}

static guint
count_steps (const char *path)
{
  g_autoptr (LimnerWorkspace) log = limner_workspace_open (path, FALSE, NULL, NULL);
  g_autoptr (GPtrArray) steps = limner_log_replay (LIMNER_LOG (log), 0, NULL);

  limner_workspace_close (log);
  return steps->len;
}

/* @both is in both logs, @theirs follows in the one beside, @ours in the one in the state folder.
 */
static void
part (const Set *self, Work both, Work theirs, Work ours)
{
  g_autofree char *kept = limner_test_path ("kept.log");
  g_autofree char *their_log = limner_test_path ("their.log");
  g_autofree char *copies = NULL;

  run_and_drop (self, both);
  copies = g_strdup_printf ("%u", count_steps (self->beside));
  copy (self->beside, kept);
  run_and_drop (self, theirs);
  move (self->beside, their_log);
  move (kept, self->beside);
  run_and_drop (self, ours);
  move (self->beside, self->state);
  set_fact (self->state, "id", "ours");
  set_fact (self->state, "copies", copies);
  move (their_log, self->beside);
}

static LimnerTroubleKind
get_kind (LimnerDocument *document)
{
  return limner_document_get_trouble (document)->kind;
}

static guint
count (LimnerDocument *document)
{
  return limner_dataset_get_n_annotations (limner_document_get_dataset (document));
}

static void
draw_both (LimnerDocument *document)
{
  fixture_draw (document, 0, 1, 100, 10);
  fixture_set_x (document, 1, 40);
}

static void
draw_theirs (LimnerDocument *document)
{
  fixture_draw (document, 0, 1, 200, 10);
  fixture_set_x (document, 2, 200);
}

static void
draw_ours (LimnerDocument *document)
{
  fixture_draw (document, 0, 1, 300, 10);
  fixture_set_x (document, 1, 50);
}

static void
set_three_ours (LimnerDocument *document)
{
  fixture_set_x (document, 3, 300);
}

/* Opened when what draw_both(), draw_theirs() and draw_ours() did has come together. */
static LimnerDocument *
open_together (const Set *self)
{
  LimnerDocument *document = fixture_open (self->path);

  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_NONE);
  g_assert_cmpuint (count (document), ==, 6);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 50);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 200);
  return document;
}

/* Ours first, then, when all of it is in the file, theirs; nothing twice, and what both made under
 * one number is two annotations. */
static void
test_both_come_in (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);

  document = fixture_open (set.path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_PARTED);
  g_assert_nonnull (strstr (limner_document_get_trouble (document)->title, "2 changes"));
  g_assert_cmpuint (count (document), ==, 5);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 50);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 5);
  fixture_close (document);
  g_assert_true (exists (set.state));

  document = open_together (&set);
  g_assert_false (exists (set.state));
  g_assert_true (exists (set.aside));
  g_assert_cmpfloat (fixture_get_x (document, 4), ==, 100);
  g_assert_cmpfloat (fixture_get_x (document, 5), ==, 300);
  g_assert_cmpfloat (fixture_get_x (document, 6), ==, 200);
  fixture_close (document);
  first = fixture_read (set.path);

  document = open_together (&set);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  fixture_close (document);
  second = fixture_read (set.path);
  g_assert_cmpstr (first, ==, second);
}

/* Killed after each opening: the same in the end. */
static void
test_killed_meanwhile (void)
{
  g_auto (Set) set = { 0 };
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);

  for (guint i = 0; i < 2; i++)
    {
      document = fixture_open (set.path);
      g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_PARTED);
      g_assert_cmpuint (count (document), ==, 5);
      if (i == 1)
        fixture_save (document);
      fixture_drop (document);
    }
  for (guint i = 0; i < 2; i++)
    {
      fixture_drop (open_together (&set));
    }
}

/* Where the file is gone, ours is what it is put together from, and stays. */
static void
test_file_is_gone (void)
{
  g_auto (Set) set = { 0 };
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);
  fixture_close (fixture_open (set.path));
  g_assert_cmpint (g_unlink (set.path), ==, 0);

  document = fixture_open (set.path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_GONE);
  g_assert_cmpuint (count (document), ==, 5);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 50);
  g_assert_true (exists (set.state));
  fixture_save (document);
  fixture_close (document);

  fixture_close (open_together (&set));
}

/* The log beside alone is not enough any more. */
static void
test_file_is_gone_later (void)
{
  g_auto (Set) set = { 0 };
  g_autoptr (GError) error = NULL;

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);
  for (guint i = 0; i < 2; i++)
    fixture_close (fixture_open (set.path));
  g_assert_false (exists (set.state));
  g_assert_cmpint (g_unlink (set.path), ==, 0);
  g_assert_null (limner_document_open (set.path, NULL, NULL, 0, NULL, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND);
}

/* Whoever opens the log beside first after we saved does not do over our work what both logs had.
 */
static void
test_they_open_first (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *our_log = limner_test_path ("our.log");

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);
  fixture_close (fixture_open (set.path));
  move (set.state, our_log);

  fixture_close (open_together (&set));
}

static void
delete_first (LimnerDocument *document)
{
  fixture_delete (document, 1);
}

static void
delete_and_undo (LimnerDocument *document)
{
  delete_first (document);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  fixture_save (document);
}

/* The same done a second time is not what was done the first time. */
static void
test_done_again (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *their_log = limner_test_path ("their.log");
  LimnerDocument *document;

  set_init (&set);
  run_and_drop (&set, delete_and_undo);
  move (set.beside, their_log);
  run_and_drop (&set, delete_first);
  move (set.beside, set.state);
  set_fact (set.state, "id", "ours");
  set_fact (set.state, "copies", "0");
  move (their_log, set.beside);

  document = fixture_open (set.path);
  g_assert_cmpuint (count (document), ==, 2);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, -1);
  fixture_close (document);
}

static void
delete_drawn (LimnerDocument *document)
{
  fixture_delete (document, 4);
}

/* They saved what both logs had, and deleted some of it: it does not come back. */
static void
test_they_deleted (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *our_log = limner_test_path ("our.log");
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, delete_drawn, set_three_ours);
  move (set.state, our_log);
  fixture_close (fixture_open (set.path));
  move (our_log, set.state);

  document = fixture_open (set.path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_NONE);
  g_assert_cmpuint (count (document), ==, 3);
  g_assert_cmpfloat (fixture_get_x (document, 3), ==, 300);
  fixture_close (document);
}

static void
set_two_theirs (LimnerDocument *document)
{
  fixture_set_x (document, 2, 200);
}

static void
set_two_ours (LimnerDocument *document)
{
  fixture_set_x (document, 2, 300);
}

/* A record that both changed waits for the person, with three versions. */
static void
test_conflict (void)
{
  g_auto (Set) set = { 0 };
  g_autoptr (GError) error = NULL;
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, set_two_theirs, set_two_ours);
  document = fixture_open (set.path);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 300);
  fixture_close (document);

  document = fixture_open (set.path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_CONFLICT);
  g_assert_cmpuint (limner_document_get_conflicts (document)->len, ==, 1);
  g_assert_true (
      limner_document_settle_conflict (document, LIMNER_RECORD_ANNOTATION, 2, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 300);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 40);
  fixture_close (document);
}

/* They brought what both logs had into the file: ours goes on from there, and that is no conflict.
 */
static void
test_they_saved_first (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *our_log = limner_test_path ("our.log");

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);
  move (set.state, our_log);
  fixture_close (fixture_open (set.path));
  move (our_log, set.state);

  fixture_close (open_together (&set));
}

static void
go_on (LimnerDocument *document)
{
  fixture_set_x (document, 1, 60);
  fixture_save (document);
}

/* A log in the state folder that could not be removed when all of it was beside the file again,
 * where the work went on: nothing of it is done a second time. */
static void
test_left_behind (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *kept = limner_test_path ("kept.log");
  LimnerDocument *document;

  set_init (&set);
  run_and_drop (&set, draw_both);
  copy (set.beside, kept);
  set_fact (kept, "id", "ours");
  run_and_drop (&set, go_on);
  set_fact (set.beside, "returned", "ours");
  move (kept, set.state);

  document = limner_document_open (set.path, NULL, NULL, LIMNER_OPEN_READ_ONLY, NULL, NULL);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 60);
  fixture_close (document);

  document = fixture_open (set.path);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  g_assert_cmpfloat (fixture_get_x (document, 1), ==, 60);
  g_assert_cmpuint (count (document), ==, 4);
  g_assert_false (exists (set.state));
  fixture_close (document);
}

/* Whoever only reads sees the same and touches neither log. */
static void
test_reading_only (void)
{
  g_auto (Set) set = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document;

  set_init (&set);
  part (&set, draw_both, draw_theirs, draw_ours);
  fixture_close (fixture_open (set.path));

  before = fixture_snapshot (limner_test_dir ());
  document = limner_document_open (set.path, NULL, NULL, LIMNER_OPEN_READ_ONLY, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fixture_get_x (document, 2), ==, 200);
  fixture_close (document);
  after = fixture_snapshot (limner_test_dir ());
  g_assert_cmpstr (before, ==, after);
  g_assert_true (exists (set.state));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "both-come-in", test_both_come_in },
    { "killed-meanwhile", test_killed_meanwhile },
    { "file-is-gone", test_file_is_gone },
    { "file-is-gone-later", test_file_is_gone_later },
    { "they-open-first", test_they_open_first },
    { "they-deleted", test_they_deleted },
    { "done-again", test_done_again },
    { "conflict", test_conflict },
    { "they-saved-first", test_they_saved_first },
    { "left-behind", test_left_behind },
    { "reading-only", test_reading_only },
    { NULL },
  };

  return limner_test_main (argc, argv, "document-parted", cases);
}
