/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"

#include <limner/validate.h>
#include <stdio.h>

static void
add_categories (cJSON *report, LimnerDataset *dataset)
{
  GListModel *categories = limner_dataset_get_categories (dataset);
  cJSON *list = cJSON_AddArrayToObject (report, "categories");

  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      const char *name = limner_category_get_name (category);
      cJSON *entry = cJSON_CreateObject ();

      command_add_integer (entry, "id", limner_category_get_id (category));
      cJSON_AddStringToObject (entry, "name", name != NULL ? name : "");
      command_add_integer (entry, "count", limner_category_get_n_annotations (category));
      cJSON_AddItemToArray (list, entry);
    }
}

static CommandStatus
print_report (LimnerDocument *document, const LimnerSummary *summary)
{
  g_autoptr (cJSON) report = cJSON_CreateObject ();
  cJSON *segmentation;

  command_add_integer (report, "images", summary->n_images);
  command_add_integer (report, "annotations", summary->n_annotations);
  add_categories (report, limner_document_get_dataset (document));
  segmentation = cJSON_AddObjectToObject (report, "segmentation");
  command_add_integer (segmentation, "polygon", summary->n_polygon);
  command_add_integer (segmentation, "rle", summary->n_rle);
  command_add_integer (segmentation, "compressed_rle", summary->n_compressed_rle);
  command_add_integer (segmentation, "none", summary->n_none);
  command_add_integer (report, "crowd", summary->n_crowd);
  command_add_integer (report, "file_bytes", (gint64) summary->file_bytes);
  return command_print_json (report);
}

static void
print_text (LimnerDocument *document, const LimnerSummary *summary)
{
  GListModel *categories = limner_dataset_get_categories (limner_document_get_dataset (document));
  g_autofree char *size = g_format_size (summary->file_bytes);

  printf ("%s: %s\n", limner_document_get_path (document), size);
  printf ("%10u images\n", summary->n_images);
  printf ("%10u annotations: %u polygons, %u RLE, %u compressed RLE, %u boxes only; %u crowd\n",
          summary->n_annotations, summary->n_polygon, summary->n_rle, summary->n_compressed_rle,
          summary->n_none, summary->n_crowd);
  printf ("%10u categories\n", g_list_model_get_n_items (categories));
  for (guint i = 0; i < g_list_model_get_n_items (categories); i++)
    {
      g_autoptr (LimnerCategory) category = g_list_model_get_item (categories, i);
      const char *name = limner_category_get_name (category);
      g_autofree char *visible = command_make_visible (name != NULL ? name : "");

      printf ("%10u  %s (id %" G_GINT64_FORMAT ")\n", limner_category_get_n_annotations (category),
              visible, limner_category_get_id (category));
    }
}

CommandStatus
command_info (int argc, char **argv)
{
  gboolean json = FALSE;
  g_autofree char *image_root = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { "image-root", 0, 0, G_OPTION_ARG_FILENAME, &image_root, NULL, NULL },
    { NULL },
  };
  g_autoptr (LimnerDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  LimnerSummary summary;
  CommandStatus status;

  if (!command_parse (&argc, &argv, entries, 1, &status))
    return status;
  document = command_open (argv[1], image_root, LIMNER_OPEN_READ_ONLY | LIMNER_OPEN_RECORDS_ONLY,
                           &status, NULL);
  if (document == NULL)
    return status;
  if (!limner_summary_of_document (document, &summary, &error))
    {
      command_complain ("%s", error->message);
      return COMMAND_CANNOT_READ;
    }
  if (json)
    return print_report (document, &summary);
  print_text (document, &summary);
  return COMMAND_DONE;
}
