/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the scanner's bytes come from: a descriptor or memory, read at any offset. Not
 * thread-bound: reading moves no position.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;        /* -1: memory */
  GBytes *bytes; /* (nullable) */
  guint64 size;  /* bytes when it was opened */
} LimnerSource;

/**
 * limner_source_read:
 * @buffer: (out caller-allocates) (array length=length): the bytes
 *
 * Reads on over short reads and EINTR.
 *
 * Returns: bytes read, fewer than @length only at the end; -1 with @error on an I/O error
 */
gssize limner_source_read (
    const LimnerSource *self, guint64 offset, void *buffer, gsize length, GError **error);

/**
 * limner_source_locate:
 *
 * Counts lines from the start: O(@offset), for error messages.
 */
void limner_source_locate (const LimnerSource *self, guint64 offset, guint *line, guint *column);

/* Counts the line ends of @text and notes where the last of them is: @last is its index, or stays
 * as it is. */
guint limner_count_lines (const guint8 *text, gsize length, gsize *last);

void limner_source_clear (LimnerSource *self);

G_END_DECLS
