/* SPDX-License-Identifier: MIT */
#pragma once

/* What the base class does for the tools, and their types. */

#include "shape-editor.h"

G_BEGIN_DECLS

LimnerShapeEditor *limner_tool_get_editor (LimnerTool *self);

/* The last pointer event; its point is void while the pointer is not inside. */
const LimnerPointer *limner_tool_get_pointer (LimnerTool *self);
gboolean limner_tool_is_pointer_inside (LimnerTool *self);

/* @point moved to the nearest border of the picture. */
LimnerPoint limner_tool_clamp_point (LimnerTool *self, LimnerPoint point);
gboolean limner_tool_is_in_picture (LimnerTool *self, LimnerPoint point);

/* Colour of the active class, or the accent colour. */
guint32 limner_tool_get_color (LimnerTool *self);
void limner_tool_finished (LimnerTool *self);

GType limner_select_tool_get_type (void);
GType limner_pan_tool_get_type (void);
GType limner_box_tool_get_type (void);
GType limner_polygon_tool_get_type (void);

G_END_DECLS
