/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "lexer-plain.h"
#include "scanner.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef enum
{
  FIELD_ID,
  FIELD_IMAGE_ID,
  FIELD_CATEGORY_ID,
  FIELD_BBOX,
  FIELD_AREA,
  FIELD_ISCROWD,
  FIELD_SEGMENTATION,
  FIELD_OTHER = -1
} Field;

static int
find_field (const LimnerToken *name)
{
#define IS(literal) (memcmp (name->text, literal, sizeof literal - 1) == 0)
  switch (name->length)
    {
    case 2:
      return IS ("id") ? FIELD_ID : FIELD_OTHER;
    case 4:
      return IS ("bbox") ? FIELD_BBOX : IS ("area") ? FIELD_AREA : FIELD_OTHER;
    case 7:
      return IS ("iscrowd") ? FIELD_ISCROWD : FIELD_OTHER;
    case 8:
      return IS ("image_id") ? FIELD_IMAGE_ID : FIELD_OTHER;
    case 11:
      return IS ("category_id") ? FIELD_CATEGORY_ID : FIELD_OTHER;
    case 12:
      return IS ("segmentation") ? FIELD_SEGMENTATION : FIELD_OTHER;
    default:
      return FIELD_OTHER;
    }
#undef IS
}

/* An integer, also as text ("12"), which careless exporters write. */
static gboolean
limner_scanner_read_id (LimnerScanner *self, gint64 *id, gboolean *has_id)
{
  LimnerScalar scalar;

  if (G_LIKELY (limner_plain_read_integer (&self->lexer, id)))
    {
      *has_id = TRUE;
      return TRUE;
    }
  if (!limner_lexer_read_scalar (&self->lexer, &scalar))
    return FALSE;
  *has_id = (scalar.kind == LIMNER_SCALAR_NUMBER || scalar.kind == LIMNER_SCALAR_NUMERIC_STRING) &&
            scalar.number.is_integer;
  *id = *has_id ? scalar.number.integer : 0;
  return TRUE;
}

static gboolean
is_finite_number (const LimnerScalar *scalar)
{
  return (scalar->kind == LIMNER_SCALAR_NUMBER || scalar->kind == LIMNER_SCALAR_NUMERIC_STRING) &&
         isfinite (scalar->number.real);
}

static float
to_float (double value)
{
  return (float) CLAMP (value, -(double) FLT_MAX, (double) FLT_MAX);
}

static gboolean
limner_scanner_read_area (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerScalar scalar;

  if (G_LIKELY (limner_plain_read_float (&self->lexer, &row->area)))
    return TRUE;
  if (!limner_lexer_read_scalar (&self->lexer, &scalar))
    return FALSE;
  if (is_finite_number (&scalar))
    row->area = to_float (scalar.number.real);
  return TRUE;
}

static gboolean
limner_scanner_read_crowd (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerScalar scalar;

  if (!limner_lexer_read_scalar (&self->lexer, &scalar))
    return FALSE;
  if ((scalar.kind == LIMNER_SCALAR_BOOLEAN && scalar.number.integer != 0) ||
      (is_finite_number (&scalar) && scalar.number.real != 0.0))
    row->flags |= LIMNER_ROW_CROWD;
  return TRUE;
}

static gboolean
limner_scanner_read_bbox (LimnerScanner *self, LimnerAnnotationRow *row)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean is_finite = TRUE;
  gboolean first = TRUE;
  guint64 n = 0;
  LimnerNext next;

  if (G_LIKELY (limner_plain_read_box (lexer, row->bbox)))
    {
      row->flags |= LIMNER_ROW_HAS_BBOX;
      return TRUE;
    }
  if (limner_lexer_peek (lexer) != '[')
    return limner_lexer_skip_value (lexer);
  if (!limner_lexer_push (lexer, FALSE))
    return FALSE;
  while ((next = limner_lexer_next_element (lexer, &first)) == LIMNER_NEXT_ITEM)
    {
      LimnerScalar scalar;

      if (!limner_lexer_read_scalar (lexer, &scalar))
        return FALSE;
      is_finite = is_finite && is_finite_number (&scalar);
      if (n < 4 && is_finite)
        row->bbox[n] = to_float (scalar.number.real);
      n++;
    }
  if (n == 4 && is_finite)
    row->flags |= LIMNER_ROW_HAS_BBOX;
  else
    memset (row->bbox, 0, sizeof row->bbox);
  return next == LIMNER_NEXT_END;
}

static gboolean
limner_scanner_read_field (LimnerScanner *self, Field field, LimnerAnnotationRow *row)
{
  gboolean has_id;

  switch (field)
    {
    case FIELD_ID:
      if (!limner_scanner_read_id (self, &row->id, &has_id))
        return FALSE;
      if (has_id)
        row->flags &= (guint8) ~LIMNER_ROW_NO_ID;
      return TRUE;
    case FIELD_IMAGE_ID:
      return limner_scanner_read_id (self, &row->image_id, &row->has_image_id);
    case FIELD_CATEGORY_ID:
      return limner_scanner_read_id (self, &row->category_id, &row->has_category_id);
    case FIELD_BBOX:
      return limner_scanner_read_bbox (self, row);
    case FIELD_AREA:
      return limner_scanner_read_area (self, row);
    case FIELD_ISCROWD:
      return limner_scanner_read_crowd (self, row);
    case FIELD_SEGMENTATION:
      return limner_scanner_read_segmentation (self, row);
    case FIELD_OTHER:
    default:
      return limner_lexer_skip_value (&self->lexer);
    }
}

gboolean
limner_scanner_read_annotation (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;
  LimnerAnnotationRow row = { .flags = LIMNER_ROW_NO_ID };
  LimnerNext next;
  guint seen = 0;
  int field;

  row.offset = limner_lexer_offset (lexer);
  if (!limner_lexer_push (lexer, TRUE))
    return FALSE;
  for (guint i = 0; (next = limner_scanner_next_field (self, self->annotation_gaps, i, find_field,
                                                       &seen, &field)) == LIMNER_NEXT_ITEM;
       i++)
    if (!limner_scanner_read_field (self, (Field) field, &row))
      return FALSE;
  if (next == LIMNER_NEXT_ERROR || !limner_scanner_get_length (self, row.offset, &row.length))
    return FALSE;
  return limner_columns_builder_add_annotation (&self->builder, &row) ||
         limner_scanner_fail_memory (self);
}
