/* SPDX-License-Identifier: MIT */

/*
 * The list of images beside a large dataset.
 *
 *   bench-list PATH [FRAMES]
 *
 * Scrolls by 90 px a frame and by leaps, and filters by what is typed, FRAMES (1000) times each.
 * Prints 'name value' lines in milliseconds: scroll and leap are frames, laying out and binding
 * rows included; key_answer is from the filter to the new list, key_busy the longest that the main
 * thread worked at a stretch meanwhile, key_frame the longest frame. See bench.py list.
 */

#include "bench-frames.h"

#include <adwaita.h>
#include <limner-resources.h>
#include <panels/image-panel.h>
#include <stdio.h>
#include <stdlib.h>

#define PANEL_WIDTH 210
#define CACHE_BYTES (64 << 20)

typedef struct
{
  BenchFrames frames;
  GtkWidget *panel;
  GtkAdjustment *place;
  LimnerImageList *list;
} Bench;

static GtkWidget *
find_list (GtkWidget *widget)
{
  GtkWidget *found = gtk_widget_has_css_class (widget, "image-list") ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_list (child);
  return found;
}

static double
get_ms (void)
{
  return (double) g_get_monotonic_time () / 1000.0;
}

/* ---- scrolling ---- */

static double
get_end (Bench *self)
{
  return gtk_adjustment_get_upper (self->place) - gtk_adjustment_get_page_size (self->place);
}

static BenchSpan
scroll_to (Bench *self, double value)
{
  BenchSpan span = bench_span_now ();

  gtk_adjustment_set_value (self->place, value);
  span = bench_span_since (span);
  bench_frames_wait (&self->frames, self->panel);
  return bench_span_add (span, self->frames.frame);
}

static void
measure_scroll (Bench *self, const char *name, double step)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  double value = 0;
  double end;

  while (get_end (self) <= 0)
    bench_frames_wait (&self->frames, self->panel);
  end = get_end (self);
  for (guint i = 0; i < self->frames.n_frames; i++)
    {
      BenchSpan span;

      value += step;
      if (value < 0 || value > end)
        {
          step = -step;
          value = CLAMP (value, 0, end);
        }
      span = scroll_to (self, value);
      g_array_append_val (spans, span);
    }
  bench_span_print (name, spans);
}

/* ---- typing ---- */

typedef struct
{
  GArray *call;
  GArray *answer;
  GArray *busy;
  GArray *frame; /* of BenchSpan, the others of double */
} KeyTimes;

static BenchSpan
get_longer (BenchSpan a, BenchSpan b)
{
  return a.ms > b.ms ? a : b;
}

static void
press_key (Bench *self, const char *text, KeyTimes *times)
{
  const LimnerImageFilter filter = { LIMNER_FILTER_ALL, (char *) text, FALSE, 0 };
  const double start = get_ms ();
  double cpu = bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID);
  double answer, busy, call;
  BenchSpan frame = { 0 };
  gboolean is_busy = TRUE;

  limner_image_list_set_filter (self->list, &filter);
  call = get_ms () - start;
  busy = bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID) - cpu;
  for (g_object_get (self->list, "busy", &is_busy, NULL); is_busy;
       g_object_get (self->list, "busy", &is_busy, NULL))
    {
      const guint n = self->frames.n_painted;

      cpu = bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID);
      g_main_context_iteration (NULL, TRUE);
      busy = MAX (busy, bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID) - cpu);
      if (self->frames.n_painted != n)
        frame = get_longer (frame, self->frames.frame);
    }
  answer = get_ms () - start;
  bench_frames_wait (&self->frames, self->panel);
  frame = get_longer (frame, self->frames.frame);
  g_array_append_val (times->call, call);
  g_array_append_val (times->answer, answer);
  g_array_append_val (times->busy, busy);
  g_array_append_val (times->frame, frame);
}

static void
measure_keys (Bench *self)
{
  KeyTimes times = { g_array_new (FALSE, FALSE, sizeof (double)),
                     g_array_new (FALSE, FALSE, sizeof (double)),
                     g_array_new (FALSE, FALSE, sizeof (double)),
                     g_array_new (FALSE, FALSE, sizeof (BenchSpan)) };

  for (guint i = 0; i < self->frames.n_frames; i += 6)
    {
      g_autofree char *word = g_strdup_printf ("%u", 100 + (i * 7919) % 900);

      /* typed, and taken back */
      for (guint length = 1; length <= 3; length++)
        {
          g_autofree char *text = g_strndup (word, length);
          press_key (self, text, &times);
        }
      for (guint length = 3; length-- > 0;)
        {
          g_autofree char *text = g_strndup (word, length);
          press_key (self, text, &times);
        }
    }
  bench_print_spread ("key_call", times.call);
  bench_print_spread ("key_answer", times.answer);
  bench_print_spread ("key_busy", times.busy);
  bench_span_print ("key_frame", times.frame);
  bench_frames_print_over_floor (&self->frames, "key_frame", times.frame);
  g_array_unref (times.call);
  g_array_unref (times.answer);
  g_array_unref (times.busy);
  g_array_unref (times.frame);
}

int
main (int argc, char **argv)
{
  Bench bench = { .frames = { .n_frames = argc > 2 ? (guint) atoi (argv[2]) : 1000 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerDocument) document = NULL;
  g_autoptr (LimnerImageLoader) loader = NULL;
  GtkWidget *box;
  GtkWidget *rest;

  if (argc < 2)
    return 2;
  g_resources_register (limner_ui_get_resource ());
  adw_init ();
  document = limner_document_open (argv[1], NULL, NULL, LIMNER_OPEN_NORMAL, NULL, &error);
  if (document == NULL)
    g_error ("%s", error->message);
  loader = limner_image_loader_new (CACHE_BYTES);
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  rest = gtk_drawing_area_new ();
  gtk_widget_set_hexpand (rest, TRUE);
  bench.panel = g_object_new (LIMNER_TYPE_IMAGE_PANEL, "width-request", PANEL_WIDTH, NULL);
  gtk_box_append (GTK_BOX (box), bench.panel);
  gtk_box_append (GTK_BOX (box), rest);
  bench_frames_open (&bench.frames, box);
  limner_image_panel_set_document (LIMNER_IMAGE_PANEL (bench.panel), document, loader);
  bench.list = limner_image_panel_get_list (LIMNER_IMAGE_PANEL (bench.panel));
  bench.place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (find_list (bench.panel)));
  while (get_end (&bench) <= 0)
    bench_frames_wait (&bench.frames, bench.panel);

  bench_frames_measure_floor (&bench.frames, box, "floor");
  measure_scroll (&bench, "scroll", 90);
  measure_scroll (&bench, "leap", 7919);
  measure_keys (&bench);
  bench_frames_measure_floor (&bench.frames, box, "floor_after");
  limner_image_panel_set_document (LIMNER_IMAGE_PANEL (bench.panel), NULL, NULL);
  gtk_window_destroy (bench.frames.window);
  return bench.frames.floor_p99 > BENCH_FLOOR_MAX_MS ? 3 : 0;
}
