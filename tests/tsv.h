/* SPDX-License-Identifier: MIT */
#pragma once

/* The golden tables: tab-separated, a header line, no quoting. */

#include <glib.h>
#include <string.h>

typedef struct
{
  char **names;
  GPtrArray *rows; /* char **, as many cells as names */
} Tsv;

static inline void
tsv_free (Tsv *self)
{
  g_strfreev (self->names);
  g_ptr_array_unref (self->rows);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tsv, tsv_free)

/* (transfer full) (nullable): the table; a row with a wrong number of cells fails the test. */
static inline Tsv *
tsv_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Tsv *self;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  if (text == NULL)
    return NULL;

  lines = g_strsplit (text, "\n", -1);
  self = g_new0 (Tsv, 1);
  self->names = g_strsplit (lines[0], "\t", -1);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      char **cells;

      if (*lines[i] == '\0')
        continue;
      cells = g_strsplit (lines[i], "\t", -1);
      g_assert_cmpuint (g_strv_length (cells), ==, g_strv_length (self->names));
      g_ptr_array_add (self->rows, cells);
    }
  return self;
}

static inline const char *
tsv_get (const Tsv *self, guint row, const char *name)
{
  char **cells = g_ptr_array_index (self->rows, row);

  for (guint i = 0; self->names[i] != NULL; i++)
    if (strcmp (self->names[i], name) == 0)
      return cells[i];
  g_error ("the table has no column '%s'", name);
}

static inline double
tsv_get_double (const Tsv *self, guint row, const char *name)
{
  return g_ascii_strtod (tsv_get (self, row, name), NULL);
}

static inline guint
tsv_get_uint (const Tsv *self, guint row, const char *name)
{
  return (guint) g_ascii_strtoull (tsv_get (self, row, name), NULL, 10);
}

/* (transfer full) (element-type double): all numbers in a cell such as '[[1,2],[3.5,4]]'; @lengths
 * takes how many each innermost list holds, as guint. */
static inline GArray *
tsv_get_numbers (const Tsv *self, guint row, const char *name, GArray *lengths)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));
  const char *at = tsv_get (self, row, name);
  guint start = 0;

  while (*at != '\0')
    {
      char *end;
      double number;

      if (*at == ']' && lengths != NULL && numbers->len > start)
        {
          guint length = numbers->len - start;

          g_array_append_val (lengths, length);
          start = numbers->len;
        }
      if (strchr ("[], ", *at) != NULL)
        {
          at++;
          continue;
        }
      number = g_ascii_strtod (at, &end);
      g_assert_true (end != at);
      g_array_append_val (numbers, number);
      at = end;
    }
  return numbers;
}
