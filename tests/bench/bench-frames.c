/* SPDX-License-Identifier: MIT */

#include "bench-frames.h"

#include <frame-memory.h>
#include <malloc.h>
#include <stdio.h>
#include <time.h>

#ifdef GDK_WINDOWING_X11
#include <X11/Xatom.h>
#include <gdk/x11/gdkx.h>
#endif

/* ---- numbers ---- */

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_get_quantile (GArray *values, double part)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, MIN (values->len - 1, (guint) (values->len * part)));
}

void
bench_print_spread (const char *name, GArray *values)
{
  printf ("%s_p50 %.3f\n%s_p90 %.3f\n%s_p99 %.3f\n%s_max %.3f\n", name,
          bench_get_quantile (values, .5), name, bench_get_quantile (values, .9), name,
          bench_get_quantile (values, .99), name, bench_get_quantile (values, 1));
}

void
bench_frames_print_over_floor (const BenchFrames *self, const char *name, GArray *values)
{
  printf ("%s_over_p50 %.3f\n%s_over_p90 %.3f\n%s_over_p99 %.3f\n", name,
          bench_get_quantile (values, .5) - self->floor_p50, name,
          bench_get_quantile (values, .9) - self->floor_p90, name,
          bench_get_quantile (values, .99) - self->floor_p99);
}

double
bench_get_cpu_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

/* ---- frames ---- */

static void
on_before_paint (BenchFrames *self)
{
  self->cpu_before = bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID);
  self->before = g_get_monotonic_time ();
}

static void
on_after_paint (BenchFrames *self)
{
  self->frame_ms = (double) (g_get_monotonic_time () - self->before) / 1000.0;
  self->frame_cpu_ms = bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID) - self->cpu_before;
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
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));

  gtk_window_set_child (self->window, plain);
  for (guint i = 0; i < self->n_frames; i++)
    {
      bench_frames_wait (self, plain);
      if (i < 5)
        continue;
      g_array_append_val (values, self->frame_ms);
      g_array_append_val (cpu, self->frame_cpu_ms);
    }
  bench_print_spread (name, values);
  printf ("%s_cpu_p50 %.3f\n", name, bench_get_quantile (cpu, .5));
  self->floor_p50 = MAX (self->floor_p50, bench_get_quantile (values, .5));
  self->floor_p90 = MAX (self->floor_p90, bench_get_quantile (values, .9));
  self->floor_p99 = MAX (self->floor_p99, bench_get_quantile (values, .99));
  gtk_window_set_child (self->window, child);
  bench_frames_wait (self, child);
}
