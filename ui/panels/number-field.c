/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-number-field"

#include "number-field.h"

#include <math.h>

struct _LimnerNumberField
{
  GtkWidget parent_instance;

  GtkWidget *letter;
  GtkWidget *text;
  double value;
  double low;
  double high;
  gboolean empty;
};

G_DEFINE_FINAL_TYPE (LimnerNumberField, limner_number_field, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_VALUE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_value (LimnerNumberField *self)
{
  g_autofree char *text = NULL;

  if (!self->empty)
    {
      text = g_strdup_printf ("%.2f", self->value + 0.0);
      if (strchr (text, '.') != NULL || strchr (text, ',') != NULL)
        {
          gsize length = strlen (text);

          while (length > 0 && text[length - 1] == '0')
            text[--length] = '\0';
          if (length > 0 && !g_ascii_isdigit (text[length - 1]))
            text[length - 1] = '\0';
        }
    }
  gtk_editable_set_text (GTK_EDITABLE (self->text), text != NULL ? text : "");
}

/* A comma is read as a point in any locale: both are on keyboards. */
static gboolean
parse_text (LimnerNumberField *self, double *value)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->text)));
  char *end = NULL;

  g_strdelimit (g_strstrip (text), ",", '.');
  if (*text == '\0')
    return FALSE;
  *value = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (*value);
}

static void
take_value (LimnerNumberField *self, double value)
{
  value = CLAMP (value, self->low, self->high);
  if (self->empty || fabs (value - self->value) < 0.005)
    {
      show_value (self);
      return;
    }
  self->value = value;
  show_value (self);
  g_signal_emit (self, signals[SIGNAL_VALUE_CHANGED], 0, value);
}

static void
take_text (LimnerNumberField *self)
{
  double value;

  if (parse_text (self, &value))
    take_value (self, value);
  else
    show_value (self);
}

static void
step (LimnerNumberField *self, double direction, GdkModifierType modifiers)
{
  double size = 1.0;
  double value = self->value;

  if (self->empty)
    return;
  if (modifiers & GDK_SHIFT_MASK)
    size = 10.0;
  else if (modifiers & GDK_ALT_MASK)
    size = 0.1;
  parse_text (self, &value);
  take_value (self, value + direction * size);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerNumberField *self)
{
  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      step (self, 1.0, modifiers);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      step (self, -1.0, modifiers);
      return TRUE;
    case GDK_KEY_Escape:
      show_value (self);
      return FALSE;
    default:
      return FALSE;
    }
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, LimnerNumberField *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  /* Only a field that has the focus: else scrolling the panel would change numbers in passing. */
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return FALSE;
  step (self, -dy,
        gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)));
  return TRUE;
}

static void
on_activate (GtkText *text, LimnerNumberField *self)
{
  take_text (self);
  gtk_editable_select_region (GTK_EDITABLE (text), 0, -1);
}

static void
on_focus_leave (GtkEventControllerFocus *controller, LimnerNumberField *self)
{
  take_text (self);
}

static gboolean
limner_number_field_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (LIMNER_NUMBER_FIELD (widget)->text);
}

static void
limner_number_field_dispose (GObject *object)
{
  LimnerNumberField *self = LIMNER_NUMBER_FIELD (object);

  g_clear_pointer (&self->letter, gtk_widget_unparent);
  g_clear_pointer (&self->text, gtk_widget_unparent);
  G_OBJECT_CLASS (limner_number_field_parent_class)->dispose (object);
}

static void
limner_number_field_class_init (LimnerNumberFieldClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_number_field_dispose;
  widget_class->grab_focus = limner_number_field_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "entry");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[SIGNAL_VALUE_CHANGED] =
      g_signal_new ("value-changed", LIMNER_TYPE_NUMBER_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
limner_number_field_init (LimnerNumberField *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (
      GTK_EVENT_CONTROLLER_SCROLL_VERTICAL | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);

  self->low = -G_MAXINT;
  self->high = G_MAXINT;
  self->empty = TRUE;
  gtk_widget_add_css_class (GTK_WIDGET (self), "number-field");
  self->letter = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->letter, "dim-label");
  gtk_widget_set_parent (self->letter, GTK_WIDGET (self));
  self->text = gtk_text_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->text), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->text), 6);
  gtk_editable_set_alignment (GTK_EDITABLE (self->text), 1.0f);
  gtk_text_set_input_purpose (GTK_TEXT (self->text), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_add_css_class (self->text, "numeric");
  gtk_widget_set_parent (self->text, GTK_WIDGET (self));

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect (self->text, "activate", G_CALLBACK (on_activate), self);
}

GtkWidget *
limner_number_field_new (const char *letter, const char *name)
{
  LimnerNumberField *self = g_object_new (LIMNER_TYPE_NUMBER_FIELD, NULL);

  gtk_label_set_text (GTK_LABEL (self->letter), letter);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  return GTK_WIDGET (self);
}

void
limner_number_field_set_range (LimnerNumberField *self, double low, double high)
{
  self->low = low;
  self->high = MAX (low, high);
}

void
limner_number_field_set_value (LimnerNumberField *self, double value)
{
  if (!self->empty && self->value == value)
    return;
  self->empty = FALSE;
  self->value = value;
  show_value (self);
}

double
limner_number_field_get_value (LimnerNumberField *self)
{
  return self->value;
}

void
limner_number_field_clear (LimnerNumberField *self)
{
  self->empty = TRUE;
  show_value (self);
}
