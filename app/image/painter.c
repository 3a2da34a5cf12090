/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

#include <math.h>

#define REACH LIMNER_PAINT_REACH
#define BLOCK_SIZE LIMNER_BLOCK_SIZE
#define HAIRLINE_ALPHA LIMNER_HAIRLINE_ALPHA
#define WHOLE_BOX_MAX LIMNER_WHOLE_BOX_MAX

#define SELECTED_EXTRA_WIDTH 0.5

/* Fills relative to the one of a resting shape, as 18, 30 and 8 % are. */
#define HOVERED_FILL (30.0 / 18.0)
#define EDITED_FILL (8.0 / 18.0)
#define LOCKED_FILL (9.0 / 18.0)

static const double locked_dashes[] = { 6, 4 };

/* Dashes, dots, both in turn: far enough apart in length to be told at a glance. */
static const double patterns[3][4] = { { 12, 5 }, { 3, 4 }, { 10, 4, 3, 4 } };

/* What draw_shape() was asked for, worked out. */
typedef struct
{
  cairo_t *cr;
  const LimnerView *view;
  const LimnerShape *shape;
  LimnerBox extent;  /* on the target */
  LimnerBox visible; /* of the target, and a margin around it */
  guint32 color;
  LimnerPaintLook look;
} Paint;

LimnerBox
limner_painter_get_clip (cairo_t *cr)
{
  double x0;
  double y0;
  double x1;
  double y1;

  cairo_clip_extents (cr, &x0, &y0, &x1, &y1);
  x0 = limner_painter_limit (x0);
  y0 = limner_painter_limit (y0);
  return (LimnerBox){ x0, y0, limner_painter_limit (x1) - x0, limner_painter_limit (y1) - y0 };
}

LimnerBox
limner_painter_snap_box (const LimnerView *view, const LimnerBox *box)
{
  LimnerPoint a = limner_view_to_target (view, (LimnerPoint){ box->x, box->y });
  LimnerPoint b =
      limner_view_to_target (view, (LimnerPoint){ box->x + box->width, box->y + box->height });

  /* halves always go the same way, also left of a tile's corner */
  a = (LimnerPoint){ floor (limner_painter_limit (a.x) + .5),
                     floor (limner_painter_limit (a.y) + .5) };
  b = (LimnerPoint){ floor (limner_painter_limit (b.x) + .5),
                     floor (limner_painter_limit (b.y) + .5) };
  return limner_box_from_corners (a, b);
}

void
limner_painter_round_rectangle (cairo_t *cr, const LimnerBox *box, double radius)
{
  double x1 = box->x + box->width;
  double y1 = box->y + box->height;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - radius, box->y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x1 - radius, y1 - radius, radius, 0, G_PI_2);
  cairo_arc (cr, box->x + radius, y1 - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, box->x + radius, box->y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static LimnerBox
grow (const LimnerBox *box, double by)
{
  return (LimnerBox){ box->x - by, box->y - by, box->width + 2 * by, box->height + 2 * by };
}

/* The part of @outer that is not in @inner; all of it where nothing of the inner one is left. */
static void
fill_ring (cairo_t *cr, const LimnerBox *outer, const LimnerBox *inner)
{
  cairo_rectangle (cr, outer->x, outer->y, outer->width, outer->height);
  if (inner->width > 0 && inner->height > 0)
    cairo_rectangle (cr, inner->x, inner->y, inner->width, inner->height);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_fill (cr);
}

/* The edge of a box on whole pixels; %FALSE if it is out of sight. */
static gboolean
find_edge (const Paint *self, LimnerBox *edge)
{
  LimnerBox bbox = limner_shape_get_bbox (self->shape);
  LimnerBox in_sight;

  *edge = limner_painter_snap_box (self->view, &bbox);
  if (!limner_box_intersect (edge, &self->visible, &in_sight))
    return FALSE;
  if (edge->width > WHOLE_BOX_MAX || edge->height > WHOLE_BOX_MAX)
    *edge = in_sight;
  return TRUE;
}

static void
stroke_dashed_box (const Paint *self, const LimnerBox *edge)
{
  double shift = fmod (self->look.line_width, 2) == 1 ? .5 : 0;

  cairo_set_dash (self->cr, self->look.dashes, self->look.n_dashes, 0);
  cairo_set_line_width (self->cr, self->look.line_width);
  cairo_rectangle (self->cr, edge->x + shift, edge->y + shift, edge->width, edge->height);
  cairo_stroke (self->cr);
}

/* Rings instead of strokes: their edges lie on whole pixels, so nothing is blurred. */
static void
paint_box_lines (const Paint *self, const LimnerBox *edge)
{
  cairo_t *cr = self->cr;
  double inside = floor (self->look.line_width / 2);
  LimnerBox line_outer = grow (edge, self->look.line_width - inside);
  LimnerBox line_inner = grow (edge, -inside);
  LimnerBox halo = grow (&line_outer, 1);
  LimnerBox hairline = grow (&line_inner, -1);

  cairo_set_source_rgba (cr, 0, 0, 0, LIMNER_HALO_ALPHA);
  fill_ring (cr, &halo, &line_outer);
  if (self->look.has_hairline && hairline.width > 0 && hairline.height > 0)
    {
      cairo_set_source_rgba (cr, 1, 1, 1, HAIRLINE_ALPHA);
      fill_ring (cr, &line_inner, &hairline);
    }
  limner_painter_set_color (cr, self->color, 1);
  if (self->look.dashes != NULL)
    stroke_dashed_box (self, edge);
  else
    fill_ring (cr, &line_outer, &line_inner);
}

double
limner_painter_get_signed_area (const LimnerPoint *points, guint n_points)
{
  double area = 0;

  for (guint i = 1; i + 1 < n_points; i++)
    area += (points[i].x - points[0].x) * (points[i + 1].y - points[0].y) -
            (points[i + 1].x - points[0].x) * (points[i].y - points[0].y);
  return area;
}

static LimnerPoint
view_point (const LimnerView *view, LimnerPoint point_img)
{
  LimnerPoint point = limner_view_to_target (view, point_img);

  return (LimnerPoint){ limner_painter_limit (point.x), limner_painter_limit (point.y) };
}

void
limner_outline_add (LimnerOutline *self, LimnerPoint point)
{
  point.x = limner_painter_limit (point.x);
  point.y = limner_painter_limit (point.y);
  g_array_append_val (self->points, point);
}

void
limner_outline_close_ring (LimnerOutline *self)
{
  g_array_append_val (self->ends, self->points->len);
}

/* Vertices within a pixel of the one before are left out: cairo's time goes by vertices. */
static void
outline_add_ring (LimnerOutline *self,
                  const LimnerView *view,
                  const LimnerPoint *points,
                  guint n_points)
{
  gboolean backwards = limner_painter_get_signed_area (points, n_points) < 0;
  LimnerPoint last = { 0, 0 };

  for (guint i = 0; i < n_points; i++)
    {
      LimnerPoint point = limner_view_to_target (view, points[backwards ? n_points - 1 - i : i]);

      if (i > 0 && fabs (point.x - last.x) < 1 && fabs (point.y - last.y) < 1)
        continue;
      limner_outline_add (self, point);
      last = point;
    }
  limner_outline_close_ring (self);
}

static void
outline_init (LimnerOutline *self, const Paint *paint)
{
  LimnerRle *rle = limner_shape_get_rle (paint->shape);
  LimnerBox bbox = limner_shape_get_bbox (paint->shape);

  self->points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  self->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  if (rle != NULL)
    limner_painter_trace_mask (self, paint->view, rle, &bbox, &paint->visible);
  for (guint ring = 0; ring < limner_shape_get_n_rings (paint->shape); ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (paint->shape, ring, &n_points);

      outline_add_ring (self, paint->view, points, n_points);
    }
}

static void
outline_clear (LimnerOutline *self)
{
  g_array_unref (self->points);
  g_array_unref (self->ends);
}

/* The direction from @a to @b, turned to the left by a right angle: away from the inside. */
static LimnerPoint
find_normal (LimnerPoint a, LimnerPoint b)
{
  double length = hypot (b.x - a.x, b.y - a.y);

  if (length == 0)
    return (LimnerPoint){ 0, 0 };
  return (LimnerPoint){ (b.y - a.y) / length, (a.x - b.x) / length };
}

/* Adds a corner moved outwards by @offset: on the bisector, or cut off where that would make a
 * spike. */
static void
add_offset_corner (
    cairo_t *cr, LimnerPoint before, LimnerPoint at, LimnerPoint after, double offset)
{
  LimnerPoint first = find_normal (before, at);
  LimnerPoint second = find_normal (at, after);
  LimnerPoint sum = { first.x + second.x, first.y + second.y };
  double length = sum.x * sum.x + sum.y * sum.y;

  if (length > 1)
    {
      cairo_line_to (cr, at.x + 2 * offset * sum.x / length, at.y + 2 * offset * sum.y / length);
      return;
    }
  cairo_line_to (cr, at.x + offset * first.x, at.y + offset * first.y);
  cairo_line_to (cr, at.x + offset * second.x, at.y + offset * second.y);
}

/* The outline as the path, moved outwards by @offset pixels. */
static void
add_path (cairo_t *cr, const LimnerOutline *outline, double offset)
{
  guint start = 0;

  for (guint ring = 0; ring < outline->ends->len; ring++)
    {
      const LimnerPoint *points = (const LimnerPoint *) outline->points->data + start;
      guint end = g_array_index (outline->ends, guint, ring);
      guint n_points = end - start;

      cairo_new_sub_path (cr);
      for (guint i = 0; i < n_points; i++)
        if (offset == 0)
          cairo_line_to (cr, points[i].x, points[i].y);
        else
          add_offset_corner (cr, points[i > 0 ? i - 1 : n_points - 1], points[i],
                             points[i + 1 < n_points ? i + 1 : 0], offset);
      if (n_points > 0)
        cairo_close_path (cr);
      start = end;
    }
}

/*
 * Halo and hairline are lines of 2 px along the edges of the line proper, which then covers their
 * other half. Clipping to one side of the shape looks the same and takes cairo four times as long.
 */
static void
paint_outline_lines (const Paint *self, const LimnerOutline *outline)
{
  cairo_t *cr = self->cr;

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  cairo_set_line_width (cr, 2);
  cairo_set_source_rgba (cr, 0, 0, 0, LIMNER_HALO_ALPHA);
  add_path (cr, outline, self->look.line_width / 2);
  cairo_stroke (cr);
  if (self->look.has_hairline)
    {
      cairo_set_source_rgba (cr, 1, 1, 1, HAIRLINE_ALPHA);
      add_path (cr, outline, -self->look.line_width / 2);
      cairo_stroke (cr);
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_GOOD);
    }

  limner_painter_set_color (cr, self->color, 1);
  cairo_set_line_width (cr, self->look.line_width);
  /* the outline of a mask begins at another place in every tile, and so would its dashes */
  if (self->look.dashes != NULL && limner_shape_get_kind (self->shape) != LIMNER_SHAPE_MASK)
    {
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
      cairo_set_dash (cr, self->look.dashes, self->look.n_dashes, 0);
    }
  add_path (cr, outline, 0);
  cairo_stroke (cr);
}

/* A shape of almost no size still shows where it is. */
static void
paint_block (const Paint *self, const LimnerBox *box)
{
  double x = floor (box->x + box->width / 2 - BLOCK_SIZE / 2);
  double y = floor (box->y + box->height / 2 - BLOCK_SIZE / 2);

  cairo_set_source_rgba (self->cr, 0, 0, 0, LIMNER_HALO_ALPHA);
  cairo_rectangle (self->cr, x - 1, y - 1, BLOCK_SIZE + 2, BLOCK_SIZE + 2);
  cairo_fill (self->cr);
  limner_painter_set_color (self->cr, self->color, 1);
  cairo_rectangle (self->cr, x, y, BLOCK_SIZE, BLOCK_SIZE);
  cairo_fill (self->cr);
}

/* One of @edge and @outline is given, or neither for a shape of almost no size. */
static void
paint_lines (const Paint *self, const LimnerBox *edge, const LimnerOutline *outline)
{
  LimnerBox area = grow (&self->extent, REACH + self->look.line_width);
  gboolean translucent = self->look.line_alpha < 1;

  if (!(self->look.line_alpha > 0) || !limner_box_intersect (&area, &self->visible, &area))
    return;

  cairo_save (self->cr);
  /* the lines of one shape overlap, but must not shine through one another */
  if (translucent)
    {
      cairo_rectangle (self->cr, area.x, area.y, area.width, area.height);
      cairo_clip (self->cr);
      cairo_push_group (self->cr);
    }
  if (edge != NULL)
    paint_box_lines (self, edge);
  else if (outline != NULL)
    paint_outline_lines (self, outline);
  else
    paint_block (self, &self->extent);
  if (translucent)
    {
      cairo_pop_group_to_source (self->cr);
      cairo_paint_with_alpha (self->cr, self->look.line_alpha);
    }
  cairo_restore (self->cr);
}

/* Fills the path; a line that is opaque and wide enough covers the edge, which then needs no
 * smoothing. */
static void
paint_fill (const Paint *self)
{
  gboolean covered =
      self->look.line_alpha >= 1 && self->look.line_width >= 2 && self->look.dashes == NULL;

  cairo_save (self->cr);
  cairo_set_fill_rule (self->cr, CAIRO_FILL_RULE_WINDING);
  cairo_set_antialias (self->cr, covered ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_FAST);
  limner_painter_set_color (self->cr, self->color, self->look.fill_alpha);
  cairo_fill (self->cr);
  cairo_restore (self->cr);
}

static void
paint (const Paint *self)
{
  LimnerOutline outline;
  LimnerBox edge;

  if (self->extent.width < BLOCK_SIZE && self->extent.height < BLOCK_SIZE)
    {
      paint_lines (self, NULL, NULL);
      return;
    }
  if (limner_shape_get_kind (self->shape) == LIMNER_SHAPE_BOX)
    {
      if (!find_edge (self, &edge))
        return;
      cairo_rectangle (self->cr, edge.x, edge.y, edge.width, edge.height);
      paint_fill (self);
      paint_lines (self, &edge, NULL);
      return;
    }
  outline_init (&outline, self);
  add_path (self->cr, &outline, 0);
  paint_fill (self);
  paint_lines (self, NULL, &outline);
  outline_clear (&outline);
}

static double
choose_fill (double fill, LimnerPaintFlags flags)
{
  if (flags & LIMNER_PAINT_EDITED)
    fill *= EDITED_FILL;
  else if (flags & LIMNER_PAINT_HOVERED)
    fill *= HOVERED_FILL;
  else if (flags & LIMNER_PAINT_LOCKED)
    fill *= LOCKED_FILL;
  return MIN (fill, 1);
}

LimnerPaintLook
limner_painter_get_look (LimnerPaintFlags flags, const LimnerPaintStyle *style)
{
  const LimnerPaintStyle defaults = LIMNER_PAINT_STYLE_DEFAULT;
  double alpha = flags & LIMNER_PAINT_FADED ? LIMNER_PAINT_FADED_ALPHA : 1;
  guint pattern = flags / LIMNER_PAINT_PATTERN_1 % 4;
  LimnerPaintLook look = { 0 };

  if (style == NULL)
    style = &defaults;
  look.has_hairline = (flags & LIMNER_PAINT_SELECTED) != 0;
  look.fill_alpha = choose_fill (style->fill, flags) * alpha;
  look.line_alpha = style->outline * alpha;
  look.line_width = style->line_width + (look.has_hairline ? SELECTED_EXTRA_WIDTH : 0);
  if (flags & LIMNER_PAINT_LOCKED)
    {
      look.dashes = locked_dashes;
      look.n_dashes = G_N_ELEMENTS (locked_dashes);
    }
  else if (pattern > 0)
    {
      look.dashes = patterns[pattern - 1];
      look.n_dashes = pattern == 3 ? 4 : 2;
    }
  return look;
}

LimnerBox
limner_painter_get_extent (const LimnerView *view, const LimnerShape *shape)
{
  LimnerBox bbox = limner_shape_get_bbox (shape);
  LimnerPoint a = view_point (view, (LimnerPoint){ bbox.x, bbox.y });
  LimnerPoint b = view_point (view, (LimnerPoint){ bbox.x + bbox.width, bbox.y + bbox.height });

  return limner_box_from_corners (a, b);
}

void
limner_painter_draw_shape (cairo_t *cr,
                           const LimnerView *view,
                           const LimnerShape *shape,
                           guint32 color,
                           LimnerPaintFlags flags,
                           const LimnerPaintStyle *style)
{
  Paint self = { .cr = cr, .view = view, .shape = shape, .color = color };
  LimnerBox clip;
  LimnerBox area;

  g_return_if_fail (cr != NULL && view != NULL && shape != NULL);

  if (limner_view_is_turned (view))
    {
      LimnerView flat;
      g_autoptr (LimnerShape) turned = limner_painter_turn_shape (view, shape, &flat);

      limner_painter_draw_shape (cr, &flat, turned, color, flags, style);
      return;
    }
  self.look = limner_painter_get_look (flags, style);
  clip = limner_painter_get_clip (cr);
  self.extent = limner_painter_get_extent (view, shape);
  self.visible = grow (&clip, REACH + self.look.line_width);
  area = grow (&self.extent, REACH + self.look.line_width);
  if (!limner_box_intersect (&area, &clip, &area) || area.width == 0 || area.height == 0)
    return;

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  paint (&self);
  cairo_restore (cr);
}
