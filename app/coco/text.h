/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Characters of JSON strings.
 */

#include <glib.h>

G_BEGIN_DECLS

#define LIMNER_JSON_LONE_SURROGATE ((gunichar) 0xd800)

/**
 * limner_json_scan_escape:
 * @text: at a backslash; twelve bytes can be read
 * @c: (out): the character, or %LIMNER_JSON_LONE_SURROGATE
 *
 * Returns: length of the escape (a surrogate pair is one), or 0 if it is none
 */
guint limner_json_scan_escape (const char *text, gunichar *c);

/* Appends a valid string's inner text, without its quotes, as UTF-8. */
void limner_json_unescape (const char *text, gsize length, GString *out);

/**
 * limner_utf8_scan:
 * @text: at a byte from 0x80; four bytes can be read
 *
 * Well-formed by table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing
 * beyond U+10FFFF.
 *
 * Returns: length of the character, or 0 if it is none
 */
guint limner_utf8_scan (const guint8 *text);

G_END_DECLS
