/* SPDX-License-Identifier: MIT */

/* The injector's calls that open, close, read and write. */

#include "inject-operation.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- opening and closing ---- */

static int
do_open (int folder_fd, const char *path, int flags, mode_t mode)
{
  bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TMPFILE) == O_TMPFILE;
  char buffer[PATH_MAX];
  const char *full = inject_locate (folder_fd, path, buffer);
  Operation op;
  long fd;

  if (!inject_enter (&op, flags & O_CREAT ? "create" : writes ? "openw" : "open", full))
    {
      fd = syscall (SYS_openat, folder_fd, path, flags, mode);
      if (fd >= 0 && writes && full != NULL)
        inject_record (&op, "outside");
      return (int) fd;
    }
  if (op.verdict == FAIL)
    return (int) inject_leave (-1);
  fd = syscall (SYS_openat, folder_fd, path, flags, mode);
  if (fd >= 0 && fd < INJECT_MAX_FDS)
    {
      free (inject_state.paths[fd]);
      inject_state.paths[fd] = strdup (full);
      inject_state.inodes[fd] = inject_inode_of ((int) fd);
      inject_record (&op, "%lu\t%d", inject_inode_of ((int) fd), (flags & O_TRUNC) != 0);
    }
  return (int) inject_leave (fd);
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

  if (!inject_enter_fd (&op, "close", fd))
    return (int) syscall (SYS_close, fd);
  result = op.verdict == FAIL ? -1 : 0;
  if (result == 0)
    inject_record (&op, "%lu", inject_inode_of (fd));
  {
    int code = errno;
    char *path = inject_state.paths[fd];

    inject_state.paths[fd] = NULL;
    syscall (SYS_close, fd);
    free (path);
    errno = code;
  }
  return (int) inject_leave (result);
}

EXPORT DIR *
opendir (const char *path)
{
  DIR *(*real) (const char *) = (DIR * (*) (const char *) ) dlsym (RTLD_NEXT, "opendir");
  char buffer[PATH_MAX];
  Operation op;
  DIR *result = NULL;

  if (!inject_enter (&op, "list", inject_locate (AT_FDCWD, path, buffer)))
    return real (path);
  if (op.verdict != FAIL)
    result = real (path);
  inject_leave (0);
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
  bool watched = inject_enter_fd (&op, "read", fd);
  ssize_t n;

  if (watched && op.verdict == FAIL)
    return inject_leave (-1);
  length = share (&op, length);
  n = has_offset ? syscall (SYS_pread64, fd, data, length, offset)
                 : syscall (SYS_read, fd, data, length);
  return watched ? inject_leave (n) : n;
}

static ssize_t
do_write (int fd, const void *data, size_t length, bool has_offset, off_t offset)
{
  Operation op;
  ssize_t n;

  if (!inject_enter_fd (&op, "write", fd))
    {
      n = has_offset ? syscall (SYS_pwrite64, fd, data, length, offset)
                     : syscall (SYS_write, fd, data, length);
      return n;
    }
  if (op.verdict == FAIL)
    return inject_leave (-1);
  if (!has_offset)
    offset = lseek (fd, 0, SEEK_CUR);
  if (op.verdict == LIE)
    {
      if (!has_offset)
        lseek (fd, (off_t) length, SEEK_CUR);
      return inject_leave ((long) length);
    }
  length = share (&op, length);
  n = has_offset ? syscall (SYS_pwrite64, fd, data, length, offset)
                 : syscall (SYS_write, fd, data, length);
  if (op.verdict == TEAR)
    inject_die ();
  if (n > 0)
    inject_record_bytes (&op, inject_inode_of (fd), offset, data, (size_t) n);
  return inject_leave (n);
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

  if (stream == NULL || stream != stdout || !inject_state.data)
    return real (stream);
  pthread_mutex_lock (&inject_state.mutex);
  inject_record_bytes (&op, 0, 0, stream->_IO_write_base,
                       (size_t) (stream->_IO_write_ptr - stream->_IO_write_base));
  return (int) inject_leave (real (stream));
}

/* Nothing says that it must write more than the first of them. */
EXPORT ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  if (fd < 0 || fd >= INJECT_MAX_FDS || inject_state.paths[fd] == NULL || n_parts < 1)
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

  if (!inject_enter_fd (&op, "copy", to))
    return syscall (SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
  if (op.verdict == FAIL)
    return inject_leave (-1);
  offset = to_offset != NULL ? *to_offset : lseek (to, 0, SEEK_CUR);
  source = from_offset != NULL ? *from_offset : lseek (from, 0, SEEK_CUR);
  length = share (&op, length);
  n = syscall (SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
  if (op.verdict == TEAR)
    inject_die ();
  if (n > 0)
    {
      void *data = malloc ((size_t) n);

      op.call = "write";
      if (syscall (SYS_pread64, from, data, n, source) == n)
        inject_record_bytes (&op, inject_inode_of (to), offset, data, (size_t) n);
      free (data);
    }
  return inject_leave (n);
}

/* ---- calls on descriptors that do or do not ---- */

#define DEFINE_FD_CALL(call, function, params, fd, work, ...)                                      \
  EXPORT int function params;                                                                      \
  EXPORT int function params                                                                       \
  {                                                                                                \
    Operation op;                                                                                  \
    long result;                                                                                   \
    if (!inject_enter_fd (&op, call, fd))                                                          \
      return (int) (work);                                                                         \
    if (!inject_is_decided (&op, &result) && (result = (work)) == 0)                               \
      inject_record (&op, __VA_ARGS__);                                                            \
    return (int) inject_leave (result);                                                            \
  }

DEFINE_FD_CALL ("sync", fsync, (int fd), fd, syscall (SYS_fsync, fd), "%lu", inject_inode_of (fd))
DEFINE_FD_CALL (
    "sync", fdatasync, (int fd), fd, syscall (SYS_fdatasync, fd), "%lu", inject_inode_of (fd))
DEFINE_FD_CALL ("truncate",
                ftruncate,
                (int fd, off_t length),
                fd,
                syscall (SYS_ftruncate, fd, length),
                "%lu\t%lld",
                inject_inode_of (fd),
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
    if ((command != F_SETLK && command != F_SETLKW) || !inject_enter_fd (&op, "lock", fd))         \
      return (int) syscall (SYS_fcntl, fd, command, argument);                                     \
    if (op.verdict != FAIL && inject_state.no_locks != 0)                                          \
      {                                                                                            \
        errno = inject_state.no_locks;                                                             \
        op.verdict = FAIL;                                                                         \
      }                                                                                            \
    result = op.verdict == FAIL ? -1 : syscall (SYS_fcntl, fd, command, argument);                 \
    return (int) inject_leave (result);                                                            \
  }
DEFINE_FCNTL (fcntl)
DEFINE_FCNTL (fcntl64)
