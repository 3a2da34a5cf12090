/* SPDX-License-Identifier: MIT */

/*
 * Times any program from outside, on its X screen, so that peers are measured like ourselves.
 *
 *   watch [-i X0,Y0,X1,Y1] start QUIET_MS -- COMMAND...
 *       from exec until the last change before QUIET_MS of quiet; memory (PSS) then
 *   watch [-i X0,Y0,X1,Y1] keys KEYSYM N QUIET_MS -- COMMAND...
 *       starts it, waits for quiet, sends the key N times, each after quiet: time from key to the
 *       first changed pixel and to the last one; memory at the end
 *
 * -i: changes inside this rectangle of the screen do not count. The server tells when something was
 * drawn, so that watching takes nothing from the program, and only then pixels are compared.
 *
 * Prints 'name value' lines; times in milliseconds, memory in MiB.
 */

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/XTest.h>
#include <X11/extensions/Xdamage.h>
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#define TIMEOUT_MS 60000.0

typedef struct
{
  Display *display;
  Window root;
  XImage *image;
  XShmSegmentInfo segment;
  Damage damage;
  int damage_event;
  int ignored[4]; /* x0, y0, x1, y1 */
} Watched;

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000;
}

static gboolean
screen_open (Watched *self)
{
  int number, error_base;

  self->display = XOpenDisplay (NULL);
  if (self->display == NULL)
    return FALSE;
  number = DefaultScreen (self->display);
  self->root = RootWindow (self->display, number);
  self->image = XShmCreateImage (self->display, DefaultVisual (self->display, number),
                                 (unsigned) DefaultDepth (self->display, number), ZPixmap, NULL,
                                 &self->segment, (unsigned) DisplayWidth (self->display, number),
                                 (unsigned) DisplayHeight (self->display, number));
  self->segment.shmid =
      shmget (IPC_PRIVATE, (size_t) self->image->bytes_per_line * (size_t) self->image->height,
              IPC_CREAT | 0600);
  self->segment.shmaddr = self->image->data = shmat (self->segment.shmid, NULL, 0);
  XShmAttach (self->display, &self->segment);
  XSync (self->display, False);
  shmctl (self->segment.shmid, IPC_RMID, NULL);
  if (!XDamageQueryExtension (self->display, &self->damage_event, &error_base))
    return FALSE;
  self->damage = XDamageCreate (self->display, self->root, XDamageReportNonEmpty);
  return TRUE;
}

static guint64
screen_hash (Watched *self)
{
  const int right = MIN (self->ignored[2], self->image->width);

  XShmGetImage (self->display, self->root, self->image, 0, 0, AllPlanes);
  for (int y = self->ignored[1];
       self->ignored[0] < right && y < MIN (self->ignored[3], self->image->height); y++)
    memset (self->image->data + (gsize) y * (gsize) self->image->bytes_per_line +
                (gsize) self->ignored[0] * 4,
            0, (gsize) (right - self->ignored[0]) * 4);
  return XXH3_64bits (self->image->data,
                      (gsize) self->image->bytes_per_line * (gsize) self->image->height);
}

/* Waits until something was drawn, at most @ms. */
static gboolean
wait_drawn (Watched *self, double ms)
{
  const double end = now_ms () + ms;
  gboolean drawn = FALSE;

  while (!drawn && now_ms () < end)
    {
      struct pollfd fd = { .fd = ConnectionNumber (self->display), .events = POLLIN };

      XFlush (self->display);
      if (XPending (self->display) == 0)
        poll (&fd, 1, (int) MAX (1, end - now_ms ()));
      while (XPending (self->display) > 0)
        {
          XEvent event;

          XNextEvent (self->display, &event);
          drawn |= event.type == self->damage_event + XDamageNotify;
        }
    }
  if (drawn)
    XDamageSubtract (self->display, self->damage, None, None);
  return drawn;
}

/* Watches until nothing has changed for @quiet_ms; first and last change after @since, or -1. */
static void
watch (Watched *screen, guint64 before, double since, double quiet_ms, double *first, double *last)
{
  *first = *last = -1;
  for (;;)
    {
      const double quiet_until = *first >= 0 ? since + *last + quiet_ms : since + TIMEOUT_MS;
      double now;
      guint64 hash;

      if (now_ms () >= quiet_until)
        return;
      if (!wait_drawn (screen, quiet_until - now_ms ()))
        continue;
      now = now_ms () - since;
      hash = screen_hash (screen);
      if (hash == before)
        continue;
      before = hash;
      *last = now;
      if (*first < 0)
        *first = now;
    }
}

/* Memory of all processes of the group: shared pages count by their share. */
static double
group_pss_mib (pid_t group)
{
  g_autofree char *pids = NULL;
  g_autofree char *command = g_strdup_printf ("pgrep -g %d", group);
  g_auto (GStrv) lines = NULL;
  double kib = 0;

  if (!g_spawn_command_line_sync (command, &pids, NULL, NULL, NULL))
    return 0;
  lines = g_strsplit (g_strstrip (pids), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/smaps_rollup", lines[i]);
      g_autofree char *text = NULL;
      const char *pss;

      if (g_file_get_contents (path, &text, NULL, NULL) && (pss = strstr (text, "\nPss:")) != NULL)
        kib += g_ascii_strtod (pss + 5, NULL);
    }
  return kib / 1024;
}

static pid_t
start_program (char **command)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      setpgid (0, 0);
      if (freopen ("/dev/null", "w", stdout) == NULL)
        _exit (127);
      execvp (command[0], command);
      _exit (127);
    }
  return pid;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
print_spread (const char *name, double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  printf ("%s_min %.2f\n%s_median %.2f\n%s_max %.2f\n", name, values[0], name, values[n / 2], name,
          values[n - 1]);
}

static void
send_keys (Watched *screen, const char *name, guint n, double quiet_ms)
{
  KeyCode key = XKeysymToKeycode (screen->display, XStringToKeysym (name));
  g_autofree double *firsts = g_new0 (double, n);
  g_autofree double *lasts = g_new0 (double, n);
  guint seen = 0;

  for (guint i = 0; i < n; i++)
    {
      guint64 before = screen_hash (screen);
      double since = now_ms ();
      double first, last;

      XTestFakeKeyEvent (screen->display, key, True, 0);
      XTestFakeKeyEvent (screen->display, key, False, 0);
      XFlush (screen->display);
      watch (screen, before, since, quiet_ms, &first, &last);
      if (first < 0)
        continue;
      firsts[seen] = first;
      lasts[seen++] = last;
    }
  printf ("keys_seen %u\n", seen);
  if (seen == 0)
    return;
  print_spread ("first_ms", firsts, seen);
  print_spread ("last_ms", lasts, seen);
}

/* "-i X0,Y0,X1,Y1" in front of the rest; how many arguments it was. */
static int
read_ignored (Watched *self, int argc, char **argv)
{
  int *r = self->ignored;

  if (argc < 3 || strcmp (argv[1], "-i") != 0 ||
      sscanf (argv[2], "%d,%d,%d,%d", &r[0], &r[1], &r[2], &r[3]) != 4 || r[0] < 0 || r[1] < 0 ||
      r[0] > r[2] || r[1] > r[3])
    return 0;
  return 2;
}

int
main (int argc, char **argv)
{
  Watched screen = { 0 };
  const int skipped = read_ignored (&screen, argc, argv);
  char **arguments = argv + skipped;
  const int n_arguments = argc - skipped;
  const gboolean keys = n_arguments > 5 && strcmp (arguments[1], "keys") == 0;
  const int command = keys ? 6 : 4;
  double quiet_ms = 0;
  double since, first, last;
  guint64 before;
  pid_t pid;

  if (n_arguments <= command || strcmp (arguments[command - 1], "--") != 0)
    {
      fprintf (stderr, "usage: watch [-i X0,Y0,X1,Y1] start QUIET_MS -- COMMAND...\n"
                       "       watch [-i X0,Y0,X1,Y1] keys KEYSYM N QUIET_MS -- COMMAND...\n");
      return 2;
    }
  if (!screen_open (&screen))
    {
      fprintf (stderr, "watch: there is no display that tells what is drawn\n");
      return 2;
    }
  quiet_ms = g_ascii_strtod (arguments[keys ? 4 : 2], NULL);
  before = screen_hash (&screen);
  since = now_ms ();
  pid = start_program (arguments + command);
  watch (&screen, before, since, quiet_ms, &first, &last);
  printf ("start_first_ms %.1f\nstart_settled_ms %.1f\n", first, last);
  if (keys)
    send_keys (&screen, arguments[2], (guint) atoi (arguments[3]), quiet_ms);
  printf ("pss_mib %.1f\n", group_pss_mib (pid));
  kill (-pid, SIGKILL);
  waitpid (pid, NULL, 0);
  return 0;
}
