/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limner-coco"

#include <limner/coco-file.h>

G_DEFINE_QUARK (limner_coco_error, limner_coco_error)

static const char *const codes[] = {
  [LIMNER_COCO_ERROR_EMPTY] = "E_EMPTY",
  [LIMNER_COCO_ERROR_SYNTAX] = "E_SYNTAX",
  [LIMNER_COCO_ERROR_ENCODING] = "E_ENCODING",
  [LIMNER_COCO_ERROR_NUL] = "E_NUL",
  [LIMNER_COCO_ERROR_DUP_KEY] = "E_DUP_KEY",
  [LIMNER_COCO_ERROR_DEPTH] = "E_DEPTH",
  [LIMNER_COCO_ERROR_LIMIT] = "E_LIMIT",
  [LIMNER_COCO_ERROR_NOT_OBJECT] = "E_NOT_OBJECT",
  [LIMNER_COCO_ERROR_NOT_COCO] = "E_NOT_COCO",
  [LIMNER_COCO_ERROR_SECTION_TYPE] = "E_SECTION_TYPE",
  [LIMNER_COCO_ERROR_MISSING] = "E_MISSING",
  [LIMNER_COCO_ERROR_PERMISSION] = "E_PERMISSION",
  [LIMNER_COCO_ERROR_NOT_REGULAR] = "E_NOT_REGULAR",
  [LIMNER_COCO_ERROR_CHANGED] = "E_CHANGED",
  [LIMNER_COCO_ERROR_RECORD] = "E_RECORD",
};

const char *
limner_coco_error_get_code (const GError *error)
{
  if (error == NULL || error->domain != LIMNER_COCO_ERROR || error->code < 0 ||
      (guint) error->code >= G_N_ELEMENTS (codes))
    return NULL;
  return codes[error->code];
}
