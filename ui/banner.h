/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A strip under the header bar about something that is not as it should be: a bold line with what
 * is wrong, a plain one with what happens to the work, at most two buttons (AdwBanner is of 1.3).
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_BANNER (limner_banner_get_type ())
G_DECLARE_FINAL_TYPE (LimnerBanner, limner_banner, LIMNER, BANNER, GtkWidget)

/**
 * limner_banner_show:
 * @detail: (nullable)
 * @first_label: (nullable): translated; NULL: no such button
 * @first_action: detailed name of its action
 * @second_label: (nullable): likewise, at its right
 * @closable: a person may put it away
 */
void limner_banner_show (LimnerBanner *self,
                         const char *title,
                         const char *detail,
                         const char *first_label,
                         const char *first_action,
                         const char *second_label,
                         const char *second_action,
                         gboolean closable);

/* (nullable): what the tooltip of both lines says, where they leave something out. */
void limner_banner_set_whole (LimnerBanner *self, const char *whole);

/* Whether what it is about offers a command, also when a person has put the banner away. */
gboolean limner_banner_offers (LimnerBanner *self, const char *action);
void limner_banner_hide (LimnerBanner *self);

G_END_DECLS
