# SPDX-License-Identifier: MIT
"""What limn validate finds does not depend on how a file is spelt: records that are written like the one before take a short cut."""

import json
import random
import subprocess

from limner_tap import LIMN, equal, run

N_RECORDS = 4000
N_ODD_IN = 5  # one in so many has something odd
IMAGES = [{"id": n, "file_name": f"{n}.png", "width": 640, "height": 480} for n in range(1, 41)]
IMAGES += [{"id": 41, "file_name": "41.png"}]
CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}]

# what may stand there instead, as it is written; None: nothing at all
ODD = {
    "id": ["3", '"12"', "12.0", "-4", "null", "123456789012345678901", "1e2", "99999999999999999", None],
    "image_id": ["99", '"1"', "1.5", "1.0", "1e0", "-1", "null", "41", None],
    "category_id": ["7", '"1"', "2.0", "true", "{}", None],
    "bbox": ["null", "[1,2,3]", "[1,2,3,4,5]", "[1,2,-3,4]", "[1,2,0,4]", "[1,2,3,0]", "[-9,2,3,4]", "[-1,2,3,4]", "[630,2,11,4]",
             "[630,2,12,4]", "[1,470,3,11.5]", "[1e1,2,3,4]", '[1,"2",3,4]', "[1.123456789012345678,2,3,4]", "[NaN,2,3,4]", "[]",
             "[1,2,3,4e400]", "[[1,2,3,4]]", '"1,2,3,4"', "[-0.0,0.00,3.50,4]", None],
    "area": ["-1", '"12"', "null", "1e1", "12.5", "-0.0", "1234567890123456789", "1e999", "[12]", None],
    "iscrowd": ["1", "2", "true", '"0"', "10", "0.0", "1.0", "-0", "null", None],
    "segmentation": ["null", "{}", "[[1,2,4,2,4,6,1,6]]", "[[1,2,4,2,4,6,1,5]]", "[[700,2,4,2,4,6,1,6]]", "[[1,2,3]]", "[[]]", "7",
                     '{"size":[480,640],"counts":[307200]}', '{"size":[480,640],"counts":[5]}', '{"size":[1,1],"counts":"01"}',
                     '"text"', None],
    "extra": ["1", '"a,]}"', '{"bbox":[1],"x":"}"}', None],
    "caption": ['"a car"'],
    "segments_info": ["[]"],
}


def record(chance, n):
    """(name, text) of each member, in the order of the file's other records."""
    box = [chance.randrange(600), chance.randrange(400), 3, 4]
    members = {
        "id": str(n + 10), "image_id": str(chance.randint(1, 40)), "category_id": str(chance.randint(1, 2)),
        "bbox": json.dumps(box, separators=(",", ":")), "area": "12", "iscrowd": "0", "segmentation": "[]",
    }
    if chance.randrange(N_ODD_IN) == 0:
        for name in chance.sample(list(ODD), chance.choice((1, 1, 1, 2))):
            text = chance.choice(ODD[name])
            if name == "segmentation" and text is not None and text.startswith("[[1,2"):
                members["bbox"] = "[1,2,3,4]"
            members.pop(name, None)
            if text is not None:
                members[name] = text
        return [(name, members[name]) for name in (*ODD,) if name in members]
    return list(members.items())


def written(records, spell):
    return (
        '{"images": %s, "categories": %s, "annotations": [\n' % (json.dumps(IMAGES), json.dumps(CATEGORIES))
        + ",\n".join(spell(members) for members in records) + "\n]}\n"
    )


def compact(members):
    return "{" + ",".join(f'"{name}":{text}' for name, text in members) + "}"


def spaced(members):
    return "{" + ", ".join(f'"{name}": {text.replace(",", ", ")}' for name, text in members) + "}"


def on_lines(members):
    def value(text):
        return text if '"' in text else text.replace("[", "[\n      ").replace(",", ",\n      ").replace("]", "\n    ]")

    return "  {\n    " + ",\n    ".join(f'"{name}": {value(text)}' for name, text in members) + "\n  }"


def never_alike(chance):
    def spell(members):
        members = chance.sample(members, len(members))
        return "{" + ",".join(f'{" " * chance.randrange(40)}"{name}":{text}' for name, text in members) + "}"

    return spell


def findings(path, text):
    path.write_text(text)
    done = subprocess.run([LIMN, "validate", "--json", str(path)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert "findings" in report, report
    # lines and columns are those of the spelling, and messages may quote it
    return sorted((f["code"], f["path"], str(f["id"])) for f in report["findings"])


def same_findings(seed):
    def case(folder):
        chance = random.Random(seed)
        records = [record(chance, n) for n in range(N_RECORDS)]
        path = folder / "set.json"
        wanted = findings(path, written(records, never_alike(chance)))
        assert len({code for code, _, _ in wanted}) > 8, f"hardly anything is found: {wanted[:20]}"
        for spell in (compact, spaced, on_lines):
            got = findings(path, written(records, spell))
            differ = sorted(set(got) ^ set(wanted))
            equal((differ[:9], len(got)), ([], len(wanted)), f"findings in the {spell.__name__} file")

    return case


run([(f"however it is spelt, seed {seed}", same_findings(seed)) for seed in range(3)])
