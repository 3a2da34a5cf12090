/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-delete-class"

#include "delete-class.h"

#include "../panels/class-edits.h"

#include <glib/gi18n.h>

typedef struct
{
  LimnerDocument *document;
  gint64 category_id;
  GArray *others; /* gint64: what the rows of the drop-down mean */
  GtkDropDown *drop;
  void (*failed) (GtkWindow *parent, const char *sentence);
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_array_unref (question->others);
  g_object_unref (question->document);
  g_free (question);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  const guint selected = gtk_drop_down_get_selected (question->drop);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));
  const gint64 *move_to = NULL;
  g_autoptr (GError) error = NULL;

  if (g_str_equal (response, "move") && selected < question->others->len)
    move_to = &g_array_index (question->others, gint64, selected);
  else if (!g_str_equal (response, "delete"))
    return;
  if (!limner_class_delete (question->document, question->category_id, move_to, &error) &&
      question->failed != NULL && parent != NULL)
    question->failed (parent, error->message);
}

static GtkWidget *
new_drop_down (Question *question)
{
  GListModel *categories =
      limner_dataset_get_categories (limner_document_get_dataset (question->document));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      const gint64 id = limner_category_get_id (category);

      if (id == question->category_id || !limner_category_is_editable (category))
        continue;
      gtk_string_list_append (names, limner_category_get_name (category));
      g_array_append_val (question->others, id);
    }
  question->drop =
      GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->drop), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Class that the annotations get"), -1);
  return GTK_WIDGET (question->drop);
}

void
limner_delete_class_ask (GtkWindow *parent,
                         LimnerDocument *document,
                         gint64 category_id,
                         void (*failed) (GtkWindow *parent, const char *sentence))
{
  LimnerCategory *category =
      limner_dataset_find_category (limner_document_get_dataset (document), category_id);
  Question *question;
  GtkWidget *dialog;
  GtkWidget *drop;
  guint n;
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  g_return_if_fail (category != NULL);
  question = g_new0 (Question, 1);
  question->document = g_object_ref (document);
  question->category_id = category_id;
  question->others = g_array_new (FALSE, FALSE, sizeof (gint64));
  question->failed = failed;
  n = limner_category_get_n_annotations (category);
  heading = g_strdup_printf (_ ("Delete the class “%s”?"), limner_category_get_name (category));
  body = g_strdup_printf (ngettext ("%'u annotation has this class. It can get another class, or "
                                    "be deleted too. Undo brings everything back.",
                                    "%'u annotations have this class. They can get another class, "
                                    "or be deleted too. Undo brings everything back.",
                                    n),
                          n);
  dialog = adw_message_dialog_new (parent, heading, body);
  drop = new_drop_down (question);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "delete", _ ("Delete annotations"));
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  if (question->others->len > 0)
    {
      adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "move", _ ("Change class"));
      adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "move",
                                                  ADW_RESPONSE_SUGGESTED);
      adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "move");
      adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), drop);
    }
  else
    {
      g_object_ref_sink (drop);
      g_object_set_data_full (G_OBJECT (dialog), "drop", drop, g_object_unref);
    }
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
