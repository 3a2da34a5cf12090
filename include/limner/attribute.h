/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The members of an annotation's "attributes" object, the extension that CVAT and Datumaro write:
 * {"occluded": true, "rotation": 12.5, "colour": "red"}.
 */

#include <limner/coco-value.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;
  LimnerValueType type;
  char *text; /* of a string what it says, of anything else its JSON */
} LimnerAttribute;

void limner_attribute_free (LimnerAttribute *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerAttribute, limner_attribute_free)

/**
 * limner_attributes_read:
 * @record: an annotation's text, judged by the scanner
 *
 * Returns: (transfer full) (element-type LimnerAttribute): in the order of the file; empty where
 * there are none
 */
GPtrArray *limner_attributes_read (GBytes *record);

/**
 * limner_attribute_format:
 * @text: as a person typed it
 * @is_text: it is to be a string whatever it looks like, as the value it replaces was
 * @ascii: the file escapes what is not ASCII
 *
 * Returns: (transfer full): JSON: true, false and numbers as what they are, all else as a string
 */
char *limner_attribute_format (const char *text, gboolean is_text, gboolean ascii);

/**
 * limner_attribute_set:
 * @record: an annotation's text, judged by the scanner
 * @value: (nullable): JSON; %NULL removes the attribute
 *
 * Every byte of the other attributes stays.
 *
 * Returns: (transfer full) (nullable): the new text of the "attributes" object, or %NULL where the
 * record has something else of that name
 */
char *limner_attribute_set (GBytes *record, const char *name, const char *value);

G_END_DECLS
