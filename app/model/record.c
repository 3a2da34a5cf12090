/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-record"

#include <limner/record.h>

#include <math.h>

static const char *const kind_names[LIMNER_N_RECORD_KINDS] = {
  [LIMNER_RECORD_INFO] = "info",
  [LIMNER_RECORD_IMAGE] = "image",
  [LIMNER_RECORD_CATEGORY] = "category",
  [LIMNER_RECORD_ANNOTATION] = "annotation",
};

static const gsize kind_sizes[LIMNER_N_RECORD_KINDS] = {
  [LIMNER_RECORD_INFO] = sizeof (LimnerRecord),
  [LIMNER_RECORD_IMAGE] = sizeof (LimnerImageRecord),
  [LIMNER_RECORD_CATEGORY] = sizeof (LimnerCategoryRecord),
  [LIMNER_RECORD_ANNOTATION] = sizeof (LimnerAnnotation),
};

static const char *const state_names[] = {
  [LIMNER_STATE_NONE] = NULL,           [LIMNER_STATE_IN_PROGRESS] = "in_progress",
  [LIMNER_STATE_DONE] = "done",         [LIMNER_STATE_ACCEPTED] = "accepted",
  [LIMNER_STATE_RETURNED] = "returned",
};

const char *
limner_record_kind_get_name (LimnerRecordKind kind)
{
  g_return_val_if_fail ((guint) kind < LIMNER_N_RECORD_KINDS, NULL);

  return kind_names[kind];
}

const char *
limner_state_get_name (LimnerState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

gboolean
limner_state_from_name (const char *name, LimnerState *state)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = LIMNER_STATE_NONE + 1; i < G_N_ELEMENTS (state_names); i++)
    if (g_str_equal (name, state_names[i]))
      {
        if (state != NULL)
          *state = (LimnerState) i;
        return TRUE;
      }
  return FALSE;
}

gpointer
limner_record_ref (gpointer record)
{
  LimnerRecord *self = record;

  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
limner_record_clear_fields (LimnerRecord *self)
{
  switch (self->kind)
    {
    case LIMNER_RECORD_INFO:
      break;

    case LIMNER_RECORD_IMAGE:
      g_free (((LimnerImageRecord *) self)->file_name);
      break;

    case LIMNER_RECORD_CATEGORY:
      g_free (((LimnerCategoryRecord *) self)->name);
      g_free (((LimnerCategoryRecord *) self)->supercategory);
      break;

    case LIMNER_RECORD_ANNOTATION:
      g_clear_pointer (&((LimnerAnnotation *) self)->shape, limner_shape_unref);
      break;
    }
}

void
limner_record_unref (gpointer record)
{
  LimnerRecord *self = record;

  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  limner_record_clear_fields (self);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_free (self);
}

gpointer
limner_record_new (LimnerRecordKind kind, GBytes *text)
{
  LimnerRecord *self;

  g_return_val_if_fail ((guint) kind < LIMNER_N_RECORD_KINDS, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  self = g_malloc0 (kind_sizes[kind]);
  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->text = g_bytes_ref (text);
  if (kind == LIMNER_RECORD_ANNOTATION)
    ((LimnerAnnotation *) self)->score = NAN;
  return self;
}
