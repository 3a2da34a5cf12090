/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "index-cache.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TOTAL_BYTES ((guint64) 512 << 20)
#define MAX_FILES 64
#define RACY_US (2 * G_USEC_PER_SEC) /* as coarse as any file system's clock */
#define TEMP_PREFIX "tmp-"
#define YOUNG_TEMP_SECONDS 10 /* its writer may not have come to lock it yet */
#define OLD_TEMP_SECONDS 3600 /* no writer takes that long, and not all file systems have locks */

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "limner", "index", NULL);
}

static char *
dup_path (const LimnerIdentity *identity)
{
  g_autofree char *folder = dup_folder ();

  return g_strdup_printf ("%s/%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x", folder,
                          identity->device, identity->inode);
}

/* ---- looking ---- */

/* Only what nobody else could have written. */
static int
open_own (const char *path)
{
  int fd = TEMP_FAILURE_RETRY (open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat info;

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_uid == geteuid () &&
      (info.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return fd;
  close (fd);
  return -1;
}

static LimnerIndexState
load_from (LimnerIndex *self, int fd, const LimnerIdentity *identity)
{
  gint64 written_us;

  if (!limner_index_read (self, fd, identity))
    return LIMNER_INDEX_NONE;
  futimens (fd, NULL); /* it was used: the least recently used goes first */
  written_us = MAX (identity->mtime_ns, identity->ctime_ns) / 1000;
  return self->taken_us - written_us > RACY_US ? LIMNER_INDEX_FOUND : LIMNER_INDEX_RACY;
}

LimnerIndexState
limner_index_load (LimnerIndex *self, const LimnerIdentity *identity)
{
  g_autofree char *path = dup_path (identity);
  int fd = open_own (path);
  LimnerIndexState state;

  if (fd < 0)
    return LIMNER_INDEX_NONE;
  state = load_from (self, fd, identity);
  close (fd);
  return state;
}

/* ---- room ---- */

typedef struct
{
  char *name;
  guint64 size;
  gint64 used_s;
} Entry;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->name);
}

static int
compare_use (gconstpointer a, gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  return (first->used_s > second->used_s) - (first->used_s < second->used_s);
}

/* Removes a file that its writer left, killed or gone. */
static void
sweep_temp (const char *path, const struct stat *info)
{
  gint64 age_s = ABS (g_get_real_time () / G_USEC_PER_SEC - (gint64) info->st_mtime);
  int fd;

  if (age_s <= YOUNG_TEMP_SECONDS)
    return;
  if (age_s > OLD_TEMP_SECONDS)
    {
      g_unlink (path);
      return;
    }
  fd = open_own (path);
  if (fd < 0)
    return;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    g_unlink (path);
  close (fd);
}

/* (element-type Entry): the indexes there are but that at @own; leftovers are swept. */
static GArray *
list_entries (const char *folder, const char *own)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_array_set_clear_func (entries, entry_clear);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat info;
      Entry entry;

      if (lstat (path, &info) != 0 || !S_ISREG (info.st_mode) || g_str_equal (path, own))
        continue;
      if (g_str_has_prefix (name, TEMP_PREFIX))
        {
          sweep_temp (path, &info);
          continue;
        }
      entry = (Entry){ g_steal_pointer (&path), (guint64) info.st_size, (gint64) info.st_mtime };
      g_array_append_val (entries, entry);
    }
  return entries;
}

/* Removes the least recently used until a file of @wanted bytes has room at @own. */
static void
make_room (const char *folder, const char *own, guint64 wanted)
{
  g_autoptr (GArray) entries = list_entries (folder, own);
  guint64 total = wanted;

  for (guint i = 0; i < entries->len; i++)
    total += g_array_index (entries, Entry, i).size;
  g_array_sort (entries, compare_use);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (total <= MAX_TOTAL_BYTES && entries->len - i < MAX_FILES)
        break;
      total -= entry->size;
      g_unlink (entry->name);
    }
}

static guint64
estimate_size (const LimnerColumns *columns)
{
  return 4096 + (guint64) columns->n_annotations * 64 + (guint64) columns->n_images * 100;
}

void
limner_index_store (const LimnerIndex *self, GCancellable *cancellable)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *path = dup_path (&self->identity);
  g_autofree char *temp = g_build_filename (folder, TEMP_PREFIX "XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_kept;
  int fd;

  if (estimate_size (self->columns) > MAX_TOTAL_BYTES || g_mkdir_with_parents (folder, 0700) != 0)
    return;
  make_room (folder, path, estimate_size (self->columns));
  fd = g_mkstemp_full (temp, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  flock (fd, LOCK_EX | LOCK_NB);
  is_kept = limner_index_write (self, fd, cancellable, &error) && g_rename (temp, path) == 0;
  if (error != NULL)
    g_debug ("%s", error->message);
  if (!is_kept)
    g_unlink (temp);
  if (close (fd) != 0 && is_kept)
    g_unlink (path);
}

void
limner_index_forget (const LimnerIdentity *identity)
{
  g_autofree char *path = dup_path (identity);

  g_unlink (path);
}
