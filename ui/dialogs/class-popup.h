/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Finds or makes a class by typing, right at a shape: an entry over a list, recent classes first.
 * Digits pick while nothing is typed, Enter takes the first match or makes a class where nothing
 * matches, Ctrl+Enter makes one in any case, Esc gives up.
 *
 * Signals: chosen (gint64 category_id); created (const char *name); given-up (): Esc, or a click
 * elsewhere.
 */

#include <gtk/gtk.h>
#include <limner/document.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CLASS_POPUP (limner_class_popup_get_type ())
G_DECLARE_FINAL_TYPE (LimnerClassPopup, limner_class_popup, LIMNER, CLASS_POPUP, GtkPopover)

GtkWidget *limner_class_popup_new (void);

/**
 * limner_class_popup_open:
 * @at: of the shape, in coordinates of the popover's parent: it is put below, else above, else
 *   beside, never over it
 * @escape_hint: what Esc does, translated: "removes the shape"
 */
void limner_class_popup_open (LimnerClassPopup *self,
                              LimnerDataset *dataset,
                              const GdkRectangle *at,
                              const char *escape_hint);

/* Moves a class to the front of the recent ones. */
void limner_class_popup_note_recent (LimnerClassPopup *self, gint64 category_id);
void limner_class_popup_forget_recent (LimnerClassPopup *self);

G_END_DECLS
