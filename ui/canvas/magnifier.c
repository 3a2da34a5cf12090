/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/*
 * A glass beside the pointer with what is under it, four times as large: picture, resting shapes
 * and what the tool draws, with the place of the pointer marked. It is small, so it is drawn anew
 * with each motion.
 */

/* Screen pixels. */
#define SIZE 148
#define DISTANCE 28
#define RADIUS 10.0f
#define GAP 5.0
#define ARM 14.0

#define TIMES 4.0

/* Screen pixels for an image pixel: more would show nothing else. */
#define MAX_SCALE 48.0

/* More shapes than this in so small a place would slow the pointer down. */
#define MAX_SHAPES 60

static gboolean
is_wanted (LimnerCanvas *self)
{
  if (!self->show_magnifier || self->pixels == NULL || !self->has_pointer)
    return FALSE;
  return (self->gesture == LIMNER_GESTURE_NONE || self->gesture == LIMNER_GESTURE_TOOL) &&
         self->pointer.x >= 0 && self->pointer.y >= 0 && self->pointer.x < self->width &&
         self->pointer.y < self->height;
}

/* Below and right of the pointer, or where there is room. */
static LimnerBox
find_place (LimnerCanvas *self)
{
  LimnerBox place = { floor (self->pointer.x) + DISTANCE, floor (self->pointer.y) + DISTANCE, SIZE,
                      SIZE };

  if (place.x + SIZE > self->width)
    place.x = floor (self->pointer.x) - DISTANCE - SIZE;
  if (place.y + SIZE > self->height)
    place.y = floor (self->pointer.y) - DISTANCE - SIZE;
  return place;
}

/* The view that has the image point under the pointer in the middle of the glass. */
static LimnerView
find_view (LimnerCanvas *self)
{
  const LimnerPoint at = limner_canvas_to_image (self, self->pointer);
  const double zoom = self->view.scale / self->scale_factor;
  LimnerView view = { 0, 0, CLAMP (zoom * TIMES, zoom, MAX (zoom, MAX_SCALE)), self->turn };
  const LimnerPoint off = limner_view_to_target (&view, at);

  view.x = SIZE / 2.0 - off.x;
  view.y = SIZE / 2.0 - off.y;
  return view;
}

static void
draw_picture (LimnerCanvas *self, cairo_t *cr, const LimnerView *view)
{
  const double factor = self->scale_factor;
  const int size = SIZE * self->scale_factor;
  const LimnerView corner =
      limner_viewport_get_view (view->scale, self->turn, limner_pixels_get_width (self->pixels),
                                limner_pixels_get_height (self->pixels));
  LimnerWindowLevel window = limner_canvas_get_window_level (self);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);

  limner_pixels_render (self->shown, surface, (corner.x - view->x) * factor,
                        (corner.y - view->y) * factor, view->scale * factor, &window, 0x404040);
  cairo_save (cr);
  cairo_scale (cr, 1 / factor, 1 / factor);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
draw_shapes (LimnerCanvas *self, cairo_t *cr, const LimnerView *view)
{
  const LimnerBox area =
      limner_box_from_corners (limner_view_to_image (view, (LimnerPoint){ 0, 0 }),
                               limner_view_to_image (view, (LimnerPoint){ SIZE, SIZE }));
  const LimnerPaintStyle style = limner_canvas_get_style (self);
  g_autoptr (GPtrArray) items = NULL;

  if (self->scene == NULL || !self->shapes_shown)
    return;
  items = limner_scene_find_in (self->scene, &area);
  for (guint i = 0; i < MIN (items->len, MAX_SHAPES); i++)
    limner_painter_draw_shape (cr, view, limner_scene_item_get_shape (items->pdata[i]),
                               limner_shape_look_get_color (&self->look, items->pdata[i]),
                               limner_shape_look_get_flags (&self->look, items->pdata[i]), &style);
}

static void
add_arms (cairo_t *cr, double x, double y)
{
  cairo_move_to (cr, x - ARM, y);
  cairo_line_to (cr, x - GAP, y);
  cairo_move_to (cr, x + GAP, y);
  cairo_line_to (cr, x + ARM, y);
  cairo_move_to (cr, x, y - ARM);
  cairo_line_to (cr, x, y - GAP);
  cairo_move_to (cr, x, y + GAP);
  cairo_line_to (cr, x, y + ARM);
}

/* The pixel under the pointer, a dot in its centre, and arms that point to the very place. */
static void
draw_mark (LimnerCanvas *self, cairo_t *cr, const LimnerView *view)
{
  const LimnerPoint at = limner_canvas_to_image (self, self->pointer);
  const LimnerBox pixel = { floor (at.x), floor (at.y), 1, 1 };
  const LimnerBox box = limner_view_box_to_target (view, &pixel);

  cairo_set_line_width (cr, 3);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.55);
  add_arms (cr, SIZE / 2.0, SIZE / 2.0);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 1);
  cairo_set_source_rgb (cr, 1, 1, 1);
  add_arms (cr, SIZE / 2.0, SIZE / 2.0);
  cairo_stroke (cr);
  if (box.width < 4)
    return;
  cairo_rectangle (cr, floor (box.x) + 0.5, floor (box.y) + 0.5, round (box.width),
                   round (box.height));
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_stroke_preserve (cr);
  cairo_set_dash (cr, (const double[]){ 2, 2 }, 2, 0);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_arc (cr, box.x + box.width / 2, box.y + box.height / 2, 1.5, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
}

void
limner_canvas_snapshot_magnifier (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  const GdkRGBA rim = { 1, 1, 1, 0.9f }, shadow = { 0, 0, 0, 0.5f };
  const GdkRGBA rims[4] = { rim, rim, rim, rim };
  const float widths[4] = { 1, 1, 1, 1 };
  GskRoundedRect outline;
  graphene_rect_t bounds;
  LimnerBox place;
  LimnerView view;
  cairo_t *cr;

  if (!is_wanted (self))
    return;
  place = find_place (self);
  view = find_view (self);
  bounds = GRAPHENE_RECT_INIT ((float) place.x, (float) place.y, SIZE, SIZE);
  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS);
  gtk_snapshot_append_outset_shadow (snapshot, &outline, &shadow, 0, 1, 1, 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_translate (cr, place.x, place.y);
  cairo_rectangle (cr, 0, 0, SIZE, SIZE);
  cairo_clip (cr);
  draw_picture (self, cr, &view);
  draw_shapes (self, cr, &view);
  if (self->tool != NULL)
    limner_tool_draw (self->tool, cr, &view, SIZE, SIZE);
  draw_mark (self, cr, &view);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, widths, rims);
}
