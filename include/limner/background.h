/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * limner_background_thread_begin:
 *
 * From now on the calling thread stands back behind the window, and behind the display server that
 * the window waits for several times a frame: it has niceness 10 and, from Linux 6.12 on, a slice
 * of 0.3 ms. Niceness alone is its share of the time: a thread that computes is still left its
 * slice, some milliseconds, before another that has become ready takes its place. On other systems
 * the thread stays as it is.
 *
 * Costs some system calls: once a thread. It cannot be taken back.
 */
void limner_background_thread_begin (void);

G_END_DECLS
