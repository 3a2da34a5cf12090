/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One image of the list: thumbnail, name, number of annotations, mark of its state; side by side as
 * a row, or one above the other as a cell of a grid.
 */

#include "thumbnail.h"

#include <limner/dataset.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_IMAGE_ROW (limner_image_row_get_type ())
G_DECLARE_FINAL_TYPE (LimnerImageRow, limner_image_row, LIMNER, IMAGE_ROW, GtkWidget)

GtkWidget *limner_image_row_new (gboolean is_cell);
void limner_image_row_show (LimnerImageRow *self,
                            LimnerDataset *dataset,
                            guint image,
                            LimnerThumbnailCache *cache);

/* Lets go of the image: the row will show another one, or none. */
void limner_image_row_reset (LimnerImageRow *self);

/* Count, state or trouble changed. */
void limner_image_row_update (LimnerImageRow *self, LimnerDataset *dataset, guint image);

/* (nullable): what it reads. */
const char *limner_image_row_get_name (LimnerImageRow *self);

G_END_DECLS
