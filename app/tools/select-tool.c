/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tool-private.h"

/* Screen pixels. */
#define HIT_REACH 5.0
#define SAME_PLACE 4.0
#define BAND_THRESHOLD 4.0

#define LIMNER_TYPE_SELECT_TOOL (limner_select_tool_get_type ())
G_DECLARE_FINAL_TYPE (LimnerSelectTool, limner_select_tool, LIMNER, SELECT_TOOL, LimnerTool)

typedef enum
{
  STATE_IDLE,
  STATE_PRESSED, /* on a shape: a click, or the beginning of a move */
  STATE_BAND     /* on empty ground: a click, or a rubber band */
} State;

struct _LimnerSelectTool
{
  LimnerTool parent_instance;

  State state;
  LimnerPoint start;
  LimnerPoint current;
  gboolean band;          /* is wide enough to be meant */
  gboolean pick_on_click; /* the press changed nothing yet: a click chooses */
  gboolean has_last;      /* a click came before */
  LimnerPoint last;       /* where it was: a second one takes the next shape below */
};

G_DEFINE_FINAL_TYPE (LimnerSelectTool, limner_select_tool, LIMNER_TYPE_TOOL)

static double
distance (LimnerPoint a, LimnerPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

/* Whether the press is on something that is selected already, so that a drag moves all of it. */
static gboolean
is_on_selection (LimnerScene *scene, const LimnerPointer *pointer)
{
  for (guint i = 0; i < scene->selection->len; i++)
    {
      LimnerSceneItem *item = scene->selection->pdata[i];

      if (item->shape != NULL && limner_scene_item_get_visible (item) && !scene->shapes_hidden &&
          (limner_shape_contains (item->shape, pointer->point) ||
           limner_shape_find_edge (item->shape, pointer->point, HIT_REACH * pointer->pixel, NULL,
                                   NULL)))
        return TRUE;
    }
  return FALSE;
}

static LimnerSceneItem *
find_at (LimnerScene *scene, const LimnerPointer *pointer, LimnerSceneItem *below)
{
  return limner_scene_find_at (scene, pointer->point, HIT_REACH * pointer->pixel, below);
}

static void
limner_select_tool_press_shape (LimnerSelectTool *self,
                                LimnerSceneItem *item,
                                const LimnerPointer *pointer)
{
  LimnerTool *tool = LIMNER_TOOL (self);
  LimnerScene *scene = limner_tool_get_scene (tool);
  gboolean shift = (pointer->modifiers & LIMNER_MODIFIER_SHIFT) != 0;
  gboolean alt = (pointer->modifiers & LIMNER_MODIFIER_ALT) != 0;

  self->state = STATE_PRESSED;
  self->pick_on_click = is_on_selection (scene, pointer) || shift;
  if (!self->pick_on_click)
    limner_scene_select (scene, item, FALSE);
  else if (shift && !item->selected && !is_on_selection (scene, pointer))
    {
      limner_scene_select (scene, item, TRUE);
      self->pick_on_click = FALSE;
    }
  limner_shape_editor_press_selection (limner_tool_get_editor (tool), pointer, alt);
}

static gboolean
limner_select_tool_press (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);
  gboolean control = (pointer->modifiers & LIMNER_MODIFIER_CONTROL) != 0;
  LimnerSceneItem *item;

  if (limner_tool_is_active (tool))
    return TRUE;
  if (pointer->button != 1)
    return FALSE;
  self->start = self->current = pointer->point;
  self->band = FALSE;
  if (LIMNER_TOOL_CLASS (limner_select_tool_parent_class)->press (tool, pointer))
    return TRUE;
  item = find_at (scene, pointer, NULL);
  if (item != NULL && !control)
    limner_select_tool_press_shape (self, item, pointer);
  else
    self->state = STATE_BAND;
  limner_scene_set_hovered (scene, NULL);
  return TRUE;
}

static void
limner_select_tool_motion (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);
  LimnerShapeEditor *editor = limner_tool_get_editor (tool);

  if (self->state == STATE_BAND)
    {
      self->current = pointer->point;
      self->band =
          self->band || distance (self->start, self->current) >= BAND_THRESHOLD * pointer->pixel;
      return;
    }
  limner_shape_editor_motion (editor, pointer);
  if (!limner_shape_editor_is_active (editor))
    limner_scene_set_hovered (scene, find_at (scene, pointer, NULL));
}

static void
limner_select_tool_click (LimnerSelectTool *self, const LimnerPointer *pointer)
{
  LimnerScene *scene = limner_tool_get_scene (LIMNER_TOOL (self));
  gboolean shift = (pointer->modifiers & LIMNER_MODIFIER_SHIFT) != 0;
  gboolean again =
      self->has_last && distance (self->last, pointer->point) <= SAME_PLACE * pointer->pixel;
  LimnerSceneItem *item;

  self->has_last = TRUE;
  self->last = pointer->point;
  if (!self->pick_on_click)
    return;
  item = find_at (scene, pointer, NULL);
  if (shift && item != NULL)
    limner_scene_toggle (scene, item);
  else
    {
      if (again)
        item = find_at (scene, pointer, limner_scene_get_single_selection (scene));
      if (item != NULL)
        limner_scene_select (scene, item, FALSE);
    }
}

static void
limner_select_tool_end_band (LimnerSelectTool *self, const LimnerPointer *pointer)
{
  LimnerScene *scene = limner_tool_get_scene (LIMNER_TOOL (self));
  gboolean shift = (pointer->modifiers & LIMNER_MODIFIER_SHIFT) != 0;
  LimnerBox area = limner_box_from_corners (self->start, pointer->point);
  g_autoptr (GPtrArray) items = NULL;
  LimnerSceneItem *item;

  self->has_last = FALSE;
  if (!self->band)
    {
      /* Ctrl was held: else a shape would have taken the press */
      item = find_at (scene, pointer, NULL);
      if (item != NULL)
        limner_scene_toggle (scene, item);
      else if (!shift)
        limner_scene_select_none (scene);
      return;
    }
  items = limner_scene_find_in (scene, &area);
  limner_scene_select_many (scene, items, shift);
}

static void
limner_select_tool_release (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);
  LimnerShapeEditor *editor = limner_tool_get_editor (tool);
  State state = self->state;

  if (pointer->button != 1)
    return;
  self->state = STATE_IDLE;
  if (state == STATE_BAND)
    limner_select_tool_end_band (self, pointer);
  else if (limner_shape_editor_is_active (editor))
    {
      if (limner_shape_editor_release (editor, pointer))
        {
          self->has_last = FALSE;
          limner_tool_finished (tool);
        }
      else if (state == STATE_PRESSED)
        limner_select_tool_click (self, pointer);
    }
  limner_scene_set_hovered (scene, find_at (scene, pointer, NULL));
}

static gboolean
limner_select_tool_key (LimnerTool *tool, LimnerKey key, LimnerModifiers modifiers)
{
  LimnerScene *scene = limner_tool_get_scene (tool);

  if (LIMNER_TOOL_CLASS (limner_select_tool_parent_class)->key (tool, key, modifiers))
    return TRUE;
  if (key != LIMNER_KEY_ESCAPE || scene->selection->len == 0)
    return FALSE;
  limner_scene_select_none (scene);
  return TRUE;
}

static void
limner_select_tool_cancel (LimnerTool *tool)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);

  self->state = STATE_IDLE;
  self->band = FALSE;
  self->has_last = FALSE;
  LIMNER_TOOL_CLASS (limner_select_tool_parent_class)->cancel (tool);
}

static void
limner_select_tool_leave (LimnerTool *tool)
{
  limner_scene_set_hovered (limner_tool_get_scene (tool), NULL);
  LIMNER_TOOL_CLASS (limner_select_tool_parent_class)->leave (tool);
}

static void
limner_select_tool_draw (
    LimnerTool *tool, cairo_t *cr, const LimnerView *view, double width, double height)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerBox box = limner_box_from_corners (self->start, self->current);

  LIMNER_TOOL_CLASS (limner_select_tool_parent_class)->draw (tool, cr, view, width, height);
  if (self->state == STATE_BAND && self->band)
    limner_hand_draw_rubber_band (cr, view, &box);
}

static gboolean
limner_select_tool_get_extent (LimnerTool *tool, const LimnerView *view, LimnerBox *extent)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerBox box = limner_box_from_corners (self->start, self->current);
  LimnerExtent all = { FALSE };

  limner_shape_editor_add_extent (limner_tool_get_editor (tool), view, &all);
  if (self->state == STATE_BAND && self->band)
    limner_extent_add_box (&all, view, &box, 3.0);
  *extent = all.box;
  return all.has_any;
}

static gboolean
limner_select_tool_is_active (LimnerTool *tool)
{
  return LIMNER_SELECT_TOOL (tool)->state == STATE_BAND ||
         limner_shape_editor_is_active (limner_tool_get_editor (tool));
}

static LimnerCursor
limner_select_tool_get_cursor (LimnerTool *tool)
{
  LimnerSelectTool *self = LIMNER_SELECT_TOOL (tool);
  LimnerScene *scene = limner_tool_get_scene (tool);
  LimnerShapeEditor *editor = limner_tool_get_editor (tool);

  if (self->state == STATE_BAND)
    return LIMNER_CURSOR_DEFAULT;
  if (limner_shape_editor_has_grip (editor))
    return limner_shape_editor_get_cursor (editor);
  if (scene->hovered == NULL)
    return LIMNER_CURSOR_DEFAULT;
  return scene->hovered->selected && limner_scene_item_is_editable (scene->hovered)
             ? LIMNER_CURSOR_MOVE
             : LIMNER_CURSOR_POINTER;
}

static const char *
limner_select_tool_get_hint (LimnerTool *tool)
{
  LimnerScene *scene = limner_tool_get_scene (tool);
  LimnerSceneItem *item = limner_scene_get_single_selection (scene);

  if (item != NULL && item->shape != NULL && limner_scene_item_is_editable (item))
    {
      if (limner_shape_get_kind (item->shape) == LIMNER_SHAPE_POLYGON)
        return _ ("Drag points to reshape, Alt+click adds or removes a point, Alt+drag copies");
      if (limner_shape_get_kind (item->shape) == LIMNER_SHAPE_BOX)
        return _ ("Drag handles to resize, Shift keeps the proportions, Alt+drag copies");
    }
  return _ ("Click to select, again for the shape below, Shift adds, drag on empty ground selects "
            "several");
}

static void
limner_select_tool_class_init (LimnerSelectToolClass *class)
{
  LimnerToolClass *tool_class = LIMNER_TOOL_CLASS (class);

  tool_class->press = limner_select_tool_press;
  tool_class->motion = limner_select_tool_motion;
  tool_class->release = limner_select_tool_release;
  tool_class->key = limner_select_tool_key;
  tool_class->cancel = limner_select_tool_cancel;
  tool_class->leave = limner_select_tool_leave;
  tool_class->draw = limner_select_tool_draw;
  tool_class->get_extent = limner_select_tool_get_extent;
  tool_class->is_active = limner_select_tool_is_active;
  tool_class->get_cursor = limner_select_tool_get_cursor;
  tool_class->get_hint = limner_select_tool_get_hint;
}

static void
limner_select_tool_init (LimnerSelectTool *self)
{
}
