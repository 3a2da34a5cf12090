/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "transaction-private.h"

#include <glib/gi18n-lib.h>
#include <limner/coco-value.h>
#include <limner/palette.h>
#include <string.h>

/* ---- classes ---- */

static gboolean
check_name_is_free (LimnerTransaction *self, const char *name, gint64 own_id, GError **error)
{
  LimnerCategory *other = limner_dataset_find_category_by_name (self->document->dataset, name);

  if (name[0] == '\0' || !g_utf8_validate (name, -1, NULL))
    {
      limner_refuse (self, error, "a class needs a name");
      return FALSE;
    }
  for (guint i = 0; i < self->touched->len; i++)
    {
      LimnerTouched *touched = g_ptr_array_index (self->touched, i);
      g_autoptr (LimnerCategoryRecord) record = NULL;

      if (touched->kind != LIMNER_RECORD_CATEGORY)
        continue;
      if (other != NULL && limner_category_get_id (other) == touched->id)
        other = NULL; /* the transaction says what it is called now */
      if (touched->after == NULL || touched->id == own_id)
        continue;
      record = limner_coco_record_parse (LIMNER_RECORD_CATEGORY, touched->after, NULL);
      if (record != NULL && g_strcmp0 (record->name, name) == 0)
        {
          limner_refuse (self, error, "there is a class \"%s\" already", name);
          return FALSE;
        }
    }
  if (other == NULL || limner_category_get_id (other) == own_id)
    return TRUE;
  limner_refuse (self, error, "there is a class \"%s\" already", name);
  return FALSE;
}

static guint32
choose_color (LimnerTransaction *self, const char *name)
{
  GListModel *categories = limner_dataset_get_categories (self->document->dataset);
  g_autoptr (GArray) used = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      guint32 color = limner_category_get_color (category);

      g_array_append_val (used, color);
    }
  for (guint i = 0; i < self->touched->len; i++)
    {
      LimnerTouched *touched = g_ptr_array_index (self->touched, i);
      g_autoptr (LimnerCategoryRecord) record = NULL;

      if (touched->kind != LIMNER_RECORD_CATEGORY || touched->after == NULL)
        continue;
      record = limner_coco_record_parse (LIMNER_RECORD_CATEGORY, touched->after, NULL);
      if (record != NULL && record->has_color)
        g_array_append_val (used, record->color);
    }
  return limner_palette_choose (name, (const guint32 *) (void *) used->data, used->len);
}

gboolean
limner_transaction_create_category (LimnerTransaction *self,
                                    const char *name,
                                    gint64 *id,
                                    GError **error)
{
  g_autofree char *id_text = NULL;
  g_autofree char *name_text = NULL;
  g_autofree char *color = NULL;
  g_autofree char *limner = NULL;
  LimnerCocoStyle style;
  gint64 new_id;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  if (!check_name_is_free (self, name, G_MININT64, error))
    return FALSE;
  limner_transaction_get_style (self, LIMNER_RECORD_CATEGORY, &style);
  new_id = limner_dataset_reserve_id (self->document->dataset, LIMNER_RECORD_CATEGORY);
  id_text = g_strdup_printf ("%" G_GINT64_FORMAT, new_id);
  name_text = limner_coco_format_string (name, style.ascii);
  color = limner_palette_format (choose_color (self, name));
  limner = g_strdup_printf ("{\"color\"%s\"%s\"}", style.colon, color);
  if (id != NULL)
    *id = new_id;
  return limner_transaction_add (self, LIMNER_RECORD_CATEGORY, new_id,
                                 (LimnerMember[]){ { "id", id_text },
                                                   { "name", name_text },
                                                   { "supercategory", "\"\"" },
                                                   { "limner", limner } },
                                 4, error);
}

gboolean
limner_transaction_rename_category (LimnerTransaction *self,
                                    gint64 category_id,
                                    const char *name,
                                    GError **error)
{
  g_autofree char *text = NULL;
  LimnerCocoStyle style;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  if (!check_name_is_free (self, name, category_id, error))
    return FALSE;
  limner_transaction_get_style (self, LIMNER_RECORD_CATEGORY, &style);
  text = limner_coco_format_string (name, style.ascii);
  return limner_transaction_edit (self, LIMNER_RECORD_CATEGORY, category_id,
                                  &(LimnerMember){ "name", text }, 1, error);
}

gboolean
limner_transaction_recolor_category (LimnerTransaction *self,
                                     gint64 category_id,
                                     guint32 color,
                                     GError **error)
{
  g_autofree char *text = limner_palette_format (color);
  g_autofree char *value = g_strdup_printf ("\"%s\"", text);

  g_return_val_if_fail (self != NULL, FALSE);
  return limner_transaction_set_limner (self, LIMNER_RECORD_CATEGORY, category_id, "color", value,
                                        error);
}

/* ---- images ---- */

gboolean
limner_transaction_set_image_state (LimnerTransaction *self,
                                    guint image,
                                    guint width,
                                    guint height,
                                    LimnerState state,
                                    GError **error)
{
  const char *name = limner_state_get_name (state);
  g_autofree char *value = name != NULL ? g_strdup_printf ("\"%s\"", name) : NULL;
  gint64 id;

  g_return_val_if_fail (self != NULL, FALSE);

  if (state == LIMNER_STATE_NONE && image < limner_dataset_get_n_images (self->document->dataset) &&
      !limner_dataset_get_image_id (self->document->dataset, image, NULL) &&
      !g_hash_table_contains (self->image_ids, GUINT_TO_POINTER (image)))
    return TRUE; /* an image without a record has no state to take away */
  return limner_transaction_ensure_image (self, image, width, height, &id, error) &&
         limner_transaction_set_limner (self, LIMNER_RECORD_IMAGE, id, "state", value, error);
}

/* ---- any record ---- */

static gboolean
check_value (LimnerTransaction *self, const LimnerMember *member, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (member->name == NULL || !g_utf8_validate (member->name, -1, NULL))
    {
      limner_refuse (self, error, "a member's name is not UTF-8");
      return FALSE;
    }
  if (member->value == NULL ||
      limner_coco_check_text (member->value, strlen (member->value), &local))
    return TRUE;
  limner_refuse (self, error, "%s: %s", member->name, local->message);
  return FALSE;
}

/* Whether @text of a record refers to what is there. */
static gboolean
check_references (LimnerTransaction *self,
                  LimnerRecordKind kind,
                  GBytes *text,
                  gboolean must_have,
                  GError **error)
{
  g_autoptr (LimnerAnnotation) annotation = NULL;
  LimnerValue outer, value;

  if (kind != LIMNER_RECORD_ANNOTATION)
    return TRUE;
  annotation = limner_coco_record_parse (kind, text, error);
  if (annotation == NULL)
    return FALSE;
  if (must_have && !annotation->has_image_id)
    {
      limner_refuse (self, error, "an annotation needs an image_id");
      return FALSE;
    }
  outer.text = g_bytes_get_data (text, &outer.length);
  if (must_have && !annotation->has_category_id && !limner_value_find (&outer, "caption", &value))
    {
      limner_refuse (self, error, "an annotation needs a category_id");
      return FALSE;
    }
  if (annotation->has_image_id &&
      !limner_transaction_has_record (self, LIMNER_RECORD_IMAGE, annotation->image_id))
    {
      limner_refuse (self, error, "there is no one image %" G_GINT64_FORMAT, annotation->image_id);
      return FALSE;
    }
  if (annotation->has_category_id &&
      !limner_transaction_has_record (self, LIMNER_RECORD_CATEGORY, annotation->category_id))
    {
      limner_refuse (self, error, "there is no one category %" G_GINT64_FORMAT,
                     annotation->category_id);
      return FALSE;
    }
  return TRUE;
}

static gboolean
sets_reference (const LimnerMember *members, guint n_members)
{
  for (guint i = 0; i < n_members; i++)
    if (strcmp (members[i].name, "image_id") == 0 || strcmp (members[i].name, "category_id") == 0)
      return TRUE;
  return FALSE;
}

/* Two classes of one name are as bad made by changing one as by a new one; a file that has them
 * already may be edited otherwise. */
static gboolean
check_new_name (LimnerTransaction *self, GBytes *before, const LimnerRecord *after, GError **error)
{
  const char *name = ((const LimnerCategoryRecord *) after)->name;
  g_autoptr (LimnerCategoryRecord) old =
      limner_coco_record_parse (LIMNER_RECORD_CATEGORY, before, NULL);

  if (old != NULL && g_strcmp0 (old->name, name) == 0)
    return TRUE;
  return check_name_is_free (self, name != NULL ? name : "", after->id, error);
}

gboolean
limner_transaction_set_members (LimnerTransaction *self,
                                LimnerRecordKind kind,
                                gint64 id,
                                const LimnerMember *members,
                                guint n_members,
                                GError **error)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) edited = NULL;
  g_autoptr (LimnerRecord) record = NULL;
  LimnerCocoStyle style;

  g_return_val_if_fail (self != NULL, FALSE);

  text = limner_transaction_get_text (self, kind, id, error);
  if (text == NULL)
    return FALSE;
  for (guint i = 0; i < n_members; i++)
    {
      if (!check_value (self, &members[i], error))
        return FALSE;
    }
  limner_coco_style_from_record (&style, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  edited = limner_coco_record_set_members (text, &style, members, n_members);
  record = limner_coco_record_parse (kind, edited, error);
  if (record == NULL)
    return FALSE;
  if (kind != LIMNER_RECORD_INFO && (!record->has_id || record->id != id))
    {
      limner_refuse (self, error, "the id of a record cannot be changed");
      return FALSE;
    }
  if (kind == LIMNER_RECORD_CATEGORY && !check_new_name (self, text, record, error))
    return FALSE;
  if (sets_reference (members, n_members) && !check_references (self, kind, edited, TRUE, error))
    return FALSE;
  return limner_transaction_put (self, kind, id, edited, error);
}

/* The id that @text gives itself, or the next one, written into it. */
static GBytes *
settle_id (
    LimnerTransaction *self, LimnerRecordKind kind, const char *text, gint64 *id, GError **error)
{
  g_autoptr (GBytes) given = g_bytes_new (text, strlen (text));
  g_autoptr (LimnerRecord) record = NULL;
  g_autofree char *id_text = NULL;
  LimnerValue outer = { text, strlen (text) };
  LimnerValue value;
  LimnerCocoStyle style;

  record = limner_coco_record_parse (kind, given, error);
  if (record == NULL)
    return NULL;
  if (kind == LIMNER_RECORD_INFO)
    {
      *id = 0;
      return g_steal_pointer (&given);
    }
  if (record->has_id)
    {
      *id = record->id;
      if (limner_dataset_count_records (self->document->dataset, kind, *id) == 0 &&
          !limner_transaction_has_record (self, kind, *id))
        return g_steal_pointer (&given);
      limner_refuse (self, error, "there is %s %" G_GINT64_FORMAT " already",
                     limner_record_kind_get_name (kind), *id);
      return NULL;
    }
  if (limner_value_find (&outer, "id", &value))
    {
      limner_refuse (self, error, "the id is not a whole number");
      return NULL;
    }
  *id = limner_dataset_reserve_id (self->document->dataset, kind);
  id_text = g_strdup_printf ("%" G_GINT64_FORMAT, *id);
  limner_coco_style_from_record (&style, outer.text, outer.length);
  return limner_coco_record_set_members (given, &style, &(LimnerMember){ "id", id_text }, 1);
}

static gboolean
check_new (LimnerTransaction *self, LimnerRecordKind kind, gint64 id, GBytes *text, GError **error)
{
  g_autoptr (LimnerRecord) record = NULL;
  g_autoptr (GBytes) old = NULL;
  LimnerImageRecord *image;
  LimnerCategoryRecord *category;
  gint64 other;
  guint position;

  record = limner_coco_record_parse (kind, text, error);
  if (record == NULL)
    return FALSE;
  switch (kind)
    {
    case LIMNER_RECORD_INFO:
      old = limner_transaction_get_text (self, kind, 0, NULL);
      if (old == NULL)
        return TRUE;
      limner_refuse (self, error, "there is an 'info' already");
      return FALSE;
    case LIMNER_RECORD_IMAGE:
      image = (LimnerImageRecord *) record;
      if (image->file_name == NULL || image->file_name[0] == '\0')
        {
          limner_refuse (self, error, "an image needs a file_name");
          return FALSE;
        }
      position = limner_dataset_find_image_by_name (self->document->dataset, image->file_name);
      if (position == LIMNER_NO_IMAGE ||
          !limner_dataset_get_image_id (self->document->dataset, position, &other))
        return TRUE;
      limner_refuse (self, error, "there is a record of %s already", image->file_name);
      return FALSE;
    case LIMNER_RECORD_CATEGORY:
      category = (LimnerCategoryRecord *) record;
      return check_name_is_free (self, category->name != NULL ? category->name : "", id, error);
    case LIMNER_RECORD_ANNOTATION:
      return check_references (self, kind, text, TRUE, error);
    }
  return FALSE;
}

gboolean
limner_transaction_create_record (
    LimnerTransaction *self, LimnerRecordKind kind, const char *text, gint64 *id, GError **error)
{
  g_autoptr (GBytes) settled = NULL;
  g_autoptr (GError) local = NULL;
  gint64 new_id;

  g_return_val_if_fail (self != NULL && text != NULL, FALSE);

  if (!limner_coco_check_text (text, strlen (text), &local))
    {
      limner_refuse (self, error, "%s", local->message);
      return FALSE;
    }
  while (g_ascii_isspace (*text))
    text++;
  settled = settle_id (self, kind, text, &new_id, error);
  if (settled == NULL || !check_new (self, kind, new_id, settled, error))
    return FALSE;
  if (id != NULL)
    *id = new_id;
  return limner_transaction_put (self, kind, new_id, settled, error);
}

/* The annotations that refer to it but cannot be found by their ids. */
static gboolean
check_all_editable (LimnerTransaction *self, LimnerRecordKind kind, gint64 id, GError **error)
{
  LimnerDataset *dataset = self->document->dataset;
  g_autoptr (GArray) known = limner_dataset_list_annotation_ids (dataset, kind, id);
  LimnerCategory *category;
  guint n = 0;
  guint image;

  if (kind == LIMNER_RECORD_CATEGORY)
    {
      category = limner_dataset_find_category (dataset, id);
      n = category != NULL ? limner_category_get_n_annotations (category) : 0;
    }
  else
    {
      image = limner_dataset_find_image (dataset, id);
      n = image != LIMNER_NO_IMAGE ? limner_dataset_get_image_n_annotations (dataset, image) : 0;
    }
  if (n <= known->len)
    return TRUE;
  n -= known->len;
  limner_refuse (self, error,
                 ngettext ("%u annotation of %s %" G_GINT64_FORMAT " has no id of its own",
                           "%u annotations of %s %" G_GINT64_FORMAT " have no id of their own", n),
                 n, limner_record_kind_get_name (kind), id);
  return FALSE;
}

/*
 * The order of the file, so that each record comes before the one that follows it: taking the
 * deletion back then finds the follower in its place again.
 */
static GArray *
order_as_in_file (LimnerDataset *dataset, GArray *ids)
{
  GArray *ordered = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) next = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_autoptr (GHashTable) followers = g_hash_table_new (g_int64_hash, g_int64_equal);
  const gint64 *id;

  for (guint i = 0; i < ids->len; i++)
    {
      gint64 *own = &g_array_index (ids, gint64, i);
      gint64 next_id;

      if (limner_dataset_get_next_id (dataset, LIMNER_RECORD_ANNOTATION, *own, &next_id))
        g_hash_table_insert (next, own, g_memdup2 (&next_id, sizeof next_id));
      else
        g_hash_table_insert (next, own, NULL);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 *follower = g_hash_table_lookup (next, &g_array_index (ids, gint64, i));

      if (follower != NULL)
        g_hash_table_add (followers, follower);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      id = &g_array_index (ids, gint64, i);
      if (g_hash_table_contains (followers, id))
        continue;
      while (id != NULL && g_hash_table_contains (next, id))
        {
          g_array_append_val (ordered, *id);
          id = g_hash_table_lookup (next, id);
        }
    }
  return ordered;
}

gboolean
limner_transaction_delete (
    LimnerTransaction *self, LimnerRecordKind kind, gint64 id, gboolean cascade, GError **error)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GArray) ordered = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (kind == LIMNER_RECORD_INFO)
    {
      limner_refuse (self, error, "'info' cannot be deleted");
      return FALSE;
    }
  text = limner_transaction_get_text (self, kind, id, error);
  if (text == NULL)
    return FALSE;
  if (kind == LIMNER_RECORD_IMAGE || kind == LIMNER_RECORD_CATEGORY)
    {
      if (!check_all_editable (self, kind, id, error))
        return FALSE;
      ids = limner_transaction_list_annotations (self, kind, id);
    }
  if (ids != NULL && ids->len > 0 && !cascade)
    {
      limner_refuse (self, error,
                     ngettext ("%u annotation refers to %s %" G_GINT64_FORMAT,
                               "%u annotations refer to %s %" G_GINT64_FORMAT, ids->len),
                     ids->len, limner_record_kind_get_name (kind), id);
      return FALSE;
    }
  if (ids != NULL)
    ordered = order_as_in_file (self->document->dataset, ids);
  for (guint i = 0; ordered != NULL && i < ordered->len; i++)
    if (!limner_transaction_put (self, LIMNER_RECORD_ANNOTATION, g_array_index (ordered, gint64, i),
                                 NULL, error))
      return FALSE;
  return limner_transaction_put (self, kind, id, NULL, error);
}
