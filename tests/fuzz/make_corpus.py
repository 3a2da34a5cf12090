#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the first inputs of the fuzz targets from tests/data and, where it is there, ../shared.

    make_corpus.py TARGET FOLDER

Small files only: what libFuzzer mutates should be short. Files that exist in FOLDER stay.
"""

import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from limner_tap import LIMN, SAMPLE, SHARED  # noqa: E402

MAX_TEXT = 8 << 10
MAX_READ = 4 << 20
MAX_IMAGE = 16 << 10
IMAGE_ENDS = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"}


def files(ends, limit):
    """Contents of small files of the data folders, each once."""
    seen = set()
    for root in (SAMPLE, SHARED / "data-hostile", SHARED / "data"):
        for path in sorted(root.rglob("*")):
            if path.suffix.lower() not in ends or not path.is_file() or path.stat().st_size > limit:
                continue
            data = path.read_bytes()
            if data not in seen:
                seen.add(data)
                yield data


def excerpts():
    """Real COCO files cut down to a few records, in the spellings that writers use."""
    for path in [SAMPLE / "_annotations.coco.json", *sorted((SHARED / "data").glob("coco-*/**/*.json"))]:
        if not path.is_file() or path.stat().st_size > MAX_READ:
            continue
        try:
            whole = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            continue
        if not isinstance(whole, dict) or not isinstance(whole.get("annotations"), list):
            continue
        short = {key: value for key, value in whole.items() if len(json.dumps(value)) < 400}
        for section in ("images", "annotations", "categories"):
            records = whole.get(section)
            if isinstance(records, list):
                short[section] = sorted(records[:40], key=lambda record: len(json.dumps(record)))[:3]
        for options in ({}, {"indent": 2}, {"separators": (",", ":")}):
            text = json.dumps(short, **options).encode()
            if len(text) <= MAX_TEXT:
                yield text


# What real files have rarely.
ODD_TEXTS = [
    '{"images":[{"id":1,"file_name":"\\ud83d\\ude00\\u00e9 \u00fc","width":6400e-1,"height":"640","limner":{"state":"d\\u006fne"}}]}',
    '{"annotations":[{"id":1,"bbox":[NaN,1,2,3],"x":"NaN","segmentation":[[1,2,3,4,5,-Infinity]]}],"images":null}',
    '{"annotations":[{"id":-0,"bbox":[-0,1e3,2.50,3e-2],"iscrowd":"1","area":"12"},{"id":"2","image_id":7,"bbox":["1","2"]}]}',
    '{"annotations":[{"id":9223372036854775808,"bbox":[1e300,1,2,3]},{"id":-9223372036854775808,"iscrowd":true}],"images":[]}',
    '{"annotations":[{"id":3,"segmentation":{"size":[4,6],"counts":"01230O"}},{"id":4,"segmentation":{"counts":[0,24],"size":[4,6]}}]}',
    '{"categories":[{"id":1,"name":"cell","color":[1,2,3]},7,null,{"id":1,"name":"","limner":{"color":"#00ff00"}}]}',
    '\ufeff{\r\n\t"info": {"a": [[], {}, [[1]]]},\r\n\t"images": [ ],\r\n\t"annotations": [\r\n\t]\r\n}\r\n',
    '{"annotations":[{"id":1,"score":0.' + "1234567890" * 8 + ',"segmentation":[[' + ",".join(["12.5,7"] * 40) + "]]}]}",
    "[" * 257 + "]" * 257,
    '{"images":[{"id":1,"id":2}]}',
]


def coco():
    yield from (text.encode() for text in ODD_TEXTS)
    yield from excerpts()
    yield from files({".json"}, MAX_TEXT)


def records():
    """(kind, record) pairs of the files above."""
    kinds = {"images": 1, "categories": 2, "annotations": 3}
    for text in excerpts():
        whole = json.loads(text)
        for section, kind in kinds.items():
            for record in whole.get(section, [])[:2]:
                if not isinstance(record, dict):
                    continue
                yield kind, json.dumps(record).encode()
                yield kind, json.dumps(record, indent=2).replace("\n", "\n    ").encode()


def record_inputs():
    changes = [
        [],
        [b"bbox", b"[1.5, 2, 3, 4]", b"area", b"12"],
        [b"limner", b'{"state": "done"}'],
        [b"segmentation", b"", b"new", b"null"],
        [b"id", b'"7"', b"score", b"NaN", b"id", b"8"],
    ]
    for number, (kind, text) in enumerate(records()):
        yield bytes([kind]) + b"\0".join([text, *changes[number % len(changes)]])


def rle_inputs():
    yield struct.pack(">BHHB", 0, 4, 6, 1) + b"01230O"
    yield struct.pack(">BHHB", 0, 32, 32, 1) + b"PPYo1"
    for text in excerpts():
        for annotation in json.loads(text).get("annotations", []):
            segmentation = annotation.get("segmentation") if isinstance(annotation, dict) else None
            if isinstance(segmentation, dict) and isinstance(segmentation.get("counts"), str):
                height, width = segmentation["size"]
                yield struct.pack(">BHHB", 0, height, width, 1) + segmentation["counts"].encode()
            elif isinstance(segmentation, list) and segmentation and isinstance(segmentation[0], list):
                points = [max(-32768, min(32767, int(value * 10))) for value in segmentation[0]][:48]
                yield struct.pack(f">BBBBB{len(points)}h", 1, 90, 90, 1, len(points) // 2 - 1, *points)
    for seed in range(60):
        yield bytes([seed % 5]) + hashlib.shake_128(bytes([seed])).digest(60)


def value_inputs():
    yield from coco()
    for _, text in records():
        yield text


def writer_inputs():
    for number, text in enumerate(coco()):
        yield struct.pack(">I", number * 7919) + text


INDEXED = (
    b'{"images":[{"id":4,"file_name":"b.png","width":9,"height":9},{"id":2,"file_name":"a.png"}],"categories":[{"id":1,"name":"c"}],'
    b'"annotations":[{"id":1,"image_id":2,"category_id":1,"bbox":[1,2,3,4]},{"id":3,"image_id":4},{"id":2,"image_id":2}]}'
)
MAX_INDEX = 1600  # bytes of the index of that


def index_inputs():
    """Flags of fuzz-index.c, a COCO file, and what is changed in its index: each of its words, with checksums that fit."""
    for at in range(0, MAX_INDEX, 4):
        for value in (b"\1", b"\xff\xff\xff\xff"):
            yield b"\1" + INDEXED + b"\0" + struct.pack(">HB", at, len(value)) + value
    for number, text in enumerate(coco()):
        if b"\0" not in text and len(text) <= 1 << 10:
            yield bytes([number % 8]) + text + b"\0" + struct.pack(">HB", number * 37 % MAX_INDEX, 1) + b"\7"


def lease_inputs():
    words = {"user": "anna", "host": "ws12", "since": "2026-01-02T03:04:05", "boot": "b", "machine": "m", "pid-namespace": "1",
             "start-time": "1", "token": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "pid": "1", "beat": "0000000007"}
    odd = ["", "\\u001b[1m", "\\n", "\u202e<b>", "a" * 300, "-1", "99999999999999999999", "\\s", os.uname().nodename]
    holder = "[holder]\nuser=anna\nhost=ws12\npid=1\nsince=2026-01-02T03:04:05\n"
    for force in (b"\0", b"\1"):
        for name in words:
            for value in odd:
                text = "[lease]\n" + "".join(f"{k}={value if k == name else v}\n" for k, v in words.items())
                yield force + text.encode() + b"\0" + holder.replace("anna", value).encode()
        yield force


def apply_inputs():
    box = '{"op": "create", "annotation": {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12}}'
    lines = [
        box,
        '{"op": "update", "annotation": {"id": 1, "bbox": [5, 6, 7.25, 8], "score": NaN}}',
        '{"op": "update", "annotation": {"id": 2, "image_id": 2, "attributes": {"a": [1, null]}}}',
        '{"op": "delete", "annotation": {"id": 3}}',
        '{"op": "create", "category": {"name": "Hund \\u00fc"}}',
        '{"op": "update", "category": {"id": 2, "name": "bus", "limner": {"color": "#00ff00"}}}',
        '{"op": "delete", "category": {"id": 1}, "cascade": true}',
        '{"op": "create", "image": {"file_name": "c.png", "width": 10, "height": 20}}',
        '{"op": "update", "image": {"id": 1, "limner": {"state": "done"}}}',
        '{"op": "update", "image": {"id": 2, "file_name": "a2.png"}}',
        '{"op": "delete", "image": {"id": 2}, "cascade": true}',
        '{"op": "create", "annotation": {"id": 9, "image_id": 2, "category_id": 2, "segmentation": [[0,0,9,0,9,9]]}}',
    ]
    for line in lines:
        yield (line + "\n").encode()
        yield (line + "\n\n").encode()
    for first in range(len(lines)):
        yield "\n".join(lines[first:] + lines[:first]).encode()
        yield "\n\n \n".join(lines[first:] + lines[:first]).encode()


def workspace(edits):
    """A workspace as limn makes it, with these lines applied, on small pages and without the reserved room."""
    with tempfile.TemporaryDirectory() as folder:
        coco_file = Path(folder) / "a.json"
        coco_file.write_bytes((SAMPLE / "_annotations.coco.json").read_bytes())
        (Path(folder) / "edits.jsonl").write_text("\n".join(edits))
        environment = dict(os.environ, XDG_STATE_HOME=folder, ASAN_OPTIONS="detect_leaks=0")
        subprocess.run([LIMN, "apply", coco_file, Path(folder) / "edits.jsonl"], env=environment, check=True)
        database = sqlite3.connect(Path(folder) / ".a.json.limner")
        database.isolation_level = None
        database.execute("PRAGMA journal_mode=DELETE")
        small = Path(folder) / "small"
        database.execute("PRAGMA page_size=1024")
        database.execute("VACUUM INTO ?", (str(small),))
        database.close()
        copy = sqlite3.connect(small)
        copy.isolation_level = None
        for pragma, value in (("application_id", 0x4C6D6E72), ("user_version", 1)):
            copy.execute(f"PRAGMA {pragma}={value}")
        copy.close()
        return small.read_bytes()


def with_log(data):
    """The same with a write-ahead log that was not moved into it yet, as after a crash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small"
        path.write_bytes(data)
        database = sqlite3.connect(path)
        database.isolation_level = None
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("INSERT INTO facts VALUES ('image-root', '/tmp')")
        database.execute(
            "INSERT INTO edits SELECT max(seq) + 1, max(seq) + 1, 0, 'Draw box', 'a.png', 3, 7, NULL, "
            "CAST('{\"id\":7}' AS BLOB), NULL FROM edits"
        )
        log = Path(f"{path}-wal").read_bytes()
        whole = struct.pack(">H", len(log)) + log + path.read_bytes()
        database.close()
        return whole


def with_journal(data):
    """The same in the middle of a transaction that a crash ended: with a journal to roll back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small"
        path.write_bytes(data)
        database = sqlite3.connect(path)
        database.isolation_level = None
        for statement in (
            "PRAGMA journal_mode=DELETE",
            "PRAGMA cache_size=1",
            "BEGIN",
            "UPDATE edits SET after = CAST(hex(randomblob(900)) AS BLOB)",
            "INSERT INTO room VALUES (randomblob(9000))",
        ):
            database.execute(statement).fetchall()
        journal = Path(f"{path}-journal").read_bytes()
        whole = struct.pack(">H", 0x8000 | len(journal)) + journal + path.read_bytes()
        database.execute("ROLLBACK")
        database.close()
        return whole


def workspace_inputs():
    create = '{"op": "create", "category": {"name": "%s"}}'
    for n in (1, 2, 8):
        data = workspace([create % f"class {i}" for i in range(n)])
        yield b"\0\0" + data
        yield with_log(data)
        yield with_journal(data)
    for path in sorted((SHARED / "data-hostile" / "ws").rglob("*.limner")):
        data = bytearray(path.read_bytes())
        if len(data) >= 64 << 10:
            continue
        yield b"\0\0" + bytes(data)
        if data.startswith(b"SQLite format 3"):
            data[60:64] = b"\0\0\0\1"  # as if it were ours
            data[68:72] = b"Lmnr"
            yield b"\0\0" + bytes(data)


MAKERS = {
    "scanner": coco,
    "record": record_inputs,
    "rle": rle_inputs,
    "value": value_inputs,
    "differential": coco,
    "workspace": workspace_inputs,
    "apply": apply_inputs,
    "writer": writer_inputs,
    "index": index_inputs,
    "lease": lease_inputs,
    "image": lambda: files(IMAGE_ENDS, MAX_IMAGE),
}


def make(target, folder):
    """Writes the inputs of a target, named by their content."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for data in MAKERS[target]():
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in MAKERS:
        sys.exit(__doc__)
    make(*sys.argv[1:])
