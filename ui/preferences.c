/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-preferences"

#include "preferences.h"

enum
{
  PROP_0,
  PROP_THEME,
  PROP_SHOW_LABELS,
  PROP_SHOW_CROSSHAIR,
  PROP_SHOW_GRID,
  PROP_SHOW_MINIMAP,
  PROP_SHOW_RULERS,
  PROP_SHOW_MAGNIFIER,
  PROP_WHEEL_ZOOMS,
  PROP_KEEP_VIEW,
  PROP_RESTORE_LAST,
  PROP_SHOW_IMAGES,
  PROP_IMAGE_GRID,
  PROP_SHOW_SIDE,
  PROP_MAXIMIZED,
  PROP_FILL_OPACITY,
  PROP_OUTLINE_OPACITY,
  PROP_LINE_WIDTH,
  PROP_OUTLINE_ONLY,
  PROP_FADE_OTHERS,
  PROP_LINE_PATTERNS,
  PROP_COLOR_BY,
  PROP_COLOR_ATTRIBUTE,
  PROP_LABEL_CONTENT,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_CACHE_MB,
  PROP_MAX_MEGAPIXELS,
  N_PROPS
};

struct _LimnerPreferences
{
  GObject parent_instance;

  GSettings *settings; /* NULL where there is no schema */
  GValue values[N_PROPS];
};

G_DEFINE_FINAL_TYPE (LimnerPreferences, limner_preferences, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
limner_preferences_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  LimnerPreferences *self = LIMNER_PREFERENCES (object);

  if (prop_id == PROP_0 || prop_id >= N_PROPS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_value_copy (&self->values[prop_id], value);
}

static void
limner_preferences_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  LimnerPreferences *self = LIMNER_PREFERENCES (object);

  if (prop_id == PROP_0 || prop_id >= N_PROPS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  if (g_param_values_cmp (pspec, &self->values[prop_id], value) == 0)
    return;
  g_value_copy (value, &self->values[prop_id]);
  g_object_notify_by_pspec (object, pspec);
}

static void
limner_preferences_finalize (GObject *object)
{
  LimnerPreferences *self = LIMNER_PREFERENCES (object);

  g_clear_object (&self->settings);
  for (guint i = 1; i < N_PROPS; i++)
    g_value_unset (&self->values[i]);
  G_OBJECT_CLASS (limner_preferences_parent_class)->finalize (object);
}

static void
limner_preferences_class_init (LimnerPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = limner_preferences_get_property;
  object_class->set_property = limner_preferences_set_property;
  object_class->finalize = limner_preferences_finalize;

  properties[PROP_THEME] = g_param_spec_string ("theme", NULL, NULL, "system", flags);
  properties[PROP_SHOW_LABELS] = g_param_spec_boolean ("show-labels", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_CROSSHAIR] =
      g_param_spec_boolean ("show-crosshair", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_GRID] = g_param_spec_boolean ("show-grid", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_MINIMAP] = g_param_spec_boolean ("show-minimap", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_RULERS] = g_param_spec_boolean ("show-rulers", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_MAGNIFIER] =
      g_param_spec_boolean ("show-magnifier", NULL, NULL, FALSE, flags);
  properties[PROP_WHEEL_ZOOMS] = g_param_spec_boolean ("wheel-zooms", NULL, NULL, FALSE, flags);
  properties[PROP_KEEP_VIEW] = g_param_spec_boolean ("keep-view", NULL, NULL, FALSE, flags);
  properties[PROP_RESTORE_LAST] = g_param_spec_boolean ("restore-last", NULL, NULL, TRUE, flags);
  properties[PROP_SHOW_IMAGES] = g_param_spec_boolean ("show-images", NULL, NULL, TRUE, flags);
  properties[PROP_IMAGE_GRID] = g_param_spec_boolean ("image-grid", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_SIDE] = g_param_spec_boolean ("show-side", NULL, NULL, TRUE, flags);
  properties[PROP_MAXIMIZED] = g_param_spec_boolean ("maximized", NULL, NULL, FALSE, flags);
  properties[PROP_FILL_OPACITY] =
      g_param_spec_double ("fill-opacity", NULL, NULL, 0.0, 1.0, 0.18, flags);
  properties[PROP_OUTLINE_OPACITY] =
      g_param_spec_double ("outline-opacity", NULL, NULL, 0.0, 1.0, 1.0, flags);
  properties[PROP_LINE_WIDTH] =
      g_param_spec_double ("line-width", NULL, NULL, 1.0, 6.0, 2.0, flags);
  properties[PROP_OUTLINE_ONLY] = g_param_spec_boolean ("outline-only", NULL, NULL, FALSE, flags);
  properties[PROP_FADE_OTHERS] = g_param_spec_boolean ("fade-others", NULL, NULL, FALSE, flags);
  properties[PROP_LINE_PATTERNS] = g_param_spec_boolean ("line-patterns", NULL, NULL, FALSE, flags);
  properties[PROP_COLOR_BY] = g_param_spec_string ("color-by", NULL, NULL, "class", flags);
  properties[PROP_COLOR_ATTRIBUTE] = g_param_spec_string ("color-attribute", NULL, NULL, "", flags);
  properties[PROP_LABEL_CONTENT] =
      g_param_spec_string ("label-content", NULL, NULL, "class", flags);
  properties[PROP_WIDTH] = g_param_spec_uint ("width", NULL, NULL, 360, 32767, 1440, flags);
  properties[PROP_HEIGHT] = g_param_spec_uint ("height", NULL, NULL, 294, 32767, 900, flags);
  properties[PROP_CACHE_MB] = g_param_spec_uint ("cache-mb", NULL, NULL, 32, 16384, 32, flags);
  properties[PROP_MAX_MEGAPIXELS] =
      g_param_spec_uint ("max-megapixels", NULL, NULL, 1, 4000, 268, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/* The schema as installed, else the one that the build put beside the program. */
static GSettingsSchema *
find_schema (void)
{
  const char *id = "io.github.limner.Limner";
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = NULL;
  g_autoptr (GSettingsSchemaSource) beside = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = NULL;

  if (program != NULL)
    {
      folder = g_path_get_dirname (program);
      beside = g_settings_schema_source_new_from_directory (folder, source, TRUE, NULL);
    }
  if (beside != NULL)
    source = beside;
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, id, TRUE);
  return schema;
}

static void
limner_preferences_init (LimnerPreferences *self)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  for (guint i = 1; i < N_PROPS; i++)
    {
      g_value_init (&self->values[i], properties[i]->value_type);
      g_param_value_set_default (properties[i], &self->values[i]);
    }
  if (schema == NULL)
    {
      g_debug ("no settings schema is installed; preferences last for this session");
      return;
    }
  self->settings = g_settings_new_full (schema, NULL, NULL);
  for (guint i = 1; i < N_PROPS; i++)
    {
      /* An older schema that is installed may lack a key: asking for it would abort. */
      if (g_settings_schema_has_key (schema, properties[i]->name))
        g_settings_bind (self->settings, properties[i]->name, self, properties[i]->name,
                         G_SETTINGS_BIND_DEFAULT);
    }
}

LimnerPreferences *
limner_preferences_new (void)
{
  return g_object_new (LIMNER_TYPE_PREFERENCES, NULL);
}

gboolean
limner_preferences_get_boolean (LimnerPreferences *self, const char *name)
{
  gboolean value = FALSE;

  g_object_get (self, name, &value, NULL);
  return value;
}

guint
limner_preferences_get_uint (LimnerPreferences *self, const char *name)
{
  guint value = 0;

  g_object_get (self, name, &value, NULL);
  return value;
}

char *
limner_preferences_dup_string (LimnerPreferences *self, const char *name)
{
  char *value = NULL;

  g_object_get (self, name, &value, NULL);
  return value;
}
