/* SPDX-License-Identifier: MIT */

/* Small pictures in the rows of a list: which come first, and that none is lost again. */

#include "gui-fixture.h"

#include "panels/thumbnail.h"

#include <adwaita.h>

#define N_PICTURES 120
#define WAIT_MS 20000

typedef struct
{
  char *folder;
  LimnerImageLoader *loader;
  LimnerThumbnailCache *cache;
  GtkWindow *window;
} World;

static char *
dup_path (World *self, guint i)
{
  return g_strdup_printf ("%s/%03u.jpg", self->folder, i);
}

static void
open_world (World *self)
{
  self->folder = limner_test_path ("many");
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u.jpg", i);

      gui_copy_picture ("highway-1.jpg", self->folder, name);
    }
  self->loader = limner_image_loader_new (1 << 20);
  self->cache = limner_thumbnail_cache_new (self->loader);
  self->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (self->window, 200, 300);
}

static void
close_world (World *self)
{
  gtk_window_destroy (self->window);
  limner_image_loader_close (self->loader);
  g_object_unref (self->cache);
  g_object_unref (self->loader);
  g_free (self->folder);
}

/* ---- one after the other ---- */

static LimnerThumbnail *
add_thumbnail (World *self)
{
  GtkWidget *thumbnail = limner_thumbnail_new (56, 42);

  gtk_box_append (GTK_BOX (gtk_window_get_child (self->window)), thumbnail);
  return LIMNER_THUMBNAIL (thumbnail);
}

static gboolean
wait_texture (LimnerThumbnail *thumbnail)
{
  const gint64 end = g_get_monotonic_time () + WAIT_MS * 1000;

  while (limner_thumbnail_get_texture (thumbnail) == NULL && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  return limner_thumbnail_get_texture (thumbnail) != NULL;
}

/* What has been shown is there at once, in any row. */
static void
test_kept (void)
{
  World world = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  LimnerThumbnail *first, *second;

  open_world (&world);
  path = dup_path (&world, 0);
  other = dup_path (&world, 1);
  gtk_window_set_child (world.window, gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  first = add_thumbnail (&world);
  second = add_thumbnail (&world);
  gtk_window_present (world.window);

  limner_thumbnail_load (first, world.cache, path);
  g_assert_true (wait_texture (first));
  texture = g_object_ref (limner_thumbnail_get_texture (first));
  limner_thumbnail_load (first, world.cache, path);
  g_assert_true (limner_thumbnail_get_texture (first) == texture);
  limner_thumbnail_load (second, world.cache, path);
  g_assert_true (limner_thumbnail_get_texture (second) == texture);

  limner_thumbnail_load (first, world.cache, other);
  g_assert_null (limner_thumbnail_get_texture (first));
  g_assert_true (wait_texture (first));
  g_assert_true (limner_thumbnail_get_texture (first) != texture);
  limner_thumbnail_load (first, NULL, NULL);
  g_assert_null (limner_thumbnail_get_texture (first));
  limner_thumbnail_load (first, world.cache, path);
  g_assert_true (limner_thumbnail_get_texture (first) == texture);
  close_world (&world);
}

/* ---- rows of a list ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, World *self)
{
  gtk_list_item_set_child (item, limner_thumbnail_new (56, 42));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, World *self)
{
  limner_thumbnail_load (LIMNER_THUMBNAIL (gtk_list_item_get_child (item)), self->cache,
                         gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkWidget *
add_list (World *self)
{
  GtkStringList *paths = gtk_string_list_new (NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list;

  for (guint i = 0; i < N_PICTURES; i++)
    gtk_string_list_take (paths, dup_path (self, i));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (paths))),
                            factory);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_window_set_child (self->window, scroller);
  return list;
}

static void
count (GtkWidget *list, guint *n_in_view, guint *n_shown_in_view, guint *n_shown)
{
  *n_in_view = *n_shown_in_view = *n_shown = 0;
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *thumbnail = gtk_widget_get_first_child (row);
      const gboolean is_shown = limner_thumbnail_get_texture (LIMNER_THUMBNAIL (thumbnail)) != NULL;
      const gboolean is_in_view = gtk_widget_get_mapped (thumbnail);

      *n_in_view += is_in_view;
      *n_shown_in_view += is_shown && is_in_view;
      *n_shown += is_shown;
    }
}

/* A list binds more rows than it shows; a leap to its end before they have come. */
static void
test_in_view_first (void)
{
  World world = { 0 };
  GtkAdjustment *place;
  GtkWidget *list;
  const gint64 end = g_get_monotonic_time () + WAIT_MS * 1000;
  guint n_in_view = 0, n_shown_in_view = 0, n_shown = 0;

  open_world (&world);
  list = add_list (&world);
  place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  gtk_window_present (world.window);
  while (n_shown == 0 && g_get_monotonic_time () < end)
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      count (list, &n_in_view, &n_shown_in_view, &n_shown);
    }
  gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place));
  do
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      count (list, &n_in_view, &n_shown_in_view, &n_shown);
    }
  while ((n_in_view == 0 || n_shown_in_view < n_in_view) && g_get_monotonic_time () < end);
  g_assert_cmpuint (n_in_view, >, 3);
  g_assert_cmpuint (n_in_view, <, 20);
  g_assert_cmpuint (n_shown_in_view, ==, n_in_view);
  /* of the hundred others only those that were under way */
  g_assert_cmpuint (n_shown, <, n_in_view + 40);
  close_world (&world);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "kept", test_kept },
    { "in-view-first", test_in_view_first },
    { NULL },
  };

  adw_init ();
  return limner_test_main (argc, argv, "thumbnails", cases);
}
