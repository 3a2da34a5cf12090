/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <glib/gstdio.h>
#include <limner/coco-writer.h>
#include <unistd.h>

#include "log-fallback.h"

#define SECOND_LOOK_US (G_USEC_PER_SEC / 4)

/*
 * Log and COCO file meet again. The file is what the log calls its base, or the one it intended to
 * rename, or another program's; from which follows what has to be done again. Opening twice gives
 * the same: every edit puts or deletes a whole record by its id.
 */

/* One log that is there: its steps and what it knows. */
typedef struct
{
  LimnerLog *log; /* (nullable) */
  LimnerLogState state;
  GPtrArray *steps; /* (nullable) */
} Found;

static void
found_clear (Found *self)
{
  if (self->log != NULL && LIMNER_IS_WORKSPACE (self->log))
    limner_workspace_close (LIMNER_WORKSPACE (self->log));
  g_clear_object (&self->log);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

char *
limner_backup_dup_path (const char *real_path)
{
  g_autofree char *folder = g_path_get_dirname (real_path);
  g_autofree char *name = g_path_get_basename (real_path);
  g_autofree char *hidden = g_strconcat (".", name, ".limner-base", NULL);

  return g_build_filename (folder, hidden, NULL);
}

static void
note_unusable (LimnerLoaded *self, const char *message)
{
  g_ptr_array_add (self->findings, limner_finding_new ("W_WORKSPACE", LIMNER_SEVERITY_WARNING, NULL,
                                                       NULL, 0, 0, "%s", message));
  if (self->unusable_text == NULL)
    self->unusable_text = g_strdup (message);
}

/* The log at @path: opened for writing, or, where that does not work now, for reading, so that what
 * is in it is not missed; its first append fails then, and goes to the same log opened again or to
 * one in the state folder. */
static LimnerWorkspace *
open_log (LimnerLoaded *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GError) again = NULL;
  gint64 start = g_get_monotonic_time ();
  LimnerWorkspace *workspace;

  if (self->flags & LIMNER_OPEN_READ_ONLY)
    return limner_workspace_open_read_only (path, error);
  workspace = limner_workspace_open (path, FALSE, NULL, &local);
  if (g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY) &&
      self->flags & LIMNER_OPEN_TAKE_OVER)
    {
      g_clear_error (&local);
      workspace = limner_workspace_take_over (path, &local);
      /* not taken, it still is the other's, whatever the reason */
      if (workspace == NULL && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_propagate_error (&again, g_steal_pointer (&local));
          g_set_error_literal (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY, again->message);
          return NULL;
        }
    }
  /* a disk may fail once; what is damaged stays so, and is not looked at twice where that is slow
   */
  if (workspace == NULL && !g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY) &&
      !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
      g_get_monotonic_time () - start < SECOND_LOOK_US)
    {
      g_clear_error (&local);
      workspace = limner_workspace_open (path, FALSE, NULL, &local);
    }
  if (workspace == NULL && g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE))
    workspace = limner_workspace_open_read_only (path, &again);
  if (workspace == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return workspace;
}

/* FALSE if another program has it; then nothing of it is read. */
static gboolean
find_log (LimnerLoaded *self, const char *path, Found *found)
{
  g_autoptr (GError) error = NULL;
  LimnerWorkspace *workspace = open_log (self, path, &error);

  if (workspace != NULL)
    {
      found->log = LIMNER_LOG (workspace);
      if (limner_log_read_state (found->log, &found->state, &error))
        found->steps = limner_log_replay (found->log, 0, &error);
      if (found->steps != NULL)
        return TRUE;
      found_clear (found);
    }
  if (g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
    {
      self->is_held = TRUE;
      self->holder_text = g_strdup (error->message);
      return FALSE;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      note_unusable (self, error->message);
      if (path == self->setup->beside_path)
        self->setup->beside_allowed = FALSE;
    }
  return TRUE;
}

static void
add_steps (GPtrArray *to, GPtrArray *from, guint first)
{
  for (guint i = first; i < from->len; i++)
    g_ptr_array_add (to, limner_step_ref (g_ptr_array_index (from, i)));
}

static void
use_log (LimnerLoaded *self, Found *found, gboolean in_state)
{
  LimnerLogSetup *setup = self->setup;

  setup->log = g_steal_pointer (&found->log);
  setup->had_log = TRUE;
  setup->in_state = in_state;
  setup->state = found->state;
}

/* Of the last of the first @n_steps steps. */
static gint64
get_sequence (const Found *found, guint n_steps)
{
  return n_steps > 0 ? ((LimnerStep *) g_ptr_array_index (found->steps, n_steps - 1))->sequence : 0;
}

static guint
count_pending (const Found *found)
{
  guint n = found->steps->len;

  while (n > 0 && get_sequence (found, n) > found->state.applied)
    n--;
  return found->steps->len - n;
}

/* What both logs have. The one in the state folder begins with copies of what the one beside held
 * and the file did not. */
typedef struct
{
  guint first;  /* leading steps of the log beside that are in the file */
  guint at;     /* leading steps of the log in the state folder that are copies of some of those */
  guint n_same; /* steps after @first in the one that follow after @at in the other */
} Common;

static guint
count_same (const Found *beside, guint first, const Found *state, guint at)
{
  guint n = 0;

  while (first + n < beside->steps->len && at + n < state->steps->len &&
         limner_step_same (g_ptr_array_index (beside->steps, first + n),
                           g_ptr_array_index (state->steps, at + n)))
    n++;
  return n;
}

static guint
count_copies (const Found *state)
{
  g_autofree char *text = limner_log_dup_value (state->log, LIMNER_LOG_KEY_COPIES);
  const guint64 n = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;

  return (guint) MIN (n, state->steps->len);
}

/* Only what is known to be a copy is looked for among what is in the file: the same may be done a
 * second time. */
static Common
find_common (const Found *beside, const Found *state)
{
  const guint n_copies = count_copies (state);
  Common common = { beside->steps->len - count_pending (beside), 0, 0 };

  common.n_same = count_same (beside, common.first, state, 0);
  for (guint from = common.first; n_copies > 0 && common.n_same < n_copies && from-- > 0;)
    {
      if (count_same (beside, from, state, 0) < n_copies)
        continue;
      common.at = MIN (n_copies, common.first - from);
      common.n_same =
          from + n_copies >= common.first ? count_same (beside, common.first, state, common.at) : 0;
      break;
    }
  return common;
}

/* ---- logs that parted ---- */

/*
 * A program with another state folder, or one from before the log moved there, went on with the log
 * beside: each of both has changes that the other lacks. They come together in two openings, one
 * merge with the file each: the log in the state folder is used until the file has all of it; then
 * it is put aside and the one beside is merged over the file like any other program's.
 */

static gboolean
note_all_applied (LimnerLoaded *self, Found *beside, Found *state, gint64 common, GError **error)
{
  LimnerLogState done = state->state;
  LimnerLogState noted = beside->state;

  noted.applied = MAX (noted.applied, common);
  done.applied = get_sequence (state, state->steps->len);
  done.has_intent = FALSE;
  done.has_base = TRUE;
  done.base = *limner_coco_file_get_identity (self->file);
  /* the file can no longer be put together from its backup and the log beside alone */
  if (!limner_log_write_state (beside->log, &noted, error) ||
      !limner_log_set_value (beside->log, LIMNER_LOG_KEY_FIRST_BASE, NULL, error) ||
      !limner_log_write_state (state->log, &done, error) ||
      !limner_log_note_returned (state->log, beside->log, error))
    return FALSE;
  beside->state = noted;
  return TRUE;
}

/* FALSE if the log in the state folder is still needed. What was copied from the one beside is in
 * the file; that is noted there first, so that it is not merged a second time. */
static gboolean
go_back_beside (LimnerLoaded *self, Found *beside, Found *state, const Common *common)
{
  const gint64 known = get_sequence (beside, common->first + common->n_same);
  g_autofree char *id = limner_log_dup_value (state->log, LIMNER_LOG_KEY_ID);
  g_autofree char *aside =
      g_strconcat (self->setup->state_path, ".applied-", id != NULL ? id : "", NULL);
  g_autoptr (GError) error = NULL;

  /* where the file is gone, its log is what it is put together from */
  if (self->file == NULL || get_sequence (state, state->steps->len) > state->state.applied)
    return FALSE;
  if (self->flags & LIMNER_OPEN_READ_ONLY)
    beside->state.applied = MAX (beside->state.applied, known);
  else if (!note_all_applied (self, beside, state, known, &error))
    {
      note_unusable (self, error->message);
      return FALSE;
    }
  else
    {
      /* kept as history; the lock of the log beside keeps others away meanwhile */
      found_clear (state);
      limner_log_put_away (self->setup->state_path, aside);
    }
  add_steps (self->steps, beside->steps, 0);
  use_log (self, beside, FALSE);
  return TRUE;
}

static void
tell_parted (LimnerLoaded *self, guint n)
{
  g_autofree char *changes = limner_count_changes (n);

  self->n_parted = n;
  g_ptr_array_add (self->findings,
                   limner_finding_new ("W_WORKSPACE", LIMNER_SEVERITY_WARNING, NULL, NULL, 0, 0,
                                       "%s: %s of somebody else in it: not shown until the next "
                                       "opening after a save",
                                       self->setup->beside_path, changes));
}

static void
use_parted (LimnerLoaded *self, Found *beside, Found *state, const Common *common)
{
  LimnerLogSetup *setup = self->setup;

  if (go_back_beside (self, beside, state, common))
    return;
  tell_parted (self, beside->steps->len - common->first - common->n_same);
  add_steps (self->steps, state->steps, 0);
  setup->beside_allowed = FALSE;
  /* held, so that nobody else writes the file meanwhile */
  if (!(self->flags & LIMNER_OPEN_READ_ONLY))
    {
      setup->beside = g_steal_pointer (&beside->log);
      setup->beside_state = beside->state;
      setup->common_here = get_sequence (state, common->at + common->n_same);
      setup->common_beside =
          common->n_same > 0 ? get_sequence (beside, common->first + common->n_same) : 0;
    }
  use_log (self, state, TRUE);
}

/* Whatever the log in the state folder has in common with the one beside is counted; the rest the
 * latter lacks. */
static void
use_both (LimnerLoaded *self, Found *beside, Found *state)
{
  LimnerLogSetup *setup = self->setup;
  const Common common = find_common (beside, state);
  const guint first = common.first;
  const guint at = common.at;
  const guint n_same = common.n_same;

  /* copies that came into the file from beside are not done over what followed there */
  setup->copies_applied = get_sequence (state, at);
  state->state.applied = MAX (state->state.applied, setup->copies_applied);
  if (first + n_same < beside->steps->len)
    {
      use_parted (self, beside, state, &common);
      return;
    }

  setup->beside_sequence = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  setup->only_in_state = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  for (guint i = 0; i < n_same; i++)
    {
      LimnerStep *there = g_ptr_array_index (beside->steps, first + i);

      g_hash_table_insert (setup->beside_sequence, g_ptr_array_index (state->steps, at + i),
                           g_memdup2 (&there->sequence, sizeof there->sequence));
    }
  add_steps (setup->only_in_state, state->steps, at + n_same);
  for (guint i = 0; i < first; i++)
    g_ptr_array_add (self->steps, limner_step_ref (g_ptr_array_index (beside->steps, i)));
  add_steps (self->steps, state->steps, at);
  setup->beside = g_steal_pointer (&beside->log);
  setup->beside_state = beside->state;
  use_log (self, state, TRUE);
}

/* Whether all of the log in the state folder has gone back into the one beside: it says so, or it
 * ends with the same steps, of which as many are not in the file. */
static gboolean
has_gone_back (const Found *beside, const Found *state)
{
  g_autofree char *id = limner_log_dup_value (state->log, LIMNER_LOG_KEY_ID);
  g_autofree char *returned = limner_log_dup_value (beside->log, LIMNER_LOG_KEY_RETURNED);
  const guint n = state->steps->len;

  if (id != NULL && g_strcmp0 (id, returned) == 0)
    return TRUE;
  return n <= beside->steps->len && count_pending (beside) == count_pending (state) &&
         count_same (beside, beside->steps->len - n, state, 0) == n;
}

/* A file that is what a log intended to rename has everything up to there. */
static void
take_intent (LimnerLoaded *self, Found *found)
{
  LimnerLogState *state = &found->state;

  if (found->log != NULL && state->has_intent && self->file != NULL &&
      limner_identity_same_content (&state->intent, limner_coco_file_get_identity (self->file)))
    state->applied = MAX (state->applied, state->intent_sequence);
}

static void
choose_log (LimnerLoaded *self, Found *beside, Found *state)
{
  if (state->log == NULL || state->steps->len == 0)
    {
      if (beside->log == NULL)
        return;
      add_steps (self->steps, beside->steps, 0);
      use_log (self, beside, FALSE);
      return;
    }
  if (beside->log == NULL)
    {
      add_steps (self->steps, state->steps, 0);
      use_log (self, state, TRUE);
      return;
    }
  take_intent (self, beside);
  take_intent (self, state);
  if (has_gone_back (beside, state))
    {
      /* only the last unlink did not happen */
      found_clear (state);
      if (!(self->flags & LIMNER_OPEN_READ_ONLY))
        limner_log_put_away (self->setup->state_path, NULL);
      add_steps (self->steps, beside->steps, 0);
      use_log (self, beside, FALSE);
      return;
    }
  use_both (self, beside, state);
}

/* ---- what is still to be done ---- */

static void
take_pending (LimnerLoaded *self, guint first, gint64 applied)
{
  for (guint i = first; i < self->steps->len; i++)
    {
      LimnerStep *step = g_ptr_array_index (self->steps, i);

      if (step->sequence > applied)
        g_ptr_array_add (self->pending, limner_step_ref (step));
    }
}

/* Only the steps of the log in use carry its numbers; older ones of the other log are applied. */
static void
take_pending_in_use (LimnerLoaded *self, gint64 applied)
{
  LimnerLogSetup *setup = self->setup;
  guint first = 0;

  if (setup->only_in_state != NULL)
    first =
        self->steps->len - setup->only_in_state->len - g_hash_table_size (setup->beside_sequence);
  take_pending (self, first, applied);
}

static gboolean
restore_from_backup (LimnerLoaded *self, GError **error)
{
  g_autofree char *path = limner_backup_dup_path (self->real_path);
  g_autofree char *first = limner_log_dup_value (self->setup->log, LIMNER_LOG_KEY_FIRST_BASE);
  g_autofree char *hash = NULL;
  g_autoptr (LimnerCocoFile) backup = limner_coco_file_open (path, NULL, NULL, NULL, NULL);

  if (backup != NULL)
    hash = limner_identity_dup_hash (limner_coco_file_get_identity (backup));
  if (hash == NULL || g_strcmp0 (hash, first) != 0)
    {
      g_set_error (
          error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND,
          "%s is gone and there is no backup that its log applies to; put the file back and "
          "the %u changes in the log are applied to it",
          self->path, self->steps->len);
      return FALSE;
    }
  self->file = g_steal_pointer (&backup);
  self->from_backup = TRUE;
  take_pending (self, 0, 0);
  return TRUE;
}

static void
write_state (LimnerLoaded *self)
{
  LimnerLogSetup *setup = self->setup;
  g_autoptr (GError) error = NULL;

  /* what cannot be noted now is found out again next time */
  if (!(self->flags & LIMNER_OPEN_READ_ONLY) &&
      !limner_log_write_state (setup->log, &setup->state, &error))
    g_debug ("%s", error->message);
}

static gboolean
relate (LimnerLoaded *self, GError **error)
{
  LimnerLogState *state = &self->setup->state;
  const LimnerIdentity *file =
      self->file != NULL ? limner_coco_file_get_identity (self->file) : NULL;

  if (file == NULL)
    {
      if (state->has_base)
        return restore_from_backup (self, error);
      take_pending_in_use (self, state->applied);
      return TRUE;
    }
  if (state->has_base && limner_identity_same_content (&state->base, file))
    {
      take_pending_in_use (self, state->applied);
      return TRUE;
    }
  if (state->has_intent && limner_identity_same_content (&state->intent, file))
    {
      state->applied = MAX (state->applied, state->intent_sequence);
      state->has_intent = FALSE;
      state->has_base = TRUE;
      state->base = *file;
      write_state (self);
      take_pending_in_use (self, state->applied);
      return TRUE;
    }
  take_pending_in_use (self, state->applied);
  self->must_adopt = TRUE;
  if (self->pending->len == 0)
    {
      state->has_base = TRUE;
      state->has_intent = FALSE;
      state->base = *file;
      write_state (self);
      self->must_adopt = FALSE;
    }
  return TRUE;
}

static void
fill_setup (LimnerLoaded *self)
{
  LimnerLogSetup *setup = limner_log_setup_new ();
  g_autofree char *folder = g_path_get_dirname (self->real_path);

  setup->beside_path = limner_workspace_dup_path (self->real_path, FALSE);
  setup->state_path = limner_workspace_dup_path (self->real_path, TRUE);
  setup->like = g_strdup (self->real_path);
  self->is_read_only = access (folder, W_OK) != 0;
  self->is_writable = self->is_read_only && access (self->real_path, W_OK) == 0;
  setup->beside_allowed = !self->is_read_only;
  if (self->file != NULL)
    {
      setup->state.has_base = TRUE;
      setup->state.base = *limner_coco_file_get_identity (self->file);
    }
  g_clear_pointer (&self->setup, limner_log_setup_free);
  self->setup = setup;
}

/* What is not for reading: between two versions. */
static gboolean
check_not_torn (LimnerLoaded *self, const char *log_path, GError **error)
{
  if (!limner_coco_is_in_place_begun (log_path) || access (self->real_path, F_OK) != 0)
    return TRUE;
  g_set_error (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_READ_ONLY,
               "%s: writing into it was interrupted or is under way; nothing is read from it, "
               "opening it for editing puts it right",
               self->path);
  return FALSE;
}

/* Writing into the file itself was interrupted: before anything reads the file. */
gboolean
limner_recover_in_place (LimnerLoaded *self, GError **error)
{
  g_autofree char *path = limner_workspace_dup_path (self->real_path, TRUE);
  g_autoptr (LimnerWorkspace) workspace = NULL;
  g_autoptr (GError) local = NULL;
  gboolean is_done;

  if (self->flags & LIMNER_OPEN_READ_ONLY)
    return check_not_torn (self, path, error);
  if (!limner_coco_is_in_place_open (path))
    return TRUE;
  /* whoever is at it holds the log */
  workspace = limner_workspace_open (path, FALSE, NULL, &local);
  if (g_error_matches (local, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
    {
      g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY,
                   "%s: another program is writing into it; until that is done it is not opened, "
                   "try again in a moment",
                   self->path);
      return FALSE;
    }
  is_done = limner_coco_recover_in_place (self->real_path, path, error);
  if (workspace != NULL)
    limner_workspace_close (workspace);
  return is_done;
}

/* What a Limner left that was killed, or could not remove it, while it made a log in the state
 * folder. */
static void
remove_leftovers_in_state (LimnerLoaded *self)
{
  g_autofree char *folder = g_path_get_dirname (self->setup->state_path);
  g_autofree char *name = g_path_get_basename (self->setup->state_path);
  g_autofree char *prefix = g_strconcat (name, "-tmp-", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *in_place = limner_coco_dup_in_place_new (self->setup->state_path);
  const char *found;

  if (dir != NULL)
    limner_coco_remove_leftovers (in_place);
  while (dir != NULL && (found = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, found, NULL);

      if (g_str_has_prefix (found, prefix) && strlen (found) == strlen (prefix) + 6 &&
          g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_unlink (path);
    }
}

/* Reads the logs that are there and finds out what the file lacks. */
gboolean
limner_recover (LimnerLoaded *self, GError **error)
{
  g_auto (Found) beside = { 0 };
  g_auto (Found) state = { 0 };

  fill_setup (self);
  if (!find_log (self, self->setup->beside_path, &beside) ||
      !find_log (self, self->setup->state_path, &state))
    return TRUE;
  choose_log (self, &beside, &state);
  if (!(self->flags & LIMNER_OPEN_READ_ONLY))
    remove_leftovers_in_state (self);
  if (!self->is_clean && !(self->flags & LIMNER_OPEN_READ_ONLY) && !self->is_read_only)
    limner_coco_remove_leftovers (self->real_path);
  if (self->setup->log == NULL)
    return TRUE;
  if (!relate (self, error))
    return FALSE;
  add_steps (self->setup->tail, self->pending, 0);
  return TRUE;
}
