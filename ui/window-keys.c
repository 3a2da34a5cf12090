/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "commands.h"
#include "panels/class-edits.h"
#include "window-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* ---- keys ---- */

/* While it is down the picture is shown without shapes. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerWindow *self)
{
  if (keyval != GDK_KEY_x || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 ||
      self->scene == NULL)
    return FALSE;
  limner_scene_set_shapes_hidden (self->scene, TRUE);
  return TRUE;
}

static void
show_shapes (LimnerWindow *self)
{
  if (self->scene != NULL)
    limner_scene_set_shapes_hidden (self->scene, FALSE);
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint keyval,
                 guint keycode,
                 GdkModifierType modifiers,
                 LimnerWindow *self)
{
  if (keyval == GDK_KEY_x || keyval == GDK_KEY_X)
    show_shapes (self);
}

/* Esc in a list or entry that did not need it goes back to the picture. */
static gboolean
on_window_key_pressed (GtkEventControllerKey *controller,
                       guint keyval,
                       guint keycode,
                       GdkModifierType modifiers,
                       LimnerWindow *self)
{
  if (keyval != GDK_KEY_Escape || self->document == NULL ||
      gtk_widget_has_focus (GTK_WIDGET (self->canvas)))
    return FALSE;
  if (adw_flap_get_folded (self->left_flap))
    adw_flap_set_reveal_flap (self->left_flap, FALSE);
  if (adw_flap_get_folded (self->right_flap))
    adw_flap_set_reveal_flap (self->right_flap, FALSE);
  limner_window_focus_canvas (self);
  return TRUE;
}

void
limner_window_add_keys (LimnerWindow *self)
{
  GtkWidget *canvas = GTK_WIDGET (self->canvas);
  GtkEventController *held = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *window = gtk_event_controller_key_new ();

  gtk_widget_add_controller (canvas, limner_commands_new_canvas_controller ());
  g_signal_connect (held, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (held, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (canvas, held);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (show_shapes), self);
  gtk_widget_add_controller (canvas, focus);
  gtk_widget_add_controller (GTK_WIDGET (self), limner_commands_new_window_controller ());
  g_signal_connect (window, "key-pressed", G_CALLBACK (on_window_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), window);
}

/* ---- clipboard ---- */

void
limner_window_copy (LimnerWindow *self, gboolean cut)
{
  g_autofree char *text = limner_scene_copy (self->scene);

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  if (cut)
    limner_scene_delete_selection (self->scene);
}

static void
on_clipboard_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (self->scene == NULL)
    return;
  if (text == NULL)
    limner_window_toast (self, _ ("There are no annotations in the clipboard"));
  else
    limner_scene_paste (self->scene, text);
}

void
limner_window_paste (LimnerWindow *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL,
                                 on_clipboard_read, g_object_ref (self));
}

/* ---- classes by key and by name ---- */

/* In the select tool a digit is for what is selected, else for what is drawn next. */
static void
use_class (LimnerWindow *self, gint64 id)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);

  if (limner_scene_get_pending_shape (self->scene) != NULL)
    limner_scene_name_pending (self->scene, id);
  else if (limner_window_is_selecting (self) && selection->len > 0)
    limner_scene_set_selection_category (self->scene, id);
  else
    limner_scene_set_active_category (self->scene, id);
  limner_class_popup_note_recent (self->class_popup, id);
}

void
limner_window_class_key (LimnerWindow *self, guint number)
{
  GListModel *categories =
      limner_dataset_get_categories (limner_document_get_dataset (self->document));
  g_autoptr (LimnerCategory) category = NULL;

  if (number >= 1)
    category = g_list_model_get_item (categories, number - 1);
  if (category == NULL)
    {
      g_autofree char *sentence =
          g_strdup_printf (_ ("There is no class %u yet; add one with + in the list of classes"),
                           number);

      limner_window_toast (self, sentence);
      return;
    }
  use_class (self, limner_category_get_id (category));
}

static gboolean
get_selection_box (LimnerWindow *self, LimnerBox *box)
{
  LimnerShape *pending = limner_scene_get_pending_shape (self->scene);

  if (pending == NULL)
    return limner_scene_get_selection_bbox (self->scene, box);
  *box = limner_shape_get_bbox (pending);
  return TRUE;
}

/* Where the shape is on the screen: what can be seen of it. */
static GdkRectangle
find_place (LimnerWindow *self)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self->canvas));
  const double height = gtk_widget_get_height (GTK_WIDGET (self->canvas));
  LimnerBox box;
  LimnerBox view;
  LimnerPoint a;
  LimnerPoint b;

  if (!get_selection_box (self, &box))
    return (GdkRectangle){ (int) width / 2, (int) height / 4, 1, 1 };
  a = limner_canvas_to_view (self->canvas, (LimnerPoint){ box.x, box.y });
  b = limner_canvas_to_view (self->canvas, (LimnerPoint){ box.x + box.width, box.y + box.height });
  view = limner_box_from_corners (a, b);
  view = limner_box_clamp (&view, width, height);
  /* Handles stand out of the shape. */
  return (GdkRectangle){ (int) floor (view.x) - 6, (int) floor (view.y) - 6,
                         (int) ceil (view.width) + 12, (int) ceil (view.height) + 12 };
}

void
limner_window_choose_class (LimnerWindow *self)
{
  const GdkRectangle at = find_place (self);
  LimnerShape *pending = limner_scene_get_pending_shape (self->scene);

  g_clear_pointer (&self->unnamed, limner_shape_unref);
  if (pending != NULL)
    self->unnamed = limner_shape_ref (pending);
  limner_class_popup_open (self->class_popup, limner_document_get_dataset (self->document), &at,
                           pending != NULL ? _ ("removes the shape") : _ ("changes nothing"));
}

/* While drawing, the name for the last shape is the name for the next one, too. */
static void
go_on_with_class (LimnerWindow *self)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);
  LimnerCategory *category = NULL;

  if (selection->len > 0 && !limner_window_is_selecting (self))
    category = limner_scene_item_get_category (g_ptr_array_index (selection, 0));
  if (category != NULL)
    limner_scene_set_active_category (self->scene, limner_category_get_id (category));
}

static void
on_class_chosen (LimnerWindow *self, gint64 id)
{
  g_autoptr (GPtrArray) selection = NULL;

  if (self->scene == NULL)
    return;
  selection = limner_scene_get_selection (self->scene);
  if (limner_scene_get_pending_shape (self->scene) != NULL)
    limner_scene_name_pending (self->scene, id);
  else if (selection->len > 0)
    limner_scene_set_selection_category (self->scene, id);
  else
    limner_scene_set_active_category (self->scene, id);
  go_on_with_class (self);
  limner_window_focus_canvas (self);
}

static void
on_class_created (LimnerWindow *self, const char *name)
{
  g_autoptr (GPtrArray) selection = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (self->scene == NULL)
    return;
  selection = limner_scene_get_selection (self->scene);
  /* one step each: undo takes the class back together with what it was made for */
  if (limner_scene_get_pending_shape (self->scene) != NULL)
    limner_scene_name_pending_new (self->scene, name);
  else if (selection->len > 0)
    limner_scene_set_selection_category_new (self->scene, name);
  else if (limner_class_create (self->document, name, &id, &error))
    limner_scene_set_active_category (self->scene, id);
  else
    limner_window_toast (self, error->message);
  go_on_with_class (self);
  limner_window_focus_canvas (self);
}

/* A polygon of forty points is not lost by a click beside the pop-up. */
static void
on_given_up (LimnerWindow *self)
{
  if (self->scene != NULL && limner_scene_get_pending_shape (self->scene) != NULL)
    {
      limner_scene_drop_pending (self->scene);
      limner_window_toast_action (self, _ ("The shape without a name was removed"), _ ("Name it"),
                                  "win.name-again");
    }
  limner_window_focus_canvas (self);
}

void
limner_window_name_again (LimnerWindow *self)
{
  g_autoptr (LimnerShape) shape = g_steal_pointer (&self->unnamed);

  if (shape != NULL && self->scene != NULL)
    limner_scene_add_shape (self->scene, shape);
}

/* ---- popovers over the canvas ---- */

void
limner_window_open_context_menu (LimnerWindow *self, double x, double y)
{
  LimnerSceneItem *item;
  double zoom;

  if (self->scene == NULL)
    return;
  zoom = limner_canvas_get_zoom (self->canvas);
  item = limner_scene_find_at (self->scene,
                               limner_canvas_to_image (self->canvas, (LimnerPoint){ x, y }),
                               zoom > 0.0 ? 6.0 / zoom : 6.0, NULL);
  if (item != NULL && !limner_scene_item_get_selected (item))
    limner_scene_select (self->scene, item, FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu),
                               &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
on_popover_closed (LimnerWindow *self)
{
  limner_window_focus_canvas (self);
}

void
limner_window_add_popovers (LimnerWindow *self)
{
  self->class_popup = LIMNER_CLASS_POPUP (limner_class_popup_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->class_popup), GTK_WIDGET (self->canvas_box));
  g_signal_connect_swapped (self->class_popup, "chosen", G_CALLBACK (on_class_chosen), self);
  g_signal_connect_swapped (self->class_popup, "created", G_CALLBACK (on_class_created), self);
  g_signal_connect_swapped (self->class_popup, "given-up", G_CALLBACK (on_given_up), self);

  self->context_menu = gtk_popover_menu_new_from_model (self->canvas_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
  gtk_widget_set_halign (self->context_menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->context_menu, GTK_WIDGET (self->canvas_box));
  g_signal_connect_swapped (self->context_menu, "closed", G_CALLBACK (on_popover_closed), self);

  self->go_to = LIMNER_GO_TO (limner_go_to_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->go_to), GTK_WIDGET (self->title));
  gtk_popover_set_position (GTK_POPOVER (self->go_to), GTK_POS_BOTTOM);
  g_signal_connect_swapped (self->go_to, "image-chosen", G_CALLBACK (limner_window_show_image),
                            self);
  g_signal_connect_swapped (self->go_to, "closed", G_CALLBACK (on_popover_closed), self);

  self->view_popover =
      LIMNER_VIEW_POPOVER (limner_view_popover_new (self->canvas, self->preferences));
  gtk_menu_button_set_popover (self->view_button, GTK_WIDGET (self->view_popover));
  g_signal_connect_swapped (self->view_popover, "closed", G_CALLBACK (on_popover_closed), self);
}

void
limner_window_open_palette (LimnerWindow *self)
{
  if (self->palette == NULL)
    {
      self->palette = LIMNER_COMMAND_PALETTE (limner_command_palette_new ());
      gtk_widget_set_parent (GTK_WIDGET (self->palette), GTK_WIDGET (self->title));
      g_signal_connect_swapped (self->palette, "closed", G_CALLBACK (on_popover_closed), self);
    }
  limner_command_palette_open (self->palette);
}

void
limner_window_remove_popovers (LimnerWindow *self)
{
  if (self->palette != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->palette)));
  if (self->class_popup != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->class_popup)));
  g_clear_pointer (&self->context_menu, gtk_widget_unparent);
  if (self->go_to != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->go_to)));
}
