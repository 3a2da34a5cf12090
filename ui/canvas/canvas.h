/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The canvas: shows a picture and the shapes of a scene, moves the view, and hands pointer and keys
 * to the active tool. It decides nothing about the dataset and loads nothing: the window gives it
 * pixels, scene and tool.
 *
 * Layers, invalidated apart: tiles of 256 device pixels with picture and resting shapes, rendered
 * by worker threads and kept as render nodes; above them one node with what is under the hand.
 *
 * Zoom is device-independent screen pixels per image pixel; the view is where the image's origin
 * lies in the widget.
 */

#include <gtk/gtk.h>
#include <limner/pixels.h>
#include <limner/tool.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_CANVAS (limner_canvas_get_type ())
G_DECLARE_FINAL_TYPE (LimnerCanvas, limner_canvas, LIMNER, CANVAS, GtkWidget)

/*
 * Properties (notify): zoom (double), zoom-mode (LimnerZoomMode as uint), show-labels,
 * show-crosshair, show-grid, show-rulers, show-magnifier, wheel-zooms (boolean), fill-opacity,
 * outline-opacity (double 0 .. 1). Signals
 *   view-changed (): place, zoom, turn or picture: for the minimap
 *   pointer-moved (double x_img, double y_img, gboolean inside): for the status line
 *   tool-changed (): cursor or hint of the tool
 *   window-level-changed (): by a right-drag
 *   context-menu (double x, double y): right click without a drag, widget coordinates
 */

typedef enum
{
  LIMNER_ZOOM_FIT, /* follows the size of the widget */
  LIMNER_ZOOM_FREE
} LimnerZoomMode;

#define LIMNER_ZOOM_MIN 0.01
#define LIMNER_ZOOM_MAX 64.0

GtkWidget *limner_canvas_new (void);

/* (nullable) */
void limner_canvas_set_scene (LimnerCanvas *self, LimnerScene *scene);

/* (nullable): a drag of the one before ends as if the button was let go, a shape that is drawn by
 * clicks is given up. */
void limner_canvas_set_tool (LimnerCanvas *self, LimnerTool *tool);

/**
 * limner_canvas_finish_drag:
 *
 * What a drag has done up to here is kept, as one step; nothing where there is none. A button that
 * is down and has not moved on the image was not meant to end here: the tool gives up what it has.
 *
 * Returns: %TRUE if that was more than this press: a shape that was begun by clicks before
 */
gboolean limner_canvas_finish_drag (LimnerCanvas *self);

/**
 * limner_canvas_set_pixels:
 * @pixels: (nullable): the picture, or NULL: nothing is shown but the background
 * @keep_view: keep zoom and place, if the picture has the size of the one before; else fit
 *
 * Shown in the next frame.
 */
void limner_canvas_set_pixels (LimnerCanvas *self, LimnerPixels *pixels, gboolean keep_view);
LimnerPixels *limner_canvas_get_pixels (LimnerCanvas *self);

/* The same picture decoded better: zoom and place stay, and nothing flashes. */
void limner_canvas_refine_pixels (LimnerCanvas *self, LimnerPixels *pixels);

/**
 * limner_canvas_set_turn:
 * @turn: as EXIF's tag turns a stored picture
 *
 * Turns or mirrors what is seen, about the middle of the view. Coordinates of the image stay.
 */
void limner_canvas_set_turn (LimnerCanvas *self, LimnerOrientation turn);
LimnerOrientation limner_canvas_get_turn (LimnerCanvas *self);

/* NULL: full range. */
void limner_canvas_set_window_level (LimnerCanvas *self, const LimnerWindowLevel *window);
LimnerWindowLevel limner_canvas_get_window_level (LimnerCanvas *self);

double limner_canvas_get_zoom (LimnerCanvas *self);
void limner_canvas_zoom_fit (LimnerCanvas *self);

/* About a point of the widget; NULL: the pointer if it is inside, else the middle. Eases over 120
 * ms where animations are on. */
void limner_canvas_zoom_to (LimnerCanvas *self, double zoom, const LimnerPoint *at_view);
void limner_canvas_zoom_in (LimnerCanvas *self);
void limner_canvas_zoom_out (LimnerCanvas *self);

/* Shows an area of the image, with a margin. */
void limner_canvas_zoom_to_box (LimnerCanvas *self, const LimnerBox *box_img);

/* Scrolls, without zooming, until the area is in view; nothing where it is already. */
void limner_canvas_reveal (LimnerCanvas *self, const LimnerBox *box_img);

/* Where an image point is in the widget, and back. */
LimnerPoint limner_canvas_to_view (LimnerCanvas *self, LimnerPoint point_img);
LimnerPoint limner_canvas_to_image (LimnerCanvas *self, LimnerPoint point_view);

/* Puts an image point into the middle of the widget, as far as the limits allow. */
void limner_canvas_center_on (LimnerCanvas *self, LimnerPoint point_img);

/* What of the image is in view; reaches beyond the image where that is smaller. */
LimnerBox limner_canvas_get_visible (LimnerCanvas *self);

/* Repaints the hand's layer, e.g. after a preference changed. */
void limner_canvas_queue_hand (LimnerCanvas *self);

/* Whether every visible tile is sharp: for tests, screenshots and benchmarks. */
gboolean limner_canvas_is_settled (LimnerCanvas *self);

G_END_DECLS
