/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the parts of the injector share: inject.c decides what happens to an operation and writes it
 * down, inject-descriptors.c and inject-names.c stand in the place of libc's calls.
 */

#undef _FILE_OFFSET_BITS /* else pread() and pread64() are one name, and both are needed */

#include "inject.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define INJECT_MAX_FDS 1024
#define EXPORT __attribute__ ((visibility ("default")))
#define SAME(name, other) EXPORT extern __typeof (other) name __attribute__ ((alias (#other)))

#pragma GCC visibility push(hidden)

typedef enum
{
  PASS,
  FAIL,
  HALF,
  TEAR,
  LIE
} Verdict;

typedef struct
{
  const char *call;
  const char *path;
  Verdict verdict;
  long number;
} Operation;

/* As the environment says, and what the program has open. */
typedef struct
{
  bool is_ready;
  const char *dir;
  size_t dir_length;
  const char *calls;
  const char *path;
  const char *fault;
  long at;
  bool forever;
  const char *only_while;
  int no_locks;
  const char *read_only;
  const char *clock;
  bool data;
  bool trace;
  int record_fd;
  long count;
  char *paths[INJECT_MAX_FDS]; /* of descriptors that are watched */
  unsigned long
      inodes[INJECT_MAX_FDS]; /* what they were then: closedir() closes without telling us */
  pthread_mutex_t mutex;
} InjectState;

extern InjectState inject_state;

/* Begins an operation: from here to inject_leave() no other one happens. FALSE: it is not watched.
 */
bool inject_enter (Operation *op, const char *call, const char *path);
bool inject_enter_fd (Operation *op, const char *call, int fd);

/* Returns @result, with errno as it was. */
long inject_leave (long result);

/* What is said where nothing is done. */
bool inject_is_decided (const Operation *op, long *result);

void inject_die (void);

/* Absolute, without following links. */
const char *inject_locate (int folder_fd, const char *path, char buffer[PATH_MAX]);
bool inject_is_watched (const char *path);
unsigned long inject_inode_of (int fd);

void inject_record (const Operation *op, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* The bytes that were written, in one line with what came before. */
void inject_record_bytes (
    const Operation *op, unsigned long inode, long long offset, const void *data, size_t n);

#pragma GCC visibility pop
