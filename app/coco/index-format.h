/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Columns as bytes: what the scan of a file found, to be read back instead of scanning it again.
 * A fixed header, a checksum for each chunk, then the columns as they are in memory. For this
 * machine only: byte order and the sizes of our structures are part of the header, and another
 * version is no index at all.
 */

#include "scanner.h"

G_BEGIN_DECLS

typedef struct
{
  LimnerIdentity identity; /* of the COCO file */
  gint64 taken_us;         /* when the scan began: a file that is hardly older may have changed
                              without showing it */
  LimnerLayout layout;
  LimnerColumns *columns; /* (nullable): categories have only their ranges */
} LimnerIndex;

/**
 * limner_index_write:
 * @fd: an empty file
 * @cancellable: (nullable): looked at for every column and chunk
 *
 * Not synced: a damaged index is noticed, and made again.
 *
 * Returns: %FALSE with @error if it was cancelled or the file cannot be written; what is there then
 *   is no index
 */
gboolean limner_index_write (const LimnerIndex *self,
                             int fd,
                             GCancellable *cancellable,
                             GError **error);

/**
 * limner_index_read:
 * @of: device, inode, size and times of the COCO file
 *
 * In two threads where there are two processors. Every byte is covered by a checksum, and every
 * number that is used as a place is looked at.
 *
 * Returns: whether @self could be filled: %FALSE too if it is the index of another file, or of
 *   another version of it; columns are the caller's
 */
gboolean limner_index_read (LimnerIndex *self, int fd, const LimnerIdentity *of);

G_END_DECLS
