/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-scene"

#include <glib/gi18n-lib.h>
#include <limner/coco-record.h>
#include <limner/image-file.h>
#include <math.h>
#include <string.h>

#include "mask-fit.h"
#include "scene-private.h"

/* How far what is pasted onto itself stands off, in image pixels. */
#define PASTE_OFFSET 10.0

/* ---- copying ---- */

/* The record as it is, but with its numbers in the frame that is shown. */
static GBytes *
format_annotation (LimnerSceneItem *item)
{
  const LimnerCocoStyle style = LIMNER_COCO_STYLE_DEFAULT;
  GBytes *text = item->annotation->record.text;
  g_autofree char *segmentation = NULL;
  g_autofree char *bbox = NULL;
  g_autofree char *area = NULL;

  if (item->shape == item->annotation->shape)
    return g_bytes_ref (text);
  limner_coco_shape_to_members (item->shape, &style, &segmentation, &bbox, &area);
  return limner_coco_record_set_members (text, &style,
                                         (const LimnerMember[]){ { "segmentation", segmentation },
                                                                 { "bbox", bbox },
                                                                 { "area", area } },
                                         3);
}

static void
append_category (GString *text, LimnerCategory *category)
{
  const char *name = limner_category_get_name (category);
  g_autofree char *quoted = limner_coco_format_string (name != NULL ? name : "", FALSE);

  g_string_append_printf (text, "{\"id\": %" G_GINT64_FORMAT ", \"name\": %s}",
                          limner_category_get_id (category), quoted);
}

char *
limner_scene_copy (LimnerScene *self)
{
  g_autoptr (GPtrArray) selection = NULL;
  g_autoptr (GHashTable) written = g_hash_table_new (NULL, NULL);
  g_autoptr (GString) annotations = g_string_new (NULL);
  g_autoptr (GString) categories = g_string_new (NULL);

  g_return_val_if_fail (LIMNER_IS_SCENE (self), NULL);

  selection = limner_scene_get_selection (self);
  for (guint i = 0; i < selection->len; i++)
    {
      LimnerSceneItem *item = selection->pdata[i];
      LimnerCategory *category = limner_scene_item_get_category (item);
      g_autoptr (GBytes) text = NULL;

      if (item->shape == NULL)
        continue;
      text = format_annotation (item);
      g_string_append (annotations, annotations->len > 0 ? ",\n" : "");
      g_string_append_len (annotations, g_bytes_get_data (text, NULL),
                           (gssize) g_bytes_get_size (text));
      if (category == NULL || !g_hash_table_add (written, category))
        continue;
      g_string_append (categories, categories->len > 0 ? ", " : "");
      append_category (categories, category);
    }
  if (annotations->len == 0)
    return NULL;
  return g_strdup_printf ("{\"limner-annotations\": [%s],\n\"categories\": [%s]}\n",
                          annotations->str, categories->str);
}

/* ---- reading what was copied ---- */

/* (transfer full) (nullable): the text as the COCO file it nearly is, so that the scanner judges
 * it like any other. */
static LimnerCocoFile *
open_text (const char *text)
{
  gsize length = strlen (text);
  g_autoptr (GString) coco = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *annotations, *categories;
  gsize annotations_length, categories_length;

  if (!limner_coco_check_text (text, length, NULL) ||
      !limner_coco_member_find (text, length, "limner-annotations", &annotations,
                                &annotations_length) ||
      !limner_coco_member_find (text, length, "categories", &categories, &categories_length))
    return NULL;
  coco = g_string_sized_new (length + 64);
  g_string_append (coco, "{\"images\": [], \"annotations\": ");
  g_string_append_len (coco, annotations, (gssize) annotations_length);
  g_string_append (coco, ", \"categories\": ");
  g_string_append_len (coco, categories, (gssize) categories_length);
  g_string_append_c (coco, '}');
  bytes = g_string_free_to_bytes (g_steal_pointer (&coco));
  return limner_coco_file_open_bytes (bytes, NULL);
}

/* (transfer full) (element-type LimnerAnnotation) */
static GPtrArray *
read_annotations (LimnerCocoFile *file)
{
  LimnerColumns *columns = limner_coco_file_get_columns (file);
  GPtrArray *annotations = g_ptr_array_new_with_free_func (limner_record_unref);

  for (guint32 row = 0; row < columns->n_annotations; row++)
    {
      g_autoptr (GBytes) text = NULL;
      LimnerAnnotation *annotation;

      if (columns->annotation_flags[row] & LIMNER_ROW_NOT_OBJECT)
        continue;
      text = limner_coco_file_read_record (file, LIMNER_RECORD_ANNOTATION, row, NULL);
      if (text == NULL)
        continue;
      annotation = limner_coco_record_parse (LIMNER_RECORD_ANNOTATION, text, NULL);
      if (annotation != NULL)
        g_ptr_array_add (annotations, annotation);
    }
  return annotations;
}

/* ---- pasting ---- */

/* Where the class of a pasted annotation is in this dataset. */
typedef struct
{
  LimnerScene *scene;
  LimnerTransaction *transaction;
  GHashTable *names; /* (nullable): category id there -> name; NULL: same dataset */
  GHashTable *made;  /* name -> id here, of classes made on the way */
} Classes;

/* FALSE where nobody knows the class; FALSE with @error if it cannot be made. */
static gboolean
find_class (Classes *classes, const LimnerAnnotation *annotation, gint64 *id, GError **error)
{
  LimnerDataset *dataset = classes->scene->dataset;
  const char *name = NULL;
  LimnerCategory *category;
  gint64 *made;

  *id = classes->scene->active_category;
  if (!annotation->has_category_id)
    return limner_dataset_find_category (dataset, *id) != NULL;
  if (classes->names == NULL)
    {
      *id = annotation->category_id;
      return limner_dataset_find_category (dataset, *id) != NULL;
    }
  name = g_hash_table_lookup (classes->names, &annotation->category_id);
  if (name == NULL || *name == '\0')
    return limner_dataset_find_category (dataset, *id) != NULL;
  category = limner_dataset_find_category_by_name (dataset, name);
  if (category != NULL)
    {
      *id = limner_category_get_id (category);
      return TRUE;
    }
  made = g_hash_table_lookup (classes->made, name);
  if (made != NULL)
    {
      *id = *made;
      return TRUE;
    }
  if (!limner_transaction_create_category (classes->transaction, name, id, error))
    return FALSE;
  g_hash_table_insert (classes->made, g_strdup (name), g_memdup2 (id, sizeof *id));
  return TRUE;
}

/* How far an interval has to move to lie in 0 .. @limit; what is too long starts at 0. */
static double
get_offset_inside (double start, double size, double limit)
{
  if (start < 0.0 || size > limit)
    return -start;
  if (start + size > limit)
    return limit - size - start;
  return 0.0;
}

/* (transfer full): the shape moved by (@dx, @dy) and into this picture. */
static LimnerShape *
place_shape (LimnerScene *self, LimnerShape *shape, double dx, double dy)
{
  LimnerBox box = limner_shape_get_bbox (shape);
  g_autoptr (LimnerShape) moved = NULL;

  dx += get_offset_inside (box.x + dx, box.width, self->width);
  dy += get_offset_inside (box.y + dy, box.height, self->height);
  if (limner_shape_get_kind (shape) == LIMNER_SHAPE_MASK)
    return limner_mask_fit (shape, (gint64) round (dx), (gint64) round (dy), self->width,
                            self->height);
  moved = limner_shape_move (shape, dx, dy);
  return limner_shape_clamp (moved, self->width, self->height);
}

/* Whether the same shape is there already: a copy right on it could not be seen. */
static gboolean
limner_scene_has_twin (LimnerScene *self, LimnerShape *shape)
{
  LimnerBox box = limner_shape_get_bbox (shape);
  g_autoptr (GPtrArray) neighbours = limner_scene_find_in (self, &box);

  for (guint i = 0; i < neighbours->len; i++)
    {
      if (limner_shape_equal (limner_scene_item_get_shape (neighbours->pdata[i]), shape))
        return TRUE;
    }
  return FALSE;
}

/* Which multiple of the offset puts all of them beside what is there. */
static double
limner_scene_find_paste_offset (LimnerScene *self, GPtrArray *shapes)
{
  for (guint n = 0; n < 20; n++)
    {
      gboolean taken = FALSE;

      for (guint i = 0; i < shapes->len && !taken; i++)
        {
          g_autoptr (LimnerShape) placed = NULL;

          if (shapes->pdata[i] == NULL)
            continue;
          placed = place_shape (self, shapes->pdata[i], n * PASTE_OFFSET, n * PASTE_OFFSET);
          taken = limner_scene_has_twin (self, placed);
        }
      if (!taken)
        return n * PASTE_OFFSET;
    }
  return 0.0;
}

static void
unref_shape (gpointer shape)
{
  if (shape != NULL)
    limner_shape_unref (shape);
}

/* FALSE with an error, or without where nothing is known about the class or the place. */
static gboolean
paste_one (Classes *classes,
           const LimnerAnnotation *annotation,
           LimnerShape *shape,
           double offset,
           gint64 *id,
           GError **error)
{
  LimnerScene *self = classes->scene;
  g_autoptr (LimnerShape) placed = NULL;
  g_autoptr (LimnerShape) stored = NULL;
  gint64 category_id;

  if (shape == NULL)
    return FALSE;
  placed = place_shape (self, shape, offset, offset);
  if (limner_shape_is_degenerate (placed, LIMNER_SCENE_MIN_SIZE) ||
      !find_class (classes, annotation, &category_id, error))
    return FALSE;
  stored = limner_scene_shape_to_file (self, placed);
  return limner_transaction_copy_annotation (classes->transaction, annotation, self->image,
                                             self->width, self->height, category_id, stored, id,
                                             error);
}

/* @shapes (element-type LimnerShape): upright, one for each annotation, or NULL; @names as in
 * Classes. */
static gboolean
limner_scene_paste_all (LimnerScene *self,
                        GPtrArray *annotations,
                        GPtrArray *shapes,
                        GHashTable *names)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autoptr (GHashTable) made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  double offset = limner_scene_find_paste_offset (self, shapes);
  Classes classes = { self, NULL, names, made };
  guint n_left_out = 0;

  transaction = limner_scene_begin (self, _ ("Paste"));
  classes.transaction = transaction;
  for (guint i = 0; i < annotations->len; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 id;

      if (paste_one (&classes, annotations->pdata[i], shapes->pdata[i], offset, &id, &error))
        {
          limner_scene_touch (self, id);
          g_array_append_val (ids, id);
        }
      else if (error == NULL)
        n_left_out++;
      else
        {
          limner_scene_message (self, "%s", error->message);
          return FALSE;
        }
    }
  limner_scene_want (self, (const gint64 *) ids->data, ids->len);
  if (ids->len > 0 && !limner_scene_commit (self, g_steal_pointer (&transaction)))
    return FALSE;
  if (n_left_out > 0)
    limner_scene_message (
        self,
        g_dngettext (GETTEXT_PACKAGE, "%u annotation was left out: it has no class or no area here",
                     "%u annotations were left out: they have no class or no area here",
                     n_left_out),
        n_left_out);
  return ids->len > 0;
}

/* (transfer full) */
static GHashTable *
list_names (LimnerColumns *columns)
{
  GHashTable *names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  for (guint i = 0; i < columns->n_categories; i++)
    {
      LimnerCategoryRecord *record = columns->categories[i];

      if (record->record.has_id && record->name != NULL)
        g_hash_table_insert (names, g_memdup2 (&record->record.id, sizeof record->record.id),
                             g_strdup (record->name));
    }
  return names;
}

gboolean
limner_scene_paste (LimnerScene *self, const char *text)
{
  g_autoptr (LimnerCocoFile) file = NULL;
  g_autoptr (GPtrArray) annotations = NULL;
  g_autoptr (GPtrArray) shapes = NULL;
  g_autoptr (GHashTable) names = NULL;

  g_return_val_if_fail (LIMNER_IS_SCENE (self), FALSE);

  limner_scene_flush (self);
  if (!limner_scene_check_editable (self))
    return FALSE;
  file = text != NULL ? open_text (text) : NULL;
  annotations = file != NULL ? read_annotations (file) : NULL;
  if (annotations == NULL || annotations->len == 0)
    {
      limner_scene_message (self, _ ("The clipboard holds no annotations"));
      return FALSE;
    }
  names = list_names (limner_coco_file_get_columns (file));
  shapes = g_ptr_array_new_with_free_func (unref_shape);
  for (guint i = 0; i < annotations->len; i++)
    {
      LimnerAnnotation *annotation = annotations->pdata[i];

      g_ptr_array_add (shapes,
                       annotation->shape != NULL ? limner_shape_ref (annotation->shape) : NULL);
    }
  return limner_scene_paste_all (self, annotations, shapes, names);
}

/* ---- from another image ---- */

typedef struct
{
  LimnerScene *scene; /* owned */
  guint target;       /* image the paste was asked for */
  char *path;         /* of the other picture; NULL where nobody needs to know how it is turned */
  GPtrArray *annotations;
  LimnerImageInfo info;
} PasteFrom;

static void
paste_from_free (PasteFrom *self)
{
  g_object_unref (self->scene);
  g_free (self->path);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PasteFrom, paste_from_free)

static void
paste_from_end (PasteFrom *self)
{
  LimnerScene *scene = self->scene;
  g_autoptr (GPtrArray) shapes = g_ptr_array_new_with_free_func (unref_shape);

  limner_scene_flush (scene);
  if (scene->image != self->target || !limner_scene_check_editable (scene))
    return;
  for (guint i = 0; i < self->annotations->len; i++)
    {
      LimnerAnnotation *annotation = self->annotations->pdata[i];

      g_ptr_array_add (shapes,
                       annotation->shape == NULL
                           ? NULL
                           : limner_scene_turn_shape (scene, annotation->shape,
                                                      self->info.orientation, self->info.width,
                                                      self->info.height, TRUE));
    }
  if (self->annotations->len > 0)
    limner_scene_paste_all (scene, self->annotations, shapes, NULL);
  else
    limner_scene_message (scene, _ ("That image has no annotations"));
}

/* Worker thread: nothing but the path. */
static void
probe_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  LimnerImageInfo *info = g_new0 (LimnerImageInfo, 1);
  g_autoptr (GError) error = NULL;

  if (limner_image_file_probe (task_data, info, &error))
    {
      g_task_return_pointer (task, info, g_free);
      return;
    }
  g_free (info);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PasteFrom) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree LimnerImageInfo *info = g_task_propagate_pointer (G_TASK (result), &error);

  if (info == NULL)
    {
      limner_scene_message (self->scene, "%s", error->message);
      return;
    }
  self->info = *info;
  paste_from_end (self);
}

static void
on_other_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PasteFrom) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  self->annotations =
      limner_document_load_annotations_finish (LIMNER_DOCUMENT (source), result, &error);
  if (self->annotations == NULL)
    {
      limner_scene_message (self->scene, "%s", error->message);
      return;
    }
  if (self->path == NULL)
    {
      paste_from_end (self);
      return;
    }
  task = g_task_new (self->scene, NULL, on_probed, self);
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  g_steal_pointer (&self);
  g_task_run_in_thread (task, probe_in_thread);
}

void
limner_scene_paste_from_image (LimnerScene *self, guint image)
{
  g_autoptr (PasteFrom) paste = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (LIMNER_IS_SCENE (self));
  g_return_if_fail (image < limner_dataset_get_n_images (self->dataset));

  limner_scene_flush (self);
  if (!limner_scene_check_editable (self))
    return;
  paste = g_new0 (PasteFrom, 1);
  paste->scene = g_object_ref (self);
  paste->target = self->image;
  paste->info = (LimnerImageInfo){ NULL, 0, 0, LIMNER_ORIENTATION_NORMAL };
  if (limner_document_get_frame (self->document) == LIMNER_FRAME_STORED)
    {
      paste->path = limner_dataset_dup_image_path (self->dataset, image, &error);
      if (paste->path == NULL)
        {
          limner_scene_message (self, "%s", error->message);
          return;
        }
    }
  limner_document_load_annotations_async (self->document, image, NULL, on_other_loaded,
                                          g_steal_pointer (&paste));
}
