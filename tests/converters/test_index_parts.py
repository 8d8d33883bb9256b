# SPDX-License-Identifier: MIT
"""The index of a converter's command line, made in parts: as one scan makes it."""

import re

import pytest
import tracing

from . import cases

TRIMAP = re.compile(r'"annotations/trimaps/\w+\.png"')


def index_of(case, source, output):
    """The command that makes its index; a mountpoint that stands alone is not for it."""
    flags = [flag for flag in case.flags(source, output) if flag != output]
    return ["index", "--profile", case.profile, *flags, "--on-bad", "skip"]


@pytest.fixture
def made(tfrecordfs, folder):
    """made(case): its source, and all of its parts in folder/parts; the command."""
    def make(case):
        (folder / "source").mkdir()
        case.make(folder / "source")
        words = index_of(case, folder / "source", folder / "out")
        for i in (1, 2, 3):
            tfrecordfs(*words, "--index", folder / "parts", "--part", f"{i}/3")
        return words
    return make


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_parts_of_a_profile_are_joined_to_the_index_of_one_scan(tfrecordfs, made, folder, case):
    words = made(case)
    tfrecordfs(*words, "--index", folder / "parts", "--join")
    tfrecordfs(*words, "--index", folder / "scan")
    (joined,) = (folder / "parts").iterdir()
    (scanned,) = (folder / "scan").iterdir()
    assert joined.name == scanned.name
    assert joined.read_bytes() == scanned.read_bytes()


def test_contents_that_are_made_of_masks_are_not_made_by_the_join(tfrecordfs, made, folder):
    """Trimaps are read with the list, for their boxes; and to make masks of them."""
    words = made(cases.named("pet-masks"))

    def trimaps_opened(*where):
        with tracing.traced(tfrecordfs, "-e", "trace=openat2", log=folder / "log"):
            tfrecordfs(*words, "--index", *where, env=tracing.UNLEAKED)
        return len(TRIMAP.findall((folder / "log").read_text()))
    joined = trimaps_opened(folder / "parts", "--join")
    assert 0 < joined < trimaps_opened(folder / "scan") / 2
