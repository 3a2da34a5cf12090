/* SPDX-License-Identifier: MIT */

/*
 * The canvas with many shapes, beside the floor of the same window in the same run: a frame of it
 * in one colour.
 *
 *   bench-canvas N [FRAMES [WHAT]]     N polygons of 30 vertices, radius 20 to 40 px, in a 4K
 *                               picture; FRAMES (1000) frames of each kind; WHAT: some of pan,
 *                               hand (or some of its hover, drag and draw), zoom and hits, in one
 *                               word
 *
 * Needs a display; see bench.py canvas. Prints 'name value' lines in milliseconds, hit tests in
 * microseconds. A frame is from before-paint to after-paint and, where something is moved, the
 * handler of the motion before it. Exit status 3: the machine was too busy, the figures say
 * nothing.
 */

#include "bench-frames.h"

#include <adwaita.h>
#include <canvas/canvas-private.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 3840
#define HEIGHT 2160
#define N_POINTS 30
#define N_CLASSES 20
#define N_ZOOMS 40
#define N_HITS 20000

typedef struct
{
  BenchFrames frames;
  LimnerCanvas *canvas;
  LimnerDocument *document;
  LimnerScene *scene;
  GRand *chance;
} Bench;

/* ---- data ---- */

/* Noise on gradients, as a photograph has. */
static LimnerPixels *
make_picture (void)
{
  guint32 *data = g_new (guint32, (gsize) WIDTH * HEIGHT);
  guint32 noise = 1;

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      {
        guint32 grey;

        noise = noise * 1664525 + 1013904223;
        grey = 40 + y * 160 / HEIGHT + (noise >> 28);
        data[(gsize) y * WIDTH + x] =
            0xff000000 | grey << 16 | (grey + x * 30 / WIDTH) << 8 | (grey + 20);
      }
  return limner_pixels_new (LIMNER_PIXELS_BGRX, WIDTH, HEIGHT, WIDTH * 4, (guint8 *) data);
}

static void
add_polygon (GString *text, GRand *chance, guint id)
{
  double x = g_rand_double_range (chance, 45, WIDTH - 45);
  double y = g_rand_double_range (chance, 45, HEIGHT - 45);
  double radius = g_rand_double_range (chance, 20, 40);
  double phase = g_rand_double_range (chance, 0, 6.28);

  g_string_append_printf (text,
                          "%s{\"id\":%u,\"image_id\":1,\"category_id\":%d,\"iscrowd\":0,"
                          "\"area\":%.2f,\"bbox\":[%.2f,%.2f,%.2f,%.2f],\"segmentation\":[[",
                          id > 1 ? "," : "", id, 1 + g_rand_int_range (chance, 0, N_CLASSES),
                          radius * radius * 2, x - radius, y - radius, 2 * radius, 2 * radius);
  for (guint i = 0; i < N_POINTS; i++)
    {
      double angle = 2 * G_PI * i / N_POINTS;
      double r = radius * (.8 + .2 * sin (3 * angle + phase));

      g_string_append_printf (text, "%s%.2f,%.2f", i > 0 ? "," : "", x + r * cos (angle),
                              y + r * sin (angle));
    }
  g_string_append (text, "]]}");
}

static char *
write_dataset (guint n, GRand *chance)
{
  g_autoptr (GString) text = g_string_new ("{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\","
                                           "\"width\":3840,\"height\":2160}],\"categories\":[");
  char *folder = g_dir_make_tmp ("bench-canvas-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);

  for (guint i = 1; i <= N_CLASSES; i++)
    g_string_append_printf (text, "%s{\"id\":%u,\"name\":\"class%02u\"}", i > 1 ? "," : "", i, i);
  g_string_append (text, "],\"annotations\":[");
  for (guint i = 1; i <= n; i++)
    add_polygon (text, chance, i);
  g_string_append (text, "]}");
  if (!g_file_set_contents (path, text->str, (gssize) text->len, NULL))
    g_error ("%s cannot be written", path);
  return folder;
}

/* ---- frames ---- */

static void
wait_settled (Bench *self)
{
  do
    bench_frames_wait (&self->frames, GTK_WIDGET (self->canvas));
  while (!limner_canvas_is_settled (self->canvas));
}

static void
wait_idle (Bench *self, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    bench_frames_wait (&self->frames, GTK_WIDGET (self->canvas));
}

/* ---- what is measured ---- */

static void
measure_pan (Bench *self)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  LimnerTileCache *tiles = limner_canvas_get_tiles (self->canvas);
  guint n_unsharp = 0;
  double dx = -40;

  limner_canvas_zoom_to (self->canvas, 1.0, NULL);
  wait_settled (self);
  wait_idle (self, 500);
  for (guint i = 0; i < self->frames.n_frames; i++)
    {
      int before = self->canvas->view.x;

      limner_canvas_pan (self->canvas, dx, i % 16 < 8 ? 12 : -12);
      if (self->canvas->view.x == before || self->canvas->view.x > 0 ||
          self->canvas->view.x < -WIDTH + self->canvas->width)
        dx = -dx;
      bench_frames_wait (&self->frames, GTK_WIDGET (self->canvas));
      n_unsharp += !limner_tile_cache_is_sharp (tiles);
      g_array_append_val (spans, self->frames.frame);
    }
  bench_span_print ("pan", spans);
  bench_frames_print_over_floor (&self->frames, "pan", spans);
  printf ("pan_unsharp_percent %.2f\n", 100.0 * n_unsharp / self->frames.n_frames);
}

/* Moves the pointer before each frame. */
static void
measure_motion (Bench *self, const char *name, LimnerPoint (*place) (Bench *, guint))
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  guint n_over = 0;

  for (guint i = 0; i < self->frames.n_frames; i++)
    {
      LimnerPoint at = place (self, i);
      gint64 start = g_get_monotonic_time ();
      BenchSpan span = bench_span_now ();
      guint n = self->frames.n_painted;

      limner_canvas_motion (self->canvas, at.x, at.y, 0);
      span = bench_span_since (span);
      /* only what the motion asked for is painted */
      for (gint64 end = start + 100000;
           self->frames.n_painted == n && g_get_monotonic_time () < end;)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (200);
      if (self->frames.n_painted == n)
        continue;
      span = bench_span_add (span, self->frames.frame);
      n_over += span.ms > 5.0;
      g_array_append_val (spans, span);
    }
  if (spans->len == 0)
    return;
  bench_span_print (name, spans);
  printf ("%s_over_5_ms %u\n%s_frames %u\n", name, n_over, name, spans->len);
}

static LimnerPoint
place_anywhere (Bench *self, guint i)
{
  return (LimnerPoint){ g_rand_double_range (self->chance, 0, self->canvas->width),
                        g_rand_double_range (self->chance, 0, self->canvas->height) };
}

static LimnerPoint
place_near (Bench *self, guint i)
{
  return (LimnerPoint){ self->canvas->press.x + 40 * sin (i / 9.0),
                        self->canvas->press.y + 30 * cos (i / 7.0) };
}

static LimnerPoint
place_drawing (Bench *self, guint i)
{
  return (LimnerPoint){ self->canvas->press.x + 30 + i % 150, self->canvas->press.y + 20 + i % 90 };
}

static void
use_tool (Bench *self, const char *name)
{
  g_autoptr (LimnerTool) tool = limner_tool_new (name, self->scene);

  limner_canvas_set_tool (self->canvas, tool);
}

/* Until the frame that shows it. */
static void
print_call (Bench *self, const char *name, void (*call) (Bench *, LimnerPoint), LimnerPoint at)
{
  BenchSpan span = bench_span_now ();
  BenchSpan whole;

  call (self, at);
  span = bench_span_since (span);
  bench_frames_wait (&self->frames, GTK_WIDGET (self->canvas));
  whole = bench_span_add (span, self->frames.frame);
  printf ("%s %.3f\n%s_cpu %.3f\n%s_call_cpu %.3f\n", name, whole.ms, name, whole.cpu_ms, name,
          span.cpu_ms);
}

static void
press (Bench *self, LimnerPoint at)
{
  limner_canvas_press (self->canvas, at.x, at.y, GDK_BUTTON_PRIMARY, 1, 0);
  limner_canvas_motion (self->canvas, at.x + 6, at.y + 6, 0);
}

static void
release (Bench *self, LimnerPoint at)
{
  limner_canvas_release (self->canvas, at.x, at.y, 0);
}

static void
measure_hover (Bench *self)
{
  use_tool (self, "select");
  measure_motion (self, "hover", place_anywhere);
}

static void
call_undo (Bench *self, LimnerPoint at)
{
  g_autoptr (GError) error = NULL;

  if (!limner_document_undo (self->document, NULL, &error))
    g_error ("%s", error->message);
  limner_scene_find_at (self->scene, limner_canvas_to_image (self->canvas, at), 0, NULL);
}

static void
call_redo (Bench *self, LimnerPoint at)
{
  g_autoptr (GError) error = NULL;

  if (!limner_document_redo (self->document, NULL, &error))
    g_error ("%s", error->message);
  limner_scene_find_at (self->scene, limner_canvas_to_image (self->canvas, at), 0, NULL);
}

static void
call_delete (Bench *self, LimnerPoint at)
{
  limner_scene_delete_selection (self->scene);
}

static void
call_recolour (Bench *self, LimnerPoint at)
{
  LimnerSceneItem *item = limner_scene_get_single_selection (self->scene);
  gint64 id = limner_category_get_id (limner_scene_item_get_category (item));

  limner_scene_set_selection_category (self->scene, 1 + id % N_CLASSES);
}

static void
measure_drag (Bench *self)
{
  LimnerPoint middle = { self->canvas->width / 2.0, self->canvas->height / 2.0 };
  LimnerSceneItem *item;
  LimnerPoint vertex;
  guint n_points;

  use_tool (self, "select");
  item =
      limner_scene_find_at (self->scene, limner_canvas_to_image (self->canvas, middle), 200, NULL);
  if (item == NULL)
    return;
  vertex = limner_shape_get_ring (limner_scene_item_get_shape (item), 0, &n_points)[0];
  limner_scene_select (self->scene, item, FALSE);
  wait_idle (self, 300);
  vertex = limner_canvas_to_view (self->canvas, vertex);
  limner_canvas_motion (self->canvas, vertex.x, vertex.y, 0);
  print_call (self, "drag_begin", press, vertex);
  measure_motion (self, "drag", place_near);
  print_call (self, "drag_end", release, (LimnerPoint){ vertex.x + 9, vertex.y + 9 });
  wait_idle (self, 300);
  print_call (self, "undo", call_undo, vertex);
  wait_idle (self, 300);
  print_call (self, "redo", call_redo, vertex);
  wait_idle (self, 300);
  print_call (self, "recolour", call_recolour, vertex);
  wait_idle (self, 300);
  print_call (self, "delete", call_delete, vertex);
  wait_idle (self, 300);
  print_call (self, "undelete", call_undo, vertex);
  limner_scene_select_none (self->scene);
}

static void
measure_draw (Bench *self)
{
  LimnerPoint middle = { self->canvas->width / 2.0, self->canvas->height / 2.0 };

  use_tool (self, "box");
  wait_idle (self, 300);
  limner_canvas_press (self->canvas, middle.x, middle.y, GDK_BUTTON_PRIMARY, 1, 0);
  measure_motion (self, "draw", place_drawing);
  limner_canvas_input_cancel (self->canvas);
  use_tool (self, "select");
}

static void
measure_hand (Bench *self, const char *what)
{
  gboolean all = strstr (what, "hand") != NULL;

  if (all || strstr (what, "hover") != NULL)
    measure_hover (self);
  if (all || strstr (what, "drag") != NULL)
    measure_drag (self);
  if (all || strstr (what, "draw") != NULL)
    measure_draw (self);
}

static double
get_workers_cpu_ms (void)
{
  return bench_get_cpu_ms (CLOCK_PROCESS_CPUTIME_ID) - bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID);
}

static void
measure_zoom (Bench *self)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  g_autoptr (GArray) sharp = g_array_new (FALSE, FALSE, sizeof (double));
  double workers_ms = 0;
  LimnerTileCache *tiles = limner_canvas_get_tiles (self->canvas);

  limner_canvas_zoom_fit (self->canvas);
  wait_settled (self);
  for (guint i = 0; i < N_ZOOMS; i++)
    {
      LimnerPoint at = place_anywhere (self, i);
      gint64 start;
      double sharp_ms = 0;

      wait_idle (self, 250);
      start = g_get_monotonic_time ();
      workers_ms -= get_workers_cpu_ms ();
      /* up six steps and down again, never quite the same scales */
      limner_canvas_zoom_to (self->canvas,
                             limner_canvas_get_zoom (self->canvas) *
                                 (i % 12 < 6 ? 1.26 : 1 / 1.263),
                             &at);
      while (self->canvas->move_tick != 0 || sharp_ms == 0)
        {
          guint n = self->frames.n_painted;

          g_main_context_iteration (NULL, TRUE);
          if (sharp_ms == 0 && limner_tile_cache_is_sharp (tiles))
            sharp_ms = (double) (g_get_monotonic_time () - start) / 1000.0;
          if (self->frames.n_painted == n)
            continue;
          g_array_append_val (spans, self->frames.frame);
        }
      workers_ms += get_workers_cpu_ms ();
      g_array_append_val (sharp, sharp_ms);
    }
  bench_span_print ("zoom", spans);
  bench_frames_print_over_floor (&self->frames, "zoom", spans);
  bench_print_spread ("sharp", sharp);
  /* what two cores would need for the half of it, the ring included */
  printf ("workers_cpu_a_step %.1f\n", workers_ms / N_ZOOMS);
}

static void
measure_hits (Bench *self)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_HITS; i++)
    {
      LimnerPoint at = { g_rand_double_range (self->chance, 0, WIDTH),
                         g_rand_double_range (self->chance, 0, HEIGHT) };
      struct timespec start, end;
      double us;

      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
      limner_scene_find_at (self->scene, at, 4.0, NULL);
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
      us =
          (double) (end.tv_sec - start.tv_sec) * 1e6 + (double) (end.tv_nsec - start.tv_nsec) / 1e3;
      g_array_append_val (values, us);
    }
  bench_print_spread ("hit_us", values);
}

/* ---- */

static void
open_window (Bench *self, const char *folder)
{
  gboolean loading = TRUE;
  g_autoptr (LimnerPixels) pixels = make_picture ();
  g_autoptr (GError) error = NULL;

  limner_pixels_build_mips (pixels);
  self->canvas = LIMNER_CANVAS (limner_canvas_new ());
  bench_frames_open (&self->frames, GTK_WIDGET (self->canvas));

  self->document = limner_document_open (folder, NULL, NULL, LIMNER_OPEN_NORMAL, NULL, &error);
  if (self->document == NULL)
    g_error ("%s", error->message);
  self->scene = limner_scene_new (self->document);
  limner_canvas_set_scene (self->canvas, self->scene);
  limner_scene_set_image (self->scene, 0);
  limner_scene_set_picture (self->scene, WIDTH, HEIGHT, LIMNER_ORIENTATION_NORMAL);
  limner_canvas_set_pixels (self->canvas, pixels, FALSE);
  while ((g_object_get (self->scene, "loading", &loading, NULL), loading))
    g_main_context_iteration (NULL, TRUE);
  wait_settled (self);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  Bench self = { .frames.n_frames = argc > 2 ? (guint) atoi (argv[2]) : 1000 };
  const char *what = argc > 3 ? argv[3] : "pan,hand,zoom,hits";
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 10000;
  g_autofree char *folder = NULL;

  self.chance = g_rand_new_with_seed (n + 1);
  folder = write_dataset (n, self.chance);
  adw_init ();
  open_window (&self, folder);

  bench_frames_measure_floor (&self.frames, GTK_WIDGET (self.canvas), "floor");
  if (strstr (what, "pan") != NULL)
    measure_pan (&self);
  measure_hand (&self, what);
  if (strstr (what, "zoom") != NULL)
    measure_zoom (&self);
  if (strstr (what, "hits") != NULL)
    measure_hits (&self);
  bench_frames_measure_floor (&self.frames, GTK_WIDGET (self.canvas), "floor_after");

  gtk_window_destroy (self.frames.window);
  g_object_unref (self.scene);
  limner_document_close (self.document, NULL);
  g_object_unref (self.document);
  g_rand_free (self.chance);
  remove_folder (folder);
  return self.frames.floor_p99 > BENCH_FLOOR_MAX_MS ? 3 : 0;
}
