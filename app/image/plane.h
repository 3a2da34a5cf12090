/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory of one picture. Large planes are mapped pages of their own: the C library would keep what
 * a picture of megabytes leaves behind for the next one of that thread, and walking a folder would
 * hold several pictures that nobody shows. In huge pages where there are some, since touching
 * thousands of small ones takes a tenth of the time of decoding.
 */

#include <glib.h>

G_BEGIN_DECLS

/**
 * limner_plane_new:
 * @mapped: (out): what limner_plane_free() wants to know
 *
 * Returns: (nullable): @size bytes, %NULL where there is no memory
 */
guint8 *limner_plane_new (gsize size, gsize *mapped);

/* @mapped: 0 for memory from g_malloc() */
void limner_plane_free (guint8 *data, gsize mapped);

G_END_DECLS
