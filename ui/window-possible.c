/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "commands.h"
#include "window-private.h"

#include <glib/gi18n.h>

/* Which commands are possible now. */

static void
enable (LimnerWindow *self, gboolean enabled, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), names[i]);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
    }
}

static void
update_undo (LimnerWindow *self)
{
  LimnerHistory *history =
      self->document != NULL ? limner_document_get_history (self->document) : NULL;
  const char *undo = history != NULL ? limner_history_get_undo_label (history) : NULL;
  const char *redo = history != NULL ? limner_history_get_redo_label (history) : NULL;
  g_autofree char *undo_text = NULL;
  g_autofree char *redo_text = NULL;

  /* Undo also takes back points of a shape that is being drawn. */
  enable (self, history != NULL, (const char *[]){ "undo", NULL });
  enable (self, history != NULL && limner_history_can_redo (history),
          (const char *[]){ "redo", NULL });
  enable (self, history != NULL && limner_history_can_undo (history),
          (const char *[]){ "show-last-change", NULL });
  if (undo != NULL)
    undo_text = g_strdup_printf (_ ("Undo: %s (Ctrl+Z)"), undo);
  else
    undo_text = limner_commands_dup_tooltip ("win.undo");
  if (redo != NULL)
    redo_text = g_strdup_printf (_ ("Redo: %s (Ctrl+Shift+Z)"), redo);
  else
    redo_text = limner_commands_dup_tooltip ("win.redo");
  gtk_widget_set_tooltip_text (self->undo_button, undo_text);
  gtk_widget_set_tooltip_text (self->redo_button, redo_text);
  gtk_widget_set_sensitive (self->undo_button,
                            history != NULL &&
                                (limner_history_can_undo (history) ||
                                 (self->tool != NULL && limner_tool_is_active (self->tool))));
}

void
limner_window_update_offers (LimnerWindow *self)
{
  static const char *const names[] = { "retry", "take-over", "write-in-place", "save-elsewhere" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *action = g_strconcat ("win.", names[i], NULL);

      enable (self, limner_banner_offers (self->banner, action),
              (const char *[]){ names[i], NULL });
    }
  /* a toast offers it where trouble has the banner */
  enable (self, self->failed_path != NULL, (const char *[]){ "show-failed", NULL });
}

void
limner_window_update_actions (LimnerWindow *self)
{
  static const char *const with_document[] = { "save",
                                               "export",
                                               "show-folder",
                                               "next-image",
                                               "previous-image",
                                               "next-empty",
                                               "previous-empty",
                                               "first-image",
                                               "last-image",
                                               "go-to",
                                               "find-image",
                                               "reload-image",
                                               "toggle-done",
                                               "tool",
                                               "repeat-tool",
                                               "finish",
                                               "backspace",
                                               "escape",
                                               "paste",
                                               "paste-previous",
                                               "select-all",
                                               "select-next",
                                               "show-all",
                                               "lock-all",
                                               "select-previous",
                                               "class-key",
                                               "choose-class",
                                               "zoom-in",
                                               "zoom-out",
                                               "zoom-full",
                                               "zoom-fit",
                                               "reset-window-level",
                                               "rotate-right",
                                               "rotate-left",
                                               "mirror",
                                               "upright",
                                               "window-mode",
                                               "invert",
                                               "choose-image-root",
                                               "show-image-file",
                                               "next-pane",
                                               "name-again",
                                               "focus-canvas",
                                               NULL };
  static const char *const with_selection[] = { "delete",         "cut",  "copy", "duplicate",
                                                "nudge",          "hide", "lock", "hide-others",
                                                "zoom-selection", NULL };
  g_autoptr (GPtrArray) selection =
      self->scene != NULL ? limner_scene_get_selection (self->scene) : NULL;

  enable (self, self->document != NULL, with_document);
  enable (self, selection != NULL && selection->len > 0, with_selection);
  update_undo (self);
  limner_window_update_offers (self);
}
