/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-loader"

#include "image-cache.h"

typedef struct
{
  char *path;
  LimnerPixels *pixels;
  GList link; /* in recent */
} Entry;

struct _LimnerImageCache
{
  gsize max_bytes;
  GHashTable *entries; /* path to Entry */
  GQueue recent;       /* of Entry, the most recently used first */
  char *pins[LIMNER_IMAGE_CACHE_N_PINS];
};

static void
entry_free (Entry *self)
{
  limner_pixels_unref (self->pixels);
  g_free (self->path);
  g_free (self);
}

LimnerImageCache *
limner_image_cache_new (void)
{
  LimnerImageCache *self = g_new0 (LimnerImageCache, 1);

  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  g_queue_init (&self->recent);
  return self;
}

void
limner_image_cache_free (LimnerImageCache *self)
{
  limner_image_cache_remove (self, NULL);
  g_hash_table_unref (self->entries);
  for (guint i = 0; i < LIMNER_IMAGE_CACHE_N_PINS; i++)
    g_free (self->pins[i]);
  g_free (self);
}

static void
remove_entry (LimnerImageCache *self, Entry *entry)
{
  g_queue_unlink (&self->recent, &entry->link);
  g_hash_table_remove (self->entries, entry->path);
}

static gboolean
is_pinned (const LimnerImageCache *self, const char *path)
{
  for (guint i = 0; i < LIMNER_IMAGE_CACHE_N_PINS; i++)
    if (g_strcmp0 (self->pins[i], path) == 0)
      return TRUE;
  return FALSE;
}

/* Sizes are asked for each time, since mips may be built after a picture came in. */
gsize
limner_image_cache_get_size_bytes (const LimnerImageCache *self)
{
  gsize size_bytes = 0;

  for (const GList *link = self->recent.head; link != NULL; link = link->next)
    size_bytes += limner_pixels_get_size_bytes (((const Entry *) link->data)->pixels);
  return size_bytes;
}

void
limner_image_cache_make_room (LimnerImageCache *self)
{
  gsize size_bytes = limner_image_cache_get_size_bytes (self);
  GList *previous;

  for (GList *link = self->recent.tail; link != NULL && size_bytes > self->max_bytes;
       link = previous)
    {
      Entry *entry = link->data;

      previous = link->prev;
      if (is_pinned (self, entry->path))
        continue;
      size_bytes -= limner_pixels_get_size_bytes (entry->pixels);
      remove_entry (self, entry);
    }
}

void
limner_image_cache_set_max_bytes (LimnerImageCache *self, gsize max_bytes)
{
  self->max_bytes = max_bytes;
  limner_image_cache_make_room (self);
}

LimnerPixels *
limner_image_cache_lookup (LimnerImageCache *self, const char *path)
{
  Entry *entry = g_hash_table_lookup (self->entries, path);

  if (entry == NULL)
    return NULL;
  g_queue_unlink (&self->recent, &entry->link);
  g_queue_push_head_link (&self->recent, &entry->link);
  return entry->pixels;
}

void
limner_image_cache_insert (LimnerImageCache *self, const char *path, LimnerPixels *pixels)
{
  Entry *entry;

  limner_image_cache_remove (self, path);
  entry = g_new0 (Entry, 1);
  entry->path = g_strdup (path);
  entry->pixels = limner_pixels_ref (pixels);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->path, entry);
  g_queue_push_head_link (&self->recent, &entry->link);
  limner_image_cache_make_room (self);
}

void
limner_image_cache_remove (LimnerImageCache *self, const char *path)
{
  Entry *entry;

  if (path == NULL)
    {
      while (self->recent.head != NULL)
        remove_entry (self, self->recent.head->data);
      return;
    }
  entry = g_hash_table_lookup (self->entries, path);
  if (entry != NULL)
    remove_entry (self, entry);
}

void
limner_image_cache_pin (LimnerImageCache *self, guint pin, const char *path)
{
  g_return_if_fail (pin < LIMNER_IMAGE_CACHE_N_PINS);

  if (g_strcmp0 (self->pins[pin], path) == 0)
    return;
  g_free (self->pins[pin]);
  self->pins[pin] = g_strdup (path);
}

const char *
limner_image_cache_get_pin (const LimnerImageCache *self, guint pin)
{
  g_return_val_if_fail (pin < LIMNER_IMAGE_CACHE_N_PINS, NULL);

  return self->pins[pin];
}
