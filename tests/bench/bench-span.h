/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the main thread did in a part of a run, in wall time and in processor time.
 *
 * A machine that is shared takes its processors away at times: then the thread neither computes nor
 * waits for anything. The time of a span that waited is its wall time, of one that did not its
 * processor time; what lies between these two was taken by the machine.
 */

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

typedef struct
{
  double ms;
  double cpu_ms; /* of the thread */
  long n_waits;  /* its voluntary context switches */
} BenchSpan;

/* All of it so far: what passed between two calls is their difference. Main thread only. */
BenchSpan bench_span_now (void);
BenchSpan bench_span_since (BenchSpan begin);
BenchSpan bench_span_add (BenchSpan a, BenchSpan b);

/* @spans: of BenchSpan, not empty. Prints NAME_p50, _p90, _p99 and _max, a line each, the same of
 * NAME_cpu, NAME_own_p99, NAME_own_max, and NAME_stolen_over_2ms: how many over 2 ms never waited
 * and computed for less than half of it. */
void bench_span_print (const char *name, GArray *spans);

/* (transfer full): of double. */
GArray *bench_span_list_ms (GArray *spans);
GArray *bench_span_list_own_ms (GArray *spans);

/* Processor time so far, ms. */
double bench_get_cpu_ms (clockid_t clock);

/* @values: of double; sorts them. */
double bench_get_quantile (GArray *values, double part);

/* NAME_p50, _p90, _p99 and _max, a line each. */
void bench_print_spread (const char *name, GArray *values);

G_END_DECLS
