/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-dataset"

#include "dataset-private.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As Linux counts: deeper chains of links are loops. */
#define MAX_LINKS 40

/* ---- the name alone ---- */

/* "file:/...", "https://...", "C:...": a letter first, so that a folder '12:30' stays a folder. */
static gboolean
starts_with_scheme (const char *name)
{
  const char *p = name;

  if (!g_ascii_isalpha (*p))
    return FALSE;
  while (g_ascii_isalnum (*p) || *p == '+' || *p == '-' || *p == '.')
    p++;
  return p[0] == ':' && (p[1] == '/' || p == name + 1);
}

/* Also U+0080 to U+009F, which terminals obey like escape sequences. */
static gboolean
has_control_character (const char *name)
{
  for (const guchar *p = (const guchar *) name; *p != '\0'; p++)
    if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
      return TRUE;
  return FALSE;
}

static const char *
find_fault_in_parts (const char *name)
{
  for (const char *part = name;;)
    {
      gsize length = strcspn (part, "/");

      if (length == 0)
        return part[0] == '/' ? "it has an empty part between two slashes" : "it ends in a slash";
      if (length == 1 && part[0] == '.')
        return "it has a part '.'";
      if (length == 2 && part[0] == '.' && part[1] == '.')
        return "it climbs out of a folder by '..'";
      if (length > NAME_MAX)
        return "a part of it is longer than the 255 bytes a file name may have";
      if (part[length] == '\0')
        return NULL;
      part += length + 1;
    }
}

/* The fault as a part of a sentence, or NULL. */
static const char *
find_fault (const char *name)
{
  if (name[0] == '\0')
    return "it is empty";
  if (name[0] == '/')
    return "it is an absolute path";
  if (name[0] == '~')
    return "it starts with '~', which stands for a home folder";
  if (strchr (name, '\\') != NULL)
    return "it has a backslash, parts are separated by '/'";
  if (starts_with_scheme (name))
    return "it is a URL or has a drive letter";
  if (has_control_character (name))
    return "it has a control character";
  if (strlen (name) >= PATH_MAX)
    return "it is longer than a path may be";
  return find_fault_in_parts (name);
}

/* Control and direction characters must not reach a terminal through our message; a page of x helps
 * nobody. */
static char *
quote_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *quoted = g_string_new ("'");
  guint n = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (n++ == 80)
        {
          g_string_append (quoted, "...");
          break;
        }
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (quoted, "\\u%04x", c);
      else
        g_string_append_unichar (quoted, c);
    }
  return g_string_free (g_string_append_c (quoted, '\''), FALSE);
}

gboolean
limner_dataset_check_image_name (const char *name, GError **error)
{
  g_autofree char *quoted = NULL;
  const char *fault;

  g_return_val_if_fail (name != NULL, FALSE);

  fault = find_fault (name);
  if (fault == NULL)
    return TRUE;
  quoted = quote_name (name);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
               "file_name %s is no name of a file in the image folder: %s; the file is not opened, "
               "the record is kept",
               quoted, fault);
  return FALSE;
}

char *
limner_dataset_dup_image_path (LimnerDataset *self, guint image, GError **error)
{
  LimnerSlot *slot = limner_dataset_get_slot_at (self, image);

  g_return_val_if_fail (slot != NULL, NULL);

  if (!limner_dataset_check_image_name (slot->name, error))
    return NULL;
  if (self->image_root == NULL)
    {
      g_autofree char *quoted = quote_name (slot->name);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "The folder of image %s is not known; choose the folder the images are in",
                   quoted);
      return NULL;
    }
  return g_canonicalize_filename (slot->name, self->image_root);
}

/* ---- the links on the way ---- */

/* The walk from the root: parts that are known to be no links, and those that are still to be
 * looked at. */
typedef struct
{
  const char *root;
  GPtrArray *done;
  GQueue todo;
  guint n_links;
} PathWalk;

static void
path_walk_clear (PathWalk *walk)
{
  g_ptr_array_unref (walk->done);
  g_queue_clear_full (&walk->todo, g_free);
}

static void
path_walk_push (PathWalk *walk, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  for (guint i = g_strv_length (parts); i > 0; i--)
    if (parts[i - 1][0] != '\0' && !g_str_equal (parts[i - 1], "."))
      g_queue_push_head (&walk->todo, g_strdup (parts[i - 1]));
}

static char *
path_walk_dup_path (PathWalk *walk, const char *part)
{
  GString *path = g_string_new (walk->root);

  for (guint i = 0; i < walk->done->len; i++)
    g_string_append_printf (path, "/%s", (const char *) g_ptr_array_index (walk->done, i));
  g_string_append_printf (path, "/%s", part);
  return g_string_free (path, FALSE);
}

/* Replaces a link by where it leads; FALSE if that is outside. */
static gboolean
path_walk_follow (PathWalk *walk, const char *link)
{
  gsize root_length = strlen (walk->root);
  char target[PATH_MAX];
  gssize length = readlink (link, target, sizeof target - 1);

  if (length <= 0 || ++walk->n_links > MAX_LINKS)
    return FALSE;
  target[length] = '\0';
  if (target[0] == '/')
    {
      if (strncmp (target, walk->root, root_length) != 0 || target[root_length] != '/')
        return FALSE;
      g_ptr_array_set_size (walk->done, 0);
      path_walk_push (walk, target + root_length);
      return TRUE;
    }
  path_walk_push (walk, target);
  return TRUE;
}

static gboolean
fail_outside (const char *path, GError **error)
{
  g_autofree char *quoted = quote_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
               "%s leads out of the image folder by a link; the file is not opened", quoted);
  return FALSE;
}

static gboolean
path_walk_step (PathWalk *walk, const char *path, GError **error)
{
  g_autofree char *part = g_queue_pop_head (&walk->todo);
  g_autofree char *here = NULL;
  struct stat info;

  if (g_str_equal (part, ".."))
    {
      /* what is done holds no links, so its last part is the parent */
      if (walk->done->len == 0)
        return fail_outside (path, error);
      g_ptr_array_set_size (walk->done, walk->done->len - 1);
      return TRUE;
    }
  here = path_walk_dup_path (walk, part);
  if (lstat (here, &info) != 0)
    {
      int saved_errno = errno;
      g_autofree char *quoted = quote_name (path);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", quoted,
                   g_strerror (saved_errno));
      return FALSE;
    }
  if (S_ISLNK (info.st_mode))
    return path_walk_follow (walk, here) || fail_outside (path, error);
  g_ptr_array_add (walk->done, g_steal_pointer (&part));
  return TRUE;
}

gboolean
limner_dataset_check_path_beneath (const char *root, const char *path, GError **error)
{
  g_autofree char *real_root = NULL;
  PathWalk walk = { 0 };
  gsize root_length;
  gboolean ok = TRUE;

  g_return_val_if_fail (root != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  root_length = strlen (root);
  while (root_length > 1 && root[root_length - 1] == '/')
    root_length--;
  if (strncmp (path, root, root_length) != 0 || (root_length > 1 && path[root_length] != '/'))
    return fail_outside (path, error);
  real_root = realpath (root, NULL);
  if (real_root == NULL)
    {
      int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", root,
                   g_strerror (saved_errno));
      return FALSE;
    }
  walk.root = g_str_equal (real_root, "/") ? "" : real_root;
  walk.done = g_ptr_array_new_with_free_func (g_free);
  path_walk_push (&walk, path + root_length);
  while (ok && !g_queue_is_empty (&walk.todo))
    ok = path_walk_step (&walk, path, error);
  path_walk_clear (&walk);
  return ok;
}
