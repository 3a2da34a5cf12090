/* SPDX-License-Identifier: MIT */
#pragma once

/* A canvas in a window of its own, for test-canvas.c and test-shapes.c. */

#include <adwaita.h>
#include <canvas/canvas-private.h>
#include <limner-test.h>

/* Shows nothing but the canvas. */
static inline GtkWindow *
canvas_fixture_show (LimnerCanvas *canvas, int width, int height)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  gtk_window_set_decorated (window, FALSE);
  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, GTK_WIDGET (canvas));
  gtk_window_present (window);
  limner_test_wait (gtk_widget_get_width (GTK_WIDGET (canvas)) == width);
  return window;
}

/* (transfer full): what the canvas would paint now, in device pixels. */
static inline cairo_surface_t *
canvas_fixture_capture (LimnerCanvas *canvas)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (canvas));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                  gtk_widget_get_width (GTK_WIDGET (canvas)) * factor,
                                  gtk_widget_get_height (GTK_WIDGET (canvas)) * factor);
  cairo_t *cr = cairo_create (surface);

  GTK_WIDGET_GET_CLASS (canvas)->snapshot (GTK_WIDGET (canvas), snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  cairo_scale (cr, factor, factor);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static inline guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *row =
      cairo_image_surface_get_data (surface) + (gsize) y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (gconstpointer) row)[x] & 0xffffff;
}
