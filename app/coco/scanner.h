/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one pass over a COCO file: judges every byte, fills the columns, and notes where sections
 * are, for the writer.
 */

#include "columns-builder.h"
#include "lexer.h"

G_BEGIN_DECLS

/* A member of the top-level object. */
typedef struct
{
  gboolean is_present;
  guint64 before; /* end of the member before it, or behind '{' */
  guint64 name;   /* of the quote that begins its name */
  guint64 value;
  guint64 end;   /* behind its value */
  guint64 after; /* of the name of the member after it, or of '}' */
} LimnerMemberPlace;

/* Offsets in the file. */
typedef struct
{
  guint64 open;  /* of the top-level '{' */
  guint64 close; /* of its '}' */
  guint n_members;
  guint64 first_name;                                /* of the first member's quote */
  LimnerMemberPlace sections[LIMNER_N_RECORD_KINDS]; /* INFO is the member 'info' */
  LimnerMemberPlace last;                            /* the last member of all */
  gboolean has_bom;
} LimnerLayout;

/*
 * How the member at this place of the record before was written: the bytes from the end of one
 * value to the beginning of the next, as in [, "area": ]. Records of a file look alike, so that one
 * comparison mostly passes comma, name and colon.
 */
typedef struct
{
  guint8 text[32];
  guint32 mask; /* a bit for each byte; 0: not known */
  guint length;
  int field;
} LimnerGap;

#define LIMNER_MAX_GAPS 16

typedef struct
{
  LimnerLexer lexer;
  LimnerColumnsBuilder builder;
  LimnerHasher hasher; /* the owner of the scanner's business; not used in parts */
  LimnerLayout layout;
  GString *file_name; /* scratch: of the image being read */
  LimnerGap image_gaps[LIMNER_MAX_GAPS];
  LimnerGap annotation_gaps[LIMNER_MAX_GAPS];
} LimnerScanner;

/* "images", "annotations", "categories", "info". */
const char *limner_section_get_name (LimnerRecordKind kind);

/* @source and @name must outlive it, @hasher too. The scanner's memory is zeroed. */
void limner_scanner_init (LimnerScanner *self,
                          const LimnerSource *source,
                          const char *name,
                          LimnerHasher *hasher);
void limner_scanner_clear (LimnerScanner *self);

/* The whole file; on failure the lexer's error is set. */
gboolean limner_scanner_run (LimnerScanner *self);

/* p is at an element of a section: passes it and adds its row. */
gboolean limner_scanner_read_element (LimnerScanner *self, LimnerRecordKind kind);

/**
 * limner_scanner_read_parallel:
 * @end_of_last: offset behind the element before
 *
 * p is at an element of a section, not the first: passes elements to the end of the section like
 * limner_scanner_read_element(), in several threads, where that is worth it and the way the records
 * begin allows it. The rows are the same, and so is the error if there is one.
 *
 * Returns: what came at last: an item if nothing was done
 */
LimnerNext limner_scanner_read_parallel (LimnerScanner *self,
                                         LimnerRecordKind kind,
                                         guint64 end_of_last);

/**
 * limner_scanner_next_field:
 * @gaps: of this kind of record
 * @i: how many members were read
 * @find_field: number of a known field by its name, or -1
 * @seen: (inout): bits of the known fields that were there
 * @field: (out): which it is, or -1: then its name was compared with the others
 *
 * limner_lexer_next_member() for records; afterwards p is at the value.
 */
LimnerNext limner_scanner_next_field (LimnerScanner *self,
                                      LimnerGap *gaps,
                                      guint i,
                                      int (*find_field) (const LimnerToken *name),
                                      guint *seen,
                                      int *field);

/* One element of a section, of which p is at '{'. */
gboolean limner_scanner_read_image (LimnerScanner *self);
gboolean limner_scanner_read_annotation (LimnerScanner *self);

/* The value of "segmentation": sets kind and number of vertices. */
gboolean limner_scanner_read_segmentation (LimnerScanner *self, LimnerAnnotationRow *row);

/* FALSE with an error when the record is too long to be addressed. */
gboolean limner_scanner_get_length (LimnerScanner *self, guint64 start, guint32 *length);
gboolean limner_scanner_fail_memory (LimnerScanner *self);

G_END_DECLS
