/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "test-workspace-faults"

#include "workspace-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#define SKIPPED 77

/* ---- faults: what the program under test calls instead of the C library ---- */

static gboolean fake_nfs;
static gint syncs_until_fault;  /* 0: none */
static gint n_interruptions;    /* of syncs, before one gets through */
static gint writes_until_fault; /* 0: none */
static int write_fault;

int
statfs (const char *path, struct statfs *info)
{
  int result = syscall (SYS_statfs, path, info);

  if (result == 0 && fake_nfs)
    info->f_type = 0x6969;
  return result;
}

static gboolean
is_due (gint *countdown)
{
  return *countdown > 0 && --*countdown == 0;
}

static int
sync_fd (int fd, long call)
{
  if (n_interruptions > 0)
    {
      n_interruptions--;
      errno = EINTR;
      return -1;
    }
  if (!is_due (&syncs_until_fault))
    return syscall (call, fd);
  errno = EIO;
  return -1;
}

int
fsync (int fd)
{
  return sync_fd (fd, SYS_fsync);
}

int
fdatasync (int fd)
{
  return sync_fd (fd, SYS_fdatasync);
}

static gssize
fake_pwrite (int fd, const void *data, gsize size, off_t offset)
{
  if (!is_due (&writes_until_fault))
    return syscall (SYS_pwrite64, fd, data, size, offset);
  errno = write_fault;
  return -1;
}

static void
set_pwrite (sqlite3_syscall_ptr replacement)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  vfs->xSetSystemCall (vfs, "pwrite", replacement);
  vfs->xSetSystemCall (vfs, "pwrite64", replacement);
}

/* ---- two programs ---- */

static void
run_holder (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  g_assert_true (append_step (workspace, 1, NULL));
  tell (to_parent, 1);
  for (;;)
    pause ();
}

static void
test_second_program (void)
{
  Child child = start_child (run_holder);
  g_autofree char *path = log_path ();
  g_autofree char *holder_path = g_strconcat (path, "-holder", NULL);
  g_autofree char *who = g_strdup_printf ("%s on %s (process %d)", g_get_user_name (),
                                          g_get_host_name (), (int) child.pid);
  g_autoptr (LimnerWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autofree char *self = NULL;
  gint64 start;
  gint64 ready;

  g_assert_true (read_number (&child, &ready));
  assert_busy (who);

  /* what the file says is shown as plain text, and only if it can be true */
  g_file_set_contents (holder_path,
                       "[holder]\nuser=a\\n\xe2\x80\xae<b>\nhost=\x1b[1m\npid=1\nsince=now\n", -1,
                       NULL);
  assert_busy ("held by a\xef\xbf\xbd\xef\xbf\xbd<b> on \xef\xbf\xbd[1m (process 1) since now");
  g_file_set_contents (holder_path, "[holder]\nuser=", -1, NULL);
  assert_busy ("held by another program");
  g_unlink (holder_path);
  g_assert_cmpint (symlink ("/dev/zero", holder_path), ==, 0);
  assert_busy ("held by another program");

  kill_child (&child);
  start = g_get_monotonic_time ();
  while ((workspace = limner_workspace_open (path, TRUE, NULL, NULL)) == NULL &&
         g_get_monotonic_time () - start < 2 * G_USEC_PER_SEC)
    g_usleep (10000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_assert_nonnull (workspace);
  g_assert_false (g_file_test (holder_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (limner_log_lease (LIMNER_LOG (workspace), &self, NULL));
  g_assert_nonnull (strstr (self, g_get_user_name ()));
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
  g_assert_cmpuint (steps->len, ==, 1);
  assert_busy ("held by"); /* in the same process, too */
  g_assert_true (append_step (workspace, 2, NULL));
  limner_workspace_close (workspace);
  assert_only_names (".set.json.limner");
  close (child.from_child);
}

static void
run_appender (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GPtrArray) steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);

  for (gint64 id = steps->len + 1;; id++)
    {
      if (!append_step (workspace, id, NULL))
        _exit (3);
      tell (to_parent, id);
    }
}

static void
test_killed (void)
{
  gint64 acknowledged = 0;

  for (guint round = 0; round < 30; round++)
    {
      Child child = start_child (run_appender);
      guint n_wanted = g_test_rand_int_range (1, 120);
      gint64 id;

      for (guint i = 0; i < n_wanted && read_number (&child, &id); i++)
        acknowledged = id;
      kill_child (&child);
      while (read_number (&child, &id))
        acknowledged = id;
      close (child.from_child);
      /* the next child recovers it by itself every other time */
      if (round % 2 == 0)
        acknowledged = assert_recovered (acknowledged);
    }
  g_assert_cmpint (acknowledged, >, 30);
  assert_recovered (acknowledged);
}

static void
test_killed_while_made (void)
{
  for (guint round = 0; round < 30; round++)
    {
      Child child = start_child (run_appender);
      g_autofree char *path = log_path ();
      gint64 acknowledged = 0;
      gint64 id;

      g_usleep (g_test_rand_int_range (0, 8000));
      kill_child (&child);
      while (read_number (&child, &id))
        acknowledged = id;
      close (child.from_child);
      if (assert_recovered (acknowledged) > 0)
        g_unlink (path);
    }
}

/* Makes and removes an unused log many times, then adds one step to what is there. */
static void
run_competitor (int to_parent)
{
  g_autofree char *path = log_path ();
  gint64 start = g_get_monotonic_time ();
  guint n_made = 0;

  while (g_get_monotonic_time () - start < 30 * G_USEC_PER_SEC)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnerWorkspace) workspace = limner_workspace_open (path, TRUE, NULL, &error);
      g_autoptr (GPtrArray) steps = NULL;

      if (workspace == NULL && g_error_matches (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY))
        continue;
      g_assert_no_error (error);
      if (workspace == NULL || n_made++ < 10)
        continue;
      steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
      g_assert_true (append_step (workspace, steps->len + 1, NULL));
      tell (to_parent, 1);
      return;
    }
}

static void
test_competing (void)
{
  g_autofree char *path = log_path ();

  for (guint round = 0; round < 3; round++)
    {
      Child children[3];
      gint64 number;

      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        children[i] = start_child (run_competitor);
      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        {
          int status;

          g_assert_true (read_number (&children[i], &number));
          close (children[i].from_child);
          waitpid (children[i].pid, &status, 0);
          g_assert_cmpint (status, ==, 0);
        }
      g_assert_cmpuint (assert_recovered (3), ==, 3);
      assert_only_names (".set.json.limner");
      g_unlink (path);
    }
}

/* ---- failing disks ---- */

static void
fill_disk (const char *path)
{
  static const char block[4096];
  int fd = open (path, O_WRONLY | O_CREAT, 0600);

  while (write (fd, block, sizeof block) > 0)
    continue;
  close (fd);
}

/* In a file system of its own, which has 4 MiB. */
static void
run_on_full_disk (int to_parent)
{
  g_autofree char *path = log_path ();
  g_autofree char *filler = limner_test_path ("filler");
  g_autoptr (LimnerWorkspace) workspace = open_log ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  gint64 id = 1;
  gint64 n_extra;

  for (; id <= 10; id++)
    g_assert_true (append_step (workspace, id, NULL));
  fill_disk (filler);
  for (n_extra = 0; append_step (workspace, id, &error) && n_extra < 100000; id++)
    n_extra++;
  g_test_message ("%d edits fit into the room", (int) n_extra);
  g_assert_cmpint (n_extra, >=, 215);
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "full"));
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, NULL);
  g_assert_cmpint (steps->len, ==, id - 1);
  g_unlink (filler);
  for (guint i = 0; i < 5; i++, id++)
    g_assert_true (append_step (workspace, id, NULL));
  limner_workspace_close (workspace);
  g_assert_cmpint (assert_recovered (id - 1), ==, id - 1);

  /* and a full disk from the start leaves nothing behind */
  g_unlink (path);
  fill_disk (filler);
  g_clear_error (&error);
  g_assert_null (limner_workspace_open (path, TRUE, NULL, &error));
  g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  assert_only_names ("filler");
}

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  close (fd);
  return done;
}

static void
run_in_small_disk (int to_parent)
{
  g_autofree char *users = g_strdup_printf ("0 %d 1", (int) geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %d 1", (int) getegid ());

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_file ("/proc/self/uid_map", users) ||
      !write_file ("/proc/self/setgroups", "deny") || !write_file ("/proc/self/gid_map", groups) ||
      mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("tmpfs", limner_test_dir (), "tmpfs", 0, "size=4m") != 0)
    _exit (SKIPPED);
  run_on_full_disk (to_parent);
}

static void
test_full_disk (void)
{
  Child child = start_child (run_in_small_disk);
  int status;

  g_assert_cmpint (waitpid (child.pid, &status, 0), ==, child.pid);
  close (child.from_child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == SKIPPED)
    limner_test_skip ("a file system of one's own (unshare -Urm) is not permitted here");
  else
    g_assert_cmpint (status, ==, 0);
}

/* Six steps, the fault somewhere among them; what fails is tried again, as a document does. */
static void
append_under_fault (void)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  writes_until_fault *= -1;
  syncs_until_fault *= -1;
  for (gint64 id = 2; id <= 6; id++)
    {
      g_autoptr (GError) error = NULL;

      if (append_step (workspace, id, &error))
        continue;
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_true (append_step (workspace, id, NULL));
    }
  limner_workspace_close (workspace);
}

static void
test_failing_calls (void)
{
  static const int codes[] = { EIO, ENOSPC, EDQUOT, 0 };

  set_pwrite ((sqlite3_syscall_ptr) fake_pwrite);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gint left = 0;

      /* until a run ends before its fault; the room takes some 300 writes, of which a few do */
      for (gint n = 1; left == 0; n += n < 20 || codes[i] == 0 ? 1 : 23)
        {
          gint *countdown = codes[i] != 0 ? &writes_until_fault : &syncs_until_fault;

          make_log (1);
          write_fault = codes[i];
          *countdown = -n;
          append_under_fault ();
          left = MAX (*countdown, 0);
          *countdown = 0;
          g_assert_cmpint (assert_recovered (6), ==, 6);
        }
    }
  set_pwrite (NULL);
}

/* The same while it is made: an error, and then as if nothing had been tried. */
static void
test_failing_creation (void)
{
  static const int codes[] = { EIO, ENOSPC, 0 };
  g_autofree char *path = log_path ();

  set_pwrite ((sqlite3_syscall_ptr) fake_pwrite);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gboolean made = FALSE;

      for (gint n = 1; !made; n += codes[i] == 0 || n < 10 ? 1 : 23)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (LimnerWorkspace) workspace = NULL;

          writes_until_fault = codes[i] != 0 ? n : 0;
          syncs_until_fault = codes[i] == 0 ? n : 0;
          write_fault = codes[i];
          workspace = limner_workspace_open (path, TRUE, NULL, &error);
          made = workspace != NULL;
          writes_until_fault = syncs_until_fault = 0;
          if (!made)
            {
              g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
              assert_only_names (".set.json.limner"); /* whole, without its folder synced */
              workspace = open_log ();
            }
          g_assert_nonnull (workspace);
          g_clear_object (&workspace);
          assert_only_names ("");
        }
    }
  set_pwrite (NULL);
}

/* By signals: it is done again, but not for ever. */
static void
test_interrupted_sync (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnerWorkspace) workspace = NULL;

  for (guint nfs = 0; nfs < 2; nfs++)
    {
      fake_nfs = nfs;
      n_interruptions = 5;
      workspace = open_log ();
      g_assert_cmpint (n_interruptions, ==, 0);
      for (gint64 id = 1; id <= 3; id++)
        {
          n_interruptions = 5;
          g_assert_true (append_step (workspace, id, &error));
          g_assert_no_error (error);
          g_assert_cmpint (n_interruptions, ==, 0);
        }
      n_interruptions = G_MAXINT;
      g_assert_false (append_step (workspace, 4, &error));
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      n_interruptions = 0;
      g_clear_error (&error);
      g_clear_object (&workspace);
      g_assert_cmpint (assert_recovered (3), >=, 3);
      g_unlink (path);
    }
  fake_nfs = FALSE;
}

static void
test_removed_while_open (void)
{
  static const char *const suffixes[] = { "", "-wal" };
  g_autofree char *path = log_path ();

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);
      g_autoptr (LimnerWorkspace) workspace = open_log ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) sync_error = NULL;

      g_assert_true (append_step (workspace, 1, NULL));
      g_assert_cmpint (unlink (name), ==, 0);
      g_assert_false (append_step (workspace, 2, &error));
      g_assert_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_false (limner_log_sync (LIMNER_LOG (workspace), &sync_error));
      g_assert_error (sync_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
      g_assert_false (limner_log_lease (LIMNER_LOG (workspace), NULL, NULL));
      limner_workspace_close (workspace);
      if (i == 1)
        {
          /* the log itself had everything once it was closed */
          g_assert_cmpint (assert_recovered (1), ==, 1);
        }
      g_unlink (path);
      g_autofree char *wal = g_strconcat (path, "-wal", NULL);
      g_unlink (wal);
    }
}

/* ---- other ways to open ---- */

static void
assert_read_only (guint n_steps)
{
  g_autofree char *path = log_path ();
  g_autofree char *before = dup_listing ();
  g_autofree char *after = NULL;
  g_autofree char *closed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autoptr (LimnerWorkspace) workspace = limner_workspace_open_read_only (path, &error);
  g_autoptr (GPtrArray) steps = NULL;
  LimnerLogState state;

  g_assert_no_error (error);
  g_assert_cmpstr (limner_workspace_get_path (workspace), ==, path);
  steps = limner_log_replay (LIMNER_LOG (workspace), 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (steps->len, ==, n_steps);
  g_assert_true (limner_log_read_state (LIMNER_LOG (workspace), &state, NULL));
  g_assert_false (append_step (workspace, 9, &write_error));
  g_assert_error (write_error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_WRITE);
  g_assert_false (limner_log_write_state (LIMNER_LOG (workspace), &state, NULL));
  g_assert_false (limner_log_set_value (LIMNER_LOG (workspace), "a", "b", NULL));
  g_assert_false (limner_log_lease (LIMNER_LOG (workspace), NULL, NULL));
  after = dup_listing ();
  g_assert_cmpstr (before, ==, after);
  limner_workspace_close (workspace);
  closed = dup_listing ();
  g_assert_cmpstr (before, ==, closed);
}

static void
run_three_steps (int to_parent)
{
  g_autoptr (LimnerWorkspace) workspace = open_log ();

  for (gint64 id = 1; id <= 3; id++)
    g_assert_true (append_step (workspace, id, NULL));
  tell (to_parent, 3);
  pause ();
}

static void
test_read_only (void)
{
  g_autofree char *path = log_path ();
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);

  for (guint nfs = 0; nfs < 2; nfs++)
    {
      Child child;
      gint64 number;

      fake_nfs = nfs;
      make_log (4);
      assert_read_only (4);
      g_unlink (path);
      child = start_child (run_three_steps);
      g_assert_true (read_number (&child, &number));
      kill_child (&child);
      close (child.from_child);
      /* what the crash left is read, and left */
      g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS) == !nfs);
      assert_read_only (3);
      g_assert_cmpint (assert_recovered (3), ==, 3);
    }
  fake_nfs = FALSE;
}

static guint
count_copies (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_get_tmp_dir (), 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *log = g_build_filename (g_get_tmp_dir (), name, "log", NULL);

      if (g_file_test (log, G_FILE_TEST_EXISTS))
        n++;
    }
  return n;
}

/* The copy is gone when it has been opened, and when it could not be. */
static void
test_read_only_copy (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (LimnerWorkspace) workspace = NULL;
  guint n_before = count_copies ();

  make_log (4);
  workspace = limner_workspace_open_read_only (path, NULL);
  g_assert_nonnull (workspace);
  g_assert_cmpuint (count_copies (), ==, n_before);
  g_clear_object (&workspace);
  run_sql (path, "CREATE TABLE more(x)");
  g_assert_null (limner_workspace_open_read_only (path, NULL));
  g_assert_cmpuint (count_copies (), ==, n_before);
}

static void
test_remote (void)
{
  g_autofree char *path = log_path ();
  g_autoptr (LimnerWorkspace) workspace = NULL;

  /* made locally, then used over the network, and back */
  for (guint round = 0; round < 4; round++)
    {
      fake_nfs = round % 2 == 1;
      workspace = open_log ();
      assert_busy ("held by"); /* the lease is there before the first edit */
      g_assert_true (append_step (workspace, round + 1, NULL));
      assert_only_names (fake_nfs
                             ? ".set.json.limner .set.json.limner-journal .set.json.limner-holder"
                             : ".set.json.limner .set.json.limner-wal .set.json.limner-holder");
      g_clear_object (&workspace);
      assert_only_names (".set.json.limner");
      g_assert_cmpint (assert_recovered (round + 1), ==, round + 1);
    }
  g_unlink (path);
  fake_nfs = TRUE;
  workspace = open_log ();
  g_clear_object (&workspace);
  assert_only_names ("");
  fake_nfs = FALSE;
}

static const LimnerTestCase cases[] = {
  { "second-program", test_second_program },
  { "killed", test_killed },
  { "killed-while-made", test_killed_while_made },
  { "competing", test_competing },
  { "full-disk", test_full_disk },
  { "failing-calls", test_failing_calls },
  { "failing-creation", test_failing_creation },
  { "interrupted-sync", test_interrupted_sync },
  { "removed-while-open", test_removed_while_open },
  { "read-only", test_read_only },
  { "read-only-copy", test_read_only_copy },
  { "remote", test_remote },
  { NULL, NULL },
};

int
main (int argc, char **argv)
{
  return limner_test_main (argc, argv, "workspace-faults", cases);
}
