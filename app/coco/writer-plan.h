/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a new version of a COCO file is made of: ranges of the old one and new texts, in order.
 * O(changes), whatever the size of the file.
 */

#include <limner/coco-file.h>
#include <limner/dataset.h>

G_BEGIN_DECLS

typedef struct
{
  GBytes *text;   /* (nullable): NULL = a range of the base */
  guint64 offset; /* of that range */
  guint64 length;
} LimnerPiece;

typedef struct
{
  GArray *pieces; /* LimnerPiece */
  guint64 size;   /* of the new file */
  guint64 n_rows[LIMNER_N_RECORD_KINDS];
} LimnerPlan;

/**
 * limner_plan_new:
 * @base: (nullable): the old file
 * @changes: (element-type LimnerChange): in any order of sections, in the order of the file inside
 * one
 * @info: (nullable): new text of 'info'
 *
 * Returns: (transfer full): the plan, or %NULL if the base cannot be read
 */
LimnerPlan *limner_plan_new (LimnerCocoFile *base, GArray *changes, GBytes *info, GError **error);
void limner_plan_free (LimnerPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerPlan, limner_plan_free)

/* Private to writer-plan*.c. */

void limner_plan_add_base (LimnerPlan *self, guint64 from, guint64 to);
void limner_plan_add_text (LimnerPlan *self, const char *text, gsize length);
void limner_plan_add_bytes (LimnerPlan *self, GBytes *text);

/* How the elements of a section are set apart. */
typedef struct
{
  char *lead;      /* between '[' and the first */
  char *separator; /* between two, with the comma */
  char *tail;      /* between the last and ']' */
} LimnerSectionStyle;

void limner_section_style_clear (LimnerSectionStyle *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnerSectionStyle, limner_section_style_clear)

/* As the section does it, else as a section beside it does, else by how the file looks. */
gboolean limner_section_style_read (LimnerSectionStyle *self,
                                    LimnerCocoFile *base,
                                    LimnerRecordKind kind,
                                    GError **error);

/* How the members of the top-level object are set apart. */
typedef struct
{
  char *separator;
  char *colon;
} LimnerTopStyle;

void limner_top_style_clear (LimnerTopStyle *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnerTopStyle, limner_top_style_clear)

gboolean limner_top_style_read (LimnerTopStyle *self, LimnerCocoFile *base, GError **error);

G_END_DECLS
