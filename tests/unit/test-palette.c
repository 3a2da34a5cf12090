/* SPDX-License-Identifier: MIT */
#include <limner/palette.h>

#include "limner-test.h"

static void
test_same_arguments_same_color (void)
{
  const guint32 used[] = { 0xe5484d, 0x3b82f6 };
  guint32 color = limner_palette_choose ("car", used, G_N_ELEMENTS (used));

  for (guint i = 0; i < 3; i++)
    g_assert_cmphex (limner_palette_choose ("car", used, G_N_ELEMENTS (used)), ==, color);
  g_assert_cmphex (color, !=, used[0]);
  g_assert_cmphex (color, !=, used[1]);
  g_assert_cmphex (limner_palette_choose (NULL, NULL, 0), ==, 0xe5484d);
}

/* Written down once: a colour that moves with a release would move the colours of everybody's
 * classes. */
static void
test_stays_as_it_was (void)
{
  const struct
  {
    const char *name;
    guint32 color;
  } rows[] = {
    { "car", 0x12a594 },
    { "person", 0xe5484d },
    { "", 0x99d52a },
    { "自転車", 0xe5484d },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].name);
      g_assert_cmphex (limner_palette_choose (rows[i].name, NULL, 0), ==, rows[i].color);
    }
}

static double
luminance (guint32 color)
{
  return (0.2126 * (color >> 16) + 0.7152 * (color >> 8 & 0xff) + 0.0722 * (color & 0xff)) / 255;
}

static void
test_distinct_for_500_classes (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint32 used[500];

  for (guint i = 0; i < G_N_ELEMENTS (used); i++)
    {
      g_autofree char *name = g_strdup_printf ("class %u", i);

      used[i] = limner_palette_choose (name, used, i);
      g_assert_cmphex (used[i], <=, 0xffffff);
      g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (used[i])));
      g_assert_cmpfloat (luminance (used[i]), >, 0.05);
      g_assert_cmpfloat (luminance (used[i]), <, 0.95);
    }
}

static void
test_base_colors_first (void)
{
  const guint32 base[] = { 0xe5484d, 0x3b82f6, 0xf5a524, 0x12a594, 0x8e4ec6, 0x99d52a,
                           0xe93d82, 0x00a2c7, 0xad7f58, 0xf76808, 0x5b5bd6, 0x30a46c };
  guint32 used[12];

  for (guint i = 0; i < 12; i++)
    {
      gboolean is_base = FALSE;

      used[i] = limner_palette_choose ("same name", used, i);
      for (guint j = 0; j < 12; j++)
        is_base |= used[i] == base[j];
      g_assert_true (is_base);
    }
}

/* The two greens of the palette are not told apart at a glance. */
static void
test_first_classes_look_different (void)
{
  const guint32 greens[] = { 0x12a594, 0x30a46c };

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("class %u", i);

      g_assert_cmphex (limner_palette_choose (name, &greens[0], 1), !=, greens[1]);
      g_assert_cmphex (limner_palette_choose (name, &greens[1], 1), !=, greens[0]);
    }
}

static void
test_nothing_free (void)
{
  const guint n = 12 * 256;
  g_autofree guint32 *used = g_new (guint32, n);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint n_free = 0;

  for (guint i = 0; i < n; i++)
    {
      used[i] = limner_palette_choose ("x", used, i);
      if (!g_hash_table_add (seen, GUINT_TO_POINTER (used[i])))
        break;
      n_free++;
    }
  g_assert_cmpuint (n_free, >=, 1203);
  g_assert_cmphex (limner_palette_choose ("x", used, n_free), ==,
                   limner_palette_choose ("x", NULL, 0));
}

static void
test_text (void)
{
  const struct
  {
    const char *text;
    gboolean ok;
    guint32 color;
  } rows[] = {
    { "#000000", TRUE, 0 },
    { "#E5484d", TRUE, 0xe5484d },
    { "#ffffff", TRUE, 0xffffff },
    { "e5484d", FALSE, 0 },
    { "#e5484", FALSE, 0 },
    { "#e5484d0", FALSE, 0 },
    { "#e5484g", FALSE, 0 },
    { "", FALSE, 0 },
    { NULL, FALSE, 0 },
    { "# 12345", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint32 color = 1;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (limner_palette_parse (rows[i].text, &color), ==, rows[i].ok);
      g_assert_cmphex (color, ==, rows[i].ok ? rows[i].color : 1);
      if (rows[i].ok)
        {
          g_autofree char *text = limner_palette_format (color);

          g_assert_cmpint (g_ascii_strcasecmp (text, rows[i].text), ==, 0);
        }
    }
}

static const LimnerTestCase cases[] = {
  { "same-arguments-same-color", test_same_arguments_same_color },
  { "stays-as-it-was", test_stays_as_it_was },
  { "distinct-for-500-classes", test_distinct_for_500_classes },
  { "base-colors-first", test_base_colors_first },
  { "first-classes-look-different", test_first_classes_look_different },
  { "nothing-free", test_nothing_free },
  { "text", test_text },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "palette", cases);
}
