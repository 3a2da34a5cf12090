/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The whole picture small in a corner of the canvas, with what is in view on it: a click or drag
 * moves the view there. Shows itself only while a part of the picture is out of view.
 *
 * Property (notify): enabled (boolean).
 */

#include "canvas.h"

G_BEGIN_DECLS

#define LIMNER_TYPE_MINIMAP (limner_minimap_get_type ())
G_DECLARE_FINAL_TYPE (LimnerMinimap, limner_minimap, LIMNER, MINIMAP, GtkWidget)

GtkWidget *limner_minimap_new (LimnerCanvas *canvas);

G_END_DECLS
