/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The part of an image where versions of one annotation are, with one of them drawn on it and, if
 * wanted, another one behind it as a dashed outline. All pictures of one conflict show the same
 * part, so that they can be compared.
 */

#include <gtk/gtk.h>
#include <limner/pixels.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CONFLICT_PICTURE (limner_conflict_picture_get_type ())
G_DECLARE_FINAL_TYPE (
    LimnerConflictPicture, limner_conflict_picture, LIMNER, CONFLICT_PICTURE, GtkWidget)

GtkWidget *limner_conflict_picture_new (void);

/**
 * limner_conflict_picture_set_shapes:
 * @area_img: what is shown at least
 * @shape: (nullable): upright; %NULL: this version has none
 * @color: 0xRRGGBB of its class
 * @behind: (nullable): the version before, for comparison
 */
void limner_conflict_picture_set_shapes (LimnerConflictPicture *self,
                                         const LimnerBox *area_img,
                                         LimnerShape *shape,
                                         guint32 color,
                                         LimnerShape *behind);

/* (nullable): NULL while it is loaded, or where it cannot be. */
void limner_conflict_picture_set_pixels (LimnerConflictPicture *self, LimnerPixels *pixels);

G_END_DECLS
