/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Lets the person choose one of several COCO files of a folder.
 */

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * limner_candidates_ask:
 * @path: what was opened: the folder, or a picture in it
 * @folder: where the candidates were found
 * @candidates: (array zero-terminated=1): COCO files, best first
 * @chosen: called with @path and one of them; not called when the person gives up
 */
void limner_candidates_ask (GtkWindow *parent,
                            const char *path,
                            const char *folder,
                            const char *const *candidates,
                            void (*chosen) (GtkWindow *parent,
                                            const char *path,
                                            const char *coco_path));

G_END_DECLS
