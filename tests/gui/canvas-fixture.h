/* SPDX-License-Identifier: MIT */
#pragma once

/* A canvas in a window of its own, and a dataset of one picture on it: for tests of the canvas. */

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

typedef struct
{
  LimnerDocument *document;
  LimnerScene *scene;
} CanvasSet;

/* Makes the dataset in the folder of the case, with @coco for a.png, which has @pixels; @canvas
 * shows it, and its annotations are there. */
static inline CanvasSet
canvas_fixture_open_set (LimnerCanvas *canvas, LimnerPixels *pixels, const char *coco)
{
  const guint width = limner_pixels_get_width (pixels), height = limner_pixels_get_height (pixels);
  g_autofree char *picture = limner_test_path ("a.png");
  g_autofree char *file = limner_test_path ("_annotations.coco.json");
  cairo_surface_t *surface = limner_pixels_dup_thumbnail (pixels, width, height);
  gboolean loading = TRUE;
  CanvasSet self;

  cairo_surface_write_to_png (surface, picture);
  cairo_surface_destroy (surface);
  g_assert_true (g_file_set_contents (file, coco, -1, NULL));
  self.document =
      limner_document_open (limner_test_dir (), NULL, NULL, LIMNER_OPEN_NORMAL, NULL, NULL);
  g_assert_nonnull (self.document);
  self.scene = limner_scene_new (self.document);
  limner_canvas_set_scene (canvas, self.scene);
  limner_scene_set_image (self.scene, 0);
  limner_scene_set_picture (self.scene, width, height, LIMNER_ORIENTATION_NORMAL);
  limner_canvas_set_pixels (canvas, pixels, FALSE);
  limner_test_wait ((g_object_get (self.scene, "loading", &loading, NULL), !loading));
  limner_test_wait (limner_canvas_is_settled (canvas));
  return self;
}

/* After the canvas has gone with its window. */
static inline void
canvas_fixture_close_set (CanvasSet *self)
{
  g_assert_finalize_object (self->scene);
  g_assert_true (limner_document_close (self->document, NULL));
  g_object_unref (self->document);
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
