/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The datasets that were open before: where the person stopped in each, for the list of recent ones
 * and for going on there. Kept in a key file in the user's state folder; nothing is written beside
 * the images. Main thread; the file is written by a thread.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

/* One dataset. */
typedef struct
{
  char *path;       /* what was opened: a folder or a COCO file, absolute */
  char *coco_path;  /* (nullable): the COCO file chosen where there are several */
  char *image_root; /* (nullable): where its images are, if the person had to say */
  char *image;      /* (nullable): name of the image shown last */
  char *picture;    /* (nullable): its file, for a thumbnail */
  guint n_images;
  guint n_done;
  gint64 opened; /* seconds since 1970 */
  char *look;    /* (nullable): window and level, as limner_view_popover_dup_look() has them */
} LimnerPlace;

void limner_place_free (LimnerPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnerPlace, limner_place_free)

#define LIMNER_TYPE_PLACES (limner_places_get_type ())
G_DECLARE_FINAL_TYPE (LimnerPlaces, limner_places, LIMNER, PLACES, GObject)

/* Signal: changed (): the list of recent datasets is another one. */
LimnerPlaces *limner_places_new (void);

/* Keeps @place, which becomes the newest. */
void limner_places_note (LimnerPlaces *self, const LimnerPlace *place);

/* (transfer full) (nullable) */
LimnerPlace *limner_places_find (LimnerPlaces *self, const char *path);

/* (transfer full) (element-type LimnerPlace): newest first, at most 10. They are not looked for: a
 * folder that is not there says so when it is opened. */
GPtrArray *limner_places_list (LimnerPlaces *self);

/* (transfer full) (nullable): what was open last. */
char *limner_places_dup_last (LimnerPlaces *self);
void limner_places_forget (LimnerPlaces *self, const char *path);

/* Writes at once and waits: at the end of the program. */
void limner_places_flush (LimnerPlaces *self);

G_END_DECLS
