/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-opener"

#include "opener.h"

/* One opening. */
typedef struct
{
  char *path;
  char *coco_path;
  char *image_root;
  GCancellable *cancellable; /* of the engine's work */
  LimnerProgressFunc progress;
  gpointer progress_data;

  GTask *task; /* (nullable): of who waits for it */
  gulong cancelled;
  gboolean is_done;
  LimnerDocument *document;
  GError *error;
} Opening;

struct _LimnerOpener
{
  GObject parent_instance;

  Opening *begun; /* (nullable): not taken over yet */
};

G_DEFINE_FINAL_TYPE (LimnerOpener, limner_opener, G_TYPE_OBJECT)

static void
opening_free (Opening *opening)
{
  g_free (opening->path);
  g_free (opening->coco_path);
  g_free (opening->image_root);
  g_object_unref (opening->cancellable);
  g_clear_object (&opening->document);
  g_clear_error (&opening->error);
  g_free (opening);
}

/* Nobody wants it: it ends by itself, soon. */
static void
opening_leave (Opening *opening)
{
  g_cancellable_cancel (opening->cancellable);
  if (opening->is_done)
    opening_free (opening);
}

static void
limner_opener_dispose (GObject *object)
{
  LimnerOpener *self = LIMNER_OPENER (object);

  g_clear_pointer (&self->begun, opening_leave);
  G_OBJECT_CLASS (limner_opener_parent_class)->dispose (object);
}

static void
limner_opener_class_init (LimnerOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limner_opener_dispose;
}

static void
limner_opener_init (LimnerOpener *self)
{
}

LimnerOpener *
limner_opener_new (void)
{
  return g_object_new (LIMNER_TYPE_OPENER, NULL);
}

/* ---- one opening ---- */

static void
hand_over (Opening *opening)
{
  g_autoptr (GTask) task = g_steal_pointer (&opening->task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, opening->cancelled);
  if (opening->document != NULL)
    g_task_return_pointer (task, g_steal_pointer (&opening->document), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&opening->error));
  opening_free (opening);
}

static void
on_progress (double fraction, gpointer user_data)
{
  const Opening *opening = user_data;

  if (opening->progress != NULL)
    opening->progress (fraction, opening->progress_data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;

  opening->document = limner_document_open_finish (result, &opening->error);
  opening->is_done = TRUE;
  if (opening->task != NULL)
    hand_over (opening);
  else if (g_cancellable_is_cancelled (opening->cancellable))
    opening_free (opening);
}

static Opening *
opening_begin (const char *path, const char *coco_path, const char *image_root)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->path = g_strdup (path);
  opening->coco_path = g_strdup (coco_path);
  opening->image_root = g_strdup (image_root);
  opening->cancellable = g_cancellable_new ();
  limner_document_open_async (path, coco_path, image_root, LIMNER_OPEN_NORMAL, on_progress, opening,
                              opening->cancellable, on_opened, opening);
  return opening;
}

static gboolean
opening_is_for (const Opening *opening,
                const char *path,
                const char *coco_path,
                const char *image_root)
{
  return g_str_equal (opening->path, path) && g_strcmp0 (opening->coco_path, coco_path) == 0 &&
         g_strcmp0 (opening->image_root, image_root) == 0;
}

/* ---- public ---- */

void
limner_opener_begin (LimnerOpener *self,
                     const char *path,
                     const char *coco_path,
                     const char *image_root)
{
  g_return_if_fail (LIMNER_IS_OPENER (self));
  g_return_if_fail (self->begun == NULL);

  self->begun = opening_begin (path, coco_path, image_root);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

void
limner_opener_open_async (LimnerOpener *self,
                          const char *path,
                          const char *coco_path,
                          const char *image_root,
                          LimnerProgressFunc progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Opening *opening = g_steal_pointer (&self->begun);

  if (opening != NULL && !opening_is_for (opening, path, coco_path, image_root))
    g_clear_pointer (&opening, opening_leave);
  if (opening == NULL)
    opening = opening_begin (path, coco_path, image_root);
  opening->progress = progress;
  opening->progress_data = progress_data;
  opening->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (opening->task, limner_opener_open_async);
  if (cancellable != NULL)
    opening->cancelled =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                               g_object_ref (opening->cancellable), g_object_unref);
  if (opening->is_done)
    hand_over (opening);
}

LimnerDocument *
limner_opener_open_finish (LimnerOpener *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
