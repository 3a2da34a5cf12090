/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The left panel: the images that pass the filter, as a virtual list or grid; a search entry, the
 * filter popover, and where one stands.
 *
 * Property: is-grid (boolean).
 *
 * Signal: image-chosen (guint image): the person went to another image by the list.
 */

#include <adwaita.h>
#include <limner/document.h>
#include <limner/image-list.h>
#include <limner/image-loader.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_IMAGE_PANEL (limner_image_panel_get_type ())
G_DECLARE_FINAL_TYPE (LimnerImagePanel, limner_image_panel, LIMNER, IMAGE_PANEL, GtkWidget)

/* @document NULL: none */
void limner_image_panel_set_document (LimnerImagePanel *self,
                                      LimnerDocument *document,
                                      LimnerImageLoader *loader);

/* The image that is shown: selected and scrolled to. */
void limner_image_panel_set_image (LimnerImagePanel *self, guint image);

/* (nullable): the images that pass the filter. */
LimnerImageList *limner_image_panel_get_list (LimnerImagePanel *self);
void limner_image_panel_focus_search (LimnerImagePanel *self);
void limner_image_panel_focus_list (LimnerImagePanel *self);

G_END_DECLS
