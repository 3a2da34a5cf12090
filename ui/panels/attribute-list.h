/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The attributes of one annotation as rows: a switch for what is true or false, else a field. Enter
 * or leaving the field takes the value, Esc gives it up. The last row adds one.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_ATTRIBUTE_LIST (limner_attribute_list_get_type ())
G_DECLARE_FINAL_TYPE (LimnerAttributeList, limner_attribute_list, LIMNER, ATTRIBUTE_LIST, GtkWidget)

GtkWidget *limner_attribute_list_new (void);

/* @item NULL: nothing is shown. Rows whose value did not change are left as they are. */
void limner_attribute_list_show (LimnerAttributeList *self,
                                 LimnerScene *scene,
                                 LimnerSceneItem *item);

G_END_DECLS
