/* SPDX-License-Identifier: MIT */

/* Threads that work while the window paints. */

#include "limner-test.h"

#include <limner/background.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLICE_NS 300000

/* The head of what sched_getattr(2) gives. */
typedef struct
{
  guint32 size;
  guint32 policy;
  guint64 flags;
  gint32 nice;
  guint32 priority;
  guint64 runtime;
  guint64 deadline;
  guint64 period;
} Attributes;

static Attributes
get_attributes (void)
{
  Attributes attributes = { 0 };

#ifdef SYS_sched_getattr
  g_assert_cmpint (syscall (SYS_sched_getattr, 0, &attributes, sizeof attributes, 0), ==, 0);
#endif
  return attributes;
}

static gpointer
begin (gpointer attributes)
{
  limner_background_thread_begin ();
  *(Attributes *) attributes = get_attributes ();
  return NULL;
}

/* Another thread keeps what it has. */
static void
test_one_thread (void)
{
  const Attributes before = get_attributes ();
  Attributes inside = { 0 };
  Attributes after;

  g_thread_join (g_thread_new ("background", begin, &inside));
  after = get_attributes ();
  g_assert_cmpint (inside.nice, ==, MAX (before.nice, 10));
  g_assert_cmpuint (inside.policy, ==, before.policy);
  g_assert_cmpint (after.nice, ==, before.nice);
  g_assert_cmpuint (after.runtime, ==, before.runtime);
}

static gpointer
begin_at_19 (gpointer attributes)
{
  setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), 19);
  return begin (attributes);
}

/* Whoever started the program nicely does not lose by it. */
static void
test_nicer_stays (void)
{
  Attributes inside = { 0 };

  g_thread_join (g_thread_new ("background", begin_at_19, &inside));
  g_assert_cmpint (inside.nice, ==, 19);
}

static void
test_slice (void)
{
  Attributes inside = { 0 };

  if (get_attributes ().runtime == 0)
    {
      g_test_skip ("this kernel has no slices to choose");
      return;
    }
  g_thread_join (g_thread_new ("background", begin, &inside));
  g_assert_cmpuint (inside.runtime, ==, SLICE_NS);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "one-thread", test_one_thread },
    { "nicer-stays", test_nicer_stays },
    { "slice", test_slice },
    { NULL },
  };

  return limner_test_main (argc, argv, "background", cases);
}
