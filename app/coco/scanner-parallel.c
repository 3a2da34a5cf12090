/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "scanner.h"

#include <string.h>

/*
 * A long section is read in parts by several threads. Where records begin can only be guessed
 * without having read all before: by the bytes that stand between the first two of them, as in
 * }, {"segmentation". Nothing depends on the guess: a part's rows are taken only if the section,
 * read from its beginning, comes by with an element that begins at just that byte; for what follows
 * the beginning of an element depends on nothing before it. Else the part is read again in order.
 * So are parts with errors, for their messages.
 *
 * The caller takes the parts in order, and reads the next one itself rather than wait.
 */

/* tests come with parts of their own size */
#ifdef LIMNER_TEST_PART_BYTES
#define PART_BYTES LIMNER_TEST_PART_BYTES
#define MIN_THREADS 3
#else
#define PART_BYTES (512 * 1024) /* fits the second-level cache */
#define MIN_THREADS 1
#endif
#define MIN_BYTES (8 * PART_BYTES)
#define MAX_THREADS 8
#define SLOTS_PER_THREAD 4
#define MAX_SEAM 160
#define MAX_OVERRUN                                                                                \
  (32 * 1024 * 1024) /* what a wrong guess may read of parts that are not its own */

typedef enum
{
  PART_FREE,
  PART_TAKEN,
  PART_DONE
} PartState;

typedef struct
{
  PartState state;
  guint64 begin; /* the part: where elements begin that belong to it */
  guint64 end;
  LimnerColumnsBuilder builder;

  gboolean is_read;  /* rows are the elements from start to stop, without an error */
  guint64 start;     /* of an element, if the guess is right */
  guint64 stop;      /* of the first element behind the part, or behind the closing bracket */
  gboolean is_ended; /* the section ends at stop */
  GError *error;     /* the bytes could not be read, or it was cancelled */
} Part;

typedef struct
{
  LimnerScanner *main;
  LimnerRecordKind kind;
  guint8 seam[MAX_SEAM]; /* from the end of a record to the first name of the next */
  gsize seam_length;
  gsize brace; /* where in it the record begins */
  guint64 base;
  guint64 n_parts;

  GMutex lock;
  GCond changed;
  Part *slots; /* part i is in slots[i % n_slots] */
  guint n_slots;
  guint64 n_taken;    /* parts that somebody reads or has read */
  guint64 n_released; /* parts that are not needed any more */
  gboolean is_closing;
} Parallel;

/* ---- one part ---- */

static const guint8 *
find_start (const Parallel *self, LimnerLexer *lexer)
{
  const guint8 *found =
      memmem (lexer->p, (gsize) (lexer->end - lexer->p), self->seam, self->seam_length);

  return found != NULL ? found + self->brace : NULL;
}

static gboolean
read_elements (const Parallel *self, LimnerScanner *scanner, Part *part)
{
  LimnerLexer *lexer = &scanner->lexer;
  gboolean first = FALSE;

  do
    {
      LimnerNext next;

      if (!limner_scanner_read_element (scanner, self->kind))
        return FALSE;
      next = limner_lexer_next_element (lexer, &first);
      if (next == LIMNER_NEXT_ERROR)
        return FALSE;
      part->is_ended = next == LIMNER_NEXT_END;
      part->stop = limner_lexer_offset (lexer);
    }
  while (!part->is_ended && part->stop < part->end);
  return TRUE;
}

/* In any thread, without the lock; @scanner is the thread's own. */
static void
read_part (Parallel *self, LimnerScanner *scanner, Part *part)
{
  LimnerLexer *lexer = &scanner->lexer;
  const guint8 *start;

  g_clear_error (&lexer->error);
  lexer->depth = 2;
  lexer->is_object[0] = TRUE;
  lexer->is_object[1] = FALSE;
  lexer->has_names[0] = lexer->has_names[1] = FALSE;
  limner_member_names_clear (lexer->names);
  lexer->stop = part->end;
  lexer->limit = MIN (part->end + MAX_OVERRUN, lexer->source->size);
  part->is_read = FALSE;
  /* the seam may begin a little before */
  if (!limner_lexer_seek (lexer, part->begin - self->brace))
    {
      part->error = g_steal_pointer (&lexer->error);
      limner_hasher_break (lexer->hasher);
      return;
    }
  start = find_start (self, lexer);
  if (start == NULL)
    return;
  lexer->p = start;
  part->start = limner_lexer_offset (lexer);
  scanner->builder = part->builder;
  limner_columns_builder_reset (&scanner->builder);
  part->is_read = read_elements (self, scanner, part);
  part->builder = scanner->builder;
  memset (&scanner->builder, 0, sizeof scanner->builder);
}

static LimnerScanner *
make_part_scanner (Parallel *self)
{
  LimnerScanner *scanner = g_new0 (LimnerScanner, 1);
  const LimnerLexer *main = &self->main->lexer;

  limner_lexer_init (&scanner->lexer, main->source, main->name, PART_BYTES + MAX_SEAM,
                     main->hasher);
  scanner->lexer.cancellable = main->cancellable;
  scanner->lexer.is_quiet = TRUE;
  scanner->file_name = g_string_new (NULL);
  return scanner;
}

static void
free_part_scanner (LimnerScanner *scanner)
{
  limner_lexer_clear (&scanner->lexer);
  g_string_free (scanner->file_name, TRUE);
  g_free (scanner);
}

/* With the lock: the next part that nobody has, or NULL when there is none or no room for it. */
static Part *
take_part (Parallel *self)
{
  Part *part;
  guint64 n = self->n_taken;

  if (self->is_closing || n >= self->n_parts || n >= self->n_released + self->n_slots)
    return NULL;
  part = &self->slots[n % self->n_slots];
  part->state = PART_TAKEN;
  part->begin = self->base + n * PART_BYTES;
  part->end = part->begin + PART_BYTES;
  self->n_taken++;
  return part;
}

/* With the lock, which is let go meanwhile. */
static void
work_on (Parallel *self, LimnerScanner *scanner, Part *part)
{
  g_mutex_unlock (&self->lock);
  read_part (self, scanner, part);
  g_mutex_lock (&self->lock);
  part->state = PART_DONE;
  g_cond_broadcast (&self->changed);
}

static gpointer
run_thread (gpointer data)
{
  Parallel *self = data;
  LimnerScanner *scanner = make_part_scanner (self);

  g_mutex_lock (&self->lock);
  while (!self->is_closing && self->n_taken < self->n_parts)
    {
      Part *part = take_part (self);

      if (part != NULL)
        work_on (self, scanner, part);
      else
        g_cond_wait (&self->changed, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  free_part_scanner (scanner);
  return NULL;
}

/* ---- all parts in order ---- */

/* With the lock: parts before part @n are not needed and may be given to others. */
static void
release_parts (Parallel *self, guint64 n)
{
  while (self->n_released < MIN (n, self->n_taken) &&
         self->slots[self->n_released % self->n_slots].state == PART_DONE)
    {
      self->slots[self->n_released % self->n_slots].state = PART_FREE;
      self->n_released++;
      g_cond_broadcast (&self->changed);
    }
}

static Part *
wait_for_part (Parallel *self, LimnerScanner *scanner, guint64 n)
{
  Part *part = &self->slots[n % self->n_slots];

  g_mutex_lock (&self->lock);
  release_parts (self, n);
  while (n >= self->n_taken || part->state != PART_DONE)
    {
      Part *next = take_part (self);

      if (next != NULL)
        work_on (self, scanner, next);
      else
        g_cond_wait (&self->changed, &self->lock);
      release_parts (self, n);
    }
  g_mutex_unlock (&self->lock);
  return part;
}

/* Elements one by one, while they begin before @upto. */
static LimnerNext
read_in_order (Parallel *self, guint64 *at, guint64 upto)
{
  LimnerLexer *lexer = &self->main->lexer;
  gboolean first = FALSE;
  LimnerNext next = LIMNER_NEXT_ITEM;

  if (*at >= upto)
    return LIMNER_NEXT_ITEM;
  if (limner_lexer_offset (lexer) != *at && !limner_lexer_seek (lexer, *at))
    return LIMNER_NEXT_ERROR;
  while (next == LIMNER_NEXT_ITEM && *at < upto)
    {
      if (!limner_scanner_read_element (self->main, self->kind))
        return LIMNER_NEXT_ERROR;
      next = limner_lexer_next_element (lexer, &first);
      *at = limner_lexer_offset (lexer);
    }
  return next;
}

static LimnerNext
use_part (Parallel *self, Part *part, guint64 *at)
{
  LimnerNext next = LIMNER_NEXT_ITEM;

  if (part->error != NULL)
    {
      self->main->lexer.error = g_steal_pointer (&part->error);
      return LIMNER_NEXT_ERROR;
    }
  if (part->is_read)
    next = read_in_order (self, at, part->start);
  if (next == LIMNER_NEXT_ITEM && part->is_read && part->start == *at)
    {
      if (!limner_columns_builder_append (&self->main->builder, &part->builder))
        return limner_scanner_fail_memory (self->main), LIMNER_NEXT_ERROR;
      *at = part->stop;
      if (part->is_ended)
        return LIMNER_NEXT_END;
    }
  if (next == LIMNER_NEXT_ITEM)
    next = read_in_order (self, at, part->end);
  limner_lexer_report_progress (&self->main->lexer, *at);
  return next;
}

/* Until the section ends or the parts do; @at is where. */
static LimnerNext
use_parts (Parallel *self, guint64 *at)
{
  LimnerScanner *scanner = make_part_scanner (self);
  LimnerNext next = LIMNER_NEXT_ITEM;

  while (next == LIMNER_NEXT_ITEM && *at < self->base + self->n_parts * PART_BYTES)
    {
      guint64 n = (*at - self->base) / PART_BYTES;

      next = use_part (self, wait_for_part (self, scanner, n), at);
    }
  free_part_scanner (scanner);
  return next;
}

/* All threads have ended: the main lexer goes on where they came to. */
static LimnerNext
go_on (Parallel *self, LimnerNext next, guint64 at)
{
  LimnerLexer *lexer = &self->main->lexer;

  for (guint i = 0; i < self->n_slots && limner_hasher_is_broken (lexer->hasher); i++)
    if (lexer->error == NULL)
      lexer->error = g_steal_pointer (&self->slots[i].error);
  if (lexer->error != NULL || next == LIMNER_NEXT_ERROR)
    return LIMNER_NEXT_ERROR;
  if (limner_lexer_offset (lexer) != at && !limner_lexer_pass (lexer, at))
    return LIMNER_NEXT_ERROR;
  /* a part's lexer passed the bracket, not this one */
  if (next == LIMNER_NEXT_END && lexer->depth == 2)
    lexer->depth--;
  return next;
}

/* ---- how records begin ---- */

/* Behind the name in quotes that begins at @p, or NULL. */
static const guint8 *
pass_name (const guint8 *p, const guint8 *end)
{
  const guint8 *quote;

  if (p == end || *p != '"')
    return NULL;
  quote = memchr (p + 1, '"', (gsize) (end - p) - 1);
  if (quote == NULL || memchr (p, '\\', (gsize) (quote - p)) != NULL)
    return NULL;
  return quote + 1;
}

/* From the last byte of a record to the first name of the one that begins at @start. */
static gboolean
learn_seam (Parallel *self, guint64 end_of_last, guint64 start)
{
  guint8 text[MAX_SEAM];
  const guint8 *p, *end;
  gssize n;

  if (end_of_last == 0 || start - end_of_last > MAX_SEAM / 2)
    return FALSE;
  n = limner_source_read (self->main->lexer.source, end_of_last - 1, text, sizeof text, NULL);
  self->brace = (gsize) (start - end_of_last) + 1;
  if (n <= (gssize) self->brace || text[self->brace] != '{')
    return FALSE;
  end = text + n;
  p = text + self->brace + 1;
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
    p++;
  p = pass_name (p, end);
  if (p == NULL)
    return FALSE;
  self->seam_length = (gsize) (p - text);
  memcpy (self->seam, text, self->seam_length);
  return TRUE;
}

static LimnerNext
run (Parallel *self, guint64 at, guint n_threads)
{
  GThread *threads[MAX_THREADS] = { NULL };
  LimnerNext next;

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->n_slots = SLOTS_PER_THREAD * n_threads;
  self->slots = g_new0 (Part, self->n_slots);
  for (guint i = 0; i < self->n_slots; i++)
    limner_columns_builder_init (&self->slots[i].builder);
  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_try_new ("scan", run_thread, self, NULL);

  next = use_parts (self, &at);

  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  for (guint i = 1; i < n_threads; i++)
    if (threads[i] != NULL)
      g_thread_join (threads[i]);
  next = go_on (self, next, at);
  for (guint i = 0; i < self->n_slots; i++)
    {
      limner_columns_builder_clear (&self->slots[i].builder);
      g_clear_error (&self->slots[i].error);
    }
  g_free (self->slots);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  return next;
}

LimnerNext
limner_scanner_read_parallel (LimnerScanner *self, LimnerRecordKind kind, guint64 end_of_last)
{
  guint64 at = limner_lexer_offset (&self->lexer);
  guint64 size = self->lexer.source->size;
  guint n_threads = CLAMP (g_get_num_processors (), MIN_THREADS, MAX_THREADS);
  Parallel parallel = { .main = self, .kind = kind };

  if (self->lexer.hasher == NULL || size < at + MIN_BYTES || n_threads < 2 ||
      self->lexer.depth != 2 || !learn_seam (&parallel, end_of_last, at))
    return LIMNER_NEXT_ITEM;
  parallel.base = at;
  parallel.n_parts = (size - parallel.base) / PART_BYTES;
  return run (&parallel, at, n_threads);
}
