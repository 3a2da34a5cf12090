/* SPDX-License-Identifier: MIT */
/*
 * The index of a large file in the user's cache: what comes from it is what a scan gives, and
 * whatever is wrong with it or old is noticed and made again. Columns that came from an index are
 * told by their arena.
 */

#include "limner-test.h"

#include <fcntl.h>
#include <limner/coco-file.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define N_RECORDS 45000 /* an index of two chunks */
#define WAIT_MS 60000

static char *
make_text (void)
{
  GString *text = g_string_new ("{\"images\": [");

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (text, "%s{\"id\": %u, \"file_name\": \"%05u.jpg\", \"width\": 9}",
                            i > 0 ? ", " : "", 2 * i, (i * 211) % 400);
  g_string_append (text, "], \"annotations\": [");
  for (guint i = 0; i < N_RECORDS; i++)
    g_string_append_printf (
        text,
        "%s{\"segmentation\": [[1, 2, 3, 4.5, 5, %u]], \"area\": %u.5, \"iscrowd\": %u, "
        "\"image_id\": %u, \"bbox\": [1, 2, 3.25, %u], \"category_id\": %u, \"id\": %u}",
        i > 0 ? ", " : "", i, i, i % 5 == 0, (i * 37) % 1100, i, i % 4, (i * 7919) % 29989);
  g_string_append (text, "], \"categories\": [{\"id\": 1, \"name\": \"a\"}, {\"name\": \"b\"}, "
                         "{\"id\": 3, \"name\": \"c\", \"color\": [1, 2, 3]}, 4]}");
  return g_string_free (text, FALSE);
}

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "limner", "index", NULL);
}

static char *
dup_index_path (const char *path)
{
  g_autofree char *folder = dup_folder ();
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return g_strdup_printf ("%s/%lx-%lx", folder, (gulong) info.st_dev, (gulong) info.st_ino);
}

static char *
write_file (const char *name)
{
  g_autofree char *text = make_text ();
  g_autofree char *index = NULL;
  char *path = g_build_filename (limner_test_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  index = dup_index_path (path);
  unlink (index); /* of a file of another case, which had this inode */
  return path;
}

/* Opens and waits for what is kept. TRUE if it came from the index. */
static gboolean
open_again (const char *path)
{
  g_autoptr (GError) error = NULL;
  LimnerCocoFile *file = limner_coco_file_open_cached (path, NULL, NULL, NULL, &error);
  gboolean is_from_index;

  g_assert_no_error (error);
  g_assert_cmpuint (limner_coco_file_get_columns (file)->n_annotations, ==, N_RECORDS);
  is_from_index = limner_coco_file_get_columns (file)->arena != NULL;
  limner_coco_file_unref (file);
  g_assert_true (limner_coco_finish_indexes (WAIT_MS));
  return is_from_index;
}

static void
assert_same (LimnerCocoFile *a_file, LimnerCocoFile *b_file)
{
  LimnerColumns *a = limner_coco_file_get_columns (a_file);
  LimnerColumns *b = limner_coco_file_get_columns (b_file);
  guint64 offset_a, offset_b;
  guint32 length_a, length_b;

  g_assert_nonnull (b->image_order); /* it came with the index */
#define SAME(column, n, width)                                                                     \
  g_assert_cmpmem (a->column, (gsize) (n) * (width) * sizeof *a->column, b->column,                \
                   (gsize) (n) * (width) * sizeof *b->column)
  g_assert_cmpuint (a->n_images, ==, b->n_images);
  g_assert_cmpuint (a->n_annotations, ==, b->n_annotations);
  g_assert_cmpuint (a->n_categories, ==, b->n_categories);
  SAME (image_id, a->n_images, 1);
  SAME (image_offset, a->n_images, 1);
  SAME (image_length, a->n_images, 1);
  SAME (image_width, a->n_images, 1);
  SAME (image_height, a->n_images, 1);
  SAME (image_name, a->n_images, 1);
  SAME (image_flags, a->n_images, 1);
  SAME (image_state, a->n_images, 1);
  limner_columns_get_image_order (a);
  limner_columns_get_image_order (b);
  SAME (image_order, a->n_images, 1);
  for (guint i = 0; i < a->n_images; i++)
    g_assert_cmpstr (a->names + a->image_name[i], ==, b->names + b->image_name[i]);
  SAME (annotation_id, a->n_annotations, 1);
  SAME (annotation_offset, a->n_annotations, 1);
  SAME (annotation_length, a->n_annotations, 1);
  SAME (annotation_image, a->n_annotations, 1);
  SAME (annotation_category, a->n_annotations, 1);
  SAME (annotation_bbox, a->n_annotations, 4);
  SAME (annotation_area, a->n_annotations, 1);
  SAME (annotation_n_points, a->n_annotations, 1);
  SAME (annotation_segmentation, a->n_annotations, 1);
  SAME (annotation_flags, a->n_annotations, 1);
  SAME (first_of_image, a->n_images + 1, 1);
  SAME (by_image, a->first_of_image[a->n_images], 1);
  SAME (category_offset, a->n_categories, 1);
  SAME (category_length, a->n_categories, 1);
  SAME (category_flags, a->n_categories, 1);
  SAME (max_id, LIMNER_N_RECORD_KINDS, 1);
#undef SAME
  for (guint i = 0; i < a->n_categories; i++)
    g_assert_cmpstr (a->categories[i]->name, ==, b->categories[i]->name);
  for (gint64 id = -3; id < 30010; id++)
    for (int kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
      g_assert_cmpuint (limner_columns_find (a, (LimnerRecordKind) kind, id), ==,
                        limner_columns_find (b, (LimnerRecordKind) kind, id));
  g_assert_true (limner_identity_same_stat (limner_coco_file_get_identity (a_file),
                                            limner_coco_file_get_identity (b_file)));
  g_assert_true (limner_identity_same_content (limner_coco_file_get_identity (a_file),
                                               limner_coco_file_get_identity (b_file)));
  g_assert_cmpint (limner_coco_file_get_info (a_file, &offset_a, &length_a), ==,
                   limner_coco_file_get_info (b_file, &offset_b, &length_b));
  g_assert_cmpuint (limner_coco_file_get_findings (a_file)->len, ==,
                    limner_coco_file_get_findings (b_file)->len);
}

static void
test_same_columns (void)
{
  g_autofree char *path = write_file ("same.json");
  g_autoptr (LimnerCocoFile) scanned = limner_coco_file_open (path, NULL, NULL, NULL, NULL);
  g_autoptr (LimnerCocoFile) loaded = NULL;

  g_assert_false (open_again (path));
  loaded = limner_coco_file_open_cached (path, NULL, NULL, NULL, NULL);
  g_assert_nonnull (limner_coco_file_get_columns (loaded)->arena);
  g_assert_null (limner_coco_file_get_columns (scanned)->image_order);
  assert_same (scanned, loaded);

  /* what was kept while the file was fresh is kept anew once it is not */
  g_usleep (2100 * 1000);
  g_assert_true (open_again (path));
  g_assert_true (open_again (path));
}

static void
flip_byte (const char *path, gsize at)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  guint8 byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pread (fd, &byte, 1, (off_t) at), ==, 1);
  byte ^= (guint8) (1 << (at % 8));
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t) at), ==, 1);
  close (fd);
}

static void
test_damage (void)
{
  g_autofree char *path = write_file ("damage.json");
  g_autofree char *index = NULL;
  g_autoptr (GRand) chance = g_rand_new_with_seed (5);
  struct stat info;

  g_assert_false (open_again (path));
  index = dup_index_path (path);
  g_assert_cmpint (stat (index, &info), ==, 0);
  for (guint i = 0; i < 300; i++)
    {
      gsize at = i < 200 ? i : (gsize) g_rand_int_range (chance, 200, (gint32) info.st_size);

      flip_byte (index, at);
      g_assert_false (open_again (path));
    }
  g_assert_true (open_again (path));
}

/* What the format says of itself; see app/coco/index-format.c. */
#define HEADER_BYTES 176
#define LAYOUT_SIZE_AT 16
#define SUM_AT 160
#define CHUNK_BYTES ((gsize) 2 << 20)
#define N_IMAGES 500
#define ORDER_BLOCK 8

static gsize
align (gsize size)
{
  return (size + 15) / 16 * 16;
}

/* Where the body begins. */
static gsize
get_body_at (gsize length)
{
  for (gsize n = 1;; n++)
    if (HEADER_BYTES + n * 16 + n * CHUNK_BYTES >= length)
      return HEADER_BYTES + n * 16;
}

/* Makes all checksums right again. */
static void
sign_index (char *index, gsize length)
{
  gsize body_at = get_body_at (length);
  XXH3_state_t *hash = XXH3_createState ();
  XXH128_hash_t sum;

  for (gsize i = 0; HEADER_BYTES + i * 16 < body_at; i++)
    {
      gsize at = body_at + i * CHUNK_BYTES;

      sum = XXH3_128bits (index + at, MIN (CHUNK_BYTES, length - at));
      memcpy (index + HEADER_BYTES + i * 16, &sum.high64, 8);
      memcpy (index + HEADER_BYTES + i * 16 + 8, &sum.low64, 8);
    }
  XXH3_128bits_reset (hash);
  XXH3_128bits_update (hash, index + HEADER_BYTES, body_at - HEADER_BYTES);
  XXH3_128bits_update (hash, index, SUM_AT);
  sum = XXH3_128bits_digest (hash);
  memcpy (index + SUM_AT, &sum.high64, 8);
  memcpy (index + SUM_AT + 8, &sum.low64, 8);
  XXH3_freeState (hash);
}

static void
write_index (const char *path, const char *index, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents_full (path, index, (gssize) length, G_FILE_SET_CONTENTS_NONE,
                                           0600, &error));
  g_assert_no_error (error);
}

/* With every checksum right: places that lead nowhere are not followed. */
static void
test_forged (void)
{
  /* blocks of the body: rows, bytes a row, and whether a huge number there is none of its business
   */
  static const struct
  {
    gsize n_rows;
    gsize width;
    gboolean is_free;
  } blocks[] = {
    { N_IMAGES, 8, TRUE },   { N_IMAGES, 8, FALSE },  { N_IMAGES, 4, FALSE },
    { N_IMAGES, 4, TRUE },   { N_IMAGES, 4, TRUE },   { N_IMAGES, 4, FALSE },
    { N_IMAGES, 1, TRUE },   { N_IMAGES, 1, TRUE },   { N_IMAGES, 4, FALSE }, /* the order */
    { N_RECORDS, 8, TRUE },  { N_RECORDS, 8, FALSE }, { N_RECORDS, 4, FALSE },
    { N_RECORDS, 4, FALSE }, { N_RECORDS, 4, FALSE }, { N_RECORDS, 16, TRUE },
    { N_RECORDS, 4, TRUE },  { N_RECORDS, 2, TRUE },  { N_RECORDS, 1, FALSE }, /* segmentation */
    { N_RECORDS, 1, TRUE },  { N_RECORDS, 4, FALSE },
  };
  g_autofree char *path = write_file ("forged.json");
  g_autofree char *index_path = NULL;
  g_autofree char *good = NULL;
  gsize length, at, order_at = 0;
  guint64 layout_size;

  g_assert_false (open_again (path));
  index_path = dup_index_path (path);
  g_assert_true (g_file_get_contents (index_path, &good, &length, NULL));
  memcpy (&layout_size, good + LAYOUT_SIZE_AT, sizeof layout_size);
  at = get_body_at (length) + align (layout_size);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autofree char *forged = g_memdup2 (good, length);

      memset (forged + at + 7 * blocks[i].width, 0x7f, blocks[i].width);
      sign_index (forged, length);
      write_index (index_path, forged, length);
      g_test_message ("block %u", i);
      g_assert_cmpint (open_again (path), ==, blocks[i].is_free);
      if (i == ORDER_BLOCK)
        order_at = at;
      at += align (blocks[i].n_rows * blocks[i].width);
    }

  /* each row is in the order once */
  memcpy (good + order_at, good + order_at + 4, 4);
  sign_index (good, length);
  write_index (index_path, good, length);
  g_assert_false (open_again (path));
  g_assert_true (open_again (path));
}

static void
test_not_ours (void)
{
  g_autofree char *path = write_file ("ours.json");
  g_autofree char *index = NULL;
  g_autofree char *other = g_build_filename (limner_test_dir (), "other", NULL);
  struct stat info;

  g_assert_false (open_again (path));
  index = dup_index_path (path);
  g_assert_cmpint (stat (index, &info), ==, 0);

  g_assert_cmpint (truncate (index, info.st_size - 1), ==, 0);
  g_assert_false (open_again (path));
  g_assert_cmpint (truncate (index, info.st_size + 1), ==, 0);
  g_assert_false (open_again (path));
  g_assert_cmpint (truncate (index, 0), ==, 0);
  g_assert_false (open_again (path));

  g_assert_cmpint (chmod (index, 0666), ==, 0);
  g_assert_false (open_again (path));
  g_assert_true (open_again (path));

  g_assert_cmpint (rename (index, other), ==, 0);
  g_assert_cmpint (symlink (other, index), ==, 0);
  g_assert_false (open_again (path));
  g_assert_true (open_again (path));
}

/* Another content of the same size and time of change. */
static void
test_changed_file (void)
{
  g_autofree char *path = write_file ("changed.json");
  g_autoptr (LimnerCocoFile) after = NULL;
  g_autofree char *text = NULL;
  struct timespec times[2];
  struct stat info;
  char *found;

  g_assert_false (open_again (path));
  g_assert_cmpint (stat (path, &info), ==, 0);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  found = strstr (text, "\"area\": 0.5");
  flip_byte (path, (gsize) (found - text) + 8); /* 0 becomes another digit */
  g_usleep (20 * 1000);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);

  after = limner_coco_file_open_cached (path, NULL, NULL, NULL, NULL);
  g_assert_nonnull (after);
  g_assert_null (limner_coco_file_get_columns (after)->arena);
  g_assert_cmpfloat (limner_coco_file_get_columns (after)->annotation_area[0], !=, 0.5f);
}

static void
test_replaced (void)
{
  g_autofree char *path = write_file ("old.json");
  g_autofree char *new_path = write_file ("new.json");
  g_autofree char *index = dup_index_path (path);
  g_autoptr (LimnerCocoFile) old = limner_coco_file_open_cached (path, NULL, NULL, NULL, NULL);
  LimnerCocoFile *file = limner_coco_file_open (new_path, NULL, NULL, NULL, NULL);

  g_assert_true (limner_coco_finish_indexes (WAIT_MS));
  g_assert_true (g_file_test (index, G_FILE_TEST_EXISTS));
  limner_coco_file_keep_index (file, limner_coco_file_get_identity (old));
  limner_coco_file_unref (file); /* the thread has what it needs */
  g_assert_true (limner_coco_finish_indexes (WAIT_MS));
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));
  g_assert_true (open_again (new_path));
}

static void
make_old (const char *folder, const char *name, gint64 age_s, gint64 size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct timespec times[2] = { { .tv_sec = g_get_real_time () / G_USEC_PER_SEC - age_s },
                               { .tv_sec = g_get_real_time () / G_USEC_PER_SEC - age_s } };
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  close (fd);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static gboolean
is_there (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_room (void)
{
  g_autofree char *path = write_file ("room.json");
  g_autofree char *folder = dup_folder ();

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  make_old (folder, "1-1", 3000, 300 << 20);
  make_old (folder, "1-2", 9000, 300 << 20);
  make_old (folder, "1-3", 6000, 1 << 20);
  g_assert_false (open_again (path));
  g_assert_true (open_again (path));
  g_assert_true (is_there (folder, "1-1"));
  g_assert_false (is_there (folder, "1-2"));
  g_assert_true (is_there (folder, "1-3"));
}

static guint
count_files (const char *folder, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix);
  return n;
}

static void
test_many (void)
{
  g_autofree char *path = write_file ("many.json");
  g_autofree char *folder = dup_folder ();

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (gint64 i = 0; i < 80; i++)
    {
      g_autofree char *name = g_strdup_printf ("2-%" G_GINT64_FORMAT, i);

      make_old (folder, name, 100 + i, 4096);
    }
  g_assert_false (open_again (path));
  g_assert_true (open_again (path));
  g_assert_cmpuint (count_files (folder, ""), ==, 64);
  g_assert_true (is_there (folder, "2-0"));
  g_assert_false (is_there (folder, "2-79"));
}

/* What a killed writer left goes; what one is writing stays. */
static void
test_leftovers (void)
{
  g_autofree char *path = write_file ("leftovers.json");
  g_autofree char *folder = dup_folder ();
  g_autofree char *held = g_build_filename (folder, "tmp-held", NULL);
  int fd;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  make_old (folder, "tmp-old", 9000, 1 << 20);
  make_old (folder, "tmp-left", 60, 1 << 20);
  make_old (folder, "tmp-begun", 0, 1 << 20);
  make_old (folder, "tmp-held", 60, 1 << 20);
  fd = open (held, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);

  g_assert_false (open_again (path));
  g_assert_false (is_there (folder, "tmp-old"));
  g_assert_false (is_there (folder, "tmp-left"));
  g_assert_true (is_there (folder, "tmp-begun"));
  g_assert_true (is_there (folder, "tmp-held"));
  close (fd);
  unlink (held);
  g_assert_cmpuint (count_files (folder, "tmp-"), ==, 1);
}

/* A process that ends does not wait longer than it wants to, and leaves nothing. */
static void
test_cut_short (void)
{
  g_autofree char *path = write_file ("short.json");
  g_autofree char *folder = dup_folder ();
  g_autofree char *index = dup_index_path (path);
  guint n_temps, n_cut = 0;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  n_temps = count_files (folder, "tmp-");
  for (guint i = 0; i < 50 && n_cut < 5; i++)
    {
      LimnerCocoFile *file;

      unlink (index);
      file = limner_coco_file_open_cached (path, NULL, NULL, NULL, NULL);
      g_assert_nonnull (file);
      limner_coco_file_unref (file);
      n_cut += !limner_coco_finish_indexes (0);
      g_assert_true (limner_coco_finish_indexes (WAIT_MS));
      g_assert_cmpuint (count_files (folder, "tmp-"), ==, n_temps);
    }
  g_assert_cmpuint (n_cut, >, 0);
  open_again (path);
  g_assert_true (open_again (path));
}

/* Last: there is no cache any more afterwards. */
static void
test_no_cache (void)
{
  g_autofree char *path = write_file ("nocache.json");
  g_autofree char *small = g_build_filename (limner_test_dir (), "small.json", NULL);
  g_autofree char *folder = dup_folder ();
  g_autofree char *away = g_strconcat (folder, "-away", NULL);
  g_autofree char *index = NULL;
  g_autoptr (LimnerCocoFile) file = NULL;

  g_assert_true (g_file_set_contents (small, "{\"images\": []}", -1, NULL));
  index = dup_index_path (small);
  unlink (index); /* of a file of another case, which had this inode */
  file = limner_coco_file_open_cached (small, NULL, NULL, NULL, NULL);
  g_assert_nonnull (file);
  g_clear_pointer (&file, limner_coco_file_unref);
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (rename (folder, away), ==, 0);
  g_assert_true (g_file_set_contents (folder, "", -1, NULL));
  g_assert_false (open_again (path));
  g_assert_false (open_again (path));
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "same-columns", test_same_columns },
    { "damage", test_damage },
    { "forged", test_forged },
    { "not-ours", test_not_ours },
    { "changed-file", test_changed_file },
    { "replaced", test_replaced },
    { "room", test_room },
    { "many", test_many },
    { "leftovers", test_leftovers },
    { "cut-short", test_cut_short },
    { "no-cache", test_no_cache },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "coco-index", cases);
}
