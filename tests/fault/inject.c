/* SPDX-License-Identifier: MIT */

/*
 * A library to preload: it counts the file operations below one folder and makes one of them, or
 * all from then on, go wrong; and it can write down what was done. SQLite and GLib go through the
 * same calls of libc, so theirs count too.
 *
 *   LIMNER_INJECT_DIR      operations on paths below it count
 *   LIMNER_INJECT_CALLS    "write,fsync": only these count; all if it is not set
 *   LIMNER_INJECT_PATH     only paths that contain this text count
 *   LIMNER_INJECT_AT       number of the operation that goes wrong, from 1; 0: none
 *   LIMNER_INJECT_FAULT    an errno as number; "short": half is read or written; "tear": half is
 *                          written, then SIGKILL; "kill"; "lie": nothing is done, success is said;
 *                          "stop": SIGSTOP before it
 *   LIMNER_INJECT_FOREVER  1: all later operations, too; of EINTR and short every second one
 *   LIMNER_INJECT_WHILE    a file: only while it is there operations count
 *   LIMNER_INJECT_NO_LOCKS an errno as number: what all locks there get, whatever else happens
 *   LIMNER_INJECT_READ_ONLY a folder that takes no new names, as if by its mode
 *   LIMNER_INJECT_CLOCK    seconds: it is another machine's file system, whose clock is so far
 *                          ahead and as coarse as FAT's, 2 s
 *   LIMNER_INJECT_RECORD   file that gets a line for each operation, TAB-separated: number, call,
 *                          path, then what the call needs to be done again
 *   LIMNER_INJECT_TRACE    1: the record has a line "AT" for each operation that counts, too
 *   LIMNER_INJECT_DATA     1: with the bytes written, in hexadecimal, and what went to stdout
 *
 * Calls: open, openw (for writing), create, read, write, copy, reserve, sync, rename, truncate,
 * unlink, link, close, mkdir, mode (fchmod, fchown, fsetxattr), list (opendir), stat, lock.
 */

#include "inject-operation.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RECORD_FD 900 /* out of the way of the program's own descriptors */

InjectState inject_state = { .record_fd = -1, .mutex = PTHREAD_MUTEX_INITIALIZER };

__attribute__ ((constructor)) void
inject_start (void)
{
  const char *at = getenv ("LIMNER_INJECT_AT");
  const char *no_locks = getenv ("LIMNER_INJECT_NO_LOCKS");
  const char *record = getenv ("LIMNER_INJECT_RECORD");

  if (inject_state.is_ready || getenv ("LIMNER_INJECT_DIR") == NULL)
    return;
  inject_state.dir = getenv ("LIMNER_INJECT_DIR");
  inject_state.dir_length = strlen (inject_state.dir);
  inject_state.calls = getenv ("LIMNER_INJECT_CALLS");
  inject_state.path = getenv ("LIMNER_INJECT_PATH");
  inject_state.fault = getenv ("LIMNER_INJECT_FAULT");
  inject_state.at = at != NULL ? atol (at) : 0;
  inject_state.no_locks = no_locks != NULL ? atoi (no_locks) : 0;
  inject_state.clock = getenv ("LIMNER_INJECT_CLOCK");
  inject_state.read_only = getenv ("LIMNER_INJECT_READ_ONLY");
  inject_state.forever = getenv ("LIMNER_INJECT_FOREVER") != NULL;
  inject_state.only_while = getenv ("LIMNER_INJECT_WHILE");
  inject_state.data = getenv ("LIMNER_INJECT_DATA") != NULL;
  inject_state.trace = getenv ("LIMNER_INJECT_TRACE") != NULL;
  if (record != NULL)
    {
      int fd = (int) syscall (SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND, 0600);

      inject_state.record_fd = (int) syscall (SYS_fcntl, fd, F_DUPFD_CLOEXEC, RECORD_FD);
      syscall (SYS_close, fd);
    }
  inject_state.is_ready = true;
}

/* ---- the record ---- */

static void
put (const char *text, size_t length)
{
  while (length > 0)
    {
      long n = syscall (SYS_write, inject_state.record_fd, text, length);

      if (n <= 0)
        abort ();
      text += n;
      length -= (size_t) n;
    }
}

void
inject_record (const Operation *op, const char *format, ...)
{
  char line[2 * PATH_MAX + 256];
  int length;
  va_list args;

  if (inject_state.record_fd < 0)
    return;
  length = snprintf (line, sizeof line, "%ld\t%s\t%s\t", op->number, op->call, op->path);
  va_start (args, format);
  length += vsnprintf (line + length, sizeof line - (size_t) length, format, args);
  va_end (args);
  line[length++] = '\n';
  put (line, (size_t) length);
}

void
inject_record_bytes (
    const Operation *op, unsigned long inode, long long offset, const void *data, size_t n)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *bytes = data;
  char *line;
  int length;

  if (inject_state.record_fd < 0)
    return;
  if (!inject_state.data)
    {
      inject_record (op, "%lu\t%lld\t%zu", inode, offset, n);
      return;
    }
  line = malloc (PATH_MAX + 256 + 2 * n);
  length =
      sprintf (line, "%ld\t%s\t%s\t%lu\t%lld\t", op->number, op->call, op->path, inode, offset);
  for (size_t i = 0; i < n; i++)
    {
      line[length++] = digits[bytes[i] >> 4];
      line[length++] = digits[bytes[i] & 15];
    }
  line[length++] = '\n';
  put (line, (size_t) length);
  free (line);
}

/* ---- which operations count ---- */

static bool
has_word (const char *list, const char *word)
{
  size_t length = strlen (word);

  for (const char *at = list; at != NULL; at = strchr (at, ','))
    {
      at += *at == ',';
      if (strncmp (at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
        return true;
    }
  return false;
}

bool
inject_is_watched (const char *path)
{
  return inject_state.is_ready && strncmp (path, inject_state.dir, inject_state.dir_length) == 0 &&
         (path[inject_state.dir_length] == '/' || path[inject_state.dir_length] == '\0');
}

/* Whether the operation changes the names in the folder that is read-only. */
static bool
is_forbidden (const char *call, const char *path)
{
  size_t length = inject_state.read_only != NULL ? strlen (inject_state.read_only) : 0;

  return length > 0 && has_word ("create,rename,link,unlink,mkdir", call) &&
         strncmp (path, inject_state.read_only, length) == 0 && path[length] == '/';
}

void
inject_die (void)
{
  syscall (SYS_kill, getpid (), SIGKILL);
  for (;;)
    pause ();
}

static bool
is_time (void)
{
  return inject_state.only_while == NULL ||
         syscall (SYS_faccessat, AT_FDCWD, inject_state.only_while, F_OK) == 0;
}

static Verdict
judge (Operation *op)
{
  long late;

  if ((inject_state.calls != NULL && !has_word (inject_state.calls, op->call)) ||
      (inject_state.path != NULL && strstr (op->path, inject_state.path) == NULL) || !is_time ())
    return PASS;
  op->number = ++inject_state.count;
  late = op->number - inject_state.at;
  if (inject_state.trace)
    {
      Operation at = { "AT", op->path, PASS, op->number };
      inject_record (&at, "%s", op->call);
    }
  if (inject_state.at == 0 || inject_state.fault == NULL || late < 0 ||
      (late > 0 && !inject_state.forever))
    return PASS;
  if (inject_state.record_fd >= 0 && late == 0)
    {
      Operation fault = { "FAULT", op->path, PASS, op->number };
      inject_record (&fault, "%s", op->call);
    }
  if (strcmp (inject_state.fault, "kill") == 0)
    inject_die ();
  if (strcmp (inject_state.fault, "stop") == 0)
    {
      syscall (SYS_kill, getpid (), SIGSTOP);
      return PASS;
    }
  if (strcmp (inject_state.fault, "lie") == 0)
    return LIE;
  if (strcmp (inject_state.fault, "tear") == 0)
    return TEAR;
  if (strcmp (inject_state.fault, "short") == 0)
    return late % 2 == 0 ? HALF : PASS;
  errno = atoi (inject_state.fault);
  return errno != EINTR || late % 2 == 0 ? FAIL : PASS;
}

bool
inject_enter (Operation *op, const char *call, const char *path)
{
  *op = (Operation){ call, path, PASS, 0 };
  if (path == NULL || !inject_is_watched (path))
    return false;
  pthread_mutex_lock (&inject_state.mutex);
  op->verdict = judge (op);
  if (op->verdict == PASS && is_forbidden (call, path))
    {
      errno = EACCES;
      op->verdict = FAIL;
    }
  return true;
}

unsigned long
inject_inode_of (int fd)
{
  struct stat info;

  return syscall (SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) == 0 ? info.st_ino : 0;
}

bool
inject_enter_fd (Operation *op, const char *call, int fd)
{
  bool known = fd >= 0 && fd < INJECT_MAX_FDS && inject_state.paths[fd] != NULL;

  return known && inject_state.inodes[fd] == inject_inode_of (fd) &&
         inject_enter (op, call, inject_state.paths[fd]);
}

long
inject_leave (long result)
{
  int code = errno;

  pthread_mutex_unlock (&inject_state.mutex);
  errno = code;
  return result;
}

bool
inject_is_decided (const Operation *op, long *result)
{
  if (op->verdict != FAIL && op->verdict != LIE)
    return false;
  *result = op->verdict == FAIL ? -1 : 0;
  return true;
}

const char *
inject_locate (int folder_fd, const char *path, char buffer[PATH_MAX])
{
  char link[64];
  long length;

  if (path == NULL || !inject_state.is_ready)
    return NULL;
  if (path[0] == '/')
    return path;
  snprintf (link, sizeof link, folder_fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d",
            folder_fd);
  length = syscall (SYS_readlink, link, buffer, PATH_MAX - 1);
  if (length < 0 || (size_t) length + strlen (path) + 2 > PATH_MAX)
    return NULL;
  sprintf (buffer + length, "%s%s", *path != '\0' ? "/" : "", path);
  return buffer;
}
