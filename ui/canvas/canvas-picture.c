/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

/* Which picture the canvas shows, how it is turned, and how its values become light. */

static void
take_pixels (LimnerCanvas *self, LimnerPixels *pixels)
{
  if (pixels != NULL)
    limner_pixels_ref (pixels);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->shown, limner_pixels_unref);
  self->pixels = pixels;
  if (pixels != NULL)
    self->shown = self->turn == LIMNER_ORIENTATION_NORMAL
                      ? limner_pixels_ref (pixels)
                      : limner_pixels_new_turned (pixels, self->turn);
}

/* Everything that was made of the picture before is gone. */
static void
show_pixels (LimnerCanvas *self)
{
  LimnerTileContent content = limner_canvas_get_content (self);

  limner_tile_cache_set_content (self->tiles, &content);
  limner_canvas_hand_clear (self);
  self->shapes_shown = FALSE;
  limner_canvas_queue_shapes (self);
  limner_canvas_flush_shapes (self);
}

void
limner_canvas_set_pixels (LimnerCanvas *self, LimnerPixels *pixels, gboolean keep_view)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));

  if (self->pixels != pixels)
    {
      limner_canvas_finish_drag (self);
      limner_canvas_input_cancel (self);
      take_pixels (self, pixels);
      show_pixels (self);
    }
  limner_canvas_view_reset (self, keep_view);
}

void
limner_canvas_refine_pixels (LimnerCanvas *self, LimnerPixels *pixels)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  g_return_if_fail (self->pixels != NULL && pixels != NULL);

  take_pixels (self, pixels);
  limner_tile_cache_set_pixels (self->tiles, self->shown);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_queue_overlay (self);
  limner_canvas_emit_view_changed (self);
}

void
limner_canvas_set_turn (LimnerCanvas *self, LimnerOrientation turn)
{
  LimnerPoint at, point;

  g_return_if_fail (LIMNER_IS_CANVAS (self));
  g_return_if_fail (turn >= LIMNER_ORIENTATION_NORMAL && turn <= LIMNER_ORIENTATION_ROTATE_270);

  if (self->turn == turn)
    return;
  /* what the hand holds stays below it */
  at = self->gesture == LIMNER_GESTURE_TOOL
           ? self->pointer
           : (LimnerPoint){ self->width / 2.0, self->height / 2.0 };
  point = limner_canvas_to_image (self, at);
  self->turn = turn;
  if (self->pixels == NULL)
    return;
  take_pixels (self, self->pixels);
  show_pixels (self);
  limner_canvas_view_turned (self, point, at);
  limner_canvas_update_cursor (self);
}

LimnerOrientation
limner_canvas_get_turn (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), LIMNER_ORIENTATION_NORMAL);
  return self->turn;
}

LimnerPixels *
limner_canvas_get_pixels (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), NULL);
  return self->pixels;
}

void
limner_canvas_set_window_level (LimnerCanvas *self, const LimnerWindowLevel *window)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));

  if (self->has_window == (window != NULL) &&
      (window == NULL || limner_window_level_equal (window, &self->window)))
    return;
  self->has_window = window != NULL;
  if (window != NULL)
    self->window = *window;
  limner_canvas_update_look (self);
  limner_canvas_emit_view_changed (self);
}

LimnerWindowLevel
limner_canvas_get_window_level (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), ((LimnerWindowLevel){ 0, 255, FALSE }));

  if (self->has_window)
    return self->window;
  if (self->pixels != NULL)
    return limner_pixels_get_full_window (self->pixels);
  return (LimnerWindowLevel){ 0, 255, FALSE };
}
