/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-preferences-window"

#include "preferences-window.h"

struct _LimnerPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  LimnerPreferences *preferences;
  AdwComboRow *theme;
  GtkSwitch *restore_last;
  GtkSwitch *wheel_zooms;
  GtkSwitch *keep_view;
  GtkSwitch *show_labels;
  GtkSwitch *show_crosshair;
  GtkSpinButton *cache_mb;
  GtkAdjustment *cache_adjustment;
  GtkAdjustment *limit_adjustment;
};

G_DEFINE_FINAL_TYPE (LimnerPreferencesWindow,
                     limner_preferences_window,
                     ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows. */
static const char *const themes[] = { "system", "light", "dark" };

static void
on_theme_selected (LimnerPreferencesWindow *self)
{
  const guint selected = adw_combo_row_get_selected (self->theme);

  if (self->preferences != NULL && selected < G_N_ELEMENTS (themes))
    g_object_set (self->preferences, "theme", themes[selected], NULL);
}

static void
limner_preferences_window_dispose (GObject *object)
{
  LimnerPreferencesWindow *self = LIMNER_PREFERENCES_WINDOW (object);

  g_clear_object (&self->preferences);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_PREFERENCES_WINDOW);
  G_OBJECT_CLASS (limner_preferences_window_parent_class)->dispose (object);
}

static void
limner_preferences_window_class_init (LimnerPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_preferences_window_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limner/Limner/dialogs/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, theme);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, restore_last);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, wheel_zooms);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, keep_view);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, show_labels);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, show_crosshair);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, cache_mb);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, cache_adjustment);
  gtk_widget_class_bind_template_child (widget_class, LimnerPreferencesWindow, limit_adjustment);
  gtk_widget_class_bind_template_callback (widget_class, on_theme_selected);
}

static void
limner_preferences_window_init (LimnerPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
limner_preferences_window_new (LimnerPreferences *preferences, GtkWindow *parent)
{
  const GBindingFlags flags = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;
  g_autofree char *theme = limner_preferences_dup_string (preferences, "theme");
  LimnerPreferencesWindow *self = g_object_new (LIMNER_TYPE_PREFERENCES_WINDOW, "transient-for",
                                                parent, "modal", parent != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      if (g_str_equal (theme, themes[i]))
        adw_combo_row_set_selected (self->theme, i);
    }
  self->preferences = g_object_ref (preferences);
  g_object_bind_property (preferences, "restore-last", self->restore_last, "active", flags);
  g_object_bind_property (preferences, "wheel-zooms", self->wheel_zooms, "active", flags);
  g_object_bind_property (preferences, "keep-view", self->keep_view, "active", flags);
  g_object_bind_property (preferences, "show-labels", self->show_labels, "active", flags);
  g_object_bind_property (preferences, "show-crosshair", self->show_crosshair, "active", flags);
  g_object_bind_property (preferences, "cache-mb", self->cache_adjustment, "value", flags);
  g_object_bind_property (preferences, "max-megapixels", self->limit_adjustment, "value", flags);
  return GTK_WIDGET (self);
}
