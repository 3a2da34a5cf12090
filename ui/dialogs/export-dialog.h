/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Asks which images to export and whether to copy them, then where to.
 *
 * Signal: export-requested (const char *target): options by limner_export_dialog_get_options().
 */

#include <adwaita.h>
#include <limner/document.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_EXPORT_DIALOG (limner_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LimnerExportDialog, limner_export_dialog, LIMNER, EXPORT_DIALOG, AdwWindow)

GtkWidget *limner_export_dialog_new (GtkWindow *parent, LimnerDocument *document);
LimnerExportOptions limner_export_dialog_get_options (LimnerExportDialog *self);

G_END_DECLS
