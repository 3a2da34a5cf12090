/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-palette"

#include "palette-private.h"

#include <math.h>

static const guint32 base_colors[] = {
  0xe5484d, 0x3b82f6, 0xf5a524, 0x12a594, 0x8e4ec6, 0x99d52a,
  0xe93d82, 0x00a2c7, 0xad7f58, 0xf76808, 0x5b5bd6, 0x30a46c,
};

/* 256 levels of lightness are more than 8 bits a channel can tell apart: beyond them nothing is
 * free. */
#define N_LEVELS 256

/* A quarter to four fifths: visible on white panels and on the near black canvas. */
#define LIGHTNESS_MIN 0.25
#define LIGHTNESS_MAX 0.80

/* One channel of an HSL colour; @shift turns the hue to the channel. */
static guint32
hsl_channel (double hue, double saturation, double lightness, double shift)
{
  double k = fmod (shift + hue * 12.0, 12.0);
  double reach = saturation * MIN (lightness, 1.0 - lightness);
  double value = lightness - reach * MAX (-1.0, MIN (MIN (k - 3.0, 9.0 - k), 1.0));

  return (guint32) lround (value * 255.0);
}

static guint32
with_lightness (guint32 color, double rotation)
{
  double r = (color >> 16) / 255.0, g = ((color >> 8) & 0xff) / 255.0, b = (color & 0xff) / 255.0;
  double high = MAX (r, MAX (g, b)), low = MIN (r, MIN (g, b));
  double chroma = high - low, lightness = (high + low) / 2.0;
  double saturation = chroma / (1.0 - fabs (2.0 * lightness - 1.0));
  double hue = high == r   ? fmod ((g - b) / chroma + 6.0, 6.0) / 6.0
               : high == g ? ((b - r) / chroma + 2.0) / 6.0
                           : ((r - g) / chroma + 4.0) / 6.0;
  double span = LIGHTNESS_MAX - LIGHTNESS_MIN;
  double whole;

  lightness = LIGHTNESS_MIN + span * modf ((lightness - LIGHTNESS_MIN) / span + rotation, &whole);
  return hsl_channel (hue, saturation, lightness, 0.0) << 16 |
         hsl_channel (hue, saturation, lightness, 8.0) << 8 |
         hsl_channel (hue, saturation, lightness, 4.0);
}

/* The golden ratio puts each further level into the widest gap that the earlier ones left. */
static guint32
palette_entry (guint index)
{
  guint level = index / G_N_ELEMENTS (base_colors);
  guint32 base = base_colors[index % G_N_ELEMENTS (base_colors)];

  return level == 0 ? base : with_lightness (base, level * 0.6180339887498949);
}

/* Below this two base colours are taken for one another at a glance: the two greens, the two blues.
 */
#define CLOSE_DISTANCE 110.0

/* Distance in RGB weighted by the mean red, near to what eyes see (T. Riemersma, 'Colour metric',
 * 2001). */
static double
get_distance (guint32 a, guint32 b)
{
  double red = ((a >> 16) + (b >> 16)) / 2.0 / 256.0;
  double dr = (double) (a >> 16) - (double) (b >> 16);
  double dg = (double) ((a >> 8) & 0xff) - (double) ((b >> 8) & 0xff);
  double db = (double) (a & 0xff) - (double) (b & 0xff);

  return sqrt ((2.0 + red) * dr * dr + 4.0 * dg * dg + (3.0 - red) * db * db);
}

static gboolean
is_far_from_all (guint32 color, GHashTable *used)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, used);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    {
      if (get_distance (color, GPOINTER_TO_UINT (other)) < CLOSE_DISTANCE)
        return FALSE;
    }
  return TRUE;
}

guint32
limner_palette_choose_beside (const char *name, GHashTable *used)
{
  guint start = name != NULL ? g_str_hash (name) % G_N_ELEMENTS (base_colors) : 0;

  /* the first few classes must not look alike; later ones take what is free */
  for (guint i = 0;
       i < G_N_ELEMENTS (base_colors) && g_hash_table_size (used) < G_N_ELEMENTS (base_colors); i++)
    {
      guint32 color = base_colors[(start + i) % G_N_ELEMENTS (base_colors)];

      if (is_far_from_all (color, used))
        return color;
    }
  for (guint level = 0; level < N_LEVELS; level++)
    for (guint i = 0; i < G_N_ELEMENTS (base_colors); i++)
      {
        guint hue = (start + i) % G_N_ELEMENTS (base_colors);
        guint32 color = palette_entry (level * G_N_ELEMENTS (base_colors) + hue);

        if (!g_hash_table_contains (used, GUINT_TO_POINTER (color)))
          return color;
      }
  return base_colors[start];
}

guint32
limner_palette_choose (const char *name, const guint32 *used, guint n_used)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < n_used; i++)
    g_hash_table_add (set, GUINT_TO_POINTER (used[i]));
  return limner_palette_choose_beside (name, set);
}

char *
limner_palette_format (guint32 color)
{
  return g_strdup_printf ("#%06x", color & 0xffffff);
}

gboolean
limner_palette_parse (const char *text, guint32 *color)
{
  guint32 value = 0;

  if (text == NULL || text[0] != '#' || strlen (text) != 7)
    return FALSE;
  for (guint i = 1; i < 7; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      value = value << 4 | (guint32) g_ascii_xdigit_value (text[i]);
    }
  *color = value;
  return TRUE;
}
