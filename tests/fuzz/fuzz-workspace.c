/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a workspace file that came with a dataset: opened or refused in time, unchanged if
 * refused, and one that opens keeps its steps and takes another.
 * Input: 16 bits, the first of which chooses a -journal file instead of a -wal file, and the others
 * are its length; that file; the workspace.
 */

#include "fuzz.h"

#include <limner/log.h>

#include <glib/gstdio.h>
#include <string.h>

#define NAME ".a.json.limner"

static void
require_bytes (const char *path, const uint8_t *data, gsize size)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  fuzz_require (g_file_get_contents (path, &text, &length, NULL), "%s is gone", path);
  fuzz_require (length == size && memcmp (text, data, size) == 0,
                "%s was refused, but changed: %" G_GSIZE_FORMAT " bytes, now %" G_GSIZE_FORMAT,
                path, size, length);
}

static LimnerStep *
new_step (void)
{
  LimnerStep *step = limner_step_new (LIMNER_STEP_DO, "Fuzz", "a.png");
  g_autoptr (GBytes) text = g_bytes_new_static ("{\"id\":7}", 8);

  g_ptr_array_add (step->edits, limner_edit_new (LIMNER_RECORD_ANNOTATION, 7, NULL, text));
  return step;
}

static void
check_steps (GPtrArray *steps)
{
  gint64 sequence = 0;

  for (guint i = 0; i < steps->len; i++)
    {
      const LimnerStep *step = steps->pdata[i];

      fuzz_require (step->sequence > sequence && step->edits->len > 0, "steps are not in order");
      fuzz_require (step->label == NULL || g_utf8_validate (step->label, -1, NULL),
                    "a label that is no text");
      sequence = step->sequence;
      for (guint j = 0; j < step->edits->len; j++)
        {
          const LimnerEdit *edit = step->edits->pdata[j];

          fuzz_require ((guint) edit->kind < LIMNER_N_RECORD_KINDS, "an edit of no kind");
        }
    }
}

/* One more step, and it is there afterwards, behind the others. */
static void
check_append (LimnerLog *log, const GPtrArray *steps)
{
  g_autoptr (LimnerStep) step = new_step ();
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  if (!limner_log_append (log, step, NULL))
    return; /* its pages are damaged in a way that only writing meets */
  again = limner_log_replay (log, 0, &error);
  if (again == NULL)
    return;
  fuzz_require (again->len == steps->len + 1, "%u steps and one are %u", steps->len, again->len);
  check_steps (again);
}

static void
use (LimnerWorkspace *workspace)
{
  LimnerLog *log = LIMNER_LOG (workspace);
  LimnerLogState state = { 0 };
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *value = limner_log_dup_value (log, "image-root");

  fuzz_require (value == NULL || g_utf8_validate (value, -1, NULL), "a value that is no text");
  if (limner_log_read_state (log, &state, NULL))
    limner_log_write_state (log, &state, NULL);
  steps = limner_log_replay (log, 0, NULL);
  if (steps == NULL)
    return;
  check_steps (steps);
  check_append (log, steps);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  gsize wanted = fuzz_take_u16 (&input);
  gsize beside_size = MIN (wanted & 0x7fff, input.size);
  const uint8_t *beside = input.data;
  const uint8_t *content = beside + beside_size;
  gsize content_size = input.size - beside_size;
  g_autofree char *path = fuzz_write_file (NAME, content, content_size);
  const char *name = wanted & 0x8000 ? NAME "-journal" : NAME "-wal";
  g_autofree char *beside_path =
      beside_size > 0 ? fuzz_write_file (name, beside, beside_size) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerWorkspace) reader = limner_workspace_open_read_only (path, NULL);
  g_autoptr (LimnerWorkspace) workspace = NULL;

  if (reader != NULL)
    {
      g_autoptr (GPtrArray) steps = limner_log_replay (LIMNER_LOG (reader), 0, NULL);

      if (steps != NULL)
        check_steps (steps);
      limner_workspace_close (reader);
    }
  require_bytes (path, content, content_size);
  workspace = limner_workspace_open (path, FALSE, NULL, &error);
  if (workspace == NULL)
    {
      fuzz_require (error != NULL && g_utf8_validate (error->message, -1, NULL),
                    "refused without a sentence");
      require_bytes (path, content, content_size);
      if (beside_path != NULL)
        require_bytes (beside_path, beside, beside_size);
    }
  else
    {
      use (workspace);
      limner_workspace_close (workspace);
    }
  fuzz_empty_folder ();
  return 0;
}
