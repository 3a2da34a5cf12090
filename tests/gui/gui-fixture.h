/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs the real program inside a test and drives it as a person does: pointer, wheel and keys go
 * through the X server (XTEST), so that what is tested is the way from the event to the file.
 *
 *   static void
 *   draw (Gui *gui)
 *   {
 *     gui_key (gui, "r");
 *     gui_drag (gui, 100, 100, 180, 160);
 *     GUI_WAIT (gui, gui_n_shapes (gui) == 1);
 *   }
 *   ...
 *   gui_run (folder, draw);
 *
 * Points are in image pixels unless a function says otherwise. A run fails if GLib or GTK warns
 * about anything. A run that failed leaves SUITE-CASE.out.png in the current folder.
 */

#include "panels/image-row.h"
#include "window-private.h"

#include <X11/Xlib.h>
#include <limner-test.h>
#include <limner/scene.h>

G_BEGIN_DECLS

typedef struct
{
  LimnerApplication *application;
  LimnerWindow *window;
  GtkWidget *canvas;
  LimnerScene *scene; /* (nullable): as of the last gui_settle() */
  Display *x;         /* GDK's own connection */
  gboolean shot;      /* a picture of a failure was taken */
} Gui;

typedef void (*GuiBody) (Gui *gui);

/**
 * gui_run:
 * @path: (nullable): what is on the command line
 *
 * Starts the program, waits until the first picture is shown (or the window says why there is
 * none), calls @body, and quits. Everything that a run before it left in the person's state is
 * forgotten.
 */
void gui_run (const char *path, GuiBody body);

/* The same for somebody who was there before: state and recent places are kept. */
void gui_run_again (const char *path, GuiBody body);

/* Makes @folder a copy of tests/data/sample. */
void gui_copy_sample (const char *folder);

/* (transfer full): such a copy in the folder of the case. Here, as a test's folder is known to its
 * own file only. */
static inline char *
gui_make_sample (void)
{
  char *folder = limner_test_path ("sample");

  gui_copy_sample (folder);
  return folder;
}

/* Copies one picture of it into @folder, under another name. */
void gui_copy_picture (const char *picture, const char *folder, const char *name);

/* ---- waiting ---- */

/* Until what was done has been seen by the window and is on the screen. */
void gui_settle (Gui *gui);

/* Until the picture is sharp on the screen and its annotations are there. */
void gui_wait_picture (Gui *gui);

/* Until a widget that slides in has arrived. */
void gui_wait_still (Gui *gui, GtkWidget *widget);

/* For GUI_WAIT: one turn of the main loop; FALSE when it took too long. */
gboolean gui_turn (Gui *gui, gint64 deadline);
gint64 gui_deadline (void);
void gui_fail (Gui *gui, const char *where, const char *what);

/* Waits for a condition; if it does not come the case has failed, and the calling function returns.
 */
#define GUI_WAIT(gui, condition)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const gint64 gui_until_ = gui_deadline ();                                                     \
                                                                                                   \
    while (!(condition) && gui_turn (gui, gui_until_))                                             \
      ;                                                                                            \
    if (!(condition))                                                                              \
      {                                                                                            \
        gui_fail (gui, G_STRLOC, #condition);                                                      \
        return;                                                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* What must be so now. */
#define GUI_CHECK(gui, condition)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      gui_fail (gui, G_STRLOC, #condition);                                                        \
  }                                                                                                \
  G_STMT_END

/* ---- pointer ---- */

void gui_move (Gui *gui, double x, double y);
void gui_press (Gui *gui, guint button);
void gui_release (Gui *gui, guint button);
void gui_click (Gui *gui, double x, double y);
void gui_double_click (Gui *gui, double x, double y);
void gui_drag (Gui *gui, double x0, double y0, double x1, double y1);

/* Clicks of the wheel where the pointer is: positive is away from the hand. */
void gui_wheel (Gui *gui, int clicks);

/* To a place in a widget, in its own coordinates. */
void gui_move_in (Gui *gui, GtkWidget *widget, double x, double y);

/* In its middle, once it has stopped moving. */
void gui_click_widget (Gui *gui, GtkWidget *widget, guint button);

/* ---- keys ---- */

/* As GTK writes accelerators: "r", "<Control><Shift>z", "Return". */
void gui_key (Gui *gui, const char *accelerator);
void gui_type (Gui *gui, const char *text);
void gui_hold (Gui *gui, guint keyval);
void gui_let_go (Gui *gui, guint keyval);

/* Gives a window the keyboard, as a window manager would. */
void gui_focus_window (Gui *gui, GtkWindow *window);

/* ---- what is there ---- */

guint gui_n_shapes (Gui *gui);

/* (transfer none) (nullable): by position in the file; -1: the last. */
LimnerSceneItem *gui_get_item (Gui *gui, int position);
LimnerBox gui_get_box (Gui *gui, int position);

/* The class of a shape, "" if it has none. */
const char *gui_get_class (Gui *gui, int position);
guint gui_n_selected (Gui *gui);
const char *gui_get_image_name (Gui *gui);

/* (transfer none) (nullable): the first mapped label, button or row that reads exactly so. */
GtkWidget *gui_find_text (GtkWidget *root, const char *text);

/* (transfer none) (nullable): the first mapped label whose text holds it. */
GtkWidget *gui_find_part (GtkWidget *root, const char *text);

/* Whether there is such a label in the window. */
gboolean gui_shows (Gui *gui, const char *text);

/* (transfer none) (nullable): the n-th mapped widget of a type. */
GtkWidget *gui_find_type (GtkWidget *root, GType type, guint n);

/* (transfer none) (nullable): another window of the program than the main one. */
GtkWindow *gui_find_dialog (Gui *gui);
gboolean gui_is_enabled (Gui *gui, const char *action);

/* What is on the screen at a place of a widget: 0xrrggbb. */
guint32 gui_get_color (Gui *gui, GtkWidget *widget, double x, double y);

/* The whole screen, as a PNG file. */
void gui_screenshot (Gui *gui, const char *path);

/* The part of it that a widget takes, with what lies above it. */
void gui_screenshot_widget (Gui *gui, GtkWidget *widget, const char *path);

G_END_DECLS
