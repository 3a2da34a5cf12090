/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-background"

#include <limner/background.h>

#ifdef __linux__
#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* At nice 0 work in the background costs frames of a pan on two cores, and 14 to 20 ms of a zoom
 * step; at idle priority it stands still on a busy machine. */
#define NICENESS 10

void
limner_background_thread_begin (void)
{
#ifdef __linux__
  /* here this is the niceness of the one thread, not of the process; who started us may have chosen
   * more */
  const id_t thread = (id_t) syscall (SYS_gettid);

  if (getpriority (PRIO_PROCESS, thread) < NICENESS &&
      setpriority (PRIO_PROCESS, thread, NICENESS) != 0)
    g_debug ("a thread keeps its priority: %s", g_strerror (errno));
#endif
}
