/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image-panel"

#include "image-panel.h"

#include "image-row.h"
#include "thumbnail.h"

#include <glib/gi18n.h>

struct _LimnerImagePanel
{
  GtkWidget parent_instance;

  LimnerDocument *document;
  LimnerImageList *list;
  LimnerImageLoader *loader;
  LimnerThumbnailCache *thumbnails;
  GtkSingleSelection *selection;
  GArray *class_ids; /* gint64: what the rows of the drop-down mean, after "any class" */
  guint image;
  gboolean selecting; /* the selection follows the window, not a hand */

  GtkWidget *content;
  GtkEditable *search;
  GtkMenuButton *filter_button;
  GtkScrolledWindow *scroller;
  GtkListItemFactory *factory;
  GtkWidget *view; /* a list, or a grid */
  gboolean is_grid;
  GtkWidget *nothing;
  GtkProgressBar *done_bar;
  GtkLabel *position;
  GtkLabel *done;
  GtkBox *states_box;
  GtkDropDown *class_drop;
  GtkCheckButton *states[LIMNER_FILTER_UNREADABLE + 1];
};

G_DEFINE_FINAL_TYPE (LimnerImagePanel, limner_image_panel, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_IS_GRID,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_IMAGE_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- footer ---- */

static void
update_footer (LimnerImagePanel *self)
{
  LimnerDataset *dataset;
  guint n;
  guint shown;
  guint position;
  double share;
  g_autofree char *done = NULL;
  g_autofree char *where = NULL;

  if (self->document == NULL)
    return;
  dataset = limner_document_get_dataset (self->document);
  n = limner_dataset_get_n_images (dataset);
  shown = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  position = limner_image_list_find (self->list, self->image);
  share = n > 0 ? (double) limner_dataset_get_n_done (dataset) / n : 0.0;
  /* Rounded down: 100 % means all of them. */
  done = g_strdup_printf (_ ("%u %% done"), (guint) (share * 100.0));
  if (position == G_MAXUINT)
    where = g_strdup_printf (ngettext ("%'u image", "%'u images", shown), shown);
  else
    where = g_strdup_printf (_ ("%'u of %'u"), position + 1, shown);
  gtk_progress_bar_set_fraction (self->done_bar, share);
  gtk_label_set_text (self->done, done);
  gtk_label_set_text (self->position, where);
  gtk_widget_set_visible (self->nothing, shown == 0 && n > 0);
}

/* ---- rows ---- */

static void
on_item_changed (LimnerImageItem *item, GtkListItem *list_item)
{
  LimnerImagePanel *self = g_object_get_data (G_OBJECT (list_item), "panel");
  GtkWidget *row = gtk_list_item_get_child (list_item);

  if (self->document != NULL && row != NULL)
    limner_image_row_update (LIMNER_IMAGE_ROW (row), limner_document_get_dataset (self->document),
                             limner_image_item_get_image (item));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerImagePanel *self)
{
  g_object_set_data (G_OBJECT (list_item), "panel", self);
  gtk_list_item_set_child (list_item, limner_image_row_new (self->is_grid));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerImagePanel *self)
{
  LimnerImageItem *item = gtk_list_item_get_item (list_item);

  limner_image_row_show (LIMNER_IMAGE_ROW (gtk_list_item_get_child (list_item)),
                         limner_document_get_dataset (self->document),
                         limner_image_item_get_image (item), self->thumbnails);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_item_changed), list_item, 0);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, LimnerImagePanel *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_item_changed,
                                        list_item);
  limner_image_row_reset (LIMNER_IMAGE_ROW (gtk_list_item_get_child (list_item)));
}

/* ---- selection ---- */

static void
on_selected (LimnerImagePanel *self)
{
  const guint position = gtk_single_selection_get_selected (self->selection);
  guint image;

  if (self->selecting || position == GTK_INVALID_LIST_POSITION)
    return;
  image = limner_image_list_get_image (self->list, position);
  if (image != self->image)
    g_signal_emit (self, signals[SIGNAL_IMAGE_CHOSEN], 0, image);
}

static void
select_image (LimnerImagePanel *self)
{
  guint position;

  if (self->list == NULL)
    return;
  position = limner_image_list_find (self->list, self->image);
  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection,
                                     position == G_MAXUINT ? GTK_INVALID_LIST_POSITION : position);
  self->selecting = FALSE;
  if (position != G_MAXUINT)
    gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", position);
  update_footer (self);
}

/* ---- filter ---- */

static LimnerFilterState
get_state (LimnerImagePanel *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->states); i++)
    {
      if (gtk_check_button_get_active (self->states[i]))
        return (LimnerFilterState) i;
    }
  return LIMNER_FILTER_ALL;
}

static void
on_filter_changed (LimnerImagePanel *self)
{
  const char *text = gtk_editable_get_text (self->search);
  const guint selected = gtk_drop_down_get_selected (self->class_drop);
  LimnerImageFilter filter = { get_state (self), NULL, FALSE, 0 };
  gboolean narrowed;

  if (self->list == NULL)
    return;
  filter.text = *text != '\0' ? (char *) text : NULL;
  if (selected != GTK_INVALID_LIST_POSITION && selected > 0 && selected <= self->class_ids->len)
    {
      filter.has_category = TRUE;
      filter.category_id = g_array_index (self->class_ids, gint64, selected - 1);
    }
  narrowed = filter.state != LIMNER_FILTER_ALL || filter.has_category;
  if (narrowed)
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "narrowed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "narrowed");
  limner_image_list_set_filter (self->list, &filter);
}

static void
on_state_toggled (LimnerImagePanel *self, GtkCheckButton *button)
{
  if (gtk_check_button_get_active (button))
    on_filter_changed (self);
}

static void
on_show_all (LimnerImagePanel *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_check_button_set_active (self->states[LIMNER_FILTER_ALL], TRUE);
  gtk_drop_down_set_selected (self->class_drop, 0);
  on_filter_changed (self);
}

static void
on_stop_search (LimnerImagePanel *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
}

/* Enter goes to the first match. */
static void
on_search_activate (LimnerImagePanel *self)
{
  if (self->list == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    return;
  g_signal_emit (self, signals[SIGNAL_IMAGE_CHOSEN], 0,
                 limner_image_list_get_image (self->list, 0));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-canvas", NULL);
}

/* The classes as they are now; the chosen one stays chosen. */
static void
on_filter_popover_show (LimnerImagePanel *self)
{
  const guint selected = gtk_drop_down_get_selected (self->class_drop);
  gint64 chosen = -1;
  guint again = 0;
  GListModel *categories;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (self->document == NULL)
    return;
  if (selected != GTK_INVALID_LIST_POSITION && selected > 0 && selected <= self->class_ids->len)
    chosen = g_array_index (self->class_ids, gint64, selected - 1);
  categories = limner_dataset_get_categories (limner_document_get_dataset (self->document));
  gtk_string_list_append (names, _ ("any class"));
  g_array_set_size (self->class_ids, 0);
  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      const gint64 id = limner_category_get_id (category);

      gtk_string_list_append (names, limner_category_get_name (category));
      g_array_append_val (self->class_ids, id);
      if (id == chosen)
        again = i + 1;
    }
  g_signal_handlers_block_by_func (self->class_drop, on_filter_changed, self);
  gtk_drop_down_set_model (self->class_drop, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->class_drop, again);
  g_signal_handlers_unblock_by_func (self->class_drop, on_filter_changed, self);
}

static void
add_states (LimnerImagePanel *self)
{
  static const char *const labels[] = {
    N_ ("All images"),       N_ ("Without annotations"),
    N_ ("With annotations"), N_ ("Done"),
    N_ ("Not done"),         N_ ("Returned"),
    N_ ("Unreadable"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (self->states); i++)
    {
      self->states[i] = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_ (labels[i])));
      if (i > 0)
        gtk_check_button_set_group (self->states[i], self->states[0]);
      gtk_box_append (self->states_box, GTK_WIDGET (self->states[i]));
    }
  gtk_check_button_set_active (self->states[0], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->states); i++)
    g_signal_connect_object (self->states[i], "toggled", G_CALLBACK (on_state_toggled), self,
                             G_CONNECT_SWAPPED);
}

/* ---- list or grid ---- */

static void
set_model (LimnerImagePanel *self, GtkSelectionModel *model)
{
  if (self->is_grid)
    gtk_grid_view_set_model (GTK_GRID_VIEW (self->view), model);
  else
    gtk_list_view_set_model (GTK_LIST_VIEW (self->view), model);
}

static void
build_view (LimnerImagePanel *self)
{
  if (self->is_grid)
    self->view = gtk_grid_view_new (NULL, g_object_ref (self->factory));
  else
    self->view = gtk_list_view_new (NULL, g_object_ref (self->factory));
  gtk_widget_add_css_class (self->view, "image-list");
  if (!self->is_grid)
    gtk_widget_add_css_class (self->view, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Images"), -1);
  gtk_scrolled_window_set_child (self->scroller, self->view);
}

static void
set_is_grid (LimnerImagePanel *self, gboolean is_grid)
{
  const gboolean had_focus = gtk_widget_get_focus_child (GTK_WIDGET (self->scroller)) == self->view;

  if (self->is_grid == is_grid)
    return;
  if (self->document != NULL)
    set_model (self, NULL);
  self->is_grid = is_grid;
  build_view (self);
  if (self->document != NULL)
    {
      /* the thumbnails of the other arrangement have another size */
      g_object_unref (self->thumbnails);
      self->thumbnails = limner_thumbnail_cache_new (self->loader);
      set_model (self, GTK_SELECTION_MODEL (self->selection));
      select_image (self);
    }
  if (had_focus)
    gtk_widget_grab_focus (self->view);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_GRID]);
}

/* ---- public ---- */

static void
limner_image_panel_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_IS_GRID:
      g_value_set_boolean (value, LIMNER_IMAGE_PANEL (object)->is_grid);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
limner_image_panel_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_IS_GRID:
      set_is_grid (LIMNER_IMAGE_PANEL (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
limner_image_panel_dispose (GObject *object)
{
  LimnerImagePanel *self = LIMNER_IMAGE_PANEL (object);

  limner_image_panel_set_document (self, NULL, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->factory);
  g_clear_pointer (&self->class_ids, g_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_IMAGE_PANEL);
  G_OBJECT_CLASS (limner_image_panel_parent_class)->dispose (object);
}

static void
limner_image_panel_class_init (LimnerImagePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_image_panel_dispose;
  G_OBJECT_CLASS (klass)->get_property = limner_image_panel_get_property;
  G_OBJECT_CLASS (klass)->set_property = limner_image_panel_set_property;
  properties[PROP_IS_GRID] =
      g_param_spec_boolean ("is-grid", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[SIGNAL_IMAGE_CHOSEN] =
      g_signal_new ("image-chosen", LIMNER_TYPE_IMAGE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limner/Limner/panels/image-panel.ui");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "imagepanel");
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, content);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, search);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, filter_button);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, nothing);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, done_bar);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, position);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, done);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, states_box);
  gtk_widget_class_bind_template_child (widget_class, LimnerImagePanel, class_drop);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_popover_show);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
}

static void
limner_image_panel_init (LimnerImagePanel *self)
{
  self->factory = gtk_signal_list_item_factory_new ();
  self->image = LIMNER_NO_IMAGE;
  self->class_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  add_states (self);
  g_signal_connect (self->factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (self->factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (self->factory, "unbind", G_CALLBACK (on_unbind), self);
  build_view (self);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  /* After: the list view must know the items before it can scroll to one. */
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (select_image), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
limner_image_panel_set_document (LimnerImagePanel *self,
                                 LimnerDocument *document,
                                 LimnerImageLoader *loader)
{
  if (self->document != NULL)
    set_model (self, NULL);
  if (self->selection != NULL)
    gtk_single_selection_set_model (self->selection, NULL);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (limner_document_get_dataset (self->document), self);
  g_clear_object (&self->list);
  g_clear_object (&self->thumbnails);
  g_set_object (&self->loader, loader);
  g_set_object (&self->document, document);
  self->image = LIMNER_NO_IMAGE;
  if (document == NULL)
    return;

  self->thumbnails = limner_thumbnail_cache_new (loader);
  self->list = limner_image_list_new (limner_document_get_dataset (document));
  g_signal_connect_object (limner_document_get_dataset (document), "image-changed",
                           G_CALLBACK (update_footer), self, G_CONNECT_SWAPPED);
  gtk_editable_set_text (self->search, "");
  gtk_check_button_set_active (self->states[LIMNER_FILTER_ALL], TRUE);
  gtk_drop_down_set_selected (self->class_drop, 0);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->list));
  set_model (self, GTK_SELECTION_MODEL (self->selection));
  update_footer (self);
}

void
limner_image_panel_set_image (LimnerImagePanel *self, guint image)
{
  self->image = image;
  select_image (self);
}

LimnerImageList *
limner_image_panel_get_list (LimnerImagePanel *self)
{
  return self->list;
}

void
limner_image_panel_focus_search (LimnerImagePanel *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

void
limner_image_panel_focus_list (LimnerImagePanel *self)
{
  gtk_widget_grab_focus (self->view);
}
