/* SPDX-License-Identifier: MIT */
/*
 * The scanner against two other opinions of the same bytes: a judge of JSON that is written to be
 * obvious instead of fast, for what is accepted; and cJSON, for what is read.
 */

#include "fuzz.h"

#include <cjson/cJSON.h>
#include <limner/coco-record.h>

#include <float.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

/* ---- the judge: RFC 8259 and the rules of reliability.md, byte by byte ---- */

typedef struct
{
  const char *p;
  const char *end;
  guint depth;
} Judge;

static gboolean judge_value (Judge *self);

static void
judge_space (Judge *self)
{
  while (self->p < self->end && strchr (" \t\r\n", *self->p) != NULL && *self->p != '\0')
    self->p++;
}

static gboolean
judge_char (Judge *self, char c)
{
  if (self->p == self->end || *self->p != c)
    return FALSE;
  self->p++;
  return TRUE;
}

static gboolean
judge_word (Judge *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->p) < length || memcmp (self->p, word, length) != 0)
    return FALSE;
  self->p += length;
  return TRUE;
}

static guint
judge_digits (Judge *self)
{
  guint n = 0;

  for (; self->p < self->end && g_ascii_isdigit (*self->p); self->p++)
    n++;
  return n;
}

static gboolean
judge_number (Judge *self)
{
  judge_char (self, '-');
  if (judge_word (self, "Infinity"))
    return TRUE;
  if (!judge_char (self, '0') && judge_digits (self) == 0)
    return FALSE;
  if (judge_char (self, '.') && judge_digits (self) == 0)
    return FALSE;
  if (judge_char (self, 'e') || judge_char (self, 'E'))
    {
      if (!judge_char (self, '+'))
        judge_char (self, '-');
      return judge_digits (self) > 0;
    }
  return TRUE;
}

static gboolean
judge_hex (Judge *self, gunichar *c)
{
  *c = 0;
  for (guint i = 0; i < 4; i++)
    {
      if (self->p == self->end || !g_ascii_isxdigit (*self->p))
        return FALSE;
      *c = *c << 4 | (gunichar) g_ascii_xdigit_value (*self->p++);
    }
  return TRUE;
}

static gboolean
judge_escape (Judge *self, GString *text)
{
  gunichar c, low;

  if (!judge_char (self, 'u'))
    {
      static const char letters[] = "\"\\/bfnrt";
      static const char values[] = "\"\\/\b\f\n\r\t";
      const char *letter;

      if (self->p == self->end || *self->p == '\0' || (letter = strchr (letters, *self->p)) == NULL)
        return FALSE;
      self->p++;
      g_string_append_c (text, values[letter - letters]);
      return TRUE;
    }
  if (!judge_hex (self, &c) || c == 0 || (c >= 0xdc00 && c <= 0xdfff))
    return FALSE;
  if (c >= 0xd800 && c <= 0xdbff)
    {
      if (!judge_word (self, "\\u") || !judge_hex (self, &low) || low < 0xdc00 || low > 0xdfff)
        return FALSE;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  g_string_append_unichar (text, c);
  return TRUE;
}

static gboolean
judge_string (Judge *self, GString *text)
{
  if (!judge_char (self, '"'))
    return FALSE;
  while (self->p < self->end && *self->p != '"')
    {
      if ((guchar) *self->p < 0x20)
        return FALSE;
      if (*self->p != '\\')
        g_string_append_c (text, *self->p++);
      else if (self->p++, !judge_escape (self, text))
        return FALSE;
    }
  return judge_char (self, '"') && g_utf8_validate_len (text->str, text->len, NULL);
}

static gboolean
judge_object (Judge *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  judge_space (self);
  if (judge_char (self, '}'))
    return TRUE;
  do
    {
      g_autoptr (GString) name = g_string_new (NULL);

      judge_space (self);
      if (!judge_string (self, name) || !g_hash_table_add (names, g_strdup (name->str)))
        return FALSE;
      judge_space (self);
      if (!judge_char (self, ':') || !judge_value (self))
        return FALSE;
    }
  while (judge_char (self, ','));
  return judge_char (self, '}');
}

static gboolean
judge_array (Judge *self)
{
  judge_space (self);
  if (judge_char (self, ']'))
    return TRUE;
  do
    if (!judge_value (self))
      return FALSE;
  while (judge_char (self, ','));
  return judge_char (self, ']');
}

/* A value and the blanks on both sides. */
static gboolean
judge_value (Judge *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_valid;

  judge_space (self);
  if (judge_char (self, '{') || judge_char (self, '['))
    {
      if (++self->depth > LIMNER_COCO_MAX_DEPTH)
        return FALSE;
      is_valid = self->p[-1] == '{' ? judge_object (self) : judge_array (self);
      self->depth--;
    }
  else if (self->p < self->end && *self->p == '"')
    is_valid = judge_string (self, text);
  else
    is_valid = judge_word (self, "true") || judge_word (self, "false") ||
               judge_word (self, "null") || judge_word (self, "NaN") || judge_number (self);
  judge_space (self);
  return is_valid;
}

static gboolean
judge_text (const char *text, gsize length)
{
  Judge judge = { text, text + length, 0 };

  return judge_value (&judge) && judge.p == judge.end;
}

/* ---- cJSON's reading ---- */

static gboolean
is_plain_integer (const cJSON *item)
{
  return cJSON_IsNumber (item) && item->valuedouble == floor (item->valuedouble) &&
         fabs (item->valuedouble) < 9007199254740992.0;
}

static void
compare_id (const cJSON *object, gint64 id, guint8 flags)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, "id");

  if (is_plain_integer (item))
    fuzz_require (!(flags & LIMNER_ROW_NO_ID) && id == (gint64) item->valuedouble, "id %g",
                  item->valuedouble);
  else if (item == NULL || (!cJSON_IsNumber (item) && !cJSON_IsString (item)))
    fuzz_require (flags & LIMNER_ROW_NO_ID, "an id although there is none");
}

static void
compare_numbers (const cJSON *bbox, const LimnerColumns *columns, guint32 row)
{
  const float *numbers = columns->annotation_bbox + 4 * (gsize) row;
  const cJSON *item;
  gboolean is_bbox = cJSON_IsArray (bbox) && cJSON_GetArraySize (bbox) == 4;
  guint n = 0;

  cJSON_ArrayForEach (item, bbox)
  {
    if (cJSON_IsString (item))
      return;
    is_bbox = is_bbox && cJSON_IsNumber (item) && isfinite (item->valuedouble);
  }
  fuzz_require (((columns->annotation_flags[row] & LIMNER_ROW_HAS_BBOX) != 0) == is_bbox,
                "annotation %u: a bbox or none?", row);
  if (is_bbox)
    cJSON_ArrayForEach (item, bbox)
    {
      float expected = (float) CLAMP (item->valuedouble, -(double) FLT_MAX, (double) FLT_MAX);

      fuzz_require (numbers[n] == expected, "annotation %u: bbox[%u] is %.9g or %.17g", row, n,
                    (double) numbers[n], item->valuedouble);
      n++;
    }
}

static void
compare_annotation (const cJSON *object, const LimnerColumns *columns, guint32 row)
{
  const cJSON *segmentation = cJSON_GetObjectItemCaseSensitive (object, "segmentation");
  const cJSON *area = cJSON_GetObjectItemCaseSensitive (object, "area");
  const cJSON *image = cJSON_GetObjectItemCaseSensitive (object, "image_id");
  const cJSON *ring;
  guint64 n_points = 0;

  compare_id (object, columns->annotation_id[row], columns->annotation_flags[row]);
  compare_numbers (cJSON_GetObjectItemCaseSensitive (object, "bbox"), columns, row);
  if (cJSON_IsNumber (area) && isfinite (area->valuedouble))
    fuzz_require (columns->annotation_area[row] ==
                      (float) CLAMP (area->valuedouble, -(double) FLT_MAX, (double) FLT_MAX),
                  "area %.17g", area->valuedouble);
  if (is_plain_integer (image) && columns->annotation_image[row] != LIMNER_NO_ROW)
    fuzz_require (columns->image_id[columns->annotation_image[row]] == (gint64) image->valuedouble,
                  "annotation %u is put to another image", row);
  if (!cJSON_IsArray (segmentation))
    return;
  cJSON_ArrayForEach (ring, segmentation) if (cJSON_IsArray (ring)) n_points +=
      (guint64) cJSON_GetArraySize (ring) / 2;
  fuzz_require (columns->annotation_n_points[row] == MIN (n_points, G_MAXUINT16),
                "annotation %u: %u vertices or %" G_GUINT64_FORMAT, row,
                columns->annotation_n_points[row], n_points);
}

static void
compare_image (const cJSON *object, const LimnerColumns *columns, guint32 row)
{
  const cJSON *name = cJSON_GetObjectItemCaseSensitive (object, "file_name");
  const cJSON *width = cJSON_GetObjectItemCaseSensitive (object, "width");

  compare_id (object, columns->image_id[row], columns->image_flags[row]);
  fuzz_require (g_str_equal (columns->names + columns->image_name[row],
                             cJSON_IsString (name) ? name->valuestring : ""),
                "image %u: another name", row);
  if (is_plain_integer (width))
    fuzz_require (columns->image_width[row] ==
                      (width->valuedouble >= 1.0 && width->valuedouble <= G_MAXINT32
                           ? (guint32) width->valuedouble
                           : 0),
                  "image %u: width %g", row, width->valuedouble);
}

static void
compare_section (const cJSON *root, const LimnerColumns *columns, LimnerRecordKind kind)
{
  static const char *const names[] = {
    [LIMNER_RECORD_IMAGE] = "images",
    [LIMNER_RECORD_CATEGORY] = "categories",
    [LIMNER_RECORD_ANNOTATION] = "annotations",
  };
  const cJSON *section = cJSON_GetObjectItemCaseSensitive (root, names[kind]);
  const cJSON *item;
  guint32 row = 0;

  fuzz_require (limner_columns_get_n_rows (columns, kind) == (guint) cJSON_GetArraySize (section),
                "%s: another number of records", names[kind]);
  cJSON_ArrayForEach (item, section)
  {
    if (kind == LIMNER_RECORD_CATEGORY && cJSON_IsObject (item))
      compare_id (item, columns->categories[row]->record.id, columns->category_flags[row]);
    if (kind == LIMNER_RECORD_ANNOTATION && cJSON_IsObject (item))
      compare_annotation (item, columns, row);
    if (kind == LIMNER_RECORD_IMAGE && cJSON_IsObject (item))
      compare_image (item, columns, row);
    row++;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autoptr (GBytes) bytes = fuzz_take_rest (&input);
  const char *text = g_bytes_get_data (bytes, NULL);
  gboolean has_bom = size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0;
  gboolean is_valid = size > 0 && judge_text (text + 3 * has_bom, size - 3 * has_bom);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open_bytes (bytes, &error);
  g_autoptr (cJSON) root = NULL;

  fuzz_require (file == NULL || is_valid, "the scanner accepts what is not JSON");
  fuzz_require (file != NULL || !is_valid || error->code == LIMNER_COCO_ERROR_NOT_OBJECT ||
                    error->code == LIMNER_COCO_ERROR_NOT_COCO ||
                    error->code == LIMNER_COCO_ERROR_SECTION_TYPE,
                "the scanner refuses JSON: %s", error->message);
  if (!has_bom && size > 0)
    fuzz_require (limner_coco_check_text (text, size, NULL) == is_valid,
                  "the judgement of a text is not that of a file");
  if (file == NULL)
    return 0;
  /* cJSON does not read NaN */
  root = cJSON_ParseWithLength (text, size);
  if (root == NULL)
    return 0;
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    compare_section (root, limner_coco_file_get_columns (file), (LimnerRecordKind) kind);
  return 0;
}
