/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "scanner.h"

#include <string.h>

#define CHUNK (256 * 1024) /* fits the second-level cache: bytes are hashed, then scanned */
#define ELEMENTS_BEFORE_SPLIT 16

static const char *const section_names[LIMNER_N_RECORD_KINDS] = {
  [LIMNER_RECORD_INFO] = "info",
  [LIMNER_RECORD_IMAGE] = "images",
  [LIMNER_RECORD_CATEGORY] = "categories",
  [LIMNER_RECORD_ANNOTATION] = "annotations",
};

const char *
limner_section_get_name (LimnerRecordKind kind)
{
  return section_names[kind];
}

gboolean
limner_scanner_fail_memory (LimnerScanner *self)
{
  return limner_lexer_fail (
      &self->lexer, LIMNER_COCO_ERROR_LIMIT, limner_lexer_offset (&self->lexer),
      "%u images and %u annotations were read, and there is no memory for more",
      self->builder.columns->n_images, self->builder.columns->n_annotations);
}

gboolean
limner_scanner_get_length (LimnerScanner *self, guint64 start, guint32 *length)
{
  guint64 n = limner_lexer_offset (&self->lexer) - start;

  *length = (guint32) n;
  if (n <= G_MAXUINT32)
    return TRUE;
  return limner_lexer_fail (&self->lexer, LIMNER_COCO_ERROR_LIMIT, start,
                            "a record is longer than the limit of 4 GiB");
}

/* An element that is no object: kept as a row, so that places in the file stay places in the
 * columns. */
static gboolean
limner_scanner_read_odd (LimnerScanner *self, LimnerRecordKind kind)
{
  const guint8 flags = LIMNER_ROW_NO_ID | LIMNER_ROW_NOT_OBJECT;
  guint64 offset = limner_lexer_offset (&self->lexer);
  LimnerAnnotationRow annotation = { .offset = offset, .flags = flags };
  LimnerImageRow image = { .offset = offset, .flags = flags };
  gboolean is_added;
  guint32 length;

  if (!limner_lexer_skip_value (&self->lexer) || !limner_scanner_get_length (self, offset, &length))
    return FALSE;
  image.length = annotation.length = length;
  if (kind == LIMNER_RECORD_IMAGE)
    is_added = limner_columns_builder_add_image (&self->builder, &image, "", 0);
  else if (kind == LIMNER_RECORD_ANNOTATION)
    is_added = limner_columns_builder_add_annotation (&self->builder, &annotation);
  else
    is_added = limner_columns_builder_add_category (&self->builder, offset, length, flags);
  return is_added || limner_scanner_fail_memory (self);
}

/* Categories are few and are parsed whole afterwards. */
static gboolean
limner_scanner_read_category (LimnerScanner *self)
{
  guint64 offset = limner_lexer_offset (&self->lexer);
  guint32 length;

  if (!limner_lexer_skip_value (&self->lexer) || !limner_scanner_get_length (self, offset, &length))
    return FALSE;
  return limner_columns_builder_add_category (&self->builder, offset, length, 0) ||
         limner_scanner_fail_memory (self);
}

gboolean
limner_scanner_read_element (LimnerScanner *self, LimnerRecordKind kind)
{
  if (limner_lexer_peek (&self->lexer) != '{')
    return limner_scanner_read_odd (self, kind);
  if (kind == LIMNER_RECORD_ANNOTATION)
    return limner_scanner_read_annotation (self);
  if (kind == LIMNER_RECORD_IMAGE)
    return limner_scanner_read_image (self);
  return limner_scanner_read_category (self);
}

static gboolean
limner_scanner_read_section (LimnerScanner *self, LimnerRecordKind kind)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean first = TRUE;
  guint64 end = 0;
  LimnerNext next;
  guint n = 0;

  if (limner_lexer_peek (lexer) != '[')
    return limner_lexer_fail (lexer, LIMNER_COCO_ERROR_SECTION_TYPE, limner_lexer_offset (lexer),
                              "\"%s\" is not an array, expected '[' and a list of objects",
                              section_names[kind]);
  if (!limner_lexer_push (lexer, FALSE))
    return FALSE;
  while ((next = limner_lexer_next_element (lexer, &first)) == LIMNER_NEXT_ITEM)
    {
      /* by then it is known how records of this file begin */
      if (n == ELEMENTS_BEFORE_SPLIT && kind != LIMNER_RECORD_CATEGORY)
        {
          next = limner_scanner_read_parallel (self, kind, end);
          if (next != LIMNER_NEXT_ITEM)
            break;
        }
      if (!limner_scanner_read_element (self, kind))
        return FALSE;
      end = limner_lexer_offset (lexer);
      n += n <= ELEMENTS_BEFORE_SPLIT;
    }
  return next == LIMNER_NEXT_END;
}

static LimnerRecordKind
find_section (const LimnerToken *name)
{
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    if (name->length == strlen (section_names[kind]) &&
        memcmp (name->text, section_names[kind], name->length) == 0)
      return (LimnerRecordKind) kind;
  return LIMNER_N_RECORD_KINDS;
}

static gboolean
limner_scanner_read_member (LimnerScanner *self, const LimnerToken *name, guint64 before)
{
  LimnerLexer *lexer = &self->lexer;
  LimnerRecordKind kind = find_section (name);
  LimnerMemberPlace place = { .is_present = TRUE, .before = before, .name = name->offset };
  gboolean is_read;

  limner_lexer_peek (lexer);
  place.value = limner_lexer_offset (lexer);
  if (kind == LIMNER_N_RECORD_KINDS || kind == LIMNER_RECORD_INFO)
    is_read = limner_lexer_skip_value (lexer);
  else
    is_read = limner_scanner_read_section (self, kind);
  if (!is_read)
    return FALSE;
  place.end = limner_lexer_offset (lexer);
  self->layout.last = place;
  if (kind != LIMNER_N_RECORD_KINDS)
    self->layout.sections[kind] = place;
  return TRUE;
}

/* The member that was read last is followed by what begins at @offset. */
static void
limner_scanner_close_member (LimnerScanner *self, guint64 offset)
{
  LimnerLayout *layout = &self->layout;

  layout->last.after = offset;
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    if (layout->sections[kind].is_present && layout->sections[kind].name == layout->last.name)
      layout->sections[kind].after = offset;
}

static gboolean
limner_scanner_read_top (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;
  gboolean first = TRUE;
  guint64 before;
  LimnerToken name;
  LimnerNext next;

  self->layout.open = limner_lexer_offset (lexer);
  before = self->layout.open + 1;
  if (!limner_lexer_push (lexer, TRUE))
    return FALSE;
  while ((next = limner_lexer_next_member (lexer, &first, &name)) == LIMNER_NEXT_ITEM)
    {
      if (self->layout.n_members == 0)
        self->layout.first_name = name.offset;
      limner_scanner_close_member (self, name.offset);
      if (!limner_lexer_note_name (lexer, &name) ||
          !limner_scanner_read_member (self, &name, before))
        return FALSE;
      self->layout.n_members++;
      before = limner_lexer_offset (lexer);
    }
  if (next == LIMNER_NEXT_ERROR)
    return FALSE;
  self->layout.close = limner_lexer_offset (lexer) - 1;
  limner_scanner_close_member (self, self->layout.close);
  return TRUE;
}

/* A byte order mark is passed; what is not UTF-8 from its first bytes on is named. */
static gboolean
limner_scanner_read_start (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;
  const guint8 *p;
  gboolean is_utf16;

  limner_lexer_ensure (lexer, 4);
  p = lexer->p;
  if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf)
    {
      self->layout.has_bom = TRUE;
      lexer->p += 3;
      return TRUE;
    }
  is_utf16 = (p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff);
  if (!is_utf16 && lexer->end - p >= 2)
    is_utf16 = (p[0] == 0) != (p[1] == 0);
  if (!is_utf16)
    return TRUE;
  return limner_lexer_fail (lexer, LIMNER_COCO_ERROR_ENCODING, 0,
                            "the text is UTF-16 or UTF-32; save it as UTF-8");
}

static gboolean
limner_scanner_read_end (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;

  if (limner_lexer_peek (lexer) == 0 && lexer->p == lexer->end)
    return lexer->error == NULL;
  return limner_lexer_fail_expected (lexer, "nothing after the end of the document");
}

void
limner_scanner_init (LimnerScanner *self,
                     const LimnerSource *source,
                     const char *name,
                     LimnerHasher *hasher)
{
  limner_lexer_init (&self->lexer, source, name, CHUNK, hasher);
  limner_columns_builder_init (&self->builder);
  self->file_name = g_string_new (NULL);
}

void
limner_scanner_clear (LimnerScanner *self)
{
  limner_lexer_clear (&self->lexer);
  limner_columns_builder_clear (&self->builder);
  g_string_free (self->file_name, TRUE);
}

gboolean
limner_scanner_run (LimnerScanner *self)
{
  LimnerLexer *lexer = &self->lexer;
  const LimnerMemberPlace *sections = self->layout.sections;
  guint8 c;

  if (!limner_lexer_seek (lexer, 0) || !limner_scanner_read_start (self))
    return FALSE;
  c = limner_lexer_peek (lexer);
  if (c == 0 && lexer->p == lexer->end)
    return limner_lexer_fail (lexer, LIMNER_COCO_ERROR_EMPTY, 0,
                              "there is no text, expected a JSON object");
  if (c != '{')
    return limner_lexer_skip_value (lexer) && limner_scanner_read_end (self) &&
           limner_lexer_fail (lexer, LIMNER_COCO_ERROR_NOT_OBJECT, self->layout.has_bom ? 3 : 0,
                              "the document is not an object, expected '{' with the sections "
                              "\"images\", \"annotations\" and \"categories\"");
  if (!limner_scanner_read_top (self) || !limner_scanner_read_end (self))
    return FALSE;
  if (!sections[LIMNER_RECORD_IMAGE].is_present && !sections[LIMNER_RECORD_CATEGORY].is_present &&
      !sections[LIMNER_RECORD_ANNOTATION].is_present)
    return limner_lexer_fail (lexer, LIMNER_COCO_ERROR_NOT_COCO, self->layout.open,
                              "the object has none of the sections \"images\", \"annotations\" and "
                              "\"categories\": it is JSON, but not COCO");
  return TRUE;
}
