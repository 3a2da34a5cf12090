/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "writer-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ACL_NAME "system.posix_acl_access"

static void
add_loss (GString *losses, const char *what)
{
  if (losses->len > 0)
    g_string_append (losses, ", ");
  g_string_append (losses, what);
}

/* ACLs are extended attributes, too: "system.posix_acl_access". */
static gboolean
copy_attribute (int from, int to, const char *name)
{
  g_autofree char *value = NULL;
  ssize_t size = fgetxattr (from, name, NULL, 0);

  if (size < 0)
    return errno == ENODATA;
  value = g_malloc ((gsize) MAX (size, 1));
  size = fgetxattr (from, name, value, (gsize) size);
  return size >= 0 && fsetxattr (to, name, value, (gsize) size, 0) == 0;
}

static void
copy_attributes (int from, int to, GString *losses)
{
  ssize_t size = flistxattr (from, NULL, 0);
  g_autofree char *names = NULL;

  /* what the folder gives to new files by default the old file may not have had */
  if (fgetxattr (from, ACL_NAME, NULL, 0) < 0 && errno == ENODATA)
    fremovexattr (to, ACL_NAME);
  if (size <= 0)
    return;
  names = g_malloc ((gsize) size);
  size = flistxattr (from, names, (gsize) size);
  for (const char *name = names; name < names + size; name += strlen (name) + 1)
    {
      /* labels of the security system are the kernel's to give */
      if (!copy_attribute (from, to, name) && !g_str_has_prefix (name, "security.") &&
          !g_str_has_prefix (name, "trusted."))
        add_loss (losses, name);
    }
}

/* 0666 less what the user's umask takes; umask() itself would disturb other threads. */
static mode_t
get_new_file_mode (void)
{
  g_autofree char *status = NULL;
  const char *line = NULL;
  mode_t mask = 022;

  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    line = strstr (status, "\nUmask:");
  if (line != NULL)
    mask = (mode_t) strtoul (line + strlen ("\nUmask:"), NULL, 8);
  return 0666 & ~mask;
}

static gboolean
set_mode (int fd, mode_t mode, const LimnerTarget *target, GError **error)
{
  int code;

  do
    code = fchmod (fd, mode) == 0 ? 0 : errno;
  while (code == EINTR);
  if (code == 0)
    return TRUE;
  limner_set_errno_error (error, code, target->folder, target->name,
                          "giving the new version its permissions");
  return FALSE;
}

gboolean
limner_copy_attributes (
    int base_fd, int fd, const LimnerTarget *target, char **losses, GError **error)
{
  g_autoptr (GString) lost = g_string_new (NULL);
  struct stat old, now;
  mode_t mode;

  *losses = NULL;
  if (base_fd < 0 || fstat (base_fd, &old) != 0 || fstat (fd, &now) != 0)
    return set_mode (fd, get_new_file_mode (), target, error);

  mode = old.st_mode & 07777;
  if (old.st_gid != now.st_gid && fchown (fd, (uid_t) -1, old.st_gid) != 0)
    {
      add_loss (lost, "group");
      /* another group must not get what the old one was given */
      mode &= ~(mode_t) 070;
    }
  if (old.st_uid != now.st_uid && fchown (fd, old.st_uid, (gid_t) -1) != 0)
    add_loss (lost, "owner");
  copy_attributes (base_fd, fd, lost);
  /* last: a change of owner clears bits, and an ACL comes with bits of its own */
  if (!set_mode (fd, mode, target, error))
    return FALSE;
  if (lost->len > 0)
    *losses = g_strdup_printf ("The saved file could not keep: %s.", lost->str);
  return TRUE;
}
