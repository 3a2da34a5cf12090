/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The line at the foot: pointer and pixel value, hint of the tool, zoom, image size, and how the
 * work stands on disk.
 *
 * Signals: zoom-clicked (), trouble-clicked ().
 */

#include <gtk/gtk.h>
#include <limner/document.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_STATUS_LINE (limner_status_line_get_type ())
G_DECLARE_FINAL_TYPE (LimnerStatusLine, limner_status_line, LIMNER, STATUS_LINE, GtkWidget)

/* @n_values 0: outside the picture */
void limner_status_line_set_pointer (
    LimnerStatusLine *self, double x_img, double y_img, guint n_values, const guint *values);

/* (nullable) */
void limner_status_line_set_hint (LimnerStatusLine *self, const char *hint);

/* @zoom 0: there is no picture; 1 = one image pixel on one screen pixel */
void limner_status_line_set_picture (LimnerStatusLine *self,
                                     double zoom,
                                     guint width,
                                     guint height);

/* @document NULL: none */
void limner_status_line_set_document (LimnerStatusLine *self, LimnerDocument *document);

G_END_DECLS
