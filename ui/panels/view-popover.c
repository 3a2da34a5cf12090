/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-view-popover"

#include "view-popover.h"

#include "histogram.h"
#include "number-field.h"

#include <glib/gi18n.h>
#include <math.h>

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

/* In what is kept for a folder, and as targets of win.window-mode. */
static const char *const mode_names[N_MODES] = { "hand", "full", "percent", "selection" };

/* What comes after the window; 0 is no change. */
typedef enum
{
  TONE_GAMMA, /* the slider shows its logarithm to base 2 */
  TONE_BRIGHTNESS,
  TONE_CONTRAST,
  TONE_SATURATION,
  N_TONES
} Tone;

/* What a person chose for pictures of one depth. */
typedef struct
{
  gboolean is_made; /* else the mode follows the kind of the picture */
  Mode mode;
  double low; /* of the mode by hand */
  double high;
} Choice;

struct _LimnerViewPopover
{
  GtkPopover parent_instance;

  LimnerCanvas *canvas;
  LimnerScene *scene;
  Mode mode;         /* in use for the picture that is shown */
  Choice choices[2]; /* for 8 bits, and for 16: the numbers of one say nothing of the other */
  gboolean updating;
  LimnerPreferences *preferences;
  gboolean updating_look;

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
  GtkAdjustment *line_width_adjustment;
  GtkDropDown *color_by;
  GtkWidget *color_attribute_label;
  GtkEntry *color_attribute;
  GtkDropDown *label_content;
  GtkCheckButton *outline_only;
  GtkCheckButton *fade_others;
  GtkCheckButton *line_patterns;
  GtkCheckButton *crosshair;
  GtkWidget *window_field;
  GtkWidget *level_field;
  GtkWidget *mode_buttons[N_MODES];
  GtkGrid *tones;
  GtkWidget *tone_labels[N_TONES];
  GtkWidget *tone_scales[N_TONES];
  GtkCheckButton *grid;
  GtkCheckButton *minimap;
  GtkCheckButton *rulers;
  GtkCheckButton *magnifier;
};

G_DEFINE_FINAL_TYPE (LimnerViewPopover, limner_view_popover, GTK_TYPE_POPOVER)

/* ---- what there is ---- */

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

static double
get_tone (const LimnerWindowLevel *window, Tone tone)
{
  switch (tone)
    {
    case TONE_GAMMA:
      return window->gamma > 0 ? log2 (window->gamma) : 0;
    case TONE_BRIGHTNESS:
      return window->brightness;
    case TONE_CONTRAST:
      return window->contrast;
    case TONE_SATURATION:
    case N_TONES:
    default:
      return window->saturation;
    }
}

static void
set_tone (LimnerWindowLevel *window, Tone tone, double value)
{
  /* the middle of a slider is hard to hit */
  if (fabs (value) < 0.02)
    value = 0;
  switch (tone)
    {
    case TONE_GAMMA:
      window->gamma = value != 0 ? exp2 (value) : 0;
      break;
    case TONE_BRIGHTNESS:
      window->brightness = value;
      break;
    case TONE_CONTRAST:
      window->contrast = value;
      break;
    case TONE_SATURATION:
    case N_TONES:
    default:
      window->saturation = value;
      break;
    }
}

static void
show_tones (LimnerViewPopover *self, const LimnerWindowLevel *window)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  const gboolean is_color =
      pixels != NULL && limner_pixels_get_format (pixels) == LIMNER_PIXELS_BGRX;

  for (guint i = 0; i < N_TONES; i++)
    gtk_range_set_value (GTK_RANGE (self->tone_scales[i]), get_tone (window, i));
  gtk_widget_set_visible (self->tone_labels[TONE_SATURATION], is_color);
  gtk_widget_set_visible (self->tone_scales[TONE_SATURATION], is_color);
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
  show_tones (self, &window);
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

/* @range: the low and high that the window gets; the rest stays. */
static void
set_range (LimnerWindowLevel *window, LimnerWindowLevel range)
{
  window->low = range.low;
  window->high = range.high;
}

static gboolean
is_deep (LimnerViewPopover *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);

  return pixels != NULL && limner_pixels_get_format (pixels) == LIMNER_PIXELS_GREY16;
}

/* The window on the canvas is what the person wants for such pictures. */
static void
keep_by_hand (LimnerViewPopover *self)
{
  const LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  self->mode = MODE_HAND;
  self->choices[is_deep (self)] = (Choice){ TRUE, MODE_HAND, window.low, window.high };
}

static void
set_mode (LimnerViewPopover *self, Mode mode)
{
  const Choice *choice = &self->choices[is_deep (self)];
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);
  LimnerBox box;

  self->mode = mode;
  if (pixels == NULL)
    return;
  switch (mode)
    {
    case MODE_FULL:
      set_range (&window, limner_pixels_get_full_window (pixels));
      break;
    case MODE_PERCENT:
      set_range (&window, limner_pixels_get_auto_window (pixels, LOW_PERCENT, HIGH_PERCENT));
      break;
    case MODE_SELECTION:
      if (!get_selection_box (self, &box) ||
          !limner_pixels_get_region_window (pixels, &box, LOW_PERCENT, HIGH_PERCENT, &window))
        return;
      break;
    case MODE_HAND:
      if (choice->is_made && choice->mode == MODE_HAND)
        set_range (&window, (LimnerWindowLevel){ .low = choice->low, .high = choice->high });
      break;
    case N_MODES:
    default:
      break;
    }
  limner_canvas_set_window_level (self->canvas, &window);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_window (self);
}

/* By the person. Values of the selection are numbers like any other afterwards: the next picture
 * keeps them. */
static void
choose_mode (LimnerViewPopover *self, Mode mode)
{
  Choice *choice = &self->choices[is_deep (self)];
  const gboolean has_numbers = choice->is_made && choice->mode == MODE_HAND;

  set_mode (self, mode);
  if (mode == MODE_SELECTION || (mode == MODE_HAND && !has_numbers))
    keep_by_hand (self);
  choice->is_made = TRUE;
  choice->mode = mode == MODE_SELECTION ? MODE_HAND : mode;
  self->mode = mode;
}

void
limner_view_popover_apply (LimnerViewPopover *self)
{
  const Choice *choice = &self->choices[is_deep (self)];

  if (limner_canvas_get_pixels (self->canvas) == NULL)
    return;
  if (choice->is_made)
    set_mode (self, choice->mode);
  else
    set_mode (self, is_deep (self) ? MODE_PERCENT : MODE_FULL);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    on_show (self);
}

void
limner_view_popover_reset (LimnerViewPopover *self)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  self->choices[is_deep (self)].is_made = FALSE;
  window = (LimnerWindowLevel){ .low = window.low, .high = window.high };
  limner_canvas_set_window_level (self->canvas, &window);
  limner_view_popover_apply (self);
}

void
limner_view_popover_set_mode (LimnerViewPopover *self, const char *mode)
{
  for (guint i = 0; i < N_MODES; i++)
    if (g_str_equal (mode_names[i], mode))
      {
        choose_mode (self, (Mode) i);
      }
}

void
limner_view_popover_invert (LimnerViewPopover *self)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  window.invert = !window.invert;
  limner_canvas_set_window_level (self->canvas, &window);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_window (self);
}

/* ---- what is kept for a folder ---- */

/* Numbers of a look, after a mode for each depth. */
enum
{
  LOOK_LOW,
  LOOK_HIGH,
  LOOK_DEEP_LOW,
  LOOK_DEEP_HIGH,
  LOOK_INVERT,
  LOOK_GAMMA,
  LOOK_BRIGHTNESS,
  LOOK_CONTRAST,
  LOOK_SATURATION,
  LOOK_TURN,
  N_LOOK
};

char *
limner_view_popover_dup_look (LimnerViewPopover *self)
{
  const LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);
  const LimnerOrientation turn = limner_canvas_get_turn (self->canvas);
  const double values[N_LOOK] = { self->choices[0].low, self->choices[0].high,
                                  self->choices[1].low, self->choices[1].high,
                                  window.invert,        window.gamma,
                                  window.brightness,    window.contrast,
                                  window.saturation,    turn };
  const LimnerWindowLevel plain = { .low = window.low, .high = window.high };
  GString *text;

  if (!self->choices[0].is_made && !self->choices[1].is_made && turn == LIMNER_ORIENTATION_NORMAL &&
      limner_window_level_equal (&window, &plain))
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->choices); i++)
    g_string_append_printf (text, i == 0 ? "%s" : " %s",
                            self->choices[i].is_made ? mode_names[self->choices[i].mode] : "auto");
  for (guint i = 0; i < N_LOOK; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, " %s", g_ascii_dtostr (number, sizeof number, values[i]));
    }
  return g_string_free (text, FALSE);
}

static void
parse_choice (Choice *choice, const char *mode, double low, double high)
{
  *choice = (Choice){ FALSE, MODE_FULL, low, high };
  for (guint i = 0; i < N_MODES; i++)
    if (g_str_equal (mode, mode_names[i]))
      {
        choice->is_made = TRUE;
        choice->mode = (Mode) i;
      }
}

static gboolean
parse_look (const char *look, Choice choices[2], double values[N_LOOK])
{
  g_auto (GStrv) words = look != NULL ? g_strsplit (look, " ", -1) : NULL;

  if (words == NULL || g_strv_length (words) != N_LOOK + 2)
    return FALSE;
  for (guint i = 0; i < N_LOOK; i++)
    {
      values[i] = g_ascii_strtod (words[i + 2], NULL);
      if (!isfinite (values[i]))
        return FALSE;
    }
  if (values[LOOK_TURN] < LIMNER_ORIENTATION_NORMAL ||
      values[LOOK_TURN] > LIMNER_ORIENTATION_ROTATE_270)
    return FALSE;
  parse_choice (&choices[0], words[0], values[LOOK_LOW], values[LOOK_HIGH]);
  parse_choice (&choices[1], words[1], values[LOOK_DEEP_LOW], values[LOOK_DEEP_HIGH]);
  return TRUE;
}

void
limner_view_popover_set_look (LimnerViewPopover *self, const char *look)
{
  static const double plain[N_LOOK] = { [LOOK_TURN] = LIMNER_ORIENTATION_NORMAL };
  double values[N_LOOK];
  LimnerWindowLevel window;

  memset (self->choices, 0, sizeof self->choices);
  if (!parse_look (look, self->choices, values))
    memcpy (values, plain, sizeof values);
  window = (LimnerWindowLevel){
    .low = 0,
    .high = 255,
    .invert = values[LOOK_INVERT] != 0,
    .gamma = values[LOOK_GAMMA],
    .brightness = values[LOOK_BRIGHTNESS],
    .contrast = values[LOOK_CONTRAST],
    .saturation = values[LOOK_SATURATION],
  };
  limner_canvas_set_window_level (self->canvas, &window);
  limner_canvas_set_turn (self->canvas, (LimnerOrientation) values[LOOK_TURN]);
}

static void
set_by_hand (LimnerViewPopover *self, double low, double high)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self->canvas);

  window.low = low;
  window.high = high;
  limner_canvas_set_window_level (self->canvas, &window);
  keep_by_hand (self);
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
          choose_mode (self, (Mode) i);
        }
    }
  show_window (self);
}

static void
on_tone_changed (GtkRange *range, LimnerViewPopover *self)
{
  LimnerWindowLevel window;

  if (self->updating)
    return;
  window = limner_canvas_get_window_level (self->canvas);
  for (guint i = 0; i < N_TONES; i++)
    if (self->tone_scales[i] == GTK_WIDGET (range))
      set_tone (&window, i, gtk_range_get_value (range));
  limner_canvas_set_window_level (self->canvas, &window);
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
  keep_by_hand (self);
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
  g_clear_object (&self->preferences);
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
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, line_width_adjustment);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, color_by);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, color_attribute_label);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, color_attribute);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, label_content);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, outline_only);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, fade_others);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, line_patterns);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, crosshair);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, tones);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, grid);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, minimap);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, rulers);
  gtk_widget_class_bind_template_child (widget_class, LimnerViewPopover, magnifier);
  gtk_widget_class_bind_template_callback (widget_class, on_invert_changed);
}

static void
add_tones (LimnerViewPopover *self)
{
  static const struct
  {
    const char *label;
    const char *name;
    double reach;
  } tones[N_TONES] = {
    [TONE_GAMMA] = { N_ ("Gamma"), N_ ("Gamma: how light the middle of the range is"), 2.0 },
    [TONE_BRIGHTNESS] = { N_ ("Brightness"), N_ ("Brightness of the picture"), 1.0 },
    [TONE_CONTRAST] = { N_ ("Contrast"), N_ ("Contrast of the picture"), 1.0 },
    [TONE_SATURATION] = { N_ ("Saturation"), N_ ("Strength of the colours"), 1.0 },
  };

  for (guint i = 0; i < N_TONES; i++)
    {
      GtkWidget *label = gtk_label_new (_ (tones[i].label));
      GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, -tones[i].reach,
                                                   tones[i].reach, 0.02);

      gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
      /* beside the trough, which the mark below it pushes up */
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_scale_set_draw_value (GTK_SCALE (scale), FALSE);
      gtk_scale_set_has_origin (GTK_SCALE (scale), FALSE);
      gtk_scale_add_mark (GTK_SCALE (scale), 0.0, GTK_POS_BOTTOM, NULL);
      gtk_widget_set_hexpand (scale, TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (tones[i].name), -1);
      g_signal_connect (scale, "value-changed", G_CALLBACK (on_tone_changed), self);
      gtk_grid_attach (self->tones, label, 0, (int) i, 1, 1);
      gtk_grid_attach (self->tones, scale, 1, (int) i, 1, 1);
      self->tone_labels[i] = label;
      self->tone_scales[i] = scale;
    }
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
  add_tones (self);
  g_signal_connect_swapped (self->histogram, "changed", G_CALLBACK (on_histogram_changed), self);
  g_signal_connect (self, "show", G_CALLBACK (on_show), NULL);
  g_signal_connect (self, "hide", G_CALLBACK (on_hide), NULL);
}

/* ---- looks of shapes ---- */

static const char *const color_names[] = { "class", "instance", "attribute", "state" };

/* The first is no label at all, which is a preference of its own. */
static const char *const label_names[] = { "", "class", "id", "score" };

static guint
find_name (const char *const *names, guint n_names, const char *name)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return 0;
}

static void
show_look (LimnerViewPopover *self)
{
  g_autofree char *color_by = limner_preferences_dup_string (self->preferences, "color-by");
  g_autofree char *label = limner_preferences_dup_string (self->preferences, "label-content");
  gboolean has_labels = limner_preferences_get_boolean (self->preferences, "show-labels");
  guint color = find_name (color_names, G_N_ELEMENTS (color_names), color_by);

  self->updating_look = TRUE;
  gtk_drop_down_set_selected (self->color_by, color);
  gtk_drop_down_set_selected (
      self->label_content,
      has_labels ? MAX (find_name (label_names, G_N_ELEMENTS (label_names), label), 1) : 0);
  gtk_widget_set_visible (self->color_attribute_label,
                          g_str_equal (color_names[color], "attribute"));
  self->updating_look = FALSE;
}

static void
on_color_by_selected (LimnerViewPopover *self)
{
  guint selected = gtk_drop_down_get_selected (self->color_by);

  if (!self->updating_look && selected < G_N_ELEMENTS (color_names))
    g_object_set (self->preferences, "color-by", color_names[selected], NULL);
}

static void
on_label_content_selected (LimnerViewPopover *self)
{
  guint selected = gtk_drop_down_get_selected (self->label_content);

  if (self->updating_look || selected >= G_N_ELEMENTS (label_names))
    return;
  if (selected > 0)
    g_object_set (self->preferences, "label-content", label_names[selected], NULL);
  g_object_set (self->preferences, "show-labels", selected > 0, NULL);
}

static void
bind_look (LimnerViewPopover *self, LimnerPreferences *preferences)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  static const char *const shown[] = { "notify::color-by", "notify::label-content",
                                       "notify::show-labels" };

  self->preferences = g_object_ref (preferences);
  g_object_bind_property (preferences, "line-width", self->line_width_adjustment, "value", flags);
  g_object_bind_property (preferences, "outline-only", self->outline_only, "active", flags);
  g_object_bind_property (preferences, "fade-others", self->fade_others, "active", flags);
  g_object_bind_property (preferences, "line-patterns", self->line_patterns, "active", flags);
  g_object_bind_property (preferences, "color-attribute", self->color_attribute, "text", flags);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    g_signal_connect_object (preferences, shown[i], G_CALLBACK (show_look), self,
                             G_CONNECT_SWAPPED);
  show_look (self);
  g_signal_connect_swapped (self->color_by, "notify::selected", G_CALLBACK (on_color_by_selected),
                            self);
  g_signal_connect_swapped (self->label_content, "notify::selected",
                            G_CALLBACK (on_label_content_selected), self);
}

GtkWidget *
limner_view_popover_new (LimnerCanvas *canvas, LimnerPreferences *preferences)
{
  LimnerViewPopover *self = g_object_new (LIMNER_TYPE_VIEW_POPOVER, NULL);
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  self->canvas = g_object_ref (canvas);
  g_object_bind_property (preferences, "fill-opacity", self->fill_adjustment, "value", flags);
  g_object_bind_property (preferences, "outline-opacity", self->outline_adjustment, "value", flags);
  bind_look (self, preferences);
  g_object_bind_property (preferences, "show-crosshair", self->crosshair, "active", flags);
  g_object_bind_property (preferences, "show-grid", self->grid, "active", flags);
  g_object_bind_property (preferences, "show-minimap", self->minimap, "active", flags);
  g_object_bind_property (preferences, "show-rulers", self->rulers, "active", flags);
  g_object_bind_property (preferences, "show-magnifier", self->magnifier, "active", flags);
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
