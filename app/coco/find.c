/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "source.h"

#include <limner/coco-file.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_BYTES 4096
#define MAX_RECORDS_TRIED 100

/* ---- COCO files of a folder ---- */

/* By its first bytes: an object. */
static gboolean
looks_like_object (const char *path)
{
  LimnerSource source = { .fd = -1 };
  char head[HEAD_BYTES];
  struct stat info;
  gssize n = 0;
  gssize i = 0;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return FALSE;
  source.fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (source.fd < 0)
    return FALSE;
  n = limner_source_read (&source, 0, head, sizeof head, NULL);
  limner_source_clear (&source);
  if (n >= 3 && memcmp (head, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  while (i < n && g_ascii_isspace (head[i]))
    i++;
  return i < n && head[i] == '{';
}

/* Smaller is better; 0 is no COCO file by its name. */
static guint
rank_name (const char *name)
{
  if (*name == '.' || !g_str_has_suffix (name, ".json") || strstr (name, ".conflict-") != NULL)
    return 0;
  if (g_str_equal (name, "_annotations.coco.json"))
    return 1;
  if (g_str_has_suffix (name, ".coco.json"))
    return 2;
  if (g_str_equal (name, "annotations.json"))
    return 3;
  if (g_str_has_prefix (name, "instances"))
    return 4;
  return 0;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const char *first = *(const char *const *) a;
  const char *second = *(const char *const *) b;
  guint first_rank = rank_name (first);
  guint second_rank = rank_name (second);

  if (first_rank != second_rank)
    return first_rank < second_rank ? -1 : 1;
  return strcmp (first, second);
}

static void
add_path (GPtrArray *found, char *path)
{
  if (looks_like_object (path) &&
      !g_ptr_array_find_with_equal_func (found, path, g_str_equal, NULL))
    g_ptr_array_add (found, path);
  else
    g_free (path);
}

static void
add_folder (GPtrArray *found, const char *folder, GPtrArray *hidden)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    return;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (hidden != NULL && name[0] == '.')
        g_ptr_array_add (hidden, g_strdup (name));
      if (rank_name (name) != 0)
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    add_path (found, g_build_filename (folder, names->pdata[i], NULL));
}

GStrv
limner_coco_find (const char *folder, GPtrArray *hidden)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *absolute = NULL;
  g_autofree char *annotations = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *base = NULL;
  g_autofree char *instances = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  found = g_ptr_array_new ();
  absolute = g_canonicalize_filename (folder, NULL);
  annotations = g_build_filename (absolute, "annotations", NULL);
  add_folder (found, absolute, hidden);
  add_folder (found, annotations, NULL);

  parent = g_path_get_dirname (absolute);
  base = g_path_get_basename (absolute);
  instances = g_strdup_printf ("instances_%s.json", base);
  add_path (found, g_build_filename (parent, "annotations", instances, NULL));
  g_ptr_array_add (found, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&found), FALSE);
}

/* ---- images of a COCO file ---- */

/* "val2017" of "instances_val2017.json". */
static char *
dup_split_name (const char *path)
{
  static const char *const prefixes[] = { "instances_", "person_keypoints_", "captions_",
                                          "panoptic_",  "image_info_",       "stuff_" };
  g_autofree char *name = g_path_get_basename (path);

  if (!g_str_has_suffix (name, ".json"))
    return NULL;
  name[strlen (name) - strlen (".json")] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]) && name[strlen (prefixes[i])] != '\0')
      return g_strdup (name + strlen (prefixes[i]));
  return NULL;
}

/* Names that would leave the folder are not even looked for. */
static gboolean
is_inside (const char *name)
{
  g_auto (GStrv) parts = NULL;

  if (*name == '\0' || *name == '/' || strstr (name, "..") == NULL)
    return *name != '\0' && *name != '/';
  parts = g_strsplit (name, "/", -1);
  return !g_strv_contains ((const char *const *) parts, "..");
}

static guint
count_files (const char *folder, const LimnerColumns *columns)
{
  guint n_tried = MIN (columns->n_images, MAX_RECORDS_TRIED);
  guint n_found = 0;

  for (guint i = 0; i < n_tried; i++)
    {
      const char *name = columns->names + columns->image_name[i];
      g_autofree char *path = NULL;

      if (!is_inside (name))
        continue;
      path = g_build_filename (folder, name, NULL);
      n_found += g_file_test (path, G_FILE_TEST_IS_REGULAR);
    }
  return n_found;
}

char *
limner_coco_find_image_root (LimnerCocoFile *self)
{
  g_autofree char *absolute = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *split = NULL;
  g_autofree char *best = NULL;
  char *candidates[4] = { NULL };
  guint best_count = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (limner_coco_file_get_path (self) == NULL)
    return NULL;
  absolute = g_canonicalize_filename (limner_coco_file_get_path (self), NULL);
  folder = g_path_get_dirname (absolute);
  parent = g_path_get_dirname (folder);
  split = dup_split_name (absolute);
  candidates[0] = g_strdup (folder);
  candidates[1] = g_build_filename (folder, "images", NULL);
  if (split != NULL)
    {
      candidates[2] = g_build_filename (parent, split, NULL);
      candidates[3] = g_build_filename (parent, "images", split, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      guint n = candidates[i] != NULL
                    ? count_files (candidates[i], limner_coco_file_get_columns (self))
                    : 0;

      if (n > best_count)
        {
          best_count = n;
          g_free (best);
          best = g_steal_pointer (&candidates[i]);
        }
      g_free (candidates[i]);
    }
  return g_steal_pointer (&best);
}
