/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A dataset in memory: the images of a folder and of its COCO file in one list, its classes, and
 * for each record either the row of the file's columns or what an edit made of it (the overlay). It
 * reads no file: texts of untouched records are fetched by the document through their byte range.
 * Main thread, unless a function says otherwise.
 *
 * An *image* here is a position 0 .. n - 1 in the list (natural order of the names), valid until
 * "images-reset". It may have no record yet (a file nobody annotated) or no file (a record whose
 * file is missing).
 */

#include <gio/gio.h>
#include <limner/category.h>
#include <limner/columns.h>
#include <limner/edit.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_DATASET (limner_dataset_get_type ())
G_DECLARE_FINAL_TYPE (LimnerDataset, limner_dataset, LIMNER, DATASET, GObject)

#define LIMNER_NO_IMAGE G_MAXUINT

/*
 * Signals
 *   image-changed (guint image): count, state, record or trouble of one image
 *   annotations-changed (guint image): its annotations are others than before
 *   categories-changed (): a class came, went or changed (the list model tells more)
 *   images-reset (): the list is another one; all positions are void
 */

/**
 * limner_dataset_new:
 * @columns: rows of the COCO file, or limner_columns_new() where there is none
 * @image_root: (nullable): folder that file names are relative to
 * @files: (array zero-terminated=1) (nullable): names found in that folder, relative, '/' between
 * parts, any order
 *
 * Joins records and files by name into one naturally sorted list; O(n log n), so called in the
 * opening thread; the result is then handed to the main thread.
 */
LimnerDataset *limner_dataset_new (LimnerColumns *columns,
                                   const char *image_root,
                                   const char *const *files);

/* (transfer none): the base, without edits; another one after limner_dataset_rebase(). */
LimnerColumns *limner_dataset_get_columns (LimnerDataset *self);

/**
 * limner_dataset_rebase:
 * @columns: rows of the COCO file as it was just written
 * @kept: (element-type LimnerStep): steps that are newer than the file
 *
 * Replaces the base after a checkpoint without disturbing views: positions of images stay, nothing
 * is signalled. The overlay shrinks to what @kept changed. Only for a file that says what this
 * dataset said when it was written; one that holds another writer's records as well needs a new
 * dataset. O(images) and one pass over two columns of the annotations (4 ms for train2017); have
 * limner_columns_index() called before, in the thread that scanned the file.
 */
void limner_dataset_rebase (LimnerDataset *self, LimnerColumns *columns, GPtrArray *kept);

/**
 * limner_dataset_replace:
 * @with: another dataset, which a thread has made; only good for being dropped afterwards
 *
 * Becomes what @with is, as when another program wrote the COCO file: emits "images-reset" and
 * "categories-changed"; the list of classes stays the same object. Ids that were reserved are not
 * given again.
 */
void limner_dataset_replace (LimnerDataset *self, LimnerDataset *with);

/* ---- images ---- */

/* Length of the list: records and files. Positions go from 0 to one less, until "images-reset". */
guint limner_dataset_get_n_images (LimnerDataset *self);

/* (transfer none): file_name of the record, or the path relative to the image root; valid until the
 * next edit of it. */
const char *limner_dataset_get_image_name (LimnerDataset *self, guint image);

/**
 * limner_dataset_dup_image_path:
 * @error: G_IO_ERROR_INVALID_FILENAME if the name would leave the folder or cannot be a name: such
 * files are never opened; G_IO_ERROR_NOT_FOUND if no image root is known
 *
 * Looks at the name alone, never at the disk. Before a file is opened that the scan of the folder
 * did not find (limner_dataset_has_image_file()), the thread that opens it calls
 * limner_dataset_check_path_beneath().
 *
 * Returns: (transfer full): an absolute path; it may not exist
 */
char *limner_dataset_dup_image_path (LimnerDataset *self, guint image, GError **error);

/**
 * limner_dataset_check_image_name:
 * @name: a file_name as a COCO file says it
 * @error: G_IO_ERROR_INVALID_FILENAME with a sentence that is safe to print
 *
 * Refuses what is no relative path that stays inside a folder by its spelling: empty and absolute
 * names; parts that are empty, '.' or '..', or longer than 255 bytes; a trailing slash;
 * backslashes, drive letters and URLs; '~' at the start; control characters. Nothing is decoded or
 * normalised: names that differ are different names. Any thread.
 */
gboolean limner_dataset_check_image_name (const char *name, GError **error);

/**
 * limner_dataset_check_path_beneath:
 * @root: the image root
 * @path: a path in it, from limner_dataset_dup_image_path()
 * @error: G_IO_ERROR_INVALID_FILENAME if a link on the way leads out of @root; G_IO_ERROR_NOT_FOUND
 * and others if there is no such file
 *
 * Walks @path part by part with lstat() and follows links only as far as they stay beneath @root;
 * what lies outside is never touched. Blocking: for worker threads.
 *
 * It is for names that only a COCO file mentions: that file may be foreign, and must not make us
 * open anything of the person's that is not among the images. A link to a *file* that the scan of
 * the folder found is opened without this check wherever it leads: people make folders of links to
 * their pictures, and such a link was put there on purpose.
 */
gboolean limner_dataset_check_path_beneath (const char *root, const char *path, GError **error);

/* Whether the scan of the folder found a file of that name; FALSE for all if limner_dataset_new()
 * was given no files. */
gboolean limner_dataset_has_image_file (LimnerDataset *self, guint image);

/* Whether it has a record; @id may be NULL. */
gboolean limner_dataset_get_image_id (LimnerDataset *self, guint image, gint64 *id);

/* Size as its record says; FALSE where there is none. */
gboolean limner_dataset_get_image_size (LimnerDataset *self,
                                        guint image,
                                        guint *width,
                                        guint *height);

/* %LIMNER_STATE_NONE where there is no record, or it says none. */
LimnerState limner_dataset_get_image_state (LimnerDataset *self, guint image);

/* Annotations that refer to it, edits included; O(1). */
guint limner_dataset_get_image_n_annotations (LimnerDataset *self, guint image);

/* Whether annotations of the image can be created and edited: its record's id, if any, is usable
 * and unique. */
gboolean limner_dataset_is_image_editable (LimnerDataset *self, guint image);

/* Position of the image with that id or file name, of several the first of the file; or
 * %LIMNER_NO_IMAGE. O(log n); by name O(n) the first time. */
guint limner_dataset_find_image (LimnerDataset *self, gint64 id);
guint limner_dataset_find_image_by_name (LimnerDataset *self, const char *name);

/* What is wrong with the file, for its row; not part of the dataset on disk. @sentence NULL:
 * nothing. */
void limner_dataset_set_image_trouble (LimnerDataset *self, guint image, const char *sentence);

/* (transfer none) (nullable): what was set last. */
const char *limner_dataset_get_image_trouble (LimnerDataset *self, guint image);

/* Number of images that are done (or accepted). */
guint limner_dataset_get_n_done (LimnerDataset *self);

/* Of the whole dataset, edits included, also those of no image; O(1). */
guint limner_dataset_get_n_annotations (LimnerDataset *self);

/* How many records and rows were looked at since the dataset was made: what 'cost follows what
 * changed' is tested by. */
guint64 limner_dataset_get_n_visited (LimnerDataset *self);

/* (transfer none) (nullable): the folder that file names are relative to. */
const char *limner_dataset_get_image_root (LimnerDataset *self);

/* ---- annotations ---- */

/* Where the text of a record is: in @text after an edit, else in the file. */
typedef struct
{
  GBytes *text; /* (transfer full) (nullable) */
  guint64 offset;
  guint32 length;
} LimnerRecordPlace;

/* Drops what it holds, not the structure itself: the clear function of arrays of them. */
void limner_record_place_clear (LimnerRecordPlace *self);

/**
 * limner_dataset_list_annotations:
 *
 * Returns: (transfer full) (element-type LimnerRecordPlace): the image's annotations in file order,
 * new ones last; O(that image)
 */
GArray *limner_dataset_list_annotations (LimnerDataset *self, guint image);

/**
 * limner_dataset_find_record:
 * @place: (out) (nullable): where its text is
 *
 * Returns: whether there is exactly one such record (deleted ones are not there). Of info it knows
 * what edits made of it; an untouched one is found by the document
 */
gboolean limner_dataset_find_record (LimnerDataset *self,
                                     LimnerRecordKind kind,
                                     gint64 id,
                                     LimnerRecordPlace *place);

/* How many records of that kind have the id: 0, 1, or more where the file has duplicates. */
guint limner_dataset_count_records (LimnerDataset *self, LimnerRecordKind kind, gint64 id);

/* Whether any annotation refers to the image or category; O(1). */
gboolean limner_dataset_is_referenced (LimnerDataset *self, LimnerRecordKind kind, gint64 id);

/* (transfer full) (element-type gint64): ids of editable annotations of a category / an image,
 * rising; O(n) for a category. */
GArray *limner_dataset_list_annotation_ids (LimnerDataset *self,
                                            LimnerRecordKind of_kind,
                                            gint64 id);

/**
 * limner_dataset_reserve_id:
 *
 * Returns: one more than the largest id of the section, and than any id that annotations refer to
 *   although no record has it; from 1, never the same twice in a session. Where the largest id
 * there is has been used, a free one below it
 */
gint64 limner_dataset_reserve_id (LimnerDataset *self, LimnerRecordKind kind);

/* The id of the record that follows in its section, for LimnerEdit.next_id; FALSE at the end. */
gboolean limner_dataset_get_next_id (LimnerDataset *self,
                                     LimnerRecordKind kind,
                                     gint64 id,
                                     gint64 *next_id);

/**
 * limner_dataset_apply:
 * @edit: the edit; its before is not checked
 * @record: (nullable): edit->after, parsed; %NULL if it deletes
 *
 * Changes the overlay and everything that is counted, and signals; O(the edit). An overlay text
 * equal to the file's record is dropped again, so that undo restores the identity: the before of
 * the first edit of a row is taken as the file's text. An edit of an id that several records have
 * is ignored, see limner_dataset_count_records(). The record of an image joins an image of the list
 * that has its file_name and no record; another name, or a record without a file that comes or
 * goes, makes another list ("images-reset").
 */
void limner_dataset_apply (LimnerDataset *self, const LimnerEdit *edit, gpointer record);

/* ---- what a checkpoint writes ---- */

typedef struct
{
  LimnerRecordKind kind;
  guint32 row;        /* row of the base, or LIMNER_NO_ROW for a new record */
  guint32 before_row; /* new record: stands before this row of the base, or LIMNER_NO_ROW: at the
                         end of the section */
  GBytes *text;       /* (nullable): NULL = the row is deleted */
} LimnerChange;

/* Drops what it holds, not the structure itself: the clear function of arrays of them. */
void limner_change_clear (LimnerChange *self);

/**
 * limner_dataset_list_changes:
 *
 * Returns: (transfer full) (element-type LimnerChange): the overlay, sorted by kind, then place in
 * the file, new records in the order in which they come; O(edits), safe to hand to a thread
 */
GArray *limner_dataset_list_changes (LimnerDataset *self);

/* Whether a checkpoint would write anything; O(1). */
gboolean limner_dataset_has_changes (LimnerDataset *self);

/* ---- classes ---- */

/* (transfer none): GListModel of LimnerCategory in file order. */
GListModel *limner_dataset_get_categories (LimnerDataset *self);

/* (transfer none) (nullable): the class with that id, O(1), or the first with that name,
 * O(classes).
 */
LimnerCategory *limner_dataset_find_category (LimnerDataset *self, gint64 id);
LimnerCategory *limner_dataset_find_category_by_name (LimnerDataset *self, const char *name);

/* Colours of classes whose record has none, as kept in the workspace: set before the first use. */
void limner_dataset_set_category_color (LimnerDataset *self, gint64 id, guint32 color);

G_END_DECLS
