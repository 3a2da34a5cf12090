/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the person likes and the window remembers, as properties that widgets bind to. They are kept
 * in GSettings where the schema is installed or lies beside the program (a build folder), else only
 * for the session. Main thread.
 *
 * Properties (notify): theme ("system", "light", "dark"), show-labels, show-crosshair, show-grid,
 * show-minimap, show-rulers, show-magnifier, wheel-zooms, keep-view, restore-last, show-images, image-grid,
 * show-side, maximized (boolean), fill-opacity, outline-opacity (double 0 .. 1), width, height,
 * cache-mb, max-megapixels (uint).
 */

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMNER_TYPE_PREFERENCES (limner_preferences_get_type ())
G_DECLARE_FINAL_TYPE (LimnerPreferences, limner_preferences, LIMNER, PREFERENCES, GObject)

LimnerPreferences *limner_preferences_new (void);
gboolean limner_preferences_get_boolean (LimnerPreferences *self, const char *name);
guint limner_preferences_get_uint (LimnerPreferences *self, const char *name);

/* (transfer full) */
char *limner_preferences_dup_string (LimnerPreferences *self, const char *name);

G_END_DECLS
