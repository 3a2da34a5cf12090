/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

/*
 * SQLite's way to the file system, with more patience: it tries again whatever a signal interrupts,
 * but for fsync() and fdatasync(), whose interruption it takes for a failure. These say EINTR
 * before they have answered, so unlike after EIO no page has been marked clean by mistake. The
 * fsync of a folder that SQLite adds when a journal is new stays as it is: it looks at no error of
 * that one.
 */

#include "workspace-private.h"

#include <errno.h>

#define MAX_INTERRUPTIONS 100
#define NAME_PREFIX "limner-"

/* What lies behind SQLite's own struct of an open file. */
typedef struct
{
  sqlite3_io_methods methods; /* its own but for xSync */
  const sqlite3_io_methods *beneath;
} Patience;

/* Behind the other's struct, aligned for pointers. */
static int
get_offset (const sqlite3_vfs *beneath)
{
  return (beneath->szOsFile + 7) & ~7;
}

static int
sync_patiently (sqlite3_file *file, int flags)
{
  const Patience *patience = (const Patience *) file->pMethods; /* its first member */
  int code = EINTR;
  int rc = SQLITE_IOERR_FSYNC;

  for (guint i = 0; i < MAX_INTERRUPTIONS && rc == SQLITE_IOERR_FSYNC && code == EINTR; i++)
    {
      rc = patience->beneath->xSync (file, flags);
      patience->beneath->xFileControl (file, SQLITE_FCNTL_LAST_ERRNO, &code);
    }
  return rc;
}

static int
open_patiently (sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  sqlite3_vfs *beneath = self->pAppData;
  Patience *patience = (Patience *) ((guint8 *) file + get_offset (beneath));
  int rc = beneath->xOpen (beneath, name, file, flags, out_flags);

  if (file->pMethods == NULL)
    return rc;
  patience->beneath = file->pMethods;
  patience->methods = *file->pMethods;
  patience->methods.xSync = sync_patiently;
  file->pMethods = &patience->methods;
  return rc;
}

/* SQLite keeps it until the program ends. All else is the other's, whose functions look at no
 * member of the struct that they are called with. */
static void
put_over (const char *name)
{
  sqlite3_vfs *beneath = sqlite3_vfs_find (name);
  sqlite3_vfs *self;

  if (beneath == NULL)
    return;
  self = g_new (sqlite3_vfs, 1);
  *self = *beneath;
  self->pNext = NULL;
  self->zName = g_strconcat (NAME_PREFIX, beneath->zName, NULL);
  self->pAppData = beneath;
  self->szOsFile = get_offset (beneath) + (int) sizeof (Patience);
  self->xOpen = open_patiently;
  sqlite3_vfs_register (self, FALSE);
}

int
limner_workspace_open_database (const char *file, int access, const char *vfs, sqlite3 **db)
{
  static gsize is_ready = 0;
  g_autofree char *name = NULL;

  if (g_once_init_enter (&is_ready))
    {
      put_over (LIMNER_WORKSPACE_VFS_LOCKS);
      put_over (LIMNER_WORKSPACE_VFS_NO_LOCKS);
      g_once_init_leave (&is_ready, 1);
    }
  name = g_strconcat (NAME_PREFIX, vfs != NULL ? vfs : LIMNER_WORKSPACE_VFS_LOCKS, NULL);
  return sqlite3_open_v2 (file, db, access | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, name);
}
