/* SPDX-License-Identifier: MIT */

/*
 * How long an edit takes until it is durable, beside the limit of the same disk in the same run.
 *
 *   bench-edit DATASET N     N edits, one after the other: each creates an annotation on the first
 * image; from commit to its acknowledgement. Then N appends of 4 KiB with fdatasync to a file
 * beside it.
 *
 * The dataset is edited: give it a copy. Prints 'name value' lines in milliseconds.
 */

#include <errno.h>
#include <fcntl.h>
#include <limner/document.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
print_spread (const char *name, double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  printf ("%s_p50 %.3f\n%s_p99 %.3f\n%s_max %.3f\n", name, values[n / 2], name,
          values[n * 99 / 100], name, values[n - 1]);
}

static void
on_acknowledged (LimnerDocument *document, const GError *error, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  if (error != NULL)
    g_error ("%s", error->message);
}

static gint64
first_category (LimnerDocument *document)
{
  GListModel *categories = limner_dataset_get_categories (limner_document_get_dataset (document));
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  if (g_list_model_get_n_items (categories) > 0)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, 0);
      return limner_category_get_id (category);
    }
  transaction = limner_document_begin (document, "Create class", LIMNER_NO_IMAGE);
  if (!limner_transaction_create_category (transaction, "thing", &id, &error) ||
      !limner_document_commit (document, g_steal_pointer (&transaction), NULL, NULL, &error) ||
      !limner_document_flush (document, &error))
    g_error ("%s", error->message);
  return id;
}

static void
time_edits (LimnerDocument *document, guint n)
{
  g_autofree double *values = g_new (double, n);
  gint64 category = first_category (document);

  for (guint i = 0; i < n; i++)
    {
      const LimnerBox box = { i % 500, i % 300, 40, 30 };
      g_autoptr (LimnerShape) shape = limner_shape_new_box (&box);
      g_autoptr (LimnerTransaction) transaction = limner_document_begin (document, "Draw box", 0);
      g_autoptr (GError) error = NULL;
      gboolean done = FALSE;
      gint64 start = g_get_monotonic_time ();
      gint64 id;

      if (!limner_transaction_create_annotation (transaction, 0, 1920, 1080, category, shape, &id,
                                                 &error) ||
          !limner_document_commit (document, g_steal_pointer (&transaction), on_acknowledged, &done,
                                   &error))
        g_error ("%s", error->message);
      while (!done)
        g_main_context_iteration (NULL, TRUE);
      values[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  print_spread ("edit_ms", values, n);
}

static void
time_undo (LimnerDocument *document, guint n)
{
  g_autofree double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      guint image;

      if (!limner_document_undo (document, &image, &error) ||
          !limner_document_flush (document, &error))
        g_error ("%s", error != NULL ? error->message : "nothing to undo");
      values[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  print_spread ("undo_ms", values, n);
}

/* The limit: what the disk needs for 4 KiB. */
static void
time_disk (const char *folder, guint n)
{
  g_autofree double *values = g_new (double, n);
  g_autofree char *path = g_build_filename (folder, "bench-append", NULL);
  char block[4096];
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  memset (block, 'x', sizeof block);
  for (guint i = 0; i < n; i++)
    {
      gint64 start = g_get_monotonic_time ();

      if (write (fd, block, sizeof block) != sizeof block || fdatasync (fd) != 0)
        g_error ("%s: %s", path, g_strerror (errno));
      values[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  close (fd);
  unlink (path);
  print_spread ("append_fdatasync_ms", values, n);
}

int
main (int argc, char **argv)
{
  g_autoptr (LimnerDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  guint n = argc == 3 ? (guint) atoi (argv[2]) : 0;

  if (n == 0)
    {
      fprintf (stderr, "usage: bench-edit DATASET N\n");
      return 2;
    }
  document = limner_document_open (argv[1], NULL, NULL, LIMNER_OPEN_NORMAL, NULL, &error);
  if (document == NULL)
    g_error ("%s", error->message);
  time_edits (document, n);
  time_undo (document, MIN (n, 200));
  time_disk (limner_document_get_folder (document), n);
  if (!limner_document_close (document, &error))
    g_error ("%s", error->message);
  return 0;
}
