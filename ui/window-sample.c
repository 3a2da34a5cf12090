/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "welcome-page.h"
#include "window-private.h"

#include <errno.h>

/* Where folders come from but by a chooser: the sample, what is dropped; and where they are shown. */

/* ---- sample ---- */

static gboolean
copy_folder (GFile *from, GFile *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileEnumerator) files =
      g_file_enumerate_children (from, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NONE,
                                 cancellable, error);
  GFileInfo *info = NULL;
  GFile *file = NULL;

  if (files == NULL)
    return FALSE;
  while (g_file_enumerator_iterate (files, &info, &file, cancellable, error))
    {
      g_autoptr (GFile) target = NULL;

      if (info == NULL)
        return TRUE;
      target = g_file_get_child (to, g_file_info_get_name (info));
      if (!g_file_copy (file, target, G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL,
                        error))
        return FALSE;
    }
  return FALSE;
}

static void
copy_sample_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "limner", "sample", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (task_data);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  /* What the person drew in it before stays. */
  if (!g_file_test (path, G_FILE_TEST_IS_DIR) &&
      (g_mkdir_with_parents (path, 0755) != 0 || !copy_folder (from, to, cancellable, &error)))
    g_debug ("%s: %s", path, error != NULL ? error->message : g_strerror (errno));
  g_task_return_pointer (task, g_steal_pointer (&path), g_free);
}

static void
on_sample_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), NULL);

  if (path != NULL)
    limner_window_open (LIMNER_WINDOW (source), path);
}

void
limner_window_open_sample (LimnerWindow *self)
{
  g_autofree char *sample = limner_find_sample_folder ();
  g_autoptr (GTask) task = NULL;

  if (sample == NULL)
    return;
  task = g_task_new (self, NULL, on_sample_copied, NULL);
  g_task_set_task_data (task, g_steal_pointer (&sample), g_free);
  g_task_run_in_thread (task, copy_sample_in_thread);
}

/* ---- file manager, drag and drop ---- */

void
limner_window_show_path (LimnerWindow *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GFile) parent = g_file_get_parent (file);
  g_autofree char *parent_uri = parent != NULL ? g_file_get_uri (parent) : g_strdup (uri);
  const gboolean folder =
      self->document != NULL && g_str_equal (path, limner_document_get_folder (self->document));

  gtk_show_uri (GTK_WINDOW (self), folder ? uri : parent_uri, GDK_CURRENT_TIME);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LimnerWindow *self)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files != NULL ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    return FALSE;
  limner_window_open (self, path);
  return TRUE;
}

void
limner_window_add_drop_target (LimnerWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self->content), GTK_EVENT_CONTROLLER (target));
}
