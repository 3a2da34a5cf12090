/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "lexer-plain.h"
#include "scanner.h"

#include <string.h>

typedef enum
{
  FIELD_ID,
  FIELD_FILE_NAME,
  FIELD_WIDTH,
  FIELD_HEIGHT,
  FIELD_LIMNER,
  FIELD_OTHER = -1
} Field;

static const char *const field_names[] = {
  [FIELD_ID] = "id",         [FIELD_FILE_NAME] = "file_name", [FIELD_WIDTH] = "width",
  [FIELD_HEIGHT] = "height", [FIELD_LIMNER] = "limner",
};

static gboolean
is_name (const LimnerToken *token, const char *name)
{
  return token->length == strlen (name) && memcmp (token->text, name, token->length) == 0;
}

static int
find_field (const LimnerToken *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (field_names); i++)
    if (is_name (name, field_names[i]))
      return (int) i;
  return FIELD_OTHER;
}

static gboolean
limner_scanner_read_integer (LimnerScanner *self, gint64 *value, gboolean *has_value)
{
  LimnerScalar scalar;

  if (G_LIKELY (limner_plain_read_integer (&self->lexer, value)))
    {
      *has_value = TRUE;
      return TRUE;
    }
  if (!limner_lexer_read_scalar (&self->lexer, &scalar))
    return FALSE;
  *has_value =
      (scalar.kind == LIMNER_SCALAR_NUMBER || scalar.kind == LIMNER_SCALAR_NUMERIC_STRING) &&
      scalar.number.is_integer;
  *value = *has_value ? scalar.number.integer : 0;
  return TRUE;
}

static gboolean
limner_scanner_read_size (LimnerScanner *self, guint32 *size)
{
  gboolean has_value;
  gint64 value;

  if (!limner_scanner_read_integer (self, &value, &has_value))
    return FALSE;
  *size = value > 0 && value <= G_MAXINT32 ? (guint32) value : 0;
  return TRUE;
}

/* @name is the scanner's scratch: it must outlive the members that follow. */
static gboolean
limner_scanner_read_file_name (LimnerScanner *self, GString *name)
{
  LimnerToken token;

  if (limner_lexer_peek (&self->lexer) != '"')
    return limner_lexer_skip_value (&self->lexer);
  if (!limner_lexer_read_string (&self->lexer, &token))
    return FALSE;
  if (token.text != NULL)
    g_string_append_len (name, token.text, (gssize) token.length);
  return TRUE;
}

/* The object under "limner", of which "state" is ours. */
static gboolean
limner_scanner_read_state (LimnerScanner *self, guint8 *state)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean first = TRUE;
  LimnerToken name;
  LimnerNext next;

  if (limner_lexer_peek (lexer) != '{')
    return limner_lexer_skip_value (lexer);
  if (!limner_lexer_push (lexer, TRUE))
    return FALSE;
  while ((next = limner_lexer_next_member (lexer, &first, &name)) == LIMNER_NEXT_ITEM)
    {
      gboolean is_state = is_name (&name, "state");
      LimnerToken value;

      if (!limner_lexer_note_name (lexer, &name))
        return FALSE;
      if (!is_state || limner_lexer_peek (lexer) != '"')
        {
          if (!limner_lexer_skip_value (lexer))
            return FALSE;
          continue;
        }
      if (!limner_lexer_read_string (lexer, &value))
        return FALSE;
      for (guint i = LIMNER_STATE_NONE + 1; value.text != NULL && i <= LIMNER_STATE_RETURNED; i++)
        if (is_name (&value, limner_state_get_name ((LimnerState) i)))
          *state = (guint8) i;
    }
  return next == LIMNER_NEXT_END;
}

static gboolean
limner_scanner_read_field (LimnerScanner *self, Field field, LimnerImageRow *row, GString *name)
{
  gboolean has_id;

  switch (field)
    {
    case FIELD_ID:
      if (!limner_scanner_read_integer (self, &row->id, &has_id))
        return FALSE;
      if (has_id)
        row->flags &= (guint8) ~LIMNER_ROW_NO_ID;
      return TRUE;
    case FIELD_FILE_NAME:
      return limner_scanner_read_file_name (self, name);
    case FIELD_WIDTH:
      return limner_scanner_read_size (self, &row->width);
    case FIELD_HEIGHT:
      return limner_scanner_read_size (self, &row->height);
    case FIELD_LIMNER:
      return limner_scanner_read_state (self, &row->state);
    case FIELD_OTHER:
    default:
      return limner_lexer_skip_value (&self->lexer);
    }
}

gboolean
limner_scanner_read_image (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;
  LimnerImageRow row = { .flags = LIMNER_ROW_NO_ID };
  GString *file_name = self->file_name;
  LimnerNext next;
  guint seen = 0;
  int field;

  g_string_truncate (file_name, 0);
  row.offset = limner_lexer_offset (lexer);
  if (!limner_lexer_push (lexer, TRUE))
    return FALSE;
  for (guint i = 0; (next = limner_scanner_next_field (self, self->image_gaps, i, find_field, &seen,
                                                       &field)) == LIMNER_NEXT_ITEM;
       i++)
    if (!limner_scanner_read_field (self, (Field) field, &row, file_name))
      return FALSE;
  if (next == LIMNER_NEXT_ERROR || !limner_scanner_get_length (self, row.offset, &row.length))
    return FALSE;
  return limner_columns_builder_add_image (&self->builder, &row, file_name->str, file_name->len) ||
         limner_scanner_fail_memory (self);
}
