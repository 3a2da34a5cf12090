/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-box"

#include <limner/box.h>

#include <math.h>

LimnerBox
limner_box_from_corners (LimnerPoint a, LimnerPoint b)
{
  LimnerBox box = { fmin (a.x, b.x), fmin (a.y, b.y), 0, 0 };

  box.width = fmax (a.x, b.x) - box.x;
  box.height = fmax (a.y, b.y) - box.y;
  return box;
}

LimnerBox
limner_box_from_points (const LimnerPoint *points, gsize n_points)
{
  LimnerPoint low;
  LimnerPoint high;

  if (n_points == 0)
    return (LimnerBox){ 0, 0, 0, 0 };

  low = high = points[0];
  for (gsize i = 1; i < n_points; i++)
    {
      low.x = fmin (low.x, points[i].x);
      low.y = fmin (low.y, points[i].y);
      high.x = fmax (high.x, points[i].x);
      high.y = fmax (high.y, points[i].y);
    }
  return limner_box_from_corners (low, high);
}

gboolean
limner_box_contains (const LimnerBox *box, LimnerPoint point)
{
  return point.x >= box->x && point.y >= box->y && point.x <= box->x + box->width &&
         point.y <= box->y + box->height;
}

gboolean
limner_box_intersect (const LimnerBox *a, const LimnerBox *b, LimnerBox *out)
{
  double x0 = fmax (a->x, b->x);
  double y0 = fmax (a->y, b->y);
  double x1 = fmin (a->x + a->width, b->x + b->width);
  double y1 = fmin (a->y + a->height, b->y + b->height);

  if (!(x0 <= x1 && y0 <= y1))
    {
      if (out != NULL)
        *out = (LimnerBox){ 0, 0, 0, 0 };
      return FALSE;
    }
  if (out != NULL)
    *out = (LimnerBox){ x0, y0, x1 - x0, y1 - y0 };
  return TRUE;
}

LimnerBox
limner_box_union (const LimnerBox *a, const LimnerBox *b)
{
  LimnerPoint low = { fmin (a->x, b->x), fmin (a->y, b->y) };
  LimnerPoint high = { fmax (a->x + a->width, b->x + b->width),
                       fmax (a->y + a->height, b->y + b->height) };

  return limner_box_from_corners (low, high);
}

/* A side that is inside keeps its numbers: far - near would not give the same size back. */
static void
clamp_side (double *near, double *size, double limit)
{
  double far = *near + *size;

  if (*near >= 0 && far >= 0 && *near <= limit && far <= limit)
    return;
  far = CLAMP (far, 0, limit);
  *near = CLAMP (*near, 0, limit);
  *size = far - *near;
}

LimnerBox
limner_box_clamp (const LimnerBox *box, double width, double height)
{
  LimnerBox inside = *box;

  clamp_side (&inside.x, &inside.width, width);
  clamp_side (&inside.y, &inside.height, height);
  return inside;
}

double
limner_box_iou (const LimnerBox *detection, const LimnerBox *truth, gboolean truth_is_crowd)
{
  double detection_area = detection->width * detection->height;
  double truth_area = truth->width * truth->height;
  double width;
  double height;
  double shared;

  width = fmin (detection->width + detection->x, truth->width + truth->x) -
          fmax (detection->x, truth->x);
  if (width <= 0)
    return 0;
  height = fmin (detection->height + detection->y, truth->height + truth->y) -
           fmax (detection->y, truth->y);
  if (height <= 0)
    return 0;

  shared = width * height;
  return shared / (truth_is_crowd ? detection_area : detection_area + truth_area - shared);
}
