# SPDX-License-Identifier: MIT
"""Every file operation of a run fails, once and for ever, in every way, and is where the run is killed.

For each fault the scenario is run with the fault at operation 1, 2, 3, ... until none is left. After each run the COCO
file must be one of the versions there can be, and a clean run must bring back what was acknowledged.
LIMNER_FAULT_ALL=1 sweeps every point with every fault ("points": every point, "faults": every fault); without it long
rows of reads and writes (the workspace's room) are thinned out and rarer errors left to the long run. The numbers are
printed.
"""

import contextlib
import errno
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from faults import (
    ALL_FAULTS, ALL_POINTS, EDITOR, EDITS, NEW_EDITS, OLD, Editor, Place, acknowledged, box, interrupted, legal_contents, need_injector,
    read_record,
)
from limner_tap import Skip, equal, run

READS = "open,read,list,stat"
WRITES = "create,write,copy,reserve"
NAMES = "rename,link,unlink,mkdir"
EVERYTHING = f"{READS},{WRITES},{NAMES},openw,sync,truncate,close,mode"

# fault: calls it can happen to, in the short run too
FAULTS = {
    "kill": (None, True),
    "EIO": (EVERYTHING, True),
    "ENOSPC": (f"{WRITES},rename,link,mkdir,sync,close,mode", True),
    "tear": ("write,copy", True),
    "short": ("read,write,copy", True),
    "EINTR": ("open,openw,create,read,write,copy,reserve,sync,truncate,close", True),
    "EDQUOT": (f"{WRITES},rename,link,mkdir,sync,close,mode", False),
    "EROFS": (f"create,openw,write,{NAMES},truncate,mode", False),
    "EPERM": (f"create,openw,copy,{NAMES},mode", False),
    "EACCES": (f"open,openw,create,list,stat,{NAMES}", False),
    "EXDEV": ("rename,link,copy", False),
    "EBUSY": ("rename,unlink", False),
    "EMFILE": ("open,openw,create,list", False),
    "EFBIG": ("write,copy,reserve", False),
    "ENOLCK": ("lock", True),
    "EOPNOTSUPP": ("copy,reserve,link,sync,lock,mode", False),
    "ESTALE": (EVERYTHING, False),
}
INVISIBLE = ("short", "EINTR")
ONCE_ONLY = ("kill", "tear")
USUAL_STEP = 2
RARE_STEP = 6
LONG_ROW = 8  # of reads and writes of two files at most: its first and last two and one in the middle stand for it

# a log that can only be read is read from a copy that is gone before anything else is done
SNAPSHOT = re.compile(re.escape(tempfile.gettempdir()) + r"/limner-\w{6}/log(-wal|-journal)?")
SENTENCE = re.compile(r"limn: .{20,}")


class Scenario:
    def __init__(self, name, with_file=True, edits=EDITS, template=None, scope="root", in_place=False, **always):
        self.name = name
        self.in_place = in_place  # the folder takes no new files
        self.always = always  # what the injector does besides
        self.with_file = with_file
        self.edits = edits
        self.template = template
        self.scope = scope
        self.already = len(EDITS) if template else 0  # edits acknowledged before this run
        self.legal = legal_contents(EDITS + edits if template else edits, with_file)
        self.meanwhile = []  # what may be there, too, before it is recovered
        self.openings = 1  # that recovering takes

    def options(self):
        return ["--ack", "--in-place"] if self.in_place else ["--ack"]

    def injection(self, place):
        """What the injector does in every run."""
        return {**self.always, "read_only": place.work} if self.in_place else self.always

    def place(self):
        return Place(with_file=self.with_file, template=self.template)

    def watched(self, place):
        return place.root if self.scope == "root" else place.work


THEIRS = {"op": "update", "annotation": {"id": 1, "area": 7}}


class Parted(Scenario):
    """Our log moved to the state folder, and all of it is in the file; somebody else went on with the one beside."""

    def __init__(self):
        super().__init__("logs that parted", edits=[box(9)], template=self.make_template())
        self.already += 1
        self.legal = legal_contents([*EDITS, THEIRS, *self.edits])
        self.meanwhile = [legal_contents(EDITS + self.edits)[-1]]
        self.openings = 2

    @staticmethod
    def make_template():
        stop = {"fault": "kill", "at": 1, "calls": "rename", "path": "work/set.json"}
        place = interrupted(calls="rename", path="work/set.json")
        beside = place.work / ".set.json.limner"
        ours, theirs = place.root / "ours", place.root / "theirs"
        ours.write_bytes(beside.read_bytes())
        equal(place.apply([THEIRS], "--ack", dir=place.root, **stop).returncode, -9, "killed with their change in the log")
        beside.rename(theirs)
        ours.rename(beside)
        equal(place.apply([]).returncode, 0, "ours is saved")
        beside.rename(ours)
        theirs.rename(beside)
        return place

    def place(self):
        place = super().place()
        log = subprocess.run([EDITOR, "--state-log", place.coco], env=place.environment(), capture_output=True, text=True,
                             check=True).stdout.strip()
        os.makedirs(os.path.dirname(log), mode=0o700, exist_ok=True)
        (place.root / "ours").rename(log)
        with contextlib.closing(sqlite3.connect(log)) as facts, facts:
            facts.executemany("REPLACE INTO facts(key, value) VALUES (?, ?)", [("id", "ours"), ("copies", str(len(EDITS)))])
        return place


def record_path(place):
    return place.root.parent / (place.root.name + ".record")


def check_opened(place, record, in_place=False):
    """I9: nothing but the dataset's own files and the state folder is ever opened for writing."""
    name = re.escape(place.coco.name)
    in_state = rf"[0-9a-f]{{16}}-{name}\.limner"
    own = re.compile(
        rf"work/\.{name}\.limner(-wal|-journal|-holder|-lease|-base|-tmp-\w{{6}})?"
        rf"|state(/limner(/{in_state}(-wal|-journal|-holder|-lease|-tmp-\w{{6}}|-in-place-(old|new))?)?)?"
        rf"|state/limner/\.{in_state}-in-place-new\.limner-tmp-\w{{6}}"
    )
    for line in record:
        if in_place and line[2] == str(place.coco) and line[1] in ("openw", "write", "truncate"):
            continue
        if line[1] in ("create", "openw", "write", "truncate", "mkdir", "unlink"):
            inside = line[2].startswith(f"{place.root}/")
            path = line[2][len(str(place.root)) + 1:] if inside else line[2]
            if not (inside and own.fullmatch(path)) and not SNAPSHOT.fullmatch(path):
                raise AssertionError(f"I9: {line[1]} of {path}")


def check_after(place, scenario, n_acknowledged):
    """What holds however the run ended: I1 to I4, and nothing is left over."""
    content = place.content()
    if content is None and scenario.with_file:
        raise AssertionError("I2: the COCO file is gone")
    if content not in scenario.legal + scenario.meanwhile and not scenario.in_place:
        raise AssertionError(f"I2, I6: the COCO file is none of its versions: {content!r}")
    for _ in range(scenario.openings):
        again = place.apply_quickly([])
        if again.returncode != 0 or again.stderr:
            raise AssertionError(f"the run after it: {again.returncode}: {again.stderr}")
    content = place.content()
    if content not in scenario.legal:
        raise AssertionError(f"I6: recovered to what nobody wrote: {content!r}")
    recovered = max(n for n, legal in enumerate(scenario.legal) if legal == content)
    if recovered < n_acknowledged:
        raise AssertionError(f"I1: {n_acknowledged} acknowledged, {recovered} recovered")
    if place.leftovers():
        raise AssertionError(f"leftovers: {place.leftovers()}")
    return recovered


def check_recovered_twice(place):
    """I4"""
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (place.coco,) if p.exists()}
    again = place.apply([])
    equal((again.returncode, again.stderr), (0, ""), "I4: recovering again")
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (place.coco,) if p.exists()}
    equal(after, before, "I4: recovered twice")


def check_status(scenario, fault, forever, done, n, faulty_call):
    total = len(scenario.edits)
    if fault in ("kill", "tear"):
        equal(done.returncode, -9, "it was killed")
        return
    if done.returncode not in (0, 3, 4):
        raise AssertionError(f"exit status {done.returncode}")
    if done.returncode != 0 and not SENTENCE.search(done.stderr):
        raise AssertionError(f"exit status {done.returncode} without a sentence: {done.stderr!r}")
    if done.returncode == 0:
        equal(n, total, "done, so every edit is acknowledged")
    if fault in INVISIBLE:
        equal((done.returncode, done.stderr), (0, ""), "an interruption is invisible")
    if scenario.openings > 1 and forever:
        return  # the file is read once more after the logs
    if done.returncode == 3 and faulty_call not in ("open", "openw", "read", "list", "stat", "lock", "copy", "close"):
        raise AssertionError(f"cannot read, because of {faulty_call}: {done.stderr}")


def attempt(scenario, fault, forever, at):
    """None if the operation was not reached, True if all was well, else what was not."""
    calls, _ = FAULTS[fault]
    inject = {"dir": None, "at": at, "fault": getattr(errno, fault, fault) if fault.isupper() else fault}
    if calls:
        inject["calls"] = calls
    if forever:
        inject["forever"] = 1
    with scenario.place() as place:
        path = record_path(place)
        inject = {**scenario.injection(place), **inject, "dir": scenario.watched(place), "record": path}
        try:
            done = place.apply_quickly(scenario.edits, *scenario.options(), **inject)
            record = read_record(path)
            hit = next((line for line in record if line[1] == "FAULT"), None)
            if hit is None:
                return None
            where = f"{scenario.name}: {fault}{' for ever' if forever else ''} at {at}: {hit[3]} of {hit[2]}"
            try:
                n = acknowledged(done.stdout)
                check_status(scenario, fault, forever, done, n, hit[3])
                check_opened(place, [line for line in record if line[1] != "FAULT"], scenario.in_place)
                if done.returncode == 0 and place.content() not in scenario.legal[-1:] + scenario.meanwhile:
                    raise AssertionError("done, and the file has not all of it")
                check_after(place, scenario, n + scenario.already)
                if at % 10 == 0:
                    check_recovered_twice(place)
            except Exception as problem:
                return f"{where}: {problem} [exit {done.returncode}, said {done.stderr.strip()!r}]"
            return True
        finally:
            path.unlink(missing_ok=True)


def rows_of(record):
    """The record cut into rows of nothing but reads and writes of the same two files, and single operations."""
    rows = []
    kinds = set()
    for line in record:
        kind = (line[3], line[2])
        if not rows or not kinds or line[3] not in ("read", "write") or len(kinds | {kind}) > 2:
            rows.append([])
            kinds = set()
        if line[3] in ("read", "write"):
            kinds.add(kind)
        rows[-1].append(line)
    return rows


def points_of(scenario, calls):
    """(number of operations in a run without faults, those of them that are swept)"""
    with scenario.place() as place:
        path = record_path(place)
        # all calls are counted, though only those that change something are written down one by one
        inject = {**scenario.injection(place), "dir": scenario.watched(place), "record": path, "trace": 1}
        if calls:
            inject["calls"] = calls
        place.apply(scenario.edits, *scenario.options(), **inject)
        record = [line for line in read_record(path) if line[1] == "AT"]
        path.unlink()
    total = len(record)
    if ALL_POINTS:
        return total, list(range(1, total + 1))
    points = []
    for row in rows_of(record):
        row = [int(line[0]) for line in row]
        points += row if len(row) <= LONG_ROW else row[:2] + [row[len(row) // 2]] + row[-2:]
    return total, points


def thinned(scenario, fault, points):
    """In the short run each fault takes every second point, in the scenarios of the less usual ways every sixth, and the
    next fault others; only the kill takes all of the usual ones."""
    if ALL_POINTS:
        return points
    step = RARE_STEP if scenario.in_place or scenario.always or scenario.template else 1 if fault == "kill" else USUAL_STEP
    return points[list(FAULTS).index(fault) % step :: step]


def sweep(scenario, fault, forever):
    total, points = points_of(scenario, FAULTS[fault][0])
    if forever and fault in INVISIBLE:
        points = points[:1]  # every second call from the first on
        total = 1
    else:
        points = thinned(scenario, fault, points)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        results = list(pool.map(lambda at: attempt(scenario, fault, forever, at), points))
        beyond = 0
        while total > 1 and (result := attempt(scenario, fault, forever, total + beyond + 1)) is not None:
            results.append(result)
            beyond += 1
            if beyond > 200:
                raise AssertionError("no end of faults")
    reached = sum(result is not None for result in results)
    total -= sum(result is None for result in results)  # where a run had fewer than the first
    problems = [result for result in results if isinstance(result, str)]
    print(f"# {scenario.name}: {fault}{' for ever' if forever else ''}: {reached} of {total + beyond} points swept, "
          f"{len(problems)} problems", flush=True)
    for problem in problems[: None if os.environ.get("LIMNER_FAULT_VERBOSE") else 12]:
        print(f"#   {problem}")
    return reached, total + beyond, problems


def lie(folder):
    """A write of the new file says that it succeeded, and is lost: reading it back tells."""
    need_injector()
    scenario = make_existing()
    with scenario.place() as place:
        path = record_path(place)
        inject = {"dir": place.root, "record": path, "calls": "write", "path": "limner-tmp-"}
        place.apply(EDITS, **inject, trace=1)
        last = max(int(line[0]) for line in read_record(path) if line[1] == "AT")
        path.unlink()
    with scenario.place() as place:
        inject["dir"] = place.root
        done = place.apply(EDITS, "--ack", **inject, at=last, fault="lie")
        path.unlink()
        equal(done.returncode, 4, "status")
        assert "read back" in done.stderr, done.stderr
        equal(acknowledged(done.stdout), len(EDITS), "acknowledged")
        equal(place.content(), scenario.legal[0], "the file")
        equal(check_after(place, scenario, len(EDITS)), len(EDITS), "recovered")


def in_place_if_allowed(folder):
    """A writable file in a folder that takes no new ones is written into if the person says so, and only then."""
    need_injector()
    with Place() as place:
        inject = {"dir": place.root, "read_only": place.work}
        legal = make_in_place().legal
        inode = place.coco.stat().st_ino
        done = place.apply(EDITS, "--ack", **inject)
        equal((done.returncode, acknowledged(done.stdout)), (4, len(EDITS)), "not allowed")
        assert "read-only" in done.stderr, done.stderr
        equal(place.content(), legal[0], "the file, not allowed")
        done = place.apply([], "--in-place", **inject)
        equal((done.returncode, done.stderr), (0, ""), "allowed")
        equal((place.content(), place.coco.stat().st_ino), (legal[-1], inode), "the file, allowed")
        left = sorted(p.name for p in (place.root / "state" / "limner").iterdir())
        equal([name.partition("-")[2] for name in left], ["set.json.limner"], "in the state folder")
        equal([name for name in place.leftovers() if name != f"state/{left[0]}"], [], "leftovers")


def in_place_interrupted(folder):
    """Half written: the next opening puts it right. Another program has written it since: that stays."""
    need_injector()
    legal = make_in_place().legal
    with Place() as place:
        inject = {"dir": place.root, "read_only": place.work}
        torn = place.apply(EDITS, "--ack", "--in-place", **inject, fault="tear", at=1, calls="write", path="work/set.json")
        equal((torn.returncode, acknowledged(torn.stdout)), (-9, len(EDITS)), "killed while writing")
        assert place.content() not in legal, "the file is whole"
        torn_content = place.content()
        reader = place.limn("info")
        equal((reader.returncode, place.content()), (3, torn_content), "a reader leaves it")
        assert "was interrupted" in reader.stderr, reader.stderr
        done = place.apply([], "--in-place", **inject)
        equal((done.returncode, done.stderr, place.content()), (0, "", legal[-1]), "put right")
        equal(place.limn("info").returncode, 0, "a reader")
    with Place() as place:
        inject = {"dir": place.root, "read_only": place.work}
        place.apply(EDITS, "--ack", "--in-place", **inject, fault="tear", at=1, calls="write", path="work/set.json")
        place.coco.write_bytes(legal[0].replace(b"a.png", b"b.png"))
        done = place.apply([], "--in-place", **inject)
        equal((done.returncode, done.stderr), (0, ""), "another program's")
        equal(place.content(), legal[-1].replace(b"a.png", b"b.png"), "the edits on top of it")


def in_place_fails(folder):
    """It fails half-way, and the old version cannot be put back either: nobody else wrote that, and it is tried again."""
    need_injector()
    with Place() as place:
        inject = {"dir": place.root, "read_only": place.work}
        fault = {"fault": errno.EIO, "at": 1, "forever": 1, "calls": "truncate", "path": "work/set.json"}
        editor = Editor(place.coco, place.environment(**inject, **fault))
        editor.tell("allow")
        editor.edit(1)
        editor.wait(lambda line: len(editor.acks) == 1)
        unsaved = []
        for _ in range(2):
            editor.tell("save")
            editor.wait(lambda line: line is not None and line.startswith("unsaved") and not unsaved.append(line))
            assert place.content() not in make_in_place().legal, "the file is whole"
            time.sleep(0.5)  # in which the watch sees that the file is another one
            while not editor.said.empty():
                editor.take(1)
            assert "Another program" not in editor.trouble and "not saved yet" in editor.trouble, editor.trouble
        assert "cannot be put right now" in unsaved[1], unsaved
        editor.process.kill()
        editor.process.wait()
        done = place.apply([], "--in-place", **inject)
        equal((done.returncode, done.stderr), (0, ""), "the next opening")
        equal(len(json.loads(place.content())["annotations"]), 3, "annotations")


def other_clock(seconds):
    """The file system is another machine's, with a coarse clock of its own: a file that was written again with the same
    size and times is still noticed before it is written over."""

    def case(folder):
        need_injector()
        for _ in range(9):
            with Place() as place:
                time.sleep(2 - time.time() % 2)  # a tick of that clock begins
                place.coco.write_text(OLD)
                editor = Editor(place.coco, place.environment(dir=place.root, clock=seconds))
                with open(place.coco, "r+", encoding="utf-8") as other:
                    other.write(OLD.replace("a.png", "b.png"))
                if time.time() % 2 < 1.9 and time.time() - place.coco.stat().st_mtime < 0.5:
                    time.sleep(3)
                    editor.edit(1)
                    editor.tell("save")
                    editor.wait(lambda line: line == "replaced")  # read and merged first
                    editor.wait(lambda line: line == "saved")
                    editor.close()
                    assert b"b.png" in place.content(), f"written over: {place.content()}"
                    equal(len(json.loads(place.content())["annotations"]), 3, "annotations")
                    return
                editor.close()
        raise Skip("this machine is too busy: nothing happens within 2 s")

    return case


def losses_are_told(folder):
    """What a save cannot keep of the old file is said."""
    need_injector()
    with Place() as place:
        try:
            os.setxattr(place.coco, "user.note", b"kept")
        except OSError as problem:
            raise Skip(f"extended attributes: {problem}") from None
        path = record_path(place)
        inject = {"dir": place.root, "calls": "mode"}
        equal(place.apply(EDITS[:1], **inject, record=path).stderr, "", "nothing is lost")
        at = next(int(line[0]) for line in read_record(path) if line[3] == "user.note")
        path.unlink()
    with Place() as place:
        os.setxattr(place.coco, "user.note", b"kept")
        done = place.apply(EDITS[:1], dir=place.root, calls="mode", fault=errno.EPERM, at=at)
        equal(done.returncode, 0, f"status: {done.stderr}")
        assert "could not keep: user.note" in done.stderr, done.stderr


def leftovers_in_state(folder):
    """A kill while a log was made in the state folder: the next run on this dataset tidies up, and nothing else."""
    need_injector()
    with Place() as place:
        equal(place.apply(EDITS, dir=place.work, fault=errno.ENOSPC, at=1, forever=1, calls=WRITES).returncode, 4, "full")
        log = next((place.root / "state" / "limner").glob("*.limner"))
        left = log.with_name(f"{log.name}-tmp-aB3dE6")
        other = log.with_name("0123456789abcdef-set.json.limner-tmp-aB3dE6")
        for path in (left, other):
            path.write_bytes(b"half")
        equal(place.apply([]).returncode, 0, "with room")
        equal((left.exists(), other.exists()), (False, True), "leftovers of this dataset, of another")


def scenario_cases(make, once=True):
    """Cases of one scenario, made once."""
    kept = []

    def scenario():
        need_injector()
        if not kept:
            kept.append(make())
        return kept[0]

    def case(fault, forever):
        def check(folder):
            reached, total, problems = sweep(scenario(), fault, forever)
            sums.append((reached, total))
            if problems:
                raise AssertionError(f"{len(problems)} problems, the first: {problems[0]}")

        return check

    for fault, (_, short) in FAULTS.items():
        if short or ALL_FAULTS:
            if once or ALL_FAULTS:
                yield f"{fault} once", case(fault, False)
            if fault not in ONCE_ONLY:
                yield f"{fault} for ever", case(fault, True)


def make_existing():
    return Scenario("existing file")


def make_beside():
    return Scenario("state folder works", scope="work")


def make_lockless():
    return Scenario("without locks", no_locks=errno.ENOLCK)


def make_lockless_recovery():
    return Scenario("recovery without locks", edits=[box(9)], template=interrupted(calls="rename", path="work/set.json"),
                    no_locks=errno.ENOLCK)


def make_in_place():
    return Scenario("file in a read-only folder", in_place=True)


def make_parted():
    return Parted()


def make_fresh():
    return Scenario("folder without a file", with_file=False, edits=NEW_EDITS)


def make_recovery(stop_at):
    def make():
        return Scenario(f"recovery after a kill at {stop_at['calls']}", edits=[box(9)], template=interrupted(**stop_at))

    return make


def totals(folder):
    need_injector()
    print(f"# all: {sum(r for r, _ in sums)} of {sum(t for _, t in sums)} points swept")


sums = []
cases = []
for title, make, once in (
    ("existing file", make_existing, True),
    ("state folder works", make_beside, False),
    ("fresh folder", make_fresh, True),
    ("in place", make_in_place, True),
    ("without locks", make_lockless, True),
    ("recovery without locks", make_lockless_recovery, True),
    ("recovery before the rename", make_recovery({"calls": "rename", "path": "work/set.json"}), True),
    ("logs that parted", make_parted, True),
    ("recovery after the rename", make_recovery({"calls": "close", "path": "work/set.json"}), True),
):
    cases += [(f"{title}: {name}", check) for name, check in scenario_cases(make, once)]
cases.append(("a write that was none", lie))
cases.append(("in place if allowed", in_place_if_allowed))
cases.append(("in place, interrupted", in_place_interrupted))
cases.append(("in place, fails", in_place_fails))
cases.append(("a clock that is ahead", other_clock(1000)))
cases.append(("a clock that is behind", other_clock(-1000)))
cases.append(("losses are told", losses_are_told))
cases.append(("leftovers in the state folder", leftovers_in_state))
only = os.environ.get("LIMNER_FAULT_ONLY")
run([case for case in cases if only is None or re.search(only, case[0])] + [("all points", totals)])
