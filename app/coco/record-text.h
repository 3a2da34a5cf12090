/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Members of an object's text, without parsing their values. Only for text that the scanner judged;
 * on other text the answers are wrong but nothing outside the text is read.
 */

#include <glib.h>

G_BEGIN_DECLS

/* Offsets in the text. */
typedef struct
{
  gsize name; /* of the quote */
  gsize name_end;
  gsize value;
  gsize value_end;
} LimnerMemberSpan;

typedef struct
{
  const char *text;
  gsize length;
  gsize at;
} LimnerMemberIter;

void limner_member_iter_init (LimnerMemberIter *self, const char *text, gsize length);
gboolean limner_member_iter_next (LimnerMemberIter *self, LimnerMemberSpan *span);

/* Whether the name of @span, unescaped, is @name. */
gboolean limner_member_span_is (const char *text, const LimnerMemberSpan *span, const char *name);

/**
 * limner_json_equal:
 *
 * Returns: whether two valid texts have the same value: spacing, escapes and the spelling of
 * numbers do not count, the order of members does. Integers are compared as integers.
 */
gboolean limner_json_equal (const char *a, gsize a_length, const char *b, gsize b_length);

G_END_DECLS
