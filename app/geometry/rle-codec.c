/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-rle"

/*
 * COCO's string form of runs: from the fourth on each is written as the difference to the run
 * before the last, in groups of five bits, least first, one character (48 + bits) a group, bit 32
 * set while more follow; the highest bit of the last group is the sign.
 */

#include "rle-private.h"

/* 12 groups hold 60 bits: far more than a mask can have, and differences cannot overflow. */
#define MAX_GROUPS 12

/* Reads one number at *@at and moves behind it. */
static gboolean
read_number (const char *text, gsize length, gsize *at, gint64 *number, GError **error)
{
  guint64 bits = 0;
  guint n_groups = 0;
  guint group;

  do
    {
      if (*at == length)
        {
          g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_TEXT,
                       "compressed counts end inside a number, after %" G_GSIZE_FORMAT
                       " characters; a backslash may have been lost",
                       length);
          return FALSE;
        }
      group = (guint) (guchar) text[*at] - 48;
      if (group > 63)
        {
          g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_TEXT,
                       "compressed counts have a byte of value %u at position %" G_GSIZE_FORMAT
                       ", expected characters from '0' to 'o'",
                       (guint) (guchar) text[*at], *at);
          return FALSE;
        }
      if (n_groups == MAX_GROUPS)
        {
          g_set_error (
              error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_TEXT,
              "compressed counts have a number of more than 60 bits at position %" G_GSIZE_FORMAT,
              *at);
          return FALSE;
        }
      bits |= (guint64) (group & 31) << (5 * n_groups++);
      (*at)++;
    }
  while (group & 32);

  if (group & 16)
    bits |= G_MAXUINT64 << (5 * n_groups);
  *number = (gint64) bits;
  return TRUE;
}

LimnerRle *
limner_rle_new_from_string (
    guint32 height, guint32 width, const char *text, gsize length, GError **error)
{
  g_autofree guint32 *counts = NULL;
  gsize n_counts = 0;
  guint64 left = (guint64) height * width;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  if (!limner_rle_check_size (height, width, error))
    return NULL;

  /* Every run takes a character at least. */
  counts = g_new (guint32, length);
  for (gsize at = 0; at < length;)
    {
      gint64 run;

      if (!read_number (text, length, &at, &run, error))
        return NULL;
      if (n_counts > 2)
        run += counts[n_counts - 2];
      if (run < 0)
        {
          g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_TEXT,
                       "compressed counts give run %" G_GSIZE_FORMAT " a negative length",
                       n_counts + 1);
          return NULL;
        }
      if ((guint64) run > left)
        {
          g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE,
                       "compressed counts go beyond the mask of height %u x width %u at run "
                       "%" G_GSIZE_FORMAT,
                       height, width, n_counts + 1);
          return NULL;
        }
      left -= run;
      counts[n_counts++] = run;
    }
  if (left > 0)
    {
      g_set_error (error, LIMNER_RLE_ERROR, LIMNER_RLE_ERROR_SIZE,
                   "compressed counts end %" G_GUINT64_FORMAT
                   " pixels before the mask of height %u x width %u",
                   left, height, width);
      return NULL;
    }
  return limner_rle_wrap (height, width, counts, n_counts);
}

char *
limner_rle_dup_string (const LimnerRle *self)
{
  GString *text = g_string_sized_new (self->n_counts * 2 + 1);

  for (gsize i = 0; i < self->n_counts; i++)
    {
      gint64 number = self->counts[i];
      gboolean more;

      if (i > 2)
        number -= self->counts[i - 2];
      do
        {
          guint group = number & 31;

          number >>= 5;
          more = group & 16 ? number != -1 : number != 0;
          g_string_append_c (text, (char) (48 + (more ? group | 32 : group)));
        }
      while (more);
    }
  return g_string_free (text, FALSE);
}
