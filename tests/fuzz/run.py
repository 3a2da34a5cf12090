#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one fuzz target and says in TAP what came of it.

First every input that once found a bug (regressions/TARGET) and the kept ones (corpus/TARGET), then LIMNER_FUZZ_SECONDS
(20) seconds of new ones, which start from what make_corpus.py makes and from what earlier runs in this build folder found.
An input that fails stays in the build folder; it is named, and printed where it is short.
"""

import argparse
import base64
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DICTIONARIES = {"image": "image.dict", "rle": None, "workspace": None}
MAX_BYTES = {"image": 32 << 10, "workspace": 64 << 10, "rle": 512}


def comment(text):
    for line in text.splitlines():
        print(f"# {line}")


def environment(folder):
    """Sanitizers as tests/run.sh sets them; every slice from malloc(), so that they see it."""
    values = dict(os.environ, G_SLICE="always-malloc")
    values.setdefault("ASAN_OPTIONS", "detect_leaks=1:allocator_may_return_null=1:strict_string_checks=1:quarantine_size_mb=32")
    values.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
    values.setdefault("LSAN_OPTIONS", f"suppressions={HERE.parent / 'lsan.supp'}:print_suppressions=0")
    values["TMPDIR"] = str(folder)
    return values


def memory_folder():
    """Files of the targets live in memory where the system has room for them there."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else None


def run(arguments, folder):
    with tempfile.TemporaryDirectory(prefix="limner-fuzz-", dir=memory_folder()) as scratch:
        return subprocess.run(
            list(map(str, arguments)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=folder,
            env=environment(scratch),
            check=False,
        )


def report_failure(done, artifacts):
    comment("\n".join(done.stderr.splitlines()[-60:]))
    for path in sorted(artifacts.iterdir(), key=lambda path: path.stat().st_mtime)[-1:]:
        data = path.read_bytes()
        comment(f"input: {path} ({len(data)} bytes)")
        if len(data) <= 2048:
            comment(base64.b64encode(data).decode())


def replay(program, target, work):
    """The inputs that are kept in the source, once each; how many, and the finished process."""
    folders = [HERE / kind / target for kind in ("regressions", "corpus")]
    inputs = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    if not inputs:
        return 0, None
    return len(inputs), run([program, "-timeout=60", "-rss_limit_mb=2560", *inputs], work)


def make_corpus(target, folder):
    done = subprocess.run(
        [sys.executable, HERE / "make_corpus.py", target, folder],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, PYTHONPATH=str(HERE.parent)),
    )
    if done.returncode != 0:
        comment("some first inputs could not be made")
        comment(done.stderr)
    return done.returncode == 0


def fuzz(program, target, work, seconds, input_seconds):
    folders = [work / "found", work / "made"]
    folders += [folder for folder in (HERE / "corpus" / target, HERE / "regressions" / target) if folder.is_dir()]
    arguments = [
        f"-max_total_time={seconds}", "-seed=20261125",
        f"-timeout={input_seconds}",
        "-rss_limit_mb=2560",
        f"-max_len={MAX_BYTES.get(target, 8 << 10)}",
        f"-artifact_prefix={work / 'failed'}/",
        "-print_final_stats=1",
        "-verbosity=1",
        # as libFuzzer can: short inputs first
        "-len_control=50",
    ]
    dictionary = DICTIONARIES.get(target, "coco.dict")
    if dictionary:
        arguments.append(f"-dict={HERE / dictionary}")
    return run([program, *arguments, *folders], work)


def last(pattern, text, default="?"):
    found = re.findall(pattern, text)
    return found[-1] if found else default


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--input-seconds", type=int, default=20)
    options = parser.parse_args()
    program = Path(options.program).resolve()
    target = program.name.removeprefix("fuzz-")
    seconds = int(os.environ.get("LIMNER_FUZZ_SECONDS", "20"))
    work = program.parent / f"{program.name}.work"
    for name in ("found", "made", "failed"):
        (work / name).mkdir(parents=True, exist_ok=True)

    print("1..1", flush=True)
    n_kept, done = replay(program, target, work)
    comment(f"{n_kept} kept inputs")
    made = make_corpus(target, work / "made")
    if done is None or done.returncode == 0:
        done = fuzz(program, target, work, seconds, options.input_seconds)
        executions = last(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
        edges = last(r"cov: (\d+)", done.stderr)
        comment(f"{executions} executions in {seconds} s, {edges} edges covered")
    good = done.returncode == 0 and made
    if done.returncode != 0:
        report_failure(done, work / "failed")
    print(f"{'ok' if good else 'not ok'} 1 {target}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
