/* SPDX-License-Identifier: MIT */
#include "gui-fixture.h"

int
main (int argc, char **argv)
{
  static const LimnerTestCase cases[] = { { NULL } };

  return limner_test_main (argc, argv, "gui-trouble", cases);
}
