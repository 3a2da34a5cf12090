/* SPDX-License-Identifier: MIT */

/* Commands found by their names. */

#include "gui-fixture.h"

static void
test_match (void)
{
  static const struct
  {
    const char *query;
    const char *label;
    guint fit;
  } cases[] = {
    { "", "Zoom in", 1 },       { "zoom", "Zoom in", 3 },     { "ZOOM I", "Zoom in", 3 },
    { "in zo", "Zoom in", 2 },  { "in", "Zoom in", 2 },       { "zi", "Zoom in", 1 },
    { "wi", "Whole image", 1 }, { "om", "Zoom in", 0 },       { "iz", "Zoom in", 0 },
    { "zix", "Zoom in", 0 },    { "wb", "Window: blank", 1 }, { "zoom out", "Zoom in", 0 },
    { "gross", "Größer", 2 },   { "gro", "Größer", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("'%s' in '%s'", cases[i].query, cases[i].label);
      g_assert_cmpuint (limner_command_palette_match (cases[i].query, cases[i].label), ==,
                        cases[i].fit);
    }
}

static GtkWidget *
get_palette (Gui *gui)
{
  return GTK_WIDGET (gui->window->palette);
}

/* The n-th label of the first row that is shown. */
static const char *
get_first_row (Gui *gui)
{
  GtkWidget *row = gui_find_type (get_palette (gui), GTK_TYPE_LIST_BOX_ROW, 0);
  GtkWidget *label = row != NULL ? gui_find_type (row, GTK_TYPE_LABEL, 0) : NULL;

  return label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

static double
get_scroll (Gui *gui)
{
  GtkWidget *scroller = gui_find_type (get_palette (gui), GTK_TYPE_SCROLLED_WINDOW, 0);

  return gtk_adjustment_get_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)));
}

static gboolean
is_palette_open (Gui *gui)
{
  return get_palette (gui) != NULL && gtk_widget_get_mapped (get_palette (gui));
}

static void
use_palette (Gui *gui)
{
  double zoom;

  GUI_CHECK (gui, get_palette (gui) == NULL); /* costs nothing until then */
  gui_key (gui, "<Control><Shift>p");
  GUI_WAIT (gui, is_palette_open (gui));
  /* only what is possible: nothing is selected, nothing was undone */
  GUI_CHECK (gui, gui_find_text (get_palette (gui), "Whole image") != NULL);
  GUI_CHECK (gui, gui_find_text (get_palette (gui), "Duplicate") == NULL);
  GUI_CHECK (gui, gui_find_text (get_palette (gui), "Redo") == NULL);
  /* the first row that fits is in sight, wherever it was before; from row to row the list follows
   */
  gui_type (gui, "i");
  gui_settle (gui);
  GUI_CHECK (gui, get_scroll (gui) == 0);
  for (guint i = 0; i < 20; i++)
    gui_key (gui, "Down");
  gui_settle (gui);
  GUI_CHECK (gui, get_scroll (gui) > 0);
  gui_key (gui, "BackSpace");
  gui_settle (gui);
  GUI_CHECK (gui, get_scroll (gui) == 0);
  gui_type (gui, "ou zoo");
  GUI_WAIT (gui, g_str_equal (get_first_row (gui), "Zoom out"));
  zoom = limner_canvas_get_zoom (gui->window->canvas);
  gui_key (gui, "Return");
  GUI_WAIT (gui, !is_palette_open (gui));
  GUI_WAIT (gui, limner_canvas_get_zoom (gui->window->canvas) < zoom);
  GUI_CHECK (gui, gtk_widget_has_focus (gui->canvas));

  /* what was run stands first; a choice by arrows */
  gui_key (gui, "<Control><Shift>p");
  GUI_WAIT (gui, is_palette_open (gui));
  GUI_CHECK (gui, g_str_equal (get_first_row (gui), "Zoom out"));
  gui_type (gui, "polygon");
  GUI_WAIT (gui, g_str_equal (get_first_row (gui), "Polygon"));
  gui_key (gui, "<Control>a");
  gui_type (gui, "zoom");
  gui_key (gui, "Down");
  gui_key (gui, "Up");
  gui_key (gui, "Up");
  zoom = limner_canvas_get_zoom (gui->window->canvas);
  gui_key (gui, "Return");
  GUI_WAIT (gui, limner_canvas_get_zoom (gui->window->canvas) < zoom);

  gui_key (gui, "<Control><Shift>p");
  GUI_WAIT (gui, is_palette_open (gui));
  gui_type (gui, "qqq");
  GUI_WAIT (gui, gui_find_part (get_palette (gui), "No command") != NULL);
  gui_key (gui, "Return");
  GUI_CHECK (gui, is_palette_open (gui));
  gui_key (gui, "Escape");
  GUI_WAIT (gui, !is_palette_open (gui));
  GUI_WAIT (gui, gtk_widget_has_focus (gui->canvas));

  /* with a target, and one that takes the focus elsewhere */
  gui_key (gui, "<Control><Shift>p");
  gui_type (gui, "box");
  gui_key (gui, "Return");
  GUI_WAIT (gui, g_str_equal (gui->window->drawing_tool, "box"));
  gui_key (gui, "<Control><Shift>p");
  gui_type (gui, "filter");
  gui_key (gui, "Return");
  GUI_WAIT (gui, !is_palette_open (gui));
  GUI_WAIT (gui, gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (gui->window)),
                                         GTK_WIDGET (gui->window->image_panel)));
}

static void
test_palette (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, use_palette);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "match", test_match },
    { "palette", test_palette },
    { NULL },
  };

  return limner_test_main (argc, argv, "gui-palette", cases);
}
