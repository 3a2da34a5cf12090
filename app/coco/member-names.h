/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The member names of the objects that are open while scanning, to notice one that comes twice.
 * Names are kept as 64-bit hashes: should two ever collide, a file is refused, never misread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LimnerMemberNames LimnerMemberNames;

LimnerMemberNames *limner_member_names_new (void);
void limner_member_names_free (LimnerMemberNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerMemberNames, limner_member_names_free)

/* An object begins or ends; they nest. */
void limner_member_names_push (LimnerMemberNames *self);
void limner_member_names_pop (LimnerMemberNames *self);

/* All objects are given up. */
void limner_member_names_clear (LimnerMemberNames *self);

/* Adds a name to the innermost object: FALSE if it was there. Amortised O(1). */
gboolean limner_member_names_add (LimnerMemberNames *self, const char *name, gsize length);

G_END_DECLS
