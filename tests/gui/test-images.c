/* SPDX-License-Identifier: MIT */

/* Going from image to image, the list and its filter, the view, and the classes. */

#include "gui-fixture.h"

#include <limner/document.h>
#include <math.h>

static LimnerDataset *
get_dataset (Gui *gui)
{
  return limner_document_get_dataset (limner_window_get_document (gui->window));
}

static GtkEditable *
get_search (Gui *gui)
{
  return GTK_EDITABLE (
      gui_find_type (GTK_WIDGET (gui->window->image_panel), GTK_TYPE_SEARCH_ENTRY, 0));
}

static guint
count_listed (Gui *gui)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (limner_image_panel_get_list (gui->window->image_panel)));
}

static gboolean
is_shown (Gui *gui, const char *name)
{
  return g_str_equal (gui_get_image_name (gui), name);
}

/* ---- keys of the images ---- */

static void
go (Gui *gui)
{
  GUI_CHECK (gui, is_shown (gui, "blood-1.jpg"));
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "blood-2.jpg"));
  gui_key (gui, "Page_Down");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "head-mr-16bit.png"));
  gui_key (gui, "a");
  gui_key (gui, "Page_Up");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "blood-1.jpg"));
  gui_key (gui, "a"); /* there is none before the first */
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "blood-1.jpg"));
  gui_key (gui, "End");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "highway-10.jpg"));
  gui_key (gui, "Home");
  gui_wait_picture (gui);
  gui_key (gui, "<Shift>d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "blood-2.jpg"));
  gui_key (gui, "<Control>g");
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->go_to)));
  gui_type (gui, "4");
  gui_key (gui, "Return");
  gui_wait_picture (gui);
  GUI_WAIT (gui, is_shown (gui, "highway-1.jpg"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 7);
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
}

/* Held down, a key walks through all of them, and the last one is what is shown. */
static void
walk (Gui *gui)
{
  gui_key (gui, "Home");
  for (guint i = 0; i < 3; i++)
    gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "highway-1.jpg"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 7);
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 0), "car"));
}

static LimnerState
get_state (Gui *gui)
{
  return limner_dataset_get_image_state (get_dataset (gui), gui->window->image);
}

static void
mark (Gui *gui)
{
  gui_key (gui, "space");
  GUI_WAIT (gui, get_state (gui) == LIMNER_STATE_DONE);
  GUI_WAIT (gui, gui_find_text (GTK_WIDGET (gui->window), "16 % done") != NULL);
  gui_key (gui, "space");
  GUI_WAIT (gui, get_state (gui) != LIMNER_STATE_DONE);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, get_state (gui) == LIMNER_STATE_DONE);
}

static void
go_and_mark (Gui *gui)
{
  go (gui);
  walk (gui);
  mark (gui);
}

static void
test_go (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *content = NULL;

  gui_run (folder, go_and_mark);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "\"done\""));
}

/* Looking at a dataset leaves no trace. */
static void
look (Gui *gui)
{
  for (guint i = 0; i < 5; i++)
    {
      gui_key (gui, "d");
      gui_wait_picture (gui);
    }
  gui_click (gui, 100, 100);
}

static void
test_look (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *source = limner_test_data ("sample/_annotations.coco.json");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GDir) dir = NULL;
  guint n = 0;

  gui_run (folder, look);
  g_assert_true (g_file_get_contents (source, &before, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
  dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_assert_cmpuint (n, ==, 7);
}

/* ---- the list ---- */

/* What is typed into an entry is text: 'r', 'd', digits, '/' and the space are keys elsewhere. */
static void
type_into_search (Gui *gui)
{
  gui_key (gui, "<Control>f");
  GUI_WAIT (gui, count_listed (gui) == 6 && get_search (gui) != NULL);
  gui_type (gui, "car r/d1 ");
  GUI_WAIT (gui, g_str_equal (gtk_editable_get_text (get_search (gui)), "car r/d1 "));
  GUI_WAIT (gui, count_listed (gui) == 0);
  GUI_CHECK (gui, is_shown (gui, "blood-1.jpg"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
  GUI_CHECK (gui, get_state (gui) == LIMNER_STATE_NONE);
  GUI_CHECK (gui, !gtk_widget_get_mapped (GTK_WIDGET (gui->window->class_popup)));
  gui_key (gui, "BackSpace");
  gui_key (gui, "<Control>a");
  gui_key (gui, "Delete");
  GUI_WAIT (gui, count_listed (gui) == 6);
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

static void
filter (Gui *gui)
{
  type_into_search (gui);
  gui_type (gui, "high");
  GUI_WAIT (gui, count_listed (gui) == 3);
  gui_key (gui, "Return");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "highway-1.jpg"));
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
  /* going on stays inside the filter */
  gui_key (gui, "d");
  gui_key (gui, "d");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "highway-10.jpg"));
  gui_key (gui, "<Control>f");
  gui_key (gui, "Escape");
  GUI_WAIT (gui, count_listed (gui) == 6);
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
}

static void
filter_by_state (Gui *gui)
{
  GtkWidget *button =
      gui_find_type (GTK_WIDGET (gui->window->image_panel), GTK_TYPE_MENU_BUTTON, 0);

  gui_click_widget (gui, button, 1);
  GUI_WAIT (gui, gui_find_text (button, "Without annotations") != NULL);
  gui_click_widget (gui, gui_find_text (button, "Without annotations"), 1);
  GUI_WAIT (gui, count_listed (gui) == 2);
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gui_find_text (button, "Without annotations") == NULL);
  /* a row that is clicked is shown */
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->image_panel), "blood-2.jpg"), 1);
  gui_wait_picture (gui);
  GUI_WAIT (gui, is_shown (gui, "blood-2.jpg"));
}

static void
filter_all (Gui *gui)
{
  filter (gui);
  filter_by_state (gui);
}

static void
test_filter (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, filter_all);
}

/* ---- a long list ---- */

#define N_LONG 300

static gboolean
is_in_view (Gui *gui, const char *name)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->image_panel);
  GtkWidget *row = gui_find_text (panel, name);
  GtkWidget *view = gui_find_type (panel, GTK_TYPE_SCROLLED_WINDOW, 0);
  graphene_rect_t bounds;

  return row != NULL && gtk_widget_compute_bounds (row, view, &bounds) && bounds.origin.y >= 0 &&
         bounds.origin.y + bounds.size.height <= gtk_widget_get_height (view);
}

static void
scroll_long_list (Gui *gui)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->image_panel);
  GtkWidget *view = gui_find_type (panel, GTK_TYPE_SCROLLED_WINDOW, 0);
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (view));

  GUI_WAIT (gui, count_listed (gui) == N_LONG);
  GUI_WAIT (gui, is_in_view (gui, "001.jpg"));
  gui_key (gui, "End");
  GUI_WAIT (gui, is_shown (gui, "300.jpg"));
  gui_settle (gui);
  GUI_CHECK (gui, is_in_view (gui, "300.jpg") && is_in_view (gui, "297.jpg"));
  gui_key (gui, "Home");
  gui_settle (gui);
  /* pages at a time, with rows that are bound already */
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = NULL;

      gtk_adjustment_set_value (place, (1 + i) * 400);
      gui_settle (gui);
      /* rows of 50 pixels */
      name = g_strdup_printf ("%03u.jpg", (1 + i) * 8 + 3);
      GUI_CHECK (gui, is_in_view (gui, name));
    }
  /* what is left moves up */
  gui_key (gui, "<Control>f");
  gui_type (gui, "9");
  GUI_WAIT (gui, count_listed (gui) == 57);
  gui_settle (gui);
  gtk_adjustment_set_value (place, 0);
  GUI_WAIT (gui, is_in_view (gui, "009.jpg") && is_in_view (gui, "089.jpg"));
}

static void
test_long_list (void)
{
  g_autoptr (GString) text =
      g_string_new ("{\"annotations\": [], \"categories\": [], \"images\": [");
  g_autofree char *path = limner_test_path ("long.json");

  for (guint i = 1; i <= N_LONG; i++)
    g_string_append_printf (text,
                            "%s{\"id\": %u, \"file_name\": \"%03u.jpg\", \"width\": 64, "
                            "\"height\": 48}",
                            i > 1 ? ", " : "", i, i);
  g_string_append (text, "]}");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  gui_run (path, scroll_long_list);
}

/* ---- the grid ---- */

static gboolean
is_grid (Gui *gui)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->image_panel);
  GtkWidget *grid = gui_find_type (panel, GTK_TYPE_GRID_VIEW, 0);

  return grid != NULL && gui_find_type (panel, GTK_TYPE_LIST_VIEW, 0) == NULL;
}

/* Two cells stand side by side; a click on one shows its image. */
static void
use_grid (Gui *gui)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->image_panel);
  graphene_rect_t first, second;

  GUI_CHECK (gui, !is_grid (gui));
  gui_key (gui, "<Control>F9");
  GUI_WAIT (gui, is_grid (gui));
  GUI_WAIT (gui, gui_find_text (panel, "blood-2.jpg") != NULL);
  gui_settle (gui);
  GUI_CHECK (gui, gtk_widget_compute_bounds (gui_find_text (panel, "blood-1.jpg"), panel, &first));
  GUI_CHECK (gui, gtk_widget_compute_bounds (gui_find_text (panel, "blood-2.jpg"), panel, &second));
  GUI_CHECK (gui, first.origin.y == second.origin.y && first.origin.x < second.origin.x);
  gui_click_widget (gui, gui_find_text (panel, "blood-2.jpg"), 1);
  gui_wait_picture (gui);
  GUI_WAIT (gui, is_shown (gui, "blood-2.jpg"));
  gui_key (gui, "<Control>F9");
  GUI_WAIT (gui, !is_grid (gui) && gui_find_text (panel, "blood-2.jpg") != NULL);
  gui_key (gui, "<Control>F9");
  GUI_WAIT (gui, is_grid (gui));
}

static void
test_grid (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, use_grid);
}

/* ---- the view ---- */

static double
get_zoom (Gui *gui)
{
  return limner_canvas_get_zoom (gui->window->canvas);
}

/* What is under the pointer stays there. */
static void
zoom (Gui *gui)
{
  const double fit = get_zoom (gui);
  const LimnerPoint at = { 200, 150 };
  LimnerPoint before, after;

  gui_move (gui, at.x, at.y);
  before = limner_canvas_to_view (gui->window->canvas, at);
  gui_hold (gui, GDK_KEY_Control_L);
  gui_wheel (gui, 3);
  gui_let_go (gui, GDK_KEY_Control_L);
  GUI_WAIT (gui, fabs (get_zoom (gui) - 2.0 * fit) < 0.01);
  gui_wait_picture (gui);
  after = limner_canvas_to_view (gui->window->canvas, at);
  GUI_CHECK (gui, hypot (after.x - before.x, after.y - before.y) < 3.0);
  gui_key (gui, "<Control>minus");
  GUI_WAIT (gui, get_zoom (gui) < 2.0 * fit - 0.01);
  gui_key (gui, "<Control>0");
  GUI_WAIT (gui, get_zoom (gui) == 1.0);
  gui_key (gui, "<Control>plus");
  GUI_WAIT (gui, get_zoom (gui) > 1.0);
  gui_key (gui, "f");
  GUI_WAIT (gui, fabs (get_zoom (gui) - fit) < 0.001);
  gui_click (gui, 375, 260);
  gui_key (gui, "<Shift>f");
  GUI_WAIT (gui, get_zoom (gui) > 1.5 * fit);
}

/* Space and the middle button drag the picture, the wheel scrolls it, and a held Space marks
 * nothing. */
static void
pan (Gui *gui)
{
  LimnerPoint before, after;

  gui_key (gui, "f");
  gui_wait_picture (gui);
  gui_move (gui, 320, 240);
  gui_hold (gui, GDK_KEY_Control_L);
  gui_wheel (gui, 5);
  gui_let_go (gui, GDK_KEY_Control_L);
  gui_wait_picture (gui);
  before = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ 320, 240 });
  gui_hold (gui, GDK_KEY_space);
  gui_drag (gui, 320, 240, 340, 250);
  gui_let_go (gui, GDK_KEY_space);
  after = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ 320, 240 });
  GUI_CHECK (gui, after.x > before.x + 20 && after.y > before.y + 10);
  GUI_CHECK (gui, get_state (gui) != LIMNER_STATE_DONE);
  gui_wheel (gui, -1);
  before = after;
  after = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ 320, 240 });
  GUI_CHECK (gui, after.y < before.y - 20);
  before = after;
  gui_move (gui, 320, 240);
  gui_press (gui, 2);
  gui_move (gui, 300, 240);
  gui_release (gui, 2);
  after = limner_canvas_to_view (gui->window->canvas, (LimnerPoint){ 320, 240 });
  GUI_CHECK (gui, after.x < before.x - 20);
}

/* A right-drag sets window and level, a right click opens the menu. */
static void
window_level (Gui *gui)
{
  LimnerWindowLevel before, after;

  gui_key (gui, "Home");
  gui_key (gui, "d");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, is_shown (gui, "head-mr-16bit.png"));
  before = limner_canvas_get_window_level (gui->window->canvas);
  gui_move (gui, 400, 400);
  gui_press (gui, 3);
  gui_move (gui, 450, 420);
  gui_move (gui, 520, 440);
  gui_release (gui, 3);
  after = limner_canvas_get_window_level (gui->window->canvas);
  GUI_CHECK (gui, after.high - after.low > before.high - before.low);
  GUI_CHECK (gui, !gtk_widget_get_mapped (gui->window->context_menu));
  gui_key (gui, "<Alt>w");
  after = limner_canvas_get_window_level (gui->window->canvas);
  GUI_CHECK (gui, fabs (after.high - before.high) < 0.5 && fabs (after.low - before.low) < 0.5);
  gui_move (gui, 440, 540);
  gui_press (gui, 3);
  gui_release (gui, 3);
  GUI_WAIT (gui, gtk_widget_get_mapped (gui->window->context_menu));
  GUI_CHECK (gui, gui_n_selected (gui) == 1);
  gui_click_widget (gui, gui_find_text (gui->window->context_menu, "Delete"), 1);
  GUI_WAIT (gui, gui_n_shapes (gui) == 0);
  GUI_WAIT (gui, !gtk_widget_get_mapped (gui->window->context_menu));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window), "Undo"), 1);
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
  /* where the menu was a click is a click again */
  gui_click (gui, 440, 540);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
}

static void
view (Gui *gui)
{
  zoom (gui);
  pan (gui);
  window_level (gui);
}

static void
test_view (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, view);
}

/* ---- classes ---- */

static LimnerCategory *
find_class (Gui *gui, const char *name)
{
  return limner_dataset_find_category_by_name (get_dataset (gui), name);
}

static GtkWidget *
find_class_label (Gui *gui, const char *name)
{
  return gui_find_text (GTK_WIDGET (gui->window->class_panel), name);
}

/* Double click on its row, and another name. */
static void
type_class_name (Gui *gui, const char *class_name, const char *name)
{
  GtkWidget *label = find_class_label (gui, class_name);

  gui_wait_still (gui, label);
  gui_move_in (gui, label, 10, 5);
  for (guint i = 0; i < 2; i++)
    {
      gui_press (gui, 1);
      gui_release (gui, 1);
    }
  GUI_WAIT (gui, GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (gui->window))));
  gui_type (gui, name);
  gui_key (gui, "Return");
}

/* A name that is taken is refused in words. In another row than the next one: clicks in one place
 * would be counted on. */
static void
rename_class_in_vain (Gui *gui)
{
  type_class_name (gui, "white blood cell", "car");
  GUI_WAIT (gui, gui_shows (gui, "There is a class “car” already"));
  gui_settle (gui);
  GUI_CHECK (gui, find_class (gui, "white blood cell") != NULL);
  GUI_CHECK (gui, find_class_label (gui, "white blood cell") != NULL);
}

static void
rename_class (Gui *gui)
{
  type_class_name (gui, "red blood cell", "red d1");
  GUI_WAIT (gui, find_class (gui, "red d1") != NULL);
  GUI_CHECK (gui, find_class (gui, "red blood cell") == NULL);
  GUI_CHECK (gui, is_shown (gui, "blood-1.jpg"));
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, find_class (gui, "red blood cell") != NULL);
  GUI_WAIT (gui, find_class_label (gui, "red blood cell") != NULL);
}

static void
recolor_class (Gui *gui)
{
  const guint32 before = limner_category_get_color (find_class (gui, "white blood cell"));
  GtkWidget *panel = GTK_WIDGET (gui->window->class_panel);

  gui_click_widget (gui, find_class_label (gui, "white blood cell"), 3);
  GUI_WAIT (gui, gui_find_part (panel, "olour") != NULL);
  gui_click_widget (gui, gui_find_part (panel, "olour"), 1);
  GUI_WAIT (gui, gui_find_text (panel, "Other colour…") != NULL);
  /* the chips stand above the last button */
  {
    GtkWidget *grid =
        gtk_widget_get_ancestor (gui_find_text (panel, "Other colour…"), GTK_TYPE_GRID);

    gui_click_widget (gui, gtk_grid_get_child_at (GTK_GRID (grid), 2, 0), 1);
  }
  GUI_WAIT (gui, limner_category_get_color (find_class (gui, "white blood cell")) != before);
  gui_key (gui, "Escape");
}

static void
delete_class (Gui *gui)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->class_panel);
  GtkWindow *dialog;

  gui_click_widget (gui, find_class_label (gui, "red blood cell"), 3);
  GUI_WAIT (gui, gui_find_part (panel, "Delete") != NULL);
  gui_click_widget (gui, gui_find_part (panel, "Delete"), 1);
  GUI_WAIT (gui, (dialog = gui_find_dialog (gui)) != NULL);
  gui_focus_window (gui, dialog);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "19 annotations") != NULL);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "Delete annotations"), 1);
  GUI_WAIT (gui, find_class (gui, "red blood cell") == NULL);
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  gui_focus_window (gui, GTK_WINDOW (gui->window));
  gui_click (gui, 20, 20);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, find_class (gui, "red blood cell") != NULL);
  GUI_WAIT (gui, gui_n_shapes (gui) == 20);
}

static void
add_class (Gui *gui)
{
  GtkWidget *panel = GTK_WIDGET (gui->window->class_panel);

  gui_click_widget (gui, gui_find_type (panel, GTK_TYPE_MENU_BUTTON, 0), 1);
  GUI_WAIT (gui, GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (gui->window))));
  gui_type (gui, "tree");
  gui_key (gui, "Return");
  GUI_WAIT (gui, find_class (gui, "tree") != NULL);
  gui_key (gui, "Escape");
  GUI_WAIT (gui, limner_scene_get_active_category (gui->scene) ==
                     limner_category_get_id (find_class (gui, "tree")));
  /* a click on a class makes it active */
  gui_click_widget (gui, find_class_label (gui, "car"), 1);
  GUI_WAIT (gui, limner_scene_get_active_category (gui->scene) ==
                     limner_category_get_id (find_class (gui, "car")));
}

static void
change_classes (Gui *gui)
{
  rename_class_in_vain (gui);
  rename_class (gui);
  recolor_class (gui);
  delete_class (gui);
  add_class (gui);
}

static void
test_classes (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *content = NULL;

  gui_run (folder, change_classes);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "\"tree\""));
  g_assert_nonnull (strstr (content, "\"color\""));
  g_assert_nonnull (strstr (content, "\"red blood cell\""));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "go", test_go },           { "look", test_look },
    { "filter", test_filter },   { "long-list", test_long_list },
    { "grid", test_grid },       { "view", test_view },
    { "classes", test_classes }, { NULL },
  };

  return limner_test_main (argc, argv, "gui-images", cases);
}
