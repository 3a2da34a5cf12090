/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include <glib/gi18n-lib.h>
#include <limner/attribute.h>
#include <string.h>

#include "scene-private.h"

/* How far copies stand off from what they were copied from, in image pixels. */
#define COPY_OFFSET 10.0

/* ---- refusals ---- */

gboolean
limner_scene_check_editable (LimnerScene *self)
{
  if (self->image == LIMNER_NO_IMAGE)
    return FALSE;
  if (limner_document_is_read_only (self->document))
    limner_scene_message (self, _ ("The dataset is open for reading only; nothing was changed"));
  else if (!limner_dataset_is_image_editable (self->dataset, self->image))
    limner_scene_message (self,
                          _ ("The record of '%s' has no id of its own in the COCO file, so nothing "
                             "can be drawn on it"),
                          self->image_name);
  else if (self->width == 0 || self->height == 0)
    limner_scene_message (self, _ ("Nothing can be drawn before the picture '%s' is shown"),
                          self->image_name);
  else
    return TRUE;
  return FALSE;
}

void
limner_scene_explain_item (LimnerScene *self, LimnerSceneItem *item)
{
  if (item->scene == NULL)
    limner_scene_message (self, _ ("The annotation is gone; nothing was changed"));
  else if (limner_document_is_read_only (self->document))
    limner_scene_message (self, _ ("The dataset is open for reading only; nothing was changed"));
  else if (item->locked)
    limner_scene_message (self, _ ("The annotation is locked; unlock it to change it"));
  else
    limner_scene_message (self,
                          _ ("The annotation has no id of its own in the COCO file, so it can be "
                             "shown but not changed"));
}

static gboolean
limner_scene_check_item (LimnerScene *self, LimnerSceneItem *item)
{
  if (limner_scene_item_is_editable (item))
    return TRUE;
  limner_scene_explain_item (self, item);
  return FALSE;
}

static void
limner_scene_refuse_size (LimnerScene *self, LimnerShape *shape, gboolean is_new)
{
  gboolean box = limner_shape_get_kind (shape) == LIMNER_SHAPE_BOX;

  if (is_new && box)
    limner_scene_message (self, _ ("The box was too small and was left out"));
  else if (is_new)
    limner_scene_message (self, _ ("The shape has no area and was left out"));
  else if (box)
    limner_scene_message (self, _ ("The box would be too small; it stays as it was"));
  else
    limner_scene_message (self, _ ("The shape would have no area; it stays as it was"));
}

/* (transfer container) (nullable): the part of the selection that may be changed; where there is
 * none, says why. */
static GPtrArray *
limner_scene_list_editable (LimnerScene *self)
{
  g_autoptr (GPtrArray) selection = limner_scene_get_selection (self);
  GPtrArray *editable = g_ptr_array_new ();

  for (guint i = 0; i < selection->len; i++)
    {
      if (limner_scene_item_is_editable (selection->pdata[i]))
        g_ptr_array_add (editable, selection->pdata[i]);
    }
  if (editable->len > 0)
    return editable;
  if (selection->len > 0)
    limner_scene_explain_item (self, selection->pdata[0]);
  g_ptr_array_unref (editable);
  return NULL;
}

/* ---- committing ---- */

LimnerTransaction *
limner_scene_begin (LimnerScene *self, const char *label)
{
  /* what is stale must not be taken for a change of our own */
  limner_scene_flush (self);
  g_array_set_size (self->touched, 0);
  return limner_document_begin (self->document, label, self->image);
}

void
limner_scene_touch (LimnerScene *self, gint64 id)
{
  g_array_append_val (self->touched, id);
}

gboolean
limner_scene_commit (LimnerScene *self, LimnerTransaction *transaction)
{
  g_autoptr (GError) error = NULL;
  gboolean done;

  self->committing++;
  done = limner_document_commit (self->document, transaction, NULL, NULL, &error);
  self->committing--;
  if (!done)
    {
      g_array_set_size (self->wanted, 0);
      limner_scene_message (self, "%s", error->message);
    }
  limner_scene_flush_touched (self);
  return done;
}

/* ---- the active class and the shape that waits for one ---- */

void
limner_scene_set_active_category (LimnerScene *self, gint64 category_id)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));

  if (self->active_category == category_id)
    return;
  self->active_category = category_id;
  limner_scene_notify (self, LIMNER_SCENE_PROP_ACTIVE_CATEGORY);
}

gint64
limner_scene_get_active_category (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), -1);
  return self->active_category;
}

static void
limner_scene_set_pending (LimnerScene *self, LimnerShape *shape)
{
  LimnerBox box;

  if (self->pending == shape)
    return;
  if (self->pending != NULL)
    {
      box = limner_shape_get_bbox (self->pending);
      limner_scene_damage (self, &box);
    }
  g_clear_pointer (&self->pending, limner_shape_unref);
  if (shape != NULL)
    {
      self->pending = limner_shape_ref (shape);
      box = limner_shape_get_bbox (shape);
      limner_scene_damage (self, &box);
    }
  limner_scene_notify (self, LIMNER_SCENE_PROP_HAS_PENDING);
  limner_scene_emit (self);
}

LimnerShape *
limner_scene_get_pending_shape (LimnerScene *self)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);
  return self->pending;
}

void
limner_scene_drop_pending (LimnerScene *self)
{
  g_return_if_fail (LIMNER_IS_SCENE (self));
  limner_scene_set_pending (self, NULL);
}

static const char *
get_draw_label (LimnerShape *shape)
{
  switch (limner_shape_get_kind (shape))
    {
    case LIMNER_SHAPE_BOX:
      return _ ("Draw box");
    case LIMNER_SHAPE_POLYGON:
      return _ ("Draw polygon");
    case LIMNER_SHAPE_MASK:
    default:
      return _ ("Draw mask");
    }
}

/* What was just made must be seen, even where its class is hidden. */
static void
limner_scene_show_wanted (LimnerScene *self)
{
  limner_scene_set_shapes_hidden (self, FALSE);
  for (guint i = 0; i < self->wanted->len; i++)
    g_hash_table_replace (self->eyes,
                          g_memdup2 (&g_array_index (self->wanted, gint64, i), sizeof (gint64)),
                          GINT_TO_POINTER (LIMNER_EYE_SHOWN));
}

/* One step: the class, if @new_name is one, and the annotation. */
static gboolean
limner_scene_create (LimnerScene *self,
                     LimnerShape *shape,
                     gint64 category_id,
                     const char *new_name)
{
  g_autoptr (LimnerShape) stored = limner_scene_shape_to_file (self, shape);
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!limner_scene_check_editable (self))
    return FALSE;
  transaction = limner_scene_begin (self, get_draw_label (shape));
  if ((new_name != NULL &&
       !limner_transaction_create_category (transaction, new_name, &category_id, &error)) ||
      !limner_transaction_create_annotation (transaction, self->image, self->width, self->height,
                                             category_id, stored, &id, &error))
    {
      limner_scene_message (self, "%s", error->message);
      return FALSE;
    }
  limner_scene_touch (self, id);
  limner_scene_want (self, &id, 1);
  if (self->shapes_hidden || !limner_scene_is_category_visible (self, category_id))
    limner_scene_show_wanted (self);
  if (!limner_scene_commit (self, g_steal_pointer (&transaction)))
    return FALSE;
  limner_scene_set_active_category (self, category_id);
  return TRUE;
}

gboolean
limner_scene_add_shape (LimnerScene *self, LimnerShape *shape)
{
  g_autoptr (LimnerShape) clamped = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  g_return_val_if_fail (shape != NULL, FALSE);

  limner_scene_flush (self);
  if (!limner_scene_check_editable (self))
    return FALSE;
  clamped = limner_shape_clamp (shape, self->width, self->height);
  if (limner_shape_is_degenerate (clamped, LIMNER_SCENE_MIN_SIZE))
    {
      limner_scene_refuse_size (self, shape, TRUE);
      return FALSE;
    }
  if (self->pending != NULL)
    {
      limner_scene_message (self, _ ("Name the shape before first"));
      limner_scene_emit_category_needed (self);
      return FALSE;
    }
  if (limner_dataset_find_category (self->dataset, self->active_category) != NULL)
    return limner_scene_create (self, clamped, self->active_category, NULL);
  limner_scene_select_none (self);
  limner_scene_set_shapes_hidden (self, FALSE);
  limner_scene_set_pending (self, clamped);
  limner_scene_emit_category_needed (self);
  return TRUE;
}

static gboolean
limner_scene_name (LimnerScene *self, gint64 category_id, const char *new_name)
{
  g_autoptr (LimnerShape) shape = NULL;

  if (self->pending == NULL)
    return FALSE;
  shape = limner_shape_ref (self->pending);
  if (!limner_scene_create (self, shape, category_id, new_name))
    return FALSE;
  limner_scene_set_pending (self, NULL);
  return TRUE;
}

gboolean
limner_scene_name_pending (LimnerScene *self, gint64 category_id)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  return limner_scene_name (self, category_id, NULL);
}

/* (transfer full) (nullable): without white space around it; says so if nothing is left. */
static char *
limner_scene_check_name (LimnerScene *self, const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (*stripped != '\0')
    return g_steal_pointer (&stripped);
  limner_scene_message (self, _ ("A class needs a name"));
  return NULL;
}

/* Calls @use with the class of that name, or with the name of one that is to be made. */
static gboolean
limner_scene_use_name (LimnerScene *self,
                       const char *name,
                       gboolean (*use) (LimnerScene *self,
                                        gint64 category_id,
                                        const char *new_name))
{
  g_autofree char *stripped = NULL;
  LimnerCategory *category;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  stripped = limner_scene_check_name (self, name);
  if (stripped == NULL)
    return FALSE;
  category = limner_dataset_find_category_by_name (self->dataset, stripped);
  return category != NULL ? use (self, limner_category_get_id (category), NULL)
                          : use (self, -1, stripped);
}

gboolean
limner_scene_name_pending_new (LimnerScene *self, const char *name)
{
  return limner_scene_use_name (self, name, limner_scene_name);
}

/* ---- changing shapes ---- */

/* A hand may not push an edge out of the picture; what a file says outside stays possible. */
static LimnerShape *
limner_scene_fit_shape (LimnerScene *self, LimnerShape *before, LimnerShape *after)
{
  const LimnerBox picture = { 0.0, 0.0, self->width, self->height };
  LimnerBox box = limner_shape_get_bbox (after);
  LimnerBox limits;

  if (self->width == 0)
    return limner_shape_ref (after);
  limits = limner_shape_get_bbox (before);
  limits = limner_box_union (&limits, &picture);
  if (box.x >= limits.x && box.y >= limits.y &&
      box.x + box.width <= limits.x + limits.width + 1e-9 &&
      box.y + box.height <= limits.y + limits.height + 1e-9)
    return limner_shape_ref (after);
  return limner_shape_clamp (after, self->width, self->height);
}

/* One item of limner_scene_set_shapes(). */
static gboolean
limner_scene_set_one (LimnerScene *self,
                      LimnerTransaction *transaction,
                      LimnerSceneItem *item,
                      LimnerShape *shape)
{
  g_autoptr (LimnerShape) fitted = NULL;
  g_autoptr (LimnerShape) stored = NULL;
  g_autoptr (GError) error = NULL;

  if (!limner_scene_check_item (self, item))
    return FALSE;
  if (item->shape == NULL || limner_shape_equal (item->shape, shape))
    return TRUE;
  fitted = limner_scene_fit_shape (self, item->shape, shape);
  if (limner_shape_is_degenerate (fitted, LIMNER_SCENE_MIN_SIZE) &&
      !limner_shape_is_degenerate (item->shape, LIMNER_SCENE_MIN_SIZE))
    {
      limner_scene_refuse_size (self, shape, FALSE);
      return FALSE;
    }
  stored = limner_scene_shape_to_file (self, fitted);
  limner_scene_touch (self, item->id);
  if (limner_transaction_set_shape (transaction, item->id, stored, &error))
    return TRUE;
  limner_scene_message (self, "%s", error->message);
  return FALSE;
}

gboolean
limner_scene_set_shapes (LimnerScene *self, GPtrArray *items, GPtrArray *shapes, const char *label)
{
  g_autoptr (LimnerTransaction) transaction = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  g_return_val_if_fail (items->len == shapes->len, FALSE);

  limner_scene_flush (self);
  transaction = limner_scene_begin (self, label);
  for (guint i = 0; i < items->len; i++)
    {
      if (!limner_scene_set_one (self, transaction, items->pdata[i], shapes->pdata[i]))
        return FALSE;
    }
  return limner_scene_commit (self, g_steal_pointer (&transaction));
}

gboolean
limner_scene_set_shape (LimnerScene *self,
                        LimnerSceneItem *item,
                        LimnerShape *shape,
                        const char *label)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GPtrArray) shapes = g_ptr_array_new ();

  g_ptr_array_add (items, item);
  g_ptr_array_add (shapes, shape);
  return limner_scene_set_shapes (self, items, shapes, label);
}

void
limner_scene_clamp_offset (LimnerScene *self, GPtrArray *shapes, double *dx, double *dy)
{
  if (self->width == 0)
    return;
  for (guint i = 0; i < shapes->len; i++)
    limner_shape_clamp_offset (shapes->pdata[i], self->width, self->height, dx, dy);
}

/* (transfer full) (element-type LimnerShape): of those items; @items loses the ones without. */
static GPtrArray *
list_shapes (GPtrArray *items)
{
  GPtrArray *shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_shape_unref);

  for (guint i = 0; i < items->len;)
    {
      LimnerSceneItem *item = items->pdata[i];

      if (item->shape == NULL)
        {
          g_ptr_array_remove_index (items, i);
          continue;
        }
      g_ptr_array_add (shapes, limner_shape_ref (item->shape));
      i++;
    }
  return shapes;
}

static void
move_shapes (GPtrArray *shapes, double dx, double dy)
{
  for (guint i = 0; i < shapes->len; i++)
    {
      LimnerShape *moved = limner_shape_move (shapes->pdata[i], dx, dy);

      limner_shape_unref (shapes->pdata[i]);
      shapes->pdata[i] = moved;
    }
}

gboolean
limner_scene_nudge (LimnerScene *self, double dx, double dy)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) shapes = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  items = limner_scene_list_editable (self);
  if (items == NULL)
    return FALSE;
  shapes = list_shapes (items);
  limner_scene_clamp_offset (self, shapes, &dx, &dy);
  if (dx == 0.0 && dy == 0.0)
    return FALSE;
  move_shapes (shapes, dx, dy);
  return limner_scene_set_shapes (self, items, shapes, _ ("Move"));
}

/* ---- class, deletion, copies ---- */

static gboolean
limner_scene_change_category (LimnerScene *self, gint64 category_id, const char *new_name)
{
  g_autoptr (GPtrArray) items = limner_scene_list_editable (self);
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  if (items == NULL)
    return FALSE;
  transaction = limner_scene_begin (self, _ ("Change class"));
  if (new_name != NULL)
    done = limner_transaction_create_category (transaction, new_name, &category_id, &error);
  for (guint i = 0; done && i < items->len; i++)
    {
      LimnerSceneItem *item = items->pdata[i];

      if (limner_scene_item_get_category_id (item) == category_id)
        continue;
      limner_scene_touch (self, item->id);
      done = limner_transaction_set_category (transaction, item->id, category_id, &error);
    }
  if (done)
    return limner_scene_commit (self, g_steal_pointer (&transaction));
  limner_scene_message (self, "%s", error->message);
  return FALSE;
}

gboolean
limner_scene_set_selection_category (LimnerScene *self, gint64 category_id)
{
  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);
  return limner_scene_change_category (self, category_id, NULL);
}

gboolean
limner_scene_set_selection_category_new (LimnerScene *self, const char *name)
{
  return limner_scene_use_name (self, name, limner_scene_change_category);
}

/* (transfer full): an English plural that is right for most nouns that name a class. */
static char *
format_plural (const char *name)
{
  gsize length = strlen (name);
  char last = length > 0 ? name[length - 1] : '\0';
  char before = length > 1 ? name[length - 2] : '\0';

  if (!g_ascii_islower (last))
    return g_strdup (name);
  if (strchr ("sxz", last) != NULL || (last == 'h' && strchr ("cs", before) != NULL))
    return g_strconcat (name, "es", NULL);
  if (g_str_has_suffix (name, "person"))
    return g_strdup_printf ("%.*speople", (int) (length - strlen ("person")), name);
  if (last == 'y' && g_ascii_islower (before) && strchr ("aeiou", before) == NULL)
    return g_strdup_printf ("%.*sies", (int) length - 1, name);
  return g_strconcat (name, "s", NULL);
}

/* (transfer full): "Deleted 2 cars"; @name NULL: classes differ. */
static char *
limner_scene_format_deleted (guint n, const char *name)
{
  g_autofree char *plural = NULL;

  if (name == NULL || *name == '\0')
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Deleted %u annotation",
                                         "Deleted %u annotations", n),
                            n);
  if (n == 1)
    return g_strdup_printf (_ ("Deleted %s"), name);
  /* Only where the sentence is in English, the name gets an English plural. */
  plural =
      g_str_equal (_ ("Deleted %u %s"), "Deleted %u %s") ? format_plural (name) : g_strdup (name);
  /* Translators: %s is the name of a class as the person typed it */
  return g_strdup_printf (_ ("Deleted %u %s"), n, plural);
}

/* (transfer full): the sentence for @items, as they are now. */
static char *
describe_deleted (GPtrArray *items)
{
  LimnerCategory *category = limner_scene_item_get_category (items->pdata[0]);

  for (guint i = 1; i < items->len; i++)
    {
      if (limner_scene_item_get_category (items->pdata[i]) != category)
        category = NULL;
    }
  return limner_scene_format_deleted (items->len, category != NULL
                                                      ? limner_category_get_name (category)
                                                      : NULL);
}

gboolean
limner_scene_delete_selection (LimnerScene *self)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  items = limner_scene_list_editable (self);
  if (items == NULL)
    return FALSE;
  sentence = describe_deleted (items);
  transaction = limner_scene_begin (self, _ ("Delete"));
  for (guint i = 0; i < items->len; i++)
    {
      LimnerSceneItem *item = items->pdata[i];

      limner_scene_touch (self, item->id);
      if (limner_transaction_delete (transaction, LIMNER_RECORD_ANNOTATION, item->id, FALSE,
                                     &error))
        continue;
      limner_scene_message (self, "%s", error->message);
      return FALSE;
    }
  if (!limner_scene_commit (self, g_steal_pointer (&transaction)))
    return FALSE;
  limner_scene_emit_deleted (self, sentence);
  return TRUE;
}

gboolean
limner_scene_add_copies (LimnerScene *self, GPtrArray *items, GPtrArray *shapes, const char *label)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  if (!limner_scene_check_editable (self))
    return FALSE;
  transaction = limner_scene_begin (self, label);
  for (guint i = 0; i < items->len; i++)
    {
      LimnerSceneItem *item = items->pdata[i];
      g_autoptr (LimnerShape) stored = limner_scene_shape_to_file (self, shapes->pdata[i]);
      gint64 id;

      if (!limner_transaction_copy_annotation (transaction, item->annotation, self->image,
                                               self->width, self->height,
                                               limner_scene_item_get_category_id (item), stored,
                                               &id, &error))
        {
          limner_scene_message (self, "%s", error->message);
          return FALSE;
        }
      limner_scene_touch (self, id);
      g_array_append_val (ids, id);
    }
  limner_scene_want (self, (const gint64 *) ids->data, ids->len);
  return limner_scene_commit (self, g_steal_pointer (&transaction));
}

gboolean
limner_scene_duplicate_selection (LimnerScene *self)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) shapes = NULL;
  double dx = COPY_OFFSET, dy = COPY_OFFSET;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  items = limner_scene_get_selection (self);
  shapes = list_shapes (items);
  if (items->len == 0)
    return FALSE;
  limner_scene_clamp_offset (self, shapes, &dx, &dy);
  if (dx == 0.0 && dy == 0.0)
    {
      dx = dy = -COPY_OFFSET;
      limner_scene_clamp_offset (self, shapes, &dx, &dy);
    }
  move_shapes (shapes, dx, dy);
  return limner_scene_add_copies (self, items, shapes, _ ("Duplicate"));
}

gboolean
limner_scene_set_image_state (LimnerScene *self, LimnerState state)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  guint width, height;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  if (self->image == LIMNER_NO_IMAGE)
    return FALSE;
  width = self->width;
  height = self->height;
  if (width == 0 && !limner_dataset_get_image_size (self->dataset, self->image, &width, &height))
    return limner_scene_check_editable (self);
  transaction = limner_scene_begin (self, _ ("Change state"));
  if (limner_transaction_set_image_state (transaction, self->image, width, height, state, &error))
    return limner_scene_commit (self, g_steal_pointer (&transaction));
  limner_scene_message (self, "%s", error->message);
  return FALSE;
}

gboolean
limner_scene_set_attribute (LimnerScene *self,
                            LimnerSceneItem *item,
                            const char *name,
                            const char *value)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *object = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  limner_scene_flush (self);
  if (!limner_scene_check_item (self, item))
    return FALSE;
  object = limner_attribute_set (item->annotation->record.text, name, value);
  if (object == NULL)
    {
      limner_scene_message (self, _ ("The annotation keeps something else than named values under "
                                     "'attributes'; nothing was changed"));
      return FALSE;
    }
  transaction =
      limner_scene_begin (self, value != NULL ? _ ("Set attribute") : _ ("Remove attribute"));
  if (limner_transaction_set_members (transaction, LIMNER_RECORD_ANNOTATION, item->id,
                                      &(LimnerMember){ "attributes", object }, 1, &error))
    {
      limner_scene_touch (self, item->id);
      return limner_scene_commit (self, g_steal_pointer (&transaction));
    }
  limner_scene_message (self, "%s", error->message);
  return FALSE;
}
