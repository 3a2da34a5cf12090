/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBED_BYTE (G_GINT64_CONSTANT (1) << 40)
#define GROUP "holder"
#define HOLDER_MAX_BYTES 1024
#define HOLDER_MAX_WORD_CHARS 64

static char *
dup_holder_path (const char *file)
{
  return g_strconcat (file, "-holder", NULL);
}

/* The file may come from anywhere: what cannot be seen is made visible, and it is kept short. */
static char *
dup_plain_word (const char *text)
{
  GString *plain = g_string_new (NULL);
  guint n_chars = 0;

  for (const char *p = text; *p != '\0' && n_chars < HOLDER_MAX_WORD_CHARS;
       p = g_utf8_next_char (p), n_chars++)
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (
          plain, g_unichar_isgraph (c) && g_unichar_type (c) != G_UNICODE_FORMAT ? c : 0xfffd);
    }
  return g_string_free (plain, FALSE);
}

char *
limner_workspace_holder_format (const char *user, const char *host, int pid, const char *since)
{
  g_autofree char *plain_user = dup_plain_word (user);
  g_autofree char *plain_host = dup_plain_word (host);
  g_autofree char *plain_since = dup_plain_word (since);

  return g_strdup_printf ("%s on %s (process %d) since %s", plain_user, plain_host, pid,
                          plain_since);
}

static char *
dup_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
}

char *
limner_workspace_holder_dup_self (void)
{
  return g_strdup_printf ("%s on %s (process %d)", g_get_user_name (), g_get_host_name (),
                          (int) getpid ());
}

void
limner_workspace_holder_write (const char *file)
{
  g_autofree char *path = dup_holder_path (file);
  g_autofree char *since = dup_now ();
  g_autofree char *text = NULL;
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  struct stat info;
  gsize length;
  int fd;

  g_key_file_set_string (key_file, GROUP, "user", g_get_user_name ());
  g_key_file_set_string (key_file, GROUP, "host", g_get_host_name ());
  g_key_file_set_integer (key_file, GROUP, "pid", getpid ());
  g_key_file_set_string (key_file, GROUP, "since", since);
  text = g_key_file_to_data (key_file, &length, NULL);

  /* one of a dead holder, or a link that somebody planted */
  unlink (path);
  if (lstat (file, &info) != 0)
    return;
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_debug ("%s: %s", path, g_strerror (errno));
      return;
    }
  if (fchmod (fd, info.st_mode & 0666) != 0 || write (fd, text, length) != (gssize) length)
    unlink (path); /* a message without a name is better than half a name */
  close (fd);
}

void
limner_workspace_holder_remove (const char *file)
{
  g_autofree char *path = dup_holder_path (file);

  unlink (path);
}

/* (transfer full) (nullable) */
static GKeyFile *
load_holder (const char *file)
{
  g_autofree char *path = dup_holder_path (file);
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  char text[HOLDER_MAX_BYTES];
  struct stat info;
  gssize length = -1;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    length = read (fd, text, sizeof text);
  close (fd);
  if (length <= 0 || !g_key_file_load_from_data (key_file, text, length, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&key_file);
}

char *
limner_workspace_holder_dup (const char *file)
{
  g_autoptr (GKeyFile) key_file = load_holder (file);
  g_autofree char *user = NULL;
  g_autofree char *host = NULL;
  g_autofree char *since = NULL;
  int pid;

  if (key_file == NULL)
    return NULL;
  user = g_key_file_get_string (key_file, GROUP, "user", NULL);
  host = g_key_file_get_string (key_file, GROUP, "host", NULL);
  since = g_key_file_get_string (key_file, GROUP, "since", NULL);
  pid = g_key_file_get_integer (key_file, GROUP, "pid", NULL);
  if (user == NULL || host == NULL || since == NULL || pid <= 0)
    return NULL;
  /* left by a process that died: whoever holds the log now could not write its name */
  if (strcmp (host, g_get_host_name ()) == 0 && kill (pid, 0) != 0 && errno == ESRCH)
    return NULL;
  return limner_workspace_holder_format (user, host, pid, since);
}

gboolean
limner_workspace_holder_is_elsewhere (const char *file)
{
  g_autoptr (GKeyFile) key_file = load_holder (file);
  g_autofree char *host = NULL;

  if (key_file != NULL)
    host = g_key_file_get_string (key_file, GROUP, "host", NULL);
  return host != NULL && strcmp (host, g_get_host_name ()) != 0;
}

/*
 * SQLite says busy also where the file system has no locks (ENOLCK). The COCO file tells: locking a
 * byte of it that nobody uses hurts nobody, while a descriptor of the workspace itself must never
 * be closed in a process that has it open. Where it cannot tell, busy is believed.
 */
gboolean
limner_workspace_has_locks (const char *file)
{
  g_autofree char *folder = g_path_get_dirname (file);
  g_autofree char *name = g_path_get_basename (file);
  g_autofree char *coco = NULL;
  struct flock lock = {
    .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = PROBED_BYTE, .l_len = 1
  };
  gboolean has = TRUE;
  int fd;

  if (name[0] != '.' || !g_str_has_suffix (name, ".limner"))
    return TRUE;
  name[strlen (name) - strlen (".limner")] = '\0';
  coco = g_build_filename (folder, name + 1, NULL);
  fd = TEMP_FAILURE_RETRY (open (coco, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (fd < 0)
    return TRUE;
  if (TEMP_FAILURE_RETRY (fcntl (fd, F_SETLK, &lock)) != 0)
    has = errno != ENOLCK && errno != ENOSYS && errno != EOPNOTSUPP;
  close (fd);
  return has;
}

void
limner_workspace_set_busy (GError **error, const char *path, const char *file)
{
  g_autofree char *holder = limner_workspace_holder_dup (file);

  g_set_error (error, LIMNER_LOG_ERROR, LIMNER_LOG_ERROR_BUSY,
               "%s: held by %s; until that ends the dataset can be read but not changed", path,
               holder != NULL ? holder : "another program");
}
