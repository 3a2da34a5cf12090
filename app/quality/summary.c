/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-quality"

#include <limner/validate.h>

#include <limner/coco-record.h>

static void
count_annotation (LimnerSummary *summary,
                  LimnerSegmentation segmentation,
                  gboolean is_crowd,
                  int by)
{
  guint *const of_kind[] = {
    [LIMNER_SEGMENTATION_NONE] = &summary->n_none,
    [LIMNER_SEGMENTATION_POLYGON] = &summary->n_polygon,
    [LIMNER_SEGMENTATION_RLE] = &summary->n_rle,
    [LIMNER_SEGMENTATION_COMPRESSED_RLE] = &summary->n_compressed_rle,
    [LIMNER_SEGMENTATION_INVALID] = NULL,
  };

  summary->n_annotations += (guint) by;
  if (of_kind[segmentation] != NULL)
    *of_kind[segmentation] += (guint) by;
  if (is_crowd)
    summary->n_crowd += (guint) by;
}

static gboolean
count_change (LimnerSummary *summary,
              const LimnerColumns *columns,
              const LimnerChange *change,
              GError **error)
{
  g_autoptr (LimnerAnnotation) annotation = NULL;

  if (change->kind == LIMNER_RECORD_IMAGE)
    {
      summary->n_images += (change->text != NULL) - (change->row != LIMNER_NO_ROW);
      return TRUE;
    }
  if (change->kind != LIMNER_RECORD_ANNOTATION)
    return TRUE;
  if (change->row != LIMNER_NO_ROW)
    count_annotation (summary, columns->annotation_segmentation[change->row],
                      (columns->annotation_flags[change->row] & LIMNER_ROW_CROWD) != 0, -1);
  if (change->text == NULL)
    return TRUE;
  annotation = limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, change->text, error);
  if (annotation == NULL)
    return FALSE;
  count_annotation (summary, annotation->segmentation, annotation->iscrowd, 1);
  return TRUE;
}

/* One column after the other, in loops that the compiler makes of wide instructions. */
static void
count_base (LimnerSummary *summary, const LimnerColumns *columns)
{
  guint of_kind[LIMNER_SEGMENTATION_INVALID + 1] = { 0 };

  summary->n_images = columns->n_images;
  summary->n_annotations = columns->n_annotations;
  for (guint kind = 0; kind < G_N_ELEMENTS (of_kind); kind++)
    for (guint row = 0; row < columns->n_annotations; row++)
      of_kind[kind] += columns->annotation_segmentation[row] == kind;
  for (guint row = 0; row < columns->n_annotations; row++)
    summary->n_crowd += (columns->annotation_flags[row] & LIMNER_ROW_CROWD) != 0;
  summary->n_none = of_kind[LIMNER_SEGMENTATION_NONE];
  summary->n_polygon = of_kind[LIMNER_SEGMENTATION_POLYGON];
  summary->n_rle = of_kind[LIMNER_SEGMENTATION_RLE];
  summary->n_compressed_rle = of_kind[LIMNER_SEGMENTATION_COMPRESSED_RLE];
}

gboolean
limner_summary_of_document (LimnerDocument *document, LimnerSummary *summary, GError **error)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  LimnerCocoFile *file = limner_document_get_coco_file (document);
  const LimnerColumns *columns = limner_dataset_get_columns (dataset);
  g_autoptr (GArray) changes = limner_dataset_list_changes (dataset);

  *summary = (LimnerSummary){ 0 };
  if (file != NULL)
    summary->file_bytes = limner_coco_file_get_identity (file)->size_bytes;
  count_base (summary, columns);
  for (guint i = 0; i < changes->len; i++)
    {
      if (!count_change (summary, columns, &g_array_index (changes, LimnerChange, i), error))
        return FALSE;
    }
  return TRUE;
}
