/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "test-workspace"

#include "limner-test.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <limner/log.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#define SKIPPED 77

/* ---- faults: what the program under test calls instead of the C library ---- */

static gboolean fake_nfs;
static gint syncs_until_fault;  /* 0: none */
static gint writes_until_fault; /* 0: none */
static int write_fault;

int
statfs (const char *path, struct statfs *info)
{
  int result = syscall (SYS_statfs, path, info);

  if (result == 0 && fake_nfs)
    info->f_type = 0x6969;
  return result;
}

static gboolean
is_due (gint *countdown)
{
  return *countdown > 0 && --*countdown == 0;
}

int
fsync (int fd)
{
  if (!is_due (&syncs_until_fault))
    return syscall (SYS_fsync, fd);
  errno = EIO;
  return -1;
}

int
fdatasync (int fd)
{
  if (!is_due (&syncs_until_fault))
    return syscall (SYS_fdatasync, fd);
  errno = EIO;
  return -1;
}

static gssize
fake_pwrite (int fd, const void *data, gsize size, off_t offset)
{
  if (!is_due (&writes_until_fault))
    return syscall (SYS_pwrite64, fd, data, size, offset);
  errno = write_fault;
  return -1;
}

static void
set_pwrite (sqlite3_syscall_ptr replacement)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  vfs->xSetSystemCall (vfs, "pwrite", replacement);
  vfs->xSetSystemCall (vfs, "pwrite64", replacement);
}

/* ---- helpers ---- */

static LimnerStep *
make_step (gint64 id, guint n_edits)
{
  g_autofree char *label = g_strdup_printf ("Zeichne Kästchen %" G_GINT64_FORMAT, id);
  LimnerStep *step = limner_step_new (LIMNER_STEP_DO, label, "strasse/0001.jpg");

  for (guint i = 0; i < n_edits; i++)
    {
      char *text = g_strdup_printf ("{\"id\": %" G_GINT64_FORMAT
                                    ", \"image_id\": 7, \"bbox\": [1.50, 2, 3e0, 4], \"part\": %u}",
                                    id, i);
      g_autoptr (GBytes) after = g_bytes_new_take (text, strlen (text));

      g_ptr_array_add (step->edits, limner_edit_new (LIMNER_RECORD_ANNOTATION, id, NULL, after));
    }
  return step;
}

static gboolean
append_step (LimnerWorkspace *workspace, gint64 id, GError **error)
{
  g_autoptr (LimnerStep) step = make_step (id, 1);

  return limner_log_append (LIMNER_LOG (workspace), step, error);
}

static gint64
get_step_id (GPtrArray *steps, guint index)
{
  LimnerStep *step = g_ptr_array_index (steps, index);
  LimnerEdit *edit = g_ptr_array_index (step->edits, 0);

  return edit->id;
}

static void
assert_same_bytes (GBytes *a, GBytes *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a != NULL && b != NULL)
    g_assert_true (g_bytes_equal (a, b));
}

static void
assert_same_step (const LimnerStep *a, const LimnerStep *b)
{
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpint (a->sequence, ==, b->sequence);
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_cmpstr (a->image_name, ==, b->image_name);
  g_assert_cmpuint (a->edits->len, ==, b->edits->len);
  for (guint i = 0; i < MIN (a->edits->len, b->edits->len); i++)
    {
      const LimnerEdit *x = g_ptr_array_index (a->edits, i);
      const LimnerEdit *y = g_ptr_array_index (b->edits, i);

      g_assert_cmpint (x->kind, ==, y->kind);
      g_assert_cmpint (x->id, ==, y->id);
      g_assert_cmpint (x->has_next, ==, y->has_next);
      g_assert_cmpint (x->next_id, ==, y->next_id);
      assert_same_bytes (x->before, y->before);
      assert_same_bytes (x->after, y->after);
    }
}

/* (transfer full): the log for set.json in the test's folder. */
static char *
log_path (void)
{
  g_autofree char *coco_path = limner_test_path ("set.json");

  return limner_workspace_dup_path (coco_path, FALSE);
}

static LimnerWorkspace *
open_log (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (GError) error = NULL;
  LimnerWorkspace *workspace = limner_workspace_open (path, TRUE, NULL, &error);

  g_assert_no_error (error);
  return workspace;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): everything that an owner could see: names, kinds, modes, times, content. */
static char *
dup_listing (void)
{
  g_autoptr (GDir) dir = g_dir_open (limner_test_dir (), 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *listing = g_string_new (NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = limner_test_path (g_ptr_array_index (names, i));
      g_autofree char *content = NULL;
      g_autofree char *sum = NULL;
      gsize length = 0;
      struct stat info;

      lstat (path, &info);
      if (S_ISREG (info.st_mode) && g_file_get_contents (path, &content, &length, NULL))
        sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, length);
      g_string_append_printf (listing, "%s %o %" G_GINT64_FORMAT " %ld.%09ld %s\n",
                              (char *) g_ptr_array_index (names, i), info.st_mode,
                              (gint64) info.st_size, (long) info.st_mtim.tv_sec,
                              info.st_mtim.tv_nsec, sum);
    }
  return g_string_free (listing, FALSE);
}

/* Whether the folder has no name but those of @allowed (separated by blanks). */
static void
assert_only_names (const char *allowed)
{
  g_autoptr (GDir) dir = g_dir_open (limner_test_dir (), 0, NULL);
  g_auto (GStrv) words = g_strsplit (allowed, " ", -1);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_strv_contains ((const char *const *) words, name))
      {
        g_test_message ("left behind: %s", name);
        g_test_fail ();
      }
}

/* Opens it in both ways: refused, with a sentence, and all stays as it was. */
static void
assert_refused (const char *path, const char *what)
{
  g_autofree char *before = dup_listing ();
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_test_message ("%s", what);
  g_assert_null (limner_workspace_open (path, TRUE, NULL, &error));
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_UNUSABLE);
  g_assert_null (limner_workspace_open_read_only (path, &read_error));
  g_assert_error (read_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_UNUSABLE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, ".set.json.limner"));
    }
  after = dup_listing ();
  g_assert_cmpstr (before, ==, after);
}

/* The child says by a byte how far it is; what it writes is read with read_number(). */
typedef struct
{
  pid_t pid;
  int from_child;
} Child;

static Child
start_child (void (*run) (int to_parent))
{
  Child child;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  child.pid = fork ();
  if (child.pid == 0)
    {
      close (ends[0]);
      run (ends[1]);
      _exit (g_test_failed () ? 1 : 0);
    }
  close (ends[1]);
  child.from_child = ends[0];
  return child;
}

static gboolean
read_number (const Child *child, gint64 *number)
{
  return read (child->from_child, number, sizeof *number) == sizeof *number;
}

static void
tell (int to_parent, gint64 number)
{
  if (write (to_parent, &number, sizeof number) != sizeof number)
    _exit (2);
}

static void
kill_child (Child *child)
{
  kill (child->pid, SIGKILL);
  waitpid (child->pid, NULL, 0);
}

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

/* A whole log of ours with @n steps, closed. */
static void
make_log (guint n)
{
  g_autofree char *path = log_path ();
  g_autoptr (LimnerWorkspace) workspace = NULL;

  g_unlink (path);
  workspace = open_log ();
  for (guint i = 1; i <= n; i++)
    g_assert_true (append_step (workspace, i, NULL));
  limner_workspace_close (workspace);
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
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

/* ---- two programs ---- */

static void
run_holder (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  g_assert_true (append_step (workspace, 1, NULL));
  tell (to_parent, 1);
  for (;;)
    pause ();
}

static void
assert_busy (const char *expected)
{
  g_autofree char *path = log_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;

  g_assert_null (limner_workspace_open (path, TRUE, NULL, &error));
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY);
  g_assert_null (limner_workspace_open_read_only (path, &read_error));
  g_assert_error (read_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY);
  if (error == NULL || read_error == NULL)
    return;
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, expected));
  g_assert_nonnull (strstr (read_error->message, expected));
}

static void
test_second_program (void)
{
  Child child = start_child (run_holder);
  g_autofree char *path = log_path ();
  g_autofree char *holder_path = g_strconcat (path, "-holder", NULL);
  g_autofree char *who = g_strdup_printf ("%s on %s (process %d)", g_get_user_name (),
                                          g_get_host_name (), (int) child.pid);
  g_autoptr (LimnerWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *self = NULL;
  gint64 start;
  gint64 ready;

  g_assert_true (read_number (&child, &ready));
  assert_busy (who);

  /* what the file says is shown as plain text, and only if it can be true */
  g_file_set_contents (holder_path,
                       "[holder]\nuser=a\\n\xe2\x80\xae<b>\nhost=\x1b[1m\npid=1\nsince=now\n", -1,
                       NULL);
  assert_busy ("held by a\xef\xbf\xbd\xef\xbf\xbd<b> on \xef\xbf\xbd[1m (process 1) since now");
  g_file_set_contents (holder_path, "[holder]\nuser=", -1, NULL);
  assert_busy ("held by another program");
  g_unlink (holder_path);
  g_assert_cmpint (symlink ("/dev/zero", holder_path), ==, 0);
  assert_busy ("held by another program");

  kill_child (&child);
  start = g_get_monotonic_time ();
  while ((workspace = limner_workspace_open (path, TRUE, NULL, NULL)) == NULL &&
         g_get_monotonic_time () - start < 2 * G_USEC_PER_SEC)
    g_usleep (10000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_assert_nonnull (workspace);
  g_assert_false (g_file_test (holder_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (limner_log_lease (LIMNER_LOG (workspace), &self, NULL));
  g_assert_nonnull (strstr (self, g_get_user_name ()));
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
  g_assert_cmpuint (steps->len, ==, 1);
  assert_busy ("held by"); /* in the same process, too */
  g_assert_true (append_step (workspace, 2, NULL));
  limner_workspace_close (workspace);
  assert_only_names (".set.json.limner");
  close (child.from_child);
}

static void
run_appender (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GPtrArray) steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);

  for (gint64 id = steps->len + 1;; id++)
    {
      if (!append_step (workspace, id, NULL))
        _exit (3);
      tell (to_parent, id);
    }
}

/* Reads all steps: there must be at least @n_acknowledged, each once and in order. */
static guint
assert_recovered (gint64 n_acknowledged)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = NULL;

  if (workspace == NULL)
    return 0;
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (steps->len, >=, n_acknowledged);
  for (guint i = 0; i < steps->len; i++)
    {
      g_assert_cmpint (((LimnerStep *) g_ptr_array_index (steps, i))->sequence, ==, i + 1);
      g_assert_cmpint (get_step_id (steps, i), ==, i + 1);
    }
  limner_workspace_close (workspace);
  return steps->len;
}

static void
test_killed (void)
{
  gint64 acknowledged = 0;

  for (guint round = 0; round < 30; round++)
    {
      Child child = start_child (run_appender);
      guint n_wanted = g_test_rand_int_range (1, 120);
      gint64 id;

      for (guint i = 0; i < n_wanted && read_number (&child, &id); i++)
        acknowledged = id;
      kill_child (&child);
      while (read_number (&child, &id))
        acknowledged = id;
      close (child.from_child);
      /* the next child recovers it by itself every other time */
      if (round % 2 == 0)
        acknowledged = assert_recovered (acknowledged);
    }
  g_assert_cmpint (acknowledged, >, 30);
  assert_recovered (acknowledged);
}

static void
test_killed_while_made (void)
{
  for (guint round = 0; round < 30; round++)
    {
      Child child = start_child (run_appender);
      g_autofree char *path = log_path ();
      gint64 acknowledged = 0;
      gint64 id;

      g_usleep (g_test_rand_int_range (0, 8000));
      kill_child (&child);
      while (read_number (&child, &id))
        acknowledged = id;
      close (child.from_child);
      if (assert_recovered (acknowledged) > 0)
        g_unlink (path);
    }
}

/* Makes and removes an unused log many times, then adds one step to what is there. */
static void
run_competitor (int to_parent)
{
  g_autofree char *path = log_path ();
  gint64 start = g_get_monotonic_time ();
  guint n_made = 0;

  while (g_get_monotonic_time () - start < 30 * G_USEC_PER_SEC)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerWorkspace) workspace = limner_workspace_open (path, TRUE, NULL, &error);
      g_autoptr (GPtrArray) steps = NULL;

      if (workspace == NULL && g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
        continue;
      g_assert_no_error (error);
      if (workspace == NULL || n_made++ < 10)
        continue;
      steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
      g_assert_true (append_step (workspace, steps->len + 1, NULL));
      tell (to_parent, 1);
      return;
    }
}

static void
test_competing (void)
{
  g_autofree char *path = log_path ();

  for (guint round = 0; round < 10; round++)
    {
      Child children[3];
      gint64 number;

      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        children[i] = start_child (run_competitor);
      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        {
          int status;

          g_assert_true (read_number (&children[i], &number));
          close (children[i].from_child);
          waitpid (children[i].pid, &status, 0);
          g_assert_cmpint (status, ==, 0);
        }
      g_assert_cmpuint (assert_recovered (3), ==, 3);
      assert_only_names (".set.json.limner");
      g_unlink (path);
    }
}

/* ---- failing disks ---- */

static void
fill_disk (const char *path)
{
  static const char block[4096];
  int fd = open (path, O_WRONLY | O_CREAT, 0600);

  while (write (fd, block, sizeof block) > 0)
    continue;
  close (fd);
}

/* In a file system of its own, which has 4 MiB. */
static void
run_on_full_disk (int to_parent)
{
  g_autofree char *path = log_path ();
  g_autofree char *filler = limner_test_path ("filler");
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) state_error = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  gint64 id = 1;
  gint64 n_extra;

  for (; id <= 10; id++)
    g_assert_true (append_step (workspace, id, NULL));
  fill_disk (filler);
  for (n_extra = 0; append_step (workspace, id, &error) && n_extra < 100000; id++)
    n_extra++;
  g_test_message ("%d edits fit into the room", (int) n_extra);
  g_assert_cmpint (n_extra, >=, 215);
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "full"));
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
  g_assert_cmpint (steps->len, ==, id - 1);
  g_unlink (filler);
  for (guint i = 0; i < 5; i++, id++)
    g_assert_true (append_step (workspace, id, NULL));
  limner_workspace_close (workspace);
  g_assert_cmpint (assert_recovered (id - 1), ==, id - 1);

  /* and a full disk from the start leaves nothing behind */
  g_unlink (path);
  fill_disk (filler);
  g_clear_error (&error);
  g_assert_null (limner_workspace_open (path, TRUE, NULL, &error));
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  assert_only_names ("filler");
}

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  close (fd);
  return done;
}

static void
run_in_small_disk (int to_parent)
{
  g_autofree char *users = g_strdup_printf ("0 %d 1", (int) geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %d 1", (int) getegid ());

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_file ("/proc/self/uid_map", users) ||
      !write_file ("/proc/self/setgroups", "deny") || !write_file ("/proc/self/gid_map", groups) ||
      mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("tmpfs", limner_test_dir (), "tmpfs", 0, "size=4m") != 0)
    _exit (SKIPPED);
  run_on_full_disk (to_parent);
}

static void
test_full_disk (void)
{
  Child child = start_child (run_in_small_disk);
  int status;

  g_assert_cmpint (waitpid (child.pid, &status, 0), ==, child.pid);
  close (child.from_child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == SKIPPED)
    g_test_skip ("a file system of one's own (unshare -Urm) is not permitted here");
  else
    g_assert_cmpint (status, ==, 0);
}

/* Six steps, the fault somewhere among them; what fails is tried again, as a document does. */
static void
append_under_fault (void)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  writes_until_fault *= -1;
  syncs_until_fault *= -1;
  for (gint64 id = 2; id <= 6; id++)
    {
      g_autoptr (GError) error = NULL;

      if (append_step (workspace, id, &error))
        continue;
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_true (append_step (workspace, id, NULL));
    }
  limner_workspace_close (workspace);
}

static void
test_failing_calls (void)
{
  static const int codes[] = { EIO, ENOSPC, EDQUOT, 0 };
  g_autofree char *path = log_path ();

  set_pwrite ((sqlite3_syscall_ptr) fake_pwrite);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gint left = 0;

      /* until a run ends before its fault; the room takes some 300 writes, of which a few do */
      for (gint n = 1; left == 0; n += n < 20 || codes[i] == 0 ? 1 : 23)
        {
          gint *countdown = codes[i] != 0 ? &writes_until_fault : &syncs_until_fault;

          make_log (1);
          write_fault = codes[i];
          *countdown = -n;
          append_under_fault ();
          left = MAX (*countdown, 0);
          *countdown = 0;
          g_assert_cmpint (assert_recovered (6), ==, 6);
        }
    }
  set_pwrite (NULL);
}

/* The same while it is made: an error, and then as if nothing had been tried. */
static void
test_failing_creation (void)
{
  static const int codes[] = { EIO, ENOSPC, 0 };
  g_autofree char *path = log_path ();

  set_pwrite ((sqlite3_syscall_ptr) fake_pwrite);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gboolean made = FALSE;

      for (gint n = 1; !made; n += codes[i] == 0 || n < 10 ? 1 : 23)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (LimnerWorkspace) workspace = NULL;

          writes_until_fault = codes[i] != 0 ? n : 0;
          syncs_until_fault = codes[i] == 0 ? n : 0;
          write_fault = codes[i];
          workspace = limner_workspace_open (path, TRUE, NULL, &error);
          made = workspace != NULL;
          writes_until_fault = syncs_until_fault = 0;
          if (!made)
            {
              g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
              assert_only_names (".set.json.limner"); /* whole, without its folder synced */
              workspace = open_log ();
            }
          g_assert_nonnull (workspace);
          g_clear_object (&workspace);
          assert_only_names ("");
        }
    }
  set_pwrite (NULL);
}

static void
test_removed_while_open (void)
{
  static const char *const suffixes[] = { "", "-wal" };
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);
      g_autoptr (LimnerWorkspace) workspace = open_log ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) sync_error = NULL;

      g_assert_true (append_step (workspace, 1, NULL));
      g_assert_cmpint (unlink (name), ==, 0);
      g_assert_false (append_step (workspace, 2, &error));
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_false (limner_log_sync (LIMNER_LOG (workspace), &sync_error));
      g_assert_error (sync_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_false (limner_log_lease (LIMNER_LOG (workspace), NULL, NULL));
      limner_workspace_close (workspace);
      if (i == 1)
        {
          /* the log itself had everything once it was closed */
          g_assert_cmpint (assert_recovered (1), ==, 1);
        }
      g_unlink (path);
      g_autofree char *wal = g_strconcat (path, "-wal", NULL);
      g_unlink (wal);
    }
}

/* ---- other ways to open ---- */

static void
assert_read_only (guint n_steps)
{
  g_autofree char *path = log_path ();
  g_autofree char *before = dup_listing ();
  g_autofree char *after = NULL;
  g_autofree char *closed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autoptr (LimnerWorkspace) workspace = limner_workspace_open_read_only (path, &error);
  g_autoptr (GPtrArray) steps = NULL;
  LimnerLogState state;

  g_assert_no_error (error);
  g_assert_cmpstr (limner_workspace_get_path (workspace), ==, path);
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (steps->len, ==, n_steps);
  g_assert_true (limner_log_read_state (LIMNER_LOG (workspace), &state, NULL));
  g_assert_false (append_step (workspace, 9, &write_error));
  g_assert_error (write_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  g_assert_false (limner_log_write_state (LIMNER_LOG (workspace), &state, NULL));
  g_assert_false (limner_log_set_value (LIMNER_LOG (workspace), "a", "b", NULL));
  g_assert_false (limner_log_lease (LIMNER_LOG (workspace), NULL, NULL));
  after = dup_listing ();
  g_assert_cmpstr (before, ==, after);
  limner_workspace_close (workspace);
  closed = dup_listing ();
  g_assert_cmpstr (before, ==, closed);
}

static void
run_three_steps (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  for (gint64 id = 1; id <= 3; id++)
    g_assert_true (append_step (workspace, id, NULL));
  tell (to_parent, 3);
  pause ();
}

static void
test_read_only (void)
{
  g_autofree char *path = log_path ();
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);

  for (guint nfs = 0; nfs < 2; nfs++)
    {
      Child child;
      gint64 number;

      fake_nfs = nfs;
      make_log (4);
      assert_read_only (4);
      g_unlink (path);
      child = start_child (run_three_steps);
      g_assert_true (read_number (&child, &number));
      kill_child (&child);
      close (child.from_child);
      /* what the crash left is read, and left */
      g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS) == !nfs);
      assert_read_only (3);
      g_assert_cmpint (assert_recovered (3), ==, 3);
    }
  fake_nfs = FALSE;
}

static guint
count_copies (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_get_tmp_dir (), 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *log = g_build_filename (g_get_tmp_dir (), name, "log", NULL);

      if (g_file_test (log, G_FILE_TEST_EXISTS))
        n++;
    }
  return n;
}

/* The copy is gone when it has been opened, and when it could not be. */
static void
test_read_only_copy (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (LimnerWorkspace) workspace = NULL;
  guint n_before = count_copies ();

  make_log (4);
  workspace = limner_workspace_open_read_only (path, NULL);
  g_assert_nonnull (workspace);
  g_assert_cmpuint (count_copies (), ==, n_before);
  g_clear_object (&workspace);
  run_sql (path, "CREATE TABLE more(x)");
  g_assert_null (limner_workspace_open_read_only (path, NULL));
  g_assert_cmpuint (count_copies (), ==, n_before);
}

static void
test_remote (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (LimnerWorkspace) workspace = NULL;

  /* made locally, then used over the network, and back */
  for (guint round = 0; round < 4; round++)
    {
      fake_nfs = round % 2 == 1;
      workspace = open_log ();
      assert_busy ("held by"); /* the lease is there before the first edit */
      g_assert_true (append_step (workspace, round + 1, NULL));
      assert_only_names (fake_nfs
                             ? ".set.json.limner .set.json.limner-journal .set.json.limner-holder"
                             : ".set.json.limner .set.json.limner-wal .set.json.limner-holder");
      g_clear_object (&workspace);
      assert_only_names (".set.json.limner");
      g_assert_cmpint (assert_recovered (round + 1), ==, round + 1);
    }
  g_unlink (path);
  fake_nfs = TRUE;
  workspace = open_log ();
  g_clear_object (&workspace);
  assert_only_names ("");
  fake_nfs = FALSE;
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
  { "second-program", test_second_program },
  { "killed", test_killed },
  { "killed-while-made", test_killed_while_made },
  { "competing", test_competing },
  { "full-disk", test_full_disk },
  { "failing-calls", test_failing_calls },
  { "failing-creation", test_failing_creation },
  { "removed-while-open", test_removed_while_open },
  { "read-only", test_read_only },
  { "read-only-copy", test_read_only_copy },
  { "remote", test_remote },
  { NULL, NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "workspace", cases);
}
