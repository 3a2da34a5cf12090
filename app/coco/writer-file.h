/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The temporary file that becomes the new version: written beside the target, never through a link,
 * and gone unless it was renamed.
 */

#include "writer-plan.h"

G_BEGIN_DECLS

/* Where the target really is. */
typedef struct
{
  char *folder;
  char *name;
  int folder_fd;
} LimnerTarget;

/* Follows links, also a dangling one; the folder must exist. */
gboolean limner_target_open (LimnerTarget *self, const char *path, GError **error);
void limner_target_clear (LimnerTarget *self);

/* ".NAME.limner-tmp-", shortened where NAME_MAX demands it. */
char *limner_target_dup_temp_prefix (const LimnerTarget *self);

/* (transfer full): the name of a new file in the folder, 0600 and open as @fd. */
char *limner_target_create_temp (const LimnerTarget *self, int *fd, GError **error);

typedef struct
{
  int fd;
  const LimnerTarget *target; /* for messages */
  LimnerCocoFile *base;
  gpointer hash; /* XXH3_state_t of what was written */
  guint64 n_written;
  guint64 n_flushed; /* of them the disk was told */
  guint64 n_total;
  LimnerProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
  gboolean use_kernel; /* copy_file_range works between these files */
} LimnerCopier;

gboolean limner_copier_reserve (LimnerCopier *self, GError **error);
gboolean limner_copier_write_plan (LimnerCopier *self, const LimnerPlan *plan, GError **error);

/* Mode, owner, group, ACL and extended attributes of the base; @losses (out) names what could not
 * be kept. */
gboolean limner_copy_attributes (
    int base_fd, int fd, const LimnerTarget *target, char **losses, GError **error);

/* With the name of what was being done. */
void limner_set_errno_error (
    GError **error, int code, const char *folder, const char *name, const char *what);

G_END_DECLS
