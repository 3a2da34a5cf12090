/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-image"

#include "codec.h"
#include "plane.h"

#include "pixels-private.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* From this size on rows that were not in the file are left to the fresh pages, which are zero. */
#define ZERO_PAGES_FROM ((gsize) 32 << 20)

/* A picture larger than FREE_PIXELS may take longer in proportion. */
#define MAX_SECONDS 5.0
#define FREE_PIXELS 5e7
#define SECONDS_PER_PIXEL 3e-8

#define LARGE_PIXELS (16u << 20)

#define CHECKER_SHIFT 3 /* squares of 8 pixels */
#define CHECKER_LIGHT 0xff
#define CHECKER_DARK 0xcc

gboolean
limner_input_read (const LimnerDecodeInput *input, guint64 offset, void *buffer, gsize n)
{
  guint8 *to = buffer;

  if (offset <= input->length && n <= input->length - offset)
    {
      memcpy (to, input->data + offset, n);
      return TRUE;
    }
  if (input->fd < 0 || offset > (guint64) input->size || n > (guint64) input->size - offset)
    return FALSE;
  while (n > 0)
    {
      gssize n_read = pread (input->fd, to, n, (off_t) offset);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        return FALSE;
      to += n_read;
      offset += (guint64) n_read;
      n -= (gsize) n_read;
    }
  return TRUE;
}

void
limner_decoded_clear (LimnerDecoded *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->notes); i++)
    g_clear_pointer (&self->notes[i], g_free);
  limner_plane_free (self->data, self->mapped);
  self->data = NULL;
  self->mapped = 0;
}

gboolean
limner_decoded_allocate (LimnerDecoded *self, const char *name, GError **error)
{
  gsize size;

  self->stride = ((gsize) self->width * limner_pixels_format_bytes (self->format) + 3) & ~(gsize) 3;
  if (g_size_checked_mul (&size, self->stride, self->height))
    self->data = limner_plane_new (size, &self->mapped);
  if (self->data == NULL)
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
                   "%s: there is not enough memory for %u x %u pixels; the image cannot be shown",
                   name, self->width, self->height);
      return FALSE;
    }
  return TRUE;
}

void
limner_decoded_finish_rows (LimnerDecoded *self, guint valid_rows)
{
  gsize size = self->stride * self->height;
  gsize valid_size;

  self->valid_rows = MIN (valid_rows, self->height);
  valid_size = self->stride * self->valid_rows;
  if (size < ZERO_PAGES_FROM)
    memset (self->data + valid_size, 0, size - valid_size);
}

void
limner_decoded_add_flag (LimnerDecoded *self, LimnerPixelsFlags flag, const char *format, ...)
{
  int index = g_bit_nth_lsf (flag, -1);
  va_list args;

  self->flags |= flag;
  if (self->notes[index] != NULL)
    return;
  va_start (args, format);
  self->notes[index] = g_strdup_vprintf (format, args);
  va_end (args);
}

gboolean
limner_decode_check_size (const LimnerDecodeInput *input,
                          const char *format,
                          guint64 width,
                          guint64 height,
                          GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
                   "%s: the %s header gives a size of %" G_GUINT64_FORMAT " x %" G_GUINT64_FORMAT
                   " pixels; the image cannot be shown",
                   input->name, format, width, height);
      return FALSE;
    }
  if (width > input->max_pixels / height || MAX (width, height) > G_MAXINT32)
    {
      g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
                   "%s: the %s header announces %" G_GUINT64_FORMAT " x %" G_GUINT64_FORMAT
                   " pixels, more than the limit of %" G_GUINT64_FORMAT
                   " pixels ('Largest image' in the preferences); the image is not opened",
                   input->name, format, width, height, input->max_pixels);
      return FALSE;
    }
  return TRUE;
}

gboolean
limner_decode_check_length (
    const LimnerDecodeInput *input, guint width, guint height, guint64 whole_bytes, GError **error)
{
  if ((guint64) width * height < LARGE_PIXELS || input->length >= whole_bytes / 4)
    return TRUE;
  g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_DAMAGED,
               "%s: the file of %" G_GSIZE_FORMAT
               " bytes is far too short for the %u x %u pixels that "
               "it announces; the image cannot be shown",
               input->name, input->length, width, height);
  return FALSE;
}

static double
get_thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

double
limner_decode_get_deadline (guint64 pixels)
{
  return get_thread_seconds () + MAX_SECONDS +
         MAX ((double) pixels - FREE_PIXELS, 0) * SECONDS_PER_PIXEL;
}

gboolean
limner_decode_is_late (const LimnerDecodeInput *input, double deadline, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (input->cancellable, error))
    return TRUE;
  if (get_thread_seconds () <= deadline)
    return FALSE;
  g_set_error (error, LIMNER_IMAGE_ERROR, LIMNER_IMAGE_ERROR_LIMIT,
               "%s: decoding takes longer than the limit of %.0f seconds of processor time; "
               "the image is not opened",
               input->name, MAX_SECONDS);
  return TRUE;
}

static inline guint32
lay_channel (guint32 value, guint32 alpha, guint32 under)
{
  return (value * alpha + under * (255 - alpha) + 127) / 255;
}

void
limner_checkerboard_lay (guint32 *pixels, guint width, guint row)
{
  for (guint x = 0; x < width; x++)
    {
      guint32 pixel = pixels[x];
      guint32 alpha = pixel >> 24;
      gboolean is_dark = ((x >> CHECKER_SHIFT) + (row >> CHECKER_SHIFT)) & 1;
      guint32 under = is_dark ? CHECKER_DARK : CHECKER_LIGHT;

      if (alpha == 255)
        continue;
      pixels[x] = 0xff000000 | (lay_channel ((pixel >> 16) & 0xff, alpha, under) << 16) |
                  (lay_channel ((pixel >> 8) & 0xff, alpha, under) << 8) |
                  lay_channel (pixel & 0xff, alpha, under);
    }
}

static gboolean
is_invisible (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT: /* bidi controls, zero-width characters */
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
      return TRUE;
    default:
      return FALSE;
    }
}

char *
limner_image_display_name (const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  GString *text = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_invisible (c))
        g_string_append_printf (text, "<U+%04X>", c);
      else
        g_string_append_unichar (text, c);
    }
  return g_string_free (text, FALSE);
}
