/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the sub-commands of limn share: the table entry, the exit statuses, and how a dataset is
 * opened and a diagnostic printed. Diagnostics go to standard error; only results go to standard
 * output.
 */

#include <cjson/cJSON.h>
#include <limner/document.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

typedef enum
{
  COMMAND_DONE = 0,
  COMMAND_PROBLEMS = 1,     /* done, and problems were found */
  COMMAND_USAGE = 2,        /* wrong usage */
  COMMAND_CANNOT_READ = 3,  /* the input */
  COMMAND_CANNOT_WRITE = 4, /* the output */
} CommandStatus;

typedef struct
{
  const char *name;
  const char *arguments; /* for the usage line: "DATASET [--json]" */
  const char *summary;
  CommandStatus (*run) (int argc, char **argv); /* argv[0] is the command's name */
} Command;

CommandStatus command_info (int argc, char **argv);
CommandStatus command_validate (int argc, char **argv);
CommandStatus command_render (int argc, char **argv);
CommandStatus command_apply (int argc, char **argv);

/**
 * command_parse:
 * @entries: (nullable): options of the command, ended by an empty entry
 * @n_arguments: how many arguments must remain
 * @status: (out): what to return when this returns %FALSE
 *
 * Parses options and checks the number of arguments; says what is wrong and shows the usage line.
 * argv[1] ... are the remaining arguments afterwards.
 */
gboolean command_parse (
    int *argc, char ***argv, const GOptionEntry *entries, int n_arguments, CommandStatus *status);

/* (transfer full): text from a file with what a terminal would obey (control and bidi characters)
 * written as \\uXXXX. */
char *command_make_visible (const char *text);

/* Prints 'limn: MESSAGE' with control characters made visible. */
void command_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/**
 * command_open:
 * @path: DATASET
 * @image_root: (nullable): --image-root
 * @status: (out): what to return when this returns %NULL
 * @error: (out) (optional): the error itself, which is then not printed
 *
 * Opens a dataset for a command, with progress where standard error is a terminal. Where another
 * program holds the log it is said that the file is read alone.
 */
LimnerDocument *command_open (const char *path,
                              const char *image_root,
                              LimnerOpenFlags flags,
                              CommandStatus *status,
                              GError **error);

/* Adds a number that a double could not hold exactly. */
void command_add_integer (cJSON *object, const char *name, gint64 value);

/* Prints @object on one line of standard output. */
CommandStatus command_print_json (const cJSON *object);

/* Flushes standard output; a full disk behind it is COMMAND_CANNOT_WRITE. Then lets the index of
 * what was opened be written, for 2 s at most: it makes the next opening fast, and nothing else
 * depends on it. */
CommandStatus command_finish (CommandStatus status);

G_END_DECLS
