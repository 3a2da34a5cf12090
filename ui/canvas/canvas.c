/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* One step darker than the window, or than the panels: the picture is what is bright. */
#define BACKGROUND_LIGHT 0xdeddda
#define BACKGROUND_DARK 0x171717

/* Small enough for any window. */
#define MIN_SIZE 64
#define NATURAL_WIDTH 640
#define NATURAL_HEIGHT 480

enum
{
  PROP_0,
  PROP_ZOOM,
  PROP_ZOOM_MODE,
  PROP_SHOW_LABELS,
  PROP_SHOW_CROSSHAIR,
  PROP_SHOW_GRID,
  PROP_SHOW_RULERS,
  PROP_SHOW_MAGNIFIER,
  PROP_WHEEL_ZOOMS,
  PROP_FILL_OPACITY,
  PROP_OUTLINE_OPACITY,
  PROP_LINE_WIDTH,
  PROP_OUTLINE_ONLY,
  PROP_FADE_OTHERS,
  PROP_LINE_PATTERNS,
  PROP_COLOR_BY,
  PROP_COLOR_ATTRIBUTE,
  PROP_LABEL_CONTENT,
  N_PROPS
};

enum
{
  SIGNAL_POINTER_MOVED,
  SIGNAL_TOOL_CHANGED,
  SIGNAL_WINDOW_LEVEL_CHANGED,
  SIGNAL_CONTEXT_MENU,
  SIGNAL_VIEW_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LimnerCanvas, limner_canvas, GTK_TYPE_WIDGET)

/* ---- telling ---- */

void
limner_canvas_emit_pointer_moved (LimnerCanvas *self, LimnerPoint point_img, gboolean inside)
{
  g_signal_emit (self, signals[SIGNAL_POINTER_MOVED], 0, point_img.x, point_img.y, inside);
}

void
limner_canvas_emit_context_menu (LimnerCanvas *self, LimnerPoint at)
{
  g_signal_emit (self, signals[SIGNAL_CONTEXT_MENU], 0, at.x, at.y);
}

void
limner_canvas_emit_window_level_changed (LimnerCanvas *self)
{
  g_signal_emit (self, signals[SIGNAL_WINDOW_LEVEL_CHANGED], 0);
}

void
limner_canvas_emit_tool_changed (LimnerCanvas *self)
{
  g_signal_emit (self, signals[SIGNAL_TOOL_CHANGED], 0);
}

void
limner_canvas_emit_view_changed (LimnerCanvas *self)
{
  g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0);
}

void
limner_canvas_notify_zoom (LimnerCanvas *self, gboolean zoom, gboolean mode)
{
  if (zoom)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
  if (mode)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM_MODE]);
}

LimnerTileCache *
limner_canvas_get_tiles (LimnerCanvas *self)
{
  return self->tiles;
}

/* ---- what the tiles show ---- */

static guint32
get_background (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ()) ? BACKGROUND_DARK
                                                                       : BACKGROUND_LIGHT;
}

LimnerPaintStyle
limner_canvas_get_style (LimnerCanvas *self)
{
  LimnerPaintStyle style = self->style;

  if (self->outline_only)
    {
      /* a shape must not vanish */
      style.fill = 0;
      style.outline = MAX (style.outline, 0.25);
    }
  return style;
}

LimnerTileContent
limner_canvas_get_content (LimnerCanvas *self)
{
  return (LimnerTileContent){
    .pixels = self->shown,
    .window = self->window,
    .has_window = self->has_window,
    .style = limner_canvas_get_style (self),
    .background = get_background (),
    .pixel_grid = self->show_grid,
    .scale_factor = self->scale_factor,
  };
}

void
limner_canvas_update_look (LimnerCanvas *self)
{
  LimnerTileContent content = limner_canvas_get_content (self);

  if (self->pixels != NULL)
    limner_tile_cache_set_look (self->tiles, &content);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_queue_overlay (self);
}

/* Shapes of another image than the one shown would be a lie. */
static gboolean
is_scene_of_pixels (LimnerCanvas *self)
{
  guint width, height;

  if (self->scene == NULL || self->pixels == NULL)
    return FALSE;
  limner_scene_get_picture_size (self->scene, &width, &height);
  return width == limner_pixels_get_width (self->pixels) &&
         height == limner_pixels_get_height (self->pixels);
}

void
limner_canvas_flush_shapes (LimnerCanvas *self)
{
  g_autoptr (LimnerShapeSet) shapes = NULL;
  LimnerShapeSet *before = limner_tile_cache_get_shapes (self->tiles);
  gboolean was_shown = self->shapes_shown, is_partial;
  LimnerBox damage;

  if (self->shapes_source == 0)
    return;
  g_clear_handle_id (&self->shapes_source, g_source_remove);
  self->shapes_shown = is_scene_of_pixels (self);
  if (!self->shapes_shown)
    {
      limner_tile_cache_set_shapes (self->tiles, NULL, NULL);
      return;
    }
  is_partial =
      limner_scene_take_damage (self->scene, &damage) && was_shown && !self->shapes_restyled;
  self->shapes_restyled = FALSE;
  if (is_partial && before != NULL)
    shapes = limner_shape_set_patch (before, self->scene, &damage);
  is_partial = is_partial && (before == NULL || shapes != NULL);
  if (shapes == NULL)
    shapes =
        limner_shape_set_new (self->scene, limner_pixels_get_width (self->pixels),
                              limner_pixels_get_height (self->pixels), &self->look, self->turn);
  if (is_partial)
    damage = limner_canvas_turn_box (self, &damage);
  limner_tile_cache_set_shapes (self->tiles, shapes, is_partial ? &damage : NULL);
}

static gboolean
on_shapes_source (gpointer user_data)
{
  LimnerCanvas *self = user_data;

  limner_canvas_flush_shapes (self);
  return G_SOURCE_REMOVE;
}

/* Several changes of one moment are taken together, before the next frame. */
void
limner_canvas_queue_shapes (LimnerCanvas *self)
{
  if (self->shapes_source == 0)
    self->shapes_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_shapes_source, self, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  limner_canvas_queue_overlay (self);
}

static void
on_scene_changed (LimnerCanvas *self)
{
  limner_canvas_queue_shapes (self);
}

static void
on_selection_changed (LimnerCanvas *self)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);
  gboolean in_tiles = selection->len > LIMNER_CANVAS_MAX_OVERLAY;
  gboolean is_faded = self->fade_others && selection->len > 0;

  if (in_tiles || self->look.has_selection || is_faded != self->look.is_faded)
    {
      self->look.has_selection = in_tiles;
      self->look.is_faded = is_faded;
      self->shapes_restyled = TRUE;
      limner_canvas_queue_shapes (self);
    }
  limner_canvas_queue_overlay (self);
}

/* All shapes look different. */
static void
restyle_shapes (LimnerCanvas *self)
{
  gboolean has_name = self->color_attribute != NULL && *self->color_attribute != '\0';

  self->look.color_by = limner_color_by_from_name (self->color_by);
  self->look.attribute = has_name ? self->color_attribute : NULL;
  self->look.label = limner_label_content_from_name (self->label_content);
  self->shapes_restyled = TRUE;
  if (self->scene != NULL)
    on_selection_changed (self);
  limner_canvas_queue_shapes (self);
}

/* ---- public ---- */

GtkWidget *
limner_canvas_new (void)
{
  return g_object_new (LIMNER_TYPE_CANVAS, NULL);
}

void
limner_canvas_set_scene (LimnerCanvas *self, LimnerScene *scene)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  g_return_if_fail (scene == NULL || LIMNER_IS_SCENE (scene));

  if (self->scene == scene)
    return;
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  g_set_object (&self->scene, scene);
  self->look.has_selection = self->look.is_faded = FALSE;
  self->shapes_restyled = TRUE;
  if (scene != NULL)
    {
      g_signal_connect_swapped (scene, "changed", G_CALLBACK (on_scene_changed), self);
      g_signal_connect_swapped (scene, "selection-changed", G_CALLBACK (on_selection_changed),
                                self);
      g_signal_connect_swapped (scene, "hover-changed", G_CALLBACK (limner_canvas_queue_overlay),
                                self);
    }
  limner_canvas_queue_shapes (self);
}

static void
on_tool_changed (LimnerCanvas *self)
{
  self->tool_dirty = TRUE;
  limner_canvas_queue_frame (self);
  limner_canvas_update_cursor (self);
}

void
limner_canvas_set_tool (LimnerCanvas *self, LimnerTool *tool)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  g_return_if_fail (tool == NULL || LIMNER_IS_TOOL (tool));

  if (self->tool == tool)
    return;
  limner_canvas_finish_drag (self);
  limner_canvas_input_cancel (self);
  if (self->tool != NULL)
    {
      limner_tool_cancel (self->tool);
      limner_tool_leave (self->tool);
      g_signal_handlers_disconnect_by_data (self->tool, self);
    }
  g_set_object (&self->tool, tool);
  if (tool != NULL)
    g_signal_connect_swapped (tool, "changed", G_CALLBACK (on_tool_changed), self);
  on_tool_changed (self);
  limner_canvas_pointer_follow (self);
}

gboolean
limner_canvas_is_settled (LimnerCanvas *self)
{
  g_return_val_if_fail (LIMNER_IS_CANVAS (self), FALSE);
  return self->shapes_source == 0 && self->move_tick == 0 &&
         limner_tile_cache_is_settled (self->tiles);
}

/* ---- widget ---- */

static void
limner_canvas_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = MIN_SIZE;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
limner_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  limner_canvas_view_allocate (LIMNER_CANVAS (widget), width, height);
}

/* GTK takes a node that is alone for that of the whole, and paints all of it when another joins: a
 * pixel that nobody sees keeps it company. */
static void
append_company (GtkSnapshot *snapshot)
{
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.0f, 0.0f, 0.0f, 1.0f },
                             &GRAPHENE_RECT_INIT (0, 0, 1, 1));
}

/* What rests below the hand's layer. */
static void
update_rest (LimnerCanvas *self)
{
  const graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  guint32 color = get_background ();
  const GdkRGBA background = { (float) (color >> 16) / 255.0f, (float) (color >> 8 & 255) / 255.0f,
                               (float) (color & 255) / 255.0f, 1.0f };

  append_company (snapshot);
  gtk_snapshot_append_color (snapshot, &background, &bounds);
  limner_tile_cache_snapshot (self->tiles, snapshot, &self->view);
  limner_tile_cache_snapshot_labels (self->tiles, snapshot, &self->view);
  g_clear_pointer (&self->rest_node, gsk_render_node_unref);
  self->rest_node = gtk_snapshot_free_to_node (snapshot);
}

void
limner_canvas_snapshot_layers (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  append_company (snapshot);
  if (self->rest_node != NULL)
    gtk_snapshot_append_node (snapshot, self->rest_node);
  limner_canvas_hand_snapshot (self, snapshot);
  limner_canvas_snapshot_rulers (self, snapshot);
  limner_canvas_snapshot_magnifier (self, snapshot);
}

static void
limner_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerCanvas *self = LIMNER_CANVAS (widget);

  limner_canvas_flush_shapes (self);
  update_rest (self);
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height));
  limner_canvas_snapshot_layers (self, snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
on_scale_factor_changed (LimnerCanvas *self)
{
  if (self->width > 0)
    limner_canvas_view_allocate (self, self->width, self->height);
}

static void
on_dark_changed (LimnerCanvas *self)
{
  limner_canvas_update_look (self);
}

static void
on_tiles_changed (gpointer user_data)
{
  gtk_widget_queue_draw (GTK_WIDGET (user_data));
}

static gboolean
limner_canvas_focus_changed (LimnerCanvas *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return GDK_EVENT_PROPAGATE;
}

/* The toolkit takes the ring of the focus away by itself after a while. */
static void
on_state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  if ((before ^ gtk_widget_get_state_flags (widget)) & GTK_STATE_FLAG_FOCUS_VISIBLE)
    gtk_widget_queue_draw (widget);
}

/* A hand that moves wants its frame now; tiles can wait that long. Not while the view moves: it
 * would be left without tiles. */
static void
on_before_paint (LimnerCanvas *self)
{
  gboolean is_moving = self->move_tick != 0 || !limner_viewport_equal (&self->view, &self->painted);

  if (!is_moving && (self->overlay_dirty || self->tool_dirty))
    limner_tile_cache_set_paused (self->tiles, TRUE);
  limner_canvas_stages_begin (self);
}

static void
on_after_paint (LimnerCanvas *self)
{
  self->painted = self->view;
  self->is_in_frame = FALSE;
  limner_tile_cache_set_paused (self->tiles, FALSE);
}

static void
limner_canvas_realize (GtkWidget *widget)
{
  GdkFrameClock *clock;

  GTK_WIDGET_CLASS (limner_canvas_parent_class)->realize (widget);
  clock = gtk_widget_get_frame_clock (widget);
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (on_before_paint), widget);
  g_signal_connect_swapped (clock, "paint", G_CALLBACK (limner_canvas_stages_end), widget);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (on_after_paint), widget);
  limner_canvas_stages_realize (LIMNER_CANVAS (widget));
}

static void
limner_canvas_unrealize (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (widget), widget);
  limner_canvas_stages_unrealize (LIMNER_CANVAS (widget));
  limner_tile_cache_set_paused (LIMNER_CANVAS (widget)->tiles, FALSE);
  GTK_WIDGET_CLASS (limner_canvas_parent_class)->unrealize (widget);
}

static void
limner_canvas_dispose (GObject *object)
{
  LimnerCanvas *self = LIMNER_CANVAS (object);

  limner_canvas_view_stop (self);
  limner_canvas_input_cancel (self);
  limner_canvas_set_tool (self, NULL);
  limner_canvas_set_scene (self, NULL);
  g_clear_handle_id (&self->shapes_source, g_source_remove);
  limner_canvas_hand_clear (self);
  g_clear_pointer (&self->rest_node, gsk_render_node_unref);
  g_clear_pointer (&self->tiles, limner_tile_cache_free);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->shown, limner_pixels_unref);
  limner_canvas_clear_rulers (self);
  limner_canvas_clear_kinetic (self);
  G_OBJECT_CLASS (limner_canvas_parent_class)->dispose (object);
}

static void
limner_canvas_finalize (GObject *object)
{
  LimnerCanvas *self = LIMNER_CANVAS (object);

  g_ptr_array_unref (self->overlay);
  g_free (self->cursor_name);
  g_free (self->hint);
  g_free (self->color_by);
  g_free (self->color_attribute);
  g_free (self->label_content);
  G_OBJECT_CLASS (limner_canvas_parent_class)->finalize (object);
}

static void
limner_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  LimnerCanvas *self = LIMNER_CANVAS (object);

  switch (id)
    {
    case PROP_ZOOM:
      g_value_set_double (value, limner_canvas_get_zoom (self));
      break;
    case PROP_ZOOM_MODE:
      g_value_set_uint (value, self->zoom_mode);
      break;
    case PROP_SHOW_LABELS:
      g_value_set_boolean (value, self->show_labels);
      break;
    case PROP_SHOW_CROSSHAIR:
      g_value_set_boolean (value, self->show_crosshair);
      break;
    case PROP_SHOW_GRID:
      g_value_set_boolean (value, self->show_grid);
      break;
    case PROP_SHOW_RULERS:
      g_value_set_boolean (value, self->show_rulers);
      break;
    case PROP_SHOW_MAGNIFIER:
      g_value_set_boolean (value, self->show_magnifier);
      break;
    case PROP_WHEEL_ZOOMS:
      g_value_set_boolean (value, self->wheel_zooms);
      break;
    case PROP_FILL_OPACITY:
      g_value_set_double (value, self->style.fill);
      break;
    case PROP_OUTLINE_OPACITY:
      g_value_set_double (value, self->style.outline);
      break;
    case PROP_LINE_WIDTH:
      g_value_set_double (value, self->style.line_width);
      break;
    case PROP_OUTLINE_ONLY:
      g_value_set_boolean (value, self->outline_only);
      break;
    case PROP_FADE_OTHERS:
      g_value_set_boolean (value, self->fade_others);
      break;
    case PROP_LINE_PATTERNS:
      g_value_set_boolean (value, self->look.has_patterns);
      break;
    case PROP_COLOR_BY:
      g_value_set_string (value, self->color_by);
      break;
    case PROP_COLOR_ATTRIBUTE:
      g_value_set_string (value, self->color_attribute);
      break;
    case PROP_LABEL_CONTENT:
      g_value_set_string (value, self->label_content);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static gboolean
set_boolean (gboolean *field, const GValue *value)
{
  gboolean before = *field;

  *field = g_value_get_boolean (value);
  return *field != before;
}

static gboolean
set_string (char **field, const GValue *value)
{
  if (g_strcmp0 (*field, g_value_get_string (value)) == 0)
    return FALSE;
  g_free (*field);
  *field = g_value_dup_string (value);
  return TRUE;
}

static gboolean
set_double (double *field, const GValue *value)
{
  double before = *field;

  *field = g_value_get_double (value);
  return *field != before;
}

static void
limner_canvas_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  LimnerCanvas *self = LIMNER_CANVAS (object);
  gboolean changed = FALSE;

  switch (id)
    {
    case PROP_ZOOM:
      limner_canvas_zoom_to (self, g_value_get_double (value), NULL);
      return;
    case PROP_ZOOM_MODE:
      if (g_value_get_uint (value) == LIMNER_ZOOM_FIT)
        limner_canvas_zoom_fit (self);
      return;
    case PROP_SHOW_LABELS:
      changed = set_boolean (&self->show_labels, value);
      limner_tile_cache_set_show_labels (self->tiles, self->show_labels);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      limner_canvas_queue_overlay (self);
      break;
    case PROP_SHOW_CROSSHAIR:
      changed = set_boolean (&self->show_crosshair, value);
      limner_canvas_queue_hand (self);
      break;
    case PROP_SHOW_GRID:
      changed = set_boolean (&self->show_grid, value);
      break;
    case PROP_SHOW_RULERS:
      changed = set_boolean (&self->show_rulers, value);
      if (changed)
        limner_canvas_view_refit (self);
      break;
    case PROP_SHOW_MAGNIFIER:
      changed = set_boolean (&self->show_magnifier, value);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      break;
    case PROP_WHEEL_ZOOMS:
      changed = set_boolean (&self->wheel_zooms, value);
      break;
    case PROP_FILL_OPACITY:
      changed = set_double (&self->style.fill, value);
      break;
    case PROP_OUTLINE_OPACITY:
      changed = set_double (&self->style.outline, value);
      break;
    case PROP_LINE_WIDTH:
      changed = set_double (&self->style.line_width, value);
      break;
    case PROP_OUTLINE_ONLY:
      changed = set_boolean (&self->outline_only, value);
      break;
    case PROP_FADE_OTHERS:
      changed = set_boolean (&self->fade_others, value);
      break;
    case PROP_LINE_PATTERNS:
      changed = set_boolean (&self->look.has_patterns, value);
      break;
    case PROP_COLOR_BY:
      changed = set_string (&self->color_by, value);
      break;
    case PROP_COLOR_ATTRIBUTE:
      changed = set_string (&self->color_attribute, value);
      break;
    case PROP_LABEL_CONTENT:
      changed = set_string (&self->label_content, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  if (!changed)
    return;
  if (id == PROP_FILL_OPACITY || id == PROP_OUTLINE_OPACITY || id == PROP_SHOW_GRID ||
      id == PROP_LINE_WIDTH || id == PROP_OUTLINE_ONLY)
    limner_canvas_update_look (self);
  else if (id >= PROP_FADE_OTHERS)
    restyle_shapes (self);
  g_object_notify_by_pspec (object, spec);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  properties[PROP_ZOOM] =
      g_param_spec_double ("zoom", NULL, NULL, LIMNER_ZOOM_MIN, LIMNER_ZOOM_MAX, 1.0, flags);
  properties[PROP_ZOOM_MODE] = g_param_spec_uint ("zoom-mode", NULL, NULL, LIMNER_ZOOM_FIT,
                                                  LIMNER_ZOOM_FREE, LIMNER_ZOOM_FIT, flags);
  properties[PROP_SHOW_LABELS] = g_param_spec_boolean ("show-labels", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_CROSSHAIR] =
      g_param_spec_boolean ("show-crosshair", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_GRID] = g_param_spec_boolean ("show-grid", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_RULERS] = g_param_spec_boolean ("show-rulers", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_MAGNIFIER] =
      g_param_spec_boolean ("show-magnifier", NULL, NULL, FALSE, flags);
  properties[PROP_WHEEL_ZOOMS] = g_param_spec_boolean ("wheel-zooms", NULL, NULL, FALSE, flags);
  properties[PROP_FILL_OPACITY] = g_param_spec_double ("fill-opacity", NULL, NULL, 0.0, 1.0,
                                                       LIMNER_PAINT_STYLE_DEFAULT.fill, flags);
  properties[PROP_OUTLINE_OPACITY] =
      g_param_spec_double ("outline-opacity", NULL, NULL, 0.0, 1.0,
                           LIMNER_PAINT_STYLE_DEFAULT.outline, flags);
  properties[PROP_LINE_WIDTH] = g_param_spec_double ("line-width", NULL, NULL, 1.0, 6.0,
                                                     LIMNER_PAINT_STYLE_DEFAULT.line_width, flags);
  properties[PROP_OUTLINE_ONLY] = g_param_spec_boolean ("outline-only", NULL, NULL, FALSE, flags);
  properties[PROP_FADE_OTHERS] = g_param_spec_boolean ("fade-others", NULL, NULL, FALSE, flags);
  properties[PROP_LINE_PATTERNS] = g_param_spec_boolean ("line-patterns", NULL, NULL, FALSE, flags);
  properties[PROP_COLOR_BY] = g_param_spec_string ("color-by", NULL, NULL, "class", flags);
  properties[PROP_COLOR_ATTRIBUTE] = g_param_spec_string ("color-attribute", NULL, NULL, "", flags);
  properties[PROP_LABEL_CONTENT] =
      g_param_spec_string ("label-content", NULL, NULL, "class", flags);
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
limner_canvas_class_init (LimnerCanvasClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  object_class->dispose = limner_canvas_dispose;
  object_class->finalize = limner_canvas_finalize;
  object_class->get_property = limner_canvas_get_property;
  object_class->set_property = limner_canvas_set_property;
  widget_class->measure = limner_canvas_measure;
  widget_class->size_allocate = limner_canvas_size_allocate;
  widget_class->snapshot = limner_canvas_snapshot;
  widget_class->realize = limner_canvas_realize;
  widget_class->unrealize = limner_canvas_unrealize;
  install_properties (object_class);
  signals[SIGNAL_POINTER_MOVED] =
      g_signal_new ("pointer-moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
  signals[SIGNAL_TOOL_CHANGED] =
      g_signal_new ("tool-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WINDOW_LEVEL_CHANGED] =
      g_signal_new ("window-level-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[SIGNAL_VIEW_CHANGED] =
      g_signal_new ("view-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CONTEXT_MENU] =
      g_signal_new ("context-menu", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "limnercanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
limner_canvas_init (LimnerCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->tiles = limner_tile_cache_new (on_tiles_changed, self);
  self->style = LIMNER_PAINT_STYLE_DEFAULT;
  self->color_by = g_strdup ("class");
  self->color_attribute = g_strdup ("");
  self->label_content = g_strdup ("class");
  self->show_labels = self->show_crosshair = self->show_grid = TRUE;
  self->turn = LIMNER_ORIENTATION_NORMAL;
  self->view.scale = self->target.scale = 1.0;
  self->scale_factor = 1;
  self->overlay = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Picture with its annotations"), -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_factor_changed), NULL);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (limner_canvas_focus_changed), NULL);
  g_signal_connect (self, "state-flags-changed", G_CALLBACK (on_state_flags_changed), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (on_dark_changed), self, G_CONNECT_SWAPPED);
  limner_canvas_input_init (self);
}
