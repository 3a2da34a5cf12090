/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "dialogs/candidates-dialog.h"
#include "window-private.h"

#include <glib/gi18n.h>
#include <limner/image-file.h>

/* A window that is still empty then is shown empty, with its progress. */
#define PRESENT_WAIT_MS 200

static void start_open (LimnerWindow *self,
                        const char *path,
                        const char *coco_path,
                        const char *image_root);

gboolean
limner_window_is_picture_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return limner_image_file_is_candidate (name);
}

gboolean
limner_window_is_opening (LimnerWindow *self)
{
  return self->opening != NULL || self->adopting != NULL;
}

/* ---- recent datasets ---- */

/* A picture stands for its folder. */
static char *
dup_place_path (const char *path)
{
  return limner_window_is_picture_name (path) ? g_path_get_dirname (path) : g_strdup (path);
}

void
limner_window_note_place (LimnerWindow *self)
{
  LimnerDataset *dataset;
  LimnerPlace place = { 0 };
  g_autofree char *picture = NULL;
  g_autofree char *look = NULL;

  g_clear_handle_id (&self->place_source, g_source_remove);
  if (self->document == NULL || self->path == NULL)
    return;
  dataset = limner_document_get_dataset (self->document);
  place.path = self->path;
  place.coco_path = self->coco_path;
  place.image_root = self->image_root;
  place.image = self->image_name;
  if (self->image != LIMNER_NO_IMAGE && limner_dataset_has_image_file (dataset, self->image))
    picture = limner_dataset_dup_image_path (dataset, self->image, NULL);
  place.picture = picture;
  place.n_images = limner_dataset_get_n_images (dataset);
  place.n_done = limner_dataset_get_n_done (dataset);
  place.opened = g_get_real_time () / G_USEC_PER_SEC;
  look = limner_view_popover_dup_look (self->view_popover);
  place.look = look;
  limner_places_note (self->places, &place);
}

/* The name of a place; where several have it, with the folder it is in: "frames (night)". */
static char *
dup_place_label (GPtrArray *places, guint at)
{
  const LimnerPlace *place = g_ptr_array_index (places, at);
  g_autofree char *name = g_filename_display_basename (place->path);
  g_autofree char *folder = g_path_get_dirname (place->path);
  g_autofree char *folder_name = g_filename_display_basename (folder);

  for (guint i = 0; i < places->len; i++)
    {
      const LimnerPlace *other = g_ptr_array_index (places, i);
      g_autofree char *other_name = g_filename_display_basename (other->path);

      if (i != at && g_str_equal (name, other_name))
        return g_strdup_printf ("%s (%s)", name, folder_name);
    }
  return g_steal_pointer (&name);
}

void
limner_window_update_recent (LimnerWindow *self)
{
  g_autoptr (GPtrArray) places = limner_places_list (self->places);
  g_autoptr (GMenu) recent = g_menu_new ();
  g_autoptr (GMenu) other = g_menu_new ();

  if (self->recent_menu == NULL)
    {
      self->recent_menu = g_menu_new ();
      adw_split_button_set_menu_model (self->open_button, G_MENU_MODEL (self->recent_menu));
    }
  for (guint i = 0; i < places->len; i++)
    {
      const LimnerPlace *place = g_ptr_array_index (places, i);
      g_autofree char *name = dup_place_label (places, i);
      g_auto (GStrv) parts = g_strsplit (name, "_", -1);
      /* An underscore would make a mnemonic. */
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target_value (item, "win.open-path",
                                               g_variant_new_bytestring (place->path));
      g_menu_append_item (recent, item);
    }
  g_menu_append (other, _ ("Open folder…"), "win.open-folder");
  g_menu_append (other, _ ("Open COCO file or image…"), "win.open-file");
  g_menu_remove_all (self->recent_menu);
  if (places->len > 0)
    g_menu_append_section (self->recent_menu, _ ("Recent"), G_MENU_MODEL (recent));
  g_menu_append_section (self->recent_menu, NULL, G_MENU_MODEL (other));
}

/* ---- taking a document in ---- */

static void
update_titles (LimnerWindow *self)
{
  g_autofree char *folder = NULL;
  g_autofree char *file = NULL;
  g_autofree char *title = NULL;

  if (self->document == NULL)
    {
      adw_window_title_set_title (self->title, "Limner");
      adw_window_title_set_subtitle (self->title, "");
      gtk_window_set_title (GTK_WINDOW (self), "Limner");
      return;
    }
  folder = g_filename_display_basename (limner_document_get_folder (self->document));
  file = g_filename_display_basename (limner_document_get_path (self->document));
  title = g_strdup_printf (_ ("%s – Limner"), folder);
  adw_window_title_set_title (self->title, folder);
  adw_window_title_set_subtitle (self->title, file);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
show_page (LimnerWindow *self, const char *page)
{
  const gboolean work = g_str_equal (page, "work");

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (GTK_WIDGET (self->status_line), work);
  gtk_widget_set_visible (GTK_WIDGET (self->view_button), work);
  gtk_widget_set_visible (self->search_button, work);
  gtk_widget_set_visible (self->undo_button, work);
  gtk_widget_set_visible (self->redo_button, work);
}

static void
on_message (LimnerWindow *self, const char *sentence)
{
  limner_window_toast (self, sentence);
}

static void
on_deleted (LimnerWindow *self, const char *sentence)
{
  limner_window_toast_action (self, sentence, _ ("Undo"), "win.undo");
}

static void
on_active_category_changed (LimnerWindow *self)
{
  const gint64 id = limner_scene_get_active_category (self->scene);

  if (id >= 0)
    limner_class_popup_note_recent (self->class_popup, id);
}

static void
on_recovered (LimnerWindow *self, guint n)
{
  g_autofree char *sentence =
      g_strdup_printf (ngettext ("%'u change of an interrupted session was brought back",
                                 "%'u changes of an interrupted session were brought back", n),
                       n);

  limner_window_toast_action (self, sentence, _ ("Show"), "win.show-last-change");
}

static void
on_replaced (LimnerWindow *self)
{
  const LimnerTrouble *trouble = limner_document_get_trouble (self->document);

  /* the banner of a conflict says more */
  if (trouble == NULL || trouble->kind != LIMNER_TROUBLE_CONFLICT)
    limner_window_toast (self, _ ("The COCO file was changed by another program and read again"));
  update_titles (self);
}

static void
connect_document (LimnerWindow *self)
{
  const GConnectFlags flags = G_CONNECT_SWAPPED;
  LimnerHistory *history = limner_document_get_history (self->document);
  LimnerDataset *dataset = limner_document_get_dataset (self->document);

  g_signal_connect_object (self->document, "trouble-changed",
                           G_CALLBACK (limner_window_update_trouble), self, flags);
  g_signal_connect_object (self->document, "recovered", G_CALLBACK (on_recovered), self, flags);
  g_signal_connect_object (self->document, "replaced", G_CALLBACK (on_replaced), self, flags);
  g_signal_connect_object (self->document, "notice", G_CALLBACK (limner_window_toast), self, flags);
  g_signal_connect_object (self->document, "notify::busy", G_CALLBACK (limner_window_update_busy),
                           self, flags);
  g_signal_connect_object (self->document, "notify::progress",
                           G_CALLBACK (limner_window_update_busy), self, flags);
  g_signal_connect_object (history, "notify", G_CALLBACK (limner_window_update_actions), self,
                           flags);
  g_signal_connect_object (dataset, "images-reset", G_CALLBACK (limner_window_on_images_reset),
                           self, flags);
  g_signal_connect_object (self->scene, "message", G_CALLBACK (on_message), self, flags);
  g_signal_connect_object (self->scene, "deleted", G_CALLBACK (on_deleted), self, flags);
  g_signal_connect_object (self->scene, "selection-changed",
                           G_CALLBACK (limner_window_update_actions), self, flags);
  g_signal_connect_object (self->scene, "category-needed", G_CALLBACK (limner_window_choose_class),
                           self, flags);
  g_signal_connect_object (self->scene, "notify::active-category",
                           G_CALLBACK (on_active_category_changed), self, flags);
}

static void
leave_shape (LimnerWindow *self)
{
  limner_window_leave_shape (self, _ ("The unfinished shape was given up with its dataset"));
}

static void
disconnect_document (LimnerWindow *self)
{
  leave_shape (self);
  limner_window_note_place (self);
  limner_window_leave_image (self);
  limner_canvas_set_tool (self->canvas, NULL);
  limner_canvas_set_pixels (self->canvas, NULL, FALSE);
  limner_canvas_set_scene (self->canvas, NULL);
  limner_image_panel_set_document (self->image_panel, NULL, NULL);
  limner_class_panel_set_scene (self->class_panel, NULL);
  limner_annotation_panel_set_scene (self->annotation_panel, NULL);
  limner_details_panel_set_scene (self->details_panel, NULL);
  limner_view_popover_set_scene (self->view_popover, NULL);
  limner_status_line_set_document (self->status_line, NULL);
  g_clear_object (&self->tool);
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  g_clear_object (&self->scene);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      g_signal_handlers_disconnect_by_data (limner_document_get_history (self->document), self);
      g_signal_handlers_disconnect_by_data (limner_document_get_dataset (self->document), self);
    }
  g_clear_object (&self->document);
  limner_class_popup_forget_recent (self->class_popup);
  limner_window_hide_banner (self, LIMNER_BANNER_TROUBLE);
  limner_window_hide_banner (self, LIMNER_BANNER_IMAGES);
  limner_window_hide_progress (self);
  self->busy = FALSE;
  limner_window_update_actions (self);
}

static guint
find_start_image (LimnerWindow *self, LimnerPlace *place)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  const guint start = limner_document_get_start_image (self->document);
  guint image = LIMNER_NO_IMAGE;

  if (start != LIMNER_NO_IMAGE)
    return start;
  if (place != NULL && place->image != NULL)
    image = limner_dataset_find_image_by_name (dataset, place->image);
  return image != LIMNER_NO_IMAGE ? image : 0;
}

static void
check_image_root (LimnerWindow *self)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  if (limner_dataset_get_image_root (dataset) != NULL)
    return;
  name = g_filename_display_basename (limner_document_get_path (self->document));
  title = g_strdup_printf (_ ("The images of %s were not found"), name);
  limner_window_show_banner (
      self, LIMNER_BANNER_IMAGES, title,
      _ ("They were looked for beside the file and in folders near it. Annotations can be read."),
      _ ("Choose their folder…"), "win.choose-image-root");
}

static void
adopt (LimnerWindow *self)
{
  g_autoptr (LimnerDocument) document = g_steal_pointer (&self->adopting);
  g_autofree char *path = dup_place_path (self->opening_path);
  g_autoptr (LimnerPlace) place = limner_places_find (self->places, path);
  LimnerDataset *dataset = limner_document_get_dataset (document);

  disconnect_document (self);
  self->document = g_steal_pointer (&document);
  g_free (self->path);
  self->path = g_steal_pointer (&path);
  g_free (self->coco_path);
  self->coco_path = g_strdup (self->opening_coco);
  g_free (self->image_root);
  self->image_root = g_strdup (self->opening_root);
  limner_window_ensure_loader (self);
  self->scene = limner_scene_new (self->document);
  connect_document (self);
  limner_canvas_set_scene (self->canvas, self->scene);
  limner_image_panel_set_document (self->image_panel, self->document, self->loader);
  limner_class_panel_set_scene (self->class_panel, self->scene);
  limner_annotation_panel_set_scene (self->annotation_panel, self->scene);
  limner_details_panel_set_scene (self->details_panel, self->scene);
  limner_view_popover_set_scene (self->view_popover, self->scene);
  limner_view_popover_set_look (self->view_popover, place != NULL ? place->look : NULL);
  limner_status_line_set_document (self->status_line, self->document);
  limner_window_set_tool (self, "select");
  update_titles (self);
  g_clear_pointer (&self->failed_path, g_free);
  limner_window_hide_banner (self, LIMNER_BANNER_OPEN);
  show_page (self, "work");
  limner_window_update_trouble (self);
  check_image_root (self);
  if (limner_dataset_get_n_images (dataset) > 0)
    limner_window_show_image (self, find_start_image (self, place));
  limner_window_note_place (self);
  limner_window_update_actions (self);
  limner_window_focus_canvas (self);
}

/* ---- closing ---- */

static gboolean
is_shared (LimnerWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  GList *windows = application != NULL ? gtk_application_get_windows (application) : NULL;

  for (GList *item = windows; item != NULL; item = item->next)
    {
      if (item->data != self && LIMNER_IS_WINDOW (item->data) &&
          LIMNER_WINDOW (item->data)->document == self->document)
        return TRUE;
    }
  return FALSE;
}

static void
proceed (LimnerWindow *self)
{
  const LimnerThen then = self->then;

  self->closing = FALSE;
  self->then = LIMNER_THEN_NOTHING;
  gtk_widget_set_sensitive (GTK_WIDGET (self->content), TRUE);
  switch (then)
    {
    case LIMNER_THEN_ADOPT:
      adopt (self);
      break;
    case LIMNER_THEN_DESTROY:
      disconnect_document (self);
      self->may_destroy = TRUE;
      gtk_window_destroy (GTK_WINDOW (self));
      break;
    case LIMNER_THEN_NOTHING:
    default:
      break;
    }
}

static void
on_document_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  limner_window_hide_progress (self);
  if (limner_document_close_finish (LIMNER_DOCUMENT (source), result, &error))
    {
      proceed (self);
      return;
    }
  self->closing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->content), TRUE);
  limner_window_focus_canvas (self);
  g_clear_object (&self->adopting);
  limner_window_ask_close (self, error);
}

void
limner_window_close_document (LimnerWindow *self, LimnerThen then)
{
  self->then = then;
  /* a name that is being typed is taken; and GTK 4.8 warns of an entry that can no longer be used
   * while it has the focus */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  leave_shape (self);
  if (self->document == NULL || is_shared (self))
    {
      proceed (self);
      return;
    }
  self->closing = TRUE;
  limner_window_note_place (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->content), FALSE);
  limner_window_show_progress (self, _ ("Writing the COCO file…"), FALSE);
  limner_document_close_async (self->document, on_document_closed, g_object_ref (self));
}

/* ---- opening ---- */

static void
on_open_progress (double fraction, gpointer user_data)
{
  limner_window_set_progress (user_data, fraction);
}

static void
on_candidate_chosen (GtkWindow *parent, const char *path, const char *coco_path)
{
  start_open (LIMNER_WINDOW (parent), path, coco_path, NULL);
}

/* Worker thread: the folder alone. */
static void
find_candidates_in_thread (GTask *task,
                           gpointer source,
                           gpointer task_data,
                           GCancellable *cancellable)
{
  g_task_return_pointer (task, limner_document_dup_candidates (task_data),
                         (GDestroyNotify) g_strfreev);
}

static void
on_candidates_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerWindow *self = LIMNER_WINDOW (source);
  g_auto (GStrv) candidates = g_task_propagate_pointer (G_TASK (result), NULL);

  if (candidates == NULL)
    return;
  g_clear_object (&self->opening);
  limner_candidates_ask (GTK_WINDOW (self), self->opening_path,
                         g_task_get_task_data (G_TASK (result)), (const char *const *) candidates,
                         on_candidate_chosen);
}

static void
ask_candidate (LimnerWindow *self)
{
  g_autoptr (GTask) task = NULL;

  self->opening = g_cancellable_new ();
  task = g_task_new (self, self->opening, on_candidates_found, NULL);
  g_task_set_task_data (task, dup_place_path (self->opening_path), g_free);
  g_task_run_in_thread (task, find_candidates_in_thread);
}

static void
show_no_images (LimnerWindow *self)
{
  g_autofree char *name = g_filename_display_basename (self->opening_path);
  g_autofree char *text = g_strdup_printf (_ ("Limner looked in “%s” for JPEG, PNG, TIFF, BMP, GIF "
                                              "and WebP files, and for a COCO file."),
                                           name);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (self->document != NULL)
    {
      limner_window_show_banner (self, LIMNER_BANNER_OPEN, _ ("No images in this folder"), text,
                                 NULL, NULL);
      return;
    }
  adw_status_page_set_description (self->empty_page, markup);
  show_page (self, "empty");
}

static void
handle_open_error (LimnerWindow *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_SEVERAL))
    {
      ask_candidate (self);
      return;
    }
  /* The file that was chosen before is gone: choose again. */
  if (self->opening_coco != NULL && !g_file_test (self->opening_coco, G_FILE_TEST_EXISTS))
    {
      start_open (self, self->opening_path, NULL, self->opening_root);
      return;
    }
  if (g_error_matches (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NO_IMAGES))
    {
      show_no_images (self);
      return;
    }
  {
    g_autofree char *name = g_filename_display_basename (self->opening_path);
    g_autofree char *title = g_strdup_printf (_ ("“%s” cannot be opened"), name);
    const gboolean is_there = g_file_test (self->opening_path, G_FILE_TEST_EXISTS);

    g_free (self->failed_path);
    self->failed_path = g_strdup (is_there ? self->opening_path : NULL);
    limner_window_show_banner (self, LIMNER_BANNER_OPEN, title, error->message,
                               is_there ? _ ("Show file") : NULL,
                               is_there ? "win.show-failed" : NULL);
  }
}

static void
present_waiting (LimnerWindow *self)
{
  if (self->present_source == 0)
    return;
  g_clear_handle_id (&self->present_source, g_source_remove);
  gtk_window_present (GTK_WINDOW (self));
}

static gboolean
on_present_time (gpointer user_data)
{
  LimnerWindow *self = user_data;

  self->present_source = 0;
  gtk_window_present (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

void
limner_window_present (LimnerWindow *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)) || self->opening == NULL)
    gtk_window_present (GTK_WINDOW (self));
  else if (self->present_source == 0)
    self->present_source = g_timeout_add (PRESENT_WAIT_MS, on_present_time, self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerDocument) document =
      limner_opener_open_finish (LIMNER_OPENER (source), result, &error);

  /* Another open took over, or the window is closing. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  limner_window_hide_progress (self);
  g_clear_object (&self->opening);
  if (document == NULL)
    {
      present_waiting (self);
      handle_open_error (self, error);
      return;
    }
  g_set_object (&self->adopting, document);
  if (document == self->document)
    adopt (self);
  else
    limner_window_close_document (self, LIMNER_THEN_ADOPT);
  present_waiting (self);
}

void
limner_window_cancel_open (LimnerWindow *self)
{
  if (self->opening == NULL)
    return;
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  limner_window_hide_progress (self);
}

static void
start_open (LimnerWindow *self, const char *path, const char *coco_path, const char *image_root)
{
  g_autofree char *own_path = g_strdup (path);

  if (self->closing)
    return;
  limner_window_cancel_open (self);
  g_free (self->opening_path);
  self->opening_path = g_steal_pointer (&own_path);
  g_free (self->opening_coco);
  self->opening_coco = g_strdup (coco_path);
  g_free (self->opening_root);
  self->opening_root = g_strdup (image_root);
  self->opening = g_cancellable_new ();
  limner_window_show_progress (self, _ ("Opening…"), TRUE);
  limner_opener_open_async (self->opener, self->opening_path, coco_path, image_root,
                            on_open_progress, self, self->opening, on_opened, g_object_ref (self));
}

/* What the person chose for it before is chosen again. */
void
limner_window_open (LimnerWindow *self, const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *place_path = dup_place_path (absolute);
  g_autoptr (LimnerPlace) place = limner_places_find (self->places, place_path);

  start_open (self, absolute, place != NULL ? place->coco_path : NULL,
              place != NULL ? place->image_root : NULL);
}

void
limner_window_begin_open (LimnerOpener *opener, LimnerPlaces *places, const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *place_path = dup_place_path (absolute);
  g_autoptr (LimnerPlace) place = limner_places_find (places, place_path);

  limner_opener_begin (opener, absolute, place != NULL ? place->coco_path : NULL,
                       place != NULL ? place->image_root : NULL);
}

void
limner_window_restore (LimnerWindow *self)
{
  g_autofree char *path = limner_places_dup_last (self->places);

  if (path != NULL)
    limner_window_open (self, path);
}

/* ---- choosers ---- */

typedef void (*ChosenFunc) (LimnerWindow *self, const char *path);

static void
on_chooser_response (GtkNativeDialog *chooser, int response, LimnerWindow *self)
{
  ChosenFunc chosen = (ChosenFunc) g_object_get_data (G_OBJECT (chooser), "chosen");
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    chosen (self, path);
  limner_window_focus_canvas (self);
  g_object_unref (chooser);
}

static GtkFileChooserNative *
new_chooser (LimnerWindow *self, const char *title, GtkFileChooserAction action, ChosenFunc chosen)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _ ("Open"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data (G_OBJECT (chooser), "chosen", (gpointer) chosen);
  if (self->document != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (limner_document_get_folder (self->document));
      g_autoptr (GFile) parent = g_file_get_parent (folder);

      if (parent != NULL)
        gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), parent, NULL);
    }
  /* The chooser lives until its response. */
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chooser_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
  return chooser;
}

void
limner_window_choose_folder (LimnerWindow *self)
{
  new_chooser (self, _ ("Open a folder of images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
               limner_window_open);
}

void
limner_window_choose_file (LimnerWindow *self)
{
  GtkFileChooserNative *chooser = new_chooser (self, _ ("Open a COCO file or an image"),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, limner_window_open);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("COCO files and images"));
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
}

static void
on_image_root_chosen (LimnerWindow *self, const char *path)
{
  if (self->document != NULL)
    start_open (self, self->path, self->coco_path, path);
}

void
limner_window_choose_image_root (LimnerWindow *self)
{
  new_chooser (self, _ ("Folder of the images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
               on_image_root_chosen);
}
