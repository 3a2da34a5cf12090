/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-class-panel"

#include "class-panel.h"

#include "class-edits.h"
#include "class-row.h"
#include "palette-popover.h"

#include <glib/gi18n.h>

/* More classes than this get a search entry. */
#define SEARCH_FROM 13

struct _LimnerClassPanel
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  GListModel *categories;
  GtkFilterListModel *filtered;
  GtkStringFilter *filter;
  GtkSingleSelection *selection;
  GHashTable *rows; /* set of bound LimnerClassRow, borrowed */
  GtkWidget *menu;
  GtkWidget *palette;
  gint64 menu_id; /* class that the menu is about */
  gboolean selecting;
  guint update_source;

  GtkWidget *content;
  GtkLabel *count;
  GtkToggleButton *search_button;
  GtkRevealer *search_revealer;
  GtkEditable *search;
  GtkListView *view;
  GtkWidget *nothing;
  GtkMenuButton *add_button;
  GtkPopover *add_popover;
  GtkEditable *add_entry;
  GMenuModel *class_menu;
};

G_DEFINE_FINAL_TYPE (LimnerClassPanel, limner_class_panel, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_DELETE_REQUESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* @error (nullable): all went well. */
static void
report (LimnerClassPanel *self, const GError *error)
{
  if (error != NULL)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, error->message);
}

/* ---- rows ---- */

static gboolean
on_update_due (gpointer user_data)
{
  LimnerClassPanel *self = user_data;
  GHashTableIter iter;
  gpointer row;

  self->update_source = 0;
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    limner_class_row_update (row);
  return G_SOURCE_REMOVE;
}

/* Once for many changes: loading an image changes every count. */
static void
queue_update (LimnerClassPanel *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

/* The first ten classes of the dataset have keys, whatever the list shows. */
static char
find_digit (LimnerClassPanel *self, LimnerCategory *category)
{
  const guint n = MIN (10, g_list_model_get_n_items (self->categories));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) other = g_list_model_get_item (self->categories, i);

      if (other == category)
        return (char) ('0' + (i + 1) % 10);
    }
  return 0;
}

static void
on_renamed (LimnerClassRow *row, const char *name, LimnerClassPanel *self)
{
  g_autoptr (GError) error = NULL;
  const gint64 id = limner_category_get_id (limner_class_row_get_category (row));

  limner_class_rename (limner_scene_get_document (self->scene), id, name, &error);
  report (self, error);
}

static LimnerClassRow *
find_row (LimnerClassPanel *self, gint64 id)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      LimnerCategory *category = limner_class_row_get_category (row);

      if (category != NULL && limner_category_get_id (category) == id)
        return row;
    }
  return NULL;
}

/* ---- menu ---- */

static void
set_action_enabled (LimnerClassPanel *self, gboolean editable)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "class.rename", editable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "class.recolor", editable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "class.delete", editable);
}

static void
open_menu (LimnerClassPanel *self, LimnerClassRow *row, double x, double y)
{
  LimnerCategory *category = limner_class_row_get_category (row);
  LimnerDocument *document = limner_scene_get_document (self->scene);
  graphene_point_t point;

  if (category == NULL)
    return;
  self->menu_id = limner_category_get_id (category);
  set_action_enabled (self, limner_category_is_editable (category) &&
                                !limner_document_is_read_only (document));
  if (!gtk_widget_compute_point (GTK_WIDGET (row), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  /* the release goes to the menu, and the row would look pressed for ever */
  gtk_widget_unset_state_flags (gtk_widget_get_parent (GTK_WIDGET (row)), GTK_STATE_FLAG_ACTIVE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_row_pressed (GtkGestureClick *gesture, int n_press, double x, double y, LimnerClassPanel *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  const guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  if (button == GDK_BUTTON_SECONDARY)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      open_menu (self, LIMNER_CLASS_ROW (row), x, y);
    }
  else if (button == GDK_BUTTON_PRIMARY && n_press == 2)
    {
      /* Else the list would take the focus from the entry. */
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      limner_class_row_start_rename (LIMNER_CLASS_ROW (row));
    }
}

/* The row under the keyboard, else the active class. */
static LimnerClassRow *
find_current_row (LimnerClassPanel *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    {
      GtkWidget *child = gtk_widget_get_first_child (focus);

      if (child != NULL && LIMNER_IS_CLASS_ROW (child))
        return LIMNER_CLASS_ROW (child);
    }
  return find_row (self, limner_scene_get_active_category (self->scene));
}

static void
on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnerClassPanel *self = LIMNER_CLASS_PANEL (widget);
  LimnerDocument *document;
  LimnerCategory *category;
  LimnerClassRow *row;
  g_autoptr (GError) error = NULL;

  if (self->scene == NULL)
    return;
  document = limner_scene_get_document (self->scene);
  row = find_row (self, self->menu_id);
  category = limner_dataset_find_category (limner_document_get_dataset (document), self->menu_id);
  if (category == NULL)
    return;
  if (g_str_equal (name, "class.rename") && row != NULL)
    {
      limner_class_row_start_rename (row);
    }
  else if (g_str_equal (name, "class.recolor"))
    {
      GdkRectangle at;

      gtk_popover_get_pointing_to (GTK_POPOVER (self->menu), &at);
      limner_palette_popover_set_color (LIMNER_PALETTE_POPOVER (self->palette),
                                        limner_category_get_color (category));
      gtk_popover_set_pointing_to (GTK_POPOVER (self->palette), &at);
      gtk_popover_popup (GTK_POPOVER (self->palette));
    }
  else if (g_str_equal (name, "class.delete"))
    {
      if (limner_dataset_is_referenced (limner_document_get_dataset (document),
                                        LIMNER_RECORD_CATEGORY, self->menu_id))
        g_signal_emit (self, signals[SIGNAL_DELETE_REQUESTED], 0, self->menu_id);
      else
        {
          limner_class_delete (document, self->menu_id, NULL, &error);
          report (self, error);
        }
    }
}

static void
on_show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnerClassPanel *self = LIMNER_CLASS_PANEL (widget);
  const gboolean all = g_str_equal (name, "class.show-all");

  for (guint i = 0; self->scene != NULL && i < g_list_model_get_n_items (self->categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (self->categories, i);
      const gint64 id = limner_category_get_id (category);

      limner_scene_set_category_visible (self->scene, id, all || id == self->menu_id);
    }
  queue_update (self);
}

static void
on_select_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnerClassPanel *self = LIMNER_CLASS_PANEL (widget);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n = self->scene != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->scene)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerSceneItem) item = g_list_model_get_item (G_LIST_MODEL (self->scene), i);
      LimnerCategory *category = limner_scene_item_get_category (item);

      if (category != NULL && limner_category_get_id (category) == self->menu_id)
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  if (self->scene != NULL)
    limner_scene_select_many (self->scene, items, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
}

static void
on_color_chosen (LimnerClassPanel *self, guint color)
{
  g_autoptr (GError) error = NULL;

  if (self->scene == NULL)
    return;
  limner_class_recolor (limner_scene_get_document (self->scene), self->menu_id, color, &error);
  report (self, error);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerClassPanel *self)
{
  LimnerClassRow *row;

  if (self->scene == NULL || (keyval != GDK_KEY_F2 && keyval != GDK_KEY_Menu &&
                              !(keyval == GDK_KEY_F10 && (modifiers & GDK_SHIFT_MASK))))
    return FALSE;
  row = find_current_row (self);
  if (row == NULL)
    return FALSE;
  if (keyval == GDK_KEY_F2)
    limner_class_row_start_rename (row);
  else
    open_menu (self, row, 20.0, gtk_widget_get_height (GTK_WIDGET (row)));
  return TRUE;
}

/* ---- factory ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerClassPanel *self)
{
  GtkWidget *row = limner_class_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (row, "renamed", G_CALLBACK (on_renamed), self);
  gtk_list_item_set_child (list_item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerClassPanel *self)
{
  LimnerCategory *category = gtk_list_item_get_item (list_item);
  GtkWidget *row = gtk_list_item_get_child (list_item);

  limner_class_row_show (LIMNER_CLASS_ROW (row), self->scene, category,
                         find_digit (self, category));
  g_hash_table_add (self->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerClassPanel *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_hash_table_remove (self->rows, row);
  limner_class_row_show (LIMNER_CLASS_ROW (row), NULL, NULL, 0);
}

/* ---- active class ---- */

static void
on_selected (LimnerClassPanel *self)
{
  LimnerCategory *category = gtk_single_selection_get_selected_item (self->selection);

  if (self->selecting || self->scene == NULL || category == NULL)
    return;
  limner_scene_set_active_category (self->scene, limner_category_get_id (category));
}

static void
on_active_changed (LimnerClassPanel *self)
{
  const gint64 active = limner_scene_get_active_category (self->scene);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category =
          g_list_model_get_item (G_LIST_MODEL (self->filtered), i);

      if (limner_category_get_id (category) == active)
        {
          position = i;
          break;
        }
    }
  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->selecting = FALSE;
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  queue_update (self);
}

static void
update_count (LimnerClassPanel *self)
{
  const guint n = self->categories != NULL ? g_list_model_get_n_items (self->categories) : 0;
  g_autofree char *text = n > 0 ? g_strdup_printf ("%'u", n) : g_strdup ("");

  gtk_label_set_text (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->search_button), n >= SEARCH_FROM);
  gtk_widget_set_visible (self->nothing, n == 0);
}

/* Which classes have keys may be others now. */
static void
on_categories_changed (LimnerClassPanel *self)
{
  GHashTableIter iter;
  gpointer row;

  update_count (self);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      LimnerCategory *category = limner_class_row_get_category (row);
      g_autoptr (LimnerCategory) kept = category != NULL ? g_object_ref (category) : NULL;

      if (kept != NULL)
        limner_class_row_show (row, self->scene, kept, find_digit (self, kept));
    }
  on_active_changed (self);
}

/* ---- search and add ---- */

static void
on_search_toggled (LimnerClassPanel *self)
{
  if (gtk_toggle_button_get_active (self->search_button))
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
  else
    gtk_editable_set_text (self->search, "");
}

static void
on_search_changed (LimnerClassPanel *self)
{
  self->selecting = TRUE;
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (self->search));
  self->selecting = FALSE;
  if (self->scene != NULL)
    on_active_changed (self);
}

static void
on_stop_search (LimnerClassPanel *self)
{
  gtk_toggle_button_set_active (self->search_button, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
}

/* Enter takes the first match. */
static void
on_search_activate (LimnerClassPanel *self)
{
  g_autoptr (LimnerCategory) category = g_list_model_get_item (G_LIST_MODEL (self->filtered), 0);

  if (category != NULL && self->scene != NULL)
    limner_scene_set_active_category (self->scene, limner_category_get_id (category));
  on_stop_search (self);
}

static void
on_add (LimnerClassPanel *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->add_entry)));
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (*name == '\0' || self->scene == NULL)
    return;
  if (!limner_class_create (limner_scene_get_document (self->scene), name, &id, &error))
    {
      report (self, error);
      return;
    }
  limner_scene_set_active_category (self->scene, id);
  /* The popover stays: a second name can be typed at once. */
  gtk_editable_set_text (self->add_entry, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->add_entry));
}

/* ---- public ---- */

static void
limner_class_panel_dispose (GObject *object)
{
  LimnerClassPanel *self = LIMNER_CLASS_PANEL (object);

  limner_class_panel_set_scene (self, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->palette, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_CLASS_PANEL);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  G_OBJECT_CLASS (limner_class_panel_parent_class)->dispose (object);
}

static void
limner_class_panel_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnerClassPanel *self = LIMNER_CLASS_PANEL (widget);

  gtk_widget_size_allocate (self->content, &(GtkAllocation){ 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->menu));
  gtk_popover_present (GTK_POPOVER (self->palette));
}

static void
limner_class_panel_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  gtk_widget_measure (LIMNER_CLASS_PANEL (widget)->content, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
limner_class_panel_class_init (LimnerClassPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_class_panel_dispose;
  widget_class->size_allocate = limner_class_panel_size_allocate;
  widget_class->measure = limner_class_panel_measure;
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", LIMNER_TYPE_CLASS_PANEL, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_DELETE_REQUESTED] =
      g_signal_new ("delete-requested", LIMNER_TYPE_CLASS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limner/Limner/panels/class-panel.ui");
  gtk_widget_class_set_css_name (widget_class, "classpanel");
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, content);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, count);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, search_button);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, search_revealer);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, search);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, view);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, nothing);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, add_button);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, add_popover);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, add_entry);
  gtk_widget_class_bind_template_child (widget_class, LimnerClassPanel, class_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_search_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_install_action (widget_class, "class.rename", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "class.recolor", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "class.delete", NULL, on_action);
  gtk_widget_class_install_action (widget_class, "class.show-only", NULL, on_show_action);
  gtk_widget_class_install_action (widget_class, "class.show-all", NULL, on_show_action);
  gtk_widget_class_install_action (widget_class, "class.select", NULL, on_select_action);
}

static void
add_popovers (LimnerClassPanel *self)
{
  self->menu = gtk_popover_menu_new_from_model (self->class_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  self->palette = limner_palette_popover_new ();
  gtk_widget_set_parent (self->palette, GTK_WIDGET (self));
  g_signal_connect_swapped (self->palette, "color-chosen", G_CALLBACK (on_color_chosen), self);
}

static void
limner_class_panel_init (LimnerClassPanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_popovers (self);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);

  self->filter =
      gtk_string_filter_new (gtk_property_expression_new (LIMNER_TYPE_CATEGORY, NULL, "name"));
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (g_object_ref (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));

  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), key);
}

void
limner_class_panel_set_scene (LimnerClassPanel *self, LimnerScene *scene)
{
  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  if (self->categories != NULL)
    g_signal_handlers_disconnect_by_data (self->categories, self);
  self->selecting = TRUE;
  if (self->filtered != NULL)
    gtk_filter_list_model_set_model (self->filtered, NULL);
  self->selecting = FALSE;
  g_clear_object (&self->categories);
  g_set_object (&self->scene, scene);
  if (scene == NULL)
    return;

  self->categories = g_object_ref (limner_dataset_get_categories (
      limner_document_get_dataset (limner_scene_get_document (scene))));
  gtk_toggle_button_set_active (self->search_button, FALSE);
  gtk_editable_set_text (self->search, "");
  self->selecting = TRUE;
  gtk_filter_list_model_set_model (self->filtered, self->categories);
  self->selecting = FALSE;
  g_signal_connect_object (self->categories, "items-changed", G_CALLBACK (on_categories_changed),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (scene, "notify::active-category", G_CALLBACK (on_active_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (scene, "items-changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (scene, "changed", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  update_count (self);
  on_active_changed (self);
}

void
limner_class_panel_focus_list (LimnerClassPanel *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}
