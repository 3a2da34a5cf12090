/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Asks what becomes of the annotations of a class that is to be deleted, and does it: one step that
 * can be undone.
 */

#include <adwaita.h>
#include <limner/document.h>

G_BEGIN_DECLS

/* @failed: called with a sentence where it could not be done */
void limner_delete_class_ask (GtkWindow *parent,
                              LimnerDocument *document,
                              gint64 category_id,
                              void (*failed) (GtkWindow *parent, const char *sentence));

G_END_DECLS
