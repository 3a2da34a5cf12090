/* SPDX-License-Identifier: MIT */
#pragma once

/* What the tests of the workspace share. */

#include "limner-test.h"

#include <limner/log.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static inline LimnerStep *
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

static inline gboolean
append_step (LimnerWorkspace *workspace, gint64 id, GError **error)
{
  g_autoptr (LimnerStep) step = make_step (id, 1);

  return limner_log_append (LIMNER_LOG (workspace), step, error);
}

static inline gint64
get_step_id (GPtrArray *steps, guint index)
{
  LimnerStep *step = g_ptr_array_index (steps, index);
  LimnerEdit *edit = g_ptr_array_index (step->edits, 0);

  return edit->id;
}

static inline void
assert_same_bytes (GBytes *a, GBytes *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a != NULL && b != NULL)
    g_assert_true (g_bytes_equal (a, b));
}

static inline void
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
static inline char *
log_path (void)
{
  g_autofree char *coco_path = limner_test_path ("set.json");

  return limner_workspace_dup_path (coco_path, FALSE);
}

static inline LimnerWorkspace *
open_log (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (GError) error = NULL;
  LimnerWorkspace *workspace = limner_workspace_open (path, TRUE, NULL, &error);

  g_assert_no_error (error);
  return workspace;
}

static inline int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): everything that an owner could see: names, kinds, modes, times, content. */
static inline char *
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
static inline void
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
static inline void
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

static inline Child
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

static inline gboolean
read_number (const Child *child, gint64 *number)
{
  return read (child->from_child, number, sizeof *number) == sizeof *number;
}

static inline void
tell (int to_parent, gint64 number)
{
  if (write (to_parent, &number, sizeof number) != sizeof number)
    _exit (2);
}

static inline void
kill_child (Child *child)
{
  kill (child->pid, SIGKILL);
  waitpid (child->pid, NULL, 0);
}

/* A whole log of ours with @n steps, closed. */
static inline void
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

static inline void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static inline void
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

/* Reads all steps: there must be at least @n_acknowledged, each once and in order. */
static inline guint
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
