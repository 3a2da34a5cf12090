/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One annotation of the image: chip, kind, class, marks, eye and lock, size.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_ANNOTATION_ROW (limner_annotation_row_get_type ())
G_DECLARE_FINAL_TYPE (LimnerAnnotationRow, limner_annotation_row, LIMNER, ANNOTATION_ROW, GtkWidget)

GtkWidget *limner_annotation_row_new (void);

/* @item NULL: the row lets go. */
void limner_annotation_row_show (LimnerAnnotationRow *self,
                                 LimnerScene *scene,
                                 LimnerSceneItem *item);

/* (nullable) */
LimnerSceneItem *limner_annotation_row_get_item (LimnerAnnotationRow *self);
void limner_annotation_row_update (LimnerAnnotationRow *self);

/* Icon of the kind of a shape. */
const char *limner_annotation_row_get_icon (const LimnerShape *shape);

G_END_DECLS
