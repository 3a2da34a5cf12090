/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A small picture fitted into a fixed rounded area with a neutral backing, loaded through a cache
 * that the rows of a list share. Decoration for readers: the row says the name.
 */

#include <gtk/gtk.h>
#include <limner/image-loader.h>

G_BEGIN_DECLS

/* Thumbnails that were shown lately, by path. Reference counted with g_object_ref(). */
#define LIMNER_TYPE_THUMBNAIL_CACHE (limner_thumbnail_cache_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerThumbnailCache, limner_thumbnail_cache, LIMNER, THUMBNAIL_CACHE, GObject)

LimnerThumbnailCache *limner_thumbnail_cache_new (LimnerImageLoader *loader);

#define LIMNER_TYPE_THUMBNAIL (limner_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (LimnerThumbnail, limner_thumbnail, LIMNER, THUMBNAIL, GtkWidget)

GtkWidget *limner_thumbnail_new (int width, int height);

/* @path NULL: nothing is shown; what is being loaded for the row is given up. */
void limner_thumbnail_load (LimnerThumbnail *self, LimnerThumbnailCache *cache, const char *path);

/* (transfer none) (nullable): what is shown; NULL while it is being loaded, or cannot be. */
GdkTexture *limner_thumbnail_get_texture (LimnerThumbnail *self);

G_END_DECLS
