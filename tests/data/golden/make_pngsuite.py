#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes pngsuite.tsv: what every valid picture of PngSuite decodes to, as a hash.

usage: make_pngsuite.py FOLDER > pngsuite.tsv

A decoder of its own (zlib from the standard library, the filters and passes of the PNG standard),
so that Limner is compared with the standard and not with the library that it decodes by. Gamma is
ignored. A line: name, kind (grey8, grey16, rgb), width, height, SHA-256 of the samples from the top
left on: a byte each; grey16 two, the higher first; rgb three.
"""
import hashlib
import struct
import sys
import zlib
from pathlib import Path

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfilter(raw, at, rows, row_bytes, step):
    """The rows of one pass and where it ends."""
    above = bytearray(row_bytes)
    out = []
    for _ in range(rows):
        kind, row = raw[at], bytearray(raw[at + 1:at + 1 + row_bytes])
        at += 1 + row_bytes
        for i in range(row_bytes):
            a = row[i - step] if i >= step else 0
            c = above[i - step] if i >= step else 0
            b = above[i]
            row[i] = (row[i] + [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255
        out.append(row)
        above = row
    return out, at


def samples(row, n, depth):
    if depth == 8:
        return list(row[:n])
    if depth == 16:
        return [row[2 * i] << 8 | row[2 * i + 1] for i in range(n)]
    per = 8 // depth
    return [row[i // per] >> (8 - depth * (i % per + 1)) & ((1 << depth) - 1) for i in range(n)]


def decode(data):
    found = {}
    body = b""
    for kind, content in chunks(data):
        if kind == b"IDAT":
            body += content
        else:
            found.setdefault(kind, content)
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", found[b"IHDR"])
    raw = zlib.decompress(body)
    channels = CHANNELS[color]
    step = max(1, channels * depth // 8)
    pixels = [[None] * width for _ in range(height)]
    at = 0
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        columns, rows = (width - x0 + dx - 1) // dx, (height - y0 + dy - 1) // dy
        if columns <= 0 or rows <= 0:
            continue
        lines, at = unfilter(raw, at, rows, (columns * channels * depth + 7) // 8, step)
        for j, line in enumerate(lines):
            values = samples(line, columns * channels, depth)
            for i in range(columns):
                pixels[y0 + j * dy][x0 + i * dx] = tuple(values[i * channels:(i + 1) * channels])
    return width, height, depth, color, found, pixels


def to_8(value, depth):
    if depth == 16:  # rounded, as libpng's accurate scaling
        return (value * 255 + 32895) >> 16
    return value * (255 // ((1 << depth) - 1))


def lay(value, alpha, x, y):
    under = 0xCC if (x >> 3) + (y >> 3) & 1 else 0xFF
    return value if alpha == 255 else (value * alpha + under * (255 - alpha) + 127) // 255


def to_rgb(pixel, depth, color, found):
    """Red, green, blue, alpha in 8 bits."""
    transparent = found.get(b"tRNS")
    if color == 3:
        palette, index = found[b"PLTE"], pixel[0]
        alpha = transparent[index] if transparent and index < len(transparent) else 255
        return (*palette[3 * index:3 * index + 3], alpha)
    alpha = 255
    if color in (4, 6):
        alpha = to_8(pixel[-1], depth)
        pixel = pixel[:-1]
    elif transparent and pixel == struct.unpack(">%dH" % len(pixel), transparent[:2 * len(pixel)]):
        alpha = 0
    values = [to_8(v, depth) for v in pixel]
    return (*(values * 3 if len(values) == 1 else values), alpha)


def describe(path):
    width, height, depth, color, found, pixels = decode(path.read_bytes())
    is_grey = color == 0 and b"tRNS" not in found
    out = bytearray()
    for y, row in enumerate(pixels):
        for x, pixel in enumerate(row):
            if is_grey and depth == 16:
                out += struct.pack(">H", pixel[0])
            elif is_grey:
                out.append(to_8(pixel[0], depth))
            else:
                *rgb, alpha = to_rgb(pixel, depth, color, found)
                out += bytes(lay(v, alpha, x, y) for v in rgb)
    kind = "rgb" if not is_grey else "grey16" if depth == 16 else "grey8"
    return "\t".join([path.name, kind, str(width), str(height), hashlib.sha256(out).hexdigest()])


def main():
    for path in sorted(Path(sys.argv[1]).glob("*.png")):
        if not path.name.startswith("x"):
            print(describe(path))


if __name__ == "__main__":
    main()
