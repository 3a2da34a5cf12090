/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-store"

#include "document-private.h"

#include <limner/coco-value.h>
#include <limner/image-file.h>
#include <string.h>

#define MAX_PROBES 200

/* As "info": {"limner": {"frame": ...}} says. */
static gboolean
read_frame (LimnerCocoFile *file, LimnerFrame *frame)
{
  g_autoptr (GBytes) text = NULL;
  LimnerValue info, limner, value;
  guint64 offset;
  guint32 length;

  if (!limner_coco_file_get_info (file, &offset, &length))
    return FALSE;
  text = limner_coco_file_read (file, offset, length, NULL);
  if (text == NULL)
    return FALSE;
  info.text = g_bytes_get_data (text, &info.length);
  if (!limner_value_find (&info, "limner", &limner) ||
      !limner_value_find (&limner, "frame", &value))
    return FALSE;
  if (limner_value_is_string (&value, "stored"))
    *frame = LIMNER_FRAME_STORED;
  else if (limner_value_is_string (&value, "upright"))
    *frame = LIMNER_FRAME_UPRIGHT;
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_jpeg_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL &&
         (g_ascii_strcasecmp (dot, ".jpg") == 0 || g_ascii_strcasecmp (dot, ".jpeg") == 0 ||
          g_ascii_strcasecmp (dot, ".jpe") == 0 || g_ascii_strcasecmp (dot, ".jfif") == 0);
}

/* +1: the record's size is the upright one; -1: the stored one; 0: it does not tell. */
static int
vote (LimnerDataset *dataset, guint image, guint width, guint height)
{
  g_autofree char *path = limner_dataset_dup_image_path (dataset, image, NULL);
  LimnerImageInfo info;

  if (path == NULL || !limner_image_file_probe (path, &info, NULL) ||
      info.orientation < LIMNER_ORIENTATION_TRANSPOSE || info.width == info.height)
    return 0;
  if (width == info.width && height == info.height)
    return 1;
  return width == info.height && height == info.width ? -1 : 0;
}

/*
 * Which frame the numbers are in: as the file says, else as most records of pictures that lie on
 * their side tell by their sizes, else upright.
 */
LimnerFrame
limner_find_frame (LimnerCocoFile *file, LimnerDataset *dataset)
{
  guint n = limner_dataset_get_n_images (dataset);
  guint n_probes = 0;
  int votes = 0;
  LimnerFrame frame;

  if (file == NULL)
    return LIMNER_FRAME_UPRIGHT;
  if (read_frame (file, &frame))
    return frame;
  for (guint i = 0; i < n && n_probes < MAX_PROBES; i++)
    {
      guint width, height;

      if (!limner_dataset_has_image_file (dataset, i) ||
          !limner_dataset_get_image_size (dataset, i, &width, &height) || width == height ||
          !is_jpeg_name (limner_dataset_get_image_name (dataset, i)))
        continue;
      n_probes++;
      votes += vote (dataset, i, width, height);
    }
  return votes < 0 ? LIMNER_FRAME_STORED : LIMNER_FRAME_UPRIGHT;
}
