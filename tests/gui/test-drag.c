/* SPDX-License-Identifier: MIT */

/*
 * What else happens while a button is down: the view turns or zooms, panels come and go, another
 * tool is chosen. A drag goes on, or what it has done so far is kept as one step; nothing is lost
 * without a word.
 */

#include "gui-fixture.h"

#include <canvas/canvas-private.h>
#include <glib/gstdio.h>
#include <math.h>

#define LOST_WITH_TOOL "The unfinished shape was given up with its tool"

static const char coco[] =
    "{\"images\":[{\"id\":1,\"file_name\":\"a1.jpg\",\"width\":1280,\"height\":720},"
    "{\"id\":2,\"file_name\":\"a2.jpg\",\"width\":1280,\"height\":720}],"
    "\"categories\":[{\"id\":1,\"name\":\"car\"}],\"annotations\":["
    "{\"id\":1,\"image_id\":1,\"category_id\":1,\"iscrowd\":0,\"area\":10000,"
    "\"bbox\":[600,300,100,100],\"segmentation\":[]}]}";

#define START_X 650.0
#define START_Y 350.0

static char *
make_named_folder (const char *name)
{
  char *folder = limner_test_path (name);
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);

  g_mkdir (folder, 0700);
  gui_copy_picture ("highway-1.jpg", folder, "a1.jpg");
  gui_copy_picture ("highway-2.jpg", folder, "a2.jpg");
  g_assert_true (g_file_set_contents (path, coco, -1, NULL));
  return folder;
}

static char *
make_folder (void)
{
  return make_named_folder ("pictures");
}

static LimnerCanvas *
get_canvas (Gui *gui)
{
  return gui->window->canvas;
}

static LimnerPoint
get_under_pointer (Gui *gui)
{
  return limner_canvas_to_image (get_canvas (gui), get_canvas (gui)->pointer);
}

static gboolean
can_undo (Gui *gui)
{
  return limner_history_can_undo (
      limner_document_get_history (limner_window_get_document (gui->window)));
}

static gboolean
is_at_start (Gui *gui)
{
  const LimnerBox box = gui_get_box (gui, 0);

  return box.x == 600 && box.y == 300 && box.width == 100 && box.height == 100;
}

static void
begin_drag (Gui *gui)
{
  gui_key (gui, "v");
  gui_move (gui, START_X, START_Y);
  gui_press (gui, 1);
  gui_move (gui, START_X + 20, START_Y + 10);
  gui_move (gui, START_X + 40, START_Y + 20);
}

static gboolean
is_dragged (Gui *gui)
{
  const LimnerBox box = gui_get_box (gui, 0);

  return fabs (box.x - 640) <= 2 && fabs (box.y - 320) <= 2;
}

/* The same before the window does anything else. */
static void
press_at_once (Gui *gui, double x, double y)
{
  const LimnerPoint at = limner_canvas_to_view (get_canvas (gui), (LimnerPoint){ x, y });

  limner_canvas_press (get_canvas (gui), at.x, at.y, GDK_BUTTON_PRIMARY, 1, 0);
}

static void
move_at_once (Gui *gui, double x, double y)
{
  const LimnerPoint at = limner_canvas_to_view (get_canvas (gui), (LimnerPoint){ x, y });

  limner_canvas_motion (get_canvas (gui), at.x, at.y, 0);
}

static void
release_at_once (Gui *gui)
{
  const LimnerPoint at = get_canvas (gui)->pointer;

  limner_canvas_release (get_canvas (gui), at.x, at.y, 0);
}

static void
drag_at_once (Gui *gui, double x, double y, double dx, double dy)
{
  press_at_once (gui, x, y);
  move_at_once (gui, x + dx / 2, y + dy / 2);
  move_at_once (gui, x + dx, y + dy);
}

/* One step takes the whole drag back. */
static void
undo_drag (Gui *gui)
{
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, is_at_start (gui));
  GUI_CHECK (gui, !can_undo (gui));
}

/* ---- the view ---- */

static void
change_view (Gui *gui)
{
  static const char *const keys[] = { "<Alt>Right", "<Alt>m",    "<Alt>Up",    "F9", "F9",
                                      "<Shift>F9",  "<Shift>F9", "<Control>0", "f",  "plus",
                                      "<Alt>Left",  "<Alt>Up",   "<Shift>f",   "f" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const LimnerPoint by = { 9, 5 };
      LimnerPoint hand, at;
      LimnerBox box;

      begin_drag (gui);
      gui_key (gui, keys[i]);
      gui_wait_still (gui, gui->canvas);
      gui_wait_picture (gui);
      GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_TOOL);
      at = get_canvas (gui)->pointer;
      gui_move_in (gui, gui->canvas, at.x + by.x, at.y + by.y);
      gui_settle (gui);
      hand = get_under_pointer (gui);
      gui_release (gui, 1);
      gui_settle (gui);
      box = gui_get_box (gui, 0);
      /* what was taken by its middle has it below the pointer */
      if (fabs (box.x + 50 - hand.x) > 2 || fabs (box.y + 50 - hand.y) > 2)
        g_printerr ("# %s: hand %g %g, middle %g %g\n", keys[i], hand.x, hand.y, box.x + 50,
                    box.y + 50);
      GUI_CHECK (gui, !is_at_start (gui));
      GUI_CHECK (gui, fabs (box.x + 50 - hand.x) <= 2 && fabs (box.y + 50 - hand.y) <= 2);
      undo_drag (gui);
    }
}

static void
test_view (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, change_view);
}

/* Where the picture does not fill the view, what is held stays below the hand, too. */
static void
turn_about_hand (Gui *gui)
{
  LimnerPoint before, after;

  gui_key (gui, "<Control>0");
  gui_wait_picture (gui);
  begin_drag (gui);
  before = get_under_pointer (gui);
  gui_key (gui, "<Alt>Right");
  gui_settle (gui);
  after = get_under_pointer (gui);
  GUI_CHECK (gui, fabs (after.x - before.x) <= 1 && fabs (after.y - before.y) <= 1);
  gui_key (gui, "Escape");
  gui_release (gui, 1);
  GUI_CHECK (gui, is_at_start (gui) && !can_undo (gui));
}

static void
test_turn (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, turn_about_hand);
}

/* ---- another tool, another image ---- */

static void
change_tool (Gui *gui)
{
  static const char *const keys[] = { "r", "p", "n" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      LimnerBox box;

      begin_drag (gui);
      gui_key (gui, keys[i]);
      GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_NONE);
      /* the rest of the drag draws and moves nothing */
      gui_move (gui, START_X + 200, START_Y + 100);
      gui_release (gui, 1);
      box = gui_get_box (gui, 0);
      GUI_CHECK (gui, fabs (box.x - 640) <= 2 && fabs (box.y - 320) <= 2);
      GUI_CHECK (gui, gui_n_shapes (gui) == 1);
      undo_drag (gui);
      gui_key (gui, "Escape");
    }
  /* the key of the tool itself */
  begin_drag (gui);
  gui_key (gui, "v");
  GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_TOOL);
  gui_release (gui, 1);
  GUI_CHECK (gui, !is_at_start (gui));
  undo_drag (gui);
}

static void
change_image (Gui *gui)
{
  LimnerBox box;

  begin_drag (gui);
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "a2.jpg"));
  gui_release (gui, 1);
  gui_key (gui, "a");
  gui_wait_picture (gui);
  box = gui_get_box (gui, 0);
  GUI_CHECK (gui, fabs (box.x - 640) <= 2 && fabs (box.y - 320) <= 2);
  undo_drag (gui);
}

static void
test_tool (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, change_tool);
  gui_run (folder, change_image);
}

/* ---- no drag ---- */

/* A button that is down, but has not moved. */
static void
press_only (Gui *gui)
{
  /* nothing is lost, nothing is said */
  gui_key (gui, "v");
  gui_move (gui, START_X, START_Y);
  gui_press (gui, 1);
  gui_key (gui, "p");
  gui_release (gui, 1);
  gui_settle (gui);
  GUI_CHECK (gui, !gui_shows (gui, LOST_WITH_TOOL) && !can_undo (gui));

  /* the points before are lost with it */
  gui_click (gui, 100, 100);
  gui_click (gui, 200, 100);
  gui_move (gui, 200, 200);
  gui_press (gui, 1);
  gui_key (gui, "v");
  gui_release (gui, 1);
  GUI_WAIT (gui, gui_shows (gui, LOST_WITH_TOOL));
  GUI_CHECK (gui, !can_undo (gui));

  /* the view has moved below it: a drag */
  gui_key (gui, "<Control>0");
  gui_wait_picture (gui);
  gui_move (gui, START_X, START_Y);
  gui_press (gui, 1);
  limner_canvas_pan (get_canvas (gui), -40, 0);
  gui_key (gui, "r");
  gui_release (gui, 1);
  GUI_CHECK (gui, !is_at_start (gui));
  undo_drag (gui);
}

static void
test_click (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, press_only);
}

/* ---- a picture that comes late, or again ---- */

#define LOST_WITH_IMAGE "The unfinished shape was given up with its image"

static guint
get_scene_image (Gui *gui)
{
  return limner_scene_get_image (limner_window_get_scene (gui->window));
}

/* What nobody has read ahead: until it is there the image before is at hand. */
static void
show_last_image (Gui *gui)
{
  limner_window_show_image (gui->window, 2);
  GUI_CHECK (gui, get_scene_image (gui) == 0);
}

static void
drag_before_picture (Gui *gui)
{
  gui_key (gui, "v");
  show_last_image (gui);
  drag_at_once (gui, START_X, START_Y, 40, 20);
  GUI_WAIT (gui, get_scene_image (gui) == 2);
  gui_wait_picture (gui);
  GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_NONE);
  GUI_CHECK (gui, gui_n_shapes (gui) == 0);
  limner_window_show_image (gui->window, 0);
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_dragged (gui));
  undo_drag (gui);
}

static void
draw_before_picture (Gui *gui)
{
  limner_scene_set_active_category (limner_window_get_scene (gui->window), -1);
  gui_key (gui, "r");
  show_last_image (gui);
  drag_at_once (gui, 100, 100, 100, 60);
  release_at_once (gui);
  GUI_CHECK (gui, limner_scene_get_pending_shape (limner_window_get_scene (gui->window)) != NULL);
  GUI_WAIT (gui, get_scene_image (gui) == 2);
  GUI_WAIT (gui, gui_shows (gui, LOST_WITH_IMAGE));
  GUI_CHECK (gui, !gtk_widget_get_mapped (GTK_WIDGET (gui->window->class_popup)));
}

static void
click_before_picture (Gui *gui)
{
  gui_key (gui, "1");
  gui_key (gui, "p");
  show_last_image (gui);
  press_at_once (gui, 100, 100);
  release_at_once (gui);
  press_at_once (gui, 200, 100);
  release_at_once (gui);
  press_at_once (gui, 200, 200);
  GUI_WAIT (gui, get_scene_image (gui) == 2);
  GUI_WAIT (gui, gui_shows (gui, LOST_WITH_IMAGE));
  GUI_CHECK (gui, !can_undo (gui));
}

static void
test_late (void)
{
  g_autofree char *folder = make_folder ();

  gui_copy_picture ("highway-1.jpg", folder, "a3.jpg");
  gui_run (folder, drag_before_picture);
  gui_run (folder, draw_before_picture);
  gui_run (folder, click_before_picture);
}

static void
reload_image (Gui *gui)
{
  begin_drag (gui);
  gui_key (gui, "F5");
  GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_NONE);
  gui_wait_picture (gui);
  gui_release (gui, 1);
  GUI_CHECK (gui, is_dragged (gui));
  undo_drag (gui);
  /* one that begins while it is read */
  limner_window_reload_image (gui->window);
  drag_at_once (gui, START_X, START_Y, 40, 20);
  GUI_WAIT (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_NONE);
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_dragged (gui));
  undo_drag (gui);
}

static void
emit_images_reset (Gui *gui)
{
  g_signal_emit_by_name (limner_document_get_dataset (limner_window_get_document (gui->window)),
                         "images-reset");
}

static void
reset_images (Gui *gui)
{
  begin_drag (gui);
  emit_images_reset (gui);
  GUI_CHECK (gui, get_canvas (gui)->gesture == LIMNER_GESTURE_NONE);
  gui_wait_picture (gui);
  gui_release (gui, 1);
  GUI_CHECK (gui, is_dragged (gui));
  undo_drag (gui);
}

static void
test_again (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, reload_image);
  gui_run (folder, reset_images);
}

/* ---- new shapes ---- */

static void
draw_on (Gui *gui)
{
  /* a box is there when another tool is chosen */
  gui_key (gui, "1");
  gui_key (gui, "r");
  gui_move (gui, 100, 100);
  gui_press (gui, 1);
  gui_move (gui, 150, 130);
  gui_move (gui, 200, 160);
  gui_key (gui, "v");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_release (gui, 1);
  GUI_CHECK (gui, gui_n_shapes (gui) == 2 && fabs (gui_get_box (gui, 1).width - 100) <= 2);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);

  /* a polygon goes on when its own tool is chosen, and is not lost without a word */
  gui_key (gui, "p");
  gui_click (gui, 100, 100);
  gui_click (gui, 200, 100);
  gui_key (gui, "p");
  gui_click (gui, 200, 200);
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_click (gui, 300, 100);
  gui_click (gui, 400, 100);
  GUI_CHECK (gui, !gui_shows (gui, LOST_WITH_TOOL));
  gui_key (gui, "v");
  GUI_WAIT (gui, gui_shows (gui, LOST_WITH_TOOL));
  GUI_CHECK (gui, gui_n_shapes (gui) == 2);
}

/* A box without a class asks for its name, and keeps the keyboard. */
static void
draw_unnamed (Gui *gui)
{
  GtkWidget *popup = GTK_WIDGET (gui->window->class_popup);

  gui_key (gui, "d");
  gui_wait_picture (gui);
  limner_scene_set_active_category (limner_window_get_scene (gui->window), -1);
  gui_key (gui, "r");
  gui_move (gui, 100, 100);
  gui_press (gui, 1);
  gui_move (gui, 150, 130);
  gui_move (gui, 200, 160);
  gui_key (gui, "v");
  GUI_WAIT (gui, gtk_widget_get_mapped (popup));
  gui_release (gui, 1);
  gui_type (gui, "sky");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 0), "sky"));

  /* where its image goes, it goes too, and that is told */
  limner_scene_set_active_category (limner_window_get_scene (gui->window), -1);
  gui_key (gui, "r");
  gui_move (gui, 300, 100);
  gui_press (gui, 1);
  gui_move (gui, 350, 130);
  gui_move (gui, 400, 160);
  gui_key (gui, "a");
  gui_wait_picture (gui);
  gui_release (gui, 1);
  GUI_WAIT (gui, gui_shows (gui, "The unfinished shape was given up with its image"));
  GUI_CHECK (gui, !gtk_widget_get_mapped (popup));
  GUI_CHECK (gui, gui_n_shapes (gui) == 2);
  GUI_CHECK (gui, limner_scene_get_pending_shape (limner_window_get_scene (gui->window)) == NULL);
}

static void
test_new (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, draw_on);
  gui_run (folder, draw_unnamed);
}

/* ---- another dataset ---- */

static void
open_other (Gui *gui, const char *name)
{
  g_autofree char *folder = limner_test_path (name);
  LimnerDocument *before = limner_window_get_document (gui->window);

  limner_window_open (gui->window, folder);
  GUI_WAIT (gui, limner_window_get_document (gui->window) != NULL &&
                     limner_window_get_document (gui->window) != before);
  gui_wait_picture (gui);
}

static void
change_dataset (Gui *gui)
{
  GtkWidget *popup = GTK_WIDGET (gui->window->class_popup);

  /* what was left without a name is not for another dataset */
  limner_scene_set_active_category (limner_window_get_scene (gui->window), -1);
  gui_key (gui, "r");
  gui_drag (gui, 100, 100, 200, 160);
  GUI_WAIT (gui, gtk_widget_get_mapped (popup));
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gui_shows (gui, "The shape without a name was removed"));
  open_other (gui, "others");
  gtk_widget_activate_action (gui->canvas, "win.name-again", NULL);
  gui_settle (gui);
  GUI_CHECK (gui, limner_scene_get_pending_shape (limner_window_get_scene (gui->window)) == NULL);
  GUI_CHECK (gui, gui_n_shapes (gui) == 1 && !gtk_widget_get_mapped (popup));

  /* nor is what is drawn while one goes */
  limner_scene_set_active_category (limner_window_get_scene (gui->window), -1);
  gui_key (gui, "r");
  gui_move (gui, 100, 100);
  gui_press (gui, 1);
  gui_move (gui, 150, 130);
  gui_move (gui, 200, 160);
  open_other (gui, "pictures");
  gui_release (gui, 1);
  GUI_WAIT (gui, gui_shows (gui, "The unfinished shape was given up with its dataset"));
  GUI_CHECK (gui, limner_scene_get_pending_shape (limner_window_get_scene (gui->window)) == NULL);
  GUI_CHECK (gui, gui_n_shapes (gui) == 1 && !gtk_widget_get_mapped (popup));
}

static void
test_dataset (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *other = make_named_folder ("others");

  gui_run (folder, change_dataset);
}

/* ---- the end ---- */

static void
close_window (Gui *gui)
{
  begin_drag (gui);
  gtk_window_close (GTK_WINDOW (gui->window));
}

static void
see_result (Gui *gui)
{
  const LimnerBox box = gui_get_box (gui, 0);

  GUI_CHECK (gui, fabs (box.x - 640) <= 2 && fabs (box.y - 320) <= 2);
  gui_release (gui, 1);
}

static void
test_close (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, close_window);
  gui_run_again (folder, see_result);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "view", test_view },   { "turn", test_turn },
    { "tool", test_tool },   { "click", test_click },
    { "late", test_late },   { "again", test_again },
    { "new", test_new },     { "dataset", test_dataset },
    { "close", test_close }, { NULL },
  };

  return limner_test_main (argc, argv, "gui-drag", cases);
}
