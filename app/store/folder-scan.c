/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <limner/image-file.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 16
#define MAX_FILES 2000000
#define MAX_FOLDERS 200000

typedef struct
{
  GPtrArray *names;
  guint n_folders;
  gboolean was_cut;
  GCancellable *cancellable;
} Scan;

/* Links to files are pictures like others; links to folders are not followed, so there is no loop.
 */
static gboolean
is_folder (int fd, const struct dirent *entry)
{
  struct stat info;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;
  return fstatat (fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (info.st_mode);
}

/* Only regular files are pictures: a pipe named a.png would hang whoever opens it. */
static gboolean
is_file (int fd, const struct dirent *entry)
{
  struct stat info;

  if (entry->d_type == DT_REG)
    return TRUE;
  if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
    return FALSE;
  return fstatat (fd, entry->d_name, &info, 0) == 0 && S_ISREG (info.st_mode);
}

static void
scan (Scan *self, int parent, const char *name, const char *prefix, guint depth)
{
  int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth > 0 ? O_NOFOLLOW : 0);
  int fd = TEMP_FAILURE_RETRY (openat (parent, name, flags));
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  const struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      if (entry->d_name[0] == '.')
        continue;
      if (is_folder (fd, entry))
        g_ptr_array_add (folders, g_strdup (entry->d_name));
      else if (limner_image_file_is_candidate (entry->d_name) && is_file (fd, entry))
        g_ptr_array_add (self->names, g_strconcat (prefix, entry->d_name, NULL));
      if (self->names->len >= MAX_FILES)
        self->was_cut = TRUE;
      if (self->was_cut || g_cancellable_is_cancelled (self->cancellable))
        break;
    }
  for (guint i = 0; i < folders->len && !self->was_cut; i++)
    {
      const char *folder = g_ptr_array_index (folders, i);
      g_autofree char *inner = g_strconcat (prefix, folder, "/", NULL);

      if (depth + 1 >= MAX_DEPTH || ++self->n_folders > MAX_FOLDERS)
        self->was_cut = TRUE;
      else if (!g_cancellable_is_cancelled (self->cancellable))
        scan (self, fd, folder, inner, depth + 1);
    }
  closedir (dir);
}

/* Names of the pictures under @root, relative, '/' between parts, in no order. */
GStrv
limner_scan_folder (const char *root, gboolean *was_cut, GCancellable *cancellable)
{
  Scan self = { g_ptr_array_new (), 0, FALSE, cancellable };

  scan (&self, AT_FDCWD, root, "", 0);
  g_ptr_array_add (self.names, NULL);
  *was_cut = self.was_cut;
  return (GStrv) g_ptr_array_free (self.names, FALSE);
}
