# SPDX-License-Identifier: MIT
"""What the Python tests share: cases in TAP, a scratch folder for each, and limn as a subprocess."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

SOURCE = Path(os.environ.get("LIMNER_SOURCE_DIR", Path(__file__).resolve().parent.parent))
SHARED = Path(os.environ.get("LIMNER_SHARED_DIR", SOURCE.parent / "shared"))
LIMN = os.environ.get("LIMN", str(SOURCE / "build" / "release" / "app" / "cli" / "limn"))
SAMPLE = SOURCE / "tests" / "data" / "sample"


class Skip(Exception):
    """Raised by a case that cannot run here; the text says why."""


def need_shared(relative):
    """A path in ../shared; the case is skipped where it is absent."""
    path = SHARED / relative
    if not path.exists():
        raise Skip(f"shared test data '{relative}' is absent here")
    return path


def limn(*arguments, timeout=60, **options):
    """Runs limn; returns the finished process with text output."""
    return subprocess.run(
        [LIMN, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, errors="replace", **options
    )


def limn_json(*arguments, **options):
    """Runs limn with --json; returns exit status and the object it printed."""
    done = limn(*arguments, "--json", **options)
    return done.returncode, json.loads(done.stdout)


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {got!r}")


def contents(folder):
    """Every file below a folder with a digest of its bytes: to show that nothing changed."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else None
        for path in sorted(Path(folder).rglob("*"))
    }


def copy_sample(folder):
    """A writable copy of the sample dataset; returns its COCO file."""
    target = Path(folder) / "sample"
    shutil.copytree(SAMPLE, target)
    return target / "_annotations.coco.json"


def run(cases):
    """Runs (name, function(folder)) pairs; each gets a scratch folder and a state folder of its own."""
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        folder = Path(tempfile.mkdtemp(prefix="limner-test-"))
        os.environ["XDG_STATE_HOME"] = str(folder / ".state")
        os.environ["XDG_CACHE_HOME"] = str(folder / ".cache")
        scratch = folder / "work"
        scratch.mkdir()
        try:
            function(scratch)
            print(f"ok {number} {name}")
        except Skip as why:
            print(f"ok {number} {name} # SKIP {why}")
        except Exception:  # a test may fail in any way; the next ones still run
            failed += 1
            print(f"not ok {number} {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
