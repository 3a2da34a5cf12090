/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-edit"

#include <limner/edit.h>

LimnerEdit *
limner_edit_new (LimnerRecordKind kind, gint64 id, GBytes *before, GBytes *after)
{
  LimnerEdit *self = g_new0 (LimnerEdit, 1);

  self->kind = kind;
  self->id = id;
  self->before = before != NULL ? g_bytes_ref (before) : NULL;
  self->after = after != NULL ? g_bytes_ref (after) : NULL;
  return self;
}

LimnerEdit *
limner_edit_new_inverse (const LimnerEdit *self)
{
  LimnerEdit *inverse = limner_edit_new (self->kind, self->id, self->after, self->before);

  inverse->has_next = self->has_next;
  inverse->next_id = self->next_id;
  return inverse;
}

void
limner_edit_free (LimnerEdit *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->before, g_bytes_unref);
  g_clear_pointer (&self->after, g_bytes_unref);
  g_free (self);
}

LimnerStep *
limner_step_new (LimnerStepKind kind, const char *label, const char *image_name)
{
  LimnerStep *self = g_new0 (LimnerStep, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->label = g_strdup (label);
  self->image_name = g_strdup (image_name);
  self->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_edit_free);
  return self;
}

LimnerStep *
limner_step_new_inverse (const LimnerStep *self, LimnerStepKind kind)
{
  LimnerStep *inverse = limner_step_new (kind, self->label, self->image_name);

  g_return_val_if_fail (kind != LIMNER_STEP_DO, inverse);

  for (guint i = self->edits->len; i > 0; i--)
    g_ptr_array_add (inverse->edits,
                     limner_edit_new_inverse (g_ptr_array_index (self->edits, i - 1)));
  return inverse;
}

LimnerStep *
limner_step_ref (LimnerStep *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_step_unref (LimnerStep *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->edits);
  g_free (self->label);
  g_free (self->image_name);
  g_free (self);
}
