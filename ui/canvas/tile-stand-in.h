/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What stands in for tiles that are not there yet: those of another scale, where there are none the
 * overview, and the background around the picture. It holds what it is made of, so it can be
 * painted from for as long as it lives; one thread.
 */

#include "tile-level.h"
#include "tile-stretch.h"

G_BEGIN_DECLS

typedef struct _LimnerStandIn LimnerStandIn;

/**
 * limner_stand_in_new:
 * @content: what the tiles show
 * @level: (nullable): whose tiles to use
 * @scale: device pixels per image pixel
 * @area: device pixels of the scaled picture that may be painted
 */
LimnerStandIn *limner_stand_in_new (LimnerStretch *stretch,
                                    const LimnerTileContent *content,
                                    LimnerTileLevel *level,
                                    double scale,
                                    const cairo_rectangle_int_t *area);
LimnerStandIn *limner_stand_in_ref (LimnerStandIn *self);
void limner_stand_in_unref (LimnerStandIn *self);

/* Whether tiles are missing where the picture is: then it must be given an overview before it is
 * painted. */
gboolean limner_stand_in_needs_overview (const LimnerStandIn *self);
void limner_stand_in_set_overview (LimnerStandIn *self, cairo_surface_t *overview, double scale);

/* For tests: places of tiles, whether there or not, that are gone through. */
guint limner_stand_in_count_cells (const LimnerStandIn *self);

/* Into an RGB24 surface, whose corner is the one of @area; straight into its memory. */
void limner_stand_in_paint (LimnerStandIn *self,
                            cairo_surface_t *surface,
                            const cairo_rectangle_int_t *area);

/**
 * limner_stand_in_new_pattern:
 * @area: a part of its area
 *
 * Painted from when it is used, in memory that all patterns share: small ones stay in the
 * processor's cache.
 *
 * Returns: (transfer full): a pattern that has the corner of @area at its origin
 */
cairo_pattern_t *limner_stand_in_new_pattern (LimnerStandIn *self,
                                              const cairo_rectangle_int_t *area);

G_END_DECLS
