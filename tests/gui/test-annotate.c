/* SPDX-License-Identifier: MIT */

/* Drawing, tagging and editing by hand, up to the COCO file as an independent reader sees it. */

#include "gui-fixture.h"

#include <math.h>

#define NEAR(a, b) (fabs ((a) - (b)) <= 3.0)

static gboolean
is_box (LimnerBox box, double x, double y, double width, double height)
{
  return NEAR (box.x, x) && NEAR (box.y, y) && NEAR (box.width, width) && NEAR (box.height, height);
}

static guint
count_points (Gui *gui, int position)
{
  LimnerSceneItem *item = gui_get_item (gui, position);
  guint n = 0;

  if (item != NULL && limner_shape_get_n_rings (limner_scene_item_get_shape (item)) > 0)
    limner_shape_get_ring (limner_scene_item_get_shape (item), 0, &n);
  return n;
}

static gboolean
has_pending (Gui *gui)
{
  return limner_scene_get_pending_shape (gui->scene) != NULL;
}

static gboolean
is_popup_open (Gui *gui)
{
  return gtk_widget_get_mapped (GTK_WIDGET (gui->window->class_popup));
}

/* A folder of three pictures without a COCO file. */
static char *
make_folder (void)
{
  char *folder = limner_test_path ("photos");

  g_mkdir (folder, 0700);
  gui_copy_picture ("highway-1.jpg", folder, "a1.jpg");
  gui_copy_picture ("highway-2.jpg", folder, "a2.jpg");
  gui_copy_picture ("highway-10.jpg", folder, "a10.jpg");
  return folder;
}

/* ---- the file, as another program reads it ---- */

typedef struct
{
  const char *image;
  const char *category;
  const char *kind;
  double bbox[4];
  double area;
} Expected;

/* (transfer full) (nullable): lines of the independent reader; NULL: the case is skipped. */
static GStrv
read_file (const char *folder)
{
  const char *python = g_getenv ("LIMNER_PYTHON");
  const char *source = g_getenv ("LIMNER_SOURCE_DIR");
  g_autofree char *script =
      g_build_filename (source != NULL ? source : ".", "tests", "gui", "read_coco.py", NULL);
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  const char *arguments[] = { python != NULL ? python : "python3", script, path, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                     NULL, &status, &error) ||
      (WIFEXITED (status) && WEXITSTATUS (status) == 77))
    {
      limner_test_skip ("pycocotools is not installed: the COCO file was not read by another "
                        "program");
      return NULL;
    }
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_strchomp (output);
  return g_strsplit (output, "\n", -1);
}

static void
check_line (const char *line, const Expected *expected)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  double area;
  double pixels;

  g_assert_cmpuint (g_strv_length (fields), ==, 9);
  if (g_strv_length (fields) != 9)
    return;
  g_assert_cmpstr (fields[0], ==, expected->image);
  g_assert_cmpstr (fields[1], ==, expected->category);
  g_assert_cmpstr (fields[2], ==, expected->kind);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (g_ascii_strtod (fields[3 + i], NULL), expected->bbox[i], 3.0);
  area = g_ascii_strtod (fields[7], NULL);
  pixels = g_ascii_strtod (fields[8], NULL);
  g_assert_cmpfloat_with_epsilon (area, expected->area, expected->area * 0.04);
  /* what the other program fills is what we say is filled */
  if (g_str_equal (expected->kind, "polygon"))
    g_assert_cmpfloat_with_epsilon (pixels, area, area * 0.03);
}

static void
check_file (const char *folder, const Expected *expected, guint n)
{
  g_auto (GStrv) lines = read_file (folder);

  if (lines == NULL)
    return;
  g_assert_cmpuint (g_strv_length (lines), ==, n);
  for (guint i = 0; i < MIN (n, g_strv_length (lines)); i++)
    check_line (lines[i], &expected[i]);
}

/* ---- drawing ---- */

/* The first shape asks for its name beside it; the name is typed. */
static void
draw_first_box (Gui *gui)
{
  gui_key (gui, "r");
  gui_drag (gui, 810, 400, 950, 500);
  GUI_WAIT (gui, has_pending (gui) && is_popup_open (gui));
  GUI_CHECK (gui, gui_n_shapes (gui) == 0);
  gui_type (gui, "car");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1 && !is_popup_open (gui));
  GUI_CHECK (gui, is_box (gui_get_box (gui, 0), 810, 400, 140, 100));
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 0), "car"));
  /* the tool stays, and the new shape keeps its handles */
  GUI_CHECK (gui, gui_n_selected (gui) == 1);
}

/* By two clicks; the class is active now and nothing is asked. */
static void
draw_second_box (Gui *gui)
{
  gui_click (gui, 1050, 400);
  gui_move (gui, 1150, 450);
  gui_click (gui, 1260, 510);
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 1), 1050, 400, 210, 110));
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 1), "car"));
  GUI_CHECK (gui, !is_popup_open (gui));
}

/* A second class by the pop-up, then polygons in all ways to close one. */
static void
draw_polygons (Gui *gui)
{
  gui_key (gui, "Escape");
  gui_key (gui, "p");
  gui_key (gui, "slash");
  GUI_WAIT (gui, is_popup_open (gui));
  gui_type (gui, "lane mark");
  gui_key (gui, "<Control>Return");
  GUI_WAIT (gui, !is_popup_open (gui));

  gui_click (gui, 100, 500);
  gui_click (gui, 200, 500);
  gui_click (gui, 300, 650); /* is taken back */
  gui_key (gui, "BackSpace");
  gui_click (gui, 200, 600);
  gui_click (gui, 100, 600);
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 3);
  GUI_CHECK (gui, count_points (gui, 2) == 4);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 2), 100, 500, 100, 100));
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 2), "lane mark"));

  gui_click (gui, 300, 500);
  gui_click (gui, 400, 500);
  gui_click (gui, 350, 600);
  gui_click (gui, 300, 500); /* the first point */
  GUI_WAIT (gui, gui_n_shapes (gui) == 4);
  GUI_CHECK (gui, count_points (gui, 3) == 3);

  gui_click (gui, 500, 500);
  gui_click (gui, 600, 500);
  gui_double_click (gui, 550, 600);
  GUI_WAIT (gui, gui_n_shapes (gui) == 5);
  GUI_CHECK (gui, count_points (gui, 4) == 3);

  gui_click (gui, 700, 500);
  gui_click (gui, 760, 500);
  gui_click (gui, 760, 560);
  gui_key (gui, "space");
  GUI_WAIT (gui, gui_n_shapes (gui) == 6);

  gui_click (gui, 700, 620);
  gui_click (gui, 760, 620);
  gui_key (gui, "Escape");
  gui_click (gui, 60, 60);
  gui_key (gui, "Escape");
  GUI_CHECK (gui, gui_n_shapes (gui) == 6);
}

static void
draw (Gui *gui)
{
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "a1.jpg"));
  draw_first_box (gui);
  draw_second_box (gui);
  draw_polygons (gui);
  /* a digit is the class of what is drawn next */
  gui_key (gui, "1");
  gui_key (gui, "r");
  gui_drag (gui, 300, 430, 360, 470);
  GUI_WAIT (gui, gui_n_shapes (gui) == 7);
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 6), "car"));
  /* natural order: a10 is after a2 */
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "a2.jpg"));
  gui_drag (gui, 100, 100, 200, 150);
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
}

static void
test_draw (void)
{
  static const Expected expected[] = {
    { "a1.jpg", "car", "box", { 810, 400, 140, 100 }, 14000 },
    { "a1.jpg", "car", "box", { 1050, 400, 210, 110 }, 23100 },
    { "a1.jpg", "lane mark", "polygon", { 100, 500, 100, 100 }, 10000 },
    { "a1.jpg", "lane mark", "polygon", { 300, 500, 100, 100 }, 5000 },
    { "a1.jpg", "lane mark", "polygon", { 500, 500, 100, 100 }, 5000 },
    { "a1.jpg", "lane mark", "polygon", { 700, 500, 60, 60 }, 1800 },
    { "a1.jpg", "car", "box", { 300, 430, 60, 40 }, 2400 },
    { "a2.jpg", "car", "box", { 100, 100, 100, 50 }, 5000 },
  };
  g_autofree char *folder = make_folder ();

  gui_run (folder, draw);
  check_file (folder, expected, G_N_ELEMENTS (expected));
}

/* Esc in the pop-up removes the shape, and a toast offers to name it after all. */
static void
refuse_name (Gui *gui)
{
  GtkWidget *button;

  gui_key (gui, "r");
  gui_drag (gui, 100, 100, 300, 200);
  GUI_WAIT (gui, has_pending (gui) && is_popup_open (gui));
  gui_key (gui, "Escape");
  GUI_WAIT (gui, !has_pending (gui) && !is_popup_open (gui));
  GUI_CHECK (gui, gui_n_shapes (gui) == 0);
  GUI_WAIT (gui, (button = gui_find_text (GTK_WIDGET (gui->window), "Name it")) != NULL);
  gui_settle (gui);
  gui_click_widget (gui, button, 1);
  GUI_WAIT (gui, has_pending (gui) && is_popup_open (gui));
  gui_type (gui, "sky");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  /* what is too small is said, and nothing is drawn */
  gui_key (gui, "f");
  gui_drag (gui, 500, 300, 508, 300);
  gui_settle (gui);
  GUI_CHECK (gui, gui_n_shapes (gui) == 1);
  GUI_WAIT (gui, gui_find_part (GTK_WIDGET (gui->window), "too small") != NULL);
  /* beyond the edge it is cut at the edge */
  gui_drag (gui, 1200, 600, 1400, 760);
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 1), 1200, 600, 80, 120));
}

static void
test_refuse_name (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, refuse_name);
}

/* ---- editing ---- */

static void
edit_box (Gui *gui)
{
  gui_key (gui, "r");
  gui_drag (gui, 200, 200, 400, 300);
  GUI_WAIT (gui, is_popup_open (gui));
  gui_type (gui, "car");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1 && !is_popup_open (gui));
  /* the new shape has its handles in the drawing tool, too */
  gui_drag (gui, 400, 300, 440, 330);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 200, 200, 240, 130));
  GUI_CHECK (gui, gui_n_shapes (gui) == 1);
  gui_key (gui, "v");
  gui_drag (gui, 200, 265, 180, 265);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 180, 200, 260, 130));
  gui_drag (gui, 310, 265, 330, 275);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 200, 210, 260, 130));
  /* not out of the picture */
  gui_drag (gui, 330, 275, 20, 20);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 0, 0, 260, 130));
  gui_key (gui, "Right");
  gui_key (gui, "<Shift>Down");
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 1, 10, 260, 130));
  for (guint i = 0; i < 6; i++)
    gui_key (gui, "<Control>z");
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 200, 200, 200, 100));
  for (guint i = 0; i < 5; i++)
    gui_key (gui, i % 2 == 0 ? "<Control><Shift>z" : "<Control>y");
  GUI_WAIT (gui, is_box (gui_get_box (gui, 0), 1, 0, 260, 130));
}

static void
edit_polygon (Gui *gui)
{
  gui_key (gui, "p");
  gui_click (gui, 500, 200);
  gui_click (gui, 700, 200);
  gui_click (gui, 700, 400);
  gui_click (gui, 500, 400);
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_key (gui, "v");
  gui_drag (gui, 700, 200, 760, 180);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 1), 500, 180, 260, 220));
  GUI_CHECK (gui, count_points (gui, 1) == 4);
  gui_hold (gui, GDK_KEY_Alt_L);
  gui_click (gui, 500, 340); /* on an edge, beside its middle */
  gui_let_go (gui, GDK_KEY_Alt_L);
  GUI_WAIT (gui, count_points (gui, 1) == 5);
  gui_drag (gui, 500, 340, 460, 340);
  GUI_WAIT (gui, is_box (gui_get_box (gui, 1), 460, 180, 300, 220));
  gui_hold (gui, GDK_KEY_Alt_L);
  gui_click (gui, 460, 340);
  gui_let_go (gui, GDK_KEY_Alt_L);
  GUI_WAIT (gui, count_points (gui, 1) == 4);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 1), 500, 180, 260, 220));
  /* the middle of an edge, dragged */
  gui_drag (gui, 500, 300, 440, 300);
  GUI_WAIT (gui, count_points (gui, 1) == 5);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 1), 440, 180, 320, 220));
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, count_points (gui, 1) == 4);
}

static void
edit_whole (Gui *gui)
{
  gui_click (gui, 600, 300);
  GUI_CHECK (gui, gui_n_selected (gui) == 1);
  gui_key (gui, "<Control>d");
  GUI_WAIT (gui, gui_n_shapes (gui) == 3);
  GUI_CHECK (gui, gui_n_selected (gui) == 1);
  gui_key (gui, "Delete");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, gui_n_shapes (gui) == 3);
  gui_key (gui, "<Control><Shift>z");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_key (gui, "<Control>a");
  GUI_WAIT (gui, gui_n_selected (gui) == 2);
  gui_key (gui, "<Control>c");
  gui_key (gui, "d");
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_n_shapes (gui) == 0);
  gui_key (gui, "<Control>v");
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 1), 500, 180, 260, 220));
}

static void
edit (Gui *gui)
{
  edit_box (gui);
  edit_polygon (gui);
  edit_whole (gui);
}

static void
test_edit (void)
{
  static const Expected expected[] = {
    { "a1.jpg", "car", "box", { 1, 0, 260, 130 }, 33800 },
    { "a1.jpg", "car", "polygon", { 500, 180, 260, 220 }, 48000 },
    { "a2.jpg", "car", "box", { 1, 0, 260, 130 }, 33800 },
    { "a2.jpg", "car", "polygon", { 500, 180, 260, 220 }, 48000 },
  };
  g_autofree char *folder = make_folder ();

  gui_run (folder, edit);
  check_file (folder, expected, G_N_ELEMENTS (expected));
}

/* ---- selecting ---- */

static gboolean
is_selected (Gui *gui, int position)
{
  return limner_scene_item_get_selected (gui_get_item (gui, position));
}

static void
draw_three (Gui *gui)
{
  gui_key (gui, "r");
  gui_drag (gui, 100, 100, 700, 600);
  GUI_WAIT (gui, is_popup_open (gui));
  gui_type (gui, "big");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  gui_key (gui, "Escape");
  gui_drag (gui, 200, 200, 500, 450);
  GUI_WAIT (gui, gui_n_shapes (gui) == 2);
  gui_key (gui, "Escape");
  gui_drag (gui, 800, 100, 900, 200);
  GUI_WAIT (gui, gui_n_shapes (gui) == 3);
  gui_key (gui, "Escape");
  gui_key (gui, "v");
}

static void
select_shapes (Gui *gui)
{
  draw_three (gui);
  gui_click (gui, 350, 330); /* the smallest */
  GUI_WAIT (gui, gui_n_selected (gui) == 1 && is_selected (gui, 1));
  gui_click (gui, 350, 330); /* the next below */
  GUI_WAIT (gui, gui_n_selected (gui) == 1 && is_selected (gui, 0));
  gui_click (gui, 350, 330);
  GUI_WAIT (gui, is_selected (gui, 1));
  gui_hold (gui, GDK_KEY_Shift_L);
  gui_click (gui, 850, 150);
  gui_let_go (gui, GDK_KEY_Shift_L);
  GUI_WAIT (gui, gui_n_selected (gui) == 2 && is_selected (gui, 2));
  gui_click (gui, 1000, 650);
  GUI_WAIT (gui, gui_n_selected (gui) == 0);
  gui_drag (gui, 1000, 650, 450, 50);
  GUI_WAIT (gui, gui_n_selected (gui) == 3);
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gui_n_selected (gui) == 0);
  gui_key (gui, "Tab");
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  GUI_CHECK (gui, gtk_widget_has_focus (gui->canvas));
}

static void
hide_and_lock (Gui *gui)
{
  gui_key (gui, "Escape");
  gui_click (gui, 850, 150);
  gui_key (gui, "h");
  GUI_WAIT (gui, !limner_scene_item_get_visible (gui_get_item (gui, 2)));
  gui_click (gui, 850, 150);
  GUI_CHECK (gui, gui_n_selected (gui) == 0);
  gui_key (gui, "t");
  GUI_WAIT (gui, limner_scene_item_get_visible (gui_get_item (gui, 2)));
  gui_click (gui, 850, 150);
  gui_key (gui, "l");
  GUI_WAIT (gui, limner_scene_item_get_locked (gui_get_item (gui, 2)));
  gui_drag (gui, 850, 150, 900, 200);
  GUI_CHECK (gui, is_box (gui_get_box (gui, 2), 800, 100, 100, 100));
  gui_key (gui, "Delete");
  GUI_CHECK (gui, gui_n_shapes (gui) == 3);
  GUI_WAIT (gui, gui_find_part (GTK_WIDGET (gui->window), "locked") != NULL);
  gui_key (gui, "<Shift>h");
  GUI_WAIT (gui, !limner_scene_item_get_visible (gui_get_item (gui, 0)));
  gui_key (gui, "t");
  gui_key (gui, "l");
  GUI_WAIT (gui, !limner_scene_item_get_locked (gui_get_item (gui, 2)));
  /* a key held hides all */
  gui_hold (gui, GDK_KEY_x);
  gui_click (gui, 1000, 650);
  gui_click (gui, 850, 150);
  GUI_CHECK (gui, gui_n_selected (gui) == 0);
  gui_let_go (gui, GDK_KEY_x);
  gui_click (gui, 850, 150);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
}

static void
tag (Gui *gui)
{
  gui_key (gui, "slash");
  GUI_WAIT (gui, is_popup_open (gui));
  gui_type (gui, "small");
  gui_key (gui, "Return");
  GUI_WAIT (gui, g_str_equal (gui_get_class (gui, 2), "small"));
  gui_click (gui, 650, 550);
  GUI_WAIT (gui, is_selected (gui, 0));
  gui_key (gui, "2");
  GUI_WAIT (gui, g_str_equal (gui_get_class (gui, 0), "small"));
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, g_str_equal (gui_get_class (gui, 0), "big"));
}

static void
select_all_ways (Gui *gui)
{
  select_shapes (gui);
  hide_and_lock (gui);
  tag (gui);
}

static void
test_select (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, select_all_ways);
}

/* ---- undo ---- */

/* Undo goes to the image that it changes. */
static void
undo_elsewhere (Gui *gui)
{
  gui_key (gui, "r");
  gui_drag (gui, 100, 100, 300, 200);
  GUI_WAIT (gui, is_popup_open (gui));
  gui_type (gui, "car");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  gui_key (gui, "End");
  gui_wait_picture (gui);
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "a10.jpg"));
  gui_key (gui, "<Control>z");
  gui_wait_picture (gui);
  GUI_WAIT (gui, g_str_equal (gui_get_image_name (gui), "a1.jpg"));
  GUI_WAIT (gui, gui_n_shapes (gui) == 0);
  gui_key (gui, "End");
  gui_wait_picture (gui);
  gui_key (gui, "<Control><Shift>z");
  gui_wait_picture (gui);
  GUI_WAIT (gui, g_str_equal (gui_get_image_name (gui), "a1.jpg"));
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
}

/* Across a restart. */
static void
undo_after_restart (Gui *gui)
{
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, gui_n_shapes (gui) == 0);
  gui_key (gui, "<Control><Shift>z");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  GUI_CHECK (gui, g_str_equal (gui_get_class (gui, 0), "car"));
}

static void
test_undo (void)
{
  g_autofree char *folder = make_folder ();

  gui_run (folder, undo_elsewhere);
  gui_run_again (NULL, undo_after_restart);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "draw", test_draw }, { "refuse-name", test_refuse_name },
    { "edit", test_edit }, { "select", test_select },
    { "undo", test_undo }, { NULL },
  };

  return limner_test_main (argc, argv, "gui-annotate", cases);
}
