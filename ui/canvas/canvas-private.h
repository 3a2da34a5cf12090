/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The canvas as its own files see it: canvas.c (the widget), canvas-picture.c (what it shows),
 * canvas-view.c (zoom and place), canvas-hand.c (what is above the tiles), canvas-stages.c (when
 * that is painted), canvas-input.c (pointer and keys), ruler.c, magnifier.c. Tests call the
 * handlers of canvas-input.c directly.
 */

#include "canvas.h"
#include "tile-cache.h"
#include "viewport.h"

G_BEGIN_DECLS

typedef enum
{
  LIMNER_GESTURE_NONE,
  LIMNER_GESTURE_TOOL, /* the tool has the pointer */
  LIMNER_GESTURE_PAN,
  LIMNER_GESTURE_RIGHT,  /* a right click, or the beginning of a right drag */
  LIMNER_GESTURE_WINDOW, /* window/level */
  LIMNER_GESTURE_REGION  /* window/level from a region */
} LimnerGesture;

/* The crosshair's lines, from top to bottom and from left to right. */
typedef struct
{
  gboolean is_shown[2];
  int at[2]; /* screen pixels of the widget: x, y */
} LimnerCanvasLines;

struct _LimnerCanvas
{
  GtkWidget parent_instance;

  LimnerTileCache *tiles;
  LimnerPixels *pixels; /* (nullable) */
  LimnerPixels *shown;  /* (nullable): the same as it is turned in the view */
  LimnerOrientation turn;
  LimnerScene *scene; /* (nullable) */
  LimnerTool *tool;   /* (nullable) */
  gboolean has_window;
  LimnerWindowLevel window;
  LimnerPaintStyle style; /* as chosen: limner_canvas_get_style() */
  LimnerShapeLook look;
  char *color_by; /* the same as names */
  char *color_attribute;
  char *label_content;
  gboolean outline_only;
  gboolean fade_others;
  gboolean show_labels;
  gboolean show_crosshair;
  gboolean show_grid;
  gboolean show_rulers;
  gboolean show_magnifier;
  gboolean wheel_zooms;

  /* Shapes. */
  guint shapes_source;      /* they are to be taken from the scene */
  gboolean shapes_shown;    /* the scene's picture is the one shown */
  gboolean shapes_restyled; /* all of them look different */

  /* View. */
  LimnerZoomMode zoom_mode;
  LimnerViewport view;    /* what is shown */
  LimnerViewport target;  /* what will be shown when the movement ends */
  LimnerViewport from;    /* where it began */
  LimnerViewport painted; /* what the last frame showed */
  guint move_tick;
  gint64 move_start; /* frame time; 0 = the next frame */
  int width;         /* screen pixels, as last allocated */
  int height;
  int scale_factor;
  guint last_width; /* image pixels: of the picture before */
  guint last_height;

  /* What is left of a scroll. */
  guint kinetic_tick;
  gint64 kinetic_time;
  LimnerPoint kinetic_velocity;

  /* Rulers, kept as long as the view stays. */
  GskRenderNode *rulers[2]; /* (nullable): across, down */
  LimnerViewport rulers_view;
  LimnerBox rulers_box; /* size of the widget, and its text colour's lightness as x */

  /* The hand's layer. */
  GPtrArray *overlay; /* (element-type GskRenderNode): in screen pixels from the picture's corner */
  gboolean overlay_dirty;
  double overlay_scale;
  gboolean overlay_is_clipped; /* holds only what is near the view */
  LimnerBox overlay_area;      /* then: what it holds, screen pixels from the picture's corner */
  LimnerBox hovered_label;     /* where it belongs, screen pixels from the picture's corner */
  gboolean is_label_moved;     /* into the view */
  LimnerPoint overlay_place;   /* of the view when the overlay was made */
  GskRenderNode *tool_node;    /* (nullable) */
  gboolean tool_dirty;
  gboolean is_hand_new; /* one of them was made anew */

  /* The same where the canvas paints it itself: canvas-stages.c. */
  GdkSurface *surface;         /* (nullable): not owned: the window's, while realized */
  GdkCairoContext *context;    /* (nullable) */
  gulong render_hook;          /* tells that the toolkit paints */
  GskRenderNode *rest_node;    /* (nullable): what is below, as the toolkit painted it */
  gboolean is_staged;          /* the layer is not among the window's nodes */
  gboolean is_in_frame;        /* the toolkit paints */
  gboolean is_late;            /* the canvas paints its layer */
  gboolean is_repainted;       /* the toolkit has painted, maybe over the layer */
  cairo_region_t *hand_region; /* (nullable): what is painted of the hand */
  LimnerCanvasLines shown_lines;

  LimnerCursor cursor;
  char *cursor_name;
  char *hint;

  /* Pointer and keys. */
  GtkGesture *click;
  GtkGesture *drag;
  LimnerGesture gesture;
  guint button;
  LimnerModifiers modifiers;
  gboolean has_pointer;
  LimnerPoint pointer; /* screen pixels of the widget */
  LimnerPoint press;   /* the same, where the button went down */
  LimnerPoint press_img;
  gboolean press_went_on; /* the tool had begun before the button went down */
  LimnerPoint last;       /* the same, at the last motion of a pan */
  guint n_clicks;         /* of a double click: presses so far */
  guint click_button;
  guint32 click_time;
  LimnerPoint click_at;
  LimnerWindowLevel press_window;
  double pinch_scale;
  guint auto_pan_tick;
  gint64 auto_pan_time;
  gboolean space_down;
  gboolean space_used; /* it was held for a drag */
  gint64 space_time;
};

/* ---- canvas.c ---- */

/* Looks of the tiles follow window, style, theme and scale factor. */
void limner_canvas_update_look (LimnerCanvas *self);

/* Fill and outline as they are painted. */
LimnerPaintStyle limner_canvas_get_style (LimnerCanvas *self);

/* What the tiles show now; holds no references. */
LimnerTileContent limner_canvas_get_content (LimnerCanvas *self);

/* Several changes of the shapes are taken together, before the next frame. */
void limner_canvas_queue_shapes (LimnerCanvas *self);

/* Takes the resting shapes from the scene, if they changed. */
void limner_canvas_flush_shapes (LimnerCanvas *self);
void limner_canvas_emit_pointer_moved (LimnerCanvas *self, LimnerPoint point_img, gboolean inside);
void limner_canvas_emit_context_menu (LimnerCanvas *self, LimnerPoint at);
void limner_canvas_emit_window_level_changed (LimnerCanvas *self);
void limner_canvas_emit_tool_changed (LimnerCanvas *self);
void limner_canvas_emit_view_changed (LimnerCanvas *self);
void limner_canvas_notify_zoom (LimnerCanvas *self, gboolean zoom, gboolean mode);
LimnerTileCache *limner_canvas_get_tiles (LimnerCanvas *self);

/* Everything, with what was painted last below the hand's layer. */
void limner_canvas_snapshot_layers (LimnerCanvas *self, GtkSnapshot *snapshot);

/* ---- canvas-view.c ---- */

void limner_canvas_view_allocate (LimnerCanvas *self, int width, int height);

/* Another picture, or none. */
void limner_canvas_view_reset (LimnerCanvas *self, gboolean keep_view);
void limner_canvas_view_stop (LimnerCanvas *self);

/* The picture is turned otherwise, about @point_img, which stays at @at_view (screen pixels). */
void limner_canvas_view_turned (LimnerCanvas *self, LimnerPoint point_img, LimnerPoint at_view);

/* The room for a picture that is fitted is another. */
void limner_canvas_view_refit (LimnerCanvas *self);

/* Screen pixels; at once. */
void limner_canvas_pan (LimnerCanvas *self, double dx, double dy);
void limner_canvas_zoom_at (LimnerCanvas *self, double zoom, LimnerPoint at_view, gboolean ease);

/* Where image pixels are in the widget, screen pixels. */
LimnerView limner_canvas_get_painter_view (LimnerCanvas *self);

/* The same from the top left corner of the picture as it is shown. */
LimnerView limner_canvas_get_shape_view (LimnerCanvas *self);

/* From the image to the picture as it is turned, in image pixels. */
LimnerBox limner_canvas_turn_box (LimnerCanvas *self, const LimnerBox *box_img);

/* ---- canvas-kinetic.c ---- */

/* Screen pixels a second: goes on after two fingers have left the touchpad. */
void limner_canvas_start_kinetic (LimnerCanvas *self, double velocity_x, double velocity_y);
void limner_canvas_clear_kinetic (LimnerCanvas *self);

/* ---- ruler.c, magnifier.c ---- */

/* Screen pixels. */
#define LIMNER_RULER_SIZE 20

void limner_canvas_snapshot_rulers (LimnerCanvas *self, GtkSnapshot *snapshot);
void limner_canvas_clear_rulers (LimnerCanvas *self);
void limner_canvas_snapshot_magnifier (LimnerCanvas *self, GtkSnapshot *snapshot);

/* ---- canvas-hand.c ---- */

/* Selections up to this size are painted above the tiles. */
#define LIMNER_CANVAS_MAX_OVERLAY 64

void limner_canvas_hand_snapshot (LimnerCanvas *self, GtkSnapshot *snapshot);
void limner_canvas_queue_overlay (LimnerCanvas *self);
void limner_canvas_hand_clear (LimnerCanvas *self);

/* Makes what is to be seen of the hand. */
void limner_canvas_hand_update (LimnerCanvas *self);

/* ---- canvas-stages.c ---- */

void limner_canvas_stages_realize (LimnerCanvas *self);
void limner_canvas_stages_unrealize (LimnerCanvas *self);

/* Before and after the toolkit paints a frame. */
void limner_canvas_stages_begin (LimnerCanvas *self);
void limner_canvas_stages_end (LimnerCanvas *self);

/* Whether a snapshot that is made now holds the hand's layer. */
gboolean limner_canvas_shows_hand (LimnerCanvas *self);

/* The hand's layer has changed, and nothing else. */
void limner_canvas_queue_frame (LimnerCanvas *self);

/* The crosshair as it should be. */
LimnerCanvasLines limner_canvas_get_lines (LimnerCanvas *self);

/* ---- canvas-input.c ---- */

void limner_canvas_input_init (LimnerCanvas *self);

/* Ends whatever the pointer is doing. */
void limner_canvas_input_cancel (LimnerCanvas *self);
void limner_canvas_press (
    LimnerCanvas *self, double x, double y, guint button, guint n_press, GdkModifierType state);
void limner_canvas_motion (LimnerCanvas *self, double x, double y, GdkModifierType state);
void limner_canvas_release (LimnerCanvas *self, double x, double y, GdkModifierType state);
void limner_canvas_leave (LimnerCanvas *self);
gboolean limner_canvas_scroll (
    LimnerCanvas *self, double dx, double dy, gboolean is_wheel, GdkModifierType state);
gboolean limner_canvas_key_pressed (LimnerCanvas *self, guint keyval, GdkModifierType state);
void limner_canvas_key_released (LimnerCanvas *self, guint keyval);

/* The view moved below a resting pointer. */
void limner_canvas_pointer_follow (LimnerCanvas *self);
void limner_canvas_update_cursor (LimnerCanvas *self);

G_END_DECLS
