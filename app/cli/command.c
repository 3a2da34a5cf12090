/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* The index of a train2017 takes 0.05 s: a home that is slower than this is not waited for. */
#define INDEX_TIMEOUT_MS 2000

char *
command_make_visible (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *visible = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT))
        g_string_append_unichar (visible, c);
      else
        g_string_append_printf (visible, "\\u%04x", c);
    }
  return g_string_free (visible, FALSE);
}

void
command_complain (const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *visible = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  visible = command_make_visible (message);
  fprintf (stderr, "limn: %s\n", visible);
}

gboolean
command_parse (
    int *argc, char ***argv, const GOptionEntry *entries, int n_arguments, CommandStatus *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  *status = COMMAND_USAGE;
  g_option_context_set_help_enabled (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    command_complain ("%s; 'limn help' shows the usage", error->message);
  else if (*argc - 1 != n_arguments)
    command_complain ("'%s' takes %d argument%s, %d given; 'limn help' shows the usage", (*argv)[0],
                      n_arguments, n_arguments == 1 ? "" : "s", *argc - 1);
  else
    return TRUE;
  return FALSE;
}

static void
show_progress (double fraction, gpointer user_data)
{
  fprintf (stderr, "\r%3.0f %%", fraction * 100);
  fflush (stderr);
}

/* A folder of pictures that nobody annotated is a dataset for those who write, not for those who
 * read. */
static gboolean
has_nothing_to_read (LimnerDocument *document, LimnerOpenFlags flags)
{
  return (flags & LIMNER_OPEN_READ_ONLY) && limner_document_get_coco_file (document) == NULL &&
         !limner_dataset_has_changes (limner_document_get_dataset (document));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

LimnerDocument *
command_open (const char *path,
              const char *image_root,
              LimnerOpenFlags flags,
              CommandStatus *status,
              GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean on_terminal = isatty (STDERR_FILENO);
  g_autoptr (GAsyncResult) result = NULL;
  LimnerDocument *document;
  const LimnerTrouble *trouble;

  limner_document_open_async (path, NULL, image_root, flags, on_terminal ? show_progress : NULL,
                              NULL, NULL, on_opened, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  document = limner_document_open_finish (result, &local_error);
  if (document != NULL && has_nothing_to_read (document, flags))
    {
      g_set_error (&local_error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND,
                   "%s: there is no COCO file here; give the file itself, or draw something first",
                   path);
      g_clear_object (&document);
    }
  if (on_terminal)
    fprintf (stderr, "\r     \r");
  if (document == NULL)
    {
      *status = g_error_matches (local_error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_SEVERAL)
                    ? COMMAND_USAGE
                    : COMMAND_CANNOT_READ;
      if (error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        command_complain ("%s", local_error->message);
      return NULL;
    }
  trouble = limner_document_get_trouble (document);
  if (trouble->kind == LIMNER_TROUBLE_HELD)
    command_complain ("%s; the file is read alone, without edits that are not in it yet",
                      trouble->title);
  *status = COMMAND_DONE;
  return document;
}

void
command_add_integer (cJSON *object, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  cJSON_AddRawToObject (object, name, text);
}

CommandStatus
command_print_json (const cJSON *object)
{
  char *text = cJSON_PrintUnformatted (object);

  puts (text);
  cJSON_free (text);
  return COMMAND_DONE;
}

CommandStatus
command_finish (CommandStatus status)
{
  if (fflush (stdout) != 0 || ferror (stdout) != 0)
    {
      command_complain ("standard output could not be written: %s", g_strerror (errno));
      status = COMMAND_CANNOT_WRITE;
    }
  limner_coco_finish_indexes (INDEX_TIMEOUT_MS);
  return status;
}
