/* SPDX-License-Identifier: MIT */

/* Takes the README's pictures: the real program, on the sample, as a person would leave it for a
 * moment. They go into the folder named by LIMNER_SCREENSHOTS. */

#include "gui-fixture.h"

#include <limner/document.h>

static void
set_theme (Gui *gui, const char *theme)
{
  g_action_group_activate_action (G_ACTION_GROUP (gui->application), "theme",
                                  g_variant_new_string (theme));
  /* with the frame of five pixels that a window has where nothing composites */
  gtk_window_set_default_size (GTK_WINDOW (gui->window), 1440 + 10, 900 + 10);
  gui_wait_picture (gui);
}

static void
take (Gui *gui, const char *name)
{
  const char *folder = g_getenv ("LIMNER_SCREENSHOTS");
  g_autofree char *path = g_build_filename (folder != NULL ? folder : ".", name, NULL);
  const gint64 pause = g_get_monotonic_time () + G_USEC_PER_SEC;

  GUI_WAIT (gui, limner_document_get_save_state (gui->window->document) == LIMNER_SAVE_SAVED);
  /* thumbnails, and what slides in */
  while (gui_turn (gui, pause))
    ;
  gui_settle (gui);
  gui_screenshot_widget (gui, GTK_WIDGET (gui->window->content), path);
}

static void
show_driving (Gui *gui)
{
  set_theme (gui, "dark");
  /* two images are done already */
  gui_key (gui, "space");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "space");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "1");
  gui_click (gui, 1160, 455);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  gui_move (gui, 880, 460);
  take (gui, "driving-dark.png");
}

static void
test_driving (void)
{
  g_autofree char *folder = limner_test_path ("sample");

  gui_copy_sample (folder);
  gui_run (folder, show_driving);
}

static void
show_medical (Gui *gui)
{
  set_theme (gui, "light");
  gui_key (gui, "d");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  gui_key (gui, "5");
  gui_click (gui, 447, 540);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  gui_click_widget (gui, GTK_WIDGET (gui->window->view_button), 1);
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->view_popover)));
  take (gui, "medical-light.png");
  gui_key (gui, "Escape");
}

static void
test_medical (void)
{
  g_autofree char *folder = limner_test_path ("sample");

  gui_copy_sample (folder);
  gui_run (folder, show_medical);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = { { "driving-dark", test_driving },
                                          { "medical-light", test_medical },
                                          { NULL } };

  return limner_test_main (argc, argv, "screenshots", cases);
}
