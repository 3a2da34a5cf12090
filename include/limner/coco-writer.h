/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Writes a COCO file: the bytes of the base between the changes, copied by the kernel where it can,
 * and the texts of the changed records. Steps 3 to 6 of the checkpoint (checkpoint.c); the
 * rename is the caller's, between two commits of the log. Blocking, any thread.
 */

#include <limner/coco-file.h>
#include <limner/coco-record.h>
#include <limner/dataset.h>

G_BEGIN_DECLS

typedef struct _LimnerCocoWriter LimnerCocoWriter;

/**
 * limner_coco_writer_new:
 * @base: (nullable): the file as it is; %NULL to make a new one
 * @target: path of the COCO file to be; links are resolved, the temporary file lies in the folder
 * of the link's target
 *
 * Temporary name: .NAME.limner-tmp-XXXXXX, O_EXCL | O_NOFOLLOW, 0600 until it is whole.
 */
LimnerCocoWriter *limner_coco_writer_new (LimnerCocoFile *base, const char *target, GError **error);

/* The person chose to replace whatever is at the target, as with 'save as': nothing of it is kept.
 * Off at first. */
void limner_coco_writer_set_overwrite (LimnerCocoWriter *self, gboolean overwrite);

/**
 * limner_coco_writer_write:
 * @changes: (element-type LimnerChange): sorted, from limner_dataset_list_changes()
 * @info: (nullable): new text of 'info', or %NULL to leave it
 *
 * Writes, gives the file the mode, owner, group, ACL and extended attributes of the base, syncs it,
 * closes it, and reads it back with the ordinary scanner: counts and hash must be as written.
 *
 * Returns: (transfer full): the temporary file, open and scanned; on failure the temporary file is
 * gone and @error names the cause (G_IO_ERROR_NO_SPACE for a full disk, ...)
 */
LimnerCocoFile *limner_coco_writer_write (LimnerCocoWriter *self,
                                          GArray *changes,
                                          GBytes *info,
                                          LimnerProgressFunc progress,
                                          gpointer user_data,
                                          GCancellable *cancellable,
                                          GError **error);

/**
 * limner_coco_writer_get_losses:
 *
 * Returns: (transfer none) (nullable): a sentence about what the new file could not keep of the old
 * one (owner, group, ACL, attributes), after limner_coco_writer_write(); %NULL where all was kept
 */
const char *limner_coco_writer_get_losses (LimnerCocoWriter *self);

/**
 * limner_coco_writer_replace:
 * @written: what limner_coco_writer_write() returned; afterwards its path is the target
 * @replaced: (out) (nullable): whether another file was at the target than the base: its content is
 * kept as NAME.conflict-TIME.json beside it
 *
 * Renames over the target and syncs the folder (steps 8 and 9).
 */
gboolean limner_coco_writer_replace (LimnerCocoWriter *self,
                                     LimnerCocoFile *written,
                                     char **replaced,
                                     GError **error);

/* Removes the temporary file unless it was renamed. */
void limner_coco_writer_free (LimnerCocoWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerCocoWriter, limner_coco_writer_free)

/**
 * limner_coco_write_in_place:
 * @base: the target as it is; records of it can be read throughout, by way of a copy
 * @target: the COCO file, in a folder that takes no new files
 * @log_path: in the state folder: the copies lie beside it under its name and a suffix
 *
 * Writes the version at limner_coco_dup_in_place_new() into @target itself, syncs it and reads it
 * back. A whole durable copy of the old version comes first; it is put back where writing fails.
 * While this runs the target is neither version: only if the person agreed. Refused where another
 * program writes the target while it is copied.
 */
gboolean limner_coco_write_in_place (LimnerCocoFile *base,
                                     const char *target,
                                     const char *log_path,
                                     GError **error);

/* (transfer full): where the new version must be, whole and durable. */
char *limner_coco_dup_in_place_new (const char *log_path);

/* Whether limner_coco_write_in_place() may have been interrupted, be it before its first byte. */
gboolean limner_coco_is_in_place_open (const char *log_path);

/* Whether the target may be neither version: both copies are there. */
gboolean limner_coco_is_in_place_begun (const char *log_path);

/**
 * limner_coco_recover_in_place:
 *
 * After a crash: a target that is a mixture of both versions becomes the new one; one that another
 * program has written since is left. Can be interrupted and repeated. Nobody else may be writing:
 * the log at @log_path is held. The copies of both versions stay as long as the target is absent or
 * cannot be read or written; only an absent one is no error.
 */
gboolean limner_coco_recover_in_place (const char *target, const char *log_path, GError **error);

/* The same, but a mixture becomes the old version: for who goes on with that as the base after
 * limner_coco_write_in_place() failed. */
gboolean limner_coco_undo_in_place (const char *target, const char *log_path, GError **error);

/**
 * limner_coco_remove_leftovers:
 *
 * Removes temporary files that a killed Limner left beside @target (only names of ours).
 */
void limner_coco_remove_leftovers (const char *target);

G_END_DECLS
