/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-background"

#include <limner/background.h>

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* At nice 0 work in the background costs frames of a pan on two cores; at idle priority it stands
 * still on a busy machine. */
#define NICENESS 10

/* Short beside the 1.4 ms and more of others; at this niceness it counts as nine times as much. If
 * that were less than theirs, the thread would be let in before the window whenever it woke. */
#define SLICE_NS 300000

#ifdef SYS_sched_setattr
/* As sched_setattr(2) has it; C libraries differ in whether they declare it, and where. */
typedef struct
{
  guint32 size;
  guint32 policy;
  guint64 flags;
  gint32 nice;
  guint32 priority;
  guint64 runtime; /* of an ordinary thread: its slice in ns; kernels before 6.12 ignore it */
  guint64 deadline;
  guint64 period;
} SchedulingAttributes;

G_STATIC_ASSERT (sizeof (SchedulingAttributes) == 48);

static void
shorten_slice (void)
{
  SchedulingAttributes attributes = { .size = sizeof attributes };

  if (syscall (SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
    return;
  attributes.runtime = SLICE_NS;
  if (syscall (SYS_sched_setattr, 0, &attributes, 0) != 0)
    g_debug ("a thread keeps its slice: %s", g_strerror (errno));
}
#endif

void
limner_background_thread_begin (void)
{
  /* on Linux this is the niceness of the one thread; who started us may have chosen more */
  const id_t thread = (id_t) syscall (SYS_gettid);

  if (getpriority (PRIO_PROCESS, thread) < NICENESS &&
      setpriority (PRIO_PROCESS, thread, NICENESS) != 0)
    g_debug ("a thread keeps its priority: %s", g_strerror (errno));
#ifdef SYS_sched_setattr
  shorten_slice ();
#endif
}
