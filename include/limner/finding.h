/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One problem of a dataset, as 'limn validate' and the window list it.
 */

#include <limner/record.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_SEVERITY_WARNING,
  LIMNER_SEVERITY_ERROR
} LimnerSeverity;

typedef struct
{
  const char *code; /* static: "W_BAD_BBOX" */
  LimnerSeverity severity;
  char *path;    /* (nullable): "annotations[3].bbox", counted from 0 */
  char *id;      /* (nullable): the record's id as it is written in the file, JSON text */
  guint line;    /* from 1; 0 = not known */
  guint column;  /* from 1, in bytes; 0 = not known */
  char *message; /* a sentence without the file name */
} LimnerFinding;

/**
 * limner_finding_new:
 * @code: a string that lives as long as the program; the others are copied
 * @path: (nullable), @id: (nullable), @line, @column: as in the structure
 * @format: the message, as of printf()
 *
 * Returns: (transfer full): the finding, free with limner_finding_free()
 */
LimnerFinding *limner_finding_new (const char *code,
                                   LimnerSeverity severity,
                                   const char *path,
                                   const char *id,
                                   guint line,
                                   guint column,
                                   const char *format,
                                   ...) G_GNUC_PRINTF (7, 8);

/* (transfer full): the same once more. */
LimnerFinding *limner_finding_copy (const LimnerFinding *self);

/* @self is nullable. */
void limner_finding_free (LimnerFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerFinding, limner_finding_free)

G_END_DECLS
