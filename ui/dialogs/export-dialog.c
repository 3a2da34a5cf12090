/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-export-dialog"

#include "export-dialog.h"

#include <glib/gi18n.h>

struct _LimnerExportDialog
{
  AdwWindow parent_instance;

  LimnerDocument *document;
  GtkFileChooserNative *chooser;
  AdwComboRow *images;
  GtkSwitch *copy_images;
  GtkSwitch *without_limner;
  GtkWidget *export_button;
};

G_DEFINE_FINAL_TYPE (LimnerExportDialog, limner_export_dialog, ADW_TYPE_WINDOW)

enum
{
  SIGNAL_EXPORT_REQUESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_response (GtkNativeDialog *chooser, int response, LimnerExportDialog *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_clear_object (&self->chooser);
  if (file == NULL)
    return;
  path = g_file_get_path (file);
  if (path != NULL)
    g_signal_emit (self, signals[SIGNAL_EXPORT_REQUESTED], 0, path);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_export_clicked (LimnerExportDialog *self)
{
  g_autofree char *folder =
      g_filename_display_basename (limner_document_get_folder (self->document));
  g_autofree char *name = g_strdup_printf ("%s.coco.json", folder);

  self->chooser = gtk_file_chooser_native_new (_ ("Export as"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
limner_export_dialog_dispose (GObject *object)
{
  LimnerExportDialog *self = LIMNER_EXPORT_DIALOG (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->document);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_EXPORT_DIALOG);
  G_OBJECT_CLASS (limner_export_dialog_parent_class)->dispose (object);
}

static void
limner_export_dialog_class_init (LimnerExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_export_dialog_dispose;
  signals[SIGNAL_EXPORT_REQUESTED] =
      g_signal_new ("export-requested", LIMNER_TYPE_EXPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limner/Limner/dialogs/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnerExportDialog, images);
  gtk_widget_class_bind_template_child (widget_class, LimnerExportDialog, copy_images);
  gtk_widget_class_bind_template_child (widget_class, LimnerExportDialog, without_limner);
  gtk_widget_class_bind_template_child (widget_class, LimnerExportDialog, export_button);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
limner_export_dialog_init (LimnerExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->export_button);
  /* not Cancel, the first in the order */
  gtk_window_set_focus (GTK_WINDOW (self), self->export_button);
}

GtkWidget *
limner_export_dialog_new (GtkWindow *parent, LimnerDocument *document)
{
  LimnerExportDialog *self =
      g_object_new (LIMNER_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);

  self->document = g_object_ref (document);
  return GTK_WIDGET (self);
}

LimnerExportOptions
limner_export_dialog_get_options (LimnerExportDialog *self)
{
  return (LimnerExportOptions){
    (LimnerExportImages) adw_combo_row_get_selected (self->images),
    gtk_switch_get_active (self->copy_images),
    gtk_switch_get_active (self->without_limner),
  };
}
