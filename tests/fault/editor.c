/* SPDX-License-Identifier: MIT */

/*
 * A person at work, for the tests: makes edits through the document as the window does, and says
 * what would be shown.
 *
 *   fault-editor DATASET      then on stdin, a line each: edit; undo; count; claim; allow (writing
 *                         in place); save; close (or the end); several words in one line are done
 * before anything else
 *
 * Says, a line each: "open"; "ack N" when edit N is durable; "state saved" and so on;
 * "count A U R" for the annotations there are, the steps that can be undone, whether one can be
 * redone; "trouble KIND RISK TITLE" or "trouble none"; "saved" or "unsaved MESSAGE" as answer to
 * save; "closed" or "open MESSAGE" as answer to close.
 */

#include <glib-unix.h>
#include <limner/document.h>
#include <limner/log.h>
#include <stdio.h>
#include <unistd.h>

typedef struct
{
  LimnerDocument *document;
  GMainLoop *loop;
  guint n_edits;
} Editor;

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

static void
on_acknowledged (LimnerDocument *document, const GError *error, gpointer user_data)
{
  /* an error is not the last word: the document goes on trying */
  if (error != NULL)
    say ("not yet %u", GPOINTER_TO_UINT (user_data));
  else
    say ("ack %u", GPOINTER_TO_UINT (user_data));
}

static void
on_state (LimnerDocument *document, GParamSpec *pspec, gpointer user_data)
{
  static const char *const names[] = { "saved", "logged", "logging", "saving", "trouble" };

  say ("state %s", names[limner_document_get_save_state (document)]);
}

static void
on_trouble (LimnerDocument *document, gpointer user_data)
{
  const LimnerTrouble *trouble = limner_document_get_trouble (document);

  if (trouble == NULL || trouble->kind == LIMNER_TROUBLE_NONE)
    say ("trouble none");
  else
    say ("trouble %d %d %s: %s%s", trouble->kind, trouble->at_risk, trouble->title, trouble->detail,
         limner_document_can_claim (document, NULL) ? " (may be claimed)" : "");
}

static void
on_replaced (LimnerDocument *document, gpointer user_data)
{
  say ("replaced");
}

static void
edit (Editor *self)
{
  g_autoptr (LimnerTransaction) transaction =
      limner_document_begin (self->document, "Draw box", LIMNER_NO_IMAGE);
  g_autofree char *text = g_strdup_printf (
      "{\"image_id\": 1, \"category_id\": 1, \"bbox\": [%u, 1, 2, 2], \"area\": 4, \"iscrowd\": 0, "
      "\"segmentation\": []}",
      self->n_edits + 1);
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!limner_transaction_create_record (transaction, LIMNER_RECORD_ANNOTATION, text, &id,
                                         &error) ||
      !limner_document_commit (self->document, g_steal_pointer (&transaction), on_acknowledged,
                               GUINT_TO_POINTER (self->n_edits + 1), &error))
    {
      say ("refused %s", error->message);
      return;
    }
  self->n_edits++;
}

static void
undo (Editor *self)
{
  g_autoptr (GError) error = NULL;

  if (!limner_document_undo (self->document, NULL, &error))
    say ("refused %s", error != NULL ? error->message : "nothing to undo");
}

static void
count (Editor *self)
{
  LimnerHistory *history = limner_document_get_history (self->document);

  say ("count %u %u %u",
       limner_dataset_get_n_annotations (limner_document_get_dataset (self->document)),
       limner_history_get_n_undo (history), limner_history_can_redo (history));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (limner_document_save_finish (LIMNER_DOCUMENT (source), result, &error))
    say ("saved");
  else
    say ("unsaved %s", error->message);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Editor *self = user_data;
  g_autoptr (GError) error = NULL;

  if (limner_document_close_finish (LIMNER_DOCUMENT (source), result, &error))
    say ("closed");
  else
    say ("open %s", error->message);
  g_main_loop_quit (self->loop);
}

static gboolean
obey (Editor *self, const char *word)
{
  if (g_str_equal (word, "edit"))
    edit (self);
  else if (g_str_equal (word, "undo"))
    undo (self);
  else if (g_str_equal (word, "count"))
    count (self);
  else if (g_str_equal (word, "claim"))
    limner_document_claim (self->document);
  else if (g_str_equal (word, "allow"))
    limner_document_allow_in_place (self->document);
  else if (g_str_equal (word, "save"))
    limner_document_save_async (self->document, NULL, on_saved, self);
  else
    {
      limner_document_close_async (self->document, on_closed, self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer user_data)
{
  Editor *self = user_data;
  char line[64];
  g_auto (GStrv) words = NULL;
  gboolean go_on = G_SOURCE_CONTINUE;

  if (fgets (line, sizeof line, stdin) != NULL)
    g_strchomp (line);
  else
    g_strlcpy (line, "close", sizeof line);
  words = g_strsplit (line, " ", 0);
  for (guint i = 0; words[i] != NULL && go_on; i++)
    go_on = obey (self, words[i]);
  return go_on;
}

int
main (int argc, char **argv)
{
  Editor self = { 0 };
  g_autoptr (GError) error = NULL;

  if (argc == 3 && strcmp (argv[1], "--state-log") == 0)
    {
      g_autofree char *path = limner_workspace_dup_path (argv[2], TRUE);

      say ("%s", path);
      return 0;
    }
  if (argc != 2)
    return 2;
  setvbuf (stdin, NULL, _IONBF, 0); /* else lines wait in a buffer that poll() does not see */
  self.document = limner_document_open (argv[1], NULL, NULL, LIMNER_OPEN_NORMAL, NULL, &error);
  if (self.document == NULL)
    {
      say ("error %s", error->message);
      return 3;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (self.document, "notify::save-state", G_CALLBACK (on_state), &self);
  g_signal_connect (self.document, "trouble-changed", G_CALLBACK (on_trouble), &self);
  g_signal_connect (self.document, "replaced", G_CALLBACK (on_replaced), NULL);
  say ("open");
  on_trouble (self.document, &self);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  g_object_unref (self.document);
  return 0;
}
