/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "test-workspace"

#include "workspace-fixture.h"

#include <fcntl.h>
#include <gio/gio.h>

/* ---- what it keeps ---- */

static LimnerStep *
make_deletion (void)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("{\"id\": -3}", 10);
  g_autoptr (GBytes) info = g_bytes_new_static ("{\"x\": NaN}", 10);
  LimnerStep *step = limner_step_new (LIMNER_STEP_UNDO, "", NULL);
  LimnerEdit *edit = limner_edit_new (LIMNER_RECORD_CATEGORY, G_MININT64, text, NULL);

  edit->has_next = TRUE;
  edit->next_id = G_MAXINT64;
  g_ptr_array_add (step->edits, edit);
  g_ptr_array_add (step->edits, limner_edit_new (LIMNER_RECORD_INFO, 0, text, info));
  g_ptr_array_add (step->edits, limner_edit_new (LIMNER_RECORD_IMAGE, 12, info, text));
  return step;
}

static void
test_round_trip (void)
{
  LimnerStep *steps[] = { make_step (1, 1), make_deletion (), make_step (3, 250),
                          make_step (4, 1) };
  const gint64 sequences[] = { 1, 4, 254, 255 };
  static const struct
  {
    gint64 since;
    guint first;
  } rows[] = { { 0, 0 },   { 1, 1 },   { 2, 1 },   { 4, 2 },
               { 100, 2 }, { 254, 3 }, { 255, 4 }, { 999, 4 } };

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (LimnerWorkspace) workspace = open_log ();

      for (guint i = 0; round == 0 && i < G_N_ELEMENTS (steps); i++)
        {
          g_autoptr (GError) error = NULL;

          g_assert_true (limner_log_append (LIMNER_LOG (workspace), steps[i], &error));
          g_assert_no_error (error);
          g_assert_cmpint (steps[i]->sequence, ==, sequences[i]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (GPtrArray) found =
              limner_log_replay (LIMNER_LOG (workspace), rows[i].since, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (steps) - rows[i].first);
          for (guint k = 0; k < found->len; k++)
            assert_same_step (g_ptr_array_index (found, k), steps[rows[i].first + k]);
        }
      g_assert_true (limner_log_sync (LIMNER_LOG (workspace), NULL));
      limner_workspace_close (workspace);
      assert_only_names (".set.json.limner");
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    limner_step_unref (steps[i]);
}

static void
assert_state (const LimnerLogState *expected)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GError) error = NULL;
  LimnerLogState state;

  g_assert_true (limner_log_read_state (LIMNER_LOG (workspace), &state, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&state, sizeof state, expected, sizeof *expected);
  g_assert_true (append_step (workspace, 1, NULL)); /* or closing would remove it */
  limner_workspace_close (workspace);
}

static void
test_state (void)
{
  LimnerLogState states[3];

  memset (states, 0, sizeof states);
  states[1].has_base = states[2].has_base = TRUE;
  states[1].base = (LimnerIdentity){ G_MAXUINT64, 2, 3, -4, 5, G_MAXUINT64 - 1, 1ull << 63 };
  states[1].applied = 17;
  states[1].has_intent = TRUE;
  states[1].intent = (LimnerIdentity){ 0, 0, 99, 0, 0, 1, 2 };
  states[1].intent_sequence = 21;
  states[2].base = states[1].intent;
  states[2].applied = 21;

  assert_state (&states[0]);
  for (guint i = 1; i <= G_N_ELEMENTS (states); i++)
    {
      const LimnerLogState *state = &states[i % G_N_ELEMENTS (states)];
      g_autoptr (LimnerWorkspace) workspace = open_log ();
      g_autoptr (GError) error = NULL;

      g_assert_true (limner_log_write_state (LIMNER_LOG (workspace), state, &error));
      g_assert_no_error (error);
      limner_workspace_close (workspace);
      assert_state (state);
    }
}

static void
test_facts (void)
{
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (LimnerWorkspace) workspace = open_log ();
      LimnerLog *log = LIMNER_LOG (workspace);
      g_autofree char *root = limner_log_dup_value (log, "image-root");
      g_autofree char *gone = limner_log_dup_value (log, "gone");

      g_assert_cmpstr (root, ==, round == 0 ? NULL : "../bilder/ü");
      g_assert_null (gone);
      g_assert_true (limner_log_set_value (log, "image-root", "x", NULL));
      g_assert_true (limner_log_set_value (log, "image-root", "../bilder/ü", NULL));
      g_assert_true (limner_log_set_value (log, "gone", "1", NULL));
      g_assert_true (limner_log_set_value (log, "gone", NULL, NULL));
      g_assert_true (append_step (workspace, 1, NULL));
      limner_workspace_close (workspace);
    }
}

/* ---- where it lies, and when ---- */

static void
test_absent (void)
{
  g_autofree char *path = log_path ();
  g_autofree char *nowhere = limner_test_path ("no/such/.set.json.limner");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) folder_error = NULL;

  g_assert_null (limner_workspace_open (path, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (limner_workspace_open_read_only (path, &read_error));
  g_assert_error (read_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (limner_workspace_open (nowhere, TRUE, NULL, &folder_error));
  g_assert_error (folder_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  assert_only_names ("");
}

static void
test_unused_is_removed (void)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  assert_only_names (".set.json.limner .set.json.limner-wal .set.json.limner-holder");
  g_assert_true (limner_log_set_value (LIMNER_LOG (workspace), "key", "value", NULL));
  limner_workspace_close (workspace);
  limner_workspace_close (workspace);
  assert_only_names ("");
}

static void
test_access (void)
{
  static const struct
  {
    mode_t coco;
    mode_t expected;
  } rows[] = { { 0644, 0644 }, { 0660, 0660 }, { 0777, 0666 }, { 0444, 0644 }, { 0600, 0600 } };
  g_autofree char *coco_path = limner_test_path ("set.json");
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LimnerWorkspace) workspace = NULL;
      struct stat info;

      g_assert_true (g_file_set_contents (coco_path, "{}", -1, NULL));
      g_assert_cmpint (chmod (coco_path, rows[i].coco), ==, 0);
      workspace = limner_workspace_open (path, TRUE, coco_path, NULL);
      g_assert_true (append_step (workspace, 1, NULL));
      g_assert_cmpint (lstat (path, &info), ==, 0);
      g_assert_cmphex (info.st_mode & 07777, ==, rows[i].expected);
      limner_workspace_close (workspace);
      g_unlink (path);
      g_unlink (coco_path);
    }
}

static void
test_state_folder (void)
{
  g_autofree char *coco_path = limner_test_path ("set.json");
  g_autofree char *path = limner_workspace_dup_path (coco_path, TRUE);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerWorkspace) workspace = NULL;
  struct stat info;

  g_assert_true (g_str_has_prefix (path, g_get_user_state_dir ()));
  g_assert_null (limner_workspace_open (path, FALSE, NULL, NULL));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  workspace = limner_workspace_open (path, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (append_step (workspace, 1, NULL));
  g_assert_cmpint (lstat (path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (lstat (folder, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 07777, ==, 0700);
  limner_workspace_close (workspace);
  assert_only_names ("");
}

static void
test_paths (void)
{
  g_autofree char *folder = realpath (limner_test_dir (), NULL);
  g_autofree char *coco_path = g_build_filename (folder, "a.json", NULL);
  g_autofree char *link_path = g_build_filename (folder, "b.json", NULL);
  g_autofree char *dotted = g_build_filename (folder, ".", "a.json", NULL);
  g_autofree char *expected = g_build_filename (folder, ".a.json.limner", NULL);
  g_autofree char *long_name = g_strnfill (250, 'n');
  g_autofree char *long_path = g_build_filename (folder, long_name, NULL);
  const char *spellings[] = { coco_path, link_path, dotted };
  g_autofree char *in_state = limner_workspace_dup_path (coco_path, TRUE);
  g_autofree char *name = g_path_get_basename (in_state);
  g_autofree char *long_in_state = limner_workspace_dup_path (long_path, TRUE);
  g_autofree char *short_name = g_path_get_basename (long_in_state);

  g_assert_true (g_file_set_contents (coco_path, "{}", -1, NULL));
  g_assert_cmpint (symlink ("a.json", link_path), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autofree char *path = limner_workspace_dup_path (spellings[i], FALSE);
      g_autofree char *other = limner_workspace_dup_path (spellings[i], TRUE);

      g_assert_cmpstr (path, ==, expected);
      g_assert_cmpstr (other, ==, in_state);
    }
  g_assert_cmpuint (strlen (name), ==, 16 + strlen ("-a.json.limner"));
  g_assert_true (g_str_has_suffix (name, "-a.json.limner"));
  g_assert_cmpuint (strlen (short_name), <, 200);
}

/* ---- what it refuses ---- */

static void
test_hostile_corpus (void)
{
  static const char *const names[] = {
    "zero",  "text",      "foreign",     "endless-view",     "trigger",
    "newer", "truncated", "page-zeroed", "header-page-size",
  };
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *relative =
          g_build_filename ("data-hostile", "ws", names[i], ".set.json.limner", NULL);
      g_autofree char *source = limner_test_shared (relative);
      g_autofree char *content = NULL;
      gsize length;

      if (source == NULL)
        return;
      g_assert_true (g_file_get_contents (source, &content, &length, NULL));
      g_assert_true (g_file_set_contents (path, content, length, NULL));
      assert_refused (path, names[i]);
    }
}

static void
overwrite (const char *path, off_t offset, const char *bytes, gsize length)
{
  int fd = open (path, O_WRONLY);

  g_assert_cmpint (pwrite (fd, bytes, length, offset), ==, length);
  close (fd);
}

static void
test_altered_by_sql (void)
{
  static const char *const statements[] = {
    "CREATE TRIGGER t AFTER INSERT ON edits BEGIN DELETE FROM edits; END",
    "CREATE VIEW zz AS SELECT * FROM edits",
    "CREATE INDEX i ON edits(id)",
    "CREATE TABLE more(x)",
    "DROP TABLE facts",
    "ALTER TABLE room ADD COLUMN x INTEGER",
    "DROP TABLE edits; CREATE VIEW edits AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 "
    "FROM c) SELECT x AS seq, x AS step FROM c",
    "PRAGMA user_version=2",
    "PRAGMA user_version=0",
    "PRAGMA application_id=1",
    "DELETE FROM edits WHERE seq=3",
    "DELETE FROM edits WHERE seq=1",
    "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=replace(sql, 'kind INTEGER NOT NULL', "
    "'kind INTEGER NOT NULL CHECK(0)') WHERE name='edits'",
    "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=2 WHERE name='state'",
    "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='nonsense' WHERE name='state'",
  };
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      make_log (5);
      run_sql (path, statements[i]);
      assert_refused (path, statements[i]);
    }
}

/* Dies with a trigger that is in the -wal file only. */
static void
run_wal_trigger (int to_parent)
{
  g_autofree char *path = log_path ();
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                                 "CREATE TRIGGER t AFTER INSERT ON edits BEGIN DELETE FROM edits; "
                                 "END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  tell (to_parent, 1);
  pause ();
}

static void
test_altered_in_wal (void)
{
  g_autofree char *path = log_path ();
  Child child;
  gint64 number;

  make_log (5);
  child = start_child (run_wal_trigger);
  g_assert_true (read_number (&child, &number));
  kill_child (&child);
  close (child.from_child);
  assert_refused (path, "a trigger in the -wal file");
}

/* Rows that pass every check of the file are judged when they are read. */
static void
test_altered_rows (void)
{
  static const char *const statements[] = {
    "UPDATE edits SET kind=4 WHERE seq=3",
    "UPDATE edits SET kind=-1 WHERE seq=3",
    "UPDATE edits SET kind=4294967296 WHERE seq=3",
    "UPDATE edits SET step_kind=3 WHERE seq=3",
    "UPDATE edits SET step=9 WHERE seq=3",
    "UPDATE edits SET step=9 WHERE seq=5",
    "UPDATE edits SET step=2 WHERE seq=3",
    "UPDATE edits SET after=x'7b' WHERE seq=3",
    "UPDATE edits SET after=x'' WHERE seq=3",
    "UPDATE edits SET before=CAST('{\"a\": 1, \"a\": 2}' AS BLOB) WHERE seq=3",
    "UPDATE edits SET label=CAST(x'ff' AS TEXT) WHERE seq=3",
    "UPDATE edits SET image_name=CAST(x'6100' AS TEXT) WHERE seq=3",
  };
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autoptr (LimnerWorkspace) workspace = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", statements[i]);
      make_log (5);
      run_sql (path, statements[i]);
      workspace = limner_workspace_open (path, FALSE, NULL, &error);
      g_assert_no_error (error);
      g_assert_null (limner_log_replay (LIMNER_LOG (workspace), 0, &error));
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_UNUSABLE);
    }
}

static void
test_damaged (void)
{
  static const char zeros[4096];
  g_autofree char *path = log_path ();
  struct stat info;

  make_log (400);
  g_assert_cmpint (lstat (path, &info), ==, 0);
  g_assert_cmpint (truncate (path, info.st_size / 2), ==, 0);
  assert_refused (path, "cut in half");

  for (guint page = 0; page < 6; page++)
    {
      g_autofree char *what = g_strdup_printf ("page %u of zeros", page);

      make_log (400);
      overwrite (path, page * sizeof zeros, zeros, sizeof zeros);
      assert_refused (path, what);
    }
}

static void
test_other_kinds (void)
{
  g_autofree char *path = log_path ();
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *journal = g_strconcat (path, "-journal", NULL);
  g_autofree char *target = limner_test_path ("target");
  g_autofree char *victim = limner_test_path ("victim");
  g_autoptr (GString) super = g_string_new_len (NULL, 512);
  guint32 sum = 0;

  make_log (3);
  g_assert_cmpint (rename (path, target), ==, 0);
  g_assert_cmpint (symlink ("target", path), ==, 0);
  assert_refused (path, "a link to a log");
  g_unlink (path);
  g_assert_cmpint (symlink ("nowhere", path), ==, 0);
  assert_refused (path, "a link to nowhere");
  g_unlink (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_refused (path, "a pipe");
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_refused (path, "a folder");
  g_rmdir (path);

  g_assert_true (g_file_set_contents (wal, "left", -1, NULL));
  assert_refused (path, "a -wal file without a log");
  g_unlink (wal);
  make_log (3);
  g_assert_cmpint (symlink ("target", wal), ==, 0);
  assert_refused (path, "a -wal file that is a link");
  g_unlink (wal);

  /* the end of a journal that names another file, which SQLite would remove */
  g_assert_true (g_file_set_contents (victim, "", -1, NULL));
  memset (super->str, 0, super->len);
  memcpy (super->str, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
  g_string_append (super, victim);
  for (const char *p = victim; *p != '\0'; p++)
    sum += *p;
  for (guint i = 0; i < 2; i++)
    {
      guint32 number = GUINT32_TO_BE (i == 0 ? strlen (victim) : sum);
      g_string_append_len (super, (char *) &number, sizeof number);
    }
  g_string_append_len (super, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
  g_assert_true (g_file_set_contents (journal, super->str, super->len, NULL));
  assert_refused (path, "a journal that names another file");
  g_assert_true (g_file_test (victim, G_FILE_TEST_EXISTS));
}

static const LimnerTestCase cases[] = {
  { "round-trip", test_round_trip },
  { "state", test_state },
  { "facts", test_facts },
  { "absent", test_absent },
  { "unused-is-removed", test_unused_is_removed },
  { "access", test_access },
  { "state-folder", test_state_folder },
  { "paths", test_paths },
  { "hostile-corpus", test_hostile_corpus },
  { "altered-by-sql", test_altered_by_sql },
  { "altered-in-wal", test_altered_in_wal },
  { "altered-rows", test_altered_rows },
  { "damaged", test_damaged },
  { "other-kinds", test_other_kinds },
  { NULL, NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "workspace", cases);
}
