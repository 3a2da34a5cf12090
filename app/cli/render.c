/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"

#include <cairo.h>
#include <errno.h>
#include <limner/image-file.h>
#include <limner/painter.h>
#include <limner/scene.h>

/* IMAGE is a file_name or an id; a name wins. */
static guint
find_image (LimnerDataset *dataset, const char *name)
{
  guint image = limner_dataset_find_image_by_name (dataset, name);
  gint64 id;

  if (image == LIMNER_NO_IMAGE &&
      g_ascii_string_to_signed (name, 10, G_MININT64, G_MAXINT64, &id, NULL))
    image = limner_dataset_find_image (dataset, id);
  return image;
}

/* The folder's own pictures are opened as they are; a name that only the COCO file mentions must
 * not lead out of the folder over a link. What is missing is for the decoder to say. */
static char *
dup_picture_path (LimnerDataset *dataset, guint image, GError **error)
{
  g_autofree char *path = limner_dataset_dup_image_path (dataset, image, error);
  g_autoptr (GError) outside = NULL;

  if (path == NULL || limner_dataset_has_image_file (dataset, image) ||
      limner_dataset_check_path_beneath (limner_dataset_get_image_root (dataset), path, &outside) ||
      !g_error_matches (outside, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME))
    return g_steal_pointer (&path);
  g_propagate_error (error, g_steal_pointer (&outside));
  return NULL;
}

/* How what the file says is turned to lie upright: the orientation and size of the stored picture.
 */
typedef struct
{
  LimnerOrientation orientation;
  guint width;
  guint height;
} Turn;

static Turn
get_turn (LimnerDocument *document, LimnerPixels *pixels)
{
  const LimnerOrientation orientation = limner_pixels_get_orientation (pixels);
  const guint width = limner_pixels_get_width (pixels);
  const guint height = limner_pixels_get_height (pixels);

  if (limner_document_get_frame (document) == LIMNER_FRAME_UPRIGHT)
    return (Turn){ LIMNER_ORIENTATION_NORMAL, width, height };
  if (orientation >= LIMNER_ORIENTATION_TRANSPOSE)
    return (Turn){ orientation, height, width };
  return (Turn){ orientation, width, height };
}

/* Where its class has keypoints, as in the window. */
static void
draw_keypoints (cairo_t *cr,
                const LimnerAnnotation *annotation,
                LimnerCategory *category,
                const Turn *turn)
{
  const LimnerView view = { 0, 0, 1 };
  g_autoptr (GArray) skeleton = category != NULL ? limner_scene_dup_skeleton (category) : NULL;
  g_autoptr (GArray) keypoints = NULL;

  if (skeleton == NULL)
    return;
  keypoints = limner_scene_read_keypoints (annotation);
  if (keypoints == NULL)
    return;
  for (guint i = 0; i < keypoints->len; i++)
    {
      LimnerKeypoint *keypoint = &g_array_index (keypoints, LimnerKeypoint, i);

      keypoint->point = limner_point_transform (keypoint->point, turn->orientation, turn->width,
                                                turn->height, TRUE);
    }
  limner_painter_draw_keypoints (cr, &view, (const LimnerKeypoint *) (gpointer) keypoints->data,
                                 keypoints->len, (const guint32 *) (gpointer) skeleton->data,
                                 skeleton->len / 2, limner_category_get_color (category),
                                 LIMNER_PAINT_NORMAL);
}

static void
draw_annotations (cairo_t *cr,
                  LimnerDocument *document,
                  GPtrArray *annotations,
                  LimnerPixels *pixels,
                  gboolean labels)
{
  const LimnerView view = { 0, 0, 1 };
  const LimnerPaintStyle style = LIMNER_PAINT_STYLE_DEFAULT;
  const Turn turn = get_turn (document, pixels);
  LimnerDataset *dataset = limner_document_get_dataset (document);

  /* all labels after all shapes, so that no outline crosses one */
  for (int pass = 0; pass < (labels ? 2 : 1); pass++)
    for (guint i = 0; i < annotations->len; i++)
      {
        const LimnerAnnotation *annotation = g_ptr_array_index (annotations, i);
        LimnerCategory *category = limner_dataset_find_category (dataset, annotation->category_id);
        guint32 color = category != NULL ? limner_category_get_color (category) : 0x808080;
        const char *name = category != NULL ? limner_category_get_name (category) : NULL;
        g_autoptr (LimnerShape) shape = NULL;
        LimnerBox box;

        if (annotation->shape == NULL)
          continue;
        shape = limner_shape_transform (annotation->shape, turn.orientation, turn.width,
                                        turn.height, TRUE);
        if (pass == 0)
          {
            limner_painter_draw_shape (cr, &view, shape, color, LIMNER_PAINT_NORMAL, &style);
            draw_keypoints (cr, annotation, category, &turn);
            continue;
          }
        if (name == NULL)
          continue;
        box =
            limner_painter_measure_label (cr, &view, shape, name, limner_pixels_get_width (pixels),
                                          limner_pixels_get_height (pixels));
        limner_painter_draw_label (cr, &box, name, color);
      }
}

static cairo_status_t
append_png (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static CommandStatus
write_png (cairo_surface_t *surface, const char *path)
{
  g_autoptr (GByteArray) png = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, append_png, png);

  if (status != CAIRO_STATUS_SUCCESS)
    {
      command_complain ("%s: %s", path, cairo_status_to_string (status));
      return COMMAND_CANNOT_WRITE;
    }
  if (!g_file_set_contents_full (path, (const char *) png->data, png->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                 &error))
    {
      command_complain ("%s; nothing was written", error->message);
      return COMMAND_CANNOT_WRITE;
    }
  return COMMAND_DONE;
}

static CommandStatus
render (LimnerDocument *document, const char *name, const char *out, gboolean labels)
{
  LimnerDataset *dataset = limner_document_get_dataset (document);
  guint image = find_image (dataset, name);
  g_autofree char *path = NULL;
  g_autoptr (LimnerPixels) pixels = NULL;
  g_autoptr (GPtrArray) annotations = NULL;
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;
  CommandStatus status;

  if (image == LIMNER_NO_IMAGE)
    {
      command_complain ("%s: there is no image with the name or id '%s'",
                        limner_document_get_path (document), name);
      return COMMAND_CANNOT_READ;
    }
  if ((path = dup_picture_path (dataset, image, &error)) == NULL ||
      (pixels = limner_image_file_load (path, 0, NULL, &error)) == NULL ||
      (annotations = limner_document_load_annotations (document, image, &error)) == NULL)
    {
      command_complain ("%s", error->message);
      return COMMAND_CANNOT_READ;
    }
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) limner_pixels_get_width (pixels),
                                        (int) limner_pixels_get_height (pixels));
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      command_complain (
          "%s: %u x %u pixels are more than a picture to write can have (32767 a side)", path,
          limner_pixels_get_width (pixels), limner_pixels_get_height (pixels));
      cairo_surface_destroy (surface);
      return COMMAND_CANNOT_WRITE;
    }
  limner_pixels_render (pixels, surface, 0, 0, 1, NULL, 0);
  cr = cairo_create (surface);
  draw_annotations (cr, document, annotations, pixels, labels);
  cairo_destroy (cr);
  status = write_png (surface, out);
  cairo_surface_destroy (surface);
  return status;
}

CommandStatus
command_render (int argc, char **argv)
{
  gboolean no_labels = FALSE;
  g_autofree char *image_root = NULL;
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, NULL, NULL },
    { "no-labels", 0, 0, G_OPTION_ARG_NONE, &no_labels, NULL, NULL },
    { "image-root", 0, 0, G_OPTION_ARG_FILENAME, &image_root, NULL, NULL },
    { NULL },
  };
  g_autoptr (LimnerDocument) document = NULL;
  CommandStatus status;

  if (!command_parse (&argc, &argv, entries, 2, &status))
    return status;
  if (out == NULL)
    {
      command_complain ("render needs --out PNG: the file to write");
      return COMMAND_USAGE;
    }
  document = command_open (argv[1], image_root, LIMNER_OPEN_READ_ONLY, &status, NULL);
  return document != NULL ? render (document, argv[2], out, !no_labels) : status;
}
