/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "window-private.h"

#include <glib/gi18n.h>

/* The tool in the hand. */

static gboolean
draws (const char *tool)
{
  return !g_str_equal (tool, "select") && !g_str_equal (tool, "pan");
}

void
limner_window_update_hint (LimnerWindow *self)
{
  limner_status_line_set_hint (self->status_line,
                               self->tool != NULL ? limner_tool_get_hint (self->tool) : NULL);
}

/* The name of the tool, of this scene or one before. */
static gboolean
is_tool (LimnerWindow *self, const char *name)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "tool");
  g_autoptr (GVariant) state = g_action_get_state (action);

  return g_str_equal (g_variant_get_string (state, NULL), name);
}

gboolean
limner_window_is_selecting (LimnerWindow *self)
{
  return is_tool (self, "select");
}

void
limner_window_leave_drag (LimnerWindow *self, const char *sentence)
{
  if (limner_canvas_finish_drag (self->canvas))
    limner_window_toast (self, sentence);
}

void
limner_window_leave_hand (LimnerWindow *self, const char *sentence)
{
  if (self->tool == NULL)
    return;
  limner_window_leave_drag (self, sentence);
  if (!limner_tool_is_active (self->tool))
    return;
  limner_tool_cancel (self->tool);
  limner_window_toast (self, sentence);
}

void
limner_window_leave_shape (LimnerWindow *self, const char *sentence)
{
  limner_window_leave_hand (self, sentence);
  g_clear_pointer (&self->unnamed, limner_shape_unref);
  if (self->scene == NULL || limner_scene_get_pending_shape (self->scene) == NULL)
    return;
  limner_scene_drop_pending (self->scene);
  gtk_popover_popdown (GTK_POPOVER (self->class_popup));
  limner_window_toast (self, sentence);
}

void
limner_window_set_tool (LimnerWindow *self, const char *name)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "tool");
  LimnerTool *tool;

  if (self->scene == NULL)
    return;
  /* its key again: what is being drawn goes on */
  if (self->tool != NULL && is_tool (self, name))
    return;
  tool = limner_tool_new (name, self->scene);
  if (tool == NULL)
    return;
  limner_window_leave_hand (self, _ ("The unfinished shape was given up with its tool"));
  g_clear_object (&self->tool);
  self->tool = tool;
  /* @name may be the very string */
  if (draws (name) && g_strcmp0 (name, self->drawing_tool) != 0)
    {
      g_free (self->drawing_tool);
      self->drawing_tool = g_strdup (name);
    }
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (name));
  limner_canvas_set_tool (self->canvas, tool);
  limner_window_update_hint (self);
}
