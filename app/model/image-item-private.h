/* SPDX-License-Identifier: MIT */
#pragma once

#include <limner/image-list.h>

G_BEGIN_DECLS

LimnerImageItem *limner_image_item_new (guint image);
void limner_image_item_emit_changed (LimnerImageItem *self);

G_END_DECLS
