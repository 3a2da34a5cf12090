/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

/*
 * Without a GPU a frame of the toolkit's costs two things that have nothing to do with a hand that
 * moves: all nodes of the window are walked, and GDK makes and clears a surface as large as the box
 * around all that changes, which for the two lines of a crosshair is the window (8 MB at
 * 1920 x 1080). So on X11 the hand's layer is not among the window's nodes as long as the view
 * rests: when the toolkit has painted its part of a frame, the canvas paints what changed in its
 * own layer, the hand and either line in a frame of GDK's own, with everything that is below. All
 * of it is done before the frame ends, which is when a compositor looks at it. What the toolkit
 * paints anew loses the layer there, so then all of the layer is painted again.
 */

/* Screen pixels that are cheaper to clear and to copy than another of GDK's frames is to begin. */
#define MAX_BETWEEN 200000

/* What a style may draw around a widget. */
#define SHADOW 4

/* More parts than these are painted together. */
#define MAX_PARTS 6

static LimnerCanvasLines
get_wanted_lines (LimnerCanvas *self)
{
  LimnerPoint point;

  if (!self->show_crosshair || self->pixels == NULL || self->tool == NULL ||
      !limner_tool_get_crosshair (self->tool, &point))
    return (LimnerCanvasLines){ { FALSE, FALSE }, { 0, 0 } };
  point = limner_canvas_to_view (self, point);
  return (LimnerCanvasLines){ { TRUE, TRUE }, { (int) floor (point.x), (int) floor (point.y) } };
}

static gboolean
line_equal (const LimnerCanvasLines *a, const LimnerCanvasLines *b, guint i)
{
  return a->is_shown[i] == b->is_shown[i] && (!a->is_shown[i] || a->at[i] == b->at[i]);
}

/* With the dark one beside it. */
static void
add_line (LimnerCanvas *self, cairo_region_t *region, const LimnerCanvasLines *lines, guint i)
{
  const cairo_rectangle_int_t across = { 0, lines->at[1], self->width, 2 };
  const cairo_rectangle_int_t down = { lines->at[0], 0, 2, self->height };

  if (lines->is_shown[i])
    cairo_region_union_rectangle (region, i == 0 ? &down : &across);
}

static void
add_bounds (cairo_region_t *region, GskRenderNode *node, double x, double y)
{
  graphene_rect_t bounds;
  cairo_rectangle_int_t box;

  gsk_render_node_get_bounds (node, &bounds);
  box.x = (int) floor (bounds.origin.x + x);
  box.y = (int) floor (bounds.origin.y + y);
  box.width = (int) ceil (bounds.origin.x + bounds.size.width + x) - box.x;
  box.height = (int) ceil (bounds.origin.y + bounds.size.height + y) - box.y;
  cairo_region_union_rectangle (region, &box);
}

/* (transfer full): where selected and hovered shapes and the tool are painted. */
static cairo_region_t *
get_hand_region (LimnerCanvas *self)
{
  cairo_region_t *region = cairo_region_create ();

  for (guint i = 0; i < self->overlay->len; i++)
    add_bounds (region, self->overlay->pdata[i], (double) self->view.x / self->scale_factor,
                (double) self->view.y / self->scale_factor);
  if (self->tool_node != NULL)
    add_bounds (region, self->tool_node, 0, 0);
  return region;
}

/* ---- when ---- */

static gboolean
has_costly_frames (LimnerCanvas *self)
{
#ifdef GDK_WINDOWING_X11
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));

  return native != NULL && GDK_IS_X11_DISPLAY (gtk_widget_get_display (GTK_WIDGET (self))) &&
         GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native));
#else
  return FALSE;
#endif
}

static gint64
count_pixels (cairo_region_t *region)
{
  gint64 n = 0;

  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      cairo_rectangle_int_t box;

      cairo_region_get_rectangle (region, i, &box);
      n += (gint64) box.width * box.height;
    }
  return n;
}

static gboolean
is_over_canvas (LimnerCanvas *self, const graphene_rect_t *bounds)
{
  return graphene_rect_intersection (
      bounds, &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height), NULL);
}

/* (transfer full): the part of the canvas that no other widget lies on. */
static cairo_region_t *
get_open_region (LimnerCanvas *self)
{
  const cairo_rectangle_int_t all = { 0, 0, self->width, self->height };
  cairo_region_t *region = cairo_region_create_rectangle (&all);
  GtkWidget *parent;

  for (GtkWidget *widget = GTK_WIDGET (self); (parent = gtk_widget_get_parent (widget)) != NULL;
       widget = parent)
    for (GtkWidget *other = gtk_widget_get_first_child (parent); other != NULL;
         other = gtk_widget_get_next_sibling (other))
      {
        graphene_rect_t bounds;
        cairo_rectangle_int_t box;

        if (other == widget || GTK_IS_NATIVE (other) || !gtk_widget_get_mapped (other) ||
            !gtk_widget_compute_bounds (other, GTK_WIDGET (self), &bounds))
          continue;
        /* beside the canvas: what it draws around itself is cut at the canvas' edge */
        if (!is_over_canvas (self, &bounds))
          continue;
        box = (cairo_rectangle_int_t){ (int) floorf (bounds.origin.x) - SHADOW,
                                       (int) floorf (bounds.origin.y) - SHADOW,
                                       (int) ceilf (bounds.size.width) + 1 + 2 * SHADOW,
                                       (int) ceilf (bounds.size.height) + 1 + 2 * SHADOW };
        cairo_region_subtract_rectangle (region, &box);
      }
  return region;
}

/* Or will, in this frame. */
static gboolean
is_moving (LimnerCanvas *self)
{
  return self->move_tick != 0 || self->kinetic_tick != 0 || self->auto_pan_tick != 0 ||
         !limner_viewport_equal (&self->view, &self->painted);
}

/* Whether the layer is to be painted apart, in this frame. Rulers mark where the pointer is: then
 * the toolkit paints in every frame. */
static gboolean
can_stage (LimnerCanvas *self)
{
  cairo_region_t *open;
  gboolean is_open;

  if (!has_costly_frames (self) || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      self->show_magnifier || self->show_rulers || self->gesture == LIMNER_GESTURE_REGION ||
      self->gesture == LIMNER_GESTURE_WINDOW || is_moving (self))
    return FALSE;
  open = get_open_region (self);
  is_open = count_pixels (open) * 2 > (gint64) self->width * self->height;
  cairo_region_destroy (open);
  return is_open;
}

void
limner_canvas_stages_begin (LimnerCanvas *self)
{
  const gboolean was_staged = self->is_staged;

  self->is_staged = can_stage (self);
  self->is_in_frame = TRUE;
  if (self->is_staged != was_staged)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
limner_canvas_shows_hand (LimnerCanvas *self)
{
  return !self->is_staged || !self->is_in_frame || self->is_late;
}

void
limner_canvas_queue_frame (LimnerCanvas *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (self->is_staged && clock != NULL)
    gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- painting ---- */

/* Nodes out of reach are not free where nobody sees them. */
static void
draw_near (GskRenderNode *node, cairo_t *cr, cairo_region_t *region)
{
  graphene_rect_t bounds;
  cairo_rectangle_int_t box;

  gsk_render_node_get_bounds (node, &bounds);
  box.x = (int) floorf (bounds.origin.x);
  box.y = (int) floorf (bounds.origin.y);
  box.width = (int) ceilf (bounds.origin.x + bounds.size.width) - box.x;
  box.height = (int) ceilf (bounds.origin.y + bounds.size.height) - box.y;
  if (cairo_region_contains_rectangle (region, &box) == CAIRO_REGION_OVERLAP_OUT)
    return;
  if (gsk_render_node_get_node_type (node) != GSK_CONTAINER_NODE)
    {
      gsk_render_node_draw (node, cr);
      return;
    }
  for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
    draw_near (gsk_container_node_get_child (node, i), cr, region);
}

/* Of the canvas, on the window; one of GDK's frames. */
static void
paint_region (LimnerCanvas *self, GskRenderNode *node, cairo_region_t *region, double x, double y)
{
  cairo_region_t *on_surface;
  cairo_t *cr;

  if (cairo_region_is_empty (region))
    return;
  on_surface = cairo_region_copy (region);
  cairo_region_translate (on_surface, (int) x, (int) y);
  gdk_draw_context_begin_frame (GDK_DRAW_CONTEXT (self->context), on_surface);
  cairo_region_destroy (on_surface);
  cr = gdk_cairo_context_cairo_create (self->context);
  if (cr != NULL)
    {
      cairo_translate (cr, x, y);
      draw_near (node, cr, region);
      cairo_destroy (cr);
    }
  gdk_draw_context_end_frame (GDK_DRAW_CONTEXT (self->context));
}

/* The parts of a region apart where there is much between them. */
static void
paint_parts (LimnerCanvas *self, GskRenderNode *node, cairo_region_t *region, double x, double y)
{
  const int n_parts = cairo_region_num_rectangles (region);
  cairo_rectangle_int_t box;

  cairo_region_get_extents (region, &box);
  if (n_parts > MAX_PARTS || (gint64) box.width * box.height <= count_pixels (region) + MAX_BETWEEN)
    {
      paint_region (self, node, region, x, y);
      return;
    }
  for (int i = 0; i < n_parts; i++)
    {
      cairo_region_t *part;

      cairo_region_get_rectangle (region, i, &box);
      part = cairo_region_create_rectangle (&box);
      paint_region (self, node, part, x, y);
      cairo_region_destroy (part);
    }
}

static GskRenderNode *
get_whole (LimnerCanvas *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  self->is_late = TRUE;
  limner_canvas_snapshot_layers (self, snapshot);
  self->is_late = FALSE;
  return gtk_snapshot_free_to_node (snapshot);
}

static void
paint_stages (LimnerCanvas *self, cairo_region_t **regions, guint n_regions)
{
  GtkWidget *native = GTK_WIDGET (gtk_widget_get_native (GTK_WIDGET (self)));
  cairo_region_t *open = get_open_region (self);
  GskRenderNode *whole = get_whole (self);
  double x = 0, y = 0, native_x = 0, native_y = 0;

  gtk_widget_translate_coordinates (GTK_WIDGET (self), native, 0, 0, &x, &y);
  gtk_native_get_surface_transform (GTK_NATIVE (native), &native_x, &native_y);
  for (guint i = 0; whole != NULL && i < n_regions; i++)
    {
      cairo_region_intersect (regions[i], open);
      paint_parts (self, whole, regions[i], x + native_x, y + native_y);
    }
  g_clear_pointer (&whole, gsk_render_node_unref);
  cairo_region_destroy (open);
}

/* (transfer full): what is painted of the hand from now on, and where it has to change for that. */
static cairo_region_t *
take_hand (LimnerCanvas *self)
{
  cairo_region_t *hand = self->is_staged ? get_hand_region (self) : NULL;
  cairo_region_t *changed = cairo_region_create ();

  if (self->is_hand_new || self->is_repainted || !self->is_staged)
    {
      if (hand != NULL)
        cairo_region_union (changed, hand);
      if (self->hand_region != NULL)
        cairo_region_union (changed, self->hand_region);
    }
  self->is_hand_new = FALSE;
  g_clear_pointer (&self->hand_region, cairo_region_destroy);
  self->hand_region = hand;
  return changed;
}

/* (transfer full): the same of a line. */
static cairo_region_t *
take_line (LimnerCanvas *self, const LimnerCanvasLines *wanted, guint i)
{
  cairo_region_t *changed = cairo_region_create ();

  if (self->is_repainted || !line_equal (wanted, &self->shown_lines, i))
    {
      add_line (self, changed, &self->shown_lines, i);
      add_line (self, changed, wanted, i);
    }
  self->shown_lines.is_shown[i] = wanted->is_shown[i];
  self->shown_lines.at[i] = wanted->at[i];
  return changed;
}

static void
forget_layer (LimnerCanvas *self)
{
  g_clear_pointer (&self->hand_region, cairo_region_destroy);
  self->shown_lines = (LimnerCanvasLines){ { FALSE, FALSE }, { 0, 0 } };
}

void
limner_canvas_stages_end (LimnerCanvas *self)
{
  LimnerCanvasLines wanted = { { FALSE, FALSE }, { 0, 0 } };
  cairo_region_t *regions[3];
  gboolean is_empty = TRUE;

  self->is_in_frame = FALSE;
  if (self->context == NULL || self->rest_node == NULL ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      forget_layer (self);
      return;
    }
  if (self->is_staged)
    {
      limner_canvas_hand_update (self);
      wanted = get_wanted_lines (self);
    }
  regions[0] = take_hand (self);
  regions[1] = take_line (self, &wanted, 0);
  regions[2] = take_line (self, &wanted, 1);
  self->is_repainted = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    is_empty = is_empty && cairo_region_is_empty (regions[i]);
  if (!is_empty)
    paint_stages (self, regions, G_N_ELEMENTS (regions));
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    cairo_region_destroy (regions[i]);
}

LimnerCanvasLines
limner_canvas_get_lines (LimnerCanvas *self)
{
  return get_wanted_lines (self);
}

/* ---- the window ---- */

static gboolean
on_render (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  LimnerCanvas *self = user_data;

  if (g_value_get_object (&values[0]) == self->surface)
    self->is_repainted = TRUE;
  return TRUE;
}

void
limner_canvas_stages_realize (LimnerCanvas *self)
{
  self->surface = gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (self)));
  self->painted = (LimnerViewport){ 0 };
  if (!has_costly_frames (self))
    return;
  self->context = gdk_surface_create_cairo_context (self->surface);
  self->render_hook = g_signal_add_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), 0,
                                                  on_render, self, NULL);
}

void
limner_canvas_stages_unrealize (LimnerCanvas *self)
{
  if (self->render_hook != 0)
    g_signal_remove_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), self->render_hook);
  self->render_hook = 0;
  g_clear_object (&self->context);
  self->surface = NULL;
  self->is_staged = self->is_in_frame = FALSE;
  forget_layer (self);
}
