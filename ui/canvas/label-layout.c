/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-canvas"

#include "label-layout.h"

#include <math.h>

/* Screen pixels. */
#define MIN_WIDTH 46.0
#define CELL 64.0

/* More would be a carpet; the widest ones come first. */
#define MAX_CANDIDATES 4000

/* A label needs at least this much room, so wide shapes are not asked about smaller ones in vain.
 */
#define CHECK_EVERY 64

typedef struct
{
  guint entry;
  double width_img;
  double area_img;
} Candidate;

typedef struct
{
  const LimnerShapeSet *shapes;
  LimnerView view; /* screen pixels from the picture's corner */
  double width;    /* of the picture, screen pixels */
  double height;
  cairo_t *cr;
  GHashTable *chip_by_key; /* the chip's own key -> index + 1 */
  GHashTable *cells;       /* cell -> GArray of LimnerBox: labels placed so far */
  GArray *hits;
  LimnerLabelLayout *layout;
} Placer;

static void
clear_chip (gpointer data)
{
  LimnerLabelChip *chip = data;

  g_free (chip->key);
  cairo_surface_destroy (chip->surface);
}

static int
compare_width (gconstpointer a, gconstpointer b)
{
  const Candidate *first = a, *second = b;

  if (first->width_img != second->width_img)
    return first->width_img > second->width_img ? -1 : 1;
  return first->entry < second->entry ? -1 : first->entry > second->entry;
}

/* (transfer full): shapes wide enough, widest first. */
static GArray *
find_candidates (Placer *self, const LimnerBox *area_img)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  limner_shape_set_query (self->shapes, area_img, self->hits);
  for (guint i = 0; i < self->hits->len; i++)
    {
      guint index = g_array_index (self->hits, guint32, i);
      const LimnerShapeEntry *entry = limner_shape_set_get_entry (self->shapes, index);
      LimnerBox box = limner_shape_get_bbox (entry->shape);
      Candidate candidate = { index, fabs (box.width), fabs (box.width * box.height) };

      if (entry->label != NULL && candidate.width_img * self->view.scale >= MIN_WIDTH)
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_width);
  if (candidates->len > MAX_CANDIDATES)
    g_array_set_size (candidates, MAX_CANDIDATES);
  return candidates;
}

static gpointer
cell_key (int column, int row)
{
  return GUINT_TO_POINTER (((guint) column & 0xffff) << 16 | ((guint) row & 0xffff));
}

static gboolean
overlaps (const LimnerBox *a, const LimnerBox *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
         b->y < a->y + a->height;
}

/* Walks the cells that @box is in: looks for a label there, or adds it. */
static gboolean
visit_cells (Placer *self, const LimnerBox *box, gboolean add)
{
  int column_last = (int) floor ((box->x + box->width) / CELL);
  int row_last = (int) floor ((box->y + box->height) / CELL);

  for (int row = (int) floor (box->y / CELL); row <= row_last; row++)
    for (int column = (int) floor (box->x / CELL); column <= column_last; column++)
      {
        gpointer key = cell_key (column, row);
        GArray *cell = g_hash_table_lookup (self->cells, key);

        if (cell == NULL && add)
          {
            cell = g_array_new (FALSE, FALSE, sizeof (LimnerBox));
            g_hash_table_insert (self->cells, key, cell);
          }
        if (add)
          g_array_append_val (cell, *box);
        for (guint i = 0; !add && cell != NULL && i < cell->len; i++)
          if (overlaps (box, &g_array_index (cell, LimnerBox, i)))
            return TRUE;
      }
  return FALSE;
}

static gboolean
hides_smaller_shape (Placer *self, const Candidate *candidate, const LimnerBox *label)
{
  LimnerPoint corner = limner_view_to_image (&self->view, (LimnerPoint){ label->x, label->y });
  const LimnerBox area = { corner.x, corner.y, label->width / self->view.scale,
                           label->height / self->view.scale };

  limner_shape_set_query (self->shapes, &area, self->hits);
  for (guint i = 0; i < self->hits->len; i++)
    {
      guint index = g_array_index (self->hits, guint32, i);
      LimnerBox box =
          limner_shape_get_bbox (limner_shape_set_get_entry (self->shapes, index)->shape);

      if (index != candidate->entry && fabs (box.width * box.height) < candidate->area_img &&
          overlaps (&area, &box))
        return TRUE;
    }
  return FALSE;
}

cairo_surface_t *
limner_label_paint_chip (const char *text,
                         guint32 color,
                         gboolean is_faded,
                         double width,
                         double height,
                         int scale_factor)
{
  const LimnerBox at_origin = { 0, 0, width, height };
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) ceil (width) * scale_factor,
                                  (int) ceil (height) * scale_factor);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale_factor, scale_factor);
  if (is_faded)
    cairo_push_group (cr);
  limner_painter_draw_label (cr, &at_origin, text, color);
  if (is_faded)
    {
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, LIMNER_PAINT_FADED_ALPHA);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint
ensure_chip (Placer *self, const LimnerShapeEntry *entry, const LimnerBox *box)
{
  gboolean is_faded = (entry->flags & LIMNER_PAINT_FADED) != 0;
  g_autofree char *key =
      g_strdup_printf ("%06x%c%s", entry->color, is_faded ? 'f' : ' ', entry->label);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->chip_by_key, key));
  LimnerLabelChip chip = { NULL, NULL, box->width, box->height };

  if (index > 0)
    return index - 1;
  chip.surface = limner_label_paint_chip (entry->label, entry->color, is_faded, box->width,
                                          box->height, self->layout->scale_factor);
  chip.key = g_steal_pointer (&key);
  g_array_append_val (self->layout->chips, chip);
  index = self->layout->chips->len;
  g_hash_table_insert (self->chip_by_key, chip.key, GUINT_TO_POINTER (index));
  return index - 1;
}

static void
place (Placer *self, const Candidate *candidate)
{
  const LimnerShapeEntry *entry = limner_shape_set_get_entry (self->shapes, candidate->entry);
  LimnerBox box = limner_painter_measure_label (self->cr, &self->view, entry->shape, entry->label,
                                                self->width, self->height);
  LimnerLabel label;

  box.x = round (box.x);
  box.y = round (box.y);
  if (visit_cells (self, &box, FALSE) || hides_smaller_shape (self, candidate, &box))
    return;
  visit_cells (self, &box, TRUE);
  label = (LimnerLabel){ ensure_chip (self, entry, &box), box.x, box.y };
  g_array_append_val (self->layout->labels, label);
}

static gboolean
place_all (Placer *self, const LimnerBox *area_img, const int *cancelled)
{
  g_autoptr (GArray) candidates = find_candidates (self, area_img);

  for (guint i = 0; i < candidates->len; i++)
    {
      if (i % CHECK_EVERY == 0 && cancelled != NULL && g_atomic_int_get (cancelled))
        return FALSE;
      place (self, &g_array_index (candidates, Candidate, i));
    }
  return TRUE;
}

LimnerLabelLayout *
limner_label_layout_new (const LimnerShapeSet *shapes,
                         double scale,
                         int scale_factor,
                         guint image_width,
                         guint image_height,
                         const LimnerBox *area_img,
                         const int *cancelled)
{
  cairo_surface_t *scratch = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  double zoom = scale / scale_factor;
  Placer self = {
    .shapes = shapes,
    .view = { 0, 0, zoom },
    .width = image_width * zoom,
    .height = image_height * zoom,
    .cr = cairo_create (scratch),
    .chip_by_key = g_hash_table_new (g_str_hash, g_str_equal),
    .cells = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref),
    .hits = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .layout = g_new0 (LimnerLabelLayout, 1),
  };

  /* hinted text has another width at another size */
  cairo_scale (self.cr, scale_factor, scale_factor);
  self.layout->scale = scale;
  self.layout->scale_factor = scale_factor;
  self.layout->area_img = *area_img;
  self.layout->chips = g_array_new (FALSE, FALSE, sizeof (LimnerLabelChip));
  g_array_set_clear_func (self.layout->chips, clear_chip);
  self.layout->labels = g_array_new (FALSE, FALSE, sizeof (LimnerLabel));
  if (!place_all (&self, area_img, cancelled))
    g_clear_pointer (&self.layout, limner_label_layout_free);
  g_array_unref (self.hits);
  g_hash_table_unref (self.cells);
  g_hash_table_unref (self.chip_by_key);
  cairo_destroy (self.cr);
  cairo_surface_destroy (scratch);
  return self.layout;
}

void
limner_label_layout_free (LimnerLabelLayout *self)
{
  g_array_unref (self->chips);
  g_array_unref (self->labels);
  g_free (self);
}
