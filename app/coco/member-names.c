/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "member-names.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Objects of records have a dozen members: a short list is quicker than any table. */
#define MAX_LISTED 24

typedef struct
{
  guint first;    /* of hashes */
  guint64 *slots; /* (nullable): open addressing, once there are more than MAX_LISTED; 0 is free */
  guint n_slots;  /* power of two */
  guint n_used;
} Frame;

struct _LimnerMemberNames
{
  GArray *frames; /* Frame */
  GArray *hashes; /* guint64 */
};

LimnerMemberNames *
limner_member_names_new (void)
{
  LimnerMemberNames *self = g_new0 (LimnerMemberNames, 1);

  self->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  self->hashes = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

void
limner_member_names_free (LimnerMemberNames *self)
{
  if (self == NULL)
    return;
  limner_member_names_clear (self);
  g_array_unref (self->frames);
  g_array_unref (self->hashes);
  g_free (self);
}

void
limner_member_names_push (LimnerMemberNames *self)
{
  Frame frame = { .first = self->hashes->len };

  g_array_append_val (self->frames, frame);
}

void
limner_member_names_pop (LimnerMemberNames *self)
{
  Frame *frame = &g_array_index (self->frames, Frame, self->frames->len - 1);

  g_free (frame->slots);
  g_array_set_size (self->hashes, frame->first);
  g_array_set_size (self->frames, self->frames->len - 1);
}

void
limner_member_names_clear (LimnerMemberNames *self)
{
  while (self->frames->len > 0)
    limner_member_names_pop (self);
}

/* FALSE if it was there. */
static gboolean
frame_insert (Frame *frame, guint64 hash)
{
  guint mask = frame->n_slots - 1;
  guint i = (guint) (hash >> 20) & mask;

  while (frame->slots[i] != 0)
    {
      if (frame->slots[i] == hash)
        return FALSE;
      i = (i + 1) & mask;
    }
  frame->slots[i] = hash;
  frame->n_used++;
  return TRUE;
}

static void
frame_grow (Frame *frame)
{
  g_autofree guint64 *old = frame->slots;
  guint n_old = frame->n_slots;

  frame->n_slots = MAX (n_old * 2, MAX_LISTED * 4);
  frame->n_slots = 1u << g_bit_storage (frame->n_slots - 1);
  frame->slots = g_new0 (guint64, frame->n_slots);
  frame->n_used = 0;
  for (guint i = 0; i < n_old; i++)
    if (old[i] != 0)
      frame_insert (frame, old[i]);
}

gboolean
limner_member_names_add (LimnerMemberNames *self, const char *name, gsize length)
{
  Frame *frame = &g_array_index (self->frames, Frame, self->frames->len - 1);
  guint64 hash = XXH3_64bits (name, length) | 1;

  if (frame->slots != NULL)
    {
      if (frame->n_used * 2 >= frame->n_slots)
        frame_grow (frame);
      return frame_insert (frame, hash);
    }
  for (guint i = frame->first; i < self->hashes->len; i++)
    if (g_array_index (self->hashes, guint64, i) == hash)
      return FALSE;
  g_array_append_val (self->hashes, hash);
  if (self->hashes->len - frame->first > MAX_LISTED)
    {
      frame_grow (frame);
      for (guint i = frame->first; i < self->hashes->len; i++)
        frame_insert (frame, g_array_index (self->hashes, guint64, i));
    }
  return TRUE;
}
