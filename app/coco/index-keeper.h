/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Threads that write indexes. Each owns what it needs, so that nobody waits for it: the file and
 * the dataset may be closed meanwhile. That there are any is known for the whole process, for
 * limner_coco_finish_indexes() at its end.
 */

#include "index-cache.h"

G_BEGIN_DECLS

/**
 * limner_index_keep:
 * @index: copied, with a reference to its columns
 * @replaced: (nullable): identity of a file that is no more, whose index goes
 *
 * Stores the index in the user's cache, in a thread of its own. Any thread.
 */
void limner_index_keep (const LimnerIndex *index, const LimnerIdentity *replaced);

G_END_DECLS
