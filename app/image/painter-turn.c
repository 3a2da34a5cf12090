/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-painter"

#include "painter-private.h"

LimnerShape *
limner_painter_turn_shape (const LimnerView *view, const LimnerShape *shape, LimnerView *flat)
{
  const LimnerRle *rle = limner_shape_get_rle (shape);
  const guint width = rle != NULL ? limner_rle_get_width (rle) : 0;
  const guint height = rle != NULL ? limner_rle_get_height (rle) : 0;
  const LimnerPoint far = limner_orientation_turn (view->turn, (LimnerPoint){ width, height });

  /* a mask keeps its frame at the origin, and so is turned about the frame's middle */
  *flat =
      (LimnerView){ view->x + MIN (far.x, 0) * view->scale, view->y + MIN (far.y, 0) * view->scale,
                    view->scale, LIMNER_ORIENTATION_NORMAL };
  return limner_shape_transform ((LimnerShape *) shape, view->turn, width, height, TRUE);
}

LimnerOrientation
limner_orientation_compose (LimnerOrientation first, LimnerOrientation second)
{
  /* two different lengths, so that no two orientations take it to the same place */
  const LimnerPoint probe = { 1, 2 };
  const LimnerPoint wanted =
      limner_orientation_turn (second, limner_orientation_turn (first, probe));

  for (LimnerOrientation turn = LIMNER_ORIENTATION_FLIP_HORIZONTAL;
       turn <= LIMNER_ORIENTATION_ROTATE_270; turn++)
    {
      LimnerPoint found = limner_orientation_turn (turn, probe);

      if (found.x == wanted.x && found.y == wanted.y)
        return turn;
    }
  return LIMNER_ORIENTATION_NORMAL;
}
