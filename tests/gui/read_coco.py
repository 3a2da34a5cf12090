# SPDX-License-Identifier: MIT
"""Prints what an independent reader, pycocotools, finds in a COCO file: a line for each annotation.

    read_coco.py FILE      file name, class, kind, x, y, width, height, area, pixels of its mask; separated by tabs

The lines are in the order of the ids. Exit status 77 where pycocotools is not installed.
"""
import contextlib
import sys

try:
    from pycocotools.coco import COCO
except ImportError:
    sys.exit(77)


def main(path):
    with contextlib.redirect_stdout(sys.stderr):
        coco = COCO(path)
    images = {record['id']: record for record in coco.loadImgs(coco.getImgIds())}
    classes = {record['id']: record for record in coco.loadCats(coco.getCatIds())}
    for annotation in sorted(coco.loadAnns(coco.getAnnIds()), key=lambda record: record['id']):
        segmentation = annotation['segmentation']
        kind = 'box' if not segmentation else 'polygon' if isinstance(segmentation, list) else 'rle'
        pixels = int(coco.annToMask(annotation).sum()) if segmentation else 0
        fields = [images[annotation['image_id']]['file_name'], classes[annotation['category_id']]['name'], kind]
        fields += [f'{value:.3f}' for value in annotation['bbox'] + [annotation['area']]]
        print('\t'.join(fields + [str(pixels)]))


main(sys.argv[1])
