/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "hasher.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

void
limner_hasher_init (LimnerHasher *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->moved);
  self->state = XXH3_createState ();
  XXH3_128bits_reset (self->state);
  self->upto = 0;
  self->is_broken = FALSE;
}

void
limner_hasher_clear (LimnerHasher *self)
{
  g_clear_pointer (&self->state, XXH3_freeState);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->moved);
}

void
limner_hasher_add (LimnerHasher *self, guint64 offset, const guint8 *data, gsize length)
{
  g_mutex_lock (&self->lock);
  while (self->upto < offset && !self->is_broken)
    g_cond_wait (&self->moved, &self->lock);
  if (!self->is_broken && self->upto < offset + length)
    {
      XXH3_128bits_update (self->state, data + (self->upto - offset),
                           (gsize) (offset + length - self->upto));
      self->upto = offset + length;
      g_cond_broadcast (&self->moved);
    }
  g_mutex_unlock (&self->lock);
}

void
limner_hasher_break (LimnerHasher *self)
{
  g_mutex_lock (&self->lock);
  self->is_broken = TRUE;
  g_cond_broadcast (&self->moved);
  g_mutex_unlock (&self->lock);
}

guint64
limner_hasher_get_upto (LimnerHasher *self)
{
  guint64 upto;

  g_mutex_lock (&self->lock);
  upto = self->upto;
  g_mutex_unlock (&self->lock);
  return upto;
}

gboolean
limner_hasher_is_broken (LimnerHasher *self)
{
  gboolean is_broken;

  g_mutex_lock (&self->lock);
  is_broken = self->is_broken;
  g_mutex_unlock (&self->lock);
  return is_broken;
}

void
limner_hasher_get (LimnerHasher *self, guint64 *high, guint64 *low)
{
  XXH128_hash_t hash = XXH3_128bits_digest (self->state);

  *high = hash.high64;
  *low = hash.low64;
}
