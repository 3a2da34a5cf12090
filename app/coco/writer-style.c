/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "coco-file-private.h"
#include "writer-plan.h"

#include <string.h>

/* Longer gaps between records are nobody's style. */
#define MAX_GAP 4096

void
limner_section_style_clear (LimnerSectionStyle *self)
{
  g_clear_pointer (&self->lead, g_free);
  g_clear_pointer (&self->separator, g_free);
  g_clear_pointer (&self->tail, g_free);
}

void
limner_top_style_clear (LimnerTopStyle *self)
{
  g_clear_pointer (&self->separator, g_free);
  g_clear_pointer (&self->colon, g_free);
}

/* (transfer full): the text of a gap, or NULL on an error. */
static char *
dup_gap (LimnerCocoFile *base, guint64 from, guint64 to, GError **error)
{
  g_autoptr (GBytes) gap = NULL;

  if (to <= from || to - from > MAX_GAP)
    return g_strdup ("");
  gap = limner_coco_file_read (base, from, (gsize) (to - from), error);
  if (gap == NULL)
    return NULL;
  return g_strndup (g_bytes_get_data (gap, NULL), g_bytes_get_size (gap));
}

static void
get_span (LimnerCocoFile *base, LimnerRecordKind kind, guint32 row, guint64 *start, guint64 *end)
{
  guint32 length = 0;

  limner_columns_get_range (limner_coco_file_get_columns (base), kind, row, start, &length);
  *end = *start + length;
}

/* A comma without a line end: as the top level has it. */
static gboolean
has_wide_commas (LimnerCocoFile *base, GError **error)
{
  g_auto (LimnerTopStyle) top = { 0 };

  if (!limner_top_style_read (&top, base, error))
    return FALSE;
  return strchr (top.colon, ' ') != NULL;
}

/* From a section that has elements. */
static gboolean
read_from_elements (LimnerSectionStyle *self,
                    LimnerCocoFile *base,
                    LimnerRecordKind kind,
                    GError **error)
{
  const LimnerMemberPlace *place = &limner_coco_file_get_layout (base)->sections[kind];
  guint n = limner_columns_get_n_rows (limner_coco_file_get_columns (base), kind);
  guint64 first_start, first_end, start, end;

  get_span (base, kind, 0, &first_start, &first_end);
  get_span (base, kind, n - 1, &start, &end);
  self->lead = dup_gap (base, place->value + 1, first_start, error);
  self->tail = self->lead != NULL ? dup_gap (base, end, place->end - 1, error) : NULL;
  if (self->tail == NULL)
    return FALSE;
  if (n >= 2)
    {
      get_span (base, kind, 1, &start, &end);
      self->separator = dup_gap (base, first_end, start, error);
      if (self->separator == NULL)
        return FALSE;
      if (*self->separator == '\0') /* it was too long to copy */
        {
          g_free (self->separator);
          self->separator = g_strdup (", ");
        }
      return TRUE;
    }
  if (strchr (self->lead, '\n') != NULL)
    self->separator = g_strconcat (",", self->lead, NULL);
  else
    self->separator = g_strdup (has_wide_commas (base, error) ? ", " : ",");
  return TRUE;
}

/* No element anywhere: by the line ends of the top level. */
static gboolean
read_from_top (LimnerSectionStyle *self, LimnerCocoFile *base, GError **error)
{
  const LimnerLayout *layout = limner_coco_file_get_layout (base);
  g_autofree char *indent = dup_gap (base, layout->open + 1, layout->first_name, error);

  if (indent == NULL)
    return FALSE;
  if (strchr (indent, '\n') == NULL)
    {
      self->lead = g_strdup ("");
      self->separator = g_strdup (has_wide_commas (base, error) ? ", " : ",");
      self->tail = g_strdup ("");
      return TRUE;
    }
  self->lead = g_strconcat (indent, strrchr (indent, '\n') + 1, NULL);
  self->separator = g_strconcat (",", self->lead, NULL);
  self->tail = g_strdup (indent);
  return TRUE;
}

gboolean
limner_section_style_read (LimnerSectionStyle *self,
                           LimnerCocoFile *base,
                           LimnerRecordKind kind,
                           GError **error)
{
  static const LimnerRecordKind others[] = { LIMNER_RECORD_ANNOTATION, LIMNER_RECORD_IMAGE,
                                             LIMNER_RECORD_CATEGORY };
  LimnerColumns *columns = limner_coco_file_get_columns (base);
  LimnerRecordKind best = kind;

  /* two elements show all three gaps, one shows two of them */
  for (guint n = 2; n > 0 && limner_columns_get_n_rows (columns, best) == 0; n--)
    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
      if (limner_columns_get_n_rows (columns, others[i]) >= n)
        {
          best = others[i];
          break;
        }
  if (limner_columns_get_n_rows (columns, best) == 0)
    return read_from_top (self, base, error);
  return read_from_elements (self, base, best, error);
}

gboolean
limner_top_style_read (LimnerTopStyle *self, LimnerCocoFile *base, GError **error)
{
  const LimnerLayout *layout = limner_coco_file_get_layout (base);
  const LimnerMemberPlace *last = &layout->last;
  g_autofree char *gap = dup_gap (base, last->before, last->name, error);
  g_autofree char *name = gap != NULL ? dup_gap (base, last->name, last->value, error) : NULL;
  const char *quote;

  if (name == NULL)
    return FALSE;
  quote = strrchr (name, '"');
  self->colon = g_strdup (quote != NULL ? quote + 1 : ": ");
  if (layout->n_members >= 2 && *gap != '\0')
    self->separator = g_steal_pointer (&gap);
  else if (strchr (gap, '\n') != NULL)
    self->separator = g_strconcat (",", gap, NULL);
  else
    self->separator = g_strdup (strchr (self->colon, ' ') != NULL ? ", " : ",");
  return TRUE;
}
