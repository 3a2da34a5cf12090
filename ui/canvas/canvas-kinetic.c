/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/* As in GTK's scrolled windows: speed falls to 1/e in a quarter of a second. */
#define FRICTION 4.0

/* Screen pixels a second that nobody sees any more. */
#define SLOWEST 20.0

void
limner_canvas_clear_kinetic (LimnerCanvas *self)
{
  if (self->kinetic_tick == 0)
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->kinetic_tick);
  self->kinetic_tick = 0;
}

static gboolean
on_kinetic_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  LimnerCanvas *self = LIMNER_CANVAS (widget);
  const gint64 now = gdk_frame_clock_get_frame_time (clock);
  const double seconds = self->kinetic_time != 0 ? (now - self->kinetic_time) / 1e6 : 0;
  const double left = exp (-FRICTION * seconds);

  self->kinetic_time = now;
  /* the way that is made while the speed falls from what it was to what is left of it */
  limner_canvas_pan (self, self->kinetic_velocity.x * (1 - left) / FRICTION,
                     self->kinetic_velocity.y * (1 - left) / FRICTION);
  self->kinetic_velocity.x *= left;
  self->kinetic_velocity.y *= left;
  if (hypot (self->kinetic_velocity.x, self->kinetic_velocity.y) >= SLOWEST)
    return G_SOURCE_CONTINUE;
  self->kinetic_tick = 0;
  return G_SOURCE_REMOVE;
}

void
limner_canvas_start_kinetic (LimnerCanvas *self, double velocity_x, double velocity_y)
{
  limner_canvas_clear_kinetic (self);
  if (self->pixels == NULL || hypot (velocity_x, velocity_y) < SLOWEST)
    return;
  self->kinetic_velocity = (LimnerPoint){ velocity_x, velocity_y };
  self->kinetic_time = 0;
  self->kinetic_tick =
      gtk_widget_add_tick_callback (GTK_WIDGET (self), on_kinetic_tick, NULL, NULL);
}
