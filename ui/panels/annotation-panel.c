/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-annotation-panel"

#include "annotation-panel.h"

#include "annotation-row.h"
#include "scene-selection.h"

#include <glib/gi18n.h>

/* More than this are grouped by class. */
#define GROUP_FROM 25

struct _LimnerAnnotationPanel
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  LimnerSceneSelection *selection;
  GtkSortListModel *sorted;
  GtkSorter *by_class;
  GHashTable *rows; /* set of bound LimnerAnnotationRow, borrowed */
  GtkWidget *menu;
  guint update_source;

  GtkWidget *content;
  GtkLabel *count;
  GtkWidget *pending;
  GtkImage *pending_icon;
  GtkLabel *pending_size;
  GtkListView *view;
  GtkWidget *nothing;
  GMenuModel *annotation_menu;
};

G_DEFINE_FINAL_TYPE (LimnerAnnotationPanel, limner_annotation_panel, GTK_TYPE_WIDGET)

/* ---- what is shown ---- */

static int
compare_by_class (gconstpointer a, gconstpointer b, gpointer user_data)
{
  LimnerCategory *first = limner_scene_item_get_category ((LimnerSceneItem *) a);
  LimnerCategory *second = limner_scene_item_get_category ((LimnerSceneItem *) b);
  const gint64 x = first != NULL ? limner_category_get_id (first) : G_MAXINT64;
  const gint64 y = second != NULL ? limner_category_get_id (second) : G_MAXINT64;

  return (x > y) - (x < y);
}

static void
update_pending (LimnerAnnotationPanel *self)
{
  LimnerShape *shape = limner_scene_get_pending_shape (self->scene);
  LimnerBox box;
  g_autofree char *size = NULL;

  gtk_widget_set_visible (self->pending, shape != NULL);
  if (shape == NULL)
    return;
  box = limner_shape_get_bbox (shape);
  size = g_strdup_printf ("%.0f × %.0f", box.width, box.height);
  gtk_label_set_text (self->pending_size, size);
  gtk_image_set_from_icon_name (self->pending_icon, limner_annotation_row_get_icon (shape));
}

static void
update (LimnerAnnotationPanel *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->scene));
  gboolean loading = FALSE;
  g_autofree char *count = n > 0 ? g_strdup_printf ("%'u", n) : g_strdup ("");
  GHashTableIter iter;
  gpointer row;

  g_object_get (self->scene, "loading", &loading, NULL);
  gtk_label_set_text (self->count, count);
  gtk_sort_list_model_set_sorter (self->sorted, n >= GROUP_FROM ? self->by_class : NULL);
  update_pending (self);
  gtk_widget_set_visible (self->nothing,
                          n == 0 && !loading &&
                              limner_scene_get_pending_shape (self->scene) == NULL &&
                              limner_scene_get_image (self->scene) != LIMNER_NO_IMAGE);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    limner_annotation_row_update (row);
}

static gboolean
on_update_due (gpointer user_data)
{
  LimnerAnnotationPanel *self = user_data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (LimnerAnnotationPanel *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

static void
on_selection_changed (LimnerAnnotationPanel *self)
{
  LimnerSceneItem *item = limner_scene_get_single_selection (self->scene);
  guint position;

  if (item == NULL)
    return;
  position = limner_scene_selection_find (self->selection, item);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

static void
on_activate (LimnerAnnotationPanel *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.zoom-selection", NULL);
}

/* ---- menu ---- */

static void
on_row_pressed (
    GtkGestureClick *gesture, int n_press, double x, double y, LimnerAnnotationPanel *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  LimnerSceneItem *item = limner_annotation_row_get_item (LIMNER_ANNOTATION_ROW (row));
  graphene_point_t point;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (item == NULL ||
      !gtk_widget_compute_point (row, GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  if (!limner_scene_item_get_selected (item))
    limner_scene_select (self->scene, item, FALSE);
  /* the release goes to the menu, and the row would look pressed for ever */
  gtk_widget_unset_state_flags (gtk_widget_get_parent (row), GTK_STATE_FLAG_ACTIVE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerAnnotationPanel *self)
{
  switch (keyval)
    {
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.delete", NULL);
      return TRUE;
    case GDK_KEY_Menu:
      gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ 20, 40, 1, 1 });
      gtk_popover_popup (GTK_POPOVER (self->menu));
      return TRUE;
    default:
      return FALSE;
    }
}

/* ---- factory ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerAnnotationPanel *self)
{
  GtkWidget *row = limner_annotation_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (list_item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerAnnotationPanel *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  limner_annotation_row_show (LIMNER_ANNOTATION_ROW (row), self->scene,
                              gtk_list_item_get_item (list_item));
  g_hash_table_add (self->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerAnnotationPanel *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_hash_table_remove (self->rows, row);
  limner_annotation_row_show (LIMNER_ANNOTATION_ROW (row), NULL, NULL);
}

/* ---- the widget ---- */

static void
limner_annotation_panel_dispose (GObject *object)
{
  LimnerAnnotationPanel *self = LIMNER_ANNOTATION_PANEL (object);

  if (self->view != NULL)
    limner_annotation_panel_set_scene (self, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->by_class);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_ANNOTATION_PANEL);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  G_OBJECT_CLASS (limner_annotation_panel_parent_class)->dispose (object);
}

static void
limner_annotation_panel_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnerAnnotationPanel *self = LIMNER_ANNOTATION_PANEL (widget);

  gtk_widget_size_allocate (self->content, &(GtkAllocation){ 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
limner_annotation_panel_measure (GtkWidget *widget,
                                 GtkOrientation orientation,
                                 int for_size,
                                 int *minimum,
                                 int *natural,
                                 int *minimum_baseline,
                                 int *natural_baseline)
{
  gtk_widget_measure (LIMNER_ANNOTATION_PANEL (widget)->content, orientation, for_size, minimum,
                      natural, minimum_baseline, natural_baseline);
}

static void
limner_annotation_panel_class_init (LimnerAnnotationPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_annotation_panel_dispose;
  widget_class->size_allocate = limner_annotation_panel_size_allocate;
  widget_class->measure = limner_annotation_panel_measure;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limner/Limner/panels/annotation-panel.ui");
  gtk_widget_class_set_css_name (widget_class, "annotationpanel");
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, content);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, count);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, pending);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, pending_icon);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, pending_size);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, view);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, nothing);
  gtk_widget_class_bind_template_child (widget_class, LimnerAnnotationPanel, annotation_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
limner_annotation_panel_init (LimnerAnnotationPanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->rows = g_hash_table_new (NULL, NULL);
  self->by_class = GTK_SORTER (gtk_custom_sorter_new (compare_by_class, NULL, NULL));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->menu = gtk_popover_menu_new_from_model (self->annotation_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), key);
}

static void
connect_scene (LimnerAnnotationPanel *self)
{
  static const char *const names[] = { "items-changed", "changed",         "notify::has-pending",
                                       "hover-changed", "category-needed", "notify::loading" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect_object (self->scene, names[i], G_CALLBACK (queue_update), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scene, "selection-changed", G_CALLBACK (on_selection_changed),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
limner_annotation_panel_set_scene (LimnerAnnotationPanel *self, LimnerScene *scene)
{
  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_set_object (&self->scene, scene);
  if (scene == NULL)
    return;
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (scene)), NULL);
  self->selection = limner_scene_selection_new (scene, G_LIST_MODEL (self->sorted));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  connect_scene (self);
  /* at once: the first frame of a window shows it */
  update (self);
}

void
limner_annotation_panel_focus_list (LimnerAnnotationPanel *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}
