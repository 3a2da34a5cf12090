/* SPDX-License-Identifier: MIT */

/* The details of what is selected: numbers, class, attributes. */

#include "gui-fixture.h"

#include <glib/gstdio.h>
#include <limner/attribute.h>
#include <limner/document.h>
#include <math.h>

static GtkWidget *
get_panel (Gui *gui)
{
  return GTK_WIDGET (gui->window->details_panel);
}

/* What an attribute of the last shape says, "" where it has none of that name. */
static gboolean
says (Gui *gui, const char *name, const char *text)
{
  LimnerSceneItem *item = gui_get_item (gui, -1);
  g_autoptr (GPtrArray) list =
      limner_attributes_read (limner_scene_item_get_annotation (item)->record.text);

  for (guint i = 0; i < list->len; i++)
    {
      const LimnerAttribute *attribute = list->pdata[i];

      if (g_str_equal (attribute->name, name))
        return g_str_equal (attribute->text, text);
    }
  return *text == '\0';
}

static void
draw_car (Gui *gui)
{
  gui_key (gui, "r");
  gui_drag (gui, 100, 100, 300, 200);
  gui_settle (gui);
  gui_type (gui, "tractor");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
}

static void
add_attribute (Gui *gui, const char *name, const char *value)
{
  GtkWidget *button = gui_find_text (get_panel (gui), "Add attribute");

  GUI_CHECK (gui, button != NULL);
  gui_click_widget (gui, button, 1);
  GUI_WAIT (gui, gui_find_text (get_panel (gui), "Add") != NULL);
  gui_settle (gui);
  gui_type (gui, name);
  gui_key (gui, "Tab");
  gui_type (gui, value);
  gui_key (gui, "Return");
  GUI_WAIT (gui, says (gui, name, value));
}

static void
use_attributes (Gui *gui)
{
  GtkWidget *field;

  draw_car (gui);
  add_attribute (gui, "occluded", "true");
  add_attribute (gui, "maker", "red r/1");
  GUI_WAIT (gui, gui_find_text (get_panel (gui), "occluded") != NULL);
  GUI_WAIT (gui, gui_find_type (get_panel (gui), GTK_TYPE_SWITCH, 0) != NULL);
  gui_click_widget (gui, gui_find_type (get_panel (gui), GTK_TYPE_SWITCH, 0), 1);
  GUI_WAIT (gui, says (gui, "occluded", "false"));
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, says (gui, "occluded", "true"));
  GUI_WAIT (gui, gtk_switch_get_active (
                     GTK_SWITCH (gui_find_type (get_panel (gui), GTK_TYPE_SWITCH, 0))));

  /* a field: the four numbers stand before it */
  field = gui_find_type (get_panel (gui), GTK_TYPE_TEXT, 4);
  GUI_CHECK (gui, field != NULL);
  gui_click_widget (gui, field, 1);
  gui_key (gui, "<Control>a");
  gui_type (gui, "12");
  gui_key (gui, "Return");
  GUI_WAIT (gui, says (gui, "maker", "12"));
  /* given up */
  gui_key (gui, "<Control>a");
  gui_type (gui, "x");
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));
  GUI_CHECK (gui, says (gui, "maker", "12"));
  GUI_CHECK (gui, gui_n_selected (gui) == 1);
}

static void
test_attributes (void)
{
  g_autofree char *folder = limner_test_path ("pictures");
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *content = NULL;

  g_mkdir (folder, 0700);
  gui_copy_picture ("highway-2.jpg", folder, "a1.jpg");
  gui_run (folder, use_attributes);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "\"occluded\": true"));
  /* what was text stays text */
  g_assert_nonnull (strstr (content, "\"maker\": \"12\""));
}

/* ---- in the hand ---- */

static double
get_number (Gui *gui, guint n)
{
  GtkWidget *text = gui_find_type (get_panel (gui), GTK_TYPE_TEXT, n);

  return text != NULL ? g_ascii_strtod (gtk_editable_get_text (GTK_EDITABLE (text)), NULL) : -1;
}

static gboolean
has_numbers (Gui *gui, double x, double y, double width, double height)
{
  const double expected[] = { x, y, width, height };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    if (fabs (get_number (gui, i) - expected[i]) > 2.0)
      return FALSE;
  return TRUE;
}

static double
get_area (Gui *gui)
{
  GtkWidget *area = gui_find_type (get_panel (gui), GTK_TYPE_INSCRIPTION, 0);

  return g_ascii_strtod (gtk_inscription_get_text (GTK_INSCRIPTION (area)), NULL);
}

/* The numbers are those of the hand, not of what rests; and nothing is worked out for a panel that
 * nobody sees. */
static void
follow_box (Gui *gui)
{
  draw_car (gui);
  gui_key (gui, "v");
  GUI_WAIT (gui, has_numbers (gui, 100, 100, 200, 100));
  gui_move (gui, 300, 200);
  gui_press (gui, 1);
  gui_move (gui, 320, 220);
  gui_move (gui, 350, 240);
  GUI_WAIT (gui, has_numbers (gui, 100, 100, 250, 140));
  GUI_CHECK (gui, fabs (get_area (gui) - 250 * 140) < 1000);
  GUI_CHECK (gui, gui_get_box (gui, 0).width < 210);
  gui_move (gui, 320, 210);
  GUI_WAIT (gui, has_numbers (gui, 100, 100, 220, 110));
  /* given up: as it was */
  gui_key (gui, "Escape");
  gui_release (gui, 1);
  GUI_WAIT (gui, has_numbers (gui, 100, 100, 200, 100));

  gui_key (gui, "<Shift>F9");
  gui_wait_still (gui, gui->canvas);
  gui_move (gui, 200, 150);
  gui_press (gui, 1);
  gui_move (gui, 220, 160);
  gui_move (gui, 240, 170);
  GUI_CHECK (gui, !gtk_widget_get_mapped (get_panel (gui)));
  gui_key (gui, "<Shift>F9");
  gui_wait_still (gui, gui->canvas);
  GUI_WAIT (gui, get_number (gui, 0) > 130);
  gui_release (gui, 1);
  GUI_WAIT (gui, fabs (get_number (gui, 0) - gui_get_box (gui, 0).x) < 0.01);
}

/* A new point is counted while it is still in the hand. */
static void
follow_polygon (Gui *gui)
{
  gui_key (gui, "1");
  gui_key (gui, "p");
  gui_click (gui, 500, 200);
  gui_click (gui, 700, 200);
  gui_click (gui, 700, 400);
  gui_click (gui, 500, 400);
  gui_key (gui, "Return");
  gui_key (gui, "v");
  GUI_WAIT (gui, gui_find_part (get_panel (gui), "4 points") != NULL);
  gui_move (gui, 600, 200);
  gui_press (gui, 1);
  gui_move (gui, 600, 180);
  gui_move (gui, 600, 150);
  GUI_WAIT (gui, gui_find_part (get_panel (gui), "5 points") != NULL);
  GUI_WAIT (gui, has_numbers (gui, 500, 150, 200, 250));
  GUI_CHECK (gui, fabs (get_area (gui) - 45000) < 1000);
  gui_key (gui, "Escape");
  gui_release (gui, 1);
  GUI_WAIT (gui, gui_find_part (get_panel (gui), "4 points") != NULL);
}

static void
test_follow (void)
{
  g_autofree char *folder = limner_test_path ("pictures");

  g_mkdir (folder, 0700);
  gui_copy_picture ("highway-2.jpg", folder, "a1.jpg");
  gui_run (folder, follow_box);
  gui_run (folder, follow_polygon);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "attributes", test_attributes },
    { "follow", test_follow },
    { NULL },
  };

  return limner_test_main (argc, argv, "gui-details", cases);
}
