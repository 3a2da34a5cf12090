/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include "lexer.h"

#include <limner/coco-record.h>

#define CHUNK (256 * 1024)

static gboolean
check_document (LimnerLexer *lexer)
{
  if (limner_lexer_peek (lexer) == 0 && lexer->p == lexer->end)
    return limner_lexer_fail (lexer, LIMNER_COCO_ERROR_EMPTY, 0,
                              "there is no text, expected a JSON value");
  if (!limner_lexer_skip_value (lexer))
    return FALSE;
  if (limner_lexer_peek (lexer) == 0 && lexer->p == lexer->end)
    return lexer->error == NULL;
  return limner_lexer_fail_expected (lexer, "nothing after the end of the value");
}

gboolean
limner_coco_check_text (const char *text, gsize length, GError **error)
{
  LimnerSource source = { .fd = -1, .size = length };
  LimnerLexer lexer;
  gboolean is_valid;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);

  source.bytes = g_bytes_new_static (text, length);
  limner_lexer_init (&lexer, &source, NULL, MIN (MAX (length, 1), CHUNK), NULL);
  is_valid = limner_lexer_seek (&lexer, 0) && check_document (&lexer);
  if (!is_valid)
    g_propagate_error (error, g_steal_pointer (&lexer.error));
  limner_lexer_clear (&lexer);
  limner_source_clear (&source);
  return is_valid;
}
