/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tool-private.h"

/* Screen pixels. */
#define CLOSE_REACH 9.0
#define POINT_SIZE 9.0
#define CLOSE_SIZE 15.0

#define MIN_POINTS 3

#define LIMNER_TYPE_POLYGON_TOOL (limner_polygon_tool_get_type ())
G_DECLARE_FINAL_TYPE (LimnerPolygonTool, limner_polygon_tool, LIMNER, POLYGON_TOOL, LimnerTool)

struct _LimnerPolygonTool
{
  LimnerTool parent_instance;

  GArray *points;      /* LimnerPoint; empty: nothing is being drawn */
  LimnerPoint current; /* inside the picture */
  double pixel;
};

G_DEFINE_FINAL_TYPE (LimnerPolygonTool, limner_polygon_tool, LIMNER_TYPE_TOOL)

static LimnerPoint
limner_polygon_tool_get_point (LimnerPolygonTool *self, guint index)
{
  return g_array_index (self->points, LimnerPoint, index);
}

static double
limner_polygon_tool_get_distance (LimnerPolygonTool *self, guint index, LimnerPoint point)
{
  LimnerPoint at = limner_polygon_tool_get_point (self, index);

  return hypot (at.x - point.x, at.y - point.y);
}

static gboolean
limner_polygon_tool_is_on_first (LimnerPolygonTool *self)
{
  return self->points->len > 1 &&
         limner_polygon_tool_get_distance (self, 0, self->current) <= CLOSE_REACH * self->pixel;
}

/* A click here would close it. */
static gboolean
limner_polygon_tool_would_close (LimnerPolygonTool *self)
{
  return self->points->len >= MIN_POINTS && limner_tool_is_pointer_inside (LIMNER_TOOL (self)) &&
         limner_polygon_tool_is_on_first (self);
}

/* Too few points are said, and drawing goes on: nothing is lost. */
static void
limner_polygon_tool_close (LimnerPolygonTool *self)
{
  LimnerScene *scene = limner_tool_get_scene (LIMNER_TOOL (self));
  g_autoptr (LimnerShape) shape = NULL;
  const guint n_points = self->points->len;

  if (n_points < MIN_POINTS)
    {
      limner_scene_message (scene, _ ("A polygon needs at least three points"));
      return;
    }
  shape = limner_shape_new_polygon ((const LimnerPoint *) self->points->data, &n_points, 1);
  g_array_set_size (self->points, 0);
  limner_scene_add_shape (scene, shape);
  limner_tool_finished (LIMNER_TOOL (self));
}

static void
limner_polygon_tool_add_point (LimnerPolygonTool *self)
{
  guint last = self->points->len - 1;

  /* the same place twice is one point */
  if (self->points->len > 0 &&
      limner_polygon_tool_get_distance (self, last, self->current) < 0.5 * self->pixel)
    return;
  g_array_append_val (self->points, self->current);
}

static gboolean
limner_polygon_tool_take_back (LimnerPolygonTool *self)
{
  if (self->points->len == 0)
    return FALSE;
  g_array_set_size (self->points, self->points->len - 1);
  return TRUE;
}

static void
limner_polygon_tool_follow (LimnerPolygonTool *self, const LimnerPointer *pointer)
{
  self->current = limner_tool_clamp_point (LIMNER_TOOL (self), pointer->point);
  self->pixel = pointer->pixel;
}

/* Whether the first point can be set: not beside the picture, and not on a grip. */
static gboolean
limner_polygon_tool_begin (LimnerPolygonTool *self, const LimnerPointer *pointer)
{
  LimnerTool *tool = LIMNER_TOOL (self);
  LimnerScene *scene = limner_tool_get_scene (tool);

  if (LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->press (tool, pointer) ||
      limner_shape_editor_is_active (limner_tool_get_editor (tool)))
    return FALSE;
  if (!limner_scene_check_editable (scene))
    return FALSE;
  limner_scene_select_none (scene);
  return limner_tool_is_in_picture (tool, pointer->point);
}

static gboolean
limner_polygon_tool_press (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);

  limner_polygon_tool_follow (self, pointer);
  if (pointer->button == 3)
    return limner_polygon_tool_take_back (self);
  if (pointer->button != 1)
    return self->points->len > 0;
  if (self->points->len == 0)
    {
      /* the third of three fast clicks belongs to the polygon that the second has closed */
      if (pointer->n_press <= 2 && limner_polygon_tool_begin (self, pointer))
        limner_polygon_tool_add_point (self);
      return TRUE;
    }
  /* the first click of a double click has set its point already */
  if (pointer->n_press > 1 || limner_polygon_tool_is_on_first (self))
    limner_polygon_tool_close (self);
  else
    limner_polygon_tool_add_point (self);
  return TRUE;
}

static void
limner_polygon_tool_motion (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);

  limner_polygon_tool_follow (self, pointer);
  if (self->points->len == 0)
    limner_shape_editor_motion (limner_tool_get_editor (tool), pointer);
}

static void
limner_polygon_tool_release (LimnerTool *tool, const LimnerPointer *pointer)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);

  if (self->points->len == 0)
    LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->release (tool, pointer);
}

static gboolean
limner_polygon_tool_key (LimnerTool *tool, LimnerKey key, LimnerModifiers modifiers)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);

  if (self->points->len > 0)
    {
      switch (key)
        {
        case LIMNER_KEY_ENTER:
        case LIMNER_KEY_SPACE:
          limner_polygon_tool_close (self);
          return TRUE;
        case LIMNER_KEY_BACKSPACE:
        case LIMNER_KEY_DELETE:
          limner_polygon_tool_take_back (self);
          return TRUE;
        case LIMNER_KEY_ESCAPE:
        default:
          break;
        }
    }
  return LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->key (tool, key, modifiers);
}

static gboolean
limner_polygon_tool_undo (LimnerTool *tool)
{
  return limner_polygon_tool_take_back (LIMNER_POLYGON_TOOL (tool)) ||
         LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->undo (tool);
}

static void
limner_polygon_tool_cancel (LimnerTool *tool)
{
  g_array_set_size (LIMNER_POLYGON_TOOL (tool)->points, 0);
  LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->cancel (tool);
}

/* The line to the pointer ends on the first point when a click would close. */
static LimnerPoint
limner_polygon_tool_get_end (LimnerPolygonTool *self)
{
  return limner_polygon_tool_would_close (self) ? limner_polygon_tool_get_point (self, 0)
                                                : self->current;
}

static void
limner_polygon_tool_add_path (LimnerPolygonTool *self, cairo_t *cr, const LimnerView *view)
{
  cairo_new_path (cr);
  for (guint i = 0; i < self->points->len; i++)
    {
      LimnerPoint at = limner_view_to_target (view, limner_polygon_tool_get_point (self, i));

      cairo_line_to (cr, at.x, at.y);
    }
}

static void
limner_polygon_tool_draw_lines (LimnerPolygonTool *self, cairo_t *cr, const LimnerView *view)
{
  guint32 color = limner_tool_get_color (LIMNER_TOOL (self));
  LimnerPoint end = limner_view_to_target (view, limner_polygon_tool_get_end (self));
  LimnerPoint last =
      limner_view_to_target (view, limner_polygon_tool_get_point (self, self->points->len - 1));
  double r = (color >> 16 & 255) / 255.0, g = (color >> 8 & 255) / 255.0, b = (color & 255) / 255.0;

  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  limner_polygon_tool_add_path (self, cr, view);
  cairo_line_to (cr, end.x, end.y);
  cairo_set_source_rgba (cr, r, g, b, 0.08);
  cairo_fill (cr);
  limner_polygon_tool_add_path (self, cr, view);
  cairo_set_line_width (cr, 4.0);
  cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, 0.45);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 2.0);
  cairo_set_source_rgb (cr, r, g, b);
  cairo_stroke (cr);
  if (limner_tool_is_pointer_inside (LIMNER_TOOL (self)))
    {
      cairo_move_to (cr, last.x, last.y);
      cairo_line_to (cr, end.x, end.y);
      limner_hand_stroke_dashed (cr);
      cairo_new_path (cr);
    }
  cairo_restore (cr);
}

static void
limner_polygon_tool_draw (
    LimnerTool *tool, cairo_t *cr, const LimnerView *view, double width, double height)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);
  guint32 color = limner_tool_get_color (tool);

  LIMNER_TOOL_CLASS (limner_polygon_tool_parent_class)->draw (tool, cr, view, width, height);
  if (self->points->len == 0)
    return;
  limner_polygon_tool_draw_lines (self, cr, view);
  for (guint i = self->points->len; i > 0; i--)
    limner_hand_draw_point (cr, view, limner_polygon_tool_get_point (self, i - 1),
                            i == 1 && limner_polygon_tool_would_close (self) ? CLOSE_SIZE
                                                                             : POINT_SIZE,
                            color);
}

static gboolean
limner_polygon_tool_get_extent (LimnerTool *tool, const LimnerView *view, LimnerBox *extent)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);
  LimnerExtent all = { FALSE };
  LimnerBox box;

  limner_shape_editor_add_extent (limner_tool_get_editor (tool), view, &all);
  if (self->points->len > 0)
    {
      box = limner_box_from_points ((const LimnerPoint *) self->points->data, self->points->len);
      limner_extent_add_box (&all, view, &box, CLOSE_SIZE);
      box = (LimnerBox){ self->current.x, self->current.y, 0.0, 0.0 };
      limner_extent_add_box (&all, view, &box, CLOSE_SIZE);
    }
  *extent = all.box;
  return all.has_any;
}

static gboolean
limner_polygon_tool_is_active (LimnerTool *tool)
{
  return LIMNER_POLYGON_TOOL (tool)->points->len > 0 ||
         limner_shape_editor_is_active (limner_tool_get_editor (tool));
}

static LimnerCursor
limner_polygon_tool_get_cursor (LimnerTool *tool)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);
  LimnerShapeEditor *editor = limner_tool_get_editor (tool);

  if (self->points->len == 0 && limner_shape_editor_has_grip (editor))
    return limner_shape_editor_get_cursor (editor);
  return limner_polygon_tool_would_close (self) ? LIMNER_CURSOR_POINTER : LIMNER_CURSOR_CROSSHAIR;
}

static const char *
limner_polygon_tool_get_hint (LimnerTool *tool)
{
  LimnerPolygonTool *self = LIMNER_POLYGON_TOOL (tool);

  if (self->points->len == 0)
    return _ ("Click to place the first point");
  if (self->points->len < MIN_POINTS)
    return _ ("Click to place points, Backspace takes one back, Esc gives up");
  if (limner_polygon_tool_would_close (self))
    return _ ("Click to close the polygon");
  return _ ("Click to place points, Enter closes, Backspace takes one back");
}

static void
limner_polygon_tool_finalize (GObject *object)
{
  g_array_unref (LIMNER_POLYGON_TOOL (object)->points);
  G_OBJECT_CLASS (limner_polygon_tool_parent_class)->finalize (object);
}

static void
limner_polygon_tool_class_init (LimnerPolygonToolClass *class)
{
  LimnerToolClass *tool_class = LIMNER_TOOL_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = limner_polygon_tool_finalize;
  tool_class->press = limner_polygon_tool_press;
  tool_class->motion = limner_polygon_tool_motion;
  tool_class->release = limner_polygon_tool_release;
  tool_class->key = limner_polygon_tool_key;
  tool_class->undo = limner_polygon_tool_undo;
  tool_class->cancel = limner_polygon_tool_cancel;
  tool_class->draw = limner_polygon_tool_draw;
  tool_class->get_extent = limner_polygon_tool_get_extent;
  tool_class->is_active = limner_polygon_tool_is_active;
  tool_class->get_cursor = limner_polygon_tool_get_cursor;
  tool_class->get_hint = limner_polygon_tool_get_hint;
}

static void
limner_polygon_tool_init (LimnerPolygonTool *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  self->pixel = 1.0;
}
