/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "frame-memory.h"

#include <sys/mman.h>
#include <unistd.h>

#ifdef GDK_WINDOWING_X11
#include <cairo-xlib.h>
#include <gdk/x11/gdkx.h>
#endif

#ifdef GDK_WINDOWING_X11
/* In device pixels, of the largest of the display's monitors. */
static void
get_largest_frame (GdkDisplay *display, int *width, int *height)
{
  GListModel *monitors = gdk_display_get_monitors (display);
  gint64 largest = 0;

  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);
      const int scale = gdk_monitor_get_scale_factor (monitor);
      GdkRectangle place;

      gdk_monitor_get_geometry (monitor, &place);
      if ((gint64) place.width * place.height * scale * scale <= largest)
        continue;
      largest = (gint64) place.width * place.height * scale * scale;
      *width = place.width * scale;
      *height = place.height * scale;
    }
}

/* cairo has cleared it, but nobody will look at it. */
static void
give_pages_back (cairo_surface_t *surface)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize start = (gsize) cairo_image_surface_get_data (surface);
  const gsize end = start + (gsize) cairo_image_surface_get_stride (surface) *
                                (gsize) cairo_image_surface_get_height (surface);
  const gsize first = (start + page - 1) / page * page;

  if (end / page * page > first)
    madvise ((void *) first, end / page * page - first, MADV_REMOVE);
}

/* Of a whole frame: cairo cuts a block for the first surface in it, and smaller ones. */
static cairo_surface_t *
create_surface (GdkDisplay *display, GdkSurface *surface)
{
  Display *xdisplay = gdk_x11_display_get_xdisplay (display);
  int width = 1, height = 1;
  cairo_surface_t *window =
      cairo_xlib_surface_create (xdisplay, gdk_x11_surface_get_xid (surface),
                                 DefaultVisual (xdisplay, DefaultScreen (xdisplay)), 1, 1);
  cairo_surface_t *kept;

  get_largest_frame (display, &width, &height);
  kept = cairo_surface_create_similar_image (window, CAIRO_FORMAT_RGB24, width, height);
  cairo_surface_destroy (window);
  if (cairo_surface_status (kept) == CAIRO_STATUS_SUCCESS)
    give_pages_back (kept);
  return kept;
}
#endif

void
limner_frame_memory_keep (GtkNative *native)
{
#ifdef GDK_WINDOWING_X11
  static const char key[] = "limner-frame-memory";
  GdkSurface *surface = gtk_native_get_surface (native);
  GdkDisplay *display = gdk_surface_get_display (surface);

  if (!GDK_IS_X11_DISPLAY (display) || !GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native)) ||
      g_object_get_data (G_OBJECT (display), key) != NULL)
    return;
  g_object_set_data_full (G_OBJECT (display), key, create_surface (display, surface),
                          (GDestroyNotify) cairo_surface_destroy);
#endif
}
