/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * XXH3-128 of a file whose parts are read by several threads: the hash wants the bytes in order, so
 * each waits its turn, which takes a tenth of the time that scanning the part takes. Bytes that
 * were hashed already are passed over, so that parts may be read again or overlap.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GMutex lock;
  GCond moved;
  gpointer state;     /* XXH3_state_t */
  guint64 upto;       /* all bytes before are hashed */
  gboolean is_broken; /* a part is missing: nobody waits any more */
} LimnerHasher;

void limner_hasher_init (LimnerHasher *self);
void limner_hasher_clear (LimnerHasher *self);

/* Waits until all before @offset is hashed. */
void limner_hasher_add (LimnerHasher *self, guint64 offset, const guint8 *data, gsize length);

/* A part could not be read and never comes; there will be no hash. */
void limner_hasher_break (LimnerHasher *self);

guint64 limner_hasher_get_upto (LimnerHasher *self);
gboolean limner_hasher_is_broken (LimnerHasher *self);
void limner_hasher_get (LimnerHasher *self, guint64 *high, guint64 *low);

G_END_DECLS
