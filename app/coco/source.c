/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LOCATE_CHUNK (256 * 1024)

static gssize
limner_source_read_memory (const LimnerSource *self, guint64 offset, void *buffer, gsize length)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->bytes, &size);

  if (offset >= size)
    return 0;
  length = MIN (length, size - (gsize) offset);
  memcpy (buffer, data + offset, length);
  return (gssize) length;
}

gssize
limner_source_read (
    const LimnerSource *self, guint64 offset, void *buffer, gsize length, GError **error)
{
  gsize done = 0;

  if (self->fd < 0)
    return limner_source_read_memory (self, offset, buffer, length);

  while (done < length)
    {
      ssize_t n = pread (self->fd, (char *) buffer + done, length - done, (off_t) (offset + done));

      if (n == 0)
        break;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       "reading at byte %" G_GUINT64_FORMAT ": %s", offset + done,
                       g_strerror (code));
          return -1;
        }
      done += (gsize) n;
    }
  return (gssize) done;
}

guint
limner_count_lines (const guint8 *text, gsize length, gsize *last)
{
  const guint8 *end = text + length;
  const guint8 *p = text;
  guint n = 0;

  while (p < end && (p = memchr (p, '\n', (gsize) (end - p))) != NULL)
    {
      *last = (gsize) (p - text);
      n++;
      p++;
    }
  return n;
}

void
limner_source_locate (const LimnerSource *self, guint64 offset, guint *line, guint *column)
{
  g_autofree guint8 *chunk = g_malloc (LOCATE_CHUNK);
  guint64 line_start = 0;
  guint64 at = 0;

  *line = 1;
  while (at < offset)
    {
      gsize wanted = (gsize) MIN (offset - at, LOCATE_CHUNK);
      gssize n = limner_source_read (self, at, chunk, wanted, NULL);
      gsize last = 0;
      guint lines;

      if (n <= 0)
        break;
      lines = limner_count_lines (chunk, (gsize) n, &last);
      if (lines > 0)
        line_start = at + last + 1;
      *line += lines;
      at += (gsize) n;
    }
  *column = (guint) MIN (offset - line_start + 1, G_MAXUINT);
}

void
limner_source_clear (LimnerSource *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->bytes, g_bytes_unref);
}
