/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Problems and counts of a whole dataset. Each check is one entry in a table (app/quality/).
 * Blocking, any thread; both cores where it helps.
 */

#include <limner/document.h>
#include <limner/finding.h>

G_BEGIN_DECLS

/**
 * limner_validate_file:
 * @file: an open COCO file
 * @image_root: (nullable): where the pictures are; NULL: picture files are not looked at and
 * W_MISSING_FILE not reported
 *
 * Every problem, by codes such as "W_BAD_BBOX": ids, references, sizes, boxes, areas, polygons,
 * RLE, paths, text, and against the pictures' headers existence and size.
 *
 * Returns: (transfer full) (element-type LimnerFinding): in the order of the file; NULL when
 * cancelled
 */
GPtrArray *limner_validate_file (LimnerCocoFile *file,
                                 const char *image_root,
                                 LimnerProgressFunc progress,
                                 gpointer user_data,
                                 GCancellable *cancellable,
                                 GError **error);

/* The same for one picture: decoded whole; findings of its flags. An unreadable one is the error.
 */
GPtrArray *limner_validate_picture (const char *path, GError **error);

typedef struct
{
  guint n_images;
  guint n_annotations;
  guint n_polygon;
  guint n_rle;
  guint n_compressed_rle;
  guint n_none;
  guint n_crowd;
  guint64 file_bytes;
} LimnerSummary;

/* Counts of a document as it stands, edits included. Per-class counts: LimnerCategory. */
gboolean limner_summary_of_document (LimnerDocument *document,
                                     LimnerSummary *summary,
                                     GError **error);

G_END_DECLS
