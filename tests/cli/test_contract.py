# SPDX-License-Identifier: MIT
"""The command line contract: exit statuses, JSON fields, complete or absent outputs."""

import json
import shutil
import struct
import subprocess
import zlib

from limner_tap import LIMN, SAMPLE, contents, copy_sample, equal, limn, limn_json, need_shared, run


def usage(folder):
    equal(limn().returncode, 2, "no command")
    equal(limn("polish").returncode, 2, "unknown command")
    equal(limn("info").returncode, 2, "no dataset")
    equal(limn("info", SAMPLE, "--colour").returncode, 2, "unknown option")
    equal(limn("render", SAMPLE, "highway-1.jpg").returncode, 2, "render without --out")
    help_text = limn("help")
    equal(help_text.returncode, 0, "help")
    for command in ("info", "validate", "render", "apply"):
        assert f"limn {command}" in help_text.stdout, command
    assert limn("--version").stdout.startswith("limn ")


def missing_input(folder):
    done = limn("info", folder / "nothing.json")
    equal(done.returncode, 3, "missing file")
    assert "nothing.json" in done.stderr, done.stderr
    done = limn("info", folder)
    equal(done.returncode, 3, "folder without images")
    equal(done.stdout, "", "standard output")


def info_of_sample(folder):
    coco = json.loads((SAMPLE / "_annotations.coco.json").read_text())
    status, report = limn_json("info", SAMPLE)
    equal(status, 0, "status")
    equal(report["images"], len(coco["images"]), "images")
    equal(report["annotations"], len(coco["annotations"]), "annotations")
    polygons = sum(bool(a["segmentation"]) for a in coco["annotations"])
    expected = {"polygon": polygons, "rle": 0, "compressed_rle": 0, "none": len(coco["annotations"]) - polygons}
    equal(report["segmentation"], expected, "segmentation")
    equal(report["crowd"], 0, "crowd")
    equal(report["file_bytes"], (SAMPLE / "_annotations.coco.json").stat().st_size, "file_bytes")
    counts = {c["id"]: sum(a["category_id"] == c["id"] for a in coco["annotations"]) for c in coco["categories"]}
    expected = [{"id": c["id"], "name": c["name"], "count": counts[c["id"]]} for c in coco["categories"]]
    equal(report["categories"], expected, "categories")


def info_of_real_files(folder):
    data = need_shared("data")
    seen = 0
    for path in sorted(data.rglob("*.json")):
        try:
            coco = json.loads(path.read_bytes())
        except (ValueError, RecursionError):  # there are hostile ones among them
            continue
        if not isinstance(coco, dict) or not all(isinstance(coco.get(k), list) for k in ("images", "annotations")):
            continue
        status, report = limn_json("info", path)
        equal(status, 0, str(path))
        equal(report["images"], len(coco["images"]), f"{path}: images")
        equal(report["annotations"], len(coco["annotations"]), f"{path}: annotations")
        equal(report["crowd"], sum(a.get("iscrowd") in (1, True) for a in coco["annotations"]), f"{path}: crowd")
        equal(len(report["categories"]), len(coco.get("categories", [])), f"{path}: categories")
        seen += 1
    assert seen >= 10, f"only {seen} COCO files were found"


def several_files(folder):
    shutil.copy(SAMPLE / "_annotations.coco.json", folder / "a.coco.json")
    shutil.copy(SAMPLE / "_annotations.coco.json", folder / "b.coco.json")
    done = limn("info", folder)
    equal(done.returncode, 2, "status")
    assert "a.coco.json" in done.stderr and "b.coco.json" in done.stderr, done.stderr
    equal(limn("info", folder / "b.coco.json").returncode, 0, "one of them")


def image_root(folder):
    shutil.copy(SAMPLE / "_annotations.coco.json", folder / "labels.json")
    status, report = limn_json("validate", folder / "labels.json", "--image-root", SAMPLE)
    equal((status, report["findings"]), (0, []), "with --image-root")


def render(folder):
    before = contents(SAMPLE)
    for image in ("highway-1.jpg", "3"):
        out = folder / f"{image}.png"
        done = limn("render", SAMPLE, image, "--out", out)
        equal((done.returncode, done.stderr), (0, ""), image)
        data = out.read_bytes()
        equal(data[:8], b"\x89PNG\r\n\x1a\n", "signature")
        equal((int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")), (1280, 720), "size")
    equal((folder / "highway-1.jpg.png").read_bytes(), (folder / "3.png").read_bytes(), "same input, same bytes")
    equal(limn("render", SAMPLE, "nowhere.jpg", "--out", folder / "no.png").returncode, 3, "unknown image")
    equal(limn("render", SAMPLE, "3", "--out", folder / "no" / "no.png").returncode, 4, "unwritable output")
    equal(sorted(p.name for p in folder.iterdir()), ["3.png", "highway-1.jpg.png"], "complete or absent")
    equal(contents(SAMPLE), before, "the dataset")


def write_png(path, width, height, grey):
    """A picture of one grey."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def read_png(path):
    """Rows of 8-bit RGB pixels; only what limn writes."""
    data, at, packed = path.read_bytes(), 8, b""
    width, height, depth, color = struct.unpack(">IIBB", data[16:26])
    equal((depth, color), (8, 2), "depth and kind of the picture")
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    raw, rows, above = zlib.decompress(packed), [], bytearray(3 * width)
    for y in range(height):
        line = bytearray(raw[y * (3 * width + 1) + 1 : (y + 1) * (3 * width + 1)])
        kind = raw[y * (3 * width + 1)]
        for i in range(3 * width):
            left, up, corner = (line[i - 3], above[i], above[i - 3]) if i >= 3 else (0, above[i], 0)
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        rows.append([tuple(line[i : i + 3]) for i in range(0, 3 * width, 3)])
        above = line
    return rows


def render_keypoints(folder):
    """Discs of those that are seen, rings of those that are hidden, bones between both; as the window draws them."""
    grey, color, white = (90, 90, 90), (0, 162, 199), (255, 255, 255)
    write_png(folder / "a.png", 120, 100, 90)
    category = {
        "id": 1, "name": "person", "keypoints": ["a", "b", "c", "d"], "skeleton": [[1, 2], [2, 3], [1, 9], [1, 4]],
        "limner": {"color": "#00a2c7"},
    }  # fmt: skip
    annotation = {
        "id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [5, 5, 110, 90], "area": 9900,
        "segmentation": [], "num_keypoints": 3, "keypoints": [30, 30, 2, 90, 30, 1, 90, 70, 2, 0, 0, 0],
    }  # fmt: skip
    coco = {"images": [{"id": 1, "file_name": "a.png", "width": 120, "height": 100}], "categories": [category]}

    def look(annotations):
        (folder / "annotations.json").write_text(json.dumps({**coco, "annotations": annotations}))
        equal(limn("render", folder, "a.png", "--out", folder / "out.png", "--no-labels").returncode, 0, "render")
        return read_png(folder / "out.png")

    rows = look([annotation])
    fill = look([{**annotation, "keypoints": [0] * 12, "num_keypoints": 0}])[50][50]
    assert fill not in (grey, color), fill
    equal(rows[50][50], fill, "beside everything")
    equal((rows[30][30], rows[70][90]), (color, color), "keypoints that are seen")
    equal(rows[30][90], white, "a keypoint that is hidden")
    equal((rows[30][60], rows[50][90]), (color, color), "bones")
    equal((rows[15][15], rows[8][8]), (fill, fill), "one that is not annotated has no bone")
    # a class without keypoints draws none, whatever the record says
    coco["categories"] = [{"id": 1, "name": "person", "limner": {"color": "#00a2c7"}}]
    equal(look([annotation])[30][30], fill, "a class without keypoints")


def links_that_lead_out(folder):
    """A link among the pictures was put there on purpose; a name that only the COCO file says was not."""
    inside, outside = folder / "set", folder / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    shutil.copy(SAMPLE / "highway-1.jpg", outside / "secret.jpg")
    (inside / "linked.jpg").symlink_to(outside / "secret.jpg")
    (inside / "sub").symlink_to(outside)
    names = ["linked.jpg", "sub/secret.jpg", "gone.jpg"]
    images = [{"id": i + 1, "file_name": name, "width": 1280, "height": 720} for i, name in enumerate(names)]
    (inside / "annotations.json").write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    equal(limn("render", inside, "linked.jpg", "--out", folder / "a.png").returncode, 0, "a link to a picture")
    done = limn("render", inside, "sub/secret.jpg", "--out", folder / "b.png")
    equal((done.returncode, (folder / "b.png").exists()), (3, False), "a folder that is a link")
    assert "sub/secret.jpg" in done.stderr, done.stderr
    equal(limn("render", inside, "gone.jpg", "--out", folder / "c.png").returncode, 3, "no such picture")


def full_output(folder):
    with open("/dev/full", "w") as full:
        status = subprocess.run([LIMN, "info", str(SAMPLE)], stdout=full, stderr=subprocess.DEVNULL).returncode
    equal(status, 4, "standard output is full")


def readers_leave_no_trace(folder):
    coco = copy_sample(folder)
    before = contents(folder)
    for command in (["info"], ["info", "--json"], ["validate"], ["validate", "--json"]):
        limn(command[0], coco.parent, *command[1:])
    equal(contents(folder), before, "the folder")


run(
    [
        ("usage", usage),
        ("missing input", missing_input),
        ("info of the sample", info_of_sample),
        ("info of every real file", info_of_real_files),
        ("several COCO files in a folder", several_files),
        ("image root", image_root),
        ("render", render),
        ("render-keypoints", render_keypoints),
        ("links that lead out of the folder", links_that_lead_out),
        ("full standard output", full_output),
        ("readers leave no trace", readers_leave_no_trace),
    ]
)
