# SPDX-License-Identifier: MIT
"""Power cuts on real file systems: what was acknowledged is there after a shutdown of the file system.

The writer is stopped before the cut, for an fsync on its way may else return as if nothing had happened. The same under
an injector that swallows every fsync must lose something, or this test would see nothing. Needs root, loop devices,
mkfs and xfs_io (xfsprogs); LIMNER_POWER_CUTS says how many cuts each file system gets.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from faults import OLD, TIMEOUT_S, box, lines, need_injector
from limner_tap import LIMN, Skip, run

CUTS = int(os.environ.get("LIMNER_POWER_CUTS", "20"))
EDITS_A_RUN = 120
CUTS_A_DISK = 100  # the history grows with each run, and with it the time that opening takes
FILE_SYSTEMS = {"ext4": (64 << 20, ["mkfs.ext4", "-q", "-F"]), "xfs": (320 << 20, ["mkfs.xfs", "-q"])}


def find_tool(name):
    """A path; the case is skipped where there is none."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise Skip(f"NO POWER CUTS: {name} is absent here")
    return path


def call(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=TIMEOUT_S)


class Disk:
    """A file system of its own that the power can be cut of."""

    def __init__(self, folder, kind):
        size, make = FILE_SYSTEMS[kind]
        if os.geteuid() != 0:
            raise Skip("NO POWER CUTS: only root can mount")
        self.kind = kind
        self.shutdown = find_tool("xfs_io")
        self.image = folder / "disk.img"
        self.mountpoint = folder / "disk"
        self.mountpoint.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(size)
        done = call(find_tool(make[0]), *make[1:], self.image)
        if done.returncode == 0:
            done = self.mount()
        if done.returncode != 0:
            raise Skip(f"NO POWER CUTS: {kind} cannot be made or mounted here: {done.stderr.strip()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        call("umount", "-l", self.mountpoint)

    def mount(self):
        return call("mount", "-t", self.kind, "-o", "loop", self.image, self.mountpoint)

    def cut(self):
        done = call(self.shutdown, "-x", "-c", "shutdown", self.mountpoint)
        if done.returncode != 0 or done.stderr.strip():
            raise Skip(f"NO POWER CUTS: {self.kind} cannot be shut down here: {done.stderr.strip()}")

    def power_on(self):
        for _ in range(100):
            done = call("umount", self.mountpoint)
            if done.returncode == 0:
                break
            time.sleep(0.05)
        else:
            raise AssertionError(f"umount: {done.stderr}")
        done = self.mount()
        if done.returncode != 0:
            raise AssertionError(f"mount: {done.stderr}")


def stop(process):
    """SIGSTOP, and wait until every thread has heard of it."""
    process.send_signal(signal.SIGSTOP)
    for _ in range(2000):
        try:
            threads = Path(f"/proc/{process.pid}/task").glob("*/stat")
            states = [path.read_text().rpartition(")")[2].split()[0] for path in threads]
        except FileNotFoundError:
            continue
        if all(state in "TtZX" for state in states):
            return
        time.sleep(0.001)
    raise AssertionError(f"it does not stop: {states}")


class Writer:
    """limn apply, whose acknowledgements are read while it runs."""

    def __init__(self, disk, edits, lie=False):
        environment = {**os.environ, "XDG_STATE_HOME": str(disk.mountpoint / "state")}
        if lie:
            environment.update(
                LD_PRELOAD=os.environ["LIMNER_INJECT"], LIMNER_INJECT_DIR=str(disk.mountpoint),
                LIMNER_INJECT_CALLS="sync", LIMNER_INJECT_AT="1", LIMNER_INJECT_FAULT="lie", LIMNER_INJECT_FOREVER="1",
            )
        self.process = subprocess.Popen(
            [LIMN, "apply", str(disk.mountpoint / "work" / "set.json"), str(edits), "--ack"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment,
        )
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def end(self):
        """Kills it; the ids that were acknowledged."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return [int(line.split()[2]) for line in self.lines if line.endswith("\n")]


def read_ids(disk):
    return {a["id"] for a in json.loads((disk.mountpoint / "work" / "set.json").read_bytes())["annotations"]}


def recover(disk):
    done = subprocess.run([LIMN, "apply", str(disk.mountpoint / "work" / "set.json"), "-"], input="", text=True,
                          capture_output=True, timeout=TIMEOUT_S,
                          env={**os.environ, "XDG_STATE_HOME": str(disk.mountpoint / "state")})
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"recovery: {done.returncode}: {done.stderr}")


def prepare(disk, folder):
    (disk.mountpoint / "work").mkdir()
    (disk.mountpoint / "work" / "set.json").write_text(OLD)
    edits = folder / "edits.jsonl"
    edits.write_text(lines(box(n) for n in range(EDITS_A_RUN)))
    started = time.monotonic()
    writer = Writer(disk, edits)
    writer.process.wait()
    ids = writer.end()
    assert len(ids) == EDITS_A_RUN, f"{len(ids)} acknowledged"
    os.sync()
    return edits, time.monotonic() - started


def cut_once(disk, edits, seconds, expected, lie=False):
    """(edits acknowledged, whether the writer was at work)"""
    writer = Writer(disk, edits, lie)
    try:
        time.sleep(seconds)
        at_work = writer.process.poll() is None
        if at_work:
            stop(writer.process)
        disk.cut()
    finally:
        ids = writer.end()
    expected.update(ids)
    disk.power_on()
    read_ids(disk)  # I2: one whole version under its name
    recover(disk)
    found = read_ids(disk)
    if expected - found:
        raise AssertionError(f"I1: {len(expected - found)} of {len(ids)} acknowledged edits are lost")
    leftovers = [p.name for p in (disk.mountpoint / "work").iterdir() if "tmp" in p.name or "holder" in p.name]
    if leftovers:
        raise AssertionError(f"leftovers: {leftovers}")
    return len(ids), at_work


def cut_often(folder, kind, n_cuts, chance):
    """(how many cuts came while it wrote, how many edits were acknowledged)"""
    folder.mkdir()
    with Disk(folder, kind) as disk:
        edits, duration = prepare(disk, folder)
        expected = read_ids(disk)
        n_acknowledged = n_at_work = 0
        for number in range(1, n_cuts + 1):
            try:
                n, at_work = cut_once(disk, edits, chance.uniform(0, 1.1 * duration), expected)
            except AssertionError as problem:
                raise AssertionError(f"cut {number}: {problem}") from problem
            n_acknowledged += n
            n_at_work += at_work
    (folder / "disk.img").unlink()
    return n_at_work, n_acknowledged


def cuts(kind):
    def check(folder):
        chance = random.Random(int(os.environ.get("LIMNER_SEED", "20261125")))
        n_acknowledged = n_at_work = done = 0
        while done < CUTS:
            part = min(CUTS - done, CUTS_A_DISK)
            at_work, acknowledged = cut_often(folder / str(done), kind, part, chance)
            n_at_work, n_acknowledged, done = n_at_work + at_work, n_acknowledged + acknowledged, done + part
            print(f"# {kind}: {done} power cuts, {n_at_work} of them while it wrote, "
                  f"{n_acknowledged} edits acknowledged, none lost", flush=True)
        assert n_at_work > CUTS // 4, f"only {n_at_work} of {CUTS} cuts came while it wrote"

    return check


def without_fsync(kind):
    def check(folder):
        need_injector()
        chance = random.Random(1)
        with Disk(folder, kind) as disk:
            edits, duration = prepare(disk, folder)
            expected = read_ids(disk)
            for number in range(1, 21):
                try:
                    cut_once(disk, edits, chance.uniform(0.4 * duration, duration), expected, lie=True)
                except (AssertionError, ValueError, OSError) as problem:
                    print(f"# {kind}: noticed at cut {number}: {str(problem)[:160]}")
                    return
        raise AssertionError("20 power cuts without a single fsync, and nothing was missed")

    return check


if os.geteuid() == 0 and "LIMNER_POWER_ALONE" not in os.environ and shutil.which("unshare"):
    # in a mount namespace of our own: one that somebody else copies keeps a file system alive that was shut down
    os.environ["LIMNER_POWER_ALONE"] = "1"
    os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])

cases = []
for kind in FILE_SYSTEMS:
    cases.append((f"{kind}: {CUTS} power cuts", cuts(kind)))
    cases.append((f"{kind}: without fsync something is lost", without_fsync(kind)))
run(cases)
