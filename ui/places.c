/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-places"

#include "places.h"

#define MAX_LISTED 10
#define MAX_KEPT 100
#define WRITE_DELAY_MS 1000

struct _LimnerPlaces
{
  GObject parent_instance;

  GKeyFile *file; /* a group for each dataset, named by the hash of its path */
  char *file_path;
  guint write_source;
};

G_DEFINE_FINAL_TYPE (LimnerPlaces, limner_places, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
limner_place_free (LimnerPlace *self)
{
  g_free (self->path);
  g_free (self->coco_path);
  g_free (self->image_root);
  g_free (self->image);
  g_free (self->picture);
  g_free (self->look);
  g_free (self);
}

static void
limner_places_finalize (GObject *object)
{
  LimnerPlaces *self = LIMNER_PLACES (object);

  limner_places_flush (self);
  g_key_file_unref (self->file);
  g_free (self->file_path);
  G_OBJECT_CLASS (limner_places_parent_class)->finalize (object);
}

static void
limner_places_class_init (LimnerPlacesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = limner_places_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LIMNER_TYPE_PLACES, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
limner_places_init (LimnerPlaces *self)
{
  g_autoptr (GError) error = NULL;

  self->file = g_key_file_new ();
  self->file_path = g_build_filename (g_get_user_state_dir (), "limner", "places.ini", NULL);
  if (!g_key_file_load_from_file (self->file, self->file_path, G_KEY_FILE_NONE, &error))
    g_debug ("%s: %s; the list of recent datasets starts empty", self->file_path, error->message);
}

LimnerPlaces *
limner_places_new (void)
{
  return g_object_new (LIMNER_TYPE_PLACES, NULL);
}

/* ---- writing ---- */

typedef struct
{
  char *path;
  char *text;
  gsize length;
} WriteJob;

static void
write_job_free (WriteJob *job)
{
  g_free (job->path);
  g_free (job->text);
  g_free (job);
}

static void
write_job_run (WriteJob *job)
{
  g_autofree char *folder = g_path_get_dirname (job->path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (job->path, job->text, (gssize) job->length, &error))
    g_debug ("%s; the last place is not remembered", error->message);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  write_job_run (task_data);
  g_task_return_boolean (task, TRUE);
}

static WriteJob *
write_job_new (LimnerPlaces *self)
{
  WriteJob *job = g_new0 (WriteJob, 1);

  job->path = g_strdup (self->file_path);
  job->text = g_key_file_to_data (self->file, &job->length, NULL);
  return job;
}

static gboolean
on_write_due (gpointer user_data)
{
  LimnerPlaces *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  self->write_source = 0;
  g_task_set_task_data (task, write_job_new (self), (GDestroyNotify) write_job_free);
  g_task_run_in_thread (task, write_in_thread);
  return G_SOURCE_REMOVE;
}

void
limner_places_flush (LimnerPlaces *self)
{
  WriteJob *job;

  if (self->write_source == 0)
    return;
  g_clear_handle_id (&self->write_source, g_source_remove);
  job = write_job_new (self);
  write_job_run (job);
  write_job_free (job);
}

/* ---- entries ---- */

static char *
group_of_path (const char *path)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
}

/* Paths are bytes, key files are UTF-8: they are kept as URIs. */
static void
set_path (GKeyFile *file, const char *group, const char *key, const char *path)
{
  g_autofree char *uri = path != NULL ? g_filename_to_uri (path, NULL, NULL) : NULL;

  if (uri != NULL)
    g_key_file_set_string (file, group, key, uri);
  else
    g_key_file_remove_key (file, group, key, NULL);
}

static char *
dup_path (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *uri = g_key_file_get_string (file, group, key, NULL);

  return uri != NULL ? g_filename_from_uri (uri, NULL, NULL) : NULL;
}

static LimnerPlace *
read_place (LimnerPlaces *self, const char *group)
{
  g_autofree char *path = dup_path (self->file, group, "path");
  g_autofree char *image = NULL;
  LimnerPlace *place;

  if (path == NULL)
    return NULL;
  place = g_new0 (LimnerPlace, 1);
  place->path = g_steal_pointer (&path);
  place->coco_path = dup_path (self->file, group, "coco");
  place->image_root = dup_path (self->file, group, "images");
  place->picture = dup_path (self->file, group, "picture");
  image = g_key_file_get_string (self->file, group, "image", NULL);
  place->image = image != NULL ? g_uri_unescape_string (image, NULL) : NULL;
  place->look = g_key_file_get_string (self->file, group, "look", NULL);
  place->n_images = (guint) g_key_file_get_uint64 (self->file, group, "n-images", NULL);
  place->n_done = (guint) g_key_file_get_uint64 (self->file, group, "n-done", NULL);
  place->opened = g_key_file_get_int64 (self->file, group, "opened", NULL);
  return place;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const LimnerPlace *first = *(const LimnerPlace *const *) a;
  const LimnerPlace *second = *(const LimnerPlace *const *) b;

  return (first->opened < second->opened) - (first->opened > second->opened);
}

static GPtrArray *
read_all (LimnerPlaces *self)
{
  GPtrArray *places = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_place_free);
  g_auto (GStrv) groups = g_key_file_get_groups (self->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      LimnerPlace *place = read_place (self, groups[i]);

      if (place != NULL)
        g_ptr_array_add (places, place);
    }
  g_ptr_array_sort (places, compare_places);
  return places;
}

static void
schedule_write (LimnerPlaces *self)
{
  if (self->write_source == 0)
    self->write_source = g_timeout_add (WRITE_DELAY_MS, on_write_due, self);
}

void
limner_places_note (LimnerPlaces *self, const LimnerPlace *place)
{
  g_autofree char *group = group_of_path (place->path);
  g_autofree char *image =
      place->image != NULL ? g_uri_escape_string (place->image, NULL, FALSE) : NULL;
  g_autoptr (GPtrArray) all = NULL;

  set_path (self->file, group, "path", place->path);
  set_path (self->file, group, "coco", place->coco_path);
  set_path (self->file, group, "images", place->image_root);
  set_path (self->file, group, "picture", place->picture);
  if (image != NULL)
    g_key_file_set_string (self->file, group, "image", image);
  if (place->look != NULL)
    g_key_file_set_string (self->file, group, "look", place->look);
  else
    g_key_file_remove_key (self->file, group, "look", NULL);
  g_key_file_set_uint64 (self->file, group, "n-images", place->n_images);
  g_key_file_set_uint64 (self->file, group, "n-done", place->n_done);
  g_key_file_set_int64 (self->file, group, "opened", place->opened);

  all = read_all (self);
  for (guint i = MAX_KEPT; i < all->len; i++)
    {
      const LimnerPlace *old = g_ptr_array_index (all, i);
      g_autofree char *old_group = group_of_path (old->path);

      g_key_file_remove_group (self->file, old_group, NULL);
    }
  schedule_write (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

LimnerPlace *
limner_places_find (LimnerPlaces *self, const char *path)
{
  g_autofree char *group = group_of_path (path);

  return read_place (self, group);
}

GPtrArray *
limner_places_list (LimnerPlaces *self)
{
  GPtrArray *all = read_all (self);

  if (all->len > MAX_LISTED)
    g_ptr_array_set_size (all, MAX_LISTED);
  return all;
}

char *
limner_places_dup_last (LimnerPlaces *self)
{
  g_autoptr (GPtrArray) places = limner_places_list (self);

  return places->len > 0 ? g_strdup (((LimnerPlace *) g_ptr_array_index (places, 0))->path) : NULL;
}

void
limner_places_forget (LimnerPlaces *self, const char *path)
{
  g_autofree char *group = group_of_path (path);

  if (!g_key_file_remove_group (self->file, group, NULL))
    return;
  schedule_write (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
