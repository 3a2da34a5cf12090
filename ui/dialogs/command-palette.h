/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All commands that are possible now, found by typing: words by their beginnings, or the first
 * letters of several words ("zi" is "Zoom in"). What was run last stands first.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_COMMAND_PALETTE (limner_command_palette_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerCommandPalette, limner_command_palette, LIMNER, COMMAND_PALETTE, GtkPopover)

/* To be made a child of a widget in a GtkApplicationWindow, whose commands they are. */
GtkWidget *limner_command_palette_new (void);
void limner_command_palette_open (LimnerCommandPalette *self);

/**
 * limner_command_palette_match:
 * @query: what was typed, without blanks at the ends
 * @label: name of a command
 *
 * Returns: how well it fits: 0 not at all, then better the larger it is
 */
guint limner_command_palette_match (const char *query, const char *label);

G_END_DECLS
