/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Opens documents for windows. The one that the program is started with is begun before there is a
 * window: the engine reads in its own thread while GTK makes the first one. Main thread.
 */

#include <limner/document.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_OPENER (limner_opener_get_type ())
G_DECLARE_FINAL_TYPE (LimnerOpener, limner_opener, LIMNER, OPENER, GObject)

LimnerOpener *limner_opener_new (void);

/* Once at most; a later limner_opener_open_async() with the same arguments takes it over. Should
 * the first one be for something else, this was for nothing. */
void limner_opener_begin (LimnerOpener *self,
                          const char *path,
                          const char *coco_path,
                          const char *image_root);

/* As limner_document_open_async(). */
void limner_opener_open_async (LimnerOpener *self,
                               const char *path,
                               const char *coco_path,
                               const char *image_root,
                               LimnerProgressFunc progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* (transfer full) (nullable) */
LimnerDocument *limner_opener_open_finish (LimnerOpener *self,
                                           GAsyncResult *result,
                                           GError **error);

G_END_DECLS
