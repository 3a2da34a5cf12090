/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Columns as bytes: what the scan of a file found, to be read back instead of scanning it again.
 * A fixed header, then the columns as they are in memory. For this machine only: byte order and
 * the sizes of our structures are part of the header, and another version is no index at all.
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

/* Writes to @fd, not synced: a damaged index is noticed, and made again. */
gboolean limner_index_write (const LimnerIndex *self, int fd, GError **error);

/**
 * limner_index_read_header:
 * @identity: (out), @taken_us: (out): which file it belongs to
 *
 * Returns: %FALSE if this is no index of ours
 */
gboolean limner_index_read_header (int fd, LimnerIdentity *identity, gint64 *taken_us);

/**
 * limner_index_read:
 *
 * Every byte is covered by a checksum, and every number that is used as a place is looked at.
 *
 * Returns: whether @self could be filled; columns are the caller's
 */
gboolean limner_index_read (LimnerIndex *self, int fd);

G_END_DECLS
