/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"

#include <glib/gstdio.h>
#include <limner/coco-writer.h>
#include <limner/image-file.h>
#include <limner/validate.h>
#include <stdio.h>

/* What is printed: findings of an input that opens, or why it does not. */
typedef struct
{
  const char *path;
  GPtrArray *findings; /* (element-type LimnerFinding) (nullable) */
  const GError *error;
} Report;

static const char *
get_error_code (const GError *error)
{
  static const char *const image_codes[] = { "E_IMAGE",   "E_UNSUPPORTED", "E_LIMIT",
                                             "E_MISSING", "E_PERMISSION",  "E_NOT_REGULAR" };

  if (error->domain == LIMNER_COCO_ERROR)
    return limner_coco_error_get_code (error);
  if (error->domain == LIMNER_IMAGE_ERROR && error->code >= 0 &&
      (guint) error->code < G_N_ELEMENTS (image_codes))
    return image_codes[error->code];
  if (g_error_matches (error, LIMNER_DOCUMENT_ERROR, LIMNER_DOCUMENT_ERROR_NOT_FOUND))
    return "E_MISSING";
  return "E_FAILED";
}

static cJSON *
finding_to_json (const LimnerFinding *finding)
{
  cJSON *object = cJSON_CreateObject ();

  cJSON_AddStringToObject (object, "code", finding->code);
  cJSON_AddStringToObject (object, "severity",
                           finding->severity == LIMNER_SEVERITY_ERROR ? "error" : "warning");
  if (finding->path != NULL)
    cJSON_AddStringToObject (object, "path", finding->path);
  else
    cJSON_AddNullToObject (object, "path");
  if (finding->id != NULL)
    cJSON_AddRawToObject (object, "id", finding->id);
  else
    cJSON_AddNullToObject (object, "id");
  command_add_integer (object, "line", finding->line);
  command_add_integer (object, "column", finding->column);
  cJSON_AddStringToObject (object, "message", finding->message);
  return object;
}

static void
print_json (const Report *report)
{
  g_autoptr (cJSON) object = cJSON_CreateObject ();
  g_autofree char *name = g_filename_display_name (report->path);

  cJSON_AddStringToObject (object, "file", name);
  if (report->error != NULL)
    {
      cJSON *error = cJSON_AddObjectToObject (object, "error");

      cJSON_AddStringToObject (error, "code", get_error_code (report->error));
      cJSON_AddStringToObject (error, "message", report->error->message);
    }
  else
    {
      cJSON *findings = cJSON_AddArrayToObject (object, "findings");

      for (guint i = 0; i < report->findings->len; i++)
        cJSON_AddItemToArray (findings, finding_to_json (g_ptr_array_index (report->findings, i)));
    }
  command_print_json (object);
}

static void
print_finding (const char *name, const LimnerFinding *finding)
{
  g_autoptr (GString) line = g_string_new (name);
  g_autofree char *visible = NULL;

  if (finding->line > 0)
    g_string_append_printf (line, ":%u:%u", finding->line, finding->column);
  g_string_append_printf (line, ": %s", finding->code);
  if (finding->path != NULL)
    g_string_append_printf (line, " %s", finding->path);
  if (finding->id != NULL)
    g_string_append_printf (line, " (id %s)", finding->id);
  g_string_append_printf (line, ": %s", finding->message);
  visible = command_make_visible (line->str);
  puts (visible);
}

static CommandStatus
print_report (const Report *report, gboolean json)
{
  g_autofree char *name = g_path_get_basename (report->path);

  if (json)
    print_json (report);
  else if (report->error == NULL)
    for (guint i = 0; i < report->findings->len; i++)
      print_finding (name, g_ptr_array_index (report->findings, i));
  if (report->error != NULL)
    {
      command_complain ("%s: %s", get_error_code (report->error), report->error->message);
      return COMMAND_CANNOT_READ;
    }
  if (!json)
    printf ("%s: %u problem%s\n", name, report->findings->len,
            report->findings->len == 1 ? "" : "s");
  return report->findings->len > 0 ? COMMAND_PROBLEMS : COMMAND_DONE;
}

/*
 * Edits that are only in the log count too. The file that a checkpoint would write is made in a
 * private folder, so that lines and columns are those the file will have.
 */
static GPtrArray *
validate_edited (LimnerDocument *document, const char *image_root, GError **error)
{
  g_autoptr (GArray) changes = limner_dataset_list_changes (limner_document_get_dataset (document));
  g_autofree char *folder = g_dir_make_tmp ("limn-validate-XXXXXX", error);
  g_autofree char *target = folder != NULL ? g_build_filename (folder, "edited.json", NULL) : NULL;
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (LimnerCocoFile) edited = NULL;
  GPtrArray *findings = NULL;

  if (folder == NULL)
    return NULL;
  writer = limner_coco_writer_new (limner_document_get_coco_file (document), target, error);
  if (writer != NULL)
    edited = limner_coco_writer_write (writer, changes, NULL, NULL, NULL, NULL, error);
  if (edited != NULL)
    findings = limner_validate_file (edited, image_root, NULL, NULL, NULL, error);
  g_clear_pointer (&edited, limner_coco_file_unref);
  g_clear_pointer (&writer, limner_coco_writer_free);
  g_rmdir (folder);
  return findings;
}

static GPtrArray *
validate_document (LimnerDocument *document, GError **error)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  LimnerCocoFile *file = limner_document_get_coco_file (document);
  GPtrArray *seen = limner_document_get_findings (document);
  const char *image_root = limner_dataset_get_image_root (dataset);
  GPtrArray *findings;

  if (limner_dataset_has_changes (dataset))
    findings = validate_edited (document, image_root, error);
  else if (file != NULL)
    findings = limner_validate_file (file, image_root, NULL, NULL, NULL, error);
  else
    findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  if (findings == NULL)
    return NULL;

  /* what opening saw and the file cannot tell: W_WORKSPACE, W_HARD_LINK */
  for (guint i = 0; i < seen->len; i++)
    {
      const LimnerFinding *finding = g_ptr_array_index (seen, i);
      gboolean known = FALSE;

      for (guint j = 0; j < findings->len && !known; j++)
        known =
            g_str_equal (((LimnerFinding *) g_ptr_array_index (findings, j))->code, finding->code);
      if (!known)
        g_ptr_array_add (findings, limner_finding_copy (finding));
    }
  return findings;
}

static gboolean
is_picture (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return limner_image_file_is_candidate (name) && !g_file_test (path, G_FILE_TEST_IS_DIR);
}

CommandStatus
command_validate (int argc, char **argv)
{
  gboolean json = FALSE;
  g_autofree char *image_root = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { "image-root", 0, 0, G_OPTION_ARG_FILENAME, &image_root, NULL, NULL },
    { NULL },
  };
  g_autoptr (LimnerDocument) document = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;
  Report report;
  CommandStatus status;

  if (!command_parse (&argc, &argv, entries, 1, &status))
    return status;
  if (is_picture (argv[1]))
    findings = limner_validate_picture (argv[1], &error);
  else
    {
      const LimnerOpenFlags flags = LIMNER_OPEN_READ_ONLY | LIMNER_OPEN_RECORDS_ONLY;

      document = command_open (argv[1], image_root, flags, &status, &error);
      if (document == NULL && status == COMMAND_USAGE)
        {
          command_complain ("%s", error->message);
          return status;
        }
      if (document != NULL)
        findings = validate_document (document, &error);
    }
  report = (Report){ argv[1], findings, error };
  return print_report (&report, json);
}
