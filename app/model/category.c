/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-category"

#include "category-private.h"

#include "dataset-private.h"

struct _LimnerCategory
{
  GObject parent_instance;
  LimnerDataset *dataset; /* not owned; NULL once it is gone */
  LimnerCategoryRecord *record;
  gboolean editable;
  guint n_annotations;
  gboolean has_own_color;
  guint32 own_color;
};

G_DEFINE_FINAL_TYPE (LimnerCategory, limner_category, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_SUPERCATEGORY,
  PROP_COLOR,
  PROP_N_ANNOTATIONS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
limner_category_finalize (GObject *object)
{
  limner_record_unref (LIMNER_CATEGORY (object)->record);
  G_OBJECT_CLASS (limner_category_parent_class)->finalize (object);
}

static void
limner_category_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnerCategory *self = LIMNER_CATEGORY (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_int64 (value, limner_category_get_id (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, limner_category_get_name (self));
      break;
    case PROP_SUPERCATEGORY:
      g_value_set_string (value, limner_category_get_supercategory (self));
      break;
    case PROP_COLOR:
      g_value_set_uint (value, limner_category_get_color (self));
      break;
    case PROP_N_ANNOTATIONS:
      g_value_set_uint (value, self->n_annotations);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limner_category_class_init (LimnerCategoryClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = limner_category_finalize;
  object_class->get_property = limner_category_get_property;

  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_SUPERCATEGORY] = g_param_spec_string ("supercategory", NULL, NULL, "", flags);
  properties[PROP_COLOR] = g_param_spec_uint ("color", NULL, NULL, 0, 0xffffff, 0, flags);
  properties[PROP_N_ANNOTATIONS] =
      g_param_spec_uint ("n-annotations", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
limner_category_init (LimnerCategory *self)
{
}

LimnerCategory *
limner_category_new (LimnerDataset *dataset, LimnerCategoryRecord *record, gboolean editable)
{
  LimnerCategory *self = g_object_new (LIMNER_TYPE_CATEGORY, NULL);

  self->dataset = dataset;
  self->record = limner_record_ref (record);
  self->editable = editable;
  return self;
}

void
limner_category_forget_dataset (LimnerCategory *self)
{
  self->dataset = NULL;
}

void
limner_category_set_record (LimnerCategory *self, LimnerCategoryRecord *record)
{
  LimnerCategoryRecord *old = self->record;
  gboolean color_changed =
      old->has_color != record->has_color || (record->has_color && old->color != record->color);

  self->record = limner_record_ref (record);
  if (g_strcmp0 (old->name, record->name) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  if (g_strcmp0 (old->supercategory, record->supercategory) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUPERCATEGORY]);
  if (color_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOR]);
  limner_record_unref (old);
}

void
limner_category_set_n_annotations (LimnerCategory *self, guint n_annotations)
{
  if (self->n_annotations == n_annotations)
    return;
  self->n_annotations = n_annotations;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ANNOTATIONS]);
}

void
limner_category_set_own_color (LimnerCategory *self, guint32 color)
{
  gboolean was_shown = self->has_own_color && !self->record->has_color;

  if (self->has_own_color && self->own_color == color)
    return;
  self->has_own_color = TRUE;
  self->own_color = color;
  /* nobody can have seen another colour before the first one is chosen */
  if (was_shown)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOR]);
}

gboolean
limner_category_peek_color (LimnerCategory *self, guint32 *color)
{
  *color = self->record->has_color ? self->record->color : self->own_color;
  return self->record->has_color || self->has_own_color;
}

gint64
limner_category_get_id (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), 0);

  return self->record->record.id;
}

const char *
limner_category_get_name (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), "");

  return self->record->name != NULL ? self->record->name : "";
}

const char *
limner_category_get_supercategory (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), "");

  return self->record->supercategory != NULL ? self->record->supercategory : "";
}

GBytes *
limner_category_get_text (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), NULL);

  return self->record->record.text;
}

guint32
limner_category_get_color (LimnerCategory *self)
{
  guint32 color;

  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), 0);

  if (!limner_category_peek_color (self, &color) && self->dataset != NULL)
    {
      limner_dataset_choose_colors (self->dataset);
      limner_category_peek_color (self, &color);
    }
  return color;
}

guint
limner_category_get_n_annotations (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), 0);

  return self->n_annotations;
}

gboolean
limner_category_is_editable (LimnerCategory *self)
{
  g_return_val_if_fail (LIMNER_IS_CATEGORY (self), FALSE);

  return self->editable;
}
