/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Changing shapes that are there, for every tool: a drag of a handle, of a vertex, or of the whole
 * selection. While it lasts the shapes are held (the scene leaves them out of the resting ones) and
 * the editor draws them; the scene changes once, at the end. A motion costs O(the held shapes).
 */

#include "hand-draw.h"
#include "handles.h"
#include "scene-private.h"

G_BEGIN_DECLS

typedef struct _LimnerShapeEditor LimnerShapeEditor;

/* @scene is not owned: the tool holds it. */
LimnerShapeEditor *limner_shape_editor_new (LimnerScene *scene);
void limner_shape_editor_free (LimnerShapeEditor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerShapeEditor, limner_shape_editor_free)

/* Takes a press on a grip of the only selected shape. */
gboolean limner_shape_editor_press_grip (LimnerShapeEditor *self, const LimnerPointer *pointer);

/* Starts to move the selection, or copies of it. */
void limner_shape_editor_press_selection (LimnerShapeEditor *self,
                                          const LimnerPointer *pointer,
                                          gboolean copy);

/* With a button down: goes on with the drag. Else: looks for the grip under the pointer. */
void limner_shape_editor_motion (LimnerShapeEditor *self, const LimnerPointer *pointer);

/* Returns whether something was dragged; else the press was a click. */
gboolean limner_shape_editor_release (LimnerShapeEditor *self, const LimnerPointer *pointer);
void limner_shape_editor_cancel (LimnerShapeEditor *self);
void limner_shape_editor_leave (LimnerShapeEditor *self);

/* Removes the selected vertex; FALSE: there is none. */
gboolean limner_shape_editor_delete_vertex (LimnerShapeEditor *self);

/* FALSE: no vertex was selected. */
gboolean limner_shape_editor_unselect_vertex (LimnerShapeEditor *self);

/* A button is down on something of the editor's. */
gboolean limner_shape_editor_is_active (LimnerShapeEditor *self);

/* The pointer is over a grip, or holds one. */
gboolean limner_shape_editor_has_grip (LimnerShapeEditor *self);

/* LIMNER_CURSOR_DEFAULT where the editor has no say. */
LimnerCursor limner_shape_editor_get_cursor (LimnerShapeEditor *self);
void limner_shape_editor_draw (LimnerShapeEditor *self, cairo_t *cr, const LimnerView *view);
void limner_shape_editor_add_extent (LimnerShapeEditor *self,
                                     const LimnerView *view,
                                     LimnerExtent *extent);

G_END_DECLS
