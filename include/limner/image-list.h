/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The images of a dataset that pass a filter, as a list model that makes its items when asked:
 * quick at 100,000. Main thread; filtering runs in a thread over a snapshot and answers while the
 * person types.
 */

#include <limner/dataset.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_IMAGE_ITEM (limner_image_item_get_type ())
G_DECLARE_FINAL_TYPE (LimnerImageItem, limner_image_item, LIMNER, IMAGE_ITEM, GObject)

/* Signal: changed (): count, state or trouble. */
guint limner_image_item_get_image (LimnerImageItem *self);

typedef enum
{
  LIMNER_FILTER_ALL,
  LIMNER_FILTER_WITHOUT_ANNOTATIONS,
  LIMNER_FILTER_WITH_ANNOTATIONS,
  LIMNER_FILTER_DONE,
  LIMNER_FILTER_NOT_DONE,
  LIMNER_FILTER_RETURNED,
  LIMNER_FILTER_UNREADABLE
} LimnerFilterState;

typedef struct
{
  LimnerFilterState state;
  char *text; /* (nullable): part of the name, case ignored */
  gboolean has_category;
  gint64 category_id; /* images with an annotation of this class */
} LimnerImageFilter;

#define LIMNER_TYPE_IMAGE_LIST (limner_image_list_get_type ())
G_DECLARE_FINAL_TYPE (LimnerImageList, limner_image_list, LIMNER, IMAGE_LIST, GObject)

/* Property: busy (boolean): a filter is being computed. */
LimnerImageList *limner_image_list_new (LimnerDataset *dataset);

/**
 * limner_image_list_set_filter:
 * @filter: copied
 *
 * The model changes when the answer is there; a newer filter replaces one that is still running. An
 * image that stops matching because of an edit stays in the list until the filter is set again, so
 * nothing jumps under the hand.
 */
void limner_image_list_set_filter (LimnerImageList *self, const LimnerImageFilter *filter);

/* Position in this list of an image of the dataset, or G_MAXUINT where the filter hides it; O(log
 * n). */
guint limner_image_list_find (LimnerImageList *self, guint image);

/* The image of the dataset at a position. */
guint limner_image_list_get_image (LimnerImageList *self, guint position);

G_END_DECLS
