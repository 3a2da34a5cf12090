/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the index of a COCO file: refused, or of use. An index that was changed without its
 * checksums is refused; with checksums that fit, what is read leads nowhere out of it, and is the
 * same again when it is written and read.
 * Input: a byte of flags (see below); a COCO file, ended by NUL; what is changed in its index, each
 * a 16-bit place, a byte with the number of bytes (up to 8), and these.
 */

#include "index-format.c" /* the checksums are private to it */

#include "coco-file-private.h"
#include "fuzz.h"

#include <sys/mman.h>

#define FLAG_SUMS 1 /* the checksums are made to fit, and so that of the identity */
#define FLAG_SIZE 2 /* so is the size of the file, to what the header says */
#define FLAG_CUT 4  /* the file ends earlier, by the next byte of the input */
#define MAX_FITTED_BYTES (1u << 20)

static GByteArray *
read_file (int fd)
{
  struct stat info;
  GByteArray *bytes = g_byte_array_new ();

  fuzz_require (fstat (fd, &info) == 0, "no file");
  g_byte_array_set_size (bytes, (guint) info.st_size);
  fuzz_require (read_all (fd, bytes->data, bytes->len, 0), "it cannot be read");
  return bytes;
}

static GByteArray *
write_index (const LimnerIndex *index)
{
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("written", MFD_CLOEXEC);
  GByteArray *bytes;

  fuzz_require (fd >= 0 && limner_index_write (index, fd, NULL, &error), "%s",
                error != NULL ? error->message : "no file in memory");
  bytes = read_file (fd);
  close (fd);
  return bytes;
}

static gboolean
read_index (LimnerIndex *index, const GByteArray *bytes, const LimnerIdentity *identity)
{
  int fd = memfd_create ("read", MFD_CLOEXEC);
  gboolean is_read;

  fuzz_require (fd >= 0 && write_all (fd, bytes->data, bytes->len, 0, NULL), "no file in memory");
  is_read = limner_index_read (index, fd, identity);
  close (fd);
  return is_read;
}

static void
change (GByteArray *bytes, FuzzInput *input)
{
  while (input->size > 0)
    {
      guint at = fuzz_take_u16 (input);

      for (guint n = fuzz_take_u8 (input) % 9; n > 0 && input->size > 0; n--, at++)
        {
          guint8 byte = fuzz_take_u8 (input);

          if (at < bytes->len)
            bytes->data[at] = byte;
        }
    }
}

static void
fit_size (GByteArray *bytes)
{
  Header header;
  gsize body_size;
  guint old_size = bytes->len;

  if (bytes->len < sizeof header)
    return;
  memcpy (&header, bytes->data, sizeof header);
  body_size = get_body_size (&header);
  if (body_size > MAX_FITTED_BYTES)
    return;
  header.body_size = body_size;
  memcpy (bytes->data, &header, sizeof header);
  g_byte_array_set_size (bytes, (guint) (get_body_offset (&header) + body_size));
  if (bytes->len > old_size)
    memset (bytes->data + old_size, 0, bytes->len - old_size);
}

static void
fit_sums (GByteArray *bytes, const LimnerIdentity *identity)
{
  Header header;
  Sum *sums;
  guint n_chunks;

  if (bytes->len < sizeof header)
    return;
  memcpy (&header, bytes->data, sizeof header);
  if (header.body_size > bytes->len || bytes->len - header.body_size != get_body_offset (&header))
    return;
  n_chunks = get_n_chunks (&header);
  fill_identity (header.identity, identity);
  sums = (Sum *) (bytes->data + sizeof header);
  for (guint i = 0; i < n_chunks; i++)
    {
      gsize start = i * CHUNK_BYTES;
      XXH128_hash_t sum = XXH3_128bits (bytes->data + get_body_offset (&header) + start,
                                        MIN (CHUNK_BYTES, header.body_size - start));
      Sum whole = { sum.high64, sum.low64 };

      memcpy (&sums[i], &whole, sizeof whole);
    }
  header.sum = sum_header (&header, sums);
  memcpy (bytes->data, &header, sizeof header);
}

/* What views and checks do with columns. */
static void
use (LimnerColumns *columns, guint64 size)
{
  const guint32 *order = limner_columns_get_image_order (columns);

  for (guint32 i = 0; i < columns->n_images; i++)
    {
      const char *name = columns->names + columns->image_name[order[i]];

      fuzz_require (strlen (name) < limner_columns_get_names_size (columns), "a name without end");
      limner_columns_find (columns, LIMNER_RECORD_IMAGE, columns->image_id[i]);
      for (guint32 k = columns->first_of_image[i]; k < columns->first_of_image[i + 1]; k++)
        fuzz_require (columns->by_image[k] < columns->n_annotations, "an annotation beyond all");
    }
  for (guint32 row = 0; row < columns->n_annotations; row++)
    {
      guint32 found = limner_columns_find_first (columns, LIMNER_RECORD_ANNOTATION,
                                                 columns->annotation_id[row]);

      fuzz_require (found == LIMNER_NO_ROW || found < columns->n_annotations, "a row beyond all");
    }
  for (int kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    for (guint32 row = 0; row < limner_columns_get_n_rows (columns, kind); row++)
      {
        guint64 offset;
        guint32 length;

        limner_columns_get_range (columns, kind, row, &offset, &length);
        fuzz_require (offset <= size && length <= size - offset, "a record beyond the file");
      }
}

static void
check_read (LimnerIndex *index, const LimnerIdentity *identity)
{
  g_autoptr (GByteArray) written = NULL;
  g_autoptr (GByteArray) again = NULL;
  LimnerIndex read = { 0 };

  use (index->columns, identity->size_bytes);
  written = write_index (index);
  fuzz_require (read_index (&read, written, identity), "it cannot be read again");
  again = write_index (&read);
  fuzz_require (written->len == again->len &&
                    memcmp (written->data, again->data, written->len) == 0,
                "it is another one when it is read again");
  limner_columns_unref (read.columns);
}

static void
check_changed (GByteArray *bytes, LimnerCocoFile *file, guint flags, FuzzInput *input)
{
  LimnerIdentity identity = *limner_coco_file_get_identity (file);
  g_autoptr (GByteArray) original = g_byte_array_new ();
  LimnerIndex index = { 0 };
  gboolean is_same;

  g_byte_array_append (original, bytes->data, bytes->len);
  if (flags & FLAG_CUT)
    g_byte_array_set_size (bytes, bytes->len - MIN (bytes->len, fuzz_take_u8 (input)));
  change (bytes, input);
  if (flags & FLAG_SIZE)
    fit_size (bytes);
  if (flags & FLAG_SUMS)
    fit_sums (bytes, &identity);
  is_same = bytes->len == original->len && memcmp (bytes->data, original->data, original->len) == 0;
  if (!read_index (&index, bytes, &identity))
    {
      fuzz_require (!is_same, "a good one is refused");
      return;
    }
  fuzz_require (is_same || (flags & FLAG_SUMS) != 0, "a damaged one is believed");
  check_read (&index, &identity);
  limner_columns_unref (index.columns);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  guint flags = fuzz_take_u8 (&input);
  g_autoptr (GBytes) text = fuzz_take_text (&input);
  g_autoptr (LimnerCocoFile) file = limner_coco_file_open_bytes (text, NULL);
  g_autoptr (GByteArray) bytes = NULL;
  LimnerIndex index = { .taken_us = 1 };

  if (file == NULL)
    return 0;
  index.identity = *limner_coco_file_get_identity (file);
  index.layout = *limner_coco_file_get_layout (file);
  index.columns = limner_coco_file_get_columns (file);
  bytes = write_index (&index);
  check_changed (bytes, file, flags, &input);
  return 0;
}
