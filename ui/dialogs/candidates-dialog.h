/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Lets the person choose one of several COCO files of a folder.
 */

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * limner_candidates_ask:
 * @folder: the folder that was opened
 * @candidates: (array zero-terminated=1): COCO files, best first
 * @chosen: called with one of them; not called when the person gives up
 */
void limner_candidates_ask (GtkWindow *parent,
                            const char *folder,
                            const char *const *candidates,
                            void (*chosen) (GtkWindow *parent,
                                            const char *folder,
                                            const char *coco_path));

G_END_DECLS
