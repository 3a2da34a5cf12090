/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-gui-test"

#include "gui-fixture.h"

#include <X11/XKBlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <cairo.h>
#include <gdk/x11/gdkx.h>
#include <math.h>

#define WAIT_S 15
#define FRAME_S 2

/* ---- warnings ---- */

/* Log functions have no user data in GLib's writer: the only state outside a Gui. */
static GPtrArray *warnings;
static GMutex warnings_lock;

static void
keep_warning (const char *domain, const char *message)
{
  g_mutex_lock (&warnings_lock);
  g_ptr_array_add (warnings, g_strdup_printf ("%s: %s", domain != NULL ? domain : "", message));
  g_mutex_unlock (&warnings_lock);
}

#define LEVELS (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)

static void
on_log (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (level & LEVELS)
    keep_warning (domain, message);
}

static GLogWriterOutput
on_log_fields (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = NULL;
  const char *message = "";

  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
      else if (g_str_equal (fields[i].key, "MESSAGE"))
        message = fields[i].value;
    }
  on_log (domain, level, message, NULL);
  return G_LOG_WRITER_HANDLED;
}

static void
watch_warnings (void)
{
  if (warnings != NULL)
    return;
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (on_log_fields, NULL, NULL);
  g_log_set_default_handler (on_log, NULL);
  /* All of them are reported, and the case goes on. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
}

static void
report_warnings (void)
{
  for (guint i = 0; i < warnings->len; i++)
    {
      g_printerr ("# the program warned: %s\n", (char *) g_ptr_array_index (warnings, i));
      g_test_fail ();
    }
  g_ptr_array_set_size (warnings, 0);
}

/* ---- failing ---- */

static char *
dup_shot_name (void)
{
  g_autofree char *name = g_strdelimit (g_strdup (g_test_get_path () + 1), "/", '-');

  return g_strconcat (name, ".out.png", NULL);
}

void
gui_fail (Gui *gui, const char *where, const char *what)
{
  g_autofree char *name = dup_shot_name ();

  if (!gui->shot)
    {
      gui_screenshot (gui, name);
      gui->shot = TRUE;
    }
  g_printerr ("# %s: not so: %s (screen: %s)\n", where, what, name);
  g_test_fail ();
}

static void
write_image (XImage *image, const char *path)
{
  /* 24 bits in 32, as a cairo RGB24 surface has them */
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data ((guchar *) image->data, CAIRO_FORMAT_RGB24, image->width,
                                           image->height, image->bytes_per_line);

  if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
    g_printerr ("# %s: the picture of the screen could not be written\n", path);
  cairo_surface_destroy (surface);
  XDestroyImage (image);
}

void
gui_screenshot (Gui *gui, const char *path)
{
  Window root = DefaultRootWindow (gui->x);
  XWindowAttributes info;

  XSync (gui->x, False);
  XGetWindowAttributes (gui->x, root, &info);
  write_image (XGetImage (gui->x, root, 0, 0, (guint) info.width, (guint) info.height, AllPlanes,
                          ZPixmap),
               path);
}

/* ---- waiting ---- */

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

gint64
gui_deadline (void)
{
  const char *scale = g_getenv ("LIMNER_GUI_PATIENCE");

  return g_get_monotonic_time () +
         WAIT_S * G_USEC_PER_SEC * (scale != NULL ? MAX (1, atoi (scale)) : 1);
}

gboolean
gui_turn (Gui *gui, gint64 deadline)
{
  const guint tick = g_timeout_add (5, on_tick, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  gui->scene = gui->window != NULL ? limner_window_get_scene (gui->window) : NULL;
  return g_get_monotonic_time () < deadline;
}

static void
on_frame (GdkFrameClock *clock, guint *frames)
{
  (*frames)++;
}

/* Pointer motion is handed out once a frame, and painting may ask for the next one. */
static void
wait_frames (Gui *gui, guint n)
{
  GtkNative *native = GTK_NATIVE (gui->window);
  GdkSurface *surface = gtk_native_get_surface (native);
  GdkFrameClock *clock = surface != NULL ? gdk_surface_get_frame_clock (surface) : NULL;
  const gint64 deadline = g_get_monotonic_time () + FRAME_S * G_USEC_PER_SEC;
  guint frames = 0;
  gulong handler;

  if (clock == NULL)
    return;
  g_object_ref (clock);
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_frame), &frames);
  while (frames < n)
    {
      gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
      if (!gui_turn (gui, deadline))
        break;
    }
  g_signal_handler_disconnect (clock, handler);
  g_object_unref (clock);
}

static void
on_window_gone (gpointer user_data, GObject *where)
{
  ((Gui *) user_data)->window = NULL;
}

void
gui_settle (Gui *gui)
{
  XSync (gui->x, False);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  if (gui->window != NULL)
    wait_frames (gui, 2);
  gui->scene = gui->window != NULL ? limner_window_get_scene (gui->window) : NULL;
}

static graphene_point_t
find_place (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  graphene_point_t place = GRAPHENE_POINT_INIT (-1.0f, -1.0f);

  if (native != NULL && !gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                                   &GRAPHENE_POINT_INIT (0.0f, 0.0f), &place))
    place = GRAPHENE_POINT_INIT (-1.0f, -1.0f);
  return place;
}

void
gui_wait_still (Gui *gui, GtkWidget *widget)
{
  graphene_point_t before;
  graphene_point_t now = find_place (widget);

  for (guint i = 0; i < 200; i++)
    {
      before = now;
      gui_settle (gui);
      now = find_place (widget);
      if (i > 0 && graphene_point_equal (&before, &now))
        return;
    }
  gui_fail (gui, G_STRLOC, "the widget comes to rest");
}

static gboolean
is_picture_shown (Gui *gui)
{
  gboolean loading = TRUE;

  if (gui->window == NULL || gui->window->scene == NULL || gui->window->image == LIMNER_NO_IMAGE)
    return FALSE;
  g_object_get (gui->window->scene, "loading", &loading, NULL);
  if (loading || limner_scene_get_image (gui->window->scene) != gui->window->image)
    return FALSE;
  if (gtk_widget_get_visible (GTK_WIDGET (gui->window->image_page)))
    return TRUE;
  return limner_canvas_get_pixels (gui->window->canvas) != NULL &&
         limner_canvas_is_settled (gui->window->canvas);
}

void
gui_wait_picture (Gui *gui)
{
  gui_settle (gui);
  GUI_WAIT (gui, is_picture_shown (gui));
  gui_settle (gui);
}

/* ---- pointer ---- */

/* A hand is never quite still: without any motion after a pop-up GTK does not know where it is. */
static void
send_motion (Gui *gui, int x, int y)
{
  Window root, child;
  int at_x, at_y, in_x, in_y;
  guint mask;

  XQueryPointer (gui->x, DefaultRootWindow (gui->x), &root, &child, &at_x, &at_y, &in_x, &in_y,
                 &mask);
  if (at_x == x && at_y == y)
    XTestFakeMotionEvent (gui->x, -1, x + 1, y, CurrentTime);
  XTestFakeMotionEvent (gui->x, -1, x, y, CurrentTime);
  gui_settle (gui);
}

static gboolean
find_on_screen (Gui *gui, GtkWidget *widget, double x, double y, int *root_x, int *root_y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = gtk_native_get_surface (native);
  const double scale = gdk_surface_get_scale_factor (surface);
  graphene_point_t point;
  double dx, dy;
  Window child;

  if (!gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return FALSE;
  gtk_native_get_surface_transform (native, &dx, &dy);
  XTranslateCoordinates (gui->x, gdk_x11_surface_get_xid (surface), DefaultRootWindow (gui->x),
                         (int) floor ((point.x + dx) * scale), (int) floor ((point.y + dy) * scale),
                         root_x, root_y, &child);
  return TRUE;
}

void
gui_move_in (Gui *gui, GtkWidget *widget, double x, double y)
{
  int root_x, root_y;

  if (find_on_screen (gui, widget, x, y, &root_x, &root_y))
    send_motion (gui, root_x, root_y);
  else
    gui_fail (gui, G_STRLOC, "the widget is in a window");
}

guint32
gui_get_color (Gui *gui, GtkWidget *widget, double x, double y)
{
  int root_x, root_y;
  XImage *image;
  guint32 color;

  if (!find_on_screen (gui, widget, x, y, &root_x, &root_y))
    return 0;
  image = XGetImage (gui->x, DefaultRootWindow (gui->x), root_x, root_y, 1, 1, AllPlanes, ZPixmap);
  color = (guint32) XGetPixel (image, 0, 0) & 0xffffff;
  XDestroyImage (image);
  return color;
}

void
gui_move (Gui *gui, double x, double y)
{
  const LimnerPoint at = limner_canvas_to_view (LIMNER_CANVAS (gui->canvas), (LimnerPoint){ x, y });

  gui_move_in (gui, gui->canvas, at.x, at.y);
}

static void
send_button (Gui *gui, guint button, gboolean down)
{
  XTestFakeButtonEvent (gui->x, button, down, CurrentTime);
}

void
gui_press (Gui *gui, guint button)
{
  send_button (gui, button, TRUE);
  gui_settle (gui);
}

void
gui_release (Gui *gui, guint button)
{
  send_button (gui, button, FALSE);
  gui_settle (gui);
}

void
gui_click (Gui *gui, double x, double y)
{
  gui_move (gui, x, y);
  gui_press (gui, 1);
  gui_release (gui, 1);
}

void
gui_double_click (Gui *gui, double x, double y)
{
  gui_move (gui, x, y);
  send_button (gui, 1, TRUE);
  send_button (gui, 1, FALSE);
  send_button (gui, 1, TRUE);
  gui_release (gui, 1);
}

void
gui_drag (Gui *gui, double x0, double y0, double x1, double y1)
{
  gui_move (gui, x0, y0);
  gui_press (gui, 1);
  for (int i = 1; i <= 4; i++)
    gui_move (gui, x0 + (x1 - x0) * i / 4.0, y0 + (y1 - y0) * i / 4.0);
  gui_release (gui, 1);
}

void
gui_wheel (Gui *gui, int clicks)
{
  const guint button = clicks > 0 ? 4 : 5;

  for (int i = 0; i < ABS (clicks); i++)
    {
      send_button (gui, button, TRUE);
      send_button (gui, button, FALSE);
    }
  gui_settle (gui);
}

void
gui_click_widget (Gui *gui, GtkWidget *widget, guint button)
{
  if (widget == NULL)
    {
      gui_fail (gui, G_STRLOC, "the widget to be clicked is there");
      return;
    }
  gui_wait_still (gui, widget);
  gui_move_in (gui, widget, gtk_widget_get_width (widget) / 2.0,
               gtk_widget_get_height (widget) / 2.0);
  gui_press (gui, button);
  gui_release (gui, button);
}

void
gui_screenshot_widget (Gui *gui, GtkWidget *widget, const char *path)
{
  const int scale = gtk_widget_get_scale_factor (widget);
  const guint width = (guint) (gtk_widget_get_width (widget) * scale);
  const guint height = (guint) (gtk_widget_get_height (widget) * scale);
  int root_x, root_y;

  XSync (gui->x, False);
  if (find_on_screen (gui, widget, 0, 0, &root_x, &root_y))
    write_image (XGetImage (gui->x, DefaultRootWindow (gui->x), root_x, root_y, width, height,
                            AllPlanes, ZPixmap),
                 path);
}

/* ---- keys ---- */

/* The key and whether Shift makes this symbol of it. */
static KeyCode
find_key (Gui *gui, guint keyval, gboolean *shift)
{
  const KeyCode code = XKeysymToKeycode (gui->x, keyval);

  *shift = XkbKeycodeToKeysym (gui->x, code, 0, 0) != keyval &&
           XkbKeycodeToKeysym (gui->x, code, 0, 1) == keyval;
  return code;
}

static void
send_key (Gui *gui, guint keyval, gboolean down)
{
  gboolean shift;

  XTestFakeKeyEvent (gui->x, find_key (gui, keyval, &shift), down, CurrentTime);
}

void
gui_hold (Gui *gui, guint keyval)
{
  send_key (gui, keyval, TRUE);
  gui_settle (gui);
}

void
gui_let_go (Gui *gui, guint keyval)
{
  send_key (gui, keyval, FALSE);
  gui_settle (gui);
}

static void
press_with (Gui *gui, guint keyval, GdkModifierType modifiers)
{
  static const struct
  {
    GdkModifierType mask;
    guint keyval;
  } keys[] = {
    { GDK_CONTROL_MASK, GDK_KEY_Control_L },
    { GDK_ALT_MASK, GDK_KEY_Alt_L },
    { GDK_SHIFT_MASK, GDK_KEY_Shift_L },
  };
  gboolean shift;
  const KeyCode code = find_key (gui, keyval, &shift);

  if (shift)
    modifiers |= GDK_SHIFT_MASK;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (modifiers & keys[i].mask)
      send_key (gui, keys[i].keyval, TRUE);
  XTestFakeKeyEvent (gui->x, code, True, CurrentTime);
  XTestFakeKeyEvent (gui->x, code, False, CurrentTime);
  for (guint i = G_N_ELEMENTS (keys); i-- > 0;)
    if (modifiers & keys[i].mask)
      send_key (gui, keys[i].keyval, FALSE);
}

void
gui_key (Gui *gui, const char *accelerator)
{
  guint keyval;
  GdkModifierType modifiers;

  g_assert_true (gtk_accelerator_parse (accelerator, &keyval, &modifiers));
  press_with (gui, keyval, modifiers);
  gui_settle (gui);
}

void
gui_type (Gui *gui, const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      press_with (gui, gdk_unicode_to_keyval (g_utf8_get_char (p)), 0);
      gui_settle (gui);
    }
}

void
gui_focus_window (Gui *gui, GtkWindow *window)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  XSetInputFocus (gui->x, gdk_x11_surface_get_xid (surface), RevertToPointerRoot, CurrentTime);
  gui_settle (gui);
}

/* ---- what is there ---- */

guint
gui_n_shapes (Gui *gui)
{
  LimnerScene *scene = gui->window != NULL ? limner_window_get_scene (gui->window) : NULL;

  return scene != NULL ? g_list_model_get_n_items (G_LIST_MODEL (scene)) : 0;
}

LimnerSceneItem *
gui_get_item (Gui *gui, int position)
{
  const guint n = gui_n_shapes (gui);
  const guint index = position < 0 ? n + (guint) position : (guint) position;
  g_autoptr (LimnerSceneItem) item = NULL;

  if (index >= n)
    return NULL;
  item = g_list_model_get_item (G_LIST_MODEL (limner_window_get_scene (gui->window)), index);
  /* the scene keeps it */
  return item;
}

LimnerBox
gui_get_box (Gui *gui, int position)
{
  LimnerSceneItem *item = gui_get_item (gui, position);
  LimnerShape *shape = item != NULL ? limner_scene_item_get_shape (item) : NULL;

  return shape != NULL ? limner_shape_get_bbox (shape) : (LimnerBox){ -1, -1, -1, -1 };
}

const char *
gui_get_class (Gui *gui, int position)
{
  LimnerSceneItem *item = gui_get_item (gui, position);
  LimnerCategory *category = item != NULL ? limner_scene_item_get_category (item) : NULL;

  return category != NULL ? limner_category_get_name (category) : "";
}

guint
gui_n_selected (Gui *gui)
{
  LimnerScene *scene = limner_window_get_scene (gui->window);
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (scene);

  return selection->len;
}

const char *
gui_get_image_name (Gui *gui)
{
  return gui->window != NULL && gui->window->image_name != NULL ? gui->window->image_name : "";
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (LIMNER_IS_IMAGE_ROW (widget))
    return limner_image_row_get_name (LIMNER_IMAGE_ROW (widget));
  return NULL;
}

static GtkWidget *
find_text (GtkWidget *root, const char *text, gboolean exact)
{
  const char *found = get_text (root);

  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (found != NULL && (exact ? g_str_equal (found, text) : strstr (found, text) != NULL))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *widget = find_text (child, text, exact);

      if (widget != NULL)
        return widget;
    }
  return NULL;
}

GtkWidget *
gui_find_text (GtkWidget *root, const char *text)
{
  return find_text (root, text, TRUE);
}

GtkWidget *
gui_find_part (GtkWidget *root, const char *text)
{
  return find_text (root, text, FALSE);
}

gboolean
gui_shows (Gui *gui, const char *text)
{
  return gui_find_part (GTK_WIDGET (gui->window), text) != NULL;
}

static GtkWidget *
find_type (GtkWidget *root, GType type, guint *n)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (*n)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *widget = find_type (child, type, n);

      if (widget != NULL)
        return widget;
    }
  return NULL;
}

GtkWidget *
gui_find_type (GtkWidget *root, GType type, guint n)
{
  return find_type (root, type, &n);
}

GtkWindow *
gui_find_dialog (Gui *gui)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      if (window != GTK_WINDOW (gui->window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

gboolean
gui_is_enabled (Gui *gui, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (gui->window), action);
}

/* ---- running ---- */

typedef struct
{
  Gui gui;
  GuiBody body;
  gboolean expects_picture;
} Run;

static gboolean
is_started (Gui *gui)
{
  const char *page;

  if (!gtk_widget_get_mapped (GTK_WIDGET (gui->window)) || limner_window_is_opening (gui->window))
    return FALSE;
  page = gtk_stack_get_visible_child_name (gui->window->stack);
  return !g_str_equal (page, "work") || is_picture_shown (gui) ||
         gui->window->image == LIMNER_NO_IMAGE;
}

static void
start (Gui *gui)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (gui->application));

  gui->window = windows->data;
  g_object_weak_ref (G_OBJECT (gui->window), on_window_gone, gui);
  gui->canvas = GTK_WIDGET (gui->window->canvas);
  gui->x = gdk_x11_display_get_xdisplay (gtk_widget_get_display (gui->canvas));
  /* away from everything that could be hovered */
  XTestFakeMotionEvent (gui->x, -1, 0, 0, CurrentTime);
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window)));
  gui_focus_window (gui, GTK_WINDOW (gui->window));
  GUI_WAIT (gui, is_started (gui));
  gui_settle (gui);
}

static void
quit (Gui *gui)
{
  if (gui->window != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (gui->application), "quit", NULL);
  GUI_WAIT (gui, gui->window == NULL);
}

static gboolean
on_running (gpointer user_data)
{
  Run *run = user_data;
  Gui *gui = &run->gui;

  start (gui);
  if (!g_test_failed ())
    run->body (gui);
  quit (gui);
  if (gui->window != NULL)
    {
      g_object_weak_unref (G_OBJECT (gui->window), on_window_gone, gui);
      gui->window->may_destroy = TRUE;
      gtk_window_destroy (GTK_WINDOW (gui->window));
    }
  g_application_release (G_APPLICATION (gui->application));
  return G_SOURCE_REMOVE;
}

void
gui_run_again (const char *path, GuiBody body)
{
  Run run = { 0 };
  char *arguments[] = { (char *) "limner", (char *) path, NULL };

  watch_warnings ();
  run.body = body;
  run.gui.application = limner_application_new ();
  g_application_hold (G_APPLICATION (run.gui.application));
  /* below the priority of what opens the window */
  g_idle_add_full (G_PRIORITY_LOW, on_running, &run, NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (run.gui.application), path != NULL ? 2 : 1,
                                      arguments),
                   ==, 0);
  g_object_unref (run.gui.application);
  report_warnings ();
}

void
gui_run (const char *path, GuiBody body)
{
  g_autofree char *state = g_build_filename (g_get_user_state_dir (), "limner", NULL);

  nftw (state, limner_test_remove, 16, FTW_DEPTH | FTW_PHYS);
  gui_run_again (path, body);
}

/* ---- data ---- */

void
gui_copy_picture (const char *picture, const char *folder, const char *name)
{
  g_autofree char *relative = g_build_filename ("sample", picture, NULL);
  g_autofree char *source = limner_test_data (relative);
  g_autofree char *target = g_build_filename (folder, name, NULL);
  g_autofree char *content = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (source, &content, &length, &error) &&
                 g_file_set_contents (target, content, (gssize) length, &error));
  g_assert_no_error (error);
}

void
gui_copy_sample (const char *folder)
{
  static const char *const names[] = { "_annotations.coco.json", "blood-1.jpg",   "blood-2.jpg",
                                       "head-mr-16bit.png",      "highway-1.jpg", "highway-10.jpg",
                                       "highway-2.jpg" };

  g_mkdir (folder, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gui_copy_picture (names[i], folder, names[i]);
}
