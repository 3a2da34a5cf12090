/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "number.h"
#include "text.h"

#include <limner/coco-record.h>

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

#define MIN_RING_NUMBERS 6 /* three vertices */

/*
 * cJSON does not know the bare NaN and Infinity that Python writes: it is given null and a number
 * beyond all doubles instead.
 */
static cJSON *
parse_nonfinite (const char *text, gsize length)
{
  g_autoptr (GString) copy = g_string_sized_new (length + 16);
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string && text[i] == '\\' && i + 1 < length)
        g_string_append_c (copy, text[i++]);
      else if (text[i] == '"')
        in_string = !in_string;
      else if (!in_string && length - i >= 3 && memcmp (text + i, "NaN", 3) == 0)
        {
          g_string_append (copy, "null");
          i += 2;
          continue;
        }
      else if (!in_string && length - i >= 8 && memcmp (text + i, "Infinity", 8) == 0)
        {
          g_string_append (copy, "1e999");
          i += 7;
          continue;
        }
      g_string_append_c (copy, text[i]);
    }
  return cJSON_ParseWithLength (copy->str, copy->len);
}

/* A finite number, also as text. */
static gboolean
get_number (const cJSON *item, double *value)
{
  LimnerNumber number;

  if (cJSON_IsNumber (item))
    *value = item->valuedouble;
  else if (cJSON_IsString (item) &&
           limner_number_parse (item->valuestring, strlen (item->valuestring), &number))
    *value = number.real;
  else
    return FALSE;
  return isfinite (*value);
}

static const cJSON *
get_member (const cJSON *object, const char *name)
{
  return cJSON_GetObjectItemCaseSensitive (object, name);
}

static char *
dup_string (const cJSON *object, const char *name)
{
  const cJSON *item = get_member (object, name);

  return cJSON_IsString (item) ? g_strdup (item->valuestring) : NULL;
}

static gboolean
get_boolean (const cJSON *item)
{
  double value;

  return cJSON_IsTrue (item) || (get_number (item, &value) && value != 0.0);
}

/* Ids are read from the text itself: cJSON knows doubles only. */
static gboolean
read_id (GBytes *text, const char *name, gint64 *id)
{
  gsize length, value_length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr (GString) plain = NULL;
  const char *value;
  LimnerNumber number;

  *id = 0;
  if (!limner_coco_member_find (data, length, name, &value, &value_length))
    return FALSE;
  if (value_length > 2 && *value == '"')
    {
      plain = g_string_new (NULL);
      limner_json_unescape (value + 1, value_length - 2, plain);
      value = plain->str;
      value_length = plain->len;
    }
  if (!limner_number_parse (value, value_length, &number) || !number.is_integer)
    return FALSE;
  *id = number.integer;
  return TRUE;
}

static LimnerState
read_state (const cJSON *object)
{
  const cJSON *state = get_member (get_member (object, "limner"), "state");
  LimnerState value = LIMNER_STATE_NONE;

  if (cJSON_IsString (state))
    limner_state_from_name (state->valuestring, &value);
  return value;
}

/* ---- segmentation ---- */

static gboolean
add_ring (const cJSON *ring, GArray *points, GArray *ring_lengths)
{
  const cJSON *item;
  guint n_numbers = 0;
  guint n_points;
  double x = 0.0;

  if (!cJSON_IsArray (ring))
    return FALSE;
  cJSON_ArrayForEach (item, ring)
  {
    double value;

    if (!get_number (item, &value))
      return FALSE;
    if (n_numbers % 2 == 1)
      {
        LimnerPoint point = { x, value };
        g_array_append_val (points, point);
      }
    x = value;
    n_numbers++;
  }
  n_points = n_numbers / 2;
  g_array_append_val (ring_lengths, n_points);
  return n_numbers >= MIN_RING_NUMBERS && n_numbers % 2 == 0;
}

static LimnerSegmentation
read_polygon (const cJSON *rings, LimnerShape **shape)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (LimnerPoint));
  g_autoptr (GArray) ring_lengths = g_array_new (FALSE, FALSE, sizeof (guint));
  const cJSON *ring;

  if (rings->child == NULL)
    return LIMNER_SEGMENTATION_NONE;
  cJSON_ArrayForEach (ring, rings) if (!add_ring (ring, points,
                                                  ring_lengths)) return LIMNER_SEGMENTATION_INVALID;
  *shape = limner_shape_new_polygon ((const LimnerPoint *) points->data,
                                     (const guint *) ring_lengths->data, ring_lengths->len);
  return LIMNER_SEGMENTATION_POLYGON;
}

static gboolean
get_count (const cJSON *item, guint32 *count)
{
  double value;

  if (!get_number (item, &value) || value < 0.0 || value > (double) G_MAXUINT32 ||
      value != floor (value))
    return FALSE;
  *count = (guint32) value;
  return TRUE;
}

static LimnerRle *
read_counts (const cJSON *counts, guint32 height, guint32 width)
{
  g_autoptr (GArray) runs = NULL;
  const cJSON *item;

  if (cJSON_IsString (counts))
    return limner_rle_new_from_string (height, width, counts->valuestring,
                                       strlen (counts->valuestring), NULL);
  if (!cJSON_IsArray (counts))
    return NULL;
  runs = g_array_new (FALSE, FALSE, sizeof (guint32));
  cJSON_ArrayForEach (item, counts)
  {
    guint32 run;

    if (!get_count (item, &run))
      return NULL;
    g_array_append_val (runs, run);
  }
  return limner_rle_new (height, width, (const guint32 *) runs->data, runs->len, NULL);
}

static LimnerSegmentation
read_mask (const cJSON *object, LimnerShape **shape)
{
  const cJSON *size = get_member (object, "size");
  const cJSON *counts = get_member (object, "counts");
  g_autoptr (LimnerRle) rle = NULL;
  guint32 height, width;

  if (object->child == NULL)
    return LIMNER_SEGMENTATION_NONE;
  if (!cJSON_IsArray (size) || cJSON_GetArraySize (size) != 2 ||
      !get_count (cJSON_GetArrayItem (size, 0), &height) ||
      !get_count (cJSON_GetArrayItem (size, 1), &width) || height == 0 || width == 0)
    return LIMNER_SEGMENTATION_INVALID;
  rle = read_counts (counts, height, width);
  if (rle == NULL)
    return LIMNER_SEGMENTATION_INVALID;
  *shape = limner_shape_new_mask (rle);
  return cJSON_IsString (counts) ? LIMNER_SEGMENTATION_COMPRESSED_RLE : LIMNER_SEGMENTATION_RLE;
}

static LimnerSegmentation
read_segmentation (const cJSON *item, LimnerShape **shape)
{
  if (item == NULL || cJSON_IsNull (item))
    return LIMNER_SEGMENTATION_NONE;
  if (cJSON_IsArray (item))
    return read_polygon (item, shape);
  if (cJSON_IsObject (item))
    return read_mask (item, shape);
  return LIMNER_SEGMENTATION_INVALID;
}

/* ---- kinds ---- */

static gboolean
read_bbox (const cJSON *item, LimnerBox *bbox)
{
  double numbers[4];
  const cJSON *child;
  guint n = 0;

  if (!cJSON_IsArray (item))
    return FALSE;
  cJSON_ArrayForEach (child, item) if (n == 4 || !get_number (child, &numbers[n++])) return FALSE;
  if (n != 4)
    return FALSE;
  *bbox = (LimnerBox){ numbers[0], numbers[1], numbers[2], numbers[3] };
  return TRUE;
}

static void
read_annotation (LimnerAnnotation *self, const cJSON *root)
{
  GBytes *text = self->record.text;

  self->has_image_id = read_id (text, "image_id", &self->image_id);
  self->has_category_id = read_id (text, "category_id", &self->category_id);
  self->iscrowd = get_boolean (get_member (root, "iscrowd"));
  self->has_bbox = read_bbox (get_member (root, "bbox"), &self->bbox);
  if (!get_number (get_member (root, "area"), &self->area))
    self->area = 0.0;
  if (!get_number (get_member (root, "score"), &self->score))
    self->score = NAN;
  self->state = read_state (root);
  self->segmentation = read_segmentation (get_member (root, "segmentation"), &self->shape);
  if (self->shape == NULL && self->has_bbox && self->bbox.width >= 0.0 && self->bbox.height >= 0.0)
    self->shape = limner_shape_new_box (&self->bbox);
}

static guint32
read_size (const cJSON *item)
{
  double value;

  if (!get_number (item, &value) || value < 1.0 || value > (double) G_MAXINT32 ||
      value != floor (value))
    return 0;
  return (guint32) value;
}

static void
read_image (LimnerImageRecord *self, const cJSON *root)
{
  self->file_name = dup_string (root, "file_name");
  self->width = read_size (get_member (root, "width"));
  self->height = read_size (get_member (root, "height"));
  self->state = read_state (root);
}

static gboolean
read_hex_color (const cJSON *item, guint32 *color)
{
  const char *text = cJSON_IsString (item) ? item->valuestring : "";
  guint32 value = 0;

  if (strlen (text) != 7 || text[0] != '#')
    return FALSE;
  for (guint i = 1; i < 7; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return FALSE;
      value = value << 4 | (guint32) digit;
    }
  *color = value;
  return TRUE;
}

/* Panoptic files: "color": [r, g, b]. */
static gboolean
read_rgb_color (const cJSON *item, guint32 *color)
{
  const cJSON *child;
  guint32 value = 0;
  guint n = 0;

  if (!cJSON_IsArray (item))
    return FALSE;
  cJSON_ArrayForEach (child, item)
  {
    guint32 part;

    if (!get_count (child, &part) || part > 255)
      return FALSE;
    value = value << 8 | part;
    n++;
  }
  *color = value;
  return n == 3;
}

static void
read_category (LimnerCategoryRecord *self, const cJSON *root)
{
  self->name = dup_string (root, "name");
  self->supercategory = dup_string (root, "supercategory");
  self->has_color =
      read_hex_color (get_member (get_member (root, "limner"), "color"), &self->color) ||
      read_rgb_color (get_member (root, "color"), &self->color);
  if (!self->has_color)
    self->color = 0;
}

static cJSON *
parse_object (LimnerRecordKind kind, const char *data, gsize length, GError **error)
{
  cJSON *root = NULL;

  if (length > 0)
    root = cJSON_ParseWithLength (data, length);
  if (root == NULL && length > 0)
    root = parse_nonfinite (data, length);
  if (cJSON_IsObject (root))
    return root;
  cJSON_Delete (root);
  g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_RECORD,
               "%s record '%.*s' is not a JSON object, expected '{' and members; it is not used",
               limner_record_kind_get_name (kind), (int) MIN (length, 40),
               data != NULL ? data : "");
  return NULL;
}

gpointer
limner_coco_record_parse (LimnerRecordKind kind, GBytes *text, GError **error)
{
  g_autoptr (cJSON) root = NULL;
  LimnerRecord *record;
  const char *data;
  gsize length;

  g_return_val_if_fail ((guint) kind < LIMNER_N_RECORD_KINDS, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  data = g_bytes_get_data (text, &length);
  root = parse_object (kind, data, length, error);
  if (root == NULL)
    return NULL;
  record = limner_record_new (kind, text);
  record->has_id = kind == LIMNER_RECORD_INFO || read_id (text, "id", &record->id);
  switch (kind)
    {
    case LIMNER_RECORD_INFO:
      break;
    case LIMNER_RECORD_IMAGE:
      read_image ((LimnerImageRecord *) record, root);
      break;
    case LIMNER_RECORD_CATEGORY:
      read_category ((LimnerCategoryRecord *) record, root);
      break;
    case LIMNER_RECORD_ANNOTATION:
      read_annotation ((LimnerAnnotation *) record, root);
      break;
    }
  return record;
}
