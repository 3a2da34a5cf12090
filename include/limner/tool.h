/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a gesture does. Tools take image coordinates, modifier flags and a cairo_t and never GTK
 * events, so tests drive them without a window. A tool changes the scene only when a gesture ends;
 * until then it draws what it would do, in the hand's layer above the resting shapes.
 */

#include <cairo.h>
#include <limner/painter.h>
#include <limner/scene.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_MODIFIER_SHIFT = 1 << 0,
  LIMNER_MODIFIER_CONTROL = 1 << 1,
  LIMNER_MODIFIER_ALT = 1 << 2
} LimnerModifiers;

typedef enum
{
  LIMNER_KEY_ENTER,
  LIMNER_KEY_ESCAPE,
  LIMNER_KEY_BACKSPACE,
  LIMNER_KEY_DELETE,
  LIMNER_KEY_SPACE
} LimnerKey;

typedef enum
{
  LIMNER_CURSOR_DEFAULT,
  LIMNER_CURSOR_CROSSHAIR,
  LIMNER_CURSOR_MOVE,
  LIMNER_CURSOR_POINTER,
  LIMNER_CURSOR_GRAB,
  LIMNER_CURSOR_GRABBING,
  LIMNER_CURSOR_NONE,
  LIMNER_CURSOR_RESIZE_N, /* then clockwise: NE, E, SE, S, SW, W, NW */
  LIMNER_CURSOR_RESIZE_NE,
  LIMNER_CURSOR_RESIZE_E,
  LIMNER_CURSOR_RESIZE_SE,
  LIMNER_CURSOR_RESIZE_S,
  LIMNER_CURSOR_RESIZE_SW,
  LIMNER_CURSOR_RESIZE_W,
  LIMNER_CURSOR_RESIZE_NW
} LimnerCursor;

/* One pointer event. */
typedef struct
{
  LimnerPoint point; /* x_img, may be outside the image */
  double pixel;      /* size of one screen pixel in image pixels (1 / zoom): scales tolerances */
  guint button;      /* 1 primary, 2 middle, 3 secondary; 0 for motion */
  guint n_press;     /* 2 = double click */
  LimnerModifiers modifiers;
} LimnerPointer;

#define LIMNER_TYPE_TOOL (limner_tool_get_type ())
G_DECLARE_DERIVABLE_TYPE (LimnerTool, limner_tool, LIMNER, TOOL, GObject)

/* Signals: changed (): the hand's layer must be drawn again, or cursor or hint are others. finished
 * (): a gesture ended. */
struct _LimnerToolClass
{
  GObjectClass parent_class;

  gboolean (*press) (LimnerTool *self, const LimnerPointer *pointer);
  void (*motion) (LimnerTool *self, const LimnerPointer *pointer);
  void (*release) (LimnerTool *self, const LimnerPointer *pointer);
  gboolean (*key) (LimnerTool *self, LimnerKey key, LimnerModifiers modifiers);
  gboolean (*undo) (LimnerTool *self);
  void (*cancel) (LimnerTool *self);
  void (*leave) (LimnerTool *self);
  void (*draw) (LimnerTool *self, cairo_t *cr, const LimnerView *view, double width, double height);
  gboolean (*get_extent) (LimnerTool *self, const LimnerView *view, LimnerBox *extent);
  gboolean (*get_crosshair) (LimnerTool *self, LimnerPoint *point);
  gboolean (*is_active) (LimnerTool *self);
  LimnerCursor (*get_cursor) (LimnerTool *self);
  const char *(*get_hint) (LimnerTool *self);
};

/* Each returns whether the tool took it. In the drawing tools, too, a press on a handle or vertex
 * of the selected shape edits it; while a shape waits for its class, a press asks for that again.
 */
gboolean limner_tool_press (LimnerTool *self, const LimnerPointer *pointer);
void limner_tool_motion (LimnerTool *self, const LimnerPointer *pointer);
void limner_tool_release (LimnerTool *self, const LimnerPointer *pointer);
gboolean limner_tool_key (LimnerTool *self, LimnerKey key, LimnerModifiers modifiers);

/* Ctrl+Z inside a gesture takes back its last point; FALSE: the document's undo is meant. */
gboolean limner_tool_undo (LimnerTool *self);

/* Gives up the gesture, nothing is changed. */
void limner_tool_cancel (LimnerTool *self);

/* The pointer left the canvas. */
void limner_tool_leave (LimnerTool *self);

/**
 * limner_tool_draw:
 * @width: of the target in its user space
 * @height: of the target
 *
 * The hand's layer: held shapes, rubber lines, handles of the selection, read-out, and
 * the shape that waits for its class, in the accent colour. Selected and hovered shapes that rest
 * are the canvas's.
 */
void limner_tool_draw (
    LimnerTool *self, cairo_t *cr, const LimnerView *view, double width, double height);

/* Tight bounds, in target pixels, of what draw would paint; FALSE: nothing. */
gboolean limner_tool_get_extent (LimnerTool *self, const LimnerView *view, LimnerBox *extent);

/**
 * limner_tool_get_crosshair:
 * @point: (out): where its lines cross, in image pixels
 *
 * Hairlines over the whole canvas help to start and to end a box. The canvas draws them by itself:
 * as part of the tool's drawing each motion would repaint everything.
 *
 * Returns: whether the tool wants them now
 */
gboolean limner_tool_get_crosshair (LimnerTool *self, LimnerPoint *point);

/* Whether a gesture is under way: a shape half drawn, a drag. */
gboolean limner_tool_is_active (LimnerTool *self);
LimnerCursor limner_tool_get_cursor (LimnerTool *self);

/* Translated sentence for the status line. */
const char *limner_tool_get_hint (LimnerTool *self);
LimnerScene *limner_tool_get_scene (LimnerTool *self);

/* ---- the tools there are ---- */

typedef struct
{
  const char *name;  /* "select", "box", ...: action target, icon name after "limner-", symbolic */
  const char *label; /* untranslated: "Box" */
  const char *key;   /* (nullable): accelerator: "r"; pan is held by Space */
  guint group;       /* thin lines between groups in the strip */
  GType (*get_type) (void);
} LimnerToolInfo;

/* (array length=n): in the order of the tool strip. */
const LimnerToolInfo *limner_tool_list (guint *n);

/* (transfer full) (nullable): a tool by name, working on @scene. */
LimnerTool *limner_tool_new (const char *name, LimnerScene *scene);

G_END_DECLS
