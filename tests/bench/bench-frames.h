/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Frames of a window, timed from before-paint to after-paint in wall time and in processor time of
 * the main thread, and the floor to compare them with: frames of the same window in one colour.
 */

#include "bench-span.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Above this p99 of a frame in one colour a run is thrown away, in ms. */
#define BENCH_FLOOR_MAX_MS 22.0

typedef struct
{
  GtkWindow *window;
  guint n_frames; /* of each kind */

  BenchSpan before; /* the frame under way */
  BenchSpan frame;  /* the last one */
  guint n_painted;  /* frames so far */
  double floor_p50; /* ms */
  double floor_p90;
  double floor_p99;
  double floor_own_p99;
} BenchFrames;

/* The tuning of the program itself, a window of 1920 x 1060 without a frame around @child (transfer
 * none), and its clock. */
void bench_frames_open (BenchFrames *self, GtkWidget *child);

/* Queues a frame of @widget and waits until it is painted. */
void bench_frames_wait (BenchFrames *self, GtkWidget *widget);

/* Frames in one colour in the place of @child; the floor is the highest of all measured. */
void bench_frames_measure_floor (BenchFrames *self, GtkWidget *child, const char *name);

/* @spans: of BenchSpan. NAME_over_p50, _over_p90 and _over_p99 in wall time, and _own_over_p99,
 * a line each. */
void bench_frames_print_over_floor (const BenchFrames *self, const char *name, GArray *spans);

G_END_DECLS
