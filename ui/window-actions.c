/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "commands.h"
#include "window-private.h"

#include <glib/gi18n.h>

/* ---- helpers ---- */

static gboolean
tool_takes_key (LimnerWindow *self, LimnerKey key)
{
  return self->tool != NULL && limner_tool_key (self->tool, key, 0);
}

/* ---- dataset ---- */

#define ACTION(name)                                                                               \
  static void name (GSimpleAction *action, GVariant *parameter, gpointer user_data)

ACTION (on_open_folder)
{
  limner_window_choose_folder (user_data);
}

ACTION (on_open_file)
{
  limner_window_choose_file (user_data);
}

ACTION (on_open_path)
{
  limner_window_open (user_data, g_variant_get_bytestring (parameter));
}

ACTION (on_open_sample)
{
  limner_window_open_sample (user_data);
}

ACTION (on_choose_image_root)
{
  limner_window_choose_image_root (user_data);
}

ACTION (on_save)
{
  limner_window_save (user_data);
}

ACTION (on_export)
{
  limner_window_export (user_data);
}

ACTION (on_save_elsewhere)
{
  limner_window_save_elsewhere (user_data);
}

ACTION (on_retry)
{
  LimnerWindow *self = user_data;

  if (self->document != NULL)
    limner_document_retry (self->document);
}

ACTION (on_write_in_place)
{
  limner_window_ask_in_place (user_data);
}

ACTION (on_take_over)
{
  limner_window_ask_take_over (user_data);
}

ACTION (on_show_last_change)
{
  limner_window_show_last_change (user_data);
}

ACTION (on_conflicts)
{
  limner_window_show_conflicts (user_data);
}

ACTION (on_cancel_work)
{
  LimnerWindow *self = user_data;

  limner_window_cancel_open (self);
  g_cancellable_cancel (self->exporting);
}

ACTION (on_show_folder)
{
  LimnerWindow *self = user_data;

  if (self->document != NULL)
    limner_window_show_path (self, limner_document_get_folder (self->document));
}

ACTION (on_show_failed)
{
  LimnerWindow *self = user_data;

  if (self->failed_path != NULL)
    limner_window_show_path (self, self->failed_path);
}

ACTION (on_show_file)
{
  limner_window_show_path (user_data, g_variant_get_string (parameter, NULL));
}

ACTION (on_show_image_file)
{
  LimnerWindow *self = user_data;
  g_autofree char *path = NULL;

  if (self->document == NULL || self->image == LIMNER_NO_IMAGE)
    return;
  path = limner_dataset_dup_image_path (limner_document_get_dataset (self->document), self->image,
                                        NULL);
  limner_window_show_path (self, path != NULL ? path : limner_document_get_folder (self->document));
}

/* ---- images ---- */

ACTION (on_next_image)
{
  limner_window_step_image (user_data, 1);
}

ACTION (on_previous_image)
{
  limner_window_step_image (user_data, -1);
}

ACTION (on_next_empty)
{
  limner_window_step_empty (user_data, 1);
}

ACTION (on_previous_empty)
{
  limner_window_step_empty (user_data, -1);
}

ACTION (on_first_image)
{
  limner_window_step_image (user_data, -G_MAXINT);
}

ACTION (on_last_image)
{
  limner_window_step_image (user_data, G_MAXINT);
}

ACTION (on_go_to)
{
  LimnerWindow *self = user_data;

  limner_go_to_open (self->go_to, limner_document_get_dataset (self->document),
                     limner_image_panel_get_list (self->image_panel));
}

ACTION (on_find_image)
{
  limner_window_focus_images (user_data);
}

ACTION (on_reload_image)
{
  limner_window_reload_image (user_data);
}

/* A short press of Space: it finishes what is being drawn, else says that the image is done. */
ACTION (on_toggle_done)
{
  LimnerWindow *self = user_data;
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  LimnerState state;

  if (self->tool != NULL && limner_tool_is_active (self->tool))
    {
      limner_tool_key (self->tool, LIMNER_KEY_SPACE, 0);
      return;
    }
  if (self->image == LIMNER_NO_IMAGE || limner_scene_get_image (self->scene) != self->image)
    return;
  state = limner_dataset_get_image_state (dataset, self->image);
  if (state == LIMNER_STATE_DONE || state == LIMNER_STATE_ACCEPTED)
    limner_scene_set_image_state (self->scene, LIMNER_STATE_IN_PROGRESS);
  else
    limner_scene_set_image_state (self->scene, LIMNER_STATE_DONE);
}

/* ---- drawing ---- */

ACTION (on_tool)
{
  LimnerWindow *self = user_data;

  limner_window_set_tool (self, g_variant_get_string (parameter, NULL));
  /* the box that was being drawn may ask for its name */
  if (!gtk_widget_get_visible (GTK_WIDGET (self->class_popup)))
    limner_window_focus_canvas (self);
}

ACTION (on_repeat_tool)
{
  LimnerWindow *self = user_data;

  limner_window_set_tool (self, self->drawing_tool != NULL ? self->drawing_tool : "box");
}

ACTION (on_finish)
{
  tool_takes_key (user_data, LIMNER_KEY_ENTER);
}

ACTION (on_backspace)
{
  tool_takes_key (user_data, LIMNER_KEY_BACKSPACE);
}

/* Gives up one thing at a time: the gesture, the selection, the drawing tool. */
ACTION (on_escape)
{
  LimnerWindow *self = user_data;
  g_autoptr (GPtrArray) selection = NULL;

  if (self->tool != NULL && limner_tool_is_active (self->tool))
    {
      if (!tool_takes_key (self, LIMNER_KEY_ESCAPE))
        limner_tool_cancel (self->tool);
      return;
    }
  selection = limner_scene_get_selection (self->scene);
  if (selection->len > 0)
    limner_scene_select_none (self->scene);
  else if (!limner_window_is_selecting (self))
    limner_window_set_tool (self, "select");
}

/* ---- edits ---- */

ACTION (on_undo)
{
  LimnerWindow *self = user_data;
  guint image = LIMNER_NO_IMAGE;
  g_autoptr (GError) error = NULL;

  if (self->tool != NULL && limner_tool_undo (self->tool))
    return;
  if (!limner_document_undo (self->document, &image, &error))
    {
      if (error != NULL)
        limner_window_toast (self, error->message);
      return;
    }
  if (image != LIMNER_NO_IMAGE)
    limner_window_show_image (self, image);
}

ACTION (on_redo)
{
  LimnerWindow *self = user_data;
  guint image = LIMNER_NO_IMAGE;
  g_autoptr (GError) error = NULL;

  if (!limner_document_redo (self->document, &image, &error))
    {
      if (error != NULL)
        limner_window_toast (self, error->message);
      return;
    }
  if (image != LIMNER_NO_IMAGE)
    limner_window_show_image (self, image);
}

ACTION (on_cut)
{
  limner_window_copy (user_data, TRUE);
}

ACTION (on_copy)
{
  limner_window_copy (user_data, FALSE);
}

ACTION (on_paste)
{
  limner_window_paste (user_data);
}

ACTION (on_paste_previous)
{
  LimnerWindow *self = user_data;

  if (self->image != LIMNER_NO_IMAGE && self->image > 0)
    limner_scene_paste_from_image (self->scene, self->image - 1);
  else
    limner_window_toast (self, _ ("There is no image before this one"));
}

ACTION (on_duplicate)
{
  limner_scene_duplicate_selection (LIMNER_WINDOW (user_data)->scene);
}

ACTION (on_delete)
{
  LimnerWindow *self = user_data;

  if (!tool_takes_key (self, LIMNER_KEY_DELETE))
    limner_scene_delete_selection (self->scene);
}

ACTION (on_select_all)
{
  limner_scene_select_all (LIMNER_WINDOW (user_data)->scene);
}

static void
reveal_selection (LimnerWindow *self)
{
  LimnerSceneItem *item = limner_scene_get_single_selection (self->scene);
  LimnerShape *shape = item != NULL ? limner_scene_item_get_shape (item) : NULL;
  LimnerBox box;

  if (shape == NULL)
    return;
  box = limner_shape_get_bbox (shape);
  limner_canvas_reveal (self->canvas, &box);
}

ACTION (on_select_next)
{
  LimnerWindow *self = user_data;

  limner_scene_select_next (self->scene, FALSE);
  reveal_selection (self);
}

ACTION (on_select_previous)
{
  LimnerWindow *self = user_data;

  limner_scene_select_next (self->scene, TRUE);
  reveal_selection (self);
}

ACTION (on_nudge)
{
  LimnerWindow *self = user_data;
  LimnerPoint by;

  g_variant_get (parameter, "(dd)", &by.x, &by.y);
  /* an arrow key moves to where it points, however the view is turned */
  by = limner_orientation_turn (limner_orientation_invert (limner_canvas_get_turn (self->canvas)),
                                by);
  limner_scene_nudge (self->scene, by.x, by.y);
}

ACTION (on_hide)
{
  LimnerWindow *self = user_data;
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);

  for (guint i = 0; i < selection->len; i++)
    limner_scene_set_visible (self->scene, g_ptr_array_index (selection, i), FALSE);
}

ACTION (on_hide_others)
{
  limner_scene_hide_others (LIMNER_WINDOW (user_data)->scene);
}

ACTION (on_show_all)
{
  limner_scene_show_all (LIMNER_WINDOW (user_data)->scene);
}

/* What is unlocked is locked; if all are locked they are unlocked. */
static void
toggle_locks (LimnerScene *scene, GPtrArray *items)
{
  gboolean lock = FALSE;

  for (guint i = 0; i < items->len; i++)
    lock = lock || !limner_scene_item_get_locked (g_ptr_array_index (items, i));
  for (guint i = 0; i < items->len; i++)
    limner_scene_set_locked (scene, g_ptr_array_index (items, i), lock);
}

ACTION (on_lock)
{
  LimnerWindow *self = user_data;
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);

  toggle_locks (self->scene, selection);
}

ACTION (on_lock_all)
{
  LimnerWindow *self = user_data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->scene));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->scene), i));
  toggle_locks (self->scene, items);
}

/* ---- classes ---- */

ACTION (on_class_key)
{
  limner_window_class_key (user_data, (guint) g_variant_get_int32 (parameter));
}

ACTION (on_choose_class)
{
  limner_window_choose_class (user_data);
}

ACTION (on_name_again)
{
  limner_window_name_again (user_data);
}

/* ---- view ---- */

ACTION (on_zoom_in)
{
  limner_canvas_zoom_in (LIMNER_WINDOW (user_data)->canvas);
}

ACTION (on_zoom_out)
{
  limner_canvas_zoom_out (LIMNER_WINDOW (user_data)->canvas);
}

ACTION (on_zoom_full)
{
  limner_canvas_zoom_to (LIMNER_WINDOW (user_data)->canvas, 1.0, NULL);
}

ACTION (on_zoom_fit)
{
  limner_canvas_zoom_fit (LIMNER_WINDOW (user_data)->canvas);
}

ACTION (on_zoom_selection)
{
  LimnerWindow *self = user_data;
  LimnerBox bbox;

  if (limner_scene_get_selection_bbox (self->scene, &bbox))
    limner_canvas_zoom_to_box (self->canvas, &bbox);
}

ACTION (on_reset_window_level)
{
  limner_view_popover_reset (LIMNER_WINDOW (user_data)->view_popover);
}

static void
turn_view (LimnerWindow *self, LimnerOrientation turn)
{
  limner_canvas_set_turn (self->canvas,
                          limner_orientation_compose (limner_canvas_get_turn (self->canvas), turn));
}

ACTION (on_rotate_right)
{
  turn_view (user_data, LIMNER_ORIENTATION_ROTATE_90);
}

ACTION (on_rotate_left)
{
  turn_view (user_data, LIMNER_ORIENTATION_ROTATE_270);
}

ACTION (on_mirror)
{
  turn_view (user_data, LIMNER_ORIENTATION_FLIP_HORIZONTAL);
}

ACTION (on_upright)
{
  limner_canvas_set_turn (LIMNER_WINDOW (user_data)->canvas, LIMNER_ORIENTATION_NORMAL);
}

ACTION (on_window_mode)
{
  limner_view_popover_set_mode (LIMNER_WINDOW (user_data)->view_popover,
                                g_variant_get_string (parameter, NULL));
}

ACTION (on_invert)
{
  LimnerWindow *self = user_data;

  limner_view_popover_invert (self->view_popover);
}

ACTION (on_full_screen)
{
  GtkWindow *window = user_data;

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

ACTION (on_menu)
{
  gtk_menu_button_popup (LIMNER_WINDOW (user_data)->menu_button);
}

/* GTK would have it built with the window, which made up a twelfth of the start. */
ACTION (on_show_help_overlay)
{
  GtkApplicationWindow *self = user_data;

  if (gtk_application_window_get_help_overlay (self) == NULL)
    gtk_application_window_set_help_overlay (self, limner_commands_new_shortcuts_window ());
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (self)));
}

ACTION (on_command_palette)
{
  limner_window_open_palette (user_data);
}

ACTION (on_next_pane)
{
  limner_window_next_pane (user_data);
}

ACTION (on_focus_canvas)
{
  limner_window_focus_canvas (user_data);
}

ACTION (on_close)
{
  gtk_window_close (user_data);
}

/* ---- table ---- */

static const GActionEntry entries[] = {
  { "open-folder", on_open_folder },
  { "open-file", on_open_file },
  { "open-path", on_open_path, "ay" },
  { "open-sample", on_open_sample },
  { "choose-image-root", on_choose_image_root },
  { "save", on_save },
  { "export", on_export },
  { "save-elsewhere", on_save_elsewhere },
  { "retry", on_retry },
  { "take-over", on_take_over },
  { "write-in-place", on_write_in_place },
  { "conflicts", on_conflicts },
  { "show-last-change", on_show_last_change },
  { "cancel-work", on_cancel_work },
  { "show-folder", on_show_folder },
  { "show-file", on_show_file, "s" },
  { "show-failed", on_show_failed },
  { "show-image-file", on_show_image_file },
  { "next-image", on_next_image },
  { "previous-image", on_previous_image },
  { "next-empty", on_next_empty },
  { "previous-empty", on_previous_empty },
  { "first-image", on_first_image },
  { "last-image", on_last_image },
  { "go-to", on_go_to },
  { "find-image", on_find_image },
  { "reload-image", on_reload_image },
  { "toggle-done", on_toggle_done },
  { "tool", on_tool, "s", "'select'" },
  { "repeat-tool", on_repeat_tool },
  { "finish", on_finish },
  { "backspace", on_backspace },
  { "escape", on_escape },
  { "undo", on_undo },
  { "redo", on_redo },
  { "cut", on_cut },
  { "copy", on_copy },
  { "paste", on_paste },
  { "paste-previous", on_paste_previous },
  { "duplicate", on_duplicate },
  { "delete", on_delete },
  { "select-all", on_select_all },
  { "select-next", on_select_next },
  { "select-previous", on_select_previous },
  { "nudge", on_nudge, "(dd)" },
  { "hide", on_hide },
  { "hide-others", on_hide_others },
  { "show-all", on_show_all },
  { "lock", on_lock },
  { "lock-all", on_lock_all },
  { "class-key", on_class_key, "i" },
  { "choose-class", on_choose_class },
  { "name-again", on_name_again },
  { "zoom-in", on_zoom_in },
  { "zoom-out", on_zoom_out },
  { "zoom-full", on_zoom_full },
  { "zoom-fit", on_zoom_fit },
  { "zoom-selection", on_zoom_selection },
  { "reset-window-level", on_reset_window_level },
  { "rotate-right", on_rotate_right },
  { "rotate-left", on_rotate_left },
  { "mirror", on_mirror },
  { "upright", on_upright },
  { "window-mode", on_window_mode, "s" },
  { "invert", on_invert },
  { "full-screen", on_full_screen },
  { "menu", on_menu },
  { "show-help-overlay", on_show_help_overlay },
  { "command-palette", on_command_palette },
  { "next-pane", on_next_pane },
  { "focus-canvas", on_focus_canvas },
  { "close", on_close },
};

static void
add_property_action (LimnerWindow *self, const char *name, gpointer object, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

void
limner_window_add_actions (LimnerWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_property_action (self, "show-labels", self->preferences, "show-labels");
  add_property_action (self, "color-by", self->preferences, "color-by");
  add_property_action (self, "label-content", self->preferences, "label-content");
  add_property_action (self, "outline-only", self->preferences, "outline-only");
  add_property_action (self, "fade-others", self->preferences, "fade-others");
  add_property_action (self, "line-patterns", self->preferences, "line-patterns");
  add_property_action (self, "show-grid", self->preferences, "show-grid");
  add_property_action (self, "show-minimap", self->preferences, "show-minimap");
  add_property_action (self, "show-rulers", self->preferences, "show-rulers");
  add_property_action (self, "show-magnifier", self->preferences, "show-magnifier");
  add_property_action (self, "image-grid", self->preferences, "image-grid");
  add_property_action (self, "show-images", self->left_flap, "reveal-flap");
  add_property_action (self, "show-side", self->right_flap, "reveal-flap");
}
