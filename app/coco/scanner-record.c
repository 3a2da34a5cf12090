/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "bytes.h"
#include "scanner.h"

#include <string.h>

/* The bytes from @start, an offset in the file, to p; only while they are still in the buffer. */
static void
gap_learn (LimnerGap *gap, const LimnerLexer *lexer, guint64 start, int field)
{
  guint64 length = limner_lexer_offset (lexer) - start;

  gap->mask = 0;
  if (length == 0 || length > sizeof gap->text)
    return;
  memcpy (gap->text, lexer->p - length, (gsize) length);
  gap->mask = G_MAXUINT32 >> (32 - length);
  gap->length = (guint) length;
  gap->field = field;
}

static LimnerNext
limner_scanner_read_field_name (LimnerScanner *self,
                                LimnerGap *gap,
                                gboolean first,
                                int (*find_field) (const LimnerToken *name),
                                guint *seen,
                                int *field)
{
  LimnerLexer *lexer = &self->lexer;
  guint64 start = limner_lexer_offset (lexer);
  guint64 chunk = lexer->end_offset;
  LimnerToken name;
  LimnerNext next = limner_lexer_next_member (lexer, &first, &name);

  if (next != LIMNER_NEXT_ITEM)
    return next;
  *field = find_field (&name);
  if (*field < 0)
    return limner_lexer_note_name (lexer, &name) ? LIMNER_NEXT_ITEM : LIMNER_NEXT_ERROR;
  if ((*seen & 1u << *field) != 0)
    {
      limner_lexer_fail_duplicate (lexer, &name);
      return LIMNER_NEXT_ERROR;
    }
  *seen |= 1u << *field;
  limner_lexer_peek (lexer);
  if (gap != NULL && lexer->end_offset == chunk)
    gap_learn (gap, lexer, start, *field);
  return LIMNER_NEXT_ITEM;
}

LimnerNext
limner_scanner_next_field (LimnerScanner *self,
                           LimnerGap *gaps,
                           guint i,
                           int (*find_field) (const LimnerToken *name),
                           guint *seen,
                           int *field)
{
  LimnerGap *gap = i < LIMNER_MAX_GAPS ? &gaps[i] : NULL;

  if (G_LIKELY (gap != NULL && gap->mask != 0) &&
      limner_bytes_match (self->lexer.p, gap->text, gap->mask) && (*seen & 1u << gap->field) == 0)
    {
      self->lexer.p += gap->length;
      *seen |= 1u << gap->field;
      *field = gap->field;
      return LIMNER_NEXT_ITEM;
    }
  return limner_scanner_read_field_name (self, gap, i == 0, find_field, seen, field);
}
