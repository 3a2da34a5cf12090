/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/*
 * Who may write where the file system has no locks: a file beside the log with a random token. It
 * is made so that only one can make it, and read again before and after every transaction and
 * before each rename of a checkpoint.
 *
 * It is taken from a holder that is gone for certain (this machine, and no such process any more)
 * or because the person says so; never because of a clock. A holder that was only stopped must not
 * write when it goes on. So whoever takes the lease does, in this order: its own token stands in
 * the file, all temporary files are removed (a rename that the other is about to do fails), the log
 * is replaced by a copy of itself (what the other still writes goes into a file without a name).
 * Only then is anything read. What the other acknowledged was committed before it last saw its own
 * token, so it is in the copy.
 */

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "lease"
#define MAX_BYTES 2048
#define MAX_TRIES 5
#define BEAT_DIGITS 10
#define RANDOM_LETTERS 6 /* of the names of temporary files */
#define FIELD_STATE 0    /* of /proc/PID/stat, behind the name: man 5 proc */
#define FIELD_START_TIME 19

struct _LimnerLease
{
  char *path; /* of the log, as messages name it */
  char *file; /* of the log, as it really lies */
  char *lease_path;
  char *token;
  int fd; /* of the lease as we made it, whatever lies under its name now */
  goffset beat_offset;
  guint beat;
};

/* What one of these files says. */
typedef struct
{
  char *user;
  char *host;
  char *since;
  char *token;
  char *boot;
  char *machine;
  char *pid_namespace;
  char *start_time;
  int pid;
  guint64 beat;
} Found;

static void
found_clear (Found *self)
{
  g_free (self->user);
  g_free (self->host);
  g_free (self->since);
  g_free (self->token);
  g_free (self->boot);
  g_free (self->machine);
  g_free (self->pid_namespace);
  g_free (self->start_time);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static char *
dup_lease_path (const char *file)
{
  return g_strconcat (file, "-lease", NULL);
}

/* ---- this machine and its processes ---- */

/* (transfer full): the first line of a file of the system's, "" where there is none. */
static char *
dup_line (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  lines = g_strsplit (text, "\n", 2);
  return g_strdup (lines[0] != NULL ? lines[0] : "");
}

static char *
dup_boot (void)
{
  return dup_line ("/proc/sys/kernel/random/boot_id");
}

static char *
dup_machine (void)
{
  return dup_line ("/etc/machine-id");
}

/* Process numbers mean something only within it: containers have their own. */
static char *
dup_pid_namespace (void)
{
  char *text = g_file_read_link ("/proc/self/ns/pid", NULL);

  return text != NULL ? text : g_strdup ("");
}

/* (transfer full) (nullable): a field of what the system says of a process. */
static char *
dup_process_field (int pid, guint field)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *line = dup_line (path);
  const char *behind_name = strrchr (line, ')');
  g_auto (GStrv) fields = NULL;

  if (behind_name == NULL || behind_name[1] == '\0')
    return NULL;
  fields = g_strsplit (behind_name + 2, " ", 0);
  return field < g_strv_length (fields) ? g_strdup (fields[field]) : NULL;
}

/* A number can be another process's by now; one that only waits to be reaped writes no more. */
static gboolean
is_process_gone (int pid, const char *start_time)
{
  g_autofree char *state = NULL;
  g_autofree char *now = NULL;

  if (kill (pid, 0) != 0 && errno == ESRCH)
    return TRUE;
  state = dup_process_field (pid, FIELD_STATE);
  now = dup_process_field (pid, FIELD_START_TIME);
  if (state == NULL || now == NULL)
    return FALSE;
  return strcmp (state, "Z") == 0 || strcmp (state, "X") == 0 || strcmp (now, start_time) != 0;
}

/* For certain: what cannot be known from here counts as alive. */
static gboolean
is_gone (const Found *found)
{
  g_autofree char *boot = dup_boot ();
  g_autofree char *machine = dup_machine ();
  g_autofree char *pid_namespace = dup_pid_namespace ();

  if (boot[0] == '\0' || strcmp (found->host, g_get_host_name ()) != 0)
    return FALSE;
  if (strcmp (found->boot, boot) != 0) /* this very machine, which was started anew since */
    return machine[0] != '\0' && strcmp (found->machine, machine) == 0;
  return pid_namespace[0] != '\0' && strcmp (found->pid_namespace, pid_namespace) == 0 &&
         is_process_gone (found->pid, found->start_time);
}

/* A number alone may be that of a process elsewhere. */
static gboolean
is_this_process (const Found *found)
{
  g_autofree char *boot = dup_boot ();
  g_autofree char *pid_namespace = dup_pid_namespace ();

  return found->pid == getpid () && g_strcmp0 (found->host, g_get_host_name ()) == 0 &&
         g_strcmp0 (found->boot, boot) == 0 && g_strcmp0 (found->pid_namespace, pid_namespace) == 0;
}

/* ---- reading ---- */

static char *
get_string (GKeyFile *key_file, const char *key)
{
  return g_key_file_get_string (key_file, GROUP, key, NULL);
}

/* The bytes of the lease at @path; -1 with errno. */
static gssize
read_bytes (const char *path, char text[MAX_BYTES])
{
  int fd = TEMP_FAILURE_RETRY (open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info;
  gssize length = -1;
  int code;

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    length = TEMP_FAILURE_RETRY (pread (fd, text, MAX_BYTES, 0));
  else
    errno = EINVAL;
  code = errno;
  close (fd);
  errno = code;
  return length;
}

static gboolean
parse (Found *found, const char *text, gssize length)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();

  if (length <= 0 || !g_key_file_load_from_data (key_file, text, length, G_KEY_FILE_NONE, NULL))
    return FALSE;
  found->user = get_string (key_file, "user");
  found->host = get_string (key_file, "host");
  found->since = get_string (key_file, "since");
  found->token = get_string (key_file, "token");
  found->boot = get_string (key_file, "boot");
  found->machine = get_string (key_file, "machine");
  found->pid_namespace = get_string (key_file, "pid-namespace");
  found->start_time = get_string (key_file, "start-time");
  found->pid = g_key_file_get_integer (key_file, GROUP, "pid", NULL);
  found->beat = g_key_file_get_uint64 (key_file, GROUP, "beat", NULL);
  return found->user != NULL && found->host != NULL && found->since != NULL &&
         found->token != NULL && found->boot != NULL && found->machine != NULL &&
         found->pid_namespace != NULL && found->start_time != NULL && found->pid > 0;
}

/* What cannot be read may be somebody's all the same: then errno says why, and there is no token.
 */
static LimnerLeaseState
read_lease (const char *lease_path, Found *found)
{
  char text[MAX_BYTES];
  gssize length = read_bytes (lease_path, text);
  int code = length < 0 ? errno : EINVAL;

  if (code == ENOENT || code == ENOTDIR)
    return LIMNER_LEASE_FREE;
  if (!parse (found, text, length))
    {
      found_clear (found);
      *found = (Found){ 0 };
      errno = code;
      return LIMNER_LEASE_HELD;
    }
  return is_gone (found) ? LIMNER_LEASE_GONE : LIMNER_LEASE_HELD;
}

static char *
dup_holder (const Found *found)
{
  if (found->token == NULL)
    return g_strdup ("somebody whose lease cannot be read");
  return limner_workspace_holder_format (found->user, found->host, found->pid, found->since);
}

LimnerLeaseState
limner_lease_look (const char *file, guint64 *beat)
{
  g_autofree char *lease_path = dup_lease_path (file);
  g_auto (Found) found = { 0 };
  LimnerLeaseState state = read_lease (lease_path, &found);

  if (beat != NULL)
    *beat = found.beat;
  return state;
}

static void
set_busy (GError **error, const char *path, const Found *found)
{
  g_autofree char *holder = dup_holder (found);

  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY,
               "%s: held by %s; until that ends the dataset can be read but not changed", path,
               holder);
}

void
limner_lease_set_busy (GError **error, const char *path, const char *file)
{
  g_autofree char *lease_path = dup_lease_path (file);
  g_auto (Found) found = { 0 };

  read_lease (lease_path, &found);
  set_busy (error, path, &found);
}

/* ---- taking ---- */

static char *
dup_text (const char *token)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *since = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *boot = dup_boot ();
  g_autofree char *machine = dup_machine ();
  g_autofree char *pid_namespace = dup_pid_namespace ();
  g_autofree char *start_time = dup_process_field (getpid (), FIELD_START_TIME);
  g_autofree char *text = NULL;

  g_key_file_set_string (key_file, GROUP, "user", g_get_user_name ());
  g_key_file_set_string (key_file, GROUP, "host", g_get_host_name ());
  g_key_file_set_integer (key_file, GROUP, "pid", getpid ());
  g_key_file_set_string (key_file, GROUP, "since", since);
  g_key_file_set_string (key_file, GROUP, "boot", boot);
  g_key_file_set_string (key_file, GROUP, "machine", machine);
  g_key_file_set_string (key_file, GROUP, "pid-namespace", pid_namespace);
  g_key_file_set_string (key_file, GROUP, "start-time", start_time != NULL ? start_time : "");
  g_key_file_set_string (key_file, GROUP, "token", token);
  text = g_key_file_to_data (key_file, NULL, NULL);
  /* last, so that it can be written over alone */
  return g_strdup_printf ("%sbeat=%0*u\n", text, BEAT_DIGITS, 0U);
}

static gboolean
write_all (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      text += n;
      length -= n;
    }
  return TRUE;
}

/* (transfer full): a temporary file with our token; its descriptor stays open in @self. */
static char *
make_temporary (LimnerLease *self, const char *like, GError **error)
{
  g_autofree char *temporary = NULL;
  g_autofree char *text = dup_text (self->token);
  gsize length = strlen (text);

  do
    {
      g_free (temporary); /* a try uses up its Xs */
      temporary = g_strconcat (self->file, "-tmp-XXXXXX", NULL);
      self->fd = g_mkstemp_full (temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0)
    {
      limner_workspace_set_errno (error, self->path, "its lease cannot be made", errno);
      return NULL;
    }
  self->beat_offset = length - BEAT_DIGITS - 1;
  limner_workspace_set_access (self->fd, like != NULL ? like : self->file);
  if (write_all (self->fd, text, length) && TEMP_FAILURE_RETRY (fsync (self->fd)) == 0)
    return g_steal_pointer (&temporary);
  limner_workspace_set_errno (error, self->path, "its lease cannot be made", errno);
  unlink (temporary);
  return NULL;
}

/* What others left, and what a holder that was stopped is about to rename. */
static void
remove_temporaries (LimnerLease *self)
{
  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autofree char *name = g_path_get_basename (self->file);
  g_autofree char *prefix = g_strconcat (name, "-tmp-", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *found;

  while (dir != NULL && (found = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, found, NULL);

      if (g_str_has_prefix (found, prefix) && strlen (found) == strlen (prefix) + RANDOM_LETTERS)
        unlink (path);
    }
}

static gboolean
is_ours (LimnerLease *self)
{
  g_auto (Found) found = { 0 };

  read_lease (self->lease_path, &found);
  return g_strcmp0 (found.token, self->token) == 0;
}

/* 0, or an errno: EEXIST and ENOENT are worth another look. */
static int
put_in_place (LimnerLease *self, const char *temporary, LimnerLeaseState state, const Found *seen)
{
  g_auto (Found) now = { 0 };

  if (state == LIMNER_LEASE_FREE)
    return limner_workspace_publish (temporary, self->lease_path);
  if (read_lease (self->lease_path, &now) == LIMNER_LEASE_FREE ||
      g_strcmp0 (now.token, seen->token) != 0)
    return EEXIST;
  return rename (temporary, self->lease_path) == 0 ? 0 : errno;
}

static LimnerLease *
lease_new (const char *path, const char *file)
{
  LimnerLease *self = g_new0 (LimnerLease, 1);

  self->path = g_strdup (path);
  self->file = g_strdup (file);
  self->lease_path = dup_lease_path (file);
  self->token = g_uuid_string_random ();
  self->fd = -1;
  return self;
}

void
limner_lease_release (LimnerLease *self)
{
  if (self == NULL)
    return;
  if (is_ours (self))
    unlink (self->lease_path);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->file);
  g_free (self->lease_path);
  g_free (self->token);
  g_free (self);
}

/* Nobody has the lease, but may have the lock: of another machine's process nothing is known, so
 * the person may say that it is gone; one of this machine is not. */
static gboolean
check_holder (LimnerLease *self, gboolean by_force, GError **error)
{
  g_autofree char *holder = limner_workspace_holder_dup (self->file);

  if (holder == NULL || (by_force && limner_workspace_holder_is_elsewhere (self->file)))
    return TRUE;
  limner_workspace_set_busy (error, self->path, self->file);
  return FALSE;
}

/* One attempt. *@again: somebody else was quicker, or swept our file away. */
static gboolean
take_once (LimnerLease *self, const char *like, gboolean by_force, gboolean *again, GError **error)
{
  g_auto (Found) found = { 0 };
  LimnerLeaseState state = read_lease (self->lease_path, &found);
  g_autofree char *temporary = NULL;
  int code;

  *again = FALSE;
  if (state == LIMNER_LEASE_HELD && (!by_force || is_this_process (&found)))
    {
      set_busy (error, self->path, &found);
      return FALSE;
    }
  if (state == LIMNER_LEASE_FREE && !check_holder (self, by_force, error))
    return FALSE;
  temporary = make_temporary (self, like, error);
  if (temporary == NULL)
    return FALSE;
  code = put_in_place (self, temporary, state, &found);
  if (code != 0)
    unlink (temporary);
  if (is_ours (self)) /* whatever was said: an answer may be lost on the way */
    {
      limner_workspace_holder_remove (self->file);
      remove_temporaries (self);
      if (is_ours (self))
        return TRUE;
      code = EEXIST;
    }
  close (self->fd);
  self->fd = -1;
  if (code == 0)
    code = EEXIST; /* it was put there, and another one over it */
  *again = code == EEXIST || code == ENOENT || code == EINTR;
  limner_workspace_set_errno (error, self->path, "its lease cannot be made", code);
  return FALSE;
}

LimnerLease *
limner_lease_take (
    const char *path, const char *file, const char *like, gboolean by_force, GError **error)
{
  g_autoptr (LimnerLease) self = lease_new (path, file);
  gboolean again = TRUE;

  for (guint i = 0; i < MAX_TRIES && again; i++)
    {
      g_clear_error (error);
      if (take_once (self, like, by_force, &again, error))
        return g_steal_pointer (&self);
    }
  return NULL;
}

/* ---- holding ---- */

gboolean
limner_lease_check (LimnerLease *self, GError **error)
{
  g_auto (Found) found = { 0 };
  g_autofree char *holder = NULL;
  LimnerLeaseState state = read_lease (self->lease_path, &found);
  int code = errno;

  if (g_strcmp0 (found.token, self->token) == 0)
    return TRUE;
  if (state != LIMNER_LEASE_FREE && found.token == NULL)
    {
      /* whoever has it now, it cannot be seen that it is us */
      limner_workspace_set_errno (error, self->path, "its lease cannot be read", code);
      return FALSE;
    }
  holder = state != LIMNER_LEASE_FREE ? dup_holder (&found) : g_strdup ("another program");
  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_LOST,
               "%s: taken over by %s; nothing more is written from here", self->path, holder);
  return FALSE;
}

void
limner_lease_beat (LimnerLease *self)
{
  g_autofree char *digits = g_strdup_printf ("%0*u", BEAT_DIGITS, ++self->beat);

  /* in our own file, whatever lies under its name now; missed once, others only wonder */
  if (pwrite (self->fd, digits, BEAT_DIGITS, self->beat_offset) != BEAT_DIGITS ||
      fdatasync (self->fd) != 0) /* NFS would send it when it likes */
    g_debug ("%s: %s", self->lease_path, g_strerror (errno));
}
