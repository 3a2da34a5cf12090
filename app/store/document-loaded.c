/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gi18n-lib.h>

static void
tell_condition (LimnerDocument *self, LimnerLoaded *loaded)
{
  const char *name = limner_document_get_name (self);

  if (loaded->is_held)
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_HELD, FALSE,
        g_strdup_printf (_ ("Another program is working on %s: it can only be looked at here"),
                         name),
        g_strdup (loaded->holder_text));
  if (loaded->from_backup)
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_GONE, FALSE,
        g_strdup_printf (_ ("%s is gone; it was put together again from its backup and its log"),
                         name),
        g_strdup (_ ("It is written when you save.")));
  if (loaded->unusable_text != NULL)
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_WORKSPACE, FALSE,
        g_strdup_printf (_ ("The workspace of %s cannot be used and was left as it is"), name),
        g_strdup (loaded->unusable_text));
  if (loaded->n_parted > 0)
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_PARTED, FALSE,
        g_strdup_printf (ngettext ("Somebody else made %u change to %s that is not shown here yet",
                                   "Somebody else made %u changes to %s that are not shown here "
                                   "yet",
                                   loaded->n_parted),
                         loaded->n_parted, name),
        g_strdup (_ ("What is in the log beside the file comes in when the dataset is opened the "
                     "next time, after what was changed here is saved.")));
  self->may_write_in_place = loaded->is_read_only && loaded->is_writable;
  self->in_place = self->may_write_in_place && self->flags & LIMNER_OPEN_IN_PLACE;
  if (loaded->is_read_only && !self->in_place && !(self->flags & LIMNER_OPEN_READ_ONLY))
    limner_document_set_trouble (
        self, LIMNER_TROUBLE_READ_ONLY, FALSE,
        g_strdup_printf (_ ("The folder of %s is read-only: changes are kept on this computer"),
                         name),
        self->may_write_in_place
            ? g_strdup (_ ("The file itself can be written into, if you allow it."))
            : g_strdup (_ ("Export the dataset to have them in a COCO file.")));
}

typedef struct
{
  LimnerDocument *document;
  guint n_edits;
} Recovered;

static gboolean
emit_recovered (gpointer data)
{
  Recovered *self = data;

  g_signal_emit_by_name (self->document, "recovered", self->n_edits);
  return G_SOURCE_REMOVE;
}

static void
recovered_free (gpointer data)
{
  Recovered *self = data;

  g_object_unref (self->document);
  g_free (self);
}

/* Later than the answer of open(), so that whoever opened can listen. */
static void
tell_recovered (LimnerDocument *self, guint n_edits)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Recovered *recovered = g_new0 (Recovered, 1);

  recovered->document = g_object_ref (self);
  recovered->n_edits = n_edits;
  g_source_set_callback (source, emit_recovered, recovered, recovered_free);
  g_source_attach (source, self->context);
}

static void
start_log (LimnerDocument *self, LimnerLoaded *loaded)
{
  self->has_log = loaded->setup->log != NULL;
  self->in_state = loaded->setup->in_state;
  if (self->read_only)
    limner_log_setup_close (loaded->setup);
  else
    self->log = limner_log_thread_new (g_steal_pointer (&loaded->setup), G_OBJECT (self),
                                       self->context, limner_document_on_log_report);
}

static char *
dup_folder (LimnerDocument *self)
{
  return self->image_root != NULL ? g_strdup (self->image_root) : g_path_get_dirname (self->path);
}

/* Everything of @loaded but what only a new document needs. The dataset's positions are void. */
static void
take_loaded (LimnerDocument *self, LimnerLoaded *loaded)
{
  limner_document_forget_all (self);
  /* before the dataset: whoever hears of its new places reads there at once */
  g_clear_pointer (&self->file, limner_coco_file_unref);
  self->file = g_steal_pointer (&loaded->file);
  self->file_taken = loaded->file_taken;
  self->frame = loaded->frame;
  self->must_adopt = loaded->must_adopt;
  g_ptr_array_unref (self->findings);
  self->findings = g_ptr_array_ref (loaded->findings);
  g_ptr_array_unref (self->conflicts);
  self->conflicts = g_ptr_array_ref (loaded->conflicts);
  if (self->dataset == NULL)
    {
      self->dataset = g_object_ref (loaded->dataset);
      /* first of all listeners: what is kept lies under positions that are void now */
      g_signal_connect_object (self->dataset, "images-reset",
                               G_CALLBACK (limner_document_forget_all), self, G_CONNECT_SWAPPED);
    }
  else
    limner_dataset_replace (self->dataset, loaded->dataset); /* views keep what they watch */
}

LimnerDocument *
limner_document_new_loaded (LimnerLoaded *loaded)
{
  LimnerDocument *self = g_object_new (LIMNER_TYPE_DOCUMENT, NULL);

  self->context = g_main_context_ref_thread_default ();
  self->flags = loaded->flags;
  self->path = g_strdup (loaded->path);
  self->real_path = g_strdup (loaded->real_path);
  self->image_root = g_strdup (loaded->image_root);
  self->folder = dup_folder (self);
  self->slot = g_steal_pointer (&loaded->slot);
  take_loaded (self, loaded);
  if (loaded->start_name != NULL)
    self->start_image = limner_dataset_find_image_by_name (self->dataset, loaded->start_name);

  for (guint i = 0; i < loaded->steps->len; i++)
    limner_history_push (self->history, g_ptr_array_index (loaded->steps, i));
  for (guint i = 0; i < loaded->pending->len; i++)
    g_ptr_array_add (self->pending, limner_step_ref (g_ptr_array_index (loaded->pending, i)));
  self->read_only = (loaded->flags & LIMNER_OPEN_READ_ONLY) != 0 || loaded->is_held;
  self->ask_first = loaded->from_backup;
  tell_condition (self, loaded);
  start_log (self, loaded);
  limner_document_settle (self, loaded->renumber);
  limner_document_update_state (self);

  limner_registry_publish (self->slot, self);
  if (!(self->flags & LIMNER_OPEN_READ_ONLY))
    limner_document_start_watch (self);
  if (loaded->is_held)
    limner_document_start_held_poll (self);
  if (self->pending->len > 0)
    {
      tell_recovered (self, self->pending->len);
      limner_document_schedule_checkpoint (self);
    }
  return self;
}

/*
 * Puts what was read anew in the place of what there was; steps committed since are done again on
 * top.
 */
void
limner_document_take (LimnerDocument *self, LimnerLoaded *loaded)
{
  guint n_merged = loaded->pending->len;
  g_autoptr (GPtrArray) newer = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = n_merged; i < self->pending->len; i++)
    g_ptr_array_add (newer, limner_step_ref (g_ptr_array_index (self->pending, i)));
  if (!limner_replay_steps (loaded->dataset, loaded->file, newer, &error))
    g_warning ("%s", error->message);
  take_loaded (self, loaded);
  limner_document_settle (self, loaded->renumber);
  g_signal_emit_by_name (self, "replaced");
  limner_document_notify_pending (self);
}

void
limner_document_take_identity (LimnerDocument *self, LimnerLoaded *loaded)
{
  g_clear_pointer (&self->file, limner_coco_file_unref);
  self->file = g_steal_pointer (&loaded->file);
  self->file_taken = loaded->file_taken;
  limner_dataset_rebase (self->dataset, limner_coco_file_get_columns (self->file), self->pending);
  if (self->log != NULL)
    limner_log_thread_adopt (self->log, limner_coco_file_get_identity (self->file));
}

/* The other program is gone: what it left is ours to edit. */
void
limner_document_take_over (LimnerDocument *self, LimnerLoaded *loaded)
{
  /* the log has it all: what was done here before it was lost, and what the other did */
  limner_history_clear (self->history);
  for (guint i = 0; i < loaded->steps->len; i++)
    limner_history_push (self->history, g_ptr_array_index (loaded->steps, i));
  g_ptr_array_set_size (self->pending, 0);
  for (guint i = 0; i < loaded->pending->len; i++)
    g_ptr_array_add (self->pending, limner_step_ref (g_ptr_array_index (loaded->pending, i)));
  g_clear_pointer (&self->log, limner_log_thread_free);
  take_loaded (self, loaded);
  limner_document_set_read_only (self, FALSE);
  start_log (self, loaded);
  limner_document_clear_trouble (self, LIMNER_TROUBLE_HELD);
  limner_document_settle (self, loaded->renumber);
  g_signal_emit_by_name (self, "replaced");
  limner_document_notify_pending (self);
  if (self->pending->len > 0)
    limner_document_schedule_checkpoint (self);
}
