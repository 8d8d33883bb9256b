# SPDX-License-Identifier: MIT
"""Rewrites outlines.txt: polygons, and the masks that pycocotools makes of them.

    build/venv/bin/python tests/data/golden/generate_outlines.py

A line is "HEIGHT WIDTH : X Y X Y ... ; X Y ... : COUNT COUNT ...", polygons between
semicolons and then the runs of 0 and 1 of their union, down the columns.
"""

import pathlib
import random

import numpy
from pycocotools import mask


def corners(rng, height, width):
    number = rng.choice([3, 3, 4, 5, 8, 20])
    spread, digits = rng.choice([(0.0, 2), (0.3, 2), (0.0, 0), (40.0, 6), (0.3, 1)])
    return [round(rng.uniform(-spread, 1 + spread) * side, digits)
            for _ in range(number) for side in (width, height)]


def runs(pixels):
    flat = pixels.flatten(order="F")
    borders = numpy.flatnonzero(numpy.diff(flat)) + 1
    counts = numpy.diff(numpy.concatenate([[0], borders, [flat.size]])).tolist()
    return [0, *counts] if flat[0] else counts


def main():
    rng = random.Random(1)
    lines = []
    for _ in range(150):
        height, width = (rng.randint(1, rng.choice([3, 20, 60])) for _ in range(2))
        polygons = [corners(rng, height, width) for _ in range(rng.choice([1, 1, 2, 4]))]
        drawn = mask.decode(mask.frPyObjects(polygons, height, width)).max(axis=2)
        shown = " ; ".join(" ".join(map(repr, polygon)) for polygon in polygons)
        lines.append(f"{height} {width} : {shown} : {' '.join(map(str, runs(drawn)))}")
    path = pathlib.Path(__file__).with_name("outlines.txt")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


main()
