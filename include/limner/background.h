/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * limner_background_thread_begin:
 *
 * From now on the calling thread stands back behind the window, and behind the display server that
 * the window waits for several times a frame: it has niceness 10, or what it had if that is higher.
 * Where threads have no niceness of their own (all systems but Linux), or the system refuses, it
 * stays as it is.
 *
 * Costs two or three system calls: once a thread. It cannot be taken back.
 */
void limner_background_thread_begin (void);

G_END_DECLS
