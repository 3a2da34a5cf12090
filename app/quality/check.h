/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the checks share. A check looks at one record and reports; it is one function and one line
 * in the table of validate.c. Checks of different records run at the same time: they only read the
 * file and the columns.
 */

#include <limner/coco-value.h>
#include <limner/validate.h>

G_BEGIN_DECLS

/* Agreement of bbox with segmentation: writers round, and some count pixels inclusively. */
#define CHECK_BBOX_TOLERANCE_PX 1.5

/* A box or vertex this far outside is rounding, not an error. */
#define CHECK_OUTSIDE_TOLERANCE_PX 1.0

/* What is known of the ids of a section, besides the columns: made once, read by all checks. */
typedef struct
{
  LimnerCocoFile *file;
  LimnerColumns *columns;
  const char *image_root; /* (nullable) */
  guint8
      *is_later_duplicate[LIMNER_N_RECORD_KINDS]; /* per row: an earlier record has the same id */
  guint8 *is_later_name;     /* per image row: an earlier one has the same file_name */
  guint8 *is_later_category; /* per category row: an earlier one has the same name */
} CheckContext;

/* The members that checks look at: found in one walk over the record. */
typedef enum
{
  CHECK_ID,
  CHECK_IMAGE_ID,
  CHECK_CATEGORY_ID,
  CHECK_BBOX,
  CHECK_AREA,
  CHECK_ISCROWD,
  CHECK_SEGMENTATION,
  CHECK_CAPTION,
  CHECK_SEGMENTS_INFO,
  CHECK_FILE_NAME,
  CHECK_WIDTH,
  CHECK_HEIGHT,
  CHECK_NAME,
  CHECK_N_MEMBERS
} CheckMember;

#define CHECK_MAX_GAPS 16

/* What stands between two values of a record, the name of the second's member in it. */
typedef struct
{
  guint64 text[4]; /* and zeros */
  guint64 mask[4]; /* of the bytes that count */
  guint8 length;
  guint8 member; /* CheckMember */
} CheckGap;

/* Memory that one record's check leaves for the next's. */
typedef struct
{
  GArray *numbers;               /* double */
  GArray *points;                /* LimnerPoint */
  GArray *ring_lengths;          /* guint */
  guint8 members[16];            /* CheckMember: which were the first of the record before */
  CheckGap gaps[CHECK_MAX_GAPS]; /* before all values of the annotation before */
  guint n_gaps;
  gboolean has_gaps;
} CheckScratch;

/* An annotation of which all but the segmentation is in order. */
typedef struct
{
  LimnerValue id;
  LimnerValue bbox;
  LimnerValue area;
  LimnerValue segmentation; /* length 0 where there is none, or nothing in it */
} CheckPlain;

typedef struct
{
  const CheckContext *context;
  LimnerRecordKind kind;
  guint32 row;
  LimnerValue record;                   /* its text */
  LimnerValue members[CHECK_N_MEMBERS]; /* length 0 where there is none */
  guint64 offset;                       /* of the record in the file */
  GPtrArray *findings;
  CheckScratch *scratch;
} Check;

/* Begins a record's gaps, then one for each member in its order: @start is behind the value before,
 * or where the record begins. */
void check_forget_gaps (CheckScratch *scratch);
void check_learn_gap (CheckScratch *scratch,
                      const char *start,
                      const char *value,
                      CheckMember member);

/**
 * check_read_plain:
 * @limit: bytes up to there may be looked at
 * @self: (out)
 *
 * Whether the annotation looks like the one that the gaps are of, and no check but
 * check_annotation_segmentation() would find anything. Several times as fast as all of them.
 */
gboolean check_read_plain (const CheckContext *context,
                           const CheckScratch *scratch,
                           guint32 row,
                           const LimnerValue *record,
                           const char *limit,
                           CheckPlain *self);

/* Finds the members of check->record, and learns its gaps. */
void check_read_members (Check *check);

/* "bbox": the member's name, as in files and in the paths of findings. */
const char *check_member_get_name (CheckMember member);

/* The member's value, or NULL where the record has none. */
const LimnerValue *check_get_member (const Check *check, CheckMember member);

typedef void (*CheckFunc) (Check *check);

/**
 * check_report:
 * @member: what is wrong, or %CHECK_N_MEMBERS: the record itself
 * @at: (nullable): the value that is wrong, for line and column; %NULL: the record
 */
void check_report (Check *check,
                   const char *code,
                   CheckMember member,
                   const LimnerValue *at,
                   const char *format,
                   ...) G_GNUC_PRINTF (5, 6);

typedef enum
{
  CHECK_NUMBER_OK,
  CHECK_NUMBER_TEXT,      /* a string that holds a number */
  CHECK_NUMBER_NONFINITE, /* NaN, Infinity, 1e999 */
  CHECK_NUMBER_NOT        /* another type */
} CheckNumber;

CheckNumber check_get_number (const LimnerValue *value, double *number);

/* Reports a value that should be a number: W_NUM_STRING, W_NONFINITE, or @type_code. TRUE if it is
 * one. */
gboolean check_number (Check *check,
                       CheckMember member,
                       const LimnerValue *value,
                       const char *type_code,
                       double *number);

/* Size of the image an annotation belongs to; FALSE where it is not known or impossible. */
gboolean check_get_image_size (const Check *check, double *width, double *height);

/* The numbers of an array, if all are plain ones: see limner_value_read_numbers(). They stay until
 * the next call. */
gboolean check_read_numbers (Check *check,
                             const LimnerValue *value,
                             const double **numbers,
                             gsize *n);

/* The bbox, if check_annotation_box() has nothing against its numbers. */
gboolean check_get_box (const Check *check, LimnerBox *box);

void check_id (Check *check);
void check_image_size (Check *check);
void check_image_name (Check *check);
void check_image_file (Check *check);
void check_category_name (Check *check);
void check_annotation_references (Check *check);
void check_annotation_box (Check *check);
void check_annotation_scalars (Check *check);
void check_annotation_segmentation (Check *check);

G_END_DECLS
