/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-history"

#include <limner/history.h>

struct _LimnerHistory
{
  GObject parent_instance;
  GPtrArray *undo; /* (element-type LimnerStep): newest last */
  GPtrArray *redo; /* (element-type LimnerStep): what was taken back last is last */
};

G_DEFINE_FINAL_TYPE (LimnerHistory, limner_history, G_TYPE_OBJECT)

enum
{
  PROP_CAN_UNDO = 1,
  PROP_CAN_REDO,
  PROP_UNDO_LABEL,
  PROP_REDO_LABEL,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static LimnerStep *
peek (GPtrArray *steps)
{
  return steps->len > 0 ? g_ptr_array_index (steps, steps->len - 1) : NULL;
}

static const char *
peek_label (GPtrArray *steps)
{
  LimnerStep *step = peek (steps);

  return step != NULL ? step->label : NULL;
}

static void
limner_history_finalize (GObject *object)
{
  LimnerHistory *self = LIMNER_HISTORY (object);

  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  G_OBJECT_CLASS (limner_history_parent_class)->finalize (object);
}

static void
limner_history_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnerHistory *self = LIMNER_HISTORY (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, self->undo->len > 0);
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, self->redo->len > 0);
      break;
    case PROP_UNDO_LABEL:
      g_value_set_string (value, peek_label (self->undo));
      break;
    case PROP_REDO_LABEL:
      g_value_set_string (value, peek_label (self->redo));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limner_history_class_init (LimnerHistoryClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = limner_history_finalize;
  object_class->get_property = limner_history_get_property;

  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  properties[PROP_UNDO_LABEL] = g_param_spec_string ("undo-label", NULL, NULL, NULL, flags);
  properties[PROP_REDO_LABEL] = g_param_spec_string ("redo-label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
limner_history_init (LimnerHistory *self)
{
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
}

LimnerHistory *
limner_history_new (void)
{
  return g_object_new (LIMNER_TYPE_HISTORY, NULL);
}

/* A log that was cut short may hold the undo of a step it does not hold: there is nothing to move
 * then. */
static void
move_newest (GPtrArray *from, GPtrArray *to)
{
  if (from->len > 0)
    g_ptr_array_add (to, g_ptr_array_steal_index (from, from->len - 1));
}

void
limner_history_push (LimnerHistory *self, LimnerStep *step)
{
  g_return_if_fail (LIMNER_IS_HISTORY (self));
  g_return_if_fail (step != NULL);

  gboolean could_undo = self->undo->len > 0;
  gboolean could_redo = self->redo->len > 0;
  g_autofree char *undo_label = g_strdup (peek_label (self->undo));
  g_autofree char *redo_label = g_strdup (peek_label (self->redo));

  switch (step->kind)
    {
    case LIMNER_STEP_DO:
      g_ptr_array_set_size (self->redo, 0);
      g_ptr_array_add (self->undo, limner_step_ref (step));
      break;
    case LIMNER_STEP_UNDO:
      move_newest (self->undo, self->redo);
      break;
    case LIMNER_STEP_REDO:
      move_newest (self->redo, self->undo);
      break;
    }

  if (could_undo != (self->undo->len > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  if (could_redo != (self->redo->len > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
  if (g_strcmp0 (undo_label, peek_label (self->undo)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNDO_LABEL]);
  if (g_strcmp0 (redo_label, peek_label (self->redo)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REDO_LABEL]);
}

void
limner_history_clear (LimnerHistory *self)
{
  g_return_if_fail (LIMNER_IS_HISTORY (self));

  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  for (guint i = PROP_CAN_UNDO; i < N_PROPERTIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

LimnerStep *
limner_history_peek_undo (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), NULL);

  return peek (self->undo);
}

LimnerStep *
limner_history_peek_redo (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), NULL);

  return peek (self->redo);
}

gboolean
limner_history_can_undo (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), FALSE);

  return self->undo->len > 0;
}

gboolean
limner_history_can_redo (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), FALSE);

  return self->redo->len > 0;
}

const char *
limner_history_get_undo_label (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), NULL);

  return peek_label (self->undo);
}

const char *
limner_history_get_redo_label (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), NULL);

  return peek_label (self->redo);
}

guint
limner_history_get_n_undo (LimnerHistory *self)
{
  g_return_val_if_fail (LIMNER_IS_HISTORY (self), 0);

  return self->undo->len;
}
