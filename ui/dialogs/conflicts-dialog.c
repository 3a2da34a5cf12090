/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-conflicts-dialog"

#include "conflicts-dialog.h"

#include "conflict-picture.h"
#include "conflict-words.h"

#include <glib/gi18n.h>

#define SURROUNDINGS 0.35 /* of the object's size, on each side */
#define MIN_AREA 48.0     /* image pixels: a point is seen with something around it */

typedef enum
{
  VERSION_BASE,
  VERSION_THEIRS,
  VERSION_OURS,
  N_VERSIONS
} Version;

typedef struct
{
  GtkWidget *picture;
  GtkLabel *words;
} Card;

struct _LimnerConflictsDialog
{
  AdwWindow parent_instance;

  LimnerDocument *document;
  LimnerImageLoader *loader;
  LimnerRecordKind kind; /* of the conflict that is shown */
  gint64 id;
  LimnerPixels *pixels;  /* (nullable): of its image */
  GCancellable *loading; /* (nullable) */

  GtkLabel *title;
  GtkLabel *position;
  GtkWidget *previous;
  GtkWidget *next;
  GtkWidget *show;
  Card cards[N_VERSIONS];
  GtkGrid *differences;
  GtkWidget *theirs_button;
  GtkWidget *ours_button;
};

G_DEFINE_FINAL_TYPE (LimnerConflictsDialog, limner_conflicts_dialog, ADW_TYPE_WINDOW)

enum
{
  SIGNAL_SHOW_REQUESTED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- the conflict that is shown ---- */

/* Its place in the list, 0 where it is settled meanwhile. */
static guint
find_index (LimnerConflictsDialog *self)
{
  GPtrArray *conflicts = limner_document_get_conflicts (self->document);

  for (guint i = 0; i < conflicts->len; i++)
    {
      const LimnerConflict *conflict = g_ptr_array_index (conflicts, i);

      if (conflict->kind == self->kind && conflict->id == self->id)
        return i;
    }
  return 0;
}

static const LimnerConflict *
get_conflict (LimnerConflictsDialog *self)
{
  GPtrArray *conflicts = limner_document_get_conflicts (self->document);

  return conflicts->len > 0 ? g_ptr_array_index (conflicts, find_index (self)) : NULL;
}

static GBytes *
get_version (const LimnerConflict *conflict, Version version)
{
  return version == VERSION_BASE     ? conflict->base
         : version == VERSION_THEIRS ? conflict->theirs
                                     : conflict->ours;
}

static LimnerAnnotation *
parse_version (const LimnerConflict *conflict, Version version)
{
  GBytes *text = get_version (conflict, version);

  return conflict->kind == LIMNER_RECORD_ANNOTATION && text != NULL
             ? limner_coco_record_parse (conflict->kind, text, NULL)
             : NULL;
}

/* The image it is on, as any version says. */
static guint
get_image (LimnerConflictsDialog *self, const LimnerConflict *conflict)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  guint image = conflict->kind == LIMNER_RECORD_IMAGE
                    ? limner_dataset_find_image (dataset, conflict->id)
                    : LIMNER_NO_IMAGE;

  for (guint i = N_VERSIONS; image == LIMNER_NO_IMAGE && i > 0; i--)
    {
      g_autoptr (LimnerAnnotation) annotation = parse_version (conflict, i - 1);

      if (annotation != NULL && annotation->has_image_id)
        image = limner_dataset_find_image (dataset, annotation->image_id);
    }
  return image;
}

/* ---- pictures ---- */

/* (transfer full) (nullable) */
static LimnerShape *
dup_upright_shape (LimnerConflictsDialog *self, const LimnerAnnotation *annotation)
{
  const LimnerOrientation orientation = self->pixels != NULL
                                            ? limner_pixels_get_orientation (self->pixels)
                                            : LIMNER_ORIENTATION_NORMAL;
  const gboolean swapped = orientation >= LIMNER_ORIENTATION_TRANSPOSE;
  guint width, height;

  if (annotation == NULL || annotation->shape == NULL)
    return NULL;
  if (self->pixels == NULL || limner_document_get_frame (self->document) == LIMNER_FRAME_UPRIGHT)
    return limner_shape_ref (annotation->shape);
  width = limner_pixels_get_width (self->pixels);
  height = limner_pixels_get_height (self->pixels);
  return limner_shape_transform (annotation->shape, orientation, swapped ? height : width,
                                 swapped ? width : height, TRUE);
}

/* All versions and something around them. */
static LimnerBox
get_area (LimnerShape *const *shapes)
{
  LimnerBox area = { 0 };
  double margin_x, margin_y;
  gboolean is_first = TRUE;

  for (guint i = 0; i < N_VERSIONS; i++)
    {
      LimnerBox bbox;

      if (shapes[i] == NULL)
        continue;
      bbox = limner_shape_get_bbox (shapes[i]);
      area = is_first ? bbox : limner_box_union (&area, &bbox);
      is_first = FALSE;
    }
  margin_x = MAX (area.width * SURROUNDINGS, (MIN_AREA - area.width) / 2.0);
  margin_y = MAX (area.height * SURROUNDINGS, (MIN_AREA - area.height) / 2.0);
  return (LimnerBox){ area.x - margin_x, area.y - margin_y, area.width + 2.0 * margin_x,
                      area.height + 2.0 * margin_y };
}

static guint32
get_color (LimnerConflictsDialog *self, const LimnerAnnotation *annotation)
{
  LimnerCategory *category =
      annotation != NULL && annotation->has_category_id
          ? limner_dataset_find_category (limner_document_get_dataset (self->document),
                                          annotation->category_id)
          : NULL;

  return category != NULL ? limner_category_get_color (category) : 0x808080;
}

static void
update_pictures (LimnerConflictsDialog *self, const LimnerConflict *conflict)
{
  LimnerShape *shapes[N_VERSIONS];
  guint32 colors[N_VERSIONS];
  LimnerBox area;

  for (guint i = 0; i < N_VERSIONS; i++)
    {
      g_autoptr (LimnerAnnotation) annotation = parse_version (conflict, i);

      shapes[i] = dup_upright_shape (self, annotation);
      colors[i] = get_color (self, annotation);
    }
  area = get_area (shapes);
  for (guint i = 0; i < N_VERSIONS; i++)
    {
      LimnerConflictPicture *picture = LIMNER_CONFLICT_PICTURE (self->cards[i].picture);

      gtk_widget_set_visible (GTK_WIDGET (picture), conflict->kind == LIMNER_RECORD_ANNOTATION);
      limner_conflict_picture_set_shapes (picture, &area, shapes[i], colors[i],
                                          i != VERSION_BASE ? shapes[VERSION_BASE] : NULL);
      limner_conflict_picture_set_pixels (picture, self->pixels);
    }
  for (guint i = 0; i < N_VERSIONS; i++)
    g_clear_pointer (&shapes[i], limner_shape_unref);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnerConflictsDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerPixels) pixels =
      limner_image_loader_load_finish (LIMNER_IMAGE_LOADER (source), result, &error);
  const LimnerConflict *conflict;

  /* what cannot be shown is still told in words */
  if (pixels == NULL || self->document == NULL)
    return;
  conflict = get_conflict (self);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  self->pixels = g_steal_pointer (&pixels);
  if (conflict != NULL)
    update_pictures (self, conflict);
}

static void
load_picture (LimnerConflictsDialog *self, const LimnerConflict *conflict)
{
  LimnerDataset *dataset = limner_document_get_dataset (self->document);
  const guint image = get_image (self, conflict);
  g_autofree char *path =
      image != LIMNER_NO_IMAGE ? limner_dataset_dup_image_path (dataset, image, NULL) : NULL;

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  /* a name that only the COCO file knows is not opened here: the window does that, with its checks
   */
  if (conflict->kind != LIMNER_RECORD_ANNOTATION || path == NULL ||
      !limner_dataset_has_image_file (dataset, image))
    return;
  self->loading = g_cancellable_new ();
  limner_image_loader_load_async (self->loader, path, LIMNER_LOAD_SHOWN, self->loading, on_loaded,
                                  g_object_ref (self));
}

/* ---- words ---- */

static void
add_cell (LimnerConflictsDialog *self, const char *text, int column, int row, gboolean is_head)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, column > 0);
  gtk_label_set_width_chars (GTK_LABEL (label), column > 0 ? 20 : 12);
  gtk_widget_add_css_class (label, is_head ? "dim-label" : "numeric");
  gtk_grid_attach (self->differences, label, column, row, 1, 1);
}

static void
update_differences (LimnerConflictsDialog *self, const LimnerConflict *conflict)
{
  g_autoptr (GPtrArray) list = limner_conflict_list_differences (conflict);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->differences))) != NULL)
    gtk_grid_remove (self->differences, child);
  for (guint i = 0; i < list->len; i++)
    {
      const LimnerMemberDifference *difference = g_ptr_array_index (list, i);
      const char *values[N_VERSIONS] = { difference->base, difference->theirs, difference->ours };

      add_cell (self, limner_conflict_get_member_name (difference->name), 0, (int) i, TRUE);
      for (guint k = 0; k < N_VERSIONS; k++)
        {
          g_autofree char *words =
              get_version (conflict, k) != NULL
                  ? limner_conflict_dup_value (self->document, difference->name, values[k])
                  : g_strdup ("");

          add_cell (self, words, (int) k + 1, (int) i, FALSE);
        }
    }
}

static void
show_conflict (LimnerConflictsDialog *self, guint index)
{
  GPtrArray *conflicts = limner_document_get_conflicts (self->document);
  const LimnerConflict *conflict = g_ptr_array_index (conflicts, index);
  g_autofree char *title = limner_conflict_dup_title (self->document, conflict);
  g_autofree char *position = g_strdup_printf (_ ("%u of %u"), index + 1, conflicts->len);

  self->kind = conflict->kind;
  self->id = conflict->id;
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->position, position);
  gtk_widget_set_sensitive (self->previous, index > 0);
  gtk_widget_set_sensitive (self->next, index + 1 < conflicts->len);
  gtk_widget_set_sensitive (self->show, get_image (self, conflict) != LIMNER_NO_IMAGE);
  for (guint i = 0; i < N_VERSIONS; i++)
    {
      g_autofree char *words =
          limner_conflict_dup_version (self->document, conflict, get_version (conflict, i),
                                       i == VERSION_BASE);

      gtk_label_set_text (self->cards[i].words, words);
    }
  update_differences (self, conflict);
  load_picture (self, conflict);
  update_pictures (self, conflict);
}

/* Something was settled here or elsewhere, or the other program wrote again. */
static void
on_changed (LimnerConflictsDialog *self)
{
  if (limner_document_get_conflicts (self->document)->len == 0)
    gtk_window_close (GTK_WINDOW (self));
  else
    show_conflict (self, find_index (self));
}

/* ---- what the person does ---- */

static void
settle (LimnerConflictsDialog *self, gboolean keep_ours)
{
  GPtrArray *conflicts = limner_document_get_conflicts (self->document);
  const guint index = find_index (self);
  const LimnerConflict *next;
  const LimnerRecordKind kind = self->kind;
  const gint64 id = self->id;
  g_autoptr (GError) error = NULL;

  if (conflicts->len == 0)
    return;
  /* the one after it takes its place */
  if (conflicts->len > 1)
    {
      next = g_ptr_array_index (conflicts, index + 1 < conflicts->len ? index + 1 : index - 1);
      self->kind = next->kind;
      self->id = next->id;
    }
  if (limner_document_settle_conflict (self->document, kind, id, keep_ours, &error))
    return;
  self->kind = kind;
  self->id = id;
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
on_ours (GtkWidget *widget, const char *action, GVariant *parameter)
{
  settle (LIMNER_CONFLICTS_DIALOG (widget), TRUE);
}

static void
on_theirs (GtkWidget *widget, const char *action, GVariant *parameter)
{
  settle (LIMNER_CONFLICTS_DIALOG (widget), FALSE);
}

static void
on_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  limner_document_resolve_conflict (LIMNER_CONFLICTS_DIALOG (widget)->document,
                                    g_variant_get_boolean (parameter));
}

static void
on_step (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LimnerConflictsDialog *self = LIMNER_CONFLICTS_DIALOG (widget);
  const guint n = limner_document_get_conflicts (self->document)->len;
  const gint64 index = (gint64) find_index (self) + g_variant_get_int32 (parameter);

  if (index >= 0 && index < n)
    show_conflict (self, (guint) index);
}

static void
on_show (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LimnerConflictsDialog *self = LIMNER_CONFLICTS_DIALOG (widget);
  const LimnerConflict *conflict = get_conflict (self);
  const guint image = conflict != NULL ? get_image (self, conflict) : LIMNER_NO_IMAGE;
  const gint64 id =
      conflict != NULL && conflict->kind == LIMNER_RECORD_ANNOTATION ? conflict->id : -1;

  if (image == LIMNER_NO_IMAGE)
    return;
  g_signal_emit (self, signals[SIGNAL_SHOW_REQUESTED], 0, image, id);
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- building ---- */

static GtkWidget *
new_button (const char *label, const char *action, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  return button;
}

static GtkWidget *
new_step_button (const char *icon, const char *action, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

/* One column: the pictures of all are in one row, and so of one size. */
static void
add_card (Card *card, GtkGrid *grid, int column, const char *heading)
{
  GtkWidget *label = gtk_label_new (heading);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "heading");
  card->picture = limner_conflict_picture_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (card->picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  heading, -1);
  card->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (card->words, 0.0f);
  gtk_label_set_ellipsize (card->words, PANGO_ELLIPSIZE_END);
  gtk_grid_attach (grid, label, column, 0, 1, 1);
  gtk_grid_attach (grid, card->picture, column, 1, 1, 1);
  gtk_grid_attach (grid, GTK_WIDGET (card->words), column, 2, 1, 1);
}

static GtkWidget *
new_cards (LimnerConflictsDialog *self)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  self->theirs_button = new_button (_ ("Take _theirs"), "conflict.theirs",
                                    _ ("Take the other program’s version (T)"));
  self->ours_button = new_button (_ ("Keep _mine"), "conflict.ours", _ ("Keep my version (M)"));
  gtk_grid_set_column_homogeneous (grid, TRUE);
  gtk_grid_set_column_spacing (grid, 12);
  gtk_grid_set_row_spacing (grid, 6);
  add_card (&self->cards[VERSION_BASE], grid, 0, _ ("Before"));
  add_card (&self->cards[VERSION_THEIRS], grid, 1, _ ("Other program"));
  add_card (&self->cards[VERSION_OURS], grid, 2, _ ("My version"));
  gtk_grid_attach (grid, self->theirs_button, 1, 3, 1, 1);
  gtk_grid_attach (grid, self->ours_button, 2, 3, 1, 1);
  return GTK_WIDGET (grid);
}

static GtkWidget *
new_differences (LimnerConflictsDialog *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->differences = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->differences, 12);
  gtk_grid_set_row_spacing (self->differences, 4);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 180);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->differences));
  return scroller;
}

static GtkWidget *
new_title_row (LimnerConflictsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->title = GTK_LABEL (gtk_label_new (NULL));
  self->position = GTK_LABEL (gtk_label_new (NULL));
  self->previous =
      new_step_button ("go-previous-symbolic", "conflict.step(-1)", _ ("Previous record (Left)"));
  self->next = new_step_button ("go-next-symbolic", "conflict.step(1)", _ ("Next record (Right)"));
  self->show = new_button (_ ("_Show in image"), "conflict.show", NULL);
  gtk_label_set_xalign (self->title, 0.0f);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "title-4");
  gtk_widget_add_css_class (GTK_WIDGET (self->position), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->position), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (box), self->show);
  gtk_box_append (GTK_BOX (box), self->previous);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->position));
  gtk_box_append (GTK_BOX (box), self->next);
  return box;
}

static GtkWidget *
new_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *later =
      new_button (_ ("_Later"), "window.close", _ ("Nothing is written meanwhile (Esc)"));

  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), later);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header),
                           new_button (_ ("_All mine"), "conflict.all(true)",
                                       _ ("Keep my version of all that are left")));
  adw_header_bar_pack_end (
      ADW_HEADER_BAR (header),
      new_button (_ ("All th_eirs"), "conflict.all(false)",
                  _ ("Take the other program’s version of all that are left")));
  return header;
}

static void
limner_conflicts_dialog_dispose (GObject *object)
{
  LimnerConflictsDialog *self = LIMNER_CONFLICTS_DIALOG (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->pixels, limner_pixels_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->loader);
  G_OBJECT_CLASS (limner_conflicts_dialog_parent_class)->dispose (object);
}

static void
limner_conflicts_dialog_class_init (LimnerConflictsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limner_conflicts_dialog_dispose;
  signals[SIGNAL_SHOW_REQUESTED] =
      g_signal_new ("show-requested", LIMNER_TYPE_CONFLICTS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_INT64);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", LIMNER_TYPE_CONFLICTS_DIALOG, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "conflict.ours", NULL, on_ours);
  gtk_widget_class_install_action (widget_class, "conflict.theirs", NULL, on_theirs);
  gtk_widget_class_install_action (widget_class, "conflict.all", "b", on_all);
  gtk_widget_class_install_action (widget_class, "conflict.step", "i", on_step);
  gtk_widget_class_install_action (widget_class, "conflict.show", NULL, on_show);
}

/* Before the buttons, which would take an arrow for moving the focus; there is no text to be
 * typed. */
static void
add_keys (LimnerConflictsDialog *self)
{
  static const char *const keys[][2] = {
    { "Escape", "action(window.close)" }, { "m", "action(conflict.ours)" },
    { "t", "action(conflict.theirs)" },   { "Left", "action(conflict.step)" },
    { "Right", "action(conflict.step)" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i][0]),
                                                gtk_shortcut_action_parse_string (keys[i][1]));

      if (g_str_has_suffix (keys[i][1], "step)"))
        gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (
                                                  g_str_equal (keys[i][0], "Left") ? -1 : 1));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
limner_conflicts_dialog_init (LimnerConflictsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_window_set_title (GTK_WINDOW (self), _ ("Changed on both sides"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 880, 520);
  gtk_widget_set_margin_start (content, 18);
  gtk_widget_set_margin_end (content, 18);
  gtk_widget_set_margin_top (content, 12);
  gtk_widget_set_margin_bottom (content, 18);
  gtk_box_append (GTK_BOX (content), new_title_row (self));
  gtk_box_append (GTK_BOX (content), new_cards (self));
  gtk_box_append (GTK_BOX (content), new_differences (self));
  gtk_box_append (GTK_BOX (box), new_header ());
  gtk_box_append (GTK_BOX (box), content);
  adw_window_set_content (ADW_WINDOW (self), box);
  add_keys (self);
  /* not Later, the first in the order */
  gtk_window_set_focus (GTK_WINDOW (self), self->ours_button);
}

GtkWidget *
limner_conflicts_dialog_new (GtkWindow *parent, LimnerDocument *document, LimnerImageLoader *loader)
{
  LimnerConflictsDialog *self =
      g_object_new (LIMNER_TYPE_CONFLICTS_DIALOG, "transient-for", parent, NULL);

  g_return_val_if_fail (limner_document_get_conflicts (document)->len > 0, NULL);

  self->document = g_object_ref (document);
  self->loader = g_object_ref (loader);
  g_signal_connect_object (document, "trouble-changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "replaced", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  show_conflict (self, 0);
  return GTK_WIDGET (self);
}
