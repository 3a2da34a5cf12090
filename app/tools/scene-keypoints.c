/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include "scene-private.h"

#include <limner/coco-value.h>
#include <math.h>

/* More than any skeleton has. */
#define KEYPOINTS_MAX 1000

static LimnerValue
get_value (GBytes *text)
{
  LimnerValue value;

  value.text = g_bytes_get_data (text, &value.length);
  return value;
}

/* (transfer full) (element-type double): NULL where there is no such array of numbers. */
static GArray *
read_numbers (const LimnerValue *array, gsize max)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  LimnerValueIter iter;
  LimnerValue element;

  if (limner_value_get_type (array) != LIMNER_VALUE_ARRAY)
    return NULL;
  limner_value_iter_init (&iter, array);
  while (limner_value_iter_next (&iter, NULL, &element))
    {
      double number;

      if (numbers->len == max || !limner_value_get_number (&element, &number))
        return NULL;
      g_array_append_val (numbers, number);
    }
  return g_steal_pointer (&numbers);
}

/* Turns and mirrors points as limner_scene_shape_from_file() does shapes. */
static void
make_upright (LimnerScene *scene, LimnerKeypoint *keypoints, guint n_keypoints)
{
  const gboolean sideways = scene->orientation >= LIMNER_ORIENTATION_TRANSPOSE;
  const guint width = sideways ? scene->height : scene->width;
  const guint height = sideways ? scene->width : scene->height;

  if (limner_document_get_frame (scene->document) == LIMNER_FRAME_UPRIGHT)
    return;
  for (guint i = 0; i < n_keypoints; i++)
    keypoints[i].point =
        limner_point_transform (keypoints[i].point, scene->orientation, width, height, TRUE);
}

GArray *
limner_scene_read_keypoints (const LimnerAnnotation *annotation)
{
  LimnerValue record, array;
  g_autoptr (GArray) numbers = NULL;
  GArray *keypoints;

  g_return_val_if_fail (annotation != NULL, NULL);

  record = get_value (annotation->record.text);
  if (!limner_value_find (&record, "keypoints", &array))
    return NULL;
  numbers = read_numbers (&array, 3 * KEYPOINTS_MAX);
  if (numbers == NULL || numbers->len < 3)
    return NULL;
  keypoints = g_array_new (FALSE, FALSE, sizeof (LimnerKeypoint));
  for (guint i = 0; i + 2 < numbers->len; i += 3)
    {
      const double *at = &g_array_index (numbers, double, i);
      LimnerKeypoint keypoint = { { at[0], at[1] }, at[2] >= 2 ? 2 : at[2] >= 1 ? 1 : 0 };

      if (!isfinite (at[0]) || !isfinite (at[1]))
        keypoint = (LimnerKeypoint){ { 0, 0 }, 0 };
      g_array_append_val (keypoints, keypoint);
    }
  return keypoints;
}

GArray *
limner_scene_item_dup_keypoints (LimnerSceneItem *self)
{
  GArray *keypoints;

  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), NULL);

  if (self->scene == NULL)
    return NULL;
  keypoints = limner_scene_read_keypoints (self->annotation);
  if (keypoints != NULL)
    make_upright (self->scene, (LimnerKeypoint *) (gpointer) keypoints->data, keypoints->len);
  return keypoints;
}

/* COCO counts keypoints from 1. */
static void
add_edge (GArray *edges, const LimnerValue *pair)
{
  g_autoptr (GArray) numbers = read_numbers (pair, 2);

  if (numbers == NULL || numbers->len != 2)
    return;
  for (guint i = 0; i < 2; i++)
    {
      double number = g_array_index (numbers, double, i);
      guint32 index = number >= 1 && number <= KEYPOINTS_MAX ? (guint32) number - 1 : G_MAXUINT32;

      g_array_append_val (edges, index);
    }
}

GArray *
limner_scene_dup_skeleton (LimnerCategory *category)
{
  LimnerValue record, names, array, pair;
  LimnerValueIter iter;
  GArray *edges;

  g_return_val_if_fail (LIMNER_IS_CATEGORY (category), NULL);

  record = get_value (limner_category_get_text (category));
  if (!limner_value_find (&record, "keypoints", &names))
    return NULL;
  edges = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!limner_value_find (&record, "skeleton", &array))
    return edges;
  limner_value_iter_init (&iter, &array);
  while (limner_value_iter_next (&iter, NULL, &pair))
    add_edge (edges, &pair);
  return edges;
}
