/* SPDX-License-Identifier: MIT */
#pragma once

/* Files, changes to them, and saving. */

#include "limner-test.h"
#include <limner/coco-writer.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* Rows of a LimnerChange: of a record that is not in the file, and after the last one. */
#define NEW LIMNER_NO_ROW
#define END LIMNER_NO_ROW

static inline void
write_file (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static inline char *
read_file (const char *path, gsize *length)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, length, NULL));
  return text;
}

static inline void
add_change (
    GArray *changes, LimnerRecordKind kind, guint32 row, guint32 before_row, const char *text)
{
  LimnerChange change = { kind, row, before_row, NULL };

  if (text != NULL)
    change.text = g_bytes_new (text, strlen (text));
  g_array_append_val (changes, change);
}

static inline void
clear_change (gpointer change)
{
  g_clear_pointer (&((LimnerChange *) change)->text, g_bytes_unref);
}

static inline GArray *
new_changes (void)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (LimnerChange));

  g_array_set_clear_func (changes, clear_change);
  return changes;
}

/* Writes and puts in place; FALSE with @error. */
static inline gboolean
save (const char *path, GArray *changes, GBytes *info, GError **error)
{
  g_autoptr (LimnerCocoFile) base = NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (LimnerCocoFile) written = NULL;
  g_autofree char *replaced = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      base = limner_coco_file_open (path, NULL, NULL, NULL, error);
      if (base == NULL)
        return FALSE;
    }
  writer = limner_coco_writer_new (base, path, error);
  if (writer == NULL)
    return FALSE;
  written = limner_coco_writer_write (writer, changes, info, NULL, NULL, NULL, error);
  if (written == NULL || !limner_coco_writer_replace (writer, written, &replaced, error))
    return FALSE;
  g_assert_null (replaced);
  g_assert_cmpstr (limner_coco_file_get_path (written), ==, path);
  g_assert_true (limner_coco_file_is_current (written));
  return TRUE;
}

static inline guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
