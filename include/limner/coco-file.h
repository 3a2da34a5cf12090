/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An open COCO file: its descriptor, its identity, and its columns. Opening is one pass over the
 * bytes, read in large chunks and never mapped, so a program that truncates the file gives an error
 * and not a signal; a file replaced by rename stays readable through our descriptor. Immutable
 * after opening, atomically reference counted, any thread.
 */

#include <gio/gio.h>
#include <limner/columns.h>
#include <limner/finding.h>

G_BEGIN_DECLS

#define LIMNER_COCO_ERROR (limner_coco_error_quark ())
GQuark limner_coco_error_quark (void);

typedef enum
{
  LIMNER_COCO_ERROR_EMPTY,        /* E_EMPTY */
  LIMNER_COCO_ERROR_SYNTAX,       /* E_SYNTAX */
  LIMNER_COCO_ERROR_ENCODING,     /* E_ENCODING */
  LIMNER_COCO_ERROR_NUL,          /* E_NUL */
  LIMNER_COCO_ERROR_DUP_KEY,      /* E_DUP_KEY */
  LIMNER_COCO_ERROR_DEPTH,        /* E_DEPTH */
  LIMNER_COCO_ERROR_LIMIT,        /* E_LIMIT */
  LIMNER_COCO_ERROR_NOT_OBJECT,   /* E_NOT_OBJECT */
  LIMNER_COCO_ERROR_NOT_COCO,     /* E_NOT_COCO */
  LIMNER_COCO_ERROR_SECTION_TYPE, /* E_SECTION_TYPE */
  LIMNER_COCO_ERROR_MISSING,      /* E_MISSING */
  LIMNER_COCO_ERROR_PERMISSION,   /* E_PERMISSION */
  LIMNER_COCO_ERROR_NOT_REGULAR,  /* E_NOT_REGULAR */
  LIMNER_COCO_ERROR_CHANGED,      /* the file is shorter or other than when it was scanned */
  LIMNER_COCO_ERROR_RECORD /* a record's text cannot be understood; message names the member */
} LimnerCocoError;

/* "E_SYNTAX" ... for an error of LIMNER_COCO_ERROR, else NULL. */
const char *limner_coco_error_get_code (const GError *error);

/* Limits: a file beyond them is refused with %LIMNER_COCO_ERROR_LIMIT or _DEPTH. */
#define LIMNER_COCO_MAX_DEPTH 256
#define LIMNER_COCO_MAX_TEXT_BYTES 4096 /* longer names are kept and reported: W_LONG_TEXT */
#define LIMNER_COCO_MAX_RECORD_BYTES ((guint64) 256 << 20)
#define LIMNER_COCO_MAX_FILE_BYTES ((guint64) 1 << 40)

/* Identity of a file's content: which version of it the log's edits apply to. */
typedef struct
{
  guint64 device;
  guint64 inode;
  guint64 size_bytes;
  gint64 mtime_ns;
  gint64 ctime_ns;
  guint64 hash_high; /* XXH3-128 of the content */
  guint64 hash_low;
} LimnerIdentity;

/* Whether device, inode, size and times agree: what is looked at before a byte is read. The hash is
 * not. */
gboolean limner_identity_same_stat (const LimnerIdentity *a, const LimnerIdentity *b);

/* Whether size and hash agree: the same bytes, wherever they are. */
gboolean limner_identity_same_content (const LimnerIdentity *a, const LimnerIdentity *b);

typedef struct _LimnerCocoFile LimnerCocoFile;

/* Called from the scanning thread, at most 20 times a second; fraction 0 .. 1. */
typedef void (*LimnerProgressFunc) (double fraction, gpointer user_data);

/**
 * limner_coco_file_open:
 * @path: a COCO file; links are followed
 * @progress: (nullable) (scope call): how far it is
 * @cancellable: (nullable): looked at every chunk
 * @error: %LIMNER_COCO_ERROR; the message starts with name:line:column
 *
 * Scans the whole file in one pass (columns, byte ranges, hash; syntax by RFC 8259, and beyond it
 * no duplicate names, NUL or lone surrogates; bare NaN and Infinity pass). Blocking; not for the UI
 * thread.
 *
 * Returns: (transfer full): the open file, or %NULL
 */
LimnerCocoFile *limner_coco_file_open (const char *path,
                                       LimnerProgressFunc progress,
                                       gpointer user_data,
                                       GCancellable *cancellable,
                                       GError **error);

/**
 * limner_coco_file_open_cached:
 *
 * The same, but what the scan of a large file finds is kept in the user's cache folder, by a thread
 * of its own, and is read from there as long as the file is unchanged: same device, inode, size and
 * times, and where it was written less than two seconds before it was scanned, same hash.
 */
LimnerCocoFile *limner_coco_file_open_cached (const char *path,
                                              LimnerProgressFunc progress,
                                              gpointer user_data,
                                              GCancellable *cancellable,
                                              GError **error);

/**
 * limner_coco_file_keep_index:
 * @replaced: (nullable): identity of the file that this one has taken the place of
 *
 * Keeps the columns for limner_coco_file_open_cached(), by a thread of its own that needs nothing
 * of the file any more: closing the file does not wait for it. For a file that was opened otherwise
 * and renamed since.
 */
void limner_coco_file_keep_index (LimnerCocoFile *self, const LimnerIdentity *replaced);

/**
 * limner_coco_finish_indexes:
 * @timeout_ms: how long to wait at most, in milliseconds
 *
 * For the end of a process: waits for the indexes that threads are writing. What is not written by
 * then is told to stop; should the process end before it has, what is left is swept when the next
 * index is written.
 *
 * Returns: whether all were written
 */
gboolean limner_coco_finish_indexes (guint timeout_ms);

/**
 * limner_coco_file_open_bytes:
 * @text: the whole content
 * @error: as of limner_coco_file_open(), with "text" for the name
 *
 * The same over memory, for tests and fuzzing.
 *
 * Returns: (transfer full): the file, which holds a reference to @text, or %NULL
 */
LimnerCocoFile *limner_coco_file_open_bytes (GBytes *text, GError **error);

/* (transfer full): atomic; the last unref closes the descriptor. Any thread. */
LimnerCocoFile *limner_coco_file_ref (LimnerCocoFile *self);
void limner_coco_file_unref (LimnerCocoFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerCocoFile, limner_coco_file_unref)

/* (transfer none) (nullable): as it was given; NULL over memory. */
const char *limner_coco_file_get_path (LimnerCocoFile *self);

/* (transfer none): what is known of all records; immutable, take a reference to keep it longer than
 * the file. */
LimnerColumns *limner_coco_file_get_columns (LimnerCocoFile *self);

/* (transfer none): of the content that was read. */
const LimnerIdentity *limner_coco_file_get_identity (LimnerCocoFile *self);

/* Problems that the scan saw by itself: W_BOM, W_MISSING_SECTION. (element-type LimnerFinding)
 * (transfer none) */
GPtrArray *limner_coco_file_get_findings (LimnerCocoFile *self);

/**
 * limner_coco_file_read:
 * @offset: first byte
 * @length: number of bytes
 * @error: %LIMNER_COCO_ERROR_CHANGED if the file has become shorter
 *
 * Returns: (transfer full): those bytes as they were scanned; one pread
 */
GBytes *limner_coco_file_read (LimnerCocoFile *self, guint64 offset, gsize length, GError **error);

/* The same into the caller's memory, @length bytes at @buffer. */
gboolean limner_coco_file_read_into (
    LimnerCocoFile *self, guint64 offset, gpointer buffer, gsize length, GError **error);

/**
 * limner_coco_file_read_record:
 * @row: row of the columns
 *
 * Returns: (transfer full): the record's text
 */
GBytes *limner_coco_file_read_record (LimnerCocoFile *self,
                                      LimnerRecordKind kind,
                                      guint32 row,
                                      GError **error);

/* Range of the value of 'info' if there is one. */
gboolean limner_coco_file_get_info (LimnerCocoFile *self, guint64 *offset, guint32 *length);

/**
 * limner_coco_file_locate:
 * @offset: a byte of the file
 * @line: (out): from 1
 * @column: (out): from 1, in bytes
 *
 * Counts line ends up to there; a table of every 64 KiB is made at the first call. Any thread.
 */
gboolean limner_coco_file_locate (
    LimnerCocoFile *self, guint64 offset, guint *line, guint *column, GError **error);

/* Whether file and descriptor still show what was scanned: stat of path and of the descriptor. */
gboolean limner_coco_file_is_current (LimnerCocoFile *self);

/**
 * limner_coco_find:
 * @folder: a folder of images
 * @hidden: (nullable) (element-type filename): takes the names in @folder itself that begin with a
 * dot, as a large folder is not listed twice in a blink; must free its elements
 *
 * Looks for COCO files by the conventions of their ecosystem:
 * _annotations.coco.json, *.coco.json, annotations.json, instances*.json, the same in annotations/,
 * ../annotations/instances_FOLDER.json. Only names and the first bytes are looked at.
 *
 * Returns: (transfer full) (array zero-terminated=1): absolute paths, best first; empty where there
 * is none
 */
GStrv limner_coco_find (const char *folder, GPtrArray *hidden);

/**
 * limner_coco_find_image_root:
 * @self: an open file
 *
 * Returns: (transfer full) (nullable): the folder where most of its first 100 records' files are:
 * beside it, images/,
 *   ../NAME (from instances_NAME), ../images/NAME; %NULL if none of them has one
 */
char *limner_coco_find_image_root (LimnerCocoFile *self);

/* Whether the file system of @path is another machine's, or behind a daemon: its clock may differ,
 * its locks may be missing, and changes are not told. %TRUE where it cannot be found out. */
gboolean limner_file_system_is_remote (const char *path);

G_END_DECLS
