/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "transaction-private.h"

#include <limner/coco-value.h>

/* The members that say what an annotation's shape is. */
typedef struct
{
  char *segmentation;
  char *bbox;
  char *area;
} ShapeText;

static void
shape_text_clear (ShapeText *self)
{
  g_free (self->segmentation);
  g_free (self->bbox);
  g_free (self->area);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShapeText, shape_text_clear)

/* What a new annotation says of itself, copied or not. */
typedef struct
{
  gint64 new_id;
  char *id;
  char *image_id;
  char *category_id;
  ShapeText shape;
} NewText;

static void
new_text_clear (NewText *self)
{
  g_free (self->id);
  g_free (self->image_id);
  g_free (self->category_id);
  shape_text_clear (&self->shape);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NewText, new_text_clear)

static char *
format_id (gint64 id)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, id);
}

static gboolean
check_category (LimnerTransaction *self, gint64 category_id, GError **error)
{
  if (limner_transaction_has_record (self, LIMNER_RECORD_CATEGORY, category_id))
    return TRUE;
  limner_refuse (self, error, "there is no one category %" G_GINT64_FORMAT, category_id);
  return FALSE;
}

static gboolean
check_shape (LimnerTransaction *self, const LimnerShape *shape, GError **error)
{
  if (shape != NULL && !limner_shape_is_degenerate (shape, 0))
    return TRUE;
  limner_refuse (self, error, "the shape has no area");
  return FALSE;
}

/* Checks what a new annotation refers to and prints its members; the image gets a record first. */
static gboolean
new_text_fill (NewText *text,
               LimnerTransaction *self,
               guint image,
               guint width,
               guint height,
               gint64 category_id,
               const LimnerShape *shape,
               LimnerCocoStyle *style,
               GError **error)
{
  gint64 image_id;

  if (!check_category (self, category_id, error) || !check_shape (self, shape, error) ||
      !limner_transaction_ensure_image (self, image, width, height, &image_id, error))
    return FALSE;
  limner_transaction_get_style (self, LIMNER_RECORD_ANNOTATION, style);
  limner_coco_shape_to_members (shape, style, &text->shape.segmentation, &text->shape.bbox,
                                &text->shape.area);
  text->new_id = limner_dataset_reserve_id (self->document->dataset, LIMNER_RECORD_ANNOTATION);
  text->id = format_id (text->new_id);
  text->image_id = format_id (image_id);
  text->category_id = format_id (category_id);
  return TRUE;
}

gboolean
limner_transaction_create_annotation (LimnerTransaction *self,
                                      guint image,
                                      guint width,
                                      guint height,
                                      gint64 category_id,
                                      const LimnerShape *shape,
                                      gint64 *id,
                                      GError **error)
{
  g_auto (NewText) text = { 0 };
  LimnerCocoStyle style;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!new_text_fill (&text, self, image, width, height, category_id, shape, &style, error))
    return FALSE;
  if (id != NULL)
    *id = text.new_id;
  return limner_transaction_add (self, LIMNER_RECORD_ANNOTATION, text.new_id,
                                 (LimnerMember[]){ { "id", text.id },
                                                   { "image_id", text.image_id },
                                                   { "category_id", text.category_id },
                                                   { "segmentation", text.shape.segmentation },
                                                   { "bbox", text.shape.bbox },
                                                   { "area", text.shape.area },
                                                   { "iscrowd", "0" } },
                                 7, error);
}

gboolean
limner_transaction_copy_annotation (LimnerTransaction *self,
                                    const LimnerAnnotation *source,
                                    guint image,
                                    guint width,
                                    guint height,
                                    gint64 category_id,
                                    const LimnerShape *shape,
                                    gint64 *id,
                                    GError **error)
{
  g_auto (NewText) text = { 0 };
  g_autoptr (GBytes) copy = NULL;
  LimnerCocoStyle style;

  g_return_val_if_fail (self != NULL && source != NULL, FALSE);

  if (!new_text_fill (&text, self, image, width, height, category_id, shape, &style, error))
    return FALSE;
  copy =
      limner_coco_record_set_members (source->record.text, &style,
                                      (LimnerMember[]){ { "id", text.id },
                                                        { "image_id", text.image_id },
                                                        { "category_id", text.category_id },
                                                        { "segmentation", text.shape.segmentation },
                                                        { "bbox", text.shape.bbox },
                                                        { "area", text.shape.area } },
                                      6);
  if (id != NULL)
    *id = text.new_id;
  return limner_transaction_put (self, LIMNER_RECORD_ANNOTATION, text.new_id, copy, error);
}

/*
 * A box whose record never had a segmentation does not get one, nor does a record without area:
 * only what was there is brought up to date.
 */
gboolean
limner_transaction_set_shape (LimnerTransaction *self,
                              gint64 annotation_id,
                              const LimnerShape *shape,
                              GError **error)
{
  g_auto (ShapeText) text = { 0 };
  g_autoptr (GBytes) old = NULL;
  LimnerCocoStyle style;
  LimnerMember members[3];
  LimnerValue outer, value;
  guint n = 0;
  gboolean is_box;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_shape (self, shape, error))
    return FALSE;
  old = limner_transaction_get_text (self, LIMNER_RECORD_ANNOTATION, annotation_id, error);
  if (old == NULL)
    return FALSE;
  outer.text = g_bytes_get_data (old, &outer.length);
  limner_coco_style_from_record (&style, outer.text, outer.length);
  limner_coco_shape_to_members (shape, &style, &text.segmentation, &text.bbox, &text.area);

  is_box = limner_shape_get_kind (shape) == LIMNER_SHAPE_BOX;
  if (!is_box || limner_value_find (&outer, "segmentation", &value))
    members[n++] = (LimnerMember){ "segmentation", text.segmentation };
  if (is_box || limner_value_find (&outer, "bbox", &value))
    members[n++] = (LimnerMember){ "bbox", text.bbox };
  if (limner_value_find (&outer, "area", &value))
    members[n++] = (LimnerMember){ "area", text.area };
  return limner_transaction_edit (self, LIMNER_RECORD_ANNOTATION, annotation_id, members, n, error);
}

gboolean
limner_transaction_set_category (LimnerTransaction *self,
                                 gint64 annotation_id,
                                 gint64 category_id,
                                 GError **error)
{
  g_autofree char *text = format_id (category_id);

  g_return_val_if_fail (self != NULL, FALSE);

  return check_category (self, category_id, error) &&
         limner_transaction_edit (self, LIMNER_RECORD_ANNOTATION, annotation_id,
                                  &(LimnerMember){ "category_id", text }, 1, error);
}

gboolean
limner_transaction_move_annotations (LimnerTransaction *self,
                                     gint64 from_category,
                                     gint64 to_category,
                                     GError **error)
{
  g_autoptr (GArray) ids = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_category (self, from_category, error) || !check_category (self, to_category, error))
    return FALSE;
  if (from_category == to_category)
    return TRUE;
  ids = limner_transaction_list_annotations (self, LIMNER_RECORD_CATEGORY, from_category);
  for (guint i = 0; i < ids->len; i++)
    if (!limner_transaction_set_category (self, g_array_index (ids, gint64, i), to_category, error))
      return FALSE;
  return TRUE;
}
