# SPDX-License-Identifier: MIT
"""Memory that runs out at any one place while what converters read is read."""

import pytest
import scarcity

from . import cases

# One for each way to list images and to make contents.
NAMES = ["classification-boxes", "coco-everything", "coco-two-directories", "coco-od-masks",
         "inception", "imagenet", "imagenet-gcs", "slim-flowers-small", "image2tfrecords-ids",
         "deeplab-png", "pascal", "pet-masks", "pet-numerical"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_converters_read_is_read_or_not(tfrecordfs, folder):
    commands, made = [], {}
    for name in NAMES:
        case = cases.named(name)
        if case.make not in made:
            source = made[case.make] = folder / name
            source.mkdir()
            case.make(source)
        flags = case.flags(made[case.make], folder / "output")
        commands.append(["check", "--profile", case.profile, *flags, "--threads", 1])
    assert scarcity.try_all(tfrecordfs, commands) > 1000
