/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Frames of a window, timed from before-paint to after-paint in wall time and in processor time of
 * the main thread, and the floor to compare them with: frames of the same window in one colour.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Above this p99 of a frame in one colour a run is thrown away, in ms. */
#define BENCH_FLOOR_MAX_MS 22.0

typedef struct
{
  GtkWindow *window;
  guint n_frames; /* of each kind */

  double cpu_before; /* ms of the main thread */
  gint64 before;     /* when the frame under way began */
  double frame_ms;   /* of the last one */
  double frame_cpu_ms;
  guint n_painted;  /* frames so far */
  double floor_p50; /* ms */
  double floor_p90;
  double floor_p99;
} BenchFrames;

/* The tuning of the program itself, a window of 1920 x 1060 without a frame around @child (transfer
 * none), and its clock. */
void bench_frames_open (BenchFrames *self, GtkWidget *child);

/* Queues a frame of @widget and waits until it is painted. */
void bench_frames_wait (BenchFrames *self, GtkWidget *widget);

/* Frames in one colour in the place of @child; the floor is the highest of all measured. */
void bench_frames_measure_floor (BenchFrames *self, GtkWidget *child, const char *name);

/* Processor time so far, ms. */
double bench_get_cpu_ms (clockid_t clock);

/* @values: of doubles; sorts them. */
double bench_get_quantile (GArray *values, double part);

/* NAME_p50, _p90, _p99 and _max, a line each. */
void bench_print_spread (const char *name, GArray *values);
void bench_frames_print_over_floor (const BenchFrames *self, const char *name, GArray *values);

G_END_DECLS
