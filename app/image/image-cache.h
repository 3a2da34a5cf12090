/* SPDX-License-Identifier: MIT */
#pragma once

/* The decoded pictures that are kept: least recently used go first, pinned ones never. Main thread
 * only. */

#include <limner/pixels.h>

G_BEGIN_DECLS

typedef struct _LimnerImageCache LimnerImageCache;

/* The shown picture and its two neighbours. */
#define LIMNER_IMAGE_CACHE_N_PINS 3

/* Keeps nothing but what is pinned until it has a size. */
LimnerImageCache *limner_image_cache_new (void);
void limner_image_cache_set_max_bytes (LimnerImageCache *self, gsize max_bytes);
void limner_image_cache_free (LimnerImageCache *self);

/* (transfer none) (nullable): and makes it the most recently used. */
LimnerPixels *limner_image_cache_lookup (LimnerImageCache *self, const char *path);

/* Takes a reference of its own; replaces what was there for @path; then makes room. */
void limner_image_cache_insert (LimnerImageCache *self, const char *path, LimnerPixels *pixels);

/* What is beyond the size goes, unless it is pinned. */
void limner_image_cache_make_room (LimnerImageCache *self);

/* @path: NULL = everything */
void limner_image_cache_remove (LimnerImageCache *self, const char *path);

/* @pin: below LIMNER_IMAGE_CACHE_N_PINS; @path: (nullable): no longer any */
void limner_image_cache_pin (LimnerImageCache *self, guint pin, const char *path);

const char *limner_image_cache_get_pin (const LimnerImageCache *self, guint pin);

gsize limner_image_cache_get_size_bytes (const LimnerImageCache *self);

G_END_DECLS
