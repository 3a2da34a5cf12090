/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How the picture is shown: zoom, window and level, opacity of shapes, labels, crosshair. It also
 * keeps the way in which window and level are chosen and applies it to each new picture.
 */

#include "../canvas/canvas.h"
#include "../preferences.h"

G_BEGIN_DECLS

#define LIMNER_TYPE_VIEW_POPOVER (limner_view_popover_get_type ())
G_DECLARE_FINAL_TYPE (LimnerViewPopover, limner_view_popover, LIMNER, VIEW_POPOVER, GtkPopover)

GtkWidget *limner_view_popover_new (LimnerCanvas *canvas, LimnerPreferences *preferences);

/* Whose selection 'Selection' means; NULL: none. */
void limner_view_popover_set_scene (LimnerViewPopover *self, LimnerScene *scene);

/* The canvas shows another picture: window and level by hand stay, else they follow it. */
void limner_view_popover_apply (LimnerViewPopover *self);

/* Back to what a new picture gets: 2 to 98 % for 16 bits, else everything. */
void limner_view_popover_reset (LimnerViewPopover *self);

G_END_DECLS
