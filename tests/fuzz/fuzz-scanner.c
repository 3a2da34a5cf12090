/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a COCO file: what the scanner accepts can be read record by record, says the same in
 * columns and in records, and is the same wherever the chunks of reading end.
 */

#include "fuzz.h"

#include <limner/coco-record.h>

#include <math.h>
#include <string.h>

#define READ_CHUNK                                                                                 \
  (256 * 1024) /* of the lexer: what is pushed behind that many blanks straddles                   \
                */

static void
check_line (LimnerCocoFile *file, GBytes *text, guint64 offset)
{
  const char *data = g_bytes_get_data (text, NULL);
  guint line = 0, column = 0, expected_line = 1, expected_column = 1;

  for (guint64 i = 0; i < offset; i++)
    {
      expected_column++;
      if (data[i] != '\n')
        continue;
      expected_line++;
      expected_column = 1;
    }
  fuzz_require (limner_coco_file_locate (file, offset, &line, &column, NULL),
                "byte %" G_GUINT64_FORMAT " is not located", offset);
  fuzz_require (line == expected_line && column == expected_column,
                "byte %" G_GUINT64_FORMAT " is at %u:%u, not at %u:%u", offset, expected_line,
                expected_column, line, column);
}

static void
check_annotation (const LimnerColumns *columns, guint32 row, const LimnerAnnotation *record)
{
  const float *bbox = columns->annotation_bbox + 4 * (gsize) row;
  gboolean has_bbox = (columns->annotation_flags[row] & LIMNER_ROW_HAS_BBOX) != 0;
  LimnerSegmentation segmentation = columns->annotation_segmentation[row];

  fuzz_require (columns->annotation_id[row] == record->record.id, "another id");
  fuzz_require (has_bbox == record->has_bbox, "annotation %u: bbox or none?", row);
  if (has_bbox)
    fuzz_require (fabs (bbox[0] - record->bbox.x) <= fabs (record->bbox.x) * 1e-6 + 1e-30 ||
                      fabs (record->bbox.x) > 3e38,
                  "another bbox");
  fuzz_require (((columns->annotation_flags[row] & LIMNER_ROW_CROWD) != 0) == record->iscrowd,
                "another iscrowd");
  /* whether runs fill the mask is known only to who decodes them */
  fuzz_require (segmentation == record->segmentation ||
                    (record->segmentation == LIMNER_SEGMENTATION_INVALID &&
                     segmentation >= LIMNER_SEGMENTATION_RLE),
                "annotation %u: segmentation kind %d or %d", row, segmentation,
                record->segmentation);
  if (record->segmentation == LIMNER_SEGMENTATION_POLYGON)
    fuzz_require (columns->annotation_n_points[row] ==
                      MIN (limner_shape_get_n_points (record->shape), G_MAXUINT16),
                  "another number of vertices");
}

static void
check_image (const LimnerColumns *columns, guint32 row, const LimnerImageRecord *record)
{
  const char *name = columns->names + columns->image_name[row];

  fuzz_require (columns->image_id[row] == record->record.id, "another id");
  fuzz_require (g_str_equal (name, record->file_name != NULL ? record->file_name : ""),
                "another file_name");
  fuzz_require (columns->image_width[row] == record->width &&
                    columns->image_height[row] == record->height,
                "image %u: %u x %u or %u x %u", row, columns->image_width[row],
                columns->image_height[row], record->width, record->height);
  fuzz_require (columns->image_state[row] == record->state, "another state");
}

static guint8
get_flags (const LimnerColumns *columns, LimnerRecordKind kind, guint32 row)
{
  switch (kind)
    {
    case LIMNER_RECORD_IMAGE:
      return columns->image_flags[row];
    case LIMNER_RECORD_ANNOTATION:
      return columns->annotation_flags[row];
    case LIMNER_RECORD_CATEGORY:
      return columns->category_flags[row];
    case LIMNER_RECORD_INFO:
    default:
      return 0;
    }
}

static void
check_record (LimnerCocoFile *file, LimnerRecordKind kind, guint32 row)
{
  LimnerColumns *columns = limner_coco_file_get_columns (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = limner_coco_file_read_record (file, kind, row, &error);
  guint8 flags = get_flags (columns, kind, row);
  g_autoptr (LimnerRecord) record = NULL;
  guint32 found;

  fuzz_require (text != NULL, "record %u cannot be read: %s", row, error->message);
  fuzz_require (limner_coco_check_text (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                        &error),
                "record %u of a judged file is not JSON: %s", row, error->message);
  record = limner_coco_record_parse (kind, text, NULL);
  fuzz_require ((record == NULL) == ((flags & LIMNER_ROW_NOT_OBJECT) != 0),
                "record %u: an object or none?", row);
  if (record == NULL)
    return;
  fuzz_require (record->has_id == !(flags & LIMNER_ROW_NO_ID), "record %u: an id or none?", row);
  if (kind == LIMNER_RECORD_ANNOTATION)
    check_annotation (columns, row, (LimnerAnnotation *) record);
  else if (kind == LIMNER_RECORD_IMAGE)
    check_image (columns, row, (LimnerImageRecord *) record);
  if (!record->has_id)
    return;
  found = limner_columns_find (columns, kind, record->id);
  fuzz_require (found == (flags & LIMNER_ROW_DUPLICATE_ID ? LIMNER_NO_ROW : row),
                "record %u is found as %u", row, found);
}

/* Each annotation is in the list of its image, once and in file order, and in no other. */
static void
check_groups (const LimnerColumns *columns)
{
  guint32 n = 0;

  for (guint32 image = 0; image < columns->n_images; image++)
    {
      guint32 first = columns->first_of_image[image];
      guint32 end = columns->first_of_image[image + 1];

      fuzz_require (first == n && end >= first, "the lists of images overlap");
      for (guint32 i = first; i < end; i++)
        fuzz_require (columns->annotation_image[columns->by_image[i]] == image &&
                          (i == first || columns->by_image[i - 1] < columns->by_image[i]),
                      "annotation in another image's list");
      n = end;
    }
  for (guint32 i = 0; i < columns->n_annotations; i++)
    n -= columns->annotation_image[i] != LIMNER_NO_ROW;
  fuzz_require (n == 0, "annotations are missing in the lists");
}

static void
check_file (LimnerCocoFile *file, GBytes *text)
{
  LimnerColumns *columns = limner_coco_file_get_columns (file);
  gsize size = g_bytes_get_size (text);
  guint64 offset = 0;
  guint32 length = 0;

  for (guint k = LIMNER_RECORD_IMAGE; k < LIMNER_N_RECORD_KINDS; k++)
    {
      LimnerRecordKind kind = (LimnerRecordKind) k;
      guint64 end = 0;

      for (guint32 row = 0; row < limner_columns_get_n_rows (columns, kind); row++)
        {
          limner_columns_get_range (columns, kind, row, &offset, &length);
          fuzz_require (offset >= end && offset + length <= size && length > 0,
                        "record %u is out of place", row);
          end = offset + length;
          check_record (file, kind, row);
        }
      if (end > 0)
        check_line (file, text, end);
    }
  if (limner_coco_file_get_info (file, &offset, &length))
    fuzz_require (offset + length <= size, "info is out of place");
  check_line (file, text, size);
  check_groups (columns);
}

/* The same text behind so many blanks that the lexer's chunk ends inside it. */
static void
check_straddling (LimnerCocoFile *file, const GError *error, const uint8_t *data, size_t size)
{
  gsize n_blanks = READ_CHUNK - fuzz_hash (data, size) / 16 % size - 1;
  guint8 *padded = g_malloc (n_blanks + size);
  g_autoptr (GBytes) text = g_bytes_new_take (padded, n_blanks + size);
  g_autoptr (GError) other_error = NULL;
  g_autoptr (LimnerCocoFile) other = NULL;
  LimnerColumns *a, *b;

  memset (padded, ' ', n_blanks);
  memcpy (padded + n_blanks, data, size);
  other = limner_coco_file_open_bytes (text, &other_error);
  if (file == NULL)
    {
      fuzz_require (other == NULL && g_error_matches (other_error, error->domain, error->code),
                    "'%s', but in two chunks '%s'", error->message,
                    other != NULL ? "accepted" : other_error->message);
      return;
    }
  fuzz_require (other != NULL, "refused in two chunks only: %s", other_error->message);
  a = limner_coco_file_get_columns (file);
  b = limner_coco_file_get_columns (other);
  fuzz_require (a->n_images == b->n_images && a->n_annotations == b->n_annotations &&
                    a->n_categories == b->n_categories,
                "another number of records in two chunks");
  for (guint32 i = 0; i < a->n_annotations; i++)
    fuzz_require (a->annotation_offset[i] + n_blanks == b->annotation_offset[i] &&
                      a->annotation_length[i] == b->annotation_length[i] &&
                      a->annotation_id[i] == b->annotation_id[i] &&
                      a->annotation_flags[i] == b->annotation_flags[i] &&
                      a->annotation_segmentation[i] == b->annotation_segmentation[i] &&
                      a->annotation_n_points[i] == b->annotation_n_points[i] &&
                      a->annotation_image[i] == b->annotation_image[i] &&
                      memcmp (a->annotation_bbox + 4 * i, b->annotation_bbox + 4 * i, 16) == 0,
                  "annotation %u is another in two chunks", i);
  for (guint32 i = 0; i < a->n_images; i++)
    fuzz_require (a->image_offset[i] + n_blanks == b->image_offset[i] &&
                      a->image_id[i] == b->image_id[i] &&
                      g_str_equal (a->names + a->image_name[i], b->names + b->image_name[i]),
                  "image %u is another in two chunks", i);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autoptr (GBytes) text = fuzz_take_rest (&input);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open_bytes (text, &error);

  fuzz_require ((file == NULL) == (error != NULL), "refused without a reason");
  if (file != NULL)
    check_file (file, text);
  else
    fuzz_require (limner_coco_error_get_code (error) != NULL &&
                      g_utf8_validate (error->message, -1, NULL),
                  "a message without code or not UTF-8");
  /* a byte order mark is one at the start only */
  if (size > 0 && data[0] != 0xef && data[0] != 0xfe && data[0] != 0xff && data[0] != 0 &&
      (size < 2 || data[1] != 0) && size < READ_CHUNK && fuzz_hash (data, size) % 16 == 0)
    check_straddling (file, error, data, size);
  return 0;
}
