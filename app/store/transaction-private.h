/* SPDX-License-Identifier: MIT */
#pragma once

#include "document-private.h"

#include <limner/coco-record.h>

G_BEGIN_DECLS

/* One record of a transaction: as the dataset has it, and as it will be. */
typedef struct
{
  LimnerRecordKind kind;
  gint64 id;
  GBytes *before; /* (nullable) */
  GBytes *after;  /* (nullable) */
  gboolean has_next;
  gint64 next_id;
} LimnerTouched;

struct _LimnerTransaction
{
  LimnerDocument *document;
  char *label;
  char *image_name;      /* (nullable) */
  GPtrArray *touched;    /* (element-type LimnerTouched): in the order of the first touch */
  GHashTable *by_id;     /* LimnerTouched -> itself */
  GHashTable *image_ids; /* image -> gint64 *: records made for images that had none */
};

/* (transfer full) (nullable): text of a record as the transaction has it; NULL and @error. */
GBytes *limner_transaction_get_text (LimnerTransaction *self,
                                     LimnerRecordKind kind,
                                     gint64 id,
                                     GError **error);

/* Whether there is exactly one such record, edits of the transaction counted. */
gboolean limner_transaction_has_record (LimnerTransaction *self, LimnerRecordKind kind, gint64 id);

/**
 * limner_transaction_put:
 * @text: (nullable): the record as it will be; %NULL deletes it
 *
 * FALSE if it cannot be read as such a record.
 */
gboolean limner_transaction_put (
    LimnerTransaction *self, LimnerRecordKind kind, gint64 id, GBytes *text, GError **error);

/* How records of that kind look in this file. */
void limner_transaction_get_style (LimnerTransaction *self,
                                   LimnerRecordKind kind,
                                   LimnerCocoStyle *style);

/* Sets members of a record there is. */
gboolean limner_transaction_edit (LimnerTransaction *self,
                                  LimnerRecordKind kind,
                                  gint64 id,
                                  const LimnerMember *members,
                                  guint n_members,
                                  GError **error);

/* Makes a new record out of members. */
gboolean limner_transaction_add (LimnerTransaction *self,
                                 LimnerRecordKind kind,
                                 gint64 id,
                                 const LimnerMember *members,
                                 guint n_members,
                                 GError **error);

/* Sets one member inside "limner" and keeps the others; @value NULL removes it, and "limner" when
 * nothing is left. */
gboolean limner_transaction_set_limner (LimnerTransaction *self,
                                        LimnerRecordKind kind,
                                        gint64 id,
                                        const char *name,
                                        const char *value,
                                        GError **error);

/* The id of the record of an image, which is made if there is none. */
gboolean limner_transaction_ensure_image (
    LimnerTransaction *self, guint image, guint width, guint height, gint64 *id, GError **error);

/* Ids of the annotations of an image or a category, edits of the transaction counted. */
GArray *limner_transaction_list_annotations (LimnerTransaction *self,
                                             LimnerRecordKind of_kind,
                                             gint64 id);

void limner_refuse (LimnerTransaction *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
