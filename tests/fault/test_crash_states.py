# SPDX-License-Identifier: MIT
"""Every state a power cut may leave: a run is recorded, and what was not synced is taken away in every way.

A file keeps what was there at its last fsync; of what was written since, all, nothing, all but the last, all but the
first, the last half torn, zeros or flipped bits may have reached the disk. A folder keeps its names of its last fsync;
of those made, renamed and removed since, all, none, all but the last or all but the first. limn must bring back from
each state every edit that had been acknowledged. That this test sees what it should is shown by recordings from which
an fsync was taken or whose order was changed: each of those must lose something.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor

from faults import (
    ALL_POINTS, EDITS, NEW_EDITS, Place, acknowledged, box, interrupted, legal_contents, need_injector, read_record,
)
from limner_tap import run

DATA = ("all", "none", "last missing", "first missing", "torn", "zeros", "flipped")
ENTRIES = ("all", "none", "last missing", "first missing")


class Operation:
    def __init__(self, line, root):
        self.call = line[1]
        self.path = line[2][len(root) + 1:]
        self.args = line[3:]

    def source(self, root):
        return self.args[0][len(root) + 1:]


def without(variant, pending):
    """The pending writes of a file or changes of a folder, as a variant has them."""
    if variant == "none":
        return []
    if variant == "last missing":
        return pending[:-1]
    if variant == "first missing":
        return pending[1:]
    return pending


class File:
    def __init__(self, data=b""):
        self.synced = bytes(data)
        self.pending = []

    def sync(self):
        self.synced = self.content("all")
        self.pending = []

    def content(self, variant):
        data = bytearray(self.synced)
        pending = without(variant, self.pending)
        for number, (offset, written) in enumerate(pending):
            last = number == len(pending) - 1
            if written is None:
                data[offset:] = b"" if offset <= len(data) else bytes(offset - len(data))
                continue
            if len(data) < offset:
                data.extend(bytes(offset - len(data)))
            if variant == "zeros":
                end = offset + len(written)
                if end > len(data):
                    data.extend(bytes(end - len(data)))  # the size arrived, the bytes did not
                continue
            if variant == "torn" and last:
                written = written[: len(written) // 2]
            if variant == "flipped" and last:
                # of blocks that are new: where there were bytes, a disk has these or those
                known = max(0, min(len(data) - offset, len(written)))
                written = written[:known] + bytes(byte ^ 0x55 for byte in written[known:])
            data[offset:offset + len(written)] = written
        return bytes(data)


class Disk:
    """What is known to be on the disk, and what may be, after the operations so far."""

    def __init__(self, place):
        self.root = str(place.root)
        self.names = {f"work/{p.name}": File(p.read_bytes()) for p in place.work.iterdir()}
        self.now = dict(self.names)
        self.pending = []  # changes of names: (name, file or None), one or two at a time
        self.inodes = {}
        self.text = b""

    def change(self, *changes):
        self.pending.append(changes)
        for name, file in changes:
            if file is None:
                self.now.pop(name, None)
            else:
                self.now[name] = file

    def do(self, op):
        if op.call == "out":
            self.text += bytes.fromhex(op.args[2])
        elif op.call in ("create", "openw", "open"):
            if op.path not in self.now and op.call == "create":
                self.change((op.path, File()))
            if op.path in self.now:
                self.inodes[op.args[0]] = self.now[op.path]
        elif op.call == "write":
            self.inodes[op.args[0]].pending.append((int(op.args[1]), bytes.fromhex(op.args[2])))
        elif op.call == "truncate":
            self.inodes[op.args[0]].pending.append((int(op.args[1]), None))
        elif op.call == "sync" and op.path == "work":
            self.names = dict(self.now)
            self.pending = []
        elif op.call == "sync":
            self.inodes[op.args[0]].sync()
        elif op.call == "rename":
            source = op.source(self.root)
            self.change((op.path, self.now[source]), (source, None))
        elif op.call == "link":
            self.change((op.path, self.now[op.source(self.root)]))
        elif op.call == "unlink":
            self.change((op.path, None))
        elif op.call not in ("close", "mode", "reserve"):
            raise AssertionError(f"the recording has {op.call} of {op.path}, which cannot be replayed")

    def state(self, data, entries):
        names = dict(self.names)
        for changes in without(entries, self.pending):
            for name, file in changes:
                if file is None:
                    names.pop(name, None)
                else:
                    names[name] = file
        return {name: file.content(data) for name, file in names.items()}


def record_run(with_file, edits, template):
    """(operations, the disk as it was)"""
    with Place(with_file=with_file, template=template) as place:
        record = place.root.parent / (place.root.name + ".record")
        disk = Disk(place)
        done = place.apply(edits, "--ack", dir=place.root, record=record, data=1)
        if (done.returncode, done.stderr) != (0, ""):
            raise AssertionError(f"the recorded run: {done}")
        root = str(place.root)
        operations = [Operation(line, root) for line in read_record(record)]
        record.unlink()
        return operations, disk


def initial(disk):
    fresh = Disk.__new__(Disk)
    fresh.root = disk.root
    fresh.names = {name: File(file.synced) for name, file in disk.names.items()}
    fresh.now = dict(fresh.names)
    fresh.pending = []
    fresh.inodes = {}
    fresh.text = b""
    return fresh


def is_cut(operation):
    """A power cut is made before these; between two others nothing becomes safe or is promised."""
    return ALL_POINTS or operation.call in ("sync", "rename", "link", "unlink", "out")


class Explorer:
    """Opens states; one that was seen before is not opened again."""

    def __init__(self, with_file=True, edits=EDITS, template=None):
        self.with_file = with_file
        self.already = len(EDITS) if template else 0
        self.legal = legal_contents(EDITS + edits if template else edits, with_file)
        self.operations, self.disk = record_run(with_file, edits, template)
        self.verdicts = {}

    def states(self, operations):
        """(key, state, edits acknowledged by then, where) of each distinct state"""
        disk = initial(self.disk)
        seen = {}
        for number, operation in enumerate([*operations, None]):
            if operation is None or is_cut(operation):
                n = self.already + acknowledged(disk.text.decode())
                for data in DATA:
                    for entries in ENTRIES:
                        state = disk.state(data, entries)
                        digest = hashlib.sha256()
                        for name in sorted(state):
                            digest.update(f"{name}\0{len(state[name])}\0".encode() + state[name])
                        key = digest.digest()
                        if seen.get(key, -1) < n:
                            seen[key] = n
                            what = f"{operation.call} of {operation.path}" if operation else "the end"
                            yield key, state, n, f"before {what} ({number}), data: {data}, names: {entries}"
            if operation is not None:
                disk.do(operation)

    def open(self, state):
        """(edits recovered, problem or None)"""
        with Place(with_file=self.with_file) as place:
            for path in place.work.iterdir():
                path.unlink()
            for name, data in state.items():
                (place.root / name).write_bytes(data)
            content = place.content()
            if content not in self.legal:
                return -1, f"I2: the COCO file is {content!r}"
            look = place.limn("info")
            if look.returncode != 0 and content is not None:
                return -1, f"info: {look.returncode}: {look.stderr}"
            again = place.apply([])
            if again.returncode != 0:
                return -1, f"apply: {again.returncode}: {again.stderr}"
            content = place.content()
            if content not in self.legal:
                return -1, f"I6: recovered to {content!r}"
            if place.leftovers():
                return -1, f"leftovers: {place.leftovers()}"
            return max(n for n, legal in enumerate(self.legal) if legal == content), again.stderr or None

    def judge(self, key, state):
        if key not in self.verdicts:
            self.verdicts[key] = self.open(state)
        return self.verdicts[key]

    def explore(self, operations, wanted=None):
        """(number of states, problems); with @wanted only until a problem begins with that"""
        problems = []
        count = 0

        def look(item):
            key, state, n, where = item
            recovered, problem = self.judge(key, state)
            if problem is None and recovered < n:
                problem = f"I1: {n} edits acknowledged, {recovered} recovered"
            if problem is not None:
                problems.append((problem, where))

        with ThreadPoolExecutor(max_workers=2) as pool:
            batch = []
            for item in self.states(operations):
                count += 1
                batch.append(item)
                if len(batch) == 16:
                    list(pool.map(look, batch))
                    batch = []
                    if wanted is not None and any(problem.startswith(wanted) for problem, _ in problems):
                        break
            list(pool.map(look, batch))
        return count, [f"{problem} ({where})" for problem, where in problems if problem.startswith(wanted or "")]


RUNS = {
    "a file": Explorer,
    "a folder without one": lambda: Explorer(with_file=False, edits=NEW_EDITS),
    "what a kill left": lambda: Explorer(edits=[box(9)], template=interrupted(calls="rename", path="work/set.json")),
}
explorers = {}


def explorer(name):
    need_injector()
    if name not in explorers:
        explorers[name] = RUNS[name]()
    return explorers[name]


def every_state(name):
    def check(folder):
        count, problems = explorer(name).explore(explorer(name).operations)
        print(f"# {count} states opened, {len(problems)} problems")
        for problem in problems[:20]:
            print(f"#   {problem}")
        if problems:
            raise AssertionError(f"{len(problems)} of {count} states: {problems[0]}")
        assert count > 100, f"only {count} states"

    return check


# ---- that a mistake would be seen ----


def role(operation):
    if operation.path == "work":
        return "the folder"
    for suffix in ("-wal", "-journal", "-holder"):
        if operation.path.endswith(suffix):
            return f"the workspace's {suffix}"
    return "a temporary file" if "-tmp-" in operation.path else operation.path.rpartition("/")[2]


def index_of(operations, call, path):
    return next(i for i, op in enumerate(operations) if op.call == call and op.path.endswith(path))


def drop(operations, wanted):
    return [op for i, op in enumerate(operations) if not wanted(i, op)]


def without_syncs_of(ending):
    return lambda ops: drop(ops, lambda _, op: op.call == "sync" and op.path.endswith(ending))


def without_sync_of_new_file(ops):
    name = temporary_of(ops, "work/" + ops_name(ops))
    return drop(ops, lambda _, op: op.call == "sync" and op.path == name)


def ops_name(ops):
    return next(op.path for op in ops if op.call == "rename" and not op.path.endswith(".limner"))[len("work/"):]


def temporary_of(ops, target):
    rename = next(op for op in ops if op.call == "rename" and op.path == target)
    return "work/" + rename.args[0].rpartition("/")[2]


def without_sync_of_new_workspace(ops):
    name = temporary_of(ops, next(op.path for op in ops if op.call == "rename" and op.path.endswith(".limner")))
    return drop(ops, lambda _, op: op.call == "sync" and op.path == name)


def without_folder_sync_after_rename(ops):
    at = index_of(ops, "rename", "work/" + ops_name(ops))
    return drop(ops, lambda i, op: i > at and op.call == "sync" and op.path == "work")


def without_folder_syncs_before_first_ack(ops):
    at = next(i for i, op in enumerate(ops) if op.call == "out")
    return drop(ops, lambda i, op: i < at and op.call == "sync" and op.path == "work")


def rename_before_sync(ops):
    """The new file gets its name, then it is synced."""
    ops = list(ops)
    at = index_of(ops, "rename", "work/" + ops_name(ops))
    name = temporary_of(ops, ops[at].path)
    first = next(i for i, op in enumerate(ops) if op.call == "sync" and op.path == name)
    ops.insert(first, ops.pop(at))
    return ops


def ack_before_sync(ops):
    """Edits are acknowledged, then synced."""
    ops = list(ops)
    for at in [i for i, op in enumerate(ops) if op.call == "out"]:
        sync = max(i for i in range(at) if ops[i].call == "sync")
        ops.insert(sync, ops.pop(at))
    return ops


def applied_before_rename(ops):
    """The log is told that the file has the edits, then the file gets its name."""
    ops = list(ops)
    at = index_of(ops, "rename", "work/" + ops_name(ops))
    commit = next(i for i in range(at, len(ops)) if ops[i].call == "sync" and ops[i].path.endswith("-wal"))
    ops.insert(commit, ops.pop(at))
    return ops


# what is done wrong, and what must be seen then
MUTANTS = {
    "no sync of the log": (without_syncs_of(".limner-wal"), "I1"),
    "no sync of a new workspace": (without_sync_of_new_workspace, "leftovers"),
    "no sync of the new file": (without_sync_of_new_file, "I2"),
    "no sync of the folder": (without_syncs_of("work"), "I1"),
    "no sync of the folder after the rename": (without_folder_sync_after_rename, "I1"),
    "no sync of the folder before the first edit": (without_folder_syncs_before_first_ack, "I1"),
    "rename before the sync": (rename_before_sync, "I2"),
    "acknowledged before the sync": (ack_before_sync, "I1"),
    "marked as applied before the rename": (applied_before_rename, "I1"),
}


def mutant(change, wanted, name="a file"):
    def check(folder):
        it = explorer(name)
        changed = change(it.operations)
        assert len(changed) < len(it.operations) or changed != it.operations, "nothing was changed"
        count, problems = it.explore(changed, wanted)
        assert problems, f"no {wanted} in {count} states"
        print(f"# caught: {problems[0][:200]}")

    return check


def each_sync(folder):
    """Which single fsync can be missed: told, so that a superfluous one is known."""
    it = explorer("a file")
    for at, operation in enumerate(it.operations):
        if operation.call != "sync":
            continue
        count, problems = it.explore(drop(it.operations, lambda i, _: i == at))
        print(f"# {at}: sync of {role(operation)}: {problems[0] if problems else f'not missed in {count} states'}")


cases = [(f"every state of a run on {name}", every_state(name)) for name in RUNS]
cases += [(f"seen: {name}", mutant(*what)) for name, what in MUTANTS.items()]
cases.append(("seen: no sync of the workspace", mutant(without_syncs_of(".limner"), "I1", "what a kill left")))
if ALL_POINTS:
    cases.append(("each sync alone", each_sync))
run(cases)
