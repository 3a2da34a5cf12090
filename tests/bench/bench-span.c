/* SPDX-License-Identifier: MIT */

#include "bench-span.h"

#include <stdio.h>
#include <sys/resource.h>

#define STOLEN_OVER_MS 2.0

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

double
bench_get_cpu_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

/* ---- spans ---- */

BenchSpan
bench_span_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (BenchSpan){ (double) g_get_monotonic_time () / 1000.0,
                      bench_get_cpu_ms (CLOCK_THREAD_CPUTIME_ID), usage.ru_nvcsw };
}

BenchSpan
bench_span_since (BenchSpan begin)
{
  const BenchSpan now = bench_span_now ();

  return (BenchSpan){ now.ms - begin.ms, now.cpu_ms - begin.cpu_ms, now.n_waits - begin.n_waits };
}

BenchSpan
bench_span_add (BenchSpan a, BenchSpan b)
{
  return (BenchSpan){ a.ms + b.ms, a.cpu_ms + b.cpu_ms, a.n_waits + b.n_waits };
}

static double
get_own_ms (const BenchSpan *self)
{
  return self->n_waits > 0 ? self->ms : self->cpu_ms;
}

static gboolean
is_stolen (const BenchSpan *self)
{
  return self->ms > STOLEN_OVER_MS && self->n_waits == 0 && self->cpu_ms < self->ms / 2;
}

GArray *
bench_span_list_ms (GArray *spans)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < spans->len; i++)
    g_array_append_val (values, g_array_index (spans, BenchSpan, i).ms);
  return values;
}

GArray *
bench_span_list_own_ms (GArray *spans)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < spans->len; i++)
    {
      const double ms = get_own_ms (&g_array_index (spans, BenchSpan, i));

      g_array_append_val (values, ms);
    }
  return values;
}

void
bench_span_print (const char *name, GArray *spans)
{
  g_autoptr (GArray) wall = bench_span_list_ms (spans);
  g_autoptr (GArray) cpu = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) own = bench_span_list_own_ms (spans);
  g_autofree char *cpu_name = g_strconcat (name, "_cpu", NULL);
  guint n_stolen = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const BenchSpan *span = &g_array_index (spans, BenchSpan, i);

      g_array_append_val (cpu, span->cpu_ms);
      n_stolen += is_stolen (span);
    }
  bench_print_spread (name, wall);
  bench_print_spread (cpu_name, cpu);
  printf ("%s_own_p99 %.3f\n%s_own_max %.3f\n%s_stolen_over_2ms %u\n", name,
          bench_get_quantile (own, .99), name, bench_get_quantile (own, 1), name, n_stolen);
}
