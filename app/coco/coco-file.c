/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "coco-file-private.h"
#include "index-keeper.h"

#include <limner/coco-record.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define LINES_STEP (16 * 1024)
#define LINES_CHUNK (16 * LINES_STEP)
#define CATEGORY_WINDOW (1024 * 1024)
#define REMOTE_CLOCK_US (G_TIME_SPAN_HOUR)

/* Before the block's first byte. */
typedef struct
{
  guint64 line_start;
  guint n_lines;
} LinesMark;

struct _LimnerCocoFile
{
  gatomicrefcount ref_count;
  char *path; /* (nullable) */
  LimnerSource source;
  LimnerIdentity identity;
  LimnerLayout layout;
  LimnerColumns *columns;
  GPtrArray *findings;

  gint64 taken_us; /* before the identity was taken */

  GMutex lines_lock;
  GArray *lines; /* (nullable): LinesMark of every LINES_STEP bytes */
};

gboolean
limner_identity_same_stat (const LimnerIdentity *a, const LimnerIdentity *b)
{
  return a->device == b->device && a->inode == b->inode && a->size_bytes == b->size_bytes &&
         a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

gboolean
limner_identity_same_content (const LimnerIdentity *a, const LimnerIdentity *b)
{
  return a->size_bytes == b->size_bytes && a->hash_high == b->hash_high &&
         a->hash_low == b->hash_low;
}

static void
identity_from_stat (LimnerIdentity *identity, const struct stat *info)
{
  identity->device = (guint64) info->st_dev;
  identity->inode = (guint64) info->st_ino;
  identity->size_bytes = (guint64) info->st_size;
  identity->mtime_ns = (gint64) info->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) +
                       (gint64) info->st_mtim.tv_nsec;
  identity->ctime_ns = (gint64) info->st_ctim.tv_sec * G_GINT64_CONSTANT (1000000000) +
                       (gint64) info->st_ctim.tv_nsec;
}

/* ---- opening ---- */

static gboolean
fail_open (const char *path, int code, GError **error)
{
  switch (code)
    {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
      g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_MISSING,
                   "%s: there is no such file (%s)", path, g_strerror (code));
      break;

    case EACCES:
    case EPERM:
      g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_PERMISSION,
                   "%s: you are not allowed to read it (%s); ask its owner", path,
                   g_strerror (code));
      break;

    default:
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: opening it: %s", path,
                   g_strerror (code));
      break;
    }
  return FALSE;
}

static gboolean
check_kind (const char *path, const struct stat *info, GError **error)
{
  const char *what = S_ISDIR (info->st_mode)    ? "a folder"
                     : S_ISFIFO (info->st_mode) ? "a pipe"
                     : S_ISSOCK (info->st_mode) ? "a socket"
                                                : "a device";

  if (S_ISREG (info->st_mode) && (guint64) info->st_size <= LIMNER_COCO_MAX_FILE_BYTES)
    return TRUE;
  if (S_ISREG (info->st_mode))
    g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_LIMIT,
                 "%s: has %" G_GUINT64_FORMAT " bytes, over the limit of %" G_GUINT64_FORMAT
                 "; the file is not opened",
                 path, (guint64) info->st_size, LIMNER_COCO_MAX_FILE_BYTES);
  else
    g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_NOT_REGULAR,
                 "%s: is %s, expected a regular file", path, what);
  return FALSE;
}

/* Looks before it opens: opening a device or a pipe can do things by itself. */
static gboolean
open_regular (const char *path, LimnerSource *source, LimnerIdentity *identity, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return fail_open (path, errno, error);
  if (!check_kind (path, &info, error))
    return FALSE;
  do
    source->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  while (source->fd < 0 && errno == EINTR);
  if (source->fd < 0 || fstat (source->fd, &info) != 0)
    return fail_open (path, errno, error);
  if (!check_kind (path, &info, error))
    return FALSE;
  posix_fadvise (source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  source->size = (guint64) info.st_size;
  identity_from_stat (identity, &info);
  return TRUE;
}

static LimnerCocoFile *
limner_coco_file_alloc (const char *path)
{
  LimnerCocoFile *self = g_new0 (LimnerCocoFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lines_lock);
  self->path = g_strdup (path);
  self->taken_us = g_get_real_time ();
  self->source.fd = -1;
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_finding_free);
  return self;
}

static void
add_findings (LimnerCocoFile *self)
{
  static const LimnerRecordKind order[] = { LIMNER_RECORD_IMAGE, LIMNER_RECORD_ANNOTATION,
                                            LIMNER_RECORD_CATEGORY };

  if (self->layout.has_bom)
    g_ptr_array_add (self->findings,
                     limner_finding_new ("W_BOM", LIMNER_SEVERITY_WARNING, NULL, NULL, 1, 1,
                                         "the file begins with a byte order mark, which many "
                                         "programs refuse; it is kept"));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (!self->layout.sections[order[i]].is_present)
      g_ptr_array_add (self->findings,
                       limner_finding_new ("W_MISSING_SECTION", LIMNER_SEVERITY_WARNING,
                                           limner_section_get_name (order[i]), NULL, 0, 0,
                                           "the section \"%s\" is missing and counts as empty",
                                           limner_section_get_name (order[i])));
}

static LimnerCategoryRecord *
parse_category (GBytes *text, guint8 *flags)
{
  LimnerCategoryRecord *category = NULL;

  if (!(*flags & LIMNER_ROW_NOT_OBJECT))
    category = limner_coco_record_parse (LIMNER_RECORD_CATEGORY, text, NULL);
  if (category == NULL)
    category = limner_record_new (LIMNER_RECORD_CATEGORY, text);
  if (!category->record.has_id)
    *flags |= LIMNER_ROW_NO_ID;
  return category;
}

/* Categories lie close together: they are read many at a time. */
static gboolean
read_categories (LimnerCocoFile *self, LimnerColumns *columns, GError **error)
{
  g_autoptr (GBytes) window = NULL;
  guint64 window_offset = 0;

  for (guint i = 0; i < columns->n_categories; i++)
    {
      guint64 offset = columns->category_offset[i];
      gsize length = columns->category_length[i];
      g_autoptr (GBytes) part = NULL;
      g_autoptr (GBytes) text = NULL;

      if (length > LIMNER_COCO_MAX_RECORD_BYTES)
        length = 0; /* kept, but nothing is known of it */
      if (window == NULL || offset < window_offset ||
          offset + length > window_offset + g_bytes_get_size (window))
        {
          gsize wanted = MAX (length, CATEGORY_WINDOW);

          g_clear_pointer (&window, g_bytes_unref);
          wanted = (gsize) MIN (wanted, self->source.size - offset);
          window = limner_coco_file_read (self, offset, wanted, error);
          if (window == NULL)
            return FALSE;
          window_offset = offset;
        }
      part = g_bytes_new_from_bytes (window, offset - window_offset, length);
      text = g_bytes_new (g_bytes_get_data (part, NULL), length); /* not to hold the window */
      columns->categories[i] = parse_category (text, &columns->category_flags[i]);
    }
  return TRUE;
}

static gboolean
check_unchanged (LimnerCocoFile *self, GError **error)
{
  LimnerIdentity now = { 0 };
  struct stat info;

  if (self->source.fd < 0)
    return TRUE;
  if (fstat (self->source.fd, &info) == 0)
    identity_from_stat (&now, &info);
  if (now.size_bytes == self->identity.size_bytes && now.mtime_ns == self->identity.mtime_ns)
    return TRUE;
  g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_CHANGED,
               "%s: another program wrote it while it was read; open it again", self->path);
  return FALSE;
}

static gboolean
limner_coco_file_finish (LimnerCocoFile *self, LimnerScanner *scanner, GError **error)
{
  self->layout = scanner->layout;
  if (!read_categories (self, scanner->builder.columns, error))
    return FALSE;
  self->columns = limner_columns_builder_finish (&scanner->builder);
  if (self->columns == NULL)
    {
      limner_scanner_fail_memory (scanner);
      g_propagate_error (error, g_steal_pointer (&scanner->lexer.error));
      return FALSE;
    }
  limner_hasher_get (&scanner->hasher, &self->identity.hash_high, &self->identity.hash_low);
  add_findings (self);
  return check_unchanged (self, error);
}

static gboolean
limner_coco_file_scan (LimnerCocoFile *self,
                       LimnerProgressFunc progress,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree LimnerScanner *scanner = g_new0 (LimnerScanner, 1);
  gboolean is_scanned;

  limner_hasher_init (&scanner->hasher);
  limner_scanner_init (scanner, &self->source, self->path, &scanner->hasher);
  scanner->lexer.progress = progress;
  scanner->lexer.user_data = user_data;
  scanner->lexer.cancellable = cancellable;
  is_scanned = limner_scanner_run (scanner);
  if (is_scanned)
    is_scanned = limner_coco_file_finish (self, scanner, error);
  else
    g_propagate_error (error, g_steal_pointer (&scanner->lexer.error));

  limner_scanner_clear (scanner);
  limner_hasher_clear (&scanner->hasher);
  return is_scanned;
}

LimnerCocoFile *
limner_coco_file_open (const char *path,
                       LimnerProgressFunc progress,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (LimnerCocoFile) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = limner_coco_file_alloc (path);
  if (!open_regular (path, &self->source, &self->identity, error) ||
      !limner_coco_file_scan (self, progress, user_data, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- the index ---- */

void
limner_coco_file_keep_index (LimnerCocoFile *self, const LimnerIdentity *replaced)
{
  LimnerIndex index;

  g_return_if_fail (self != NULL);

  if (self->source.fd < 0 || self->source.size < LIMNER_INDEX_MIN_FILE_BYTES)
    return;
  index = (LimnerIndex){ .identity = self->identity,
                         .taken_us = self->taken_us,
                         .layout = self->layout,
                         .columns = self->columns };
  limner_index_keep (&index, replaced);
}

/* Whether the content is what the index was made of: then it is as good as new. */
static gboolean
has_content (LimnerCocoFile *self, const LimnerIdentity *expected, GCancellable *cancellable)
{
  const gsize step = 1024 * 1024;
  g_autofree guint8 *buffer = g_malloc (step);
  LimnerIdentity found = self->identity;
  LimnerHasher hasher;
  guint64 offset = 0;
  gssize n = 0;

  limner_hasher_init (&hasher);
  while (!g_cancellable_is_cancelled (cancellable) &&
         (n = limner_source_read (&self->source, offset, buffer, step, NULL)) > 0)
    {
      limner_hasher_add (&hasher, offset, buffer, (gsize) n);
      offset += (guint64) n;
    }
  limner_hasher_get (&hasher, &found.hash_high, &found.hash_low);
  limner_hasher_clear (&hasher);
  return n == 0 && offset == expected->size_bytes &&
         limner_identity_same_content (&found, expected);
}

/* Opening writes nothing there that would show another machine's clock, so that much is left for
 * how far it may be from ours. */
static gboolean
is_fresh_remotely (LimnerCocoFile *self, const LimnerIndex *index)
{
  gint64 written_us = MAX (self->identity.mtime_ns, self->identity.ctime_ns) / 1000;

  return index->taken_us - written_us <= REMOTE_CLOCK_US &&
         limner_file_system_is_remote (self->path);
}

/* TRUE if the file need not be scanned. */
static gboolean
limner_coco_file_use_index (LimnerCocoFile *self, GCancellable *cancellable)
{
  LimnerIndex index = { 0 };
  LimnerIndexState state;
  gboolean is_usable;

  if (self->source.size < LIMNER_INDEX_MIN_FILE_BYTES)
    return FALSE;
  state = limner_index_load (&index, &self->identity);
  if (state == LIMNER_INDEX_FOUND && is_fresh_remotely (self, &index))
    state = LIMNER_INDEX_RACY;
  is_usable = state == LIMNER_INDEX_FOUND ||
              (state == LIMNER_INDEX_RACY && has_content (self, &index.identity, cancellable));
  /* categories are read from the file itself */
  if (is_usable && read_categories (self, index.columns, NULL) && check_unchanged (self, NULL))
    {
      self->identity = index.identity;
      self->layout = index.layout;
      self->columns = g_steal_pointer (&index.columns);
      add_findings (self);
      if (state == LIMNER_INDEX_RACY)
        limner_coco_file_keep_index (self, NULL);
    }
  g_clear_pointer (&index.columns, limner_columns_unref);
  return self->columns != NULL;
}

LimnerCocoFile *
limner_coco_file_open_cached (const char *path,
                              LimnerProgressFunc progress,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (LimnerCocoFile) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = limner_coco_file_alloc (path);
  if (!open_regular (path, &self->source, &self->identity, error))
    return NULL;
  if (limner_coco_file_use_index (self, cancellable))
    return g_steal_pointer (&self);
  if (!limner_coco_file_scan (self, progress, user_data, cancellable, error))
    return NULL;
  limner_coco_file_keep_index (self, NULL);
  return g_steal_pointer (&self);
}

LimnerCocoFile *
limner_coco_file_open_bytes (GBytes *text, GError **error)
{
  g_autoptr (LimnerCocoFile) self = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self = limner_coco_file_alloc (NULL);
  self->source.bytes = g_bytes_ref (text);
  self->source.size = g_bytes_get_size (text);
  self->identity.size_bytes = self->source.size;
  if (!limner_coco_file_scan (self, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

LimnerCocoFile *
limner_coco_file_ref (LimnerCocoFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
limner_coco_file_unref (LimnerCocoFile *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  limner_source_clear (&self->source);
  g_clear_pointer (&self->columns, limner_columns_unref);
  g_clear_pointer (&self->lines, g_array_unref);
  g_ptr_array_unref (self->findings);
  g_mutex_clear (&self->lines_lock);
  g_free (self->path);
  g_free (self);
}

/* ---- what it holds ---- */

const char *
limner_coco_file_get_path (LimnerCocoFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

LimnerColumns *
limner_coco_file_get_columns (LimnerCocoFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->columns;
}

const LimnerIdentity *
limner_coco_file_get_identity (LimnerCocoFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->identity;
}

GPtrArray *
limner_coco_file_get_findings (LimnerCocoFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->findings;
}

const LimnerLayout *
limner_coco_file_get_layout (LimnerCocoFile *self)
{
  return &self->layout;
}

int
limner_coco_file_get_fd (LimnerCocoFile *self)
{
  return self->source.fd;
}

void
limner_coco_file_set_path (LimnerCocoFile *self, const char *path)
{
  struct stat info;

  g_free (self->path);
  self->path = g_strdup (path);
  if (self->source.fd >= 0 && fstat (self->source.fd, &info) == 0)
    identity_from_stat (&self->identity, &info);
}

gboolean
limner_coco_file_read_into (
    LimnerCocoFile *self, guint64 offset, gpointer buffer, gsize length, GError **error)
{
  const char *name = self->path != NULL ? self->path : "text";
  gssize n = limner_source_read (&self->source, offset, buffer, length, error);

  if (n >= 0 && (gsize) n == length)
    return TRUE;
  if (n >= 0)
    g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_CHANGED,
                 "%s: ends at byte %" G_GUINT64_FORMAT
                 ", shorter than when it was opened; another program cut it, open it again",
                 name, offset + (guint64) n);
  else
    g_prefix_error (error, "%s: ", name);
  return FALSE;
}

GBytes *
limner_coco_file_read (LimnerCocoFile *self, guint64 offset, gsize length, GError **error)
{
  guint8 *buffer;

  g_return_val_if_fail (self != NULL, NULL);

  buffer = g_try_malloc (MAX (length, 1));
  if (buffer == NULL)
    {
      g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_LIMIT,
                   "%s: there is no memory for %" G_GSIZE_FORMAT
                   " bytes at byte %" G_GUINT64_FORMAT,
                   self->path != NULL ? self->path : "text", length, offset);
      return NULL;
    }
  if (limner_coco_file_read_into (self, offset, buffer, length, error))
    return g_bytes_new_take (buffer, length);
  g_free (buffer);
  return NULL;
}

GBytes *
limner_coco_file_read_record (LimnerCocoFile *self,
                              LimnerRecordKind kind,
                              guint32 row,
                              GError **error)
{
  const char *section = limner_section_get_name (kind);
  guint64 offset = 0;
  guint32 length = 0;
  GBytes *text;

  g_return_val_if_fail (self != NULL, NULL);

  if (kind == LIMNER_RECORD_INFO)
    {
      if (!limner_coco_file_get_info (self, &offset, &length))
        {
          g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_RECORD, "%s: has no \"info\"",
                       self->path != NULL ? self->path : "text");
          return NULL;
        }
    }
  else
    limner_columns_get_range (self->columns, kind, row, &offset, &length);
  if (length > LIMNER_COCO_MAX_RECORD_BYTES)
    {
      g_set_error (error, LIMNER_COCO_ERROR, LIMNER_COCO_ERROR_LIMIT,
                   "%s: %s[%u] has %u bytes, over the limit of %u MiB; it is kept but not shown",
                   self->path != NULL ? self->path : "text", section, row, length,
                   (guint) (LIMNER_COCO_MAX_RECORD_BYTES >> 20));
      return NULL;
    }
  text = limner_coco_file_read (self, offset, length, error);
  if (text == NULL)
    g_prefix_error (error, "%s[%u]: ", section, row);
  return text;
}

gboolean
limner_coco_file_get_info (LimnerCocoFile *self, guint64 *offset, guint32 *length)
{
  const LimnerMemberPlace *info;

  g_return_val_if_fail (self != NULL, FALSE);

  info = &self->layout.sections[LIMNER_RECORD_INFO];
  if (!info->is_present || info->end - info->value > LIMNER_COCO_MAX_RECORD_BYTES)
    return FALSE;
  *offset = info->value;
  *length = (guint32) (info->end - info->value);
  return TRUE;
}

/* ---- lines ---- */

/* Marks of the blocks that begin in @length bytes. */
static void
count_lines_in (GArray *lines, LinesMark *mark, const guint8 *text, guint64 offset, gsize length)
{
  for (gsize at = 0; at < length; at += LINES_STEP)
    {
      gsize last = 0;
      guint n;

      g_array_append_val (lines, *mark);
      n = limner_count_lines (text + at, MIN (LINES_STEP, length - at), &last);
      mark->n_lines += n;
      if (n > 0)
        mark->line_start = offset + at + last + 1;
    }
}

static GArray *
limner_coco_file_count_lines (LimnerCocoFile *self, GError **error)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (LinesMark));
  LinesMark mark = { 0 };

  for (guint64 offset = 0; offset < self->source.size; offset += LINES_CHUNK)
    {
      gsize length = (gsize) MIN (LINES_CHUNK, self->source.size - offset);
      g_autoptr (GBytes) block = limner_coco_file_read (self, offset, length, error);

      if (block == NULL)
        return NULL;
      count_lines_in (lines, &mark, g_bytes_get_data (block, NULL), offset, length);
    }
  g_array_append_val (lines, mark); /* for the end of the file, where no block begins */
  return g_steal_pointer (&lines);
}

gboolean
limner_coco_file_locate (
    LimnerCocoFile *self, guint64 offset, guint *line, guint *column, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GBytes) block = NULL;
  guint64 block_start, line_start;
  LinesMark mark;
  gsize last = 0;
  guint n;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (offset <= self->source.size, FALSE);

  locker = g_mutex_locker_new (&self->lines_lock);
  if (self->lines == NULL)
    self->lines = limner_coco_file_count_lines (self, error);
  if (self->lines == NULL)
    return FALSE;
  block_start = offset / LINES_STEP * LINES_STEP;
  mark = g_array_index (self->lines, LinesMark, offset / LINES_STEP);
  block = limner_coco_file_read (self, block_start, (gsize) (offset - block_start), error);
  if (block == NULL)
    return FALSE;
  n = limner_count_lines (g_bytes_get_data (block, NULL), g_bytes_get_size (block), &last);
  line_start = n > 0 ? block_start + last + 1 : mark.line_start;
  *line = mark.n_lines + n + 1;
  *column = (guint) MIN (offset - line_start + 1, G_MAXUINT);
  return TRUE;
}

gboolean
limner_coco_file_is_current (LimnerCocoFile *self)
{
  LimnerIdentity by_path = { 0 };
  LimnerIdentity by_descriptor = { 0 };
  struct stat info;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->source.fd < 0)
    return TRUE;
  if (fstat (self->source.fd, &info) != 0)
    return FALSE;
  identity_from_stat (&by_descriptor, &info);
  if (stat (self->path, &info) != 0)
    return FALSE;
  identity_from_stat (&by_path, &info);
  return limner_identity_same_stat (&by_path, &self->identity) &&
         limner_identity_same_stat (&by_descriptor, &self->identity);
}
