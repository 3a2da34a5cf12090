/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "text.h"

#include <string.h>

static gboolean
scan_hex (const char *text, gunichar *c)
{
  gunichar value = 0;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return FALSE;
      value = value << 4 | (guint) digit;
    }
  *c = value;
  return TRUE;
}

static guint
scan_unicode_escape (const char *text, gunichar *c)
{
  gunichar low;

  if (!scan_hex (text + 2, c))
    return 0;
  if (*c < 0xd800 || *c > 0xdfff)
    return 6;
  if (*c <= 0xdbff && text[6] == '\\' && text[7] == 'u' && scan_hex (text + 8, &low) &&
      low >= 0xdc00 && low <= 0xdfff)
    {
      *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
      return 12;
    }
  *c = LIMNER_JSON_LONE_SURROGATE;
  return 6;
}

guint
limner_json_scan_escape (const char *text, gunichar *c)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *letter;

  if (text[1] == 'u')
    return scan_unicode_escape (text, c);
  letter = text[1] != '\0' ? strchr (letters, text[1]) : NULL;
  if (letter == NULL)
    return 0;
  *c = (gunichar) values[letter - letters];
  return 2;
}

void
limner_json_unescape (const char *text, gsize length, GString *out)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *backslash = memchr (text, '\\', (gsize) (end - text));
      char escape[16] = { 0 };
      gunichar c = 0;
      guint n;

      if (backslash == NULL)
        break;
      g_string_append_len (out, text, backslash - text);
      memcpy (escape, backslash, MIN ((gsize) (end - backslash), 12));
      n = limner_json_scan_escape (escape, &c);
      if (n == 0)
        return;
      g_string_append_unichar (out, c);
      text = backslash + n;
    }
  g_string_append_len (out, text, end - text);
}

static gboolean
is_continuation (guint8 byte)
{
  return (byte & 0xc0) == 0x80;
}

guint
limner_utf8_scan (const guint8 *text)
{
  guint8 a = text[0];
  guint8 b = text[1];

  if (a < 0xc2 || a > 0xf4 || !is_continuation (b))
    return 0;
  if (a < 0xe0)
    return 2;
  if (!is_continuation (text[2]))
    return 0;
  if (a < 0xf0)
    return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
  if (!is_continuation (text[3]))
    return 0;
  return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}
