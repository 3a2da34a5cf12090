/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the tests of the document share: folders with pictures, copies of real sets, and short
 * names for the gestures.
 */

#include <limner/document.h>

#include "limner-test.h"

/* Pictures that nobody decodes: opening goes by names. */
static inline void
fixture_picture (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, "not looked at", -1, NULL));
}

static inline char *
fixture_write (const char *folder, const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static inline char *
fixture_read (const char *path)
{
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("(absent)");
  return text;
}

/* Another program writes the file: in a new inode, with another time. */
static inline void
fixture_replace (const char *path, const char *text)
{
  g_autofree char *other = g_strconcat (path, ".other", NULL);

  g_assert_true (g_file_set_contents (other, text, -1, NULL));
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

static inline void
fixture_copy_tree (const char *source, const char *target)
{
  g_autoptr (GDir) dir = g_dir_open (source, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (target, 0755), ==, 0);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (source, name, NULL);
      g_autofree char *to = g_build_filename (target, name, NULL);
      g_autofree char *text = NULL;
      gsize length;

      if (g_file_test (from, G_FILE_TEST_IS_DIR))
        fixture_copy_tree (from, to);
      else if (g_file_get_contents (from, &text, &length, NULL))
        g_assert_true (g_file_set_contents (to, text, length, NULL));
    }
}

static inline int
fixture_compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Every entry below @folder with size, mode, inode, times and content, as one text. */
static inline void
fixture_list (GString *out, const char *folder, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, fixture_compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      g_autofree char *inner = g_strconcat (prefix, g_ptr_array_index (names, i), "/", NULL);
      g_autofree char *text = NULL;
      g_autofree char *sum = NULL;
      struct stat info;
      gsize length = 0;

      g_assert_cmpint (lstat (path, &info), ==, 0);
      if (S_ISDIR (info.st_mode))
        {
          g_string_append_printf (out, "%s\n", inner);
          fixture_list (out, path, inner);
          continue;
        }
      if (g_file_get_contents (path, &text, &length, NULL))
        sum = g_compute_checksum_for_data (G_CHECKSUM_SHA1, (const guchar *) text, length);
      g_string_append_printf (out, "%s %o %ld %ld %ld.%09ld %s\n", inner, info.st_mode,
                              (long) info.st_ino, (long) info.st_size, (long) info.st_mtim.tv_sec,
                              info.st_mtim.tv_nsec, sum);
    }
}

static inline char *
fixture_snapshot (const char *folder)
{
  GString *out = g_string_new (NULL);

  fixture_list (out, folder, "");
  return g_string_free (out, FALSE);
}

static inline LimnerDocument *
fixture_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  LimnerDocument *document = limner_document_open (path, NULL, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (document);
  return document;
}

/* Closes and lets go, and expects that nobody else holds it. */
static inline void
fixture_close (LimnerDocument *document)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_close (document, &error));
  g_assert_no_error (error);
  /* a look at the file that is under way holds it */
  for (guint i = 0; i < 1000 && G_OBJECT (document)->ref_count > 1; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_finalize_object (document);
}

static inline LimnerShape *
fixture_box (double x, double y, double width, double height)
{
  LimnerBox box = { x, y, width, height };
  return limner_shape_new_box (&box);
}

static inline void
fixture_commit (LimnerDocument *document, LimnerTransaction *transaction)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_commit (document, transaction, NULL, NULL, &error));
  g_assert_no_error (error);
}

static inline gint64
fixture_add_category (LimnerDocument *document, const char *name)
{
  g_autoptr (GError) error = NULL;
  LimnerTransaction *transaction = limner_document_begin (document, "Add class", LIMNER_NO_IMAGE);
  gint64 id = -1;

  g_assert_true (limner_transaction_create_category (transaction, name, &id, &error));
  g_assert_no_error (error);
  fixture_commit (document, transaction);
  return id;
}

static inline gint64
fixture_draw (LimnerDocument *document, guint image, gint64 category, double x, double y)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerShape) shape = fixture_box (x, y, 10.5, 20);
  LimnerTransaction *transaction = limner_document_begin (document, "Draw box", image);
  gint64 id = -1;

  g_assert_true (limner_transaction_create_annotation (transaction, image, 640, 480, category,
                                                       shape, &id, &error));
  g_assert_no_error (error);
  fixture_commit (document, transaction);
  return id;
}

static inline void
fixture_save (LimnerDocument *document)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_save (document, &error));
  g_assert_no_error (error);
}

/* Lets the document go as a crash would: nothing is saved, what was acknowledged is in the log. */
static inline void
fixture_drop (LimnerDocument *document)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (limner_document_flush (document, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 1000 && G_OBJECT (document)->ref_count > 1; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_finalize_object (document);
}

static inline char *
fixture_replace_in (const char *text, const char *old, const char *new)
{
  g_auto (GStrv) parts = g_strsplit (text, old, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strjoinv (new, parts);
}

/* Changes one member of a record, whatever it is. */
static inline void
fixture_set_member (
    LimnerDocument *document, LimnerRecordKind kind, gint64 id, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  LimnerTransaction *t = limner_document_begin (document, "Change", LIMNER_NO_IMAGE);
  const LimnerMember member = { name, value };

  g_assert_true (limner_transaction_set_members (t, kind, id, &member, 1, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
}

static inline void
fixture_delete (LimnerDocument *document, gint64 id)
{
  g_autoptr (GError) error = NULL;
  LimnerTransaction *t = limner_document_begin (document, "Delete", LIMNER_NO_IMAGE);

  g_assert_true (limner_transaction_delete (t, LIMNER_RECORD_ANNOTATION, id, FALSE, &error));
  g_assert_no_error (error);
  fixture_commit (document, t);
}

/* Moves the box of an annotation to @x. */
static inline void
fixture_set_x (LimnerDocument *document, gint64 id, int x)
{
  g_autofree char *value = g_strdup_printf ("[%d, 2, 3, 4]", x);

  fixture_set_member (document, LIMNER_RECORD_ANNOTATION, id, "bbox", value);
}

/* -1: not there. */
static inline double
fixture_get_x (LimnerDocument *document, gint64 id)
{
  g_autoptr (LimnerAnnotation) annotation =
      limner_document_load_record (document, LIMNER_RECORD_ANNOTATION, id, NULL);

  return annotation != NULL ? annotation->bbox.x : -1;
}

/* A GAsyncReadyCallback that stores the result. */
static inline void
fixture_keep (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

/* Lets the main context run until @condition or 10 s. */
