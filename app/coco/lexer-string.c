/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "bytes.h"
#include "lexer.h"
#include "text.h"

#define MAX_ESCAPE 12 /* "\ud83d\ude00" */

/* p is at a backslash. */
static gboolean
limner_lexer_skip_escape (LimnerLexer *self)
{
  gunichar c = 0;
  guint length;

  self->escaped = TRUE;
  limner_lexer_ensure (self, MAX_ESCAPE);
  length = limner_json_scan_escape ((const char *) self->p, &c);
  if (length == 0)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, limner_lexer_offset (self),
                              "unknown escape in a string, expected one of \\\" \\\\ \\/ \\b \\f "
                              "\\n \\r \\t or \\u with four "
                              "hexadecimal digits");
  if (c == LIMNER_JSON_LONE_SURROGATE)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_ENCODING, limner_lexer_offset (self),
                              "escape %.6s is half of a surrogate pair", (const char *) self->p);
  if (c == 0)
    return limner_lexer_fail (
        self, LIMNER_COCO_ERROR_NUL, limner_lexer_offset (self),
        "a string contains U+0000 (\\u0000), where other programs cut it off");
  self->p += length;
  return TRUE;
}

/* p is at the first byte of a character that is not ASCII. */
static gboolean
limner_lexer_skip_wide (LimnerLexer *self)
{
  guint length;

  limner_lexer_ensure (self, 4);
  length = limner_utf8_scan (self->p);
  if (length == 0)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_ENCODING, limner_lexer_offset (self),
                              "byte 0x%02x in a string is not UTF-8 text; save the file as UTF-8",
                              *self->p);
  self->p += length;
  return TRUE;
}

/* p is at a byte that does not stand for itself, nor ends the string. */
static gboolean
limner_lexer_skip_special (LimnerLexer *self, guint64 start)
{
  if (*self->p == '\\')
    return limner_lexer_skip_escape (self);
  if (*self->p >= 0x80)
    return limner_lexer_skip_wide (self);
  if (self->p != self->end)
    return limner_lexer_fail (
        self, LIMNER_COCO_ERROR_SYNTAX, limner_lexer_offset (self),
        "control character 0x%02x in a string, expected it as an escape such as \\n or \\u%04x",
        *self->p, *self->p);
  if (limner_lexer_offset (self) - start > LIMNER_COCO_MAX_RECORD_BYTES)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_LIMIT, start,
                              "a string is longer than the limit of %u MiB",
                              (guint) (LIMNER_COCO_MAX_RECORD_BYTES >> 20));
  if (limner_lexer_refill (self))
    return TRUE;
  return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, limner_lexer_offset (self),
                            "the text ends inside a string, expected '\"'");
}

gboolean
limner_lexer_skip_string (LimnerLexer *self)
{
  guint64 start = limner_lexer_offset (self);

  self->escaped = FALSE;
  self->p++;
  for (;;)
    {
      const guint8 *p = self->p;
      guint n;

      while ((n = limner_bytes_count_plain (p)) == 16)
        p += 16;
      self->p = p + n;
      if (G_LIKELY (*self->p == '"'))
        {
          self->p++;
          return TRUE;
        }
      if (!limner_lexer_skip_special (self, start))
        return FALSE;
    }
}

gboolean
limner_lexer_read_string (LimnerLexer *self, LimnerToken *token)
{
  gboolean is_read;

  token->offset = limner_lexer_offset (self);
  self->keep = self->p;
  is_read = limner_lexer_skip_string (self);
  token->text = NULL;
  token->length = 0;
  if (is_read && self->keep != NULL)
    {
      token->text = (const char *) self->keep + 1;
      token->length = (gsize) (self->p - self->keep) - 2;
      if (self->escaped)
        {
          g_string_truncate (self->text, 0);
          limner_json_unescape (token->text, token->length, self->text);
          token->text = self->text->str;
          token->length = self->text->len;
        }
    }
  self->keep = NULL;
  return is_read;
}
