/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "block.h"

#include <sys/mman.h>

static gsize
round_up (gsize size)
{
  return (size + LIMNER_BLOCK_ALIGNMENT - 1) / LIMNER_BLOCK_ALIGNMENT * LIMNER_BLOCK_ALIGNMENT;
}

LimnerBlock *
limner_block_new (gsize size)
{
  LimnerBlock *self;
  guint8 *mapping, *bytes;
  gsize before, wanted;

  if (size > G_MAXSSIZE - 2 * LIMNER_BLOCK_ALIGNMENT)
    return NULL;
  size = round_up (MAX (size, 1));
  wanted = size + LIMNER_BLOCK_ALIGNMENT;
  mapping = mmap (NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    return NULL;

  /* as much again as the alignment: what is over at both ends goes back */
  before = round_up ((gsize) (guintptr) mapping) - (gsize) (guintptr) mapping;
  bytes = mapping + before;
  if (before > 0)
    munmap (mapping, before);
  if (LIMNER_BLOCK_ALIGNMENT > before)
    munmap (bytes + size, LIMNER_BLOCK_ALIGNMENT - before);
  madvise (bytes, size, MADV_HUGEPAGE); /* where there are none: small ones do */

  self = g_new (LimnerBlock, 1);
  *self = (LimnerBlock){ bytes, size };
  return self;
}

void
limner_block_free (LimnerBlock *self)
{
  g_return_if_fail (self != NULL);

  munmap (self->bytes, self->size);
  g_free (self);
}
