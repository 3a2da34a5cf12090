/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "log-fallback.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

LimnerLogSetup *
limner_log_setup_new (void)
{
  LimnerLogSetup *self = g_new0 (LimnerLogSetup, 1);

  self->tail = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  return self;
}

static void
close_log (LimnerLog **log)
{
  if (*log != NULL && LIMNER_IS_WORKSPACE (*log))
    limner_workspace_close (LIMNER_WORKSPACE (*log));
  g_clear_object (log);
}

void
limner_log_setup_close (LimnerLogSetup *self)
{
  close_log (&self->log);
  close_log (&self->beside);
}

void
limner_log_setup_free (LimnerLogSetup *self)
{
  limner_log_setup_close (self);
  g_clear_pointer (&self->tail, g_ptr_array_unref);
  g_clear_pointer (&self->only_in_state, g_ptr_array_unref);
  g_clear_pointer (&self->beside_sequence, g_hash_table_unref);
  g_free (self->beside_path);
  g_free (self->state_path);
  g_free (self->like);
  g_free (self);
}

static gboolean
same_bytes (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

gboolean
limner_step_same (const LimnerStep *a, const LimnerStep *b)
{
  if (a->kind != b->kind || a->edits->len != b->edits->len || g_strcmp0 (a->label, b->label) != 0)
    return FALSE;
  for (guint i = 0; i < a->edits->len; i++)
    {
      const LimnerEdit *x = g_ptr_array_index (a->edits, i);
      const LimnerEdit *y = g_ptr_array_index (b->edits, i);

      if (x->kind != y->kind || x->id != y->id || !same_bytes (x->before, y->before) ||
          !same_bytes (x->after, y->after))
        return FALSE;
    }
  return TRUE;
}

/* ---- making a log ---- */

/* The backup is of this version: together with all steps it makes the whole dataset again. */
static gboolean
note_first_base (LimnerLogSetup *self, LimnerLog *log, GError **error)
{
  g_autofree char *text = NULL;

  if (!self->state.has_base)
    return TRUE;
  text = limner_identity_dup_hash (&self->state.base);
  return limner_log_set_value (log, LIMNER_LOG_KEY_FIRST_BASE, text, error);
}

char *
limner_identity_dup_hash (const LimnerIdentity *identity)
{
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                          identity->hash_high, identity->hash_low);
}

/* A log made now must be empty: else somebody worked here since we opened. */
static LimnerLog *
create_log (LimnerLogSetup *self, const char *path, GError **error)
{
  g_autoptr (LimnerWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *like = NULL;

  if (self->like != NULL && path == self->beside_path &&
      g_file_test (self->like, G_FILE_TEST_EXISTS))
    like = g_strdup (self->like);
  workspace = limner_workspace_open (path, TRUE, like, error);
  if (workspace == NULL)
    return NULL;
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, error);
  if (steps == NULL)
    {
      limner_workspace_close (workspace);
      return NULL;
    }
  if (steps->len > 0)
    {
      limner_workspace_close (workspace);
      g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY,
                   "%s: another program has worked on this dataset since it was opened here; it is "
                   "read again",
                   path);
      return NULL;
    }
  if (!limner_log_write_state (LIMNER_LOG (workspace), &self->state, error) ||
      !note_first_base (self, LIMNER_LOG (workspace), error))
    {
      limner_workspace_close (workspace);
      return NULL;
    }
  return LIMNER_LOG (g_steal_pointer (&workspace));
}

static gboolean
name_log (LimnerLog *log, GError **error)
{
  g_autofree char *name = g_uuid_string_random ();

  return limner_log_set_value (log, LIMNER_LOG_KEY_ID, name, error);
}

static LimnerLog *
create_in_state (LimnerLogSetup *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->state_path);
  g_autoptr (GError) local = NULL;
  LimnerLog *log;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE,
                   "%s: the folder for work that cannot be kept beside the images cannot be made: "
                   "%s",
                   folder, g_strerror (errno));
      return NULL;
    }
  log = create_log (self, self->state_path, &local);
  if (log != NULL && !name_log (log, &local))
    close_log (&log);
  if (log == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return log;
}

static void
start_state (LimnerLogSetup *self)
{
  self->state.applied = 0;
  self->state.has_intent = FALSE;
}

gboolean
limner_log_setup_ensure (LimnerLogSetup *self, char **unusable, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->log != NULL)
    return TRUE;
  if (self->had_log)
    return limner_log_setup_recover (self, NULL, unusable, error);
  start_state (self);
  if (self->beside_allowed)
    {
      self->log = create_log (self, self->beside_path, &local);
      self->had_log = self->log != NULL;
      if (self->log != NULL)
        return TRUE;
      if (g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_UNUSABLE))
        {
          g_free (*unusable);
          *unusable = g_strdup (local->message);
          self->beside_allowed = FALSE;
        }
    }
  self->log = create_in_state (self, error);
  if (self->log == NULL)
    {
      if (local != NULL)
        g_prefix_error (error, "%s; ", local->message);
      return FALSE;
    }
  self->had_log = TRUE;
  self->in_state = TRUE;
  return TRUE;
}

static gboolean
has_lease (LimnerLog *log)
{
  return log != NULL && LIMNER_IS_WORKSPACE (log) &&
         limner_workspace_has_lease (LIMNER_WORKSPACE (log));
}

/* The log beside does not work, but who has its lease writes the file. */
static gboolean
check_lease_beside (LimnerLogSetup *self, GError **error)
{
  return !has_lease (self->beside) ||
         limner_workspace_tend (LIMNER_WORKSPACE (self->beside), error);
}

gboolean
limner_log_setup_append (LimnerLogSetup *self, LimnerStep *step, GError **error)
{
  if (!check_lease_beside (self, error) || !limner_log_append (self->log, step, error))
    {
      step->sequence = 0;
      return FALSE;
    }
  g_ptr_array_add (self->tail, limner_step_ref (step));
  if (self->only_in_state != NULL)
    g_ptr_array_add (self->only_in_state, limner_step_ref (step));
  return TRUE;
}

/* ---- when writing fails ---- */

static gint64
last_sequence (LimnerLogSetup *self)
{
  if (self->tail->len == 0)
    return self->state.applied;
  return ((LimnerStep *) g_ptr_array_index (self->tail, self->tail->len - 1))->sequence;
}

/* A log that stays closed stays ours, and has its lease tended, unless its file is gone. */
static gboolean
reopen (LimnerLogSetup *self, LimnerStep *step, GError **error)
{
  const char *path = self->in_state ? self->state_path : self->beside_path;
  gboolean leased = has_lease (self->log);
  g_autoptr (GError) local = NULL;
  g_autoptr (LimnerWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) newer = NULL;
  LimnerStep *found;

  if (self->log != NULL && LIMNER_IS_WORKSPACE (self->log))
    workspace = limner_workspace_reopen (LIMNER_WORKSPACE (self->log), &local);
  else
    workspace = limner_workspace_open (path, FALSE, NULL, &local);
  if (workspace != NULL || !leased || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    close_log (&self->log);
  if (workspace == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  newer = limner_log_replay (LIMNER_LOG (workspace), last_sequence (self), NULL);
  if (newer == NULL || newer->len > 1 ||
      (newer->len == 1 && (step == NULL || !limner_step_same (g_ptr_array_index (newer, 0), step))))
    {
      if (leased)
        self->log = LIMNER_LOG (g_steal_pointer (&workspace));
      else
        limner_workspace_close (workspace);
      return FALSE;
    }
  self->log = LIMNER_LOG (g_steal_pointer (&workspace));
  if (newer->len == 1)
    {
      found = g_ptr_array_index (newer, 0);
      step->sequence = found->sequence;
      g_ptr_array_add (self->tail, limner_step_ref (step));
      if (self->only_in_state != NULL)
        g_ptr_array_add (self->only_in_state, limner_step_ref (step));
    }
  return TRUE;
}

/* Copies what is in our log and not in the file to a new one; old numbers go to @sequences. */
static gboolean
copy_tail (LimnerLogSetup *self, LimnerLog *log, GHashTable *sequences, GError **error)
{
  for (guint i = 0; i < self->tail->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (self->tail, i);
      gint64 old = step->sequence;

      g_hash_table_insert (sequences, step, g_memdup2 (&old, sizeof old));
      if (limner_log_append (log, step, error))
        continue;
      /* half a copy is worth nothing: back to how it was */
      for (guint k = 0; k <= i; k++)
        {
          LimnerStep *copied = g_ptr_array_index (self->tail, k);
          copied->sequence = *(gint64 *) g_hash_table_lookup (sequences, copied);
        }
      return FALSE;
    }
  return TRUE;
}

static gboolean
note_copies (LimnerLogSetup *self, LimnerLog *log, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", self->tail->len);

  return limner_log_set_value (log, LIMNER_LOG_KEY_COPIES, text, error);
}

/* Starts a log that is enough by itself, beside the file again or in the state folder. */
static gboolean
move_to_new (LimnerLogSetup *self, gboolean in_state, GError **error)
{
  const char *path = in_state ? self->state_path : self->beside_path;
  LimnerLogState old_state = self->state;
  g_autoptr (GHashTable) sequences = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  LimnerLog *log;

  start_state (self);
  log = in_state ? create_in_state (self, error) : create_log (self, path, error);
  if (log == NULL || (in_state && !note_copies (self, log, error)) ||
      !copy_tail (self, log, sequences, error))
    {
      self->state = old_state;
      if (log != NULL)
        {
          close_log (&log);
          g_unlink (path);
        }
      return FALSE;
    }
  if (in_state)
    {
      self->beside = g_steal_pointer (&self->log);
      self->beside_state = old_state;
      self->beside_sequence = g_steal_pointer (&sequences);
      self->copies_applied = 0;
      self->only_in_state = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
    }
  close_log (&self->log);
  self->log = log;
  self->in_state = in_state;
  self->generation++;
  return TRUE;
}

static gboolean
is_gone (const char *path)
{
  struct stat info;

  return lstat (path, &info) != 0 && errno == ENOENT;
}

/* Whether @cause says that what we had the lease of is another program's; becomes @error then. */
static gboolean
is_lost (GError **cause, gboolean leased, GError **error)
{
  if (leased && g_error_matches (*cause, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
    (*cause)->code = LIMNER_LOG_ERROR_LOST;
  if (!g_error_matches (*cause, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (cause));
  return TRUE;
}

gboolean
limner_log_setup_recover (LimnerLogSetup *self, LimnerStep *step, char **unusable, GError **error)
{
  gboolean leased = has_lease (self->log);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GError) probe = NULL;

  if (reopen (self, step, &cause))
    {
      LimnerLogState state = self->state;

      /* it opens; does it take a write? A state that says what it said already tells. */
      if ((step != NULL && step->sequence != 0) ||
          limner_log_write_state (self->log, &state, &probe))
        return TRUE;
    }
  if (is_lost (&cause, leased, error) || is_lost (&probe, leased, error))
    return FALSE;
  if (self->in_state)
    {
      if (probe != NULL)
        g_propagate_error (error, g_steal_pointer (&probe));
      else
        g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE,
                     "%s: the log of the changes cannot be written any more", self->state_path);
      return FALSE;
    }
  if (self->log == NULL && self->beside_allowed && is_gone (self->beside_path))
    {
      if (move_to_new (self, FALSE, &probe))
        return TRUE;
      if (is_lost (&probe, leased, error))
        return FALSE;
    }
  return move_to_new (self, TRUE, error);
}

gboolean
limner_log_setup_leave (LimnerLogSetup *self, GError **error)
{
  return move_to_new (self, TRUE, error);
}

/* ---- marks of a checkpoint ---- */

static gint64
sequence_of (LimnerLogSetup *self, LimnerStep *upto)
{
  return upto != NULL && upto->sequence != 0 ? upto->sequence : self->state.applied;
}

static gboolean
write_state (LimnerLogSetup *self, LimnerLogState *state, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *unusable = NULL;

  if (self->log == NULL)
    {
      self->state = *state;
      return TRUE;
    }
  if (!limner_log_write_state (self->log, state, &local))
    {
      /* a log that moved numbers its steps anew, so the caller's figures are void */
      guint generation = self->generation;

      if (g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!limner_log_setup_recover (self, NULL, &unusable, error))
        return FALSE;
      if (self->generation != generation)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!limner_log_write_state (self->log, state, error))
        return FALSE;
    }
  self->state = *state;
  return TRUE;
}

gboolean
limner_log_setup_write_intent (LimnerLogSetup *self,
                               const LimnerIdentity *intent,
                               LimnerStep *upto,
                               GError **error)
{
  LimnerLogState state = self->state;

  if (!check_lease_beside (self, error))
    return FALSE;
  state.has_intent = TRUE;
  state.intent = *intent;
  state.intent_sequence = sequence_of (self, upto);
  return write_state (self, &state, error);
}

static void
drop_applied (LimnerLogSetup *self, LimnerStep *upto)
{
  guint index;

  if (upto != NULL && g_ptr_array_find (self->tail, upto, &index))
    g_ptr_array_remove_range (self->tail, 0, index + 1);
}

/* Whoever opens the log beside before we do again must not do over our work what was copied from
 * it. Should that not work, our next opening notes it. */
static void
note_common (LimnerLogSetup *self)
{
  LimnerLogState noted = self->beside_state;
  g_autoptr (GError) error = NULL;

  if (self->common_beside == 0 || self->beside == NULL || self->state.applied < self->common_here)
    return;
  noted.applied = MAX (noted.applied, self->common_beside);
  if (limner_log_write_state (self->beside, &noted, &error))
    self->common_beside = 0;
  else
    g_debug ("%s", error->message);
}

gboolean
limner_log_setup_write_base (LimnerLogSetup *self,
                             gboolean has_base,
                             const LimnerIdentity *base,
                             LimnerStep *upto,
                             GError **error)
{
  LimnerLogState state = self->state;

  state.has_base = has_base;
  if (has_base)
    state.base = *base;
  state.applied = sequence_of (self, upto);
  state.has_intent = FALSE;
  if (!write_state (self, &state, error))
    return FALSE;
  drop_applied (self, upto);
  note_common (self);
  return TRUE;
}

/* ---- back to the file's side ---- */

void
limner_log_put_away (const char *path, const char *aside)
{
  static const char *const suffixes[] = { "-wal", "-journal", "-holder" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *left = g_strconcat (path, suffixes[i], NULL);

      if (!is_gone (left))
        return;
    }
  if ((aside != NULL ? g_rename (path, aside) : g_unlink (path)) != 0)
    g_debug ("%s: %s", path, g_strerror (errno));
}

static gboolean
open_beside (LimnerLogSetup *self, GError **error)
{
  g_autoptr (LimnerWorkspace) workspace = NULL;

  if (has_lease (self->beside) && !is_gone (self->beside_path))
    {
      workspace = limner_workspace_reopen (LIMNER_WORKSPACE (self->beside), error);
      if (workspace == NULL)
        return FALSE;
      close_log (&self->beside);
      self->beside = LIMNER_LOG (g_steal_pointer (&workspace));
      return TRUE;
    }
  close_log (&self->beside);
  if (self->beside_sequence != NULL && is_gone (self->beside_path))
    {
      /* somebody removed it: there everything is new again */
      g_clear_pointer (&self->beside_sequence, g_hash_table_unref);
      g_clear_pointer (&self->only_in_state, g_ptr_array_unref);
      self->beside_state = (LimnerLogState){ 0 };
    }
  if (self->beside_sequence != NULL)
    {
      workspace = limner_workspace_open (self->beside_path, FALSE, NULL, error);
      if (workspace == NULL)
        return FALSE;
      self->beside = LIMNER_LOG (g_steal_pointer (&workspace));
      return TRUE;
    }
  self->beside = create_log (self, self->beside_path, error);
  return self->beside != NULL;
}

/* Steps that the log beside lacks: what was written since it failed, or simply everything. */
static GPtrArray *
dup_missing (LimnerLogSetup *self, GError **error)
{
  if (self->only_in_state != NULL)
    return g_ptr_array_ref (self->only_in_state);
  return limner_log_replay (self->log, 0, error);
}

/* Appends what is missing and notes which number each step has over there. A step that made it
 * before the next one failed is not written again. */
static gboolean
copy_missing (LimnerLogSetup *self, GPtrArray *missing, GHashTable *by_number, GError **error)
{
  for (guint i = 0; i < missing->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (missing, i);
      gint64 here = step->sequence;
      gint64 *there =
          self->beside_sequence != NULL ? g_hash_table_lookup (self->beside_sequence, step) : NULL;
      gint64 sequence = there != NULL ? *there : 0;

      if (there == NULL)
        {
          gboolean appended = limner_log_append (self->beside, step, error);

          sequence = step->sequence;
          step->sequence = here;
          if (!appended)
            return FALSE;
          if (self->beside_sequence != NULL)
            g_hash_table_insert (self->beside_sequence, step,
                                 g_memdup2 (&sequence, sizeof sequence));
        }
      g_hash_table_insert (by_number, g_memdup2 (&here, sizeof here),
                           g_memdup2 (&sequence, sizeof sequence));
    }
  return TRUE;
}

static gint64
sequence_beside (LimnerLogSetup *self, GHashTable *by_number, LimnerStep *step)
{
  gint64 *there =
      self->beside_sequence != NULL ? g_hash_table_lookup (self->beside_sequence, step) : NULL;

  if (there == NULL)
    there = g_hash_table_lookup (by_number, &step->sequence);
  return there != NULL ? *there : 0;
}

/* A mark of this log in the numbers of the log beside. */
static gint64
mark_beside (LimnerLogSetup *self, GHashTable *by_number, gint64 mark)
{
  gint64 *there = g_hash_table_lookup (by_number, &mark);

  if (there != NULL)
    return *there;
  if (mark <= self->copies_applied)
    return self->beside_sequence != NULL ? self->beside_state.applied : 0;
  /* a step that both logs had from the start; those are the first of this log, in the same order */
  return self->beside_state.applied + mark - self->copies_applied;
}

/* A half-made log beside would be taken for a whole one; half-filled, the other one tells. */
static gboolean
stay_in_state (LimnerLogSetup *self)
{
  if (self->beside_sequence != NULL && has_lease (self->beside))
    return FALSE;
  close_log (&self->beside);
  if (self->beside_sequence == NULL)
    g_unlink (self->beside_path);
  return FALSE;
}

gboolean
limner_log_note_returned (LimnerLog *log, LimnerLog *beside, GError **error)
{
  g_autofree char *id = limner_log_dup_value (log, LIMNER_LOG_KEY_ID);

  return id == NULL || limner_log_set_value (beside, LIMNER_LOG_KEY_RETURNED, id, error);
}

gboolean
limner_log_setup_return_beside (LimnerLogSetup *self, GError **error)
{
  g_autoptr (GPtrArray) missing = NULL;
  g_autoptr (GHashTable) by_number =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  LimnerLogState state = self->state;
  g_autoptr (GError) local = NULL;

  if (self->log == NULL || !open_beside (self, error))
    return FALSE;
  missing = dup_missing (self, error);
  if (missing == NULL || !copy_missing (self, missing, by_number, error))
    return stay_in_state (self);
  state.applied = mark_beside (self, by_number, self->state.applied);
  state.intent_sequence = mark_beside (self, by_number, self->state.intent_sequence);
  if (!limner_log_write_state (self->beside, &state, error))
    return stay_in_state (self);
  /* what is not noted is told by the steps, unless the work goes on there before it is removed */
  if (!limner_log_note_returned (self->log, self->beside, &local))
    g_debug ("%s", local->message);

  for (guint i = 0; i < self->tail->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (self->tail, i);
      step->sequence = sequence_beside (self, by_number, step);
    }
  close_log (&self->log);
  limner_log_put_away (self->state_path, NULL);
  self->log = g_steal_pointer (&self->beside);
  self->state = state;
  self->in_state = FALSE;
  self->generation++;
  g_clear_pointer (&self->only_in_state, g_ptr_array_unref);
  g_clear_pointer (&self->beside_sequence, g_hash_table_unref);
  return TRUE;
}
