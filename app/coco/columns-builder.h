/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Grows LimnerColumns row by row while a file is scanned, and afterwards joins annotations with
 * images and categories. Memory is data-sized, so running out of it is an error and not the end of
 * the process.
 */

#include <limner/columns.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 id;
  guint64 offset;
  guint32 length;
  guint32 width;
  guint32 height;
  guint8 flags;
  guint8 state;
} LimnerImageRow;

typedef struct
{
  gint64 id;
  gint64 image_id;
  gint64 category_id;
  gboolean has_image_id;
  gboolean has_category_id;
  guint64 offset;
  guint32 length;
  guint16 n_points;
  guint8 segmentation;
  guint8 flags;
  float bbox[4];
  float area;
} LimnerAnnotationRow;

typedef struct
{
  LimnerColumns *columns;
  guint images_capacity;
  guint annotations_capacity;
  guint categories_capacity;
  gsize names_size;
  gsize names_capacity;
  gint64 *image_ids; /* of annotations, until rows are known */
  gint64 *category_ids;
} LimnerColumnsBuilder;

void limner_columns_builder_init (LimnerColumnsBuilder *self);
void limner_columns_builder_clear (LimnerColumnsBuilder *self);

/* Each FALSE when memory ran out. The file name is UTF-8 without NUL. */
gboolean limner_columns_builder_add_image (LimnerColumnsBuilder *self,
                                           const LimnerImageRow *row,
                                           const char *file_name,
                                           gsize file_name_length);
gboolean limner_columns_builder_add_annotation (LimnerColumnsBuilder *self,
                                                const LimnerAnnotationRow *row);

/* The record itself is set by the caller, in columns->categories, before finish. */
gboolean limner_columns_builder_add_category (LimnerColumnsBuilder *self,
                                              guint64 offset,
                                              guint32 length,
                                              guint8 flags);

/* Adds all image and annotation rows of @part behind ours. FALSE when memory ran out. */
gboolean limner_columns_builder_append (LimnerColumnsBuilder *self,
                                        const LimnerColumnsBuilder *part);

/* No rows, the same memory. */
void limner_columns_builder_reset (LimnerColumnsBuilder *self);

/* (transfer full) (nullable): the columns, indexed and joined; NULL when memory ran out. */
LimnerColumns *limner_columns_builder_finish (LimnerColumnsBuilder *self);

G_END_DECLS
