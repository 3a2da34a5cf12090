/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What every test program includes. It closes the two gaps of GTest: a failed assertion does not stop the program,
 * and the program ends with a line that says how many cases passed, failed and were skipped. Each case runs in
 * a temporary folder of its own, given by limner_test_dir().
 */

#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  const char *name;
  void (*run) (void);
} LimnerTestCase;

static guint limner_test_n_failed;
static guint limner_test_n_skipped;
static guint limner_test_n_run;
static gboolean limner_test_skipped;
static char *limner_test_tmp;

/* The temporary folder of the running case; it is removed afterwards. */
static inline const char *
limner_test_dir (void)
{
  return limner_test_tmp;
}

/* (transfer full): a path in that folder. */
static inline char *
limner_test_path (const char *name)
{
  return g_build_filename (limner_test_tmp, name, NULL);
}

static inline gboolean
limner_test_on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until @condition is true, at most ten seconds (slow builds take their time). */
#define limner_test_wait(condition)                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 limner_test_end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;                                        \
    guint limner_test_tick = g_timeout_add (5, limner_test_on_tick, NULL);                                             \
                                                                                                                       \
    while (!(condition) && g_get_monotonic_time () < limner_test_end)                                                  \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_source_remove (limner_test_tick);                                                                                \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

/* Ends the running case as skipped, loudly; return from it afterwards. */
static inline void
limner_test_skip (const char *why)
{
  limner_test_skipped = TRUE;
  g_test_skip (why);
}

/* (transfer full) (nullable): a path in ../shared, or NULL after marking the case as skipped where it is absent. */
static inline char *
limner_test_shared (const char *relative)
{
  const char *root = g_getenv ("LIMNER_SHARED_DIR");
  g_autofree char *path = g_build_filename (root != NULL ? root : "../shared", relative, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *why = g_strdup_printf ("shared test data '%s' is absent here", relative);
      limner_test_skip (why);
      return NULL;
    }
  return g_steal_pointer (&path);
}

/* (transfer full): a path in tests/data, which is always there. */
static inline char *
limner_test_data (const char *relative)
{
  const char *root = g_getenv ("LIMNER_SOURCE_DIR");
  return g_build_filename (root != NULL ? root : ".", "tests", "data", relative, NULL);
}

static int
limner_test_remove (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  return g_remove (path);
}

static void
limner_test_run_case (gconstpointer data)
{
  const LimnerTestCase *test_case = data;

  limner_test_tmp = g_dir_make_tmp ("limner-test-XXXXXX", NULL);
  limner_test_skipped = FALSE;
  test_case->run ();
  nftw (limner_test_tmp, limner_test_remove, 16, FTW_DEPTH | FTW_PHYS);
  g_clear_pointer (&limner_test_tmp, g_free);
  limner_test_n_run++;
  /* GLib 2.74 counts a skipped case as failed here */
  if (limner_test_skipped)
    limner_test_n_skipped++;
  else if (g_test_failed ())
    limner_test_n_failed++;
}

/* Registers @cases (ended by a NULL name) as /@suite/name, runs them, prints the closing line. */
static inline int
limner_test_main (int argc, char **argv, const char *suite, const LimnerTestCase *cases)
{
  /* G_TEST_OPTION_ISOLATE_DIRS does this too, but leaks in GLib 2.74 */
  static const char *const folders[] = { "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME" };
  g_autofree char *home = g_dir_make_tmp ("limner-test-home-XXXXXX", NULL);
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (home, folders[i], NULL);
      g_setenv (folders[i], folder, TRUE);
    }
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (; cases->name != NULL; cases++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", suite, cases->name);
      g_test_add_data_func (path, cases, limner_test_run_case);
    }
  status = g_test_run ();
  nftw (home, limner_test_remove, 16, FTW_DEPTH | FTW_PHYS);
  g_print ("# %s: %u passed, %u failed, %u skipped\n",
           suite,
           limner_test_n_run - limner_test_n_failed - limner_test_n_skipped,
           limner_test_n_failed,
           limner_test_n_skipped);
  return status;
}
