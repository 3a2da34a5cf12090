/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "shape-look.h"

#include <limner/attribute.h>
#include <limner/palette.h>
#include <math.h>

/* Neighbours in the file differ, and so do values of an attribute mostly. */
#define N_COLORS 24

/* Of what has no value, or no state. */
#define GREY 0x9a9996

typedef struct
{
  guint32 colors[N_COLORS];
} Table;

static gpointer
make_table (gpointer data)
{
  Table *table = g_new0 (Table, 1);

  for (guint i = 0; i < N_COLORS; i++)
    table->colors[i] = limner_palette_choose (NULL, table->colors, i);
  return table;
}

static guint32
get_table_color (guint64 index)
{
  static GOnce once = G_ONCE_INIT;
  const Table *table = g_once (&once, make_table, NULL);

  return table->colors[index % N_COLORS];
}

LimnerColorBy
limner_color_by_from_name (const char *name)
{
  if (g_strcmp0 (name, "instance") == 0)
    return LIMNER_COLOR_BY_INSTANCE;
  if (g_strcmp0 (name, "attribute") == 0)
    return LIMNER_COLOR_BY_ATTRIBUTE;
  if (g_strcmp0 (name, "state") == 0)
    return LIMNER_COLOR_BY_STATE;
  return LIMNER_COLOR_BY_CLASS;
}

LimnerLabelContent
limner_label_content_from_name (const char *name)
{
  if (g_strcmp0 (name, "id") == 0)
    return LIMNER_LABEL_ID;
  if (g_strcmp0 (name, "score") == 0)
    return LIMNER_LABEL_SCORE;
  return LIMNER_LABEL_CLASS;
}

static guint32
get_state_color (LimnerState state)
{
  switch (state)
    {
    case LIMNER_STATE_IN_PROGRESS:
      return 0xf5a524;
    case LIMNER_STATE_DONE:
      return 0x3b82f6;
    case LIMNER_STATE_ACCEPTED:
      return 0x30a46c;
    case LIMNER_STATE_RETURNED:
      return 0xe5484d;
    case LIMNER_STATE_NONE:
    default:
      return GREY;
    }
}

static guint32
get_attribute_color (const LimnerShapeLook *self, LimnerSceneItem *item)
{
  g_autoptr (GPtrArray) attributes =
      limner_attributes_read (limner_scene_item_get_annotation (item)->record.text);

  for (guint i = 0; i < attributes->len; i++)
    {
      const LimnerAttribute *attribute = attributes->pdata[i];

      if (self->attribute == NULL || g_str_equal (self->attribute, attribute->name))
        return get_table_color (g_str_hash (attribute->text));
    }
  return GREY;
}

guint32
limner_shape_look_get_color (const LimnerShapeLook *self, LimnerSceneItem *item)
{
  switch (self->color_by)
    {
    case LIMNER_COLOR_BY_INSTANCE:
      return get_table_color ((guint64) limner_scene_item_get_id (item));
    case LIMNER_COLOR_BY_ATTRIBUTE:
      return get_attribute_color (self, item);
    case LIMNER_COLOR_BY_STATE:
      return get_state_color (limner_scene_item_get_annotation (item)->state);
    case LIMNER_COLOR_BY_CLASS:
    default:
      return limner_scene_item_get_color (item);
    }
}

LimnerPaintFlags
limner_shape_look_get_flags (const LimnerShapeLook *self, LimnerSceneItem *item)
{
  LimnerCategory *category = limner_scene_item_get_category (item);
  gboolean is_selected = self->has_selection && limner_scene_item_get_selected (item);
  LimnerPaintFlags flags = LIMNER_PAINT_NORMAL;

  if (limner_scene_item_get_locked (item))
    flags |= LIMNER_PAINT_LOCKED;
  if (is_selected)
    flags |= LIMNER_PAINT_SELECTED;
  else if (self->is_faded)
    flags |= LIMNER_PAINT_FADED;
  if (self->has_patterns && category != NULL)
    flags |= LIMNER_PAINT_PATTERN ((guint64) limner_category_get_id (category));
  return flags;
}

char *
limner_shape_look_dup_label (const LimnerShapeLook *self, LimnerSceneItem *item)
{
  LimnerCategory *category = limner_scene_item_get_category (item);
  const LimnerAnnotation *annotation = limner_scene_item_get_annotation (item);
  const char *name = category != NULL ? limner_category_get_name (category) : NULL;

  if (self->label == LIMNER_LABEL_ID)
    return g_strdup_printf ("%s%s%" G_GINT64_FORMAT, name != NULL ? name : "",
                            name != NULL ? " " : "", limner_scene_item_get_id (item));
  if (self->label == LIMNER_LABEL_SCORE && !isnan (annotation->score))
    return g_strdup_printf ("%s%s%.2f", name != NULL ? name : "", name != NULL ? " " : "",
                            annotation->score);
  return g_strdup (name);
}
