/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RACY_US (2 * G_USEC_PER_SEC) /* as coarse as any file system's clock */

/* Goes on while the machine sleeps, and is never set. */
static gint64
get_boot_time_us (void)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

LimnerMoment
limner_moment_now (void)
{
  return (LimnerMoment){ g_get_real_time (), get_boot_time_us () };
}

/* What time it is for the file system of @path: another machine's clock may tell. */
static gboolean
get_file_system_time (const char *path, gint64 *now_us)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = g_strdup_printf ("%s/.%s.limner-tmp-XXXXXX", folder, name);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
  struct stat info;
  gboolean is_known;

  if (fd < 0)
    return FALSE;
  is_known = write (fd, "\n", 1) == 1 && fsync (fd) == 0 && fstat (fd, &info) == 0;
  if (is_known)
    *now_us = info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
  close (fd);
  unlink (temporary);
  return is_known;
}

gboolean
limner_moment_is_racy (const LimnerMoment *self, const char *path, const LimnerIdentity *identity)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gint64 written_us = identity->mtime_ns / 1000;
  gint64 now_us;

  if (!limner_file_system_is_remote (folder))
    return ABS (self->real_us - written_us) <= RACY_US;
  if (!get_file_system_time (path, &now_us))
    return TRUE;
  return now_us - (get_boot_time_us () - self->boot_us) - written_us <= RACY_US;
}
