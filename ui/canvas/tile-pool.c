/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-pool.h"

/* More idle buffers than a window shows tiles are given back. */
#define IDLE_MAX 64

struct _LimnerTilePool
{
  gatomicrefcount ref_count;
  int size;
  int stride;
  GMutex lock; /* for what follows */
  GPtrArray *idle;
};

/* A surface's hold on its memory. */
typedef struct
{
  LimnerTilePool *pool;
  guint8 *memory;
} Loan;

LimnerTilePool *
limner_tile_pool_new (int size)
{
  LimnerTilePool *self = g_new0 (LimnerTilePool, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->stride = cairo_format_stride_for_width (CAIRO_FORMAT_RGB24, size);
  g_mutex_init (&self->lock);
  self->idle = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
limner_tile_pool_unref (LimnerTilePool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->idle);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
give_back (gpointer data)
{
  g_autofree Loan *loan = data;
  LimnerTilePool *pool = loan->pool;

  g_mutex_lock (&pool->lock);
  if (pool->idle->len < IDLE_MAX)
    g_ptr_array_add (pool->idle, g_steal_pointer (&loan->memory));
  g_mutex_unlock (&pool->lock);
  g_free (loan->memory);
  limner_tile_pool_unref (pool);
}

cairo_surface_t *
limner_tile_pool_take (LimnerTilePool *self)
{
  static const cairo_user_data_key_t loan_key;
  Loan *loan = g_new0 (Loan, 1);
  cairo_surface_t *surface;

  g_mutex_lock (&self->lock);
  if (self->idle->len > 0)
    loan->memory = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->lock);
  if (loan->memory == NULL)
    loan->memory = g_malloc ((gsize) self->stride * (gsize) self->size);
  g_atomic_ref_count_inc (&self->ref_count);
  loan->pool = self;
  surface = cairo_image_surface_create_for_data (loan->memory, CAIRO_FORMAT_RGB24, self->size,
                                                 self->size, self->stride);
  cairo_surface_set_user_data (surface, &loan_key, loan, give_back);
  return surface;
}

guint
limner_tile_pool_count_idle (LimnerTilePool *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->idle->len;
  g_mutex_unlock (&self->lock);
  return n;
}
