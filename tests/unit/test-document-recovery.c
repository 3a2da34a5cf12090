/* SPDX-License-Identifier: MIT */
#include "document-fixture.h"

#include <fcntl.h>
#include <limner/log.h>
#include <signal.h>

/* Sessions that end in the middle, and files that change under a document. */

static const char base_text[] =
    "{\"images\": [\n"
    "{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": 640, \"height\": 480},\n"
    "{\"id\": 2, \"file_name\": \"b.jpg\", \"width\": 640, \"height\": 480}\n"
    "], \"categories\": [\n"
    "{\"id\": 1, \"name\": \"car\"}\n"
    "], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"area\": 12},\n"
    "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [5, 6, 7, 8], \"area\": 56}\n"
    "]}\n";

static char *
make_base (const char *folder)
{
  fixture_picture (folder, "a.jpg");
  fixture_picture (folder, "b.jpg");
  return fixture_write (folder, "annotations.json", base_text);
}

static gboolean
has_annotation (LimnerDocument *document, gint64 id)
{
  return limner_dataset_find_record (limner_document_get_dataset (document),
                                     LIMNER_RECORD_ANNOTATION, id, NULL);
}

static void
on_count (LimnerDocument *document, guint n, gpointer user_data)
{
  *(guint *) user_data = n;
}

static void
on_signal (gpointer unused, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* ---- the next opening ---- */

static void
test_log_is_replayed (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *text = NULL;
  LimnerDocument *document = fixture_open (path);
  guint n_recovered = 0;
  gint64 id = fixture_draw (document, 1, 1, 10, 20);

  fixture_draw (document, 1, 1, 30, 20);
  fixture_drop (document);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, base_text);

  for (guint round = 0; round < 2; round++) /* recovering twice gives the same */
    {
      document = fixture_open (path);
      g_signal_connect (document, "recovered", G_CALLBACK (on_count), &n_recovered);
      g_assert_cmpuint (limner_document_get_n_pending (document), ==, 2);
      g_assert_true (has_annotation (document, id));
      g_assert_cmpuint (
          limner_dataset_get_image_n_annotations (limner_document_get_dataset (document), 1), ==,
          2);
      limner_test_wait (n_recovered == 2);
      n_recovered = 0;
      fixture_drop (document);
    }
  document = fixture_open (path);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  g_assert_true (limner_document_undo (document, NULL, NULL));
  fixture_save (document);
  fixture_close (document);
  g_free (text);
  text = fixture_read (path);
  g_assert_cmpstr (text, ==, base_text);
}

/* What a save of the same work would write, made in a folder of its own. */
static char *
make_saved (void)
{
  g_autofree char *folder = limner_test_path ("saved");
  g_autofree char *path = make_base (folder);
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 1, 10, 20);
  fixture_save (document);
  fixture_close (document);
  return fixture_read (path);
}

static void
write_intent (const char *path, const char *saved)
{
  g_autofree char *log_path = limner_workspace_dup_path (path, FALSE);
  g_autofree char *copy = fixture_write (limner_test_dir (), "copy.json", saved);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open (copy, NULL, NULL, NULL, &error);
  g_autoptr (LimnerWorkspace) log = limner_workspace_open (log_path, FALSE, NULL, &error);
  LimnerLogState state;

  g_assert_no_error (error);
  g_assert_true (limner_log_read_state (LIMNER_LOG (log), &state, &error));
  state.has_intent = TRUE;
  state.intent = *limner_coco_file_get_identity (file);
  state.intent_sequence = 1;
  g_assert_true (limner_log_write_state (LIMNER_LOG (log), &state, &error));
  limner_workspace_close (log);
}

typedef struct
{
  const char *name;
  gboolean with_intent;
  gboolean with_temp;
  gboolean is_renamed;
  guint n_pending;
} CrashState;

static const CrashState crash_states[] = {
  { "before writing", FALSE, FALSE, FALSE, 1 },
  { "temporary file written", FALSE, TRUE, FALSE, 1 },
  { "intent committed", TRUE, TRUE, FALSE, 1 },
  { "renamed", TRUE, FALSE, TRUE, 0 },
};

static void
test_killed_at_each_step_of_a_checkpoint (void)
{
  g_autofree char *saved = make_saved ();

  for (guint i = 0; i < G_N_ELEMENTS (crash_states); i++)
    {
      const CrashState *c = &crash_states[i];
      g_autofree char *name = g_strdup_printf ("state%u", i);
      g_autofree char *folder = limner_test_path (name);
      g_autofree char *path = make_base (folder);
      g_autofree char *temp =
          g_build_filename (folder, ".annotations.json.limner-tmp-a1b2C3", NULL);
      g_autofree char *text = NULL;
      LimnerDocument *document = fixture_open (path);

      g_test_message ("%s", c->name);
      fixture_draw (document, 0, 1, 10, 20);
      fixture_drop (document);
      if (c->with_intent)
        write_intent (path, saved);
      if (c->with_temp)
        g_assert_true (g_file_set_contents (temp, "{\"images", -1, NULL));
      if (c->is_renamed)
        fixture_replace (path, saved);

      document = fixture_open (path);
      g_assert_cmpuint (limner_document_get_n_pending (document), ==, c->n_pending);
      g_assert_true (has_annotation (document, 3));
      g_assert_false (g_file_test (temp, G_FILE_TEST_EXISTS));
      fixture_save (document);
      text = fixture_read (path);
      g_assert_cmpstr (text, ==, saved);
      g_assert_true (limner_document_undo (document, NULL, NULL));
      fixture_save (document);
      g_free (text);
      text = fixture_read (path);
      g_assert_cmpstr (text, ==, base_text);
      fixture_close (document);
    }
}

/* ---- kill -9 ---- */

static gpointer
kill_later (gpointer data)
{
  g_usleep (GPOINTER_TO_UINT (data));
  kill (getpid (), SIGKILL);
  return NULL;
}

static void
on_child_acknowledged (LimnerDocument *document, const GError *error, gpointer user_data)
{
  int fd = GPOINTER_TO_INT (user_data);

  guint delay_us = strtoul (g_getenv ("LIMNER_TEST_DELAY"), NULL, 10);
  static gboolean started;

  if (error == NULL)
    g_assert_cmpint (write (fd, ".", 1), ==, 1);
  if (!started)
    g_thread_unref (g_thread_new ("kill", kill_later, GUINT_TO_POINTER (delay_us)));
  started = TRUE;
}

/* Draws and saves until it is killed; a dot in the file "acks" for each acknowledgement. */
static void
child_draws_until_killed (void)
{
  const char *folder = g_getenv ("LIMNER_TEST_FOLDER");
  g_autofree char *path = g_build_filename (folder, "annotations.json", NULL);
  g_autofree char *acks = g_build_filename (folder, "acks", NULL);
  int fd = open (acks, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  LimnerDocument *document = fixture_open (path);
  g_autoptr (LimnerShape) box = fixture_box (1, 2, 3, 4);

  for (guint i = 0;; i++)
    {
      LimnerTransaction *t = limner_document_begin (document, "Draw", 0);

      limner_transaction_create_annotation (t, 0, 640, 480, 1, box, NULL, NULL);
      limner_document_commit (document, t, on_child_acknowledged, GINT_TO_POINTER (fd), NULL);
      if (i % 7 == 0)
        limner_document_save_async (document, NULL, NULL, NULL);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_killed_sessions_lose_nothing (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("kill%u", i);
      g_autofree char *folder = limner_test_path (name);
      g_autofree char *path = make_base (folder);
      g_autofree char *acks_path = g_build_filename (folder, "acks", NULL);
      g_autofree char *acks = NULL;
      g_autofree char *delay = g_strdup_printf ("%d", g_rand_int_range (rand, 20, 60000));
      LimnerDocument *document;
      LimnerDataset *dataset;
      guint n;

      g_setenv ("LIMNER_TEST_FOLDER", folder, TRUE);
      g_setenv ("LIMNER_TEST_DELAY", delay, TRUE);
      g_test_trap_subprocess ("/document-recovery/subprocess/draws-until-killed", 0,
                              G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_assert_false (g_test_trap_has_passed ());
      acks = g_file_test (acks_path, G_FILE_TEST_EXISTS) ? fixture_read (acks_path) : g_strdup ("");

      document = fixture_open (path);
      dataset = limner_document_get_dataset (document);
      n = limner_dataset_get_n_annotations (dataset) - 2;
      g_test_message ("%zu acknowledged, %u there", strlen (acks), n);
      g_assert_cmpuint (n, >=, strlen (acks));
      for (gint64 id = 3; id < 3 + (gint64) n; id++)
        g_assert_true (has_annotation (document, id)); /* in order and once */
      g_assert_false (limner_document_is_read_only (document));
      while (limner_document_undo (document, NULL, NULL))
        ;
      fixture_save (document);
      fixture_close (document);
      g_free (acks);
      acks = fixture_read (path);
      g_assert_cmpstr (acks, ==, base_text);
    }
}

/* ---- other writers ---- */

static void
test_foreign_change_is_read (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *text =
      fixture_replace_in (base_text, "\"bbox\": [5, 6, 7, 8]", "\"bbox\": [50, 6, 7, 8]");
  g_autoptr (LimnerAnnotation) annotation = NULL;
  LimnerDocument *document = fixture_open (path);
  LimnerDataset *dataset = limner_document_get_dataset (document);
  guint n_replaced = 0;
  guint n_reset = 0;
  gint64 start;

  g_signal_connect (document, "replaced", G_CALLBACK (on_signal), &n_replaced);
  g_signal_connect (dataset, "images-reset", G_CALLBACK (on_signal), &n_reset);
  start = g_get_monotonic_time ();
  fixture_replace (path, text);
  limner_test_wait (n_replaced == 1);
  g_assert_true (dataset == limner_document_get_dataset (document));
  g_assert_cmpuint (n_reset, ==, 1);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  annotation = limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, 2, NULL);
  g_assert_cmpfloat (annotation->bbox.x, ==, 50);
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  /* and it can be edited and saved on */
  fixture_draw (document, 0, 1, 1, 1);
  fixture_save (document);
  fixture_close (document);
}

static void
test_foreign_change_of_other_records_is_merged (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *text =
      fixture_replace_in (base_text, "\"bbox\": [5, 6, 7, 8]", "\"bbox\": [50, 6, 7, 8]");
  g_autofree char *after = NULL;
  LimnerDocument *document = fixture_open (path);
  gint64 id = fixture_draw (document, 0, 1, 1, 1);

  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, text);
  fixture_save (document); /* notices without having been told */
  after = fixture_read (path);
  g_assert_nonnull (strstr (after, "[50, 6, 7, 8]"));
  g_assert_nonnull (strstr (after, "{\"id\": 3, \"image_id\": 1"));
  g_assert_true (has_annotation (document, id));
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  g_assert_true (limner_document_undo (document, NULL, NULL));
  fixture_save (document);
  g_free (after);
  after = fixture_read (path);
  g_assert_cmpstr (after, ==, text);
  fixture_close (document);
}

static void
set_box (LimnerDocument *document, gint64 id, double x)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerShape) box = fixture_box (x, 2, 3, 4);
  LimnerTransaction *t = limner_document_begin (document, "Move", 0);

  g_assert_true (limner_transaction_set_shape (t, id, box, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
}

static double
get_x (LimnerDocument *document, gint64 id)
{
  g_autoptr (LimnerAnnotation) annotation =
      limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, id, NULL);

  return annotation != NULL ? annotation->bbox.x : -1;
}

/* Both changed annotation 2; with @closed theirs came while nobody had it open. */
static void
check_conflict (gboolean keep_ours, gboolean closed)
{
  g_autofree char *name = g_strdup_printf ("conflict%d%d", keep_ours, closed);
  g_autofree char *folder = limner_test_path (name);
  g_autofree char *path = make_base (folder);
  g_autofree char *theirs = NULL;
  g_autofree char *text = fixture_replace_in (base_text, "[5, 6, 7, 8]", "[50, 6, 7, 8]");
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document = fixture_open (path);

  set_box (document, 2, 500);
  if (closed)
    fixture_drop (document);
  else
    g_assert_true (limner_document_flush (document, NULL));
  theirs = fixture_replace_in (text, "[1, 2, 3, 4]", "[10, 2, 3, 4]");
  fixture_replace (path, theirs);
  if (closed)
    document = fixture_open (path);
  limner_test_wait (limner_document_get_trouble (document)->kind == LIMNER_TROUBLE_CONFLICT);
  g_assert_false (limner_document_save (document, &error));
  g_assert_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_CONFLICT);
  now = fixture_read (path);
  g_assert_cmpstr (now, ==, theirs);
  g_assert_cmpfloat (get_x (document, 1), ==, 10);
  g_assert_cmpfloat (get_x (document, 2), ==, 500);

  limner_document_resolve_conflict (document, keep_ours);
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  g_assert_cmpfloat (get_x (document, 2), ==, keep_ours ? 500 : 50);
  fixture_save (document);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpfloat (get_x (document, 1), ==, 10);
  g_assert_cmpfloat (get_x (document, 2), ==, keep_ours ? 500 : 50);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  fixture_close (document);
}

static void
test_conflict_waits_for_the_person (void)
{
  for (guint i = 0; i < 4; i++)
    check_conflict (i & 1, i >> 1);
}

static void
test_same_number_twice_is_renumbered (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *text = fixture_replace_in (base_text, "\n]}",
                                              ",\n{\"id\": 3, \"image_id\": 2, \"category_id\": 1, "
                                              "\"bbox\": [77, 6, 7, 8]}\n]}");
  LimnerDocument *document = fixture_open (path);
  gint64 id = fixture_draw (document, 0, 1, 11, 1);

  g_assert_cmpint (id, ==, 3);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, text);
  fixture_save (document);
  g_assert_cmpfloat (get_x (document, 3), ==, 77);
  g_assert_cmpfloat (get_x (document, 4), ==, 11);
  fixture_close (document);
  document = fixture_open (path);
  g_assert_cmpfloat (get_x (document, 3), ==, 77);
  g_assert_cmpfloat (get_x (document, 4), ==, 11);
  fixture_close (document);
}

static void
test_unreadable_foreign_file_is_left_alone (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;
  LimnerDocument *document = fixture_open (path);
  const char *bad = "{\"images\": [\n{\"id\": 1,,}\n]}";

  fixture_draw (document, 0, 1, 11, 1);
  g_assert_true (limner_document_flush (document, NULL));
  fixture_replace (path, bad);
  limner_test_wait (limner_document_get_trouble (document)->kind == LIMNER_TROUBLE_CONFLICT);
  g_assert_nonnull (strstr (limner_document_get_trouble (document)->detail, ":2:"));
  g_assert_false (limner_document_save (document, &error));
  now = fixture_read (path);
  g_assert_cmpstr (now, ==, bad);
  /* mended by whoever broke it, everything goes on */
  fixture_replace (path, base_text);
  limner_test_wait (limner_document_get_trouble (document)->kind == LIMNER_TROUBLE_NONE);
  fixture_save (document);
  fixture_close (document);
  g_free (now);
  now = fixture_read (path);
  g_assert_nonnull (strstr (now, "[11, 1, 10.5, 20]"));
}

static void
test_deleted_file_is_kept_in_memory (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *now = NULL;
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 1, 11, 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
  limner_test_wait (limner_document_get_trouble (document)->kind == LIMNER_TROUBLE_GONE);
  g_assert_cmpfloat (get_x (document, 1), ==, 1);
  fixture_save (document);
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  now = fixture_read (path);
  g_assert_nonnull (strstr (now, "[11, 1, 10.5, 20]"));
  g_assert_nonnull (strstr (now, "[5, 6, 7, 8]"));
  fixture_close (document);
}

static void
test_deleted_while_closed_comes_from_the_backup (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  g_autofree char *before = NULL;
  g_autofree char *now = NULL;
  LimnerDocument *document = fixture_open (path);

  fixture_draw (document, 0, 1, 11, 1);
  fixture_save (document);
  fixture_draw (document, 1, 1, 12, 1);
  fixture_close (document);
  before = fixture_read (path);
  g_assert_cmpint (g_unlink (path), ==, 0);

  document = fixture_open (limner_test_dir ());
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_GONE);
  g_assert_cmpfloat (get_x (document, 4), ==, 12);
  fixture_save (document);
  fixture_close (document);
  now = fixture_read (path);
  g_assert_cmpstr (now, ==, before);
}

static void
test_touch_changes_nothing (void)
{
  g_autofree char *path = make_base (limner_test_dir ());
  LimnerDocument *document = fixture_open (path);
  g_autofree char *text = NULL;
  guint n_replaced = 0;

  g_signal_connect (document, "replaced", G_CALLBACK (on_signal), &n_replaced);
  fixture_draw (document, 0, 1, 11, 1);
  fixture_replace (path, base_text);
  limner_test_wait (limner_coco_file_is_current (limner_document_get_coco_file (document)));
  fixture_save (document);
  g_assert_cmpuint (n_replaced, ==, 0);
  g_assert_cmpuint (limner_document_get_trouble (document)->kind, ==, LIMNER_TROUBLE_NONE);
  g_assert_cmpuint (limner_document_get_n_pending (document), ==, 0);
  text = fixture_read (path);
  g_assert_nonnull (strstr (text, "[11, 1, 10.5, 20]"));
  fixture_close (document);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "log-is-replayed", test_log_is_replayed },
    { "killed-at-each-step-of-a-checkpoint", test_killed_at_each_step_of_a_checkpoint },
    { "killed-sessions-lose-nothing", test_killed_sessions_lose_nothing },
    { "foreign-change-is-read", test_foreign_change_is_read },
    { "foreign-change-of-other-records-is-merged", test_foreign_change_of_other_records_is_merged },
    { "conflict-waits-for-the-person", test_conflict_waits_for_the_person },
    { "same-number-twice-is-renumbered", test_same_number_twice_is_renumbered },
    { "unreadable-foreign-file-is-left-alone", test_unreadable_foreign_file_is_left_alone },
    { "deleted-file-is-kept-in-memory", test_deleted_file_is_kept_in_memory },
    { "deleted-while-closed-comes-from-the-backup",
      test_deleted_while_closed_comes_from_the_backup },
    { "touch-changes-nothing", test_touch_changes_nothing },
    { "subprocess/draws-until-killed", child_draws_until_killed },
    { NULL, NULL },
  };
  return limner_test_main (argc, argv, "document-recovery", cases);
}
