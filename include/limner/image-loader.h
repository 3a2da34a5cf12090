/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Decodes pictures in threads and keeps the last ones. Order: the shown image, then its neighbours,
 * then thumbnails; leaving an image cancels what is no longer wanted. Memory is bounded in bytes,
 * least recently used goes first. Main thread only; callbacks come on it.
 */

#include <limner/image-file.h>

G_BEGIN_DECLS

/*
 * Signal: preview (const char *path, LimnerPixels *pixels): a picture that is asked for with
 * %LIMNER_LOAD_SHOWN is large, and here is a reduced version of it, of its thumbnail or decoded
 * coarsely; a finer one may follow, and then the whole by the callback.
 */
#define LIMNER_TYPE_IMAGE_LOADER (limner_image_loader_get_type ())
G_DECLARE_FINAL_TYPE (LimnerImageLoader, limner_image_loader, LIMNER, IMAGE_LOADER, GObject)

typedef enum
{
  LIMNER_LOAD_SHOWN,
  LIMNER_LOAD_NEXT,
  LIMNER_LOAD_PREVIOUS,
  LIMNER_LOAD_THUMBNAIL
} LimnerLoadPriority;

/**
 * limner_image_loader_new:
 * @cache_bytes: kept pictures; the shown one and its neighbours are kept even where they are
 * larger, but a neighbour that alone is larger than this and than 128 MB is not decoded ahead
 */
LimnerImageLoader *limner_image_loader_new (gsize cache_bytes);
void limner_image_loader_set_cache_bytes (LimnerImageLoader *self, gsize cache_bytes);

/**
 * limner_image_loader_close:
 *
 * Ends all requests with %G_IO_ERROR_CANCELLED, stops the threads without waiting for them and
 * empties the cache. Later requests are cancelled at once. A loader with requests under way stays
 * alive until they end, so a window that goes away calls this.
 */
void limner_image_loader_close (LimnerImageLoader *self);

/* For requests from now on, as in limner_image_file_load(); 0 = %LIMNER_IMAGE_MAX_PIXELS. */
void limner_image_loader_set_max_pixels (LimnerImageLoader *self, guint64 max_pixels);

/**
 * limner_image_loader_peek:
 *
 * Returns: (transfer none) (nullable): the picture if it is decoded already: then it can be shown
 * in the next frame
 */
LimnerPixels *limner_image_loader_peek (LimnerImageLoader *self, const char *path);

/**
 * limner_image_loader_load_async:
 * @path: a file
 * @priority: %LIMNER_LOAD_SHOWN, _NEXT or _PREVIOUS
 *
 * A request for a picture that is being decoded joins that work and raises its priority. Ends with
 * %G_IO_ERROR_CANCELLED when @cancellable is, or when the loader is closed.
 */
void limner_image_loader_load_async (LimnerImageLoader *self,
                                     const char *path,
                                     LimnerLoadPriority priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
LimnerPixels *limner_image_loader_load_finish (LimnerImageLoader *self,
                                               GAsyncResult *result,
                                               GError **error);

/* The same for a thumbnail; at most 200 wait, the oldest request is dropped (cancelled) first. */
void limner_image_loader_load_thumbnail_async (LimnerImageLoader *self,
                                               const char *path,
                                               guint max_width,
                                               guint max_height,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
cairo_surface_t *limner_image_loader_load_thumbnail_finish (LimnerImageLoader *self,
                                                            GAsyncResult *result,
                                                            GError **error);

/* Bytes of kept pictures, mips included. */
gsize limner_image_loader_get_cached_bytes (LimnerImageLoader *self);

/* Forgets @path (the file changed on disk), or everything if it is NULL. */
void limner_image_loader_invalidate (LimnerImageLoader *self, const char *path);

G_END_DECLS
