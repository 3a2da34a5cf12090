/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-go-to"

#include "go-to.h"

#include <glib/gi18n.h>

struct _LimnerGoTo
{
  GtkPopover parent_instance;

  LimnerDataset *dataset;
  LimnerImageList *list;
  GtkWidget *entry;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (LimnerGoTo, limner_go_to, GTK_TYPE_POPOVER)

enum
{
  SIGNAL_IMAGE_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A number counts the images as the list shows them; any other text is part of a name. */
static guint
find_image (LimnerGoTo *self)
{
  g_autofree char *text =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  g_autofree char *needle = NULL;
  guint64 number;

  if (*text == '\0')
    return LIMNER_NO_IMAGE;
  if (g_ascii_string_to_unsigned (text, 10, 1, n, &number, NULL))
    return limner_image_list_get_image (self->list, (guint) number - 1);
  needle = g_utf8_casefold (text, -1);
  for (guint i = 0; i < limner_dataset_get_n_images (self->dataset); i++)
    {
      g_autofree char *name =
          g_utf8_casefold (limner_dataset_get_image_name (self->dataset, i), -1);

      if (strstr (name, needle) != NULL)
        return i;
    }
  return LIMNER_NO_IMAGE;
}

static void
on_activate (LimnerGoTo *self)
{
  const guint image = find_image (self);

  if (image == LIMNER_NO_IMAGE)
    {
      gtk_widget_add_css_class (self->entry, "error");
      gtk_label_set_text (GTK_LABEL (self->label), _ ("There is no such image"));
      return;
    }
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_IMAGE_CHOSEN], 0, image);
}

static void
show_range (LimnerGoTo *self)
{
  g_autofree char *text = g_strdup_printf (_ ("1 to %'u, or part of a name"),
                                           g_list_model_get_n_items (G_LIST_MODEL (self->list)));

  gtk_widget_remove_css_class (self->entry, "error");
  gtk_label_set_text (GTK_LABEL (self->label), text);
}

static void
limner_go_to_dispose (GObject *object)
{
  LimnerGoTo *self = LIMNER_GO_TO (object);

  g_clear_object (&self->list);
  g_clear_object (&self->dataset);
  G_OBJECT_CLASS (limner_go_to_parent_class)->dispose (object);
}

static void
limner_go_to_class_init (LimnerGoToClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limner_go_to_dispose;
  signals[SIGNAL_IMAGE_CHOSEN] = g_signal_new ("image-chosen", LIMNER_TYPE_GO_TO, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
limner_go_to_init (LimnerGoTo *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Number or name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Number or name of the image"), -1);
  self->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_add_css_class (self->label, "caption");
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
}

GtkWidget *
limner_go_to_new (void)
{
  return g_object_new (LIMNER_TYPE_GO_TO, NULL);
}

void
limner_go_to_open (LimnerGoTo *self, LimnerDataset *dataset, LimnerImageList *list)
{
  g_set_object (&self->dataset, dataset);
  g_set_object (&self->list, list);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  show_range (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
}
