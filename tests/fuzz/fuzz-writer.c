/* SPDX-License-Identifier: MIT */
/*
 * Changes to a COCO file: what is written opens again, holds the records that were meant in the
 * order that was meant, and every other byte as it was.
 * Input: a seed in 32 bits that the changes follow from, then the file.
 */

#include "fuzz.h"

#include <limner/coco-value.h>
#include <limner/coco-writer.h>

#include <string.h>

static const char *const section_names[] = {
  [LIMNER_RECORD_INFO] = "info",
  [LIMNER_RECORD_IMAGE] = "images",
  [LIMNER_RECORD_CATEGORY] = "categories",
  [LIMNER_RECORD_ANNOTATION] = "annotations",
};

typedef struct
{
  GRand *random;
  LimnerCocoFile *base;
  GArray *changes;
  GPtrArray *expected[LIMNER_N_RECORD_KINDS]; /* GBytes: the records there will be */
  GBytes *info;                               /* (nullable): its new text */
} Plan;

static GBytes *
new_text (Plan *plan)
{
  g_autofree char *text =
      g_strdup_printf (plan->changes->len % 2 ? "{\"id\":%d}" : "{\"id\": %d, \"x\": [1, 2]}",
                       g_rand_int_range (plan->random, 1, 1000));

  return g_bytes_new (text, strlen (text));
}

static void
add_change (Plan *plan, LimnerRecordKind kind, guint32 row, guint32 before_row, GBytes *text)
{
  LimnerChange change = { kind, row, before_row, NULL };

  if (text != NULL)
    {
      change.text = g_bytes_ref (text);
      g_ptr_array_add (plan->expected[kind], g_bytes_ref (text));
    }
  g_array_append_val (plan->changes, change);
}

static void
plan_section (Plan *plan, LimnerRecordKind kind, guint one_in)
{
  guint32 n = limner_columns_get_n_rows (limner_coco_file_get_columns (plan->base), kind);

  for (guint32 row = 0; row <= n; row++)
    {
      g_autoptr (GBytes) old = NULL;
      g_autoptr (GBytes) text = new_text (plan);
      guint what = (guint) g_rand_int_range (plan->random, 0, 3 * (gint) one_in);

      if (what == 0)
        {
          add_change (plan, kind, LIMNER_NO_ROW, row < n ? row : LIMNER_NO_ROW, text);
          what = (guint) g_rand_int_range (plan->random, 1, 4);
        }
      if (row == n)
        break;
      old = limner_coco_file_read_record (plan->base, kind, row, NULL);
      fuzz_require (old != NULL, "record %u cannot be read", row);
      if (what == 1)
        add_change (plan, kind, row, 0, text);
      else if (what == 2)
        add_change (plan, kind, row, 0, NULL);
      else
        g_ptr_array_add (plan->expected[kind], g_steal_pointer (&old));
    }
}

static void
plan_init (Plan *plan, LimnerCocoFile *base, guint32 seed)
{
  guint one_in;

  plan->random = g_rand_new_with_seed (seed);
  plan->base = base;
  plan->changes = g_array_new (FALSE, TRUE, sizeof (LimnerChange));
  g_array_set_clear_func (plan->changes, (GDestroyNotify) limner_change_clear);
  one_in = (guint) g_rand_int_range (plan->random, 1, 8);
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      plan->expected[kind] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      if (kind != LIMNER_RECORD_INFO)
        plan_section (plan, (LimnerRecordKind) kind, one_in);
    }
  plan->info = seed % 3 == 0 ? new_text (plan) : NULL;
}

static void
plan_clear (Plan *plan)
{
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    g_ptr_array_unref (plan->expected[kind]);
  g_array_unref (plan->changes);
  g_clear_pointer (&plan->info, g_bytes_unref);
  g_rand_free (plan->random);
}

static void
check_records (const Plan *plan, LimnerCocoFile *written)
{
  for (guint kind = LIMNER_RECORD_IMAGE; kind < LIMNER_N_RECORD_KINDS; kind++)
    {
      guint32 n = limner_columns_get_n_rows (limner_coco_file_get_columns (written),
                                             (LimnerRecordKind) kind);

      fuzz_require (n == plan->expected[kind]->len, "%s: %u records, expected %u",
                    section_names[kind], n, plan->expected[kind]->len);
      for (guint32 row = 0; row < n; row++)
        {
          g_autoptr (GBytes) text =
              limner_coco_file_read_record (written, (LimnerRecordKind) kind, row, NULL);

          fuzz_require (text != NULL && g_bytes_equal (text, plan->expected[kind]->pdata[row]),
                        "%s[%u] is another record", section_names[kind], row);
        }
    }
}

/* (transfer full): the whole file; @value is its top object, without what stands around it. */
static GBytes *
read_whole (LimnerCocoFile *file, LimnerValue *value)
{
  GBytes *bytes =
      limner_coco_file_read (file, 0, limner_coco_file_get_identity (file)->size_bytes, NULL);
  const char *text = g_bytes_get_data (bytes, &value->length);

  value->text = memchr (text, '{', value->length);
  value->length -= (gsize) (value->text - text);
  return bytes;
}

static gboolean
is_changed (const Plan *plan, const LimnerValue *name)
{
  for (guint i = 0; i < plan->changes->len; i++)
    if (limner_value_is_string (name,
                                section_names[g_array_index (plan->changes, LimnerChange, i).kind]))
      return TRUE;
  return plan->info != NULL && limner_value_is_string (name, section_names[LIMNER_RECORD_INFO]);
}

static gboolean
same_bytes (const LimnerValue *a, const LimnerValue *b)
{
  return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
}

/* Members of the file: those without changes are the same bytes, in the same order; so is what
 * stands before the first and behind the last. */
static void
check_members (const Plan *plan, LimnerCocoFile *written)
{
  LimnerValue old, new, old_name, new_name, old_value, new_value;
  g_autoptr (GBytes) before = read_whole (plan->base, &old);
  g_autoptr (GBytes) after = read_whole (written, &new);
  LimnerValueIter i, j;

  fuzz_require (old.text - (const char *) g_bytes_get_data (before, NULL) ==
                    new.text - (const char *) g_bytes_get_data (after, NULL),
                "other bytes before the first brace");
  limner_value_iter_init (&i, &old);
  limner_value_iter_init (&j, &new);
  while (limner_value_iter_next (&i, &old_name, &old_value))
    {
      fuzz_require (limner_value_iter_next (&j, &new_name, &new_value), "a member is lost");
      if (!same_bytes (&old_name, &new_name) &&
          limner_value_is_string (&new_name, section_names[LIMNER_RECORD_INFO]))
        fuzz_require (limner_value_iter_next (&j, &new_name, &new_value), "a member is lost");
      fuzz_require (same_bytes (&old_name, &new_name), "member %.*s is elsewhere",
                    (int) old_name.length, old_name.text);
      fuzz_require (is_changed (plan, &old_name) || same_bytes (&old_value, &new_value),
                    "member %.*s is another", (int) old_name.length, old_name.text);
    }
}

/* Nothing to change writes the same bytes. */
static void
check_identity (LimnerCocoFile *base, const char *path)
{
  g_autoptr (LimnerCocoWriter) writer = limner_coco_writer_new (base, path, NULL);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (LimnerChange));
  g_autoptr (LimnerCocoFile) written =
      limner_coco_writer_write (writer, none, NULL, NULL, NULL, NULL, NULL);

  fuzz_require (written != NULL &&
                    limner_identity_same_content (limner_coco_file_get_identity (base),
                                                  limner_coco_file_get_identity (written)),
                "without changes it is another file");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzInput input = { data, size };
  guint32 seed = fuzz_take_u32 (&input);
  g_autofree char *path = fuzz_write_file ("a.json", input.data, input.size);
  g_autoptr (LimnerCocoFile) base = limner_coco_file_open (path, NULL, NULL, NULL, NULL);
  g_autoptr (LimnerCocoWriter) writer = NULL;
  g_autoptr (LimnerCocoFile) written = NULL;
  g_autoptr (GError) error = NULL;
  Plan plan = { NULL };

  if (base == NULL)
    return 0;
  if (seed % 16 == 0)
    check_identity (base, path);
  plan_init (&plan, base, seed);
  writer = limner_coco_writer_new (base, path, NULL);
  written = limner_coco_writer_write (writer, plan.changes, plan.info, NULL, NULL, NULL, &error);
  fuzz_require (written != NULL, "it is not written: %s", error->message);
  check_records (&plan, written);
  check_members (&plan, written);
  plan_clear (&plan);
  return 0;
}
