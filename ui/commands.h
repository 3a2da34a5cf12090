/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one table of what the window can do: each command is an action with a label, its keys, and
 * its place in the shortcuts window. Two kinds of keys: accelerators act everywhere in the window
 * and always have Ctrl, Alt or a function key; plain keys (letters, digits, Space, Delete, arrows)
 * act only while the canvas has the focus, so that they can be typed into entries.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  const char *action;  /* detailed name: "win.undo", "win.tool::box" */
  const char *label;   /* untranslated, NULL: other keys of a command that is listed already */
  const char *section; /* untranslated heading in the shortcuts window */
  const char *accels;  /* separated by blanks, or NULL: everywhere */
  const char *keys;    /* separated by blanks, or NULL: on the canvas */
} LimnerCommand;

/* (array length=n): commands in the order of the shortcuts window, tools included. */
const LimnerCommand *limner_commands_list (guint *n);

/* Makes the accelerators known to the application. */
void limner_commands_set_accels (GtkApplication *application);

/* (transfer full): plain keys, for the canvas. */
GtkEventController *limner_commands_new_canvas_controller (void);

/* (transfer full): those of them that have Ctrl, for the window in the bubble phase: they act in
 * lists too, while an entry keeps its own Ctrl+Z. */
GtkEventController *limner_commands_new_window_controller (void);

/* (transfer full): all keys, for Ctrl+?. */
GtkShortcutsWindow *limner_commands_new_shortcuts_window (void);

/* (transfer full) (nullable): its first key, as people read it: "Ctrl+Z". */
char *limner_commands_dup_key (const LimnerCommand *command);

/* (transfer full): translated label and first key: "Undo (Ctrl+Z)". */
char *limner_commands_dup_tooltip (const char *action);

/* Sets tooltip and accessible name of an icon button from the table. */
void limner_commands_describe (GtkWidget *button, const char *action);

G_END_DECLS
