/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-histogram"

#include "histogram.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_BINS 128
#define MARGIN 6.0
#define BASE 8.0

typedef enum
{
  GRIP_NONE,
  GRIP_LOW,
  GRIP_HIGH,
  GRIP_BOTH
} Grip;

struct _LimnerHistogram
{
  GtkWidget parent_instance;

  LimnerPixels *pixels;
  guint bins[N_BINS];
  guint range;
  LimnerWindowLevel window;
  Grip grip;
  LimnerWindowLevel grip_window; /* as it was when the drag began */
};

G_DEFINE_FINAL_TYPE (LimnerHistogram, limner_histogram, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- geometry ---- */

static double
value_to_x (LimnerHistogram *self, double value)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2.0 * MARGIN;

  return MARGIN + CLAMP (value / MAX (self->range, 1u), 0.0, 1.0) * width;
}

static double
pixels_per_value (LimnerHistogram *self)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2.0 * MARGIN;

  return MAX (width, 1.0) / MAX (self->range, 1u);
}

/* ---- drawing ---- */

static void
draw_bars (LimnerHistogram *self, cairo_t *cr, double height, const GdkRGBA *color)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2.0 * MARGIN;
  double top = 1.0;

  /* Roots, or the background of a scan would leave nothing of the rest. */
  for (guint i = 0; i < N_BINS; i++)
    top = MAX (top, sqrt (self->bins[i]));
  cairo_move_to (cr, MARGIN, height);
  for (guint i = 0; i < N_BINS; i++)
    {
      const double y = height - sqrt (self->bins[i]) / top * (height - 4.0);

      cairo_line_to (cr, MARGIN + width * i / N_BINS, y);
      cairo_line_to (cr, MARGIN + width * (i + 1) / N_BINS, y);
    }
  cairo_line_to (cr, MARGIN + width, height);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, 0.45);
  cairo_fill (cr);
}

static void
draw_window (
    LimnerHistogram *self, cairo_t *cr, double height, const GdkRGBA *accent, const GdkRGBA *color)
{
  const double low = value_to_x (self, self->window.low);
  const double high = value_to_x (self, self->window.high);
  const double from = self->window.invert ? high : low;
  const double to = self->window.invert ? low : high;

  cairo_rectangle (cr, low, 0.0, MAX (high - low, 1.0), height);
  cairo_set_source_rgba (cr, accent->red, accent->green, accent->blue, 0.25);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, 0.9);
  cairo_move_to (cr, from, height);
  cairo_line_to (cr, to, 1.0);
  cairo_stroke (cr);
  for (guint i = 0; i < 2; i++)
    {
      const double x = i == 0 ? low : high;

      cairo_set_source_rgb (cr, accent->red, accent->green, accent->blue);
      cairo_set_line_width (cr, 2.0);
      cairo_move_to (cr, x, 0.0);
      cairo_line_to (cr, x, height);
      cairo_stroke (cr);
      cairo_arc (cr, x, height, 5.0, 0.0, 2.0 * G_PI);
      cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
      cairo_fill_preserve (cr);
      cairo_set_source_rgba (cr, 0.0, 0.0, 0.0, 0.4);
      cairo_set_line_width (cr, 1.0);
      cairo_stroke (cr);
    }
}

static void
limner_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerHistogram *self = LIMNER_HISTOGRAM (widget);
  const int width = gtk_widget_get_width (widget);
  const double height = gtk_widget_get_height (widget) - BASE;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA color;
  GdkRGBA accent = { 0.21f, 0.52f, 0.89f, 1.0f };
  cairo_t *cr;

  if (self->pixels == NULL)
    return;
  gtk_style_context_get_color (style, &color);
  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width,
                                                       (float) gtk_widget_get_height (widget)));
  cairo_rectangle (cr, MARGIN, 0.0, width - 2.0 * MARGIN, height);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.07);
  cairo_fill (cr);
  draw_bars (self, cr, height, &color);
  draw_window (self, cr, height, &accent, &color);
  cairo_destroy (cr);
}

static void
limner_histogram_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 96;
}

/* ---- moving ---- */

static void
set_by_hand (LimnerHistogram *self, double low, double high)
{
  if (high - low < 1.0)
    high = low + 1.0;
  self->window.low = low;
  self->window.high = high;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, low, high);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, LimnerHistogram *self)
{
  const double low = value_to_x (self, self->window.low);
  const double high = value_to_x (self, self->window.high);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->grip_window = self->window;
  if (fabs (x - low) <= 9.0 && fabs (x - low) <= fabs (x - high))
    self->grip = GRIP_LOW;
  else if (fabs (x - high) <= 9.0)
    self->grip = GRIP_HIGH;
  else
    self->grip = x > low && x < high ? GRIP_BOTH : GRIP_NONE;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, LimnerHistogram *self)
{
  const double by = dx / pixels_per_value (self);
  double low = self->grip_window.low;
  double high = self->grip_window.high;

  switch (self->grip)
    {
    case GRIP_LOW:
      low = CLAMP (low + by, 0.0, high - 1.0);
      break;
    case GRIP_HIGH:
      high = CLAMP (high + by, low + 1.0, MAX (self->range, low + 1.0));
      break;
    case GRIP_BOTH:
      low += by;
      high += by;
      break;
    case GRIP_NONE:
    default:
      return;
    }
  set_by_hand (self, low, high);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerHistogram *self)
{
  const double by = MAX (self->range / 256.0, 1.0);

  switch (keyval)
    {
    case GDK_KEY_Left:
      set_by_hand (self, self->window.low - by, self->window.high - by);
      return TRUE;
    case GDK_KEY_Right:
      set_by_hand (self, self->window.low + by, self->window.high + by);
      return TRUE;
    case GDK_KEY_Up:
      set_by_hand (self, self->window.low - by, self->window.high + by);
      return TRUE;
    case GDK_KEY_Down:
      set_by_hand (self, self->window.low + by, self->window.high - by);
      return TRUE;
    default:
      return FALSE;
    }
}

/* ---- the widget ---- */

static void
limner_histogram_dispose (GObject *object)
{
  g_clear_pointer (&LIMNER_HISTOGRAM (object)->pixels, limner_pixels_unref);
  G_OBJECT_CLASS (limner_histogram_parent_class)->dispose (object);
}

static void
limner_histogram_class_init (LimnerHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_histogram_dispose;
  widget_class->measure = limner_histogram_measure;
  widget_class->snapshot = limner_histogram_snapshot;
  gtk_widget_class_set_css_name (widget_class, "histogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", LIMNER_TYPE_HISTOGRAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
limner_histogram_init (LimnerHistogram *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->range = 255;
  self->window = (LimnerWindowLevel){ 0.0, 255.0, FALSE };
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Distribution of values, with window and level"), -1);
}

void
limner_histogram_set_pixels (LimnerHistogram *self, LimnerPixels *pixels)
{
  if (self->pixels == pixels)
    return;
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  if (pixels != NULL)
    {
      self->pixels = limner_pixels_ref (pixels);
      self->range = limner_pixels_get_histogram (pixels, self->bins, N_BINS);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limner_histogram_set_window (LimnerHistogram *self, const LimnerWindowLevel *window)
{
  self->window = *window;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
limner_histogram_get_range (LimnerHistogram *self)
{
  return self->range;
}
