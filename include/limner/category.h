/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A class of the dataset as views observe it. Owned by the dataset, which keeps it up to date; main
 * thread.
 */

#include <glib-object.h>
#include <limner/record.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CATEGORY (limner_category_get_type ())
G_DECLARE_FINAL_TYPE (LimnerCategory, limner_category, LIMNER, CATEGORY, GObject)

/* Properties, read-only for others, each notifies: id (int64), name, supercategory (string), color
 * (uint, 0xRRGGBB), n-annotations (uint: in the whole dataset, edits included). Name and
 * supercategory are (transfer none), and "" where the record has none, never NULL. All O(1). */
gint64 limner_category_get_id (LimnerCategory *self);
const char *limner_category_get_name (LimnerCategory *self);
const char *limner_category_get_supercategory (LimnerCategory *self);
guint32 limner_category_get_color (LimnerCategory *self);

/* (transfer none): its record as it stands in the file. */
GBytes *limner_category_get_text (LimnerCategory *self);
guint limner_category_get_n_annotations (LimnerCategory *self);

/* Whether its id is unique and usable: else it can be shown but not edited. */
gboolean limner_category_is_editable (LimnerCategory *self);

G_END_DECLS
