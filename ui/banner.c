/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-banner"

#include "banner.h"

#include <glib/gi18n.h>

struct _LimnerBanner
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *title;
  GtkWidget *detail;
  GtkWidget *buttons[2];
  char *actions[2]; /* (nullable): detailed names */
  GtkWidget *close;
};

G_DEFINE_FINAL_TYPE (LimnerBanner, limner_banner, GTK_TYPE_WIDGET)

static void
limner_banner_dispose (GObject *object)
{
  g_clear_pointer (&LIMNER_BANNER (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_banner_parent_class)->dispose (object);
}

static void
limner_banner_finalize (GObject *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (LIMNER_BANNER (object)->actions); i++)
    g_free (LIMNER_BANNER (object)->actions[i]);
  G_OBJECT_CLASS (limner_banner_parent_class)->finalize (object);
}

static void
limner_banner_class_init (LimnerBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_banner_dispose;
  G_OBJECT_CLASS (klass)->finalize = limner_banner_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "troublebanner");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static GtkWidget *
new_line (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* What it offers stays possible: the trouble has not gone. */
static void
on_put_away (LimnerBanner *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
limner_banner_init (LimnerBanner *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  self->title = new_line ("banner-title");
  self->detail = new_line ("banner-detail");
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), self->title);
  gtk_box_append (GTK_BOX (lines), self->detail);
  gtk_box_append (GTK_BOX (self->box), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  gtk_box_append (GTK_BOX (self->box), lines);
  for (guint i = 0; i < G_N_ELEMENTS (self->buttons); i++)
    {
      self->buttons[i] = gtk_button_new ();
      gtk_widget_set_valign (self->buttons[i], GTK_ALIGN_CENTER);
      gtk_widget_set_focus_on_click (self->buttons[i], FALSE);
      gtk_box_append (GTK_BOX (self->box), self->buttons[i]);
    }
  self->close = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_add_css_class (self->close, "flat");
  gtk_widget_add_css_class (self->close, "circular");
  gtk_widget_set_valign (self->close, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (self->close, FALSE);
  gtk_widget_set_tooltip_text (self->close, _ ("Put away"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Put away"), -1);
  g_signal_connect_swapped (self->close, "clicked", G_CALLBACK (on_put_away), self);
  gtk_box_append (GTK_BOX (self->box), self->close);
  gtk_widget_add_css_class (self->box, "banner-box");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
set_button (LimnerBanner *self, guint index, const char *label, const char *action)
{
  GtkWidget *button = self->buttons[index];
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  g_free (self->actions[index]);
  self->actions[index] = g_strdup (label != NULL ? action : NULL);
  gtk_widget_set_visible (button, label != NULL);
  if (label == NULL)
    return;
  gtk_button_set_label (GTK_BUTTON (button), label);
  if (!g_action_parse_detailed_name (action, &name, &target, NULL))
    g_assert_not_reached ();
  /* in this order, as GTK warns of an action without the target that it needs */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), name);
}

void
limner_banner_show (LimnerBanner *self,
                    const char *title,
                    const char *detail,
                    const char *first_label,
                    const char *first_action,
                    const char *second_label,
                    const char *second_action,
                    gboolean closable)
{
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->detail), detail != NULL ? detail : "");
  gtk_widget_set_visible (self->detail, detail != NULL && *detail != '\0');
  set_button (self, 0, first_label, first_action);
  set_button (self, 1, second_label, second_action);
  gtk_widget_set_visible (self->close, closable);
  limner_banner_set_whole (self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
limner_banner_set_whole (LimnerBanner *self, const char *whole)
{
  gtk_widget_set_tooltip_text (gtk_widget_get_parent (self->title), whole);
}

gboolean
limner_banner_offers (LimnerBanner *self, const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->actions); i++)
    if (g_strcmp0 (self->actions[i], action) == 0)
      return TRUE;
  return FALSE;
}

void
limner_banner_hide (LimnerBanner *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->actions); i++)
    g_clear_pointer (&self->actions[i], g_free);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
