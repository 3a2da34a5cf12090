/* SPDX-License-Identifier: MIT */
#include "limner-test.h"

#include <limner/painter.h>
#include <math.h>

#define GREY 0x808080
#define BLUE 0x3b82f6

static const double scales[] = { 0.25, 1, 3.5, 12 };

typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
  guint width;
  guint height;
} Canvas;

static void
canvas_clear (Canvas *self)
{
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Canvas, canvas_clear)

static Canvas
make_canvas (guint width, guint height)
{
  Canvas canvas = { .width = width, .height = height };

  canvas.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  canvas.cr = cairo_create (canvas.surface);
  cairo_set_source_rgb (canvas.cr, 128 / 255.0, 128 / 255.0, 128 / 255.0);
  cairo_paint (canvas.cr);
  return canvas;
}

static guint32
get_pixel (const Canvas *self, double x, double y)
{
  const guint8 *data;

  g_assert_true (x >= 0 && y >= 0 && x < self->width && y < self->height);
  cairo_surface_flush (self->surface);
  data = cairo_image_surface_get_data (self->surface) +
         (int) y * cairo_image_surface_get_stride (self->surface);
  return ((const guint32 *) data)[(int) x] & 0xffffff;
}

static int
channel (guint32 color, int shift)
{
  return (int) (color >> shift & 255);
}

/* The largest difference of a channel. */
static int
difference (guint32 a, guint32 b)
{
  int largest = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    largest = MAX (largest, ABS (channel (a, shift) - channel (b, shift)));
  return largest;
}

#define assert_color(color, expected, tolerance)                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint32 color_ = (color);                                                                      \
    guint32 expected_ = (expected);                                                                \
    if (difference (color_, expected_) > (tolerance))                                              \
      g_test_message ("found %06x, expected %06x", color_, expected_);                             \
    g_assert_cmpint (difference (color_, expected_), <=, tolerance);                               \
  }                                                                                                \
  G_STMT_END

static guint32
mix (guint32 below, guint32 above, double alpha)
{
  guint32 mixed = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    mixed |=
        (guint32) lround (channel (below, shift) * (1 - alpha) + channel (above, shift) * alpha)
        << shift;
  return mixed;
}

/* A square of 60 target pixels with the corner (40, 40), as a shape of a kind. */
static LimnerShape *
make_square (LimnerShapeKind kind, double scale, LimnerView *view)
{
  double size = ceil (60 / scale);
  double at = ceil (40 / scale);
  LimnerBox box = { at, at, size, size };
  const LimnerPoint corners[] = {
    { at, at }, { at + size, at }, { at + size, at + size }, { at, at + size }
  };
  const guint n_points = 4;
  g_autoptr (LimnerRle) rle = NULL;

  *view = (LimnerView){ 40 - at * scale, 40 - at * scale, scale };
  if (kind == LIMNER_SHAPE_BOX)
    return limner_shape_new_box (&box);
  if (kind == LIMNER_SHAPE_POLYGON)
    return limner_shape_new_polygon (corners, &n_points, 1);
  rle = limner_rle_new_from_box (&box, 700, 900, NULL);
  return limner_shape_new_mask (rle);
}

/* Along a line across the left edge: untouched, halo, line, (hairline,) fill. */
static void
test_kinds_at_scales (void)
{
  for (int kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
      {
        g_auto (Canvas) canvas = make_canvas (200, 200);
        LimnerView view;
        g_autoptr (LimnerShape) shape = make_square (kind, scales[i], &view);

        g_test_message ("kind %d at %g", kind, scales[i]);
        limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, LIMNER_PAINT_NORMAL,
                                   &LIMNER_PAINT_STYLE_DEFAULT);
        g_assert_cmphex (get_pixel (&canvas, 34, 70), ==, GREY);
        g_assert_cmphex (get_pixel (&canvas, 70, 110), ==, GREY);
        assert_color (get_pixel (&canvas, 38, 70), mix (GREY, 0, 0.45), 3);
        assert_color (get_pixel (&canvas, 39, 70), BLUE, 3);
        assert_color (get_pixel (&canvas, 40, 70), BLUE, 3);
        assert_color (get_pixel (&canvas, 70, 39), BLUE, 3);
        assert_color (get_pixel (&canvas, 43, 70), mix (GREY, BLUE, 0.18), 3);
        assert_color (get_pixel (&canvas, 70, 70), mix (GREY, BLUE, 0.18), 3);
      }
}

static void
test_selected (void)
{
  for (int kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
    {
      g_auto (Canvas) canvas = make_canvas (200, 200);
      LimnerView view;
      g_autoptr (LimnerShape) shape = make_square (kind, 4, &view);
      int brightest = 0;

      g_test_message ("kind %d", kind);
      limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, LIMNER_PAINT_SELECTED,
                                 &LIMNER_PAINT_STYLE_DEFAULT);
      assert_color (get_pixel (&canvas, 39, 70), BLUE, 3);
      for (int x = 41; x <= 42; x++)
        brightest = MAX (brightest, channel (get_pixel (&canvas, x, 70), 16));
      g_assert_cmpint (brightest, >, 170);
      assert_color (get_pixel (&canvas, 70, 70), mix (GREY, BLUE, 0.18), 3);
      /* nothing white outside */
      for (int x = 34; x < 39; x++)
        g_assert_cmpint (channel (get_pixel (&canvas, x, 70), 16), <=, 0x80);
    }
}

static void
test_fills (void)
{
  const struct
  {
    LimnerPaintFlags flags;
    double alpha;
  } rows[] = { { LIMNER_PAINT_NORMAL, 0.18 },
               { LIMNER_PAINT_HOVERED, 0.30 },
               { LIMNER_PAINT_EDITED, 0.08 },
               { LIMNER_PAINT_EDITED | LIMNER_PAINT_HOVERED | LIMNER_PAINT_SELECTED, 0.08 },
               { LIMNER_PAINT_FADED, 0.18 * 0.35 },
               { LIMNER_PAINT_LOCKED, 0.09 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
      {
        g_auto (Canvas) canvas = make_canvas (200, 200);
        LimnerView view;
        g_autoptr (LimnerShape) shape = make_square (kind, 2, &view);

        limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, rows[i].flags,
                                   &LIMNER_PAINT_STYLE_DEFAULT);
        assert_color (get_pixel (&canvas, 70, 70), mix (GREY, BLUE, rows[i].alpha), 3);
      }
}

/* Line and halo overlap; a translucent line must look as if they did not. */
static void
test_style (void)
{
  const LimnerPaintStyle half = { 0, 0.5, 4 };
  const LimnerPaintStyle fill_only = { 0.5, 0, 2 };

  for (int kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
    {
      g_auto (Canvas) canvas = make_canvas (200, 200);
      g_auto (Canvas) other = make_canvas (200, 200);
      LimnerView view;
      g_autoptr (LimnerShape) shape = make_square (kind, 2, &view);

      limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, 0, &half);
      assert_color (get_pixel (&canvas, 39, 70), mix (GREY, BLUE, 0.5), 3);
      assert_color (get_pixel (&canvas, 41, 70), mix (GREY, BLUE, 0.5), 3);
      assert_color (get_pixel (&canvas, 37, 70), mix (GREY, 0, 0.45 / 2), 3);
      assert_color (get_pixel (&canvas, 70, 70), GREY, 1);

      limner_painter_draw_shape (other.cr, &view, shape, BLUE, 0, &fill_only);
      assert_color (get_pixel (&other, 38, 70), GREY, 1);
      assert_color (get_pixel (&other, 42, 70), mix (GREY, BLUE, 0.5), 3);
    }
}

/* Parts are united, also where they overlap and whichever way round they run. */
static void
test_parts_unite (void)
{
  const LimnerPoint points[] = { { 20, 20 }, { 100, 20 }, { 100, 100 }, { 20, 100 },
                                 { 60, 60 }, { 60, 160 }, { 160, 160 }, { 160, 60 } };
  const guint lengths[] = { 4, 4 };
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, lengths, 2);
  g_auto (Canvas) canvas = make_canvas (200, 200);
  const LimnerView view = { 0, 0, 1 };

  limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, 0, NULL);
  assert_color (get_pixel (&canvas, 80, 80), mix (GREY, BLUE, 0.18), 3);
  assert_color (get_pixel (&canvas, 40, 40), mix (GREY, BLUE, 0.18), 3);
  assert_color (get_pixel (&canvas, 140, 140), mix (GREY, BLUE, 0.18), 3);
  g_assert_cmphex (get_pixel (&canvas, 140, 30), ==, GREY);
}

/* A mask of 40 x 40 with a hole of 10 x 10, single pixels that touch at corners, and its border on
 * the image's. */
static LimnerShape *
make_holed_mask (void)
{
  g_autofree guint8 *pixels = g_malloc0 (40 * 40);
  g_autoptr (LimnerRle) rle = NULL;

  for (guint x = 0; x < 40; x++)
    for (guint y = 0; y < 40; y++)
      pixels[x * 40 + y] = x < 30 && !(x >= 10 && x < 20 && y >= 15 && y < 25);
  pixels[35 * 40 + 10] = pixels[36 * 40 + 11] = pixels[37 * 40 + 10] = 1;
  rle = limner_rle_new_from_mask (pixels, 40, 40);
  return limner_shape_new_mask (rle);
}

static void
test_mask_hole (void)
{
  g_autoptr (LimnerShape) shape = make_holed_mask ();
  const double zooms[] = { 3, 8 };

  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      double zoom = zooms[i];
      g_auto (Canvas) canvas = make_canvas (400, 400);
      const LimnerView view = { 20, 20, zoom };
      guint32 tinted = mix (GREY, BLUE, 0.18);

      limner_painter_draw_shape (canvas.cr, &view, shape, BLUE, 0, NULL);
      assert_color (get_pixel (&canvas, 20 + 5 * zoom, 20 + 20 * zoom), tinted, 3);
      assert_color (get_pixel (&canvas, 20 + 25 * zoom, 20 + 20 * zoom), tinted, 3);
      g_assert_cmphex (get_pixel (&canvas, 20 + 15 * zoom, 20 + 20 * zoom), ==, GREY);
      g_assert_cmphex (get_pixel (&canvas, 20 + 33 * zoom, 20 + 30 * zoom), ==, GREY);
      assert_color (get_pixel (&canvas, 20 + 10 * zoom, 20 + 20 * zoom), BLUE, 3);
      assert_color (get_pixel (&canvas, 20, 20 + 20 * zoom), BLUE, 3);
    }
}

/* What a tile shows does not depend on the tile: drawn in one go or in four clips, the result is
 * the same. */
static void
test_tiles_agree (void)
{
  g_autoptr (LimnerShape) mask = make_holed_mask ();
  LimnerView square_view;
  g_autoptr (LimnerShape) box = make_square (LIMNER_SHAPE_BOX, 1, &square_view);
  g_autoptr (LimnerShape) polygon = make_square (LIMNER_SHAPE_POLYGON, 1, &square_view);
  const LimnerShape *shapes[] = { mask, box, polygon };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (scales); j++)
      {
        g_auto (Canvas) whole = make_canvas (300, 300);
        g_auto (Canvas) tiled = make_canvas (300, 300);
        const LimnerView view = { 11.3, 7.8, scales[j] };
        int largest = 0;

        limner_painter_draw_shape (whole.cr, &view, shapes[i], BLUE, 0, NULL);
        for (guint tile = 0; tile < 9; tile++)
          {
            cairo_save (tiled.cr);
            cairo_rectangle (tiled.cr, tile % 3 * 100, tile / 3 * 100, 100, 100);
            cairo_clip (tiled.cr);
            limner_painter_draw_shape (tiled.cr, &view, shapes[i], BLUE, 0, NULL);
            cairo_restore (tiled.cr);
          }
        for (guint y = 0; y < 300; y++)
          for (guint x = 0; x < 300; x++)
            largest =
                MAX (largest, difference (get_pixel (&whole, x, y), get_pixel (&tiled, x, y)));
        g_assert_cmpint (largest, <=, 12);
      }
}

/* A thread of one image pixel is still there when five of them share a target pixel. */
static void
test_thin_mask_stays (void)
{
  const guint32 counts[] = { 500 * 100 + 100, 300, 500 * 99 + 100 };
  g_autoptr (LimnerRle) rle = limner_rle_new (500, 200, counts, 3, NULL);
  g_autoptr (LimnerShape) shape = limner_shape_new_mask (rle);
  g_auto (Canvas) canvas = make_canvas (60, 120);

  limner_painter_draw_shape (canvas.cr, &(LimnerView){ 0, 0, 0.2 }, shape, BLUE, 0, NULL);
  assert_color (get_pixel (&canvas, 20, 50), BLUE, 40);
  g_assert_cmphex (get_pixel (&canvas, 20, 110), ==, GREY);
}

/* Shapes of next to no size show as a block; those of absurd size or without numbers do no harm. */
static void
test_odd_sizes (void)
{
  const guint lengths[] = { 1, 2, 0, 4 };
  const LimnerPoint points[] = { { 50, 50 },          { 10, 10 }, { 90, 90 },   { -1e300, 5 },
                                 { 1e300, INFINITY }, { NAN, 7 }, { 4e8, -4e8 } };
  g_auto (Canvas) canvas = make_canvas (100, 100);
  g_autoptr (LimnerShape) dot = limner_shape_new_box (&(LimnerBox){ 50, 50, 0.5, 0 });
  g_autoptr (LimnerShape) huge = limner_shape_new_box (&(LimnerBox){ -1e9, -1e9, 2e9, 2e9 });
  g_autoptr (LimnerShape) mirrored = limner_shape_new_box (&(LimnerBox){ 80, 80, -20, -20 });
  g_autoptr (LimnerShape) empty = limner_shape_new_box (&(LimnerBox){ NAN, NAN, NAN, NAN });
  g_autoptr (LimnerShape) wild = limner_shape_new_polygon (points, lengths, 4);
  const LimnerView view = { 0, 0, 1 };

  limner_painter_draw_shape (canvas.cr, &view, dot, BLUE, 0, NULL);
  assert_color (get_pixel (&canvas, 50, 50), BLUE, 3);
  limner_painter_draw_shape (canvas.cr, &view, mirrored, BLUE, 0, NULL);
  assert_color (get_pixel (&canvas, 60, 70), BLUE, 3);
  limner_painter_draw_shape (canvas.cr, &view, huge, BLUE, LIMNER_PAINT_LOCKED, NULL);
  assert_color (get_pixel (&canvas, 20, 20), mix (GREY, BLUE, 0.09), 3);
  limner_painter_draw_shape (canvas.cr, &view, empty, BLUE, 0, NULL);
  limner_painter_draw_shape (canvas.cr, &view, wild, BLUE, LIMNER_PAINT_SELECTED, NULL);
  limner_painter_draw_handles (canvas.cr, &view, wild, BLUE, FALSE, NULL);
  g_assert_cmpint (cairo_status (canvas.cr), ==, CAIRO_STATUS_SUCCESS);
}

static void
test_box_handles (void)
{
  for (int kind = LIMNER_SHAPE_BOX; kind <= LIMNER_SHAPE_MASK; kind++)
    {
      g_auto (Canvas) canvas = make_canvas (200, 200);
      LimnerView view;
      g_autoptr (LimnerShape) shape = make_square (kind, 1, &view);

      limner_painter_draw_handles (canvas.cr, &view, shape, BLUE, TRUE, NULL);
      for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++)
          {
            int x = 39 + column * 30;
            int y = 39 + row * 30;
            gboolean is_middle = row == 1 && column == 1;

            x += column == 2;
            y += row == 2;
            assert_color (get_pixel (&canvas, x, y), is_middle ? GREY : 0xffffff, 1);
            if (is_middle)
              continue;
            /* a rim of the class colour, dark around it, and 9 px in all */
            assert_color (get_pixel (&canvas, x - 4, y), BLUE, 3);
            assert_color (get_pixel (&canvas, x + 4, y), BLUE, 3);
            assert_color (get_pixel (&canvas, x + 5, y), mix (GREY, 0, 0.45), 3);
            assert_color (get_pixel (&canvas, x + 6, y), GREY, 1);
          }
    }
}

static void
test_small_box_has_no_middle_handles (void)
{
  g_auto (Canvas) canvas = make_canvas (100, 100);
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 20, 20, 60, 20 });
  const LimnerView view = { 0, 0, 1 };

  limner_painter_draw_handles (canvas.cr, &view, shape, BLUE, FALSE, NULL);
  assert_color (get_pixel (&canvas, 50, 20), 0xffffff, 1);
  g_assert_cmphex (get_pixel (&canvas, 20, 30), ==, GREY);
}

/* Width of what was painted in a row. */
static int
measure_row (const Canvas *canvas, int y, int x0, int x1)
{
  int n = 0;

  for (int x = x0; x < x1; x++)
    n += get_pixel (canvas, x, y) != GREY;
  return n;
}

static void
test_vertex_handles (void)
{
  /* edges of 100, 8 and about 40 px */
  const LimnerPoint points[] = { { 20, 20 }, { 120, 20 }, { 128, 20 }, { 128, 60 } };
  const guint n_points = 4;
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, &n_points, 1);
  g_auto (Canvas) canvas = make_canvas (200, 100);
  const LimnerView view = { 0.5, 0.5, 1 };
  const LimnerVertex active = { 0, 3 };

  limner_painter_draw_handles (canvas.cr, &view, shape, BLUE, FALSE, &active);
  assert_color (get_pixel (&canvas, 20, 20), 0xffffff, 3);
  g_assert_cmpint (measure_row (&canvas, 20, 5, 40), >=, 9);
  g_assert_cmpint (measure_row (&canvas, 20, 5, 40), <=, 12);
  /* the active one */
  assert_color (get_pixel (&canvas, 128, 60), 0xffffff, 3);
  g_assert_cmpint (measure_row (&canvas, 60, 110, 150), >=, 14);
  g_assert_cmpint (measure_row (&canvas, 60, 110, 150), <=, 17);
  /* crowded ones are small: both together are not wider than 8 + 6 and their halos */
  assert_color (get_pixel (&canvas, 120, 20), 0xffffff, 3);
  g_assert_cmpint (measure_row (&canvas, 20, 100, 150), <=, 18);
  /* a dark middle on the long edge, none on the others */
  g_assert_cmpint (channel (get_pixel (&canvas, 70, 20), 8), <, 80);
  g_assert_cmphex (get_pixel (&canvas, 124, 40), ==, GREY);
  g_assert_cmphex (get_pixel (&canvas, 128, 40), ==, GREY);
}

/* On an image they are computed, elsewhere they are cairo's: nobody sees which. */
static void
test_vertex_handles_look_as_cairos (void)
{
  const LimnerPoint points[] = {
    { 20.3, 20 }, { 120, 22.7 }, { 126, 25 }, { 128, 80.4 }, { 60, 90 }
  };
  const guint n_points = 5;
  const LimnerVertex active = { 0, 1 };
  const LimnerView view = { 0.25, 0.5, 1.1 };
  g_autoptr (LimnerShape) shape = limner_shape_new_polygon (points, &n_points, 1);

  for (int factor = 1; factor <= 2; factor++)
    {
      g_auto (Canvas) drawn = make_canvas (200 * factor, 120 * factor);
      g_auto (Canvas) wanted = make_canvas (200 * factor, 120 * factor);
      cairo_surface_t *record =
          cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA,
                                          &(cairo_rectangle_t){ 0, 0, 200, 120 });
      cairo_t *cr = cairo_create (record);
      guint sum = 0, worst = 0;

      limner_painter_draw_handles (cr, &view, shape, BLUE, FALSE, &active);
      cairo_destroy (cr);
      cairo_scale (wanted.cr, factor, factor);
      cairo_set_source_surface (wanted.cr, record, 0, 0);
      cairo_paint (wanted.cr);
      cairo_surface_destroy (record);
      cairo_scale (drawn.cr, factor, factor);
      limner_painter_draw_handles (drawn.cr, &view, shape, BLUE, FALSE, &active);
      for (guint y = 0; y < drawn.height; y++)
        for (guint x = 0; x < drawn.width; x++)
          for (int shift = 0; shift < 24; shift += 8)
            {
              const guint difference = (guint) ABS (channel (get_pixel (&drawn, x, y), shift) -
                                                    channel (get_pixel (&wanted, x, y), shift));

              sum += difference;
              worst = MAX (worst, difference);
            }
      g_test_message ("worst %u, sum %u", worst, sum);
      g_assert_cmpuint (worst, <=, 40);
      g_assert_cmpuint (sum, <=, drawn.width * drawn.height / 5);
    }
}

static void
test_label_place (void)
{
  g_auto (Canvas) canvas = make_canvas (300, 200);
  const LimnerView view = { 0, 0, 1 };
  const LimnerPoint points[] = { { 50, 90 }, { 120, 60 }, { 140, 120 } };
  const guint n_points = 3;
  g_autoptr (LimnerShape) box = limner_shape_new_box (&(LimnerBox){ 50, 60, 80, 40 });
  g_autoptr (LimnerShape) top = limner_shape_new_box (&(LimnerBox){ 290, 2, 80, 40 });
  g_autoptr (LimnerShape) polygon = limner_shape_new_polygon (points, &n_points, 1);
  g_autoptr (LimnerRle) rle = limner_rle_new_from_polygon (points, n_points, 200, 300, NULL);
  g_autoptr (LimnerShape) mask = limner_shape_new_mask (rle);
  LimnerBox label = limner_painter_measure_label (canvas.cr, &view, box, "car", 300, 200);
  LimnerBox longer = limner_painter_measure_label (canvas.cr, &view, box, "car, parked", 300, 200);

  g_assert_cmpfloat (label.height, ==, 17);
  g_assert_cmpfloat (label.x, ==, 49);
  g_assert_cmpfloat (label.y + label.height, <=, 58);
  g_assert_cmpfloat (label.y + label.height, >=, 55);
  g_assert_cmpfloat (label.width, >, 18);
  g_assert_cmpfloat (longer.width, >, label.width);

  label = limner_painter_measure_label (canvas.cr, &view, top, "car", 300, 200);
  g_assert_cmpfloat (label.x + label.width, <=, 300);
  g_assert_cmpfloat (label.y, ==, 0);

  label = limner_painter_measure_label (canvas.cr, &view, polygon, "car", 300, 200);
  g_assert_cmpfloat_with_epsilon (label.x + label.width / 2, 120, 1);
  g_assert_cmpfloat (label.y + label.height, <, 59);
  label = limner_painter_measure_label (canvas.cr, &view, mask, "car", 300, 200);
  g_assert_cmpfloat_with_epsilon (label.x + label.width / 2, 120, 3);
}

/* Contrast of two colours by WCAG. */
static double
luminance (guint32 color)
{
  const double weights[] = { 0.0722, 0.7152, 0.2126 };
  double sum = 0;

  for (int i = 0; i < 3; i++)
    {
      double value = channel (color, 8 * i) / 255.0;

      sum += weights[i] * (value <= 0.03928 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4));
    }
  return sum;
}

static double
contrast (guint32 a, guint32 b)
{
  double bright = MAX (luminance (a), luminance (b));
  double dark = MIN (luminance (a), luminance (b));

  return (bright + 0.05) / (dark + 0.05);
}

static void
test_text_color (void)
{
  const struct
  {
    guint32 color;
    guint32 text;
  } rows[] = { { 0xe5484d, 0x000000 }, { 0x3b82f6, 0x000000 }, { 0xf5a524, 0x000000 },
               { 0x12a594, 0x000000 }, { 0x8e4ec6, 0xffffff }, { 0x99d52a, 0x000000 },
               { 0xe93d82, 0x000000 }, { 0x00a2c7, 0x000000 }, { 0xad7f58, 0x000000 },
               { 0xf76808, 0x000000 }, { 0x5b5bd6, 0xffffff }, { 0x30a46c, 0x000000 },
               { 0x000000, 0xffffff }, { 0xffffff, 0x000000 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmphex (limner_painter_get_text_color (rows[i].color), ==, rows[i].text);
      g_assert_cmpfloat (contrast (rows[i].color, rows[i].text), >=, 5);
    }
}

/* Text is there and stands out, whatever the font. */
static void
test_label_pixels (void)
{
  const guint32 colors[] = { 0xf5a524, 0x8e4ec6 };

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      g_auto (Canvas) canvas = make_canvas (120, 40);
      const LimnerBox chip = { 10, 10, 80, 17 };
      double best = 0;

      limner_painter_draw_label (canvas.cr, &chip, "MMMM", colors[i]);
      assert_color (get_pixel (&canvas, 80, 12), colors[i], 1);
      g_assert_cmphex (get_pixel (&canvas, 10, 10), !=, colors[i]); /* round corners */
      g_assert_cmphex (get_pixel (&canvas, 95, 18), ==, GREY);
      for (guint y = 11; y < 26; y++)
        for (guint x = 11; x < 89; x++)
          best = MAX (best, contrast (get_pixel (&canvas, x, y), colors[i]));
      g_assert_cmpfloat (best, >=, 4.5);
    }
}

/* What a file may hold: control characters, broken UTF-8, no end. All fit, none breaks the cairo_t.
 */
static void
test_label_text (void)
{
  g_autofree char *endless = g_strnfill (5000, 'W');
  g_autofree char *forty = g_strnfill (40, 'W');
  const char *texts[] = { "",
                          NULL,
                          "two\nlines\tand\x01",
                          "broken \xff\xfe utf-8",
                          "\xe2\x80\xae"
                          "backwards",
                          endless,
                          forty };
  g_auto (Canvas) canvas = make_canvas (900, 40);
  g_autoptr (LimnerShape) shape = limner_shape_new_box (&(LimnerBox){ 1, 30, 80, 40 });
  const LimnerView view = { 0, 0, 1 };
  LimnerBox full = limner_painter_measure_label (canvas.cr, &view, shape, forty, 900, 40);
  LimnerBox plain = limner_painter_measure_label (canvas.cr, &view, shape, "ab", 900, 40);
  LimnerBox control = limner_painter_measure_label (canvas.cr, &view, shape, "a\nb", 900, 40);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      LimnerBox label = limner_painter_measure_label (canvas.cr, &view, shape, texts[i], 900, 40);

      limner_painter_draw_label (canvas.cr, &label, texts[i], BLUE);
      g_assert_cmpint (cairo_status (canvas.cr), ==, CAIRO_STATUS_SUCCESS);
      g_assert_cmpfloat (label.width, <=, full.width);
    }
  /* shown as a character, not dropped */
  g_assert_cmpfloat (control.width, >, plain.width);
}

static void
test_readout (void)
{
  const LimnerPoint places[] = { { 20, 20 }, { 195, 95 } };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_auto (Canvas) canvas = make_canvas (200, 100);
      guint n_dark = 0;
      guint n_light = 0;

      limner_painter_draw_readout (canvas.cr, places[i], "142 \303\227 88");
      g_assert_cmphex (get_pixel (&canvas, places[i].x, places[i].y), ==, GREY);
      for (guint y = 0; y < 100; y++)
        for (guint x = 0; x < 200; x++)
          {
            n_dark += luminance (get_pixel (&canvas, x, y)) < 0.03;
            n_light += luminance (get_pixel (&canvas, x, y)) > 0.5;
          }
      g_assert_cmpuint (n_dark, >, 500);
      g_assert_cmpuint (n_light, >, 30);
    }
}

/* The path, the source and the clip of the caller's context survive. */
static void
test_context_is_kept (void)
{
  g_auto (Canvas) canvas = make_canvas (200, 200);
  LimnerView view;
  g_autoptr (LimnerShape) shape = make_square (LIMNER_SHAPE_MASK, 2, &view);

  cairo_set_line_width (canvas.cr, 17);
  cairo_set_source_rgb (canvas.cr, 1, 0, 0);
  limner_painter_draw_shape (canvas.cr, &view, shape, BLUE,
                             LIMNER_PAINT_SELECTED | LIMNER_PAINT_FADED, NULL);
  limner_painter_draw_handles (canvas.cr, &view, shape, BLUE, TRUE, NULL);
  g_assert_cmpfloat (cairo_get_line_width (canvas.cr), ==, 17);
  g_assert_false (cairo_has_current_point (canvas.cr));
  cairo_paint (canvas.cr);
  g_assert_cmphex (get_pixel (&canvas, 0, 0), ==, 0xff0000);
  g_assert_cmphex (get_pixel (&canvas, 199, 199), ==, 0xff0000);
}

int
main (int argc, char **argv)
{
  const LimnerTestCase cases[] = {
    { "kinds-at-scales", test_kinds_at_scales },
    { "selected", test_selected },
    { "fills", test_fills },
    { "style", test_style },
    { "parts-unite", test_parts_unite },
    { "mask-hole", test_mask_hole },
    { "tiles-agree", test_tiles_agree },
    { "thin-mask-stays", test_thin_mask_stays },
    { "odd-sizes", test_odd_sizes },
    { "box-handles", test_box_handles },
    { "small-box-has-no-middle-handles", test_small_box_has_no_middle_handles },
    { "vertex-handles", test_vertex_handles },
    { "vertex-handles-look-as-cairos", test_vertex_handles_look_as_cairos },
    { "label-place", test_label_place },
    { "text-color", test_text_color },
    { "label-pixels", test_label_pixels },
    { "label-text", test_label_text },
    { "readout", test_readout },
    { "context-is-kept", test_context_is_kept },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "painter", cases);
}
