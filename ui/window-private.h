/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The window as its own files see it, see window.h for what each of them does.
 */

#include "banner.h"
#include "canvas/canvas.h"
#include "canvas/minimap.h"
#include "dialogs/class-popup.h"
#include "dialogs/command-palette.h"
#include "dialogs/go-to.h"
#include "panels/annotation-panel.h"
#include "panels/class-panel.h"
#include "panels/details-panel.h"
#include "panels/image-panel.h"
#include "panels/status-line.h"
#include "panels/tool-strip.h"
#include "panels/view-popover.h"
#include "window.h"

#include <limner/image-loader.h>
#include <limner/tool.h>

G_BEGIN_DECLS

/* What follows when the document is closed. */
typedef enum
{
  LIMNER_THEN_NOTHING,
  LIMNER_THEN_ADOPT,  /* show the document that was just opened */
  LIMNER_THEN_DESTROY /* the window goes */
} LimnerThen;

/* Whose message the banner shows: trouble with the work goes before everything else. */
typedef enum
{
  LIMNER_BANNER_NONE,
  LIMNER_BANNER_OPEN,   /* something could not be opened */
  LIMNER_BANNER_IMAGES, /* the images of a COCO file were not found */
  LIMNER_BANNER_TROUBLE
} LimnerBannerUse;

struct _LimnerWindow
{
  AdwApplicationWindow parent_instance;

  LimnerPreferences *preferences;
  LimnerPlaces *places;
  LimnerOpener *opener;

  gboolean folding; /* a panel folds because of the window's width */

  /* window-open.c */
  LimnerDocument *document;
  LimnerScene *scene;
  LimnerImageLoader *loader;
  char *path;            /* what was opened */
  char *coco_path;       /* (nullable): chosen among several */
  char *image_root;      /* (nullable): chosen by the person */
  GCancellable *opening; /* (nullable): of the open under way */
  char *opening_path;
  char *opening_coco;
  char *opening_root;
  LimnerDocument *adopting; /* (nullable): opened, shown once the old one is closed */
  char *failed_path;        /* (nullable): what "Show file" means: could not be opened */
  gboolean closing;
  LimnerThen then;
  gboolean may_destroy;
  guint place_source;
  guint present_source; /* while it waits to be shown */
  GMenu *recent_menu;

  /* window-images.c */
  guint image;
  char *image_name; /* (nullable): finds it again when positions change */
  GCancellable *loading;
  GCancellable *prefetching;
  gboolean awaits_picture; /* it is being decoded */
  guint prefetch_source;
  guint blank_source;

  /* window-tools.c, window-keys.c */
  LimnerTool *tool;
  char *drawing_tool; /* the last one that draws */
  LimnerClassPopup *class_popup;
  GtkWidget *context_menu;
  LimnerGoTo *go_to;
  LimnerCommandPalette *palette; /* (nullable): made when it is first asked for */
  LimnerViewPopover *view_popover;
  LimnerShape *unnamed; /* (nullable): the last shape that was left without a name */

  /* window-save.c */
  LimnerBannerUse banner_use;
  char *export_path; /* of the export under way, or of the last one */
  GCancellable *exporting;
  guint progress_source;
  gboolean busy; /* the document was, when we last looked */

  LimnerCanvas *canvas;
  GtkWidget *minimap;
  GtkOverlay *canvas_overlay;

  GtkBox *content;
  AdwWindowTitle *title;
  AdwSplitButton *open_button;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkMenuButton *menu_button;
  GtkMenuButton *view_button;
  GtkWidget *search_button;
  LimnerBanner *banner;
  GtkWidget *progress_box;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
  GtkWidget *progress_cancel;
  GtkStack *stack;
  AdwBin *welcome;
  AdwStatusPage *empty_page;
  AdwFlap *left_flap;
  AdwFlap *right_flap;
  LimnerImagePanel *image_panel;
  AdwToastOverlay *toasts;
  GtkBox *canvas_box;
  AdwStatusPage *image_page;
  GtkSpinner *spinner;
  GtkLabel *badge;
  LimnerClassPanel *class_panel;
  LimnerAnnotationPanel *annotation_panel;
  LimnerDetailsPanel *details_panel;
  LimnerStatusLine *status_line;
  GMenuModel *canvas_menu;
};

/* window.c */
/* (transfer full): with paths as they are said in this window. */
char *limner_window_dup_brief (LimnerWindow *self, const char *sentence);
void limner_window_toast (LimnerWindow *self, const char *sentence);

/* A toast with a button; the button's action has a detailed name. */
void limner_window_toast_action (LimnerWindow *self,
                                 const char *sentence,
                                 const char *label,
                                 const char *action);
void limner_window_focus_canvas (LimnerWindow *self);
void limner_window_focus_images (LimnerWindow *self);
void limner_window_next_pane (LimnerWindow *self);

/* window-open.c */
void limner_window_choose_folder (LimnerWindow *self);
void limner_window_choose_file (LimnerWindow *self);
void limner_window_choose_image_root (LimnerWindow *self);

/* A copy of the sample images in the user's data folder, so that nothing installed is changed. */
void limner_window_open_sample (LimnerWindow *self);
void limner_window_cancel_open (LimnerWindow *self);
void limner_window_close_document (LimnerWindow *self, LimnerThen then);
void limner_window_add_drop_target (LimnerWindow *self);
void limner_window_update_recent (LimnerWindow *self);
void limner_window_note_place (LimnerWindow *self);
void limner_window_show_path (LimnerWindow *self, const char *path);

/* window-images.c */
void limner_window_show_image (LimnerWindow *self, guint image);

/* What decodes pictures, with the limits of the preferences. */
void limner_window_ensure_loader (LimnerWindow *self);

/* Leaves the picture: nothing is loaded any more. */
void limner_window_leave_image (LimnerWindow *self);
void limner_window_reload_image (LimnerWindow *self);

/* By @by places in the list as it is filtered. */
void limner_window_step_image (LimnerWindow *self, int by);
void limner_window_step_empty (LimnerWindow *self, int direction);

/* Positions of images are others: the shown one is found again by its name. */
void limner_window_on_images_reset (LimnerWindow *self);
void limner_window_update_zoom (LimnerWindow *self);
void limner_window_on_pointer_moved (LimnerWindow *self, double x, double y, gboolean inside);

/* window-actions.c */
void limner_window_add_actions (LimnerWindow *self);

/* window-possible.c */
void limner_window_update_actions (LimnerWindow *self);

/* The commands that only a message offers. */
void limner_window_update_offers (LimnerWindow *self);

/* window-tools.c */
void limner_window_set_tool (LimnerWindow *self, const char *name);
gboolean limner_window_is_selecting (LimnerWindow *self);
void limner_window_update_hint (LimnerWindow *self);

/* What a drag has done up to here is kept; of what cannot be, @sentence says that it is given up.
 */
void limner_window_leave_drag (LimnerWindow *self, const char *sentence);

/* The same of all that the tool has begun. */
void limner_window_leave_hand (LimnerWindow *self, const char *sentence);

/* The same of a shape that waits for its class, too; one that was left without is forgotten. */
void limner_window_leave_shape (LimnerWindow *self, const char *sentence);

/* window-keys.c */
void limner_window_add_keys (LimnerWindow *self);
void limner_window_add_popovers (LimnerWindow *self);
void limner_window_remove_popovers (LimnerWindow *self);
void limner_window_open_palette (LimnerWindow *self);
void limner_window_choose_class (LimnerWindow *self);
void limner_window_class_key (LimnerWindow *self, guint number);
void limner_window_copy (LimnerWindow *self, gboolean cut);
void limner_window_paste (LimnerWindow *self);
void limner_window_name_again (LimnerWindow *self);
void limner_window_open_context_menu (LimnerWindow *self, double x, double y);

/* window-save.c */
void limner_window_save (LimnerWindow *self);
void limner_window_export (LimnerWindow *self);
void limner_window_save_elsewhere (LimnerWindow *self);

/* The dialog that settles what both changed, record by record. */
void limner_window_show_conflicts (LimnerWindow *self);

/* The image that the newest step changed, with what it changed selected. */
void limner_window_show_last_change (LimnerWindow *self);
void limner_window_update_trouble (LimnerWindow *self);
void limner_window_update_busy (LimnerWindow *self);
void limner_window_ask_in_place (LimnerWindow *self);
void limner_window_ask_take_over (LimnerWindow *self);
void limner_window_ask_close (LimnerWindow *self, const GError *error);

/* A message of the window itself, unless trouble is shown. */
void limner_window_show_banner (LimnerWindow *self,
                                LimnerBannerUse use,
                                const char *title,
                                const char *detail,
                                const char *label,
                                const char *action);
void limner_window_hide_banner (LimnerWindow *self, LimnerBannerUse use);

/* @text: translated, static; shown when the work takes a while. */
void limner_window_show_progress (LimnerWindow *self, const char *text, gboolean cancellable);
void limner_window_set_progress (LimnerWindow *self, double fraction);
void limner_window_hide_progress (LimnerWindow *self);

G_END_DECLS
