/* SPDX-License-Identifier: MIT */
#pragma once

#include <limner/dataset.h>

G_BEGIN_DECLS

/* @dataset is not owned: it outlives its classes or calls limner_category_forget_dataset(). */
LimnerCategory *limner_category_new (LimnerDataset *dataset,
                                     LimnerCategoryRecord *record,
                                     gboolean editable);
void limner_category_forget_dataset (LimnerCategory *self);
void limner_category_set_record (LimnerCategory *self, LimnerCategoryRecord *record);
void limner_category_set_n_annotations (LimnerCategory *self, guint n_annotations);

/* The colour it has while its record has none. */
void limner_category_set_own_color (LimnerCategory *self, guint32 color);

/* Whether a colour was found for it yet; @color is what it shows then. */
gboolean limner_category_peek_color (LimnerCategory *self, guint32 *color);

G_END_DECLS
