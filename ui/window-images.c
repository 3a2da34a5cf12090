/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-window"

#include "window-private.h"

#include <glib/gi18n.h>

/* The old picture stays on the screen for this long while the next one is decoded: nearly all are
 * there by then, and nothing flashes. */
#define BLANK_AFTER_MS 120
#define PLACE_DELAY_S 2

/* ---- status line ---- */

void
limner_window_update_zoom (LimnerWindow *self)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);

  if (pixels == NULL)
    limner_status_line_set_picture (self->status_line, 0.0, 0, 0);
  else
    limner_status_line_set_picture (self->status_line, limner_canvas_get_zoom (self->canvas),
                                    limner_pixels_get_width (pixels),
                                    limner_pixels_get_height (pixels));
}

void
limner_window_on_pointer_moved (LimnerWindow *self, double x, double y, gboolean inside)
{
  LimnerPixels *pixels = limner_canvas_get_pixels (self->canvas);
  guint values[3] = { 0, 0, 0 };
  guint n = 0;

  if (inside && pixels != NULL && x >= 0.0 && y >= 0.0)
    n = limner_pixels_get_value (pixels, (int) x, (int) y, values);
  limner_status_line_set_pointer (self->status_line, x, y, n, values);
}

/* ---- what the picture needs to be said about ---- */

static void
update_badge (LimnerWindow *self, LimnerPixels *pixels)
{
  static const struct
  {
    LimnerPixelsFlags flag;
    const char *text;
  } texts[] = {
    { LIMNER_PIXELS_TRUNCATED, N_ ("The file ends early: the hatched rows are missing") },
    { LIMNER_PIXELS_CORRUPT, N_ ("The file is damaged: some pixels may be wrong") },
    { LIMNER_PIXELS_EXTENSION, N_ ("The file is of another format than its name says") },
    { LIMNER_PIXELS_ANIMATED, N_ ("An animation: the first picture is shown") },
    { LIMNER_PIXELS_DEPTH_REDUCED, N_ ("Shown with 8 bits; the file has more") },
    { LIMNER_PIXELS_ORIENTED, N_ ("Shown upright, as the EXIF data of the file say") },
  };
  const LimnerPixelsFlags flags = pixels != NULL ? limner_pixels_get_flags (pixels) : 0;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (flags & texts[i].flag)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", _ (texts[i].text));
    }
  gtk_label_set_text (self->badge, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), text->len > 0);
}

static void
set_spinner (LimnerWindow *self, gboolean spinning)
{
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), spinning);
  gtk_spinner_set_spinning (self->spinner, spinning);
}

/* ---- showing ---- */

static const char *
get_left_sentence (void)
{
  return _ ("The unfinished shape was given up with its image");
}

/* Scene and canvas change together: annotations never lie on another picture. */
static void
show_scene (LimnerWindow *self)
{
  if (limner_scene_get_image (self->scene) == self->image)
    {
      /* the same picture anew */
      limner_window_leave_drag (self, get_left_sentence ());
      return;
    }
  /* until now the hand could go on with the image before */
  limner_window_leave_shape (self, get_left_sentence ());
  limner_scene_set_image (self->scene, self->image);
}

static void
prefetch (LimnerWindow *self, int by, LimnerLoadPriority priority)
{
  LimnerImageList *list = limner_image_panel_get_list (self->image_panel);
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  const guint position = limner_image_list_find (list, self->image);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_autofree char *path = NULL;
  guint image;

  if (position == G_MAXUINT || (by < 0 && position == 0) || (by > 0 && position + 1 >= n))
    return;
  image = limner_image_list_get_image (list, by > 0 ? position + 1 : position - 1);
  limner_scene_prefetch (self->scene, image);
  if (limner_dataset_has_image_file (dataset, image))
    path = limner_dataset_dup_image_path (dataset, image, NULL);
  if (path != NULL)
    limner_image_loader_load_async (self->loader, path, priority, self->prefetching, NULL, NULL);
}

/* When the picture is on the screen: the tiles of it and the X server need the processors first. */
static gboolean
on_prefetch (gpointer user_data)
{
  LimnerWindow *self = user_data;

  self->prefetch_source = 0;
  g_clear_object (&self->prefetching);
  self->prefetching = g_cancellable_new ();
  prefetch (self, 1, LIMNER_LOAD_NEXT);
  prefetch (self, -1, LIMNER_LOAD_PREVIOUS);
  return G_SOURCE_REMOVE;
}

/* Whether the canvas has a preview of what @pixels is the whole of. */
static gboolean
refines (LimnerWindow *self, LimnerPixels *pixels)
{
  LimnerPixels *shown = limner_canvas_get_pixels (self->canvas);

  return shown != NULL && limner_pixels_is_preview (shown) &&
         limner_scene_get_image (self->scene) == self->image &&
         limner_pixels_get_width (shown) == limner_pixels_get_width (pixels) &&
         limner_pixels_get_height (shown) == limner_pixels_get_height (pixels);
}

static void
present_picture (LimnerWindow *self, LimnerPixels *pixels)
{
  g_clear_handle_id (&self->blank_source, g_source_remove);
  set_spinner (self, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->image_page), FALSE);
  if (refines (self, pixels))
    limner_canvas_refine_pixels (self->canvas, pixels);
  else
    {
      show_scene (self);
      limner_canvas_set_pixels (self->canvas, pixels,
                                limner_preferences_get_boolean (self->preferences, "keep-view"));
    }
  limner_scene_set_picture (self->scene, limner_pixels_get_width (pixels),
                            limner_pixels_get_height (pixels),
                            limner_pixels_get_orientation (pixels));
  limner_view_popover_apply (self->view_popover);
  limner_dataset_set_image_trouble (limner_document_get_dataset (self->document), self->image,
                                    NULL);
  limner_window_update_zoom (self);
  update_badge (self, pixels);
  if (!limner_pixels_is_preview (pixels) && self->prefetch_source == 0)
    self->prefetch_source = g_idle_add_full (G_PRIORITY_LOW, on_prefetch, self, NULL);
}

static void
present_nothing (LimnerWindow *self)
{
  show_scene (self);
  limner_canvas_set_pixels (self->canvas, NULL, TRUE);
  update_badge (self, NULL);
  limner_window_update_zoom (self);
}

static void
present_error (LimnerWindow *self, const char *sentence)
{
  g_autofree char *brief = limner_window_dup_brief (self, sentence);
  g_autofree char *markup = g_markup_escape_text (brief, -1);

  g_clear_handle_id (&self->blank_source, g_source_remove);
  set_spinner (self, FALSE);
  present_nothing (self);
  limner_scene_set_picture (self->scene, 0, 0, LIMNER_ORIENTATION_NORMAL);
  adw_status_page_set_description (self->image_page, markup);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->image_page), sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->image_page), TRUE);
  limner_dataset_set_image_trouble (limner_document_get_dataset (self->document), self->image,
                                    sentence);
}

static gboolean
on_blank_due (gpointer user_data)
{
  LimnerWindow *self = user_data;

  self->blank_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->image_page), FALSE);
  present_nothing (self);
  set_spinner (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels =
      limner_image_loader_load_finish (LIMNER_IMAGE_LOADER (source), result, &error);

  /* The person may be three images further. */
  if (self->document == NULL ||
      g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  self->awaits_picture = FALSE;
  if (pixels != NULL)
    present_picture (self, pixels);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    present_error (self, error->message);
}

/* A large picture: something to look at while it is decoded. */
static void
on_preview (LimnerWindow *self, const char *path, LimnerPixels *pixels)
{
  g_autofree char *wanted = NULL;

  /* a dialog may have another picture loaded */
  if (self->document == NULL || self->image == LIMNER_NO_IMAGE || !self->awaits_picture)
    return;
  wanted = limner_dataset_dup_image_path (limner_document_get_dataset (self->document), self->image,
                                          NULL);
  if (g_strcmp0 (wanted, path) == 0)
    present_picture (self, pixels);
}

static void
update_limits (LimnerWindow *self)
{
  if (self->loader == NULL)
    return;
  limner_image_loader_set_cache_bytes (
      self->loader, (gsize) limner_preferences_get_uint (self->preferences, "cache-mb") << 20);
  limner_image_loader_set_max_pixels (self->loader,
                                      (guint64) limner_preferences_get_uint (self->preferences,
                                                                             "max-megapixels") *
                                          1000 * 1000);
}

void
limner_window_ensure_loader (LimnerWindow *self)
{
  if (self->loader != NULL)
    return;
  self->loader = limner_image_loader_new (0);
  update_limits (self);
  g_signal_connect_object (self->loader, "preview", G_CALLBACK (on_preview), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preferences, "notify::cache-mb", G_CALLBACK (update_limits), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preferences, "notify::max-megapixels", G_CALLBACK (update_limits),
                           self, G_CONNECT_SWAPPED);
}

static gboolean
on_place_due (gpointer user_data)
{
  LimnerWindow *self = user_data;

  self->place_source = 0;
  limner_window_note_place (self);
  return G_SOURCE_REMOVE;
}

static void
load_picture (LimnerWindow *self, const char *path)
{
  self->awaits_picture = TRUE;
  limner_image_loader_load_async (self->loader, path, LIMNER_LOAD_SHOWN, self->loading, on_loaded,
                                  g_object_ref (self));
}

/* A picture that only the COCO file mentions. */
typedef struct
{
  char *root;
  char *path;
} PathCheck;

static void
path_check_free (gpointer data)
{
  PathCheck *check = data;

  g_free (check->root);
  g_free (check->path);
  g_free (check);
}

/* Worker thread: nothing but the paths. */
static void
check_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  PathCheck *check = task_data;
  GError *error = NULL;

  if (limner_dataset_check_path_beneath (check->root, check->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_path_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LimnerWindow *self = LIMNER_WINDOW (source);
  PathCheck *check = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (self->document == NULL ||
      g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_task_propagate_boolean (G_TASK (result), &error);
  /* what is missing or unreadable is for the loader to say */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME))
    present_error (self, error->message);
  else
    load_picture (self, check->path);
}

/* The folder's own pictures are opened as they are; a name that only the COCO file mentions must
 * not lead out of the folder over a link. */
static void
check_and_load (LimnerWindow *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, self->loading, on_path_checked, NULL);
  PathCheck *check = g_new0 (PathCheck, 1);

  check->root =
      g_strdup (limner_dataset_get_image_root (limner_document_get_dataset (self->document)));
  check->path = g_strdup (path);
  g_task_set_task_data (task, check, path_check_free);
  g_task_run_in_thread (task, check_in_thread);
}

static void
start_load (LimnerWindow *self)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = limner_dataset_dup_image_path (dataset, self->image, &error);
  LimnerPixels *pixels;

  if (path == NULL)
    {
      present_error (self, error->message);
      return;
    }
  self->awaits_picture = FALSE;
  pixels = limner_image_loader_peek (self->loader, path);
  if (pixels != NULL)
    {
      g_autoptr (LimnerPixels) kept = limner_pixels_ref (pixels);

      /* it is there, but the loader has to know what is shown now, and what is not any more */
      limner_image_loader_load_async (self->loader, path, LIMNER_LOAD_SHOWN, NULL, NULL, NULL);
      present_picture (self, kept);
      return;
    }
  if (self->blank_source == 0)
    self->blank_source = g_timeout_add (BLANK_AFTER_MS, on_blank_due, self);
  self->loading = g_cancellable_new ();
  if (limner_dataset_has_image_file (dataset, self->image))
    load_picture (self, path);
  else
    check_and_load (self, path);
}

void
limner_window_show_image (LimnerWindow *self, guint image)
{
  LimnerDataset *dataset;
  g_autoptr (GCancellable) old_loading = NULL;
  g_autoptr (GCancellable) old_prefetching = NULL;

  if (self->document == NULL)
    return;
  dataset = limner_document_get_dataset (self->document);
  if (image >= limner_dataset_get_n_images (dataset))
    return;
  if (image == self->image && limner_scene_get_image (self->scene) == image)
    return;
  if (self->image != LIMNER_NO_IMAGE)
    limner_window_leave_shape (self, get_left_sentence ());
  g_clear_handle_id (&self->prefetch_source, g_source_remove);
  old_loading = g_steal_pointer (&self->loading);
  old_prefetching = g_steal_pointer (&self->prefetching);
  limner_document_hint_pause (self->document);
  self->image = image;
  g_free (self->image_name);
  self->image_name = g_strdup (limner_dataset_get_image_name (dataset, image));
  limner_image_panel_set_image (self->image_panel, image);
  /* Its shapes are there when the picture is. */
  limner_scene_prefetch (self->scene, image);
  /* Asked for before the others are given up: a picture loaded ahead goes on loading. */
  start_load (self);
  g_cancellable_cancel (old_loading);
  g_cancellable_cancel (old_prefetching);
  limner_window_update_actions (self);
  if (self->place_source == 0)
    self->place_source = g_timeout_add_seconds (PLACE_DELAY_S, on_place_due, self);
}

void
limner_window_leave_image (LimnerWindow *self)
{
  g_clear_handle_id (&self->blank_source, g_source_remove);
  g_clear_handle_id (&self->prefetch_source, g_source_remove);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_cancellable_cancel (self->prefetching);
  g_clear_object (&self->prefetching);
  self->image = LIMNER_NO_IMAGE;
  g_clear_pointer (&self->image_name, g_free);
}

void
limner_window_reload_image (LimnerWindow *self)
{
  g_autofree char *path = NULL;

  if (self->document == NULL || self->image == LIMNER_NO_IMAGE)
    return;
  limner_window_leave_drag (self, get_left_sentence ());
  path = limner_dataset_dup_image_path (limner_document_get_dataset (self->document), self->image,
                                        NULL);
  if (path != NULL)
    limner_image_loader_invalidate (self->loader, path);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  start_load (self);
}

/* ---- going from image to image ---- */

void
limner_window_step_image (LimnerWindow *self, int by)
{
  LimnerImageList *list = limner_image_panel_get_list (self->image_panel);
  gint64 position;
  gint64 n;

  if (list == NULL)
    return;
  n = g_list_model_get_n_items (G_LIST_MODEL (list));
  position = limner_image_list_find (list, self->image);
  if (n == 0)
    return;
  /* An image that the filter hides: on from the next one that it shows. */
  if (position == G_MAXUINT)
    {
      position = 0;
      while (position < n && limner_image_list_get_image (list, (guint) position) < self->image)
        position++;
      if (by > 0)
        by--;
    }
  position = CLAMP (position + by, 0, n - 1);
  limner_window_show_image (self, limner_image_list_get_image (list, (guint) position));
}

void
limner_window_step_empty (LimnerWindow *self, int direction)
{
  LimnerDataset *dataset;
  gint64 n;

  if (self->document == NULL)
    return;
  dataset = limner_document_get_dataset (self->document);
  n = limner_dataset_get_n_images (dataset);
  for (gint64 i = (gint64) self->image + direction; i >= 0 && i < n; i += direction)
    {
      const LimnerState state = limner_dataset_get_image_state (dataset, (guint) i);

      if (limner_dataset_get_image_n_annotations (dataset, (guint) i) == 0 &&
          state != LIMNER_STATE_DONE && state != LIMNER_STATE_ACCEPTED)
        {
          limner_window_show_image (self, (guint) i);
          return;
        }
    }
  limner_window_toast (self, direction > 0
                                 ? _ ("Every image from here to the end is annotated or done")
                                 : _ ("Every image from here to the start is annotated or done"));
}

/* The scene has left it already: there is nothing that a drag could be kept in. */
static void
leave_gone_image (LimnerWindow *self)
{
  if (limner_scene_get_image (self->scene) != LIMNER_NO_IMAGE || self->tool == NULL ||
      !limner_tool_is_active (self->tool))
    return;
  limner_tool_cancel (self->tool);
  limner_window_toast (self, get_left_sentence ());
}

void
limner_window_on_images_reset (LimnerWindow *self)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  g_autofree char *name = g_strdup (self->image_name);
  guint image = name != NULL ? limner_dataset_find_image_by_name (dataset, name) : LIMNER_NO_IMAGE;

  leave_gone_image (self);
  limner_window_leave_drag (self, get_left_sentence ());
  limner_window_leave_image (self);
  if (image == LIMNER_NO_IMAGE && limner_dataset_get_n_images (dataset) > 0)
    image = 0;
  limner_window_show_image (self, image);
}
