/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-status-line"

#include "status-line.h"

#include <glib/gi18n.h>
#include <math.h>

/* "Saving…" appears only for what takes longer: an edit is durable in less than a millisecond. */
#define SAVING_DELAY_MS 200

/* A number that changes with every frame cannot be read, and each change lays the window out. */
#define POINTER_DELAY_MS 60

struct _LimnerStatusLine
{
  GtkWidget parent_instance;

  char *pointer_text;
  guint pointer_source;

  LimnerDocument *document;
  guint saving_source;

  GtkWidget *content;
  GtkLabel *pointer;
  GtkLabel *hint;
  GtkButton *zoom;
  GtkLabel *size;
  GtkStack *save_stack;
  GtkLabel *save_label;
  GtkImage *save_icon;
  GtkButton *trouble;
};

G_DEFINE_FINAL_TYPE (LimnerStatusLine, limner_status_line, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_ZOOM_CLICKED,
  SIGNAL_TROUBLE_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_zoom_clicked (LimnerStatusLine *self)
{
  g_signal_emit (self, signals[SIGNAL_ZOOM_CLICKED], 0);
}

static void
on_trouble_clicked (LimnerStatusLine *self)
{
  g_signal_emit (self, signals[SIGNAL_TROUBLE_CLICKED], 0);
}

/* ---- saving ---- */

static const char *
get_trouble_text (LimnerTroubleKind kind)
{
  switch (kind)
    {
    case LIMNER_TROUBLE_NOT_DURABLE:
      return _ ("Not saved");
    case LIMNER_TROUBLE_SAVE_FAILED:
      return _ ("File not written");
    case LIMNER_TROUBLE_READ_ONLY:
      return _ ("Kept on this computer");
    case LIMNER_TROUBLE_GONE:
      return _ ("Folder is gone");
    case LIMNER_TROUBLE_HELD:
      return _ ("Read-only");
    case LIMNER_TROUBLE_CONFLICT:
      return _ ("Conflict");
    case LIMNER_TROUBLE_WORKSPACE:
      return _ ("Workspace not used");
    case LIMNER_TROUBLE_PARTED:
      return _ ("Changes waiting");
    case LIMNER_TROUBLE_NONE:
    default:
      return NULL;
    }
}

static void
show_state (LimnerStatusLine *self, const char *text, const char *tooltip, gboolean settled)
{
  gtk_label_set_text (self->save_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->save_label), tooltip);
  gtk_widget_set_visible (GTK_WIDGET (self->save_icon), settled);
  gtk_stack_set_visible_child_name (self->save_stack, "state");
}

static gboolean
on_saving_due (gpointer user_data)
{
  LimnerStatusLine *self = user_data;

  self->saving_source = 0;
  show_state (self, _ ("Saving…"), NULL, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
show_trouble (LimnerStatusLine *self)
{
  const LimnerTrouble *trouble = limner_document_get_trouble (self->document);
  const char *text = trouble != NULL ? get_trouble_text (trouble->kind) : NULL;

  if (text == NULL)
    return FALSE;
  gtk_button_set_label (self->trouble, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->trouble), trouble->title);
  if (trouble->at_risk || trouble->kind == LIMNER_TROUBLE_NOT_DURABLE)
    gtk_widget_add_css_class (GTK_WIDGET (self->trouble), "at-risk");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->trouble), "at-risk");
  gtk_stack_set_visible_child_name (self->save_stack, "trouble");
  return TRUE;
}

static void
update_save (LimnerStatusLine *self)
{
  guint n;
  g_autofree char *tooltip = NULL;

  if (self->document == NULL)
    {
      g_clear_handle_id (&self->saving_source, g_source_remove);
      gtk_stack_set_visible_child_name (self->save_stack, "none");
      return;
    }
  if (show_trouble (self))
    {
      g_clear_handle_id (&self->saving_source, g_source_remove);
      return;
    }
  switch (limner_document_get_save_state (self->document))
    {
    case LIMNER_SAVE_LOGGING:
    case LIMNER_SAVE_SAVING:
      if (self->saving_source == 0)
        self->saving_source = g_timeout_add (SAVING_DELAY_MS, on_saving_due, self);
      return;
    case LIMNER_SAVE_LOGGED:
      g_clear_handle_id (&self->saving_source, g_source_remove);
      n = limner_document_get_n_pending (self->document);
      tooltip = g_strdup_printf (
          ngettext ("%'u change is safe on disk and will be in the COCO file shortly",
                    "%'u changes are safe on disk and will be in the COCO file shortly", n),
          n);
      show_state (self, _ ("All changes kept"), tooltip, TRUE);
      return;
    case LIMNER_SAVE_TROUBLE:
    case LIMNER_SAVE_SAVED:
    default:
      g_clear_handle_id (&self->saving_source, g_source_remove);
      show_state (self, _ ("All changes saved"), _ ("The COCO file holds everything"), TRUE);
      return;
    }
}

/* ---- the pointer ---- */

static gboolean
on_pointer_due (gpointer user_data)
{
  LimnerStatusLine *self = user_data;

  self->pointer_source = 0;
  gtk_label_set_text (self->pointer, self->pointer_text);
  return G_SOURCE_REMOVE;
}

/* Takes @text. */
static void
set_pointer_text (LimnerStatusLine *self, char *text)
{
  g_free (self->pointer_text);
  self->pointer_text = text;
  if (self->pointer_source == 0)
    self->pointer_source = g_timeout_add (POINTER_DELAY_MS, on_pointer_due, self);
}

/* ---- the widget ---- */

static void
limner_status_line_dispose (GObject *object)
{
  LimnerStatusLine *self = LIMNER_STATUS_LINE (object);

  g_clear_handle_id (&self->saving_source, g_source_remove);
  g_clear_handle_id (&self->pointer_source, g_source_remove);
  g_clear_pointer (&self->pointer_text, g_free);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMNER_TYPE_STATUS_LINE);
  G_OBJECT_CLASS (limner_status_line_parent_class)->dispose (object);
}

static void
limner_status_line_class_init (LimnerStatusLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_status_line_dispose;
  signals[SIGNAL_ZOOM_CLICKED] =
      g_signal_new ("zoom-clicked", LIMNER_TYPE_STATUS_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[SIGNAL_TROUBLE_CLICKED] =
      g_signal_new ("trouble-clicked", LIMNER_TYPE_STATUS_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limner/Limner/panels/status-line.ui");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "statusline");
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, content);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, pointer);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, hint);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, zoom);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, size);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, save_stack);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, save_label);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, save_icon);
  gtk_widget_class_bind_template_child (widget_class, LimnerStatusLine, trouble);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_clicked);
}

static void
limner_status_line_init (LimnerStatusLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_stack_set_visible_child_name (self->save_stack, "none");
}

void
limner_status_line_set_pointer (
    LimnerStatusLine *self, double x_img, double y_img, guint n_values, const guint *values)
{
  char *text;

  if (n_values == 0)
    text = g_strdup ("");
  else if (n_values == 1)
    text = g_strdup_printf (_ ("x %.0f  y %.0f  ·  value %u"), floor (x_img), floor (y_img),
                            values[0]);
  else
    text = g_strdup_printf (_ ("x %.0f  y %.0f  ·  value %u %u %u"), floor (x_img), floor (y_img),
                            values[0], values[1], values[2]);
  set_pointer_text (self, text);
}

void
limner_status_line_set_hint (LimnerStatusLine *self, const char *hint)
{
  gtk_label_set_text (self->hint, hint != NULL ? hint : "");
}

void
limner_status_line_set_picture (LimnerStatusLine *self, double zoom, guint width, guint height)
{
  g_autofree char *zoom_text = g_strdup_printf (_ ("%.0f %%"), zoom * 100.0);
  g_autofree char *size_text = g_strdup_printf ("·  %u × %u  ·", width, height);

  gtk_button_set_label (self->zoom, zoom_text);
  gtk_label_set_text (self->size, size_text);
  gtk_widget_set_visible (GTK_WIDGET (self->zoom), zoom > 0.0);
  gtk_widget_set_visible (GTK_WIDGET (self->size), zoom > 0.0);
}

void
limner_status_line_set_document (LimnerStatusLine *self, LimnerDocument *document)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document != NULL)
    {
      g_signal_connect_object (document, "notify::save-state", G_CALLBACK (update_save), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "notify::pending", G_CALLBACK (update_save), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "trouble-changed", G_CALLBACK (update_save), self,
                               G_CONNECT_SWAPPED);
    }
  update_save (self);
}
