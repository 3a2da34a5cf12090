/* SPDX-License-Identifier: MIT */

/*
 * The canvas with large and deep pictures.
 *
 *   bench-picture level [FRAMES]      drag of window and level over a picture of 4096 x 4096 pixels
 *                                     of 16 bits: FRAMES (1000) frames over the floor
 *   bench-picture pan FILE [FRAMES]   the picture of a file decoded as the window does it, and
 *                                     panned by 40 px a frame, over the floor
 *   bench-picture decode FILE N       milliseconds of N whole decodings, and of as many by
 *                                     libjpeg-turbo alone, in turn
 *
 * Needs a display, but for decode; see bench.py pictures. Prints 'name value' lines in
 * milliseconds.
 */

#include "bench-frames.h"

#include <adwaita.h>
#include <canvas/canvas-private.h>
#include <limner/image-file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after stdio.h, which it needs */
#include <jpeglib.h>

#define SIDE 4096
#define MAX_PIXELS 400000000

/* A gradient with noise over the middle of the range, as scanners give it. */
static LimnerPixels *
make_deep_picture (void)
{
  guint16 *data = g_new (guint16, (gsize) SIDE * SIDE);
  guint32 noise = 1;

  for (guint y = 0; y < SIDE; y++)
    for (guint x = 0; x < SIDE; x++)
      {
        noise = noise * 1664525 + 1013904223;
        data[(gsize) y * SIDE + x] = (guint16) (1000 + x * 2 + y * 3 + (noise >> 24));
      }
  return limner_pixels_new (LIMNER_PIXELS_GREY16, SIDE, SIDE, SIDE * 2, (guint8 *) data);
}

static void
open_picture (BenchFrames *frames, LimnerCanvas *canvas, LimnerPixels *pixels)
{
  bench_frames_open (frames, GTK_WIDGET (canvas));
  limner_canvas_set_pixels (canvas, pixels, FALSE);
  do
    bench_frames_wait (frames, GTK_WIDGET (canvas));
  while (!limner_canvas_is_settled (canvas));
}

static int
finish (BenchFrames *frames, LimnerCanvas *canvas)
{
  bench_frames_measure_floor (frames, GTK_WIDGET (canvas), "floor_after");
  gtk_window_destroy (frames->window);
  return frames->floor_p99 > BENCH_FLOOR_MAX_MS ? 3 : 0;
}

static int
measure_level (guint n_frames)
{
  BenchFrames frames = { .n_frames = n_frames };
  g_autoptr (LimnerPixels) pixels = make_deep_picture ();
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  LimnerCanvas *canvas = LIMNER_CANVAS (limner_canvas_new ());

  limner_pixels_build_mips (pixels);
  open_picture (&frames, canvas, pixels);
  bench_frames_measure_floor (&frames, GTK_WIDGET (canvas), "floor");
  for (guint i = 0; i < n_frames; i++)
    {
      LimnerWindowLevel window = limner_canvas_get_window_level (canvas);
      BenchSpan span = bench_span_now ();

      window.low = 1000 + 4000.0 * (i % 100) / 100;
      window.high = 12000 + 8000.0 * (i % 63) / 63;
      limner_canvas_set_window_level (canvas, &window);
      span = bench_span_since (span);
      bench_frames_wait (&frames, GTK_WIDGET (canvas));
      span = bench_span_add (span, frames.frame);
      g_array_append_val (spans, span);
    }
  bench_span_print ("level", spans);
  bench_frames_print_over_floor (&frames, "level", spans);
  return finish (&frames, canvas);
}

static int
measure_pan (const char *path, guint n_frames)
{
  BenchFrames frames = { .n_frames = n_frames };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, MAX_PIXELS, NULL, &error);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  LimnerCanvas *canvas = LIMNER_CANVAS (limner_canvas_new ());
  guint n_unsharp = 0;
  double dx = -40;

  if (pixels == NULL)
    g_error ("%s", error->message);
  open_picture (&frames, canvas, pixels);
  bench_frames_measure_floor (&frames, GTK_WIDGET (canvas), "floor");
  limner_canvas_zoom_to (canvas, 1.0, NULL);
  do
    bench_frames_wait (&frames, GTK_WIDGET (canvas));
  while (!limner_canvas_is_settled (canvas));
  for (guint i = 0; i < n_frames; i++)
    {
      const int before = canvas->view.x;

      limner_canvas_pan (canvas, dx, i % 16 < 8 ? 12 : -12);
      if (canvas->view.x == before)
        dx = -dx;
      bench_frames_wait (&frames, GTK_WIDGET (canvas));
      n_unsharp += !limner_tile_cache_is_sharp (limner_canvas_get_tiles (canvas));
      g_array_append_val (spans, frames.frame);
    }
  bench_span_print ("pan", spans);
  bench_frames_print_over_floor (&frames, "pan", spans);
  printf ("pan_unsharp_percent %.2f\n", 100.0 * n_unsharp / n_frames);
  return finish (&frames, canvas);
}

/* All that anybody has to do: the library with its defaults, into memory for the whole picture. */
static void
decode_raw (const char *content, gsize length)
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  g_autofree JSAMPLE *data = NULL;
  gsize stride;

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_decompress (&jpeg);
  jpeg_mem_src (&jpeg, (const unsigned char *) content, length);
  jpeg_read_header (&jpeg, TRUE);
  jpeg.out_color_space = JCS_EXT_BGRX;
  jpeg_start_decompress (&jpeg);
  stride = (gsize) jpeg.output_width * 4;
  data = g_malloc (stride * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height)
    {
      JSAMPLE *row = data + stride * jpeg.output_scanline;

      jpeg_read_scanlines (&jpeg, &row, 1);
    }
  jpeg_finish_decompress (&jpeg);
  jpeg_destroy_decompress (&jpeg);
}

static int
measure_decode (const char *path, guint n)
{
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) raw = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, MAX_PIXELS, NULL, &error);
      g_autofree char *content = NULL;
      gsize length;
      double ms = (double) (g_get_monotonic_time () - start) / 1000.0;

      if (pixels == NULL)
        g_error ("%s", error->message);
      g_array_append_val (ours, ms);
      start = g_get_monotonic_time ();
      if (g_file_get_contents (path, &content, &length, NULL))
        decode_raw (content, length);
      ms = (double) (g_get_monotonic_time () - start) / 1000.0;
      g_array_append_val (raw, ms);
    }
  bench_print_spread ("decode", ours);
  bench_print_spread ("raw", raw);
  return 0;
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (g_str_equal (what, "decode") && argc == 4)
    return measure_decode (argv[2], (guint) atoi (argv[3]));
  adw_init ();
  if (g_str_equal (what, "level"))
    return measure_level (argc > 2 ? (guint) atoi (argv[2]) : 1000);
  if (g_str_equal (what, "pan") && argc > 2)
    return measure_pan (argv[2], argc > 3 ? (guint) atoi (argv[3]) : 1000);
  fprintf (stderr, "usage: bench-picture level [FRAMES] | pan FILE [FRAMES] | decode FILE N\n");
  return 2;
}
