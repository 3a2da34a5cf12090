/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-conflict-words"

#include "conflict-words.h"

#include <glib/gi18n.h>
#include <limner/coco-value.h>
#include <string.h>

#define MAX_CHARS 120

static GBytes *
get_any (const LimnerConflict *conflict)
{
  return conflict->ours != NULL     ? conflict->ours
         : conflict->theirs != NULL ? conflict->theirs
                                    : conflict->base;
}

static char *
dup_annotation_title (LimnerDocument *document, const LimnerConflict *conflict)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  g_autoptr (LimnerAnnotation) annotation =
      limner_coco_record_parse (conflict->kind, get_any (conflict), NULL);
  const guint image = annotation != NULL && annotation->has_image_id
                          ? limner_dataset_find_image (dataset, annotation->image_id)
                          : LIMNER_NO_IMAGE;

  if (image == LIMNER_NO_IMAGE)
    return g_strdup_printf (_ ("Annotation %" G_GINT64_FORMAT), conflict->id);
  return g_strdup_printf (_ ("Annotation %" G_GINT64_FORMAT " on %s"), conflict->id,
                          limner_dataset_get_image_name (dataset, image));
}

char *
limner_conflict_dup_title (LimnerDocument *document, const LimnerConflict *conflict)
{
  gpointer record;
  char *title;

  switch (conflict->kind)
    {
    case LIMNER_RECORD_ANNOTATION:
      return dup_annotation_title (document, conflict);
    case LIMNER_RECORD_CATEGORY:
      record =
          limner_coco_record_parse (conflict->kind,
                                    conflict->base != NULL ? conflict->base : get_any (conflict),
                                    NULL);
      title = record != NULL && ((LimnerCategoryRecord *) record)->name != NULL
                  ? g_strdup_printf (_ ("Class “%s”"), ((LimnerCategoryRecord *) record)->name)
                  : g_strdup_printf (_ ("Class %" G_GINT64_FORMAT), conflict->id);
      g_clear_pointer (&record, limner_record_unref);
      return title;
    case LIMNER_RECORD_IMAGE:
      record = limner_coco_record_parse (conflict->kind, get_any (conflict), NULL);
      title = record != NULL && ((LimnerImageRecord *) record)->file_name != NULL
                  ? g_strdup_printf (_ ("Image %s"), ((LimnerImageRecord *) record)->file_name)
                  : g_strdup_printf (_ ("Image %" G_GINT64_FORMAT), conflict->id);
      g_clear_pointer (&record, limner_record_unref);
      return title;
    case LIMNER_RECORD_INFO:
    default:
      return g_strdup (_ ("What the file says about itself (info)"));
    }
}

static const char *
get_class_name (LimnerDocument *document, gint64 id)
{
  LimnerCategory *category =
      limner_dataset_find_category (limner_document_get_dataset (document), id);

  return category != NULL ? limner_category_get_name (category) : NULL;
}

static char *
dup_shape_words (const LimnerAnnotation *annotation)
{
  guint n;

  switch (annotation->segmentation)
    {
    case LIMNER_SEGMENTATION_POLYGON:
      n = annotation->shape != NULL ? limner_shape_get_n_points (annotation->shape) : 0;
      return g_strdup_printf (ngettext ("polygon of %u point", "polygon of %u points", n), n);
    case LIMNER_SEGMENTATION_RLE:
    case LIMNER_SEGMENTATION_COMPRESSED_RLE:
      return g_strdup (_ ("mask"));
    case LIMNER_SEGMENTATION_NONE:
      return g_strdup (annotation->shape != NULL ? _ ("box") : _ ("no shape"));
    case LIMNER_SEGMENTATION_INVALID:
    default:
      return g_strdup (_ ("a shape that cannot be shown"));
    }
}

char *
limner_conflict_dup_version (LimnerDocument *document,
                             const LimnerConflict *conflict,
                             GBytes *version,
                             gboolean is_base)
{
  g_autoptr (LimnerAnnotation) annotation = NULL;
  g_autofree char *shape = NULL;
  const char *name;

  if (version == NULL)
    return g_strdup (is_base ? _ ("Not there yet") : _ ("Deleted"));
  if (conflict->kind != LIMNER_RECORD_ANNOTATION)
    return g_strdup ("");
  annotation = limner_coco_record_parse (conflict->kind, version, NULL);
  if (annotation == NULL)
    return g_strdup (_ ("It cannot be shown"));
  shape = dup_shape_words (annotation);
  name = annotation->has_category_id ? get_class_name (document, annotation->category_id) : NULL;
  return g_strdup_printf ("%s, %s", name != NULL ? name : _ ("unknown class"), shape);
}

const char *
limner_conflict_get_member_name (const char *name)
{
  static const char *const names[][2] = {
    { "area", N_ ("Area") },
    { "attributes", N_ ("Attributes") },
    { "bbox", N_ ("Box") },
    { "category_id", N_ ("Class") },
    { "file_name", N_ ("File name") },
    { "height", N_ ("Height") },
    { "image_id", N_ ("Image") },
    { "iscrowd", N_ ("Crowd") },
    { "limner", N_ ("State and notes") },
    { "name", N_ ("Name") },
    { "score", N_ ("Score") },
    { "segmentation", N_ ("Outline") },
    { "supercategory", N_ ("Group") },
    { "width", N_ ("Width") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i][0], name) == 0)
      return _ (names[i][1]);
  return name;
}

static guint
count_numbers (const LimnerValue *value)
{
  LimnerValueIter iter;
  LimnerValue name, element;
  double number;
  guint n = 0;

  limner_value_iter_init (&iter, value);
  while (limner_value_iter_next (&iter, &name, &element))
    n += limner_value_get_number (&element, &number) ? 1 : count_numbers (&element);
  return n;
}

static char *
dup_box_words (const LimnerValue *value)
{
  LimnerValueIter iter;
  LimnerValue name, element;
  double numbers[4];
  guint n = 0;

  limner_value_iter_init (&iter, value);
  while (n < 4 && limner_value_iter_next (&iter, &name, &element) &&
         limner_value_get_number (&element, &numbers[n]))
    n++;
  if (n < 4)
    return NULL;
  return g_strdup_printf (_ ("%g × %g at %g, %g"), numbers[2], numbers[3], numbers[0], numbers[1]);
}

static char *
dup_outline_words (const LimnerValue *value)
{
  const guint n = count_numbers (value) / 2;

  if (limner_value_get_type (value) == LIMNER_VALUE_OBJECT)
    return g_strdup (_ ("mask"));
  return n == 0 ? g_strdup (_ ("none"))
                : g_strdup_printf (ngettext ("%u point", "%u points", n), n);
}

char *
limner_conflict_dup_value (LimnerDocument *document, const char *name, const char *value)
{
  LimnerValue json = { value, value != NULL ? strlen (value) : 0 };
  g_autofree char *words = NULL;
  double number;

  if (value == NULL)
    return g_strdup ("–");
  if (g_str_equal (name, "bbox"))
    words = dup_box_words (&json);
  else if (g_str_equal (name, "segmentation"))
    words = dup_outline_words (&json);
  else if (g_str_equal (name, "category_id") && limner_value_get_number (&json, &number) &&
           get_class_name (document, (gint64) number) != NULL)
    words = g_strdup (get_class_name (document, (gint64) number));
  else if (limner_value_get_type (&json) == LIMNER_VALUE_STRING)
    words = limner_value_dup_string (&json);
  if (words == NULL)
    words = g_strdup (value);
  if (g_utf8_strlen (words, -1) > MAX_CHARS)
    {
      g_autofree char *start = g_utf8_substring (words, 0, MAX_CHARS);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&words);
}
