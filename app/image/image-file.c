/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"
#include "pixels-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A larger file is no picture that fits the pixel limit. */
#define MAX_FILE_BYTES ((goffset) 1 << 30)

/* A header is looked for in so much of the file, and where it is longer, in ever more. */
#define HEAD_BYTES ((gsize) 32 << 10)
#define HEAD_GROWTH 32
#define MAX_HEAD_BYTES (HEAD_BYTES * HEAD_GROWTH * HEAD_GROWTH)

/* About what a window shows; a preview covers one of them. */
#define PREVIEW_WIDTH 1500
#define PREVIEW_HEIGHT 1000

G_DEFINE_QUARK (limner_image_error, limner_image_error)

typedef struct
{
  int fd;
  goffset size;
  gint64 mtime;
  char *name; /* for messages */
} ImageFile;

static void
image_file_clear (ImageFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ImageFile, image_file_clear)

static void
set_open_error (const char *name, int number, GError **error)
{
  LimnerImageError code = LIMNER_IMAGE_ERROR_DAMAGED;
  const char *what = g_strerror (number);

  switch (number)
    {
    case ENOENT:
    case ENOTDIR:
      code = LIMNER_IMAGE_ERROR_MISSING;
      what = "there is no such file";
      break;
    case ELOOP:
      code = LIMNER_IMAGE_ERROR_MISSING;
      what = "the link leads in a circle";
      break;
    case ENAMETOOLONG:
      code = LIMNER_IMAGE_ERROR_MISSING;
      what = "the name is longer than a file name can be";
      break;
    case EACCES:
    case EPERM:
      code = LIMNER_IMAGE_ERROR_PERMISSION;
      what = "reading the file is not permitted";
      break;
    case ENXIO:
    case ENODEV:
      code = LIMNER_IMAGE_ERROR_NOT_REGULAR;
      what = "this is a socket or a device, not a file";
      break;
    default:
      break;
    }
  g_set_error (error, LIMNER_IMAGE_ERROR, code, "%s: %s; the image cannot be shown", name, what);
}

/* /proc/self/mem and its like call themselves regular files. */
static gboolean
is_on_disk (int fd)
{
  struct statfs info;

  return fstatfs (fd, &info) != 0 ||
         (info.f_type != PROC_SUPER_MAGIC && info.f_type != SYSFS_MAGIC);
}

/* Only regular files: a pipe would wait for ever, a device never ends. */
static gboolean
image_file_open (ImageFile *self, const char *path, GError **error)
{
  struct stat info;

  self->name = limner_image_display_name (path);
  do
    self->fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    {
      set_open_error (self->name, errno, error);
      return FALSE;
    }
  if (!S_ISREG (info.st_mode) || !is_on_disk (self->fd))
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_NOT_REGULAR,
                   "%s: this is %s, not a file; it is skipped", self->name,
                   S_ISDIR (info.st_mode) ? "a folder" : "a pipe, socket or device");
      return FALSE;
    }
  self->size = info.st_size;
  self->mtime = info.st_mtime;
  return TRUE;
}

/* The first bytes, at most @max_length. (transfer full) */
static guint8 *
image_file_read (const ImageFile *self, gsize max_length, gsize *length, GError **error)
{
  gsize wanted = (gsize) MIN ((guint64) self->size, (guint64) max_length);
  g_autofree guint8 *data = g_try_malloc (MAX (wanted, 1));

  *length = 0;
  if (data == NULL)
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
                   "%s: there is not enough memory for the file; the image cannot be shown",
                   self->name);
      return NULL;
    }
  while (*length < wanted)
    {
      gssize n = pread (self->fd, data + *length, wanted - *length, (off_t) *length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                       "%s: reading stopped at byte %" G_GSIZE_FORMAT
                       " (%s); the image cannot be shown",
                       self->name, *length, g_strerror (errno));
          return NULL;
        }
      if (n == 0)
        break;
      *length += (gsize) n;
    }
  return g_steal_pointer (&data);
}

static void
finish_info (LimnerImageInfo *info, const LimnerCodec *codec)
{
  info->format = codec->format;
  if (limner_orientation_swaps (info->orientation))
    {
      guint width = info->width;

      info->width = info->height;
      info->height = width;
    }
}

static gboolean
image_file_probe (const ImageFile *self, guint64 max_pixels, LimnerImageInfo *info, GError **error)
{
  const LimnerCodec *codec;

  for (gsize wanted = HEAD_BYTES;; wanted *= HEAD_GROWTH)
    {
      g_autoptr (GError) local_error = NULL;
      LimnerDecodeInput input = {
        .fd = self->fd,
        .size = self->size,
        .name = self->name,
        .max_pixels = max_pixels,
      };
      g_autofree guint8 *data = image_file_read (self, wanted, &input.length, error);

      if (data == NULL)
        return FALSE;
      input.data = data;
      *info = (LimnerImageInfo){ .orientation = LIMNER_ORIENTATION_NORMAL };
      codec = limner_sniff (&input, error);
      if (codec == NULL)
        return FALSE;
      if (codec->probe (&input, info, &local_error))
        break;
      if (!g_error_matches (local_error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED) ||
          input.length < wanted || wanted >= MAX_HEAD_BYTES)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  finish_info (info, codec);
  return TRUE;
}

gboolean
limner_image_file_probe (const char *path, LimnerImageInfo *info, GError **error)
{
  g_auto (ImageFile) file = { .fd = -1 };

  g_return_val_if_fail (path != NULL && info != NULL, FALSE);

  return image_file_open (&file, path, error) &&
         image_file_probe (&file, LIMNER_IMAGE_MAX_PIXELS, info, error);
}

/* What is beyond the limit is refused for that reason only if it is a picture at all. */
static gboolean
image_file_check_size (const ImageFile *self, guint64 max_pixels, GError **error)
{
  LimnerImageInfo info;

  if (self->size <= MAX_FILE_BYTES)
    return TRUE;
  if (!image_file_probe (self, max_pixels, &info, error))
    return FALSE;
  g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
               "%s: the file has %" G_GOFFSET_FORMAT
               " bytes, more than the limit of %" G_GOFFSET_FORMAT "; the image is not opened",
               self->name, self->size, MAX_FILE_BYTES);
  return FALSE;
}

/* Of the picture that it stands for; valid rows count in that, too. */
static LimnerPixels *
wrap_preview (LimnerDecoded *decoded)
{
  const gboolean swaps = limner_orientation_swaps (decoded->orientation);
  LimnerPixels *pixels =
      limner_pixels_new_preview (decoded->format,
                                 swaps ? decoded->full_height : decoded->full_width,
                                 swaps ? decoded->full_width : decoded->full_height, decoded->level,
                                 decoded->stride, decoded->data);

  decoded->valid_rows = (decoded->flags & LIMNER_PIXELS_TRUNCATED) != 0
                            ? decoded->valid_rows << decoded->level
                            : decoded->full_height;
  return pixels;
}

static LimnerPixels *
wrap (LimnerDecoded *decoded, gboolean is_preview)
{
  LimnerPixels *pixels = is_preview
                             ? wrap_preview (decoded)
                             : limner_pixels_new (decoded->format, decoded->width, decoded->height,
                                                  decoded->stride, decoded->data);

  limner_pixels_set_mapped (pixels, decoded->mapped);
  decoded->data = NULL;
  decoded->mapped = 0;
  limner_pixels_set_flags (pixels, decoded->flags, decoded->valid_rows, decoded->orientation,
                           decoded->stored_depth);
  for (guint i = 0; i < G_N_ELEMENTS (decoded->notes); i++)
    if (decoded->notes[i] != NULL)
      limner_pixels_set_note (pixels, 1 << i, g_steal_pointer (&decoded->notes[i]));
  return pixels;
}

static void
check_extension (const LimnerDecodeInput *input, const LimnerCodec *codec, LimnerDecoded *decoded)
{
  const char *promised = limner_sniff_extension (input->name);

  if (promised != NULL && strcmp (promised, codec->format) != 0)
    limner_decoded_add_flag (decoded, LIMNER_PIXELS_EXTENSION,
                             "the content is %s although the name says %s", codec->format,
                             promised);
}

static LimnerPixels *
decode (const LimnerDecodeInput *input, GError **error)
{
  g_auto (LimnerDecoded) decoded = { .orientation = LIMNER_ORIENTATION_NORMAL };
  const LimnerCodec *codec = limner_sniff (input, error);

  if (codec == NULL || g_cancellable_set_error_if_cancelled (input->cancellable, error))
    return NULL;
  if (!codec->decode (input, &decoded, error))
    return NULL;
  if (!decoded.is_upright && !limner_orient (&decoded, input->name, error))
    return NULL;
  check_extension (input, codec, &decoded);
  if (decoded.orientation != LIMNER_ORIENTATION_NORMAL)
    limner_decoded_add_flag (&decoded, LIMNER_PIXELS_ORIENTED,
                             "the file is stored turned (EXIF orientation %d); "
                             "it is shown upright",
                             (int) decoded.orientation);
  return wrap (&decoded, input->preview_from != 0 && decoded.level > 0);
}

/* @input: with its limits set; gets what is in the file */
static LimnerPixels *
load (const char *path, LimnerDecodeInput *input, gint64 *mtime, GError **error)
{
  g_auto (ImageFile) file = { .fd = -1 };
  g_autofree guint8 *data = NULL;

  input->fd = -1;
  if (input->max_pixels == 0)
    input->max_pixels = LIMNER_IMAGE_MAX_PIXELS;
  if (g_cancellable_set_error_if_cancelled (input->cancellable, error))
    return NULL;
  if (!image_file_open (&file, path, error) ||
      !image_file_check_size (&file, input->max_pixels, error))
    return NULL;
  data = image_file_read (&file, (gsize) MAX_FILE_BYTES, &input->length, error);
  if (data == NULL)
    return NULL;
  if (mtime != NULL)
    *mtime = file.mtime;
  input->data = data;
  input->name = file.name;
  return decode (input, error);
}

LimnerPixels *
limner_image_load_reduced (const char *path,
                           guint64 max_pixels,
                           guint fit_width,
                           guint fit_height,
                           gint64 *mtime,
                           GCancellable *cancellable,
                           GError **error)
{
  LimnerDecodeInput input = {
    .max_pixels = max_pixels,
    .fit_width = fit_width,
    .fit_height = fit_height,
    .cancellable = cancellable,
  };

  return load (path, &input, mtime, error);
}

/* Its header says whether there will be a preview, before all of it is read. */
static gboolean
is_large (const char *path, guint64 min_pixels, guint64 max_pixels, LimnerImageInfo *info)
{
  g_auto (ImageFile) file = { .fd = -1 };

  return image_file_open (&file, path, NULL) && image_file_probe (&file, max_pixels, info, NULL) &&
         (guint64) info->width * info->height >= min_pixels;
}

LimnerPixels *
limner_image_load_rough_preview (const char *path, guint64 min_pixels, guint64 max_pixels)
{
  LimnerImageInfo info;

  if (!is_large (path, min_pixels, max_pixels, &info))
    return NULL;
  return limner_thumbnail_load_preview (path, info.width, info.height, info.orientation);
}

LimnerPixels *
limner_image_load_preview (const char *path,
                           guint64 min_pixels,
                           guint64 max_pixels,
                           GCancellable *cancellable)
{
  LimnerDecodeInput input = {
    .max_pixels = max_pixels,
    .fit_width = PREVIEW_WIDTH,
    .fit_height = PREVIEW_HEIGHT,
    .preview_from = min_pixels,
    .cancellable = cancellable,
  };
  LimnerImageInfo info;

  if (!is_large (path, min_pixels, max_pixels, &info) ||
      !g_str_equal (info.format, limner_codec_jpeg.format))
    return NULL;
  return load (path, &input, NULL, NULL);
}

LimnerPixels *
limner_image_file_load (const char *path,
                        guint64 max_pixels,
                        GCancellable *cancellable,
                        GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return limner_image_load_reduced (path, max_pixels, 0, 0, NULL, cancellable, error);
}

LimnerPixels *
limner_image_file_load_bytes (
    GBytes *bytes, const char *name, guint64 max_pixels, GCancellable *cancellable, GError **error)
{
  g_autofree char *display_name = NULL;
  LimnerDecodeInput input = {
    .fd = -1,
    .max_pixels = max_pixels != 0 ? max_pixels : LIMNER_IMAGE_MAX_PIXELS,
    .cancellable = cancellable,
  };

  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  display_name = limner_image_display_name (name);
  input.name = display_name;
  input.data = g_bytes_get_data (bytes, &input.length);
  return decode (&input, error);
}

gboolean
limner_image_file_is_candidate (const char *name)
{
  /* also the AppleDouble companions, ._NAME */
  return name[0] != '.' && limner_sniff_extension (name) != NULL;
}

const char *
limner_image_file_flag_code (LimnerPixelsFlags flag)
{
  switch (flag)
    {
    case LIMNER_PIXELS_TRUNCATED:
      return "W_TRUNCATED";
    case LIMNER_PIXELS_CORRUPT:
      return "W_CORRUPT";
    case LIMNER_PIXELS_TRAILING_DATA:
      return "W_TRAILING_DATA";
    case LIMNER_PIXELS_METADATA:
      return "W_METADATA";
    case LIMNER_PIXELS_EXTENSION:
      return "W_EXTENSION";
    case LIMNER_PIXELS_ANIMATED:
      return "W_ANIMATED";
    default:
      return NULL;
    }
}
