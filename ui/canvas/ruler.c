/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/*
 * Two strips over the edges of the canvas with the coordinates of the image, whatever way it is
 * turned. Each is a node that is kept as long as the view stays; the marks of the pointer are two
 * more.
 */

/* Screen pixels. */
#define LABEL_DISTANCE 64.0
#define TICK_DISTANCE 6.0
#define LONG_TICK 9.0
#define SHORT_TICK 4.0
#define FONT_SIZE 9

/* One strip: screen = start + by * coordinate, along it. */
typedef struct
{
  double start;
  double by;
  double length;
} Scale;

static Scale
find_scale (LimnerCanvas *self, gboolean is_down)
{
  const LimnerPoint origin = limner_canvas_to_view (self, (LimnerPoint){ 0, 0 });
  const LimnerPoint across = limner_canvas_to_view (self, (LimnerPoint){ 1, 0 });
  const LimnerPoint down = limner_canvas_to_view (self, (LimnerPoint){ 0, 1 });

  /* one of the image's axes goes along the strip, the other does not move there */
  if (is_down)
    return (Scale){ origin.y, across.y - origin.y + (down.y - origin.y), self->height };
  return (Scale){ origin.x, across.x - origin.x + (down.x - origin.x), self->width };
}

/* The smallest of 1, 2, 5, 10, 20 ... image pixels that takes at least @distance on the screen. */
static double
find_step (double pixels_per_unit, double distance)
{
  static const double steps[] = { 1, 2, 5 };

  for (double decade = 1; decade < 1e9; decade *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] * decade * pixels_per_unit >= distance)
        return steps[i] * decade;
  return 1e9;
}

static void
draw_label (cairo_t *cr, PangoLayout *layout, double value, double at, gboolean is_down)
{
  g_autofree char *text = g_strdup_printf ("%.0f", value);

  pango_layout_set_text (layout, text, -1);
  cairo_save (cr);
  if (is_down)
    {
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      cairo_move_to (cr, 1, at + 3 + width);
      cairo_rotate (cr, -G_PI / 2);
    }
  else
    cairo_move_to (cr, at + 3, 1);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
}

static void
draw_ticks (cairo_t *cr, PangoLayout *layout, const Scale *scale, gboolean is_down)
{
  const double zoom = fabs (scale->by);
  const double label_step = find_step (zoom, LABEL_DISTANCE);
  const double tick_step = MIN (find_step (zoom, TICK_DISTANCE), label_step);
  const double first = (0 - scale->start) / scale->by;
  const double last = (scale->length - scale->start) / scale->by;

  for (double value = floor (MIN (first, last) / label_step) * label_step;
       value <= MAX (first, last); value += tick_step)
    {
      const double at = floor (scale->start + value * scale->by) + 0.5;
      const gboolean is_labelled = fmod (fabs (value), label_step) < tick_step / 2;
      const double tick = is_labelled                                          ? LIMNER_RULER_SIZE
                          : fmod (fabs (value), tick_step * 5) < tick_step / 2 ? LONG_TICK
                                                                               : SHORT_TICK;

      cairo_move_to (cr, is_down ? LIMNER_RULER_SIZE - tick : at,
                     is_down ? at : LIMNER_RULER_SIZE - tick);
      cairo_line_to (cr, is_down ? LIMNER_RULER_SIZE : at, is_down ? at : LIMNER_RULER_SIZE);
      cairo_stroke (cr);
      if (is_labelled)
        draw_label (cr, layout, value, at, is_down);
    }
}

static GskRenderNode *
make_ruler (LimnerCanvas *self, gboolean is_down, const GdkRGBA *color, const GdkRGBA *ground)
{
  const Scale scale = find_scale (self, is_down);
  const float width = is_down ? LIMNER_RULER_SIZE : (float) self->width;
  const float height = is_down ? (float) self->height : LIMNER_RULER_SIZE;
  GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_absolute_size (font, FONT_SIZE * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  gdk_cairo_set_source_rgba (cr, ground);
  cairo_paint (cr);
  cairo_set_line_width (cr, 1);
  gdk_cairo_set_source_rgba (cr, color);
  draw_ticks (cr, layout, &scale, is_down);
  cairo_move_to (cr, is_down ? width - 0.5 : 0, is_down ? 0 : height - 0.5);
  cairo_line_to (cr, width - (is_down ? 0.5 : 0), height - (is_down ? 0 : 0.5));
  cairo_stroke (cr);
  cairo_destroy (cr);
  return node;
}

void
limner_canvas_clear_rulers (LimnerCanvas *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rulers); i++)
    g_clear_pointer (&self->rulers[i], gsk_render_node_unref);
}

static void
ensure_rulers (LimnerCanvas *self, const GdkRGBA *color, const GdkRGBA *ground)
{
  const LimnerBox box = { color->red, self->turn, self->width, self->height };

  if (self->rulers[0] != NULL && limner_viewport_equal (&self->rulers_view, &self->view) &&
      self->rulers_box.x == box.x && self->rulers_box.y == box.y &&
      self->rulers_box.width == box.width && self->rulers_box.height == box.height)
    return;
  limner_canvas_clear_rulers (self);
  self->rulers_view = self->view;
  self->rulers_box = box;
  for (guint i = 0; i < G_N_ELEMENTS (self->rulers); i++)
    self->rulers[i] = make_ruler (self, i == 1, color, ground);
}

static void
snapshot_marks (LimnerCanvas *self, GtkSnapshot *snapshot, const GdkRGBA *accent)
{
  if (!self->has_pointer)
    return;
  gtk_snapshot_append_color (snapshot, accent,
                             &GRAPHENE_RECT_INIT (floorf ((float) self->pointer.x), 0, 1,
                                                  LIMNER_RULER_SIZE));
  gtk_snapshot_append_color (snapshot, accent,
                             &GRAPHENE_RECT_INIT (0, floorf ((float) self->pointer.y),
                                                  LIMNER_RULER_SIZE, 1));
}

void
limner_canvas_snapshot_rulers (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA color, ground = { 0.95f, 0.95f, 0.95f, 1.0f }, accent = { 0.21f, 0.52f, 0.89f, 1.0f };

  if (!self->show_rulers || self->pixels == NULL)
    return;
  gtk_style_context_get_color (style, &color);
  gtk_style_context_lookup_color (style, "window_bg_color", &ground);
  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  color.alpha *= 0.6f;
  ensure_rulers (self, &color, &ground);
  gtk_snapshot_append_node (snapshot, self->rulers[0]);
  gtk_snapshot_append_node (snapshot, self->rulers[1]);
  snapshot_marks (self, snapshot, &accent);
  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT (0, 0, LIMNER_RULER_SIZE, LIMNER_RULER_SIZE));
}
