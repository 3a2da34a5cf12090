/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-view-popover"

#include "view-popover.h"

#include "histogram.h"
#include "number-field.h"

#include <glib/gi18n.h>

/* Samples of a region that are looked at. */
#define MAX_SAMPLES 250000
#define LOW_PERCENT 2.0
#define HIGH_PERCENT 98.0

typedef enum
{
  MODE_HAND,
  MODE_FULL,
  MODE_PERCENT,
  MODE_SELECTION,
  N_MODES
} Mode;

struct _LimnerViewPopover
{
  GtkPopover parent_instance;

  LimnerCanvas *canvas;
  LimnerScene *scene;
  Mode mode;
  gboolean chosen; /* by the person: else the mode follows the kind of the picture */
  gboolean updating;

  GtkButton *zoom;
  GtkWidget *levels;
  LimnerHistogram *histogram;
  GtkLabel *range;
  GtkBox *fields;
  GtkBox *modes;
  GtkSwitch *invert;
  GtkScale *fill;
  GtkScale *outline;
  GtkAdjustment *fill_adjustment;
  GtkAdjustment *outline_adjustment;
  GtkSwitch *labels;
  GtkSwitch *crosshair;
  GtkWidget *window_field;
  GtkWidget *level_field;
  GtkWidget *mode_buttons[N_MODES];
};

G_DEFINE_FINAL_TYPE (LimnerViewPopover, limner_view_popover, GTK_TYPE_POPOVER)

/* ---- window and level of a region ---- */

static guint
sample_value (LimnerPixels *pixels, guint x, guint y)
{
  const guint8 *row = limner_pixels_get_data (pixels) + limner_pixels_get_stride (pixels) * y;
  guint32 color;

  switch (limner_pixels_get_format (pixels))
    {
    case LIMNER_PIXELS_GREY8:
      return row[x];
    case LIMNER_PIXELS_GREY16:
      return ((const guint16 *) (const void *) row)[x];
    case LIMNER_PIXELS_BGRX:
    default:
      color = ((const guint32 *) (const void *) row)[x];
      return ((color >> 16 & 0xff) + (color >> 8 & 0xff) + (color & 0xff)) / 3;
    }
}

static double
find_percentile (const guint *counts, guint64 n, double percent)
{
  const guint64 wanted = (guint64) ((double) n * percent / 100.0);
  guint64 sum = 0;

  for (guint value = 0; value < 65536; value++)
    {
      sum += counts[value];
      if (sum > wanted)
        return value;
    }
  return 65535.0;
}

static gboolean
find_region_window (LimnerPixels *pixels, const LimnerBox *box, LimnerWindowLevel *window)
{
  const guint width = limner_pixels_get_width (pixels);
  const guint height = limner_pixels_get_height (pixels);
  const LimnerBox inside = limner_box_clamp (box, width, height);
  const guint x0 = (guint) inside.x;
  const guint y0 = (guint) inside.y;
  const guint x1 = MIN ((guint) (inside.x + inside.width), width);
  const guint y1 = MIN ((guint) (inside.y + inside.height), height);
  guint step = 1;
  guint64 n = 0;
  g_autofree guint *counts = NULL;

  if (x1 <= x0 || y1 <= y0)
    return FALSE;
  while ((guint64) (x1 - x0) * (y1 - y0) / ((guint64) step * step) > MAX_SAMPLES)
    step++;
  counts = g_new0 (guint, 65536);
  for (guint y = y0; y < y1; y += step)
    {
      for (guint x = x0; x < x1; x += step, n++)
        counts[sample_value (pixels, x, y)]++;
    }
  window->low = find_percentile (counts, n, LOW_PERCENT);
  window->high = MAX (find_percentile (counts, n, HIGH_PERCENT), window->low + 1.0);
  return TRUE;
}

/* The area of what is selected; FALSE where nothing is. */
static gboolean
get_selection_box (LimnerViewPopover *self, LimnerBox *box)
{
  return self->scene != NULL && limner_scene_get_selection_bbox (self->scene, box);
}

/* ---- what is shown ---- */

static void
show_zoom (LimnerViewPopover *self)
{
  g_autofree char *text =
      g_strdup_printf (_ ("%.0f %%"), limner_canvas_get_zoom (self->canvas) * 100.0);

  gtk_button_set_label (self->zoom, text);
}

static void
show_window (LimnerViewPopover *self)
{
  const LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);
  g_autofree char *range = NULL;
  LimnerBox box;

  self->updating = TRUE;
  limner_histogram_set_window (self->histogram, &window);
  range = g_strdup_printf ("%'u", limner_histogram_get_range (self->histogram));
  gtk_label_set_text (self->range, range);
  limner_number_field_set_value (LIMNER_NUMBER_FIELD (self->window_field),
                                 window.high - window.low);
  limner_number_field_set_value (LIMNER_NUMBER_FIELD (self->level_field),
                                 (window.high + window.low) / 2.0);
  gtk_switch_set_active (self->invert, window.invert);
  for (guint i = 0; i < N_MODES; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->mode_buttons[i]), i == self->mode);
  gtk_widget_set_sensitive (self->mode_buttons[MODE_SELECTION], get_selection_box (self, &box));
  self->updating = FALSE;
}

static void
on_show (LimnerViewPopover *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);

  gtk_widget_set_visible (self->levels, pixels != NULL);
  limner_histogram_set_pixels (self->histogram, pixels);
  show_zoom (self);
  show_window (self);
}

static void
on_hide (LimnerViewPopover *self)
{
  /* The histogram would keep a large picture alive. */
  limner_histogram_set_pixels (self->histogram, NULL);
}

/* ---- changes ---- */

static void
set_mode (LimnerViewPopover *self, Mode mode)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);
  const gboolean invert = window.invert;
  LimnerBox box;

  self->mode = mode;
  if (pixels == NULL)
    return;
  switch (mode)
    {
    case MODE_FULL:
      window = limner_pixels_get_full_window (pixels);
      break;
    case MODE_PERCENT:
      window = limner_pixels_get_auto_window (pixels, LOW_PERCENT, HIGH_PERCENT);
      break;
    case MODE_SELECTION:
      /* From here on these are numbers like any other: the next picture keeps them. */
      if (!get_selection_box (self, &box) || !find_region_window (pixels, &box, &window))
        return;
      break;
    case MODE_HAND:
    case N_MODES:
    default:
      break;
    }
  window.invert = invert;
  limner_canvas_set_window_level (self->canvas, &window);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_window (self);
}

void
limner_view_popover_apply (LimnerViewPopover *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);

  if (pixels == NULL)
    return;
  if (!self->chosen)
    self->mode =
        limner_pixels_get_format (pixels) == LIMNER_PIXELS_GREY16 ? MODE_PERCENT : MODE_FULL;
  if (self->mode == MODE_SELECTION)
    self->mode = MODE_HAND;
  set_mode (self, self->mode);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    on_show (self);
}

void
limner_view_popover_reset (LimnerViewPopover *self)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  self->chosen = FALSE;
  window.invert = FALSE;
  limner_canvas_set_window_level (self->canvas, &window);
  limner_view_popover_apply (self);
}

static void
set_by_hand (LimnerViewPopover *self, double low, double high)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  self->chosen = TRUE;
  self->mode = MODE_HAND;
  window.low = low;
  window.high = high;
  limner_canvas_set_window_level (self->canvas, &window);
  show_window (self);
}

static void
on_histogram_changed (LimnerViewPopover *self, double low, double high)
{
  set_by_hand (self, low, high);
}

static void
on_field_changed (LimnerViewPopover *self)
{
  const double width = limner_number_field_get_value (LIMNER_NUMBER_FIELD (self->window_field));
  const double level = limner_number_field_get_value (LIMNER_NUMBER_FIELD (self->level_field));

  set_by_hand (self, level - width / 2.0, level + width / 2.0);
}

static void
on_mode_toggled (GtkToggleButton *button, LimnerViewPopover *self)
{
  if (self->updating)
    return;
  for (guint i = 0; i < N_MODES; i++)
    {
      if (self->mode_buttons[i] == GTK_WIDGET (button))
        {
          self->chosen = TRUE;
          set_mode (self, (Mode) i);
        }
    }
  show_window (self);
}

static void
on_invert_changed (LimnerViewPopover *self)
{
  LimnerWindowLevel window;

  if (self->updating)
    return;
  window = limner_canvas_get_window_level (self->canvas);
  window.invert = gtk_switch_get_active (self->invert);
  limner_canvas_set_window_level (self->canvas, &window);
  show_window (self);
}

/* By a right-drag on the canvas. */
static void
on_window_level_changed (LimnerViewPopover *self)
{
  self->chosen = TRUE;
  self->mode = MODE_HAND;
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_window (self);
}

static void
on_zoom_changed (LimnerViewPopover *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_zoom (self);
}

/* ---- the widget ---- */

static void
limner_view_popover_dispose (GObject *object)
{
  LimnerViewPopover *self = LIMNER_VIEW_POPOVER (object);

  g_clear_object (&self->scene);
  g_clear_object (&self->canvas);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_VIEW_POPOVER);
  G_OBJECT_CLASS (limner_view_popover_parent_class)->dispose (object);
}

static void
limner_view_popover_class_init (LimnerViewPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_view_popover_dispose;
  g_type_ensure (LIMNER_TYPE_HISTOGRAM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limner/Limner/panels/view-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, zoom);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, levels);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, histogram);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, range);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, fields);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, modes);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, invert);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, fill);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, outline);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, fill_adjustment);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, outline_adjustment);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, labels);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, crosshair);
  gtk_widget_class_bind_template_callback (widget_class, on_invert_changed);
}

static void
limner_view_popover_init (LimnerViewPopover *self)
{
  static const char *const names[N_MODES] = { N_ ("By hand"), N_ ("Full"), N_ ("2–98 %"),
                                              N_ ("Selection") };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->window_field =
      limner_number_field_new (_ ("Window"), _ ("Window: width of the range of values"));
  self->level_field =
      limner_number_field_new (_ ("Level"), _ ("Level: middle of the range of values"));
  limner_number_field_set_range (LIMNER_NUMBER_FIELD (self->window_field), 1.0, 65535.0);
  gtk_box_append (self->fields, self->window_field);
  gtk_box_append (self->fields, self->level_field);
  g_signal_connect_swapped (self->window_field, "value-changed", G_CALLBACK (on_field_changed),
                            self);
  g_signal_connect_swapped (self->level_field, "value-changed", G_CALLBACK (on_field_changed),
                            self);
  for (guint i = 0; i < N_MODES; i++)
    {
      self->mode_buttons[i] = gtk_toggle_button_new_with_label (_ (names[i]));
      gtk_widget_add_css_class (self->mode_buttons[i], "pill-toggle");
      g_signal_connect (self->mode_buttons[i], "toggled", G_CALLBACK (on_mode_toggled), self);
      gtk_box_append (self->modes, self->mode_buttons[i]);
    }
  g_signal_connect_swapped (self->histogram, "changed", G_CALLBACK (on_histogram_changed), self);
  g_signal_connect (self, "show", G_CALLBACK (on_show), NULL);
  g_signal_connect (self, "hide", G_CALLBACK (on_hide), NULL);
}

GtkWidget *
limner_view_popover_new (LimnerCanvas *canvas, LimnerPreferences *preferences)
{
  LimnerViewPopover *self = g_object_new (LIMNER_TYPE_VIEW_POPOVER, NULL);
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  self->canvas = g_object_ref (canvas);
  g_object_bind_property (preferences, "fill-opacity", self->fill_adjustment, "value", flags);
  g_object_bind_property (preferences, "outline-opacity", self->outline_adjustment, "value", flags);
  g_object_bind_property (preferences, "show-labels", self->labels, "active", flags);
  g_object_bind_property (preferences, "show-crosshair", self->crosshair, "active", flags);
  g_signal_connect_object (canvas, "notify::zoom", G_CALLBACK (on_zoom_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (canvas, "window-level-changed", G_CALLBACK (on_window_level_changed),
                           self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
limner_view_popover_set_scene (LimnerViewPopover *self, LimnerScene *scene)
{
  g_set_object (&self->scene, scene);
}
