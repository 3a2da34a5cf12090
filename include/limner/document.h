/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A dataset that is open: the data in memory, its log, its COCO file and the watch on it. The
 * window, limn and the tests change a dataset through transactions here and nowhere else. Main
 * thread (any thread that owns a thread-default main context); whatever reads or writes a file runs
 * in threads of its own.
 *
 *   LimnerTransaction *t = limner_document_begin (document, _("Draw box"), image);
 *   limner_transaction_create_annotation (t, image, width, height, category_id, shape, &id,
 * &error); limner_document_commit (document, t, on_acknowledged, self, &error);
 *
 * commit applies the step to the dataset and hands it to the log thread; "on_acknowledged" comes
 * when it is durable. The COCO file is rewritten later (checkpoint): after a pause of 2 s but,
 * unless asked for, not before 30 times the last checkpoint's duration has passed.
 */

#include <gio/gio.h>
#include <limner/coco-record.h>
#include <limner/dataset.h>
#include <limner/history.h>

G_BEGIN_DECLS

#define LIMNER_DOCUMENT_ERROR (limner_document_error_quark ())
GQuark limner_document_error_quark (void);

typedef enum
{
  LIMNER_DOCUMENT_ERROR_SEVERAL,    /* several COCO files: choose one; the message names them */
  LIMNER_DOCUMENT_ERROR_NOT_FOUND,  /* no folder, file or record of that name or id */
  LIMNER_DOCUMENT_ERROR_NO_IMAGES,  /* neither pictures nor a COCO file in the folder */
  LIMNER_DOCUMENT_ERROR_READ_ONLY,  /* another program holds the dataset, or it was opened read-only
                                     */
  LIMNER_DOCUMENT_ERROR_REFUSED,    /* the edit makes no sense: id taken, not unique, still referred
                                       to, ... */
  LIMNER_DOCUMENT_ERROR_CONFLICT,   /* the COCO file was changed by another program in the same
                                       records */
  LIMNER_DOCUMENT_ERROR_NOT_DURABLE /* the log could not be written */
} LimnerDocumentError;

/* How the work stands on disk. */
typedef enum
{
  LIMNER_SAVE_SAVED,   /* the COCO file holds everything */
  LIMNER_SAVE_LOGGED,  /* every edit is durable in the workspace, the COCO file follows */
  LIMNER_SAVE_LOGGING, /* an edit is on its way to the workspace */
  LIMNER_SAVE_SAVING,  /* the COCO file is being written */
  LIMNER_SAVE_TROUBLE  /* see "trouble" */
} LimnerSaveState;

/* What keeps the work from being safe, or from being in the COCO file. */
typedef enum
{
  LIMNER_TROUBLE_NONE,
  LIMNER_TROUBLE_NOT_DURABLE, /* edits are only in memory: work is at risk */
  LIMNER_TROUBLE_SAVE_FAILED, /* edits are durable in the log, the COCO file could not be written;
                                 retried by itself */
  LIMNER_TROUBLE_READ_ONLY,   /* folder is read-only: changes are kept on this computer */
  LIMNER_TROUBLE_GONE,        /* folder or file vanished */
  LIMNER_TROUBLE_HELD,        /* another program holds the dataset: read-only */
  LIMNER_TROUBLE_CONFLICT, /* other program changed the same records; nothing is written until it is
                              settled */
  LIMNER_TROUBLE_WORKSPACE, /* W_WORKSPACE: the workspace beside the file is not usable and was left
                               alone */
  LIMNER_TROUBLE_PARTED /* W_WORKSPACE: somebody else's changes in it wait for the next opening */
} LimnerTroubleKind;

typedef struct
{
  LimnerTroubleKind kind;
  gboolean at_risk; /* edits that are nowhere on disk */
  char *title;      /* "The disk is full: 3 changes to annotations.json are not saved yet" */
  char *detail;     /* what happens to the work */
} LimnerTrouble;

typedef enum
{
  LIMNER_FRAME_UPRIGHT, /* numbers are in the picture as shown */
  LIMNER_FRAME_STORED   /* numbers are in the picture as stored, before EXIF turns it */
} LimnerFrame;

typedef enum
{
  LIMNER_OPEN_NORMAL = 0,
  LIMNER_OPEN_READ_ONLY =
      1 << 0, /* nothing is created or written, the log is replayed if it can be read */
  LIMNER_OPEN_RECORDS_ONLY = 1 << 1, /* do not look for picture files without a record (limn) */
  LIMNER_OPEN_TAKE_OVER = 1 << 2, /* the person says that whoever has the dataset by a lease (where
                                    the file system has no locks) is gone */
  LIMNER_OPEN_IN_PLACE = 1 << 3   /* the person agrees that a file whose folder takes no new ones is
                                     written into: limner_document_allow_in_place() */
} LimnerOpenFlags;

#define LIMNER_TYPE_DOCUMENT (limner_document_get_type ())
G_DECLARE_FINAL_TYPE (LimnerDocument, limner_document, LIMNER, DOCUMENT, GObject)

/*
 * Properties (each notifies): save-state (LimnerSaveState as uint), pending (uint: edits not in the
 * COCO file), read-only (boolean), busy (boolean: long work), progress (double 0 .. 1 of it).
 * Signals
 *   trouble-changed (): see limner_document_get_trouble()
 *   recovered (guint n_steps): steps of an interrupted session were brought back; emitted once,
 *     after the answer of open()
 *   notice (char *sentence): something the person should read once: what a save could not keep of
 *     the old file (owner, group, attributes)
 *   replaced (): the COCO file was changed by another program and has been read or merged again, or
 *     that program let the dataset go; the dataset is the same object and has emitted
 *     "images-reset"
 */

/**
 * limner_document_can_write_in_place:
 *
 * Whether the trouble is %LIMNER_TROUBLE_READ_ONLY, though the COCO file itself can be written.
 */
gboolean limner_document_can_write_in_place (LimnerDocument *self);

/* The person agrees that the COCO file itself is written into: while that lasts it is neither
 * version. A whole durable copy of the old one is in the state folder meanwhile, and a crash is put
 * right at the next opening. */
void limner_document_allow_in_place (LimnerDocument *self);

/**
 * limner_document_can_claim:
 * @is_silent: (out) (optional): its holder has shown no sign of life for 15 s
 *
 * Whether the trouble is %LIMNER_TROUBLE_HELD on a file system without locks, where it cannot be
 * known whether a holder on another machine is alive. Known some 500 ms after the trouble;
 * "trouble-changed" tells.
 */
gboolean limner_document_can_claim (LimnerDocument *self, gboolean *is_silent);

/* The person says that the holder is gone: its dataset is taken over in the background, "replaced"
 * follows. Should it be alive, nothing it writes from then on counts, and it is told. */
void limner_document_claim (LimnerDocument *self);

/**
 * limner_document_open_async:
 * @path: a folder, a COCO file, or a picture (then its folder)
 * @coco_path: (nullable): which COCO file to use where a folder has several
 * @image_root: (nullable): folder of the images, where it cannot be found
 * @progress: (nullable): called on the main context
 *
 * Opens file, log and folder in a thread. A folder without COCO file gets _annotations.coco.json at
 * the first checkpoint. Leftovers of killed checkpoints are removed. Opening creates nothing. In
 * one process a dataset is one document: opening the same file again returns the same object.
 */
void limner_document_open_async (const char *path,
                                 const char *coco_path,
                                 const char *image_root,
                                 LimnerOpenFlags flags,
                                 LimnerProgressFunc progress,
                                 gpointer progress_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
LimnerDocument *limner_document_open_finish (GAsyncResult *result, GError **error);

/* The same, blocking: for limn and tests. */
LimnerDocument *limner_document_open (const char *path,
                                      const char *coco_path,
                                      const char *image_root,
                                      LimnerOpenFlags flags,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * limner_document_dup_candidates:
 *
 * Returns: (transfer full): for %LIMNER_DOCUMENT_ERROR_SEVERAL: the COCO files of the folder, best
 * first
 */
GStrv limner_document_dup_candidates (const char *folder);

LimnerDataset *limner_document_get_dataset (LimnerDocument *self);
LimnerHistory *limner_document_get_history (LimnerDocument *self);

/* (nullable): the COCO file as it is on disk; NULL before the first checkpoint of a new one. */
LimnerCocoFile *limner_document_get_coco_file (LimnerDocument *self);

/* Where the COCO file is or will be. */
const char *limner_document_get_path (LimnerDocument *self);

/* Folder the person sees: that of the images, else of the COCO file. */
const char *limner_document_get_folder (LimnerDocument *self);
gboolean limner_document_is_read_only (LimnerDocument *self);
LimnerSaveState limner_document_get_save_state (LimnerDocument *self);
guint limner_document_get_n_pending (LimnerDocument *self);
const LimnerTrouble *limner_document_get_trouble (LimnerDocument *self);

/* (transfer none) (element-type LimnerFinding): what opening saw: W_WORKSPACE, W_HARD_LINK, scan
 * findings. */
GPtrArray *limner_document_get_findings (LimnerDocument *self);

/* The position the picture given to open() has, else LIMNER_NO_IMAGE. */
guint limner_document_get_start_image (LimnerDocument *self);

/* The frame of the numbers: as 'info' says, else as the sizes of turned images
 * tell (looked at while opening, at most the first 200 JPEG headers whose record is taller or wider
 * than the file), else upright. */
LimnerFrame limner_document_get_frame (LimnerDocument *self);

/* ---- reading ---- */

/**
 * limner_document_load_annotations_async:
 *
 * Reads and decodes the annotations of an image in a thread, in file order, new ones last; records
 * that are not objects are left out. Kept for the last few images, so that loading a neighbour
 * ahead makes it immediate.
 */
void limner_document_load_annotations_async (LimnerDocument *self,
                                             guint image,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);

/* (transfer full) (element-type LimnerAnnotation) */
GPtrArray *limner_document_load_annotations_finish (LimnerDocument *self,
                                                    GAsyncResult *result,
                                                    GError **error);

/* (transfer full) (nullable): at once, if they are kept or the image has none; else NULL. */
GPtrArray *limner_document_peek_annotations (LimnerDocument *self, guint image);

/* Blocking: for limn and tests. */
GPtrArray *limner_document_load_annotations (LimnerDocument *self, guint image, GError **error);

/* Blocking, one record: parsed, or (transfer full) NULL. For limn, transactions and undo. */
gpointer limner_document_load_record (LimnerDocument *self,
                                      LimnerRecordKind kind,
                                      gint64 id,
                                      GError **error);

/* ---- editing ---- */

typedef struct _LimnerTransaction LimnerTransaction;

/**
 * limner_document_begin:
 * @label: what the undo button says, translated
 * @image: image that is shown when it is undone, or LIMNER_NO_IMAGE
 *
 * A transaction gathers edits of one gesture; several changes of one record become one edit. It
 * must be committed or freed. Only one at a time.
 */
LimnerTransaction *limner_document_begin (LimnerDocument *self, const char *label, guint image);
void limner_transaction_free (LimnerTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerTransaction, limner_transaction_free)

/*
 * What a transaction can do. Each returns FALSE with LIMNER_DOCUMENT_ERROR_REFUSED or _NOT_FOUND
 * and changes nothing if it makes no sense. Shapes are in the frame of the file.
 */

/* @shape's segmentation, bbox and area, iscrowd 0; creates the image's record first if it has none,
 * with @width and @height of the picture as shown. */
gboolean limner_transaction_create_annotation (LimnerTransaction *self,
                                               guint image,
                                               guint width,
                                               guint height,
                                               gint64 category_id,
                                               const LimnerShape *shape,
                                               gint64 *id,
                                               GError **error);

/* Copies a record with all its members (attributes too) onto an image, with a new id and the given
 * shape. */
gboolean limner_transaction_copy_annotation (LimnerTransaction *self,
                                             const LimnerAnnotation *source,
                                             guint image,
                                             guint width,
                                             guint height,
                                             gint64 category_id,
                                             const LimnerShape *shape,
                                             gint64 *id,
                                             GError **error);
gboolean limner_transaction_set_shape (LimnerTransaction *self,
                                       gint64 annotation_id,
                                       const LimnerShape *shape,
                                       GError **error);
gboolean limner_transaction_set_category (LimnerTransaction *self,
                                          gint64 annotation_id,
                                          gint64 category_id,
                                          GError **error);
gboolean limner_transaction_create_category (LimnerTransaction *self,
                                             const char *name,
                                             gint64 *id,
                                             GError **error);
gboolean limner_transaction_rename_category (LimnerTransaction *self,
                                             gint64 category_id,
                                             const char *name,
                                             GError **error);
gboolean limner_transaction_recolor_category (LimnerTransaction *self,
                                              gint64 category_id,
                                              guint32 color,
                                              GError **error);
gboolean limner_transaction_set_image_state (LimnerTransaction *self,
                                             guint image,
                                             guint width,
                                             guint height,
                                             LimnerState state,
                                             GError **error);

/**
 * limner_transaction_set_members:
 * @members: (array length=n_members): values are JSON text that passed limner_coco_check_text();
 * NULL removes
 *
 * Sets members of a record as they are given ('limn apply', details panel).
 */
gboolean limner_transaction_set_members (LimnerTransaction *self,
                                         LimnerRecordKind kind,
                                         gint64 id,
                                         const LimnerMember *members,
                                         guint n_members,
                                         GError **error);

/**
 * limner_transaction_create_record:
 * @text: a JSON object; its "id", if there is one, must be free; else it gets the next one
 *
 * For 'limn apply'. An annotation must refer to an image and category that exist.
 */
gboolean limner_transaction_create_record (
    LimnerTransaction *self, LimnerRecordKind kind, const char *text, gint64 *id, GError **error);

/**
 * limner_transaction_delete:
 * @cascade: delete the annotations that refer to it, too; without, an image or category in use is
 * refused
 */
gboolean limner_transaction_delete (
    LimnerTransaction *self, LimnerRecordKind kind, gint64 id, gboolean cascade, GError **error);

/* Gives all annotations of a category another one. */
gboolean limner_transaction_move_annotations (LimnerTransaction *self,
                                              gint64 from_category,
                                              gint64 to_category,
                                              GError **error);

/* Called once on the main context when the step is durable (@error NULL), or could not be made so
 * yet: the document keeps trying, shows trouble, and calls again with NULL when it has succeeded.
 */
typedef void (*LimnerAcknowledgeFunc) (LimnerDocument *document,
                                       const GError *error,
                                       gpointer user_data);

/**
 * limner_document_commit:
 * @transaction: (transfer full): freed in any case; one without effect commits nothing and is
 * acknowledged at once
 * @acknowledged: (nullable): see there
 * @error: %LIMNER_DOCUMENT_ERROR_READ_ONLY
 *
 * Applies it to the dataset at once and makes it durable in the log thread. O(the edit).
 */
gboolean limner_document_commit (LimnerDocument *self,
                                 LimnerTransaction *transaction,
                                 LimnerAcknowledgeFunc acknowledged,
                                 gpointer user_data,
                                 GError **error);

/**
 * limner_document_undo:
 * @image: (out): image to show, or LIMNER_NO_IMAGE
 *
 * Takes the newest step back, as an edit of its own; FALSE without error where there is none.
 */
gboolean limner_document_undo (LimnerDocument *self, guint *image, GError **error);
gboolean limner_document_redo (LimnerDocument *self, guint *image, GError **error);

/* ---- saving ---- */

/* Writes the COCO file now if there is anything to write; joins a running checkpoint and makes
 * another if edits came since. */
void limner_document_save_async (LimnerDocument *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean limner_document_save_finish (LimnerDocument *self, GAsyncResult *result, GError **error);
gboolean limner_document_save (LimnerDocument *self, GError **error);

/* A pause: the person goes to another image; makes a checkpoint if that is quick. */
void limner_document_hint_pause (LimnerDocument *self);

/* Tries at once what is retried every 5 s. */
void limner_document_retry (LimnerDocument *self);

/* Blocks until every committed step is acknowledged; for limn and tests. */
gboolean limner_document_flush (LimnerDocument *self, GError **error);

/**
 * limner_document_close_async:
 *
 * Final checkpoint, then lets the log go. Fails without closing if an edit is nowhere on disk
 * (%LIMNER_DOCUMENT_ERROR_NOT_DURABLE); if only the COCO file could not be written the log keeps
 * the edits and closing succeeds.
 */
void limner_document_close_async (LimnerDocument *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean limner_document_close_finish (LimnerDocument *self, GAsyncResult *result, GError **error);
gboolean limner_document_close (LimnerDocument *self, GError **error);

/* ---- conflicts ---- */

/* A record that we and another program changed differently: three versions of its text, each %NULL
 * where the record is not there. Until it is settled ours is shown and nothing is written. */
typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
  GBytes *base;   /* (nullable): before both changed it */
  GBytes *ours;   /* (nullable) */
  GBytes *theirs; /* (nullable) */
} LimnerConflict;

/* (transfer none) (element-type LimnerConflict): what %LIMNER_TROUBLE_CONFLICT asks about, in the
 * order of our edits; empty without it, and where the other program's file cannot be read. Changes
 * are told by "trouble-changed" and "replaced"; the elements are valid until then. */
GPtrArray *limner_document_get_conflicts (LimnerDocument *self);

/**
 * limner_document_settle_conflict:
 * @keep_ours: else theirs
 * @error: %LIMNER_DOCUMENT_ERROR_NOT_FOUND if there is no such conflict,
 * %LIMNER_DOCUMENT_ERROR_READ_ONLY
 *
 * Settles one record. It is a step in history and log: undoing it gives the other version, and
 * after a crash what was settled stays so. With the last one the trouble ends and both are written.
 */
gboolean limner_document_settle_conflict (
    LimnerDocument *self, LimnerRecordKind kind, gint64 id, gboolean keep_ours, GError **error);

/* The same for all that are left, as one step. */
void limner_document_resolve_conflict (LimnerDocument *self, gboolean keep_ours);

/* A member whose value differs between two of the versions: JSON text, %NULL where it is not there.
 */
typedef struct
{
  char *name;
  char *base;   /* (nullable) */
  char *ours;   /* (nullable) */
  char *theirs; /* (nullable) */
} LimnerMemberDifference;

/* (transfer full) (element-type LimnerMemberDifference): in the order of the record; numbers and
 * strings that only are spelled differently are the same. A version without the record differs in
 * no member. */
GPtrArray *limner_conflict_list_differences (const LimnerConflict *self);

/* ---- export ---- */

typedef enum
{
  LIMNER_EXPORT_ALL, /* pictures of the folder without a record get one: negatives to train with */
  LIMNER_EXPORT_ANNOTATED,
  LIMNER_EXPORT_DONE,
  LIMNER_EXPORT_RECORDS /* what the COCO file has */
} LimnerExportImages;

typedef struct
{
  LimnerExportImages images;
  gboolean copy_images;    /* beside the new file, in the same sub-folders */
  gboolean without_limner; /* leave the "limner" members out */
} LimnerExportOptions;

/**
 * limner_document_export_async:
 * @target: the COCO file to write; never the document's own
 *
 * Writes a COCO file with the chosen images and their annotations, records byte for byte,
 * atomically; images are copied first. With progress and cancel.
 */
void limner_document_export_async (LimnerDocument *self,
                                   const char *target,
                                   const LimnerExportOptions *options,
                                   LimnerProgressFunc progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean limner_document_export_finish (LimnerDocument *self, GAsyncResult *result, GError **error);

G_END_DECLS
