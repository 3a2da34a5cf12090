/* SPDX-License-Identifier: MIT */

#include "places.h"

#include "limner-test.h"

static void
note (LimnerPlaces *places, const char *path, const char *image, gint64 opened)
{
  const LimnerPlace place = { (char *) path, NULL, NULL, (char *) image, NULL, 12, 3, opened };

  limner_places_note (places, &place);
}

static void
test_comes_back (void)
{
  g_autoptr (LimnerPlaces) places = limner_places_new ();
  g_autoptr (LimnerPlace) place = NULL;

  note (places, "/data/street scenes", "image \xc3\xbc [1].jpg", 100);
  g_clear_object (&places);
  places = limner_places_new ();
  place = limner_places_find (places, "/data/street scenes");
  g_assert_nonnull (place);
  g_assert_cmpstr (place->path, ==, "/data/street scenes");
  g_assert_cmpstr (place->image, ==, "image \xc3\xbc [1].jpg");
  g_assert_null (place->coco_path);
  g_assert_cmpuint (place->n_images, ==, 12);
  g_assert_cmpuint (place->n_done, ==, 3);
}

/* Names of files are bytes. */
static void
test_path_is_not_utf8 (void)
{
  g_autoptr (LimnerPlaces) places = limner_places_new ();
  g_autoptr (LimnerPlace) place = NULL;

  note (places, "/data/\xff\xfe", "a\xff.jpg", 100);
  g_clear_object (&places);
  places = limner_places_new ();
  place = limner_places_find (places, "/data/\xff\xfe");
  g_assert_nonnull (place);
  g_assert_cmpstr (place->path, ==, "/data/\xff\xfe");
  g_assert_cmpstr (place->image, ==, "a\xff.jpg");
}

static void
test_newest_first_and_ten (void)
{
  g_autoptr (LimnerPlaces) places = limner_places_new ();
  g_autoptr (GPtrArray) list = NULL;
  const LimnerPlace *first;

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *path = g_strdup_printf ("/ten/%u", i);

      note (places, path, NULL, 1000 + i);
    }
  list = limner_places_list (places);
  g_assert_cmpuint (list->len, ==, 10);
  first = g_ptr_array_index (list, 0);
  g_assert_cmpstr (first->path, ==, "/ten/149");
  {
    g_autoptr (LimnerPlace) old = limner_places_find (places, "/ten/0");
    g_assert_null (old);
  }
}

static void
test_forget (void)
{
  g_autoptr (LimnerPlaces) places = limner_places_new ();
  g_autoptr (LimnerPlace) place = NULL;

  note (places, "/forget/me", NULL, 5000);
  limner_places_forget (places, "/forget/me");
  place = limner_places_find (places, "/forget/me");
  g_assert_null (place);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "comes-back", test_comes_back },
    { "path-is-not-utf8", test_path_is_not_utf8 },
    { "newest-first-and-ten", test_newest_first_and_ten },
    { "forget", test_forget },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "window-places", cases);
}
