/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Colours of classes: twelve base colours far apart for common colour blindness too, then the same
 * rotated in lightness.
 */

#include <glib.h>

G_BEGIN_DECLS

/**
 * limner_palette_choose:
 * @name: (nullable): class name; its hash picks the entry to try first
 * @used: (array length=n_used): colours already taken, 0xRRGGBB
 *
 * Returns: a colour that is free while there are free ones; the same arguments give the same colour
 */
guint32 limner_palette_choose (const char *name, const guint32 *used, guint n_used);

/* (transfer full): "#rrggbb". */
char *limner_palette_format (guint32 color);

/* @text: (nullable): FALSE, and @color as it was, if it is not "#rrggbb" of any case. */
gboolean limner_palette_parse (const char *text, guint32 *color);

G_END_DECLS
