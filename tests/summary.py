#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up the test cases of several meson test logs and ends with 'N passed, N failed, N skipped'.

Cases are counted from the TAP that every test program prints. A program that crashed, timed out or printed fewer cases than it
planned counts what is missing as failed. Exit status 1 if anything failed, or if nothing ran.
"""

import argparse
import json
import re
import sys


def count(test):
    """Returns passed, failed, skipped of one test program."""
    passed = failed = skipped = 0
    planned = None
    for line in test.get("stdout", "").splitlines():
        if match := re.match(r"1\.\.(\d+)", line):
            planned = int(match.group(1))
        elif line.startswith("not ok"):
            failed += 1
        elif line.startswith("ok"):
            if re.search(r"#\s*skip", line, re.IGNORECASE):
                skipped += 1
            else:
                passed += 1
    ran = passed + failed + skipped
    if planned is not None and planned > ran:
        failed += planned - ran
    elif test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and failed == 0:
        failed += 1
    elif test["result"] == "SKIP" and ran == 0:
        skipped += 1
    elif ran == 0:
        passed += 1
    return passed, failed, skipped


def failures(test):
    """The names of the cases that failed, each with the last line of what it said."""
    lines = test.get("stdout", "").splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("not ok"):
            continue
        said = []
        for text in lines[number + 1:]:
            if not text.startswith("#"):
                break
            said.append(text.lstrip("# "))
        yield line, f": {said[-1][:400]}" if said else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed-builds", type=int, default=0)
    parser.add_argument("logs", nargs="*")
    options = parser.parse_args()
    total = [0, options.failed_builds, 0]
    for log in options.logs:
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                test = json.loads(line)
                cases = count(test)
                total = [a + b for a, b in zip(total, cases)]
                if cases[1]:
                    print(f"FAILED {test['name']} ({log}): {cases[1]} cases")
                    for name, why in failures(test):
                        print(f"  {name}{why}")
                for why in re.findall(r"^ok .*#\s*skip(.*)$", test.get("stdout", ""), re.IGNORECASE | re.MULTILINE):
                    print(f"skipped in {test['name']}:{why}")
    passed, failed, skipped = total
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
