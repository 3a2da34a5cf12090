/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Indexes of large COCO files, in the user's cache folder: limner/index/DEVICE-INODE. A cache in
 * every way: what is stale, damaged or another's is not used and made again, the least recently
 * used go when there are more than 64 or 512 MiB of them, and where the folder cannot be written
 * nothing is kept. An index is written under a name that begins with tmp-, locked as long as its
 * writer lives, so that what a killed writer left is known and swept by the next.
 */

#include "index-format.h"

G_BEGIN_DECLS

#define LIMNER_INDEX_MIN_FILE_BYTES ((guint64) 4 << 20) /* smaller files are scanned in no time */

/**
 * limner_index_load:
 * @identity: device, inode, size and times of the open file
 *
 * Returns: whether there is an index of just that file. If %LIMNER_INDEX_RACY, it was made so soon
 *   after the file was written that only the content's hash can tell whether it still applies
 */
typedef enum
{
  LIMNER_INDEX_NONE,
  LIMNER_INDEX_RACY,
  LIMNER_INDEX_FOUND
} LimnerIndexState;

LimnerIndexState limner_index_load (LimnerIndex *self, const LimnerIdentity *identity);

/**
 * limner_index_store:
 * @cancellable: (nullable)
 *
 * Keeps it for the next time; what goes wrong is of no interest, and leaves nothing behind.
 */
void limner_index_store (const LimnerIndex *self, GCancellable *cancellable);

/* The file of that identity has been replaced. */
void limner_index_forget (const LimnerIdentity *identity);

G_END_DECLS
