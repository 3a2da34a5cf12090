/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-palette-popover"

#include "palette-popover.h"

#include "color-chip.h"

#include <glib/gi18n.h>

#define COLUMNS 6

struct _LimnerPalettePopover
{
  GtkPopover parent_instance;

  guint32 color;
};

G_DEFINE_FINAL_TYPE (LimnerPalettePopover, limner_palette_popover, GTK_TYPE_POPOVER)

enum
{
  SIGNAL_COLOR_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct
{
  guint32 color;
  const char *name;
} entries[] = {
  { 0xe5484d, N_ ("Red") },    { 0x3b82f6, N_ ("Blue") },   { 0xf5a524, N_ ("Amber") },
  { 0x12a594, N_ ("Teal") },   { 0x8e4ec6, N_ ("Purple") }, { 0x99d52a, N_ ("Lime") },
  { 0xe93d82, N_ ("Pink") },   { 0x00a2c7, N_ ("Cyan") },   { 0xad7f58, N_ ("Brown") },
  { 0xf76808, N_ ("Orange") }, { 0x5b5bd6, N_ ("Indigo") }, { 0x30a46c, N_ ("Green") },
};

static void
choose (LimnerPalettePopover *self, guint32 color)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_COLOR_CHOSEN], 0, color);
}

static void
on_entry_clicked (GtkButton *button, LimnerPalettePopover *self)
{
  choose (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "color")));
}

static void
on_chooser_response (GtkDialog *dialog, int response, LimnerPalettePopover *self)
{
  GdkRGBA rgba;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (dialog), &rgba);
  if (response == GTK_RESPONSE_OK)
    choose (self, (guint32) (rgba.red * 255.0f + 0.5f) << 16 |
                      (guint32) (rgba.green * 255.0f + 0.5f) << 8 |
                      (guint32) (rgba.blue * 255.0f + 0.5f));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
on_other_clicked (GtkButton *button, LimnerPalettePopover *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const GdkRGBA rgba = limner_rgba_from_rgb (self->color);
  GtkWidget *dialog = gtk_color_chooser_dialog_new (_ ("Colour of the class"), GTK_WINDOW (root));

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (dialog), FALSE);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), &rgba);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chooser_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
limner_palette_popover_class_init (LimnerPalettePopoverClass *klass)
{
  signals[SIGNAL_COLOR_CHOSEN] =
      g_signal_new ("color-chosen", LIMNER_TYPE_PALETTE_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
limner_palette_popover_init (LimnerPalettePopover *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *other = gtk_button_new_with_label (_ ("Other colour…"));

  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 2);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      GtkWidget *button = gtk_button_new ();
      GtkWidget *chip = limner_color_chip_new (22);

      limner_color_chip_set_color (LIMNER_COLOR_CHIP (chip), entries[i].color);
      gtk_button_set_child (GTK_BUTTON (button), chip);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "small-button");
      gtk_widget_set_tooltip_text (button, _ (entries[i].name));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (entries[i].name), -1);
      g_object_set_data (G_OBJECT (button), "color", GUINT_TO_POINTER (entries[i].color));
      g_signal_connect (button, "clicked", G_CALLBACK (on_entry_clicked), self);
      gtk_grid_attach (GTK_GRID (grid), button, (int) (i % COLUMNS), (int) (i / COLUMNS), 1, 1);
    }
  gtk_widget_add_css_class (other, "flat");
  gtk_widget_set_margin_top (other, 4);
  g_signal_connect (other, "clicked", G_CALLBACK (on_other_clicked), self);
  gtk_grid_attach (GTK_GRID (grid), other, 0, 2, COLUMNS, 1);
  gtk_popover_set_child (GTK_POPOVER (self), grid);
}

GtkWidget *
limner_palette_popover_new (void)
{
  return g_object_new (LIMNER_TYPE_PALETTE_POPOVER, NULL);
}

void
limner_palette_popover_set_color (LimnerPalettePopover *self, guint32 color)
{
  self->color = color;
}
