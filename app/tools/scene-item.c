/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include "scene-private.h"

/* Shapes whose class is missing from the file. */
#define NO_CATEGORY_COLOR 0x9a9996

enum
{
  PROP_0,
  PROP_SELECTED,
  PROP_HOVERED,
  PROP_VISIBLE,
  PROP_LOCKED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (LimnerSceneItem, limner_scene_item, G_TYPE_OBJECT)

static void
limner_scene_item_finalize (GObject *object)
{
  LimnerSceneItem *self = LIMNER_SCENE_ITEM (object);

  g_clear_pointer (&self->annotation, limner_record_unref);
  g_clear_pointer (&self->shape, limner_shape_unref);
  g_clear_pointer (&self->held_shape, limner_shape_unref);
  G_OBJECT_CLASS (limner_scene_item_parent_class)->finalize (object);
}

static void
limner_scene_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  LimnerSceneItem *self = LIMNER_SCENE_ITEM (object);

  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_boolean (value, self->selected);
      break;
    case PROP_HOVERED:
      g_value_set_boolean (value, self->hovered);
      break;
    case PROP_VISIBLE:
      g_value_set_boolean (value, limner_scene_item_get_visible (self));
      break;
    case PROP_LOCKED:
      g_value_set_boolean (value, self->locked);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
limner_scene_item_class_init (LimnerSceneItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = limner_scene_item_finalize;
  object_class->get_property = limner_scene_item_get_property;
  properties[PROP_SELECTED] = g_param_spec_boolean ("selected", NULL, NULL, FALSE, flags);
  properties[PROP_HOVERED] = g_param_spec_boolean ("hovered", NULL, NULL, FALSE, flags);
  properties[PROP_VISIBLE] = g_param_spec_boolean ("visible", NULL, NULL, TRUE, flags);
  properties[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
limner_scene_item_init (LimnerSceneItem *self)
{
}

LimnerSceneItem *
limner_scene_item_new (LimnerScene *scene, LimnerAnnotation *annotation)
{
  LimnerSceneItem *self = g_object_new (LIMNER_TYPE_SCENE_ITEM, NULL);

  self->scene = scene;
  self->id = annotation->record.id;
  self->grid_item = LIMNER_NO_GRID_ITEM;
  self->annotation = limner_record_ref (annotation);
  limner_scene_item_update_shape (self);
  return self;
}

gboolean
limner_scene_item_has_key (LimnerSceneItem *self)
{
  return self->annotation->record.has_id;
}

gint64
limner_scene_item_get_category_id (LimnerSceneItem *self)
{
  return self->annotation->has_category_id ? self->annotation->category_id : -1;
}

gboolean
limner_scene_item_set_annotation (LimnerSceneItem *self, LimnerAnnotation *annotation)
{
  gboolean same = self->annotation == annotation ||
                  self->annotation->record.text == annotation->record.text ||
                  g_bytes_equal (self->annotation->record.text, annotation->record.text);

  if (self->annotation != annotation)
    {
      limner_record_unref (self->annotation);
      self->annotation = limner_record_ref (annotation);
    }
  return !same;
}

void
limner_scene_item_update_shape (LimnerSceneItem *self)
{
  g_clear_pointer (&self->shape, limner_shape_unref);
  if (self->annotation->shape != NULL)
    self->shape = limner_scene_shape_from_file (self->scene, self->annotation->shape);
}

void
limner_scene_item_set_selected (LimnerSceneItem *self, gboolean selected)
{
  if (self->selected == selected)
    return;
  self->selected = selected;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

void
limner_scene_item_set_hovered (LimnerSceneItem *self, gboolean hovered)
{
  if (self->hovered == hovered)
    return;
  self->hovered = hovered;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOVERED]);
}

void
limner_scene_item_emit_changed (LimnerSceneItem *self)
{
  g_signal_emit (self, changed_signal, 0);
}

void
limner_scene_item_notify_visible (LimnerSceneItem *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VISIBLE]);
}

void
limner_scene_item_notify_locked (LimnerSceneItem *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCKED]);
}

gint64
limner_scene_item_get_id (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), 0);
  return self->id;
}

LimnerAnnotation *
limner_scene_item_get_annotation (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), NULL);
  return self->annotation;
}

LimnerShape *
limner_scene_item_get_shape (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), NULL);
  return self->shape;
}

LimnerShape *
limner_scene_item_get_held_shape (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), NULL);
  return self->held_shape;
}

LimnerCategory *
limner_scene_item_get_category (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), NULL);
  if (self->scene == NULL || !self->annotation->has_category_id)
    return NULL;
  return limner_dataset_find_category (self->scene->dataset, self->annotation->category_id);
}

guint32
limner_scene_item_get_color (LimnerSceneItem *self)
{
  LimnerCategory *category = limner_scene_item_get_category (self);

  return category != NULL ? limner_category_get_color (category) : NO_CATEGORY_COLOR;
}

guint
limner_scene_item_get_rank (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), 0);
  return self->rank;
}

gboolean
limner_scene_item_get_selected (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), FALSE);
  return self->selected;
}

gboolean
limner_scene_item_get_hovered (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), FALSE);
  return self->hovered;
}

gboolean
limner_scene_item_get_visible (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), FALSE);
  if (self->eye != LIMNER_EYE_DEFAULT)
    return self->eye == LIMNER_EYE_SHOWN;
  return self->scene == NULL ||
         limner_scene_is_category_visible (self->scene, limner_scene_item_get_category_id (self));
}

gboolean
limner_scene_item_get_locked (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), FALSE);
  return self->locked;
}

gboolean
limner_scene_item_is_editable (LimnerSceneItem *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE_ITEM (self), FALSE);
  return self->scene != NULL && !self->locked && limner_scene_item_has_key (self) &&
         !limner_document_is_read_only (self->scene->document) &&
         limner_dataset_count_records (self->scene->dataset, LIMNER_RECORD_ANNOTATION, self->id) ==
             1;
}
