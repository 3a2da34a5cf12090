/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The steps that can be undone and redone, without limit. It knows no widget and no file: the
 * document pushes what was done, replays what the log holds, and asks what to take back. Main
 * thread.
 */

#include <glib-object.h>
#include <limner/edit.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_HISTORY (limner_history_get_type ())
G_DECLARE_FINAL_TYPE (LimnerHistory, limner_history, LIMNER, HISTORY, GObject)

/* Properties: can-undo, can-redo (boolean), undo-label, redo-label (nullable string); each
 * notifies. */

/* (transfer full): a history without steps. */
LimnerHistory *limner_history_new (void);

/**
 * limner_history_push:
 *
 * Records a committed step of any kind: DO clears what could be redone; UNDO moves the newest
 * undoable step to the redo side; REDO moves it back.
 */
void limner_history_push (LimnerHistory *self, LimnerStep *step);

/* Forgets all steps: the log is another program's work now, and is read anew. */
void limner_history_clear (LimnerHistory *self);

/* (transfer none) (nullable): the original step that undo would take back, or redo would do again.
 */
LimnerStep *limner_history_peek_undo (LimnerHistory *self);
LimnerStep *limner_history_peek_redo (LimnerHistory *self);

/* The properties; labels are (transfer none) (nullable), as the steps have them. */
gboolean limner_history_can_undo (LimnerHistory *self);
gboolean limner_history_can_redo (LimnerHistory *self);
const char *limner_history_get_undo_label (LimnerHistory *self);
const char *limner_history_get_redo_label (LimnerHistory *self);

/* How many steps could be undone one after the other. */
guint limner_history_get_n_undo (LimnerHistory *self);

G_END_DECLS
