/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What every view needs of a COCO file's records, in columns, with the byte range of each record.
 * Filled by the scanner in one pass, immutable afterwards, atomically reference counted. Rows are
 * in file order. About 55 bytes an annotation: 860,000 of them take 50 MB.
 */

#include <limner/record.h>

G_BEGIN_DECLS

#define LIMNER_NO_ROW G_MAXUINT32

typedef enum
{
  LIMNER_ROW_NO_ID = 1 << 0,        /* id missing or not an integer of 64 bits: cannot be edited */
  LIMNER_ROW_DUPLICATE_ID = 1 << 1, /* another record has the same id: cannot be edited */
  LIMNER_ROW_CROWD = 1 << 2,
  LIMNER_ROW_HAS_BBOX = 1 << 3,
  LIMNER_ROW_NOT_OBJECT = 1 << 4 /* the element is not an object: kept, never shown */
} LimnerRowFlags;

typedef struct
{
  gatomicrefcount ref_count;

  guint n_images;
  gint64 *image_id;
  guint64 *image_offset; /* of '{' */
  guint32 *image_length;
  guint32 *image_width; /* 0 where absent or impossible */
  guint32 *image_height;
  guint32 *image_name; /* offset in names */
  guint8 *image_flags; /* LimnerRowFlags */
  guint8 *image_state; /* LimnerState */
  char *names;         /* file names, unescaped, each ended by NUL; "" where there is none */

  guint n_annotations;
  gint64 *annotation_id;
  guint64 *annotation_offset;
  guint32 *annotation_length;
  guint32 *annotation_image;    /* row of the image, or LIMNER_NO_ROW */
  guint32 *annotation_category; /* row of the category, or LIMNER_NO_ROW */
  float *annotation_bbox;       /* 4 a row: x, y, width, height */
  float *annotation_area;
  guint16 *annotation_n_points;    /* vertices, at most 65535 */
  guint8 *annotation_segmentation; /* LimnerSegmentation */
  guint8 *annotation_flags;        /* LimnerRowFlags */

  /* annotations of image row i: by_image[first_of_image[i] .. first_of_image[i + 1]), in file order
   */
  guint32 *first_of_image; /* n_images + 1 */
  guint32 *by_image;

  guint n_categories;
  LimnerCategoryRecord **categories; /* parsed whole: there are few */
  guint64 *category_offset;
  guint32 *category_length;
  guint8 *category_flags;

  /* largest usable id of each section, and of those that annotations refer to although there is no
   * such image or category; 0 where none */
  gint64 max_id[LIMNER_N_RECORD_KINDS];

  /* private: look-up tables, see limner_columns_find() */
  struct _LimnerColumnsTable *tables[LIMNER_N_RECORD_KINDS];
  guint32 *image_order; /* private (nullable): see limner_columns_get_image_order() */

  gpointer arena; /* private (nullable): holds all arrays but categories */
  GDestroyNotify free_arena;
} LimnerColumns;

/* (transfer full): columns without rows. */
LimnerColumns *limner_columns_new (void);

/* (transfer full): columns without rows, whose arrays, image_order among them, the caller lets
 * point into @arena; @free_arena is called at the end. */
LimnerColumns *limner_columns_new_in_arena (gpointer arena, GDestroyNotify free_arena);

/* (transfer full): atomic. Any thread. */
LimnerColumns *limner_columns_ref (LimnerColumns *self);
void limner_columns_unref (LimnerColumns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerColumns, limner_columns_unref)

/**
 * limner_columns_find:
 * @kind: not info
 *
 * Returns: the row of the only record with that id, or %LIMNER_NO_ROW if there is none or several;
 * O(log n), or O(1) where ids are in order; O(n) the first time for a kind, if the columns were not
 * indexed: then a look-up table is built. Any thread
 */
guint32 limner_columns_find (LimnerColumns *self, LimnerRecordKind kind, gint64 id);

/**
 * limner_columns_find_first:
 * @kind: not info
 *
 * The same, but where several records have the id the first of them counts: what references are
 * resolved by.
 */
guint32 limner_columns_find_first (LimnerColumns *self, LimnerRecordKind kind, gint64 id);

/**
 * limner_columns_find_rows:
 * @kind: not info
 * @ids: (array length=n)
 * @rows: (out caller-allocates) (array length=n): what limner_columns_find_first() gives for each
 *
 * For many ids at once, a few times as fast.
 */
void limner_columns_find_rows (
    LimnerColumns *self, LimnerRecordKind kind, const gint64 *ids, guint n, guint32 *rows);

/**
 * limner_columns_index:
 *
 * For whoever fills columns, once all rows with their ids and flags are there: builds the look-up
 * tables and max_id, and flags duplicates. O(n).
 */
void limner_columns_index (LimnerColumns *self);

/**
 * limner_columns_get_image_order:
 *
 * Returns: (transfer none) (array length=n_images): all rows of images in the natural order of
 *   their file names, those of one name in file order; O(n log n) the first time (25 ms for 118,287
 *   names), unless the columns came with it. Any thread
 */
const guint32 *limner_columns_get_image_order (LimnerColumns *self);

/* Bytes in names, as far as images use them: at least 1. O(n_images). */
gsize limner_columns_get_names_size (const LimnerColumns *self);

/* Rows of the section; 0 for info, of which there is no column. */
guint limner_columns_get_n_rows (const LimnerColumns *self, LimnerRecordKind kind);

/* @offset: (out): of the record in the file, @length: (out): its bytes. @row is one of the
 * section's rows. */
void limner_columns_get_range (const LimnerColumns *self,
                               LimnerRecordKind kind,
                               guint32 row,
                               guint64 *offset,
                               guint32 *length);

G_END_DECLS
