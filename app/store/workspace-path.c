/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

/* "-journal", "-holder" and "-tmp-XXXXXX" must still fit into the 255 bytes of a name. */
#define STATE_NAME_MAX_BYTES 160

/* (transfer full): the file itself if it exists, else its name in the folder as it really is. */
static char *
dup_real_path (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  char *real = realpath (absolute, NULL);
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  char *real_folder;
  char *result;

  if (real != NULL)
    {
      result = g_strdup (real);
      free (real);
      return result;
    }
  folder = g_path_get_dirname (absolute);
  name = g_path_get_basename (absolute);
  real_folder = realpath (folder, NULL);
  if (real_folder == NULL)
    return g_steal_pointer (&absolute);
  result = g_build_filename (real_folder, name, NULL);
  free (real_folder);
  return result;
}

static char *
dup_state_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "limner", NULL);
}

char *
limner_workspace_dup_path (const char *coco_path, gboolean in_state_folder)
{
  g_autofree char *real = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autofree char *own_name = NULL;
  const char *end;
  gsize length;

  g_return_val_if_fail (coco_path != NULL, NULL);

  real = dup_real_path (coco_path);
  name = g_path_get_basename (real);
  if (!in_state_folder)
    {
      folder = g_path_get_dirname (real);
      own_name = g_strdup_printf (".%s.limner", name);
      return g_build_filename (folder, own_name, NULL);
    }
  length = MIN (strlen (name), STATE_NAME_MAX_BYTES);
  if (length < strlen (name) && (end = g_utf8_find_prev_char (name, name + length + 1)) != NULL)
    name[end - name] = '\0'; /* not within a character */
  folder = dup_state_folder ();
  own_name = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%s.limner",
                              (guint64) XXH3_64bits (real, strlen (real)), name);
  return g_build_filename (folder, own_name, NULL);
}

char *
limner_workspace_resolve (const char *path, gboolean create, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *name = g_path_get_basename (absolute);
  g_autofree char *state = dup_state_folder ();
  char *real;
  char *file;
  int code;

  if (create && strcmp (folder, state) == 0 && g_mkdir_with_parents (folder, 0700) != 0)
    {
      limner_workspace_set_errno (error, folder, "the folder cannot be made", errno);
      return NULL;
    }
  real = realpath (folder, NULL);
  code = errno;
  if (real != NULL)
    {
      file = g_build_filename (real, name, NULL);
      free (real);
      return file;
    }
  if (!create && (code == ENOENT || code == ENOTDIR))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no workspace", path);
  else if (create)
    limner_workspace_set_errno (error, path, "its folder cannot be reached", code);
  else
    limner_workspace_set_unusable (error, path, "%s", g_strerror (code));
  return NULL;
}

gboolean
limner_workspace_is_remote (const char *file)
{
  g_autofree char *folder = g_path_get_dirname (file);

  return limner_file_system_is_remote (folder);
}

gboolean
limner_workspace_sync_folder (const char *path, const char *file, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (file);
  int fd = TEMP_FAILURE_RETRY (open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int code = 0;

  if (fd < 0)
    code = errno;
  /* some file systems have nothing to sync there and say EINVAL */
  else if (TEMP_FAILURE_RETRY (fsync (fd)) != 0 && errno != EINVAL)
    code = errno;
  if (fd >= 0)
    close (fd);
  if (code == 0)
    return TRUE;
  limner_workspace_set_errno (error, path, "its folder cannot be synced", code);
  return FALSE;
}
