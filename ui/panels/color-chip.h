/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A rounded square in the colour of a class, with its key digit in black or white: key cap and
 * colour in one. Decoration for readers: the row says the name.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_COLOR_CHIP (limner_color_chip_get_type ())
G_DECLARE_FINAL_TYPE (LimnerColorChip, limner_color_chip, LIMNER, COLOR_CHIP, GtkWidget)

/* @size: in pixels */
GtkWidget *limner_color_chip_new (int size);
void limner_color_chip_set_color (LimnerColorChip *self, guint32 color);

/* @digit: '1' to '9', '0', or 0 for none */
void limner_color_chip_set_digit (LimnerColorChip *self, char digit);

/* 0xRRGGBB as GDK has it, opaque. */
GdkRGBA limner_rgba_from_rgb (guint32 color);

G_END_DECLS
