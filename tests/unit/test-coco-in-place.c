/* SPDX-License-Identifier: MIT */

/*
 * Writing into the COCO file itself, and what is made of it after that was interrupted: a mixture
 * of both versions is put right, everything else is left, and the copies of both versions stay as
 * long as it is not known which it is.
 */

#include "coco-writer-fixture.h"

#include <sys/stat.h>

#define SECTOR 512
#define LARGE (32 << 20)

/* Target, and the places of both copies beside a log. */
typedef struct
{
  char *target;
  char *log;
  char *new_path;
  char *old_path;
} Place;

static void
place_clear (Place *self)
{
  g_free (self->target);
  g_free (self->log);
  g_free (self->new_path);
  g_free (self->old_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static Place
make_place (const char *name)
{
  g_autofree char *log_name = g_strconcat (name, ".log", NULL);
  Place self = { .target = limner_test_path (name), .log = limner_test_path (log_name) };

  self.new_path = limner_coco_dup_in_place_new (self.log);
  self.old_path = g_strconcat (self.log, "-in-place-old", NULL);
  return self;
}

/* @length bytes of sectors that are each like no other. */
static GString *
make_version (char letter, gsize length)
{
  GString *text = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    g_string_append_c (text, (char) (letter + i / SECTOR % 20));
  return text;
}

static void
put (const char *path, const GString *text)
{
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
}

static void
assert_content (const char *path, const GString *expected)
{
  g_autofree char *found = NULL;
  gsize length;

  found = read_file (path, &length);
  g_assert_cmpmem (found, length, expected->str, expected->len);
}

static void
assert_copies (const Place *place, gboolean are_there)
{
  g_assert_cmpint (g_file_test (place->old_path, G_FILE_TEST_EXISTS), ==, are_there);
  g_assert_cmpint (g_file_test (place->new_path, G_FILE_TEST_EXISTS), ==, are_there);
  g_assert_cmpint (limner_coco_is_in_place_begun (place->log), ==, are_there);
}

/* ---- after a crash ---- */

/* The first @n_new bytes of the new version and then the old one, up to @length; what neither has
 * there was never written. */
static GString *
mix (const GString *old, const GString *new, gsize n_new, gsize length)
{
  GString *text = g_string_new_len (new->str, (gssize) n_new);

  for (gsize i = n_new; i < length; i++)
    g_string_append_c (text, i < old->len ? old->str[i] : '\0');
  return text;
}

static void
check_mixture (const GString *old, const GString *new, const GString *mixed, gboolean to_old)
{
  g_auto (Place) place = make_place ("mixture");
  g_autoptr (GError) error = NULL;

  put (place.target, mixed);
  put (place.old_path, old);
  put (place.new_path, new);
  assert_copies (&place, TRUE);
  g_assert_true (to_old ? limner_coco_undo_in_place (place.target, place.log, &error)
                        : limner_coco_recover_in_place (place.target, place.log, &error));
  g_assert_no_error (error);
  assert_content (place.target, to_old ? old : new);
  assert_copies (&place, FALSE);
}

static void
test_mixtures (void)
{
  static const struct
  {
    gsize n_old, n_new; /* sizes of the versions */
    gsize n_written;    /* bytes of the new one that arrived */
    gsize length;
  } rows[] = {
    { 8 * SECTOR, 8 * SECTOR, 3 * SECTOR, 8 * SECTOR },                 /* between sectors */
    { 8 * SECTOR, 8 * SECTOR, 3 * SECTOR + 7, 8 * SECTOR },             /* torn sector */
    { 8 * SECTOR + 9, 5 * SECTOR + 3, 2 * SECTOR + 7, 8 * SECTOR + 9 }, /* it gets shorter */
    { 8 * SECTOR + 9, 5 * SECTOR + 3, 5 * SECTOR + 3, 8 * SECTOR + 9 }, /* not cut off yet */
    { 5 * SECTOR + 3, 8 * SECTOR + 9, 2 * SECTOR + 7, 5 * SECTOR + 3 }, /* it gets longer */
    { 5 * SECTOR + 3, 8 * SECTOR + 9, 6 * SECTOR, 6 * SECTOR },         /* with a part of it */
    { 5 * SECTOR + 3, 8 * SECTOR + 9, 6 * SECTOR, 8 * SECTOR },         /* and a hole */
    { (2 << 20) + 9, (2 << 20) + 600, (1 << 20) + 5, (2 << 20) + 9 },   /* past a chunk */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GString *old = make_version ('a', rows[i].n_old);
      GString *new = make_version ('A', rows[i].n_new);
      GString *mixed = mix (old, new, rows[i].n_written, rows[i].length);

      /* each may be on its way over the other: the old one comes back where the new one fails */
      check_mixture (old, new, mixed, FALSE);
      check_mixture (old, new, mixed, TRUE);
      check_mixture (new, old, mixed, FALSE);
      check_mixture (new, old, mixed, TRUE);
      g_string_free (old, TRUE);
      g_string_free (new, TRUE);
      g_string_free (mixed, TRUE);
    }
}

static void
check_left (const char *name, const GString *content)
{
  for (guint to_old = 0; to_old < 2; to_old++)
    {
      g_auto (Place) place = make_place (name);
      g_autoptr (GError) error = NULL;
      GString *old = make_version ('a', 4 * SECTOR);
      GString *new = make_version ('A', 5 * SECTOR);

      put (place.target, content);
      put (place.old_path, old);
      put (place.new_path, new);
      g_assert_true (to_old ? limner_coco_undo_in_place (place.target, place.log, &error)
                            : limner_coco_recover_in_place (place.target, place.log, &error));
      g_assert_no_error (error);
      assert_content (place.target, content);
      assert_copies (&place, FALSE);
      g_string_free (old, TRUE);
      g_string_free (new, TRUE);
    }
}

/* One of the versions, or what another program has written since. */
static void
test_whole_is_left (void)
{
  GString *text = make_version ('a', 4 * SECTOR);

  check_left ("old", text);
  text->str[700]++; /* one byte in the midst of a sector */
  check_left ("foreign", text);
  g_string_free (text, TRUE);
  text = make_version ('A', 5 * SECTOR);
  check_left ("new", text);
  g_string_append_c (text, 'x');
  check_left ("foreign-longer", text);
  g_string_free (text, TRUE);
}

/* Copies of both versions, and a target that nothing is known of. */
static void
check_kept (const char *target, gboolean is_error)
{
  g_auto (Place) place = make_place ("kept");
  g_autoptr (GError) error = NULL;

  write_file (place.old_path, "old");
  write_file (place.new_path, "new");
  g_assert_cmpint (limner_coco_recover_in_place (target, place.log, &error), ==, !is_error);
  g_assert_cmpint (error != NULL, ==, is_error);
  if (is_error)
    {
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, target));
      g_assert_nonnull (strstr (error->message, place.old_path));
      g_assert_nonnull (strstr (error->message, place.new_path));
    }
  assert_copies (&place, TRUE);
}

static void
test_copies_are_kept (void)
{
  g_autofree char *file = limner_test_path ("a-file");
  g_autofree char *below = g_build_filename (file, "set.json", NULL);
  g_autofree char *absent = limner_test_path ("absent.json");

  write_file (file, "");
  check_kept (absent, FALSE);
  check_kept (below, TRUE);
  check_kept ("/proc/self/mem", TRUE); /* a regular file whose first byte cannot be read */
}

/* ---- writing ---- */

static void
put_large (const char *path, char letter)
{
  g_autofree char *spaces = g_strnfill (LARGE, ' ');
  g_autofree char *text = g_strdup_printf ("{\"images\":[],\"info\":\"%c\"%s}", letter, spaces);

  write_file (path, text);
}

typedef struct
{
  const char *path;
  gint stop; /* atomic */
} Meddler;

/* Changes nothing but the time of change, as a program does that writes the same bytes. */
static gpointer
meddle (gpointer data)
{
  Meddler *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      g_assert_cmpint (chmod (self->path, 0600), ==, 0);
      g_usleep (500);
    }
  return NULL;
}

static void
check_write (gboolean with_meddler)
{
  g_auto (Place) place = make_place (with_meddler ? "meddled" : "alone");
  Meddler meddler = { .path = place.target };
  g_autoptr (LimnerCocoFile) base = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  GThread *thread = NULL;
  gboolean is_written;

  put_large (place.target, 'a');
  put_large (place.new_path, 'b');
  base = limner_coco_file_open (place.target, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  if (with_meddler)
    thread = g_thread_new ("meddler", meddle, &meddler);
  is_written = limner_coco_write_in_place (base, place.target, place.log, &error);
  g_atomic_int_set (&meddler.stop, TRUE);
  if (thread != NULL)
    g_thread_join (thread);
  g_assert_cmpint (is_written, ==, !with_meddler);
  if (with_meddler)
    g_assert_nonnull (strstr (error->message, "nothing is written over"));
  found = read_file (place.target, NULL);
  g_assert_true (g_str_has_prefix (found, with_meddler ? "{\"images\":[],\"info\":\"a\""
                                                       : "{\"images\":[],\"info\":\"b\""));
  assert_copies (&place, FALSE);
}

static void
test_write (void)
{
  check_write (FALSE);
}

static void
test_written_meanwhile (void)
{
  check_write (TRUE);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "mixtures", test_mixtures },
    { "whole-is-left", test_whole_is_left },
    { "copies-are-kept", test_copies_are_kept },
    { "write", test_write },
    { "written-meanwhile", test_written_meanwhile },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "coco-in-place", cases);
}
