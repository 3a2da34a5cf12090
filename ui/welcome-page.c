/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-welcome-page"

#include "welcome-page.h"

#include "application.h"
#include "panels/thumbnail.h"

#include <glib/gi18n.h>

#define MAX_ROWS 4

struct _LimnerWelcomePage
{
  GtkWidget parent_instance;

  LimnerPlaces *places;
  LimnerThumbnailCache *thumbnails; /* (nullable): until there is something to show */
  GtkWidget *page;
  GtkWidget *recent;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (LimnerWelcomePage, limner_welcome_page, GTK_TYPE_WIDGET)

char *
limner_find_sample_folder (void)
{
  const char *const *dirs = g_get_system_data_dirs ();
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = NULL;
  char *sample;

  for (guint i = 0; dirs[i] != NULL; i++)
    {
      sample = g_build_filename (dirs[i], "limner", "sample", NULL);
      if (g_file_test (sample, G_FILE_TEST_IS_DIR))
        return sample;
      g_free (sample);
    }
  if (program == NULL)
    return NULL;
  /* A build folder inside the source folder: SOURCE/build/release/ui/limner, or one less deep. */
  folder = g_path_get_dirname (program);
  for (guint i = 0; i < 3; i++)
    {
      char *parent = g_path_get_dirname (folder);

      g_free (folder);
      folder = parent;
      sample = g_build_filename (folder, "tests", "data", "sample", NULL);
      if (g_file_test (sample, G_FILE_TEST_IS_DIR))
        return sample;
      g_free (sample);
    }
  return NULL;
}

/* "Today", "Yesterday", "12 May", "12 May 2024" */
static char *
dup_day (gint64 opened)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (opened);
  g_autoptr (GDateTime) today = NULL;
  GTimeSpan age;

  if (then == NULL)
    return g_strdup ("");
  today = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                 g_date_time_get_day_of_month (now), 0, 0, 0.0);
  age = g_date_time_difference (today, then);
  if (age <= 0)
    return g_strdup (_ ("Today"));
  if (age <= G_TIME_SPAN_DAY)
    return g_strdup (_ ("Yesterday"));
  if (g_date_time_get_year (then) == g_date_time_get_year (now))
    return g_date_time_format (then, _ ("%-d %B"));
  return g_date_time_format (then, _ ("%-d %B %Y"));
}

/* The folder above, with the home folder left out. */
static char *
dup_place_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const char *home = g_get_home_dir ();

  if (g_str_has_prefix (folder, home) && folder[strlen (home)] == G_DIR_SEPARATOR)
    return g_filename_display_name (folder + strlen (home) + 1);
  return g_filename_display_name (folder);
}

static GtkWidget *
new_thumbnail (LimnerWelcomePage *self, const LimnerPlace *place)
{
  GtkWidget *thumbnail = limner_thumbnail_new (48, 36);

  if (self->thumbnails == NULL)
    {
      g_autoptr (LimnerImageLoader) loader = limner_image_loader_new (0);

      self->thumbnails = limner_thumbnail_cache_new (loader);
    }
  limner_thumbnail_load (LIMNER_THUMBNAIL (thumbnail), self->thumbnails, place->picture);
  return thumbnail;
}

static GtkWidget *
new_row (LimnerWelcomePage *self, const LimnerPlace *place)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *day = gtk_label_new (NULL);
  g_autofree char *name = g_filename_display_basename (place->path);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *folder = dup_place_folder (place->path);
  g_autofree char *when = dup_day (place->opened);
  g_autofree char *subtitle = NULL;
  g_autofree char *escaped = NULL;

  if (place->n_images > 0)
    subtitle = g_strdup_printf (ngettext ("%'u image · %u %% done · %s",
                                          "%'u images · %u %% done · %s", place->n_images),
                                place->n_images, (guint) (100.0 * place->n_done / place->n_images),
                                folder);
  else
    subtitle = g_strdup (folder);
  escaped = g_markup_escape_text (subtitle, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  gtk_label_set_text (GTK_LABEL (day), when);
  gtk_widget_add_css_class (day, "dim-label");
  gtk_widget_add_css_class (day, "caption");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), new_thumbnail (self, place));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), day);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-path");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "^ay", place->path);
  return row;
}

static void
update_recent (LimnerWelcomePage *self)
{
  g_autoptr (GPtrArray) places = limner_places_list (self->places);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; i < MIN (places->len, MAX_ROWS); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), new_row (self, g_ptr_array_index (places, i)));
  gtk_widget_set_visible (self->recent, places->len > 0);
}

static void
limner_welcome_page_dispose (GObject *object)
{
  LimnerWelcomePage *self = LIMNER_WELCOME_PAGE (object);

  g_clear_object (&self->places);
  g_clear_object (&self->thumbnails);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_welcome_page_parent_class)->dispose (object);
}

static void
limner_welcome_page_class_init (LimnerWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_welcome_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "welcomepage");
}

static GtkWidget *
new_recent (LimnerWelcomePage *self)
{
  GtkWidget *heading = gtk_label_new (_ ("Recent"));

  self->recent = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_label_set_xalign (GTK_LABEL (heading), 0.0f);
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_set_margin_top (self->recent, 22);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_add_css_class (self->list, "recent-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Recent"), -1);
  gtk_box_append (GTK_BOX (self->recent), heading);
  gtk_box_append (GTK_BOX (self->recent), self->list);
  return self->recent;
}

static GtkWidget *
new_sample_button (void)
{
  g_autofree char *sample = limner_find_sample_folder ();
  GtkWidget *button;

  if (sample == NULL)
    return NULL;
  button = gtk_button_new_with_label (_ ("Try with sample images"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-sample");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "link");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  return button;
}

static void
limner_welcome_page_init (LimnerWelcomePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Open folder…"));
  GtkWidget *drop = gtk_label_new (_ ("or drop a folder, images or a COCO file here"));
  GtkWidget *sample = new_sample_button ();

  self->page = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->page), LIMNER_APPLICATION_ID);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->page), _ ("Open a folder of images"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (self->page),
      _ ("Limner finds the COCO file beside the images,\nor starts one with your first shape."));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-folder");
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_label_set_wrap (GTK_LABEL (drop), TRUE);
  gtk_label_set_justify (GTK_LABEL (drop), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (drop, "dim-label");
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), drop);
  gtk_box_append (GTK_BOX (box), new_recent (self));
  if (sample != NULL)
    gtk_box_append (GTK_BOX (box), sample);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 460);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  adw_status_page_set_child (ADW_STATUS_PAGE (self->page), clamp);
  gtk_widget_set_parent (self->page, GTK_WIDGET (self));
}

GtkWidget *
limner_welcome_page_new (LimnerPlaces *places)
{
  LimnerWelcomePage *self = g_object_new (LIMNER_TYPE_WELCOME_PAGE, NULL);

  self->places = g_object_ref (places);
  g_signal_connect_object (places, "changed", G_CALLBACK (update_recent), self, G_CONNECT_SWAPPED);
  update_recent (self);
  return GTK_WIDGET (self);
}
