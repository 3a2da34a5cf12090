/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "index-format.h"

#include "block.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAGIC "LIMNIDX"
#define VERSION 2
#define BYTE_ORDER_MARK 0x01020304u
#define ALIGNMENT 16
#define CHUNK_BYTES LIMNER_BLOCK_ALIGNMENT /* of the body: a huge page each */
#define READ_BYTES ((gsize) 256 * 1024)    /* hashed while they are in the processor's cache */

typedef struct
{
  guint64 high;
  guint64 low;
} Sum; /* XXH3-128 */

/* Without padding, so that its bytes are what was meant. It is followed by a sum for each chunk of
 * the body, and these by the body. */
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
  guint32 glib_version; /* its tables of letters say in which order names come */
  guint32 reserved[2];
  guint64 body_size;
  Sum sum; /* of the sums of all chunks, continued with the header up to here */
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
  COLUMN (image_order, 1, ROWS_OF_IMAGES),
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

static guint
get_n_chunks (const Header *header)
{
  return (guint) ((header->body_size + CHUNK_BYTES - 1) / CHUNK_BYTES);
}

static guint64
get_body_offset (const Header *header)
{
  return sizeof *header + (guint64) get_n_chunks (header) * sizeof (Sum);
}

static guint32
get_glib_version (void)
{
  return glib_major_version * 1000000 + glib_minor_version * 1000 + glib_micro_version;
}

static Sum
digest (const XXH3_state_t *hash)
{
  XXH128_hash_t sum = XXH3_128bits_digest (hash);

  return (Sum){ sum.high64, sum.low64 };
}

static gboolean
is_same_sum (Sum a, Sum b)
{
  return a.high == b.high && a.low == b.low;
}

static Sum
sum_header (const Header *header, const Sum *chunks)
{
  XXH3_state_t *hash = XXH3_createState ();
  Sum sum;

  XXH3_128bits_reset (hash);
  XXH3_128bits_update (hash, chunks, get_n_chunks (header) * sizeof *chunks);
  XXH3_128bits_update (hash, header, G_STRUCT_OFFSET (Header, sum));
  sum = digest (hash);
  XXH3_freeState (hash);
  return sum;
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

/* Where the body goes. */
typedef struct
{
  int fd;
  guint64 offset;
  GCancellable *cancellable;
  XXH3_state_t *hash; /* of the chunk that is being filled */
  gsize filled;
  GArray *sums; /* of the chunks before */
} Sink;

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

static void
sink_end_chunk (Sink *self)
{
  Sum sum = digest (self->hash);

  g_array_append_val (self->sums, sum);
  XXH3_128bits_reset (self->hash);
  self->filled = 0;
}

static gboolean
sink_put (Sink *self, const void *data, gsize length, GError **error)
{
  const guint8 *p = data;

  while (length > 0)
    {
      gsize n = MIN (length, CHUNK_BYTES - self->filled);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !write_all (self->fd, p, n, self->offset, error))
        return FALSE;
      XXH3_128bits_update (self->hash, p, n);
      self->offset += n;
      self->filled += n;
      if (self->filled == CHUNK_BYTES)
        sink_end_chunk (self);
      p += n;
      length -= n;
    }
  return TRUE;
}

/* A block and the zeros behind it. */
static gboolean
sink_put_block (Sink *self, const void *data, gsize length, GError **error)
{
  static const char zeros[ALIGNMENT] = { 0 };

  return sink_put (self, data, length, error) &&
         sink_put (self, zeros, align (length) - length, error);
}

static gboolean
write_body (const LimnerIndex *self, const Header *header, Sink *sink, GError **error)
{
  if (!sink_put_block (sink, &self->layout, sizeof self->layout, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (columns_of_body); i++)
    {
      const void *block = G_STRUCT_MEMBER (void *, self->columns, columns_of_body[i].field);
      gsize size = get_block_size (header, &columns_of_body[i]);

      if (!sink_put_block (sink, block, size, error))
        return FALSE;
    }
  if (sink->filled > 0)
    sink_end_chunk (sink);
  return TRUE;
}

/* The header comes last: without it, what is there is no index. */
static gboolean
write_parts (const LimnerIndex *self, Header *header, Sink *sink, GError **error)
{
  if (!write_body (self, header, sink, error) ||
      !write_all (sink->fd, sink->sums->data, sink->sums->len * sizeof (Sum), sizeof *header,
                  error))
    return FALSE;
  header->sum = sum_header (header, (const Sum *) sink->sums->data);
  return write_all (sink->fd, header, sizeof *header, 0, error);
}

gboolean
limner_index_write (const LimnerIndex *self, int fd, GCancellable *cancellable, GError **error)
{
  Header header = { .magic = MAGIC,
                    .version = VERSION,
                    .byte_order = BYTE_ORDER_MARK,
                    .layout_size = sizeof (LimnerLayout),
                    .taken_us = self->taken_us,
                    .names_size = limner_columns_get_names_size (self->columns),
                    .n_images = self->columns->n_images,
                    .n_annotations = self->columns->n_annotations,
                    .n_categories = self->columns->n_categories,
                    .glib_version = get_glib_version () };
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (Sum));
  Sink sink = { .fd = fd, .cancellable = cancellable, .sums = sums };
  gboolean is_written;

  limner_columns_get_image_order (self->columns); /* it is one of the columns from now on */
  fill_identity (header.identity, &self->identity);
  memcpy (header.max_id, self->columns->max_id, sizeof header.max_id);
  header.body_size = get_body_size (&header);
  sink.offset = get_body_offset (&header);
  sink.hash = XXH3_createState ();
  XXH3_128bits_reset (sink.hash);
  is_written = write_parts (self, &header, &sink, error);
  XXH3_freeState (sink.hash);
  return is_written;
}

/* ---- reading ---- */

/* What the threads that read share. */
typedef struct
{
  int fd;
  const Header *header;
  const Sum *sums;
  guint8 *body;
  gint next;   /* atomic: chunk that nobody has taken */
  gint is_bad; /* atomic */
} Reading;

static gboolean
read_all (int fd, void *data, gsize length, guint64 offset)
{
  LimnerSource source = { .fd = fd };

  return limner_source_read (&source, offset, data, length, NULL) == (gssize) length;
}

static gboolean
is_header_sane (const Header *header)
{
  return memcmp (header->magic, MAGIC, sizeof header->magic) == 0 && header->version == VERSION &&
         header->byte_order == BYTE_ORDER_MARK && header->layout_size == sizeof (LimnerLayout) &&
         header->glib_version == get_glib_version () && header->names_size >= 1 &&
         header->names_size <= G_MAXUINT32 && header->body_size == get_body_size (header);
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

/* The header and the sums, if they are whole and of that file. */
static Sum *
read_header (int fd, const LimnerIdentity *of, Header *header)
{
  g_autofree Sum *sums = NULL;
  LimnerIdentity identity;
  struct stat info;

  if (!read_all (fd, header, sizeof *header, 0) || !is_header_sane (header))
    return NULL;
  take_identity (&identity, header->identity);
  if (!limner_identity_same_stat (&identity, of) || fstat (fd, &info) != 0 ||
      (guint64) info.st_size != get_body_offset (header) + header->body_size)
    return NULL;
  sums = g_try_new (Sum, get_n_chunks (header));
  if (sums == NULL || !read_all (fd, sums, get_n_chunks (header) * sizeof *sums, sizeof *header) ||
      !is_same_sum (sum_header (header, sums), header->sum))
    return NULL;
  return g_steal_pointer (&sums);
}

static gboolean
read_chunk (const Reading *self, guint chunk, XXH3_state_t *hash)
{
  gsize start = (gsize) chunk * CHUNK_BYTES;
  gsize end = MIN (start + CHUNK_BYTES, self->header->body_size);

  XXH3_128bits_reset (hash);
  for (gsize at = start; at < end; at += READ_BYTES)
    {
      gsize length = MIN (READ_BYTES, end - at);

      if (!read_all (self->fd, self->body + at, length, get_body_offset (self->header) + at))
        return FALSE;
      XXH3_128bits_update (hash, self->body + at, length);
    }
  return is_same_sum (digest (hash), self->sums[chunk]);
}

/* In each thread, until all chunks are taken or one is not what it should be. */
static gpointer
read_chunks (gpointer data)
{
  Reading *self = data;
  guint n_chunks = get_n_chunks (self->header);
  XXH3_state_t *hash = XXH3_createState ();

  while (!g_atomic_int_get (&self->is_bad))
    {
      guint chunk = (guint) g_atomic_int_add (&self->next, 1);

      if (chunk >= n_chunks)
        break;
      if (!read_chunk (self, chunk, hash))
        g_atomic_int_set (&self->is_bad, TRUE);
    }
  XXH3_freeState (hash);
  return NULL;
}

/* Two threads: it is a matter of memory, and more would only wait for it. */
static gboolean
read_body (int fd, const Header *header, const Sum *sums, guint8 *body)
{
  Reading reading = { .fd = fd, .header = header, .sums = sums, .body = body };
  GThread *other = NULL;

  if (get_n_chunks (header) > 1 && g_get_num_processors () > 1)
    other = g_thread_try_new ("index", read_chunks, &reading, NULL);
  read_chunks (&reading);
  if (other != NULL)
    g_thread_join (other);
  return !reading.is_bad;
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

/* Each row once. */
static gboolean
is_order_sane (const guint32 *order, guint n)
{
  g_autofree guint8 *seen = g_try_malloc0 (MAX (n, 1));
  guint n_seen = 0;

  for (guint i = 0; seen != NULL && i < n; i++)
    if (order[i] < n && !seen[order[i]])
      {
        seen[order[i]] = TRUE;
        n_seen++;
      }
  return seen != NULL && n_seen == n;
}

/* Whatever the checksum says: nothing in it leads out of the columns or the file. */
static gboolean
are_columns_sane (const LimnerColumns *columns, guint32 names_size, guint64 size)
{
  const guint32 *first = columns->first_of_image;
  gboolean is_bad = columns->names[names_size - 1] != '\0' || columns->names[0] != '\0';

  for (guint i = 0; i < columns->n_images; i++)
    is_bad |= first[i] > first[i + 1] || columns->image_name[i] >= names_size;
  for (guint i = 0; i < columns->n_annotations; i++)
    is_bad |= columns->annotation_segmentation[i] > LIMNER_SEGMENTATION_INVALID;
  return !is_bad && first[columns->n_images] <= columns->n_annotations &&
         is_order_sane (columns->image_order, columns->n_images) &&
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

static void
free_arena (gpointer block)
{
  limner_block_free (block);
}

/* @block becomes theirs. */
static LimnerColumns *
make_columns (const Header *header, LimnerBlock *block)
{
  LimnerColumns *columns = limner_columns_new_in_arena (block, free_arena);
  guint8 *at = block->bytes + align (sizeof (LimnerLayout));

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
limner_index_read (LimnerIndex *self, int fd, const LimnerIdentity *of)
{
  g_autoptr (LimnerColumns) columns = NULL;
  g_autofree Sum *sums = NULL;
  LimnerBlock *block;
  Header header;

  sums = read_header (fd, of, &header);
  if (sums == NULL)
    return FALSE;
  block = limner_block_new (header.body_size);
  if (block == NULL)
    return FALSE;
  columns = make_columns (&header, block);
  if (!read_body (fd, &header, sums, block->bytes) ||
      !are_columns_sane (columns, (guint32) header.names_size, header.identity[2]))
    return FALSE;
  take_identity (&self->identity, header.identity);
  self->taken_us = header.taken_us;
  memcpy (&self->layout, block->bytes, sizeof self->layout);
  self->columns = g_steal_pointer (&columns);
  return TRUE;
}
