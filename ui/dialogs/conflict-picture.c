/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-conflict-picture"

#include "conflict-picture.h"

#include <limner/painter.h>
#include <math.h>

#define WIDTH 256
#define HEIGHT 192
#define MAX_SCALE 12.0
#define BACKGROUND 0x2e2e2e
#define BEHIND_COLOR 0xffffff

struct _LimnerConflictPicture
{
  GtkWidget parent_instance;

  LimnerPixels *pixels; /* (nullable) */
  LimnerBox area;
  LimnerShape *shape; /* (nullable) */
  guint32 color;
  LimnerShape *behind;      /* (nullable) */
  cairo_surface_t *surface; /* (nullable): the part of the image, as large as it was drawn last */
  int surface_width;
  int surface_height;
};

G_DEFINE_FINAL_TYPE (LimnerConflictPicture, limner_conflict_picture, GTK_TYPE_WIDGET)

/* The middle of the area in the middle of the widget, as large as it fits. */
static LimnerView
get_view (LimnerConflictPicture *self, double width, double height)
{
  const double scale = MIN (MAX_SCALE, MIN (width / self->area.width, height / self->area.height));

  return (LimnerView){
    .x = width / 2.0 - (self->area.x + self->area.width / 2.0) * scale,
    .y = height / 2.0 - (self->area.y + self->area.height / 2.0) * scale,
    .scale = scale,
  };
}

static void
update_surface (LimnerConflictPicture *self, int width, int height)
{
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const LimnerView view = get_view (self, width, height);

  width *= factor;
  height *= factor;
  if (self->surface != NULL && self->surface_width == width && self->surface_height == height)
    return;
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  self->surface_width = width;
  self->surface_height = height;
  limner_pixels_render (self->pixels, self->surface, -view.x * factor, -view.y * factor,
                        view.scale * factor, NULL, BACKGROUND);
}

static void
draw_picture (LimnerConflictPicture *self, cairo_t *cr, int width, int height)
{
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->pixels == NULL)
    {
      cairo_set_source_rgb (cr, 0.18, 0.18, 0.18);
      cairo_paint (cr);
      return;
    }
  update_surface (self, width, height);
  cairo_save (cr);
  cairo_scale (cr, 1.0 / factor, 1.0 / factor);
  cairo_set_source_surface (cr, self->surface, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
limner_conflict_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerConflictPicture *self = LIMNER_CONFLICT_PICTURE (widget);
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  const LimnerView view = get_view (self, width, height);
  GskRoundedRect outline;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_picture (self, cr, width, height);
  if (self->behind != NULL)
    limner_painter_draw_shape (cr, &view, self->behind, BEHIND_COLOR,
                               LIMNER_PAINT_LOCKED | LIMNER_PAINT_FADED | LIMNER_PAINT_EDITED,
                               NULL);
  if (self->shape != NULL)
    limner_painter_draw_shape (cr, &view, self->shape, self->color, LIMNER_PAINT_NORMAL, NULL);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
}

static void
limner_conflict_picture_measure (GtkWidget *widget,
                                 GtkOrientation orientation,
                                 int for_size,
                                 int *minimum,
                                 int *natural,
                                 int *minimum_baseline,
                                 int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH / 2 : HEIGHT / 2;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
limner_conflict_picture_dispose (GObject *object)
{
  LimnerConflictPicture *self = LIMNER_CONFLICT_PICTURE (object);

  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_pointer (&self->shape, limner_shape_unref);
  g_clear_pointer (&self->behind, limner_shape_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  G_OBJECT_CLASS (limner_conflict_picture_parent_class)->dispose (object);
}

static void
limner_conflict_picture_class_init (LimnerConflictPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_conflict_picture_dispose;
  widget_class->snapshot = limner_conflict_picture_snapshot;
  widget_class->measure = limner_conflict_picture_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
limner_conflict_picture_init (LimnerConflictPicture *self)
{
  self->area = (LimnerBox){ 0, 0, 1, 1 };
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
}

GtkWidget *
limner_conflict_picture_new (void)
{
  return g_object_new (LIMNER_TYPE_CONFLICT_PICTURE, NULL);
}

static void
set_shape (LimnerShape **place, LimnerShape *shape)
{
  g_clear_pointer (place, limner_shape_unref);
  *place = shape != NULL ? limner_shape_ref (shape) : NULL;
}

void
limner_conflict_picture_set_shapes (LimnerConflictPicture *self,
                                    const LimnerBox *area_img,
                                    LimnerShape *shape,
                                    guint32 color,
                                    LimnerShape *behind)
{
  g_return_if_fail (LIMNER_IS_CONFLICT_PICTURE (self));

  self->area = *area_img;
  self->area.width = MAX (1.0, self->area.width);
  self->area.height = MAX (1.0, self->area.height);
  self->color = color;
  set_shape (&self->shape, shape);
  set_shape (&self->behind, behind);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limner_conflict_picture_set_pixels (LimnerConflictPicture *self, LimnerPixels *pixels)
{
  g_return_if_fail (LIMNER_IS_CONFLICT_PICTURE (self));

  g_clear_pointer (&self->pixels, limner_pixels_unref);
  self->pixels = pixels != NULL ? limner_pixels_ref (pixels) : NULL;
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
