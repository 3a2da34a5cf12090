/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-command-palette"

#include "command-palette.h"

#include "commands.h"

#include <glib/gi18n.h>

#define WIDTH 460
#define MAX_HEIGHT 390
#define MAX_RECENT 8

#define ROW_DATA "limner-palette-row"

typedef struct
{
  const LimnerCommand *command;
  guint order; /* in the table */
  guint fit;   /* with what is typed; 0: not shown */
} PaletteRow;

struct _LimnerCommandPalette
{
  GtkPopover parent_instance;

  GPtrArray *recent; /* (element-type LimnerCommand): the last one first */
  GtkWidget *entry;
  GtkWidget *scroller;
  GtkWidget *list;
  GtkWidget *nothing;
};

G_DEFINE_FINAL_TYPE (LimnerCommandPalette, limner_command_palette, GTK_TYPE_POPOVER)

/* ---- what fits ---- */

/* Letters of @query begin words of the label, in their order. */
static gboolean
fits_initials (const char *query, char **words)
{
  g_autofree char *folded = g_utf8_casefold (query, -1);
  const char *at = folded;

  for (guint i = 0; words[i] != NULL && *at != '\0'; i++)
    {
      if (g_utf8_get_char (words[i]) == g_utf8_get_char (at))
        at = g_utf8_next_char (at);
    }
  return *at == '\0';
}

guint
limner_command_palette_match (const char *query, const char *label)
{
  g_auto (GStrv) words = g_str_tokenize_and_fold (label, NULL, NULL);
  g_autofree char *folded_label = g_utf8_casefold (label, -1);
  g_autofree char *folded_query = g_utf8_casefold (query, -1);

  if (*query == '\0')
    return 1;
  if (g_str_has_prefix (folded_label, folded_query))
    return 3;
  if (g_str_match_string (query, label, TRUE))
    return 2;
  return fits_initials (query, words) ? 1 : 0;
}

static GActionGroup *
get_group (LimnerCommandPalette *self, const char *action)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));

  if (g_str_has_prefix (action, "app."))
    return G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (window)));
  return G_ACTION_GROUP (window);
}

/* Keys that are held down, or mean something only as keys, are not run by their names. */
static gboolean
is_for_keys_only (const LimnerCommand *command)
{
  return command->label == NULL || g_str_equal (command->action, "win.peek") ||
         g_str_equal (command->action, "win.command-palette") ||
         g_str_has_prefix (command->action, "win.nudge") ||
         g_str_has_prefix (command->action, "win.class-key");
}

static gboolean
is_possible (LimnerCommandPalette *self, const LimnerCommand *command)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (is_for_keys_only (command) ||
      !g_action_parse_detailed_name (command->action, &name, &target, NULL))
    return FALSE;
  return g_action_group_get_action_enabled (get_group (self, name), name + strlen ("win."));
}

/* Whether it is a choice or a switch that is on. */
static gboolean
is_on (LimnerCommandPalette *self, const LimnerCommand *command)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GVariant) state = NULL;

  if (!g_action_parse_detailed_name (command->action, &name, &target, NULL))
    return FALSE;
  state = g_action_group_get_action_state (get_group (self, name), name + strlen ("win."));
  if (state == NULL)
    return FALSE;
  if (target != NULL)
    return g_variant_equal (state, target);
  return g_variant_is_of_type (state, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (state);
}

/* ---- rows ---- */

static PaletteRow *
get_row (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), ROW_DATA);
}

static guint
get_recency (LimnerCommandPalette *self, const LimnerCommand *command)
{
  guint index = G_MAXUINT;

  g_ptr_array_find (self->recent, command, &index);
  return index;
}

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data)
{
  LimnerCommandPalette *self = user_data;
  const PaletteRow *first = get_row (a);
  const PaletteRow *second = get_row (b);
  const guint first_recency = get_recency (self, first->command);
  const guint second_recency = get_recency (self, second->command);

  if (first->fit != second->fit)
    return first->fit > second->fit ? -1 : 1;
  if (first_recency != second_recency)
    return first_recency < second_recency ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

static gboolean
is_row_shown (GtkListBoxRow *row, gpointer user_data)
{
  return get_row (row)->fit > 0;
}

static GtkWidget *
new_text (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_row (LimnerCommandPalette *self, const LimnerCommand *command, guint order)
{
  g_autofree char *key = limner_commands_dup_key (command);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = new_text (_ (command->label), NULL);
  PaletteRow *data = g_new0 (PaletteRow, 1);

  data->command = command;
  data->order = order;
  data->fit = 1;
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), name);
  if (is_on (self, command))
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_box_append (GTK_BOX (box), new_text (_ (command->section), "dim-label"));
  if (key != NULL)
    {
      GtkWidget *hint = new_text (key, "key-hint");

      gtk_widget_set_valign (hint, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), hint);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), ROW_DATA, data, g_free);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
fill (LimnerCommandPalette *self)
{
  guint n;
  const LimnerCommand *commands = limner_commands_list (&n);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (guint i = 0; i < n; i++)
    if (is_possible (self, &commands[i]))
      add_row (self, &commands[i], i);
}

/* ---- choosing ---- */

static GtkListBoxRow *
find_shown (GtkWidget *from, gboolean backwards)
{
  while (from != NULL && !gtk_widget_get_child_visible (from))
    from = backwards ? gtk_widget_get_prev_sibling (from) : gtk_widget_get_next_sibling (from);
  return from != NULL ? GTK_LIST_BOX_ROW (from) : NULL;
}

static GtkAdjustment *
get_adjustment (LimnerCommandPalette *self)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

/* From row to row: they are where they were painted. */
static void
go_to_row (LimnerCommandPalette *self, GtkListBoxRow *row)
{
  graphene_rect_t bounds;

  if (row == NULL)
    return;
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  if (gtk_widget_compute_bounds (GTK_WIDGET (row), self->list, &bounds))
    gtk_adjustment_clamp_page (get_adjustment (self), bounds.origin.y,
                               bounds.origin.y + bounds.size.height);
}

static void
select_first (LimnerCommandPalette *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  GtkListBoxRow *first = find_shown (gtk_widget_get_first_child (self->list), FALSE);

  gtk_widget_set_visible (self->nothing, first == NULL);
  gtk_widget_set_visible (self->scroller, first != NULL);
  if (first == NULL)
    gtk_list_box_unselect_all (GTK_LIST_BOX (self->list));
  else
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), first);
  /* the rows are not in their new places yet */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_lower (adjustment));
}

static void
on_query_changed (LimnerCommandPalette *self)
{
  g_autofree char *query =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  for (GtkWidget *row = gtk_widget_get_first_child (self->list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      PaletteRow *data = get_row (GTK_LIST_BOX_ROW (row));

      data->fit = limner_command_palette_match (query, _ (data->command->label));
    }
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (self->list));
  gtk_list_box_invalidate_sort (GTK_LIST_BOX (self->list));
  select_first (self);
}

static void
note_recent (LimnerCommandPalette *self, const LimnerCommand *command)
{
  g_ptr_array_remove (self->recent, (gpointer) command);
  g_ptr_array_insert (self->recent, 0, (gpointer) command);
  if (self->recent->len > MAX_RECENT)
    g_ptr_array_set_size (self->recent, MAX_RECENT);
}

static void
run (LimnerCommandPalette *self, GtkListBoxRow *row)
{
  const LimnerCommand *command;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (row == NULL)
    return;
  command = get_row (row)->command;
  note_recent (self, command);
  /* first, so that the command finds the focus where it was, and may move it */
  gtk_popover_popdown (GTK_POPOVER (self));
  if (g_action_parse_detailed_name (command->action, &name, &target, NULL))
    gtk_widget_activate_action_variant (gtk_widget_get_parent (GTK_WIDGET (self)), name, target);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, LimnerCommandPalette *self)
{
  run (self, row);
}

static void
on_entry_activate (LimnerCommandPalette *self)
{
  run (self, gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)));
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerCommandPalette *self)
{
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)));

  switch (keyval)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      if (row != NULL)
        go_to_row (self, find_shown (gtk_widget_get_next_sibling (row), FALSE));
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (row != NULL)
        go_to_row (self, find_shown (gtk_widget_get_prev_sibling (row), TRUE));
      return TRUE;
    default:
      return FALSE;
    }
}

/* ---- the widget ---- */

static void
limner_command_palette_finalize (GObject *object)
{
  g_ptr_array_unref (LIMNER_COMMAND_PALETTE (object)->recent);
  G_OBJECT_CLASS (limner_command_palette_parent_class)->finalize (object);
}

static void
limner_command_palette_class_init (LimnerCommandPaletteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = limner_command_palette_finalize;
}

static void
init_list (LimnerCommandPalette *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_sort_func (GTK_LIST_BOX (self->list), compare_rows, self, NULL);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), is_row_shown, self, NULL);
  gtk_widget_add_css_class (self->list, "popup-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Commands"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->list);
}

static void
limner_command_palette_init (LimnerCommandPalette *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->recent = g_ptr_array_new ();
  self->entry = gtk_search_entry_new ();
  gtk_widget_set_size_request (self->entry, WIDTH, -1);
  g_object_set (self->entry, "placeholder-text", _ ("Find a command"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Find a command"), -1);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_query_changed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
  g_signal_connect_swapped (self->entry, "stop-search", G_CALLBACK (gtk_popover_popdown), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (self->entry, keys);
  init_list (self);
  self->nothing = new_text (_ ("No command that is possible now has such a name"), "dim-label");
  gtk_widget_set_visible (self->nothing, FALSE);
  gtk_widget_set_margin_top (self->nothing, 12);
  gtk_widget_set_margin_bottom (self->nothing, 12);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->scroller);
  gtk_box_append (GTK_BOX (box), self->nothing);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_BOTTOM);
  gtk_widget_add_css_class (GTK_WIDGET (self), "class-popup");
}

GtkWidget *
limner_command_palette_new (void)
{
  return g_object_new (LIMNER_TYPE_COMMAND_PALETTE, NULL);
}

void
limner_command_palette_open (LimnerCommandPalette *self)
{
  g_return_if_fail (LIMNER_IS_COMMAND_PALETTE (self));

  fill (self);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
  on_query_changed (self);
}
