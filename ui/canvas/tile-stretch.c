/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

/*
 * A row of the target is blended from two rows of the source, of all cells next to one another,
 * into one line; from that line each pixel takes two neighbours, whose places and weights are
 * worked out once for all rows.
 */

#include "tile-stretch.h"

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#include <immintrin.h>
#else
#define HAVE_AVX2 0
#endif

/* The weight of a pixel that is alone: products of bytes are added as signed words. */
#define ONE 64
#define SHIFT 6

/* Of a pixel and its right neighbour, for each channel. */
typedef struct
{
  gint8 pairs[8];
} Weights;

struct _LimnerStretch
{
  grefcount ref_count;
  gboolean has_avx2;

  /* of the columns of an area, which are often those of the one before */
  double ratio;
  int x;
  int width;
  int line_first;
  int line_end;
  guint32 *lefts; /* where in the line the left neighbour is */
  Weights *weights;
  gsize n_columns;

  guint32 *line; /* the source's pixels; one more at each end */
  gsize n_line;

  guint8 *lent;
  gsize n_lent;
};

/* Cells of a row that touch, and what of the area they cover. */
typedef struct
{
  int first; /* cells */
  int end;
  int x_first; /* pixels of the target */
  int x_end;
} Run;

/* One call of limner_stretch_paint(). */
typedef struct
{
  LimnerStretch *stretch;
  const LimnerStretchSource *source;
  const LimnerStretchTarget *target;
  cairo_rectangle_int_t area;
  double ratio;     /* pixels of the source for one of the target */
  int column_first; /* of the cells that are looked at */
  int column_end;
} Paint;

LimnerStretch *
limner_stretch_new (void)
{
  LimnerStretch *self = g_new0 (LimnerStretch, 1);

  g_ref_count_init (&self->ref_count);
#if HAVE_AVX2
  self->has_avx2 = __builtin_cpu_supports ("avx2") != 0;
#endif
  return self;
}

void
limner_stretch_use_plain (LimnerStretch *self)
{
  self->has_avx2 = FALSE;
}

LimnerStretch *
limner_stretch_ref (LimnerStretch *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_stretch_unref (LimnerStretch *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_free (self->lefts);
  g_free (self->weights);
  g_free (self->line);
  g_free (self->lent);
  g_free (self);
}

cairo_surface_t *
limner_stretch_lend_surface (LimnerStretch *self, int width, int height)
{
  int stride = cairo_format_stride_for_width (CAIRO_FORMAT_RGB24, width);
  gsize size = (gsize) stride * (gsize) height;

  if (self->n_lent < size)
    {
      g_free (self->lent);
      self->lent = g_malloc (size);
      self->n_lent = size;
    }
  return cairo_image_surface_create_for_data (self->lent, CAIRO_FORMAT_RGB24, width, height,
                                              stride);
}

/* ---- inner loops ---- */

static void
blend_bytes (guint8 *restrict out, const guint8 *above, const guint8 *below, gsize n, guint weight)
{
  const guint16 first = (guint16) (ONE - weight), second = (guint16) weight;

  for (gsize i = 0; i < n; i++)
    out[i] = (guint8) ((guint16) (above[i] * first + below[i] * second + ONE / 2) >> SHIFT);
}

/* Two channels of a pixel at once. */
static inline guint32
blend_channels (guint32 p, guint32 q, guint32 first, guint32 second)
{
  return (((p & 0x00ff00ff) * first + (q & 0x00ff00ff) * second + 0x00010001 * (ONE / 2)) >>
          SHIFT) &
         0x00ff00ff;
}

static void
take_pixels (guint32 *restrict out,
             const guint32 *line,
             const guint32 *lefts,
             const Weights *weights,
             gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 p = line[lefts[i]], q = line[lefts[i] + 1];
      guint32 first = (guint32) weights[i].pairs[0], second = (guint32) weights[i].pairs[1];

      out[i] = blend_channels (p >> 8, q >> 8, first, second) << 8 |
               blend_channels (p, q, first, second);
    }
}

#if HAVE_AVX2

/* The same to the last bit. */
__attribute__ ((target ("avx2"))) static void
blend_bytes_avx2 (
    guint8 *restrict out, const guint8 *above, const guint8 *below, gsize n, guint weight)
{
  const __m256i weights = _mm256_set1_epi16 ((gint16) (weight << 8 | (ONE - weight)));
  const __m256i half = _mm256_set1_epi16 (ONE / 2);
  gsize i = 0;

  for (; i + 32 <= n; i += 32)
    {
      __m256i a = _mm256_loadu_si256 ((const __m256i_u *) (gconstpointer) (above + i));
      __m256i b = _mm256_loadu_si256 ((const __m256i_u *) (gconstpointer) (below + i));
      __m256i low = _mm256_maddubs_epi16 (_mm256_unpacklo_epi8 (a, b), weights);
      __m256i high = _mm256_maddubs_epi16 (_mm256_unpackhi_epi8 (a, b), weights);

      low = _mm256_srli_epi16 (_mm256_add_epi16 (low, half), SHIFT);
      high = _mm256_srli_epi16 (_mm256_add_epi16 (high, half), SHIFT);
      _mm256_storeu_si256 ((__m256i_u *) (gpointer) (out + i), _mm256_packus_epi16 (low, high));
    }
  blend_bytes (out + i, above + i, below + i, n - i, weight);
}

/* Two pixels, as words. */
__attribute__ ((target ("avx2"))) static inline __m128i
take_two (const guint32 *line, const guint32 *lefts, const Weights *weights)
{
  const __m128i interleave = _mm_setr_epi8 (0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
  __m128i pairs =
      _mm_unpacklo_epi64 (_mm_loadl_epi64 ((const __m128i_u *) (gconstpointer) (line + lefts[0])),
                          _mm_loadl_epi64 ((const __m128i_u *) (gconstpointer) (line + lefts[1])));
  __m128i sum = _mm_maddubs_epi16 (_mm_shuffle_epi8 (pairs, interleave),
                                   _mm_loadu_si128 ((const __m128i_u *) (gconstpointer) weights));

  return _mm_srli_epi16 (_mm_add_epi16 (sum, _mm_set1_epi16 (ONE / 2)), SHIFT);
}

__attribute__ ((target ("avx2"))) static void
take_pixels_avx2 (guint32 *restrict out,
                  const guint32 *line,
                  const guint32 *lefts,
                  const Weights *weights,
                  gsize n)
{
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
    _mm_storeu_si128 ((__m128i_u *) (gpointer) (out + i),
                      _mm_packus_epi16 (take_two (line, lefts + i, weights + i),
                                        take_two (line, lefts + i + 2, weights + i + 2)));
  take_pixels (out + i, line, lefts + i, weights + i, n - i);
}

#endif

static void
blend_rows (const LimnerStretch *self,
            guint32 *restrict out,
            const guint32 *above,
            const guint32 *below,
            gsize n,
            guint weight)
{
  const guint8 *a = (const guint8 *) above, *b = (const guint8 *) below;

#if HAVE_AVX2
  if (self->has_avx2)
    {
      blend_bytes_avx2 ((guint8 *) out, a, b, 4 * n, weight);
      return;
    }
#endif
  blend_bytes ((guint8 *) out, a, b, 4 * n, weight);
}

/* Pixels from column @first of the area on. */
static void
take_columns (const LimnerStretch *self, guint32 *restrict out, gsize first, gsize n)
{
#if HAVE_AVX2
  if (self->has_avx2)
    {
      take_pixels_avx2 (out, self->line, self->lefts + first, self->weights + first, n);
      return;
    }
#endif
  take_pixels (out, self->line, self->lefts + first, self->weights + first, n);
}

/* ---- places ---- */

void
limner_stretch_find_span (
    int index, int cell_size, double source_scale, double scale, int *start, int *size)
{
  double ratio = scale / source_scale;

  *start = (int) round ((double) index * cell_size * ratio);
  *size = (int) round ((index + 1.0) * cell_size * ratio) - *start;
}

/* The first of two neighbours, and the weight of the second. */
static int
locate (const Paint *self, int at, guint *weight)
{
  double centre = (at + 0.5) * self->ratio - 0.5;
  double lower = floor (centre);

  *weight = (guint) ((centre - lower) * ONE + 0.5);
  return (int) lower;
}

static void
locate_columns (const Paint *self)
{
  LimnerStretch *stretch = self->stretch;
  const gsize n = (gsize) self->area.width;
  const int line_first = self->source->column_first * self->source->cell_width;
  const int n_line = self->source->n_columns * self->source->cell_width;

  if (stretch->ratio == self->ratio && stretch->x == self->area.x &&
      stretch->width == self->area.width && stretch->line_first == line_first &&
      stretch->line_end == line_first + n_line)
    return;
  stretch->ratio = self->ratio;
  stretch->x = self->area.x;
  stretch->width = self->area.width;
  stretch->line_first = line_first;
  stretch->line_end = line_first + n_line;
  if (stretch->n_columns < n)
    {
      stretch->lefts = g_renew (guint32, stretch->lefts, n);
      stretch->weights = g_renew (Weights, stretch->weights, n);
      stretch->n_columns = n;
    }
  if (stretch->n_line < (gsize) n_line + 2)
    {
      stretch->line = g_renew (guint32, stretch->line, (gsize) n_line + 2);
      stretch->n_line = (gsize) n_line + 2;
    }
  for (gsize i = 0; i < n; i++)
    {
      guint weight;
      int left = locate (self, self->area.x + (int) i, &weight) - line_first;
      gint8 first = (gint8) (ONE - weight), second = (gint8) weight;

      stretch->lefts[i] = (guint32) (CLAMP (left, -1, n_line - 1) + 1);
      stretch->weights[i] =
          (Weights){ { first, second, first, second, first, second, first, second } };
    }
}

/* ---- rows ---- */

static cairo_surface_t *
get_cell (const Paint *self, int column, int row)
{
  const LimnerStretchSource *source = self->source;

  row -= source->row_first;
  if (row < 0 || row >= source->n_rows)
    return NULL;
  return source->cells[row * source->n_columns + column - source->column_first];
}

static const guint32 *
get_pixels (cairo_surface_t *surface, int x, int y)
{
  return (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface) +
                                            (gsize) y *
                                                (gsize) cairo_image_surface_get_stride (surface)) +
         x;
}

/* Pixels from @x of a cell on, in row @y counted from its top; where that is beyond the cell, they
 * are those of its neighbour, or of its edge. */
static const guint32 *
find_pixels (const Paint *self, int column, int row, int x, int y)
{
  const int height = self->source->cell_height;
  cairo_surface_t *neighbour = NULL;

  if (y < 0)
    neighbour = get_cell (self, column, row - 1);
  else if (y >= height)
    neighbour = get_cell (self, column, row + 1);
  if (neighbour != NULL)
    return get_pixels (neighbour, x, y < 0 ? height - 1 : 0);
  return get_pixels (get_cell (self, column, row), x, CLAMP (y, 0, height - 1));
}

/* Row @y of the target, from the cells of one run. */
static void
paint_run_row (const Paint *self, const Run *run, int row, int y)
{
  const LimnerStretchTarget *target = self->target;
  const int width = self->source->cell_width;
  const int column_first = self->source->column_first;
  const gsize x = (gsize) (run->x_first - self->area.x), n = (gsize) (run->x_end - run->x_first);
  /* in the line: what the run has, and what is needed of it */
  const int run_first = (run->first - column_first) * width + 1;
  const int run_end = (run->end - column_first) * width + 1;
  guint32 *line = self->stretch->line;
  int first = MAX ((int) self->stretch->lefts[x], run_first);
  int end = MIN ((int) self->stretch->lefts[x + n - 1] + 2, run_end);
  guint weight;
  int above = locate (self, y, &weight) - row * self->source->cell_height;

  for (int column = run->first; column < run->end; column++)
    {
      int cell_first = (column - column_first) * width + 1;
      int from = MAX (first, cell_first), to = MIN (end, cell_first + width);

      if (from < to)
        blend_rows (self->stretch, line + from,
                    find_pixels (self, column, row, from - cell_first, above),
                    find_pixels (self, column, row, from - cell_first, above + 1),
                    (gsize) (to - from), weight);
    }
  if (first == run_first)
    line[run_first - 1] = line[run_first];
  if (end == run_end)
    line[run_end] = line[run_end - 1];
  take_columns (self->stretch,
                target->pixels + (gsize) (y - target->y) * target->stride + run->x_first -
                    target->x,
                x, n);
}

static void
paint_run (const Paint *self, const Run *run, int row, int y_first, int y_end)
{
  if (run->x_first < run->x_end)
    for (int y = y_first; y < y_end; y++)
      paint_run_row (self, run, row, y);
}

/* ---- public ---- */

/* The cells along one axis, from @first to before @end, that pixels @start to @start + @size of the
 * target may be made of. One more is taken on each side: no run ends where another pixel begins. */
static void
find_cells (const Paint *self, int start, int size, int cell_size, int *first, int *end)
{
  /* a cell's span is rounded to whole pixels, which may be larger than the cell */
  double from = floor ((start - 1.0) * self->ratio / cell_size) - 1;
  double to = floor ((start + size + 1.0) * self->ratio / cell_size) + 2;
  double least = *first, most = *end;

  *first = (int) CLAMP (from, least, most);
  *end = (int) CLAMP (to, least, most);
}

/* The next run of a row from @column on; FALSE if there is none. */
static gboolean
find_run (const Paint *self, int row, int column, Run *run)
{
  const LimnerStretchSource *source = self->source;
  const int end = self->column_end;
  int start, size;

  while (column < end && get_cell (self, column, row) == NULL)
    column++;
  if (column >= end)
    return FALSE;
  run->first = column;
  while (column < end && get_cell (self, column, row) != NULL)
    column++;
  run->end = column;
  limner_stretch_find_span (run->first, source->cell_width, source->scale, self->target->scale,
                            &start, &size);
  run->x_first = MAX (start, self->area.x);
  limner_stretch_find_span (run->end - 1, source->cell_width, source->scale, self->target->scale,
                            &start, &size);
  run->x_end = MIN (start + size, self->area.x + self->area.width);
  return TRUE;
}

void
limner_stretch_paint (LimnerStretch *self,
                      const LimnerStretchSource *source,
                      const LimnerStretchTarget *target,
                      const cairo_rectangle_int_t *area)
{
  Paint paint = { self,
                  source,
                  target,
                  *area,
                  source->scale / target->scale,
                  source->column_first,
                  source->column_first + source->n_columns };
  int row = source->row_first, row_end = source->row_first + source->n_rows;

  if (area->width <= 0 || area->height <= 0)
    return;
  locate_columns (&paint);
  find_cells (&paint, area->x, area->width, source->cell_width, &paint.column_first,
              &paint.column_end);
  find_cells (&paint, area->y, area->height, source->cell_height, &row, &row_end);
  for (; row < row_end; row++)
    {
      Run run = { .end = paint.column_first };
      int y, height, y_first, y_end;

      limner_stretch_find_span (row, source->cell_height, source->scale, target->scale, &y,
                                &height);
      y_first = MAX (y, area->y);
      y_end = MIN (y + height, area->y + area->height);
      while (y_first < y_end && find_run (&paint, row, run.end, &run))
        paint_run (&paint, &run, row, y_first, y_end);
    }
}

void
limner_stretch_paint_whole (LimnerStretch *self,
                            cairo_surface_t *surface,
                            double scale,
                            const LimnerStretchTarget *target,
                            const cairo_rectangle_int_t *area)
{
  const LimnerStretchSource source = { .scale = scale,
                                       .cell_width = cairo_image_surface_get_width (surface),
                                       .cell_height = cairo_image_surface_get_height (surface),
                                       .n_columns = 1,
                                       .n_rows = 1,
                                       .cells = &surface };
  const Paint paint = { self, &source, target, *area, scale / target->scale, 0, 1 };
  const Run run = { 0, 1, area->x, area->x + area->width };

  if (area->width <= 0 || area->height <= 0)
    return;
  locate_columns (&paint);
  paint_run (&paint, &run, 0, area->y, area->y + area->height);
}
