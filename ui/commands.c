/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-commands"

#include "commands.h"

#include <glib/gi18n.h>
#include <limner/tool.h>

#define FILES N_ ("Dataset")
#define GO N_ ("Images")
#define DRAW N_ ("Drawing")
#define EDIT N_ ("Shapes")
#define CLASSES N_ ("Classes")
#define VIEW N_ ("View")
#define LIGHT N_ ("Light and dark")
#define GENERAL N_ ("General")

/*
 * Two commands are pressed and released and therefore not in the canvas' shortcut controller:
 * win.toggle-done: the canvas pans while Space is held and activates this action itself for a tap;
 * win.peek: the window hides shapes while the key is down (window-keys.c).
 */
static const LimnerCommand table[] = {
  { "win.open-folder", N_ ("Open folder"), FILES, "<Control>o <Control>u", NULL },
  { "win.open-file", N_ ("Open COCO file or image"), FILES, "<Control><Shift>o", NULL },
  { "win.save", N_ ("Write the COCO file now"), FILES, "<Control>s", NULL },
  { "win.export", N_ ("Export"), FILES, "<Control><Shift>e", NULL },
  { "win.show-folder", N_ ("Show in the file manager"), FILES, "<Control><Alt>o", NULL },
  { "win.retry", N_ ("Try again"), FILES, "<Control><Alt>r", NULL },
  { "win.save-elsewhere", N_ ("Save elsewhere"), FILES, "<Control><Shift>s", NULL },
  { "win.write-in-place", N_ ("Write into the file itself"), FILES, "<Control><Alt>w", NULL },
  { "win.take-over", N_ ("Take the dataset over"), FILES, "<Control><Alt>a", NULL },
  { "win.choose-image-root", N_ ("Choose the folder of the images"), FILES, "<Control><Alt>i",
    NULL },
  { "win.show-last-change", N_ ("Show what changed last"), FILES, "<Control><Alt>g", NULL },
  { "win.conflicts", N_ ("Compare what another program changed, too"), FILES, "<Control><Alt>c",
    NULL },

  { "win.next-image", N_ ("Next image"), GO, NULL, "d Page_Down" },
  { "win.previous-image", N_ ("Previous image"), GO, NULL, "a Page_Up" },
  { "win.next-image", NULL, NULL, NULL, "KP_Page_Down" },
  { "win.previous-image", NULL, NULL, NULL, "KP_Page_Up" },
  { "win.next-empty", N_ ("Next image without annotations"), GO, NULL, "<Shift>d" },
  { "win.previous-empty", N_ ("Previous image without annotations"), GO, NULL, "<Shift>a" },
  { "win.first-image", N_ ("First image"), GO, NULL, "Home" },
  { "win.last-image", N_ ("Last image"), GO, NULL, "End" },
  { "win.go-to", N_ ("Go to image"), GO, "<Control>g", NULL },
  { "win.find-image", N_ ("Filter images"), GO, "<Control>f", NULL },
  { "win.reload-image", N_ ("Read the image again"), GO, "F5", NULL },
  { "win.show-image-file", N_ ("Show the image in the file manager"), GO, "<Control><Alt>f", NULL },
  { "win.toggle-done", N_ ("Mark image as done, or not (short press)"), GO, NULL, "space" },

  { "win.tool::box", NULL, NULL, NULL, "w" },
  { "win.tool::select", NULL, NULL, "<Control>j", NULL },
  { "win.repeat-tool", N_ ("Last drawing tool again"), DRAW, NULL, "n" },
  { "win.finish", N_ ("Finish the shape"), DRAW, NULL, "Return" },
  { "win.escape", N_ ("Give up the shape, select nothing"), DRAW, NULL, "Escape" },

  { "win.undo", N_ ("Undo"), EDIT, NULL, "<Control>z" },
  { "win.redo", N_ ("Redo"), EDIT, NULL, "<Control><Shift>z <Control>y" },
  { "win.cut", N_ ("Cut"), EDIT, NULL, "<Control>x" },
  { "win.copy", N_ ("Copy"), EDIT, NULL, "<Control>c" },
  { "win.paste", N_ ("Paste"), EDIT, NULL, "<Control>v" },
  { "win.paste-previous", N_ ("Paste annotations of the previous image"), EDIT, NULL,
    "<Control><Shift>v" },
  { "win.duplicate", N_ ("Duplicate"), EDIT, NULL, "<Control>d" },
  { "win.delete", N_ ("Delete"), EDIT, NULL, "Delete" },
  { "win.backspace", N_ ("Take the last point back"), EDIT, NULL, "BackSpace" },
  { "win.select-all", N_ ("Select all"), EDIT, NULL, "<Control>a" },
  { "win.select-next", N_ ("Next shape"), EDIT, NULL, "Tab" },
  { "win.select-previous", N_ ("Previous shape"), EDIT, NULL, "<Shift>Tab" },
  { "win.select-previous", NULL, NULL, NULL, "<Shift>ISO_Left_Tab ISO_Left_Tab" },
  { "win.nudge((-1.0,0.0))", N_ ("Move by one pixel"), EDIT, NULL, "Left" },
  { "win.nudge((1.0,0.0))", NULL, NULL, NULL, "Right" },
  { "win.nudge((0.0,-1.0))", NULL, NULL, NULL, "Up" },
  { "win.nudge((0.0,1.0))", NULL, NULL, NULL, "Down" },
  { "win.nudge((-10.0,0.0))", N_ ("Move by ten pixels"), EDIT, NULL, "<Shift>Left" },
  { "win.nudge((10.0,0.0))", NULL, NULL, NULL, "<Shift>Right" },
  { "win.nudge((0.0,-10.0))", NULL, NULL, NULL, "<Shift>Up" },
  { "win.nudge((0.0,10.0))", NULL, NULL, NULL, "<Shift>Down" },
  { "win.hide", N_ ("Hide what is selected"), EDIT, NULL, "h" },
  { "win.hide-others", N_ ("Hide all others"), EDIT, NULL, "<Shift>h" },
  { "win.show-all", N_ ("Show all"), EDIT, NULL, "t" },
  { "win.peek", N_ ("Picture without shapes while pressed"), EDIT, NULL, "x" },
  { "win.lock", N_ ("Lock what is selected, or unlock it"), EDIT, NULL, "l" },
  { "win.lock-all", N_ ("Lock all, or unlock all"), EDIT, NULL, "<Shift>l" },

  { "win.class-key(1)", N_ ("Class 1 to 10: the next shape, or what is selected"), CLASSES, NULL,
    "1" },
  { "win.class-key(2)", NULL, NULL, NULL, "2 KP_2" },
  { "win.class-key(3)", NULL, NULL, NULL, "3 KP_3" },
  { "win.class-key(4)", NULL, NULL, NULL, "4 KP_4" },
  { "win.class-key(5)", NULL, NULL, NULL, "5 KP_5" },
  { "win.class-key(6)", NULL, NULL, NULL, "6 KP_6" },
  { "win.class-key(7)", NULL, NULL, NULL, "7 KP_7" },
  { "win.class-key(8)", NULL, NULL, NULL, "8 KP_8" },
  { "win.class-key(9)", NULL, NULL, NULL, "9 KP_9" },
  { "win.class-key(10)", NULL, NULL, NULL, "0 KP_0" },
  { "win.choose-class", N_ ("Find a class"), CLASSES, "<Control>e", "slash" },

  { "win.zoom-in", N_ ("Zoom in"), VIEW, "<Control>plus", "plus" },
  { "win.zoom-out", N_ ("Zoom out"), VIEW, "<Control>minus", "minus" },
  { "win.zoom-full", N_ ("One image pixel on one screen pixel"), VIEW, "<Control>0", NULL },
  { "win.zoom-fit", N_ ("Whole image"), VIEW, NULL, "f" },
  { "win.zoom-selection", N_ ("Zoom to what is selected"), VIEW, NULL, "<Shift>f" },
  { "win.rotate-right", N_ ("Turn the view to the right"), VIEW, "<Alt>Right", NULL },
  { "win.rotate-left", N_ ("Turn the view to the left"), VIEW, "<Alt>Left", NULL },
  { "win.mirror", N_ ("Mirror the view"), VIEW, "<Alt>m", NULL },
  { "win.upright", N_ ("View as the image is"), VIEW, "<Alt>Up", NULL },
  { "win.show-labels", N_ ("Class names on shapes"), VIEW, "<Control><Shift>l", NULL },
  { "win.label-content::class", N_ ("Labels: class"), VIEW, "<Alt>4", NULL },
  { "win.label-content::id", N_ ("Labels: class and number"), VIEW, "<Alt>5", NULL },
  { "win.label-content::score", N_ ("Labels: class and score"), VIEW, "<Alt>6", NULL },
  { "win.color-by::class", N_ ("Colour tells the class"), VIEW, "<Alt>7", NULL },
  { "win.color-by::instance", N_ ("Colour tells shapes apart"), VIEW, "<Alt>8", NULL },
  { "win.color-by::attribute", N_ ("Colour tells an attribute"), VIEW, "<Alt>9", NULL },
  { "win.color-by::state", N_ ("Colour tells the state of review"), VIEW, "<Alt>0", NULL },
  { "win.outline-only", N_ ("Outlines only"), VIEW, "<Alt>o", NULL },
  { "win.fade-others", N_ ("Fade what is not selected"), VIEW, "<Alt>f", NULL },
  { "win.line-patterns", N_ ("Line patterns for classes"), VIEW, "<Alt>p", NULL },
  { "win.show-magnifier", N_ ("Magnifier beside the pointer"), VIEW, NULL, "z" },
  { "win.show-minimap", N_ ("Small map of the image"), VIEW, NULL, "m" },
  { "win.show-rulers", N_ ("Rulers"), VIEW, "<Alt>r", NULL },
  { "win.show-grid", N_ ("Lines between large pixels"), VIEW, "<Alt>g", NULL },
  { "win.show-images", N_ ("Image list"), VIEW, "F9", NULL },
  { "win.image-grid", N_ ("Images as a grid"), VIEW, "<Control>F9", NULL },
  { "win.show-side", N_ ("Classes, annotations and details"), VIEW, "<Shift>F9", NULL },
  { "win.full-screen", N_ ("Full screen"), VIEW, "F11", NULL },

  { "win.reset-window-level", N_ ("Reset window and level"), LIGHT, "<Alt>w", NULL },
  { "win.window-mode::full", N_ ("Window: all values"), LIGHT, "<Alt>1", NULL },
  { "win.window-mode::percent", N_ ("Window: without the extremes"), LIGHT, "<Alt>2", NULL },
  { "win.window-mode::selection", N_ ("Window: values of what is selected"), LIGHT, "<Alt>3",
    NULL },
  { "win.invert", N_ ("Invert light and dark"), LIGHT, "<Alt>i", NULL },

  { "win.menu", N_ ("Main menu"), GENERAL, "F10", NULL },
  { "win.next-pane", N_ ("Next part of the window"), GENERAL, "F6", NULL },
  { "win.command-palette", N_ ("Find a command"), GENERAL, "<Control><Shift>p", NULL },
  { "win.show-help-overlay", N_ ("Keyboard shortcuts"), GENERAL, "<Control>question F1", NULL },
  { "app.preferences", N_ ("Preferences"), GENERAL, "<Control>comma", NULL },
  { "app.new-window", N_ ("New window"), GENERAL, "<Control>n", NULL },
  { "win.close", N_ ("Close window"), GENERAL, "<Control>w", NULL },
  { "app.quit", N_ ("Quit"), GENERAL, "<Control>q", NULL },

  /* The same on the number pad, and where a layout has the key elsewhere. */
  { "win.finish", NULL, NULL, NULL, "KP_Enter ISO_Enter" },
  { "win.delete", NULL, NULL, NULL, "KP_Delete" },
  { "win.class-key(1)", NULL, NULL, NULL, "KP_1" },
  { "win.choose-class", NULL, NULL, NULL, "KP_Divide" },
  { "win.zoom-in", NULL, NULL, "<Control>equal <Control>KP_Add", "equal KP_Add" },
  { "win.zoom-out", NULL, NULL, "<Control>KP_Subtract", "KP_Subtract" },
  { "win.zoom-full", NULL, NULL, "<Control>KP_0", NULL },
};

/* The tools bring their own names and keys: they stand where the table's drawing section starts. */
static gpointer
build_list (gpointer data)
{
  guint n_tools = 0;
  const LimnerToolInfo *tools = limner_tool_list (&n_tools);
  GArray *commands = g_array_new (FALSE, FALSE, sizeof (LimnerCommand));
  gboolean tools_done = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (!tools_done && g_strcmp0 (table[i].section, DRAW) == 0)
        {
          for (guint j = 0; j < n_tools; j++)
            {
              const LimnerCommand tool = { g_strconcat ("win.tool::", tools[j].name, NULL),
                                           tools[j].label, DRAW, NULL, tools[j].key };
              g_array_append_val (commands, tool);
            }
          tools_done = TRUE;
        }
      g_array_append_val (commands, table[i]);
    }
  return commands;
}

const LimnerCommand *
limner_commands_list (guint *n)
{
  static GOnce once = G_ONCE_INIT;
  const GArray *commands = g_once (&once, build_list, NULL);

  *n = commands->len;
  return (const LimnerCommand *) commands->data;
}

/* Several rows may bring keys of one action, and the application keeps one list for each. */
static char **
dup_accels (const LimnerCommand *commands, guint n, const char *action)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) accels = NULL;

      if (commands[i].accels == NULL || !g_str_equal (commands[i].action, action))
        continue;
      accels = g_strsplit (commands[i].accels, " ", -1);
      g_strv_builder_addv (builder, (const char **) accels);
    }
  return g_strv_builder_end (builder);
}

void
limner_commands_set_accels (GtkApplication *application)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) accels = NULL;

      if (commands[i].accels == NULL)
        continue;
      accels = dup_accels (commands, n, commands[i].action);
      gtk_application_set_accels_for_action (application, commands[i].action,
                                             (const char *const *) accels);
    }
}

static gboolean
is_held (const LimnerCommand *command)
{
  return g_str_equal (command->action, "win.toggle-done") ||
         g_str_equal (command->action, "win.peek");
}

static void
add_shortcuts (GtkEventController *controller, const LimnerCommand *command, gboolean only_modified)
{
  g_auto (GStrv) keys = g_strsplit (command->keys, " ", -1);
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!g_action_parse_detailed_name (command->action, &name, &target, NULL))
    g_assert_not_reached ();
  for (guint i = 0; keys[i] != NULL; i++)
    {
      GtkShortcut *shortcut;

      if (only_modified && !g_str_has_prefix (keys[i], "<Control>"))
        continue;
      shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i]),
                                   gtk_named_action_new (name));
      gtk_shortcut_set_arguments (shortcut, target);
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
}

static GtkEventController *
new_controller (gboolean only_modified)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (guint i = 0; i < n; i++)
    {
      if (commands[i].keys != NULL && !is_held (&commands[i]))
        add_shortcuts (controller, &commands[i], only_modified);
    }
  return controller;
}

GtkEventController *
limner_commands_new_canvas_controller (void)
{
  return new_controller (FALSE);
}

GtkEventController *
limner_commands_new_window_controller (void)
{
  return new_controller (TRUE);
}

/* ---- the shortcuts window ---- */

static void
append_shortcut (GString *xml, const LimnerCommand *command)
{
  g_autofree char *keys = g_strjoin (command->accels != NULL && command->keys != NULL ? " " : "",
                                     command->accels != NULL ? command->accels : "",
                                     command->keys != NULL ? command->keys : "", NULL);
  g_autofree char *accelerator = g_markup_escape_text (keys, -1);
  g_autofree char *title = g_markup_escape_text (_ (command->label), -1);

  g_string_append_printf (xml,
                          "<child><object class='GtkShortcutsShortcut'>"
                          "<property name='accelerator'>%s</property>"
                          "<property name='title'>%s</property></object></child>",
                          accelerator, title);
}

/* Views of the shortcuts window, each with the headings from its first one on. Pages of one view
 * would be too many, and GTK 4.8 warns about the buttons of its page switcher. */
static const struct
{
  const char *title;
  const char *first_heading;
} views[] = {
  { N_ ("Dataset and images"), FILES },
  { N_ ("Drawing and shapes"), DRAW },
  { N_ ("Classes and view"), CLASSES },
  { N_ ("Light and window"), LIGHT },
};

static void
append_view (GString *xml, const char *heading, gboolean *open)
{
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *title = NULL;

      if (!g_str_equal (views[i].first_heading, heading))
        continue;
      title = g_markup_escape_text (_ (views[i].title), -1);
      if (*open)
        g_string_append (xml, "</object></child>");
      *open = TRUE;
      g_string_append_printf (xml,
                              "<child><object class='GtkShortcutsSection'>"
                              "<property name='section-name'>view%u</property>"
                              "<property name='title'>%s</property>"
                              "<property name='max-height'>24</property>",
                              i, title);
    }
}

/* 4.8 can add groups to a shortcuts window through GtkBuilder only. */
GtkShortcutsWindow *
limner_commands_new_shortcuts_window (void)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  const char *section = NULL;
  gboolean view_open = FALSE;
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GtkBuilder) builder = NULL;
  GtkShortcutsWindow *window;

  g_string_append (xml, "<interface><object class='GtkShortcutsWindow' id='window'>"
                        "<property name='modal'>1</property>");
  for (guint i = 0; i < n; i++)
    {
      if (commands[i].label == NULL || (commands[i].accels == NULL && commands[i].keys == NULL))
        continue;
      if (g_strcmp0 (section, commands[i].section) != 0)
        {
          g_autofree char *title = g_markup_escape_text (_ (commands[i].section), -1);

          if (section != NULL)
            g_string_append (xml, "</object></child>");
          section = commands[i].section;
          append_view (xml, section, &view_open);
          g_string_append_printf (xml,
                                  "<child><object class='GtkShortcutsGroup'>"
                                  "<property name='title'>%s</property>",
                                  title);
        }
      append_shortcut (xml, &commands[i]);
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");

  builder = gtk_builder_new_from_string (xml->str, (gssize) xml->len);
  window = GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "window"));
  return g_object_ref (window);
}

/* ---- tooltips ---- */

static const LimnerCommand *
find_command (const char *action)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);

  for (guint i = 0; i < n; i++)
    {
      if (commands[i].label != NULL && g_str_equal (commands[i].action, action))
        return &commands[i];
    }
  return NULL;
}

char *
limner_commands_dup_key (const LimnerCommand *command)
{
  const char *keys = command->keys != NULL ? command->keys : command->accels;
  g_auto (GStrv) parts = NULL;
  guint keyval;
  GdkModifierType modifiers;

  if (keys == NULL)
    return NULL;
  parts = g_strsplit (keys, " ", 2);
  if (!gtk_accelerator_parse (parts[0], &keyval, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (keyval, modifiers);
}

char *
limner_commands_dup_tooltip (const char *action)
{
  const LimnerCommand *command = find_command (action);
  g_autofree char *key = NULL;

  g_return_val_if_fail (command != NULL, NULL);
  key = limner_commands_dup_key (command);
  if (key == NULL)
    return g_strdup (_ (command->label));
  /* Translators: a command and its key, as in "Undo (Ctrl+Z)" */
  return g_strdup_printf (_ ("%s (%s)"), _ (command->label), key);
}

void
limner_commands_describe (GtkWidget *button, const char *action)
{
  const LimnerCommand *command = find_command (action);
  g_autofree char *tooltip = limner_commands_dup_tooltip (action);

  g_return_if_fail (command != NULL);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (command->label), -1);
}
