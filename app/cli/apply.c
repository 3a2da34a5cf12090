/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"
#include "edit-line.h"

#include <errno.h>
#include <limner/coco-record.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Edits that may be on their way to the log at once, where the input is a file: commits then
 * overlap with parsing. */
#define MAX_IN_FLIGHT 64

typedef struct
{
  LimnerDocument *document;
  gboolean ack;
  guint line;
  guint in_flight;
  GError *log_error; /* an edit could not be made durable */
} Application;

/* One edit that waits for its acknowledgement. */
typedef struct
{
  Application *application;
  guint line;
  LimnerRecordKind kind;
  gint64 id;
} Pending;

static void
on_acknowledged (LimnerDocument *document, const GError *error, gpointer user_data)
{
  Pending *pending = user_data;
  Application *application = pending->application;

  if (error != NULL)
    {
      /* the document keeps trying; a command gives up instead */
      if (application->log_error == NULL)
        application->log_error = g_error_copy (error);
      return;
    }
  application->in_flight--;
  if (application->ack)
    {
      printf ("%u %s %" G_GINT64_FORMAT "\n", pending->line,
              limner_record_kind_get_name (pending->kind), pending->id);
      fflush (stdout);
    }
  g_free (pending);
}

static gboolean
wait_for (Application *self, guint allowed)
{
  while (self->in_flight > allowed && self->log_error == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->log_error == NULL;
}

static gboolean
apply_line (Application *self, const char *text, gsize length, GError **error)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  Pending *pending;
  LimnerRecordKind kind;
  gint64 id = 0;

  if (!limner_coco_check_text (text, length, error))
    return FALSE;
  transaction = limner_document_begin (self->document, "Apply", LIMNER_NO_IMAGE);
  if (!edit_line_stage (transaction, text, length, &kind, &id, error))
    return FALSE;
  pending = g_new (Pending, 1);
  *pending = (Pending){ self, self->line, kind, id };
  self->in_flight++;
  if (limner_document_commit (self->document, g_steal_pointer (&transaction), on_acknowledged,
                              pending, error))
    return TRUE;
  self->in_flight--;
  g_free (pending);
  return FALSE;
}

/* What a save cannot keep of the old file, and the like. */
static void
on_notice (LimnerDocument *document, const char *sentence, gpointer user_data)
{
  command_complain ("%s", sentence);
}

static CommandStatus
apply_stream (Application *self, FILE *edits, const char *name)
{
  struct stat info;
  /* a pipe may wait for the acknowledgement before it sends the next line */
  guint allowed = fstat (fileno (edits), &info) == 0 && S_ISREG (info.st_mode) ? MAX_IN_FLIGHT : 0;
  g_autofree char *line = NULL; /* getline() uses malloc(), which is what g_free() frees */
  size_t capacity = 0;
  ssize_t length;

  while ((length = getline (&line, &capacity, edits)) >= 0)
    {
      g_autoptr (GError) error = NULL;

      self->line++;
      if (length > 0 && line[length - 1] == '\n')
        length--;
      if (strspn (line, " \t\r") == (gsize) length)
        continue;
      if (!apply_line (self, line, (gsize) length, &error))
        {
          command_complain ("%s:%u: %s; the edits before this line stay", name, self->line,
                            error->message);
          return g_error_matches (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY)
                     ? COMMAND_CANNOT_WRITE
                     : COMMAND_CANNOT_READ;
        }
      if (!wait_for (self, allowed))
        return COMMAND_CANNOT_WRITE;
    }
  if (ferror (edits))
    {
      command_complain ("%s: %s", name, g_strerror (errno));
      return COMMAND_CANNOT_READ;
    }
  return COMMAND_DONE;
}

/* Whatever happened, what came before is made durable and written to the COCO file. */
static CommandStatus
finish (Application *self, CommandStatus status)
{
  g_autoptr (GError) error = NULL;

  if (!wait_for (self, 0))
    {
      command_complain ("%s", self->log_error->message);
      status = COMMAND_CANNOT_WRITE;
    }
  if (!limner_document_save (self->document, &error) ||
      !limner_document_close (self->document, &error))
    {
      command_complain ("%s", error->message);
      status = COMMAND_CANNOT_WRITE;
    }
  g_clear_error (&self->log_error);
  return status;
}

CommandStatus
command_apply (int argc, char **argv)
{
  Application self = { 0 };
  g_autofree char *image_root = NULL;
  gboolean take_over = FALSE;
  gboolean in_place = FALSE;
  const GOptionEntry entries[] = {
    { "ack", 0, 0, G_OPTION_ARG_NONE, &self.ack, NULL, NULL },
    { "image-root", 0, 0, G_OPTION_ARG_FILENAME, &image_root, NULL, NULL },
    { "take-over", 0, 0, G_OPTION_ARG_NONE, &take_over, NULL, NULL },
    { "in-place", 0, 0, G_OPTION_ARG_NONE, &in_place, NULL, NULL },
    { NULL },
  };
  g_autoptr (LimnerDocument) document = NULL;
  FILE *edits;
  CommandStatus status;

  if (!command_parse (&argc, &argv, entries, 2, &status))
    return status;
  edits = g_str_equal (argv[2], "-") ? stdin : fopen (argv[2], "re");
  if (edits == NULL)
    {
      command_complain ("%s: %s", argv[2], g_strerror (errno));
      return COMMAND_CANNOT_READ;
    }
  self.document = document =
      command_open (argv[1], image_root,
                    (take_over ? LIMNER_OPEN_TAKE_OVER : 0) | (in_place ? LIMNER_OPEN_IN_PLACE : 0),
                    &status, NULL);
  if (document != NULL)
    g_signal_connect (document, "notice", G_CALLBACK (on_notice), NULL);
  if (document != NULL)
    status = finish (&self, apply_stream (&self, edits, argv[2]));
  if (edits != stdin)
    fclose (edits);
  return status;
}
