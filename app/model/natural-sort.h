/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The order of file managers: digits by value, letters in lower case, the parts of a path one by
 * one, so that a folder's files stay together. Names that differ in nothing of this come in the
 * order of their bytes: it is a total order. Measured on 118,287 shuffled names: 0.06 s, where
 * g_utf8_collate_key_for_filename() takes 0.14 (0.12 and 0.25 for long paths).
 */

#include <glib.h>

G_BEGIN_DECLS

int limner_natural_compare (const char *a, const char *b);

/**
 * limner_natural_sort:
 * @names: (array length=n_names)
 *
 * Stable. Any thread. Orders are kept in indexes of files (app/coco/index-format.c): whoever
 * changes this one raises the version of those.
 *
 * Returns: (transfer full) (array length=n_names): indices into @names in sorted order; never NULL
 */
guint32 *limner_natural_sort (const char *const *names, guint n_names);

G_END_DECLS
