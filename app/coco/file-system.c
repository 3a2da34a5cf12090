/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include <limner/coco-file.h>

#include <sys/vfs.h>

gboolean
limner_file_system_is_remote (const char *path)
{
  /* linux/magic.h has half of these; the others are in the kernel's own sources */
  static const guint32 magics[] = {
    0x6969,     /* NFS */
    0x517b,     /* SMB */
    0xff534d42, /* CIFS */
    0xfe534d42, /* SMB2 */
    0x65735546, /* FUSE, virtiofs */
    0x01021997, /* 9P */
    0x00c36400, /* Ceph */
    0x5346414f, /* AFS */
    0x6b414653, /* kAFS */
    0x73757245, /* Coda */
    0x0bd00bd0, /* Lustre */
    0x01161970, /* GFS2 */
    0x7461636f, /* OCFS2 */
    0x47504653, /* GPFS */
    0x786f4256, /* VirtualBox shared folder */
    0xbacbacbc  /* VMware shared folder */
  };
  struct statfs info;

  g_return_val_if_fail (path != NULL, TRUE);

  if (statfs (path, &info) != 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if ((guint32) info.f_type == magics[i])
      return TRUE;
  return FALSE;
}
