/* SPDX-License-Identifier: MIT */
#pragma once

/* A conflict in words: what it is about, and how each version says a member that differs. */

#include <limner/document.h>

G_BEGIN_DECLS

/* (transfer full): "Annotation 12 on street.jpg", "Class “bus”", "Image street.jpg". */
char *limner_conflict_dup_title (LimnerDocument *document, const LimnerConflict *conflict);

/* (transfer full): "car, polygon of 17 points"; without a version that it was deleted, or of the
 * base that it was not there yet. */
char *limner_conflict_dup_version (LimnerDocument *document,
                                   const LimnerConflict *conflict,
                                   GBytes *version,
                                   gboolean is_base);

/* What people call a member of a record; its own name where it has none. */
const char *limner_conflict_get_member_name (const char *name);

/* (transfer full): @value is JSON text; %NULL: the member is not there. */
char *limner_conflict_dup_value (LimnerDocument *document, const char *name, const char *value);

G_END_DECLS
