/* SPDX-License-Identifier: MIT */

/* What cannot be opened, or not without a question: the window says why, and what to do. */

#include "gui-fixture.h"

#include <limner/document.h>

/* ---- opening ---- */

static void
see_no_images (Gui *gui)
{
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "No images in this folder") != NULL);
  GUI_CHECK (gui, gui_shows (gui, "JPEG"));
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "Open another folder…") != NULL);
  GUI_CHECK (gui, !gui_is_enabled (gui, "save"));
}

static void
test_no_images (void)
{
  g_autofree char *folder = limner_test_path ("empty");

  g_mkdir (folder, 0700);
  gui_run (folder, see_no_images);
}

static void
see_missing (Gui *gui)
{
  GUI_CHECK (gui, gui_shows (gui, "“nothing-here” cannot be opened"));
  GUI_CHECK (gui, !gui_shows (gui, "Show file"));
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "Open a folder of images") != NULL);
}

static void
test_missing (void)
{
  g_autofree char *folder = limner_test_path ("nothing-here");

  gui_run (folder, see_missing);
}

static void
see_cut_short (Gui *gui)
{
  GUI_CHECK (gui, gui_shows (gui, "cannot be opened"));
  GUI_CHECK (gui, gui_shows (gui, "Show file"));
  GUI_CHECK (gui, gui_shows (gui, "_annotations.coco.json"));
  GUI_CHECK (gui, limner_window_get_document (gui->window) == NULL);
}

static void
test_cut_short (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *after = NULL;
  gsize length;

  g_assert_cmpint (truncate (path, 2000), ==, 0);
  gui_run (folder, see_cut_short);
  g_assert_true (g_file_get_contents (path, &after, &length, NULL));
  g_assert_cmpuint (length, ==, 2000);
}

static void
choose_candidate (Gui *gui)
{
  GtkWindow *dialog;

  GUI_WAIT (gui, (dialog = gui_find_dialog (gui)) != NULL);
  gui_focus_window (gui, dialog);
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (dialog), "train.coco.json") != NULL);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "val.coco.json"), 1);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "Open"), 1);
  gui_wait_picture (gui);
  GUI_CHECK (gui,
             g_str_has_suffix (limner_document_get_path (limner_window_get_document (gui->window)),
                               "val.coco.json"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

/* What was chosen once is not asked again. */
static void
see_candidate (Gui *gui)
{
  GUI_CHECK (gui, gui_find_dialog (gui) == NULL);
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

static void
test_candidates (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *train = g_build_filename (folder, "train.coco.json", NULL);
  g_autofree char *val = g_build_filename (folder, "val.coco.json", NULL);

  g_assert_cmpint (g_rename (path, val), ==, 0);
  g_assert_true (g_file_set_contents (train,
                                      "{\"images\": [], \"annotations\": [], \"categories\": []}",
                                      -1, NULL));
  gui_run (folder, choose_candidate);
  gui_run_again (folder, see_candidate);
}

static void
drop (Gui *gui)
{
  g_autofree char *path = limner_test_path ("sample");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GListModel) controllers =
      gtk_widget_observe_controllers (GTK_WIDGET (gui->window->content));
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
    }
  g_value_unset (&value);
  GUI_CHECK (gui, taken);
  GUI_WAIT (gui, limner_window_get_document (gui->window) != NULL);
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

static void
test_drop (void)
{
  g_autofree char *folder G_GNUC_UNUSED = gui_make_sample ();

  gui_run (NULL, drop);
}

/* ---- pictures ---- */

static void
see_broken (Gui *gui)
{
  g_autofree char *folder = limner_test_path ("sample");

  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "a-broken.jpg"));
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->image_page)));
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "This image cannot be shown") != NULL);
  GUI_CHECK (gui, gui_shows (gui, "a-broken.jpg"));
  /* nothing can be drawn on what is not there, and that is said */
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, !gtk_widget_get_visible (GTK_WIDGET (gui->window->image_page)));
  gui_key (gui, "a");
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->image_page)));
  gui_copy_picture ("blood-2.jpg", folder, "a-broken.jpg");
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->image_page), "Try again"), 1);
  GUI_WAIT (gui, !gtk_widget_get_visible (GTK_WIDGET (gui->window->image_page)));
  gui_wait_picture (gui);
  GUI_CHECK (gui, limner_canvas_get_pixels (gui->window->canvas) != NULL);
}

static void
test_broken (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *broken = g_build_filename (folder, "a-broken.jpg", NULL);

  g_assert_true (g_file_set_contents (broken, "this is not a picture", -1, NULL));
  gui_run (folder, see_broken);
}

/* GDBus' worker: whoever is asked goes from the bus without an answer, as one does that is killed.
 */
static GDBusMessage *
on_asked (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    {
      g_atomic_int_inc ((int *) user_data);
      g_dbus_connection_close (connection, NULL, NULL, NULL);
      g_object_unref (message);
      return NULL;
    }
  return message;
}

static void
see_sample (Gui *gui)
{
  gui_wait_picture (gui);
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "blood-1.jpg"));
}

/* A Limner that was killed has its name on the bus for a moment: the next one starts all the same.
 */
static void
test_after_a_kill (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *address = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  int n_asked = 0;

  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  answer = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new ("(su)", LIMNER_APPLICATION_ID, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_add_filter (connection, on_asked, &n_asked, NULL);
  gui_run (folder, see_sample);
  g_assert_cmpint (g_atomic_int_get (&n_asked), >, 0);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "no-images", test_no_images },
    { "missing", test_missing },
    { "cut-short", test_cut_short },
    { "candidates", test_candidates },
    { "drop", test_drop },
    { "broken", test_broken },
    { "after-a-kill", test_after_a_kill },
    { NULL },
  };

  return limner_test_main (argc, argv, "gui-opening", cases);
}
