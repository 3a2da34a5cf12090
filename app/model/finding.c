/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-finding"

#include <limner/finding.h>

LimnerFinding *
limner_finding_new (const char *code,
                    LimnerSeverity severity,
                    const char *path,
                    const char *id,
                    guint line,
                    guint column,
                    const char *format,
                    ...)
{
  LimnerFinding *self;
  va_list args;

  g_return_val_if_fail (code != NULL, NULL);
  g_return_val_if_fail (format != NULL, NULL);

  self = g_new0 (LimnerFinding, 1);
  self->code = code;
  self->severity = severity;
  self->path = g_strdup (path);
  self->id = g_strdup (id);
  self->line = line;
  self->column = column;
  va_start (args, format);
  self->message = g_strdup_vprintf (format, args);
  va_end (args);
  return self;
}

LimnerFinding *
limner_finding_copy (const LimnerFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return limner_finding_new (self->code, self->severity, self->path, self->id, self->line,
                             self->column, "%s", self->message);
}

void
limner_finding_free (LimnerFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->id);
  g_free (self->message);
  g_free (self);
}
