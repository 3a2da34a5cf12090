/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-tool-strip"

#include "tool-strip.h"

#include "../commands.h"

#include <glib/gi18n.h>
#include <limner/tool.h>

struct _LimnerToolStrip
{
  GtkWidget parent_instance;

  GtkWidget *box;
};

G_DEFINE_FINAL_TYPE (LimnerToolStrip, limner_tool_strip, GTK_TYPE_WIDGET)

static void
limner_tool_strip_dispose (GObject *object)
{
  g_clear_pointer (&LIMNER_TOOL_STRIP (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_tool_strip_parent_class)->dispose (object);
}

static void
limner_tool_strip_class_init (LimnerToolStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_tool_strip_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "toolstrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static GtkWidget *
new_button (GType type, const char *icon, const char *action)
{
  GtkWidget *button = g_object_new (type, "icon-name", icon, NULL);

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focus_on_click (button, FALSE);
  limner_commands_describe (button, action);
  return button;
}

static void
limner_tool_strip_init (LimnerToolStrip *self)
{
  guint n = 0;
  const LimnerToolInfo *tools = limner_tool_list (&n);
  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *icon = g_strdup_printf ("limner-%s-symbolic", tools[i].name);
      g_autofree char *action = g_strdup_printf ("win.tool::%s", tools[i].name);

      if (i > 0 && tools[i].group != tools[i - 1].group)
        gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
      gtk_box_append (GTK_BOX (self->box), new_button (GTK_TYPE_TOGGLE_BUTTON, icon, action));
    }
  gtk_widget_set_vexpand (space, TRUE);
  gtk_box_append (GTK_BOX (self->box), space);
  gtk_box_append (GTK_BOX (self->box),
                  new_button (GTK_TYPE_BUTTON, "limner-zoom-fit-symbolic", "win.zoom-fit"));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Tools"),
                                  -1);
}
