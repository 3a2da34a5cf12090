/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the fuzz targets share. A target is one function that libFuzzer calls with bytes; whatever
 * should never happen ends the process by fuzz_require(), a sanitizer or a critical message of
 * GLib's, and the bytes are kept.
 */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

void fuzz_fail (const char *file, int line, const char *format, ...)
    G_GNUC_PRINTF (3, 4) G_GNUC_NORETURN;

/* Like g_assert(), with a sentence about what was found. */
#define fuzz_require(condition, ...)                                                               \
  do                                                                                               \
    {                                                                                              \
      if (G_UNLIKELY (!(condition)))                                                               \
        fuzz_fail (__FILE__, __LINE__, __VA_ARGS__);                                               \
    }                                                                                              \
  while (0)

/* Bytes that a target takes its decisions from; past their end everything is 0. */
typedef struct
{
  const uint8_t *data;
  gsize size;
} FuzzInput;

guint8 fuzz_take_u8 (FuzzInput *self);
guint16 fuzz_take_u16 (FuzzInput *self);
guint32 fuzz_take_u32 (FuzzInput *self);

/* (transfer full): the bytes up to the next NUL, which is taken too, or all that are left; in a
 * block of just that size, so that the address sanitizer sees the first byte read beyond it. */
GBytes *fuzz_take_text (FuzzInput *self);

/* (transfer full): all that are left, in a block of just that size. */
GBytes *fuzz_take_rest (FuzzInput *self);

/* Small numbers that follow from the content alone: the same input always goes the same way. */
guint32 fuzz_hash (const uint8_t *data, size_t size);

/* A folder of this process in the temporary one; removed when it ends. The state and cache folders
 * lie in it, too. */
const char *fuzz_folder (void);

/* (transfer full): the path of a file in it that has just these bytes. */
char *fuzz_write_file (const char *name, const void *data, gsize size);

/* Every file in it is removed. */
void fuzz_empty_folder (void);

G_END_DECLS
