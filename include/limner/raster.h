/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Paints many shapes into the memory of an image surface, several times as fast as cairo: what
 * limner_painter_draw_shape() draws, up to the smoothing of edges. Outlines are painted by their
 * distance from the pixel, insides as spans. Shapes are given from the uppermost down, so that what
 * others hide costs next to nothing. Any thread, one raster per thread.
 */

#include <limner/painter.h>

G_BEGIN_DECLS

typedef struct _LimnerRaster LimnerRaster;

/**
 * limner_raster_new:
 * @surface: (transfer none): CAIRO_FORMAT_RGB24
 * @factor: device pixels for one unit of the views, which sizes of lines follow; 1 or more
 */
LimnerRaster *limner_raster_new (cairo_surface_t *surface, double factor);
void limner_raster_free (LimnerRaster *self);

/* Flushes, and from now on paints into that one; %NULL: into none. What a raster is made of is much
 * to make anew for each tile. */
void limner_raster_set_surface (LimnerRaster *self, cairo_surface_t *surface, double factor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerRaster, limner_raster_free)

/**
 * limner_raster_add_below:
 *
 * As limner_painter_draw_shape() with the matrix scaled by the factor, but below all that was added
 * since the last flush: the last shape comes first. Vertices are rounded to 1/256 device pixel,
 * after which all is exact: tiles whose corners differ by multiples of 8 device pixels fit together
 * without a seam. What would change a pixel by less than a grey level may be left out.
 */
void limner_raster_add_below (LimnerRaster *self,
                              const LimnerView *view,
                              const LimnerShape *shape,
                              guint32 color,
                              LimnerPaintFlags flags,
                              const LimnerPaintStyle *style);

/* Lays what was added over the surface. */
void limner_raster_flush (LimnerRaster *self);

G_END_DECLS
