/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What was done: an edit is one record before and after, a step is the edits of one gesture, which
 * are done and undone together. Both are immutable once committed, and reference counted.
 */

#include <limner/record.h>

G_BEGIN_DECLS

typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
  GBytes *before; /* (nullable): NULL = the record is created */
  GBytes *after;  /* (nullable): NULL = the record is deleted */
  gboolean has_next;
  gint64 next_id; /* id of the record that follows it in its section, so that undoing a deletion
                     restores its place */
} LimnerEdit;

/* (transfer full): an edit that holds references to both texts, and stands at the end of its
 * section until has_next is set. */
LimnerEdit *limner_edit_new (LimnerRecordKind kind, gint64 id, GBytes *before, GBytes *after);

/* (transfer full): the edit that takes @self back. */
LimnerEdit *limner_edit_new_inverse (const LimnerEdit *self);

/* @self is nullable. */
void limner_edit_free (LimnerEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerEdit, limner_edit_free)

typedef enum
{
  LIMNER_STEP_DO,
  LIMNER_STEP_UNDO, /* takes back the step before in the history */
  LIMNER_STEP_REDO
} LimnerStepKind;

typedef struct
{
  gatomicrefcount ref_count;
  LimnerStepKind kind;
  gint64 sequence;  /* of its last edit in the log; 0 until it is in the log */
  char *label;      /* "Draw box": for the undo button's tooltip and toasts */
  char *image_name; /* (nullable): file_name of the image it changes, which undo goes to */
  GPtrArray *edits; /* (element-type LimnerEdit): owned */
} LimnerStep;

/* (transfer full): a step without edits: add them to its array before it is committed. */
LimnerStep *limner_step_new (LimnerStepKind kind, const char *label, const char *image_name);

/* (transfer full): edits in reverse order, each inverted; @kind is LIMNER_STEP_UNDO or
 * LIMNER_STEP_REDO. */
LimnerStep *limner_step_new_inverse (const LimnerStep *self, LimnerStepKind kind);

/* (transfer full): atomic. Any thread; the unref's @self is nullable. */
LimnerStep *limner_step_ref (LimnerStep *self);
void limner_step_unref (LimnerStep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerStep, limner_step_unref)

G_END_DECLS
