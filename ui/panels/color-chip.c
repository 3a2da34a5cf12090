/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-color-chip"

#include "color-chip.h"

#include <limner/painter.h>

struct _LimnerColorChip
{
  GtkWidget parent_instance;

  int size;
  guint32 color;
  char digit;
  PangoLayout *layout; /* of the digit; NULL until it is drawn */
};

G_DEFINE_FINAL_TYPE (LimnerColorChip, limner_color_chip, GTK_TYPE_WIDGET)

GdkRGBA
limner_rgba_from_rgb (guint32 color)
{
  return (GdkRGBA){ (float) (color >> 16 & 0xff) / 255.0f, (float) (color >> 8 & 0xff) / 255.0f,
                    (float) (color & 0xff) / 255.0f, 1.0f };
}

static void
limner_color_chip_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = *natural = LIMNER_COLOR_CHIP (widget)->size;
}

static void
snapshot_digit (LimnerColorChip *self, GtkSnapshot *snapshot, int width, int height)
{
  const GdkRGBA color = limner_rgba_from_rgb (limner_painter_get_text_color (self->color));
  PangoRectangle ink;

  if (self->layout == NULL)
    {
      const char text[2] = { self->digit, '\0' };
      g_autoptr (PangoFontDescription) font = pango_font_description_new ();

      self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
      pango_font_description_set_absolute_size (font, self->size * 0.62 * PANGO_SCALE);
      pango_layout_set_font_description (self->layout, font);
    }
  pango_layout_get_pixel_extents (self->layout, &ink, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (width - ink.width) / 2.0f - (float) ink.x,
                                                (float) (height - ink.height) / 2.0f -
                                                    (float) ink.y));
  gtk_snapshot_append_layout (snapshot, self->layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
limner_color_chip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerColorChip *self = LIMNER_COLOR_CHIP (widget);
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  const float radius = self->size >= 16 ? 4.0f : 2.5f;
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  const GdkRGBA color = limner_rgba_from_rgb (self->color);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &color, &bounds);
  gtk_snapshot_pop (snapshot);
  if (self->digit != 0)
    snapshot_digit (self, snapshot, width, height);
}

static void
limner_color_chip_dispose (GObject *object)
{
  g_clear_object (&LIMNER_COLOR_CHIP (object)->layout);
  G_OBJECT_CLASS (limner_color_chip_parent_class)->dispose (object);
}

static void
limner_color_chip_class_init (LimnerColorChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_color_chip_dispose;
  widget_class->measure = limner_color_chip_measure;
  widget_class->snapshot = limner_color_chip_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
limner_color_chip_init (LimnerColorChip *self)
{
  self->size = 18;
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
limner_color_chip_new (int size)
{
  LimnerColorChip *self = g_object_new (LIMNER_TYPE_COLOR_CHIP, NULL);

  self->size = size;
  return GTK_WIDGET (self);
}

void
limner_color_chip_set_color (LimnerColorChip *self, guint32 color)
{
  if (self->color == color)
    return;
  self->color = color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limner_color_chip_set_digit (LimnerColorChip *self, char digit)
{
  if (self->digit == digit)
    return;
  self->digit = digit;
  g_clear_object (&self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
