/* SPDX-License-Identifier: MIT */

/*
 * Every picture of the hostile corpus has exactly the outcome that its table lists; whole folders
 * of broken pictures neither crash nor hang.
 */

#include "limner-test.h"
#include <limner/image-file.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define N_FLAGS 8
#define MAX_SECONDS 5.0

/* One row of cases.tsv. */
enum
{
  COLUMN_FILE,
  COLUMN_KIND,
  COLUMN_WRONG,
  COLUMN_EXPECTED,
  COLUMN_NAMES,
  N_COLUMNS
};

typedef struct
{
  char *outcome; /* in the words of the table */
  GString *text; /* all messages */
  guint width;
  guint height;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_free (self->outcome);
  g_string_free (self->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* Of this process: a busy machine must not look like a slow decoder. */
static double
get_cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static const char *
error_code_name (const GError *error)
{
  static const char *const names[] = { "E_IMAGE",   "E_UNSUPPORTED", "E_LIMIT",
                                       "E_MISSING", "E_PERMISSION",  "E_NOT_REGULAR" };

  if (error->domain != LIMNER_IMAGE_ERROR || (guint) error->code >= G_N_ELEMENTS (names))
    return "an error of another domain";
  return names[error->code];
}

static Outcome
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels = limner_image_file_load (path, 0, NULL, &error);
  g_autoptr (GString) codes = g_string_new (NULL);
  Outcome outcome = { .text = g_string_new (NULL) };

  if (pixels == NULL)
    {
      g_autofree char *name = g_path_get_basename (path);

      outcome.outcome = g_strdup_printf ("refused with error %s", error_code_name (error));
      g_string_append (outcome.text, error->message);
      g_assert_true (g_str_has_prefix (error->message, name));
      g_assert_false (g_str_has_suffix (error->message, "."));
      return outcome;
    }
  outcome.width = limner_pixels_get_width (pixels);
  outcome.height = limner_pixels_get_height (pixels);
  for (guint i = 0; i < N_FLAGS; i++)
    {
      LimnerPixelsFlags flag = 1 << i;

      if ((limner_pixels_get_flags (pixels) & flag) == 0 ||
          limner_image_file_flag_code (flag) == NULL)
        continue;
      g_string_append_printf (codes, "%s%s", codes->len > 0 ? ", " : "",
                              limner_image_file_flag_code (flag));
      g_assert_nonnull (limner_pixels_get_note (pixels, flag));
      g_string_append_printf (outcome.text, "%s\n", limner_pixels_get_note (pixels, flag));
    }
  outcome.outcome =
      codes->len > 0 ? g_strdup_printf ("opens with warning %s", codes->str) : g_strdup ("opens");
  return outcome;
}

static void
check_names (const char *file, const char *names, const Outcome *outcome)
{
  guint width;
  guint height;

  if (*names == '\0' || strcmp (names, "within 5 s") == 0)
    return;
  if (sscanf (names, "%ux%u", &width, &height) == 2)
    {
      if (outcome->width != 0 && (outcome->width != width || outcome->height != height))
        g_test_message ("%s: %u x %u instead of %s", file, outcome->width, outcome->height, names);
      g_assert_true (outcome->width == 0 || (outcome->width == width && outcome->height == height));
      return;
    }
  if (strstr (outcome->text->str, names) == NULL)
    g_test_message ("%s: '%s' does not name '%s'", file, outcome->text->str, names);
  g_assert_nonnull (strstr (outcome->text->str, names));
}

static void
check_row (char **row, const char *root)
{
  g_autofree char *path = g_build_filename (root, row[COLUMN_FILE], NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_auto (GStrv) alternatives = g_strsplit (row[COLUMN_EXPECTED], " | ", 0);
  double start = get_cpu_seconds ();

  if (strcmp (row[COLUMN_EXPECTED], "not listed as a picture") == 0)
    {
      g_assert_false (limner_image_file_is_candidate (name));
      return;
    }
  g_auto (Outcome) outcome = load (path);
  if (get_cpu_seconds () - start > MAX_SECONDS)
    g_test_message ("%s: took %.1f s", row[COLUMN_FILE], get_cpu_seconds () - start);
  g_assert_cmpfloat (get_cpu_seconds () - start, <, MAX_SECONDS);
  if (!g_strv_contains ((const char *const *) alternatives, outcome.outcome))
    g_test_message ("%s (%s): %s: %s; expected: %s", row[COLUMN_FILE], row[COLUMN_WRONG],
                    outcome.outcome, outcome.text->str, row[COLUMN_EXPECTED]);
  g_assert_true (g_strv_contains ((const char *const *) alternatives, outcome.outcome));
  check_names (row[COLUMN_FILE], row[COLUMN_NAMES], &outcome);
}

static void
test_table (void)
{
  g_autofree char *root = limner_test_shared ("data-hostile");
  g_autofree char *table = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_rows = 0;

  if (root == NULL)
    return;
  table = g_build_filename (root, "cases.tsv", NULL);
  g_assert_true (g_file_get_contents (table, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 0);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) row = g_strsplit (lines[i], "\t", N_COLUMNS);

      if (g_strv_length (row) != N_COLUMNS || strcmp (row[COLUMN_KIND], "image") != 0)
        continue;
      check_row (row, root);
      n_rows++;
    }
  g_assert_cmpuint (n_rows, >, 100);
}

/* Loads every file of a shared folder; answers how many opened. */
static guint
load_folder (const char *relative, const char *prefix, guint *n_files)
{
  g_autofree char *root = limner_test_shared (relative);
  g_autoptr (GDir) folder = root != NULL ? g_dir_open (root, 0, NULL) : NULL;
  guint n_opened = 0;
  const char *name;

  *n_files = 0;
  if (folder == NULL)
    return 0;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);
      double start = get_cpu_seconds ();

      if (!limner_image_file_is_candidate (name) || !g_str_has_prefix (name, prefix))
        continue;
      g_auto (Outcome) outcome = load (path);
      (*n_files)++;
      if (outcome.width != 0)
        n_opened++;
      if (g_test_verbose ())
        g_test_message ("%s: %s %s", name, outcome.outcome, outcome.text->str);
      g_assert_cmpfloat (get_cpu_seconds () - start, <, MAX_SECONDS);
    }
  return n_opened;
}

static void
test_broken_jpegs (void)
{
  guint n_files;

  load_folder ("data/img-jpeg-hostile", "", &n_files);
  load_folder ("data/img-jpeg-hostile/imagetestsuite", "", &n_files);
  g_assert_true (n_files > 50 || g_test_failed () || n_files == 0);
}

static void
test_broken_pngs (void)
{
  guint n_files;

  /* PngSuite calls its corrupt files x*.png */
  g_assert_cmpuint (load_folder ("data/img-pngsuite", "x", &n_files), <=, 2);
  load_folder ("data/img-pngsuite/crashers", "", &n_files);
}

static gboolean
is_plain (const char *outcome)
{
  return strcmp (outcome, "opens") == 0;
}

static void
test_good_pngs (void)
{
  g_autofree char *root = limner_test_shared ("data/img-pngsuite");
  g_autoptr (GDir) folder = root != NULL ? g_dir_open (root, 0, NULL) : NULL;
  guint n_files = 0;
  const char *name;

  if (folder == NULL)
    return;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);

      if (!g_str_has_suffix (name, ".png") || name[0] == 'x')
        continue;
      g_auto (Outcome) outcome = load (path);
      n_files++;
      if (!is_plain (outcome.outcome))
        g_test_message ("%s: %s: %s", name, outcome.outcome, outcome.text->str);
      g_assert_true (is_plain (outcome.outcome));
    }
  g_assert_cmpuint (n_files, >, 100);
}

/* Every cut of a good file ends in a picture with a flag or in an error, never in a plain picture.
 */
static void
check_cuts (const char *relative, gsize step)
{
  g_autofree char *path = limner_test_shared (relative);
  g_autofree char *data = NULL;
  gsize length;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  for (gsize cut = 0; cut + 64 < length; cut += step)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data, cut);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerPixels) pixels =
          limner_image_file_load_bytes (bytes, "cut", 0, NULL, &error);

      g_assert_true ((pixels != NULL) != (error != NULL));
      if (pixels != NULL)
        g_assert_cmpint (limner_pixels_get_flags (pixels) & LIMNER_PIXELS_TRUNCATED, !=, 0);
    }
}

static void
test_cuts (void)
{
  check_cuts ("data-hostile/img/ok-rgb8.png", 1);
  check_cuts ("data-hostile/img/ok-rgba16-adam7.png", 1);
  check_cuts ("data-hostile/img/ok-base.jpg", 1);
  check_cuts ("data-hostile/img/ok-progressive.jpg", 1);
}

/* Flipped bits may do anything but crash. */
static void
check_flips (const char *relative, guint n_flips)
{
  g_autofree char *path = limner_test_shared (relative);
  g_autofree char *data = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gsize length;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  for (guint i = 0; i < n_flips; i++)
    {
      g_autofree char *copy = g_memdup2 (data, length);

      for (guint k = 0; k < 1 + i % 4; k++)
        copy[g_rand_int_range (random, 0, (gint32) length)] ^= (char) (1 << (i % 8));
      g_autoptr (GBytes) bytes = g_bytes_new_static (copy, length);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerPixels) pixels =
          limner_image_file_load_bytes (bytes, "flipped", 1 << 20, NULL, &error);

      g_assert_true ((pixels != NULL) != (error != NULL));
    }
}

static void
test_flips (void)
{
  check_flips ("data-hostile/img/ok-rgb8.png", 500);
  check_flips ("data-hostile/img/ok-rgba16-adam7.png", 500);
  check_flips ("data-hostile/img/ok-420-odd.jpg", 500);
  check_flips ("data-hostile/img/ok-progressive.jpg", 500);
  check_flips ("data-hostile/img/ok-exif-3-be.jpg", 500);
  check_flips ("data-hostile/img/gif-named.jpg", 500);
  check_flips ("data-hostile/img/bmp-named.png", 500);
}

/* Last, because it looks at the largest memory of the whole program. */
static void
test_memory (void)
{
  struct rusage usage;

#if defined(__SANITIZE_ADDRESS__)
  limner_test_skip ("the sanitizer's own memory would be measured");
  return;
#endif
  getrusage (RUSAGE_SELF, &usage);
  g_assert_cmpint (usage.ru_maxrss, <, 1024 * 1024);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "table", test_table },
    { "broken-jpegs", test_broken_jpegs },
    { "broken-pngs", test_broken_pngs },
    { "good-pngs", test_good_pngs },
    { "cuts", test_cuts },
    { "flips", test_flips },
    { "memory", test_memory },
    { NULL, NULL },
  };

  return limner_test_main (argc, argv, "image-hostile", cases);
}
