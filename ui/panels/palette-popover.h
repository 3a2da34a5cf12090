/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The colours for a class: the twelve of the palette, and any other by the desktop's chooser.
 *
 * Signal: color-chosen (guint color), 0xRRGGBB.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_PALETTE_POPOVER (limner_palette_popover_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerPalettePopover, limner_palette_popover, LIMNER, PALETTE_POPOVER, GtkPopover)

GtkWidget *limner_palette_popover_new (void);

/* The colour it has now, for the chooser. */
void limner_palette_popover_set_color (LimnerPalettePopover *self, guint32 color);

G_END_DECLS
