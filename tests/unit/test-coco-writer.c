/* SPDX-License-Identifier: MIT */

/*
 * The writer: separators follow the file, a failure leaves the old file, another writer's version
 * is kept.
 */

#include "coco-writer-fixture.h"

/* ---- layouts ---- */

typedef struct
{
  LimnerRecordKind kind;
  guint32 row;
  guint32 before_row;
  const char *text;
} Change;

static void
test_layouts (void)
{
  static const struct
  {
    const char *name;
    const char *before;
    Change changes[4]; /* ended by a kind of info without row and text */
    const char *after;
  } rows[] = {
    { "replace",
      "{\"annotations\": [{\"id\":1}, {\"id\":2},{\"id\":3} ]}",
      { { LIMNER_RECORD_ANNOTATION, 1, 0, "{\"id\":2,\"x\":0}" } },
      "{\"annotations\": [{\"id\":1}, {\"id\":2,\"x\":0},{\"id\":3} ]}" },
    { "delete first",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2},{\"id\":3} ]}",
      { { LIMNER_RECORD_ANNOTATION, 0, 0, NULL } },
      "{\"annotations\": [ {\"id\":2},{\"id\":3} ]}" },
    { "delete middle",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2},{\"id\":3} ]}",
      { { LIMNER_RECORD_ANNOTATION, 1, 0, NULL } },
      "{\"annotations\": [ {\"id\":1},{\"id\":3} ]}" },
    { "delete last",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2},{\"id\":3} ]}",
      { { LIMNER_RECORD_ANNOTATION, 2, 0, NULL } },
      "{\"annotations\": [ {\"id\":1}, {\"id\":2} ]}" },
    { "delete two",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2},{\"id\":3} ]}",
      { { LIMNER_RECORD_ANNOTATION, 0, 0, NULL }, { LIMNER_RECORD_ANNOTATION, 1, 0, NULL } },
      "{\"annotations\": [ {\"id\":3} ]}" },
    { "delete all",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2} ], \"x\":1}",
      { { LIMNER_RECORD_ANNOTATION, 0, 0, NULL }, { LIMNER_RECORD_ANNOTATION, 1, 0, NULL } },
      "{\"annotations\": [], \"x\":1}" },
    { "append",
      "{\"annotations\": [\n  {\"id\":1},\n  {\"id\":2}\n ]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":3}" },
        { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":4}" } },
      "{\"annotations\": [\n  {\"id\":1},\n  {\"id\":2},\n  {\"id\":3},\n  {\"id\":4}\n ]}" },
    { "append to one",
      "{\"annotations\":[\n  {\"id\":1}\n ]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":3}" } },
      "{\"annotations\":[\n  {\"id\":1},\n  {\"id\":3}\n ]}" },
    { "append to one, compact",
      "{\"annotations\":[{\"id\":1}]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":3}" } },
      "{\"annotations\":[{\"id\":1},{\"id\":3}]}" },
    { "insert first",
      "{\"annotations\": [ {\"id\":1},\n{\"id\":2} ]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, 0, "{\"id\":0}" } },
      "{\"annotations\": [ {\"id\":0},\n{\"id\":1},\n{\"id\":2} ]}" },
    { "insert before a deleted one",
      "{\"annotations\": [ {\"id\":1}, {\"id\":2} ]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, 1, "{\"id\":5}" },
        { LIMNER_RECORD_ANNOTATION, 1, 0, NULL } },
      "{\"annotations\": [ {\"id\":1}, {\"id\":5} ]}" },
    { "all replaced by a new one",
      "{\"annotations\": [ {\"id\":1} ]}",
      { { LIMNER_RECORD_ANNOTATION, 0, 0, NULL },
        { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":5}" } },
      "{\"annotations\": [ {\"id\":5} ]}" },
    { "several sections, file order other than ours",
      "{\"categories\":[{\"id\":1}],\"annotations\":[{\"id\":1},{\"id\":2}],\"images\":[{\"id\":7}]"
      "}",
      { { LIMNER_RECORD_IMAGE, 0, 0, "{\"id\":7,\"y\":1}" },
        { LIMNER_RECORD_ANNOTATION, 1, 0, NULL },
        { LIMNER_RECORD_CATEGORY, 0, 0, "{\"id\":1,\"z\":2}" } },
      "{\"categories\":[{\"id\":1,\"z\":2}],\"annotations\":[{\"id\":1}],\"images\":[{\"id\":7,"
      "\"y\":1}]}" },
    { "empty section, as the one beside it",
      "{\n \"images\": [\n  {\n   \"id\": 1\n  },\n  {\n   \"id\": 2\n  }\n ],\n \"annotations\": "
      "[]\n}\n",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\n   \"id\": 9\n  }" } },
      "{\n \"images\": [\n  {\n   \"id\": 1\n  },\n  {\n   \"id\": 2\n  }\n ],\n \"annotations\": "
      "[\n  {\n   "
      "\"id\": 9\n  }\n ]\n}\n" },
    { "nothing but empty sections, compact",
      "{\"images\":[],\"annotations\":[ ]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":1}" },
        { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":2}" } },
      "{\"images\":[],\"annotations\":[{\"id\":1},{\"id\":2}]}" },
    { "nothing but empty sections, CRLF",
      "{\r\n  \"images\": [],\r\n  \"annotations\": []\r\n}\r\n",
      { { LIMNER_RECORD_IMAGE, NEW, END, "{\"id\":1}" },
        { LIMNER_RECORD_IMAGE, NEW, END, "{\"id\":2}" } },
      "{\r\n  \"images\": [\r\n    {\"id\":1},\r\n    {\"id\":2}\r\n  ],\r\n  \"annotations\": "
      "[]\r\n}\r\n" },
    { "missing sections",
      "{\n \"images\": [\n  {\"id\":1},\n  {\"id\":2}\n ],\n \"x\" : 1\n}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":1}" },
        { LIMNER_RECORD_CATEGORY, NEW, END, "{\"id\":3}" } },
      "{\n \"images\": [\n  {\"id\":1},\n  {\"id\":2}\n ],\n \"x\" : 1,\n \"annotations\" : [\n  "
      "{\"id\":1}\n ],\n "
      "\"categories\" : [\n  {\"id\":3}\n ]\n}" },
    { "missing section, one member",
      "{\"images\":[{\"id\":1}]}",
      { { LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\":1}" } },
      "{\"images\":[{\"id\":1}],\"annotations\":[{\"id\":1}]}" },
    { "byte order mark",
      "\xef\xbb\xbf{\"images\":[{\"id\":1}]}",
      { { LIMNER_RECORD_IMAGE, 0, 0, "{\"id\":1,\"a\":2}" } },
      "\xef\xbb\xbf{\"images\":[{\"id\":1,\"a\":2}]}" },
    { "info replaced",
      "{\"info\": {\"a\":1}, \"images\":[]}",
      { { LIMNER_RECORD_INFO, 0, 0, "{\"a\":2}" } },
      "{\"info\": {\"a\":2}, \"images\":[]}" },
    { "info added",
      "{\n \"images\": [],\n \"x\": 1}",
      { { LIMNER_RECORD_INFO, NEW, END, "{\"a\":2}" } },
      "{\n \"info\": {\"a\":2},\n \"images\": [],\n \"x\": 1}" },
    { "info removed",
      "{\n \"info\": {\"a\":2},\n \"images\": [],\n \"x\": 1}",
      { { LIMNER_RECORD_INFO, 0, 1, NULL } },
      "{\n \"images\": [],\n \"x\": 1}" },
    { "last member info removed",
      "{\"images\": [],\n \"info\" : {} }",
      { { LIMNER_RECORD_INFO, 0, 1, NULL } },
      "{\"images\": [] }" },
    { "elements that are no objects stay",
      "{\"annotations\": [1, {\"id\":1} ,null]}",
      { { LIMNER_RECORD_ANNOTATION, 1, 0, "{\"id\":1,\"b\":0}" } },
      "{\"annotations\": [1, {\"id\":1,\"b\":0} ,null]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = limner_test_path ("set.json");
      g_autoptr (GArray) changes = new_changes ();
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;

      g_test_message ("%s", rows[i].name);
      write_file (path, rows[i].before);
      for (guint j = 0; j < G_N_ELEMENTS (rows[i].changes); j++)
        {
          const Change *change = &rows[i].changes[j];

          if (change->kind != LIMNER_RECORD_INFO || change->text != NULL || change->before_row != 0)
            add_change (changes, change->kind, change->row, change->before_row, change->text);
        }
      g_assert_true (save (path, changes, NULL, &error));
      g_assert_no_error (error);
      after = read_file (path, NULL);
      g_assert_cmpstr (after, ==, rows[i].after);
      g_assert_cmpuint (count_entries (limner_test_dir ()), ==, 1);
    }
}

static void
test_new_file (void)
{
  g_autofree char *path = limner_test_path ("_annotations.coco.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  struct stat info;
  mode_t mask;

  add_change (changes, LIMNER_RECORD_IMAGE, NEW, END, "{\"id\": 1}");
  add_change (changes, LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\": 1}");
  add_change (changes, LIMNER_RECORD_ANNOTATION, NEW, END, "{\"id\": 2}");
  g_assert_true (save (path, changes, NULL, &error));
  g_assert_no_error (error);
  text = read_file (path, NULL);
  g_assert_cmpstr (
      text, ==,
      "{\n  \"info\": {},\n  \"images\": [\n    {\"id\": 1}\n  ],\n  \"annotations\": [\n    "
      "{\"id\": 1},\n    {\"id\": 2}\n  ],\n  \"categories\": []\n}\n");
  mask = umask (022);
  umask (mask);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0666 & ~mask);
}

/* ---- the file system ---- */

static void
test_keeps_attributes (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GError) error = NULL;
  gboolean has_xattr;
  struct stat info;
  char value[8] = "";

  write_file (path, "{\"images\":[{\"id\":1}]}");
  g_assert_cmpint (chmod (path, 0640), ==, 0);
  has_xattr = setxattr (path, "user.limner.test", "abc", 3, 0) == 0;
  add_change (changes, LIMNER_RECORD_IMAGE, 0, NEW, "{\"id\":1,\"a\":1}");
  g_assert_true (save (path, changes, NULL, &error));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0640);
  if (has_xattr)
    {
      g_assert_cmpint (getxattr (path, "user.limner.test", value, sizeof value), ==, 3);
      g_assert_cmpstr (value, ==, "abc");
    }
  else
    g_test_message ("no extended attributes here");
}

static void
test_follows_links (void)
{
  g_autofree char *folder = limner_test_path ("real");
  g_autofree char *real = limner_test_path ("real/set.json");
  g_autofree char *link_path = limner_test_path ("link.json");
  g_autofree char *dangling = limner_test_path ("dangling.json");
  g_autofree char *made = limner_test_path ("real/made.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  struct stat info;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_file (real, "{\"images\":[]}");
  g_assert_cmpint (symlink ("real/set.json", link_path), ==, 0);
  g_assert_cmpint (symlink ("real/made.json", dangling), ==, 0);
  add_change (changes, LIMNER_RECORD_IMAGE, NEW, END, "{\"id\":1}");
  g_assert_true (save (link_path, changes, NULL, &error));
  g_assert_true (save (dangling, changes, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (lstat (link_path, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_assert_cmpint (lstat (dangling, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  text = read_file (real, NULL);
  g_assert_cmpstr (text, ==, "{\"images\":[{\"id\":1}]}");
  g_assert_true (g_file_test (made, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpuint (count_entries (folder), ==, 2);
}

static void
test_keeps_other_writers_version (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autofree char *other = limner_test_path ("other.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (LimnerCocoFile) base = NULL;
  g_autoptr (LimnerCocoFile) written = NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *replaced = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *text = NULL;

  write_file (path, "{\"images\":[{\"id\":1}]}");
  base = limner_coco_file_open (path, NULL, NULL, NULL, &error);
  writer = limner_coco_writer_new (base, path, &error);
  add_change (changes, LIMNER_RECORD_IMAGE, 0, NEW, "{\"id\":2}");
  written = limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  write_file (other, "{\"images\":[{\"id\":3}]}");
  g_assert_cmpint (g_rename (other, path), ==, 0);
  g_assert_false (limner_coco_file_is_current (base));
  g_assert_true (limner_coco_writer_replace (writer, written, &replaced, &error));
  g_assert_no_error (error);
  g_assert_nonnull (replaced);
  kept = read_file (replaced, NULL);
  text = read_file (path, NULL);
  g_assert_cmpstr (kept, ==, "{\"images\":[{\"id\":3}]}");
  g_assert_cmpstr (text, ==, "{\"images\":[{\"id\":2}]}");
  g_assert_true (g_str_has_suffix (replaced, ".json"));
  g_assert_nonnull (strstr (replaced, "set.json.conflict-"));
}

/* The same content under new times is no other version. */
static void
test_touched_is_not_foreign (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (LimnerCocoFile) base = NULL;
  g_autoptr (LimnerCocoFile) written = NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *replaced = NULL;

  write_file (path, "{\"images\":[{\"id\":1}]}");
  base = limner_coco_file_open (path, NULL, NULL, NULL, &error);
  writer = limner_coco_writer_new (base, path, &error);
  written = limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error);
  write_file (path, "{\"images\":[{\"id\":1}]}");
  g_assert_true (limner_coco_writer_replace (writer, written, &replaced, &error));
  g_assert_null (replaced);
}

/* A new file over one that is there: kept, unless the person chose to replace it. */
static void
test_overwrite (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autoptr (GArray) changes = new_changes ();

  for (guint overwrite = 0; overwrite < 2; overwrite++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerCocoWriter) writer = NULL;
      g_autoptr (LimnerCocoFile) written = NULL;
      g_autofree char *replaced = NULL;

      write_file (path, "{\"images\":[{\"id\":1}]}");
      writer = limner_coco_writer_new (NULL, path, &error);
      limner_coco_writer_set_overwrite (writer, overwrite == 1);
      written = limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error);
      g_assert_true (limner_coco_writer_replace (writer, written, &replaced, &error));
      g_assert_no_error (error);
      g_assert_cmpint (replaced != NULL, ==, overwrite == 0);
    }
}

static void
test_failures_leave_no_trace (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autofree char *nowhere = limner_test_path ("no/such/folder.json");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (LimnerCocoFile) base = NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  write_file (path, "{\"images\":[{\"id\":1}]}");
  base = limner_coco_file_open (path, NULL, NULL, NULL, &error);
  writer = limner_coco_writer_new (base, path, &error);
  g_assert_null (limner_coco_writer_new (base, nowhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* a text that is no JSON is noticed when it is read back */
  add_change (changes, LIMNER_RECORD_IMAGE, 0, NEW, "{\"id\":1,}");
  g_assert_null (limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_SYNTAX);
  g_clear_error (&error);

  g_cancellable_cancel (cancelled);
  g_array_set_size (changes, 0);
  g_assert_null (limner_coco_writer_write (writer, changes, NULL, NULL, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* the base was cut: no SIGBUS, no half file */
  g_assert_cmpint (truncate (path, 5), ==, 0);
  g_assert_null (limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_CHANGED);
  text = read_file (path, NULL);
  g_assert_cmpstr (text, ==, "{\"ima");
  g_assert_cmpuint (count_entries (limner_test_dir ()), ==, 1);
}

static void
test_leftovers (void)
{
  g_autofree char *path = limner_test_path ("set.json");
  g_autofree char *ours = limner_test_path (".set.json.limner-tmp-abc123");
  g_autofree char *others = limner_test_path (".other.json.limner-tmp-abc123");
  g_autofree char *longer = limner_test_path (".set.json.limner-tmp-abc1234");
  g_autofree char *link_path = limner_test_path (".set.json.limner-tmp-link12");

  write_file (path, "{\"images\":[]}");
  write_file (ours, "");
  write_file (others, "");
  write_file (longer, "");
  g_assert_cmpint (symlink ("set.json", link_path), ==, 0);
  limner_coco_remove_leftovers (path);
  g_assert_false (g_file_test (ours, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (others, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (longer, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A file larger than what is gathered or copied in one go. */
static void
test_large (void)
{
  g_autofree char *path = limner_test_path ("large.json");
  g_autoptr (GString) text = g_string_new ("{\"annotations\": [");
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GString) expected = g_string_new ("{\"annotations\": [");
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  gsize length;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *record = g_strdup_printf (
          "{\"id\": %u, \"segmentation\": [[1.25, 2.5, 3, 4, 5, 6.75]], \"image_id\": 1}", i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", record);
      if (i % 9973 == 5)
        {
          g_string_append_printf (expected, "%s{\"id\": %u}", i > 0 ? ", " : "", i);
          add_change (changes, LIMNER_RECORD_ANNOTATION, i, NEW, strrchr (expected->str, '{'));
        }
      else
        g_string_append_printf (expected, "%s%s", i > 0 ? ", " : "", record);
    }
  g_string_append (text, "]}");
  g_string_append (expected, "]}");
  write_file (path, text->str);
  g_assert_true (save (path, changes, NULL, &error));
  g_assert_no_error (error);
  after = read_file (path, &length);
  g_assert_cmpmem (after, length, expected->str, expected->len);
}

static void
test_find (void)
{
  g_autofree char *images = limner_test_path ("val2017");
  g_autofree char *annotations = limner_test_path ("annotations");
  g_autofree char *split = limner_test_path ("annotations/instances_val2017.json");
  g_autofree char *own = limner_test_path ("val2017/_annotations.coco.json");
  g_autofree char *second = limner_test_path ("val2017/b.coco.json");
  g_autofree char *foreign = limner_test_path ("val2017/a.coco.json");
  g_autofree char *conflict = limner_test_path ("val2017/instances.json.conflict-1.json");
  g_autofree char *picture = limner_test_path ("val2017/1.jpg");
  g_autoptr (LimnerCocoFile) file = NULL;
  g_autofree char *root = NULL;
  g_auto (GStrv) found = NULL;

  g_assert_cmpint (g_mkdir (images, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (annotations, 0700), ==, 0);
  write_file (split, " {\"images\":[{\"id\":1,\"file_name\":\"1.jpg\"}]}");
  write_file (own, "\xef\xbb\xbf{}");
  write_file (second, "{}");
  write_file (foreign, "[]");
  write_file (conflict, "{}");
  write_file (picture, "");
  found = limner_coco_find (images, NULL);
  g_assert_cmpuint (g_strv_length (found), ==, 3);
  g_assert_cmpstr (found[0], ==, own);
  g_assert_cmpstr (found[1], ==, second);
  g_assert_cmpstr (found[2], ==, split);
  file = limner_coco_file_open (split, NULL, NULL, NULL, NULL);
  root = limner_coco_find_image_root (file);
  g_assert_cmpstr (root, ==, images);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "layouts", test_layouts },
    { "new-file", test_new_file },
    { "keeps-attributes", test_keeps_attributes },
    { "follows-links", test_follows_links },
    { "keeps-other-writers-version", test_keeps_other_writers_version },
    { "touched-is-not-foreign", test_touched_is_not_foreign },
    { "overwrite", test_overwrite },
    { "failures-leave-no-trace", test_failures_leave_no_trace },
    { "leftovers", test_leftovers },
    { "large", test_large },
    { "find", test_find },
    { NULL },
  };

  return limner_test_main (argc, argv, "coco-writer", cases);
}
