/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-sentence"

#include "sentence.h"

#include <string.h>

/* Of a toast: narrower than the picture beside two panels at 1280 pixels. */
#define LINE_CHARS 64
#define MAX_LINES 3

/* A path begins where no other is under way: "/a/b" is not in "/x/a/b". */
static gboolean
begins_here (const char *sentence, const char *at)
{
  return at == sentence || strchr (" \n\t(\"'=:", at[-1]) != NULL || (at[-1] & 0x80) != 0;
}

static gboolean
ends_here (const char *at)
{
  return *at == '\0' || strchr (" \n\t:;,)\"'", *at) != NULL || (*at & 0x80) != 0;
}

/* @path is followed by a slash or, where @or_end, by the end of its name. */
static char *
replace_path (const char *sentence, const char *path, const char *with, gboolean or_end)
{
  const gsize length = strlen (path);
  GString *text = g_string_new (NULL);
  const char *rest = sentence;

  for (const char *at = strstr (rest, path); at != NULL; at = strstr (at + 1, path))
    {
      const char *end = at + length;

      if (!begins_here (sentence, at) || (*end != '/' && !(or_end && ends_here (end))))
        continue;
      g_string_append_len (text, rest, at - rest);
      g_string_append (text, with);
      rest = *end == '/' && *with == '\0' ? end + 1 : end;
    }
  g_string_append (text, rest);
  return g_string_free (text, FALSE);
}

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const gsize first = strlen (*(const char *const *) a);
  const gsize second = strlen (*(const char *const *) b);

  return first < second ? 1 : first > second ? -1 : 0;
}

char *
limner_sentence_shorten (const char *sentence, const char *const *folders)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  char *text = g_strdup (sentence);
  char *shorter;

  for (guint i = 0; folders[i] != NULL; i++)
    {
      /* "/" and "." would take more than a folder away */
      if (strlen (folders[i]) > 1)
        g_ptr_array_add (sorted, (gpointer) folders[i]);
    }
  g_ptr_array_sort (sorted, compare_lengths);
  for (guint i = 0; i < sorted->len; i++)
    {
      g_autofree char *name = g_filename_display_name (sorted->pdata[i]);

      shorter = replace_path (text, name, "", FALSE);
      g_free (text);
      text = shorter;
    }
  if (strlen (g_get_home_dir ()) > 1)
    {
      g_autofree char *home = g_filename_display_name (g_get_home_dir ());

      shorter = replace_path (text, home, "~", TRUE);
      g_free (text);
      text = shorter;
    }
  return text;
}

GtkWidget *
limner_sentence_new_label (const char *sentence, const char *whole)
{
  GtkWidget *label = gtk_label_new (sentence);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), MAX_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), LINE_CHARS);
  if (!g_str_equal (sentence, whole) || g_utf8_strlen (whole, -1) > LINE_CHARS * MAX_LINES)
    gtk_widget_set_tooltip_text (label, whole);
  return label;
}
