# SPDX-License-Identifier: MIT
"""Every case of the hostile corpus gets exactly the outcome its table names, in time, and changes nothing."""

import csv
import json
import re
import resource
import shutil
import subprocess
import time

from limner_tap import LIMN, Skip, contents, equal, need_shared, run

TIME_LIMIT_S = 5
MEMORY_LIMIT_KIB = 1 << 20


def outcome(path):
    """What 'limn validate --json' says, in the words of the table."""
    started = time.monotonic()
    done = subprocess.run([LIMN, "validate", "--json", str(path)], capture_output=True, timeout=60)
    seconds = time.monotonic() - started
    assert done.returncode in (0, 1, 3), f"exit status {done.returncode}: {done.stderr.decode(errors='replace')}"
    report = json.loads(done.stdout.decode())
    if "error" in report:
        equal(done.returncode, 3, "status of a refusal")
        return f"refused with error {report['error']['code']}", report["error"]["message"], seconds
    codes = {finding["code"] for finding in report["findings"]}
    equal(done.returncode, 1 if codes else 0, "status")
    return ("opens with warning " + ", ".join(sorted(codes)) if codes else "opens"), json.dumps(report), seconds


def normalise(expected):
    """One alternative of the table, with its codes sorted."""
    head, _, codes = expected.strip().partition(" W_")
    return f"{head} {', '.join(sorted(('W_' + codes).split(', ')))}" if codes else head


def case(row):
    def check(folder):
        source = need_shared("data-hostile")
        path = source / row["file"]
        if row["file"].startswith("ws/"):
            folder = folder / "ws"
            shutil.copytree(path.parent, folder)
            path = folder / "set.json"
            if not path.exists():
                shutil.copy(source / "json" / "ok-base.json", path)
                for name in ("a.png", "b.jpg", "c.png"):
                    shutil.copy(source / "json" / name, folder / name)
        elif row["file"].startswith("json/"):
            for name in (path.name, "a.png", "b.jpg", "c.png"):
                shutil.copy(source / "json" / name, folder / name)
            path = folder / path.name
        else:
            shutil.copy(path, folder / path.name)
            path = folder / path.name
        before = contents(folder)
        if row["expected"] == "not listed as a picture":
            listing = subprocess.run([LIMN, "info", str(folder)], capture_output=True)
            equal(listing.returncode, 3, "a folder with nothing but this file has no images")
            return
        got, message, seconds = outcome(path)
        alternatives = [normalise(e) for e in row["expected"].split("|")]
        assert got in alternatives, f"expected {row['expected']!r}, got {got!r}: {message[:600]}"
        assert seconds < TIME_LIMIT_S, f"{seconds:.1f} s"
        if line := re.fullmatch(r"line (\d+)", row["message_names"] or ""):
            said = re.search(rf"{re.escape(path.name)}:(\d+)", message)
            assert said and abs(int(said.group(1)) - int(line.group(1))) <= 1, f"line {line.group(1)}: {message}"
        elif got.startswith("opens with"):
            for name in (row["message_names"] or "").split(", "):
                if re.match(r"(images|annotations|categories)\[", name):
                    assert f'"{name}' in message, f"no finding at {name}: {message[:600]}"
        equal(contents(folder), before, "the folder")

    return check


def rows():
    try:
        with open(need_shared("data-hostile/cases.tsv"), newline="", encoding="utf-8") as table:
            names = ["file", "kind", "wrong", "expected", "message_names"]
            reader = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
            next(reader)
            return [dict(zip(names, row + [""] * 5)) for row in reader]
    except Skip:
        return []


def without_corpus(folder):
    need_shared("data-hostile")


def peak_memory(folder):
    """The peak over all children of this program, which is the largest of them."""
    need_shared("data-hostile")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < MEMORY_LIMIT_KIB, f"{peak >> 10} MiB"


run([(row["file"], case(row)) for row in rows()] + [("corpus", without_corpus), ("peak memory", peak_memory)])
