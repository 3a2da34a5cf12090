/* SPDX-License-Identifier: MIT */
#include "limner-test.h"
#include "model-fixture.h"

static const struct
{
  const char *name;
  const char *file_name;
  gboolean is_ok;
} rows[] = {
  { "plain", "a.jpg", TRUE },
  { "in folders", "a/b c/d.jpg", TRUE },
  { "hidden", ".a.jpg", TRUE },
  { "dots in a name", "a..b/...jpg", TRUE },
  { "percent is no escape", "%2e%2e/a.jpg", TRUE },
  { "not ASCII", "Zürich/写真.jpg", TRUE },
  { "a time", "12:30/a.jpg", TRUE },
  { "colon in a name", "scan 1: front.jpg", TRUE },
  { "tilde inside", "a~1.jpg", TRUE },
  { "right to left", "b\u202egnp.exe", TRUE },
  { "empty", "", FALSE },
  { "absolute", "/etc/passwd", FALSE },
  { "two slashes", "//server/a.jpg", FALSE },
  { "device", "/dev/stdin", FALSE },
  { "dot", ".", FALSE },
  { "dot first", "./a.jpg", FALSE },
  { "dot last", "a/.", FALSE },
  { "climbs", "../a.jpg", FALSE },
  { "climbs in the middle", "sub/../../a.png", FALSE },
  { "climbs at the end", "sub/..", FALSE },
  { "empty part", "a//b.jpg", FALSE },
  { "ends in a slash", "images/", FALSE },
  { "backslash", "sub\\a.jpg", FALSE },
  { "drive", "C:/windows/win.ini", FALSE },
  { "drive without a slash", "c:win.ini", FALSE },
  { "file URL", "file:///etc/passwd", FALSE },
  { "file URL, short", "file:/etc/passwd", FALSE },
  { "http URL", "http://127.0.0.1:9/x.png", FALSE },
  { "home", "~/.ssh/id_rsa", FALSE },
  { "somebody's home", "~root/a.jpg", FALSE },
  { "newline", "a\n.png", FALSE },
  { "escape", "a\x1b[2Jb.png", FALSE },
  { "delete", "a\x7f.png", FALSE },
  { "C1 escape",
    "a\xc2\x9b"
    "2Jb.png",
    FALSE },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (limner_dataset_check_image_name (rows[i].file_name, &error), ==,
                       rows[i].is_ok);
      if (rows[i].is_ok)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      for (const char *p = error->message; *p != '\0'; p++)
        g_assert_true ((guchar) *p >= 0x20 && *p != 0x7f);
    }
}

/* The person sees what is in a name that looks like another. */
static void
test_names_in_messages (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (limner_dataset_check_image_name ("/b\u202egnp\x1b.exe", &error));
  g_assert_nonnull (strstr (error->message, "'/b\\u202egnp\\u001b.exe'"));
}

static void
test_lengths (void)
{
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');
  g_autofree char *deep = g_strjoin ("/", longest, longest, "a.jpg", NULL);
  g_autoptr (GString) path = g_string_new ("a");
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_dataset_check_image_name (longest, NULL));
  g_assert_true (limner_dataset_check_image_name (deep, NULL));
  g_assert_false (limner_dataset_check_image_name (too_long, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
  g_assert_cmpuint (strlen (error->message), <, 300);
  while (path->len < 5000)
    g_string_append (path, "/a");
  g_assert_false (limner_dataset_check_image_name (path->str, NULL));
}

static void
test_dup_path (void)
{
  const char *const files[] = { "b.jpg", "sub/a.jpg", NULL };
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (LimnerColumns) columns = NULL;
  g_autoptr (LimnerDataset) dataset = NULL;
  g_autoptr (LimnerDataset) rootless = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!g_str_equal (rows[i].file_name, ""))
      fixture_addf (fixture, "I %u 0 v %s", i + 1, rows[i].file_name);
  columns = fixture_columns (fixture);
  dataset = limner_dataset_new (columns, "/somewhere", files);
  rootless = limner_dataset_new (columns, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = NULL;
      g_autofree char *expected = g_build_filename ("/somewhere", rows[i].file_name, NULL);
      guint image = limner_dataset_find_image (dataset, i + 1);
      int code = rows[i].is_ok ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_INVALID_FILENAME;

      if (image == LIMNER_NO_IMAGE)
        continue;
      path = limner_dataset_dup_image_path (dataset, image, &error);
      g_assert_cmpstr (path, ==, rows[i].is_ok ? expected : NULL);
      if (!rows[i].is_ok)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      g_clear_error (&error);
      g_assert_null (limner_dataset_dup_image_path (rootless,
                                                    limner_dataset_find_image (rootless, i + 1),
                                                    &error));
      g_assert_error (error, G_IO_ERROR, code);
    }
}

/* Every name of the hostile corpus that is listed as unsafe. */
static void
test_corpus (void)
{
  g_autofree char *folder = limner_test_shared ("data-hostile/json");
  g_autofree char *list = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (folder == NULL)
    return;
  list = limner_test_shared ("data-hostile/cases.tsv");
  g_assert_true (g_file_get_contents (list, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      g_autofree char *path = NULL;
      g_autofree char *json = NULL;
      g_autofree char *found = NULL;
      g_autofree char *name = NULL;
      g_autoptr (GRegex) regex = NULL;
      g_autoptr (GMatchInfo) match = NULL;

      if (!g_str_has_prefix (lines[i], "json/path-") || strstr (fields[3], "W_UNSAFE_PATH") == NULL)
        continue;
      path = g_build_filename (folder, strchr (fields[0], '/') + 1, NULL);
      g_assert_true (g_file_get_contents (path, &json, NULL, NULL));
      /* the second image of each file is the odd one */
      regex = g_regex_new ("\"file_name\":\\s*\"([^\"]*)\"", 0, 0, NULL);
      g_regex_match (regex, json, 0, &match);
      g_assert_true (g_match_info_next (match, NULL));
      found = g_match_info_fetch (match, 1);
      name = strstr (found, "\\u001b") != NULL ? g_strdup ("a\x1b[2Jb.png") : g_strcompress (found);
      g_test_message ("%s", fields[0]);
      g_assert_false (limner_dataset_check_image_name (name, NULL));
      n++;
    }
  g_assert_cmpuint (n, ==, 15);
}

static void
make_link (const char *target, const char *name)
{
  g_autofree char *path = limner_test_path (name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
make_file (const char *name)
{
  g_autofree char *path = limner_test_path (name);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

static void
make_folder (const char *name)
{
  g_autofree char *path = limner_test_path (name);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static const struct
{
  const char *name;
  const char *path;
  int code; /* of G_IO_ERROR; -1: allowed */
} link_rows[] = {
  { "a file", "root/a.jpg", -1 },
  { "in a folder", "root/sub/b.jpg", -1 },
  { "no such file", "root/c.jpg", G_IO_ERROR_NOT_FOUND },
  { "no such folder", "root/none/c.jpg", G_IO_ERROR_NOT_FOUND },
  { "link to a file beside it", "root/beside", -1 },
  { "link to a folder inside", "root/inside/b.jpg", -1 },
  { "up and down again, inside", "root/sub/up", -1 },
  { "absolute link inside", "root/absolute", -1 },
  { "link to a file outside", "root/outside", G_IO_ERROR_INVALID_FILENAME },
  { "link to a folder outside", "root/away/secret.jpg", G_IO_ERROR_INVALID_FILENAME },
  { "absolute link outside", "root/absolute-away", G_IO_ERROR_INVALID_FILENAME },
  { "link to a link outside", "root/sub/chain", G_IO_ERROR_INVALID_FILENAME },
  { "out and in again", "root/in-again", G_IO_ERROR_INVALID_FILENAME },
  { "a loop", "root/loop", G_IO_ERROR_INVALID_FILENAME },
  { "dangling", "root/dangling", G_IO_ERROR_NOT_FOUND },
  { "a folder with a longer name", "root-2/secret.jpg", G_IO_ERROR_INVALID_FILENAME },
};

static void
test_links (void)
{
  g_autofree char *real = realpath (limner_test_dir (), NULL);
  g_autofree char *inside = g_build_filename (real, "root", "a.jpg", NULL);
  g_autofree char *outside = g_build_filename (real, "secret.jpg", NULL);
  g_autofree char *root = limner_test_path ("root");

  make_folder ("root");
  make_folder ("root/sub");
  make_folder ("root-2");
  make_file ("secret.jpg");
  make_file ("root-2/secret.jpg");
  make_file ("root/a.jpg");
  make_file ("root/sub/b.jpg");
  make_link ("a.jpg", "root/beside");
  make_link ("sub", "root/inside");
  make_link ("../a.jpg", "root/sub/up");
  make_link (inside, "root/absolute");
  make_link ("../secret.jpg", "root/outside");
  make_link ("..", "root/away");
  make_link (outside, "root/absolute-away");
  make_link ("../outside", "root/sub/chain");
  make_link ("../root/a.jpg", "root/in-again");
  make_link ("loop", "root/loop");
  make_link ("nothing", "root/dangling");
  for (guint i = 0; i < G_N_ELEMENTS (link_rows); i++)
    {
      g_autofree char *path = limner_test_path (link_rows[i].path);
      g_autoptr (GError) error = NULL;
      gboolean ok = limner_dataset_check_path_beneath (root, path, &error);

      g_test_message ("%s", link_rows[i].name);
      g_assert_cmpint (ok, ==, link_rows[i].code == -1);
      if (link_rows[i].code == -1)
        g_assert_no_error (error);
      else
        g_assert_error (error, G_IO_ERROR, link_rows[i].code);
    }
}

/* The image folder itself may be a link: the person opened it by that name. */
static void
test_root_is_link (void)
{
  g_autofree char *root = limner_test_path ("link");
  g_autofree char *root_slash = limner_test_path ("link/");
  g_autofree char *path = limner_test_path ("link/a.jpg");
  g_autoptr (GError) error = NULL;

  make_folder ("root");
  make_file ("root/a.jpg");
  make_link ("root", "link");
  g_assert_true (limner_dataset_check_path_beneath (root, path, &error));
  g_assert_no_error (error);
  g_assert_true (limner_dataset_check_path_beneath (root_slash, path, &error));
  g_assert_no_error (error);
  g_assert_true (limner_dataset_check_path_beneath ("/", "/tmp", &error));
  g_assert_no_error (error);
}

static const LimnerTestCase cases[] = {
  { "names", test_names },
  { "names-in-messages", test_names_in_messages },
  { "lengths", test_lengths },
  { "dup-path", test_dup_path },
  { "corpus", test_corpus },
  { "links", test_links },
  { "root-is-link", test_root_is_link },
  { NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "dataset-paths", cases);
}
