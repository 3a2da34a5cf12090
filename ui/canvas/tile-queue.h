/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Two threads of low priority that run tile jobs, first come first served, and hand them back on
 * the main thread. What has not begun can be taken back at any time, so the asker refills the
 * queue whenever the view moves.
 */

#include "tile-painter.h"

G_BEGIN_DECLS

typedef struct _LimnerTileQueue LimnerTileQueue;

/* Called on the main thread for each job that ran; (transfer full): the job. */
typedef void (*LimnerTileQueueFunc) (LimnerTileJob *job, gpointer user_data);

LimnerTileQueue *limner_tile_queue_new (LimnerTileQueueFunc done, gpointer user_data);

/* Cancels everything, waits for what is running, calls nobody. */
void limner_tile_queue_free (LimnerTileQueue *self);

/* (transfer full) */
void limner_tile_queue_push (LimnerTileQueue *self, LimnerTileJob *job);

/* (transfer full) (element-type LimnerTileJob): jobs that have not begun, taken back. */
GPtrArray *limner_tile_queue_take_back (LimnerTileQueue *self);

/**
 * limner_tile_queue_help:
 * @budget_us: no job is begun after that time
 *
 * Runs jobs on the calling main thread beside the workers, then calls back for all that are done.
 */
void limner_tile_queue_help (LimnerTileQueue *self, gint64 budget_us);

/* Jobs that were begun, for tests. */
guint64 limner_tile_queue_count_jobs (LimnerTileQueue *self);

G_END_DECLS
