/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image-list"

#include "image-item-private.h"

struct _LimnerImageItem
{
  GObject parent_instance;
  guint image;
};

G_DEFINE_FINAL_TYPE (LimnerImageItem, limner_image_item, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
limner_image_item_class_init (LimnerImageItemClass *klass)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LIMNER_TYPE_IMAGE_ITEM, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
limner_image_item_init (LimnerImageItem *self)
{
}

LimnerImageItem *
limner_image_item_new (guint image)
{
  LimnerImageItem *self = g_object_new (LIMNER_TYPE_IMAGE_ITEM, NULL);

  self->image = image;
  return self;
}

void
limner_image_item_emit_changed (LimnerImageItem *self)
{
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_object_unref (self);
}

guint
limner_image_item_get_image (LimnerImageItem *self)
{
  g_return_val_if_fail (LIMNER_IS_IMAGE_ITEM (self), LIMNER_NO_IMAGE);

  return self->image;
}
