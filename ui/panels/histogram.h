/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The distribution of a picture's values with the window on it: two handles, the ramp between them;
 * handles and the area between them can be dragged, or moved with the arrow keys.
 *
 * Signal: changed (double low, double high): by the person.
 */

#include <gtk/gtk.h>
#include <limner/pixels.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_HISTOGRAM (limner_histogram_get_type ())
G_DECLARE_FINAL_TYPE (LimnerHistogram, limner_histogram, LIMNER, HISTOGRAM, GtkWidget)

/* @pixels NULL: none */
void limner_histogram_set_pixels (LimnerHistogram *self, LimnerPixels *pixels);
void limner_histogram_set_window (LimnerHistogram *self, const LimnerWindowLevel *window);

/* The largest value on the scale. */
guint limner_histogram_get_range (LimnerHistogram *self);

G_END_DECLS
