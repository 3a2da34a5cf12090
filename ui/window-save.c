/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "dialogs/conflicts-dialog.h"
#include "dialogs/export-dialog.h"
#include "window-private.h"

#include <glib/gi18n.h>

/* Work that is shorter shows no progress bar. */
#define PROGRESS_AFTER_MS 400

/* ---- progress ---- */

static gboolean
on_progress_due (gpointer user_data)
{
  LimnerWindow *self = user_data;

  self->progress_source = 0;
  gtk_widget_set_visible (self->progress_box, TRUE);
  return G_SOURCE_REMOVE;
}

void
limner_window_show_progress (LimnerWindow *self, const char *text, gboolean cancellable)
{
  gtk_label_set_text (self->progress_label, text);
  gtk_widget_set_visible (self->progress_cancel, cancellable);
  gtk_progress_bar_set_fraction (self->progress_bar, 0.0);
  if (self->progress_source == 0)
    self->progress_source = g_timeout_add (PROGRESS_AFTER_MS, on_progress_due, self);
}

void
limner_window_set_progress (LimnerWindow *self, double fraction)
{
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (fraction, 0.0, 1.0));
}

void
limner_window_hide_progress (LimnerWindow *self)
{
  g_clear_handle_id (&self->progress_source, g_source_remove);
  gtk_widget_set_visible (self->progress_box, FALSE);
}

/* Long work of the document itself: a checkpoint of a large file. */
void
limner_window_update_busy (LimnerWindow *self)
{
  gboolean busy = FALSE;
  double progress = 0.0;

  if (self->document == NULL)
    return;
  g_object_get (self->document, "busy", &busy, "progress", &progress, NULL);
  /* the final save has its bar already */
  if (self->closing)
    limner_window_set_progress (self, progress);
  if (self->closing || self->exporting != NULL || limner_window_is_opening (self))
    return;
  if (busy && !self->busy)
    limner_window_show_progress (self, _ ("Writing the COCO file…"), FALSE);
  else if (!busy && self->busy)
    limner_window_hide_progress (self);
  if (busy)
    limner_window_set_progress (self, progress);
  self->busy = busy;
}

/* ---- banner ---- */

void
limner_window_show_banner (LimnerWindow *self,
                           LimnerBannerUse use,
                           const char *title,
                           const char *detail,
                           const char *label,
                           const char *action)
{
  g_autofree char *brief = detail != NULL ? limner_window_dup_brief (self, detail) : NULL;

  if (self->banner_use == LIMNER_BANNER_TROUBLE)
    {
      g_autofree char *sentence = g_strjoin (": ", title, detail, NULL);

      if (action != NULL)
        limner_window_toast_action (self, sentence, label, action);
      else
        limner_window_toast (self, sentence);
      limner_window_update_offers (self);
      return;
    }
  self->banner_use = use;
  limner_banner_show (self->banner, title, brief, label, action, NULL, NULL, TRUE);
  if (g_strcmp0 (brief, detail) != 0)
    limner_banner_set_whole (self->banner, detail);
  limner_window_update_offers (self);
}

void
limner_window_hide_banner (LimnerWindow *self, LimnerBannerUse use)
{
  if (self->banner_use != use)
    return;
  self->banner_use = LIMNER_BANNER_NONE;
  limner_banner_hide (self->banner);
  limner_window_update_offers (self);
}

typedef struct
{
  const char *first_label;
  const char *first_action;
  const char *second_label;
  const char *second_action;
  gboolean closable;
} TroubleButtons;

static TroubleButtons
get_buttons (LimnerTroubleKind kind, gboolean has_conflicts, LimnerDocument *document)
{
  switch (kind)
    {
    case LIMNER_TROUBLE_CONFLICT:
      if (has_conflicts)
        return (TroubleButtons){ NULL, NULL, N_ ("Compare…"), "win.conflicts", FALSE };
      return (TroubleButtons){ N_ ("Show folder"), "win.show-folder", N_ ("Export…"), "win.export",
                               FALSE };
    case LIMNER_TROUBLE_READ_ONLY:
      if (limner_document_can_write_in_place (document))
        return (TroubleButtons){ N_ ("Write into the file…"), "win.write-in-place", N_ ("Export…"),
                                 "win.export", TRUE };
      return (TroubleButtons){ N_ ("Show folder"), "win.show-folder", N_ ("Export…"), "win.export",
                               TRUE };
    case LIMNER_TROUBLE_HELD:
      if (limner_document_can_claim (document, NULL))
        return (TroubleButtons){ N_ ("Export…"), "win.export", N_ ("Take over…"), "win.take-over",
                                 TRUE };
      return (TroubleButtons){ N_ ("Export…"), "win.export", N_ ("Try again"), "win.retry", TRUE };
    case LIMNER_TROUBLE_WORKSPACE:
      return (TroubleButtons){ NULL, NULL, N_ ("Show folder"), "win.show-folder", TRUE };
    case LIMNER_TROUBLE_PARTED:
      return (TroubleButtons){ NULL, NULL, NULL, NULL, TRUE };
    case LIMNER_TROUBLE_SAVE_FAILED:
      return (TroubleButtons){ N_ ("Save elsewhere…"), "win.save-elsewhere", N_ ("Try again"),
                               "win.retry", TRUE };
    case LIMNER_TROUBLE_NOT_DURABLE:
    case LIMNER_TROUBLE_GONE:
    case LIMNER_TROUBLE_NONE:
    default:
      return (TroubleButtons){ N_ ("Save elsewhere…"), "win.save-elsewhere", N_ ("Try again"),
                               "win.retry", FALSE };
    }
}

void
limner_window_update_trouble (LimnerWindow *self)
{
  const LimnerTrouble *trouble =
      self->document != NULL ? limner_document_get_trouble (self->document) : NULL;
  const gboolean has_conflicts =
      self->document != NULL && limner_document_get_conflicts (self->document)->len > 0;
  GAction *conflicts = g_action_map_lookup_action (G_ACTION_MAP (self), "conflicts");
  g_autofree char *brief = NULL;
  TroubleButtons buttons;

  g_simple_action_set_enabled (G_SIMPLE_ACTION (conflicts), has_conflicts);
  if (trouble == NULL || trouble->kind == LIMNER_TROUBLE_NONE)
    {
      limner_window_hide_banner (self, LIMNER_BANNER_TROUBLE);
      return;
    }
  buttons = get_buttons (trouble->kind, has_conflicts, self->document);
  self->banner_use = LIMNER_BANNER_TROUBLE;
  brief = trouble->detail != NULL ? limner_window_dup_brief (self, trouble->detail) : NULL;
  limner_banner_show (self->banner, trouble->title, brief,
                      buttons.first_label != NULL ? _ (buttons.first_label) : NULL,
                      buttons.first_action,
                      buttons.second_label != NULL ? _ (buttons.second_label) : NULL,
                      buttons.second_action, buttons.closable);
  if (g_strcmp0 (brief, trouble->detail) != 0)
    limner_banner_set_whole (self->banner, trouble->detail);
  limner_window_update_offers (self);
}

/* ---- conflicts ---- */

/* What is to be selected as soon as it is loaded. */
typedef struct
{
  guint image;
  gint64 id;
} Wanted;

static void
wanted_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static gboolean
select_annotation (LimnerScene *scene, gint64 id)
{
  LimnerSceneItem *item = limner_scene_find_id (scene, id);

  if (item != NULL)
    limner_scene_select (scene, item, FALSE);
  return item != NULL;
}

static void
on_scene_loaded (LimnerScene *scene, GParamSpec *pspec, Wanted *wanted)
{
  gboolean loading;

  g_object_get (scene, "loading", &loading, NULL);
  if (loading && limner_scene_get_image (scene) == wanted->image)
    return;
  if (limner_scene_get_image (scene) == wanted->image)
    select_annotation (scene, wanted->id);
  g_signal_handlers_disconnect_by_data (scene, wanted);
}

static void
show_annotation (LimnerWindow *self, guint image, gint64 id)
{
  Wanted *wanted;

  limner_window_show_image (self, image);
  if (self->scene == NULL || id < 0 ||
      (limner_scene_get_image (self->scene) == image && select_annotation (self->scene, id)))
    return;
  wanted = g_new0 (Wanted, 1);
  wanted->image = image;
  wanted->id = id;
  g_signal_connect_data (self->scene, "notify::loading", G_CALLBACK (on_scene_loaded), wanted,
                         wanted_free, 0);
}

static void
on_show_requested (LimnerConflictsDialog *dialog, guint image, gint64 id, LimnerWindow *self)
{
  show_annotation (self, image, id);
}

static void
on_settle_failed (LimnerConflictsDialog *dialog, const char *sentence, LimnerWindow *self)
{
  limner_window_toast (self, sentence);
}

void
limner_window_show_conflicts (LimnerWindow *self)
{
  GtkWidget *dialog;

  if (self->document == NULL || limner_document_get_conflicts (self->document)->len == 0)
    return;
  dialog = limner_conflicts_dialog_new (GTK_WINDOW (self), self->document, self->loader);
  g_signal_connect_object (dialog, "show-requested", G_CALLBACK (on_show_requested), self, 0);
  g_signal_connect_object (dialog, "failed", G_CALLBACK (on_settle_failed), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The last annotation that the step left; its image where the step names none. */
static gint64
find_changed (LimnerDataset *dataset, LimnerStep *step, guint *image)
{
  for (guint i = step->edits->len; i > 0; i--)
    {
      const LimnerEdit *edit = g_ptr_array_index (step->edits, i - 1);
      g_autoptr (LimnerAnnotation) annotation = NULL;

      if (edit->kind != LIMNER_RECORD_ANNOTATION || edit->after == NULL)
        continue;
      annotation = limner_coco_record_parse (edit->kind, edit->after, NULL);
      if (annotation != NULL && annotation->has_image_id && *image == LIMNER_NO_IMAGE)
        *image = limner_dataset_find_image (dataset, annotation->image_id);
      return edit->id;
    }
  return -1;
}

void
limner_window_show_last_change (LimnerWindow *self)
{
  LimnerDataset *dataset;
  LimnerStep *step;
  guint image = LIMNER_NO_IMAGE;
  gint64 id;

  if (self->document == NULL)
    return;
  dataset = limner_document_get_dataset (self->document);
  step = limner_history_peek_undo (limner_document_get_history (self->document));
  if (step == NULL)
    return;
  if (step->image_name != NULL)
    image = limner_dataset_find_image_by_name (dataset, step->image_name);
  id = find_changed (dataset, step, &image);
  if (image != LIMNER_NO_IMAGE)
    show_annotation (self, image, id);
}

/* ---- saving ---- */

/* Trouble shows itself; what is left to say is that it went well. */
static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *sentence = NULL;

  if (self->document != LIMNER_DOCUMENT (source))
    return;
  if (!limner_document_save_finish (LIMNER_DOCUMENT (source), result, &error))
    {
      limner_window_update_trouble (self);
      if (self->banner_use != LIMNER_BANNER_TROUBLE)
        limner_window_toast (self, error->message);
      return;
    }
  name = g_filename_display_basename (limner_document_get_path (self->document));
  sentence = g_strdup_printf (_ ("%s is up to date"), name);
  limner_window_toast (self, sentence);
}

void
limner_window_save (LimnerWindow *self)
{
  limner_document_save_async (self->document, NULL, on_saved, g_object_ref (self));
}

/* ---- export ---- */

static void
on_export_progress (double fraction, gpointer user_data)
{
  limner_window_set_progress (user_data, fraction);
}

static void
tell_exported (LimnerWindow *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *sentence = g_strdup_printf (_ ("Exported to %s"), name);
  g_autoptr (GVariant) target = g_variant_ref_sink (g_variant_new_string (path));
  g_autofree char *action = g_action_print_detailed_name ("win.show-file", target);

  limner_window_toast_action (self, sentence, _ ("Show"), action);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  limner_window_hide_progress (self);
  g_clear_object (&self->exporting);
  if (limner_document_export_finish (LIMNER_DOCUMENT (source), result, &error))
    tell_exported (self, self->export_path);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    limner_window_show_banner (self, LIMNER_BANNER_OPEN, _ ("Nothing was exported"), error->message,
                               _ ("Export again…"), "win.export");
}

static void
start_export (LimnerWindow *self, const char *target, const LimnerExportOptions *options)
{
  if (self->document == NULL)
    return;
  if (self->exporting != NULL)
    {
      limner_window_toast (self, _ ("An export is under way; wait for it or cancel it"));
      return;
    }
  self->exporting = g_cancellable_new ();
  g_free (self->export_path);
  self->export_path = g_strdup (target);
  limner_window_show_progress (self, _ ("Exporting…"), TRUE);
  limner_document_export_async (self->document, target, options, on_export_progress, self,
                                self->exporting, on_exported, g_object_ref (self));
}

static void
on_export_requested (LimnerExportDialog *dialog, const char *target, LimnerWindow *self)
{
  const LimnerExportOptions options = limner_export_dialog_get_options (dialog);

  start_export (self, target, &options);
}

void
limner_window_export (LimnerWindow *self)
{
  GtkWidget *dialog = limner_export_dialog_new (GTK_WINDOW (self), self->document);

  g_signal_connect_object (dialog, "export-requested", G_CALLBACK (on_export_requested), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_elsewhere_response (GtkNativeDialog *chooser, int response, LimnerWindow *self)
{
  const LimnerExportOptions options = { LIMNER_EXPORT_RECORDS, FALSE, FALSE };
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    start_export (self, path, &options);
  g_object_unref (chooser);
}

/* A whole copy in a place that can be written: nothing depends on the trouble going away. */
void
limner_window_save_elsewhere (LimnerWindow *self)
{
  g_autofree char *name = g_filename_display_basename (limner_document_get_path (self->document));
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Save a copy of the COCO file"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_elsewhere_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* ---- a file in a folder that takes no new ones ---- */

static void
on_in_place_response (AdwMessageDialog *dialog, const char *response, LimnerWindow *self)
{
  if (!g_str_equal (response, "write") || self->document == NULL)
    return;
  limner_document_allow_in_place (self->document);
  limner_window_save (self);
}

void
limner_window_ask_in_place (LimnerWindow *self)
{
  GtkWidget *dialog;

  if (self->document == NULL || !limner_document_can_write_in_place (self->document))
    return;
  dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Write into the file itself?"),
      _ ("Its folder takes no new files, so a new version cannot be put in its place all at once. "
         "While it is written, other programs may read a mixture. Both versions are kept whole on "
         "this computer until it is done; an interruption is put right at the next opening."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep",
                                    _ ("Keep on this computer"), "write", _ ("Write"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_in_place_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- a dataset that somebody else has ---- */

static void
on_take_over_response (AdwMessageDialog *dialog, const char *response, LimnerWindow *self)
{
  if (g_str_equal (response, "take-over") && self->document != NULL)
    limner_document_claim (self->document);
}

/* Where the file system has no locks, only the person can know that the other one is gone. */
void
limner_window_ask_take_over (LimnerWindow *self)
{
  gboolean is_silent = FALSE;
  g_autofree char *body = NULL;
  GtkWidget *dialog;

  if (self->document == NULL || !limner_document_can_claim (self->document, &is_silent))
    return;
  body = g_strdup_printf (
      "%s\n\n%s %s", limner_document_get_trouble (self->document)->detail,
      is_silent ? _ ("It has shown no sign of life for a while.")
                : _ ("It shows signs of life: its program seems to be running."),
      _ ("What it has made durable is kept. Should it still be at work, it can only look from then "
         "on, and an edit that it makes at this moment is refused there."));
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Take the dataset over?"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Only look"),
                                    "take-over", _ ("Take over"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "take-over",
                                              is_silent ? ADW_RESPONSE_SUGGESTED
                                                        : ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_take_over_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- closing while work is at risk ---- */

static void
on_close_response (AdwMessageDialog *dialog, const char *response, LimnerWindow *self)
{
  if (g_str_equal (response, "elsewhere"))
    {
      limner_window_save_elsewhere (self);
    }
  else if (g_str_equal (response, "lose"))
    {
      self->may_destroy = TRUE;
      gtk_window_destroy (GTK_WINDOW (self));
    }
}

void
limner_window_ask_close (LimnerWindow *self, const GError *error)
{
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (self), _ ("Some changes are nowhere on disk yet"),
                              error->message);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Keep open"), "lose",
                                    _ ("Close and lose them"), "elsewhere", _ ("Save elsewhere…"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "lose",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "elsewhere",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "elsewhere");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
