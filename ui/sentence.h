/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Sentences as a person reads them in passing: names first. The engine's errors say whole paths, so
 * that they can stand alone in a terminal; in the window the folder is known.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * limner_sentence_shorten:
 * @folders: (array zero-terminated=1): whose files are called by their names alone, the longest
 *   match first; may hold empty strings
 *
 * Returns: (transfer full): the sentence with shorter paths; the home folder is "~"
 */
char *limner_sentence_shorten (const char *sentence, const char *const *folders);

/* (transfer full): a label for a toast: several lines where one does not hold it, and @whole in the
 * tooltip where that says more. */
GtkWidget *limner_sentence_new_label (const char *sentence, const char *whole);

G_END_DECLS
