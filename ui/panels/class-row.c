/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-class-row"

#include "class-row.h"

#include "color-chip.h"

#include <glib/gi18n.h>

struct _LimnerClassRow
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  LimnerCategory *category;
  char digit;
  gboolean updating;
  gboolean pointed; /* the pointer is on the row */

  GtkWidget *box;
  GtkWidget *chip;
  GtkWidget *name;
  GtkWidget *entry; /* (nullable): made when a class is renamed first; seen in place of the name */
  GtkWidget *eye;   /* (nullable): made when it is seen first: there may be hundreds of rows */
  GtkWidget *here;
  GtkWidget *all;
};

G_DEFINE_FINAL_TYPE (LimnerClassRow, limner_class_row, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_RENAMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- renaming ---- */

static gboolean
is_renaming (LimnerClassRow *self)
{
  return self->entry != NULL && gtk_widget_get_visible (self->entry);
}

static void
stop_rename (LimnerClassRow *self, gboolean take)
{
  g_autofree char *name = NULL;

  if (!is_renaming (self))
    return;
  name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  gtk_widget_set_visible (self->name, TRUE);
  gtk_widget_set_visible (self->entry, FALSE);
  if (take && *name != '\0' && self->category != NULL &&
      g_strcmp0 (name, limner_category_get_name (self->category)) != 0)
    g_signal_emit (self, signals[SIGNAL_RENAMED], 0, name);
}

static void
on_entry_activate (LimnerClassRow *self)
{
  stop_rename (self, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
}

static gboolean
on_entry_key (GtkEventControllerKey *controller,
              guint keyval,
              guint keycode,
              GdkModifierType modifiers,
              LimnerClassRow *self)
{
  if (keyval != GDK_KEY_Escape)
    return FALSE;
  stop_rename (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
  return TRUE;
}

static void
on_entry_leave (GtkEventControllerFocus *controller, LimnerClassRow *self)
{
  stop_rename (self, TRUE);
}

static void
add_entry (LimnerClassRow *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = gtk_text_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_widget_add_css_class (self->entry, "rename");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the class"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_entry_key), self);
  gtk_widget_add_controller (self->entry, key);
  g_signal_connect (focus, "leave", G_CALLBACK (on_entry_leave), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_box_insert_child_after (GTK_BOX (self->box), self->entry, self->name);
}

void
limner_class_row_start_rename (LimnerClassRow *self)
{
  if (self->category == NULL || !limner_category_is_editable (self->category))
    return;
  if (self->entry == NULL)
    add_entry (self);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), limner_category_get_name (self->category));
  gtk_widget_set_visible (self->name, FALSE);
  gtk_widget_set_visible (self->entry, TRUE);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

/* ---- what is shown ---- */

static void
on_eye_toggled (LimnerClassRow *self)
{
  if (self->updating || self->category == NULL)
    return;
  limner_scene_set_category_visible (self->scene, limner_category_get_id (self->category),
                                     gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->eye)));
}

static void
add_eye (LimnerClassRow *self)
{
  self->eye = gtk_toggle_button_new ();
  gtk_widget_add_css_class (self->eye, "flat");
  gtk_widget_add_css_class (self->eye, "row-button");
  gtk_widget_set_valign (self->eye, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (self->eye, FALSE);
  gtk_widget_set_tooltip_text (self->eye, _ ("Show or hide shapes of this class"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->eye), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Show shapes of this class"), -1);
  g_signal_connect_swapped (self->eye, "toggled", G_CALLBACK (on_eye_toggled), self);
  gtk_box_insert_child_after (GTK_BOX (self->box), self->eye,
                              gtk_widget_get_prev_sibling (self->here));
}

static void
set_eye (LimnerClassRow *self, gboolean visible)
{
  /* It takes the room of the name. */
  const gboolean is_seen = self->pointed || !visible;

  if (self->eye == NULL && !is_seen)
    return;
  if (self->eye == NULL)
    add_eye (self);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->eye), visible);
  gtk_button_set_icon_name (GTK_BUTTON (self->eye),
                            visible ? "view-reveal-symbolic" : "view-conceal-symbolic");
  if (visible)
    gtk_widget_remove_css_class (self->eye, "off");
  else
    gtk_widget_add_css_class (self->eye, "off");
  gtk_widget_set_visible (self->eye, is_seen);
}

static void
on_enter (GtkEventControllerMotion *motion, double x, double y, LimnerClassRow *self)
{
  self->pointed = TRUE;
  limner_class_row_update (self);
}

static void
on_leave (GtkEventControllerMotion *motion, LimnerClassRow *self)
{
  self->pointed = FALSE;
  limner_class_row_update (self);
}

void
limner_class_row_update (LimnerClassRow *self)
{
  gint64 id;
  guint here;
  guint all;
  g_autofree char *here_text = NULL;
  g_autofree char *all_text = NULL;

  if (self->category == NULL)
    return;
  id = limner_category_get_id (self->category);
  here = limner_scene_count_category (self->scene, id);
  all = limner_category_get_n_annotations (self->category);
  here_text = here > 0 ? g_strdup_printf ("%'u", here) : g_strdup ("");
  all_text = g_strdup_printf ("%'u", all);

  self->updating = TRUE;
  limner_color_chip_set_color (LIMNER_COLOR_CHIP (self->chip),
                               limner_category_get_color (self->category));
  limner_color_chip_set_digit (LIMNER_COLOR_CHIP (self->chip), self->digit);
  gtk_label_set_text (GTK_LABEL (self->name), limner_category_get_name (self->category));
  gtk_label_set_text (GTK_LABEL (self->here), here_text);
  gtk_label_set_text (GTK_LABEL (self->all), all_text);
  set_eye (self, limner_scene_is_category_visible (self->scene, id));
  if (limner_scene_get_active_category (self->scene) == id)
    gtk_widget_add_css_class (GTK_WIDGET (self), "active-class");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "active-class");
  self->updating = FALSE;
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  LimnerClassRow *self = LIMNER_CLASS_ROW (widget);
  const char *super;
  g_autofree char *text = NULL;

  if (self->category == NULL)
    return FALSE;
  super = limner_category_get_supercategory (self->category);
  text = g_strdup_printf (_ ("%s%s%s\n%'u in this image, %'u in all"),
                          limner_category_get_name (self->category),
                          super != NULL && *super != '\0' ? " · " : "", super != NULL ? super : "",
                          limner_scene_count_category (self->scene,
                                                       limner_category_get_id (self->category)),
                          limner_category_get_n_annotations (self->category));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

void
limner_class_row_show (LimnerClassRow *self,
                       LimnerScene *scene,
                       LimnerCategory *category,
                       char digit)
{
  stop_rename (self, FALSE);
  if (self->category != NULL)
    g_signal_handlers_disconnect_by_data (self->category, self);
  g_set_object (&self->scene, scene);
  g_set_object (&self->category, category);
  self->digit = digit;
  if (category == NULL)
    return;
  g_signal_connect_object (category, "notify", G_CALLBACK (limner_class_row_update), self,
                           G_CONNECT_SWAPPED);
  limner_class_row_update (self);
}

LimnerCategory *
limner_class_row_get_category (LimnerClassRow *self)
{
  return self->category;
}

static void
limner_class_row_dispose (GObject *object)
{
  LimnerClassRow *self = LIMNER_CLASS_ROW (object);

  if (self->category != NULL)
    g_signal_handlers_disconnect_by_data (self->category, self);
  g_clear_object (&self->category);
  g_clear_object (&self->scene);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_class_row_parent_class)->dispose (object);
}

static void
limner_class_row_class_init (LimnerClassRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_class_row_dispose;
  widget_class->query_tooltip = on_query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "classrow");
  signals[SIGNAL_RENAMED] = g_signal_new ("renamed", LIMNER_TYPE_CLASS_ROW, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
add_counts (LimnerClassRow *self)
{
  self->here = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->here), 1.0f);
  gtk_widget_add_css_class (self->here, "numeric");
  self->all = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->all), 1.0f);
  gtk_label_set_width_chars (GTK_LABEL (self->all), 5);
  gtk_widget_add_css_class (self->all, "numeric");
  gtk_widget_add_css_class (self->all, "all");
}

static void
limner_class_row_init (LimnerClassRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->chip = limner_color_chip_new (18);
  self->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0.0f);
  gtk_widget_add_css_class (self->name, "name");
  gtk_widget_set_hexpand (self->name, TRUE);
  add_counts (self);
  gtk_box_append (GTK_BOX (self->box), self->chip);
  gtk_box_append (GTK_BOX (self->box), self->name);
  gtk_box_append (GTK_BOX (self->box), self->here);
  gtk_box_append (GTK_BOX (self->box), self->all);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
limner_class_row_new (void)
{
  return g_object_new (LIMNER_TYPE_CLASS_ROW, NULL);
}
