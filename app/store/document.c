/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

G_DEFINE_QUARK (limner - document - error, limner_document_error)
G_DEFINE_FINAL_TYPE (LimnerDocument, limner_document, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SAVE_STATE,
  PROP_PENDING,
  PROP_READ_ONLY,
  PROP_BUSY,
  PROP_PROGRESS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- small things for the other files ---- */

void
limner_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

typedef struct
{
  GWeakRef document;
  void (*func) (LimnerDocument *self);
} Timer;

static void
timer_free (gpointer data)
{
  Timer *self = data;

  g_weak_ref_clear (&self->document);
  g_free (self);
}

static gboolean
on_timer (gpointer data)
{
  Timer *self = data;
  g_autoptr (LimnerDocument) document = g_weak_ref_get (&self->document);

  if (document != NULL)
    self->func (document);
  return G_SOURCE_REMOVE;
}

/* Fires once. */
void
limner_document_start_timer (LimnerDocument *self,
                             GSource **source,
                             guint interval_ms,
                             void (*func) (LimnerDocument *self))
{
  Timer *timer = g_new0 (Timer, 1);

  limner_clear_source (source);
  g_weak_ref_init (&timer->document, self);
  timer->func = func;
  *source = g_timeout_source_new (interval_ms);
  g_source_set_callback (*source, on_timer, timer, timer_free);
  g_source_attach (*source, self->context);
}

void
limner_keep_result (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

GAsyncResult *
limner_wait_for_result (GMainContext *context, GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (context, TRUE);
  return *result;
}

const char *
limner_document_get_name (LimnerDocument *self)
{
  const char *slash = strrchr (self->path, '/');

  return slash != NULL ? slash + 1 : self->path;
}

void
limner_document_set_busy (LimnerDocument *self, gboolean busy)
{
  if (self->is_busy == busy)
    return;
  self->is_busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

void
limner_document_set_progress (LimnerDocument *self, double progress)
{
  if (self->progress == progress)
    return;
  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

static LimnerSaveState
compute_state (LimnerDocument *self)
{
  LimnerTroubleKind kind = limner_document_get_trouble (self)->kind;

  if (kind == LIMNER_TROUBLE_NOT_DURABLE || kind == LIMNER_TROUBLE_CONFLICT ||
      kind == LIMNER_TROUBLE_GONE || kind == LIMNER_TROUBLE_SAVE_FAILED)
    return LIMNER_SAVE_TROUBLE;
  if (self->checkpoint != NULL)
    return LIMNER_SAVE_SAVING;
  if (!g_queue_is_empty (&self->waiting))
    return LIMNER_SAVE_LOGGING;
  return self->pending->len > 0 ? LIMNER_SAVE_LOGGED : LIMNER_SAVE_SAVED;
}

/* Called wherever something changed that the state follows from. */
void
limner_document_update_state (LimnerDocument *self)
{
  LimnerSaveState state = compute_state (self);

  if (self->save_state == state)
    return;
  self->save_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVE_STATE]);
}

void
limner_document_notify_pending (LimnerDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PENDING]);
  limner_document_update_state (self);
}

void
limner_document_set_read_only (LimnerDocument *self, gboolean read_only)
{
  if (self->read_only == read_only)
    return;
  self->read_only = read_only;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READ_ONLY]);
}

/* ---- life ---- */

static void
limner_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnerDocument *self = LIMNER_DOCUMENT (object);

  switch (id)
    {
    case PROP_SAVE_STATE:
      g_value_set_uint (value, self->save_state);
      break;
    case PROP_PENDING:
      g_value_set_uint (value, self->pending->len);
      break;
    case PROP_READ_ONLY:
      g_value_set_boolean (value, self->read_only);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->is_busy);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* Edits that are not in the file stay in the log: whoever drops a document has not lost them. */
static void
limner_document_dispose (GObject *object)
{
  LimnerDocument *self = LIMNER_DOCUMENT (object);

  g_cancellable_cancel (self->cancellable);
  limner_document_stop_checkpoints (self);
  limner_document_stop_watch (self);
  g_clear_pointer (&self->log, limner_log_thread_free);
  g_clear_pointer (&self->slot, limner_registry_release);
  G_OBJECT_CLASS (limner_document_parent_class)->dispose (object);
}

static void
limner_document_finalize (GObject *object)
{
  LimnerDocument *self = LIMNER_DOCUMENT (object);

  for (guint i = 0; i < LIMNER_N_TROUBLES; i++)
    {
      g_free (self->troubles[i].title);
      g_free (self->troubles[i].detail);
    }
  g_queue_clear_full (&self->waiting, (GDestroyNotify) limner_waiting_free);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->conflicts);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->savers);
  g_ptr_array_unref (self->next_savers);
  g_queue_clear (&self->cache_order);
  g_hash_table_unref (self->cache);
  g_clear_object (&self->dataset);
  g_clear_object (&self->history);
  g_clear_pointer (&self->file, limner_coco_file_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->path);
  g_free (self->real_path);
  g_free (self->folder);
  g_free (self->image_root);
  G_OBJECT_CLASS (limner_document_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  properties[PROP_SAVE_STATE] = g_param_spec_uint ("save-state", NULL, NULL, 0, LIMNER_SAVE_TROUBLE,
                                                   LIMNER_SAVE_SAVED, flags);
  properties[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_READ_ONLY] = g_param_spec_boolean ("read-only", NULL, NULL, FALSE, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
limner_document_class_init (LimnerDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = limner_document_get_property;
  object_class->dispose = limner_document_dispose;
  object_class->finalize = limner_document_finalize;
  install_properties (object_class);

  g_signal_new ("trouble-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("recovered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_UINT);
  g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("replaced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
limner_document_init (LimnerDocument *self)
{
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  self->conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_conflict_free);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  self->savers = g_ptr_array_new_with_free_func (g_object_unref);
  self->next_savers = g_ptr_array_new_with_free_func (g_object_unref);
  self->history = limner_history_new ();
  self->cancellable = g_cancellable_new ();
  self->start_image = LIMNER_NO_IMAGE;
  g_queue_init (&self->waiting);
  g_queue_init (&self->cache_order);
  limner_document_forget_all (self);
}

/* ---- getters ---- */

LimnerDataset *
limner_document_get_dataset (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->dataset;
}

LimnerHistory *
limner_document_get_history (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->history;
}

LimnerCocoFile *
limner_document_get_coco_file (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->file;
}

const char *
limner_document_get_path (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->path;
}

const char *
limner_document_get_folder (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->folder;
}

gboolean
limner_document_is_read_only (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), TRUE);
  return self->read_only;
}

LimnerSaveState
limner_document_get_save_state (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), LIMNER_SAVE_SAVED);
  return self->save_state;
}

guint
limner_document_get_n_pending (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), 0);
  return self->pending->len;
}

GPtrArray *
limner_document_get_findings (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), NULL);
  return self->findings;
}

guint
limner_document_get_start_image (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), LIMNER_NO_IMAGE);
  return self->start_image;
}

LimnerFrame
limner_document_get_frame (LimnerDocument *self)
{
  g_return_val_if_fail (LIMNER_IS_DOCUMENT (self), LIMNER_FRAME_UPRIGHT);
  return self->frame;
}
