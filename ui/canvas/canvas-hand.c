/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "canvas-private.h"

#include <math.h>

/*
 * Above the tiles, each with tight bounds: selected and hovered shapes, which rest in the tiles
 * too, so that neither selecting nor hovering repaints a tile; then what the tool draws.
 */

/* Screen pixels that painting reaches beyond a shape. */
#define SHAPE_REACH 12.0

/* Nodes longer than this hold only what is near the view: a renderer may keep them as textures. */
#define MAX_NODE_SIZE 4096.0
#define NEAR_VIEW 512.0

/* Screen pixels of a node that is painted at once. */
#define MAX_IMAGE_AREA 90000.0

/* As in the painter: a hovered fill is 30 % where a resting one is 18 %. */
#define HOVERED_FILL (0.30 / 0.18)

#define MAX_LABELS 30

/* How far a read-out reaches from its point, on either side. */
#define READOUT_REACH_X 190.0
#define READOUT_REACH_Y 48.0

#define FOCUS_RING 2.0f

void
limner_canvas_queue_overlay (LimnerCanvas *self)
{
  self->overlay_dirty = TRUE;
  limner_canvas_queue_frame (self);
}

void
limner_canvas_queue_hand (LimnerCanvas *self)
{
  g_return_if_fail (LIMNER_IS_CANVAS (self));
  self->tool_dirty = TRUE;
  limner_canvas_queue_overlay (self);
}

void
limner_canvas_hand_clear (LimnerCanvas *self)
{
  g_ptr_array_set_size (self->overlay, 0);
  g_clear_pointer (&self->tool_node, gsk_render_node_unref);
  self->overlay_dirty = self->tool_dirty = TRUE;
}

/* ---- selected and hovered shapes ---- */

static LimnerBox
get_view_area (LimnerCanvas *self, double margin)
{
  const double x = (double) self->view.x / self->scale_factor;
  const double y = (double) self->view.y / self->scale_factor;

  return (LimnerBox){ -x - margin, -y - margin, self->width + 2 * margin,
                      self->height + 2 * margin };
}

/* A node of whole screen pixels; FALSE where nothing of it is near the view: it is made when the
 * view gets there. */
static gboolean
begin_node (LimnerCanvas *self, LimnerBox *bounds)
{
  double x = floor (bounds->x), y = floor (bounds->y);
  LimnerBox part = { 0, 0, 0, 0 };
  gboolean is_near;

  *bounds = (LimnerBox){ x, y, ceil (bounds->x + bounds->width) - x,
                         ceil (bounds->y + bounds->height) - y };
  is_near = limner_box_intersect (bounds, &self->overlay_area, &part);
  if (is_near && bounds->width <= MAX_NODE_SIZE && bounds->height <= MAX_NODE_SIZE)
    return bounds->width > 0 && bounds->height > 0;
  self->overlay_is_clipped = TRUE;
  *bounds = part;
  return is_near && part.width > 0 && part.height > 0;
}

static GskRenderNode *
new_node (const LimnerBox *bounds)
{
  return gsk_cairo_node_new (&GRAPHENE_RECT_INIT ((float) bounds->x, (float) bounds->y,
                                                  (float) bounds->width, (float) bounds->height));
}

/* A node while it is painted. A small one is painted as an image at once: recorded, each stroke
 * would be kept and painted again when the frame is. */
typedef struct
{
  GskRenderNode *node;
  LimnerBox bounds;         /* whole screen pixels */
  cairo_surface_t *surface; /* (nullable) */
  double factor;
  cairo_t *cr; /* clipped to the bounds */
} Sheet;

static void
sheet_begin (Sheet *self, const LimnerBox *bounds, int scale_factor)
{
  *self = (Sheet){ .node = new_node (bounds), .bounds = *bounds, .factor = scale_factor };
  if (bounds->width * bounds->height <= MAX_IMAGE_AREA)
    {
      self->surface =
          cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (bounds->width * self->factor),
                                      (int) (bounds->height * self->factor));
      self->cr = cairo_create (self->surface);
      cairo_scale (self->cr, self->factor, self->factor);
      cairo_translate (self->cr, -bounds->x, -bounds->y);
    }
  else
    self->cr = gsk_cairo_node_get_draw_context (self->node);
  cairo_rectangle (self->cr, bounds->x, bounds->y, bounds->width, bounds->height);
  cairo_clip (self->cr);
}

/* (transfer full): no longer to be painted on. */
static GskRenderNode *
sheet_end (Sheet *self)
{
  cairo_destroy (self->cr);
  if (self->surface == NULL)
    return self->node;
  self->cr = gsk_cairo_node_get_draw_context (self->node);
  cairo_translate (self->cr, self->bounds.x, self->bounds.y);
  cairo_scale (self->cr, 1 / self->factor, 1 / self->factor);
  cairo_set_source_surface (self->cr, self->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (self->cr), CAIRO_FILTER_NEAREST);
  cairo_paint (self->cr);
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
  return self->node;
}

static gboolean
is_shown (LimnerCanvas *self, LimnerSceneItem *item)
{
  return item != NULL && limner_scene_item_get_shape (item) != NULL &&
         limner_scene_item_get_visible (item) && !limner_scene_is_held (self->scene, item);
}

/* What has to be laid over the fill of the tile so that both together look like @flags. */
static double
get_rest_of_fill (LimnerCanvas *self, LimnerPaintFlags flags)
{
  double full = limner_canvas_get_style (self).fill;
  double resting = self->look.is_faded ? full * LIMNER_PAINT_FADED_ALPHA : full;
  double part = flags & LIMNER_PAINT_HOVERED ? HOVERED_FILL : 1.0;
  double wanted = MIN (full * part, 1.0);

  if (wanted <= resting || resting >= 1.0)
    return 0.0;
  return (1.0 - (1.0 - wanted) / (1.0 - resting)) / part;
}

static void
add_shape (LimnerCanvas *self, LimnerSceneItem *item, LimnerPaintFlags flags)
{
  LimnerShape *shape = limner_scene_item_get_shape (item);
  const LimnerView view = limner_canvas_get_shape_view (self);
  const LimnerBox bbox = limner_shape_get_bbox (shape);
  const LimnerBox box = limner_view_box_to_target (&view, &bbox);
  LimnerBox bounds = { box.x - SHAPE_REACH, box.y - SHAPE_REACH, box.width + 2 * SHAPE_REACH,
                       box.height + 2 * SHAPE_REACH };
  LimnerPaintStyle style = limner_canvas_get_style (self);
  Sheet sheet;

  flags |= limner_shape_look_get_flags (&self->look, item) & ~LIMNER_PAINT_FADED;
  /* a selection is seen even by who has hidden the outlines */
  if (flags & LIMNER_PAINT_SELECTED)
    style.outline = 1.0;
  style.fill = get_rest_of_fill (self, flags);
  if (!begin_node (self, &bounds))
    return;
  sheet_begin (&sheet, &bounds, self->scale_factor);
  limner_painter_draw_shape (sheet.cr, &view, shape,
                             limner_shape_look_get_color (&self->look, item), flags, &style);
  g_ptr_array_add (self->overlay, sheet_end (&sheet));
}

/* (transfer full): the text as an image: recorded, it would be laid out for another resolution. */
static cairo_surface_t *
paint_label (LimnerCanvas *self, LimnerSceneItem *item, const char *name, LimnerBox *box)
{
  const LimnerView view = limner_canvas_get_shape_view (self);
  cairo_surface_t *scratch = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (scratch);

  cairo_scale (cr, self->scale_factor, self->scale_factor);
  *box = limner_painter_measure_label (cr, &view, limner_scene_item_get_shape (item), name,
                                       limner_pixels_get_width (self->shown) * view.scale,
                                       limner_pixels_get_height (self->shown) * view.scale);
  box->x = round (box->x);
  box->y = round (box->y);
  box->width = ceil (box->width);
  box->height = ceil (box->height);
  cairo_destroy (cr);
  cairo_surface_destroy (scratch);
  return limner_label_paint_chip (name, limner_shape_look_get_color (&self->look, item), FALSE,
                                  box->width, box->height, self->scale_factor);
}

static double
clamp_place (double at, double size, double first, double room)
{
  return MAX (MIN (at, first + room - size), first);
}

/* @in_view: the name is read even where its place is out of sight. */
static void
add_label (LimnerCanvas *self, LimnerSceneItem *item, gboolean in_view)
{
  const LimnerBox visible = get_view_area (self, 0);
  g_autofree char *text = limner_shape_look_dup_label (&self->look, item);
  double factor = self->scale_factor;
  cairo_surface_t *chip;
  GskRenderNode *node;
  LimnerBox box;
  cairo_t *cr;

  if (text == NULL)
    return;
  chip = paint_label (self, item, text, &box);
  if (in_view)
    {
      self->hovered_label = box;
      box.x = round (clamp_place (box.x, box.width, visible.x, visible.width));
      box.y = round (clamp_place (box.y, box.height, visible.y, visible.height));
      self->is_label_moved = box.x != self->hovered_label.x || box.y != self->hovered_label.y;
    }
  node = new_node (&box);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_translate (cr, box.x, box.y);
  cairo_scale (cr, 1 / factor, 1 / factor);
  cairo_set_source_surface (cr, chip, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (chip);
  g_ptr_array_add (self->overlay, node);
}

static void
build_overlay (LimnerCanvas *self)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);
  LimnerSceneItem *hovered = limner_scene_get_hovered (self->scene);
  gboolean in_tiles = selection->len > LIMNER_CANVAS_MAX_OVERLAY;

  for (guint i = 0; !in_tiles && i < selection->len; i++)
    if (selection->pdata[i] != hovered && is_shown (self, selection->pdata[i]))
      add_shape (self, selection->pdata[i], LIMNER_PAINT_SELECTED);
  if (is_shown (self, hovered))
    add_shape (self, hovered,
               LIMNER_PAINT_HOVERED |
                   (limner_scene_item_get_selected (hovered) ? LIMNER_PAINT_SELECTED : 0));
  for (guint i = 0; self->show_labels && selection->len <= MAX_LABELS && i < selection->len; i++)
    if (selection->pdata[i] != hovered && is_shown (self, selection->pdata[i]))
      add_label (self, selection->pdata[i], FALSE);
  if (is_shown (self, hovered))
    add_label (self, hovered, TRUE);
}

/* The view has moved, and with it where the name of the hovered shape can be read. */
static gboolean
is_label_elsewhere (LimnerCanvas *self, const LimnerBox *visible)
{
  const LimnerBox *label = &self->hovered_label;
  LimnerBox part;

  if (label->width <= 0 ||
      (self->overlay_place.x == self->view.x && self->overlay_place.y == self->view.y))
    return FALSE;
  return self->is_label_moved || !limner_box_intersect (label, visible, &part) ||
         part.width < label->width || part.height < label->height;
}

static void
ensure_overlay (LimnerCanvas *self)
{
  LimnerBox visible = get_view_area (self, 0);
  gboolean shapes_hidden = FALSE;
  LimnerBox part;

  if (self->overlay_is_clipped && (!limner_box_intersect (&visible, &self->overlay_area, &part) ||
                                   part.width < visible.width || part.height < visible.height))
    self->overlay_dirty = TRUE;
  if (is_label_elsewhere (self, &visible))
    self->overlay_dirty = TRUE;
  if (!self->overlay_dirty && self->overlay_scale == self->view.scale)
    return;
  self->overlay_dirty = FALSE;
  self->overlay_scale = self->view.scale;
  self->overlay_is_clipped = FALSE;
  self->overlay_area = get_view_area (self, NEAR_VIEW);
  self->overlay_place = (LimnerPoint){ self->view.x, self->view.y };
  self->hovered_label = (LimnerBox){ 0, 0, 0, 0 };
  self->is_label_moved = FALSE;
  g_ptr_array_set_size (self->overlay, 0);
  self->is_hand_new = TRUE;
  if (self->scene == NULL || !self->shapes_shown)
    return;
  g_object_get (self->scene, "shapes-hidden", &shapes_hidden, NULL);
  if (!shapes_hidden)
    build_overlay (self);
}

/* ---- the tool ---- */

static void
ensure_tool_node (LimnerCanvas *self)
{
  LimnerView view = limner_canvas_get_painter_view (self);
  const LimnerBox widget = { 0, 0, self->width, self->height };
  LimnerBox bounds;
  double x, y;
  Sheet sheet;

  if (!self->tool_dirty)
    return;
  self->tool_dirty = FALSE;
  self->is_hand_new = TRUE;
  g_clear_pointer (&self->tool_node, gsk_render_node_unref);
  if (self->tool == NULL || !limner_tool_get_extent (self->tool, &view, &bounds) ||
      !limner_box_intersect (&bounds, &widget, &bounds))
    return;
  x = floor (bounds.x);
  y = floor (bounds.y);
  bounds =
      (LimnerBox){ x, y, ceil (bounds.x + bounds.width) - x, ceil (bounds.y + bounds.height) - y };
  if (bounds.width <= 0 || bounds.height <= 0)
    return;
  sheet_begin (&sheet, &bounds, self->scale_factor);
  limner_tool_draw (self->tool, sheet.cr, &view, self->width, self->height);
  self->tool_node = sheet_end (&sheet);
}

/* A dark line beside each light one: seen on white and on black. Four small nodes, so that a motion
 * repaints four lines and not the canvas. */
static void
snapshot_crosshair (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  const GdkRGBA dark = { 0.0f, 0.0f, 0.0f, 0.5f };
  const GdkRGBA light = { 1.0f, 1.0f, 1.0f, 0.75f };
  const LimnerCanvasLines lines = limner_canvas_get_lines (self);
  const float x = (float) lines.at[0], y = (float) lines.at[1];
  const float width = (float) self->width, height = (float) self->height;

  if (lines.is_shown[0])
    gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (x + 1, 0, 1, height));
  if (lines.is_shown[1])
    gtk_snapshot_append_color (snapshot, &dark, &GRAPHENE_RECT_INIT (0, y + 1, width, 1));
  if (lines.is_shown[0])
    gtk_snapshot_append_color (snapshot, &light, &GRAPHENE_RECT_INIT (x, 0, 1, height));
  if (lines.is_shown[1])
    gtk_snapshot_append_color (snapshot, &light, &GRAPHENE_RECT_INIT (0, y, width, 1));
}

/* ---- window/level ---- */

static cairo_t *
append_cairo (LimnerCanvas *self, GtkSnapshot *snapshot, const LimnerBox *box)
{
  const LimnerBox widget = { 0, 0, self->width, self->height };
  LimnerBox part;
  cairo_t *cr;

  if (!limner_box_intersect (box, &widget, &part) || part.width <= 0 || part.height <= 0)
    return NULL;
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT ((float) part.x, (float) part.y,
                                                       (float) part.width, (float) part.height));
  /* read-outs go to the other side where the clip ends */
  cairo_rectangle (cr, part.x, part.y, part.width, part.height);
  cairo_clip (cr);
  return cr;
}

static void
snapshot_region (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  const double dashes[] = { 4, 4 };
  LimnerBox box = limner_box_from_corners (self->press, self->pointer);
  const LimnerBox bounds = { floor (box.x) - 1, floor (box.y) - 1, ceil (box.width) + 3,
                             ceil (box.height) + 3 };
  cairo_t *cr = append_cairo (self, snapshot, &bounds);

  if (cr == NULL)
    return;
  cairo_rectangle (cr, floor (box.x) + 0.5, floor (box.y) + 0.5, round (box.width),
                   round (box.height));
  cairo_set_line_width (cr, 1);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_stroke_preserve (cr);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
snapshot_window_level (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  LimnerWindowLevel window = limner_canvas_get_window_level (self);
  g_autofree char *text =
      g_strdup_printf ("W %.0f L %.0f", window.high - window.low, (window.high + window.low) / 2.0);
  const LimnerBox bounds = { floor (self->pointer.x) - READOUT_REACH_X,
                             floor (self->pointer.y) - READOUT_REACH_Y, 2 * READOUT_REACH_X,
                             2 * READOUT_REACH_Y };
  cairo_t *cr = append_cairo (self, snapshot, &bounds);

  if (cr == NULL)
    return;
  limner_painter_draw_readout (cr, self->pointer, text);
  cairo_destroy (cr);
}

/* ---- */

static void
snapshot_focus (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  GdkRGBA color = { 0.21f, 0.52f, 0.89f, 1.0f };
  const float widths[4] = { FOCUS_RING, FOCUS_RING, FOCUS_RING, FOCUS_RING };
  GskRoundedRect outline;

  if (!gtk_widget_has_visible_focus (GTK_WIDGET (self)))
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                  "accent_bg_color", &color);
  color.alpha = 0.7f;
  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height), 0);
  gtk_snapshot_append_border (snapshot, &outline, widths,
                              (const GdkRGBA[4]){ color, color, color, color });
}

void
limner_canvas_hand_update (LimnerCanvas *self)
{
  if (self->pixels == NULL)
    return;
  ensure_overlay (self);
  ensure_tool_node (self);
}

static void
snapshot_layer (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  const LimnerPoint corner = { (double) self->view.x / self->scale_factor,
                               (double) self->view.y / self->scale_factor };

  limner_canvas_hand_update (self);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) corner.x, (float) corner.y));
  for (guint i = 0; i < self->overlay->len; i++)
    gtk_snapshot_append_node (snapshot, self->overlay->pdata[i]);
  gtk_snapshot_restore (snapshot);
  snapshot_crosshair (self, snapshot);
  if (self->tool_node != NULL)
    gtk_snapshot_append_node (snapshot, self->tool_node);
  if (self->gesture == LIMNER_GESTURE_REGION)
    snapshot_region (self, snapshot);
  else if (self->gesture == LIMNER_GESTURE_WINDOW)
    snapshot_window_level (self, snapshot);
}

void
limner_canvas_hand_snapshot (LimnerCanvas *self, GtkSnapshot *snapshot)
{
  if (self->pixels != NULL && limner_canvas_shows_hand (self))
    snapshot_layer (self, snapshot);
  snapshot_focus (self, snapshot);
}
