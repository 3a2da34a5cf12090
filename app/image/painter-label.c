/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

#include <math.h>
#include <string.h>

#define FONT_FAMILY "Cantarell"
#define FONT_SIZE 11.0
#define BASELINE 12.0 /* of a line of FONT_SIZE in a chip of CHIP_HEIGHT */

#define CHIP_HEIGHT 17.0
#define CHIP_PADDING 5.0
#define CHIP_RADIUS 4.0
#define TEXT_MAX 40

#define READOUT_PADDING 7.0
#define READOUT_HEIGHT 21.0
#define READOUT_OFFSET_X 14.0
#define READOUT_OFFSET_Y 16.0

#define REPLACEMENT 0xfffd
#define ELLIPSIS "\xe2\x80\xa6"

/* Would change the line, or the text around it, instead of showing. */
static gboolean
is_invisible_control (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    case G_UNICODE_FORMAT:
      return c != 0x200c && c != 0x200d; /* joiners are part of words and emoji */
    default:
      return FALSE;
    }
}

/* (transfer full): @text as one line of at most TEXT_MAX characters. */
static char *
make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *line = g_string_new (NULL);
  glong n_left = TEXT_MAX;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (n_left == 1 && *g_utf8_next_char (at) != '\0')
        {
          g_string_append (line, ELLIPSIS);
          break;
        }
      g_string_append_unichar (line, is_invisible_control (c) ? REPLACEMENT : c);
      n_left--;
    }
  return g_string_free (line, FALSE);
}

/* Colour fringes would not fit chips that are cached and moved. */
static void
choose_font (cairo_t *cr, cairo_font_weight_t weight)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_ON);
  cairo_set_font_options (cr, options);
  cairo_font_options_destroy (options);
  cairo_select_font_face (cr, FONT_FAMILY, CAIRO_FONT_SLANT_NORMAL, weight);
  cairo_set_font_size (cr, FONT_SIZE);
}

static double
measure_line (cairo_t *cr, const char *line)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cr, line, &extents);
  return ceil (extents.x_advance);
}

static LimnerPoint
find_topmost_vertex (const LimnerShape *shape)
{
  LimnerPoint top = { 0, INFINITY };

  for (guint ring = 0; ring < limner_shape_get_n_rings (shape); ring++)
    {
      guint n_points;
      const LimnerPoint *points = limner_shape_get_ring (shape, ring, &n_points);

      for (guint i = 0; i < n_points; i++)
        if (points[i].y < top.y)
          top = points[i];
    }
  return top;
}

/* The middle of the first run that begins, or passes by, in the topmost row. */
static LimnerPoint
find_topmost_pixel (const LimnerRle *rle, const LimnerBox *bbox)
{
  gsize n_counts;
  const guint32 *counts = limner_rle_get_counts (rle, &n_counts);
  guint64 height = limner_rle_get_height (rle);
  guint64 start = 0;

  for (gsize i = 0; i + 1 < n_counts; i += 2)
    {
      start += counts[i];
      if (counts[i + 1] > 0 && start % height == (guint64) bbox->y)
        return (LimnerPoint){ start / height + .5, bbox->y };
      /* a run over the foot of a column holds the top of the next */
      if (start % height + counts[i + 1] > height)
        return (LimnerPoint){ start / height + 1.5, bbox->y };
      start += counts[i + 1];
    }
  return (LimnerPoint){ bbox->x + bbox->width / 2, bbox->y };
}

LimnerBox
limner_painter_measure_label (cairo_t *cr,
                              const LimnerView *view,
                              const LimnerShape *shape,
                              const char *text,
                              double target_width,
                              double target_height)
{
  LimnerBox label = { 0, 0, 0, CHIP_HEIGHT };
  LimnerBox bbox = limner_shape_get_bbox (shape);
  g_autofree char *line = make_line (text);
  LimnerPoint top;

  if (limner_view_is_turned (view))
    {
      LimnerView flat;
      g_autoptr (LimnerShape) turned = limner_painter_turn_shape (view, shape, &flat);

      return limner_painter_measure_label (cr, &flat, turned, text, target_width, target_height);
    }
  cairo_save (cr);
  choose_font (cr, CAIRO_FONT_WEIGHT_BOLD);
  label.width = measure_line (cr, line) + 2 * CHIP_PADDING;
  cairo_restore (cr);

  if (limner_shape_get_kind (shape) == LIMNER_SHAPE_BOX)
    {
      LimnerBox edge = limner_painter_snap_box (view, &bbox);

      /* flush with the outside of the line, and clear of its halo */
      label.x = edge.x - 1;
      label.y = edge.y - 2 - CHIP_HEIGHT;
    }
  else
    {
      top = limner_shape_get_rle (shape) != NULL
                ? find_topmost_pixel (limner_shape_get_rle (shape), &bbox)
                : find_topmost_vertex (shape);
      top = limner_view_to_target (view, top);
      label.x = round (limner_painter_limit (top.x - label.width / 2));
      label.y = floor (limner_painter_limit (top.y)) - 4 - CHIP_HEIGHT;
    }
  label.x = MAX (0, MIN (label.x, floor (target_width) - label.width));
  label.y = MAX (0, MIN (label.y, floor (target_height) - CHIP_HEIGHT));
  return label;
}

void
limner_painter_draw_label (cairo_t *cr,
                           const LimnerBox *box_target,
                           const char *text,
                           guint32 color)
{
  g_autofree char *line = make_line (text);

  g_return_if_fail (cr != NULL && box_target != NULL);

  cairo_save (cr);
  cairo_new_path (cr);
  limner_painter_round_rectangle (cr, box_target, CHIP_RADIUS);
  limner_painter_set_color (cr, color, 1);
  cairo_fill (cr);

  choose_font (cr, CAIRO_FONT_WEIGHT_BOLD);
  limner_painter_set_color (cr, limner_painter_get_text_color (color), 1);
  cairo_move_to (cr, box_target->x + CHIP_PADDING, box_target->y + BASELINE);
  cairo_show_text (cr, line);
  cairo_restore (cr);
}

void
limner_painter_draw_readout (cairo_t *cr, LimnerPoint at, const char *text)
{
  g_autofree char *line = make_line (text);
  LimnerBox chip = { round (at.x) + READOUT_OFFSET_X, round (at.y) + READOUT_OFFSET_Y, 0,
                     READOUT_HEIGHT };
  LimnerBox clip;

  g_return_if_fail (cr != NULL);

  cairo_save (cr);
  cairo_new_path (cr);
  choose_font (cr, CAIRO_FONT_WEIGHT_BOLD);
  chip.width = measure_line (cr, line) + 2 * READOUT_PADDING;

  /* on the other side of the pointer where there is no room */
  clip = limner_painter_get_clip (cr);
  if (chip.x + chip.width > clip.x + clip.width)
    chip.x = round (at.x) - READOUT_OFFSET_X - chip.width;
  if (chip.y + chip.height > clip.y + clip.height)
    chip.y = round (at.y) - READOUT_OFFSET_Y - chip.height;

  limner_painter_round_rectangle (cr, &chip, CHIP_RADIUS + 1);
  cairo_set_source_rgba (cr, 0.09, 0.09, 0.09, 0.85);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, chip.x + READOUT_PADDING,
                 chip.y + BASELINE + (READOUT_HEIGHT - CHIP_HEIGHT) / 2);
  cairo_show_text (cr, line);
  cairo_restore (cr);
}

/* A channel of sRGB made linear, as WCAG 2.1 defines relative luminance. */
static double
linear (guint32 channel)
{
  double value = channel / 255.0;

  return value <= 0.03928 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

guint32
limner_painter_get_text_color (guint32 color)
{
  double luminance = 0.2126 * linear (color >> 16 & 255) + 0.7152 * linear (color >> 8 & 255) +
                     0.0722 * linear (color & 255);
  double contrast_white = 1.05 / (luminance + 0.05);
  double contrast_black = (luminance + 0.05) / 0.05;

  return contrast_white > contrast_black ? 0xffffff : 0x000000;
}
