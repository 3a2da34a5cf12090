# SPDX-License-Identifier: MIT
"""Every case of the hostile corpus gets exactly the outcome its table names, in time, and changes nothing."""

import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from limner_tap import LIMN, Skip, contents, equal, need_shared, run

TIME_LIMIT_S = 5
HANGS_S = 60
BIG_HANGS_S = 300  # up to 2 GiB from a disk that others use, too
MEMORY_LIMIT_KIB = 1 << 20
BIG_NEEDS_BYTES = 3 << 30
peaks = []


def measured(*arguments, hangs_s=HANGS_S):
    """(the finished process, seconds, seconds of processors, peak KiB of that process alone)"""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen([LIMN, *arguments], stdout=out, stderr=err)
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (4 * TIME_LIMIT_S, 4 * TIME_LIMIT_S))
        deadline = started + hangs_s
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
                os.wait4(process.pid, 0)
                raise AssertionError(f"not done after {hangs_s} s")
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(arguments, process.returncode, out.read(), err.read())
    return done, time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def outcome(path, hangs_s=HANGS_S):
    """What 'limn validate --json' says, in the words of the table."""
    done, seconds, busy, peak = measured("validate", "--json", "--", path, hangs_s=hangs_s)
    peaks.append(peak)
    assert busy < TIME_LIMIT_S, f"{busy:.1f} s of processors"
    assert peak < MEMORY_LIMIT_KIB, f"{peak >> 10} MiB"
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


def table_rows(path):
    with open(path, newline="", encoding="utf-8") as table:
        names = ["file", "kind", "wrong", "expected", "message_names"]
        reader = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(reader)
        return [dict(zip(names, row + [""] * 5)) for row in reader]


def rows():
    try:
        return table_rows(need_shared("data-hostile/cases.tsv"))
    except Skip:
        return []


def without_corpus(folder):
    need_shared("data-hostile")


def peak_memory(folder):
    """Every case is measured by itself; here the largest is told."""
    need_shared("data-hostile")
    print(f"# at most {max(peaks, default=0) >> 10} MiB")


# ---- what cannot be kept in version control ----

MAKE = Path("data-hostile")


def made(script, *arguments):
    done = subprocess.run([sys.executable, str(need_shared(MAKE / script)), *map(str, arguments)], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr


def path_in(folder, name):
    """The table writes names with escapes; bytes that are no text among them."""
    text = name.replace("\\n", "\n").replace("\\x1b", "\x1b")
    return folder / os.fsdecode(re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode()))


def listed(folder):
    """The names that opening the folder lists, as 'limn apply' could edit them: by export of what info counts."""
    done, seconds, _, _ = measured("info", "--json", "--", str(folder))
    assert seconds < TIME_LIMIT_S, f"{seconds:.1f} s"
    return done


def as_told(row, path):
    """One row of make_fs.py: outcome, time and memory."""
    expected = row["expected"]
    if path.name == ".set.json.limner":
        path = path.with_name("set.json")
    if expected in ("listing ends", "warning names it") or expected.startswith("listed as a folder"):
        # a folder: what matters is that opening it ends, and that it is not taken for a picture
        equal(listed(path).returncode, 3, "a folder without a COCO file")
        return
    got, message, seconds = outcome(path)
    assert seconds < TIME_LIMIT_S, f"{seconds:.1f} s"
    if os.geteuid() == 0 and "E_PERMISSION" in expected:
        raise Skip("root may read everything: run as somebody else to see E_PERMISSION")
    if "W_NOT_REGULAR" in expected:
        # validate names one file, so it refuses what a listing passes over
        equal(got, "refused with error E_NOT_REGULAR", message)
    elif expected == "not listed" or got.startswith("refused with error E_ENCODING"):
        assert got.startswith("refused") and "not listed" in expected or row["file"] == ".hidden.png", f"{got}: {message}"
    else:
        assert got in [normalise(e) for e in expected.split("|")], f"expected {expected!r}, got {got!r}: {message[:300]}"
    if "dangling" in row["file"]:
        assert not (path.parent.parent / "must-not-appear.db").exists(), "the link's target was made"


def special_files(folder):
    place = folder / "fs"
    made("make_fs.py", place, *(["--root"] if os.geteuid() == 0 else []))
    problems, skipped = [], []
    try:
        table = table_rows(place / "cases.tsv")
        for row in table:
            try:
                as_told(row, path_in(place, row["file"]))
            except Skip as why:
                skipped.append(f"{row['file']}: {why}")
            except AssertionError as problem:
                problems.append(f"{row['file']}: {problem}")
        print(f"# {len(table)} special files, {len(problems)} problems" +
              ("" if os.geteuid() == 0 else "; DEVICE NODES WERE NOT TRIED: only root can make them"))
        for line in skipped:
            print(f"# NOT TRIED {line}")
    finally:
        (place / "locked").chmod(0o700)
    assert not problems, "; ".join(problems)


BIG = {
    "string": ("refused with error E_LIMIT", "opens with warning W_LONG_TEXT"),
    "numbers": ("opens with warning W_LONG_RECORD", "refused with error E_LIMIT"),
    "records": ("opens",),
    "one-image": ("opens",),
    "keys": ("opens",),
}


def big(kind):
    def check(folder):
        need_shared(MAKE / "make_big.py")
        if "ASAN_OPTIONS" in os.environ:
            raise Skip("NO BIG INPUT: a sanitizer takes minutes for it, and memory of its own")
        if shutil.disk_usage(folder).free < BIG_NEEDS_BYTES:
            raise Skip(f"NO BIG INPUT: it takes {BIG_NEEDS_BYTES >> 30} GiB of room in {folder}")
        path = folder / f"{kind}.json"
        made("make_big.py", kind, path)
        got, message, seconds = outcome(path, BIG_HANGS_S)  # in time of processors alone: load must not matter
        print(f"# {kind}: {path.stat().st_size >> 20} MiB, {got} after {seconds:.1f} s with {peaks[-1] >> 10} MiB")
        path.unlink()
        assert any(got.startswith(e) for e in BIG[kind]) or any(
            e.startswith("opens with") and e.rpartition(" ")[2] in got for e in BIG[kind]), f"{got}: {message[:300]}"

    return check


run([(row["file"], case(row)) for row in rows()] + [("corpus", without_corpus), ("special files", special_files)] +
    [(f"big: {kind}", big(kind)) for kind in BIG] + [("peak memory", peak_memory)])
