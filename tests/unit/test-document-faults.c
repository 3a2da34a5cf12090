/* SPDX-License-Identifier: MIT */
#include "document-fixture.h"

#include <errno.h>
#include <limner/log.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

/*
 * What happens when writing fails. Each fault lives in a process of its own, which it may restrict
 * as it likes.
 */

static const char base_text[] =
    "{\"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\"}\n"
    "], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"area\": 12}\n"
    "]}\n";

static char *
make_base (const char *folder)
{
  fixture_picture (folder, "a.jpg");
  return fixture_write (folder, "annotations.json", base_text);
}

static void
run_child (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/document-faults/subprocess/%s", name);

  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static LimnerTroubleKind
get_kind (LimnerDocument *document)
{
  return limner_document_get_trouble (document)->kind;
}

typedef struct
{
  guint n_failed;
  guint n_done;
} Answers;

static void
on_answer (LimnerDocument *document, const GError *error, gpointer user_data)
{
  Answers *answers = user_data;

  if (error != NULL)
    answers->n_failed++;
  else
    answers->n_done++;
}

static gint64
draw_with_answer (LimnerDocument *document, double x, Answers *answers)
{
  LimnerPoint points[200];
  const guint n_points = G_N_ELEMENTS (points);
  g_autoptr (LimnerShape) shape = NULL;
  g_autoptr (GError) error = NULL;
  LimnerTransaction *t = limner_document_begin (document, "Draw", 0);
  gint64 id = 0;

  for (guint i = 0; i < n_points; i++)
    points[i] = (LimnerPoint){ x + i * 1.25, i % 2 == 0 ? 10.75 : 200.25 };
  shape = limner_shape_new_polygon (points, &n_points, 1);
  g_assert_true (limner_transaction_create_annotation (t, 0, 640, 480, 1, shape, &id, &error));
  g_assert_true (limner_document_commit (document, t, on_answer, answers, &error));
  g_assert_no_error (error);
  return id;
}

static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* ---- nothing can be written anywhere, then again ---- */

static void
child_no_writes (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  Answers answers = { 0 };
  LimnerDocument *document = fixture_open (path);
  const LimnerTrouble *trouble;

  signal (SIGXFSZ, SIG_IGN);
  for (guint round = 0; round < 2; round++) /* before there is a log, and with one */
    {
      memset (&answers, 0, sizeof answers);
      set_file_limit (0);
      draw_with_answer (document, 10 + round, &answers);
      draw_with_answer (document, 20 + round, &answers);
      limner_test_wait (answers.n_failed == 2);
      trouble = limner_document_get_trouble (document);
      g_assert_cmpuint (trouble->kind, ==, LIMNER_TROUBLE_NOT_DURABLE);
      g_assert_true (trouble->at_risk);
      g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_TROUBLE);
      g_assert_false (limner_document_flush (document, &error));
      g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_DURABLE);
      g_clear_error (&error);
      g_assert_false (limner_document_close (document, &error));
      g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_DURABLE);
      g_clear_error (&error);
      text = fixture_read (path);
      if (round == 0)
        g_assert_cmpstr (text, ==, base_text);
      g_clear_pointer (&text, g_free);

      set_file_limit (RLIM_INFINITY);
      limner_document_retry (document);
      limner_test_wait (answers.n_done == 2);
      g_assert_cmpuint (answers.n_failed, ==, 2);
      limner_test_wait (get_kind (document) != LIMNER_TROUBLE_NOT_DURABLE);
      fixture_save (document);
      g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_NONE);
    }
  fixture_close (document);

  document = fixture_open (path);
  g_assert_cmpuint (limner_dataset_get_n_annotations (limner_document_get_dataset (document)), ==,
                    5);
  g_assert_cmpuint (limner_history_get_n_undo (limner_document_get_history (document)), ==, 4);
  fixture_close (document);
}

static void
test_no_writes (void)
{
  run_child ("no-writes");
}

/* ---- the disk of the dataset is full, the state folder's is not ---- */

static gboolean
mount_small_disk (const char *folder)
{
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  if (unshare (CLONE_NEWNS | (geteuid () == 0 ? 0 : CLONE_NEWUSER)) == 0 &&
      mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
      mount ("tmpfs", folder, "tmpfs", 0, "size=6m") == 0)
    return TRUE;
  limner_test_skip ("a small disk cannot be mounted here");
  g_printerr ("SKIPPED: a small disk cannot be mounted here\n");
  return FALSE;
}

static void
fill_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "filler", NULL);
  static char block[4096];
  FILE *file = fopen (path, "a");

  setvbuf (file, NULL, _IONBF, 0);
  while (fwrite (block, 1, sizeof block, file) == sizeof block)
    ;
  fclose (file);
}

static void
free_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "filler", NULL);

  g_unlink (path);
}

/* As a crash would leave it. */
static void
drop (LimnerDocument *document)
{
  for (guint i = 0; i < 1000 && G_OBJECT (document)->ref_count > 1; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_finalize_object (document);
}

static guint
count (LimnerDocument *document)
{
  return limner_dataset_get_n_annotations (limner_document_get_dataset (document));
}

static void
child_full_disk (void)
{
  g_autofree char *folder = limner_test_path ("disk");
  g_autofree char *path = NULL;
  g_autofree char *beside = NULL;
  g_autofree char *state = NULL;
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  Answers answers = { 0 };
  LimnerDocument *document;
  guint n = 1;

  if (!mount_small_disk (folder))
    return;
  path = make_base (folder);
  beside = limner_workspace_dup_path (path, FALSE);
  state = limner_workspace_dup_path (path, TRUE);
  document = fixture_open (path);
  for (; n < 4; n++)
    draw_with_answer (document, n, &answers);
  fixture_save (document);
  before = fixture_read (path);
  fill_disk (folder);

  /* every edit is durable all the same: in the room of the log, then in the state folder */
  for (; !g_file_test (state, G_FILE_TEST_EXISTS) && n < 3000; n++)
    {
      draw_with_answer (document, n, &answers);
      if (n % 50 == 0)
        g_assert_true (limner_document_flush (document, NULL));
    }
  g_assert_true (limner_document_flush (document, NULL));
  for (guint i = 0; i < 5; i++, n++)
    draw_with_answer (document, n, &answers);
  g_assert_true (limner_document_flush (document, NULL));
  g_test_message ("the log beside took %u edits", n);
  g_assert_cmpuint (answers.n_failed, ==, 0);
  g_assert_cmpuint (answers.n_done, ==, n - 1);
  g_assert_true (g_file_test (state, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (get_kind (document), !=, LIMNER_TROUBLE_NOT_DURABLE);
  g_assert_false (limner_document_save (document, &error));
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_SAVE_FAILED);
  g_assert_false (limner_document_get_trouble (document)->at_risk);
  g_test_message ("%s | %s", limner_document_get_trouble (document)->title,
                  limner_document_get_trouble (document)->detail);
  g_assert_nonnull (strstr (limner_document_get_trouble (document)->title, "The disk is full"));
  g_clear_error (&error);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, before);

  /* killed like this, and opened while the disk is still full */
  drop (document);
  document = fixture_open (path);
  g_assert_cmpuint (count (document), ==, n);
  draw_with_answer (document, n++, &answers);
  g_assert_true (limner_document_flush (document, NULL));
  drop (document);
  document = fixture_open (path);
  g_assert_cmpuint (count (document), ==, n);

  /* there is room again: everything goes back beside the file */
  free_disk (folder);
  limner_document_retry (document);
  limner_test_wait (!g_file_test (state, G_FILE_TEST_EXISTS));
  fixture_save (document);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_NONE);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpuint (count (document), ==, n);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  g_assert_cmpuint (limner_history_get_n_undo (limner_document_get_history (document)), ==, n - 1);
  while (limner_document_undo (document, NULL, &error))
    ;
  g_assert_no_error (error);
  fixture_save (document);
  g_free (text);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, base_text);
  fixture_close (document);
}

static void
test_full_disk (void)
{
  run_child ("full-disk");
}

/* ---- the log beside is removed under us ---- */

static void
test_log_removed (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *beside = limner_workspace_dup_path (path, FALSE);
  g_autofree char *wal = g_strconcat (beside, "-wal", NULL);
  Answers answers = { 0 };
  LimnerDocument *document = fixture_open (path);

  draw_with_answer (document, 1, &answers);
  g_assert_true (limner_document_flush (document, NULL));
  g_unlink (beside);
  g_unlink (wal);
  draw_with_answer (document, 2, &answers);
  g_assert_true (limner_document_flush (document, NULL));
  g_assert_cmpuint (answers.n_done, ==, 2);
  g_assert_cmpuint (answers.n_failed, ==, 0);
  drop (document);
  document = fixture_open (path);
  g_assert_cmpuint (count (document), ==, 3);
  fixture_save (document);
  fixture_close (document);
}

/* ---- a workspace that is not ours ---- */

static void
test_foreign_workspace_is_left_alone (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *beside = limner_workspace_dup_path (path, FALSE);
  g_autofree char *state = limner_workspace_dup_path (path, TRUE);
  g_autofree char *text = NULL;
  LimnerDocument *document;

  g_assert_true (g_file_set_contents (beside, "not a database", -1, NULL));
  document = fixture_open (path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_WORKSPACE);
  fixture_draw (document, 0, 1, 5, 5);
  g_assert_true (limner_document_flush (document, NULL));
  g_assert_true (g_file_test (state, G_FILE_TEST_EXISTS));
  fixture_save (document);
  fixture_close (document);
  text = fixture_read (beside);
  g_assert_cmpstr (text, ==, "not a database");
  document = fixture_open (path);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  fixture_save (document);
  fixture_close (document);
  g_free (text);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, base_text);
}

/* ---- a folder that may not be written ---- */

/* Lets everybody reach what is below @path in the temporary folder. */
static void
open_up (const char *path)
{
  g_autofree char *up = g_path_get_dirname (path);

  if (strcmp (up, g_get_tmp_dir ()) == 0 || strcmp (up, "/") == 0)
    return;
  g_chmod (up, 0755);
  open_up (up);
}

static void
child_read_only_folder (void)
{
  g_autofree char *folder = g_strdup (limner_test_dir ());
  g_autofree char *path = make_base (folder);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  struct passwd *nobody = getpwnam ("nobody");
  LimnerDocument *document;

  if (geteuid () == 0)
    {
      /* root may write anywhere */
      if (nobody == NULL || g_mkdir_with_parents (g_get_user_state_dir (), 0755) != 0 ||
          chown (g_get_user_state_dir (), nobody->pw_uid, nobody->pw_gid) != 0)
        return;
      open_up (g_get_user_state_dir ());
      g_chmod (folder, 0755);
      if (setresgid (nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) != 0 ||
          setresuid (nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) != 0)
        return;
    }
  else
    g_chmod (folder, 0555);
  before = fixture_snapshot (folder);
  document = fixture_open (path);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_READ_ONLY);
  g_assert_false (limner_document_get_trouble (document)->at_risk);
  g_assert_false (limner_document_is_read_only (document));
  fixture_draw (document, 0, 1, 5, 5);
  g_assert_true (limner_document_flush (document, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (limner_document_get_save_state (document), ==, LIMNER_SAVE_LOGGED);
  g_assert_false (limner_document_save (document, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY);
  g_clear_error (&error);
  fixture_close (document);
  after = fixture_snapshot (folder);
  g_assert_cmpstr (before, ==, after);

  document = fixture_open (path);
  g_assert_cmpuint (count (document), ==, 2);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 1);
  fixture_close (document);
  if (geteuid () != 0)
    g_chmod (folder, 0755);
}

static void
test_read_only_folder (void)
{
  run_child ("read-only-folder");
}

/* ---- another program holds it ---- */

static void
child_holds (void)
{
  const char *path = g_getenv ("LIMNER_TEST_PATH");
  g_autofree char *ready = g_strconcat (path, ".ready", NULL);
  g_autofree char *go = g_strconcat (path, ".go", NULL);
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 1, 7, 7);
  g_assert_true (limner_document_flush (document, NULL));
  g_assert_true (g_file_set_contents (ready, "", -1, NULL));
  while (!g_file_test (go, G_FILE_TEST_EXISTS))
    g_usleep (2000);
  fixture_close (document);
}

static gpointer
run_holder (gpointer unused)
{
  const char *argv[] = { "/proc/self/exe", "-p", "/document-faults/subprocess/holds",
                         "--GTestSubprocess", NULL };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;

  argv[0] = self;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                               NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  return NULL;
}

/* With @early another program had it first; else it came between our opening and our first edit. */
static void
check_held (gboolean early)
{
  g_autofree char *folder = limner_test_path (early ? "early" : "late");
  g_autofree char *path = make_base (folder);
  g_autofree char *ready = g_strconcat (path, ".ready", NULL);
  g_autofree char *go = g_strconcat (path, ".go", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerShape) box = fixture_box (1, 2, 3, 4);
  LimnerDocument *document = early ? NULL : fixture_open (path);
  LimnerTransaction *t;
  GThread *holder;

  g_setenv ("LIMNER_TEST_PATH", path, TRUE);
  holder = g_thread_new ("holder", run_holder, NULL);
  limner_test_wait (g_file_test (ready, G_FILE_TEST_EXISTS));
  if (early)
    {
      document = fixture_open (path);
      g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_HELD);
      g_assert_true (limner_document_is_read_only (document));
    }
  t = limner_document_begin (document, "Draw", 0);
  g_assert_true (limner_transaction_create_annotation (t, 0, 640, 480, 1, box, NULL, &error));
  g_assert_false (limner_document_commit (document, t, NULL, NULL, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_HELD);
  g_assert_cmpuint (count (document), ==, 1);

  /* it ends: the dataset is ours with what it did */
  g_assert_true (g_file_set_contents (go, "", -1, NULL));
  limner_test_wait (!limner_document_is_read_only (document));
  g_thread_join (holder);
  g_assert_cmpuint (get_kind (document), ==, LIMNER_TROUBLE_NONE);
  g_assert_cmpuint (count (document), ==, 2);
  fixture_draw (document, 0, 1, 8, 8);
  fixture_save (document);
  fixture_close (document);
}

static void
test_held_by_another_program (void)
{
  check_held (TRUE);
  check_held (FALSE);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "no-writes", test_no_writes },
    { "full-disk", test_full_disk },
    { "log-removed", test_log_removed },
    { "foreign-workspace-is-left-alone", test_foreign_workspace_is_left_alone },
    { "read-only-folder", test_read_only_folder },
    { "held-by-another-program", test_held_by_another_program },
    { "subprocess/no-writes", child_no_writes },
    { "subprocess/full-disk", child_full_disk },
    { "subprocess/read-only-folder", child_read_only_folder },
    { "subprocess/holds", child_holds },
    { NULL, NULL },
  };
  return limner_test_main (argc, argv, "document-faults", cases);
}
