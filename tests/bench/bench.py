#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures Limner beside its peers and beside the limits of this machine, and prints ratios.

    tests/bench/bench.py [open] [save] [edit] [start] [walk] [list] [canvas] [pictures]     default: all
        --build DIR     a release build (build/release)
        --peers DIR     a Python environment with the peers: pip install pycocotools hotcoco labelme labelImg numpy pillow
        --runs N        counted runs of each command, in turn (5)

Everything that is compared runs in turn, A B A B, after one run that is not counted; the median of the pairwise ratios is what
counts, as machines are noisy. Data is made from seeds below --data and kept for the next time.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
THUMBNAILS = "17,90,73,850"  # where limner's list has them: x0, y0, x1, y1


def spread(values):
    return f"{statistics.median(values):.3g} ({min(values):.3g}-{max(values):.3g})"


def timed(command, before=None, **options):
    """Wall seconds and peak MiB of one run; what `before` does is not counted."""
    if before:
        before()
    started = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit status {process.returncode}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def own(values, kind):
    """What a kind of frames took without what the machine took away: see README.md here."""
    return (
        f"own p99 {values[f'{kind}_own_p99']:.1f}, longest {values[f'{kind}_own_max']:.1f}; "
        f"{values[f'{kind}_stolen_over_2ms']:.0f} taken by the machine"
    )


def in_turn(runs, commands, before=None, environment=None):
    """{name: command} -> {name: [(seconds, MiB)]}, one after the other, the first round not counted."""
    results = {name: [] for name in commands}
    for round_number in range(runs + 1):
        for name, command in commands.items():
            result = timed(command, (before or {}).get(name), env={**os.environ, **(environment or {})})
            if round_number:
                results[name].append(result)
    return results


def ratio(results, ours, peer):
    return [a[0] / b[0] for a, b in zip(results[ours], results[peer])]


def report(results, ours, goals):
    for name, values in results.items():
        print(f"  {name:28} s {spread([v[0] for v in values]):30} MiB {max(v[1] for v in values):.0f}")
    for peer, goal in goals.items():
        if peer in results:
            print(f"  ratio {ours} / {peer}: {spread(ratio(results, ours, peer))}   goal: {goal}")


# ---- data ----


def make_coco(path, n_images, n_annotations, seed):
    """A COCO file with COCO's own distributions: see 'Data' in README.md here."""
    if path.exists():
        return path
    chance = random.Random(seed)
    sizes = [(640, 480), (480, 640), (640, 427), (500, 375), (640, 640)]
    images = [(i + 1, *chance.choice(sizes)) for i in range(n_images)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".part"), "w", encoding="utf-8") as out:
        out.write('{"info": {"description": "benchmark"}, "licenses": [], "images": [')
        out.write(
            ", ".join(
                f'{{"license": 1, "file_name": "{i:012d}.jpg", "height": {h}, "width": {w}, "id": {i}}}' for i, w, h in images
            )
        )
        out.write('], "annotations": [')
        for number in range(n_annotations):
            image, width, height = images[int(chance.random() ** 1.4 * n_images)]
            if number:
                out.write(", ")
            out.write(annotation(chance, number + 1, image, width, height))
        names = ", ".join(f'{{"supercategory": "thing", "id": {c}, "name": "class {c}"}}' for c in range(1, 81))
        out.write(f'], "categories": [{names}]}}\n')
    path.with_suffix(".part").rename(path)
    return path


def annotation(chance, number, image, width, height):
    category = 1 + int(chance.random() ** 2 * 80)
    if chance.random() < 0.012:
        runs, left = [], width * height
        while left > 0:
            runs.append(min(left, 1 + int(chance.expovariate(1 / 300))))
            left -= runs[-1]
        area = sum(runs[1::2])
        return (
            f'{{"segmentation": {{"counts": {runs}, "size": [{height}, {width}]}}, "area": {area}, "iscrowd": 1, '
            f'"image_id": {image}, "bbox": [0, 0, {width}, {height}], "category_id": {category}, "id": {number}}}'
        )
    n = max(4, int(chance.lognormvariate(3.0, 0.6)))
    w = 4 + chance.random() ** 2 * (width - 8)
    h = 4 + chance.random() ** 2 * (height - 8)
    x, y = chance.uniform(0, width - w), chance.uniform(0, height - h)
    points = [(round(x + chance.random() * w, 2), round(y + chance.random() * h, 2)) for _ in range(n)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    area = abs(sum(points[i - 1][0] * p[1] - p[0] * points[i - 1][1] for i, p in enumerate(points))) / 2
    ring = ", ".join(f"{c}" for p in points for c in p)
    box = [min(xs), min(ys), round(max(xs) - min(xs), 2), round(max(ys) - min(ys), 2)]
    return (
        f'{{"segmentation": [[{ring}]], "area": {area:.4f}, "iscrowd": 0, "image_id": {image}, "bbox": {box}, '
        f'"category_id": {category}, "id": {number}}}'
    )


def make_photos(python, folder, n, width=1920, height=1080):
    """Noisy pictures with edges, as JPEG; the last is not the first again."""
    if folder.exists():
        return folder
    script = f"""
import numpy as np
from PIL import Image
for i in range({n}):
    chance = np.random.default_rng(i)
    rows = np.linspace(40, 200, {height})[:, None, None] + chance.normal(0, 6, ({height}, {width}, 1))
    picture = rows + np.array([0, i % 40, 20])[None, None, :]
    for _ in range(40):
        x, y = chance.integers(0, {width}), chance.integers(0, {height})
        picture[y:y + chance.integers(20, 200), x:x + chance.integers(20, 300)] = chance.integers(0, 256, 3)
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(r'{folder}.part/photo_%03d.jpg' % i, quality=90)
"""
    part = Path(f"{folder}.part")
    part.mkdir(parents=True, exist_ok=True)
    subprocess.run([python, "-c", script], check=True)
    part.rename(folder)
    return folder


# ---- measurements ----


class Bench:
    def __init__(self, options):
        self.runs = options.runs
        self.data = options.data
        self.limn = options.build / "app" / "cli" / "limn"
        self.limner = options.build / "ui" / "limner"
        self.bench_edit = options.build / "tests" / "bench" / "bench-edit"
        self.bench_canvas = options.build / "tests" / "bench" / "bench-canvas"
        self.bench_list = options.build / "tests" / "bench" / "bench-list"
        self.bench_picture = options.build / "tests" / "bench" / "bench-picture"
        self.frames = options.frames
        self.watch = options.build / "tests" / "bench" / "watch"
        self.peers = options.peers
        self.python = options.peers / "bin" / "python" if options.peers else Path(sys.executable)

    def peer_open(self, module, path):
        return [self.python, "-c", f"from {module} import COCO; COCO(r'{path}')"]

    def has(self, module):
        return subprocess.run([self.python, "-c", f"import {module}"], capture_output=True).returncode == 0

    def open(self):
        for name, size, seed, pycoco in (("val", (5000, 36781), 7, True), ("train", (118287, 860001), 11, False)):
            path = make_coco(self.data / f"{name}.json", *size, seed)
            print(f"open {name}: {path.stat().st_size / 1e6:.0f} MB, whole processes")
            commands = {"limn info": [self.limn, "info", path], "cat": ["sh", "-c", f"cat '{path}' | wc -c"]}
            if self.has("hotcoco"):
                commands["hotcoco"] = self.peer_open("hotcoco", path)
            if pycoco and self.has("pycocotools"):
                commands["pycocotools"] = self.peer_open("pycocotools.coco", path)
            # the index of an earlier run would make the first opening a second one
            cache = self.data / "index"
            forget = {"limn info": lambda: shutil.rmtree(cache, ignore_errors=True)}
            environment = {"XDG_CACHE_HOME": str(cache)}
            results = in_turn(self.runs, commands, forget, environment)
            report(results, "limn info", {"hotcoco": "1/6 on train, 1/3 on val", "pycocotools": "1/10 on val", "cat": "2"})
            if name == "train" and self.has("pycocotools"):
                once = timed(self.peer_open("pycocotools.coco", path))[0]
                ours = statistics.median(v[0] for v in results["limn info"])
                print(f"  pycocotools once: {once:.1f} s, ratio {ours / once:.4f}   goal: 1/60")
            again = {"limn info": commands["limn info"], "limn info again": commands["limn info"]}
            report(in_turn(self.runs, again, forget, environment), "limn info again", {"limn info": "0.15"})
            checked = {"limn validate": [self.limn, "validate", "--json", path], "limn info": commands["limn info"]}
            forget["limn validate"] = forget["limn info"]
            report(in_turn(self.runs, checked, forget, environment), "limn validate", {"limn info": "4"})

    def save(self):
        path = make_coco(self.data / "train.json", 118287, 860001, 11)
        folder = self.data / "save"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        copy = folder / "train.json"
        shutil.copy(path, copy)
        edits = folder / "edits.jsonl"
        saves, copies = [], []
        for number in range(self.runs + 1):
            edits.write_text(json.dumps({"op": "update", "annotation": {"id": 17, "iscrowd": 0, "area": 7 + number}}) + "\n")
            # both open it from its index, as the window has done long before somebody saves; for that a file must
            # have been left alone for two seconds
            time.sleep(2.5)
            timed([self.limn, "info", copy])
            opening = timed([self.limn, "info", copy])[0]
            whole = timed([self.limn, "apply", copy, edits])[0]
            target = folder / "copy"
            copied = timed(["sh", "-c", f"cp --reflink=never '{path}' '{target}' && sync '{target}'"])[0]
            if number:
                saves.append((whole - opening) / copied)
                copies.append(copied)
        print("save one edit in train, read-back included (limn apply minus limn info) / cp + fsync")
        print(f"  copy s {spread(copies)}; ratio {spread(saves)}   goal: 2.5")
        shutil.rmtree(folder)

    def edit(self):
        print("a durable edit, ms")
        for name, size in (("empty", None), ("1e3", (140, 1000)), ("val", (5000, 36781)), ("1e5", (14000, 100000)), ("1e6", (140000, 1000000))):
            folder = self.data / f"edit-{name}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            if size:
                shutil.copy(make_coco(self.data / f"coco-{name}.json", *size, 3), folder / "annotations.json")
            else:
                shutil.copy(SOURCE / "tests" / "data" / "sample" / "highway-1.jpg", folder)
            done = subprocess.run([self.bench_edit, folder, "1000"], capture_output=True, text=True, check=True)
            values = dict(line.split() for line in done.stdout.splitlines())
            p50, p99 = float(values["edit_ms_p50"]), float(values["edit_ms_p99"])
            disk50, disk99 = float(values["append_fdatasync_ms_p50"]), float(values["append_fdatasync_ms_p99"])
            print(
                f"  {name:6} p50 {p50:.3f} p99 {p99:.3f}; undo p50 {values['undo_ms_p50']} p99 {values['undo_ms_p99']}; "
                f"append + fdatasync p50 {disk50:.3f} p99 {disk99:.3f}; ratio p50 {p50 / disk50:.1f}, p99 {p99 / disk50:.1f}"
            )
            shutil.rmtree(folder)
        print("  goal: p99 under 10 ms; p50 within 7 and p99 within 35 times the append's median; one flat curve")

    def display(self, *command):
        done = subprocess.run(
            [SOURCE / "tests" / "with-display", "-s", "1920x1080", *[str(c) for c in command]],
            capture_output=True,
            text=True,
            # thumbnails are kept from the round that is not counted: the goal leaves them apart
            env={**os.environ, "QT_QPA_PLATFORM": "xcb", "XDG_CACHE_HOME": str(self.data / "cache")},
        )
        values = {}
        for line in done.stdout.splitlines():
            parts = line.split()
            if len(parts) == 2:
                values[parts[0]] = float(parts[1])
        if not values:
            raise SystemExit(f"{command}: {done.stderr}")
        return values

    def programs(self, folder):
        """How each program is started on a folder, or on nothing."""
        arguments = [folder] if folder else []
        programs = {"limner": [self.limner, *arguments]}
        for name in ("labelImg", "labelme"):
            if self.peers and (self.peers / "bin" / name).exists():
                programs[name] = [self.peers / "bin" / name, *arguments]
        return programs

    def start(self):
        photos = make_photos(self.python, self.data / "photos" / "sixty", 60)
        for what, folder in (("empty", None), ("60 photographs", photos)):
            results = {name: [] for name in self.programs(folder)}
            ignored = dict.fromkeys(results, ())
            # the goal leaves thumbnails apart; the peers have none
            ignored["limner"] = ("-i", THUMBNAILS)
            for round_number in range(self.runs + 1):
                for name, command in self.programs(folder).items():
                    values = self.display(self.watch, *ignored[name], "start", 700, "--", *command)
                    if round_number:
                        results[name].append((values["start_settled_ms"], values["pss_mib"]))
            print(f"start, {what}: from exec to the last change on the screen, ms; PSS MiB (of limner's, {THUMBNAILS} does not count)")
            for name, values in results.items():
                print(f"  {name:10} {spread([v[0] for v in values])}; {spread([v[1] for v in values])}")
            for peer in results.keys() - {"limner"}:
                print(f"  ratio limner / {peer}: {spread(ratio(results, 'limner', peer))}")
        sys.stdout.flush()
        print("  goal: empty 0.5 of labelImg; 60 photographs 0.6 of labelImg, 0.2 of labelme")
        self.start_many(photos)

    def start_many(self, photos):
        """A large folder beside a small one."""
        results = {"60": [], "50,000": []}
        for round_number in range(self.runs + 1):
            for name, folder in (("60", photos), ("50,000", self.many())):
                values = self.display(self.watch, "-i", THUMBNAILS, "start", 700, "--", self.limner, folder)
                if round_number:
                    results[name].append((values["start_settled_ms"], values["pss_mib"]))
        print("start, limner, 50,000 pictures beside 60, ms; PSS MiB")
        for name, values in results.items():
            print(f"  {name:10} {spread([v[0] for v in values])}; {spread([v[1] for v in values])}")
        memory = [a[1] / b[1] for a, b in zip(results["50,000"], results["60"])]
        print(f"  ratio {spread(ratio(results, '50,000', '60'))}, memory {spread(memory)}   goal: 1.5, 1.5")

    def walk(self):
        photos = make_photos(self.python, self.data / "photos" / "sixty", 60)
        print("next image (key D), 60 of them, ms from key to the first and last changed pixel; PSS MiB afterwards")
        for name, command in self.programs(photos).items():
            values = self.display(self.watch, "keys", "d", 59, 300, "--", *command)
            print(
                f"  {name:10} first {values.get('first_ms_median', 0):.1f} last {values.get('last_ms_median', 0):.1f}; "
                f"{values['pss_mib']:.0f} MiB; {values.get('keys_seen', 0):.0f} seen"
            )
        print("  goal: the next frame; half of labelme's memory")

    def many(self):
        """50,000 pictures: the sixty, linked again and again."""
        photos = sorted(make_photos(self.python, self.data / "photos" / "sixty", 60).iterdir())
        folder = self.data / "many" / "fifty"
        if not folder.exists():
            part = Path(f"{folder}.part")
            part.mkdir(parents=True, exist_ok=True)
            for number in range(50000):
                link = part / f"frame_{number:06d}.jpg"
                if not link.exists():
                    os.link(photos[number % len(photos)], link)
            part.rename(folder)
        return folder

    def list(self):
        """The list of images: scrolling it, and filtering it by what is typed."""
        print("list of images, ms: a frame with its rows; from a key's filter to the new list")
        train = make_coco(self.data / "train.json", 118287, 860001, 11)
        for name, path in (("train", train), ("50,000 pictures", self.many())):
            v = self.display(self.bench_list, path, self.frames)
            print(
                f"  {name}: scroll p50 {v['scroll_p50']:.1f} p99 {v['scroll_p99']:.1f}, processor p99 {v['scroll_cpu_p99']:.1f}, "
                f"{own(v, 'scroll')}; leap p99 {v['leap_p99']:.1f}, {own(v, 'leap')}"
            )
            print(
                f"    key p50 {v['key_answer_p50']:.0f} p99 {v['key_answer_p99']:.0f}, of it the window's own thread at a "
                f"stretch p99 {v['key_busy_p99']:.0f}; its frame over the floor p50 {v['key_frame_over_p50']:.1f} "
                f"p99 {v['key_frame_over_p99']:.1f} (floor p99 {v['floor_p99']:.1f}), processor p99 {v['key_frame_cpu_p99']:.1f} "
                f"(floor {v['floor_cpu_p99']:.1f}), own p99 over the floor {v['key_frame_own_over_p99']:.1f}; {own(v, 'key_frame')}"
            )
        print("  goals: scroll p99 8; key 50; its frame over the floor p99 8")

    def canvas(self):
        """Frames over the floor, which is a frame of the same window in one colour in the same run."""
        print("canvas 1920x1060, 4K picture, N polygons of 30 vertices, 20-40 px radius; ms, hit test us")
        for n in (0, 1000, 10000, 100000):
            v = self.display(self.bench_canvas, n, self.frames)
            busy = "   BUSY MACHINE, the run says nothing: " if max(v["floor_p99"], v["floor_after_p99"]) > 22 else ""
            print(f"  {n} shapes: {busy}floor p50 {v['floor_p50']:.1f} p99 {v['floor_p99']:.1f}")
            print(
                f"    pan over the floor p50 {v['pan_over_p50']:.1f} p99 {v['pan_over_p99']:.1f}, longest {v['pan_max']:.1f}, "
                f"unsharp {v['pan_unsharp_percent']:.1f} %; processor {v['pan_cpu_p50']:.1f} (floor {v['floor_cpu_p50']:.1f}); {own(v, 'pan')}"
            )
            for kind in ("hover", "drag", "draw"):
                if f"{kind}_p50" in v:
                    print(
                        f"    {kind} p50 {v[f'{kind}_p50']:.2f} p99 {v[f'{kind}_p99']:.2f} longest {v[f'{kind}_max']:.2f}; "
                        f"processor p50 {v[f'{kind}_cpu_p50']:.2f} p99 {v[f'{kind}_cpu_p99']:.2f}; {own(v, kind)}"
                    )
            print(
                f"    zoom over the floor p50 {v['zoom_over_p50']:.1f} p90 {v['zoom_over_p90']:.1f} p99 {v['zoom_over_p99']:.1f}; "
                f"sharp after p50 {v['sharp_p50']:.0f} p90 {v['sharp_p90']:.0f} longest {v['sharp_max']:.0f}; "
                f"tile threads {v['workers_cpu_a_step']:.0f} a step; {own(v, 'zoom')}"
            )
            print(f"    hit test p50 {v['hit_us_p50']:.1f} p99 {v['hit_us_p99']:.1f}")
        print("  goals at 10,000: pan 3 / 8, unsharp 1 %; hover, drag, draw 1 / 2, longest 5; zoom 6 / 12 / 20; sharp 70 / 150")
        print("  goals at 100,000: pan p99 10, longest 60; sharp 500 at p90; hover, drag as above; hit test 10 / 25")

    def pictures(self):
        """Large and deep pictures: the decoder beside libjpeg-turbo alone, and frames over the floor."""
        print("pictures: decoding beside libjpeg-turbo alone, in turn, ms; frames over the floor, ms")
        for megapixels, size in ((2, (1920, 1080)), (8, (3840, 2160)), (100, (12000, 8334))):
            path = make_photos(self.python, self.data / f"photo-{megapixels}", 1, *size) / "photo_000.jpg"
            done = subprocess.run([self.bench_picture, "decode", path, "9"], capture_output=True, text=True, check=True)
            v = {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}
            print(f"  {megapixels} megapixels: {v['decode_p50']:.0f} beside {v['raw_p50']:.0f}, ratio {v['decode_p50'] / v['raw_p50']:.2f}")
        for name, command in (("pan of it", ("pan", path, self.frames)), ("window and level, 4096 x 4096, 16 bits", ("level", self.frames))):
            v = self.display(self.bench_picture, *command)
            kind = command[0]
            print(f"  {name}: p50 {v[f'{kind}_over_p50']:.1f} p99 {v[f'{kind}_over_p99']:.1f}, longest {v[f'{kind}_max']:.1f}; floor p50 {v['floor_p50']:.1f} p99 {v['floor_p99']:.1f}")
        print("  goals: whole picture 1.15 (one repaint more), 1.2 of 100 megapixels; pan 3 / 8; window and level p99 8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["open", "save", "edit", "start", "walk", "list", "canvas", "pictures"])
    parser.add_argument("--build", type=Path, default=SOURCE / "build" / "release")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "limner-bench")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--frames", type=int, default=1000, help="of each kind on the canvas")
    options = parser.parse_args()
    bench = Bench(options)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}")
    for what in options.what:
        getattr(bench, what)()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
