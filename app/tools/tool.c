/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tools"

#include <glib/gi18n-lib.h>

#include "tool-private.h"

typedef struct
{
  LimnerScene *scene;
  LimnerShapeEditor *editor;
  LimnerPointer pointer;
  gboolean is_inside;
} LimnerToolPrivate;

enum
{
  PROP_0,
  PROP_SCENE,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LimnerTool, limner_tool, G_TYPE_OBJECT)

#define PRIVATE(self) ((LimnerToolPrivate *) limner_tool_get_instance_private (self))

/* ---- what every tool does unless it knows better: the selected shape can be edited ---- */

static gboolean
limner_tool_real_press (LimnerTool *self, const LimnerPointer *pointer)
{
  return pointer->button == 1 && limner_shape_editor_press_grip (PRIVATE (self)->editor, pointer);
}

static void
limner_tool_real_motion (LimnerTool *self, const LimnerPointer *pointer)
{
  limner_shape_editor_motion (PRIVATE (self)->editor, pointer);
}

static void
limner_tool_real_release (LimnerTool *self, const LimnerPointer *pointer)
{
  if (pointer->button == 1 && limner_shape_editor_release (PRIVATE (self)->editor, pointer))
    limner_tool_finished (self);
}

static gboolean
limner_tool_real_key (LimnerTool *self, LimnerKey key, LimnerModifiers modifiers)
{
  LimnerToolPrivate *priv = PRIVATE (self);

  switch (key)
    {
    case LIMNER_KEY_ESCAPE:
      if (limner_tool_is_active (self))
        limner_tool_cancel (self);
      else if (limner_scene_get_pending_shape (priv->scene) != NULL)
        limner_scene_drop_pending (priv->scene);
      else
        return limner_shape_editor_unselect_vertex (priv->editor);
      return TRUE;
    case LIMNER_KEY_DELETE:
      if (limner_tool_is_active (self) || limner_shape_editor_delete_vertex (priv->editor))
        return TRUE;
      if (priv->scene->selection->len == 0)
        return FALSE;
      limner_scene_delete_selection (priv->scene);
      return TRUE;
    case LIMNER_KEY_BACKSPACE:
    case LIMNER_KEY_ENTER:
    case LIMNER_KEY_SPACE:
    default:
      return FALSE;
    }
}

static gboolean
limner_tool_real_undo (LimnerTool *self)
{
  if (!limner_tool_is_active (self))
    return FALSE;
  limner_tool_cancel (self);
  return TRUE;
}

static void
limner_tool_real_cancel (LimnerTool *self)
{
  limner_shape_editor_cancel (PRIVATE (self)->editor);
}

static void
limner_tool_real_leave (LimnerTool *self)
{
  limner_shape_editor_leave (PRIVATE (self)->editor);
}

static void
limner_tool_real_draw (
    LimnerTool *self, cairo_t *cr, const LimnerView *view, double width, double height)
{
  limner_shape_editor_draw (PRIVATE (self)->editor, cr, view);
}

static gboolean
limner_tool_real_get_extent (LimnerTool *self, const LimnerView *view, LimnerBox *extent)
{
  LimnerExtent all = { FALSE };

  limner_shape_editor_add_extent (PRIVATE (self)->editor, view, &all);
  *extent = all.box;
  return all.has_any;
}

static gboolean
limner_tool_real_is_active (LimnerTool *self)
{
  return limner_shape_editor_is_active (PRIVATE (self)->editor);
}

static LimnerCursor
limner_tool_real_get_cursor (LimnerTool *self)
{
  return limner_shape_editor_get_cursor (PRIVATE (self)->editor);
}

static const char *
limner_tool_real_get_hint (LimnerTool *self)
{
  return "";
}

/* ---- object ---- */

static void
limner_tool_changed (LimnerTool *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_scene_changed (LimnerTool *self)
{
  LimnerToolPrivate *priv = PRIVATE (self);

  /* what is under a resting pointer may be another thing now */
  if (priv->is_inside && !limner_shape_editor_is_active (priv->editor))
    limner_shape_editor_motion (priv->editor, &priv->pointer);
  limner_tool_changed (self);
}

static void
limner_tool_constructed (GObject *object)
{
  LimnerTool *self = LIMNER_TOOL (object);
  LimnerToolPrivate *priv = PRIVATE (self);
  const char *const signal_names[] = { "changed", "selection-changed", "notify::has-pending",
                                       "notify::active-category" };

  G_OBJECT_CLASS (limner_tool_parent_class)->constructed (object);
  priv->editor = limner_shape_editor_new (priv->scene);
  for (guint i = 0; i < G_N_ELEMENTS (signal_names); i++)
    g_signal_connect_object (priv->scene, signal_names[i], G_CALLBACK (on_scene_changed), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->scene, "notify::image", G_CALLBACK (limner_tool_cancel), self,
                           G_CONNECT_SWAPPED);
}

static void
limner_tool_finalize (GObject *object)
{
  LimnerToolPrivate *priv = PRIVATE (LIMNER_TOOL (object));

  limner_shape_editor_cancel (priv->editor);
  g_clear_pointer (&priv->editor, limner_shape_editor_free);
  g_clear_object (&priv->scene);
  G_OBJECT_CLASS (limner_tool_parent_class)->finalize (object);
}

static void
limner_tool_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_SCENE)
    g_value_set_object (value, PRIVATE (LIMNER_TOOL (object))->scene);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
limner_tool_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_SCENE)
    PRIVATE (LIMNER_TOOL (object))->scene = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
limner_tool_class_init (LimnerToolClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  object_class->constructed = limner_tool_constructed;
  object_class->finalize = limner_tool_finalize;
  object_class->get_property = limner_tool_get_property;
  object_class->set_property = limner_tool_set_property;
  class->press = limner_tool_real_press;
  class->motion = limner_tool_real_motion;
  class->release = limner_tool_real_release;
  class->key = limner_tool_real_key;
  class->undo = limner_tool_real_undo;
  class->cancel = limner_tool_real_cancel;
  class->leave = limner_tool_real_leave;
  class->draw = limner_tool_real_draw;
  class->get_extent = limner_tool_real_get_extent;
  class->is_active = limner_tool_real_is_active;
  class->get_cursor = limner_tool_real_get_cursor;
  class->get_hint = limner_tool_real_get_hint;
  properties[PROP_SCENE] =
      g_param_spec_object ("scene", NULL, NULL, LIMNER_TYPE_SCENE,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] =
      g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
limner_tool_init (LimnerTool *self)
{
  PRIVATE (self)->pointer.pixel = 1.0;
}

/* ---- for the tools ---- */

LimnerShapeEditor *
limner_tool_get_editor (LimnerTool *self)
{
  return PRIVATE (self)->editor;
}

const LimnerPointer *
limner_tool_get_pointer (LimnerTool *self)
{
  return &PRIVATE (self)->pointer;
}

gboolean
limner_tool_is_pointer_inside (LimnerTool *self)
{
  return PRIVATE (self)->is_inside;
}

LimnerPoint
limner_tool_clamp_point (LimnerTool *self, LimnerPoint point)
{
  LimnerScene *scene = PRIVATE (self)->scene;

  return (LimnerPoint){ CLAMP (point.x, 0.0, scene->width), CLAMP (point.y, 0.0, scene->height) };
}

gboolean
limner_tool_is_in_picture (LimnerTool *self, LimnerPoint point)
{
  LimnerScene *scene = PRIVATE (self)->scene;

  return limner_box_contains (&(LimnerBox){ 0.0, 0.0, scene->width, scene->height }, point);
}

guint32
limner_tool_get_color (LimnerTool *self)
{
  LimnerScene *scene = PRIVATE (self)->scene;
  LimnerCategory *category = limner_dataset_find_category (scene->dataset, scene->active_category);

  return category != NULL ? limner_category_get_color (category) : LIMNER_ACCENT_COLOR;
}

void
limner_tool_finished (LimnerTool *self)
{
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

/* ---- public ---- */

/* While a shape waits for its name nothing else is begun: the question is asked again. */
static gboolean
limner_tool_ask_first (LimnerTool *self, const LimnerPointer *pointer)
{
  LimnerToolPrivate *priv = PRIVATE (self);

  if (priv->scene->pending == NULL || pointer->button != 1 || limner_tool_is_active (self) ||
      G_OBJECT_TYPE (self) == limner_pan_tool_get_type ())
    return FALSE;
  limner_scene_emit_category_needed (priv->scene);
  return TRUE;
}

gboolean
limner_tool_press (LimnerTool *self, const LimnerPointer *pointer)
{
  LimnerToolPrivate *priv = PRIVATE (self);
  gboolean taken;

  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);

  limner_scene_flush (priv->scene);
  priv->pointer = *pointer;
  priv->is_inside = TRUE;
  taken =
      limner_tool_ask_first (self, pointer) || LIMNER_TOOL_GET_CLASS (self)->press (self, pointer);
  limner_tool_changed (self);
  return taken;
}

void
limner_tool_motion (LimnerTool *self, const LimnerPointer *pointer)
{
  LimnerToolPrivate *priv = PRIVATE (self);

  g_return_if_fail (LIMNER_IS_TOOL (self));

  limner_scene_flush (priv->scene);
  priv->pointer = *pointer;
  priv->is_inside = TRUE;
  LIMNER_TOOL_GET_CLASS (self)->motion (self, pointer);
  limner_tool_changed (self);
}

void
limner_tool_release (LimnerTool *self, const LimnerPointer *pointer)
{
  LimnerToolPrivate *priv = PRIVATE (self);

  g_return_if_fail (LIMNER_IS_TOOL (self));

  limner_scene_flush (priv->scene);
  priv->pointer = *pointer;
  LIMNER_TOOL_GET_CLASS (self)->release (self, pointer);
  limner_tool_changed (self);
}

gboolean
limner_tool_key (LimnerTool *self, LimnerKey key, LimnerModifiers modifiers)
{
  gboolean taken;

  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);

  limner_scene_flush (PRIVATE (self)->scene);
  taken = LIMNER_TOOL_GET_CLASS (self)->key (self, key, modifiers);
  if (taken)
    limner_tool_changed (self);
  return taken;
}

gboolean
limner_tool_undo (LimnerTool *self)
{
  gboolean taken;

  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);

  taken = LIMNER_TOOL_GET_CLASS (self)->undo (self);
  if (taken)
    limner_tool_changed (self);
  return taken;
}

void
limner_tool_cancel (LimnerTool *self)
{
  g_return_if_fail (LIMNER_IS_TOOL (self));

  LIMNER_TOOL_GET_CLASS (self)->cancel (self);
  limner_tool_changed (self);
}

void
limner_tool_leave (LimnerTool *self)
{
  g_return_if_fail (LIMNER_IS_TOOL (self));

  PRIVATE (self)->is_inside = FALSE;
  LIMNER_TOOL_GET_CLASS (self)->leave (self);
  limner_tool_changed (self);
}

void
limner_tool_draw (
    LimnerTool *self, cairo_t *cr, const LimnerView *view, double width, double height)
{
  LimnerShape *pending;

  g_return_if_fail (LIMNER_IS_TOOL (self));

  pending = limner_scene_get_pending_shape (PRIVATE (self)->scene);
  if (pending != NULL)
    limner_painter_draw_shape (cr, view, pending, LIMNER_ACCENT_COLOR, LIMNER_PAINT_SELECTED, NULL);
  LIMNER_TOOL_GET_CLASS (self)->draw (self, cr, view, width, height);
}

gboolean
limner_tool_get_extent (LimnerTool *self, const LimnerView *view, LimnerBox *extent)
{
  LimnerExtent all = { FALSE };
  LimnerShape *pending;
  LimnerBox box;

  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);

  pending = limner_scene_get_pending_shape (PRIVATE (self)->scene);
  if (pending != NULL)
    limner_extent_add_shape (&all, view, pending);
  if (LIMNER_TOOL_GET_CLASS (self)->get_extent (self, view, &box))
    limner_extent_add (&all, &box);
  if (all.has_any)
    *extent = all.box;
  return all.has_any;
}

gboolean
limner_tool_is_active (LimnerTool *self)
{
  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);
  return LIMNER_TOOL_GET_CLASS (self)->is_active (self);
}

gboolean
limner_tool_get_crosshair (LimnerTool *self, LimnerPoint *point)
{
  LimnerToolClass *class;

  g_return_val_if_fail (LIMNER_IS_TOOL (self), FALSE);
  g_return_val_if_fail (point != NULL, FALSE);
  class = LIMNER_TOOL_GET_CLASS (self);
  return class->get_crosshair != NULL && class->get_crosshair (self, point);
}

LimnerCursor
limner_tool_get_cursor (LimnerTool *self)
{
  g_return_val_if_fail (LIMNER_IS_TOOL (self), LIMNER_CURSOR_DEFAULT);
  return LIMNER_TOOL_GET_CLASS (self)->get_cursor (self);
}

const char *
limner_tool_get_hint (LimnerTool *self)
{
  g_return_val_if_fail (LIMNER_IS_TOOL (self), "");
  return LIMNER_TOOL_GET_CLASS (self)->get_hint (self);
}

LimnerScene *
limner_tool_get_scene (LimnerTool *self)
{
  g_return_val_if_fail (LIMNER_IS_TOOL (self), NULL);
  return PRIVATE (self)->scene;
}

/* ---- the tools there are ---- */

static const LimnerToolInfo tools[] = {
  { "select", N_ ("Select"), "v", 0, limner_select_tool_get_type },
  { "pan", N_ ("Pan"), NULL, 0, limner_pan_tool_get_type },
  { "box", N_ ("Box"), "r", 1, limner_box_tool_get_type },
  { "polygon", N_ ("Polygon"), "p", 1, limner_polygon_tool_get_type },
};

const LimnerToolInfo *
limner_tool_list (guint *n)
{
  *n = G_N_ELEMENTS (tools);
  return tools;
}

LimnerTool *
limner_tool_new (const char *name, LimnerScene *scene)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (LIMNER_IS_SCENE (scene), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      if (g_str_equal (tools[i].name, name))
        return g_object_new (tools[i].get_type (), "scene", scene, NULL);
    }
  return NULL;
}
