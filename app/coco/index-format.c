/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "index-format.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAGIC "LIMNIDX"
#define VERSION 1
#define BYTE_ORDER_MARK 0x01020304u
#define ALIGNMENT 16

/* Without padding, so that its bytes are what was meant. */
typedef struct
{
  char magic[8];
  guint32 version;
  guint32 byte_order;
  guint64 layout_size;
  guint64 identity[7];
  gint64 taken_us;
  gint64 max_id[LIMNER_N_RECORD_KINDS];
  guint64 names_size;
  guint32 n_images;
  guint32 n_annotations;
  guint32 n_categories;
  guint32 reserved[3];
  guint64 body_size;
  guint64 checksum_high; /* XXH3-128 of the body, continued with the header up to here */
  guint64 checksum_low;
} Header;

G_STATIC_ASSERT (sizeof (Header) % ALIGNMENT == 0);

/* One block of the body. */
typedef struct
{
  gsize field; /* offset of the pointer in LimnerColumns */
  gsize width; /* bytes a row */
  enum
  {
    ROWS_OF_IMAGES,
    ROWS_OF_ANNOTATIONS,
    ROWS_OF_CATEGORIES,
    ROWS_OF_FIRSTS, /* n_images + 1 */
    ROWS_OF_NAMES
  } rows;
} Column;

#define COLUMN(name, n, rows)                                                                      \
  {                                                                                                \
    G_STRUCT_OFFSET (LimnerColumns, name), (n) * sizeof *((LimnerColumns *) NULL)->name, rows      \
  }

static const Column columns_of_body[] = {
  COLUMN (image_id, 1, ROWS_OF_IMAGES),
  COLUMN (image_offset, 1, ROWS_OF_IMAGES),
  COLUMN (image_length, 1, ROWS_OF_IMAGES),
  COLUMN (image_width, 1, ROWS_OF_IMAGES),
  COLUMN (image_height, 1, ROWS_OF_IMAGES),
  COLUMN (image_name, 1, ROWS_OF_IMAGES),
  COLUMN (image_flags, 1, ROWS_OF_IMAGES),
  COLUMN (image_state, 1, ROWS_OF_IMAGES),
  COLUMN (annotation_id, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_offset, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_length, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_image, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_category, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_bbox, 4, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_area, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_n_points, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_segmentation, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (annotation_flags, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (by_image, 1, ROWS_OF_ANNOTATIONS),
  COLUMN (first_of_image, 1, ROWS_OF_FIRSTS),
  COLUMN (category_offset, 1, ROWS_OF_CATEGORIES),
  COLUMN (category_length, 1, ROWS_OF_CATEGORIES),
  COLUMN (category_flags, 1, ROWS_OF_CATEGORIES),
  COLUMN (names, 1, ROWS_OF_NAMES),
};

static gsize
get_block_size (const Header *header, const Column *column)
{
  guint64 n = 0;

  switch (column->rows)
    {
    case ROWS_OF_IMAGES:
      n = header->n_images;
      break;
    case ROWS_OF_ANNOTATIONS:
      n = header->n_annotations;
      break;
    case ROWS_OF_CATEGORIES:
      n = header->n_categories;
      break;
    case ROWS_OF_FIRSTS:
      n = (guint64) header->n_images + 1;
      break;
    case ROWS_OF_NAMES:
    default:
      n = header->names_size;
      break;
    }
  return (gsize) (n * column->width);
}

static gsize
align (gsize size)
{
  return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static gsize
get_body_size (const Header *header)
{
  gsize size = align (sizeof (LimnerLayout));

  for (guint i = 0; i < G_N_ELEMENTS (columns_of_body); i++)
    size += align (get_block_size (header, &columns_of_body[i]));
  return size;
}

static void
hash_header (XXH3_state_t *hash, const Header *header, Header *hashed)
{
  XXH128_hash_t digest;

  *hashed = *header;
  XXH3_128bits_update (hash, header, G_STRUCT_OFFSET (Header, checksum_high));
  digest = XXH3_128bits_digest (hash);
  hashed->checksum_high = digest.high64;
  hashed->checksum_low = digest.low64;
}

static void
fill_identity (guint64 numbers[7], const LimnerIdentity *identity)
{
  numbers[0] = identity->device;
  numbers[1] = identity->inode;
  numbers[2] = identity->size_bytes;
  numbers[3] = (guint64) identity->mtime_ns;
  numbers[4] = (guint64) identity->ctime_ns;
  numbers[5] = identity->hash_high;
  numbers[6] = identity->hash_low;
}

/* ---- writing ---- */

static gsize
get_names_size (const LimnerColumns *columns)
{
  gsize size = 1;

  for (guint i = 0; i < columns->n_images; i++)
    {
      guint32 name = columns->image_name[i];

      if (name >= size)
        size = name + strlen (columns->names + name) + 1;
    }
  return size;
}

static gboolean
write_all (int fd, const void *data, gsize length, guint64 offset, GError **error)
{
  const char *p = data;

  while (length > 0)
    {
      ssize_t n = pwrite (fd, p, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          int code = n < 0 ? errno : ENOSPC;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "writing an index: %s",
                       g_strerror (code));
          return FALSE;
        }
      p += n;
      offset += (guint64) n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* A block and the zeros behind it. */
static gboolean
write_block (
    int fd, const void *data, gsize length, guint64 *offset, XXH3_state_t *hash, GError **error)
{
  static const char zeros[ALIGNMENT] = { 0 };
  gsize padding = align (length) - length;

  XXH3_128bits_update (hash, data, length);
  XXH3_128bits_update (hash, zeros, padding);
  if (!write_all (fd, data, length, *offset, error) ||
      !write_all (fd, zeros, padding, *offset + length, error))
    return FALSE;
  *offset += length + padding;
  return TRUE;
}

static gboolean
write_body (
    const LimnerIndex *self, const Header *header, int fd, XXH3_state_t *hash, GError **error)
{
  guint64 offset = sizeof (Header);

  if (!write_block (fd, &self->layout, sizeof self->layout, &offset, hash, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (columns_of_body); i++)
    {
      const void *block = G_STRUCT_MEMBER (void *, self->columns, columns_of_body[i].field);
      gsize size = get_block_size (header, &columns_of_body[i]);

      if (size > 0 && !write_block (fd, block, size, &offset, hash, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
limner_index_write (const LimnerIndex *self, int fd, GError **error)
{
  Header header = { .magic = MAGIC,
                    .version = VERSION,
                    .byte_order = BYTE_ORDER_MARK,
                    .layout_size = sizeof (LimnerLayout),
                    .taken_us = self->taken_us,
                    .names_size = get_names_size (self->columns),
                    .n_images = self->columns->n_images,
                    .n_annotations = self->columns->n_annotations,
                    .n_categories = self->columns->n_categories };
  XXH3_state_t *hash = XXH3_createState ();
  gboolean is_written;

  fill_identity (header.identity, &self->identity);
  memcpy (header.max_id, self->columns->max_id, sizeof header.max_id);
  header.body_size = get_body_size (&header);
  XXH3_128bits_reset (hash);
  is_written = write_body (self, &header, fd, hash, error);
  if (is_written)
    {
      hash_header (hash, &header, &header);
      is_written = write_all (fd, &header, sizeof header, 0, error);
    }
  XXH3_freeState (hash);
  return is_written;
}

/* ---- reading ---- */

static gboolean
read_all (int fd, void *data, gsize length, guint64 offset)
{
  LimnerSource source = { .fd = fd };

  return limner_source_read (&source, offset, data, length, NULL) == (gssize) length;
}

static gboolean
read_header (int fd, Header *header)
{
  struct stat info;

  return read_all (fd, header, sizeof *header, 0) &&
         memcmp (header->magic, MAGIC, sizeof header->magic) == 0 && header->version == VERSION &&
         header->byte_order == BYTE_ORDER_MARK && header->layout_size == sizeof (LimnerLayout) &&
         header->names_size >= 1 && header->names_size <= G_MAXUINT32 &&
         header->body_size == get_body_size (header) && fstat (fd, &info) == 0 &&
         (guint64) info.st_size == sizeof *header + header->body_size;
}

static void
take_identity (LimnerIdentity *identity, const guint64 numbers[7])
{
  *identity = (LimnerIdentity){ .device = numbers[0],
                                .inode = numbers[1],
                                .size_bytes = numbers[2],
                                .mtime_ns = (gint64) numbers[3],
                                .ctime_ns = (gint64) numbers[4],
                                .hash_high = numbers[5],
                                .hash_low = numbers[6] };
}

gboolean
limner_index_read_header (int fd, LimnerIdentity *identity, gint64 *taken_us)
{
  Header header;

  if (!read_header (fd, &header))
    return FALSE;
  take_identity (identity, header.identity);
  *taken_us = header.taken_us;
  return TRUE;
}

static gboolean
is_sum_right (const Header *header, const void *body)
{
  XXH3_state_t *hash = XXH3_createState ();
  Header expected;

  XXH3_128bits_reset (hash);
  XXH3_128bits_update (hash, body, header->body_size);
  hash_header (hash, header, &expected);
  XXH3_freeState (hash);
  return memcmp (&expected, header, sizeof expected) == 0;
}

static gboolean
are_ranges_sane (const guint64 *offsets, const guint32 *lengths, guint n, guint64 size)
{
  gboolean is_bad = FALSE;

  for (guint i = 0; i < n; i++)
    is_bad |= offsets[i] > size || lengths[i] > size - offsets[i];
  return !is_bad;
}

static gboolean
are_rows_sane (const guint32 *rows, guint n, guint32 limit, gboolean may_be_none)
{
  gboolean is_bad = FALSE;

  for (guint i = 0; i < n; i++)
    is_bad |= rows[i] >= limit && !(may_be_none && rows[i] == LIMNER_NO_ROW);
  return !is_bad;
}

/* Whatever the checksum says: nothing in it leads out of the columns or the file. */
static gboolean
are_columns_sane (const LimnerColumns *columns, guint32 names_size, guint64 size)
{
  const guint32 *first = columns->first_of_image;
  gboolean is_bad = columns->names[names_size - 1] != '\0' || columns->names[0] != '\0';

  for (guint i = 0; i < columns->n_images; i++)
    is_bad |= first[i] > first[i + 1] || columns->image_name[i] >= names_size;
  return !is_bad && first[columns->n_images] <= columns->n_annotations &&
         are_rows_sane (columns->by_image, first[columns->n_images], columns->n_annotations,
                        FALSE) &&
         are_rows_sane (columns->annotation_image, columns->n_annotations, columns->n_images,
                        TRUE) &&
         are_rows_sane (columns->annotation_category, columns->n_annotations, columns->n_categories,
                        TRUE) &&
         are_ranges_sane (columns->image_offset, columns->image_length, columns->n_images, size) &&
         are_ranges_sane (columns->annotation_offset, columns->annotation_length,
                          columns->n_annotations, size) &&
         are_ranges_sane (columns->category_offset, columns->category_length, columns->n_categories,
                          size);
}

static LimnerColumns *
make_columns (const Header *header, guint8 *body)
{
  LimnerColumns *columns = limner_columns_new_in_arena (body, g_free);
  guint8 *at = body + align (sizeof (LimnerLayout));

  columns->n_images = header->n_images;
  columns->n_annotations = header->n_annotations;
  columns->n_categories = header->n_categories;
  memcpy (columns->max_id, header->max_id, sizeof header->max_id);
  for (guint i = 0; i < G_N_ELEMENTS (columns_of_body); i++)
    {
      G_STRUCT_MEMBER (void *, columns, columns_of_body[i].field) = at;
      at += align (get_block_size (header, &columns_of_body[i]));
    }
  columns->categories = g_new0 (LimnerCategoryRecord *, MAX (header->n_categories, 1));
  return columns;
}

gboolean
limner_index_read (LimnerIndex *self, int fd)
{
  g_autoptr (LimnerColumns) columns = NULL;
  Header header;
  guint8 *body;

  if (!read_header (fd, &header))
    return FALSE;
  body = g_try_malloc (header.body_size);
  if (body == NULL)
    return FALSE;
  columns = make_columns (&header, body);
  if (!read_all (fd, body, header.body_size, sizeof header) || !is_sum_right (&header, body) ||
      !are_columns_sane (columns, (guint32) header.names_size, header.identity[2]))
    return FALSE;
  take_identity (&self->identity, header.identity);
  self->taken_us = header.taken_us;
  memcpy (&self->layout, body, sizeof self->layout);
  self->columns = g_steal_pointer (&columns);
  return TRUE;
}
