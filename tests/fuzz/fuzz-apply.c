/* SPDX-License-Identifier: MIT */
/*
 * Lines of 'limn apply' on a small dataset, through the document, its log and its writer. Each step
 * taken back gives the same bytes again (I12), and what is saved is what memory has (I5).
 * Input: lines. An empty line undoes, one of a single blank redoes.
 */

#include "fuzz.h"

#include "edit-line.h"

#include <limner/coco-record.h>

#include <string.h>

#define MAX_LINES 24

static const char base_text[] =
    "{\"info\": {\"year\": 2024},\n \"images\": [\n"
    "  {\"id\": 1, \"file_name\": \"a.png\", \"width\": 64, \"height\": 48},\n"
    "  {\"id\": 2, \"file_name\": \"b.jpg\", \"width\": 32, \"height\": 32, \"coco_url\": null}\n"
    " ],\n \"annotations\": [\n"
    "  {\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 10.50, 4], \"area\": "
    "42.0, "
    "\"iscrowd\": 0, \"segmentation\": []},\n"
    "  {\"id\": 2, \"image_id\": 1, \"category_id\": 2, \"bbox\": [0, 0, 8, 8], \"area\": 64, "
    "\"segmentation\": [[0, 0, 8, 0, 8, 8, 0, 8]], \"attributes\": {\"occluded\": true}},\n"
    "  {\"id\": 3, \"image_id\": 2, \"category_id\": 1, \"segmentation\": {\"size\": [32, 32], "
    "\"counts\": [0, 512, 512]}, \"iscrowd\": 1}\n"
    " ],\n \"categories\": [{\"id\": 1, \"name\": \"cell\"}, {\"id\": 2, \"name\": \"car\", "
    "\"supercategory\": \"\"}]\n}\n";

static void
append_record (GString *text, const LimnerRecord *record)
{
  g_string_append_len (text, g_bytes_get_data (record->text, NULL),
                       (gssize) g_bytes_get_size (record->text));
  g_string_append_c (text, '\n');
}

/* (transfer full): one image, its record and its annotations. */
static char *
describe_image (LimnerDocument *document, guint image)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) annotations = limner_document_load_annotations (document, image, &error);
  GString *text = g_string_new (limner_dataset_get_image_name (dataset, image));
  guint n = limner_dataset_get_image_n_annotations (dataset, image);
  gint64 id;

  fuzz_require (annotations != NULL, "annotations cannot be read: %s", error->message);
  fuzz_require (annotations->len == n, "%u annotations, but %u are counted", annotations->len, n);
  g_string_append_c (text, '\n');
  if (limner_dataset_get_image_id (dataset, image, &id))
    {
      g_autoptr (LimnerRecord) record =
          limner_document_load_record (document, LIMNER_RECORD_IMAGE, id, NULL);

      if (record != NULL)
        append_record (text, record);
    }
  for (guint i = 0; i < annotations->len; i++)
    append_record (text, annotations->pdata[i]);
  return g_string_free (text, FALSE);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): all records. Images of one name come in any order, so they are sorted. */
static char *
describe (LimnerDocument *document)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  GListModel *categories = limner_dataset_get_categories (dataset);
  g_autoptr (GPtrArray) images = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      g_autoptr (LimnerRecord) record =
          limner_document_load_record (document, LIMNER_RECORD_CATEGORY,
                                       limner_category_get_id (category), NULL);

      g_string_append_printf (text, "%u of ", limner_category_get_n_annotations (category));
      if (record != NULL)
        append_record (text, record);
    }
  for (guint image = 0; image < limner_dataset_get_n_images (dataset); image++)
    g_ptr_array_add (images, describe_image (document, image));
  g_ptr_array_sort (images, compare_texts);
  for (guint i = 0; i < images->len; i++)
    g_string_append (text, images->pdata[i]);
  return g_string_free (text, FALSE);
}

static gboolean
apply_line (LimnerDocument *document, const char *line, gsize length)
{
  g_autoptr (LimnerTransaction) transaction = NULL;
  g_autofree char *exact = NULL;
  g_autoptr (GError) error = NULL;
  LimnerRecordKind kind;
  gint64 id = 0;

  if (!limner_coco_check_text (line, length, NULL))
    return FALSE;
  transaction = limner_document_begin (document, "Fuzz", LIMNER_NO_IMAGE);
  exact = g_memdup2 (line, length);
  if (!edit_line_stage (transaction, exact, length, &kind, &id, &error))
    {
      fuzz_require (error != NULL && g_utf8_validate (error->message, -1, NULL),
                    "a line is refused without a sentence");
      return FALSE;
    }
  fuzz_require (limner_document_commit (document, g_steal_pointer (&transaction), NULL, NULL,
                                        &error),
                "an edit that was accepted is not committed: %s", error->message);
  return TRUE;
}

static void
apply_lines (LimnerDocument *document, FuzzInput *input)
{
  for (guint i = 0; i < MAX_LINES && input->size > 0; i++)
    {
      const uint8_t *end = memchr (input->data, '\n', input->size);
      gsize length = end != NULL ? (gsize) (end - input->data) : input->size;
      g_autofree char *before = describe (document);
      g_autofree char *after = NULL;
      guint image;

      if (length == 0)
        limner_document_undo (document, &image, NULL);
      else if (length == 1 && *input->data == ' ')
        limner_document_redo (document, &image, NULL);
      else if (apply_line (document, (const char *) input->data, length) &&
               fuzz_hash (input->data, length) % 4 == 0 &&
               limner_document_undo (document, &image, NULL))
        {
          after = describe (document);
          fuzz_require (g_str_equal (before, after), "undone it is not what it was:\n%s\nnow\n%s",
                        before, after);
          limner_document_redo (document, &image, NULL);
        }
      input->data += MIN (length + 1, input->size);
      input->size -= MIN (length + 1, input->size);
    }
}

static LimnerDocument *
open_document (const char *path)
{
  g_autoptr (GError) error = NULL;
  LimnerDocument *document =
      limner_document_open (path, NULL, fuzz_folder (), LIMNER_OPEN_NORMAL, NULL, &error);

  fuzz_require (document != NULL, "the dataset does not open: %s", error->message);
  return document;
}

static void
close_document (LimnerDocument *document)
{
  g_autoptr (GError) error = NULL;

  fuzz_require (limner_document_close (document, &error), "it does not close: %s", error->message);
  g_object_unref (document);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
check_again (const char *path, const char *expected)
{
  LimnerDocument *document = open_document (path);
  g_autofree char *found = describe (document);

  fuzz_require (g_str_equal (expected, found), "opened again it is another:\n%s\nnow\n%s", expected,
                found);
  close_document (document);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  g_autofree char *path = fuzz_write_file ("a.json", base_text, sizeof base_text - 1);
  LimnerDocument *document = open_document (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  apply_lines (document, &input);
  before = describe (document);
  fuzz_require (limner_document_save (document, &error), "it is not saved: %s", error->message);
  after = describe (document);
  fuzz_require (g_str_equal (before, after), "saved it is another:\n%s\nnow\n%s", before, after);
  close_document (document);
  if (fuzz_hash (data, size) % 4 == 0)
    check_again (path, before);
  fuzz_empty_folder ();
  return 0;
}
