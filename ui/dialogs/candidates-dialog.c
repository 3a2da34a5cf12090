/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-candidates-dialog"

#include "candidates-dialog.h"

#include <glib/gi18n.h>

typedef struct
{
  char *path;
  char **candidates;
  GtkListBox *list;
  void (*chosen) (GtkWindow *parent, const char *folder, const char *coco_path);
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_free (question->path);
  g_strfreev (question->candidates);
  g_free (question);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (question->list);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (!g_str_equal (response, "open") || row == NULL || parent == NULL)
    return;
  question->chosen (parent, question->path, question->candidates[gtk_list_box_row_get_index (row)]);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, AdwMessageDialog *dialog)
{
  adw_message_dialog_response (dialog, "open");
}

/* Relative to the folder where that is shorter. */
static char *
dup_display_path (const char *folder, const char *path)
{
  g_autoptr (GFile) base = g_file_new_for_path (folder);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *relative = g_file_get_relative_path (base, file);

  return g_filename_display_name (relative != NULL ? relative : path);
}

static GtkWidget *
new_list (Question *question, const char *folder)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; question->candidates[i] != NULL; i++)
    {
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *path = dup_display_path (folder, question->candidates[i]);
      g_autofree char *title = g_markup_escape_text (path, -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (list), FALSE);
  gtk_list_box_select_row (GTK_LIST_BOX (list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
  question->list = GTK_LIST_BOX (list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  return scroller;
}

void
limner_candidates_ask (GtkWindow *parent,
                       const char *path,
                       const char *folder,
                       const char *const *candidates,
                       void (*chosen) (GtkWindow *parent, const char *path, const char *coco_path))
{
  Question *question = g_new0 (Question, 1);
  g_autofree char *name = g_filename_display_basename (folder);
  g_autofree char *heading = g_strdup_printf (_ ("Which COCO file of “%s”?"), name);
  GtkWidget *dialog = adw_message_dialog_new (
      parent, heading, _ ("The folder has several. Your changes go into the one that you choose."));

  question->path = g_strdup (path);
  question->candidates = g_strdupv ((char **) candidates);
  question->chosen = chosen;
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), new_list (question, folder));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "open",
                                    _ ("Open"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "open",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "open");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (question->list, "row-activated", G_CALLBACK (on_row_activated), dialog);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
