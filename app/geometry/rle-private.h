/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the files that make masks: rle.c, rle-codec.c, rle-polygon.c, rle-edit.c. */

#include <limner/rle.h>
#include <limner/shape.h>

G_BEGIN_DECLS

struct _LimnerRle
{
  gatomicrefcount ref_count;
  guint32 height;
  guint32 width;
  gsize n_counts;
  guint32 counts[]; /* down the columns; the first is background and may be 0 */
};

/* (transfer full): a mask of @counts, which must fill it; for results of our own algorithms. */
LimnerRle *limner_rle_wrap (guint32 height, guint32 width, const guint32 *counts, gsize n_counts);

/* Whether pixel indices of such a mask fit into 32 bits, as the runs are. */
gboolean limner_rle_check_size (guint32 height, guint32 width, GError **error);

/*
 * Collects foreground spans in ascending order and makes canonical runs of them: spans that touch
 * are joined, empty ones ignored. Start it from a zeroed struct.
 */
typedef struct
{
  GArray *counts; /* guint32; NULL until the first span */
  guint32 end;    /* of the last span */
} LimnerRunBuilder;

void limner_run_builder_add (LimnerRunBuilder *self, guint32 start, guint32 end);

/* (transfer full): the mask; the builder is empty afterwards. */
LimnerRle *limner_run_builder_finish (LimnerRunBuilder *self, guint32 height, guint32 width);

/* Moves by whole pixels; what leaves the image is cut off. */
LimnerRle *limner_rle_move (const LimnerRle *self, gint64 dx, gint64 dy);

/* Maps @from to @to, taking the nearest pixel; what leaves the image is cut off. */
LimnerRle *limner_rle_resize (const LimnerRle *self, const LimnerBox *from, const LimnerBox *to);

/* Turns the mask as limner_shape_transform() does; the size follows. */
LimnerRle *limner_rle_transform (const LimnerRle *self,
                                 LimnerOrientation orientation,
                                 gboolean to_upright);

G_END_DECLS
