/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "plane.h"

#include <sys/mman.h>

/* Below, the C library's way is the faster one. */
#define MAPPED_FROM ((gsize) 1 << 20)

guint8 *
limner_plane_new (gsize size, gsize *mapped)
{
  void *data;

  *mapped = 0;
  if (size < MAPPED_FROM)
    return g_try_malloc (size);
  data = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    return NULL;
  /* only a wish */
  madvise (data, size, MADV_HUGEPAGE);
  *mapped = size;
  return data;
}

void
limner_plane_free (guint8 *data, gsize mapped)
{
  if (mapped > 0)
    munmap (data, mapped);
  else
    g_free (data);
}
