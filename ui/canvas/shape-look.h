/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How annotations become shapes on the picture, by the person's choice: what their colour and line
 * pattern tell, and what is written on them. Main thread.
 */

#include <limner/painter.h>
#include <limner/scene.h>

G_BEGIN_DECLS

typedef enum
{
  LIMNER_COLOR_BY_CLASS,
  LIMNER_COLOR_BY_INSTANCE,
  LIMNER_COLOR_BY_ATTRIBUTE,
  LIMNER_COLOR_BY_STATE
} LimnerColorBy;

typedef enum
{
  LIMNER_LABEL_CLASS,
  LIMNER_LABEL_ID,   /* class and id */
  LIMNER_LABEL_SCORE /* class and score, where there is one */
} LimnerLabelContent;

typedef struct
{
  LimnerColorBy color_by;
  const char *attribute; /* (nullable): whose value gives the colour; NULL: the first one */
  LimnerLabelContent label;
  gboolean has_patterns;  /* lines of classes are broken in different ways */
  gboolean is_faded;      /* all that is not selected */
  gboolean has_selection; /* what is selected is marked: it is painted into the tiles */
} LimnerShapeLook;

/* "class", "instance", "attribute", "state"; anything else is the first. */
LimnerColorBy limner_color_by_from_name (const char *name);

/* "class", "id", "score"; anything else is the first. */
LimnerLabelContent limner_label_content_from_name (const char *name);

/* 0xRRGGBB */
guint32 limner_shape_look_get_color (const LimnerShapeLook *self, LimnerSceneItem *item);

/* Of a resting shape. */
LimnerPaintFlags limner_shape_look_get_flags (const LimnerShapeLook *self, LimnerSceneItem *item);

/* (transfer full) (nullable): NULL where there is nothing to say. */
char *limner_shape_look_dup_label (const LimnerShapeLook *self, LimnerSceneItem *item);

G_END_DECLS
