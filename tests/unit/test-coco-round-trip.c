/* SPDX-License-Identifier: MIT */

/* Bytes outside the changed records stay, in every real file we have. */

#include "coco-writer-fixture.h"

/* ---- real files ---- */

typedef struct
{
  guint n_files;
  guint n_rows; /* tried in each section: each costs three syncs of the disk */
  GRand *rand;
} Walk;

/* Bytes before and after the record are those of the old file. */
static void
assert_only_changed (const char *before,
                     gsize before_length,
                     const char *after,
                     gsize after_length,
                     guint64 start,
                     guint64 end)
{
  gsize tail = before_length - end;

  g_assert_cmpuint (after_length, >=, start + tail);
  g_assert_cmpmem (before, start, after, start);
  g_assert_cmpmem (before + end, tail, after + after_length - tail, tail);
}

static char *
write_once (LimnerCocoFile *base, const char *path, GArray *changes, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerCocoWriter) writer = limner_coco_writer_new (base, path, &error);
  g_autoptr (LimnerCocoFile) written = NULL;

  g_assert_no_error (error);
  written = limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return written != NULL ? read_file (limner_coco_file_get_path (written), length) : NULL;
}

static void
check_edits (LimnerCocoFile *file,
             const char *out,
             LimnerRecordKind kind,
             guint32 row,
             const char *text,
             gsize length)
{
  const LimnerMember member = { "limner_test", "[1, 2]" };
  g_autoptr (GBytes) record = limner_coco_file_read_record (file, kind, row, NULL);
  g_autoptr (GArray) changes = new_changes ();
  g_autoptr (GBytes) edited = NULL;
  g_autofree char *after = NULL;
  guint n = limner_columns_get_n_rows (limner_coco_file_get_columns (file), kind);
  LimnerCocoStyle style;
  guint64 offset, next;
  guint32 record_length, next_length;
  gsize after_length;

  limner_columns_get_range (limner_coco_file_get_columns (file), kind, row, &offset,
                            &record_length);
  limner_coco_style_from_record (&style, g_bytes_get_data (record, NULL),
                                 g_bytes_get_size (record));
  edited = limner_coco_record_set_members (record, &style, &member, 1);
  {
    LimnerChange change = { kind, row, NEW, g_bytes_ref (edited) };
    g_array_append_val (changes, change);
  }
  after = write_once (file, out, changes, &after_length);
  g_assert_cmpuint (after_length, ==, length - record_length + g_bytes_get_size (edited));
  assert_only_changed (text, length, after, after_length, offset, offset + record_length);

  /* deleted, with one separator */
  g_clear_pointer (&after, g_free);
  g_array_set_size (changes, 0);
  add_change (changes, kind, row, NEW, NULL);
  after = write_once (file, out, changes, &after_length);
  if (row + 1 < n)
    limner_columns_get_range (limner_coco_file_get_columns (file), kind, row + 1, &next,
                              &next_length);
  if (row > 0)
    limner_columns_get_range (limner_coco_file_get_columns (file), kind, row - 1, &next,
                              &next_length);
  if (row > 0)
    assert_only_changed (text, length, after, after_length, next + next_length,
                         offset + record_length);
  else if (n > 1)
    assert_only_changed (text, length, after, after_length, offset, next);
  if (n > 1)
    g_assert_cmpuint (after_length, ==,
                      row > 0 ? length - (offset + record_length - next - next_length)
                              : length - (next - offset));
}

/* A record deleted, and put back in its place from the file without it: the same bytes in files of
 * one style. */
static void
check_delete_undo (LimnerCocoFile *file,
                   const char *out,
                   LimnerRecordKind kind,
                   guint32 row,
                   const char *text,
                   gsize length)
{
  g_autoptr (GBytes) record = limner_coco_file_read_record (file, kind, row, NULL);
  guint n = limner_columns_get_n_rows (limner_coco_file_get_columns (file), kind);
  g_autoptr (GArray) changes = new_changes ();
  g_autofree char *without = NULL;
  g_autofree char *again = NULL;
  g_autoptr (LimnerCocoFile) shorter = NULL;
  gsize without_length, again_length;
  LimnerChange put_back = { kind, NEW, row + 1 < n ? row : END, g_bytes_ref (record) };

  add_change (changes, kind, row, NEW, NULL);
  without = write_once (file, out, changes, &without_length);
  g_assert_true (g_file_set_contents (out, without, (gssize) without_length, NULL));
  shorter = limner_coco_file_open (out, NULL, NULL, NULL, NULL);
  g_array_set_size (changes, 0);
  g_array_append_val (changes, put_back);
  again = write_once (shorter, out, changes, &again_length);
  g_assert_cmpmem (text, length, again, again_length);
}

/* Whether all gaps between the records of a section are equal, so that a gap can be made again. */
static gboolean
has_one_style (LimnerCocoFile *file, LimnerRecordKind kind, const char *text)
{
  LimnerColumns *columns = limner_coco_file_get_columns (file);
  guint n = limner_columns_get_n_rows (columns, kind);
  guint64 first_end = 0;
  guint64 first_start = 0;

  for (guint row = 0; row + 1 < n; row++)
    {
      guint64 offset, next;
      guint32 length, next_length;

      limner_columns_get_range (columns, kind, row, &offset, &length);
      limner_columns_get_range (columns, kind, row + 1, &next, &next_length);
      offset += length;
      if (row == 0)
        {
          first_end = offset;
          first_start = next;
        }
      else if (next - offset != first_start - first_end ||
               memcmp (text + first_end, text + offset, next - offset) != 0)
        return FALSE;
    }
  return n > 2;
}

static void
check_file (const char *path, Walk *walk)
{
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open (path, NULL, NULL, NULL, NULL);
  g_autofree char *out = limner_test_path ("out.json");
  g_autoptr (GArray) none = new_changes ();
  g_autofree char *text = NULL;
  g_autofree char *same = NULL;
  gsize length, same_length;

  if (file == NULL)
    return;
  g_test_message ("%s", path);
  text = read_file (path, &length);
  same = write_once (file, out, none, &same_length);
  g_assert_cmpmem (text, length, same, same_length);
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      guint n =
          limner_columns_get_n_rows (limner_coco_file_get_columns (file), (LimnerRecordKind) kind);
      const guint32 rows[] = { n > 0 ? g_rand_int (walk->rand) % n : 0,
                               walk->n_files % 2 == 0 ? 0 : n - 1 };

      for (guint i = 0; n > 0 && i < walk->n_rows; i++)
        {
          check_edits (file, out, (LimnerRecordKind) kind, rows[i], text, length);
          if (has_one_style (file, (LimnerRecordKind) kind, text))
            check_delete_undo (file, out, (LimnerRecordKind) kind, rows[i], text, length);
        }
    }
  walk->n_files++;
}

static void
check_packed (const char *path, Walk *walk)
{
  g_autofree char *unpacked = limner_test_path ("unpacked.json");
  g_autofree char *xz = g_find_program_in_path ("xz");
  g_autofree char *quoted = g_shell_quote (path);
  g_autofree char *quoted_out = g_shell_quote (unpacked);
  g_autofree char *command = g_strdup_printf ("xz -dc %s > %s", quoted, quoted_out);

  if (xz == NULL)
    {
      g_test_message ("no xz here: %s is not tried", path);
      return;
    }
  g_assert_cmpint (system (command), ==, 0);
  check_file (unpacked, walk);
}

static void
walk_files (const char *folder, Walk *walk)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        walk_files (path, walk);
      else if (g_str_has_suffix (name, ".json"))
        check_file (path, walk);
      else if (g_str_has_suffix (name, ".json.xz"))
        check_packed (path, walk);
    }
}

static void
test_real_files (void)
{
  g_autofree char *folder = limner_test_shared ("data");
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  Walk walk = { 0, 1, rand };

  if (folder == NULL)
    return;
  walk_files (folder, &walk);
  g_test_message ("%u files", walk.n_files);
  g_assert_cmpuint (walk.n_files, >, 30);
}

static void
test_hostile_files (void)
{
  g_autofree char *folder = limner_test_shared ("data-hostile/json");
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  Walk walk = { 0, 1, rand };

  if (folder == NULL)
    return;
  walk_files (folder, &walk);
  g_assert_cmpuint (walk.n_files, >, 80);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "real-files", test_real_files },
    { "hostile-files", test_hostile_files },
    { NULL },
  };

  return limner_test_main (argc, argv, "coco-round-trip", cases);
}
