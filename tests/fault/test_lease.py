# SPDX-License-Identifier: MIT
"""A file system without locks: a lease beside the log says who may write, and one who lost it cannot.

Two real processes; the injector refuses every lock below the dataset's folder.
"""

import errno
import json
import os
import queue
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults import (
    ALL_POINTS, EDITS, RESUME_S, TIMEOUT_S, Editor, Place, acknowledged, box, legal_contents, lines, need_injector, read_record,
)
from limner_tap import LIMN, Skip, equal, run

NO_LOCKS = {"no_locks": errno.ENOLCK}
STEP = 1 if ALL_POINTS else 9  # of the points where a holder is stopped
SAVE_STEP = 1 if ALL_POINTS else 6  # of those of a save, but for the rename
SILENT_S = 15  # then others are told that they see no sign of life
CHANGES = "create,write,copy,reserve,sync,rename,link,unlink,truncate,close,mode"
TAKE_OVER_S = 1  # promised; twice of that on a busy machine
FOREIGN = """[lease]
user=anna
host=ws12.example
pid=1
since=2026-01-02T03:04:05
boot={boot}
machine={machine}
pid-namespace=4026531836
start-time=1
token=8a6e0804-2bd0-4672-b79d-d97027f9071a
beat=0000000007
"""


def lease_of(place):
    return place.work / f".{place.coco.name}.limner-lease"


def environment(place, **inject):
    return place.environment(dir=place.work, **(inject or NO_LOCKS))


def editor(place, **options):
    return Editor(place.coco, environment(place), **options)


def working(place, n):
    """An editor that holds the dataset, with n edits in its log."""
    holder = editor(place, may_be_refused=True)
    holder.edit(n)
    holder.wait(lambda _: len(holder.acks) == n)
    return holder


def boxes(place):
    return [a["bbox"][0] for a in json.loads(place.content())["annotations"]][2:]


def apply(place, edits, *options):
    return place.apply(edits, "--ack", *options, dir=place.work, **NO_LOCKS)


def second_is_read_only(code):
    def case(folder):
        need_injector()
        with Place() as place:
            holder = Editor(place.coco, environment(place, no_locks=code))
            early = Editor(place.coco, environment(place, no_locks=code), may_be_refused=True)
            equal((early.trouble, lease_of(place).exists()), ("none", False), "nobody has edited yet")
            holder.edit(2)
            holder.wait(lambda _: len(holder.acks) == 2)
            assert lease_of(place).exists() and not (place.root / "state").exists(), "the log is not beside the file"
            who = re.compile(rf"held by \S+ on \S+ \(process {holder.process.pid}\) since \d{{4}}-\d\d-\d\dT")

            late = place.apply([box(9)], "--ack", dir=place.work, no_locks=code)
            equal((late.returncode, late.stdout), (4, ""), "a second writer")
            assert who.search(late.stderr), late.stderr
            early.edit(1)
            early.wait(lambda _: early.refusals)
            assert who.search(early.refusals[0]), early.refusals
            early.wait(lambda _: early.trouble.startswith("5 "))
            reader = subprocess.run([LIMN, "info", str(place.coco)], capture_output=True, text=True, timeout=TIMEOUT_S,
                                    env=environment(place, no_locks=code))
            equal(reader.returncode, 0, "a reader")
            assert "read alone" in reader.stderr, reader.stderr

            holder.close()
            ended = time.monotonic()
            early.wait(lambda _: early.trouble == "none")
            assert time.monotonic() - ended < 2 * TAKE_OVER_S, "took over late"
            early.edit(1)
            early.wait(lambda _: early.acks)
            early.close()
            equal(boxes(place), [1, 2, 1], "boxes in the file")
            equal(place.leftovers(), [], "leftovers")

    return case


def killed_holder(folder):
    """What it acknowledged is there, within a second, though it had no time to let go."""
    need_injector()
    with Place() as place:
        holder = working(place, 3)
        waiting = editor(place)
        waiting.wait(lambda _: waiting.trouble.startswith("5 "))
        holder.process.kill()
        ended = time.monotonic()  # not reaped: it is gone all the same
        waiting.wait(lambda _: waiting.trouble == "none")
        assert time.monotonic() - ended < 2 * TAKE_OVER_S, "took over late"
        holder.process.wait()
        waiting.edit(1)
        waiting.wait(lambda _: waiting.acks)
        waiting.close()
        equal(boxes(place), [1, 2, 3, 1], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def stopped_holder(folder):
    """Its dataset is taken over because the person says so; when it goes on it learns of that and writes nothing."""
    need_injector()
    with Place() as place:
        holder = working(place, 3)
        holder.process.send_signal(signal.SIGSTOP)
        equal(apply(place, [box(9)]).returncode, 4, "it may be alive")
        other = editor(place)
        other.wait(lambda _: "(may be claimed)" in other.trouble)
        other.tell("claim")
        other.wait(lambda _: other.trouble == "none")
        other.edit(1)
        other.wait(lambda _: other.acks)
        holder.process.send_signal(signal.SIGCONT)
        holder.edit(1)
        holder.tell("save")
        holder.wait(lambda _: holder.trouble.startswith("5 "))
        equal(holder.acks, [1, 2, 3], "acknowledged by the one who lost it")
        assert f"(process {other.process.pid})" in holder.trouble, holder.trouble
        other.tell("save")
        other.wait(lambda line: line == "saved")
        equal(boxes(place), [1, 2, 3, 1], "boxes in the file")
        other.close()
        holder.wait(lambda _: holder.trouble == "none")  # it is free again
        holder.edit(1)
        holder.wait(lambda _: len(holder.acks) == 4)
        holder.close()
        equal(boxes(place), [1, 2, 3, 1, holder.acks[-1]], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def claimed(place):
    """An editor that has taken the dataset over because the person says so."""
    other = editor(place, may_be_refused=True)
    other.wait(lambda _: "(may be claimed)" in other.trouble)
    other.tell("claim")
    other.wait(lambda _: other.trouble == "none")
    return other


def operations_of_a_save(place):
    """Number and call of each operation that a save changes something by."""
    record, begun = place.root / "record", place.root / "begun"
    watch = {"record": record, "trace": 1, "calls": CHANGES, "while": begun}
    holder = Editor(place.coco, environment(place, **NO_LOCKS, **watch))
    holder.edit(2)
    holder.wait(lambda _: len(holder.acks) == 2)
    begun.touch()
    holder.tell("save")
    holder.wait(lambda line: line == "saved")
    begun.unlink()
    holder.close()
    return [(int(line[0]), line[3]) for line in read_record(record) if line[1] == "AT"]


def is_stopped(holder):
    """Waits until it is; or it has saved before it came to that operation."""
    end = time.monotonic() + RESUME_S
    while time.monotonic() < end:
        pid, status = os.waitpid(holder.process.pid, os.WNOHANG | os.WUNTRACED)
        if pid:
            assert os.WIFSTOPPED(status), f"it ended: {status}"
            return True
        try:
            if holder.take(0.05) == "saved":
                return False
        except queue.Empty:
            pass
    raise AssertionError("neither stopped nor saved")


def after_stopped_save(at):
    """What is wrong when a save is stopped before operation @at, and the dataset taken over meanwhile; None: not stopped."""
    with Place() as place:
        begun = place.root / "begun"
        stop = {"fault": "stop", "at": at, "calls": CHANGES, "while": begun}
        holder = Editor(place.coco, environment(place, **NO_LOCKS, **stop), may_be_refused=True)
        try:
            holder.edit(2)
            holder.wait(lambda _: len(holder.acks) == 2)
            begun.touch()
            holder.tell("save")
            if not is_stopped(holder):
                begun.unlink()
                holder.process.send_signal(signal.SIGCONT)  # it may be what follows a save
                holder.close()
                return None
            other = claimed(place)
            other.edit(1)
            other.tell("save")
            other.wait(lambda line: line == "saved")
            equal((other.acks, boxes(place)), ([1], [1, 2, 1]), "what the other saved")
            inode = place.coco.stat().st_ino
            holder.process.send_signal(signal.SIGCONT)
            holder.wait(lambda line: line is not None and line.startswith(("unsaved", "saved")))
            holder.wait(lambda _: holder.trouble.startswith("5 "))
            holder.edit(1)
            holder.wait(lambda _: holder.refusals)
            equal((holder.acks, place.coco.stat().st_ino), ([1, 2], inode), "acknowledged, the file")
            other.edit(1)
            other.close()
            holder.wait(lambda _: holder.trouble == "none")
            holder.close()
            equal(boxes(place), [1, 2, 1, 2], "boxes in the file")
            equal(place.leftovers(), [], "leftovers")
            return ""
        except Exception as problem:
            return f"stopped at {at}: {problem}"
        finally:
            holder.process.kill()


def taken_over_while_saving(folder):
    """Wherever the save was, it does not replace the file any more, and nothing that was acknowledged is lost."""
    need_injector()
    with Place() as place:
        operations = operations_of_a_save(place)
    points = [at for i, (at, call) in enumerate(operations) if call in ("rename", "link") or i % SAVE_STEP == 0]
    assert "rename" in (call for _, call in operations), operations
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        results = dict(zip(points, pool.map(after_stopped_save, points)))
    problems = [problem for problem in results.values() if problem]
    stopped = [at for at, result in results.items() if result is not None]
    assert any(at in stopped for at, call in operations if call == "rename"), f"never stopped at the rename: {stopped}"
    print(f"# stopped at {len(stopped)} of {len(operations)} operations of a save, {len(problems)} problems")
    for problem in problems:
        print(f"#   {problem}")
    assert not problems, f"{len(problems)} problems, the first: {problems[0]}"


def beat_of(place):
    return int(re.search(r"^beat=(\d+)$", lease_of(place).read_text(), re.M)[1])


def hold_without_beat(code):
    with Place() as place:
        full = place.root / "full"
        fault = {"fault": code, "at": 1, "forever": 1, "while": full, "calls": "write,sync,reserve", "path": "limner-tmp-"}
        holder = Editor(place.coco, environment(place, **NO_LOCKS, **fault))
        holder.edit(1)
        holder.wait(lambda _: len(holder.acks) == 1)
        full.touch()  # for the lease and for saving; the log has room yet
        beat = beat_of(place)
        waiting = editor(place, may_be_refused=True)
        time.sleep(SILENT_S + 3)
        equal(beat_of(place), beat, "the beat")
        holder.edit(1)
        holder.wait(lambda _: len(holder.acks) == 2)
        equal(apply(place, [box(9)]).returncode, 4, "it may be alive")
        waiting.edit(1)
        waiting.wait(lambda _: waiting.refusals)
        assert waiting.trouble.startswith("5 "), waiting.trouble
        full.unlink()
        holder.wait(lambda _: holder.is_safe())
        wait_until(lambda: beat_of(place) > beat, "the beat goes on")
        equal(boxes(place), [1, 2], "boxes in the file")
        full.touch()
        other = claimed(place)
        full.unlink()
        holder.edit(1)
        holder.wait(lambda _: holder.trouble.startswith("5 "))
        equal(holder.acks, [1, 2], "acknowledged by the one who lost it")
        other.close()
        equal(boxes(place), [1, 2], "boxes in the file")
        for left in (holder, waiting):
            left.process.kill()
            left.process.wait()


def beat_fails(folder):
    """For longer than others wait for it: nobody takes the dataset by himself, and the holder goes on."""
    need_injector()
    with ThreadPoolExecutor() as pool:
        list(pool.map(hold_without_beat, (errno.ENOSPC, errno.EIO)))


def wait_until(ready, what, seconds=TIMEOUT_S):
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.1)


def lease_unreadable(folder):
    """Whose it is cannot be told for a while, and then it is another one's: what was acknowledged meanwhile is kept."""
    need_injector()
    with Place() as place:
        broken = place.root / "broken"
        fault = {"fault": errno.EIO, "at": 1, "forever": 1, "while": broken, "calls": "open,read", "path": "-lease"}
        holder = Editor(place.coco, environment(place, **NO_LOCKS, **fault), may_be_refused=True)
        holder.edit(1)
        holder.wait(lambda _: len(holder.acks) == 1)
        broken.touch()
        holder.edit(2)
        holder.wait(lambda _: len(holder.acks) == 3)
        elsewhere = environment(place) | {"XDG_STATE_HOME": str(place.root / "elsewhere")}
        done = subprocess.run([LIMN, "apply", str(place.coco), "-", "--take-over"], input=lines([box(9)]), text=True,
                              capture_output=True, timeout=TIMEOUT_S, env=elsewhere)
        equal((done.returncode, done.stderr), (0, ""), "taken over")
        broken.unlink()
        holder.wait(lambda _: holder.is_safe())
        holder.close()
        equal(sorted(boxes(place)), [1, 2, 3, 9], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def idle_holder_learns(folder):
    """Without any edit of its own, by the beat."""
    need_injector()
    with Place() as place:
        holder = working(place, 1)
        beat = lease_of(place).read_text()
        other = apply(place, [box(9)], "--take-over")
        equal((other.returncode, other.stdout), (0, "1 annotation 4\n"), f"taken over: {other.stderr}")
        assert beat.endswith("beat=0000000000\n"), beat
        holder.wait(lambda line: line == "replaced")  # seen through the file, or by the beat
        holder.wait(lambda _: holder.trouble == "none")
        holder.close()
        equal(boxes(place), [1, 9], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def holder_elsewhere(folder):
    """Nothing is known of another machine's process: only the person can say that it is gone."""
    need_injector()
    with Place() as place:
        equal(apply(place, EDITS[:1]).returncode, 0, "a log")
        lease_of(place).write_text(FOREIGN.format(boot="another", machine="another"))
        done = apply(place, [box(9)])
        equal(done.returncode, 4, "held elsewhere")
        assert "held by anna on ws12.example (process 1) since 2026-01-02T03:04:05" in done.stderr, done.stderr
        # a lock says nothing about a lease
        equal(place.apply([box(9)]).returncode, 4, "held elsewhere, with locks")
        done = place.apply([box(9)], "--take-over")
        equal((done.returncode, done.stderr), (0, ""), "taken over")
        equal([a["id"] for a in json.loads(place.content())["annotations"]], [1, 2, 3, 4], "annotations")
        for text in ("", "junk", "[lease]\nuser=x\n", "\0" * 5000):
            lease_of(place).write_text(text)
            equal(apply(place, []).returncode, 0, "nothing to write")
            equal(apply(place, [box(9)]).returncode, 4, f"a lease that cannot be read: {text[:9]!r}")
        lease_of(place).unlink()
        lease_of(place).symlink_to("a.png")
        equal(apply(place, [box(9)]).returncode, 4, "a link")
        equal(apply(place, [box(9)], "--take-over").returncode, 0, "a link, taken over")
        equal((place.work / "a.png").is_file(), True, "what it led to")
        equal(place.leftovers(), [], "leftovers")


def undo_is_refused(folder):
    """What was undone and never became durable is there again, in the picture and in the history."""
    need_injector()
    with Place() as place:
        holder = working(place, 2)
        holder.process.send_signal(signal.SIGSTOP)
        other = editor(place)
        other.wait(lambda _: "(may be claimed)" in other.trouble)
        other.tell("claim")
        other.wait(lambda _: other.trouble == "none")
        holder.tell("undo edit undo undo edit")
        holder.process.send_signal(signal.SIGCONT)
        holder.wait(lambda _: holder.trouble.startswith("5 "))
        said = []
        holder.tell("count")
        holder.wait(lambda line: (line or "").startswith("count ") and not said.append(line))
        equal(said, ["count 4 2 0"], "annotations, steps to undo, a step to redo")
        other.close()
        holder.wait(lambda _: holder.trouble == "none")
        holder.close()
        equal(boxes(place), [1, 2], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def lease_outlives_the_log(folder):
    """The log beside takes nothing any more, so the steps go to the state folder: nobody else may write the file."""
    need_injector()
    calls = {**NO_LOCKS, "calls": "openw,write", "path": ".limner"}
    with Place() as place:
        path = place.root / "record"
        first = Editor(place.coco, environment(place, record=path, trace=1, **calls))
        first.edit(1)
        first.wait(lambda _: first.acks)
        total = sum(line[1] == "AT" for line in read_record(path))
        first.process.kill()
        first.process.wait()
    with Place() as place:
        holder = Editor(place.coco, environment(place, fault=errno.EIO, at=total + 1, forever=1, **calls),
                        may_be_refused=True)
        holder.edit(3)
        holder.wait(lambda _: len(holder.acks) == 3)
        assert list((place.root / "state" / "limner").iterdir()), "the log beside still works: nothing was tested"
        done = apply(place, [box(9)])
        equal(done.returncode, 4, "a second writer")
        assert f"(process {holder.process.pid})" in done.stderr, done.stderr
        # and its loss, to somebody elsewhere who does not see this computer's state folder, is learned of there
        elsewhere = environment(place) | {"XDG_STATE_HOME": str(place.root / "elsewhere")}
        done = subprocess.run([LIMN, "apply", str(place.coco), "-", "--take-over"], input=lines([box(9)]), text=True,
                              capture_output=True, timeout=TIMEOUT_S, env=elsewhere)
        equal((done.returncode, done.stderr), (0, ""), "taken over")
        holder.edit(1)
        holder.wait(lambda _: holder.trouble.startswith("5 ") or holder.refusals)
        equal(holder.acks, [1, 2, 3], "acknowledged by the one who lost it")
        holder.process.kill()
        holder.process.wait()


def lock_holder_elsewhere(folder):
    """A name that a process of another machine left, which had a lock: only the person can say that it is gone."""
    need_injector()
    with Place() as place:
        equal(apply(place, EDITS[:1]).returncode, 0, "a log")
        name = place.work / f".{place.coco.name}.limner-holder"
        text = "[holder]\nuser=anna\nhost=ws12.example\npid=1\nsince=2026-01-02T03:04:05\n"
        name.write_text(text)
        done = apply(place, [box(9)])
        equal(done.returncode, 4, "held elsewhere")
        assert "held by anna on ws12.example (process 1)" in done.stderr, done.stderr
        equal(apply(place, [box(8)], "--take-over").returncode, 0, "taken over")
        name.write_text(text)
        other = editor(place)
        other.wait(lambda _: "(may be claimed)" in other.trouble)
        other.tell("claim")
        other.wait(lambda _: other.trouble == "none")
        other.close()
        equal(boxes(place), [5, 8], "boxes in the file")
        equal(place.leftovers(), [], "leftovers")


def started_anew(folder):
    """The holder's machine is this one, and was started anew since: nobody is there any more."""
    need_injector()
    machine = Path("/etc/machine-id")
    if not machine.is_file() or not machine.read_text().strip():
        raise Skip("/etc/machine-id is absent here")
    with Place() as place:
        equal(apply(place, EDITS[:1]).returncode, 0, "a log")
        text = FOREIGN.replace("ws12.example", os.uname().nodename)
        lease_of(place).write_text(text.format(boot="earlier", machine=machine.read_text().strip()))
        equal(apply(place, [box(9)]).returncode, 0, "before this start")
        equal(place.leftovers(), [], "leftovers")


def lock_holder_is_seen(folder):
    """One finds locks and has one, another finds none: it does not write either."""
    need_injector()
    with Place() as place:
        holder = Editor(place.coco, place.environment())
        holder.edit(1)
        holder.wait(lambda _: holder.acks)
        done = apply(place, [box(9)])
        equal(done.returncode, 4, "held by a lock that cannot be seen")
        assert f"(process {holder.process.pid})" in done.stderr, done.stderr
        equal(apply(place, [box(9)], "--take-over").returncode, 4, "alive, on this machine")
        holder.close()
        equal(place.leftovers(), [], "leftovers")


# ---- a holder that is stopped anywhere ----


def stopped_at(place, at, record=None):
    """A run of EDITS that is stopped before its operation number @at; None if it has fewer."""
    inject = {**NO_LOCKS, "fault": "stop", "at": at, "record": record or "/dev/null"}
    process = subprocess.Popen([LIMN, "apply", str(place.coco), "-", "--ack"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=environment(place, **inject))
    process.stdin.write(lines(EDITS))
    process.stdin.close()
    process.stdin = None
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return process
    process.returncode = os.waitstatus_to_exitcode(status)
    process.communicate()
    return None


def after_stop(at, legal):
    """What is wrong when the holder is stopped before operation @at; "" if nothing, None if it has fewer."""
    with Place() as place:
        holder = stopped_at(place, at)
        if holder is None:
            return None
        try:
            other = apply(place, [box(9)], "--take-over")
            holder.send_signal(signal.SIGCONT)
            stdout, stderr = holder.communicate(timeout=TIMEOUT_S)
            n = acknowledged(stdout)
            where = f"stopped at {at}, then exit {holder.returncode}, {n} acknowledged, {stderr!r}; the other {other}"
            if holder.returncode not in (0, 4) or other.returncode not in (0, 4):
                return f"exit status: {where}"
            again = apply(place, [])
            if again.returncode != 0 or again.stderr:
                return f"the run after it, {again}: {where}"
            content = place.content()
            lowest = len(EDITS) if holder.returncode == 0 else n
            wanted = legal[acknowledged(other.stdout)][lowest:]
            # the second may have been first, where the other had not begun
            if content not in wanted and content not in legal[2][n:]:
                return f"the file has {content!r}: {where}"
            if place.leftovers():
                return f"leftovers {place.leftovers()}: {where}"
            return ""
        finally:
            holder.kill()
            holder.wait()


def stopped_anywhere(folder):
    need_injector()
    second = [box(9)]
    legal = [legal_contents(EDITS)]
    legal.append([legal_contents(EDITS[:n] + second)[-1] for n in range(len(EDITS) + 1)])
    legal.append([legal_contents(second + EDITS[:n])[-1] for n in range(len(EDITS) + 1)])
    with Place() as place:
        path = place.root.parent / f"{place.root.name}.record"
        place.apply(EDITS, "--ack", dir=place.work, record=path, trace=1, **NO_LOCKS)
        total = sum(line[1] == "AT" for line in read_record(path))
        path.unlink()
    assert total > 0, "nothing was recorded"
    points = list(range(1, total + 1, STEP))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        results = list(pool.map(lambda at: after_stop(at, legal), points))
    problems = [result for result in results if result]
    print(f"# stopped at {sum(r is not None for r in results)} of {total} points, {len(problems)} problems")
    for problem in problems[: None if os.environ.get("LIMNER_FAULT_VERBOSE") else 12]:
        print(f"#   {problem}")
    assert any(result is not None for result in results), "no run was stopped"
    assert not problems, f"{len(problems)} problems, the first: {problems[0]}"


only = os.environ.get("LIMNER_FAULT_ONLY")
run(
    [case for case in [
        *((f"second is read-only: {errno.errorcode[code]}", second_is_read_only(code))
          for code in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)),
        ("killed holder", killed_holder),
        ("stopped holder", stopped_holder),
        ("taken over while saving", taken_over_while_saving),
        ("the beat fails", beat_fails),
        ("lease that cannot be read", lease_unreadable),
        ("idle holder learns", idle_holder_learns),
        ("holder elsewhere", holder_elsewhere),
        ("undo is refused", undo_is_refused),
        ("lease outlives the log", lease_outlives_the_log),
        ("lock holder elsewhere", lock_holder_elsewhere),
        ("started anew", started_anew),
        ("lock holder is seen", lock_holder_is_seen),
        ("stopped anywhere", stopped_anywhere),
    ] if only is None or re.search(only, case[0])]
)
