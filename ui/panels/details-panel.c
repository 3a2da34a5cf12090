/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-details-panel"

#include "details-panel.h"

#include "attribute-list.h"
#include "color-chip.h"
#include "number-field.h"

#include <glib/gi18n.h>
#include <math.h>

#define FOLLOW_MS 100

/* 1,000,000,000 px² */
#define AREA_CHARS 17

struct _LimnerDetailsPanel
{
  GtkWidget parent_instance;

  LimnerScene *scene;
  guint update_source;
  guint hand_tick;    /* the hand's shape is shown in the next frame */
  guint hand_source;  /* it was shown a moment ago */
  gboolean has_moved; /* since then */

  GtkWidget *box;
  GtkWidget *subtitle;
  GtkWidget *body;
  GtkWidget *fields[4]; /* x, y, width, height */
  GtkWidget *class_button;
  GtkWidget *class_chip;
  GtkWidget *class_name;
  GtkWidget *area;
  GtkWidget *id;
  GtkWidget *attributes;
};

G_DEFINE_FINAL_TYPE (LimnerDetailsPanel, limner_details_panel, GTK_TYPE_WIDGET)

/* ---- what is shown ---- */

/* (nullable): what the hand has made of it, else what it is. */
static LimnerShape *
get_shape (LimnerSceneItem *item)
{
  LimnerShape *held = limner_scene_item_get_held_shape (item);

  return held != NULL ? held : limner_scene_item_get_shape (item);
}

static char *
dup_kind_text (LimnerSceneItem *item)
{
  LimnerShape *shape = get_shape (item);
  LimnerCategory *category = limner_scene_item_get_category (item);
  const char *name = category != NULL ? limner_category_get_name (category) : _ ("unknown class");
  guint n;

  if (shape == NULL)
    return g_strdup_printf (_ ("%s, without a shape"), name);
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_POLYGON:
      n = limner_shape_get_n_points (shape);
      if (limner_shape_get_n_rings (shape) > 1)
        return g_strdup_printf (ngettext ("%s, polygon of %u point in %u parts",
                                          "%s, polygon of %u points in %u parts", n),
                                name, n, limner_shape_get_n_rings (shape));
      return g_strdup_printf (ngettext ("%s, polygon of %u point", "%s, polygon of %u points", n),
                              name, n);
    case LIMNER_SHAPE_MASK:
      return g_strdup_printf (_ ("%s, mask"), name);
    case LIMNER_SHAPE_BOX:
    default:
      return g_strdup_printf (_ ("%s, box"), name);
    }
}

static void
show_box (LimnerDetailsPanel *self, LimnerSceneItem *item)
{
  LimnerShape *shape = item != NULL ? get_shape (item) : NULL;
  const gboolean editable = shape != NULL && limner_scene_item_is_editable (item);
  LimnerBox box = { 0, 0, 0, 0 };
  double values[4];

  if (shape != NULL)
    box = limner_shape_get_bbox (shape);
  values[0] = box.x;
  values[1] = box.y;
  values[2] = box.width;
  values[3] = box.height;
  for (guint i = 0; i < G_N_ELEMENTS (self->fields); i++)
    {
      LimnerNumberField *field = LIMNER_NUMBER_FIELD (self->fields[i]);

      if (shape != NULL)
        limner_number_field_set_value (field, values[i]);
      else
        limner_number_field_clear (field);
      gtk_widget_set_sensitive (self->fields[i], editable);
    }
}

static void
show_class (LimnerDetailsPanel *self, GPtrArray *selection)
{
  LimnerSceneItem *first = selection->len > 0 ? g_ptr_array_index (selection, 0) : NULL;
  LimnerCategory *category = first != NULL ? limner_scene_item_get_category (first) : NULL;
  gboolean same = category != NULL;
  gboolean editable = TRUE;

  for (guint i = 0; i < selection->len; i++)
    {
      LimnerSceneItem *item = g_ptr_array_index (selection, i);

      same = same && limner_scene_item_get_category (item) == category;
      editable = editable && limner_scene_item_is_editable (item);
    }
  gtk_widget_set_visible (self->class_chip, same);
  if (same)
    limner_color_chip_set_color (LIMNER_COLOR_CHIP (self->class_chip),
                                 limner_category_get_color (category));
  if (first == NULL)
    gtk_label_set_text (GTK_LABEL (self->class_name), "");
  else
    gtk_label_set_text (GTK_LABEL (self->class_name),
                        same ? limner_category_get_name (category) : _ ("several"));
  gtk_widget_set_sensitive (self->class_button, editable);
}

static void
show_area (LimnerDetailsPanel *self, GPtrArray *selection)
{
  double area = 0.0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < selection->len; i++)
    {
      LimnerShape *shape = get_shape (g_ptr_array_index (selection, i));

      if (shape != NULL)
        area += limner_shape_get_area (shape);
    }
  if (selection->len > 0)
    text = g_strdup_printf (_ ("%'.0f px²"), area);
  gtk_inscription_set_text (GTK_INSCRIPTION (self->area), text);
}

static void
show_id (LimnerDetailsPanel *self, LimnerSceneItem *single)
{
  g_autofree char *id_text = NULL;

  if (single == NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->id), "");
      return;
    }
  id_text = g_strdup_printf ("%" G_GINT64_FORMAT, limner_scene_item_get_id (single));
  if (!isnan (limner_scene_item_get_annotation (single)->score))
    {
      g_autofree char *id = g_steal_pointer (&id_text);

      id_text = g_strdup_printf (_ ("%s · score %.3f"), id,
                                 limner_scene_item_get_annotation (single)->score);
    }
  gtk_label_set_text (GTK_LABEL (self->id), id_text);
}

/* What a drag changes. None of it takes another size, so that nothing is laid out anew. */
static void
follow_hand (LimnerDetailsPanel *self)
{
  LimnerSceneItem *single = limner_scene_get_single_selection (self->scene);
  g_autoptr (GPtrArray) selection = NULL;
  g_autofree char *text = NULL;

  if (single == NULL)
    return;
  selection = limner_scene_get_selection (self->scene);
  show_box (self, single);
  show_area (self, selection);
  text = dup_kind_text (single);
  if (!g_str_equal (text, gtk_label_get_text (GTK_LABEL (self->subtitle))))
    gtk_label_set_text (GTK_LABEL (self->subtitle), text);
}

static gboolean on_hand_due (gpointer user_data);

/* In the frame of the hand's own motion. */
static gboolean
on_hand_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  LimnerDetailsPanel *self = LIMNER_DETAILS_PANEL (widget);

  self->hand_tick = 0;
  follow_hand (self);
  self->hand_source = g_timeout_add (FOLLOW_MS, on_hand_due, self);
  return G_SOURCE_REMOVE;
}

/* A frame that paints numbers costs the window's thread a millisecond more, which is what the drag
 * itself may take: nobody reads faster. And nothing where nobody sees it. */
static void
queue_follow (LimnerDetailsPanel *self)
{
  self->has_moved = TRUE;
  if (self->hand_tick != 0 || self->hand_source != 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->has_moved = FALSE;
  self->hand_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_hand_tick, NULL, NULL);
}

static gboolean
on_hand_due (gpointer user_data)
{
  LimnerDetailsPanel *self = user_data;

  self->hand_source = 0;
  if (self->has_moved)
    queue_follow (self);
  return G_SOURCE_REMOVE;
}

static void
stop_following (LimnerDetailsPanel *self)
{
  g_clear_handle_id (&self->hand_source, g_source_remove);
  if (self->hand_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->hand_tick);
  self->hand_tick = 0;
}

static void
update (LimnerDetailsPanel *self)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self->scene);
  LimnerSceneItem *single = selection->len == 1 ? g_ptr_array_index (selection, 0) : NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_sensitive (self->body, selection->len > 0);
  if (selection->len == 0)
    text = g_strdup (_ ("nothing is selected"));
  else if (selection->len > 1)
    text =
        g_strdup_printf (ngettext ("%'u selected", "%'u selected", selection->len), selection->len);
  else if (single != NULL)
    text = dup_kind_text (single);
  gtk_label_set_text (GTK_LABEL (self->subtitle), text);
  show_box (self, single);
  show_class (self, selection);
  show_area (self, selection);
  show_id (self, single);
  limner_attribute_list_show (LIMNER_ATTRIBUTE_LIST (self->attributes), self->scene, single);
}

static gboolean
on_update_due (gpointer user_data)
{
  LimnerDetailsPanel *self = user_data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (LimnerDetailsPanel *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

/* ---- editing ---- */

static void
on_value_changed (LimnerNumberField *field, double value, LimnerDetailsPanel *self)
{
  LimnerSceneItem *item =
      self->scene != NULL ? limner_scene_get_single_selection (self->scene) : NULL;
  LimnerShape *shape = item != NULL ? limner_scene_item_get_shape (item) : NULL;
  LimnerBox from;
  LimnerBox to;
  g_autoptr (LimnerShape) changed = NULL;

  if (shape == NULL)
    return;
  from = limner_shape_get_bbox (shape);
  to = from;
  if (GTK_WIDGET (field) == self->fields[0])
    to.x = value;
  else if (GTK_WIDGET (field) == self->fields[1])
    to.y = value;
  else if (GTK_WIDGET (field) == self->fields[2])
    to.width = value;
  else
    to.height = value;
  if (to.width == from.width && to.height == from.height)
    changed = limner_shape_move (shape, to.x - from.x, to.y - from.y);
  else
    changed = limner_shape_resize (shape, &from, &to);
  limner_scene_set_shape (self->scene, item, changed, _ ("Set position and size"));
  queue_update (self);
}

/* ---- the widget ---- */

static void
limner_details_panel_dispose (GObject *object)
{
  LimnerDetailsPanel *self = LIMNER_DETAILS_PANEL (object);

  limner_details_panel_set_scene (self, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_details_panel_parent_class)->dispose (object);
}

/* Shown in the middle of a drag: up to then it was not followed. */
static void
limner_details_panel_map (GtkWidget *widget)
{
  LimnerDetailsPanel *self = LIMNER_DETAILS_PANEL (widget);

  GTK_WIDGET_CLASS (limner_details_panel_parent_class)->map (widget);
  if (self->scene != NULL)
    queue_follow (self);
}

static void
limner_details_panel_class_init (LimnerDetailsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_details_panel_dispose;
  widget_class->map = limner_details_panel_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "detailspanel");
}

static GtkWidget *
new_header (LimnerDetailsPanel *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Details"));

  self->subtitle = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->subtitle), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->subtitle, TRUE);
  gtk_widget_add_css_class (self->subtitle, "section-count");
  gtk_widget_add_css_class (title, "section-title");
  gtk_widget_add_css_class (header, "section-header");
  gtk_box_append (GTK_BOX (header), title);
  gtk_box_append (GTK_BOX (header), self->subtitle);
  return header;
}

static GtkWidget *
new_fields (LimnerDetailsPanel *self)
{
  static const struct
  {
    const char *letter;
    const char *name;
  } fields[] = {
    /* Translators: one letter inside a narrow field */
    { N_ ("X"), N_ ("Left edge, in pixels") },
    { N_ ("Y"), N_ ("Top edge, in pixels") },
    { N_ ("W"), N_ ("Width, in pixels") },
    { N_ ("H"), N_ ("Height, in pixels") },
  };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->fields); i++)
    {
      self->fields[i] = limner_number_field_new (_ (fields[i].letter), _ (fields[i].name));
      if (i >= 2)
        limner_number_field_set_range (LIMNER_NUMBER_FIELD (self->fields[i]), 1.0, G_MAXINT);
      g_signal_connect (self->fields[i], "value-changed", G_CALLBACK (on_value_changed), self);
      gtk_grid_attach (GTK_GRID (grid), self->fields[i], (int) (i % 2), (int) (i / 2), 1, 1);
    }
  return grid;
}

static void
add_row (GtkWidget *list, const char *title, GtkWidget *value)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), value);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

static GtkWidget *
new_value (void)
{
  GtkWidget *value = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (value), 1.0f);
  gtk_label_set_selectable (GTK_LABEL (value), FALSE);
  gtk_widget_add_css_class (value, "dim-label");
  gtk_widget_add_css_class (value, "numeric");
  return value;
}

/* It follows the hand: an inscription takes any text without asking for another size. */
static GtkWidget *
new_area (void)
{
  GtkWidget *area = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (area), 1.0f);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (area), AREA_CHARS);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (area),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_START);
  gtk_widget_add_css_class (area, "dim-label");
  gtk_widget_add_css_class (area, "numeric");
  return area;
}

static GtkWidget *
new_class_button (LimnerDetailsPanel *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->class_chip = limner_color_chip_new (12);
  self->class_name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->class_name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->class_name), 14);
  gtk_box_append (GTK_BOX (content), self->class_chip);
  gtk_box_append (GTK_BOX (content), self->class_name);
  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  self->class_button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->class_button), content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->class_button), "win.choose-class");
  gtk_widget_add_css_class (self->class_button, "flat");
  gtk_widget_add_css_class (self->class_button, "class-button");
  gtk_widget_set_tooltip_text (self->class_button, _ ("Change class (/)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->class_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Change class"), -1);
  gtk_widget_set_valign (self->class_button, GTK_ALIGN_CENTER);
  return self->class_button;
}

static void
limner_details_panel_init (LimnerDetailsPanel *self)
{
  GtkWidget *list = gtk_list_box_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), new_header (self));
  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_widget_add_css_class (self->body, "details-body");
  gtk_box_append (GTK_BOX (self->body), new_fields (self));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_add_css_class (list, "compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Details"), -1);
  add_row (list, _ ("Class"), new_class_button (self));
  self->area = new_area ();
  add_row (list, _ ("Area"), self->area);
  self->id = new_value ();
  add_row (list, _ ("Id"), self->id);
  gtk_box_append (GTK_BOX (self->body), list);
  self->attributes = limner_attribute_list_new ();
  gtk_widget_set_visible (self->attributes, FALSE);
  gtk_box_append (GTK_BOX (self->body), self->attributes);
  gtk_box_append (GTK_BOX (self->box), self->body);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

void
limner_details_panel_set_scene (LimnerDetailsPanel *self, LimnerScene *scene)
{
  g_clear_handle_id (&self->update_source, g_source_remove);
  stop_following (self);
  if (self->scene != NULL)
    g_signal_handlers_disconnect_by_data (self->scene, self);
  if (self->box != NULL)
    limner_attribute_list_show (LIMNER_ATTRIBUTE_LIST (self->attributes), NULL, NULL);
  g_set_object (&self->scene, scene);
  if (scene == NULL)
    return;
  g_signal_connect_object (scene, "selection-changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (scene, "changed", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scene, "held-changed", G_CALLBACK (queue_follow), self,
                           G_CONNECT_SWAPPED);
  /* at once: the first frame of a window shows it */
  update (self);
}
