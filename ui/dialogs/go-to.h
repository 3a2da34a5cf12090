/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A small entry for going to an image by its number or by part of its name.
 *
 * Signal: image-chosen (guint image).
 */

#include <gtk/gtk.h>
#include <limner/image-list.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_GO_TO (limner_go_to_get_type ())
G_DECLARE_FINAL_TYPE (LimnerGoTo, limner_go_to, LIMNER, GO_TO, GtkPopover)

GtkWidget *limner_go_to_new (void);
void limner_go_to_open (LimnerGoTo *self, LimnerDataset *dataset, LimnerImageList *list);

G_END_DECLS
