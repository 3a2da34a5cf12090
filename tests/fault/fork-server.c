/* SPDX-License-Identifier: MIT */

/*
 * Part of the injector: a program that is preloaded with it and finds LIMNER_FORK_SERVER set waits
 * before its main() and runs it in a fork, once for each request. That saves loading and linking it
 * tens of thousands of times, which is a third of what a run of limn on a small dataset costs.
 *
 *   LIMNER_FORK_SERVER    descriptor of a SOCK_SEQPACKET socket. A request is one packet of
 *                         strings, each ended by NUL: files for stdin, stdout and stderr, then
 *                         NAME=VALUE for the environment, an empty one, then the arguments. Answers
 *                         are two packets of an int: pid, then status as waitpid() gives it.
 *
 * The fork happens before there is any thread, and after all constructors have run.
 */

#include "inject.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_REQUEST 65536
#define MAX_ARGS 64
#define EXPORT __attribute__ ((visibility ("default")))

typedef int (*MainFunc) (int argc, char **argv, char **environment);
typedef int (*StartFunc) (MainFunc function,
                          int argc,
                          char **argv,
                          void (*init) (void),
                          void (*fini) (void),
                          void (*rtld_fini) (void),
                          void *stack_end);

extern char **environ;
static MainFunc program;

static void
redirect (const char *path, int flags, int target)
{
  int fd = open (path, flags | O_CLOEXEC, 0600);

  if (fd < 0 || dup2 (fd, target) < 0)
    abort ();
  close (fd);
}

/* In the fork: what the request says, then the program. */
static int
run (char *request, size_t length)
{
  static char *args[MAX_ARGS + 1];
  char *end = request + length;
  char *at = request;
  int n_args = 0;

  for (int target = 0; target < 3; target++, at += strlen (at) + 1)
    redirect (at, target == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC, target);
  for (; *at != '\0'; at += strlen (at) + 1)
    if (putenv (at) != 0)
      abort ();
  for (at++; at < end && n_args < MAX_ARGS; at += strlen (at) + 1)
    args[n_args++] = at;
  inject_start ();
  return program (n_args, args, environ);
}

static int
serve (int argc, char **argv, char **environment)
{
  static char request[MAX_REQUEST];
  const char *text = getenv ("LIMNER_FORK_SERVER");
  int fd = text != NULL ? atoi (text) : -1;
  ssize_t length;

  if (fd < 0)
    return program (argc, argv, environment);
  unsetenv ("LIMNER_FORK_SERVER");
  while ((length = recv (fd, request, sizeof request, 0)) > 0)
    {
      pid_t pid = fork ();
      int status = 0;

      if (pid == 0)
        {
          close (fd);
          return run (request, (size_t) length);
        }
      if (pid < 0 || send (fd, &pid, sizeof pid, MSG_NOSIGNAL) < 0 ||
          waitpid (pid, &status, 0) != pid || send (fd, &status, sizeof status, MSG_NOSIGNAL) < 0)
        _exit (1);
    }
  _exit (0);
}

EXPORT int __libc_start_main (MainFunc function,
                              int argc,
                              char **argv,
                              void (*init) (void),
                              void (*fini) (void),
                              void (*rtld_fini) (void),
                              void *stack_end);

EXPORT int
__libc_start_main (MainFunc function,
                   int argc,
                   char **argv,
                   void (*init) (void),
                   void (*fini) (void),
                   void (*rtld_fini) (void),
                   void *stack_end)
{
  StartFunc real = (StartFunc) dlsym (RTLD_NEXT, "__libc_start_main");

  program = function;
  return real (serve, argc, argv, init, fini, rtld_fini, stack_end);
}
