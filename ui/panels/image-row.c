/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image-row"

#include "image-row.h"

#include <glib/gi18n.h>
#include <math.h>

/*
 * A list holds about two hundred rows of which some dozen can be seen. So a row asks for the same
 * room whatever it shows, which makes rebinding it cheap, and draws its texts by itself, which
 * costs nothing while it is far from the view.
 */

#define THUMBNAIL_WIDTH 56
#define THUMBNAIL_HEIGHT 42
#define SPACING 8

/* Two to a panel of the least width. */
#define CELL_THUMBNAIL_WIDTH 84
#define CELL_THUMBNAIL_HEIGHT 63
#define CELL_SPACING 2

#define LINE_SPACING 1
#define MARK_SIZE 16
#define MARK_MARGIN 2

/* Of the count's font to the name's, and its opacity. */
#define COUNT_SCALE (8.25 / 9.0)
#define COUNT_ALPHA 0.6f
#define DIM_ALPHA 0.55f

static const GtkBorder row_padding = { .left = 6, .right = 7, .top = 4, .bottom = 4 };
static const GtkBorder cell_padding = { .left = 3, .right = 3, .top = 4, .bottom = 3 };

typedef struct
{
  const char *icon;
  const char *color; /* (nullable): of the theme; NULL: as text, but dim */
  const char *name;  /* for readers and the tooltip */
} Mark;

struct _LimnerImageRow
{
  GtkWidget parent_instance;

  gboolean is_cell;
  GtkWidget *thumbnail;
  char *name;
  char *count;
  char *tooltip;
  Mark mark;

  PangoLayout *name_layout;  /* (nullable): made when it is drawn first */
  PangoLayout *count_layout; /* (nullable): likewise; in rows only */
  int name_height;           /* of a line; 0: not known */
  int count_height;
};

G_DEFINE_FINAL_TYPE (LimnerImageRow, limner_image_row, GTK_TYPE_WIDGET)

static void
forget_layouts (LimnerImageRow *self)
{
  g_clear_object (&self->name_layout);
  g_clear_object (&self->count_layout);
}

static void
limner_image_row_dispose (GObject *object)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (object);

  forget_layouts (self);
  g_clear_pointer (&self->thumbnail, gtk_widget_unparent);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->count, g_free);
  g_clear_pointer (&self->tooltip, g_free);
  G_OBJECT_CLASS (limner_image_row_parent_class)->dispose (object);
}

/* ---- room ---- */

static const GtkBorder *
get_padding (LimnerImageRow *self)
{
  return self->is_cell ? &cell_padding : &row_padding;
}

static void
find_line_heights (LimnerImageRow *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  g_autoptr (PangoFont) font = NULL;
  PangoFontMetrics *metrics;

  if (self->name_height > 0)
    return;
  /* of the first font alone: it keeps its metrics, the whole set of fonts does not */
  font = pango_context_load_font (context, pango_context_get_font_description (context));
  metrics = pango_font_get_metrics (font, pango_context_get_language (context));
  self->name_height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));
  self->count_height = (int) ceil (self->name_height * COUNT_SCALE);
  pango_font_metrics_unref (metrics);
}

static int
get_text_height (LimnerImageRow *self)
{
  find_line_heights (self);
  if (self->is_cell)
    return MAX (self->name_height, MARK_SIZE);
  return self->name_height + LINE_SPACING + self->count_height;
}

static void
limner_image_row_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (widget);
  const GtkBorder *padding = get_padding (self);
  const int text = get_text_height (self);

  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = padding->top + padding->bottom +
               (self->is_cell ? CELL_THUMBNAIL_HEIGHT + CELL_SPACING + text
                              : MAX (THUMBNAIL_HEIGHT, text));
  else
    /* at least some letters of the name */
    *minimum = padding->left + padding->right +
               (self->is_cell ? CELL_THUMBNAIL_WIDTH
                              : THUMBNAIL_WIDTH + 2 * SPACING + MARK_MARGIN + MARK_SIZE +
                                    2 * self->name_height);
  *natural = *minimum;
}

static void
limner_image_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (widget);
  const GtkBorder *padding = get_padding (self);
  const gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation place = { padding->left, padding->top, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT };

  if (self->is_cell)
    place = (GtkAllocation){ (width - CELL_THUMBNAIL_WIDTH) / 2, padding->top, CELL_THUMBNAIL_WIDTH,
                             CELL_THUMBNAIL_HEIGHT };
  else
    {
      place.y = (height - THUMBNAIL_HEIGHT) / 2;
      if (is_rtl)
        place.x = width - padding->left - THUMBNAIL_WIDTH;
    }
  gtk_widget_size_allocate (self->thumbnail, &place, -1);
}

static void
limner_image_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (widget);

  GTK_WIDGET_CLASS (limner_image_row_parent_class)->css_changed (widget, change);
  forget_layouts (self);
  self->name_height = 0;
}

static void
limner_image_row_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (limner_image_row_parent_class)->direction_changed (widget, previous);
  forget_layouts (LIMNER_IMAGE_ROW (widget));
}

/* ---- drawing ---- */

static PangoLayout *
make_layout (LimnerImageRow *self, const char *text, double scale, PangoEllipsizeMode ellipsize)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  if (scale < 1.0)
    {
      PangoAttrList *attributes = pango_attr_list_new ();

      pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
      pango_layout_set_attributes (layout, attributes);
      pango_attr_list_unref (attributes);
    }
  pango_layout_set_ellipsize (layout, ellipsize);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

/* @x is from where lines begin: the left, or the right. */
static void
draw_text (LimnerImageRow *self,
           GtkSnapshot *snapshot,
           PangoLayout *layout,
           int x,
           int y,
           int width,
           const GdkRGBA *color)
{
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - width;
  if (pango_layout_get_width (layout) != width * PANGO_SCALE)
    pango_layout_set_width (layout, width * PANGO_SCALE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_mark (LimnerImageRow *self, GtkSnapshot *snapshot, int y, const GdkRGBA *text_color)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const int x = is_rtl ? get_padding (self)->right
                       : gtk_widget_get_width (widget) - get_padding (self)->right - MARK_SIZE;
  g_autoptr (GtkIconPaintable) icon =
      gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)),
                                  self->mark.icon, NULL, MARK_SIZE,
                                  gtk_widget_get_scale_factor (widget),
                                  gtk_widget_get_direction (widget), 0);
  GdkRGBA colors[4] = { *text_color, *text_color, *text_color, *text_color };

  if (self->mark.color == NULL ||
      !gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), self->mark.color,
                                       &colors[GTK_SYMBOLIC_COLOR_FOREGROUND]))
    colors[GTK_SYMBOLIC_COLOR_FOREGROUND].alpha *= DIM_ALPHA;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, MARK_SIZE,
                                            MARK_SIZE, colors, G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}

static void
draw_row (LimnerImageRow *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  const int left = row_padding.left + THUMBNAIL_WIDTH + SPACING;
  const int width = gtk_widget_get_width (GTK_WIDGET (self)) - left - SPACING - MARK_MARGIN -
                    MARK_SIZE - row_padding.right;
  const int height = gtk_widget_get_height (GTK_WIDGET (self));
  const int top = (height - get_text_height (self)) / 2;
  GdkRGBA dim = *color;

  if (self->count_layout == NULL)
    self->count_layout = make_layout (self, self->count, COUNT_SCALE, PANGO_ELLIPSIZE_END);
  dim.alpha *= COUNT_ALPHA;
  draw_text (self, snapshot, self->name_layout, left, top, MAX (width, 0), color);
  draw_text (self, snapshot, self->count_layout, left, top + self->name_height + LINE_SPACING,
             MAX (width, 0), &dim);
  draw_mark (self, snapshot, (height - MARK_SIZE) / 2, color);
}

/* The count is in the tooltip only: the picture has the room. */
static void
draw_cell (LimnerImageRow *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  const int foot = cell_padding.top + CELL_THUMBNAIL_HEIGHT + CELL_SPACING;
  const int width = gtk_widget_get_width (GTK_WIDGET (self)) - cell_padding.left - CELL_SPACING -
                    MARK_MARGIN - MARK_SIZE - cell_padding.right;
  const int height = get_text_height (self);

  draw_text (self, snapshot, self->name_layout, cell_padding.left,
             foot + (height - self->name_height) / 2, MAX (width, 0), color);
  draw_mark (self, snapshot, foot + (height - MARK_SIZE) / 2, color);
}

static void
limner_image_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (widget);
  GdkRGBA color;

  if (self->name == NULL)
    return;
  gtk_widget_snapshot_child (widget, self->thumbnail, snapshot);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (self->name_layout == NULL)
    /* the end tells frames from each other, where there is room for little more */
    self->name_layout =
        make_layout (self, self->name, 1.0,
                     self->is_cell ? PANGO_ELLIPSIZE_START : PANGO_ELLIPSIZE_MIDDLE);
  if (self->is_cell)
    draw_cell (self, snapshot, &color);
  else
    draw_row (self, snapshot, &color);
}

static gboolean
limner_image_row_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  LimnerImageRow *self = LIMNER_IMAGE_ROW (widget);

  gtk_tooltip_set_text (tooltip, self->tooltip);
  return self->tooltip != NULL;
}

static void
limner_image_row_class_init (LimnerImageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_image_row_dispose;
  widget_class->measure = limner_image_row_measure;
  widget_class->size_allocate = limner_image_row_size_allocate;
  widget_class->snapshot = limner_image_row_snapshot;
  widget_class->css_changed = limner_image_row_css_changed;
  widget_class->direction_changed = limner_image_row_direction_changed;
  widget_class->query_tooltip = limner_image_row_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "imagerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
limner_image_row_init (LimnerImageRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
limner_image_row_new (gboolean is_cell)
{
  LimnerImageRow *self = g_object_new (LIMNER_TYPE_IMAGE_ROW, NULL);

  self->is_cell = is_cell;
  if (is_cell)
    gtk_widget_add_css_class (GTK_WIDGET (self), "cell");
  self->thumbnail = is_cell ? limner_thumbnail_new (CELL_THUMBNAIL_WIDTH, CELL_THUMBNAIL_HEIGHT)
                            : limner_thumbnail_new (THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT);
  gtk_widget_set_parent (self->thumbnail, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

/* ---- what is shown ---- */

/* "3 shapes" */
static char *
dup_count_text (guint n_annotations)
{
  if (n_annotations == 0)
    return g_strdup (_ ("no shapes"));
  return g_strdup_printf (ngettext ("%'u shape", "%'u shapes", n_annotations), n_annotations);
}

static Mark
choose_mark (LimnerDataset *dataset, guint image)
{
  if (limner_dataset_get_image_trouble (dataset, image) != NULL)
    return (Mark){ "dialog-warning-symbolic", "warning_color", N_ ("cannot be read") };
  switch (limner_dataset_get_image_state (dataset, image))
    {
    case LIMNER_STATE_DONE:
    case LIMNER_STATE_ACCEPTED:
      return (Mark){ "object-select-symbolic", "success_color", N_ ("done") };
    case LIMNER_STATE_RETURNED:
      return (Mark){ "limner-state-returned-symbolic", "warning_color", N_ ("returned") };
    case LIMNER_STATE_NONE:
    case LIMNER_STATE_IN_PROGRESS:
    default:
      break;
    }
  if (limner_dataset_get_image_n_annotations (dataset, image) > 0)
    return (Mark){ "limner-state-annotated-symbolic", NULL, N_ ("annotated") };
  return (Mark){ "limner-state-none-symbolic", NULL, N_ ("without annotations") };
}

void
limner_image_row_update (LimnerImageRow *self, LimnerDataset *dataset, guint image)
{
  const char *trouble = limner_dataset_get_image_trouble (dataset, image);
  const char *name = limner_dataset_get_image_name (dataset, image);
  const char *state;
  g_autofree char *label = NULL;

  forget_layouts (self);
  self->mark = choose_mark (dataset, image);
  state = trouble != NULL ? trouble : _ (self->mark.name);
  g_free (self->count);
  self->count = dup_count_text (limner_dataset_get_image_n_annotations (dataset, image));
  g_free (self->tooltip);
  self->tooltip = g_strdup_printf ("%s\n%s\n%s", name, self->count, state);
  label = g_strdup_printf ("%s, %s, %s", self->name, self->count, state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limner_image_row_show (LimnerImageRow *self,
                       LimnerDataset *dataset,
                       guint image,
                       LimnerThumbnailCache *cache)
{
  g_autofree char *path = NULL;

  /* what only the COCO file mentions is opened when it is shown, and checked first */
  if (limner_dataset_has_image_file (dataset, image))
    path = limner_dataset_dup_image_path (dataset, image, NULL);
  g_free (self->name);
  self->name = g_filename_display_basename (limner_dataset_get_image_name (dataset, image));
  limner_image_row_update (self, dataset, image);
  limner_thumbnail_load (LIMNER_THUMBNAIL (self->thumbnail), cache, path);
}

void
limner_image_row_reset (LimnerImageRow *self)
{
  limner_thumbnail_load (LIMNER_THUMBNAIL (self->thumbnail), NULL, NULL);
}

const char *
limner_image_row_get_name (LimnerImageRow *self)
{
  return self->name;
}
