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

/* "hand", "full", "percent" or "selection" */
void limner_view_popover_set_mode (LimnerViewPopover *self, const char *mode);
void limner_view_popover_invert (LimnerViewPopover *self);

/**
 * limner_view_popover_dup_look:
 *
 * Returns: (transfer full) (nullable): window, level and turn of the view as a line of text that a
 * folder can be remembered with; NULL if a person has changed nothing
 */
char *limner_view_popover_dup_look (LimnerViewPopover *self);

/* @look: (nullable): what is no such line is as good as NULL */
void limner_view_popover_set_look (LimnerViewPopover *self, const char *look);

G_END_DECLS
