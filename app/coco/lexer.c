/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "lexer.h"

#include <math.h>
#include <string.h>

#define TAIL_CHUNK (8 * 1024)  /* read at a time from stop on: the rest of one record */
#define HEADROOM (1024 * 1024) /* longest name or number that may straddle chunks */
#define PADDING 64
#define PROGRESS_INTERVAL_US 50000

void
limner_lexer_init (LimnerLexer *self,
                   const LimnerSource *source,
                   const char *name,
                   gsize chunk,
                   LimnerHasher *hasher)
{
  memset (self, 0, sizeof *self);
  self->source = source;
  self->name = name;
  self->chunk = chunk;
  self->stop = G_MAXUINT64;
  self->limit = source->size;
  self->hasher = hasher;
  self->buffer = g_malloc (HEADROOM + chunk + PADDING);
  self->names = limner_member_names_new ();
  self->text = g_string_new (NULL);
  self->skip_numbers = limner_lexer_skip_numbers_any;
#ifdef LIMNER_HAVE_AVX2
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("popcnt"))
    self->skip_numbers = limner_lexer_skip_numbers_avx2;
#endif
}

void
limner_lexer_clear (LimnerLexer *self)
{
  g_clear_pointer (&self->buffer, g_free);
  g_clear_pointer (&self->names, limner_member_names_free);
  g_clear_error (&self->error);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  self->text = NULL;
}

gboolean
limner_lexer_seek (LimnerLexer *self, guint64 offset)
{
  self->p = self->end = self->buffer + HEADROOM;
  self->keep = NULL;
  self->end_offset = offset;
  memset (self->buffer + HEADROOM, 0, PADDING);
  limner_lexer_refill (self);
  return self->error == NULL;
}

void
limner_lexer_report_progress (LimnerLexer *self, guint64 offset)
{
  gint64 now;

  if (self->progress == NULL || self->source->size == 0)
    return;
  now = g_get_monotonic_time ();
  if (now - self->progress_time < PROGRESS_INTERVAL_US)
    return;
  self->progress_time = now;
  self->progress (MIN ((double) offset / (double) self->source->size, 1.0), self->user_data);
}

/* Fills the buffer from HEADROOM on; returns the number of bytes. */
static gsize
limner_lexer_read_chunk (LimnerLexer *self)
{
  guint8 *chunk = self->buffer + HEADROOM;
  gsize wanted = self->end_offset < self->stop ? self->chunk : MIN (self->chunk, TAIL_CHUNK);
  gssize n;

  if (self->end_offset < self->stop)
    wanted = (gsize) MIN (wanted, self->stop - self->end_offset);
  n = limner_source_read (self->source, self->end_offset, chunk, wanted, &self->error);
  if (n < 0 && self->name != NULL)
    g_prefix_error (&self->error, "%s: ", self->name);
  n = MAX (n, 0);
  if ((gsize) n < wanted && self->end_offset + (guint64) n < self->source->size &&
      self->error == NULL)
    g_set_error (&self->error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_CHANGED,
                 "%s: became shorter while it was read; open it again",
                 self->name != NULL ? self->name : "text");
  memset (chunk + n, 0, PADDING);
  if (self->hasher != NULL && self->end_offset < self->stop && self->error == NULL)
    limner_hasher_add (self->hasher, self->end_offset, chunk, (gsize) n);
  return (gsize) n;
}

gboolean
limner_lexer_pass (LimnerLexer *self, guint64 offset)
{
  guint64 upto = self->hasher != NULL ? limner_hasher_get_upto (self->hasher) : offset;

  while (upto < offset && self->error == NULL)
    {
      if (!limner_lexer_seek (self, upto))
        return FALSE;
      upto = self->end_offset;
    }
  return limner_lexer_seek (self, offset);
}

gboolean
limner_lexer_refill (LimnerLexer *self)
{
  guint8 *chunk = self->buffer + HEADROOM;
  gsize rest = (gsize) (self->end - self->p);
  gsize kept = self->keep != NULL ? (gsize) (self->end - self->keep) : rest;
  gsize n;

  if (self->error != NULL || self->end_offset >= self->limit)
    return FALSE;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    return FALSE;
  g_assert (rest <= HEADROOM);
  if (kept > HEADROOM)
    {
      self->keep = NULL;
      kept = rest;
    }
  /* what was kept stands right before the chunk, so that it goes on without a seam */
  memmove (chunk - kept, self->end - kept, kept);
  n = limner_lexer_read_chunk (self);
  self->p = chunk - rest;
  self->keep = self->keep != NULL ? chunk - kept : NULL;
  self->end = chunk + n;
  self->end_offset += n;
  limner_lexer_report_progress (self, self->end_offset);
  return n > 0 && self->error == NULL;
}

guint8
limner_lexer_peek_slow (LimnerLexer *self)
{
  for (;;)
    {
      const guint8 *p = self->p;

      while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
        p++;
      self->p = p;
      if (*p != 0 || p != self->end || !limner_lexer_refill (self))
        return *self->p;
    }
}

gboolean
limner_lexer_fail (LimnerLexer *self, LimnerCocoError code, guint64 offset, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  guint line, column;
  va_list args;

  if (self->error != NULL)
    return FALSE;
  if (self->is_quiet)
    {
      g_set_error_literal (&self->error, LIMNER_COCO_ERROR, code, format);
      return FALSE;
    }
  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  limner_source_locate (self->source, offset, &line, &column);
  if (self->name == NULL)
    g_set_error (&self->error, LIMNER_COCO_ERROR, code, "%u:%u: %s", line, column, sentence);
  else
    g_set_error (&self->error, LIMNER_COCO_ERROR, code, "%s:%u:%u: %s; the file is not opened",
                 self->name, line, column, sentence);
  return FALSE;
}

gboolean
limner_lexer_fail_expected (LimnerLexer *self, const char *expected)
{
  guint64 offset = limner_lexer_offset (self);
  guint8 c = *self->p;
  gunichar wide;

  limner_lexer_ensure (self, 6);
  c = *self->p;
  if (self->p == self->end)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, offset,
                              "the text ends here, expected %s", expected);
  if (c > ' ' && c < 0x7f)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, offset, "found '%c', expected %s", c,
                              expected);
  if (c < 0x80)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, offset,
                              "found byte 0x%02x, expected %s", c, expected);
  wide = g_utf8_get_char_validated ((const char *) self->p, self->end - self->p);
  if (wide == (gunichar) -1 || wide == (gunichar) -2)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_ENCODING, offset,
                              "byte 0x%02x is not UTF-8 text, expected %s", c, expected);
  return limner_lexer_fail (self, LIMNER_COCO_ERROR_SYNTAX, offset, "found U+%04X, expected %s",
                            wide, expected);
}

gboolean
limner_lexer_fail_duplicate (LimnerLexer *self, const LimnerToken *name)
{
  g_autofree char *shown = g_strndup (name->text, MIN (name->length, 100));
  g_autofree char *escaped = g_strescape (shown, NULL);

  return limner_lexer_fail (
      self, LIMNER_COCO_ERROR_DUP_KEY, name->offset,
      "member \"%s\" comes twice in one object; programs disagree which counts", escaped);
}

gboolean
limner_lexer_fail_depth (LimnerLexer *self)
{
  return limner_lexer_fail (self, LIMNER_COCO_ERROR_DEPTH, limner_lexer_offset (self),
                            "arrays and objects are nested deeper than %d", LIMNER_COCO_MAX_DEPTH);
}

/* A name and its colon. The bytes of the name are kept until the colon was seen, as a chunk may end
 * between them. */
static gboolean
limner_lexer_read_name (LimnerLexer *self, LimnerToken *name)
{
  if (limner_lexer_peek (self) != '"')
    return limner_lexer_fail_expected (self, "a member name in double quotes");
  if (!limner_lexer_read_string (self, name))
    return FALSE;
  if (name->text == NULL)
    return limner_lexer_fail (self, LIMNER_COCO_ERROR_LIMIT, name->offset,
                              "a member name is longer than %d bytes", HEADROOM);
  if (G_LIKELY (*self->p == ':'))
    {
      self->p++;
      return TRUE;
    }
  /* rare spacing: the name must survive a refill */
  if (name->text != self->text->str)
    {
      g_string_truncate (self->text, 0);
      g_string_append_len (self->text, name->text, (gssize) name->length);
      name->text = self->text->str;
    }
  if (limner_lexer_peek (self) != ':')
    return limner_lexer_fail_expected (self, "':' after a member name");
  self->p++;
  return TRUE;
}

LimnerNext
limner_lexer_next_member (LimnerLexer *self, gboolean *first, LimnerToken *name)
{
  guint8 c = limner_lexer_peek (self);

  if (c == '}')
    {
      limner_lexer_pop (self);
      return LIMNER_NEXT_END;
    }
  if (!*first)
    {
      if (c != ',')
        {
          limner_lexer_fail_expected (self, "',' or '}'");
          return LIMNER_NEXT_ERROR;
        }
      self->p++;
    }
  *first = FALSE;
  return limner_lexer_read_name (self, name) ? LIMNER_NEXT_ITEM : LIMNER_NEXT_ERROR;
}

LimnerNext
limner_lexer_next_element (LimnerLexer *self, gboolean *first)
{
  guint8 c = limner_lexer_peek (self);

  if (c == ']')
    {
      limner_lexer_pop (self);
      return LIMNER_NEXT_END;
    }
  if (!*first)
    {
      if (c != ',')
        {
          limner_lexer_fail_expected (self, "',' or ']'");
          return LIMNER_NEXT_ERROR;
        }
      self->p++;
      if (limner_lexer_peek (self) == ']')
        {
          limner_lexer_fail_expected (self, "a value after ','");
          return LIMNER_NEXT_ERROR;
        }
    }
  *first = FALSE;
  return LIMNER_NEXT_ITEM;
}

gboolean
limner_lexer_note_name (LimnerLexer *self, const LimnerToken *name)
{
  guint8 *has_names = &self->has_names[self->depth - 1];

  if (!*has_names)
    {
      *has_names = TRUE;
      limner_member_names_push (self->names);
    }
  if (limner_member_names_add (self->names, name->text, name->length))
    return TRUE;
  return limner_lexer_fail_duplicate (self, name);
}

gboolean
limner_lexer_read_number (LimnerLexer *self, LimnerNumber *number)
{
  limner_lexer_ensure (self, 32);
  for (;;)
    {
      const char *stop;
      gboolean is_whole = limner_number_scan ((const char *) self->p, &stop, number);

      if (G_UNLIKELY ((const guint8 *) stop == self->end))
        {
          if (self->end - self->p > HEADROOM)
            return limner_lexer_fail (self, LIMNER_COCO_ERROR_LIMIT, limner_lexer_offset (self),
                                      "a number is longer than %d bytes", HEADROOM);
          if (limner_lexer_refill (self))
            continue;
          stop = (const char *) self->end;
        }
      self->p = (const guint8 *) stop;
      return G_LIKELY (is_whole) || limner_lexer_fail_expected (self, "a digit");
    }
}

/* A word that JSON knows, or that Python's json writes. */
static gboolean
limner_lexer_read_word (LimnerLexer *self, LimnerScalar *scalar)
{
  static const struct
  {
    const char *word;
    LimnerScalarKind kind;
    gint64 integer;
    double real;
  } words[] = {
    { "true", LIMNER_SCALAR_BOOLEAN, 1, 1.0 },
    { "false", LIMNER_SCALAR_BOOLEAN, 0, 0.0 },
    { "null", LIMNER_SCALAR_NULL, 0, 0.0 },
    { "NaN", LIMNER_SCALAR_NONFINITE, 0, (double) NAN },
    { "Infinity", LIMNER_SCALAR_NONFINITE, 0, (double) INFINITY },
    { "-Infinity", LIMNER_SCALAR_NONFINITE, 0, (double) -INFINITY },
  };

  limner_lexer_ensure (self, 16);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i].word);

      if (memcmp (self->p, words[i].word, length) != 0)
        continue;
      self->p += length;
      scalar->kind = words[i].kind;
      scalar->number.is_integer = FALSE;
      scalar->number.integer = words[i].integer;
      scalar->number.real = words[i].real;
      return TRUE;
    }
  return limner_lexer_fail_expected (self, "a value");
}

static gboolean
limner_lexer_read_numeric_string (LimnerLexer *self, LimnerScalar *scalar)
{
  LimnerToken token;

  if (!limner_lexer_read_string (self, &token))
    return FALSE;
  scalar->kind = LIMNER_SCALAR_OTHER;
  if (token.text != NULL && token.length > 0 && token.length < 400 &&
      limner_number_parse (token.text, token.length, &scalar->number))
    scalar->kind = LIMNER_SCALAR_NUMERIC_STRING;
  return TRUE;
}

gboolean
limner_lexer_read_scalar (LimnerLexer *self, LimnerScalar *scalar)
{
  guint8 c = limner_lexer_peek (self);

  scalar->kind = LIMNER_SCALAR_NUMBER;
  if (c >= '0' && c <= '9')
    return limner_lexer_read_number (self, &scalar->number);
  if (c == '-')
    {
      limner_lexer_ensure (self, 2);
      if (self->p[1] == 'I')
        return limner_lexer_read_word (self, scalar);
      return limner_lexer_read_number (self, &scalar->number);
    }
  if (c == '"')
    return limner_lexer_read_numeric_string (self, scalar);
  if (c != '[' && c != '{')
    return limner_lexer_read_word (self, scalar);
  scalar->kind = LIMNER_SCALAR_OTHER;
  return limner_lexer_skip_value (self);
}

/* A value begins at p: passes it if it is not a container, else opens that. */
static gboolean
limner_lexer_enter_value (LimnerLexer *self)
{
  LimnerScalar scalar;

  switch (limner_lexer_peek (self))
    {
    case '{':
      return limner_lexer_push (self, TRUE);
    case '[':
      return limner_lexer_push (self, FALSE);
    case '"':
      return limner_lexer_skip_string (self);
    default:
      return limner_lexer_read_scalar (self, &scalar);
    }
}

gboolean
limner_lexer_skip_value (LimnerLexer *self)
{
  guint outside = self->depth;
  guint64 n_numbers = 0;
  gboolean first;

  if (!limner_lexer_enter_value (self))
    return FALSE;
  first = TRUE;
  while (self->depth > outside)
    {
      guint depth = self->depth;
      LimnerNext next;
      LimnerToken name;

      if (self->is_object[depth - 1])
        {
          next = limner_lexer_next_member (self, &first, &name);
          if (next == LIMNER_NEXT_ITEM && !limner_lexer_note_name (self, &name))
            return FALSE;
        }
      else
        next = limner_lexer_next_element (self, &first);
      if (next == LIMNER_NEXT_ERROR)
        return FALSE;
      if (next == LIMNER_NEXT_END)
        {
          first = FALSE; /* the container was an item of the one around it */
          continue;
        }
      if (!self->is_object[depth - 1] && limner_lexer_skip_numbers (self, &n_numbers))
        continue;
      if (!limner_lexer_enter_value (self))
        return FALSE;
      first = self->depth > depth;
    }
  return TRUE;
}
