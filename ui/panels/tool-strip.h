/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The column of tools left of the canvas: one toggle for each tool there is, bound to the action
 * win.tool, and zoom to fit at the foot.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_TOOL_STRIP (limner_tool_strip_get_type ())
G_DECLARE_FINAL_TYPE (LimnerToolStrip, limner_tool_strip, LIMNER, TOOL_STRIP, GtkWidget)

G_END_DECLS
