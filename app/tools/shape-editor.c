/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include "shape-editor.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* A hand that clicks trembles: movements below this, in screen pixels, are none. */
#define MOVE_THRESHOLD 4.0
#define GRIP_THRESHOLD 2.0

typedef enum
{
  DRAG_NONE,
  DRAG_MOVE,
  DRAG_COPY,
  DRAG_RESIZE,
  DRAG_VERTEX,
  DRAG_NEW_VERTEX
} DragKind;

struct _LimnerShapeEditor
{
  LimnerScene *scene; /* not owned */
  LimnerGrip hover;   /* under the pointer, while no button is down */

  DragKind drag;
  gboolean moved; /* beyond the threshold */
  gboolean with_alt;
  LimnerGrip grip;   /* what was pressed */
  LimnerPoint start; /* of the drag */
  LimnerPoint current;
  GPtrArray *items;     /* (nullable): LimnerSceneItem */
  GPtrArray *originals; /* (nullable): LimnerShape: before the drag, with a new vertex already in */
  GPtrArray *shapes;    /* (nullable): LimnerShape: as they would become */

  gboolean has_vertex; /* selected by a click */
  gint64 vertex_id;    /* annotation it belongs to */
  LimnerVertex vertex;
};

LimnerShapeEditor *
limner_shape_editor_new (LimnerScene *scene)
{
  LimnerShapeEditor *self = g_new0 (LimnerShapeEditor, 1);

  self->scene = scene;
  return self;
}

static void
limner_shape_editor_clear (LimnerShapeEditor *self)
{
  self->drag = DRAG_NONE;
  self->moved = FALSE;
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->originals, g_ptr_array_unref);
  g_clear_pointer (&self->shapes, g_ptr_array_unref);
}

void
limner_shape_editor_free (LimnerShapeEditor *self)
{
  limner_shape_editor_clear (self);
  g_free (self);
}

/* (transfer none) (nullable): the item that shows grips. */
static LimnerSceneItem *
limner_shape_editor_get_subject (LimnerShapeEditor *self)
{
  LimnerSceneItem *item = limner_scene_get_single_selection (self->scene);

  if (item == NULL || item->shape == NULL || self->scene->shapes_hidden || self->scene->width == 0)
    return NULL;
  return limner_scene_item_is_editable (item) ? item : NULL;
}

/* The selected vertex, as long as its shape still has it. */
static gboolean
limner_shape_editor_get_vertex (LimnerShapeEditor *self, LimnerVertex *vertex)
{
  LimnerSceneItem *item = limner_shape_editor_get_subject (self);
  guint n_points = 0;

  if (!self->has_vertex || item == NULL || item->id != self->vertex_id ||
      self->vertex.ring >= limner_shape_get_n_rings (item->shape))
    return FALSE;
  limner_shape_get_ring (item->shape, self->vertex.ring, &n_points);
  *vertex = self->vertex;
  return self->vertex.index < n_points;
}

/* ---- starting ---- */

static void
limner_shape_editor_start (LimnerShapeEditor *self, DragKind kind, const LimnerPointer *pointer)
{
  limner_shape_editor_clear (self);
  self->drag = kind;
  self->start = self->current = pointer->point;
  self->with_alt = (pointer->modifiers & LIMNER_MODIFIER_ALT) != 0;
  self->hover = (LimnerGrip){ LIMNER_GRIP_NONE };
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->originals = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_shape_unref);
  self->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_shape_unref);
}

static void
limner_shape_editor_take (LimnerShapeEditor *self, LimnerSceneItem *item, LimnerShape *original)
{
  g_ptr_array_add (self->items, g_object_ref (item));
  g_ptr_array_add (self->originals, limner_shape_ref (original));
  g_ptr_array_add (self->shapes, limner_shape_ref (original));
}

gboolean
limner_shape_editor_press_grip (LimnerShapeEditor *self, const LimnerPointer *pointer)
{
  LimnerSceneItem *item = limner_shape_editor_get_subject (self);
  gboolean with_alt = (pointer->modifiers & LIMNER_MODIFIER_ALT) != 0;
  g_autoptr (LimnerShape) original = NULL;
  LimnerGrip grip;

  if (item == NULL ||
      !limner_grip_find (item->shape, pointer->point, pointer->pixel, with_alt, &grip))
    return FALSE;
  original = limner_shape_ref (item->shape);
  switch (grip.kind)
    {
    case LIMNER_GRIP_HANDLE:
      limner_shape_editor_start (self, DRAG_RESIZE, pointer);
      break;
    case LIMNER_GRIP_VERTEX:
      limner_shape_editor_start (self, DRAG_VERTEX, pointer);
      break;
    case LIMNER_GRIP_MID_POINT:
    case LIMNER_GRIP_EDGE:
      limner_shape_editor_start (self, DRAG_NEW_VERTEX, pointer);
      limner_shape_unref (original);
      original = limner_shape_insert_vertex (item->shape, grip.vertex, grip.point);
      grip.vertex.index++;
      break;
    case LIMNER_GRIP_NONE:
    default:
      return FALSE;
    }
  self->grip = grip;
  limner_shape_editor_take (self, item, original);
  return TRUE;
}

void
limner_shape_editor_press_selection (LimnerShapeEditor *self,
                                     const LimnerPointer *pointer,
                                     gboolean copy)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);

  limner_shape_editor_start (self, copy ? DRAG_COPY : DRAG_MOVE, pointer);
  self->grip = (LimnerGrip){ LIMNER_GRIP_NONE };
  for (guint i = 0; i < selection->len; i++)
    {
      LimnerSceneItem *item = selection->pdata[i];

      if (item->shape != NULL && (copy || limner_scene_item_is_editable (item)))
        limner_shape_editor_take (self, item, item->shape);
    }
}

/* ---- dragging ---- */

static void
replace_shape (GPtrArray *shapes, guint index, LimnerShape *shape)
{
  limner_shape_unref (shapes->pdata[index]);
  shapes->pdata[index] = shape;
}

static void
limner_shape_editor_move_all (LimnerShapeEditor *self)
{
  double dx = self->current.x - self->start.x;
  double dy = self->current.y - self->start.y;

  limner_scene_clamp_offset (self->scene, self->originals, &dx, &dy);
  for (guint i = 0; i < self->shapes->len; i++)
    replace_shape (self->shapes, i, limner_shape_move (self->originals->pdata[i], dx, dy));
}

/* Where the grip is now: it keeps its distance from the pointer. */
static LimnerPoint
limner_shape_editor_get_target (LimnerShapeEditor *self)
{
  double x = self->grip.point.x + self->current.x - self->start.x;
  double y = self->grip.point.y + self->current.y - self->start.y;

  return (LimnerPoint){ CLAMP (x, 0.0, self->scene->width), CLAMP (y, 0.0, self->scene->height) };
}

static void
limner_shape_editor_update (LimnerShapeEditor *self, LimnerModifiers modifiers)
{
  LimnerPoint target = limner_shape_editor_get_target (self);
  LimnerShape *original;
  LimnerBox from, to;

  if (self->drag == DRAG_MOVE || self->drag == DRAG_COPY)
    {
      limner_shape_editor_move_all (self);
      return;
    }
  original = self->originals->pdata[0];
  if (self->drag == DRAG_RESIZE)
    {
      from = limner_shape_get_bbox (original);
      to = limner_handle_resize (&from, self->grip.handle, target,
                                 (modifiers & LIMNER_MODIFIER_SHIFT) != 0, self->scene->width,
                                 self->scene->height);
      replace_shape (self->shapes, 0, limner_shape_resize (original, &from, &to));
    }
  else
    replace_shape (self->shapes, 0, limner_shape_set_vertex (original, self->grip.vertex, target));
}

/* Locked shapes can be selected and not moved; whoever tries is told, once. */
static gboolean
limner_shape_editor_begin (LimnerShapeEditor *self)
{
  g_autoptr (GPtrArray) selection = NULL;

  if (self->items->len > 0 && (self->drag != DRAG_COPY || limner_scene_is_editable (self->scene)))
    {
      self->moved = TRUE;
      if (self->drag != DRAG_COPY)
        limner_scene_set_held (self->scene, self->items);
      return TRUE;
    }
  if (self->drag == DRAG_COPY)
    limner_scene_check_editable (self->scene);
  else
    {
      selection = limner_scene_get_selection (self->scene);
      if (selection->len > 0)
        limner_scene_explain_item (self->scene, selection->pdata[0]);
    }
  limner_shape_editor_clear (self);
  return FALSE;
}

static void
limner_shape_editor_find_hover (LimnerShapeEditor *self, const LimnerPointer *pointer)
{
  LimnerSceneItem *item = limner_shape_editor_get_subject (self);

  self->hover = (LimnerGrip){ LIMNER_GRIP_NONE };
  if (item != NULL)
    limner_grip_find (item->shape, pointer->point, pointer->pixel,
                      (pointer->modifiers & LIMNER_MODIFIER_ALT) != 0, &self->hover);
}

void
limner_shape_editor_motion (LimnerShapeEditor *self, const LimnerPointer *pointer)
{
  double threshold;

  if (self->drag == DRAG_NONE)
    {
      limner_shape_editor_find_hover (self, pointer);
      return;
    }
  self->current = pointer->point;
  threshold = self->drag == DRAG_MOVE || self->drag == DRAG_COPY ? MOVE_THRESHOLD : GRIP_THRESHOLD;
  if (!self->moved)
    {
      if (hypot (self->current.x - self->start.x, self->current.y - self->start.y) <
              threshold * pointer->pixel ||
          !limner_shape_editor_begin (self))
        return;
    }
  limner_shape_editor_update (self, pointer->modifiers);
  if (self->items->len == 1 && self->drag != DRAG_COPY)
    limner_scene_set_held_shape (self->scene, self->items->pdata[0], self->shapes->pdata[0]);
}

/* ---- ending ---- */

static const char *
limner_shape_editor_get_label (LimnerShapeEditor *self)
{
  switch (self->drag)
    {
    case DRAG_RESIZE:
      return _ ("Resize");
    case DRAG_VERTEX:
      return _ ("Move vertex");
    case DRAG_NEW_VERTEX:
      return _ ("Insert vertex");
    case DRAG_COPY:
      return _ ("Duplicate");
    case DRAG_MOVE:
    case DRAG_NONE:
    default:
      return _ ("Move");
    }
}

static void
limner_shape_editor_select_vertex (LimnerShapeEditor *self)
{
  LimnerSceneItem *item = self->items->pdata[0];

  self->has_vertex = TRUE;
  self->vertex_id = item->id;
  self->vertex = self->grip.vertex;
}

/* Returns whether a vertex is gone. */
static gboolean
limner_shape_editor_remove_vertex (LimnerShapeEditor *self,
                                   LimnerSceneItem *item,
                                   LimnerVertex vertex)
{
  g_autoptr (LimnerShape) shape = limner_shape_remove_vertex (item->shape, vertex);

  if (limner_shape_equal (shape, item->shape))
    {
      limner_scene_message (self->scene, _ ("A polygon needs at least three points"));
      return FALSE;
    }
  self->has_vertex = FALSE;
  return limner_scene_set_shape (self->scene, item, shape, _ ("Remove vertex"));
}

/* The button was let go where it was pressed. */
static gboolean
limner_shape_editor_click (LimnerShapeEditor *self)
{
  LimnerSceneItem *item;

  if (self->grip.kind == LIMNER_GRIP_EDGE)
    {
      limner_shape_editor_select_vertex (self);
      return limner_scene_set_shapes (self->scene, self->items, self->shapes,
                                      limner_shape_editor_get_label (self));
    }
  if (self->grip.kind != LIMNER_GRIP_VERTEX)
    return FALSE;
  item = self->items->pdata[0];
  if (self->with_alt)
    return limner_shape_editor_remove_vertex (self, item, self->grip.vertex);
  limner_shape_editor_select_vertex (self);
  return FALSE;
}

gboolean
limner_shape_editor_release (LimnerShapeEditor *self, const LimnerPointer *pointer)
{
  gboolean dragged = FALSE;

  if (self->drag == DRAG_NONE)
    return FALSE;
  limner_shape_editor_motion (self, pointer);
  if (self->drag == DRAG_NONE)
    return TRUE;
  if (!self->moved)
    dragged = limner_shape_editor_click (self);
  else
    {
      dragged = TRUE;
      if (self->drag == DRAG_NEW_VERTEX || self->drag == DRAG_VERTEX)
        limner_shape_editor_select_vertex (self);
      if (self->drag == DRAG_COPY)
        limner_scene_add_copies (self->scene, self->items, self->shapes,
                                 limner_shape_editor_get_label (self));
      else
        limner_scene_set_shapes (self->scene, self->items, self->shapes,
                                 limner_shape_editor_get_label (self));
    }
  limner_shape_editor_cancel (self);
  limner_shape_editor_find_hover (self, pointer);
  return dragged;
}

void
limner_shape_editor_cancel (LimnerShapeEditor *self)
{
  gboolean held = self->drag != DRAG_NONE && self->moved && self->drag != DRAG_COPY;

  limner_shape_editor_clear (self);
  if (held)
    limner_scene_set_held (self->scene, NULL);
}

void
limner_shape_editor_leave (LimnerShapeEditor *self)
{
  self->hover = (LimnerGrip){ LIMNER_GRIP_NONE };
}

gboolean
limner_shape_editor_delete_vertex (LimnerShapeEditor *self)
{
  LimnerVertex vertex;

  if (!limner_shape_editor_get_vertex (self, &vertex))
    return FALSE;
  limner_shape_editor_remove_vertex (self, limner_scene_get_single_selection (self->scene), vertex);
  return TRUE;
}

gboolean
limner_shape_editor_unselect_vertex (LimnerShapeEditor *self)
{
  LimnerVertex vertex;
  gboolean had_one = limner_shape_editor_get_vertex (self, &vertex);

  self->has_vertex = FALSE;
  return had_one;
}

/* ---- asking ---- */

gboolean
limner_shape_editor_is_active (LimnerShapeEditor *self)
{
  return self->drag != DRAG_NONE;
}

gboolean
limner_shape_editor_has_grip (LimnerShapeEditor *self)
{
  return self->drag != DRAG_NONE || self->hover.kind != LIMNER_GRIP_NONE;
}

LimnerCursor
limner_shape_editor_get_cursor (LimnerShapeEditor *self)
{
  const LimnerGrip *grip = self->drag != DRAG_NONE ? &self->grip : &self->hover;

  switch (grip->kind)
    {
    case LIMNER_GRIP_HANDLE:
      return LIMNER_CURSOR_RESIZE_N + grip->handle;
    case LIMNER_GRIP_VERTEX:
    case LIMNER_GRIP_MID_POINT:
    case LIMNER_GRIP_EDGE:
      /* the vertex itself shows where it goes */
      return self->moved ? LIMNER_CURSOR_NONE : LIMNER_CURSOR_POINTER;
    case LIMNER_GRIP_NONE:
    default:
      return self->drag != DRAG_NONE ? LIMNER_CURSOR_MOVE : LIMNER_CURSOR_DEFAULT;
    }
}

/* (nullable): which vertex is drawn larger. */
static const LimnerVertex *
limner_shape_editor_get_active_vertex (LimnerShapeEditor *self, LimnerVertex *place)
{
  if (self->drag == DRAG_VERTEX || (self->drag == DRAG_NEW_VERTEX && self->moved))
    *place = self->grip.vertex;
  else if (self->hover.kind == LIMNER_GRIP_VERTEX)
    *place = self->hover.vertex;
  else if (!limner_shape_editor_get_vertex (self, place))
    return NULL;
  return place;
}

void
limner_shape_editor_draw (LimnerShapeEditor *self, cairo_t *cr, const LimnerView *view)
{
  LimnerSceneItem *subject = limner_shape_editor_get_subject (self);
  LimnerVertex place;

  if (self->moved)
    {
      for (guint i = 0; i < self->shapes->len; i++)
        limner_painter_draw_shape (cr, view, self->shapes->pdata[i],
                                   limner_scene_item_get_color (self->items->pdata[i]),
                                   LIMNER_PAINT_SELECTED | LIMNER_PAINT_EDITED, NULL);
    }
  if (subject == NULL || self->drag == DRAG_COPY)
    return;
  if (limner_shape_get_kind (subject->shape) != LIMNER_SHAPE_MASK)
    limner_painter_draw_handles (cr, view, self->moved ? self->shapes->pdata[0] : subject->shape,
                                 limner_scene_item_get_color (subject), FALSE,
                                 limner_shape_editor_get_active_vertex (self, &place));
  if (self->moved && self->drag == DRAG_RESIZE)
    {
      LimnerBox box = limner_shape_get_bbox (self->shapes->pdata[0]);

      limner_hand_draw_size (cr, view, self->current, &box);
    }
}

void
limner_shape_editor_add_extent (LimnerShapeEditor *self,
                                const LimnerView *view,
                                LimnerExtent *extent)
{
  LimnerSceneItem *subject = limner_shape_editor_get_subject (self);

  for (guint i = 0; self->moved && i < self->shapes->len; i++)
    limner_extent_add_shape (extent, view, self->shapes->pdata[i]);
  if (subject != NULL && !self->moved)
    limner_extent_add_shape (extent, view, subject->shape);
  if (self->moved && self->drag == DRAG_RESIZE)
    limner_extent_add_size (extent, view, self->current);
}
