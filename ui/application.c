/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-application"

#include "application.h"

#include "commands.h"
#include "dialogs/preferences-window.h"
#include "limner-resources.h"
#include "window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <limner/coco-file.h>

/* At the end, for an index that is being written. */
#define FINISH_MS 200

/* A bus that is told of a process' end takes some milliseconds. */
#define N_REGISTER_TRIES 20
#define REGISTER_PAUSE_US 50000

struct _LimnerApplication
{
  AdwApplication parent_instance;

  LimnerPreferences *preferences;
  LimnerPlaces *places;
  LimnerOpener *opener;
  char *first_argument;         /* (nullable): that is not an option */
  GtkCssProvider *opaque_style; /* in use while nothing composites */
  guint signal_sources[3];
  gulong popover_hook;
};

G_DEFINE_FINAL_TYPE (LimnerApplication, limner_application, ADW_TYPE_APPLICATION)

LimnerPreferences *
limner_application_get_preferences (LimnerApplication *self)
{
  g_return_val_if_fail (LIMNER_IS_APPLICATION (self), NULL);
  return self->preferences;
}

LimnerPlaces *
limner_application_get_places (LimnerApplication *self)
{
  g_return_val_if_fail (LIMNER_IS_APPLICATION (self), NULL);
  return self->places;
}

LimnerOpener *
limner_application_get_opener (LimnerApplication *self)
{
  g_return_val_if_fail (LIMNER_IS_APPLICATION (self), NULL);
  return self->opener;
}

/* ---- actions ---- */

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (limner_window_new (user_data)));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  LimnerApplication *self = user_data;
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (limner_preferences_window_new (self->preferences, parent)));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Limner developers", NULL };

  adw_show_about_window (gtk_application_get_active_window (user_data), "application-name",
                         "Limner", "application-icon", LIMNER_APPLICATION_ID, "version",
                         LIMNER_VERSION, "developer-name", developers[0], "developers", developers,
                         "license-type", GTK_LICENSE_MIT_X11, "comments",
                         _ ("Draw boxes and polygons on images and keep them in a COCO file"),
                         NULL);
}

/* Every window closes as by its button: with a final save, and a question if work is at risk. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *item = windows; item != NULL; item = item->next)
    gtk_window_close (item->data);
}

static gboolean
on_terminate (gpointer user_data)
{
  g_action_group_activate_action (user_data, "quit", NULL);
  return G_SOURCE_CONTINUE;
}

/*
 * GTK 4.8 on X11: the surface of a popover that was put away goes on telling where the pointer is,
 * and the next press in its place is lost on it. Without a surface it cannot. What had the focus in
 * it loses it before, or an entry warns; it then belongs to the picture, where plain keys act.
 */
static gboolean
on_popover_closed (GSignalInvocationHint *hint,
                   guint n_values,
                   const GValue *values,
                   gpointer user_data)
{
  GtkWidget *popover = g_value_get_object (values);
  GtkRoot *root = gtk_widget_get_root (popover);
  GtkWidget *focus = LIMNER_IS_WINDOW (root) ? gtk_root_get_focus (root) : popover;

  if (focus == NULL || gtk_widget_is_ancestor (focus, popover))
    {
      gtk_root_set_focus (root, NULL);
      gtk_widget_activate_action (GTK_WIDGET (root), "win.focus-canvas", NULL);
    }
  gtk_widget_unrealize (popover);
  return TRUE;
}

static guint
get_popover_signal (void)
{
  g_type_class_unref (g_type_class_ref (GTK_TYPE_POPOVER));
  return g_signal_lookup ("closed", GTK_TYPE_POPOVER);
}

static void
on_composited (GdkDisplay *display, GParamSpec *pspec, LimnerApplication *self)
{
  GtkStyleProvider *style = GTK_STYLE_PROVIDER (self->opaque_style);

  if (gdk_display_is_composited (display))
    gtk_style_context_remove_provider_for_display (display, style);
  else
    gtk_style_context_add_provider_for_display (display, style,
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
}

static void
add_opaque_style (LimnerApplication *self)
{
  GdkDisplay *display = gdk_display_get_default ();

  self->opaque_style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (self->opaque_style,
                                       "/io/github/limner/Limner/style-opaque.css");
  g_signal_connect_object (display, "notify::composited", G_CALLBACK (on_composited), self, 0);
  on_composited (display, NULL, self);
}

static void
update_theme (LimnerApplication *self)
{
  g_autofree char *theme = limner_preferences_dup_string (self->preferences, "theme");
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (theme, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (theme, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

/* ---- GApplication ---- */

/* libadwaita must not see it, nor programs that are started from here. */
static void
leave_start_theme (void)
{
  if (g_strcmp0 (g_getenv ("GTK_THEME"), LIMNER_START_THEME) != 0)
    return;
  if (gtk_init_check ())
    gtk_settings_get_default ();
  g_unsetenv ("GTK_THEME");
}

/* The engine reads what the first window will show while GTK makes that window. */
static void
begin_open (LimnerApplication *self)
{
  g_autofree char *path = NULL;

  /* whoever wants the service says later what to open */
  if (g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_IS_SERVICE)
    return;
  if (self->first_argument != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->first_argument);

      path = g_file_get_path (file);
    }
  else if (limner_preferences_get_boolean (self->preferences, "restore-last"))
    path = limner_places_dup_last (self->places);
  if (path != NULL)
    limner_window_begin_open (self->opener, self->places, path);
}

static gboolean
limner_application_local_command_line (GApplication *application, char ***arguments, int *status)
{
  LimnerApplication *self = LIMNER_APPLICATION (application);

  gboolean is_path = FALSE;

  for (char **argument = *arguments + 1; *argument != NULL && self->first_argument == NULL;
       argument++)
    {
      if (is_path || **argument != '-')
        self->first_argument = g_strdup (*argument);
      is_path = is_path || g_str_equal (*argument, "--");
    }
  return G_APPLICATION_CLASS (limner_application_parent_class)
      ->local_command_line (application, arguments, status);
}

/* A Limner that was killed a moment ago may still have its name on the bus, and never answers. The
 * last try is the caller's, who says what is wrong. */
static void
register_patiently (GApplication *application)
{
  for (guint i = 0; i < N_REGISTER_TRIES; i++)
    {
      g_autoptr (GError) error = NULL;

      if (g_application_register (application, NULL, &error) ||
          !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
        return;
      g_debug ("%s", error->message);
      g_usleep (REGISTER_PAUSE_US);
    }
}

static void
limner_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "new-window", on_new_window },
    { "preferences", on_preferences },
    { "about", on_about },
    { "quit", on_quit },
  };
  static const int signal_numbers[] = { SIGTERM, SIGINT, SIGHUP };
  LimnerApplication *self = LIMNER_APPLICATION (application);

  g_resources_register (limner_ui_get_resource ());
  leave_start_theme ();
  self->preferences = limner_preferences_new ();
  self->places = limner_places_new ();
  begin_open (self);
  G_APPLICATION_CLASS (limner_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (LIMNER_APPLICATION_ID);
  g_signal_connect_object (self->preferences, "notify::theme", G_CALLBACK (update_theme), self,
                           G_CONNECT_SWAPPED);
  update_theme (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  {
    g_autoptr (GPropertyAction) theme = g_property_action_new ("theme", self->preferences, "theme");
    g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (theme));
  }
  limner_commands_set_accels (GTK_APPLICATION (self));
  add_opaque_style (self);
  self->popover_hook =
      g_signal_add_emission_hook (get_popover_signal (), 0, on_popover_closed, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    self->signal_sources[i] = g_unix_signal_add (signal_numbers[i], on_terminate, self);
}

static void
limner_application_activate (GApplication *application)
{
  LimnerApplication *self = LIMNER_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      window = GTK_WINDOW (limner_window_new (self));
      if (limner_preferences_get_boolean (self->preferences, "restore-last"))
        limner_window_restore (LIMNER_WINDOW (window));
      limner_window_present (LIMNER_WINDOW (window));
      return;
    }
  gtk_window_present (window);
}

/* Pictures of one folder belong into one window: only the first of each folder is opened. */
static void
limner_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  LimnerApplication *self = LIMNER_APPLICATION (application);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);
      GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

      if (path == NULL)
        {
          g_autofree char *uri = g_file_get_uri (files[i]);

          g_printerr (_ ("limner: %s is not a file on this computer; copy it here first\n"), uri);
          continue;
        }
      if (limner_window_is_picture_name (path) &&
          !g_hash_table_add (folders, g_path_get_dirname (path)))
        continue;
      if (window == NULL || limner_window_get_document (LIMNER_WINDOW (window)) != NULL ||
          limner_window_is_opening (LIMNER_WINDOW (window)))
        window = GTK_WINDOW (limner_window_new (self));
      limner_window_open (LIMNER_WINDOW (window), path);
      limner_window_present (LIMNER_WINDOW (window));
    }
}

static void
limner_application_shutdown (GApplication *application)
{
  LimnerApplication *self = LIMNER_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  if (self->popover_hook != 0)
    g_signal_remove_emission_hook (get_popover_signal (), self->popover_hook);
  self->popover_hook = 0;
  if (self->places != NULL)
    limner_places_flush (self->places);
  limner_coco_finish_indexes (FINISH_MS);
  g_clear_object (&self->opaque_style);
  g_clear_object (&self->opener);
  g_clear_object (&self->places);
  g_clear_object (&self->preferences);
  G_APPLICATION_CLASS (limner_application_parent_class)->shutdown (application);
}

static int
limner_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    {
      register_patiently (application);
      return -1;
    }
  g_print ("limner %s\n", LIMNER_VERSION);
  return 0;
}

static void
limner_application_finalize (GObject *object)
{
  g_free (LIMNER_APPLICATION (object)->first_argument);
  G_OBJECT_CLASS (limner_application_parent_class)->finalize (object);
}

static void
limner_application_class_init (LimnerApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = limner_application_finalize;
  application_class->handle_local_options = limner_application_handle_local_options;
  application_class->local_command_line = limner_application_local_command_line;
  application_class->startup = limner_application_startup;
  application_class->activate = limner_application_activate;
  application_class->open = limner_application_open;
  application_class->shutdown = limner_application_shutdown;
}

static void
limner_application_init (LimnerApplication *self)
{
  self->opener = limner_opener_new ();
}

LimnerApplication *
limner_application_new (void)
{
  static const GOptionEntry options[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version and leave"), NULL }, { NULL }
  };
  LimnerApplication *self =
      g_object_new (LIMNER_TYPE_APPLICATION, "application-id", LIMNER_APPLICATION_ID, "flags",
                    G_APPLICATION_HANDLES_OPEN, NULL);

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self),
                                                     _ ("[FOLDER | COCO FILE | IMAGE]"));
  return self;
}
