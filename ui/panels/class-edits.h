/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Changes of classes, each one step that can be undone. They return FALSE with a sentence for the
 * person.
 */

#include <limner/document.h>

G_BEGIN_DECLS

gboolean limner_class_create (LimnerDocument *document,
                              const char *name,
                              gint64 *id,
                              GError **error);
gboolean limner_class_rename (LimnerDocument *document,
                              gint64 id,
                              const char *name,
                              GError **error);
gboolean limner_class_recolor (LimnerDocument *document, gint64 id, guint32 color, GError **error);

/* Its annotations get the class @move_to, or are deleted where that is NULL. */
gboolean limner_class_delete (LimnerDocument *document,
                              gint64 id,
                              const gint64 *move_to,
                              GError **error);

G_END_DECLS
