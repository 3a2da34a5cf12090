/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-workspace"

#include "workspace-private.h"

#include <limner/coco-record.h>

enum
{
  COLUMN_SEQ,
  COLUMN_STEP,
  COLUMN_STEP_KIND,
  COLUMN_LABEL,
  COLUMN_IMAGE_NAME,
  COLUMN_KIND,
  COLUMN_ID,
  COLUMN_BEFORE,
  COLUMN_AFTER,
  COLUMN_NEXT_ID
};
#define COLUMNS "seq, step, step_kind, label, image_name, kind, id, before, after, next_id"

sqlite3_stmt *
limner_workspace_prepare_insert (sqlite3 *db)
{
  sqlite3_stmt *stmt = NULL;

  sqlite3_prepare_v3 (db,
                      "INSERT INTO edits(" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                      "?10)",
                      -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  return stmt;
}

static void
bind_bytes (sqlite3_stmt *stmt, int column, GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    sqlite3_bind_null (stmt, column + 1);
  else if (size == 0) /* NULL data would become a null */
    sqlite3_bind_zeroblob (stmt, column + 1, 0);
  else
    sqlite3_bind_blob64 (stmt, column + 1, data, size, SQLITE_STATIC);
}

static int
insert_edit (sqlite3_stmt *stmt,
             const LimnerStep *step,
             const LimnerEdit *edit,
             gint64 sequence,
             gint64 step_sequence)
{
  gboolean is_last = sequence == step_sequence;
  int rc;

  if ((edit->before != NULL && g_bytes_get_size (edit->before) > LIMNER_COCO_MAX_RECORD_BYTES) ||
      (edit->after != NULL && g_bytes_get_size (edit->after) > LIMNER_COCO_MAX_RECORD_BYTES))
    return SQLITE_TOOBIG;
  sqlite3_bind_int64 (stmt, COLUMN_SEQ + 1, sequence);
  sqlite3_bind_int64 (stmt, COLUMN_STEP + 1, step_sequence);
  sqlite3_bind_int (stmt, COLUMN_STEP_KIND + 1, step->kind);
  sqlite3_bind_text (stmt, COLUMN_LABEL + 1, is_last ? step->label : NULL, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, COLUMN_IMAGE_NAME + 1, is_last ? step->image_name : NULL, -1,
                     SQLITE_STATIC);
  sqlite3_bind_int (stmt, COLUMN_KIND + 1, edit->kind);
  sqlite3_bind_int64 (stmt, COLUMN_ID + 1, edit->id);
  bind_bytes (stmt, COLUMN_BEFORE, edit->before);
  bind_bytes (stmt, COLUMN_AFTER, edit->after);
  if (edit->has_next)
    sqlite3_bind_int64 (stmt, COLUMN_NEXT_ID + 1, edit->next_id);
  else
    sqlite3_bind_null (stmt, COLUMN_NEXT_ID + 1);
  rc = sqlite3_step (stmt);
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int
limner_workspace_insert_step (sqlite3 *db,
                              sqlite3_stmt *insert,
                              const LimnerStep *step,
                              gint64 sequence)
{
  gint64 last = sequence + step->edits->len - 1;
  int rc = limner_workspace_exec (db, "BEGIN IMMEDIATE");

  for (guint i = 0; rc == SQLITE_OK && i < step->edits->len; i++)
    rc = insert_edit (insert, step, g_ptr_array_index (step->edits, i), sequence + i, last);
  if (rc == SQLITE_OK)
    rc = limner_workspace_exec (db, "COMMIT");
  if (!sqlite3_get_autocommit (db))
    limner_workspace_exec (db, "ROLLBACK");
  return rc;
}

/* A text as we wrote it: UTF-8 and without NUL; FALSE otherwise. */
static gboolean
read_text (sqlite3_stmt *stmt, int column, const char **text)
{
  gsize length;

  *text = (const char *) sqlite3_column_text (stmt, column);
  if (*text == NULL)
    return TRUE;
  length = sqlite3_column_bytes (stmt, column);
  return strlen (*text) == length && g_utf8_validate_len (*text, length, NULL);
}

/* A record, judged like one of a file; FALSE with @bytes unset if it is not JSON. */
static gboolean
read_record (sqlite3_stmt *stmt, int column, GBytes **bytes)
{
  const char *data;
  gsize size;

  *bytes = NULL;
  if (sqlite3_column_type (stmt, column) == SQLITE_NULL)
    return TRUE;
  data = sqlite3_column_blob (stmt, column);
  size = sqlite3_column_bytes (stmt, column);
  if (data == NULL || size > LIMNER_COCO_MAX_RECORD_BYTES ||
      !limner_coco_check_text (data, size, NULL))
    return FALSE;
  *bytes = g_bytes_new (data, size);
  return TRUE;
}

/* (transfer full) (nullable): NULL if the row is not one of ours. */
static LimnerEdit *
read_edit (sqlite3_stmt *stmt)
{
  gint64 kind = sqlite3_column_int64 (stmt, COLUMN_KIND);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  LimnerEdit *edit;

  if (kind < 0 || kind >= LIMNER_N_RECORD_KINDS || !read_record (stmt, COLUMN_BEFORE, &before) ||
      !read_record (stmt, COLUMN_AFTER, &after))
    return NULL;
  edit = limner_edit_new ((LimnerRecordKind) kind, sqlite3_column_int64 (stmt, COLUMN_ID), before,
                          after);
  edit->has_next = sqlite3_column_type (stmt, COLUMN_NEXT_ID) != SQLITE_NULL;
  edit->next_id = sqlite3_column_int64 (stmt, COLUMN_NEXT_ID);
  return edit;
}

/* Reads the row at @stmt and those after it that belong to the same step; @rc is the last code. */
static LimnerStep *
read_step (sqlite3_stmt *stmt, int *rc)
{
  gint64 sequence = sqlite3_column_int64 (stmt, COLUMN_STEP);
  gint64 kind = sqlite3_column_int64 (stmt, COLUMN_STEP_KIND);
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_edit_free);
  g_autoptr (LimnerStep) step = NULL;

  while (step == NULL)
    {
      const char *label;
      const char *image_name;
      LimnerEdit *edit = read_edit (stmt);

      if (edit == NULL)
        return NULL;
      g_ptr_array_add (edits, edit);
      if (kind < LIMNER_STEP_DO || kind > LIMNER_STEP_REDO ||
          sqlite3_column_int64 (stmt, COLUMN_STEP) != sequence ||
          sqlite3_column_int64 (stmt, COLUMN_STEP_KIND) != kind ||
          !read_text (stmt, COLUMN_LABEL, &label) ||
          !read_text (stmt, COLUMN_IMAGE_NAME, &image_name))
        return NULL;
      if (sqlite3_column_int64 (stmt, COLUMN_SEQ) == sequence)
        step = limner_step_new ((LimnerStepKind) kind, label, image_name);
      else if (sqlite3_column_int64 (stmt, COLUMN_SEQ) > sequence)
        return NULL;
      *rc = sqlite3_step (stmt);
      if (step == NULL && *rc != SQLITE_ROW)
        return NULL;
    }
  step->sequence = sequence;
  g_ptr_array_extend_and_steal (step->edits, g_steal_pointer (&edits));
  return g_steal_pointer (&step);
}

GPtrArray *
limner_workspace_read_steps (const char *path, sqlite3 *db, gint64 since, GError **error)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) limner_step_unref);
  g_autoptr (sqlite3_stmt) stmt = NULL;
  /* the inner query finds, at once, where the first step begins that ends after @since */
  int rc =
      sqlite3_prepare_v2 (db,
                          "SELECT " COLUMNS " FROM edits WHERE seq > coalesce((SELECT seq FROM "
                          "edits WHERE seq <= ?1 AND step <= ?1 ORDER BY seq DESC LIMIT 1), "
                          "0) ORDER BY seq",
                          -1, &stmt, NULL);

  if (rc == SQLITE_OK)
    {
      sqlite3_bind_int64 (stmt, 1, since);
      rc = sqlite3_step (stmt);
    }
  while (rc == SQLITE_ROW)
    {
      gint64 sequence = sqlite3_column_int64 (stmt, COLUMN_SEQ);
      LimnerStep *step = read_step (stmt, &rc);

      if (step == NULL && (rc == SQLITE_ROW || rc == SQLITE_DONE))
        {
          limner_workspace_set_unusable (error, path,
                                         "edit %" G_GINT64_FORMAT
                                         " or one after it is not one that Limner wrote",
                                         sequence);
          return NULL;
        }
      if (step != NULL)
        g_ptr_array_add (steps, step);
    }
  if (rc == SQLITE_DONE)
    return g_steal_pointer (&steps);
  limner_workspace_set_error (error, path, db, rc, FALSE);
  return NULL;
}

static gboolean
read_identity (sqlite3_stmt *stmt, LimnerIdentity *identity)
{
  if (sqlite3_column_type (stmt, 2) == SQLITE_NULL)
    return FALSE;
  identity->device = sqlite3_column_int64 (stmt, 2);
  identity->inode = sqlite3_column_int64 (stmt, 3);
  identity->size_bytes = sqlite3_column_int64 (stmt, 4);
  identity->mtime_ns = sqlite3_column_int64 (stmt, 5);
  identity->ctime_ns = sqlite3_column_int64 (stmt, 6);
  identity->hash_high = sqlite3_column_int64 (stmt, 7);
  identity->hash_low = sqlite3_column_int64 (stmt, 8);
  return TRUE;
}

int
limner_workspace_read_state (sqlite3 *db, LimnerLogState *state)
{
  g_autoptr (sqlite3_stmt) stmt = NULL;
  int rc = sqlite3_prepare_v2 (db,
                               "SELECT role, sequence, device, inode, size, mtime_ns, ctime_ns, "
                               "hash_high, hash_low FROM state",
                               -1, &stmt, NULL);

  memset (state, 0, sizeof *state);
  while (rc == SQLITE_OK && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      const char *role = (const char *) sqlite3_column_text (stmt, 0);

      if (g_strcmp0 (role, "base") == 0)
        {
          state->applied = sqlite3_column_int64 (stmt, 1);
          state->has_base = read_identity (stmt, &state->base);
        }
      else if (g_strcmp0 (role, "intent") == 0)
        {
          state->intent_sequence = sqlite3_column_int64 (stmt, 1);
          state->has_intent = read_identity (stmt, &state->intent);
        }
      rc = SQLITE_OK;
    }
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int
write_role (sqlite3_stmt *stmt, const char *role, gint64 sequence, const LimnerIdentity *identity)
{
  int rc;

  sqlite3_bind_text (stmt, 1, role, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 2, sequence);
  if (identity != NULL)
    {
      sqlite3_bind_int64 (stmt, 3, (gint64) identity->device);
      sqlite3_bind_int64 (stmt, 4, (gint64) identity->inode);
      sqlite3_bind_int64 (stmt, 5, (gint64) identity->size_bytes);
      sqlite3_bind_int64 (stmt, 6, identity->mtime_ns);
      sqlite3_bind_int64 (stmt, 7, identity->ctime_ns);
      sqlite3_bind_int64 (stmt, 8, (gint64) identity->hash_high);
      sqlite3_bind_int64 (stmt, 9, (gint64) identity->hash_low);
    }
  rc = sqlite3_step (stmt);
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int
limner_workspace_write_state (sqlite3 *db, const LimnerLogState *state)
{
  g_autoptr (sqlite3_stmt) stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, "REPLACE INTO state VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                               -1, &stmt, NULL);

  if (rc == SQLITE_OK)
    rc = limner_workspace_exec (db, "BEGIN IMMEDIATE");
  if (rc == SQLITE_OK)
    rc = write_role (stmt, "base", state->applied, state->has_base ? &state->base : NULL);
  if (rc == SQLITE_OK && state->has_intent)
    rc = write_role (stmt, "intent", state->intent_sequence, &state->intent);
  else if (rc == SQLITE_OK)
    rc = limner_workspace_exec (db, "DELETE FROM state WHERE role = 'intent'");
  if (rc == SQLITE_OK)
    rc = limner_workspace_exec (db, "COMMIT");
  if (!sqlite3_get_autocommit (db))
    limner_workspace_exec (db, "ROLLBACK");
  return rc;
}
