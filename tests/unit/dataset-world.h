/* SPDX-License-Identifier: MIT */
#pragma once

#include "limner-test.h"
#include "model-fixture.h"

/*
 * The dataset beside a naive model: plain lists that each edit changes by walking them. After
 * edits, undos, redos and checkpoints chosen by a seeded generator both must say the same.
 */
typedef struct
{
  GRand *random;
  GStrv files;
  Fixture *now;  /* what the dataset must say */
  Fixture *base; /* what the file says */
  LimnerDataset *dataset;
  GPtrArray *undo;  /* (element-type LimnerStep) */
  GPtrArray *redo;  /* (element-type LimnerStep) */
  GPtrArray *newer; /* (element-type LimnerStep): since the file that is being written was begun */
  Fixture *being_written;
  gint64 newest[LIMNER_N_RECORD_KINDS]; /* id that was reserved last */
  guint version;
} World;

static inline FixtureRecord *
record_at (GPtrArray *section, guint index)
{
  return g_ptr_array_index (section, index);
}

static inline void
world_set_base (World *world, Fixture *base)
{
  g_clear_pointer (&world->base, fixture_free);
  world->base = base;
}

static inline World *
world_new (guint32 seed)
{
  World *world = g_new0 (World, 1);
  g_autoptr (LimnerColumns) columns = NULL;
  Fixture *fixture = fixture_new ();

  world->random = g_rand_new_with_seed (seed);
  world->files = g_new0 (char *, 41);
  for (guint i = 0; i < 40; i++)
    world->files[i] = g_strdup_printf ("img%u.jpg", i * 2);
  world->undo = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  world->redo = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  world->newer = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);

  /* records that no id leads to stand first: what is deleted behind them comes back to the same
   * place */
  fixture_add (fixture, "I 900 0 v twin-a.jpg");
  fixture_add (fixture, "I 900 2 v twin-b.jpg");
  fixture_add (fixture, "I -1 0 v nameless.jpg");
  fixture_add (fixture, "C 90 4294967295 v twin");
  fixture_add (fixture, "C 90 4294967295 v twin");
  fixture_add (fixture, "A 9000 900 90 v");
  fixture_add (fixture, "A 9000 1 1 v");
  fixture_add (fixture, "A -1 2 2 v");
  for (guint i = 1; i <= 25; i++)
    fixture_addf (fixture, "I %u %u v img%u.jpg", i, i % 5, i * 3);
  for (guint i = 1; i <= 6; i++)
    fixture_addf (fixture, "C %u %u v class%u", i, i % 2 ? i * 1000 : G_MAXUINT32, i);
  for (guint i = 1; i <= 150; i++)
    fixture_addf (fixture, "A %u %d %d v", i, i % 17 == 0 ? -1 : (int) (i * 7 % 25 + 1),
                  i % 19 == 0 ? -1 : (int) (i % 6 + 1));
  world->now = fixture;
  world_set_base (world, fixture_copy (fixture));
  columns = fixture_columns (fixture);
  world->dataset = limner_dataset_new (columns, "/images", (const char *const *) world->files);
  return world;
}

static inline void
world_free (World *world)
{
  g_rand_free (world->random);
  g_strfreev (world->files);
  fixture_free (world->now);
  fixture_free (world->base);
  g_clear_pointer (&world->being_written, fixture_free);
  g_object_unref (world->dataset);
  g_ptr_array_unref (world->undo);
  g_ptr_array_unref (world->redo);
  g_ptr_array_unref (world->newer);
  g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static inline gint32
choose (World *world, gint32 n)
{
  return g_rand_int_range (world->random, 0, n);
}

/* ---- the naive model ---- */

static inline void
naive_apply (Fixture *fixture, const LimnerEdit *edit)
{
  GPtrArray *section = fixture->sections[edit->kind];
  guint index = fixture_find (fixture, edit->kind, edit->id);

  if (edit->after == NULL)
    g_ptr_array_remove_index (section, index);
  else if (index != G_MAXUINT)
    {
      fixture_record_free (section->pdata[index]);
      section->pdata[index] = fixture_record_parse (g_bytes_get_data (edit->after, NULL));
    }
  else
    {
      index = edit->has_next ? fixture_find (fixture, edit->kind, edit->next_id) : G_MAXUINT;
      g_ptr_array_insert (section, index != G_MAXUINT ? (gint) index : -1,
                          fixture_record_parse (g_bytes_get_data (edit->after, NULL)));
    }
}

static inline gboolean
naive_next_id (Fixture *fixture, LimnerRecordKind kind, gint64 id, gint64 *next_id)
{
  guint index = fixture_find (fixture, kind, id);

  if (index == G_MAXUINT || index + 1 >= fixture->sections[kind]->len)
    return FALSE;
  *next_id = record_at (fixture->sections[kind], index + 1)->id;
  return TRUE;
}

/* ---- random edits ---- */

static inline void
world_apply (World *world, LimnerStep *step)
{
  for (guint i = 0; i < step->edits->len; i++)
    {
      LimnerEdit *edit = g_ptr_array_index (step->edits, i);
      gpointer record = edit->after != NULL ? fixture_parse (edit->after) : NULL;

      limner_dataset_apply (world->dataset, edit, record);
      naive_apply (world->now, edit);
      g_clear_pointer (&record, limner_record_unref);
    }
  if (world->being_written != NULL)
    g_ptr_array_add (world->newer, limner_step_ref (step));
}

/* The id of a record that can be edited, or -1. */
static inline gint64
choose_id (World *world, LimnerRecordKind kind)
{
  GPtrArray *section = world->now->sections[kind];
  gint64 id;

  if (section->len == 0)
    return -1;
  id = record_at (section, (guint) choose (world, (gint32) section->len))->id;
  return fixture_count (world->now, kind, id) == 1 ? id : -1;
}

/* A file that no record has, or else a name of no file; an image keeps its name three times of
 * four. */
static inline char *
choose_image_name (World *world, gint64 id)
{
  GPtrArray *images = world->now->sections[LIMNER_RECORD_IMAGE];
  guint index = fixture_find (world->now, LIMNER_RECORD_IMAGE, id);
  gboolean is_free = FALSE;
  char *name = NULL;

  if (index != G_MAXUINT && choose (world, 4) > 0)
    return g_strdup (record_at (images, index)->name);
  while (!is_free)
    {
      g_free (name);
      name = choose (world, 3) == 0 ? g_strdup_printf ("new%d.jpg", choose (world, 1000))
                                    : g_strdup_printf ("img%d.jpg", choose (world, 90));
      is_free = TRUE;
      for (guint i = 0; i < images->len; i++)
        is_free = is_free && !g_str_equal (record_at (images, i)->name, name);
    }
  return name;
}

static inline char *
choose_text (World *world, LimnerRecordKind kind, gint64 id)
{
  g_autofree char *name = NULL;
  guint version = ++world->version;

  switch (kind)
    {
    case LIMNER_RECORD_INFO:
      return g_strdup_printf ("N %u", version);
    case LIMNER_RECORD_IMAGE:
      name = choose_image_name (world, id);
      return g_strdup_printf ("I %" G_GINT64_FORMAT " %d %u %s", id, choose (world, 5), version,
                              name);
    case LIMNER_RECORD_CATEGORY:
      return g_strdup_printf ("C %" G_GINT64_FORMAT " %d %u class%u", id, choose (world, 0xffffff),
                              version, version);
    case LIMNER_RECORD_ANNOTATION:
      break;
    }
  /* now and then an image or class that is not there */
  return g_strdup_printf ("A %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u", id,
                          choose (world, 20) == 0 ? -1 : choose_id (world, LIMNER_RECORD_IMAGE),
                          choose (world, 20) == 0 ? -1 : choose_id (world, LIMNER_RECORD_CATEGORY),
                          version);
}

static inline LimnerRecordKind
choose_kind (World *world)
{
  gint32 dice = choose (world, 20);

  return dice == 0   ? LIMNER_RECORD_INFO
         : dice <= 3 ? LIMNER_RECORD_IMAGE
         : dice == 4 ? LIMNER_RECORD_CATEGORY
                     : LIMNER_RECORD_ANNOTATION;
}

static inline LimnerEdit *
edit_of_texts (LimnerRecordKind kind, gint64 id, const char *before, const char *after)
{
  g_autoptr (GBytes) before_bytes = before != NULL ? fixture_bytes (before) : NULL;
  g_autoptr (GBytes) after_bytes = after != NULL ? fixture_bytes (after) : NULL;

  return limner_edit_new (kind, id, before_bytes, after_bytes);
}

/* (nullable): a new record, or another text or the end of one that is there. */
static inline LimnerEdit *
choose_edit (World *world)
{
  LimnerRecordKind kind = choose_kind (world);
  gint32 what = kind == LIMNER_RECORD_INFO ? 2 : choose (world, 4);
  g_autofree char *text = NULL;
  gint64 id;
  guint index;
  LimnerEdit *edit;

  if (what == 0)
    {
      id = limner_dataset_reserve_id (world->dataset, kind);
      text = choose_text (world, kind, id);
      edit = edit_of_texts (kind, id, NULL, text);
      /* some in the middle, some of these before the one that came last */
      edit->next_id = choose (world, 3) == 0 ? -1 : choose_id (world, kind);
      if (choose (world, 2) == 0 && fixture_count (world->now, kind, world->newest[kind]) == 1)
        edit->next_id = world->newest[kind];
      edit->has_next = edit->next_id != -1;
      world->newest[kind] = id;
      return edit;
    }
  id = kind == LIMNER_RECORD_INFO ? 0 : choose_id (world, kind);
  if (id == -1)
    return NULL;
  index = fixture_find (world->now, kind, id);
  if (index == G_MAXUINT)
    return edit_of_texts (kind, id, NULL, "N first");
  if (what == 1)
    {
      /* what is referred to is not deleted: the commands above the dataset refuse it */
      if (limner_dataset_is_referenced (world->dataset, kind, id))
        return NULL;
      edit = edit_of_texts (kind, id, record_at (world->now->sections[kind], index)->text, NULL);
      edit->has_next = limner_dataset_get_next_id (world->dataset, kind, id, &edit->next_id);
      return edit;
    }
  text = choose_text (world, kind, id);
  return edit_of_texts (kind, id, record_at (world->now->sections[kind], index)->text, text);
}

static inline void
move_step (World *world, GPtrArray *from, GPtrArray *to, LimnerStepKind kind)
{
  LimnerStep *step;
  g_autoptr (LimnerStep) applied = NULL;

  if (from->len == 0)
    return;
  step = g_ptr_array_steal_index (from, from->len - 1);
  applied = limner_step_new_inverse (step, LIMNER_STEP_UNDO);
  if (kind == LIMNER_STEP_REDO)
    {
      LimnerStep *again = limner_step_new_inverse (applied, LIMNER_STEP_REDO);

      limner_step_unref (applied);
      applied = again;
    }
  world_apply (world, applied);
  g_ptr_array_add (to, step);
}

static inline void
do_something (World *world)
{
  gint32 dice = choose (world, 10);
  g_autoptr (LimnerStep) step = NULL;
  LimnerEdit *edit;

  if (dice < 3)
    move_step (world, world->undo, world->redo, LIMNER_STEP_UNDO);
  else if (dice < 4)
    move_step (world, world->redo, world->undo, LIMNER_STEP_REDO);
  else
    {
      edit = choose_edit (world);
      if (edit == NULL)
        return;
      step = limner_step_new (LIMNER_STEP_DO, "Edit", NULL);
      g_ptr_array_add (step->edits, edit);
      world_apply (world, step);
      g_ptr_array_add (world->undo, g_steal_pointer (&step));
      g_ptr_array_set_size (world->redo, 0);
    }
}
