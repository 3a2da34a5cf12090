/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <glib/gi18n-lib.h>

#include "tool-private.h"

/* The canvas moves the picture itself, as with the middle button; the tool only takes no press, so
 * that it does, and shows no handles that could not be gripped. */

#define LIMNER_TYPE_PAN_TOOL (limner_pan_tool_get_type ())
G_DECLARE_FINAL_TYPE (LimnerPanTool, limner_pan_tool, LIMNER, PAN_TOOL, LimnerTool)

struct _LimnerPanTool
{
  LimnerTool parent_instance;
};

G_DEFINE_FINAL_TYPE (LimnerPanTool, limner_pan_tool, LIMNER_TYPE_TOOL)

static gboolean
limner_pan_tool_press (LimnerTool *tool, const LimnerPointer *pointer)
{
  return FALSE;
}

static void
limner_pan_tool_motion (LimnerTool *tool, const LimnerPointer *pointer)
{
}

static void
limner_pan_tool_draw (
    LimnerTool *tool, cairo_t *cr, const LimnerView *view, double width, double height)
{
}

static gboolean
limner_pan_tool_get_extent (LimnerTool *tool, const LimnerView *view, LimnerBox *extent)
{
  return FALSE;
}

static LimnerCursor
limner_pan_tool_get_cursor (LimnerTool *tool)
{
  return LIMNER_CURSOR_GRAB;
}

static const char *
limner_pan_tool_get_hint (LimnerTool *tool)
{
  return _ ("Drag to move the picture");
}

static void
limner_pan_tool_class_init (LimnerPanToolClass *class)
{
  LimnerToolClass *tool_class = LIMNER_TOOL_CLASS (class);

  tool_class->press = limner_pan_tool_press;
  tool_class->motion = limner_pan_tool_motion;
  tool_class->draw = limner_pan_tool_draw;
  tool_class->get_extent = limner_pan_tool_get_extent;
  tool_class->get_cursor = limner_pan_tool_get_cursor;
  tool_class->get_hint = limner_pan_tool_get_hint;
}

static void
limner_pan_tool_init (LimnerPanTool *self)
{
}
