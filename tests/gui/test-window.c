/* SPDX-License-Identifier: MIT */

/* The window itself: how it starts, its menus and keys, names for screen readers, themes, widths.
 */

#include "commands.h"
#include "gui-fixture.h"
#include "sentence.h"

#include <limner/document.h>

/* ---- starting ---- */

static void
see_welcome (Gui *gui)
{
  static const char *const off[] = { "save",  "export",      "next-image", "tool",
                                     "undo",  "redo",        "copy",       "delete",
                                     "go-to", "toggle-done", "nudge",      "find-image" };
  static const char *const on[] = { "open-folder", "open-file", "menu", "close", "full-screen" };

  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "Open a folder of images") != NULL);
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (gui->window), "Recent") == NULL);
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    if (gui_is_enabled (gui, off[i]))
      gui_fail (gui, G_STRLOC, off[i]);
  for (guint i = 0; i < G_N_ELEMENTS (on); i++)
    if (!gui_is_enabled (gui, on[i]))
      gui_fail (gui, G_STRLOC, on[i]);
  /* keys that mean nothing here do nothing */
  gui_key (gui, "r");
  gui_key (gui, "<Control>z");
  gui_key (gui, "<Control>s");
  gui_key (gui, "<Control>f");
  gui_key (gui, "slash");
}

static void
test_welcome (void)
{
  gui_run (NULL, see_welcome);
}

static void
see_no_classes (Gui *gui)
{
  GUI_CHECK (gui, gui_shows (gui, "No classes yet"));
  GUI_CHECK (gui, gui_shows (gui, "Nothing is annotated here yet"));
  /* a digit says what to do */
  gui_key (gui, "3");
  GUI_WAIT (gui, gui_shows (gui, "There is no class 3 yet"));
  gui_key (gui, "<Control>c");
  gui_key (gui, "Delete");
  gui_key (gui, "<Control>z");
  GUI_CHECK (gui, gui_n_shapes (gui) == 0);
}

static void
test_no_classes (void)
{
  g_autofree char *folder = limner_test_path ("photos");

  g_mkdir (folder, 0700);
  gui_copy_picture ("blood-2.jpg", folder, "a.jpg");
  gui_run (folder, see_no_classes);
}

static void
leave_at_last (Gui *gui)
{
  gui_key (gui, "End");
  gui_wait_picture (gui);
}

static void
see_last (Gui *gui)
{
  gui_wait_picture (gui);
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "highway-10.jpg"));
}

/* Started with nothing, it goes on where it was left; a second window is empty. */
static void
open_second (Gui *gui)
{
  GtkWindow *other;
  GList *windows;

  see_last (gui);
  gui_key (gui, "<Control>n");
  GUI_WAIT (gui, (other = gui_find_dialog (gui)) != NULL && LIMNER_IS_WINDOW (other));
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (other), "Open a folder of images") != NULL);
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (other), "Recent") != NULL);
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (other), "sample") != NULL);
  /* the same dataset in both: one document */
  gui_focus_window (gui, other);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (other), "sample"), 1);
  GUI_WAIT (gui, limner_window_get_document (LIMNER_WINDOW (other)) ==
                     limner_window_get_document (gui->window));
  gtk_window_close (other);
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  windows = gtk_application_get_windows (GTK_APPLICATION (gui->application));
  GUI_CHECK (gui, g_list_length (windows) == 1);
  gui_focus_window (gui, GTK_WINDOW (gui->window));
  gui_key (gui, "Home");
  gui_wait_picture (gui);
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

static void
test_restore (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, leave_at_last);
  gui_run_again (NULL, open_second);
}

static void
see_picture (Gui *gui)
{
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "highway-1.jpg"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 7);
}

static void
see_first (Gui *gui)
{
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "blood-1.jpg"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
}

/* A picture or a COCO file on the command line. */
static void
test_arguments (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *picture = g_build_filename (folder, "highway-1.jpg", NULL);
  g_autofree char *file = g_build_filename (folder, "_annotations.coco.json", NULL);

  gui_run (picture, see_picture);
  gui_run (file, see_first);
}

/* ---- sentences ---- */

static void
test_sentences (void)
{
  static const struct
  {
    const char *whole;
    const char *brief;
  } cases[] = {
    { "/data/my photos/a b.jpg: the file ends too early", "a b.jpg: the file ends too early" },
    { "/data/my photos/x/a.jpg and /data/my photos/b.jpg", "x/a.jpg and b.jpg" },
    { "the folder /data/my photos is gone", "the folder my photos is gone" },
    { "/data/annotations/a.json: no", "a.json: no" },
    { "/mnt/data/my photos/a.jpg", "/mnt/data/my photos/a.jpg" },
    { "/data/my photos2/a.jpg", "my photos2/a.jpg" },
    { "“/data/my photos/ü.jpg”", "“ü.jpg”" },
    { "HOME/a.jpg: HOME", "~/a.jpg: ~" },
    { "HOMElike/a.jpg", "HOMElike/a.jpg" },
    { "nothing", "nothing" },
    { "", "" },
  };
  const char *const folders[] = { "/data", "/data/my photos", "", "/", "/data/annotations", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].whole, "HOME", -1);
      g_autofree char *whole = g_strjoinv (g_get_home_dir (), parts);
      g_auto (GStrv) expected_parts = g_strsplit (cases[i].brief, "HOME", -1);
      g_autofree char *expected = g_strjoinv (g_get_home_dir (), expected_parts);
      g_autofree char *brief = limner_sentence_shorten (whole, folders);

      g_assert_cmpstr (brief, ==, expected);
    }
}

/* What matters of a long sentence is read: names first, several lines, the whole in the tooltip. */
static void
see_toast (Gui *gui)
{
  const char *folder = limner_document_get_folder (limner_window_get_document (gui->window));
  g_autofree char *whole =
      g_strdup_printf ("%s/a1.jpg: the picture ends in the middle of a line of pixels; what there "
                       "is of it is shown, and nothing of it is changed",
                       folder);
  GtkWidget *label;

  limner_window_toast (gui->window, whole);
  GUI_WAIT (gui,
            (label = gui_find_part (GTK_WIDGET (gui->window->toasts), "the picture ends")) != NULL);
  gui_wait_still (gui, label);
  GUI_CHECK (gui, g_str_has_prefix (gtk_label_get_text (GTK_LABEL (label)), "a1.jpg: "));
  GUI_CHECK (gui, g_strcmp0 (gtk_widget_get_tooltip_text (label), whole) == 0);
  GUI_CHECK (gui, !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));
}

static void
test_toast (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_toast);
}

/* ---- commands ---- */

static gboolean
has_action (Gui *gui, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  GActionGroup *group = G_ACTION_GROUP (gui->window);
  const GVariantType *type;

  if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
    return FALSE;
  if (g_str_has_prefix (name, "class."))
    return TRUE; /* of the panel: test-images uses them */
  if (g_str_has_prefix (name, "app."))
    group = G_ACTION_GROUP (gui->application);
  else if (!g_str_has_prefix (name, "win."))
    return FALSE;
  if (!g_action_group_has_action (group, name + 4))
    return FALSE;
  type = g_action_group_get_action_parameter_type (group, name + 4);
  return (type == NULL) == (target == NULL) &&
         (type == NULL || g_variant_is_of_type (target, type));
}

static guint
check_menu (Gui *gui, GMenuModel *menu)
{
  static const char *const links[] = { G_MENU_LINK_SECTION, G_MENU_LINK_SUBMENU };
  guint n = 0;

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *action = NULL;
      g_autofree char *label = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (links); j++)
        {
          g_autoptr (GMenuModel) below = g_menu_model_get_item_link (menu, i, links[j]);

          if (below != NULL)
            n += check_menu (gui, below);
        }
      if (!g_menu_model_get_item_attribute (menu, i, "action", "s", &action))
        continue;
      n++;
      g_menu_model_get_item_attribute (menu, i, "label", "s", &label);
      if (label == NULL || *label == '\0')
        gui_fail (gui, G_STRLOC, action);
      {
        g_autoptr (GVariant) target =
            g_menu_model_get_item_attribute_value (menu, i, "target", NULL);
        g_autofree char *detailed = g_action_print_detailed_name (action, target);

        if (!has_action (gui, detailed))
          gui_fail (gui, G_STRLOC, detailed);
      }
    }
  return n;
}

/* Every accelerator that acts, and every plain key, has a row with a name. */
static void
check_commands (Gui *gui)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  g_auto (GStrv) actions =
      gtk_application_list_action_descriptions (GTK_APPLICATION (gui->application));

  /* a key that is held down is no action */
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (commands[i].action, "win.peek") && !has_action (gui, commands[i].action))
      gui_fail (gui, G_STRLOC, commands[i].action);
  for (guint i = 0; actions[i] != NULL; i++)
    {
      gboolean named = FALSE;

      for (guint j = 0; j < n && !named; j++)
        named = commands[j].label != NULL && g_str_equal (commands[j].action, actions[i]);
      if (!named)
        gui_fail (gui, G_STRLOC, actions[i]);
    }
}

static void
collect_shortcuts (GtkWidget *root, GHashTable *found)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (root))
    {
      char *accelerator = NULL;
      g_autofree char *title = NULL;

      g_object_get (root, "accelerator", &accelerator, "title", &title, NULL);
      if (accelerator != NULL && title != NULL && *title != '\0')
        g_hash_table_add (found, accelerator);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_shortcuts (child, found);
}

static void
check_shortcuts_window (Gui *gui)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  GtkWindow *window;

  gui_key (gui, "<Control>question");
  GUI_WAIT (gui, (window = gui_find_dialog (gui)) != NULL);
  collect_shortcuts (GTK_WIDGET (window), found);
  for (guint i = 0; i < n; i++)
    {
      const LimnerCommand *command = &commands[i];
      g_autofree char *keys = NULL;

      if (command->label == NULL || (command->accels == NULL && command->keys == NULL))
        continue;
      keys = command->accels == NULL ? g_strdup (command->keys)
             : command->keys == NULL ? g_strdup (command->accels)
                                     : g_strjoin (" ", command->accels, command->keys, NULL);
      if (!g_hash_table_contains (found, keys))
        gui_fail (gui, G_STRLOC, command->action);
    }
  gui_focus_window (gui, window);
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  gui_focus_window (gui, GTK_WINDOW (gui->window));
}

static void
check_enabled (Gui *gui)
{
  GUI_CHECK (gui, gui_is_enabled (gui, "save") && gui_is_enabled (gui, "next-image"));
  GUI_CHECK (gui, !gui_is_enabled (gui, "copy") && !gui_is_enabled (gui, "duplicate"));
  GUI_CHECK (gui, !gui_is_enabled (gui, "redo"));
  gui_click (gui, 375, 260);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  GUI_CHECK (gui, gui_is_enabled (gui, "copy") && gui_is_enabled (gui, "duplicate"));
  GUI_CHECK (gui, gui_is_enabled (gui, "hide") && gui_is_enabled (gui, "zoom-selection"));
  gui_key (gui, "Delete");
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, gui_is_enabled (gui, "redo"));
}

static void
see_commands (Gui *gui)
{
  GMenuModel *menu = gtk_menu_button_get_menu_model (gui->window->menu_button);
  GMenuModel *open = adw_split_button_get_menu_model (gui->window->open_button);

  GUI_CHECK (gui, check_menu (gui, menu) >= 10);
  GUI_CHECK (gui, check_menu (gui, gui->window->canvas_menu) >= 10);
  GUI_CHECK (gui, check_menu (gui, open) >= 3);
  check_commands (gui);
  check_shortcuts_window (gui);
  check_enabled (gui);
  /* and the menu opens */
  gui_key (gui, "F10");
  GUI_WAIT (gui, gui_shows (gui, "About Limner"));
  gui_key (gui, "Escape");
  GUI_WAIT (gui, !gui_shows (gui, "About Limner"));
}

static void
test_commands (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_commands);
}

/* ---- names for screen readers ---- */

static gboolean
has_text (GtkWidget *root)
{
  if (GTK_IS_LABEL (root) && *gtk_label_get_text (GTK_LABEL (root)) != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child) && has_text (child))
      return TRUE;
  return FALSE;
}

/* Parts of GTK's own widgets have their names from the whole. */
static gboolean
is_inner (GtkWidget *widget)
{
  static const char *const owners[] = { "GtkMenuButton", "AdwSplitButton", "GtkWindowControls",
                                        "GtkDropDown",   "GtkSearchEntry", "AdwToastWidget" };

  for (GtkWidget *owner = gtk_widget_get_parent (widget); owner != NULL;
       owner = gtk_widget_get_parent (owner))
    for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
      if (g_str_equal (G_OBJECT_TYPE_NAME (owner), owners[i]))
        return TRUE;
  return FALSE;
}

static gboolean
needs_name (GtkWidget *widget)
{
  return (GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_DROP_DOWN (widget) ||
          GTK_IS_SEARCH_ENTRY (widget) || GTK_IS_SCALE (widget) || GTK_IS_LIST_VIEW (widget) ||
          LIMNER_IS_CANVAS (widget)) &&
         !is_inner (widget);
}

static guint
check_names (Gui *gui, GtkWidget *root)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (root))
    return 0;
  if (needs_name (root) && !has_text (root))
    {
      n++;
      if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (root),
                                             GTK_ACCESSIBLE_PROPERTY_LABEL) &&
          !gtk_test_accessible_has_relation (GTK_ACCESSIBLE (root),
                                             GTK_ACCESSIBLE_RELATION_LABELLED_BY))
        {
          g_autofree char *what =
              g_strdup_printf ("a %s in a %s has a name (%s)", G_OBJECT_TYPE_NAME (root),
                               G_OBJECT_TYPE_NAME (gtk_widget_get_parent (root)),
                               gtk_widget_get_tooltip_text (root) != NULL
                                   ? gtk_widget_get_tooltip_text (root)
                                   : "");

          gui_fail (gui, G_STRLOC, what);
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += check_names (gui, child);
  return n;
}

static void
see_names (Gui *gui)
{
  GUI_CHECK (gui, check_names (gui, GTK_WIDGET (gui->window)) > 10);
  gtk_menu_button_popup (gui->window->view_button);
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->view_popover)));
  check_names (gui, GTK_WIDGET (gui->window->view_popover));
  gui_key (gui, "Escape");
}

static void
test_names (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_names);
}

/* ---- looks ---- */

static void
see_themes (Gui *gui)
{
  GActionGroup *actions = G_ACTION_GROUP (gui->application);

  g_action_group_activate_action (actions, "theme", g_variant_new_string ("dark"));
  gui_wait_picture (gui);
  GUI_WAIT (gui, gui_get_color (gui, gui->canvas, 8, 8) == 0x171717);
  g_action_group_activate_action (actions, "theme", g_variant_new_string ("light"));
  gui_wait_picture (gui);
  GUI_WAIT (gui, gui_get_color (gui, gui->canvas, 8, 8) == 0xdeddda);
}

static void
test_themes (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_themes);
}

static gboolean
is_width (Gui *gui, int width)
{
  return abs (gtk_widget_get_width (GTK_WIDGET (gui->window)) - width) < 40;
}

static void
set_width (Gui *gui, int width)
{
  gtk_window_set_default_size (GTK_WINDOW (gui->window), width, 700);
  GUI_WAIT (gui, is_width (gui, width));
  gui_wait_picture (gui);
}

/* The picture has at least this share of the window. */
static double
get_share (Gui *gui)
{
  return (double) gtk_widget_get_width (gui->canvas) * gtk_widget_get_height (gui->canvas) /
         gtk_widget_get_width (GTK_WIDGET (gui->window)) /
         gtk_widget_get_height (GTK_WIDGET (gui->window));
}

static void
see_widths (Gui *gui)
{
  LimnerWindow *window = gui->window;

  GUI_CHECK (gui, get_share (gui) >= 0.60);
  GUI_CHECK (gui, !adw_flap_get_folded (window->right_flap));
  set_width (gui, 880);
  GUI_WAIT (gui, adw_flap_get_folded (window->right_flap));
  GUI_CHECK (gui, !adw_flap_get_folded (window->left_flap));
  GUI_CHECK (gui, !adw_flap_get_reveal_flap (window->right_flap));
  gui_key (gui, "<Shift>F9");
  GUI_WAIT (gui, adw_flap_get_reveal_flap (window->right_flap));
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (window), "spinal cord") != NULL);
  gui_key (gui, "<Shift>F9");
  set_width (gui, 580);
  GUI_WAIT (gui, adw_flap_get_folded (window->left_flap));
  gui_key (gui, "F9");
  GUI_WAIT (gui, adw_flap_get_reveal_flap (window->left_flap));
  gui_key (gui, "F9");
  GUI_WAIT (gui, !adw_flap_get_reveal_flap (window->left_flap));
  set_width (gui, 1280);
  GUI_WAIT (gui, !adw_flap_get_folded (window->right_flap));
  GUI_WAIT (gui, adw_flap_get_reveal_flap (window->right_flap));
  GUI_WAIT (gui, adw_flap_get_reveal_flap (window->left_flap));
}

static void
test_widths (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_widths);
}

/* Large text makes no warnings and leaves the picture in sight. */
static void
see_large_text (Gui *gui)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  gui_wait_picture (gui);
  GUI_CHECK (gui, gtk_widget_get_width (gui->canvas) > 300);
  gui_click (gui, 375, 260);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  gui_key (gui, "slash");
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->class_popup)));
  gui_key (gui, "Escape");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
  gui_settle (gui);
}

static void
test_large_text (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_large_text);
}

/* ---- tools ---- */

/* The tool before comes back again and again, and keeps its name. */
static void
see_repeated_tool (Gui *gui)
{
  GActionGroup *actions = G_ACTION_GROUP (gui->window);

  gui_key (gui, "p");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) state = NULL;

      gui_key (gui, "v");
      g_action_group_activate_action (actions, "repeat-tool", NULL);
      state = g_action_group_get_action_state (actions, "tool");
      GUI_CHECK (gui, g_str_equal (g_variant_get_string (state, NULL), "polygon"));
    }
}

static void
test_repeated_tool (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_repeated_tool);
}

/* ---- frames ---- */

/* The block that frames go to the X server through is kept, and a whole frame fits into it. */
static void
see_frame_memory (Gui *gui)
{
  GdkDisplay *display = gtk_widget_get_display (gui->canvas);
  const int scale = gtk_widget_get_scale_factor (gui->canvas);
  cairo_surface_t *kept = g_object_get_data (G_OBJECT (display), "limner-frame-memory");

  GUI_CHECK (gui, kept != NULL && cairo_surface_status (kept) == CAIRO_STATUS_SUCCESS);
  GUI_CHECK (gui, kept != NULL && cairo_image_surface_get_width (kept) >=
                                      gtk_widget_get_width (GTK_WIDGET (gui->window)) * scale);
  GUI_CHECK (gui, kept != NULL && cairo_image_surface_get_height (kept) >=
                                      gtk_widget_get_height (GTK_WIDGET (gui->window)) * scale);
}

static void
test_frame_memory (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_frame_memory);
}

/* ---- the first frame ---- */

/* As long as a window waits for what it opens: a slow machine shows it empty. */
#define PRESENT_WAIT_MS 200

typedef struct
{
  gint64 start;
  guint n_empty;
} FirstFrame;

/* Whether a window is painted before it is filled, though it could have waited. */
static gboolean
on_map (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  GtkWidget *widget = g_value_get_object (values);
  FirstFrame *self = user_data;

  if (LIMNER_IS_WINDOW (widget) && limner_window_get_document (LIMNER_WINDOW (widget)) == NULL &&
      g_get_monotonic_time () - self->start < PRESENT_WAIT_MS * 1000)
    self->n_empty++;
  return TRUE;
}

/* What a start of GTK itself needs is not left to programs that are started from here. */
static void
see_first_frame (Gui *gui)
{
  GUI_CHECK (gui, g_getenv ("GTK_THEME") == NULL);
}

static void
test_first_frame (void)
{
  g_autofree char *folder = gui_make_sample ();
  FirstFrame frame = { 0 };
  gulong hook;

  g_type_class_unref (g_type_class_ref (GTK_TYPE_WIDGET));
  hook = g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, on_map, &frame,
                                     NULL);
  g_setenv ("GTK_THEME", LIMNER_START_THEME, TRUE);
  frame.start = g_get_monotonic_time ();
  gui_run (folder, see_first_frame);
  g_signal_remove_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), hook);
  g_assert_cmpuint (frame.n_empty, ==, 0);
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "sentences", test_sentences },
    { "toast", test_toast },
    { "frame-memory", test_frame_memory },
    { "repeated-tool", test_repeated_tool },
    { "welcome", test_welcome },
    { "no-classes", test_no_classes },
    { "restore", test_restore },
    { "arguments", test_arguments },
    { "commands", test_commands },
    { "names", test_names },
    { "themes", test_themes },
    { "widths", test_widths },
    { "large-text", test_large_text },
    { "first-frame", test_first_frame },
    { NULL },
  };

  /* names are kept, though nobody reads them */
  g_setenv ("GTK_A11Y", "test", TRUE);
  return limner_test_main (argc, argv, "gui-window", cases);
}
