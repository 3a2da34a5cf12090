/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The lowest layer of the scanner: JSON values out of a stream of chunks, judged by RFC 8259 and
 * reliability.md.
 *
 * The buffer ends with NUL bytes, and NUL is legal nowhere in JSON: so loops run without looking
 * for the end of the buffer, and whoever meets a NUL asks limner_lexer_refill() whether the file
 * goes on. Functions return FALSE once there is an error; the first one is kept in the lexer.
 */

#include "hasher.h"
#include "member-names.h"
#include "number.h"
#include "source.h"

#include <limner/coco-file.h>

G_BEGIN_DECLS

typedef struct _LimnerLexer LimnerLexer;

struct _LimnerLexer
{
  /* where it is */
  const guint8 *p;    /* the next byte */
  const guint8 *end;  /* a NUL stands here, and 63 more after it */
  const guint8 *keep; /* (nullable): a refill moves the bytes from here on along */
  guint64 end_offset; /* of end, in the file */
  guint depth;        /* arrays and objects around p */
  guint8 is_object[LIMNER_COCO_MAX_DEPTH + 1];
  guint8 has_names[LIMNER_COCO_MAX_DEPTH + 1]; /* the object has a frame in names */
  LimnerMemberNames *names;

  /* the bytes */
  const LimnerSource *source;
  guint8 *buffer;
  gsize chunk;          /* read at a time */
  guint64 stop;         /* from here on less is read at a time, and not hashed */
  guint64 limit;        /* here the text ends, whatever follows */
  LimnerHasher *hasher; /* (nullable): not owned */

  /* the caller's */
  const char *name; /* (nullable): of the file, for messages */
  LimnerProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
  gint64 progress_time;

  GString *text;    /* scratch of unescaped strings */
  gboolean escaped; /* the string just passed has backslashes */
  GError *error;
  gboolean is_quiet; /* nobody will read the error: no place is looked for */

  gboolean (*skip_numbers) (LimnerLexer *self, guint64 *n_passed);
};

typedef struct
{
  const char *text; /* without quotes, unescaped; valid until the next call */
  gsize length;
  guint64 offset; /* of the quote */
} LimnerToken;

typedef enum
{
  LIMNER_SCALAR_NULL,
  LIMNER_SCALAR_BOOLEAN, /* number.integer is 0 or 1 */
  LIMNER_SCALAR_NUMBER,
  LIMNER_SCALAR_NONFINITE, /* bare NaN or Infinity; number.real */
  LIMNER_SCALAR_NUMERIC_STRING,
  LIMNER_SCALAR_OTHER /* text, an array or an object */
} LimnerScalarKind;

typedef struct
{
  LimnerScalarKind kind;
  LimnerNumber number;
} LimnerScalar;

typedef enum
{
  LIMNER_NEXT_ERROR,
  LIMNER_NEXT_ITEM,
  LIMNER_NEXT_END
} LimnerNext;

/**
 * limner_lexer_init:
 * @chunk: bytes read at a time
 * @hasher: (nullable): gets every byte once
 *
 * Nothing is read yet: limner_lexer_seek() comes next. All arguments must outlive it.
 */
void limner_lexer_init (LimnerLexer *self,
                        const LimnerSource *source,
                        const char *name,
                        gsize chunk,
                        LimnerHasher *hasher);
void limner_lexer_clear (LimnerLexer *self);

/* Goes on at @offset, with the same containers around it. FALSE if the bytes there cannot be read.
 */
gboolean limner_lexer_seek (LimnerLexer *self, guint64 offset);

/* The same, after whatever before @offset was not hashed yet; nobody else hashes now. */
gboolean limner_lexer_pass (LimnerLexer *self, guint64 offset);

/* Tells the caller's progress function that all before @offset is done, if it is time to. */
void limner_lexer_report_progress (LimnerLexer *self, guint64 offset);

/* Brings more bytes: FALSE at the end of the file or on an error. Pointers into the buffer are
 * void, but keep. */
gboolean limner_lexer_refill (LimnerLexer *self);

/* As many bytes as that from p on in one piece, unless the file ends before; zeros follow. */
static inline void
limner_lexer_ensure (LimnerLexer *self, gsize length)
{
  while ((gsize) (self->end - self->p) < length && limner_lexer_refill (self))
    ;
}

static inline guint64
limner_lexer_offset (const LimnerLexer *self)
{
  return self->end_offset - (guint64) (self->end - self->p);
}

guint8 limner_lexer_peek_slow (LimnerLexer *self);

/* Skips white space: the next byte, or 0 at the end of the file or a NUL in it. */
static inline guint8
limner_lexer_peek (LimnerLexer *self)
{
  if (G_LIKELY (self->p[0] > ' '))
    return self->p[0];
  if (G_LIKELY (self->p[0] == ' ' && self->p[1] > ' '))
    return *++self->p;
  return limner_lexer_peek_slow (self);
}

/* All return FALSE. */
gboolean limner_lexer_fail (LimnerLexer *self,
                            LimnerCocoError code,
                            guint64 offset,
                            const char *format,
                            ...) G_GNUC_PRINTF (4, 5);
gboolean limner_lexer_fail_expected (LimnerLexer *self, const char *expected);
gboolean limner_lexer_fail_duplicate (LimnerLexer *self, const LimnerToken *name);

gboolean limner_lexer_fail_depth (LimnerLexer *self);

/* An array or object begins at p; its first byte is passed. */
static inline gboolean
limner_lexer_push (LimnerLexer *self, gboolean is_object)
{
  if (G_UNLIKELY (self->depth >= LIMNER_COCO_MAX_DEPTH))
    return limner_lexer_fail_depth (self);
  self->has_names[self->depth] = FALSE;
  self->is_object[self->depth++] = (guint8) is_object;
  self->p++;
  return TRUE;
}

/* It ends at p; its last byte is passed. */
static inline void
limner_lexer_pop (LimnerLexer *self)
{
  if (self->has_names[--self->depth])
    limner_member_names_pop (self->names);
  self->p++;
}

/**
 * limner_lexer_next_member:
 * @first: (inout): TRUE before the first member
 * @name: (out): its name; not yet compared with the others
 *
 * Passes a comma, a name and its colon, or the closing brace.
 */
LimnerNext limner_lexer_next_member (LimnerLexer *self, gboolean *first, LimnerToken *name);

/* Passes a comma, or the closing bracket; then p is at the next element. */
LimnerNext limner_lexer_next_element (LimnerLexer *self, gboolean *first);

/* FALSE, with an error, if the innermost object has that member already. */
gboolean limner_lexer_note_name (LimnerLexer *self, const LimnerToken *name);

/* Each passes one value of which p is at the first byte. */
gboolean limner_lexer_skip_value (LimnerLexer *self);
gboolean limner_lexer_skip_string (LimnerLexer *self);
gboolean limner_lexer_read_string (LimnerLexer *self, LimnerToken *token);
gboolean limner_lexer_read_number (LimnerLexer *self, LimnerNumber *number);
gboolean limner_lexer_read_scalar (LimnerLexer *self, LimnerScalar *scalar);

/**
 * limner_lexer_skip_numbers:
 * @n_passed: (inout): grows by the elements passed
 *
 * In an array, at the first byte of an element: passes as many elements as are plain numbers (no
 * exponent), 64 bytes at a time. Never fails: what is odd or wrong is left to be read singly.
 *
 * Returns: whether p is at the bracket that closes the array; else it is before an element
 */
static inline gboolean
limner_lexer_skip_numbers (LimnerLexer *self, guint64 *n_passed)
{
  return self->skip_numbers (self, n_passed);
}

/* What it calls, by processor. */
gboolean limner_lexer_skip_numbers_any (LimnerLexer *self, guint64 *n_passed);
gboolean limner_lexer_skip_numbers_avx2 (LimnerLexer *self, guint64 *n_passed);

G_END_DECLS
