/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image-row"

#include "image-row.h"

#include <glib/gi18n.h>

#define THUMBNAIL_WIDTH 56
#define THUMBNAIL_HEIGHT 42

/* Two to a panel of the least width. */
#define CELL_THUMBNAIL_WIDTH 84
#define CELL_THUMBNAIL_HEIGHT 63

struct _LimnerImageRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *thumbnail;
  GtkWidget *name;
  GtkWidget *count; /* in rows only */
  GtkWidget *mark;
};

G_DEFINE_FINAL_TYPE (LimnerImageRow, limner_image_row, GTK_TYPE_WIDGET)

static void
limner_image_row_dispose (GObject *object)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->count);
  G_OBJECT_CLASS (limner_image_row_parent_class)->dispose (object);
}

static void
limner_image_row_class_init (LimnerImageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_image_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "imagerow");
}

static void
limner_image_row_init (LimnerImageRow *self)
{
  self->name = gtk_label_new (NULL);
  self->count = g_object_ref_sink (gtk_label_new (NULL));
  self->mark = gtk_image_new ();
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0.0f);
  gtk_label_set_width_chars (GTK_LABEL (self->name), 4);
  gtk_label_set_xalign (GTK_LABEL (self->count), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->count), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->name, "name");
  gtk_widget_add_css_class (self->count, "count");
  gtk_widget_add_css_class (self->mark, "mark");
  gtk_image_set_pixel_size (GTK_IMAGE (self->mark), 16);
}

static void
arrange_row (LimnerImageRow *self)
{
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->thumbnail = limner_thumbnail_new (THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (text), self->name);
  gtk_box_append (GTK_BOX (text), self->count);
  gtk_box_append (GTK_BOX (self->box), self->thumbnail);
  gtk_box_append (GTK_BOX (self->box), text);
  gtk_box_append (GTK_BOX (self->box), self->mark);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/* The count is in the tooltip only: the picture has the room. */
static void
arrange_cell (LimnerImageRow *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->thumbnail = limner_thumbnail_new (CELL_THUMBNAIL_WIDTH, CELL_THUMBNAIL_HEIGHT);
  gtk_widget_set_halign (self->thumbnail, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "cell");
  gtk_box_append (GTK_BOX (foot), self->name);
  gtk_box_append (GTK_BOX (foot), self->mark);
  gtk_box_append (GTK_BOX (self->box), self->thumbnail);
  gtk_box_append (GTK_BOX (self->box), foot);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
limner_image_row_new (gboolean is_cell)
{
  LimnerImageRow *self = g_object_new (LIMNER_TYPE_IMAGE_ROW, NULL);

  if (is_cell)
    arrange_cell (self);
  else
    arrange_row (self);
  return GTK_WIDGET (self);
}

/* "3 shapes" */
static char *
dup_count_text (guint n_annotations)
{
  if (n_annotations == 0)
    return g_strdup (_ ("no shapes"));
  return g_strdup_printf (ngettext ("%'u shape", "%'u shapes", n_annotations), n_annotations);
}

typedef struct
{
  const char *icon;
  const char *css_class;
  const char *name; /* for readers and the tooltip */
} Mark;

static Mark
choose_mark (LimnerDataset *dataset, guint image)
{
  if (limner_dataset_get_image_trouble (dataset, image) != NULL)
    return (Mark){ "dialog-warning-symbolic", "warning", N_ ("cannot be read") };
  switch (limner_dataset_get_image_state (dataset, image))
    {
    case LIMNER_STATE_DONE:
    case LIMNER_STATE_ACCEPTED:
      return (Mark){ "object-select-symbolic", "success", N_ ("done") };
    case LIMNER_STATE_RETURNED:
      return (Mark){ "limner-state-returned-symbolic", "warning", N_ ("returned") };
    case LIMNER_STATE_NONE:
    case LIMNER_STATE_IN_PROGRESS:
    default:
      break;
    }
  if (limner_dataset_get_image_n_annotations (dataset, image) > 0)
    return (Mark){ "limner-state-annotated-symbolic", "dim-label", N_ ("annotated") };
  return (Mark){ "limner-state-none-symbolic", "dim-label", N_ ("without annotations") };
}

void
limner_image_row_update (LimnerImageRow *self, LimnerDataset *dataset, guint image)
{
  static const char *const classes[] = { "warning", "success", "dim-label", NULL };
  const Mark mark = choose_mark (dataset, image);
  const char *trouble = limner_dataset_get_image_trouble (dataset, image);
  const char *name = limner_dataset_get_image_name (dataset, image);
  g_autofree char *count = dup_count_text (limner_dataset_get_image_n_annotations (dataset, image));
  g_autofree char *tooltip = NULL;

  gtk_label_set_text (GTK_LABEL (self->count), count);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->mark), mark.icon);
  for (guint i = 0; classes[i] != NULL; i++)
    gtk_widget_remove_css_class (self->mark, classes[i]);
  gtk_widget_add_css_class (self->mark, mark.css_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (mark.name), -1);
  tooltip = g_strdup_printf ("%s\n%s\n%s", name, count, trouble != NULL ? trouble : _ (mark.name));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
}

void
limner_image_row_show (LimnerImageRow *self,
                       LimnerDataset *dataset,
                       guint image,
                       LimnerThumbnailCache *cache)
{
  g_autofree char *name =
      g_filename_display_basename (limner_dataset_get_image_name (dataset, image));
  g_autofree char *path = NULL;

  /* what only the COCO file mentions is opened when it is shown, and checked first */
  if (limner_dataset_has_image_file (dataset, image))
    path = limner_dataset_dup_image_path (dataset, image, NULL);
  gtk_label_set_text (GTK_LABEL (self->name), name);
  limner_image_row_update (self, dataset, image);
  limner_thumbnail_load (LIMNER_THUMBNAIL (self->thumbnail), cache, path);
}

void
limner_image_row_reset (LimnerImageRow *self)
{
  limner_thumbnail_load (LIMNER_THUMBNAIL (self->thumbnail), NULL, NULL);
}
