/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner"

#include "application.h"

#include <glib/gi18n.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Frames free and take large buffers again and again; page faults on them were half of a frame. */
static void
tune_allocator (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 64 << 20);
  mallopt (M_TOP_PAD, 16 << 20);
#endif
}

static gboolean
has_gpu (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_prefix (name, "renderD"))
        return TRUE;
    }
  return FALSE;
}

/*
 * Without a GPU the cairo renderer repaints only what changed, and not probing GL starts three
 * times faster. Only if neither variable is set: with gl-disable a person's GSK_RENDERER=gl would
 * silently become cairo.
 */
static void
choose_renderer (void)
{
  if (g_getenv ("GSK_RENDERER") != NULL || g_getenv ("GDK_DEBUG") != NULL || has_gpu ())
    return;
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
}

/*
 * GTK reads its own theme when it starts and libadwaita puts an empty one in its place, with its
 * own style beside it: a tenth of the time to the first frame was for a theme that is never seen.
 * Said here, before there are threads; limner_application_startup() takes it back. A theme that the
 * person asks for is left alone.
 */
static void
choose_theme (void)
{
  g_setenv ("GTK_THEME", LIMNER_START_THEME, FALSE);
}

int
main (int argc, char **argv)
{
  g_autoptr (LimnerApplication) application = NULL;

  tune_allocator ();
  choose_renderer ();
  choose_theme ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LIMNER_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("limner");
  g_set_application_name ("Limner");

  application = limner_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
