/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-attribute-list"

#include "attribute-list.h"

#include <glib/gi18n.h>
#include <limner/attribute.h>

struct _LimnerAttributeList
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  LimnerSceneItem *item;
  GPtrArray *rows; /* (element-type Row): owned by their widgets */
  gboolean showing;

  GtkWidget *scroller;
  GtkWidget *list;
  GtkWidget *add_row;
  GtkWidget *add_popover;
  GtkWidget *new_name;
  GtkWidget *new_value;
};

G_DEFINE_FINAL_TYPE (LimnerAttributeList, limner_attribute_list, GTK_TYPE_WIDGET)

/* One attribute that is shown. */
typedef struct
{
  LimnerAttributeList *list;
  GtkWidget *widget;
  GtkWidget *editor;
  LimnerAttribute *attribute; /* as shown */
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  limner_attribute_free (row->attribute);
  g_free (row);
}

static gboolean
is_switch (const LimnerAttribute *attribute)
{
  return attribute->type == LIMNER_VALUE_BOOLEAN;
}

/* ---- editing ---- */

static void
set_value (LimnerAttributeList *self, const char *name, const char *value)
{
  if (self->item != NULL)
    limner_scene_set_attribute (self->scene, self->item, name, value);
}

static void
on_switched (GtkSwitch *editor, GParamSpec *pspec, Row *row)
{
  if (!row->list->showing)
    set_value (row->list, row->attribute->name, gtk_switch_get_active (editor) ? "true" : "false");
}

static void
take_text (Row *row)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row->editor));
  g_autofree char *value = NULL;

  /* a row that is taken away loses the focus, too */
  if (row->list->showing || g_str_equal (text, row->attribute->text))
    return;
  value = limner_attribute_format (text, row->attribute->type == LIMNER_VALUE_STRING, FALSE);
  set_value (row->list, row->attribute->name, value);
}

static void
on_left (GtkEventControllerFocus *controller, Row *row)
{
  take_text (row);
}

static gboolean
on_key (
    GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, Row *row)
{
  if (keyval != GDK_KEY_Escape)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (row->editor), row->attribute->text);
  gtk_widget_activate_action (row->editor, "win.focus-canvas", NULL);
  return TRUE;
}

static void
on_remove (GtkButton *button, Row *row)
{
  set_value (row->list, row->attribute->name, NULL);
}

/* ---- rows ---- */

static GtkWidget *
new_field (Row *row)
{
  GtkWidget *field = gtk_text_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_editable_set_alignment (GTK_EDITABLE (field), 1.0f);
  gtk_editable_set_width_chars (GTK_EDITABLE (field), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (field), 12);
  gtk_widget_add_css_class (field, "numeric");
  g_signal_connect (focus, "leave", G_CALLBACK (on_left), row);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), row);
  g_signal_connect_swapped (field, "activate", G_CALLBACK (take_text), row);
  gtk_widget_add_controller (field, focus);
  gtk_widget_add_controller (field, keys);
  return field;
}

/* Lists and objects in an attribute are shown as what they are and kept. */
static GtkWidget *
new_text (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
new_editor (Row *row)
{
  GtkWidget *editor;

  if (is_switch (row->attribute))
    {
      editor = gtk_switch_new ();
      gtk_widget_set_valign (editor, GTK_ALIGN_CENTER);
      g_signal_connect (editor, "notify::active", G_CALLBACK (on_switched), row);
    }
  else if (row->attribute->type == LIMNER_VALUE_ARRAY ||
           row->attribute->type == LIMNER_VALUE_OBJECT)
    return new_text ();
  else
    editor = new_field (row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  row->attribute->name, -1);
  return editor;
}

static void
show_value (Row *row)
{
  const char *text = row->attribute->text;

  if (GTK_IS_SWITCH (row->editor))
    gtk_switch_set_active (GTK_SWITCH (row->editor), g_str_equal (text, "true"));
  else if (GTK_IS_LABEL (row->editor))
    gtk_label_set_text (GTK_LABEL (row->editor), text);
  else if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row->editor)), text))
    gtk_editable_set_text (GTK_EDITABLE (row->editor), text);
}

static GtkWidget *
new_remove_button (Row *row)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *what = g_strdup_printf (_ ("Remove %s"), row->attribute->name);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "remove-button");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), row);
  return button;
}

static void
add_row (LimnerAttributeList *self, LimnerAttribute *attribute)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (attribute->name);

  row->list = self;
  row->attribute = attribute;
  row->widget = gtk_list_box_row_new ();
  row->editor = new_editor (row);
  gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), row->editor);
  gtk_box_append (GTK_BOX (box), new_remove_button (row));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row->widget), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row->widget), FALSE);
  gtk_widget_set_focusable (row->widget, FALSE);
  gtk_list_box_insert (GTK_LIST_BOX (self->list), row->widget, (int) self->rows->len);
  g_object_set_data_full (G_OBJECT (row->widget), "row", row, row_free);
  g_ptr_array_add (self->rows, row);
  show_value (row);
}

/* The same attributes, maybe with other values: a hand that is in one of the fields stays there. */
static gboolean
update_rows (LimnerAttributeList *self, GPtrArray *attributes)
{
  if (attributes->len != self->rows->len)
    return FALSE;
  for (guint i = 0; i < attributes->len; i++)
    {
      const LimnerAttribute *now = attributes->pdata[i];
      const Row *row = self->rows->pdata[i];

      if (!g_str_equal (now->name, row->attribute->name) || now->type != row->attribute->type)
        return FALSE;
    }
  for (guint i = 0; i < attributes->len; i++)
    {
      LimnerAttribute *now = attributes->pdata[i];
      Row *row = self->rows->pdata[i];

      if (g_str_equal (now->text, row->attribute->text))
        continue;
      g_free (row->attribute->text);
      row->attribute->text = g_strdup (now->text);
      show_value (row);
    }
  return TRUE;
}

static void
rebuild_rows (LimnerAttributeList *self, GPtrArray *attributes)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), ((Row *) self->rows->pdata[i])->widget);
  g_ptr_array_set_size (self->rows, 0);
  while (attributes->len > 0)
    add_row (self, g_ptr_array_steal_index (attributes, 0));
}

/* ---- a new one ---- */

static void
on_add (LimnerAttributeList *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->new_name)));
  g_autofree char *value =
      limner_attribute_format (gtk_editable_get_text (GTK_EDITABLE (self->new_value)), FALSE,
                               FALSE);

  g_strstrip (name);
  if (*name == '\0')
    {
      gtk_widget_grab_focus (self->new_name);
      return;
    }
  gtk_popover_popdown (GTK_POPOVER (self->add_popover));
  gtk_editable_set_text (GTK_EDITABLE (self->new_name), "");
  gtk_editable_set_text (GTK_EDITABLE (self->new_value), "");
  set_value (self, name, value);
}

static GtkWidget *
new_entry (LimnerAttributeList *self, const char *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  placeholder, -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_add), self, G_CONNECT_SWAPPED);
  return entry;
}

static GtkWidget *
new_add_row (LimnerAttributeList *self)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *add = gtk_button_new_with_label (_ ("Add"));

  self->new_name = new_entry (self, _ ("Name, such as occluded"));
  self->new_value = new_entry (self, _ ("Value: true, 12.5, red"));
  gtk_widget_add_css_class (add, "suggested-action");
  g_signal_connect_object (add, "clicked", G_CALLBACK (on_add), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->new_name);
  gtk_box_append (GTK_BOX (box), self->new_value);
  gtk_box_append (GTK_BOX (box), add);
  self->add_popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->add_popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), self->add_popover);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Add attribute"));
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  gtk_widget_add_css_class (button, "add-attribute");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), button);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

/* ---- the widget ---- */

/* Undo, or another program. */
static void
on_item_changed (LimnerSceneItem *item, LimnerAttributeList *self)
{
  limner_attribute_list_show (self, self->scene, item);
}

static void
set_item (LimnerAttributeList *self, LimnerSceneItem *item)
{
  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, on_item_changed, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), self);
}

static void
limner_attribute_list_dispose (GObject *object)
{
  LimnerAttributeList *self = LIMNER_ATTRIBUTE_LIST (object);

  set_item (self, NULL);
  g_clear_object (&self->scene);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (limner_attribute_list_parent_class)->dispose (object);
}

static void
limner_attribute_list_class_init (LimnerAttributeListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_attribute_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "attributelist");
}

static void
limner_attribute_list_init (LimnerAttributeList *self)
{
  self->rows = g_ptr_array_new ();
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_add_css_class (self->list, "compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Attributes"), -1);
  /* a scrolled window is never lower than its scroll bar */
  gtk_widget_set_valign (self->list, GTK_ALIGN_START);
  self->add_row = new_add_row (self);
  gtk_list_box_append (GTK_LIST_BOX (self->list), self->add_row);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), 155);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->list);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
limner_attribute_list_new (void)
{
  return g_object_new (LIMNER_TYPE_ATTRIBUTE_LIST, NULL);
}

void
limner_attribute_list_show (LimnerAttributeList *self, LimnerScene *scene, LimnerSceneItem *item)
{
  const gboolean is_same = item == self->item;
  g_autoptr (GPtrArray) attributes =
      item != NULL ? limner_attributes_read (limner_scene_item_get_annotation (item)->record.text)
                   : g_ptr_array_new ();

  g_set_object (&self->scene, scene);
  self->showing = TRUE;
  if (!is_same || !update_rows (self, attributes))
    rebuild_rows (self, attributes);
  self->showing = FALSE;
  set_item (self, item);
  gtk_widget_set_visible (GTK_WIDGET (self), item != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self),
                            item != NULL && limner_scene_item_is_editable (item));
}
