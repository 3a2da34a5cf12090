/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "writer-plan.h"

#include "coco-file-private.h"

#include <string.h>

/* A part of the base that becomes something else. */
typedef struct
{
  guint64 from;
  guint64 to;
  LimnerPlan *plan; /* what stands there instead */
} Splice;

/* ---- pieces ---- */

static void
piece_clear (gpointer data)
{
  g_clear_pointer (&((LimnerPiece *) data)->text, g_bytes_unref);
}

static LimnerPlan *
plan_alloc (void)
{
  LimnerPlan *self = g_new0 (LimnerPlan, 1);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (LimnerPiece));
  g_array_set_clear_func (self->pieces, piece_clear);
  return self;
}

void
limner_plan_free (LimnerPlan *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->pieces);
  g_free (self);
}

void
limner_plan_add_base (LimnerPlan *self, guint64 from, guint64 to)
{
  LimnerPiece piece = { NULL, from, to - from };

  if (from >= to)
    return;
  self->size += piece.length;
  if (self->pieces->len > 0)
    {
      LimnerPiece *last = &g_array_index (self->pieces, LimnerPiece, self->pieces->len - 1);

      if (last->text == NULL && last->offset + last->length == from)
        {
          last->length += piece.length;
          return;
        }
    }
  g_array_append_val (self->pieces, piece);
}

void
limner_plan_add_bytes (LimnerPlan *self, GBytes *text)
{
  LimnerPiece piece = { NULL, 0, g_bytes_get_size (text) };

  if (piece.length == 0)
    return;
  piece.text = g_bytes_ref (text);
  self->size += piece.length;
  g_array_append_val (self->pieces, piece);
}

void
limner_plan_add_text (LimnerPlan *self, const char *text, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  limner_plan_add_bytes (self, bytes);
}

static void
add_string (LimnerPlan *self, const char *text)
{
  limner_plan_add_text (self, text, strlen (text));
}

static void
add_plan (LimnerPlan *self, const LimnerPlan *other)
{
  for (guint i = 0; i < other->pieces->len; i++)
    {
      const LimnerPiece *piece = &g_array_index (other->pieces, LimnerPiece, i);

      if (piece->text != NULL)
        limner_plan_add_bytes (self, piece->text);
      else
        limner_plan_add_base (self, piece->offset, piece->offset + piece->length);
    }
}

/* ---- one section ---- */

/* Walks a section's rows and its changes side by side. */
typedef struct
{
  LimnerPlan *plan;
  LimnerCocoFile *base;
  LimnerRecordKind kind;
  guint32 n_rows;
  guint32 row; /* the next of the base */
  guint64 n_emitted;
  guint64 list_start; /* behind '[' */
  guint64 list_end;   /* of ']' */
  LimnerSectionStyle style;
} Walk;

static guint64
walk_get_start (const Walk *self, guint32 row)
{
  guint64 offset = 0;
  guint32 length = 0;

  limner_columns_get_range (limner_coco_file_get_columns (self->base), self->kind, row, &offset,
                            &length);
  return offset;
}

static guint64
walk_get_end (const Walk *self, guint32 row)
{
  guint64 offset = 0;
  guint32 length = 0;

  limner_columns_get_range (limner_coco_file_get_columns (self->base), self->kind, row, &offset,
                            &length);
  return offset + length;
}

/* What stands before row walk->row: the list's lead if it comes first, else what stood before it.
 */
static void
walk_emit_gap (Walk *self)
{
  if (self->n_emitted == 0)
    limner_plan_add_base (self->plan, self->list_start, walk_get_start (self, 0));
  else if (self->row == 0)
    add_string (self->plan, self->style.separator);
  else
    limner_plan_add_base (self->plan, walk_get_end (self, self->row - 1),
                          walk_get_start (self, self->row));
}

static void
walk_emit_rows (Walk *self, guint32 to)
{
  if (self->row >= to)
    return;
  walk_emit_gap (self);
  limner_plan_add_base (self->plan, walk_get_start (self, self->row), walk_get_end (self, to - 1));
  self->n_emitted += to - self->row;
  self->row = to;
}

static void
walk_emit_new (Walk *self, GBytes *text)
{
  if (self->n_emitted > 0)
    add_string (self->plan, self->style.separator);
  else if (self->n_rows > 0)
    limner_plan_add_base (self->plan, self->list_start, walk_get_start (self, 0));
  else
    add_string (self->plan, self->style.lead);
  limner_plan_add_bytes (self->plan, text);
  self->n_emitted++;
}

static void
walk_apply (Walk *self, const LimnerChange *change)
{
  guint32 place = change->row != LIMNER_NO_ROW ? change->row : change->before_row;

  walk_emit_rows (self, MIN (place, self->n_rows));
  if (change->row == LIMNER_NO_ROW)
    {
      if (change->text != NULL)
        walk_emit_new (self, change->text);
      return;
    }
  if (change->row != self->row)
    {
      g_critical ("change of row %u of %u is out of order", change->row, self->n_rows);
      return;
    }
  if (change->text != NULL)
    {
      walk_emit_gap (self);
      limner_plan_add_bytes (self->plan, change->text);
      self->n_emitted++;
    }
  self->row++;
}

/* An emptied list loses its blanks, too: json.dump and others write "[]". */
static void
walk_end (Walk *self)
{
  walk_emit_rows (self, self->n_rows);
  if (self->n_emitted == 0)
    return;
  if (self->n_rows > 0)
    limner_plan_add_base (self->plan, walk_get_end (self, self->n_rows - 1), self->list_end);
  else
    add_string (self->plan, self->style.tail);
}

/* Changes of one section in the order of its elements; new records stand before the row they name.
 */
static gint
compare_changes (gconstpointer a, gconstpointer b)
{
  const LimnerChange *first = *(const LimnerChange *const *) a;
  const LimnerChange *second = *(const LimnerChange *const *) b;
  guint64 first_place =
      first->row != LIMNER_NO_ROW ? first->row * 2ull + 1 : first->before_row * 2ull;
  guint64 second_place =
      second->row != LIMNER_NO_ROW ? second->row * 2ull + 1 : second->before_row * 2ull;

  if (first_place != second_place)
    return first_place < second_place ? -1 : 1;
  return first < second ? -1 : first > second; /* as they came */
}

static GPtrArray *
list_changes (GArray *changes, LimnerRecordKind kind)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      LimnerChange *change = &g_array_index (changes, LimnerChange, i);

      if (change->kind == kind)
        g_ptr_array_add (list, change);
    }
  g_ptr_array_sort (list, compare_changes);
  return list;
}

static gboolean
add_list (LimnerPlan *plan,
          LimnerCocoFile *base,
          LimnerRecordKind kind,
          GPtrArray *changes,
          GError **error)
{
  const LimnerMemberPlace *place = &limner_coco_file_get_layout (base)->sections[kind];
  Walk walk = { .plan = plan, .base = base, .kind = kind };

  walk.n_rows = limner_columns_get_n_rows (limner_coco_file_get_columns (base), kind);
  walk.list_start = place->value + 1;
  walk.list_end = place->end - 1;
  if (!limner_section_style_read (&walk.style, base, kind, error))
    {
      limner_section_style_clear (&walk.style);
      return FALSE;
    }
  for (guint i = 0; i < changes->len; i++)
    walk_apply (&walk, changes->pdata[i]);
  walk_end (&walk);
  limner_section_style_clear (&walk.style);
  return TRUE;
}

/* ---- the whole file ---- */

static Splice *
add_splice (GArray *splices, guint64 from, guint64 to)
{
  Splice splice = { from, to, plan_alloc () };

  g_array_append_val (splices, splice);
  return &g_array_index (splices, Splice, splices->len - 1);
}

static gint
compare_splices (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const Splice *) a)->from;
  guint64 second = ((const Splice *) b)->from;

  return first < second ? -1 : first > second;
}

/* A section that the file does not have goes behind its last member. */
static gboolean
splice_missing_section (GArray *splices,
                        LimnerCocoFile *base,
                        LimnerRecordKind kind,
                        GPtrArray *changes,
                        GError **error)
{
  const LimnerLayout *layout = limner_coco_file_get_layout (base);
  g_auto (LimnerTopStyle) style = { 0 };
  LimnerPlan *plan;

  if (!limner_top_style_read (&style, base, error))
    return FALSE;
  plan = add_splice (splices, layout->last.end, layout->last.end)->plan;
  add_string (plan, style.separator);
  add_string (plan, "\"");
  add_string (plan, limner_section_get_name (kind));
  add_string (plan, "\"");
  add_string (plan, style.colon);
  add_string (plan, "[");
  if (!add_list (plan, base, kind, changes, error))
    return FALSE;
  add_string (plan, "]");
  return TRUE;
}

static gboolean
splice_section (
    GArray *splices, LimnerCocoFile *base, LimnerRecordKind kind, GArray *changes, GError **error)
{
  const LimnerMemberPlace *place = &limner_coco_file_get_layout (base)->sections[kind];
  g_autoptr (GPtrArray) list = list_changes (changes, kind);

  if (list->len == 0)
    return TRUE;
  if (!place->is_present)
    return splice_missing_section (splices, base, kind, list, error);
  return add_list (add_splice (splices, place->value + 1, place->end - 1)->plan, base, kind, list,
                   error);
}

/* 'info' is replaced, comes first where it is new, and goes with one separator. */
static gboolean
splice_info (GArray *splices, LimnerCocoFile *base, GBytes *info, GError **error)
{
  const LimnerLayout *layout = limner_coco_file_get_layout (base);
  const LimnerMemberPlace *place = &layout->sections[LIMNER_RECORD_INFO];
  g_auto (LimnerTopStyle) style = { 0 };
  LimnerPlan *plan;

  if (info == NULL && !place->is_present)
    return TRUE;
  if (info == NULL && place->after != layout->close)
    {
      add_splice (splices, place->name, place->after);
      return TRUE;
    }
  if (info == NULL)
    {
      add_splice (splices, place->before, place->end);
      return TRUE;
    }
  if (place->is_present)
    {
      limner_plan_add_bytes (add_splice (splices, place->value, place->end)->plan, info);
      return TRUE;
    }
  if (!limner_top_style_read (&style, base, error))
    return FALSE;
  plan = add_splice (splices, layout->first_name, layout->first_name)->plan;
  add_string (plan, "\"info\"");
  add_string (plan, style.colon);
  limner_plan_add_bytes (plan, info);
  add_string (plan, style.separator);
  return TRUE;
}

static void
plan_assemble (LimnerPlan *self, LimnerCocoFile *base, GArray *splices)
{
  guint64 at = 0;

  g_array_sort (splices, compare_splices);
  for (guint i = 0; i < splices->len; i++)
    {
      const Splice *splice = &g_array_index (splices, Splice, i);

      limner_plan_add_base (self, at, splice->from);
      add_plan (self, splice->plan);
      at = splice->to;
    }
  limner_plan_add_base (self, at, limner_coco_file_get_identity (base)->size_bytes);
}

static gboolean
plan_change (LimnerPlan *self,
             LimnerCocoFile *base,
             GArray *changes,
             GBytes *info,
             gboolean has_info,
             GError **error)
{
  static const LimnerRecordKind order[] = { LIMNER_RECORD_IMAGE, LIMNER_RECORD_ANNOTATION,
                                            LIMNER_RECORD_CATEGORY };
  g_autoptr (GArray) splices = g_array_new (FALSE, FALSE, sizeof (Splice));
  gboolean is_planned = !has_info || splice_info (splices, base, info, error);

  for (guint i = 0; is_planned && i < G_N_ELEMENTS (order); i++)
    is_planned = splice_section (splices, base, order[i], changes, error);
  if (is_planned)
    plan_assemble (self, base, splices);
  for (guint i = 0; i < splices->len; i++)
    limner_plan_free (g_array_index (splices, Splice, i).plan);
  return is_planned;
}

/* A file of our own: one record a line, so that a diff shows records. */
static void
plan_create (LimnerPlan *self, GArray *changes, GBytes *info)
{
  static const LimnerRecordKind order[] = { LIMNER_RECORD_IMAGE, LIMNER_RECORD_ANNOTATION,
                                            LIMNER_RECORD_CATEGORY };

  add_string (self, "{\n  \"info\": ");
  if (info != NULL)
    limner_plan_add_bytes (self, info);
  else
    add_string (self, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_autoptr (GPtrArray) list = list_changes (changes, order[i]);
      guint n = 0;

      add_string (self, ",\n  \"");
      add_string (self, limner_section_get_name (order[i]));
      add_string (self, "\": [");
      for (guint j = 0; j < list->len; j++)
        {
          const LimnerChange *change = list->pdata[j];

          if (change->text == NULL)
            continue;
          add_string (self, n++ == 0 ? "\n    " : ",\n    ");
          limner_plan_add_bytes (self, change->text);
        }
      add_string (self, n > 0 ? "\n  ]" : "]");
    }
  add_string (self, "\n}\n");
}

static void
plan_count_rows (LimnerPlan *self, LimnerCocoFile *base, GArray *changes)
{
  for (guint kind = 0; kind < LIMNER_N_RECORD_KINDS; kind++)
    self->n_rows[kind] = base != NULL
                             ? limner_columns_get_n_rows (limner_coco_file_get_columns (base),
                                                          (LimnerRecordKind) kind)
                             : 0;
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const LimnerChange *change = &g_array_index (changes, LimnerChange, i);

      if (change->kind == LIMNER_RECORD_INFO)
        continue;
      if (change->row == LIMNER_NO_ROW)
        self->n_rows[change->kind] += change->text != NULL;
      else
        self->n_rows[change->kind] -= change->text == NULL;
    }
}

LimnerPlan *
limner_plan_new (LimnerCocoFile *base, GArray *changes, GBytes *info, GError **error)
{
  g_autoptr (LimnerPlan) self = plan_alloc ();
  gboolean has_info = info != NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const LimnerChange *change = &g_array_index (changes, LimnerChange, i);

      if (change->kind != LIMNER_RECORD_INFO || info != NULL)
        continue;
      info = change->text;
      has_info = TRUE;
    }
  plan_count_rows (self, base, changes);
  if (base == NULL)
    plan_create (self, changes, info);
  else if (!plan_change (self, base, changes, info, has_info, error))
    return NULL;
  return g_steal_pointer (&self);
}
