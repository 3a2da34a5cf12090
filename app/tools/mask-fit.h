/* SPDX-License-Identifier: MIT */
#pragma once

#include <limner/shape.h>

G_BEGIN_DECLS

/**
 * limner_mask_fit:
 * @mask: a mask of any image
 * @dx: pixels to the right
 * @dy: pixels down
 * @width: of the other image
 * @height: of the other image
 *
 * Moves a mask into an image of another size; what falls outside is lost. O(runs + columns of the
 * other image), whatever size the mask claims to have.
 *
 * Returns: (transfer full): a mask of @height x @width
 */
LimnerShape *limner_mask_fit (
    LimnerShape *mask, gint64 dx, gint64 dy, guint32 width, guint32 height);

G_END_DECLS
