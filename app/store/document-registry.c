/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <sys/stat.h>

/*
 * One dataset is one document in a process, however many windows and spellings of its path. This is
 * the module's only state that is not in an object: two documents of one file would be two writers,
 * and opening the log a second time would even drop the first one's lock.
 */

typedef struct
{
  char *real_path;
  GWeakRef document;
  gboolean is_opening;
} Slot;

static GMutex mutex;
static GCond changed;
static GPtrArray *slots; /* (element-type Slot): under the mutex */

static gboolean
same_dataset (const Slot *slot, const char *real_path)
{
  struct stat a, b;

  if (strcmp (slot->real_path, real_path) == 0)
    return TRUE;
  return stat (slot->real_path, &a) == 0 && stat (real_path, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

static Slot *
find_slot (const char *real_path)
{
  for (guint i = 0; slots != NULL && i < slots->len; i++)
    if (same_dataset (g_ptr_array_index (slots, i), real_path))
      return g_ptr_array_index (slots, i);
  return NULL;
}

/*
 * The document of that dataset, or NULL and a slot that is the caller's until it publishes or
 * releases it. Waits, in an opening thread, for whoever is opening or closing the same.
 */
LimnerDocument *
limner_registry_claim (const char *real_path,
                       gpointer *slot_out,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&mutex);
  Slot *slot;

  while ((slot = find_slot (real_path)) != NULL)
    {
      LimnerDocument *document = slot->is_opening ? NULL : g_weak_ref_get (&slot->document);

      if (document != NULL)
        return document;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_cond_wait_until (&changed, &mutex, g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND);
    }
  slot = g_new0 (Slot, 1);
  slot->real_path = g_strdup (real_path);
  slot->is_opening = TRUE;
  g_weak_ref_init (&slot->document, NULL);
  if (slots == NULL)
    slots = g_ptr_array_new ();
  g_ptr_array_add (slots, slot);
  *slot_out = slot;
  return NULL;
}

/* NULL while it is closing: who opens it meanwhile waits. */
void
limner_registry_publish (gpointer data, LimnerDocument *document)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&mutex);
  Slot *slot = data;

  g_weak_ref_set (&slot->document, document);
  slot->is_opening = document == NULL;
  g_cond_broadcast (&changed);
}

void
limner_registry_release (gpointer data)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&mutex);
  Slot *slot = data;

  g_ptr_array_remove (slots, slot);
  if (slots->len == 0)
    g_clear_pointer (&slots, g_ptr_array_unref);
  g_weak_ref_clear (&slot->document);
  g_free (slot->real_path);
  g_free (slot);
  g_cond_broadcast (&changed);
}
