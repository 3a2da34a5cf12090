/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "commands.h"
#include "dialogs/delete-class.h"
#include "frame-memory.h"
#include "sentence.h"
#include "welcome-page.h"
#include "window-private.h"

#include <glib/gi18n.h>

/* Below these widths of the window the panels overlay the picture. */
#define FOLD_RIGHT_BELOW 900
#define FOLD_LEFT_BELOW 600

/* Sentences beyond this get more lines, and more time to be read. */
#define TOAST_CHARS 56
#define LONG_TOAST_S 10

G_DEFINE_FINAL_TYPE (LimnerWindow, limner_window, ADW_TYPE_APPLICATION_WINDOW)

LimnerDocument *
limner_window_get_document (LimnerWindow *self)
{
  g_return_val_if_fail (LIMNER_IS_WINDOW (self), NULL);
  return self->document;
}

LimnerScene *
limner_window_get_scene (LimnerWindow *self)
{
  g_return_val_if_fail (LIMNER_IS_WINDOW (self), NULL);
  return self->scene;
}

/* ---- toasts and focus ---- */

char *
limner_window_dup_brief (LimnerWindow *self, const char *sentence)
{
  g_autofree char *opened = NULL;
  g_autofree char *written = NULL;
  const char *folders[4] = { "", "", "", NULL };

  if (self->document != NULL)
    {
      folders[0] = limner_document_get_folder (self->document);
      folders[1] = written = g_path_get_dirname (limner_document_get_path (self->document));
    }
  if (self->opening_path != NULL)
    folders[2] = opened = g_path_get_dirname (self->opening_path);
  return limner_sentence_shorten (sentence, folders);
}

static AdwToast *
new_toast (LimnerWindow *self, const char *sentence)
{
  g_autofree char *brief = limner_window_dup_brief (self, sentence);
  g_autofree char *markup = g_markup_escape_text (brief, -1);
  AdwToast *toast = adw_toast_new (markup);

  /* Adwaita's own title is one line, whose end is cut off */
  if (!g_str_equal (brief, sentence) || g_utf8_strlen (brief, -1) > TOAST_CHARS)
    {
      adw_toast_set_custom_title (toast, limner_sentence_new_label (brief, sentence));
      adw_toast_set_timeout (toast, LONG_TOAST_S);
    }
  return toast;
}

void
limner_window_toast (LimnerWindow *self, const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, new_toast (self, sentence));
}

void
limner_window_toast_action (LimnerWindow *self,
                            const char *sentence,
                            const char *label,
                            const char *action)
{
  AdwToast *toast = new_toast (self, sentence);

  adw_toast_set_button_label (toast, label);
  adw_toast_set_detailed_action_name (toast, action);
  /* the button had the focus, and goes */
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (limner_window_focus_canvas), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
limner_window_focus_canvas (LimnerWindow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

void
limner_window_focus_images (LimnerWindow *self)
{
  adw_flap_set_reveal_flap (self->left_flap, TRUE);
  limner_image_panel_focus_search (self->image_panel);
}

void
limner_window_next_pane (LimnerWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->image_panel)))
    limner_class_panel_focus_list (self->class_panel);
  else if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->class_panel)))
    limner_annotation_panel_focus_list (self->annotation_panel);
  else if (focus == GTK_WIDGET (self->canvas) &&
           gtk_widget_child_focus (GTK_WIDGET (self->banner), GTK_DIR_TAB_FORWARD))
    return;
  else if (focus == GTK_WIDGET (self->canvas) ||
           (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->banner))))
    limner_image_panel_focus_list (self->image_panel);
  else
    limner_window_focus_canvas (self);
}

/* ---- template callbacks ---- */

static void
on_image_chosen (LimnerWindow *self, guint image)
{
  limner_window_show_image (self, image);
}

static void
on_panel_message (LimnerWindow *self, const char *sentence)
{
  limner_window_toast (self, sentence);
}

static void
on_delete_failed (GtkWindow *parent, const char *sentence)
{
  limner_window_toast (LIMNER_WINDOW (parent), sentence);
}

static void
on_delete_class_requested (LimnerWindow *self, gint64 category_id)
{
  limner_delete_class_ask (GTK_WINDOW (self), self->document, category_id, on_delete_failed);
}

static void
on_zoom_clicked (LimnerWindow *self)
{
  gtk_menu_button_popup (self->view_button);
}

static void
on_trouble_clicked (LimnerWindow *self)
{
  limner_window_update_trouble (self);
}

/* ---- layout ---- */

/* A panel that folds comes and goes by itself: what the person likes stays as it is. */
static void
set_folded (LimnerWindow *self, AdwFlap *flap, gboolean folded, const char *preference)
{
  const AdwFlapFoldPolicy policy =
      folded ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER;

  if (adw_flap_get_fold_policy (flap) == policy)
    return;
  self->folding = TRUE;
  adw_flap_set_fold_policy (flap, policy);
  adw_flap_set_reveal_flap (flap, !folded && limner_preferences_get_boolean (self->preferences,
                                                                             preference));
  self->folding = FALSE;
}

/* Before the frame is laid out, so that the panels fold in the same frame. */
static void
on_surface_layout (GdkSurface *surface, int width, int height, LimnerWindow *self)
{
  set_folded (self, self->left_flap, width < FOLD_LEFT_BELOW, "show-images");
  set_folded (self, self->right_flap, width < FOLD_RIGHT_BELOW, "show-side");
}

static void
on_revealed (AdwFlap *flap, GParamSpec *pspec, LimnerWindow *self)
{
  if (!self->folding && !adw_flap_get_folded (flap))
    g_object_set (self->preferences, flap == self->left_flap ? "show-images" : "show-side",
                  adw_flap_get_reveal_flap (flap), NULL);
}

static void
limner_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (limner_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout",
                           G_CALLBACK (on_surface_layout), widget, 0);
  limner_frame_memory_keep (GTK_NATIVE (widget));
}

static void
keep_size (LimnerWindow *self)
{
  int width;
  int height;
  const gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));

  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_object_set (self->preferences, "maximized", maximized, NULL);
  if (!maximized && width >= 360 && height >= 294)
    g_object_set (self->preferences, "width", (guint) width, "height", (guint) height, NULL);
}

static gboolean
limner_window_close_request (GtkWindow *window)
{
  LimnerWindow *self = LIMNER_WINDOW (window);

  if (self->may_destroy)
    return GTK_WINDOW_CLASS (limner_window_parent_class)->close_request (window);
  keep_size (self);
  limner_window_cancel_open (self);
  if (!self->closing)
    limner_window_close_document (self, LIMNER_THEN_DESTROY);
  else
    self->then = LIMNER_THEN_DESTROY;
  /* The window goes when the final save is through. */
  return TRUE;
}

/* ---- class ---- */

static void
limner_window_dispose (GObject *object)
{
  LimnerWindow *self = LIMNER_WINDOW (object);

  limner_window_cancel_open (self);
  limner_window_leave_image (self);
  g_clear_handle_id (&self->place_source, g_source_remove);
  g_clear_handle_id (&self->present_source, g_source_remove);
  g_clear_handle_id (&self->progress_source, g_source_remove);
  g_cancellable_cancel (self->exporting);
  g_clear_object (&self->exporting);
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  if (self->document != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->document, self);
      g_signal_handlers_disconnect_by_data (limner_document_get_history (self->document), self);
      g_signal_handlers_disconnect_by_data (limner_document_get_dataset (self->document), self);
    }
  limner_window_remove_popovers (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_WINDOW);
  g_clear_object (&self->tool);
  g_clear_object (&self->scene);
  g_clear_object (&self->document);
  g_clear_object (&self->adopting);
  if (self->loader != NULL)
    limner_image_loader_close (self->loader);
  g_clear_object (&self->loader);
  g_clear_object (&self->recent_menu);
  g_clear_object (&self->places);
  g_clear_object (&self->opener);
  g_clear_object (&self->preferences);
  g_clear_pointer (&self->unnamed, limner_shape_unref);
  G_OBJECT_CLASS (limner_window_parent_class)->dispose (object);
}

static void
limner_window_finalize (GObject *object)
{
  LimnerWindow *self = LIMNER_WINDOW (object);

  g_free (self->path);
  g_free (self->coco_path);
  g_free (self->image_root);
  g_free (self->opening_path);
  g_free (self->opening_coco);
  g_free (self->opening_root);
  g_free (self->failed_path);
  g_free (self->export_path);
  g_free (self->image_name);
  g_free (self->drawing_tool);
  G_OBJECT_CLASS (limner_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnerWindow, name)
  BIND (content);
  BIND (title);
  BIND (open_button);
  BIND (undo_button);
  BIND (redo_button);
  BIND (menu_button);
  BIND (view_button);
  BIND (search_button);
  BIND (banner);
  BIND (progress_box);
  BIND (progress_bar);
  BIND (progress_label);
  BIND (progress_cancel);
  BIND (stack);
  BIND (welcome);
  BIND (empty_page);
  BIND (left_flap);
  BIND (right_flap);
  BIND (image_panel);
  BIND (toasts);
  BIND (canvas_box);
  BIND (canvas_overlay);
  BIND (image_page);
  BIND (spinner);
  BIND (badge);
  BIND (class_panel);
  BIND (annotation_panel);
  BIND (details_panel);
  BIND (status_line);
  BIND (canvas_menu);
#undef BIND
}

static void
limner_window_class_init (LimnerWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = limner_window_finalize;
  widget_class->realize = limner_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = limner_window_close_request;
  g_type_ensure (LIMNER_TYPE_BANNER);
  g_type_ensure (LIMNER_TYPE_IMAGE_PANEL);
  g_type_ensure (LIMNER_TYPE_TOOL_STRIP);
  g_type_ensure (LIMNER_TYPE_CLASS_PANEL);
  g_type_ensure (LIMNER_TYPE_ANNOTATION_PANEL);
  g_type_ensure (LIMNER_TYPE_DETAILS_PANEL);
  g_type_ensure (LIMNER_TYPE_STATUS_LINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/limner/Limner/window.ui");
  bind_template (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_image_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_panel_message);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_class_requested);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_clicked);
}

/* AdwSplitButton has no way to name its arrow for readers: the tooltip is not enough. */
static void
name_arrow (AdwSplitButton *button)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (button)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_MENU_BUTTON (child))
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        _ ("Recent datasets"), -1);
    }
}

static void
limner_window_init (LimnerWindow *self)
{
  self->image = LIMNER_NO_IMAGE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->canvas), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->canvas), TRUE);
  gtk_box_append (self->canvas_box, GTK_WIDGET (self->canvas));
  self->minimap = limner_minimap_new (self->canvas);
  gtk_overlay_add_overlay (self->canvas_overlay, self->minimap);
  gtk_widget_set_visible (GTK_WIDGET (self->view_button), FALSE);
  gtk_widget_set_visible (self->search_button, FALSE);
  gtk_widget_set_visible (self->undo_button, FALSE);
  gtk_widget_set_visible (self->redo_button, FALSE);
  name_arrow (self->open_button);
  limner_commands_describe (self->undo_button, "win.undo");
  limner_commands_describe (self->redo_button, "win.redo");
  limner_commands_describe (self->search_button, "win.find-image");
}

/* Who chooses what labels say wants to see them. */
static void
on_label_content_chosen (LimnerPreferences *preferences)
{
  g_object_set (preferences, "show-labels", TRUE, NULL);
}

static void
bind_preferences (LimnerWindow *self)
{
  static const char *const names[] = { "show-labels",  "show-crosshair",  "show-grid",
                                       "show-rulers",  "show-magnifier",  "wheel-zooms",
                                       "fill-opacity", "outline-opacity", "line-width",
                                       "outline-only", "fade-others",     "line-patterns",
                                       "color-by",     "color-attribute", "label-content" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_bind_property (self->preferences, names[i], self->canvas, names[i],
                            G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->preferences, "show-minimap", self->minimap, "enabled",
                          G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->preferences, "notify::label-content",
                           G_CALLBACK (on_label_content_chosen), self, 0);
  g_object_bind_property (self->preferences, "image-grid", self->image_panel, "is-grid",
                          G_BINDING_SYNC_CREATE);
  adw_flap_set_reveal_flap (self->left_flap,
                            limner_preferences_get_boolean (self->preferences, "show-images"));
  adw_flap_set_reveal_flap (self->right_flap,
                            limner_preferences_get_boolean (self->preferences, "show-side"));
  g_signal_connect_object (self->left_flap, "notify::reveal-flap", G_CALLBACK (on_revealed), self,
                           0);
  g_signal_connect_object (self->right_flap, "notify::reveal-flap", G_CALLBACK (on_revealed), self,
                           0);
}

static void
connect_canvas (LimnerWindow *self)
{
  g_signal_connect_object (self->canvas, "notify::zoom", G_CALLBACK (limner_window_update_zoom),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "pointer-moved",
                           G_CALLBACK (limner_window_on_pointer_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "tool-changed", G_CALLBACK (limner_window_update_hint),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "context-menu",
                           G_CALLBACK (limner_window_open_context_menu), self, G_CONNECT_SWAPPED);
}

LimnerWindow *
limner_window_new (LimnerApplication *application)
{
  LimnerWindow *self = g_object_new (LIMNER_TYPE_WINDOW, "application", application, NULL);

  self->preferences = g_object_ref (limner_application_get_preferences (application));
  self->places = g_object_ref (limner_application_get_places (application));
  self->opener = g_object_ref (limner_application_get_opener (application));
  gtk_window_set_default_size (GTK_WINDOW (self),
                               (int) limner_preferences_get_uint (self->preferences, "width"),
                               (int) limner_preferences_get_uint (self->preferences, "height"));
  if (limner_preferences_get_boolean (self->preferences, "maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_bin_set_child (self->welcome, limner_welcome_page_new (self->places));
  bind_preferences (self);
  connect_canvas (self);
  limner_window_add_popovers (self);
  limner_window_add_actions (self);
  limner_window_add_keys (self);
  limner_window_add_drop_target (self);
  limner_window_update_recent (self);
  g_signal_connect_object (self->places, "changed", G_CALLBACK (limner_window_update_recent), self,
                           G_CONNECT_SWAPPED);
  limner_window_update_actions (self);
  return self;
}
