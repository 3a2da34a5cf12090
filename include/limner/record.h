/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One record of a COCO file, decoded: its JSON text, which is the truth and is written back as it
 * is, and what Limner reads in it. Immutable and atomically reference counted. Made by
 * limner_coco_record_parse().
 */

#include <limner/shape.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_RECORD_INFO, /* the one object 'info'; its id is 0 */
  LIMNER_RECORD_IMAGE,
  LIMNER_RECORD_CATEGORY,
  LIMNER_RECORD_ANNOTATION
} LimnerRecordKind;

#define LIMNER_N_RECORD_KINDS 4

/* "info", "image", "category", "annotation": as in messages and in 'limn apply'. */
const char *limner_record_kind_get_name (LimnerRecordKind kind);

/* State of the work on an image, kept as "state" under "limner" in its record. */
typedef enum
{
  LIMNER_STATE_NONE,
  LIMNER_STATE_IN_PROGRESS,
  LIMNER_STATE_DONE,
  LIMNER_STATE_ACCEPTED,
  LIMNER_STATE_RETURNED
} LimnerState;

/* "in_progress", "done", ...; NULL for none. */
const char *limner_state_get_name (LimnerState state);

/* @state: (out) (optional); FALSE, and it stays as it was, if @name is none of them. */
gboolean limner_state_from_name (const char *name, LimnerState *state);

typedef enum
{
  LIMNER_SEGMENTATION_NONE, /* absent, null, [] or {}: a box only */
  LIMNER_SEGMENTATION_POLYGON,
  LIMNER_SEGMENTATION_RLE,            /* counts is an array */
  LIMNER_SEGMENTATION_COMPRESSED_RLE, /* counts is a string */
  LIMNER_SEGMENTATION_INVALID         /* anything that cannot be shown; kept */
} LimnerSegmentation;

typedef struct
{
  gatomicrefcount ref_count;
  LimnerRecordKind kind;
  gint64 id;
  gboolean has_id; /* the id is an integer of 64 bits (also as text): the record can be found and
                      edited */
  GBytes *text;    /* the record's bytes, from '{' to '}' */
} LimnerRecord;

/* All geometry is in the frame of the file (x_stored), see limner_document_get_frame(). */
typedef struct
{
  LimnerRecord record;
  gint64 image_id;
  gint64 category_id;
  gboolean has_image_id;
  gboolean has_category_id;
  gboolean iscrowd;
  gboolean has_bbox;
  LimnerBox bbox; /* as the file says */
  double area;    /* as the file says; 0 where absent */
  double score;   /* NAN where absent */
  LimnerSegmentation segmentation;
  LimnerState state;
  LimnerShape *shape; /* (nullable): polygon or mask of the segmentation, else the bbox; NULL if
                         neither can be shown */
} LimnerAnnotation;

typedef struct
{
  LimnerRecord record;
  char *file_name; /* (nullable) */
  guint32 width;   /* 0 where absent or impossible */
  guint32 height;
  LimnerState state;
} LimnerImageRecord;

typedef struct
{
  LimnerRecord record;
  char *name;          /* (nullable) */
  char *supercategory; /* (nullable) */
  gboolean has_color;
  guint32
      color; /* 0xRRGGBB, from "limner": {"color": "#rrggbb"}, else panoptic's "color": [r, g, b] */
} LimnerCategoryRecord;

/* (transfer full): a record of any kind; atomic. The last unref frees all that it points to. */
gpointer limner_record_ref (gpointer record);
void limner_record_unref (gpointer record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerRecord, limner_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerAnnotation, limner_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerImageRecord, limner_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerCategoryRecord, limner_record_unref)

/* (transfer full): a zeroed record of that kind with a reference count of one, for parsers to fill.
 */
gpointer limner_record_new (LimnerRecordKind kind, GBytes *text);

G_END_DECLS
