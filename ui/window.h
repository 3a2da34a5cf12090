/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A window with one dataset. It is cut along what it does: window.c (parts and layout),
 * window-open.c (opening, closing, recent datasets), window-sample.c (the sample, what is dropped),
 * window-images.c (which picture is shown, loading ahead), window-save.c (how the work stands on
 * disk, trouble, export), window-actions.c (commands), window-possible.c (which of them are
 * possible now), window-tools.c (the tool in the hand), window-keys.c (held keys, clipboard, class
 * pop-up).
 */

#include "application.h"

#include <limner/scene.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_WINDOW (limner_window_get_type ())
G_DECLARE_FINAL_TYPE (LimnerWindow, limner_window, LIMNER, WINDOW, AdwApplicationWindow)

LimnerWindow *limner_window_new (LimnerApplication *application);

/* A folder, a COCO file or a picture, instead of what is open now. */
void limner_window_open (LimnerWindow *self, const char *path);

/* Begins what limner_window_open() of the first window will take over. */
void limner_window_begin_open (LimnerOpener *opener, LimnerPlaces *places, const char *path);

/* Opens what was open last. */
void limner_window_restore (LimnerWindow *self);

/* Shows the window. A new one waits a moment for what it opens: filled from the first frame on, it
 * is laid out and painted once instead of twice. */
void limner_window_present (LimnerWindow *self);
gboolean limner_window_is_opening (LimnerWindow *self);

/* (transfer none) (nullable) */
LimnerDocument *limner_window_get_document (LimnerWindow *self);
LimnerScene *limner_window_get_scene (LimnerWindow *self);

/* Whether a path has the name of a picture. */
gboolean limner_window_is_picture_name (const char *path);

G_END_DECLS
