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

#undef _FILE_OFFSET_BITS /* else pread() and pread64() are one name, and both are needed */

#include "inject.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_FDS 1024
#define RECORD_FD 900 /* out of the way of the program's own descriptors */
#define EXPORT __attribute__ ((visibility ("default")))
#define SAME(name, other) EXPORT extern __typeof (other) name __attribute__ ((alias (#other)))

typedef enum
{
  PASS,
  FAIL,
  HALF,
  TEAR,
  LIE
} Verdict;

typedef struct
{
  const char *call;
  const char *path;
  Verdict verdict;
  long number;
} Operation;

static struct
{
  bool is_ready;
  const char *dir;
  size_t dir_length;
  const char *calls;
  const char *path;
  const char *fault;
  long at;
  bool forever;
  int no_locks;
  const char *read_only;
  const char *clock;
  bool data;
  bool trace;
  int record_fd;
  long count;
  char *paths[MAX_FDS];          /* of descriptors that are watched */
  unsigned long inodes[MAX_FDS]; /* what they were then: closedir() closes without telling us */
  pthread_mutex_t mutex;
} state = { .record_fd = -1, .mutex = PTHREAD_MUTEX_INITIALIZER };

__attribute__ ((constructor)) void
inject_start (void)
{
  const char *at = getenv ("LIMNER_INJECT_AT");
  const char *no_locks = getenv ("LIMNER_INJECT_NO_LOCKS");
  const char *record = getenv ("LIMNER_INJECT_RECORD");

  if (state.is_ready || getenv ("LIMNER_INJECT_DIR") == NULL)
    return;
  state.dir = getenv ("LIMNER_INJECT_DIR");
  state.dir_length = strlen (state.dir);
  state.calls = getenv ("LIMNER_INJECT_CALLS");
  state.path = getenv ("LIMNER_INJECT_PATH");
  state.fault = getenv ("LIMNER_INJECT_FAULT");
  state.at = at != NULL ? atol (at) : 0;
  state.no_locks = no_locks != NULL ? atoi (no_locks) : 0;
  state.clock = getenv ("LIMNER_INJECT_CLOCK");
  state.read_only = getenv ("LIMNER_INJECT_READ_ONLY");
  state.forever = getenv ("LIMNER_INJECT_FOREVER") != NULL;
  state.data = getenv ("LIMNER_INJECT_DATA") != NULL;
  state.trace = getenv ("LIMNER_INJECT_TRACE") != NULL;
  if (record != NULL)
    {
      int fd = (int) syscall (SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND, 0600);

      state.record_fd = (int) syscall (SYS_fcntl, fd, F_DUPFD_CLOEXEC, RECORD_FD);
      syscall (SYS_close, fd);
    }
  state.is_ready = true;
}

/* ---- the record ---- */

static void
put (const char *text, size_t length)
{
  while (length > 0)
    {
      long n = syscall (SYS_write, state.record_fd, text, length);

      if (n <= 0)
        abort ();
      text += n;
      length -= (size_t) n;
    }
}

__attribute__ ((format (printf, 2, 3))) static void
record (const Operation *op, const char *format, ...)
{
  char line[2 * PATH_MAX + 256];
  int length;
  va_list args;

  if (state.record_fd < 0)
    return;
  length = snprintf (line, sizeof line, "%ld\t%s\t%s\t", op->number, op->call, op->path);
  va_start (args, format);
  length += vsnprintf (line + length, sizeof line - (size_t) length, format, args);
  va_end (args);
  line[length++] = '\n';
  put (line, (size_t) length);
}

/* The bytes that were written, in one line with what came before. */
static void
record_bytes (
    const Operation *op, unsigned long inode, long long offset, const void *data, size_t n)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *bytes = data;
  char *line;
  int length;

  if (state.record_fd < 0)
    return;
  if (!state.data)
    {
      record (op, "%lu\t%lld\t%zu", inode, offset, n);
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

static bool
is_watched (const char *path)
{
  return state.is_ready && strncmp (path, state.dir, state.dir_length) == 0 &&
         (path[state.dir_length] == '/' || path[state.dir_length] == '\0');
}

/* Whether the operation changes the names in the folder that is read-only. */
static bool
is_forbidden (const char *call, const char *path)
{
  size_t length = state.read_only != NULL ? strlen (state.read_only) : 0;

  return length > 0 && has_word ("create,rename,link,unlink,mkdir", call) &&
         strncmp (path, state.read_only, length) == 0 && path[length] == '/';
}

static void
die (void)
{
  syscall (SYS_kill, getpid (), SIGKILL);
  for (;;)
    pause ();
}

static Verdict
judge (Operation *op)
{
  long late;

  if ((state.calls != NULL && !has_word (state.calls, op->call)) ||
      (state.path != NULL && strstr (op->path, state.path) == NULL))
    return PASS;
  op->number = ++state.count;
  late = op->number - state.at;
  if (state.trace)
    {
      Operation at = { "AT", op->path, PASS, op->number };
      record (&at, "%s", op->call);
    }
  if (state.at == 0 || state.fault == NULL || late < 0 || (late > 0 && !state.forever))
    return PASS;
  if (state.record_fd >= 0 && late == 0)
    {
      Operation fault = { "FAULT", op->path, PASS, op->number };
      record (&fault, "%s", op->call);
    }
  if (strcmp (state.fault, "kill") == 0)
    die ();
  if (strcmp (state.fault, "stop") == 0)
    {
      syscall (SYS_kill, getpid (), SIGSTOP);
      return PASS;
    }
  if (strcmp (state.fault, "lie") == 0)
    return LIE;
  if (strcmp (state.fault, "tear") == 0)
    return TEAR;
  if (strcmp (state.fault, "short") == 0)
    return late % 2 == 0 ? HALF : PASS;
  errno = atoi (state.fault);
  return errno != EINTR || late % 2 == 0 ? FAIL : PASS;
}

/* Begins an operation: from here to leave() no other one happens. FALSE: it is not watched. */
static bool
enter (Operation *op, const char *call, const char *path)
{
  *op = (Operation){ call, path, PASS, 0 };
  if (path == NULL || !is_watched (path))
    return false;
  pthread_mutex_lock (&state.mutex);
  op->verdict = judge (op);
  if (op->verdict == PASS && is_forbidden (call, path))
    {
      errno = EACCES;
      op->verdict = FAIL;
    }
  return true;
}

static unsigned long
inode_of (int fd)
{
  struct stat info;

  return syscall (SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) == 0 ? info.st_ino : 0;
}

static bool
enter_fd (Operation *op, const char *call, int fd)
{
  bool known = fd >= 0 && fd < MAX_FDS && state.paths[fd] != NULL;

  return known && state.inodes[fd] == inode_of (fd) && enter (op, call, state.paths[fd]);
}

static long
leave (long result)
{
  int code = errno;

  pthread_mutex_unlock (&state.mutex);
  errno = code;
  return result;
}

/* What is said where nothing is done. */
static bool
is_decided (const Operation *op, long *result)
{
  if (op->verdict != FAIL && op->verdict != LIE)
    return false;
  *result = op->verdict == FAIL ? -1 : 0;
  return true;
}

/* Absolute, without following links. */
static const char *
locate (int folder_fd, const char *path, char buffer[PATH_MAX])
{
  char link[64];
  long length;

  if (path == NULL || !state.is_ready)
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

/* ---- opening and closing ---- */

static int
do_open (int folder_fd, const char *path, int flags, mode_t mode)
{
  bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TMPFILE) == O_TMPFILE;
  char buffer[PATH_MAX];
  const char *full = locate (folder_fd, path, buffer);
  Operation op;
  long fd;

  if (!enter (&op, flags & O_CREAT ? "create" : writes ? "openw" : "open", full))
    {
      fd = syscall (SYS_openat, folder_fd, path, flags, mode);
      if (fd >= 0 && writes && full != NULL)
        record (&op, "outside");
      return (int) fd;
    }
  if (op.verdict == FAIL)
    return (int) leave (-1);
  fd = syscall (SYS_openat, folder_fd, path, flags, mode);
  if (fd >= 0 && fd < MAX_FDS)
    {
      free (state.paths[fd]);
      state.paths[fd] = strdup (full);
      state.inodes[fd] = inode_of ((int) fd);
      record (&op, "%lu\t%d", inode_of ((int) fd), (flags & O_TRUNC) != 0);
    }
  return (int) leave (fd);
}

static mode_t
mode_of (int flags, va_list args)
{
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg (args, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                                                          \
  EXPORT int name (const char *path, int flags, ...);                                              \
  EXPORT int name (const char *path, int flags, ...)                                               \
  {                                                                                                \
    va_list args;                                                                                  \
    mode_t mode;                                                                                   \
    va_start (args, flags);                                                                        \
    mode = mode_of (flags, args);                                                                  \
    va_end (args);                                                                                 \
    return do_open (AT_FDCWD, path, flags, mode);                                                  \
  }
DEFINE_OPEN (open)
DEFINE_OPEN (open64)
DEFINE_OPEN (__open_2)
DEFINE_OPEN (__open64_2)

#define DEFINE_OPENAT(name)                                                                        \
  EXPORT int name (int folder_fd, const char *path, int flags, ...);                               \
  EXPORT int name (int folder_fd, const char *path, int flags, ...)                                \
  {                                                                                                \
    va_list args;                                                                                  \
    mode_t mode;                                                                                   \
    va_start (args, flags);                                                                        \
    mode = mode_of (flags, args);                                                                  \
    va_end (args);                                                                                 \
    return do_open (folder_fd, path, flags, mode);                                                 \
  }
DEFINE_OPENAT (openat)
DEFINE_OPENAT (openat64)
DEFINE_OPENAT (__openat_2)
DEFINE_OPENAT (__openat64_2)

EXPORT int
creat (const char *path, mode_t mode)
{
  return do_open (AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

SAME (creat64, creat);

/* As in Linux the descriptor is gone, whatever is said. */
EXPORT int
close (int fd)
{
  Operation op;
  long result;

  if (!enter_fd (&op, "close", fd))
    return (int) syscall (SYS_close, fd);
  result = op.verdict == FAIL ? -1 : 0;
  if (result == 0)
    record (&op, "%lu", inode_of (fd));
  {
    int code = errno;
    char *path = state.paths[fd];

    state.paths[fd] = NULL;
    syscall (SYS_close, fd);
    free (path);
    errno = code;
  }
  return (int) leave (result);
}

EXPORT DIR *
opendir (const char *path)
{
  DIR *(*real) (const char *) = (DIR * (*) (const char *) ) dlsym (RTLD_NEXT, "opendir");
  char buffer[PATH_MAX];
  Operation op;
  DIR *result = NULL;

  if (!enter (&op, "list", locate (AT_FDCWD, path, buffer)))
    return real (path);
  if (op.verdict != FAIL)
    result = real (path);
  leave (0);
  return result;
}

/* ---- reading and writing ---- */

static size_t
share (const Operation *op, size_t length)
{
  return (op->verdict == HALF || op->verdict == TEAR) && length > 1 ? length / 2 : length;
}

static ssize_t
do_read (int fd, void *data, size_t length, bool has_offset, off_t offset)
{
  Operation op;
  bool watched = enter_fd (&op, "read", fd);
  ssize_t n;

  if (watched && op.verdict == FAIL)
    return leave (-1);
  length = share (&op, length);
  n = has_offset ? syscall (SYS_pread64, fd, data, length, offset)
                 : syscall (SYS_read, fd, data, length);
  return watched ? leave (n) : n;
}

static ssize_t
do_write (int fd, const void *data, size_t length, bool has_offset, off_t offset)
{
  Operation op;
  ssize_t n;

  if (!enter_fd (&op, "write", fd))
    {
      n = has_offset ? syscall (SYS_pwrite64, fd, data, length, offset)
                     : syscall (SYS_write, fd, data, length);
      return n;
    }
  if (op.verdict == FAIL)
    return leave (-1);
  if (!has_offset)
    offset = lseek (fd, 0, SEEK_CUR);
  if (op.verdict == LIE)
    {
      if (!has_offset)
        lseek (fd, (off_t) length, SEEK_CUR);
      return leave ((long) length);
    }
  length = share (&op, length);
  n = has_offset ? syscall (SYS_pwrite64, fd, data, length, offset)
                 : syscall (SYS_write, fd, data, length);
  if (op.verdict == TEAR)
    die ();
  if (n > 0)
    record_bytes (&op, inode_of (fd), offset, data, (size_t) n);
  return leave (n);
}

EXPORT ssize_t
read (int fd, void *data, size_t length)
{
  return do_read (fd, data, length, false, 0);
}

EXPORT ssize_t
pread (int fd, void *data, size_t length, off_t offset)
{
  return do_read (fd, data, length, true, offset);
}

SAME (pread64, pread);

EXPORT ssize_t
write (int fd, const void *data, size_t length)
{
  return do_write (fd, data, length, false, 0);
}

EXPORT ssize_t
pwrite (int fd, const void *data, size_t length, off_t offset)
{
  return do_write (fd, data, length, true, offset);
}

SAME (pwrite64, pwrite);

/* What stdio has for stdout; it calls write() where nobody else sees it. */
EXPORT int
fflush (FILE *stream)
{
  int (*real) (FILE *) = (int (*) (FILE *)) dlsym (RTLD_NEXT, "fflush");
  Operation op = { "out", "", PASS, 0 };

  if (stream == NULL || stream != stdout || !state.data)
    return real (stream);
  pthread_mutex_lock (&state.mutex);
  record_bytes (&op, 0, 0, stream->_IO_write_base,
                (size_t) (stream->_IO_write_ptr - stream->_IO_write_base));
  return (int) leave (real (stream));
}

/* Nothing says that it must write more than the first of them. */
EXPORT ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  if (fd < 0 || fd >= MAX_FDS || state.paths[fd] == NULL || n_parts < 1)
    return syscall (SYS_writev, fd, parts, n_parts);
  return do_write (fd, parts[0].iov_base, parts[0].iov_len, false, 0);
}

EXPORT ssize_t
copy_file_range (
    int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned int flags)
{
  Operation op;
  off_t offset;
  off_t source;
  ssize_t n;

  if (!enter_fd (&op, "copy", to))
    return syscall (SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
  if (op.verdict == FAIL)
    return leave (-1);
  offset = to_offset != NULL ? *to_offset : lseek (to, 0, SEEK_CUR);
  source = from_offset != NULL ? *from_offset : lseek (from, 0, SEEK_CUR);
  length = share (&op, length);
  n = syscall (SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
  if (op.verdict == TEAR)
    die ();
  if (n > 0)
    {
      void *data = malloc ((size_t) n);

      op.call = "write";
      if (syscall (SYS_pread64, from, data, n, source) == n)
        record_bytes (&op, inode_of (to), offset, data, (size_t) n);
      free (data);
    }
  return leave (n);
}

/* ---- calls on descriptors that do or do not ---- */

#define DEFINE_FD_CALL(call, function, params, fd, work, ...)                                      \
  EXPORT int function params;                                                                      \
  EXPORT int function params                                                                       \
  {                                                                                                \
    Operation op;                                                                                  \
    long result;                                                                                   \
    if (!enter_fd (&op, call, fd))                                                                 \
      return (int) (work);                                                                         \
    if (!is_decided (&op, &result) && (result = (work)) == 0)                                      \
      record (&op, __VA_ARGS__);                                                                   \
    return (int) leave (result);                                                                   \
  }

DEFINE_FD_CALL ("sync", fsync, (int fd), fd, syscall (SYS_fsync, fd), "%lu", inode_of (fd))
DEFINE_FD_CALL ("sync", fdatasync, (int fd), fd, syscall (SYS_fdatasync, fd), "%lu", inode_of (fd))
DEFINE_FD_CALL ("truncate",
                ftruncate,
                (int fd, off_t length),
                fd,
                syscall (SYS_ftruncate, fd, length),
                "%lu\t%lld",
                inode_of (fd),
                (long long) length)
SAME (ftruncate64, ftruncate);
DEFINE_FD_CALL ("reserve",
                fallocate,
                (int fd, int mode, off_t offset, off_t length),
                fd,
                syscall (SYS_fallocate, fd, mode, offset, length),
                "%d",
                mode)
SAME (fallocate64, fallocate);
DEFINE_FD_CALL (
    "mode", fchmod, (int fd, mode_t mode), fd, syscall (SYS_fchmod, fd, mode), "%o", mode)
DEFINE_FD_CALL ("mode",
                fchown,
                (int fd, uid_t user, gid_t group),
                fd,
                syscall (SYS_fchown, fd, user, group),
                "owner")
DEFINE_FD_CALL ("mode",
                fsetxattr,
                (int fd, const char *name, const void *value, size_t size, int flags),
                fd,
                syscall (SYS_fsetxattr, fd, name, value, size, flags),
                "%s",
                name)

#define DEFINE_FCNTL(function)                                                                     \
  EXPORT int function (int fd, int command, ...);                                                  \
  EXPORT int function (int fd, int command, ...)                                                   \
  {                                                                                                \
    va_list args;                                                                                  \
    void *argument;                                                                                \
    Operation op;                                                                                  \
    long result;                                                                                   \
    va_start (args, command);                                                                      \
    argument = va_arg (args, void *);                                                              \
    va_end (args);                                                                                 \
    if ((command != F_SETLK && command != F_SETLKW) || !enter_fd (&op, "lock", fd))                \
      return (int) syscall (SYS_fcntl, fd, command, argument);                                     \
    if (op.verdict != FAIL && state.no_locks != 0)                                                 \
      {                                                                                            \
        errno = state.no_locks;                                                                    \
        op.verdict = FAIL;                                                                         \
      }                                                                                            \
    result = op.verdict == FAIL ? -1 : syscall (SYS_fcntl, fd, command, argument);                 \
    return (int) leave (result);                                                                   \
  }
DEFINE_FCNTL (fcntl)
DEFINE_FCNTL (fcntl64)

/* ---- calls on names ---- */

EXPORT int
access (const char *path, int mode)
{
  if (state.is_ready && state.read_only != NULL && (mode & W_OK) != 0 &&
      strcmp (path, state.read_only) == 0)
    {
      errno = EACCES;
      return -1;
    }
  return (int) syscall (SYS_faccessat, AT_FDCWD, path, mode);
}

static int
do_unlink (int folder_fd, const char *path, int flags)
{
  char buffer[PATH_MAX];
  Operation op;
  long result;

  if (!enter (&op, "unlink", locate (folder_fd, path, buffer)))
    return (int) syscall (SYS_unlinkat, folder_fd, path, flags);
  if (!is_decided (&op, &result) && (result = syscall (SYS_unlinkat, folder_fd, path, flags)) == 0)
    record (&op, " ");
  return (int) leave (result);
}

EXPORT int
unlink (const char *path)
{
  return do_unlink (AT_FDCWD, path, 0);
}

EXPORT int
unlinkat (int folder_fd, const char *path, int flags)
{
  return do_unlink (folder_fd, path, flags);
}

EXPORT int
rmdir (const char *path)
{
  return do_unlink (AT_FDCWD, path, AT_REMOVEDIR);
}

static int
do_rename (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
  char buffer[PATH_MAX];
  char from_buffer[PATH_MAX];
  Operation op;
  long result;

  if (!enter (&op, "rename", locate (to_fd, to, buffer)))
    return (int) syscall (SYS_renameat2, from_fd, from, to_fd, to, flags);
  if (!is_decided (&op, &result) &&
      (result = syscall (SYS_renameat2, from_fd, from, to_fd, to, flags)) == 0)
    record (&op, "%s", locate (from_fd, from, from_buffer));
  return (int) leave (result);
}

EXPORT int
rename (const char *from, const char *to)
{
  return do_rename (AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
renameat (int from_fd, const char *from, int to_fd, const char *to)
{
  return do_rename (from_fd, from, to_fd, to, 0);
}

EXPORT int
renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
  return do_rename (from_fd, from, to_fd, to, flags);
}

static int
do_link (int from_fd, const char *from, int to_fd, const char *to, int flags)
{
  char buffer[PATH_MAX];
  char from_buffer[PATH_MAX];
  Operation op;
  long result;

  if (!enter (&op, "link", locate (to_fd, to, buffer)))
    return (int) syscall (SYS_linkat, from_fd, from, to_fd, to, flags);
  if (!is_decided (&op, &result) &&
      (result = syscall (SYS_linkat, from_fd, from, to_fd, to, flags)) == 0)
    record (&op, "%s", locate (from_fd, from, from_buffer));
  return (int) leave (result);
}

EXPORT int
link (const char *from, const char *to)
{
  return do_link (AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
linkat (int from_fd, const char *from, int to_fd, const char *to, int flags)
{
  return do_link (from_fd, from, to_fd, to, flags);
}

EXPORT int
mkdir (const char *path, mode_t mode)
{
  char buffer[PATH_MAX];
  Operation op;
  long result;

  if (!enter (&op, "mkdir", locate (AT_FDCWD, path, buffer)))
    return (int) syscall (SYS_mkdir, path, mode);
  if (!is_decided (&op, &result) && (result = syscall (SYS_mkdir, path, mode)) == 0)
    record (&op, " ");
  return (int) leave (result);
}

static void
set_clock (struct timespec *time)
{
  time->tv_sec = (time->tv_sec + atol (state.clock)) & ~1;
  time->tv_nsec = 0;
}

EXPORT int
statfs (const char *path, struct statfs *info)
{
  int result = (int) syscall (SYS_statfs, path, info);

  if (result == 0 && state.clock != NULL && is_watched (path))
    info->f_type = 0x6969; /* NFS */
  return result;
}

EXPORT int
statfs64 (const char *path, struct statfs64 *info)
{
  return statfs (path, (struct statfs *) info);
}

static int
do_stat (int folder_fd, const char *path, struct stat *info, int flags)
{
  char buffer[PATH_MAX];
  Operation op;
  long result;
  bool watched = path[0] != '\0' ? enter (&op, "stat", locate (folder_fd, path, buffer))
                                 : enter_fd (&op, "stat", folder_fd);

  if (!watched)
    return (int) syscall (SYS_newfstatat, folder_fd, path, info, flags);
  result = op.verdict == FAIL ? -1 : syscall (SYS_newfstatat, folder_fd, path, info, flags);
  if (result == 0 && state.clock != NULL)
    {
      set_clock (&info->st_mtim);
      set_clock (&info->st_ctim);
    }
  return (int) leave (result);
}

EXPORT int
stat64 (const char *path, struct stat64 *info)
{
  return do_stat (AT_FDCWD, path, (struct stat *) info, 0);
}

EXPORT int
lstat64 (const char *path, struct stat64 *info)
{
  return do_stat (AT_FDCWD, path, (struct stat *) info, AT_SYMLINK_NOFOLLOW);
}

EXPORT int
fstat64 (int fd, struct stat64 *info)
{
  return do_stat (fd, "", (struct stat *) info, AT_EMPTY_PATH);
}

EXPORT int
stat (const char *path, struct stat *info)
{
  return do_stat (AT_FDCWD, path, info, 0);
}

EXPORT int
lstat (const char *path, struct stat *info)
{
  return do_stat (AT_FDCWD, path, info, AT_SYMLINK_NOFOLLOW);
}

EXPORT int
fstat (int fd, struct stat *info)
{
  return do_stat (fd, "", info, AT_EMPTY_PATH);
}

EXPORT int
fstatat (int folder_fd, const char *path, struct stat *info, int flags)
{
  return do_stat (folder_fd, path, info, flags);
}
