/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A dataset's records as plain lists, which tests of the model compare with, and columns made from
 * them. A record's text says what is in it, in words of our own rather than JSON: the model never
 * reads a text.
 *
 *   annotation  "A id image category version"      image     "I id state version name"
 *   category    "C id color version name"          info      "N version"
 *
 * An id of -1 stands for none.
 */

#include <limner/dataset.h>
#include <string.h>

typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
  gint64 image_id;
  gint64 category_id;
  LimnerState state;
  guint32 color; /* G_MAXUINT32: none */
  char name[64];
  char *text;
} FixtureRecord;

/* (element-type FixtureRecord): a section of the file. */
typedef struct
{
  GPtrArray *sections[LIMNER_N_RECORD_KINDS];
} Fixture;

static inline void
fixture_record_free (gpointer data)
{
  FixtureRecord *record = data;

  g_free (record->text);
  g_free (record);
}

static inline FixtureRecord *
fixture_record_parse (const char *text)
{
  FixtureRecord *record = g_new0 (FixtureRecord, 1);
  g_auto (GStrv) words = g_strsplit (text, " ", 5);

  record->text = g_strdup (text);
  record->id = record->image_id = record->category_id = -1;
  record->color = G_MAXUINT32;
  switch (text[0])
    {
    case 'A':
      record->kind = LIMNER_RECORD_ANNOTATION;
      record->image_id = g_ascii_strtoll (words[2], NULL, 10);
      record->category_id = g_ascii_strtoll (words[3], NULL, 10);
      break;
    case 'I':
      record->kind = LIMNER_RECORD_IMAGE;
      record->state = (LimnerState) g_ascii_strtoll (words[2], NULL, 10);
      g_strlcpy (record->name, words[4], sizeof record->name);
      break;
    case 'C':
      record->kind = LIMNER_RECORD_CATEGORY;
      record->color = (guint32) g_ascii_strtoll (words[2], NULL, 10);
      g_strlcpy (record->name, words[4], sizeof record->name);
      break;
    default:
      record->kind = LIMNER_RECORD_INFO;
      record->id = 0;
      return record;
    }
  record->id = g_ascii_strtoll (words[1], NULL, 10);
  return record;
}

static inline Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    self->sections[kind] = g_ptr_array_new_with_free_func (fixture_record_free);
  return self;
}

static inline void
fixture_free (Fixture *self)
{
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    g_ptr_array_unref (self->sections[kind]);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static inline void
fixture_add (Fixture *self, const char *text)
{
  FixtureRecord *record = fixture_record_parse (text);

  g_ptr_array_add (self->sections[record->kind], record);
}

static inline void fixture_addf (Fixture *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
static inline void
fixture_addf (Fixture *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fixture_add (self, text);
}

static inline Fixture *
fixture_copy (const Fixture *self)
{
  Fixture *copy = fixture_new ();

  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    for (guint i = 0; i < self->sections[kind]->len; i++)
      fixture_add (copy, ((FixtureRecord *) g_ptr_array_index (self->sections[kind], i))->text);
  return copy;
}

/* Index of the first record with that id, or of none: G_MAXUINT. */
static inline guint
fixture_find (const Fixture *self, LimnerRecordKind kind, gint64 id)
{
  for (guint i = 0; id != -1 && i < self->sections[kind]->len; i++)
    if (((FixtureRecord *) g_ptr_array_index (self->sections[kind], i))->id == id)
      return i;
  return G_MAXUINT;
}

static inline guint
fixture_count (const Fixture *self, LimnerRecordKind kind, gint64 id)
{
  guint n = 0;

  for (guint i = 0; i < self->sections[kind]->len; i++)
    n += ((FixtureRecord *) g_ptr_array_index (self->sections[kind], i))->id == id;
  return n;
}

/* What coco/ would make of a text. */
static inline gpointer
fixture_parse (GBytes *bytes)
{
  FixtureRecord *record = fixture_record_parse (g_bytes_get_data (bytes, NULL));
  LimnerRecord *parsed = limner_record_new (record->kind, bytes);

  parsed->id = record->id;
  parsed->has_id = record->id != -1;
  if (record->kind == LIMNER_RECORD_ANNOTATION)
    {
      LimnerAnnotation *annotation = (LimnerAnnotation *) parsed;

      annotation->image_id = record->image_id;
      annotation->category_id = record->category_id;
      annotation->has_image_id = record->image_id != -1;
      annotation->has_category_id = record->category_id != -1;
    }
  else if (record->kind == LIMNER_RECORD_IMAGE)
    {
      LimnerImageRecord *image = (LimnerImageRecord *) parsed;

      image->file_name = g_strdup (record->name);
      image->width = 640;
      image->height = 480;
      image->state = record->state;
    }
  else if (record->kind == LIMNER_RECORD_CATEGORY)
    {
      LimnerCategoryRecord *category = (LimnerCategoryRecord *) parsed;

      category->name = g_strdup (record->name);
      category->has_color = record->color != G_MAXUINT32;
      category->color = record->color;
    }
  fixture_record_free (record);
  return parsed;
}

static inline GBytes *
fixture_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text) + 1);
}

static inline void
fixture_fill_images (const Fixture *self, LimnerColumns *columns)
{
  GPtrArray *images = self->sections[LIMNER_RECORD_IMAGE];
  GString *names = g_string_new (NULL);

  columns->n_images = images->len;
  columns->image_id = g_new0 (gint64, images->len);
  columns->image_offset = g_new0 (guint64, images->len);
  columns->image_length = g_new0 (guint32, images->len);
  columns->image_width = g_new0 (guint32, images->len);
  columns->image_height = g_new0 (guint32, images->len);
  columns->image_name = g_new0 (guint32, images->len);
  columns->image_flags = g_new0 (guint8, images->len);
  columns->image_state = g_new0 (guint8, images->len);
  for (guint i = 0; i < images->len; i++)
    {
      FixtureRecord *record = g_ptr_array_index (images, i);

      columns->image_id[i] = record->id;
      columns->image_offset[i] = i;
      columns->image_width[i] = 640;
      columns->image_height[i] = 480;
      columns->image_name[i] = (guint32) names->len;
      columns->image_flags[i] = record->id == -1 ? LIMNER_ROW_NO_ID : 0;
      columns->image_state[i] = (guint8) record->state;
      g_string_append_len (names, record->name, (gssize) strlen (record->name) + 1);
    }
  g_free (columns->names);
  columns->names = g_string_free (names, FALSE);
}

static inline void
fixture_fill_categories (const Fixture *self, LimnerColumns *columns)
{
  GPtrArray *categories = self->sections[LIMNER_RECORD_CATEGORY];

  columns->n_categories = categories->len;
  columns->categories = g_new0 (LimnerCategoryRecord *, categories->len);
  columns->category_offset = g_new0 (guint64, categories->len);
  columns->category_length = g_new0 (guint32, categories->len);
  columns->category_flags = g_new0 (guint8, categories->len);
  for (guint i = 0; i < categories->len; i++)
    {
      FixtureRecord *record = g_ptr_array_index (categories, i);
      g_autoptr (GBytes) text = fixture_bytes (record->text);

      columns->categories[i] = fixture_parse (text);
      columns->category_offset[i] = i;
      columns->category_flags[i] = record->id == -1 ? LIMNER_ROW_NO_ID : 0;
    }
}

static inline void
fixture_fill_annotations (const Fixture *self, LimnerColumns *columns)
{
  GPtrArray *annotations = self->sections[LIMNER_RECORD_ANNOTATION];
  g_autofree guint32 *next = NULL;
  guint n = annotations->len;

  columns->n_annotations = n;
  columns->annotation_id = g_new0 (gint64, n);
  columns->annotation_offset = g_new0 (guint64, n);
  columns->annotation_length = g_new0 (guint32, n);
  columns->annotation_image = g_new0 (guint32, n);
  columns->annotation_category = g_new0 (guint32, n);
  columns->annotation_bbox = g_new0 (float, 4 * n);
  columns->annotation_area = g_new0 (float, n);
  columns->annotation_n_points = g_new0 (guint16, n);
  columns->annotation_segmentation = g_new0 (guint8, n);
  columns->annotation_flags = g_new0 (guint8, n);
  for (guint i = 0; i < n; i++)
    {
      FixtureRecord *record = g_ptr_array_index (annotations, i);

      columns->annotation_id[i] = record->id;
      columns->annotation_offset[i] = i;
      columns->annotation_image[i] =
          limner_columns_find_first (columns, LIMNER_RECORD_IMAGE, record->image_id);
      columns->annotation_category[i] =
          limner_columns_find_first (columns, LIMNER_RECORD_CATEGORY, record->category_id);
      columns->annotation_flags[i] = record->id == -1 ? LIMNER_ROW_NO_ID : 0;
    }

  /* a counting sort, as the scanner does */
  columns->by_image = g_new0 (guint32, n);
  g_free (columns->first_of_image);
  columns->first_of_image = g_new0 (guint32, columns->n_images + 2);
  for (guint i = 0; i < n; i++)
    if (columns->annotation_image[i] != LIMNER_NO_ROW)
      columns->first_of_image[columns->annotation_image[i] + 1]++;
  for (guint i = 0; i < columns->n_images; i++)
    columns->first_of_image[i + 1] += columns->first_of_image[i];
  next = g_memdup2 (columns->first_of_image, (columns->n_images + 1) * sizeof (guint32));
  for (guint i = 0; i < n; i++)
    if (columns->annotation_image[i] != LIMNER_NO_ROW)
      columns->by_image[next[columns->annotation_image[i]]++] = i;
}

/* (transfer full): the offset of a record is its index in its section. */
static inline LimnerColumns *
fixture_columns (const Fixture *self)
{
  LimnerColumns *columns = limner_columns_new ();

  fixture_fill_images (self, columns);
  fixture_fill_categories (self, columns);
  limner_columns_index (columns);
  fixture_fill_annotations (self, columns);
  limner_columns_index (columns);
  return columns;
}
