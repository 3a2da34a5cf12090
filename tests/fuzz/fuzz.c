/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer calls functions, it gives them nothing to keep things in. */
static char *folder;

void
fuzz_fail (const char *file, int line, const char *format, ...)
{
  va_list args;

  fprintf (stderr, "%s:%d: ", file, line);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  abort ();
}

/* GLib itself would raise SIGTRAP, which libFuzzer does not catch. */
static void
on_message (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    fuzz_fail (domain != NULL ? domain : "GLib", 0, "%s", message);
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  if (walk->level > 0 || kind == FTW_SL)
    g_remove (path);
  return 0;
}

void
fuzz_empty_folder (void)
{
  nftw (fuzz_folder (), remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void
remove_folder (void)
{
  fuzz_empty_folder ();
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

const char *
fuzz_folder (void)
{
  if (folder != NULL)
    return folder;
  folder = g_build_filename (g_get_tmp_dir (), "limner-fuzz-XXXXXX", NULL);
  fuzz_require (g_mkdtemp (folder) != NULL, "there is no folder to work in: %s", folder);
  atexit (remove_folder);
  return folder;
}

char *
fuzz_write_file (const char *name, const void *data, gsize size)
{
  char *path = g_build_filename (fuzz_folder (), name, NULL);
  FILE *file = fopen (path, "we");

  fuzz_require (file != NULL && fwrite (data, 1, size, file) == size && fclose (file) == 0,
                "%s cannot be written", path);
  return path;
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autofree char *state = g_build_filename (fuzz_folder (), "state", NULL);
  g_autofree char *cache = g_build_filename (fuzz_folder (), "cache", NULL);

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_log_set_default_handler (on_message, NULL);
  return 0;
}

guint8
fuzz_take_u8 (FuzzInput *self)
{
  if (self->size == 0)
    return 0;
  self->size--;
  return *self->data++;
}

guint16
fuzz_take_u16 (FuzzInput *self)
{
  guint16 high = fuzz_take_u8 (self);

  return (guint16) (high << 8 | fuzz_take_u8 (self));
}

guint32
fuzz_take_u32 (FuzzInput *self)
{
  guint32 high = fuzz_take_u16 (self);

  return high << 16 | fuzz_take_u16 (self);
}

static GBytes *
take (FuzzInput *self, gsize length)
{
  GBytes *bytes = g_bytes_new (self->data, length);

  self->data += length;
  self->size -= length;
  return bytes;
}

GBytes *
fuzz_take_text (FuzzInput *self)
{
  const uint8_t *end = self->size > 0 ? memchr (self->data, 0, self->size) : NULL;
  GBytes *text = take (self, end != NULL ? (gsize) (end - self->data) : self->size);

  fuzz_take_u8 (self);
  return text;
}

GBytes *
fuzz_take_rest (FuzzInput *self)
{
  return take (self, self->size);
}

guint32
fuzz_hash (const uint8_t *data, size_t size)
{
  guint32 hash = 2166136261u;

  for (size_t i = 0; i < size; i++)
    hash = (hash ^ data[i]) * 16777619u;
  return hash ^ hash >> 15;
}
