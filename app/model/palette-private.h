/* SPDX-License-Identifier: MIT */
#pragma once

#include <limner/palette.h>

G_BEGIN_DECLS

/**
 * limner_palette_choose_beside:
 * @used: (element-type guint32): a set of colours that are taken, as GUINT_TO_POINTER()
 *
 * limner_palette_choose() for who chooses many colours in a row.
 */
guint32 limner_palette_choose_beside (const char *name, GHashTable *used);

G_END_DECLS
