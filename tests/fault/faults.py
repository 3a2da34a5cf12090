# SPDX-License-Identifier: MIT
"""A small dataset, edits with a known outcome, and limn under the injector."""

import json
import os
import queue
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import zlib
from pathlib import Path

from limner_tap import LIMN, Skip, equal

INJECT = os.environ.get("LIMNER_INJECT", "")
EDITOR = os.environ.get("LIMNER_FAULT_EDITOR", "")
ALL = os.environ.get("LIMNER_FAULT_ALL", "")  # "1", or "points", or "faults": what else is swept in the long run
ALL_POINTS = ALL in ("1", "points")
ALL_FAULTS = ALL in ("1", "faults")
TIMEOUT_S = 60
RESUME_S = 30  # of what is tried every 5 s; the rest is for a busy machine
NAME = "set.json"
NEW_NAME = "_annotations.coco.json"  # of a folder that had no COCO file

OLD = (
    '{"images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 8}],\n'
    ' "annotations": [\n'
    '  {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2e0], "area": 4.0, "iscrowd": 0,'
    ' "segmentation": [], "extra": 9007199254740993},\n'
    '  {"id": 2, "image_id": 1, "category_id": 1, "bbox": [3, 3, 2, 2], "area": 4, "iscrowd": 0, "segmentation": []}\n'
    ' ],\n "categories": [{"id": 1, "name": "c\\u0061r"}], "unknown": [ 1e2 ]}\n'
)


def box(number, image=1):
    return {"op": "create", "annotation": {"image_id": image, "category_id": 1, "bbox": [number, 2, 3, 4],
                                           "area": 12, "iscrowd": 0, "segmentation": []}}


EDITS = [box(5), {"op": "update", "annotation": {"id": 1, "area": 5}}, {"op": "delete", "annotation": {"id": 2}}]
NEW_EDITS = [
    {"op": "create", "image": {"file_name": "a.png", "width": 8, "height": 8}},
    {"op": "create", "category": {"name": "car"}},
    box(1),
]


def need_injector():
    if not os.path.exists(INJECT):
        raise Skip("LIMNER_INJECT does not name the injector; meson sets it")


def scratch_parent():
    """A memory file system is quicker, and a power cut is not what these tests make."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + bytes(range(8)) for _ in range(8)))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def lines(edits):
    return "".join(json.dumps(edit) + "\n" for edit in edits)


class ForkServer:
    """limn, loaded once and waiting before its main() for runs (fork-server.c); one for each thread."""

    local = threading.local()

    @classmethod
    def mine(cls):
        if not hasattr(cls.local, "server"):
            cls.local.server = cls()
        return cls.local.server

    def __init__(self):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.folder = tempfile.TemporaryDirectory(prefix="limner-server-", dir=scratch_parent())
        self.files = [Path(self.folder.name) / name for name in ("in", "out", "err")]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LIMNER_INJECT_")}
        environment.update(LD_PRELOAD=INJECT, LIMNER_FORK_SERVER=str(theirs.fileno()))
        self.process = subprocess.Popen([LIMN], env=environment, pass_fds=[theirs.fileno()])
        theirs.close()
        self.socket.settimeout(TIMEOUT_S)

    def __del__(self):
        self.socket.close()
        self.process.wait()
        self.folder.cleanup()

    def answer(self):
        data = self.socket.recv(4)
        if len(data) != 4:
            raise AssertionError(f"the fork server ended: {self.process.wait()}")
        return struct.unpack("i", data)[0]

    def run(self, arguments, text, changes):
        """As subprocess.run(), with @changes of the environment."""
        self.files[0].write_text(text)
        words = [*map(str, self.files), *(f"{k}={v}" for k, v in changes.items()), "", *map(str, arguments)]
        self.socket.send(b"".join(os.fsencode(word) + b"\0" for word in words))
        pid = self.answer()
        try:
            status = self.answer()
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self.answer()
            raise AssertionError(f"it hung for {TIMEOUT_S} s") from None
        out, err = (path.read_text(errors="replace") for path in self.files[1:])
        return subprocess.CompletedProcess(arguments, os.waitstatus_to_exitcode(status), out, err)


class Place:
    """A scratch root with the dataset's folder 'work' and a state folder of its own."""

    def __init__(self, parent=None, with_file=True, template=None):
        self.root = Path(tempfile.mkdtemp(prefix="limner-fault-", dir=parent or scratch_parent()))
        self.work = self.root / "work"
        self.coco = self.work / (NAME if with_file else NEW_NAME)
        if template is not None:
            shutil.copytree(template.root, self.root, dirs_exist_ok=True)
            return
        self.work.mkdir()
        (self.work / "a.png").write_bytes(png())
        if with_file:
            self.coco.write_text(OLD)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def dataset(self):
        """What limn is given: the file, or the folder that is to get one."""
        return self.coco if self.coco.name == NAME else self.work

    def environment(self, **inject):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LIMNER_INJECT_")}
        environment["XDG_STATE_HOME"] = str(self.root / "state")
        environment["XDG_CACHE_HOME"] = str(self.root / "cache")
        if inject:
            environment["LD_PRELOAD"] = INJECT
            environment.update({f"LIMNER_INJECT_{key.upper()}": str(value) for key, value in inject.items()})
        return environment

    def apply_quickly(self, edits, *options, **inject):
        """The same as apply(), in a fork of a program that is loaded already."""
        changes = {"XDG_STATE_HOME": self.root / "state", "XDG_CACHE_HOME": self.root / "cache"}
        changes.update({f"LIMNER_INJECT_{key.upper()}": value for key, value in inject.items()})
        return ForkServer.mine().run([LIMN, "apply", self.dataset, "-", *options], lines(edits), changes)

    def apply(self, edits, *options, **inject):
        return subprocess.run(
            [LIMN, "apply", str(self.dataset), "-", *options], input=lines(edits), capture_output=True, text=True,
            timeout=TIMEOUT_S, env=self.environment(**inject), errors="replace",
        )

    def limn(self, command, *arguments):
        return subprocess.run([LIMN, command, str(self.dataset), *arguments], capture_output=True, text=True,
                              timeout=TIMEOUT_S, env=self.environment(), errors="replace")

    def content(self):
        try:
            return self.coco.read_bytes()
        except FileNotFoundError:
            return None

    def leftovers(self):
        """Names that a clean run must not leave."""
        name = re.escape(self.coco.name)
        beside = re.compile(rf"a\.png|{name}|\.{name}\.limner(-base)?")
        found = [p.name for p in self.work.iterdir() if not beside.fullmatch(p.name)]
        state = self.root / "state" / "limner"
        kept = re.compile(r".*\.limner\.applied-.*")  # a log that parted from the one beside, when all of it was in the file
        names = [p.name for p in state.iterdir()] if state.is_dir() else []
        return found + [f"state/{name}" for name in names if not kept.fullmatch(name)]


class Editor:
    """The person at work (editor.c), and what is shown to them."""

    def __init__(self, coco, environment, may_be_refused=False):
        self.may_be_refused = may_be_refused
        self.process = subprocess.Popen([EDITOR, str(coco)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        self.said = queue.Queue()
        self.acks = []
        self.refusals = []
        self.trouble = "none"
        self.state = None
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait(lambda line: line == "open")

    def listen(self):
        for line in self.process.stdout:
            self.said.put(line.rstrip("\n"))
        self.said.put(None)

    def tell(self, *words):
        for word in words:
            self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def take(self, seconds):
        line = self.said.get(timeout=seconds)
        if line is None:
            raise AssertionError(f"it ended: {self.process.wait()}")
        word, _, rest = line.partition(" ")
        if word == "ack":
            self.acks.append(int(rest))
        elif word == "trouble":
            self.trouble = rest
        elif word == "state":
            self.state = rest
        elif word == "refused":
            if not self.may_be_refused:
                raise AssertionError(line)
            self.refusals.append(rest)
        return line

    def wait(self, ready, seconds=RESUME_S):
        """Takes lines until @ready says yes to one; it is asked at once with None, too."""
        end = time.monotonic() + seconds
        line = None
        while not ready(line):
            try:
                line = self.take(max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"waited {seconds} s in vain: {len(self.acks)} acknowledged, state {self.state}, "
                                     f"trouble {self.trouble}, refused {self.refusals}") from None

    def is_safe(self):
        return self.state == "saved" and self.trouble == "none"

    def edit(self, n):
        self.tell(*["edit"] * n)

    def close(self):
        self.tell("close")
        self.wait(lambda line: line is not None and line.startswith(("closed", "open ")))
        equal(self.process.wait(), 0, "the editor's end")


def acknowledged(stdout):
    """How many edits were acknowledged; only whole lines count, and they come in order."""
    numbers = [int(line.split()[0]) for line in stdout.splitlines(keepends=True) if line.endswith("\n")]
    if numbers != list(range(1, len(numbers) + 1)):
        raise AssertionError(f"acknowledgements out of order: {numbers}")
    return len(numbers)


def legal_contents(edits, with_file=True):
    """The bytes of the COCO file after the first 0, 1, 2, ... edits; None where there is no file yet."""
    contents = []
    for n in range(len(edits) + 1):
        with Place(with_file=with_file) as place:
            done = place.apply(edits[:n], "--ack")
            if (done.returncode, done.stderr, acknowledged(done.stdout)) != (0, "", n):
                raise AssertionError(f"a run without faults: {done}")
            if place.leftovers():
                raise AssertionError(f"a run without faults leaves {place.leftovers()}")
            contents.append(place.content())
    return contents


def interrupted(**stop_at):
    """A place where a run of EDITS was killed at the call that is named, with all of them acknowledged."""
    place = Place()
    done = place.apply(EDITS, "--ack", dir=place.root, fault="kill", at=1, **stop_at)
    if (done.returncode, acknowledged(done.stdout)) != (-9, len(EDITS)):
        raise AssertionError(f"not killed at {stop_at}: {done}")
    return place


def read_record(path):
    """The lines of the injector's record, split at TABs."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as record:
            return [line.rstrip("\n").split("\t") for line in record]
    except FileNotFoundError:
        return []
