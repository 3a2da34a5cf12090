/* SPDX-License-Identifier: MIT */
#pragma once

#include "scanner.h"

G_BEGIN_DECLS

const LimnerLayout *limner_coco_file_get_layout (LimnerCocoFile *self);

/* -1 over memory. */
int limner_coco_file_get_fd (LimnerCocoFile *self);

/* The writer renamed the file: path and times of the identity follow. No other thread knows the
 * file yet. */
void limner_coco_file_set_path (LimnerCocoFile *self, const char *path);

G_END_DECLS
