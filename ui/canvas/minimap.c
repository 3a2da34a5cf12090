/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-minimap"

#include "minimap.h"

#include "viewport.h"

#include <glib/gi18n.h>
#include <math.h>

/* Screen pixels: of the longer side, and the least of the shorter one. */
#define SIZE 160
#define MIN_SIZE 24

#define MARGIN 12

/* The view's rectangle is never smaller than this, so that it can be seen and taken. */
#define MIN_VIEW 6.0

struct _LimnerMinimap
{
  GtkWidget parent_instance;

  LimnerCanvas *canvas;
  gboolean enabled;

  /* What the image is of. */
  LimnerPixels *pixels; /* (nullable) */
  LimnerOrientation turn;
  LimnerWindowLevel window;
  int scale_factor;
  GskRenderNode *picture; /* (nullable) */
  double scale;           /* of the image in it */
  int width;              /* screen pixels */
  int height;
};

enum
{
  PROP_0,
  PROP_ENABLED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LimnerMinimap, limner_minimap, GTK_TYPE_WIDGET)

/* ---- geometry ---- */

static gboolean
is_whole_in_view (LimnerMinimap *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  const LimnerBox seen = limner_canvas_get_visible (self->canvas);

  return pixels == NULL || (seen.x <= 0.5 && seen.y <= 0.5 &&
                            seen.x + seen.width >= limner_pixels_get_width (pixels) - 0.5 &&
                            seen.y + seen.height >= limner_pixels_get_height (pixels) - 0.5);
}

/* Where the image's pixels are in the widget. */
static LimnerView
get_view (LimnerMinimap *self)
{
  const guint width = limner_pixels_get_width (self->pixels);
  const guint height = limner_pixels_get_height (self->pixels);

  return limner_viewport_get_view (self->scale, self->turn, width, height);
}

/* ---- the picture ---- */

static void
drop_picture (LimnerMinimap *self)
{
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
}

static void
make_picture (LimnerMinimap *self)
{
  const int factor = self->scale_factor;
  g_autoptr (LimnerPixels) turned = limner_pixels_new_turned (self->pixels, self->turn);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, self->width * factor, self->height * factor);
  cairo_t *cr;

  limner_pixels_render (turned, surface, 0, 0, self->scale * factor, &self->window, 0);
  self->picture =
      gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height));
  cr = gsk_cairo_node_get_draw_context (self->picture);
  cairo_scale (cr, 1.0 / factor, 1.0 / factor);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
ensure_picture (LimnerMinimap *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  const LimnerOrientation turn = limner_canvas_get_turn (self->canvas);
  const LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const gboolean swaps = turn >= LIMNER_ORIENTATION_TRANSPOSE;
  double width, height;

  if (self->picture != NULL && self->pixels == pixels && self->turn == turn &&
      self->scale_factor == factor && limner_window_level_equal (&self->window, &window))
    return;
  drop_picture (self);
  self->pixels = limner_pixels_ref (pixels);
  self->turn = turn;
  self->window = window;
  self->scale_factor = factor;
  width = swaps ? limner_pixels_get_height (pixels) : limner_pixels_get_width (pixels);
  height = swaps ? limner_pixels_get_width (pixels) : limner_pixels_get_height (pixels);
  self->scale = SIZE / MAX (width, height);
  self->width = MAX ((int) round (width * self->scale), MIN_SIZE);
  self->height = MAX ((int) round (height * self->scale), MIN_SIZE);
  make_picture (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
update (LimnerMinimap *self)
{
  const gboolean shown = self->enabled && !is_whole_in_view (self);

  if (shown)
    ensure_picture (self);
  else
    drop_picture (self); /* a large picture is not kept alive */
  gtk_widget_set_visible (GTK_WIDGET (self), shown);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- drawing ---- */

static void
append_frame (GtkSnapshot *snapshot, const LimnerBox *box, const GdkRGBA *color, float width)
{
  const GdkRGBA colors[4] = { *color, *color, *color, *color };
  const float widths[4] = { width, width, width, width };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) box->x, (float) box->y,
                                                        (float) box->width, (float) box->height),
                                   0);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

/* What is in view, on whole pixels and inside the widget. */
static LimnerBox
find_frame (LimnerMinimap *self)
{
  const LimnerView view = get_view (self);
  const LimnerBox seen = limner_canvas_get_visible (self->canvas);
  LimnerBox frame = limner_view_box_to_target (&view, &seen);
  double x0 = round (MAX (frame.x, 0)), y0 = round (MAX (frame.y, 0));
  double x1 = round (MIN (frame.x + frame.width, self->width));
  double y1 = round (MIN (frame.y + frame.height, self->height));

  x0 = CLAMP (x0, 0, self->width - MIN_VIEW);
  y0 = CLAMP (y0, 0, self->height - MIN_VIEW);
  return (LimnerBox){ x0, y0, MAX (x1 - x0, MIN_VIEW), MAX (y1 - y0, MIN_VIEW) };
}

static void
append_shade (GtkSnapshot *snapshot, double x0, double y0, double x1, double y1)
{
  const GdkRGBA shade = { 0, 0, 0, 0.45f };

  if (x1 > x0 && y1 > y0)
    gtk_snapshot_append_color (snapshot, &shade,
                               &GRAPHENE_RECT_INIT ((float) x0, (float) y0, (float) (x1 - x0),
                                                    (float) (y1 - y0)));
}

static void
limner_minimap_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerMinimap *self = LIMNER_MINIMAP (widget);
  const GdkRGBA rim = { 0, 0, 0, 0.6f };
  GdkRGBA accent = { 0.21f, 0.52f, 0.89f, 1.0f };
  LimnerBox frame, all;

  if (self->picture == NULL)
    return;
  frame = find_frame (self);
  all = (LimnerBox){ 0, 0, self->width, self->height };
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height));
  gtk_snapshot_append_node (snapshot, self->picture);
  append_shade (snapshot, 0, 0, self->width, frame.y);
  append_shade (snapshot, 0, frame.y + frame.height, self->width, self->height);
  append_shade (snapshot, 0, frame.y, frame.x, frame.y + frame.height);
  append_shade (snapshot, frame.x + frame.width, frame.y, self->width, frame.y + frame.height);
  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_bg_color",
                                  &accent);
  append_frame (snapshot, &frame, &accent, 2);
  append_frame (snapshot, &all, &rim, 1);
  gtk_snapshot_pop (snapshot);
}

static void
limner_minimap_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  LimnerMinimap *self = LIMNER_MINIMAP (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
}

/* ---- moving ---- */

static void
go_to (LimnerMinimap *self, double x, double y)
{
  LimnerView view;

  if (self->pixels == NULL)
    return;
  view = get_view (self);
  limner_canvas_center_on (self->canvas, limner_view_to_image (&view, (LimnerPoint){ x, y }));
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, LimnerMinimap *self)
{
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  go_to (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, LimnerMinimap *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    go_to (self, x + dx, y + dy);
}

/* ---- the widget ---- */

static void
limner_minimap_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_ENABLED)
    g_value_set_boolean (value, LIMNER_MINIMAP (object)->enabled);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
limner_minimap_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  LimnerMinimap *self = LIMNER_MINIMAP (object);

  if (id != PROP_ENABLED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  if (self->enabled == g_value_get_boolean (value))
    return;
  self->enabled = g_value_get_boolean (value);
  if (self->canvas != NULL)
    update (self);
  g_object_notify_by_pspec (object, spec);
}

static void
limner_minimap_dispose (GObject *object)
{
  LimnerMinimap *self = LIMNER_MINIMAP (object);

  drop_picture (self);
  g_clear_object (&self->canvas);
  G_OBJECT_CLASS (limner_minimap_parent_class)->dispose (object);
}

static void
limner_minimap_class_init (LimnerMinimapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = limner_minimap_get_property;
  object_class->set_property = limner_minimap_set_property;
  object_class->dispose = limner_minimap_dispose;
  widget_class->measure = limner_minimap_measure;
  widget_class->snapshot = limner_minimap_snapshot;
  gtk_widget_class_set_css_name (widget_class, "limnerminimap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  properties[PROP_ENABLED] =
      g_param_spec_boolean ("enabled", NULL, NULL, TRUE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
limner_minimap_init (LimnerMinimap *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->enabled = TRUE;
  self->turn = LIMNER_ORIENTATION_NORMAL;
  gtk_widget_set_halign (widget, GTK_ALIGN_END);
  gtk_widget_set_valign (widget, GTK_ALIGN_END);
  gtk_widget_set_margin_end (widget, MARGIN);
  gtk_widget_set_margin_bottom (widget, MARGIN);
  gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_cursor_from_name (widget, "default");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Whole picture with what is in view"), -1);
}

GtkWidget *
limner_minimap_new (LimnerCanvas *canvas)
{
  LimnerMinimap *self = g_object_new (LIMNER_TYPE_MINIMAP, NULL);

  self->canvas = g_object_ref (canvas);
  g_signal_connect_object (canvas, "view-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
