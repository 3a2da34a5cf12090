/* SPDX-License-Identifier: MIT */

/* The painter of many shapes beside cairo's, which is the reference. */

#include "limner-test.h"

#include <limner/raster.h>
#include <math.h>
#include <string.h>

#define GREY 0x808080
#define BLUE 0x3b82f6
#define TILE 256

/* What the mean over the shape's surroundings may be off by, of 255, and by how much more where
 * they are all edge: smoothing and rounding. A line of 2 px that is missing is ten times as much.
 */
#define MEAN_MAX 4.0
#define MEAN_MAX_EDGE 110.0

static cairo_surface_t *
make_surface (int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 128 / 255.0, 128 / 255.0, 128 / 255.0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return surface;
}

static guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *row =
      cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (gconstpointer) row)[x] & 0xffffff;
}

static int
difference (guint32 a, guint32 b)
{
  int largest = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    largest = MAX (largest, ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)));
  return largest;
}

/* Over the area that either of them changed; @size: (out): its smaller side. */
static double
get_mean_difference (cairo_surface_t *a, cairo_surface_t *b, int *size)
{
  int x0 = G_MAXINT, y0 = G_MAXINT, x1 = -1, y1 = -1;
  double sum = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      {
        guint32 first = get_pixel (a, x, y), second = get_pixel (b, x, y);

        if (first == GREY && second == GREY)
          continue;
        sum += difference (first, second);
        x0 = MIN (x0, x);
        y0 = MIN (y0, y);
        x1 = MAX (x1, x);
        y1 = MAX (y1, y);
      }
  *size = MAX (1, MIN (x1 - x0 + 1, y1 - y0 + 1));
  return x1 >= x0 ? sum / ((x1 - x0 + 1) * (y1 - y0 + 1)) : 0;
}

static LimnerShape *
make_star (double x, double y, double radius, guint n_points, double phase)
{
  g_autofree LimnerPoint *points = g_new (LimnerPoint, n_points);

  for (guint i = 0; i < n_points; i++)
    {
      double angle = 2 * G_PI * i / n_points;
      double r = radius * (.8 + .2 * sin (3 * angle + phase));

      points[i] = (LimnerPoint){ x + r * cos (angle), y + r * sin (angle) };
    }
  return limner_shape_new_polygon (points, &n_points, 1);
}

static LimnerShape *
make_parts (void)
{
  const LimnerPoint points[] = { { 20, 20 }, { 70, 20 },  { 70, 70 }, { 20, 70 },
                                 { 80, 80 }, { 80, 129 }, { 99, 99 }, { 99, 50 },
                                 { 90, 40 }, { 150, 60 }, { 120, 20 } };
  const guint lengths[] = { 4, 4, 3 };

  return limner_shape_new_polygon (points, lengths, 3);
}

/* Two parts that overlap, run in opposite ways, and one that crosses itself. There cairo has halos
 * inside. */
static LimnerShape *
make_crossing_parts (void)
{
  const LimnerPoint points[] = { { 20, 20 },  { 70, 20 },  { 70, 70 },  { 20, 70 },
                                 { 50, 50 },  { 50, 99 },  { 99, 99 },  { 99, 50 },
                                 { 110, 20 }, { 150, 60 }, { 150, 20 }, { 110, 60 } };
  const guint lengths[] = { 4, 4, 4 };

  return limner_shape_new_polygon (points, lengths, 3);
}

/* Many small parts, with edges of all directions about as long as a block is wide. */
static LimnerShape *
make_splinters (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (3);
  LimnerPoint points[600];
  guint lengths[200];

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      if (i % 3 == 0)
        points[i] = (LimnerPoint){ g_rand_double (chance) * 500, g_rand_double (chance) * 300 };
      else
        points[i] = (LimnerPoint){ points[i - 1].x + g_rand_double_range (chance, -20, 20),
                                   points[i - 1].y + g_rand_double_range (chance, -20, 20) };
    }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    lengths[i] = 3;
  return limner_shape_new_polygon (points, lengths, G_N_ELEMENTS (lengths));
}

static LimnerShape *
make_mask (void)
{
  const guint height = 140, width = 150;
  g_autofree guint8 *pixels = g_malloc0 (height * width);
  g_autoptr (LimnerRle) rle = NULL;

  for (guint x = 0; x < width; x++)
    for (guint y = 0; y < height; y++)
      {
        double far = hypot (x - 70.0, y - 60.0), hole = hypot (x - 80.0, y - 55.0);

        pixels[x * height + y] = (far < 50 && hole > 14) || (x > 120 && y > 100 && (x + y) % 9 < 4);
      }
  rle = limner_rle_new_from_mask (pixels, height, width);
  return limner_shape_new_mask (rle);
}

typedef struct
{
  const char *name;
  LimnerShape *shape;
} Sample;

static GArray *
make_samples (void)
{
  const LimnerBox box = { 20.3, 31.6, 90.4, 60.5 }, thin = { 40, 20, .6, 100 };
  Sample samples[] = { { "box", limner_shape_new_box (&box) },
                       { "thin box", limner_shape_new_box (&thin) },
                       { "star", make_star (70, 70, 45, 30, 1) },
                       { "dense star", make_star (70, 70, 60, 2000, 1) },
                       { "small star", make_star (70, 70, 6, 30, 2) },
                       { "triangle", make_star (70, 70, 50, 3, 0) },
                       { "parts", make_parts () },
                       { "mask", make_mask () },
                       { "crossing parts", make_crossing_parts () } };
  GArray *array = g_array_new (FALSE, FALSE, sizeof (Sample));

  g_array_append_vals (array, samples, G_N_ELEMENTS (samples));
  return array;
}

static void
free_samples (GArray *samples)
{
  for (guint i = 0; i < samples->len; i++)
    limner_shape_unref (g_array_index (samples, Sample, i).shape);
  g_array_unref (samples);
}

static void
draw (LimnerRaster *raster,
      const LimnerView *view,
      const LimnerShape *shape,
      guint32 color,
      LimnerPaintFlags flags,
      const LimnerPaintStyle *style)
{
  limner_raster_add_below (raster, view, shape, color, flags, style);
  limner_raster_flush (raster);
}

static void
draw_both (cairo_surface_t *reference,
           cairo_surface_t *surface,
           const LimnerView *view,
           const LimnerShape *shape,
           LimnerPaintFlags flags,
           const LimnerPaintStyle *style,
           double factor)
{
  g_autoptr (LimnerRaster) raster = limner_raster_new (surface, factor);
  cairo_t *cr = cairo_create (reference);

  cairo_scale (cr, factor, factor);
  limner_painter_draw_shape (cr, view, shape, BLUE, flags, style);
  cairo_destroy (cr);
  cairo_surface_flush (reference);
  draw (raster, view, shape, BLUE, flags, style);
}

static void
test_like_cairo (void)
{
  const double scales[] = { 0.04, 0.25, 0.5, 1, 1.7, 3.5, 12 };
  const LimnerPaintStyle half = { .25, .5, 3 }, inside = { .5, 0, 2 }, line = { 0, 1, 1 };
  const struct
  {
    const char *name;
    LimnerPaintFlags flags;
    const LimnerPaintStyle *style;
    double factor;
  } looks[] = { { "resting", 0, NULL, 1 },
                { "selected", LIMNER_PAINT_SELECTED, NULL, 1 },
                { "hovered", LIMNER_PAINT_HOVERED, NULL, 1 },
                { "faded", LIMNER_PAINT_FADED, NULL, 1 },
                { "locked", LIMNER_PAINT_LOCKED, NULL, 1 },
                { "translucent", 0, &half, 1 },
                { "inside only", 0, &inside, 1 },
                { "line only", 0, &line, 1 },
                { "two device pixels", 0, NULL, 2 } };
  GArray *samples = make_samples ();

  for (guint look = 0; look < G_N_ELEMENTS (looks); look++)
    for (guint i = 0; i < samples->len; i++)
      {
        const Sample *sample = &g_array_index (samples, Sample, i);
        double worst = 0;

        if (g_str_equal (sample->name, "crossing parts"))
          continue;
        /* 2.5 px on whole pixels: blurred by cairo, crisp here */
        if (looks[look].flags & LIMNER_PAINT_SELECTED &&
            limner_shape_get_kind (sample->shape) == LIMNER_SHAPE_BOX)
          continue;

        for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
          {
            cairo_surface_t *reference = make_surface (600, 500);
            cairo_surface_t *surface = make_surface (600, 500);
            const LimnerView view = { 10.3, 7.6, scales[s] };
            double mean, tolerance;
            int size;

            draw_both (reference, surface, &view, sample->shape, looks[look].flags,
                       looks[look].style, looks[look].factor);
            mean = get_mean_difference (reference, surface, &size);
            tolerance = MEAN_MAX + MEAN_MAX_EDGE / size;
            /* round ends against straight ones */
            if (looks[look].flags & LIMNER_PAINT_LOCKED)
              tolerance *= 1.5;
            if (mean > tolerance)
              g_test_message ("%s, %s at scale %g: mean difference %.2f", sample->name,
                              looks[look].name, scales[s], mean);
            worst = MAX (worst, mean);
            g_assert_cmpfloat (mean, <=, tolerance);
            cairo_surface_destroy (reference);
            cairo_surface_destroy (surface);
          }
        g_test_message ("%s, %s: worst mean %.2f", sample->name, looks[look].name, worst);
      }
  free_samples (samples);
}

/* Parts are united, whichever way they run and where they cross; there is no halo inside. */
static void
test_parts_unite (void)
{
  g_autoptr (LimnerShape) shape = make_crossing_parts ();
  cairo_surface_t *surface = make_surface (200, 200);
  LimnerRaster *raster = limner_raster_new (surface, 1);
  const LimnerView view = { 0, 0, 1 };
  const LimnerPaintStyle style = { 1, 1, 2 };
  const struct
  {
    int x;
    int y;
    gboolean is_inside;
  } rows[] = { { 40, 40, TRUE },  { 60, 60, TRUE },  { 85, 85, TRUE },  { 52, 52, TRUE },
               { 68, 48, TRUE },  { 85, 35, FALSE }, { 35, 85, FALSE }, { 120, 39, TRUE },
               { 140, 40, TRUE }, { 130, 25, FALSE } };

  draw (raster, &view, shape, BLUE, 0, &style);
  limner_raster_free (raster);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint32 pixel = get_pixel (surface, rows[i].x, rows[i].y);

      if (pixel != (rows[i].is_inside ? BLUE : GREY))
        g_test_message ("(%d, %d) is %06x", rows[i].x, rows[i].y, pixel);
      g_assert_cmphex (pixel, ==, rows[i].is_inside ? BLUE : GREY);
    }
  cairo_surface_destroy (surface);
}

/* How many pixels of tiles whose corners are elsewhere are not as in @whole. */
static guint
count_in_tiles (cairo_surface_t *whole,
                const LimnerView *view,
                const LimnerShape *shape,
                LimnerPaintFlags flags,
                const LimnerPaintStyle *style,
                double factor)
{
  guint n_differ = 0;

  for (int tile = 0; tile < 20; tile++)
    {
      int left = tile % 5 * 160 - 16, top = tile / 5 * 160 - 24;
      const LimnerView moved = { view->x - left / factor, view->y - top / factor, view->scale };
      cairo_surface_t *part = make_surface (160, 160);
      LimnerRaster *raster = limner_raster_new (part, factor);

      draw (raster, &moved, shape, BLUE, flags, style);
      limner_raster_free (raster);
      for (int y = MAX (0, -top); y < 160 && y + top < 2 * TILE; y++)
        for (int x = MAX (0, -left); x < 160 && x + left < 3 * TILE; x++)
          n_differ += get_pixel (part, x, y) != get_pixel (whole, x + left, y + top);
      cairo_surface_destroy (part);
    }
  return n_differ;
}

/* Drawn whole, or as tiles whose corners are elsewhere: not one bit differs. */
static void
test_no_seams (void)
{
  const double scales[] = { 0.25, 0.5, 1, 3.37, 60 };
  const LimnerPaintFlags flags[] = { 0, LIMNER_PAINT_SELECTED, LIMNER_PAINT_LOCKED,
                                     LIMNER_PAINT_PATTERN (3) };
  const LimnerPaintStyle half = { .25, .5, 3 };
  GArray *samples = make_samples ();
  Sample splinters = { "splinters", make_splinters () };

  g_array_append_val (samples, splinters);
  for (guint i = 0; i < samples->len * G_N_ELEMENTS (scales) * G_N_ELEMENTS (flags); i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i % samples->len);
      guint scale_index = i / samples->len % G_N_ELEMENTS (scales);
      guint flags_index = i / samples->len / G_N_ELEMENTS (scales);
      double scale = scales[scale_index], shift = scale > 10 ? -30 * scale : 11.5;
      const LimnerView view = { shift, shift + .25, scale };

      for (double factor = 1; factor <= 2; factor++)
        {
          /* in turns: so of each shape there is some of both */
          const LimnerPaintStyle *style = (i + scale_index + flags_index) % 2 == 0 ? &half : NULL;
          cairo_surface_t *whole = make_surface (3 * TILE, 2 * TILE);
          LimnerRaster *raster = limner_raster_new (whole, factor);
          guint n_differ;

          draw (raster, &view, sample->shape, BLUE, flags[flags_index], style);
          limner_raster_free (raster);
          n_differ =
              count_in_tiles (whole, &view, sample->shape, flags[flags_index], style, factor);
          if (n_differ > 0)
            g_test_message ("%s at %g x %g, flags %d: %u pixels differ", sample->name, scale,
                            factor, flags[flags_index], n_differ);
          g_assert_cmpuint (n_differ, ==, 0);
          cairo_surface_destroy (whole);
        }
    }
  free_samples (samples);
}

/* Nothing is written beside a surface of any width, and nothing is left over for the next shape. */
static void
test_odd_surfaces (void)
{
  const int widths[] = { 1, 7, 8, 9, 255, 257, 300 };
  g_autoptr (LimnerShape) all = make_star (100, 60, 500, 8, 0);
  g_autoptr (LimnerShape) star = make_star (6, 6, 5, 12, 0);

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      int width = widths[i];
      g_autofree guint32 *memory = g_new (guint32, (gsize) 310 * 40);
      cairo_surface_t *surface;
      LimnerRaster *raster;
      const LimnerView view = { 0, 0, 1 };
      guint32 once;

      for (guint j = 0; j < 310 * 40; j++)
        memory[j] = GREY;
      surface = cairo_image_surface_create_for_data ((guint8 *) memory, CAIRO_FORMAT_RGB24, width,
                                                     40, 310 * 4);
      raster = limner_raster_new (surface, 1);
      draw (raster, &view, all, BLUE, 0, NULL);
      once = memory[0] & 0xffffff;
      g_assert_cmphex (once, !=, GREY);
      for (int y = 0; y < 40; y++)
        for (int x = 0; x < 310; x++)
          g_assert_cmphex (memory[y * 310 + x] & 0xffffff, ==, x < width ? once : GREY);
      draw (raster, &view, star, BLUE, LIMNER_PAINT_SELECTED, NULL);
      if (width > 100)
        g_assert_cmphex (memory[39 * 310 + 99] & 0xffffff, ==, once);
      limner_raster_free (raster);
      cairo_surface_destroy (surface);
    }
}

/* A view that is turned shows the same as a shape that is. */
static void
test_turned (void)
{
  g_autoptr (LimnerShape) shape = make_parts ();
  g_autoptr (LimnerShape) turned =
      limner_shape_transform (shape, LIMNER_ORIENTATION_ROTATE_90, 200, 200, TRUE);
  cairo_surface_t *first = make_surface (300, 300);
  cairo_surface_t *second = make_surface (300, 300);
  const LimnerView view = { 220, 20, 1, LIMNER_ORIENTATION_ROTATE_90 };
  const LimnerView flat = { 20, 20, 1, 0 };
  guint n_differ = 0;
  LimnerRaster *raster = limner_raster_new (first, 1);

  draw (raster, &view, shape, BLUE, 0, NULL);
  limner_raster_free (raster);
  raster = limner_raster_new (second, 1);
  draw (raster, &flat, turned, BLUE, 0, NULL);
  limner_raster_free (raster);
  for (int y = 0; y < 300; y++)
    for (int x = 0; x < 300; x++)
      n_differ += get_pixel (first, x, y) != get_pixel (second, x, y);
  g_assert_cmpuint (n_differ, ==, 0);
  g_assert_cmphex (get_pixel (first, 200, 60), !=, GREY);
  cairo_surface_destroy (first);
  cairo_surface_destroy (second);
}

/* Files contain anything. */
static void
test_odd_shapes (void)
{
  const guint lengths[] = { 1, 2, 0, 4 };
  const LimnerPoint points[] = { { 50, 50 },          { 10, 10 }, { 90, 90 },   { -1e300, 5 },
                                 { 1e300, INFINITY }, { NAN, 7 }, { 4e8, -4e8 } };
  const LimnerBox boxes[] = { { 50, 50, 0, 0 },
                              { 50, 50, -20, -30 },
                              { NAN, 0, 10, 10 },
                              { -1e9, -1e9, 2e9, 2e9 },
                              { 5, 5, INFINITY, 3 } };
  g_autoptr (LimnerShape) polygon = limner_shape_new_polygon (points, lengths, 4);
  cairo_surface_t *surface = make_surface (100, 100);
  g_autoptr (LimnerRaster) raster = limner_raster_new (surface, 1);

  for (int power = -8; power <= 8; power += 4)
    for (guint flags = 0; flags < 128; flags++)
      {
        const LimnerView view = { 3, 4, pow (10, power) };

        draw (raster, &view, polygon, BLUE, flags, NULL);
        for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
          {
            g_autoptr (LimnerShape) box = limner_shape_new_box (&boxes[i]);

            draw (raster, &view, box, BLUE, flags, NULL);
          }
      }
  cairo_surface_destroy (surface);
}

/* Thousands of crossings in a row are sorted, too. */
static void
test_comb (void)
{
  const guint n_points = 4000;
  g_autofree LimnerPoint *points = g_new (LimnerPoint, n_points);
  g_autoptr (LimnerShape) comb = NULL;
  cairo_surface_t *surface = make_surface (200, 100);
  LimnerRaster *raster = limner_raster_new (surface, 1);
  const LimnerView view = { 0, 0, 1 };
  const LimnerPaintStyle style = { 1, 0, 2 };

  for (guint i = 0; i < n_points - 2; i++)
    points[i] = (LimnerPoint){ 10 + 180.0 * (i / 2) / (n_points / 2), i % 2 == 0 ? 20 : 80 };
  points[n_points - 2] = (LimnerPoint){ 190, 95 };
  points[n_points - 1] = (LimnerPoint){ 10, 95 };
  comb = limner_shape_new_polygon (points, &n_points, 1);
  draw (raster, &view, comb, BLUE, 0, &style);
  limner_raster_free (raster);
  g_assert_cmphex (get_pixel (surface, 100, 84), ==, BLUE);
  g_assert_cmphex (get_pixel (surface, 180, 91), ==, BLUE);
  g_assert_cmphex (get_pixel (surface, 100, 18), ==, GREY);
  g_assert_cmphex (get_pixel (surface, 195, 84), ==, GREY);
  cairo_surface_destroy (surface);
}

/* ---- many shapes ---- */

#define N_MANY 400

/* Many coats of stars, most of them small; some are boxes, some see-through, some dashed. */
static LimnerShape *
make_one_of_many (GRand *chance, LimnerPaintFlags *flags)
{
  double x = g_rand_double_range (chance, 0, 2 * TILE), y = g_rand_double_range (chance, 0, TILE);
  double radius = g_rand_double_range (chance, 1, 60);
  const LimnerBox box = { x, y, radius, radius / 2 };
  guint kind = (guint) g_rand_int_range (chance, 0, 10);

  *flags = kind == 0   ? LIMNER_PAINT_FADED
           : kind == 1 ? LIMNER_PAINT_LOCKED
           : kind == 2 ? LIMNER_PAINT_SELECTED
           : kind == 3 ? LIMNER_PAINT_PATTERN (1 + (guint) x % 3)
                       : 0;
  return kind > 7 ? limner_shape_new_box (&box) : make_star (x, y, radius, 30, x);
}

typedef struct
{
  LimnerShape *shapes[N_MANY];
  LimnerPaintFlags flags[N_MANY];
} Many;

static void
many_init (Many *self)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (1);

  for (guint i = 0; i < N_MANY; i++)
    self->shapes[i] = make_one_of_many (chance, &self->flags[i]);
}

static void
many_clear (Many *self)
{
  for (guint i = 0; i < N_MANY; i++)
    limner_shape_unref (self->shapes[i]);
}

static guint32
get_color (guint i)
{
  return i * 0x3f1db7 & 0xffffff;
}

/* All at once, the uppermost first. */
static void
add_many (const Many *self, cairo_surface_t *surface, const LimnerView *view, double factor)
{
  LimnerRaster *raster = limner_raster_new (surface, factor);

  for (guint i = N_MANY; i > 0; i--)
    limner_raster_add_below (raster, view, self->shapes[i - 1], get_color (i), self->flags[i - 1],
                             NULL);
  limner_raster_free (raster);
}

/* Added below one another they look as when each is laid over those before it; but for the rounding
 * of every one of them to whole grey levels, which is not needed then. */
static void
test_below (void)
{
  cairo_surface_t *over = make_surface (2 * TILE, TILE), *below = make_surface (2 * TILE, TILE);
  LimnerRaster *raster = limner_raster_new (over, 1);
  const LimnerView view = { 0, 0, 1 };
  double sum = 0;
  int worst = 0;
  Many many;

  many_init (&many);
  for (guint i = 1; i <= N_MANY; i++)
    draw (raster, &view, many.shapes[i - 1], get_color (i), many.flags[i - 1], NULL);
  limner_raster_free (raster);
  add_many (&many, below, &view, 1);
  for (int y = 0; y < TILE; y++)
    for (int x = 0; x < 2 * TILE; x++)
      {
        int differs = difference (get_pixel (over, x, y), get_pixel (below, x, y));

        sum += differs;
        worst = MAX (worst, differs);
      }
  g_test_message ("mean difference %.2f, worst %d", sum / (2 * TILE * TILE), worst);
  g_assert_cmpint (worst, <=, 4);
  g_assert_cmpfloat (sum / (2 * TILE * TILE), <, 1.0);
  many_clear (&many);
  cairo_surface_destroy (over);
  cairo_surface_destroy (below);
}

/* What is left out because nothing shows of it is the same in every tile. */
static void
test_many_no_seams (void)
{
  Many many;

  many_init (&many);
  for (double factor = 1; factor <= 2; factor++)
    {
      cairo_surface_t *whole = make_surface (2 * TILE, TILE);
      const LimnerView view = { 0, 0, 1 / factor };
      guint n_differ = 0;

      add_many (&many, whole, &view, factor);
      for (int tile = 0; tile < 8; tile++)
        {
          int left = tile % 4 * 128 + 8, top = tile / 4 * 120 + 6;
          const LimnerView moved = { view.x - left / factor, view.y - top / factor, view.scale };
          cairo_surface_t *part = make_surface (120, 120);

          add_many (&many, part, &moved, factor);
          for (int y = 0; y < 120; y++)
            for (int x = 0; x < 120; x++)
              n_differ += get_pixel (part, x, y) != get_pixel (whole, x + left, y + top);
          cairo_surface_destroy (part);
        }
      g_assert_cmpuint (n_differ, ==, 0);
      cairo_surface_destroy (whole);
    }
  many_clear (&many);
}

/* What an opaque shape hides changes not one bit, and what comes after a flush is over it again. */
static void
test_hidden (void)
{
  const LimnerBox large = { 10, 10, 180, 80 }, small = { 60, 30, 40, 20 };
  g_autoptr (LimnerShape) cover = limner_shape_new_box (&large);
  g_autoptr (LimnerShape) box = limner_shape_new_box (&small);
  g_autoptr (LimnerShape) star = make_star (100, 50, 20, 30, 0);
  g_autoptr (LimnerShape) dot = make_star (100, 50, 1, 30, 0);
  cairo_surface_t *surface = make_surface (200, 100);
  LimnerRaster *raster = limner_raster_new (surface, 1);
  const LimnerPaintStyle opaque = { 1, 1, 2 };
  const LimnerView view = { 0, 0, 1 };

  limner_raster_add_below (raster, &view, cover, BLUE, 0, &opaque);
  limner_raster_add_below (raster, &view, box, 0xff0000, 0, &opaque);
  limner_raster_add_below (raster, &view, star, 0xff0000, LIMNER_PAINT_LOCKED, &opaque);
  limner_raster_add_below (raster, &view, dot, 0xff0000, 0, &opaque);
  g_assert_cmphex (get_pixel (surface, 100, 50), ==, GREY);
  limner_raster_flush (raster);
  for (int y = 12; y < 88; y++)
    for (int x = 12; x < 188; x++)
      g_assert_cmphex (get_pixel (surface, x, y), ==, BLUE);
  limner_raster_add_below (raster, &view, star, 0xff0000, 0, &opaque);
  limner_raster_flush (raster);
  g_assert_cmphex (get_pixel (surface, 100, 50), ==, 0xff0000);
  limner_raster_free (raster);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "like-cairo", test_like_cairo },
    { "parts-unite", test_parts_unite },
    { "no-seams", test_no_seams },
    { "odd-surfaces", test_odd_surfaces },
    { "turned", test_turned },
    { "odd-shapes", test_odd_shapes },
    { "comb", test_comb },
    { "below", test_below },
    { "many-no-seams", test_many_no_seams },
    { "hidden", test_hidden },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "raster", cases);
}
