/* SPDX-License-Identifier: MIT */

/* What the painter of many shapes works out in one window, before it becomes colours. */

#include "limner-test.h"

#include "../../app/image/raster-private.h"

#include <math.h>

/* A window of its own, and nothing in it. */
static LimnerRasterWindow *
window_new (void)
{
  LimnerRasterWindow *self = g_new0 (LimnerRasterWindow, 1);

  self->width = self->height = LIMNER_RASTER_WINDOW;
  self->cover = g_aligned_alloc0 (1, sizeof (LimnerRasterCover), sizeof (LimnerRasterCell));
  self->distances = g_malloc (sizeof *self->distances * LIMNER_RASTER_WINDOW);
  self->crossings = g_array_new (FALSE, FALSE, sizeof (LimnerRasterCrossing));
  self->sorted = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

static void
window_free (LimnerRasterWindow *self)
{
  g_aligned_free (self->cover);
  g_free (self->distances);
  g_array_unref (self->crossings);
  g_array_unref (self->sorted);
  g_free (self);
}

/* @left, @top: of the window in the plane of the segment */
static void
measure (LimnerRasterWindow *self, LimnerRasterSegment segment, double reach, int left, int top)
{
  segment.x -= left;
  segment.y -= top;
  g_assert_true (
      limner_raster_window_begin (self, 0, 0, LIMNER_RASTER_WINDOW, LIMNER_RASTER_WINDOW));
  for (int y = 0; y < LIMNER_RASTER_WINDOW; y++)
    for (int x = 0; x < LIMNER_RASTER_DISTANCES; x++)
      self->distances[y][x] = LIMNER_RASTER_FAR;
  limner_raster_window_add_line (self, &segment, reach);
}

/* (nullable): why a segment of which the one sees a part is not the same in both windows */
static char *
compare_distances (
    LimnerRasterWindow *first, LimnerRasterWindow *second, float reach, int left, int top)
{
  for (int y = top; y < LIMNER_RASTER_WINDOW; y++)
    for (int x = left; x < LIMNER_RASTER_WINDOW; x++)
      {
        float one = first->distances[y][x], other = second->distances[y - top][x - left];

        if (MIN (one, other) < reach * reach && one != other)
          return g_strdup_printf ("at %d, %d: %.9g and %.9g", x, y, one, other);
      }
  return NULL;
}

/* What a pixel is away from a short line does not depend on how much of it is in the window. */
static void
test_lines_have_no_seams (void)
{
  const int left = 128, top = 120;
  const double unit = LIMNER_RASTER_DASH_FRACTION;
  g_autoptr (GRand) chance = g_rand_new_with_seed (4);
  LimnerRasterWindow *first = window_new (), *second = window_new ();
  guint n_differ = 0;

  for (guint i = 0; i < 1500; i++)
    {
      double angle = g_rand_double (chance) * 2 * G_PI;
      double reach = g_rand_double_range (chance, 1, 5);
      /* across the right or the lower edge of the first, or the left or upper one of the second */
      double edge = i % 4 < 2 ? 256 : i % 4 == 2 ? left : top;
      double across = edge + g_rand_double_range (chance, -20, 20);
      double elsewhere = g_rand_double_range (chance, 110, 270);
      LimnerRasterSegment segment = { elsewhere, across, cos (angle), sin (angle),
                                      g_rand_double_range (chance, 0, 40) };
      g_autofree char *differs = NULL;

      if (i % 2 == 0)
        segment.x = across, segment.y = elsewhere;
      segment.x = round (segment.x * unit) / unit;
      segment.y = round (segment.y * unit) / unit;
      measure (first, segment, reach, 0, 0);
      measure (second, segment, reach, left, top);
      differs = compare_distances (first, second, (float) reach, left, top);
      if (differs != NULL && n_differ++ == 0)
        g_test_message ("%g, %g + %g * (%g, %g): %s", segment.x, segment.y, segment.length,
                        segment.along_x, segment.along_y, differs);
    }
  g_assert_cmpuint (n_differ, ==, 0);
  window_free (first);
  window_free (second);
}

static void
fill_ring (LimnerRasterWindow *window, gint32 x0, gint32 y0, gint32 x1, gint32 y1, float alpha)
{
  const gint32 unit = LIMNER_RASTER_FRACTION;
  const LimnerRasterPoint ring[] = { { x0 * unit, y0 * unit },
                                     { x1 * unit, y0 * unit },
                                     { x1 * unit, y1 * unit },
                                     { x0 * unit, y1 * unit } };
  LimnerRasterBrush brush = { .line_end = -1, .rim_end = -1, .fill = alpha };

  limner_raster_tint_init (&brush.tint, brush.channels, alpha);
  g_assert_true (limner_raster_window_begin (window, x0, y0, x1, y1));
  limner_raster_window_add_ring (window, ring, G_N_ELEMENTS (ring), 1);
  limner_raster_window_close (window);
  limner_raster_window_blend (window, &brush);
}

/* Nothing is begun where nothing would be seen of it: below an opaque box or outline; a row or a
 * block further it is, and so below what can be seen through. */
static void
test_left_out (void)
{
  const float channels[3] = { 0, 0, 0 };
  guint32 *pixels = g_new0 (guint32, LIMNER_RASTER_WINDOW * LIMNER_RASTER_WINDOW);
  LimnerRasterWindow *window = window_new ();

  limner_raster_window_fill (window, 10, 10, 190, 90, channels, 1);
  g_assert_false (limner_raster_window_begin (window, 16, 10, 184, 90));
  g_assert_true (limner_raster_window_begin (window, 16, 5, 184, 91));
  g_assert_cmpint (window->row_first, ==, 5);
  g_assert_cmpint (window->row_end, ==, 91);
  g_assert_true (limner_raster_window_begin (window, 16, 5, 184, 80));
  g_assert_cmpint (window->row_end, ==, 10);
  g_assert_true (limner_raster_window_begin (window, 8, 10, 184, 90));

  limner_raster_window_fill (window, 10, 110, 190, 190, channels, 0.9);
  g_assert_true (limner_raster_window_begin (window, 16, 110, 184, 190));
  fill_ring (window, 16, 200, 64, 230, 1);
  g_assert_false (limner_raster_window_begin (window, 16, 200, 64, 230));
  g_assert_true (limner_raster_window_begin (window, 16, 200, 65, 230));
  fill_ring (window, 128, 200, 192, 230, 0.9f);
  g_assert_true (limner_raster_window_begin (window, 128, 200, 192, 230));

  /* all is new for the next tile */
  limner_raster_cover_lay (window->cover, pixels, LIMNER_RASTER_WINDOW, LIMNER_RASTER_WINDOW,
                           LIMNER_RASTER_WINDOW);
  g_assert_true (limner_raster_window_begin (window, 16, 10, 184, 90));
  window_free (window);
  g_free (pixels);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "lines-have-no-seams", test_lines_have_no_seams },
    { "left-out", test_left_out },
    { NULL },
  };

  return limner_test_main (argc, argv, "raster-window", cases);
}
