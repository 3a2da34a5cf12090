/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Run-length masks as COCO defines them: pixels are taken column by column (index = x * height +
 * y), the runs alternate between background and foreground and the first is background (it may be
 * 0). Immutable, reference counted, free to share between threads. Reference for every algorithm
 * here: common/maskApi.c of the COCO API (pycocotools 2.0.11). The folder is compiled with
 * -ffp-contract=off, as a fused multiply-add changes results.
 */

#include <limner/box.h>

G_BEGIN_DECLS

#define LIMNER_RLE_ERROR (limner_rle_error_quark ())
GQuark limner_rle_error_quark (void);

typedef enum
{
  LIMNER_RLE_ERROR_SIZE, /* runs do not fill the mask, or a size is out of range */
  LIMNER_RLE_ERROR_TEXT, /* the compressed string is not one */
  LIMNER_RLE_ERROR_RANGE /* a polygon coordinate is beyond what the reference can take (4e8) */
} LimnerRleError;

typedef struct _LimnerRle LimnerRle;

/**
 * limner_rle_new:
 * @height: rows
 * @width: columns
 * @counts: (array length=n_counts): runs, background first
 * @n_counts: number of runs
 * @error: %LIMNER_RLE_ERROR_SIZE if the sum of the runs is not height * width, or exceeds 2^32 - 1
 *
 * Takes runs as they are (zero runs are kept).
 *
 * Returns: (transfer full): the mask, or %NULL
 */
LimnerRle *limner_rle_new (
    guint32 height, guint32 width, const guint32 *counts, gsize n_counts, GError **error);

/**
 * limner_rle_new_from_string:
 * @text: (array length=length): compressed counts, characters 48 to 111, need not be terminated
 * @error: %LIMNER_RLE_ERROR_TEXT on a foreign character, an unfinished group, a negative run or one
 *   of more than 60 bits; %LIMNER_RLE_ERROR_SIZE if the runs do not fill the mask
 *
 * The string form of COCO (LEB128-like, differences to the run before the last from the fourth on).
 * Works in O(@length); nothing is allocated from sizes that the text merely claims.
 *
 * Returns: (transfer full): the mask, or %NULL
 */
LimnerRle *limner_rle_new_from_string (
    guint32 height, guint32 width, const char *text, gsize length, GError **error);

/**
 * limner_rle_new_from_mask:
 * @mask: height * width bytes, column-major; any non-zero byte is foreground
 *
 * Returns: (transfer full): the canonical runs
 */
LimnerRle *limner_rle_new_from_mask (const guint8 *mask, guint32 height, guint32 width);

/**
 * limner_rle_new_from_polygon:
 * @points: (array length=n_points): vertices of one ring, not closed
 * @n_points: at least 1
 * @error: %LIMNER_RLE_ERROR_RANGE for coordinates that are not finite or beyond 4e8,
 *   %LIMNER_RLE_ERROR_SIZE if height * width exceeds 2^32 - 1
 *
 * Rasterises exactly as rleFrPoly() does: up-sampled by five, even-odd.
 *
 * Returns: (transfer full): the mask, or %NULL
 */
LimnerRle *limner_rle_new_from_polygon (
    const LimnerPoint *points, gsize n_points, guint32 height, guint32 width, GError **error);

/**
 * limner_rle_new_from_box:
 *
 * rleFrBbox(): the rectangle as a polygon.
 *
 * Returns: (transfer full): the mask, or %NULL on the errors of limner_rle_new_from_polygon()
 */
LimnerRle *limner_rle_new_from_box (const LimnerBox *box,
                                    guint32 height,
                                    guint32 width,
                                    GError **error);

/**
 * limner_rle_merge:
 * @masks: (array length=n_masks): masks
 * @n_masks: one is copied as it is; none, or different sizes, give a mask of 0 x 0
 * @intersect: AND instead of OR
 *
 * Returns: (transfer full): the result of rleMerge()
 */
LimnerRle *limner_rle_merge (LimnerRle *const *masks, gsize n_masks, gboolean intersect);

LimnerRle *limner_rle_ref (LimnerRle *self);
void limner_rle_unref (LimnerRle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerRle, limner_rle_unref)

guint32 limner_rle_get_height (const LimnerRle *self);
guint32 limner_rle_get_width (const LimnerRle *self);

/**
 * limner_rle_get_counts:
 * @n_counts: (out): number of runs
 *
 * Returns: (transfer none) (array length=n_counts): runs, background first
 */
const guint32 *limner_rle_get_counts (const LimnerRle *self, gsize *n_counts);

/**
 * limner_rle_dup_string:
 *
 * Returns: (transfer full): the compressed counts, exactly as rleToString() writes them; remember
 * that a backslash in it is doubled in JSON
 */
char *limner_rle_dup_string (const LimnerRle *self);

/**
 * limner_rle_decode:
 * @mask: (out caller-allocates) (array length=mask_len): height * width bytes, column-major: pixel
 * (x, y) is mask[x * height + y]; each becomes 0 or 1
 * @mask_len: size of @mask in bytes
 * @error: %LIMNER_RLE_ERROR_SIZE if @mask_len is not height * width
 *
 * Expands the runs in O(@mask_len) without allocating. Any thread.
 *
 * Returns: %TRUE; on failure @mask is untouched
 */
gboolean limner_rle_decode (const LimnerRle *self, guint8 *mask, gsize mask_len, GError **error);

/**
 * limner_rle_contains:
 *
 * Returns: whether the pixel under (@x, @y), in image coordinates, is set; O(runs)
 */
gboolean limner_rle_contains (const LimnerRle *self, double x, double y);

/**
 * limner_rle_get_area:
 *
 * Returns: number of set pixels
 */
guint64 limner_rle_get_area (const LimnerRle *self);

/**
 * limner_rle_get_bbox:
 *
 * Returns: [x, y, width, height] as rleToBbox() of pycocotools 2.0.11 gives it; zeros without
 * foreground
 */
LimnerBox limner_rle_get_bbox (const LimnerRle *self);

/**
 * limner_rle_iou:
 *
 * rleIou() for one pair: boxes first, then runs.
 *
 * Returns: 0 to 1, or -1 where the sizes differ
 */
double limner_rle_iou (const LimnerRle *detection, const LimnerRle *truth, gboolean truth_is_crowd);

G_END_DECLS
