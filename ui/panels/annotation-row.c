/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-annotation-row"

#include "annotation-row.h"

#include "color-chip.h"

#include <glib/gi18n.h>

struct _LimnerAnnotationRow
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  LimnerSceneItem *item;
  gboolean pointed; /* the pointer is on the row */

  GtkWidget *box;
  GtkWidget *chip;
  GtkWidget *kind;
  GtkWidget *name;
  GtkWidget *crowd;
  GtkWidget *eye;
  GtkWidget *lock;
  GtkWidget *size;
};

G_DEFINE_FINAL_TYPE (LimnerAnnotationRow, limner_annotation_row, GTK_TYPE_WIDGET)

const char *
limner_annotation_row_get_icon (const LimnerShape *shape)
{
  if (shape == NULL)
    return "dialog-warning-symbolic";
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_POLYGON:
      return "limner-polygon-symbolic";
    case LIMNER_SHAPE_MASK:
      return "limner-mask-symbolic";
    case LIMNER_SHAPE_BOX:
    default:
      return "limner-box-symbolic";
    }
}

static const char *
get_kind_name (const LimnerShape *shape)
{
  if (shape == NULL)
    return _ ("no shape");
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_POLYGON:
      return _ ("polygon");
    case LIMNER_SHAPE_MASK:
      return _ ("mask");
    case LIMNER_SHAPE_BOX:
    default:
      return _ ("box");
    }
}

static void
set_button (GtkWidget *button, gboolean usual, const char *usual_icon, const char *other_icon)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), usual ? usual_icon : other_icon);
  if (usual)
    gtk_widget_remove_css_class (button, "off");
  else
    gtk_widget_add_css_class (button, "off");
}

/* Eye and lock take the room of the name: they come for the row that one is at, and stay where they
 * say something. */
static void
update_buttons (LimnerAnnotationRow *self)
{
  const gboolean visible = limner_scene_item_get_visible (self->item);
  const gboolean locked = limner_scene_item_get_locked (self->item);
  const gboolean here = self->pointed || limner_scene_item_get_selected (self->item);

  set_button (self->eye, visible, "view-reveal-symbolic", "view-conceal-symbolic");
  set_button (self->lock, !locked, "changes-allow-symbolic", "changes-prevent-symbolic");
  gtk_widget_set_visible (self->eye, here || !visible);
  gtk_widget_set_visible (self->lock, here || locked);
}

static void
update_size (LimnerAnnotationRow *self)
{
  LimnerShape *shape = limner_scene_item_get_shape (self->item);
  g_autofree char *text = NULL;

  if (shape != NULL)
    {
      const LimnerBox box = limner_shape_get_bbox (shape);

      text = g_strdup_printf ("%.0f × %.0f", box.width, box.height);
    }
  gtk_label_set_text (GTK_LABEL (self->size), text != NULL ? text : _ ("no shape"));
}

void
limner_annotation_row_update (LimnerAnnotationRow *self)
{
  LimnerCategory *category;
  const char *name;
  gboolean visible;

  if (self->item == NULL)
    return;
  category = limner_scene_item_get_category (self->item);
  name = category != NULL ? limner_category_get_name (category) : _ ("unknown class");
  visible = limner_scene_item_get_visible (self->item);
  limner_color_chip_set_color (LIMNER_COLOR_CHIP (self->chip),
                               limner_scene_item_get_color (self->item));
  gtk_image_set_from_icon_name (GTK_IMAGE (self->kind),
                                limner_annotation_row_get_icon (
                                    limner_scene_item_get_shape (self->item)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->kind), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  get_kind_name (limner_scene_item_get_shape (self->item)), -1);
  gtk_label_set_text (GTK_LABEL (self->name), name);
  gtk_widget_set_visible (self->crowd, limner_scene_item_get_annotation (self->item)->iscrowd);
  update_buttons (self);
  update_size (self);
  gtk_widget_set_opacity (self->box, visible ? 1.0 : 0.5);
  if (limner_scene_item_get_hovered (self->item))
    gtk_widget_add_css_class (GTK_WIDGET (self), "hovered");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "hovered");
}

static void
on_eye_clicked (LimnerAnnotationRow *self)
{
  if (self->item != NULL)
    limner_scene_set_visible (self->scene, self->item, !limner_scene_item_get_visible (self->item));
}

static void
on_lock_clicked (LimnerAnnotationRow *self)
{
  if (self->item != NULL)
    limner_scene_set_locked (self->scene, self->item, !limner_scene_item_get_locked (self->item));
}

static void
on_enter (GtkEventControllerMotion *motion, double x, double y, LimnerAnnotationRow *self)
{
  self->pointed = TRUE;
  if (self->item == NULL)
    return;
  update_buttons (self);
  limner_scene_set_hovered (self->scene, self->item);
}

static void
on_leave (GtkEventControllerMotion *motion, LimnerAnnotationRow *self)
{
  self->pointed = FALSE;
  if (self->item == NULL)
    return;
  update_buttons (self);
  if (limner_scene_get_hovered (self->scene) == self->item)
    limner_scene_set_hovered (self->scene, NULL);
}

void
limner_annotation_row_show (LimnerAnnotationRow *self, LimnerScene *scene, LimnerSceneItem *item)
{
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->scene, scene);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_object (item, "notify", G_CALLBACK (limner_annotation_row_update), self,
                           G_CONNECT_SWAPPED);
  limner_annotation_row_update (self);
}

LimnerSceneItem *
limner_annotation_row_get_item (LimnerAnnotationRow *self)
{
  return self->item;
}

static void
limner_annotation_row_dispose (GObject *object)
{
  LimnerAnnotationRow *self = LIMNER_ANNOTATION_ROW (object);

  limner_annotation_row_show (self, NULL, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_annotation_row_parent_class)->dispose (object);
}

static void
limner_annotation_row_class_init (LimnerAnnotationRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_annotation_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "annotationrow");
}

static GtkWidget *
new_button (LimnerAnnotationRow *self, const char *name, GCallback callback)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "row-button");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static void
limner_annotation_row_init (LimnerAnnotationRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 7);
  self->chip = limner_color_chip_new (10);
  self->kind = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->kind), 14);
  gtk_widget_add_css_class (self->kind, "kind");
  self->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0.0f);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_add_css_class (self->name, "name");
  self->crowd = gtk_image_new_from_icon_name ("limner-crowd-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (self->crowd), 14);
  gtk_widget_set_tooltip_text (self->crowd, _ ("A crowd: several objects in one"));
  gtk_widget_add_css_class (self->crowd, "kind");
  self->lock = new_button (self, _ ("Lock, or unlock"), G_CALLBACK (on_lock_clicked));
  self->eye = new_button (self, _ ("Show, or hide"), G_CALLBACK (on_eye_clicked));
  self->size = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->size), 1.0f);
  gtk_widget_add_css_class (self->size, "numeric");
  gtk_widget_add_css_class (self->size, "size");
  gtk_box_append (GTK_BOX (self->box), self->chip);
  gtk_box_append (GTK_BOX (self->box), self->kind);
  gtk_box_append (GTK_BOX (self->box), self->name);
  gtk_box_append (GTK_BOX (self->box), self->crowd);
  gtk_box_append (GTK_BOX (self->box), self->lock);
  gtk_box_append (GTK_BOX (self->box), self->eye);
  gtk_box_append (GTK_BOX (self->box), self->size);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
limner_annotation_row_new (void)
{
  return g_object_new (LIMNER_TYPE_ANNOTATION_ROW, NULL);
}
