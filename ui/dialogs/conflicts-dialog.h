/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Records that both the person and another program changed, one after the other: how each was
 * before, what the other program made of it and what the person did, side by side. Nothing is
 * written until all are settled; closing the dialog leaves the rest for later.
 */

#include <adwaita.h>
#include <limner/document.h>
#include <limner/image-loader.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CONFLICTS_DIALOG (limner_conflicts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerConflictsDialog, limner_conflicts_dialog, LIMNER, CONFLICTS_DIALOG, AdwWindow)

/*
 * Signals
 *   show-requested (guint image, gint64 annotation)   -1: the image as a whole; the dialog closes
 *   failed (char *sentence)
 */
GtkWidget *limner_conflicts_dialog_new (GtkWindow *parent,
                                        LimnerDocument *document,
                                        LimnerImageLoader *loader);

G_END_DECLS
