/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include "scene-private.h"

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_HOVER_CHANGED,
  SIGNAL_HELD_CHANGED,
  SIGNAL_CATEGORY_NEEDED,
  SIGNAL_MESSAGE,
  SIGNAL_DELETED,
  N_SIGNALS
};

static GParamSpec *properties[LIMNER_SCENE_N_PROPS];
static guint signals[N_SIGNALS];

static void limner_scene_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnerScene,
                               limner_scene,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      limner_scene_list_model_init))

static GType
limner_scene_get_item_type (GListModel *model)
{
  return LIMNER_TYPE_SCENE_ITEM;
}

static guint
limner_scene_get_n_items (GListModel *model)
{
  return LIMNER_SCENE (model)->items->len;
}

static gpointer
limner_scene_get_item (GListModel *model, guint position)
{
  LimnerScene *self = LIMNER_SCENE (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
limner_scene_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = limner_scene_get_item_type;
  iface->get_n_items = limner_scene_get_n_items;
  iface->get_item = limner_scene_get_item;
}

/* ---- telling ---- */

void
limner_scene_notify (LimnerScene *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
limner_scene_damage (LimnerScene *self, const LimnerBox *area)
{
  const LimnerBox everything = { 0.0, 0.0, MAX (self->width, 1), MAX (self->height, 1) };

  if (area == NULL)
    {
      /* shapes may lie outside the picture, too */
      limner_scene_damage (self, &everything);
      for (guint i = 0; i < self->items->len; i++)
        limner_scene_damage_item (self, self->items->pdata[i]);
      return;
    }
  self->damage = self->has_damage ? limner_box_union (&self->damage, area) : *area;
  self->has_damage = TRUE;
  self->shapes_dirty = TRUE;
}

void
limner_scene_damage_item (LimnerScene *self, LimnerSceneItem *item)
{
  LimnerBox box;

  if (item->shape == NULL)
    return;
  box = limner_shape_get_bbox (item->shape);
  limner_scene_damage (self, &box);
}

void
limner_scene_emit (LimnerScene *self)
{
  gboolean selection_dirty = self->selection_dirty;
  gboolean shapes_dirty = self->shapes_dirty;

  self->selection_dirty = FALSE;
  self->shapes_dirty = FALSE;
  g_object_ref (self);
  if (shapes_dirty)
    {
      self->revision++;
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
    }
  if (selection_dirty)
    {
      limner_scene_notify (self, LIMNER_SCENE_PROP_N_SELECTED);
      g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
    }
  g_object_unref (self);
}

void
limner_scene_emit_deleted (LimnerScene *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_DELETED], 0, sentence);
}

void
limner_scene_emit_category_needed (LimnerScene *self)
{
  g_signal_emit (self, signals[SIGNAL_CATEGORY_NEEDED], 0);
}

void
limner_scene_emit_hover_changed (LimnerScene *self)
{
  g_signal_emit (self, signals[SIGNAL_HOVER_CHANGED], 0);
}

void
limner_scene_emit_held_changed (LimnerScene *self)
{
  g_signal_emit (self, signals[SIGNAL_HELD_CHANGED], 0);
}

void
limner_scene_message (LimnerScene *self, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, sentence);
}

/* ---- frames ---- */

LimnerShape *
limner_scene_turn_shape (LimnerScene *self,
                         LimnerShape *shape,
                         LimnerOrientation orientation,
                         guint width,
                         guint height,
                         gboolean to_upright)
{
  gboolean sideways = orientation >= LIMNER_ORIENTATION_TRANSPOSE;

  if (limner_document_get_frame (self->document) == LIMNER_FRAME_UPRIGHT)
    return limner_shape_ref (shape);
  if (width == 0 || height == 0)
    return NULL;
  if (orientation == LIMNER_ORIENTATION_NORMAL)
    return limner_shape_ref (shape);
  return limner_shape_transform (shape, orientation, sideways ? height : width,
                                 sideways ? width : height, to_upright);
}

LimnerShape *
limner_scene_shape_to_file (LimnerScene *self, LimnerShape *shape)
{
  return limner_scene_turn_shape (self, shape, self->orientation, self->width, self->height, FALSE);
}

LimnerShape *
limner_scene_shape_from_file (LimnerScene *self, LimnerShape *shape)
{
  return limner_scene_turn_shape (self, shape, self->orientation, self->width, self->height, TRUE);
}

/* ---- object ---- */

static void
limner_scene_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  LimnerScene *self = LIMNER_SCENE (object);

  switch (id)
    {
    case LIMNER_SCENE_PROP_IMAGE:
      g_value_set_uint (value, self->image);
      break;
    case LIMNER_SCENE_PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case LIMNER_SCENE_PROP_ACTIVE_CATEGORY:
      g_value_set_int64 (value, self->active_category);
      break;
    case LIMNER_SCENE_PROP_N_SELECTED:
      g_value_set_uint (value, self->selection->len);
      break;
    case LIMNER_SCENE_PROP_SHAPES_HIDDEN:
      g_value_set_boolean (value, self->shapes_hidden);
      break;
    case LIMNER_SCENE_PROP_HAS_PENDING:
      g_value_set_boolean (value, self->pending != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
limner_scene_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  LimnerScene *self = LIMNER_SCENE (object);

  switch (id)
    {
    case LIMNER_SCENE_PROP_ACTIVE_CATEGORY:
      limner_scene_set_active_category (self, g_value_get_int64 (value));
      break;
    case LIMNER_SCENE_PROP_SHAPES_HIDDEN:
      limner_scene_set_shapes_hidden (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
limner_scene_dispose (GObject *object)
{
  LimnerScene *self = LIMNER_SCENE (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  limner_scene_cancel_load (self);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->dataset != NULL)
    g_signal_handlers_disconnect_by_data (self->dataset, self);
  /* items that somebody still holds must not reach back */
  for (guint i = 0; i < self->items->len; i++)
    ((LimnerSceneItem *) self->items->pdata[i])->scene = NULL;
  self->hovered = NULL;
  g_ptr_array_set_size (self->selection, 0);
  g_ptr_array_set_size (self->held, 0);
  g_hash_table_remove_all (self->by_id);
  g_ptr_array_set_size (self->items, 0);
  g_clear_object (&self->dataset);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (limner_scene_parent_class)->dispose (object);
}

static void
limner_scene_finalize (GObject *object)
{
  LimnerScene *self = LIMNER_SCENE (object);

  limner_scene_drop_indexes (self);
  limner_scene_forget_history (self);
  g_hash_table_unref (self->gone);
  g_ptr_array_unref (self->grid_items);
  g_array_unref (self->hits);
  g_array_unref (self->candidates);
  g_array_unref (self->grid_areas);
  g_array_unref (self->touched);
  g_array_unref (self->wanted);
  g_ptr_array_unref (self->selection);
  g_ptr_array_unref (self->held);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->items);
  g_clear_pointer (&self->loaded, g_ptr_array_unref);
  g_hash_table_unref (self->eyes);
  g_hash_table_unref (self->locks);
  g_hash_table_unref (self->hidden_categories);
  g_array_unref (self->categories);
  g_clear_pointer (&self->pending, limner_shape_unref);
  g_free (self->image_name);
  G_OBJECT_CLASS (limner_scene_parent_class)->finalize (object);
}

static void
limner_scene_install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  properties[LIMNER_SCENE_PROP_IMAGE] =
      g_param_spec_uint ("image", NULL, NULL, 0, G_MAXUINT, LIMNER_NO_IMAGE, readable);
  properties[LIMNER_SCENE_PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE, readable);
  properties[LIMNER_SCENE_PROP_ACTIVE_CATEGORY] =
      g_param_spec_int64 ("active-category", NULL, NULL, G_MININT64, G_MAXINT64, -1, writable);
  properties[LIMNER_SCENE_PROP_N_SELECTED] =
      g_param_spec_uint ("n-selected", NULL, NULL, 0, G_MAXUINT, 0, readable);
  properties[LIMNER_SCENE_PROP_SHAPES_HIDDEN] =
      g_param_spec_boolean ("shapes-hidden", NULL, NULL, FALSE, writable);
  properties[LIMNER_SCENE_PROP_HAS_PENDING] =
      g_param_spec_boolean ("has-pending", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, LIMNER_SCENE_N_PROPS, properties);
}

static void
limner_scene_class_init (LimnerSceneClass *class)
{
  const char *const names[] = { "changed", "selection-changed", "hover-changed", "held-changed",
                                "category-needed" };
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  object_class->get_property = limner_scene_get_property;
  object_class->set_property = limner_scene_set_property;
  object_class->dispose = limner_scene_dispose;
  object_class->finalize = limner_scene_finalize;
  limner_scene_install_properties (object_class);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    signals[i] =
        g_signal_new (names[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_DELETED] = g_signal_new ("deleted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
clear_category (gpointer category)
{
  g_bytes_unref (((LimnerSceneCategory *) category)->text);
}

static void
limner_scene_init (LimnerScene *self)
{
  self->image = LIMNER_NO_IMAGE;
  self->orientation = LIMNER_ORIENTATION_NORMAL;
  self->active_category = -1;
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->gone = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->grid_items = g_ptr_array_new ();
  self->hits = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->candidates = g_array_new (FALSE, FALSE, sizeof (LimnerSceneCandidate));
  self->grid_areas = g_array_new (FALSE, FALSE, sizeof (double));
  self->categories = g_array_new (FALSE, FALSE, sizeof (LimnerSceneCategory));
  g_array_set_clear_func (self->categories, clear_category);
  self->selection = g_ptr_array_new ();
  self->touched = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->eyes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->locks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->hidden_categories = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

LimnerScene *
limner_scene_new (LimnerDocument *document)
{
  LimnerScene *self;

  g_return_val_if_fail (LIMNER_IS_DOCUMENT (document), NULL);
  self = g_object_new (LIMNER_TYPE_SCENE, NULL);
  self->document = g_object_ref (document);
  limner_scene_attach (self);
  return self;
}

LimnerDocument *
limner_scene_get_document (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  return self->document;
}

/* ---- image and picture ---- */

void
limner_scene_set_image (LimnerScene *self, guint image)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (image == LIMNER_NO_IMAGE ||
                    image < limner_dataset_get_n_images (self->dataset));

  if (self->image == image)
    return;
  limner_scene_drop_pending (self);
  limner_scene_set_hovered (self, NULL);
  self->image = image;
  self->must_reload = TRUE;
  g_clear_pointer (&self->image_name, g_free);
  if (image != LIMNER_NO_IMAGE)
    self->image_name = g_strdup (limner_dataset_get_image_name (self->dataset, image));
  g_array_set_size (self->wanted, 0);
  self->width = self->height = 0;
  self->orientation = LIMNER_ORIENTATION_NORMAL;
  limner_scene_adopt (self, nothing);
  limner_scene_damage (self, NULL);
  limner_scene_set_loading (self, image != LIMNER_NO_IMAGE);
  limner_scene_notify (self, LIMNER_SCENE_PROP_IMAGE);
  /* a listener may have gone on to yet another image */
  if (self->image == image)
    limner_scene_refresh (self);
  limner_scene_emit (self);
}

guint
limner_scene_get_image (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), LIMNER_NO_IMAGE);
  return self->image;
}

void
limner_scene_prefetch (LimnerScene *self, guint image)
{
  g_autoptr (GPtrArray) annotations = NULL;

  g_return_if_fail (LIMNER_IS_SCENE (self));
  if (image >= limner_dataset_get_n_images (self->dataset))
    return;
  annotations = limner_document_peek_annotations (self->document, image);
  if (annotations == NULL)
    limner_document_load_annotations_async (self->document, image, NULL, NULL, NULL);
}

void
limner_scene_set_picture (LimnerScene *self,
                          guint width,
                          guint height,
                          LimnerOrientation orientation)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  if (self->width == width && self->height == height && self->orientation == orientation)
    return;
  self->width = width;
  self->height = height;
  self->orientation = orientation;
  g_clear_pointer (&self->grid, limner_grid_free);
  if (limner_document_get_frame (self->document) == LIMNER_FRAME_STORED)
    {
      for (guint i = 0; i < self->items->len; i++)
        {
          limner_scene_item_update_shape (self->items->pdata[i]);
          limner_scene_item_emit_changed (self->items->pdata[i]);
        }
    }
  limner_scene_damage (self, NULL);
  limner_scene_emit (self);
}

void
limner_scene_get_picture_size (LimnerScene *self, guint *width, guint *height)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  *width = self->width;
  *height = self->height;
}

gboolean
limner_scene_is_editable (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  return self->image != LIMNER_NO_IMAGE && self->width > 0 && self->height > 0 &&
         !limner_document_is_read_only (self->document) &&
         limner_dataset_is_image_editable (self->dataset, self->image);
}

guint64
limner_scene_get_revision (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), 0);
  return self->revision;
}

guint64
limner_scene_get_order_serial (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), 0);
  return self->order_serial;
}

guint64
limner_scene_get_names_serial (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), 0);
  return self->names_serial;
}

gboolean
limner_scene_take_damage (LimnerScene *self, LimnerBox *area)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  if (!self->has_damage)
    return FALSE;
  self->has_damage = FALSE;
  *area = self->damage;
  return TRUE;
}
