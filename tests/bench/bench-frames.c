/* SPDX-License-Identifier: MIT */

#include "bench-frames.h"

#include <frame-memory.h>
#include <malloc.h>
#include <stdio.h>

#ifdef GDK_WINDOWING_X11
#include <X11/Xatom.h>
#include <gdk/x11/gdkx.h>
#endif

void
bench_frames_print_over_floor (const BenchFrames *self, const char *name, GArray *spans)
{
  g_autoptr (GArray) values = bench_span_list_ms (spans);
  g_autoptr (GArray) own = bench_span_list_own_ms (spans);

  printf ("%s_over_p50 %.3f\n%s_over_p90 %.3f\n%s_over_p99 %.3f\n", name,
          bench_get_quantile (values, .5) - self->floor_p50, name,
          bench_get_quantile (values, .9) - self->floor_p90, name,
          bench_get_quantile (values, .99) - self->floor_p99);
  printf ("%s_own_over_p99 %.3f\n", name, bench_get_quantile (own, .99) - self->floor_own_p99);
}

/* ---- frames ---- */

static void
on_before_paint (BenchFrames *self)
{
  self->before = bench_span_now ();
}

static void
on_after_paint (BenchFrames *self)
{
  self->frame = bench_span_since (self->before);
  self->n_painted++;
}

/* Every desktop has a window manager. Where none says that it is there, GDK asks the server for it
 * twice in each frame, and waits for the answer behind all that the server has to draw. */
static void
announce_window_manager (GdkDisplay *gdk_display)
{
#ifdef GDK_WINDOWING_X11
  const char name[] = "bench";
  Display *display;
  Window root, check;
  Atom supporting, wm_name;

  if (!GDK_IS_X11_DISPLAY (gdk_display))
    return;
  display = gdk_x11_display_get_xdisplay (gdk_display);
  root = DefaultRootWindow (display);
  supporting = XInternAtom (display, "_NET_SUPPORTING_WM_CHECK", False);
  wm_name = XInternAtom (display, "_NET_WM_NAME", False);
  check = XCreateSimpleWindow (display, root, -10, -10, 1, 1, 0, 0, 0);
  XChangeProperty (display, check, supporting, XA_WINDOW, 32, PropModeReplace,
                   (const unsigned char *) &check, 1);
  XChangeProperty (display, check, wm_name, XInternAtom (display, "UTF8_STRING", False), 8,
                   PropModeReplace, (const unsigned char *) name, sizeof name - 1);
  XChangeProperty (display, root, XInternAtom (display, "_NET_SUPPORTED", False), XA_ATOM, 32,
                   PropModeReplace, (const unsigned char *) &wm_name, 1);
  XChangeProperty (display, root, supporting, XA_WINDOW, 32, PropModeReplace,
                   (const unsigned char *) &check, 1);
  XSync (display, False);
#endif
}

void
bench_frames_open (BenchFrames *self, GtkWidget *child)
{
  GdkFrameClock *clock;

  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 64 << 20);
  mallopt (M_TOP_PAD, 16 << 20);
  announce_window_manager (gdk_display_get_default ());
  self->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_decorated (self->window, FALSE);
  gtk_window_set_default_size (self->window, 1920, 1060);
  gtk_window_set_child (self->window, child);
  gtk_window_present (self->window);
  limner_frame_memory_keep (GTK_NATIVE (self->window));
  while (gtk_widget_get_width (child) < 1000)
    g_main_context_iteration (NULL, TRUE);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (self->window));
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (on_before_paint), self);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_after_paint), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
bench_frames_wait (BenchFrames *self, GtkWidget *widget)
{
  guint n = self->n_painted;

  gtk_widget_queue_draw (widget);
  while (self->n_painted == n)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- the floor ---- */

#define BENCH_TYPE_PLAIN (bench_plain_get_type ())
G_DECLARE_FINAL_TYPE (BenchPlain, bench_plain, BENCH, PLAIN, GtkWidget)

struct _BenchPlain
{
  GtkWidget parent_instance;
  float shade;
};

G_DEFINE_FINAL_TYPE (BenchPlain, bench_plain, GTK_TYPE_WIDGET)

static void
bench_plain_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BenchPlain *self = BENCH_PLAIN (widget);
  const GdkRGBA color = { self->shade, 0.4f, 0.4f, 1.0f };

  self->shade = self->shade > 0.9f ? 0.1f : self->shade + 0.01f;
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                  (float) gtk_widget_get_height (widget)));
}

static void
bench_plain_class_init (BenchPlainClass *class)
{
  GTK_WIDGET_CLASS (class)->snapshot = bench_plain_snapshot;
}

static void
bench_plain_init (BenchPlain *self)
{
}

void
bench_frames_measure_floor (BenchFrames *self, GtkWidget *child, const char *name)
{
  GtkWidget *plain = g_object_new (BENCH_TYPE_PLAIN, NULL);
  g_autoptr (GtkWidget) kept = g_object_ref (child);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (BenchSpan));
  g_autoptr (GArray) values = NULL;
  g_autoptr (GArray) own = NULL;

  gtk_window_set_child (self->window, plain);
  for (guint i = 0; i < self->n_frames; i++)
    {
      bench_frames_wait (self, plain);
      if (i >= 5)
        g_array_append_val (spans, self->frame);
    }
  bench_span_print (name, spans);
  values = bench_span_list_ms (spans);
  own = bench_span_list_own_ms (spans);
  self->floor_p50 = MAX (self->floor_p50, bench_get_quantile (values, .5));
  self->floor_p90 = MAX (self->floor_p90, bench_get_quantile (values, .9));
  self->floor_p99 = MAX (self->floor_p99, bench_get_quantile (values, .99));
  self->floor_own_p99 = MAX (self->floor_own_p99, bench_get_quantile (own, .99));
  gtk_window_set_child (self->window, child);
  bench_frames_wait (self, child);
}
