/* SPDX-License-Identifier: MIT */
#pragma once

/* A hand for the tools: presses, moves and clicks at image coordinates. */

#include "scene-fixture.h"

static LimnerModifiers modifiers; /* held down by the hand of this test */
static double pixel = 1.0;
static guint n_press = 1;

static inline LimnerPointer
make_pointer (double x, double y, guint button)
{
  return (LimnerPointer){ { x, y }, pixel, button, n_press, modifiers };
}

static inline gboolean
press (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 1);

  return limner_tool_press (self->tool, &pointer);
}

static inline void
move (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 0);

  limner_tool_motion (self->tool, &pointer);
}

static inline void
release (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 1);

  limner_tool_release (self->tool, &pointer);
}

static inline void
click (Fixture *self, double x, double y)
{
  move (self, x, y);
  press (self, x, y);
  release (self, x, y);
}

static inline gboolean
right_click (Fixture *self, double x, double y)
{
  LimnerPointer pointer = make_pointer (x, y, 3);
  gboolean taken = limner_tool_press (self->tool, &pointer);

  limner_tool_release (self->tool, &pointer);
  return taken;
}

static inline void
drag (Fixture *self, double x0, double y0, double x1, double y1)
{
  move (self, x0, y0);
  press (self, x0, y0);
  move (self, (x0 + x1) / 2, (y0 + y1) / 2);
  move (self, x1, y1);
  release (self, x1, y1);
}

static inline gboolean
key (Fixture *self, LimnerKey which)
{
  return limner_tool_key (self->tool, which, 0);
}

static inline void
open_with (Fixture *self, const char *tool)
{
  modifiers = 0;
  pixel = 1.0;
  n_press = 1;
  fixture_open (self, NULL);
  fixture_show (self, "a.png");
  fixture_use (self, tool);
}

/* A class that is active, and nothing drawn: the shape that needed it was deleted. */
static inline void
make_class (Fixture *self, const char *name)
{
  fixture_add_box (self, name, 0, 0, 5, 5);
  g_assert_true (limner_scene_delete_selection (self->scene));
}

static inline LimnerSceneItem *
last_item (Fixture *self)
{
  return fixture_item (self, fixture_count (self) - 1);
}
