# SPDX-License-Identifier: MIT
"""limn apply: edits, acknowledgements, refusals, and what survives a kill."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from limner_tap import LIMN, contents, copy_sample, equal, limn, limn_json, run


def write_edits(folder, *edits):
    path = folder / "edits.jsonl"
    path.write_text("".join((e if isinstance(e, str) else json.dumps(e)) + "\n" for e in edits))
    return path


def box(number, image=3):
    return {
        "op": "create",
        "annotation": {"image_id": image, "category_id": 1, "bbox": [number, 2, 30, 40], "area": 1200,
                       "iscrowd": 0, "segmentation": []},
    }


def lines_of(path):
    return path.read_text().splitlines()


def create_update_delete(folder):
    coco = copy_sample(folder)
    before = lines_of(coco)
    old = json.loads(coco.read_text())
    top = max(a["id"] for a in old["annotations"])
    edits = write_edits(
        folder,
        box(5),
        {"op": "update", "annotation": {"id": 1, "category_id": 3}},
        {"op": "delete", "annotation": {"id": 2}},
        {"op": "create", "category": {"name": "van"}},
        {"op": "update", "image": {"id": 4, "license": 7}},
    )
    done = limn("apply", coco, edits, "--ack")
    equal((done.returncode, done.stderr), (0, ""), "apply")
    expected = [f"1 annotation {top + 1}", "2 annotation 1", "3 annotation 2", "4 category 6", "5 image 4"]
    equal(done.stdout.splitlines(), expected, "acknowledgements")
    new = json.loads(coco.read_text())
    by_id = {a["id"]: a for a in new["annotations"]}
    equal(by_id[top + 1]["bbox"], [5, 2, 30, 40], "created")
    equal(by_id[1], {**old["annotations"][0], "category_id": 3}, "updated")
    assert 2 not in by_id
    equal(new["categories"][-1]["name"], "van", "category")
    equal(new["images"][3]["license"], 7, "image")
    untouched = [line for line in before if '"id": 1,' not in line and '"id": 2,' not in line and '"id": 4,' not in line]
    after = {line.rstrip(",") for line in lines_of(coco)}
    equal([line for line in untouched if line.rstrip(",") not in after], [], "lines that nobody edited")
    equal(limn_json("validate", coco)[1]["findings"], [], "findings")


def bad_line_stops(folder):
    coco = copy_sample(folder)
    edits = write_edits(folder, box(7), '{"op": "create", "annotation": {"image_id": 99', box(8))
    done = limn("apply", coco, edits, "--ack")
    equal(done.returncode, 3, "status")
    assert "edits.jsonl:2" in done.stderr, done.stderr
    equal(len(done.stdout.splitlines()), 1, "acknowledgements")
    boxes = [a["bbox"][0] for a in json.loads(coco.read_text())["annotations"]]
    assert 7 in boxes and 8 not in boxes


def refusals(folder):
    coco = copy_sample(folder)
    before = contents(coco.parent)
    for edit in (
        {"op": "update", "annotation": {"id": 4711, "area": 1}},
        {"op": "delete", "annotation": {"id": 4711}},
        {"op": "delete", "category": {"id": 1}},
        {"op": "delete", "image": {"id": 3}},
        {"op": "create", "annotation": {"id": 1, "image_id": 3, "category_id": 1}},
        {"op": "create", "annotation": {"image_id": 99, "category_id": 1}},
        {"op": "create", "annotation": {"image_id": 3, "category_id": 99}},
        {"op": "update", "category": {"id": 1, "name": "lane mark"}},
        {"op": "update", "category": {"id": 1, "name": ""}},
        {"op": "rotate", "annotation": {"id": 1}},
        {"op": "update", "annotation": {"area": 1}},
        {"op": "update", "annotation": 7},
        {"op": "update"},
        [],
        '{"op": "update", "annotation": {"id": 1, "area": 1, "area": 2}}',
        '{"op": "update", "annotation": {"id": 1, "area": 01}}',
    ):
        done = limn("apply", coco, write_edits(folder, edit))
        equal(done.returncode, 3, f"{edit}")
        assert "edits.jsonl:1" in done.stderr, done.stderr
    equal(contents(coco.parent), before, "the dataset")


def cascade(folder):
    coco = copy_sample(folder)
    done = limn("apply", coco, write_edits(folder, {"op": "delete", "category": {"id": 4}, "cascade": True}))
    equal((done.returncode, done.stderr), (0, ""), "apply")
    new = json.loads(coco.read_text())
    assert all(a["category_id"] != 4 for a in new["annotations"])
    assert all(c["id"] != 4 for c in new["categories"])


def standard_input(folder):
    coco = copy_sample(folder)
    with subprocess.Popen(
        [LIMN, "apply", str(coco), "-", "--ack"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for number in range(3):
            # the next line is sent only after the acknowledgement, so it must come without more input
            process.stdin.write(json.dumps(box(number)) + "\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(f"{number + 1} annotation ")
        process.stdin.close()
        equal(process.wait(), 0, "status")


def start_apply(coco, edits):
    return subprocess.Popen([LIMN, "apply", str(coco), str(edits), "--ack"], stdout=subprocess.PIPE, text=True)


def readers_see_the_log(folder):
    coco = copy_sample(folder)
    old = json.loads(coco.read_text())
    process = subprocess.Popen(
        [LIMN, "apply", str(coco), "-", "--ack"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdin.write(json.dumps(box(1)) + "\n")
    process.stdin.flush()
    process.stdout.readline()

    other = limn("apply", coco, write_edits(folder, box(2)))
    equal(other.returncode, 4, "a second writer")
    assert str(process.pid) in other.stderr, other.stderr
    reader = limn("info", coco)
    equal(reader.returncode, 0, "a reader beside the writer")
    assert "read alone" in reader.stderr, reader.stderr

    process.send_signal(signal.SIGKILL)
    process.wait()
    equal(json.loads(coco.read_text()), old, "the file before recovery")
    before = contents(coco.parent)
    status, report = limn_json("info", coco)
    equal((status, report["annotations"]), (0, len(old["annotations"]) + 1), "info after the kill")
    equal(contents(coco.parent), before, "a reader changes nothing")
    equal(limn("apply", coco, write_edits(folder, box(3))).returncode, 0, "the next writer")
    equal(len(json.loads(coco.read_text())["annotations"]), len(old["annotations"]) + 2, "recovered and added")


KILLS_A_DATASET = 20  # the history grows with each, and with it the time that opening takes
EDITS_A_RUN = 40
MANY_KILLS = 1000  # from here on in the memory file system, several at once


def wait_for_moment(process, chance, opening_s):
    """Until a moment of the run: while it opens, right after some acknowledgement, or while it saves after the last."""
    lines = []
    n = chance.randrange(EDITS_A_RUN + EDITS_A_RUN // 4)
    if n == 0 or chance.random() < 0.2:
        time.sleep(chance.uniform(0, opening_s))
        return lines
    while len(lines) < n and (line := process.stdout.readline()):
        lines.append(line)
    time.sleep(chance.uniform(0, 0.002 if n < EDITS_A_RUN else opening_s))
    return lines


def kill_often(folder, rounds, seed):
    """(how many were killed while running, how many edits were acknowledged)"""
    chance = random.Random(seed)
    folder.mkdir()
    coco = copy_sample(folder)
    expected = {a["id"] for a in json.loads(coco.read_text())["annotations"]}
    edits = write_edits(folder, *(box(n) for n in range(EDITS_A_RUN)))
    killed = acknowledged = 0

    process = start_apply(coco, edits)
    started = time.monotonic()
    expected.add(int(process.stdout.readline().split()[2]))
    opening_s = 1.5 * (time.monotonic() - started)  # however slow the build and the machine are
    expected.update(int(line.split()[2]) for line in process.stdout)
    process.wait()
    for _ in range(rounds):
        process = start_apply(coco, edits)
        lines = wait_for_moment(process, chance, opening_s)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        ids = [int(line.split()[2]) for line in lines if line.endswith("\n")]
        acknowledged += len(ids)
        expected.update(ids)
        json.loads(coco.read_text())
    status, report = limn_json("validate", coco)
    equal(status, 0, f"validate: {report}")
    process = start_apply(coco, write_edits(folder))
    process.wait()
    found = {a["id"] for a in json.loads(coco.read_text())["annotations"]}
    equal(expected - found, set(), "acknowledged and lost")
    leftovers = [p.name for p in coco.parent.iterdir() if "tmp" in p.name]
    equal(leftovers, [], "leftovers")
    return killed, acknowledged


def kills(folder):
    """kill -9 at random moments: every acknowledged edit is there afterwards and the file is whole."""
    rounds = int(os.environ.get("LIMNER_KILLS", "100"))
    seed = int(os.environ.get("LIMNER_SEED", "20261125"))
    killed = acknowledged = done = 0
    many = rounds >= MANY_KILLS
    parent = "/dev/shm" if many and os.access("/dev/shm", os.W_OK) else folder

    def kill_part(start):
        part = min(rounds - start, KILLS_A_DATASET)
        with tempfile.TemporaryDirectory(prefix="limner-kills-", dir=parent) as place:
            return part, *kill_often(Path(place) / "set", part, seed + start)

    with ThreadPoolExecutor(max_workers=(os.cpu_count() or 2) if many else 1) as pool:
        for part, n_killed, n_acknowledged in pool.map(kill_part, range(0, rounds, KILLS_A_DATASET)):
            killed, acknowledged, done = killed + n_killed, acknowledged + n_acknowledged, done + part
            if many and done % (10 * KILLS_A_DATASET) == 0:
                print(f"# {killed} of {done} killed while running, {acknowledged} edits acknowledged", flush=True)
    assert killed > rounds // 3 and acknowledged > 0, f"{killed} killed, {acknowledged} acknowledged"
    print(f"# {killed} of {rounds} killed while running, {acknowledged} edits acknowledged, none lost")

run(
    [
        ("create, update, delete", create_update_delete),
        ("a bad line stops", bad_line_stops),
        ("refusals change nothing", refusals),
        ("cascade", cascade),
        ("standard input", standard_input),
        ("readers see the log", readers_see_the_log),
        ("kill -9 at random moments", kills),
    ]
)
