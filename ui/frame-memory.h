/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * limner_frame_memory_keep:
 * @native: a realized window
 *
 * Keeps the memory that frames of @native go through to the X server mapped between frames. With
 * the cairo renderer each frame is copied into memory shared with the server; cairo unmaps a block
 * of it as soon as nothing lies in it, so each frame asks for new pages in both processes: four
 * fifths of the time of a repaint of 1920 x 1080 without a GPU. A surface that is never drawn on
 * stays in the block and keeps it; its own pages are given back.
 *
 * Does nothing where frames go another way (Wayland, a GPU, an X server elsewhere) or where it has
 * been done for the display; call it for each window.
 */
void limner_frame_memory_keep (GtkNative *native);

G_END_DECLS
