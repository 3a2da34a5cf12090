/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "scanner.h"

#include <math.h>
#include <string.h>

/* Behind the '[' of a ring: counts its numbers. */
static gboolean
limner_scanner_read_ring (LimnerScanner *self, guint64 *n_numbers, gboolean *is_valid)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean first = TRUE;
  LimnerNext next;

  *n_numbers = 0;
  *is_valid = TRUE;
  if (!limner_lexer_push (lexer, FALSE))
    return FALSE;
  while ((next = limner_lexer_next_element (lexer, &first)) == LIMNER_NEXT_ITEM)
    {
      LimnerScalar scalar;

      if (G_LIKELY (limner_lexer_skip_numbers (lexer, n_numbers)))
        continue;
      if (!limner_lexer_read_scalar (lexer, &scalar))
        return FALSE;
      ++*n_numbers;
      *is_valid =
          *is_valid &&
          (scalar.kind == LIMNER_SCALAR_NUMBER || scalar.kind == LIMNER_SCALAR_NUMERIC_STRING) &&
          isfinite (scalar.number.real);
    }
  *is_valid = *is_valid && *n_numbers >= 6 && *n_numbers % 2 == 0;
  return next == LIMNER_NEXT_END;
}

static gboolean
limner_scanner_read_polygon (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean is_valid = TRUE;
  gboolean first = TRUE;
  guint64 n_points = 0;
  guint n_rings = 0;
  LimnerNext next;

  if (!limner_lexer_push (lexer, FALSE))
    return FALSE;
  while ((next = limner_lexer_next_element (lexer, &first)) == LIMNER_NEXT_ITEM)
    {
      gboolean is_ring = FALSE;
      guint64 n_numbers = 0;
      gboolean is_read;

      if (limner_lexer_peek (lexer) == '[')
        is_read = limner_scanner_read_ring (self, &n_numbers, &is_ring);
      else
        is_read = limner_lexer_skip_value (lexer);
      if (!is_read)
        return FALSE;
      is_valid = is_valid && is_ring;
      n_points += n_numbers / 2;
      n_rings++;
    }
  row->segmentation = n_rings == 0 ? LIMNER_SEGMENTATION_NONE
                      : is_valid   ? LIMNER_SEGMENTATION_POLYGON
                                   : LIMNER_SEGMENTATION_INVALID;
  row->n_points = (guint16) MIN (n_points, G_MAXUINT16);
  return next == LIMNER_NEXT_END;
}

/* By the form of "counts"; whether the runs fill the mask is known only once they are decoded. */
static gboolean
limner_scanner_read_rle (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean first = TRUE;
  LimnerToken name;
  LimnerNext next;

  row->segmentation = LIMNER_SEGMENTATION_NONE;
  if (!limner_lexer_push (lexer, TRUE))
    return FALSE;
  while ((next = limner_lexer_next_member (lexer, &first, &name)) == LIMNER_NEXT_ITEM)
    {
      gboolean is_counts = name.length == 6 && memcmp (name.text, "counts", 6) == 0;

      if (!limner_lexer_note_name (lexer, &name))
        return FALSE;
      if (row->segmentation == LIMNER_SEGMENTATION_NONE)
        row->segmentation = LIMNER_SEGMENTATION_INVALID;
      if (is_counts)
        {
          guint8 c = limner_lexer_peek (lexer);

          row->segmentation = c == '['   ? LIMNER_SEGMENTATION_RLE
                              : c == '"' ? LIMNER_SEGMENTATION_COMPRESSED_RLE
                                         : LIMNER_SEGMENTATION_INVALID;
        }
      if (!limner_lexer_skip_value (lexer))
        return FALSE;
    }
  return next == LIMNER_NEXT_END;
}

gboolean
limner_scanner_read_segmentation (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerScalar scalar;

  switch (limner_lexer_peek (&self->lexer))
    {
    case '[':
      return limner_scanner_read_polygon (self, row);
    case '{':
      return limner_scanner_read_rle (self, row);
    default:
      if (!limner_lexer_read_scalar (&self->lexer, &scalar))
        return FALSE;
      row->segmentation = scalar.kind == LIMNER_SCALAR_NULL ? LIMNER_SEGMENTATION_NONE
                                                            : LIMNER_SEGMENTATION_INVALID;
      return TRUE;
    }
}
