/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tool-private.h"

/* Screen pixels: a press that moved less is the first of two clicks. */
#define DRAG_THRESHOLD 4.0

#define LIMNER_TYPE_BOX_TOOL (limner_box_tool_get_type ())
G_DECLARE_FINAL_TYPE (LimnerBoxTool, limner_box_tool, LIMNER, BOX_TOOL, LimnerTool)

typedef enum
{
  STATE_IDLE,
  STATE_DRAG,    /* the button is down: a drag, or the first click */
  STATE_STRETCH, /* after the first click, no button is down */
  STATE_CLOSE    /* the second click is down */
} State;

struct _LimnerBoxTool
{
  LimnerTool parent_instance;

  State state;
  gboolean outside; /* the press was beside the picture: a click there begins nothing */
  gboolean square;
  LimnerPoint press;   /* as pressed */
  LimnerPoint start;   /* inside the picture */
  LimnerPoint current; /* inside the picture */
};

G_DEFINE_FINAL_TYPE (LimnerBoxTool, limner_box_tool, LIMNER_TYPE_TOOL)

static LimnerBox
limner_box_tool_get_box (LimnerBoxTool *self)
{
  guint width, height;

  limner_scene_get_picture_size (limner_tool_get_scene (LIMNER_TOOL (self)), &width, &height);
  return limner_box_from_drag (self->start, self->current, self->square, width, height);
}

static void
limner_box_tool_follow (LimnerBoxTool *self, const LimnerPointer *pointer)
{
  self->current = limner_tool_clamp_point (LIMNER_TOOL (self), pointer->point);
  self->square = (pointer->modifiers & LIMNER_MODIFIER_SHIFT) != 0;
}

static void
limner_box_tool_finish (LimnerBoxTool *self)
{
  LimnerBox box = limner_box_tool_get_box (self);
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&box);

  self->state = STATE_IDLE;
  limner_scene_add_shape (limner_tool_get_scene (LIMNER_TOOL (self)), shape);
  limner_tool_finished (LIMNER_TOOL (self));
}

static gboolean
limner_box_tool_press (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);

  if (self->state != STATE_IDLE)
    {
      if (pointer->button == 3)
        self->state = STATE_IDLE;
      else if (pointer->button == 1 && self->state == STATE_STRETCH)
        {
          self->state = STATE_CLOSE;
          limner_box_tool_follow (self, pointer);
        }
      return TRUE;
    }
  if (LIMNER_TOOL_CLASS (limner_box_tool_parent_class)->press (tool, pointer) ||
      limner_shape_editor_is_active (limner_tool_get_editor (tool)))
    return TRUE;
  if (pointer->button != 1)
    return FALSE;
  if (!limner_scene_check_editable (scene))
    return TRUE;
  self->state = STATE_DRAG;
  self->outside = !limner_tool_is_in_picture (tool, pointer->point);
  self->press = pointer->point;
  limner_box_tool_follow (self, pointer);
  self->start = self->current;
  limner_scene_select_none (scene);
  return TRUE;
}

static void
limner_box_tool_motion (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);

  if (self->state == STATE_IDLE)
    limner_shape_editor_motion (limner_tool_get_editor (tool), pointer);
  else
    limner_box_tool_follow (self, pointer);
}

static void
limner_box_tool_release (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);
  double moved;

  if (self->state == STATE_IDLE)
    {
      LIMNER_TOOL_CLASS (limner_box_tool_parent_class)->release (tool, pointer);
      return;
    }
  if (pointer->button != 1 || self->state == STATE_STRETCH)
    return;
  limner_box_tool_follow (self, pointer);
  moved = hypot (pointer->point.x - self->press.x, pointer->point.y - self->press.y);
  if (self->state == STATE_CLOSE || moved >= DRAG_THRESHOLD * pointer->pixel)
    limner_box_tool_finish (self);
  else
    self->state = self->outside ? STATE_IDLE : STATE_STRETCH;
}

static gboolean
limner_box_tool_key (LimnerTool *tool, LimnerKey key, LimnerModifiers modifiers)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);

  if (self->state == STATE_STRETCH && (key == LIMNER_KEY_ENTER || key == LIMNER_KEY_SPACE))
    {
      limner_box_tool_finish (self);
      return TRUE;
    }
  if (self->state != STATE_IDLE && key == LIMNER_KEY_BACKSPACE)
    {
      self->state = STATE_IDLE;
      return TRUE;
    }
  return LIMNER_TOOL_CLASS (limner_box_tool_parent_class)->key (tool, key, modifiers);
}

static void
limner_box_tool_cancel (LimnerTool *tool)
{
  LIMNER_BOX_TOOL (tool)->state = STATE_IDLE;
  LIMNER_TOOL_CLASS (limner_box_tool_parent_class)->cancel (tool);
}

/* Lines that hide nothing that can be gripped. */
static gboolean
limner_box_tool_get_crosshair (LimnerTool *tool, LimnerPoint *point)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);

  if (!limner_tool_is_pointer_inside (tool) || scene->pending != NULL || scene->width == 0)
    return FALSE;
  *point = limner_tool_clamp_point (tool, limner_tool_get_pointer (tool)->point);
  return self->state != STATE_IDLE ||
         (limner_tool_is_in_picture (tool, limner_tool_get_pointer (tool)->point) &&
          !limner_shape_editor_has_grip (limner_tool_get_editor (tool)));
}

static void
limner_box_tool_draw (
    LimnerTool *tool, cairo_t *cr, const LimnerView *view, double width, double height)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);
  LimnerBox box = limner_box_tool_get_box (self);
  g_autoptr (LimnerShape) shape = NULL;

  LIMNER_TOOL_CLASS (limner_box_tool_parent_class)->draw (tool, cr, view, width, height);
  if (self->state != STATE_IDLE)
    {
      shape = limner_shape_new_box (&box);
      limner_painter_draw_shape (cr, view, shape, limner_tool_get_color (tool), LIMNER_PAINT_EDITED,
                                 NULL);
    }
  if (self->state != STATE_IDLE)
    {
      limner_hand_draw_rubber_box (cr, view, &box);
      limner_hand_draw_size (cr, view, self->current, &box);
    }
}

static gboolean
limner_box_tool_get_extent (LimnerTool *tool, const LimnerView *view, LimnerBox *extent)
{
  LimnerBoxTool *self = LIMNER_BOX_TOOL (tool);
  LimnerBox box = limner_box_tool_get_box (self);
  LimnerExtent all = { FALSE };

  limner_shape_editor_add_extent (limner_tool_get_editor (tool), view, &all);
  if (self->state != STATE_IDLE)
    {
      limner_extent_add_box (&all, view, &box, 12.0);
      limner_extent_add_size (&all, view, self->current);
    }
  *extent = all.box;
  return all.has_any;
}

static gboolean
limner_box_tool_is_active (LimnerTool *tool)
{
  return LIMNER_BOX_TOOL (tool)->state != STATE_IDLE ||
         limner_shape_editor_is_active (limner_tool_get_editor (tool));
}

static LimnerCursor
limner_box_tool_get_cursor (LimnerTool *tool)
{
  LimnerShapeEditor *editor = limner_tool_get_editor (tool);

  if (LIMNER_BOX_TOOL (tool)->state == STATE_IDLE && limner_shape_editor_has_grip (editor))
    return limner_shape_editor_get_cursor (editor);
  return LIMNER_CURSOR_CROSSHAIR;
}

static const char *
limner_box_tool_get_hint (LimnerTool *tool)
{
  switch (LIMNER_BOX_TOOL (tool)->state)
    {
    case STATE_STRETCH:
    case STATE_CLOSE:
      return _ ("Click the opposite corner, Shift makes a square, Esc gives up");
    case STATE_DRAG:
      return _ ("Let go at the opposite corner, Shift makes a square, Esc gives up");
    case STATE_IDLE:
    default:
      return _ ("Drag a box, or click two corners; Shift makes a square");
    }
}

static void
limner_box_tool_class_init (LimnerBoxToolClass *class)
{
  LimnerToolClass *tool_class = LIMNER_TOOL_CLASS (class);

  tool_class->press = limner_box_tool_press;
  tool_class->motion = limner_box_tool_motion;
  tool_class->release = limner_box_tool_release;
  tool_class->key = limner_box_tool_key;
  tool_class->cancel = limner_box_tool_cancel;
  tool_class->draw = limner_box_tool_draw;
  tool_class->get_extent = limner_box_tool_get_extent;
  tool_class->get_crosshair = limner_box_tool_get_crosshair;
  tool_class->is_active = limner_box_tool_is_active;
  tool_class->get_cursor = limner_box_tool_get_cursor;
  tool_class->get_hint = limner_box_tool_get_hint;
}

static void
limner_box_tool_init (LimnerBoxTool *self)
{
}
