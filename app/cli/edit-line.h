/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One line of 'limn apply': {"op": "create" | "update" | "delete", KIND: {...}}, where KIND is
 * "annotation", "category" or "image".
 */

#include <limner/document.h>

G_BEGIN_DECLS

/**
 * edit_line_stage:
 * @transaction: what the edit goes into
 * @text: (array length=length): a line, judged by limner_coco_check_text()
 * @kind: (out): what it changes
 * @id: (out): id of the record that it changes or creates
 *
 * Returns: whether it makes sense; @transaction may hold a part of it if not
 */
gboolean edit_line_stage (LimnerTransaction *transaction,
                          const char *text,
                          gsize length,
                          LimnerRecordKind *kind,
                          gint64 *id,
                          GError **error);

G_END_DECLS
