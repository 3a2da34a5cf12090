/* SPDX-License-Identifier: MIT */

/* The injector's calls that make, change and look at names. */

#include "inject-operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

EXPORT int
access (const char *path, int mode)
{
  if (inject_state.is_ready && inject_state.read_only != NULL && (mode & W_OK) != 0 &&
      strcmp (path, inject_state.read_only) == 0)
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

  if (!inject_enter (&op, "unlink", inject_locate (folder_fd, path, buffer)))
    return (int) syscall (SYS_unlinkat, folder_fd, path, flags);
  if (!inject_is_decided (&op, &result) &&
      (result = syscall (SYS_unlinkat, folder_fd, path, flags)) == 0)
    inject_record (&op, " ");
  return (int) inject_leave (result);
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

  if (!inject_enter (&op, "rename", inject_locate (to_fd, to, buffer)))
    return (int) syscall (SYS_renameat2, from_fd, from, to_fd, to, flags);
  if (!inject_is_decided (&op, &result) &&
      (result = syscall (SYS_renameat2, from_fd, from, to_fd, to, flags)) == 0)
    inject_record (&op, "%s", inject_locate (from_fd, from, from_buffer));
  return (int) inject_leave (result);
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

  if (!inject_enter (&op, "link", inject_locate (to_fd, to, buffer)))
    return (int) syscall (SYS_linkat, from_fd, from, to_fd, to, flags);
  if (!inject_is_decided (&op, &result) &&
      (result = syscall (SYS_linkat, from_fd, from, to_fd, to, flags)) == 0)
    inject_record (&op, "%s", inject_locate (from_fd, from, from_buffer));
  return (int) inject_leave (result);
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

  if (!inject_enter (&op, "mkdir", inject_locate (AT_FDCWD, path, buffer)))
    return (int) syscall (SYS_mkdir, path, mode);
  if (!inject_is_decided (&op, &result) && (result = syscall (SYS_mkdir, path, mode)) == 0)
    inject_record (&op, " ");
  return (int) inject_leave (result);
}

static void
set_clock (struct timespec *time)
{
  time->tv_sec = (time->tv_sec + atol (inject_state.clock)) & ~1;
  time->tv_nsec = 0;
}

EXPORT int
statfs (const char *path, struct statfs *info)
{
  int result = (int) syscall (SYS_statfs, path, info);

  if (result == 0 && inject_state.clock != NULL && inject_is_watched (path))
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
  bool watched = path[0] != '\0'
                     ? inject_enter (&op, "stat", inject_locate (folder_fd, path, buffer))
                     : inject_enter_fd (&op, "stat", folder_fd);

  if (!watched)
    return (int) syscall (SYS_newfstatat, folder_fd, path, info, flags);
  result = op.verdict == FAIL ? -1 : syscall (SYS_newfstatat, folder_fd, path, info, flags);
  if (result == 0 && inject_state.clock != NULL)
    {
      set_clock (&info->st_mtim);
      set_clock (&info->st_ctim);
    }
  return (int) inject_leave (result);
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
