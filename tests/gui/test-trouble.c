/* SPDX-License-Identifier: MIT */

/* What the window says and does when something is wrong: nothing is lost, and there is always a way
 * on. */

#include "gui-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limner/document.h>
#include <limner/log.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static void see_kept (Gui *gui);

static gboolean
has_trouble (Gui *gui, LimnerTroubleKind kind)
{
  const LimnerTrouble *trouble =
      limner_document_get_trouble (limner_window_get_document (gui->window));

  return trouble != NULL && trouble->kind == kind;
}

static gboolean
is_saved (Gui *gui)
{
  return limner_document_get_save_state (limner_window_get_document (gui->window)) ==
         LIMNER_SAVE_SAVED;
}

static void
draw_car (Gui *gui, double x, double y)
{
  const guint n = gui_n_shapes (gui);

  gui_key (gui, "1");
  gui_key (gui, "r");
  gui_drag (gui, x, y, x + 80, y + 60);
  GUI_WAIT (gui, gui_n_shapes (gui) == n + 1);
  gui_key (gui, "Escape");
}

/* ---- others that write ---- */

typedef struct
{
  GSubprocess *process;
  GOutputStream *input;
} Holder;

/* 'limn apply' that waits for more holds the dataset. */
static Holder
hold (const char *folder)
{
  Holder holder = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  static const char line[] = "{\"op\":\"update\",\"annotation\":{\"id\":1,\"bbox\":[1,2,30,40]}}\n";
  char answer[64];

  holder.process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        g_getenv ("LIMN"), "apply", folder, "-", "--ack", NULL);
  g_assert_no_error (error);
  holder.input = g_subprocess_get_stdin_pipe (holder.process);
  g_assert_true (g_output_stream_write_all (holder.input, line, sizeof line - 1, NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (holder.input, NULL, NULL));
  /* acknowledged: from now on it is in its hands */
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (holder.process), answer,
                                        sizeof answer, NULL, NULL),
                   >, 0);
  return holder;
}

static void
let_go (Holder *holder)
{
  g_assert_true (g_output_stream_close (holder->input, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (holder->process, NULL, NULL));
  g_clear_object (&holder->process);
}

/* What cannot be opened is told beside the trouble, with what can be done about it. */
static void
open_broken (Gui *gui)
{
  g_autofree char *path = limner_test_path ("broken.json");

  g_assert_true (g_file_set_contents (path, "{\"images\":[", -1, NULL));
  GUI_CHECK (gui, !gui_is_enabled (gui, "show-failed"));
  limner_window_open (gui->window, path);
  GUI_WAIT (gui, gui_shows (gui, "“broken.json” cannot be opened"));
  GUI_WAIT (gui, gui_find_text (GTK_WIDGET (gui->window), "Show file") != NULL);
  GUI_CHECK (gui, gui_is_enabled (gui, "show-failed"));
  GUI_CHECK (gui, gui->window->banner_use == LIMNER_BANNER_TROUBLE);
}

static void
see_held (Gui *gui)
{
  g_autofree char *folder = limner_test_path ("sample");
  Holder holder = hold (folder);

  limner_window_open (gui->window, folder);
  GUI_WAIT (gui, limner_window_get_document (gui->window) != NULL);
  gui_wait_picture (gui);
  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_HELD));
  GUI_WAIT (gui, gui_shows (gui, "Try again") && gui_shows (gui, "Read-only"));
  /* what the banner offers is a command, and so is nothing else of its kind */
  GUI_CHECK (gui, gui_is_enabled (gui, "retry"));
  GUI_CHECK (gui, !gui_is_enabled (gui, "take-over") && !gui_is_enabled (gui, "save-elsewhere"));
  GUI_CHECK (gui, !gui_is_enabled (gui, "write-in-place"));
  open_broken (gui);
  /* the keyboard gets there; and what is put away can be done all the same */
  limner_window_focus_canvas (gui->window);
  gui_key (gui, "F6");
  GUI_CHECK (gui, gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (gui->window)),
                                          GTK_WIDGET (gui->window->banner)));
  gui_key (gui, "Escape");
  gui_click_widget (gui, gui_find_type (GTK_WIDGET (gui->window->banner), GTK_TYPE_BUTTON, 2), 1);
  GUI_WAIT (gui, !gtk_widget_get_mapped (GTK_WIDGET (gui->window->banner)));
  GUI_CHECK (gui, gui_is_enabled (gui, "retry"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
  gui_key (gui, "r");
  gui_drag (gui, 10, 10, 60, 60);
  GUI_CHECK (gui, gui_n_shapes (gui) == 20);
  GUI_WAIT (gui, gui_shows (gui, "reading only"));
  let_go (&holder);
  gui_key (gui, "<Control><Alt>r");
  GUI_WAIT (gui, !has_trouble (gui, LIMNER_TROUBLE_HELD));
  GUI_WAIT (gui, !gui_is_enabled (gui, "retry"));
  gui_wait_picture (gui);
  /* what the other one changed is here */
  GUI_WAIT (gui, gui_get_box (gui, 0).width == 30.0);
  draw_car (gui, 10, 10);
}

static void
test_held (void)
{
  g_autofree char *folder G_GNUC_UNUSED = gui_make_sample ();

  if (g_getenv ("LIMN") == NULL)
    {
      limner_test_skip ("the place of limn is not known (LIMN)");
      return;
    }
  gui_run (NULL, see_held);
}

/* ---- a lease: the file system has no locks ---- */

/* Somebody on another machine has the dataset, or had it. */
static void
leave_lease (const char *folder)
{
  static const char text[] = "[lease]\nuser=anna\nhost=ws12.example\npid=1\n"
                             "since=2026-01-02T03:04:05\nboot=b\nmachine=m\npid-namespace=1\n"
                             "start-time=1\ntoken=8a6e0804\nbeat=0000000007\n";
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *log = g_build_filename (folder, name, NULL);
      g_autofree char *lease = g_strconcat (log, "-lease", NULL);

      if (g_str_has_suffix (name, ".limner"))
        g_assert_true (g_file_set_contents (lease, text, -1, NULL));
    }
}

static void
see_taken_over (Gui *gui)
{
  GtkWindow *dialog;

  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_HELD));
  GUI_WAIT (gui, gui_shows (gui, "Take over…") && gui_shows (gui, "anna on ws12.example"));
  gui_key (gui, "r");
  gui_drag (gui, 10, 10, 60, 60);
  GUI_WAIT (gui, gui_shows (gui, "reading only"));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Take over…"), 1);
  GUI_WAIT (gui, (dialog = gui_find_dialog (gui)) != NULL);
  gui_focus_window (gui, dialog);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "anna on ws12.example") != NULL);
  GUI_CHECK (gui, has_trouble (gui, LIMNER_TROUBLE_HELD));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "Take over"), 1);
  GUI_WAIT (gui, !has_trouble (gui, LIMNER_TROUBLE_HELD));
  gui_wait_picture (gui);
  draw_car (gui, 10, 10);
}

static void
test_taken_over (void)
{
  g_autofree char *folder = gui_make_sample ();
  Holder holder;

  if (g_getenv ("LIMN") == NULL)
    {
      limner_test_skip ("the place of limn is not known (LIMN)");
      return;
    }
  holder = hold (folder);
  let_go (&holder);
  leave_lease (folder);
  gui_run (folder, see_taken_over);
}

/* ---- a writable file in a folder that takes no new ones ---- */

static char *forbidden; /* (nullable): the folder; its mode says nothing to root */

/* In the place of libc's. */
int
access (const char *path, int mode)
{
  if (forbidden != NULL && (mode & W_OK) != 0 && strcmp (path, forbidden) == 0)
    {
      errno = EACCES;
      return -1;
    }
  return (int) syscall (SYS_faccessat, AT_FDCWD, path, mode);
}

static void
see_in_place (Gui *gui)
{
  const char *coco = limner_document_get_path (limner_window_get_document (gui->window));
  struct stat before, after;
  GtkWindow *dialog;

  g_assert_cmpint (stat (coco, &before), ==, 0);
  draw_car (gui, 10, 10);
  GUI_WAIT (gui,
            has_trouble (gui, LIMNER_TROUBLE_READ_ONLY) && gui_shows (gui, "Write into the file…"));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Write into the file…"),
                    1);
  GUI_WAIT (gui, (dialog = gui_find_dialog (gui)) != NULL);
  gui_focus_window (gui, dialog);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "Write"), 1);
  GUI_WAIT (gui, is_saved (gui));
  g_assert_cmpint (stat (coco, &after), ==, 0);
  GUI_CHECK (gui, before.st_ino == after.st_ino && before.st_size != after.st_size);
}

static void
test_in_place (void)
{
  g_autofree char *folder = gui_make_sample ();

  forbidden = realpath (folder, NULL);
  gui_run (folder, see_in_place);
  g_clear_pointer (&forbidden, free);
  gui_run_again (folder, see_kept);
}

/* ---- what a save cannot keep ---- */

static gboolean refuses_attributes;

/* In the place of libc's. */
int
fsetxattr (int fd, const char *name, const void *value, size_t size, int flags)
{
  if (!refuses_attributes)
    return (int) syscall (SYS_fsetxattr, fd, name, value, size, flags);
  errno = EPERM;
  return -1;
}

static void
see_losses (Gui *gui)
{
  const char *coco = limner_document_get_path (limner_window_get_document (gui->window));

  if (setxattr (coco, "user.note", "kept", 4, 0) != 0)
    {
      limner_test_skip ("the file system has no extended attributes");
      return;
    }
  refuses_attributes = TRUE;
  draw_car (gui, 300, 390);
  gui_key (gui, "<Control>s");
  GUI_WAIT (gui, gui_shows (gui, "could not keep: user.note"));
  GUI_WAIT (gui, is_saved (gui));
  refuses_attributes = FALSE;
}

static void
test_losses (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_losses);
}

static void
replace_in_file (const char *path, const char *from, const char *to)
{
  g_autofree char *content = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *changed = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  parts = g_strsplit (content, from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  changed = g_strjoinv (to, parts);
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
}

static void
see_replaced (Gui *gui)
{
  g_autofree char *path = limner_test_path ("sample/_annotations.coco.json");

  GUI_CHECK (gui, gui_get_box (gui, 0).x == 78.0);
  replace_in_file (path, "[78, 336, 106, 99]", "[79, 337, 100, 90]");
  GUI_WAIT (gui, gui_get_box (gui, 0).x == 79.0);
  GUI_WAIT (gui, gui_shows (gui, "changed by another program"));
  draw_car (gui, 300, 390);
  gui_key (gui, "<Control>s");
  GUI_WAIT (gui, is_saved (gui));
}

static void
test_replaced (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *content = NULL;

  gui_run (folder, see_replaced);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "[79, 337, 100, 90]"));
}

static GtkWindow *
open_conflicts (Gui *gui)
{
  GtkWindow *dialog = NULL;
  const gint64 until = gui_deadline ();

  while ((dialog = gui_find_dialog (gui)) == NULL && gui_turn (gui, until))
    ;
  if (dialog != NULL)
    gui_focus_window (gui, dialog);
  return dialog;
}

/* Our boxes move right, theirs are elsewhere: the first two records of the sample. */
static void
make_conflicts (Gui *gui)
{
  g_autofree char *path = limner_test_path ("sample/_annotations.coco.json");
  g_autofree char *content = NULL;
  g_auto (GStrv) first = NULL;
  g_autofree char *one = NULL;
  g_auto (GStrv) second = NULL;
  g_autofree char *both = NULL;

  gui_move (gui, 320, 20);
  gui_click (gui, 130, 380);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  gui_key (gui, "Right");
  GUI_WAIT (gui, gui_get_box (gui, 0).x == 79.0);
  gui_click (gui, 110, 280);
  gui_key (gui, "Right");
  GUI_WAIT (gui, gui_get_box (gui, 1).x == 64.0);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  first = g_strsplit (content, "[78, 336, 106, 99]", 2);
  one = g_strjoinv ("[60, 300, 106, 99]", first);
  second = g_strsplit (one, "[63, 237, 106, 99]", 2);
  both = g_strjoinv ("[63, 220, 106, 99]", second);
  /* before the file is written after the pause */
  g_assert_true (g_file_set_contents (path, both, -1, NULL));
  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_CONFLICT));
}

static guint
n_conflicts (Gui *gui)
{
  return limner_document_get_conflicts (limner_window_get_document (gui->window))->len;
}

/* One by one, by keys; the rest waits, and is found again. */
static void
see_conflict (Gui *gui)
{
  GtkWindow *dialog;

  make_conflicts (gui);
  GUI_CHECK (gui, n_conflicts (gui) == 2);
  GUI_WAIT (gui, gui_shows (gui, "Compare…"));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Compare…"), 1);
  GUI_WAIT (gui, (dialog = open_conflicts (gui)) != NULL);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "Annotation 1 on") != NULL);
  GUI_CHECK (gui, gui_find_text (GTK_WIDGET (dialog), "1 of 2") != NULL);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "106 × 99 at 78, 336") != NULL);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "106 × 99 at 60, 300") != NULL);
  GUI_CHECK (gui, gui_find_part (GTK_WIDGET (dialog), "106 × 99 at 79, 336") != NULL);
  if (g_getenv ("LIMNER_SHOT") != NULL)
    gui_screenshot (gui, g_getenv ("LIMNER_SHOT"));
  gui_key (gui, "Right");
  GUI_WAIT (gui, gui_find_text (GTK_WIDGET (dialog), "2 of 2") != NULL);
  gui_key (gui, "Left");
  GUI_WAIT (gui, gui_find_text (GTK_WIDGET (dialog), "1 of 2") != NULL);
  gui_key (gui, "m");
  GUI_WAIT (gui, n_conflicts (gui) == 1);
  GUI_WAIT (gui, gui_find_text (GTK_WIDGET (dialog), "1 of 1") != NULL);
  GUI_CHECK (gui, has_trouble (gui, LIMNER_TROUBLE_CONFLICT));
  gui_key (gui, "Escape");
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  GUI_CHECK (gui, n_conflicts (gui) == 1);

  gui_key (gui, "<Control><Alt>c");
  GUI_WAIT (gui, (dialog = open_conflicts (gui)) != NULL);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "Show in image"), 1);
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  GUI_WAIT (gui, gui_n_selected (gui) == 1);

  gui_key (gui, "<Control><Alt>c");
  GUI_WAIT (gui, (dialog = open_conflicts (gui)) != NULL);
  gui_key (gui, "t");
  GUI_WAIT (gui, !has_trouble (gui, LIMNER_TROUBLE_CONFLICT));
  GUI_WAIT (gui, gui_find_dialog (gui) == NULL);
  GUI_CHECK (gui, gui_get_box (gui, 0).x == 79.0);
  GUI_WAIT (gui, is_saved (gui));
}

static void
test_conflict (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *path = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *content = NULL;

  gui_run (folder, see_conflict);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, "[79, 336, 106, 99]"));
}

/* All at once, with the pointer. */
static void
see_all_theirs (Gui *gui)
{
  GtkWindow *dialog;

  make_conflicts (gui);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Compare…"), 1);
  GUI_WAIT (gui, (dialog = open_conflicts (gui)) != NULL);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (dialog), "All theirs"), 1);
  GUI_WAIT (gui, !has_trouble (gui, LIMNER_TROUBLE_CONFLICT));
  GUI_WAIT (gui, gui_get_box (gui, 0).x == 60.0);
  gui_key (gui, "<Control>z");
  GUI_WAIT (gui, gui_get_box (gui, 0).x == 79.0);
  GUI_WAIT (gui, is_saved (gui));
}

static void
test_all_theirs (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_all_theirs);
}

static void
see_kept (Gui *gui)
{
  GUI_WAIT (gui, gui_n_shapes (gui) == 21);
}

/* The folder is moved away while it is open, and comes back. */
static void
see_gone (Gui *gui)
{
  g_autofree char *folder = limner_test_path ("sample");
  g_autofree char *away = limner_test_path ("away");

  g_assert_cmpint (g_rename (folder, away), ==, 0);
  draw_car (gui, 300, 390);
  gui_key (gui, "<Control>s");
  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_GONE) ||
                     has_trouble (gui, LIMNER_TROUBLE_SAVE_FAILED));
  GUI_WAIT (gui, gui_shows (gui, "Try again") && gui_shows (gui, "Save elsewhere…"));
  GUI_CHECK (gui, gui_n_shapes (gui) == 21);
  g_assert_cmpint (g_rename (away, folder), ==, 0);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Try again"), 1);
  GUI_WAIT (gui, is_saved (gui));
  GUI_CHECK (gui, gui_n_shapes (gui) == 21);
}

static void
test_gone (void)
{
  g_autofree char *folder = gui_make_sample ();

  gui_run (folder, see_gone);
  gui_run (folder, see_kept);
}

/* What a session that was killed had done is back, said, and shown. */
static void
see_recovered (Gui *gui)
{
  GUI_WAIT (gui, gui_shows (gui, "brought back"));
  GUI_CHECK (gui, g_str_equal (gui_get_image_name (gui), "blood-1.jpg"));
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window), "Show"), 1);
  GUI_WAIT (gui, g_str_equal (gui_get_image_name (gui), "highway-1.jpg"));
  GUI_WAIT (gui, gui_n_selected (gui) == 1);
  GUI_CHECK (gui, gui_n_shapes (gui) == 8);
}

/* A session that added a box to highway-1.jpg and was killed; FALSE, and said so, where there is no
 * limn. */
static gboolean
add_and_kill (const char *folder, int x)
{
  g_autofree char *line =
      g_strdup_printf ("{\"op\":\"create\",\"annotation\":{\"image_id\":3,\"category_id\":1,"
                       "\"bbox\":[%d,20,40,30],\"area\":1200,\"iscrowd\":0,\"segmentation\":[]}}\n",
                       x);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char answer[64];

  if (g_getenv ("LIMN") == NULL)
    {
      limner_test_skip ("the place of limn is not known (LIMN)");
      return FALSE;
    }
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error, g_getenv ("LIMN"), "apply", folder, "-", "--ack", NULL);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), line,
                                            strlen (line), NULL, NULL, NULL));
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (process), answer,
                                        sizeof answer, NULL, NULL),
                   >, 0);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  return TRUE;
}

static void
test_recovered (void)
{
  g_autofree char *folder = gui_make_sample ();

  if (add_and_kill (folder, 20))
    gui_run (folder, see_recovered);
}

#define N_SAMPLE 32 /* annotations of the sample */

/* Ours is shown, somebody else's is told of and comes in at the next opening. */
static void
see_parted (Gui *gui)
{
  LimnerDataset *dataset = limner_document_get_dataset (gui->window->document);

  GUI_WAIT (gui, gui_shows (gui, "Somebody else made 1 change"));
  GUI_CHECK (gui, gui_shows (gui, "Changes waiting"));
  GUI_CHECK (gui, limner_dataset_get_n_annotations (dataset) == N_SAMPLE + 1);
}

static void
see_together (Gui *gui)
{
  LimnerDataset *dataset = limner_document_get_dataset (gui->window->document);

  GUI_WAIT (gui, gui_shows (gui, "brought back"));
  GUI_WAIT (gui, is_saved (gui) && !gui_shows (gui, "Somebody else"));
  GUI_CHECK (gui, limner_dataset_get_n_annotations (dataset) == N_SAMPLE + 2);
}

static void
test_parted (void)
{
  g_autofree char *folder = gui_make_sample ();
  g_autofree char *coco = g_build_filename (folder, "_annotations.coco.json", NULL);
  g_autofree char *beside = limner_workspace_dup_path (coco, FALSE);
  g_autofree char *in_state = limner_workspace_dup_path (coco, TRUE);
  g_autofree char *kept = limner_test_path ("ours.limner");
  g_autofree char *state = g_path_get_dirname (in_state);
  g_autoptr (LimnerWorkspace) ours = NULL;

  if (!add_and_kill (folder, 20))
    return;
  /* so that all of it is in one file */
  ours = limner_workspace_open (beside, FALSE, NULL, NULL);
  limner_workspace_close (ours);
  g_assert_cmpint (g_rename (beside, kept), ==, 0);
  g_assert_true (add_and_kill (folder, 90));
  g_assert_cmpint (g_mkdir_with_parents (state, 0700), ==, 0);
  g_assert_cmpint (g_rename (kept, in_state), ==, 0);
  /* the log in the state folder stays */
  gui_run_again (folder, see_parted);
  gui_run_again (folder, see_together);
}

/* ---- the disk ---- */

/* A disk of our own, where that is allowed; see main(). */
static gboolean
mount_disk (const char *path, const char *options)
{
  g_mkdir (path, 0700);
  if (mount ("limner-test", path, "tmpfs", 0, options) == 0)
    return TRUE;
  limner_test_skip ("no file system may be mounted here: full and read-only disks were not tried");
  return FALSE;
}

static void
fill_disk (const char *path)
{
  char block[4096] = { 0 };
  FILE *file = fopen (path, "we");

  while (fwrite (block, 1, sizeof block, file) == sizeof block && fflush (file) == 0)
    ;
  fclose (file);
}

static void
see_full (Gui *gui)
{
  g_autofree char *filler = limner_test_path ("disk/filler");

  gui_key (gui, "r");
  gui_drag (gui, 10, 10, 100, 100);
  GUI_WAIT (gui, gtk_widget_get_mapped (GTK_WIDGET (gui->window->class_popup)));
  gui_type (gui, "cell");
  gui_key (gui, "Return");
  GUI_WAIT (gui, gui_n_shapes (gui) == 1);
  gui_key (gui, "<Control>s");
  GUI_WAIT (gui, is_saved (gui));
  fill_disk (filler);
  gui_key (gui, "Escape");
  for (guint i = 0; i < 40 && has_trouble (gui, LIMNER_TROUBLE_NONE); i++)
    gui_drag (gui, 110 + 10 * i, 110, 115 + 10 * i, 200);
  gui_key (gui, "<Control>s");
  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_NOT_DURABLE) ||
                     has_trouble (gui, LIMNER_TROUBLE_SAVE_FAILED));
  GUI_WAIT (gui, gui_shows (gui, "full") && gui_shows (gui, "Try again"));
  g_assert_cmpint (g_remove (filler), ==, 0);
  gui_click_widget (gui, gui_find_text (GTK_WIDGET (gui->window->banner), "Try again"), 1);
  GUI_WAIT (gui, is_saved (gui));
}

static void
see_all_of_it (Gui *gui)
{
  GUI_CHECK (gui, gui_n_shapes (gui) > 1);
}

static void
test_full (void)
{
  g_autofree char *disk = limner_test_path ("disk");

  if (!mount_disk (disk, "size=400k"))
    return;
  gui_copy_picture ("blood-2.jpg", disk, "a.jpg");
  gui_run (disk, see_full);
  gui_run (disk, see_all_of_it);
  g_assert_cmpint (umount (disk), ==, 0);
}

static void
see_read_only (Gui *gui)
{
  draw_car (gui, 10, 10);
  GUI_WAIT (gui, has_trouble (gui, LIMNER_TROUBLE_READ_ONLY));
  GUI_WAIT (gui, gui_shows (gui, "Kept on this computer") && gui_shows (gui, "Export…"));
}

static void
test_read_only (void)
{
  g_autofree char *disk = limner_test_path ("disk");

  if (!mount_disk (disk, "size=4m"))
    return;
  gui_copy_sample (disk);
  g_assert_cmpint (mount ("limner-test", disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  gui_run (disk, see_read_only);
  gui_run_again (disk, see_kept);
  g_assert_cmpint (umount (disk), ==, 0);
}

/* File systems that only this process sees, so that it can have a disk that is full. */
static void
enter_own_mounts (void)
{
  const guint uid = getuid ();
  const guint gid = getgid ();
  g_autofree char *uid_map = g_strdup_printf ("%u %u 1\n", uid, uid);
  g_autofree char *gid_map = g_strdup_printf ("%u %u 1\n", gid, gid);
  FILE *file;

  if (unshare (CLONE_NEWNS) == 0)
    {
      mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
      return;
    }
  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return;
  for (guint i = 0; i < 3; i++)
    {
      static const char *const paths[] = { "/proc/self/setgroups", "/proc/self/uid_map",
                                           "/proc/self/gid_map" };
      const char *texts[] = { "deny", uid_map, gid_map };

      if ((file = fopen (paths[i], "we")) == NULL)
        continue;
      fputs (texts[i], file);
      fclose (file);
    }
}

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = {
    { "held", test_held },
    { "taken-over", test_taken_over },
    { "losses", test_losses },
    { "in-place", test_in_place },
    { "replaced", test_replaced },
    { "conflict", test_conflict },
    { "all-theirs", test_all_theirs },
    { "gone", test_gone },
    { "recovered", test_recovered },
    { "parted", test_parted },
    { "full", test_full },
    { "read-only", test_read_only },
    { NULL },
  };

  enter_own_mounts ();
  return limner_test_main (argc, argv, "gui-trouble", cases);
}
