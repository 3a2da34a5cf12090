/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-log"

#include <limner/log.h>

G_DEFINE_QUARK (limner - log - error - quark, limner_log_error)
G_DEFINE_INTERFACE (LimnerLog, limner_log, G_TYPE_OBJECT)

static void
limner_log_default_init (LimnerLogInterface *iface)
{
}

gboolean
limner_log_append (LimnerLog *self, LimnerStep *step, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);
  g_return_val_if_fail (step != NULL && step->edits->len > 0, FALSE);

  return LIMNER_LOG_GET_IFACE (self)->append (self, step, error);
}

gboolean
limner_log_sync (LimnerLog *self, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);

  return LIMNER_LOG_GET_IFACE (self)->sync (self, error);
}

GPtrArray *
limner_log_replay (LimnerLog *self, gint64 since, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), NULL);

  return LIMNER_LOG_GET_IFACE (self)->replay (self, since, error);
}

gboolean
limner_log_read_state (LimnerLog *self, LimnerLogState *state, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  return LIMNER_LOG_GET_IFACE (self)->read_state (self, state, error);
}

gboolean
limner_log_write_state (LimnerLog *self, const LimnerLogState *state, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  return LIMNER_LOG_GET_IFACE (self)->write_state (self, state, error);
}

char *
limner_log_dup_value (LimnerLog *self, const char *key)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return LIMNER_LOG_GET_IFACE (self)->dup_value (self, key);
}

gboolean
limner_log_set_value (LimnerLog *self, const char *key, const char *value, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  return LIMNER_LOG_GET_IFACE (self)->set_value (self, key, value, error);
}

gboolean
limner_log_lease (LimnerLog *self, char **holder, GError **error)
{
  g_return_val_if_fail (LIMNER_IS_LOG (self), FALSE);

  return LIMNER_LOG_GET_IFACE (self)->lease (self, holder, error);
}
