/* SPDX-License-Identifier: MIT */

/* Threads that work while the window paints. */

#include "limner-test.h"

#include <limner/background.h>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
get_niceness (void)
{
  return getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid));
}

static gboolean
set_niceness (int niceness)
{
  return setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), niceness) == 0;
}
#else
static int
get_niceness (void)
{
  return 0;
}

static gboolean
set_niceness (int niceness)
{
  return FALSE;
}
#endif

static gpointer
try_to_be_nice (gpointer user_data)
{
  return GINT_TO_POINTER (set_niceness (19));
}

/* Sandboxes may refuse it. */
static gboolean
can_be_nice (void)
{
  if (g_thread_join (g_thread_new ("try", try_to_be_nice, NULL)) != NULL)
    return TRUE;
  limner_test_skip ("this system does not let a thread choose its niceness");
  return FALSE;
}

/* @before: (nullable): its niceness before it begins */
static gpointer
begin (gpointer before)
{
  if (before != NULL)
    set_niceness (GPOINTER_TO_INT (before));
  limner_background_thread_begin ();
  return GINT_TO_POINTER (get_niceness ());
}

/* Another thread keeps what it has. */
static void
test_one_thread (void)
{
  const int before = get_niceness ();

  if (!can_be_nice ())
    return;
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (g_thread_new ("background", begin, NULL))), ==,
                   MAX (before, 10));
  g_assert_cmpint (get_niceness (), ==, before);
}

/* Whoever started the program nicely does not lose by it. */
static void
test_nicer_stays (void)
{
  if (!can_be_nice ())
    return;
  g_assert_cmpint (GPOINTER_TO_INT (
                       g_thread_join (g_thread_new ("background", begin, GINT_TO_POINTER (19)))),
                   ==, 19);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "one-thread", test_one_thread },
    { "nicer-stays", test_nicer_stays },
    { NULL },
  };

  return limner_test_main (argc, argv, "background", cases);
}
