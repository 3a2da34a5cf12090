/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the lease, and as the holder's name, beside a workspace that came with a dataset:
 * what they say is shown as plain text, a lease that may be somebody's is never taken unless by
 * force, and once taken it is ours.
 * Input: a byte, whose first bit is for force; the lease, ended by NUL; the holder's file.
 */

#include "fuzz.h"

#include "workspace-private.h"

#define NAME ".a.json.limner"

static void
require_plain (const char *text)
{
  fuzz_require (g_utf8_validate (text, -1, NULL), "it is no text");
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      fuzz_require (c == ' ' || (g_unichar_isgraph (c) && g_unichar_type (c) != G_UNICODE_FORMAT),
                    "U+%04X would be shown", c);
    }
}

static void
check_holder (const char *path)
{
  g_autofree char *holder = limner_workspace_holder_dup (path);
  g_autoptr (GError) busy = NULL;
  g_autoptr (GError) held = NULL;

  limner_workspace_holder_is_elsewhere (path);
  limner_workspace_set_busy (&busy, "a", path);
  require_plain (busy->message);
  limner_lease_set_busy (&held, "a", path);
  require_plain (held->message);
  if (holder != NULL)
    require_plain (holder);
}

static void
check_taken (LimnerLease *lease, const char *path)
{
  g_autoptr (GError) error = NULL;

  limner_lease_beat (lease);
  fuzz_require (limner_lease_check (lease, &error), "%s", error->message);
  fuzz_require (limner_lease_look (path, NULL) == LIMNER_LEASE_HELD, "ours is nobody's");
  limner_lease_release (lease);
  fuzz_require (limner_lease_look (path, NULL) == LIMNER_LEASE_FREE, "it was not let go");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  gboolean by_force = fuzz_take_u8 (&input) & 1;
  g_autoptr (GBytes) text = fuzz_take_text (&input);
  g_autoptr (GBytes) holder = fuzz_take_rest (&input);
  gsize text_size, holder_size;
  const void *text_data = g_bytes_get_data (text, &text_size);
  const void *holder_data = g_bytes_get_data (holder, &holder_size);
  g_autofree char *lease_path = fuzz_write_file (NAME "-lease", text_data, text_size);
  g_autofree char *holder_path =
      holder_size > 0 ? fuzz_write_file (NAME "-holder", holder_data, holder_size) : NULL;
  g_autofree char *path = g_build_filename (fuzz_folder (), NAME, NULL);
  LimnerLeaseState state = limner_lease_look (path, NULL);
  g_autoptr (GError) error = NULL;
  LimnerLease *lease;

  check_holder (path);
  lease = limner_lease_take ("a", path, NULL, by_force, &error);
  if (lease != NULL)
    {
      fuzz_require (by_force || state != LIMNER_LEASE_HELD, "taken from somebody");
      check_taken (lease, path);
    }
  else
    require_plain (error->message);
  fuzz_empty_folder ();
  return 0;
}
