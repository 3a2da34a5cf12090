/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One class of the list: key cap in its colour, name (renamed in place), whether it is shown,
 * number of its annotations in this image and in all.
 *
 * Signal: renamed (const char *name): Enter in the name.
 */

#include <gtk/gtk.h>
#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CLASS_ROW (limner_class_row_get_type ())
G_DECLARE_FINAL_TYPE (LimnerClassRow, limner_class_row, LIMNER, CLASS_ROW, GtkWidget)

GtkWidget *limner_class_row_new (void);

/* @category NULL: the row lets go. @digit: its key, or 0. */
void limner_class_row_show (LimnerClassRow *self,
                            LimnerScene *scene,
                            LimnerCategory *category,
                            char digit);

/* (nullable) */
LimnerCategory *limner_class_row_get_category (LimnerClassRow *self);

/* Counts, colour, visibility or the active class changed. */
void limner_class_row_update (LimnerClassRow *self);
void limner_class_row_start_rename (LimnerClassRow *self);

G_END_DECLS
