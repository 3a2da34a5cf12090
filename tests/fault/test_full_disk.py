# SPDX-License-Identifier: MIT
"""A full disk: editing goes on, what is not safe is shown, and all is in the file soon after there is room again.

The disk is a small tmpfs in a mount namespace of the user's own, so root is not needed.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

from faults import EDITOR, OLD, Editor, Place, acknowledged, box, png
from limner_tap import Skip, equal, run

OUTSIDE = ["unshare", "-Urm"]
MANY = 6000  # more than the reserved room takes
NOT_DURABLE = "1 1 "  # LIMNER_TROUBLE_NOT_DURABLE, at risk


class SmallDisk:
    """A tmpfs with a dataset; the state folder is on it, or where there is room."""

    def __init__(self, folder, options, state_on_it=False):
        self.folder = Path(folder)
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.disk)], check=True)
        self.work = self.disk / "work"
        self.work.mkdir()
        (self.work / "a.png").write_bytes(png())
        self.coco = self.work / "set.json"
        self.coco.write_text(OLD)
        self.state = (self.disk if state_on_it else self.folder) / "state"
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.state)}

    def fill(self):
        """Not a byte is left."""
        with open(self.disk / "filler", "ab", buffering=0) as filler:
            for step in (1 << 16, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * step)
                except OSError:
                    pass

    def use_inodes(self):
        (self.disk / "many").mkdir()
        for number in range(100000):
            try:
                (self.disk / "many" / str(number)).touch()
            except OSError:
                return
        raise AssertionError("there is no end of inodes")

    def make_room(self):
        (self.disk / "filler").unlink(missing_ok=True)
        subprocess.run(["rm", "-rf", str(self.disk / "many")], check=True)

    def boxes(self):
        return [a["bbox"][0] for a in json.loads(self.coco.read_bytes())["annotations"]][2:]

    def leftovers(self):
        names = {"a.png", "set.json", ".set.json.limner", ".set.json.limner-base"}
        found = [p.name for p in self.work.iterdir() if p.name not in names]
        state = self.state / "limner"
        return found + ([f"state/{p.name}" for p in state.iterdir()] if state.is_dir() else [])


def work_through_full_disk(disk, use_up):
    """3 edits, then 300 on the full disk, then room."""
    editor = Editor(disk.coco, disk.environment)
    editor.edit(3)
    editor.wait(lambda _: len(editor.acks) == 3)
    use_up(disk)
    editor.edit(300)
    editor.wait(lambda _: len(editor.acks) == 303)
    editor.tell("save")
    editor.wait(lambda line: line is not None and line.startswith(("unsaved", "saved")))
    assert editor.trouble.startswith(("2 ", "3 ")), f"nothing is shown: {editor.trouble}"
    equal(disk.coco.read_text(), OLD, "the file on the full disk")
    disk.make_room()
    started = time.monotonic()
    editor.wait(lambda _: editor.is_safe())
    print(f"# saved {time.monotonic() - started:.1f} s after there was room")
    equal(disk.boxes(), list(range(1, 304)), "boxes in the file")
    editor.close()
    equal(disk.leftovers(), [], "leftovers")


def bytes_used_up(folder):
    work_through_full_disk(SmallDisk(folder, "size=3m"), SmallDisk.fill)


def inodes_used_up(folder):
    work_through_full_disk(SmallDisk(folder, "size=16m,nr_inodes=200"), SmallDisk.use_inodes)


def nowhere_else(folder):
    """The state folder is on the full disk, too: what is only in memory is shown to be."""
    disk = SmallDisk(folder, "size=12m", state_on_it=True)
    editor = Editor(disk.coco, disk.environment)
    editor.edit(3)
    editor.wait(lambda _: len(editor.acks) == 3)
    disk.fill()
    editor.edit(MANY)
    editor.wait(lambda _: editor.trouble.startswith(NOT_DURABLE))
    kept = len(editor.acks)
    assert kept > 100, f"the reserved room took {kept} edits only"
    editor.edit(5)
    disk.make_room()
    editor.wait(lambda _: len(editor.acks) == MANY + 8)
    editor.wait(lambda _: editor.is_safe())
    print(f"# {kept} edits were durable on the full disk, the others when there was room")
    equal(editor.acks, list(range(1, MANY + 9)), "acknowledged once, in order")
    equal(disk.boxes(), list(range(1, MANY + 9)), "boxes in the file")
    editor.close()
    equal(disk.leftovers(), [], "leftovers")


def killed_on_full_disk(folder):
    """What was acknowledged on the full disk survives a kill there."""
    disk = SmallDisk(folder, "size=3m")
    editor = Editor(disk.coco, disk.environment)
    editor.edit(3)
    editor.wait(lambda _: len(editor.acks) == 3)
    disk.fill()
    editor.edit(300)
    editor.wait(lambda _: len(editor.acks) == 303)
    editor.process.kill()
    editor.process.wait()
    equal(disk.coco.read_text(), OLD, "the file on the full disk")
    disk.make_room()
    editor = Editor(disk.coco, disk.environment)
    editor.edit(1)
    editor.wait(lambda _: editor.acks == [1])
    editor.close()
    equal(disk.boxes(), [*range(1, 304), 1], "boxes in the file")
    equal(disk.leftovers(), [], "leftovers")


def opened_on_full_disk(folder):
    """The log of an earlier session cannot be opened for writing; what is in it is seen and worked on all the same."""
    disk = SmallDisk(folder, "size=3m")
    editor = Editor(disk.coco, disk.environment)
    editor.edit(3)
    editor.wait(lambda _: len(editor.acks) == 3)
    disk.fill()
    editor.close()
    for session in range(1, 3):
        disk.fill()  # closing gave back what the log had reserved
        editor = Editor(disk.coco, disk.environment)
        editor.edit(2)
        editor.wait(lambda _: editor.acks == [1, 2])
        editor.close()
        equal(disk.coco.read_text(), OLD, f"the file on the full disk, session {session}")
    disk.make_room()
    with Place(folder) as place:
        place.coco, place.root = disk.coco, folder
        done = place.apply([])
        place.root = folder / "none"
    equal((done.returncode, done.stderr), (0, ""), "with room")
    equal(disk.boxes(), [1, 2, 3, 1, 2, 1, 2], "boxes in the file")
    equal(disk.leftovers(), [], "leftovers")


def full_from_the_start(folder):
    """limn says that it cannot write, and where the work is."""
    disk = SmallDisk(folder, "size=3m")
    disk.fill()
    with Place(folder) as place:
        place.coco = disk.coco
        place.root = folder
        done = place.apply([box(n) for n in range(1, 6)], "--ack")
        equal(done.returncode, 4, "status")
        assert "No space left" in done.stderr or "full" in done.stderr, done.stderr
        equal(acknowledged(done.stdout), 5, "acknowledged, in the state folder")
        equal(disk.coco.read_text(), OLD, "the file on the full disk")
        disk.make_room()
        again = place.apply([])
        equal((again.returncode, again.stderr), (0, ""), "with room")
        equal(disk.boxes(), list(range(1, 6)), "boxes in the file")
        place.root = disk.folder / "none"
    equal(disk.leftovers(), [], "leftovers")


CASES = {
    "no byte is left": bytes_used_up,
    "no inode is left": inodes_used_up,
    "no room anywhere": nowhere_else,
    "killed on a full disk": killed_on_full_disk,
    "opened on a full disk": opened_on_full_disk,
    "limn on a full disk": full_from_the_start,
}


def inside(name):
    def check(folder):
        if subprocess.run([*OUTSIDE, "true"], capture_output=True).returncode != 0:
            raise Skip("NO FULL DISK: unshare -Urm is not allowed here")
        if not os.path.exists(EDITOR):
            raise Skip("LIMNER_FAULT_EDITOR does not name the editor; meson sets it")
        done = subprocess.run([*OUTSIDE, sys.executable, __file__, name, str(folder)], capture_output=True, text=True,
                              timeout=240)
        print("".join(f"{line}\n" for line in done.stdout.splitlines() if line.startswith("#")), end="")
        if done.returncode != 0:
            raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])

    return check


if len(sys.argv) == 3:
    try:
        CASES[sys.argv[1]](Path(sys.argv[2]))
    except Exception:  # the outer process prints it
        traceback.print_exc()
        sys.exit(1)
else:
    run([(name, inside(name)) for name in CASES])
