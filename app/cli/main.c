/* SPDX-License-Identifier: MIT */
#define G_LOG_DOMAIN "limn"

#include "command.h"

#include <locale.h>
#include <stdio.h>

/* A sub-command is one file and one line here. */
static const Command commands[] = {
  { "info", "DATASET [--json] [--image-root DIR]",
    "counts, categories, sizes: what the file contains", command_info },
  { "validate", "DATASET|PICTURE [--json] [--image-root DIR]",
    "every problem with its record, line and column; exit status 1 if there is any",
    command_validate },
  { "render", "DATASET IMAGE --out PNG [--image-root DIR] [--no-labels]",
    "the picture (by file_name or id) with its annotations drawn", command_render },
  { "apply", "DATASET EDITS.jsonl [--ack] [--image-root DIR] [--take-over] [--in-place]",
    "edits from a file ('-': standard input); --ack prints a line for each once it is durable",
    command_apply },
};

static void
print_usage (FILE *out)
{
  fprintf (out, "Usage: limn COMMAND ARGUMENTS\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  limn %s %s\n      %s\n", commands[i].name, commands[i].arguments,
             commands[i].summary);
  fprintf (out,
           "\nDATASET is a COCO file, or a folder that holds one. Exit status: 0 done, 1 done and "
           "problems found,\n"
           "2 wrong usage, 3 cannot read the input, 4 cannot write the output. See 'man limn'.\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  /* numbers in files and reports are never localised */
  setlocale (LC_NUMERIC, "C");
  g_set_prgname ("limn");

  if (argc < 2)
    {
      print_usage (stderr);
      return COMMAND_USAGE;
    }
  if (g_str_equal (argv[1], "help") || g_str_equal (argv[1], "--help") ||
      g_str_equal (argv[1], "-h"))
    {
      print_usage (stdout);
      return command_finish (COMMAND_DONE);
    }
  if (g_str_equal (argv[1], "--version"))
    {
      printf ("limn %s\n", LIMNER_VERSION);
      return command_finish (COMMAND_DONE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (argv[1], commands[i].name))
        return command_finish (commands[i].run (argc - 1, argv + 1));
    }
  command_complain ("there is no command '%s'", argv[1]);
  print_usage (stderr);
  return COMMAND_USAGE;
}
