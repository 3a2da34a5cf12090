/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "tile-pool.h"

#include <sys/mman.h>

/* What a pan or an edit needs again at once; the rest is given back. */
#define IDLE_MAX 16

struct _LimnerTilePool
{
  gatomicrefcount ref_count;
  int size;
  int stride;
  GMutex lock; /* for what follows */
  GPtrArray *idle;
};

/* Pages of their own: in the C library's hands what one thread gives back another does not get, and
 * each image that was looked at would leave its tiles behind. */
static guint8 *
new_buffer (gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    g_error ("there is no memory for %" G_GSIZE_FORMAT " bytes of the canvas", size);
  return memory;
}

/* A surface's hold on its memory. */
typedef struct
{
  LimnerTilePool *pool;
  guint8 *memory;
} Loan;

static gsize
get_buffer_size (const LimnerTilePool *self)
{
  return (gsize) self->stride * (gsize) self->size;
}

LimnerTilePool *
limner_tile_pool_new (int size)
{
  LimnerTilePool *self = g_new0 (LimnerTilePool, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->stride = cairo_format_stride_for_width (CAIRO_FORMAT_RGB24, size);
  g_mutex_init (&self->lock);
  self->idle = g_ptr_array_new ();
  return self;
}

void
limner_tile_pool_unref (LimnerTilePool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->idle->len; i++)
    munmap (self->idle->pdata[i], get_buffer_size (self));
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
  if (loan->memory != NULL)
    munmap (loan->memory, get_buffer_size (pool));
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
    loan->memory = new_buffer (get_buffer_size (self));
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
