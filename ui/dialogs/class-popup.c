/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-class-popup"

#include "class-popup.h"

#include "../panels/color-chip.h"

#include <glib/gi18n.h>

#define MAX_ROWS 8
#define MAX_RECENT 50
#define WIDTH 262

struct _LimnerClassPopup
{
  GtkPopover parent_instance;

  LimnerDataset *dataset;
  GArray *recent;  /* gint64, newest first */
  GArray *matches; /* gint64: what the rows stand for */
  gboolean decided;

  GtkWidget *entry;
  GtkWidget *list;
  GtkWidget *create_row;
  GtkWidget *create_label;
  GtkWidget *escape_label;
};

G_DEFINE_FINAL_TYPE (LimnerClassPopup, limner_class_popup, GTK_TYPE_POPOVER)

enum
{
  SIGNAL_CHOSEN,
  SIGNAL_CREATED,
  SIGNAL_GIVEN_UP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- matching ---- */

typedef struct
{
  gint64 id;
  guint rank; /* 0: begins with the text; 1: a word does; 2: contains it */
  guint recency;
  guint position;
} Match;

static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const Match *first = a;
  const Match *second = b;

  if (first->rank != second->rank)
    return first->rank < second->rank ? -1 : 1;
  if (first->recency != second->recency)
    return first->recency < second->recency ? -1 : 1;
  return (first->position > second->position) - (first->position < second->position);
}

/* Byte offset of the match in @name, or -1; case is ignored for both. */
static gssize
find_match (const char *name, const char *text)
{
  g_autofree char *needle = g_utf8_casefold (text, -1);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *tail = g_utf8_casefold (p, -1);

      if (g_str_has_prefix (tail, needle))
        return p - name;
    }
  return *text == '\0' ? 0 : -1;
}

static guint
find_recency (LimnerClassPopup *self, gint64 id)
{
  for (guint i = 0; i < self->recent->len; i++)
    {
      if (g_array_index (self->recent, gint64, i) == id)
        return i;
    }
  return G_MAXUINT;
}

static GArray *
find_matches (LimnerClassPopup *self, const char *text)
{
  GListModel *categories = limner_dataset_get_categories (self->dataset);
  const guint n = g_list_model_get_n_items (categories);
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (Match));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      const char *name = limner_category_get_name (category);
      const gssize at = name != NULL ? find_match (name, text) : -1;
      Match match = { limner_category_get_id (category), 2, 0, i };

      if (at < 0 || !limner_category_is_editable (category))
        continue;
      if (at == 0)
        match.rank = 0;
      else if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (name + at))))
        match.rank = 1;
      match.recency = find_recency (self, match.id);
      g_array_append_val (matches, match);
    }
  g_array_sort (matches, compare_matches);
  return matches;
}

/* ---- rows ---- */

static char *
dup_markup (const char *name, const char *text)
{
  const gssize at = *text != '\0' ? find_match (name, text) : -1;
  const char *start;
  const char *end;
  g_autofree char *before = NULL;
  g_autofree char *match = NULL;
  g_autofree char *after = NULL;

  if (at < 0)
    return g_markup_escape_text (name, -1);
  start = name + at;
  end = start;
  for (glong i = g_utf8_strlen (text, -1); i > 0 && *end != '\0'; i--)
    end = g_utf8_next_char (end);
  before = g_markup_escape_text (name, at);
  match = g_markup_escape_text (start, end - start);
  after = g_markup_escape_text (end, -1);
  return g_strdup_printf ("%s<b>%s</b>%s", before, match, after);
}

static GtkWidget *
new_row (LimnerClassPopup *self, const Match *match, const char *text)
{
  LimnerCategory *category = limner_dataset_find_category (self->dataset, match->id);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *chip = limner_color_chip_new (18);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *count = gtk_label_new (NULL);
  g_autofree char *markup = dup_markup (limner_category_get_name (category), text);
  g_autofree char *n = g_strdup_printf ("%'u", limner_category_get_n_annotations (category));

  limner_color_chip_set_color (LIMNER_COLOR_CHIP (chip), limner_category_get_color (category));
  if (match->position < 10)
    limner_color_chip_set_digit (LIMNER_COLOR_CHIP (chip),
                                 (char) ('0' + (match->position + 1) % 10));
  gtk_label_set_markup (GTK_LABEL (name), markup);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (name), 0.0f);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_label_set_text (GTK_LABEL (count), n);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (count, "caption");
  gtk_box_append (GTK_BOX (box), chip);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}

static char *
dup_text (LimnerClassPopup *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

static void
update_rows (LimnerClassPopup *self)
{
  g_autofree char *text = dup_text (self);
  g_autoptr (GArray) found = NULL;
  g_autofree char *create = NULL;
  GtkListBoxRow *row;
  gboolean exact;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  g_array_set_size (self->matches, 0);
  if (self->dataset == NULL)
    return;
  found = find_matches (self, text);
  for (guint i = 0; i < MIN (found->len, MAX_ROWS); i++)
    {
      const Match *match = &g_array_index (found, Match, i);

      gtk_list_box_append (GTK_LIST_BOX (self->list), new_row (self, match, text));
      g_array_append_val (self->matches, match->id);
    }
  gtk_list_box_select_row (GTK_LIST_BOX (self->list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0));
  exact = *text != '\0' && limner_dataset_find_category_by_name (self->dataset, text) != NULL;
  create = g_strdup_printf (_ ("New class “%s”"), text);
  gtk_label_set_text (GTK_LABEL (self->create_label), create);
  gtk_widget_set_visible (self->create_row, *text != '\0' && !exact);
  gtk_widget_set_visible (self->list, found->len > 0);
  if (found->len == 0)
    gtk_widget_add_css_class (self->create_row, "first");
  else
    gtk_widget_remove_css_class (self->create_row, "first");
}

/* ---- deciding ---- */

static void
choose (LimnerClassPopup *self, guint index)
{
  gint64 id;

  if (index >= self->matches->len)
    return;
  id = g_array_index (self->matches, gint64, index);
  self->decided = TRUE;
  limner_class_popup_note_recent (self, id);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, id);
}

static void
create (LimnerClassPopup *self)
{
  g_autofree char *text = dup_text (self);
  LimnerCategory *existing;

  if (*text == '\0')
    return;
  self->decided = TRUE;
  gtk_popover_popdown (GTK_POPOVER (self));
  existing = limner_dataset_find_category_by_name (self->dataset, text);
  if (existing != NULL)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, limner_category_get_id (existing));
  else
    g_signal_emit (self, signals[SIGNAL_CREATED], 0, text);
}

static void
take (LimnerClassPopup *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  if (row != NULL)
    choose (self, (guint) gtk_list_box_row_get_index (row));
  else
    create (self);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, LimnerClassPopup *self)
{
  choose (self, (guint) gtk_list_box_row_get_index (row));
}

static void
move_selection (LimnerClassPopup *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  const int n = (int) self->matches->len;
  int index = row != NULL ? gtk_list_box_row_get_index (row) + by : 0;

  if (n == 0)
    return;
  index = (index + n) % n;
  gtk_list_box_select_row (GTK_LIST_BOX (self->list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), index));
}

/* A digit is the key of a class while nothing is typed: names may contain digits. */
static gboolean
take_digit (LimnerClassPopup *self, guint keyval)
{
  const guint32 c = gdk_keyval_to_unicode (keyval);
  GListModel *categories = limner_dataset_get_categories (self->dataset);
  g_autoptr (LimnerCategory) category = NULL;
  gint64 id;

  if (c < '0' || c > '9' || *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    return FALSE;
  category = g_list_model_get_item (categories, (c - '0' + 9) % 10);
  if (category == NULL)
    return FALSE;
  id = limner_category_get_id (category);
  self->decided = TRUE;
  limner_class_popup_note_recent (self, id);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, id);
  return TRUE;
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                LimnerClassPopup *self)
{
  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (modifiers & GDK_CONTROL_MASK)
        create (self);
      else
        take (self);
      return TRUE;
    case GDK_KEY_Down:
      move_selection (self, 1);
      return TRUE;
    case GDK_KEY_Up:
      move_selection (self, -1);
      return TRUE;
    case GDK_KEY_Escape:
      gtk_popover_popdown (GTK_POPOVER (self));
      return TRUE;
    default:
      return (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0 && take_digit (self, keyval);
    }
}

static void
on_closed (LimnerClassPopup *self)
{
  if (self->decided)
    return;
  self->decided = TRUE;
  g_signal_emit (self, signals[SIGNAL_GIVEN_UP], 0);
}

/* ---- the widget ---- */

static void
limner_class_popup_dispose (GObject *object)
{
  LimnerClassPopup *self = LIMNER_CLASS_POPUP (object);

  self->decided = TRUE;
  g_clear_object (&self->dataset);
  g_clear_pointer (&self->recent, g_array_unref);
  g_clear_pointer (&self->matches, g_array_unref);
  G_OBJECT_CLASS (limner_class_popup_parent_class)->dispose (object);
}

static void
limner_class_popup_class_init (LimnerClassPopupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limner_class_popup_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", LIMNER_TYPE_CLASS_POPUP, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_CREATED] = g_signal_new ("created", LIMNER_TYPE_CLASS_POPUP, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_GIVEN_UP] = g_signal_new ("given-up", LIMNER_TYPE_CLASS_POPUP, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
new_key_label (const char *key)
{
  GtkWidget *label = gtk_label_new (key);

  gtk_widget_add_css_class (label, "key-hint");
  return label;
}

static GtkWidget *
new_create_row (LimnerClassPopup *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *key = gtk_label_new (_ ("Ctrl+Enter"));

  self->create_row = gtk_button_new ();
  self->create_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->create_label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (self->create_label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->create_label, TRUE);
  gtk_widget_add_css_class (key, "dim-label");
  gtk_widget_add_css_class (key, "caption");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("list-add-symbolic"));
  gtk_box_append (GTK_BOX (box), self->create_label);
  gtk_box_append (GTK_BOX (box), key);
  gtk_button_set_child (GTK_BUTTON (self->create_row), box);
  gtk_widget_add_css_class (self->create_row, "flat");
  gtk_widget_add_css_class (self->create_row, "create-row");
  gtk_widget_set_focusable (self->create_row, FALSE);
  g_signal_connect_swapped (self->create_row, "clicked", G_CALLBACK (create), self);
  return self->create_row;
}

static GtkWidget *
new_hints (LimnerClassPopup *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *take_label = gtk_label_new (_ ("takes it"));

  self->escape_label = gtk_label_new (NULL);
  gtk_widget_add_css_class (take_label, "hint");
  gtk_widget_add_css_class (self->escape_label, "hint");
  gtk_box_append (GTK_BOX (box), new_key_label (_ ("Enter")));
  gtk_box_append (GTK_BOX (box), take_label);
  gtk_box_append (GTK_BOX (box), new_key_label (_ ("Esc")));
  gtk_box_append (GTK_BOX (box), self->escape_label);
  gtk_widget_add_css_class (box, "popup-hints");
  return box;
}

static void
limner_class_popup_init (LimnerClassPopup *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkEventController *key = gtk_event_controller_key_new ();

  self->recent = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->matches = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->decided = TRUE;
  self->entry = gtk_search_entry_new ();
  g_object_set (self->entry, "placeholder-text", _ ("Name of the class"), "search-delay", 0u, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the class"), -1);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_widget_add_css_class (self->list, "popup-list");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_box_append (GTK_BOX (box), new_create_row (self));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), new_hints (self));
  gtk_widget_set_size_request (box, WIDTH - 20, -1);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "class-popup");
  g_signal_connect_swapped (self->entry, "search-changed", G_CALLBACK (update_rows), self);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (self->entry, key);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
}

GtkWidget *
limner_class_popup_new (void)
{
  return g_object_new (LIMNER_TYPE_CLASS_POPUP, NULL);
}

/* Below its shape, else above, else aside: where there is room for it. */
static void
choose_side (LimnerClassPopup *self, const GdkRectangle *at)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  const int width = gtk_widget_get_width (parent);
  const int height = gtk_widget_get_height (parent);
  GtkRequisition size;
  GtkPositionType side = GTK_POS_BOTTOM;

  gtk_widget_get_preferred_size (GTK_WIDGET (self), NULL, &size);
  if (height - (at->y + at->height) >= size.height)
    side = GTK_POS_BOTTOM;
  else if (at->y >= size.height)
    side = GTK_POS_TOP;
  else if (width - (at->x + at->width) >= size.width)
    side = GTK_POS_RIGHT;
  else if (at->x >= size.width)
    side = GTK_POS_LEFT;
  gtk_popover_set_position (GTK_POPOVER (self), side);
}

void
limner_class_popup_open (LimnerClassPopup *self,
                         LimnerDataset *dataset,
                         const GdkRectangle *at,
                         const char *escape_hint)
{
  g_set_object (&self->dataset, dataset);
  self->decided = FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_label_set_text (GTK_LABEL (self->escape_label), escape_hint);
  update_rows (self);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), at);
  choose_side (self, at);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
}

void
limner_class_popup_note_recent (LimnerClassPopup *self, gint64 category_id)
{
  const guint at = find_recency (self, category_id);

  if (at != G_MAXUINT)
    g_array_remove_index (self->recent, at);
  g_array_prepend_val (self->recent, category_id);
  if (self->recent->len > MAX_RECENT)
    g_array_set_size (self->recent, MAX_RECENT);
}

void
limner_class_popup_forget_recent (LimnerClassPopup *self)
{
  g_array_set_size (self->recent, 0);
}
