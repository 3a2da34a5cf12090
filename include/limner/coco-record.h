/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Records between JSON text and structs. Reading goes through cJSON, after the scanner has judged
 * the text; writing keeps every byte of the members that did not change, and prints numbers itself.
 */

#include <limner/coco-file.h>
#include <limner/record.h>

G_BEGIN_DECLS

/**
 * limner_coco_record_parse:
 * @kind: what it is
 * @text: from '{' to '}'
 * @error: %LIMNER_COCO_ERROR_RECORD if it is not an object
 *
 * Lenient: what is missing or odd stays at its zero value (numbers as text are read, a segmentation
 * that cannot be shown is LIMNER_SEGMENTATION_INVALID and the shape falls back to the bbox). @text
 * must be valid by limner_coco_check_text(). Any thread.
 *
 * Returns: (transfer full): LimnerAnnotation, LimnerImageRecord, LimnerCategoryRecord or
 * LimnerRecord
 */
gpointer limner_coco_record_parse (LimnerRecordKind kind, GBytes *text, GError **error);

/**
 * limner_coco_check_text:
 * @text: (array length=length): one JSON value
 *
 * The scanner's judgement (RFC 8259, UTF-8, depth, duplicate names, NUL) of a text that does not
 * come from a scanned file, such as a line of 'limn apply'. Line and column in messages count from
 * the start of @text.
 */
gboolean limner_coco_check_text (const char *text, gsize length, GError **error);

/* How a file's records look; new text follows it. */
typedef struct
{
  gboolean one_line;       /* members on one line, else one member a line */
  char member_indent[32];  /* before each member, when not one_line */
  char close_indent[32];   /* before the closing brace, when not one_line */
  char colon[4];           /* ":" or ": " */
  char comma[4];           /* "," or ", " between members of one line and in arrays of numbers */
  char newline[3];         /* "\n" or "\r\n" */
  gboolean bbox_multiline; /* arrays spread over lines as json.dump (indent=) does */
  char indent_unit[16];
  gboolean ascii; /* non-ASCII characters are escaped in the file */
} LimnerCocoStyle;

/* Reads the style off one record. */
void limner_coco_style_from_record (LimnerCocoStyle *style, const char *text, gsize length);
#define LIMNER_COCO_STYLE_DEFAULT                                                                  \
  ((LimnerCocoStyle){ TRUE, "", "", ": ", ", ", "\n", FALSE, "", FALSE })

/**
 * limner_coco_member_find:
 * @text: an object's text
 * @name: member name, UTF-8
 * @value: (out): first byte of its value inside @text
 * @value_length: (out): bytes of the value
 *
 * Returns: whether the object has that member at its top level
 */
gboolean limner_coco_member_find (
    const char *text, gsize length, const char *name, const char **value, gsize *value_length);

/* One member to write: value is JSON text, or NULL to remove the member. */
typedef struct
{
  const char *name;
  const char *value;
} LimnerMember;

/**
 * limner_coco_record_set_members:
 * @text: (nullable): the object as it is, or %NULL for a new one
 * @style: how new members are laid out
 * @members: (array length=n_members): replaced where they stand, else added at the end
 *
 * Every byte outside the replaced values stays. A member whose value is equal as JSON keeps its
 * bytes.
 *
 * Returns: (transfer full): the new text
 */
GBytes *limner_coco_record_set_members (GBytes *text,
                                        const LimnerCocoStyle *style,
                                        const LimnerMember *members,
                                        guint n_members);

/* JSON text of values, each (transfer full). Coordinates: shortest decimal with at most 2 digits
 * after the point where the shape came from a hand (see shape_to_members), and never an exponent;
 * whole numbers without a point. */
char *limner_coco_format_number (double value);

/* @text is UTF-8; with quotes and escapes, and with @ascii all but ASCII as \\uXXXX. */
char *limner_coco_format_string (const char *text, gboolean ascii);

/**
 * limner_coco_shape_to_members:
 * @shape: in the frame of the file; coordinates are rounded to 1/100 pixel first, and bbox and area
 * follow from the rounded ones
 * @style: spacing of arrays
 * @segmentation: (out) (transfer full): "[]" for a box, "[[x,y,...],...]", or
 * {"size":[h,w],"counts":...}
 * @bbox: (out) (transfer full): "[x,y,width,height]"
 * @area: (out) (transfer full): number
 */
void limner_coco_shape_to_members (const LimnerShape *shape,
                                   const LimnerCocoStyle *style,
                                   char **segmentation,
                                   char **bbox,
                                   char **area);

G_END_DECLS
