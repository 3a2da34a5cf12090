/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/* Screen pixels. */
#define DRAG_THRESHOLD 4.0
#define CLICK_THRESHOLD 2.0

#define SPACE_TAP_US 250000

/* Zoom of one wheel click: three double or halve. */
#define WHEEL_ZOOM 1.2599210498948732

/* Screen pixels of a touchpad that zoom by e. */
#define TOUCH_ZOOM 200.0

/* Screen pixels that widen a window by e, or move its level by its width. */
#define WINDOW_DRAG 150.0
#define LEVEL_DRAG 250.0

/* Beyond the edge of the widget: picture moved in a second, for each pixel. */
#define AUTO_PAN_SPEED 8.0
#define AUTO_PAN_MAX 1600.0

/* Percent of the values in a region that a window is fitted to. */
#define REGION_LOW 1.0
#define REGION_HIGH 99.0

static LimnerModifiers
get_modifiers (GdkModifierType state)
{
  LimnerModifiers modifiers = 0;

  if (state & GDK_SHIFT_MASK)
    modifiers |= LIMNER_MODIFIER_SHIFT;
  if (state & GDK_CONTROL_MASK)
    modifiers |= LIMNER_MODIFIER_CONTROL;
  if (state & GDK_ALT_MASK)
    modifiers |= LIMNER_MODIFIER_ALT;
  return modifiers;
}

static LimnerPointer
get_pointer (LimnerCanvas *self, guint button, guint n_press)
{
  return (LimnerPointer){
    .point = limner_canvas_to_image (self, self->pointer),
    .pixel = 1.0 / limner_canvas_get_painter_view (self).scale,
    .button = button,
    .n_press = n_press,
    .modifiers = self->modifiers,
  };
}

static gboolean
has_tool (LimnerCanvas *self)
{
  return self->tool != NULL && self->pixels != NULL;
}

/* ---- cursor ---- */

static const char *
get_cursor_name (LimnerCursor cursor)
{
  static const char *const names[] = {
    [LIMNER_CURSOR_DEFAULT] = "default",     [LIMNER_CURSOR_CROSSHAIR] = "crosshair",
    [LIMNER_CURSOR_MOVE] = "move",           [LIMNER_CURSOR_POINTER] = "pointer",
    [LIMNER_CURSOR_GRAB] = "grab",           [LIMNER_CURSOR_GRABBING] = "grabbing",
    [LIMNER_CURSOR_NONE] = "none",           [LIMNER_CURSOR_RESIZE_N] = "n-resize",
    [LIMNER_CURSOR_RESIZE_NE] = "ne-resize", [LIMNER_CURSOR_RESIZE_E] = "e-resize",
    [LIMNER_CURSOR_RESIZE_SE] = "se-resize", [LIMNER_CURSOR_RESIZE_S] = "s-resize",
    [LIMNER_CURSOR_RESIZE_SW] = "sw-resize", [LIMNER_CURSOR_RESIZE_W] = "w-resize",
    [LIMNER_CURSOR_RESIZE_NW] = "nw-resize",
  };

  return names[cursor < G_N_ELEMENTS (names) ? cursor : LIMNER_CURSOR_DEFAULT];
}

/* A handle's arrows point where it goes on the screen. */
static LimnerCursor
turn_cursor (LimnerCanvas *self, LimnerCursor cursor)
{
  static const LimnerPoint ways[] = { { 0, -1 }, { 1, -1 }, { 1, 0 },  { 1, 1 },
                                      { 0, 1 },  { -1, 1 }, { -1, 0 }, { -1, -1 } };
  LimnerPoint way;

  if (cursor < LIMNER_CURSOR_RESIZE_N || cursor > LIMNER_CURSOR_RESIZE_NW)
    return cursor;
  way = limner_orientation_turn (self->turn, ways[cursor - LIMNER_CURSOR_RESIZE_N]);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (ways[i].x == way.x && ways[i].y == way.y)
      return LIMNER_CURSOR_RESIZE_N + i;
  return cursor;
}

static LimnerCursor
find_cursor (LimnerCanvas *self)
{
  if (self->gesture == LIMNER_GESTURE_PAN)
    return LIMNER_CURSOR_GRABBING;
  if (self->gesture == LIMNER_GESTURE_REGION)
    return LIMNER_CURSOR_CROSSHAIR;
  if (self->space_down && self->gesture == LIMNER_GESTURE_NONE)
    return LIMNER_CURSOR_GRAB;
  return has_tool (self) ? turn_cursor (self, limner_tool_get_cursor (self->tool))
                         : LIMNER_CURSOR_DEFAULT;
}

void
limner_canvas_update_cursor (LimnerCanvas *self)
{
  const char *name = get_cursor_name (find_cursor (self));
  const char *hint = self->tool != NULL ? limner_tool_get_hint (self->tool) : "";
  gboolean changed = FALSE;

  if (g_strcmp0 (name, self->cursor_name) != 0)
    {
      g_free (self->cursor_name);
      self->cursor_name = g_strdup (name);
      gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
      changed = TRUE;
    }
  if (g_strcmp0 (hint, self->hint) != 0)
    {
      g_free (self->hint);
      self->hint = g_strdup (hint);
      changed = TRUE;
    }
  if (changed)
    limner_canvas_emit_tool_changed (self);
}

/* ---- window/level ---- */

static void
drag_window (LimnerCanvas *self)
{
  const LimnerWindowLevel *start = &self->press_window;
  double width = MAX (start->high - start->low, 1.0);
  double level = (start->high + start->low) / 2.0;
  LimnerWindowLevel window = *start;

  /* to the right: wider, less contrast; up: brighter */
  level += (self->pointer.y - self->press.y) / LEVEL_DRAG * width;
  width = MAX (width * exp ((self->pointer.x - self->press.x) / WINDOW_DRAG), 1.0);
  window.low = level - width / 2.0;
  window.high = level + width / 2.0;
  limner_canvas_set_window_level (self, &window);
  limner_canvas_emit_window_level_changed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fit_window (LimnerCanvas *self)
{
  LimnerBox region = limner_box_from_corners (limner_canvas_to_image (self, self->press),
                                              limner_canvas_to_image (self, self->pointer));
  LimnerWindowLevel window = self->press_window;

  if (!limner_pixels_get_region_window (self->pixels, &region, REGION_LOW, REGION_HIGH, &window))
    return;
  limner_canvas_set_window_level (self, &window);
  limner_canvas_emit_window_level_changed (self);
}

/* ---- pointer ---- */

static void
set_pointer (LimnerCanvas *self, double x, double y, GdkModifierType state)
{
  self->has_pointer = TRUE;
  self->pointer = (LimnerPoint){ x, y };
  self->modifiers = get_modifiers (state);
  if (self->show_rulers || self->show_magnifier)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_in_widget (LimnerCanvas *self, LimnerPoint point)
{
  return point.x >= 0 && point.y >= 0 && point.x < self->width && point.y < self->height;
}

static void
tell_pointer (LimnerCanvas *self)
{
  LimnerPoint point = { 0, 0 };
  gboolean inside = FALSE;

  if (self->pixels != NULL && self->has_pointer)
    {
      point = limner_canvas_to_image (self, self->pointer);
      inside = point.x >= 0 && point.y >= 0 && point.x < limner_pixels_get_width (self->pixels) &&
               point.y < limner_pixels_get_height (self->pixels) &&
               is_in_widget (self, self->pointer);
    }
  limner_canvas_emit_pointer_moved (self, point, inside);
}

void
limner_canvas_pointer_follow (LimnerCanvas *self)
{
  LimnerPointer pointer;

  if (!self->has_pointer)
    return;
  tell_pointer (self);
  if (!has_tool (self) ||
      (self->gesture != LIMNER_GESTURE_NONE && self->gesture != LIMNER_GESTURE_TOOL))
    return;
  pointer = get_pointer (self, 0, 0);
  limner_tool_motion (self->tool, &pointer);
}

static void
stop_auto_pan (LimnerCanvas *self)
{
  if (self->auto_pan_tick == 0)
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->auto_pan_tick);
  self->auto_pan_tick = 0;
}

/* How far beyond the edge, with the sign that the picture has to move. */
static double
get_overshoot (double at, double size)
{
  double beyond = at < 0 ? -at : at > size ? size - at : 0;

  return CLAMP (beyond * AUTO_PAN_SPEED, -AUTO_PAN_MAX, AUTO_PAN_MAX);
}

/* @by, as far as there is more of the picture on that side; @first, @end: of the picture. */
static double
limit_auto_pan (double by, double first, double end, double size)
{
  return by > 0 ? MIN (by, MAX (-first, 0)) : -MIN (-by, MAX (end - size, 0));
}

static gboolean
on_auto_pan (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  LimnerCanvas *self = LIMNER_CANVAS (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double seconds = self->auto_pan_time != 0 ? (now - self->auto_pan_time) / 1e6 : 0;
  double scale, x, y;

  self->auto_pan_time = now;
  if (self->shown == NULL)
    return G_SOURCE_CONTINUE;
  scale = limner_canvas_get_shape_view (self).scale;
  x = (double) self->view.x / self->scale_factor;
  y = (double) self->view.y / self->scale_factor;
  limner_canvas_pan (self,
                     limit_auto_pan (get_overshoot (self->pointer.x, self->width) * seconds, x,
                                     x + limner_pixels_get_width (self->shown) * scale,
                                     self->width),
                     limit_auto_pan (get_overshoot (self->pointer.y, self->height) * seconds, y,
                                     y + limner_pixels_get_height (self->shown) * scale,
                                     self->height));
  return G_SOURCE_CONTINUE;
}

/* A shape that is drawn or moved beyond the edge takes the view along. */
static void
update_auto_pan (LimnerCanvas *self)
{
  gboolean is_beyond = self->gesture == LIMNER_GESTURE_TOOL && has_tool (self) &&
                       limner_tool_is_active (self->tool) && !is_in_widget (self, self->pointer);

  if (!is_beyond)
    stop_auto_pan (self);
  else if (self->auto_pan_tick == 0)
    {
      self->auto_pan_time = 0;
      self->auto_pan_tick =
          gtk_widget_add_tick_callback (GTK_WIDGET (self), on_auto_pan, NULL, NULL);
    }
}

static void
press_primary (LimnerCanvas *self, guint n_press)
{
  LimnerPointer pointer = get_pointer (self, GDK_BUTTON_PRIMARY, n_press);

  self->press_img = pointer.point;
  self->press_went_on = has_tool (self) && limner_tool_is_active (self->tool);
  /* what the tool does not take, or nobody could, moves the picture */
  if (self->space_down)
    self->space_used = TRUE;
  else if (has_tool (self) && limner_tool_press (self->tool, &pointer))
    {
      self->gesture = LIMNER_GESTURE_TOOL;
      return;
    }
  self->gesture = LIMNER_GESTURE_PAN;
}

void
limner_canvas_press (
    LimnerCanvas *self, double x, double y, guint button, guint n_press, GdkModifierType state)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  limner_canvas_clear_kinetic (self);
  if (self->gesture != LIMNER_GESTURE_NONE)
    return;
  set_pointer (self, x, y, state);
  self->press = self->last = self->pointer;
  self->button = button;
  if (button == GDK_BUTTON_PRIMARY)
    press_primary (self, n_press);
  else if (button == GDK_BUTTON_MIDDLE)
    self->gesture = LIMNER_GESTURE_PAN;
  else if (button == GDK_BUTTON_SECONDARY)
    self->gesture = LIMNER_GESTURE_RIGHT;
  limner_canvas_update_cursor (self);
}

static void
motion_right (LimnerCanvas *self)
{
  if (self->gesture == LIMNER_GESTURE_RIGHT)
    {
      if (self->pixels == NULL ||
          hypot (self->pointer.x - self->press.x, self->pointer.y - self->press.y) < DRAG_THRESHOLD)
        return;
      self->press_window = limner_canvas_get_window_level (self);
      self->gesture =
          self->modifiers & LIMNER_MODIFIER_CONTROL ? LIMNER_GESTURE_REGION : LIMNER_GESTURE_WINDOW;
      limner_canvas_update_cursor (self);
    }
  if (self->gesture == LIMNER_GESTURE_WINDOW)
    drag_window (self);
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limner_canvas_motion (LimnerCanvas *self, double x, double y, GdkModifierType state)
{
  set_pointer (self, x, y, state);
  switch (self->gesture)
    {
    case LIMNER_GESTURE_PAN:
      limner_canvas_pan (self, x - self->last.x, y - self->last.y);
      self->last = self->pointer;
      return;
    case LIMNER_GESTURE_RIGHT:
    case LIMNER_GESTURE_WINDOW:
    case LIMNER_GESTURE_REGION:
      motion_right (self);
      tell_pointer (self);
      return;
    case LIMNER_GESTURE_TOOL:
    case LIMNER_GESTURE_NONE:
    default:
      limner_canvas_pointer_follow (self);
      update_auto_pan (self);
    }
}

/* While something is drawn a right click takes back its last point, else it opens a menu. */
static void
right_click (LimnerCanvas *self)
{
  LimnerPointer pointer = get_pointer (self, GDK_BUTTON_SECONDARY, 1);

  if (!has_tool (self) || !limner_tool_is_active (self->tool))
    {
      limner_canvas_emit_context_menu (self, self->press);
      return;
    }
  limner_tool_press (self->tool, &pointer);
  limner_tool_release (self->tool, &pointer);
}

/* The button is let go, or counts as such, where the pointer is. */
static void
end_gesture (LimnerCanvas *self)
{
  LimnerGesture gesture = self->gesture;
  LimnerPointer pointer;

  self->gesture = LIMNER_GESTURE_NONE;
  stop_auto_pan (self);
  pointer = get_pointer (self, self->button, 1);
  if (gesture == LIMNER_GESTURE_TOOL && has_tool (self))
    limner_tool_release (self->tool, &pointer);
  else if (gesture == LIMNER_GESTURE_RIGHT)
    right_click (self);
  else if (gesture == LIMNER_GESTURE_REGION && self->pixels != NULL)
    fit_window (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_update_cursor (self);
}

void
limner_canvas_release (LimnerCanvas *self, double x, double y, GdkModifierType state)
{
  if (self->gesture == LIMNER_GESTURE_NONE)
    return;
  set_pointer (self, x, y, state);
  end_gesture (self);
}

/* Whether the hand has gone on over the image: the view may have moved below it, too. */
static gboolean
has_dragged (LimnerCanvas *self)
{
  const LimnerPointer pointer = get_pointer (self, self->button, 1);

  return hypot (pointer.point.x - self->press_img.x, pointer.point.y - self->press_img.y) >=
         CLICK_THRESHOLD * pointer.pixel;
}

gboolean
limner_canvas_finish_drag (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), FALSE);

  if (self->gesture != LIMNER_GESTURE_TOOL)
    return FALSE;
  if (has_dragged (self))
    {
      end_gesture (self);
      return FALSE;
    }
  limner_canvas_input_cancel (self);
  return self->press_went_on;
}

void
limner_canvas_input_cancel (LimnerCanvas *self)
{
  gboolean was_tool = self->gesture == LIMNER_GESTURE_TOOL;

  if (self->gesture == LIMNER_GESTURE_NONE)
    return;
  self->gesture = LIMNER_GESTURE_NONE;
  stop_auto_pan (self);
  if (was_tool && self->tool != NULL)
    limner_tool_cancel (self->tool);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_update_cursor (self);
}

void
limner_canvas_leave (LimnerCanvas *self)
{
  /* a drag goes on outside */
  if (self->gesture != LIMNER_GESTURE_NONE)
    return;
  self->has_pointer = FALSE;
  if (self->show_rulers || self->show_magnifier)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  tell_pointer (self);
  if (self->tool != NULL)
    limner_tool_leave (self->tool);
}

/* ---- wheel and touchpad ---- */

static double
get_wheel_step (double size)
{
  /* as GTK's own scrolled windows */
  return pow (MAX (size, 1.0), 2.0 / 3.0);
}

gboolean
limner_canvas_scroll (
    LimnerCanvas *self, double dx, double dy, gboolean is_wheel, GdkModifierType state)
{
  LimnerPoint at =
      self->has_pointer ? self->pointer : (LimnerPoint){ self->width / 2.0, self->height / 2.0 };
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  double swap;

  if (self->pixels == NULL)
    return FALSE;
  limner_canvas_clear_kinetic (self);
  /* two fingers always scroll: they pinch to zoom */
  if (control != (self->wheel_zooms && is_wheel))
    {
      limner_canvas_zoom_at (self,
                             limner_canvas_get_zoom (self) *
                                 (is_wheel ? pow (WHEEL_ZOOM, -dy) : exp (-dy / TOUCH_ZOOM)),
                             at, is_wheel);
      return TRUE;
    }
  if ((state & GDK_SHIFT_MASK) && dx == 0)
    {
      swap = dx;
      dx = dy;
      dy = swap;
    }
  if (is_wheel)
    {
      dx *= get_wheel_step (self->width);
      dy *= get_wheel_step (self->height);
    }
  limner_canvas_pan (self, -dx, -dy);
  return TRUE;
}

/* ---- keys ---- */

static gboolean
find_tool_key (guint keyval, LimnerKey *key)
{
  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      *key = LIMNER_KEY_ENTER;
      return TRUE;
    case GDK_KEY_Escape:
      *key = LIMNER_KEY_ESCAPE;
      return TRUE;
    case GDK_KEY_BackSpace:
      *key = LIMNER_KEY_BACKSPACE;
      return TRUE;
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      *key = LIMNER_KEY_DELETE;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
press_space (LimnerCanvas *self, LimnerModifiers modifiers)
{
  if (modifiers != 0)
    return FALSE;
  if (has_tool (self) && limner_tool_is_active (self->tool) && self->gesture == LIMNER_GESTURE_NONE)
    return limner_tool_key (self->tool, LIMNER_KEY_SPACE, modifiers);
  /* repeated while it is held */
  if (!self->space_down)
    {
      self->space_down = TRUE;
      self->space_used = self->gesture != LIMNER_GESTURE_NONE;
      self->space_time = g_get_monotonic_time ();
      limner_canvas_update_cursor (self);
    }
  return TRUE;
}

gboolean
limner_canvas_key_pressed (LimnerCanvas *self, guint keyval, GdkModifierType state)
{
  LimnerModifiers modifiers = get_modifiers (state);
  LimnerKey key;

  if (keyval == GDK_KEY_space || keyval == GDK_KEY_KP_Space)
    return press_space (self, modifiers);
  if (!find_tool_key (keyval, &key))
    return FALSE;
  if (key == LIMNER_KEY_ESCAPE && self->gesture != LIMNER_GESTURE_NONE &&
      self->gesture != LIMNER_GESTURE_TOOL)
    {
      if (self->gesture == LIMNER_GESTURE_WINDOW)
        {
          limner_canvas_set_window_level (self, &self->press_window);
          limner_canvas_emit_window_level_changed (self);
        }
      limner_canvas_input_cancel (self);
      return TRUE;
    }
  return has_tool (self) && limner_tool_key (self->tool, key, modifiers);
}

void
limner_canvas_key_released (LimnerCanvas *self, guint keyval)
{
  gboolean is_tap;

  if ((keyval != GDK_KEY_space && keyval != GDK_KEY_KP_Space) || !self->space_down)
    return;
  is_tap = !self->space_used && g_get_monotonic_time () - self->space_time < SPACE_TAP_US;
  self->space_down = FALSE;
  limner_canvas_update_cursor (self);
  if (is_tap && !(has_tool (self) && limner_tool_key (self->tool, LIMNER_KEY_SPACE, 0)))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-done", NULL);
}

/* ---- controllers: they only read events ---- */

static GdkModifierType
get_state (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
}

/* GTK's own count misses a double click that follows soon after a click elsewhere (4.8): the points
 * of a polygon come that fast. */
static guint
count_press (LimnerCanvas *self, guint button, double x, double y, guint32 time)
{
  int distance, interval;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-distance", &distance,
                "gtk-double-click-time", &interval, NULL);
  if (button == self->click_button && time - self->click_time <= (guint32) interval &&
      fabs (x - self->click_at.x) < distance && fabs (y - self->click_at.y) < distance)
    self->n_clicks++;
  else
    {
      self->n_clicks = 1;
      self->click_button = button;
      self->click_at = (LimnerPoint){ x, y };
    }
  self->click_time = time;
  return self->n_clicks;
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, LimnerCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click));
  guint32 time = gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (click));

  limner_canvas_press (self, x, y, button, count_press (self, button, x, y, time),
                       get_state (click));
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, LimnerCanvas *self)
{
  limner_canvas_release (self, x, y, get_state (click));
}

/* The click gesture forgets its sequence when the pointer moves far; the drag goes on to the end.
 */
static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, LimnerCanvas *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    limner_canvas_motion (self, x + dx, y + dy, get_state (drag));
}

static void
on_drag_end (GtkGestureDrag *drag, double dx, double dy, LimnerCanvas *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    limner_canvas_release (self, x + dx, y + dy, get_state (drag));
}

/* A dialog that opens, say, takes the pointer away; a touch that is cancelled was none. The last
 * event of the sequence would be the one before: GTK keeps none that cancels. */
static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, LimnerCanvas *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  if (event == NULL || gdk_event_get_event_type (event) != GDK_TOUCH_CANCEL)
    limner_canvas_finish_drag (self);
  limner_canvas_input_cancel (self);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, LimnerCanvas *self)
{
  /* during a drag its own gesture tells, also for touch and beyond the edges */
  if (self->gesture == LIMNER_GESTURE_NONE)
    limner_canvas_motion (self, x, y, get_state (motion));
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, LimnerCanvas *self)
{
  gboolean is_wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;

  return limner_canvas_scroll (self, dx, dy, is_wheel, get_state (scroll));
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, LimnerCanvas *self)
{
  self->pinch_scale = limner_canvas_get_zoom (self);
  limner_canvas_input_cancel (self);
}

static void
on_pinch (GtkGestureZoom *zoom, double scale, LimnerCanvas *self)
{
  LimnerPoint at = self->pointer;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (zoom), &at.x, &at.y);
  limner_canvas_zoom_at (self, self->pinch_scale * scale, at, FALSE);
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                LimnerCanvas *self)
{
  return limner_canvas_key_pressed (self, keyval, state);
}

static void
on_key_released (GtkEventControllerKey *keys,
                 guint keyval,
                 guint keycode,
                 GdkModifierType state,
                 LimnerCanvas *self)
{
  limner_canvas_key_released (self, keyval);
}

/* Its release will go to somebody else. */
static void
on_focus_leave (GtkEventControllerFocus *focus, LimnerCanvas *self)
{
  self->space_down = FALSE;
  limner_canvas_update_cursor (self);
}

static void
on_decelerate (GtkEventControllerScroll *scroll,
               double velocity_x,
               double velocity_y,
               LimnerCanvas *self)
{
  /* pinching and Ctrl zoom: nothing goes on then */
  if ((gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll)) &
       GDK_CONTROL_MASK) == 0)
    limner_canvas_start_kinetic (self, -velocity_x, -velocity_y);
}

static void
init_pointer (LimnerCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (
      GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES | GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  GtkGesture *zoom = gtk_gesture_zoom_new ();

  self->click = gtk_gesture_click_new ();
  self->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->click), 0);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->drag), 0);
  g_signal_connect (self->click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (self->click, "released", G_CALLBACK (on_released), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (self->drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (limner_canvas_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (scroll, "decelerate", G_CALLBACK (on_decelerate), self);
  g_signal_connect (zoom, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (zoom));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->click));
  gtk_gesture_group (self->drag, self->click);
}

void
limner_canvas_input_init (LimnerCanvas *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  init_pointer (self);
  /* before the shortcuts of the window that sit on the canvas: the tool is asked first */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
