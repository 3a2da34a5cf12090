/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-natural-sort"

#include "natural-sort.h"

#include <string.h>

/*
 * A name becomes a key of bytes that compares with strcmp(). Bytes are moved up by one, so that 1
 * can end a part of the path and sort before everything. A number is '0' moved up, how many digits
 * it has, its digits. A part that is not the last is followed by its own bytes, or else files of
 * 'A' and 'a' would be mixed.
 */
#define END_OF_PART 1
#define NUMBER ('0' + 1)
#define MAX_DIGITS 250

typedef struct
{
  const char *name;
  guint64 start; /* the 8 bytes of the key in which the names begin to differ, as a number */
  gsize offset;  /* of the key */
  guint32 index;
} SortItem;

/* A byte of a name is at most itself twice and four bytes of separators; lower case may be a byte
 * longer. */
#define MAX_BYTES_PER_BYTE 5

static inline guint8 *
put_byte (guint8 *key, guchar byte)
{
  *key = (guint8) MIN (byte + 1, 255);
  return key + 1;
}

static guint8 *
put_number (guint8 *key, const char **p)
{
  const char *digits;
  gsize length, left;

  while (**p == '0')
    (*p)++;
  for (digits = *p; g_ascii_isdigit (**p); (*p)++)
    ;
  length = (gsize) (*p - digits);
  *key++ = NUMBER;
  for (left = length; left > MAX_DIGITS; left -= MAX_DIGITS)
    *key++ = 255;
  *key++ = (guint8) (left + 2);
  memcpy (key, digits, length);
  return key + length;
}

/* Names that are not UTF-8 exist on disk; what cannot be read is compared as bytes. */
static guint8 *
put_letter (guint8 *key, const char **p)
{
  char folded[6];
  gunichar letter;
  int length;

  if ((guchar) * *p < 0x80)
    return put_byte (key, (guchar) g_ascii_tolower (*(*p)++));
  letter = g_utf8_get_char_validated (*p, -1);
  if (letter == (gunichar) -1 || letter == (gunichar) -2)
    return put_byte (key, (guchar) * (*p)++);
  length = g_unichar_to_utf8 (g_unichar_tolower (letter), folded);
  for (int i = 0; i < length; i++)
    key = put_byte (key, (guchar) folded[i]);
  *p = g_utf8_next_char (*p);
  return key;
}

static void
append_key (GString *keys, const char *name)
{
  gsize start = keys->len;
  const char *part = name;
  guint8 *key;

  g_string_set_size (keys, start + strlen (name) * MAX_BYTES_PER_BYTE + 1);
  key = (guint8 *) keys->str + start;
  for (const char *p = name; *p != '\0';)
    {
      if (g_ascii_isdigit (*p))
        key = put_number (key, &p);
      else if (*p != '/')
        key = put_letter (key, &p);
      else
        {
          *key++ = END_OF_PART;
          for (; part < p; part++)
            key = put_byte (key, (guchar) *part);
          *key++ = END_OF_PART;
          part = ++p;
        }
    }
  *key++ = '\0';
  g_string_set_size (keys, (gsize) (key - (guint8 *) keys->str));
}

int
limner_natural_compare (const char *a, const char *b)
{
  GString *keys = g_string_new (NULL);
  gsize offset;
  int order;

  append_key (keys, a);
  offset = keys->len;
  append_key (keys, b);
  order = strcmp (keys->str, keys->str + offset);
  g_string_free (keys, TRUE);
  return order != 0 ? order : strcmp (a, b);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer keys)
{
  const SortItem *item_a = a, *item_b = b;
  int order;

  if (item_a->start != item_b->start)
    return item_a->start < item_b->start ? -1 : 1;
  order = strcmp ((const char *) keys + item_a->offset, (const char *) keys + item_b->offset);
  if (order == 0)
    order = strcmp (item_a->name, item_b->name);
  if (order == 0)
    order = item_a->index < item_b->index ? -1 : 1;
  return order;
}

/* Bytes that all keys begin with: names of one camera or one folder share many. */
static gsize
find_common_start (const char *keys, const SortItem *items, guint n)
{
  gsize common = n > 0 ? strlen (keys + items[0].offset) : 0;

  for (guint i = 1; i < n; i++)
    for (gsize j = 0; j < common; j++)
      if (keys[items[0].offset + j] != keys[items[i].offset + j])
        common = j;
  return common;
}

static guint64
read_start (const char *key)
{
  guint64 start = 0;

  for (guint i = 0; i < 8; i++)
    {
      start = start << 8 | (guchar) *key;
      if (*key != '\0')
        key++;
    }
  return start;
}

guint32 *
limner_natural_sort (const char *const *names, guint n_names)
{
  g_autofree SortItem *items = g_new (SortItem, n_names);
  GString *keys = g_string_sized_new (n_names * (gsize) 16);
  guint32 *order = g_new (guint32, MAX (n_names, 1));
  gsize common;

  for (guint i = 0; i < n_names; i++)
    {
      items[i] = (SortItem){ names[i], 0, keys->len, i };
      append_key (keys, names[i]);
    }
  common = find_common_start (keys->str, items, n_names);
  for (guint i = 0; i < n_names; i++)
    {
      items[i].offset += common;
      items[i].start = read_start (keys->str + items[i].offset);
    }
  g_qsort_with_data (items, (gint) n_names, sizeof *items, compare_items, keys->str);
  for (guint i = 0; i < n_names; i++)
    order[i] = items[i].index;
  g_string_free (keys, TRUE);
  return order;
}
